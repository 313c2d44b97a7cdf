/** What changes a mandate: drawing it up, signing, suspending, ending. Who may is judged here, in the same transaction. */
import type { Actor } from '../audit/facts.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import type { OrganisationId } from '../kernel/ids.ts'
import { type MandateId, newOrderedId, type PersonId } from '../kernel/ids.ts'
import {
  answerBy,
  type Cause,
  defaultEnd,
  handlingLevel,
  judgeDraft,
  judgeSignature,
  type MandateStep,
  type RefusedBecause,
  type Right,
  type Side,
  type Standing,
  type SuspensionReason,
  sides,
  type Terms,
  transition,
} from '../policy/mandate.ts'
import type { Tx } from '../storage/storage.ts'
import {
  type Core,
  has,
  isConfirming,
  isOn,
  mandataryOf,
  parentTermsOf,
  type Stand,
  servicesOf,
  standingOf,
  suspensionsOf,
  viewOf,
} from './core.ts'
import type { Asker, Draft, Mandatary, MandateOutcome, MandateRefusal, Mandates } from './mandates.ts'
import * as store from './store.ts'
import { type Named, textVersion } from './text.ts'

export type StepVerbs = Pick<
  Mandates,
  | 'draft'
  | 'amend'
  | 'propose'
  | 'proposeMany'
  | 'renew'
  | 'withdraw'
  | 'refuse'
  | 'textFor'
  | 'stillWanted'
  | 'sign'
  | 'suspend'
  | 'resume'
  | 'revoke'
  | 'renounce'
  | 'condemn'
>

/** Of this room only: what the clock, a register, an erasure bring about. */
export interface Steps extends StepVerbs {
  /** Does nothing where the step leads nowhere any more. */
  cause(tx: Tx, mandate: MandateId, step: MandateStep, by: Exclude<Cause, Side>): Promise<void>
}

/** Drafts and proposals of one person that nobody has answered: more is a file (`firm.ts`) or a nuisance. */
export const mostOpenDrafts = 100

/** Proposals of one side to the other in a day that came to nothing: each one is a letter to everybody there. */
export const mostInVain = 10

const hub: Actor = { kind: 'hub' }
const asPerson = (id: PersonId): Actor => ({ kind: 'person', id })
const refused = (reason: MandateRefusal): MandateOutcome & { ok: false } => ({ ok: false, reason })
type Refused = MandateOutcome & { ok: false }
const isRefused = (value: object): value is Refused => 'ok' in value && value.ok === false

