/** Every statement on the journal's tables. Verbs that read take a `Handle`, so that they serve inside a transaction too. */
import { CompiledQuery, sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Db, Handle, Tx } from '../storage/storage.ts'
import { canonical, type Leaf, leafEntry, saltLength, type WrittenFact } from './canonical.ts'
import type { Subject } from './explore.ts'
import { combine, completeSubtrees, foldRight, leafHash, type StoredNode, type Subtree, storedBelow } from './merkle.ts'

/** Any number that no other program is likely to lock with. */
const sealerLock = 7_263_510_102

/** A `Buffer` over the same bytes. */
const toBuffer = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

// A number is read as text, as a JavaScript number is too small for some. `order by` then names the table's column, for
// the bare name would mean that text.

/** 1970-01-01 plus days, and back: a `date` would be read in the local time zone of the process. */
const epoch = sql.raw("date '1970-01-01'")

export interface NewFact {
  at: Instant
  name: string
  /** Canonical JSON text. */
  data: string
}

/**
 * All facts of a transaction and its outbox row. Like every statement that writes rows, it locks the table until its
 * transaction ends, and before it runs: the sealer relies on no sequence being drawn without that lock.
 */
const appendStatement = `
  with written as (
    insert into facts (at, name, data, salt)
    select to_timestamp((fact ->> 't')::bigint / 1000.0), fact ->> 'n', fact -> 'd',
      substring($2::bytea from (place::int - 1) * ${saltLength} + 1 for ${saltLength})
    from json_array_elements($1::json) with ordinality as given (fact, place)
    order by place
    returning sequence
  )
  insert into outbox (due, facts) select $3::timestamptz, array_agg(sequence order by sequence) from written`

export async function insertFacts(tx: Tx, facts: readonly NewFact[], salts: Buffer, due: Instant): Promise<void> {
  // Text and not values: `json` keeps each `d` as it is written here, byte for byte.
  const given = facts.map(({ at, name, data }) => `{"t":${at},"n":${canonical(name)},"d":${data}}`)
  await tx.executeQuery(CompiledQuery.raw(appendStatement, [`[${given.join(',')}]`, salts, toDate(due)]))
}

// The outbox

export interface Delivery {
  id: string
  attempts: number
  facts: WrittenFact[]
}

interface DeliveryRow {
  id: string
  attempts: number
  sequence: string | null
  at: Date
  name: string
  data: string
}

/**
 * Takes waiting rows away, with their facts; a rollback puts them back. Rows that another process is delivering are
 * passed over.
 */
export async function takeOutbox(
  tx: Tx,
  choice: { dueBy: Instant; limit: number } | { id: string },
): Promise<Delivery[]> {
  const chosen =
    'id' in choice
      ? sql`where id = ${choice.id}::text::bigint`
      : sql`where due <= ${toDate(choice.dueBy)}::timestamptz order by due, id limit ${choice.limit}::int`
  // Chosen first and once: a plan that ran the choice again for each row would take more than the limit.
  const { rows } = await sql<DeliveryRow>`
    with chosen as materialized (select due, id from outbox ${chosen} for update skip locked),
    taken as (
      delete from outbox o using chosen c where o.due = c.due and o.id = c.id returning o.id, o.attempts, o.facts
    )
    select t.id::text, t.attempts, f.sequence::text, f.at, f.name, f.data::text
    from taken t cross join unnest(t.facts) as named (sequence) left join facts f on f.sequence = named.sequence
    order by t.id, f.sequence`.execute(tx)
  const deliveries = new Map<string, Delivery>()
  for (const { id, attempts, ...row } of rows) {
    const delivery = deliveries.get(id) ?? { id, attempts, facts: [] }
    deliveries.set(id, delivery)
    if (row.sequence !== null) delivery.facts.push(toFact({ ...row, sequence: row.sequence }))
  }
  return [...deliveries.values()]
}

function toFact(row: { sequence: string; at: Date; name: string; data: string }): WrittenFact {
  return { sequence: BigInt(row.sequence), at: Number(row.at), name: row.name, data: row.data }
}

