/**
 * Work that happens after a commit, by pg-boss: retried with back-off, dead letters kept, schedules. Enqueueing goes
 * through the caller's transaction, so a job exists exactly when what it speaks of was committed. A job may run more
 * than once (a process can die between its work and the record of it), never zero times.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { CompiledQuery } from 'kysely'
import {
  type Clock as BossClock,
  type Db as BossDatabase,
  type ConstructorOptions,
  type JobResult,
  PgBoss,
} from 'pg-boss'
import { type Clock, toDate } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Connection, Log, Tx } from './storage.ts'

/** Every queue of the hub, with what its jobs carry: identifiers only, as they outlive what they speak of. */
export interface JobData {
  /** A mail to send: the message's id (`alerts/`). */
  'alerts.mail': { message: string }
  /** A back-channel logout to one service (`signals/`). */
  'signals.backchannel-logout': { service: string; session: string; sid: string; subject: string }
  /** A code to reset a password, and one that shows that somebody is no robot: both by mail (`means/`). */
  'means.reset': { request: string }
  'means.check': { request: string }
  /** Housekeeping that runs on a schedule. */
  'housekeeping.retention': Record<string, never>
  /** After a change of the pivot key: digests identities with the new one (`people/`). */
  'housekeeping.rekey': Record<string, never>
  /** Deletes short-lived state whose time has come (`storage/`). */
  'housekeeping.state': Record<string, never>
}

export type JobName = keyof JobData

/** Which try this is. */
export interface Attempt {
  /** 1 for the first. */
  number: number
  /** No other follows: a throw now sends the job to the dead letters. */
  last: boolean
}

export interface Jobs {
  /**
   * Enqueues in `tx`: nothing exists if it rolls back. Of the jobs that were never tried yet, `key` keeps at most one;
   * a second one with that key is not written.
   */
  enqueue<N extends JobName>(
    tx: Tx,
    name: N,
    data: JobData[N],
    options?: { startAfter?: Date; key?: string },
  ): Promise<void>
  /** Registers what does the work. One call for each queue, before `start`. A throw means: try again later. */
  work<N extends JobName>(name: N, handler: (data: JobData[N], attempt: Attempt) => Promise<void>): void
  /** Repeats a job by a cron expression (UTC), once over all processes; before `start`. */
  schedule<N extends JobName>(name: N, cron: string, data: JobData[N]): void
  start(): Promise<void>
  /** Takes no more jobs and waits for those that run; what is cut off after a grace period is tried again elsewhere. */
  stop(): Promise<void>
  /** Runs what waits, now, until nothing is left. For tests and for a clean shutdown; returns how many ran. */
  drain(): Promise<number>
}

/** How hard a queue tries: after one to two times `firstRetry`, then after twice that each time, up to `longestRetry`. */
interface Persistence {
  retries: number
  firstRetry: number
  longestRetry: number
}

/** Two days: a mail server that went down on a Friday evening is looked at on Sunday at the latest. */
const persistent: Persistence = { retries: 56, firstRetry: 5 * second, longestRetry: hour }
/** Somebody waits for it, and asks again after some minutes. */
const awaited: Persistence = { retries: 6, firstRetry: 5 * second, longestRetry: minute }
/** The next turn of the schedule does the same work. */
const repeated: Persistence = { retries: 2, firstRetry: 30 * second, longestRetry: minute }

const queues: Record<JobName, Persistence> = {
  'alerts.mail': persistent,
  'signals.backchannel-logout': persistent,
  'means.reset': awaited,
  'means.check': awaited,
  'housekeeping.retention': repeated,
  'housekeeping.rekey': repeated,
  'housekeeping.state': repeated,
}

/** Where jobs end that failed at every try, with the queue they came from; kept for a person to look at. */
const deadLetters = 'dead-letters'
const deadLetterRetention = 90 * day

/** A job of a process that died is given to another one after this time; longer than any handler may take. */
const longestRun = 2 * minute
/** A job that is done serves nobody any more. */
const completedFor = 10 * minute
/** Any number that no other lock of the hub has. */
const schemaLock = 7_263_510_104
/** How long `stop` waits for handlers. */
const stopGrace = 10 * second
/** Notifications start jobs at once; this is how long a lost one may delay them. */
const poll = 5 * second
/** The same while the database gives no notifications. */
const pollWithoutNotifications = second
/** Jobs that one process takes from a queue in one statement. They run side by side and are settled together. */
const batchSize = 16
/** Batches of one queue that run at a time in one process, so that one silent receiver does not hold up the rest. */
const batches = 2

type Handler = (data: never, attempt: Attempt) => Promise<void>

interface Fetched {
  id: string
  data: unknown
  retryCount: number
}

/** What `storage.ts` does with the jobs beside what everybody may. */
export interface OwnedJobs extends Jobs {
  /** Creates or updates pg-boss's tables and the queues; before anything else. Two processes at once are a success. */
  install(): Promise<void>
  close(): Promise<void>
}

