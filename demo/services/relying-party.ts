/**
 * The stock relying party of a service, on `openid-client`: it builds the request, redeems the code, reads userinfo,
 * checks what a relying party has to check, and keeps the raw exchanges for the developers' page. It knows no session
 * and no page.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRemoteJWKSet, importJWK, type JWK, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { atLeast, isLevel, type Level, lowestOf } from '../../src/kernel/assurance.ts'
import type { Clock, Instant } from '../../src/kernel/clock.ts'
import { toDate } from '../../src/kernel/clock.ts'
import { minute, second } from '../../src/kernel/durations.ts'
import type { Action } from '../../src/policy/mandate.ts'
import type { ServiceDefinition } from './services.ts'

/** Where the answers come from: discovery at this address, or metadata given as they are. */
export type Authority = { issuer: string; metadata?: client.ServerMetadata }

export interface RelyingPartyOptions {
  definition: Pick<ServiceDefinition, 'id' | 'auth' | 'scopes' | 'level' | 'userinfoAlg' | 'representation'>
  authority: Authority
  origin: string
  clientSecret?: string
  /** For `private_key_jwt`. */
  privateJwk?: JWK
  clock: Clock
  /** How the answers are signed. */
  idTokenAlg?: 'ES256' | 'RS256'
}

/** One request from this server to the hub, and its answer, as they crossed the network. */
export interface Exchange {
  method: string
  url: string
  status: number
  contentType: string
  body: string
}

/** What must be remembered between the request and its answer. */
export interface Pending {
  state: string
  nonce: string
  codeVerifier: string
  /** Levels that were asked; the lowest of them has to be reached. */
  acr: Level[]
  maxAge?: number
  url: string
}

/** For whom somebody acts, as the hub says it: the claim `represented`. */
export interface Acting {
  /** `ice:…` */
  sub: string
  name: string
  identifiers: Record<string, string>
  as: 'representative' | 'mandatary' | 'employee'
  mandate?: string
  firm?: { sub: string; name: string }
  rights: { action: Action; until?: number; minimum_level: Level }[]
  until?: number
}

/** Good at the service's own interface, bound to its key, and worth what the mandate is worth at each use. */
export interface MandateToken {
  value: string
  expiresAt: Instant
}

export interface SignIn {
  subject: string
  level: Level
  /** Seconds. */
  authTime: number | undefined
  idToken: string
  /** The session at the hub, for its logout tokens. */
  sid: string | undefined
  idTokenClaims: Record<string, unknown>
  userinfo: Record<string, unknown>
  exchanges: Exchange[]
  request: string
  acting?: Acting
  mandateToken?: MandateToken
}

/** The request's options that a visitor may choose, for demonstrations and tests. */
export interface LoginOptions {
  acr_values?: string
  /** Levels, separated by spaces, in the claims parameter: nothing below is taken (Core section 5.5.1.1). */
  essential_acr?: string
  /** `1`: asks how the person authenticated. */
  amr?: string
  max_age?: string
  prompt?: string
  ui_locales?: string
  login_hint?: string
  idp_hint?: string
  id_token_hint?: string
  representation_hint?: string
  scope?: string
}

/** The level in the answer is below the one that was asked: "the RP must check". */
export class LevelTooLow extends Error {
  override readonly name = 'LevelTooLow'
}

const passedOn = [
  ...(['max_age', 'prompt', 'ui_locales', 'login_hint', 'idp_hint', 'id_token_hint'] as const),
  'representation_hint',
] as const

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

const backchannelEvent = 'http://schemas.openid.net/event/backchannel-logout'

export class RelyingParty {
  readonly #options: RelyingPartyOptions
  readonly #exchanges = new AsyncLocalStorage<Exchange[]>()
  readonly #seen = new Map<string, number>()
  #configuration: Promise<client.Configuration> | undefined
  #dpop: Promise<client.DPoPHandle> | undefined

  constructor(options: RelyingPartyOptions) {
    this.#options = options
  }

  get redirectUri(): string {
    return `${this.#options.origin}/callback`
  }

  async begin(options: LoginOptions): Promise<Pending> {
    const configuration = await this.#configured()
    const codeVerifier = client.randomPKCECodeVerifier()
    const pending = { state: client.randomState(), nonce: client.randomNonce(), codeVerifier }
    const parameters = new URLSearchParams({
      redirect_uri: this.redirectUri,
      scope: options.scope ?? this.#options.definition.scopes.join(' '),
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    })
    for (const name of passedOn) if (options[name]) parameters.set(name, options[name])
    const acr = this.#askLevel(parameters, options)
    const maxAge = options.max_age ? { maxAge: Number(options.max_age) } : {}
    return { ...pending, acr, ...maxAge, url: client.buildAuthorizationUrl(configuration, parameters).href }
  }

