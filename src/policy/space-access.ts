/**
 * What a sign-in may see in the person's space, and what proves enough to change protection there. The alert of a theft
 * must not be readable by the thief: whoever has one stolen account sees what was done by that account, which they know,
 * and of the others how much. Freezing is not judged here: any sign-in may, since it only stops.
 */
import { atLeast, compareLevels, higherOf, type Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'

/** `whole`: all of it. `provider`: what the provider in use did, and of the others counts. `nothing`: how to see more. */
export type Sight = 'whole' | 'provider' | 'nothing'

export const spaceReasons = {
  below_highest: {
    says: 'Another account of the person has proved more than this sign-in: of the others only counts are shown.',
    requirement: 'R102',
  },
  first_link_unconfirmed: {
    says: 'The account was attached when another one had proved more, and no sign-in with both has confirmed it.',
    requirement: 'R102',
  },
} as const
export type SpaceReason = keyof typeof spaceReasons

/** An account of the person, as strong as it can be today. */
export interface SpaceAccount {
  link: string
  /** The strongest level that was ever proved by it. */
  level: Level
  /** The level that the person can prove by it now; absent when they cannot sign in by it at all. */
  reach?: Level
  /** The strongest level of services that it opens. */
  serves: Level
  /** When it was attached. */
  at: Instant
  /** Of the hub itself: whoever it belongs to may always look after it. */
  own: boolean
}

export interface SpaceAccess {
  sight: Sight
  /** The strongest level that the person can prove today; this sign-in's where nothing proves more. */
  highest: Level
  /** Why less is seen; empty when all is. */
  reasons: SpaceReason[]
}

/**
 * The highest level is that of accounts which the person can still use: one whose provider is gone, or that they
 * blocked themselves, can be asked of nobody, and must not shut its owner out of their own history for ever. A provider
 * that is merely suspended is waited for; and the hub's own account counts whatever is left of its means, since a weak
 * sign-in may withdraw these: what is lost at once with a telephone must be stopped at once.
 *
 * @param session its level is the one observed at this sign-in, not the best of its account
 */
export function decideSpaceAccess(
  session: { link: string; level: Level },
  accounts: readonly SpaceAccount[],
): SpaceAccess {
  const present = accounts.find(({ link }) => link === session.link)
  const highest = accounts.reduce((best, { reach }) => (reach ? higherOf(best, reach) : best), session.level)
  const isUnconfirmed =
    present === undefined ||
    (!present.own &&
      accounts.some(
        (one) => one.link !== present.link && one.at <= present.at && compareLevels(one.level, present.serves) > 0,
      ))
  if (isUnconfirmed) return { sight: 'nothing', highest, reasons: ['first_link_unconfirmed'] }
  if (!atLeast(session.level, highest)) return { sight: 'provider', highest, reasons: ['below_highest'] }
  return { sight: 'whole', highest, reasons: [] }
}
