/**
 * Every statement on `messages`, `message_deliveries`, `alert_choices`, `message_checks`, `message_check_networks`,
 * `mandate_news` and `service_warnings`.
 */
import { sql } from 'kysely'
import { type Instant, toDate } from '../kernel/clock.ts'
import type {
  CaseId,
  CollisionId,
  ConnectionId,
  ContactId,
  LinkId,
  MandateId,
  MeansId,
  MessageId,
  OrganisationId,
  PersonId,
  PhoneId,
  ProviderId,
  ServiceId,
} from '../kernel/ids.ts'
import type { CaseCloseReason, Verdict } from '../policy/case-flow.ts'
import type { Side } from '../policy/mandate.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import { caseNews, type MandateNews, type MessageKind } from './audience.ts'
import type { DeliveryOutcome } from './mail.ts'

/** What a message speaks of: a connection, a means, a contact, an account, a case; or the person where no one thing is meant. */
export type Topic =
  | ConnectionId
  | MeansId
  | PhoneId
  | ContactId
  | LinkId
  | PersonId
  | CollisionId
  | CaseId
  | OrganisationId

/** Of which sign-ins a mailbox hears: of each, of those out of the ordinary, of those that nobody can silence. */
export const hearings = ['every', 'unusual', 'serious'] as const
export type Hearing = (typeof hearings)[number]

/** What a letter needs besides what it is about; copied from the fact. */
export interface Details {
  providers?: ProviderId[]
  /** Those that are attached from now on as well. */
  future?: boolean
  /** Instant from which the change holds. */
  from?: Instant
  origin?: 'person' | 'operators'
  hears?: Hearing
  /** ISO 3166-1 alpha-2 of where somebody asked for it. */
  country?: string
  /** Of a case. */
  verdict?: Verdict
  reason?: CaseCloseReason
  /** Those that a letter names, and how many it is about. */
  mandates?: MandateId[]
  count?: number
  /** On which side of them the reader is. */
  side?: Side
  /** Why one ended, was suspended or refused. */
  why?: string
  /** Until its end. */
  days?: number
  unusual?: string[]
}

export interface NewMessage {
  id: MessageId
  kind: MessageKind
  about: Topic | null
  person: PersonId | null
  codeMark: string | null
  channel?: 'email' | 'sms'
  provider?: ProviderId | null
  details?: Details
  at: Date
}

export interface MessageRow {
  id: MessageId
  kind: MessageKind
  about: Topic | null
  person: PersonId | null
  provider: ProviderId | null
  details: Details
  at: Date
  /** This one included. */
  attempts: number
  /** Empty before the first try. `recipient` in base64. */
  deliveries: { position: number; recipient: string; state: 'waiting' | DeliveryOutcome }[]
}

/** A delivery as it rests; `copy` is null where nothing left. */
export interface CopyRow {
  position: number
  recipient: Buffer | null
  state: 'waiting' | DeliveryOutcome
  copy: Buffer | null
  sent_at: Date | null
}

export interface KeptRow {
  id: MessageId
  kind: MessageKind
  channel: 'email' | 'sms'
  provider: ProviderId | null
  has_code: boolean
  at: Date
}

