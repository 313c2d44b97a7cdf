/** The secrets and keys of the town, which are none: whoever reads this file knows them. */
import { createECDH, hash } from 'node:crypto'
import type { JWK } from 'jose'

/** Secrets of the demo are no secrets: the same on every machine, so that starting again changes no setting. */
export function demoSecret(owner: string): string {
  return `demo-only-not-a-secret-${owner}`
}

/** The key of a service that authenticates by one: derived like the secrets, on the curve P-256 (RFC 7518 section 6.2). */
export function demoKey(owner: string): { privateJwk: JWK; publicJwk: JWK } {
  const curve = createECDH('prime256v1')
  const scalar = hash('sha256', demoSecret(owner), 'buffer')
  curve.setPrivateKey(scalar)
  // 0x04, then both coordinates of 32 bytes each.
  const point = curve.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', use: 'sig', kid: `demo-${owner}` } as JWK
  return { publicJwk, privateJwk: { ...publicJwk, d: scalar.toString('base64url') } }
}
