/**
 * Representatives of organisations whom the hub has met here: who opened their mandates, or signed one. They are told what
 * concerns these mandates. The register knows more of them, by name and birth alone; nobody goes looking for their
 * accounts. That somebody was met gives no right: each time, the register is asked whether they represent it still.
 */
import type { Organisations } from '../directory/organisations.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { OrganisationId, PersonId } from '../kernel/ids.ts'
import type { Keeper, People } from '../people/people.ts'
import type { Storage } from '../storage/storage.ts'
import { createKnownRepresentativesStore } from './representatives-store.ts'

export interface KnownRepresentatives {
  /** They were told that they represent these. */
  meet(person: PersonId, organisations: readonly OrganisationId[]): Promise<void>
  /** Who was met and represents it now. */
  of(organisation: OrganisationId): Promise<PersonId[]>
  /** To be registered with `people.keep`. */
  keeper: Keeper
  /** Deletes what is older than its retention. A job calls it. */
  sweep(): Promise<void>
}

export interface KnownRepresentativesOptions {
  storage: Storage
  clock: Clock
  people: Pick<People, 'identityOf'>
  organisations: Pick<Organisations, 'represents'>
}

/** Longer than a mandate lasts by default, so that who signed one hears of its end. */
const memory = 2 * 365 * day
/** More do not sign for one organisation; the last who were here come first. */
const mostTold = 50

export function createKnownRepresentatives(options: KnownRepresentativesOptions): KnownRepresentatives {
  const { storage, clock, people, organisations } = options
  const store = createKnownRepresentativesStore()

  return {
    async meet(person, met) {
      if (met.length === 0) return
      const now = clock.now()
      await store.meet(storage.db, { person, organisations: met, at: toDate(now), unlessSince: toDate(now - day) })
    },

    async of(organisation) {
      const present: PersonId[] = []
      for (const person of await store.of(storage.db, organisation, mostTold)) {
        const identity = await people.identityOf(storage.db, person)
        if (identity && (await organisations.represents(identity, organisation))) present.push(person)
      }
      return present
    },

    keeper: {
      room: 'known representatives',
      forget: (tx, person) => store.forget(tx, person),
      // Whoever comes again is met again.
      follow: (tx, { from, left }) => (left.length === 0 ? store.forget(tx, from) : Promise.resolve()),
    },

    sweep: () => store.forgetBefore(storage.db, toDate(clock.now() - memory)),
  }
}
