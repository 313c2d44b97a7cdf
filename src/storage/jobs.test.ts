import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock, type TestClock } from '../../test/support/clock.ts'
import { createTestDatabase, openTestStorage } from '../../test/support/database.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { openStorage, type Storage } from './storage.ts'

interface Bench {
  storage: Storage
  clock: TestClock
  /** The messages handled since the test began. */
  handled: string[]
  /** Emits `handled` after each. */
  events: EventTarget
  enqueue(message: string, options?: { startAfter?: Date; key?: string }): Promise<void>
}

/** A storage with a handler of mails that does what the message says. */
async function openBench(): Promise<Bench> {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  const handled: string[] = []
  const events = new EventTarget()
  storage.jobs.work('alerts.mail', async ({ message }, attempt) => {
    handled.push(`${message.slice(4)} ${attempt.number}${attempt.last ? ' last' : ''}`)
    events.dispatchEvent(new Event('handled'))
    if (message === 'msg_broken') throw new Error('550 no mailbox for canary@example.org')
  })
  return {
    storage,
    clock,
    handled,
    events,
    enqueue: (message, options) =>
      storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.mail', { message: `msg_${message}` }, options)),
  }
}

describe('jobs that nobody works on, drained', () => {
  let storage: Storage
  let clock: TestClock
  let handled: string[]
  let enqueue: Bench['enqueue']
  before(async () => {
    ;({ storage, clock, handled, enqueue } = await openBench())
  })
  after(() => storage.close())
  beforeEach(() => {
    handled.length = 0
  })

  test('a job exists exactly when its transaction was committed', async () => {
    const rolledBack = storage.transaction(async (tx) => {
      await storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_never' })
      throw new Error('changed my mind')
    })
    await assert.rejects(rolledBack, /changed my mind/)
    await enqueue('committed')
    assert.equal(await storage.jobs.drain(), 1)
    assert.deepEqual(handled, ['committed 1'])
    assert.equal(await storage.jobs.drain(), 0)
  })

  test('what is to start later is left, by the clock of the hub', async () => {
    await enqueue('later', { startAfter: new Date(clock.now() + hour) })
    clock.advance(hour - 1)
    assert.equal(await storage.jobs.drain(), 0)
    clock.advance(1)
    assert.equal(await storage.jobs.drain(), 1)
    assert.deepEqual(handled, ['later 1'])
  })

  test('of the jobs of one key at most one waits; without a key each is its own', async () => {
    await Promise.all(['one', 'two', 'three'].map((message) => enqueue(message, { key: 'same' })))
    await enqueue('other', { key: 'another' })
    await enqueue('free')
    await enqueue('free')
    assert.equal(await storage.jobs.drain(), 4)
    assert.equal(handled.filter((line) => /one|two|three/.test(line)).length, 1)
    await enqueue('next', { key: 'same' })
    assert.equal(await storage.jobs.drain(), 1)
  })

  test('the jobs of one transaction are written by one statement for each queue, before it commits', async () => {
    await storage.transaction(async (tx) => {
      for (const message of ['a', 'b', 'c'])
        await storage.jobs.enqueue(tx, 'alerts.mail', { message: `msg_${message}` })
      await storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_first' }, { key: 'same' })
      await storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_second' }, { key: 'same' })
      await storage.jobs.enqueue(tx, 'alerts.warning', {}, { startAfter: new Date(clock.now() + hour) })
      // What another hook asks for belongs to it as well.
      storage.beforeCommit(tx, () => storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_hook' }))
    })
    // Rows of one statement bear one transaction and one number of it.
    const { rows } = await sql<{ jobs: string[] }>`
      select array_agg(coalesce(data ->> 'message', name) order by data ->> 'message') as jobs from pgboss.job
      where state = 'created' group by xmin::text, cmin::text order by min(cmin::text::int)`.execute(storage.db)
    assert.deepEqual(
      rows.map(({ jobs }) => jobs),
      [['msg_a', 'msg_b', 'msg_c', 'msg_first'], ['alerts.warning'], ['msg_hook']],
    )
    assert.equal(await storage.jobs.drain(), 5)
    await sql`delete from pgboss.job where name = 'alerts.warning'`.execute(storage.db)
  })

  test('a job that cannot be written fails its transaction', async () => {
    const unwritable = storage.transaction(async (tx) => {
      await sql`create table job_of_nobody (id int)`.execute(tx)
      await storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_\0' })
    })
    await assert.rejects(unwritable)
    const { rows } = await sql`select to_regclass('job_of_nobody') as found`.execute(storage.db)
    assert.deepEqual(rows, [{ found: null }])
    assert.equal(await storage.jobs.drain(), 0)
  })

  test('a job that fails is tried again later and later, and is told which try it is', async () => {
    await enqueue('broken')
    assert.equal(await storage.jobs.drain(), 1)
    assert.equal(await storage.jobs.drain(), 0)
    // The first delay is 5 to 10 s, the second one 10 to 20 s.
    clock.advance(10 * second)
    assert.equal(await storage.jobs.drain(), 1)
    clock.advance(10 * second - 1)
    assert.equal(await storage.jobs.drain(), 0)
    clock.advance(10 * second + 1)
    assert.equal(await storage.jobs.drain(), 1)
    assert.deepEqual(handled, ['broken 1', 'broken 2', 'broken 3'])
  })

  test('one that fails for two days ends among the dead letters, without a word of the error', async () => {
    handled.push('broken 3')
    const from = clock.now()
    while (!handled.at(-1)?.endsWith('last')) {
      clock.advance(hour)
      assert.equal(await storage.jobs.drain(), 1)
    }
    assert.ok(clock.now() - from > 2 * day, `gave up after ${(clock.now() - from) / hour} hours`)
    clock.advance(day)
    assert.equal(await storage.jobs.drain(), 0)

    const { rows } = await sql<{ name: string; data: object; line: string }>`
      select name, data, to_jsonb(job)::text as line from pgboss.job`.execute(storage.db)
    assert.deepEqual(
      rows.filter(({ name }) => name === 'dead-letters').map(({ data }) => data),
      [{ message: 'msg_broken' }],
    )
    assert.doesNotMatch(rows.map(({ line }) => line).join(), /canary|mailbox/)
  })
})

async function bench(t: { after(work: () => Promise<void>): void }): Promise<Bench> {
  const opened = await openBench()
  t.after(opened.storage.close)
  return opened
}

test('draining goes on until nothing is left, whatever the jobs enqueue', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(storage.close)
  let left = 40
  storage.jobs.work('signals.backchannel-logout', async () => {
    await storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_more' }))
  })
  storage.jobs.work('alerts.mail', async () => {
    if (left-- > 0) {
      const data = { service: 's', session: 'ses', sid: 'sid', subject: 'sub' }
      await storage.transaction((tx) => storage.jobs.enqueue(tx, 'signals.backchannel-logout', data))
    }
  })
  await storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_first' }))
  assert.equal(await storage.jobs.drain(), 81)
})

