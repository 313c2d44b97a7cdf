/**
 * Every statement on the tables of means: `enrolments`, `identifiers`, `activations`, `means`, `recovery_codes`,
 * `one_time_codes`, `sign_in_failures`. What is used once is used up by one statement whose result is the proof; every use asks for a
 * means that is active and not over at that instant.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ContactId, EnrolmentId, LinkId, MeansId, PersonId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Role } from './life.ts'
import type { Identifier, MeansKind, MeansState, Proof } from './means.ts'

// ── Enrolments and identifiers ────────────────────────────────────────────────────────────────────────────────────────

export interface EnrolmentRow {
  id: EnrolmentId
  person_id: PersonId
  proof: Proof['kind']
  detail: string | null
  level: Level
  agent: Actor
  /** `2026-11-22`, where it was written down. */
  checked_on: string | null
  at: Date
}

const ofEnrolment = sql`id, person_id, proof, detail, level, agent, checked_on::text as checked_on, at`

export async function insertEnrolment(
  tx: Tx,
  row: Omit<EnrolmentRow, 'at'> & { evidence: Buffer | null; link: LinkId | null; at: Instant },
): Promise<void> {
  await sql`insert into enrolments (id, person_id, proof, detail, link, agent, evidence, level, checked_on, at)
    values (${row.id}, ${row.person_id}, ${row.proof}, ${row.detail}, ${row.link}, ${JSON.stringify(row.agent)}::jsonb,
      ${row.evidence}, ${row.level}, ${row.checked_on}::text::date, ${toDate(row.at)})`.execute(tx)
}

export async function enrolmentsOf(handle: Handle, person: PersonId): Promise<EnrolmentRow[]> {
  const { rows } = await sql<EnrolmentRow>`select ${ofEnrolment} from enrolments
    where person_id = ${person} order by at, id`.execute(handle)
  return rows
}

export async function enrolmentOf(
  handle: Handle,
  person: PersonId,
  enrolment: EnrolmentId,
): Promise<EnrolmentRow | undefined> {
  const { rows } = await sql<EnrolmentRow>`select ${ofEnrolment} from enrolments
    where id = ${enrolment} and person_id = ${person}`.execute(handle)
  return rows[0]
}

/** False when somebody has it, this person or another. */
export async function insertIdentifier(
  tx: Tx,
  row: { digest: string; person: PersonId; kind: Identifier['kind']; sealed: Buffer; at: Instant },
): Promise<boolean> {
  const { rows } = await sql`insert into identifiers (digest, person_id, kind, sealed, added_at)
    values (${row.digest}, ${row.person}, ${row.kind}, ${row.sealed}, ${toDate(row.at)})
    on conflict do nothing returning digest`.execute(tx)
  return rows.length === 1
}

export async function deleteIdentifier(tx: Tx, person: PersonId, digest: string): Promise<boolean> {
  const { rows } = await sql`delete from identifiers where digest = ${digest} and person_id = ${person}
    returning digest`.execute(tx)
  return rows.length === 1
}

export interface IdentifierRow {
  digest: string
  kind: Identifier['kind']
  sealed: Buffer
}

export async function identifiersOf(handle: Handle, person: PersonId): Promise<IdentifierRow[]> {
  const { rows } = await sql<IdentifierRow>`select digest, kind, sealed from identifiers
    where person_id = ${person} order by added_at, digest`.execute(handle)
  return rows
}

export async function personByIdentifier(handle: Handle, digest: string): Promise<PersonId | undefined> {
  const { rows } = await sql<{ person_id: PersonId }>`select person_id from identifiers
    where digest = ${digest}`.execute(handle)
  return rows[0]?.person_id
}

// ── Activations ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ActivationRow {
  person_id: PersonId
  enrolment_id: EnrolmentId
  created_at: Date
  expires_at: Date
  open_until: Date | null
  used_at: Date | null
}

const ofActivation = sql`person_id, enrolment_id, created_at, expires_at, open_until, used_at`