  /** An essential level goes into the claims parameter and leaves `acr_values` out: two ways to ask would contradict. */
  #askLevel(parameters: URLSearchParams, { essential_acr, acr_values, amr }: LoginOptions): Level[] {
    const essential = essential_acr?.split(' ').filter(Boolean) ?? []
    const voluntary = (acr_values ?? this.#options.definition.level).split(' ').filter(Boolean)
    const claims = {
      ...(essential.length > 0 && { acr: { essential: true, values: essential } }),
      ...(amr === '1' && { amr: { essential: true } }),
    }
    if (Object.keys(claims).length > 0) parameters.set('claims', JSON.stringify({ id_token: claims }))
    if (essential.length === 0 && voluntary.length > 0) parameters.set('acr_values', voluntary.join(' '))
    return (essential.length > 0 ? essential : voluntary).filter(isLevel)
  }

  /** @throws what `openid-client` throws, or LevelTooLow */
  async finish(pending: Pending, answer: URL): Promise<SignIn> {
    const configuration = await this.#configured()
    const exchanges: Exchange[] = []
    return this.#exchanges.run(exchanges, async () => {
      const tokens = await client.authorizationCodeGrant(configuration, answer, {
        pkceCodeVerifier: pending.codeVerifier,
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        idTokenExpected: true,
        ...(pending.maxAge !== undefined && { maxAge: pending.maxAge }),
      })
      const claims = tokens.claims()
      if (!claims || !tokens.id_token) throw new Error('the answer holds no id token')
      const level = reachedLevel(claims.acr, pending.acr)
      const userinfo = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)
      const acting = userinfo.represented as Acting | undefined
      const mandateToken = acting && (await this.#exchange(tokens.access_token, acting))
      return {
        subject: claims.sub,
        level,
        authTime: typeof claims.auth_time === 'number' ? claims.auth_time : undefined,
        idToken: tokens.id_token,
        sid: typeof claims.sid === 'string' ? claims.sid : undefined,
        idTokenClaims: { ...claims },
        userinfo: { ...userinfo },
        exchanges,
        request: pending.url,
        ...(acting && { acting }),
        ...(mandateToken && { mandateToken }),
      }
    })
  }

  /**
   * From "somebody is signed in" to "this service acts for an organisation through them" (RFC 8693), at its own interface
   * and with its own key (RFC 9449). At once: the access token of a sign-in lives for a minute. Undefined when the hub
   * gives none: what was chosen a moment ago is over.
   */
  async #exchange(accessToken: string, { sub, rights }: Acting): Promise<MandateToken | undefined> {
    const details = { type: 'mandate', organisation: sub, actions: rights.map(({ action }) => action) }
    const parameters = {
      subject_token: accessToken,
      subject_token_type: accessTokenType,
      requested_token_type: accessTokenType,
      audience: this.#options.definition.id,
      authorization_details: JSON.stringify([details]),
    }
    const configuration = await this.#configured()
    try {
      const DPoP = await this.#proofs()
      const given = await client.genericGrantRequest(configuration, tokenExchange, parameters, { DPoP })
      const lifetime = (given.expires_in ?? 0) * second
      return { value: given.access_token, expiresAt: this.#options.clock.now() + lifetime }
    } catch (fault) {
      if (fault instanceof client.ResponseBodyError) return undefined
      throw fault
    }
  }

  /** Calls the service's own interface with a mandate token. The answer, whatever it is. */
  async call({ value }: MandateToken, url: URL, body?: unknown): Promise<Response> {
    const configuration = await this.#configured()
    const headers = new Headers({ 'content-type': 'application/json' })
    const sent = body === undefined ? null : JSON.stringify(body)
    const DPoP = await this.#proofs()
    try {
      const method = sent === null ? 'GET' : 'POST'
      return await client.fetchProtectedResource(configuration, value, url, method, sent, headers, { DPoP })
    } catch (fault) {
      if (fault instanceof client.WWWAuthenticateChallengeError) return fault.response
      throw fault
    }
  }

  /** By this name the hub knows the service, and its tokens name it as their audience. */
  get id(): string {
    return this.#options.definition.id
  }

  /** What the hub says of a token that was presented to the interface of this service (RFC 7662). */
  async introspect(token: string): Promise<client.IntrospectionResponse> {
    return client.tokenIntrospection(await this.#configured(), token)
  }

  /** One key for all that this process proves. */
  #proofs(): Promise<client.DPoPHandle> {
    this.#dpop ??= Promise.all([this.#configured(), client.randomDPoPKeyPair('ES256')]).then(([configuration, keys]) =>
      client.getDPoPHandle(configuration, keys),
    )
    return this.#dpop
  }

  async logoutUrl(idToken: string, state: string): Promise<string> {
    const configuration = await this.#configured()
    return client.buildEndSessionUrl(configuration, {
      id_token_hint: idToken,
      post_logout_redirect_uri: `${this.#options.origin}/logged-out`,
      state,
    }).href
  }

  /**
   * Whose sessions end. Back-Channel Logout 1.0 section 2.6: signature, issuer and audience as for an id token; `sub` or
   * `sid`, or both; the event; no nonce; and each `jti` once.
   *
   * @throws when the token must be refused
   */
  async readLogoutToken(token: string): Promise<{ sub?: string; sid?: string }> {
    const metadata = (await this.#configured()).serverMetadata()
    const keys = createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''))
    const { payload } = await jwtVerify(token, keys, {
      issuer: metadata.issuer,
      audience: this.#options.definition.id,
      typ: 'logout+jwt',
      algorithms: [this.#options.idTokenAlg ?? 'ES256'],
      requiredClaims: ['iat', 'exp', 'jti', 'events'],
      currentDate: toDate(this.#options.clock.now()),
    })
    const { sub, sid, jti = '', nonce, events } = payload
    if (nonce !== undefined) throw new Error('a logout token must not have a nonce')
    if (!isRecord(events) || !isRecord(events[backchannelEvent])) throw new Error('the logout event is missing')
    if (typeof sub !== 'string' && typeof sid !== 'string') throw new Error('neither sub nor sid')
    this.#useOnce(jti)
    return { ...(typeof sub === 'string' && { sub }), ...(typeof sid === 'string' && { sid }) }
  }

  #useOnce(jti: string): void {
    const now = this.#options.clock.now()
    for (const [seen, at] of this.#seen) if (now - at > logoutTokenMemory) this.#seen.delete(seen)
    if (this.#seen.has(jti)) throw new Error('this logout token was used already')
    this.#seen.set(jti, now)
  }

  /** Discovery waits for the first visitor: service and hub may start in any order. A failure is not remembered. */
  #configured(): Promise<client.Configuration> {
    this.#configuration ??= this.#configure().catch((fault) => {
      this.#configuration = undefined
      throw fault
    })
    return this.#configuration
  }

  async #configure(): Promise<client.Configuration> {
    const { definition, authority, clientSecret = '', idTokenAlg = 'ES256' } = this.#options
    const metadata = {
      id_token_signed_response_alg: idTokenAlg,
      ...(definition.userinfoAlg && { userinfo_signed_response_alg: definition.userinfoAlg }),
    }
    const authentication = {
      client_secret_basic: () => client.ClientSecretBasic(clientSecret),
      client_secret_post: () => client.ClientSecretPost(clientSecret),
      private_key_jwt: async () => client.PrivateKeyJwt(await this.#privateKey()),
    }
    const auth = await authentication[definition.auth]()
    const configuration = authority.metadata
      ? new client.Configuration(authority.metadata, definition.id, metadata, auth)
      : await client.discovery(new URL(authority.issuer), definition.id, metadata, auth, {
          execute: [client.allowInsecureRequests],
        })
    // The town speaks plain http on the loopback; signatures are verified all the same, userinfo's included.
    client.allowInsecureRequests(configuration)
    client.enableNonRepudiationChecks(configuration)
    configuration[client.customFetch] = (url, options) => this.#record(url, options)
    configuration.timeout = answerTimeout / second
    return configuration
  }

  async #privateKey(): Promise<client.PrivateKey> {
    const { privateJwk } = this.#options
    const key = privateJwk && (await importJWK(privateJwk, 'ES256'))
    if (!key || key instanceof Uint8Array) throw new Error('this service has no key')
    return { key, kid: privateJwk.kid ?? '' }
  }

  async #record(url: string, options: client.CustomFetchOptions): Promise<Response> {
    const response = await fetch(url, options as RequestInit)
    this.#exchanges.getStore()?.push({
      method: options.method,
      url,
      status: response.status,
      contentType: response.headers.get('content-type') ?? '',
      body: await response.clone().text(),
    })
    return response
  }
}

/** Longer than the hub may take to redeem a code on a busy machine. */
const answerTimeout = 10 * second

/** Longer than any logout token lives. */
const logoutTokenMemory = 10 * minute

function reachedLevel(acr: unknown, asked: Level[]): Level {
  const lowest = lowestOf(asked)
  if (!isLevel(acr)) {
    if (lowest === undefined) return 'eidas1'
    throw new LevelTooLow(`the answer has no level that is known here`)
  }
  if (lowest !== undefined && !atLeast(acr, lowest)) throw new LevelTooLow(`${lowest} was asked, ${acr} was reached`)
  return acr
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
