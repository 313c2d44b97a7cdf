/**
 * The engine (`oidc-provider`), configured once for the hub's rules. What the engine alone gets wrong is closed here:
 * every authorization passes the dispatcher, `acr`, `amr` and `auth_time` are those of `sessions/`, secrets are compared
 * by their hashes, introspection answers only to those concerned, and its own session never leaves the request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import Provider, {
  type AdapterPayload,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import { type Directory, registerClaims } from '../directory/directory.ts'
import type { OutboundFetch } from '../http/outbound.ts'
import { levels } from '../kernel/assurance.ts'
import { toSeconds } from '../kernel/clock.ts'
import {
  accessTokenLifetime,
  codeLifetime,
  flowLifetime,
  idTokenLifetime,
  minute,
  second,
} from '../kernel/durations.ts'
import { type ErrorName, entryOf, type OAuthError } from '../kernel/errors.ts'
import type { FlowId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { Keys } from '../keys/keys.ts'
import type { Answer } from '../login/flow.ts'
import type { CookieChange, Login, Outcome } from '../login/login.ts'
import type { Partners, Service } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import type { Acting } from '../policy/mandate.ts'
import { askableClaims, askableScopes, claimsOfScope } from './claims.ts'
import {
  createAdapterFactory,
  currentRequest,
  type EngineRequest,
  type EngineStateOptions,
  guarded,
} from './engine-state.ts'
import type { MandateTokens } from './mandate-token.ts'
import { type Observed, observeEngine } from './observed.ts'
import { representedClaim } from './represented.ts'
import { parseLoginRequest } from './request.ts'
import { SigningKey } from './signing-key.ts'
import { grantTypesOf, registerTokenExchange, type TokenExchangeOptions } from './token-exchange.ts'

export interface EngineOptions extends Omit<EngineStateOptions, 'clientMetadata'> {
  issuer: string
  keys: Pick<Keys, 'of' | 'active'>
  partners: Pick<Partners, 'registry' | 'secretMatches'>
  people: Pick<People, 'claimsOf' | 'standingOf'>
  directory: Pick<Directory, 'professional'>
  login: Pick<Login, 'arrive' | 'begin' | 'conclude'>
  bridge: TokenExchangeOptions['bridge']
  sessions: TokenExchangeOptions['sessions']
  mandateTokens: MandateTokens
  /** Of 256 bits, the same in all processes: numbers that proofs of possession carry. Without it they carry none. */
  proofKey?: Buffer
  /** Pages of the login, by the id of the flow. */
  loginPath: (flow: FlowId) => string
  logoutPath: string
  /** By which the keys at a service's `jwks_uri` are read. */
  fetch: OutboundFetch
  serializeCookie: (cookie: CookieChange) => string
  onServerError: (error: Error) => void
  /** Hears what was made of each request, before its answer leaves. */
  observe?: (seen: Observed) => Promise<void>
}

