/**
 * Every statement on the tables `organisation_editions`, `organisation_lines`, `organisations`, `organisation_numbers`
 * and `representations`.
 */
import { sql } from 'kysely'
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

/** Any number that no other lock of the hub has. */
const importLock = 7_263_510_142

const organisationColumns = sql`o.id, o.subject, o.name, o.kind, o.state, o.source, o.extracted_at,
  (select jsonb_object_agg(n.scheme, n.number) from organisation_numbers n where n.organisation_id = o.id) as numbers`

/** For statements of other rooms that list by the name of organisations, or by their numbers: derived tables. */
export const organisationNames = sql`(select id, name, name_key, state from organisations)`
export const organisationNumbers = sql`(select organisation_id as organisation, scheme, number from organisation_numbers)`

// --- Reading -------------------------------------------------------------------------------------------------------

export async function organisations(handle: Handle, ids: readonly OrganisationId[]): Promise<OrganisationRow[]> {
  const { rows } = await sql<OrganisationRow>`select ${organisationColumns} from organisations o
    where o.id = any(${[...ids]})`.execute(handle)
  return rows
}

/** Whoever has one of these numbers. */
export async function byNumbers(
  handle: Handle,
  numbers: readonly { scheme: string; number: string }[],
): Promise<OrganisationRow[]> {
  const [schemes, texts] = [numbers.map(({ scheme }) => scheme), numbers.map(({ number }) => number)]
  const { rows } = await sql<OrganisationRow>`select ${organisationColumns} from organisations o
    where o.id in (select k.organisation_id from organisation_numbers k
      join unnest(${schemes}::text[], ${texts}::text[]) as w (scheme, number)
        on k.scheme = w.scheme and k.number = w.number)
    order by o.name_key, o.id`.execute(handle)
  return rows
}

/** @param words of `nameKey`; each one begins a word of the name */
export async function byWords(handle: Handle, words: readonly string[], limit: number): Promise<OrganisationRow[]> {
  const query = words.map((word) => `'${word}':*`).join(' & ')
  const { rows } = await sql<OrganisationRow>`select ${organisationColumns} from organisations o
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

const representationColumns = (age: Age) => sql`r.id, r.organisation_id, r.by, r.role, r.alone, r.holder, r.identity,
  r.source, r.checked_at, r.until, r.check_by, r.document_kind, r.document_date::text, r.document_reference, r.begun_at,
  r.met_at, r.ended_at, r.ended_for, ${inForce(age)} as in_force, r.by = 'register' and not ${freshEdition(age)} as stale`

const representationTables = sql`representations r join organisations o on o.id = r.organisation_id
  left join organisation_editions e on e.state = 'current'`

export async function representation(
  handle: Handle,
  id: RepresentationId,
  age: Age,
): Promise<RepresentationRow | undefined> {
  const { rows } = await sql<RepresentationRow>`select ${representationColumns(age)} from ${representationTables}
    where r.id = ${id}`.execute(handle)
  return rows[0]
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

export async function endOver(tx: Tx, at: Instant): Promise<EndedRow[]> {
  const { rows } = await sql<EndedRow>`update representations set ended_at = ${toDate(at)},
      ended_for = case when until <= ${toDate(at)} then 'term' else 'check_overdue' end
    where ended_at is null and (until <= ${toDate(at)} or check_by <= ${toDate(at)}) returning ${asEnded}`.execute(tx)
  return rows
}

/** Those of an edition that is too old, once each. */
export async function markStale(tx: Tx, { at, maxAge }: Age): Promise<EndedRow[]> {
  const { rows } = await sql<EndedRow>`update representations r set stale_at = ${toDate(at)}
    from organisation_editions e
    where e.state = 'current' and e.extracted_at <= ${toDate(at - maxAge)} and r.by = 'register'
      and r.ended_at is null and r.stale_at is null
    returning r.id, r.organisation_id, 'edition_too_old' as why, r.met_at is not null as met`.execute(tx)
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

// --- Writing an edition --------------------------------------------------------------------------------------------

/** Until `tx` ends nobody else begins an edition, nor puts one in force. */
export async function lockImport(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${importLock})`.execute(tx)
}

