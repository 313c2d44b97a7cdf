/**
 * Who may send people here and who may vouch for them: partners, their services and providers, in versions (draft,
 * published at most one, archived), and the state of providers. This room owns the registry that every process keeps in
 * memory and refreshes on notification. It does not decide who may log in where (`policy/`), nor talk to providers
 * (`upstream/`).
 */
import { timingSafeEqual } from 'node:crypto'
import type { JWK } from 'jose'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import { deriveKey, hashSecret } from '../kernel/secrets.ts'
import type { KnownMeans } from '../policy/acceptance.ts'
import type { Geography } from '../policy/geography.ts'
import type { Representation } from '../policy/representation.ts'
import type { Handle, Storage } from '../storage/storage.ts'
import { type Availability, availabilityOf } from './availability.ts'
import { settingsInvalid } from './checked-yaml.ts'
import { createVersions } from './drafts.ts'
import { createHealth, type Health } from './health.ts'
import { defaultHealth, type HealthSettings } from './health-settings.ts'
import type { EntryRules } from './judgement.ts'
import { type Obligation, singleSignOnObligations } from './obligations.ts'
import { ownService } from './own-service.ts'
import { appDoubts, changesKeys, entityOf, type Published, planPublication, serviceDoubts } from './plan.ts'
import { type Doubt, sayDoubt } from './problems.ts'
import { createPublisher } from './publication.ts'
import { followRegistry, merge, nothingPublished } from './registry.ts'
import { createStateChanges, type StateChanges } from './state-changes.ts'
import { createPartnersStore } from './store.ts'
import type { NewSuspension, ProviderState } from './suspensions.ts'
import type { Versions } from './versions.ts'
import {
  type AppProof,
  type CardWay,
  isHouseConnector,
  type OwnMeansKind,
  ownProvider,
  type Population,
  type Scope,
  type secretAlphabets,
} from './vocabulary.ts'

export {
  type AppProof,
  appProofs,
  type CardWay,
  cardWays,
  isHouseConnector,
  justificationLimits,
  type OwnMeansKind,
  ownMeansKinds,
  ownProvider,
  type Population,
  populations,
  type Scope,
  scopes,
  secretAlphabets,
  shortestSecret,
} from './vocabulary.ts'

export type TokenEndpointAuth = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

export interface Service {
  id: ServiceId
  partner: string
  name: Translated
  /** What the person came for, in one sentence: shown under the name. */
  purpose?: Translated
  /** Where "back to the service" leads when there is no login to answer. */
  homepage: string
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  backchannelLogoutUri?: string
  auth: TokenEndpointAuth
  /** Hashes of the secrets in force: two during a rotation, the older with its end. */
  secrets: { hash: string; until?: Instant }[]
  jwks?: { keys: JWK[] }
  jwksUri?: string
  /** Services of one sector see the same subject. By default the service's own host. */
  sector: string
  scopes: Scope[]
  /** Why it needs each of them; what a file grants may be without. */
  justifications?: Partial<Record<Scope, string>>
  /** May it ask for `amr` and for the provider's name? By default it learns neither. */
  entitledTo: ('amr' | 'idp')[]
  /** The weakest level that it accepts, whatever it asks. */
  minimumLevel: Level
  providers: 'all' | ProviderId[]
  /** Providers that it may name by `idp_hint`, hidden ones included. */
  idpHints: ProviderId[]
  userinfoAlg?: 'ES256' | 'RS256'
  idTokenAlg: 'ES256' | 'RS256'
  /** May a session answer for it without a new authentication? */
  singleSignOn: boolean
  /** It handles health data or others as sensitive: the rules of `policy/means.ts` for such services hold. */
  sensitive: boolean
  /** Whom it serves; both when undefined. An identity of the other kind is refused, in a session too. */
  population?: Population
  /** May a password alone open it (R079)? `policy/acceptance.ts` says what is left out. */
  passwordAlone?: boolean
  /** Where the measures that suit its context are written, for a service that takes a password alone (R067). */
  riskProfile?: string
  /** From where it may be used (R082); without it, from everywhere. */
  geography?: Geography
  /** Its users act for organisations: a card that is lent shows itself there (R088). */
  forOrganisations: boolean
  /** What may be done there for an organisation; without it the scope `representation` is not granted. */
  representation?: Representation
  /** It only knows passwords: the hub keeps one for each person, of this form, and hands it over to it alone (R069). */
  serviceSecret?: ServiceSecret
}

