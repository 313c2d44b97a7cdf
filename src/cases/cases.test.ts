import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { angela, firstKey, passed } from '../../test/support/people.ts'
import { type Connection, type Connections, createConnections } from '../connections/connections.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { type DeviceId, isId, newId, newOrderedId, type OperatorId, type PersonId } from '../kernel/ids.ts'
import { createPeople, type People } from '../people/people.ts'
import { createSessions, type Session, type Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/storage.ts'
import { type Case, type Cases, createCases, mostWords } from './cases.ts'

const clock = createTestClock()
const retention = 365 * day
let storage: Storage
let people: People
let sessions: Sessions
let connections: Connections
let cases: Cases
const recorder = recordFacts(() => storage)
const operator = { kind: 'operator', id: newId('operator') as OperatorId } as const

before(async () => {
  storage = await openTestStorage(clock)
  const common = { storage, clock, audit: recorder.audit }
  people = createPeople({ ...common, masterKey: Buffer.alloc(32, 9), pivotKeys: [firstKey], log: () => {} })
  sessions = createSessions({ ...common, key: Buffer.alloc(32, 1), idle: 30 * minute, absolute: 12 * hour })
  connections = createConnections({ ...common, key: Buffer.alloc(32, 2) })
  cases = createCases({ ...common, people, sessions, connections, key: Buffer.alloc(32, 3), retention })
})
after(() => storage.close())
beforeEach(async () => {
  await sql`truncate cases, case_code_tries`.execute(storage.db)
  recorder.clear()
})

let subjects = 0

async function somebody(): Promise<PersonId> {
  subjects += 1
  const account = { provider: `provider-${subjects}`, subject: 's', level: 'eidas2' as const }
  const identity = { ...angela, birthdate: `19${50 + subjects}-08-24` }
  const settled = await storage.transaction((tx) => people.settle(tx, { ...account, identity }))
  assert.ok(!('kind' in settled))
  return settled.person
}

/** A connection with the session that it was made in. */
async function connect(
  person: PersonId,
  more: { device?: DeviceId; address?: string; country?: string; alert?: Connection['alert'] } = {},
): Promise<{ line: Connection; session: Session }> {
  clock.advance(minute)
  const { device = newId('device'), address = '194.2.0.1', country = 'FR', alert = 'unusual' } = more
  const of = { person, link: newId('link'), provider: 'tax', level: 'eidas1', amr: ['pwd'], device } as const
  return storage.transaction(async (tx) => {
    const { session } = await sessions.start(tx, {
      ...of,
      amr: ['pwd'],
      authTime: clock.now(),
      serves: 'eidas1',
      opens: { service: 'refunds', scopes: ['openid'] },
    })
    const line = await connections.record(tx, {
      ...of,
      id: newOrderedId('connection', clock.now()),
      state: 'authorised',
      at: clock.now(),
      service: 'refunds',
      amr: ['pwd'],
      reused: false,
      session: session.id,
      country,
      address,
      port: 50_000,
      scopes: ['openid'],
      unusual: ['new_device'],
      alert,
    })
    return { line, session }
  })
}

const isLive = async ({ id }: Session) => (await sessions.byId(id)) !== undefined
const sinceEver = 0

describe('it was not me', () => {
  test('ends that session and no other, flags the line, once', async () => {
    const person = await somebody()
    const [own, foreign] = [await connect(person), await connect(person)]
    recorder.clear()
    const said = { person, connection: foreign.line.id, by: 'code' } as const
    assert.deepEqual([await cases.disown(said), await cases.disown(said)], ['done', 'again'])
    assert.deepEqual([await isLive(own.session), await isLive(foreign.session)], [true, false])
    assert.deepEqual(recorder.of('connection.disowned'), [{ person, connection: foreign.line.id, by: 'code' }])
    assert.deepEqual(
      recorder.of('session.ended').map(({ session, reason, services }) => ({ session, reason, services })),
      [{ session: foreign.session.id, reason: 'revoked', services: ['refunds'] }],
    )
    const [line] = await connections.ofPerson(person, { limit: 1 })
    assert.deepEqual([line?.answer, line?.answeredAt], ['disowned', clock.now()])
  })

  test('of simultaneous ones, one does it', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    recorder.clear()
    const said = { person, connection: line.id, by: 'code' } as const
    const all = await Promise.all([1, 2, 3].map(() => cases.disown(said)))
    assert.deepEqual(all.toSorted(), ['again', 'again', 'done'])
    assert.deepEqual([recorder.of('connection.disowned').length, recorder.of('session.ended').length], [1, 1])
  })

  test('reaches the session that replaced it in the same browser, and not the one that asks', async () => {
    const person = await somebody()
    const device = newId('device')
    const { line, session } = await connect(person, { device })
    await storage.transaction((tx) => sessions.end(tx, session.id, 'replaced'))
    const [later, asking] = [await connect(person, { device }), await connect(person, { device })]
    await cases.disown({ person, connection: line.id, by: 'session', besides: asking.session.id })
    assert.deepEqual([await isLive(later.session), await isLive(asking.session)], [false, true])
  })

  test('is nobody’s business but the person’s', async () => {
    const [person, other] = [await somebody(), await somebody()]
    const { line, session } = await connect(person)
    recorder.clear()
    const about = { person: other, connection: line.id }
    assert.equal(await cases.disown({ ...about, by: 'session' }), 'absent')
    assert.equal(await cases.own(about), 'absent')
    assert.deepEqual(await cases.open({ ...about, words: '', actor: { kind: 'person', id: other } }), {
      kind: 'absent',
    })
    assert.equal(await isLive(session), true)
    assert.deepEqual(recorder.facts, [])
  })

  test('it was me, after all or from the start', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    const about = { person, connection: line.id }
    assert.deepEqual([await cases.own(about), await cases.own(about)], ['done', 'again'])
    await cases.disown({ ...about, by: 'session' })
    recorder.clear()
    assert.equal(await cases.own(about), 'done')
    assert.deepEqual(recorder.facts, [{ name: 'connection.owned', data: about }])
  })
})