export async function postponeOutbox(
  db: Db,
  failed: { id: string; attempts: number; due: Instant; problem: string },
): Promise<void> {
  await sql`update outbox set due = ${toDate(failed.due)}::timestamptz, attempts = ${failed.attempts}::int,
    problem = ${failed.problem} where id = ${failed.id}::text::bigint`.execute(db)
}

// Sealing

/** The sealer's lock, until the transaction ends: one sealer at a time over all processes. */
export async function lockSealer(tx: Tx, wait: boolean): Promise<boolean> {
  if (wait) {
    await sql`select pg_advisory_xact_lock(${sealerLock}::bigint)`.execute(tx)
    return true
  }
  const { rows } = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(${sealerLock}::bigint) as got`.execute(tx)
  return rows[0]?.got === true
}

export interface Tail {
  /** Leaves in the tree. */
  size: number
  /** Sequence of the last leaf; 0 for none. */
  sequence: bigint
  /** The highest sequence that was drawn, committed or not. */
  drawn: bigint
  /** Size of the last signed head; 0 for none. */
  signed: number
}

export async function readTail(handle: Handle): Promise<Tail> {
  const { rows } = await sql<{ size: string | null; sequence: string | null; drawn: string; signed: string | null }>`
    select (l.index + 1)::text as size, l.sequence::text as sequence, d.last_value::text as drawn,
      (select max(size) from journal_heads)::text as signed
    from facts_sequence_seq d
      left join (select index, sequence from journal_leaves order by index desc limit 1) l on true`.execute(handle)
  const row = rows[0]
  return {
    size: Number(row?.size ?? 0),
    sequence: BigInt(row?.sequence ?? 0),
    drawn: BigInt(row?.drawn ?? 0),
    signed: Number(row?.signed ?? 0),
  }
}

/** Whoever wrote facts and has not ended: the lock stays until what was written is visible, or gone. */
const writing = sql`from pg_locks where locktype = 'relation' and granted and mode = 'RowExclusiveLock'
  and relation = 'facts'::regclass and database = (select oid from pg_database where datname = current_database())`

/** The transactions of this database, of any process, that write facts now. */
export async function writers(handle: Handle): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select distinct virtualtransaction as id ${writing}`.execute(handle)
  return rows.map(({ id }) => id)
}

/** True when all of these transactions have ended, in this and any later statement. */
export async function haveEnded(handle: Handle, transactions: readonly string[]): Promise<boolean> {
  // One that was prepared for a commit in two phases has another name since, and no process.
  const { rows } = await sql`select ${writing}
    and (virtualtransaction = any (${transactions}::text[]) or pid is null) limit 1`.execute(handle)
  return rows.length === 0
}

export interface SaltedFact extends WrittenFact {
  salt: Buffer
}

interface FactRow {
  sequence: string
  at: Date
  name: string
  data: string
  salt: Uint8Array
}

export async function readFacts(
  handle: Handle,
  { after, upTo, limit }: { after: bigint; upTo: bigint; limit: number },
): Promise<SaltedFact[]> {
  const { rows } = await sql<FactRow>`select sequence::text, at, name, data::text, salt from facts
    where sequence > ${String(after)}::text::bigint and sequence <= ${String(upTo)}::text::bigint
    order by facts.sequence limit ${limit}::int`.execute(handle)
  return rows.map((row) => ({ ...toFact(row), salt: toBuffer(row.salt) }))
}

