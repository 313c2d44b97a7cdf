/** Jobs: what waits, runs and failed; an operator has a failed one tried again, or gives it up. Each is a fact. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { GarantError } from '../kernel/errors.ts'
import type { QueueView } from '../storage/jobs.ts'
import { consolePaths } from './frame.ts'
import { discardReasons, type JobOutcome, jobOutcomes, jobsPage, type QueuePageView, queuePage } from './jobs-pages.ts'
import { createJobsWork } from './jobs-work.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

const pageSize = 25

export function mountJobs(options: ConsoleOptions): void {
  const { web, door, storage } = options
  const { app } = web
  const { jobs } = storage
  const work = createJobsWork(options)

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
    const finished = (outcome: JobOutcome) => reply.redirect(`${consolePaths.queue(queue)}?done=${outcome}`, 303)
    if (act === 'discard' && reason) {
      return finished((await work.discard({ queue, job, reason }, actor)) ? 'discarded' : 'unchanged')
    }
    if (act !== 'retry' && act !== 'retry_all') throw new GarantError('request_unreadable')
    const moved = await work.retry(queue, act === 'retry' ? job : undefined, actor)
    return finished(moved > 0 ? 'retried' : 'unchanged')
  })
}
