/**
 * What is known of every provider at one instant: its state, which people decide, and its health, which is observed. The
 * choice page, the status page and its JSON are drawn from one of these, so that they cannot contradict one another.
 */
import type { Instant } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { ObservedHealth } from '../policy/breaker.ts'
import type { StandInDecision } from '../policy/stand-in.ts'
import type { Health, Incident } from './health.ts'
import type { Provider } from './partners.ts'
import { standInNow } from './stand-ins.ts'
import { type StateNow, stateFor } from './suspensions.ts'

export interface ProviderAvailability {
  provider: Provider
  /** What people decided of it as a whole, now. A suspension of some services or levels alone: ask `stateFor`. */
  state: StateNow
  observed: ObservedHealth
  /** The one that is open. */
  incident?: Incident
  /** Of what stands in for an e-ID app: whether it is offered now. */
  standIn?: StandInDecision
}

export interface Availability {
  /** When this process last learned from the database; what happened since may be missing. */
  at: Instant
  /** Since when this process reaches none of the providers that are other servers: its own fault, not theirs. */
  cutOffSince?: Instant
  /** Undefined for a provider that is not published. */
  of(id: ProviderId): ProviderAvailability | undefined
  /** Every published provider, ordered by id. */
  all(): readonly ProviderAvailability[]
}

/** Nothing is worked out for a provider that nobody asks for. */
export function availabilityOf(known: {
  at: Instant
  now: Instant
  providers: ReadonlyMap<ProviderId, Provider>
  health: Pick<Health, 'of' | 'incidentOf' | 'cutOffSince'>
}): Availability {
  const { at, now, providers, health } = known
  const cutOffSince = health.cutOffSince()
  const judged = (provider: Provider): ProviderAvailability => {
    const incident = health.incidentOf(provider.id)
    const standIn = standInNow(provider, { providers, healthOf: health.of, now })
    return {
      provider,
      state: stateFor(provider, {}, now),
      observed: health.of(provider.id),
      ...(incident ? { incident } : {}),
      ...(standIn ? { standIn } : {}),
    }
  }
  return {
    at,
    ...(cutOffSince === undefined ? {} : { cutOffSince }),
    of: (id) => {
      const provider = providers.get(id)
      return provider && judged(provider)
    },
    all: () => [...providers.values()].map(judged),
  }
}
