/**
 * What the question of mandates costs: `DATABASE_URL=postgres://… node bench/mandates.ts [--mandates 1000000]`. A database
 * of its own on that server, with a million mandates in force; somebody who holds 10,000 of them, and a firm with 10,000
 * clients in one portfolio that 200 people work for. Budgets: the question under 1 ms, the page of the choice under 100 ms.
 */
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { organisationsSchema } from '../src/directory/organisation-settings.ts'
import { createOrganisations, organisationRules } from '../src/directory/organisations.ts'
import { toDate } from '../src/kernel/clock.ts'
import { day } from '../src/kernel/durations.ts'
import { type MandateId, newId, type OrganisationId, type PersonId } from '../src/kernel/ids.ts'
import { nameKey } from '../src/kernel/names.ts'
import { createFirms } from '../src/mandates/firm.ts'
import { createMandates } from '../src/mandates/mandates.ts'
import { actions } from '../src/policy/mandate.ts'
import { claim, openRoom, tarik } from '../test/support/people.ts'

const { values } = parseArgs({ options: { mandates: { type: 'string', default: '1000000' } } })
const all = Number(values.mandates)
const ofOne = 10_000
const employees = 200
const known = 500
const piece = 20_000

const room = await openRoom()
const { storage, clock, audit, people } = room
const { db } = storage
const rules = organisationRules(organisationsSchema.parse(undefined))
const organisations = createOrganisations({ storage, clock, audit, rules, key: Buffer.alloc(32, 5) })
const firms = createFirms({
  ...{ storage, clock, audit, people, organisations },
  ...{ key: Buffer.alloc(32, 6), retention: 3650 * day, announce: async () => {} },
})
const mandates = createMandates({
  ...{ storage, clock, audit, people, organisations, firms, timeZone: 'Europe/Paris', retention: 3650 * day },
  services: () => ({ name: { fr: 'Déclarations', en: 'Declarations', ar: 'التصريحات' }, actions }),
  forgetSignatures: async () => {},
})

async function somebody(count: number): Promise<PersonId> {
  const birthdate = toDate(Date.UTC(1950, 0, 1) + count * day)
    .toISOString()
    .slice(0, 10)
  const claimed = claim({ provider: 'post', subject: `p-${count}`, level: 'eidas3', identity: { ...tarik, birthdate } })
  return (await room.signIn(claimed)).person
}

const began = performance.now()
const [holder, employee] = [await somebody(1), await somebody(2)]
const people500: PersonId[] = []
for (let at = 0; at < known; at += 1) people500.push(await somebody(10 + at))
const now = clock.now()
const organisationsCount = Math.max(ofOne * 2, Math.floor(all / 5))
const firm = 'org_0' as OrganisationId
const words = ['ATLAS', 'RIAD', 'SOUSS', 'RIF', 'OASIS', 'MEDINA', 'CEDRE', 'ARGAN', 'KASBAH', 'TAFRAOUT'].map(nameKey)

/** In pieces: no statement of the hub takes long. */
async function inPieces(count: number, insert: (from: number, until: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += piece) await insert(from, Math.min(count, from + piece) - 1)
}

await sql`insert into organisation_editions (state, source, extracted_at, imported_by, begun_at, seen_at, ended_at)
  values ('current', 'bench.csv', ${toDate(now)}, 'bench', ${toDate(now)}, ${toDate(now)}, ${toDate(now)})`.execute(db)
await inPieces(organisationsCount + 1, (from, until) =>
  sql`insert into organisations (id, subject, name, name_key, state, source, extracted_at, edition)
  select 'org_' || n, 'cnss:' || lpad(n::text, 7, '0'), name, name, 'active', 'bench.csv', ${toDate(now)}, 1 from (
    select n, (${words}::text[])[1 + n % 10] || ' ' || (${words}::text[])[1 + (n / 10) % 10] || ' ' || upper(to_hex(n)) as name
    from generate_series(${from}::int, ${until}::int) as n) as made`.execute(db),
)
await inPieces(organisationsCount + 1, (from, until) =>
  sql`insert into organisation_numbers (scheme, number, organisation_id)
  select 'cnss', lpad(n::text, 7, '0'), 'org_' || n from generate_series(${from}::int, ${until}::int) as n`.execute(db),
)
// The first 10,000 are held by one person, the next by the firm, the rest by 500 people who sign in and others who do not.
await inPieces(all, (from, until) =>
  sql`insert into mandates (id, principal, principal_name, mandatary_organisation, mandatary_person, drawn_up_by, drafted_by, drafted_at,
    state, from_at, until_at, delegable, scope, version, text_version, proposed_at, answer_by, active_at)
  select 'man_' || lpad(n::text, 24, '0'), 'org_' || (1 + n % ${organisationsCount}::int),
    (select name_key from organisations where id = 'org_' || (1 + n % ${organisationsCount}::int)),
    case when n >= ${ofOne}::int and n < ${2 * ofOne}::int then ${firm}::text end,
    case when n < ${ofOne}::int then ${holder}::text
      when n < ${2 * ofOne}::int then null
      when n % 50 = 0 then (${people500}::text[])[1 + (n / 50) % ${known}::int]
      else 'per_' || (n / 20) end,
    'principal', 'per_0', ${toDate(now)}, 'active', ${toDate(now)}, ${toDate(now + 365 * day)}, false,
    '{"declarations": [{"action": "read", "minimumLevel": "eidas2"}, {"action": "submit", "minimumLevel": "eidas2"}]}', 3, 'mandate/1',
    ${toDate(now)}, ${toDate(now)}, ${toDate(now)}
  from generate_series(${from}::int, ${until}::int) as n`.execute(db),
)
await inPieces(all, (from, until) =>
  sql`insert into mandate_rights (mandate, service, action, minimum_level)
  select 'man_' || lpad(n::text, 24, '0'), 'declarations', action, 'eidas2'
  from generate_series(${from}::int, ${until}::int) as n, unnest(array['read', 'submit']) as action`.execute(db),
)
await sql`insert into firms (organisation, opened_at) values (${firm}, ${toDate(now)})`.execute(db)
await sql`insert into firm_members (membership, firm, person, role, state, level, accepted_at, active_at)
  select 'mbr_' || n, ${firm}, case when n = 0 then ${employee}::text else 'per_e' || n end, 'employee', 'active', 'eidas2',
    ${toDate(now)}, ${toDate(now)} from generate_series(0, ${employees - 1}::int) as n`.execute(db)
