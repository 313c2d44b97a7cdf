/**
 * The figures of the operators' pages: of all people together, from the ledger, never of one of them. Each is asked for
 * once at a time and kept for a moment, so that many reloads cost what one does.
 */
import type { Activity, Connections, SignInsThrough } from '../connections/connections.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Rehearsal, WaysIn } from '../login/rehearsal.ts'
import type { Partners } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import { startOfDay, writeWallClock } from '../policy/calendar.ts'

export interface Live {
  /** When it was counted. */
  at: Instant
  today: number
  lastHour: number
  refusedToday: number
  /** 24 hours of the clock, one after the other, the present one last. */
  hours: readonly { begins: Instant; authorised: number; refused: number }[]
  /** In these hours. */
  refusals: Activity['refusals']
}

export interface ServiceWays {
  service: ServiceId
  level: WaysIn['level']
  /** As things are now, and as the settings have it when all is well; two at most are counted. */
  now: readonly ProviderId[]
  settings: readonly ProviderId[]
}

/** Sign-ins at one provider in the last 30 days. */
export interface Through {
  total: number
  services: readonly { service: ServiceId; count: number }[]
}

export interface Figures {
  live(): Promise<Live>
  /** All services, those with the fewest ways first. */
  ways(): Promise<readonly ServiceWays[]>
  through(provider: ProviderId): Promise<Through>
  /** Identities that wait for a review. */
  reviews(): Promise<number>
}

/** What sign-ins at a provider are counted over. */
export const throughDays = 30

const liveFor = 10 * second
const waysFor = 10 * second
const throughFor = 5 * minute

export function createFigures(options: {
  clock: Clock
  connections: Pick<Connections, 'activity' | 'signIns'>
  people: Pick<People, 'collisions'>
  partners: Pick<Partners, 'registry'>
  rehearsal: Pick<Rehearsal, 'waysIn'>
  timeZone: string
}): Figures {
  const { clock, connections, partners, people, rehearsal, timeZone } = options

  /** One at a time, kept for a while, and while what it is made `of` is the same; one that fails is asked for again. */
  function kept<T>(lifetime: number, make: () => Promise<T>, of: () => unknown = () => undefined): () => Promise<T> {
    let last: { at: Instant; of: unknown; value: Promise<T> } | undefined
    return () => {
      const now = clock.now()
      const source = of()
      if (last && last.of === source && now >= last.at && now - last.at < lifetime) return last.value
      const value = make()
      const mine = { at: now, of: source, value }
      last = mine
      value.catch(() => {
        if (last === mine) last = undefined
      })
      return value
    }
  }

  const live = kept(liveFor, async (): Promise<Live> => {
    const at = clock.now()
    const midnight = startOfDay(writeWallClock(at, timeZone).slice(0, 10), timeZone)
    const present = hourOf(at)
    const [today, lastDay, lastHour] = await Promise.all([
      connections.activity(midnight, timeZone),
      connections.activity(present - 23 * hour, timeZone),
      connections.activity(at - hour, timeZone),
    ])
    const count = ({ hours }: Activity, what: 'authorised' | 'refused') =>
      hours.reduce((total, one) => total + one[what], 0)
    return {
      at,
      today: count(today, 'authorised'),
      refusedToday: count(today, 'refused'),
      lastHour: count(lastHour, 'authorised'),
      hours: everyHour(lastDay.hours, present),
      refusals: lastDay.refusals,
    }
  })

  /** Hours in which nothing happened are hours too. */
  function everyHour(counted: Live['hours'], present: Instant): Live['hours'] {
    const byStart = new Map(counted.map((one) => [one.begins, one]))
    return Array.from({ length: 24 }, (_, index) => {
      const begins = present - (23 - index) * hour
      return byStart.get(begins) ?? { begins, authorised: 0, refused: 0 }
    })
  }

  /** When the hour of the zone began: not everywhere is it one of UTC. */
  function hourOf(at: Instant): Instant {
    return at - (at % minute) - Number(writeWallClock(at, timeZone).slice(14)) * minute
  }

  const ways = kept(
    waysFor,
    async () => {
      const [now, settings] = await Promise.all([rehearsal.waysIn({}), rehearsal.waysIn({ fine: true })])
      const bySettings = new Map(settings.map((one) => [one.service, one.providers]))
      return now
        .map(({ service, level, providers }) => ({
          service,
          level,
          now: providers,
          settings: bySettings.get(service) ?? [],
        }))
        .sort(
          (a, b) =>
            a.now.length - b.now.length ||
            a.settings.length - b.settings.length ||
            (a.service < b.service ? -1 : Number(a.service > b.service)),
        )
    },
    // What somebody decided is seen at once; what is observed, a moment later.
    () => partners.registry(),
  )

  const signIns = kept(throughFor, async () => {
    const all = await connections.signIns(clock.now() - throughDays * day)
    return Map.groupBy(all, ({ provider }: SignInsThrough) => provider)
  })

  const reviews = kept(liveFor, async () => (await people.collisions()).length)

  return {
    live,
    ways,
    reviews,
    async through(provider) {
      const services = ((await signIns()).get(provider) ?? []).map(({ service, count }) => ({ service, count }))
      return {
        total: services.reduce((total, { count }) => total + count, 0),
        services: services.sort((a, b) => b.count - a.count || (a.service < b.service ? -1 : 1)),
      }
    },
  }
}
