/**
 * The OpenID Provider behind a provider of the town: the stock engine, in memory, with the settings that its definition
 * asks for. It knows no page. Who asks is the hub, or in tests any relying party.
 */
import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import { LRUCache } from 'lru-cache'
import {
  type Adapter,
  type AdapterPayload,
  type ClientMetadata,
  type Configuration,
  type Account as EngineAccount,
  interactionPolicy,
  type JWK,
  type KoaContextWithOIDC,
  Provider,
} from 'oidc-provider'
import { atLeast, type Level, levels, lowestOf } from '../../src/kernel/assurance.ts'
import { day, flowLifetime, minute, second } from '../../src/kernel/durations.ts'
import { type Account, accountsOf, holderOf } from '../people.ts'
import { directoryClaims, federatorSubject } from './directory-claims.ts'
import type { ProviderDefinition } from './providers.ts'

const pivotClaims = [
  'given_name',
  'family_name',
  'birthdate',
  'gender',
  'birthplace',
  'birthcountry',
  'preferred_username',
  'email',
]

/** Claims about the authentication itself: in every id token, asked or not (duties of providers). */
const authenticationClaims = ['acr', 'amr', 'auth_time']

/** Where logout is asked. The site answers it: the engine's own answer needs a page with a script. */
export const endPath = '/session/end'

/** A citizens' provider has a scope for each claim; the federator gives all it knows for one. */
function claimsByScope(definition: ProviderDefinition): Record<string, string[]> {
  if (definition.population === 'professionals') return { scope_all: Object.keys(sampleDirectoryClaims(definition)) }
  return Object.fromEntries(pivotClaims.map((name) => [name, [definition.claimNames?.[name] ?? name]]))
}

export function scopesOf(definition: ProviderDefinition): string[] {
  return ['openid', ...Object.keys(claimsByScope(definition))]
}

export function subjectOf(account: Account): string {
  const holder = holderOf(account)
  return holder.kind === 'professional' ? federatorSubject(holder) : account.subject
}

function claimsOf(definition: ProviderDefinition, account: Account): Record<string, unknown> {
  const holder = holderOf(account)
  if (holder.kind === 'professional') return directoryClaims(holder, account)
  const { kind: _, ...pivot } = holder
  const named = Object.entries({ ...pivot, email: account.email }).map(([name, value]) => [
    definition.claimNames?.[name] ?? name,
    value,
  ])
  return Object.fromEntries(named)
}

function sampleDirectoryClaims(definition: ProviderDefinition): Record<string, unknown> {
  const { sub: _, ...claims } = accountsOf(definition.key).map((account) => claimsOf(definition, account))[0] ?? {}
  return claims
}

/** What was asked, as far as this provider understands it. */
export interface Wanted {
  level: Level
  /** The relying party takes nothing below (OpenID Connect Core section 5.5.1.1). */
  essential: boolean
}

/** Reads `acr_values` and the `acr` of the claims parameter; of several, the lowest counts. Unknown words say nothing. */
export function wantedLevel(definition: ProviderDefinition, params: Record<string, unknown>): Wanted {
  const { essential, values } = requestedAcr(params.claims)
  const words = [...String(params.acr_values ?? '').split(' '), ...values]
  const level = lowestOf(levels.filter((candidate) => words.includes(definition.acr[candidate] ?? candidate)))
  return { level: level ?? definition.allowedLevels[0] ?? 'eidas1', essential: essential && level !== undefined }
}

interface AcrRequest {
  essential?: boolean
  value?: string
  values?: string[]
}

/** The claims parameter is JSON text at the edge of the engine and an object behind it; the engine has parsed it once. */
function requestedAcr(claims: unknown): { essential: boolean; values: string[] } {
  const asked = (typeof claims === 'string' ? JSON.parse(claims) : claims) as
    | { id_token?: { acr?: AcrRequest | null } }
    | undefined
  const acr = asked?.id_token?.acr ?? {}
  return { essential: acr.essential === true, values: [...(acr.values ?? []), ...(acr.value ? [acr.value] : [])] }
}

function levelOfWord(definition: ProviderDefinition, word: string | undefined): Level | undefined {
  return levels.find((level) => word !== undefined && definition.acr[level] === word)
}

export interface EngineOptions {
  definition: ProviderDefinition
  issuer: string
  clients: ClientMetadata[]
  /** Cookies do not know ports, so each provider of each town has names of its own. */
  cookieName: string
  renderError(context: KoaContextWithOIDC, error: { error: string; error_description?: string | undefined }): void
}

export async function createEngine(options: EngineOptions): Promise<Provider> {
  const { definition, cookieName } = options
  const shared = { httpOnly: true, sameSite: 'lax', signed: true } as const
  return new Provider(options.issuer, {
    ...protocol(definition),
    clients: options.clients,
    adapter: memory(),
    jwks: { keys: [await signingKey(definition.signingAlg)] },
    cookies: {
      names: { session: cookieName, interaction: `${cookieName}_login`, resume: `${cookieName}_resume` },
      keys: [randomBytes(32)],
      long: shared,
      short: shared,
    },
    interactions: { policy: policyOf(definition), url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, subject) => engineAccount(definition, subject),
    loadExistingGrant,
    renderError: options.renderError,
  })
}

