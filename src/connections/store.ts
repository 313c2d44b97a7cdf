/** Every statement on `connections`. */
import { type RawBuilder, sql } from 'kysely'
import type { Level } from '../kernel/assurance.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { ConnectionId, DeviceId, LinkId, PersonId, ProviderId, ServiceId, SessionId } from '../kernel/ids.ts'
import type { Reason } from '../policy/policy.ts'
import type { Handle, Tx } from '../storage/storage.ts'
import type { AlertKind, ConnectionState, NewConnection, Reuse } from './connections.ts'

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
  amr: string[]
  reused: boolean
  session: SessionId | null
  device: DeviceId | null
  country: string | null
  origin: Buffer
  scopes: string[]
  refusal: ErrorName | null
  unusual: Reason[]
  alert: AlertKind
}

type NewRow = Omit<NewConnection, 'at' | 'address' | 'port'> & { reference: string; origin: Buffer; at: Date }

const columns = sql`id, reference, state, at, completed_at, person, service, provider, link, level, amr, reused, session,
  device, country, origin, scopes, refusal, unusual, alert`

/** What runs at each login or page, apart from the verbs so that a test asks the database how it would run them. */
export const hotStatements = {
  insert: (row: NewRow) => sql<{ id: ConnectionId }>`
    insert into connections (id, reference, state, at, person, service, provider, link, level, amr, reused, session,
      device, country, origin, scopes, refusal, unusual, alert)
    values (${row.id}, ${row.reference}, ${row.state}, ${row.at}, ${row.person ?? null}, ${row.service},
      ${row.provider ?? null}, ${row.link ?? null}, ${row.level ?? null}, ${row.amr}::text[], ${row.reused},
      ${row.session ?? null}, ${row.device ?? null}, ${row.country ?? null}, ${row.origin}::bytea,
      ${row.scopes}::text[], ${row.refusal ?? null}, ${row.unusual}::text[], ${row.alert})
    on conflict (reference) do nothing
    returning id`,

  complete: (id: ConnectionId, at: Date) => sql<{ service: ServiceId }>`
    update connections set state = 'completed', completed_at = ${at}
    where id = ${id} and state = 'authorised' returning service`,

  byId: (id: ConnectionId) => sql<ConnectionRow>`select ${columns} from connections where id = ${id}`,

  ofPerson: (page: { person: PersonId; limit: number; before: ConnectionId | null }) => sql<ConnectionRow>`
    select ${columns} from connections
    where person = ${page.person} ${page.before === null ? sql`` : sql`and id < ${page.before}`}
    order by id desc limit ${page.limit}`,

  habits: (of: { person: PersonId; since: ConnectionId; limit: number }) => sql<{
    countries: string[]
    providers: ProviderId[]
    connections: number
  }>`
    select coalesce(array_agg(distinct country) filter (where country is not null), '{}') as countries,
      coalesce(array_agg(distinct provider), '{}') as providers,
      count(*)::int as connections
    from (
      select country, provider from connections
      where person = ${of.person} and id >= ${of.since} and state <> 'refused'
      order by id desc limit ${of.limit}
    ) as latest`,

  moveTo: (move: { from: PersonId; to: PersonId; links: LinkId[]; providers: ProviderId[] }) => sql`
    update connections set person = ${move.to}
    where person = ${move.from}
      and (link = any(${move.links}::text[]) or (link is null and provider = any(${move.providers}::text[])))`,

  expire: (past: { before: ConnectionId; olderThan: Date; limit: number }) => sql`
    delete from connections where id = any(array(
      select id from connections where id < ${past.before} and at < ${past.olderThan} order by id limit ${past.limit}
    ))`,
} satisfies Record<string, (...parameters: never[]) => RawBuilder<unknown>>

export function createConnectionStore() {
  const { insert, complete, byId, ofPerson, habits, moveTo, expire } = hotStatements
  return {
    /** False when the reference is taken; the transaction goes on. */
    async insert(tx: Tx, row: NewRow): Promise<boolean> {
      return (await insert(row).execute(tx)).rows.length === 1
    },
    async complete(tx: Tx, id: ConnectionId, at: Date): Promise<ServiceId | undefined> {
      return (await complete(id, at).execute(tx)).rows[0]?.service
    },
    async byId(handle: Handle, id: ConnectionId): Promise<ConnectionRow | undefined> {
      return (await byId(id).execute(handle)).rows[0]
    },
    async ofPerson(handle: Handle, page: Parameters<typeof ofPerson>[0]): Promise<ConnectionRow[]> {
      return (await ofPerson(page).execute(handle)).rows
    },
    async habits(handle: Handle, of: Parameters<typeof habits>[0]) {
      return (await habits(of).execute(handle)).rows[0] ?? { countries: [], providers: [], connections: 0 }
    },
    async moveTo(tx: Tx, move: Parameters<typeof moveTo>[0]): Promise<number> {
      return Number((await moveTo(move).execute(tx)).numAffectedRows ?? 0n)
    },
    async expire(handle: Handle, past: Parameters<typeof expire>[0]): Promise<number> {
      return Number((await expire(past).execute(handle)).numAffectedRows ?? 0n)
    },
    /** Two factors as `hasTwoFactors` reads them. The primary key is in order of time. */
    async reuse(
      handle: Handle,
      of: { since: ConnectionId; timeZone: string; services: readonly ServiceId[] | null },
    ): Promise<Reuse[]> {
      const ofServices = of.services === null ? sql`` : sql`and service = any(${[...of.services]}::text[])`
      const { rows } = await sql<Reuse>`
        select to_char(at at time zone ${of.timeZone}, 'YYYY-MM') as month,
          count(*)::int as connections,
          count(*) filter (where reused)::int as "bySession",
          count(*) filter (where reused and (level <> 'eidas1' or 'mfa' = any(amr)))::int as "doubleAvoided"
        from connections
        where id >= ${of.since} and state <> 'refused' ${ofServices}
        group by month order by month`.execute(handle)
      return rows
    },
    async count(handle: Handle): Promise<number> {
      const { rows } = await sql<{ count: string }>`select count(*)::text as count from connections`.execute(handle)
      return Number(rows[0]?.count)
    },
  }
}
