/** Every statement on `eid_phones`, `eid_approvals` and `eid_limits`. */
import type { JWK } from 'jose'
import { sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { EidRequestId, LinkId, PersonId, PhoneId, ProviderId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { AppAttestKey } from './attestation.ts'
import type { Platform, RevocationReason, SecurityLevel } from './eid.ts'

export interface PhoneRow {
  id: PhoneId
  person_id: PersonId
  link_id: LinkId
  provider: ProviderId
  platform: Platform
  security_level: SecurityLevel
  key: JWK
  thumbprint: string
  installation: string
  card: string
  label: Buffer
  holder: Buffer | null
  attested: AppAttestKey | null
  attestation: Buffer | null
  paired_at: Date
  renewed_at: Date | null
  last_used_at: Date | null
  expires_at: Date
  state: 'active' | 'revoked' | 'expired'
  ended_at: Date | null
  revoked_for: RevocationReason | null
}

/** With how many people have a pairing in force on the installation, at `at`. */
export type CountedRow = PhoneRow & { people: number }

const counted = (at: Instant) => sql`p.*, (select count(distinct o.person_id)::int from eid_phones o
  where o.installation = p.installation and o.state = 'active' and o.expires_at > ${toDate(at)}) as people`

export async function insertPhone(
  tx: Tx,
  row: Omit<
    PhoneRow,
    'paired_at' | 'renewed_at' | 'last_used_at' | 'expires_at' | 'state' | 'ended_at' | 'revoked_for'
  > & {
    attested: AppAttestKey | null
    at: Instant
    expiresAt: Instant
  },
): Promise<void> {
  await sql`insert into eid_phones (id, person_id, link_id, provider, platform, security_level, key, thumbprint,
      installation, card, label, holder, attested, attestation, paired_at, expires_at, state)
    values (${row.id}, ${row.person_id}, ${row.link_id}, ${row.provider}, ${row.platform}, ${row.security_level},
      ${JSON.stringify(row.key)}::jsonb, ${row.thumbprint}, ${row.installation}, ${row.card}, ${row.label},
      ${row.holder}, ${row.attested && JSON.stringify(row.attested)}::jsonb, ${row.attestation}, ${toDate(row.at)},
      ${toDate(row.expiresAt)}, 'active')`.execute(tx)
}

export async function phonesOf(handle: Handle, person: PersonId, at: Instant): Promise<CountedRow[]> {
  const { rows } = await sql<CountedRow>`select ${counted(at)} from eid_phones p where p.person_id = ${person}
    order by p.ended_at desc nulls first, p.paired_at desc, p.id`.execute(handle)
  return rows
}

export async function phoneOf(
  handle: Handle,
  person: PersonId,
  phone: PhoneId,
  at: Instant,
): Promise<CountedRow | undefined> {
  const { rows } = await sql<CountedRow>`select ${counted(at)} from eid_phones p
    where p.id = ${phone} and p.person_id = ${person}`.execute(handle)
  return rows[0]
}

/** By the id that a message names: whose it is stands in the row, and the message is signed by its key. */
export async function phoneById(handle: Handle, phone: PhoneId, at: Instant): Promise<CountedRow | undefined> {
  const { rows } = await sql<CountedRow>`select ${counted(at)} from eid_phones p where p.id = ${phone}`.execute(handle)
  return rows[0]
}

/** In force or over: a key is paired once. */
export async function isKnownKey(handle: Handle, thumbprint: string): Promise<boolean> {
  const { rows } = await sql`select from eid_phones where thumbprint = ${thumbprint}`.execute(handle)
  return rows.length > 0
}

export async function lockPhonesOf(tx: Tx, person: PersonId): Promise<PhoneRow[]> {
  const { rows } = await sql<PhoneRow>`select * from eid_phones where person_id = ${person}
    order by id for update`.execute(tx)
  return rows
}

/** With a pairing in force on the installation. */
export async function countPeopleOn(tx: Tx, installation: string, at: Instant): Promise<number> {
  const { rows } = await sql<{ people: number }>`select count(distinct person_id)::int as people from eid_phones
    where installation = ${installation} and state = 'active' and expires_at > ${toDate(at)}`.execute(tx)
  return rows[0]?.people ?? 0
}

/** What it needs in order to sign goes with it. False when it was over already. */
export async function endPhone(
  tx: Tx,
  of: { phone: PhoneId; person: PersonId; reason: RevocationReason; at: Instant },
): Promise<boolean> {
  const { rows } = await sql`update eid_phones set state = 'revoked', revoked_for = ${of.reason},
      ended_at = ${toDate(of.at)}, holder = null, attested = null, attestation = null
    where id = ${of.phone} and person_id = ${of.person} and state = 'active' and expires_at > ${toDate(of.at)}
    returning id`.execute(tx)
  return rows.length === 1
}

export async function relabel(tx: Tx, of: { phone: PhoneId; person: PersonId; label: Buffer; at: Instant }) {
  const { rows } = await sql`update eid_phones set label = ${of.label}
    where id = ${of.phone} and person_id = ${of.person} and state = 'active' and expires_at > ${toDate(of.at)}
    returning id`.execute(tx)
  return rows.length === 1
}

export async function used(tx: Tx, phone: PhoneId, at: Instant): Promise<void> {
  await sql`update eid_phones set last_used_at = ${toDate(at)} where id = ${phone}`.execute(tx)
}

/** Of the key that asked for it, and no other: of two renewals at once one is done. */
export async function renewPhone(
  tx: Tx,
  row: {
    phone: PhoneId
    before: string
    key: JWK
    thumbprint: string
    card: string
    holder: Buffer
    securityLevel: SecurityLevel
    platform: Platform
    attested: unknown
    /** Null: the key is as it was, and so is what was said of it. */
    attestation: Buffer | null
    at: Instant
    expiresAt: Instant
  },
): Promise<boolean> {
  const { rows } = await sql`update eid_phones set key = ${JSON.stringify(row.key)}::jsonb,
      thumbprint = ${row.thumbprint}, card = ${row.card}, holder = ${row.holder},
      security_level = ${row.securityLevel}, platform = ${row.platform},
      attested = ${row.attested && JSON.stringify(row.attested)}::jsonb,
      attestation = coalesce(${row.attestation}, attestation),
      renewed_at = ${toDate(row.at)}, expires_at = ${toDate(row.expiresAt)}, reminded = null
    where id = ${row.phone} and thumbprint = ${row.before} and state = 'active' and expires_at > ${toDate(row.at)}
    returning id`.execute(tx)
  return rows.length === 1
}

export async function endOver(tx: Tx, at: Instant, most: number): Promise<{ id: PhoneId; person_id: PersonId }[]> {
  const { rows } = await sql<{ id: PhoneId; person_id: PersonId }>`update eid_phones
    set state = 'expired', ended_at = expires_at, holder = null, attested = null, attestation = null
    where id in (select id from eid_phones where state = 'active' and expires_at <= ${toDate(at)}
      order by expires_at limit ${most} for update skip locked)
    returning id, person_id`.execute(tx)
  return rows
}

/** Marks those that end within `days`, unless they were reminded of at this or a later stage. */
export async function remind(
  tx: Tx,
  due: { days: number; at: Instant; until: Instant; most: number },
): Promise<{ id: PhoneId; person_id: PersonId }[]> {
  const { rows } = await sql<{ id: PhoneId; person_id: PersonId }>`update eid_phones set reminded = ${due.days}
    where id in (select id from eid_phones where state = 'active' and expires_at > ${toDate(due.at)}
      and expires_at <= ${toDate(due.until)} and (reminded is null or reminded > ${due.days})
      order by expires_at limit ${due.most} for update skip locked)
    returning id, person_id`.execute(tx)
  return rows
}

export async function forgetOld(handle: Handle, before: { phones: Instant; approvals: Instant; now: Instant }) {
  await sql`delete from eid_approvals where at < ${toDate(before.approvals)}`.execute(handle)
  await sql`delete from eid_phones where state <> 'active' and ended_at < ${toDate(before.phones)}`.execute(handle)
  await sql`delete from eid_limits where until <= ${toDate(before.now)}`.execute(handle)
}

export async function forgetPerson(tx: Tx, person: PersonId): Promise<void> {
  await sql`delete from eid_phones where person_id = ${person}`.execute(tx)
}

export async function givePhone(
  tx: Tx,
  row: {
    phone: PhoneId
    from: PersonId
    to: PersonId
    label: Buffer
    holder: Buffer | null
    attestation: Buffer | null
  },
): Promise<void> {
  await sql`update eid_phones set person_id = ${row.to}, label = ${row.label}, holder = ${row.holder},
      attestation = ${row.attestation}
    where id = ${row.phone} and person_id = ${row.from}`.execute(tx)
}

// ── What was approved ───────────────────────────────────────────────────────────────────────────────────────────────

export interface ApprovalRow {
  id: EidRequestId
  outcome: 'approved' | 'declined'
  about: Buffer
  at: Date
}

/** One line for a request: who declines what they had approved has declined it. */
export async function putApproval(
  tx: Tx,
  row: Omit<ApprovalRow, 'at'> & { phone: PhoneId; person: PersonId; at: Instant },
): Promise<void> {
  await sql`insert into eid_approvals (id, phone_id, person_id, outcome, about, at)
    values (${row.id}, ${row.phone}, ${row.person}, ${row.outcome}, ${row.about}, ${toDate(row.at)})
    on conflict (id) do update set outcome = excluded.outcome, at = excluded.at`.execute(tx)
}

export async function approvalsOf(handle: Handle, phone: PhoneId, most: number): Promise<ApprovalRow[]> {
  const { rows } = await sql<ApprovalRow>`select id, outcome, about, at from eid_approvals where phone_id = ${phone}
    order by at desc, id limit ${most}`.execute(handle)
  return rows
}

export async function allApprovalsOf(tx: Tx, phone: PhoneId): Promise<ApprovalRow[]> {
  const { rows } = await sql<ApprovalRow>`select id, outcome, about, at from eid_approvals
    where phone_id = ${phone}`.execute(tx)
  return rows
}

export async function giveApproval(tx: Tx, row: { id: EidRequestId; to: PersonId; about: Buffer }): Promise<void> {
  await sql`update eid_approvals set person_id = ${row.to}, about = ${row.about} where id = ${row.id}`.execute(tx)
}

// ── Limits ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Counts one more, in a window that begins with the first; one statement, so that none of many at once is free. */
export async function count(
  handle: Handle,
  of: { key: string; at: Instant; until: Instant },
): Promise<{ count: number; until: Instant }> {
  const { rows } = await sql<{ count: number; until: Date }>`insert into eid_limits as l (key, count, until)
    values (${of.key}, 1, ${toDate(of.until)})
    on conflict (key) do update set
      count = case when l.until <= ${toDate(of.at)} then 1 else l.count + 1 end,
      until = case when l.until <= ${toDate(of.at)} then excluded.until else l.until end
    returning count, until`.execute(handle)
  const [row] = rows
  if (!row) throw new Error('nothing was counted')
  return { count: row.count, until: row.until.getTime() }
}
