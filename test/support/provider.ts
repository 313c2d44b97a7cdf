/**
 * A small real OpenID Provider for tests, on a port of its own. It signs everybody in at once, as whom `next` says, and
 * misbehaves as `tamper` says:
 *
 *     const provider = await startProvider({ amr: ['pwd', 'otp'] })
 *     provider.next.acr = 'eidas2'
 *     provider.tamper = misbehaviours.wrong_nonce
 *     provider.requestsTo('token').length
 *
 * It checks the hub in turn: client authentication, PKCE, redirect URI, one use of codes and access tokens.
 */
import { hash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CompactEncrypt,
  CompactSign,
  type CryptoKey,
  createLocalJWKSet,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
} from 'jose'
import { type Clock, systemClock, toSeconds } from '../../src/kernel/clock.ts'
import type { OidcConnector, OidcProvider, TokenEndpointAuth } from '../../src/partners/partners.ts'
import { activeState } from '../../src/partners/suspensions.ts'

export type Claims = Record<string, unknown>
export type Endpoint = 'discovery' | 'keys' | 'authorize' | 'token' | 'userinfo' | 'end_session'

/** Who signs in next, and how. */
export interface Next {
  subject: string
  /** Userinfo, and the id token when there is no userinfo. */
  claims: Claims
  /** Left out of the id token when undefined. */
  acr: string | undefined
  amr: unknown
  /** Milliseconds; the present instant by default, left out when null. */
  authTime?: number | null
  sid?: string
  /** An OAuth error in place of a code: `access_denied` when the person turns back. */
  error?: string
}

/** How one address goes wrong: `hang_up` closes without a word, `broken_off` in the middle of an answer. */
export type EndpointFault =
  | 'silent'
  | 'hang_up'
  | 'broken_off'
  | 'redirect'
  | 'huge'
  | { status?: number; contentType?: string; body?: string; headers?: Record<string, string> }

export interface Tamper {
  idToken?(claims: Claims): Claims
  userinfo?(claims: Claims): Claims
  tokens?(response: Claims): Claims
  discovery?(document: Claims): Claims
  keys?(document: { keys: JWK[] }): unknown
  callback?(parameters: URLSearchParams): void
  signature?: 'none' | 'stranger' | 'hmac' | 'unknown_kid' | 'without_kid' | 'broken'
  /** Not encrypted although it was agreed upon, or encrypted to somebody else. */
  encryption?: 'none' | 'stranger'
  endpoints?: Partial<Record<Endpoint, EndpointFault>>
}

const withClaims = (changes: Claims): Tamper => ({ idToken: (claims) => ({ ...claims, ...changes }) })

/** Ways to misbehave that have a name; a test may as well write its own `Tamper`. */
export const misbehaviours = {
  wrong_iss: withClaims({ iss: 'https://stranger.example' }),
  wrong_aud: withClaims({ aud: 'another-client' }),
  wrong_nonce: withClaims({ nonce: 'of-another-login' }),
  without_nonce: withClaims({ nonce: undefined }),
  wrong_azp: { idToken: (claims) => ({ ...claims, aud: [claims.aud, 'another-client'], azp: 'another-client' }) },
  expired: { idToken: (claims) => ({ ...claims, exp: Number(claims.iat) - 120 }) },
  future_iat: { idToken: (claims) => ({ ...claims, iat: Number(claims.iat) + 120 }) },
  not_yet_valid: { idToken: (claims) => ({ ...claims, nbf: Number(claims.iat) + 120 }) },
  without_acr: withClaims({ acr: undefined }),
  unknown_acr: withClaims({ acr: 'gold' }),
  highest_acr: withClaims({ acr: 'eidas3' }),
  without_auth_time: withClaims({ auth_time: undefined }),
  alg_none: { signature: 'none' },
  signed_by_stranger: { signature: 'stranger' },
  hmac_with_public_key: { signature: 'hmac' },
  unknown_kid: { signature: 'unknown_kid' },
  broken_signature: { signature: 'broken' },
  other_subject_in_userinfo: { userinfo: (claims) => ({ ...claims, sub: 'somebody-else' }) },
  callback_without_iss: { callback: (parameters) => parameters.delete('iss') },
  callback_with_other_iss: { callback: (parameters) => parameters.set('iss', 'https://stranger.example') },
  token_silent: { endpoints: { token: 'silent' } },
  token_out_of_order: { endpoints: { token: { status: 503 } } },
  code_refused: {
    endpoints: { token: { status: 400, contentType: 'application/json', body: '{"error":"invalid_grant"}' } },
  },
  userinfo_silent: { endpoints: { userinfo: 'silent' } },
  userinfo_out_of_order: { endpoints: { userinfo: { status: 500 } } },
} as const satisfies Record<string, Tamper>

