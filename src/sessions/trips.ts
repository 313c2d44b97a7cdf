/**
 * Stays abroad that people declare, so that a service with a rule of geography opens there (R082). What can be declared,
 * and when it counts, is `policy/trips.ts`; that the sign-in is the strongest of the person and fresh is seen to by who
 * calls (`means/change.ts`). Beside the known devices, since both answer the one question that a login has.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { newId, type PersonId, type ProviderId, type TripId } from '../kernel/ids.ts'
import { deriveKey, seal, unseal } from '../kernel/secrets.ts'
import type { Keeper } from '../people/people.ts'
import type { SeenIn } from '../policy/geography.ts'
import { coversNow, daysOnEarth, decideTrip, type Trip, type TripProblem } from '../policy/trips.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createTripStore, type TripRow } from './store.ts'

/** `waiting`: it does not count before a day has passed (`effectiveAt`). */
export const tripStates = ['waiting', 'ahead', 'current', 'over', 'withdrawn'] as const
export type TripState = (typeof tripStates)[number]

export interface TripView extends Trip {
  trip: TripId
  state: TripState
  declaredAt: Instant
  effectiveAt: Instant
  withdrawnAt?: Instant
}

export interface DeclaredTrip extends Trip {
  person: PersonId
  actor: Actor
  /** Of the sign-in that declares it. */
  level: Level
  provider: ProviderId
  /** Where the request comes from. */
  seenIn: SeenIn
}

export type DeclareOutcome =
  | { kind: 'declared' | 'again'; trip: TripId; effectiveAt: Instant }
  | { kind: 'invalid'; problems: readonly TripProblem[] }
  | { kind: 'refused'; why: 'proof_too_weak' }

export interface Trips {
  /** The same one twice is declared once (`again`). */
  declare(given: DeclaredTrip): Promise<DeclareOutcome>
  /** Through its owner; false when it is over, withdrawn or somebody else's. */
  withdraw(given: { person: PersonId; trip: TripId; actor: Actor }): Promise<boolean>
  /** Those that count or will, by their first day; then the past, the latest first. As long as they are kept. */
  of(person: PersonId): Promise<TripView[]>
  /** To be registered with `people.keep`: a trip stays with whoever keeps the person, and is gone with who is erased. */
  keeper: Keeper
  /** Deletes what is older than its retention. A job calls it. */
  sweep(): Promise<void>
}

/** After its last day. */
export const tripMemory = 365 * day

/** Nobody declares more in a year. */
const mostListed = 200

export function createTrips(options: { storage: Storage; clock: Clock; audit: Audit; key: Buffer }): Trips {
  const { storage, clock, audit } = options
  const key = tripKey(options.key)
  const store = createTripStore()

  const openOf = (all: readonly TripView[]) => all.filter(({ state }) => state !== 'over' && state !== 'withdrawn')

  async function read(person: PersonId, handle: Tx | Storage['db'] = storage.db): Promise<TripView[]> {
    const now = clock.now()
    return (await store.of(handle, person, mostListed)).map((row) => viewOf(row, openTrip(key, row), now))
  }

  return {
    async declare({ person, actor, level, provider, seenIn, countries, from, until }) {
      const trip: Trip = { countries: [...new Set(countries)].sort(), from, until }
      return storage.transaction(async (tx): Promise<DeclareOutcome> => {
        await store.lock(tx, person)
        const now = clock.now()
        const open = openOf(await read(person, tx))
        const same = open.find(
          (one) => one.from === from && one.until === until && one.countries.join() === trip.countries.join(),
        )
        const lately = same ? 0 : await store.declaredSince(tx, person, toDate(now - day))
        const decision = decideTrip({ trip, open: same ? 0 : open.length, lately, now, isCountry, level, seenIn })
        if (decision.kind !== 'declared') return decision
        // A stronger sign-in does not wait for what a weaker one declared.
        if (same && same.effectiveAt <= decision.effectiveAt) {
          return { kind: 'again', trip: same.trip, effectiveAt: same.effectiveAt }
        }
        const { effectiveAt } = decision
        const id = same?.trip ?? newId('trip')
        const row = { id, person, until, declaredAt: toDate(now), effectiveAt: toDate(effectiveAt) }
        await store.put(tx, { ...row, sealed: seal(key, JSON.stringify(trip), id) })
        const over = Date.parse(`${until}T00:00:00Z`) + day
        audit.append(tx, {
          name: 'trip.declared',
          data: { person, trip: id, provider, until: over, takesEffect: effectiveAt, actor },
        })
        return { kind: 'declared', trip: id, effectiveAt }
      })
    },

    withdraw: ({ person, trip, actor }) =>
      storage.transaction(async (tx) => {
        const now = clock.now()
        const { earliest } = daysOnEarth(now)
        if (!(await store.withdraw(tx, { person, trip, at: toDate(now), notOver: earliest }))) return false
        audit.append(tx, { name: 'trip.withdrawn', data: { person, trip, actor } })
        return true
      }),

    async of(person) {
      const all = await read(person)
      const open = openOf(all)
      const past = all.filter((one) => !open.includes(one))
      return [...open.sort((a, b) => (a.from < b.from ? -1 : 1)), ...past.sort((a, b) => (a.until > b.until ? -1 : 1))]
    },

    keeper: {
      room: 'trips',
      forget: (tx, person) => store.forget(tx, person),
      // Who declared it is not known any more once two people are told apart: it opens no door for either.
      async follow(tx, { from, to, left }) {
        if (left.length === 0) await store.moveTo(tx, { from, to })
        else await store.forget(tx, from)
      },
    },

    async sweep() {
      await store.forgetBefore(storage.db, toDate(clock.now() - tripMemory))
    },
  }
}

export const tripKey = (key: Buffer) => deriveKey(key, 'sessions/trips')

export function openTrip(key: Buffer, { id, sealed }: Pick<TripRow, 'id' | 'sealed'>): Trip {
  return JSON.parse(unseal(key, sealed, id).toString('utf8')) as Trip
}

function viewOf(row: TripRow, trip: Trip, now: Instant): TripView {
  const effectiveAt = row.effective_at.getTime()
  const state = (): TripState => {
    if (row.withdrawn_at) return 'withdrawn'
    if (trip.until < daysOnEarth(now).earliest) return 'over'
    if (effectiveAt > now) return 'waiting'
    return coversNow(trip, now) ? 'current' : 'ahead'
  }
  return {
    ...trip,
    ...{ trip: row.id, state: state(), declaredAt: row.declared_at.getTime(), effectiveAt },
    ...(row.withdrawn_at ? { withdrawnAt: row.withdrawn_at.getTime() } : {}),
  }
}

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** Codes that are reserved or mean more than one country: `EU`, `UN`, `ZZ` and the like (ISO 3166-1, CLDR). */
const noCountries: ReadonlySet<string> = new Set(['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ'])

/** Does ISO 3166-1 have this code, as far as the system knows? */
export const isCountry = (code: string): boolean =>
  /^[A-Z]{2}$/.test(code) && !noCountries.has(code) && names.of(code) !== undefined

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']

/** All of them, for a list to choose from. */
export const countryCodes: readonly string[] = letters
  .flatMap((first) => letters.map((second) => first + second))
  .filter((code) => isCountry(code) && new Intl.Locale('und', { region: code }).region === code)
