/**
 * May this attempt at a password be evaluated now? The three restriction measures of R061 to R063 over the failures of
 * one account. An attempt that is not evaluated is not counted, and is answered like any failure, with Retry-After: the
 * answer says nothing about the password. Who keeps the failures is another room's business.
 */
import type { Instant } from '../kernel/clock.ts'
import { day, minute, second } from '../kernel/durations.ts'

/** Which measures are on; where a password alone is accepted at least one is (R064). */
export interface Restrictions {
  /** Measure A: delays, and a limit for each day. */
  delay: boolean
  /** Measure B: a task that a robot fails, before each evaluation. */
  challenge: boolean
  /** Measure C: the account is blocked until it is unlocked. */
  block: boolean
}

export interface Attempts {
  /** Of evaluated attempts that failed, in any order; those older than a day may be left out. */
  failures: readonly Instant[]
  /** Failures since the last success, also those older than a day. */
  consecutive: number
  /** The task of measure B was solved for this very attempt. */
  challengePassed: boolean
}

/** Measure A: "1 minute after 5 failures", read as after each group of 5 consecutive ones ... */
export const failuresBeforeDelay = 5
export const delay = minute
/** ... and "25 failures in 24 h": the 25th closes, until the sliding window frees a place. */
export const failuresInWindow = 25
export const failureWindow = day
/** Measure C: consecutive failures. */
export const failuresBeforeBlock = 10

export const attemptReasons = {
  delayed: { says: 'Five consecutive failures: the next attempt is evaluated one minute later.', requirement: 'R061' },
  window_full: { says: 'Twenty-five failures within 24 hours: the window has to free a place.', requirement: 'R061' },
  challenge_required: { says: 'The task against robots was not solved for this attempt.', requirement: 'R062' },
  blocked: { says: 'Ten consecutive failures: the account is blocked until it is unlocked.', requirement: 'R063' },
} as const
export type AttemptReason = keyof typeof attemptReasons

export interface AttemptDecision {
  evaluate: boolean
  /** Whole seconds, at least 1, after which time alone stands in the way no more; undefined when it does not, or never. */
  retryAfterSeconds?: number
  reasons: AttemptReason[]
}

/** The end of what does not hold at all. */
const never = Number.NEGATIVE_INFINITY

export function decideAttempt(attempts: Attempts, restrictions: Restrictions, now: Instant): AttemptDecision {
  const { failures, consecutive, challengePassed } = attempts
  const delayedUntil = restrictions.delay ? endOfDelay(failures, consecutive) : never
  const fullUntil = restrictions.delay ? endOfFullWindow(failures, now) : never
  const isBlocked = restrictions.block && consecutive >= failuresBeforeBlock
  const found: [AttemptReason, boolean][] = [
    ['delayed', !(delayedUntil <= now)],
    ['window_full', !(fullUntil <= now)],
    ['challenge_required', restrictions.challenge && !challengePassed],
    ['blocked', isBlocked],
  ]
  const reasons = found.filter(([, applies]) => applies).map(([reason]) => reason)
  const wait = Math.max(delayedUntil, fullUntil) - now
  return {
    evaluate: reasons.length === 0,
    ...(wait > 0 && !isBlocked ? { retryAfterSeconds: Math.ceil(wait / second) } : {}),
    reasons,
  }
}

function endOfDelay(failures: readonly Instant[], consecutive: number): Instant {
  const isEndOfGroup = consecutive > 0 && consecutive % failuresBeforeDelay === 0
  return isEndOfGroup ? failures.reduce((last, at) => Math.max(last, at), never) + delay : never
}

/** When fewer than the limit are left: the 25th from the end leaves the window. */
function endOfFullWindow(failures: readonly Instant[], now: Instant): Instant {
  const within = failures.filter((at) => at > now - failureWindow).sort((a, b) => b - a)
  const oldest = within[failuresInWindow - 1]
  return oldest === undefined ? never : oldest + failureWindow
}
