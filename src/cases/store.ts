/** Every statement on `cases` and `case_code_tries`. */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { CaseId, ConnectionId, PersonId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { CaseCloseReason, CaseState } from './cases.ts'

export interface CaseRow {
  id: CaseId
  reference: string
  person: PersonId
  connection: ConnectionId
  state: CaseState
  opened_at: Date
  opened_by: Actor
  words: Buffer | null
  closed_at: Date | null
  closed_by: Actor | null
  close_reason: CaseCloseReason | null
}

const columns = sql`id, reference, person, connection, state, opened_at, opened_by, words, closed_at, closed_by,
  close_reason`

export function createCaseStore() {
  return {
    /** One thing is said about a connection at a time: that it is disowned, owned, reported. Until the transaction ends. */
    async lock(tx: Tx, connection: ConnectionId): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`case about ${connection}`}, 0))`.execute(tx)
    },

    /** False when the reference is taken. */
    async insert(
      tx: Tx,
      row: Pick<CaseRow, 'id' | 'reference' | 'person' | 'connection' | 'words'> & { at: Date; by: Actor },
    ): Promise<boolean> {
      const { rows } =
        await sql`insert into cases (id, reference, person, connection, state, opened_at, opened_by, words)
        values (${row.id}, ${row.reference}, ${row.person}, ${row.connection}, 'received', ${row.at},
          ${JSON.stringify(row.by)}::jsonb, ${row.words}::bytea)
        on conflict (reference) do nothing returning id`.execute(tx)
      return rows.length === 1
    },

    async openAbout(
      handle: Handle,
      about: { person: PersonId; connection: ConnectionId },
    ): Promise<CaseRow | undefined> {
      const { rows } = await sql<CaseRow>`select ${columns} from cases
        where connection = ${about.connection} and person = ${about.person} and state <> 'closed'`.execute(handle)
      return rows[0]
    },

    async byId(handle: Handle, id: CaseId): Promise<CaseRow | undefined> {
      const { rows } = await sql<CaseRow>`select ${columns} from cases where id = ${id}`.execute(handle)
      return rows[0]
    },

    async ofPerson(handle: Handle, person: PersonId, limit: number): Promise<CaseRow[]> {
      const { rows } = await sql<CaseRow>`select ${columns} from cases
        where person = ${person} order by id desc limit ${limit}`.execute(handle)
      return rows
    },

    /** The oldest first: who has waited longest is first. */
    async waiting(handle: Handle, page: { after: CaseId | null; limit: number }): Promise<CaseRow[]> {
      const { rows } = await sql<CaseRow>`select ${columns} from cases
        where state <> 'closed' ${page.after === null ? sql`` : sql`and id > ${page.after}`}
        order by id limit ${page.limit}`.execute(handle)
      return rows
    },

    /** Those closed last first. */
    async closed(handle: Handle, page: { before: CaseId | null; limit: number }): Promise<CaseRow[]> {
      const { rows } = await sql<CaseRow>`select ${columns} from cases
        where state = 'closed' ${page.before === null ? sql`` : sql`and (closed_at, id) < (select closed_at, id from cases where id = ${page.before})`}
        order by closed_at desc, id desc limit ${page.limit}`.execute(handle)
      return rows
    },

    async countWaiting(handle: Handle): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from cases
        where state <> 'closed'`.execute(handle)
      return rows[0]?.count ?? 0
    },

    /** Of simultaneous closings one does it. */
    async close(
      tx: Tx,
      end: { id: CaseId; reason: CaseCloseReason; by: Actor; at: Date },
    ): Promise<{ person: PersonId } | undefined> {
      const { rows } = await sql<{ person: PersonId }>`update cases
        set state = 'closed', closed_at = ${end.at}, closed_by = ${JSON.stringify(end.by)}::jsonb,
          close_reason = ${end.reason}
        where id = ${end.id} and state <> 'closed' returning person`.execute(tx)
      return rows[0]
    },

    async blank(tx: Tx, person: PersonId): Promise<void> {
      await sql`update cases set words = null where person = ${person}`.execute(tx)
    },

    /** Those about these connections; all of them with `all`. */
    async goingWith(
      tx: Tx,
      move: { from: PersonId; connections: readonly string[]; all: boolean },
    ): Promise<Pick<CaseRow, 'id' | 'words'>[]> {
      const { rows } = await sql<Pick<CaseRow, 'id' | 'words'>>`select id, words from cases
        where person = ${move.from} and (${move.all} or connection = any(${[...move.connections]}::text[]))
        order by id for update`.execute(tx)
      return rows
    },

    async give(tx: Tx, id: CaseId, to: { person: PersonId; words: Buffer | null }): Promise<void> {
      await sql`update cases set person = ${to.person}, words = ${to.words}::bytea where id = ${id}`.execute(tx)
    },

    async forgetClosed(handle: Handle, before: Date): Promise<void> {
      await sql`delete from cases where state = 'closed' and closed_at < ${before}`.execute(handle)
    },

    /** Counts a try of a network, and says how many there were since `from`. */
    async countTry(handle: Handle, attempt: { network: string; at: Instant; from: Instant }): Promise<number> {
      const [at, from] = [toDate(attempt.at), toDate(attempt.from)]
      const { rows } = await sql<{ tries: number }>`insert into case_code_tries (network, since, tries)
        values (${attempt.network}, ${at}, 1)
        on conflict (network) do update set
          tries = case when case_code_tries.since > ${from} then case_code_tries.tries + 1 else 1 end,
          since = case when case_code_tries.since > ${from} then case_code_tries.since else excluded.since end
        returning tries`.execute(handle)
      return rows[0]?.tries ?? 0
    },

    async forgetTries(handle: Handle, before: Date): Promise<void> {
      await sql`delete from case_code_tries where since < ${before}`.execute(handle)
    },
  }
}
