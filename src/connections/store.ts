/** Every statement on `connections`, `connection_days` and `connection_days_until`. */
import { type RawBuilder, sql } from 'kysely'
import type { Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ErrorName } from '../kernel/errors.ts'
import {
  type ConnectionId,
  type DeviceId,
  type LinkId,
  type MandateId,
  newOrderedId,
  type OrganisationId,
  orderedIdAt,
  type PersonId,
  type ProviderId,
  type ServiceId,
  type SessionId,
} from '../kernel/ids.ts'
import type { Reason } from '../policy/policy.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import {
  type Activity,
  type AlertKind,
  type AttemptsThrough,
  type ConnectionState,
  type Counted,
  durationStep,
  type HistoryQuestion,
  type NewConnection,
  type OwnAnswer,
  type Reuse,
  type SignInsThrough,
  type Stretch,
} from './connections.ts'

export interface ConnectionRow {
  id: ConnectionId
  reference: string
  state: ConnectionState
  at: Date
  completed_at: Date | null
  person: PersonId | null
  service: ServiceId
  provider: ProviderId | null
  link: LinkId | null
  level: Level | null
  acr: Level | null
  took: number | null
  away: number | null
  amr: string[]
  reused: boolean
  session: SessionId | null
  device: DeviceId | null
  country: string | null
  scopes: string[]
  organisation: OrganisationId | null
  mandate: MandateId | null
  refusal: ErrorName | null
  unusual: Reason[]
  alert: AlertKind
  answer: OwnAnswer | null
  answered_at: Date | null
}

type NewRow = Omit<NewConnection, 'at' | 'address' | 'port'> & {
  reference: string
  origin: Buffer
  network?: string
  at: Date
}

const columns = sql`id, reference, state, at, completed_at, person, service, provider, link, level, acr, took, away, amr,
  reused, session, device, country, scopes, organisation, mandate, refusal, unusual, alert, answer, answered_at`

type HistoryPage = HistoryQuestion & { person: PersonId; limit: number; before?: ConnectionId }

/** Each on a column of `connections_of_person`. Ids tell the time: those of an instant begin with it. */
function conditionsOf({ person, before, services, providers, outcome, from, until, unusual }: HistoryPage) {
  const conditions: (RawBuilder<unknown> | false | undefined)[] = [
    sql`person = ${person}`,
    before !== undefined && sql`id < ${before}`,
    from !== undefined && sql`id >= ${orderedIdAt('connection', from)}`,
    until !== undefined && sql`id < ${orderedIdAt('connection', until)}`,
    services && sql`service = any(${[...services]}::text[])`,
    providers && sql`provider = any(${[...providers]}::text[])`,
    outcome && (outcome === 'refused' ? sql`refusal is not null` : sql`refusal is null`),
    unusual && sql`unusual <> '{}'`,
  ]
  return conditions.filter((one) => typeof one === 'object')
}

const completion = (id: ConnectionId, at: Date) => sql<{ service: ServiceId }>`
  update connections set state = 'completed', completed_at = ${at}
  where id = ${id} and state = 'authorised' returning service`

const insertion = (row: NewRow) => sql`
  insert into connections (id, reference, state, at, person, service, provider, link, level, acr, took, away, amr,
    reused, session, device, country, network, origin, scopes, organisation, mandate, refusal, unusual, alert)
  values (${row.id}, ${row.reference}, ${row.state}, ${row.at}, ${row.person ?? null}, ${row.service},
    ${row.provider ?? null}, ${row.link ?? null}, ${row.level ?? null}, ${row.acr ?? null}, ${row.took ?? null},
    ${row.away ?? null}, ${row.amr}::text[], ${row.reused}, ${row.session ?? null}, ${row.device ?? null},
    ${row.country ?? null}, ${row.network ?? null}, ${row.origin}::bytea, ${row.scopes}::text[],
    ${row.organisation ?? null}, ${row.mandate ?? null}, ${row.refusal ?? null},
    ${row.unusual}::text[], ${row.alert})`

