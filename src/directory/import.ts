/**
 * A new edition of the register: an extraction is read into the slot that nobody reads, then becomes what everybody
 * reads, in one instant, or nothing changes. One import at a time; one that died leaves its place after `silence`.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, second } from '../kernel/durations.ts'
import type { Storage } from '../storage/storage.ts'
import { type Header, parseHeader } from './columns.ts'
import { createLineCheck, type Line, type LineProblem, linesOf, longestLine } from './lines.ts'
import { type Opened, open, type Source, SourceFault } from './source.ts'
import * as store from './store.ts'

export interface ImportOptions {
  source: Source
  actor: Actor
  /** The share of bad lines, 0 to 1, above which the new edition is refused. */
  mostBad: number
  /** The share of the persons of the present edition that may be missing from the new one, 0 to 1. */
  mostLost: number
  /** Called after each batch, some times a second. */
  onProgress?: (progress: Progress) => void
}

export interface Progress {
  /** Lines read, bad ones included. */
  lines: number
  badLines: number
  /** Bytes read of the source. */
  bytes: number
}

export interface BadLine {
  /** 1 is the header. */
  number: number
  problem: LineProblem
}

export interface Tally {
  persons: number
  /** Lines that were taken: one for each activity of a person. */
  lines: number
  badLines: number
  /** The first of them. */
  firstBad: BadLine[]
}

export type Imported = Tally & {
  kind: 'imported'
  edition: number
  sha256: string
  /** Persons of the edition that was read before; 0 for the first one. */
  personsBefore: number
  /** False when somebody still reads the former edition, as a backup does: the next import removes it. */
  formerRemoved: boolean
  /** Milliseconds. */
  took: number
}

/** Nothing was changed. */
export type Refused = {
  kind: 'refused'
} /** When the other import gives no sign of life, its place is free at `freeAt`. */ & (
  | { reason: 'busy'; begunAt: Instant; seenAt: Instant; freeAt: Instant }
  | { reason: 'zip' }
  | { reason: 'unreadable'; code: string }
  | { reason: 'header'; missing: string[]; twice: string[] }
  | ({ reason: 'bad_lines' } & Tally)
  | ({ reason: 'persons_lost'; personsBefore: number } & Tally)
  | { reason: 'empty' }
  | { reason: 'too_many_lines'; number: number }
  /** Somebody reads the slot for longer than is waited. */
  | { reason: 'slot_in_use' }
  /** Another import took this one for dead. */
  | { reason: 'place_lost' }
)

export type ImportOutcome = Imported | Refused

/** An import that gave no sign of life for so long is dead: far longer than any statement of one may take. */
const silence = 30 * second
const pulse = 5 * second

/** Bytes and texts of one statement: it takes some hundredths of a second, and others get their turn. */
const batchBytes = 256 * 1024
const batchPersons = 2000

/** Characters about one person. The longest real records have some tens of thousands. */
const longestRecord = 1024 * 1024

/** Bad lines that are kept for the report; all are counted. */
const keptBadLines = 50

/** How often a slot that somebody reads is tried again, and the pause between two attempts. */
const attempts = 6
const pause = 300
/** SQLSTATE lock_not_available */
const lockNotAvailable = '55P03'

/** Ends the import from within; `refusal` is what the caller gets. */
class Stop extends Error {
  readonly refusal: Refused

