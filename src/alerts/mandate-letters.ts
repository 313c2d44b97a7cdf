/**
 * What people are told of mandates: by whom a fact is to be heard, and one letter for many of a kind. Whoever represents
 * the principal and is known here hears, and the mandatary: the person, or the administrators of the firm. A fact is only
 * noted at first; a minute later what has gathered is told, so that a firm whose ten thousand mandates end on one day gets
 * one letter. Which mailbox reads how much is the table of `audience.ts`; the words are in `letter.ts`.
 *
 * Uses are looked at here too: after the commit, each is compared with those before it (`policy/mandate-uses.ts`), and one
 * that stands out is marked where the principal reads it.
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { type MandateId, type MandateUseId, newOrderedId, type OrganisationId, type PersonId } from '../kernel/ids.ts'
import type { Firms } from '../mandates/firm.ts'
import type { KnownRepresentatives } from '../mandates/known-representatives.ts'
import type { Mandates, MandateView } from '../mandates/mandates.ts'
import type { Side } from '../policy/mandate.ts'
import { judgeUseOfMandate, usesCompared } from '../policy/mandate-uses.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { MandateNews } from './audience.ts'
import { createCodes } from './codes.ts'
import { createAlertStore, createMandateNewsStore, type Details, type WaitingNews } from './store.ts'

export interface MandateLetters {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /** The job's work: makes messages of what has gathered. */
  gather(): Promise<void>
  /** The job's work: looks at one use. */
  look(use: MandateUseId): Promise<void>
}

export interface MandateLettersOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  mandates: Pick<Mandates, 'byIds' | 'usesBefore' | 'markUse'>
  firms: Pick<Firms, 'administratorsOf'>
  representatives: Pick<KnownRepresentatives, 'of'>
  timeZone: string
  /** 256 bits of this room: makes codes. */
  key: Buffer
}

/** For so long news gathers: what a job does in many transactions is one thing to who reads of it. */
export const gathering = minute
/** News that one run tells; what is more waits for the next. */
const mostAtOnce = 20_000
/** Mandates that a letter names; the space shows them all. */
export const mostNamed = 5

type DataOf<N extends Recorded['name']> = Recorded<N>['data']

interface Noted {
  kind: MandateNews
  mandate: MandateId
  details?: Pick<Details, 'why' | 'days' | 'unusual' | 'side'>
}

const otherSide: Readonly<Record<Side, Side>> = { principal: 'mandatary', mandatary: 'principal' }

/** The table: what a fact is to those whom it concerns. `side`: only they hear; both without one. */
const tellers: { [N in Recorded['name']]?: (data: DataOf<N>) => Noted | undefined } = {
  'mandate.proposed': ({ mandate, side }) => ({
    kind: 'mandate.proposed',
    mandate,
    details: { side: otherSide[side] },
  }),
  // To the others who represent the organisation.
  'mandate.signed': ({ mandate, side }) =>
    side === 'principal' ? { kind: 'mandate.given', mandate, details: { side } } : undefined,
  'mandate.activated': ({ mandate, renews }) => ({ kind: renews ? 'mandate.renewed' : 'mandate.accepted', mandate }),
  'mandate.suspended': ({ mandate, reason }) =>
    reason === 'to_confirm'
      ? { kind: 'mandate.to_confirm', mandate }
      : { kind: 'mandate.suspended', mandate, details: { why: reason } },
  'mandate.resumed': ({ mandate, reason, inForce }) =>
    inForce ? { kind: reason === 'to_confirm' ? 'mandate.confirmed' : 'mandate.resumed', mandate } : undefined,
  'mandate.ending': ({ mandate, days }) => ({ kind: 'mandate.ending', mandate, details: { days } }),
  'mandate.ended': ({ mandate, reason, because }) => {
    // Of what took its place both were told.
    if (reason === 'superseded') return undefined
    if (reason === 'refused')
      return { kind: 'mandate.refused', mandate, ...(because ? { details: { why: because } } : {}) }
    if (reason === 'unanswered') return { kind: 'mandate.unanswered', mandate }
    return { kind: 'mandate.ended', mandate, details: { why: reason } }
  },
  'mandate.use_unusual': ({ mandate, reasons }) => ({
    kind: 'mandate.unusual',
    mandate,
    details: { side: 'principal', unusual: reasons },
  }),
}

export function notedOf(fact: Recorded): Noted | undefined {
  const tell = tellers[fact.name as keyof typeof tellers] as ((data: never) => Noted | undefined) | undefined
  return tell?.(fact.data as never)
}

