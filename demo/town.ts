/**
 * The demo town: services, identity providers and a mailbox around a hub, all on this machine, all invented. It owns no
 * hub: `demo.ts` starts one beside it, and so do the journeys. Several towns may stand on one machine, on other ports.
 */
import type { ClientMetadata } from 'oidc-provider'
import { type Clock, systemClock } from '../src/kernel/clock.ts'
import { type Authority, createAuthority, derivedKeys } from './authority/authority.ts'
import { type CardTable, layCards } from './cards.ts'
import { startGateway } from './gateway/gateway.ts'
import { gateway } from './hospital.ts'
import { createHouse, createSwitch, type House } from './house.ts'
import { demoKey, demoSecret } from './keys.ts'
import { type Delivered, startMailbox } from './mailbox/mailbox.ts'
import type { TestIdentity, TownMap } from './mailbox/pages.ts'
import { cardProvider } from './own-cards.ts'
import { hubClientId, issuerOf, partnersYaml } from './partners-file.ts'
import { accountsOf, type HeldCard, heldCards, holderOf, testPassword, testPin } from './people.ts'
import { createPhoneMaker } from './phone/attestation.ts'
import { startPhone } from './phone/phone.ts'
import { originOf, type Ports, portFault, portsFrom } from './ports.ts'
import { startProvider } from './providers/provider.ts'
import { type ProviderDefinition, providers } from './providers/providers.ts'
import { startService } from './services/service.ts'
import { type ServiceDefinition, services } from './services/services.ts'
import { signalsOf } from './signals.ts'

export interface TownOptions {
  /** 4000 by default. */
  portBase?: number
  /** Instead of a base: each port by its place. */
  ports?: Ports
  /** Address of the hub; by default its place in the town. */
  hubIssuer?: string
  clock?: Clock
}

export interface Town {
  ports: Ports
  hubIssuer: string
  /** Text of a `partners.yaml` that registers everybody here at the hub. */
  partnersYaml: string
  /** The test identities, as `people.json` serves them. */
  people: TestIdentity[]
  services: { key: ServiceDefinition['key']; id: string; origin: string }[]
  providers: { key: ProviderDefinition['key']; id: string; issuer: string }[]
  /** Who issues the cards on the table, and says which are still good. */
  authority: Authority
  cards: CardTable
  phoneUrl: string
  /** Of the maker of the telephones: what a hub has to trust to pair one of them. */
  phoneRoot: string
  /** Puts the e-ID service out of order and back, as the map does. */
  eidService: Pick<House, 'open' | 'close'>
  mailboxUrl: string
  smtpPort: number
  /** Mails that arrived, the newest last. */
  mails(to?: string): Delivered[]
  /** Resolves when so many mails have arrived, in all or for one address. */
  waitForMails(count: number, to?: string): Promise<Delivered[]>
  /** Puts another provider and the people who have an account there on the map. */
  welcome(provider: TownMap['providers'][number], people: TestIdentity[]): void
  /** An outage: closes the server of a provider, as the button on the map does. */
  stopProvider(id: string): Promise<void>
  startProvider(id: string): Promise<void>
  close(): Promise<void>
}

export async function startTown(options: TownOptions = {}): Promise<Town> {
  const ports = options.ports ?? portsFrom(options.portBase ?? 4000)
  const hubIssuer = options.hubIssuer ?? originOf(ports.hub)
  const clock = options.clock ?? systemClock
  const map = mapOf(ports, hubIssuer)

  const switches = new Map(
    providers.map((definition) => [
      definition.id,
      createHouse(() => startProvider(providerOptions(definition, { ports, hubIssuer, clock }))),
    ]),
  )
  const houseOf = (id: string) => {
    const house = switches.get(id)
    if (!house) throw new Error(`no provider ${id} that can be stopped`)
    return house
  }

  const authority = await createAuthority({ clock, port: ports.authority, seed: demoSecret('authority') }).catch(
    (fault) => {
      throw portFault(fault, ports.authority)
    },
  )
  const cards = layCards(authority)
  const eidService = createSwitch()
  const maker = createPhoneMaker({ rootKey: derivedKeys(demoSecret('phones')).privateKey })
  const isWorking = eidService.isOpen
  const phone = () => startPhone({ port: ports.phone, hubIssuer, cards, maker, clock, isWorking })
  const table = { cards, switches: { authority: createSwitch(authority), 'eid-service': eidService } }
  const mailbox = () => startMailbox({ port: ports.mailbox, smtpPort: ports.smtp, clock, map, switches, table })
  const houses = [
    ...[...switches.values()].map((house) => async () => {
      await house.open()
      return house
    }),
    ...services.map((definition) => () => startService(serviceOptions(definition, { ports, hubIssuer, clock }))),
    () => startGateway({ port: ports.hospital, hubIssuer, portal: `${originOf(ports.prescriptions)}/`, clock }),
  ]
  const started = await Promise.allSettled([mailbox(), phone(), ...houses.map((start) => start())])
  const standing = [authority, ...started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))]
  const close = async () => {
    await Promise.all(standing.map((house) => house.close()))
  }
  const failed = started.find((result) => result.status === 'rejected')
  const [box] = started
  if (failed || box.status === 'rejected') {
    await close()
    throw failed?.reason
  }

  return {
    ports,
    hubIssuer,
    partnersYaml: partnersYaml(ports),
    people: map.people,
    services: services.map(({ key, id }) => ({ key, id, origin: originOf(ports[key]) })),
    providers: [...providers, gateway].map((definition) => ({
      key: definition.key,
      id: definition.id,
      issuer: issuerOf(definition, ports),
    })),
    authority,
    cards,
    phoneUrl: originOf(ports.phone),
    phoneRoot: maker.rootPem,
    eidService,
    mailboxUrl: box.value.origin,
    smtpPort: ports.smtp,
    mails: box.value.mails,
    waitForMails: box.value.waitFor,
    welcome(provider, people) {
      map.providers.push(provider)
      map.people.push(...people)
    },
    stopProvider: async (id) => houseOf(id).close(),
    startProvider: async (id) => houseOf(id).open(),
    close,
  }
}

