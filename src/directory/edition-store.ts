/**
 * Every statement that writes an edition of the register of organisations: its place in `organisation_editions`, the
 * tables in which its lines wait (`organisation_lines`, `_claims`, `_entries`, `_matches`, `_news`, `_losses`), and what
 * becomes of `organisations`, `organisation_numbers` and `representations` when it is put in force.
 *
 * No statement takes long, whatever the size of the register: all but the counts of what waits go by keys through a span
 * of lines or of identifiers. What the edition says again as it was is read, and never written.
 */
import { type RawBuilder, sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { OrganisationId, RepresentationId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import { recordSeparator } from './store.ts'

/** Any number that no other lock of the hub has. */
const importLock = 7_263_510_142

/** Lines from one to another, both included. */
export interface Span {
  from: number
  until: number
}

const inSpan = ({ from, until }: Span) => sql`between ${from}::int and ${until}::int`

// --- The place of an import ----------------------------------------------------------------------------------------

/** Until `tx` ends nobody else begins an edition, nor puts one in force. Returns false when somebody is at it. */
export async function lockImport(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${importLock}) as held`.execute(tx)
  return rows[0]?.held ?? false
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
  await sql`truncate organisation_lines, organisation_claims, organisation_entries, organisation_matches,
    organisation_news, organisation_losses`.execute(tx)
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

// --- Lines ---------------------------------------------------------------------------------------------------------

/** A line of the file that is well-formed by itself. Bytes are base64, instants ISO 8601; no text is empty. */
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
  content: string | null
}

const lineColumns = [
  'line',
  'numbers',
  'organisation',
  'subject',
  'name',
  'name_key',
  'kind',
  'state',
  'organisation_id',
  'representation_id',
  'role',
  'alone',
  'until',
  'look_up',
  'holder',
  'identity',
  'content',
] as const satisfies readonly (keyof Line)[]

/** What the database makes of the texts of a column. */
const casts: Partial<Record<keyof Line, RawBuilder<unknown>>> = {
  line: sql`line::int`,
  numbers: sql`numbers::jsonb`,
  alone: sql`alone::boolean`,
  until: sql`until::timestamptz`,
  identity: sql`decode(identity, 'base64')`,
}

const claimColumns = ['scheme', 'number', 'organisation'] as const

/** Texts of a column, parted: an array would be escaped element by element, in several times the time. */
class Column {
  #bytes = Buffer.alloc(columnBytes)
  #length = 0
  #isEmpty = true

  add(text: string): void {
    if (!this.#isEmpty) this.#length += this.#bytes.write(recordSeparator, this.#length)
    this.#length += this.#bytes.write(text, this.#length)
    this.#isEmpty = false
  }

  clear(): void {
    this.#length = 0
    this.#isEmpty = true
  }

  get hasRoom(): boolean {
    return this.#length + longestText < columnBytes
  }

  get texts(): RawBuilder<unknown> {
    const bytes = this.#bytes.subarray(0, this.#length)
    return sql`string_to_array(convert_from(${bytes}::bytea, 'UTF8'), ${recordSeparator}, '')`
  }
}

const columnBytes = 256 * 1024
/** Of one cell, sealed or not, and of one separator: a cell of the file has 300 characters at most. */
const longestText = 32 * 1024

/**
 * Lines to write in one statement. They are bytes, in place: texts that wait for a statement would outlive the young
 * generation of the heap, and millions of them fill it before it is cleared.
 */
export class LineBatch {
  readonly lines = new Map(lineColumns.map((column) => [column, new Column()]))
  readonly claims = new Map(claimColumns.map((column) => [column, new Column()]))
  #count = 0
  #organisation = ''

  add(line: Line): void {
    for (const [column, texts] of this.lines) {
      texts.add(column === 'numbers' ? JSON.stringify(line.numbers) : String(line[column] ?? ''))
    }
    // Lines of one organisation mostly follow each other.
    const { organisation } = line
    const claims = organisation === this.#organisation ? [] : Object.entries(line.numbers)
    for (const [scheme, number] of claims) {
      const claim = { scheme, number, organisation }
      for (const [column, texts] of this.claims) texts.add(claim[column])
    }
    this.#organisation = organisation
    this.#count++
  }

  clear(): void {
    for (const column of [...this.lines.values(), ...this.claims.values()]) column.clear()
    this.#count = 0
    this.#organisation = ''
  }

  get isEmpty(): boolean {
    return this.#count === 0
  }

  get isFull(): boolean {
    const columns = [...this.lines.values(), ...this.claims.values()]
    return this.#count >= mostLines || columns.some(({ hasRoom }) => !hasRoom)
  }
}

const mostLines = 1_000

/**
 * Adds some lines in one statement. It touches the edition first: an import that was taken for dead writes nothing more,
 * and this returns false. A line whose number an earlier one has with others is refused at once.
 */
export async function addLines(handle: Handle, edition: number, batch: LineBatch, at: Instant): Promise<boolean> {
  const names = sql.join(lineColumns.map((column) => sql.ref(column)))
  const textsOf = (columns: ReadonlyMap<string, Column>) => sql.join([...columns.values()].map(({ texts }) => texts))
  const { rows } = await sql<{ held: boolean }>`with place as (
      update organisation_editions set seen_at = ${toDate(at)} where id = ${edition} and state = 'loading' returning id),
    claims as materialized (
      select c.* from place,
        unnest(${textsOf(batch.claims)}) with ordinality as c (scheme, number, organisation, rank)),
    owned as (
      insert into organisation_claims as o (scheme, number, organisation)
      select distinct on (scheme, number) scheme, number, organisation from claims order by scheme, number, rank
      on conflict (scheme, number) do update set organisation = o.organisation returning scheme, number, organisation),
    refused as materialized (
      select organisation from (
        select scheme, number, organisation from claims except select scheme, number, organisation from owned) c),
    written as (
      insert into organisation_lines (${names}, problem)
      select ${sql.join(lineColumns.map((column) => casts[column] ?? sql.ref(column)))},
        case when l.organisation in (select organisation from refused) then 'number_taken' end
      from place, unnest(${textsOf(batch.lines)}) as l (${names}))
    select exists (select from place) as held`.execute(handle)
  return rows[0]?.held ?? false
}

/**
 * For the statements of `tx` that go through a span: what they join is found by its key, row by row. The planner knows
 * nothing of tables that were filled a moment ago, and would read all of one for each span of another.
 */
export async function goByKeys(tx: Tx): Promise<void> {
  await sql`select set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
    set_config('enable_seqscan', 'off', true)`.execute(tx)
}

/**
 * Makes the first good line of each organisation its entry, and refuses those that contradict it. Spans come in their
 * order. Returns how many entries there are more.
 */
export async function gather(tx: Tx, span: Span): Promise<number> {
  const { numAffectedRows } = await sql`insert into organisation_entries (line, organisation)
    select line, organisation from organisation_lines where line ${inSpan(span)} and problem is null order by line
    on conflict (organisation) do nothing`.execute(tx)
  await sql`update organisation_lines l set problem = 'contradiction'
    from organisation_entries e join organisation_lines f on f.line = e.line
    where l.line ${inSpan(span)} and l.problem is null and e.organisation = l.organisation
      and (f.name_key, f.state) is distinct from (l.name_key, l.state)`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

export interface Alike {
  line: number
  organisation: string
  look_up: string
  holder: string
  identity: Buffer
}

/**
 * Representatives of one organisation who share the family name and the birth date, in the order of the file: of about
 * `size` lines, by organisation, behind `after`. `last` is where the next ones begin; undefined at the end.
 */
export async function alike(
  tx: Tx,
  { after, size }: { after: string; size: number },
): Promise<{ rows: Alike[]; last: string | undefined }> {
  const { rows: bound } = await sql<{ organisation: string }>`select organisation from organisation_lines
    where organisation > ${after} order by organisation offset ${size}::int limit 1`.execute(tx)
  const last = bound[0]?.organisation
  const { rows } = await sql<Alike>`select line, organisation, look_up, holder, identity from (
      select *, count(*) over (partition by organisation, look_up) as count from organisation_lines
      where problem is null and look_up is not null and organisation > ${after}
        ${last === undefined ? sql`` : sql`and organisation <= ${last}`}) l
    where count > 1 order by organisation, look_up, line`.execute(tx)
  return { rows, last }
}

export async function refuseLines(tx: Tx, lines: readonly { line: number; problem: string }[]): Promise<void> {
  if (lines.length === 0) return
  await sql`update organisation_lines l set problem = r.problem
    from json_to_recordset(${JSON.stringify(lines)}::json) as r (line int, problem text)
    where r.line = l.line`.execute(tx)
}

export async function refusedLines(
  handle: Handle,
  limit: number,
): Promise<{ count: number; first: { line: number; problem: string }[] }> {
  const { rows } = await sql<{ line: number; problem: string; count: number }>`select line, problem,
      (select count(*)::int from organisation_lines where problem is not null) as count
    from organisation_lines where problem is not null order by line limit ${limit}`.execute(handle)
  return { count: rows[0]?.count ?? 0, first: rows.map(({ line, problem }) => ({ line, problem })) }
}

// --- What is other than in the edition in force ---------------------------------------------------------------------

/** Of an organisation `o` that the line `l` is about. A name to services stays as long as the number is its own. */
const subjectOf = sql`case when l.numbers ->> split_part(o.subject, ':', 1) = split_part(o.subject, ':', 2)
  then o.subject else l.subject end`

/**
 * Which organisation each entry is: the one that has its number by `scheme`, unless a scheme before that one says that it
 * is another. Schemes come in the order of the settings, each through all spans.
 */
export async function recognise(
  tx: Tx,
  span: Span,
  { scheme, before }: { scheme: string; before: readonly string[] },
): Promise<void> {
  await sql`insert into organisation_matches (line, organisation_id, known, changed)
    select l.line, o.id, true,
      (o.name, o.name_key, o.kind, o.state, o.subject) is distinct from (l.name, l.name_key, l.kind, l.state, ${subjectOf})
      or (select jsonb_object_agg(k.scheme, k.number) from organisation_numbers k where k.organisation_id = o.id)
        is distinct from l.numbers
    from organisation_entries f join organisation_lines l on l.line = f.line
      join organisation_numbers n on n.scheme = ${scheme} and n.number = l.numbers ->> ${scheme}
      join organisations o on o.id = n.organisation_id
    where f.line ${inSpan(span)} and not exists (select from organisation_matches m where m.line = f.line)
      and not exists (select from organisation_numbers m where m.organisation_id = n.organisation_id
        and m.scheme = any(${[...before]}::text[]) and l.numbers ->> m.scheme <> m.number)
    order by l.line on conflict do nothing`.execute(tx)
}

/** All other entries are organisations that nobody knew. */
export async function welcome(tx: Tx, span: Span): Promise<void> {
  await sql`insert into organisation_matches (line, organisation_id, known, changed)
    select l.line, l.organisation_id, false, true
    from organisation_entries f join organisation_lines l on l.line = f.line
    where f.line ${inSpan(span)} and not exists (select from organisation_matches m where m.line = f.line)`.execute(tx)
}

/** A line `l` of whom the register says that they represent an organisation that is active. */
const taken = sql`(l.problem is null and l.representation_id is not null and l.state = 'active')`
/** A row `r` of representations of the match `m` that a line means, whatever it says of it. */
const ofLine = sql`(r.organisation_id = m.organisation_id and r.holder = l.holder and r.by = 'register'
  and r.ended_at is null and (l.alone or not r.alone))`

/** Finds representatives who are new, or are said otherwise. Returns how many there are in all. */
export async function findNews(tx: Tx, span: Span, at: Instant): Promise<number> {
  await sql`insert into organisation_news (line)
    select l.line from organisation_lines l join organisation_entries f on f.organisation = l.organisation
      join organisation_matches m on m.line = f.line
      left join representations r on ${ofLine}
    where l.line ${inSpan(span)} and ${taken} and case when r.id is null then coalesce(l.until > ${toDate(at)}, true)
      else (r.role, r.alone, r.until, r.content) is distinct from (l.role, l.alone, l.until, l.content) end`.execute(tx)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from organisation_lines l
    where l.line ${inSpan(span)} and ${taken}`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Of a part of what is in force, by identifier. */
export interface Part {
  /** How many are in force. */
  present: number
  lost: number
  /** Where the next part begins; undefined at the end. */
  last: string | undefined
}

export async function findLostOrganisations(tx: Tx, page: { after: string; size: number }): Promise<Part> {
  const last = await boundOf(tx, sql`organisations`, page)
  const within = sql`o.id > ${page.after} ${last === undefined ? sql`` : sql`and o.id <= ${last}`}`
  const { numAffectedRows } = await sql`insert into organisation_losses (id, what)
    select o.id, 'organisation' from organisations o where ${within} and o.state = 'active' and not exists (
      select from organisation_matches m join organisation_lines l on l.line = m.line
      where m.organisation_id = o.id and l.state = 'active')`.execute(tx)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from organisations o
    where ${within} and o.state = 'active'`.execute(tx)
  return { present: rows[0]?.count ?? 0, lost: Number(numAffectedRows ?? 0), last }
}

export async function findLostRepresentations(tx: Tx, page: { after: string; size: number }): Promise<Part> {
  const last = await boundOf(tx, sql`representations`, page)
  const within = sql`r.id > ${page.after} ${last === undefined ? sql`` : sql`and r.id <= ${last}`}
    and r.by = 'register' and r.ended_at is null`
  const { numAffectedRows } = await sql`insert into organisation_losses (id, what)
    select r.id, 'representation' from representations r where ${within} and not exists (
      select from organisation_matches m join organisation_entries f on f.line = m.line
        join organisation_lines l on l.organisation = f.organisation and l.look_up = r.look_up
      where m.organisation_id = r.organisation_id and ${ofLine} and ${taken})`.execute(tx)
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from representations r
    where ${within}`.execute(tx)
  return { present: rows[0]?.count ?? 0, lost: Number(numAffectedRows ?? 0), last }
}

async function boundOf(
  tx: Tx,
  table: ReturnType<typeof sql>,
  { after, size }: { after: string; size: number },
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`select id from ${table} where id > ${after} order by id
    offset ${size}::int limit 1`.execute(tx)
  return rows[0]?.id
}

// --- In force ------------------------------------------------------------------------------------------------------

/** The edition that is put in force, and the one before: what it had last is marked so. */
export interface Change {
  id: number
  before: number | undefined
  at: Instant
}

export async function writeOrganisations(tx: Tx, span: Span, { id, at: now }: Change): Promise<void> {
  const at = toDate(now)
  await sql`update organisations o set name = l.name, name_key = l.name_key, kind = l.kind, state = l.state,
      closed_at = case l.state when 'closed' then coalesce(o.closed_at, ${at}) end, edition = e.id, source = e.source,
      extracted_at = e.extracted_at, subject = ${subjectOf}
    from organisation_matches m join organisation_lines l on l.line = m.line, organisation_editions e
    where m.line ${inSpan(span)} and m.changed and m.known and o.id = m.organisation_id and e.id = ${id}`.execute(tx)
  await sql`insert into organisations (id, subject, name, name_key, kind, state, source, extracted_at, edition, closed_at)
    select m.organisation_id, l.subject, l.name, l.name_key, l.kind, l.state, e.source, e.extracted_at, e.id,
      case l.state when 'closed' then ${at}::timestamptz end
    from organisation_matches m join organisation_lines l on l.line = m.line, organisation_editions e
    where m.line ${inSpan(span)} and not m.known and e.id = ${id}`.execute(tx)
}

/** Takes numbers from whoever does not have them any more: of all spans, before they are given. */
export async function takeNumbers(tx: Tx, span: Span): Promise<void> {
  await sql`delete from organisation_numbers n using organisation_matches m join organisation_lines l on l.line = m.line
    where m.line ${inSpan(span)} and m.changed and n.organisation_id = m.organisation_id
      and l.numbers ->> n.scheme is distinct from n.number`.execute(tx)
  await sql`delete from organisation_numbers n using organisation_matches m join organisation_lines l on l.line = m.line,
      jsonb_each_text(l.numbers) k
    where m.line ${inSpan(span)} and m.changed and n.scheme = k.key and n.number = k.value
      and n.organisation_id <> m.organisation_id`.execute(tx)
}

export async function giveNumbers(tx: Tx, span: Span): Promise<void> {
  await sql`insert into organisation_numbers (scheme, number, organisation_id)
    select k.key, k.value, m.organisation_id
    from organisation_matches m join organisation_lines l on l.line = m.line, jsonb_each_text(l.numbers) k
    where m.line ${inSpan(span)} and m.changed on conflict do nothing`.execute(tx)
}

/** What representatives are said to be otherwise. */
export async function writeRepresentatives(tx: Tx, span: Span, { id }: Change): Promise<void> {
  await sql`update representations r set role = l.role, alone = l.alone, until = l.until, identity = l.identity,
      content = l.content, edition = e.id, source = e.source, checked_at = e.extracted_at
    from organisation_news c join organisation_lines l on l.line = c.line
      join organisation_entries f on f.organisation = l.organisation
      join organisation_matches m on m.line = f.line, organisation_editions e
    where c.line ${inSpan(span)} and ${ofLine} and e.id = ${id}`.execute(tx)
}

/**
 * What the edition does not have is over: `size` losses behind `after`. An organisation that is closed ends what it has,
 * documents too. Returns the last of them; undefined at the end.
 */
export async function endLosses(
  tx: Tx,
  { before, at: now }: Change,
  { after, size }: { after: string; size: number },
): Promise<string | undefined> {
  const at = toDate(now)
  const last = await boundOf(tx, sql`organisation_losses`, { after, size })
  const within = sql`s.id > ${after} ${last === undefined ? sql`` : sql`and s.id <= ${last}`}`
  await sql`update organisations o set state = 'closed', closed_at = ${at}, edition = e.id, source = e.source,
      extracted_at = e.extracted_at
    from organisation_losses s, organisation_editions e
    where ${within} and s.what = 'organisation' and o.id = s.id and o.state = 'active' and e.id = ${before ?? null}`.execute(
    tx,
  )
  const over = sql`ended_at = ${at}, untold = r.met_at is not null,
    edition = case r.by when 'register' then ${before ?? null}::int end,
    source = case r.by when 'register' then (select source from organisation_editions where id = ${before ?? null})
      else r.source end,
    checked_at = case r.by when 'register' then
      (select extracted_at from organisation_editions where id = ${before ?? null}) else r.checked_at end`
  await sql`update representations r set ${over}, ended_for = 'organisation_closed'
    from organisation_losses s
    where ${within} and s.what = 'organisation' and r.organisation_id = s.id and r.ended_at is null`.execute(tx)
  await sql`update representations r set ${over},
      ended_for = case when o.state = 'closed' then 'organisation_closed' when r.until <= ${at} then 'term'
        else 'left_register' end
    from organisation_losses s, organisations o
    where ${within} and s.what = 'representation' and r.id = s.id and r.ended_at is null and o.id = r.organisation_id`.execute(
    tx,
  )
  return last
}

export async function addRepresentatives(tx: Tx, span: Span, { id, at }: Change): Promise<void> {
  await sql`insert into representations (id, organisation_id, by, role, alone, look_up, holder, identity, content, edition,
      source, checked_at, until, begun_at)
    select l.representation_id, m.organisation_id, 'register', l.role, l.alone, l.look_up, l.holder, l.identity, l.content,
      e.id, e.source, e.extracted_at, l.until, ${toDate(at)}::timestamptz
    from organisation_news c join organisation_lines l on l.line = c.line
      join organisation_entries f on f.organisation = l.organisation
      join organisation_matches m on m.line = f.line, organisation_editions e
    where c.line ${inSpan(span)} and e.id = ${id}
    on conflict (organisation_id, holder, by) where ended_at is null do nothing`.execute(tx)
}

/** The new edition is read from now on. */
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
): Promise<void> {
  await sql`update organisation_editions set state = 'past' where state = 'current'`.execute(tx)
  await sql`update organisation_editions set state = 'current', sha256 = ${edition.sha256},
      organisations = ${edition.organisations}, representations = ${edition.representations}, lines = ${edition.lines},
      bad_lines = ${edition.badLines}, closed = ${edition.closed}, ended = ${edition.ended},
      ended_at = ${toDate(edition.at)}
    where id = ${id}`.execute(tx)
}

/** What the planner knows of tables that are other ones now. */
export async function analyse(handle: Handle): Promise<void> {
  for (const table of ['organisations', 'organisation_numbers', 'representations']) {
    await sql`analyze ${sql.table(table)}`.execute(handle)
  }
}