export interface ProviderOptions extends Partial<Next> {
  id?: string
  /** Any free port by default. */
  port?: number
  clock?: Clock
  clientId?: string
  clientSecret?: string
  auth?: TokenEndpointAuth
  /** The hub's public keys: to verify its assertions, and to encrypt to it. */
  hubKeys?: () => { keys: JWK[] }
  alg?: 'ES256' | 'RS256'
  userinfo?: OidcConnector['userinfo']
  encryption?: NonNullable<OidcConnector['encryption']>
  /** Where the discovery document is, when not at the standard place. */
  discoveryPath?: string
  /** The page where people sign in is on another host (another port) than the issuer. */
  otherAuthorizationHost?: boolean
  tamper?: Tamper
}

export interface LoggedRequest {
  endpoint: Endpoint
  method: string
  url: URL
  headers: IncomingMessage['headers']
  body: URLSearchParams
}

/** A citizen born in Lyon, well-formed in every claim. */
export const citizen: Claims = {
  given_name: 'Inès Camille',
  family_name: 'Marchetti',
  birthdate: '1987-04-19',
  gender: 'female',
  birthplace: '69123',
  birthcountry: '99100',
  email: 'ines.marchetti@post.example',
}

interface Grant {
  next: Next
  nonce: string | null
  challenge: string | null
  redirectUri: string | null
}

interface SigningKey {
  kid: string
  privateKey: CryptoKey
  publicJwk: JWK
}

/** An answer refused to the hub, as RFC 6749 section 5.2 writes it. */
class OAuthFault extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  constructor(error: string, status = 400, headers: Record<string, string> = {}) {
    super(error)
    this.status = status
    this.headers = headers
  }
}

export async function startProvider(options: ProviderOptions = {}): Promise<TestProvider> {
  const provider = new TestProvider(options)
  await provider.start()
  return provider
}

export class TestProvider {
  /** Who signs in next. Change it, or replace it. */
  next: Next
  /** How it misbehaves from now on; `{}` is good behaviour. */
  tamper: Tamper
  issuer = ''
  readonly requests: LoggedRequest[] = []

  readonly #options: ProviderOptions
  readonly #clock: Clock
  readonly #clientId: string
  readonly #clientSecret: string
  readonly #auth: TokenEndpointAuth
  readonly #alg: 'ES256' | 'RS256'
  readonly #discoveryPath: string
  readonly #servers: Server[] = []
  readonly #grants = new Map<string, Grant>()
  readonly #accesses = new Map<string, Next>()
  readonly #waiting: { endpoint: Endpoint; resolve(request: LoggedRequest): void }[] = []
  #authorizationHost = ''
  #signingKey!: SigningKey
  #stranger!: SigningKey

  constructor(options: ProviderOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#clientId = options.clientId ?? 'garant'
    this.#clientSecret = options.clientSecret ?? 'a secret, with: signs & spaces % + ~'
    this.#auth = options.auth ?? 'client_secret_basic'
    this.#alg = options.alg ?? 'ES256'
    this.#discoveryPath = options.discoveryPath ?? '/.well-known/openid-configuration'
    this.tamper = options.tamper ?? {}
    const { authTime, sid, error } = options
    this.next = {
      subject: options.subject ?? 'subject-1',
      claims: options.claims ?? citizen,
      acr: 'acr' in options ? options.acr : 'eidas1',
      amr: options.amr ?? ['pwd'],
      ...(authTime !== undefined && { authTime }),
      ...(sid !== undefined && { sid }),
      ...(error !== undefined && { error }),
    }
  }

  async start(): Promise<void> {
    await this.rotateKeys()
    this.#stranger = await newSigningKey(this.#alg)
    this.issuer = await this.#listen(this.#options.port ?? 0)
    this.#authorizationHost = this.#options.otherAuthorizationHost ? await this.#listen(0) : this.issuer
  }

