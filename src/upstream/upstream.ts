/**
 * One connector per kind of provider; all end in the same `Assertion`. This room sends the person to a provider and
 * checks what comes back: signature, issuer, nonce, level allowed, well-formed identity. The hub's own means are one
 * such kind (`own-means.ts`), cards and the e-ID app another (`house.ts`), gateways to which people have signed in before another (`gateway.ts`); what follows here is
 * OpenID Connect. It does not choose the provider, find the person, or decide whether the level is enough. Nothing that tells the service goes upstream; the
 * pages that lead to a provider do their part by sending no referrer.
 */
import { hash } from 'node:crypto'
import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  fetchUserInfo,
  type ServerMetadata,
} from 'openid-client'
import type { Log } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { upstreamTimeout } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { Identity } from '../kernel/identity.ts'
import { newSecret, type PhoneId, type ProviderId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Keys } from '../keys/keys.ts'
import type { Health } from '../partners/health.ts'
import { isGateway, isHouse, isOidc, type OidcProvider, type Provider } from '../partners/partners.ts'
import type { Storage } from '../storage/storage.ts'
import {
  acrValues,
  authTimeOf,
  type ClaimSeen,
  type Claims,
  claimsSeen,
  emailOf,
  identityOf,
  levelOf,
  methodsOf,
  subjectOf,
} from './claims.ts'
import { createLibrary, type Documents } from './documents.ts'
import { createGateways } from './gateway.ts'
import type { House } from './house.ts'
import { blameOf } from './outcomes.ts'
import type { OwnMeans } from './own-means.ts'
import { type Detail, invalid, type Refusal, refusalOf } from './refusals.ts'
import { createRelyingParties, type RelyingParty } from './relying-party.ts'
import { createRequests, type Way, wayOf } from './requests.ts'

/** What a provider said and the hub verified, as observed and never as configured. */
export interface Assertion {
  provider: ProviderId
  /** Whose account it is, where `provider` stands in for another one (R084). */
  account?: ProviderId
  subject: string
  identity: Identity
  /** Asserted address; it proves nothing. */
  email?: string
  level: Level
  amr: string[]
  authTime: Instant
  /** For upstream logout; sealed wherever it is kept. */
  idToken?: string
  /** By card or by the e-ID app: with which card, by which pairing of the app. */
  used?: { card?: string; phone?: PhoneId }
  /** The provider's session, when it says one (Back-Channel Logout 1.0). */
  sid?: string
}

/** What must come back with the answer; kept in the login, never sent to the browser except `state`. */
export interface Hop {
  provider: ProviderId
  state: string
  nonce: string
  codeVerifier: string
  redirectUri: string
  /** Set when a new authentication was asked for, to the instant of asking: an older one is refused. */
  authenticatedSince?: Instant
}

export type Answer =
  | { kind: 'assertion'; assertion: Assertion }
  /** The person came back without signing in (`access_denied`). */
  | { kind: 'cancelled' }
  /** `detail` is a closed word for the journal and the log, never the provider's text. */
  | { kind: 'refused'; error: ErrorName; detail: string }

export interface Upstream {
  /**
   * Where to send the person. Discovery is read from memory when known; only the very first use waits for it.
   * `level` is what is needed at least; `fresh` asks for a new authentication (`prompt=login`, `max_age=0`). `state` must
   * not be guessable; one is made when none is given. `from` is the address that the person comes from: it goes nowhere,
   * and says only how many different people a provider failed.
   */
  begin(
    provider: Provider,
    options: { level: Level; fresh: boolean; language: Language; state?: string; from?: string },
  ): Promise<{ url: string; hop: Hop } | { kind: 'refused'; error: ErrorName; detail: string }>
  /** Redeems what came back at the callback. Never throws for what a provider or a browser can cause. */
  finish(provider: Provider, hop: Hop, callback: URL, options?: { from?: string }): Promise<Answer>
  /** Where to send the browser to end the provider's session, if the provider has such an address. */
  logoutUrl(
    provider: Provider,
    options: { idToken?: string; returnTo: string; state: string },
  ): Promise<string | undefined>
  /** Reads discovery and keys of every provider, in the background, and again before they grow old. */
  warm(providers: Iterable<Provider>): void
  /** A sign-in at a provider that is not published, to see how far it comes. */
  trial: UpstreamTrial
  close(): Promise<void>
}

/**
 * The same steps as a login takes, at settings that are nobody's yet: documents are read anew and forgotten, no health is
 * reported, and what came of a person is judged and not returned.
 */
