/** The public keys by which a service proves who it is (`private_key_jwt`, RFC 7523). */
import { createPublicKey } from 'node:crypto'
import type { JWK } from 'jose'

/** Members that only a private or a symmetric key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** "A key of size 2048 bits or larger MUST be used" (RFC 7518 section 3.3). */
const smallestRsa = 2048

/** The end of a sentence, or undefined when the key may be used. */
export function publicKeyProblem(jwk: Record<string, unknown>): string | undefined {
  if (privateMembers.some((member) => member in jwk)) return 'must be a public key: this one holds private parts'
  try {
    const key = createPublicKey({ key: jwk as JWK, format: 'jwk' })
    const bits = key.asymmetricKeyDetails?.modulusLength
    return bits !== undefined && bits < smallestRsa ? `must have at least ${smallestRsa} bits` : undefined
  } catch {
    return 'is not a public key (JWK)'
  }
}
