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
  type JobInsert,
  type JobResult,
  PgBoss,
} from 'pg-boss'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Language } from '../kernel/languages.ts'
import type { Connection, Log, Storage, Tx } from './storage.ts'

/** Every queue of the hub, with what its jobs carry: identifiers only, as they outlive what they speak of. */
export interface JobData {
  /** A mail to send: the message's id (`alerts/`). */
  'alerts.mail': { message: string }
  /** A back-channel logout to one service (`signals/`). */
  'signals.backchannel-logout': { service: string; session: string; sid: string; subject: string }
  /**
   * A fact that partners concerned by a case, or services in the scope of a mandate, may have to be told of, by its
   * sequence; `at` in milliseconds (`signals/`).
   */
  'signals.plan': {
    fact: string
    on: string
    at: number
    by: string
    case?: string
    party?: string
    person?: string
    mandate?: string
    objects?: string[]
  }
  /** What waits on a stream of security events, pushed in order; and a partner's own, fetched (`signals/`). */
  'signals.deliver': { stream: string }
  'signals.poll': { source: string }
  /** A code to reset a password, and one that shows that somebody is no robot: both by mail (`means/`). */
  'means.reset': { request: string }
  'means.check': { request: string }
  /** A letter about an invitation, to a partner or to who is invited (`staff/`). */
  'staff.letter': { staff: string; to: 'invited' | 'administrative' | 'security'; about?: 'roles' }
  /** Whether what mandates stand on still holds: all of it, or one representation (`mandates/`). */
  'mandates.recheck': { representation?: string }
  /** A letter to who is invited into a firm (`mandates/`). */
  'mandates.firm_letter': { invitation: string; language: Language }
  /** A letter that asks a partner to confirm its security contacts; without `to`, the finding of those to write to. */
  'staff.contact_check': { partner: string; days: string; to?: string }
  /** A letter to a partner, or to an operator, about what is to be done; without `to` as above (`alerts/`). */
  'alerts.partner': { what: string; about: string; days?: string; to?: string }
  /** A letter about a case: to a partner concerned, to operators, to whoever reported it signed out (`alerts/`). */
  'alerts.case': { what: string; about: string; to?: string }
  /** What has gathered to be told of mandates; a use of one to be compared with those before it (`alerts/`). */
  'alerts.mandates': Record<string, never>
  'alerts.mandate_use': { use: string }
  /** Codes of messages are being misused: warns the public, where the settings say so (`alerts/`). */
  'alerts.warning': Record<string, never>
  /** A letter to an operator about a change that takes two, or about one by the command line alone (`approvals/`). */
  'approvals.letter': { approval: string; operator: string; event: 'asked' | 'confirmed' | 'declined' | 'expired' }
  'approvals.announcement': { what: string; about: string; operator?: string }
  /** An answer to a request for help, to who asked (`support/`). */
  'support.letter': { answer: string }
  /** Partners that have not answered about a case, and a report made without signing in that is to be looked at (`cases/`). */
  'cases.deadlines': Record<string, never>
  'cases.look': { report: string }
  /** Deadlines of breaches that come near or have passed, and one letter to one operator about that (`breaches/`). */
  'breaches.deadlines': Record<string, never>
  'breaches.letter': { breach: string; event: string; dueAt: number; operator?: string }
  /** A suspension that closes sessions has begun (`sessions/`); `again`: for those that began in the same moment. */
  'sessions.withdraw': { provider: string; suspension: string; again?: boolean }
  /** Somebody may act no more, or less: services opened under this id are looked at; `again` as above (`sessions/`). */
  'sessions.acting': { under: string; again?: boolean }
  /** A thaw that a person asked for takes effect at this instant: it is written down (`people/`). */
  'people.thaw': { person: string; at: number }
  /** What happened since the last look at the ledger (`detection/`). */
  'detection.look': Record<string, never>
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
   * Enqueues in `tx`: nothing exists if it rolls back. The jobs of a transaction are written just before it commits, all
   * of one queue in one statement. Of the jobs that were never tried yet, `key` keeps at most one; a second one with that
   * key is not written.
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
  /** `byHand`: what repeats, and is not repeated here because somebody calls for it when they want it. */
  start(options?: { byHand?: readonly JobName[] }): Promise<void>
  /** Takes no more jobs and waits for those that run; what is cut off after a grace period is tried again elsewhere. */
  stop(): Promise<void>
  /** Runs what waits, now, until nothing is left. For tests and for a clean shutdown; returns how many ran. */
  drain(): Promise<number>
  /** Every queue with what is in it, by name. */
  queues(): Promise<QueueView[]>
  /**
   * Jobs of a queue that failed at their last try, the dead letters first, each kind the oldest first; `after` is the
   * place of the last one of the page before.
   */
  troubled(queue: JobName, page: { after?: string; limit: number }): Promise<TroubledJob[]>
  /**
   * Tries again: dead letters as jobs that were never tried, those that would wait for their next try at once. One, or
   * all of a queue. Of two who ask at the same time one gets each job. Returns how many.
   */
  retry(tx: Tx, queue: JobName, job?: string): Promise<number>
  /** Deletes a dead letter for good; false when there is no such one any more. */
  discard(tx: Tx, queue: JobName, job: string): Promise<boolean>
}

