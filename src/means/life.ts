/**
 * The life of a means: which step leads from which state to which, who may take it, and when it is over. Pure.
 *
 * `pending → active → suspended → revoked | expired`; the last two are final. An expired means is enrolled anew and not
 * renewed: a term that nobody renewed in time says that nobody looked.
 */
import type { Actor } from '../audit/facts.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { MeansState } from './means.ts'

export const meansEvents = ['activate', 'suspend', 'resume', 'revoke', 'renew', 'expire'] as const
export type MeansEvent = (typeof meansEvents)[number]

const steps: Record<MeansState, Partial<Record<MeansEvent, MeansState>>> = {
  pending: { activate: 'active', revoke: 'revoked', expire: 'expired' },
  active: { suspend: 'suspended', revoke: 'revoked', renew: 'active', expire: 'expired' },
  suspended: { resume: 'active', revoke: 'revoked', expire: 'expired' },
  revoked: {},
  expired: {},
}

/** The state after a step, or undefined when there is no such step. */
export function transition(state: MeansState, event: MeansEvent): MeansState | undefined {
  return steps[state][event]
}

/** What a stored state is at this instant: a term that is over ends the means at once, not when a job passes. */
export function stateAt(means: { state: MeansState; expiresAt: Instant }, now: Instant): MeansState {
  return now >= means.expiresAt ? (transition(means.state, 'expire') ?? means.state) : means.state
}

export type Role = 'holder' | 'manager'

/** Whoever is not the holder acts as a manager of means: the caller has checked that they may. */
export function roleOf(actor: Actor, person: PersonId): Role {
  return actor.kind === 'person' && actor.id === person ? 'holder' : 'manager'
}

/** What a manager suspended, a holder cannot bring back: the holder may be the thief. */
export function mayResume(suspendedBy: Role, by: Role): boolean {
  return by === 'manager' || suspendedBy === 'holder'
}

/** Days before its end at which the holder is reminded, the last one first. */
export const reminderDays = [7, 30, 60] as const

/** What ends so soon after is in the same letter: whoever enrolled one week is not written to once for each means. */
export const remindedTogether = 3 * day

/** From a reminder on, how far ahead the means that it speaks of may end. */
export const reminderReach = Math.max(...reminderDays) * day + remindedTogether
