/**
 * The database and what must survive the process. This room owns the connection, transactions, numbered migrations
 * (`migrations/NNNN-title.sql`), jobs (pg-boss) and short-lived state. It owns no table of another room: each room's
 * `store.ts` holds every statement on that room's tables and nobody else names them.
 *
 * PostgreSQL is the one dialect. Without a `DATABASE_URL` it runs embedded (PGlite) in a folder or in memory, for one
 * process at a time.
 *
 * Rules that this room enforces: inside a transaction only its `tx` is used (the root handle throws, because on PGlite
 * it would wait for ever); no engine and no network call inside one; jobs are enqueued through the same `tx`.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { type Kysely, sql, type Transaction } from 'kysely'
import type { Clock } from '../kernel/clock.ts'
import { openEmbedded, openServer } from './database.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { migrate } from './migrate.ts'
import { createPostgresState, type StateStore } from './state.ts'

/** No table is known here: a room's store calls `handle.withTables<ItsTables>()`. */
// biome-ignore lint/complexity/noBannedTypes: Kysely wants an object type, and the empty one says "no table"
export type NoTables = {}
export type Db = Kysely<NoTables>
export type Tx = Transaction<NoTables>

/** Where a read may run: on the root handle, or inside somebody's transaction. */
export type Handle = Db | Tx

export interface Storage {
  /** The root handle. Throws when it is used inside a transaction of the same async context. */
  readonly db: Db
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. Never nested. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /**
   * Runs `work` once before `tx` commits, after everything else: what several verbs of one transaction have gathered is
   * then written in one statement. Hooks run in the order of registration, those that a hook registers included. A hook
   * that throws rolls back. Throws outside a transaction of this storage: nothing would ever run the hook.
   */
  beforeCommit(tx: Tx, work: () => Promise<void>): void
  /**
   * A statement of `tx`, one and already asked, whose answer nobody needs: it is not waited for until the commit, which
   * it saves a round trip. Where it fails nothing is committed, and the transaction throws what it threw.
   */
  behind(tx: Tx, statement: Promise<unknown>): void
  readonly jobs: Jobs
  readonly state: StateStore
  /** Calls `handler` after each committed `notify` on that channel, by whatever process. Returns how to stop. */
  listen(channel: Channel, handler: (payload: string) => void): Promise<() => Promise<void>>
  /** Tells every process, when `tx` commits. */
  notify(tx: Tx, channel: Channel, payload?: string): Promise<void>
  /** True while the database answers. */
  alive(): Promise<boolean>
  readonly kind: 'embedded' | 'server'
  /** The version of PostgreSQL, and the migrations that were applied, in order. */
  about(): Promise<{ version: string; migrations: { number: number; name: string }[] }>
  close(): Promise<void>
}

/** What processes tell one another about. */
export type Channel =
  | 'garant_partners'
  | 'garant_health'
  | 'garant_keys'
  | 'garant_register'
  | 'garant_notices'
  | 'garant_signals'
  | 'garant_statements'
  | 'garant_eid'

export type Location =
  | { kind: 'server'; url: string; poolSize?: number }
  | { kind: 'folder'; path: string }
  /** In memory, for tests; `image` is a data folder dumped by an earlier PGlite. */
  | { kind: 'memory'; image?: Blob }

/** Where the storage says what no caller can be told: identifiers and closed words only. */
export type Log = (message: string, inside: Record<string, unknown>) => void

