import assert from 'node:assert/strict'
import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { inspect } from 'node:util'
import { sql } from 'kysely'
import pg from 'pg'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import {
  createTestSigner,
  emptyJournal,
  openTestJournal,
  someFact,
  type TestJournal,
  testOrigin,
} from '../../test/support/journal.ts'
import { day, hour, second } from '../kernel/durations.ts'
import type { Storage } from '../storage/storage.ts'
import {
  type ConnectionReceipt,
  type Exploration,
  type Receipt,
  type Recorded,
  readReceipt,
  verifyConnectionReceipt,
  verifyReceipt,
} from './audit.ts'
import { verifyConsistency } from './merkle.ts'

const storage = await openTestStorage(createTestClock())
const open: TestJournal[] = []
after(async () => {
  for (const journal of open) await journal.close()
  await storage.close()
})

/** An empty journal on the database of this file. */
async function journalOf(changes: Parameters<typeof openTestJournal>[0] = {}): Promise<TestJournal> {
  await emptyJournal(storage)
  const journal = await openTestJournal({ storage, ...changes })
  open.push(journal)
  return journal
}

async function count(table: string): Promise<number> {
  const { rows } = await sql<{ n: string }>`select count(*)::text as n from ${sql.table(table)}`.execute(storage.db)
  return Number(rows[0]?.n)
}

const connectionFacts = (number: number) => [
  {
    name: 'connection.refused' as const,
    data: {
      connection: `con_${number}` as const,
      person: `per_${number % 3}` as const,
      service: 'health-refunds',
      provider: null,
      reason: 'person_cancelled' as const,
    },
  },
  someFact(number),
]

test('R080: facts of one transaction are written together, in their order, with one outbox row', async () => {
  const { audit, clock } = await journalOf()
  await storage.transaction(async (tx) => {
    audit.append(tx, someFact(1))
    clock.advance(5)
    audit.append(tx, someFact(2), { name: 'hub.started', data: { version: '1.2.3' } })
  })
  const { facts: found } = await audit.explore({ limit: 10 })
  assert.deepEqual(found.map(({ name, data, at }) => ({ name, data, at })).reverse(), [
    { ...someFact(1), at: clock.now() - 5 },
    { ...someFact(2), at: clock.now() },
    { name: 'hub.started', data: { version: '1.2.3' }, at: clock.now() },
  ])
  assert.equal(await count('outbox'), 1)
})

test('a transaction that rolls back leaves no fact and no delivery', async () => {
  const { audit } = await journalOf()
  const failed = storage.transaction(async (tx) => {
    audit.append(tx, someFact())
    throw new Error('no')
  })
  await assert.rejects(failed, /no/)
  assert.equal(await count('facts'), 0)
  assert.equal(await audit.deliver(), 0)
})

test('a transaction without a fact writes nothing', async () => {
  const { audit } = await journalOf()
  await storage.transaction(async (tx) => audit.append(tx))
  assert.equal(await count('outbox'), 0)
})

test('what is not a value of facts is refused before anything is written', async () => {
  const { audit } = await journalOf()
  const bad = { name: 'hub.started', data: { version: undefined } } as never
  await assert.rejects(
    storage.transaction(async (tx) => audit.append(tx, bad)),
    TypeError,
  )
})

test('reactors see each fact once, in a transaction of their own, what they append included', async () => {
  const { audit, write } = await journalOf()
  const seen: Recorded[] = []
  audit.react(async (facts, tx) => {
    seen.push(...facts)
    for (const { name } of facts) {
      if (name === 'connection.completed') audit.append(tx, { name: 'hub.started', data: { version: '1' } })
    }
  })
  await write(someFact(1), someFact(2))
  assert.equal(await audit.deliver(), 4)
  assert.deepEqual(
    seen.map(({ name }) => name),
    ['connection.completed', 'connection.completed', 'hub.started', 'hub.started'],
  )
  assert.equal(typeof seen[0]?.sequence, 'bigint')
  assert.equal(await audit.deliver(), 0)
  assert.equal(await count('outbox'), 0)
})

test('reactors hear what waits together, each transaction in its order, and nothing when nothing waits', async () => {
  const { audit, write } = await journalOf()
  const heard: string[][] = []
  audit.react(async (facts) => {
    heard.push(facts.map(({ data }) => (data as { connection: string }).connection))
  })
  await write(someFact(1), someFact(2))
  await write(someFact(3))
  assert.equal(await audit.deliver(), 3)
  assert.equal(await audit.deliver(), 0)
  assert.deepEqual(heard, [['con_1', 'con_2', 'con_3']])
})

test('what hundreds of transactions wait for is delivered in several batches', async () => {
  const { audit, write } = await journalOf()
  const heard: number[] = []
  audit.react(async (facts) => void heard.push(facts.length))
  for (let number = 0; number < 210; number++) await write(someFact(number))
  assert.equal(await audit.deliver(), 210)
  assert.deepEqual(heard, [100, 100, 10])
})

