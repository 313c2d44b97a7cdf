/**
 * One connection to PostgreSQL and the statements that go down it, in a pipeline: those of one turn of the event loop
 * leave in one write to the socket. Those of a transaction are answered in one piece as well, since the server sends
 * what it has when it is asked to be in step again (`Sync`), and that once for all of them. On a shared line, where each
 * fails alone, what is asked while answers are out leaves together when they are there. So a busy process and its server
 * are woken up for many statements at a time. The connection itself, its errors and the order of its answers are the
 * business of pg; the bytes are made and read by pg-protocol.
 *
 * What a session keeps of a statement is kept on both sides: the server its plan, this side its columns. A kept
 * statement that would answer with other columns is refused by the server (0A000), so they are asked for once.
 */
import type { QueryResult } from 'kysely'
import { LRUCache } from 'lru-cache'
import pg from 'pg'
import utils from 'pg/lib/utils.js'
import { serialize } from 'pg-protocol'

export interface Answer extends QueryResult<Record<string, unknown>> {
  /** The first word of the command tag of PostgreSQL: `SELECT`, `INSERT`, `COMMIT`. Empty for an empty statement. */
  command: string
}

/** What becomes of a statement that failed: it throws the error that the asker gets, or gives another answer. */
export type Failed = (error: unknown) => Answer | Promise<Answer>

/** The statements that a session keeps, so that it need not read, plan and describe them again. */
export interface KeptStatements {
  /** What is kept of it, if it is; not for `values` that are many, because a plan for few would have to serve them. */
  of(sql: string, values: readonly unknown[]): Kept | undefined
  /** After an error that leaves it unclear whether the session still keeps it. */
  forget(sql: string): void
}

interface Kept {
  readonly name: string
  /** Once they are known. */
  columns?: Columns
}

/** What makes a row of the texts that come. */
interface Columns {
  readonly list: readonly { name: string; parse: (text: string) => unknown }[]
  /** A row is a copy of this one, so that all are of one shape. */
  readonly blank: Readonly<Record<string, null>>
}

const noColumns: Columns = { list: [], blank: {} }

/** One connection, for as long as it lasts. */
export class Line {
  readonly client: pg.Client
  readonly #kept: KeptStatements | undefined
  readonly #session: Session
  readonly #departures: Departures
  /** Statements of a transaction that leave when the present turn ends. */
  #gathered: Statement[] = []

  /**
   * @param client made with `pipeline`, and connected before the first statement
   * @param options.kept what its session keeps; nothing without
   * @param options.answerTimeout in milliseconds: the connection is closed when an answer takes longer; never without
   * @param options.shared nobody who uses it waits for two of its statements to go side by side
   */
  constructor(client: pg.Client, { kept, answerTimeout, shared = false }: LineOptions = {}) {
    this.client = client
    this.#kept = kept
    const { connection } = client
    const silence = answerTimeout ? new Silence(answerTimeout, () => connection.stream.destroy()) : undefined
    this.#departures = new Departures(connection, shared)
    this.#session = { types: client, silence, fail: (asked, error) => this.#fail(asked, error) }
  }

  /** Whether an answer is out, of statements outside of a transaction. */
  get isBusy(): boolean {
    return this.#departures.isBusy
  }

  /**
   * Sends one statement of a transaction, its `begin` and its end among them. It leaves when the present turn of the event
   * loop ends, with all others of that turn. Where one of them fails the server passes over those behind it.
   *
   * @throws StaleStatement to `failed`, where tables have changed under what the session keeps of it
   * @throws PassedOver to `failed`, where one before it has failed
   */
  send(sql: string, values: readonly unknown[], failed: Failed): Promise<Answer> {
    return this.#send({ sql, values, failed, kept: this.#kept?.of(sql, values), alone: false })
  }

  readonly #leave = () => {
    const batch = new Batch(this.#gathered, this.#session)
    this.#gathered = []
    this.client.query(batch)
  }

  /**
   * Sends one outside of a transaction, which fails alone. What was kept of a statement may be stale, as tables have changed
   * under a newer version of the hub: it was not carried out, and is sent again as if it had never been kept.
   */
  sendAlone(sql: string, values: readonly unknown[], failed: Failed): Promise<Answer> {
    return this.#send({ sql, values, failed, kept: this.#kept?.of(sql, values), alone: true })
  }

