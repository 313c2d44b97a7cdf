/** Is this context unusual, and does the person hear of it? */
import type { ProviderId } from '../kernel/ids.ts'
import type { Reason } from './policy.ts'

export interface Context {
  device: { personKnown: boolean; persons: number }
  country: string | undefined
  provider: ProviderId
  newLink: boolean
  /** Below what this person has proved. */
  weakLink: boolean
  habits: { countries: readonly string[]; providers: readonly ProviderId[]; connections: number }
}

/** From the third person a device is shared and no longer trusted. */
export const sharedFrom = 3

/** Why this context is unusual, in a fixed order; empty when it is not. */
export function unusualContext(context: Context): Reason[] {
  const { device, habits } = context
  const has = habits.connections > 0
  const found: [Reason, boolean][] = [
    ['new_device', !device.personKnown],
    ['shared_device', device.persons >= sharedFrom],
    ['new_country', has && context.country !== undefined && !habits.countries.includes(context.country)],
    ['new_provider', has && !habits.providers.includes(context.provider)],
    ['first_link', context.newLink && context.weakLink],
  ]
  return found.filter(([, applies]) => applies).map(([reason]) => reason)
}

export type AlertDecision =
  | { send: true; kind: 'suspicious' | 'unusual' }
  | { send: false; why: 'same_service_again' | 'familiar' }

/**
 * Does a reason break the peace of a known, unshared device of this person? A country does, beyond the rule: a
 * device cookie that was stolen shows itself so. Another account of the same person on their own device does not, unless
 * it was attached just now on a weak proof.
 */
const alarming: Record<Reason, boolean> = {
  new_device: true,
  shared_device: true,
  new_country: true,
  new_provider: false,
  first_link: true,
}

/** R056: what is no more than a device may go untold where the person asked for that; the rest is told whatever they asked. */
export function mayBeSilenced(reasons: readonly Reason[]): boolean {
  return !reasons.some((reason) => always[reason])
}

const always: Record<Reason, boolean> = {
  new_device: false,
  shared_device: false,
  new_country: true,
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
  return context.reasons.some((reason) => alarming[reason])
    ? { send: true, kind: 'unusual' }
    : { send: false, why: 'familiar' }
}
