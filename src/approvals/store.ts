/**
 * Every statement on the table of approvals. What a change needs to know rests sealed where it names people, and is
 * wiped when the change is over.
 */
import { sql } from 'kysely'
import type { ApprovalKind } from '../audit/facts.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ApprovalId, OperatorId } from '../kernel/ids.ts'
import { seal, unseal } from '../kernel/secrets.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Approval, ApprovalState, Asker } from './approvals.ts'
import { namesPeople } from './kinds.ts'

interface ApprovalRow {
  id: ApprovalId
  kind: ApprovalKind
  about: string
  parameters: object | null
  sealed: Buffer | null
  reason: string
  state: ApprovalState
  asked_by: Asker
  barred: OperatorId[]
  asked_at: Date
  expires_at: Date
  decided_by: OperatorId | null
  decided_at: Date | null
  answer: string | null
}

export type NewRow = Pick<Approval, 'id' | 'about' | 'reason' | 'askedBy' | 'barred' | 'askedAt' | 'expiresAt'> & {
  kind: ApprovalKind
  parameters: object
}

export type ApprovalsStore = ReturnType<typeof createApprovalsStore>

export function createApprovalsStore({ key }: { key: Buffer }) {
  const place = (id: ApprovalId) => `garant approvals ${id}`

  function approvalOf(row: ApprovalRow): Approval {
    const parameters = row.sealed ? JSON.parse(String(unseal(key, row.sealed, place(row.id)))) : row.parameters
    return {
      id: row.id,
      kind: row.kind,
      ...(parameters ? { parameters } : {}),
      about: row.about,
      reason: row.reason,
      state: row.state,
      askedBy: row.asked_by,
      barred: row.barred,
      askedAt: row.asked_at.getTime(),
      expiresAt: row.expires_at.getTime(),
      ...(row.decided_by ? { decidedBy: row.decided_by } : {}),
      ...(row.decided_at ? { decidedAt: row.decided_at.getTime() } : {}),
      ...(row.answer === null ? {} : { answer: row.answer }),
    } as Approval
  }

  const one = ({ rows: [row] }: { rows: ApprovalRow[] }) => row && approvalOf(row)

  return {
    /** Undefined when one of that id is there already, or one of that kind waits about the same thing. */
    async insert(tx: Tx, given: NewRow): Promise<Approval | undefined> {
      const text = JSON.stringify(given.parameters)
      const [clear, sealed] = namesPeople(given.kind) ? [null, seal(key, text, place(given.id))] : [text, null]
      return one(
        await sql<ApprovalRow>`insert into approvals
            (id, kind, about, parameters, sealed, reason, state, asked_by, barred, asked_at, expires_at)
          values (${given.id}, ${given.kind}, ${given.about}, ${clear}::text::jsonb, ${sealed}, ${given.reason},
            'pending', ${JSON.stringify(given.askedBy)}::text::jsonb, ${[...given.barred]}::text[],
            ${toDate(given.askedAt)}, ${toDate(given.expiresAt)})
          on conflict do nothing returning *`.execute(tx),
      )
    },

    /** The one of that id, or the one of that kind that waits about the same thing. */
    async known(tx: Tx, { id, kind, about }: Pick<Approval, 'id' | 'kind' | 'about'>): Promise<Approval | undefined> {
      return one(
        await sql<ApprovalRow>`select * from approvals
          where id = ${id} or (kind = ${kind} and about = ${about} and state = 'pending')
          order by id = ${id} desc limit 1`.execute(tx),
      )
    },

    async find(handle: Handle, id: string): Promise<Approval | undefined> {
      return one(await sql<ApprovalRow>`select * from approvals where id = ${id}`.execute(handle))
    },

    /** Those that can still be answered, the oldest first. */
    async waiting(handle: Handle, now: Instant): Promise<Approval[]> {
      const { rows } = await sql<ApprovalRow>`select * from approvals
        where state = 'pending' and expires_at > ${toDate(now)} order by asked_at, id`.execute(handle)
      return rows.map(approvalOf)
    },

    /** Those that are over, the newest first, from a place on. */
    async past(
      handle: Handle,
      { after, limit }: { after?: { at: Instant; id: string }; limit: number },
    ): Promise<Approval[]> {
      const from = after ? sql`and (decided_at, id) < (${toDate(after.at)}::timestamptz, ${after.id})` : sql``
      const { rows } = await sql<ApprovalRow>`select * from approvals
        where state <> 'pending' ${from} order by decided_at desc, id desc limit ${limit}`.execute(handle)
      return rows.map(approvalOf)
    },

    /** Confirms what waits: by nobody who asked, once, in time. The answer is the proof. */
    async confirm(tx: Tx, given: { id: ApprovalId; by: OperatorId; at: Instant }): Promise<Approval | undefined> {
      const { id, by, at } = given
      return one(
        await sql<ApprovalRow>`update approvals
          set state = 'confirmed', decided_by = ${by}, decided_at = ${toDate(at)}, sealed = null
          where id = ${id} and state = 'pending' and expires_at > ${toDate(at)} and ${by} <> all (barred)
          returning *`.execute(tx),
      )
    },

    async decline(
      tx: Tx,
      given: { id: ApprovalId; by: OperatorId; at: Instant; answer: string },
    ): Promise<Approval | undefined> {
      const { id, by, at, answer } = given
      return one(
        await sql<ApprovalRow>`update approvals
          set state = 'declined', decided_by = ${by}, decided_at = ${toDate(at)}, answer = ${answer}, sealed = null
          where id = ${id} and state = 'pending' and expires_at > ${toDate(at)} and ${by} <> all (barred)
          returning *`.execute(tx),
      )
    },

    /** One by its id, or all that somebody asked. */
    async withdraw(tx: Tx, { id, by, at }: { id?: ApprovalId; by: Asker; at: Instant }): Promise<Approval[]> {
      const which = id === undefined ? sql`true` : sql`id = ${id}`
      const { rows } = await sql<ApprovalRow>`update approvals
        set state = 'withdrawn', decided_at = ${toDate(at)}, sealed = null
        where ${which} and state = 'pending' and expires_at > ${toDate(at)}
          and asked_by = ${JSON.stringify(by)}::text::jsonb
        returning *`.execute(tx)
      return rows.map(approvalOf)
    },

    /** Ends those whose time is over, at the end of their time. */
    async expire(tx: Tx, now: Instant): Promise<Approval[]> {
      const { rows } = await sql<ApprovalRow>`update approvals
        set state = 'expired', decided_at = expires_at, sealed = null
        where state = 'pending' and expires_at <= ${toDate(now)} returning *`.execute(tx)
      return rows.map(approvalOf)
    },

    async forget(handle: Handle, before: Instant): Promise<void> {
      await sql`delete from approvals where decided_at < ${toDate(before)}`.execute(handle)
    },
  }
}