export interface Engine {
  /** Serves one request. When this resolves, the answer is complete, or `EngineRequest` says what the edge answers. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export const engineRoutes = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  introspection: '/introspect',
  revocation: '/revoke',
  jwks: '/jwks',
} as const

/** Makes an engine for the present keys. They are fixed at construction: a rotation makes a new engine. */
export function createEngine(options: EngineOptions): Engine {
  const { issuer, keys, partners } = options
  const serviceOf = (id: string): Service | undefined => partners.registry().services.get(id)
  const provider = new Provider(issuer, {
    ...protocolShape(options),
    adapter: createAdapterFactory({ ...options, clientMetadata: (id) => mapDefined(serviceOf(id), clientMetadata) }),
    fetch: fetchBy(options.fetch),
    jwks: { keys: keys.of('id-token').map((key) => new SigningKey(key)) },
    interactions: {
      policy: dispatchPolicy(options),
      url: async (_ctx, interaction) => {
        const request = currentRequest()
        const { draft, interaction: payload } = request
        if (!draft || !payload) throw new Error('an interaction without a login')
        request.begun = await guarded(options.login.begin(interaction.uid, draft, payload))
        return options.loginPath(interaction.uid)
      },
    },
    findAccount: (_ctx, subject) => ({
      accountId: subject,
      claims: (use) => (use === 'userinfo' ? claimsFor(options, subject) : idTokenClaims(options, subject)),
    }),
    // The grant of a code or token travels with it; `dispatch` makes the one of an authorization.
    loadExistingGrant: () => undefined,
    renderError: async (ctx, _out, error) => {
      currentRequest().page = pageErrorOf(ctx, error)
      ctx.respond = false
    },
  })
  provider.proxy = false
  compareHashedSecrets(provider, partners)
  knowClientsByService(provider, serviceOf)
  answerByQueryOnly(provider)
  keepNoCookies(provider)
  leaveRedirectionsToTheEdge(provider)
  registerTokenExchange(provider, options)
  provider.use(finish(options))
  if (options.observe) observeEngine(provider, options.observe)
  provider.on('server_error', (_ctx, error) => options.onServerError(error))
  const callback = provider.callback()
  return { handle: (request, response) => callback(request, response) }
}

/** Its own way judges addresses by itself; the engine's, an inner part of Node's `fetch`, is left out. */
const fetchBy =
  (call: OutboundFetch): NonNullable<Configuration['fetch']> =>
  (url, { method = 'GET', headers, signal } = {}) =>
    call(String(url), { method, headers: headers ?? {}, redirect: 'error', ...(signal ? { signal } : {}) })

/** Of a client assertion: it is made for one request, and its identifier is remembered until it ends. */
const longestAssertion = 10 * minute

/** How a service may authenticate, at each address where it must. */
const clientAuthMethods: NonNullable<Configuration['clientAuthMethods']> = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
]
const clientAuthAlgorithms: ('ES256' | 'RS256' | 'PS256')[] = ['ES256', 'RS256', 'PS256']

