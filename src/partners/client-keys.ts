/** The public keys by which a service proves who it is (`private_key_jwt`, RFC 7523), and a gateway what it says. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { type Problem, problem } from './problems.ts'

/** Members that only a private or a symmetric key has (RFC 7518 sections 6.2.2, 6.3.2 and 6.4). */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']

/** "A key of size 2048 bits or larger MUST be used" (RFC 7518 section 3.3). */
const smallestRsa = 2048

/** Those of the algorithms that the hub verifies. */
const curves: ReadonlySet<unknown> = new Set(['P-256', 'P-384', 'P-521', 'Ed25519'])

/** Undefined when the key may be used. */
export function publicKeyProblem(jwk: Record<string, unknown>): Problem | undefined {
  if (privateMembers.some((member) => member in jwk)) return problem('key_private')
  const key = read(jwk as JWK)
  if (!key) return problem('not_a_key')
  if (jwk.kty !== 'RSA') return curves.has(jwk.crv) ? undefined : problem('key_curve')
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  if (modulusLength < smallestRsa) return problem('key_small', { least: smallestRsa })
  // "The RSA public exponent e is an integer between 3 and n - 1" (RFC 8017 section 3.1), and odd: with 1 everything verifies.
  return publicExponent >= 3n && publicExponent % 2n === 1n ? undefined : problem('key_exponent')
}

/** By what people tell keys apart: "computing a JWK Thumbprint" (RFC 7638 section 3), SHA-256, base64url. */
export function thumbprintOf(jwk: Readonly<Record<string, unknown>>): string {
  const members =
    { EC: ['crv', 'kty', 'x', 'y'], OKP: ['crv', 'kty', 'x'], RSA: ['e', 'kty', 'n'] }[String(jwk.kty)] ?? []
  const required = JSON.stringify(Object.fromEntries(members.map((member) => [member, jwk[member]])))
  return createHash('sha256').update(required).digest('base64url')
}

/** As people paste them: a set of keys, or the only key of a set; undefined when it is neither. Nothing is judged yet. */
export function keysIn(text: string): { keys: Record<string, unknown>[] } | undefined {
  try {
    const pasted: unknown = JSON.parse(text)
    if (typeof pasted !== 'object' || pasted === null) return undefined
    const keys = 'keys' in pasted ? pasted.keys : 'kty' in pasted ? [pasted] : undefined
    return Array.isArray(keys) ? { keys } : undefined
  } catch {
    return undefined
  }
}

function read(jwk: JWK): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return undefined
  }
}