/** Gives up for an import that was last seen before `unseenSince`. */
export async function failSilent(tx: Tx, unseenSince: Instant, at: Instant): Promise<void> {
  await sql`update organisation_editions set state = 'failed', ended_at = ${toDate(at)}
    where state = 'loading' and seen_at < ${toDate(unseenSince)}`.execute(tx)
}

/** Takes the one place of an import, and clears what a dead one left; undefined when it is taken. */
export async function begin(
  tx: Tx,
  edition: { source: string; extractedAt: Instant; importedBy: string; at: Instant },
): Promise<number | undefined> {
  const at = toDate(edition.at)
  const { rows } = await sql<{ id: number }>`insert into organisation_editions
      (state, source, extracted_at, imported_by, begun_at, seen_at)
    values ('loading', ${edition.source}, ${toDate(edition.extractedAt)}, ${edition.importedBy}, ${at}, ${at})
    on conflict (state) where state = 'loading' do nothing returning id`.execute(tx)
  if (!rows[0]) return undefined
  await clearLines(tx)
  return rows[0].id
}

export async function clearLines(tx: Tx): Promise<void> {
  await sql`truncate organisation_lines`.execute(tx)
}

/** A line of the file that is well-formed by itself. Bytes are base64, instants ISO 8601. */
export interface Line {
  line: number
  numbers: Readonly<Record<string, string>>
  organisation: string
  subject: string
  name: string
  name_key: string
  kind: string | null
  state: string
  organisation_id: OrganisationId
  representation_id: RepresentationId | null
  role: string | null
  alone: boolean | null
  until: string | null
  look_up: string | null
  holder: string | null
  identity: string | null
}

/** It touches the edition first: an import that was taken for dead writes nothing more. Returns false then. */
export async function addLines(handle: Handle, edition: number, lines: readonly Line[], at: Instant): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`with place as (
      update organisation_editions set seen_at = ${toDate(at)} where id = ${edition} and state = 'loading' returning id),
    written as (
      insert into organisation_lines (line, edition, numbers, organisation, subject, name, name_key, kind, state,
        organisation_id, representation_id, role, alone, until, look_up, holder, identity)
      select l.line, place.id, l.numbers, l.organisation, l.subject, l.name, l.name_key, l.kind, l.state,
        l.organisation_id, l.representation_id, l.role, l.alone, l.until, l.look_up, l.holder,
        decode(l.identity, 'base64')
      from place, jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as l (line int, numbers jsonb, organisation text,
        subject text, name text, name_key text, kind text, state text, organisation_id text, representation_id text,
        role text, alone boolean, until timestamptz, look_up text, holder text, identity text))
    select exists (select from place) as held`.execute(handle)
  return rows[0]?.held ?? false
}

/** A sign of life. Returns false when the import lost its place. */
export async function touch(handle: Handle, edition: number, at: Instant): Promise<boolean> {
  const { rows } = await sql`update organisation_editions set seen_at = ${toDate(at)}
    where id = ${edition} and state = 'loading' returning id`.execute(handle)
  return rows.length > 0
}

export async function fail(tx: Tx, edition: number, at: Instant): Promise<void> {
  const { rows } = await sql`update organisation_editions set state = 'failed', ended_at = ${toDate(at)}
    where id = ${edition} and state = 'loading' returning id`.execute(tx)
  if (rows.length > 0) await clearLines(tx)
}

/** Refuses lines whose number an earlier line has with others, and those that contradict the first of their organisation. */
export async function refuseContradictions(tx: Tx): Promise<void> {
  await sql`update organisation_lines l set problem = 'number_taken' from (
      select distinct line from (
        select line, organisation, first_value(organisation) over (partition by n.key, n.value order by line) as first
        from organisation_lines, jsonb_each_text(numbers) n) claims
      where organisation <> first) c
    where c.line = l.line`.execute(tx)
  await sql`update organisation_lines l set leads = true from (
      select min(line) as line from organisation_lines where problem is null group by organisation) f
    where f.line = l.line`.execute(tx)
  await sql`update organisation_lines l set problem = 'contradiction' from organisation_lines f
    where f.leads and f.organisation = l.organisation and l.problem is null
      and (f.name_key, f.state) is distinct from (l.name_key, l.state)`.execute(tx)
}

