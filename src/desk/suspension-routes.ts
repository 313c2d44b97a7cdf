/**
 * A provider before its security contact: suspended, amended, brought back. Each press says which state its author saw;
 * who was overtaken gets the form again with what the others did, and who presses twice changes nothing twice.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Actor } from '../audit/facts.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type SuspensionId } from '../kernel/ids.ts'
import { staffRoles } from '../kernel/roles.ts'
import type { Provider } from '../partners/partners.ts'
import type { ChangedBy, StateChange, StateOutcome } from '../partners/state-changes.ts'
import {
  blankSuspension,
  changesTo,
  readSuspension,
  type TypedSuspension,
  typedOf,
  typedSuspension,
} from '../partners/suspension-form.ts'
import {
  isOver,
  isReserved,
  type NewSuspension,
  type ProviderState,
  type Suspension,
  type SuspensionFault,
  standingSuspensions,
} from '../partners/suspensions.ts'
import type { StaffStanding } from '../staff/partner-staff.ts'
import { deskPaths } from './frame.ts'
import { objectOutcomes, refusedNotice } from './object-pages.ts'
import type { Objects } from './object-routes.ts'
import {
  amendPage,
  type ProviderView,
  providerOutcomes,
  providerPage,
  type Refused,
  suspendPage,
} from './provider-pages.ts'
import { allow, type DeskOptions, editorOf, frameOf, guardians, ownIn } from './visit.ts'

export interface SuspensionOptions extends DeskOptions {
  /** What there is to say of its settings. */
  objects: Objects
}

/** A provider of whoever is there, as the database has it now. */
interface Own {
  provider: Provider
  state: ProviderState
  standing: StaffStanding
}

