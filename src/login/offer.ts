/** What a person may choose in a login, judged now; so also whether a step that needs a provider can be taken at all. */
import { higherOf, highestOf, type Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { type ErrorName, GarantError } from '../kernel/errors.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { ProviderAvailability } from '../partners/availability.ts'
import type { Partners, Provider, Service } from '../partners/partners.ts'
import { accountProviderOf, isStandIn, mayFinish } from '../partners/stand-ins.ts'
import { levelLeft, type StateNow, type Suspension, stateFor } from '../partners/suspensions.ts'
import type { AcceptanceReason } from '../policy/acceptance.ts'
import type { HealthReason } from '../policy/breaker.ts'
import {
  type Candidate,
  chooseTiles,
  type MeansObstacle,
  meansObstacleOf,
  type Obstacle,
  outOfService,
  type Tile,
} from '../policy/choice.ts'
import { aheadOf } from '../policy/geography.ts'
import { requiredLevel } from '../policy/level.ts'
import { type Evidence, evidenceIn, type Flow, type LoginRequest, observed, type Stage } from './flow.ts'
import type { Judge } from './judge.ts'
import type { Visitor } from './login.ts'
import { nextStep, type Step } from './next-step.ts'

export interface Offered {
  provider: Provider
  tile: Tile
  /** The highest that it may bring here today. */
  level: Level
  obstacle: Obstacle | undefined
  /** What policy says against the best sign-in that can come from it. */
  against: readonly AcceptanceReason[]
  /** What keeps it out of use for this service and level, where that is the obstacle. */
  suspension?: Suspension
  /** Why it is down, where that is the obstacle. */
  why?: readonly HealthReason[]
  /** ... and since when. */
  since?: Instant
}

type Judged = Pick<Flow, 'request' | 'stage' | 'blocked' | 'abroad' | 'raised'>

/** Where the person is: part of what is decided (R060). */
type From = Pick<Visitor, 'address'>

export interface Offer {
  /** A published one, or the hub's own pages. */
  findService(id: string): Service | undefined
  /** @throws GarantError `client_unknown` when the service is not published any more */
  serviceOf(id: string): Service
  stepOf(flow: Judged & Pick<Flow, 'startedAt'>, from: From): Step
  /** All providers, or `only` one: a choice costs the same among five providers and five hundred. */
  tilesOf(flow: Judged, from: From, only?: ProviderId): Offered[]
  /** When this process last learned of what the tiles show. */
  knownAt(): Instant
  /** Of a provider, for the service and level of a login, now. */
  stateOf(provider: Provider, flow: Judged): StateNow
  /** It cannot end this login any more: suspended, or what stood in for another one that works again. */
  isClosed(provider: Provider, flow: Judged & Pick<Flow, 'startedAt'>): boolean
}

export interface OfferOptions {
  partners: Pick<Partners, 'registry' | 'availability'>
  clock: Clock
  judge: Judge
  ownService: Service
}

export function createOffer({ partners, clock, judge, ownService }: OfferOptions): Offer {
  const findService = (id: string) => (id === ownService.id ? ownService : partners.registry().services.get(id))

  const serviceOf = (id: string): Service => {
    const service = findService(id)
    if (!service) throw new GarantError('client_unknown', { service: id })
    return service
  }

  function stepOf(flow: Judged & Pick<Flow, 'startedAt'>, from: From): Step {
    const service = serviceOf(flow.request.service)
    const evidence = evidenceIn(flow)
    const verdict = evidence && judge.verdictOn(evidence, service, from.address)
    const isOwn = service.id === ownService.id
    const withdrawn = evidence !== undefined && (isWithdrawn(evidence, service) || isEvidenceOver(evidence, flow))
    const geography = evidence && judge.geographyOf(evidence, service, { ...from, startedAt: flow.startedAt })
    const terms = {
      minimumLevel: service.minimumLevel,
      isOwn,
      withdrawn,
      ...(verdict ? { verdict } : {}),
      ...(geography ? { geography } : {}),
      ...(service.geography ? { closedHere: aheadOf(service.geography, judge.seenIn(from.address)) === 'closed' } : {}),
      ...(asksPrincipal(flow.request, service) ? { asksPrincipal: true } : {}),
    }
    const step = nextStep(flow, terms, clock.now())
    if (step.step === 'authenticate') return isReachable(flow, step.provider, from) ? step : { step: 'choose-provider' }
    if (step.step !== 'raise-assurance') return step
    // Nothing here raises it: the answer is the refusal.
    return tilesOf(flow, from).some(({ tile }) => tile.state === 'usable')
      ? step
      : { step: 'refuse', error: 'level_not_reached' }
  }

  /** A suspension that began since takes something away from what the provider said: the sign-in has to be made anew. */
  function isWithdrawn(evidence: Evidence, service: Service): boolean {
    const provider = partners.registry().providers.get(evidence.provider)
    const { level, authTime } = observed(evidence)
    return (
      provider !== undefined && levelLeft(provider, { level, authTime, service: service.id }, clock.now()) !== level
    )
  }

  /** R084: what stands in for another provider ends logins for a while after that one works again, and no longer. */
  function isOver(provider: Provider, begunAt: Instant): boolean {
    if (!isStandIn(provider)) return false
    const availability = partners.availability()
    const healthOf = (id: ProviderId) => availability.of(id)?.observed ?? { health: 'up' as const, reasons: [] }
    const { providers } = partners.registry()
    return !mayFinish(provider, begunAt, { providers, healthOf, now: clock.now() })
  }

  /** Who chose it did so while it was offered; a session of before lives on. */
  function isEvidenceOver(evidence: Evidence, { startedAt }: Pick<Flow, 'startedAt'>): boolean {
    const provider = partners.registry().providers.get(evidence.provider)
    return provider !== undefined && evidence.from === 'provider' && isOver(provider, startedAt)
  }

  function isClosed(provider: Provider, flow: Judged & Pick<Flow, 'startedAt'>): boolean {
    const begunAt = flow.stage.at === 'authenticating' ? flow.stage.since : flow.startedAt
    return stateOf(provider, flow).kind === 'suspended' || isOver(provider, begunAt)
  }

  const stateOf = (provider: Provider, flow: Judged): StateNow => stateFor(provider, askedIn(flow), clock.now())

  /** For which service and level a provider has to serve. */
  function askedIn(flow: Judged): { service: string; level: Level } {
    const service = serviceOf(flow.request.service)
    const level = accountToJoin(flow.stage) ? 'eidas1' : requiredHere(flow, judge.minimumOf(service))
    return { service: service.id, level }
  }

  function strongestOf(provider: Provider, { id: service }: Service): Level {
    const level = highestOf(provider.allowedLevels) ?? 'eidas1'
    const now = clock.now()
    return levelLeft(provider, { level, service, authTime: now }, now) ?? level
  }

  /** A provider that the service named and that cannot serve now is shown with its reason, like any other. */
  function isReachable(flow: Judged, id: ProviderId, from: From): boolean {
    const [found] = tilesOf(flow, from, id)
    return found !== undefined && (found.tile.state === 'usable' || isReachedByHint(found))
  }

  function tilesOf(flow: Judged, from: From, only?: ProviderId): Offered[] {
    const service = serviceOf(flow.request.service)
    const all = partners.registry().providers
    const availability = partners.availability()
    const now = clock.now()
    // Who is asked to show that another account is theirs too is offered every other provider, whatever its level.
    const joining = accountToJoin(flow.stage)
    const asked = askedIn(flow)
    const judged: Found[] = []
    for (const provider of only === undefined ? all.values() : [all.get(only)]) {
      if (!provider || provider.id === joining?.provider) continue
      const known = availability.of(provider.id)
      const state = stateFor(provider, asked, now)
      judged.push({ provider, known, state, against: joining ? [] : reasonsAgainst(provider, service, from) })
    }
    const candidates = judged.map((found) => candidateOf(found, flow.blocked))
    const tiles = chooseTiles(candidates, {
      providers: service.providers,
      // Who joins an account shows that it is theirs; the level of the answer is that of the first one.
      required: joining ? 'eidas1' : requiredHere(flow, service.minimumLevel),
      ...(flow.request.hint ? { named: flow.request.hint } : {}),
      suspicious: false,
    })
    return judged.flatMap((found, index) => {
      const tile = tiles[index]
      return tile ? [offeredAs(tile, found, strongestOf(found.provider, service))] : []
    })
  }

  function reasonsAgainst(provider: Provider, service: Service, { address }: From): readonly AcceptanceReason[] {
    // Not for this service: nobody asks why.
    if (service.providers !== 'all' && !service.providers.includes(provider.id)) return []
    const { accepted, reasons } = judge.prospectOf(provider, service, address)
    return accepted ? [] : reasons
  }

  return { findService, serviceOf, stepOf, tilesOf, stateOf, isClosed, knownAt: () => partners.availability().at }
}

/** A provider, with what is known of it now. */
interface Found {
  provider: Provider
  known: ProviderAvailability | undefined
  state: StateNow
  against: readonly AcceptanceReason[]
}

function candidateOf({ provider, known, state, against }: Found, blocked: Flow['blocked']): Candidate {
  const { id, allowedLevels } = provider
  return {
    id,
    state: state.kind,
    hidden: provider.state.kind === 'hidden',
    health: known?.observed.health ?? 'up',
    allowedLevels,
    blockedByPerson: blocked?.some((one) => one === id || one === accountProviderOf(provider)) ?? false,
    idle: known?.standIn?.offered === false,
    against,
  }
}

function offeredAs(tile: Tile, { provider, known, state, against }: Found, level: Level): Offered {
  const obstacle = 'obstacle' in tile ? tile.obstacle : undefined
  const { suspension } = obstacle === 'suspended' && state.kind === 'suspended' ? state : {}
  const { reasons: why, since } = (obstacle === 'down' && known?.observed) || {}
  return {
    provider,
    tile,
    level,
    obstacle,
    against,
    ...(suspension ? { suspension } : {}),
    ...(why ? { why } : {}),
    ...(since === undefined ? {} : { since }),
  }
}

/** R092: may the service be told for whom the person acts, and did it ask? */
export function asksPrincipal({ scopes }: Pick<LoginRequest, 'scopes'>, service: Service): boolean {
  return service.representation !== undefined && scopes.includes('representation')
}

/** The weakest level that answers this login: from abroad, and to act for somebody, it may be above what was asked. */
export function requiredHere(
  { request, abroad, raised }: Pick<Flow, 'request' | 'abroad' | 'raised'>,
  minimum: Level,
): Level {
  const asked = requiredLevel(request.requested, minimum)
  const fromThere = abroad === undefined || abroad === 'two_factors' ? asked : higherOf(asked, abroad)
  return raised === undefined ? fromThere : higherOf(fromThere, raised)
}

/** A hidden provider that may be used: who may name it is the request's affair. */
export function isReachedByHint({ tile, obstacle }: Offered): boolean {
  return tile.state === 'hidden' && obstacle === undefined
}

function accountToJoin(stage: Stage): Evidence | undefined {
  if ('joining' in stage) return stage.joining
  const resembling =
    stage.at === 'identified' && stage.evidence.from === 'provider' && stage.evidence.recognition === 'resembles'
  return resembling && !stage.alone ? stage.evidence : undefined
}

/** Shown, and unable to serve: nothing that the person did or could do. */
export function isOutOfService(found: Offered | undefined): boolean {
  return found?.tile.state === 'greyed' && outOfService.some((obstacle) => obstacle === found.obstacle)
}

/** It stood in for another provider while that one was down. Who saw it on a page of then is no forger. */
export function isStandInOver(found: Offered | undefined): boolean {
  return found?.tile.state === 'absent' && isStandIn(found.provider)
}

/** Do the rules of means, and nothing before them, stand in the way? */
export function isRefusedByPolicy({ tile, obstacle, against }: Offered): boolean {
  return tile.state === 'greyed' && obstacle !== undefined && obstacle === meansObstacleOf(against)
}

/** What to say of a choice that the page does not offer. */
export function forgedChoice(found: Offered | undefined): ErrorName {
  if (!found) return 'provider_unknown'
  if (found.tile.state === 'absent' || found.tile.state === 'hidden') return 'provider_not_allowed'
  const errors: Record<Exclude<Obstacle, MeansObstacle> | 'level_too_low', ErrorName> = {
    suspended: 'provider_disabled',
    down: 'provider_disabled',
    level_too_low: 'provider_too_low',
    suspicious_context: 'provider_too_low',
    blocked: 'provider_blocked',
  }
  if (!found.obstacle) return 'provider_not_allowed'
  return found.obstacle in errors ? errors[found.obstacle as keyof typeof errors] : 'provider_means_refused'
}