export interface QueueView {
  queue: JobName
  /** Never tried: due now or later. */
  waiting: number
  active: number
  /** Failed, and will be tried again by itself. */
  failing: number
  /** Failed at every try: waits for a person. */
  dead: number
  /** When the oldest of all these was enqueued. */
  oldestAt?: Instant
  /** Of a queue that runs on a schedule (UTC), with how it ended last, in whatever process. */
  schedule?: { cron: string; lastRun?: { at: Instant; outcome: RunOutcome } }
}

export type RunOutcome = 'done' | 'failed'

export interface TroubledJob {
  job: string
  queue: JobName
  state: 'dead' | 'failing'
  /** Where the next page begins after it. */
  place: string
  enqueuedAt: Instant
  /** Tries so far. */
  tries: number
  /** When it becomes due by itself. */
  nextAt?: Instant
  /** The kind of the last error, as the log has it. */
  error?: string
  /** What it carries. Undefined: a member that is not for a person's eyes. */
  payload: Readonly<Record<string, string | undefined>>
}

/** Members of a payload that say what it is about, and nothing of a person; all others are withheld. */
const tellable: readonly string[] = [
  'message',
  'service',
  'session',
  'provider',
  'suspension',
  'again',
  'approval',
  'event',
  'what',
  'partner',
  'days',
]

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
  'staff.letter': persistent,
  'mandates.firm_letter': persistent,
  'mandates.recheck': persistent,
  'staff.contact_check': persistent,
  'alerts.partner': persistent,
  'alerts.case': persistent,
  'alerts.mandates': persistent,
  'alerts.mandate_use': persistent,
  'alerts.warning': persistent,
  'approvals.letter': persistent,
  'approvals.announcement': persistent,
  'signals.backchannel-logout': persistent,
  'signals.plan': persistent,
  // Both keep their own patience, for days: here it is about a database that does not answer.
  'signals.deliver': repeated,
  'signals.poll': repeated,
  'means.reset': awaited,
  'means.check': awaited,
  'support.letter': persistent,
  'cases.deadlines': repeated,
  'cases.look': persistent,
  'breaches.letter': persistent,
  'breaches.deadlines': repeated,
  'sessions.withdraw': persistent,
  'sessions.acting': persistent,
  'people.thaw': persistent,
  'detection.look': repeated,
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

