/**
 * Every statement on the tables of requests for help and their answers. What people and operators wrote is sealed; the
 * place of each text is part of what is authenticated.
 */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { SupportAnswerId, SupportRequestId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { keyedHash, seal, unseal } from '../kernel/secrets.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { Answer, RequestLine, SupportRequest } from './support.ts'
import type { Audience, CloseReason, Situation } from './vocabulary.ts'

interface LineRow {
  id: SupportRequestId
  number: string
  state: 'open' | 'closed'
  audience: Audience
  situation: Situation
  language: Language
  received_at: Date
  changed_at: Date
  version: number
  answers: number
}

interface RequestRow extends LineRow {
  sealed: Buffer
  closed_by: Actor | null
  close_reason: CloseReason | null
}

interface AnswerRow {
  id: SupportAnswerId
  request: SupportRequestId
  sealed: Buffer
  answered_by: Actor
  answered_at: Date
  sent_at: Date | null
  failed_at: Date | null
}

/** What rests sealed. */
export interface Written {
  text: string
  /** As it was typed. */
  reference?: string
  address?: string
}

export type NewRow = Pick<SupportRequest, 'id' | 'number' | 'audience' | 'situation' | 'language'> & {
  written: Written
  content: string
  reference: string | undefined
  network: string
  at: Instant
}

const lineOf = (row: LineRow): RequestLine => ({
  id: row.id,
  number: row.number,
  state: row.state,
  audience: row.audience,
  situation: row.situation,
  language: row.language,
  receivedAt: row.received_at.getTime(),
  changedAt: row.changed_at.getTime(),
  version: row.version,
  answers: row.answers,
})

const columns = sql`id, number, state, audience, situation, language, received_at, changed_at, version,
  (select count(*)::int from support_answers where request = support_requests.id) as answers`

export function createSupportStore({ key }: { key: Buffer }) {
  const placeOf = (id: SupportRequestId | SupportAnswerId) => `garant support ${id}`
  const open = (id: SupportRequestId | SupportAnswerId, sealed: Buffer) => unseal(key, sealed, placeOf(id)).toString()

  function requestOf(row: RequestRow): Omit<SupportRequest, 'answersGiven'> {
    return {
      ...lineOf(row),
      ...(JSON.parse(open(row.id, row.sealed)) as Written),
      ...(row.closed_by ? { closedBy: row.closed_by } : {}),
      ...(row.close_reason ? { closeReason: row.close_reason } : {}),
    }
  }

  const answerOf = (row: AnswerRow): Answer => ({
    id: row.id,
    text: open(row.id, row.sealed),
    by: row.answered_by,
    at: row.answered_at.getTime(),
    ...(row.sent_at ? { sentAt: row.sent_at.getTime() } : {}),
    ...(row.failed_at ? { failedAt: row.failed_at.getTime() } : {}),
  })

  return {
    /** What two texts have in common exactly when they are equal, told to nobody who has not the key. */
    digest: (label: 'content' | 'reference' | 'network', value: string) => keyedHash(key, `support/${label}`, value),

    /** One request of a network at a time: how many there were is part of what is decided. */
    async lockNetwork(tx: Tx, network: string): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`support ${network}`}, 0))`.execute(tx)
    },

    /** Instants of those that came from a network since then, the oldest first. */
    async ofNetwork(tx: Tx, network: string, since: Instant): Promise<Instant[]> {
      const { rows } = await sql<{ received_at: Date }>`select received_at from support_requests
        where network = ${network} and received_at > ${toDate(since)} order by received_at`.execute(tx)
      return rows.map(({ received_at }) => received_at.getTime())
    },

    /** The one of that id, else an open one that says the same. */
    async known(
      tx: Tx,
      { id, content }: { id: SupportRequestId; content: string },
    ): Promise<{ number: string; receivedAt: Instant; same: boolean } | undefined> {
      const { rows } = await sql<{ number: string; received_at: Date; same: boolean }>`
        select number, received_at, content = ${content} as same from support_requests
        where id = ${id} or (content = ${content} and state = 'open')
        order by id = ${id} desc limit 1`.execute(tx)
      const [row] = rows
      return row && { number: row.number, receivedAt: row.received_at.getTime(), same: row.same }
    },

    /** False when somebody else has that number: the caller draws another one. */
    async insert(tx: Tx, row: NewRow): Promise<boolean> {
      const sealed = seal(key, JSON.stringify(row.written), placeOf(row.id))
      const { rows } = await sql`insert into support_requests
          (id, number, state, audience, situation, language, sealed, content, reference, network, received_at,
            changed_at, version)
        values (${row.id}, ${row.number}, 'open', ${row.audience}, ${row.situation}, ${row.language}, ${sealed},
          ${row.content}, ${row.reference ?? null}, ${row.network}, ${toDate(row.at)}, ${toDate(row.at)}, 1)
        on conflict (number) do nothing returning id`.execute(tx)
      return rows.length === 1
    },

    async countOpen(handle: Handle): Promise<number> {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from support_requests where state = 'open'`.execute(handle)
      return rows[0]?.count ?? 0
    },

    /** Open ones from the oldest on, closed ones from the one that was closed last. */
    async list(
      handle: Handle,
      { state, after, limit }: { state: 'open' | 'closed'; after?: { at: Instant; id: string }; limit: number },
    ): Promise<RequestLine[]> {
      const place = after && sql`(${toDate(after.at)}::timestamptz, ${after.id})`
      const { rows } =
        state === 'open'
          ? await sql<LineRow>`select ${columns} from support_requests
              where state = 'open' ${place ? sql`and (received_at, id) > ${place}` : sql``}
              order by received_at, id limit ${limit}`.execute(handle)
          : await sql<LineRow>`select ${columns} from support_requests
              where state = 'closed' ${place ? sql`and (changed_at, id) < ${place}` : sql``}
              order by changed_at desc, id desc limit ${limit}`.execute(handle)
      return rows.map(lineOf)
    },

    /** Those of a number, or in which a code was quoted; the newest first. */
    async search(
      handle: Handle,
      { number, reference, limit }: { number: string; reference: string; limit: number },
    ): Promise<RequestLine[]> {
      const { rows } = await sql<LineRow>`select ${columns} from support_requests
        where number = ${number} or reference = ${reference}
        order by received_at desc, id desc limit ${limit}`.execute(handle)
      return rows.map(lineOf)
    },

    async find(handle: Handle, id: SupportRequestId): Promise<SupportRequest | undefined> {
      const { rows } = await sql<RequestRow>`select ${columns}, sealed, closed_by, close_reason
        from support_requests where id = ${id}`.execute(handle)
      if (!rows[0]) return undefined
      const { rows: answers } = await sql<AnswerRow>`select * from support_answers
        where request = ${id} order by answered_at, id`.execute(handle)
      return { ...requestOf(rows[0]), answersGiven: answers.map(answerOf) }
    },

    /** Notes who reads it now; returns who read it before, and when. */
    async noteReader(
      tx: Tx,
      { id, by, at }: { id: SupportRequestId; by: Actor; at: Instant },
    ): Promise<{ by: Actor; at: Instant } | undefined> {
      const { rows } = await sql<{ read_by: Actor | null; read_at: Date | null }>`
        with before as (select id, read_by, read_at from support_requests where id = ${id} for update)
        update support_requests set read_by = ${JSON.stringify(by)}::text::jsonb, read_at = ${toDate(at)}
        from before where support_requests.id = before.id
        returning before.read_by, before.read_at`.execute(tx)
      const [row] = rows
      return row?.read_by && row.read_at ? { by: row.read_by, at: row.read_at.getTime() } : undefined
    },

    /** Takes the next version of what was seen, in the state that it has to have; false when it is another one. */
    async advance(
      tx: Tx,
      given: { id: SupportRequestId; seen: number; state: 'open' | 'closed'; at: Instant } & (
        | { to: 'open' }
        | { to: 'closed'; by: Actor; reason: CloseReason }
      ),
    ): Promise<boolean> {
      const { id, seen, state, at } = given
      const [by, reason] = given.to === 'closed' ? [JSON.stringify(given.by), given.reason] : [null, null]
      const { rows } = await sql`update support_requests
        set version = version + 1, changed_at = ${toDate(at)}, state = ${given.to}, closed_by = ${by}::text::jsonb,
          close_reason = ${reason}
        where id = ${id} and version = ${seen} and state = ${state} returning id`.execute(tx)
      return rows.length === 1
    },

    async insertAnswer(
      tx: Tx,
      answer: { id: SupportAnswerId; request: SupportRequestId; text: string; by: Actor; at: Instant },
    ): Promise<void> {
      const { id, request, text, by, at } = answer
      await sql`insert into support_answers (id, request, sealed, answered_by, answered_at)
        values (${id}, ${request}, ${seal(key, text, placeOf(id))}, ${JSON.stringify(by)}::text::jsonb,
          ${toDate(at)})`.execute(tx)
    },

    /** An answer that is not sent yet, with the request that it is about. */
    async toSend(
      handle: Handle,
      id: SupportAnswerId,
    ): Promise<{ answer: Answer; request: Omit<SupportRequest, 'answersGiven'> } | undefined> {
      const { rows } = await sql<AnswerRow>`select * from support_answers
        where id = ${id} and sent_at is null and failed_at is null`.execute(handle)
      const [row] = rows
      if (!row) return undefined
      const { rows: requests } = await sql<RequestRow>`select ${columns}, sealed, closed_by, close_reason
        from support_requests where id = ${row.request}`.execute(handle)
      return requests[0] && { answer: answerOf(row), request: requestOf(requests[0]) }
    },

    async noteSent(handle: Handle, id: SupportAnswerId, outcome: 'sent' | 'failed', at: Instant): Promise<void> {
      const column = outcome === 'sent' ? sql`sent_at` : sql`failed_at`
      await sql`update support_answers set ${column} = ${toDate(at)}
        where id = ${id} and sent_at is null and failed_at is null`.execute(handle)
    },

    /** Requests to which nothing happened since `before`; and the networks of those that came before `networks`. */
    async forget(handle: Handle, { before, networks }: { before: Instant; networks: Instant }): Promise<void> {
      await sql`delete from support_requests where changed_at < ${toDate(before)}`.execute(handle)
      await sql`update support_requests set network = null
        where network is not null and received_at < ${toDate(networks)}`.execute(handle)
    },
  }
}

export type SupportStore = ReturnType<typeof createSupportStore>
