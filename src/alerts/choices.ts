/**
 * R056: of which sign-ins each mailbox of a person hears. Of unusual ones unless they chose otherwise: of each, or only of
 * what nobody can silence. Each change is a fact, of which every contact of theirs is told. What is worth an alarm is
 * told all the same (`mayBeSilenced`), as is every change of what protects them: nobody turns that off.
 *
 * Mailboxes are the only channel. A number that receives codes proves less than a mailbox, is taken over more easily, and
 * a text message has no room for what an alert must say.
 */
import type { Audit } from '../audit/audit.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { ContactId, PersonId } from '../kernel/ids.ts'
import type { Handle, Storage } from '../storage/storage.ts'
import { createChoiceStore, type Hearing, hearings } from './store.ts'

export { type Hearing, hearings } from './store.ts'

/** What a person chose; whatever has no choice of its own hears of unusual sign-ins. */
export type Choices = ReadonlyMap<ContactId | null, Hearing>

export interface AlertChoices {
  of(person: PersonId): Promise<Choices>
  /**
   * By the person, at the level of their sign-in, for one contact of theirs (the caller has seen that it is) or, with
   * null, for whatever address their providers assert. What is so already stays, without a fact.
   */
  turn(person: PersonId, to: { contact: ContactId | null; hears: Hearing; level: Level }): Promise<'turned' | 'same'>
  /** For the reactor: those of these people who want to hear of each sign-in. Mostly answered from memory. */
  hearingEvery(handle: Handle, people: readonly PersonId[]): Promise<ReadonlySet<PersonId>>
}

/** Another process may have been told by somebody, the first of all, that they want to hear of each. */
const askAgainAfter = 10 * second

export const defaultHearing: Hearing = 'unusual'

export function createAlertChoices({
  storage,
  clock,
  audit,
}: {
  storage: Storage
  clock: Clock
  audit: Audit
}): AlertChoices {
  const store = createChoiceStore()
  const known = { at: Number.NEGATIVE_INFINITY, anybody: false }
  return {
    async of(person) {
      const rows = await store.of(storage.db, person)
      return new Map(rows.map(({ contact, hears }) => [contact === '' ? null : contact, hears]))
    },

    async turn(person, { contact, hears, level }) {
      const before = await storage.transaction(async (tx) => {
        const was = await store.turn(tx, person, contact ?? '', hears)
        if (was === undefined) return undefined
        const isLess = hearings.indexOf(hears) > hearings.indexOf(was)
        audit.append(tx, {
          name: isLess ? 'alerts.turned_off' : 'alerts.turned_on',
          data: { person, contact, to: hears, level },
        })
        return was
      })
      known.at = Number.NEGATIVE_INFINITY
      return before === undefined ? 'same' : 'turned'
    },

    async hearingEvery(handle, people) {
      const nobody: ReadonlySet<PersonId> = new Set()
      if (people.length === 0) return nobody
      const now = clock.now()
      if (now - known.at >= askAgainAfter) {
        known.anybody = await store.anybodyHearsEvery(handle)
        known.at = now
      }
      return known.anybody ? new Set(await store.hearingEvery(handle, people)) : nobody
    },
  }
}
