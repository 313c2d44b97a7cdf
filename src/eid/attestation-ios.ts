/**
 * Apple App Attest
 * (https://developer.apple.com/documentation/devicecheck/validating-apps-that-connect-to-your-server). Apple certifies a
 * key of its own kind, which signs nothing but what App Attest gives it. So the device key is another one, of the Secure
 * Enclave too, and the genuine app vouches for it: the statement covers the hub's challenge together with the thumbprint
 * of the device key. That the app made that key in the Secure Enclave, behind a face or a finger, is its word; that it is
 * the app, unchanged, on a phone of Apple's, is Apple's.
 */
import { createHash, createPublicKey, verify, type X509Certificate } from 'node:crypto'
import { DerFault } from '../certificates/der.ts'
import type { Instant } from '../kernel/clock.ts'
import type {
  AppAttestKey,
  AttestationNote,
  AttestationReason,
  AttestationRefused,
  Attested,
  DeviceKey,
} from './attestation.ts'
import { type Anchor, extensionsOf, walk } from './attestation-chain.ts'

/** Loaded when the first phone pairs. */
const library = () => import('@simplewebauthn/server/helpers')

export interface IosTrust {
  anchors: readonly Anchor[]
  /** `TEAM.bundle.identifier` */
  appIds: readonly string[]
  environments: readonly ('production' | 'development')[]
}

export interface IosQuestion {
  challenge: Uint8Array
  key: DeviceKey
  statement: unknown
  now: Instant
}

/** Bytes. An attestation object has some 5,000, for the receipt in it. */
const largest = 16 * 1024

const nonceExtension = '1.2.840.113635.100.8.2'

/** `SEQUENCE { [1] EXPLICIT OCTET STRING (32 bytes) }`, up to the bytes. */
const nonceFrame = Buffer.from('3024a1220420', 'hex')

const environmentOf: Readonly<Record<string, 'production' | 'development'>> = {
  [Buffer.from('appattest\0\0\0\0\0\0\0').toString('hex')]: 'production',
  [Buffer.from('appattestdevelop').toString('hex')]: 'development',
}

/** What the app hashes for `clientDataHash`, at its attestation and at each assertion. */
export const clientDataOf = (challenge: Uint8Array, keyThumbprint: string) =>
  Buffer.from(`garant-eid/1 ios\n${Buffer.from(challenge).toString('base64url')}\n${keyThumbprint}`)

export async function verifyIos(
  { challenge, key, statement, now }: IosQuestion,
  trust: IosTrust,
): Promise<Attested | AttestationRefused> {
  const { keyId, object } = (statement ?? {}) as { keyId?: unknown; object?: unknown }
  const read = { keyId: bytesOf(keyId), object: bytesOf(object) }
  if (!read.keyId || !read.object) return refused('malformed')
  const clientDataHash = sha256(clientDataOf(challenge, key.thumbprint))
  const answer = await verifyAppAttest({ keyId: read.keyId, object: read.object, clientDataHash, now }, trust)
  if (!answer.ok) return answer
  const { appAttest, notes } = answer
  return {
    ok: true,
    platform: 'ios',
    securityLevel: 'secure_enclave',
    keyThumbprint: key.thumbprint,
    appId: appAttest.appId,
    notes,
    appAttest,
  }
}

/** Apple's steps 1 to 9, over a `clientDataHash` that the hub made itself. */
export async function verifyAppAttest(
  asked: { keyId: Buffer; object: Buffer; clientDataHash: Buffer; now: Instant },
  trust: IosTrust,
): Promise<{ ok: true; appAttest: AppAttestKey; notes: AttestationNote[] } | AttestationRefused> {
  const { keyId, clientDataHash, now } = asked
  const object = await objectOf(asked.object)
  const data = object && attestedDataOf(object.authData)
  if (!object || !data) return refused('malformed')
  const walked = walk(object.chain, trust.anchors, now)
  if (!walked.ok) return walked
  const { chain, anchor } = walked
  const leaf = chain[0] as X509Certificate

  const nonces = noncesOf(chain)
  if (!nonces) return refused('malformed')
  if (nonces.flat().length > 1) return refused('extension_repeated')
  const [nonce] = nonces[0] as Buffer[]
  if (!nonce) return refused('extension_missing')
  if (!nonce.equals(Buffer.concat([nonceFrame, sha256(object.authData, clientDataHash)])))
    return refused('challenge_differs')

  const point = pointOf(leaf)
  if (!point || !sha256(point).equals(keyId) || !data.credential.equals(keyId)) return refused('key_differs')
  const appId = trust.appIds.find((id) => sha256(Buffer.from(id)).equals(data.app))
  if (appId === undefined) return refused('other_app')
  if (data.counter !== 0) return refused('counter')
  const environment = environmentOf[data.aaguid.toString('hex')]
  if (!environment || !trust.environments.includes(environment)) return refused('environment')

  const notes: AttestationNote[] = []
  if (environment === 'development') notes.push('development_app')
  if (anchor.dangerous) notes.push('dangerous_root')
  const spki = leaf.publicKey.export({ type: 'spki', format: 'der' }).toString('base64url')
  return { ok: true, appAttest: { key: spki, appId, counter: 0 }, notes }
}