/** In place of the one before, which is over. */
export async function putActivation(
  tx: Tx,
  row: { person: PersonId; enrolment: EnrolmentId; reference: string; hash: string; at: Instant; expiresAt: Instant },
): Promise<boolean> {
  await deleteActivation(tx, row.person)
  const { rows } = await sql`insert into activations
      (person_id, enrolment_id, reference, secret_hash, created_at, expires_at)
    values (${row.person}, ${row.enrolment}, ${row.reference}, ${row.hash}, ${toDate(row.at)}, ${toDate(row.expiresAt)})
    on conflict (reference) do nothing returning person_id`.execute(tx)
  return rows.length === 1
}

export async function deleteActivation(tx: Tx, person: PersonId): Promise<boolean> {
  const { rows } = await sql`delete from activations where person_id = ${person} returning person_id`.execute(tx)
  return rows.length === 1
}

export async function activationOf(handle: Handle, person: PersonId): Promise<ActivationRow | undefined> {
  const { rows } = await sql<ActivationRow>`select ${ofActivation} from activations
    where person_id = ${person}`.execute(handle)
  return rows[0]
}

/**
 * One statement compares and counts: of simultaneous wrong tries none is free. A right one gives the browser the right
 * to go on, in place of the browser before it. `over` with the person whose it was; undefined when nobody's.
 */
export async function tryActivation(
  tx: Tx,
  attempt: { reference: string; hash: string; browser: string; at: Instant; openUntil: Instant; mostTries: number },
): Promise<(Pick<ActivationRow, 'person_id' | 'enrolment_id'> & { outcome: 'right' | 'wrong' | 'over' }) | undefined> {
  const { reference, hash, browser } = attempt
  // A browser is in one activation at a time: what somebody else began in it ends here.
  const { rows } = await sql<
    Pick<ActivationRow, 'person_id' | 'enrolment_id'> & { right: boolean }
  >`update activations set
      tries = case when secret_hash = ${hash} then tries else tries + 1 end,
      browser_hash = case when secret_hash = ${hash} then ${browser} else browser_hash end,
      open_until = case when secret_hash = ${hash} then ${toDate(attempt.openUntil)}::timestamptz else open_until end
    where reference = ${reference} and used_at is null and expires_at > ${toDate(attempt.at)}
      and tries < ${attempt.mostTries}
    returning person_id, enrolment_id, secret_hash = ${hash} as right`.execute(tx)
  const [row] = rows
  if (!row) {
    const { rows: over } = await sql<Pick<ActivationRow, 'person_id' | 'enrolment_id'>>`
      select person_id, enrolment_id from activations where reference = ${reference}`.execute(tx)
    return over[0] && { ...over[0], outcome: 'over' }
  }
  const { right, ...whose } = row
  if (right) {
    await sql`update activations set browser_hash = null, open_until = null
      where browser_hash = ${browser} and person_id <> ${row.person_id}`.execute(tx)
  }
  return { ...whose, outcome: right ? 'right' : 'wrong' }
}

/** That in which this browser may go on. */
export async function openActivation(handle: Handle, browser: string, at: Instant): Promise<ActivationRow | undefined> {
  const { rows } = await sql<ActivationRow>`select ${ofActivation} from activations
    where browser_hash = ${browser} and open_until > ${toDate(at)}`.execute(handle)
  return rows[0]
}

/** Uses the code up. `first`: by this call; undefined when the browser may not go on, any more. */
export async function useActivation(
  tx: Tx,
  browser: string,
  at: Instant,
): Promise<(Pick<ActivationRow, 'person_id' | 'enrolment_id'> & { first: boolean }) | undefined> {
  const { rows } = await sql<Pick<ActivationRow, 'person_id' | 'enrolment_id'> & { used_at: Date | null }>`
    select person_id, enrolment_id, used_at from activations
    where browser_hash = ${browser} and open_until > ${toDate(at)} for update`.execute(tx)
  const [row] = rows
  if (!row) return undefined
  const { used_at, ...whose } = row
  if (used_at === null) {
    await sql`update activations set used_at = ${toDate(at)} where person_id = ${row.person_id}`.execute(tx)
  }
  return { ...whose, first: used_at === null }
}

export async function closeActivation(handle: Handle, browser: string): Promise<void> {
  await sql`update activations set browser_hash = null, open_until = null
    where browser_hash = ${browser}`.execute(handle)
}

// ── Means ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Details {
  aaguid?: string
  attestation?: string
  transports?: string[]
  deviceBound?: boolean
  /** Base64url: given to the authenticator for somebody else, before a review gave the means to its holder. */
  userHandle?: string
  contact?: ContactId
}

