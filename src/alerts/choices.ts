/**
 * R056: a person hears of sign-ins from new and shared devices unless they turned that off, and turns it on again as they
 * like. Each change is a fact, of which every contact of theirs is told. What is worth an alarm is told all the same
 * (`mayBeSilenced`), as is every change of what protects them: nobody turns that off.
 */
import type { Audit } from '../audit/audit.ts'
import type { Level } from '../kernel/assurance.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import { createChoiceStore } from './store.ts'

export interface AlertChoices {
  /** True for whoever chose nothing. */
  areOn(person: PersonId): Promise<boolean>
  /** By the person, at the level of their sign-in. What is so already stays, without a fact. */
  turn(person: PersonId, to: { on: boolean; level: Level }): Promise<void>
}

export function createAlertChoices({ storage, audit }: { storage: Storage; audit: Audit }): AlertChoices {
  const store = createChoiceStore()
  return {
    areOn: async (person) => !(await store.isOff(storage.db, person)),
    turn: (person, { on, level }) =>
      storage.transaction(async (tx) => {
        if (!(await store.turn(tx, person, !on))) return
        audit.append(tx, { name: on ? 'alerts.turned_on' : 'alerts.turned_off', data: { person, level } })
      }),
  }
}
