/**
 * Security event tokens on the wire (RFC 8417, profiled by Shared Signals Framework 1.0 section 4.1): how ours are made
 * and signed, and how those of others are read. What they mean is not here.
 */
import {
  type CryptoKey,
  type FlattenedJWSInput,
  type JWK,
  type JWTHeaderParameters,
  errors as joseErrors,
  jwtVerify,
  SignJWT,
} from 'jose'
import { type Instant, toDate, toSeconds } from '../kernel/clock.ts'
import { day, minute, second } from '../kernel/durations.ts'

/** "MUST use explicit typing" (section 4.1.1). */
const setType = 'secevent+jwt'

/** RFC 9493 sections 3.2.2 and 3.2.3. */
export type SubjectIdentifier = { format: 'iss_sub'; iss: string; sub: string } | { format: 'opaque'; id: string }

export interface SetClaims {
  iss: string
  jti: string
  iat: Instant
  /** One receiver: "an aud claim with multiple Receivers would lead to unintended data disclosure" (section 4.1.8). */
  aud: string
  txn: string
  subject: SubjectIdentifier
  type: string
  event: Record<string, unknown>
}

/** Without `sub` and `exp`, so that it passes for no other token (sections 4.1.3 and 4.1.7), and with one event. */
export function signSet(claims: SetClaims, key: { id: string; alg: string; privateJwk: JWK }): Promise<string> {
  const { iss, jti, iat, aud, txn, subject, type, event } = claims
  return new SignJWT({ iss, jti, iat: toSeconds(iat), aud, txn, sub_id: subject, events: { [type]: event } })
    .setProtectedHeader({ alg: key.alg, kid: key.id, typ: setType })
    .sign(key.privateJwk)
}

/** RFC 8935 section 2.4, and SSF 1.0 section 8.1.4.1 for the last one. */
export const setErrors = [
  'invalid_request',
  'invalid_key',
  'invalid_issuer',
  'invalid_audience',
  'authentication_failed',
  'access_denied',
  'invalid_state',
] as const
export type SetError = (typeof setErrors)[number]

/** Why a token is not taken, in closed words, with the code and the sentence that its transmitter gets. */
export const refusals = {
  malformed: ['invalid_request', 'the body is no signed JWT'],
  wrong_type: ['invalid_request', 'typ must be secevent+jwt'],
  unsigned: ['invalid_key', 'it must be signed, by an asymmetric key'],
  unknown_key: ['invalid_key', 'no key of the registered key set made this signature'],
  foreign_issuer: ['invalid_issuer', 'iss is not the registered issuer'],
  foreign_audience: ['invalid_audience', 'aud must be the registered audience alone'],
  sub_present: ['invalid_request', 'sub must not be there: the subject is in sub_id'],
  exp_present: ['invalid_request', 'exp must not be there'],
  no_jti: ['invalid_request', 'jti must have 1 to 255 characters'],
  jti_reused: ['invalid_request', 'this jti came before, with another content'],
  no_time: ['invalid_request', 'iat is missing, or no number'],
  future: ['invalid_request', 'iat lies ahead'],
  stale: ['invalid_request', 'iat is more than 14 days ago'],
  no_events: ['invalid_request', 'events must hold exactly one event'],
  no_subject: ['invalid_request', 'sub_id must be there, in the format iss_sub (opaque for an event about a stream)'],
  unauthenticated: ['authentication_failed', 'the Authorization header is not the one that was given for this address'],
  foreign_subject: ['access_denied', 'sub_id is of an issuer whose subjects you cannot speak of'],
} as const satisfies Record<string, readonly [SetError, string]>
export type Refusal = keyof typeof refusals

/** Nobody's keys are shared, so what is signed by a secret is signed by nobody (RFC 8725 section 3.1). */
const algorithms = ['RS256', 'PS256', 'ES256', 'ES384', 'Ed25519', 'EdDSA']

/** What a transmitter keeps for a receiver that is down, here as there. */
export const longestWait = 14 * day
/** Between the clocks of two machines. */
const clockTolerance = 2 * minute

export interface ReadSet {
  jti: string
  iat: Instant
  subject: SubjectIdentifier
  type: string
  event: Record<string, unknown>
  txn?: string
}

