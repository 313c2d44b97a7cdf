/** What a hub wrote down, for journeys that look behind the pages: facts, refusals, and every byte of every table. */
import { setTimeout as delay } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Fact, FactName } from '../../src/audit/facts.ts'
import type { Hub } from '../../src/hub.ts'

type DataOf<N extends FactName> = Extract<Fact, { name: N }>['data']

/** The data of all facts of one name, oldest first. */
export async function factsOf<N extends FactName>({ storage }: Pick<Hub, 'storage'>, name: N): Promise<DataOf<N>[]> {
  const { rows } = await sql<{ data: DataOf<N> }>`
    select data from facts where name = ${name} order by sequence`.execute(storage.db)
  return rows.map(({ data }) => data)
}

/** How many rows there are of what a login may leave behind. */
export async function tally({ storage }: Pick<Hub, 'storage'>): Promise<Record<Tallied, number>> {
  const counts = tallied.map((table) => sql`(select count(*)::int from ${sql.table(table)}) as ${sql.ref(table)}`)
  const { rows } = await sql<Record<Tallied, number>>`select ${sql.join(counts)}`.execute(storage.db)
  if (!rows[0]) throw new Error('no counts')
  return rows[0]
}

const tallied = ['people', 'links', 'subjects', 'sessions', 'devices', 'connections', 'collisions'] as const
type Tallied = (typeof tallied)[number]

/** The line of the ledger that a page or a message names by its code. */
export async function connectionOf(
  { storage }: Pick<Hub, 'storage'>,
  reference: string,
): Promise<{ id: string; state: string; refusal: string | null; person: string | null } | undefined> {
  const { rows } = await sql<{ id: string; state: string; refusal: string | null; person: string | null }>`
    select id, state, refusal, person from connections where reference = ${reference}`.execute(storage.db)
  return rows[0]
}

/**
 * Lets everything that follows a commit happen: reactors, the jobs that are due by the hub's clock, what follows these;
 * also what another hub on the same server has taken on.
 */
export async function settle({ audit, storage }: Pick<Hub, 'audit' | 'storage'>): Promise<void> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    do await audit.deliver()
    while ((await storage.jobs.drain()) > 0)
    // An embedded database has one hub, which was waited for.
    if (!process.env.DATABASE_URL || !(await othersAtWork(storage))) return
    await delay(10)
  }
}

/** A job of a hub that was killed stays with it for two minutes: nobody waits for that one. */
const mostLooks = 500

/** Rows of the outbox that somebody holds, and jobs that somebody runs. */
async function othersAtWork({ db }: Hub['storage']): Promise<boolean> {
  const { rows } = await sql<{ atWork: boolean }>`
    select (select count(*) from outbox) > (select count(*) from (select from outbox for key share skip locked) as free)
      or exists (select from pgboss.job where state = 'active' and name not like '\\_\\_pgboss%') as "atWork"`.execute(
    db,
  )
  return rows[0]?.atWork === true
}

/** Every row of every table as text, the job queue included; bytes as hexadecimal. */
export async function dump({ storage }: Pick<Hub, 'storage'>): Promise<Map<string, string>> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(storage.db)
  const dumped = new Map<string, string>()
  for (const { schema, name } of tables) {
    const { rows } = await sql<{ row: string }>`
      select t::text as row from ${sql.id(schema, name)} t`.execute(storage.db)
    dumped.set(`${schema}.${name}`, rows.map(({ row }) => row).join('\n'))
  }
  return dumped
}