export interface ServiceSecret {
  alphabet: keyof typeof secretAlphabets
  /** Characters: 128 random bits at least. */
  length: number
}

export interface Provider {
  id: ProviderId
  partner: string
  name: Translated
  /** One short line under the name: who has such an account. */
  hint?: Translated
  /** A square SVG, no script and no external reference, served by the hub. */
  logo?: string
  state: ProviderState
  connector: Connector
  /** Levels that it may assert; a higher one is refused. Sorted, not empty. */
  allowedLevels: Level[]
  /** Whose identities it asserts. The hub's own means, cards and the e-ID app serve both, so there it says nothing. */
  population: Population
  /** What its means are; the register of means may say otherwise. Undefined: of no class, and taken at their level. */
  means?: ProviderMeans
  /** Links for the person: help, account creation. */
  helpUrl?: string
}

/** What a provider declares of its means: `KnownMeans`, without the homologations, which services give. */
export type ProviderMeans = Omit<KnownMeans, 'homologations'>

export type Connector = OidcConnector | OwnMeansConnector | GatewayConnector | HouseConnector

/** Another server, by OpenID Connect. */
export type OidcProvider = Provider & { connector: OidcConnector }

export function isOidc(provider: Provider): provider is OidcProvider {
  return provider.connector.kind === 'oidc'
}

/** The hub itself. */
export type OwnProvider = Provider & { connector: OwnMeansConnector }

export function isOwn(provider: Provider): provider is OwnProvider {
  return provider.connector.kind === 'own_means'
}

/** A VPN or ZTNA gateway. */
export type GatewayProvider = Provider & { connector: GatewayConnector }

export function isGateway(provider: Provider): provider is GatewayProvider {
  return provider.connector.kind === 'gateway'
}

/** Of the hub's own, beside its own means: cards and the e-ID app, which say by themselves who somebody is. */
export type HouseProvider = Provider & { connector: HouseConnector }

export function isHouse(provider: Provider): provider is HouseProvider {
  return isHouseConnector(provider.connector)
}

/** Does a sign-in with it tell citizens and professionals apart only once it is made? */
export function servesBoth({ connector }: Pick<Provider, 'connector'>): boolean {
  return connector.kind === 'own_means' || isHouseConnector(connector)
}

export type HouseConnector = CardConnector | EidAppConnector | CardAndCodeConnector

/** A card in a reader at the computer (`cards/`). */
export interface CardConnector {
  kind: 'card'
  /** Names of `cards.kinds` of the settings. */
  cards: string[]
  ways: CardWay[]
  /** Where the issuer of the cards says whether its services work. */
  statusUrl?: string
}

/** The e-ID app on a phone (`eid/`). */
export interface EidAppConnector {
  kind: 'eid_app'
  cards: string[]
  /** What a sign-in may be made of. */
  by: AppProof[]
  /** Where the e-ID service says whether it works. */
  statusUrl?: string
}

/** A card and a one-time code, while the e-ID app does not work (R084). */
export interface CardAndCodeConnector {
  kind: 'card_and_code'
  cards: string[]
  /** The provider of the e-ID app in whose place it stands. */
  standsInFor: ProviderId
  /** At most so long after the outage began, from 1 to 168. */
  hours: number
}

/** What the hub authenticates itself (`means/`). Who the person is stands in their own record, citizen or professional. */
export interface OwnMeansConnector {
  kind: 'own_means'
  /** Kinds that may sign in here; a means of another kind is not offered, and refused when it comes. */
  accepts: OwnMeansKind[]
}

