/** What the hub runs with and works on: jobs, settings, keys, changes that wait for a second operator. */
import { z } from 'zod'
import type { Approvals } from '../approvals/approvals.ts'
import type { Audit } from '../audit/audit.ts'
import { discardReasons } from '../console/jobs-pages.ts'
import { createJobsWork } from '../console/jobs-work.ts'
import { type RunningProcess, settingsInForce } from '../console/settings-pages.ts'
import type { Keys } from '../keys/keys.ts'
import type { JobName, QueueView } from '../storage/jobs.ts'
import type { Storage } from '../storage/storage.ts'
import type { Ask } from './asking.ts'
import { done, type Operation, operation, refused } from './operations.ts'
import { ApprovalView, approvalOf, Done, Instant_, instantIf, instantOf, Page, pageOf, Reason } from './shapes.ts'

export interface HubOperationsOptions {
  storage: Pick<Storage, 'transaction' | 'jobs' | 'kind' | 'about'>
  audit: Pick<Audit, 'append'>
  keys: Pick<Keys, 'of'>
  approvals: Pick<Approvals, 'find' | 'waiting' | 'withdraw'>
  ask: Ask
  running: RunningProcess
}

const QueueShape = z.strictObject({
  queue: z.string(),
  waiting: z.int(),
  active: z.int(),
  failing: z.int(),
  dead: z.int(),
  oldestAt: Instant_.optional(),
  cron: z.string().optional(),
  lastRun: z.strictObject({ at: Instant_, outcome: z.enum(['done', 'failed']) }).optional(),
})

const JobShape = z.strictObject({
  job: z.string(),
  queue: z.string(),
  state: z.enum(['dead', 'failing']),
  enqueuedAt: Instant_,
  tries: z.int(),
  nextAt: Instant_.optional(),
  error: z.string().optional(),
  payload: z
    .record(z.string(), z.string().nullable())
    .meta({ description: 'Identifiers. Null: a member that is withheld.' }),
})

const KeyShape = z.strictObject({
  key: z.string(),
  purpose: z.enum(['id-token', 'client', 'decryption', 'journal']),
  alg: z.string(),
  state: z.enum(['next', 'active', 'retired']),
  createdAt: Instant_,
  activeFrom: Instant_,
  retiredAt: Instant_.optional(),
  publicJwk: z.record(z.string(), z.unknown()),
})

const purposes = ['id-token', 'client', 'decryption', 'journal'] as const

const queueOf = ({ oldestAt, schedule, ...counts }: QueueView): z.output<typeof QueueShape> => ({
  ...counts,
  ...instantIf('oldestAt', oldestAt),
  ...(schedule ? { cron: schedule.cron } : {}),
  ...(schedule?.lastRun ? { lastRun: { at: instantOf(schedule.lastRun.at), outcome: schedule.lastRun.outcome } } : {}),
})

