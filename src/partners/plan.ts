/**
 * From what is published and what a file says to what an application of that file does: versions to publish and to
 * archive, states to set, the difference to show, and what is wrong. Pure: the same plan is shown by a dry run, judged
 * by a check and written by an application.
 */
import { isDeepStrictEqual } from 'node:util'
import { atLeast, highestOf } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { type Fault, faultOf } from './checked-yaml.ts'
import { addedLines, changedLines } from './difference.ts'
import { type FoundPartner, findKept } from './kept.ts'
import {
  type Difference,
  type EntityKind,
  type FileProvider,
  isHouseConnector,
  isOidc,
  type Partner,
  type PartnersFile,
  type Provider,
  type Registry,
  type Service,
  servesBoth,
} from './partners.ts'
import { type Doubt, type Problem, problem } from './problems.ts'
import { isStandIn } from './stand-ins.ts'
import { asFileSays, datedFileState, keptAgainstFile, type Step, withFileState } from './state-changes.ts'
import { activeState, type ProviderState } from './suspensions.ts'

/** The registry, with the partners that it does not need to show. */
export interface Published extends Registry {
  partners: ReadonlyMap<string, Partner>
}

/** What a version holds. A provider's state is kept apart. */
export type Entity =
  | { kind: 'partner'; id: string; settings: Partner }
  | { kind: 'service'; id: string; settings: Service }
  | { kind: 'provider'; id: string; settings: Omit<Provider, 'state'> }

export type Change = 'added' | 'changed' | 'restored' | 'archived'

export interface Plan {
  publish: { entity: Entity; change: Exclude<Change, 'archived'> }[]
  archive: { kind: EntityKind; id: string }[]
  /** The steps from a state to the one that the file wants. */
  states: { provider: string; before: ProviderState; state: Omit<ProviderState, 'number'>; steps: Step[] }[]
  differences: Difference[]
  faults: Fault[]
  doubts: Doubt[]
}

export interface PlanOptions {
  current: Published
  file: PartnersFile
  prune: boolean
  now: Instant
  /** Was there ever a version of it? Then it is restored, not added. */
  everPublished: (kind: EntityKind, id: string) => boolean
  /** Whose service was the last to be published in this sector, whether or not it still is? */
  lastOwner: (sector: string) => string | undefined
  /** The state that a provider has, or had when it was archived. */
  stateOf: (provider: string) => ProviderState | undefined
  /** Only of this one it matters what is worth a second look. */
  judged?: { kind: EntityKind; id: string }
  /** Nothing is known of what is published: a provider that the file does not hold may exist all the same. */
  alone?: boolean
}

export function planPublication(options: PlanOptions): Plan {
  const { current, file, prune, now, everPublished, lastOwner, stateOf, judged, alone = false } = options
  const found = findKept(file, current, alone)
  const named = entitiesOf(found.partners)
  const plan: Plan = {
    publish: [],
    archive: [],
    states: [],
    differences: [],
    faults: found.faults,
    doubts: found.doubts,
  }
  for (const { entity, state } of named) {
    const before = settingsOf(current, entity.kind, entity.id)
    const change = before ? 'changed' : everPublished(entity.kind, entity.id) ? 'restored' : 'added'
    const lines = before ? changedLines(before, { ...entity.settings }) : addedLines({ ...entity.settings })
    if (!before || lines.length > 0) plan.publish.push({ entity, change })
    if (entity.kind === 'provider' && state) {
      const old = stateOf(entity.id)
      const said = datedFileState(state, old, now)
      const had = before && asFileSays(old ?? activeState, now)
      if (!isDeepStrictEqual(had, said)) {
        const known = old ?? activeState
        const turned = withFileState({ provider: entity.id, state: known, said, now })
        if (turned.steps.length > 0) plan.states.push({ provider: entity.id, before: known, ...turned })
        lines.push(...(had ? changedLines({ state: had }, { state: said }) : addedLines({ state: said })))
      }
      if (said.kind === 'active' && keptAgainstFile(old, now) > 0) {
        plan.doubts.push(doubt('provider', entity.id, problem('doubt_suspension_stays')))
      }
    }
    if (lines.length > 0) plan.differences.push({ kind: entity.kind, id: entity.id, change, lines })
  }
  if (prune) plan.archive.push(...notNamed(current, named))
  plan.differences.push(...plan.archive.map(({ kind, id }) => ({ kind, id, change: 'archived' as const, lines: [] })))
  const after = resultOf(current, plan)
  plan.faults.push(...sharedSectors(after, file), ...takenSectors({ current, after, lastOwner }, file))
  plan.faults.push(
    ...(alone
      ? []
      : [unknownProviders, unknownSources, unknownServices, unknownStandIns].flatMap((find) => find(after, file))),
  )
  plan.doubts.push(...file.doubts, ...changedSectors(current, after), ...changedOwners(current, after))
  plan.doubts.push(...sharedIssuers(after))
  const doubted = [...after.services.values()].filter(
    ({ id }) => !judged || (judged.kind === 'service' && judged.id === id),
  )
  plan.doubts.push(...doubted.flatMap((service) => serviceDoubts(service, after, alone)))
  if (!alone) plan.doubts.push(...appDoubts(after))
  return plan
}

