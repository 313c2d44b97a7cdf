/** Calendar years in a time zone: what a rule counts in years ends at the same date and time of day, years later. */
import { type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { boundedAt, type When } from './bounded-instant.ts'

/**
 * The same date and time of day in `timeZone`, so many years later. 29 February becomes 1 March where it is missing:
 * the last day of the period is 28 February either way. NaN for an instant some 1,900 years away from 1970, so
 * that a comparison with it holds for nothing.
 *
 * @param timeZone IANA name; settings hold known ones only
 */
export function addYears(at: Instant, years: number, timeZone: string): Instant {
  if (!(Math.abs(at) <= farthest)) return Number.NaN
  const wall = toDate(wallClock(at, timeZone))
  wall.setUTCFullYear(wall.getUTCFullYear() + years)
  return fromWallClock(wall.getTime(), timeZone)
}

/**
 * Is the end of that period reached? The same as `at >= addYears(since, …)`, without asking the calendar where no
 * calendar could say otherwise: a decision asks this often.
 */
export function yearsHavePassed(since: Instant, years: number, at: When, timeZone: string): boolean {
  const now = boundedAt(at)
  const about = since + years * averageYear
  if (now.isBefore(about - doubt)) return false
  return now.hasReached(about + doubt) || !now.isBefore(anniversaryOf(since, years, timeZone))
}

/** Asking the calendar takes longer than the rest of a decision, and around an end the same few are asked for days. */
const anniversaries = new Map<string, Instant>()
const mostKept = 1_000

function anniversaryOf(since: Instant, years: number, timeZone: string): Instant {
  const key = `${since} ${years} ${timeZone}`
  const known = anniversaries.get(key)
  if (known !== undefined) return known
  const end = addYears(since, years, timeZone)
  if (anniversaries.size >= mostKept) anniversaries.clear()
  anniversaries.set(key, end)
  return end
}

const averageYear = 365.2425 * day
/** Leap days and changes of offset move the end by less. */
const doubt = 3 * day

/** Midnight at which a day of the zone begins. `date` is `2026-01-31`; NaN when the calendar has no such day. */
export function startOfDay(date: string, timeZone: string): Instant {
  const wall = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(wall) || toDate(wall).toISOString().slice(0, 10) !== date) return Number.NaN
  return fromWallClock(wall, timeZone)
}

/** The first instant at which a day of the zone is over; NaN when the calendar has no such day, or none of four digits for the year after it. */
export function endOfDay(date: string, timeZone: string): Instant {
  const start = startOfDay(date, timeZone)
  if (Number.isNaN(start)) return start
  // By the calendar: where clocks change a day is no 24 hours.
  const next = toDate(Date.parse(`${date}T00:00:00Z`) + day).toISOString()
  return next.startsWith('+') ? Number.NaN : startOfDay(next.slice(0, 10), timeZone)
}

/** A date and time of day as a form has it, `2026-01-31T14:30`; NaN when the calendar has no such one. */
export function readWallClock(text: string, timeZone: string): Instant {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text)) return Number.NaN
  const wall = Date.parse(`${text}:00Z`)
  if (Number.isNaN(wall) || toDate(wall).toISOString().slice(0, 16) !== text) return Number.NaN
  return fromWallClock(wall, timeZone)
}

/** The same the other way round: the minute in which an instant falls. */
export function writeWallClock(at: Instant, timeZone: string): string {
  return toDate(wallClock(at, timeZone)).toISOString().slice(0, 16)
}

const farthest = 60_000_000_000_000

/** What clocks on the wall show, as if the zone were UTC. */
function wallClock(at: Instant, timeZone: string): number {
  const fields: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of formatOf(timeZone).formatToParts(at)) fields[type] = value
  const { year = '', month = '', day: date = '', hour = '', minute = '', second = '' } = fields
  // "Expanded years" (ECMA-262 section 21.4.1.32.1): the day after the last one of four digits has one.
  const written = year.length > 4 ? `+${year.padStart(6, '0')}` : year.padStart(4, '0')
  const shown = Date.parse(`${written}-${month}-${date}T${hour}:${minute}:${second}Z`)
  return shown + (((at % 1_000) + 1_000) % 1_000)
}

/** The instant at which walls show this: the earlier of two when clocks go back, just after the gap when they go on. */
function fromWallClock(wall: number, timeZone: string): Instant {
  const inForce = (around: Instant) => wall - (wallClock(around, timeZone) - around)
  const before = inForce(wall - day)
  if (wallClock(before, timeZone) === wall) return before
  const after = inForce(wall + day)
  return wallClock(after, timeZone) === wall ? after : before
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  formats.set(timeZone, format)
  return format
}

const week = 7 * day
/** 5 January 1970. */
const someMonday = 4 * day

/** Beginnings of weeks (Monday 00:00 UTC), the present one last. */
export function weeksUpTo(now: Instant, count: number): Instant[] {
  const present = now - ((((now - someMonday) % week) + week) % week)
  return Array.from({ length: count }, (_, index) => present - (count - 1 - index) * week)
}
