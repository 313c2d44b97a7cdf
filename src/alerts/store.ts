/** Every statement on `messages`, `message_deliveries`, `alert_choices` and `service_warnings`. */
import { sql } from 'kysely'
import type { ConnectionId, ContactId, MeansId, MessageId, PersonId, ServiceId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { DeliveryOutcome } from './mail.ts'

/** Facts about a person's own means, contacts and alerts of which they are told. */
export const meansNews = [
  'means.activated',
  'means.suspended',
  'means.resumed',
  'means.revoked',
  'means.renewed',
  'means.expires_soon',
  'means.expired',
  'means.password_set',
  'means.recovery_code_used',
  'means.locked',
  'means.unlocked',
  'means.counter_regressed',
  'means.activation_given',
  'contact.verified',
  'contact.removed',
  'alerts.turned_off',
  'alerts.turned_on',
] as const
export type MeansNews = (typeof meansNews)[number]
/** About one of them, or about the account; a reminder speaks of all that end. */
export type MeansChanged = Exclude<MeansNews, 'means.expires_soon'>

export type MessageKind = 'connection.unusual' | 'connection.suspicious' | MeansNews

/** What a message speaks of: a connection, a means, a contact, or the person where no one means is meant. */
export type Topic = ConnectionId | MeansId | ContactId | PersonId

export interface MessageRow {
  id: MessageId
  kind: MessageKind
  about: Topic
  person: PersonId
  at: Date
  /** This one included. */
  attempts: number
  /** Empty before the first try. `recipient` in base64. */
  deliveries: { position: number; recipient: string; state: 'waiting' | DeliveryOutcome }[]
}

export function createAlertStore() {
  return {
    /** False when this fact has its message already. */
    async insert(
      tx: Tx,
      row: { id: MessageId; kind: MessageKind; about: Topic; person: PersonId; codeMark: string; at: Date },
    ): Promise<boolean> {
      const { rows } = await sql`
        insert into messages (id, kind, about, person, code_mark, state, attempts, created_at)
        values (${row.id}, ${row.kind}, ${row.about}, ${row.person}, ${row.codeMark}, 'waiting', 0, ${row.at})
        on conflict do nothing returning id`.execute(tx)
      return rows.length === 1
    },

    /** Counts a try of a message that waits; undefined when there is nothing left to do. */
    async claim(handle: Handle, id: MessageId): Promise<MessageRow | undefined> {
      const { rows } = await sql<MessageRow>`
        update messages set attempts = attempts + 1 where id = ${id} and state = 'waiting'
        returning id, kind, about, person, created_at as at, attempts, (
          select coalesce(jsonb_agg(jsonb_build_object(
            'position', position, 'recipient', encode(recipient, 'base64'), 'state', state) order by position), '[]')
          from message_deliveries where message = messages.id
        ) as deliveries`.execute(handle)
      return rows[0]
    },

    async address(handle: Handle, message: MessageId, recipients: readonly Buffer[]): Promise<void> {
      const rows = recipients.map(
        (recipient, position) => sql`(${message}, ${position}, ${recipient}::bytea, 'waiting')`,
      )
      await sql`insert into message_deliveries (message, position, recipient, state) values ${sql.join(rows)}
        on conflict do nothing`.execute(handle)
    },

    /**
     * Ends one delivery, and the message with the last of them: sent if anybody was reached. Without a position it ends
     * all that wait. False when there was nothing to end, or, without a position, when somebody was reached before.
     */
    async settle(
      tx: Tx,
      end: { message: MessageId; position: number | null; outcome: DeliveryOutcome; copy: Buffer | null; at: Date },
    ): Promise<boolean> {
      const sentAt = end.outcome === 'sent' ? end.at : null
      const position = sql`${end.position}::smallint`
      const ending = sql`state = 'waiting' and position = coalesce(${position}, position)`
      const { rows } = await sql<{ ended: boolean }>`
        with delivery as (
          update message_deliveries set state = ${end.outcome}, copy = ${end.copy}::bytea,
            sent_at = ${sentAt}::timestamptz
          where message = ${end.message} and ${ending}
          returning position
        ), others as (
          select state from message_deliveries where message = ${end.message} and not (${ending})
        ), whole as (
          update messages
          set state = case when exists (select 1 from others where state = 'sent') then 'sent' else ${end.outcome} end
          where id = ${end.message} and state = 'waiting' and not exists (select 1 from others where state = 'waiting')
          returning state
        )
        select case when ${position} is null then exists (select 1 from whole where state = ${end.outcome})
          else exists (select 1 from delivery) end as ended`.execute(tx)
      return rows[0]?.ended === true
    },

    async byCodeMark(handle: Handle, codeMark: string) {
      const { rows } = await sql<{
        message: MessageId
        kind: MessageKind
        about: Topic
        person: PersonId
        at: Date
      }>`select id as message, kind, about, person, created_at as at from messages
        where code_mark = ${codeMark}`.execute(handle)
      return rows[0]
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from messages where person = ${person}`.execute(tx)
    },

    async give(tx: Tx, given: { from: PersonId; to: PersonId; about: string[] }): Promise<void> {
      await sql`update messages set person = ${given.to}
        where person = ${given.from} and about = any(${given.about})`.execute(tx)
    },

    /** `end` is an id of that instant: ids grow with time, so the primary key finds what has to go. */
    async expire(handle: Handle, end: MessageId, before: Date): Promise<number> {
      const { numAffectedRows } = await sql`
        delete from messages where id < ${end} and created_at < ${before}`.execute(handle)
      return Number(numAffectedRows ?? 0n)
    },
  }
}

/** R056: without a row, a person hears of all. */
export function createChoiceStore() {
  return {
    async isOff(handle: Handle, person: PersonId): Promise<boolean> {
      const { rows } = await sql<{ is_off: boolean }>`select is_off from alert_choices
        where person = ${person}`.execute(handle)
      return rows[0]?.is_off === true
    },

    /** False when it is so already. */
    async turn(tx: Tx, person: PersonId, isOff: boolean): Promise<boolean> {
      const { rows } = await sql`insert into alert_choices (person, is_off)
        select ${person}, ${isOff}::boolean where ${isOff}::boolean
          or exists (select 1 from alert_choices where person = ${person})
        on conflict (person) do update set is_off = excluded.is_off where alert_choices.is_off <> excluded.is_off
        returning person`.execute(tx)
      return rows.length === 1
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from alert_choices where person = ${person}`.execute(tx)
    },
  }
}

export function createWarningStore() {
  return {
    /** What stands now takes the place of what stood; returns the services of which something is new. */
    async replace(tx: Tx, warnings: readonly { service: ServiceId; code: string }[], at: Date): Promise<ServiceId[]> {
      await sql`select pg_advisory_xact_lock(hashtextextended('service warnings', 0))`.execute(tx)
      const present = sql`select service, code from jsonb_to_recordset(${JSON.stringify(warnings)}::jsonb)
        as present (service text, code text)`
      await sql`delete from service_warnings where (service, code) not in (${present})`.execute(tx)
      const { rows } = await sql<{ service: ServiceId }>`insert into service_warnings (service, code, since)
        select distinct service, code, ${at}::timestamptz from (${present}) as present
        on conflict do nothing returning service`.execute(tx)
      return rows.map(({ service }) => service)
    },
  }
}
