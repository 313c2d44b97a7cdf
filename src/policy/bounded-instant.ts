/**
 * An instant that is compared with dates, and knows between which of them it lies. What was decided by its comparisons
 * alone is decided the same at every other instant between the two, so an answer can be kept until it changes.
 */
import type { Instant } from '../kernel/clock.ts'

export class BoundedInstant {
  readonly at: Instant
  /** The latest date reached and the next one, of those that it was compared with. */
  #since = Number.NEGATIVE_INFINITY
  #until = Number.POSITIVE_INFINITY

  constructor(at: Instant) {
    this.at = at
  }

  /** `at < date`; false of a date that is none (NaN). */
  isBefore(date: Instant): boolean {
    this.#meet(date)
    return this.at < date
  }

  /** `at >= date`; false of a date that is none (NaN). */
  hasReached(date: Instant): boolean {
    this.#meet(date)
    return this.at >= date
  }

  /** Would all comparisons so far have come out the same at that instant? Never where one of the two is none. */
  answersFor(other: Instant): boolean {
    return !Number.isNaN(this.at) && this.#since <= other && other < this.#until
  }

  #meet(date: Instant): void {
    if (this.at < date) this.#until = Math.min(this.#until, date)
    else if (this.at >= date) this.#since = Math.max(this.#since, date)
  }
}

/** An instant by itself, or one whose owner wants to know for how long the answer holds. */
export type When = Instant | BoundedInstant

export function boundedAt(when: When): BoundedInstant {
  return typeof when === 'number' ? new BoundedInstant(when) : when
}
