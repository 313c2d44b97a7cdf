import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { createTestDatabase, openTestStorage, type TestDatabase } from '../../test/support/database.ts'
import { type Db, openStorage, type Storage, type Tx } from './storage.ts'

const stateKey = Buffer.alloc(32, 7)

describe('transactions', () => {
  let storage: Storage
  before(async () => {
    storage = await openTestStorage(createTestClock())
    await sql`create table note (text text primary key)`.execute(storage.db)
  })
  after(() => storage.close())

  const notes = async () =>
    (await sql<{ text: string }>`select text from note order by text`.execute(storage.db)).rows.map(({ text }) => text)

  test('the root handle inside a transaction throws at once instead of waiting for ever', async () => {
    const tables = storage.db.withTables<{ note: { text: string } }>()
    const mistakes: (() => Promise<unknown>)[] = [
      () => sql`select 1`.execute(storage.db),
      // A handle that a store made for itself beforehand.
      () => tables.selectFrom('note').selectAll().execute(),
      () => storage.state.getMany([{ kind: 'flow', key: 'one' }]),
      () => storage.transaction(async () => {}),
      () => storage.jobs.drain(),
    ]
    for (const mistake of mistakes) {
      await assert.rejects(
        storage.transaction(() => mistake()),
        /inside a transaction/,
      )
    }
  })

  test('what a transaction started may use the root handle once it is over', async () => {
    const over = Promise.withResolvers<void>()
    let later: Promise<unknown> | undefined
    await storage.transaction(async () => {
      later = over.promise.then(() => sql`select 1`.execute(storage.db))
    })
    over.resolve()
    await later
  })

  test('transactions that overlap do not see or undo each other', async () => {
    const gate = Promise.withResolvers<void>()
    const failing = storage.transaction(async (tx) => {
      await sql`insert into note values ('rolled back')`.execute(tx)
      gate.resolve()
      throw new Error('changed my mind')
    })
    const working = storage.transaction(async (tx) => {
      await gate.promise
      await sql`insert into note values ('kept')`.execute(tx)
    })
    await assert.rejects(failing, /changed my mind/)
    await working
    assert.deepEqual(await notes(), ['kept'])
  })

  test('hooks run before the commit, in order, with what they register themselves, and once', async () => {
    const order: string[] = []
    const result = await storage.transaction(async (tx) => {
      storage.beforeCommit(tx, async () => {
        order.push('first')
        storage.beforeCommit(tx, async () => void order.push('third'))
        await sql`insert into note values ('by a hook')`.execute(tx)
      })
      storage.beforeCommit(tx, async () => void order.push('second'))
      order.push('work')
      return 'result'
    })
    assert.equal(result, 'result')
    assert.deepEqual(order, ['work', 'first', 'second', 'third'])
    assert.deepEqual(await notes(), ['by a hook', 'kept'])
  })

  test('a hook that fails undoes everything; one that could never run is refused', async () => {
    let kept: Parameters<Storage['beforeCommit']>[0] | undefined
    const failing = storage.transaction(async (tx) => {
      kept = tx
      await sql`insert into note values ('undone')`.execute(tx)
      storage.beforeCommit(tx, () => Promise.reject(new Error('hook')))
    })
    await assert.rejects(failing, /hook/)
    assert.deepEqual(await notes(), ['by a hook', 'kept'])
    assert.ok(kept)
    const tx = kept
    assert.throws(() => storage.beforeCommit(tx, async () => {}), /outside a transaction/)
  })

  test('a statement behind the others is committed with them', async () => {
    await storage.transaction(async (tx) => {
      storage.behind(tx, sql`insert into note values ('behind')`.execute(tx))
      // Also of a hook, the last moment before the commit.
      storage.beforeCommit(tx, async () => storage.behind(tx, sql`insert into note values ('last')`.execute(tx)))
    })
    assert.deepEqual(await notes(), ['behind', 'by a hook', 'kept', 'last'])
    await sql`delete from note where text in ('behind', 'last')`.execute(storage.db)
  })

  test('a statement behind the others that fails undoes everything, and the caller gets its error', async () => {
    const circular: { self?: unknown } = {}
    circular.self = circular
    const failing: [RegExp, (tx: Tx) => Promise<unknown>][] = [
      [/duplicate key/, (tx) => sql`insert into note values ('kept')`.execute(tx)],
      // The server never hears of this one: alone it would let the rest be committed.
      [/circular/i, (tx) => sql`insert into note values (${circular}::jsonb ->> 'self')`.execute(tx)],
    ]
    for (const [message, statement] of failing) {
      const transaction = storage.transaction(async (tx) => {
        await sql`insert into note values ('undone')`.execute(tx)
        storage.beforeCommit(tx, async () => storage.behind(tx, statement(tx)))
      })
      await assert.rejects(transaction, message)
      assert.deepEqual(await notes(), ['by a hook', 'kept'])
    }
  })

  test('a failed statement that nobody looked at is not taken for a success', async () => {
    const transaction = storage.transaction(async (tx) => {
      await sql`insert into note values ('undone')`.execute(tx)
      await sql`insert into note values ('kept')`.execute(tx).catch(() => {})
    })
    await assert.rejects(transaction, /duplicate key/)
    assert.deepEqual(await notes(), ['by a hook', 'kept'])
  })

  test('what waits behind a failed statement hears why that one failed', async () => {
    assert.ok((await notes()).includes('kept'))
    const heard: unknown[] = []
    const work = storage.transaction(async (tx) => {
      const taken = sql`insert into note values ('kept')`.execute(tx)
      const behind = [1, 2].map((n) => sql`select ${n}::int`.execute(tx))
      for (const { reason } of (await Promise.allSettled([taken, ...behind])) as PromiseRejectedResult[])
        heard.push(reason)
    })
    const error: unknown = await work.catch((thrown: unknown) => thrown)
    assert.equal((error as { code?: string }).code, '23505')
    assert.deepEqual(heard, [error, error, error])
  })

  test('a transaction that is over takes no statement', async () => {
    let kept: Tx | undefined
    await storage.transaction(async (tx) => {
      kept = tx
    })
    assert.ok(kept)
    await assert.rejects(sql`insert into note values ('late')`.execute(kept), /over|committed/)
    const tx = kept
    assert.throws(() => storage.behind(tx, Promise.resolve()), /outside a transaction/)
    assert.deepEqual(await notes(), ['by a hook', 'kept'])
  })

  test('a notification is heard after the commit only, and never when there is none', async (t) => {
    const heard: string[] = []
    const arrived = new EventTarget()
    const stop = await storage.listen('garant_partners', (payload) => {
      heard.push(payload)
      arrived.dispatchEvent(new Event('heard'))
    })
    t.after(stop)
    const failing = storage.transaction(async (tx) => {
      await storage.notify(tx, 'garant_partners', 'never')
      throw new Error('changed my mind')
    })
    await assert.rejects(failing, /changed my mind/)
    const first = once(arrived, 'heard')
    await storage.transaction(async (tx) => {
      await storage.notify(tx, 'garant_partners', 'committed')
      await sql`select 1`.execute(tx)
      assert.deepEqual(heard, [])
    })
    await first
    assert.deepEqual(heard, ['committed'])

    await stop()
    await storage.transaction((tx) => storage.notify(tx, 'garant_partners', 'nobody listens'))
    await storage.transaction((tx) => storage.notify(tx, 'garant_keys'))
    assert.deepEqual(heard, ['committed'])
  })

  test('of statements that are sent together one that fails fails alone, with its own code', async () => {
    const answers = await Promise.allSettled([
      sql`select 1 as one`.execute(storage.db),
      sql`select 1 / ${0}::int`.execute(storage.db),
      sql`insert into note values ('kept')`.execute(storage.db),
      sql`select 3 as three`.execute(storage.db),
    ])
    const said = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.rows : answer.reason.code))
    assert.deepEqual(said, [[{ one: 1 }], '22012', '23505', [{ three: 3 }]])
  })

  test('a statement that comes again is served whatever became of it before', async () => {
    const add = (value: unknown) => sql`insert into seen values (${value}::jsonb) returning *`.execute(storage.db)
    await sql`create table seen (value jsonb unique)`.execute(storage.db)
    const rows = async (value: unknown) => (await add(value)).rows
    const circular: { self?: unknown } = {}
    circular.self = circular
    // Twice each: what is kept of a statement is kept from its second time on.
    for (const turn of [1, 2, 3]) {
      assert.deepEqual(await rows({ turn }), [{ value: { turn } }])
      await assert.rejects(add({ turn }), { code: '23505' })
      await assert.rejects(add('no json'), { code: '22P02' })
      await assert.rejects(add(circular), /circular/i)
    }
    // A newer version of the hub changes tables while this one serves: what was kept is stale, on every connection.
    await sql`alter table seen add column more int default 7`.execute(storage.db)
    for (const turn of [4, 5, 6]) assert.deepEqual(await rows({ turn }), [{ value: { turn }, more: 7 }])
    await sql`drop table seen`.execute(storage.db)
    for (const _ of [1, 2]) await assert.rejects(add({}), { code: '42P01' })
  })

  test('in a transaction too, except where the type of a column has changed: that one is told to come again', async () => {
    await sql`create table typed (n int)`.execute(storage.db)
    await sql`insert into typed values (7)`.execute(storage.db)
    const read = () => storage.transaction(async (tx) => (await sql`select n from typed`.execute(tx)).rows)
    const readAll = () => storage.transaction(async (tx) => (await sql`select * from typed`.execute(tx)).rows)
    for (const _ of [1, 2, 3]) assert.deepEqual([await read(), await readAll()], [[{ n: 7 }], [{ n: 7 }]])
    // The one connection there is belongs to the process that migrates: nobody else changes its tables.
    if (storage.kind === 'server') {
      await sql`alter table typed add column more int default 8`.execute(storage.db)
      for (const _ of [1, 2]) assert.deepEqual([await read(), await readAll()], [[{ n: 7 }], [{ n: 7, more: 8 }]])
    }
    await sql`alter table typed alter column n type text`.execute(storage.db)
    await assert.rejects(read(), { error: 'database_unavailable' })
    for (const _ of [1, 2, 3]) assert.deepEqual(await read(), [{ n: '7' }])
  })

  test('a template is written with its values in order, however it is put together', async () => {
    const ask = async (hole: unknown) => {
      const { rows } = await sql<{ answer: string }>`
        select concat_ws('|', ${'before'}::text, coalesce(${hole}, ''), ${'after'}::text) as answer`.execute(storage.db)
      return rows[0]?.answer
    }
    const inner = sql`${'one'}::text || ${sql.join(
      ['two', 'three'].map((word) => sql`${word}::text`),
      sql` || `,
    )}`
    // The same template with a value in its hole, with a template there, and with what only Kysely writes.
    assert.equal(await ask('value'), 'before|value|after')
    assert.equal(await ask(inner), 'before|onetwothree|after')
    assert.equal(await ask(sql.lit("it's")), "before|it's|after")
    assert.equal(await ask(sql`${sql.id('to_hex')}(${255}::int)`), 'before|ff|after')
    assert.equal(await ask('again'), 'before|again|after')
  })

  test('values of many megabytes go and come back whole', async () => {
    const bytes = Buffer.alloc(9_000_000, 'Zoé ')
    const text = 'é'.repeat(3_000_000)
    const { rows } = await sql<{ bytes: Buffer; text: string }>`select ${bytes}::bytea as bytes, ${text}::text as text
      from generate_series(1, 2)`.execute(storage.db)
    assert.equal(rows.length, 2)
    for (const row of rows) {
      assert.ok(row.bytes.equals(bytes))
      assert.equal(row.text, text)
    }
  })

  test('who asks while a transaction runs is served; on the one connection there is, in the order of asking', async () => {
    const gate = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const count = async () => {
      const { rows } = await sql<{ n: number }>`select count(*) as n from turns`.execute(storage.db)
      return rows[0]?.n
    }
    const add = (wait?: Promise<void>) =>
      storage.transaction(async (tx) => {
        await sql`insert into turns values (default)`.execute(tx)
        begun.resolve()
        await wait
      })
    await sql`create table turns (number serial)`.execute(storage.db)
    const first = add(gate.promise)
    await begun.promise
    const others = [count(), add(), count(), add(), count()]
    gate.resolve()
    const seen = await Promise.all(others)
    await first
    if (storage.kind === 'embedded') assert.deepEqual(seen, [1, undefined, 2, undefined, 3])
    assert.equal(await count(), 3)
  })

  test('a statement that fails says who asked it, alone as in a transaction', async () => {
    const ask = async (handle: Db | Tx) => {
      await sql`select nothing from nowhere`.execute(handle)
    }
    const saysWho = (error: Error) => /storage\.test\.ts/.test(error.stack ?? '')
    for (const _ of [1, 2, 3]) {
      await assert.rejects(ask(storage.db), saysWho)
      await assert.rejects(storage.transaction(ask), saysWho)
    }
  })

  test('an instant goes and comes back the same, whatever its year', async () => {
    const years = ['0001', '0999', '1000', '1582', '1970', '2026', '9999', '+010000', '+020000']
    const instants = years.flatMap((year) => [
      new Date(`${year}-01-01T00:00:00.001Z`),
      new Date(`${year}-12-31T23:59:59.999Z`),
    ])
    for (const instant of instants) {
      const { rows } = await sql`select ${instant}::timestamptz as instant`.execute(storage.db)
      assert.deepEqual(rows, [{ instant }])
    }
  })

  test('both kinds of database answer with the same types', async () => {
    const { rows } =
      await sql`select 1::int8 as small, 9007199254740993::int8 as large, ${Buffer.from('é')}::bytea as bytes,
      date '2026-02-28' as date, ${new Date(0)}::timestamptz as instant, array['a', null] as texts,
      '{"a": [1]}'::jsonb as json, 1.10::numeric as exact, null as nothing, true as truth`.execute(storage.db)
    assert.deepEqual(rows, [
      {
        small: 1,
        large: 9007199254740993n,
        bytes: Buffer.from('é'),
        date: '2026-02-28',
        instant: new Date(0),
        texts: ['a', null],
        json: { a: [1] },
        exact: '1.10',
        nothing: null,
        truth: true,
      },
    ])
  })
})