  #send(asked: Asked): Promise<Answer> {
    let statement: Statement
    try {
      statement = new Statement(asked, this.#session)
    } catch (error) {
      // Said at once, so that a transaction knows of it before it sends anything else.
      return new Promise((resolve) => resolve(this.#fail(asked, error)))
    }
    if (asked.alone) this.client.query(new Batch([statement], this.#session, this.#departures))
    else if (this.#gathered.push(statement) === 1) setImmediate(this.#leave)
    return statement.answer
  }

  #fail(asked: Asked, error: unknown): Answer | Promise<Answer> {
    const { sql, kept, alone, failed } = asked
    if (kept && isStale(error)) {
      this.#kept?.forget(sql)
      return alone ? this.#send({ ...asked, kept: undefined }) : failed(new StaleStatement(error))
    }
    if (kept && !isAnswer(error) && !(error instanceof PassedOver)) this.#kept?.forget(sql)
    return failed(error)
  }
}

export interface LineOptions {
  kept?: KeptStatements
  answerTimeout?: number
  shared?: boolean
}

/**
 * A transaction is lost, because what its connection kept of a statement is no longer what the server would do. It was
 * not carried out, and goes well on another connection.
 */
export class StaleStatement extends Error {
  readonly code: string

  constructor(cause: Error & { code: string }) {
    super('what was kept of a statement is stale', { cause })
    this.code = cause.code
  }
}

/** What pg knows of the names of a session: with a parse that succeeded, and with one that was only sent. */
interface Named {
  parsedStatements: Record<string, string | undefined>
  submittedNamedStatements: Record<string, string | undefined>
}

interface Asked {
  readonly sql: string
  readonly values: readonly unknown[]
  readonly failed: Failed
  readonly kept: Kept | undefined
  /** Outside of a transaction. */
  readonly alone: boolean
}

/** What the statements of one line have in common. */
interface Session {
  readonly types: Pick<pg.ClientBase, 'getTypeParser'>
  readonly silence: Silence | undefined
  readonly fail: (asked: Asked, error: unknown) => Answer | Promise<Answer>
}

/** A statement, and what came of its answer. */
class Statement {
  readonly text: string
  readonly name: string | undefined
  readonly answer: Promise<Answer>
  readonly #asked: Asked
  readonly #session: Session
  readonly #bind: Buffer
  #resolve: (answer: Answer | Promise<Answer>) => void = () => {}
  #columns = noColumns
  #rows: Record<string, unknown>[] = []
  #tag = ''
  /** What made a row unreadable: known in the middle of the answer, and said at its end. */
  #unreadable: unknown

  /** Throws where a value has no form on the wire. */
  constructor(asked: Asked, session: Session) {
    const { sql, values, kept } = asked
    this.#asked = asked
    this.#session = session
    this.text = sql
    this.name = kept?.name
    this.#bind = serialize.bind({ statement: kept?.name ?? '', values: values as unknown[], valueMapper: asWire })
    this.answer = new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** What asks for it, and is added to `messages`. */
  write(messages: Buffer[], { parsedStatements, submittedNamedStatements }: Named): void {
    const { text, name = '' } = this
    if (!(parsedStatements[name] ?? submittedNamedStatements[name])) {
      if (name) submittedNamedStatements[name] = text
      messages.push(serialize.parse({ text, name }))
    }
    messages.push(this.#bind)
    const columns = this.#asked.kept?.columns
    if (columns) this.#columns = columns
    else messages.push(describe)
    messages.push(execute)
  }

  describe(fields: readonly pg.FieldDef[]): void {
    this.#columns = columnsOf(fields, this.#session.types)
  }

  row(texts: readonly (string | null)[]): void {
    try {
      this.#rows.push(rowOf(this.#columns, texts))
    } catch (error) {
      this.#unreadable ??= error
    }
  }

  /** @param tag of the command; empty for an empty statement */
  complete(tag: string): void {
    this.#tag = tag
    // A statement that was described as one without columns is known as such now.
    if (this.#asked.kept) this.#asked.kept.columns ??= this.#columns
  }

  /** The server is in step again: what has come is all. */
  end(): void {
    if (this.#unreadable === undefined) this.#resolve(answerOf(this.#tag, this.#rows))
    else this.fail(this.#unreadable)
  }

  fail(error: unknown): void {
    const { promise, reject } = Promise.withResolvers<never>()
    // In this order the stack trace that is captured on the way leads to who asked, and not to the socket.
    this.#resolve(
      promise.catch((error: unknown) => {
        if (error instanceof Error) Error.captureStackTrace(error)
        return this.#session.fail(this.#asked, error)
      }),
    )
    reject(error)
  }
}

/**
 * Statements that the server answers in one piece, as the client of pg handles a query: `submit` sends them, and each
 * `handle…` gets a message of their answers. The client sends nothing but a `pg.Query` down a pipeline; the constructor of
 * that one, which makes an event emitter, a copy of its settings and a result with a description of its own, costs more
 * than all of this, and is not called.
 */
class Batch {
  readonly #statements: readonly Statement[]
  readonly #session: Session
  /** Says when it leaves; without, at once. */
  readonly #departures: Departures | undefined
  /** Of the statement that is being answered. */
  #at = 0
  #isOut = false

  static {
    Object.setPrototypeOf(Batch.prototype, pg.Query.prototype)
  }

  constructor(statements: readonly Statement[], session: Session, departures?: Departures) {
    this.#statements = statements
    this.#session = session
    this.#departures = departures
  }

  // Read by the client of pg, which notes the names whose parse succeeded.
  get text(): string | undefined {
    return this.#statements[this.#at]?.text
  }

  get name(): string | undefined {
    return this.#statements[this.#at]?.name
  }

  submit(connection: pg.Connection): null {
    const messages: Buffer[] = []
    for (const statement of this.#statements) statement.write(messages, connection as pg.Connection & Named)
    messages.push(sync)
    this.#departures?.begin()
    // A socket that is closing says so by itself, to everybody who waits.
    if (connection.stream.writable) connection.stream.write(Buffer.concat(messages))
    this.#isOut = true
    this.#session.silence?.begin()
    return null
  }

  handleRowDescription({ fields }: { fields: readonly pg.FieldDef[] }): void {
    this.#statements[this.#at]?.describe(fields)
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    this.#statements[this.#at]?.row(fields)
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#statements[this.#at++]?.complete(text)
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' })
  }

  handleReadyForQuery(): void {
    this.#end()
    for (const statement of this.#statements) statement.end()
  }

  handleError(error: unknown, { submittedNamedStatements }: Named): void {
    this.#end()
    // What was answered to the end failed by what came of it in the end.
    const failed = Math.min(this.#at, this.#statements.length - 1)
    const behind = isAnswer(error) ? new PassedOver() : error
    for (const [index, statement] of this.#statements.entries()) {
      if (index < failed) statement.end()
      else statement.fail(index === failed ? error : behind)
      if (index > failed && statement.name) delete submittedNamedStatements[statement.name]
    }
  }

  #end(): void {
    if (!this.#isOut) return
    this.#isOut = false
    this.#departures?.end()
    this.#session.silence?.end()
  }
}

/** "[The backend] reads and discards messages until a Sync is reached" (PostgreSQL, message flow, extended query). */
export class PassedOver extends Error {
  constructor() {
    super('a statement behind one that failed')
  }
}

const [execute, describe, sync] = [serialize.execute(), serialize.describe({ type: 'P' }), serialize.sync()]

/** Instants are written in UTC, in the years that PostgreSQL reads so; everything else is written as pg does. */
function asWire(value: unknown): string | Buffer | null {
  if (value instanceof Date && value.getTime() >= firstWritten && value.getTime() < lastWritten)
    return value.toISOString()
  return utils.prepareValue(value)
}

const firstWritten = Date.UTC(1000, 0)
const lastWritten = Date.UTC(10000, 0)

function columnsOf(fields: readonly pg.FieldDef[], types: Session['types']): Columns {
  const blank: Record<string, null> = {}
  for (const { name } of fields) blank[name] = null
  return {
    list: fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID, 'text') })),
    blank,
  }
}

function rowOf({ list, blank }: Columns, texts: readonly (string | null)[]): Record<string, unknown> {
  // Only where what is in between hands one session to several: the server itself answers as it has described.
  if (texts.length !== list.length) throw new Error('a row with other columns than its statement')
  const row: Record<string, unknown> = { ...blank }
  let at = 0
  for (const { name, parse } of list) {
    const text = texts[at++] ?? null
    row[name] = text === null ? null : parse(text)
  }
  return row
}

/** @param tag of the command: `INSERT 0 1`, `UPDATE 1`, `CREATE TABLE` */
function answerOf(tag: string, rows: Record<string, unknown>[]): Answer {
  const end = tag.indexOf(' ')
  const command = end < 0 ? tag : tag.slice(0, end)
  if (!changing.has(command)) return { command, rows }
  return { command, rows, numAffectedRows: BigInt(tag.slice(tag.lastIndexOf(' ') + 1)) }
}

const changing = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE'])

/** The server's own word; anything else happened on this side of the connection, or to it. */
export const isAnswer = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && 'severity' in error

const isStale = (error: unknown): error is Error & { code: string } => isAnswer(error) && staleStates.has(error.code)

/** Another one is kept under its name by now, or none (26000); its columns are not what they were (0A000). */
const staleStates = new Set(['26000', '0A000'])

/** When the statements of a connection leave: those of one turn of the event loop together, at its end. */
class Departures {
  readonly #connection: pg.Connection
  /** Waits for the answers that are out, too. */
  readonly #patient: boolean
  /** Written and not answered ... */
  #begun = 0
  /** ... and of these, not gone yet. */
  #held = 0

  constructor(connection: pg.Connection, patient: boolean) {
    this.#connection = connection
    this.#patient = patient
  }

  get isBusy(): boolean {
    return this.#begun > 0
  }

  /** Before a statement is written. */
  begin(): void {
    const isFirst = this.#held === 0
    if (isFirst) this.#connection.stream.cork()
    if (isFirst && !(this.#patient && this.#begun > 0)) setImmediate(this.#leave)
    this.#begun++
    this.#held++
  }

  /** A statement that was written is answered, or never will be. */
  end(): void {
    this.#begun--
    if (this.#patient && this.#held > 0 && this.#begun === this.#held) setImmediate(this.#leave)
  }

  readonly #leave = () => {
    this.#held = 0
    this.#connection.stream.uncork()
  }
}

/** How long the oldest of the statements that are out waits: one timer for a connection, whatever goes down it. */
class Silence {
  readonly #limit: number
  readonly #broken: () => void
  /** When each statement that is out was asked, in the order in which they are answered. */
  readonly #since: number[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(limit: number, broken: () => void) {
    this.#limit = limit
    this.#broken = broken
  }

  begin(): void {
    this.#since.push(performance.now())
    this.#timer ??= this.#lookIn(this.#limit)
  }

  end(): void {
    this.#since.shift()
  }

  #lookIn(time: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#timer = undefined
      const [oldest] = this.#since
      if (oldest === undefined) return
      const left = oldest + this.#limit - performance.now()
      if (left > 0) this.#timer = this.#lookIn(left)
      else this.#broken()
    }, time).unref()
  }
}

/** About 30 kB each, for as long as the session lasts. */
const mostKept = 500

/** A list or a text that is longer is taken for what stands for many rows. */
const longestList = 100
const longestText = 10_000

/**
 * Keeps the statements that were sent twice: most texts are those of the sources, but a list of values makes its own.
 *
 * @param options.most how many
 * @param options.only which of them may be kept; all without
 */
export function keepRepeated({
  most = mostKept,
  only = () => true,
}: {
  most?: number
  only?: (sql: string) => boolean
} = {}): KeptStatements {
  const once = new LRUCache<string, true>({ max: mostKept })
  const kept = new Map<string, Kept | undefined>()
  let made = 0
  return {
    of(sql, values) {
      if (values.some(isMany)) return undefined
      const known = kept.get(sql)
      if (known !== undefined || kept.size >= most || kept.has(sql)) return known
      if (!once.has(sql)) {
        once.set(sql, true)
        return undefined
      }
      once.delete(sql)
      const own = only(sql) ? { name: `kept_${++made}` } : undefined
      kept.set(sql, own)
      return own
    },
    forget: (sql) => void kept.delete(sql),
  }
}

const isMany = (value: unknown) =>
  Array.isArray(value) ? value.length > longestList : typeof value === 'string' && value.length > longestText
