/**
 * What a change of a provider would do, before it is made: which services would have no way in any more, at which level,
 * which would have a single one (R083), how many sign-ins went through it, whose sessions end.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Rehearsal } from '../login/rehearsal.ts'
import type { Provider, Registry } from '../partners/partners.ts'
import type { NewSuspension, ProviderState, Suspension } from '../partners/suspensions.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Figures, Through } from './figures.ts'

export interface Impact {
  /** No account would open them to who needs this level. */
  closed: readonly { service: ServiceId; level: Level }[]
  /** One account alone would. */
  single: readonly { service: ServiceId; level: Level; provider: ProviderId }[]
  /** Of the services concerned. */
  through: Through
  /** Live sessions that would end, or lose a service; undefined where none is closed. */
  sessions?: number
}

export async function impactOf(
  {
    rehearsal,
    figures,
    sessions,
  }: { rehearsal: Rehearsal; figures: Figures; sessions: Pick<Sessions, 'countThrough'> },
  registry: Registry,
  change: {
    provider: Provider
    after: Pick<ProviderState, 'kind' | 'suspensions'>
    /** When it begins. */
    at?: Instant
    /** What is new. */
    suspension?: NewSuspension
  },
): Promise<Impact> {
  const { provider, after, at, suspension } = change
  const isConcerned = (id: ServiceId) =>
    !suspension || suspension.services === 'all' || suspension.services.includes(id)
  const services = [...registry.services.values()]
    .filter(({ id, providers }) => isConcerned(id) && (providers === 'all' || providers.includes(provider.id)))
    .map(({ id }) => id)
  const asked = { services, allLevels: true }
  // That it does not answer today is not what the change does.
  const when = { up: provider.id, ...(at === undefined ? {} : { at }) }
  const [before, then, through] = await Promise.all([
    rehearsal.waysIn(when, asked),
    rehearsal.waysIn({ ...when, states: new Map([[provider.id, after]]) }, asked),
    figures.through(provider.id),
  ])
  const fewer = then.flatMap((ways, index) => {
    const had = before[index]?.providers.length ?? 0
    return had > ways.providers.length ? [ways] : []
  })
  const counted = through.services.filter(({ service }) => isConcerned(service))
  const closes = suspension && suspension.sessions !== 'kept' ? suspension : undefined
  return {
    closed: fewer.filter(({ providers }) => providers.length === 0).map(({ service, level }) => ({ service, level })),
    single: fewer.flatMap(({ service, level, providers: [only] }) =>
      only ? [{ service, level, provider: only }] : [],
    ),
    through: { total: counted.reduce((sum, { count }) => sum + count, 0), services: counted },
    ...(closes && closes.sessions !== 'kept'
      ? {
          sessions: await sessions.countThrough({
            provider: provider.id,
            since: closes.sessions.closedSince,
            services: closes.services,
            ...(closes.above ? { above: closes.above } : {}),
          }),
        }
      : {}),
  }
}

/** What a new suspension would do, or another form of one that stands, once it has begun. */
export function impactOfSuspension(
  rooms: Parameters<typeof impactOf>[0],
  registry: Registry,
  given: { provider: Provider; draft: NewSuspension; now: Instant; before?: Suspension },
): Promise<Impact> {
  const { provider, draft, now, before } = given
  const at = Math.max(now, draft.since ?? now)
  const after = withSuspension(provider.state, draft, { provider: provider.id, at, ...(before ? { before } : {}) })
  return impactOf(rooms, registry, { provider, after, suspension: draft, ...(at > now ? { at } : {}) })
}

/** The state with a suspension in it, as it will be when that has begun. */
function withSuspension(
  { kind, suspensions }: ProviderState,
  draft: NewSuspension,
  about: { provider: ProviderId; at: Instant; before?: Suspension },
): Pick<ProviderState, 'kind' | 'suspensions'> {
  const { provider, at, before } = about
  const supposed: Suspension = {
    ...draft,
    id: before?.id ?? 'sus_supposed',
    provider,
    author: { kind: 'command' },
    since: at,
    changedAt: at,
  }
  return { kind, suspensions: [...suspensions.filter(({ id }) => id !== before?.id), supposed] }
}