export interface UpstreamTrial {
  /** As `Upstream.begin`, with a new authentication; keys are looked at as well, so that nobody is sent for nothing. */
  begin(
    provider: OidcProvider,
    options: { level: Level; language: Language; state: string },
  ): Promise<{ kind: 'sent'; url: string; hop: Hop } | { kind: 'refused'; detail: string }>
  finish(provider: OidcProvider, hop: Hop, callback: URL): Promise<Tried>
}

/** How far a trial came. */
export interface Tried {
  /** What stopped it: `cancelled`, or the word of a refusal. Absent when it came to its end. */
  stopped?: string
  /** Once the id token is believed: the level that it says. */
  level?: Level
  /** ... and the methods: those that are known, and how many words are not. Absent when it says none. */
  methods?: { known: string[]; unknown: number }
  /** Once the identity was told. */
  claims?: ClaimSeen[]
  /** It publishes an address that ends its sessions. Absent while its documents cannot be read. */
  endsSessions?: boolean
}

export interface UpstreamOptions extends Way {
  /** Remembers what may be believed once. */
  storage: { state: Pick<Storage['state'], 'create'> }
  clock: Clock
  keys: Pick<Keys, 'of' | 'active'>
  /** Public address of the hub, without a trailing slash. */
  issuer: string
  /** Allows plain http towards this machine. */
  allowHttp: boolean
  /** The connector of the hub's own means. */
  ownMeans: Pick<OwnMeans, 'begin' | 'finish'>
  /** The one of cards and the e-ID app, where the settings have any. */
  house?: Pick<House, 'begin' | 'finish'>
  /** Hears how sign-ins at providers went; the hub's own means are none. */
  health?: Pick<Health, 'report'>
  log: Log
  /** Milliseconds for one answer of a provider; `upstreamTimeout` by default. */
  timeout?: number
}

export function createUpstream(options: UpstreamOptions): Upstream {
  const { storage, clock, keys, issuer, allowHttp, ownMeans, house, health, log } = options
  const { timeout = upstreamTimeout } = options
  const requests = createRequests({ ...wayOf(options), timeout, allowHttp })
  const onFailure = (source: string, error: unknown) => {
    const detail = refusalOf(error, 'token')?.detail ?? (error instanceof Error ? error.name : 'unknown')
    log.warn("a provider's documents could not be read", { issuer: source, detail })
  }
  const library = createLibrary({ requests, clock, allowHttp, onFailure })
  const parties = createRelyingParties({ library, requests, keys, allowHttp })
  const gateways = createGateways({ storage, clock, library, issuer })

  function refusedBy(
    provider: Provider,
    error: unknown,
    from: string | undefined,
  ): Extract<Answer, { kind: 'refused' }> {
    const refusal = refusalIn(error, 'token')
    const blame = blameOf(refusal.detail)
    if (blame) health?.report(provider.id, { result: 'failure', ...blame, from })
    log.warn('a sign-in at a provider failed', { provider: provider.id, error: refusal.error, detail: refusal.detail })
    return { kind: 'refused', error: refusal.error, detail: refusal.detail }
  }

  /** Documents of settings that nobody signs in by: what is remembered for logins stays as it is. */
  async function readAnew({ connector }: OidcProvider): Promise<{ documents: Documents; party: RelyingParty }> {
    const fresh = createLibrary({ requests, clock, allowHttp, onFailure })
    const party = await createRelyingParties({ library: fresh, requests, keys, allowHttp }).of(connector)
    return { documents: fresh.of(connector), party }
  }

  /** Whatever a provider or a browser can cause becomes a value. */
  async function answerOf(
    provider: Provider,
    from: string | undefined,
    work: () => Promise<Assertion | undefined>,
  ): Promise<Answer> {
    const begunAt = clock.now()
    try {
      const assertion = await work()
      if (!assertion) return { kind: 'cancelled' }
      health?.report(provider.id, { result: 'success', took: clock.now() - begunAt })
      return { kind: 'assertion', assertion }
    } catch (error) {
      return isCancellation(error) ? { kind: 'cancelled' } : refusedBy(provider, error, from)
    }
  }

  return {
    begin: async (provider, needs) => {
      const hop = newHop(provider, {
        issuer,
        state: needs.state ?? newSecret(),
        since: needs.fresh ? clock.now() : undefined,
      })
      if (isGateway(provider)) return gateways.begin(provider, hop, needs)
      if (isHouse(provider)) return house?.begin(provider, hop) ?? notSetUp
      if (!isOidc(provider)) return ownMeans.begin(hop)
      try {
        return { url: authorizationUrl(provider, await parties.of(provider.connector), hop, needs), hop }
      } catch (error) {
        return refusedBy(provider, error, needs.from)
      }
    },
    finish: (provider, hop, callback, { from } = {}) => {
      if (isGateway(provider)) return answerOf(provider, from, () => gateways.finish(provider, hop, callback))
      if (isHouse(provider)) return house?.finish(provider, hop, callback) ?? Promise.resolve(notSetUp)
      if (!isOidc(provider)) return ownMeans.finish(provider, hop, callback)
      return answerOf(provider, from, () =>
        redeem(provider, parties.of(provider.connector), { hop, callback, now: () => clock.now() }),
      )
    },
    logoutUrl: async (provider, { idToken, returnTo, state }) => {
      // The hub's own means keep no session beside that of `sessions/`; that of a gateway is the person's way in.
      if (!isOidc(provider)) return undefined
      const party = await parties.of(provider.connector).catch(() => undefined)
      if (!party?.server.end_session_endpoint) return undefined
      const hint: Record<string, string> = idToken === undefined ? {} : { id_token_hint: idToken }
      return buildEndSessionUrl(party.config, { ...hint, post_logout_redirect_uri: returnTo, state }).href
    },
    warm: library.warm,
    trial: {
      begin: async (provider, needs) => {
        try {
          const { documents, party } = await readAnew(provider)
          if ((await documents.keys()).jwks().keys.length === 0) throw invalid('keys_empty')
          const hop = newHop(provider, { issuer, state: needs.state, since: clock.now() })
          return { kind: 'sent', url: authorizationUrl(provider, party, hop, { ...needs, fresh: true }), hop }
        } catch (error) {
          return { kind: 'refused', detail: refusalIn(error, 'token').detail }
        }
      },
      finish: async (provider, hop, callback) => {
        const tried: Tried = {}
        try {
          const { party } = await readAnew(provider)
          tried.endsSessions = party.server.end_session_endpoint !== undefined
          await redeem(provider, party, {
            hop,
            callback,
            now: () => clock.now(),
            onToken: (token, level) => {
              tried.level = level
              const said = Array.isArray(token.amr) ? new Set(token.amr).size : 0
              const known = methodsOf(token)
              if (said > 0) tried.methods = { known, unknown: said - known.length }
            },
            onClaims: (claims) => {
              tried.claims = claimsSeen(provider.connector, claims, clock.now())
            },
          })
          return tried
        } catch (error) {
          return { ...tried, stopped: isCancellation(error) ? 'cancelled' : refusalIn(error, 'token').detail }
        }
      },
    },
    close: async () => {
      library.close()
      requests.close()
    },
  }
}