export async function verifyIosAssertion(
  asked: { challenge: Uint8Array; key: DeviceKey; assertion: unknown },
  kept: AppAttestKey,
): Promise<{ ok: true; counter: number } | AttestationRefused> {
  const assertion = bytesOf(asked.assertion)
  if (!assertion) return refused('malformed')
  return verifyAppAttestAssertion(
    { assertion, clientDataHash: sha256(clientDataOf(asked.challenge, asked.key.thumbprint)) },
    kept,
  )
}

export async function verifyAppAttestAssertion(
  { assertion, clientDataHash }: { assertion: Buffer; clientDataHash: Buffer },
  kept: AppAttestKey,
): Promise<{ ok: true; counter: number } | AttestationRefused> {
  const read = await mapOf(assertion)
  const signature = octets(read?.get('signature'))
  const data = octets(read?.get('authenticatorData'))
  if (!signature || !data || data.length < beforeCredential) return refused('malformed')
  const key = createPublicKey({ key: Buffer.from(kept.key, 'base64url'), format: 'der', type: 'spki' })
  // Apple signs the digest as a message: it is hashed once more.
  if (!isSigned(sha256(data, clientDataHash), key, signature)) return refused('challenge_differs')
  if (!sha256(Buffer.from(kept.appId)).equals(data.subarray(0, 32))) return refused('other_app')
  const counter = data.readUInt32BE(counterAt)
  return counter > kept.counter ? { ok: true, counter } : refused('counter')
}

const refused = (reason: AttestationReason): AttestationRefused => ({ ok: false, reason })

const sha256 = (...parts: Uint8Array[]) => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function isSigned(message: Buffer, key: ReturnType<typeof createPublicKey>, signature: Buffer): boolean {
  try {
    return verify('sha256', message, key, signature)
  } catch {
    return false
  }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

function bytesOf(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || text.length > largest * 2) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length > 0 && bytes.length <= largest ? bytes : undefined
}

const octets = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value) : undefined)

async function mapOf(bytes: Buffer): Promise<Map<unknown, unknown> | undefined> {
  const { isoCBOR } = await library()
  try {
    const read: unknown = isoCBOR.decodeFirst(new Uint8Array(bytes))
    return read instanceof Map ? read : undefined
  } catch {
    return undefined
  }
}

async function objectOf(bytes: Buffer): Promise<{ chain: Buffer[]; authData: Buffer } | undefined> {
  const read = await mapOf(bytes)
  const statement = read?.get('attStmt')
  const authData = octets(read?.get('authData'))
  if (read?.get('fmt') !== 'apple-appattest' || !(statement instanceof Map) || !authData) return undefined
  const x5c: unknown = statement.get('x5c')
  if (!Array.isArray(x5c)) return undefined
  const chain = x5c.map(octets)
  return chain.every((one) => one !== undefined) ? { chain, authData } : undefined
}

/** WebAuthn level 3, section 6.1: hash of the application, flags, counter; then what is attested. */
const counterAt = 33
const beforeCredential = 37
const credentialAt = 55

function attestedDataOf(data: Buffer) {
  if (data.length < credentialAt) return undefined
  const end = credentialAt + data.readUInt16BE(credentialAt - 2)
  // The public key follows, which the certificate says too.
  if (data.length < end) return undefined
  return {
    app: data.subarray(0, 32),
    counter: data.readUInt32BE(counterAt),
    aaguid: data.subarray(beforeCredential, credentialAt - 2),
    credential: data.subarray(credentialAt, end),
  }
}

function noncesOf(chain: readonly X509Certificate[]): Buffer[][] | undefined {
  try {
    return chain.map((certificate) => extensionsOf(certificate, nonceExtension))
  } catch (error) {
    if (error instanceof DerFault) return undefined
    throw error
  }
}

/** The point of a P-256 key as X9.62 writes it uncompressed. */
function pointOf({ publicKey }: X509Certificate): Buffer | undefined {
  if (publicKey.asymmetricKeyType !== 'ec' || publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    return undefined
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return Buffer.concat([Buffer.from([4]), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
}