describe('R101: what a person is asked about', () => {
  test('of what they were told and did not answer, the newest first, without the session that asks', async () => {
    const person = await somebody()
    await connect(person, { alert: 'none' })
    const [first, second, third] = [await connect(person), await connect(person), await connect(person)]
    const asked = async (more: object = {}) =>
      (await connections.unansweredOf(person, { limit: 5, ...more })).map(({ id }) => id)
    assert.deepEqual(await asked(), [third.line.id, second.line.id, first.line.id])
    assert.deepEqual(await asked({ besides: third.session.id }), [second.line.id, first.line.id])
    assert.deepEqual(await asked({ limit: 1 }), [third.line.id])
    assert.deepEqual(await asked({ providers: ['post'] }), [])
    await cases.own({ person, connection: second.line.id })
    await cases.disown({ person, connection: first.line.id, by: 'code' })
    assert.deepEqual(await asked(), [third.line.id])
    clock.advance(91 * day)
    assert.deepEqual(await asked(), [])
  })

  test('what they disowned is no habit of theirs; what they owned after all is', async () => {
    const person = await somebody()
    const [here] = [await connect(person), await connect(person, { country: 'US', address: '12.0.0.1' })]
    const [foreign] = await connections.ofPerson(person, { limit: 1 })
    assert.ok(foreign)
    const network = connections.networkOf(person, '12.0.0.99')
    assert.ok(network)
    const before = await connections.habits(person, sinceEver)
    assert.deepEqual([before.last?.country, before.networks.includes(network)], ['US', true])
    await cases.disown({ person, connection: foreign.id, by: 'session' })
    const habits = await connections.habits(person, sinceEver)
    assert.deepEqual(habits, {
      countries: ['FR'],
      networks: [connections.networkOf(person, '194.2.0.200')],
      providers: ['tax'],
      connections: 1,
      last: { country: 'FR', at: here.line.at },
    })
    await cases.own({ person, connection: foreign.id })
    assert.deepEqual((await connections.habits(person, sinceEver)).last?.country, 'US')
  })

  test('a network is known to whom it was known: of a line that passes to another person nobody knows it', async () => {
    const [from, to] = [await somebody(), await somebody()]
    await connect(from)
    const change = passed({ from, to })
    await storage.transaction((tx) => connections.keeper.follow(tx, change))
    const habits = await connections.habits(to, sinceEver)
    assert.deepEqual([habits.connections, habits.countries, habits.networks], [1, ['FR'], []])
  })

  test('R127: the ledger does not tell who was at one place, nor where', async () => {
    const [one, other] = [await somebody(), await somebody()]
    for (const person of [one, other]) await connect(person, { address: '193.55.7.9' })
    const { rows } = await sql<{ row: string; network: string }>`select c::text as row, network from connections c
      where person in (${one}, ${other})`.execute(storage.db)
    assert.equal(new Set(rows.map(({ network }) => network)).size, 2)
    for (const { row } of rows) assert.doesNotMatch(row, /193\.55\.7/)
    assert.equal(connections.networkOf(one, '193.55.7.250'), connections.networkOf(one, '193.55.7.9'))
    assert.notEqual(connections.networkOf(one, '193.55.8.9'), connections.networkOf(one, '193.55.7.9'))
    assert.equal(connections.networkOf(one, '2001:67c:1::1'), connections.networkOf(one, '2001:67c:1:ffff::9'))
    assert.equal(connections.networkOf(one, 'no address'), undefined)
  })
})