export interface OidcConnector {
  kind: 'oidc'
  issuer: string
  /** Explicit metadata (Discovery section 3) where there is no standard discovery document. */
  metadata?: Record<string, unknown>
  /** Address of the discovery document when it is not the standard one. */
  discoveryUrl?: string
  /** Where the provider says of itself whether it works. */
  statusUrl?: string
  clientId: string
  auth: TokenEndpointAuth
  /** Sealed at rest, in clear in memory: it has to be presented. */
  clientSecret?: string
  scopes: string[]
  /** Signature algorithms accepted for id tokens and userinfo. */
  signingAlgs: string[]
  /** Set when the provider encrypts to the hub's `decryption` keys. */
  encryption?: { alg: 'ECDH-ES' | 'RSA-OAEP-256'; enc: 'A256GCM' }
  userinfo: 'json' | 'jwt' | 'none'
  /** The provider's words for our levels: `{ "https://idp.example/loa/2": "eidas2" }`. Identity when absent. */
  acr?: Record<string, Level>
  /** Claim names where they differ from the six pivot claims. */
  claims?: Record<string, string>
  identity: 'pivot' | 'professional'
}

/** A gateway that says, signed, which two factors somebody proved to it before (R070). `docs/integration.md` has its side. */
export interface GatewayConnector {
  kind: 'gateway'
  /** `iss` of what it signs. */
  issuer: string
  /** Where people are sent. */
  address: string
  /** Its public keys: here, or at an address. */
  jwks?: { keys: JWK[] }
  jwksUri?: string
  /** Where the gateway says of itself whether it works. */
  statusUrl?: string
  signingAlgs: string[]
  /** How old a login there may be. */
  windowHours: number
  /** Claim names where they differ from ours. */
  claims?: Record<string, string>
  identity: 'pivot' | 'professional'
}

/** Everything that is published, as one immutable snapshot. */
export interface Registry {
  /** Grows with each publication. */
  version: number
  services: ReadonlyMap<ServiceId, Service>
  providers: ReadonlyMap<ProviderId, Provider>
}

/** One line of what `apply` changes. */
export interface Difference {
  kind: 'partner' | 'service' | 'provider'
  id: string
  change: 'added' | 'changed' | 'archived' | 'restored'
  /** `path: old → new`, secrets never shown. */
  lines: string[]
}

/** Whose it is or was last, the sector of a service, who issues the subjects of a provider. */
export interface KnownObject {
  partner: string
  sector?: string
  issuer?: string
  /** The hub itself: no partner is behind it. */
  isOwn: boolean
}

export interface Partners extends StateChanges {
  /** Drafts, publications and their history, grants of scopes, secrets of services. */
  readonly versions: Versions
  /** The present snapshot; never waits. Its entries are frozen. */
  registry(): Registry
  /** All that is published, partners too, at one moment of the database. */
  published(): Promise<Published>
  /** By what a service or a provider knows people, also one that was archived since. */
  known(handle: Handle, kind: 'service' | 'provider', id: string): Promise<KnownObject | undefined>
  /** An organisation, while it is published. */
  partner(id: string): Partner | undefined
  /** Every organisation that is published, by id; never waits. */
  organisations(): Partner[]
  /**
   * What of the published services, of all or of one partner, is allowed but worth a second look: a sensitive one without
   * PSC (R022), one that depends on a single provider (R083), one that nobody can enter. Never waits.
   */
  doubts(partner?: string): Doubt[]
  /** State and health of every provider, as last learned; never waits. */
  availability(): Availability
  readonly health: Health
  /** Calls the listener with each new snapshot, whichever process published. */
  onChange(listener: (registry: Registry) => void): void
  /** Is this one of the secrets in force? In constant time over all of them. */
  secretMatches(service: Service, presented: string): boolean
  /**
   * Makes the published settings equal to the file's, in one transaction, one fact for each change. Idempotent: what is
   * equal is not touched. What the file does not name stays, unless `prune`.
   *
   * `judgeKeys` hears what of it changes a key or a secret of something published, which takes two operators: where it
   * throws, nothing is written.
   *
   * @throws GarantError `settings_invalid` with every fault, by path
   */
  apply(
    file: PartnersFile,
    options: {
      actor: Actor
      prune?: boolean
      dryRun?: boolean
      judgeKeys?: (subjects: readonly { kind: EntityKind; id: string }[]) => void
    },
  ): Promise<Difference[]>
  /**
   * What is allowed but worth a second look if this file were applied now, one sentence each: a service with a single
   * provider (R083), a level that no provider reaches, a secret in clear.
   */
  review(file: PartnersFile, options?: { prune?: boolean }): string[]
  /** Of each partner, whether single sign-on is an obligation now (R071). */
  obligations(): Obligation[]
  close(): Promise<void>
}