/** Published on a hub of which another process has the settings for it. */
const notSetUp = { kind: 'refused', error: 'provider_disabled', detail: 'house_level' } as const

/**
 * "[C]lients MUST use a distinct redirection URI for each issuer they interact with" (RFC 9700 section 4.4.2.2): an
 * answer of one provider cannot be taken for another's even where it does not say `iss`.
 */
function newHop(
  provider: Provider,
  { issuer, state, since }: { issuer: string; state: string; since: Instant | undefined },
): Hop {
  return {
    provider: provider.id,
    state,
    nonce: newSecret(),
    codeVerifier: newSecret(),
    redirectUri: new URL(`${issuer}/callback/${encodeURIComponent(provider.id)}`).href,
    ...(since !== undefined && { authenticatedSince: since }),
  }
}

/** Everything that a provider learns is here. Nothing in it depends on the service. */
function authorizationUrl(
  provider: OidcProvider,
  { config, server }: RelyingParty,
  hop: Hop,
  { level, fresh, language }: { level: Level; fresh: boolean; language: Language },
): string {
  const { connector } = provider
  const words = acrValues(provider, level)
  return buildAuthorizationUrl(config, {
    response_type: 'code',
    scope: [...new Set(['openid', ...connector.scopes])].join(' '),
    redirect_uri: hop.redirectUri,
    state: hop.state,
    nonce: hop.nonce,
    code_challenge: hash('sha256', hop.codeVerifier, 'base64url'),
    code_challenge_method: 'S256',
    ui_locales: language,
    ...(words.length > 0 && { acr_values: words.join(' ') }),
    ...(fresh && { prompt: 'login', max_age: '0' }),
    // Without it a provider may leave out when and how the person authenticated.
    ...(server.claims_parameter_supported && {
      claims: JSON.stringify({ id_token: { auth_time: { essential: true }, amr: null } }),
    }),
  }).href
}

