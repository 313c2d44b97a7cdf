/**
 * Signed tree heads: what is signed, how a signature is checked, and the copy that is kept outside the database.
 *
 * Outside, the journal is a text of JSON lines of two kinds. `leaves` lines name each new leaf by its sequence and by the
 * first bytes of its hash, so that verification can say which fact was touched even when somebody rebuilt the whole tree;
 * `head` lines are the signed heads. Both the file and the body of each post have this form.
 */
import { createReadStream } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { compactVerify, importJWK, type JWK } from 'jose'
import type { Instant } from '../kernel/clock.ts'
import type { TreeHead } from './audit.ts'
import { hashLength } from './canonical.ts'
import type { SignedHead } from './store.ts'

/** What a head's signature covers. `format` keeps it apart from anything else that the same key could ever sign. */
export interface HeadPayload {
  format: 'garant-journal-1'
  origin: string
  size: number
  /** Base64url. */
  root: string
  at: Instant
}

export function headPayload(origin: string, head: Omit<SignedHead, 'signature'>): HeadPayload {
  return { format: 'garant-journal-1', origin, size: head.size, root: head.root.toString('base64url'), at: head.at }
}

export interface HeadVerifier {
  /** What a signature says, or nothing when none of the keys made it. */
  open(signature: string): Promise<HeadPayload | undefined>
  /** True when the head says what was signed by one of the keys for this journal. */
  vouchesFor(origin: string, head: SignedHead): Promise<boolean>
}

/** The algorithms for signatures; `none` and symmetric ones are out of the question. */
const algorithms = ['ES256', 'ES384', 'EdDSA', 'Ed25519', 'PS256', 'RS256']

export function createHeadVerifier(publicKeys: readonly JWK[]): HeadVerifier {
  const imported = publicKeys.map(async (jwk) => ({ jwk, key: await importJWK(jwk, jwk.alg ?? defaultAlgorithm(jwk)) }))
  const openHead: HeadVerifier['open'] = async (signature) => {
    for (const { key } of await Promise.all(imported)) {
      try {
        const { payload } = await compactVerify(signature, key, { algorithms })
        return parsePayload(JSON.parse(new TextDecoder().decode(payload)))
      } catch {
        // Not by this key: perhaps by the next one.
      }
    }
    return undefined
  }
  return {
    open: openHead,
    async vouchesFor(origin, head) {
      const payload = await openHead(head.signature)
      const expected = headPayload(origin, head)
      return (
        payload !== undefined &&
        (Object.keys(expected) as (keyof HeadPayload)[]).every((member) => payload[member] === expected[member])
      )
    },
  }
}

function defaultAlgorithm(jwk: JWK): string {
  return jwk.kty === 'EC' ? 'ES256' : jwk.kty === 'OKP' ? 'EdDSA' : 'RS256'
}

function parsePayload(value: unknown): HeadPayload | undefined {
  const payload = value as Partial<HeadPayload> | null
  return typeof payload === 'object' &&
    payload?.format === 'garant-journal-1' &&
    typeof payload.origin === 'string' &&
    isSize(payload.size) &&
    isRoot(payload.root) &&
    Number.isSafeInteger(payload.at)
    ? (payload as HeadPayload)
    : undefined
}

const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0
const isRoot = (value: unknown): value is string =>
  typeof value === 'string' && Buffer.from(value, 'base64url').length === hashLength

/** As it is shown and handed out. */
export function toTreeHead({ size, root, at, signature }: SignedHead): TreeHead {
  return { size, root: root.toString('base64url'), at, signature }
}

// Keys

/** Public keys of a journal, as they are kept outside of the hub. */
export interface JournalKeys {
  /** Whose journal they are for. */
  origin: string
  keys: JWK[]
}

/** @param keys every one that ever signed heads */
export function journalKeysOf(origin: string, keys: readonly { publicJwk: JWK }[]): JournalKeys {
  return { origin, keys: keys.map(({ publicJwk }) => publicJwk) }
}

/** A JWK Set (RFC 7517 section 5) with one more member, so that whoever verifies needs no settings of the hub. */
export function writeJournalKeys({ origin, keys }: JournalKeys): string {
  return JSON.stringify({ issuer: origin, keys }, undefined, 2)
}

/** The inverse of `writeJournalKeys`; undefined for anything else, and for a key that cannot verify. */
export async function readJournalKeys(text: string): Promise<JournalKeys | undefined> {
  try {
    const { issuer, keys } = JSON.parse(text) as { issuer?: unknown; keys?: unknown }
    if (typeof issuer !== 'string' || !Array.isArray(keys) || keys.length === 0) return undefined
    for (const jwk of keys) await importJWK(jwk, jwk.alg ?? defaultAlgorithm(jwk))
    return { origin: issuer, keys }
  } catch {
    return undefined
  }
}

// Lines

/** The first 64 bits of a leaf's hash. They only help to name what was touched; the proof is the root. */
export const printLength = 8

export interface LeafPrint {
  index: number
  sequence: bigint
  print: string
}

/** Of the leaf with this hash. */
export function printOf(leaf: Buffer): string {
  return leaf.toString('hex', 0, printLength)
}

export interface LeavesLine {
  kind: 'leaves'
  from: number
  prints: LeafPrint[]
}