export function hubOperations({ storage, audit, keys, approvals, ask, running }: HubOperationsOptions): Operation[] {
  const { jobs } = storage
  const jobsWork = createJobsWork({ storage, audit })
  const knownQueue = async (name: string): Promise<JobName | undefined> =>
    (await jobs.queues()).find(({ queue }) => queue === name)?.queue

  const work: Operation[] = [
    operation({
      id: 'listQueues',
      method: 'GET',
      path: '/queues',
      tag: 'Jobs',
      scope: 'jobs:read',
      summary: 'Every queue of jobs with what is in it',
      answers: z.strictObject({ items: z.array(QueueShape) }),
      run: async () => done({ items: (await jobs.queues()).map(queueOf) }),
    }),
    operation({
      id: 'listTroubledJobs',
      method: 'GET',
      path: '/queues/{queue}/jobs',
      tag: 'Jobs',
      scope: 'jobs:read',
      summary: 'Jobs that failed at their last try, those that failed at every try first',
      params: z.strictObject({ queue: z.string() }),
      query: z.strictObject({
        limit: Page.limit,
        cursor: z
          .string()
          .regex(/^[ab]\d{15}[\da-f-]{36}$/)
          .exactOptional(),
      }),
      answers: pageOf(JobShape),
      async run({ params, query: { cursor, limit } }) {
        const queue = await knownQueue(params.queue)
        if (!queue) return refused('not-found')
        const found = await jobs.troubled(queue, { limit: limit + 1, ...(cursor ? { after: cursor } : {}) })
        const items = found.slice(0, limit)
        const next = found.length > limit ? items.at(-1)?.place : undefined
        return done({
          items: items.map(({ place: _, enqueuedAt, nextAt, payload, error, ...one }) => ({
            ...one,
            enqueuedAt: instantOf(enqueuedAt),
            ...instantIf('nextAt', nextAt),
            ...(error === undefined ? {} : { error }),
            payload: Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, value ?? null])),
          })),
          ...(next === undefined ? {} : { next }),
        })
      },
    }),
    operation({
      id: 'retryJobs',
      method: 'POST',
      path: '/queues/{queue}/retry',
      tag: 'Jobs',
      scope: 'jobs:write',
      summary: 'Have one failed job tried again, or all of a queue',
      params: z.strictObject({ queue: z.string() }),
      body: z.strictObject({
        job: z.union([z.uuid(), z.literal('all')]).meta({ description: 'Its id, or `all`.' }),
      }),
      answers: z.strictObject({ jobs: z.int().meta({ description: 'How many; 0 when somebody did it before.' }) }),
      async run({ params, body, caller: { actor } }) {
        const queue = await knownQueue(params.queue)
        if (!queue) return refused('not-found')
        const job = body.job === 'all' ? undefined : body.job
        return done({ jobs: await jobsWork.retry(queue, job, actor) })
      },
    }),
    operation({
      id: 'discardJob',
      method: 'POST',
      path: '/queues/{queue}/jobs/{job}/discard',
      tag: 'Jobs',
      scope: 'jobs:write',
      summary: 'Give up a job that failed at every try',
      params: z.strictObject({ queue: z.string(), job: z.uuid() }),
      body: z.strictObject({ reason: z.enum(discardReasons) }),
      answers: Done,
      async run({ params, body: { reason }, caller: { actor } }) {
        const queue = await knownQueue(params.queue)
        if (!queue) return refused('not-found')
        const { job } = params
        return done({ done: await jobsWork.discard({ queue, job, reason }, actor) })
      },
    }),
  ]

  const runs: Operation[] = [
    operation({
      id: 'getSettings',
      method: 'GET',
      path: '/settings',
      tag: 'Hub',
      scope: 'settings:read',
      summary: 'What the process that answers runs with; secrets are not told',
      answers: z.strictObject({
        version: z.string(),
        node: z.string(),
        startedAt: Instant_,
        database: z.strictObject({ kind: z.enum(['embedded', 'server']), version: z.string(), migration: z.int() }),
        settings: z.array(
          z.strictObject({ path: z.string(), value: z.string().nullable().meta({ description: 'Null: a secret.' }) }),
        ),
        secrets: z.record(z.string(), z.string()).meta({ description: 'Where each was read.' }),
      }),
      async run() {
        const { version, migrations } = await storage.about()
        return done({
          version: running.version,
          node: running.node,
          startedAt: instantOf(running.startedAt),
          database: { kind: storage.kind, version, migration: migrations.at(-1)?.number ?? 0 },
          settings: settingsInForce(running.settings).map(({ path, value }) => ({ path, value: value ?? null })),
          secrets: { ...running.secrets },
        })
      },
    }),
    operation({
      id: 'listKeys',
      method: 'GET',
      path: '/keys',
      tag: 'Hub',
      scope: 'settings:read',
      summary: 'The keys of the hub, public parts alone',
      answers: z.strictObject({ items: z.array(KeyShape) }),
      async run() {
        const all = purposes.flatMap((purpose) => keys.of(purpose))
        return done({
          items: all.map(({ id, purpose, alg, state, createdAt, activeFrom, retiredAt, publicJwk }) => ({
            key: id,
            purpose,
            alg,
            state,
            createdAt: instantOf(createdAt),
            activeFrom: instantOf(activeFrom),
            ...instantIf('retiredAt', retiredAt),
            publicJwk: { ...publicJwk },
          })),
        })
      },
    }),
  ]

  runs.push(
    operation({
      id: 'rotateKeys',
      method: 'POST',
      path: '/keys/rotation',
      tag: 'Hub',
      scope: 'keys:rotate',
      summary: 'Replace the keys of a purpose',
      description:
        'Always waits for a second operator. `now`: the keys of now leaked, and sign no more; otherwise the next ones are published first.',
      body: z.strictObject({ purpose: z.enum(purposes), now: z.boolean().default(false), reason: Reason }),
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      problems: ['not-allowed', 'conflict'],
      run: ({ body: { purpose, now, reason }, caller }) =>
        ask({ kind: now ? 'revoke_keys' : 'rotate_keys', parameters: { purpose } }, { caller, reason }),
    }),
  )

  const waiting: Operation[] = [
    operation({
      id: 'listApprovals',
      method: 'GET',
      path: '/approvals',
      tag: 'Approvals',
      scope: 'approvals:read',
      summary: 'Changes that wait for a second operator, the oldest first',
      answers: z.strictObject({ items: z.array(ApprovalView) }),
      run: async () => done({ items: (await approvals.waiting()).map(approvalOf) }),
    }),
    operation({
      id: 'getApproval',
      method: 'GET',
      path: '/approvals/{approval}',
      tag: 'Approvals',
      scope: 'approvals:read',
      summary: 'One of them, also once it is over',
      params: z.strictObject({ approval: z.string() }),
      answers: ApprovalView,
      async run({ params }) {
        const found = await approvals.find(params.approval)
        return found ? done(approvalOf(found)) : refused('not-found')
      },
    }),
    operation({
      id: 'withdrawApproval',
      method: 'DELETE',
      path: '/approvals/{approval}',
      tag: 'Approvals',
      scope: 'approvals:read',
      summary: 'Take back a change that this program asked for',
      description: 'Confirming and declining are for operators, at their pages.',
      params: z.strictObject({ approval: z.string() }),
      answers: ApprovalView,
      problems: ['conflict', 'not-allowed'],
      async run({ params, caller: { actor } }) {
        const outcome = await approvals.withdraw(params.approval, actor)
        if (outcome.kind === 'done') return done(approvalOf(outcome.approval))
        if (outcome.kind === 'unknown') return refused('not-found')
        return outcome.kind === 'over'
          ? refused('conflict', { detail: 'It is over.' })
          : refused('not-allowed', { detail: 'Somebody else asked for it.' })
      },
    }),
  ]

  return [...work, ...runs, ...waiting]
}
