/**
 * Invented data that is always the same for the same person: everything is drawn from the subject that the hub gave, the
 * only thing by which a service knows somebody (R015).
 */
import { createHash } from 'node:crypto'
import { type Instant, toDate } from '../../src/kernel/clock.ts'
import { day } from '../../src/kernel/durations.ts'

export interface Draw {
  /** A whole number, both ends included. */
  between(lowest: number, highest: number): number
  one<T>(of: readonly T[]): T
  /** That many digits; the first may be zero. */
  digits(length: number): string
}

/** Draws from SHA-256 in counter mode: `label` keeps the lists of one person independent of one another. */
export function drawFrom(subject: string, label: string): Draw {
  let counter = 0
  const next = () => createHash('sha256').update(`${label}\0${subject}\0${counter++}`).digest().readUIntBE(0, 6)
  const between = (lowest: number, highest: number) => lowest + (next() % (highest - lowest + 1))
  return {
    between,
    one(of) {
      const drawn = of[between(0, of.length - 1)]
      if (drawn === undefined) throw new Error('nothing to draw from')
      return drawn
    },
    digits: (length) => Array.from({ length }, () => between(0, 9)).join(''),
  }
}

/** The start of the day, in UTC, so many days before an instant: lists do not change from one click to the next. */
export function daysBefore(now: Instant, days: number): Instant {
  return Math.floor(now / day) * day - days * day
}

/** Noon of the first day of the month, so many months before an instant. */
export function monthsBefore(now: Instant, months: number): Instant {
  const present = toDate(now)
  return Date.UTC(present.getUTCFullYear(), present.getUTCMonth() - months, 1, 12)
}
