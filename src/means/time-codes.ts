/**
 * Codes of a moment (TOTP, RFC 6238): the seed, its address for an authenticator application, and which time step a code
 * belongs to. That each step is used once is the store's business.
 */
import { Secret, TOTP } from 'otpauth'
import type { Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import { randomBytes } from '../kernel/random.ts'

/** RFC 4226 section 4 requirement R6: "The length of the shared secret MUST be at least 128 bits [...] RECOMMENDS 160". */
const seedLength = 20
const period = 30
/** "We RECOMMEND that at most one time step is allowed as the network delay" (RFC 6238 section 5.2); and one ahead. */
const window = 1
/** What every authenticator application reads; others ignore longer codes and other hashes, silently. */
const parameters = { algorithm: 'SHA1', digits: 6, period } as const

/** A new seed, in base32. */
export function newSeed(): string {
  return new Secret({ buffer: new Uint8Array(randomBytes(seedLength)).buffer }).base32
}

/** What a QR code holds. The label is shown by the application; it leaves the hub with the person. */
export function seedUri(seed: string, named: { issuer: string; accountName: string }): string {
  return new TOTP({ ...parameters, issuer: named.issuer, label: named.accountName, secret: seed }).toString()
}

/** The time step (seconds since 1970 divided by 30) whose code this is, or undefined. */
export function stepOf(seed: string, code: string, now: Instant): number | undefined {
  const token = code.replaceAll(/\s/g, '')
  if (!/^\d{6}$/.test(token)) return undefined
  const delta = new TOTP({ ...parameters, secret: seed }).validate({ token, timestamp: now, window })
  return delta === null ? undefined : Math.floor(now / (period * second)) + delta
}
