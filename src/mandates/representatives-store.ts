/** Every statement on `known_representatives` and `person_traces`. */
import { sql } from 'kysely'
import type { OrganisationId, PersonId } from '../kernel/ids.ts'
import type { Handle, Tx } from '../storage/storage.ts'

export function createKnownRepresentativesStore() {
  return {
    /** Written anew at most once a day for each. */
    async meet(
      handle: Handle,
      met: { person: PersonId; organisations: readonly OrganisationId[]; at: Date; unlessSince: Date },
    ): Promise<void> {
      await sql`insert into known_representatives (organisation, person, seen_at)
        select organisation, ${met.person}, ${met.at}::timestamptz from unnest(${[...met.organisations]}::text[]) organisation
        on conflict (organisation, person) do update set seen_at = excluded.seen_at
          where known_representatives.seen_at < ${met.unlessSince}::timestamptz`.execute(handle)
    },

    async of(handle: Handle, organisation: OrganisationId, limit: number): Promise<PersonId[]> {
      const { rows } = await sql<{ person: PersonId }>`select person from known_representatives
        where organisation = ${organisation} order by seen_at desc, person limit ${limit}::int`.execute(handle)
      return rows.map(({ person }) => person)
    },

    /** In the order given. Nothing is written where it is the same already. */
    async setTraces(tx: Tx, traces: ReadonlyMap<PersonId, string>): Promise<void> {
      await sql`insert into person_traces (person, trace)
        select * from unnest(${[...traces.keys()]}::text[], ${[...traces.values()]}::text[])
        on conflict (person) do update set trace = excluded.trace
          where person_traces.trace <> excluded.trace`.execute(tx)
    },

    async forgetTraces(tx: Tx, people: readonly PersonId[]): Promise<void> {
      await sql`delete from person_traces where person = any(${[...people]}::text[])`.execute(tx)
    },

    async tracedBy(handle: Handle, traces: readonly string[], limit: number): Promise<PersonId[]> {
      if (traces.length === 0) return []
      const { rows } = await sql<{ person: PersonId }>`select person from person_traces
        where trace = any(${[...traces]}) order by person limit ${limit}::int`.execute(handle)
      return rows.map(({ person }) => person)
    },

    async forget(tx: Tx, person: PersonId): Promise<void> {
      await sql`delete from known_representatives where person = ${person}`.execute(tx)
      await this.forgetTraces(tx, [person])
    },

    async forgetBefore(handle: Handle, before: Date): Promise<void> {
      await sql`delete from known_representatives where seen_at < ${before}`.execute(handle)
    },
  }
}