describe('cases', () => {
  const words = 'Mon téléphone a été volé mardi.'
  const actorOf = (person: PersonId) => ({ kind: 'person', id: person }) as const

  test('R100: a person reports a connection: it is disowned, and the case has what they wrote, sealed', async () => {
    const person = await somebody()
    const { line, session } = await connect(person)
    recorder.clear()
    const opened = await cases.open({ person, connection: line.id, words: ` ${words}\n`, actor: actorOf(person) })
    assert.ok(opened.kind === 'opened')
    const { case: report } = opened
    assert.match(report.reference, /^[\dA-HJKMNP-TV-Z]{4}(?:-[\dA-HJKMNP-TV-Z]{4}){2}$/)
    assert.equal(isId('case', report.id), true)
    assert.equal(await isLive(session), false)
    assert.deepEqual(await cases.ofPerson(person), [report])
    assert.deepEqual(await cases.openAbout(person, line.id), report)
    assert.deepEqual(recorder.of('case.opened'), [
      { case: report.id, person, connection: line.id, actor: actorOf(person) },
    ])
    assert.equal(recorder.of('connection.disowned').length, 1)
    const { rows } = await sql<{ row: string }>`select c::text as row from cases c`.execute(storage.db)
    assert.doesNotMatch(rows.map(({ row }) => row).join(), /volé/)
    assert.equal(JSON.stringify(recorder.facts).includes('volé'), false)
    recorder.clear()
    assert.deepEqual(await cases.read(report.id, operator), { case: report, words })
    assert.deepEqual(recorder.facts, [{ name: 'case.read', data: { case: report.id, person, actor: operator } }])
  })

  test('one is open about a connection at a time, however often it is reported', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    const open = () => cases.open({ person, connection: line.id, words, actor: actorOf(person) })
    const all = await Promise.all([open(), open(), open()])
    assert.deepEqual(all.map(({ kind }) => kind).toSorted(), ['open_already', 'open_already', 'opened'])
    const [report] = await cases.ofPerson(person)
    assert.ok(report)
    for (const outcome of all) assert.deepEqual('case' in outcome && outcome.case, report)
    await cases.close(report.id, { reason: 'not_a_theft', actor: operator })
    assert.equal((await open()).kind, 'opened')
    assert.equal((await cases.ofPerson(person)).length, 2)
  })

  test('while one is open the line stays disowned', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    const about = { person, connection: line.id }
    await cases.disown({ ...about, by: 'code' })
    const [opened, owned] = await Promise.all([
      cases.open({ ...about, words: '', actor: actorOf(person) }),
      cases.own(about),
    ])
    assert.equal(opened.kind, 'opened')
    const [after] = await connections.ofPerson(person, { limit: 1 })
    // Whoever was first: it is disowned now, and stays so.
    assert.equal(after?.answer, 'disowned')
    assert.ok(owned === 'case_open' || owned === 'done')
    assert.equal(await cases.own(about), 'case_open')
    const [report] = await cases.ofPerson(person)
    assert.ok(report)
    assert.equal('words' in ((await cases.read(report.id, operator)) ?? {}), false)
    await cases.close(report.id, { reason: 'settled', actor: operator })
    assert.equal(await cases.own(about), 'done')
  })

  test('what is written is a page at most', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    const about = { person, connection: line.id, actor: actorOf(person) }
    assert.deepEqual(await cases.open({ ...about, words: 'x'.repeat(mostWords + 1) }), {
      kind: 'too_long',
      most: mostWords,
    })
    assert.equal((await cases.open({ ...about, words: 'x'.repeat(mostWords) })).kind, 'opened')
  })

  test('operators see them by age, page by page, and close each once with a reason', async () => {
    const person = await somebody()
    const opened: Case[] = []
    for (let index = 0; index < 5; index++) {
      const { line } = await connect(person)
      const outcome = await cases.open({ person, connection: line.id, words, actor: actorOf(person) })
      assert.ok(outcome.kind === 'opened')
      opened.push(outcome.case)
    }
    assert.equal(await cases.countWaiting(), 5)
    const first = await cases.waiting({ limit: 3 })
    const rest = await cases.waiting({ limit: 3, after: first[2]?.id as never })
    assert.deepEqual([...first, ...rest], opened)
    recorder.clear()
    const ends = await Promise.all(
      [1, 2].map(() => cases.close(opened[1]?.id as never, { reason: 'settled', actor: operator })),
    )
    assert.deepEqual(ends.toSorted(), ['again', 'done'])
    assert.equal(await cases.close(newId('case'), { reason: 'settled', actor: operator }), 'absent')
    assert.deepEqual(recorder.of('case.closed'), [{ case: opened[1]?.id, person, reason: 'settled', actor: operator }])
    for (const one of [opened[0], opened[3]])
      await cases.close(one?.id as never, { reason: 'no_answer', actor: operator })
    const over = await cases.closed({ limit: 2 })
    const older = await cases.closed({ limit: 2, before: over[1]?.id as never })
    assert.deepEqual(
      new Set([...over, ...older].map(({ id }) => id)),
      new Set([opened[0]?.id, opened[1]?.id, opened[3]?.id]),
    )
    assert.deepEqual(over[0]?.closed?.by, operator)
    assert.equal(await cases.countWaiting(), 2)
  })

  test('a closed one is deleted at the end of its time, an open one never', async () => {
    const person = await somebody()
    const [one, other] = [await connect(person), await connect(person)]
    for (const { line } of [one, other]) {
      await cases.open({ person, connection: line.id, words, actor: actorOf(person) })
    }
    const [waiting, ended] = await cases.ofPerson(person)
    assert.ok(waiting && ended)
    await cases.close(ended.id, { reason: 'duplicate', actor: operator })
    clock.advance(retention)
    await cases.sweep()
    assert.equal((await cases.ofPerson(person)).length, 2)
    clock.advance(minute)
    await cases.sweep()
    assert.deepEqual(await cases.ofPerson(person), [waiting])
  })

  test('what was written goes with the connection to whom a review gives it, and with its person when they are erased', async () => {
    const [from, to] = [await somebody(), await somebody()]
    const [moving, staying] = [await connect(from), await connect(from)]
    for (const { line } of [moving, staying]) {
      await cases.open({ person: from, connection: line.id, words, actor: actorOf(from) })
    }
    const left = [{ link: newId('link'), provider: 'tax', at: 0 }]
    const change = passed({ from, to, left })
    change.also([moving.line.id])
    await storage.transaction((tx) => cases.keeper.follow(tx, change))
    const [moved] = await cases.ofPerson(to)
    assert.equal(moved?.connection, moving.line.id)
    assert.equal((await cases.read(moved.id, operator))?.words, words)
    assert.deepEqual(
      (await cases.ofPerson(from)).map(({ connection }) => connection),
      [staying.line.id],
    )
    await storage.transaction((tx) => cases.keeper.forget(tx, to))
    assert.deepEqual(await cases.read(moved.id, operator), { case: moved })
    await storage.transaction((tx) => cases.keeper.follow(tx, passed({ from, to })))
    assert.deepEqual((await cases.ofPerson(from)).length, 0)
  })
})

test('codes are tried so often from one network in an hour, whichever address of it, and no more', async () => {
  const tries = await Promise.all(Array.from({ length: 61 }, (_, index) => cases.mayTry(`198.51.100.${index}`)))
  assert.equal(tries.filter(Boolean).length, 60)
  assert.equal(await cases.mayTry('192.0.2.1'), true)
  const { rows } = await sql<{ row: string }>`select t::text as row from case_code_tries t`.execute(storage.db)
  assert.doesNotMatch(rows.map(({ row }) => row).join(), /198\.51/)
  clock.advance(hour)
  assert.equal(await cases.mayTry('198.51.100.7'), true)
  clock.advance(2 * hour)
  await cases.sweep()
  const left = await sql`select 1 from case_code_tries`.execute(storage.db)
  assert.equal(left.rows.length, 0)
})
