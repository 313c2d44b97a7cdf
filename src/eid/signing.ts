/**
 * Signing a text with the e-ID app: what is asked, and the pages in the browser where it was asked. A request of purpose
 * `signature` goes the way of a sign-in (`requests.ts`), with the same codes, numbers and limits, and one step more: the
 * phone fetches the whole text once the numbers agree, shows it, and signs by the card's key for signatures, or by its own.
 * Who asks, why, and what becomes of the signature is `signatures/`, which hands in who waits and takes what was signed.
 */
import type { JsonWebKey } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { CheckedCertificate } from '../certificates/certificates.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { EidRequestId, PersonId, PhoneId, ProviderId, SigningId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { EidBy } from '../policy/eid-flow.ts'
import type { EidProvider, Platform, SecurityLevel } from './eid.ts'
import type { Link } from './pages.ts'
import type { CardAlgorithm, DeviceKey } from './protocol-messages.ts'
import { mountRequestPages, type RequestPagesOptions } from './routes-browser.ts'
import type { Streams } from './streams.ts'

/** Below it comes the name of what waits: `/sign/app/sgg_…`. */
export const appSigningPath = '/sign/app'

/** What a person is asked to sign: exactly what the phone shows. */
export interface ToSign {
  /** The ceremony, which the statement names: a signature is one for it and no other. */
  signing: SigningId
  person: PersonId
  language: Language
  /** UTF-8, NFC, lines ended by U+000A; at most `textBytes`. */
  text: string
}

/** What proves a signature to whoever has no access to the hub. */
export interface AppSignature {
  by: EidBy
  request: EidRequestId
  phone: PhoneId
  /** The very bytes, in UTF-8, that were signed (`kernel/signing-statement.ts`). */
  statement: string
  /** RFC 7518 section 3.1; of a curve, the two numbers one after the other. */
  algorithm: CardAlgorithm
  /** base64url, as all that follows. */
  value: string
  key: JsonWebKey
  /** DER: the card's certificate, then its issuers up to the anchor. Empty where the phone's own key signed. */
  chain: string[]
  /** Kind of that card. */
  kind?: string
  revocation?: Omit<CheckedCertificate['revocation'], 'answer'> & { answer: string }
  /** Of the phone's own key: what the telephone's system said of it at the pairing. */
  attested?: PhoneAttestation
}

export interface PhoneAttestation {
  platform: Platform
  securityLevel: SecurityLevel
  key: DeviceKey
  /** The bytes that the hub had given out, base64url. */
  challenge: string
  /** As it came (`docs/eid-app-protocol.md`, "Attestation statements"). */
  statement: unknown
}

/** A phone's word that is complete: who, how well proved, by what, and over which text. */
export interface SignedByApp {
  /** Of the card when it signed; otherwise the lower of the card that paired the phone and `deviceKeyLevel`. */
  level: Level
  /** Words of RFC 8176. */
  amr: string[]
  at: Instant
  provider: ProviderId
  signature: AppSignature
}

/** Somebody, in this browser, has a text to sign. */
export interface SigningWaiting {
  kind: 'waiting'
  sign: ToSign
  /** By whose app: one of `phonesFor`. */
  provider: ProviderId
  /** What it is about, in a few words of the language of the page. */
  about: string
  /** To the other ways of signing, and back to where the text came from. */
  ways: [other: Link, back: Link]
  /** Binds it to one browser: a digest of what only that browser holds. */
  browser: string
  address: string
  /** `eidas3` leaves the card alone. */
  required: Level
  expiresAt: Instant
  /** Where the browser goes with what was signed. Called once. */
  done(signed: SignedByApp): Promise<string>
}

export type SigningAnswer = SigningWaiting | { kind: 'elsewhere'; path: string } | { kind: 'refused'; error: ErrorName }

/** Mounted by the room that has something to sign. */
export function mountSigningPages(
  options: Omit<RequestPagesOptions, 'path' | 'access' | 'waitingFor'> & {
    providers: () => readonly EidProvider[]
    /** `signing` is the last part of the address. Whoever may not sign there is told nothing. */
    waitingFor: (signing: string, request: FastifyRequest) => Promise<SigningAnswer>
  },
): Streams {
  const { providers, waitingFor, ...pages } = options
  return mountRequestPages({
    ...pages,
    path: appSigningPath,
    // Of the one browser in which the ceremony was opened: it began there, like a login.
    access: 'flow',
    async waitingFor(signing, request) {
      const waiting = await waitingFor(signing, request)
      if (waiting.kind !== 'waiting') return waiting
      const { sign, about, ways, browser, address, required, expiresAt, done } = waiting
      const provider = providers().find(({ id, usable }) => usable && id === waiting.provider)
      if (!provider) return { kind: 'elsewhere', path: ways[0].href }
      const { id, cards, by } = provider
      return {
        kind: 'waiting',
        ask: { provider: id, cards, by, mode: 'signature', purpose: { sign } },
        provider: provider.name[options.web.contextOf(request).language],
        signs: about,
        ways,
        browser,
        address,
        required,
        expiresAt,
        async done({ signature, level, amr, authTime: at }) {
          if (!signature) throw new Error('a signature that was completed without one')
          return done({ level, amr, at, provider: id, signature })
        },
      }
    },
  })
}
