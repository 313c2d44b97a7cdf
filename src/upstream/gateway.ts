/**
 * The connector of a VPN or ZTNA gateway to which people have signed in before, with two factors (R070). The person
 * passes by it and comes back with one signed sentence: who, when, by which methods. It is believed for this login
 * alone (`nonce`), once (`jti`), for two minutes, and only while the login that it tells of is recent and had two factors
 * of different categories, which `policy/prior-login.ts` decides. This file does not speak OpenID Connect: a gateway that
 * does is a provider like any other.
 */
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { z } from 'zod'
import { atLeast, highestOf, isLevel, lowerOf } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import type { Language } from '../kernel/languages.ts'
import { sameSecret } from '../kernel/secrets.ts'
import type { GatewayConnector, GatewayProvider } from '../partners/partners.ts'
import { decidePriorLogin } from '../policy/prior-login.ts'
import type { Storage } from '../storage/storage.ts'
import { authTimeOf, clockDifference, emailOf, identityOf, methodsOf, subjectOf } from './claims.ts'
import type { Library } from './documents.ts'
import { acceptedAlgorithms, verifySignature } from './envelopes.ts'
import { type Detail, invalid, refusalOfAuthorizationError, refused } from './refusals.ts'
import type { Assertion, Hop } from './upstream.ts'

/** "explicit typing" (RFC 8725 section 3.11): nothing else that a gateway signs can be taken for it. */
export const priorLoginType = 'prior-login+jwt'

/** From `iat` to `exp`, and so between the gateway and here. */
const longestLife = 2 * minute

/** A kind of short-lived state: identifiers of what was believed already. */
const kind = 'gateway-assertion'

export interface Gateways {
  begin(provider: GatewayProvider, hop: Hop, options: { fresh: boolean; language: Language }): { url: string; hop: Hop }
  /**
   * Undefined when the person came back without signing in.
   *
   * @throws Refusal for everything else that a gateway or a browser can cause
   */
  finish(provider: GatewayProvider, hop: Hop, callback: URL): Promise<Assertion | undefined>
}

export function createGateways(options: {
  storage: { state: Pick<Storage['state'], 'create'> }
  clock: Clock
  library: Library
  /** Public address of the hub, without a trailing slash: the one audience. */
  issuer: string
}): Gateways {
  const { storage, clock, library, issuer } = options

  /** "jti [...] can be used to prevent the JWT from being replayed" (RFC 7519 section 4.1.7). */
  async function useOnce({ jti, exp }: Said, { issuer: gateway }: GatewayConnector): Promise<void> {
    const key = JSON.stringify([gateway, jti])
    const expiresAt = exp * second + clockDifference
    if (!(await storage.state.create({ kind, key, value: true, expiresAt }))) throw invalid('prior_login_replayed')
  }

  return {
    begin({ connector }, hop, { fresh, language }) {
      const url = new URL(connector.address)
      const asked = { state: hop.state, nonce: hop.nonce, redirect_uri: hop.redirectUri, ui_locales: language }
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
      if (fresh) url.searchParams.set('prompt', 'login')
      return { url: url.href, hop }
    },

    async finish(provider, hop, callback) {
      const { connector } = provider
      const fault = callbackFault(provider, hop, callback)
      if (fault) throw invalid(fault)
      const error = callback.searchParams.get('error')
      if (error === 'access_denied') return undefined
      if (error !== null) throw refusalOfAuthorizationError(error)
      const token = callback.searchParams.get('assertion') ?? ''
      if (typeOf(token) !== priorLoginType) throw invalid('prior_login_type')
      const keys = library.keysOf(connector)
      await verifySignature('prior_login', token, { keys, algorithms: acceptedAlgorithms(connector) })
      const said = claimsOf(token, { gateway: connector.issuer, hub: issuer, nonce: hop.nonce, now: clock.now() })
      const assertion = assertionOf(provider, said, { now: clock.now(), since: hop.authenticatedSince })
      // Last, so that only what would be believed is used up.
      await useOnce(said, connector)
      return assertion
    },
  }
}

