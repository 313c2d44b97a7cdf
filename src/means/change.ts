/**
 * May somebody who is signed in change this of theirs now? A change asks the strongest means that they have, used so
 * lately that policy takes it for a proof of this operation (R058, `policy/step-up.ts`): whoever finds a browser open must
 * not give themselves a key to it. Pure.
 */
import type { Level } from '../kernel/assurance.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { EnrolmentId, MeansId } from '../kernel/ids.ts'
import { type LiveSession, stepUpOf } from '../policy/step-up.ts'
import type { Enrolment, MeansView } from './means.ts'

/** The sign-in behind a session, as observed. */
export interface SignIn extends LiveSession {
  /** With the hub's own means; otherwise by another provider. */
  own: boolean
  amr: readonly string[]
  authTime: Instant
}

export type ChangeDecision =
  | { kind: 'allowed' }
  | {
      /** The person signs in anew. */
      kind: 'sign_in'
      /** With the hub's own means; otherwise by the provider that proves them. */
      own: boolean
      /** The sign-in has to prove two factors. */
      secondFactor: boolean
      /** The weakest level that does. */
      level: Level
      /** They have just done so, and by less than they have. */
      isTooWeak: boolean
    }

/** The weakest sign-in by another provider that speaks for an account of the hub's own (R040). */
export const providerLevel: Level = 'eidas2'

/** How strong an own sign-in is beside other own ones: what resists phishing, two factors, one. */
function strengthOf(amr: readonly string[]): number {
  if (amr.includes('user')) return 3
  if (amr.includes('sms') || amr.includes('mail')) return 1
  return amr.includes('mfa') ? 2 : 0
}

/** The same for the strongest sign-in that these means allow; undefined when they allow none. */
export function strongest(means: readonly Pick<MeansView, 'kind' | 'state'>[]): number | undefined {
  const has = (kind: MeansView['kind']) => means.some((one) => one.kind === kind && one.state === 'active')
  if (has('passkey')) return 3
  if (!has('password')) return undefined
  if (has('totp')) return 2
  return has('sms_code') || has('mail_code') ? 1 : 0
}

/**
 * For so long what was stopped still counts: of two factors, whoever has one may stop the other, since it may be lost, but
 * not put their own in its place. Contacts that were replaced hear of changes for as long.
 */
export const stoppedMemory = 30 * day

type Held = Pick<MeansView, 'means' | 'kind' | 'state' | 'endedAt'>

/** What has to be proved before something is added: two factors where there were two a little while ago. */
function neededWith(means: readonly Held[], now: Instant): number | undefined {
  const left = strongest(means)
  const wasLately = ({ state, endedAt }: Held) =>
    state === 'suspended' || (state === 'revoked' && endedAt !== undefined && endedAt > now - stoppedMemory)
  const lately = strongest(means.map((one) => (wasLately(one) ? { ...one, state: 'active' } : one)))
  return lately !== undefined && lately >= 2 ? Math.max(left ?? 0, 2) : left
}

/**
 * Is this sign-in a proof for an operation of now? Of who can prove one factor only, that one stands for the second: it
 * is the most that can be asked of them.
 */
export function isFresh(signIn: SignIn, now: Instant, factors: 'two' | 'one'): boolean {
  const secondFactorAt = factors === 'one' ? { secondFactorAt: signIn.authTime } : {}
  return !stepUpOf({ ...signIn, ...secondFactorAt }, { sensitiveOperation: true, at: now }).required
}

export type RenewalDecision =
  /** By a check of identity that was recorded since. */
  | { kind: 'by_enrolment'; enrolment: EnrolmentId }
  /** By the sign-in with another provider, which is recorded as a new check. */
  | { kind: 'by_sign_in' }
  /** They prove who they are anew, at this level or above, by another provider or at a desk. */
  | { kind: 'prove'; level: Level }

/**
 * R046: a means is renewed by a new proof of who holds it, no weaker than the one under which it was made. A sign-in that
 * was recorded already is the enrolment that came of it, and proves nothing a second time.
 */
