/** Every statement on `cases`, `case_connections`, `case_reports`, `case_parties`, `case_answers`, `case_events`, `case_texts` and `case_code_tries`. */
import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import {
  type CaseId,
  type ConnectionId,
  orderedIdAt,
  type PartyId,
  type PersonId,
  type ProviderId,
  type SessionId,
} from '../kernel/ids.ts'
import type {
  CaseCloseReason,
  CaseState,
  Check,
  CheckAnswer,
  Duty,
  Match,
  Measure,
  Origin,
  Side,
  StolenCredential,
  Verdict,
} from '../policy/case-flow.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type {
  BreachAssessment,
  CaseStatistics,
  PartyObject,
  PartyOwner,
  QueuePage,
  TimelineKind,
  Via,
} from './cases.ts'

export interface CaseRow {
  id: CaseId
  reference: string
  origin: Origin
  match: Match
  person: PersonId | null
  reporter: PersonId | null
  state: CaseState
  version: number
  opened_at: Date
  opened_by: Actor
  rule: string | null
  explanation: Record<string, string | number> | null
  checks: Record<Check, CheckAnswer> | null
  stolen: StolenCredential | null
  verdict: Verdict | null
  concluded_at: Date | null
  due_at: Date | null
  closed_at: Date | null
  closed_by: Actor | null
  close_reason: CaseCloseReason | null
  erased: boolean
  /** Those in question. */
  connections: ConnectionId[]
}

const columns = sql`cases.id, cases.reference, cases.origin, cases.match, cases.person, cases.reporter, cases.state,
  cases.version, cases.opened_at, cases.opened_by, cases.rule, cases.explanation, cases.checks, cases.stolen,
  cases.verdict, cases.concluded_at, cases.due_at, cases.closed_at, cases.closed_by, cases.close_reason, cases.erased,
  array(select connection from case_connections as c where c.case_id = cases.id and c.in_question order by connection)
    as connections`

export interface ConnectionRow {
  connection: ConnectionId
  in_question: boolean
  frozen_at: Date | null
  evidence: Buffer | null
}

export interface NewLine {
  connection: ConnectionId
  inQuestion: boolean
  at: Date
  service: string
  provider: string | null
  session: SessionId | null
  deviceMark: string | null
  networkMark: string | null
  evidence: Buffer
}

export interface ReportRow {
  reference: string
  case_id: CaseId | null
  origin: Origin
  at: Date
  by: Actor
  via: Via | null
  kind: string | null
  side: Side | null
  object: string | null
  key_hash: string | null
}

export interface PartyRow {
  id: PartyId
  case_id: CaseId
  side: Side
  object: string
  partner: string
  reference: string
  txn: string
  subject: Buffer | null
  issuer: string
  moments: { at: Instant; level?: Level }[]
  notified_at: Date
  due_at: Date
  version: number
  waiting: boolean
  reminders: number
  reminded_at: Date | null
  escalated_at: Date | null
  finding: Verdict | null
  answered_at: Date | null
  waived_at: Date | null
  done: Partial<Record<Duty, Instant>>
  /** Of its case. */
  verdict: Verdict | null
  closed_at: Date | null
}

const partyColumns = sql`p.id, p.case_id, p.side, p.object, p.partner, p.reference, p.txn, p.subject, p.issuer, p.moments,
  p.notified_at, p.due_at, p.version, p.waiting, p.reminders, p.reminded_at, p.escalated_at, p.finding, p.answered_at,
  p.waived_at, p.done, k.verdict, k.closed_at`
const parties = sql`case_parties as p join cases as k on k.id = p.case_id`

export interface AnswerRow {
  party: PartyId
  number: number
  at: Date
  by: Actor
  via: Via
  finding: Verdict | null
  measures: Measure[]
  duties: Duty[]
  breach_decision: BreachAssessment['decision'] | null
  aware_at: Date | null
  late: boolean
}

export interface EventRow {
  number: number
  at: Date
  by: Actor
  what: TimelineKind
  party: PartyId | null
  more: Record<string, string> | null
}

export interface TextRow {
  place: string
  case_id: CaseId | null
  owner: PersonId | null
  sealed: Buffer
}

const json = (value: unknown) => sql`${JSON.stringify(value)}::jsonb`
const never = sql`'infinity'::timestamptz`

const ownedBy = ({ partner, only }: PartyOwner) =>
  sql`p.partner = ${partner} ${only ? sql`and p.side = ${only.side} and p.object = ${only.object}` : sql``}`

