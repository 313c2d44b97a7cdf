/**
 * The bytes of an extraction, as they come: counted, hashed, unpacked when they are gzip. Nothing is kept, so a file of
 * any size passes through in the memory of a few chunks.
 */
import { createHash } from 'node:crypto'
import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { PassThrough, pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

export interface Source {
  /** Without its folder. The instant of the extraction is read from it. */
  name: string
  /** Size of what will be read; unknown of a pipe. */
  bytes?: number
  stream: Readable
}

/** Why a source cannot be read, as the operating system or the unpacking names it: `ENOENT`, `Z_DATA_ERROR`, …. */
export class SourceFault extends Error {
  readonly code: string

  constructor(error: unknown) {
    super('the source cannot be read', { cause: error })
    this.code = String((error as { code?: unknown })?.code ?? 'unknown')
  }
}

/** @throws SourceFault when there is no such file, or it may not be read */
export function openSource(path: string): Source {
  try {
    const found = statSync(path)
    if (found.isDirectory()) throw Object.assign(new Error('a folder'), { code: 'EISDIR' })
    const stream = createReadStream(path, { highWaterMark: chunkBytes })
    return { name: basename(path), stream, ...(found.isFile() ? { bytes: found.size } : {}) }
  } catch (error) {
    throw new SourceFault(error)
  }
}

/** Node's own size for files: larger ones make larger garbage, and a running hub serves between two of them. */
const chunkBytes = 64 * 1024

const gzipMark = Buffer.from([0x1f, 0x8b])
const zipMark = Buffer.from('PK\u0003\u0004')

export interface Opened {
  /** The text, unpacked. Throws `SourceFault` where reading fails. */
  bytes: AsyncIterable<Buffer>
  /** Bytes of the source that were read so far. */
  read(): number
  /** Of the source as it came; once all was read. */
  sha256(): string
}

/** Reads the first bytes to see what the source is. A zip archive is not unpacked: then this is `'zip'`. */
export async function open({ stream }: Source): Promise<Opened | 'zip'> {
  const sha256 = createHash('sha256')
  let read = 0
  const counted = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  const next = async () => {
    const { value, done } = await counted.next().catch((error: unknown) => {
      throw new SourceFault(error)
    })
    if (done) return undefined
    read += value.length
    sha256.update(value)
    return value
  }
  // A pipe may give its first bytes one by one.
  let start = Buffer.alloc(0)
  while (start.length < zipMark.length) {
    const chunk = await next()
    if (chunk === undefined) break
    start = Buffer.concat([start, chunk])
  }
  if (start.subarray(0, zipMark.length).equals(zipMark)) {
    stream.destroy()
    return 'zip'
  }
  async function* all(): AsyncGenerator<Buffer> {
    yield start
    for (let chunk = await next(); chunk !== undefined; chunk = await next()) yield chunk
  }
  const isGzip = start.subarray(0, gzipMark.length).equals(gzipMark)
  return { bytes: isGzip ? unpacked(all()) : all(), read: () => read, sha256: () => sha256.digest('hex') }
}

async function* unpacked(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const out = new PassThrough()
  pipeline(packed, createGunzip({ chunkSize: chunkBytes }), out, () => {})
  try {
    for await (const chunk of out) yield chunk as Buffer
  } catch (error) {
    throw error instanceof SourceFault ? error : new SourceFault(error)
  }
}
