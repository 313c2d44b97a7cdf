/** Every statement on the table `keys`. */
import { sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Algorithm, KeyState, Purpose } from './keys.ts'

export interface KeyRow {
  id: string
  purpose: Purpose
  alg: Algorithm
  state: KeyState
  /** The JWK, wrapped: private, or public alone once the private part is destroyed. */
  sealed: Buffer
  created_at: Date
  active_from: Date
  retired_at: Date | null
}

/** The slots a key may take: one `next` and one `active` for each purpose and algorithm. */
export interface Slot {
  purpose: Purpose
  alg: Algorithm
}

/** Any number that no other lock of the hub has. */
const rotationLock = 7_263_510_103

/** The next active key of each kind first, then what is older. */
export async function allKeys(handle: Handle): Promise<KeyRow[]> {
  const { rows } = await sql<KeyRow>`select id, purpose, alg, state, sealed, created_at, active_from, retired_at
    from keys order by active_from desc, id`.execute(handle)
  return rows
}

/** One process moves keys at a time: until `tx` ends, the others wait and then see what it did. */
export async function lockRotation(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${rotationLock})`.execute(tx)
}

/** Adds keys; returns those whose slot was free. The others are as if they had never been made. */
export async function insertKeys(tx: Tx, keys: readonly Omit<KeyRow, 'retired_at'>[]): Promise<{ id: string }[]> {
  const values = keys.map(
    (key) => sql`(${key.id}, ${key.purpose}, ${key.alg}, ${key.state}, ${key.sealed}::bytea,
      ${key.created_at}::timestamptz, ${key.active_from}::timestamptz)`,
  )
  const { rows } = await sql<{ id: string }>`insert into keys
    (id, purpose, alg, state, sealed, created_at, active_from) values ${sql.join(values)}
    on conflict do nothing returning id`.execute(tx)
  return rows
}

/** The active key of a slot serves no more. */
export async function retireActive(tx: Tx, { purpose, alg }: Slot, at: Instant): Promise<{ id: string }[]> {
  const { rows } = await sql<{ id: string }>`update keys set state = 'retired', retired_at = ${toDate(at)}
    where purpose = ${purpose} and alg = ${alg} and state = 'active' returning id`.execute(tx)
  return rows
}

/** A key that waited for its turn is dropped; it never served. */
export async function dropNext(tx: Tx, { purpose, alg }: Slot): Promise<void> {
  await sql`delete from keys where purpose = ${purpose} and alg = ${alg} and state = 'next'`.execute(tx)
}

export async function activate(tx: Tx, id: string): Promise<void> {
  await sql`update keys set state = 'active' where id = ${id} and state = 'next'`.execute(tx)
}

/** Puts other sealed bytes in place of a key's: those without its private part. */
export async function replaceSealed(tx: Tx, id: string, sealed: Buffer): Promise<void> {
  await sql`update keys set sealed = ${sealed} where id = ${id} and state = 'retired'`.execute(tx)
}

export async function removeKeys(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from keys where id = any(${ids}) and state = 'retired'`.execute(tx)
}
