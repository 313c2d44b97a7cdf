/**
 * May this person act for an organisation at this service, from where they are (R099)? Asked after it was found that they
 * hold the right: a service takes some actions and not others, and whoever acts under a mandate from a network that is
 * not the operator's may be held to more. A legal representative acts for what is their own: no rule of distance is
 * theirs. Being remote never gives more than being local does. Pure.
 */
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { ServiceId } from '../kernel/ids.ts'
import type { Need } from './geography.ts'
import type { Action, Capacity, Right } from './mandate.ts'
import type { Place } from './network.ts'

/** What a service says of people who act there for organisations. Without it, nobody does. */
export interface Representation {
  /** What it lets be done for an organisation; a right to anything else is nothing there. Not empty. */
  actions: readonly Action[]
  /** May somebody also come for themselves? */
  alone: boolean
  /** Of who acts under a mandate from a network that is not the operator's. */
  remote?: RemoteTerms
  /** Services whose access tokens may be exchanged for a mandate token that is good here. */
  tokensFrom: readonly ServiceId[]
}

export interface RemoteTerms {
  level?: Level
  /** Two factors, in this very login. */
  secondFactor: boolean
  /** What is left of the actions. */
  actions?: readonly Action[]
  /** Nothing at all. */
  closed: boolean
}

/** From where somebody acts, and how. */
export interface Surroundings {
  place: Place
  /** Were two factors proved in this very login? */
  twoFactors: boolean
}

/** Why, each with what it says. */
export const representationReasons = {
  action_not_taken: {
    says: 'The service takes none of the actions that the person has a right to.',
    requirement: 'R097',
  },
  own_organisation: { says: 'A legal representative acts for their own organisation.', requirement: 'R098' },
  no_remote_rule: { says: 'The service asks the same of everybody, wherever they are.', requirement: 'R099' },
  local_network: { says: 'The request comes from a network of the operator.', requirement: 'R099' },
  remote_mandate: {
    says: 'Somebody acts under a mandate from a network that is not the operator’s.',
    requirement: 'R099',
  },
  remote_closed: {
    says: 'Under a mandate the service opens from networks of the operator alone.',
    requirement: 'R099',
  },
  remote_level: { says: 'Under a mandate the service asks for a higher level from there.', requirement: 'R099' },
  remote_second_factor: {
    says: 'Under a mandate the service asks for two factors in this very login from there.',
    requirement: 'R099',
  },
  remote_actions: { says: 'Under a mandate fewer actions are taken from there.', requirement: 'R099' },
} as const
export type RepresentationReason = keyof typeof representationReasons

/** `R`: rights, or what is known of them. */
export interface RepresentationQuestion<R extends Pick<Right, 'action'> = Right> {
  /** Of the service; undefined where nobody acts for organisations. */
  terms: Pick<Representation, 'actions' | 'remote'> | undefined
  capacity: Capacity['as']
  /** What the person may do at this service, as the mandate and what it passed through leave it. */
  rights: readonly R[]
  surroundings: Surroundings
  /** That the service is told of. */
  level: Level
}

export type RepresentationDecision<R extends Pick<Right, 'action'> = Right> =
  | { kind: 'allowed'; rights: R[]; reasons: RepresentationReason[] }
  /** It opens once this is proved. */
  | { kind: 'step_up'; need: Need; reasons: RepresentationReason[] }
  | { kind: 'refused'; reasons: RepresentationReason[] }

export function decideRepresentation<R extends Pick<Right, 'action'>>(
  question: RepresentationQuestion<R>,
): RepresentationDecision<R> {
  const { terms, capacity, surroundings, level } = question
  const taken = question.rights.filter(({ action }) => terms?.actions.includes(action))
  if (taken.length === 0) return { kind: 'refused', reasons: ['action_not_taken'] }
  const remote = terms?.remote
  const free = freeOf({ capacity, place: surroundings.place, hasRule: remote !== undefined })
  if (free || !remote) return { kind: 'allowed', rights: taken, reasons: [free ?? 'no_remote_rule'] }
  if (remote.closed) return { kind: 'refused', reasons: ['remote_mandate', 'remote_closed'] }
  const rights = taken.filter(({ action }) => remote.actions?.includes(action) ?? true)
  const narrowed: RepresentationReason[] = rights.length < taken.length ? ['remote_actions'] : []
  const reasons: RepresentationReason[] = ['remote_mandate', ...narrowed]
  if (rights.length === 0) return { kind: 'refused', reasons }
  if (remote.level && !atLeast(level, remote.level)) {
    return { kind: 'step_up', need: remote.level, reasons: [...reasons, 'remote_level'] }
  }
  if (remote.secondFactor && !surroundings.twoFactors) {
    return { kind: 'step_up', need: 'two_factors', reasons: [...reasons, 'remote_second_factor'] }
  }
  return { kind: 'allowed', rights, reasons }
}

/** Why no rule of distance holds, where none does. */
function freeOf(of: { capacity: Capacity['as']; place: Place; hasRule: boolean }): RepresentationReason | undefined {
  if (!of.hasRule) return 'no_remote_rule'
  if (of.capacity === 'representative') return 'own_organisation'
  return of.place === 'local' ? 'local_network' : undefined
}

/** Does the one ask less of who is remote than the other? Who grants rules of protection is asked before they become looser. */
export function asksLess(wanted: RemoteTerms | undefined, granted: RemoteTerms | undefined): boolean {
  if (!granted) return false
  if (!wanted) return true
  if (wanted.closed) return false
  if (granted.closed) return true
  const isWider = granted.actions !== undefined && !isWithin(wanted.actions, granted.actions)
  const isLower = granted.level !== undefined && !atLeast(wanted.level ?? 'eidas1', granted.level)
  return isWider || isLower || (granted.secondFactor && !wanted.secondFactor)
}

const isWithin = (inner: readonly Action[] | undefined, outer: readonly Action[]) =>
  inner?.every((action) => outer.includes(action)) ?? false