  async close(): Promise<void> {
    for (const server of this.#servers) {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  requestsTo(endpoint: Endpoint): LoggedRequest[] {
    return this.requests.filter((request) => request.endpoint === endpoint)
  }

  /** The next request to that address, when it arrives. */
  arrival(endpoint: Endpoint): Promise<LoggedRequest> {
    return new Promise((resolve) => this.#waiting.push({ endpoint, resolve }))
  }

  /** From now on signs with a new key; the old one is published no more. */
  async rotateKeys(): Promise<void> {
    this.#signingKey = await newSigningKey(this.#alg)
  }

  /** Goes where the hub sends a browser, and returns where the provider sends it back to. */
  async visit(url: string): Promise<URL> {
    const response = await fetch(url, { redirect: 'manual', headers: { connection: 'close' } })
    const location = response.headers.get('location')
    if (!location) throw new Error(`the provider answered ${response.status}: ${await response.text()}`)
    return new URL(location)
  }

  /** What discovery publishes; also good as explicit settings. */
  metadata(): Claims {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.#authorizationHost}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      jwks_uri: `${this.issuer}/keys`,
      end_session_endpoint: `${this.issuer}/end_session`,
      response_types_supported: ['code'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: [this.#alg],
      token_endpoint_auth_methods_supported: [this.#auth],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
    }
  }

  /** Settings of the hub that suit this provider. */
  connector(changes: Partial<OidcConnector> = {}): OidcConnector {
    const { encryption, discoveryPath } = this.#options
    return {
      kind: 'oidc',
      issuer: this.issuer,
      clientId: this.#clientId,
      auth: this.#auth,
      ...(this.#auth !== 'private_key_jwt' && { clientSecret: this.#clientSecret }),
      ...(encryption && { encryption }),
      ...(discoveryPath && { discoveryUrl: `${this.issuer}${discoveryPath}` }),
      scopes: ['openid', 'identite_pivot', 'email'],
      signingAlgs: [this.#alg],
      userinfo: this.#options.userinfo ?? 'json',
      identity: 'pivot',
      ...changes,
    }
  }

  provider(changes: Partial<OidcProvider> = {}): OidcProvider {
    const id = this.#options.id ?? 'test-provider'
    return {
      id,
      partner: 'test-partner',
      name: { fr: id, en: id, ar: id },
      state: activeState,
      connector: this.connector(),
      allowedLevels: ['eidas1', 'eidas2'],
      population: 'citizens',
      ...changes,
    }
  }

  async #listen(port: number): Promise<string> {
    const server = createServer((request, response) => {
      this.#serve(request, response).catch((error) => response.destroy(error))
    })
    this.#servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
    return `http://localhost:${(server.address() as AddressInfo).port}`
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const logged = await this.#read(request)
    if (!logged) return void response.writeHead(404).end()
    this.requests.push(logged)
    for (const [index, { endpoint, resolve }] of [...this.#waiting.entries()].reverse()) {
      if (endpoint !== logged.endpoint) continue
      this.#waiting.splice(index, 1)
      resolve(logged)
    }
    const fault = this.tamper.endpoints?.[logged.endpoint]
    if (fault !== undefined) return misbehave(fault, response)
    try {
      await this.#answer(logged, response)
    } catch (error) {
      if (!(error instanceof OAuthFault)) throw error
      const body = { error: error.message, error_description: 'a text of the provider' }
      sendJson(response, body, { status: error.status, headers: error.headers })
    }
  }

  async #read(request: IncomingMessage): Promise<LoggedRequest | undefined> {
    const url = new URL(request.url ?? '/', this.issuer)
    const paths: Record<string, Endpoint> = {
      [this.#discoveryPath]: 'discovery',
      '/keys': 'keys',
      '/authorize': 'authorize',
      '/token': 'token',
      '/userinfo': 'userinfo',
      '/end_session': 'end_session',
    }
    const endpoint = paths[url.pathname]
    let body = ''
    for await (const chunk of request) body += chunk
    const { method = '', headers } = request
    return endpoint && { endpoint, method, url, headers, body: new URLSearchParams(body) }
  }

  async #answer(request: LoggedRequest, response: ServerResponse): Promise<void> {
    const asIs = <T>(document: T): unknown => document
    switch (request.endpoint) {
      case 'discovery':
        return sendJson(response, (this.tamper.discovery ?? asIs)(this.metadata()))
      case 'keys':
        return sendJson(response, (this.tamper.keys ?? asIs)({ keys: [this.#signingKey.publicJwk] }))
      case 'authorize':
        return redirect(response, this.#authorize(request.url.searchParams))
      case 'token':
        return sendJson(response, (this.tamper.tokens ?? asIs)(await this.#token(request)))
      case 'userinfo':
        return this.#userinfo(request, response)
      case 'end_session':
        return redirect(response, this.#endSession(request.url.searchParams))
    }
  }

  #authorize(asked: URLSearchParams): URL {
    if (asked.get('client_id') !== this.#clientId) throw new OAuthFault('unauthorized_client')
    const back = new URL(asked.get('redirect_uri') ?? '')
    if (this.next.error !== undefined) {
      back.searchParams.set('error', this.next.error)
      back.searchParams.set('error_description', 'a text of the provider')
    } else {
      const code = newValue()
      const grant = { nonce: asked.get('nonce'), challenge: asked.get('code_challenge'), redirectUri: back.href }
      this.#grants.set(code, { ...grant, next: structuredClone(this.next) })
      back.searchParams.set('code', code)
    }
    back.searchParams.set('state', asked.get('state') ?? '')
    back.searchParams.set('iss', this.issuer)
    this.tamper.callback?.(back.searchParams)
    return back
  }

  async #token({ headers, body }: LoggedRequest): Promise<Claims> {
    await this.#checkClient(headers.authorization, body)
    const code = body.get('code') ?? ''
    const grant = this.#grants.get(code)
    // A code is good once, whatever comes of it.
    this.#grants.delete(code)
    const verifier = hash('sha256', body.get('code_verifier') ?? '', 'base64url')
    const isGood =
      grant &&
      grant.redirectUri === body.get('redirect_uri') &&
      grant.challenge !== null &&
      grant.challenge === verifier
    if (!isGood) throw new OAuthFault('invalid_grant')
    const access_token = newValue()
    this.#accesses.set(access_token, grant.next)
    return { access_token, token_type: 'Bearer', expires_in: 60, id_token: await this.#idToken(grant) }
  }

  async #checkClient(authorization: string | undefined, body: URLSearchParams): Promise<void> {
    const checks: Record<TokenEndpointAuth, () => boolean | Promise<boolean>> = {
      client_secret_basic: () => {
        const [name, secret] = Buffer.from(authorization?.slice('Basic '.length) ?? '', 'base64')
          .toString()
          .split(':')
        return formDecoded(name) === this.#clientId && formDecoded(secret) === this.#clientSecret
      },
      client_secret_post: () =>
        body.get('client_id') === this.#clientId && body.get('client_secret') === this.#clientSecret,
      private_key_jwt: () => this.#isSignedByHub(body.get('client_assertion') ?? ''),
    }
    if (await checks[this.#auth]()) return
    throw new OAuthFault('invalid_client', 401, authorization ? { 'www-authenticate': 'Basic realm="test"' } : {})
  }

  async #isSignedByHub(assertion: string): Promise<boolean> {
    const keys = createLocalJWKSet(this.#options.hubKeys?.() ?? { keys: [] })
    const expected = { issuer: this.#clientId, subject: this.#clientId, requiredClaims: ['jti', 'exp'] }
    const currentDate = new Date(this.#clock.now())
    return jwtVerify(assertion, keys, { ...expected, currentDate }).then(
      // RFC 7523 as it is now read: the issuer, as a single string.
      ({ payload }) => payload.aud === this.issuer,
      () => false,
    )
  }

  async #idToken({ next, nonce }: Grant): Promise<string> {
    const now = toSeconds(this.#clock.now())
    const claims: Claims = {
      ...(this.#options.userinfo === 'none' && next.claims),
      iss: this.issuer,
      sub: next.subject,
      aud: this.#clientId,
      iat: now,
      exp: now + 60,
      auth_time: next.authTime === null ? undefined : toSeconds(next.authTime ?? this.#clock.now()),
      nonce,
      acr: next.acr,
      amr: next.amr,
      sid: next.sid,
    }
    return this.#seal(this.tamper.idToken?.(claims) ?? claims)
  }

  async #userinfo({ headers }: LoggedRequest, response: ServerResponse): Promise<void> {
    const token = headers.authorization?.slice('Bearer '.length) ?? ''
    const next = this.#accesses.get(token)
    // Good once, as the duties of a provider ask.
    this.#accesses.delete(token)
    if (!next) throw new OAuthFault('invalid_token', 401, { 'www-authenticate': 'Bearer error="invalid_token"' })
    const plain = { ...next.claims, sub: next.subject }
    const claims = this.tamper.userinfo?.(plain) ?? plain
    if (this.#options.userinfo !== 'jwt') return sendJson(response, claims)
    const jwt = await this.#seal({ iss: this.issuer, aud: this.#clientId, ...claims })
    response.writeHead(200, { 'content-type': 'application/jwt' }).end(jwt)
  }

  #endSession(asked: URLSearchParams): URL {
    const back = new URL(asked.get('post_logout_redirect_uri') ?? this.issuer)
    back.searchParams.set('state', asked.get('state') ?? '')
    return back
  }

  /** Signed, then encrypted where that was agreed upon. */
  async #seal(claims: Claims): Promise<string> {
    const signed = await this.#sign(claims)
    const { encryption, hubKeys } = this.#options
    if (!encryption || this.tamper.encryption === 'none') return signed
    const { alg, enc } = encryption
    const jwk = hubKeys?.().keys.find((key) => key.use === 'enc' && key.alg === alg)
    if (!jwk) throw new Error(`the hub publishes no key for ${alg}`)
    const ofStranger = async () => (await generateKeyPair(alg)).publicKey
    const key = this.tamper.encryption === 'stranger' ? await ofStranger() : await importJWK(jwk, alg)
    return new CompactEncrypt(Buffer.from(signed))
      .setProtectedHeader({ alg, enc, cty: 'JWT', ...(jwk.kid !== undefined && { kid: jwk.kid }) })
      .encrypt(key)
  }

  async #sign(claims: Claims): Promise<string> {
    const { kid, privateKey, publicJwk } = this.#signingKey
    const alg = this.#alg
    const payload = Buffer.from(JSON.stringify(claims))
    const sign = (key: CryptoKey | Uint8Array, header: { alg: string; kid?: string }) =>
      new CompactSign(payload).setProtectedHeader(header).sign(key)
    const stranger = this.#stranger
    const ways: Record<NonNullable<Tamper['signature']> | 'right', () => string | Promise<string>> = {
      right: () => sign(privateKey, { alg, kid }),
      none: () => `${encoded({ alg: 'none', kid })}.${payload.toString('base64url')}.`,
      stranger: () => sign(stranger.privateKey, { alg, kid }),
      hmac: () => sign(Buffer.from(JSON.stringify(publicJwk)), { alg: 'HS256', kid }),
      unknown_kid: () => sign(stranger.privateKey, { alg, kid: stranger.kid }),
      without_kid: () => sign(privateKey, { alg }),
      broken: async () => `${(await sign(privateKey, { alg, kid })).slice(0, -8)}AAAAAAAA`,
    }
    return ways[this.tamper.signature ?? 'right']()
  }
}

async function newSigningKey(alg: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const kid = newValue()
  return { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

function misbehave(fault: EndpointFault, response: ServerResponse): void {
  const json = { 'content-type': 'application/json' }
  switch (fault) {
    case 'silent':
      break
    case 'hang_up':
      response.destroy()
      break
    case 'redirect':
      redirect(response, new URL('http://localhost:1/elsewhere'))
      break
    case 'broken_off':
      response.writeHead(200, { ...json, 'content-length': 1000 })
      response.write('{"access_token":', () => response.destroy())
      break
    case 'huge':
      response.writeHead(200, json).end(`{"filler":"${'x'.repeat(2_000_000)}"}`)
      break
    default: {
      const { status = 200, contentType = 'text/html', body = '<p>A page of the provider</p>', headers = {} } = fault
      response.writeHead(status, { 'content-type': contentType, ...headers }).end(body)
    }
  }
}

function sendJson(
  response: ServerResponse,
  body: unknown,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

function redirect(response: ServerResponse, to: URL): void {
  response.writeHead(303, { location: to.href }).end()
}

function encoded(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** "[E]ncoded using the application/x-www-form-urlencoded encoding algorithm" (RFC 6749 section 2.3.1). */
function formDecoded(text = ''): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

function newValue(): string {
  return randomBytes(24).toString('base64url')
}
