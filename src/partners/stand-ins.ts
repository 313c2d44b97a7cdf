/**
 * What stands in for an e-ID app that is down (R084): whether it is offered now, and the record of each time that it was.
 * Whether it is offered is worked out of what is known, at each question (`policy/stand-in.ts`); the record follows, for
 * operators and for the journal, and nothing depends on it.
 */
import type { Audit } from '../audit/audit.ts'
import type { Fact } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { ConnectionId, ProviderId } from '../kernel/ids.ts'
import type { ObservedHealth } from '../policy/breaker.ts'
import { decideStandIn, mayFinishStandIn, type StandInDecision, type StandInReason } from '../policy/stand-in.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { CardAndCodeConnector, Provider, Registry } from './partners.ts'
import { type StandInRow, standInStore as store } from './store.ts'
import { stateFor } from './suspensions.ts'

/** `withdrawn`: people put it out of use. */
export type StandInEnd = StandInReason | 'withdrawn'

/** A time during which it was offered. */
export type StandInOutage = Readonly<StandInRow>

export interface StandIns {
  /** The one that is offered now and counted, as last learned. */
  openOf(provider: ProviderId): StandInOutage | undefined
  /** Somebody signed in with it: counted, and a fact. */
  used(tx: Tx, use: { provider: ProviderId; connection: ConnectionId; level: Level }): Promise<void>
  /** The newest first. */
  outages(provider: ProviderId, limit: number): Promise<StandInOutage[]>
}

type StandIn = Provider & { connector: CardAndCodeConnector }

export function isStandIn(provider: Provider): provider is StandIn {
  return provider.connector.kind === 'card_and_code'
}

/** Of which provider it is the account: what stands in for another one lets people into the account that they have there. */
export const accountProviderOf = ({ id, connector }: Pick<Provider, 'id' | 'connector'>): ProviderId =>
  connector.kind === 'card_and_code' ? connector.standsInFor : id

interface Known {
  providers: ReadonlyMap<ProviderId, Provider>
  healthOf: (provider: ProviderId) => ObservedHealth
  now: Instant
}

const questionOf = ({ connector: { standsInFor, hours } }: StandIn, { providers, healthOf, now }: Known) => ({
  outage: providers.has(standsInFor) ? healthOf(standsInFor) : undefined,
  hours,
  now,
})

/** Is it offered to whoever chooses now? Undefined of a provider that stands in for nobody. */
export function standInNow(provider: Provider, known: Known): StandInDecision | undefined {
  return isStandIn(provider) ? decideStandIn(questionOf(provider, known)) : undefined
}

/** May a login go on that was begun at an instant, with this provider? Only a stand-in can be over. */
export function mayFinish(provider: Provider, begunAt: Instant, known: Known): boolean {
  return !isStandIn(provider) || mayFinishStandIn({ ...questionOf(provider, known), begunAt })
}

export function createStandIns(options: {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  registry(): Registry
  healthOf: (provider: ProviderId) => ObservedHealth
  /** What every process has read of the record. */
  open: () => ReadonlyMap<ProviderId, StandInRow>
}): StandIns & { keep(): Promise<boolean> } {
  const { storage, clock, audit, registry, healthOf, open } = options

  type Found = { provider: ProviderId; standsInFor: ProviderId } & ({ since: Instant } | { ended: StandInEnd })

  /** What is so now of each that is published. Nothing of one of which this process cannot tell. */
  function present(): Found[] {
    const { providers } = registry()
    const known = { providers, healthOf, now: clock.now() }
    return [...providers.values()].filter(isStandIn).flatMap((each): Found[] => {
      const of = { provider: each.id, standsInFor: each.connector.standsInFor }
      const decision = decideStandIn(questionOf(each, known))
      if (!decision.offered) return decision.reason === 'own_network' ? [] : [{ ...of, ended: decision.reason }]
      const isOut = stateFor(each, {}, known.now).kind === 'suspended'
      return [isOut ? { ...of, ended: 'withdrawn' } : { ...of, since: decision.since }]
    })
  }

  /** What the record lacks. An outage that followed another one without a pause that anybody saw ends the one before. */
  function missing(found: readonly Found[], rows: ReadonlyMap<ProviderId, StandInRow>) {
    const published = registry().providers
    const begins = found.flatMap((one) =>
      'since' in one && rows.get(one.provider)?.since !== one.since ? [{ ...one, since: one.since }] : [],
    )
    const ends = [...rows.values()].flatMap((row) => {
      const one = found.find(({ provider }) => provider === row.provider)
      if (!one) return published.has(row.provider) ? [] : [{ row, by: 'withdrawn' as const }]
      if ('ended' in one) return [{ row, by: one.ended }]
      return one.since === row.since ? [] : [{ row, by: 'works' as const }]
    })
    return { begins, ends }
  }

  return {
    openOf: (provider) => open().get(provider),

    async used(tx, { provider, connection, level }) {
      await store.count(tx, provider)
      audit.append(tx, { name: 'standin.used', data: { connection, provider, level } })
    },

    outages: (provider, limit) => store.last(storage.db, provider, limit),

    /** Brings the record up to what is so; true when there was something to write. Mostly it asks the database nothing. */
    async keep() {
      const seen = missing(present(), open())
      if (seen.begins.length === 0 && seen.ends.length === 0) return false
      await storage.transaction(async (tx) => {
        await store.lock(tx)
        const at = clock.now()
        const rows = new Map((await store.open(tx)).map((row) => [row.provider, row]))
        const { begins, ends } = missing(present(), rows)
        const facts: Fact[] = []
        for (const { row, by } of ends) {
          const { provider, standsInFor } = row
          await store.end(tx, provider, { by, at })
          facts.push({ name: 'standin.ended', data: { provider, standsInFor, reason: by, uses: row.uses } })
        }
        for (const { provider, standsInFor, since } of begins) {
          await store.offer(tx, { provider, standsInFor, since, at })
          facts.push({ name: 'standin.offered', data: { provider, standsInFor, since } })
        }
        if (facts.length > 0) audit.append(tx, ...facts)
        await storage.notify(tx, 'garant_health')
      })
      return true
    },
  }
}