/** From the callback to the assertion. The identity is asked for only once the level is known to be acceptable. */
async function redeem(
  provider: OidcProvider,
  party: RelyingParty | Promise<RelyingParty>,
  {
    hop,
    callback,
    now,
    onToken,
    onClaims,
  }: {
    hop: Hop
    callback: URL
    now(): Instant
    /** The id token is believed. */
    onToken?(token: Claims, level: Level): void
    /** The identity was told; it may be wrong. */
    onClaims?(claims: Claims): void
  },
): Promise<Assertion> {
  const { connector } = provider
  const { config, server } = await party
  // At the address registered at the provider, whatever the one under which a proxy shows the hub to itself.
  const registered = new URL(`${hop.redirectUri}${callback.search}`)
  const fault = callbackFault(provider, { hop, registered, callback, server })
  if (fault) throw invalid(fault)

  const tokens = await authorizationCodeGrant(config, registered, {
    expectedState: hop.state,
    expectedNonce: hop.nonce,
    pkceCodeVerifier: hop.codeVerifier,
    idTokenExpected: true,
  })
  const idToken = tokens.claims()
  if (!idToken || tokens.id_token === undefined) throw invalid('id_token_missing')

  const subject = subjectOf(idToken)
  const authTime = authTimeOf(idToken, { now: now(), since: hop.authenticatedSince })
  const level = levelOf(provider, idToken)
  onToken?.(idToken, level)
  const claims = connector.userinfo === 'none' ? idToken : await userinfo(config, tokens.access_token, subject)
  onClaims?.(claims)
  const email = emailOf(connector, claims)
  return {
    provider: provider.id,
    subject,
    identity: identityOf(connector, claims, now()),
    ...(email !== undefined && { email }),
    level,
    amr: methodsOf(idToken),
    authTime,
    // Opened already: "the Client MUST decrypt the signed ID Token contained within the encrypted ID Token" before using
    // it as a hint (RP-Initiated Logout 1.0 section 2).
    idToken: tokens.id_token,
    ...(typeof idToken.sid === 'string' && { sid: idToken.sid }),
  }
}

/** "The sub Claim in the UserInfo Response MUST be verified to exactly match" (Core section 5.3.2): the library does. */
function userinfo(config: RelyingParty['config'], accessToken: string, subject: string): Promise<Claims> {
  return fetchUserInfo(config, accessToken, subject).catch((error) => {
    throw refusalIn(error, 'userinfo')
  })
}

/**
 * What is wrong with the callback itself, in the order in which it matters. The library looks at state and `iss` again;
 * here each fault gets its word, and the path, which the library does not know, is compared.
 */
function callbackFault(
  provider: Provider,
  { hop, registered, callback, server }: { hop: Hop; registered: URL; callback: URL; server: ServerMetadata },
): Detail | undefined {
  const { searchParams } = callback
  const [iss, code, error] = ['iss', 'code', 'error'].map((name) => searchParams.get(name))
  const names = [...searchParams.keys()]
  const checks: [Detail, boolean][] = [
    // "Clients MUST check that the authorization response was received from the correct issuer by comparing the distinct
    // redirection URI for the issuer to the URI where the authorization response was received" (RFC 9700 4.4.2.2).
    ['authorization_address', hop.provider !== provider.id || callback.pathname !== registered.pathname],
    // "Request and response parameters MUST NOT be included more than once." (RFC 6749 section 3.1)
    ['authorization_repeated', new Set(names).size !== names.length],
    ['authorization_state', searchParams.get('state') !== hop.state],
    // "[C]lients MUST reject authorization responses without the iss parameter from authorization servers that do
    // support the parameter according to the client's configuration" (RFC 9207 section 2.4).
    ['authorization_issuer_missing', !iss && server.authorization_response_iss_parameter_supported === true],
    ['authorization_issuer', Boolean(iss) && iss !== server.issuer],
    // Answers of other flows, which were not asked for.
    ['authorization_malformed', names.some((name) => ['response', 'id_token', 'token', 'access_token'].includes(name))],
    ['authorization_code_missing', !code && !error],
  ]
  return checks.find(([, applies]) => applies)?.[0]
}

/** "The resource owner or authorization server denied the request" (RFC 6749 section 4.1.2.1): the person came back. */
function isCancellation(error: unknown): boolean {
  return error instanceof AuthorizationResponseError && error.error === 'access_denied'
}

/** @throws the error itself when neither a provider nor a browser can have caused it: a bug of ours. */
function refusalIn(error: unknown, stage: 'token' | 'userinfo'): Refusal {
  const refusal = refusalOf(error, stage)
  if (!refusal) throw error
  return refusal
}