export function decideRenewal(question: {
  /** Of the means. */
  enrolment: EnrolmentId
  enrolments: readonly Pick<Enrolment, 'enrolment' | 'level' | 'at'>[]
  signIn: SignIn
  now: Instant
}): RenewalDecision {
  const { enrolment, enrolments, signIn, now } = question
  const before = enrolments.find((one) => one.enrolment === enrolment)
  const needed = before && atLeast(before.level, providerLevel) ? before.level : providerLevel
  const since = enrolments.filter(({ at, level }) => before && at > before.at && atLeast(level, before.level))
  const latest = since.toSorted((a, b) => b.at - a.at)[0]
  if (latest) return { kind: 'by_enrolment', enrolment: latest.enrolment }
  const isNew = before === undefined || signIn.authTime > before.at
  const proves = !signIn.own && atLeast(signIn.level, needed) && isNew && isFresh(signIn, now, 'two')
  return proves ? { kind: 'by_sign_in' } : { kind: 'prove', level: needed }
}

/**
 * What protects must stay possible for whoever has lost the strongest: a means that is stopped is not asked to confirm
 * it. A sign-in by another provider, as strong as what opened the account, confirms whatever own means would.
 *
 * @param stopping the means that is to be revoked or suspended
 * @param existing the change is of a means that they have: nothing is added
 * @param about contacts: whoever has no means here changes theirs after a sign-in of any level, which the contact bears
 */
export function decideChange(question: {
  means: readonly Held[]
  signIn: SignIn
  stopping?: MeansId
  existing?: true
  about: 'means' | 'contacts'
  now: Instant
}): ChangeDecision {
  const { means, signIn, stopping, existing, about, now } = question
  const left = strongest(means.filter((one) => one.means !== stopping))
  const needed = stopping === undefined && !existing ? neededWith(means, now) : left
  const isProvider = !signIn.own && atLeast(signIn.level, providerLevel)
  const mostFactors = needed !== undefined && needed >= 2 ? 'two' : 'one'
  if (isProvider && isFresh(signIn, now, 'two')) return { kind: 'allowed' }
  const anew = isFresh(signIn, now, 'one')
  if (needed === undefined) {
    // Nothing is left here that could confirm: stopping the last one is allowed to whoever is signed in.
    if (stopping !== undefined || (anew && (signIn.own || about === 'contacts'))) return { kind: 'allowed' }
    const level = about === 'contacts' ? 'eidas1' : providerLevel
    return { kind: 'sign_in', own: false, secondFactor: false, level, isTooWeak: anew }
  }
  const reached = signIn.own && isFresh(signIn, now, mostFactors) ? strengthOf(signIn.amr) : -1
  if (reached >= needed) return { kind: 'allowed' }
  const hasCodes =
    left !== undefined && means.some(({ kind, state }) => kind === 'recovery_codes' && state === 'active')
  if ((left ?? 0) < needed && !hasCodes) {
    return { kind: 'sign_in', own: false, secondFactor: false, level: providerLevel, isTooWeak: anew }
  }
  return { kind: 'sign_in', own: true, secondFactor: needed >= 2, level: 'eidas1', isTooWeak: signIn.own && anew }
}

/**
 * The same for what protects the whole identity, its blocks and alerts, a copy of its data, its erasure: the strongest that
 * the person can prove, by whichever account, proved just now.
 *
 * @param highest the level of the strongest of their accounts
 * @param own that of the hub's own, where they have one
 */
export function decideProtection(question: {
  means: readonly Held[]
  signIn: SignIn
  highest: Level
  own?: Level
  now: Instant
}): ChangeDecision {
  const { means, signIn, highest, own, now } = question
  if (!atLeast(signIn.level, highest)) {
    return { kind: 'sign_in', own: false, secondFactor: true, level: highest, isTooWeak: true }
  }
  // Own means that prove less than another account confirm nothing of it.
  const held = own && atLeast(own, highest) ? means : []
  const decision = decideChange({ means: held, signIn, about: 'contacts', now })
  return decision.kind === 'sign_in' && !decision.own ? { ...decision, level: highest } : decision
}
