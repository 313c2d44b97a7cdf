/**
 * Opens what a provider signs, and perhaps encrypts to the hub (JWE around JWS, RFC 7519 section 5.2), and verifies the
 * signature, before anything reads a claim of it. Claims are not checked here.
 *
 * The signature is verified here and not by `openid-client`, whose key set expires after five minutes, is then fetched in
 * a person's way, and does not see a rotated key for a minute.
 */
import { type CryptoKey, compactDecrypt, compactVerify, decodeProtectedHeader, errors, importJWK, type JWK } from 'jose'
import type { Key, Keys } from '../keys/keys.ts'
import type { OidcConnector } from '../partners/partners.ts'
import type { KeySet, PublishedKeys } from './documents.ts'
import { invalid, type Signed } from './refusals.ts'

/**
 * Signatures by a private key. `none` is no signature, and the key of an HMAC is the client's secret, which both sides
 * know: settings that name them open nothing.
 */
const asymmetric = /^(?:[REP]S(?:256|384|512)|EdDSA|Ed25519)$/

export function acceptedAlgorithms({ signingAlgs }: Pick<OidcConnector, 'signingAlgs'>): string[] {
  return signingAlgs.filter((alg) => asymmetric.test(alg))
}

export interface Opener {
  /**
   * The signed token inside, its signature verified.
   *
   * @throws Refusal `provider_answer_invalid`; `provider_silent` when an unknown key cannot be looked up
   */
  open(signed: Signed, token: string): Promise<string>
}

export function createOpener(options: {
  connector: OidcConnector
  documents: PublishedKeys
  keys: Pick<Keys, 'of'>
}): Opener {
  const { connector, documents, keys } = options
  const algorithms = acceptedAlgorithms(connector)

  return {
    open: async (signed, token) => {
      const isPlain = !isEncrypted(token) && !connector.encryption
      const jws = isPlain ? token : await decrypted(signed, token, { encryption: connector.encryption, keys })
      await verifySignature(signed, jws, { keys: documents, algorithms })
      return jws
    },
  }
}

/**
 * @throws Refusal `provider_answer_invalid`; `provider_silent` when an unknown key cannot be looked up
 */
export async function verifySignature(
  signed: Signed,
  token: string,
  { keys, algorithms }: { keys: PublishedKeys; algorithms: string[] },
): Promise<void> {
  let fault = await signatureFault(token, await keys.keys(), algorithms)
  if (fault === 'key_unknown') fault = await signatureFault(token, await keys.renewedKeys(), algorithms)
  if (fault) throw invalid(`${signed}_${fault}`)
}

type SignatureFault = 'algorithm' | 'key_unknown' | 'malformed' | 'signature'

const faultsByCode: Record<string, SignatureFault> = {
  ERR_JOSE_ALG_NOT_ALLOWED: 'algorithm',
  ERR_JOSE_NOT_SUPPORTED: 'algorithm',
  ERR_JWKS_NO_MATCHING_KEY: 'key_unknown',
  ERR_JWS_INVALID: 'malformed',
}

/** Whatever goes wrong in here comes from the token or from the provider's keys, so each failure is a word. */
function signatureFault(
  token: string,
  key: KeySet | CryptoKey,
  algorithms: string[],
): Promise<SignatureFault | undefined> {
  const resolve = typeof key === 'function' ? key : () => key
  return compactVerify(token, resolve, { algorithms }).then(
    () => undefined,
    (error) => {
      if (error instanceof errors.JWKSMultipleMatchingKeys) return faultWithEach(token, error, algorithms)
      return faultsByCode[error instanceof errors.JOSEError ? error.code : ''] ?? 'signature'
    },
  )
}

/** A token without `kid`, and several keys that fit: each may be the one (RFC 7515 appendix D). */
async function faultWithEach(
  token: string,
  candidates: errors.JWKSMultipleMatchingKeys,
  algorithms: string[],
): Promise<SignatureFault | undefined> {
  for await (const key of candidates) {
    if ((await signatureFault(token, key, algorithms)) === undefined) return undefined
  }
  return 'signature'
}

/** JWE of five parts where JWS has three (RFC 7516 section 9). */
const isEncrypted = (token: string) => token.split('.').length === 5

async function decrypted(
  signed: Signed,
  token: string,
  { encryption, keys }: { encryption: OidcConnector['encryption']; keys: Pick<Keys, 'of'> },
): Promise<string> {
  if (!isEncrypted(token)) throw invalid(`${signed}_not_encrypted`)
  if (!encryption) throw invalid(`${signed}_decryption`)
  const limits = {
    keyManagementAlgorithms: [encryption.alg],
    contentEncryptionAlgorithms: [encryption.enc],
    // No compression: what is inside is small, and a small answer must not grow large.
    maxDecompressedLength: 0,
  }
  for (const key of candidates(keys.of('decryption'), encryption.alg, kidOf(token))) {
    const privateKey = await imported(key)
    // Our own key is good: what fails here is the token, or was made for another of our keys.
    const opened = await compactDecrypt(token, privateKey, limits).catch(() => undefined)
    if (opened) return new TextDecoder().decode(opened.plaintext)
  }
  throw invalid(`${signed}_decryption`)
}

/** Retired keys included: a provider may hold our key set for a while. */
function candidates(all: readonly Key[], alg: string, kid: string | undefined): Key[] {
  return all.filter((key) => key.alg === alg && (kid === undefined || kid === key.id))
}

function kidOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token).kid
  } catch {
    return undefined
  }
}

const importedKeys = new WeakMap<JWK, Promise<CryptoKey>>()

/** The key as the cryptographic library holds it, made once: importing costs more than using. */
export function imported(key: Key): Promise<CryptoKey> {
  let pending = importedKeys.get(key.privateJwk)
  if (!pending) {
    pending = importJWK(key.privateJwk, key.alg) as Promise<CryptoKey>
    importedKeys.set(key.privateJwk, pending)
  }
  return pending
}
