/** Every statement on the tables of the admin API: `api_clients`, `api_answers`. */
import type { JSONWebKeySet } from 'jose'
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { ApiClientId, OperatorId, ProviderId, ServiceId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export interface ClientRow {
  id: ApiClientId
  name: string
  scopes: string[]
  jwks: JSONWebKeySet
  /** All three, or none. */
  party_side: 'service' | 'provider' | null
  party_object: ServiceId | ProviderId | null
  party_partner: string | null
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

/** False when one of that id is there, or was. */
export async function insertClient(tx: Tx, row: Omit<ClientRow, 'changed_at' | 'last_token_at'>): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`insert into api_clients (id, name, scopes, jwks,
      party_side, party_object, party_partner, registered_by, operator, registered_at, changed_at)
    values (${row.id}, ${row.name}, ${row.scopes}, ${JSON.stringify(row.jwks)}::text::jsonb,
      ${row.party_side}, ${row.party_object}, ${row.party_partner},
      ${JSON.stringify(row.registered_by)}::text::jsonb, ${row.operator}, ${row.registered_at}, ${row.registered_at})
    on conflict (id) do nothing`.execute(tx)
  return numAffectedRows > 0n
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

export async function listClientsOf(handle: Handle, partner: string): Promise<ClientRow[]> {
  const { rows } = await sql<ClientRow>`select * from api_clients
    where party_partner = ${partner} and removed_at is null order by registered_at, id`.execute(handle)
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

/** Whose it was; undefined when there is no such one any more. */
export async function removeClient(
  tx: Tx,
  id: ApiClientId,
  at: Date,
): Promise<Pick<ClientRow, 'party_side' | 'party_object' | 'party_partner'> | undefined> {
  const { rows } = await sql<Pick<ClientRow, 'party_side' | 'party_object' | 'party_partner'>>`update api_clients
    set removed_at = ${at}, jwks = '{"keys":[]}', changed_at = ${at}
    where id = ${id} and removed_at is null
    returning party_side, party_object, party_partner`.execute(tx)
  return rows[0]
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
