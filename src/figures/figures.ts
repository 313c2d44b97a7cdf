/**
 * What a service or a provider may know of its own traffic: sign-ins, refusals by reason, levels, durations, by day, week
 * and month. Counted once for each day that is over, from the ledger, and kept no longer than the ledger is. A service
 * is told nothing by provider, nor a provider by service; counts under 10 are hidden (`release.ts`), and no reason of
 * a refusal says that a person stopped their identity. This room owns the counts of days; it draws them (`drawing.ts`)
 * and writes them as a file (`csv.ts`), and leaves to the pages who is there.
 */
import { type Connections, type Counted, durationStep } from '../connections/connections.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Partners } from '../partners/partners.ts'
import { startOfDay, writeWallClock } from '../policy/calendar.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  type ProviderReason,
  providerReasonOf,
  providerReasons,
  type ServiceReason,
  serviceReasonOf,
  serviceReasons,
} from './reasons.ts'
import { least, piecesOf, quantileOf, type Share, sharesOf, totalOf } from './release.ts'
import * as store from './store.ts'

export type Subject = { service: ServiceId } | { provider: ProviderId }

export const units = ['day', 'week', 'month'] as const
export type Unit = (typeof units)[number]

export interface Ask {
  of: Subject
  by: Unit
  /** By day: of which month, `2026-11`; by default the newest that anything is known of. Otherwise of no meaning. */
  month?: string
  /** Whose eyes: a partner sees what is its own, operators see all, both with what is small hidden. */
  for: { partner: string } | 'operators'
}

/** Whole days of the hub's zone, both included, `2026-11-22`. */
export interface Span {
  from: string
  to: string
  /** Absent: hidden, or not shown yet. Neighbours without a count come as one. */
  count?: number
  /** There may be a little more than `count`, which is hidden. */
  more?: true
}

/** One month that is over. */
export interface Month {
  /** `2026-11` */
  month: string
  /**
   * Of a service: the level that it was given; of a provider: the level reached. Those of fewer than 10 are told
   * together with others. They add up to what the month shows; empty where that is hidden.
   */
  levels: Share<Level>[]
  reasons: Share<ServiceReason | ProviderReason>[]
  /**
   * Milliseconds, within five hundredths. Of a service: from its request to the code, where somebody signed in anew; of
   * a provider: from the hub to the provider and back. A quantile is there when ten lie on each side of it.
   */
  median?: number
  p95?: number
}

export interface Table {
  of: Subject
  by: Unit
  /** By day: of this month. */
  month?: string
  /** IANA name of the zone of the days. */
  timeZone: string
  /**
   * In the order of time, weeks cut where a month ends. A day is there when its week is over, a month when it is over. Of
   * a provider: sign-ins that it vouched for; what a session answered is none of its.
   */
  logins: Span[]
  refusals: Span[]
  /** Months that are over, in the order of time: all of those known, by day only the one asked for. */
  months: Month[]
  /** Months that can be asked for by day, the newest first. */
  known: string[]
  /** The day on which the week that goes on is told, `2026-11-23`, if it is large enough: whoever waits knows until when. */
  next: string
}

export interface Figures {
  /** Undefined when there is no such service or provider, or it is another partner's, or the month is not one. */
  figuresOf(ask: Ask): Promise<Table | undefined>
  /** Counts the days that are over. A job calls it, before the ledger forgets. */
  tally(): Promise<void>
  /** Forgets months that are over longer than the ledger remembers. */
  sweep(): Promise<void>
}

export interface FiguresOptions {
  storage: Storage
  clock: Clock
  connections: Pick<Connections, 'firstSince' | 'counted'>
  partners: Pick<Partners, 'registry'>
  timeZone: string
  /** How long the ledger keeps connections, in milliseconds. */
  retention: number
}

/** The lines of those clocks that differ, and of transactions under way, are there so long after the end of a day. */
const tallyAfter = hour