/** What `database.ts` makes of either kind of database, for this room only. */
export interface Connection {
  kind: 'embedded' | 'server'
  db: Db
  /** Commits when `work` resolves and then `behind`, whose statements were asked before; otherwise rolls back. */
  transaction<T>(work: (tx: Tx) => Promise<T>, behind: () => Promise<unknown>): Promise<T>
  /** One statement. */
  query(sql: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>
  /**
   * Several statements without parameters, all or nothing unless they open a transaction of their own. `patient` waits
   * for as long as the server works: for migrations.
   */
  exec(sql: string, options?: { patient: boolean }): Promise<{ rows: Record<string, unknown>[] }>
  /** The handler also hears an empty payload when the connection was lost and news may have been missed. */
  listen(channel: string, handler: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** A transaction that runs in this async context. What it started may outlive it, and sees then that it is over. */
interface Scope {
  open: boolean
  hooks: (() => Promise<void>)[]
  behind: Promise<unknown>[]
}

/**
 * Opens the database as it is, for somebody who only reads: no migration, no job, no key.
 *
 * @throws GarantError `data_folder_busy` when another process holds the embedded folder
 */
export async function openReading(location: Location): Promise<Pick<Storage, 'db' | 'close'>> {
  const unlimited = () => {}
  const { db, close } =
    location.kind === 'server' ? await openServer(location, unlimited) : await openEmbedded(location, unlimited)
  return { db, close }
}

/**
 * Opens the database, applies what migrations are missing and starts nothing: jobs run only after `jobs.start()`.
 *
 * @throws GarantError `data_folder_busy` when another process holds the embedded folder
 * @throws GarantError `database_unavailable` when no server answers
 * @throws GarantError `schema_unknown` when the database was made by a newer version
 */
export async function openStorage(options: {
  location: Location
  clock: Clock
  stateKey: Buffer
  log?: Log
}): Promise<Storage> {
  const { location, clock } = options
  const scopes = new AsyncLocalStorage<Scope>()
  const refuseRoot = () => {
    if (scopes.getStore()?.open) throw new Error('the root handle of the storage inside a transaction: use its tx')
  }
  const connection =
    location.kind === 'server' ? await openServer(location, refuseRoot) : await openEmbedded(location, refuseRoot)
  const scopeFor = (verb: string): Scope => {
    const scope = scopes.getStore()
    if (!scope?.open) throw new Error(`storage.${verb}() outside a transaction`)
    return scope
  }
  const beforeCommit: Storage['beforeCommit'] = (_tx, hook) => void scopeFor('beforeCommit').hooks.push(hook)
  const behind: Storage['behind'] = (_tx, statement) => {
    const scope = scopeFor('behind')
    // It may fail before anybody waits for it: the commit does.
    statement.catch(() => {})
    scope.behind.push(statement)
  }
  const jobs = createJobs({ connection, clock, beforeCommit, behind, ...(options.log ? { log: options.log } : {}) })
  try {
    await migrate(connection)
    await jobs.install()
  } catch (error) {
    await jobs.close()
    await connection.close()
    throw error
  }
  const { db } = connection
  const state = createPostgresState({ db, key: options.stateKey, clock })
  jobs.work('housekeeping.state', async () => {
    await state.sweep()
    if (connection.kind === 'embedded') await vacuumWorn(connection)
  })
  jobs.schedule('housekeeping.state', '* * * * *', {})
  return {
    db,
    kind: connection.kind,
    jobs: {
      ...jobs,
      // It waits for all statements of the jobs, and these for the transaction that it would be called in.
      async drain() {
        refuseRoot()
        return jobs.drain()
      },
    },
    state,
    async transaction(work) {
      const scope: Scope = { open: true, hooks: [], behind: [] }
      const inside = async (tx: Tx) => {
        try {
          const result = await work(tx)
          for (const hook of scope.hooks) await hook()
          return result
        } finally {
          scope.open = false
        }
      }
      return connection.transaction(
        (tx) => scopes.run(scope, inside, tx),
        () => Promise.all(scope.behind),
      )
    },
    beforeCommit,
    behind,
    listen: (channel, handler) => connection.listen(channel, handler),
    async notify(tx, channel, payload = '') {
      await sql`select pg_notify(${channel}, ${payload})`.execute(tx)
    },
    async alive() {
      try {
        await connection.query('select 1')
        return true
      } catch {
        return false
      }
    },
    async about() {
      const [[version], migrations] = await Promise.all([
        connection.query('show server_version').then(({ rows }) => rows),
        connection.query('select number, name from schema_migrations order by number').then(({ rows }) => rows),
      ])
      return {
        version: String(version?.server_version),
        migrations: migrations.map((row) => ({ number: Number(row.number), name: String(row.name) })),
      }
    },
    async close() {
      await jobs.close()
      await connection.close()
    },
  }
}

/** What autovacuum does on a server, and by its rules: PGlite has none, and would never use again what was deleted. */
async function vacuumWorn(connection: Connection): Promise<void> {
  // What was counted is told about once a second, and not at all to who asks in the same breath.
  await connection.query('select pg_stat_force_next_flush()')
  const { rows } = await connection.query(wornStatement)
  if (rows.length > 0) await connection.exec(`vacuum (analyze) ${rows.map(({ name }) => name).join(', ')}`)
}

const wornStatement = `
  select t.relid::regclass::text as name from pg_stat_all_tables t join pg_class c on c.oid = t.relid
  where c.relkind = 'r' and (
    n_dead_tup > 50 + 0.2 * greatest(c.reltuples, 0) or n_mod_since_analyze > 50 + 0.1 * greatest(c.reltuples, 0)
    or age(c.relfrozenxid) > 200000000)`