test('what was asked before a storage closes is answered, and what is asked afterwards is refused', async () => {
  const storage = await openTestStorage(createTestClock())
  await sql`create table note (text text)`.execute(storage.db)
  const gate = Promise.withResolvers<void>()
  const asked = [
    storage.transaction(async (tx) => {
      await gate.promise
      await sql`insert into note values ('first')`.execute(tx)
    }),
    sql`insert into note values ('second') returning text`.execute(storage.db),
  ]
  const closed = storage.close()
  gate.resolve()
  await Promise.all(asked)
  await closed
  for (const late of [() => sql`select 1`.execute(storage.db), () => storage.transaction(async () => {})]) {
    await assert.rejects(late, { error: 'database_unavailable' })
  }
})

test('the embedded database cleans up after itself as a server does, where there is something to clean', async (t) => {
  const clock = createTestClock()
  const storage = await openTestStorage(clock)
  t.after(() => storage.close())
  if (storage.kind === 'server') return t.skip('a server does it by itself')
  await storage.jobs.start()
  await sql`create table worn (id int primary key)`.execute(storage.db)
  await sql`create table rested (id int primary key)`.execute(storage.db)
  await sql`insert into worn select generate_series(1, 1000)`.execute(storage.db)
  await sql`delete from worn where id > 10`.execute(storage.db)
  await storage.transaction((tx) => storage.jobs.enqueue(tx, 'housekeeping.state', {}))
  await storage.jobs.drain()
  const { rows } = await sql`select relname, vacuum_count > 0 as vacuumed, n_dead_tup as dead from pg_stat_user_tables
    where relname in ('worn', 'rested') order by relname`.execute(storage.db)
  assert.deepEqual(rows, [
    { relname: 'rested', vacuumed: false, dead: 0 },
    { relname: 'worn', vacuumed: true, dead: 0 },
  ])
})

