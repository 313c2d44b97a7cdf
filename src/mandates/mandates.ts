/**
 * Mandates: an organisation lets a firm or a person act for it, by a text that both sides sign. This room owns drafts,
 * proposals, signatures' effect, suspension and end, the answer to "may this person do this for that organisation here and
 * now", and the list of uses that the organisation sees. What leads where is decided in `policy/mandate.ts`.
 *
 * It does not own organisations and who represents them (`directory/`), keys and how a text is signed (`signatures/`), nor
 * what a service is told (`login/`, `protocol/`). Who works in a firm for which clients is in `firm.ts`.
 *
 * Every verb judges inside who may, writes state and fact in the caller's transaction, and returns a refusal as a value
 * before anything is written. What somebody has no part in is `unknown`, whether or not it exists.
 */
import type { Reactor } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Organisation } from '../directory/organisations.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import {
  type ConnectionId,
  isId,
  type MandateId,
  type MandateUseId,
  type MembershipId,
  type OrganisationId,
  type PersonId,
  type RepresentationId,
  type ServiceId,
  type SignatureId,
} from '../kernel/ids.ts'
import type { Language, Translated } from '../kernel/languages.ts'
import type { SignedText } from '../kernel/signing-statement.ts'
import type { Keeper } from '../people/people.ts'
import type {
  Acting,
  ActingRef,
  Action,
  Capacity,
  EndReason,
  FoundProblem,
  MandateState,
  RefusedBecause,
  Right,
  Side,
  SuspensionReason,
  Terms,
  UseRefusal,
} from '../policy/mandate.ts'
import { mandateStates, signatureRefusals, stepRefusals } from '../policy/mandate.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import { createActing } from './acting.ts'
import { createCore, type Parts, type Stand, viewOf } from './core.ts'
import { createSteps, maySee } from './steps.ts'
import type { MandateRow } from './store.ts'
import * as store from './store.ts'
import { createUpkeep } from './upkeep.ts'

export type Mandatary = { kind: 'organisation'; organisation: OrganisationId } | { kind: 'person'; person: PersonId }

/** A signature that counts, as this room needs it: what proves it is in `signatures/`. */
export interface SignedBy {
  side: Side
  signature: SignatureId
  person: PersonId
  level: Level
  at: Instant
  /** Of whoever signed for the principal. */
  representation?: RepresentationId
}

export interface MandateView extends Terms {
  mandate: MandateId
  /** For whom one acts. Of a delegation too: it is not the one who gives it. */
  principal: OrganisationId
  mandatary: Mandatary
  /** What it is drawn from, when it is a delegation. */
  parent?: MandateId
  renews?: MandateId
  state: MandateState
  /** The reason that is told; all of them in `suspensions`. */
  suspended?: { reason: SuspensionReason; since: Instant }
  suspensions: readonly { reason: SuspensionReason; since: Instant }[]
  ended?: { reason: EndReason; at: Instant; because?: RefusedBecause }
  /** Another one takes its place from then on: it gives nothing any more, whatever its own end says. */
  replaced?: { by: MandateId; at: Instant }
  /** In table order: by service, then by action. */
  rights: readonly Right[]
  /** By what the principal's signature counted, as it was then. */
  representation?: { representation: RepresentationId; role: string; source: string; checkedAt: Instant }
  /** Rises with each change: who amends says which one they saw. */
  version: number
  textVersion: string
  drawnUpBy: Side
  draftedBy: PersonId
  draftedAt: Instant
  /** The oldest first. The principal's stands there again where somebody else confirmed it. */
  signatures: readonly SignedBy[]
  proposedAt?: Instant
  /** 21 days after the proposal, or the end where that is sooner. */
  answerBy?: Instant
  activeSince?: Instant
  /** One person signed for both: only where they represent the principal and accept for a firm. */
  sameSigner: boolean
}

/** What a draft says. `until`: one year after `from` by default; `from`: now. */
export interface Draft {
  principal: OrganisationId
  mandatary: Mandatary
  parent?: MandateId
  from?: Instant
  until?: Instant
  rights: readonly Right[]
  delegable?: boolean
}

