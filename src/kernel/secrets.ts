/**
 * Small cryptographic words that several rooms share, all on `node:crypto`: how a bearer secret is stored, how two
 * secrets are compared, how a value is sealed at rest.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hash,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import { randomBytes } from './random.ts'

/** What is stored in place of a bearer secret or one-time code that has at least 128 bits of its own. */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url')
}

/** Equality in constant time, for strings of any length. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(digestOf(a), digestOf(b))
}

/** In hexadecimal: of bytes Node makes an object of their own outside of its heap, at twice the cost. */
function digestOf(secret: string): Buffer {
  return Buffer.from(hash('sha256', secret, 'hex'))
}

/** Keyed digest with a label, so that two uses of one key never produce the same value (RFC 2104). */
export function keyedHash(key: Buffer, label: string, value: string): string {
  return createHmac('sha256', keyObjectOf(key)).update(label).update('\0').update(value).digest('base64url')
}

/** A symmetric key of 256 bits for one purpose, derived from the master key (HKDF-Expand with one block, RFC 5869). */
export function deriveKey(master: Buffer, purpose: string): Buffer {
  return createHmac('sha256', keyObjectOf(master)).update(`garant/${purpose}\x01`).digest()
}

/** AES-256-GCM: 12 bytes of nonce, the ciphertext, 16 bytes of tag. `context` is authenticated, not stored. */
export function seal(key: Buffer, plaintext: string | Buffer, context: string): Buffer {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', keyObjectOf(key), nonce).setAAD(Buffer.from(context))
  const body = typeof plaintext === 'string' ? cipher.update(plaintext, 'utf8') : cipher.update(plaintext)
  // In GCM nothing is left for the end; it makes the tag.
  cipher.final()
  return Buffer.concat([nonce, body, cipher.getAuthTag()])
}

/** The inverse of `seal`. Throws when the key, the context or a byte is not the one of the sealing. */
export function unseal(key: Buffer, sealed: Buffer, context: string): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', keyObjectOf(key), sealed.subarray(0, 12)).setAAD(
    Buffer.from(context),
  )
  decipher.setAuthTag(sealed.subarray(sealed.length - 16))
  const plaintext = decipher.update(sealed.subarray(12, sealed.length - 16))
  // Nothing is left for the end; it compares the tag, and until it has, the plaintext is nobody's.
  decipher.final()
  return plaintext
}

/** Node inspects raw bytes at each use as if they might be any kind of key, at several times the cost of the cipher. */
function keyObjectOf(key: Buffer): KeyObject {
  const known = keyObjects.get(key)
  if (known) return known
  const made = createSecretKey(key)
  keyObjects.set(key, made)
  return made
}

const keyObjects = new WeakMap<Buffer, KeyObject>()