test('no server at the address is said in those words', async () => {
  const location = { kind: 'server', url: 'postgres://nobody@127.0.0.1:1/none' } as const
  await assert.rejects(openStorage({ location, clock: createTestClock(), stateKey }), {
    error: 'database_unavailable',
    inside: { reason: 'ECONNREFUSED' },
  })
})

test('a closed storage is not alive, and says that the database is unavailable', async () => {
  const storage = await openTestStorage(createTestClock())
  assert.equal(await storage.alive(), true)
  await storage.close()
  assert.equal(await storage.alive(), false)
  await assert.rejects(sql`select 1`.execute(storage.db), { error: 'database_unavailable' })
})

const needsServer = { skip: process.env.DATABASE_URL ? false : 'a server to lose: give DATABASE_URL' }

test(
  'processes that open an empty database together are a success, and then share its jobs',
  needsServer,
  async (t) => {
    const database = await createTestDatabase()
    const clock = createTestClock()
    const open = () => openStorage({ location: database.location, clock, stateKey })
    const processes = await Promise.all([open(), open(), open()])
    t.after(async () => {
      await Promise.all(processes.map((storage) => storage.close()))
      await database.drop()
    })
    const handled: string[] = []
    for (const { jobs } of processes) jobs.work('alerts.mail', async ({ message }) => void handled.push(message))
    await Promise.all(processes.map(({ jobs }) => jobs.start()))
    const messages = Array.from({ length: 60 }, (_, index) => `msg_${index}` as const)
    await Promise.all(
      messages.map((message, index) => {
        const { transaction, jobs } = processes[index % 3] ?? processes[0]
        return transaction((tx) => jobs.enqueue(tx, 'alerts.mail', { message }))
      }),
    )
    await Promise.all(processes.map(({ jobs }) => jobs.drain()))
    assert.deepEqual(handled.sort(), messages.sort(), 'each once')
  },
)

