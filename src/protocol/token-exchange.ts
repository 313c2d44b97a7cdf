/**
 * Token exchange (RFC 8693) at the token endpoint, for what a service may have instead of the access token that it got
 * at a sign-in: the password that the hub keeps for that person at that service (R069), or a token by which it uses the
 * interface of another service for an organisation (R092, R096; `mandate-token.ts` says what it stands for). The engine has
 * authenticated the service before any of this runs; here is judged that the token is its own, alive, of the scope, and
 * that the session of the sign-in it comes from has not ended since.
 */
import { SignJWT } from 'jose'
import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { checkDpopReplay, type DPoPValidationResult, validateDpop } from 'oidc-provider/lib/helpers/grants.js'
import { type Bridge, type BridgedService, isBridged } from '../bridge/bridge.ts'
import { createLimiter, type Limit } from '../http/limits.ts'
import { type Clock, toSeconds } from '../kernel/clock.ts'
import { minute, second } from '../kernel/durations.ts'
import { randomBytes } from '../kernel/random.ts'
import type { Keys } from '../keys/keys.ts'
import type { Answer } from '../login/flow.ts'
import type { Partners, Service } from '../partners/partners.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { currentRequest, guarded } from './engine-state.ts'
import { grantedDetails, type MandateTokens, readMandateDetails } from './mandate-token.ts'

export const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

/** A name of the hub's own: "other URIs MAY be used to indicate other token types" (RFC 8693 section 3). */
export const serviceSecretType = 'urn:garant:params:oauth:token-type:service-secret'

const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** "explicit typing" (RFC 8725 section 3.11): it cannot pass for an id token. */
const secretJwtType = 'service-secret+jwt'

/** It is read at once, and its secret may change. */
const secretLifetime = minute

/** Of one service: ten in a second, and six hundred after a pause. Each process counts for itself. */
const exchangeLimit: Limit = { burst: 600, perSecond: 10 }

/** Grants of the engine that a service may use. */
export function grantTypesOf(service: Service): string[] {
  const exchanges = isBridged(service) || service.scopes.includes('representation')
  return ['authorization_code', ...(exchanges ? [tokenExchange] : [])]
}

export interface TokenExchangeOptions {
  issuer: string
  clock: Clock
  keys: Pick<Keys, 'active'>
  partners: Pick<Partners, 'registry'>
  bridge: Pick<Bridge, 'handOver'>
  sessions: Pick<Sessions, 'isOpen'>
  mandateTokens: Pick<MandateTokens, 'grant'>
}

type AccessToken = InstanceType<Provider['AccessToken']>

/** A token that was presented, with the login that it comes from. */
interface Presented {
  token: AccessToken
  answer: Answer
}

interface Asked {
  params: Record<string, string | undefined>
  service: Service | undefined
  /** What it is asked for. */
  wanted: Wanted | undefined
  subject: Presented | undefined
  actor: Presented | undefined
  /** The service at which a mandate token is to be good, when it takes those of this one. */
  audience: Service | undefined
  /** Of a key, signed for this request. */
  proof: DPoPValidationResult | undefined
}

type Wanted = 'secret' | 'mandate'

/** "If omitted, the authorization server [...] determines" (section 2.1): what has a type of its own is named by it. */
const wantedBy: ReadonlyMap<string, Wanted> = new Map([
  [serviceSecretType, 'secret'],
  [accessTokenType, 'mandate'],
])

const isOwn = (presented: Presented | undefined, service: Service | undefined): presented is Presented =>
  presented?.token.isValid === true &&
  presented.token.clientId === service?.id &&
  // A mandate token is none of a sign-in: nothing is made of it.
  presented.token.aud === undefined

/** What is bound to a key is presented with its proof (RFC 9449 section 5), whatever it is presented as. */
const isOfKey = ({ token }: Presented, proof: DPoPValidationResult | undefined): boolean =>
  token.jkt === undefined || token.jkt === proof?.thumbprint

/**
 * What stands in the way, in order. "If the request itself is not valid or if either the subject_token or actor_token are
 * invalid for any reason, or are unacceptable based on policy [...] the value of the error parameter MUST be the
 * invalid_request [...] If the authorization server is unwilling or unable to issue a token for any target service [...]
 * the invalid_target error code SHOULD be used" (section 2.2.2). Of a token that is over, unknown or another service's the
 * same is said.
 */
const checks: {
  of?: Wanted
  says: string
  error?: new (says: string) => Error
  applies: (asked: Asked) => boolean
}[] = [
  { says: 'requested_token_type is not supported', applies: ({ wanted }) => wanted === undefined },
  {
    says: 'subject_token_type must be an access token',
    applies: ({ params }) => params.subject_token_type !== accessTokenType,
  },
  { of: 'secret', says: 'actor_token is not supported', applies: ({ params }) => params.actor_token !== undefined },
  {
    of: 'secret',
    says: 'audience must be the client itself',
    applies: ({ params, service }) => params.audience !== undefined && params.audience !== service?.id,
  },
  {
    of: 'mandate',
    says: 'actor_token_type must be an access token, and be there with actor_token alone',
    applies: ({ params }) => params.actor_token_type !== (params.actor_token && accessTokenType),
  },
  { of: 'mandate', says: 'audience must be there', applies: ({ params }) => params.audience === undefined },
  {
    of: 'mandate',
    says: 'a proof of possession is needed',
    error: errors.InvalidDpopProof,
    applies: ({ proof }) => proof === undefined,
  },
  { says: 'subject_token is invalid', applies: ({ subject, service }) => !isOwn(subject, service) },
  {
    of: 'secret',
    says: 'subject_token is not of the scope service_secret',
    applies: ({ subject }) => !subject?.token.scopes.has('service_secret'),
  },
  {
    of: 'mandate',
    says: 'subject_token is not of the scope representation',
    applies: ({ subject }) => !subject?.token.scopes.has('representation'),
  },
  {
    says: 'subject_token is bound to another key',
    applies: ({ subject, proof }) => subject !== undefined && !isOfKey(subject, proof),
  },
  {
    of: 'mandate',
    says: 'actor_token is invalid',
    applies: ({ params, actor, subject, service, proof }) =>
      params.actor_token !== undefined &&
      !(isOwn(actor, service) && isOfKey(actor, proof) && actor.answer.person === subject?.answer.person),
  },
  {
    of: 'mandate',
    says: 'audience takes no token of this service',
    error: errors.InvalidTarget,
    applies: ({ audience }) => audience === undefined,
  },
]

