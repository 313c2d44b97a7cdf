/**
 * The e-ID app: phones that people have paired with the hub by their card, and sign-ins that they approve there. This room
 * owns the pairings (`phones.ts`, `pairing.ts`), the requests of a login from its first code to the last number
 * (`requests.ts`, whose order is `policy/eid-flow.ts`), the protocol that the app speaks (`docs/eid-app-protocol.md`) and
 * its pages. It does not decide who somebody is: the card says it (`certificates/`), and `people/` finds the person. It
 * does not end a login either: what was proved goes to `upstream/`, like the answer of any provider.
 *
 * Nothing that a phone says is believed unless a key that was attested signed it. No biometric template ever gets here:
 * the phone says by which method its holder was recognised, and no more.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Found } from '../cards/waiting.ts'
import type { Certificates } from '../certificates/certificates.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { EidRequestId, PersonId, PhoneId, ProviderId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import type { Keeper, People } from '../people/people.ts'
import type { EidBy, EidMode, EidWay } from '../policy/eid-flow.ts'
import type { RelayRules } from '../policy/relay.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import type { AttestationInput, AttestationRefused, Attested } from './attestation.ts'
import { createCardReader } from './card-proof.ts'
import { createGate, type Gate } from './gate.ts'
import { createPairing, type Pairing } from './pairing.ts'
import { createPhones, type PhoneBook } from './phones.ts'
import type { DeclineReason } from './protocol-messages.ts'
import { createRequests, type PhoneSide } from './requests.ts'
import type { AppSignature, ToSign } from './signing.ts'

export { type BiometricMethod, type DeclineReason, declineReasons } from './protocol-messages.ts'

// ── Phones ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** `demo`: attested by a root that only `danger_trusted_phones` names. */
export const platforms = ['android', 'ios', 'demo'] as const
export type Platform = (typeof platforms)[number]

/** Where the phone's key lives, as its attestation proves it. */
export const securityLevels = ['software', 'tee', 'strongbox', 'secure_enclave'] as const
export type SecurityLevel = (typeof securityLevels)[number]

export const phoneStates = ['active', 'revoked', 'expired'] as const
export type PhoneState = (typeof phoneStates)[number]

/** Why a pairing ended. `replaced`: the same installation was paired anew. */
export const revocationReasons = ['holder', 'operator', 'app', 'replaced', 'lost', 'card_of_somebody_else'] as const
export type RevocationReason = (typeof revocationReasons)[number]

export interface PhoneView {
  phone: PhoneId
  person: PersonId
  /** By which it was paired: a provider of kind `eid_app`. */
  provider: ProviderId
  platform: Platform
  /** As the attestation or the app names it: `Pixel 9`. At most 64 characters. */
  model?: string
  /** What the holder calls it; the model until they do. At most 64 characters. */
  label: string
  securityLevel: SecurityLevel
  pairedAt: Instant
  renewedAt?: Instant
  lastUsedAt?: Instant
  expiresAt: Instant
  /** At this instant: a term that is over ends a pairing at once. */
  state: PhoneState
  endedAt?: Instant
  revokedFor?: RevocationReason
  /** Keyed digest of the card that paired it: the same card, the same word. */
  card: string
  /** Keyed digest of the installation of the app: pairings of several people on one phone have it in common. */
  installation: string
  /** R090: three people or more have paired this installation. No sign-in there without the card, each time. */
  shared: boolean
}

/** A sign-in or signature that was approved or declined on a phone, as its app lists them. */
export interface PhoneApproval {
  at: Instant
  outcome: 'approved' | 'declined'
  /** A signature. What was signed is kept where it was asked for. */
  signs?: true
  /** The service's name; the hub itself without one. */
  service?: Translated
  /** ISO 3166-1 alpha-2 of where the sign-in was asked for. */
  country?: string
}

export interface PhoneSigner {
  provider: ProviderId
  by: EidBy[]
  /** The highest that one of them reaches. */
  level: Level
}