export function createFigures(options: FiguresOptions): Figures {
  const { storage, clock, connections, partners, timeZone, retention } = options
  const dayOf = (at: Instant) => writeWallClock(at, timeZone).slice(0, 10)

  /** One day, or where there is none left, how far counting has come. One process counts at a time. */
  async function tallyDay(tx: Tx): Promise<boolean> {
    await store.lock(tx)
    const until = await store.until(tx)
    const over = startOfDay(dayOf(clock.now() - tallyAfter), timeZone)
    const first = await connections.firstSince(tx, until ?? 0)
    const date = first === undefined ? undefined : labelOf(first, until)
    const ends = date === undefined ? Number.POSITIVE_INFINITY : startOfDay(dayAfter(date), timeZone)
    if (date === undefined || ends > over) {
      if (until === undefined || until < over) await store.setUntil(tx, over)
      return false
    }
    const counted = await connections.counted(tx, { from: until ?? 0, to: ends })
    await store.insert(tx, date, folded(counted))
    await store.setUntil(tx, ends)
    return true
  }

  /** Where the zone was changed in between, what is left of a day that was shown goes to the next. */
  function labelOf(first: Instant, until: Instant | undefined): string {
    const date = dayOf(first)
    return until !== undefined && startOfDay(date, timeZone) < until ? dayAfter(date) : date
  }

  return {
    async tally() {
      for (let more = true; more; ) more = await storage.transaction(tallyDay)
    },

    sweep: () => store.forget(storage.db, `${dayOf(clock.now() - retention).slice(0, 7)}-01`),

    async figuresOf({ of, by, month, for: reader }) {
      const { services, providers } = partners.registry()
      const known = 'service' in of ? services.get(of.service) : providers.get(of.provider)
      if (!known || (reader !== 'operators' && known.partner !== reader.partner)) return undefined
      const until = await store.until(storage.db)
      const side = 'service' in of ? 'service' : 'provider'
      const rows = until === undefined ? [] : await store.ofSubject(storage.db, side, known.id)
      const months = monthsOf(rows, until === undefined ? '' : dayOf(until))
      const asked = by === 'day' ? months.filter((one) => one.month === (month ?? months.at(-1)?.month)) : months
      if (by === 'day' && month !== undefined && asked.length === 0) return undefined
      const kinds = side === 'service' ? serviceReasons : providerReasons
      return {
        of,
        by,
        ...(by === 'day' && asked[0] ? { month: asked[0].month } : {}),
        timeZone,
        logins: spansOf(asked, 'login', by),
        refusals: spansOf(asked, 'refusal', by),
        months: asked.filter(({ isOver }) => isOver).map((one) => told(one, kinds)),
        known: months.map((one) => one.month).reverse(),
        next: weekEnds(dayOf(clock.now() - tallyAfter)),
      }
    },
  }
}

/** What one day of the ledger is to each partner. */
function folded(counted: readonly Counted[]): store.Row[] {
  const sums = new Map<string, store.Row>()
  for (const { side, id, kind, value, count } of counted) {
    const reasonOf = side === 'service' ? serviceReasonOf : providerReasonOf
    const told = kind === 'refusal' ? reasonOf(value as ErrorName) : value
    const key = JSON.stringify([side, id, kind, told])
    const row = sums.get(key) ?? { side, subject: id, kind, value: told, count: 0 }
    sums.set(key, { ...row, count: row.count + count })
  }
  return [...sums.values()]
}

/** One month of a calendar, in weeks that are over. */
interface CountedMonth {
  month: string
  isOver: boolean
  weeks: string[][]
  /** Days of the week that goes on. */
  rest: string[]
  rows: ReadonlyMap<string, readonly store.DayRow[]>
}

type Series = 'login' | 'refusal'

/** From the first month with anything in it to the day `until`, which is not over. */
function monthsOf(rows: readonly store.DayRow[], until: string): CountedMonth[] {
  const byDay = Map.groupBy(rows, ({ day }) => day)
  const months: CountedMonth[] = []
  const [first] = rows
  for (let date = first ? `${first.day.slice(0, 7)}-01` : until; date < until; ) {
    const month = date.slice(0, 7)
    const weeks: string[][] = [[]]
    for (; date.startsWith(month) && date < until; date = dayAfter(date)) {
      weeks.at(-1)?.push(date)
      if (isSunday(date)) weeks.push([])
    }
    const isOver = !date.startsWith(month)
    const unfinished = weeks.at(-1) ?? []
    const rest = isOver ? [] : unfinished
    const over = weeks.filter((week) => week.length > 0 && week !== rest)
    // Of a month in its first week there is nothing to tell.
    if (over.length > 0) months.push({ month, isOver, weeks: over, rest, rows: byDay })
  }
  return months
}

