/**
 * PGlite, the PostgreSQL in this process: how it is made, held for this process alone, and reached. It is spoken to in
 * the protocol of a server, so that the client of a server is its client too; but it has one session, for everybody.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Duplex } from 'node:stream'
import type { PGlite } from '@electric-sql/pglite'
import { GarantError } from '../kernel/errors.ts'
import type { Lines } from './handles.ts'
import type { Line } from './statement.ts'
import type { Location } from './storage.ts'

export type Embedded = Exclude<Location, { kind: 'server' }>

/** The default of 128 MB more than doubles the memory of the process, and one process gains nothing from it. */
const embeddedSettings = ['shared_buffers = 16MB']

export async function createPglite(location: Embedded): Promise<PGlite> {
  // Only here: a process with a server pays nothing for what it does not use.
  const { PGlite } = await import('@electric-sql/pglite')
  const options = { postgresqlconf: embeddedSettings }
  if (location.kind === 'memory') {
    return PGlite.create({ ...options, ...(location.image ? { loadDataDir: location.image } : {}) })
  }
  const dataDir = join(location.path, 'postgres')
  if (!existsSync(join(dataDir, 'PG_VERSION'))) {
    // Making the cluster leaves behind memory that only closing gives back.
    const maker = await PGlite.create({ ...options, dataDir })
    await maker.close()
  }
  return PGlite.create({ ...options, dataDir })
}

/**
 * The socket between a client and a PGlite. What is written in one piece, which may be many messages, is one call into
 * it. That call works until it is done; the client hears the answer afterwards, as from any socket.
 */
export class PgliteSocket extends Duplex {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    super({ allowHalfOpen: false })
    this.#pglite = pglite
  }

  connect(): this {
    process.nextTick(() => this.emit('connect'))
    return this
  }

  setNoDelay(): this {
    return this
  }

  override _read(): void {}

  override _write(messages: Buffer, _encoding: unknown, done: (error?: Error) => void): void {
    const answers: Buffer[] = []
    // The memory that it shows is its own: copied before it goes on.
    const onRawData = (answer: Uint8Array) => void answers.push(Buffer.from(answer))
    this.#pglite.execProtocolRawStream(messages, { syncToFs: false, onRawData }).then(() => {
      if (answers.length > 0) this.push(Buffer.concat(answers))
      done()
    }, done)
  }

  override _writev(pieces: { chunk: Buffer }[], done: (error?: Error) => void): void {
    this._write(Buffer.concat(pieces.map(({ chunk }) => chunk)), undefined, done)
  }

  override _final(done: () => void): void {
    this.push(null)
    done()
  }
}

/** One connection for everybody, in the order of asking: statements follow one another, a transaction has it alone. */
export function takeTurns(line: Line): Lines {
  const waiting: (() => void)[] = []
  let taken = false
  const release = () => {
    taken = false
    while (!taken && waiting.length > 0) waiting.shift()?.()
  }
  const take = () => {
    taken = true
    return { line, release }
  }
  return {
    single<T>(work: (line: Line) => Promise<T>): Promise<T> {
      if (!taken) return work(line)
      // It is sent in its turn and not a moment later, when a transaction may have begun.
      return new Promise<T>((resolve) => waiting.push(() => resolve(work(line))))
    },
    async lease() {
      if (!taken) return take()
      return new Promise((resolve) => waiting.push(() => resolve(take())))
    },
  }
}

/**
 * A lock of the operating system on a file of the folder: it ends with the process that holds it, however that one ends,
 * and cannot be mistaken for another process that got the same number. Node has no such call, SQLite has one.
 */
export function lockFolder(path: string): () => void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const note = join(path, 'garant.pid')
  const lock = new DatabaseSync(join(path, 'garant.lock'))
  try {
    lock.exec('pragma journal_mode = off; begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error
    throw new GarantError('data_folder_busy', { folder: path, process: readNote(note) }, { cause: error })
  }
  writeFileSync(note, String(process.pid))
  return () => lock.close()
}

/** SQLITE_BUSY */
const sqliteBusy = 5

/** The process that holds the folder, for the message only; 0 when it has not written it yet. */
function readNote(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8')) || 0
  } catch {
    return 0
  }
}