/** Why a verb did nothing. `invalid` comes with what is wrong in the draft. */
export const mandateRefusals = [
  /** No such mandate, or none in which they have a part. */
  'unknown',
  /** Somebody else changed it since it was read. */
  'changed_meanwhile',
  'session_too_weak',
  'frozen',
  'invalid',
  'organisation_unknown',
  'organisation_closed',
  /** No such firm or person. */
  'mandatary_unknown',
  'mandatary_is_principal',
  'too_many_drafts',
  /** To the same other side, since a day, without an answer that gave anything. */
  'too_many_proposals',
  /** What was signed is not the text of this mandate as it is now. */
  'text_changed',
  /** The 21 days are over, or its end. */
  'answer_late',
  /** There is nothing left of it to renew or to narrow: it has ended, or another one renews it already. */
  'not_renewable',
  ...(Object.keys(stepRefusals) as (keyof typeof stepRefusals)[]),
  ...(Object.keys(signatureRefusals) as (keyof typeof signatureRefusals)[]),
] as const
export type MandateRefusal = (typeof mandateRefusals)[number]

export type MandateOutcome =
  | { ok: true; view: MandateView }
  | { ok: false; reason: MandateRefusal; problems?: readonly FoundProblem[] }

/** Somebody, signed in as themselves. */
export interface Asker {
  person: PersonId
  /** Of their session. */
  level: Level
}

/** A signature that verified, as `signatures/` hands it over. */
export interface SignatureMade {
  signature: SignatureId
  level: Level
  at: Instant
  text: SignedText
}

/** How somebody sees a mandate. `giver`: a delegation of theirs. */
export type SeenAs = 'principal' | 'giver' | 'mandatary'

/** A mandate with the names that a page shows. */
export interface NamedMandate {
  view: MandateView
  principal: Organisation | undefined
  mandatary: MandataryName
}

export type MandataryName =
  | { kind: 'organisation'; organisation: Organisation | undefined }
  /** Absent once the person is erased. */
  | { kind: 'person'; person: PersonId; name?: string; birthdate?: string }

export interface PrincipalEntry {
  organisation: Organisation
  capacity: Capacity
  /** Of an employee. */
  firm?: Organisation
  /** What may be done at this level; empty where all of it takes a stronger sign-in (`needs`). */
  actions: Action[]
  until?: Instant
  /** The weakest level that would open something, where this one opens nothing. */
  needs?: Level
}

export type MayAnswer = { ok: true; acting: Acting } | { ok: false; reason: UseRefusal; needs?: Level }

export interface NewUse {
  ref: ActingRef
  person: PersonId
  service: ServiceId
  actions: readonly Action[]
  kind: 'login' | 'token'
  connection?: ConnectionId
  country?: string
  /** It was tried and refused. The caller writes it only where `may` found that the organisation has to do with whoever tried. */
  refused?: UseRefusal
}

/** One use, as the principal sees it. */
export interface UseView {
  use: MandateUseId
  at: Instant
  organisation: OrganisationId
  mandate?: MandateId
  firm?: OrganisationId
  membership?: MembershipId
  as: Capacity['as']
  person: PersonId
  /** Absent once the person is erased. */
  name?: string
  service: ServiceId
  actions: readonly Action[]
  kind: NewUse['kind']
  connection?: ConnectionId
  country?: string
  refused?: UseRefusal
  /** Why it stands out: words of `policy/mandate-uses.ts`. */
  unusual: readonly string[]
}

export interface MandateStatistics {
  /** Now. */
  byState: Readonly<Record<MandateState, number>>
  /** In force by both signatures, by the week in which that was: Monday 00:00 UTC. */
  signedByWeek: readonly { week: Instant; count: number }[]
  endedByReason: Readonly<Partial<Record<EndReason, number>>>
  refusedByReason: Readonly<Partial<Record<UseRefusal, number>>>
}

export interface Page<T> {
  entries: T[]
  /** Hand it back as `after`. */
  next?: string
}

