/** Providers as they are offered now: their state, which people decide, their health, incidents, and banners. */
import { z } from 'zod'
import { type Figures, throughDays } from '../console/figures.ts'
import { type Impact, impactOfSuspension } from '../console/impact.ts'
import type { Clock } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { type BannerId, isId, type SuspensionId } from '../kernel/ids.ts'
import type { Rehearsal } from '../login/rehearsal.ts'
import { type Banner, type BannerFault, bannerKinds, bannerProblems, bannerState } from '../notices/banners.ts'
import type { BannerOutcome, Notices } from '../notices/notices.ts'
import type { Incident } from '../partners/health.ts'
import type { Partners } from '../partners/partners.ts'
import { isStandIn } from '../partners/stand-ins.ts'
import type { StateOutcome } from '../partners/state-changes.ts'
import {
  faultsOf as draftFaults,
  type ProviderState,
  type Suspension,
  type SuspensionFault,
  suspensionCategories,
  suspensionProblems,
} from '../partners/suspensions.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { type Answer, done, type Operation, operation, refused } from './operations.ts'
import { pointerOf } from './problems.ts'
import {
  Author,
  authorOf,
  GivenInstant,
  Instant_,
  instantIf,
  instantOf,
  Level,
  lineOf,
  Page,
  paged,
  pageOf,
  Services,
  Translated,
  translatedOf,
} from './shapes.ts'

export interface ProviderOperationsOptions {
  partners: Partners
  notices: Pick<Notices, 'banners' | 'publish' | 'amend' | 'withdraw'>
  rehearsal: Rehearsal
  operatorFigures: Figures
  sessions: Pick<Sessions, 'countThrough'>
  clock: Clock
}

const SessionsThrough = z.union([
  z.literal('kept'),
  z.strictObject({ closedSince: GivenInstant }).meta({ description: 'Those that came through it since then end.' }),
])

const SuspensionGiven = z.strictObject({
  category: z.enum(suspensionCategories),
  reason: Translated,
  services: Services.default('all'),
  above: Level.exactOptional(),
  since: GivenInstant.exactOptional(),
  until: GivenInstant.exactOptional(),
  sessions: SessionsThrough.default('kept'),
})

const SuspensionView = z.strictObject({
  suspension: z.string(),
  category: z.enum(suspensionCategories),
  reason: Translated,
  services: Services,
  above: Level.optional().meta({ description: 'Only sign-ins above this level are refused.' }),
  since: Instant_,
  until: Instant_.optional(),
  sessions: z.enum(['kept', 'closed']),
  author: Author,
})

const StateView = z.strictObject({
  provider: z.string(),
  visibility: z.enum(['active', 'hidden']),
  version: z.int(),
  suspensions: z.array(SuspensionView).meta({ description: 'In force, planned, or just over.' }),
})

const AvailabilityView = z.strictObject({
  provider: z.string(),
  name: Translated,
  partner: z.string(),
  state: z.enum(['active', 'hidden', 'suspended']),
  health: z.enum(['up', 'degraded', 'down']),
  since: Instant_.optional(),
  checkedAt: Instant_.optional(),
  reasons: z.array(z.string()),
  incident: z.string().optional(),
  standIn: z
    .strictObject({
      for: z.string(),
      offered: z.boolean(),
      since: Instant_.optional(),
      until: Instant_.optional(),
      reason: z.string().optional(),
      uses: z.int().optional(),
    })
    .optional()
    .meta({
      description:
        'Of what stands in for an e-ID app: whether it is offered now, for which outage and until when at the latest, and how many signed in with it; or why it is not.',
    }),
})

const HistoryLine = z.strictObject({
  version: z.int(),
  at: Instant_,
  change: z.enum(['suspended', 'amended', 'lifted', 'hidden', 'shown']),
  author: Author,
  suspension: SuspensionView.optional(),
})

const IncidentView = z.strictObject({
  incident: z.string(),
  provider: z.string(),
  health: z.enum(['degraded', 'down']),
  reasons: z.array(z.string()),
  openedAt: Instant_,
  closedAt: Instant_.optional(),
  note: z.strictObject({ text: Translated, author: Author, at: Instant_ }).optional(),
})

