/**
 * What would people see? The choice of a login for a state of the providers that is not there: before a suspension is
 * confirmed, and to rehearse an outage. The tiles, the rules and the page are those of a real login. Nothing is kept,
 * nobody signs in, and the page has no form.
 */
import type { Page, RequestContext } from '../http/http.ts'
import { atLeast, highestOf, type Level, levels } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import { availabilityOf } from '../partners/availability.ts'
import type { Health } from '../partners/health.ts'
import type { Partners, Provider, Registry, Service } from '../partners/partners.ts'
import type { ProviderState, Suspension } from '../partners/suspensions.ts'
import type { Policy } from '../policy/settings.ts'
import type { InForce } from '../register/in-force.ts'
import type { Flow } from './flow.ts'
import { createJudge } from './judge.ts'
import { createOffer, type Offer } from './offer.ts'
import { choosePage } from './pages.ts'
import { createTileViews, requiredOfAll, serviceView } from './tile-views.ts'

/** What is supposed. What it does not name is as it is. */
export interface Hypothesis {
  /** Nothing is suspended and nothing is down: what the settings alone allow. */
  fine?: boolean
  /** States in place of those that there are. */
  states?: ReadonlyMap<ProviderId, Pick<ProviderState, 'kind' | 'suspensions'>>
  /** Answers, whatever is observed of it. */
  up?: ProviderId
  /** Do not answer. */
  down?: ReadonlySet<ProviderId>
  /** Are suspended besides, for every service and level, and say why. */
  suspended?: { providers: ReadonlySet<ProviderId> } & Pick<Suspension, 'category' | 'reason' | 'until'>
  /** When; now by default. What is observed now says nothing of another day: all others answer then. */
  at?: Instant
}

/** Which accounts open a service to who needs a level. */
export interface WaysIn {
  service: ServiceId
  level: Level
  /** Two at most: more is not counted. */
  providers: readonly ProviderId[]
}

export interface Rehearsal {
  /** Of every service, or of some, at its own level and, with `allLevels`, at each above it. Gives way to other work. */
  waysIn(
    hypothesis: Hypothesis,
    options?: { services?: readonly ServiceId[]; allLevels?: boolean },
  ): Promise<readonly WaysIn[]>
  /** The page of choice; undefined when there is no such service. A level below the service's own is raised to it. */
  page(
    hypothesis: Hypothesis,
    asked: { service: ServiceId; level: Level },
    context: RequestContext,
  ): { page: Page; level: Level } | undefined
  /** The weakest level of a service today. */
  minimumOf(service: Service): Level
}

export interface RehearsalOptions {
  partners: Pick<Partners, 'registry' | 'availability' | 'health'>
  inForce: Pick<InForce, 'ofProvider' | 'ofOwn'>
  policy: Policy
  clock: Clock
  ownService: Service
  /** Of the hub. */
  name: string
  timeZone: string
}

/** Somebody at home: an address of the documentation (RFC 5737 section 3), in no network that is named. */
const from = { address: '192.0.2.1' }
/** No rule of geography is asked what somebody at home may do. */
const places = { countryOf: () => undefined }
/** More than one is what makes the difference. */
const enough = 2
/** Between two turns of other work. */
const atATime = 100

