/**
 * Is the phone that scanned a code where the code is shown? Whoever relays a code, by mail, by telephone or by a program
 * on somebody's screen, sits elsewhere than the person who is to approve (R089; RFC 10027 "Establish Proximity"). Pure:
 * what it knows of both sides is what their connections say, and neither side can write it.
 *
 * No proof of nearness: an attacker may rent an address beside the victim's. It closes the cheap attack, that of one
 * place against a whole country, and leaves the numbers that both screens show to stop the others.
 */
import { atLeast, type Level } from '../kernel/assurance.ts'
import { minute } from '../kernel/durations.ts'
import { decideDestination, publicOnly } from './destinations.ts'
import { neighbourhoodOf } from './network.ts'

/** `stronger`: the card, also where the key of the phone would have done. */
export const relayAnswers = ['allow', 'stronger', 'refuse'] as const
export type RelayAnswer = (typeof relayAnswers)[number]

/** What an operator chose for one kind of distance. */
export interface RelayRule {
  /** For what asks for less than level high. */
  upToSubstantial: RelayAnswer
  /** For level high, where the card is asked in any case: `stronger` adds nothing to it. */
  high: RelayAnswer
}

export interface RelayRules {
  differentCountry: RelayRule
  differentNetwork: RelayRule
}

/** Decision 0051 weighs them. */
export const shippedRelayRules: RelayRules = {
  differentCountry: { upToSubstantial: 'stronger', high: 'refuse' },
  differentNetwork: { upToSubstantial: 'allow', high: 'allow' },
}

/** A code is shown for so long at the most; it is renewed before (RFC 10027 "Short-Lived/Timebound QR or User Codes"). */
export const codeShown = minute

/** One of the two devices, as its own connection shows it. */
export interface RelaySide {
  address: string
  /** ISO 3166-1 alpha-2, as `directory/places.ts` says; absent where it knows none. */
  country?: string | undefined
}

export interface Scan {
  /** `link`: the app was opened on the device that shows the page. Nobody compares: the answer goes back through its browser. */
  by: 'qr' | 'link'
  /** The browser that shows the code. */
  browser: RelaySide
  phone: RelaySide
  /** Milliseconds from the making of the code to this scan. */
  shownFor: number
  /** What is to be reached. */
  required: Level
  /** Does the provider take a card? Where it does not, nothing is stronger. */
  takesCard: boolean
}

export type RelayReason =
  | 'same_device'
  | 'same_network'
  | 'other_network'
  | 'other_country'
  /** One side has a public address of which nobody knows where it is. */
  | 'country_unknown'
  | 'shown_too_long'
  | 'no_card'

export interface RelayVerdict {
  answer: 'proceed' | 'stronger' | 'refuse'
  reasons: RelayReason[]
  /** What the phone tells its holder of the distance before they answer. */
  notice?: RelayNotice
}

export type RelayNotice = 'other_network' | 'other_country' | 'place_unknown'

export function decideRelay(scan: Scan, rules: RelayRules): RelayVerdict {
  if (scan.shownFor > codeShown) return { answer: 'refuse', reasons: ['shown_too_long'] }
  if (scan.by === 'link') return { answer: 'proceed', reasons: ['same_device'] }
  const distance = distanceOf(scan.browser, scan.phone)
  if (distance === 'same_network') return { answer: 'proceed', reasons: ['same_network'] }
  const notice = distance === 'country_unknown' ? 'place_unknown' : distance
  const rule = distance === 'other_network' ? rules.differentNetwork : rules.differentCountry
  const answer = rule[atLeast(scan.required, 'eidas3') ? 'high' : 'upToSubstantial']
  if (answer === 'allow') return { answer: 'proceed', reasons: [distance], notice }
  if (answer === 'refuse') return { answer: 'refuse', reasons: [distance], notice }
  return scan.takesCard
    ? { answer: 'stronger', reasons: [distance], notice }
    : { answer: 'refuse', reasons: [distance, 'no_card'], notice }
}

type Distance = Extract<RelayReason, 'same_network' | 'other_network' | 'other_country' | 'country_unknown'>

/**
 * One household, one office or one telephone has one neighbourhood. A private address has no country and belongs to who
 * runs the hub: it is another network than the outside, and in no other country. A public one that the table does not
 * know may be anywhere.
 */
function distanceOf(one: RelaySide, other: RelaySide): Distance {
  const neighbourhood = neighbourhoodOf(one.address)
  if (neighbourhood !== undefined && neighbourhood === neighbourhoodOf(other.address)) return 'same_network'
  if (one.country && other.country) return one.country === other.country ? 'other_network' : 'other_country'
  return [one, other].every((side) => side.country !== undefined || isPrivate(side.address))
    ? 'other_network'
    : 'country_unknown'
}

/** Of a network that is nobody else's. What is no address at all is none. */
function isPrivate(address: string): boolean {
  const kind = decideDestination(address, address, publicOnly)
  return kind === 'private' || kind === 'loopback' || kind === 'link_local'
}