export async function insertLeaves(
  tx: Tx,
  { from, leaves, nodes }: { from: number; leaves: readonly Leaf[]; nodes: readonly StoredNode[] },
): Promise<void> {
  const sequences = `{${leaves.map((leaf) => leaf.sequence).join(',')}}`
  const untils = `{${leaves.map((leaf) => leaf.until).join(',')}}`
  const heights = `{${nodes.map((node) => node.height).join(',')}}`
  const positions = `{${nodes.map((node) => node.position).join(',')}}`
  await sql`
    with grown as (
      insert into journal_nodes (height, position, hash)
      select height, position, substring(${Buffer.concat(nodes.map((node) => node.hash))}::bytea
        from (place::int - 1) * 32 + 1 for 32)
      from unnest(${heights}::text::smallint[], ${positions}::text::bigint[]) with ordinality
        as given (height, position, place)
    )
    insert into journal_leaves (index, sequence, until, commitment)
    select ${String(from)}::text::bigint + place - 1, sequence, ${epoch} + until,
      substring(${Buffer.concat(leaves.map((leaf) => leaf.commitment))}::bytea from (place::int - 1) * 32 + 1 for 32)
    from unnest(${sequences}::text::bigint[], ${untils}::text::int[]) with ordinality
      as given (sequence, until, place)`.execute(tx)
}

// Reading the tree

interface NodeRow {
  height: number
  position: string
  sequence: string | null
  until: number | null
  hash: Uint8Array
}

const keyOf = ({ height, position }: Subtree) => `${height}/${position}`

/**
 * The hashes of complete subtrees, in one statement that looks up at most 8 rows for each.
 *
 * @throws Error when a node is absent: the tree was damaged
 */
export async function readHashes(handle: Handle, subtrees: readonly Subtree[]): Promise<Buffer[]> {
  if (subtrees.length === 0) return []
  const found = await readNodes(handle, subtrees.map(storedBelow))
  return subtrees.map((subtree) => {
    const { height, from, to } = storedBelow(subtree)
    const below = Array.from({ length: to - from }, (_, offset) => {
      const node = found.get(keyOf({ height, position: from + offset }))
      if (!node) throw new Error(`the tree lacks node ${from + offset} at height ${height}`)
      return node
    })
    return combine(below)
  })
}

/** Stored nodes (height 0: leaves) by height and range of positions. */
async function readNodes(
  handle: Handle,
  wanted: readonly { height: number; from: number; to: number }[],
): Promise<Map<string, Buffer>> {
  const { rows } = await sql<NodeRow>`
    with wanted as materialized (
      select * from json_to_recordset(${JSON.stringify(wanted)}::json) as w (height int, "from" bigint, "to" bigint)
    )
    select 0 as height, l.index::text as position, l.sequence::text, l.until - ${epoch} as until, l.commitment as hash
    from wanted w join journal_leaves l on w.height = 0 and l.index >= w."from" and l.index < w."to"
    union all
    select n.height, n.position::text, null, null, n.hash
    from wanted w join journal_nodes n on n.height = w.height and n.position >= w."from" and n.position < w."to"
    `.execute(handle)
  return new Map(
    rows.map((row) => [
      keyOf({ height: row.height, position: Number(row.position) }),
      row.sequence === null || row.until === null
        ? toBuffer(row.hash)
        : leafHash(leafEntry({ sequence: BigInt(row.sequence), until: row.until, commitment: toBuffer(row.hash) })),
    ]),
  )
}

/** Which of these nodes are stored with another hash, or not at all. */
export async function differingNodes(handle: Handle, expected: readonly StoredNode[]): Promise<StoredNode[]> {
  if (expected.length === 0) return []
  const stored = await readNodes(
    handle,
    [...Map.groupBy(expected, (node) => node.height)].map(([height, nodes]) => ({
      height,
      from: nodes[0]?.position ?? 0,
      to: (nodes.at(-1)?.position ?? 0) + 1,
    })),
  )
  return expected.filter((node) => !stored.get(keyOf(node))?.equals(node.hash))
}

/** The root of the tree when it had `size` leaves. */
export async function readRoot(handle: Handle, size: number): Promise<Buffer> {
  return foldRight(await readHashes(handle, completeSubtrees({ from: 0, to: size })))
}

export interface LeafRow extends Leaf {
  index: number
}

interface LeafColumns {
  index: string
  sequence: string
  until: number
  commitment: Uint8Array
}

function toLeaf(row: LeafColumns): LeafRow {
  return {
    index: Number(row.index),
    sequence: BigInt(row.sequence),
    until: row.until,
    commitment: toBuffer(row.commitment),
  }
}

