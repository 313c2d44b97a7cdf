/** Rules over several fields of one entry of a partners file; each field by itself is `entries.ts`. */
import { highestOf } from '../kernel/assurance.ts'
import { isLoopback } from './addresses.ts'
import type { ProviderEntry, ServiceEntry } from './entries.ts'
import { type Problem, problem } from './problems.ts'
import { isHouseConnector, ownProvider, type Scope, shortestSecret } from './vocabulary.ts'

/** A rule over several fields of one entry. */
export interface Rule<T> {
  field: string
  broken: (entry: T) => boolean
  said: Problem
}

const usesSecret = ({ auth }: { auth: string }) => auth !== 'private_key_jwt'

export const serviceRules: readonly Rule<ServiceEntry>[] = [
  {
    // "If there are multiple hostnames in the registered redirect_uris, the Client MUST register a
    // sector_identifier_uri" (Core 8.1): here the sector is a setting.
    field: 'sector',
    broken: ({ sector, redirectUris }) => sector === undefined && new Set(redirectUris.map(sectorOf)).size > 1,
    said: problem('sector_needed'),
  },
  {
    field: 'secrets',
    broken: (service) => usesSecret(service) && service.secrets.length === 0,
    said: problem('secret_needed'),
  },
  {
    field: 'secrets',
    broken: ({ secrets }) => secrets.length === 2 && secrets.filter(({ until }) => until !== undefined).length !== 1,
    said: problem('secrets_two'),
  },
  {
    field: 'secrets',
    broken: ({ secrets }) =>
      secrets.length === 2 && secrets[0]?.text !== undefined && secrets[0].text === secrets[1]?.text,
    said: problem('secrets_same'),
  },
  {
    field: 'secrets',
    broken: (service) => !usesSecret(service) && service.secrets.length > 0,
    said: problem('secrets_unused'),
  },
  {
    // "The jwks_uri and jwks parameters MUST NOT be used together" (OpenID Connect Registration section 2).
    field: 'jwks',
    broken: (service) => !usesSecret(service) && (service.jwks === undefined) === (service.jwksUri === undefined),
    said: problem('keys_needed'),
  },
  {
    field: 'jwks',
    broken: (service) => usesSecret(service) && (service.jwks !== undefined || service.jwksUri !== undefined),
    said: problem('keys_unused'),
  },
  {
    field: 'idpHints',
    broken: ({ providers, idpHints }) => providers !== 'all' && idpHints.some((id) => !providers.includes(id)),
    said: problem('hint_not_taken'),
  },
  {
    field: 'riskProfile',
    broken: ({ passwordAlone, riskProfile }) => passwordAlone === true && riskProfile === undefined,
    said: problem('risk_profile_needed'),
  },
  {
    field: 'geography.stepUpLevel',
    broken: ({ geography }) => geography?.elsewhere === 'refuse' && geography.stepUpLevel !== undefined,
    said: problem('geography_level_unused'),
  },
  {
    field: 'serviceSecret',
    broken: ({ serviceSecret, scopes }) => (serviceSecret !== undefined) !== scopes.includes('service_secret'),
    said: problem('service_secret_scope'),
  },
  {
    field: 'serviceSecret.length',
    broken: ({ serviceSecret }) =>
      serviceSecret !== undefined && serviceSecret.length < shortestSecret(serviceSecret.alphabet),
    said: problem('service_secret_short'),
  },
  {
    field: 'representation',
    broken: ({ representation, scopes }) => representation === undefined && scopes.includes('representation'),
    said: problem('representation_needed'),
  },
  {
    field: 'representation.remote.actions',
    broken: ({ representation }) =>
      representation?.remote?.actions?.some((action) => !representation.actions.includes(action)) ?? false,
    said: problem('representation_remote_wider'),
  },
  {
    field: 'representation.remote',
    broken: ({ representation }) => {
      const { level, secondFactor, actions, closed } = representation?.remote ?? {}
      return closed === true && (level !== undefined || secondFactor === true || actions !== undefined)
    },
    said: problem('representation_remote_unused'),
  },
  {
    field: 'justifications',
    broken: ({ justifications, scopes }) =>
      Object.keys(justifications ?? {}).some((scope) => !scopes.includes(scope as Scope)),
    said: problem('justification_unasked'),
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
    (entry.connector.kind === 'oidc' || entry.connector.kind === 'gateway') && broken(entry.connector, entry)

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
    said: problem('client_secret_needed'),
  },
  {
    field: 'connector.clientSecret',
    broken: ofOidc((connector) => !usesSecret(connector) && connector.clientSecret !== undefined),
    said: problem('client_secret_unused'),
  },
  {
    field: 'connector.discoveryUrl',
    broken: ofOidc(({ discoveryUrl, metadata }) => discoveryUrl !== undefined && metadata !== undefined),
    said: problem('discovery_unused'),
  },
  {
    // "The issuer value returned MUST be identical to the Issuer URL" (Discovery 1.0 section 4.3).
    field: 'connector.metadata.issuer',
    broken: ofOidc(({ metadata, issuer }) => metadata !== undefined && metadata.issuer !== issuer),
    said: problem('metadata_issuer'),
  },
  {
    field: 'connector.identity',
    broken: ofAsserting(
      ({ identity }, { population }) => (identity === 'professional') !== (population === 'professionals'),
    ),
    said: problem('identity_population'),
  },
  {
    field: 'connector.claims',
    broken: ofAsserting(
      ({ identity, claims }) =>
        identity === 'pivot' && Object.keys(claims ?? {}).some((name) => !pivotClaims.includes(name)),
    ),
    said: problem('claim_unknown'),
  },
  {
    field: 'connector.acr',
    broken: ofOidc(
      ({ acr }, { allowedLevels }) =>
        acr !== undefined && !allowedLevels.every((level) => Object.values(acr).includes(level)),
    ),
    said: problem('acr_incomplete'),
  },
  {
    // "The jwks_uri and jwks parameters MUST NOT be used together" (OpenID Connect Registration section 2).
    field: 'connector.jwks',
    broken: ({ connector }) =>
      connector.kind === 'gateway' && (connector.jwks === undefined) === (connector.jwksUri === undefined),
    said: problem('gateway_keys'),
  },
  {
    field: 'means',
    broken: ({ connector, means }) => connector.kind === 'own_means' && means !== undefined,
    said: problem('own_means_class'),
  },
  {
    field: 'means.factors',
    broken: ({ connector, means }) =>
      !isHouseConnector(connector) &&
      means !== undefined &&
      judgedByFactors.has(means.class) &&
      !means.factors &&
      !means.amr,
    said: problem('factors_needed'),
  },
  ...(['factors', 'amr'] as const).map((name) => ({
    field: `means.${name}`,
    broken: ({ connector, means }: ProviderEntry) => isHouseConnector(connector) && means?.[name] !== undefined,
    said: problem('house_factors'),
  })),
  {
    field: 'allowedLevels',
    broken: ({ connector, allowedLevels }) => connector.kind === 'card_and_code' && allowedLevels.includes('eidas3'),
    said: problem('stand_in_level'),
  },
  {
    field: 'means.certificate',
    broken: ({ means }) => means?.class === 'certified' && means.certificate === undefined,
    said: problem('certificate_needed'),
  },
  {
    field: 'means.validUntil',
    broken: ({ means }) =>
      means?.validFrom !== undefined && means.validUntil !== undefined && means.validUntil <= means.validFrom,
    said: problem('before_valid_from'),
  },
  {
    field: 'state.until',
    broken: ofSuspended(({ since, until }) => since !== undefined && until !== undefined && until <= since),
    said: problem('before_since'),
  },
  {
    field: 'state.above',
    broken: ofSuspended(
      ({ above }, { allowedLevels }) =>
        above !== undefined && (!allowedLevels.includes(above) || above === highestOf(allowedLevels)),
    ),
    said: problem('above_highest'),
  },
  {
    field: 'state.sessionsClosedSince',
    broken: ofSuspended(
      ({ since, sessionsClosedSince }) =>
        since !== undefined && sessionsClosedSince !== undefined && sessionsClosedSince > since,
    ),
    said: problem('closed_after_since'),
  },
  {
    field: 'id',
    broken: ({ id, connector }) => (connector.kind === 'own_means') !== (id === ownProvider),
    said: problem('own_provider', { id: ownProvider }),
  },
  {
    field: 'connector.accepts',
    broken: ({ connector }) =>
      connector.kind === 'own_means' && !connector.accepts.some((kind) => kind === 'password' || kind === 'passkey'),
    said: problem('own_accepts'),
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