export function createAlertStore() {
  return {
    /** In one statement. Returns those that were not there: a fact may have its message already. */
    async insert(tx: Tx, messages: readonly NewMessage[]): Promise<MessageId[]> {
      if (messages.length === 0) return []
      const { rows } = await sql<{ id: MessageId }>`
        insert into messages (id, kind, about, person, code_mark, channel, provider, details, state, attempts, created_at)
        select id, kind, about, person, "codeMark", coalesce(channel, 'email'), provider, coalesce(details, '{}'),
          'waiting', 0, at
        from jsonb_to_recordset(${JSON.stringify(messages)}::jsonb) as given (id text, kind text, about text, person text,
          "codeMark" text, channel text, provider text, details jsonb, at timestamptz)
        on conflict do nothing returning id`.execute(tx)
      return rows.map(({ id }) => id)
    },

    /** The last that somebody was told about a case; of one instant, what comes later in a case. */
    async lastOfCase(tx: Tx, about: CaseId): Promise<{ kind: MessageKind; person: PersonId | null } | undefined> {
      const { rows } = await sql<{ kind: MessageKind; person: PersonId | null }>`select kind, person from messages
        where about = ${about} and kind like 'case.%'
        order by created_at desc, array_position(${[...caseNews]}::text[], kind) desc limit 1`.execute(tx)
      return rows[0]
    },

    /** Counts a try of a message that waits; undefined when there is nothing left to do. */
    async claim(handle: Handle, id: MessageId): Promise<MessageRow | undefined> {
      const { rows } = await sql<MessageRow>`
        update messages set attempts = attempts + 1 where id = ${id} and state = 'waiting'
        returning id, kind, about, person, provider, details, created_at as at, attempts, (
          select coalesce(jsonb_agg(jsonb_build_object(
            'position', position, 'recipient', encode(recipient, 'base64'), 'state', state) order by position), '[]')
          from message_deliveries where message = messages.id
        ) as deliveries`.execute(handle)
      return rows[0]
    },

    async address(
      handle: Handle,
      message: MessageId,
      recipients: readonly { sealed: Buffer; addressMark: string | null }[],
    ): Promise<void> {
      const rows = recipients.map(
        ({ sealed, addressMark }, position) =>
          sql`(${message}, ${position}, ${sealed}::bytea, ${addressMark}, 'waiting')`,
      )
      await sql`insert into message_deliveries (message, position, recipient, address_mark, state)
        values ${sql.join(rows)} on conflict do nothing`.execute(handle)
    },

    /**
     * Ends one delivery, and the message with the last of them: sent if anybody was reached. Without a position it ends
     * all that wait. False when there was nothing to end, or, without a position, when somebody was reached before. Of
     * a message that is nobody's any more, neither the address nor the text is kept.
     */
    async settle(
      tx: Tx,
      end: { message: MessageId; position: number | null; outcome: DeliveryOutcome; copy: Buffer | null; at: Date },
    ): Promise<boolean> {
      const sentAt = end.outcome === 'sent' ? end.at : null
      const position = sql`${end.position}::smallint`
      const ending = sql`state = 'waiting' and position = coalesce(${position}, position)`
      const isOfPerson = sql`exists (select 1 from messages where id = ${end.message} and person is not null)`
      const { rows } = await sql<{ ended: boolean }>`
        with delivery as (
          update message_deliveries set state = ${end.outcome}, sent_at = ${sentAt}::timestamptz,
            copy = case when ${isOfPerson} then ${end.copy}::bytea end,
            recipient = case when ${isOfPerson} then recipient end
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

    /** One that turned out to be for nobody. */
    async drop(handle: Handle, message: MessageId): Promise<void> {
      await sql`delete from messages where id = ${message} and state = 'waiting'`.execute(handle)
    },

    async byCodeMark(handle: Handle, codeMark: string) {
      const { rows } = await sql<{
        message: MessageId
        kind: MessageKind
        about: Topic | null
        person: PersonId | null
        at: Date
      }>`select id as message, kind, about, person, created_at as at from messages
        where code_mark = ${codeMark}`.execute(handle)
      return rows[0]
    },

    // ── Copies ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Of one person, the newest first; with a provider only those about it. */
    async kept(
      handle: Handle,
      wanted: { person: PersonId; provider: ProviderId | null; before: MessageId | null; limit: number },
    ): Promise<KeptRow[]> {
      const { person, provider, before, limit } = wanted
      const { rows } = await sql<KeptRow>`
        select id, kind, channel, provider, code_mark is not null as has_code, created_at as at from messages
        where person = ${person} and (${before}::text is null or id < ${before}::text)
          and (${provider}::text is null or provider = ${provider}::text)
        order by id desc limit ${limit}::int`.execute(handle)
      return rows
    },

    async countOf(handle: Handle, person: PersonId, provider: ProviderId | null) {
      const { rows } = await sql<{ all: number; shown: number }>`select count(*)::int as all,
          count(*) filter (where ${provider}::text is null or provider = ${provider}::text)::int as shown
        from messages where person = ${person}`.execute(handle)
      return rows[0] ?? { all: 0, shown: 0 }
    },

    /** Through its owner. */
    async one(handle: Handle, person: PersonId, by: { id: MessageId } | { codeMark: string }) {
      const which = 'id' in by ? sql`id = ${by.id}` : sql`code_mark = ${by.codeMark}`
      const { rows } = await sql<KeptRow>`
        select id, kind, channel, provider, code_mark is not null as has_code, created_at as at from messages
        where person = ${person} and ${which}`.execute(handle)
      return rows[0]
    },

    async copies(handle: Handle, messages: readonly MessageId[]): Promise<(CopyRow & { message: MessageId })[]> {
      if (messages.length === 0) return []
      const { rows } = await sql<CopyRow & { message: MessageId }>`
        select message, position, recipient, state, copy, sent_at from message_deliveries
        where message = any(${[...messages]}) order by message, position`.execute(handle)
      return rows
    },

    // ── Whose it is ───────────────────────────────────────────────────────────────────────────────────────────────────

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

/** R056: without a row, a mailbox hears of unusual sign-ins. `''` stands for what providers assert. */
export function createChoiceStore() {
  return {
    async of(handle: Handle, person: PersonId): Promise<{ contact: ContactId | ''; hears: Hearing }[]> {
      const { rows } = await sql<{ contact: ContactId | ''; hears: Hearing }>`
        select contact, hears from alert_choices where person = ${person}`.execute(handle)
      return rows
    },

    /** What was so before, when it is so no more. Of simultaneous callers one changes it. */
    async turn(tx: Tx, person: PersonId, contact: ContactId | '', hears: Hearing): Promise<Hearing | undefined> {
      await sql`insert into alert_choices (person, contact, hears) values (${person}, ${contact}, 'unusual')
        on conflict do nothing`.execute(tx)
      const { rows } = await sql<{ hears: Hearing }>`select hears from alert_choices
        where person = ${person} and contact = ${contact} for update`.execute(tx)
      const before = rows[0]?.hears
      if (before === undefined || before === hears) return undefined
      await sql`update alert_choices set hears = ${hears}
        where person = ${person} and contact = ${contact}`.execute(tx)
      return before
    },

    async anybodyHearsEvery(handle: Handle): Promise<boolean> {
      const { rows } = await sql`select 1 from alert_choices where hears = 'every' limit 1`.execute(handle)
      return rows.length > 0
    },

    async hearingEvery(handle: Handle, people: readonly PersonId[]): Promise<PersonId[]> {
      const { rows } = await sql<{ person: PersonId }>`select distinct person from alert_choices
        where person = any (${[...people]}::text[]) and hears = 'every'`.execute(handle)
      return rows.map(({ person }) => person)
    },

    /** A contact that was removed chooses nothing any more. */
    async removed(tx: Tx, person: PersonId, contact: ContactId): Promise<void> {
      await sql`delete from alert_choices where person = ${person} and contact = ${contact}`.execute(tx)
    },

    async give(tx: Tx, given: { from: PersonId; to: PersonId; contacts: readonly ContactId[] }): Promise<void> {
      await sql`update alert_choices set person = ${given.to}
        where person = ${given.from} and contact = any(${[...given.contacts]})`.execute(tx)
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from alert_choices where person = ${person}`.execute(tx)
    },
  }
}

