/**
 * May this service be used from where the request comes from (R082)? Geography is a rule of each service and no wall:
 * elsewhere it asks for more, or is closed, and a device that was used at home, or a trip that the person declared,
 * stands for the way there. What a country proves is little: a VPN hides a thief and strands an honest traveller. So it
 * never lowers what a service asks, and never stands for a factor.
 */
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { Translated } from '../kernel/languages.ts'
import { sharedFrom } from './context.ts'
import { isWithin, type Network, parseAddress, parseNetwork } from './network.ts'

/** What stands for the way: R082 names neither, and both are the person's own doing. */
export const exemptions = ['trusted_device', 'declared_trip'] as const
export type Exemption = (typeof exemptions)[number]

export const elsewheres = ['step_up', 'refuse'] as const

/** A service without it is open everywhere. */
export interface Geography {
  /** Where it is simply open: ISO 3166-1 alpha-2. Local networks count among them. Not empty. */
  allowed: readonly string[]
  elsewhere: (typeof elsewheres)[number]
  exempt: readonly Exemption[]
  /** What stepping up means; without it, two factors. Proved in this very login, either way. */
  stepUpLevel?: Level
  /** Why, in the service's own words: part of the page that refuses. */
  reason?: Translated
}

/**
 * Where an address is, as far as the hub sees: two letters of a country; `local`, a network of the operator's own or one
 * that the internet does not lead to; `unknown`, an address of the internet that the table has no country for.
 */
export type SeenIn = string

/** RFC 1918, RFC 4193, RFC 3927, RFC 4291 sections 2.5.3 and 2.5.6: whoever comes from there is on a network of ours. */
const own: readonly Network[] = [
  ...['127.0.0.0/8', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  ...['::1/128', 'fc00::/7', 'fe80::/10'],
].flatMap((text) => parseNetwork(text) ?? [])

/** @param country of the address, where the table has one */
export function seenInOf(address: string, country: string | undefined, localNetworks: readonly Network[]): SeenIn {
  const bytes = parseAddress(address.split('%')[0] ?? '')
  return isWithin(localNetworks, bytes) || isWithin(own, bytes) ? 'local' : (country ?? 'unknown')
}

export const isHome = ({ allowed }: Pick<Geography, 'allowed'>, seenIn: SeenIn): boolean =>
  seenIn === 'local' || allowed.includes(seenIn)

/** Why, each with what it says. */
export const geographyReasons = {
  open_everywhere: { says: 'The service has no rule of geography.', requirement: 'R082' },
  at_home: { says: 'The request comes from a country where the service is open.', requirement: 'R082' },
  local_network: { says: 'The request comes from a network of the operator.', requirement: 'R082' },
  abroad: { says: 'The request comes from a country where the service is not simply open.', requirement: 'R082' },
  unknown_country: { says: 'The country of the network is not known.', requirement: 'R082' },
  trusted_device: {
    says: 'This person used this device, which is not shared, where the service is open, in the last 90 days.',
    requirement: 'R082',
  },
  declared_trip: { says: 'A trip that the person declared covers this country today.', requirement: 'R082' },
  proved_now: { says: 'What the service asks from abroad was proved in this very login.', requirement: 'R082' },
} as const
export type GeographyReason = keyof typeof geographyReasons

/** What of a person bears on it. Nothing is known of who has not signed in. */
export interface Standing {
  /** The device of the request, as far as this person used it. */
  device: { places: readonly SeenIn[]; persons: number }
  /** Countries that their declared trips cover now. */
  trips: readonly string[]
}

export const nobodysStanding: Standing = { device: { places: [], persons: 1 }, trips: [] }

export interface GeographyQuestion {
  geography: Geography | undefined
  seenIn: SeenIn
  standing: Standing
  /** What was proved in this very login; undefined where a session answers. */
  proved: { level: Level; twoFactors: boolean } | undefined
}

/** Two factors, or a level, in this very login. */
export type Need = 'two_factors' | Level

export type GeographyDecision =
  | { kind: 'allowed'; reasons: GeographyReason[] }
  | { kind: 'step_up'; need: Need; reasons: GeographyReason[] }
  | { kind: 'refused'; reasons: GeographyReason[] }

export function decideGeography({ geography, seenIn, standing, proved }: GeographyQuestion): GeographyDecision {
  if (!geography) return { kind: 'allowed', reasons: ['open_everywhere'] }
  if (isHome(geography, seenIn)) {
    return { kind: 'allowed', reasons: [seenIn === 'local' ? 'local_network' : 'at_home'] }
  }
  const where: GeographyReason = seenIn === 'unknown' ? 'unknown_country' : 'abroad'
  const exempt = geography.exempt.filter((one) => applies[one](geography, seenIn, standing))
  if (exempt.length > 0) return { kind: 'allowed', reasons: [where, ...exempt] }
  if (geography.elsewhere === 'refuse') return { kind: 'refused', reasons: [where] }
  const need = geography.stepUpLevel ?? 'two_factors'
  const isMet = proved && (need === 'two_factors' ? proved.twoFactors : atLeast(proved.level, need))
  return isMet ? { kind: 'allowed', reasons: [where, 'proved_now'] } : { kind: 'step_up', need, reasons: [where] }
}

const applies: Record<Exemption, (geography: Geography, seenIn: SeenIn, standing: Standing) => boolean> = {
  // Known to the person is not enough: a thief's device is known after one sign-in elsewhere. It has been at home.
  trusted_device: (geography, _seenIn, { device }) =>
    device.persons < sharedFrom && device.places.some((place) => isHome(geography, place)),
  declared_trip: (_geography, seenIn, { trips }) => seenIn !== 'unknown' && trips.includes(seenIn),
}

/** What can be said before anybody has signed in. `exempt_only`: closed, but for who has an exemption. */
export type Ahead = 'open' | 'step_up' | 'exempt_only' | 'closed'

export function aheadOf(geography: Geography | undefined, seenIn: SeenIn): Ahead {
  if (!geography || isHome(geography, seenIn)) return 'open'
  if (geography.elsewhere === 'step_up') return 'step_up'
  // A trip is to a country: from nowhere known it stands for nothing.
  const left = geography.exempt.filter((one) => one !== 'declared_trip' || seenIn !== 'unknown')
  return left.length > 0 ? 'exempt_only' : 'closed'
}

/** Does the one let more through than the other? Who grants rules of protection is asked before they become looser. */
export function isLooser(wanted: Geography | undefined, granted: Geography | undefined): boolean {
  if (!granted) return false
  if (!wanted) return true
  const wider = (one: readonly string[], other: readonly string[]) => one.some((each) => !other.includes(each))
  if (wider(wanted.allowed, granted.allowed) || wider(wanted.exempt, granted.exempt)) return true
  if (wanted.elsewhere === 'refuse') return false
  if (granted.elsewhere === 'refuse') return true
  // Two factors, without a level, are what the substantial level promises at the least.
  return granted.stepUpLevel !== undefined && !atLeast(wanted.stepUpLevel ?? 'eidas1', granted.stepUpLevel)
}
