/** Every statement on `figure_days` and `figure_days_until`. */
import { sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export type Side = 'service' | 'provider'

export interface DayRow {
  day: string
  kind: 'login' | 'refusal' | 'duration'
  /** A level, a reason, or a bucket of the histogram. */
  value: string
  count: number
}

export interface Row extends Omit<DayRow, 'day'> {
  side: Side
  subject: string
}

export async function lock(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('figures', 0))`.execute(tx)
}

/** Up to where days are counted. */
export async function until(handle: Handle): Promise<Instant | undefined> {
  const { rows } = await sql<{ until: Date }>`select until from figure_days_until`.execute(handle)
  return rows[0]?.until.getTime()
}

export async function setUntil(tx: Tx, at: Instant): Promise<void> {
  await sql`insert into figure_days_until (until) values (${toDate(at)})
    on conflict (single) do update set until = excluded.until`.execute(tx)
}

export async function insert(tx: Tx, day: string, rows: readonly Row[]): Promise<void> {
  if (rows.length === 0) return
  await sql`insert into figure_days (side, subject, day, kind, value, count)
    select side, subject, ${day}::text::date, kind, value, count
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (side text, subject text, kind text, value text, count int)`.execute(
    tx,
  )
}

/** In the order of time. */
export async function ofSubject(handle: Handle, side: Side, subject: string): Promise<DayRow[]> {
  const { rows } = await sql<DayRow>`select day::text as day, kind, value, count from figure_days
    where side = ${side} and subject = ${subject} order by day`.execute(handle)
  return rows
}

export async function forget(handle: Handle, before: string): Promise<void> {
  await sql`delete from figure_days where day < ${before}::text::date`.execute(handle)
}