const BannerView = z.strictObject({
  banner: z.string(),
  version: z.int(),
  kind: z.enum(bannerKinds),
  state: z.enum(['planned', 'shown', 'over', 'withdrawn']),
  text: Translated,
  services: Services,
  since: Instant_,
  until: Instant_,
  author: Author,
  changedBy: Author,
  changedAt: Instant_,
})

/** The newest ones; who wants older ones asks of one provider, or from another instant. */
const mostIncidents = 2_000

const InProvider = z.strictObject({ provider: z.string() })
const InSuspension = z.strictObject({ provider: z.string(), suspension: z.string() })

const suspensionOf = (one: Suspension): z.output<typeof SuspensionView> => ({
  suspension: one.id,
  category: one.category,
  reason: translatedOf(one.reason),
  services: one.services === 'all' ? 'all' : [...one.services],
  ...(one.above === undefined ? {} : { above: one.above }),
  since: instantOf(one.since),
  ...instantIf('until', one.until),
  sessions: one.sessions === 'kept' ? 'kept' : 'closed',
  author: authorOf(one.author),
})

const ImpactView = z.strictObject({
  closed: z
    .array(z.strictObject({ service: z.string(), level: Level }))
    .meta({ description: 'No account would open them to who needs this level.' }),
  single: z.array(z.strictObject({ service: z.string(), level: Level, provider: z.string() })),
  signIns: z
    .strictObject({
      days: z.int(),
      total: z.int(),
      services: z.array(z.strictObject({ service: z.string(), count: z.int() })),
    })
    .meta({ description: 'Through the provider, of the services concerned.' }),
  sessions: z.int().optional().meta({ description: 'Live sessions that would end, where they are closed.' }),
})

const impactView = ({ closed, single, through, sessions }: Impact): z.output<typeof ImpactView> => ({
  closed: closed.map((one) => ({ ...one })),
  single: single.map((one) => ({ ...one })),
  signIns: { days: throughDays, total: through.total, services: through.services.map((one) => ({ ...one })) },
  ...(sessions === undefined ? {} : { sessions }),
})

const stateOf = (provider: string, state: ProviderState): z.output<typeof StateView> => ({
  provider,
  visibility: state.kind,
  version: state.number,
  suspensions: state.suspensions.map(suspensionOf),
})

const incidentOf = ({ id, note, ...one }: Incident): z.output<typeof IncidentView> => ({
  incident: id,
  provider: one.provider,
  health: one.health,
  reasons: [...one.reasons],
  openedAt: instantOf(one.openedAt),
  ...instantIf('closedAt', one.closedAt),
  ...(note ? { note: { text: translatedOf(note.text), author: authorOf(note.author), at: instantOf(note.at) } } : {}),
})

const faultsOf = <F extends { field: string; problem: string }>(
  faults: readonly F[],
  says: Record<string, string>,
) => ({
  errors: faults.map(({ field, problem }) => ({
    pointer: pointerOf(field),
    detail: says[problem] ?? problem,
    code: problem,
  })),
})

