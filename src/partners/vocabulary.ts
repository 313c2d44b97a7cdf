/** The closed words of partners' settings, for schemas and code alike. */
import type { ProviderId } from '../kernel/ids.ts'

/**
 * Scopes as FranceConnect names them. `profile`, `birth` and `identite_pivot` are aliases of several; `rpps` is what the
 * register of health professionals says, `service_secret` opens the bridge of a service that only knows passwords,
 * `representation` is for whom the person acts.
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
  'representation',
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

/** How a card is used at a browser: by the browser's own certificate dialogue, or by the extension of Web eID. */
export const cardWays = ['tls', 'web_eid'] as const
export type CardWay = (typeof cardWays)[number]

/** What a sign-in by the e-ID app may be made of: the card that the phone reads, or the key that was paired by it. */
export const appProofs = ['card', 'device_key'] as const
export type AppProof = (typeof appProofs)[number]

/** Is it of the hub's own, beside its own means: a card, the e-ID app, or what stands in for it? */
export function isHouseConnector<C extends { kind: string }>(
  connector: C,
): connector is Extract<C, { kind: 'card' | 'eid_app' | 'card_and_code' }> {
  return ['card', 'eid_app', 'card_and_code'].includes(connector.kind)
}

export const ownMeansKinds = ['password', 'totp', 'recovery_codes', 'passkey', 'sms_code', 'mail_code'] as const
export type OwnMeansKind = (typeof ownMeansKinds)[number]
