/** The `partners.yaml` of the town, written from the same tables that its services and providers are built from. */
import { createECDH, hash } from 'node:crypto'
import type { JWK } from 'jose'
import { stringify } from 'yaml'
import type { Translated } from '../src/kernel/languages.ts'
import { originOf, type Ports } from './ports.ts'
import { endPath, scopesOf } from './providers/engine.ts'
import { type ProviderDefinition, providers } from './providers/providers.ts'
import { type ServiceDefinition, services } from './services/services.ts'

/** The hub's name at the providers. */
export const hubClientId = 'garant'

/** Secrets of the demo are no secrets: the same on every machine, so that starting again changes no setting. */
export function demoSecret(owner: string): string {
  return `demo-only-not-a-secret-${owner}`
}

/** The key of a service that authenticates by one: derived like the secrets, on the curve P-256 (RFC 7518 section 6.2). */
export function demoKey(owner: string): { privateJwk: JWK; publicJwk: JWK } {
  const curve = createECDH('prime256v1')
  const scalar = hash('sha256', demoSecret(owner), 'buffer')
  curve.setPrivateKey(scalar)
  // 0x04, then both coordinates of 32 bytes each.
  const point = curve.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((part) => part.toString('base64url'))
  const publicJwk = { kty: 'EC', crv: 'P-256', x, y, alg: 'ES256', use: 'sig', kid: `demo-${owner}` } as JWK
  return { publicJwk, privateJwk: { ...publicJwk, d: scalar.toString('base64url') } }
}

export function issuerOf(definition: ProviderDefinition, ports: Ports): string {
  return originOf(ports[definition.key])
}

/** The federator's metadata, which it publishes at no standard address (Discovery 1.0 section 3). */
export function explicitMetadata(definition: ProviderDefinition, ports: Ports) {
  const issuer = issuerOf(definition, ports)
  const wallet = originOf(ports.wallet)
  return {
    issuer,
    authorization_endpoint: `${wallet}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${wallet}${endPath}`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [definition.signingAlg],
    token_endpoint_auth_methods_supported: [definition.clientAuth],
    code_challenge_methods_supported: ['S256'],
    acr_values_supported: Object.values(definition.acr),
    authorization_response_iss_parameter_supported: true,
  }
}

export function partnersYaml(ports: Ports): string {
  const partners = new Map<string, PartnerEntry>()
  const entryOf = ({ id, name }: { id: string; name: Translated }) => {
    const entry = partners.get(id) ?? { id, name, services: [], providers: [] }
    partners.set(id, entry)
    return entry
  }
  for (const service of services) entryOf(service.partner).services.push(serviceEntry(service, ports))
  for (const provider of providers) entryOf(provider.partner).providers.push(providerEntry(provider, ports))
  return stringify({ partners: [...partners.values()] }, { aliasDuplicateObjects: false, lineWidth: 0 })
}

interface PartnerEntry {
  id: string
  name: Translated
  services: unknown[]
  providers: unknown[]
}

function serviceEntry(definition: ServiceDefinition, ports: Ports) {
  const { id, brand, purpose, auth, scopes, level, entitledTo, userinfoAlg } = definition
  const origin = originOf(ports[definition.key])
  const authentication =
    auth === 'private_key_jwt'
      ? { jwks: { keys: [demoKey(id).publicJwk] } }
      : { secrets: [{ danger_plain: demoSecret(id) }] }
  return {
    id,
    name: brand.name,
    purpose,
    homepage: `${origin}/`,
    redirectUris: [`${origin}/callback`],
    postLogoutRedirectUris: [`${origin}/logged-out`],
    backchannelLogoutUri: `${origin}/backchannel-logout`,
    auth,
    ...authentication,
    scopes,
    entitledTo,
    minimumLevel: level,
    providers: 'all',
    ...(userinfoAlg && { userinfoAlg }),
  }
}

function providerEntry(definition: ProviderDefinition, ports: Ports) {
  const { id, brand, hint, allowedLevels, population, clientAuth, encryption, claimNames } = definition
  const issuer = issuerOf(definition, ports)
  return {
    id,
    name: brand.name,
    hint,
    logo: brand.mark,
    allowedLevels,
    population,
    helpUrl: `${issuer}/help`,
    ...(population === 'professionals' && { means: { class: 'psc' } }),
    connector: {
      kind: 'oidc',
      issuer,
      ...(definition.wallet && { metadata: explicitMetadata(definition, ports) }),
      clientId: hubClientId,
      auth: clientAuth,
      ...(clientAuth !== 'private_key_jwt' && { clientSecret: { danger_plain: demoSecret(id) } }),
      scopes: scopesOf(definition),
      signingAlgs: [definition.signingAlg],
      ...(encryption && { encryption }),
      userinfo: definition.userinfo,
      acr: Object.fromEntries(Object.entries(definition.acr).map(([level, word]) => [word, level])),
      ...(claimNames && { claims: claimNames }),
      identity: population === 'professionals' ? 'professional' : 'pivot',
    },
  }
}