export function createJobs(
  options: { connection: Connection; clock: Clock; log?: Log } & Pick<Storage, 'beforeCommit' | 'behind'>,
): OwnedJobs {
  const { connection, clock, beforeCommit, behind, log = () => {} } = options
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
      await noteRun(name, 'done')
      return { id: job.id, status: 'completed' }
    } catch (error) {
      await noteRun(name, 'failed')
      // The text of an error may hold an address or a name, and both the log and the failed job outlive its cause.
      const output = { error: nameOf(error), ...(error instanceof GarantError ? error.inside : {}) }
      log('jobs: failed', { queue: name, job: job.id, attempt: attempt.number, last: attempt.last, ...output })
      return { id: job.id, status: 'failed', output }
    }
  }

  /** What is done is deleted soon, so the last run of a schedule is written down on its own. */
  async function noteRun(name: JobName, outcome: RunOutcome): Promise<void> {
    if (!schedules.has(name)) return
    const note = connection.query(noteRunStatement, [name, toDate(clock.now()), outcome])
    await activity
      .during('statement', () => note)
      .catch((error) => log('jobs: a run was not written down', { queue: name, error: nameOf(error) }))
  }

  /** The jobs of a transaction by queue and key: what is asked ten thousand times, once for each fact, is sent once. */
  const gathered = new WeakMap<Tx, Map<JobName, Map<string, JobInsert>>>()

  function gather(tx: Tx, name: JobName, key: string, job: JobInsert): void {
    let all = gathered.get(tx)
    if (!all) {
      all = new Map()
      gathered.set(tx, all)
      beforeCommit(tx, () => flush(tx))
    }
    const ofQueue = all.get(name) ?? new Map<string, JobInsert>()
    all.set(name, ofQueue)
    if (!ofQueue.has(key)) ofQueue.set(key, { ...job, singletonKey: key })
  }

  async function flush(tx: Tx): Promise<void> {
    const all = gathered.get(tx) ?? []
    // A later hook of this transaction may enqueue again.
    gathered.delete(tx)
    for (const [name, ofQueue] of all) await sender.insert(name, [...ofQueue.values()], { db: unanswered(tx) })
  }

  /** A statement of pg-boss in a transaction, at the instant of the hub's clock. */
  function ask(tx: Tx, text: string, values: unknown[] = []) {
    const present = atPresent(text, values, clock)
    return tx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(present.text, present.values))
  }

  /** pg-boss on the connection of a transaction. */
  const inside = (tx: Tx): BossDatabase => ({
    executeSql: async (text, values) => ({ rows: (await ask(tx, text, values)).rows }),
  })

  /** The same for statements whose answers nobody needs: whether they failed is asked at the commit. */
  const unanswered = (tx: Tx): BossDatabase => ({
    async executeSql(text, values) {
      behind(tx, ask(tx, text, values))
      return { rows: [] }
    },
  })

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
      // A queue holds one untried job of each key, and without a key of its own every job would be the same one.
      gather(tx, name, key ?? randomUUID(), { data, ...(startAfter ? { startAfter } : {}) })
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
    async start({ byHand = [] } = {}) {
      if (worker) throw new Error('jobs.start() twice')
      const starting = createBoss({ useListenNotify: true })
      worker = starting
      try {
        // First, as the worker looks at them once when it starts, and then not before half a minute.
        await installSchedules(sender, new Map([...schedules].filter(([name]) => !byHand.includes(name))))
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
        const { rows } = await connection.query(dueStatement, [toDate(clock.now())])
        const due = new Set(rows.map((row) => row.name))
        for (const name of handlers.keys()) {
          while (due.has(name) && (await drainBatch(name)) > 0);
        }
        await activity.quiet()
      }
      return activity.handled() - before
    },
    async queues() {
      const { rows } = await connection.query(countStatement, [deadLetters])
      const { rows: runs } = await connection.query('select queue, at, outcome from job_runs')
      return (Object.keys(queues) as JobName[]).sort().map((queue) => {
        const counted = rows.filter((row) => row.queue === queue)
        const count = (state: string) => Number(counted.find((row) => row.state === state)?.count ?? 0)
        const oldest = counted.map((row) => Number(row.oldest))
        const run = runs.find((row) => row.queue === queue)
        const lastRun = run && { at: Number(run.at), outcome: run.outcome as RunOutcome }
        const cron = schedules.get(queue)?.cron
        return {
          queue,
          waiting: count('created'),
          active: count('active'),
          failing: count('retry'),
          dead: count('dead'),
          ...(oldest.length > 0 ? { oldestAt: Math.min(...oldest) } : {}),
          ...(cron === undefined ? {} : { schedule: { cron, ...(lastRun ? { lastRun } : {}) } }),
        }
      })
    },
    async troubled(queue, { after = '', limit }) {
      const values = [queue, deadLetters, after, limit]
      const { rows } = await connection.query(troubledStatement, values)
      return rows.map((row) => troubledOf(queue, row as never))
    },
    async retry(tx, queue, job) {
      if (job !== undefined && !isUuid(job)) return 0
      const db = inside(tx)
      const wanted = { sourceName: queue, db, ...(job === undefined ? {} : { ids: [job] }) }
      let moved = 0
      for (let batch = await sender.redrive(deadLetters, wanted); batch > 0; ) {
        moved += batch
        batch = await sender.redrive(deadLetters, wanted)
      }
      const { rows } = await db.executeSql(hastenStatement, [queue, job ?? null, toDate(clock.now())])
      return moved + rows.length
    },
    async discard(tx, queue, job) {
      if (!isUuid(job)) return false
      const { rows } = await inside(tx).executeSql(discardStatement, [deadLetters, queue, job])
      return rows.length > 0
    },
    async close() {
      await this.stop()
      await sender.stop({ graceful: false, close: false })
    },
  }
}