await sql`insert into firm_portfolios (portfolio, firm, name, created_at) values ('pfl_1', ${firm}, 'All', ${toDate(now)})`.execute(
  db,
)
await sql`insert into firm_portfolio_clients (portfolio, principal, firm, added_at, added_by)
  select 'pfl_1', 'org_' || (1 + n), ${firm}, ${toDate(now)}, 'mbr_0'
  from generate_series(${ofOne}::int, ${2 * ofOne - 1}::int) as n`.execute(db)
await sql`insert into firm_assignments (assignment, firm, membership, portfolio, actions, given_by, given_at)
  select 'asg_' || n, ${firm}, 'mbr_' || n, 'pfl_1', '{"declarations": ["read", "submit"]}', 'mbr_0', ${toDate(now)}
  from generate_series(0, ${employees - 1}::int) as n`.execute(db)
for (const table of [
  'organisations',
  'organisation_numbers',
  'mandates',
  'mandate_rights',
  'people',
  'firms',
  'firm_members',
  'firm_assignments',
  'firm_portfolio_clients',
]) {
  await sql`analyze ${sql.table(table)}`.execute(db)
}
console.log(`${all} mandates made in ${((performance.now() - began) / 1000).toFixed(0)} s`)

async function measure(what: string, rounds: number, work: (round: number) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < Math.min(rounds, 200); round += 1) await work(round)
  const times: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now()
    await work(round)
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0).toFixed(2)
  console.log(`${what.padEnd(66)} median ${at(0.5)} ms, p99 ${at(0.99)} ms`)
}

const organisationOf = (n: number) => `org_${1 + (n % organisationsCount)}` as OrganisationId
const mandateOf = (n: number) => `man_${String(n).padStart(24, '0')}` as MandateId
/** One of those that the 500 hold: a place of the series, and whose it is. */
const placeOf = (round: number) => 2 * ofOne + 50 * ((round * 7_919) % Math.max(1, Math.floor((all - 2 * ofOne) / 50)))
const holderOf = (n: number) => people500[Math.floor(n / 50) % known] as PersonId
const asked = { service: 'declarations', level: 'eidas2', action: 'submit' } as const
const sure = async (answer: Promise<{ ok: boolean }>, ok = true) => {
  if ((await answer).ok !== ok) throw new Error('another answer than it should be')
}

await measure('may: somebody with a mandate among a million', 3_000, (round) => {
  const n = placeOf(round)
  return sure(mandates.may({ person: holderOf(n), organisation: organisationOf(n), ...asked }))
})
await measure('may: somebody with 10,000', 3_000, (round) => {
  const n = (round * 7_919) % ofOne
  return sure(mandates.may({ person: holder, organisation: organisationOf(n), ...asked }))
})
await measure('may: an employee, one of 10,000 clients by a portfolio', 3_000, (round) => {
  const n = ofOne + ((round * 7_919) % ofOne)
  return sure(mandates.may({ person: employee, organisation: organisationOf(n), ...asked }))
})
await measure('may: nobody', 3_000, (round) =>
  sure(mandates.may({ person: holderOf(50 * round), organisation: newId('organisation'), ...asked }), false),
)
await measure('check: a mandate that was chosen', 3_000, (round) => {
  const n = placeOf(round)
  const ref = { organisation: organisationOf(n), capacity: { as: 'mandatary', mandate: mandateOf(n) } } as const
  return sure(mandates.check(ref, { person: holderOf(n), ...asked }))
})
await measure('check: an employee', 3_000, (round) => {
  const n = ofOne + ((round * 7_919) % ofOne)
  const capacity = { as: 'employee', mandate: mandateOf(n), firm, membership: 'mbr_0' } as const
  return sure(mandates.check({ organisation: organisationOf(n), capacity }, { person: employee, ...asked }))
})
for (const [who, person] of [
  ['somebody with 10,000', holder],
  ['an employee with 10,000', employee],
] as const) {
  const ask = { person, service: 'declarations', level: 'eidas2', limit: 25 } as const
  const first = await mandates.principals(ask)
  if (first.total !== ofOne || first.entries.length !== 25 || !first.next)
    throw new Error('another page than it should be')
  let middle = first.next
  for (let page = 0; page < 3; page += 1) middle = (await mandates.principals({ ...ask, after: middle })).next ?? middle
  await measure(`principals: first page of ${who}`, 60, () => mandates.principals(ask))
  await measure(`principals: a later page of ${who}`, 60, () => mandates.principals({ ...ask, after: middle }))
  await measure(`principals: search by words of ${who}`, 60, () =>
    mandates.principals({ ...ask, search: 'Médina cèd' }),
  )
  await measure(`principals: search by number of ${who}`, 60, () => mandates.principals({ ...ask, search: '00012' }))
}
await room.close()