export function createJobs(options: { connection: Connection; clock: Clock; log?: Log }): OwnedJobs {
  const { connection, clock, log = () => {} } = options
  const activity = countActivity()
  const handlers = new Map<JobName, Handler>()
  const schedules = new Map<JobName, { cron: string; data: object }>()

  const createBoss = (settings: Partial<ConstructorOptions>) => {
    const boss = new PgBoss({ ...bossSettings(connection, clock, activity), ...settings })
    // An error event without a listener would end the process. Every loop of pg-boss goes on after one.
    boss.on('error', (error) => log('jobs: the database did not answer', { error: nameOf(error) }))
    boss.on('warning', ({ message }) => log('jobs: warning', { warning: message }))
    return boss
  }
  /** Enqueues and drains. It has no loops, so that a process may enqueue without working. */
  const sender = createBoss({ supervise: false, schedule: false })
  /** Works, watches over what others left behind, and keeps the schedules. */
  let worker: PgBoss | undefined

  async function run(name: JobName, job: Fetched): Promise<JobResult> {
    const attempt = { number: job.retryCount + 1, last: job.retryCount >= queues[name].retries }
    try {
      await activity.during('handler', () => handlerOf(handlers, name)(job.data as never, attempt))
      return { id: job.id, status: 'completed' }
    } catch (error) {
      // The text of an error may hold an address or a name, and both the log and the failed job outlive its cause.
      const output = { error: nameOf(error), ...(error instanceof GarantError ? error.inside : {}) }
      log('jobs: failed', { queue: name, job: job.id, attempt: attempt.number, last: attempt.last, ...output })
      return { id: job.id, status: 'failed', output }
    }
  }

  /** Takes one batch of a queue and runs it here; returns how many jobs it held. */
  async function drainBatch(name: JobName): Promise<number> {
    const jobs = await sender.fetch<object>(name, { batchSize })
    const results = await Promise.all(jobs.map(async (job) => ({ job, result: await run(name, job) })))
    const completed = results.filter(({ result }) => result.status === 'completed')
    if (completed.length > 0) {
      await sender.complete(
        name,
        completed.map(({ job }) => job),
      )
    }
    for (const { job, result } of results) {
      if (result.status === 'failed') await sender.fail(name, job, result.output)
    }
    return jobs.length
  }

  return {
    async install() {
      // `if not exists` alone fails for one of two processes at the same moment, and pg-boss has no lock around it.
      await connection.exec(`select pg_advisory_xact_lock(${schemaLock}); create schema if not exists pgboss`)
      await sender.start()
      if (!(await installQueues(sender))) return
      // pg-boss learns the queues when it starts, and must not have to ask for one in the middle of a transaction.
      await sender.stop({ graceful: false, close: false })
      await sender.start()
    },
    async enqueue(tx, name, data, { startAfter, key } = {}) {
      await sender.send(name, data, {
        db: {
          executeSql: async (text, values = []) => {
            const { rows } = await tx.executeQuery(CompiledQuery.raw(atPresent(text, clock), values))
            return { rows }
          },
        },
        // A queue holds one untried job of each key, and without a key of its own every job would be the same one.
        singletonKey: key ?? randomUUID(),
        ...(startAfter ? { startAfter } : {}),
      })
    },
    work(name, handler) {
      if (worker) throw new Error(`jobs.work(${name}) after start`)
      if (handlers.has(name)) throw new Error(`jobs.work(${name}) twice`)
      handlers.set(name, handler as Handler)
    },
    schedule(name, cron, data) {
      if (worker) throw new Error(`jobs.schedule(${name}) after start`)
      schedules.set(name, { cron, data })
    },
    async start() {
      if (worker) throw new Error('jobs.start() twice')
      const starting = createBoss({ useListenNotify: true })
      worker = starting
      try {
        // First, as the worker looks at them once when it starts, and then not before half a minute.
        await installSchedules(sender, schedules)
        await starting.start()
        for (const name of handlers.keys()) {
          await starting.work<object, unknown, WorkSettings>(name, workSettings, (jobs) =>
            Promise.all(jobs.map((job) => run(name, job))),
          )
        }
      } catch (error) {
        await this.stop()
        throw error
      }
    },
    async stop() {
      const stopping = worker
      worker = undefined
      if (!stopping) return
      const idle = Promise.all([...handlers.keys()].map((name) => stopping.offWork(name, { wait: true })))
      const grace = new AbortController()
      await Promise.race([idle, delay(stopGrace, undefined, { signal: grace.signal }).catch(() => {})])
      grace.abort()
      await stopping.stop({ graceful: false, close: false })
    },
    async drain() {
      const before = activity.handled()
      for (let ran = -1; ran !== activity.handled(); ) {
        await activity.quiet()
        ran = activity.handled()
        for (const name of handlers.keys()) {
          while ((await drainBatch(name)) > 0);
        }
        await activity.quiet()
      }
      return activity.handled() - before
    },
    async close() {
      await this.stop()
      await sender.stop({ graceful: false, close: false })
    },
  }
}

type WorkSettings = typeof workSettings
const workSettings = {
  perJobResults: true,
  batchSize,
  localConcurrency: batches,
  pollingIntervalSeconds: pollWithoutNotifications / second,
  notifyPollingIntervalSeconds: poll / second,
} as const