/** What runs at each login or page, apart from the verbs so that a test asks the database how it would run them. */
export const hotStatements = {
  insert: insertion,
  insertUnlessTaken: (row: NewRow) => sql`${insertion(row)} on conflict (reference) do nothing returning id`,

  stop: (of: { person: PersonId; since: ConnectionId; providers: readonly ProviderId[] | null; refusal: ErrorName }) =>
    sql<{ id: ConnectionId; service: ServiceId; provider: ProviderId }>`
    update connections set state = 'refused', refusal = ${of.refusal}
    where id in (
      select id from connections where person = ${of.person} and id >= ${of.since} and state = 'authorised'
        ${of.providers ? sql`and provider = any(${[...of.providers]}::text[])` : sql``}
      order by id for update)
      and state = 'authorised'
    returning id, service, provider`,

  complete: completion,
  /** The same, or an error for which `isNotFirst` holds. */
  completeFirst: (id: ConnectionId, service: ServiceId, at: Date) => sql`
    with completed as (${completion(id, at)})
    select 1 / count(*)::int from completed where service = ${service}`,

  byId: (id: ConnectionId) =>
    sql<ConnectionRow & { origin: Buffer }>`select ${columns}, origin from connections where id = ${id}`,

  /**
   * Which lines a page has is read in the index `connections_of_person` alone, whatever the conditions: what a person
   * did is spread over the whole ledger, and a condition that few lines meet would else read them all there.
   */
  ofPerson: (page: HistoryPage) => sql<ConnectionRow>`
    select ${columns} from connections
    where id = any(array(
      select id from connections where ${sql.join(conditionsOf(page), sql` and `)} order by id desc limit ${page.limit}
    ))
    order by id desc`,

  lineOf: (line: { person: PersonId; reference: string }) => sql<ConnectionRow>`
    select ${columns} from connections where reference = ${line.reference} and person = ${line.person}`,

  /** By `connections_acting` alone, and of it the newest: of who acts for thousands as of who acts for two. */
  lastActed: (of: { person: PersonId; service: ServiceId; most: number; looked: number }) => sql<{
    organisation: OrganisationId
  }>`
    select organisation from (
      select id, organisation from connections
      where person = ${of.person} and service = ${of.service} and organisation is not null
      order by id desc limit ${of.looked}
    ) as latest
    group by organisation order by max(id) desc limit ${of.most}`,

  habitsOf: (person: PersonId) => sql<{
    service: ServiceId
    provider: ProviderId | null
    count: number
    first: ConnectionId
  }>`
    select service, provider, count(*)::int as count, min(id) as first from connections
    where person = ${person} group by service, provider`,

  habits: (of: { person: PersonId; since: ConnectionId; limit: number }) => sql<{
    countries: string[]
    networks: string[]
    providers: ProviderId[]
    connections: number
    last_country: string | null
    last_at: Date | null
  }>`
    select coalesce(array_agg(distinct country) filter (where country is not null), '{}') as countries,
      coalesce(array_agg(distinct network) filter (where network is not null), '{}') as networks,
      coalesce(array_agg(distinct provider), '{}') as providers,
      count(*)::int as connections,
      (array_agg(country order by id desc) filter (where country is not null))[1] as last_country,
      (array_agg(at order by id desc) filter (where country is not null))[1] as last_at
    from (
      select id, at, country, network, provider from connections
      where person = ${of.person} and id >= ${of.since} and state <> 'refused' and answer is distinct from 'disowned'
      order by id desc limit ${of.limit}
    ) as latest`,

  unansweredOf: (of: { person: PersonId; since: ConnectionId; limit: number }) => sql<ConnectionRow>`
    select ${columns} from connections
    where person = ${of.person} and id >= ${of.since} and alert <> 'none' and answer is null
    order by id desc limit ${of.limit}`,

  moveTo: (move: { from: PersonId; to: PersonId; links: LinkId[]; providers: ProviderId[]; all: boolean }) => sql<{
    id: ConnectionId
  }>`
    update connections set person = ${move.to}, network = null
    where person = ${move.from} and (${move.all} or link = any(${move.links}::text[])
      or (link is null and provider = any(${move.providers}::text[])))
    returning id`,

  expire: (past: { before: ConnectionId; olderThan: Date; limit: number }) => sql`
    delete from connections where id = any(array(
      select id from connections where id < ${past.before} and at < ${past.olderThan} order by id limit ${past.limit}
    ))`,
} satisfies Record<string, (...parameters: never[]) => RawBuilder<unknown>>