// By itself: nothing else may live by the timers that are moved here.
test(
  'a server that says nothing any more is given up after twenty seconds, and what waited is told so',
  needsServer,
  async (t) => {
    const database = await createTestDatabase()
    const begun = Math.round(performance.now())
    let passed = 0
    t.mock.method(performance, 'now', () => begun + passed)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const turns = async (count: number) => {
      for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
    }
    const pass = async (time: number) => {
      // What was asked leaves first; afterwards a closed socket says so, and who waited on it hears of that.
      await turns(2)
      passed += time
      t.mock.timers.tick(time)
      await turns(5)
    }
    assert.ok(database.location.kind === 'server')
    const quiet = await openRoad(new URL(database.location.url))
    const location = { kind: 'server', url: quiet.url, poolSize: 5 } as const
    const storage = await openStorage({ location, clock: createTestClock(), stateKey })
    t.after(async () => {
      t.mock.reset()
      await quiet.close()
      await storage.close()
      await database.drop()
    })
    const told: unknown[] = []
    const ask = (question: Promise<unknown>) => question.catch((error: { error: string }) => told.push(error.error))
    const askInTransaction = () => storage.transaction(async (tx) => sql`select 1`.execute(tx))

    // All connections that are asked below are open, and more than two are idle whatever the jobs ask in between.
    await Promise.all([sql`select 1`.execute(storage.db), sql`select 1`.execute(storage.db)])
    await pass(5_000)
    await Promise.all(Array.from({ length: 5 }, askInTransaction))
    quiet.hush()
    const first = ask(sql`select 1`.execute(storage.db))
    await pass(8_000)
    const others = [
      ask(sql`select 2`.execute(storage.db)),
      ask(askInTransaction()),
      storage.alive().then((alive) => told.push(alive)),
    ]
    await pass(11_999)
    assert.deepEqual([...told], [])
    await pass(1)
    assert.deepEqual([...told], ['database_unavailable'])
    await pass(7_999)
    assert.equal(told.length, 1)
    await pass(1)
    await Promise.all([first, ...others])
    assert.equal(told.filter((word) => word === 'database_unavailable').length, 3)
    assert.ok(told.includes(false), 'the database is not said to be alive')
    t.mock.timers.reset()
    // By connections that are opened in place of those.
    const { rows } = await sql`select 4 as four`.execute(storage.db)
    assert.deepEqual(rows, [{ four: 4 }])
    await askInTransaction()
  },
)

