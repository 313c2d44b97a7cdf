/** Every statement on the tables of the admin API: `api_clients`, `api_answers`. */
import type { JSONWebKeySet } from 'jose'
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { ApiClientId, OperatorId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export interface ClientRow {
  id: ApiClientId
  name: string
  scopes: string[]
  jwks: JSONWebKeySet
  registered_by: Actor
  operator: OperatorId | null
  registered_at: Date
  changed_at: Date
  last_token_at: Date | null
}

export interface AnswerRow {
  fingerprint: string
  begun_at: Date
  answer: Buffer | null
}

// ── Clients ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export async function insertClient(
  tx: Tx,
  row: Pick<ClientRow, 'id' | 'name' | 'scopes' | 'jwks' | 'registered_by' | 'operator' | 'registered_at'>,
): Promise<void> {
  await sql`insert into api_clients (id, name, scopes, jwks, registered_by, operator, registered_at, changed_at)
    values (${row.id}, ${row.name}, ${row.scopes}, ${JSON.stringify(row.jwks)}::text::jsonb,
      ${JSON.stringify(row.registered_by)}::text::jsonb, ${row.operator}, ${row.registered_at}, ${row.registered_at})`.execute(
    tx,
  )
}

/** One that is not removed. */
export async function findClient(handle: Handle, id: string): Promise<ClientRow | undefined> {
  const { rows } = await sql<ClientRow>`select * from api_clients
    where id = ${id} and removed_at is null`.execute(handle)
  return rows[0]
}

export async function listClients(handle: Handle): Promise<ClientRow[]> {
  const { rows } = await sql<ClientRow>`select * from api_clients
    where removed_at is null order by registered_at, id`.execute(handle)
  return rows
}

/** One that is not removed, held until the transaction ends. */
export async function holdClient(tx: Tx, id: ApiClientId): Promise<ClientRow | undefined> {
  const { rows } = await sql<ClientRow>`select * from api_clients
    where id = ${id} and removed_at is null for update`.execute(tx)
  return rows[0]
}

/** Of one that is held. */
export async function changeClient(
  tx: Tx,
  id: ApiClientId,
  { jwks, scopes }: Partial<Pick<ClientRow, 'jwks' | 'scopes'>>,
  at: Date,
): Promise<void> {
  await sql`update api_clients
    set jwks = coalesce(${jwks ? JSON.stringify(jwks) : null}::text::jsonb, jwks),
      scopes = coalesce(${scopes ?? null}::text[], scopes),
      -- Of two changes within a millisecond, each is seen.
      changed_at = greatest(${at}, changed_at + interval '1 millisecond')
    where id = ${id}`.execute(tx)
}

/** False when there is no such one any more. */
export async function removeClient(tx: Tx, id: ApiClientId, at: Date): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`update api_clients
    set removed_at = ${at}, jwks = '{"keys":[]}', changed_at = ${at}
    where id = ${id} and removed_at is null`.execute(tx)
  return numAffectedRows > 0n
}

/** False when it was removed meanwhile. */
export async function noteToken(tx: Tx, id: ApiClientId, at: Date): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`update api_clients set last_token_at = ${at}
    where id = ${id} and removed_at is null`.execute(tx)
  return numAffectedRows > 0n
}

// ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────

interface AnswerKey {
  client: ApiClientId
  keyHash: string
}

/** Of simultaneous callers exactly one begins. One that is older than `forgotten` makes room for it. */
export async function beginAnswer(
  handle: Handle,
  { client, keyHash, fingerprint, at, forgotten }: AnswerKey & { fingerprint: string; at: Date; forgotten: Date },
): Promise<boolean> {
  const { rows } = await sql`insert into api_answers (client, key_hash, fingerprint, begun_at)
    values (${client}, ${keyHash}, ${fingerprint}, ${at})
    on conflict (client, key_hash) do update
      set fingerprint = excluded.fingerprint, begun_at = excluded.begun_at, answer = null
      where api_answers.begun_at <= ${forgotten}
    returning client`.execute(handle)
  return rows.length === 1
}

export async function findAnswer(handle: Handle, { client, keyHash }: AnswerKey): Promise<AnswerRow | undefined> {
  const { rows } = await sql<AnswerRow>`select fingerprint, begun_at, answer from api_answers
    where client = ${client} and key_hash = ${keyHash}`.execute(handle)
  return rows[0]
}

export async function keepAnswer(handle: Handle, { client, keyHash }: AnswerKey, answer: Buffer): Promise<void> {
  await sql`update api_answers set answer = ${answer}
    where client = ${client} and key_hash = ${keyHash}`.execute(handle)
}

export async function dropAnswer(handle: Handle, { client, keyHash }: AnswerKey): Promise<void> {
  await sql`delete from api_answers where client = ${client} and key_hash = ${keyHash}`.execute(handle)
}

export async function dropAnswersBefore(handle: Handle, at: Date): Promise<void> {
  await sql`delete from api_answers where begun_at <= ${at}`.execute(handle)
}