/** Ids tell the time: those of a stretch are one range of the primary key. */
const within = ({ from, until }: Stretch) =>
  sql`id >= ${orderedIdAt('connection', from)} and id < ${orderedIdAt('connection', until)}`

/** What detection asks again and again, apart as the hot ones are. */
export const watchStatements = {
  striking: (asked: Stretch & { reasons: readonly Reason[]; least: number; limit: number }) => sql<ConnectionRow>`
    select ${columns} from connections
    where ${within(asked)} and state <> 'refused' and unusual && ${[...asked.reasons]}::text[]
      and (select count(*) from unnest(unusual) as reason where reason = any(${[...asked.reasons]}::text[])) >= ${asked.least}::int
    order by id limit ${asked.limit}`,

  /** The stretch first: an index on persons would give the groups, and be read from end to end for it. */
  busy: (asked: Stretch & { services: number; since: Instant; limit: number }) => sql<{ person: PersonId }>`
    with lines as materialized (
      select id, person, service from connections
      where ${within(asked)} and person is not null and state <> 'refused'
    )
    select person from lines group by person
    having count(distinct service) >= ${asked.services}::int and max(id) >= ${orderedIdAt('connection', asked.since)}
    order by person limit ${asked.limit}`,

  attempts: (asked: Stretch & { refusals: readonly ErrorName[] }) => sql<AttemptsThrough>`
    select provider, count(*) filter (where refusal is null)::int as "signedIn",
      count(*) filter (where refusal is not null)::int as refused
    from connections
    where ${within(asked)} and provider is not null and not reused
      and (refusal is null or refusal = any(${[...asked.refusals]}::text[]))
    group by provider order by provider`,

  /** `connections_on_shared_device` has exactly these lines: its condition is written here as there. */
  onSharedDevice: (asked: Stretch & { device: DeviceId; limit: number }) => sql<ConnectionRow>`
    select ${columns} from connections
    where device = ${asked.device} and 'shared_device' = any(unusual) and ${within(asked)}
    order by id desc limit ${asked.limit}`,
} satisfies Record<string, (...parameters: never[]) => RawBuilder<unknown>>