interface Surroundings {
  ports: Ports
  hubIssuer: string
  clock: Clock
}

function providerOptions(definition: ProviderDefinition, { ports, hubIssuer, clock }: Surroundings) {
  return {
    definition,
    port: ports[definition.key],
    ...(definition.wallet && { walletPort: ports.wallet }),
    issuer: issuerOf(definition, ports),
    clients: [hubAsClient(definition, hubIssuer)],
    clock,
  }
}

/** How the hub is registered at a provider: the other half of the provider's entry in `partners.yaml`. */
function hubAsClient(definition: ProviderDefinition, hubIssuer: string): ClientMetadata {
  const { id, clientAuth, signingAlg, encryption, userinfo } = definition
  return {
    client_id: hubClientId,
    client_name: 'Garant',
    redirect_uris: [`${hubIssuer}/callback/${id}`],
    post_logout_redirect_uris: [`${hubIssuer}/logout/return`],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    token_endpoint_auth_method: clientAuth,
    ...(clientAuth !== 'private_key_jwt' && { client_secret: demoSecret(id) }),
    ...((clientAuth === 'private_key_jwt' || encryption) && { jwks_uri: `${hubIssuer}/jwks` }),
    id_token_signed_response_alg: signingAlg,
    ...(userinfo === 'jwt' && { userinfo_signed_response_alg: signingAlg }),
    ...(encryption && {
      id_token_encrypted_response_alg: encryption.alg,
      id_token_encrypted_response_enc: encryption.enc,
      userinfo_encrypted_response_alg: encryption.alg,
      userinfo_encrypted_response_enc: encryption.enc,
    }),
  }
}

function serviceOptions(definition: ServiceDefinition, { ports, hubIssuer, clock }: Surroundings) {
  return {
    definition,
    port: ports[definition.key],
    authority: { issuer: hubIssuer },
    ...(definition.hearsSignals && { signals: signalsOf(definition.id, hubIssuer) }),
    ...(definition.auth === 'private_key_jwt'
      ? { privateJwk: demoKey(definition.id).privateJwk }
      : { clientSecret: demoSecret(definition.id) }),
    clock,
  }
}

function mapOf(ports: Ports, hub: string): TownMap {
  return {
    hub,
    services: services.map(({ key, brand, purpose }) => ({
      name: brand.name,
      purpose,
      origin: originOf(ports[key]),
      mark: brand.mark,
    })),
    providers: [...providers, gateway].map((definition) => ({
      id: definition.id,
      name: definition.brand.name,
      hint: definition.hint,
      origin: issuerOf(definition, ports),
      mark: definition.brand.mark,
    })),
    phone: originOf(ports.phone),
    people: [...[...providers, gateway].flatMap(testIdentities), ...heldCards.map(cardholder)],
  }
}

/** To be somebody by a card: its number, and its PIN. */
function cardholder(held: HeldCard): TestIdentity {
  const { given_name, family_name } = holderOf(held)
  const { id, brand } = cardProvider
  const person = { given_name, family_name, level: 'eidas3' } as const
  return { provider: id, provider_name: brand.name.fr, username: held.number, password: testPin, ...person }
}

function testIdentities({ key, id, brand }: Pick<ProviderDefinition, 'key' | 'id' | 'brand'>): TestIdentity[] {
  return accountsOf(key).map((account) => {
    const { given_name, family_name } = holderOf(account)
    const { username, level } = account
    const person = { given_name, family_name, level }
    return { provider: id, provider_name: brand.name.fr, username, password: testPassword, ...person }
  })
}
