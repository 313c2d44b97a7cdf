/**
 * A new edition of the register of organisations, of national size, in bounded memory. The file is read line by line into
 * tables that nobody else reads; there it is judged as a whole and compared with what is in force, a span of lines at a
 * time; then what is other becomes what everybody reads, in one transaction, or nothing changes. One import at a time;
 * one that died leaves its place after `silence`. That somebody represents an organisation no more counts from that
 * transaction on; the facts follow in portions (`recheck` in `organisations.ts`).
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, second } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import type { RepresentationEnd } from '../kernel/representations.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import * as store from './edition-store.ts'
import { linesOf } from './lines.ts'
import {
  createOrganisationLineReader,
  type LineFault,
  type OrganisationLineProblem,
  parseOrganisationHeader,
  type RegisteredOrganisation,
} from './organisation-lines.ts'
import type { OrganisationRules } from './organisation-settings.ts'
import { type EditionRow, type EndedRow, editionIn } from './organisation-store.ts'
import { mayBeOne, type RegisteredPerson, type RepresentativeVault } from './representatives.ts'
import { open, type Source, SourceFault } from './source.ts'

export interface OrganisationImportOptions {
  source: Source
  /** When the register made the file; by default what stands in its name (`YYYYMMDD` or `YYYYMMDDhhmm`, in UTC). */
  extractedAt?: Instant
  actor: Actor
  /** The share of bad lines, 0 to 1, above which the new edition is refused. */
  mostBad: number
  /** The share of organisations, and of representatives, that it may end, 0 to 1. */
  mostEnded: number
  onProgress?: (progress: OrganisationProgress) => void
}

export interface OrganisationProgress {
  lines: number
  badLines: number
  /** Bytes read of the source. */
  bytes: number
}

export interface BadOrganisationLine extends LineFault {
  /** 1 is the header. */
  number: number
}

interface Tally {
  /** Bad ones included. */
  lines: number
  badLines: number
  /** The first of them. */
  firstBad: BadOrganisationLine[]
}

/** What the file is, once it was read. */
type Read = Tally & { lastLine: number; sha256: string }

/** What the edition would do to the one in force; bad lines are all of them. */
type Compared = Tally & { organisations: number; representations: number; closed: number; ended: number }

export type OrganisationsImported = Tally & {
  kind: 'imported'
  edition: number
  sha256: string
  extractedAt: Instant
  organisations: number
  representations: number
  /** Of the edition before. */
  closed: number
  ended: number
  /** Milliseconds. */
  took: number
}

/** Nothing was changed. */
export type OrganisationsRefused = { kind: 'refused' } & (
  | { reason: 'busy'; begunAt: Instant; freeAt: Instant }
  /** Neither the name of the file nor who imports it says when it was made. */
  | { reason: 'undated' }
  | { reason: 'future'; extractedAt: Instant }
  /** The edition in force is of a later day. */
  | { reason: 'older'; extractedAt: Instant; present: Instant }
  /** It is too old to go by, by the settings. */
  | { reason: 'too_old'; extractedAt: Instant }
  | { reason: 'zip' }
  | { reason: 'unreadable'; code: string }
  | { reason: 'header'; missing: string[]; twice: string[] }
  | { reason: 'empty' }
  | ({ reason: 'bad_lines' } & Tally)
  | ({ reason: 'too_many_ended'; closed: number; active: number; ended: number; represented: number } & Tally)
  /** Another import took this one for dead. */
  | { reason: 'place_lost' }
)

export type OrganisationImportOutcome = OrganisationsImported | OrganisationsRefused

const silence = 60 * second
const pulse = 10 * second
/** A statement on so many lines takes some tenths of a second. */
const usualSpan = 10_000
/** Below that the database finds out by itself what its tables hold. */
const worthAnalysing = 10_000
const keptBadLines = 50

/** Ends the import from within; `refusal` is what the caller gets. */
class Stop extends Error {
  readonly refusal: OrganisationsRefused

