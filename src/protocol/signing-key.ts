/**
 * A key of `keys/` as the engine takes one that it may not see: it hands over bytes and gets a signature. One signature
 * on this thread costs a third of what handing it to another one does.
 */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign } from 'node:crypto'
import { ExternalSigningKey } from 'oidc-provider'
import type { Key } from '../keys/keys.ts'

export class SigningKey extends ExternalSigningKey {
  readonly #private: KeyObject
  readonly #public: KeyObject
  readonly #key: Pick<Key, 'id' | 'alg'>

  constructor({ id, alg, privateJwk }: Pick<Key, 'id' | 'alg' | 'privateJwk'>) {
    super()
    this.#key = { id, alg }
    this.#private = createPrivateKey({ key: privateJwk as JsonWebKey, format: 'jwk' })
    this.#public = createPublicKey(this.#private)
  }

  override get kid(): string {
    return this.#key.id
  }

  override get alg(): string {
    return this.#key.alg
  }

  override keyObject(): KeyObject {
    return this.#public
  }

  override sign(data: Uint8Array): Uint8Array {
    // The bare key: Node takes an object around it, as its `dsaEncoding` needs, for a key first, and the error that this
    // makes costs as much as the signature.
    const signature = sign('sha256', data, this.#private)
    return this.#key.alg === 'RS256' ? signature : concatenated(signature)
  }
}

/** Bytes of each half of a signature by P-256. */
const half = 32

/**
 * "the JWS Signature value [...] is the concatenation of R and S" (RFC 7518 section 3.4), each as 32 bytes.
 *
 * @param der `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 section 2.2.3) of our own making: each as short as it can be,
 *   with a zero in front where it would be read as negative
 */
export function concatenated(der: Buffer): Buffer {
  const signature = Buffer.alloc(2 * half)
  // Behind the header of the sequence, whose length takes one byte.
  let at = 2
  for (const end of [half, 2 * half]) {
    const begin = at + 2
    const next = begin + der.readUInt8(at + 1)
    const digits = der.subarray(Math.max(begin, next - half), next)
    signature.set(digits, end - digits.length)
    at = next
  }
  return signature
}
