/**
 * The token of Web eID, as the project's architecture document writes it ("Web eID authentication token specification"):
 * a certificate that nobody verified yet, and a signature over the origin and the challenge. Both are taken from what the
 * hub knows, never from the token. Here it is shown that whoever made the token has the key of that certificate, for this
 * origin and this challenge; whether the certificate is any good is for `certificates/`. Pure.
 */
import { hash, type KeyObject, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { type SignatureAlgorithm, verifyBy } from '../certificates/signatures.ts'

/** Room for a certificate and a signature of RSA 4096 with all that later minor versions may add. */
const mostCharacters = 20_000

const base64 = (most: number) => z.base64().min(4).max(most)

/** "RFC 7518 sections 3.3, 3.4 and 3.5". */
const algorithms = [
  ...(['ES256', 'ES384', 'ES512'] as const),
  ...(['PS256', 'PS384', 'PS512'] as const),
  ...(['RS256', 'RS384', 'RS512'] as const),
] satisfies SignatureAlgorithm[]

/**
 * "minor version changes are backwards-compatible within the given major version", so fields that are not known are left
 * alone, and nothing but version 1 is read.
 */
const tokenSchema = z.object({
  unverifiedCertificate: base64(12_000),
  algorithm: z.enum(algorithms),
  signature: base64(2_000),
  format: z.string().regex(/^web-eid:1\.\d{1,3}$/),
})

export type TokenRead =
  /** The certificate is DER, and unverified. */
  { ok: true; certificate: Buffer; key: KeyObject } | { ok: false; reason: 'malformed' | 'signature' }

/** @param origin `scheme "://" host [ ":" port ]`, without a slash at its end */
export function readToken(text: string, { origin, challenge }: { origin: string; challenge: string }): TokenRead {
  const token = parse(text)
  if (!token) return { ok: false, reason: 'malformed' }
  const { algorithm, signature } = token
  const certificate = Buffer.from(token.unverifiedCertificate, 'base64')
  const key = keyOf(certificate)
  if (!key) return { ok: false, reason: 'malformed' }
  // "hash(origin)+hash(challenge nonce)", each of the text, by the digest of the algorithm: lengths are then fixed.
  const digest = `sha${algorithm.slice(2)}`
  const signed = Buffer.concat([hash(digest, origin, 'buffer'), hash(digest, challenge, 'buffer')])
  return verifyBy(key, algorithm, signed, Buffer.from(signature, 'base64'))
    ? { ok: true, certificate, key }
    : { ok: false, reason: 'signature' }
}

function parse(text: string): z.output<typeof tokenSchema> | undefined {
  if (text.length > mostCharacters) return undefined
  try {
    return tokenSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function keyOf(certificate: Buffer): KeyObject | undefined {
  try {
    return new X509Certificate(certificate).publicKey
  } catch {
    return undefined
  }
}
