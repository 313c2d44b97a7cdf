/**
 * Erasing a person takes one way (`people.erase`), and every table that names people is on it: forgotten by the room that
 * registered as its keeper, or kept for a reason that is written down here. A table that is added without either fails.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import type { BridgedService } from '../src/bridge/bridge.ts'
import { openRooms } from '../src/hub.ts'
import { day } from '../src/kernel/durations.ts'
import { type ConnectionId, type ContactId, newId, newOrderedId, type PersonId } from '../src/kernel/ids.ts'
import { parsePartnersFile } from '../src/partners/file.ts'
import { type Check, checks } from '../src/policy/case-flow.ts'
import { createTestClock } from './support/clock.ts'
import { createTestDatabase, type TestDatabase } from './support/database.ts'
import { serviceEntry, testBoot } from './support/hub.ts'
import { angela } from './support/people.ts'

/** Columns that hold the id of a person. */
const forgotten = [
  'activations.person_id',
  'alert_choices.person',
  'case_texts.owner',
  'collisions.person_id',
  'contacts.person_id',
  'detections.person',
  'device_names.person',
  'eid_approvals.person_id',
  'eid_phones.person_id',
  'enrolments.person_id',
  'identifiers.person_id',
  'known_representatives.person',
  'links.person_id',
  'means.person_id',
  'messages.person',
  'person_traces.person',
  'service_secrets.person',
  'sharing_sightings.person',
  'trips.person',
]
const kept: Record<string, string> = {
  'cases.person': 'what was reported is looked into all the same: an id, and no word of what they wrote',
  'cases.reporter': 'as above, where it is not known whom it is about',
  'connections.person': 'the ledger is a trace that the law wants for a year: an id, no name, the address sealed',
  'firm_members.person':
    'who worked for which client is shown for as long as what they did can be disputed: an id, the seat ended at once',
  'mandate_signatures.person': 'which signature counted for which side: an id, no name',
  'mandate_uses.person': 'who acted for an organisation is the organisation’s to see for as long: an id, no name',
  'sessions.person': 'ended at once, and kept for as long as services are told that it is over; nothing sealed is left',
  'signatures.person_id':
    'what they signed under a mandate is the proof of its other side for as long as the mandate is kept: sealed by the hub',
  'staff_accounts.person':
    'who ran the hub or worked for a partner is named by facts; their name is sealed by the key that is destroyed',
  'subjects.person_id': 'what services know somebody by is given to nobody else',
}
/** Tables that hold the id in another way. */
const keptElsewhere: Record<string, string> = {
  mandates:
    'what was renounced by the erasure, or drawn up by them, is its other side’s to see for as long: an id, no name',
  case_reports: 'who reported a case: an id',
  case_events: 'who did what about a case: an id',
  people: 'the row itself, with the instant of the erasure and nothing else',
  facts: 'the journal holds identifiers and closed words; its retention deletes them',
  outbox: 'what reactors still have to be told',
}

