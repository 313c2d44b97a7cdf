/** Every statement on `sessions`, `devices`, `device_names` and `trips`. */
import { type RawBuilder, sql } from 'kysely'
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { DeviceId, LinkId, PersonId, ProviderId, ServiceId, SessionId, TripId } from '../kernel/ids.ts'
import type { ActingRef } from '../policy/mandate.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export type EndReason = 'logout' | 'replaced' | 'revoked' | 'expired' | 'withdrawn'

export interface SessionRow {
  id: SessionId
  person: PersonId
  link: LinkId
  provider: ProviderId
  level: Level
  serves: Level
  amr: string[]
  auth_time: Date
  second_factor_at: Date | null
  device: DeviceId | null
  upstream_id_token: Buffer | null
  services: Openings
  started_at: Date
  last_seen_at: Date
  confined: boolean
}

/** What a service was given in a session. */
export interface Opening {
  sid: string
  scopes: string[]
  /** For whom the person acts there; absent: for themselves. */
  acting?: ActingRef
}
export type Openings = Record<ServiceId, Opening>

/** Sessions that came through a provider. */
interface Scope {
  provider: ProviderId
  /** Authenticated there at this instant or later. */
  since: Date
  levels: Level[]
}

interface EndedRow {
  id: SessionId
  person: PersonId
  services: Openings
}

/** A session is live while it was seen, and started, after these (R057). */
interface Limits {
  seenAfter: Date
  /** At the highest level. */
  seenAfterAtHigh: Date
  startedAfter: Date
}

const columns = sql`id, person, link, provider, level, serves, amr, auth_time, second_factor_at, device,
  upstream_id_token, services, started_at, last_seen_at, confined`

const through = ({ provider, since, levels }: Scope): RawBuilder<unknown> =>
  sql`ended_at is null and provider = ${provider} and auth_time >= ${since} and level = any(${levels}::text[])`

/** The instant after which this session must have been seen: the highest level is that of the session and of its link. */
const seenAfterOf = ({ seenAfter, seenAfterAtHigh }: Limits): RawBuilder<unknown> =>
  sql`case when level = 'eidas3' and serves = 'eidas3' then ${seenAfterAtHigh}::timestamptz else ${seenAfter} end`

const live = (limits: Limits): RawBuilder<unknown> =>
  sql`ended_at is null and last_seen_at > ${seenAfterOf(limits)} and started_at > ${limits.startedAfter}`

/** All that an opening stands under: each of these may end by itself. */
export function groundsOf({ organisation, capacity }: ActingRef): string[] {
  const { as: _as, ...grounds } = capacity
  return [organisation, ...Object.values(grounds)]
}

/** The column of a session: what it was ever opened under. */
const groundsIn = (before: RawBuilder<unknown>, opening?: Pick<Opening, 'acting'>): RawBuilder<unknown> =>
  opening?.acting ? sql`coalesce(${before}, '{}') || ${groundsOf(opening.acting)}::text[]` : before

/**
 * `services` with one more opening: a `sid` that the service knows already stays, its scopes add up; for whom the person
 * acts there is what was chosen last.
 */
function openedIn(services: RawBuilder<unknown>, opening?: Opening & { service: ServiceId }): RawBuilder<unknown> {
  if (!opening) return services
  const before = sql`${services} -> ${opening.service}::text`
  const acting = opening.acting ? sql`, 'acting', ${JSON.stringify(opening.acting)}::jsonb` : sql``
  return sql`${services} || jsonb_build_object(${opening.service}::text, jsonb_build_object(
    'sid', coalesce(${before} ->> 'sid', ${opening.sid}::text),
    'scopes', (select coalesce(jsonb_agg(distinct scope), '[]') from jsonb_array_elements_text(
      coalesce(${before} -> 'scopes', '[]') || ${JSON.stringify(opening.scopes)}::jsonb) as scope)${acting}))`
}

interface NewSessionRow extends Pick<SessionRow, 'id' | 'person' | 'link' | 'provider' | 'level' | 'serves' | 'amr'> {
  secretHash: string
  authTime: Date
  secondFactorAt: Date | null
  device?: DeviceId
  sealedToken: Buffer | null
  opens: (Opening & { service: ServiceId }) | undefined
  at: Date
  replaces: SessionId | null
  confined: boolean
}

interface StartedRow {
  services: Openings
  second_factor_at: Date | null
  replaced_person: PersonId | null
  replaced_services: Openings | null
}