describe('a server that goes away', needsServer, () => {
  let database: TestDatabase
  let storage: Storage
  let road: Road
  before(async () => {
    database = await createTestDatabase()
    assert.ok(database.location.kind === 'server')
    road = await openRoad(new URL(database.location.url))
    storage = await openStorage({
      location: { kind: 'server', url: road.url, poolSize: 4 },
      clock: createTestClock(),
      stateKey,
    })
  })
  after(async () => {
    await storage.close()
    await road.close()
    await database.drop()
  })

  test('costs the requests of that moment a plain answer; work, news and jobs go on when it is back', async () => {
    const handled = new EventTarget()
    storage.jobs.work('alerts.mail', async () => void handled.dispatchEvent(new Event('done')))
    await storage.jobs.start()
    const heard: string[] = []
    const news = new EventTarget()
    await storage.listen('garant_keys', (payload) => {
      heard.push(payload)
      news.dispatchEvent(new Event('heard'))
    })

    road.cut()
    assert.equal(await storage.alive(), false)
    await assert.rejects(sql`select 1`.execute(storage.db), { error: 'database_unavailable' })
    await assert.rejects(
      storage.transaction(async (tx) => sql`select 1`.execute(tx)),
      { error: 'database_unavailable' },
    )

    const again = once(news, 'heard')
    road.mend()
    await again
    assert.deepEqual(heard, [''], 'whoever listens is told to look, as news may have been missed')
    const done = once(handled, 'done')
    await storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.mail', { message: 'msg_one' }))
    await done
    assert.equal(await storage.alive(), true)
  })

  test('in the middle of a transaction undoes it', async () => {
    await sql`create table note (text text)`.execute(storage.db)
    const interrupted = storage.transaction(async (tx) => {
      await sql`insert into note values ('lost')`.execute(tx)
      road.cut()
      await sql`insert into note values ('never')`.execute(tx)
    })
    await assert.rejects(interrupted, { error: 'database_unavailable' })
    road.mend()
    // Of the connections that were cut with it, one may not have heard of it yet.
    const isServed = () => sql`select 1`.execute(storage.db).then(Boolean, () => false)
    for (let served = 0; served < 2; ) served = (await isServed()) ? served + 1 : 0
    const { rows } = await sql`select text from note`.execute(storage.db)
    assert.deepEqual(rows, [])
  })

  test('is not called again by a storage that is closed', async () => {
    const other = await openStorage({ location: database.location, clock: createTestClock(), stateKey })
    await sql`select 1`.execute(other.db)
    await other.close()
    for (const _ of [1, 2, 3]) {
      await assert.rejects(sql`select 1`.execute(other.db), { error: 'database_unavailable' })
    }
  })

  test('a statement that takes too long is cancelled, and the next one is served', async () => {
    const slow = storage.transaction(async (tx) => {
      await sql`set local statement_timeout = 50`.execute(tx)
      await sql`select pg_sleep(20)`.execute(tx)
    })
    await assert.rejects(slow, { error: 'database_unavailable', inside: { reason: '57014' } })
    assert.equal(await storage.alive(), true)
  })
})

/** A way to the server that can be cut: a relay on this machine. */
interface Road {
  url: string
  cut(): void
  /** Nothing passes any more, and nobody is told. */
  hush(): void
  mend(): void
  close(): Promise<void>
}

async function openRoad(server: URL): Promise<Road> {
  const sockets = new Set<Socket>()
  let whole = true
  const relay: Server = createServer((near) => {
    if (!whole) return void near.resetAndDestroy()
    const far = connect(Number(server.port || 5432), server.hostname)
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  relay.listen(0, '127.0.0.1')
  await once(relay, 'listening')
  const address = relay.address()
  assert.ok(address !== null && typeof address === 'object')
  const url = new URL(server)
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  const road: Road = {
    url: url.href,
    cut() {
      whole = false
      for (const socket of sockets) socket.destroy()
    },
    hush() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    mend() {
      whole = true
    },
    async close() {
      road.cut()
      relay.close()
      await once(relay, 'close')
    },
  }
  return road
}
