/** The code application of the people in town: what it would show at an instant (RFC 6238). */
import { TOTP } from 'otpauth'
import type { Instant } from '../../src/kernel/clock.ts'

export function codeOf(secret: string, at: Instant): string {
  return new TOTP({ secret, digits: 6 }).generate({ timestamp: at })
}
