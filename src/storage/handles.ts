/**
 * Which connection a statement takes to PostgreSQL: few writes to its sockets, because on a busy process these, and the
 * wake-ups that they cause, cost more than the statements; and few calls into the embedded one, for the same reason.
 *
 * - A statement outside of a transaction takes no connection for itself: it goes down one that others use too, in a
 *   pipeline. Each answers in the order of asking; one that fails fails alone.
 * - A transaction has a connection to itself. `begin` is not waited for: it leaves together with the first statement,
 *   and if it failed that one fails too. `commit` leaves together with the statements whose answers nobody needs.
 * - What is sent in one turn of the event loop leaves in one write, and of a transaction comes back in one piece
 *   (`statement.ts`).
 *
 * Kysely builds the statements. Its way from there to a connection, made for any driver, is a chain of a dozen promises:
 * the executors here go straight to the connection, whose one promise is the answer.
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
import { type Answer, isAnswer, type Line, PassedOver } from './statement.ts'
import type { Connection, NoTables } from './storage.ts'

export interface HandlesOptions extends Lines {
  /** Throws where the root handle may not be used. */
  refuseRoot: () => void
  /** The error to throw in place of one of the driver's. */
  translate: (error: unknown) => unknown
}

/** The connections of one database, all pipelined. */
export interface Lines {
  /** For single statements, which `work` sends at once: a line that others use as well. */
  single<T>(work: (line: Line) => Promise<T>): Promise<T>
  /** A line that nobody else uses until it is released; `lost` says why it cannot be used again. */
  lease(): Promise<{ line: Line; release: (lost?: Error) => void }>
}

type Run = (sql: string, parameters: readonly unknown[]) => Promise<Answer>

export function createHandles(options: HandlesOptions): Pick<Connection, 'db' | 'transaction'> {
  const { single, lease, refuseRoot, translate } = options
  const translated = (error: unknown): never => {
    throw translate(error)
  }

  const db = new Kysely<NoTables>(
    propsFor((sql, parameters) => {
      refuseRoot()
      return single((line) => line.sendAlone(sql, parameters, translated))
    }),
  )

  return {
    db,
    async transaction(work, behind) {
      refuseRoot()
      const { line, release } = await lease().catch(translated)
      const session = createSession(line, translate)
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
function createSession(line: Line, translate: HandlesOptions['translate']) {
  let over = false
  /** On the server: neither committed nor rolled back. */
  let isOpen = true
  const failures: unknown[] = []
  let lost: Error | undefined

  const failed = (error: unknown): never => {
    // What comes behind a failed statement fails because of that one.
    const isBehind = isAborted(error) || error instanceof PassedOver
    if (error instanceof Error && !isAnswer(error) && !isBehind) lost = error
    failures.push(failures.length > 0 && isBehind ? failures[0] : translate(error))
    throw failures.at(-1)
  }
  const say = (command: string) => line.send(command, [], failed)
  // Answered before all others, so that by the answer to the commit it is known whether it failed.
  say('begin').catch(() => {})

  return {
    lost: () => lost,
    run: ((sql, parameters) => {
      if (over) throw new Error('a statement of a transaction that is over')
      return line.send(sql, parameters, failed)
    }) satisfies Run,

    /**
     * A `begin` that failed while its connection lives, as by a cancellation in that very instant, left the statements
     * behind it to themselves: then this throws in place of a commit that would look well.
     */
    async commit(behind: () => Promise<unknown>): Promise<void> {
      // A statement that failed before it left, as by a value without a form on the wire, is one that the server never
      // heard of: it would commit the rest.
      if (failures.length > 0) throw failures[0]
      over = true
      const commit = line.send('commit', [], (error) => {
        isOpen = error instanceof PassedOver
        return failed(error)
      })
      const [committed, others] = await Promise.allSettled([commit, behind()])
      if (committed.status === 'fulfilled') isOpen = false
      if (failures.length > 0) throw failures[0]
      if (others.status === 'rejected') throw others.reason
      // "COMMIT" of a transaction that a statement has failed is answered by "ROLLBACK".
      if (committed.status === 'fulfilled' && committed.value.command === 'ROLLBACK') {
        throw new Error('the transaction had failed: nothing was committed')
      }
    },

    async rollback(): Promise<void> {
      over = true
      if (isOpen) await say('rollback').catch(() => {})
    },
  }
}

/** in_failed_sql_transaction */
const isAborted = (error: unknown) => isAnswer(error) && error.code === '25P02'

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

  override executeQuery<R>(query: CompiledQuery<unknown>): Promise<QueryResult<R>> {
    return this.#run(query.sql, query.parameters) as Promise<QueryResult<R>>
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
