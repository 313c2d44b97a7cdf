/** Every statement on the tables of operators: `operators`, `operator_invitations`, `operator_sessions`. */
import { sql } from 'kysely'
import type { EnrolmentId, MeansId, OperatorId, OperatorSessionId, PersonId } from '../kernel/ids.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { OperatorState, SessionEnd } from './operators.ts'

export interface OperatorRow {
  id: OperatorId
  person: PersonId
  state: OperatorState
  name: Buffer
  roles: OperatorRole[]
  enrolment: EnrolmentId
  invited_at: Date
  changed_at: Date
  erased_at: Date | null
  last_sign_in_at: Date | null
}

export interface SessionRow {
  id: OperatorSessionId
  operator: OperatorId
  person: PersonId
  roles: OperatorRole[]
  means: MeansId
  started_at: Date
  previous_sign_in_at: Date | null
}

export interface EndedRow {
  id: OperatorSessionId
  operator: OperatorId
}

/** A session is live while it was seen, and started, after these. */
export interface Limits {
  seenAfter: Date
  startedAfter: Date
}

// ── Operators ───────────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertOperator(
  tx: Tx,
  row: Pick<OperatorRow, 'id' | 'person' | 'name' | 'roles' | 'enrolment'> & { at: Date },
): Promise<void> {
  await sql`insert into operators (id, person, state, name, roles, enrolment, invited_at, changed_at)
    values (${row.id}, ${row.person}, 'invited', ${row.name}, ${row.roles}, ${row.enrolment}, ${row.at}, ${row.at})`.execute(
    tx,
  )
}

/** One operator, locked until the transaction ends. */
export async function lockOperator(tx: Tx, operator: OperatorId): Promise<OperatorRow | undefined> {
  const { rows } = await sql<OperatorRow>`select * from operators where id = ${operator} for update`.execute(tx)
  return rows[0]
}

export async function byPerson(handle: Handle, person: PersonId): Promise<OperatorRow | undefined> {
  const { rows } = await sql<OperatorRow>`select * from operators where person = ${person}`.execute(handle)
  return rows[0]
}

/** Those who can still be named, in the order of their invitation. */
export async function all(handle: Handle): Promise<OperatorRow[]> {
  const { rows } = await sql<OperatorRow>`select * from operators
    where erased_at is null order by invited_at, id`.execute(handle)
  return rows
}

export async function setState(tx: Tx, operator: OperatorId, state: OperatorState, at: Date): Promise<void> {
  await sql`update operators set state = ${state}, changed_at = ${at} where id = ${operator}`.execute(tx)
}

/** Those who never came, the last link of whom is over since `before`. */
export async function neverCame(tx: Tx, before: Date): Promise<OperatorRow[]> {
  const { rows } = await sql<OperatorRow>`select * from operators o where o.state = 'invited' and not exists (
      select 1 from operator_invitations i where i.operator = o.id and i.expires_at > ${before})
    for update skip locked`.execute(tx)
  return rows
}

export async function removedBefore(tx: Tx, before: Date): Promise<OperatorRow[]> {
  const { rows } = await sql<OperatorRow>`select * from operators
    where state = 'removed' and erased_at is null and changed_at < ${before} for update skip locked`.execute(tx)
  return rows
}

export async function setErased(tx: Tx, operator: OperatorId, at: Date): Promise<void> {
  await sql`update operators set erased_at = ${at}, name = ''::bytea where id = ${operator}`.execute(tx)
}

// ── Invitations ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** The new link, and the end of those given before it. */
export async function putInvitation(
  tx: Tx,
  row: { tokenHash: string; operator: OperatorId; at: Date; expiresAt: Date },
): Promise<void> {
  await withdrawInvitations(tx, row.operator)
  await sql`insert into operator_invitations (token_hash, operator, created_at, expires_at)
    values (${row.tokenHash}, ${row.operator}, ${row.at}, ${row.expiresAt})`.execute(tx)
}