export interface Mandates {
  // ── Drawing up ────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * A draft of whoever asks, on the side of which they are: a representative of the principal, the person who would hold
   * it, an administrator of the firm that would; with `parent`, whoever holds that one. `side` where they are on both.
   */
  draft(tx: Tx, asker: Asker, draft: Draft & { side?: Side }): Promise<MandateOutcome>
  /** Of a draft, by anybody of the side that drew it up. `version`: the one that they saw. */
  amend(
    tx: Tx,
    asker: Asker,
    given: { mandate: MandateId; version: number } & Pick<Draft, 'from' | 'until' | 'rights' | 'delegable'>,
  ): Promise<MandateOutcome>
  /** The other side is told, and has 21 days. Signing a draft does it as well. */
  propose(tx: Tx, asker: Asker, given: { mandate: MandateId; version?: number }): Promise<MandateOutcome>
  /**
   * Many at once, drawn up by a firm and proposed: an answer for each, in order. Who may is the caller's business
   * (`firm.ts`); everything else is judged. A few statements for all.
   */
  proposeMany(
    tx: Tx,
    given: {
      firm: OrganisationId
      person: PersonId
      drafts: readonly { principal: OrganisationId; rights: readonly Right[]; from?: Instant; until?: Instant }[]
    },
  ): Promise<
    ({ ok: true; mandate: MandateId } | { ok: false; reason: MandateRefusal; problems?: readonly FoundProblem[] })[]
  >
  /**
   * A new draft with the terms given, or those of the old one from its end on. Both sides sign it like any other. Once it
   * is in force and has begun, the old one ends as `superseded` (or by its term, when the new one begins there): so a
   * mandate is renewed, widened or narrowed.
   */
  renew(
    tx: Tx,
    asker: Asker,
    given: { mandate: MandateId } & Partial<Pick<Draft, 'from' | 'until' | 'rights' | 'delegable'>>,
  ): Promise<MandateOutcome>
  withdraw(tx: Tx, asker: Asker, given: { mandate: MandateId }): Promise<MandateOutcome>
  refuse(tx: Tx, asker: Asker, given: { mandate: MandateId; because?: RefusedBecause }): Promise<MandateOutcome>

  // ── Signing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * What this person is shown and signs on that side: complete, in their language, with whom they sign for and by what
   * right. The same as long as nothing of it changes. Undefined when they may not sign there.
   */
  textFor(
    handle: Handle,
    given: { mandate: MandateId; side: Side; person: PersonId; language: Language },
  ): Promise<SignedText | undefined>
  /** Is this text still to be signed by this person? For `signatures.register`. */
  stillWanted(wanted: { person: PersonId; about: { id: MandateId; side: Side }; text: SignedText }): Promise<boolean>
  /**
   * A signature was made. Of a draft it also proposes it; with that of the other side the mandate is in force; while it is
   * `to_confirm`, one more of the principal's side confirms it.
   */
  sign(
    tx: Tx,
    given: { mandate: MandateId; side: Side; person: PersonId; signature: SignatureMade },
  ): Promise<MandateOutcome>

  // ── Stopping ──────────────────────────────────────────────────────────────────────────────────────────────────────

  /** By a representative of the principal (or who delegated it), or by an operator. */
  suspend(tx: Tx, by: Asker | { actor: Actor }, given: { mandate: MandateId }): Promise<MandateOutcome>
  /** By the side that suspended it. */
  resume(tx: Tx, by: Asker | { actor: Actor }, given: { mandate: MandateId }): Promise<MandateOutcome>
  /** The principal ends it: at the next request, everywhere. Delegations drawn from it end with it. */
  revoke(tx: Tx, asker: Asker, given: { mandate: MandateId }): Promise<MandateOutcome>
  /** The mandatary gives it back. */
  renounce(tx: Tx, asker: Asker, given: { mandate: MandateId }): Promise<MandateOutcome>
  /** An operator ends it for fraud. */
  condemn(tx: Tx, actor: Actor, given: { mandate: MandateId }): Promise<MandateOutcome>

  // ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Through whoever has a part in it: a representative, the person, an administrator of the firm. */
  read(given: { mandate: MandateId; person: PersonId }): Promise<(NamedMandate & { seenAs: SeenAs[] }) | undefined>
  /** For other rooms, without an owner: letters, operators, evidence. Nothing that a page of a person may call. */
  byId(mandate: MandateId, handle?: Handle): Promise<MandateView | undefined>
  byIds(mandates: readonly MandateId[]): Promise<ReadonlyMap<MandateId, MandateView>>
  /** The caller has seen to it that whoever reads has a part in that side. The newest first. */
  list(
    of: { principal: OrganisationId } | { firm: OrganisationId } | { person: PersonId },
    page: { state?: MandateState | 'open'; after?: string; limit: number },
  ): Promise<Page<NamedMandate> & { counts: Readonly<Record<MandateState, number>> }>
  /** Proposals that wait for this person's signature: as a representative, or as whom they name. The next to lapse first. */
  awaiting(person: PersonId): Promise<(NamedMandate & { side: Side })[]>
  withNames(views: readonly MandateView[]): Promise<NamedMandate[]>
  /** All that concerns one person, for the copy of their data. */
  ofPersonWhole(person: PersonId): Promise<{ mandates: MandateView[]; uses: UseView[] }>

