import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { after, before, describe, type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { createPglite, PgliteSocket } from './embedded.ts'
import { type Answer, keepRepeated, Line, PassedOver, StaleStatement } from './statement.ts'

const thrown = (error: unknown): never => {
  throw error
}

describe('statements on one line', () => {
  let client: pg.Client
  let line: Line
  let parse: ((text: string) => unknown) | undefined
  let close: () => Promise<void>

  before(async () => {
    const types: pg.CustomTypesConfig = {
      getTypeParser: ((oid: number, format?: 'text') =>
        (oid === pg.types.builtins.NUMERIC && parse) ||
        pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    }
    const url = process.env.DATABASE_URL
    const pglite = url ? undefined : await createPglite({ kind: 'memory' })
    client = new pg.Client({
      ...(pglite
        ? { host: 'localhost', user: 'postgres', database: 'postgres', stream: () => new PgliteSocket(pglite) }
        : { connectionString: url }),
      types,
      pipeline: true,
    })
    await client.connect()
    line = new Line(client, { kept: keepRepeated() })
    close = async () => {
      await client.end()
      await pglite?.close()
    }
  })
  after(() => close())

  const ask = (sql: string, ...values: unknown[]) => line.sendAlone(sql, values, thrown)
  const say = (sql: string, ...values: unknown[]) => line.send(sql, values, thrown)
  const rowsOf = async (answer: Promise<Answer>) => (await answer).rows

  /** Twice: what comes again is kept, and the second time its columns become known. */
  async function keep(sql: string, ...values: unknown[]): Promise<void> {
    for (const _ of [1, 2]) await ask(sql, ...values)
  }

  /** The messages of the server of that kind, from now on. */
  function count(
    t: TestContext,
    message: 'parseComplete' | 'rowDescription' | 'noData' | 'readyForQuery',
  ): () => number {
    let seen = 0
    const see = () => void seen++
    client.connection.on(message, see)
    t.after(() => client.connection.off(message, see))
    return () => seen
  }

  test('what one turn sends is one write, a buffer for each statement', async (t) => {
    await keep('select $1::int as n', 0)
    const stream = client.connection.stream as Duplex & { _writev: NonNullable<Duplex['_writev']> }
    const pieces = t.mock.method(stream, '_writev')
    const single = t.mock.method(stream, '_write')
    const answers = await Promise.all([1, 2, 3].map((n) => rowsOf(ask('select $1::int as n', n))))
    assert.deepEqual(answers, [[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
    assert.deepEqual(
      pieces.mock.calls.map(({ arguments: [list] }) => list.length),
      [3],
    )
    // PGlite's socket makes one buffer of several, and writes that.
    const before = process.env.DATABASE_URL ? 0 : 1
    assert.equal(single.mock.callCount(), before)
    await ask('select $1::int as n', 4)
    assert.equal(pieces.mock.callCount(), 1)
    assert.equal(single.mock.callCount(), before + 1)
  })

  for (const [shared, leaves] of [
    [true, [1, 1, 1, 1, 2]],
    [false, [1, 2, 3, 4, 4]],
  ] as const) {
    const when = shared ? 'leaves in one write when that is there' : 'leaves at the end of its turn'
    test(`on a line that is ${shared ? '' : 'not '}shared, what is asked while an answer is out ${when}`, async (t) => {
      const { stream } = client.connection
      const own = new Line(client, { shared })
      const left = t.mock.method(stream, 'uncork')
      const seen: number[] = []
      const answers: Promise<Answer>[] = []
      stream.pause()
      t.after(() => stream.resume())
      for (const n of [1, 2, 3, 4]) {
        answers.push(own.sendAlone('select $1::int as n', [n], thrown))
        await setImmediate()
        seen.push(left.mock.callCount())
      }
      assert.equal(own.isBusy, true)
      stream.resume()
      assert.deepEqual(
        (await Promise.all(answers)).map(({ rows }) => rows),
        [1, 2, 3, 4].map((n) => [{ n }]),
      )
      assert.deepEqual([...seen, left.mock.callCount()], leaves)
      assert.equal(own.isBusy, false)
    })
  }

  test('a failure and what is held behind it are answered each for itself', async () => {
    const own = new Line(client, { shared: true })
    const failing = own.sendAlone('select 1 / $1::int', [0], thrown)
    failing.catch(() => {})
    await setImmediate()
    const behind = [1, 2].map((n) => own.sendAlone('select $1::int as n', [n], thrown))
    await assert.rejects(failing, { code: '22012' })
    assert.deepEqual(await Promise.all(behind.map(rowsOf)), [[{ n: 1 }], [{ n: 2 }]])
    assert.deepEqual(await rowsOf(own.sendAlone('select $1::int as n', [3], thrown)), [{ n: 3 }])
  })

  test('statements of a transaction leave in one write for each turn, and are answered in one piece', async (t) => {
    const written = t.mock.method(client.connection.stream, 'write')
    const inStep = count(t, 'readyForQuery')
    const first = [say('begin'), say('create temp table together (n int)'), say('insert into together values ($1)', 1)]
    const early = (await Promise.all(first)).map(({ command }) => command)
    assert.deepEqual([early, written.mock.callCount(), inStep()], [['BEGIN', 'CREATE', 'INSERT'], 1, 1])
    // One without an answer of its own kind does not put those behind it out of step.
    const then = [say('select n from together'), say('-- nothing'), say('drop table together'), say('commit')]
    const [selected, ...others] = await Promise.all(then)
    assert.deepEqual(selected?.rows, [{ n: 1 }])
    assert.deepEqual(
      others.map(({ command }) => command),
      ['', 'DROP', 'COMMIT'],
    )
    assert.deepEqual([written.mock.callCount(), inStep()], [2, 2])
  })

  test('where one fails those before it are answered, and those behind it passed over', async (t) => {
    const fresh = 'select $1::int as passed_over'
    await line.sendAlone(fresh, [0], thrown)
    const parsed = count(t, 'parseComplete')
    const outcomes = await Promise.allSettled([
      say('begin'),
      say('select $1::int as before', 1),
      say('select 1 / $1::int', 0),
      // Kept from now on, which the server does not hear of.
      say(fresh, 1),
      say('commit'),
    ])
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.rows : outcome.reason)),
      [
        [],
        [{ before: 1 }],
        outcomes[2]?.status === 'rejected' && outcomes[2].reason,
        new PassedOver(),
        new PassedOver(),
      ],
    )
    await assert.rejects(async () => Promise.reject((outcomes[2] as PromiseRejectedResult).reason), { code: '22012' })
    assert.equal(client.getTransactionStatus(), 'E')
    await say('rollback')
    assert.equal(client.getTransactionStatus(), 'I')
    const before = parsed()
    for (const n of [1, 2]) assert.deepEqual(await rowsOf(ask(fresh, n)), [{ passed_over: n }])
    assert.equal(parsed() - before, 1)
  })

  test('columns that become known between the asking and the leaving are those of the answer', async () => {
    const sql = 'select $1::int as between'
    await line.sendAlone(sql, [0], thrown)
    const first = say(sql, 1)
    // Asked as the first answer arrives, and before that one is read.
    const second = new Promise<Answer>((resolve) => {
      client.connection.stream.prependOnceListener('data', () => resolve(say(sql, 2)))
    })
    assert.deepEqual(await Promise.all([rowsOf(first), rowsOf(second)]), [[{ between: 1 }], [{ between: 2 }]])
  })

  test('what fails after its answer, as it is committed, has failed', async () => {
    await ask('create temp table late (n int unique deferrable initially deferred)')
    await ask('insert into late values (1)')
    await assert.rejects(ask('insert into late values (1)'), { code: '23505' })
    const outcomes = await Promise.allSettled([say('begin'), say('insert into late values (1)'), say('commit')])
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code),
      [false, false, '23505'],
    )
    assert.equal(client.getTransactionStatus(), 'I')
  })

  test('without a connection all of them fail, each for that', async () => {
    const ended = new pg.Client({ pipeline: true })
    await ended.end()
    const own = new Line(ended)
    const outcomes = await Promise.allSettled([1, 2, 3].map((n) => own.send('select $1::int', [n], thrown)))
    assert.deepEqual(
      outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.message),
      [1, 2, 3].map(() => 'Client was closed and is not queryable'),
    )
  })

  test('a row that cannot be read fails its statement, and none of those that left with it', async () => {
    parse = () => thrown(new Error('unreadable'))
    const outcomes = await Promise.allSettled([
      say('begin'),
      say('select 1.5::numeric as exact'),
      say('select 2 as two'),
      say('rollback'),
    ])
    parse = undefined
    assert.deepEqual(
      outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.rows : outcome.reason.message)),
      [[], 'unreadable', [{ two: 2 }], []],
    )
  })

  test('many values are planned for themselves, and do not change what is kept', async (t) => {
    const sql = 'select count(*)::int as count from unnest($1::text[]) as word where word <> $2'
    await keep(sql, ['one', 'two'], '')
    const parsed = count(t, 'parseComplete')
    const words = Array.from({ length: 101 }, (_, index) => `word ${index}`)
    const said = []
    for (const [list, without] of [
      [['one'], ''],
      [words, ''],
      [words, 'word 1'],
      [['one'], 'x'.repeat(10_001)],
      [words.slice(1), ''],
    ] as const) {
      const [row] = await rowsOf(ask(sql, list, without))
      said.push([row?.count, parsed()])
    }
    assert.deepEqual(said, [
      [1, 0],
      [101, 1],
      [100, 2],
      [1, 3],
      [100, 3],
    ])
  })

  test('a kept statement is read and described once', async (t) => {
    await ask('create temp table note (id int primary key, text text)')
    const parsed = count(t, 'parseComplete')
    const described = count(t, 'rowDescription')
    const empty = count(t, 'noData')
    const insert = 'insert into note values ($1, $2)'
    const select = 'select id, text from note where id = $1'
    for (const id of [1, 2, 3, 4, 5]) {
      const { command, numAffectedRows } = await ask(insert, id, `text ${id}`)
      assert.deepEqual({ command, numAffectedRows }, { command: 'INSERT', numAffectedRows: 1n })
      assert.deepEqual(await rowsOf(ask(select, id)), [{ id, text: `text ${id}` }])
    }
    // Without a name the first time, under one the second time.
    assert.deepEqual([parsed(), described(), empty()], [4, 2, 2])
    assert.deepEqual(await rowsOf(ask(select, 9)), [])
    // Several before the first answer, of a statement that is new to the session.
    const late = await Promise.all([1, 2, 3, 4].map((id) => rowsOf(ask(`${select} and true`, id))))
    assert.deepEqual(
      late.flat().map(({ id }) => id),
      [1, 2, 3, 4],
    )
    assert.deepEqual(await rowsOf(ask(`${select} and true`, 5)), [{ id: 5, text: 'text 5' }])
  })

  test('says which command it was, and how many rows it changed', async () => {
    await ask('create temp table counted (n int)')
    const said = []
    for (const sql of [
      'insert into counted select generate_series(1, 12)',
      'update counted set n = n + 1 where n > 10',
      'delete from counted where n = 99',
      'select n from counted',
      'select from counted limit 2',
      'create temp table other ()',
      '-- nothing',
    ]) {
      const { command, numAffectedRows, rows } = await ask(sql)
      said.push([command, numAffectedRows, rows.length])
    }
    assert.deepEqual(said, [
      ['INSERT', 12n, 0],
      ['UPDATE', 2n, 0],
      ['DELETE', 0n, 0],
      ['SELECT', undefined, 12],
      ['SELECT', undefined, 2],
      ['CREATE', undefined, 0],
      ['', undefined, 0],
    ])
  })

  test('rows are those of the table as it is, also of statements that are out when it is known to have changed', async () => {
    await ask('create temp table changing (n int, gone text)')
    await ask("insert into changing values (7, 'gone')")
    const sql = 'select * from changing where $1::boolean'
    const changes = [
      ['alter table changing alter column n type text', [{ n: '7', gone: 'gone' }]],
      ['alter table changing drop column gone', [{ n: '7' }]],
      ['alter table changing rename column n to m', [{ m: '7' }]],
    ] as const
    for (const [change, rows] of changes) {
      await keep(sql, true)
      await ask(change)
      const answers = await Promise.all([1, 2, 3].map(() => rowsOf(ask(sql, true))))
      assert.deepEqual(answers, [rows, rows, rows])
    }
  })

  test('a session that no longer keeps a statement is asked as if it never had', async () => {
    const sql = 'select $1::text as kept'
    await keep(sql, '')
    await ask('deallocate all')
    for (const text of ['one', 'two', 'three']) assert.deepEqual(await rowsOf(ask(sql, text)), [{ kept: text }])
    // In a transaction it cannot be asked again.
    await ask('deallocate all')
    await assert.rejects(
      line.send(sql, ['four'], thrown),
      (error) => error instanceof StaleStatement && error.code === '26000',
    )
    assert.deepEqual(await rowsOf(line.send(sql, ['five'], thrown)), [{ kept: 'five' }])
  })

  test('a row with other columns than those that were described is no answer', async () => {
    const sql = 'select $1::text as mine'
    await keep(sql, '')
    const { rows } = await client.query<{ name: string }>(
      'select name from pg_prepared_statements where statement = $1',
      [sql],
    )
    const name = rows[0]?.name
    assert.ok(name)
    await client.query(`deallocate ${name}`)
    await client.query(`prepare ${name}(text) as select $1 as mine, 'theirs' as other`)
    await assert.rejects(ask(sql, 'one'), /other columns/)
    assert.deepEqual(await rowsOf(ask(sql, 'two')), [{ mine: 'two' }])
  })

  test('a value that cannot be read fails its statement, and no other', async () => {
    const sql = 'select 1.5::numeric as exact, $1::int as n from generate_series(1, 3)'
    const three = (n: number) => [1, 2, 3].map(() => ({ exact: '1.5', n }))
    parse = () => thrown(new Error('unreadable'))
    const [failed, served] = await Promise.allSettled([ask(sql, 1), rowsOf(ask('select 2 as two'))])
    parse = undefined
    assert.equal(failed.status === 'rejected' && failed.reason.message, 'unreadable')
    assert.deepEqual(served, { status: 'fulfilled', value: [{ two: 2 }] })
    for (const n of [1, 2, 3]) assert.deepEqual(await rowsOf(ask(sql, n)), three(n))
  })

  test('a value without a form on the wire fails at once, and nothing of its statement leaves', async (t) => {
    const circular: { self?: unknown } = {}
    circular.self = circular
    const writes = t.mock.method(client.connection.stream, 'write')
    let told: unknown
    const answer = line.send('select $1::jsonb', [circular], (error) => {
      told = error
      return thrown(error)
    })
    assert.match(String(told), /circular/i)
    await assert.rejects(answer, /circular/i)
    assert.equal(writes.mock.callCount(), 0)
  })
})