/** Everything that is the same for every service and every key. */
function protocolShape(options: EngineOptions): Configuration {
  const { logoutPath, issuer, clock, proofKey } = options
  return {
    routes: engineRoutes,
    responseTypes: ['code'],
    // "require PKCE for all" (RFC 9700 section 2.1.1); the engine knows no other method than S256.
    pkce: { required: () => true },
    subjectTypes: ['public'],
    scopes: Object.keys(claimsOfScope),
    claims: {
      ...Object.fromEntries(Object.entries(claimsOfScope).map(([scope, claims]) => [scope, [...claims]])),
      // Of an id token the engine reads this scope alone. For whom somebody acts is said of logins that asked for it only.
      openid: [...claimsOfScope.openid, ...claimsOfScope.representation],
      amr: null,
      idp_id: null,
      sid: null,
    },
    acrValues: [...levels],
    conformIdTokenClaims: true,
    clientAuthMethods,
    enabledJWA: {
      idTokenSigningAlgValues: ['ES256', 'RS256'],
      userinfoSigningAlgValues: ['ES256', 'RS256'],
      clientAuthSigningAlgValues: clientAuthAlgorithms,
    },
    // The engine also takes an address of ours, or a list, as `aud`: what was signed for another server that names us as well
    // could be presented here. "[S]hall only accept its issuer identifier value [...] as a string in the aud claim received
    // in client authentication assertions" (FAPI 2.0 Security Profile section 5.3.2.1).
    assertJwtClientAuthClaimsAndHeader: async (_ctx, { aud, exp }) => {
      if (aud !== issuer) throw new errors.InvalidClientAuth('audience (aud) must equal the issuer identifier')
      if (Number(exp) > toSeconds(clock.now() + longestAssertion)) {
        throw new errors.InvalidClientAuth('expiration must not be further away than ten minutes')
      }
    },
    extraParams: ['idp_hint', 'representation_hint'],
    // Ending a session revokes by the session itself; a token lives a minute.
    expiresWithSession: () => false,
    ttl: {
      AuthorizationCode: codeLifetime / second,
      AccessToken: accessTokenLifetime / second,
      IdToken: idTokenLifetime / second,
      Grant: accessTokenLifetime / second + codeLifetime / second,
      Interaction: flowLifetime / second,
      Session: flowLifetime / second,
    },
    discovery: {
      end_session_endpoint: `${issuer}${logoutPath}`,
      ui_locales_supported: [...languages],
      // "If omitted, the default is client_secret_basic" (RFC 8414 section 2), which would leave out the other ways.
      introspection_endpoint_auth_methods_supported: clientAuthMethods,
      introspection_endpoint_auth_signing_alg_values_supported: clientAuthAlgorithms,
      revocation_endpoint_auth_methods_supported: clientAuthMethods,
      revocation_endpoint_auth_signing_alg_values_supported: clientAuthAlgorithms,
    },
    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      rpInitiatedLogout: { enabled: false },
      // Metadata and `sid` only: the sending is a job of `signals/`.
      backchannelLogout: { enabled: true },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async (_ctx, client, token) => token.clientId === client.clientId },
      introspection: {
        enabled: true,
        // RFC 7662 section 4: a token is nobody's business but its client's and its audience's.
        allowedPolicy: async (_ctx, client, token) =>
          (token.clientId === client.clientId || ('aud' in token && [token.aud].flat().includes(client.clientId))) &&
          (await isReleasable(options, client.clientId, token)),
      },
      // Not a feature that is on: `token-exchange.ts` reads what is asked, this what introspection says of it.
      richAuthorizationRequests: { enabled: false, authorizationDetailsForIntrospection: (_ctx, token) => token.rar },
      userinfo: { enabled: true },
      resourceIndicators: { enabled: false },
      // RFC 9449: for who wants it; a mandate token is given in no other way.
      dPoP: { enabled: true, ...(proofKey ? { nonceSecret: proofKey } : {}), requireNonce: () => false },
      pushedAuthorizationRequests: { enabled: false },
    },
  }
}

/**
 * The one prompt of the engine: what `login.nextStep` decides. `login` and `consent` are known as requestable values but
 * check nothing themselves: the dispatcher reads them.
 */
function dispatchPolicy(options: EngineOptions): interactionPolicy.Prompt[] {
  const { Prompt, Check } = interactionPolicy
  const requestable = ['login', 'consent'].map((name) => {
    const prompt = new Prompt({ name, requestable: true })
    prompt.checks.remove(`${name}_prompt`)
    return prompt
  })
  const dispatch = new Prompt(
    { name: 'garant' },
    new Check('next_step', 'a step of the login is left', (ctx) => needsPage(ctx, options)),
  )
  return [dispatch, ...requestable]
}

/** True when the person must be shown a page; otherwise the request carries its answer, or this throws the refusal. */
async function needsPage(ctx: KoaContextWithOIDC, { login, partners }: EngineOptions): Promise<boolean> {
  const request = currentRequest()
  const service = partners.registry().services.get(String(ctx.oidc.params?.client_id))
  if (!service) throw new errors.InvalidClient('client is invalid', 'client not found')
  const outcome = await guarded(
    request.flow
      ? login.conclude(request.flow, request.visitor())
      : login.arrive(parseLoginRequest(ctx, service), request.visitor()),
  )
  return settle(ctx, outcome, service)
}

function settle(ctx: KoaContextWithOIDC, outcome: Outcome, service: Service): boolean {
  const request = currentRequest()
  switch (outcome.kind) {
    case 'refused':
      throw refusalFor(outcome.error)
    case 'page':
      request.draft = outcome.draft
      request.cookies.push(...outcome.cookies)
      return true
    case 'answer':
      request.cookies.push(...outcome.cookies)
      request.answer = outcome.answer
      authorise(ctx, outcome.answer, service)
      return false
  }
}

