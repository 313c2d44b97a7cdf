/** Every statement on the tables `register_editions`, `professionals_a` and `professionals_b`. */
import { sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export type Slot = 'a' | 'b'

export interface EditionRow {
  id: number
  state: 'loading' | 'current' | 'past' | 'failed'
  slot: Slot
  source: string
  extracted: string | null
  sha256: string | null
  persons: number
  lines: number
  bad_lines: number
  imported_by: string
  begun_at: Date
  seen_at: Date
  ended_at: Date | null
}

const columns = sql`id, state, slot, source, extracted, sha256, persons, lines, bad_lines, imported_by, begun_at,
  seen_at, ended_at`

/** Any number that no other lock of the hub has. */
const registerLock = 7_263_510_109

/** How long a slot may make its readers wait for being emptied: it waits itself for those that read it now. */
const patience = '200ms'

// --- Reading -------------------------------------------------------------------------------------------------------

export interface FoundLines {
  edition: number
  header: string
  /** One under the other; null when nobody has this identifier. */
  lines: string | null
}

/** Of one edition, whatever is switched meanwhile: a statement sees the database at one instant. */
export async function linesOf(handle: Handle, nationalId: string): Promise<FoundLines | undefined> {
  const { rows } = await sql<FoundLines>`select e.id as edition, e.header, p.lines
    from register_editions e left join lateral (
      select lines from professionals_a where e.slot = 'a' and national_id = ${nationalId}
      union all select lines from professionals_b where e.slot = 'b' and national_id = ${nationalId}) p on true
    where e.register = 'rpps' and e.state = 'current'`.execute(handle)
  return rows[0]
}

export async function isKnown(handle: Handle, nationalId: string): Promise<boolean> {
  const { rows } = await sql`select from register_editions e
    where e.register = 'rpps' and e.state = 'current' and (
      e.slot = 'a' and exists (select from professionals_a where national_id = ${nationalId})
      or e.slot = 'b' and exists (select from professionals_b where national_id = ${nationalId}))`.execute(handle)
  return rows.length > 0
}

export async function editionIn(handle: Handle, state: 'loading' | 'current'): Promise<EditionRow | undefined> {
  const { rows } = await sql<EditionRow>`select ${columns} from register_editions
    where register = 'rpps' and state = ${state}`.execute(handle)
  return rows[0]
}

// --- Writing an edition --------------------------------------------------------------------------------------------

export interface Begun {
  id: number
  slot: Slot
}

/** Until `tx` ends nobody else begins an edition, nor empties a slot. */
export async function lockEditions(tx: Tx): Promise<void> {
  await sql`select set_config('lock_timeout', '5s', true), pg_advisory_xact_lock(${registerLock})`.execute(tx)
}

/** Gives up for an import that was last seen before `unseenSince`. */
export async function failSilent(tx: Tx, unseenSince: Instant, at: Instant): Promise<void> {
  await sql`update register_editions set state = 'failed', ended_at = ${toDate(at)}
    where register = 'rpps' and state = 'loading' and seen_at < ${toDate(unseenSince)}`.execute(tx)
}

/** Takes the one place of an import, in the slot that is not read; undefined when it is taken. */
export async function begin(
  tx: Tx,
  edition: { source: string; extracted: string | null; importedBy: string; at: Instant },
): Promise<Begun | undefined> {
  const at = toDate(edition.at)
  const { rows } = await sql<Begun>`insert into register_editions
      (register, state, slot, source, extracted, imported_by, begun_at, seen_at)
    values ('rpps', 'loading', (select case e.slot when 'a' then 'b' else 'a' end
        from (values (1)) one left join register_editions e on e.register = 'rpps' and e.state = 'current'),
      ${edition.source}, ${edition.extracted}, ${edition.importedBy}, ${at}, ${at})
    on conflict (register) where state = 'loading' do nothing returning id, slot`.execute(tx)
  return rows[0]
}

/**
 * Empties a slot that no edition needs but `mine`, at once and without reading it. Returns false when another one is
 * read from there or written to there.
 *
 * @throws an error of SQLSTATE 55P03 when somebody reads the slot for too long, as a backup does; nobody had to wait long
 */
export async function emptySlot(tx: Tx, slot: Slot, mine?: number): Promise<boolean> {
  const { rows } = await sql`select from register_editions where register = 'rpps' and slot = ${slot}
    and state in ('current', 'loading') and id is distinct from ${mine ?? null}`.execute(tx)
  if (rows.length > 0) return false
  await sql`select set_config('lock_timeout', ${patience}, true)`.execute(tx)
  await (slot === 'a' ? sql`truncate professionals_a` : sql`truncate professionals_b`).execute(tx)
  return true
}

/**
 * Parts what is written together, and stands in no line: an array would be escaped element by element, in several times
 * the time and memory of everything else.
 */
export const recordSeparator = '\u001e'

export interface Written {
  /** False when the import lost its place: nothing was written then. */
  held: boolean
  /** Persons that were not in the edition yet. */
  fresh: number
  /** False when somebody has too many lines. */
  complete: boolean
}

/**
 * Adds the lines of some persons in one statement: identifiers and texts (UTF-8), both joined by `recordSeparator`, the
 * texts of one person in their order. It touches the edition first: an import that was taken for dead writes nothing
 * more.
 */
export async function addLines(
  handle: Handle,
  { id, slot }: Begun,
  batch: { nationalIds: Buffer; texts: Buffer; longest: number; at: Instant },
): Promise<Written> {
  const parted = (bytes: Buffer) => sql`string_to_array(convert_from(${bytes}::bytea, 'UTF8'), ${recordSeparator})`
  const written = (table: ReturnType<typeof sql>) => sql<Written>`with place as (
      update register_editions set seen_at = ${toDate(batch.at)} where id = ${id} and state = 'loading' returning id),
    given as materialized (
      select national_id, string_agg(lines, e'\n' order by rank) as lines
      from unnest(${parted(batch.nationalIds)}, ${parted(batch.texts)}) with ordinality as text (national_id, lines, rank)
      group by national_id),
    written as (
      insert into ${table} as p (national_id, lines) select given.* from given, place
      on conflict (national_id) do update set lines = p.lines || e'\n' || excluded.lines
        where length(p.lines) < ${batch.longest}
      -- A row that was not there before has no earlier version.
      returning (xmax = 0) as fresh)
    select exists (select from place) as held, count(*) filter (where fresh)::int as fresh,
      count(*) = (select count(*) from given) as complete
    from written`
  const { rows } = await written(slot === 'a' ? sql`professionals_a` : sql`professionals_b`).execute(handle)
  return rows[0] ?? { held: false, fresh: 0, complete: false }
}

/** A sign of life between two batches. Returns false when the import lost its place. */
export async function touch(handle: Handle, id: number, at: Instant): Promise<boolean> {
  const { rows } = await sql`update register_editions set seen_at = ${toDate(at)}
    where id = ${id} and state = 'loading' returning id`.execute(handle)
  return rows.length > 0
}

export async function setHeader(handle: Handle, id: number, header: string): Promise<void> {
  await sql`update register_editions set header = ${header} where id = ${id} and state = 'loading'`.execute(handle)
}

/** The new edition is read from now on; returns false, and changes nothing, when it lost its place. */
export async function publish(
  tx: Tx,
  id: number,
  edition: { sha256: string; persons: number; lines: number; badLines: number; at: Instant },
): Promise<boolean> {
  const { rows } = await sql`update register_editions set seen_at = ${toDate(edition.at)}
    where id = ${id} and state = 'loading' returning id`.execute(tx)
  if (rows.length === 0) return false
  await sql`update register_editions set state = 'past' where register = 'rpps' and state = 'current'`.execute(tx)
  await sql`update register_editions set state = 'current', sha256 = ${edition.sha256}, persons = ${edition.persons},
      lines = ${edition.lines}, bad_lines = ${edition.badLines}, ended_at = ${toDate(edition.at)}
    where id = ${id}`.execute(tx)
  return true
}

export async function fail(tx: Tx, id: number, at: Instant): Promise<void> {
  await sql`update register_editions set state = 'failed', ended_at = ${toDate(at)}
    where id = ${id} and state = 'loading'`.execute(tx)
}
