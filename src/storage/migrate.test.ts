import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createEmptyDatabase, type TestDatabase } from '../../test/support/database.ts'
import { openEmbedded, openServer } from './database.ts'
import { type Migration, migrate, readMigrations } from './migrate.ts'
import type { Connection } from './storage.ts'

const first: Migration = {
  number: 1,
  name: '0001-one.sql',
  sql: 'create table one (id int); insert into one values (1);',
}
const second: Migration = { number: 2, name: '0002-two.sql', sql: "create table two (text text default '$1;');" }
const third: Migration = { number: 3, name: '0003-three.sql', sql: 'insert into one values (2);' }

describe('migrations', () => {
  let database: TestDatabase
  let connection: Connection
  /** The connection of a second process; an embedded database has none but the first. */
  let other: Connection
  before(async () => {
    database = await createEmptyDatabase()
    const { location } = database
    connection =
      location.kind === 'server' ? await openServer(location, () => {}) : await openEmbedded(location, () => {})
    other = location.kind === 'server' ? await openServer(location, () => {}) : connection
  })
  after(async () => {
    await connection.close()
    if (other !== connection) await other.close()
    await database.drop()
  })

  const applied = async () =>
    (await connection.query('select number from schema_migrations order by number')).rows.map(({ number }) => number)
  const rowsOfOne = async () => (await connection.query('select id from one order by id')).rows.map(({ id }) => id)

  test('two processes that start together are a success, and each file is applied once', async () => {
    await Promise.all([connection, other, connection, other].map((process) => migrate(process, [first, second])))
    assert.deepEqual(await applied(), [1, 2])
    assert.deepEqual(await rowsOfOne(), [1])
  })

  test('a start that finds nothing to do changes nothing, one that finds a new file applies it alone', async () => {
    await migrate(connection, [first, second])
    assert.deepEqual(await rowsOfOne(), [1])
    await migrate(connection, [first, second, third])
    assert.deepEqual(await applied(), [1, 2, 3])
    assert.deepEqual(await rowsOfOne(), [1, 2])
  })

  test('a file that was changed after its application is refused, by name, and nothing is applied', async () => {
    const changed = { ...second, sql: `${second.sql} ` }
    const fourth = { number: 4, name: '0004-four.sql', sql: 'create table four (id int);' }
    await assert.rejects(migrate(connection, [first, changed, third, fourth]), {
      error: 'schema_unknown',
      inside: { migration: '0002-two.sql' },
    })
    assert.deepEqual(await applied(), [1, 2, 3])
  })

  test('a database made by a newer version is refused, and the connection serves on', async () => {
    await assert.rejects(migrate(connection, [first, second]), {
      error: 'schema_unknown',
      inside: { migration: '0003-three.sql' },
    })
    assert.deepEqual(await rowsOfOne(), [1, 2])
  })

  test('a file that fails leaves nothing behind, of itself or of those before it', async () => {
    const good = { number: 4, name: '0004-good.sql', sql: 'create table good (id int);' }
    const bad = { number: 5, name: '0005-bad.sql', sql: 'create table bad (id int); select no_such_function();' }
    await assert.rejects(migrate(connection, [first, second, third, good, bad]), /no_such_function/)
    assert.deepEqual(await applied(), [1, 2, 3])
    assert.deepEqual((await connection.query("select to_regclass('good') as good")).rows, [{ good: null }])
  })

  test('a script that leaves its transaction open is undone, and takes nothing of others with it', async () => {
    await connection.exec('create table made (text text)')
    await assert.rejects(connection.exec("begin; insert into made values ('undone'); select 1 / 0"), { code: '22012' })
    await connection.exec("insert into made values ('made'); insert into made values ('made too')")
    const { rows } = await connection.query('select text from made')
    assert.deepEqual(rows, [{ text: 'made' }, { text: 'made too' }])
  })
})

test('the files are numbered one by one: no two have one number', () => {
  const numbers = readMigrations().map(({ number }) => number)
  assert.deepEqual(numbers, [...new Set(numbers)])
  assert.ok(numbers.length > 0)
})