/** What does not serve the hub (dependent jobs, rebuilding indexes while it runs) is off or as rare as allowed. */
function bossSettings(connection: Connection, clock: Clock, activity: Activity): ConstructorOptions {
  return {
    db: bossDatabase(connection, clock, activity),
    backend: connection.kind === 'embedded' ? 'pglite' : 'postgres',
    clock: { now: () => clock.now(), setTimeout, clearTimeout, setInterval, clearInterval } as BossClock,
    createSchema: false,
    superviseIntervalSeconds: 60,
    maintenanceIntervalSeconds: completedFor / second,
    flowIntervalSeconds: hour / second,
    bamIntervalSeconds: hour / second,
    cronWorkerIntervalSeconds: 2,
    monitorVacuum: connection.kind === 'server',
    reindex: connection.kind === 'server',
  }
}

function bossDatabase(connection: Connection, clock: Clock, activity: Activity): BossDatabase {
  return {
    executeSql: (text, values) =>
      activity.during('statement', () =>
        values?.length ? connection.query(atPresent(text, clock), values) : connection.exec(atPresent(text, clock)),
      ),
    async listen(channel, onNotification, onReconnect) {
      // Our own listeners hear an empty payload when news may have been missed.
      const close = await connection.listen(channel, (payload) =>
        payload === '' ? onReconnect() : onNotification(payload),
      )
      return { close }
    },
  }
}

/**
 * The time of jobs is the hub's clock, like every other time: in all of its statements pg-boss asks for it by one SQL
 * function, which is written out here as the instant itself. The definition of that function stays as it is.
 */
function atPresent(text: string, clock: Clock): string {
  if (text.includes('FUNCTION pgboss.job_now()')) return text
  return text.replaceAll('pgboss.job_now()', `'${toDate(clock.now()).toISOString()}'::timestamptz`)
}

/** Returns whether any queue was made or changed. */
async function installQueues(boss: PgBoss): Promise<boolean> {
  const wanted = [
    { name: deadLetters, retentionSeconds: deadLetterRetention / second },
    ...Object.entries(queues).map(([name, { retries, firstRetry, longestRetry }]) => ({
      name,
      // At most one untried job for each key.
      policy: 'short',
      notify: true,
      retryLimit: retries,
      retryDelay: firstRetry / second,
      retryBackoff: true,
      retryDelayMax: longestRetry / second,
      expireInSeconds: longestRun / second,
      deleteAfterSeconds: completedFor / second,
      deadLetter: deadLetters,
    })),
  ]
  const existing = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]))
  let changed = false
  for (const { name, ...settings } of wanted) {
    const found = existing.get(name)
    if (!found) {
      await boss.createQueue(name, settings)
      changed = true
    } else if (Object.entries(settings).some(([key, value]) => found[key as keyof typeof found] !== value)) {
      const { policy: _, ...changeable } = settings as typeof settings & { policy?: string }
      await boss.updateQueue(name, changeable)
      changed = true
    }
  }
  return changed
}

/** Writes the schedules of this version and removes those of another one. */
async function installSchedules(boss: PgBoss, schedules: Map<JobName, { cron: string; data: object }>): Promise<void> {
  const existing = new Map((await boss.getSchedules()).map(({ name, cron }) => [name, cron]))
  for (const [name, { cron, data }] of schedules) {
    if (existing.get(name) !== cron) await boss.schedule(name, cron, data, { tz: 'UTC', missed: 'once' })
  }
  for (const name of existing.keys()) {
    if (!schedules.has(name as JobName)) await boss.unschedule(name)
  }
}

function handlerOf(handlers: Map<JobName, Handler>, name: JobName): Handler {
  const handler = handlers.get(name)
  if (!handler) throw new Error(`no handler for the queue ${name}`)
  return handler
}

/** What an error may leave behind: its kind, without its text. */
function nameOf(error: unknown): string {
  if (error instanceof GarantError) return error.error
  if (!(error instanceof Error)) return typeof error
  const { code } = error as NodeJS.ErrnoException
  return code ? `${error.name} ${code}` : error.name
}

interface Activity {
  during<T>(kind: 'statement' | 'handler', work: () => Promise<T>): Promise<T>
  /** How many handlers have run so far. */
  handled(): number
  /** Resolves when no statement and no handler is running, and none follows at once from the last one. */
  quiet(): Promise<void>
}

function countActivity(): Activity {
  let running = 0
  let begun = 0
  let handled = 0
  let waiting: (() => void)[] = []
  return {
    async during(kind, work) {
      running++
      begun++
      try {
        return await work()
      } finally {
        if (kind === 'handler') handled++
        if (--running === 0) {
          for (const resume of waiting) resume()
          waiting = []
        }
      }
    },
    handled: () => handled,
    async quiet() {
      for (let seen = -1; seen !== begun; ) {
        while (running > 0) await new Promise<void>((resolve) => waiting.push(resolve))
        seen = begun
        // A worker goes from its fetch to its handlers, and from these to settling, in microtasks.
        await new Promise((resolve) => setImmediate(resolve))
        if (running > 0) seen = -1
      }
    },
  }
}