export async function readLeaves(handle: Handle, range: { from: number; to: number }): Promise<LeafRow[]> {
  const { rows } = await sql<LeafColumns>`
    select index::text, sequence::text, until - ${epoch} as until, commitment from journal_leaves
    where index >= ${String(range.from)}::text::bigint and index < ${String(range.to)}::text::bigint
    order by journal_leaves.index`.execute(handle)
  return rows.map(toLeaf)
}

export async function findLeaf(handle: Handle, sequence: bigint): Promise<LeafRow | undefined> {
  const { rows } = await sql<LeafColumns>`
    select index::text, sequence::text, until - ${epoch} as until, commitment from journal_leaves
    where sequence = ${String(sequence)}::text::bigint`.execute(handle)
  return rows[0] && toLeaf(rows[0])
}

// Heads

export interface SignedHead {
  size: number
  root: Buffer
  at: Instant
  signature: string
}

export async function insertHead(db: Db, head: SignedHead): Promise<void> {
  // Two processes may sign one size; each signature is as good as the other.
  await sql`insert into journal_heads (size, root, at, signature)
    values (${String(head.size)}::text::bigint, ${head.root}::bytea, ${toDate(head.at)}::timestamptz, ${head.signature})
    on conflict (size) do nothing`.execute(db)
}

interface HeadRow {
  size: string
  root: Uint8Array
  at: Date
  signature: string
}

const toHead = (row: HeadRow): SignedHead => ({
  size: Number(row.size),
  root: toBuffer(row.root),
  at: Number(row.at),
  signature: row.signature,
})

/** Heads above a size, the smallest first. */
export async function readHeads(handle: Handle, { above, limit }: { above: number; limit: number }) {
  const { rows } = await sql<HeadRow>`select size::text, root, at, signature from journal_heads
    where size > ${String(above)}::text::bigint order by journal_heads.size limit ${limit}::int`.execute(handle)
  return rows.map(toHead)
}

export async function latestHead(handle: Handle): Promise<SignedHead | undefined> {
  const { rows } = await sql<HeadRow>`select size::text, root, at, signature from journal_heads
    order by journal_heads.size desc limit 1`.execute(handle)
  return rows[0] && toHead(rows[0])
}

/** Keeps the last head of each day (UTC) of those signed before an instant. */
export async function thinHeads(db: Db, before: Instant): Promise<void> {
  await sql`delete from journal_heads h where h.at < ${toDate(before)}::timestamptz and exists (
    select 1 from journal_heads later where later.size > h.size and later.at < ${toDate(before)}::timestamptz
      and date_trunc('day', later.at at time zone 'UTC') = date_trunc('day', h.at at time zone 'UTC'))`.execute(db)
}

// Retention

/**
 * Deletes the oldest facts of one name, looking at no more than `limit` of them: those whose leaf allows it and that are
 * older than what the settings ask now.
 */
export async function deleteExpired(
  tx: Tx,
  due: { name: string; today: number; before: Instant; limit: number },
): Promise<number> {
  const { numAffectedRows } = await sql`
    with oldest as (
      select sequence, at from facts where name = ${due.name} order by sequence limit ${due.limit}::int
    )
    delete from facts f using oldest o join journal_leaves l on l.sequence = o.sequence
    where f.sequence = o.sequence and o.at < ${toDate(due.before)}::timestamptz
      and l.until <= ${epoch} + ${due.today}::int`.execute(tx)
  return Number(numAffectedRows ?? 0n)
}

