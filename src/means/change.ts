/**
 * May somebody who is signed in change this of their means now? A change asks the strongest means that they have, used
 * within the last five minutes (R058): whoever finds a browser open must not give themselves a key to it. Pure.
 */
import type { Level } from '../kernel/assurance.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { MeansId } from '../kernel/ids.ts'
import { freshFor } from '../policy/step-up.ts'
import type { MeansView } from './means.ts'

/** A sign-in, as observed: that of the session, or one that only confirms. */
export interface SignIn {
  /** With the hub's own means; otherwise by another provider. */
  own: boolean
  level: Level
  amr: readonly string[]
  authTime: Instant
}

/** `sign_in`: nothing here can confirm it, so the person signs in anew by the provider that proves them. */
export type ChangeDecision = 'allowed' | 'confirm' | 'sign_in'

/** The weakest sign-in by another provider that speaks for an account of the hub's own (R040). */
export const providerLevel: Level = 'eidas2'

/** How strong an own sign-in is beside other own ones: what resists phishing, two factors, one. */
function strengthOf(amr: readonly string[]): number {
  if (amr.includes('user')) return 3
  return amr.includes('otp') ? 2 : amr.includes('mfa') || amr.includes('mail') ? 1 : 0
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
 * What protects must stay possible for whoever has lost the strongest: a means that is stopped is not asked to confirm
 * it. A sign-in by another provider, as strong as what opened the account, confirms whatever own means would.
 *
 * @param signIns those of this session
 * @param stopping the means that is to be revoked or suspended
 */
export function decideChange(question: {
  means: readonly Pick<MeansView, 'means' | 'kind' | 'state'>[]
  signIns: readonly SignIn[]
  stopping?: MeansId
  now: Instant
}): ChangeDecision {
  const { means, signIns, stopping, now } = question
  const fresh = signIns.filter(({ authTime }) => now - authTime <= freshFor)
  if (fresh.some(({ own, level }) => !own && atLeast(level, providerLevel))) return 'allowed'
  const needed = strongest(means.filter((one) => one.means !== stopping))
  const reached = Math.max(-1, ...fresh.filter(({ own }) => own).map(({ amr }) => strengthOf(amr)))
  // Nothing else is left that could confirm: stopping the last one is allowed to whoever is signed in by it.
  if (needed === undefined) return stopping !== undefined || reached >= 0 ? 'allowed' : 'sign_in'
  return reached >= needed ? 'allowed' : 'confirm'
}