/** Hands the engine who is there, at which level, since when, and what may be read. Nothing of it outlives the request. */
function authorise(ctx: KoaContextWithOIDC, answer: Answer, service: Service): void {
  const { oidc } = ctx
  const session = oidc.session as NonNullable<typeof oidc.session> & { destroyed: boolean }
  const Grant = oidc.provider.Grant
  const grant = new Grant({ accountId: answer.subject, clientId: service.id })
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
  grant.addOIDCClaims(askableClaims(service))
  grant.jti = answer.connection
  // Never saved on its own: the code carries it (engine-state.ts).
  currentRequest().grants.set(grant.jti, {
    jti: grant.jti,
    kind: 'Grant',
    accountId: answer.subject,
    clientId: service.id,
    openid: grant.openid,
    iat: toSeconds(answer.authTime),
    exp: toSeconds(answer.authTime) + yearOfSeconds,
  } as AdapterPayload)
  session.loginAccount({
    accountId: answer.subject,
    loginTs: toSeconds(answer.authTime),
    acr: answer.acr,
    ...(answer.amr.length > 0 ? { amr: answer.amr } : {}),
  })
  session.ensureClientContainer(service.id)
  session.sidFor(service.id, answer.sid)
  session.grantIdFor(service.id, grant.jti)
  oidc.entity('Grant', grant)
  oidc.entity('Account', { accountId: answer.subject, claims: async () => ({ sub: answer.subject }) })
  // The engine saves what is not destroyed: its session would be a second truth, in a cookie of its own.
  session.destroyed = true
}

/** A grant ends with the code or token that carries it; its own end only has to be later. */
const yearOfSeconds = 366 * 24 * 3600

/**
 * Claims of userinfo: what is stored of the person, what the register of professionals says where the service may have
 * it, and the provider's name for those entitled to it.
 */
async function claimsFor(options: EngineOptions, subject: string) {
  const { people, partners, directory } = options
  const { answer } = currentRequest()
  if (!answer) throw new Error('claims without an answer')
  const claims = await guarded(people.claimsOf(answer.person, answer.provider))
  if (!claims) throw new errors.InvalidToken('nothing of the person is released any more')
  const { providers, services } = partners.registry()
  const service = services.get(currentContext().oidc?.client?.clientId ?? '')
  const acting = answer.acting && (await liveActing(options, answer, service?.id ?? ''))
  const represented = answer.acting && representedClaim(answer.acting, acting)
  if (answer.acting && !represented) throw new errors.InvalidToken('nothing is left of what was chosen')
  const nationalId = service?.scopes.includes('rpps') ? claims.preferred_username : undefined
  const professional = nationalId === undefined ? undefined : await guarded(directory.professional(nationalId))
  const provider = providers.get(answer.provider)
  return {
    sub: subject,
    ...claims,
    ...(professional ? registerClaims(professional) : {}),
    ...(represented ? { represented } : {}),
    idp_id: provider?.id ?? answer.provider,
  }
}

/** For whom the person acts in that login, as it is now. */
async function liveActing({ mandateTokens }: EngineOptions, answer: Answer, service: string): Promise<Acting> {
  const acting = await guarded(mandateTokens.standing(answer, service))
  if (!acting) throw new errors.InvalidToken('the person acts for nobody any more')
  return acting
}

/**
 * R113, R114: of the token at hand, does its person let the hub say anything by the provider that it came through? And
 * does what they act under still stand: of a mandate token that is all that is said, in the words of whoever asks.
 */
async function isReleasable(
  { people, partners, mandateTokens }: EngineOptions,
  reader: string,
  token: { clientId?: string | undefined },
): Promise<boolean> {
  const { answer, mandate } = currentRequest()
  if (!answer) return false
  const standing = await guarded(people.standingOf(answer.person))
  if (standing.frozen || standing.isBlocked(answer.provider)) return false
  const issuedTo = token.clientId ?? ''
  if (!mandate) return !answer.acting || (await guarded(mandateTokens.standing(answer, issuedTo))) !== undefined
  const service = partners.registry().services.get(reader)
  const told =
    service && (await guarded(mandateTokens.introspect({ kept: mandate, answer, issuedTo, reader: service })))
  if (!told) return false
  Object.assign(token, { extra: { sub: told.sub, act: told.act }, rar: told.details })
  return true
}