  constructor(refusal: OrganisationsRefused) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

const stop = (refusal: OrganisationsRefused): never => {
  throw new Stop(refusal)
}

export function createOrganisationImport(options: {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  rules: OrganisationRules
  vault: RepresentativeVault
  /** Lines, or identifiers, of one statement. */
  span?: number
}) {
  const { storage, clock, audit, rules, vault, span: spanLines = usualSpan } = options
  let running = false

  return async function importOrganisations(wanted: OrganisationImportOptions): Promise<OrganisationImportOutcome> {
    const isFirst = !running
    running = true
    try {
      const begun = await begin(wanted, isFirst)
      return typeof begun === 'object' && 'kind' in begun ? begun : await carryOut(begun, wanted)
    } finally {
      if (isFirst) running = false
      wanted.source.stream.destroy()
    }
  }

  interface Begun {
    id: number
    extractedAt: Instant
  }

  async function begin(
    { source, actor, extractedAt = extractionIn(source.name) }: OrganisationImportOptions,
    isFirst: boolean,
  ): Promise<Begun | OrganisationsRefused> {
    if (extractedAt === undefined) return { kind: 'refused', reason: 'undated' }
    return storage.transaction(async (tx) => {
      if (!(await store.lockImport(tx))) return busy(await editionIn(tx, 'loading'))
      const at = clock.now()
      // The day may have begun elsewhere.
      if (extractedAt > at + day) return { kind: 'refused', reason: 'future', extractedAt }
      if (extractedAt <= at - rules.representationMaxAge) return { kind: 'refused', reason: 'too_old', extractedAt }
      const current = await editionIn(tx, 'current')
      if (current && Number(current.extracted_at) > extractedAt) {
        return { kind: 'refused', reason: 'older', extractedAt, present: Number(current.extracted_at) }
      }
      // An embedded database has one process: what another one left behind is dead already.
      const unseen = storage.kind === 'server' ? at - silence : isFirst ? at + day : 0
      await store.failSilent(tx, unseen, at)
      const id = await store.begin(tx, { source: source.name, extractedAt, importedBy: actor.kind, at })
      return id === undefined ? busy(await editionIn(tx, 'loading')) : { id, extractedAt }
    })
  }

  function busy(loading: EditionRow | undefined): OrganisationsRefused {
    const seenAt = Number(loading?.seen_at ?? clock.now())
    return { kind: 'refused', reason: 'busy', begunAt: Number(loading?.begun_at ?? seenAt), freeAt: seenAt + silence }
  }

  async function carryOut(begun: Begun, wanted: OrganisationImportOptions): Promise<OrganisationImportOutcome> {
    const begunAt = clock.now()
    const heart = setInterval(() => void store.touch(storage.db, begun.id, clock.now()).catch(() => {}), pulse)
    try {
      const read = await load(begun, wanted)
      const compared = await compare(begun, wanted, read)
      clearInterval(heart)
      await publish(begun, wanted, read, compared)
      // The edition is in force, whether or not the planner hears of it before the database tells it by itself.
      if (compared.lines > worthAnalysing) await store.analyse(storage.db).catch(() => {})
      const { id: edition, extractedAt } = begun
      const { sha256 } = read
      return { kind: 'imported', edition, sha256, extractedAt, ...compared, took: clock.now() - begunAt }
    } catch (error) {
      clearInterval(heart)
      await storage.transaction((tx) => store.fail(tx, begun.id, clock.now())).catch(() => {})
      if (error instanceof Stop) return error.refusal
      if (error instanceof SourceFault) return { kind: 'refused', reason: 'unreadable', code: error.code }
      throw error
    }
  }

  async function load({ id }: Begun, { source, onProgress }: OrganisationImportOptions): Promise<Read> {
    const opened = await open(source)
    if (opened === 'zip') return stop({ kind: 'refused', reason: 'zip' })
    const tally: Tally = { lines: 0, badLines: 0, firstBad: [] }
    const now = clock.now()
    let reader: ReturnType<typeof createOrganisationLineReader> | undefined
    // One batch is written while the next one is filled.
    let [batch, spare] = [new store.LineBatch(), new store.LineBatch()]
    let lastLine = 0
    let writing = Promise.resolve()
    const flush = async () => {
      await writing
      spare.clear()
      const full = batch
      batch = spare
      spare = full
      writing = write(id, full)
      writing.catch(() => {})
      onProgress?.({ lines: tally.lines, badLines: tally.badLines, bytes: opened.read() })
    }
    for await (const lines of linesOf(opened.bytes)) {
      for (const { number, bytes, begin: from, end, cut, sound } of lines) {
        // With `TextDecoder` a byte order mark is gone.
        const text = new TextDecoder().decode(bytes.subarray(from, end))
        if (reader === undefined) {
          const parsed = parseOrganisationHeader(cut ? '' : text, rules)
          if (!parsed.ok)
            return stop({ kind: 'refused', reason: 'header', missing: parsed.missing, twice: parsed.twice })
          reader = createOrganisationLineReader(parsed.header, rules)
          continue
        }
        tally.lines++
        lastLine = number
        const parsed = cut ? bad('too_long') : sound ? reader(text, now) : bad('characters')
        if (parsed.ok) batch.add(lineOf(number, parsed.organisation))
        else {
          tally.badLines++
          if (tally.firstBad.length < keptBadLines) tally.firstBad.push({ number, ...parsed.fault })
        }
        if (batch.isFull) await flush()
      }
    }
    await flush()
    await writing
    return { ...tally, lastLine, sha256: opened.sha256() }
  }

  async function write(edition: number, batch: store.LineBatch): Promise<void> {
    if (!batch.isEmpty && !(await store.addLines(storage.db, edition, batch, clock.now()))) {
      stop({ kind: 'refused', reason: 'place_lost' })
    }
  }

  function lineOf(line: number, { representative, ...organisation }: RegisteredOrganisation): store.Line {
    const holder = representative && vault.holderOf(representative.holder)
    return {
      line,
      numbers: organisation.numbers,
      organisation: hashSecret(JSON.stringify(Object.entries(organisation.numbers))).slice(0, 22),
      subject: organisation.subject,
      name: organisation.name,
      name_key: organisation.nameKey,
      kind: organisation.kind ?? null,
      state: organisation.state,
      organisation_id: newId('organisation'),
      representation_id: representative ? newId('representation') : null,
      role: representative?.role ?? null,
      alone: representative?.alone ?? null,
      until: representative?.until === undefined ? null : toDate(representative.until).toISOString(),
      look_up: representative ? vault.lookUpOf(representative.holder) : null,
      holder: holder ?? null,
      identity: representative && holder ? vault.seal(holder, representative.holder).toString('base64') : null,
      content: representative ? vault.contentOf(representative.holder) : null,
    }
  }

  /** A transaction for each span of all lines, in their order. */
  async function through({ lastLine }: Read, work: (tx: Tx, span: store.Span) => Promise<void>): Promise<void> {
    for (const span of spansOf(lastLine, spanLines)) {
      await storage.transaction(async (tx) => {
        await store.goByKeys(tx)
        await work(tx, span)
      })
    }
  }

  /** A transaction for each part of what is in force, by identifier. Returns what it has, and what the file does not. */
  async function throughPresent(find: typeof store.findLostOrganisations): Promise<{ present: number; lost: number }> {
    const all = { present: 0, lost: 0 }
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = { after, size: spanLines }
      const part: store.Part = await storage.transaction(async (tx) => {
        await store.goByKeys(tx)
        return find(tx, page)
      })
      all.present += part.present
      all.lost += part.lost
      after = part.last
    }
    return all
  }

