/**
 * Drawing up a mandate and signing it: a representative gives one, or who would hold it proposes one; a draft is changed
 * until it is signed; one in force is renewed, or delegated where it says so. The text comes from `mandates/` and is shown
 * as it will be signed; the signature itself is made at `/sign`, which comes back to the mandate.
 *
 * A firm is named by a number that is public. A person is named by a code that they handed over: no page here tells whether
 * somebody has an account.
 */
import type { FastifyReply } from 'fastify'
import type { MandateId, OrganisationId } from '../kernel/ids.ts'
import type { Mandatary, MandateOutcome } from '../mandates/mandates.ts'
import { textIn } from '../means/routes-sign-in.ts'
import { actions, signingLevel } from '../policy/mandate.ts'
import { type Drafting, formPage, textPage } from './mandate-draft-pages.ts'
import {
  type FieldFault,
  faultsOf,
  freshMandate,
  judgedTerms,
  type OfferedService,
  type ReadTerms,
  readTerms,
  type TypedMandate,
  typedAgain,
  typedMandate,
} from './mandate-form.ts'
import { type MandatePages, offeredTo, type Seen } from './mandates.ts'
import { codePage } from './mandates-pages.ts'
import { mandatePaths } from './mandates-words.ts'
import type { SpaceVisit } from './visit.ts'

/** Taken back: the draft that a code led to, when somebody else was faster with it. */
class CodeUsed extends Error {}

