/**
 * What the status page and its JSON say of providers, from the same snapshot as the choice page. Pure. A hidden provider
 * is on none of the three.
 */
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Availability } from '../partners/availability.ts'
import type { Incident } from '../partners/health.ts'
import type { Provider, Service } from '../partners/partners.ts'
import { isStandIn } from '../partners/stand-ins.ts'
import { type Suspension, type SuspensionCategory, standingSuspensions, stateFor } from '../partners/suspensions.ts'
import type { Health, ObservedHealth } from '../policy/breaker.ts'

export interface ProviderStatus {
  provider: Provider
  state: 'active' | 'suspended'
  /** The one that speaks, when it is suspended. */
  suspension?: Suspension
  observed: ObservedHealth
  incident?: Incident
  /** In the place of which provider it is offered, for now, and until when at the latest (R084). */
  standsIn?: { for: ProviderId; until: Instant }
}

export interface Status {
  /** When the process last learned from the database. */
  at: Instant
  /** So long ago that people are told. */
  isOld: boolean
  /** The hub reaches none of the providers that are other servers. */
  isCutOff: boolean
  /** By id. */
  providers: readonly ProviderStatus[]
}

/** Of which login: its service, and the weakest level that does. Without it: of the providers as a whole. */
export interface Asked {
  service: Service
  level: Level
}

/** Longer than any process takes to hear of a change, and short against what people wait for. */
export const oldAfter = 60_000

export function statusOf(availability: Availability, now: Instant, asked?: Asked): Status {
  const { at } = availability
  const isShown = ({ id, state }: Provider) =>
    state.kind !== 'hidden' && (!asked || asked.service.providers === 'all' || asked.service.providers.includes(id))
  const providers = availability.all().flatMap(({ provider, observed, incident, standIn }): ProviderStatus[] => {
    // What stands in for another one is there only while it is offered, as on the choice page.
    if (!isShown(provider) || standIn?.offered === false) return []
    const state = stateFor(provider, asked ? { service: asked.service.id, level: asked.level } : {}, now)
    const suspended = state.kind === 'suspended' ? { suspension: state.suspension } : undefined
    return [
      {
        provider,
        state: suspended ? 'suspended' : 'active',
        ...suspended,
        observed,
        ...(incident ? { incident } : {}),
        ...(standIn && isStandIn(provider)
          ? { standsIn: { for: provider.connector.standsInFor, until: standIn.until } }
          : {}),
      },
    ]
  })
  return { at, isOld: now - at > oldAfter, isCutOff: availability.cutOffSince !== undefined, providers }
}

/** One word for what people can do with it. `partial`: it works, and is suspended for some services or upper levels. */
export type Standing = 'suspended' | Health | 'partial'

export function standingOf(row: ProviderStatus, now: Instant): Standing {
  if (row.state === 'suspended') return 'suspended'
  const { health } = row.observed
  return health === 'up' && otherSuspensions(row, now).partial.length > 0 ? 'partial' : health
}

/** Suspensions that do not speak for the provider as a whole now: in force in part, or planned, the first first. */
export function otherSuspensions(
  { provider, suspension }: ProviderStatus,
  now: Instant,
): { partial: Suspension[]; planned: Suspension[] } {
  const others = standingSuspensions(provider, now).filter((one) => one !== suspension)
  const isWhole = ({ services, above }: Suspension) => services === 'all' && above === undefined
  return {
    // What is suspended as a whole needs no word on its parts.
    partial: suspension ? [] : others.filter((one) => one.since <= now && !isWhole(one)),
    planned: others.filter(({ since }) => since > now),
  }
}

/** One entry of the JSON (`docs/integration.md`). What is of a suspension is there while it is suspended. */
export interface ProviderJson {
  id: ProviderId
  name: string
  state: 'active' | 'suspended'
  category?: SuspensionCategory
  reason?: string
  /** Instants as RFC 3339 writes them, in UTC. */
  since?: string
  until?: string
  health: Health
  /** It is offered for as long as this other provider is down, at its lower level, and not later than `standsInUntil`. */
  standsInFor?: ProviderId
  standsInUntil?: string
}

export function jsonOf({ providers }: Status, language: Language): ProviderJson[] {
  return providers.map(({ provider: { id, name }, state, suspension, observed: { health }, standsIn }) => ({
    id,
    name: name[language],
    state,
    ...(suspension
      ? {
          category: suspension.category,
          reason: suspension.reason[language],
          since: written(suspension.since),
          ...(suspension.until === undefined ? {} : { until: written(suspension.until) }),
        }
      : {}),
    health,
    ...(standsIn ? { standsInFor: standsIn.for, standsInUntil: written(standsIn.until) } : {}),
  }))
}

const written = (at: Instant) => toDate(at).toISOString()