  /** Judges what only the whole file tells, and finds what is other than in the edition in force. Writes nothing of it. */
  async function compare(
    { id }: Begun,
    { mostBad, mostEnded }: OrganisationImportOptions,
    read: Read,
  ): Promise<Compared> {
    if (read.lines === 0) stop({ kind: 'refused', reason: 'empty' })
    let organisations = 0
    await through(read, async (tx, span) => {
      organisations += await store.gather(tx, span)
    })
    await refuseAlike()
    const tally = await wholeTally(read)
    if (tally.badLines > mostBad * tally.lines) stop({ kind: 'refused', reason: 'bad_lines', ...tally })
    const schemes = rules.schemes.map(({ scheme }) => scheme)
    for (const [place, scheme] of schemes.entries()) {
      await through(read, (tx, span) => store.recognise(tx, span, { scheme, before: schemes.slice(0, place) }))
    }
    await through(read, store.welcome)
    let representations = 0
    await through(read, async (tx, span) => {
      representations += await store.findNews(tx, span, clock.now())
    })
    const { present: active, lost: closed } = await throughPresent(store.findLostOrganisations)
    const { present: represented, lost: ended } = await throughPresent(store.findLostRepresentations)
    if (closed > mostEnded * active || ended > mostEnded * represented) {
      stop({ kind: 'refused', reason: 'too_many_ended', closed, active, ended, represented, ...tally })
    }
    if (!(await store.touch(storage.db, id, clock.now()))) stop({ kind: 'refused', reason: 'place_lost' })
    return { ...tally, organisations, representations, closed, ended }
  }

