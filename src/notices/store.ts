/** Every statement on the table of banners. */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { BannerId } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Banner, BannerKind } from './banners.ts'

interface BannerRow {
  id: BannerId
  number: number
  kind: BannerKind
  text: Translated
  services: string[] | null
  since: Date
  until: Date
  author: Actor
  published_at: Date
  changed_by: Actor
  changed_at: Date
  withdrawn_at: Date | null
}

const bannerOf = (row: BannerRow): Banner => ({
  id: row.id,
  number: row.number,
  kind: row.kind,
  text: row.text,
  services: row.services ?? 'all',
  since: row.since.getTime(),
  until: row.until.getTime(),
  author: row.author,
  publishedAt: row.published_at.getTime(),
  changedBy: row.changed_by,
  changedAt: row.changed_at.getTime(),
  ...(row.withdrawn_at ? { withdrawnAt: row.withdrawn_at.getTime() } : {}),
})

/** One change of banners at a time: how many there are is part of what is decided. */
export async function lock(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('notices banners', 0))`.execute(tx)
}

/** In force or planned. */
export async function standing(handle: Handle, now: Instant): Promise<Banner[]> {
  const { rows } = await sql<BannerRow>`select * from banners
    where withdrawn_at is null and until > ${toDate(now)} order by since, id`.execute(handle)
  return rows.map(bannerOf)
}

/** All that are kept, the one that was changed last first. */
export async function all(handle: Handle): Promise<Banner[]> {
  const { rows } = await sql<BannerRow>`select * from banners order by changed_at desc, id`.execute(handle)
  return rows.map(bannerOf)
}

export async function find(handle: Handle, id: BannerId): Promise<Banner | undefined> {
  const { rows } = await sql<BannerRow>`select * from banners where id = ${id}`.execute(handle)
  return rows[0] && bannerOf(rows[0])
}

export async function insert(tx: Tx, banner: Banner): Promise<void> {
  const { id, number, kind, text, since, until, author, publishedAt, changedBy, changedAt } = banner
  await sql`insert into banners
      (id, number, kind, text, services, since, until, author, published_at, changed_by, changed_at)
    values (${id}, ${number}, ${kind}, ${JSON.stringify(text)}::text::jsonb, ${servicesOf(banner)}::text[],
      ${toDate(since)}, ${toDate(until)}, ${JSON.stringify(author)}::text::jsonb, ${toDate(publishedAt)},
      ${JSON.stringify(changedBy)}::text::jsonb, ${toDate(changedAt)})`.execute(tx)
}

export async function update(tx: Tx, banner: Banner): Promise<void> {
  const { id, number, kind, text, since, until, changedBy, changedAt, withdrawnAt } = banner
  await sql`update banners set number = ${number}, kind = ${kind}, text = ${JSON.stringify(text)}::text::jsonb,
      services = ${servicesOf(banner)}::text[], since = ${toDate(since)}, until = ${toDate(until)},
      changed_by = ${JSON.stringify(changedBy)}::text::jsonb, changed_at = ${toDate(changedAt)},
      withdrawn_at = ${withdrawnAt === undefined ? null : toDate(withdrawnAt)}
    where id = ${id}`.execute(tx)
}

const servicesOf = ({ services }: Banner) => (services === 'all' ? null : [...services])

/** Those that left the pages before an instant. */
export async function forget(handle: Handle, before: Instant): Promise<void> {
  await sql`delete from banners where least(until, withdrawn_at) < ${toDate(before)}`.execute(handle)
}