export function providerOperations(options: ProviderOperationsOptions): Operation[] {
  const { partners, notices, rehearsal, operatorFigures, sessions, clock } = options

  function stateAnswer(provider: string, outcome: StateOutcome): Answer<z.output<typeof StateView>> {
    switch (outcome.kind) {
      case 'done':
        return done(stateOf(provider, outcome.state), { etag: outcome.state.number })
      case 'invalid':
        return refused('content-invalid', faultsOf<SuspensionFault>(outcome.faults, suspensionProblems))
      case 'overtaken':
        return refused('overtaken', { etag: outcome.state.number })
      case 'reserved':
        return refused('not-allowed')
      case 'unknown':
        return refused('not-found')
    }
  }

  function bannerOf(one: Banner): z.output<typeof BannerView> {
    return {
      banner: one.id,
      version: one.number,
      kind: one.kind,
      state: bannerState(one, clock.now()),
      text: translatedOf(one.text),
      services: one.services === 'all' ? 'all' : [...one.services],
      since: instantOf(one.since),
      until: instantOf(one.until),
      author: authorOf(one.author),
      changedBy: authorOf(one.changedBy),
      changedAt: instantOf(one.changedAt),
    }
  }

  function bannerAnswer(outcome: BannerOutcome): Answer<z.output<typeof BannerView>> {
    switch (outcome.kind) {
      case 'done':
        return done(bannerOf(outcome.banner), {
          etag: outcome.banner.number,
          location: `/banners/${outcome.banner.id}`,
        })
      case 'invalid':
        return refused('content-invalid', faultsOf<BannerFault>(outcome.faults, bannerProblems))
      case 'overtaken':
        return refused('overtaken', { etag: outcome.banner.number })
      case 'over':
        return refused('conflict', { detail: 'It has left the pages for good: publish a new one.' })
      case 'unknown':
        return refused('not-found')
    }
  }

  const states: Operation[] = [
    operation({
      id: 'listAvailability',
      method: 'GET',
      path: '/availability',
      tag: 'Providers',
      scope: 'providers:read',
      summary: 'State and health of every provider, as last learned',
      query: z.strictObject(Page),
      answers: pageOf(AvailabilityView),
      async run({ query }) {
        const page = paged(partners.availability().all(), query, ({ provider }) => provider.id)
        return done({
          ...page,
          items: page.items.map(({ provider, state, observed, incident, standIn }) => ({
            provider: provider.id,
            name: translatedOf(provider.name),
            partner: provider.partner,
            state: state.kind,
            health: observed.health,
            ...instantIf('since', observed.since),
            ...instantIf('checkedAt', observed.checkedAt),
            reasons: [...observed.reasons],
            ...(incident ? { incident: incident.id } : {}),
            ...(standIn && isStandIn(provider)
              ? {
                  standIn: {
                    for: provider.connector.standsInFor,
                    offered: standIn.offered,
                    ...(standIn.offered
                      ? {
                          ...instantIf('since', standIn.since),
                          ...instantIf('until', standIn.until),
                          uses: partners.health.standIns.openOf(provider.id)?.uses ?? 0,
                        }
                      : { reason: standIn.reason }),
                  },
                }
              : {}),
          })),
        })
      },
    }),
    operation({
      id: 'getProviderState',
      method: 'GET',
      path: '/providers/{provider}/state',
      tag: 'Providers',
      scope: 'providers:read',
      summary: 'What a provider is told to be: shown, hidden, its suspensions',
      params: InProvider,
      answers: StateView,
      tagged: true,
      async run({ params: { provider } }) {
        const state = await partners.stateOf(provider)
        return state ? done(stateOf(provider, state), { etag: state.number }) : refused('not-found')
      },
    }),
    operation({
      id: 'listProviderStateHistory',
      method: 'GET',
      path: '/providers/{provider}/state/history',
      tag: 'Providers',
      scope: 'providers:read',
      summary: 'Every suspension and hiding, the oldest first',
      params: InProvider,
      answers: z.strictObject({ items: z.array(HistoryLine) }),
      async run({ params: { provider } }) {
        const history = await partners.history(provider)
        if (history.length === 0 && !partners.registry().providers.has(provider)) return refused('not-found')
        return done({
          items: history.map(({ number, at, change, author, suspension }) => ({
            version: number,
            at: instantOf(at),
            change,
            author: authorOf(author),
            ...(suspension ? { suspension: suspensionOf(suspension) } : {}),
          })),
        })
      },
    }),
    operation({
      id: 'suspendProvider',
      method: 'POST',
      path: '/providers/{provider}/suspensions',
      tag: 'Providers',
      scope: 'providers:suspend',
      summary: 'Suspend a provider: greyed with a reason, and refused',
      description: 'For all services or some, now or later, for a time. The reason is public, in each language.',
      params: InProvider,
      body: SuspensionGiven,
      answers: StateView,
      status: 201,
      tagged: true,
      conditional: 'required',
      async run({ params: { provider }, body, seen, caller }) {
        return stateAnswer(provider, await partners.suspend(provider, body, by(caller.actor, seen)))
      },
    }),
    operation({
      id: 'foreseeSuspension',
      method: 'POST',
      path: '/providers/{provider}/suspensions/impact',
      tag: 'Providers',
      scope: 'providers:read',
      summary: 'What a suspension would do, before it is made',
      description: 'Nothing is changed. With what it is sent, the suspension itself would be made or refused.',
      params: InProvider,
      body: SuspensionGiven,
      answers: ImpactView,
      async run({ params: { provider: id }, body: draft }) {
        const registry = partners.registry()
        const provider = registry.providers.get(id)
        if (!provider) return refused('not-found')
        const now = clock.now()
        const faults = draftFaults(
          { ...draft, since: draft.since ?? now },
          { provider, services: registry.services, now },
        )
        if (faults.length > 0) return refused('content-invalid', faultsOf(faults, suspensionProblems))
        const rooms = { rehearsal, sessions, figures: operatorFigures }
        return done(impactView(await impactOfSuspension(rooms, registry, { provider, draft, now })))
      },
    }),
    operation({
      id: 'amendSuspension',
      method: 'PATCH',
      path: '/providers/{provider}/suspensions/{suspension}',
      tag: 'Providers',
      scope: 'providers:suspend',
      summary: 'Change a suspension that is in force or planned; what is absent stays',
      params: InSuspension,
      body: z.strictObject({
        category: z.enum(suspensionCategories).exactOptional(),
        reason: Translated.partial().exactOptional(),
        services: Services.exactOptional(),
        above: Level.nullable().exactOptional(),
        since: GivenInstant.exactOptional(),
        until: GivenInstant.nullable().exactOptional(),
        sessions: SessionsThrough.exactOptional(),
      }),
      answers: StateView,
      tagged: true,
      conditional: 'required',
      async run({ params: { provider, suspension }, body, seen, caller }) {
        if (!isId('suspension', suspension)) return refused('not-found')
        const { reason, ...rest } = body
        const changes = { ...rest, ...(reason ? { reason: withoutAbsent(reason) } : {}) }
        return stateAnswer(provider, await partners.amend(provider, suspension, changes, by(caller.actor, seen)))
      },
    }),
    operation({
      id: 'liftSuspension',
      method: 'DELETE',
      path: '/providers/{provider}/suspensions/{suspension}',
      tag: 'Providers',
      scope: 'providers:suspend',
      summary: 'End a suspension now, or take back what was planned',
      description: '`all` in place of its id lifts all of them.',
      params: InSuspension,
      answers: StateView,
      tagged: true,
      conditional: 'required',
      async run({ params: { provider, suspension }, seen, caller }) {
        if (suspension !== 'all' && !isId('suspension', suspension)) return refused('not-found')
        const which = suspension as SuspensionId | 'all'
        return stateAnswer(provider, await partners.lift(provider, which, by(caller.actor, seen)))
      },
    }),
    operation({
      id: 'setVisibility',
      method: 'PUT',
      path: '/providers/{provider}/visibility',
      tag: 'Providers',
      scope: 'providers:suspend',
      summary: 'Take a provider off the page, or show it again',
      description: 'A hidden one is reached by a service that may name it.',
      params: InProvider,
      body: z.strictObject({ visibility: z.enum(['active', 'hidden']) }),
      answers: StateView,
      tagged: true,
      conditional: 'required',
      async run({ params: { provider }, body: { visibility }, seen, caller }) {
        const change = visibility === 'hidden' ? 'hide' : 'show'
        return stateAnswer(provider, await partners[change](provider, by(caller.actor, seen)))
      },
    }),
  ]

  const incidents: Operation[] = [
    operation({
      id: 'listIncidents',
      method: 'GET',
      path: '/incidents',
      tag: 'Incidents',
      scope: 'providers:read',
      summary: 'Times of trouble of providers, the newest first',
      query: z.strictObject({
        provider: z.string().exactOptional(),
        since: GivenInstant.exactOptional().meta({ description: 'Not over then; 90 days ago by default.' }),
        ...Page,
      }),
      answers: pageOf(IncidentView),
      async run({ query: { provider, since, ...query } }) {
        const found = await partners.health.incidents({
          since: since ?? clock.now() - 90 * day,
          ...(provider === undefined ? {} : { provider }),
          limit: mostIncidents,
        })
        // Several begin at the same instant when it is the hub that is cut off: an instant alone is no place in the list.
        const page = paged(found, query, ({ openedAt, id }) => `${String(1e15 - openedAt).padStart(16, '0')} ${id}`)
        return done({ ...page, items: page.items.map(incidentOf) })
      },
    }),
    operation({
      id: 'getIncident',
      method: 'GET',
      path: '/incidents/{incident}',
      tag: 'Incidents',
      scope: 'providers:read',
      summary: 'One of them',
      params: z.strictObject({ incident: z.string() }),
      answers: IncidentView,
      tagged: true,
      async run({ params: { incident: id } }) {
        const incident = isId('incident', id) ? await partners.health.incident(id) : undefined
        return incident ? done(incidentOf(incident), { etag: incident.note?.at ?? 0 }) : refused('not-found')
      },
    }),
    operation({
      id: 'noteIncident',
      method: 'PUT',
      path: '/incidents/{incident}/note',
      tag: 'Incidents',
      scope: 'banners:write',
      summary: 'What the public is told of an incident, in place of an earlier note',
      params: z.strictObject({ incident: z.string() }),
      body: z.strictObject({ fr: lineOf(300), en: lineOf(300), ar: lineOf(300) }),
      answers: IncidentView,
      tagged: true,
      conditional: 'required',
      async run({ params: { incident: id }, body, seen, caller }) {
        if (!isId('incident', id)) return refused('not-found')
        const at = seen === 0 ? undefined : seen
        const outcome = await partners.health.note(id, body, { actor: caller.actor, seen: { at } })
        const incident = await partners.health.incident(id)
        if (!incident) return refused('not-found')
        const etag = incident.note?.at ?? 0
        return outcome === 'done' ? done(incidentOf(incident), { etag }) : refused('overtaken', { etag })
      },
    }),
  ]

  const banners: Operation[] = [
    operation({
      id: 'listBanners',
      method: 'GET',
      path: '/banners',
      tag: 'Banners',
      scope: 'providers:read',
      summary: 'What stands above the pages, stood there, or will',
      query: z.strictObject(Page),
      answers: pageOf(BannerView),
      async run({ query }) {
        const page = paged(await notices.banners(), query, ({ id }) => id)
        return done({ ...page, items: page.items.map(bannerOf) })
      },
    }),
    operation({
      id: 'getBanner',
      method: 'GET',
      path: '/banners/{banner}',
      tag: 'Banners',
      scope: 'providers:read',
      summary: 'One of them',
      params: z.strictObject({ banner: z.string() }),
      answers: BannerView,
      tagged: true,
      async run({ params }) {
        const found = (await notices.banners()).find(({ id }) => id === params.banner)
        return found ? done(bannerOf(found), { etag: found.number }) : refused('not-found')
      },
    }),
    operation({
      id: 'publishBanner',
      method: 'POST',
      path: '/banners',
      tag: 'Banners',
      scope: 'banners:write',
      summary: 'Put a text above the pages, from now or later, until an end',
      body: z.strictObject({
        kind: z.enum(bannerKinds),
        text: Translated,
        services: Services.default('all'),
        since: GivenInstant.exactOptional(),
        until: GivenInstant,
      }),
      answers: BannerView,
      status: 201,
      tagged: true,
      async run({ body, caller: { actor } }) {
        return bannerAnswer(await notices.publish(body, { actor }))
      },
    }),
    operation({
      id: 'amendBanner',
      method: 'PATCH',
      path: '/banners/{banner}',
      tag: 'Banners',
      scope: 'banners:write',
      summary: 'Change a banner that is in force or planned; what is absent stays',
      params: z.strictObject({ banner: z.string() }),
      body: z.strictObject({
        kind: z.enum(bannerKinds).exactOptional(),
        text: Translated.partial().exactOptional(),
        services: Services.exactOptional(),
        since: GivenInstant.exactOptional(),
        until: GivenInstant.exactOptional(),
      }),
      answers: BannerView,
      tagged: true,
      conditional: 'required',
      problems: ['conflict'],
      async run({ params: { banner }, body: { text, ...rest }, seen, caller }) {
        if (!isId('banner', banner)) return refused('not-found')
        const changes = { ...rest, ...(text ? { text: withoutAbsent(text) } : {}) }
        return bannerAnswer(await notices.amend(banner, changes, by(caller.actor, seen)))
      },
    }),
    operation({
      id: 'withdrawBanner',
      method: 'DELETE',
      path: '/banners/{banner}',
      tag: 'Banners',
      scope: 'banners:write',
      summary: 'Take a banner off the pages now',
      params: z.strictObject({ banner: z.string() }),
      answers: BannerView,
      tagged: true,
      conditional: 'required',
      problems: ['conflict'],
      async run({ params: { banner }, seen, caller }) {
        if (!isId('banner', banner)) return refused('not-found')
        return bannerAnswer(await notices.withdraw(banner as BannerId, by(caller.actor, seen)))
      },
    }),
  ]

  return [...states, ...incidents, ...banners]
}

/** The declaration requires If-Match, so a version is there. */
const by = <A>(actor: A, seen: number | undefined) => ({ actor, expected: seen ?? -1 })

function withoutAbsent<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never
}