export type EntityKind = Difference['kind']

/** An organisation. Its services and providers are registered each on its own (R136). */
export interface Partner {
  id: string
  name: Translated
  /** Whom to write to; mailboxes of functions, not of people. */
  contacts?: { administrative?: string; technical?: string; security?: string }
  /** How many professionals have access to at least one of its sensitive services, as it declares (R071). */
  professionals?: number
}

/**
 * A provider as a file names it. Without a state, the state that it has stays, and whatever the file says the suspensions
 * of operators and of the provider's own staff stay: applying a file never undoes one by accident.
 */
export interface FileProvider extends Omit<Provider, 'state' | 'connector'> {
  connector: FileConnector
  /** `active` and `suspended` show the provider; only the suspension that a file made is changed or lifted by one. */
  state?: { kind: 'active' } | { kind: 'hidden' } | ({ kind: 'suspended' } & NewSuspension)
}

/** The secret that is in force already, which the file does not hold (`kept.ts`). */
export interface KeptSecret {
  kept: true
  until?: Instant
}

export type FileSecret = Service['secrets'][number] | KeptSecret

export interface FileService extends Omit<Service, 'secrets'> {
  secrets: FileSecret[]
}

export type FileConnector =
  | OwnMeansConnector
  | GatewayConnector
  | HouseConnector
  | (Omit<OidcConnector, 'clientSecret'> & { clientSecret?: string | Pick<KeptSecret, 'kept'> })

export interface FilePartner extends Partner {
  services: FileService[]
  providers: FileProvider[]
}

/** The content of `partners.yaml` after validation: what `parsePartnersFile` makes. */
export interface PartnersFile {
  /** For messages. */
  name: string
  partners: FilePartner[]
  doubts: Doubt[]
  /** Where an entry, or a field of it, is written. */
  locate(kind: EntityKind, id: string, field?: readonly PropertyKey[]): { path: string; line?: number } | undefined
}

export interface PartnersOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  /** A key derived from it seals the client secrets of providers. */
  masterKey: Buffer
  /** What an address may be, as the settings have it; only public https by default. */
  rules?: EntryRules
  /** How closely providers are watched; the shipped settings by default. */
  health?: HealthSettings
  log: (message: string, inside: Record<string, unknown>) => void
}

