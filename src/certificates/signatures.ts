/** Signatures, by the names of RFC 7518 section 3.1 and by those of certificates. A key verifies only what it is for. */
import { constants, type KeyObject, verify } from 'node:crypto'
import { childrenOf, cursorOf, type Element, elementOf, encode, inside, oidOf, smallOf, tags } from './der.ts'

const curves = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' } as const

export type SignatureAlgorithm = 'ES256' | 'ES384' | 'ES512' | 'PS256' | 'PS384' | 'PS512' | 'RS256' | 'RS384' | 'RS512'

/**
 * A signature over `data` by the private half of `key`. Of an elliptic curve it is the two numbers one after the other
 * (RFC 7518 section 3.4), which is also what Web eID sends, or `der` (`derOfSignature`). False for an algorithm that the key
 * is not for.
 */
export function verifyBy(
  key: KeyObject,
  algorithm: SignatureAlgorithm,
  data: Buffer,
  signature: Buffer,
  encoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
): boolean {
  const digest = `sha${algorithm.slice(2)}`
  try {
    if (algorithm.startsWith('ES')) {
      const isFor = key.asymmetricKeyDetails?.namedCurve === curves[algorithm as keyof typeof curves]
      return isFor && verify(digest, data, { key, dsaEncoding: encoding }, signature)
    }
    if (key.asymmetricKeyType !== 'rsa') return false
    // RFC 7518 section 3.5: "the size of the salt value is the same size as the hash function output".
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    return verify(digest, data, algorithm.startsWith('PS') ? { key, ...pss } : key, signature)
  } catch {
    return false
  }
}

/** As OpenSSL takes it: of an elliptic curve Ecdsa-Sig-Value (RFC 3279 section 2.2.3); RSA has one form. */
export function derOfSignature(algorithm: SignatureAlgorithm, signature: Buffer): Buffer {
  if (!algorithm.startsWith('ES')) return signature
  const half = signature.length / 2
  return encode(tags.sequence, integerFrom(signature.subarray(0, half)), integerFrom(signature.subarray(half)))
}

/** A positive number of X.690 section 8.3: as few bytes as will do, and none that looks negative. */
function integerFrom(bytes: Buffer): Buffer {
  const from = bytes.findIndex((byte) => byte !== 0)
  const digits = from < 0 ? Buffer.of(0) : bytes.subarray(from)
  return encode(tags.integer, (digits[0] as number) & 0x80 ? Buffer.concat([Buffer.of(0), digits]) : digits)
}

// --- Of certificates, lists and answers ----------------------------------------------------------------------------

/** How something was signed, where that is accepted; else what is wrong with it. */
export type SignatureMethod =
  | { type: 'ec' | 'rsa'; hash: 'sha256' | 'sha384' | 'sha512' }
  | { type: 'rsa-pss'; hash: 'sha256' | 'sha384' | 'sha512'; salt: number }
  | { type: 'none'; reason: 'hash_too_weak' | 'algorithm_not_allowed' }

const methods: Record<string, SignatureMethod> = {
  '1.2.840.10045.4.3.2': { type: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { type: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { type: 'ec', hash: 'sha512' },
  '1.2.840.113549.1.1.11': { type: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { type: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { type: 'rsa', hash: 'sha512' },
}

const digests: Record<string, 'sha256' | 'sha384' | 'sha512'> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

/** MD2, MD5 and SHA-1, with RSA and with elliptic curves, and DSA. */
const weak = new Set([
  ...['1.2.840.113549.1.1.2', '1.2.840.113549.1.1.4', '1.2.840.113549.1.1.5', '1.3.14.3.2.29'],
  ...['1.2.840.10045.4.1', '1.2.840.10040.4.3'],
])

const notAllowed: SignatureMethod = { type: 'none', reason: 'algorithm_not_allowed' }
const tooWeak: SignatureMethod = { type: 'none', reason: 'hash_too_weak' }

/** An AlgorithmIdentifier (RFC 5280 section 4.1.1.2). */
export function signatureMethodOf(element: Element): SignatureMethod {
  const [first, parameters] = childrenOf(element)
  const oid = first ? oidOf(first) : ''
  if (oid === '1.2.840.113549.1.1.10') return parameters ? pssOf(parameters) : tooWeak
  return Object.hasOwn(methods, oid) ? (methods[oid] as SignatureMethod) : weak.has(oid) ? tooWeak : notAllowed
}

/** RFC 4055 section 3.1. What is left out is SHA-1. */
function pssOf(parameters: Element): SignatureMethod {
  const at = cursorOf(parameters.content)
  const digest = at.maybe(inside(0))
  const mask = at.maybe(inside(1))
  const salt = at.maybe(inside(2))
  const trailer = at.maybe(inside(3))
  at.end()
  if (!digest || !mask) return tooWeak
  const nameIn = (element: Element) => oidOf(childrenOf(elementOf(element.content, tags.sequence))[0] as Element)
  const hash = digests[nameIn(digest)]
  const [, ofMask] = childrenOf(elementOf(mask.content, tags.sequence))
  const same = ofMask && digests[oidOf(childrenOf(ofMask)[0] as Element)] === hash
  if (!hash || !same || trailer) return notAllowed
  return { type: 'rsa-pss', hash, salt: salt ? smallOf(elementOf(salt.content, tags.integer)) : 20 }
}

/** Did the owner of the key sign these bytes in this way? */
export function isSigned(body: Buffer, signature: Buffer, method: SignatureMethod, key: KeyObject): boolean {
  if (method.type === 'none') return false
  const isFor =
    method.type === 'rsa-pss'
      ? /^rsa(?:-pss)?$/.test(key.asymmetricKeyType ?? '')
      : key.asymmetricKeyType === method.type
  if (!isFor) return false
  const pss = method.type === 'rsa-pss' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: method.salt } : {}
  try {
    return verify(method.hash, body, { key, ...pss }, signature)
  } catch {
    return false
  }
}

const curvesAllowed: ReadonlySet<string> = new Set(Object.values(curves))

/**
 * RSA from 2,048 bits (SOG-IS ACM 1.3 section 4.1) to 8,192 with an exponent of at most 32 bits, beyond which a
 * verification is somebody's way to keep us busy; P-256, P-384 and P-521.
 */
export function isKeyAllowed(key: KeyObject | undefined): key is KeyObject {
  const { modulusLength = 0, publicExponent = 0n, namedCurve = '' } = key?.asymmetricKeyDetails ?? {}
  if (key?.asymmetricKeyType === 'ec') return curvesAllowed.has(namedCurve)
  const isRsa = key?.asymmetricKeyType === 'rsa' || key?.asymmetricKeyType === 'rsa-pss'
  return isRsa && modulusLength >= 2048 && modulusLength <= 8192 && publicExponent >= 3n && publicExponent < 2n ** 32n
}
