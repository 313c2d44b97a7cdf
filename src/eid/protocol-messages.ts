/**
 * The messages of the app (`docs/eid-app-protocol.md`): their shapes, how one is read from its JWS, and the exact texts
 * that a card signs and a code holds. Nothing is stored or decided here, but that a message is well-formed, for this hub,
 * of now, and signed by the key that it should be.
 */
import { hash } from 'node:crypto'
import { calculateJwkThumbprint, compactVerify, importJWK, type JWK } from 'jose'
import { z } from 'zod'
import type { Instant } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import { isId, type PhoneId } from '../kernel/ids.ts'
import { AppError } from './protocol-errors.ts'

/** By what a phone recognised its holder. Nothing else of it leaves the phone. */
export const biometricMethods = ['fingerprint', 'face'] as const
export type BiometricMethod = (typeof biometricMethods)[number]

export const declineReasons = ['not_me', 'changed_mind', 'wrong_place'] as const
export type DeclineReason = (typeof declineReasons)[number]

/** Of a body: an attestation is a chain of five certificates at most. */
export const messageBytes = 32 * 1024
/** How far a phone's clock may be from the hub's. */
export const clockTolerance = 2 * minute

export const cardAlgorithms = [
  ...(['ES256', 'ES384', 'ES512'] as const),
  ...(['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'] as const),
] as const
export type CardAlgorithm = (typeof cardAlgorithms)[number]

/** Base64url without padding, spelt as an encoder spells it: other spellings of the same bytes are none. */
const bytes = (least: number, most: number) =>
  z
    .string()
    .max(Math.ceil((most * 4) / 3))
    .refine((text) => {
      const decoded = Buffer.from(text, 'base64url')
      return decoded.length >= least && decoded.length <= most && decoded.toString('base64url') === text
    })

const secret = bytes(32, 32)
const certificate = bytes(1, 8 * 1024)
const card = z.strictObject({
  certificate,
  intermediates: z.array(certificate).max(4).exactOptional(),
  algorithm: z.enum(cardAlgorithms),
  signature: bytes(1, 1024),
})
export type CardProof = z.output<typeof card>

/** What a person reads: nothing that hides or turns the text around it. */
const label = z
  .string()
  .max(64)
  .transform((text) => text.normalize('NFC').replace(/\p{C}/gu, '').trim())

const inPairing = { pairing: secret, challenge: secret }
const request = z.string().refine((id) => isId('eidRequest', id))
const inRequest = { request, challenge: secret }
const method = z.enum(biometricMethods)

/** The claims of each message, besides those that all have. */
const claims = {
  attestation: z.strictObject({
    ...inPairing,
    platform: z.enum(['android', 'ios']),
    statement: z.record(z.string().max(32), z.union([z.string().max(messageBytes), z.array(z.string()).max(8)])),
    model: label.exactOptional(),
  }),
  card: z.union([
    z.strictObject({ ...inPairing, card, assertion: bytes(1, 4 * 1024).exactOptional() }),
    z.strictObject({ ...inRequest, card }),
  ]),
  biometrics: z.union([z.strictObject({ ...inPairing, method }), z.strictObject({ ...inRequest, method })]),
  renewal: z.strictObject({ rotate: z.boolean() }),
  phone: z.strictObject({}),
  name: z.strictObject({ label }),
  approvals: z.strictObject({}),
  end: z.strictObject({}),
  scan: z.strictObject({ code: secret }),
  state: z.strictObject({ request }),
  number: z.strictObject({ request, number: z.string().regex(/^\d{2}$/) }),
  text: z.strictObject({ request }),
  approval: z.strictObject({ ...inRequest, signature: bytes(64, 64).exactOptional() }),
  decline: z.strictObject({ request, reason: z.enum(declineReasons) }),
} as const
export type MessageName = keyof typeof claims
export type ClaimsOf<N extends MessageName> = z.output<(typeof claims)[N]>

export const messageNames = Object.keys(claims) as MessageName[]
export const typOf = (name: MessageName) => `garant-eid-${name}+jwt`

const common = z.object({ aud: z.string(), iat: z.int(), jti: z.string().regex(/^[\w-]{16,64}$/) })

const deviceKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: bytes(32, 32),
  y: bytes(32, 32),
})
export type DeviceKey = z.output<typeof deviceKey>

/** Who says to have signed: a phone by its id, or a key that the message brings along. */
export type Signer = { phone: PhoneId } | { key: DeviceKey }

export interface Message<N extends MessageName> {
  claims: ClaimsOf<N>
  signer: Signer
  /** RFC 7638, SHA-256, base64url: of the key that signed. */
  thumbprint: string
  jti: string
}

const header = z.union([
  z.strictObject({ alg: z.literal('ES256'), typ: z.string(), kid: z.string() }),
  z.strictObject({ alg: z.literal('ES256'), typ: z.string(), jwk: deviceKey }),
])

const body = z.strictObject({ message: z.string().max(messageBytes) })

/**
 * Reads one message of a kind. `keyOf` finds the key of a paired phone, and says why there is none by throwing.
 *
 * @throws AppError `request_malformed`, `signature_invalid`, `clock_skew`, and what `keyOf` throws
 */
export async function readMessage<N extends MessageName>(
  name: N,
  given: unknown,
  { issuer, now, keyOf }: { issuer: string; now: Instant; keyOf: (phone: PhoneId) => Promise<JWK> },
): Promise<Message<N>> {
  const { message } = read(body, given)
  const [head = '', payload = ''] = message.split('.')
  const signed = header.safeParse(jsonIn(head))
  if (!signed.success || signed.data.typ !== typOf(name)) throw new AppError('signature_invalid')
  const signer = signerOf(signed.data)
  const key: JWK = 'phone' in signer ? await keyOf(signer.phone) : signer.key
  try {
    await compactVerify(message, await importJWK(key, 'ES256'), { algorithms: ['ES256'] })
  } catch {
    // Also a point that is not on the curve.
    throw new AppError('signature_invalid')
  }
  const { aud, iat, jti, ...rest } = Object(jsonIn(payload)) as Record<string, unknown>
  const always = read(common, { aud, iat, jti })
  if (always.aud !== issuer) throw new AppError('signature_invalid')
  if (Math.abs(always.iat * second - now) > clockTolerance) {
    throw new AppError('clock_skew', { now: Math.floor(now / second) })
  }
  return {
    claims: read(claims[name], rest) as ClaimsOf<N>,
    signer,
    thumbprint: await calculateJwkThumbprint(key),
    jti: always.jti,
  }
}

function signerOf(signed: z.output<typeof header>): Signer {
  if ('jwk' in signed) return { key: signed.jwk }
  if (!isId('phone', signed.kid)) throw new AppError('phone_unknown')
  return { phone: signed.kid }
}

/** @throws AppError `request_malformed`, which repeats nothing of what was given */
export function read<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given)
  if (!parsed.success) throw new AppError('request_malformed')
  return parsed.data
}

function jsonIn(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  } catch {
    throw new AppError('signature_invalid')
  }
}

/** The unsigned one, as there is no key yet. */
export const beginning = z.strictObject({ provider: z.string().max(64), installation: secret })

// ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const cardPurposes = ['pairing', 'renewal', 'approval', 'reading'] as const
export type CardPurpose = (typeof cardPurposes)[number]

/** What the card signs. No member can hold a line feed, so no two questions have one text. */
export function cardText(of: { issuer: string; challenge: string; thumbprint: string; purpose: CardPurpose }): Buffer {
  return Buffer.from(['garant-eid/1 card', of.issuer, of.challenge, of.thumbprint, of.purpose].join('\n'))
}

/** Of a text that is signed: what a telephone shows to its end. */
export const textBytes = 64 * 1024

/** What a QR code or a link holds. */
export const codeText = (issuer: string, code: string) => `${issuer}/eid/q/${code}`

/** Of a number that somebody has to copy: as likely as any other, with its zeros. */
export function digitsFrom(random: Buffer, digits: number): string {
  // 64 bits over a million values: what is uneven is less than one in 10^13.
  return String(random.readBigUInt64BE() % 10n ** BigInt(digits)).padStart(digits, '0')
}

/** A digest that may be compared and logged nowhere: how a code rests. */
export const fingerprintOf = (text: string): string => hash('sha256', text, 'base64url')
