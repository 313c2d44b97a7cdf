/** Rules over several fields of one entry of a partners file; each field by itself is `entries.ts`. */
import { highestOf } from '../kernel/assurance.ts'
import { isLoopback } from './addresses.ts'
import type { ProviderEntry, ServiceEntry } from './entries.ts'
import { ownProvider, shortestSecret } from './partners.ts'

/** A rule over several fields of one entry. */
export interface Rule<T> {
  field: string
  broken: (entry: T) => boolean
  problem: string
}

const usesSecret = ({ auth }: { auth: string }) => auth !== 'private_key_jwt'

export const serviceRules: readonly Rule<ServiceEntry>[] = [
  {
    // "If there are multiple hostnames in the registered redirect_uris, the Client MUST register a
    // sector_identifier_uri" (Core 8.1): here the sector is a setting.
    field: 'sector',
    broken: ({ sector, redirectUris }) => sector === undefined && new Set(redirectUris.map(sectorOf)).size > 1,
    problem: 'is missing: the redirect URIs are on several hosts, so say which sector their subjects belong to',
  },
  {
    field: 'secrets',
    broken: (service) => usesSecret(service) && service.secrets.length === 0,
    problem: 'is missing: this way of authenticating needs one',
  },
  {
    field: 'secrets',
    broken: ({ secrets }) => secrets.length === 2 && secrets.filter(({ until }) => until !== undefined).length !== 1,
    problem: 'has two secrets in force: give the older one its end (until)',
  },
  {
    field: 'secrets',
    broken: ({ secrets }) =>
      secrets.length === 2 && secrets[0]?.text !== undefined && secrets[0].text === secrets[1]?.text,
    problem: 'has the same secret twice',
  },
  {
    field: 'secrets',
    broken: (service) => !usesSecret(service) && service.secrets.length > 0,
    problem: 'must be left out: private_key_jwt uses keys',
  },
  {
    // "The jwks_uri and jwks parameters MUST NOT be used together" (OpenID Connect Registration section 2).
    field: 'jwks',
    broken: (service) => !usesSecret(service) && (service.jwks === undefined) === (service.jwksUri === undefined),
    problem: 'or jwksUri, exactly one of them, is needed by private_key_jwt',
  },
  {
    field: 'jwks',
    broken: (service) => usesSecret(service) && (service.jwks !== undefined || service.jwksUri !== undefined),
    problem: 'and jwksUri are for private_key_jwt only',
  },
  {
    field: 'idpHints',
    broken: ({ providers, idpHints }) => providers !== 'all' && idpHints.some((id) => !providers.includes(id)),
    problem: 'names a provider that is not among the providers of this service',
  },
  {
    field: 'riskProfile',
    broken: ({ passwordAlone, riskProfile }) => passwordAlone === true && riskProfile === undefined,
    problem: 'is missing: a service that takes a password alone says where its measures are written (R067)',
  },
  {
    field: 'serviceSecret',
    broken: ({ serviceSecret, scopes }) => (serviceSecret !== undefined) !== scopes.includes('service_secret'),
    problem: 'and the scope service_secret must go together',
  },
  {
    field: 'serviceSecret.length',
    broken: ({ serviceSecret }) =>
      serviceSecret !== undefined && serviceSecret.length < shortestSecret(serviceSecret.alphabet),
    problem:
      'is too short for 128 bits: at least 39 digits, 32 hex digits, 22 letters and digits, or 20 printable signs',
  },
]

type OidcEntry = Extract<ProviderEntry['connector'], { kind: 'oidc' }>
type GatewayEntry = Extract<ProviderEntry['connector'], { kind: 'gateway' }>

/** A rule over a provider that is another server. */
const ofOidc =
  (broken: (connector: OidcEntry, entry: ProviderEntry) => boolean) =>
  (entry: ProviderEntry): boolean =>
    entry.connector.kind === 'oidc' && broken(entry.connector, entry)

/** A rule over a provider that says who somebody is: another server or a gateway. */
const ofAsserting =
  (broken: (connector: OidcEntry | GatewayEntry, entry: ProviderEntry) => boolean) =>
  (entry: ProviderEntry): boolean =>
    entry.connector.kind !== 'own_means' && broken(entry.connector, entry)

type SuspendedEntry = Extract<ProviderEntry['state'], { kind: 'suspended' }>

/** A rule over the suspension that a file asks for. */
const ofSuspended =
  (broken: (state: SuspendedEntry, entry: ProviderEntry) => boolean) =>
  (entry: ProviderEntry): boolean =>
    entry.state?.kind === 'suspended' && broken(entry.state, entry)

