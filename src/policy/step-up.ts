/**
 * When somebody who is signed in has to prove more, or again: a session that was idle (R057), an operation that is
 * particularly sensitive (R058), an unknown device and a second factor of long ago (R059).
 */
import { atLeast, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { hour, minute, sessionIdle } from '../kernel/durations.ts'

/** At the highest level a session is left alone for half the time: AAL3 of NIST SP 800-63B-4 has the same figure. */
export const idleAtHigh = 15 * minute

/**
 * How long a session may be idle, in milliseconds.
 *
 * @param level the highest that the session may serve
 * @param idle of the settings, for the other levels
 */
export function idleLimit(level: Level, idle: number = sessionIdle): number {
  return level === 'eidas3' ? Math.min(idle, idleAtHigh) : idle
}

/** Were two factors proved, as far as what was observed tells? A level promises them, `mfa` says so (RFC 8176 section 2). */
export function hasTwoFactors({ level, amr }: { level: Level; amr: readonly string[] }): boolean {
  return atLeast(level, 'eidas2') || amr.includes('mfa')
}

/**
 * "At regular interval" gives no number: a shift, so that who works longer than one proves it once more. The day of AAL2
 * (NIST SP 800-63B-4 section 2.2.3) is longer than a session lives, so it would never ask anybody.
 */
export const secondFactorInterval = 8 * hour

/** A second factor that was proved this shortly before is one for the operation. */
export const freshFor = 5 * minute

export const stepUpReasons = {
  idle: { says: 'The session was left alone for longer than its level allows.', requirement: 'R057' },
  sensitive_operation: {
    says: 'The operation is particularly sensitive, and no second factor was proved for it.',
    requirement: 'R058',
  },
  unknown_device: { says: 'The person was not seen on this device, or it is shared.', requirement: 'R059' },
  second_factor_old: { says: 'The last second factor is older than the interval.', requirement: 'R059' },
} as const
export type StepUpReason = keyof typeof stepUpReasons

/**
 * Of which sign-ins the second factor is asked again, on an unknown device and at the interval: of none, of those to
 * sensitive services, of all. A citizen's account with one factor has nothing to be asked for, so `all` shuts it out.
 */
export const stepUpRules = ['never', 'sensitive', 'all'] as const
export type StepUpRule = (typeof stepUpRules)[number]

export interface StepUpQuestion {
  session: { level: Level; serves: Level; lastSeen: Instant }
  /** When two factors were last proved; undefined when never. */
  secondFactorAt: Instant | undefined
  /** Known and not shared. On another one, a second factor proved in this very session is enough. */
  device: { trusted: boolean; secondFactorHere: boolean }
  sensitiveOperation: boolean
  at: Instant
  /** Milliseconds, of the settings. */
  idle?: number
  interval?: number
}

export interface StepUpDecision {
  required: boolean
  reasons: StepUpReason[]
}

export function decideStepUp(question: StepUpQuestion): StepUpDecision {
  const { session, secondFactorAt = Number.NEGATIVE_INFINITY, device, sensitiveOperation, at } = question
  const { idle = sessionIdle, interval = secondFactorInterval } = question
  const age = at - secondFactorAt
  const found: [StepUpReason, boolean][] = [
    // "Idle > limit": at the limit it is over, as sessions are counted everywhere.
    ['idle', !(at - session.lastSeen < idleLimit(lowerOf(session.level, session.serves), idle))],
    ['sensitive_operation', sensitiveOperation && !(age <= freshFor)],
    ['unknown_device', !device.trusted && !device.secondFactorHere],
    ['second_factor_old', !(age <= interval)],
  ]
  const reasons = found.filter(([, applies]) => applies).map(([reason]) => reason)
  return { required: reasons.length > 0, reasons }
}

/** A session as `sessions/` has it, which found it alive. */
export interface LiveSession {
  level: Level
  serves: Level
  /** When two factors were last proved in this browser. */
  secondFactorAt?: Instant
}

/**
 * The same question of a live session, for a sensitive operation (R058) or a sign-in that it would answer (R059). The
 * device is that of the session: a second factor in this browser is one on this device.
 */
export function stepUpOf(
  { level, serves, secondFactorAt }: LiveSession,
  { sensitiveOperation, at, interval }: Pick<StepUpQuestion, 'sensitiveOperation' | 'at' | 'interval'>,
): StepUpDecision {
  return decideStepUp({
    session: { level, serves, lastSeen: at },
    secondFactorAt,
    device: { trusted: false, secondFactorHere: secondFactorAt !== undefined },
    sensitiveOperation,
    at,
    ...(interval === undefined ? {} : { interval }),
  })
}

/**
 * R059: must the person prove a second factor anew before this service is answered?
 *
 * @param secondFactorAt when two factors were last proved in this browser, in this sign-in or before it
 */
export function asksSecondFactor(
  service: { sensitive: boolean },
  secondFactorAt: Instant | undefined,
  { stepUp, secondFactorInterval: interval, at }: { stepUp: StepUpRule; secondFactorInterval: number; at: Instant },
): boolean {
  if (stepUp === 'never' || (stepUp === 'sensitive' && !service.sensitive)) return false
  const session: LiveSession = {
    level: 'eidas1',
    serves: 'eidas1',
    ...(secondFactorAt === undefined ? {} : { secondFactorAt }),
  }
  return stepUpOf(session, { sensitiveOperation: false, at, interval }).required
}