export interface Phones {
  /** Those in force first, then those that ended; the latest first in each. `state` as it is at this instant. */
  of(handle: Handle, person: PersonId): Promise<PhoneView[]>
  /** Fetched through its owner. */
  read(handle: Handle, person: PersonId, phone: PhoneId): Promise<PhoneView | undefined>
  /** By the holder, an operator or the app itself. It is worth nothing from the commit on; false when it was over already. */
  revoke(
    tx: Tx,
    by: { person: PersonId; phone: PhoneId; actor: Actor; reason: Exclude<RevocationReason, 'replaced'> },
  ): Promise<boolean>
  /** An empty name puts the model back. False when there is no such phone in force. */
  rename(tx: Tx, person: PersonId, phone: PhoneId, label: string): Promise<boolean>
  /** Where this person could sign: a provider with a phone of theirs, and what a signature there may be made of. */
  signers(handle: Handle, person: PersonId): Promise<PhoneSigner[]>
  /** The last ones on this phone, the latest first; at most 50. */
  approvalsOf(handle: Handle, person: PersonId, phone: PhoneId): Promise<PhoneApproval[]>
  /** Ends what has expired, writes reminders (60, 30, 7 days before), forgets what is older than its retention. A job. */
  sweep(): Promise<void>
  /** To be registered with `people.keep`. */
  keeper: Keeper
}

// ── Requests of a login ─────────────────────────────────────────────────────────────────────────────────────────────

/** Where something is asked from. */
export interface Whereabouts {
  address: string
  /** ISO 3166-1 alpha-2. */
  country?: string
}

export interface NewRequest {
  /** The `state` of the login that waits. One request at a time: opening again gives the one that is open. */
  login: string
  provider: ProviderId
  /** Kinds of card that count. */
  cards: readonly string[]
  by: readonly EidBy[]
  mode: EidMode
  /** `sign` in mode `signature`, and there alone. */
  purpose: { service: Translated } | { own: true } | { sign: ToSign }
  /** The desktop. `device` in plain words, as the person would say them: `Firefox, Windows`. */
  from: Whereabouts & { device: string }
  /** Binds the request to one browser: a digest of its cookie. */
  browser: string
  /** The level that the login needs. */
  required: Level
  /** Not later than the login itself; the room's own limit holds too. */
  expiresAt: Instant
}

/** Why a request ended without its person. Those that speak of two places or phones are facts of their own (`eid.request_mismatch`). */
export const refusalReasons = [
  /** Another phone came with the code of a request that a phone has scanned. */
  'second_phone',
  /** The number of the screen was typed wrong three times on the phone. */
  'number_wrong',
  /** The number of the phone was typed wrong three times in the browser. */
  'confirmation_wrong',
  /** Only the card would do here, and the provider takes none. */
  'card_needed',
  /** Policy does not let a phone there approve what a screen here asks (`policy/relay.ts`). */
  'other_country',
  'other_network',
  /** The card is somebody else's than the phone. */
  'card_of_somebody_else',
  /** The card was refused three times, or may not be used. */
  'card_refused',
  /** What is to be signed is for another person than the phone's. */
  'phone_of_somebody_else',
  /** Revoked or expired between the scan and the end. */
  'phone_over',
] as const
export type RefusalReason = (typeof refusalReasons)[number]

/** What the browser may know. `version` grows with each change. */
export type RequestLook = { version: number; expiresAt: Instant } & (
  | { state: 'waiting' }
  /** The browser shows `number`, two digits, to be typed on the phone. */
  | { state: 'scanned'; number: string }
  | { state: 'matched' }
  /** So many digits, shown by the phone, are to be typed in the browser; 0: the app leads the browser back. */
  | { state: 'approved'; confirm: number; left: number }
  /** `led`: where the click that completed it went, for one that came with it; absent until that is known, and later. */
  | { state: 'completed'; led?: string }
  | { state: 'declined'; reason: DeclineReason }
  | { state: 'refused'; reason: RefusalReason }
  | { state: 'expired' }
)

/**
 * What was proved; `house.answer` (`upstream/`) takes it as it is. `still` is asked at the callback (`requests.stillHolds`).
 * `signature` in mode `signature`, and there alone.
 */
export type Proved = Found & { signature?: AppSignature }