export function createSteps(core: Core): Steps {
  const { storage, clock, audit, people, organisations, services, timeZone } = core
  const takes = (service: string) => {
    const { actions = [] } = services(service) ?? {}
    return actions.length > 0 ? actions : undefined
  }

  async function present(tx: Tx, { person, level }: Asker): Promise<Refused | undefined> {
    if (!atLeast(level, handlingLevel)) return refused('session_too_weak')
    return (await people.standingOf(person, tx)).frozen ? refused('frozen') : undefined
  }

  async function outcome(tx: Tx, mandate: MandateId): Promise<MandateOutcome> {
    const row = await core.byId(tx, mandate)
    if (!row) throw new Error('a mandate that was just written is not there')
    return { ok: true, view: viewOf(row) }
  }

  /** Minutes are what the text says, and what is signed. */
  const wholeMinute = (at: Instant): Instant => Math.floor(at / minute) * minute

  function termsOf({ from, until, rights, delegable }: Pick<Draft, 'from' | 'until' | 'rights' | 'delegable'>): Terms {
    const begins = wholeMinute(from ?? clock.now())
    return {
      from: begins,
      until: wholeMinute(until ?? defaultEnd(begins, timeZone)),
      rights: rights.map((right) => ({
        ...right,
        ...(right.until === undefined ? {} : { until: wholeMinute(right.until) }),
      })),
      delegable: delegable ?? false,
    }
  }

  function judged(terms: Terms, parent: store.MandateRow | undefined, asker?: Asker): Refused | undefined {
    const problems = judgeDraft({
      terms,
      now: clock.now(),
      timeZone,
      takes,
      ...(parent ? { parent: parentTermsOf(parent), ...(asker ? { giverLevel: asker.level } : {}) } : {}),
    })
    return problems.length > 0 ? { ok: false, reason: 'invalid', problems } : undefined
  }

  /** Both sides are there and at work. */
  async function judgeParties(
    tx: Tx,
    { principal, mandatary }: { principal: OrganisationId; mandatary: Mandatary },
  ): Promise<Refused | undefined> {
    const firm = mandatary.kind === 'organisation' ? mandatary.organisation : undefined
    if (firm === principal) return refused('mandatary_is_principal')
    const found = await organisations.named([principal, ...(firm ? [firm] : [])], tx)
    if (!found.has(principal)) return refused('organisation_unknown')
    if (firm ? !found.has(firm) : !(await core.personNamed(tx, (mandatary as { person: PersonId }).person))) {
      return refused('mandatary_unknown')
    }
    const isClosed = [...found.values()].some(({ state }) => state === 'closed')
    return isClosed ? refused('organisation_closed') : undefined
  }

  // ── Drawing up ────────────────────────────────────────────────────────────────────────────────────────────────────

  const mandataryColumns = (mandatary: Mandatary) => ({
    mandatary_organisation: mandatary.kind === 'organisation' ? mandatary.organisation : null,
    mandatary_person: mandatary.kind === 'person' ? mandatary.person : null,
  })

  const told = (mandatary: Mandatary) => ({
    firm: mandatary.kind === 'organisation' ? mandatary.organisation : null,
    person: mandatary.kind === 'person' ? mandatary.person : null,
  })

  async function draft(
    tx: Tx,
    asker: Asker,
    given: Draft & { side?: Side; renews?: MandateId },
  ): Promise<MandateOutcome> {
    const { principal, mandatary, renews, side: wanted } = given
    const absent = await present(tx, asker)
    if (absent) return absent
    const parent = given.parent && (await core.byId(tx, given.parent))
    if (given.parent && (!parent || parent.principal !== principal)) return refused('unknown')
    const stand = await core.stand(tx, { principal, mandatary, parent: parent && mandataryOf(parent) }, asker.person)
    // Whether there is such a mandate is told to nobody who has no part in it, whatever else is wrong.
    if (parent && !stand.gives && !stand.representation) return refused('unknown')
    const parties = await judgeParties(tx, { principal, mandatary })
    if (parties) return parties
    const open = sides.filter((side) => isOn(side, stand, parent !== undefined))
    const side = wanted ? open.find((one) => one === wanted) : open[0]
    if (!side) return refused(parent ? 'not_yours' : 'not_representative')
    if (isToThemselves({ side, mandatary, person: asker.person })) return refused('own_mandatary')
    const terms = termsOf(given)
    const problems = judged(terms, parent, side === 'principal' ? asker : undefined)
    if (problems) return problems
    if ((await store.countOpenDrafts(tx, asker.person)) >= mostOpenDrafts) return refused('too_many_drafts')
    const id = newOrderedId('mandate', clock.now())
    const row = {
      id,
      principal,
      ...mandataryColumns(mandatary),
      parent: parent?.id ?? null,
      renews: renews ?? null,
      drawn_up_by: side,
      drafted_by: asker.person,
      delegable: terms.delegable,
      text_version: textVersion,
      rights: [...terms.rights],
    }
    await store.insert(tx, [{ ...row, at: clock.now(), from: terms.from, until: terms.until }])
    audit.append(tx, {
      name: 'mandate.drafted',
      data: {
        mandate: id,
        principal,
        ...told(mandatary),
        side,
        parent: row.parent,
        renews: row.renews,
        actor: asPerson(asker.person),
      },
    })
    return outcome(tx, id)
  }

  /** A draft of a side on which they are, locked. */
  async function ownDraft(
    tx: Tx,
    asker: Asker,
    { mandate, version }: { mandate: MandateId; version?: number },
  ): Promise<Refused | { row: store.MandateRow; parent: store.MandateRow | undefined }> {
    const absent = await present(tx, asker)
    if (absent) return absent
    const row = await store.lock(tx, mandate)
    const stand = row && (await core.standOf(tx, row, asker.person))
    if (!row || !stand || !maySee(row, stand)) return refused('unknown')
    if (row.state !== 'draft') return refused(version === undefined ? 'wrong_state' : 'changed_meanwhile')
    if (version !== undefined && row.version !== version) return refused('changed_meanwhile')
    return { row, parent: row.parent ? await core.byId(tx, row.parent) : undefined }
  }

  /** As it would be put before the other side: its terms still hold, and the names that the text says. */
  async function proposal(
    tx: Tx,
    row: store.MandateRow,
    parent: store.MandateRow | undefined,
  ): Promise<Refused | { named: Named; answerBy: Instant }> {
    const view = viewOf(row)
    const parties = await judgeParties(tx, view)
    if (parties) return parties
    const problems = judged(view, parent)
    if (problems) return problems
    if ((await store.countInVain(tx, row, clock.now() - day)) >= mostInVain) return refused('too_many_proposals')
    const giver = parent && mandataryOf(parent)
    const named = await core.namesOf(tx, { ...view, giver })
    return named ? { named, answerBy: answerBy(clock.now(), view.until) } : refused('organisation_unknown')
  }

  function tellProposed(tx: Tx, row: store.MandateRow, by: { answerBy: Instant; actor: Actor }): void {
    audit.append(tx, {
      name: 'mandate.proposed',
      data: {
        mandate: row.id,
        principal: row.principal,
        ...told(mandataryOf(row)),
        side: row.drawn_up_by,
        renews: row.renews,
        answerBy: by.answerBy,
        actor: by.actor,
      },
    })
  }

  async function renewed(tx: Tx, asker: Asker, given: Parameters<Mandates['renew']>[2]): Promise<MandateOutcome> {
    const row = await store.lock(tx, given.mandate)
    const stand = row && (await core.standOf(tx, row, asker.person))
    if (!row || !stand || !maySee(row, stand)) return refused('unknown')
    if (row.state !== 'active' && row.state !== 'suspended') return refused('not_renewable')
    const own = sides.filter((side) => isOn(side, stand, row.parent !== null))
    if (row.replaced_at || (await store.isRenewed(tx, row.id, own))) return refused('not_renewable')
    const view = viewOf(row)
    return draft(tx, asker, {
      principal: view.principal,
      mandatary: view.mandatary,
      ...(view.parent ? { parent: view.parent } : {}),
      renews: row.id,
      from: given.from ?? Math.max(view.until, clock.now()),
      ...(given.until === undefined ? {} : { until: given.until }),
      // An end of its own lies within what is renewed: it does not outlive it by itself.
      rights: given.rights ?? view.rights.map(({ until: _until, ...right }): Right => right),
      delegable: given.delegable ?? view.delegable,
    })
  }

  // ── Signing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Why this side cannot sign it now, whoever they are. */
  function standsInTheWay(row: store.MandateRow, side: Side): Refused | undefined {
    const now = clock.now()
    const confirming = isConfirming(row, side)
    const late = row.answer_by && !row.active_at && now >= row.answer_by.getTime()
    if (row.state !== 'ended' && (late || now >= row.until_at.getTime())) return refused('answer_late')
    const next = transition(standingOf(row), { step: confirming ? 'confirm' : 'sign', by: side })
    return next.ok ? undefined : refused(next.reason)
  }

  async function sign(tx: Tx, given: Parameters<Mandates['sign']>[1]): Promise<MandateOutcome> {
    const { mandate, side, person, signature } = given
    const before = await core.byId(tx, mandate)
    // What it is drawn from cannot end before this is written.
    const parent = before?.parent ? await store.hold(tx, before.parent) : undefined
    const row = before && (await store.lock(tx, mandate))
    const stand = row && (await core.standOf(tx, row, person))
    if (!row || !stand || !maySee(row, stand)) return refused('unknown')
    if ((await people.standingOf(person, tx)).frozen) return refused('frozen')
    const view = viewOf(row)
    const inTheWay = standsInTheWay(row, side)
    if (inTheWay) return inTheWay
    const reason = judgeSignature({
      side,
      delegated: parent !== undefined,
      level: signature.level,
      rights: view.rights,
      mayGive: mayGive(stand, parent !== undefined),
      mayAccept: stand.receives,
      toThemselves: isToThemselves({ side, mandatary: view.mandatary, person }),
    })
    if (reason) return refused(reason)
    if (parent && parent.state !== 'active') {
      return { ok: false, reason: 'invalid', problems: [{ problem: 'parent_not_active' }] }
    }
    const parties = await judgeParties(tx, view)
    if (parties) return parties
    const { language } = signature.text
    const text = await core.textOf(tx, row, { side, person, language, stand })
    if (text?.text !== signature.text.text || text.version !== signature.text.version) return refused('text_changed')
    const proposed = row.state === 'draft' ? await proposal(tx, row, parent) : undefined
    if (proposed && isRefused(proposed)) return proposed

    const confirming = isConfirming(row, side)
    const next = transition(standingOf(row), { step: confirming ? 'confirm' : 'sign', by: side })
    if (!next.ok) return refused(next.reason)
    const now = clock.now()
    const actor = asPerson(person)
    const carriedBy = side === 'principal' && !parent ? stand.representation : undefined
    const at = { mandate, side, signature: signature.signature, person, level: signature.level, at: signature.at }
    await store.addSignature(tx, { ...at, representation: carriedBy?.representation ?? null })
    const activates = !confirming && next.standing.state === 'active'
    await store.change(tx, mandate, {
      state: next.standing.state,
      at: now,
      ...(confirming ? { suspensions: suspensionsIn(row, next.standing, now) } : {}),
      ...(proposed ? { proposed } : {}),
      ...(carriedBy ? { representation: carriedBy } : {}),
      active: activates,
    })
    if (proposed) tellProposed(tx, row, { answerBy: proposed.answerBy, actor })
    audit.append(tx, {
      name: 'mandate.signed',
      data: { mandate, side, signature: signature.signature, level: signature.level, actor },
    })
    const signed = await outcome(tx, mandate)
    if (confirming) tellResumed(tx, row, { reason: 'to_confirm', standing: next.standing, actor })
    if (activates && signed.ok) {
      await takePlace(tx, row, actor)
      audit.append(tx, {
        name: 'mandate.activated',
        data: {
          mandate,
          principal: row.principal,
          ...told(view.mandatary),
          services: servicesOf(view.rights),
          from: view.from,
          until: view.until,
          representation: signed.view.representation?.representation ?? null,
          renews: row.renews,
          sameSigner: signed.view.sameSigner,
        },
      })
      // The principal may have signed weeks ago.
      const carrying = signed.view.representation
      const stands = carrying && (await organisations.representation(carrying.representation, tx))
      if (carrying && !stands?.inForce) {
        await cause(tx, mandate, 'doubt', 'register')
        return outcome(tx, mandate)
      }
    }
    return signed
  }

  /** In place of the one that it renews: at once, or when it begins. */
  async function takePlace(tx: Tx, row: store.MandateRow, actor: Actor): Promise<void> {
    const old = row.renews && (await store.lock(tx, row.renews))
    if (!old || (old.state !== 'active' && old.state !== 'suspended')) return
    const now = clock.now()
    const at = Math.max(now, row.from_at.getTime())
    await store.replace(tx, old.id, { mandate: row.id, at })
    if (at <= now) await supersede(tx, old, row, actor)
  }

  async function supersede(tx: Tx, old: store.MandateRow, by: store.MandateRow, actor: Actor): Promise<void> {
    const next = transition(standingOf(old), { step: 'supersede', by: 'clock' })
    if (!next.ok) return
    await apply(tx, old, next.standing, { actor })
    audit.append(tx, {
      name: 'mandate.changed',
      data: {
        mandate: by.id,
        replaced: old.id,
        principal: by.principal,
        services: [...new Set([...servicesOf(old.rights), ...servicesOf(by.rights)])].sort(),
        actor,
      },
    })
  }

  // ── Any other step ────────────────────────────────────────────────────────────────────────────────────────────────

  /** A locked mandate as it stands after a step, with its facts; what hangs on it goes with it. */
  async function apply(
    tx: Tx,
    row: store.MandateRow,
    standing: Standing,
    { actor, because }: { actor: Actor; because?: RefusedBecause },
  ): Promise<void> {
    const now = clock.now()
    const before = standingOf(row)
    await store.change(tx, row.id, {
      state: standing.state,
      at: now,
      suspensions: suspensionsIn(row, standing, now),
      ...(standing.endedFor ? { ended: standing.endedFor } : {}),
      ...(because ? { because } : {}),
    })
    const services = servicesOf(row.rights)
    const about = { mandate: row.id, principal: row.principal }
    if (standing.endedFor) {
      const wasInForce = row.active_at !== null
      audit.append(tx, {
        name: 'mandate.ended',
        data: {
          ...about,
          ...told(mandataryOf(row)),
          reason: standing.endedFor,
          services: wasInForce ? services : [],
          because: because ?? null,
          actor,
        },
      })
      // What was delegated from it gave what is not there any more.
      if (wasInForce)
        for (const one of await store.openDelegations(tx, row.id)) await cause(tx, one, 'lose_authority', 'register')
      return
    }
    for (const reason of standing.suspensions.filter((one) => !before.suspensions.includes(one))) {
      audit.append(tx, { name: 'mandate.suspended', data: { ...about, reason, services, actor } })
    }
    for (const reason of before.suspensions.filter((one) => !standing.suspensions.includes(one))) {
      tellResumed(tx, row, { reason, standing, actor })
    }
  }

  function tellResumed(
    tx: Tx,
    row: store.MandateRow,
    { reason, standing, actor }: { reason: SuspensionReason; standing: Standing; actor: Actor },
  ): void {
    const inForce = standing.state === 'active'
    const data = { mandate: row.id, principal: row.principal, reason, inForce, services: servicesOf(row.rights), actor }
    audit.append(tx, { name: 'mandate.resumed', data })
  }

  async function cause(tx: Tx, mandate: MandateId, step: MandateStep, by: Exclude<Cause, Side>): Promise<void> {
    const row = await store.lock(tx, mandate)
    if (!row) return
    if (step === 'end_term' && row.replaced_by && row.replaced_at && row.replaced_at.getTime() <= clock.now()) {
      const successor = await core.byId(tx, row.replaced_by)
      if (successor) return supersede(tx, row, successor, hub)
    }
    const next = transition(standingOf(row), { step, by })
    if (next.ok) await apply(tx, row, next.standing, { actor: hub })
  }

  /** By somebody who has a part in it. */
  async function step(
    tx: Tx,
    asker: Asker,
    mandate: MandateId,
    {
      step: name,
      on,
      because,
    }: { step: MandateStep; on: (row: store.MandateRow, stand: Stand) => Side | undefined } & {
      because?: RefusedBecause
    },
  ): Promise<MandateOutcome> {
    const absent = await present(tx, asker)
    if (absent) return absent
    const row = await store.lock(tx, mandate)
    const stand = row && (await core.standOf(tx, row, asker.person))
    if (!row || !stand || !maySee(row, stand)) return refused('unknown')
    const by = on(row, stand)
    if (!by) return refused('not_yours')
    const next = transition(standingOf(row), { step: name, by })
    if (!next.ok) return refused(next.reason)
    await apply(tx, row, next.standing, { actor: asPerson(asker.person), ...(because ? { because } : {}) })
    return outcome(tx, mandate)
  }

  async function byOperator(tx: Tx, actor: Actor, mandate: MandateId, name: MandateStep): Promise<MandateOutcome> {
    const row = await store.lock(tx, mandate)
    if (!row) return refused('unknown')
    const next = transition(standingOf(row), { step: name, by: 'operator' })
    if (!next.ok) return refused(next.reason)
    await apply(tx, row, next.standing, { actor })
    return outcome(tx, mandate)
  }

  /** On the side that is asked for, by whom it is open to. */
  const asSide = (side: Side) => (row: store.MandateRow, stand: Stand) =>
    isOn(side, stand, row.parent !== null) ? side : undefined
  /** Who acts for the organisation is its own business, whoever passed it on. */
  const asPrincipal = (_row: store.MandateRow, stand: Stand) => (stand.representation ? 'principal' : undefined)
  /** Whoever opens it again does what takes a signature that binds; to hold it, or to end it, only protects. */
  const asPrincipalAlone = (_row: store.MandateRow, stand: Stand) =>
    stand.representation?.alone ? 'principal' : undefined
  const asPrincipalOrGiver = (_row: store.MandateRow, stand: Stand) =>
    stand.representation || stand.gives ? 'principal' : undefined
  const asDrawer = (row: store.MandateRow, stand: Stand) => asSide(row.drawn_up_by)(row, stand)
  const asOther = (row: store.MandateRow, stand: Stand) => asSide(otherOf(row.drawn_up_by))(row, stand)

  const textFor: Mandates['textFor'] = async (handle, { mandate, side, person, language }) => {
    const row = await core.byId(handle, mandate)
    const stand = row && (await core.standOf(handle, row, person))
    if (!row || !stand || !maySee(row, stand)) return undefined
    return core.textOf(handle, row, { side, person, language, stand })
  }

  return {
    draft,

    async amend(tx, asker, { mandate, version, ...given }) {
      const found = await ownDraft(tx, asker, { mandate, version })
      if (isRefused(found)) return found
      const { row, parent } = found
      const terms = termsOf(given)
      const problems = judged(terms, parent, row.drawn_up_by === 'principal' ? asker : undefined)
      if (problems) return problems
      await store.change(tx, mandate, { state: 'draft', at: clock.now(), terms })
      const data = { mandate, number: row.version + 1, actor: asPerson(asker.person) }
      audit.append(tx, { name: 'mandate.amended', data })
      return outcome(tx, mandate)
    },

    async propose(tx, asker, given) {
      const found = await ownDraft(tx, asker, given)
      if (isRefused(found)) return found
      const { row, parent } = found
      const next = transition(standingOf(row), { step: 'propose', by: row.drawn_up_by })
      if (!next.ok) return refused(next.reason)
      const proposed = await proposal(tx, row, parent)
      if (isRefused(proposed)) return proposed
      await store.change(tx, row.id, { state: next.standing.state, at: clock.now(), proposed })
      tellProposed(tx, row, { answerBy: proposed.answerBy, actor: asPerson(asker.person) })
      return outcome(tx, row.id)
    },

    async proposeMany(tx, { firm, person, drafts }) {
      const now = clock.now()
      const found = await organisations.named([firm, ...drafts.map(({ principal }) => principal)], tx)
      const receiver = found.get(firm)
      const mandatary: Mandatary = { kind: 'organisation', organisation: firm }
      const judgedDrafts = drafts.map((one) => {
        const terms = termsOf(one)
        const giver = found.get(one.principal)
        const reason = (): MandateRefusal | undefined => {
          if (!receiver) return 'mandatary_unknown'
          if (one.principal === firm) return 'mandatary_is_principal'
          if (!giver) return 'organisation_unknown'
          return giver.state === 'closed' || receiver.state === 'closed' ? 'organisation_closed' : undefined
        }
        const why = reason()
        const refusal = why ? refused(why) : judged(terms, undefined)
        if (refusal || !receiver || !giver) return refusal ?? refused('organisation_unknown')
        const named: Named = {
          principal: { name: giver.name, identifiers: giver.identifiers },
          mandatary: { name: receiver.name, identifiers: receiver.identifiers },
          services: namesOfServices(terms.rights),
        }
        const proposed = { named, answerBy: answerBy(now, terms.until) }
        return { ok: true as const, id: newOrderedId('mandate', now), principal: one.principal, terms, proposed }
      })
      const rows = judgedDrafts.flatMap((one) => (one.ok ? [one] : []))
      await store.insert(
        tx,
        rows.map(({ id, principal, terms, proposed }) => ({
          id,
          principal,
          ...mandataryColumns(mandatary),
          parent: null,
          renews: null,
          drawn_up_by: 'mandatary' as const,
          drafted_by: person,
          delegable: terms.delegable,
          text_version: textVersion,
          rights: [...terms.rights],
          at: now,
          from: terms.from,
          until: terms.until,
          proposed,
        })),
      )
      audit.append(
        tx,
        ...rows.map(({ id, principal, proposed }) => ({
          name: 'mandate.proposed' as const,
          data: {
            mandate: id,
            principal,
            ...told(mandatary),
            side: 'mandatary' as const,
            renews: null,
            answerBy: proposed.answerBy,
            actor: asPerson(person),
          },
        })),
      )
      return judgedDrafts.map((one) => (one.ok ? { ok: true, mandate: one.id } : one))
    },

    renew: renewed,
    withdraw: (tx, asker, { mandate }) => step(tx, asker, mandate, { step: 'withdraw', on: asDrawer }),
    refuse: (tx, asker, { mandate, because }) =>
      step(tx, asker, mandate, { step: 'refuse', on: asOther, ...(because ? { because } : {}) }),

    textFor,

    async stillWanted({ person, about, text }) {
      const given = { mandate: about.id, side: about.side, person, language: text.language }
      const [now, row] = await Promise.all([textFor(storage.db, given), core.byId(storage.db, about.id)])
      if (!row || now?.text !== text.text || now.version !== text.version) return false
      return standsInTheWay(row, about.side) === undefined
    },

    sign,

    suspend: (tx, by, { mandate }) =>
      'actor' in by
        ? byOperator(tx, by.actor, mandate, 'suspend')
        : step(tx, by, mandate, { step: 'suspend', on: asPrincipal }),
    resume: (tx, by, { mandate }) =>
      'actor' in by
        ? byOperator(tx, by.actor, mandate, 'resume')
        : step(tx, by, mandate, { step: 'resume', on: asPrincipalAlone }),
    revoke: (tx, asker, { mandate }) => step(tx, asker, mandate, { step: 'revoke', on: asPrincipalOrGiver }),
    renounce: (tx, asker, { mandate }) => step(tx, asker, mandate, { step: 'renounce', on: asSide('mandatary') }),
    condemn: (tx, actor, { mandate }) => byOperator(tx, actor, mandate, 'condemn'),
    cause,
  }

  function namesOfServices(rights: readonly Right[]): Named['services'] {
    return Object.fromEntries(
      servicesOf(rights).map((service) => [
        service,
        services(service)?.name ?? { fr: service, en: service, ar: service },
      ]),
    )
  }
}

const otherOf = (side: Side): Side => (side === 'principal' ? 'mandatary' : 'principal')

/** A draft is its author's own; everything else is for whoever has a part in it. */
export function maySee(row: store.MandateRow, stand: Stand): boolean {
  return row.state === 'draft' ? isOn(row.drawn_up_by, stand, row.parent !== null) : has(stand)
}

function mayGive({ representation, gives }: Stand, delegated: boolean): 'yes' | 'no' | 'not_alone' {
  if (delegated) return gives ? 'yes' : 'no'
  if (!representation) return 'no'
  return representation.alone ? 'yes' : 'not_alone'
}

const isToThemselves = ({ side, mandatary, person }: { side: Side; mandatary: Mandatary; person: PersonId }): boolean =>
  side === 'principal' && mandatary.kind === 'person' && mandatary.person === person

/** Since when each reason holds: those that held before keep their instant. */
function suspensionsIn(row: store.MandateRow, standing: Standing, now: Instant): Map<SuspensionReason, Instant> {
  const before = suspensionsOf(row)
  return new Map(standing.suspensions.map((reason) => [reason, before.get(reason) ?? now]))
}