const doubt = (kind: EntityKind, id: string, said: Problem): Doubt => ({ about: [{ kind, id }], said })

function entitiesOf(partners: readonly FoundPartner[]): { entity: Entity; state?: FileProvider['state'] }[] {
  return partners.flatMap(({ services, providers, ...partner }) => [
    { entity: { kind: 'partner' as const, id: partner.id, settings: partner } },
    ...services.map((settings) => ({ entity: { kind: 'service' as const, id: settings.id, settings } })),
    ...providers.map(({ state, ...settings }) => ({
      entity: { kind: 'provider' as const, id: settings.id, settings },
      ...(state ? { state } : {}),
    })),
  ])
}

function settingsOf(current: Published, kind: EntityKind, id: string): Record<string, unknown> | undefined {
  if (kind === 'partner') return spread(current.partners.get(id))
  if (kind === 'service') return spread(current.services.get(id))
  const provider = current.providers.get(id)
  if (!provider) return undefined
  const { state: _, ...settings } = provider
  return { ...settings }
}

/** What is published of one id. */
export function entityOf(current: Published, { kind, id }: { kind: EntityKind; id: string }): Entity | undefined {
  const settings = settingsOf(current, kind, id)
  return settings && ({ kind, id, settings } as unknown as Entity)
}

/**
 * Does it change by which key or secret somebody proves who they are, or by whose keys the hub believes a provider? Such a
 * change of something published takes two operators.
 */
export function changesKeys(before: Entity, after: Entity): boolean {
  const of = ({ settings }: Entity): unknown[] => {
    if ('redirectUris' in settings) {
      const { auth, secrets, jwks, jwksUri } = settings
      return [auth, secrets, jwks, jwksUri]
    }
    if (!('connector' in settings) || settings.connector.kind === 'own_means') return []
    const { connector } = settings
    // Whose signature is believed: the trust anchors behind these names.
    if (isHouseConnector(connector)) return [connector.cards]
    if (connector.kind === 'gateway') return [connector.issuer, connector.jwks, connector.jwksUri]
    const { issuer, discoveryUrl, metadata, auth, clientSecret } = connector
    return [issuer, discoveryUrl, metadata, auth, clientSecret]
  }
  return !isDeepStrictEqual(of(before), of(after))
}

function spread(value: Partner | Service | undefined): Record<string, unknown> | undefined {
  return value && { ...value }
}

function notNamed(current: Published, named: { entity: Entity }[]): Plan['archive'] {
  const keys = new Set(named.map(({ entity }) => `${entity.kind}/${entity.id}`))
  const all: Plan['archive'] = [
    ...[...current.services.keys()].map((id) => ({ kind: 'service' as const, id })),
    ...[...current.providers.keys()].map((id) => ({ kind: 'provider' as const, id })),
    ...[...current.partners.keys()].map((id) => ({ kind: 'partner' as const, id })),
  ]
  return all.filter(({ kind, id }) => !keys.has(`${kind}/${id}`))
}

/** What would be published after the plan. */
function resultOf(current: Published, plan: Plan): Published {
  const partners = new Map(current.partners)
  const services = new Map(current.services)
  const providers = new Map(current.providers)
  const maps = { partner: partners, service: services, provider: providers }
  for (const { entity } of plan.publish) {
    if (entity.kind === 'partner') partners.set(entity.id, entity.settings)
    else if (entity.kind === 'service') services.set(entity.id, entity.settings)
    else providers.set(entity.id, { ...entity.settings, state: providers.get(entity.id)?.state ?? activeState })
  }
  for (const { provider, before, state } of plan.states) {
    const known = providers.get(provider)
    if (known) providers.set(provider, { ...known, state: { ...state, number: before.number } })
  }
  for (const { kind, id } of plan.archive) maps[kind].delete(id)
  return { version: current.version, partners, services, providers }
}

