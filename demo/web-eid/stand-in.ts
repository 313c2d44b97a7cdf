/**
 * Plays what stands between a page and a card in an external reader: the Web eID extension, its native application and
 * the chip. The token is signed by a real key, as the architecture document of Web eID says it (section on the token
 * format); so is the hash of a text, by the other key of the card. `installWebEid` puts it into a browser of the tests,
 * where no extension can be loaded.
 */
import { constants, createECDH, hash, type KeyObject, privateEncrypt, sign, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext } from 'playwright-core'

export interface KeyPair {
  /** DER. */
  certificate: Buffer
  key: KeyObject
}

export interface CardKey extends KeyPair {
  /** The one for texts; a card may have none. */
  signature?: KeyPair
}

export interface WebEidToken {
  unverifiedCertificate: string
  algorithm: string
  signature: string
  format: string
  appVersion: string
}

export interface WebEidQuestion {
  /** As the browser knows it: the page cannot say another. */
  origin: string
  /** The challenge as the page gave it: base64 of at least 256 bits, signed as text. */
  challenge: string
  algorithm?: string
}

const curves: Record<string, string> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' }

export function webEidToken({ certificate, key }: KeyPair, question: WebEidQuestion): WebEidToken {
  const { origin, challenge, algorithm = algorithmOf(key) } = question
  const digest = `sha${algorithm.slice(2)}`
  const signed = Buffer.concat([hash(digest, origin, 'buffer'), hash(digest, challenge, 'buffer')])
  return {
    unverifiedCertificate: certificate.toString('base64'),
    algorithm,
    signature: sign(digest, signed, { key, ...signatureOf(algorithm) }).toString('base64'),
    format: 'web-eid:1.0',
    appVersion: 'https://web-eid.eu/web-eid-app/releases/2.6.0+0',
  }
}

function algorithmOf({ asymmetricKeyDetails }: KeyObject): string {
  return curves[asymmetricKeyDetails?.namedCurve ?? ''] ?? 'PS256'
}

/** RFC 7518 section 3: ECDSA as r and s side by side, PSS with a salt as long as the digest. */
function signatureOf(algorithm: string) {
  if (algorithm.startsWith('ES')) return { dsaEncoding: 'ieee-p1363' } as const
  if (algorithm.startsWith('RS')) return { padding: constants.RSA_PKCS1_PADDING }
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
}

/** How the page library names an algorithm. */
export interface WebEidAlgorithm {
  cryptoAlgorithm: 'ECC' | 'RSA'
  hashFunction: string
  paddingScheme: 'NONE' | 'PKCS1.5' | 'PSS'
}

export interface WebEidSignature {
  signature: string
  signatureAlgorithm: WebEidAlgorithm
}

/** A curve is used with the digest of its size. */
function signingAlgorithmOf({ asymmetricKeyDetails }: KeyObject): WebEidAlgorithm {
  const named = curves[asymmetricKeyDetails?.namedCurve ?? '']
  return named
    ? { cryptoAlgorithm: 'ECC', hashFunction: `SHA-${named.slice(2)}`, paddingScheme: 'NONE' }
    : { cryptoAlgorithm: 'RSA', hashFunction: 'SHA-256', paddingScheme: 'PKCS1.5' }
}

/** By the key for texts: of a text a card gets the hash alone. */
export function webEidSignature({ key }: KeyPair, digest: Buffer): WebEidSignature {
  const signatureAlgorithm = signingAlgorithmOf(key)
  const isRsa = signatureAlgorithm.cryptoAlgorithm === 'RSA'
  const value = isRsa ? rsaOverDigest(key, digest) : ecdsaOverDigest(key, digest)
  return { signature: value.toString('base64'), signatureAlgorithm }
}

/** RFC 8017 section 9.2, note 1: what stands before a SHA-256 digest. */
const sha256Info = Buffer.from('3031300d060960864801650304020105000420', 'hex')

const rsaOverDigest = (key: KeyObject, digest: Buffer) =>
  privateEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, Buffer.concat([sha256Info, digest]))

