/**
 * Every statement on `detections`, `detection_looks`, `detection_attempts`, `detection_tunings` and `sharing_sightings`.
 */
import { sql } from 'kysely'
import type { Actor } from '../audit/facts.ts'
import type { AttemptsThrough } from '../connections/connections.ts'
import type { CaseId, ConnectionId, DetectionId, PersonId, ProviderId } from '../kernel/ids.ts'
import type { Verdict } from '../policy/case-flow.ts'
import type { Attempts, DetectionMode, DetectionRule, Explanation } from '../policy/detection.ts'
import type { Sighting } from '../policy/shared-devices.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export interface DetectionRow {
  id: DetectionId
  rule: DetectionRule
  found_at: Date
  person: PersonId | null
  provider: ProviderId | null
  connections: ConnectionId[]
  explanation: Explanation
  weight: number
  mode: 'watch' | 'case'
  case_id: CaseId | null
  verdict: Verdict | null
}

export interface TuningRow {
  rule: DetectionRule
  number: number
  mode: DetectionMode
  parameters: Record<string, number>
  tuned_at: Date
  tuned_by: Actor
}

const columns = sql`id, rule, found_at, person, provider, connections, explanation, weight, mode, case_id, verdict`

export function createDetectionStore() {
  return {
    /** Up to where was looked; the row is made by the first look. */
    async lookedUntil(handle: Handle): Promise<Date | undefined> {
      const { rows } = await sql<{ until: Date }>`select until from detection_looks`.execute(handle)
      return rows[0]?.until
    },
    /** The same, and nobody else looks until the end of the transaction; `first` where nobody ever did. */
    async lockLook(tx: Tx, first: Date): Promise<Date> {
      await sql`insert into detection_looks (until) values (${first}) on conflict (single) do nothing`.execute(tx)
      const { rows } = await sql<{ until: Date }>`select until from detection_looks for update`.execute(tx)
      if (!rows[0]) throw new Error('a row that was there is gone')
      return rows[0].until
    },
    async advance(tx: Tx, until: Date): Promise<void> {
      await sql`update detection_looks set until = ${until}`.execute(tx)
    },
    async count(tx: Tx, until: Date, attempts: readonly AttemptsThrough[]): Promise<void> {
      if (attempts.length === 0) return
      const rows = attempts.map(
        ({ provider, signedIn, refused }) =>
          sql`(${provider}, ${until}::timestamptz, ${signedIn}::int, ${refused}::int)`,
      )
      await sql`insert into detection_attempts (provider, until, signed_in, refused) values ${sql.join(rows)}
        on conflict (provider, until) do nothing`.execute(tx)
    },
    /** How sign-ins ended since three instants: those of the last hour, and those before the last day. */
    async records(
      handle: Handle,
      since: { habit: Date; lastDay: Date; lastHour: Date },
    ): Promise<{ provider: ProviderId; last: Attempts; usual: Attempts }[]> {
      const { habit, lastDay, lastHour } = since
      const { rows } = await sql<Record<'last_in' | 'last_refused' | 'in' | 'refused', number> & { provider: string }>`
        select provider,
          coalesce(sum(signed_in) filter (where until > ${lastHour}), 0)::int as last_in,
          coalesce(sum(refused) filter (where until > ${lastHour}), 0)::int as last_refused,
          coalesce(sum(signed_in) filter (where until <= ${lastDay}), 0)::int as in,
          coalesce(sum(refused) filter (where until <= ${lastDay}), 0)::int as refused
        from detection_attempts where until > ${habit} group by provider order by provider`.execute(handle)
      return rows.map((row) => ({
        provider: row.provider,
        last: { signedIn: row.last_in, refused: row.last_refused },
        usual: { signedIn: row.in, refused: row.refused },
      }))
    },
    async insert(tx: Tx, row: Omit<DetectionRow, 'case_id' | 'verdict'>): Promise<void> {
      await sql`insert into detections (id, rule, found_at, person, provider, connections, explanation, weight, mode)
        values (${row.id}, ${row.rule}, ${row.found_at}, ${row.person}, ${row.provider}, ${row.connections}::text[],
          ${JSON.stringify(row.explanation)}::jsonb, ${row.weight}, ${row.mode})`.execute(tx)
    },
    /** Was the same said of them since an instant, or of one of these lines ever? */
    async wasSaid(
      tx: Tx,
      of: {
        rule: DetectionRule
        person: PersonId | null
        provider: ProviderId | null
        connections: readonly ConnectionId[]
        since: Date
      },
    ): Promise<boolean> {
      const whose = of.person === null ? sql`provider = ${of.provider}` : sql`person = ${of.person}`
      const { rows } = await sql`select 1 from detections where ${whose} and rule = ${of.rule}
        and (found_at > ${of.since} or connections && ${[...of.connections]}::text[]) limit 1`.execute(tx)
      return rows.length > 0
    },
    /** About a person, with a case to be opened. */
    async waiting(handle: Handle, limit: number): Promise<(DetectionRow & { person: PersonId })[]> {
      const { rows } = await sql<DetectionRow & { person: PersonId }>`select ${columns} from detections
        where mode = 'case' and case_id is null and person is not null order by id limit ${limit}`.execute(handle)
      return rows
    },
    /** Lines of what was found of somebody, where the case that it became is not over. */
    async linesUnderWay(handle: Handle, person: PersonId, since: Date): Promise<ConnectionId[]> {
      const { rows } = await sql<{ connections: ConnectionId[] }>`select connections from detections
        where person = ${person} and found_at > ${since} and case_id is not null and over_at is null
        order by id desc limit 20`.execute(handle)
      return rows.flatMap(({ connections }) => connections)
    },
    async became(tx: Tx, ids: readonly DetectionId[], became: CaseId | undefined): Promise<void> {
      await sql`update detections set case_id = ${became ?? null}, mode = ${became ? 'case' : 'watch'}
        where id = any(${[...ids]}::text[])`.execute(tx)
    },
    async judge(tx: Tx, of: CaseId, judged: { verdict: Verdict | null; overAt: Date | null }): Promise<void> {
      await sql`update detections set verdict = ${judged.verdict}, over_at = ${judged.overAt}
        where case_id = ${of}`.execute(tx)
    },
    async list(
      handle: Handle,
      page: {
        rule: DetectionRule | null
        provider: boolean
        since: Date | null
        before: DetectionId | null
        limit: number
      },
    ): Promise<DetectionRow[]> {
      const { rule, provider, since, before, limit } = page
      const { rows } = await sql<DetectionRow>`select ${columns} from detections
        where ${rule === null ? sql`true` : sql`rule = ${rule}`}
          and ${provider ? sql`provider is not null` : sql`true`}
          and ${since === null ? sql`true` : sql`found_at > ${since}`}
          and ${before === null ? sql`true` : sql`(found_at, id) < (select found_at, id from detections where id = ${before})`}
        order by found_at desc, id desc limit ${limit}`.execute(handle)
      return rows
    },
    /** By rule: how much was found since an instant, and what became of the cases. A case counts once for each rule. */
    async standing(handle: Handle, since: Date) {
      const { rows } = await sql<{
        rule: DetectionRule
        found: number
        cases: number
        confirmed: number
        wrong: number
      }>`
        select rule, count(*) filter (where found_at > ${since})::int as found,
          count(distinct case_id)::int as cases,
          count(distinct case_id) filter (where verdict = 'confirmed')::int as confirmed,
          count(distinct case_id) filter (where verdict = 'not_confirmed')::int as wrong
        from detections group by rule`.execute(handle)
      return rows
    },
    /** The first of each case, as that is what made it; the newest cases first. */
    async judged(handle: Handle, rule: DetectionRule, limit: number) {
      const { rows } = await sql<{ explanation: Explanation; verdict: Verdict }>`
        select explanation, verdict from (
          select distinct on (case_id) id, explanation, verdict from detections
          where rule = ${rule} and verdict is not null order by case_id, id
        ) as first order by id desc limit ${limit}`.execute(handle)
      return rows
    },
    /** Explanations of all that a rule found since an instant. */
    async explanations(handle: Handle, rule: DetectionRule, since: Date) {
      const { rows } = await sql<{ explanation: Explanation; verdict: Verdict | null }>`
        select explanation, verdict from detections where rule = ${rule} and found_at > ${since}
        order by id desc limit 10000`.execute(handle)
      return rows
    },
    async tunings(handle: Handle): Promise<TuningRow[]> {
      const { rows } = await sql<TuningRow>`select distinct on (rule) rule, number, mode, parameters, tuned_at, tuned_by
        from detection_tunings order by rule, number desc`.execute(handle)
      return rows
    },
    async tuningHistory(handle: Handle, page: { rule: DetectionRule | null; limit: number }): Promise<TuningRow[]> {
      const { rows } = await sql<TuningRow>`select rule, number, mode, parameters, tuned_at, tuned_by
        from detection_tunings where ${page.rule === null ? sql`true` : sql`rule = ${page.rule}`}
        order by tuned_at desc, rule, number desc limit ${page.limit}`.execute(handle)
      return rows
    },
    /** False when somebody wrote this number before. */
    async tune(tx: Tx, row: TuningRow): Promise<boolean> {
      const { rows } = await sql`insert into detection_tunings (rule, number, mode, parameters, tuned_at, tuned_by)
        values (${row.rule}, ${row.number}, ${row.mode}, ${JSON.stringify(row.parameters)}::jsonb, ${row.tuned_at},
          ${JSON.stringify(row.tuned_by)}::jsonb)
        on conflict (rule, number) do nothing returning rule`.execute(tx)
      return rows.length === 1
    },
    /** Nobody is named any more; that a rule was right or wrong stays. */
    async blank(tx: Tx, person: PersonId): Promise<void> {
      await sql`update detections set person = null, connections = '{}',
        explanation = explanation - 'from' - 'to' where person = ${person}`.execute(tx)
    },
    async moveTo(tx: Tx, move: { from: PersonId; to: PersonId; connections: readonly ConnectionId[]; all: boolean }) {
      await sql`update detections set person = ${move.to} where person = ${move.from}
        and (${move.all} or connections && ${[...move.connections]}::text[])`.execute(tx)
    },
    async forget(handle: Handle, before: { found: Date; attempts: Date; tunings: Date }): Promise<void> {
      await sql`delete from detections where found_at < ${before.found}`.execute(handle)
      await sql`delete from detection_attempts where until < ${before.attempts}`.execute(handle)
      // What is in force stays, however old.
      await sql`delete from detection_tunings as old where tuned_at < ${before.tunings} and exists (
        select from detection_tunings as newer where newer.rule = old.rule and newer.number > old.number)`.execute(
        handle,
      )
    },
  }
}

