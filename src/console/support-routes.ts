/**
 * Requests for help, for those who answer them. Each page of a request is a reading of it, and a fact; what becomes of it
 * is decided by the verbs of `support/`.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GarantError } from '../kernel/errors.ts'
import { isId, newId, type OperatorId, type SupportRequestId } from '../kernel/ids.ts'
import type { ChangeOutcome } from '../support/support.ts'
import { closeReasons } from '../support/vocabulary.ts'
import { consolePaths } from './frame.ts'
import { type RequestDone, type RequestView, requestPage, requestsDone, requestsPage } from './support-pages.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

const pageSize = 25

export function mountRequests(options: ConsoleOptions): void {
  const { web, door, support, operators } = options
  const { app } = web

  app.get(consolePaths.requests, allow('requests'), async (request, reply) => {
    const { state: given, after, q } = request.query as { state?: unknown; after?: unknown; q?: unknown }
    const state = given === 'closed' ? 'closed' : 'open'
    const asked = typeof q === 'string' && q.trim() !== '' ? q.trim() : undefined
    const place = typeof after === 'string' && after !== '' ? after : undefined
    const [open, found] = await Promise.all([
      support.countOpen(),
      asked === undefined
        ? support.list({ state, limit: pageSize, ...(place ? { after: place } : {}) })
        : support.search(asked).then((requests) => ({ requests })),
    ])
    const view = {
      state,
      open,
      isFirst: place === undefined,
      ...found,
      ...(asked === undefined ? {} : { asked }),
    } as const
    return web.page(request, reply, requestsPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: SupportRequestId,
    said: Partial<Pick<RequestView, 'typed' | 'problems' | 'done' | 'said' | 'answer'>> = {},
  ): Promise<FastifyReply> {
    const found = await support.read(id, actorOf(door.of(request)))
    if (!found) throw new GarantError('not_found')
    const { closedBy, answersGiven } = found.request
    const actors = [
      ...answersGiven.map(({ by }) => by),
      ...(closedBy ? [closedBy] : []),
      ...(found.other ? [found.other.by] : []),
    ]
    const ids = actors.flatMap((actor) => (actor.kind === 'operator' ? [actor.id] : []))
    const view: RequestView = {
      ...found,
      names: await operators.namesOf([...new Set<OperatorId>(ids)]),
      answer: newId('supportAnswer'),
      typed: '',
      problems: [],
      ...said,
    }
    return web.page(request, reply, requestPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get('/console/support/:request', allow('requests'), async (request, reply) => {
    const done = requestsDone.find((one) => one === (request.query as { done?: unknown }).done)
    return show(request, reply, idIn(request), done ? { done } : {})
  })

  app.post('/console/support/:request/answer', allow('requests'), async (request, reply) => {
    const id = idIn(request)
    const { text, seen, answer } = fieldsOf(request, ['text', 'seen', 'answer'])
    if (!isId('supportAnswer', answer)) throw new GarantError('request_unreadable')
    const actor = actorOf(door.of(request))
    const outcome = await support.answer(id, { answer, text, seen: versionIn(seen), actor })
    switch (outcome.kind) {
      case 'done':
      case 'again':
        return finished(reply, id, 'answered')
      case 'invalid':
        return show(request, reply, id, { typed: text, problems: outcome.problems, answer })
      case 'unknown':
        throw new GarantError('not_found')
      default:
        return show(request, reply, id, { typed: text, said: outcome.kind })
    }
  })

  app.post('/console/support/:request/close', allow('requests'), async (request, reply) => {
    const id = idIn(request)
    const { reason: given, seen } = fieldsOf(request, ['reason', 'seen'])
    const reason = closeReasons.find((one) => one === given)
    if (!reason) return show(request, reply, id, { said: 'reason_missing' })
    const outcome = await support.close(id, { reason, seen: versionIn(seen), actor: actorOf(door.of(request)) })
    return changed(request, reply, id, outcome, 'closed')
  })

  app.post('/console/support/:request/reopen', allow('requests'), async (request, reply) => {
    const id = idIn(request)
    const { seen } = fieldsOf(request, ['seen'])
    const outcome = await support.reopen(id, { seen: versionIn(seen), actor: actorOf(door.of(request)) })
    return changed(request, reply, id, outcome, 'reopened')
  })

  async function changed(
    request: FastifyRequest,
    reply: FastifyReply,
    id: SupportRequestId,
    outcome: ChangeOutcome,
    done: RequestDone,
  ): Promise<FastifyReply> {
    if (outcome === 'unknown') throw new GarantError('not_found')
    if (outcome === 'conflict') return show(request, reply, id, { said: 'conflict' })
    return finished(reply, id, outcome === 'done' ? done : 'unchanged')
  }
}

/** @throws GarantError `not_found` */
function idIn(request: FastifyRequest): SupportRequestId {
  const { request: id } = request.params as { request: string }
  if (!isId('supportRequest', id)) throw new GarantError('not_found')
  return id
}

/** What is no number is no version that there ever was. */
const versionIn = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0)

const finished = (reply: FastifyReply, id: SupportRequestId, done: RequestDone) =>
  reply.redirect(`${consolePaths.request(id)}?done=${done}`, 303)
