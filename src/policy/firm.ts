/**
 * What the members of a firm may do in it, and how far what one of them is given reaches. The second level of a mandate:
 * the client signed for the firm, the firm says which of its people works for which client. Pure, like everything here.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ServiceId } from '../kernel/ids.ts'
import { type Action, actions, type Right } from './mandate.ts'

export const firmRoles = [
  /** Members, groups of clients, files, what anybody is given; accepts clients' mandates with their own key. */
  'administrator',
  /** Gives others what they hold themselves, and never more. */
  'manager',
  /** Works for the clients that they were given. */
  'employee',
] as const
export type FirmRole = (typeof firmRoles)[number]

export const isFirmRole = (value: unknown): value is FirmRole =>
  typeof value === 'string' && (firmRoles as readonly string[]).includes(value)

/** What is done in a firm. */
export type FirmVerb =
  | 'see_clients'
  | 'see_members'
  | 'assign'
  | 'place_clients'
  | 'members'
  | 'portfolios'
  | 'import'
  | 'accept'

const allowed: Record<FirmVerb, readonly FirmRole[]> = {
  see_clients: ['administrator', 'manager', 'employee'],
  see_members: ['administrator', 'manager'],
  assign: ['administrator', 'manager'],
  place_clients: ['administrator'],
  members: ['administrator'],
  portfolios: ['administrator'],
  import: ['administrator'],
  accept: ['administrator'],
}

export const mayInFirm = (role: FirmRole, verb: FirmVerb): boolean => allowed[verb].includes(role)

/** What whoever runs a firm signs in with at least: a clients' list and its keys are not opened by a password. */
export const firmLevel: Level = 'eidas2'

/** By service, what may be done there. */
export type AssignedActions = Readonly<Record<ServiceId, readonly Action[]>>

/** How far an assignment reaches. `until` is the first instant at which it does not count any more. */
export interface Reach {
  actions: AssignedActions
  minimumLevel?: Level
  until?: Instant
}

/** The same as rows of a scope: what an employee may do is the intersection of these and of the mandate's (`intersect`). */
export function rightsOf({ actions: given, minimumLevel = 'eidas1', until }: Reach): Right[] {
  return Object.entries(given).flatMap(([service, taken]) =>
    taken.map((action) => ({ service, action, minimumLevel, ...(until === undefined ? {} : { until }) })),
  )
}

/** Only what is known as an action, each once, in the order of the list; services with nothing are left out. */
export function inOrder(given: AssignedActions): AssignedActions {
  const rows = Object.entries(given)
    .map(([service, taken]) => [service, actions.filter((action) => taken.includes(action))] as const)
    .filter(([, taken]) => taken.length > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(rows)
}

/** The rows that none of these rights has, whatever their end and level: those are cut at each use. */
export function rowsBeyond(reach: Reach, rights: readonly Pick<Right, 'service' | 'action'>[]): Right[] {
  return rightsOf(reach).filter(
    (row) => !rights.some((right) => right.service === row.service && right.action === row.action),
  )
}
