/** What the parts of this room share: the case that is held while something is done to it, and what happened written down. */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { makeReference } from '../connections/reference.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import type { CaseId, PartyId, PersonId } from '../kernel/ids.ts'
import type { People } from '../people/people.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Case, TimelineKind } from './cases.ts'
import type { EvidenceRoom } from './evidence.ts'
import type { CaseRow, CaseStore } from './store.ts'
import type { Texts } from './texts.ts'

export interface Core {
  storage: Storage
  clock: Clock
  audit: Audit
  store: CaseStore
  texts: Texts
  evidence: EvidenceRoom
  /**
   * The case, locked. Its owner was held before it, as whoever erases somebody or gives their accounts to another does:
   * nobody waits for the other in a circle.
   */
  hold(tx: Tx, id: CaseId): Promise<CaseRow | undefined>
  /** Of a case that is held. `text`: what was written with it. */
  happened(
    tx: Tx,
    row: Pick<CaseRow, 'id' | 'person' | 'reporter'>,
    event: {
      what: TimelineKind
      by: Actor
      at?: Instant
      party?: PartyId
      more?: Record<string, string>
      text?: string
    },
  ): Promise<void>
}

/** Under which key what is written about a case is sealed. */
export const ownerOf = ({ person, reporter }: Pick<CaseRow, 'person' | 'reporter'>): PersonId | null =>
  person ?? reporter

export function createCore(options: Omit<Core, 'hold' | 'happened'> & { people: Pick<People, 'sealerOf'> }): Core {
  const { people, ...core } = options
  const { clock, store, texts } = core
  return {
    ...core,

    async hold(tx, id) {
      for (;;) {
        const seen = await store.ownerOf(tx, id)
        if (!seen) return undefined
        if (seen.owner) await people.sealerOf(tx, seen.owner, { hold: true })
        const row = await store.byId(tx, id, { lock: true })
        if (!row || ownerOf(row) === seen.owner) return row
      }
    },

    async happened(tx, row, { what, by, at = clock.now(), party, more, text }) {
      const event = { at: toDate(at), by, what, party: party ?? null, more: more ?? null }
      const number = await store.insertEvent(tx, row.id, event)
      if (text === undefined || text === '') return
      await texts.put(tx, { place: eventPlace(row.id, number), case: row.id, owner: ownerOf(row) }, text)
    },
  }
}

export const eventPlace = (id: CaseId, number: number) => `event ${id} ${number}`
export const reportPlace = (reference: string) => `report ${reference}`
export const answerPlace = (party: PartyId, number: number) => `answer ${party} ${number}`
export const waiverPlace = (party: PartyId) => `waiver ${party}`

/** As a page counts characters: a form sends two of them for the end of a line. */
export const tidied = (given: string) => given.replace(/\r\n?/g, '\n').trim()

/** Draws references until one is free. */
export async function withReference(insert: (reference: string) => Promise<boolean>): Promise<string> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const reference = makeReference()
    if (await insert(reference)) return reference
  }
  throw new Error('three references in a row were taken: the source of randomness is broken')
}

export function caseIn(row: CaseRow): Case {
  const { id, reference, origin, match, state, version, connections } = row
  const { closed_at: closedAt, closed_by: by, close_reason: reason } = row
  return {
    ...{ id, reference, origin, match, state, version, connections },
    ...{ openedAt: row.opened_at.getTime(), openedBy: row.opened_by },
    ...(row.person ? { person: row.person } : {}),
    ...(row.rule ? { rule: row.rule } : {}),
    ...(row.stolen ? { stolen: row.stolen } : {}),
    ...(row.checks ? { checks: row.checks } : {}),
    ...(row.verdict ? { verdict: row.verdict } : {}),
    ...(row.concluded_at ? { concludedAt: row.concluded_at.getTime() } : {}),
    ...(row.due_at ? { dueAt: row.due_at.getTime() } : {}),
    ...(closedAt && by && reason ? { closed: { at: closedAt.getTime(), by, reason } } : {}),
  }
}
