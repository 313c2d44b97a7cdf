/**
 * Every statement on the tables `organisation_editions`, `organisations`, `organisation_numbers` and `representations`.
 * How an edition is written is in `edition-store.ts`.
 */
import { type RawBuilder, sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { OrganisationId, RepresentationId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export interface OrganisationRow {
  id: OrganisationId
  subject: string
  name: string
  kind: string | null
  state: 'active' | 'closed'
  source: string
  extracted_at: Date
  numbers: Record<string, string> | null
}

export interface RepresentationRow {
  id: RepresentationId
  organisation_id: OrganisationId
  by: 'register' | 'document'
  role: string
  alone: boolean
  holder: string
  identity: Buffer
  source: string
  checked_at: Date
  until: Date | null
  check_by: Date | null
  document_kind: string | null
  document_date: string | null
  document_reference: Buffer | null
  begun_at: Date
  met_at: Date | null
  ended_at: Date | null
  ended_for: string | null
  in_force: boolean
  /** The edition is too old. */
  stale: boolean
}

export interface EditionRow {
  id: number
  state: 'loading' | 'current' | 'past' | 'failed'
  source: string
  extracted_at: Date
  sha256: string | null
  organisations: number
  representations: number
  lines: number
  bad_lines: number
  closed: number
  ended: number
  imported_by: string
  begun_at: Date
  seen_at: Date
  ended_at: Date | null
}

/** What is active is of the edition in force: its row is not written again when that says the same. */
const organisationColumns = sql`o.id, o.subject, o.name, o.kind, o.state,
  case o.state when 'active' then coalesce(e.source, o.source) else o.source end as source,
  case o.state when 'active' then coalesce(e.extracted_at, o.extracted_at) else o.extracted_at end as extracted_at,
  (select jsonb_object_agg(n.scheme, n.number) from organisation_numbers n where n.organisation_id = o.id) as numbers`
const organisationTables = sql`organisations o left join organisation_editions e on e.state = 'current'`

/** For statements of other rooms that list by the name of organisations, or by their numbers: derived tables. */
export const organisationNames = sql`(select id, name, name_key, state from organisations)`
export const organisationNumbers = sql`(select organisation_id as organisation, scheme, number from organisation_numbers)`

// --- Reading -------------------------------------------------------------------------------------------------------

export async function organisations(handle: Handle, ids: readonly OrganisationId[]): Promise<OrganisationRow[]> {
  const { rows } = await sql<OrganisationRow>`select ${organisationColumns} from ${organisationTables}
    where o.id = any(${[...ids]})`.execute(handle)
  return rows
}

/** Whoever has one of these numbers. */
export async function byNumbers(
  handle: Handle,
  numbers: readonly { scheme: string; number: string }[],
): Promise<OrganisationRow[]> {
  const [schemes, texts] = [numbers.map(({ scheme }) => scheme), numbers.map(({ number }) => number)]
  const { rows } = await sql<OrganisationRow>`select ${organisationColumns} from ${organisationTables}
    where o.id in (select k.organisation_id from organisation_numbers k
      join unnest(${schemes}::text[], ${texts}::text[]) as w (scheme, number)
        on k.scheme = w.scheme and k.number = w.number)
    order by o.name_key, o.id`.execute(handle)
  return rows
}

/** @param words of `nameKey`; each one begins a word of the name */
export async function byWords(handle: Handle, words: readonly string[], limit: number): Promise<OrganisationRow[]> {
  const query = words.map((word) => `'${word}':*`).join(' & ')
  const { rows } = await sql<OrganisationRow>`select ${organisationColumns} from ${organisationTables}
    where to_tsvector('simple', o.name_key) @@ to_tsquery('simple', ${query})
    order by o.name_key, o.id limit ${limit}`.execute(handle)
  return rows
}

export interface Age {
  at: Instant
  /** Milliseconds: how old an edition may be. */
  maxAge: number
}

/** Of a row `r` of representations, its organisation `o` and the edition in force `e`. */
const freshEdition = ({ at, maxAge }: Age) => sql`coalesce(e.extracted_at > ${toDate(at - maxAge)}, false)`
const inForce = (age: Age) => sql`(r.ended_at is null and o.state = 'active'
  and (r.until is null or r.until > ${toDate(age.at)})
  and case r.by when 'register' then ${freshEdition(age)} else r.check_by > ${toDate(age.at)} end)`

/** By the register and not over: of the edition in force. */
const isCurrent = sql`r.by = 'register' and r.ended_at is null and e.id is not null`
const representationColumns = (age: Age) => sql`r.id, r.organisation_id, r.by, r.role, r.alone, r.holder, r.identity,
  case when ${isCurrent} then e.source else r.source end as source,
  case when ${isCurrent} then e.extracted_at else r.checked_at end as checked_at, r.until, r.check_by, r.document_kind, r.document_date::text, r.document_reference, r.begun_at,
  r.met_at, r.ended_at, r.ended_for, ${inForce(age)} as in_force, r.by = 'register' and not ${freshEdition(age)} as stale`

const representationTables = sql`representations r join organisations o on o.id = r.organisation_id
  left join organisation_editions e on e.state = 'current'`

export async function representations(
  handle: Handle,
  ids: readonly RepresentationId[],
  age: Age,
): Promise<RepresentationRow[]> {
  const { rows } = await sql<RepresentationRow>`select ${representationColumns(age)} from ${representationTables}
    where r.id = any(${[...ids]})`.execute(handle)
  return rows
}

/** Those in force of whom it may be, by name and birth date. */
export async function candidates(
  handle: Handle,
  { lookUp, organisation, ...age }: Age & { lookUp: string; organisation?: OrganisationId },
): Promise<RepresentationRow[]> {
  const { rows } = await sql<RepresentationRow>`select ${representationColumns(age)} from ${representationTables}
    where r.look_up = ${lookUp} and ${inForce(age)}
      ${organisation === undefined ? sql`` : sql`and r.organisation_id = ${organisation}`}
    order by o.name_key, r.organisation_id, r.by desc, r.id`.execute(handle)
  return rows
}

/** Of those in force. */
export async function lookUpsOf(handle: Handle, organisation: OrganisationId, age: Age): Promise<string[]> {
  const { rows } = await sql<{ look_up: string }>`select distinct r.look_up from ${representationTables}
    where r.organisation_id = ${organisation} and ${inForce(age)}`.execute(handle)
  return rows.map(({ look_up }) => look_up)
}

/** Returns those of them that are in force still: who is told of one can stand on it from now on. */
export async function meet(handle: Handle, ids: readonly RepresentationId[], at: Instant): Promise<RepresentationId[]> {
  const { rows } = await sql<{
    id: RepresentationId
  }>`update representations set met_at = coalesce(met_at, ${toDate(at)})
    where id = any(${[...ids]}) and ended_at is null returning id`.execute(handle)
  return rows.map(({ id }) => id)
}

/** All of one organisation, the present ones first. */
export async function representationsOf(
  handle: Handle,
  organisation: OrganisationId,
  age: Age,
): Promise<RepresentationRow[]> {
  const { rows } = await sql<RepresentationRow>`select ${representationColumns(age)} from ${representationTables}
    where r.organisation_id = ${organisation}
    order by r.ended_at desc nulls first, r.begun_at, r.id`.execute(handle)
  return rows
}

export async function editionIn(handle: Handle, state: 'loading' | 'current'): Promise<EditionRow | undefined> {
  const { rows } = await sql<EditionRow>`select id, state, source, extracted_at, sha256, organisations, representations,
      lines, bad_lines, closed, ended, imported_by, begun_at, seen_at, ended_at
    from organisation_editions where state = ${state}`.execute(handle)
  return rows[0]
}

export async function documentsInForce(handle: Handle): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from representations
    where check_by is not null and ended_at is null`.execute(handle)
  return rows[0]?.count ?? 0
}

// --- Documents -----------------------------------------------------------------------------------------------------

export async function addDocument(
  tx: Tx,
  row: {
    id: RepresentationId
    organisation: OrganisationId
    role: string
    alone: boolean
    lookUp: string
    holder: string
    identity: Buffer
    kind: string
    date: string
    reference: Buffer
    recordedBy: string
    confirmedBy: string
    until: Instant | undefined
    checkBy: Instant
    at: Instant
  },
): Promise<boolean> {
  const at = toDate(row.at)
  const { rows } =
    await sql`insert into representations (id, organisation_id, by, role, alone, look_up, holder, identity,
      source, checked_at, until, check_by, document_kind, document_date, document_reference, recorded_by, confirmed_by,
      begun_at)
    select ${row.id}, o.id, 'document', ${row.role}, ${row.alone}, ${row.lookUp}, ${row.holder}, ${row.identity},
      ${row.kind}, ${at}, ${row.until === undefined ? null : toDate(row.until)}, ${toDate(row.checkBy)}, ${row.kind},
      ${row.date}::date, ${row.reference}, ${row.recordedBy}, ${row.confirmedBy}, ${at}
    from organisations o where o.id = ${row.organisation} and o.state = 'active'
    on conflict (organisation_id, holder, by) where ended_at is null do nothing returning id`.execute(tx)
  return rows.length > 0
}

export async function hasDocument(handle: Handle, organisation: OrganisationId, holder: string): Promise<boolean> {
  const { rows } = await sql`select from representations where organisation_id = ${organisation}
    and holder = ${holder} and by = 'document' and ended_at is null`.execute(handle)
  return rows.length > 0
}

/** An organisation that nobody closes before `tx` ends. */
export async function holdOrganisation(tx: Tx, id: OrganisationId): Promise<'active' | 'closed' | undefined> {
  const { rows } = await sql<{
    state: 'active' | 'closed'
  }>`select state from organisations where id = ${id} for share`.execute(tx)
  return rows[0]?.state
}

export interface EndedRow {
  id: RepresentationId
  organisation_id: OrganisationId
  why: string
  /** Somebody may stand on it. */
  met: boolean
}

const asEnded = sql`id, organisation_id, ended_for as why, met_at is not null as met`

export async function endDocument(tx: Tx, id: RepresentationId, at: Instant): Promise<EndedRow | undefined> {
  const { rows } = await sql<EndedRow>`update representations set ended_at = ${toDate(at)}, ended_for = 'withdrawn'
    where id = ${id} and by = 'document' and ended_at is null returning ${asEnded}`.execute(tx)
  return rows[0]
}

export async function isDocument(handle: Handle, id: RepresentationId): Promise<boolean> {
  const { rows } = await sql`select from representations where id = ${id} and by = 'document'`.execute(handle)
  return rows.length > 0
}

// --- What comes to its end -----------------------------------------------------------------------------------------

/** Those of a kind whose turn it is, which nobody else is at; `tx` holds them. */
const someOf = (which: RawBuilder<unknown>, limit: number) =>
  sql`(select r.id from representations r where ${which} order by r.id limit ${limit}::int for update skip locked)`

/** At most `limit`, as all of these. */
export async function endOver(tx: Tx, at: Instant, limit: number): Promise<EndedRow[]> {
  const now = toDate(at)
  const { rows } = await sql<EndedRow>`update representations set ended_at = ${now},
      ended_for = case when until <= ${now} then 'term' else 'check_overdue' end
    where id in ${someOf(sql`r.ended_at is null and (r.until <= ${now} or r.check_by <= ${now})`, limit)}
    returning ${asEnded}`.execute(tx)
  return rows
}

/** Those that an edition ended, and that nobody was told of yet. */
export async function tellEnded(tx: Tx, limit: number): Promise<EndedRow[]> {
  const { rows } = await sql<EndedRow>`update representations set untold = false
    where id in ${someOf(sql`r.untold`, limit)} returning ${asEnded}`.execute(tx)
  return rows
}

const currentEdition = sql`select from organisation_editions where state = 'current' and extracted_at`

/** Those of an edition that is too old, on which somebody may stand: once each. */
export async function markStale(tx: Tx, { at, maxAge }: Age, limit: number): Promise<EndedRow[]> {
  const { rows } = await sql<EndedRow>`update representations set stale_at = ${toDate(at)}
    where exists (${currentEdition} <= ${toDate(at - maxAge)})
      and id in ${someOf(
        sql`r.ended_at is null and r.met_at is not null and r.by = 'register' and r.stale_at is null`,
        limit,
      )}
    returning id, organisation_id, 'edition_too_old' as why, true as met`.execute(tx)
  return rows
}

/** Those which an edition that one can go by has again. */
export async function unmarkStale(
  tx: Tx,
  { at, maxAge }: Age,
  limit: number,
): Promise<{ id: RepresentationId; organisation_id: OrganisationId }[]> {
  const { rows } = await sql<{ id: RepresentationId; organisation_id: OrganisationId }>`
    update representations set stale_at = null
    where exists (${currentEdition} > ${toDate(at - maxAge)})
      and id in ${someOf(sql`r.ended_at is null and r.stale_at is not null`, limit)}
    returning id, organisation_id`.execute(tx)
  return rows
}

export async function forget(handle: Handle, before: Instant): Promise<number> {
  const { rows } = await sql`delete from representations where ended_at < ${toDate(before)} returning id`.execute(
    handle,
  )
  await sql`delete from organisation_editions e where e.state in ('past', 'failed') and e.ended_at < ${toDate(before)}
    and not exists (select from organisations where edition = e.id)
    and not exists (select from representations where edition = e.id)`.execute(handle)
  return rows.length
}
