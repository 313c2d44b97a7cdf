/**
 * Tokens of the API: a program proves who it is by an assertion that it signs (`private_key_jwt`, RFC 7523), gets
 * an opaque token for ten minutes (RFC 6749 section 4.4), and shows it with each request (RFC 6750). Tokens are kept in
 * the short-lived state under a kind of their own, which the engine never reads and which never holds one of its: a token
 * of either is nothing to the other.
 *
 * What an assertion is good for is said once, and narrowly: for this endpoint, by this program, once, within five
 * minutes.
 */
import { createLocalJWKSet, decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import { type ApiScope, isApiScope } from '../kernel/api-scopes.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import { type ApiClientId, isId, newSecret } from '../kernel/ids.ts'
import type { StateStore } from '../storage/state.ts'
import type { ApiClient, ApiClients } from './clients.ts'

/** Whoever steals one has it for so long. */
export const tokenLifetime = 10 * minute
/** "The expiration time ... limits the time window during which this assertion can be used" (RFC 7523 section 3). */
export const assertionLifetime = 5 * minute
/** Between the clocks of two machines. */
const clockTolerance = 10 * second

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
/** Asymmetric only (RFC 8725 section 3.1); `clients.ts` takes no other key than theirs. */
const algorithms = ['ES256', 'PS256', 'RS256', 'Ed25519', 'EdDSA']

/** RFC 6749 section 5.2, RFC 8707 section 2. */
export type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_grant_type'

export type TokenAnswer =
  | { ok: true; token: string; scopes: ApiScope[] }
  /** `description` is for who writes the program: no value of the request. */
  | { ok: false; error: TokenError; description: string }

/** Who holds a token. */
export interface Bearer {
  client: ApiClient
  /** Of the token, as far as the program still has them. */
  scopes: readonly ApiScope[]
}

export interface Tokens {
  /** @param form as it was sent: whatever is no text was sent twice */
  issue(form: Record<string, unknown>): Promise<TokenAnswer>
  /** Of the `Authorization` header; undefined from the very moment that the token, or the program, is over. */
  bearer(header: string | undefined): Promise<Bearer | undefined>
}

export interface TokensOptions {
  state: StateStore
  clock: Clock
  clients: Pick<ApiClients, 'find' | 'authenticated' | 'isInForce'>
  /** What assertions name as their audience, and the resource that tokens are for. */
  api: string
}

interface StoredToken {
  client: ApiClientId
  scopes: ApiScope[]
}

const tokenKind = 'api.token'
const assertionKind = 'api.assertion'

type Refused = Extract<TokenAnswer, { ok: false }>

const refused = (error: TokenError, description: string): Refused => ({ ok: false, error, description })

/** Unknown, removed, or the signature is nobody's: that is not told apart. */
const unauthenticated = refused('invalid_client', 'the client could not be authenticated')

/** What is wrong with the form, before anything in it is believed. */
const formRules: readonly ((form: Record<string, unknown>, api: string) => TokenAnswer | undefined)[] = [
  (form) =>
    Object.values(form).every((value) => typeof value === 'string')
      ? undefined
      : refused('invalid_request', 'a parameter was sent twice'),
  ({ grant_type: type }) =>
    type === undefined
      ? refused('invalid_request', 'grant_type is missing')
      : type === 'client_credentials'
        ? undefined
        : refused('unsupported_grant_type', 'grant_type must be client_credentials'),
  (form) =>
    'client_secret' in form ? refused('invalid_client', 'clients authenticate by private_key_jwt only') : undefined,
  ({ client_assertion_type: type, client_assertion: assertion }) =>
    type === assertionType && typeof assertion === 'string' && assertion.length <= 8_192
      ? undefined
      : refused('invalid_client', `client_assertion is missing, or its type is not ${assertionType}`),
  ({ resource }, api) =>
    resource === undefined || resource === api
      ? undefined
      : refused('invalid_target', 'resource must be the address of this API'),
]

export function createTokens({ state, clock, clients, api }: TokensOptions): Tokens {
  /** The program that signed the assertion; used up by it. */
  async function authenticate(assertion: string, claimed: unknown): Promise<{ ok: true; client: ApiClient } | Refused> {
    const issuer = issuerOf(assertion)
    if (!isId('apiClient', issuer) || (claimed !== undefined && claimed !== issuer)) return unauthenticated
    const client = await clients.find(issuer)
    if (!client || !clients.isInForce(client)) return unauthenticated
    const verified = await verify(assertion, client)
    if (!verified.ok) return verified
    const { jti = '', exp = 0 } = verified.payload
    const isFirst = await state.create({
      kind: assertionKind,
      key: `${client.client} ${jti}`,
      value: true,
      expiresAt: exp * second + clockTolerance,
    })
    return isFirst ? { ok: true, client } : refused('invalid_client', 'the assertion was used before (jti)')
  }

  async function verify(assertion: string, client: ApiClient): Promise<{ ok: true; payload: JWTPayload } | Refused> {
    try {
      const { payload } = await jwtVerify(assertion, createLocalJWKSet(client.jwks), {
        algorithms,
        issuer: client.client,
        subject: client.client,
        audience: api,
        requiredClaims: ['exp', 'jti'],
        clockTolerance: clockTolerance / second,
        currentDate: toDate(clock.now()),
      })
      const problem = claimProblem(payload)
      return problem ? refused('invalid_client', problem) : { ok: true, payload }
    } catch (error) {
      // By then the signature was good, and what is wrong may be told.
      if (error instanceof errors.JWTExpired) return refused('invalid_client', 'the assertion is expired (exp)')
      if (error instanceof errors.JWTClaimValidationFailed) {
        return refused('invalid_client', `the assertion is not good for this API (${error.claim})`)
      }
      if (error instanceof errors.JOSEError) return unauthenticated
      throw error
    }
  }

  function claimProblem({ aud, exp = 0, iat, jti }: JWTPayload): string | undefined {
    const now = clock.now()
    // An assertion that names other audiences as well could be taken from one of them and shown here.
    if (aud !== api) return 'aud must be the address of this API alone'
    if (exp * second > now + assertionLifetime + clockTolerance) return 'exp must be at most five minutes ahead'
    if (iat !== undefined && iat * second > now + clockTolerance) return 'iat lies ahead'
    return typeof jti === 'string' && jti.length >= 8 && jti.length <= 128
      ? undefined
      : 'jti must have 8 to 128 characters'
  }

  return {
    async issue(form) {
      for (const rule of formRules) {
        const problem = rule(form, api)
        if (problem) return problem
      }
      const { client_assertion: assertion, client_id: claimed, scope } = form
      const authenticated = await authenticate(String(assertion), claimed)
      if (!authenticated.ok) return authenticated
      const { client } = authenticated
      const asked = typeof scope === 'string' && scope !== '' ? scope.split(' ') : client.scopes
      const scopes = [...new Set(asked)].filter(isApiScope)
      if (scopes.length !== new Set(asked).size || !scopes.every((one) => client.scopes.includes(one))) {
        return refused('invalid_scope', 'a scope is unknown, or not one of this client')
      }
      if (!(await clients.authenticated(client.client, scopes))) return unauthenticated
      const token = `gat_${newSecret()}`
      const value: StoredToken = { client: client.client, scopes }
      const expiresAt = clock.now() + tokenLifetime
      await state.write({ put: [{ kind: tokenKind, key: token, value, expiresAt }] })
      return { ok: true, token, scopes }
    },

    async bearer(header) {
      const [, token] = /^Bearer (gat_[\w-]{43})$/i.exec(header ?? '') ?? []
      if (token === undefined) return undefined
      const [stored] = await state.getMany([{ kind: tokenKind, key: token }])
      if (!stored) return undefined
      const { client: id, scopes } = stored.value as StoredToken
      const client = await clients.find(id)
      if (!client || !clients.isInForce(client)) return undefined
      return { client, scopes: scopes.filter((scope) => client.scopes.includes(scope)) }
    },
  }
}

/** Who says that they signed it; to be believed once the signature is good. */
function issuerOf(assertion: string): unknown {
  try {
    return decodeJwt(assertion).iss
  } catch {
    return undefined
  }
}