export async function withdrawInvitations(tx: Tx, operator: OperatorId): Promise<void> {
  await sql`delete from operator_invitations where operator = ${operator} and used_at is null`.execute(tx)
}

/** Whose link this is while it can be used: reading only. */
export async function invitation(handle: Handle, tokenHash: string, at: Date): Promise<OperatorRow | undefined> {
  const { rows } = await sql<OperatorRow>`select o.* from operator_invitations i join operators o on o.id = i.operator
    where i.token_hash = ${tokenHash} and i.used_at is null and i.expires_at > ${at}
      and o.state <> 'removed'`.execute(handle)
  return rows[0]
}

/** Uses the link up: of simultaneous callers one is told so, the others wait for its transaction and are told no. */
export async function takeInvitation(tx: Tx, tokenHash: string, at: Date): Promise<boolean> {
  const { rows } = await sql`update operator_invitations set used_at = ${at}
    where token_hash = ${tokenHash} and used_at is null and expires_at > ${at} returning operator`.execute(tx)
  return rows.length === 1
}

// ── Sessions ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A session for an operator who is in office at this instant; false for nobody else. */
export async function insertSession(
  tx: Tx,
  row: { id: OperatorSessionId; secretHash: string; operator: OperatorId; means: MeansId; at: Date },
): Promise<boolean> {
  // The row that is read is the one before the update: its last sign-in is the previous one.
  const { rows } = await sql`with before as (
      select id, last_sign_in_at from operators where id = ${row.operator} and state = 'active' for update
    ), noted as (
      update operators o set last_sign_in_at = ${row.at} from before where o.id = before.id
    )
    insert into operator_sessions (id, secret_hash, operator, means, previous_sign_in_at, started_at, last_seen_at)
    select ${row.id}, ${row.secretHash}, id, ${row.means}, last_sign_in_at, ${row.at}, ${row.at} from before
    returning id`.execute(tx)
  return rows.length === 1
}

/** Finds a live session of an operator in office, and notes that it was used, in one statement. */
export async function useSession(
  handle: Handle,
  use: Limits & { secretHash: string; at: Date },
): Promise<SessionRow | undefined> {
  const { rows } = await sql<SessionRow>`update operator_sessions s set last_seen_at = ${use.at}
    from operators o
    where s.secret_hash = ${use.secretHash} and s.ended_at is null
      and s.last_seen_at > ${use.seenAfter} and s.started_at > ${use.startedAfter}
      and o.id = s.operator and o.state = 'active'
    returning s.id, s.operator, o.person, o.roles, s.means, s.started_at, s.previous_sign_in_at`.execute(handle)
  return rows[0]
}

export async function endSession(
  tx: Tx,
  ended: { secretHash: string; reason: SessionEnd; at: Date },
): Promise<EndedRow[]> {
  const { rows } = await sql<EndedRow>`update operator_sessions set ended_at = ${ended.at}, end_reason = ${ended.reason}
    where secret_hash = ${ended.secretHash} and ended_at is null returning id, operator`.execute(tx)
  return rows
}

export async function endSessionsOf(
  tx: Tx,
  ended: { operator: OperatorId; reason: SessionEnd; at: Date },
): Promise<EndedRow[]> {
  const { rows } = await sql<EndedRow>`update operator_sessions set ended_at = ${ended.at}, end_reason = ${ended.reason}
    where operator = ${ended.operator} and ended_at is null returning id, operator`.execute(tx)
  return rows
}

export async function endOver(tx: Tx, { seenAfter, startedAfter }: Limits, at: Date): Promise<EndedRow[]> {
  const { rows } = await sql<EndedRow>`update operator_sessions set ended_at = ${at}, end_reason = 'expired'
    where id in (
      select id from operator_sessions
      where ended_at is null and (last_seen_at <= ${seenAfter} or started_at <= ${startedAfter})
      for update skip locked)
    returning id, operator`.execute(tx)
  return rows
}

export async function forgetEnded(tx: Tx, before: Date): Promise<void> {
  await sql`delete from operator_sessions where ended_at < ${before}`.execute(tx)
}