export const providerRules: readonly Rule<ProviderEntry>[] = [
  {
    field: 'connector.clientSecret',
    broken: ofOidc((connector) => usesSecret(connector) && connector.clientSecret === undefined),
    problem: 'is missing: this way of authenticating needs it',
  },
  {
    field: 'connector.clientSecret',
    broken: ofOidc((connector) => !usesSecret(connector) && connector.clientSecret !== undefined),
    problem: 'must be left out: private_key_jwt uses the keys of the hub',
  },
  {
    field: 'connector.discoveryUrl',
    broken: ofOidc(({ discoveryUrl, metadata }) => discoveryUrl !== undefined && metadata !== undefined),
    problem: 'must be left out: metadata already says it all',
  },
  {
    // "The issuer value returned MUST be identical to the Issuer URL" (Discovery 1.0 section 4.3).
    field: 'connector.metadata.issuer',
    broken: ofOidc(({ metadata, issuer }) => metadata !== undefined && metadata.issuer !== issuer),
    problem: 'must be the issuer of the connector',
  },
  {
    field: 'connector.identity',
    broken: ofAsserting(
      ({ identity }, { population }) => (identity === 'professional') !== (population === 'professionals'),
    ),
    problem: 'and population must go together: professional with professionals, pivot with citizens',
  },
  {
    field: 'connector.claims',
    broken: ofAsserting(
      ({ identity, claims }) =>
        identity === 'pivot' && Object.keys(claims ?? {}).some((name) => !pivotClaims.includes(name)),
    ),
    problem: 'has a name that is not a claim of the pivot identity, preferred_username or email',
  },
  {
    field: 'connector.acr',
    broken: ofOidc(
      ({ acr }, { allowedLevels }) =>
        acr !== undefined && !allowedLevels.every((level) => Object.values(acr).includes(level)),
    ),
    problem: 'must have a word for every allowed level',
  },
  {
    // "The jwks_uri and jwks parameters MUST NOT be used together" (OpenID Connect Registration section 2).
    field: 'connector.jwks',
    broken: ({ connector }) =>
      connector.kind === 'gateway' && (connector.jwks === undefined) === (connector.jwksUri === undefined),
    problem: 'or jwksUri, exactly one of them, is needed: what the gateway signs is verified by it',
  },
  {
    field: 'means',
    broken: ({ connector, means }) => connector.kind === 'own_means' && means !== undefined,
    problem:
      "must be left out: what the hub's own means prove is known, and their classes are in the register of means",
  },
  {
    field: 'means.factors',
    broken: ({ means }) => means !== undefined && judgedByFactors.has(means.class) && !means.factors && !means.amr,
    problem: 'is missing: a card, a homologated means and one of transition are judged by their factors (or by amr)',
  },
  {
    field: 'means.certificate',
    broken: ({ means }) => means?.class === 'certified' && means.certificate === undefined,
    problem: 'is missing: a certified means names its certificate (R024)',
  },
  {
    field: 'means.validUntil',
    broken: ({ means }) =>
      means?.validFrom !== undefined && means.validUntil !== undefined && means.validUntil <= means.validFrom,
    problem: 'must be later than validFrom',
  },
  {
    field: 'state.until',
    broken: ofSuspended(({ since, until }) => since !== undefined && until !== undefined && until <= since),
    problem: 'must be later than since',
  },
  {
    field: 'state.above',
    broken: ofSuspended(
      ({ above }, { allowedLevels }) =>
        above !== undefined && (!allowedLevels.includes(above) || above === highestOf(allowedLevels)),
    ),
    problem: 'must be one of the allowed levels, and not the highest: nothing would be above it',
  },
  {
    field: 'state.sessionsClosedSince',
    broken: ofSuspended(
      ({ since, sessionsClosedSince }) =>
        since !== undefined && sessionsClosedSince !== undefined && sessionsClosedSince > since,
    ),
    problem: 'must not be later than since',
  },
  {
    field: 'id',
    broken: ({ id, connector }) => (connector.kind === 'own_means') !== (id === ownProvider),
    problem: `and connector must go together: ${ownProvider} is the provider of the hub's own means, and of nothing else`,
  },
  {
    field: 'connector.accepts',
    broken: ({ connector }) =>
      connector.kind === 'own_means' && !connector.accepts.some((kind) => kind === 'password' || kind === 'passkey'),
    problem: 'needs password or passkey: nothing else signs in by itself',
  },
]

const judgedByFactors: ReadonlySet<string> = new Set(['card', 'homologated', 'transition'])

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

/**
 * "the Sector Identifier used for pairwise identifier calculation is the host component of the registered redirect_uri"
 * (OpenID Connect Core 8.1). On the loopback every service has the same host, so there its port counts as well.
 */
export function sectorOf(redirectUri: string): string {
  const url = URL.parse(redirectUri)
  if (!url) return ''
  return isLoopback(url.hostname) ? url.host : url.hostname
}
