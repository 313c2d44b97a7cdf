/**
 * Is this context unusual, and does the person hear of it? It is held against what the person did before: what they said
 * was not theirs is no habit. More that is familiar never alarms more.
 */
import type { Instant } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Reason } from './policy.ts'
import { isImpossibleTravel, type Sighting } from './travel.ts'

export interface Context {
  at: Instant
  device: { personKnown: boolean; persons: number }
  country: string | undefined
  /** A keyed digest of the network, the same for the same person only; undefined when unknown. */
  network: string | undefined
  provider: ProviderId
  newLink: boolean
  /** Below what this person has proved. */
  weakLink: boolean
  habits: Habits
  /** Kilometres per hour: what is faster is no travel. */
  travelSpeed: number
}

export interface Habits {
  countries: readonly string[]
  networks: readonly string[]
  providers: readonly ProviderId[]
  connections: number
  /** The last sign-in whose country is known. */
  last?: Sighting
}

/** What each reason says, in the order in which they are told. */
export const contextReasons = {
  new_device: { says: 'The person was not seen on this device in the last 90 days.', requirement: 'R101' },
  shared_device: { says: 'Three persons or more were seen on this device.', requirement: 'R090' },
  new_country: { says: 'None of the last sign-ins came from this country.', requirement: 'R101' },
  impossible_travel: {
    says: 'The country of the last sign-in is too far for the time in between, and the network is not one of the past.',
    requirement: 'R101',
  },
  new_network: { says: 'None of the last sign-ins came from this network.', requirement: 'R101' },
  new_provider: { says: 'None of the last sign-ins was by this provider.', requirement: 'R101' },
  first_link: {
    says: 'An account was attached just now, below the level that the person has proved.',
    requirement: 'R101',
  },
} as const satisfies Record<Reason, { says: string; requirement: string }>

/** From the third person a device is shared and no longer trusted. */
export const sharedFrom = 3

/** Why this context is unusual, in a fixed order; empty when it is not. */
export function unusualContext(context: Context): Reason[] {
  const { device, habits, country, network } = context
  const has = habits.connections > 0
  const knownNetwork = network !== undefined && habits.networks.includes(network)
  const found: [Reason, boolean][] = [
    ['new_device', !device.personKnown],
    ['shared_device', device.persons >= sharedFrom],
    ['new_country', has && country !== undefined && !habits.countries.includes(country)],
    // Home, an office, or the way out of a VPN that the person uses: they were there before, however they got there.
    ['impossible_travel', country !== undefined && !knownNetwork && travelsImpossibly(context, country)],
    ['new_network', network !== undefined && habits.networks.length > 0 && !knownNetwork],
    ['new_provider', has && !habits.providers.includes(context.provider)],
    ['first_link', context.newLink && context.weakLink],
  ]
  return found.filter(([, applies]) => applies).map(([reason]) => reason)
}

function travelsImpossibly({ at, habits: { last }, travelSpeed }: Context, country: string): boolean {
  return last !== undefined && isImpossibleTravel(last, { country, at }, travelSpeed)
}

/** Told even in single sign-on to the same service: a session in two places at once is a stolen one. */
export function isSuspicious(unusual: readonly Reason[]): boolean {
  return unusual.includes('impossible_travel')
}

export type AlertDecision =
  | { send: true; kind: 'suspicious' | 'unusual' }
  | { send: false; why: 'same_service_again' | 'familiar' }

/**
 * Does a reason break the peace of a known, unshared device of this person? A country does, beyond the rule: a
 * device cookie that was stolen shows itself so. Another account of the same person on their own device does not, unless
 * it was attached just now on a weak proof; nor does another network, which a telephone changes all day. Both at once do.
 */
const alarming: Record<Reason, boolean> = {
  new_device: true,
  shared_device: true,
  new_country: true,
  impossible_travel: true,
  new_network: false,
  new_provider: false,
  first_link: true,
}

function breaksPeace(unusual: readonly Reason[]): boolean {
  return unusual.some((reason) => alarming[reason]) || quietTogether.every((reason) => unusual.includes(reason))
}

const quietTogether: readonly Reason[] = ['new_network', 'new_provider']

/** R056: what is no more than a device may go untold where the person asked for that; the rest is told whatever they asked. */
export function mayBeSilenced(reasons: readonly Reason[]): boolean {
  return !reasons.some((reason) => always[reason])
}

const always: Record<Reason, boolean> = {
  new_device: false,
  shared_device: false,
  new_country: true,
  impossible_travel: true,
  new_network: false,
  new_provider: false,
  first_link: true,
}

/**
 * Finding 6, in its order: always when suspicious, even in single sign-on; else never for the same service again in one
 * session; else never on a known, unshared device of this person; else send.
 */
export function decideAlert(context: {
  suspicious: boolean
  sameServiceInSession: boolean
  reasons: readonly Reason[]
}): AlertDecision {
  if (context.suspicious) return { send: true, kind: 'suspicious' }
  if (context.sameServiceInSession) return { send: false, why: 'same_service_again' }
  return breaksPeace(context.reasons) ? { send: true, kind: 'unusual' } : { send: false, why: 'familiar' }
}