  constructor(refusal: Refused) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

const stop = (refusal: Refused) => {
  throw new Stop(refusal)
}

export function createImport(options: { storage: Storage; clock: Clock; audit: Pick<Audit, 'append'> }) {
  const { storage, clock, audit } = options
  let running = false

  return async function importRegister(wanted: ImportOptions): Promise<ImportOutcome> {
    const isFirst = !running
    running = true
    try {
      const begun = await begin(wanted, isFirst)
      return 'kind' in begun ? begun : await carryOut(begun, wanted)
    } finally {
      if (isFirst) running = false
      wanted.source.stream.destroy()
    }
  }

  async function carryOut(begun: store.Begun, wanted: ImportOptions): Promise<ImportOutcome> {
    const begunAt = clock.now()
    const heart = setInterval(() => void store.touch(storage.db, begun.id, clock.now()).catch(() => {}), pulse)
    try {
      if (!(await emptySlot(begun.slot, begun.id))) stop({ kind: 'refused', reason: 'slot_in_use' })
      return await publish(begun, begunAt, wanted, await load(begun, wanted))
    } catch (error) {
      clearInterval(heart)
      await giveUp(begun).catch(() => {})
      if (error instanceof Stop) return error.refusal
      if (error instanceof SourceFault) return { kind: 'refused', reason: 'unreadable', code: error.code }
      throw error
    } finally {
      clearInterval(heart)
    }
  }

  /** An embedded database has one process: what another one left behind is dead already. */
  function silentSince(isFirst: boolean): Instant {
    if (storage.kind === 'server') return clock.now() - silence
    return isFirst ? clock.now() + day : 0
  }

  async function begin({ source, actor }: ImportOptions, isFirst: boolean): Promise<store.Begun | Refused> {
    return storage.transaction(async (tx) => {
      await store.lockEditions(tx)
      const at = clock.now()
      await store.failSilent(tx, silentSince(isFirst), at)
      const extracted = extractedAt(source.name)
      const begun = await store.begin(tx, { source: source.name, extracted, importedBy: actor.kind, at })
      return begun ?? busy(await store.editionIn(tx, 'loading'))
    })
  }

  function busy(loading: store.EditionRow | undefined): Refused {
    const [begunAt, seenAt] = [Number(loading?.begun_at ?? 0), Number(loading?.seen_at ?? 0)]
    return { kind: 'refused', reason: 'busy', begunAt, seenAt, freeAt: seenAt + silence }
  }

  async function load(begun: store.Begun, { source, onProgress }: ImportOptions): Promise<Tally & { sha256: string }> {
    const opened = await open(source)
    if (opened === 'zip') return stop({ kind: 'refused', reason: 'zip' })
    const tally: Tally = { persons: 0, lines: 0, badLines: 0, firstBad: [] }
    let check: ReturnType<typeof createLineCheck> | undefined
    let batch = newBatch()
    let spare = newBatch()
    // One batch is written while the next one is read.
    let writing = Promise.resolve()
    const flush = async () => {
      await writing
      clear(spare)
      const full = batch
      batch = spare
      spare = full
      writing = write(begun, full, tally, opened, onProgress)
      writing.catch(() => {})
    }
    for await (const lines of linesOf(opened.bytes)) {
      for (const line of lines) {
        if (check === undefined) {
          check = createLineCheck(await readHeader(begun, line))
          continue
        }
        const checked = check(line)
        if (!checked.ok) {
          tally.badLines++
          if (tally.firstBad.length < keptBadLines)
            tally.firstBad.push({ number: line.number, problem: checked.problem })
          continue
        }
        if (batch.length > batchBytes || batch.persons >= batchPersons) await flush()
        add(batch, checked.nationalId, line)
        tally.lines++
      }
    }
    await flush()
    await writing
    return { ...tally, sha256: opened.sha256() }
  }

  async function readHeader({ id }: store.Begun, { bytes, begin, end, cut }: Line): Promise<Header> {
    // With `TextDecoder` a byte order mark is gone.
    const text = new TextDecoder().decode(bytes.subarray(begin, end))
    const parsed = parseHeader(cut ? '' : text)
    if (!parsed.ok) return stop({ kind: 'refused', reason: 'header', missing: parsed.missing, twice: parsed.twice })
    await store.setHeader(storage.db, id, text)
    return parsed.header
  }

  async function write(
    begun: store.Begun,
    batch: Batch,
    tally: Tally,
    opened: Opened,
    onProgress: ImportOptions['onProgress'],
  ): Promise<void> {
    if (batch.length === 0) return
    const written = await store.addLines(storage.db, begun, {
      nationalIds: batch.nationalIds.subarray(0, batch.nationalIdsLength),
      texts: batch.texts.subarray(0, batch.length),
      longest: longestRecord,
      at: clock.now(),
    })
    if (!written.held) stop({ kind: 'refused', reason: 'place_lost' })
    if (!written.complete) stop({ kind: 'refused', reason: 'too_many_lines', number: batch.lastLine })
    tally.persons += written.fresh
    onProgress?.({ lines: tally.lines + tally.badLines, badLines: tally.badLines, bytes: opened.read() })
  }

  async function publish(
    { id, slot }: store.Begun,
    begunAt: Instant,
    { actor, mostBad, mostLost }: ImportOptions,
    { sha256, ...tally }: Tally & { sha256: string },
  ): Promise<Imported> {
    const { persons, lines, badLines } = tally
    if (lines + badLines === 0) stop({ kind: 'refused', reason: 'empty' })
    if (badLines > mostBad * (lines + badLines)) stop({ kind: 'refused', reason: 'bad_lines', ...tally })
    const personsBefore = await storage.transaction(async (tx) => {
      const before = await store.editionIn(tx, 'current')
      if (before && persons < before.persons * (1 - mostLost)) {
        stop({ kind: 'refused', reason: 'persons_lost', personsBefore: before.persons, ...tally })
      }
      const published = await store.publish(tx, id, { sha256, persons, lines, badLines, at: clock.now() })
      if (!published) stop({ kind: 'refused', reason: 'place_lost' })
      audit.append(tx, {
        name: 'directory.imported',
        data: { register: 'rpps', edition: id, sha256, persons, lines, badLines, actor },
      })
      return before?.persons ?? 0
    })
    const formerRemoved = await emptySlot(slot === 'a' ? 'b' : 'a').catch(() => false)
    const took = clock.now() - begunAt
    return { kind: 'imported', edition: id, sha256, ...tally, personsBefore, formerRemoved, took }
  }

  /** Returns false when the slot stays in use. Nobody who reads it waits for longer than one attempt. */
  async function emptySlot(slot: store.Slot, mine?: number, tries = attempts): Promise<boolean> {
    for (let attempt = 1; ; attempt++) {
      try {
        await storage.transaction(async (tx) => {
          await store.lockEditions(tx)
          await store.emptySlot(tx, slot, mine)
        })
        return true
      } catch (error) {
        if ((error as { code?: unknown }).code !== lockNotAvailable) throw error
        if (attempt === tries) return false
        await delay(pause)
      }
    }
  }

  async function giveUp({ id, slot }: store.Begun): Promise<void> {
    await storage.transaction((tx) => store.fail(tx, id, clock.now()))
    await emptySlot(slot, undefined, 1)
  }
}

/**
 * Lines to write in one statement. The two batches of an import, one that is filled and one that is written, are all that
 * it holds of the file. They are bytes: a text for each person would outlive two collections of garbage, and a million of
 * them fill the heap before it is cleared.
 */
interface Batch {
  /** UTF-8: lines of one person that follow each other parted by line ends, persons by `recordSeparator`. */
  texts: Buffer
  /** Bytes of it that are in use. */
  length: number
  /** Of each of the texts, parted likewise. */
  nationalIds: Buffer
  nationalIdsLength: number
  /** How many texts there are. Somebody who comes back after somebody else has several. */
  persons: number
  lastId: string
  lastLine: number
}

const longestTexts = batchBytes + longestLine + 1

const newBatch = (): Batch => ({
  texts: Buffer.alloc(longestTexts),
  length: 0,
  // An identifier is never longer than the line that has it.
  nationalIds: Buffer.alloc(longestTexts),
  nationalIdsLength: 0,
  persons: 0,
  lastId: '',
  lastLine: 0,
})

const betweenLines = '\n'.charCodeAt(0)
const betweenPersons = store.recordSeparator.charCodeAt(0)

function add(batch: Batch, nationalId: string, { bytes, begin, end, number }: Line): void {
  const isNext = nationalId !== batch.lastId
  const isFirst = batch.length === 0
  if (!isFirst) batch.texts[batch.length++] = isNext ? betweenPersons : betweenLines
  batch.length += bytes.copy(batch.texts, batch.length, begin, end)
  if (isNext) {
    if (!isFirst) batch.nationalIds[batch.nationalIdsLength++] = betweenPersons
    batch.nationalIdsLength += batch.nationalIds.write(nationalId, batch.nationalIdsLength)
    batch.persons++
  }
  batch.lastId = nationalId
  batch.lastLine = number
}

function clear(batch: Batch): void {
  batch.length = 0
  batch.nationalIdsLength = 0
  batch.persons = 0
  batch.lastId = ''
}

/** `PS_LibreAcces_Personne_activite_202611220712.txt` was made on 22 November 2026 at 07:12, in France. */
export function extractedAt(name: string): string | null {
  const digits = /(?:^|\D)(20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d)(?:\D|$)/.exec(name)
  return digits?.[1] ?? null
}
