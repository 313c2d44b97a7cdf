/**
 * What a login that waits for a card or for the e-ID app and the pages of these ceremonies say to each other: the pages are
 * in rooms above the one of logins (`login/house.ts`), which tells them who waits and takes what they found.
 */
import type { FastifyRequest } from 'fastify'
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { Identity } from '../kernel/identity.ts'
import type { ServiceId } from '../kernel/ids.ts'
import type { Language, Translated } from '../kernel/languages.ts'
import type { HouseConnector, HouseProvider } from '../partners/partners.ts'

/** What a ceremony found, as observed. */
export interface Found {
  /** Keyed and stable: the same person with a renewed card has the same. */
  subject: string
  identity: Identity
  /** What the certificate carries, or the key of the phone. */
  level: Level
  /** Words of RFC 8176. */
  amr: string[]
  authTime: Instant
  /** Keyed digest of the card: the same card, the same word. */
  card?: string
  /** What may have been revoked meanwhile: looked at again at the callback. */
  still?: { room: 'eid'; id: string }
}

/** A way out of the page, in the language of the request. */
export interface WayOut {
  href: string
  label: string
}

export type HouseWaiting<Kind extends HouseConnector['kind'] = HouseConnector['kind']> =
  | {
      kind: 'waiting'
      /** The whole state of the login: the last part of the page's address, and what is bound to this login. */
      state: string
      provider: HouseProvider & { connector: Extract<HouseConnector, { kind: Kind }> }
      service: { id: ServiceId; name: Translated }
      /** `service`: the person goes there. `own`: to a page of the hub. `change`: they prove it anew before a change there. */
      purpose: 'service' | 'own' | 'change'
      /**
       * To another provider, and back to where the person came from, without an answer. `passkey`: to an account of the
       * hub's own that takes one here, which nobody can relay.
       */
      ways: { choice: WayOut; back: WayOut; passkey?: WayOut }
      /** By the hub's own observation: the person may try, and is told that other ways work. */
      isDown?: true
      /** Hash of the secret of the browser that holds this login. */
      browser: string
      /** Keyed by nothing: where the person is, for limits and comparisons; never written. */
      address: string
      required: Level
      /** Would a sign-in that brings this be enough here and today? What it is short of is then not asked for in vain. */
      takes(found: Pick<Found, 'identity' | 'level' | 'amr'>): boolean
      /** When the login ends, whatever happens. */
      expiresAt: Instant
      languages: readonly Language[]
      language: Language
      /** A new authentication was asked for: nothing of before may answer. */
      isFresh: boolean
      /** Where the browser goes with what was found: the callback of this login. */
      done(found: Found): Promise<string>
      /** What the card or the app needs did not answer: that is no fault of the person's. */
      silent(): void
    }
  /** It does not wait for this any more: it goes on there. */
  | { kind: 'elsewhere'; path: string }
  | { kind: 'refused'; error: ErrorName }

export type HouseWaiter = <Kind extends HouseConnector['kind']>(
  kind: Kind,
  state: string,
  request: FastifyRequest,
) => Promise<HouseWaiting<Kind>>
