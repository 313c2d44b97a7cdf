/**
 * A fresh, migrated database for one test file: on PGlite in memory, or, when `DATABASE_URL` is given, a new database on
 * that server, dropped at the end. It is migrated once and copied from then on, which takes a third of a second: PGlite
 * from a dump in `.cache/` (`npm test` makes it first, by `node test/support/database.ts --prepare`), a database of the
 * server from one that stays there.
 */
import { hash, randomBytes } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Clock } from '../../src/kernel/clock.ts'
import { type Location, openStorage, type Storage } from '../../src/storage/storage.ts'

export interface TestDatabase {
  location: Location
  drop(): Promise<void>
}

/** Where a hub of this test keeps its data, migrated already on PGlite. Call `drop` after closing what uses it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = process.env.DATABASE_URL
  return url ? createOnServer(url, await template(url)) : inMemory(await image('migrated'))
}

/** One without any table: for tests of the migrations themselves. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return process.env.DATABASE_URL ? createOnServer(process.env.DATABASE_URL) : inMemory(await image('empty'))
}

/** An open storage on a fresh database; `close` drops it. */
export async function openTestStorage(clock: Clock): Promise<Storage> {
  const database = await createTestDatabase()
  const storage = await openStorage({ location: database.location, clock, stateKey })
  return {
    ...storage,
    db: storage.db,
    close: async () => {
      await storage.close()
      await database.drop()
    },
  }
}

const stateKey = Buffer.alloc(32, 7)

/** Before any clock of a test: nothing that pg-boss wrote down of its own may lie in the future. */
const migrated = { clock: { now: () => Date.parse('2020-01-01T00:00:00Z') }, stateKey }

// --- PostgreSQL ----------------------------------------------------------------------------------------------------

async function createOnServer(url: string, from = 'template1'): Promise<TestDatabase> {
  const name = `garant_test_${randomBytes(6).toString('hex')}`
  await onServer(url, `create database ${name} template ${from}`)
  return {
    location: { kind: 'server', url: databaseOf(url, name), poolSize: 4 },
    drop: () => onServer(url, `drop database if exists ${name} with (force)`),
  }
}

/** A migrated database that others are copies of, made by whoever comes first. Nobody may be connected to it by then. */
async function template(url: string): Promise<string> {
  const name = `garant_template_${fingerprint()}`
  await onServer(url, async (client) => {
    // Until this connection ends.
    await client.query('select pg_advisory_lock(7263510199)')
    const { rowCount } = await client.query('select from pg_database where datname = $1', [name])
    if (rowCount !== 0) return
    const making = `${name}_making`
    await client.query(`drop database if exists ${making} with (force)`)
    await client.query(`create database ${making}`)
    await (await openStorage({ ...migrated, location: { kind: 'server', url: databaseOf(url, making) } })).close()
    await client.query(`alter database ${making} rename to ${name}`)
  })
  return name
}

function databaseOf(url: string, name: string): string {
  const own = new URL(url)
  own.pathname = `/${name}`
  return own.href
}

async function onServer(url: string, work: string | ((client: pg.Client) => Promise<void>)): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await (typeof work === 'string' ? client.query(work) : work(client))
  } finally {
    await client.end()
  }
}

// --- PGlite --------------------------------------------------------------------------------------------------------

function inMemory(image: Blob): TestDatabase {
  return { location: { kind: 'memory', image }, drop: async () => {} }
}

const root = join(import.meta.dirname, '../..')
const cache = join(root, '.cache')

type Image = 'empty' | 'migrated'

const images: { [kind in Image]?: Promise<Blob> } = {}

/** A dumped cluster. It is read once, and whole: another run may replace the file at any moment. */
function image(kind: Image): Promise<Blob> {
  const read = images[kind] ?? readImage(kind)
  images[kind] = read
  return read
}

async function readImage(kind: Image): Promise<Blob> {
  const file = join(cache, `pglite-${kind}-${fingerprint()}.tar`)
  if (!existsSync(file)) await makeImage(kind, file)
  return new Blob([readFileSync(file)])
}

let known: string | undefined

/** Of everything that a migrated database is made by: another version of any of it makes another one. */
function fingerprint(): string {
  known ??= madeOf()
  return known
}

function madeOf(): string {
  const sources = globSync(['src/storage/**/*.{ts,sql}', 'package-lock.json'], { cwd: root })
    .filter((file) => !/\.(test|conformance)\.ts$/.test(file))
    .sort()
    .map((file) => [file, readFileSync(join(root, file), 'utf8')])
  return hash('sha256', JSON.stringify([sources, process.version]), 'hex').slice(0, 16)
}

async function makeImage(kind: Image, file: string): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'garant-image-'))
  try {
    // Every test copies it: with segments of its log of 16 MB, as they are by default, it would be half as large again.
    const maker = await PGlite.create({ dataDir: join(path, 'postgres'), initDbStartParams: ['--wal-segsize=1'] })
    await maker.close()
    // In a folder rather than in memory, because a storage does not hand out the PGlite that it holds.
    if (kind === 'migrated') {
      await (await openStorage({ ...migrated, location: { kind: 'folder', path } })).close()
    }
    const pglite = await PGlite.create({ dataDir: join(path, 'postgres') })
    // Nobody makes a database beside it, and every test would copy what they are made from.
    await pglite.exec('update pg_database set datistemplate = false')
    for (const name of ['template0', 'template1']) await pglite.exec(`drop database ${name}`)
    await pglite.exec('checkpoint')
    const dump = await pglite.dumpDataDir('none')
    await pglite.close()
    mkdirSync(cache, { recursive: true })
    // Written aside and renamed: several test files may do this at once.
    const partial = `${file}.${process.pid}`
    writeFileSync(partial, Buffer.from(await dump.arrayBuffer()))
    renameSync(partial, file)
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
}

/** Before the first test, so that no two make the same image. Removes those of other versions. */
async function prepare(): Promise<void> {
  const current = fingerprint()
  await image('empty')
  await image('migrated')
  for (const file of globSync('pglite-*.tar', { cwd: cache })) {
    if (!file.includes(current)) rmSync(join(cache, file), { force: true })
  }
}

if (import.meta.main && process.argv.includes('--prepare')) void prepare()
