/**
 * Token exchange (RFC 8693) at the token endpoint, for what a service may have instead of the access token that it got
 * at a sign-in. One thing so far: the password that the hub keeps for that person at that service (R069). The engine has
 * authenticated the service before any of this runs; here is judged that the token is its own, alive, of the scope, and
 * that the session of the sign-in it comes from has not ended since.
 */
import { SignJWT } from 'jose'
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { type Bridge, type BridgedService, isBridged } from '../bridge/bridge.ts'
import { type Clock, toSeconds } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import { randomBytes } from '../kernel/random.ts'
import type { Keys } from '../keys/keys.ts'
import type { Partners, Service } from '../partners/partners.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { currentRequest, guarded } from './engine-state.ts'

export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** A name of the hub's own: "other URIs MAY be used to indicate other token types" (RFC 8693 section 3). */
export const serviceSecretType = 'urn:garant:params:oauth:token-type:service-secret'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** "explicit typing" (RFC 8725 section 3.11): it cannot pass for an id token. */
const secretJwtType = 'service-secret+jwt'

/** It is read at once, and its secret may change. */
const secretLifetime = minute

/** Grants of the engine that a service may use. */
export function grantTypesOf(service: Service): string[] {
  return ['authorization_code', ...(isBridged(service) ? [tokenExchange] : [])]
}

export interface TokenExchangeOptions {
  issuer: string
  clock: Clock
  keys: Pick<Keys, 'active'>
  partners: Pick<Partners, 'registry'>
  bridge: Pick<Bridge, 'handOver'>
  sessions: Pick<Sessions, 'isOpen'>
}

type AccessToken = InstanceType<Provider['AccessToken']>

interface Asked {
  params: Record<string, string | undefined>
  service: Service | undefined
  token: AccessToken | undefined
}

/**
 * What stands in the way, in order. "If the request itself is not valid or if either the subject_token or actor_token are
 * invalid for any reason, or are unacceptable based on policy [...] the value of the error parameter MUST be the
 * invalid_request" (section 2.2.2). Of a token that is over, unknown or another service's the same is said.
 */
const checks: { says: string; applies: (asked: Asked) => boolean }[] = [
  {
    says: 'requested_token_type is not supported',
    applies: ({ params }) => params.requested_token_type !== serviceSecretType,
  },
  {
    says: 'subject_token_type must be an access token',
    applies: ({ params }) => params.subject_token_type !== accessTokenType,
  },
  { says: 'actor_token is not supported', applies: ({ params }) => params.actor_token !== undefined },
  {
    says: 'audience must be the client itself',
    applies: ({ params, service }) => params.audience !== undefined && params.audience !== service?.id,
  },
  {
    says: 'subject_token is invalid',
    applies: ({ token, service }) => !token?.isValid || token.clientId !== service?.id,
  },
  {
    says: 'subject_token is not of the scope service_secret',
    applies: ({ token }) => !token?.scopes.has('service_secret'),
  },
]

/** Gives the engine the grant type. */
export function registerTokenExchange(provider: Provider, options: TokenExchangeOptions): void {
  const { partners, bridge, sessions } = options
  const params = ['subject_token', 'subject_token_type', 'requested_token_type', 'audience', 'actor_token']
  const handler = async (ctx: KoaContextWithOIDC) => {
    const service = partners.registry().services.get(ctx.oidc.client?.clientId ?? '')
    const given = ctx.oidc.params as Asked['params']
    const token = given.subject_token ? await provider.AccessToken.find(given.subject_token) : undefined
    const fault = checks.find(({ applies }) => applies({ params: given, service, token }))
    if (fault) throw new errors.InvalidRequest(fault.says)
    const { answer } = currentRequest()
    if (!answer || !token || !service || !isBridged(service))
      throw new errors.InvalidRequest('subject_token is invalid')
    // The token lives on for its minute; who signed out or was stopped meanwhile is not there any more.
    const { person, sid } = answer
    if (!(await guarded(sessions.isOpen({ person, service: service.id, sid })))) {
      throw new errors.InvalidRequest('subject_token is invalid')
    }
    const handed = await guarded(bridge.handOver(service, person))
    if (handed.kind === 'unknown') throw new errors.InvalidRequest('subject_token is invalid')
    if (handed.kind === 'throttled') throw tooMany(ctx)
    ctx.body = {
      access_token: await secretJwt(options, service, { ...handed, subject: token.accountId }),
      issued_token_type: serviceSecretType,
      // "N_A [...] when the token is not an access token" (section 2.2.1).
      token_type: 'N_A',
      expires_in: secretLifetime / second,
    }
  }
  provider.registerGrantType(tokenExchange, handler as never, params)
}

function tooMany(ctx: KoaContextWithOIDC): Error {
  ctx.set('retry-after', String(minute / second))
  const error = new errors.CustomOIDCProviderError('temporarily_unavailable', 'too many requests in this minute')
  return Object.assign(error, { statusCode: 429, status: 429, expose: true })
}

function secretJwt(
  { issuer, clock, keys }: TokenExchangeOptions,
  service: BridgedService,
  { secret, madeAt, subject }: { secret: string; madeAt: number; subject: string },
): Promise<string> {
  const now = toSeconds(clock.now())
  const key = keys.active('id-token', service.idTokenAlg)
  return new SignJWT({ service_secret: secret, service_secret_made_at: toSeconds(madeAt) })
    .setProtectedHeader({ alg: service.idTokenAlg, kid: key.id, typ: secretJwtType })
    .setIssuer(issuer)
    .setSubject(subject)
    .setAudience(service.id)
    .setIssuedAt(now)
    .setExpirationTime(now + toSeconds(secretLifetime))
    .setJti(randomBytes(16).toString('base64url'))
    .sign(key.privateJwk)
}
