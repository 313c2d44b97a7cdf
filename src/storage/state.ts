/**
 * Short-lived state behind one interface: logins in progress, what the engine keeps, one-time values. PostgreSQL here;
 * another implementation must pass `state.conformance.ts`.
 *
 * Keys may be bearer values (a code, a token): only their hash is stored, and the value is sealed with a key of the
 * hub. An entry whose time has come is absent to every verb, whether or not it was swept yet.
 */
import { type RawBuilder, sql } from 'kysely'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { hashSecret, seal, unseal } from '../kernel/secrets.ts'
import type { Db, Tx } from './storage.ts'

/** A kind is a namespace: the same key under two kinds is two entries. */
export type StateKind = string

export interface StateEntry {
  kind: StateKind
  key: string
  value: unknown
  /** Absent to every verb from this instant on. */
  expiresAt: Instant
  /** Entries of one group are removed together: all that came from one grant. */
  group?: string
}

/** Names one writing of an entry: every other one, of whatever value, has another. */
export type Revision = string

export interface Stored {
  value: unknown
  revision: Revision
  expiresAt: Instant
  /** When it was consumed first, if it was. */
  consumedAt?: Instant
}

export interface StateStore {
  /** Reads several entries at once; absent ones are `undefined` at their place. */
  getMany(keys: readonly { kind: StateKind; key: string }[]): Promise<(Stored | undefined)[]>
  /**
   * Creates or replaces entries and removes others, all or nothing. A replaced entry keeps its `consumedAt`. False when
   * `whileExists` was not there: then nothing was written.
   */
  write(change: {
    put?: readonly StateEntry[]
    remove?: readonly { kind: StateKind; key: string }[]
    /** Writes nothing unless this entry is there, and is not removed at the same moment. */
    whileExists?: { kind: StateKind; key: string }
    /** Runs inside the caller's transaction instead of one of its own. */
    tx?: Tx
  }): Promise<boolean>
  /**
   * Creates or replaces one entry, and returns its revision. With `known`, only in place of that one: `undefined`, and
   * nothing written, when another one is there, or none, or it was consumed, or its time has come.
   */
  put(entry: StateEntry, options?: { known?: Revision | undefined; tx?: Tx }): Promise<Revision | undefined>
  /** Creates an entry that is absent; of simultaneous callers exactly one gets `true`. For what may happen once only. */
  create(entry: StateEntry): Promise<boolean>
  /** Removes an entry and returns it: of simultaneous callers, exactly one gets it. */
  take(kind: StateKind, key: string): Promise<Stored | undefined>
  /**
   * Marks an entry as consumed, keeping it readable. Of simultaneous callers exactly one gets `'first'`, the others
   * `'again'`; `'absent'` when there is no such entry or its time has come.
   *
   * `value` replaces what is kept, if this is the first. Inside a `tx` the others wait until it ends: who gets `'again'`
   * can read the value of the first one. With `known` it is the first only in place of that revision.
   */
  consume(
    kind: StateKind,
    key: string,
    options?: { value?: unknown; known?: Revision; tx?: Tx },
  ): Promise<'first' | 'again' | 'absent'>
  /**
   * As `consume`, for a caller in whose transaction nothing may stay unless it is the first, and who therefore need not
   * wait: the statement itself fails, and what is sent behind it comes to nothing, the commit included. With `known` it
   * is the first only in place of that revision.
   *
   * @throws an error for which `isNotFirst` holds; it is also what the transaction fails with
   */
  consumeFirst(tx: Tx, kind: StateKind, key: string, options?: { value?: unknown; known?: Revision }): Promise<void>
  /** Removes every entry of a group, and what a simultaneous `write` adds to it `whileExists` one of its entries. */
  removeGroup(group: string): Promise<void>
  /** Deletes what has expired; returns how many. A job calls it. */
  sweep(): Promise<number>
}

/** Did a transaction fail because what may happen once had happened already, or what it was to happen to is not there? */
export function isNotFirst(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === divisionByZero
}

/** By which such a statement fails, as `consumeFirst` does: nothing else in the hub divides by a count. */
const divisionByZero = '22012'

interface Row {
  id: string
  value: Buffer
  expires_at: Date
  consumed_at: Date | null
}

/** Rows deleted by one statement of a sweep: well within what a statement may take. */
const sweepBatch = 10_000

/** The nonce of its sealing, the 12 bytes with which a value begins, is of one sealing only. In hexadecimal. */
const revisionOf = (sealed: Buffer): Revision => sealed.toString('hex', 0, 12)
const isRevision = (known: Revision | null) => sql`substring(value for 12) = decode(${known}, 'hex')`

/** What becomes of an entry that is written over: it stays consumed, unless its time had come. */
const replaced = (
  now: Date,
) => sql`group_id = excluded.group_id, value = excluded.value, expires_at = excluded.expires_at,
  consumed_at = case when state.expires_at > ${now} then state.consumed_at end`