/** What is wrong with the callback itself, in the order in which it matters. */
function callbackFault(provider: GatewayProvider, hop: Hop, { pathname, searchParams }: URL): Detail | undefined {
  const names = [...searchParams.keys()]
  const checks: [Detail, boolean][] = [
    // An answer belongs to the gateway that was asked (RFC 9700 section 4.4.2.2).
    ['authorization_address', hop.provider !== provider.id || pathname !== new URL(hop.redirectUri).pathname],
    ['authorization_repeated', new Set(names).size !== names.length],
    ['authorization_state', searchParams.get('state') !== hop.state],
    ['prior_login_missing', !searchParams.get('assertion') && !searchParams.get('error')],
  ]
  return checks.find(([, applies]) => applies)?.[0]
}

/** `typ` in lower case, without the prefix that "application/" may be left out of (RFC 7515 section 4.1.9). */
function typeOf(token: string): string | undefined {
  try {
    return decodeProtectedHeader(token)
      .typ?.toLowerCase()
      .replace(/^application\//, '')
  } catch {
    throw invalid('prior_login_malformed')
  }
}

const whole = z.int().min(0)

/** The members that the hub reads, besides those of the identity. */
const shape = z.looseObject({
  iss: z.string(),
  aud: z.unknown(),
  sub: z.string(),
  nonce: z.string(),
  jti: z.string().min(1).max(255),
  iat: whole,
  exp: whole,
  nbf: whole.exactOptional(),
  auth_time: whole.exactOptional(),
  amr: z.array(z.string()).max(50),
})
type Said = z.output<typeof shape>

/** The claims of a token whose signature is good, when they are for the hub, for this login, now. */
function claimsOf(token: string, expected: { gateway: string; hub: string; nonce: string; now: Instant }): Said {
  const { gateway, hub, nonce, now } = expected
  const parsed = shape.safeParse(payloadOf(token))
  if (!parsed.success) throw invalid('prior_login_malformed')
  const said = parsed.data
  const [issuedAt, expiresAt] = [said.iat * second, said.exp * second]
  const checks: [Detail, boolean][] = [
    ['prior_login_issuer', said.iss !== gateway],
    // One audience, as text: what was signed for another server that names the hub as well could be brought here.
    ['prior_login_audience', said.aud !== hub],
    ['prior_login_nonce', !sameSecret(said.nonce, nonce)],
    ['prior_login_issued_in_future', issuedAt > now + clockDifference],
    ['prior_login_lifetime', expiresAt <= issuedAt || expiresAt - issuedAt > longestLife],
    ['prior_login_expired', expiresAt <= now - clockDifference],
    ['prior_login_not_yet_valid', (said.nbf ?? 0) * second > now + clockDifference],
    ['auth_time_missing', said.auth_time === undefined],
  ]
  const fault = checks.find(([, applies]) => applies)?.[0]
  if (fault) throw invalid(fault)
  return said
}

function payloadOf(token: string): unknown {
  try {
    return decodeJwt(token)
  } catch {
    throw invalid('prior_login_malformed')
  }
}

/** The level is the least of three: what the methods can carry, what the gateway says, what it may assert. */
function assertionOf(
  provider: GatewayProvider,
  said: Said,
  { now, since }: { now: Instant; since: Instant | undefined },
): Assertion {
  const { connector, allowedLevels, means } = provider
  const subject = subjectOf(said)
  const authTime = authTimeOf(said, { now, since })
  const decision = decidePriorLogin({
    amr: said.amr,
    authTime,
    at: now,
    window: connector.windowHours * hour,
    ...(means?.amr ? { declared: means.amr } : {}),
  })
  if (!decision.accepted) throw refused(`prior_login_${decision.reasons[0] ?? 'one_category'}`)
  const observed = isLevel(said.acr) ? lowerOf(said.acr, decision.level) : decision.level
  const level = highestOf(allowedLevels.filter((allowed) => atLeast(observed, allowed)))
  if (!level) throw refused('prior_login_level')
  const email = emailOf(connector, said)
  return {
    provider: provider.id,
    subject,
    identity: identityOf(connector, said, now),
    ...(email === undefined ? {} : { email }),
    level,
    amr: methodsOf(said),
    authTime,
  }
}
