/**
 * The only place of the server that reads the time. Everything else takes a `Clock`, so that tests choose the instant
 * and no two parts of one decision see two different nows. `Date.now`, `new Date()` and SQL `now()` are banned
 * elsewhere by the architecture test.
 */

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number

export interface Clock {
  /** The present instant, in milliseconds. */
  now(): Instant
}

export const systemClock: Clock = { now: () => Date.now() }

/** The instant in whole seconds, as JOSE and OpenID Connect write time (NumericDate, RFC 7519 section 2). */
export function toSeconds(instant: Instant): number {
  return Math.floor(instant / 1000)
}

/** An instant as a `Date` value, for SQL parameters and formatting. It never reads the present time. */
export function toDate(instant: Instant): Date {
  return new Date(instant)
}