  async function publish(
    { id }: Begun,
    { actor }: OrganisationImportOptions,
    { lastLine, sha256 }: Read,
    { organisations, representations, lines, badLines, closed, ended }: Compared,
  ): Promise<void> {
    await storage.transaction(async (tx) => {
      const at = clock.now()
      const held = (await store.lockImport(tx)) && (await store.touch(tx, id, at))
      if (!held) stop({ kind: 'refused', reason: 'place_lost' })
      await store.goByKeys(tx)
      const change = { id, at, before: (await editionIn(tx, 'current'))?.id }
      const spans = [...spansOf(lastLine, spanLines)]
      for (const span of spans) await store.writeOrganisations(tx, span, change)
      for (const span of spans) await store.takeNumbers(tx, span)
      for (const span of spans) await store.giveNumbers(tx, span)
      for (const span of spans) await store.writeRepresentatives(tx, span, change)
      for (let after: string | undefined = ''; after !== undefined; ) {
        after = await store.endLosses(tx, change, { after, size: spanLines })
      }
      for (const span of spans) await store.addRepresentatives(tx, span, change)
      const figures = { organisations, representations, lines, badLines, closed, ended }
      await store.publish(tx, id, { sha256, ...figures, at })
      await store.clearLines(tx)
      audit.append(tx, { name: 'directory.organisations_imported', data: { edition: id, sha256, ...figures, actor } })
    })
  }

  /** With what was refused of the whole file. */
  async function wholeTally(read: Read): Promise<Tally> {
    const { count, first } = await store.refusedLines(storage.db, keptBadLines)
    const later = first.map(({ line, problem }) => ({ number: line, problem: problem as OrganisationLineProblem }))
    return {
      lines: read.lines,
      badLines: read.badLines + count,
      firstBad: [...read.firstBad, ...later].sort((a, b) => a.number - b.number).slice(0, keptBadLines),
    }
  }

  async function refuseAlike(): Promise<void> {
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page = { after, size: spanLines }
      after = await storage.transaction(async (tx) => {
        await store.goByKeys(tx)
        const { rows, last } = await store.alike(tx, page)
        await store.refuseLines(tx, refusedAlike(rows))
        return last
      })
    }
  }

  /**
   * Of one organisation two entries that may be one human: the same one again is left out, and where the two cannot be
   * told apart, both are.
   */
  function refusedAlike(rows: readonly store.Alike[]): { line: number; problem: OrganisationLineProblem }[] {
    const refused = new Map<number, OrganisationLineProblem>()
    /** Of one organisation, family name and birth date. */
    let group: (store.Alike & { person: RegisteredPerson })[] = []
    for (const row of rows) {
      const person = vault.open(row.holder, row.identity)
      const [first] = group
      if (first?.organisation !== row.organisation || first.look_up !== row.look_up) group = []
      for (const earlier of group) {
        const isSame = row.holder === earlier.holder
        if (isSame && sameBirth(person, earlier.person)) refused.set(row.line, 'twice')
        else if (isSame || mayBeOne(person, earlier.person)) {
          for (const { line } of [row, earlier]) refused.set(line, 'ambiguous')
        }
      }
      if (refused.get(row.line) !== 'twice') group.push({ ...row, person })
    }
    return [...refused].map(([line, problem]) => ({ line, problem }))
  }
}

function* spansOf(lastLine: number, size: number): Generator<store.Span> {
  for (let from = 1; from <= lastLine; from += size) yield { from, until: from + size - 1 }
}

const birth = ['gender', 'birthplace', 'birthcountry'] as const
const sameBirth = (a: RegisteredPerson, b: RegisteredPerson) => birth.every((field) => a[field] === b[field])

const bad = (problem: OrganisationLineProblem) => ({ ok: false, fault: { problem } }) as const

/** Of those on which somebody may stand. */
export function endedFacts(rows: readonly EndedRow[], actor?: Actor): Fact[] {
  return rows
    .filter(({ met }) => met)
    .map(({ id: representation, organisation_id: organisation, why }) => ({
      name: 'representation.ended',
      data: { representation, organisation, why: why as RepresentationEnd, actor: actor ?? { kind: 'hub' } },
    }))
}

/** `organisations-20261122.csv`, `organisations_202611220712.csv.gz` */
export function extractionIn(name: string): Instant | undefined {
  const found =
    /(?:^|\D)(20\d{2})-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?:[T_-]?([01]\d|2[0-3])-?([0-5]\d))?(?:\D|$)/.exec(name)
  if (!found) return undefined
  const [, year, month, date, hour = '00', minutes = '00'] = found
  return Date.parse(`${year}-${month}-${date}T${hour}:${minutes}:00Z`)
}
