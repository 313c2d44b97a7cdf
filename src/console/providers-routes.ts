/**
 * Providers before an operator: read, suspended, amended, brought back, hidden, shown. What was typed is read, what it
 * would do is shown, and a second press does it. Each press says which state its operator saw: who was overtaken gets
 * the form again, with what the others changed and what they typed themselves; who presses twice changes nothing twice.
 */
import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../audit/facts.ts'
import type { RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { day } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import type { Provider } from '../partners/partners.ts'
import { isStandIn } from '../partners/stand-ins.ts'
import type { StateChange, StateOutcome } from '../partners/state-changes.ts'
import {
  blankSuspension,
  changesTo,
  readSuspension,
  type TypedSuspension,
  typedOf,
  typedSuspension,
} from '../partners/suspension-form.ts'
import { isOver, type NewSuspension, type Suspension, type SuspensionFault } from '../partners/suspensions.ts'
import type { Figures } from './figures.ts'
import { impactOf, impactOfSuspension } from './impact.ts'
import { operationsPaths } from './operations-paths.ts'
import {
  type ConsoleStanding,
  type Names,
  type ProviderOutcome,
  providerOutcomes,
  providerPage,
  providersPage,
  reviewPage,
  standingsInOrder,
  suspendPage,
  unpublishedPage,
  waysPage,
} from './providers-pages.ts'
import { editorOf, versionsOf } from './versions-routes.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

export type OperationsOptions = ConsoleOptions & { figures: Figures }

/** Incidents on the page of a provider. */
const incidentDays = 90
const mostIncidents = 20
/** Times of a stand-in there. */
const mostOutages = 10

export function mountProviders(options: OperationsOptions): void {
  const { web, door, partners, clock, figures, timeZone } = options
  const { app } = web

  // ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

  app.get(operationsPaths.providers, allow('providers'), async (request, reply) => {
    const { q, state } = request.query as { q?: unknown; state?: unknown }
    const standing = standingsInOrder.find((one): one is ConsoleStanding => one === state)
    const availability = partners.availability()
    const view = {
      drafted: await draftedProviders(request),
      all: availability.all(),
      at: availability.at,
      now: clock.now(),
      filter: typeof q === 'string' ? q.trim().slice(0, 60) : '',
      ...(standing ? { standing } : {}),
    }
    return web.page(request, reply, providersPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get(operationsPaths.ways, allow('providers'), async (request, reply) => {
    const context = web.contextOf(request)
    const isAll = (request.query as { all?: unknown }).all === '1'
    const view = { ways: await figures.ways(), names: await namesFor(options, context, []), isAll }
    return web.page(request, reply, waysPage(view, await frameOf(options, request), context))
  })

  app.get('/console/providers/:provider', allow('providers'), async (request, reply) => {
    const { done } = request.query as { done?: unknown }
    const outcome = providerOutcomes.find((one) => one === done)
    const { provider: id } = request.params as { provider: string }
    if (!partners.registry().providers.has(id)) return showUnpublished(request, reply, id)
    return show(request, reply, await providerIn(request), outcome ? { done: outcome } : {})
  })

  /** Of what is only drafted, or published no more, there are versions alone. */
  async function showUnpublished(request: FastifyRequest, reply: FastifyReply, id: string): Promise<FastifyReply> {
    const settings = await versionsOf(options, request, { kind: 'provider', id })
    if (!settings) throw new GarantError('not_found')
    const page = unpublishedPage({ id, settings }, await frameOf(options, request), web.contextOf(request))
    return web.page(request, reply, page)
  }

  /** What somebody prepares that is no provider yet. */
  async function draftedProviders(request: FastifyRequest): Promise<{ id: string; name: string; partner: string }[]> {
    const { language } = web.contextOf(request)
    const drafts = await options.versions.drafts(editorOf(door.of(request)))
    return drafts
      .filter(({ kind, id }) => kind === 'provider' && !partners.registry().providers.has(id))
      .map(({ id, entry, partner }) => ({
        id,
        name: String((entry.name as Partial<Record<string, unknown>> | undefined)?.[language] ?? id),
        partner: partners.partner(partner)?.name[language] ?? partner,
      }))
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    provider: Provider,
    more: { done?: ProviderOutcome; overtaken?: readonly StateChange[] },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const known = partners.availability().of(provider.id)
    if (!known) throw new GarantError('not_found')
    const now = clock.now()
    const outages = isStandIn(provider) ? await partners.health.standIns.outages(provider.id, mostOutages) : undefined
    const [history, incidents, through, ways] = await Promise.all([
      partners.history(provider.id),
      partners.health.incidents({ since: now - incidentDays * day, provider: provider.id, limit: mostIncidents }),
      figures.through(provider.id),
      figures.ways(),
    ])
    const settings = await versionsOf(options, request, { kind: 'provider', id: provider.id })
    if (!settings) throw new GarantError('not_found')
    const authors = [...history.map(({ author }) => author), ...provider.state.suspensions.map(({ author }) => author)]
    const view = {
      known,
      now,
      names: await namesFor(options, context, authors),
      history,
      settings,
      incidents,
      ...(outages ? { outages } : {}),
      ...(provider.connector.kind === 'eid_app' ? { standIns: standInsFor(provider.id) } : {}),
      through,
      onlyWay: ways.filter((one) => one.now.length === 1 && one.now[0] === provider.id).map(({ service }) => service),
      ...more,
    }
    return web.page(request, reply, providerPage(view, await frameOf(options, request), context))
  }

  const standInsFor = (id: string) =>
    partners
      .availability()
      .all()
      .filter(({ provider }) => isStandIn(provider) && provider.connector.standsInFor === id)

  /** With its state as the database has it: this process may not have heard of a change. */
  async function providerIn(request: FastifyRequest): Promise<Provider> {
    const { provider: id } = request.params as { provider: string }
    const provider = partners.registry().providers.get(id)
    const state = provider && (await partners.stateOf(provider.id))
    if (!provider || !state) throw new GarantError('not_found')
    return { ...provider, state }
  }

  // ── Suspending, and changing a suspension ─────────────────────────────────────────────────────────────────────────

  interface Form {
    provider: Provider
    suspension?: Suspension | undefined
    typed: TypedSuspension
    faults?: readonly SuspensionFault[]
    overtaken?: readonly StateChange[]
  }

  async function form(request: FastifyRequest, reply: FastifyReply, given: Form): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { provider, suspension, typed, faults = [], overtaken } = given
    const view = {
      provider,
      typed,
      faults,
      services: servicesOf(provider, context),
      hasBegun: suspension !== undefined && suspension.since <= clock.now(),
      timeZone,
      expected: provider.state.number,
      names: await namesFor(
        options,
        context,
        (overtaken ?? []).map(({ author }) => author),
      ),
      ...(suspension ? { suspension } : {}),
      ...(overtaken ? { overtaken } : {}),
    }
    return web.page(request, reply, suspendPage(view, await frameOf(options, request), context))
  }

  /** Those that take it. */
  function servicesOf(provider: Provider, { language }: RequestContext) {
    return [...partners.registry().services.values()]
      .filter(({ providers }) => providers === 'all' || providers.includes(provider.id))
      .map(({ id, name }) => ({ id, name: name[language] }))
      .sort((a, b) => a.name.localeCompare(b.name, localeOf(language), { numeric: true }))
  }

  const standingIn = ({ state }: Provider, id: string) =>
    state.suspensions.find((one) => one.id === id && !isOver(one, clock.now()))

  app.get('/console/providers/:provider/suspend', allow('suspend'), async (request, reply) =>
    form(request, reply, { provider: await providerIn(request), typed: blankSuspension }),
  )

  app.get('/console/providers/:provider/suspensions/:suspension', allow('suspend'), async (request, reply) => {
    const provider = await providerIn(request)
    const { suspension: id } = request.params as { suspension: string }
    const suspension = standingIn(provider, id)
    if (!suspension) throw new GarantError('not_found')
    return form(request, reply, { provider, suspension, typed: typedOf(suspension, timeZone) })
  })

  async function press(
    request: FastifyRequest,
    reply: FastifyReply,
    provider: Provider,
    suspension: Suspension | undefined,
    wasAmending: boolean,
  ): Promise<FastifyReply> {
    const { act, expected: seen } = fieldsOf(request, ['act', 'expected'])
    const typed = typedSuspension(request.body)
    const expected = numberIn(seen)
    const actor = actorOf(door.of(request))
    const { services } = partners.registry()
    const now = clock.now()
    if (act === 'edit') return form(request, reply, { provider, suspension, typed })
    const reading = readSuspension(typed, {
      provider,
      services,
      now,
      timeZone,
      ...(suspension ? { before: suspension } : {}),
    })
    const { draft, faults } = reading
    const done = wasAmending ? 'amended' : 'suspended'
    if (provider.state.number !== expected) {
      const changes = await changesSince(provider, expected)
      if (act === 'confirm' && isRepeat(changes, draft, actor, done)) return finished(reply, provider, done)
      return form(request, reply, { provider, suspension, typed, overtaken: changes })
    }
    if (faults.length > 0) return form(request, reply, { provider, suspension, typed, faults })
    if (act !== 'confirm') return review(request, reply, { provider, suspension, typed, draft })
    const outcome = suspension
      ? await partners.amend(provider.id, suspension.id, changesTo(draft, suspension), { actor, expected })
      : await partners.suspend(provider.id, draft, { actor, expected })
    if (outcome.kind === 'done') return finished(reply, provider, done)
    if (outcome.kind === 'invalid') return form(request, reply, { provider, suspension, typed, faults: outcome.faults })
    return overtakenForm(request, reply, { outcome, typed, draft, actor, done })
  }

  /** Somebody came between the reading of the state and the press. */
  async function overtakenForm(
    request: FastifyRequest,
    reply: FastifyReply,
    given: {
      outcome: StateOutcome
      typed: TypedSuspension
      draft: NewSuspension
      actor: Actor
      done: 'amended' | 'suspended'
    },
  ): Promise<FastifyReply> {
    const { outcome, typed, draft, actor, done } = given
    const provider = await providerIn(request)
    if (outcome.kind !== 'overtaken') throw new GarantError('not_found')
    if (isRepeat(outcome.changes, draft, actor, done)) return finished(reply, provider, done)
    const { suspension: id = '' } = request.params as { suspension?: string }
    return form(request, reply, { provider, suspension: standingIn(provider, id), typed, overtaken: outcome.changes })
  }

  async function review(
    request: FastifyRequest,
    reply: FastifyReply,
    given: { provider: Provider; suspension: Suspension | undefined; typed: TypedSuspension; draft: NewSuspension },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { provider, suspension, typed, draft } = given
    const about = { provider, draft, now: clock.now(), ...(suspension ? { before: suspension } : {}) }
    const view = {
      provider,
      typed,
      draft,
      expected: provider.state.number,
      names: await namesFor(options, context, []),
      impact: await impactOfSuspension(options, partners.registry(), about),
      ...(suspension ? { suspension } : {}),
    }
    return web.page(request, reply, reviewPage(view, await frameOf(options, request), context))
  }

  app.post('/console/providers/:provider/suspend', allow('suspend'), async (request, reply) =>
    press(request, reply, await providerIn(request), undefined, false),
  )

  app.post('/console/providers/:provider/suspensions/:suspension', allow('suspend'), async (request, reply) => {
    const provider = await providerIn(request)
    const { suspension: id } = request.params as { suspension: string }
    if (!isId('suspension', id)) throw new GarantError('not_found')
    // Lifted meanwhile: what was typed is offered as a new one, beside what happened.
    return press(request, reply, provider, standingIn(provider, id), true)
  })

  // ── Bringing back, hiding, showing ────────────────────────────────────────────────────────────────────────────────

  app.post('/console/providers/:provider/suspensions/:suspension/lift', allow('suspend'), async (request, reply) => {
    const provider = await providerIn(request)
    const { suspension: id } = request.params as { suspension: string }
    if (!isId('suspension', id)) throw new GarantError('not_found')
    const expected = numberIn(fieldsOf(request, ['expected']).expected)
    const outcome = await partners.lift(provider.id, id, { actor: actorOf(door.of(request)), expected })
    if (outcome.kind === 'unknown' || outcome.kind === 'invalid') throw new GarantError('not_found')
    const isStanding = outcome.kind === 'overtaken' && outcome.state.suspensions.some((one) => one.id === id)
    if (!isStanding) return finished(reply, provider, 'lifted')
    return show(request, reply, await providerIn(request), { overtaken: outcome.changes })
  })

  app.post('/console/providers/:provider/visibility', allow('suspend'), async (request, reply) => {
    const provider = await providerIn(request)
    const fields = fieldsOf(request, ['to', 'act', 'expected'])
    const to = (['hidden', 'active'] as const).find((one) => one === fields.to)
    if (!to) throw new GarantError('request_unreadable')
    const done = to === 'hidden' ? 'hidden' : 'shown'
    // A second press.
    if (provider.state.kind === to) return finished(reply, provider, done)
    const expected = numberIn(fields.expected)
    const by = { actor: actorOf(door.of(request)), expected }
    if (to === 'hidden' && fields.act !== 'confirm' && provider.state.number === expected) {
      const context = web.contextOf(request)
      const after = { ...provider.state, kind: to }
      const view = {
        provider,
        expected,
        names: await namesFor(options, context, []),
        impact: await impactOf(options, partners.registry(), { provider, after }),
      }
      return web.page(request, reply, reviewPage(view, await frameOf(options, request), context))
    }
    const outcome = await partners[to === 'hidden' ? 'hide' : 'show'](provider.id, by)
    if (outcome.kind === 'done') return finished(reply, provider, done)
    if (outcome.kind !== 'overtaken') throw new GarantError('not_found')
    return show(request, reply, await providerIn(request), { overtaken: outcome.changes })
  })

  const finished = (reply: FastifyReply, { id }: Provider, done: ProviderOutcome) =>
    reply.redirect(`${operationsPaths.provider(id)}?done=${done}`, 303)

  const changesSince = async ({ id }: Provider, expected: number) =>
    (await partners.history(id)).filter(({ number }) => number > expected)
}

/** The number of a state that a form holds; one that nothing has when it holds none. */
function numberIn(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : -1
}

/** The same press again, and nothing of anybody else in between. */
function isRepeat(
  changes: readonly StateChange[],
  draft: NewSuspension,
  actor: Actor,
  done: 'amended' | 'suspended',
): boolean {
  const [only, another] = changes
  if (!only?.suspension || another || only.change !== done || !isDeepStrictEqual(only.author, actor)) return false
  const { services, above, category, reason, until, sessions, since } = only.suspension
  const isSame = isDeepStrictEqual(
    { services, above, category, reason, until, sessions },
    {
      services: draft.services,
      above: draft.above,
      category: draft.category,
      reason: draft.reason,
      until: draft.until,
      sessions: draft.sessions,
    },
  )
  return isSame && (draft.since === undefined || draft.since === since)
}

/** Names in the language of the page; of operators, those of these authors. */
export async function namesFor(
  { partners, operators }: Pick<ConsoleOptions, 'partners' | 'operators'>,
  { language }: RequestContext,
  authors: readonly (Actor | { kind: 'file' })[],
): Promise<Names> {
  const { services, providers } = partners.registry()
  const ids = authors.flatMap((author) => (author.kind === 'operator' ? [author.id] : []))
  return {
    service: (id) => services.get(id)?.name[language] ?? id,
    provider: (id) => providers.get(id)?.name[language] ?? id,
    operators: await operators.namesOf([...new Set(ids)]),
  }
}