export function createCheckStore() {
  return {
    /** Of simultaneous questions about one code, one after the other. */
    async lockCode(tx: Tx, codeMark: string): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`message code ${codeMark}`}, 0))`.execute(tx)
    },

    /** Counts a question of a network in an hour; returns how many there are with it. */
    async countNetwork(tx: Tx, network: string, hour: Instant): Promise<number> {
      const { rows } = await sql<{ tries: number }>`
        insert into message_check_networks (network, hour, tries) values (${network}, ${toDate(hour)}, 1)
        on conflict (network) do update set hour = excluded.hour,
          tries = case when message_check_networks.hour = excluded.hour then message_check_networks.tries + 1 else 1 end
        returning tries`.execute(tx)
      return rows[0]?.tries ?? 0
    },

    /** Addresses with which this code was asked about since, and whether this is one of them. */
    async tried(tx: Tx, codeMark: string, addressMark: string, since: Instant) {
      const { rows } = await sql<{ addresses: number; known: boolean }>`select count(*)::int as addresses,
          coalesce(bool_or(address_mark = ${addressMark}), false) as known
        from message_checks where code_mark = ${codeMark} and checked_at > ${toDate(since)}`.execute(tx)
      return rows[0] ?? { addresses: 0, known: false }
    },

    /** One row, whatever there is: the message of the code, and when it left for this address, if it did. */
    async find(tx: Tx, codeMark: string, addressMark: string) {
      const { rows } = await sql<{
        message: MessageId | null
        kind: MessageKind | null
        delivered: boolean
        at: Date | null
      }>`select m.id as message, m.kind, d.message is not null as delivered, coalesce(d.sent_at, m.created_at) as at
        from (select 1) one left join messages m on m.code_mark = ${codeMark}
        left join message_deliveries d on d.message = m.id and d.address_mark = ${addressMark}
        limit 1`.execute(tx)
      return rows[0]
    },

    async note(
      tx: Tx,
      row: { codeMark: string; addressMark: string; message: MessageId | null; at: Instant },
    ): Promise<void> {
      await sql`insert into message_checks (code_mark, address_mark, message, checked_at)
        values (${row.codeMark}, ${row.addressMark}, ${row.message}, ${toDate(row.at)})
        on conflict (code_mark, address_mark) do update set checked_at = excluded.checked_at`.execute(tx)
    },

    /** Codes of ours that were asked about with that many addresses since, and with how many in all. */
    async misused(handle: Handle, since: Instant, from: number): Promise<{ codes: number; addresses: number }> {
      const { rows } = await sql<{ codes: number; addresses: number }>`
        select count(*)::int as codes, coalesce(sum(addresses), 0)::int as addresses from (
          select count(*) as addresses from message_checks
          where message is not null and checked_at > ${toDate(since)}
          group by message having count(*) >= ${from}::int) misused`.execute(handle)
      return rows[0] ?? { codes: 0, addresses: 0 }
    },

    async forget(handle: Handle, before: { checks: Instant; networks: Instant }): Promise<void> {
      await sql`delete from message_checks where checked_at <= ${toDate(before.checks)}`.execute(handle)
      await sql`delete from message_check_networks where hour <= ${toDate(before.networks)}`.execute(handle)
    },
  }
}

export interface WaitingNews {
  kind: MandateNews
  mandate: MandateId
  details: Details
}

/** What is to be told of mandates. */
export function createMandateNewsStore() {
  return {
    /** What is new of the same kind takes the place of what was not told yet. */
    async note(tx: Tx, { kind, mandate, details, at }: WaitingNews & { at: Date }): Promise<void> {
      await sql`insert into mandate_news (mandate, kind, at, details)
        values (${mandate}, ${kind}, ${at}, ${JSON.stringify(details)}::jsonb)
        on conflict (mandate, kind) do update set at = excluded.at, details = excluded.details`.execute(tx)
    },

    /** The oldest first. */
    async waiting(handle: Handle, limit: number): Promise<WaitingNews[]> {
      const { rows } = await sql<WaitingNews>`select mandate, kind, details from mandate_news
        order by at, mandate limit ${limit}::int`.execute(handle)
      return rows
    },

    /** Of simultaneous callers each gets what the others do not. */
    async take(tx: Tx, some: readonly Pick<WaitingNews, 'mandate' | 'kind'>[]): Promise<string[]> {
      const { rows } = await sql<{ key: string }>`delete from mandate_news where (mandate, kind) in (
          select * from unnest(${some.map(({ mandate }) => mandate)}::text[], ${some.map(({ kind }) => kind)}::text[])
        ) returning mandate || ' ' || kind as key`.execute(tx)
      return rows.map(({ key }) => key)
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
