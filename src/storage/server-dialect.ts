/**
 * How statements reach a PostgreSQL server: few writes to its sockets, because on a busy process these, and the wake-ups
 * that they cause, cost more than the statements.
 *
 * - A statement outside of a transaction takes no connection of the pool: it goes down one of a few shared connections,
 *   in a pipeline, beside those of other requests. Each answers in the order of asking; one that fails fails alone.
 * - A transaction has a connection of its own. `begin` is not waited for: it leaves together with the first statement,
 *   and if it failed that one fails too.
 * - What is sent in one turn of the event loop leaves in one write.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import type pg from 'pg'

export interface ServerDialectOptions {
  /** For transactions. Its clients are pipelined. */
  pool: pg.Pool
  /** For single statements: a pipelined client, usable while it is connected. */
  shared: () => Promise<pg.ClientBase>
}

export function serverDialect(options: ServerDialectOptions): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new ServerDriver(options),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

class ServerDriver implements Driver {
  readonly #options: ServerDialectOptions

  constructor(options: ServerDialectOptions) {
    this.#options = options
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return new ServerConnection(this.#options)
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await asServer(connection).begin()
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await asServer(connection).commit()
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await asServer(connection).run(CompiledQuery.raw('rollback'))
  }

  async releaseConnection(connection: DatabaseConnection): Promise<void> {
    asServer(connection).release()
  }

  async destroy(): Promise<void> {}
}

function asServer(connection: DatabaseConnection): ServerConnection {
  if (!(connection instanceof ServerConnection)) throw new Error('a connection of another driver')
  return connection
}

class ServerConnection implements DatabaseConnection {
  readonly #options: ServerDialectOptions
  #client: pg.PoolClient | undefined
  #begun: Promise<unknown> | undefined
  #lost: Error | undefined

  constructor(options: ServerDialectOptions) {
    this.#options = options
  }

  async begin(): Promise<void> {
    this.#client = await this.#options.pool.connect()
    this.#begun = this.run(CompiledQuery.raw('begin'))
    this.#begun.catch(() => {})
  }

  /**
   * A `begin` that failed while its connection lives, as by a cancellation in that very instant, left the statements
   * behind it to themselves: then this throws in place of a commit that would look well.
   */
  async commit(): Promise<void> {
    await this.#begun
    const { command } = await this.run(CompiledQuery.raw('commit'))
    // "COMMIT" of a transaction that a statement has failed is answered by "ROLLBACK".
    if (command === 'ROLLBACK') throw new Error('the transaction had failed: nothing was committed')
  }

  async run({ sql, parameters }: CompiledQuery): Promise<pg.QueryResult> {
    const client = this.#client ?? (await this.#options.shared())
    gatherWrites(client)
    try {
      return await client.query(sql, [...parameters])
    } catch (error) {
      if (error instanceof Error && !('severity' in error)) this.#lost = error
      throw error
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.run(query)
    const changes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
    return { rows: rows as R[], ...(changes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) }
  }

  streamQuery(): AsyncIterableIterator<never> {
    throw new Error('read in pages: a pipelined connection keeps no cursor open')
  }

  release(): void {
    // A connection that failed in another way than by the server's own word is not used again.
    this.#client?.release(this.#lost)
    this.#client = undefined
  }
}

/** Holds the socket's writes back until the present turn of the event loop ends. */
function gatherWrites(client: pg.ClientBase): void {
  const { stream } = (client as unknown as { connection: { stream: Gathering } }).connection
  if (stream.gathering) return
  stream.gathering = true
  stream.cork()
  setImmediate(() => {
    stream.gathering = false
    stream.uncork()
  })
}

interface Gathering {
  gathering?: boolean
  cork(): void
  uncork(): void
}
