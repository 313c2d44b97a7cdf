/** Jobs: what waits, runs and failed; an operator has a failed one tried again, or gives it up. Each is a fact. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GarantError } from '../kernel/errors.ts'
import type { QueueView } from '../storage/jobs.ts'
import { consolePaths } from './frame.ts'
import { discardReasons, type JobOutcome, jobOutcomes, jobsPage, type QueuePageView, queuePage } from './jobs-pages.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

const pageSize = 25

export function mountJobs(options: ConsoleOptions): void {
  const { web, door, storage, audit } = options
  const { app } = web
  const { jobs } = storage

  /** @throws GarantError `not_found` */
  async function queueIn(request: FastifyRequest): Promise<QueueView> {
    const { queue: name } = request.params as { queue: string }
    const found = (await jobs.queues()).find(({ queue }) => queue === name)
    if (!found) throw new GarantError('not_found')
    return found
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    queue: QueueView,
    said: Pick<QueuePageView, 'done' | 'reasonMissing'>,
  ): Promise<FastifyReply> {
    const { after } = request.query as { after?: unknown }
    const from = typeof after === 'string' && /^[ab]\d{15}[\da-f-]{36}$/.test(after) ? after : undefined
    const page = { limit: pageSize + 1, ...(from ? { after: from } : {}) }
    const found = await jobs.troubled(queue.queue, page)
    const shown = found.slice(0, pageSize)
    const next = found.length > pageSize ? shown.at(-1)?.place : undefined
    const view = { queue, jobs: shown, isFirst: from === undefined, ...(next ? { next } : {}), ...said }
    return web.page(request, reply, queuePage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get(consolePaths.jobs, allow('jobs'), async (request, reply) =>
    web.page(request, reply, jobsPage(await jobs.queues(), await frameOf(options, request), web.contextOf(request))),
  )

  app.get('/console/jobs/:queue', allow('jobs'), async (request, reply) => {
    const done = jobOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    return show(request, reply, await queueIn(request), done ? { done } : {})
  })

  app.post('/console/jobs/:queue', allow('jobs_work'), async (request, reply) => {
    const view = await queueIn(request)
    const { queue } = view
    const { act, job, reason: given } = fieldsOf(request, ['act', 'job', 'reason'])
    const reason = discardReasons.find((one) => one === given)
    if (act === 'discard' && !reason) return show(request, reply, view, { reasonMissing: true })
    const actor = actorOf(door.of(request))
    const outcome = await storage.transaction(async (tx): Promise<JobOutcome> => {
      if (act === 'discard' && reason) {
        if (!(await jobs.discard(tx, queue, job))) return 'unchanged'
        audit.append(tx, { name: 'jobs.discarded', data: { queue, job, reason, actor } })
        return 'discarded'
      }
      if (act !== 'retry' && act !== 'retry_all') throw new GarantError('request_unreadable')
      const one = act === 'retry' ? job : undefined
      const moved = await jobs.retry(tx, queue, one)
      if (moved === 0) return 'unchanged'
      audit.append(tx, { name: 'jobs.retried', data: { queue, job: one ?? null, jobs: moved, actor } })
      return 'retried'
    })
    return reply.redirect(`${consolePaths.queue(queue)}?done=${outcome}`, 303)
  })
}