test('a reactor that throws keeps its row waiting, longer each time, and stops no other', async () => {
  const { audit, write, clock, log } = await journalOf()
  const seen: string[] = []
  let broken = true
  audit.react(async (facts, tx) => {
    for (const { data } of facts) {
      const { connection } = data as { connection: string }
      if (broken && connection === 'con_2') await sql`select 1 / 0`.execute(tx)
      seen.push(connection)
    }
  })
  for (const number of [1, 2, 3]) await write(someFact(number))
  assert.equal(await audit.deliver(), 2)
  // What was seen in the batch that was rolled back is seen again.
  assert.deepEqual(seen.slice(-2), ['con_1', 'con_3'])
  assert.deepEqual(await audit.backlog(), { unsealed: 3, undelivered: 1, failing: 1 })
  assert.equal(log.at(-1)?.message, 'journal: a reactor failed')
  assert.equal(log.at(-1)?.inside.attempts, 1)

  assert.equal(await audit.deliver(), 0)
  assert.equal(log.length, 1)
  clock.advance(2 * second)
  assert.equal(await audit.deliver(), 0)
  assert.equal(log.at(-1)?.inside.attempts, 2)
  broken = false
  clock.advance(3 * second)
  assert.equal(await audit.deliver(), 0)
  clock.advance(second)
  assert.equal(await audit.deliver(), 1)
  assert.deepEqual(await audit.backlog(), { unsealed: 3, undelivered: 0, failing: 0 })
})

test('a job that cannot be written holds up its own row only, and those of the others are there once', async () => {
  const { audit, write, log } = await journalOf()
  audit.react(async (facts, tx) => {
    for (const { data } of facts) {
      const { connection } = data as { connection: string }
      // The database refuses it, and only when the transaction ends: no `jsonb` holds a NUL.
      const message = connection === 'con_2' ? `${connection}\0` : connection
      await storage.jobs.enqueue(tx, 'alerts.mail', { message })
    }
  })
  for (const number of [1, 2, 3]) await write(someFact(number))
  assert.equal(await audit.deliver(), 2)
  const { rows } = await sql<{ message: string }>`
    select data ->> 'message' as message from pgboss.job where name = 'alerts.mail' order by 1`.execute(storage.db)
  assert.deepEqual(rows, [{ message: 'con_1' }, { message: 'con_3' }])
  assert.equal(log.at(-1)?.message, 'journal: a reactor failed')
  assert.deepEqual(await audit.backlog(), { unsealed: 3, undelivered: 1, failing: 1 })
})

test('several processes deliver side by side without doubling', async () => {
  const journal = await journalOf()
  const seen: bigint[] = []
  const processes = [journal.audit, journal.another(), journal.another()]
  for (const audit of processes) {
    audit.react(async (facts, tx) => {
      // A reactor acts through its transaction: what counts is what it commits.
      for (const { sequence } of facts) {
        await sql`insert into journal_nodes values (32767, ${String(sequence)}::text::bigint, ${Buffer.alloc(32)}::bytea)`.execute(
          tx,
        )
        seen.push(sequence)
      }
    })
  }
  await Promise.all(Array.from({ length: 150 }, (_, number) => journal.write(someFact(number), someFact(number))))
  const delivered = await Promise.all(processes.map((audit) => audit.deliver()))
  assert.equal(
    delivered.reduce((sum, facts) => sum + facts),
    300,
  )
  assert.equal(new Set(seen).size, 300)
  assert.equal(seen.length, 300)
  await sql`delete from journal_nodes where height = 32767`.execute(journal.storage.db)
})

test('sealing follows the sequence, signs one head, and signs nothing when nothing came', async () => {
  const { audit, write, verify } = await journalOf()
  for (let number = 0; number < 20; number++) await write(...connectionFacts(number))
  const head = await audit.sealNow()
  assert.equal(head?.size, 40)
  assert.equal(await audit.sealNow(), undefined)
  await write(someFact())
  assert.equal((await audit.sealNow())?.size, 41)
  assert.equal((await audit.head())?.size, 41)
  const { rows } = await sql<{ ordered: boolean }>`
    select bool_and(index = sequence - 1) as ordered from journal_leaves`.execute(storage.db)
  assert.equal(rows[0]?.ordered, true)
  const report = await verify()
  assert.deepEqual(report, {
    ok: true,
    leaves: 41,
    intact: 41,
    expired: 0,
    unsealed: 0,
    unsigned: 0,
    heads: { database: 2, outside: 2 },
    unreadableLines: 0,
    findings: [],
    found: 0,
  })
})