/** Loads the registry, then follows it until `close`. */
export async function createPartners(options: PartnersOptions): Promise<Partners> {
  const { storage, clock, audit, masterKey, log } = options
  const store = createPartnersStore({ key: deriveKey(masterKey, 'partners') })
  const snapshot = await followRegistry({ store, storage, clock, log })
  const health = await createHealth({
    storage,
    clock,
    audit,
    registry: snapshot.present,
    settings: options.health ?? defaultHealth,
    key: deriveKey(masterKey, 'partners/health'),
    log,
  }).catch(async (error: unknown) => {
    await snapshot.close()
    throw error
  })

  const publish = createPublisher({ storage, audit, store })

  const rules = options.rules ?? { allowHttp: false }
  return {
    versions: createVersions({ storage, clock, audit, store, snapshot, publisher: publish, rules }),
    ...createStateChanges({ storage, clock, audit, store, refresh: snapshot.refresh }),
    registry: () => snapshot.present(),
    published: async () => merge(nothingPublished, await store.load(storage.db, 0)),
    async known(handle, kind, id) {
      if (id === ownService || id === ownProvider) return { partner: ownService, isOwn: true }
      const { services, providers } = snapshot.present()
      const present = kind === 'service' ? services.get(id) : providers.get(id)
      const settings = present ?? (await store.last(handle, { kind, id }))?.entity.settings
      if (!settings || !('partner' in settings)) return undefined
      const { partner } = settings
      if ('sector' in settings) return { partner, sector: settings.sector, isOwn: false }
      const { connector } = settings
      return 'issuer' in connector ? { partner, issuer: connector.issuer, isOwn: false } : { partner, isOwn: true }
    },
    partner: (id) => snapshot.present().partners.get(id),
    organisations: () => [...snapshot.present().partners.values()],
    doubts: (partner) => {
      const present = snapshot.present()
      const all = doubtsOf(present)
      if (partner === undefined) return all
      const isTheirs = ({ kind, id }: Doubt['about'][number]) =>
        (kind === 'provider' ? present.providers : present.services).get(id)?.partner === partner
      return all.filter(({ about }) => about.some(isTheirs))
    },
    availability: () =>
      availabilityOf({
        at: Math.min(snapshot.readAt(), health.readAt()),
        now: clock.now(),
        providers: snapshot.present().providers,
        health,
      }),
    health,
    onChange: snapshot.onChange,
    secretMatches: ({ secrets }, presented) => {
      const digest = Buffer.from(hashSecret(presented))
      const now = clock.now()
      const matching = secrets.filter(({ hash }) => timingSafeEqual(digest, Buffer.from(hash)))
      return matching.some(({ until }) => until === undefined || now < until)
    },
    async apply(file, { actor, prune = false, dryRun = false, judgeKeys }) {
      const differences = await storage.transaction(async (tx) => {
        const revision = (await store.lock(tx)) + 1
        const current = merge(nothingPublished, await store.load(tx, 0))
        const numbers = await store.lastNumbers(tx)
        const everPublished = (kind: EntityKind, id: string) => numbers.has(`${kind}/${id}`)
        const owners = await store.lastOwners(tx)
        const states = await store.states(tx)
        const history = {
          everPublished,
          lastOwner: (sector: string) => owners.get(sector),
          stateOf: (provider: ProviderId) => states.get(provider),
        }
        const plan = planPublication({ current, file, prune, now: clock.now(), ...history })
        if (plan.faults.length > 0) throw settingsInvalid(file.name, plan.faults)
        const keyed = plan.publish.flatMap(({ entity }) => {
          const before = entityOf(current, entity)
          return before && changesKeys(before, entity) ? [{ kind: entity.kind, id: entity.id }] : []
        })
        if (keyed.length > 0) judgeKeys?.(keyed)
        if (!dryRun && plan.differences.length > 0) {
          const author = { actor, at: clock.now(), revision, hand: 'operators' as const, cause: 'file' as const }
          await publish(tx, plan, (kind, id) => numbers.get(`${kind}/${id}`) ?? 0, author)
          for (const data of keyed) audit.append(tx, { name: 'partners.keys_changed', data: { ...data, actor } })
        }
        return plan.differences
      })
      await snapshot.refresh()
      return differences
    },
    review: (file, { prune = false } = {}) => {
      const current = snapshot.present()
      const stateOf = (provider: ProviderId) => current.providers.get(provider)?.state
      return planPublication({ current, file, prune, now: clock.now(), ...withoutHistory, stateOf }).doubts.map(
        sayDoubt,
      )
    },
    obligations: () => {
      const { partners, services } = snapshot.present()
      return singleSignOnObligations({ partners: partners.values(), services: services.values() }, clock.now())
    },
    close: async () => {
      await health.close()
      await snapshot.close()
    },
  }
}

/** Once for each snapshot: a page asks for those of every service. */
function doubtsOf(present: Published): Doubt[] {
  const known = doubtsKnown.get(present)
  if (known) return known
  const ofServices = [...present.services.values()].flatMap((service) => serviceDoubts(service, present, false))
  const found = [...ofServices, ...appDoubts(present)]
  doubtsKnown.set(present, found)
  return found
}
const doubtsKnown = new WeakMap<Published, Doubt[]>()

/** For what does not depend on it: warnings. */
const withoutHistory = { everPublished: () => false, lastOwner: () => undefined, stateOf: () => undefined }

/**
 * The warnings of a file by itself, without a database. What is published is unknown then, so a provider that the file
 * does not hold is a warning, not a fault.
 *
 * @throws GarantError `settings_invalid` with every fault
 */
export function reviewAlone(file: PartnersFile, now: Instant): string[] {
  const plan = planPublication({
    current: nothingPublished,
    file,
    prune: false,
    now,
    ...withoutHistory,
    alone: true,
  })
  if (plan.faults.length > 0) throw settingsInvalid(file.name, plan.faults)
  return plan.doubts.map(sayDoubt)
}