export function createConnectionStore() {
  const { insert, complete, completeFirst, byId, ofPerson, lineOf, habitsOf, habits, unansweredOf, moveTo, expire } =
    hotStatements
  return {
    /** Fails where the reference is taken. */
    async insert(tx: Tx, row: NewRow): Promise<void> {
      await insert(row).execute(tx)
    },
    isReferenceTaken: (error: unknown): boolean =>
      (error as { constraint?: unknown } | undefined)?.constraint === 'connections_reference_key',
    /** False when the reference is taken; the transaction goes on. */
    async insertUnlessTaken(tx: Tx, row: NewRow): Promise<boolean> {
      return (await hotStatements.insertUnlessTaken(row).execute(tx)).rows.length === 1
    },
    async stop(tx: Tx, of: Parameters<typeof hotStatements.stop>[0]) {
      return (await hotStatements.stop(of).execute(tx)).rows
    },
    async complete(tx: Tx, id: ConnectionId, at: Date): Promise<ServiceId | undefined> {
      return (await complete(id, at).execute(tx)).rows[0]?.service
    },
    async completeFirst(tx: Tx, { id, service, at }: { id: ConnectionId; service: ServiceId; at: Date }) {
      await completeFirst(id, service, at).execute(tx)
    },
    async byId(handle: Handle, id: ConnectionId): Promise<(ConnectionRow & { origin: Buffer }) | undefined> {
      return (await byId(id).execute(handle)).rows[0]
    },
    async personOf(handle: Handle, reference: string): Promise<PersonId | undefined> {
      const { rows } = await sql<{ person: PersonId | null }>`
        select person from connections where reference = ${reference}`.execute(handle)
      return rows[0]?.person ?? undefined
    },
    async ofPerson(handle: Handle, page: HistoryPage): Promise<ConnectionRow[]> {
      return (await ofPerson(page).execute(handle)).rows
    },
    async lineOf(handle: Handle, line: Parameters<typeof lineOf>[0]): Promise<ConnectionRow | undefined> {
      return (await lineOf(line).execute(handle)).rows[0]
    },
    async linesOf(handle: Handle, person: PersonId, ids: readonly ConnectionId[]): Promise<ConnectionRow[]> {
      const { rows } = await sql<ConnectionRow>`select ${columns} from connections
        where id = any(${[...ids]}::text[]) and person = ${person}`.execute(handle)
      return rows
    },
    async linesWithOrigin(
      handle: Handle,
      person: PersonId,
      asked:
        | { lines: readonly ConnectionId[] }
        | { sessions: SessionId[]; from: Instant; until: Instant; most: number },
    ): Promise<(ConnectionRow & { origin: Buffer })[]> {
      const which =
        'lines' in asked
          ? sql`id = any(${[...asked.lines]}::text[])`
          : sql`id >= ${orderedIdAt('connection', asked.from)} and id < ${orderedIdAt('connection', asked.until)}
              and session = any(${asked.sessions}::text[])`
      const { rows } = await sql<ConnectionRow & { origin: Buffer }>`select ${columns}, origin from connections
        where person = ${person} and ${which}
        order by id ${'most' in asked ? sql`limit ${asked.most}` : sql``}`.execute(handle)
      return rows
    },
    async lastActed(handle: Handle, of: Parameters<typeof hotStatements.lastActed>[0]): Promise<OrganisationId[]> {
      return (await hotStatements.lastActed(of).execute(handle)).rows.map(({ organisation }) => organisation)
    },
    async habitsOf(handle: Handle, person: PersonId) {
      return (await habitsOf(person).execute(handle)).rows
    },
    async habits(handle: Handle, of: Parameters<typeof habits>[0]) {
      const [row] = (await habits(of).execute(handle)).rows
      if (!row) throw new Error('an aggregate returned no row')
      return row
    },
    async unansweredOf(handle: Handle, of: Parameters<typeof unansweredOf>[0]): Promise<ConnectionRow[]> {
      return (await unansweredOf(of).execute(handle)).rows
    },
    /** False when it was said already, or is nobody's line. */
    async answer(
      tx: Tx,
      said: { person: PersonId; connection: ConnectionId; answer: OwnAnswer; at: Date },
    ): Promise<boolean> {
      const { rows } = await sql`update connections set answer = ${said.answer}, answered_at = ${said.at}
        where id = ${said.connection} and person = ${said.person} and answer is distinct from ${said.answer}
        returning id`.execute(tx)
      return rows.length === 1
    },
    async saidOf(handle: Handle, line: { person: PersonId; connection: ConnectionId }) {
      const { rows } = await sql<Pick<ConnectionRow, 'answer' | 'session' | 'device'>>`
        select answer, session, device from connections
        where id = ${line.connection} and person = ${line.person}`.execute(handle)
      return rows[0]
    },
    async moveTo(tx: Tx, move: Parameters<typeof moveTo>[0]): Promise<ConnectionId[]> {
      return (await moveTo(move).execute(tx)).rows.map(({ id }) => id)
    },
    async expire(handle: Handle, past: Parameters<typeof expire>[0]): Promise<number> {
      return Number((await expire(past).execute(handle)).numAffectedRows ?? 0n)
    },
    /** Days counted already, and after them the lines of the ledger; all of them where nothing is counted in that zone. */
    async reuse(
      handle: Handle,
      of: { since: Instant; timeZone: string; services: readonly ServiceId[] | null },
    ): Promise<Reuse[]> {
      const { timeZone } = of
      const counted = await countedUntil(handle, timeZone)
      const from = Math.max(of.since, counted?.begins ?? of.since)
      const ofServices = of.services === null ? sql`` : sql`and service = any(${[...of.services]}::text[])`
      const { rows } = await sql<Reuse>`
        select month, sum(connections)::int as connections, sum(by_session)::int as "bySession",
          sum(double_avoided)::int as "doubleAvoided"
        from (
          select to_char(day, 'YYYY-MM') as month, connections, by_session, double_avoided from connection_days
          where day >= (${toDate(of.since)}::timestamptz at time zone ${timeZone})::date
            and day < ${counted?.until ?? '-infinity'}::text::date ${ofServices}
          union all
          select to_char(at at time zone ${timeZone}, 'YYYY-MM'), ${figures} from connections
          where id >= ${newOrderedId('connection', from - 1)} and at >= ${toDate(from)} and state <> 'refused' ${ofServices}
          group by 1
        ) as parts group by month order by month`.execute(handle)
      return rows
    },

    /** One process counts at a time; the days of another zone are counted anew. False: there was nothing left to count. */
    async countDay(tx: Tx, present: { timeZone: string; over: Date }): Promise<boolean> {
      const { timeZone, over } = present
      await sql`select pg_advisory_xact_lock(hashtextextended('connections days', 0))`.execute(tx)
      const counted = await countedUntil(tx, timeZone)
      if (!counted) await sql`delete from connection_days`.execute(tx)
      const from = counted?.begins ?? 1
      // A day without a line is nothing to count.
      const { rows } = await sql<{ day: string; begins: Date; ends: Date }>`
        select day::text, day::timestamp at time zone ${timeZone} as begins, (day + 1)::timestamp at time zone ${timeZone} as ends
        from (select (at at time zone ${timeZone})::date as day from connections
          where id >= ${newOrderedId('connection', from - 1)} and at >= ${toDate(from)} order by id limit 1) as next
        where (day + 1)::timestamp at time zone ${timeZone} <= ${over}::timestamptz`.execute(tx)
      const [next] = rows
      if (!next) return false
      const [begins, ends] = [next.begins.getTime(), next.ends.getTime()]
      await sql`insert into connection_days (day, service, connections, by_session, double_avoided)
        select ${next.day}::text::date, service, ${figures} from connections
        where id >= ${newOrderedId('connection', begins - 1)} and id < ${newOrderedId('connection', ends + 1)}
          and at >= ${next.begins} and at < ${next.ends} and state <> 'refused'
        group by service`.execute(tx)
      await sql`insert into connection_days_until (until, time_zone) values (${next.day}::text::date + 1, ${timeZone})
        on conflict (single) do update set until = excluded.until, time_zone = excluded.time_zone`.execute(tx)
      return true
    },

    /** Ids grow with time: the primary key finds where to begin. */
    async activity(handle: Handle, of: { since: Instant; timeZone: string }): Promise<Activity> {
      const after = sql`id > ${newOrderedId('connection', of.since - 1)} and at >= ${toDate(of.since)}`
      const hours = await sql<{ begins: Date; authorised: number; refused: number }>`
        select date_trunc('hour', at, ${of.timeZone}::text) as begins,
          count(*) filter (where state <> 'refused')::int as authorised,
          count(*) filter (where state = 'refused')::int as refused
        from connections where ${after} group by 1 order by 1`.execute(handle)
      const refusals = await sql<{ reason: ErrorName; count: number }>`
        select refusal as reason, count(*)::int as count from connections
        where ${after} and state = 'refused' group by 1 order by 2 desc, 1`.execute(handle)
      return {
        hours: hours.rows.map(({ begins, ...counted }) => ({ begins: begins.getTime(), ...counted })),
        refusals: refusals.rows,
      }
    },

    async signIns(handle: Handle, since: Instant): Promise<SignInsThrough[]> {
      const { rows } = await sql<SignInsThrough>`
        select provider, service, count(*)::int as count from connections
        where id > ${newOrderedId('connection', since - 1)} and at >= ${toDate(since)}
          and state <> 'refused' and not reused and provider is not null
        group by 1, 2`.execute(handle)
      return rows
    },

    async striking(handle: Handle, asked: Parameters<typeof watchStatements.striking>[0]): Promise<ConnectionRow[]> {
      return (await watchStatements.striking(asked).execute(handle)).rows
    },
    async busy(handle: Handle, asked: Parameters<typeof watchStatements.busy>[0]): Promise<PersonId[]> {
      return (await watchStatements.busy(asked).execute(handle)).rows.map(({ person }) => person)
    },
    async attempts(handle: Handle, asked: Parameters<typeof watchStatements.attempts>[0]): Promise<AttemptsThrough[]> {
      return (await watchStatements.attempts(asked).execute(handle)).rows
    },
    async onSharedDevice(handle: Handle, asked: Parameters<typeof watchStatements.onSharedDevice>[0]) {
      return (await watchStatements.onSharedDevice(asked).execute(handle)).rows
    },

    async firstSince(handle: Handle, since: Instant): Promise<Instant | undefined> {
      const { rows } = await sql<{ at: Date }>`select at from connections
        where id >= ${newOrderedId('connection', Math.max(0, since - 1))} and at >= ${toDate(since)}
        order by id limit 1`.execute(handle)
      return rows[0]?.at.getTime()
    },

    async counted(handle: Handle, { from, to }: { from: Instant; to: Instant }): Promise<Counted[]> {
      const bucket = (column: RawBuilder<unknown>) =>
        sql`floor(ln(greatest(1, ${column})) / ln(${durationStep}::numeric))::int::text`
      const { rows } = await sql<Counted>`
        with lines as materialized (
          select service, provider, state = 'refused' as refused, reused, coalesce(acr, level) as given, level, refusal,
            took, away
          from connections
          where id >= ${newOrderedId('connection', Math.max(0, from - 1))} and id < ${newOrderedId('connection', to + 1)}
            and at >= ${toDate(from)} and at < ${toDate(to)}
        )
        select 'service' as side, service as id, 'login' as kind, given as value, count(*)::int as count from lines
          where not refused group by service, given
        union all select 'service', service, 'refusal', refusal, count(*)::int from lines
          where refused group by service, refusal
        union all select 'service', service, 'duration', ${bucket(sql`took`)}, count(*)::int from lines
          where not refused and took is not null group by 2, 4
        union all select 'provider', provider, 'login', level, count(*)::int from lines
          where not refused and not reused and provider is not null group by provider, level
        union all select 'provider', provider, 'refusal', refusal, count(*)::int from lines
          where refused and provider is not null group by provider, refusal
        union all select 'provider', provider, 'duration', ${bucket(sql`away`)}, count(*)::int from lines
          where not refused and not reused and provider is not null and away is not null group by 2, 4`.execute(handle)
      return rows
    },

    async count(handle: Handle): Promise<number> {
      const { rows } = await sql<{ count: string }>`select count(*)::text as count from connections`.execute(handle)
      return Number(rows[0]?.count)
    },
  }
}

/** Two factors as `hasTwoFactors` reads them. */
const figures = sql`count(*)::int as connections, count(*) filter (where reused)::int as by_session,
  count(*) filter (where reused and (level <> 'eidas1' or 'mfa' = any(amr)))::int as double_avoided`

/** The first day of the zone that is not counted, with the instant at which it begins. */
async function countedUntil(handle: Handle, timeZone: string): Promise<{ until: string; begins: Instant } | undefined> {
  const { rows } = await sql<{ until: string; begins: Date }>`
    select until::text, until::timestamp at time zone time_zone as begins from connection_days_until
    where time_zone = ${timeZone}`.execute(handle)
  const [row] = rows
  return row && { until: row.until, begins: row.begins.getTime() }
}