export function mountSuspensions(options: SuspensionOptions): void {
  const { web, door, partners, clock, timeZone } = options
  const { app } = web

  /** @throws GarantError `not_found` */
  async function ownProvider(request: FastifyRequest): Promise<Own> {
    const standing = door.of(request)
    const { id } = await ownIn(options, request, 'provider')
    const provider = partners.registry().providers.get(id)
    const state = provider && (await partners.stateOf(id))
    if (!provider || !state) throw new GarantError('not_found')
    return { provider, state, standing }
  }

  async function showProvider(
    request: FastifyRequest,
    reply: FastifyReply,
    { provider, state, standing }: Own,
    said: Pick<ProviderView, 'done' | 'changes' | 'isReserved'> = {},
  ): Promise<FastifyReply> {
    const known = partners.availability()
    const observed = known.of(provider.id)?.observed
    const { done: word } = request.query as { done?: unknown }
    const done = objectOutcomes.find((one) => one === word)
    const context = web.contextOf(request)
    const view: ProviderView = {
      // The state that was just read, whatever this process has heard of it.
      provider: { ...provider, state },
      ...(observed ? { observed } : {}),
      at: known.at,
      history: await partners.history(provider.id),
      told: {
        ...(await options.objects.tell({ kind: 'provider', id: provider.id }, editorOf(standing))),
        ...(done ? { done } : {}),
        ...(word === 'overtaken' ? { refused: refusedNotice('review.overtaken', context) } : {}),
      },
      ...said,
    }
    return web.page(request, reply, providerPage(view, await frameOf(options, request), context))
  }

  app.get('/desk/providers/:provider', allow(...staffRoles), async (request, reply) => {
    const own = await ownIn(options, request, 'provider')
    // Of what is only drafted, or published no more, there are versions alone.
    if (!partners.registry().providers.has(own.id)) return options.objects.page(request, reply, own)
    const done = providerOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    return showProvider(request, reply, await ownProvider(request), done ? { done } : {})
  })

  // ── Suspending ────────────────────────────────────────────────────────────────────────────────────────────────────

  async function showSuspend(
    request: FastifyRequest,
    reply: FastifyReply,
    { provider, state }: Own,
    typed: TypedSuspension = blankSuspension,
    refused: Refused = {},
  ): Promise<FastifyReply> {
    const view = { provider, number: state.number, typed, ...refused }
    return web.page(request, reply, suspendPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get('/desk/providers/:provider/suspend', allow(...guardians), async (request, reply) =>
    showSuspend(request, reply, await ownProvider(request)),
  )

  app.post('/desk/providers/:provider/suspend', allow(...guardians), async (request, reply) => {
    const own = await ownProvider(request)
    const { provider } = own
    const by = authorOf(request, own)
    const typed = typedSuspension(request.body)
    const { draft, faults } = read(typed, own)
    const seen = { ...own, state: { ...own.state, number: by.expected } }
    if (faults.length > 0) return showSuspend(request, reply, seen, typed, { faults })
    const outcome = await partners.suspend(provider.id, draft, by)
    if (isDone(outcome, by.actor, (after) => after.some((one) => isSame(one, draft)))) {
      return reply.redirect(`${deskPaths.provider(provider.id)}?done=suspended`, 303)
    }
    if (outcome.kind === 'invalid') return showSuspend(request, reply, seen, typed, { faults: outcome.faults })
    if (outcome.kind !== 'overtaken') throw new GarantError('not_found')
    return showSuspend(request, reply, { ...own, state: outcome.state }, typed, { changes: outcome.changes })
  })

  // ── Changing one ──────────────────────────────────────────────────────────────────────────────────────────────────

  /** One that is in force or planned. */
  function suspensionIn(request: FastifyRequest, { state }: Own): { id: SuspensionId; before: Suspension | undefined } {
    const { suspension: id } = request.params as { suspension: string }
    if (!isId('suspension', id)) throw new GarantError('not_found')
    return { id, before: state.suspensions.find((one) => one.id === id && !isOver(one, clock.now())) }
  }

  async function showAmend(
    request: FastifyRequest,
    reply: FastifyReply,
    { provider, state }: Own,
    before: Suspension,
    typed: TypedSuspension = typedOf(before, timeZone),
    refused: Refused = {},
  ): Promise<FastifyReply> {
    const view = { provider, number: state.number, typed, suspension: before, ...refused }
    return web.page(request, reply, amendPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get('/desk/providers/:provider/suspensions/:suspension', allow(...guardians), async (request, reply) => {
    const own = await ownProvider(request)
    const { before } = suspensionIn(request, own)
    // It is over: the page of the provider says how it ended.
    if (!before) return reply.redirect(deskPaths.provider(own.provider.id), 303)
    if (isReserved(before, actorOf(own))) return showProvider(request, reply, own, { isReserved: true })
    return showAmend(request, reply, own, before)
  })

  app.post('/desk/providers/:provider/suspensions/:suspension', allow(...guardians), async (request, reply) => {
    const own = await ownProvider(request)
    const { provider } = own
    const by = authorOf(request, own)
    const { id, before } = suspensionIn(request, own)
    if (!before) return sayOutcome(request, reply, own, await partners.amend(provider.id, id, {}, by))
    const typed = typedSuspension(request.body)
    const { draft, faults } = read(typed, own, before)
    const seen = { ...own, state: { ...own.state, number: by.expected } }
    if (faults.length > 0) return showAmend(request, reply, seen, before, typed, { faults })
    const outcome = await partners.amend(provider.id, id, changesTo(draft, before), by)
    const isAsWished = (after: readonly Suspension[]) => after.some((one) => one.id === id && isSame(one, draft))
    if (isDone(outcome, by.actor, isAsWished)) {
      return reply.redirect(`${deskPaths.provider(provider.id)}?done=amended`, 303)
    }
    if (outcome.kind === 'invalid') return showAmend(request, reply, seen, before, typed, { faults: outcome.faults })
    const present = outcome.kind === 'overtaken' ? outcome.state.suspensions.find((one) => one.id === id) : undefined
    if (outcome.kind === 'overtaken' && present && !isReserved(present, by.actor)) {
      return showAmend(request, reply, { ...own, state: outcome.state }, present, typed, { changes: outcome.changes })
    }
    return sayOutcome(request, reply, own, outcome)
  })

  app.post('/desk/providers/:provider/suspensions/:suspension/lift', allow(...guardians), async (request, reply) => {
    const own = await ownProvider(request)
    const by = authorOf(request, own)
    const { id } = suspensionIn(request, own)
    const outcome = await partners.lift(own.provider.id, id, by)
    if (isDone(outcome, by.actor, (after) => after.every((one) => one.id !== id))) {
      return reply.redirect(`${deskPaths.provider(own.provider.id)}?done=lifted`, 303)
    }
    return sayOutcome(request, reply, own, outcome)
  })

  /** Nothing was changed: the page of the provider says why, as it is now. */
  async function sayOutcome(
    request: FastifyRequest,
    reply: FastifyReply,
    own: Own,
    outcome: StateOutcome,
  ): Promise<FastifyReply> {
    if (outcome.kind === 'overtaken') {
      return showProvider(request, reply, { ...own, state: outcome.state }, { changes: outcome.changes })
    }
    if (outcome.kind === 'reserved') return showProvider(request, reply, own, { isReserved: true })
    throw new GarantError('not_found')
  }

  /** Who acts, and the number of the state that their page showed. */
  function authorOf(request: FastifyRequest, own: Own): ChangedBy {
    const { expected } = (request.body ?? {}) as { expected?: unknown }
    if (typeof expected !== 'string' || !/^\d{1,9}$/.test(expected)) throw new GarantError('request_unreadable')
    return { actor: actorOf(own), expected: Number(expected) }
  }

  /** A provider speaks of itself, for everybody: which services there are is not its business. */
  function read(typed: TypedSuspension, { provider }: Own, before?: Suspension) {
    if (typed.scope !== 'all' || typed.services.length > 0) throw new GarantError('request_unreadable')
    const context = { provider, services: new Set<string>(), now: clock.now(), timeZone }
    return readSuspension(typed, before ? { ...context, before } : context) as {
      draft: NewSuspension
      faults: SuspensionFault[]
    }
  }

  const actorOf = ({ standing }: Own): Actor => ({ kind: 'staff', id: standing.staff })

  /** Done, or it had been done by them before: a second click on the same button. */
  function isDone(
    outcome: StateOutcome,
    actor: Actor,
    isAsWished: (suspensions: readonly Suspension[]) => boolean,
  ): boolean {
    if (outcome.kind === 'done') return true
    if (outcome.kind !== 'overtaken' || !outcome.changes.every((change) => isBy(change, actor))) return false
    return isAsWished(standingSuspensions(outcome, clock.now()))
  }
}

const isBy = ({ author }: StateChange, actor: Actor) =>
  author.kind === 'staff' && actor.kind === 'staff' && author.id === actor.id

function isSame(one: Suspension, draft: NewSuspension): boolean {
  const told = ({ above, category, reason, until, sessions }: NewSuspension) =>
    JSON.stringify([above, category, reason.fr, reason.en, reason.ar, until, sessions])
  return told(one) === told(draft)
}