  // ── Acting ────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * May this person act for that organisation here and now? Without `action`: for anything at all. With `capacity`: in
   * that one; else in the best one, a representative's before a mandatary's before an employee's. Somebody whom the hub
   * does not know yet has an `identity` only, and can but represent.
   */
  may(question: {
    person?: PersonId
    identity?: Identity
    organisation: OrganisationId
    service: ServiceId
    action?: Action
    level: Level
    capacity?: Capacity
    mandate?: MandateId
  }): Promise<MayAnswer>
  /** The same of what was chosen before, in that capacity alone: at each request under it. */
  check(
    ref: ActingRef,
    question: { person: PersonId; service: ServiceId; action?: Action; level: Level },
  ): Promise<MayAnswer>
  /**
   * For whom this person may act at this service now, by name. One entry for each organisation and capacity; those that
   * take a stronger sign-in are among them. `search`: the beginning of words of a name, or of a number.
   */
  principals(question: {
    person?: PersonId
    identity?: Identity
    service: ServiceId
    level: Level
    search?: string
    after?: string
    limit: number
  }): Promise<Page<PrincipalEntry> & { total: number }>

  // ── Uses ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** In the transaction of what is issued. Undefined when nothing was to be written. */
  noteUse(tx: Tx, use: NewUse): Promise<MandateUseId | undefined>
  /** The newest first. `person` has to have a part in the mandate, or to represent the organisation. */
  uses(question: {
    of: { mandate: MandateId } | { organisation: OrganisationId }
    person: PersonId
    after?: string
    limit: number
    unusual?: boolean
  }): Promise<Page<UseView> | undefined>
  /** Without an owner, for evidence: all uses of a mandate, the oldest first, a page at a time. */
  allUses(mandate: MandateId, page: { after?: string; limit: number }): Promise<Page<UseView>>
  /** Of the same mandate (of representatives: of the same organisation) before this one, not refused, the newest first. */
  usesBefore(use: MandateUseId, limit: number): Promise<{ use: UseView; before: UseView[] } | undefined>
  markUse(tx: Tx, use: MandateUseId, unusual: readonly string[]): Promise<void>
  countUses(mandate: MandateId): Promise<number>

  // ── Time and registers ────────────────────────────────────────────────────────────────────────────────────────────

  /** Ends what is over, tells what will be, deletes what is kept no longer. A job calls it. */
  sweep(): Promise<void>
  /**
   * A representation fell: the mandates that it carried wait for somebody else to confirm them. Without one: all that
   * stand on a representation which is not in force any more, and those of organisations that are closed.
   */
  recheck(representation?: RepresentationId): Promise<void>
  statistics(period: { from: Instant; until: Instant }): Promise<MandateStatistics>
  /** To be registered with `people.keep`. */
  keeper: Keeper
  /** To be registered with `audit.react`: what is told of a representation is looked at. */
  reactor: Reactor
}

/** What this room has to know of a service, from its published settings. */
export interface ServiceTerms {
  name: Translated
  /** Actions that it takes from whoever acts for an organisation; none when it takes nobody. */
  actions: readonly Action[]
}

export interface MandatesOptions extends Parts {
  /** What proves a signature goes with the mandate that stands on it. */
  forgetSignatures: (tx: Tx, mandate: MandateId) => Promise<void>
}

/** Of one person: more than anybody reads. */
const mostAwaiting = 200
const mostOwn = 10_000
const useBatch = 1_000

