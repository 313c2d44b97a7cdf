/**
 * What happened to providers, for the public: incidents, which were observed, and suspensions, which somebody decided, in
 * one order. Past months are read once for everybody who asks within ten seconds, and come from memory while the
 * database is away. Nobody waits for longer than two seconds.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Health, Incident } from '../partners/health.ts'
import type { Partners } from '../partners/partners.ts'
import type { SuspensionRecord } from '../partners/suspensions.ts'
import { startOfDay } from '../policy/calendar.ts'

export type Happening = { provider: ProviderId; since: Instant } & (
  | { kind: 'incident'; incident: Incident }
  | ({ kind: 'suspension' } & SuspensionRecord)
)

/** From where the history comes. */
export interface HistorySource {
  health: Pick<Health, 'incidents'>
  suspensions: Partners['suspensions']
}

export interface MonthOfHistory {
  /** `2026-10`, in the zone of the hub. */
  month: string
  /** When it was read. */
  at: Instant
  /** What began in it, the newest first. */
  happenings: readonly Happening[]
  /** There are more than are told. */
  isCut: boolean
}

const freshFor = 10 * second
const patience = 2 * second
const mostInMonth = 1000
/** How far back anybody may look; also how many months are kept in memory. */
const mostMonths = 36

/** Both in one order: the newest first. */
export function inOneOrder(incidents: readonly Incident[], suspensions: readonly SuspensionRecord[]): Happening[] {
  const observed = incidents.map((incident): Happening => {
    const { provider, openedAt: since } = incident
    return { kind: 'incident', provider, since, incident }
  })
  const decided = suspensions.map((record): Happening => {
    const { provider, since } = record.suspension
    return { kind: 'suspension', provider, since, ...record }
  })
  return [...observed, ...decided].sort((a, b) => b.since - a.since)
}

export function createHistory(options: {
  clock: Clock
  timeZone: string
  source: HistorySource
  log: (message: string, inside: Record<string, unknown>) => void
}): { of(month: string): Promise<MonthOfHistory | undefined> } {
  const { clock, timeZone, source, log } = options
  const known = new Map<string, MonthOfHistory>()
  const asked = new Map<string, { at: Instant; reading: Promise<void> }>()

  async function load(month: string): Promise<void> {
    const at = clock.now()
    const [since, end] = [month, monthAfter(month, 1)].map((one) => startOfDay(`${one}-01`, timeZone))
    if (since === undefined || end === undefined) return
    try {
      // What is planned has not happened.
      const span = { since, before: Math.min(end, at + 1), limit: mostInMonth + 1 }
      const found = inOneOrder(...(await Promise.all([source.health.incidents(span), source.suspensions(span)])))
      const happenings = found.filter((one) => one.since >= since).slice(0, mostInMonth)
      known.set(month, { month, at, happenings, isCut: found.length > mostInMonth })
    } catch (error) {
      log('notices: the history could not be read', { month, error })
    }
  }

  return {
    async of(month) {
      const last = asked.get(month)
      const isFresh = last !== undefined && clock.now() - last.at < freshFor
      const reading = isFresh ? last.reading : load(month)
      if (!isFresh) asked.set(month, { at: clock.now(), reading })
      // Unreferenced: a process that ends does not wait for it.
      await Promise.race([reading, delay(patience, undefined, { ref: false })])
      return known.get(month)
    },
  }
}

/** The months that may be asked for, the present one first. */
export function monthsUpTo(now: Instant, timeZone: string): string[] {
  const present = new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit' }).format(toDate(now))
  return Array.from({ length: mostMonths }, (_, back) => monthAfter(present, -back))
}

/** `2026-12` and 1: `2027-01`. */
function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return toDate(Date.UTC(year, number - 1 + months, 1))
    .toISOString()
    .slice(0, 7)
}