test('what a failure logs is its kind and its identifiers', async (t) => {
  const database = await createTestDatabase()
  const logged: unknown[] = []
  const storage = await openStorage({
    location: database.location,
    clock: createTestClock(),
    stateKey: Buffer.alloc(32, 7),
    log: (message, { job: _, ...inside }) => logged.push([message, inside]),
  })
  t.after(async () => {
    await storage.close()
    await database.drop()
  })
  storage.jobs.work('alerts.mail', async () => {
    throw new GarantError('internal', { status: 550 })
  })
  await storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_one' }))
  await storage.jobs.drain()
  const inside = { queue: 'alerts.mail', attempt: 1, last: false, error: 'internal', status: 550 }
  assert.deepEqual(logged, [['jobs: failed', inside]])
})

test('a started hub does a job as soon as it is committed, without waiting for a poll', async (t) => {
  const { storage, events, enqueue } = await bench(t)
  // From here on no timer of the workers ever goes off: what starts the job can only be its notification.
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  await storage.jobs.start()
  // The first look at the empty queue is over.
  await storage.jobs.drain()
  const done = once(events, 'handled')
  await enqueue('now')
  await done
  t.mock.timers.reset()
})

test('draining waits for what the workers of this process are doing', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(storage.close)
  let finished = 0
  storage.jobs.work('alerts.mail', async () => {
    await new Promise((resolve) => setImmediate(resolve))
    finished++
  })
  await storage.jobs.start()
  for (let round = 1; round <= 20; round++) {
    await storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_one' }))
    await storage.jobs.drain()
    assert.equal(finished, round)
  }
})

test('stopping lets a job end, and once it is over none is taken', async (t) => {
  const { storage, clock } = await bench(t)
  const enqueue = () => storage.transaction((tx) => storage.jobs.enqueue(tx, 'housekeeping.retention', {}))
  const begun = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  let ended = 0
  storage.jobs.work('housekeeping.retention', async () => {
    begun.resolve()
    await gate.promise
    ended++
  })
  await storage.jobs.start()
  await enqueue()
  await begun.promise
  const stopped = storage.jobs.stop()
  await enqueue()
  gate.resolve()
  await stopped
  // A look at the queue that was under way when the stop began may have found the second one: then that has ended too.
  const byWorkers = ended
  assert.ok(byWorkers === 1 || byWorkers === 2)
  await enqueue()
  clock.advance(minute)
  assert.equal(await storage.jobs.drain(), 3 - byWorkers, 'what was not taken waited')
  assert.equal(ended, 3)
})

test('a schedule makes its job, and one that this version does not know is dropped', async (t) => {
  const { storage } = await bench(t)
  await sql`insert into pgboss.schedule (name, cron, timezone) values ('alerts.mail', '* * * * *', 'UTC')`.execute(
    storage.db,
  )
  const ran = Promise.withResolvers<void>()
  storage.jobs.work('housekeeping.retention', async () => ran.resolve())
  storage.jobs.schedule('housekeeping.retention', '* * * * *', {})
  await storage.jobs.start()
  await ran.promise

  const { rows } = await sql<{ name: string }>`select name from pgboss.schedule order by name`.execute(storage.db)
  assert.deepEqual(
    rows.map(({ name }) => name),
    ['housekeeping.retention', 'housekeeping.state'],
  )
})

test('registering twice or too late is a fault of the program', async (t) => {
  const { storage } = await bench(t)
  assert.throws(() => storage.jobs.work('alerts.mail', async () => {}), /twice/)
  await storage.jobs.start()
  assert.throws(() => storage.jobs.work('housekeeping.retention', async () => {}), /after start/)
  assert.throws(() => storage.jobs.schedule('housekeeping.retention', '* * * * *', {}), /after start/)
  await assert.rejects(storage.jobs.start(), /twice/)
})