/**
 * Of an id token the `claims` parameter may ask more than the engine sets itself. For whom the person acts is as they chose
 * it; that it still stands was looked at when the token of this answer was written.
 */
function idTokenClaims(options: EngineOptions, subject: string) {
  const { oidc } = currentContext()
  const { acting } = currentRequest().answer ?? {}
  const represented = acting && representedClaim(acting)
  const asked = (oidc?.authorizationCode?.claims as { id_token?: Record<string, unknown> } | undefined)?.id_token ?? {}
  const own = new Set(['sub', 'acr', 'amr', 'auth_time', 'sid', 'represented'])
  return Object.keys(asked).some((claim) => !own.has(claim))
    ? claimsFor(options, subject)
    : { sub: subject, ...(represented ? { represented } : {}) }
}

function currentContext(): { oidc?: KoaContextWithOIDC['oidc'] } {
  return (Provider.ctx ?? {}) as { oidc?: KoaContextWithOIDC['oidc'] }
}

const isPrivate: ReadonlySet<ErrorName> = new Set(['identity_frozen', 'provider_blocked'])

/** The engine's error for a refusal that goes back to the service; the person's page was drawn before. */
function refusalFor(name: ErrorName): Error {
  const oauth: OAuthError = entryOf(name).oauth ?? 'access_denied'
  // What somebody does to protect themselves is nothing that a service is told.
  const told = isPrivate.has(name) ? 'the hub refuses' : `${name} (${entryOf(name).code})`
  return Object.assign(new errors.CustomOIDCProviderError(oauth, told), {
    allow_redirect: true,
    expose: true,
  })
}

/** The page for an error that cannot be sent to a service. */
function pageErrorOf(ctx: KoaContextWithOIDC, error: Error): ErrorName {
  if (error instanceof errors.InvalidRedirectUri) return 'redirect_uri_unknown'
  if (error instanceof errors.SessionNotFound) return 'flow_expired'
  if (error instanceof errors.InvalidClient) return 'client_unknown'
  if (error instanceof errors.OIDCProviderError) return ctx.oidc?.client ? 'request_malformed' : 'client_unknown'
  return 'internal'
}

/** What the engine must know of a service. The secret is a stand-in: hashes are compared instead. */
export function clientMetadata(service: Service): AdapterPayload {
  const cached = metadataOf.get(service)
  if (cached) return cached
  const metadata = {
    client_id: service.id,
    client_name: service.name.en,
    application_type: 'web',
    redirect_uris: service.redirectUris,
    post_logout_redirect_uris: service.postLogoutRedirectUris,
    response_types: ['code'],
    grant_types: grantTypesOf(service),
    // Subjects are pairwise before the engine sees them; its own pairwise rules would fetch a sector document.
    subject_type: 'public',
    token_endpoint_auth_method: service.auth,
    ...(service.auth === 'private_key_jwt' ? {} : { client_secret: 'compared by its hash' }),
    ...(service.jwks ? { jwks: service.jwks } : {}),
    ...(service.jwksUri ? { jwks_uri: service.jwksUri } : {}),
    scope: askableScopes(service.scopes).join(' '),
    id_token_signed_response_alg: service.idTokenAlg,
    ...(service.userinfoAlg ? { userinfo_signed_response_alg: service.userinfoAlg } : {}),
    require_auth_time: true,
    ...(service.backchannelLogoutUri
      ? { backchannel_logout_uri: service.backchannelLogoutUri, backchannel_logout_session_required: true }
      : {}),
  } as unknown as AdapterPayload
  metadataOf.set(service, metadata)
  return metadata
}

const metadataOf = new WeakMap<Service, AdapterPayload>()