export function createPostgresState(options: { db: Db; key: Buffer; clock: Clock }): StateStore {
  const { db, key, clock } = options
  const present = () => toDate(clock.now())
  const idOf = (entry: { kind: StateKind; key: string }) => `${entry.kind}:${hashSecret(entry.key)}`
  const open = (row: Row): Stored => ({
    value: JSON.parse(unseal(key, row.value, row.id).toString('utf8')),
    revision: revisionOf(row.value),
    expiresAt: row.expires_at.getTime(),
    ...(row.consumed_at ? { consumedAt: row.consumed_at.getTime() } : {}),
  })

  /** As it rests. */
  function sealed(entry: StateEntry) {
    const id = idOf(entry)
    const group = entry.group === undefined ? null : hashSecret(entry.group)
    return { id, group, value: seal(key, JSON.stringify(entry.value), id), expiresAt: toDate(entry.expiresAt) }
  }

  function asRows(entries: readonly StateEntry[]): RawBuilder<unknown> {
    const rows = entries
      .map(sealed)
      .map(
        ({ id, group, value, expiresAt }) =>
          sql`(${id}::text, ${group}::text, ${value}::bytea, ${expiresAt}::timestamptz)`,
      )
    return sql`(values ${sql.join(rows)}) as entries (id, group_id, value, expires_at)`
  }

  /** The row lock orders simultaneous callers, and only the one that sees null writes. */
  function consumption(id: string, value: unknown, known: Revision | null = null): RawBuilder<unknown> {
    const replacement = value === undefined ? null : seal(key, JSON.stringify(value), id)
    return sql`update state
      set consumed_at = ${present()}, value = coalesce(${replacement}::bytea, value)
      where id = ${id} and consumed_at is null and expires_at > ${present()}
        and (${known}::text is null or ${isRevision(known)}) returning id`
  }

  async function deleteGroup(group: string): Promise<bigint> {
    const { numAffectedRows = 0n } = await sql`delete from state where group_id = ${hashSecret(group)}`.execute(db)
    return numAffectedRows
  }

  async function sweepOnce(): Promise<number> {
    // Skipping what another process sweeps at the same moment.
    const { numAffectedRows = 0n } = await sql`delete from state where id in (
      select id from state where expires_at <= ${present()} order by expires_at limit ${sweepBatch}
      for update skip locked)`.execute(db)
    return Number(numAffectedRows)
  }

  return {
    async getMany(keys) {
      if (keys.length === 0) return []
      const ids = keys.map(idOf)
      const { rows } = await sql<Row>`select id, value, expires_at, consumed_at from state
        where id = any(${ids}) and expires_at > ${present()}`.execute(db)
      const found = new Map(rows.map((row) => [row.id, row]))
      return ids.map((id) => {
        const row = found.get(id)
        return row && open(row)
      })
    },
    async write({ put = [], remove = [], whileExists, tx }) {
      // One statement, whatever is asked: a login makes several of these, and round trips are what they cost.
      const condition = whileExists ? sql`exists (select from kept)` : sql`true`
      const steps = [
        // The lock keeps others from removing the entry until what is written here can be seen by them.
        whileExists &&
          sql`kept as (select from state where id = ${idOf(whileExists)} and expires_at > ${present()} for share)`,
        put.length > 0 &&
          sql`written as (
            insert into state (id, group_id, value, expires_at)
            select id, group_id, value, expires_at from ${asRows(put)} where ${condition}
            on conflict (id) do update set ${replaced(present())})`,
        remove.length > 0 && sql`removed as (delete from state where id = any(${remove.map(idOf)}) and ${condition})`,
      ].filter((step) => step !== undefined && step !== false)
      if (steps.length === 0) return true
      const { rows } = await sql<{ done: boolean }>`with ${sql.join(steps)} select ${condition} as done`.execute(
        tx ?? db,
      )
      return rows[0]?.done === true
    },
    async put(entry, { known, tx } = {}) {
      const { id, group, value, expiresAt } = sealed(entry)
      const { numAffectedRows } = await (known
        ? sql`update state set group_id = ${group}, value = ${value}, expires_at = ${expiresAt}
            where id = ${id} and ${isRevision(known)}
              and consumed_at is null and expires_at > ${present()}`
        : sql`insert into state (id, group_id, value, expires_at) values (${id}, ${group}, ${value}, ${expiresAt})
            on conflict (id) do update set ${replaced(present())}`
      ).execute(tx ?? db)
      return numAffectedRows === 1n ? revisionOf(value) : undefined
    },
    async create(entry) {
      const { id, group, value, expiresAt } = sealed(entry)
      const { rows } = await sql`insert into state (id, group_id, value, expires_at)
        values (${id}, ${group}, ${value}, ${expiresAt})
        on conflict (id) do update set group_id = excluded.group_id, value = excluded.value,
          expires_at = excluded.expires_at, consumed_at = null
        where state.expires_at <= ${present()} returning id`.execute(db)
      return rows.length === 1
    },
    async take(kind, name) {
      const { rows } = await sql<Row>`delete from state where id = ${idOf({ kind, key: name })}
        returning id, value, expires_at, consumed_at`.execute(db)
      const row = rows[0]
      return row && row.expires_at.getTime() > clock.now() ? open(row) : undefined
    },
    async consume(kind, name, { value, known, tx } = {}) {
      const id = idOf({ kind, key: name })
      const { rows } = await consumption(id, value, known).execute(tx ?? db)
      if (rows.length === 1) return 'first'
      const { rows: left } = await sql`select from state where id = ${id} and expires_at > ${present()}`.execute(
        tx ?? db,
      )
      return left.length === 1 ? 'again' : 'absent'
    },
    async consumeFirst(tx, kind, name, { value, known } = {}) {
      const consumed = consumption(idOf({ kind, key: name }), value, known)
      await sql`with consumed as (${consumed}) select 1 / count(*)::int from consumed`.execute(tx)
    },
    async removeGroup(group) {
      // A write that holds an entry of the group (`whileExists`) ends while the first statement waits for it; what it
      // wrote can be seen by the second one only. After that the entry is gone and no such write succeeds any more.
      while ((await deleteGroup(group)) > 0n);
    },
    async sweep() {
      let swept = 0
      for (let count = sweepBatch; count === sweepBatch; swept += count) count = await sweepOnce()
      return swept
    },
  }
}