function faultIn(file: PartnersFile, { id }: Service, field: string, said: Problem): Fault {
  return { ...(file.locate('service', id, [field]) ?? { path: `service ${id}, ${field}` }), ...faultOf(said) }
}

/** The providers that a service names and that are not there. */
function missing(service: Service, { providers }: Published): { field: string; id: string }[] {
  const named = [
    ...(service.providers === 'all' ? [] : service.providers).map((id) => ({ field: 'providers', id })),
    ...service.idpHints.map((id) => ({ field: 'idpHints', id })),
  ]
  return named.filter(({ id }) => !providers.has(id))
}

function unknownProviders(after: Published, file: PartnersFile): Fault[] {
  return [...after.services.values()].flatMap((service) =>
    missing(service, after).map(({ field, id }) => faultIn(file, service, field, problem('provider_unknown', { id }))),
  )
}

/** The services whose tokens a service takes, and that are not there. */
function unknownSources({ services }: Published, file: PartnersFile): Fault[] {
  return [...services.values()].flatMap(({ id, representation }) =>
    (representation?.tokensFrom ?? [])
      .filter((source) => !services.has(source))
      .map((source) => {
        const field = ['representation', 'tokensFrom']
        const place = file.locate('service', id, field) ?? { path: `service ${id}, representation.tokensFrom` }
        return { ...place, ...faultOf(problem('service_unknown', { id: source })) }
      }),
  )
}

/** The services that a suspension of the file is for, and that are not there. */
function unknownServices({ services }: Published, file: PartnersFile): Fault[] {
  return file.partners
    .flatMap(({ providers }) => providers)
    .flatMap(({ id, state }) => {
      const named = state?.kind === 'suspended' && state.services !== 'all' ? state.services : []
      return named.flatMap((service) => {
        if (services.has(service)) return []
        const field = ['state', 'services']
        const place = file.locate('provider', id, field) ?? { path: `provider ${id}, state.services` }
        return { ...place, ...faultOf(problem('service_unknown', { id: service })) }
      })
    })
}

/** A card and a code stand in for an e-ID app that is there. */
function unknownStandIns({ providers }: Published, file: PartnersFile): Fault[] {
  return [...providers.values()].flatMap(({ id, connector }) => {
    if (connector.kind !== 'card_and_code') return []
    const { standsInFor } = connector
    if (providers.get(standsInFor)?.connector.kind === 'eid_app') return []
    const place = file.locate('provider', id, ['connector', 'standsInFor']) ?? {
      path: `provider ${id}, connector.standsInFor`,
    }
    return { ...place, ...faultOf(problem('stand_in_unknown', { id: standsInFor })) }
  })
}

/** Services of one sector see the same subject: two partners could join what they know of a person. */
function sharedSectors(after: Published, file: PartnersFile): Fault[] {
  const isNamed = ({ id }: Service) => file.locate('service', id) !== undefined
  return [...Map.groupBy(after.services.values(), ({ sector }) => sector)].flatMap(([sector, services]) => {
    // Who has it already keeps it: the fault is that of an entry of the file.
    const { partner: owner } = services.find((service) => !isNamed(service)) ?? (services[0] as Service)
    return services
      .filter(({ partner }) => partner !== owner)
      .map((service) => faultIn(file, service, 'sector', problem('sector_taken', { sector, owner })))
  })
}

/**
 * Subjects are kept by sector for ever, so a sector that was used stays with its partner: another one that took it after
 * the service was archived would know the same people by the same subjects. A service that is published may pass to
 * another partner, with its people; one that was archived may not come back as somebody else's.
 */
function takenSectors(
  { current, after, lastOwner }: { current: Published; after: Published; lastOwner: PlanOptions['lastOwner'] },
  file: PartnersFile,
): Fault[] {
  const all = [...after.services.values()]
  const handedOn = all.filter(({ id, sector }) => current.services.get(id)?.sector === sector)
  const holders = new Set(handedOn.map(({ partner, sector }) => `${partner} ${sector}`))
  return all.flatMap((service) => {
    const { sector, partner } = service
    const owner = lastOwner(sector)
    if (owner === undefined || owner === partner || holders.has(`${partner} ${sector}`)) return []
    return faultIn(file, service, 'sector', problem('sector_was_taken', { sector, owner }))
  })
}

