/** Levels: what a service asked, what answers it, and whether a session may answer in place of a person. */
import { atLeast, compareLevels, higherOf, isLevel, type Level, lowerOf, lowestOf } from '../kernel/assurance.ts'
import { type Instant, toSeconds } from '../kernel/clock.ts'

/** What an authorization request says about assurance, parsed once. */
export interface Requested {
  /** `acr_values`, unknown ones left out, in the order given. */
  acrValues: Level[]
  /**
   * Values of an essential `acr` in the `claims` parameter, unknown ones left out. Undefined when `acr` is not essential,
   * or is essential without naming a value: any answer meets that. Empty when it names unknown values only: none does.
   */
  essentialAcr?: Level[]
  /** Seconds; undefined when not asked. */
  maxAge?: number
  prompts: ('login' | 'consent' | 'none')[]
}

/**
 * The weakest level that satisfies the request: of several `acr_values` the lowest counts, so does it of
 * the values of an essential `acr`; never below what the service accepts at all.
 */
export function requiredLevel(requested: Requested, minimum: Level): Level {
  const voluntary = lowestOf(requested.acrValues) ?? minimum
  const essential = lowestOf(requested.essentialAcr ?? []) ?? minimum
  return higherOf(higherOf(voluntary, essential), minimum)
}

/**
 * The `acr` to answer with, or undefined when the request cannot be met (`unmet_authentication_requirements`).
 *
 * "If the acr Claim is requested as an Essential Claim [...] and the Authorization Server can not authenticate the End-
 * User with one of the requested values, [it] MUST treat that outcome as a failed authentication attempt."
 * (OpenID Connect Core 5.5.1.1). A level is also all the levels below it: the highest requested value not above the one
 * reached is the answer. Without an essential `acr` the level reached is.
 */
export function answeredAcr(requested: Requested, reached: Level, minimum: Level): Level | undefined {
  if (!atLeast(reached, requiredLevel(requested, minimum))) return undefined
  if (!requested.essentialAcr) return reached
  return requested.essentialAcr
    .filter((value) => compareLevels(value, reached) <= 0)
    .reduce<Level | undefined>((best, value) => (best === undefined ? value : higherOf(best, value)), undefined)
}

export const reuseReasons = {
  no_single_sign_on: { says: 'The service takes no single sign-on.', requirement: 'R068' },
  login_asked: { says: 'The service asked for a sign-in (prompt=login or max_age=0).', requirement: 'R068' },
  too_old: { says: 'The sign-in is older than the max_age that the service asked for.', requirement: 'R068' },
  level_too_low: {
    says: 'A session answers up to the substantial level, and never above its own or that of its link.',
    requirement: 'R068',
  },
} as const
export type ReuseReason = keyof typeof reuseReasons

/**
 * May a session answer? `max_age` is checked on the instant at which the person was seen to authenticate, whoever
 * authenticated them. Reuse never yields `eidas3`, nor more than the link may open: a service that asked for
 * little must not be told of a level that an unconfirmed link has not earned.
 *
 * @returns the `acr` to answer with, or all that stands in the way
 */
export function mayReuse(
  session: { level: Level; serves: Level; authTime: Instant },
  requested: Requested,
  service: { minimumLevel: Level; singleSignOn: boolean },
  now: Instant,
): { reuse: true; acr: Level } | { reuse: false; reasons: ReuseReason[] } {
  const reusable = [session.level, session.serves].reduce(lowerOf, 'eidas2')
  const acr = answeredAcr(requested, reusable, service.minimumLevel)
  const found: [ReuseReason, boolean][] = [
    ['no_single_sign_on', !service.singleSignOn],
    // "Note that max_age=0 is equivalent to prompt=login" (Core 3.1.2.1): no age counts, not even that of this second.
    ['login_asked', requested.prompts.includes('login') || requested.maxAge === 0],
    ['too_old', isOlderThan(session.authTime, requested.maxAge, now)],
    ['level_too_low', acr === undefined],
  ]
  const reasons = found.filter(([, applies]) => applies).map(([reason]) => reason)
  return acr !== undefined && reasons.length === 0 ? { reuse: true, acr } : { reuse: false, reasons }
}

/** "max_age [...] elapsed time in seconds since the last time the End-User was actively authenticated" (Core 3.1.2.1). */
export function isOlderThan(authTime: Instant, maxAge: number | undefined, now: Instant): boolean {
  return maxAge !== undefined && toSeconds(now) - toSeconds(authTime) > maxAge
}

/** The known levels in a space-separated list; what is not known is left out, as OpenID Connect asks for. */
export function parseAcrValues(text: string | undefined): Level[] {
  return (text ?? '').split(' ').filter(isLevel)
}