function countOf({ rows }: CountedMonth, series: Series, day: string): number {
  const ofDay = (rows.get(day) ?? []).filter(({ kind }) => kind === series)
  return ofDay.reduce((sum, { count }) => sum + count, 0)
}

const ofWeek = (month: CountedMonth, series: Series, week: readonly string[]) =>
  week.reduce((sum, day) => sum + countOf(month, series, day), 0)

function spansOf(months: readonly CountedMonth[], series: Series, by: Unit): Span[] {
  return joined(months.flatMap((month) => spansBy[by](month, series)))
}

const spansBy: Record<Unit, (month: CountedMonth, series: Series) => Span[]> = {
  day: (month, series) => [
    ...month.weeks.flatMap((week) => {
      let from = 0
      return piecesOf(week.map((day) => countOf(month, series, day))).map(({ days, count }) => {
        const span = spanOf(week.slice(from, from + days), count)
        from += days
        return span
      })
    }),
    ...(month.rest.length > 0 ? [spanOf(month.rest)] : []),
  ],
  week: (month, series) => [
    ...month.weeks.map((week) => {
      const count = ofWeek(month, series, week)
      return spanOf(week, count < least ? undefined : count)
    }),
    ...(month.rest.length > 0 ? [spanOf(month.rest)] : []),
  ],
  month: (month, series) => {
    if (!month.isOver) return []
    const total = totalOf(month.weeks.map((week) => ofWeek(month, series, week)))
    return [{ ...spanOf(month.weeks.flat(), total?.count), ...(total && !total.isExact ? { more: true } : {}) }]
  },
}

function spanOf(days: readonly string[], count?: number): Span {
  return { from: days[0] ?? '', to: days.at(-1) ?? '', ...(count === undefined ? {} : { count }) }
}

/** Neighbours of which nothing is told, as one. */
function joined(spans: readonly Span[]): Span[] {
  const all: Span[] = []
  for (const span of spans) {
    const last = all.at(-1)
    if (last && last.count === undefined && span.count === undefined) last.to = span.to
    else all.push({ ...span })
  }
  return all
}

/** The days that make up what a month shows of a series. */
function shownDays(month: CountedMonth, series: Series): string[] {
  const counts = month.weeks.map((week) => ofWeek(month, series, week))
  const isExact = totalOf(counts)?.isExact
  return month.weeks.filter((_, index) => isExact || (counts[index] ?? 0) >= least).flat()
}

function told(month: CountedMonth, reasons: readonly (ServiceReason | ProviderReason)[]): Month {
  const valuesOf = (kind: store.DayRow['kind'], days: readonly string[]) => {
    const sums = new Map<string, number>()
    for (const row of days.flatMap((day) => month.rows.get(day) ?? [])) {
      if (row.kind === kind) sums.set(row.value, (sums.get(row.value) ?? 0) + row.count)
    }
    return sums
  }
  const times = valuesOf('duration', month.weeks.flat())
  const histogram = new Map([...times].map(([bucket, count]) => [Number(bucket), count]))
  const [median, p95] = [quantileOf(histogram, 0.5), quantileOf(histogram, 0.95)]
  return {
    month: month.month,
    levels: sharesOf(levels, valuesOf('login', shownDays(month, 'login')) as Map<Level, number>),
    reasons: sharesOf(
      reasons,
      valuesOf('refusal', shownDays(month, 'refusal')) as Map<ServiceReason | ProviderReason, number>,
    ),
    ...(median === undefined ? {} : { median: durationOf(median) }),
    ...(p95 === undefined ? {} : { p95: durationOf(p95) }),
  }
}

/** The middle of a bucket, to two figures that mean something. */
const durationOf = (bucket: number) => Number((durationStep ** (bucket + 0.5)).toPrecision(2))

const dayAfter = (date: string) =>
  toDate(Date.parse(`${date}T00:00:00Z`) + day)
    .toISOString()
    .slice(0, 10)

/** The day after the week of a day, which is cut where a month ends. */
function weekEnds(date: string): string {
  const next = dayAfter(date)
  return isSunday(date) || next.endsWith('-01') ? next : weekEnds(next)
}

const isSunday = (date: string) => toDate(Date.parse(`${date}T00:00:00Z`)).getUTCDay() === 0
