/**
 * Trips that people declare (R082): which ones can be declared, and from when on one counts. A thief must not open the
 * door that they stand before: who is in the country that they declare signs in at the substantial level, with two
 * factors; who declares with less, from elsewhere, waits a day, in which the person hears of it and can withdraw it. Pure.
 */
import { atLeast, type Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import type { SeenIn } from './geography.ts'

/** Days, both counted: longer is no trip, and the service has other ways for who lives elsewhere. */
export const longestTrip = 90
/** Not over and not withdrawn, of one person. */
export const mostTrips = 5
export const mostCountries = 3
/** Declared within a day, withdrawn or not: each of them is a letter, and one must not drown among them. */
export const mostLately = 10
/** Days ahead that a trip may begin: later, plans are guesses. */
export const furthestAhead = 365
/** How long a weaker sign-in waits: the alert is read within a day. */
export const tripDelay = day

/** A day as a calendar has it, wherever one is: `2026-12-24`. */
export type CalendarDay = string

export interface Trip {
  /** ISO 3166-1 alpha-2, distinct. */
  countries: readonly string[]
  from: CalendarDay
  /** Included. */
  until: CalendarDay
}

export const tripProblems = [
  'countries_missing',
  'countries_many',
  'country_unknown',
  'day_unreadable',
  'until_before_from',
  'over_already',
  'too_long',
  'too_far_ahead',
  'too_many_trips',
  'too_many_lately',
] as const
export type TripProblem = (typeof tripProblems)[number]

export interface TripQuestion {
  trip: Trip
  /** Of the same person, not over and not withdrawn. */
  open: number
  /** ... and declared within the last day, withdrawn or not. */
  lately: number
  now: Instant
  isCountry: (code: string) => boolean
  /** Of the sign-in that declares it, the strongest of the person and fresh (`means/change.ts` sees to that). */
  level: Level
  /** Where the request comes from. */
  seenIn: SeenIn
}

export type TripDecision =
  | { kind: 'declared'; effectiveAt: Instant }
  | { kind: 'invalid'; problems: TripProblem[] }
  /** Made from one of the countries, or from nowhere known, below the substantial level. */
  | { kind: 'refused'; why: 'proof_too_weak' }

export function decideTrip({ trip, open, lately, now, isCountry, level, seenIn }: TripQuestion): TripDecision {
  const { countries, from, until } = trip
  const [first, last] = [dayNumber(from), dayNumber(until)]
  const { earliest, latest } = daysOnEarth(now)
  const readable = first !== undefined && last !== undefined
  const found: [TripProblem, boolean][] = [
    ['countries_missing', countries.length === 0],
    ['countries_many', countries.length > mostCountries],
    ['country_unknown', countries.some((code) => !isCountry(code))],
    ['day_unreadable', !readable],
    ['until_before_from', readable && last < first],
    ['over_already', readable && last >= first && until < earliest],
    ['too_long', readable && last - first >= longestTrip],
    ['too_far_ahead', readable && first - (dayNumber(latest) ?? 0) > furthestAhead],
    ['too_many_trips', open >= mostTrips],
    ['too_many_lately', lately >= mostLately],
  ]
  const problems = found.filter(([, applies]) => applies).map(([problem]) => problem)
  if (problems.length > 0) return { kind: 'invalid', problems }
  // It promises two factors: what a thief of a password does not have.
  if (atLeast(level, 'eidas2')) return { kind: 'declared', effectiveAt: now }
  const isThere = seenIn === 'unknown' || countries.includes(seenIn)
  return isThere ? { kind: 'refused', why: 'proof_too_weak' } : { kind: 'declared', effectiveAt: now + tripDelay }
}

/** Does the trip cover this instant? As long as it is one of its days anywhere on earth: nobody counts time zones. */
export function coversNow({ from, until }: Pick<Trip, 'from' | 'until'>, now: Instant): boolean {
  const { earliest, latest } = daysOnEarth(now)
  return from <= latest && until >= earliest
}

/** The calendar's days at this instant: UTC-12 is the last place where one ends, UTC+14 the first where one begins. */
export function daysOnEarth(now: Instant): { earliest: CalendarDay; latest: CalendarDay } {
  const dayAt = (offset: number) =>
    toDate(now + offset)
      .toISOString()
      .slice(0, 10)
  return { earliest: dayAt(-12 * hour), latest: dayAt(14 * hour) }
}

/** Days since 1970, or undefined for what is no day of the calendar. */
function dayNumber(text: CalendarDay): number | undefined {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []
  if (!year || !month || !date) return undefined
  const at = Date.UTC(Number(year), Number(month) - 1, Number(date))
  return toDate(at).toISOString().slice(0, 10) === text ? at / day : undefined
}
