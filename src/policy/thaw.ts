/**
 * Who may thaw a frozen identity without a desk. A freeze is easy on purpose, so that a victim finds it with whatever
 * account is at hand; to undo it takes what a thief of one account does not have: another account or means than those in
 * doubt, which was the person's before the freeze, at least substantial, and patience, while every contact hears of it.
 * Pure.
 */
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import type { ProviderId } from '../kernel/ids.ts'

export const thawReasons = {
  by_operators: { says: 'Operators froze it, and only they lift it, two of them.' },
  suspected: { says: 'The sign-in is by an account that the person said may be in other hands.' },
  unconfirmed: {
    says: 'The account was attached when another one had proved more, and no sign-in with both has confirmed it.',
  },
  linked_since: { says: 'The account was attached to the person after the freeze.' },
  too_weak: { says: 'The sign-in is below substantial.' },
  blocked: { says: 'The person left this provider out.' },
} as const
export type ThawReason = keyof typeof thawReasons

/** The weakest sign-in that thaws. */
export const thawLevel: Level = 'eidas2'

/** A night and a day: long enough to read a mail, short enough to be borne. Of the settings: `policy.thawHours`. */
export const thawDelay = 24 * hour

/**
 * May who is signed in say of an account that it is in other hands? Of the one in use, and of those that have proved no
 * more than this sign-in: with one stolen weak account a thief could otherwise leave the person nothing to thaw with.
 */
export function mayDoubt(
  signIn: { provider: ProviderId; level: Level },
  account: { provider: ProviderId; level: Level },
): boolean {
  return account.provider === signIn.provider || atLeast(signIn.level, account.level)
}

export interface ThawQuestion {
  freeze: { at: Instant; origin: 'person' | 'operators'; suspected: readonly ProviderId[] }
  /** As observed now. */
  signIn: { provider: ProviderId; level: Level; linkedAt: Instant; confirmed: boolean; blocked: boolean }
}

/** Everything that speaks against it, in this order; empty: they may. */
export function decideThaw({ freeze, signIn }: ThawQuestion): ThawReason[] {
  const found: [ThawReason, boolean][] = [
    ['by_operators', freeze.origin === 'operators'],
    ['blocked', signIn.blocked],
    ['suspected', freeze.suspected.includes(signIn.provider)],
    ['unconfirmed', !signIn.confirmed],
    // In the same instant is not before.
    ['linked_since', signIn.linkedAt >= freeze.at],
    ['too_weak', !atLeast(signIn.level, thawLevel)],
  ]
  return found.filter(([, applies]) => applies).map(([reason]) => reason)
}
