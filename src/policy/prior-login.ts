/**
 * Does a login that a VPN or ZTNA gateway made before count as one of two factors (R070), and up to which level? Words
 * of `amr` are read at their weakest meaning; what a gateway's own settings say of a word goes first.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { factorOf } from './acceptance.ts'
import { assessFactors, type Factor, type FactorKind } from './factors.ts'

/** "Prior" gives no number: a working day, as long as a session of the hub. */
export const priorLoginWindow = 12 * hour

/**
 * What each word proves by itself (RFC 8176 section 2). `mfa` and `mca` name no category, `kba` is no secret, and where a
 * fingerprint is kept and compared no word says (R049): settings may say what stands behind them at one gateway.
 */
const meanings: Readonly<Record<string, readonly Factor[]>> = {
  pwd: [{ kind: 'password' }],
  pin: [{ kind: 'pin' }],
  otp: [{ kind: 'totp' }],
  totp: [{ kind: 'totp' }],
  sms: [{ kind: 'sms_otp' }],
  tel: [{ kind: 'sms_otp' }],
  mail: [{ kind: 'mail_otp', resetsPassword: true, secured: false }],
  hwk: [{ kind: 'security_key' }],
  swk: [{ kind: 'phone_app' }],
  pop: [{ kind: 'phone_app' }],
  sc: [{ kind: 'contact_chip' }],
  fpt: [{ kind: 'fingerprint', verifiedOn: 'elsewhere' }],
  face: [{ kind: 'face', verifiedOn: 'elsewhere' }],
}

export const priorLoginReasons = {
  one_category: { says: 'The words of amr do not prove two factors of different categories.', requirement: 'R070' },
  too_old: { says: 'The login at the gateway is older than its window.', requirement: 'R070' },
} as const
export type PriorLoginReason = keyof typeof priorLoginReasons

export type PriorLoginDecision =
  /** `level`: what these factors can carry at most, whatever identity stands behind them. */
  { accepted: true; level: Level } | { accepted: false; reasons: PriorLoginReason[] }

export function decidePriorLogin(question: {
  amr: readonly string[]
  authTime: Instant
  at: Instant
  /** Milliseconds. */
  window: number
  /** What words mean at this gateway, by its settings. */
  declared?: Readonly<Record<string, readonly FactorKind[]>>
}): PriorLoginDecision {
  const { amr, authTime, at, window, declared = {} } = question
  const proved = amr.flatMap((word) => {
    const known = Object.hasOwn(declared, word) ? declared[word]?.map(factorOf) : undefined
    return known ?? (Object.hasOwn(meanings, word) ? (meanings[word] ?? []) : [])
  })
  const { factors, level } = assessFactors(proved)
  const found: [PriorLoginReason, boolean][] = [
    ['one_category', factors < 2],
    ['too_old', !(at - authTime <= window)],
  ]
  const reasons = found.filter(([, applies]) => applies).map(([reason]) => reason)
  return level && reasons.length === 0
    ? { accepted: true, level }
    : { accepted: false, reasons: reasons.length > 0 ? reasons : ['one_category'] }
}
