/** Every statement on the tables of staff: `staff_accounts`, `staff_invitations`, `staff_sessions`, `contact_checks`. */
import { sql } from 'kysely'
import type { EnrolmentId, MeansId, PersonId, StaffId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { AccountState, Kind, SessionEnd } from './staff.ts'

export interface AccountRow {
  id: string
  kind: Kind
  person: PersonId
  partner: string | null
  state: AccountState
  name: Buffer
  mail: Buffer | null
  language: Language | null
  roles: string[]
  enrolment: EnrolmentId
  invited_at: Date
  changed_at: Date
  erased_at: Date | null
  last_sign_in_at: Date | null
}

export interface SessionRow {
  id: string
  account: string
  person: PersonId
  partner: string | null
  roles: string[]
  means: MeansId
  started_at: Date
  previous_sign_in_at: Date | null
}

export interface EndedRow {
  id: string
  account: string
}

/** A session is live while it was seen, and started, after these. */
export interface Limits {
  seenAfter: Date
  startedAfter: Date
}

/** The statements on accounts of one kind, and on what belongs to them; those of the other kind are never met. */
export function createStaffStore(kind: Kind) {
  return {
    // ── Accounts ────────────────────────────────────────────────────────────────────────────────────────────────────

    async insertAccount(
      tx: Tx,
      row: Pick<AccountRow, 'id' | 'person' | 'partner' | 'name' | 'mail' | 'language' | 'roles' | 'enrolment'> & {
        at: Date
      },
    ): Promise<void> {
      await sql`insert into staff_accounts
          (id, kind, person, partner, state, name, mail, language, roles, enrolment, invited_at, changed_at)
        values (${row.id}, ${kind}, ${row.person}, ${row.partner}, 'invited', ${row.name}, ${row.mail}, ${row.language},
          ${row.roles}, ${row.enrolment}, ${row.at}, ${row.at})`.execute(tx)
    },

    async account(handle: Handle, id: string): Promise<AccountRow | undefined> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts
        where id = ${id} and kind = ${kind}`.execute(handle)
      return rows[0]
    },

    /** One account, locked until the transaction ends. */
    async lockAccount(tx: Tx, id: string): Promise<AccountRow | undefined> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts
        where id = ${id} and kind = ${kind} for update`.execute(tx)
      return rows[0]
    },

    /** Those of a partner who are not removed, locked until the transaction ends, always in the same order. */
    async lockTeam(tx: Tx, partner: string): Promise<AccountRow[]> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts
        where partner = ${partner} and kind = ${kind} and state <> 'removed' order by id for update`.execute(tx)
      return rows
    },

    /** One account, which nobody changes until the transaction ends; others may read it the same way. */
    async keepAccount(tx: Tx, id: string): Promise<AccountRow | undefined> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts
        where id = ${id} and kind = ${kind} for share`.execute(tx)
      return rows[0]
    },

    async byPerson(handle: Handle, person: PersonId): Promise<AccountRow | undefined> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts
        where person = ${person} and kind = ${kind}`.execute(handle)
      return rows[0]
    },

    /** Those who can still be named, in the order of their invitation; of one partner when it is given. */
    async all(handle: Handle, partner?: string): Promise<AccountRow[]> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts
        where kind = ${kind} and erased_at is null and (${partner ?? null}::text is null or partner = ${partner ?? null})
        order by invited_at, id`.execute(handle)
      return rows
    },

    async setState(tx: Tx, id: string, state: AccountState, at: Date): Promise<void> {
      await sql`update staff_accounts set state = ${state}, changed_at = ${at} where id = ${id}`.execute(tx)
    },

    async setRoles(tx: Tx, id: string, roles: readonly string[], at: Date): Promise<void> {
      await sql`update staff_accounts set roles = ${[...roles]}::text[], changed_at = ${at} where id = ${id}`.execute(
        tx,
      )
    },

    async setMail(tx: Tx, id: string, { mail, language }: { mail: Buffer; language: Language }): Promise<void> {
      await sql`update staff_accounts set mail = ${mail}, language = ${language} where id = ${id}`.execute(tx)
    },

    /** Those who never came, the last link of whom is over since `before`. */
    async neverCame(tx: Tx, before: Date): Promise<AccountRow[]> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts a
        where a.kind = ${kind} and a.state = 'invited' and not exists (
          select 1 from staff_invitations i where i.account = a.id and i.expires_at > ${before})
        for update skip locked`.execute(tx)
      return rows
    },

    async removedBefore(tx: Tx, before: Date): Promise<AccountRow[]> {
      const { rows } = await sql<AccountRow>`select * from staff_accounts
        where kind = ${kind} and state = 'removed' and erased_at is null and changed_at < ${before}
        for update skip locked`.execute(tx)
      return rows
    },

    async setErased(tx: Tx, id: string, at: Date): Promise<void> {
      await sql`update staff_accounts set erased_at = ${at}, name = ''::bytea, mail = null where id = ${id}`.execute(tx)
    },

    // ── Invitations ─────────────────────────────────────────────────────────────────────────────────────────────────

    /** The new link, and the end of those given before it. */
    async putInvitation(tx: Tx, row: { tokenHash: string; account: string; at: Date; expiresAt: Date }): Promise<void> {
      await this.withdrawInvitations(tx, row.account)
      await sql`insert into staff_invitations (token_hash, account, created_at, expires_at)
        values (${row.tokenHash}, ${row.account}, ${row.at}, ${row.expiresAt})`.execute(tx)
    },

    async withdrawInvitations(tx: Tx, account: string): Promise<void> {
      await sql`delete from staff_invitations where account = ${account} and used_at is null`.execute(tx)
    },

    /** Whose link this is while it can be used: reading only. */
    async invitation(handle: Handle, tokenHash: string, at: Date): Promise<AccountRow | undefined> {
      const { rows } = await sql<AccountRow>`select a.* from staff_invitations i
        join staff_accounts a on a.id = i.account
        where i.token_hash = ${tokenHash} and i.used_at is null and i.expires_at > ${at}
          and a.kind = ${kind} and a.state <> 'removed'`.execute(handle)
      return rows[0]
    },

    /** Uses the link up: of simultaneous callers one is told so, the others wait for its transaction and are told no. */
    async takeInvitation(tx: Tx, tokenHash: string, at: Date): Promise<boolean> {
      const { rows } = await sql`update staff_invitations set used_at = ${at}
        where token_hash = ${tokenHash} and used_at is null and expires_at > ${at} returning account`.execute(tx)
      return rows.length === 1
    },

    // ── Sessions ────────────────────────────────────────────────────────────────────────────────────────────────────

    /** A session for somebody who is in office at this instant; false for nobody else. */
    async insertSession(
      tx: Tx,
      row: { id: string; secretHash: string; account: string; means: MeansId; at: Date },
    ): Promise<boolean> {
      // The row that is read is the one before the update: its last sign-in is the previous one.
      const { rows } = await sql`with before as (
          select id, last_sign_in_at from staff_accounts
          where id = ${row.account} and kind = ${kind} and state = 'active' for update
        ), noted as (
          update staff_accounts a set last_sign_in_at = ${row.at} from before where a.id = before.id
        )
        insert into staff_sessions (id, secret_hash, account, means, previous_sign_in_at, started_at, last_seen_at)
        select ${row.id}, ${row.secretHash}, id, ${row.means}, last_sign_in_at, ${row.at}, ${row.at} from before
        returning id`.execute(tx)
      return rows.length === 1
    },

    /** Finds a live session of somebody in office, and notes that it was used, in one statement. */
    async useSession(handle: Handle, use: Limits & { secretHash: string; at: Date }): Promise<SessionRow | undefined> {
      const { rows } = await sql<SessionRow>`update staff_sessions s set last_seen_at = ${use.at}
        from staff_accounts a
        where s.secret_hash = ${use.secretHash} and s.ended_at is null
          and s.last_seen_at > ${use.seenAfter} and s.started_at > ${use.startedAfter}
          and a.id = s.account and a.kind = ${kind} and a.state = 'active'
        returning s.id, s.account, a.person, a.partner, a.roles, s.means, s.started_at, s.previous_sign_in_at`.execute(
        handle,
      )
      return rows[0]
    },

    async endSession(tx: Tx, ended: { secretHash: string; reason: SessionEnd; at: Date }): Promise<EndedRow[]> {
      const { rows } =
        await sql<EndedRow>`update staff_sessions s set ended_at = ${ended.at}, end_reason = ${ended.reason}
        from staff_accounts a
        where s.secret_hash = ${ended.secretHash} and s.ended_at is null and a.id = s.account and a.kind = ${kind}
        returning s.id, s.account`.execute(tx)
      return rows
    },

    async endSessionsOf(tx: Tx, ended: { account: string; reason: SessionEnd; at: Date }): Promise<EndedRow[]> {
      const { rows } =
        await sql<EndedRow>`update staff_sessions set ended_at = ${ended.at}, end_reason = ${ended.reason}
        where account = ${ended.account} and ended_at is null returning id, account`.execute(tx)
      return rows
    },

    async endOver(tx: Tx, { seenAfter, startedAfter }: Limits, at: Date): Promise<EndedRow[]> {
      const { rows } = await sql<EndedRow>`update staff_sessions set ended_at = ${at}, end_reason = 'expired'
        where id in (
          select s.id from staff_sessions s join staff_accounts a on a.id = s.account
          where a.kind = ${kind} and s.ended_at is null
            and (s.last_seen_at <= ${seenAfter} or s.started_at <= ${startedAfter})
          for update of s skip locked)
        returning id, account`.execute(tx)
      return rows
    },

    async forgetEnded(tx: Tx, before: Date): Promise<void> {
      await sql`delete from staff_sessions s using staff_accounts a
        where s.ended_at < ${before} and a.id = s.account and a.kind = ${kind}`.execute(tx)
    },
  }
}

export type StaffStore = ReturnType<typeof createStaffStore>

export interface ContactCheckRow {
  partner: string
  due_at: Date
  /** Days before the end at which it was last asked for. */
  asked: number | null
  confirmed_at: Date | null
  confirmed_by: StaffId | null
  mailbox: string | null
}

export function createContactCheckStore() {
  const columns = sql`partner, due_at, asked, confirmed_at, confirmed_by, mailbox`
  return {
    /** Security contacts in office, of one partner or of all, in the order of their ids. */
    async contacts(handle: Handle, partner?: string): Promise<{ id: StaffId; partner: string }[]> {
      const { rows } = await sql<{ id: StaffId; partner: string }>`select id, partner from staff_accounts
        where kind = 'partner' and state = 'active' and 'security_contact' = any(roles)
          ${partner === undefined ? sql`` : sql`and partner = ${partner}`}
        order by id`.execute(handle)
      return rows
    },

    async find(handle: Handle, partner: string): Promise<ContactCheckRow | undefined> {
      const { rows } = await sql<ContactCheckRow>`select ${columns} from contact_checks
        where partner = ${partner}`.execute(handle)
      return rows[0]
    },

    async all(handle: Handle): Promise<ContactCheckRow[]> {
      return (await sql<ContactCheckRow>`select ${columns} from contact_checks`.execute(handle)).rows
    },

    /** Of two processes that sweep, one waits, and finds what was done. */
    async lockAll(tx: Tx): Promise<ContactCheckRow[]> {
      await sql`select pg_advisory_xact_lock(hashtextextended('contact checks', 0))`.execute(tx)
      return (await sql<ContactCheckRow>`select ${columns} from contact_checks order by partner for update`.execute(tx))
        .rows
    },

    async keep(tx: Tx, partners: readonly string[]): Promise<void> {
      await sql`delete from contact_checks where not partner = any(${[...partners]}::text[])`.execute(tx)
    },

    /** A first term, or another one for a mailbox that is not the one that was confirmed. */
    async begin(tx: Tx, partner: string, dueAt: Date): Promise<void> {
      await sql`insert into contact_checks (partner, due_at) values (${partner}, ${dueAt})
        on conflict (partner) do update set due_at = excluded.due_at, asked = null`.execute(tx)
    },

    async asked(tx: Tx, partner: string, days: number): Promise<void> {
      await sql`update contact_checks set asked = ${days} where partner = ${partner}`.execute(tx)
    },

    /** Of two who confirm the same at once, one does. */
    async confirm(
      tx: Tx,
      given: { partner: string; before: Date | null; at: Date; by: StaffId; mailbox: string | null; dueAt: Date },
    ): Promise<boolean> {
      const { rows } = await sql`insert into contact_checks (partner, due_at, confirmed_at, confirmed_by, mailbox)
        values (${given.partner}, ${given.dueAt}, ${given.at}, ${given.by}, ${given.mailbox})
        on conflict (partner) do update set due_at = excluded.due_at, asked = null, mailbox = excluded.mailbox,
          confirmed_at = excluded.confirmed_at, confirmed_by = excluded.confirmed_by
        where contact_checks.confirmed_at is not distinct from ${given.before}::timestamptz
        returning partner`.execute(tx)
      return rows.length === 1
    },
  }
}