test('R080: many transactions at once with two sealers: every fact gets its leaf, once', async () => {
  const journal = await journalOf()
  const other = journal.another({ heads: {} })
  const writing = Promise.all(
    Array.from({ length: 200 }, async (_, number) => {
      await journal.write(...connectionFacts(number))
      if (number % 20 === 0) await Promise.all([journal.audit.sealNow(), other.sealNow()])
    }),
  )
  await writing
  await Promise.all([journal.audit.sealNow(), other.sealNow()])
  // The other one has no file and may have signed every head so far: the last one is signed by who writes outside.
  await journal.write(someFact(200))
  assert.equal((await journal.audit.sealNow())?.size, 401)
  const report = await journal.verify()
  assert.equal(
    report.ok,
    true,
    JSON.stringify(report.findings.slice(0, 3), (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
  )
  assert.equal(report.intact, 401)
  assert.equal(report.unsealed, 0)
})

test('a transaction that commits late is not lost, and nothing slips in behind it', async (t) => {
  const { audit, write, verify } = await journalOf()
  if (storage.kind === 'embedded') return t.skip('PGlite runs one transaction at a time; PostgreSQL runs this test')
  const drawn = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  // The slow one draws its sequence first: its hook runs, then another hook keeps the transaction open.
  const slow = storage.transaction(async (tx) => {
    audit.append(tx, someFact(1))
    storage.beforeCommit(tx, async () => {
      // The facts were sent and not waited for; this is answered after them.
      await sql`select 1`.execute(tx)
      drawn.resolve()
      await release.promise
    })
  })
  await drawn.promise
  await write(someFact(2))
  assert.equal(await audit.sealNow(), undefined)
  assert.deepEqual(await audit.backlog(), { unsealed: 1, undelivered: 1, failing: 0 })
  release.resolve()
  await slow
  assert.equal((await audit.sealNow())?.size, 2)
  const { facts } = await audit.explore({ limit: 2 })
  const [second, first] = facts
  assert.deepEqual([first?.data, second?.data], [someFact(1).data, someFact(2).data])
  assert.equal((await verify()).ok, true)
})

test('whoever writes in another database of the server, or writes no facts, holds nothing up', async (t) => {
  const { audit, write } = await journalOf()
  const server = process.env.DATABASE_URL
  if (!server) return t.skip('PGlite has one database and one transaction at a time; PostgreSQL runs this test')
  const number = 'select pg_current_xact_id()'
  const [begun, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const here = storage.transaction(async (tx) => {
    await sql.raw(number).execute(tx)
    begun.resolve()
    await release.promise
  })
  const elsewhere = new pg.Client({ connectionString: server })
  try {
    await elsewhere.connect()
    await elsewhere.query('begin')
    await elsewhere.query(number)
    await begun.promise
    await write(someFact(1))
    assert.equal((await audit.sealNow())?.size, 1)
  } finally {
    release.resolve()
    await Promise.all([here, elsewhere.end()])
  }
})

test('thousands of facts are sealed in one go, in several transactions', async () => {
  const { audit, verify } = await journalOf()
  await storage.transaction(async (tx) => {
    for (let number = 0; number < 6_000; number++) audit.append(tx, someFact(number))
  })
  assert.equal((await audit.sealNow())?.size, 6_000)
  const report = await verify()
  assert.equal(report.ok, true)
  assert.equal(report.intact, 6_000)
})

test('a signer that fails delays the head, not the journal', async () => {
  let broken = true
  const { signer } = await createTestSigner()
  const { audit, write, another } = await journalOf({
    signer: async () => {
      if (broken) throw new Error('no signature today')
      return signer
    },
  })
  await write(someFact())
  await assert.rejects(audit.sealNow(), /no signature today/)
  assert.equal(await count('journal_leaves'), 1)
  broken = false
  // The process that added the leaf may be gone.
  assert.equal((await another().sealNow())?.size, 1)
})

test('a process that dies between any two steps leaves a journal that the next one completes', async () => {
  for (const step of ['journal_leaves', 'journal_heads']) {
    const { audit, write, another, verify } = await journalOf()
    await write(someFact(1))
    await audit.sealNow()
    // The database refuses the step, as if the process had died there.
    await sql`create or replace function refuse() returns trigger language plpgsql as $$ begin raise 'died'; end $$`.execute(
      storage.db,
    )
    await sql`create trigger refuse before insert on ${sql.table(step)} execute function refuse()`.execute(storage.db)
    await write(someFact(2))
    await assert.rejects(audit.sealNow(), /died/)
    await sql`drop trigger refuse on ${sql.table(step)}`.execute(storage.db)
    await write(someFact(3))
    await another().sealNow()
    const report = await verify()
    assert.equal(report.ok, true)
    assert.equal(report.intact, 3)
    assert.equal(report.unsigned, 0)
  }
})

test('a tree that is not the one that was signed is not signed again', async () => {
  const { audit, write, another } = await journalOf()
  for (let number = 0; number < 40; number++) await write(someFact(number))
  await audit.sealNow()
  await sql`update journal_nodes set hash = ${Buffer.alloc(32, 1)}::bytea where position = 0`.execute(storage.db)
  await write(someFact())
  await assert.rejects(audit.sealNow(), {
    inside: { reason: 'not_the_signed_tree', size: 40, signed: 40 },
  })
  // Nor by a process that was started since, which knows the last head from the file.
  await assert.rejects(another().sealNow(), /not_the_signed_tree/)
  assert.equal((await audit.head())?.size, 40)
})

test('while the database is away sealing and delivering fail without an end, and go on when it is back', async () => {
  const journal = await journalOf()
  const { write, log, verify } = journal
  let away = false
  const gone = async () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  }
  const fragile: Storage = new Proxy(storage, {
    get: (target, member, receiver) => {
      if (away && (member === 'transaction' || member === 'db')) return member === 'db' ? lostHandle : gone
      return Reflect.get(target, member, receiver)
    },
  })
  const audit = journal.another({ storage: fragile })
  const delivered = Promise.withResolvers<void>()
  audit.react(async () => delivered.resolve())
  away = true
  await write(someFact())
  await audit.start()
  await waitFor(() => log.some(({ message }) => message === 'journal: sealing failed'))
  await waitFor(() => log.some(({ message }) => message === 'journal: delivering failed'))
  assert.match(inspect(log[0]?.inside.error), /code: 'ECONNREFUSED'/)
  away = false
  await delivered.promise
  await audit.stop()
  const report = await verify()
  assert.equal(report.ok, true)
  assert.equal(report.unsealed, 0)
})

const lostHandle = new Proxy(
  {},
  {
    get() {
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
  },
)

test('connections that break in the middle of sealing cost nothing', async (t) => {
  const { audit, write, verify } = await journalOf()
  if (storage.kind === 'embedded') return t.skip('PGlite has no connections; PostgreSQL runs this test')
  for (let number = 0; number < 50; number++) await write(...connectionFacts(number))
  // Whatever runs when the connections break may fail, and a connection may be found broken only when it is used.
  const broken = () => undefined
  for (let round = 0; round < 10; round++) {
    const sealing = audit.sealNow().catch(broken)
    await write(someFact(round)).catch(broken)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
      .execute(storage.db)
      .catch(broken)
    await sealing
  }
  for (let attempt = 0; attempt < 10 && !(await storage.alive()); attempt++);
  await write(someFact()).catch(broken)
  await audit.sealNow().catch(broken)
  await audit.sealNow()
  const report = await verify()
  assert.equal(report.ok, true)
  assert.equal(report.intact, await count('facts'))
  assert.ok(report.intact > 100)
  assert.deepEqual([report.unsealed, report.unsigned], [0, 0])
})

test('an append wakes the delivery of its own process, one by a reactor too; stopping seals what is left', async () => {
  const { audit, write, verify } = await journalOf()
  const [delivered, followed] = [Promise.withResolvers<Recorded>(), Promise.withResolvers<void>()]
  audit.react(async ([fact], tx) => {
    if (fact?.name === 'hub.started') return followed.resolve()
    audit.append(tx, { name: 'hub.started', data: { version: '1' } })
    if (fact) delivered.resolve(fact)
  })
  await audit.start()
  await write(someFact(7))
  assert.deepEqual((await delivered.promise).data, someFact(7).data)
  await followed.promise
  await audit.stop()
  assert.equal((await verify()).unsealed, 0)
})

test('expired facts go with their salt, their leaves stay, and the journal says so', async () => {
  const { audit, write, clock, verify } = await journalOf()
  for (let number = 0; number < 10; number++) await write(someFact(number))
  await write({ name: 'code.replayed', data: { connection: null, service: 'health-refunds' } })
  await audit.sealNow()
  const receipt = await audit.receipt(1n)
  clock.advance(364 * day)
  assert.equal(await audit.expire(), 0)
  clock.advance(2 * day)
  await write(someFact(11))
  assert.equal(await audit.expire(), 10)
  assert.equal(await audit.expire(), 0)
  await audit.sealNow()
  assert.equal(await count('facts'), 3)
  const report = await verify()
  assert.equal(report.ok, true)
  assert.equal(report.expired, 10)
  assert.equal(report.intact, 3)
  const [gone] = (await audit.explore({ names: ['journal.expired'], limit: 1 })).facts
  assert.deepEqual(gone?.data, { facts: 10 })
  assert.equal(await audit.receipt(1n), undefined)
  // Who took a receipt in time keeps the proof.
  assert.ok(receipt && (await verifyReceipt(receipt, (open.at(-1) as TestJournal).publicKey)).genuine)
})

test('facts that are not sealed never expire', async () => {
  const { audit, write, clock } = await journalOf()
  await write(someFact())
  clock.advance(400 * day)
  assert.equal(await audit.expire(), 0)
  assert.equal(await count('facts'), 1)
})

test('a longer duration in the settings holds at once, a shorter one for facts to come', async () => {
  const journal = await journalOf()
  await journal.write(someFact())
  await journal.audit.sealNow()
  const retention = { security: day, connection: day, administration: day }
  journal.clock.advance(10 * day)
  assert.equal(await journal.another({ retention }).expire(), 0)
  journal.clock.advance(366 * day)
  const longer = { security: 900 * day, connection: 900 * day, administration: 900 * day }
  assert.equal(await journal.another({ retention: longer }).expire(), 0)
  assert.equal(await journal.audit.expire(), 1)
})

test('expiry walks through more facts of one name than it looks at in one statement', async () => {
  const { audit, clock } = await journalOf()
  await storage.transaction(async (tx) => {
    for (let number = 0; number < 4_100; number++) audit.append(tx, someFact(number))
  })
  await audit.sealNow()
  clock.advance(367 * day)
  assert.equal(await audit.expire(), 4_100)
})

test('of old heads one for each day stays', async () => {
  const { audit, write, clock, verify } = await journalOf()
  for (let number = 0; number < 6; number++) {
    await write(someFact(number))
    await audit.sealNow()
    clock.advance(8 * hour)
  }
  await audit.expire()
  assert.equal(await count('journal_heads'), 2 + 1)
  assert.equal((await verify()).ok, true)
})

test('search finds by name, person and connection, the newest first, page by page', async () => {
  const { audit, write } = await journalOf()
  for (let number = 0; number < 9; number++) await write(...connectionFacts(number))
  const sequences = async (filter: Omit<Exploration, 'limit'>, limit = 10) =>
    (await audit.explore({ ...filter, limit })).facts.map(({ sequence }) => Number(sequence))
  const of = (field: 'person' | 'connection', id: string) => ({ subject: { field, id } })
  assert.deepEqual(await sequences(of('person', 'per_1')), [15, 9, 3])
  assert.deepEqual(await sequences(of('connection', 'con_4')), [10, 9])
  assert.deepEqual(await sequences({ ...of('connection', 'con_4'), names: ['connection.completed'] }), [10])
  assert.deepEqual(await sequences({ names: ['connection.refused'] }, 2), [17, 15])
  assert.deepEqual(await sequences({ names: ['connection.refused'], before: 15n }, 2), [13, 11])
  assert.deepEqual(await sequences({ names: [] }), [])
  assert.deepEqual(await sequences(of('person', "per_1' or true --")), [])
})

test('what has no index is looked for in a window, and the answer says where to go on', async () => {
  const { audit, write, clock } = await journalOf()
  await write(...connectionFacts(1))
  await sql`insert into facts (at, name, data, salt)
    select ${new Date(clock.now())}, 'provider.forged_choice', '{"service":"other"}', decode(repeat('00', 32), 'hex')
    from generate_series(1, 60000)`.execute(storage.db)
  const of = (id: string, page: object = {}) => audit.explore({ subject: { field: 'service', id }, limit: 5, ...page })
  const first = await of('health-refunds')
  assert.deepEqual([first.facts.length, first.older !== undefined], [0, true])
  const second = await of('health-refunds', { before: first.older })
  assert.deepEqual([second.facts.length > 0, second.older], [true, undefined])
  assert.equal((await of('other')).facts.length, 5)
})

test('facts of a time are found by it, at any length of the journal, and those of an operator by who did them', async () => {
  const { audit, write, clock } = await journalOf()
  const operator = 'opr_0123456789012345678901'
  for (let number = 0; number < 20; number++) {
    clock.advance(hour)
    await write(someFact(number))
  }
  await write({
    name: 'operator.suspended',
    data: { operator: 'opr_other', actor: { kind: 'operator', id: operator } },
  })
  const sequences = async (wanted: Omit<Exploration, 'limit'>) =>
    (await audit.explore({ ...wanted, limit: 500 })).facts.map(({ sequence }) => Number(sequence))
  const now = clock.now()
  assert.deepEqual(await sequences({ from: now - 2 * hour, until: now }), [19, 18])
  assert.deepEqual(await sequences({ until: now - 18 * hour }), [1])
  assert.deepEqual(await sequences({ from: now + 1 }), [])
  assert.deepEqual(await sequences({ subject: { field: 'operator', id: operator } }), [21])
})

test('an entry says what there is of a fact: unsealed, kept, expired, missing', async () => {
  const { audit, write, clock } = await journalOf()
  await write(someFact(1))
  assert.equal((await audit.entry(1n))?.state, 'unsealed')
  await audit.sealNow()
  await write(someFact(2))
  await audit.sealNow()
  const kept = await audit.entry(1n)
  assert.deepEqual([kept?.state, kept?.inclusion?.holds, kept?.since?.holds], ['kept', true, true])
  assert.deepEqual([kept?.since?.head.size, kept?.inclusion?.head.size], [1, 2])
  await sql`delete from facts where sequence = 2`.execute(storage.db)
  assert.equal((await audit.entry(2n))?.state, 'missing')
  clock.advance(4 * 365 * day)
  await audit.expire()
  const expired = await audit.entry(1n)
  assert.deepEqual([expired?.state, expired?.fact, expired?.inclusion?.holds], ['expired', undefined, true])
  assert.equal(await audit.entry(99n), undefined)
  await sql`update journal_leaves set commitment = decode(repeat('00', 32), 'hex') where sequence = 1`.execute(
    storage.db,
  )
  assert.equal((await audit.entry(1n))?.inclusion?.holds, false)
})

test('searches by person, connection and name use their index', async () => {
  await journalOf()
  const plans = [
    sql`explain select * from facts where (data ->> 'person') collate "C" = 'per_1' order by sequence desc limit 10`,
    sql`explain select * from facts where (data ->> 'connection') collate "C" = 'con_1' order by sequence desc limit 10`,
    sql`explain select * from facts where name = 'hub.started' order by sequence desc limit 10`,
    sql`explain select * from facts where (data ->> 'operator') collate "C" = 'opr_1' order by sequence desc limit 10`,
    sql`explain select * from facts where (data #>> '{actor,id}') collate "C" = 'opr_1' order by sequence desc limit 10`,
  ]
  await storage.transaction(async (tx) => {
    // On an empty table every way is as good: what is left is the index in its order, if it can serve at all.
    for (const way of ['seqscan', 'bitmapscan', 'sort']) await sql.raw(`set local enable_${way} = off`).execute(tx)
    for (const [place, index] of [
      'facts_person',
      'facts_connection',
      'facts_name',
      'facts_operator',
      'facts_actor',
    ].entries()) {
      const plan = await plans[place]?.execute(tx)
      const text = JSON.stringify(plan?.rows)
      assert.match(text, new RegExp(`using ${index} `, 'i'))
      assert.doesNotMatch(text, /Sort/)
    }
  })
})

test('a receipt proves its fact to somebody who has only the public key', async () => {
  const { audit, write, publicKey, clock } = await journalOf()
  for (let number = 0; number < 37; number++) await write(...connectionFacts(number))
  await audit.sealNow()
  const [fact] = (await audit.explore({ subject: { field: 'connection', id: 'con_17' }, limit: 1 })).facts
  const receipt = await audit.receipt(fact?.sequence ?? 0n)
  assert.ok(receipt)
  const handedOut = JSON.parse(JSON.stringify(receipt)) as typeof receipt
  assert.deepEqual(await verifyReceipt(handedOut, publicKey), {
    genuine: true,
    origin: testOrigin,
    signedAt: clock.now(),
  })
  assert.deepEqual(handedOut.fact.data, someFact(17).data)

  const stranger = await createTestSigner()
  const forged: [string, typeof receipt, typeof publicKey][] = [
    ['inclusion', { ...receipt, fact: { ...receipt.fact, at: receipt.fact.at + 1 } }, publicKey],
    ['inclusion', { ...receipt, fact: { ...receipt.fact, data: { connection: 'con_18' } } }, publicKey],
    ['inclusion', { ...receipt, fact: { ...receipt.fact, sequence: receipt.fact.sequence + 1 } }, publicKey],
    ['inclusion', { ...receipt, leaf: { ...receipt.leaf, until: receipt.leaf.until + 1 } }, publicKey],
    ['inclusion', { ...receipt, leaf: { ...receipt.leaf, index: receipt.leaf.index + 1 } }, publicKey],
    ['inclusion', { ...receipt, inclusion: receipt.inclusion.slice(1) }, publicKey],
    ['inclusion', { ...receipt, salt: '' }, publicKey],
    ['malformed', { ...receipt, fact: { ...receipt.fact, data: { at: 1.5 } } }, publicKey],
    ['malformed', { ...receipt, leaf: { ...receipt.leaf, until: -1 } }, publicKey],
    ['head', { ...receipt, head: { ...receipt.head, size: receipt.head.size + 1 } }, publicKey],
    ['head', { ...receipt, head: { ...receipt.head, at: 0 } }, publicKey],
    ['signature', { ...receipt, head: { ...receipt.head, signature: 'a.b.c' } }, publicKey],
    ['signature', receipt, stranger.publicKey],
  ]
  for (const [reason, bad, key] of forged) assert.deepEqual(await verifyReceipt(bad, key), { genuine: false, reason })
})

test('there is no receipt for a fact that is not there, or not under a head yet', async () => {
  const { audit, write } = await journalOf()
  await write(someFact())
  assert.equal(await audit.receipt(1n), undefined)
  await audit.sealNow()
  assert.ok(await audit.receipt(1n))
  assert.equal(await audit.receipt(2n), undefined)
})

describe('the receipt of a connection', () => {
  const connection = 'con_17' as const
  const origin = testOrigin
  let journal: TestJournal
  let receipt: ConnectionReceipt

  before(async () => {
    journal = await journalOf()
    const { audit, write } = journal
    for (let number = 0; number < 20; number++) await write(...connectionFacts(number))
    assert.equal(await audit.receiptOf(connection), 'waiting')
    await audit.sealNow()
    await write({ name: 'journal.searched', data: { operator: 'opr_1', person: null, connection, reason: 'incident' } })
    await audit.sealNow()
    const found = await audit.receiptOf(connection)
    assert.ok(typeof found === 'object')
    receipt = found
  })

  const verified = (one: ConnectionReceipt, key = journal.publicKey) =>
    verifyConnectionReceipt(JSON.parse(JSON.stringify(one)), key)

  test('R102: proves what was done, and names nobody who looked at it', async () => {
    assert.deepEqual(
      receipt.facts.map(({ fact: { name, data } }) => ({ name, data })),
      connectionFacts(17),
    )
    assert.deepEqual(await verified(receipt), { genuine: true, origin, signedAt: journal.clock.now() })
    assert.deepEqual(readReceipt(JSON.stringify(receipt)), receipt)
  })

  test('is refused for whatever is not as it was signed', async () => {
    const { audit, publicKey, write } = journal
    const [first, second] = receipt.facts
    const other = (await audit.receiptOf('con_3')) as ConnectionReceipt
    assert.ok(first && second && other.facts[0])
    await write(someFact(99))
    await audit.sealNow()
    const later = (await audit.receiptOf(connection)) as ConnectionReceipt
    const said = first.fact.data as Record<string, unknown>
    const stranger = await createTestSigner()
    const elsewhere = await elsewhereSigned(receipt)
    const withFirst = (changes: Partial<Receipt>) => ({ ...receipt, facts: [{ ...first, ...changes }, second] })
    const forged: [string, string, ConnectionReceipt, (typeof publicKey)[]][] = [
      [
        'another service',
        'inclusion',
        withFirst({ fact: { ...first.fact, data: { ...said, service: 'x' } } }),
        [publicKey],
      ],
      [
        'one more letter',
        'inclusion',
        withFirst({ fact: { ...first.fact, data: { ...said, reason: 'internal' } } }),
        [publicKey],
      ],
      ['another instant', 'inclusion', withFirst({ fact: { ...first.fact, at: first.fact.at + 1 } }), [publicKey]],
      ['another salt', 'inclusion', withFirst({ salt: second.salt }), [publicKey]],
      ['the head of another day', 'inclusion', withFirst({ head: later.facts[0]?.head ?? first.head }), [publicKey]],
      ['a root of one’s own', 'head', withFirst({ head: { ...first.head, root: second.salt } }), [publicKey]],
      ['another connection above', 'other_connection', { ...receipt, connection: 'con_3' }, [publicKey]],
      ['another connection below', 'other_connection', { ...receipt, facts: [other.facts[0], first] }, [publicKey]],
      [
        'the journal of another hub',
        'other_connection',
        { ...receipt, facts: [first, elsewhere.fact] },
        [publicKey, elsewhere.key],
      ],
      ['the wrong order', 'malformed', { ...receipt, facts: [second, first] }, [publicKey]],
      ['the same twice', 'malformed', { ...receipt, facts: [first, first] }, [publicKey]],
      ['nothing', 'malformed', { ...receipt, facts: [] }, [publicKey]],
      ['the key of a stranger', 'signature', receipt, [stranger.publicKey]],
    ]
    for (const [what, reason, bad, keys] of forged) {
      assert.deepEqual(await verifyConnectionReceipt(bad, keys), { genuine: false, reason }, what)
    }
  })

  /** The second fact as the journal of another hub proves it, with the key of that one. */
  async function elsewhereSigned({ facts }: ConnectionReceipt) {
    const [, second] = facts
    assert.ok(second)
    const { signer, publicKey: key } = await createTestSigner('key_elsewhere')
    const { size, root, at } = second.head
    const payload = { format: 'garant-journal-1', origin: 'https://other.example', size, root, at }
    const { since: _, ...rest } = second
    return { key, fact: { ...rest, head: { ...second.head, signature: await signer.sign(payload) } } }
  }

  test('any letter of it that is changed is noticed', async () => {
    const text = JSON.stringify(receipt)
    let tried = 0
    for (const { index, 0: letter } of text.matchAll(/(?<=[[:,]"[^"]*)[\w-](?=[^"]*"(?!:))|[0-9](?=[,}])/g)) {
      // All of what comes last in its string, where a letter may have bits to spare, and some of the rest.
      if (index % 11 > 0 && text[index + 1] !== '"') continue
      const changed = `${text.slice(0, index)}${letter === 'A' || letter === '1' ? '2' : '1'}${text.slice(index + 1)}`
      const read = readReceipt(changed)
      if (!read || !('facts' in read) || JSON.stringify(read) === text) continue
      tried += 1
      const { genuine } = await verifyConnectionReceipt(read, journal.publicKey)
      assert.equal(genuine, false, `at ${index}: ${changed.slice(Math.max(0, index - 20), index + 20)}`)
    }
    assert.ok(tried > 100, String(tried))
    const [first] = receipt.facts
    assert.ok(first)
    const spare = `${first.head.signature.slice(0, -1)}${first.head.signature.endsWith('B') ? 'C' : 'B'}`
    const withSpare = { ...receipt, facts: [{ ...first, head: { ...first.head, signature: spare } }] }
    assert.equal(readReceipt(JSON.stringify(withSpare)), undefined)
  })

  test('outlives the facts, of which there is none to be had any more', async () => {
    const { audit, clock } = journal
    clock.advance(366 * day)
    await audit.expire()
    assert.equal(await audit.receiptOf(connection), 'gone')
    assert.equal(await audit.receiptOf('con_unknown'), 'gone')
    assert.equal((await verified(receipt)).genuine, true)
  })
})

test('any two heads are proved consistent', async () => {
  const { audit, write } = await journalOf()
  const heads = []
  for (const facts of [3, 14, 1, 60]) {
    for (let number = 0; number < facts; number++) await write(someFact(number))
    heads.push(await audit.sealNow())
  }
  for (const first of heads) {
    for (const second of heads) {
      if (!first || !second || first.size > second.size) continue
      const path = await audit.consistency(first.size, second.size)
      assert.ok(
        verifyConsistency({
          first: { size: first.size, root: Buffer.from(first.root, 'base64url') },
          second: { size: second.size, root: Buffer.from(second.root, 'base64url') },
          path: path.map((part) => Buffer.from(part, 'base64url')),
        }),
      )
    }
  }
})

test('heads are posted in the form of the file, again until they are accepted', async () => {
  const bodies: string[] = []
  let refusals = 1
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (refusals-- > 0) response.writeHead(503).end()
    else {
      bodies.push(Buffer.concat(chunks).toString())
      response.writeHead(204).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/heads`
  const journal = await journalOf({ fetch })
  const audit = journal.another({ heads: { file: journal.headsFile, url }, fetch })
  await journal.write(someFact(1))
  await audit.sealNow()
  await journal.write(someFact(2))
  await audit.sealNow()
  await waitFor(() => bodies.length === 2)
  assert.equal(bodies.join(''), readFileSync(journal.headsFile, 'utf8'))
  assert.equal(journal.log[0]?.message, 'journal: heads could not be posted')
  await audit.stop()
  await new Promise((resolve) => server.close(resolve))
})

test('an address that does not answer holds nothing up', async () => {
  const journal = await journalOf()
  const audit = journal.another({ heads: { url: 'https://nobody.example' }, fetch: () => new Promise(() => {}) })
  await journal.write(someFact())
  assert.equal((await audit.sealNow())?.size, 1)
})

test('what the file of heads could not take is written later, every leaf of it', async () => {
  const journal = await journalOf()
  await journal.write(someFact(1))
  await journal.audit.sealNow()
  renameSync(journal.headsFile, `${journal.headsFile}.1`)
  await mkdir(journal.headsFile)
  await journal.write(someFact(2))
  // A head is signed all the same.
  assert.equal((await journal.audit.sealNow())?.size, 2)
  assert.equal(journal.log.at(-1)?.message, 'journal: heads could not be written outside')
  await rm(journal.headsFile, { recursive: true })
  renameSync(`${journal.headsFile}.1`, journal.headsFile)
  await journal.write(someFact(3))
  await journal.audit.sealNow()
  const lines = readFileSync(journal.headsFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    lines.filter(({ leaves }) => leaves).map(({ leaves }) => [leaves.from, leaves.sequences]),
    [
      [0, '1'],
      [1, '2-3'],
    ],
  )
  assert.equal((await journal.verify()).ok, true)
})

test('a line that a crash cut off is closed, and costs only itself', async () => {
  const journal = await journalOf()
  await journal.write(someFact(1))
  await journal.audit.sealNow()
  appendFileSync(journal.headsFile, '{"leaves":{"from":1,"sequ')
  await journal.write(someFact(2))
  await journal.another().sealNow()
  const report = await journal.verify()
  assert.equal(report.ok, true)
  assert.equal(report.unreadableLines, 1)
  assert.equal(report.heads.outside, 2)
})

test('the file of heads may be moved away at any moment; both parts verify together', async () => {
  const journal = await journalOf()
  await journal.write(someFact(1))
  await journal.audit.sealNow()
  const older = join(journal.headsFile, '..', 'older.jsonl')
  renameSync(journal.headsFile, older)
  await journal.write(someFact(2))
  await journal.audit.sealNow()
  const report = await journal.verify({ headsFiles: [older, journal.headsFile] })
  assert.equal(report.ok, true)
  assert.equal(report.heads.outside, 2)
  rmSync(older)
  writeFileSync(older, '')
})

/** For what happens on its own after a timer of the room; fails by the test's own time limit. */
async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
