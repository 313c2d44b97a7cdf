/** The closed words of partners' settings, for schemas and code alike. */
import type { ProviderId } from '../kernel/ids.ts'

/**
 * Scopes as FranceConnect names them. `profile`, `birth` and `identite_pivot` are aliases of several; `rpps` is what the
 * register of health professionals says, `service_secret` opens the bridge of a service that only knows passwords.
 */
export const scopes = [
  'openid',
  'given_name',
  'family_name',
  'birthdate',
  'gender',
  'birthplace',
  'birthcountry',
  'email',
  'preferred_username',
  'profile',
  'birth',
  'identite_pivot',
  'rpps',
  'service_secret',
] as const
export type Scope = (typeof scopes)[number]

/** Characters of the reason why a service needs a scope. */
export const justificationLimits = { least: 20, most: 500 } as const

/** What a service that only knows passwords takes for one (R069); `letters_digits` leaves out what is read as another. */
export const secretAlphabets = {
  digits: '0123456789',
  hex: '0123456789abcdef',
  letters_digits: 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789',
  printable: Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).join(''),
} as const

/** The shortest secret of 128 bits. */
export function shortestSecret(alphabet: keyof typeof secretAlphabets): number {
  return Math.ceil(128 / Math.log2(secretAlphabets[alphabet].length))
}

export const populations = ['citizens', 'professionals'] as const
export type Population = (typeof populations)[number]

/** The one provider that the hub itself is: the name of every account of its own, so it is no setting. */
export const ownProvider: ProviderId = 'local-account'

export const ownMeansKinds = ['password', 'totp', 'recovery_codes', 'passkey', 'sms_code', 'mail_code'] as const
export type OwnMeansKind = (typeof ownMeansKinds)[number]