export function createMandateLetters(options: MandateLettersOptions): MandateLetters {
  const { storage, clock, audit, mandates, firms, representatives, timeZone } = options
  const news = createMandateNewsStore()
  const messages = createAlertStore()
  const codes = createCodes(options.key)

  const enqueue = (tx: Tx, wait: number) =>
    storage.jobs.enqueue(tx, 'alerts.mandates', {}, { startAfter: toDate(clock.now() + wait), key: 'news' })

  // --- Who hears -----------------------------------------------------------------------------------------------------

  /** Asks once for each, however many mandates they have in one run. */
  function audienceOf() {
    const known = new Map<OrganisationId, Promise<PersonId[]>>()
    const administrators = new Map<OrganisationId, Promise<PersonId[]>>()
    const once = (asked: typeof known, id: OrganisationId, ask: () => Promise<PersonId[]>) => {
      const found = asked.get(id) ?? ask()
      asked.set(id, found)
      return found
    }
    const holders = ({ mandatary }: MandateView) =>
      mandatary.kind === 'person'
        ? Promise.resolve([mandatary.person])
        : once(administrators, mandatary.organisation, () => firms.administratorsOf(storage.db, mandatary.organisation))
    return {
      holders,
      givers: ({ principal }: MandateView) => once(known, principal, () => representatives.of(principal)),
    }
  }

  async function recipientsOf(
    { kind, details }: WaitingNews,
    view: MandateView,
    parent: MandateView | undefined,
    audience: ReturnType<typeof audienceOf>,
  ): Promise<{ person: PersonId; side: Side }[]> {
    // Nobody but its author knows of a draft.
    if (view.proposedAt === undefined && kind !== 'mandate.proposed') return []
    // Where both sides have signed, all of them hear that it is in force.
    if (kind === 'mandate.given' && view.state !== 'proposed') return []
    const side = kind === 'mandate.refused' ? view.drawnUpBy : details.side
    const found: { person: PersonId; side: Side }[] = []
    if (side !== 'mandatary') {
      const all = [...(await audience.givers(view)), ...(parent ? await audience.holders(parent) : [])]
      found.push(...all.map((person) => ({ person, side: 'principal' as const })))
    }
    if (side !== 'principal') {
      const all = await audience.holders(view)
      found.push(...all.map((person) => ({ person, side: 'mandatary' as const })))
    }
    const signers = kind === 'mandate.given' ? view.signatures.map(({ person }) => person) : []
    // Who is on both sides reads it once.
    return found.filter(
      ({ person }, index) => !signers.includes(person) && found.findIndex((one) => one.person === person) === index,
    )
  }

  // --- Telling -------------------------------------------------------------------------------------------------------

  interface Gathered {
    person: PersonId
    kind: MandateNews
    details: Details & { mandates: MandateId[] }
    about: OrganisationId
    told: WaitingNews[]
  }

  /** One for each person and kind, with what is the same in all of them. */
  async function gathered(waiting: readonly WaitingNews[]): Promise<Gathered[]> {
    const views = await viewsOf(waiting.map(({ mandate }) => mandate))
    const parents = await viewsOf([...views.values()].flatMap(({ parent }) => parent ?? []))
    const audience = audienceOf()
    const groups = new Map<string, Gathered>()
    for (const one of waiting) {
      const view = views.get(one.mandate)
      if (!view) continue
      const { kind, mandate, details } = one
      const parent = view.parent && parents.get(view.parent)
      for (const { person, side } of await recipientsOf(one, view, parent, audience)) {
        const { why, days, unusual } = details
        const of = [person, kind, side, why, days].join(' ')
        const group = groups.get(of) ?? {
          ...{ person, kind, about: view.principal, told: [] },
          details: { mandates: [], side, ...(why ? { why } : {}), ...(days === undefined ? {} : { days }) },
        }
        group.told.push(one)
        if (group.details.mandates.length < mostNamed) group.details.mandates.push(mandate)
        if (unusual) group.details.unusual = [...new Set([...(group.details.unusual ?? []), ...unusual])]
        groups.set(of, group)
      }
    }
    return [...groups.values()]
  }

  async function viewsOf(ids: readonly MandateId[]): Promise<ReadonlyMap<MandateId, MandateView>> {
    const found = new Map<MandateId, MandateView>()
    for (let from = 0; from < ids.length; from += batch) {
      for (const [id, view] of await mandates.byIds(ids.slice(from, from + batch))) found.set(id, view)
    }
    return found
  }

  return {
    async reactor(facts, tx) {
      for (const fact of facts) {
        if (fact.name === 'mandate.used') {
          const { use, mandate, refused } = fact.data as DataOf<'mandate.used'>
          if (mandate && refused === null) await storage.jobs.enqueue(tx, 'alerts.mandate_use', { use })
          continue
        }
        const noted = notedOf(fact)
        if (!noted) continue
        const { kind, mandate, details = {} } = noted
        await news.note(tx, { kind, mandate, details, at: toDate(clock.now()) })
        await enqueue(tx, gathering)
      }
    },

    async gather() {
      const waiting = await news.waiting(storage.db, mostAtOnce)
      if (waiting.length === 0) return
      const groups = await gathered(waiting)
      await storage.transaction(async (tx) => {
        // Of two processes that gather at once, one tells.
        const taken = new Set(await news.take(tx, waiting))
        const rows = groups.flatMap(({ person, kind, details, about, told }) => {
          const count = told.filter((one) => taken.has(keyOf(one))).length
          if (count === 0) return []
          const id = newOrderedId('message', clock.now())
          const codeMark = codes.markOf(codes.of(id))
          return [{ id, kind, about, person, details: { ...details, count }, codeMark, at: toDate(clock.now()) }]
        })
        for (const message of await messages.insert(tx, rows))
          await storage.jobs.enqueue(tx, 'alerts.mail', { message })
        if (waiting.length === mostAtOnce) await enqueue(tx, 0)
      })
    },

    async look(use) {
      const found = await mandates.usesBefore(use, usesCompared)
      if (!found || found.use.unusual.length > 0) return
      const { mandate } = found.use
      const reasons = judgeUseOfMandate(found.use, found.before, { timeZone })
      if (!mandate || reasons.length === 0) return
      await storage.transaction(async (tx) => {
        await mandates.markUse(tx, use, reasons)
        audit.append(tx, { name: 'mandate.use_unusual', data: { use, mandate, reasons } })
      })
    },
  }
}

/** Mandates that one statement reads. */
const batch = 1_000

export const keyOf = ({ mandate, kind }: Pick<WaitingNews, 'mandate' | 'kind'>): string => `${mandate} ${kind}`
