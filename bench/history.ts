/**
 * The history of somebody with 10,000 connections in a ledger of ten million: what the first page, a page of one filter
 * and the counts cost, as the hub asks for them, on a database of its own that is dropped at the end.
 *
 *     DATABASE_URL=postgres://… node bench/history.ts [--lines 10000000]
 *
 * Two hundred people have 10,000 lines each, spread evenly over the ledger, and each measurement is of another one of
 * them, so that no page of the database is warm because the same person was just asked about. It takes some minutes and
 * 5 GB of disk.
 */
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import pg from 'pg'
import { type Connections, createConnections } from '../src/connections/connections.ts'
import { systemClock } from '../src/kernel/clock.ts'
import type { PersonId } from '../src/kernel/ids.ts'
import { policySchema } from '../src/policy/settings.ts'
import { openStorage, type Storage } from '../src/storage/storage.ts'
import { serviceEntry, startTestHub } from '../test/support/hub.ts'
import { chooseOwn, enrol, ownPassword, ownProviderEntry, typePassword } from '../test/support/own-means.ts'
import { tarik } from '../test/support/people.ts'
import { UserAgent } from '../test/support/user-agent.ts'
import { withDatabase } from './database.ts'

const { values } = parseArgs({ options: { lines: { type: 'string', default: '10000000' } } })
const lines = Number(values.lines)
const ofEach = Math.min(10_000, lines / 1_000)
const people = 200
/** A line of one of these people at each so many lines; the others are of a million people. */
const every = lines / (ofEach * people)
const server = process.env.DATABASE_URL
if (!server) throw new Error('DATABASE_URL names the server')
const pageLength = 51
const services = 40
const providers = 6
const first = Date.parse('2025-11-01T00:00:00Z')
const span = 365 * 86_400_000

const personAt = (number: number) => `per_${String(number).padStart(22, '0')}` as PersonId