export interface MeansRow {
  id: MeansId
  person_id: PersonId
  kind: MeansKind
  state: MeansState
  suspended_by: Role | null
  enrolment_id: EnrolmentId
  label: Buffer
  secret: Buffer | null
  credential_id: string | null
  public_key: Buffer | null
  details: Details
  created_at: Date
  activated_at: Date | null
  last_used_at: Date | null
  expires_at: Date
  ended_at: Date | null
  /** Of the enrolment. */
  level: Level
  codes_left: number | null
}

const columns = sql`m.id, m.person_id, m.kind, m.state, m.suspended_by, m.enrolment_id, m.label, m.secret,
  m.credential_id, m.public_key, m.details, m.created_at, m.activated_at, m.last_used_at, m.expires_at, m.ended_at,
  e.level,
  case when m.kind = 'recovery_codes' then
    (select count(*)::int from recovery_codes c where c.means_id = m.id and c.used_at is null) end as codes_left`
const joined = sql`means m join enrolments e on e.id = m.enrolment_id`

/** Usable at this instant. */
const usable = (at: Instant): RawBuilder<unknown> => sql`state = 'active' and expires_at > ${toDate(at)}`

export async function insertMeans(
  tx: Tx,
  row: Pick<MeansRow, 'id' | 'person_id' | 'kind' | 'enrolment_id' | 'label'> & {
    state: 'pending' | 'active'
    secret?: Buffer
    credential?: { id: string; publicKey: Buffer }
    counter?: number
    details?: Details
    via?: LinkId
    at: Instant
    expiresAt: Instant
  },
): Promise<boolean> {
  const { rows } = await sql`insert into means (id, person_id, kind, state, enrolment_id, label, secret, credential_id,
      public_key, counter, details, via_link, created_at, activated_at, expires_at)
    values (${row.id}, ${row.person_id}, ${row.kind}, ${row.state}, ${row.enrolment_id}, ${row.label},
      ${row.secret ?? null}::bytea, ${row.credential?.id ?? null}, ${row.credential?.publicKey ?? null}::bytea,
      ${row.counter ?? 0}, ${JSON.stringify(row.details ?? {})}::jsonb, ${row.via ?? null}, ${toDate(row.at)},
      ${row.state === 'active' ? toDate(row.at) : null}, ${toDate(row.expiresAt)})
    on conflict (credential_id) do nothing returning id`.execute(tx)
  return rows.length === 1
}

export async function meansOf(handle: Handle, person: PersonId): Promise<MeansRow[]> {
  const { rows } = await sql<MeansRow>`select ${columns} from ${joined}
    where m.person_id = ${person} order by m.created_at, m.id`.execute(handle)
  return rows
}

/** Through its owner. */
export async function lockMeans(tx: Tx, person: PersonId, means: MeansId): Promise<MeansRow | undefined> {
  const { rows } = await sql<MeansRow>`select ${columns} from ${joined}
    where m.id = ${means} and m.person_id = ${person} for update of m`.execute(tx)
  return rows[0]
}

/** One change of what people of this kind need at a time: of two that set a first password one waits for the other. */
export async function lockPersonsMeans(tx: Tx, person: PersonId): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`means ${person}`}, 0))`.execute(tx)
}

export async function countPresent(tx: Tx, person: PersonId): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*)::int as count from means
    where person_id = ${person} and state not in ('revoked', 'expired')`.execute(tx)
  return rows[0]?.count ?? 0
}

/** Mailboxes that are a second factor, or will be again once somebody brings the means back (R055). */
export async function secondMailboxes(handle: Handle, person: PersonId, at: Instant): Promise<ReadonlySet<ContactId>> {
  const { rows } = await sql<{ contact: ContactId }>`select details ->> 'contact' as contact from means
    where person_id = ${person} and kind = 'mail_code' and state in ('active', 'suspended')
      and expires_at > ${toDate(at)}`.execute(handle)
  return new Set(rows.map(({ contact }) => contact))
}