const parameters = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'audience',
  'actor_token',
  'actor_token_type',
]

/** Gives the engine the grant type. */
export function registerTokenExchange(provider: Provider, options: TokenExchangeOptions): void {
  const { clock, partners, sessions } = options
  const waitOf = createLimiter(clock, exchangeLimit)

  async function present(value: string | undefined): Promise<Presented | undefined> {
    const token = value === undefined ? undefined : await provider.AccessToken.find(value)
    const { answer } = currentRequest()
    return token && answer ? { token, answer } : undefined
  }

  async function read(ctx: KoaContextWithOIDC): Promise<Asked> {
    const { services } = partners.registry()
    const params = ctx.oidc.params as Asked['params']
    const service = services.get(ctx.oidc.client?.clientId ?? '')
    const wanted = wantedBy.get(params.requested_token_type ?? accessTokenType)
    const target = services.get(params.audience ?? '')
    const audience = service && target?.representation?.tokensFrom.includes(service.id) ? target : undefined
    const proof = await validateDpop(provider, ctx as never)
    const actor = await present(params.actor_token)
    // Last: what the engine keeps of this request is then of this one.
    const subject = await present(params.subject_token)
    return { params, service, wanted, subject, actor, audience, proof }
  }

  const handler = async (ctx: KoaContextWithOIDC) => {
    const asked = await read(ctx)
    const { service, subject, actor, wanted, audience, proof } = asked
    const fault = checks.find(({ of = wanted, applies }) => of === wanted && applies(asked))
    if (fault) throw new (fault.error ?? errors.InvalidRequest)(fault.says)
    if (!service || !subject) throw new errors.InvalidRequest('subject_token is invalid')
    // A token lives on for its minute; who signed out or was stopped meanwhile is not there any more.
    const isOpen = ({ answer: { person, sid } }: Presented) =>
      guarded(sessions.isOpen({ person, service: service.id, sid }))
    if (!(await isOpen(subject))) throw new errors.InvalidRequest('subject_token is invalid')
    if (actor && !(await isOpen(actor))) throw new errors.InvalidRequest('actor_token is invalid')
    await checkDpopReplay(provider, ctx as never, proof, service.id, errors.InvalidDpopProof)
    if (wanted === 'secret') return handOver(ctx, service, subject, options)
    if (waitOf(service.id) > 0) throw tooMany(ctx)
    if (audience && proof) await exchange(ctx, { subject, audience, key: proof.thumbprint }, options)
  }
  provider.registerGrantType(tokenExchange, handler as never, parameters)
}

async function handOver(
  ctx: KoaContextWithOIDC,
  service: Service,
  { token, answer }: Presented,
  options: TokenExchangeOptions,
): Promise<void> {
  if (!isBridged(service)) throw new errors.InvalidRequest('subject_token is invalid')
  const handed = await guarded(options.bridge.handOver(service, answer.person))
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

/** Opaque: what carries its own rights could not obey at the next request. And bound to the key of whoever asked (RFC 9449). */
async function exchange(
  ctx: KoaContextWithOIDC,
  { subject: { token, answer }, audience, key }: { subject: Presented; audience: Service; key: string },
  { clock, mandateTokens }: TokenExchangeOptions,
): Promise<void> {
  const { provider, client, body } = ctx.oidc
  // From the body: the engine takes this parameter for that of its own feature, which knows no token without a resource.
  const given: unknown = body?.authorization_details
  if (typeof given !== 'string') throw new errors.InvalidRequest('authorization_details must be there, once')
  const read = readMandateDetails(given)
  if ('fault' in read) throw new errors.InvalidAuthorizationDetails(read.fault)
  const granted = await guarded(mandateTokens.grant({ answer, audience, details: read.details }))
  const expiresIn = granted ? toSeconds(granted.until - clock.now()) : 0
  if (!granted || expiresIn < 1) {
    throw new errors.InvalidAuthorizationDetails('the person may not do that for this organisation at that service')
  }
  if (!client) throw new Error('a mandate token without a client')
  // Of the grant of the sign-in: a code that comes back a second time takes this away with the rest.
  const { accountId, grantId, jti } = token
  const made = new provider.AccessToken({ accountId, client, grantId, gty: tokenExchange, expiresIn })
  made.setAudience(audience.id)
  made.setThumbprint('jkt', key)
  currentRequest().exchanged = { mandate: granted.kept, for: jti }
  ctx.body = {
    access_token: await made.save(),
    issued_token_type: accessTokenType,
    token_type: made.tokenType,
    expires_in: expiresIn,
    authorization_details: [grantedDetails(granted.kept)],
  }
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