const clock = createTestClock()
let folder: string
let database: TestDatabase
let rooms: Awaited<ReturnType<typeof openRooms>>

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'garant-erasure-'))
  database = await createTestDatabase()
  const boot = testBoot({ port: 4000, smtpPort: 25, folder, database: database.location })
  const log = { info() {}, warn() {}, error() {} }
  rooms = await openRooms(boot, { clock, log } as Parameters<typeof openRooms>[1])
  const health = { id: 'health', name: { fr: 'Santé', en: 'Health', ar: 'صحة' }, services: [serviceEntry('refunds')] }
  const file = parsePartnersFile(JSON.stringify({ partners: [health] }), { allowHttp: true })
  await rooms.partners.apply(file, { actor: { kind: 'command' } })
})
after(async () => {
  await rooms.close()
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

/** Somebody of whom every room keeps something. */
async function somebody(): Promise<PersonId> {
  const { storage, people, means, sessions, connections, bridge } = rooms
  const tax = { provider: 'tax', subject: 'a', level: 'eidas2', identity: angela } as const
  const { person, link } = await storage.transaction(async (tx) => {
    const settled = await people.settle(tx, tax, { language: 'fr' })
    assert.ok(!('kind' in settled))
    return settled
  })
  const colliding = { ...tax, subject: 'b' }
  await storage.transaction((tx) => people.settle(tx, colliding))
  const checked = await means.enrolments.check({ kind: 'login_name', value: 'angela' })
  assert.ok(checked.ok)
  await storage.transaction(async (tx) => {
    await people.subjectFor(tx, person, 'health.example')
    await people.addContact(tx, person, 'angela@mail.example', 'eidas2', 'fr', { via: link })
    const proof = { kind: 'document', seen: 'face_to_face' } as const
    const recorded = await means.enrolments.record(tx, {
      person,
      proof,
      agent: { kind: 'command' },
      evidence: 'file 7',
    })
    assert.ok(recorded.ok)
    await means.enrolments.addIdentifier(tx, person, checked.identifier)
    const holder = { person, enrolment: recorded.enrolment, via: link }
    await means.recoveryCodes.make(tx, holder)
    assert.ok((await means.activations.give(tx, { ...holder, actor: { kind: 'command' } })).ok)
    const given = { person, link, provider: 'tax', level: 'eidas2', serves: 'eidas2', amr: [] } as const
    const { session } = await sessions.start(tx, {
      ...given,
      amr: [],
      authTime: clock.now(),
      upstreamIdToken: 'what the provider said',
      opens: { service: 'refunds', scopes: [] },
    })
    const id = newOrderedId('connection', clock.now())
    const seen = { address: '192.0.2.1', port: 1, scopes: [], unusual: [], alert: 'none', reused: false } as const
    await connections.record(tx, {
      ...{ id, state: 'authorised', at: clock.now(), person, service: 'refunds', provider: 'tax', link },
      ...{ level: 'eidas2', amr: [], session: session.id, ...seen, scopes: [], unusual: [] },
    })
    await sql`insert into messages (id, kind, about, person, code_mark, state, attempts, created_at)
      values (${newId('message')}, 'connection.unusual', ${id}, ${person}, 'mark', 'waiting', 0, ${new Date(clock.now())})`.execute(
      tx,
    )
  })
  const { device } = await storage.transaction(async (tx) =>
    sessions.remember(tx, await sessions.device(undefined, person, tx), person, 'FR'),
  )
  await storage.transaction((tx) => rooms.deviceNames.name(tx, person, device, 'kitchen tablet'))
  const stay = { countries: ['CA'], from: '2026-12-01', until: '2026-12-10', level: 'eidas2', provider: 'tax' } as const
  const declared = await rooms.trips.declare({ ...stay, person, actor: { kind: 'person', id: person }, seenIn: 'FR' })
  assert.equal(declared.kind, 'declared')
  const firm = newId('organisation')
  await sql`insert into firms (organisation, opened_at) values (${firm}, ${new Date(clock.now())})`.execute(storage.db)
  await sql`insert into firm_members (membership, firm, person, role, state, level, accepted_at, active_at)
    values (${newId('membership')}, ${firm}, ${person}, 'administrator', 'active', 'eidas2', ${new Date(clock.now())},
      ${new Date(clock.now())})`.execute(storage.db)
  await sql`insert into person_traces (person, trace) values (${person}, 'a digest')
    on conflict (person) do nothing`.execute(storage.db)
  await sql`insert into known_representatives (organisation, person, seen_at)
    values (${firm}, ${person}, ${new Date(clock.now())})`.execute(storage.db)
  await sql`insert into sharing_sightings (kind, thing, seen_with, person, last_seen_at)
    values ('device', ${device}, ${person}, ${person}, ${new Date(clock.now())})`.execute(storage.db)
  const phone = newId('phone')
  await sql`insert into eid_phones (id, person_id, link_id, provider, platform, security_level, key, thumbprint,
      installation, card, label, holder, paired_at, expires_at, state)
    select ${phone}, person_id, id, 'e-id', 'android', 'tee', '{}', 'thumbprint', 'installation', 'card', 'label', 'holder',
      ${new Date(clock.now())}, ${new Date(clock.now() + day)}, 'active' from links where person_id = ${person} limit 1`.execute(
    storage.db,
  )
  await sql`insert into eid_approvals (id, phone_id, person_id, outcome, about, at)
    values (${newId('eidRequest')}, ${phone}, ${person}, 'approved', 'about', ${new Date(clock.now())})`.execute(
    storage.db,
  )
  await rooms.alertChoices.turn(person, { contact: null, hears: 'serious', level: 'eidas2' })
  const [line] = await connections.ofPerson(person, { limit: 1 })
  assert.ok(line)
  await reportTheft(person, line.id)
  const archive = { id: 'archive', serviceSecret: { alphabet: 'letters_digits', length: 32 } } as BridgedService
  assert.equal((await bridge.handOver(archive, person)).kind, 'secret')
  return person
}

/** Two cases, of which a partner was told of one; and a suspicion of the hub's own. */
async function reportTheft(person: PersonId, connection: ConnectionId): Promise<void> {
  const { cases, storage } = rooms
  const [actor, words] = [{ kind: 'person', id: person } as const, 'somebody has my telephone']
  const opened = await cases.open({ person, connections: [connection], words, actor })
  assert.equal(opened.kind, 'opened')
  await cases.reportCodes({ person, codes: ['0000-0000-0000'], words, actor })
  const { id, version: seen } = opened.case
  const by = { kind: 'command' } as const
  const checked = Object.fromEntries(checks.map((check) => [check, 'unknown' as const])) as Record<Check, 'unknown'>
  const qualified = await cases.qualify(id, { checks: checked, note: 'called back', seen, actor: by })
  assert.ok(qualified.kind === 'done')
  assert.equal((await cases.notify(id, { seen: qualified.case.version, actor: by })).kind, 'done')
  await sql`insert into detections (id, rule, found_at, person, connections, explanation, weight, mode)
    values (${newId('detection')}, 'burst', ${new Date(clock.now())}, ${person}, ${[connection]}, '{}', 50, 'watch')`.execute(
    storage.db,
  )
}

const tablesOf = async () => {
  const { rows } = await sql<{ schema: string; name: string }>`select table_schema as schema, table_name as name
    from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('information_schema', 'pg_catalog')`.execute(
    rooms.storage.db,
  )
  return rows
}

/** Tables in which the text stands anywhere: in a column of any name, in JSON, in the data of a job. */
async function tablesThatHold(text: string): Promise<string[]> {
  const found = await Promise.all(
    (await tablesOf()).map(async ({ schema, name }) => {
      const { rows } = await sql`select 1 from ${sql.id(schema, name)} t
        where strpos(t::text, ${text}) > 0 limit 1`.execute(rooms.storage.db)
      return rows.length > 0 ? [schema === 'public' ? name : `${schema}.${name}`] : []
    }),
  )
  return [...new Set(found.flat())].sort()
}

/** What was written went with them; by what a partner knows them is kept until it needs it no more (docs/cases.md). */
async function forgetsWithTheCase(person: PersonId): Promise<void> {
  const { cases } = rooms
  const by = { kind: 'command' } as const
  const all = await cases.queue({ limit: 10 })
  assert.equal(all.length, 2)
  for (const { id } of all) {
    assert.equal((await cases.read(id, by))?.words, undefined)
    for (const { text } of await cases.timeline(id)) assert.equal(text, undefined)
  }
  const one = all.find((found) => found.person === person)
  assert.ok(one)
  const [party] = await cases.parties(one.id)
  assert.ok(party?.subject)
  clock.advance(6 * day)
  const waive = [{ party: party.id, reason: 'silent' }]
  const end = { verdict: 'not_confirmed', reason: 'nothing found', waive, seen: one.version, actor: by } as const
  assert.equal((await cases.conclude(one.id, end)).kind, 'done')
  assert.equal((await cases.close(one.id, { reason: 'settled', actor: by })).kind, 'done')
  assert.deepEqual(
    (await cases.parties(one.id)).map(({ subject }) => subject),
    [''],
  )
  for (const { known } of (await cases.evidence(one.id, by)) ?? []) assert.deepEqual(known, {})
}

const tableOf = (column: string) => column.split('.')[0] as string

describe('erasing a person', () => {
  test('has a word on each column that names people', async () => {
    const { rows } = await sql<{ column: string }>`select table_name || '.' || column_name as column
      from information_schema.columns
      where table_schema = 'public' and column_name in ('person', 'person_id', 'owner', 'reporter')`.execute(
      rooms.storage.db,
    )
    assert.deepEqual(rows.map(({ column }) => column).sort(), [...forgotten, ...Object.keys(kept)].sort())
  })

  test('leaves of them what is written down here, and no more, and nothing of it can be read', async () => {
    const person = await somebody()
    const others = await rooms.storage.transaction((tx) => rooms.people.addStaff(tx))
    const before = await tablesThatHold(person)
    for (const column of forgotten) assert.ok(before.includes(tableOf(column)), `${column} has something to forget`)
    const [contact] = await rooms.people.contactsOf(person)
    assert.ok(contact)
    await rooms.storage.transaction((tx) => rooms.people.erase(tx, person))
    const reasons = { ...kept, ...keptElsewhere }
    const allowed = Object.keys(reasons).map(tableOf)
    const left = await tablesThatHold(person)
    assert.deepEqual(
      left.filter((table) => !allowed.includes(table)),
      [],
    )
    for (const table of ['people', 'cases', 'connections', 'sessions', 'subjects'])
      assert.ok(left.includes(table), table)
    assert.deepEqual(
      (await tablesThatHold(contact.contact satisfies ContactId)).filter((table) => table !== 'facts'),
      [],
    )
    const { rows } = await sql`select 1 from sessions
      where person = ${person} and (ended_at is null or upstream_id_token is not null)`.execute(rooms.storage.db)
    assert.equal(rows.length, 0)
    await forgetsWithTheCase(person)
    assert.equal(await rooms.people.sealerOf(rooms.storage.db, person), undefined)
    assert.ok((await tablesThatHold(others)).includes('people'), 'nobody else is erased')
  })

  test('is undone by a room that fails, and done once', async () => {
    const person = await rooms.storage.transaction((tx) => rooms.people.addStaff(tx))
    const fails = { room: 'fails', now: true }
    rooms.people.keep({
      room: fails.room,
      forget: async () => {
        if (fails.now) throw new Error('not now')
      },
      follow: async () => {},
    })
    const erase = () => rooms.storage.transaction((tx) => rooms.people.erase(tx, person))
    await assert.rejects(erase(), /not now/)
    assert.ok(await rooms.people.sealerOf(rooms.storage.db, person))
    fails.now = false
    await Promise.all([erase(), erase()])
    const { rows } =
      await sql`select 1 from facts where name = 'person.erased' and data ->> 'person' = ${person}`.execute(
        rooms.storage.db,
      )
    assert.equal(rows.length, 1)
  })
})