/** Orders of the groups (SEC 2 version 2). */
const orders: Record<string, bigint> = {
  'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
  'P-384': BigInt('0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
}

/** FIPS 186-5 section 6.4.1 over a digest of the size of the curve: `node:crypto` signs only what it digests itself. */
function ecdsaOverDigest(key: KeyObject, digest: Buffer): Buffer {
  const { crv = '', d = '' } = key.export({ format: 'jwk' })
  const order = orders[crv] as bigint
  const size = digest.length
  const numberIn = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`)
  const bytesOf = (value: bigint) => Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex')
  const once = createECDH(crv === 'P-256' ? 'prime256v1' : 'secp384r1')
  const point = once.generateKeys()
  const r = numberIn(point.subarray(1, 1 + size)) % order
  const private_ = numberIn(Buffer.from(d, 'base64url'))
  const s = (inverse(numberIn(once.getPrivateKey()), order) * (numberIn(digest) + r * private_)) % order
  return Buffer.concat([bytesOf(r), bytesOf(s)])
}

/** By Fermat, as the order is a prime. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [result, base] = [1n, value % modulus]
  for (let left = modulus - 2n; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * base) % modulus
    base = (base * base) % modulus
  }
  return result
}

/** What the extension says when it cannot do what was asked; the page library has a class for each. */
export type WebEidFailure =
  | 'ERR_WEBEID_NATIVE_UNAVAILABLE'
  | 'ERR_WEBEID_NATIVE_FATAL'
  | 'ERR_WEBEID_USER_CANCELLED'
  | 'ERR_WEBEID_USER_TIMEOUT'
  | 'ERR_WEBEID_VERSION_MISMATCH'

export interface WebEidReader {
  /** The card in the reader at the moment of the question. */
  card(): CardKey | WebEidFailure | Promise<CardKey | WebEidFailure>
  /** What the extension answers to `web-eid:status`, else the versions of here. */
  status?(): WebEidFailure | undefined
  /** Changes a token before the page gets it: what an attacker at the keyboard can do. */
  forge?(token: WebEidToken): WebEidToken
}

interface Asked {
  action: 'web-eid:status' | 'web-eid:authenticate' | 'web-eid:get-signing-certificate' | 'web-eid:sign'
  libraryVersion?: string
  challengeNonce?: string
  /** Of the question before, which the card in the reader must have given. */
  certificate?: string
  hash?: string
  hashFunction?: string
}

/** One question of a page, answered as the extension does. */
export async function answerWebEid(reader: WebEidReader, asked: Asked, origin: string): Promise<object> {
  const { action, libraryVersion, challengeNonce = '' } = asked
  const failure = (code: WebEidFailure) => ({ action: `${action}-failure`, error: { code, message: code } })
  const down = reader.status?.()
  if (down) return failure(down)
  if (action === 'web-eid:status') {
    return { action: `${action}-success`, library: libraryVersion, extension: '2.2.0', nativeApp: '2.6.0+0' }
  }
  const card = await reader.card()
  if (typeof card === 'string') return failure(card)
  const success = { action: `${action}-success` }
  if (action === 'web-eid:authenticate') {
    const token = webEidToken(card, { origin, challenge: challengeNonce })
    return { ...success, ...(reader.forge?.(token) ?? token) }
  }
  const { signature } = card
  // A card without a second key: the page cannot do anything about it, and the library has no better word.
  if (!signature) return failure('ERR_WEBEID_NATIVE_FATAL')
  if (action === 'web-eid:get-signing-certificate') return signingCertificate(signature.certificate)
  const { hashFunction } = signingAlgorithmOf(signature.key)
  const isSame = asked.certificate === signature.certificate.toString('base64') && asked.hashFunction === hashFunction
  if (!isSame) return failure('ERR_WEBEID_NATIVE_FATAL')
  return { ...success, ...webEidSignature(signature, Buffer.from(asked.hash ?? '', 'base64')) }
}

/** What a page gets of the key for texts before anything is signed: no PIN is needed for it. */
export function signingCertificate(certificate: Buffer): object {
  return {
    action: 'web-eid:get-signing-certificate-success',
    certificate: certificate.toString('base64'),
    supportedSignatureAlgorithms: [signingAlgorithmOf(new X509Certificate(certificate).publicKey)],
  }
}

const contentScript = readFileSync(join(import.meta.dirname, 'content.js'), 'utf8')

/** Gives every page of a context the extension and a reader. Call it before the first page is opened. */
export async function installWebEid(context: BrowserContext, reader: WebEidReader): Promise<void> {
  await context.exposeBinding('askNativeApp', ({ frame }, asked: Asked) =>
    answerWebEid(reader, asked, new URL(frame.url()).origin),
  )
  await context.addInitScript(`(({ askNativeApp }, chrome) => {
    chrome.runtime.sendMessage = askNativeApp
    ${contentScript}
  })(window, { runtime: {} })`)
}
