/**
 * A new edition of the register of organisations: the file is read line by line into a place that nobody reads, then it
 * becomes what everybody reads, in one transaction, or nothing changes. One import at a time; one that died leaves its
 * place after `silence`.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, second } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import type { RepresentationEnd } from '../kernel/representations.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { linesOf } from './lines.ts'
import {
  createOrganisationLineReader,
  type LineFault,
  type OrganisationLineProblem,
  parseOrganisationHeader,
  type RegisteredOrganisation,
} from './organisation-lines.ts'
import type { OrganisationRules } from './organisation-settings.ts'
import * as store from './organisation-store.ts'
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
const batchLines = 1_000
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
}) {
  const { storage, clock, audit, rules, vault } = options
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
      await store.lockImport(tx)
      const at = clock.now()
      // The day may have begun elsewhere.
      if (extractedAt > at + day) return { kind: 'refused', reason: 'future', extractedAt }
      if (extractedAt <= at - rules.representationMaxAge) return { kind: 'refused', reason: 'too_old', extractedAt }
      const current = await store.editionIn(tx, 'current')
      if (current && Number(current.extracted_at) > extractedAt) {
        return { kind: 'refused', reason: 'older', extractedAt, present: Number(current.extracted_at) }
      }
      // An embedded database has one process: what another one left behind is dead already.
      const unseen = storage.kind === 'server' ? at - silence : isFirst ? at + day : 0
      await store.failSilent(tx, unseen, at)
      const id = await store.begin(tx, { source: source.name, extractedAt, importedBy: actor.kind, at })
      return id === undefined ? busy(await store.editionIn(tx, 'loading')) : { id, extractedAt }
    })
  }

  function busy(loading: store.EditionRow | undefined): OrganisationsRefused {
    const seenAt = Number(loading?.seen_at ?? 0)
    return { kind: 'refused', reason: 'busy', begunAt: Number(loading?.begun_at ?? 0), freeAt: seenAt + silence }
  }

  async function carryOut(begun: Begun, wanted: OrganisationImportOptions): Promise<OrganisationImportOutcome> {
    const begunAt = clock.now()
    const heart = setInterval(() => void store.touch(storage.db, begun.id, clock.now()).catch(() => {}), pulse)
    try {
      const read = await load(begun, wanted)
      clearInterval(heart)
      return { ...(await publish(begun, wanted, read)), took: clock.now() - begunAt }
    } catch (error) {
      clearInterval(heart)
      await storage.transaction((tx) => store.fail(tx, begun.id, clock.now())).catch(() => {})
      if (error instanceof Stop) return error.refusal
      if (error instanceof SourceFault) return { kind: 'refused', reason: 'unreadable', code: error.code }
      throw error
    }
  }

  async function load(
    { id }: Begun,
    { source, onProgress }: OrganisationImportOptions,
  ): Promise<Tally & { sha256: string }> {
    const opened = await open(source)
    if (opened === 'zip') return stop({ kind: 'refused', reason: 'zip' })
    const tally: Tally = { lines: 0, badLines: 0, firstBad: [] }
    const now = clock.now()
    let reader: ReturnType<typeof createOrganisationLineReader> | undefined
    let batch: store.Line[] = []
    const flush = async () => {
      if (batch.length > 0 && !(await store.addLines(storage.db, id, batch, clock.now()))) {
        stop({ kind: 'refused', reason: 'place_lost' })
      }
      batch = []
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
        const parsed = cut ? bad('too_long') : sound ? reader(text, now) : bad('characters')
        if (parsed.ok) batch.push(lineOf(number, parsed.organisation))
        else {
          tally.badLines++
          if (tally.firstBad.length < keptBadLines) tally.firstBad.push({ number, ...parsed.fault })
        }
        if (batch.length >= batchLines) await flush()
      }
    }
    await flush()
    return { ...tally, sha256: opened.sha256() }
  }

  function lineOf(line: number, { representative, ...organisation }: RegisteredOrganisation): store.Line {
    const holder = representative && vault.holderOf(representative.holder)
    return {
      line,
      numbers: organisation.numbers,
      organisation: JSON.stringify(Object.entries(organisation.numbers)),
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
    }
  }

  async function publish(
    { id, extractedAt }: Begun,
    { actor, mostBad, mostEnded }: OrganisationImportOptions,
    { sha256, ...read }: Tally & { sha256: string },
  ): Promise<Omit<OrganisationsImported, 'took'>> {
    if (read.lines === 0) stop({ kind: 'refused', reason: 'empty' })
    return storage.transaction(async (tx) => {
      await store.lockImport(tx)
      const tally = await settleLines(tx, read)
      if (tally.badLines > mostBad * tally.lines) stop({ kind: 'refused', reason: 'bad_lines', ...tally })
      await store.recogniseOrganisations(
        tx,
        rules.schemes.map(({ scheme }) => scheme),
      )
      const { organisations, representations, active, closed, represented, ended } = await store.foresee(tx)
      if (closed > mostEnded * active || ended > mostEnded * represented) {
        stop({ kind: 'refused', reason: 'too_many_ended', closed, active, ended, represented, ...tally })
      }
      const at = clock.now()
      const { lines, badLines } = tally
      const figures = { organisations, representations, lines, badLines, closed, ended }
      if (!(await store.publish(tx, id, { sha256, ...figures, at }))) stop({ kind: 'refused', reason: 'place_lost' })
      const changed = await store.putInForce(tx, { id, at })
      await store.clearLines(tx)
      audit.append(
        tx,
        { name: 'directory.organisations_imported', data: { edition: id, sha256, ...figures, actor } },
        ...endedFacts(changed.ended),
        ...changed.restored
          .filter(({ met }) => met)
          .map(
            ({ id: representation, organisation_id: organisation }): Fact => ({
              name: 'representation.restored',
              data: { representation, organisation },
            }),
          ),
      )
      return {
        kind: 'imported',
        edition: id,
        sha256,
        extractedAt,
        organisations,
        representations,
        closed,
        ended,
        ...tally,
      }
    })
  }

  /** Judges what only the whole file tells. */
  async function settleLines(tx: Tx, read: Tally): Promise<Tally> {
    await store.refuseContradictions(tx)
    await store.refuseLines(tx, refusedAlike(await store.alike(tx)))
    const { count, first } = await store.refusedLines(tx, keptBadLines)
    const later = first.map(({ line, problem }) => ({ number: line, problem: problem as OrganisationLineProblem }))
    return {
      lines: read.lines,
      badLines: read.badLines + count,
      firstBad: [...read.firstBad, ...later].sort((a, b) => a.number - b.number).slice(0, keptBadLines),
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

const birth = ['gender', 'birthplace', 'birthcountry'] as const
const sameBirth = (a: RegisteredPerson, b: RegisteredPerson) => birth.every((field) => a[field] === b[field])

const bad = (problem: OrganisationLineProblem) => ({ ok: false, fault: { problem } }) as const

/** Of those on which somebody may stand. */
export function endedFacts(rows: readonly store.EndedRow[], actor?: Actor): Fact[] {
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
