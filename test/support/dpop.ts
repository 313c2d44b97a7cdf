/** Proofs of possession of a key, as a client makes them (RFC 9449). */
import { createHash, randomUUID } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { toSeconds } from '../../src/kernel/clock.ts'

export interface ProofKey {
  alg: string
  privateKey: CryptoKey
  jwk: JWK
  thumbprint: string
}

export async function newProofKey(alg = 'ES256'): Promise<ProofKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const jwk = await exportJWK(publicKey)
  return { alg, privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}

export interface Proof {
  method?: string
  url: string
  /** Of the client's clock. */
  at: number
  jti?: string
  nonce?: string
  /** The token that goes with it. */
  token?: string
  typ?: string
  /** Claims taken away, or put in the place of others. */
  claims?: Record<string, unknown>
}

export async function proofOf(key: ProofKey, proof: Proof): Promise<string> {
  const { method = 'POST', url, at, jti = randomUUID(), nonce, token, typ = 'dpop+jwt', claims = {} } = proof
  const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') }
  const all = { htm: method, htu: url, iat: toSeconds(at), jti, ...(nonce ? { nonce } : {}), ...ath, ...claims }
  const said = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
  return new SignJWT(said).setProtectedHeader({ alg: key.alg, typ, jwk: key.jwk }).sign(key.privateKey)
}
