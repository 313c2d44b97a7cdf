/**
 * A Kysely dialect around another one: asks before every use of the root handle, hands out one connection at a time
 * where there is only one, and translates what the database throws.
 */
import type { CompiledQuery, DatabaseConnection, Dialect, DialectAdapter, Driver, QueryResult } from 'kysely'

interface Guard {
  /** Runs before a connection is taken, which is what each query on the root handle and each transaction begins with. */
  beforeAcquire(): void
  /** The error to throw in place of this one. */
  translate(error: unknown): unknown
}

export function guarded(dialect: Dialect, guard: Guard): Dialect {
  const adapter = dialect.createAdapter()
  return {
    createAdapter: () => withOwnTurns(adapter),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createDriver: () =>
      guardedDriver(
        dialect.createDriver(),
        guard,
        adapter.supportsMultipleConnections === false ? takeTurns() : atOnce,
      ),
  }
}

/** Kysely itself would wait for the one connection before it asks the driver, so the guard could only come too late. */
function withOwnTurns(adapter: DialectAdapter): DialectAdapter {
  return Object.create(adapter, { supportsMultipleConnections: { value: true } })
}

interface Turns {
  begin(): Promise<void>
  end(): void
}

const atOnce: Turns = { begin: async () => {}, end: () => {} }

/** One at a time, in the order of asking. */
function takeTurns(): Turns {
  const waiting: (() => void)[] = []
  let taken = false
  return {
    async begin() {
      if (taken) await new Promise<void>((resolve) => waiting.push(resolve))
      taken = true
    },
    end() {
      const next = waiting.shift()
      if (next) next()
      else taken = false
    },
  }
}

function guardedDriver(driver: Driver, guard: Guard, turns: Turns): Driver {
  const translated = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw guard.translate(error)
    })
  const inner = (connection: DatabaseConnection) => (connection as GuardedConnection).inner
  return {
    init: (options) => translated(driver.init(options)),
    async acquireConnection(options) {
      guard.beforeAcquire()
      await turns.begin()
      try {
        return new GuardedConnection(await driver.acquireConnection(options), guard)
      } catch (error) {
        turns.end()
        throw guard.translate(error)
      }
    },
    beginTransaction: (connection, settings) => translated(driver.beginTransaction(inner(connection), settings)),
    commitTransaction: (connection) => translated(driver.commitTransaction(inner(connection))),
    rollbackTransaction: (connection) => translated(driver.rollbackTransaction(inner(connection))),
    async releaseConnection(connection, options) {
      await driver.releaseConnection(inner(connection), options)
      turns.end()
    },
    destroy: (options) => driver.destroy(options),
  }
}

class GuardedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  readonly #guard: Guard

  constructor(inner: DatabaseConnection, guard: Guard) {
    this.inner = inner
    this.#guard = guard
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.inner.executeQuery<R>(query)
    } catch (error) {
      throw this.#guard.translate(error)
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, chunkSize)
  }
}
