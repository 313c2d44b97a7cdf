/** The `partners.yaml` of the town, written from the same tables that its services and providers are built from. */
import { stringify } from 'yaml'
import type { Translated } from '../src/kernel/languages.ts'
import { gatewayEntry, hospital } from './hospital.ts'
import { demoKey, demoSecret } from './keys.ts'
import { originOf, type Ports } from './ports.ts'
import { endPath, scopesOf } from './providers/engine.ts'
import { type ProviderDefinition, providers } from './providers/providers.ts'
import { type ServiceDefinition, services } from './services/services.ts'

/** The hub's name at the providers. */
export const hubClientId = 'garant'

export function issuerOf(definition: Pick<ProviderDefinition, 'key'>, ports: Ports): string {
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
    const entry = partners.get(id) ?? { id, name, contacts: contactsOf(id), services: [], providers: [] }
    partners.set(id, entry)
    return entry
  }
  for (const service of services) entryOf(service.partner).services.push(serviceEntry(service, ports))
  for (const provider of providers) entryOf(provider.partner).providers.push(providerEntry(provider, ports))
  entryOf(hospital).providers.push(gatewayEntry(ports))
  return stringify({ partners: [...partners.values()] }, { aliasDuplicateObjects: false, lineWidth: 0 })
}

interface PartnerEntry {
  id: string
  name: Translated
  contacts: Record<'administrative' | 'security', string>
  services: unknown[]
  providers: unknown[]
}

/** Where a partner is written to; all of it arrives in the town's mailbox. */
export const contactsOf = (partner: string) => ({
  administrative: `direction@${partner}.example`,
  security: `securite@${partner}.example`,
})

function serviceEntry(definition: ServiceDefinition, ports: Ports) {
  const { id, brand, purpose, auth, scopes, level, sensitive, entitledTo, userinfoAlg } = definition
  const { forOrganisations, representation, geography } = definition
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
    ...(sensitive && { sensitive }),
    ...(forOrganisations && { forOrganisations }),
    ...(representation && { representation: { ...representation, tokensFrom: [id] } }),
    ...(geography && { geography }),
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
