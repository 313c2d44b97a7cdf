/**
 * How statements reach PostgreSQL: few writes to its sockets, because on a busy process these, and the wake-ups that they
 * cause, cost more than the statements; and few calls into the embedded one, for the same reason.
 *
 * - A statement outside of a transaction takes no connection for itself: it goes down one that others use too, in a
 *   pipeline. Each answers in the order of asking; one that fails fails alone.
 * - A transaction has a connection to itself. `begin` is not waited for: it leaves together with the first statement,
 *   and if it failed that one fails too. `commit` leaves together with the statements whose answers nobody needs.
 * - What is sent in one turn of the event loop leaves in one write.
 *
 * Kysely builds the statements. Its way from there to a connection, made for any driver, is a chain of a dozen promises:
 * the executors here go straight to the client.
 */
import {
  type CompiledQuery,
  type DatabaseConnection,
  DefaultQueryExecutor,
  type Dialect,
  DummyDriver,
  Kysely,
  type KyselyPlugin,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type RawNode,
  Transaction,
  type ValueNode,
} from 'kysely'
import type pg from 'pg'
import type { Connection, NoTables } from './storage.ts'

export interface HandlesOptions extends Lines {
  /** What the database keeps of statements that come again, in a transaction as outside of one; nothing without. */
  kept?: KeptStatements
  /** Throws where the root handle may not be used. */
  refuseRoot: () => void
  /** The error to throw in place of one of the driver's. */
  translate: (error: unknown) => unknown
}

/** The connections of one database, all pipelined. */
export interface Lines {
  /** For single statements, which `work` sends at once: a client that others use as well, and what its session keeps. */
  single<T>(work: (client: pg.ClientBase, kept?: KeptStatements) => Promise<T>): Promise<T>
  /** A client that nobody else uses until it is released; `lost` says why it cannot be used again. */
  lease(): Promise<{ client: pg.ClientBase; release: (lost?: Error) => void }>
}

/** The names under which a session keeps what it made of a statement, so that it need not read and plan it again. */
export interface KeptStatements {
  nameOf(sql: string): string | undefined
  /** After an error that leaves it unclear whether the session still keeps it. */
  forget(sql: string): void
}

type Run = (sql: string, parameters: readonly unknown[]) => Promise<pg.QueryResult>

export function createHandles(options: HandlesOptions): Pick<Connection, 'db' | 'transaction'> {
  const { single, lease, kept, refuseRoot, translate } = options
  const translated = (error: unknown): never => {
    throw translate(error)
  }

  const db = new Kysely<NoTables>(
    propsFor(async (sql, parameters) => {
      refuseRoot()
      return single((client, own) => sendAlone(client, sql, parameters, own ?? kept)).catch(translated)
    }),
  )

  return {
    db,
    async transaction(work, behind) {
      refuseRoot()
      const { client, release } = await lease().catch(translated)
      const session = createSession(client, options)
      try {
        const result = await work(new Transaction<NoTables>(propsFor(session.run)))
        await session.commit(behind)
        return result
      } catch (error) {
        await session.rollback()
        throw error
      } finally {
        // A connection that failed in another way than by the server's own word is not used again.
        release(session.lost())
      }
    },
  }
}

/** One transaction on a connection. */
function createSession(client: pg.ClientBase, { kept, translate }: HandlesOptions) {
  let over = false
  const failures: unknown[] = []
  let lost: Error | undefined

  const sendHere: Run = async (sql, parameters) => {
    try {
      return await send(client, sql, parameters, kept)
    } catch (error) {
      if (error instanceof Error && !isAnswer(error)) lost = error
      failures.push(translate(error))
      throw failures.at(-1)
    }
  }
  const begun = sendHere('begin', [])
  begun.catch(() => {})

  return {
    lost: () => lost,
    run: ((sql, parameters) => {
      if (over) throw new Error('a statement of a transaction that is over')
      return sendHere(sql, parameters)
    }) satisfies Run,

    /**
     * A `begin` that failed while its connection lives, as by a cancellation in that very instant, left the statements
     * behind it to themselves: then this throws in place of a commit that would look well.
     */
    async commit(behind: () => Promise<unknown>): Promise<void> {
      // A statement that fails before it leaves, as by a value without a form on the wire, is one that the server never
      // hears of: it would commit the rest. By the next tick such a failure is known, and nothing has left yet.
      await new Promise<void>((resolve) => process.nextTick(resolve))
      if (failures.length > 0) throw failures[0]
      over = true
      const [committed, ...others] = await Promise.allSettled([sendHere('commit', []), begun, behind()])
      if (failures.length > 0) throw failures[0]
      for (const result of [committed, ...others]) if (result.status === 'rejected') throw result.reason
      // "COMMIT" of a transaction that a statement has failed is answered by "ROLLBACK".
      if (committed.status === 'fulfilled' && committed.value.command === 'ROLLBACK') {
        throw new Error('the transaction had failed: nothing was committed')
      }
    },

    async rollback(): Promise<void> {
      if (over) return
      over = true
      await sendHere('rollback', []).catch(() => {})
    },
  }
}