function changedOwners(current: Published, after: Published): Doubt[] {
  return [...after.services.values()].flatMap(({ id, partner, sector }) => {
    const before = current.services.get(id)
    return before && before.partner !== partner && before.sector === sector
      ? doubt('service', id, problem('doubt_owner', { before: before.partner, after: partner }))
      : []
  })
}

function changedSectors(current: Published, after: Published): Doubt[] {
  return [...after.services.values()]
    .filter(({ id, sector }) => (current.services.get(id)?.sector ?? sector) !== sector)
    .map(({ id }) => doubt('service', id, problem('doubt_sector')))
}

/** What is allowed but worth a second look. */
export function serviceDoubts(service: Service, after: Published, alone: boolean): Doubt[] {
  const found: Problem[] = []
  const elsewhere = alone ? missing(service, after) : []
  for (const { id } of elsewhere) found.push(problem('doubt_elsewhere', { id }))
  if (elsewhere.length === 0 && !(alone && after.providers.size === 0)) {
    found.push(...choiceDoubts(service, after), ...sensitiveDoubts(service, after), ...classDoubts(service, after))
  }
  const [secret] = service.secrets
  if (service.secrets.length === 1 && secret?.until !== undefined) found.push(problem('doubt_only_secret_ends'))
  return found.map((said) => doubt('service', service.id, said))
}

/** The providers that a service takes, for the people it serves. */
function takenBy(service: Service, providers: Published['providers']): Provider[] {
  return [...providers.values()].filter(
    (provider) =>
      (service.providers === 'all' || service.providers.includes(provider.id)) &&
      (service.population === undefined || service.population === provider.population || servesBoth(provider)),
  )
}

/** "Since 1 January 2023 every sensitive service must accept Pro Santé Connect" (R022): those of professionals. */
function sensitiveDoubts(service: Service, { providers }: Published): Problem[] {
  const { sensitive, population } = service
  if (!sensitive || population === 'citizens') return []
  return takenBy(service, providers).some(({ means }) => means?.class === 'psc') ? [] : [problem('doubt_no_psc')]
}

/** What nobody recognised opens nothing sensitive (R023). */
function classDoubts(service: Service, { providers }: Published): Problem[] {
  const isRecognised = ({ means }: Provider) => means !== undefined && means.class !== 'none'
  return !service.sensitive || takenBy(service, providers).some(isRecognised) ? [] : [problem('doubt_no_class')]
}

function choiceDoubts(service: Service, { providers }: Published): Problem[] {
  const usable = takenBy(service, providers).filter(
    ({ state, allowedLevels }) =>
      state.kind !== 'hidden' && atLeast(highestOf(allowedLevels) ?? 'eidas1', service.minimumLevel),
  )
  const [only] = usable
  if (!only) return [problem('doubt_nobody', { level: service.minimumLevel })]
  // "An IdP may not become mandatory without a registered alternative" (R083).
  return usable.length === 1 ? [problem('doubt_single', { id: only.id })] : []
}

/** R083, R084: an e-ID app whose outage leaves people nothing, at its level or in its place. */
export function appDoubts({ providers }: Published): Doubt[] {
  const all = [...providers.values()]
  return all.flatMap(({ id, connector, allowedLevels }) => {
    if (connector.kind !== 'eid_app') return []
    const level = highestOf(allowedLevels) ?? 'eidas1'
    const helps = (other: Provider) =>
      other.id !== id && (isInPlaceOf(other, id) || (!isStandIn(other) && other.allowedLevels.includes(level)))
    return all.some((other) => other.state.kind !== 'hidden' && helps(other))
      ? []
      : [doubt('provider', id, problem('doubt_app_alone', { level }))]
  })
}

const isInPlaceOf = (other: Provider, id: string) => isStandIn(other) && other.connector.standsInFor === id

function sharedIssuers({ providers }: Published): Doubt[] {
  const byIssuer = Map.groupBy([...providers.values()].filter(isOidc), ({ connector }) => connector.issuer)
  return [...byIssuer]
    .filter(([, same]) => same.length > 1)
    .map(([issuer, same]) => ({
      about: same.map(({ id }) => ({ kind: 'provider' as const, id })),
      said: problem('doubt_issuer', { issuer }),
    }))
}