export function mountMandateDrafts(pages: MandatePages): void {
  const { get, post, show, seeing, handling, storage, clock, timeZone, mandates, organisations, firms, partners } =
    pages
  const { mandataryCodes, signatures } = pages

  const asker = ({ who }: SpaceVisit) => ({ person: who.person, level: who.level })

  /** Services that take somebody who acts for an organisation, by name. */
  function offeredBy(visit: SpaceVisit): OfferedService[] {
    const { language } = visit.context
    return [...partners.registry().services.values()]
      .flatMap(({ id, name, representation }) =>
        representation ? [{ service: id, name: name[language], actions: representation.actions }] : [],
      )
      .sort((a, b) => a.name.localeCompare(b.name, language))
  }

  /** Of a delegation: no more than what one holds. */
  function offeredWithin(visit: SpaceVisit, { view }: Seen): OfferedService[] {
    const held = (service: string) =>
      actions.filter((action) => view.rights.some((one) => one.service === service && one.action === action))
    return offeredBy(visit)
      .map((one) => ({ ...one, actions: one.actions.filter((action) => held(one.service).includes(action)) }))
      .filter((one) => one.actions.length > 0)
  }

  interface Form {
    drafting: Drafting
    typed: TypedMandate
    offered?: readonly OfferedService[]
    faults?: readonly FieldFault[]
    refused?: Extract<MandateOutcome, { ok: false }>['reason']
  }

  function form(visit: SpaceVisit, { drafting, typed, offered = offeredBy(visit), faults = [], refused }: Form) {
    const view = { drafting, typed, offered, faults, schemes: pages.schemes, now: clock.now() }
    return show(visit, formPage({ ...view, ...(refused ? { refused } : {}) }, pages, visit))
  }

  /** The firm of a number, or what is wrong with it. */
  async function organisationOf({ scheme, number }: TypedMandate): Promise<OrganisationId | FieldFault> {
    if (number === '') return { field: 'number', fault: 'number_missing' }
    const found = await organisations.byNumber(scheme, number)
    if (found === 'malformed') return { field: 'number', fault: 'number_malformed' }
    return found?.organisation ?? { field: 'number', fault: 'number_unknown' }
  }

  async function mandataryOf(typed: TypedMandate): Promise<Mandatary | FieldFault> {
    if (typed.to === 'firm') {
      const organisation = await organisationOf(typed)
      return typeof organisation === 'string' ? { kind: 'organisation', organisation } : organisation
    }
    if (typed.code === '') return { field: 'code', fault: 'code_missing' }
    const person = await mandataryCodes.look(typed.code)
    return person ? { kind: 'person', person } : { field: 'code', fault: 'code_unknown' }
  }

  /** Writes the draft, and uses up the code that named its mandatary, both or neither. */
  async function write(
    typed: TypedMandate,
    mandatary: Mandatary | undefined,
    draft: Parameters<typeof storage.transaction<MandateOutcome>>[0],
  ) {
    const isByCode = mandatary?.kind === 'person' && typed.to === 'person'
    try {
      return await storage.transaction(async (tx) => {
        const outcome = await draft(tx)
        if (outcome.ok && isByCode && !(await mandataryCodes.use(tx, typed.code))) throw new CodeUsed()
        return outcome
      })
    } catch (error) {
      if (error instanceof CodeUsed) return 'code_used'
      throw error
    }
  }

  /** To the text, or back to the form with what is wrong. */
  function answer(
    visit: SpaceVisit,
    asked: Form & { terms: ReadTerms },
    outcome: MandateOutcome | 'code_used',
  ): FastifyReply {
    const { terms, ...again } = asked
    if (outcome === 'code_used') return form(visit, { ...again, faults: [{ field: 'code', fault: 'code_unknown' }] })
    if (outcome.ok) return visit.reply.redirect(mandatePaths.text(outcome.view.mandate), 303)
    if (outcome.reason === 'unknown') return pages.notFound(visit)
    if (outcome.reason === 'invalid')
      return form(visit, { ...again, faults: faultsOf(outcome.problems ?? [], terms.rights) })
    return form(visit, { ...again, refused: outcome.reason })
  }

  const isFault = (one: object | string): one is FieldFault => typeof one === 'object' && 'fault' in one

  /** Of whom it is about and of the terms, so that nobody corrects one thing to hear of the next. */
  function allFaults(
    whom: object | string,
    read: ReturnType<typeof readTerms>,
    offered: readonly OfferedService[],
  ): FieldFault[] {
    const terms = 'faults' in read ? read.faults : judgedTerms(read.terms, { offered, now: clock.now(), timeZone })
    return [...(isFault(whom) ? [whom] : []), ...terms]
  }

  // --- A representative gives one ------------------------------------------------------------------------------------

  const givePath = mandatePaths.give(':organisation' as OrganisationId)
  get(
    givePath,
    handling(async (visit) => {
      const of = await pages.represented(visit)
      if (!of) return pages.notFound(visit)
      const drafting: Drafting = { kind: 'give', organisation: of.organisation }
      return form(visit, { drafting, typed: freshMandate(clock.now(), timeZone) })
    }),
  )
  post(
    givePath,
    handling(async (visit) => {
      const of = await pages.represented(visit)
      if (!of) return pages.notFound(visit)
      const drafting: Drafting = { kind: 'give', organisation: of.organisation }
      const offered = offeredBy(visit)
      const typed = typedMandate(visit.body, offered)
      const mandatary = await mandataryOf(typed)
      const read = readTerms(typed, { offered, timeZone })
      if (isFault(mandatary) || 'faults' in read)
        return form(visit, { drafting, typed, offered, faults: allFaults(mandatary, read, offered) })
      const principal = of.organisation.organisation
      const draft = { principal, mandatary, ...read.terms, side: 'principal' } as const
      const outcome = await write(typed, mandatary, (tx) => mandates.draft(tx, asker(visit), draft))
      return answer(visit, { drafting, typed, offered, terms: read.terms }, outcome)
    }),
  )

  // --- Who would hold it proposes one --------------------------------------------------------------------------------

  async function proposing({ who }: SpaceVisit, as: string): Promise<Extract<Drafting, { kind: 'propose' }>> {
    const seats = (await firms.of(who.person)).filter(
      ({ role, state }) => role === 'administrator' && state === 'active',
    )
    const names = await organisations.named(seats.map(({ firm }) => firm))
    const own = seats.flatMap(({ firm }) => names.get(firm) ?? [])
    return {
      kind: 'propose',
      firms: own,
      as: own.find(({ organisation }) => organisation === as)?.organisation ?? 'me',
    }
  }

  get(
    mandatePaths.propose,
    handling(async (visit) => {
      const { as } = visit.request.query as { as?: unknown }
      const drafting = await proposing(visit, typeof as === 'string' ? as : 'me')
      return form(visit, { drafting, typed: freshMandate(clock.now(), timeZone) })
    }),
  )
  post(
    mandatePaths.propose,
    handling(async (visit) => {
      const drafting = await proposing(visit, textIn(visit.body, 'as'))
      const offered = offeredBy(visit)
      const typed = typedMandate(visit.body, offered)
      const principal = await organisationOf(typed)
      const read = readTerms(typed, { offered, timeZone })
      if (isFault(principal) || 'faults' in read)
        return form(visit, { drafting, typed, offered, faults: allFaults(principal, read, offered) })
      const mandatary: Mandatary =
        drafting.as === 'me'
          ? { kind: 'person', person: visit.who.person }
          : { kind: 'organisation', organisation: drafting.as }
      const draft = { principal, mandatary, ...read.terms, side: 'mandatary' } as const
      const outcome = await write(typed, undefined, (tx) => mandates.draft(tx, asker(visit), draft))
      return answer(visit, { drafting, typed, offered, terms: read.terms }, outcome)
    }),
  )

  // --- From one that there is ----------------------------------------------------------------------------------------

  const amendPath = mandatePaths.amend(':mandate' as MandateId)
  get(
    amendPath,
    handling(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const { view } = named
      if (!offeredTo(named, clock.now()).amend) return pages.doneWith(visit, mandatePaths.one(view.mandate), 'again')
      return form(visit, {
        drafting: { kind: 'amend', named, version: view.version },
        typed: typedAgain(view, timeZone),
      })
    }),
  )
  post(
    amendPath,
    handling(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const { mandate } = named.view
      const version = Number(textIn(visit.body, 'version'))
      const offered = offeredBy(visit)
      const typed = typedMandate(visit.body, offered)
      const drafting: Drafting = { kind: 'amend', named, version }
      const read = readTerms(typed, { offered, timeZone })
      if ('faults' in read) return form(visit, { drafting, typed, offered, faults: read.faults })
      const given = { mandate, version: Number.isSafeInteger(version) ? version : 0, ...read.terms }
      const outcome = await write(typed, undefined, (tx) => mandates.amend(tx, asker(visit), given))
      // What the other one wrote is shown before anything is written over it.
      const isOvertaken = outcome !== 'code_used' && !outcome.ok && outcome.reason === 'changed_meanwhile'
      const current: Form = isOvertaken
        ? { drafting: { ...drafting, version: named.view.version }, typed: typedAgain(named.view, timeZone), offered }
        : { drafting, typed, offered }
      return answer(visit, { ...current, terms: read.terms }, outcome)
    }),
  )

  const renewPath = mandatePaths.renew(':mandate' as MandateId)
  get(
    renewPath,
    handling(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const { view } = named
      if (!offeredTo(named, clock.now()).renew) return pages.doneWith(visit, mandatePaths.one(view.mandate), 'again')
      return form(visit, { drafting: { kind: 'renew', named }, typed: renewed(view) })
    }),
  )

  /** From the end of the old one on, as long as it lasted by default. */
  function renewed(view: Seen['view']): TypedMandate {
    const next = freshMandate(Math.max(view.until, clock.now()), timeZone)
    return { ...typedAgain(view, timeZone), from: next.from, until: next.until, ends: new Map() }
  }

  post(
    renewPath,
    handling(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const offered = offeredBy(visit)
      const typed = typedMandate(visit.body, offered)
      const drafting: Drafting = { kind: 'renew', named }
      const read = readTerms(typed, { offered, timeZone })
      if ('faults' in read) return form(visit, { drafting, typed, offered, faults: read.faults })
      const given = { mandate: named.view.mandate, ...read.terms }
      const outcome = await write(typed, undefined, (tx) => mandates.renew(tx, asker(visit), given))
      return answer(visit, { drafting, typed, offered, terms: read.terms }, outcome)
    }),
  )

  const delegatePath = mandatePaths.delegate(':mandate' as MandateId)
  get(
    delegatePath,
    handling(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const { view } = named
      if (!offeredTo(named, clock.now()).delegate) return pages.doneWith(visit, mandatePaths.one(view.mandate), 'again')
      const typed = { ...typedAgain(view, timeZone), from: freshMandate(clock.now(), timeZone).from, delegable: false }
      return form(visit, { drafting: { kind: 'delegate', named }, typed, offered: offeredWithin(visit, named) })
    }),
  )
  post(
    delegatePath,
    handling(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const drafting: Drafting = { kind: 'delegate', named }
      const offered = offeredWithin(visit, named)
      const typed = typedMandate(visit.body, offered)
      const mandatary = await mandataryOf(typed)
      const read = readTerms(typed, { offered, timeZone })
      if (isFault(mandatary) || 'faults' in read)
        return form(visit, { drafting, typed, offered, faults: allFaults(mandatary, read, offered) })
      const { principal, mandate: parent } = named.view
      const draft = { principal, parent, mandatary, ...read.terms, delegable: false }
      const outcome = await write(typed, mandatary, (tx) => mandates.draft(tx, asker(visit), draft))
      return answer(visit, { drafting, typed, offered, terms: read.terms }, outcome)
    }),
  )

  // --- The text, and the signature -----------------------------------------------------------------------------------

  const textPath = mandatePaths.text(':mandate' as MandateId)

  /** What this person would sign now, or what was signed. */
  async function textOf(visit: SpaceVisit, named: Seen) {
    const { mandate } = named.view
    const { sign: side, amend } = offeredTo(named, clock.now())
    const { language } = visit.context
    const text = side
      ? await mandates.textFor(storage.db, { mandate, side, person: visit.who.person, language })
      : (await signatures.about(storage.db, { kind: 'mandate', id: mandate })).at(-1)?.text
    return { mayAmend: amend, ...(side ? { side } : {}), ...(text ? { text } : {}) }
  }

  get(
    textPath,
    seeing(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const refused = pages.refusedIn(visit)
      const view = { named, ...(await textOf(visit, named)), ...(refused ? { refused } : {}) }
      return show(visit, textPage(view, pages, visit))
    }),
  )
  post(
    textPath,
    handling(async (visit) => {
      const named = await pages.seen(visit)
      if (!named) return pages.notFound(visit)
      const { mandate, parent } = named.view
      const { side, text } = await textOf(visit, named)
      if (!side) return pages.doneWith(visit, mandatePaths.one(mandate), 'again')
      if (!text) return visit.reply.redirect(textPath.replace(':mandate', mandate), 303)
      const wanted = {
        ...{ person: visit.who.person, session: visit.who.session, text },
        about: { kind: 'mandate', id: mandate, side },
        level: signingLevel(side, parent !== undefined),
        returnTo: mandatePaths.one(mandate),
      } as const
      const signing = await storage.transaction((tx) => signatures.open(tx, wanted))
      return visit.reply.redirect(`/sign/${signing}`, 303)
    }),
  )

  // --- A code of one's own -------------------------------------------------------------------------------------------

  get(
    mandatePaths.code,
    handling(async (visit) => show(visit, codePage({}, pages, visit))),
  )
  post(
    mandatePaths.code,
    handling(async (visit) => show(visit, codePage(await mandataryCodes.make(visit.who.person), pages, visit))),
  )
}
