/** Every statement on the tables of the register: `means_declarations`, `homologations`. */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { HomologationId } from '../kernel/ids.ts'
import type { MeansClass } from '../policy/means.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { EntryId } from './register.ts'

export interface DeclarationRow {
  /** Decimal; grows with each row. */
  id: string
  entry: EntryId
  class: MeansClass
  factors: string[]
  certificate: string | null
  certificate_until: Date | null
  valid_until: Date | null
  recorded_at: Date
  recorded_by: Actor
}

export interface HomologationRow {
  id: HomologationId
  entry: EntryId
  service: string
  author: string
  risk_analysis: string
  decided_at: Date
  recorded_at: Date
  recorded_by: Actor
  withdrawn_at: Date | null
  withdrawn_by: Actor | null
  /** Its end was last spoken of; null: never. */
  reminded_at: Date | null
}

/** Those in force: of each entry the newest, unless it was taken back. */
export async function declarations(handle: Handle): Promise<DeclarationRow[]> {
  const { rows } = await sql<DeclarationRow>`select * from (
      select distinct on (d.entry) d.id::text as id, d.entry, d.class, d.factors, d.certificate, d.certificate_until,
        d.valid_until, d.recorded_at, d.recorded_by
      from means_declarations d order by d.entry, d.id desc) newest
    where class is not null order by entry`.execute(handle)
  return rows
}

/** One declaration of an entry, or its withdrawal, at a time. */
export async function lockEntry(tx: Tx, entry: EntryId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`register ${entry}`}, 0))`.execute(tx)
}

/** The entry is locked. False when another declaration, or its withdrawal, has come since. */
export async function withdrawDeclaration(
  tx: Tx,
  withdrawn: { entry: EntryId; declaration: string; at: Date; by: Actor },
): Promise<boolean> {
  const { rows } = await sql<{
    entry: EntryId
  }>`insert into means_declarations (entry, factors, recorded_at, recorded_by)
    select d.entry, '{}'::text[], ${withdrawn.at}::timestamptz, ${JSON.stringify(withdrawn.by)}::jsonb from means_declarations d
    where d.id::text = ${withdrawn.declaration} and d.entry = ${withdrawn.entry} and d.class is not null
      and not exists (select 1 from means_declarations later where later.entry = d.entry and later.id > d.id)
    returning entry`.execute(tx)
  return rows.length === 1
}

export async function insertDeclaration(tx: Tx, row: Omit<DeclarationRow, 'id'>): Promise<void> {
  await sql`insert into means_declarations
      (entry, class, factors, certificate, certificate_until, valid_until, recorded_at, recorded_by)
    values (${row.entry}, ${row.class}, ${row.factors}, ${row.certificate}, ${row.certificate_until},
      ${row.valid_until}, ${row.recorded_at}, ${JSON.stringify(row.recorded_by)}::jsonb)`.execute(tx)
}

/** All that ever were, the newest decision first. */
export async function homologations(handle: Handle): Promise<HomologationRow[]> {
  const { rows } = await sql<HomologationRow>`select * from homologations
    order by entry, service, decided_at desc, id`.execute(handle)
  return rows
}

export async function insertHomologation(
  tx: Tx,
  row: Omit<HomologationRow, 'withdrawn_at' | 'withdrawn_by' | 'reminded_at'>,
): Promise<void> {
  await sql`insert into homologations
      (id, entry, service, author, risk_analysis, decided_at, recorded_at, recorded_by)
    values (${row.id}, ${row.entry}, ${row.service}, ${row.author}, ${row.risk_analysis}, ${row.decided_at},
      ${row.recorded_at}, ${JSON.stringify(row.recorded_by)}::jsonb)`.execute(tx)
}

/**
 * The newest of each means and service, unless it is withdrawn, locked in one order: of two processes that remind one waits,
 * and finds that it was done. One that was done again needs no reminder.
 */
export async function lockNewest(tx: Tx): Promise<HomologationRow[]> {
  const { rows } = await sql<HomologationRow>`select h.* from homologations h
    where h.withdrawn_at is null and not exists (select 1 from homologations later
      where later.entry = h.entry and later.service = h.service and later.withdrawn_at is null
        and (later.decided_at, later.id) > (h.decided_at, h.id))
    order by h.id for update`.execute(tx)
  return rows
}

export async function remind(tx: Tx, homologation: HomologationId, at: Date): Promise<void> {
  await sql`update homologations set reminded_at = ${at} where id = ${homologation}`.execute(tx)
}

/** Of simultaneous withdrawals one gets the row. */
export async function withdraw(
  tx: Tx,
  withdrawn: { homologation: HomologationId; at: Date; by: Actor },
): Promise<Pick<HomologationRow, 'entry' | 'service'> | undefined> {
  const { rows } = await sql<Pick<HomologationRow, 'entry' | 'service'>>`update homologations
    set withdrawn_at = ${withdrawn.at}, withdrawn_by = ${JSON.stringify(withdrawn.by)}::jsonb
    where id = ${withdrawn.homologation} and withdrawn_at is null returning entry, service`.execute(tx)
  return rows[0]
}