export interface Requests {
  /** Refused when this browser or network has opened too many of late. */
  open(request: NewRequest): Promise<EidRequestId | { retryAfterSeconds: number }>
  /**
   * A code to show. It is good for one scan and at most 60 seconds, and ends the one before. Undefined when the request is
   * not this browser's, or no phone is awaited any more.
   */
  code(
    request: EidRequestId,
    browser: string,
    way: EidWay,
  ): Promise<{ /** What the QR code or the link holds. */ text: string; until: Instant } | undefined>
  /** Undefined when there is none in this browser. */
  look(request: EidRequestId, browser: string): Promise<RequestLook | undefined>
  /** Resolves once the version is another one, in whatever process it changed, or when `signal` aborts (then undefined). */
  wait(request: EidRequestId, browser: string, version: number, signal: AbortSignal): Promise<RequestLook | undefined>
  /**
   * The last step, in the browser that began. Of simultaneous callers exactly one gets `done`. `gone`: not this browser's,
   * not approved, over, or done already.
   */
  confirm(
    request: EidRequestId,
    browser: string,
    by: { typed: string } | { responseCode: string },
  ): Promise<{ kind: 'done'; proved: Proved } | { kind: 'wrong'; left: number } | { kind: 'gone' }>
  /** Where a completed request led: whoever waits for a change of it hears so. */
  lead(request: EidRequestId, url: string): Promise<void>
  /** The person left the page, or chose another way. */
  abandon(request: EidRequestId, browser: string): Promise<void>
  /** A phone that was revoked in the minute between the last step and the callback counts as revoked. */
  stillHolds(phone: PhoneId): Promise<boolean>
}

// ── The room ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A provider of kind `eid_app`, as far as this room needs it. */
export interface EidProvider {
  id: ProviderId
  name: Translated
  cards: readonly string[]
  by: readonly EidBy[]
  allowedLevels: readonly Level[]
  /** Neither suspended nor hidden from everybody: it may pair and approve now. */
  usable: boolean
}

export interface EidRules {
  /** What a sign-in by the phone's key and biometrics, without the card, is worth. */
  deviceKeyLevel: Level
  /** How long a pairing lasts, in milliseconds. */
  phoneValidity: number
  /** How long a request lasts from its opening, in milliseconds. */
  requestLifetime: number
  /** How long a code is shown, in milliseconds; at most a minute. */
  codeLifetime: number
  /** Address of the same-device link; `{link}` is what the QR code would hold, encoded for a query. */
  appLink: string
}

export interface EidOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: People
  certificates: Pick<Certificates, 'check' | 'kinds'>
  /** Those of kind `eid_app`. */
  providers: () => readonly EidProvider[]
  /** `verifyAttestation` with the trust of the settings. */
  attest: (input: AttestationInput) => Promise<Attested | AttestationRefused>
  /** What answers for the cards of a provider did not, asked for a phone at this address. */
  onSilence: (provider: ProviderId, from: string | undefined) => void
  /** Ends the sessions that began with the provider, in the same transaction. */
  endSessions: (tx: Tx, person: PersonId, provider: ProviderId) => Promise<void>
  countryOf: (address: string) => string | undefined
  relay: RelayRules
  /** 256 bits of this room. */
  key: Buffer
  issuer: string
  /** Name of the hub, which the app shows. */
  name: string
  rules: EidRules
  /** Of what was approved where, and of pairings that are over, in milliseconds. */
  retention: { approvals: number; phones: number }
}

export interface Eid {
  phones: Phones
  requests: Requests
  /** What the routes of the app call (`routes-app.ts`). */
  app: { gate: Gate; pairing: Pairing; phones: PhoneBook; requests: PhoneSide }
  /** Tells those who wait in this process of what happened in another one; stops listening. */
  close(): Promise<void>
}

/** Hears of every process from then on, so it is made once in each. */
export async function createEid(options: EidOptions): Promise<Eid> {
  const { certificates, onSilence } = options
  const phones = createPhones(options)
  const gate = createGate({ ...options, phones })
  const cards = createCardReader({ certificates, gate, onSilence })
  const pairing = createPairing({ ...options, cards, gate, phones })
  const { requests, phoneSide, close } = await createRequests({ ...options, phones, cards, gate })
  return { phones, requests, app: { gate, pairing, phones, requests: phoneSide }, close }
}
