/**
 * Reference data: the register of health professionals (RPPS), out of its public extraction, and the country of an
 * address (`places.ts`). This room owns the editions of the register and answers who is in it and what it says of them.
 * It does not decide who may enrol or sign in, knows no person of the hub, and asks nobody outside: an operator hands
 * it a file.
 *
 * The register is public data (Licence Ouverte), so it rests in the clear. A professional who is not in the edition in
 * force is unknown, whatever an earlier one said.
 */
import type { Audit } from '../audit/audit.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { isNationalId } from '../kernel/parse-pivot.ts'
import type { Storage } from '../storage/storage.ts'
import { type Header, parseHeader } from './columns.ts'
import { createImport, type ImportOptions, type ImportOutcome } from './import.ts'
import { type Professional, recordOf } from './record.ts'
import * as store from './store.ts'

export type { Imported, ImportOutcome, Progress, Refused } from './import.ts'
export type { LineProblem } from './lines.ts'
export { type NationalId, type ParsedNationalId, parseNationalId, parseTypedNumber } from './national-id.ts'
export {
  type Activity,
  type Address,
  type Coded,
  type OtherId,
  type Practice,
  type Professional,
  type Structure,
  summaryOf,
} from './record.ts'
export { type RegisterClaims, registerClaimNames, registerClaims } from './register-claims.ts'
export { renderOutcome, renderProgress, renderStatus } from './render.ts'
export { openSource, type Source, SourceFault } from './source.ts'

export interface Directory {
  /**
   * What the register says of a professional, by their national identifier (`810001045367`); one look-up in an index.
   * Undefined when nobody in the edition in force has it, or there is no edition.
   */
  professional(nationalId: string): Promise<Professional | undefined>
  /**
   * Is somebody in the register? For enrolment: `'no_edition'` means that nothing was imported, so that nobody can be
   * checked, which is no reason to say that a professional does not exist.
   */
  exists(nationalId: string): Promise<'known' | 'unknown' | 'no_edition'>
  /** Reads a new edition of the register and puts it in force, or changes nothing and says why. */
  importRegister(options: ImportOptions): Promise<ImportOutcome>
  status(): Promise<Status>
}

export interface Status {
  current?: Edition
  /** One that is being imported, or whose import died. */
  loading?: Edition
}

export interface Edition {
  id: number
  /** Name of the file that it came from. */
  source: string
  /** YYYYMMDDhhmm in France, as the name of the file says it. */
  extracted?: string
  /** Of the file, in hexadecimal; unknown while it loads. */
  sha256?: string
  persons: number
  /** One for each activity of a person. */
  lines: number
  badLines: number
  importedBy: string
  begunAt: Instant
  /** While it loads: the last sign of life. */
  seenAt: Instant
  endedAt?: Instant
}

export function createDirectory(options: { storage: Storage; clock: Clock; audit: Pick<Audit, 'append'> }): Directory {
  const { storage } = options
  const { db } = storage
  /** Of the edition that was read last: it changes once a day. */
  let known: { edition: number; header: Header } | undefined

  function headerOf(edition: number, line: string): Header {
    if (known?.edition === edition) return known.header
    const parsed = parseHeader(line)
    if (!parsed.ok) throw new Error('an edition of the register whose columns are not those of this version')
    known = { edition, header: parsed.header }
    return parsed.header
  }

  return {
    async professional(nationalId) {
      if (!isNationalId(nationalId)) return undefined
      const found = await store.linesOf(db, nationalId)
      if (!found || found.lines === null) return undefined
      return recordOf(headerOf(found.edition, found.header), found.lines.split('\n'))
    },
    async exists(nationalId) {
      if (isNationalId(nationalId) && (await store.isKnown(db, nationalId))) return 'known'
      return (await store.editionIn(db, 'current')) ? 'unknown' : 'no_edition'
    },
    importRegister: createImport(options),
    async status() {
      const [current, loading] = [await store.editionIn(db, 'current'), await store.editionIn(db, 'loading')]
      return {
        ...(current ? { current: editionOf(current) } : {}),
        ...(loading ? { loading: editionOf(loading) } : {}),
      }
    },
  }
}

function editionOf(row: store.EditionRow): Edition {
  return {
    id: row.id,
    source: row.source,
    ...(row.extracted === null ? {} : { extracted: row.extracted }),
    ...(row.sha256 === null ? {} : { sha256: row.sha256 }),
    persons: row.persons,
    lines: row.lines,
    badLines: row.bad_lines,
    importedBy: row.imported_by,
    begunAt: Number(row.begun_at),
    seenAt: Number(row.seen_at),
    ...(row.ended_at === null ? {} : { endedAt: Number(row.ended_at) }),
  }
}