const isUuid = (text: string) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text)

const noteRunStatement = `insert into job_runs (queue, at, outcome) values ($1, $2, $3)
  on conflict (queue) do update set at = excluded.at, outcome = excluded.outcome`

/** `$1`: the present instant. */
const dueStatement = `select distinct name from pgboss.job where state < 'active' and start_after <= $1`

/** `$1`: the queue of dead letters, whose jobs count for the one that they came from. */
const countStatement = `
  select queue, state, count(*)::int as count, min(since) as oldest from (
    select case when name = $1 then source_name else name end as queue,
      case when name = $1 then 'dead' else state::text end as state,
      coalesce(source_created_on, created_on) as since
    from pgboss.job where state < 'completed') as present
  group by queue, state`

/**
 * `$1`: the queue, `$2`: that of dead letters, `$3`: the place to go on from, `$4`: how many. A place sorts as the list
 * does: kind, then time, then id.
 */
const troubledStatement = `
  select * from (
    select j.id::text as job, j.name = $2 as dead, j.data, j.start_after as next,
      coalesce(j.source_created_on, j.created_on) as enqueued,
      case when j.name = $2 then coalesce(j.source_retry_count, 0) + 1 else j.retry_count end as tries,
      case when j.name = $2 then j.source_output else j.output end ->> 'error' as error,
      case when j.name = $2 then 'a' else 'b' end
        || lpad((extract(epoch from j.created_on) * 1000)::bigint::text, 15, '0') || j.id::text as place
    from pgboss.job j
    where (j.name = $2 and j.source_name = $1 and j.state < 'active') or (j.name = $1 and j.state = 'retry')) as found
  where place collate "C" > $3 order by place collate "C" limit $4::int`

/** `$1`: the queue, `$2`: the job, or null for all, `$3`: the present instant. */
const hastenStatement = `
  update pgboss.job set start_after = $3 where name = $1 and state = 'retry' and start_after > $3
    and ($2::uuid is null or id = $2::uuid) returning id`

const discardStatement = `
  delete from pgboss.job where name = $1 and source_name = $2 and id = $3::uuid and state < 'active' returning id`

interface TroubledRow {
  job: string
  dead: boolean
  data: Record<string, unknown> | null
  next: Date
  enqueued: Date
  tries: number
  error: string | null
  place: string
}

function troubledOf(queue: JobName, row: TroubledRow): TroubledJob {
  const members = Object.entries(row.data ?? {})
  const told = (name: string, value: unknown) => (tellable.includes(name) ? String(value) : undefined)
  return {
    job: row.job,
    queue,
    state: row.dead ? 'dead' : 'failing',
    place: row.place,
    enqueuedAt: Number(row.enqueued),
    tries: row.tries,
    ...(row.dead ? {} : { nextAt: Number(row.next) }),
    ...(row.error === null ? {} : { error: row.error }),
    payload: Object.fromEntries(members.map(([name, value]) => [name, told(name, value)])),
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
    executeSql: (text, values = []) =>
      activity.during('statement', () => {
        const present = atPresent(text, values, clock)
        return present.values.length > 0
          ? connection.query(present.text, present.values)
          : connection.exec(present.text)
      }),
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
 * function, in whose place the instant itself is given. The definition of that function stays as it is.
 *
 * It is given as one more parameter, so that the text of a statement is the same at each call. Only a script of several
 * statements, which takes no parameters, has it written out.
 */
function atPresent(text: string, values: unknown[], clock: Clock): { text: string; values: unknown[] } {
  if (!text.includes(bossTime) || text.includes(`FUNCTION ${bossTime}`)) return { text, values }
  const now = toDate(clock.now())
  if (values.length === 0 && text.includes(';')) {
    return { text: text.replaceAll(bossTime, `'${now.toISOString()}'::timestamptz`), values }
  }
  return { text: text.replaceAll(bossTime, `$${values.length + 1}::timestamptz`), values: [...values, now] }
}

const bossTime = 'pgboss.job_now()'

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
