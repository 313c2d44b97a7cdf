/**
 * Files that people send by a form (`multipart/form-data`, RFC 7578), on the few routes that take one. What is longer
 * than the route allows is read to its end and thrown away, so that the browser comes to read our answer; it is never
 * held. Everything of it is what somebody sent: a name of a file is not believed, nor its type.
 */
import { once } from 'node:events'
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The field of a form in which a file came. */
export type Upload = { kind: 'file'; bytes: Buffer } | { kind: 'too_large' }

export type Form = Record<string, string | Upload>

/** Beyond it nobody waits for the rest. */
const mostRead = 64 * 1024 * 1024
const limits = { fieldNameSize: 60, fieldSize: 4 * 1024, fields: 20, files: 1, parts: 21, headerPairs: 20 } as const

/**
 * Makes a scope of the server whose routes read such forms: the body holds the fields as text, and a file as `Upload`.
 * Fields that stand before a file that is too long are there: a form puts its verifier first.
 *
 * @param most bytes of the file
 */
export function takeUploads(scope: FastifyInstance, { most }: { most: number }): void {
  scope.addContentTypeParser('multipart/form-data', (request: FastifyRequest, payload: AsyncIterable<Buffer>) =>
    readForm(request.headers as BusboyHeaders, payload, { most }),
  )
}

/** What is no such form has no fields. What was cut off has those before the cut, and a file that is `too_large`. */
export async function readForm(
  headers: BusboyHeaders,
  payload: AsyncIterable<Buffer>,
  { most }: { most: number },
): Promise<Form> {
  const form: Form = Object.create(null)
  const reader = readerOf(headers, most)
  if (!reader) return form
  reader.on('field', (name, value, _nameIsCut, isCut) => {
    if (!isCut) form[name] = value
  })
  reader.on('file', (name, stream) => {
    let chunks: Buffer[] | undefined = []
    const drop = () => {
      chunks = undefined
    }
    form[name] = { kind: 'too_large' }
    stream.on('data', (chunk: Buffer) => chunks?.push(chunk))
    stream.on('limit', drop)
    stream.on('error', drop)
    stream.on('end', () => {
      if (chunks) form[name] = { kind: 'file', bytes: Buffer.concat(chunks) }
    })
  })
  let broken = false
  reader.on('error', () => {
    broken = true
  })
  const finished = once(reader, 'finish').catch(() => {})
  let length = 0
  for await (const chunk of payload) {
    length += chunk.length
    if (length > mostRead) return form
    if (!broken && !reader.write(chunk)) await Promise.race([once(reader, 'drain').catch(() => {}), finished])
  }
  if (!broken) reader.end()
  await finished
  return form
}

/** Undefined where the header names no boundary. */
function readerOf(headers: BusboyHeaders, most: number): BusboyInstance | undefined {
  try {
    return new Busboy({
      headers,
      limits: { ...limits, fileSize: most },
      isPartAFile: (field, _type, file) => field !== undefined && file !== undefined,
    })
  } catch {
    return undefined
  }
}
