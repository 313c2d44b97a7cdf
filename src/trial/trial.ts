/**
 * A test login against a draft, before anything is published: the hub acts as the other side. For a service's draft it is
 * a hub for that service alone, under an issuer of its own, with an identity that nobody has (`service-trial.ts`); for a
 * provider's draft it is the client that it would be (`provider-trial.ts`). What was seen is a list of named checks, each
 * with what to change where it failed.
 *
 * A trial is short-lived state and nothing else: no person is found, made or linked, no connection is written, no session
 * begins, and nothing of an identity is kept. Its codes, tokens and keys are good at its own issuer only. This room decides
 * nothing about drafts (`partners/versions.ts`) and owns no table.
 */
import type { Instant } from '../kernel/clock.ts'

/** What can be tried. */
export interface TrialSubject {
  kind: 'service' | 'provider'
  id: string
}

/** On whose pages: those of partners' staff, or those of operators. */
export type Side = 'desk' | 'console'

/** The page of a test login, where it is begun and where its result stands; it answers 404 to those it is not for. */
export function trialPath(side: Side, { kind, id }: TrialSubject): string {
  return `/${side}/trials/${kind}s/${encodeURIComponent(id)}`
}

/**
 * `not_seen`: nobody has come so far yet. `not_reached`: an earlier check failed. `not_needed`: the draft has no such
 * thing, and need not.
 */
export type CheckState = 'passed' | 'failed' | 'not_seen' | 'not_reached' | 'not_needed'

/** One line of a trial. */
export interface Check<Name extends string = string> {
  check: Name
  state: CheckState
  /** A closed word: what exactly is wrong, or what was found. `messages.ts` has what to change. */
  detail?: string
  /** What was met in place of what was expected: part of a request, or names; never of a person, never a secret. */
  seen?: string
  at?: Instant
}