export interface HeadLine extends SignedHead {
  kind: 'head'
}

/** Leaves named in one line: a line stays below 30 kB, so that the end of a file can be read without the rest. */
const leavesOfLine = 1_000
const longestTail = 64 * 1024

export function writeHeadLine({ size, root, at, signature }: SignedHead): string {
  return `${JSON.stringify({ head: { size, root: root.toString('base64url'), at, signature } })}\n`
}

/** Prints of neighbouring leaves, in as many lines as they need. */
export function writeLeavesLines(prints: readonly LeafPrint[]): string {
  const lines: string[] = []
  for (let start = 0; start < prints.length; start += leavesOfLine) {
    const part = prints.slice(start, start + leavesOfLine)
    const leaves = {
      from: part[0]?.index,
      sequences: writeRuns(part.map(({ sequence }) => sequence)),
      prints: Buffer.from(part.map(({ print }) => print).join(''), 'hex').toString('base64url'),
    }
    lines.push(`${JSON.stringify({ leaves })}\n`)
  }
  return lines.join('')
}

/** Growing numbers as runs: 1-3,5. */
function writeRuns(sequences: readonly bigint[]): string {
  const runs: { first: bigint; last: bigint }[] = []
  for (const sequence of sequences) {
    const run = runs.at(-1)
    if (run && sequence === run.last + 1n) run.last = sequence
    else runs.push({ first: sequence, last: sequence })
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}

/** Nothing when there are not exactly `count` of them: a line may have been cut off or made up. */
function readRuns(text: string, count: number): bigint[] | undefined {
  const sequences: bigint[] = []
  for (const run of text.split(',')) {
    const [, first, last = first] = /^(\d{1,18})(?:-(\d{1,18}))?$/.exec(run) ?? []
    if (first === undefined || last === undefined) return undefined
    if (BigInt(last) - BigInt(first) >= count - sequences.length) return undefined
    for (let sequence = BigInt(first); sequence <= BigInt(last); sequence++) sequences.push(sequence)
  }
  return sequences.length === count ? sequences : undefined
}

/** A line of either kind, or nothing when it is neither. */
export function readLine(line: string): LeavesLine | HeadLine | undefined {
  let value: {
    leaves?: { from?: unknown; sequences?: unknown; prints?: unknown }
    head?: Partial<Record<string, unknown>>
  }
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  if (value?.head) return readHead(value.head)
  if (value?.leaves) return readLeavesLine(value.leaves)
  return undefined
}

function readHead({ size, root, at, signature }: Partial<Record<string, unknown>>): HeadLine | undefined {
  if (!isSize(size) || !isRoot(root) || !Number.isSafeInteger(at) || typeof signature !== 'string') return undefined
  return { kind: 'head', size, root: Buffer.from(root, 'base64url'), at: at as Instant, signature }
}

function readLeavesLine(line: { from?: unknown; sequences?: unknown; prints?: unknown }): LeavesLine | undefined {
  const { from, sequences, prints } = line
  if (!isSize(from) || typeof sequences !== 'string' || typeof prints !== 'string') return undefined
  const bytes = Buffer.from(prints, 'base64url')
  const numbers = readRuns(sequences, bytes.length / printLength)
  return (
    numbers && {
      kind: 'leaves',
      from,
      prints: numbers.map((sequence, place) => ({
        index: from + place,
        sequence,
        print: bytes.toString('hex', place * printLength, (place + 1) * printLength),
      })),
    }
  )
}

/** All lines of a file; `unreadable` counts those that are of neither kind, such as one cut off by a crash. */
export async function* readHeadsFile(file: string, unreadable: () => void): AsyncGenerator<LeavesLine | HeadLine> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })
  for await (const text of lines) {
    if (text === '') continue
    const line = readLine(text)
    if (line) yield line
    else unreadable()
  }
}

// The file

export interface FileEnd {
  head?: SignedHead
  /** How many leaves the file has named. */
  named: number
}

/** What the last lines of a file say; a file that does not exist yet says nothing. */
export async function readFileEnd(file: string): Promise<FileEnd | undefined> {
  const text = await readTailText(file)
  if (text === undefined) return undefined
  const lines = text.split('\n').map(readLine)
  const head = lines.findLast((line) => line?.kind === 'head')
  const leaves = lines.findLast((line) => line?.kind === 'leaves')
  if (!head && !leaves) return undefined
  return {
    named: leaves ? leaves.from + leaves.prints.length : (head?.size ?? 0),
    ...(head ? { head } : {}),
  }
}

async function readTailText(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file, 'r')
    const { size } = await handle.stat()
    const start = Math.max(0, size - longestTail)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start)
    return buffer.toString('utf8', 0, bytesRead)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Appends and waits until it is on the disk. The file is opened each time, so that it can be moved away at any moment;
 * a line that a crash had cut off is closed first.
 */
export async function appendToFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await using handle = await open(file, 'a+', 0o600)
  const { size } = await handle.stat()
  const { buffer, bytesRead } =
    size > 0 ? await handle.read(Buffer.alloc(1), 0, 1, size - 1) : { buffer: '\n', bytesRead: 1 }
  const cutOff = bytesRead === 1 && buffer.toString() !== '\n'
  await handle.appendFile(cutOff ? `\n${text}` : text)
  await handle.datasync()
}