/** Of partners' objects: `(side, object)` pairs. */
const amongst = (own: readonly PartyObject[]) => sql`(p.side, p.object) in (
  select * from unnest(${own.map(({ side }) => side)}::text[], ${own.map(({ object }) => object)}::text[]))`

function queueConditions({ state, origin, match, rule, service, provider, overdue }: QueuePage, now: Date) {
  const reached = (side: Side, object: string) => sql`exists (
    select 1 from case_connections as c where c.case_id = cases.id and c.${sql.ref(side)} = ${object})`
  const conditions: (RawBuilder<unknown> | false | undefined)[] = [
    sql`true`,
    state && (state === 'open' ? sql`state <> 'closed'` : sql`state = ${state}`),
    origin && sql`origin = ${origin}`,
    match && sql`match = ${match}`,
    rule !== undefined && sql`rule = ${rule}`,
    service !== undefined && reached('service', service),
    provider !== undefined && reached('provider', provider),
    overdue !== undefined && sql`coalesce(due_at, ${never}) ${overdue ? sql`<` : sql`>=`} ${now}`,
  ]
  return conditions.filter((one) => typeof one === 'object')
}

export function createCaseStore() {
  return {
    // ── Cases ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Whoever speaks of one of these waits for the others: a connection, what a partner reports about. Until the end. */
    async lock(tx: Tx, things: readonly string[]): Promise<void> {
      for (const thing of [...new Set(things)].sort()) {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`case about ${thing}`}, 0))`.execute(tx)
      }
    },

    /** False when the reference is taken. */
    async insert(
      tx: Tx,
      row: Pick<CaseRow, 'id' | 'reference' | 'origin' | 'match' | 'person' | 'reporter' | 'rule' | 'explanation'> & {
        at: Date
        by: Actor
      },
    ): Promise<boolean> {
      const { rows } = await sql`
        insert into cases (id, reference, origin, match, person, reporter, state, opened_at, opened_by, rule, explanation)
        values (${row.id}, ${row.reference}, ${row.origin}, ${row.match}, ${row.person}, ${row.reporter}, 'received',
          ${row.at}, ${json(row.by)}, ${row.rule}, ${row.explanation && json(row.explanation)})
        on conflict (reference) do nothing returning id`.execute(tx)
      return rows.length === 1
    },

    async byId(handle: Handle, id: CaseId, options?: { lock: true }): Promise<CaseRow | undefined> {
      const { rows } = await sql<CaseRow>`select ${columns} from cases where id = ${id}
        ${options?.lock ? sql`for update of cases` : sql``}`.execute(handle)
      return rows[0]
    },

    /** Of a case that cannot be seen changing: whom it is about or who reported it. */
    async ownerOf(handle: Handle, id: CaseId): Promise<{ owner: PersonId | null } | undefined> {
      const { rows } = await sql<{ owner: PersonId | null }>`
        select coalesce(person, reporter) as owner from cases where id = ${id}`.execute(handle)
      return rows[0]
    },

    /** Open ones about these connections, the oldest first. */
    async openAbout(
      handle: Handle,
      about: { person: PersonId; connections: readonly ConnectionId[] },
    ): Promise<(CaseRow & { about: ConnectionId[] })[]> {
      const { rows } = await sql<CaseRow & { about: ConnectionId[] }>`
        select ${columns}, found.about from cases join (
          select case_id, array_agg(connection) as about from case_connections
          where connection = any(${[...about.connections]}::text[]) and open and in_question group by case_id
        ) as found on found.case_id = cases.id
        where person = ${about.person} order by cases.id`.execute(handle)
      return rows
    },

    /** The open one that somebody's report led nowhere in. */
    async openUnmatchedOf(handle: Handle, reporter: PersonId): Promise<CaseRow | undefined> {
      const { rows } = await sql<CaseRow>`select ${columns} from cases
        where reporter = ${reporter} and person is null and state <> 'closed' order by id limit 1`.execute(handle)
      return rows[0]
    },

    async ofPerson(handle: Handle, person: PersonId, limit: number, reference?: string): Promise<CaseRow[]> {
      const one = reference === undefined ? sql`` : sql`and reference = ${reference}`
      const { rows } = await sql<CaseRow>`select ${columns} from cases where id = any(array(
          select id from (
            (select id from cases where person = ${person} ${one} order by id desc limit ${limit})
            union all
            (select id from cases where reporter = ${person} ${one} order by id desc limit ${limit})
          ) as theirs order by id desc limit ${limit}
        )) order by id desc`.execute(handle)
      return rows
    },

    /** Those due first, then the oldest; closed ones by when they were; all of them by when they were opened. */
    async queue(handle: Handle, page: QueuePage & { now: Date }): Promise<CaseRow[]> {
      const { state, after, limit, now } = page
      const key =
        state === undefined
          ? sql`cases.id`
          : state === 'closed'
            ? sql`closed_at, cases.id`
            : sql`coalesce(due_at, ${never}), cases.id`
      const comes = state === undefined || state === 'closed' ? sql`<` : sql`>`
      const order =
        state === undefined
          ? sql`id desc`
          : state === 'closed'
            ? sql`closed_at desc, id desc`
            : sql`coalesce(due_at, ${never}), id`
      // The condition that the partial indexes have.
      const some = state !== undefined && state !== 'closed' ? sql`and state <> 'closed'` : sql``
      const { rows } = await sql<CaseRow>`select ${columns} from cases
        where ${sql.join(queueConditions(page, now), sql` and `)} ${some}
          ${after === undefined ? sql`` : sql`and (${key}) ${comes} (select ${key} from cases where id = ${after})`}
        order by ${order} limit ${limit}`.execute(handle)
      return rows
    },

    async counts(handle: Handle, now: Date): Promise<{ state: CaseState; count: number; overdue: number }[]> {
      const { rows } = await sql<{ state: CaseState; count: number; overdue: number }>`
        select state, count(*)::int as count, count(*) filter (where due_at < ${now})::int as overdue
        from cases group by state`.execute(handle)
      return rows
    },

    async findBy(handle: Handle, reference: string): Promise<CaseId | undefined> {
      const { rows } = await sql<{ id: CaseId }>`
        select id from cases where reference = ${reference}
        union all select case_id from case_reports where reference = ${reference} and case_id is not null
        union all select case_id from case_parties where reference = ${reference} limit 1`.execute(handle)
      return rows[0]?.id
    },

    /** Of a case that is locked; its version goes up. */
    async change(
      tx: Tx,
      id: CaseId,
      to: {
        state?: CaseState
        match?: Match
        checks?: Record<Check, CheckAnswer>
        stolen?: StolenCredential | null
        notifiedAt?: Date
        verdict?: Verdict | null
        concludedAt?: Date | null
        closed?: { at: Date; by: Actor; reason: CaseCloseReason }
      } = {},
    ): Promise<CaseRow> {
      const sets: RawBuilder<unknown>[] = [sql`version = version + 1`]
      if (to.state) sets.push(sql`state = ${to.state}`)
      if (to.match) sets.push(sql`match = ${to.match}`)
      if (to.checks) sets.push(sql`checks = ${json(to.checks)}`)
      if (to.stolen !== undefined) sets.push(sql`stolen = ${to.stolen}`)
      if (to.notifiedAt) sets.push(sql`notified_at = ${to.notifiedAt}`)
      if (to.verdict !== undefined) sets.push(sql`verdict = ${to.verdict}`)
      if (to.concludedAt !== undefined) sets.push(sql`concluded_at = ${to.concludedAt}`)
      if (to.closed) {
        const { at, by, reason } = to.closed
        sets.push(sql`closed_at = ${at}, closed_by = ${json(by)}, close_reason = ${reason}`)
      }
      sets.push(sql`due_at = (select min(due_at) from case_parties where case_id = ${id} and waiting)`)
      const { rows } = await sql<CaseRow>`update cases set ${sql.join(sets)} where id = ${id}
        returning ${columns}`.execute(tx)
      if (!rows[0]) throw new Error('a case that was locked is gone')
      return rows[0]
    },

    /** An answer came: the first one counts for the statistics. */
    async noteFirstAnswer(tx: Tx, id: CaseId, at: Date): Promise<void> {
      await sql`update cases set first_answer_at = ${at} where id = ${id} and first_answer_at is null`.execute(tx)
    },

    // ── Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────

    /** What was frozen stays as it is; a line may come into question later. */
    async freeze(tx: Tx, id: CaseId, lines: readonly NewLine[], at: Date): Promise<void> {
      for (const line of lines) {
        await sql`insert into case_connections (case_id, connection, in_question, open, at, service, provider, session,
            device_mark, network_mark, frozen_at, evidence)
          values (${id}, ${line.connection}, ${line.inQuestion}, true, ${line.at}, ${line.service}, ${line.provider},
            ${line.session}, ${line.deviceMark}, ${line.networkMark}, ${at}, ${line.evidence}::bytea)
          on conflict (case_id, connection) do update
            set in_question = case_connections.in_question or excluded.in_question`.execute(tx)
      }
    },

    /** Exactly these are in question from now on. */
    async question(tx: Tx, id: CaseId, connections: readonly ConnectionId[]): Promise<void> {
      await sql`update case_connections set in_question = connection = any(${[...connections]}::text[])
        where case_id = ${id}
          and in_question is distinct from (connection = any(${[...connections]}::text[]))`.execute(tx)
    },

    async endLines(tx: Tx, id: CaseId): Promise<void> {
      await sql`update case_connections set open = false where case_id = ${id}`.execute(tx)
    },

    async lines(handle: Handle, id: CaseId): Promise<ConnectionRow[]> {
      const { rows } = await sql<ConnectionRow>`select connection, in_question, frozen_at, evidence
        from case_connections where case_id = ${id} order by connection`.execute(handle)
      return rows
    },

    async rewriteEvidence(tx: Tx, id: CaseId, connection: ConnectionId, evidence: Buffer): Promise<void> {
      await sql`update case_connections set evidence = ${evidence}::bytea
        where case_id = ${id} and connection = ${connection}`.execute(tx)
    },

    /** Each question reads an index, and no more of it than is asked; what was found by several has several reasons. */
    async similar(
      handle: Handle,
      id: CaseId,
      asked: { since: Instant; span: number; most: number },
    ): Promise<
      { case: CaseId; reference: string; device: boolean; network: boolean; provider: boolean; near: boolean }[]
    > {
      const recent = sql`case_id >= ${orderedIdAt('case', asked.since)} and case_id <> ${id}`
      const { rows } = await sql<{
        case: CaseId
        reference: string
        device: boolean
        network: boolean
        provider: boolean
        near: boolean
      }>`
        with own as (select device_mark, network_mark, provider, at from case_connections
            where case_id = ${id} and in_question),
          found as (
            (select o.case_id, true as device, false as network, false as provider, false as near
              from case_connections as o where o.device_mark in (select device_mark from own) and ${recent}
              order by o.case_id desc limit ${asked.most})
            union all
            (select o.case_id, false, true, false, false
              from case_connections as o where o.network_mark in (select network_mark from own) and ${recent}
              order by o.case_id desc limit ${asked.most})
            union all
            (select o.case_id, false, false, true, abs(extract(epoch from o.at - own.at)) < 86400
              from own join case_connections as o on o.provider = own.provider and o.in_question
                and o.at between own.at - make_interval(secs => ${asked.span / 1_000})
                  and own.at + make_interval(secs => ${asked.span / 1_000})
              where ${recent} order by abs(extract(epoch from o.at - own.at)) limit ${asked.most})
          )
        select cases.id as case, reference, bool_or(device) as device, bool_or(network) as network,
          bool_or(provider) as provider, bool_or(near) as near
        from found join cases on cases.id = found.case_id
        group by cases.id, reference
        order by bool_or(device)::int * 8 + bool_or(network)::int * 4 + bool_or(provider)::int * 2 + bool_or(near)::int
          desc, cases.id desc limit ${asked.most}`.execute(handle)
      return rows
    },

    // ── Reports ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /** False when the reference is taken. */
    async insertReport(
      tx: Tx,
      row: Omit<ReportRow, 'key_hash'> & { key_hash?: string; about_mark?: string },
    ): Promise<boolean> {
      const { rows } = await sql`insert into case_reports (reference, case_id, origin, at, by, via, kind, side, object,
          about_mark, key_hash)
        values (${row.reference}, ${row.case_id}, ${row.origin}, ${row.at}, ${json(row.by)}, ${row.via}, ${row.kind},
          ${row.side}, ${row.object}, ${row.about_mark ?? null}, ${row.key_hash ?? null})
        on conflict (reference) do nothing returning reference`.execute(tx)
      return rows.length === 1
    },

    async report(handle: Handle, reference: string, options?: { lock: true }): Promise<ReportRow | undefined> {
      const { rows } = await sql<ReportRow>`select reference, case_id, origin, at, by, via, kind, side, object, key_hash
        from case_reports where reference = ${reference} ${options?.lock ? sql`for update` : sql``}`.execute(handle)
      return rows[0]
    },

    /** The one that opened it first. */
    async reports(handle: Handle, id: CaseId): Promise<ReportRow[]> {
      const { rows } = await sql<ReportRow>`select reference, case_id, origin, at, by, via, kind, side, object, key_hash
        from case_reports where case_id = ${id} order by at, reference`.execute(handle)
      return rows
    },

    /** The report that opened it. */
    async firstReport(handle: Handle, id: CaseId): Promise<string | undefined> {
      const { rows } = await sql<{ reference: string }>`select more ->> 'report' as reference from case_events
        where case_id = ${id} and number = 1`.execute(handle)
      return rows[0]?.reference
    },

    /** What was reported by the same object about the same, while its case is open. */
    async openReportAbout(handle: Handle, mark: string): Promise<string | undefined> {
      const { rows } = await sql<{ reference: string }>`select r.reference
        from case_reports as r join cases as k on k.id = r.case_id
        where r.about_mark = ${mark} and k.state <> 'closed' order by r.at limit 1`.execute(handle)
      return rows[0]?.reference
    },

    async lookedAt(tx: Tx, reference: string, id: CaseId): Promise<void> {
      await sql`update case_reports set case_id = ${id} where reference = ${reference}`.execute(tx)
      await sql`update case_texts set case_id = ${id} where place = ${`report ${reference}`}`.execute(tx)
    },

    async reportsOf(
      handle: Handle,
      own: readonly PartyObject[],
      page: { after: string | null; limit: number },
    ): Promise<(ReportRow & { side: Side; object: string; party: PartyId | null })[]> {
      const { rows } = await sql<ReportRow & { side: Side; object: string; party: PartyId | null }>`
        select p.reference, p.case_id, p.origin, p.at, p.by, p.via, p.kind, p.side, p.object, p.key_hash,
          (select id from case_parties as x where x.case_id = p.case_id and x.side = p.side and x.object = p.object) as party
        from case_reports as p where ${amongst(own)}
          ${page.after === null ? sql`` : sql`and (p.at, p.reference) < (select at, reference from case_reports where reference = ${page.after})`}
        order by p.at desc, p.reference desc limit ${page.limit}`.execute(handle)
      return rows
    },

    /** Of a case, by which reference one of its objects reported. */
    async reportedBy(handle: Handle, id: CaseId): Promise<{ side: Side; object: string; reference: string }[]> {
      const { rows } = await sql<{ side: Side; object: string; reference: string }>`
        select distinct on (side, object) side, object, reference from case_reports
        where case_id = ${id} and object is not null order by side, object, at`.execute(handle)
      return rows
    },

    // ── Parties ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /** False when its reference is taken. */
    async insertParty(
      tx: Tx,
      row: Pick<
        PartyRow,
        'id' | 'case_id' | 'side' | 'object' | 'partner' | 'reference' | 'txn' | 'issuer' | 'moments'
      > & {
        subject: Buffer
        mark: string
        at: Date
        dueAt: Date
        nextAt: Date
      },
    ): Promise<boolean> {
      const { rows } = await sql`insert into case_parties (id, case_id, side, object, partner, reference, txn, subject,
          subject_mark, issuer, moments, notified_at, due_at, next_at)
        values (${row.id}, ${row.case_id}, ${row.side}, ${row.object}, ${row.partner}, ${row.reference}, ${row.txn},
          ${row.subject}::bytea, ${row.mark}, ${row.issuer}, ${json(row.moments)}, ${row.at}, ${row.dueAt}, ${row.nextAt})
        on conflict (reference) do nothing returning id`.execute(tx)
      return rows.length === 1
    },

    async parties(handle: Handle, id: CaseId): Promise<PartyRow[]> {
      const { rows } = await sql<PartyRow>`select ${partyColumns} from ${parties}
        where p.case_id = ${id} order by p.side, p.object`.execute(handle)
      return rows
    },

    async party(handle: Handle, id: PartyId, owner?: PartyOwner): Promise<PartyRow | undefined> {
      const { rows } = await sql<PartyRow>`select ${partyColumns} from ${parties}
        where p.id = ${id} ${owner ? sql`and ${ownedBy(owner)}` : sql``}`.execute(handle)
      return rows[0]
    },

    async partiesOf(
      handle: Handle,
      owner: PartyOwner,
      { state, after, limit }: { state: 'waiting' | 'answered' | 'all'; after?: PartyId; limit: number },
    ): Promise<PartyRow[]> {
      const column = { waiting: sql.ref('due_at'), answered: sql.ref('answered_at'), all: sql.ref('id') }[state]
      const which = { waiting: sql`and p.waiting`, answered: sql`and p.answered_at is not null`, all: sql`` }[state]
      const [comes, direction] = state === 'waiting' ? [sql`>`, sql`asc`] : [sql`<`, sql`desc`]
      const next =
        after === undefined
          ? sql``
          : sql`and (p.${column}, p.id) ${comes} (select ${column}, id from case_parties where id = ${after})`
      const { rows } = await sql<PartyRow>`select ${partyColumns} from ${parties}
        where ${ownedBy(owner)} ${which} ${next}
        order by p.${column} ${direction}, p.id ${direction} limit ${limit}`.execute(handle)
      return rows
    },

    async countWaitingOf(handle: Handle, owner: PartyOwner): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from case_parties as p
        where ${ownedBy(owner)} and p.waiting`.execute(handle)
      return rows[0]?.count ?? 0
    },

    async partiesBySubject(handle: Handle, owner: PartyOwner, mark: string): Promise<PartyRow[]> {
      const { rows } = await sql<PartyRow>`select ${partyColumns} from ${parties}
        where p.subject_mark = ${mark} and ${ownedBy(owner)} and k.state <> 'closed' order by p.id desc`.execute(handle)
      return rows
    },

    /** Of a case that is locked. */
    async changeParty(
      tx: Tx,
      id: PartyId,
      to: {
        finding?: Verdict
        answeredAt?: Date
        done?: Partial<Record<Duty, Instant>>
        waiting?: boolean
        waivedAt?: Date | null
        nextAt?: Date | null
        reminders?: number
        remindedAt?: Date
        escalatedAt?: Date
        /** What the hub does by itself is no change that the partner must see first. */
        silent?: true
      },
    ): Promise<void> {
      const sets: RawBuilder<unknown>[] = [to.silent ? sql`version = version` : sql`version = version + 1`]
      if (to.finding) sets.push(sql`finding = ${to.finding}`)
      if (to.answeredAt) sets.push(sql`answered_at = ${to.answeredAt}`)
      if (to.done) sets.push(sql`done = ${json(to.done)}`)
      if (to.waiting !== undefined) sets.push(sql`waiting = ${to.waiting}`)
      if (to.waivedAt !== undefined) sets.push(sql`waived_at = ${to.waivedAt}`)
      if (to.nextAt !== undefined) sets.push(sql`next_at = ${to.nextAt}`)
      if (to.reminders !== undefined) sets.push(sql`reminders = ${to.reminders}`)
      if (to.remindedAt) sets.push(sql`reminded_at = ${to.remindedAt}`)
      if (to.escalatedAt) sets.push(sql`escalated_at = ${to.escalatedAt}`)
      await sql`update case_parties set ${sql.join(sets)} where id = ${id}`.execute(tx)
    },

    /** The case has a verdict: nobody is waited for any more. */
    async settleParties(tx: Tx, id: CaseId): Promise<void> {
      await sql`update case_parties set waiting = false, next_at = null, version = version + 1
        where case_id = ${id}`.execute(tx)
    },

    /** The verdict was taken back. */
    async reviveParties(tx: Tx, id: CaseId): Promise<void> {
      await sql`update case_parties set waiting = answered_at is null, waived_at = null, version = version + 1
        where case_id = ${id}`.execute(tx)
    },

    async due(handle: Handle, now: Date, limit: number): Promise<{ id: PartyId; case: CaseId }[]> {
      const { rows } = await sql<{ id: PartyId; case: CaseId }>`select id, case_id as case from case_parties
        where next_at <= ${now} order by next_at limit ${limit}`.execute(handle)
      return rows
    },

    async blankSubjects(tx: Tx, id: CaseId): Promise<void> {
      await sql`update case_parties set subject = null, subject_mark = null where case_id = ${id}`.execute(tx)
    },

    /** False when there is one by this key already. */
    async insertAnswer(tx: Tx, row: AnswerRow & { key: string }): Promise<void> {
      await sql`insert into case_answers (party, number, key, at, by, via, finding, measures, duties, breach_decision,
          aware_at, late)
        values (${row.party}, ${row.number}, ${row.key}, ${row.at}, ${json(row.by)}, ${row.via}, ${row.finding},
          ${row.measures}::text[], ${row.duties}::text[], ${row.breach_decision}, ${row.aware_at}, ${row.late})`.execute(
        tx,
      )
    },

    async answered(handle: Handle, party: PartyId, key: string): Promise<boolean> {
      const { rows } = await sql`select 1 from case_answers where party = ${party} and key = ${key}`.execute(handle)
      return rows.length === 1
    },

    /** The newest first. */
    async answers(handle: Handle, of: readonly PartyId[]): Promise<AnswerRow[]> {
      const { rows } =
        await sql<AnswerRow>`select party, number, at, by, via, finding, measures, duties, breach_decision,
          aware_at, late
        from case_answers where party = any(${[...of]}::text[]) order by party, number desc`.execute(handle)
      return rows
    },

    // ── What happened ───────────────────────────────────────────────────────────────────────────────────────────────

    /** Of a case that is locked. Returns its number. */
    async insertEvent(tx: Tx, id: CaseId, event: Omit<EventRow, 'number'>): Promise<number> {
      const { rows } = await sql<{
        number: number
      }>`insert into case_events (case_id, number, at, by, what, party, more)
        select ${id}, coalesce(max(number), 0) + 1, ${event.at}::timestamptz, ${json(event.by)}, ${event.what},
          ${event.party}, ${event.more && json(event.more)}
        from case_events where case_id = ${id} returning number`.execute(tx)
      return rows[0]?.number ?? 0
    },

    async events(handle: Handle, id: CaseId, limit: number): Promise<EventRow[]> {
      const { rows } = await sql<EventRow>`select number, at, by, what, party, more from case_events
        where case_id = ${id} order by number desc limit ${limit}`.execute(handle)
      return rows
    },

    // ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async putText(tx: Tx, text: TextRow): Promise<void> {
      await sql`insert into case_texts (place, case_id, owner, sealed)
        values (${text.place}, ${text.case_id}, ${text.owner}, ${text.sealed}::bytea)
        on conflict (place) do update
          set case_id = excluded.case_id, owner = excluded.owner, sealed = excluded.sealed`.execute(tx)
    },

    async dropText(tx: Tx, place: string): Promise<void> {
      await sql`delete from case_texts where place = ${place}`.execute(tx)
    },

    async texts(handle: Handle, places: readonly string[]): Promise<TextRow[]> {
      if (places.length === 0) return []
      const { rows } = await sql<TextRow>`select place, case_id, owner, sealed from case_texts
        where place = any(${[...places]}::text[])`.execute(handle)
      return rows
    },

    async textsOwnedBy(tx: Tx, owner: PersonId, cases: readonly CaseId[]): Promise<TextRow[]> {
      const { rows } = await sql<TextRow>`select place, case_id, owner, sealed from case_texts
        where owner = ${owner} and case_id = any(${[...cases]}::text[]) order by place for update`.execute(tx)
      return rows
    },

    // ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Nothing of what was written can be read any more. Returns their cases, locked. */
    async forget(tx: Tx, person: PersonId): Promise<{ id: CaseId; state: CaseState }[]> {
      const { rows } = await sql<{ id: CaseId; state: CaseState }>`select id, state from cases
        where person = ${person} order by id for update`.execute(tx)
      await sql`update cases set erased = true where person = ${person}`.execute(tx)
      await sql`delete from case_texts where owner = ${person}`.execute(tx)
      return rows
    },

    /** Those about these connections alone; all of them with `all`, which they made themselves too. */
    async goingWith(
      tx: Tx,
      move: { from: PersonId; connections: readonly string[]; all: boolean },
    ): Promise<{ id: CaseId; person: PersonId | null }[]> {
      const moved = sql`any(${[...move.connections]}::text[])`
      const { rows } = await sql<{ id: CaseId; person: PersonId | null }>`select id, person from cases
        where (person = ${move.from} or (reporter = ${move.from} and person is null))
          and (${move.all} or (exists (select 1 from case_connections as c
              where c.case_id = cases.id and c.in_question and c.connection = ${moved})
            and not exists (select 1 from case_connections as c
              where c.case_id = cases.id and c.in_question and c.connection <> all(${[...move.connections]}::text[]))))
        order by id for update`.execute(tx)
      return rows
    },

    async give(tx: Tx, id: CaseId, move: { from: PersonId; to: PersonId }): Promise<void> {
      await sql`update cases set person = case when person = ${move.from} then ${move.to} else person end,
          reporter = case when reporter = ${move.from} then ${move.to} else reporter end
        where id = ${id}`.execute(tx)
    },

    // ── Figures ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async statistics(
      handle: Handle,
      { from, until, timeZone, now }: { from: Instant; until: Instant; timeZone: string; now: Date },
    ): Promise<CaseStatistics> {
      const opened = sql`cases.id >= ${orderedIdAt('case', from)} and cases.id < ${orderedIdAt('case', until)}`
      const month = sql`to_char(cases.opened_at at time zone ${timeZone}::text, 'YYYY-MM')`
      const months = await sql<{
        month: string
        origin: Origin
        match: Match
        verdict: Verdict | null
        reason: CaseCloseReason | null
        open: boolean
        count: number
      }>`select ${month} as month, origin, match, verdict, case when verdict is null then close_reason end as reason,
          state <> 'closed' as open, count(*)::int as count
        from cases where ${opened} group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`.execute(handle)
      const objects = await sql<CaseStatistics['objects'][number]>`select ${month} as month, p.side, p.object,
          count(*)::int as count, count(p.answered_at)::int as answered,
          count(*) filter (where p.finding = 'confirmed')::int as confirmed,
          count(*) filter (where p.finding = 'not_confirmed')::int as "notConfirmed",
          count(*) filter (where coalesce(p.answered_at, ${now}) > p.due_at
            and (p.answered_at is not null or p.waiting))::int as late
        from cases join case_parties as p on p.case_id = cases.id where ${opened}
        group by 1, 2, 3 order by 1, 2, 3`.execute(handle)
      const middle = (column: RawBuilder<unknown>) =>
        sql`(percentile_cont(0.5) within group (order by extract(epoch from ${column} - notified_at)) * 1000)::float8`
      const times = await sql<{ month: string; firstAnswer: number | null; conclusion: number | null }>`
        select ${month} as month, ${middle(sql`first_answer_at`)} as "firstAnswer",
          (percentile_cont(0.5) within group (order by extract(epoch from concluded_at - opened_at)) * 1000)::float8
            as conclusion
        from cases where ${opened} and notified_at is not null group by 1 order by 1`.execute(handle)
      return {
        months: months.rows.map(({ verdict, reason, ...counted }) => ({
          ...counted,
          ...(verdict ? { verdict } : {}),
          ...(reason ? { reason } : {}),
        })),
        objects: objects.rows,
        times: times.rows.map((row) => ({
          month: row.month,
          ...(row.firstAnswer === null ? {} : { firstAnswer: Math.round(row.firstAnswer) }),
          ...(row.conclusion === null ? {} : { conclusion: Math.round(row.conclusion) }),
        })),
        rules: await this.verdictsByRule(handle, { from, until }),
      }
    },

    async verdictsByRule(handle: Handle, { from, until }: { from: Instant; until: Instant }) {
      const { rows } = await sql<CaseStatistics['rules'][number]>`select rule, count(*)::int as opened,
          count(*) filter (where verdict = 'confirmed')::int as confirmed,
          count(*) filter (where verdict = 'not_confirmed' or (verdict is null and close_reason = 'not_a_theft'))::int
            as "notConfirmed"
        from cases where rule is not null and id >= ${orderedIdAt('case', from)} and id < ${orderedIdAt('case', until)}
        group by rule order by rule`.execute(handle)
      return rows
    },

    /**
     * People about whom somebody reported something that led to them, by the number of whole windows before `now`; of all
     * (null), and of each provider of a connection in question.
     */
    async reported(
      handle: Handle,
      { now, window, windows }: { now: Instant; window: number; windows: number },
    ): Promise<{ provider: ProviderId | null; ago: number; people: number }[]> {
      const { rows } = await sql<{ provider: ProviderId | null; isAll: boolean; ago: number; people: number }>`
        select l.provider, grouping(l.provider) = 1 as "isAll", c.ago, count(distinct c.person)::int as people
        from (select id, person,
            floor(extract(epoch from ${toDate(now)}::timestamptz - opened_at) * 1000 / ${window}::int8)::int as ago
          from cases
          where id >= ${orderedIdAt('case', now - windows * window)} and id < ${orderedIdAt('case', now + 1)}
            and match = 'matched' and origin <> 'hub') as c
          left join case_connections as l on l.case_id = c.id and l.in_question
        group by grouping sets ((c.ago), (c.ago, l.provider))`.execute(handle)
      return rows.filter(({ isAll, provider }) => isAll || provider !== null)
    },

    // ── Time ────────────────────────────────────────────────────────────────────────────────────────────────────────

    /** Everything that belongs to them goes with them. Returns how many. */
    async forgetClosed(handle: Handle, before: Date, limit: number): Promise<number> {
      const { numAffectedRows } = await sql`delete from cases where id = any(array(
        select id from cases where state = 'closed' and closed_at < ${before} order by closed_at limit ${limit}
      ))`.execute(handle)
      return Number(numAffectedRows ?? 0n)
    },

    /** Reports that no job could look at. */
    async forgetUnseen(handle: Handle, before: Date): Promise<void> {
      await sql`with gone as (delete from case_reports where case_id is null and at < ${before} returning reference)
        delete from case_texts where case_id is null and place in (select 'report ' || reference from gone)`.execute(
        handle,
      )
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

export type CaseStore = ReturnType<typeof createCaseStore>