/** Every name that is in the journal; a few look-ups in the index of names, however long the journal is. */
export async function namesInUse(handle: Handle): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    with recursive found as (
      (select name from facts order by name limit 1)
      union all
      select (select f.name from facts f where f.name > found.name order by f.name limit 1) from found
      where found.name is not null
    )
    select name from found where name is not null`.execute(handle)
  return rows.map((row) => row.name)
}

// Reading facts

export interface FactFilter {
  names?: readonly string[]
  subject?: Subject
  since?: Instant
  until?: Instant
  /** The lowest sequence that is looked at: what has no index of its own is looked for from there on only. */
  floor?: bigint
  before?: bigint
  limit: number
}

/** The newest facts first. */
export async function findFacts(handle: Handle, filter: FactFilter): Promise<WrittenFact[]> {
  const { names, subject, since, until, floor, before, limit } = filter
  const conditions = [
    subject === undefined ? [] : aboutSubject(subject),
    since === undefined ? [] : sql`at >= ${toDate(since)}::timestamptz`,
    until === undefined ? [] : sql`at < ${toDate(until)}::timestamptz`,
    floor === undefined ? [] : sql`sequence >= ${String(floor)}::text::bigint`,
    before === undefined ? [] : sql`sequence < ${String(before)}::text::bigint`,
  ].flat()
  const all = sql.join([sql`true`, ...conditions], sql` and `)
  // Of each name by its index, so that a rare one is found at once and a frequent one is not sorted; a subject has
  // facts of its own index, or those of the window.
  const found =
    names === undefined
      ? sql`from facts where ${all}`
      : subject === undefined
        ? sql`from unnest(${[...names]}::text[]) as wanted (called) cross join lateral (
            select * from facts where name = wanted.called collate "C" and ${all}
            order by facts.sequence desc limit ${limit}::int) as facts`
        : sql`from facts where name = any (${[...names]}::text[]) and ${all}`
  const { rows } = await sql<FactRow>`select facts.sequence::text, facts.at, facts.name, facts.data::text ${found}
    order by facts.sequence desc limit ${limit}::int`.execute(handle)
  return rows.map(toFact)
}

function aboutSubject({ field, id }: Subject) {
  const named = sql`(data ->> ${sql.lit(field)}) collate "C" = ${id}`
  return field === 'operator' ? sql`(${named} or (data #>> '{actor,id}') collate "C" = ${id})` : named
}

/** The oldest and the newest fact that are kept. */
export async function sequenceBounds(handle: Handle): Promise<{ first: bigint; last: bigint } | undefined> {
  const { rows } = await sql<{ first: string | null; last: string | null }>`
    select min(sequence)::text as first, max(sequence)::text as last from facts`.execute(handle)
  const [row] = rows
  return row?.first && row.last ? { first: BigInt(row.first), last: BigInt(row.last) } : undefined
}

/** The first fact that is kept at or after a sequence. */
export async function factAtOrAfter(
  handle: Handle,
  sequence: bigint,
): Promise<{ sequence: bigint; at: Instant } | undefined> {
  const { rows } = await sql<{ sequence: string; at: Date }>`select sequence::text, at from facts
    where sequence >= ${String(sequence)}::text::bigint order by facts.sequence limit 1`.execute(handle)
  return rows[0] && { sequence: BigInt(rows[0].sequence), at: Number(rows[0].at) }
}

export interface Backlog {
  unsealed: number
  undelivered: number
  failing: number
}

export async function readBacklog(handle: Handle): Promise<Backlog> {
  const { rows } = await sql<{ unsealed: string; undelivered: string; failing: string }>`
    select (select count(*) from facts where sequence > coalesce((select max(sequence) from journal_leaves), 0))::text
        as unsealed,
      count(*)::text as undelivered, (count(*) filter (where attempts > 0))::text as failing
    from outbox`.execute(handle)
  const row = rows[0]
  return {
    unsealed: Number(row?.unsealed ?? 0),
    undelivered: Number(row?.undelivered ?? 0),
    failing: Number(row?.failing ?? 0),
  }
}

// Verification

/** A leaf with what is left of its fact. */
export interface JournalRow extends LeafRow {
  fact?: SaltedFact
}

interface JournalColumns extends LeafColumns {
  at: Date | null
  name: string | null
  data: string | null
  salt: Uint8Array | null
}

function toJournalRow(row: JournalColumns): JournalRow {
  const leaf = toLeaf(row)
  if (row.at === null || row.name === null || row.data === null || row.salt === null) return leaf
  const { at, name, data, salt } = row
  return { ...leaf, fact: { sequence: leaf.sequence, at: Number(at), name, data, salt: toBuffer(salt) } }
}

/** Leaves with their facts in the order of the tree, page by page, up to an index. */
export async function* walkJournal(handle: Handle, upTo: number, pageSize: number): AsyncGenerator<JournalRow[]> {
  let after = '-9223372036854775808'
  while (true) {
    const { rows } = await sql<JournalColumns>`
      select l.index::text, l.sequence::text, l.until - ${epoch} as until, l.commitment, f.at, f.name, f.data::text, f.salt
      from journal_leaves l left join facts f on f.sequence = l.sequence
      where l.index > ${after}::text::bigint and l.index <= ${String(upTo)}::text::bigint
      order by l.index limit ${pageSize}::int`.execute(handle)
    const last = rows.at(-1)
    if (!last) return
    yield rows.map(toJournalRow)
    after = last.index
  }
}

/** Leaves in the order of their sequences, page by page, each with whether its fact is there. */
export async function* walkSequences(handle: Handle, pageSize: number): AsyncGenerator<PresentLeaf> {
  let after = '-9223372036854775808'
  while (true) {
    const { rows } = await sql<LeafColumns & { present: boolean }>`
      select l.index::text, l.sequence::text, l.until - ${epoch} as until, l.commitment, f.sequence is not null as present
      from journal_leaves l left join facts f on f.sequence = l.sequence
      where l.sequence > ${after}::text::bigint order by l.sequence limit ${pageSize}::int`.execute(handle)
    for (const row of rows) yield { ...toLeaf(row), present: row.present }
    const last = rows.at(-1)
    if (!last || rows.length < pageSize) return
    after = last.sequence
  }
}

export interface PresentLeaf extends LeafRow {
  /** True while the fact is there. */
  present: boolean
}

/** Leaves whose place by index is not their place by sequence. */
export async function displacedLeaves(handle: Handle, limit: number): Promise<PresentLeaf[]> {
  const { rows } = await sql<LeafColumns & { present: boolean }>`
    select p.index::text, p.sequence::text, p.until - ${epoch} as until, p.commitment, f.sequence is not null as present
    from (
      select *, row_number() over (order by index) as here, row_number() over (order by sequence) as there
      from journal_leaves) p left join facts f on f.sequence = p.sequence
    where p.here <> p.there order by p.index limit ${limit}::int`.execute(handle)
  return rows.map((row) => ({ ...toLeaf(row), present: row.present }))
}

/** Facts at or below a sequence that have no leaf. The sealer leaves none behind. */
export async function factsWithoutLeaf(handle: Handle, upTo: bigint, limit: number): Promise<WrittenFact[]> {
  const { rows } = await sql<FactRow>`select f.sequence::text, f.at, f.name, f.data::text from facts f
    where f.sequence <= ${String(upTo)}::text::bigint
      and not exists (select 1 from journal_leaves l where l.sequence = f.sequence)
    order by f.sequence limit ${limit}::int`.execute(handle)
  return rows.map(toFact)
}

/** How many facts wait above a sequence, and those of them that are dated before an instant. */
export async function factsWaiting(
  handle: Handle,
  waiting: { above: bigint; before: Instant; limit: number },
): Promise<{ count: number; early: WrittenFact[] }> {
  // A hub that runs meanwhile may have sealed some since.
  const above = sql`sequence > ${String(waiting.above)}::text::bigint
    and not exists (select 1 from journal_leaves l where l.sequence = facts.sequence)`
  const { rows: counted } = await sql<{ count: string }>`
    select count(*)::text as count from facts where ${above}`.execute(handle)
  const { rows } = await sql<FactRow>`select sequence::text, at, name, data::text from facts
    where ${above} and at < ${toDate(waiting.before)}::timestamptz
    order by facts.sequence limit ${waiting.limit}::int`.execute(handle)
  return { count: Number(counted[0]?.count ?? 0), early: rows.map(toFact) }
}