export function createMandates({ forgetSignatures, ...parts }: MandatesOptions): Mandates {
  const core = createCore(parts)
  const { storage, organisations, people } = parts
  const { db } = storage
  const { cause, ...steps } = createSteps(core)
  const acting = createActing(core)

  async function nameOf(
    mandatary: Mandatary,
    named: ReadonlyMap<OrganisationId, Organisation>,
  ): Promise<MandataryName> {
    if (mandatary.kind === 'organisation')
      return { kind: 'organisation', organisation: named.get(mandatary.organisation) }
    const { person } = mandatary
    const one = await core.personNamed(db, person)
    if (!one) return { kind: 'person', person }
    const { givenNames, familyName, birthdate } = one
    return { kind: 'person', person, name: `${givenNames} ${familyName}`, ...(birthdate ? { birthdate } : {}) }
  }

  async function withNames(views: readonly MandateView[]): Promise<NamedMandate[]> {
    const named = await organisations.named(
      views.flatMap(({ principal, mandatary }) =>
        mandatary.kind === 'organisation' ? [principal, mandatary.organisation] : [principal],
      ),
    )
    return Promise.all(
      views.map(async (view) => ({
        view,
        principal: named.get(view.principal),
        mandatary: await nameOf(view.mandatary, named),
      })),
    )
  }

  const seenAs = ({ representation, gives, receives }: Stand): SeenAs[] => [
    ...(representation ? (['principal'] as const) : []),
    ...(gives ? (['giver'] as const) : []),
    ...(receives ? (['mandatary'] as const) : []),
  ]

  return {
    ...steps,
    ...acting,
    ...createUpkeep(core, { steps: { cause }, forgetSignatures }),
    withNames,

    async read({ mandate, person }) {
      const row = await core.byId(db, mandate)
      const stand = row && (await core.standOf(db, row, person))
      if (!row || !stand || !maySee(row, stand)) return undefined
      const [named] = await withNames([viewOf(row)])
      return named && { ...named, seenAs: seenAs(stand) }
    },

    async byId(mandate, handle = db) {
      const row = await core.byId(handle, mandate)
      return row && viewOf(row)
    },

    async byIds(mandates) {
      const rows = await store.byIds(db, mandates)
      return new Map(rows.map((row) => [row.id, viewOf(row)]))
    },

    async list(of, { limit, state, after }) {
      // Whoever changes where a page begins by hand begins anew.
      const page = { ...(state ? { state } : {}), ...(isId('mandate', after) ? { after } : {}), limit: limit + 1 }
      const [rows, counted] = await Promise.all([store.listOf(db, of, page), store.countsOf(db, of)])
      const counts = Object.fromEntries(mandateStates.map((state) => [state, 0])) as Record<MandateState, number>
      for (const { state, count } of counted) counts[state] = count
      const entries = await withNames(rows.slice(0, limit).map(viewOf))
      const last = entries.at(-1)?.view.mandate
      return { entries, counts, ...(rows.length > limit && last ? { next: last } : {}) }
    },

    async awaiting(person) {
      const identity = await people.identityOf(db, person)
      const represented = identity ? await organisations.representedBy(identity) : []
      const principals = represented.map(({ organisation }) => organisation)
      const rows = await store.awaiting(db, { principals, person, limit: mostAwaiting })
      const waiting = rows.flatMap((row) => {
        const side = waitsFor(row, { principals, person })
        return side ? [{ row, side }] : []
      })
      const named = await withNames(waiting.map(({ row }) => viewOf(row)))
      return named.flatMap((one, at) => {
        const side = waiting[at]?.side
        return side ? [{ ...one, side }] : []
      })
    },

    async ofPersonWhole(person) {
      const rows = await store.ofPersonWhole(db, person, mostOwn)
      const uses: UseView[] = []
      for (let after: string | undefined; uses.length < mostOwn; ) {
        const found = await acting.ofPerson(person, { ...(after ? { after } : {}), limit: useBatch })
        uses.push(...found.entries)
        after = found.next
        if (!after) break
      }
      return { mandates: rows.map(viewOf), uses }
    },
  }
}

/** Which side's signature it waits for, when this person may be the one to give it. */
function waitsFor(
  row: MandateRow,
  { principals, person }: { principals: readonly OrganisationId[]; person: PersonId },
): Side | undefined {
  const signed = (row.signatures ?? []).map(({ side }) => side)
  if (row.state === 'suspended') return 'principal'
  if (row.mandatary_person === person) return signed.includes('mandatary') ? undefined : 'mandatary'
  if (signed.includes('principal')) return undefined
  return row.parent || principals.includes(row.principal) ? 'principal' : undefined
}
