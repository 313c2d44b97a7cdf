/**
 * Representatives of organisations whom the hub knows: who opened their mandates here, or signed one; and whoever proved
 * the identity that the register has of a representative, without opening anything. They are told what concerns these
 * mandates, so that nobody signs in the name of an organisation unseen by the others who answer for it. Being known gives
 * no right: each time, the register is asked whether they represent the organisation still.
 *
 * Among the people of the hub somebody is found by a keyed digest of the family name and the birth date, which several may
 * share. A letter goes to who is known for sure: the identity was proved at the substantial level, the register takes it
 * for that representative, and no other person here is taken for the same one.
 */
import type { Reactor, Recorded } from '../audit/audit.ts'
import type { Organisations } from '../directory/organisations.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { OrganisationId, PersonId, RepresentationId } from '../kernel/ids.ts'
import type { Keeper, People } from '../people/people.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createKnownRepresentativesStore } from './representatives-store.ts'

export interface KnownRepresentatives {
  /** They were told that they represent these. */
  meet(person: PersonId, organisations: readonly OrganisationId[]): Promise<void>
  /** Who is known for sure and represents it now. */
  of(organisation: OrganisationId): Promise<PersonId[]>
  /** To be registered with `audit.react`: notes by what somebody who proved an identity is found. */
  reactor: Reactor
  /** To be registered with `people.keep`. */
  keeper: Keeper
  /** Deletes what is older than its retention. A job calls it. */
  sweep(): Promise<void>
}

export interface KnownRepresentativesOptions {
  storage: Storage
  clock: Clock
  people: Pick<People, 'identityOf' | 'identitiesOf' | 'linksOf'>
  organisations: Pick<Organisations, 'represents' | 'traceOf' | 'tracesOf'>
}

/** Longer than a mandate lasts by default, so that who signed one hears of its end. */
const memory = 2 * 365 * day
/** More do not sign for one organisation; the last who were here come first. */
const mostTold = 50
/** Of people found by their name and birth date: with more than that, nobody is known for sure. */
const mostAlike = 200
/** What an identity has to be proved at, before somebody is written to who did not ask. */
const sureLevel: Level = 'eidas2'

/** After these somebody has another identity than before, or has one. */
const identityFacts: ReadonlySet<string> = new Set([
  'person.created',
  'person.linked',
  'person.link_confirmed',
  'person.identity_changed',
] satisfies Recorded['name'][])

/** Whose identity may be another one after a fact. */
function changedBy({ name, data }: Recorded): PersonId[] {
  if (identityFacts.has(name)) return [(data as { person: PersonId }).person]
  if (name !== 'person.split') return []
  const { person, into } = data as Recorded<'person.split'>['data']
  return [person, into]
}

export function createKnownRepresentatives(options: KnownRepresentativesOptions): KnownRepresentatives {
  const { storage, clock, people, organisations } = options
  const { db } = storage
  const store = createKnownRepresentativesStore()

  async function trace(tx: Tx, some: readonly PersonId[]): Promise<void> {
    const identities = await people.identitiesOf(tx, some)
    const traces = new Map<PersonId, string>()
    for (const person of some) {
      const identity = identities.get(person)
      const found = identity && organisations.traceOf(identity)
      if (found) traces.set(person, found)
    }
    if (traces.size > 0) await store.setTraces(tx, traces)
    const without = some.filter((person) => !traces.has(person))
    if (without.length > 0) await store.forgetTraces(tx, without)
  }

  async function representationOf(
    person: PersonId,
    organisation: OrganisationId,
  ): Promise<RepresentationId | undefined> {
    const identity = await people.identityOf(db, person)
    return identity && (await organisations.represents(identity, organisation))?.representation
  }

  async function isSure(person: PersonId): Promise<boolean> {
    return (await people.linksOf(db, person)).some(({ level }) => atLeast(level, sureLevel))
  }

  return {
    async meet(person, met) {
      if (met.length === 0) return
      const now = clock.now()
      await store.meet(db, { person, organisations: met, at: toDate(now), unlessSince: toDate(now - day) })
    },

    async of(organisation) {
      const met = await store.of(db, organisation, mostTold)
      const alike = await store.tracedBy(db, await organisations.tracesOf(organisation), mostAlike)
      const present: { person: PersonId; representation: RepresentationId }[] = []
      for (const person of new Set([...met, ...alike])) {
        const representation = await representationOf(person, organisation)
        if (representation) present.push({ person, representation })
      }
      const taken = (one: RepresentationId) => present.filter(({ representation }) => representation === one).length
      const told: PersonId[] = []
      for (const { person, representation } of present) {
        const isAlone = alike.length < mostAlike && taken(representation) === 1
        if (met.includes(person) || (isAlone && (await isSure(person)))) told.push(person)
      }
      return told.slice(0, mostTold)
    },

    async reactor(facts, tx) {
      const changed = new Set(facts.flatMap(changedBy))
      // In one order, so that two processes never wait for each other's rows.
      if (changed.size > 0) await trace(tx, [...changed].sort())
    },

    keeper: {
      room: 'known representatives',
      forget: (tx, person) => store.forget(tx, person),
      // Whoever comes again is met again.
      follow: (tx, { from, left }) => (left.length === 0 ? store.forget(tx, from) : Promise.resolve()),
    },

    sweep: () => store.forgetBefore(db, toDate(clock.now() - memory)),
  }
}
