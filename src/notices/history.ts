/**
 * Incidents of past months, for a public page: read once for everybody who asks within ten seconds, and from memory
 * while the database is away. Nobody waits for longer than two seconds.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { Health, Incident } from '../partners/health.ts'
import { startOfDay } from '../policy/calendar.ts'

export interface MonthOfIncidents {
  /** `2026-10`, in the zone of the hub. */
  month: string
  /** When it was read. */
  at: Instant
  /** Those that began in it, the newest first. */
  incidents: readonly Incident[]
  /** There are more than are told. */
  isCut: boolean
}

const freshFor = 10 * second
const patience = 2 * second
const mostInMonth = 1000
/** How far back anybody may look; also how many months are kept in memory. */
const mostMonths = 36

export function createHistory(options: {
  clock: Clock
  timeZone: string
  read: Health['incidents']
  log: (message: string, inside: Record<string, unknown>) => void
}): { of(month: string): Promise<MonthOfIncidents | undefined> } {
  const { clock, timeZone, read, log } = options
  const known = new Map<string, MonthOfIncidents>()
  const asked = new Map<string, { at: Instant; reading: Promise<void> }>()

  async function load(month: string): Promise<void> {
    const at = clock.now()
    const [since, before] = [month, monthAfter(month, 1)].map((one) => startOfDay(`${one}-01`, timeZone))
    if (since === undefined || before === undefined) return
    try {
      const found = await read({ since, before, limit: mostInMonth + 1 })
      const incidents = found.filter(({ openedAt }) => openedAt >= since).slice(0, mostInMonth)
      known.set(month, { month, at, incidents, isCut: found.length > mostInMonth })
    } catch (error) {
      log('notices: incidents could not be read', { month, error })
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