function protocol(definition: ProviderDefinition): Configuration {
  const { encryption, signingAlg } = definition
  return {
    responseTypes: ['code'],
    scopes: scopesOf(definition),
    claims: { openid: ['sub', ...authenticationClaims], ...claimsByScope(definition) },
    acrValues: Object.values(definition.acr),
    clientAuthMethods: [definition.clientAuth],
    routes: {
      authorization: '/authorize',
      token: '/token',
      userinfo: '/userinfo',
      jwks: '/jwks',
      end_session: endPath,
    },
    pkce: { required: () => true },
    // In seconds here.
    ttl: {
      AccessToken: minute / second,
      AuthorizationCode: minute / second,
      IdToken: minute / second,
      Interaction: flowLifetime / second,
      Session: day / second,
      Grant: day / second,
    },
    features: {
      devInteractions: { enabled: false },
      claimsParameter: { enabled: true },
      jwtUserinfo: { enabled: true },
      encryption: { enabled: encryption !== undefined },
    },
    enabledJWA: {
      idTokenSigningAlgValues: [signingAlg],
      userinfoSigningAlgValues: [signingAlg],
      ...(encryption && {
        idTokenEncryptionAlgValues: [encryption.alg],
        idTokenEncryptionEncValues: [encryption.enc],
        userinfoEncryptionAlgValues: [encryption.alg],
        userinfoEncryptionEncValues: [encryption.enc],
      }),
    },
    fetch: fetchOnLoopback,
  }
}

/** The engine hands in a dispatcher that refuses private addresses. Here the keys of relying parties are on the loopback. */
function fetchOnLoopback(url: string | URL | Request, options: object = {}): Promise<Response> {
  const { dispatcher: _, ...rest } = options as { dispatcher?: unknown }
  return fetch(url, rest)
}

async function signingKey(alg: 'ES256' | 'RS256'): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, alg, use: 'sig', kid: randomBytes(6).toString('base64url') } as JWK
}

/**
 * Consent is the hub's matter, so only the login prompt stays. The engine compares an essential `acr` for equality,
 * which refuses somebody who reached more than was asked; ours compares levels, for voluntary requests too.
 */
function policyOf(definition: ProviderDefinition): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  const checks = policy.get('login')?.checks
  checks?.remove('essential_acr')
  checks?.remove('essential_acrs')
  checks?.add(
    new interactionPolicy.Check('level_not_reached', 'a higher level was asked', ({ oidc }) => {
      const account = oidc.session?.accountId ? accountBySubject(definition, oidc.session.accountId) : undefined
      if (!account) return false
      const { level, essential } = wantedLevel(definition, oidc.params ?? {})
      const reached = levelOfWord(definition, oidc.session?.acr)
      const suffices = reached !== undefined && atLeast(reached, level)
      return !suffices && (essential || atLeast(account.level, level))
    }),
  )
  return policy
}

export function accountBySubject(definition: ProviderDefinition, subject: string): Account | undefined {
  return accountsOf(definition.key).find((account) => subjectOf(account) === subject)
}

function engineAccount(definition: ProviderDefinition, subject: string): EngineAccount | undefined {
  const account = accountBySubject(definition, subject)
  return account && { accountId: subject, claims: () => ({ ...claimsOf(definition, account), sub: subject }) }
}

/** Whoever signs in grants what the hub asks: the provider is the person's, the hub a partner of the provider. */
async function loadExistingGrant({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc
  if (!client || !session?.accountId) return undefined
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
  grant.addOIDCClaims([...oidc.requestParamClaims])
  await grant.save()
  return grant
}

/** Entries of one provider kept at once: some thousand logins in progress. The engine itself checks what has expired. */
const memorySize = 20_000

/** The engine's storage interface on one bounded map. Only what this configuration uses can be found again. */
function memory(): (model: string) => Adapter {
  const entries = new LRUCache<string, AdapterPayload>({ max: memorySize })
  const idsByUid = new LRUCache<string, string>({ max: memorySize })
  return (model) => {
    const keyOf = (id: string) => `${model}/${id}`
    const find = async (id: string) => entries.get(keyOf(id))
    return {
      find,
      findByUid: async (uid) => find(idsByUid.get(uid) ?? ''),
      findByUserCode: async () => undefined,
      async upsert(id, payload) {
        entries.set(keyOf(id), payload)
        if (model === 'Session' && payload.uid) idsByUid.set(payload.uid, id)
      },
      async consume(id) {
        const payload = entries.get(keyOf(id))
        if (payload) payload.consumed = true
      },
      async destroy(id) {
        entries.delete(keyOf(id))
      },
      async revokeByGrantId(grantId) {
        for (const [key, payload] of entries.entries()) if (payload.grantId === grantId) entries.delete(key)
      },
    }
  }
}