/** Indexes are made when the lines are there, which is faster and leaves them as a reindex would. No limit of time. */
async function fill(client: pg.Client): Promise<void> {
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'connections' and indexname not in ('connections_pkey', 'connections_reference_key')`,
  )
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  const batch = Math.min(lines, 500_000)
  const step = Math.floor(span / lines)
  for (let from = 0; from < lines; from += batch) {
    await client.query(`insert into connections (id, reference, state, at, person, service, provider, level, amr, reused,
        session, country, origin, scopes, refusal, unusual, alert)
      select 'con_' || lpad(to_hex(${first} + n * ${step}), 12, '0') || lpad(n::text, 16, '0'),
        lpad(to_hex(n), 14, '0'), case when n % 50 = 0 then 'refused' else 'authorised' end,
        to_timestamp((${first} + n * ${step}) / 1000.0),
        'per_' || lpad((case when n % ${every} = 0 then (n / ${every}) % ${people}
          else ${people} + (n * 7919) % 1000000 end)::text, 22, '0'),
        'service-' || (n / 7) % ${services}, 'provider-' || (n / 3) % ${providers}, 'eidas1', '{pwd}', n % 4 = 0,
        'ses_' || n, 'FR', decode(lpad(to_hex(n), 80, '0'), 'hex'), '{openid,given_name,family_name}',
        case when n % 50 = 0 then 'provider_cancelled' end,
        case when n % 97 = 0 then '{new_device}'::text[] else '{}' end, 'none'
      from generate_series(${from}::bigint, ${from + batch - 1}::bigint) as n`)
    process.stderr.write(`\r${Math.round(((from + batch) / lines) * 100)} % of the lines`)
  }
  process.stderr.write('\n')
  for (const { definition } of indexes) await client.query(definition)
  await client.query('vacuum analyze connections')
}

async function measure(name: string, work: (person: PersonId) => Promise<number>): Promise<void> {
  const times: number[] = []
  let found = 0
  const before = process.cpuUsage()
  for (let number = 0; number < people; number++) {
    const begun = performance.now()
    found += await work(personAt(number))
    times.push(performance.now() - begun)
  }
  const { user, system } = process.cpuUsage(before)
  const cpu = ((user + system) / 1_000 / people).toFixed(1)
  times.sort((a, b) => a - b)
  const at = (share: number) => `${(times[Math.floor(share * (times.length - 1))] ?? 0).toFixed(1)} ms`
  console.log(
    `${name.padEnd(36)} p50 ${at(0.5)}, p99 ${at(0.99)}, most ${at(1)}; ${cpu} ms of CPU here; ${found / people} rows`,
  )
}

async function measureAll({ ofPerson, habitsOf }: Connections): Promise<void> {
  const page = { limit: pageLength }
  const asked: [string, (person: PersonId) => Promise<unknown[]>][] = [
    ['first page', (person) => ofPerson(person, page)],
    ['first page of one service', (person) => ofPerson(person, { ...page, services: ['service-3'] })],
    ['a service that was never used', (person) => ofPerson(person, { ...page, services: ['absent'] })],
    ['first page of what was unusual', (person) => ofPerson(person, { ...page, unusual: true })],
    ['a month', (person) => ofPerson(person, { ...page, from: first + span / 3, until: first + span / 2 })],
    ['counts by service and provider', (person) => habitsOf(person)],
    ['page and counts together', async (person) => (await Promise.all([ofPerson(person, page), habitsOf(person)]))[0]],
  ]
  for (const turn of ['first asked', 'asked again']) {
    console.log(`\n${turn}`)
    for (const [name, work] of asked) await measure(name, async (person) => (await work(person)).length)
  }
}

/** The page as a browser asks for it, with all that a request costs, of a person to whom the lines of another are given. */
async function measurePage(url: string, { db }: Storage): Promise<void> {
  const policy = policySchema.parse({ passwordAlone: 'ordinary' })
  const hub = await startTestHub({ database: { kind: 'server', url, poolSize: 4 }, settings: { policy } })
  try {
    const name = { fr: 'Ville', en: 'Town', ar: 'Ville' }
    await hub.publish([{ id: 'town', name, services: [serviceEntry('refunds')], providers: [ownProviderEntry()] }])
    const { name: identifier, person } = await enrol(hub, {
      name: 'tarik.b',
      identity: tarik,
      proof: { kind: 'document', seen: 'photo' },
    })
    const browser = new UserAgent()
    const address = `${hub.issuer}/space/history`
    const asked = await chooseOwn(browser, await browser.open(address))
    const { url: reached } = await typePassword(browser, asked, { identifier, password: ownPassword })
    if (reached.href !== address) throw new Error(`the sign-in ended at ${reached.href}`)
    await sql`update connections set person = ${person} where person = ${personAt(0)}`.execute(db)
    console.log('\nover HTTP')
    await measure('the page of 25 lines', async () => (await browser.open(address)).body.split('<h3>').length - 1)
    browser.close()
  } finally {
    await hub.close()
  }
}

await withDatabase(server, async (url) => {
  const storage = await openStorage({
    location: { kind: 'server', url },
    clock: systemClock,
    stateKey: Buffer.alloc(32),
  })
  const connections = createConnections({
    storage,
    clock: systemClock,
    audit: { append: () => {} } as never,
    key: Buffer.alloc(32),
  })
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await fill(client).finally(() => client.end())
  const { rows } = await sql<{ heap: string; indexes: string; history: string }>`
    select pg_size_pretty(pg_table_size('connections')) as heap, pg_size_pretty(pg_indexes_size('connections')) as indexes,
      pg_size_pretty(pg_relation_size('connections_of_person')) as history`.execute(storage.db)
  console.log(
    `${lines} lines, ${people} people with ${ofEach}; table ${rows[0]?.heap}, indexes ${rows[0]?.indexes}, of which that of history ${rows[0]?.history}`,
  )
  await measureAll(connections)
  await measurePage(url, storage)
  await storage.close()
})
