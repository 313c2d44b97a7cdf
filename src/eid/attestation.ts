/**
 * What a phone says of itself, and whose word it is: that the device key was made in its hardware, cannot leave it, is
 * used only after its holder's finger or face, and belongs to the app that the settings name. Android proves it with Key
 * Attestation (`attestation-android.ts`), Apple with App Attest (`attestation-ios.ts`). Here are the one question and the
 * closed list of answers; nothing is stored, nothing is fetched, and no statement however broken makes it throw.
 *
 * It does not say who holds the phone: the card says that (`protocol-*.ts`).
 */
import { calculateJwkThumbprint, type JWK } from 'jose'
import type { Instant } from '../kernel/clock.ts'
import { type AndroidTrust, verifyAndroid } from './attestation-android.ts'
import { type IosTrust, verifyIos, verifyIosAssertion } from './attestation-ios.ts'

/** `demo` is nobody's: the demo's phone speaks as an Android one, under a root which only a dangerous setting adds. */
export type AttestedPlatform = 'android' | 'ios'

export interface AttestationInput {
  platform: AttestedPlatform
  /** The bytes that the hub gave out, once, for this pairing. */
  challenge: Uint8Array
  /** The device key in question: public, EC P-256. What signs everything that this phone says later. */
  key: JWK
  /**
   * As it came, not yet judged. Android: `{ chain: string[] }`, certificates in base64url DER, the key's own first. Apple:
   * `{ keyId: string, object: string }`, both base64url: the App Attest key's identifier and the attestation object.
   */
  statement: unknown
}

/** Whom to believe: made of the settings by `loadAttestationTrust` (`attestation-settings.ts`). A platform left out is refused. */
export interface AttestationTrust {
  android?: AndroidTrust
  ios?: IosTrust
}

export const attestationReasons = [
  /** The statement is not what its platform says it is: not base64, not DER, not CBOR, too long, a field is missing. */
  'malformed',
  'platform_not_accepted',
  'root_unknown',
  'chain_broken',
  'chain_expired',
  'certificate_revoked',
  /** The list of revoked attestation keys is asked for by the settings and could not be had: ours, not the phone's. */
  'revocation_unknown',
  'extension_missing',
  'extension_repeated',
  'version_unknown',
  'challenge_differs',
  'key_differs',
  'key_in_software',
  'key_not_made_there',
  'key_for_other_use',
  'key_without_holder',
  'key_open_to_all',
  'system_not_verified',
  'system_too_old',
  'other_app',
  /** Apple: a key that has signed before, or an environment (development) which the settings do not accept. */
  'counter',
  'environment',
] as const
export type AttestationReason = (typeof attestationReasons)[number]

/** What an accepted statement leaves open, in closed words for the journal and the operators. */
export type AttestationNote = 'revocation_not_checked' | 'dangerous_root' | 'development_app'

export interface Attested {
  ok: true
  platform: AttestedPlatform
  securityLevel: 'tee' | 'strongbox' | 'secure_enclave'
  /** As the hardware itself attests it, which few do. */
  model?: string
  /** RFC 7638, SHA-256, base64url: of the device key. */
  keyThumbprint: string
  /** Android's package, or Apple's team and bundle: `TEAM.bundle.identifier`. */
  appId: string
  notes: AttestationNote[]
  /** Apple: what `verifyAssertion` needs later. Kept beside the phone. */
  appAttest?: AppAttestKey
}

/** Apple's key of one installation, and how often it has signed. */
export interface AppAttestKey {
  /** SubjectPublicKeyInfo, DER, base64url. */
  key: string
  appId: string
  counter: number
}

export interface AttestationRefused {
  ok: false
  reason: AttestationReason
}

/** The answer is a value whatever the phone sent; only a defect of ours, or of the settings, is thrown. */
export async function verifyAttestation(
  input: AttestationInput,
  trust: AttestationTrust,
  now: Instant,
): Promise<Attested | AttestationRefused> {
  const key = await deviceKeyOf(input.key)
  if (!key) return { ok: false, reason: 'malformed' }
  const question = { challenge: input.challenge, key, statement: input.statement, now }
  const trusted = trust[input.platform]
  if (!trusted) return { ok: false, reason: 'platform_not_accepted' }
  return input.platform === 'android'
    ? verifyAndroid(question, trusted as AndroidTrust)
    : verifyIos(question, trusted as IosTrust)
}

/**
 * Apple's later word that the same installation of the same app speaks. The caller keeps the counter of the answer in the
 * transaction that uses it: an assertion is good once.
 */
export async function verifyAssertion(input: {
  challenge: Uint8Array
  key: JWK
  assertion: unknown
  kept: AppAttestKey
}): Promise<{ ok: true; counter: number } | AttestationRefused> {
  const key = await deviceKeyOf(input.key)
  if (!key) return { ok: false, reason: 'malformed' }
  return verifyIosAssertion({ challenge: input.challenge, key, assertion: input.assertion }, input.kept)
}

/** A device key, read once: its coordinates and its name. */
export interface DeviceKey {
  x: string
  y: string
  thumbprint: string
}

/** Undefined for what is no public key on P-256 in its one form. */
async function deviceKeyOf({ kty, crv, x, y, d }: JWK): Promise<DeviceKey | undefined> {
  if (kty !== 'EC' || crv !== 'P-256' || d !== undefined || !isCoordinate(x) || !isCoordinate(y)) return undefined
  return { x, y, thumbprint: await calculateJwkThumbprint({ kty, crv, x, y }) }
}

/** 32 bytes in base64url, in the one way of writing them. */
const isCoordinate = (text: unknown): text is string =>
  typeof text === 'string' && text.length === 43 && Buffer.from(text, 'base64url').toString('base64url') === text