export type KeySet = (header: JWTHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>

export interface ExpectedSet {
  issuer: string
  audience: string
  now: Instant
  /** Throws when the keys cannot be had. */
  keys: KeySet
}

export async function readSet(token: string, expected: ExpectedSet): Promise<ReadSet | Refusal> {
  const header = headerOf(token)
  if (!header) return 'malformed'
  if (!isSetType(header.typ)) return 'wrong_type'
  if (typeof header.alg !== 'string' || !algorithms.includes(header.alg)) return 'unsigned'
  try {
    const { payload } = await jwtVerify(token, expected.keys, { algorithms, currentDate: toDate(expected.now) })
    const broken = claimRules.find(([, holds]) => !holds(payload, expected))
    return broken ? broken[0] : setOf(payload)
  } catch (error) {
    // Read only after the signature was found good.
    if (error instanceof joseErrors.JWTExpired) return 'exp_present'
    if (error instanceof joseErrors.JWTClaimValidationFailed) return claimRefusals[error.claim] ?? 'malformed'
    if (error instanceof joseErrors.JWSInvalid || error instanceof joseErrors.JWTInvalid) return 'malformed'
    if (error instanceof joseErrors.JOSEError) return 'unknown_key'
    throw error
  }
}

const claimRefusals: Record<string, Refusal> = { iat: 'no_time', exp: 'exp_present', nbf: 'future' }

type Payload = Record<string, unknown>

/** In this order; whose it is comes first. */
const claimRules: readonly [Refusal, (payload: Payload, expected: ExpectedSet) => boolean][] = [
  ['foreign_issuer', ({ iss }, { issuer }) => iss === issuer],
  // Of several audiences another one could show it here.
  ['foreign_audience', ({ aud }, { audience }) => aud === audience || (isAlone(aud) && aud[0] === audience)],
  ['sub_present', (payload) => !('sub' in payload)],
  ['exp_present', (payload) => !('exp' in payload)],
  ['no_jti', ({ jti }) => typeof jti === 'string' && jti.length > 0 && jti.length <= 255],
  ['no_time', ({ iat }) => typeof iat === 'number' && Number.isFinite(iat)],
  ['future', ({ iat }, { now }) => Number(iat) * second <= now + clockTolerance],
  ['stale', ({ iat }, { now }) => Number(iat) * second >= now - longestWait - clockTolerance],
  [
    'no_events',
    ({ events }) => isObject(events) && Object.keys(events).length === 1 && isObject(Object.values(events)[0]),
  ],
  ['no_subject', ({ sub_id: subject }) => subjectOf(subject) !== undefined],
]

function setOf(payload: Payload): ReadSet {
  const [[type, event] = ['', {}]] = Object.entries(payload.events as Record<string, Record<string, unknown>>)
  const subject = subjectOf(payload.sub_id)
  if (!subject) throw new Error('a set without its subject')
  return {
    jti: String(payload.jti),
    iat: Number(payload.iat) * second,
    subject,
    type,
    event,
    ...(typeof payload.txn === 'string' ? { txn: payload.txn } : {}),
  }
}

/** Undefined for a format that says nothing here. */
export function subjectOf(value: unknown): SubjectIdentifier | undefined {
  if (!isObject(value)) return undefined
  const { format, iss, sub, id } = value
  const isText = (one: unknown): one is string => typeof one === 'string' && one !== '' && one.length <= 1_024
  if (format === 'iss_sub' && isText(iss) && isText(sub)) return { format, iss, sub }
  return format === 'opaque' && isText(id) ? { format, id } : undefined
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const isAlone = (value: unknown): value is [unknown] => Array.isArray(value) && value.length === 1

/** "It is RECOMMENDED that the application/ prefix be omitted" (RFC 8417 section 2.3). */
const isSetType = (typ: unknown) =>
  typeof typ === 'string' && typ.toLowerCase().replace(/^application\//, '') === setType

function headerOf(token: string): Record<string, unknown> | undefined {
  const [header = '', ...rest] = token.split('.')
  // An unsigned one has three parts too, the last of them empty: it is to be told what is wrong with it.
  if (rest.length !== 2) return undefined
  try {
    const read: unknown = JSON.parse(Buffer.from(header, 'base64url').toString('utf8'))
    return isObject(read) ? read : undefined
  } catch {
    return undefined
  }
}