export async function usableOf(handle: Handle, person: PersonId, at: Instant, kind?: MeansKind): Promise<MeansRow[]> {
  const { rows } = await sql<MeansRow>`select ${columns} from ${joined}
    where m.person_id = ${person} and m.${usable(at)} and (${kind ?? null}::text is null or m.kind = ${kind ?? null})
    order by m.created_at, m.id`.execute(handle)
  return rows
}

export async function byCredential(handle: Handle, credential: string, at: Instant): Promise<MeansRow | undefined> {
  const { rows } = await sql<MeansRow>`select ${columns} from ${joined}
    where m.credential_id = ${credential} and m.${usable(at)}`.execute(handle)
  return rows[0]
}

export async function changeState(
  tx: Tx,
  change: { means: MeansId; state: MeansState; suspendedBy: Role | null; at: Instant },
): Promise<void> {
  const at = toDate(change.at)
  await sql`update means set state = ${change.state}, suspended_by = ${change.suspendedBy},
      activated_at = case when ${change.state} = 'active' then coalesce(activated_at, ${at}::timestamptz)
        else activated_at end,
      ended_at = case when ${change.state} in ('revoked', 'expired') then ${at}::timestamptz end
    where id = ${change.means}`.execute(tx)
}

export async function renewMeans(
  tx: Tx,
  renewal: { means: MeansId; enrolment: EnrolmentId; expiresAt: Instant },
): Promise<void> {
  await sql`update means set enrolment_id = ${renewal.enrolment}, expires_at = ${toDate(renewal.expiresAt)},
      reminded = null
    where id = ${renewal.means}`.execute(tx)
}

export async function relabel(tx: Tx, person: PersonId, means: MeansId, label: Buffer): Promise<boolean> {
  const { rows } = await sql`update means set label = ${label}
    where id = ${means} and person_id = ${person} returning id`.execute(tx)
  return rows.length === 1
}

/** Notes a use. False: not usable any more since it was read, and then the sign-in fails. */
export async function use(tx: Tx, means: MeansId, at: Instant): Promise<boolean> {
  const { rows } = await sql`update means set last_used_at = ${toDate(at)}
    where id = ${means} and ${usable(at)} returning id`.execute(tx)
  return rows.length === 1
}

/**
 * Uses up one value of a counter that only grows: a TOTP's time step, an authenticator's signature count. Of
 * simultaneous callers with one value exactly one gets `true`.
 */
export async function advance(
  tx: Tx,
  use: { means: MeansId; to: number; at: Instant; state: 'pending' | 'active' },
): Promise<boolean> {
  const { rows } = await sql`update means set counter = ${use.to}, last_used_at = ${toDate(use.at)}
    where id = ${use.means} and state = ${use.state} and expires_at > ${toDate(use.at)}
      -- An authenticator without a counter says zero for ever (WebAuthn section 6.1.1).
      and (counter < ${use.to} or (kind = 'passkey' and counter = 0 and ${use.to} = 0))
    returning id`.execute(tx)
  return rows.length === 1
}

/** Through its owner: false when a review gave it to somebody else meanwhile. `changedAt`: by somebody, not by the hub. */
export async function replaceSecret(
  tx: Tx,
  replaced: { means: MeansId; person: PersonId; secret: Buffer; changedAt: Instant | null },
  renewed?: { enrolment: EnrolmentId; expiresAt: Instant },
): Promise<boolean> {
  const changedAt = replaced.changedAt === null ? null : toDate(replaced.changedAt)
  const { rows } = await sql`update means set secret = ${replaced.secret},
      changed_at = coalesce(${changedAt}::timestamptz, changed_at),
      enrolment_id = coalesce(${renewed?.enrolment ?? null}, enrolment_id),
      expires_at = coalesce(${renewed ? toDate(renewed.expiresAt) : null}::timestamptz, expires_at),
      reminded = case when ${renewed !== undefined} then null else reminded end
    where id = ${replaced.means} and person_id = ${replaced.person} returning id`.execute(tx)
  return rows.length === 1
}

export interface EndingRow {
  id: MeansId
  person_id: PersonId
}

/** Ends what is over; returns whose, and in which state it was until then. Two processes take different ones. */
export async function endOver(tx: Tx, at: Instant, limit: number): Promise<(EndingRow & { before: MeansState })[]> {
  const { rows } = await sql<EndingRow & { before: MeansState }>`with ending as (
      select id, state as before from means where state not in ('revoked', 'expired') and expires_at <= ${toDate(at)}
      order by expires_at limit ${limit} for update skip locked)
    update means set state = 'expired', suspended_by = null, ended_at = ${toDate(at)}
    from ending where means.id = ending.id returning means.id, person_id, before`.execute(tx)
  return rows
}