export interface Alike {
  line: number
  organisation: string
  look_up: string
  holder: string
  identity: Buffer
}

/** Representatives of one organisation who share the family name and the birth date, in the order of the file. */
export async function alike(tx: Tx): Promise<Alike[]> {
  const { rows } = await sql<Alike>`select line, organisation, look_up, holder, identity from (
      select *, count(*) over (partition by organisation, look_up) as count from organisation_lines
      where problem is null and look_up is not null) l
    where count > 1 order by organisation, look_up, line`.execute(tx)
  return rows
}

export async function refuseLines(tx: Tx, lines: readonly { line: number; problem: string }[]): Promise<void> {
  if (lines.length === 0) return
  await sql`update organisation_lines l set problem = r.problem
    from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as r (line int, problem text)
    where r.line = l.line`.execute(tx)
}

export async function refusedLines(
  tx: Tx,
  limit: number,
): Promise<{ count: number; first: { line: number; problem: string }[] }> {
  const { rows } = await sql<{ line: number; problem: string; count: number }>`select line, problem,
      count(*) over ()::int as count
    from organisation_lines where problem is not null order by line limit ${limit}`.execute(tx)
  return { count: rows[0]?.count ?? 0, first: rows.map(({ line, problem }) => ({ line, problem })) }
}

/**
 * Which organisation each line is of: the one that has its number by the first scheme that both have, unless a scheme
 * before that one says that it is another.
 *
 * @param schemes in the order of the settings
 */
export async function recogniseOrganisations(tx: Tx, schemes: readonly string[]): Promise<void> {
  for (const [place, scheme] of schemes.entries()) {
    await sql`update organisation_lines l set organisation_id = n.organisation_id, settled = true
      from organisation_numbers n
      where l.leads and not l.settled and n.scheme = ${scheme} and n.number = l.numbers ->> ${scheme}
        and not exists (select from organisation_numbers m where m.organisation_id = n.organisation_id
          and m.scheme = any(${schemes.slice(0, place)}::text[]) and l.numbers ->> m.scheme <> m.number)
        and not exists (select from organisation_lines k where k.settled and k.organisation_id = n.organisation_id)`.execute(
      tx,
    )
  }
  await sql`update organisation_lines l set organisation_id = f.organisation_id from organisation_lines f
    where f.leads and not l.leads and f.organisation = l.organisation and l.problem is null`.execute(tx)
}

/** What the edition that is being read would do to the one in force. */
export async function foresee(tx: Tx): Promise<{
  organisations: number
  representations: number
  active: number
  closed: number
  represented: number
  ended: number
}> {
  const { rows } = await sql<Awaited<ReturnType<typeof foresee>>>`select
      (select count(*)::int from organisation_lines where leads) as organisations,
      (select count(*)::int from organisation_lines where ${taken}) as representations,
      (select count(*)::int from organisations where state = 'active') as active,
      (select count(*)::int from organisations o where o.state = 'active' and not exists (
        select from organisation_lines l where l.leads and l.organisation_id = o.id and l.state = 'active')) as closed,
      (select count(*)::int from representations where ended_at is null and by = 'register') as represented,
      (select count(*)::int from representations r where r.ended_at is null and r.by = 'register' and not exists (
        select from organisation_lines l where ${sameOne} and ${taken})) as ended`.execute(tx)
  return rows[0] as Awaited<ReturnType<typeof foresee>>
}

/** Lines of whom the register says that they represent an organisation that is active. */
const taken = sql`problem is null and representation_id is not null and state = 'active'`
/** The same human of the same organisation; who may not act alone any more is another representation. */
const sameOne = sql`l.organisation_id = r.organisation_id and l.holder = r.holder and (l.alone or not r.alone)`

