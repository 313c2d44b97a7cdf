/** Every statement on the tables of the register: `means_declarations`, `homologations`. */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { HomologationId } from '../kernel/ids.ts'
import type { MeansClass } from '../policy/means.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { EntryId } from './register.ts'

export interface DeclarationRow {
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
}

export async function declarations(handle: Handle): Promise<DeclarationRow[]> {
  const { rows } = await sql<DeclarationRow>`select distinct on (entry) entry, class, factors, certificate,
      certificate_until, valid_until, recorded_at, recorded_by
    from means_declarations order by entry, id desc`.execute(handle)
  return rows
}

export async function insertDeclaration(tx: Tx, row: DeclarationRow): Promise<void> {
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
  row: Omit<HomologationRow, 'withdrawn_at' | 'withdrawn_by'>,
): Promise<void> {
  await sql`insert into homologations
      (id, entry, service, author, risk_analysis, decided_at, recorded_at, recorded_by)
    values (${row.id}, ${row.entry}, ${row.service}, ${row.author}, ${row.risk_analysis}, ${row.decided_at},
      ${row.recorded_at}, ${JSON.stringify(row.recorded_by)}::jsonb)`.execute(tx)
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
