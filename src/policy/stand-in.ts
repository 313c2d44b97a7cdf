/**
 * The stand-in of an e-ID app (R084): a card with its PIN and a one-time code, for as long as the hub itself sees the app
 * down, and only then. Nobody can have it offered by saying something: no suspension, no operator, no parameter of a
 * request goes in here, only what the hub observed of the provider that it stands in for.
 *
 * It proves less than the app does: the PIN is typed on a phone or a computer that nobody vouches for, and nobody's face
 * or finger is looked at. So its level is one below, however good the card is, and services are told that level.
 */
import { atLeast, highestOf, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { hour, minute } from '../kernel/durations.ts'
import type { HealthReason, ObservedHealth } from './breaker.ts'
import { houseLevel } from './house-means.ts'

/** Why it is not offered. */
export const standInReasons = {
  nothing_to_replace: { says: 'The provider that it stands in for is not published.', requirement: 'R084' },
  works: { says: 'The provider that it stands in for works, as far as the hub sees.', requirement: 'R084' },
  own_network: {
    says: 'This hub reaches nobody: that says nothing of the provider, and cards cannot be checked either.',
    requirement: 'R084',
  },
  same_cause: {
    says: 'What is out of order is the answer on revoked cards, which the stand-in needs as well.',
    requirement: 'R076',
  },
  too_long: {
    says: 'The outage has lasted longer than the stand-in may: that is an incident, and operators decide.',
    requirement: 'R084',
  },
} as const
export type StandInReason = keyof typeof standInReasons

/** What the hub observed of the provider that is stood in for; undefined when it is not published. */
export type Outage = Pick<ObservedHealth, 'health' | 'since' | 'downUntil' | 'reasons'> | undefined

export type StandInDecision =
  /** `since`: when the outage began. `until`: the first instant at which it is over whatever happens. */
  { offered: true; since: Instant; until: Instant } | { offered: false; reason: StandInReason }

/** Of a choice that is made now. `hours`: at most so long after the outage began. */
export function decideStandIn({
  outage,
  hours,
  now,
}: {
  outage: Outage
  hours: number
  now: Instant
}): StandInDecision {
  const reason = reasonAgainst(outage, hours, now)
  if (reason) return { offered: false, reason }
  const since = outage?.since ?? now
  return { offered: true, since, until: since + hours * hour }
}

function reasonAgainst(outage: Outage, hours: number, now: Instant): StandInReason | undefined {
  if (!outage) return 'nothing_to_replace'
  if (outage.health !== 'down') return 'works'
  if (outage.reasons.includes('own_network')) return 'own_network'
  if (isOfTheCards(outage.reasons)) return 'same_cause'
  // A provider that is down was not so before, so its health says since when; what it does not say is not believed.
  return outage.since !== undefined && outage.since <= now && now < outage.since + hours * hour ? undefined : 'too_long'
}

/** Sign-ins fail, and by nothing but that revocation cannot be asked. */
const isOfTheCards = (reasons: readonly HealthReason[]) =>
  reasons.includes('cards_unchecked') &&
  reasons.every((reason) => reason === 'cards_unchecked' || reason === 'sign_ins_fail')

/**
 * A login that was begun with it goes on for so long after the app works again, or after the time was over: a code may
 * still be under way, and whoever holds a card in their hand is not sent back to the start.
 */
export const finishWithin = 15 * minute

/** May a login that began with it at `begunAt`, while it was offered, be finished? */
export function mayFinishStandIn({
  outage,
  hours,
  begunAt,
  now,
}: {
  outage: Outage
  hours: number
  begunAt: Instant
  now: Instant
}): boolean {
  if (decideStandIn({ outage, hours, now }).offered) return true
  const endedAt = outage && endOf(outage, hours)
  return endedAt !== undefined && begunAt <= endedAt && endedAt <= now && now - endedAt <= finishWithin
}

function endOf({ health, since, downUntil, reasons }: NonNullable<Outage>, hours: number): Instant | undefined {
  if (health !== 'down') return downUntil
  if (since === undefined) return undefined
  // It is down, so it ended by its time, unless what is down now is something else.
  return reasons.includes('own_network') || isOfTheCards(reasons) ? undefined : since + hours * hour
}

// ── What it is worth ────────────────────────────────────────────────────────────────────────────────────────────────

/** The highest level that it may carry. */
export const standInCeiling: Level = 'eidas2'

/** How the code was sent, as a word of `amr`. */
export type SentBy = 'sms' | 'mail'

/**
 * The words of a sign-in with it. The code is a second thing in hand beside the card: it shows that whoever holds card and
 * PIN reads the person's messages too, and lifts no level.
 */
export const standInAmr = (code: SentBy): string[] => ['sc', 'pin', code, 'mfa']

/** The level that these words carry, and that may be told; undefined when they sign nobody in: a card without PIN (R034). */
export function standInLevel(amr: readonly string[], allowedLevels: readonly Level[]): Level | undefined {
  const level = houseLevel({ kind: 'card_and_code' }, amr)
  if (level === undefined) return undefined
  const most = lowerOf(level, standInCeiling)
  return highestOf(allowedLevels.filter((allowed) => atLeast(most, allowed)))
}

/**
 * A code goes to a mailbox or a number that was verified, and that was brought by a sign-in at least as strong as what the
 * code helps to prove: a thief of a card who once came in by a weaker account may have left a mailbox of their own there.
 */
export function mayReceiveCode({ verified, level }: { verified: boolean; level: Level }): boolean {
  return verified && atLeast(level, standInCeiling)
}