export type SharingKind = 'device' | 'phone' | 'card'

/** Of one thing, that many are read: a library's computer. */
const mostSightings = 500

export function createSharingStore() {
  return {
    async note(
      tx: Tx,
      row: { kind: SharingKind; thing: string; seenWith: string; person: PersonId; at: Date },
    ): Promise<void> {
      await sql`insert into sharing_sightings (kind, thing, seen_with, person, last_seen_at)
        values (${row.kind}, ${row.thing}, ${row.seenWith}, ${row.person}, ${row.at})
        on conflict (kind, thing, seen_with) do update
          set last_seen_at = greatest(sharing_sightings.last_seen_at, excluded.last_seen_at)`.execute(tx)
    },

    async of(handle: Handle, kind: SharingKind, thing: string): Promise<Sighting[]> {
      const { rows } = await sql<{ seen_with: string; last_seen_at: Date; told_at: Date | null }>`
        select seen_with, last_seen_at, told_at from sharing_sightings
        where kind = ${kind} and thing = ${thing}
        order by last_seen_at desc, seen_with limit ${mostSightings}`.execute(handle)
      return rows.map((row) => ({
        with: row.seen_with,
        at: row.last_seen_at.getTime(),
        ...(row.told_at ? { toldAt: row.told_at.getTime() } : {}),
      }))
    },

    async told(tx: Tx, what: { kind: SharingKind; thing: string; with: readonly string[]; at: Date }): Promise<void> {
      await sql`update sharing_sightings set told_at = ${what.at}
        where kind = ${what.kind} and thing = ${what.thing} and seen_with = any(${[...what.with]}::text[])`.execute(tx)
    },

    async counts(
      handle: Handle,
      asked: { since: Date; people: number; devices: number },
    ): Promise<Record<SharingKind, number>> {
      const { rows } = await sql<{ kind: SharingKind; count: number }>`
        select kind, count(*)::int as count from (
          select kind, thing from sharing_sightings where last_seen_at > ${asked.since}
          group by kind, thing
          having count(*) >= case kind when 'card' then ${asked.devices}::int else ${asked.people}::int end
        ) as shared group by kind`.execute(handle)
      const of = (kind: SharingKind) => rows.find((row) => row.kind === kind)?.count ?? 0
      return { device: of('device'), phone: of('phone'), card: of('card') }
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from sharing_sightings where person = ${person}`.execute(tx)
    },

    async forgetBefore(handle: Handle, instant: Date): Promise<void> {
      await sql`delete from sharing_sightings where last_seen_at < ${instant}`.execute(handle)
    },
  }
}