/** One process reminds at a time: two would write to one holder about different means. The others wait for their turn. */
export async function lockReminders(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('means reminders', 0))`.execute(tx)
}

/**
 * Holders of whom a means ends until then, and who were not reminded of it yet: notes that they are, of these and of
 * what ends together with them. What is suspended reminds nobody: it may never come back.
 */
export async function remind(
  tx: Tx,
  due: { days: number; at: Instant; until: Instant; together: Instant; holders: number },
): Promise<EndingRow[]> {
  const waits = sql`state = 'active' and expires_at > ${toDate(due.at)} and (reminded is null or reminded > ${due.days})`
  const { rows } = await sql<EndingRow>`update means set reminded = ${due.days}
    where ${waits} and expires_at <= ${toDate(due.together)} and person_id in (
      select person_id from means where ${waits} and expires_at <= ${toDate(due.until)}
      group by person_id order by min(expires_at) limit ${due.holders})
    returning id, person_id`.execute(tx)
  return rows
}

export interface ExpiringRow {
  id: MeansId
  person_id: PersonId
  kind: MeansKind
  expires_at: Date
  reminded: number | null
}

/** What is in force and ends until then, the first first. */
export async function expiring(
  handle: Handle,
  wanted: { at: Instant; until: Instant; limit: number },
): Promise<ExpiringRow[]> {
  const { rows } = await sql<ExpiringRow>`select id, person_id, kind, expires_at, reminded from means
    where ${usable(wanted.at)} and expires_at <= ${toDate(wanted.until)}
    order by expires_at, id limit ${wanted.limit}`.execute(handle)
  return rows
}

export async function countExpiring(
  handle: Handle,
  wanted: { at: Instant; until: Instant },
): Promise<{ kind: MeansKind; means: number; holders: number }[]> {
  const { rows } = await sql<{ kind: MeansKind; means: number; holders: number }>`
    select kind, count(*)::int as means, count(distinct person_id)::int as holders from means
    where ${usable(wanted.at)} and expires_at <= ${toDate(wanted.until)} group by kind order by kind`.execute(handle)
  return rows
}

// ── Codes ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertRecoveryCodes(tx: Tx, means: MeansId, hashes: readonly string[]): Promise<void> {
  await sql`insert into recovery_codes (means_id, code_hash)
    select ${means}, * from unnest(${[...hashes]}::text[])`.execute(tx)
}

/** Uses up one code of the person's set. Returns how many are left, or undefined: wrong, used, or not usable. */
export async function useRecoveryCode(
  tx: Tx,
  use: { person: PersonId; hash: string; at: Instant },
): Promise<{ means: MeansId; level: Level; left: number } | undefined> {
  const { rows } = await sql<{ means: MeansId; level: Level; left: number }>`with used as (
      update recovery_codes c set used_at = ${toDate(use.at)} from means m
      where m.person_id = ${use.person} and m.kind = 'recovery_codes' and m.${usable(use.at)}
        and c.means_id = m.id and c.code_hash = ${use.hash} and c.used_at is null
      returning c.means_id), noted as (
      update means set last_used_at = ${toDate(use.at)} where id in (select means_id from used))
    select used.means_id as means, e.level, (select count(*)::int - 1 from recovery_codes c
        where c.means_id = used.means_id and c.used_at is null) as left
      from used join means m on m.id = used.means_id join enrolments e on e.id = m.enrolment_id`.execute(tx)
  return rows[0]
}

/** Puts a new code in place of the one before. False: so many were sent since `since` already. */
export async function putCode(
  tx: Tx,
  code: { audience: string; hash: string; at: Instant; expiresAt: Instant; since: Instant; most: number },
): Promise<boolean> {
  const { rows } = await sql`insert into one_time_codes as o (audience, code_hash, tries, expires_at, sent_at)
    values (${code.audience}, ${code.hash}, 0, ${toDate(code.expiresAt)}, array[${toDate(code.at)}::timestamptz])
    on conflict (audience) do update set code_hash = excluded.code_hash, tries = 0, expires_at = excluded.expires_at,
      sent_at = array(select sent from unnest(o.sent_at) as sent where sent > ${toDate(code.since)})
        || ${toDate(code.at)}::timestamptz
    where (select count(*) from unnest(o.sent_at) as sent where sent > ${toDate(code.since)}) < ${code.most}
    returning audience`.execute(tx)
  return rows.length === 1
}

/** How often the present code of an audience was tried; undefined when there is none to try. */
export async function codeTries(handle: Handle, audience: string, at: Instant): Promise<number | undefined> {
  const { rows } = await sql<{ tries: number }>`select tries from one_time_codes
    where audience = ${audience} and code_hash is not null and expires_at > ${toDate(at)}`.execute(handle)
  return rows[0]?.tries
}

/** One statement counts the try and compares: of simultaneous tries none is free, and one at most succeeds. */
export async function tryCode(
  tx: Tx,
  attempt: { audience: string; hash: string; at: Instant; mostTries: number },
): Promise<'right' | 'wrong' | 'over'> {
  const { rows } = await sql<{ right: boolean }>`update one_time_codes set tries = tries + 1,
      code_hash = case when code_hash = ${attempt.hash} then null else code_hash end
    where audience = ${attempt.audience} and code_hash is not null and expires_at > ${toDate(attempt.at)}
      and tries < ${attempt.mostTries}
    returning code_hash is null as right`.execute(tx)
  if (!rows[0]) return 'over'
  return rows[0].right ? 'right' : 'wrong'
}

// ── Failures ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface FailuresRow {
  failures: Date[]
  consecutive: number
}

/** The counts of a key, locked until the transaction ends; made when there are none. */
export async function lockFailures(tx: Tx, key: string, since: Instant, at: Instant): Promise<FailuresRow> {
  const { rows } =
    await sql<FailuresRow>`insert into sign_in_failures as f (key, last_at) values (${key}, ${toDate(at)})
    on conflict (key) do update set last_at = f.last_at
    returning array(select at from unnest(f.failures) as at where at > ${toDate(since)} order by at) as failures,
      consecutive`.execute(tx)
  const [row] = rows
  if (!row) throw new Error('an insert that cannot fail returned nothing')
  return row
}

/** Counts a try as a failure, before anybody knows. `failures` are those that still count. */
export async function countFailure(
  tx: Tx,
  key: string,
  counts: { failures: readonly Instant[]; at: Instant },
): Promise<void> {
  await sql`update sign_in_failures set consecutive = consecutive + 1, last_at = ${toDate(counts.at)},
      failures = ${counts.failures.map(toDate)}::timestamptz[] || ${toDate(counts.at)}::timestamptz
    where key = ${key}`.execute(tx)
}

/** The try that was counted at that instant proved right: it is no failure, and those in a row are forgiven. */
export async function uncountFailure(handle: Handle, key: string, at: Instant): Promise<void> {
  const place = sql`array_position(failures, ${toDate(at)}::timestamptz)`
  await sql`update sign_in_failures set consecutive = 0, failures = case when ${place} is null then failures
      else failures[:${place} - 1] || failures[${place} + 1:] end
    where key = ${key}`.execute(handle)
}

export async function forgiveFailures(tx: Tx, keys: readonly string[]): Promise<void> {
  await sql`update sign_in_failures set consecutive = 0 where key = any(${[...keys]})`.execute(tx)
}

// ── After a review of who is who ────────────────────────────────────────────────────────────────────────────────────

export interface MovableRow
  extends Pick<MeansRow, 'id' | 'person_id' | 'kind' | 'state' | 'enrolment_id' | 'label' | 'secret' | 'details'> {
  via_link: LinkId | null
  created_at: Date
  changed_at: Date | null
}

/** All of a person, locked in one order. */
export async function lockMeansOf(tx: Tx, person: PersonId): Promise<MovableRow[]> {
  const { rows } =
    await sql<MovableRow>`select id, person_id, kind, state, enrolment_id, label, secret, details, via_link,
      created_at, changed_at from means where person_id = ${person} order by id for update`.execute(tx)
  return rows
}

export async function lockEnrolments(
  tx: Tx,
  person: PersonId,
): Promise<{ id: EnrolmentId; proof: Proof['kind']; link: LinkId | null; evidence: Buffer | null }[]> {
  const { rows } = await sql<{
    id: EnrolmentId
    proof: Proof['kind']
    link: LinkId | null
    evidence: Buffer | null
  }>`select id, proof, link, evidence from enrolments where person_id = ${person} order by id for update`.execute(tx)
  return rows
}

export async function giveEnrolment(
  tx: Tx,
  given: { enrolment: EnrolmentId; from: PersonId; to: PersonId; evidence: Buffer | null },
): Promise<void> {
  await sql`update enrolments set person_id = ${given.to}, evidence = ${given.evidence}::bytea
    where id = ${given.enrolment} and person_id = ${given.from}`.execute(tx)
}

export async function giveIdentifier(
  tx: Tx,
  given: { digest: string; from: PersonId; to: PersonId; sealed: Buffer },
): Promise<void> {
  await sql`update identifiers set person_id = ${given.to}, sealed = ${given.sealed}
    where digest = ${given.digest} and person_id = ${given.from}`.execute(tx)
}

export async function giveMeans(
  tx: Tx,
  given: { means: MeansId; from: PersonId; to: PersonId; label: Buffer; secret: Buffer | null; details: Details },
): Promise<void> {
  await sql`update means set person_id = ${given.to}, label = ${given.label}, secret = ${given.secret}::bytea,
      details = ${JSON.stringify(given.details)}::jsonb
    where id = ${given.means} and person_id = ${given.from}`.execute(tx)
  await forgetCodes(tx, [given.means])
}

export async function putUnder(tx: Tx, means: MeansId, enrolment: EnrolmentId): Promise<void> {
  await sql`update means set enrolment_id = ${enrolment} where id = ${means}`.execute(tx)
}

export async function hasPresent(tx: Tx, person: PersonId, kind: MeansKind): Promise<boolean> {
  const { rows } = await sql`select 1 from means
    where person_id = ${person} and kind = ${kind} and state not in ('revoked', 'expired') limit 1`.execute(tx)
  return rows.length > 0
}

export async function forgetCodes(tx: Tx, audiences: readonly string[]): Promise<void> {
  await sql`delete from one_time_codes where audience = any(${[...audiences]})`.execute(tx)
}

/** The failures of one key count for the other as well: nobody knows whose they were. */
export async function shareFailures(tx: Tx, keys: { from: string; to: string }): Promise<void> {
  await sql`insert into sign_in_failures as f (key, failures, consecutive, last_at)
    select ${keys.to}, failures, consecutive, last_at from sign_in_failures where key = ${keys.from}
    on conflict (key) do update set consecutive = greatest(f.consecutive, excluded.consecutive),
      failures = array(select at from unnest(f.failures || excluded.failures) as at order by at),
      last_at = greatest(f.last_at, excluded.last_at)`.execute(tx)
}

// ── Retention ───────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Counts that bar nobody any more, and codes that are over. Known and unknown identifiers are forgotten alike: whether
 * one is still barred tells nothing about it.
 */
export async function forgetOld(
  handle: Handle,
  before: { failures: Instant; consecutive: Instant; codes: Instant },
): Promise<void> {
  await sql`delete from sign_in_failures where (consecutive = 0 and last_at < ${toDate(before.failures)})
    or last_at < ${toDate(before.consecutive)}`.execute(handle)
  await sql`delete from one_time_codes where expires_at < ${toDate(before.codes)}`.execute(handle)
  await sql`delete from activations where expires_at < ${toDate(before.codes)}
    and (open_until is null or open_until < ${toDate(before.codes)})`.execute(handle)
}

export async function forgetPerson(tx: Tx, person: PersonId, keys: readonly string[]): Promise<void> {
  await sql`delete from one_time_codes where audience = ${`numbers ${person}`}
    or audience in (select id from means where person_id = ${person})`.execute(tx)
  await sql`delete from activations where person_id = ${person}`.execute(tx)
  await sql`delete from means where person_id = ${person}`.execute(tx)
  await sql`delete from identifiers where person_id = ${person}`.execute(tx)
  await sql`delete from enrolments where person_id = ${person}`.execute(tx)
  await sql`delete from sign_in_failures where key = any(${[...keys]})`.execute(tx)
}
