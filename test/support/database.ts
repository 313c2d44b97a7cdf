/**
 * A fresh, migrated database for one test file: on PGlite in memory, or, when `DATABASE_URL` is given, a new database on
 * that server, dropped at the end. The first PGlite of a run is dumped to `.cache/`, so that the others start from it.
 */
import { hash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, openAsBlob, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Clock } from '../../src/kernel/clock.ts'
import { readMigrations } from '../../src/storage/migrate.ts'
import { type Location, openStorage, type Storage } from '../../src/storage/storage.ts'

export interface TestDatabase {
  location: Location
  drop(): Promise<void>
}

/** Where a hub of this test keeps its data. Call `drop` after closing what uses it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = process.env.DATABASE_URL
  if (!url) return { location: { kind: 'memory', image: await pgliteImage() }, drop: async () => {} }
  const name = `garant_test_${randomBytes(6).toString('hex')}`
  await onServer(url, `create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return {
    location: { kind: 'server', url: own.href, poolSize: 4 },
    drop: () => onServer(url, `drop database if exists ${name} with (force)`),
  }
}

/** An open storage on a fresh database; `close` drops it. */
export async function openTestStorage(clock: Clock): Promise<Storage> {
  const database = await createTestDatabase()
  const storage = await openStorage({ location: database.location, clock, stateKey: Buffer.alloc(32, 7) })
  return {
    ...storage,
    db: storage.db,
    close: async () => {
      await storage.close()
      await database.drop()
    },
  }
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** An empty cluster, dumped once: making one takes seconds, loading it a fraction. Named after what it was made from. */
async function pgliteImage(): Promise<Blob> {
  const version = hash(
    'sha256',
    JSON.stringify([readMigrations().map(({ sql }) => sql), process.version]),
    'hex',
  ).slice(0, 16)
  const folder = join(import.meta.dirname, '../../.cache')
  const file = join(folder, `pglite-${version}.tar`)
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    const pglite = await PGlite.create()
    const dump = await pglite.dumpDataDir('none')
    await pglite.close()
    // Written aside and renamed: several test files may do this at once.
    const partial = `${file}.${process.pid}`
    writeFileSync(partial, Buffer.from(await dump.arrayBuffer()))
    renameSync(partial, file)
  }
  return openAsBlob(file)
}