/** Secrets rest hashed, two of them during a rotation: the registry compares. */
function compareHashedSecrets(provider: Provider, partners: EngineOptions['partners']): void {
  const prototype = provider.Client.prototype as unknown as {
    clientId: string
    compareClientSecret(actual: string): boolean
  }
  prototype.compareClientSecret = function compareByHash(this: { clientId: string }, actual: string) {
    const service = partners.registry().services.get(this.clientId)
    return service !== undefined && partners.secretMatches(service, actual)
  }
}

/**
 * The engine asks for all that is said of a client at each request, and knows it again by a digest of that. A service is
 * one object until it is published anew, which costs nothing to recognise.
 */
function knowClientsByService(provider: Provider, serviceOf: (id: string) => Service | undefined): void {
  const { Client } = provider
  const find = Client.find.bind(Client)
  const known = new WeakMap<Service, InstanceType<typeof Client>>()
  Client.find = async (id) => {
    const service = serviceOf(id)
    const client = (service && known.get(service)) ?? (await find(id))
    if (service && client) known.set(service, client)
    return client
  }
}

/**
 * No response mode but `query`. The engine's own setting for this takes a missing or unknown `response_type` for a fault
 * of the mode, and answers in the very mode that it refuses: for `form_post`, by a page of its own.
 */
function answerByQueryOnly(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as { responseModeAllowed(): boolean }
  prototype.responseModeAllowed = () => {
    const params = currentContext().oidc?.params
    if (params?.response_mode === undefined || params.response_mode === 'query') return true
    params.response_mode = undefined
    throw new errors.UnsupportedResponseMode()
  }
}

/**
 * The engine reads and leaves no cookie: its session lives for one request, and where it would know by a cookie which
 * request is resumed, it is told the flow at hand (`protocol.ts`), which belongs to its browser by a secret of our own.
 */
function keepNoCookies(provider: Provider): void {
  const resumed = provider.cookieName('resume')
  const cookies = {
    secure: false,
    get: (name: string) => (name === resumed ? currentRequest().flow?.id : undefined),
    set: () => {},
  }
  Object.defineProperty(provider.context, 'cookies', { value: cookies })
}

/** Where the edge answers, the page that goes with a redirection would be written for nobody. */
function leaveRedirectionsToTheEdge({ response }: Provider): void {
  const { redirect } = response
  response.redirect = function redirectUnlessForTheEdge(this: typeof response, url: string) {
    const request = currentRequest()
    if (isForTheEdge(request)) return
    if (request.captureRedirect) request.location = url
    else redirect.call(this, url)
  }
}

/** Around every request: who answers it, cookies of the login, and what discovery must say. */
function finish({ serializeCookie }: EngineOptions): Parameters<Provider['use']>[0] {
  return (ctx, next) =>
    next().then(() => {
      const request = currentRequest()
      if (isForTheEdge(request)) ctx.respond = false
      if (ctx.respond === false) {
        // The words of the engine's status; another one goes.
        ctx.res.statusMessage = ''
        return
      }
      for (const cookie of request.cookies) ctx.append('set-cookie', serializeCookie(cookie))
      if (ctx.oidc?.route === 'discovery') {
        // Subjects are pairwise whatever the engine believes of its clients.
        const own = { subject_types_supported: ['pairwise'], response_modes_supported: ['query'] }
        ctx.body = { ...(ctx.body as object), ...own }
      }
    })
}

/** What the engine has made of the request is not what goes: the edge answers, and sets the cookies. */
function isForTheEdge({ fault, begun, location }: EngineRequest): boolean {
  // After a fault the engine writes its own `server_error`, and the service would be told something false.
  const isFault = fault !== undefined && !(fault instanceof errors.OIDCProviderError)
  return isFault || begun !== undefined || location !== undefined
}

function mapDefined<T, R>(value: T | undefined, map: (value: T) => R): R | undefined {
  return value === undefined ? undefined : map(value)
}