/** What `start` answers where it replaces no session. */
export function startedAlone({ opens, secondFactorAt }: Pick<NewSessionRow, 'opens' | 'secondFactorAt'>): StartedRow {
  const { service, ...opening } = opens ?? {}
  return {
    services: service === undefined ? {} : { [service]: opening as Opening },
    second_factor_at: secondFactorAt,
    replaced_person: null,
    replaced_services: null,
  }
}

/** Nobody reads more; a robot that signs in all day would have thousands. */
const mostListed = 200

export function createSessionStore() {
  return {
    async liveBySecret(handle: Handle, secretHash: string, limits: Limits): Promise<SessionRow | undefined> {
      const { rows } = await sql<SessionRow>`select ${columns} from sessions
        where secret_hash = ${secretHash} and ${live(limits)}`.execute(handle)
      return rows[0]
    },

    async liveById(handle: Handle, id: SessionId, limits: Limits): Promise<SessionRow | undefined> {
      const { rows } = await sql<SessionRow>`select ${columns} from sessions
        where id = ${id} and ${live(limits)}`.execute(handle)
      return rows[0]
    },

    /** One statement ends the replaced session and inserts the new one, with its services if the person is the same. */
    async start(tx: Tx, row: NewSessionRow): Promise<StartedRow> {
      const { rows } = await sql<StartedRow>`with replaced as (
          update sessions set ended_at = ${row.at}, end_reason = 'replaced'
          where id = ${row.replaces} and ended_at is null
          returning person, services, second_factor_at, acting
        )
        insert into sessions (id, secret_hash, person, link, provider, level, serves, amr, auth_time,
          second_factor_at, device, upstream_id_token, services, acting, started_at, last_seen_at, confined)
        values (${row.id}, ${row.secretHash}, ${row.person}, ${row.link}, ${row.provider}, ${row.level}, ${row.serves},
          ${row.amr}::text[], ${row.authTime},
          coalesce(${row.secondFactorAt}::timestamptz,
            (select second_factor_at from replaced where person = ${row.person})),
          ${row.device ?? null}, ${row.sealedToken}::bytea,
          ${openedIn(sql`coalesce((select services from replaced where person = ${row.person}), '{}')`, row.opens)},
          ${groundsIn(sql`(select acting from replaced where person = ${row.person})`, row.opens)},
          ${row.at}, ${row.at}, ${row.confined})
        returning services, second_factor_at,
          (select person from replaced) as replaced_person,
          (select services from replaced) as replaced_services`.execute(tx)
      const started = rows[0]
      if (!started) throw new Error('insert into sessions returned no row')
      return started
    },

    /**
     * Parallel tabs open services at the same moment: the row's lock orders them, and each adds to what the one before
     * has left.
     */
    async open(
      tx: Tx,
      use: Opening & { session: SessionId; service: ServiceId; seenAt: Date | null } & Limits,
    ): Promise<string | undefined> {
      const { rows } = await sql<{ sid: string }>`update sessions
        set services = ${openedIn(sql`services`, use)}, ${use.acting ? sql`acting = ${groundsIn(sql`acting`, use)},` : sql``}
          last_seen_at = greatest(last_seen_at, ${use.seenAt}::timestamptz)
        where id = ${use.session} and ${live(use)}
        returning services -> ${use.service}::text ->> 'sid' as sid`.execute(tx)
      return rows[0]?.sid
    },

    async touch(handle: Handle, session: SessionId, at: Date, limits: Limits): Promise<void> {
      await sql`update sessions set last_seen_at = greatest(last_seen_at, ${at})
        where id = ${session} and ${live(limits)}`.execute(handle)
    },

    async end(tx: Tx, session: SessionId, reason: EndReason, at: Date): Promise<EndedRow[]> {
      const { rows } = await sql<EndedRow>`update sessions set ended_at = ${at}, end_reason = ${reason}
        where id = ${session} and ended_at is null
        returning id, person, services`.execute(tx)
      return rows
    },

    /** Locks in the order of ids, so that two callers cannot wait for each other. */
    async endAllOf(
      tx: Tx,
      end: {
        person: PersonId
        provider: ProviderId | null
        device: DeviceId | null
        except: SessionId | null
        reason: EndReason
        at: Date
      },
    ): Promise<EndedRow[]> {
      const { rows } = await sql<EndedRow>`update sessions set ended_at = ${end.at}, end_reason = ${end.reason}
        where id in (select id from sessions where person = ${end.person} and ended_at is null
            and provider = coalesce(${end.provider}, provider)
            and (${end.device}::text is null or device = ${end.device})
            and id is distinct from ${end.except} order by id for update)
          and ended_at is null
        returning id, person, services`.execute(tx)
      return rows
    },

    async endOf(
      tx: Tx,
      end: { person: PersonId; session: SessionId; reason: EndReason; at: Date },
    ): Promise<EndedRow[]> {
      const { rows } = await sql<EndedRow>`update sessions set ended_at = ${end.at}, end_reason = ${end.reason}
        where id = ${end.session} and person = ${end.person} and ended_at is null
        returning id, person, services`.execute(tx)
      return rows
    },

    async ofPerson(handle: Handle, person: PersonId, limits: Limits): Promise<SessionRow[]> {
      const { rows } = await sql<SessionRow>`select ${columns} from sessions
        where person = ${person} and ${live(limits)}
        order by last_seen_at desc, id desc limit ${mostListed}`.execute(handle)
      return rows
    },

    /** Live sessions in which a service knows a person by this `sid`. */
    async openings(
      handle: Handle,
      { person, service, sid }: { person: PersonId; service: ServiceId; sid: string },
      limits: Limits,
    ): Promise<Pick<SessionRow, 'provider' | 'level' | 'auth_time'>[]> {
      const { rows } = await sql<Pick<SessionRow, 'provider' | 'level' | 'auth_time'>>`
        select provider, level, auth_time from sessions
        where person = ${person} and services -> ${service}::text ->> 'sid' = ${sid}
          and ${live(limits)}`.execute(handle)
      return rows
    },

    /** Locks in the order of ids, so that two callers cannot wait for each other; as `closeFor` does. */
    async endThrough(tx: Tx, scope: Scope, at: Date, limit: number): Promise<EndedRow[]> {
      const { rows } = await sql<EndedRow>`update sessions set ended_at = ${at}, end_reason = 'withdrawn'
        where id in (select id from sessions where ${through(scope)} order by id limit ${limit} for update)
        returning id, person, services`.execute(tx)
      return rows
    },

    /** Live sessions in which a service was opened, and of how many people. */
    async countOpen(handle: Handle, service: ServiceId, limits: Limits): Promise<{ sessions: number; people: number }> {
      const { rows } = await sql<{ sessions: number; people: number }>`
        select count(*)::int as sessions, count(distinct person)::int as people from sessions
        where ${live(limits)} and services ? ${service}`.execute(handle)
      return rows[0] ?? { sessions: 0, people: 0 }
    },

    async countThrough(
      handle: Handle,
      scope: Scope,
      services: 'all' | readonly ServiceId[],
      limits: Limits,
    ): Promise<number> {
      const open = services === 'all' ? sql`` : sql`and services ?| ${[...services]}::text[]`
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from sessions
        where ${through(scope)} and ${live(limits)} ${open}`.execute(handle)
      return rows[0]?.count ?? 0
    },

    /** Takes services out of sessions that go on; their `sid` stays readable. `services`: what each had until now. */
    async closeFor(tx: Tx, scope: Scope, services: readonly ServiceId[], limit: number): Promise<EndedRow[]> {
      const { rows } = await sql<EndedRow>`with concerned as (
          select id, services from sessions
          where ${through(scope)} and services ?| ${services}::text[]
          order by id limit ${limit} for update)
        update sessions s set services = s.services - ${services}::text[],
          closed = coalesce(s.closed, '{}') || (select jsonb_object_agg(key, value) from jsonb_each(s.services)
            where key = any(${services}::text[]))
        from concerned c where s.id = c.id
        returning s.id, s.person, c.services`.execute(tx)
      return rows
    },

    /** Live sessions in which something was opened under one of these, by their ids. */
    async openUnder(
      handle: Handle,
      under: readonly string[],
      page: { after: SessionId | null; limit: number },
      limits: Limits,
    ): Promise<Pick<SessionRow, 'id' | 'person' | 'level' | 'serves' | 'services'>[]> {
      const { rows } = await sql<Pick<SessionRow, 'id' | 'person' | 'level' | 'serves' | 'services'>>`
        select id, person, level, serves, services from sessions
        where ended_at is null and acting is not null and acting && ${[...under]}::text[] and ${live(limits)}
          and (${page.after}::text is null or id > ${page.after}::text)
        order by id limit ${page.limit}`.execute(handle)
      return rows
    },

    /**
     * Takes out of a session the services that still stand under what was looked at; returns these. Whoever chose anew
     * meanwhile stays.
     */
    async closeActing(tx: Tx, session: SessionId, over: Record<ServiceId, ActingRef>): Promise<EndedRow | undefined> {
      const { rows } = await sql<EndedRow>`with concerned as (
          select id, person, (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(services)
            where value -> 'acting' = ${JSON.stringify(over)}::jsonb -> key) as over
          from sessions where id = ${session} and ended_at is null for update)
        update sessions s set services = s.services - (select array(select jsonb_object_keys(c.over))),
          closed = coalesce(s.closed, '{}') || c.over
        from concerned c where s.id = c.id and c.over <> '{}'
        returning s.id, s.person, c.over as services`.execute(tx)
      return rows[0]
    },

    async servicesOf(handle: Handle, session: SessionId) {
      const { rows } = await sql<{ services: Openings; closed: Openings | null; ended_at: Date | null }>`
        select services, closed, ended_at from sessions where id = ${session}`.execute(handle)
      return rows[0]
    },

    /** Two processes that sweep at the same moment take different sessions. */
    async endOver(tx: Tx, limits: Limits, at: Date, limit: number): Promise<EndedRow[]> {
      const { rows } = await sql<EndedRow>`update sessions set ended_at = ${at}, end_reason = 'expired'
        where id in (
          select id from sessions
          where ended_at is null
            and started_at <= greatest(${limits.seenAfterAtHigh}::timestamptz, ${limits.startedAfter}::timestamptz)
            and (last_seen_at <= ${seenAfterOf(limits)} or started_at <= ${limits.startedAfter})
          order by started_at limit ${limit} for update skip locked)
        returning id, person, services`.execute(tx)
      return rows
    },

    /** What a provider said of the person. */
    async blank(tx: Tx, person: PersonId): Promise<void> {
      await sql`update sessions set upstream_id_token = null where person = ${person}`.execute(tx)
    },

    async forgetEnded(handle: Handle, before: Date): Promise<void> {
      await sql`delete from sessions where ended_at < ${before}`.execute(handle)
    },
  }
}

export function createDeviceStore() {
  return {
    async marksOf(handle: Handle, device: DeviceId): Promise<Record<string, Instant> | undefined> {
      const { rows } = await sql<{ marks: Record<string, Instant> }>`
        select marks from devices where id = ${device}`.execute(handle)
      return rows[0]?.marks
    },

    /** Adds or renews one mark and keeps the newest, under the row's lock. */
    async remember(
      tx: Tx,
      seen: { device: DeviceId; mark: string; place: string; at: Instant; forgetBefore: Instant; keep: number },
    ): Promise<void> {
      const day = new Date(seen.at).toISOString().slice(0, 10)
      const mark = sql`jsonb_build_object(${seen.mark}::text, ${seen.at}::bigint)`
      const place = sql`jsonb_build_object(${seen.mark}::text, jsonb_build_object(${seen.place}::text, ${seen.at}::bigint))`
      await sql`insert into devices (id, marks, places, last_seen_on)
        values (${seen.device}, ${mark}, ${place}, ${day}::date)
        on conflict (id) do update set last_seen_on = excluded.last_seen_on, (marks, places) = (
          select jsonb_object_agg(key, value), jsonb_object_agg(key, coalesce((
            select jsonb_object_agg(place.key, place.value)
            from jsonb_each(coalesce(devices.places -> newest.key, '{}') || coalesce(excluded.places -> newest.key, '{}'))
              as place
            where place.value::bigint > ${seen.forgetBefore}::bigint), '{}'))
          from (
            select key, value from jsonb_each(devices.marks || excluded.marks)
            where value::bigint > ${seen.forgetBefore}::bigint
            order by value::bigint desc limit ${seen.keep}
          ) as newest)`.execute(tx)
    },

    async marksOfMany(handle: Handle, devices: readonly DeviceId[]) {
      const { rows } = await sql<{ id: DeviceId; marks: Record<string, Instant> }>`
        select id, marks from devices where id = any(${[...devices]}::text[])`.execute(handle)
      return rows
    },

    async unmark(tx: Tx, device: DeviceId, mark: string): Promise<boolean> {
      const { rows } = await sql`update devices set marks = marks - ${mark}::text, places = places - ${mark}::text
        where id = ${device} and marks ? ${mark}::text returning id`.execute(tx)
      return rows.length > 0
    },

    async forgetBefore(handle: Handle, instant: Date): Promise<void> {
      await sql`delete from devices where last_seen_on < ${instant.toISOString().slice(0, 10)}::date`.execute(handle)
    },
  }
}

/** A trip as it rests. */
export interface TripRow {
  id: TripId
  sealed: Buffer
  declared_at: Date
  effective_at: Date
  withdrawn_at: Date | null
}

export function createTripStore() {
  return {
    /** Two tabs that declare at once come one after the other. */
    async lock(tx: Tx, person: PersonId): Promise<void> {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`trips ${person}`}, 0))`.execute(tx)
    },

    /** Those that are withdrawn come last: no number of them hides one that counts. */
    async of(handle: Handle, person: PersonId, limit: number): Promise<TripRow[]> {
      const { rows } = await sql<TripRow>`select id, sealed, declared_at, effective_at, withdrawn_at from trips
        where person = ${person} order by (withdrawn_at is null) desc, until_day desc, id desc limit ${limit}`.execute(
        handle,
      )
      return rows
    },

    /** How many were declared after an instant, withdrawn or not. */
    async declaredSince(tx: Tx, person: PersonId, since: Date): Promise<number> {
      const { rows } = await sql<{ count: number }>`select count(*)::int as count from trips
        where person = ${person} and declared_at > ${since}`.execute(tx)
      return rows[0]?.count ?? 0
    },

    async put(
      tx: Tx,
      row: { id: TripId; person: PersonId; sealed: Buffer; until: string; declaredAt: Date; effectiveAt: Date },
    ): Promise<void> {
      await sql`insert into trips (id, person, sealed, until_day, declared_at, effective_at)
        values (${row.id}, ${row.person}, ${row.sealed}, ${row.until}::date, ${row.declaredAt}, ${row.effectiveAt})
        on conflict (id) do update set effective_at = excluded.effective_at`.execute(tx)
    },

    async withdraw(tx: Tx, one: { person: PersonId; trip: TripId; at: Date; notOver: string }): Promise<boolean> {
      const { rows } = await sql`update trips set withdrawn_at = ${one.at}
        where id = ${one.trip} and person = ${one.person} and withdrawn_at is null and until_day >= ${one.notOver}::date
        returning id`.execute(tx)
      return rows.length > 0
    },

    /** What a login abroad asks, in one statement: who was seen where on the device, and the trips that may count now. */
    async standing(
      handle: Handle,
      asked: { device: DeviceId | undefined; person: PersonId; now: Date; notOver: string },
    ): Promise<{
      marks: Record<string, Instant> | null
      places: Record<string, Record<string, Instant>> | null
      trips: { id: TripId; sealed: string }[]
    }> {
      const { rows } = await sql<Awaited<ReturnType<typeof this.standing>>>`select d.marks, d.places,
          (select coalesce(jsonb_agg(jsonb_build_object('id', id, 'sealed', encode(sealed, 'base64'))), '[]') from trips
            where person = ${asked.person} and withdrawn_at is null and until_day >= ${asked.notOver}::date
              and effective_at <= ${asked.now}) as trips
        from (select 1) as one left join devices d on d.id = ${asked.device ?? null}::text`.execute(handle)
      return rows[0] ?? { marks: null, places: null, trips: [] }
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from trips where person = ${person}`.execute(tx)
    },

    async moveTo(tx: Tx, { from, to }: { from: PersonId; to: PersonId }): Promise<void> {
      await sql`update trips set person = ${to} where person = ${from}`.execute(tx)
    },

    async forgetBefore(handle: Handle, instant: Date): Promise<void> {
      await sql`delete from trips where until_day < ${instant.toISOString().slice(0, 10)}::date`.execute(handle)
    },
  }
}

export function createDeviceNameStore() {
  return {
    async of(handle: Handle, person: PersonId): Promise<{ device: DeviceId; name: Buffer }[]> {
      const { rows } = await sql<{ device: DeviceId; name: Buffer }>`
        select device, name from device_names where person = ${person} order by device`.execute(handle)
      return rows
    },

    async put(tx: Tx, row: { person: PersonId; device: DeviceId; name: Buffer }): Promise<void> {
      await sql`insert into device_names (person, device, name) values (${row.person}, ${row.device}, ${row.name})
        on conflict (person, device) do update set name = excluded.name`.execute(tx)
    },

    async remove(tx: Tx, person: PersonId, device: DeviceId): Promise<void> {
      await sql`delete from device_names where person = ${person} and device = ${device}`.execute(tx)
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from device_names where person = ${person}`.execute(tx)
    },
  }
}