export function createRehearsal(options: RehearsalOptions): Rehearsal {
  const { partners, inForce, policy, clock, ownService, name, timeZone } = options
  const { momentOf, viewsOf } = createTileViews({ timeZone })

  function suppose(hypothesis: Hypothesis): { offer: Offer; registry: Registry; at: Instant } {
    const now = clock.now()
    const at = hypothesis.at ?? now
    const real = partners.registry()
    const providers = new Map([...real.providers.values()].map((one) => [one.id, supposed(one, hypothesis, at)]))
    const registry: Registry = { ...real, providers }
    const health: Pick<Health, 'of' | 'incidentOf' | 'cutOffSince'> = {
      of(provider) {
        if (hypothesis.down?.has(provider)) return { health: 'down', since: at, reasons: ['unreachable'] }
        return hypothesis.fine || hypothesis.up === provider || at > now
          ? { health: 'up', reasons: [] }
          : partners.health.of(provider)
      },
      incidentOf: () => undefined,
      // What would be is asked, and not what this process reaches at the moment.
      cutOffSince: () => undefined,
    }
    const known = availabilityOf({ at: partners.availability().at, now: at, providers, health })
    const supposedClock: Clock = { now: () => at }
    const supposedPartners = { registry: () => registry, availability: () => known }
    const judge = createJudge({ partners: supposedPartners, inForce, policy, places, clock: supposedClock })
    return { offer: createOffer({ partners: supposedPartners, clock: supposedClock, judge, ownService }), registry, at }
  }

  const { minimumOf } = createJudge({ partners, inForce, policy, places, clock })

  return {
    minimumOf,

    async waysIn(hypothesis, { services: only, allLevels = false } = {}) {
      const { offer, registry } = suppose(hypothesis)
      const named = only && new Set(only)
      const services = [...registry.services.values()].filter(({ id }) => !named || named.has(id))
      const providers = [...registry.providers.values()]
      const found: WaysIn[] = []
      for (const [index, service] of services.entries()) {
        if (index % atATime === atATime - 1) await new Promise<void>((resolve) => setImmediate(resolve))
        const lowest = minimumOf(service)
        const asked = allLevels ? levels.filter((level) => atLeast(level, lowest)) : [lowest]
        for (const level of asked) {
          found.push({ service: service.id, level, providers: waysOf(offer, providers, service, level) })
        }
      }
      return found
    },

    page(hypothesis, asked, context) {
      const { offer, at } = suppose(hypothesis)
      const service = offer.findService(asked.service)
      if (!service) return undefined
      const lowest = minimumOf(service)
      const level = atLeast(asked.level, lowest) ? asked.level : lowest
      const tiles = viewsOf(offer.tilesOf(loginAt(service, level), from), context.language)
      const page = choosePage(
        {
          flow: 'rehearsal',
          verifier: '',
          service: serviceView(service, context.language),
          required: requiredOfAll(tiles, level),
          tiles,
          known: momentOf(at, context.language),
          isRehearsal: true,
          name,
        },
        context,
      )
      return { page, level }
    },
  }
}

function supposed(provider: Provider, hypothesis: Hypothesis, at: Instant): Provider {
  const known = withoutNews(provider, hypothesis)
  const { providers, ...words } = hypothesis.suspended ?? {}
  if (!providers?.has(provider.id)) return known
  const { id, state } = known
  // The only one: of several another might speak.
  const suspension: Suspension = {
    ...(words as Pick<Suspension, 'category' | 'reason' | 'until'>),
    id: 'sus_supposed',
    provider: id,
    services: 'all',
    author: { kind: 'command' },
    since: at,
    changedAt: at,
    sessions: 'kept',
  }
  return { ...known, state: { ...state, suspensions: [suspension] } }
}

function withoutNews(provider: Provider, { fine, states }: Hypothesis): Provider {
  const { state } = provider
  const other = states?.get(provider.id)
  if (other) return { ...provider, state: { ...state, ...other } }
  return fine && state.suspensions.length > 0 ? { ...provider, state: { ...state, suspensions: [] } } : provider
}

function waysOf(offer: Offer, providers: readonly Provider[], service: Service, level: Level): ProviderId[] {
  const login = loginAt(service, level)
  const ways: ProviderId[] = []
  for (const { id, allowedLevels } of providers) {
    if (ways.length === enough) break
    if (service.providers !== 'all' && !service.providers.includes(id)) continue
    if (!atLeast(highestOf(allowedLevels) ?? 'eidas1', level)) continue
    const [offered] = offer.tilesOf(login, from, id)
    if (offered?.tile.state === 'usable') ways.push(id)
  }
  return ways
}

/** A login that has just begun. */
const loginAt = (service: Service, level: Level): Pick<Flow, 'request' | 'stage'> => ({
  request: {
    service: service.id,
    scopes: [],
    requested: { acrValues: [level], prompts: [] },
    languages: [],
  },
  stage: { at: 'choosing' },
})