const dialect: Dialect = {
  createAdapter: () => new PostgresAdapter(),
  createDriver: () => new DummyDriver(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
}

function propsFor(run: Run) {
  return { config: { dialect }, dialect, driver: unreachable, executor: new DirectExecutor(run) }
}

/** Kysely's own transactions would begin nothing: statements find their connection by themselves. */
class NoDriver extends DummyDriver {
  override async beginTransaction(): Promise<never> {
    throw new Error(ownTransactions)
  }
}

const ownTransactions = 'transactions and connections are lent by the storage alone'
const unreachable = new NoDriver()
const noConnections = {
  provideConnection: async (): Promise<never> => {
    throw new Error(ownTransactions)
  },
}

const adapter = new PostgresAdapter()
const compiler = new PostgresQueryCompiler()

class DirectExecutor extends DefaultQueryExecutor {
  readonly #run: Run

  constructor(run: Run) {
    super(compiler, adapter, noConnections)
    this.#run = run
  }

  override compileQuery<R>(...[node, queryId]: Parameters<DefaultQueryExecutor['compileQuery']>): CompiledQuery<R> {
    if (node.kind === 'RawNode') {
      const parameters: unknown[] = []
      const sql = textOf(node, parameters)
      if (sql !== undefined) return { query: node, queryId, sql, parameters }
    }
    return super.compileQuery(node, queryId) as CompiledQuery<R>
  }

  override async executeQuery<R>(query: CompiledQuery<unknown>): Promise<QueryResult<R>> {
    const { command, rowCount, rows } = await this.#run(query.sql, query.parameters)
    const changes = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE' || command === 'MERGE'
    return { rows: rows as R[], ...(changes ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) }
  }

  /** With plugins the statement goes Kysely's long way, which applies them. */
  override withPlugins(plugins: readonly KyselyPlugin[]): DefaultQueryExecutor {
    const executeQuery = <R>(query: CompiledQuery): Promise<QueryResult<R>> => this.executeQuery<R>(query)
    const connection: DatabaseConnection = { executeQuery, streamQuery: () => this.stream() }
    return new DefaultQueryExecutor(compiler, adapter, { provideConnection: (use) => use(connection) }, [...plugins])
  }

  override withPlugin(plugin: KyselyPlugin): DefaultQueryExecutor {
    return this.withPlugins([plugin])
  }

  override withPluginAtFront(plugin: KyselyPlugin): DefaultQueryExecutor {
    return this.withPlugins([plugin])
  }

  override stream(): never {
    throw new Error('read in pages: a pipelined connection keeps no cursor open')
  }
}

/**
 * The text of a template, with its values added to `values`; undefined where a hole is neither a value nor such a template,
 * which Kysely knows how to write.
 */
function textOf({ sqlFragments, parameters: holes }: RawNode, values: unknown[]): string | undefined {
  const known = texts.get(sqlFragments)
  if (known !== undefined && values.length === 0 && holes.every(isValue)) {
    for (const { value } of holes) values.push(value)
    return known
  }
  let text = sqlFragments[0] ?? ''
  for (const [index, hole] of holes.entries()) {
    if (isValue(hole)) {
      text += `$${values.push(hole.value)}`
    } else if (isTemplate(hole)) {
      const inner = textOf(hole, values)
      if (inner === undefined) return undefined
      text += inner
    } else return undefined
    text += sqlFragments[index + 1] ?? ''
  }
  // The same at each call, as nothing was written before it or within it.
  if (values.length === holes.length && holes.every(isValue)) texts.set(sqlFragments, text)
  return text
}

const texts = new WeakMap<readonly string[], string>()

type Hole = RawNode['parameters'][number]
const isValue = (hole: Hole): hole is ValueNode => hole.kind === 'ValueNode' && !(hole as ValueNode).immediate
const isTemplate = (hole: Hole): hole is RawNode => hole.kind === 'RawNode'

/** Holds the socket's writes back until the present turn of the event loop ends. */
export function send(
  client: pg.ClientBase,
  sql: string,
  parameters: readonly unknown[],
  kept?: KeptStatements,
): Promise<pg.QueryResult> {
  const { stream } = (client as unknown as { connection: { stream: Gathering } }).connection
  if (!stream.gathering) {
    stream.gathering = true
    stream.cork()
    setImmediate(() => {
      stream.gathering = false
      stream.uncork()
    })
  }
  const values = parameters as unknown[]
  const name = kept?.nameOf(sql)
  if (name === undefined) return client.query(sql, values)
  return client.query({ name, text: sql, values }).catch((error: unknown) => {
    if (!isAnswer(error) || isStale(error)) kept?.forget(sql)
    throw error
  })
}

/**
 * Outside of a transaction. What was kept of a statement may be stale, as tables have changed under a newer version of the
 * hub: it was not carried out, and is sent again as if it had never been kept.
 */
function sendAlone(
  client: pg.ClientBase,
  sql: string,
  parameters: readonly unknown[],
  kept?: KeptStatements,
): Promise<pg.QueryResult> {
  return send(client, sql, parameters, kept).catch((error: unknown) => {
    if (kept && isAnswer(error) && isStale(error)) return send(client, sql, parameters)
    throw error
  })
}

const isStale = ({ code }: { code: string }) => staleStates.has(code)

/** The server's own word; anything else happened on this side of the connection, or to it. */
const isAnswer = (error: unknown): error is Error & { code: string } => error instanceof Error && 'severity' in error

/** Another one is kept under its name by now, or none (26000); its columns are not what they were (0A000). */
const staleStates = new Set(['26000', '0A000'])

interface Gathering {
  gathering?: boolean
  cork(): void
  uncork(): void
}
