/**
 * The two kinds of database behind one `Connection`: a PostgreSQL server, or PGlite in this process. One client speaks
 * to both, so they answer with the same types. Both refuse the root handle inside a transaction, and say
 * `database_unavailable` when they are out of reach: nothing above knows which one it is.
 */
import pg from 'pg'
import { hour, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { createPglite, type Embedded, lockFolder, PgliteSocket, takeTurns } from './embedded.ts'
import { createHandles } from './handles.ts'
import { keepRepeated, Line, StaleStatement } from './statement.ts'
import type { Connection, Location } from './storage.ts'

/** Connections of one process: CPU-bound work on one thread gains nothing from more. */
const defaultPoolSize = 10

/** Waiting for a connection longer than this means that the database is gone or flooded: the person is told so. */
const connectTimeout = 3 * second
/** A login holds no connection between two requests; a query that takes longer than this is a fault to report. */
const statementTimeout = 15 * second
/** The server cancels a slow statement itself; a silence beyond that is a network that lost us. */
const answerTimeout = statementTimeout + 5 * second
/** A migration of a large table, or the wait for another process that makes it. */
const patience = 6 * hour
/** A transaction that does nothing for so long belongs to a process that hangs: its locks must not outlive it. */
const idleInTransactionTimeout = 30 * second
/** How often the listening connection proves that it is alive. */
const heartbeat = 15 * second
/** Pause between two attempts to listen again. */
const reconnectPause = 500

/** @param refuseRoot throws when it is called inside a transaction: the root handle may not be used there */
export async function openServer(location: Location & { kind: 'server' }, refuseRoot: () => void): Promise<Connection> {
  const settings: pg.ClientConfig = {
    connectionString: location.url,
    connectionTimeoutMillis: connectTimeout,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10 * second,
    types: { getTypeParser },
  }
  const serving: pg.ClientConfig = {
    ...settings,
    statement_timeout: statementTimeout,
    idle_in_transaction_session_timeout: idleInTransactionTimeout,
    application_name: 'garant',
    pipeline: true,
  }
  const pool = new pg.Pool({ ...serving, max: location.poolSize ?? defaultPoolSize })
  const lines = new WeakMap<pg.ClientBase, Line>()
  const shared = createShared(serving)
  // An idle connection that the server closes is not a fault of anybody's request: the pool opens another one.
  pool.on('error', () => {})
  // One that is lost while it serves tells its query, and says it once more: unheard, that would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  const listener = createListener({ ...settings, application_name: 'garant-listen' })
  return {
    kind: 'server',
    ...createHandles({
      single: (work) => {
        const line = shared.next()
        return line instanceof Line ? work(line) : line.then(work)
      },
      async lease() {
        const client = await pool.connect()
        const line = lines.get(client) ?? new Line(client, { kept: keepRepeated(inTransactions), answerTimeout })
        lines.set(client, line)
        return { line, release: (lost) => client.release(lost) }
      },
      refuseRoot,
      translate: unavailable,
    }),
    async query(sql, values) {
      refuseRoot()
      return pool.query(limited({ text: sql, ...(values ? { values } : {}) })).catch(asUnavailable)
    },
    async exec(sql, { patient } = { patient: false }) {
      refuseRoot()
      return rowsOf(await pool.query(limited({ text: sql }, patient ? patience : answerTimeout)).catch(asUnavailable))
    },
    listen: (channel, handler) => listener.listen(channel, handler).catch(asUnavailable),
    async close() {
      await listener.close()
      await shared.close()
      await pool.end()
    },
  }
}

/**
 * What a session keeps for its transactions. A table that grows a column changes what `*` answers, and a transaction is
 * lost where what was kept is stale: so only what names its columns. There are many such sessions, so fewer for each.
 */
const inTransactions = { most: 200, only: (sql: string) => !allColumns.test(sql) }

/** `*` where a list ends or goes on, or its tables follow: neither a product nor `count(*)`. */
const allColumns = /(?<!\()\*\s*(?:,|\)|from\b|$)/i

/** Connections that single statements share: more than one, so that a slow one does not hold up everybody. */
const sharedConnections = 2

/**
 * The one of which no answer is out, or each in turn; opened when it is first needed and again after it was lost. Their
 * sessions keep the statements that come again: a look-up by a key is planned for longer than it runs.
 */
function createShared(settings: pg.ClientConfig) {
  const places: (Line | Promise<Line> | undefined)[] = Array.from({ length: sharedConnections })
  let turn = 0
  let closed = false

  function open(place: number): Promise<Line> {
    const client = new pg.Client(settings)
    const line = new Line(client, { kept: keepRepeated(), answerTimeout, shared: true })
    const forget = () => {
      if (places[place] === line || places[place] === opening) places[place] = undefined
    }
    client.on('error', forget)
    client.on('end', forget)
    const opening = client.connect().then(
      () => {
        places[place] = line
        return line
      },
      (error: unknown) => {
        forget()
        return asUnavailable(error)
      },
    )
    return opening
  }

  return {
    /** At once where it is open: nobody waits for what is there. */
    next(): Line | Promise<Line> {
      if (closed) return Promise.reject(unavailable(new Error('Client was closed')))
      const idle = places.find((place) => place instanceof Line && !place.isBusy)
      if (idle) return idle
      turn = (turn + 1) % sharedConnections
      const line = places[turn] ?? open(turn)
      places[turn] = line
      return line
    },
    async close(): Promise<void> {
      closed = true
      const open = await Promise.allSettled(places.filter((line) => line !== undefined))
      for (const result of open) if (result.status === 'fulfilled') await result.value.client.end()
    },
  }
}

/** A query outside of a line, which is given up by pg itself: it closes the connection, as it is of no more use. */
function limited(query: pg.QueryConfig, time = answerTimeout): pg.QueryConfig & { query_timeout: number } {
  return { ...query, query_timeout: time }
}

/** Several statements answer with one result each, whatever the types of pg say. */
function rowsOf(results: pg.QueryResult): { rows: Record<string, unknown>[] } {
  return { rows: [results].flat().flatMap(({ rows }) => rows) }
}

/** int8 as a number while it is exact, and dates without a zone as they are written. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') => {
  if (oid === pg.types.builtins.INT8) return parseInteger
  if (oid === pg.types.builtins.DATE) return asWritten
  return pg.types.getTypeParser(oid, format as 'text')
}

function parseInteger(text: string): number | bigint {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

const asWritten = (text: string) => text

/** The one connection of a process that listens, for all channels; opened with the first of them. */
function createListener(settings: pg.ClientConfig) {
  const channels = new Map<string, Set<(payload: string) => void>>()
  let client: Promise<pg.Client> | undefined
  let closed = false
  let timer: NodeJS.Timeout | undefined

  async function connect(): Promise<pg.Client> {
    const fresh = new pg.Client(settings)
    fresh.on('notification', ({ channel, payload = '' }) => {
      for (const handler of channels.get(channel) ?? []) handler(payload)
    })
    fresh.on('error', () => {})
    await fresh.connect()
    try {
      for (const channel of channels.keys()) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      fresh.connection.stream.destroy()
      throw error
    }
    const pulse = setInterval(() => {
      // A half-open connection gives no error of its own; closing it raises the 'end' below.
      const alarm = setTimeout(() => fresh.connection.stream.destroy(), heartbeat)
      fresh.query('select 1').then(
        () => clearTimeout(alarm),
        () => clearTimeout(alarm),
      )
    }, heartbeat)
    pulse.unref()
    fresh.on('end', () => {
      clearInterval(pulse)
      if (!closed) timer = setTimeout(reconnect, reconnectPause)
    })
    return fresh
  }

  function reconnect(): void {
    client = connect()
    client.then(
      // News may have been missed meanwhile: everybody is told to look.
      () => {
        for (const handlers of channels.values()) for (const handler of handlers) handler('')
      },
      () => {
        if (!closed) timer = setTimeout(reconnect, reconnectPause)
      },
    )
  }

  return {
    async listen(channel: string, handler: (payload: string) => void): Promise<() => Promise<void>> {
      const handlers = channels.get(channel) ?? new Set()
      channels.set(channel, handlers.add(handler))
      if (client === undefined) {
        client = connect()
        await client.catch((error: unknown) => {
          client = undefined
          throw error
        })
      } else {
        await (await client).query(`listen ${pg.escapeIdentifier(channel)}`)
      }
      return async () => {
        handlers.delete(handler)
      }
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await client?.then(
        (open) => open.end(),
        () => {},
      )
    },
  }
}

/** @param refuseRoot throws when it is called inside a transaction: the root handle would wait for ever there */
export async function openEmbedded(location: Embedded, refuseRoot: () => void): Promise<Connection> {
  const release = location.kind === 'folder' ? lockFolder(location.path) : () => {}
  const pglite = await createPglite(location).catch((error: unknown) => {
    release()
    throw error
  })
  const client = new pg.Client({
    // Named, as the environment of the process may name others.
    host: 'localhost',
    user: 'postgres',
    database: 'postgres',
    ssl: false,
    stream: () => new PgliteSocket(pglite),
    types: { getTypeParser },
    pipeline: true,
  })
  const channels = new Map<string, Set<(payload: string) => void>>()
  client.on('notification', ({ channel, payload = '' }) => {
    for (const handler of channels.get(channel) ?? []) handler(payload)
  })
  // It tells the statements that wait, and says it once more: unheard, that would end the process.
  client.on('error', () => {})
  await client.connect()
  const { single, lease } = takeTurns(new Line(client, { kept: keepRepeated() }))
  return {
    kind: 'embedded',
    ...createHandles({ single, lease, refuseRoot, translate: unavailable }),
    async query(sql, values = []) {
      refuseRoot()
      return single((line) => line.sendAlone(sql, values, asUnavailable))
    },
    async exec(sql) {
      refuseRoot()
      const { release } = await lease()
      try {
        return rowsOf(await client.query(sql))
      } catch (error) {
        return asUnavailable(error)
      } finally {
        // A script with a `begin` of its own that failed leaves its transaction open, on the only connection there is.
        if (client.getTransactionStatus() !== 'I') await client.query('rollback').catch(() => {})
        release()
      }
    },
    async listen(channel, handler) {
      const handlers = channels.get(channel) ?? new Set()
      channels.set(channel, handlers.add(handler))
      await single(({ client }) => client.query(`listen ${pg.escapeIdentifier(channel)}`)).catch(asUnavailable)
      return async () => void handlers.delete(handler)
    },
    async close() {
      const turn = await lease()
      const ended = client.end()
      // Who still waits hears that the connection is closed.
      turn.release()
      await ended
      await pglite.close()
      release()
    },
  }
}

/**
 * What means that the database cannot serve now, whoever asks: SQLSTATE classes 08 (connection), 28 (authorization),
 * 3D (no such database), 53 (resources), 57 (operator intervention, which a statement timeout is one of), 58 (system
 * error), 25006 (a server that was demoted to read-only), 25P03 (idle in transaction too long), and 55000 (the database
 * "is not currently accepting connections").
 */
const unavailableStates = /^(?:08|28|3D|53|57|58)[0-9A-Z]{3}$|^25006$|^25P03$|^55000$/
const unavailableSystemCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ENOENT',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
])
/** What pg and pg-pool throw without a code. */
const unavailableMessages =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (?:has encountered|was closed)|Cannot use a pool after)/

/** The error as the rest of the hub knows it, or the one that was given. */
function unavailable(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { code } = error as { code?: unknown }
  const isIt =
    error instanceof StaleStatement ||
    (typeof code === 'string'
      ? unavailableStates.test(code) || unavailableSystemCodes.has(code)
      : unavailableMessages.test(error.message))
  if (!isIt) return error
  return new GarantError(
    'database_unavailable',
    { reason: typeof code === 'string' ? code : 'connection' },
    { cause: error },
  )
}

function asUnavailable(error: unknown): never {
  throw unavailable(error)
}