/** The lines become what is in force. Returns what fell and what came back. */
export async function putInForce(
  tx: Tx,
  { id, at: now }: { id: number; at: Instant },
): Promise<{ ended: EndedRow[]; restored: EndedRow[] }> {
  const at = toDate(now)
  await sql`update organisations o set name = l.name, name_key = l.name_key, kind = l.kind, state = l.state,
      closed_at = case l.state when 'closed' then coalesce(o.closed_at, ${at}) end, edition = ${id},
      source = e.source, extracted_at = e.extracted_at,
      subject = case when l.numbers ->> split_part(o.subject, ':', 1) = split_part(o.subject, ':', 2)
        then o.subject else l.subject end
    from organisation_lines l, organisation_editions e
    where l.leads and l.settled and o.id = l.organisation_id and e.id = ${id}`.execute(tx)
  await sql`insert into organisations (id, subject, name, name_key, kind, state, source, extracted_at, edition, closed_at)
    select l.organisation_id, l.subject, l.name, l.name_key, l.kind, l.state, e.source, e.extracted_at, e.id,
      case l.state when 'closed' then ${at}::timestamptz end
    from organisation_lines l, organisation_editions e
    where l.leads and not l.settled and e.id = ${id}`.execute(tx)
  await sql`update organisations set state = 'closed', closed_at = ${at}
    where state = 'active' and edition <> ${id}`.execute(tx)
  await sql`delete from organisation_numbers n using organisation_lines l
    where l.leads and n.organisation_id = l.organisation_id and l.numbers ->> n.scheme is distinct from n.number`.execute(
    tx,
  )
  await sql`delete from organisation_numbers n using organisation_lines l, jsonb_each_text(l.numbers) k
    where l.leads and n.scheme = k.key and n.number = k.value and n.organisation_id <> l.organisation_id`.execute(tx)
  await sql`insert into organisation_numbers (scheme, number, organisation_id)
    select k.key, k.value, l.organisation_id from organisation_lines l, jsonb_each_text(l.numbers) k
    where l.leads on conflict do nothing`.execute(tx)

  const { rows: restored } = await sql<EndedRow>`select r.id, r.organisation_id, 'edition_too_old' as why,
      r.met_at is not null as met
    from representations r where r.ended_at is null and r.stale_at is not null and exists (
      select from organisation_lines l where ${sameOne} and ${taken})`.execute(tx)
  await sql`update representations r set role = l.role, alone = l.alone, until = l.until, identity = l.identity,
      edition = ${id}, source = e.source, checked_at = e.extracted_at, stale_at = null
    from organisation_lines l, organisation_editions e
    where r.by = 'register' and r.ended_at is null and ${sameOne} and l.problem is null
      and l.representation_id is not null and l.state = 'active' and e.id = ${id}`.execute(tx)
  const { rows: ended } = await sql<EndedRow>`update representations r set ended_at = ${at},
      ended_for = case o.state when 'closed' then 'organisation_closed' else 'left_register' end
    from organisations o where o.id = r.organisation_id and r.ended_at is null
      and (o.state = 'closed' or r.by = 'register' and r.edition <> ${id})
    returning r.id, r.organisation_id, r.ended_for as why, r.met_at is not null as met`.execute(tx)
  await sql`insert into representations (id, organisation_id, by, role, alone, look_up, holder, identity, edition, source,
      checked_at, until, begun_at)
    select l.representation_id, l.organisation_id, 'register', l.role, l.alone, l.look_up, l.holder, l.identity, e.id,
      e.source, e.extracted_at, l.until, ${at}
    from organisation_lines l, organisation_editions e
    where l.problem is null and l.representation_id is not null and l.state = 'active' and e.id = ${id}
    on conflict (organisation_id, holder, by) where ended_at is null do nothing`.execute(tx)
  return { ended, restored }
}

/** The new edition is read from now on; returns false, and changes nothing, when it lost its place. */
export async function publish(
  tx: Tx,
  id: number,
  edition: {
    sha256: string
    organisations: number
    representations: number
    lines: number
    badLines: number
    closed: number
    ended: number
    at: Instant
  },
): Promise<boolean> {
  if (!(await touch(tx, id, edition.at))) return false
  await sql`update organisation_editions set state = 'past' where state = 'current'`.execute(tx)
  await sql`update organisation_editions set state = 'current', sha256 = ${edition.sha256},
      organisations = ${edition.organisations}, representations = ${edition.representations}, lines = ${edition.lines},
      bad_lines = ${edition.badLines}, closed = ${edition.closed}, ended = ${edition.ended},
      ended_at = ${toDate(edition.at)}
    where id = ${id}`.execute(tx)
  return true
}
