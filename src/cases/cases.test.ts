import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type KyselyPlugin, sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { angela, firstKey, passed } from '../../test/support/people.ts'
import { type Connection, type Connections, createConnections, type NewConnection } from '../connections/connections.ts'
import { makeReference } from '../connections/reference.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import {
  type CaseId,
  type ConnectionId,
  type DeviceId,
  isId,
  type LinkId,
  newId,
  newOrderedId,
  type OperatorId,
  type PartyId,
  type PersonId,
  type SessionId,
  type StaffId,
} from '../kernel/ids.ts'
import { ownService } from '../partners/own-service.ts'
import { ownProvider } from '../partners/partners.ts'
import { createPeople, type People } from '../people/people.ts'
import type { CheckAnswer, checks, Side } from '../policy/case-flow.ts'
import { createSessions, type Session, type Sessions } from '../sessions/sessions.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  type Case,
  type Cases,
  createCases,
  mostWords,
  type Party,
  type PartyOwner,
  type RegisteredObject,
  type StepOutcome,
} from './cases.ts'

const clock = createTestClock()
const retention = 1_095 * day
const issuer = 'https://hub.example'
let storage: Storage
let people: People
let sessions: Sessions
let connections: Connections
let cases: Cases
const recorder = recordFacts(() => storage)
const operator = { kind: 'operator', id: newId('operator') as OperatorId } as const
const officer = { kind: 'staff', id: newId('staff') as StaffId } as const

/** Two services of one sector, one of another partner, one that left; two providers, and the hub itself. */
const registry: Record<string, RegisteredObject> = {
  'service refunds': { partner: 'health', sector: 'health.example', isOwn: false },
  'service records': { partner: 'health', sector: 'health.example', isOwn: false },
  'service invoices': { partner: 'state', sector: 'invoices.example', isOwn: false },
  [`service ${ownService}`]: { partner: ownService, isOwn: true },
  'provider tax': { partner: 'state', issuer: 'https://tax.example', isOwn: false },
  'provider post': { partner: 'post', issuer: 'https://post.example', isOwn: false },
  [`provider ${ownProvider}`]: { partner: ownService, isOwn: true },
}
/** Codes of messages. */
const messages = new Map<string, { person: PersonId; about: string }>()

function roomsOn(database: Storage) {
  const common = { storage: database, clock, audit: recorder.audit }
  const people = createPeople({ ...common, masterKey: Buffer.alloc(32, 9), pivotKeys: [firstKey], log: () => {} })
  const sessions = createSessions({ ...common, key: Buffer.alloc(32, 1), idle: 30 * minute, absolute: 12 * hour })
  const connections = createConnections({ ...common, key: Buffer.alloc(32, 2) })
  const cases = createCases({
    ...{ ...common, people, sessions, connections, issuer, retention, timeZone: 'Europe/Paris' },
    ...{ key: Buffer.alloc(32, 3), rules: { answerDays: 5 } },
    registered: async (_handle, side, object) => registry[`${side} ${object}`],
    recognise: async (code) => messages.get(code),
  })
  return { people, sessions, connections, cases }
}

before(async () => {
  storage = await openTestStorage(clock)
  ;({ people, sessions, connections, cases } = roomsOn(storage))
})
after(() => storage.close())
beforeEach(async () => {
  await sql`truncate cases, case_reports, case_texts, case_code_tries cascade`.execute(storage.db)
  recorder.clear()
})

let subjects = 0
const linkOf = new Map<PersonId, LinkId>()
const birthOf = new Map<PersonId, string>()
const subjectOf = new Map<PersonId, string>()

async function somebody(): Promise<PersonId> {
  subjects += 1
  const birthdate = `${1900 + subjects}-08-24`
  const account = { provider: 'tax', subject: `account-${subjects}`, level: 'eidas2' as const }
  const settled = await storage.transaction((tx) =>
    people.settle(tx, { ...account, identity: { ...angela, birthdate } }),
  )
  assert.ok(!('kind' in settled))
  linkOf.set(settled.person, settled.link)
  birthOf.set(settled.person, birthdate)
  subjectOf.set(settled.person, account.subject)
  return settled.person
}

interface Where {
  device?: DeviceId
  address?: string
  country?: string
  alert?: Connection['alert']
  service?: string
  provider?: string
  /** A session that is there already. */
  session?: SessionId
}

/** A connection with the session that it was made in. */
async function connect(person: PersonId, where: Where = {}): Promise<{ line: Connection; session: Session }> {
  clock.advance(minute)
  const { device = newId('device'), address = '194.2.0.1', country = 'FR', alert = 'unusual' } = where
  const { service = 'refunds', provider = 'tax' } = where
  const link = linkOf.get(person)
  assert.ok(link)
  const of = { person, link, provider, level: 'eidas1', amr: ['pwd'], device } as const
  return storage.transaction(async (tx) => {
    const { session } = await sessions.start(tx, {
      ...of,
      amr: ['pwd'],
      authTime: clock.now(),
      serves: 'eidas1',
      opens: { service, scopes: ['openid'] },
    })
    const line = await connections.record(tx, {
      ...{ id: newOrderedId('connection', clock.now()), state: 'authorised', at: clock.now(), service, ...of },
      ...{ amr: ['pwd'], reused: false, session: session.id, country, address, port: 50_000, scopes: ['openid'] },
      ...{ unusual: ['new_device'], alert },
    })
    return { line, session }
  })
}

/** What a session answered, or a line of another kind. */
function line(person: PersonId, over: Partial<NewConnection>): Promise<Connection> {
  clock.advance(minute)
  return storage.transaction((tx) =>
    connections.record(tx, {
      ...{ id: newOrderedId('connection', clock.now()), state: 'authorised', at: clock.now(), person },
      ...{ service: 'refunds', provider: 'tax', link: linkOf.get(person) as LinkId, level: 'eidas1', amr: ['pwd'] },
      ...{ reused: true, session: newId('session'), address: '194.2.0.1', port: 50_001, scopes: ['openid'] },
      ...{ unusual: [], alert: 'none' },
      ...over,
    }),
  )
}

const isLive = async ({ id }: Session) => (await sessions.byId(id)) !== undefined
const sinceEver = 0
const words = 'Mon téléphone a été volé mardi.'
const actorOf = (person: PersonId) => ({ kind: 'person', id: person }) as const
const everything: Record<(typeof checks)[number], CheckAnswer> = {
  own_sign_in_excluded: 'yes',
  relative_excluded: 'yes',
  device_shared: 'no',
  message_answered: 'unknown',
  account_seen: 'unknown',
  wants_formal_report: 'yes',
}

/** A case of the person about these lines. */
async function report(person: PersonId, ...lines: Connection[]): Promise<Case> {
  const outcome = await cases.open({ person, connections: lines.map(({ id }) => id), words, actor: actorOf(person) })
  assert.ok('case' in outcome)
  return outcome.case
}

function done(outcome: StepOutcome): Case {
  assert.equal(outcome.kind, 'done', JSON.stringify(outcome))
  assert.ok('case' in outcome)
  return outcome.case
}

/** The case, qualified and notified. */
async function notified({ id, version }: Case): Promise<{ notice: Case; parties: Party[] }> {
  const { version: seen } = done(await cases.qualify(id, { checks: everything, seen: version, actor: operator }))
  const notice = done(await cases.notify(id, { seen, actor: operator }))
  return { notice, parties: await cases.parties(id) }
}

const ownerOf = ({ partner, side, object }: Party): PartyOwner => ({ partner, only: { side, object } })
let keys = 0
const said = (party: Party, finding: 'confirmed' | 'not_confirmed' = 'confirmed') => ({
  ...{ answer: { finding, measures: [], duties: [] }, seen: party.version, key: `key-${++keys}` },
  ...{ actor: officer, via: 'desk' as const },
})
const answer = (party: Party, finding?: 'confirmed' | 'not_confirmed') =>
  cases.answer(party.id, ownerOf(party), said(party, finding))

async function rowsOf(...tables: string[]): Promise<string> {
  const parts = []
  for (const table of tables) {
    const { rows } = await sql<{ row: string }>`select t::text as row from ${sql.table(table)} t`.execute(storage.db)
    parts.push(...rows.map(({ row }) => row))
  }
  return parts.join('\n')
}
const caseTables = [
  ...['cases', 'case_connections', 'case_reports', 'case_parties', 'case_answers', 'case_events', 'case_texts'],
]

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
    assert.deepEqual(await cases.open({ person: other, connections: [line.id], words: '', actor: actorOf(other) }), {
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

describe('R100: reports', () => {
  test('a person reports connections: they are disowned, and the case has what they wrote, sealed', async () => {
    const person = await somebody()
    const [one, other] = [await connect(person), await connect(person)]
    recorder.clear()
    const ids = [one.line.id, other.line.id]
    const opened = await cases.open({ person, connections: ids, words: ` ${words}\n`, actor: actorOf(person) })
    assert.ok(opened.kind === 'opened')
    const { case: found } = opened
    assert.match(found.reference, /^[\dA-HJKMNP-TV-Z]{4}(?:-[\dA-HJKMNP-TV-Z]{4}){2}$/)
    assert.equal(isId('case', found.id), true)
    assert.deepEqual(
      [found.origin, found.match, found.state, found.version, found.connections],
      ['person', 'matched', 'received', 1, ids],
    )
    assert.deepEqual([await isLive(one.session), await isLive(other.session)], [false, false])
    assert.deepEqual(await cases.ofPerson(person), [found])
    assert.deepEqual(await cases.ofPersonBy(person, found.reference.toLowerCase()), found)
    assert.equal(await cases.ofPersonBy(await somebody(), found.reference), undefined)
    assert.deepEqual(await cases.openAbout(person, other.line.id), found)
    assert.deepEqual(recorder.of('case.opened'), [
      {
        ...{ case: found.id, person, origin: 'person', match: 'matched', connections: ids, rule: null },
        actor: actorOf(person),
      },
    ])
    assert.equal(recorder.of('connection.disowned').length, 2)
    assert.doesNotMatch(await rowsOf(...caseTables), /volé|194\.2\.0/)
    assert.equal(JSON.stringify(recorder.facts).includes('volé'), false)
    recorder.clear()
    assert.deepEqual(await cases.read(found.id, operator), { case: found, words })
    assert.deepEqual(recorder.facts, [{ name: 'case.read', data: { case: found.id, person, actor: operator } }])
    assert.equal(await cases.findBy(found.reference), found.id)
  })

  test('one is open about a connection at a time, however often it is reported', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    const open = () => cases.open({ person, connections: [line.id], words, actor: actorOf(person) })
    const all = await Promise.all([open(), open(), open()])
    assert.deepEqual(all.map(({ kind }) => kind).toSorted(), ['open_already', 'open_already', 'opened'])
    const [found] = await cases.ofPerson(person)
    assert.ok(found)
    for (const outcome of all) assert.deepEqual('case' in outcome && outcome.case, found)
    assert.equal((await cases.timeline(found.id)).length, 1, 'the same words are a second click')
    await cases.close(found.id, { reason: 'not_a_theft', actor: operator })
    assert.equal((await open()).kind, 'opened')
    assert.equal((await cases.ofPerson(person)).length, 2)
  })

  test('a second report joins the open case: its words are kept, and what is new is taken until partners are told', async () => {
    const person = await somebody()
    const [one, two, three] = [await connect(person), await connect(person), await connect(person)]
    const found = await report(person, one.line)
    const again = { person, words: 'Et encore mercredi.', actor: actorOf(person) }
    const joined = await cases.open({ ...again, connections: [one.line.id, two.line.id] })
    assert.ok(joined.kind === 'open_already')
    assert.deepEqual([joined.case.id, joined.case.version], [found.id, 2])
    assert.deepEqual(joined.case.connections, [one.line.id, two.line.id])
    const [newest] = await cases.timeline(found.id)
    assert.deepEqual([newest?.what, newest?.text, newest?.more?.added], ['joined', 'Et encore mercredi.', '1'])
    await notified(joined.case)
    const apart = await cases.open({ ...again, connections: [two.line.id, three.line.id] })
    assert.ok(apart.kind === 'opened')
    assert.deepEqual(apart.case.connections, [three.line.id])
  })

  test('while one is open the line stays disowned', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    const about = { person, connection: line.id }
    await cases.disown({ ...about, by: 'code' })
    const [opened, owned] = await Promise.all([
      cases.open({ person, connections: [line.id], words: '', actor: actorOf(person) }),
      cases.own(about),
    ])
    assert.equal(opened.kind, 'opened')
    const [after] = await connections.ofPerson(person, { limit: 1 })
    // Whoever was first: it is disowned now, and stays so.
    assert.equal(after?.answer, 'disowned')
    assert.ok(owned === 'case_open' || owned === 'done')
    assert.equal(await cases.own(about), 'case_open')
    const [found] = await cases.ofPerson(person)
    assert.ok(found)
    assert.equal('words' in ((await cases.read(found.id, operator)) ?? {}), false)
    await cases.close(found.id, { reason: 'settled', actor: operator })
    assert.equal(await cases.own(about), 'done')
  })

  test('what is written is a page at most, and may be more later', async () => {
    const person = await somebody()
    const { line } = await connect(person)
    const about = { person, connections: [line.id], actor: actorOf(person) }
    const tooLong = { kind: 'too_long', most: mostWords }
    assert.deepEqual(await cases.open({ ...about, words: 'x'.repeat(mostWords + 1) }), tooLong)
    const opened = await cases.open({ ...about, words: 'x'.repeat(mostWords) })
    assert.ok(opened.kind === 'opened')
    const { id } = opened.case
    assert.deepEqual(await cases.addWords({ person, case: id, words: 'x'.repeat(mostWords + 1) }), tooLong)
    for (let click = 0; click < 2; click++) {
      assert.equal((await cases.addWords({ person, case: id, words: ' Encore. ' })).kind, 'done')
    }
    assert.equal((await cases.addWords({ person: await somebody(), case: id, words: 'y' })).kind, 'absent')
    const told = (await cases.timeline(id)).map(({ what, text }) => [what, text])
    assert.deepEqual(told, [
      ['joined', 'Encore.'],
      ['opened', undefined],
    ])
    await cases.close(id, { reason: 'settled', actor: operator })
    assert.equal((await cases.addWords({ person, case: id, words: 'z' })).kind, 'absent')
  })

  test('codes that are typed: one’s own, somebody else’s and nobody’s get the same answer', async () => {
    const [person, other] = [await somebody(), await somebody()]
    const [own, told, foreign] = [await connect(person), await connect(person), await connect(other)]
    const message = makeReference()
    messages.set(message, { person, about: told.line.id })
    recorder.clear()
    const type = (...codes: string[]) => {
      clock.advance(minute)
      return cases.reportCodes({ person, codes, words, actor: actorOf(person) })
    }
    const answers = [await type(own.line.reference, message), await type(foreign.line.reference)]
    const facts = recorder.of('case.opened').map(({ match, person: who, connections: lines }) => [match, who, lines])
    assert.deepEqual(facts, [
      ['matched', person, [own.line.id, told.line.id]],
      ['not_matching', null, []],
    ])
    assert.deepEqual(await isLive(foreign.session), true, 'nothing is done to somebody else')
    assert.deepEqual(await isLive(told.session), false)
    // While that one is open, what leads nowhere joins it, and so gets the same reference.
    answers.push(await type(makeReference()), await type('no code at all'))
    for (const given of answers) assert.deepEqual(Object.keys(given), ['kind', 'reference'])
    assert.equal(new Set(answers.map((given) => 'reference' in given && given.reference)).size, 2)
    const [nowhere] = await cases.ofPerson(person)
    assert.deepEqual([nowhere?.match, nowhere?.person], ['no_trace', undefined], 'the person learns no more')
    const [stored] = await cases.queue({ match: 'not_matching', limit: 5 })
    assert.equal(stored?.id, nowhere?.id)
    const [first] = (await cases.timeline(stored?.id as CaseId)).toReversed()
    assert.equal(first?.more?.foreign, foreign.line.id)
    assert.equal(
      done(await cases.close(stored?.id as CaseId, { reason: 'not_matching', actor: operator })).state,
      'closed',
    )
    const [after] = await cases.ofPerson(person)
    assert.equal(after?.closed?.reason, 'no_trace')
  })

  test('signed out: the answer knows nothing, the look afterwards does; a wrong name is somebody else’s code', async () => {
    const person = await somebody()
    const { line, session } = await connect(person)
    const told = await connect(person)
    const message = makeReference()
    messages.set(message, { person, about: told.line.id })
    const birthdate = birthOf.get(person) ?? ''
    const send = (codes: string[], birthName: string, on = birthdate) =>
      cases.openByForm({
        ...{ codes, identity: { birthName, birthdate: on }, contact: 'angela@mail.example', words, language: 'ar' },
        address: '198.51.100.7',
      })
    recorder.clear()
    const forms = [
      await send([line.reference], 'DUBOIS'),
      await send([line.reference], 'dubois lemaire', '1962-01-01'),
      await send([makeReference()], 'dubois lemaire'),
      await send([], 'dubois lemaire'),
      await send([line.reference, message], 'Dubois Lemaire'),
    ]
    assert.equal(recorder.of('case.opened').length, 0, 'nothing is looked at before the answer')
    assert.equal(await isLive(session), true)
    for (const { reference, key } of forms) {
      assert.deepEqual(await cases.follow(reference, key), { state: 'received', openedAt: clock.now() })
      assert.equal(await cases.follow(reference, forms[0]?.key === key ? 'x' : (forms[0]?.key ?? '')), undefined)
      await Promise.all([cases.look(reference), cases.look(reference)])
    }
    assert.deepEqual(
      recorder.of('case.opened').map(({ match, person: who }) => [match, who]),
      [
        ['not_matching', null],
        ['not_matching', null],
        ['no_trace', null],
        ['no_trace', null],
        ['matched', person],
      ],
    )
    // The code of a connection may be known to others, that of a message was sent to the person.
    assert.deepEqual([await isLive(session), await isLive(told.session)], [true, false])
    const [found] = await cases.ofPerson(person)
    assert.ok(found)
    assert.deepEqual(found.connections, [line.id, told.line.id])
    assert.equal(found.reference === forms[4]?.reference, false)
    assert.equal(await cases.findBy(forms[4]?.reference ?? ''), found.id)
    const read = await cases.read(found.id, operator)
    assert.deepEqual([read?.words, read?.contact, read?.language], [words, 'angela@mail.example', 'ar'])
    const everyRow = await rowsOf(...caseTables)
    assert.doesNotMatch(everyRow, /mail\.example|DUBOIS|volé|198\.51/i)
    for (const { key } of forms) assert.equal(everyRow.includes(key), false)
    // The second one joins it, and has a reference of its own.
    const again = await send([line.reference], 'Dubois-Lemaire')
    await cases.look(again.reference)
    assert.equal(await cases.findBy(again.reference), found.id)
    assert.equal((await cases.ofPerson(person)).length, 1)
  })

  test('nothing that is asked of the database tells somebody else’s code from nobody’s, or from the right one', async () => {
    const statements: string[] = []
    const counter: KyselyPlugin = {
      transformQuery({ node, queryId }) {
        statements.push(storage.db.getExecutor().compileQuery(node, queryId).sql)
        return node
      },
      transformResult: async ({ result }) => result,
    }
    const watched: Storage = {
      ...storage,
      db: storage.db.withPlugin(counter),
      transaction: (work) => storage.transaction((tx) => work(tx.withPlugin(counter) as Tx)),
    }
    const seen = roomsOn(watched).cases
    const asked = async (work: () => Promise<unknown>) => {
      statements.splice(0)
      await work()
      return statements.splice(0)
    }
    const other = await somebody()
    const { line: theirs } = await connect(other)
    const message = makeReference()
    messages.set(message, { person: other, about: theirs.id })
    const typed = []
    for (const code of [makeReference(), theirs.reference, message]) {
      const person = await somebody()
      const said = { person, codes: [code], words, actor: actorOf(person) }
      typed.push(await asked(() => seen.reportCodes(said)))
    }
    assert.ok((typed[0]?.length ?? 0) > 5)
    assert.deepEqual(typed[1], typed[0])
    assert.deepEqual(typed[2], typed[0])
    const sent = []
    for (const birthName of ['Nobody', 'Dubois Lemaire']) {
      for (const code of [makeReference(), theirs.reference]) {
        const identity = { birthName, birthdate: birthOf.get(other) ?? '' }
        const form = { codes: [code], identity, words, language: 'fr', address: '198.51.100.77' } as const
        sent.push(await asked(() => seen.openByForm(form)))
      }
    }
    assert.ok((sent[0]?.length ?? 0) > 2)
    for (const one of sent) assert.deepEqual(one, sent[0])
  })

  test('signed out: where it stands follows the clock, so that its pace tells nothing', async () => {
    const { reference, key } = await cases.openByForm({
      ...{ codes: [], identity: { birthName: 'A', birthdate: '1990-01-01' }, words, language: 'fr' },
      address: '198.51.100.9',
    })
    await cases.look(reference)
    const state = async () => (await cases.follow(reference.toLowerCase(), key))?.state
    const id = await cases.findBy(reference)
    assert.ok(id)
    await cases.close(id, { reason: 'no_trace', actor: operator })
    assert.equal(await state(), 'received')
    clock.advance(day)
    assert.equal(await state(), 'in_hand')
    clock.advance(9 * day)
    assert.equal(await state(), 'over')
  })

  test('signed out: so many reports of one network in an hour, and nothing that is too long', async () => {
    const form = { codes: [], identity: { birthName: 'A', birthdate: '1990-01-01' }, language: 'fr' } as const
    const send = (address: string, said = '') => cases.openByForm({ ...form, words: said, address })
    const sent = await Promise.allSettled(Array.from({ length: 21 }, (_, index) => send(`203.0.113.${index}`)))
    assert.equal(sent.filter(({ status }) => status === 'fulfilled').length, 20)
    await assert.rejects(send('203.0.113.200'), { error: 'too_many_requests' })
    await assert.rejects(send('192.0.2.1', 'x'.repeat(mostWords + 1)), { error: 'request_malformed' })
    clock.advance(31 * day)
    await cases.sweep()
    assert.equal(await rowsOf('case_reports', 'case_texts'), '')
  })

  test('R104: a partner reports by its own subject; one that it does not know gets the same answer', async () => {
    const [person, other] = [await somebody(), await somebody()]
    const [early, late] = [await connect(person, { service: 'invoices' }), await connect(person)]
    const strange = await connect(other)
    const subject = await people.subjectFor(storage.db, person, 'health.example')
    const by = { words, actor: officer, via: 'api' as const }
    recorder.clear()
    const service = { ...by, side: 'service', object: 'refunds', kind: 'unusual_change' } as const
    const tell = (over: Partial<Parameters<Cases['openByPartner']>[0]>) =>
      cases.openByPartner({ ...service, subject, ...over })
    const given = [
      await tell({}),
      await tell({}),
      await tell({ subject: 'nobody' }),
      await tell({ subject: 'nobody' }),
      await tell({ subject: 'x', code: strange.line.reference, object: 'invoices' }),
      await tell({ side: 'provider', object: 'tax', subject: subjectOf.get(person) ?? '', from: early.line.at - 1 }),
    ]
    assert.deepEqual(
      given.map(({ kind }) => kind),
      ['opened', 'open_already', 'opened', 'open_already', 'opened', 'opened'],
    )
    const references = given.map((one) => ('reference' in one ? one.reference : ''))
    assert.deepEqual([references[0] === references[1], references[2] === references[3]], [true, true])
    assert.equal(new Set(references).size, 4)
    assert.deepEqual(
      recorder.of('case.opened').map(({ origin, match, connections: lines }) => [origin, match, lines]),
      [
        ['service', 'matched', [late.line.id]],
        ['service', 'no_trace', []],
        ['service', 'not_matching', []],
      ],
    )
    const [found] = await cases.ofPerson(person)
    assert.deepEqual(found?.connections, [early.line.id, late.line.id], 'what the provider reported joined it')
    assert.equal(await isLive(late.session), true, 'a partner ends no session')
    const { parties } = await notified(found as Case)
    const own = (side: Side, object: string) => parties.find((one) => one.side === side && one.object === object)
    assert.equal(own('service', 'refunds')?.reference, references[0])
    assert.equal(own('provider', 'tax')?.reference, references[5])
    assert.notEqual(own('service', 'invoices')?.reference, references[4])
    const reports = await cases.reportsOf([{ side: 'service', object: 'refunds' }], { limit: 5 })
    assert.deepEqual(
      reports.map(({ reference, party }) => [reference, party]).toSorted(),
      [
        [references[0], own('service', 'refunds')?.id],
        [references[2], undefined],
      ].toSorted(),
    )
    assert.equal((await tell({ object: 'unknown' })).kind, 'absent')
    assert.equal((await tell({ object: ownService })).kind, 'absent')
    assert.equal((await tell({ words: 'x'.repeat(mostWords + 1) })).kind, 'too_long')
  })

  test('two reports of a partner at once are one', async () => {
    const person = await somebody()
    await connect(person)
    const subject = await people.subjectFor(storage.db, person, 'health.example')
    const tell = (about: string) =>
      cases.openByPartner({
        ...{ side: 'service', object: 'refunds', subject: about, words, actor: officer, via: 'api' },
      })
    for (const about of [subject, 'nobody']) {
      const all = await Promise.all([tell(about), tell(about), tell(about)])
      assert.deepEqual(all.map(({ kind }) => kind).toSorted(), ['open_already', 'open_already', 'opened'])
      assert.equal(new Set(all.map((one) => 'reference' in one && one.reference)).size, 1)
    }
    assert.equal((await cases.queue({ state: 'open', limit: 9 })).length, 2)
  })

  test('the hub’s own detection opens a case, explains it, and adds to the open one; it ends nothing', async () => {
    const person = await somebody()
    const [one, two] = [await connect(person), await connect(person)]
    const detect = (...lines: Connection[]) =>
      cases.openDetected({
        ...{ person, connections: lines.map(({ id }) => id), rule: 'burst', explanation: { services: 9 } },
      })
    const first = await detect(one.line)
    const second = await detect(one.line, two.line)
    assert.ok(first.kind === 'opened' && second.kind === 'open_already')
    assert.deepEqual([first.case.rule, first.case.origin], ['burst', 'hub'])
    assert.deepEqual(second.case.connections, [one.line.id, two.line.id])
    assert.deepEqual((await cases.read(first.case.id, operator))?.explanation, { services: 9 })
    assert.equal(await isLive(one.session), true)
    assert.equal(
      (await cases.openDetected({ ...first.case, rule: 'x', explanation: {}, person: newId('person') })).kind,
      'absent',
    )
  })
})

describe('R108: evidence and routing', () => {
  /** By tax: refunds anew, then records and invoices by the session; a sign-in apart; one of the hub's own means. */
  async function somebodyBusy() {
    const person = await somebody()
    const { line: first, session } = await connect(person)
    const reused = { session: session.id, reused: true }
    const records = await line(person, { ...reused, service: 'records', acr: 'eidas1' })
    const invoices = await line(person, { ...reused, service: 'invoices' })
    const pages = await line(person, { ...reused, service: ownService })
    const refused = await line(person, {
      service: 'refused-one',
      state: 'refused',
      refusal: 'level_not_reached',
      ...reused,
    })
    const apart = await connect(person, { service: 'invoices', provider: 'post' })
    return { person, session, first, records, invoices, pages, refused, apart: apart.line }
  }
  const shown = (routes: readonly { side: Side; object: string; moments: readonly { at: number }[] }[]) =>
    routes.map(({ side, object, moments }) => [`${side} ${object}`, ...moments.map(({ at }) => at)])

  test('every line of the sessions in question is frozen as it was, sealed; each reading is a fact', async () => {
    const { person, first, records, invoices, pages, refused } = await somebodyBusy()
    const { id } = await report(person, first)
    recorder.clear()
    const evidence = (await cases.evidence(id, operator)) ?? []
    assert.deepEqual(
      evidence.map(({ connection, inQuestion, address, port }) => [connection, inQuestion, address, port]),
      [
        [first.id, true, '194.2.0.1', 50_000],
        ...[records, invoices, pages, refused].map(({ id: other }) => [other, false, '194.2.0.1', 50_001]),
      ],
    )
    assert.deepEqual(recorder.facts, [{ name: 'case.evidence_read', data: { case: id, person, actor: operator } }])
    // The ledger forgets, the case does not.
    await connections.expire(clock.now() + day)
    assert.deepEqual(await cases.evidence(id, operator), evidence)
    assert.equal(await cases.evidence(newId('case'), operator), undefined)
    assert.equal((await cases.routeOf(id)).length, 4)
  })

  test('exactly the services and providers that were reached in these sessions, each with its own moments', async () => {
    const { person, first, records, invoices, apart } = await somebodyBusy()
    const found = await report(person, first)
    assert.deepEqual(shown(await cases.routeOf(found.id)), [
      ['provider tax', first.at],
      ['service invoices', invoices.at],
      ['service records', records.at],
      ['service refunds', first.at],
    ])
    // A line whose session is unknown stands for itself; a provider of which only that is known is told of it.
    const alone = await line(person, { service: 'records', session: newId('session') })
    const other = await report(person, apart, alone)
    assert.deepEqual(shown(await cases.routeOf(other.id)), [
      ['provider post', apart.at],
      ['provider tax', alone.at],
      ['service invoices', apart.at],
      ['service records', alone.at],
    ])
  })

  test('R109, R110: each party has the subject that it knows, a reference and a txn that are its own', async () => {
    const { person, first } = await somebodyBusy()
    const found = await report(person, first)
    recorder.clear()
    const { notice, parties } = await notified(found)
    assert.deepEqual([notice.state, notice.version], ['notified', 3])
    assert.equal(notice.dueAt, clock.now() + 5 * day)
    const health = await people.subjectFor(storage.db, person, 'health.example')
    const invoices = await people.subjectFor(storage.db, person, 'invoices.example')
    assert.deepEqual(
      parties.map(({ side, object, partner, subject, issuer: by }) => [side, object, partner, subject, by]),
      [
        ['provider', 'tax', 'state', subjectOf.get(person), 'https://tax.example'],
        ['service', 'invoices', 'state', invoices, issuer],
        ['service', 'records', 'health', health, issuer],
        ['service', 'refunds', 'health', health, issuer],
      ],
    )
    const own = parties.flatMap(({ id, reference, txn }) => [id, reference, txn])
    assert.equal(new Set([...own, found.id, found.reference]).size, own.length + 2)
    for (const party of parties) {
      const seen = JSON.stringify({ ...party, case: undefined })
      for (const other of parties.filter(({ id }) => id !== party.id)) {
        for (const theirs of [other.id, other.reference, other.txn]) assert.equal(seen.includes(theirs), false)
        if (other.subject !== party.subject) assert.equal(seen.includes(other.subject), false)
      }
      for (const secret of [found.reference, person, first.id]) assert.equal(seen.includes(secret), false)
    }
    assert.deepEqual(
      recorder.of('case.notified').map(({ party, person: who, side, object }) => [party, who, side, object]),
      parties.map(({ id, side, object }) => [id, person, side, object]),
    )
    const everyRow = await rowsOf(...caseTables)
    for (const subject of [health, invoices]) assert.equal(everyRow.includes(subject), false)
  })

  test('the hub’s own means and pages are no partner: of them alone nobody can be told', async () => {
    const person = await somebody()
    const own = await connect(person, { service: ownService, provider: ownProvider })
    const found = await report(person, own.line)
    assert.deepEqual(await cases.routeOf(found.id), [])
    const { version: seen } = done(
      await cases.qualify(found.id, { checks: everything, seen: found.version, actor: operator }),
    )
    const outcome = await cases.notify(found.id, { seen, actor: operator })
    assert.deepEqual(outcome.kind === 'refused' && outcome.reason, 'nobody_reached')
  })

  test('who left meanwhile is a party all the same; what passed to another partner is told to that one', async () => {
    const { person, first } = await somebodyBusy()
    const found = await report(person, first)
    const { 'service invoices': invoices, 'service records': records } = registry
    try {
      delete registry['service invoices']
      registry['service records'] = { ...(records as RegisteredObject), partner: 'heir' }
      const { parties } = await notified(found)
      assert.deepEqual(
        parties.map(({ object, partner }) => [object, partner]),
        [
          ['tax', 'state'],
          ['invoices', 'state'],
          ['records', 'heir'],
          ['refunds', 'health'],
        ],
      )
    } finally {
      Object.assign(registry, { 'service invoices': invoices, 'service records': records })
    }
  })

  test('what a session opened after the report is told too; qualifying changes what is in question', async () => {
    const person = await somebody()
    const device = newId('device')
    const { line: first, session } = await connect(person, { device })
    const detected = await cases.openDetected({ person, connections: [first.id], rule: 'burst', explanation: {} })
    assert.ok('case' in detected)
    const later = await line(person, { service: 'records', session: session.id })
    const onDevice = await line(person, { service: 'invoices', device, reused: false, at: clock.now() })
    const strange = await connect(await somebody())
    const { id } = detected.case
    assert.deepEqual(
      (await cases.candidates(id)).map(({ id: other }) => other),
      [onDevice.id, later.id],
    )
    const qualify = (...ids: ConnectionId[]) =>
      cases.qualify(id, {
        ...{ connections: ids, checks: everything, stolen: 'password', note: 'vu', seen: 1, actor: operator },
      })
    const foreign = await qualify(first.id, strange.line.id)
    assert.deepEqual(foreign.kind === 'refused' && foreign.reason, 'connection_unknown')
    await report(person, later)
    const taken = await qualify(first.id, later.id)
    assert.deepEqual(taken.kind === 'refused' && taken.reason, 'in_another_case')
    recorder.clear()
    const qualified = done(await qualify(onDevice.id))
    assert.deepEqual(qualified.connections, [onDevice.id])
    assert.deepEqual([qualified.stolen, qualified.checks?.device_shared, qualified.version], ['password', 'no', 2])
    assert.deepEqual(
      recorder.of('case.qualified').map(({ connections: lines }) => lines),
      [[onDevice.id]],
    )
    assert.deepEqual(shown(await cases.routeOf(id)), [
      ['provider tax', onDevice.at],
      ['service invoices', onDevice.at],
    ])
    // The first one is in question nowhere now: it can be reported anew.
    assert.equal((await cases.open({ person, connections: [first.id], words, actor: actorOf(person) })).kind, 'opened')
    assert.equal(
      (await cases.evidence(id, operator))?.find(({ connection }) => connection === first.id)?.inQuestion,
      false,
    )
  })

  test('R118: similar cases are found by device, network, provider and time', async () => {
    const [one, other, third, far] = [await somebody(), await somebody(), await somebody(), await somebody()]
    const device = newId('device')
    const first = await report(one, (await connect(one, { device, address: '5.6.7.8' })).line)
    const sameDevice = await report(
      other,
      (await connect(other, { device, address: '9.9.9.9', provider: 'post' })).line,
    )
    const sameNetwork = await report(third, (await connect(third, { address: '5.6.7.200' })).line)
    clock.advance(30 * day)
    await report(far, (await connect(far, { address: '2.2.2.2', provider: 'post' })).line)
    assert.deepEqual(
      (await cases.similar(first.id)).map(({ case: id, reasons }) => [id, reasons]),
      [
        [sameDevice.id, ['device']],
        [sameNetwork.id, ['network', 'provider', 'period']],
      ],
    )
  })
})

describe('R117 to R124: partners answer', () => {
  async function told(): Promise<{ person: PersonId; notice: Case; provider: Party; service: Party }> {
    const person = await somebody()
    const { notice, parties } = await notified(await report(person, (await connect(person)).line))
    const [provider, service] = parties
    assert.ok(provider && service)
    return { person, notice, provider, service }
  }

  test('each by its own alone: another’s is as if there were none, of another object and of another partner', async () => {
    const { provider, service } = await told()
    const own = ownerOf(service)
    const { partner, side, object } = service
    const foreign: PartyOwner[] = [
      { partner, only: { side: 'provider', object } },
      { partner, only: { side, object: 'records' } },
      { partner: provider.partner },
      // An object that changed hands: what was told before is not for whoever has it now.
      { partner: 'somebody', only: { side, object } },
    ]
    assert.notEqual(partner, provider.partner)
    for (const owner of [own, { partner }]) {
      assert.deepEqual(await cases.party(service.id, owner), service)
      assert.equal(await cases.party(provider.id, owner), undefined)
      assert.deepEqual(await cases.answer(provider.id, owner, said(provider)), { kind: 'absent' })
      assert.deepEqual(await cases.answer(newId('caseParty'), owner, said(service)), { kind: 'absent' })
    }
    for (const owner of foreign) {
      assert.equal(await cases.party(service.id, owner), undefined)
      assert.deepEqual(await cases.answer(service.id, owner, said(service)), { kind: 'absent' })
    }
    const mine = await cases.partiesOf(own, { state: 'waiting', limit: 50 })
    assert.deepEqual(
      mine.filter(({ id }) => id === service.id),
      [service],
    )
    assert.ok(mine.every((one) => one.partner === partner && one.object === object))
    assert.equal(await cases.countWaitingOf(own), mine.length)
    const nobody: PartyOwner = { partner: 'somebody', only: { side, object } }
    assert.deepEqual(await cases.partiesOf(nobody, { state: 'all', limit: 5 }), [])
    assert.equal(await cases.countWaitingOf(nobody), 0)
    const found = { side, object, partner }
    assert.deepEqual(await cases.partyBySubject(found, service.subject), [service])
    assert.deepEqual(await cases.partyBySubject({ ...found, object: 'records' }, service.subject), [])
    assert.deepEqual(await cases.partyBySubject({ ...found, partner: 'somebody' }, service.subject), [])
    assert.deepEqual(await cases.partyOf(provider.id), provider)
  })

  test('in parts, idempotent by the key, with what was seen; the history is kept', async () => {
    const { person, notice, provider } = await told()
    const own = ownerOf(provider)
    recorder.clear()
    const part = {
      ...{ seen: 1, key: 'a', actor: officer, via: 'api' as const },
      answer: { measures: ['factors_reset' as const], duties: ['protect' as const], analysis: 'Appel suspect.' },
    }
    const first = await cases.answer(provider.id, own, part)
    assert.ok(first.kind === 'done')
    assert.deepEqual([first.party.finding, first.party.answeredAt, first.party.version], [undefined, undefined, 2])
    assert.deepEqual(await cases.answer(provider.id, own, part), { kind: 'again', party: first.party })
    assert.deepEqual(await cases.answer(provider.id, own, { ...part, key: 'b' }), { kind: 'moved', party: first.party })
    clock.advance(hour)
    const awareAt = clock.now() - minute
    const rest = await cases.answer(provider.id, own, {
      ...{ ...part, seen: 2, key: 'c' },
      answer: {
        ...{ finding: 'confirmed', measures: [], duties: ['protect', 'similar'] },
        breach: { decision: 'notify', reason: 'Mots de passe lus.', awareAt },
      },
    })
    assert.ok(rest.kind === 'done')
    const { party } = rest
    assert.deepEqual([party.finding, party.answeredAt], ['confirmed', clock.now()])
    assert.deepEqual(
      party.duties.map(({ duty, doneAt }) => [duty, doneAt]),
      [
        ['protect', clock.now() - hour],
        ['similar', clock.now()],
        ['inform', undefined],
        ['breach', clock.now()],
        ['feedback', clock.now()],
      ],
    )
    assert.deepEqual(
      party.answers.map(({ via, by, analysis, measures, breach }) => ({ via, by, analysis, measures, breach })),
      [
        {
          ...{ via: 'api', by: officer, analysis: undefined, measures: [] },
          breach: { decision: 'notify', reason: 'Mots de passe lus.', awareAt },
        },
        { via: 'api', by: officer, analysis: 'Appel suspect.', measures: ['factors_reset'], breach: undefined },
      ],
    )
    assert.deepEqual(
      recorder.of('case.answered').map(({ finding, late, via }) => [finding, late, via]),
      [
        [null, false, 'api'],
        ['confirmed', false, 'api'],
      ],
    )
    assert.doesNotMatch(await rowsOf(...caseTables), /suspect|Mots de passe/)
    assert.equal((await cases.find(notice.id))?.version, notice.version + 2)
    assert.deepEqual(await cases.progressOf(person, notice.id), {
      service: { told: 1, answered: 0 },
      provider: { told: 1, answered: 1 },
    })
    assert.deepEqual(await cases.partiesOf(own, { state: 'answered', limit: 5 }), [party])
    assert.deepEqual(await cases.partiesOf(own, { state: 'waiting', limit: 5 }), [])
  })

  test('simultaneous ones with one key are one answer, with two keys one has seen less', async () => {
    const { service } = await told()
    const own = ownerOf(service)
    const same = said(service)
    const all = await Promise.all([1, 2, 3].map(() => cases.answer(service.id, own, same)))
    assert.deepEqual(all.map(({ kind }) => kind).toSorted(), ['again', 'again', 'done'])
    const [now] = await cases.partiesOf(own, { state: 'all', limit: 1 })
    const two = await Promise.all([answer(now as Party), answer(now as Party, 'not_confirmed')])
    assert.deepEqual(two.map(({ kind }) => kind).toSorted(), ['done', 'moved'])
  })

  test('what cannot be is refused, all of it at once', async () => {
    const { service } = await told()
    const refused = async (given: object) => {
      const outcome = await cases.answer(service.id, ownerOf(service), {
        ...said(service),
        answer: { measures: [], duties: [], ...given },
      })
      return outcome.kind === 'refused' ? outcome.faults : outcome.kind
    }
    const rows: [object, string[]][] = [
      [{}, ['empty']],
      [{ analysis: '  \r\n ' }, ['empty']],
      [{ measures: ['factors_reset'] }, ['measure_unknown']],
      [{ duties: ['similar'] }, ['duty_unknown']],
      [{ analysis: 'x'.repeat(4_001) }, ['too_long']],
      [{ breach: { decision: 'notify', reason: ' ' } }, ['breach_reason_missing']],
      [{ breach: { decision: 'undecided', reason: '', awareAt: clock.now() + 1 } }, ['aware_at']],
      [
        { measures: ['x'], duties: ['y'], measuresText: 'x'.repeat(2_001) },
        ['measure_unknown', 'duty_unknown', 'too_long'],
      ],
    ]
    for (const [given, faults] of rows) assert.deepEqual(await refused(given), faults, JSON.stringify(given))
    assert.deepEqual(recorder.of('case.answered'), [])
  })

  test('R124: no reminder before half time; one then, one at the due date, then an escalation, each once', async () => {
    const { notice, provider, service } = await told()
    await answer(provider)
    recorder.clear()
    const chase = async () => {
      await Promise.all([cases.chase(), cases.chase()])
      const facts = recorder.facts.map(({ name, data }) => [name, 'reminder' in data ? data.reminder : undefined])
      recorder.clear()
      return facts
    }
    const half = (service.dueAt - service.notifiedAt) / 2
    clock.advance(half - 1)
    assert.deepEqual(await chase(), [])
    clock.advance(1)
    assert.deepEqual([await chase(), await chase()], [[['case.reminded', 1]], []])
    clock.advance(half)
    assert.deepEqual([await chase(), await chase()], [[['case.reminded', 2]], []])
    assert.deepEqual((await cases.queue({ state: 'open', overdue: true, limit: 5 })).length, 0)
    clock.advance(day)
    assert.deepEqual([await chase(), await chase()], [[['case.overdue', undefined]], []])
    assert.deepEqual(
      (await cases.queue({ state: 'open', overdue: true, limit: 5 })).map(({ id }) => id),
      [notice.id],
    )
    assert.equal((await cases.counts()).overdue, 1)
    const [now] = await cases.partiesOf(ownerOf(service), { state: 'all', limit: 1 })
    assert.deepEqual([now?.version, now?.escalatedAt], [1, clock.now()], 'a reminder is no change that one must see')
    assert.equal((await answer(now as Party)).kind, 'done')
    assert.equal((await cases.find(notice.id))?.dueAt, undefined)
  })

  test('after an outage of the hub one reminder is enough, and an escalation needs none', async () => {
    const [one, other] = [await told(), await told()]
    clock.advance(5 * day)
    await answer(other.provider)
    await answer(other.service)
    recorder.clear()
    await cases.chase()
    assert.deepEqual(
      recorder
        .of('case.reminded')
        .map(({ party, reminder }) => [party, reminder])
        .toSorted(),
      [one.provider.id, one.service.id].map((id) => [id, 2]).toSorted(),
    )
    clock.advance(30 * day)
    await cases.chase()
    assert.deepEqual(recorder.of('case.overdue').length, 2)
  })
})

describe('the steps of operators', () => {
  async function told() {
    const person = await somebody()
    const found = await report(person, (await connect(person)).line)
    return { person, found, ...(await notified(found)) }
  }
  const conclude = (id: CaseId, seen: number, waive: { party: PartyId; reason: string }[] = []) =>
    cases.conclude(id, { verdict: 'confirmed', reason: 'Les deux confirment.', waive, seen, actor: operator })
  const reasonOf = (outcome: StepOutcome) => (outcome.kind === 'refused' ? outcome.reason : outcome.kind)

  test('of two at once one does it, and the other sees what was done', async () => {
    const person = await somebody()
    const found = await report(person, (await connect(person)).line)
    const qualify = () => cases.qualify(found.id, { checks: everything, seen: 1, actor: operator })
    const both = await Promise.all([qualify(), qualify()])
    assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['done', 'moved'])
    recorder.clear()
    const notify = () => cases.notify(found.id, { seen: 2, actor: operator })
    const twice = await Promise.all([notify(), notify()])
    assert.deepEqual(twice.map(({ kind }) => kind).toSorted(), ['done', 'moved'])
    for (const outcome of twice) assert.equal('case' in outcome && outcome.case.state, 'notified')
    assert.equal(recorder.of('case.notified').length, 2)
    assert.equal((await cases.parties(found.id)).length, 2)
    assert.equal(reasonOf(await cases.notify(found.id, { seen: 3, actor: operator })), 'wrong_state')
    assert.equal(reasonOf(await cases.notify(newId('case'), { seen: 1, actor: operator })), 'absent')
  })

  test('concluding waits for answers, or for the time to be over and a reason to go on without', async () => {
    const { person, notice, parties } = await told()
    const [provider, service] = parties as [Party, Party]
    assert.equal(reasonOf(await conclude(notice.id, notice.version)), 'answers_awaited')
    const waiver = { party: service.id, reason: 'Injoignable.' }
    await answer(provider)
    const seen = notice.version + 1
    assert.equal(reasonOf(await conclude(notice.id, seen, [waiver])), 'answers_awaited')
    clock.advance(5 * day)
    assert.equal(reasonOf(await conclude(notice.id, seen)), 'waiver_missing')
    assert.equal(reasonOf(await conclude(notice.id, seen, [{ ...waiver, reason: ' ' }])), 'waiver_missing')
    recorder.clear()
    const concluded = done(await conclude(notice.id, seen, [waiver]))
    assert.deepEqual([concluded.state, concluded.verdict, concluded.dueAt], ['concluded', 'confirmed', undefined])
    assert.deepEqual(recorder.of('case.concluded'), [
      { case: notice.id, person, verdict: 'confirmed', waived: 1, actor: operator },
    ])
    const after = await cases.parties(notice.id)
    assert.deepEqual(after[1]?.waived, { at: clock.now(), reason: 'Injoignable.' })
    // R123: the tasks of a service appear once the fraud is proven.
    assert.deepEqual(
      [service, after[1] as Party].map(({ duties }) => duties.map(({ duty }) => duty)),
      [
        ['identify', 'analyse', 'feedback'],
        ['identify', 'analyse', 'feedback', 'protect', 'inform', 'breach'],
      ],
    )
    await cases.chase()
    assert.deepEqual(recorder.of('case.overdue'), [], 'nobody is waited for any more')
    // It comes all the same, and changes no verdict.
    const late = await answer(after[1] as Party, 'not_confirmed')
    assert.ok(late.kind === 'done')
    assert.deepEqual(
      [late.party.answers[0]?.late, late.party.verdict, late.party.finding],
      [true, 'confirmed', 'not_confirmed'],
    )
    assert.equal(recorder.of('case.answered').at(-1)?.late, true)
    assert.equal((await cases.find(notice.id))?.verdict, 'confirmed')
  })

  test('an answer during the conclusion is before it or after it, never lost', async () => {
    const { notice, parties } = await told()
    const [provider, service] = parties as [Party, Party]
    await answer(provider)
    const seen = notice.version + 1
    const [concluded, answered] = await Promise.all([conclude(notice.id, seen), answer(service)])
    assert.equal(answered.kind, 'done')
    // Before it: the operator has not seen the answer. After it, it could not be concluded.
    assert.ok(['moved', 'refused'].includes(concluded.kind))
    const waive = [{ party: service.id, reason: 'x' }]
    const { notice: other, parties: those } = await told()
    clock.advance(6 * day)
    for (const party of those.slice(0, 1)) await answer(party)
    waive[0] = { party: (those[1] as Party).id, reason: 'x' }
    const [end, late] = await Promise.all([conclude(other.id, other.version + 1, waive), answer(those[1] as Party)])
    const kinds = `${end.kind} ${late.kind}`
    assert.ok(kinds === 'done moved' || kinds === 'moved done', kinds)
  })

  test('a verdict is taken back with a reason, and a closed case stays closed', async () => {
    const { person, notice, parties } = await told()
    for (const party of parties) await answer(party)
    const concluded = done(await conclude(notice.id, notice.version + 2))
    const { id } = notice
    recorder.clear()
    const revise = (reason: string, seen: number) => cases.revise(id, { reason, seen, actor: operator })
    assert.equal(reasonOf(await revise(' ', concluded.version)), 'reason_missing')
    const back = done(await revise('Nouvel élément.', concluded.version))
    assert.deepEqual([back.state, back.verdict, back.concludedAt], ['notified', undefined, undefined])
    assert.deepEqual(recorder.of('case.revised'), [{ case: id, person, verdict: 'confirmed', actor: operator }])
    assert.equal(reasonOf(await cases.close(id, { reason: 'settled', actor: operator })), 'wrong_state')
    const again = done(
      await cases.conclude(id, { verdict: 'not_confirmed', reason: 'Un proche.', seen: back.version, actor: operator }),
    )
    const wrong = await cases.close(id, { reason: 'duplicate', seen: again.version, actor: operator })
    assert.equal(reasonOf(wrong), 'reason_not_fitting')
    const ends = await Promise.all(
      [1, 2].map(() => cases.close(id, { reason: 'not_a_theft', seen: again.version, actor: operator })),
    )
    assert.deepEqual(ends.map(({ kind }) => kind).toSorted(), ['done', 'moved'])
    const closed = { case: id, person, reason: 'not_a_theft', verdict: 'not_confirmed', actor: operator }
    assert.deepEqual(recorder.of('case.closed'), [closed])
    assert.equal(reasonOf(await revise('x', again.version + 1)), 'wrong_state')
    const [party] = await cases.parties(id)
    assert.deepEqual([party?.closedAt, party?.verdict], [clock.now(), 'not_confirmed'])
    assert.ok(party)
    assert.equal((await answer(party)).kind, 'done', 'an answer is taken still')
    assert.deepEqual(await cases.partyBySubject(party, party.subject), [])
  })

  test('notes are kept in every state and change no version; the timeline tells all of it, the newest first', async () => {
    const { found, notice } = await told()
    const note = (text: string) => cases.note(found.id, { text, actor: operator })
    assert.equal(done(await note(' Rappelé. ')).version, notice.version)
    assert.equal(reasonOf(await note(' ')), 'reason_missing')
    assert.equal(reasonOf(await note('x'.repeat(mostWords + 1))), 'too_long')
    assert.deepEqual(
      (await cases.timeline(found.id)).map(({ what, text, more }) => [what, text, more?.object]),
      [
        ['note', 'Rappelé.', undefined],
        ['notified', undefined, 'refunds'],
        ['notified', undefined, 'tax'],
        ['qualified', undefined, undefined],
        ['opened', undefined, undefined],
      ],
    )
    assert.doesNotMatch(await rowsOf(...caseTables), /Rappelé/)
  })

  test('the queue: what is due first, then the oldest; closed ones by their end; page by page', async () => {
    const late = await told()
    clock.advance(day)
    const soon = await told()
    const person = await somebody()
    const fresh = await report(person, (await connect(person, { service: 'invoices' })).line)
    const ids = (rows: Case[]) => rows.map(({ id }) => id)
    const open = { state: 'open', limit: 2 } as const
    const first = await cases.queue(open)
    const rest = await cases.queue({ ...open, after: first[1]?.id as CaseId })
    assert.deepEqual(ids([...first, ...rest]), [late.found.id, soon.found.id, fresh.id])
    const asked: [object, CaseId[]][] = [
      [{ state: 'received' }, [fresh.id]],
      [{ state: 'notified' }, [late.found.id, soon.found.id]],
      [{ state: 'open', service: 'invoices' }, [fresh.id]],
      [{ state: 'open', provider: 'tax' }, [late.found.id, soon.found.id, fresh.id]],
      [{ origin: 'hub' }, []],
      [{}, [fresh.id, soon.found.id, late.found.id]],
    ]
    for (const [which, wanted] of asked) {
      assert.deepEqual(ids(await cases.queue({ ...which, limit: 9 })), wanted, JSON.stringify(which))
    }
    await cases.close(fresh.id, { reason: 'settled', actor: operator })
    const other = await report(person, (await connect(person)).line)
    await cases.close(other.id, { reason: 'no_answer', actor: operator })
    const closed = await cases.queue({ state: 'closed', limit: 1 })
    const older = await cases.queue({ state: 'closed', limit: 1, after: closed[0]?.id as CaseId })
    assert.deepEqual(ids([...closed, ...older]), [other.id, fresh.id])
    const none = { received: 0, qualified: 0, concluded: 0, overdue: 0 }
    assert.deepEqual(await cases.counts(), { ...none, notified: 2, closed: 2 })
  })

  test('R125: statistics by month of the hub, origin, verdict, partner and rule', async () => {
    // Past midnight in Paris, the month before in UTC.
    clock.set(Date.parse('2027-03-31T22:30:00Z'))
    const { notice, parties } = await told()
    for (const party of parties) {
      clock.advance(hour)
      await answer(party)
    }
    await conclude(notice.id, notice.version + 2)
    const person = await somebody()
    const { line } = await connect(person)
    await cases.openDetected({ person, connections: [line.id], rule: 'burst', explanation: {} })
    const [from, until] = [Date.parse('2027-03-01T00:00:00Z'), clock.now() + day]
    const { months, objects, times, rules } = await cases.statistics({ from, until })
    assert.deepEqual(months, [
      { month: '2027-04', origin: 'hub', match: 'matched', open: true, count: 1 },
      { month: '2027-04', origin: 'person', match: 'matched', verdict: 'confirmed', open: true, count: 1 },
    ])
    const all = { count: 1, answered: 1, confirmed: 1, notConfirmed: 0, late: 0 }
    assert.deepEqual(objects, [
      { month: '2027-04', side: 'provider', object: 'tax', ...all },
      { month: '2027-04', side: 'service', object: 'refunds', ...all },
    ])
    assert.deepEqual(times, [{ month: '2027-04', firstAnswer: hour, conclusion: 2 * hour }])
    assert.deepEqual(rules, [{ rule: 'burst', opened: 1, confirmed: 0, notConfirmed: 0 }])
    assert.deepEqual((await cases.statistics({ from, until: from + 1 })).rules, [])
  })
})

describe('what is kept', () => {
  test('a closed one goes at the end of its time with all that belongs to it, an open one never', async () => {
    const person = await somebody()
    const [one, other] = [await connect(person), await connect(person)]
    const [ended, waiting] = [await report(person, one.line), await report(person, other.line)]
    const { notice, parties } = await notified(ended)
    for (const party of parties) await answer(party)
    const { id } = notice
    const given = { verdict: 'confirmed', reason: 'Oui.', actor: operator } as const
    await cases.conclude(id, { ...given, seen: notice.version + 2 })
    done(await cases.close(id, { reason: 'settled', actor: operator }))
    clock.advance(retention)
    await cases.sweep()
    assert.equal((await cases.ofPerson(person)).length, 2)
    clock.advance(minute)
    await cases.sweep()
    assert.deepEqual(await cases.ofPerson(person), [waiting])
    const rows = await rowsOf(...caseTables)
    for (const gone of [id, ...parties.flatMap((party) => [party.id, party.reference])]) {
      assert.equal(rows.includes(gone), false, gone)
    }
  })

  test('what was written goes with the connections to whom a review gives them; partners are told of whom they know', async () => {
    const [from, to] = [await somebody(), await somebody()]
    const [moving, staying] = [await connect(from), await connect(from)]
    const subject = await people.subjectFor(storage.db, from, 'health.example')
    const moved = await report(from, moving.line)
    const kept = await report(from, staying.line)
    const left = [{ link: newId('link'), provider: 'tax', at: 0 }]
    const change = passed({ from, to, left })
    change.also([moving.line.id])
    await sql`update connections set person = ${to} where id = ${moving.line.id}`.execute(storage.db)
    await storage.transaction((tx) => cases.keeper.follow(tx, change))
    assert.deepEqual(
      (await cases.ofPerson(to)).map(({ id }) => id),
      [moved.id],
    )
    assert.equal((await cases.read(moved.id, operator))?.words, words)
    assert.deepEqual(
      (await cases.ofPerson(from)).map(({ id }) => id),
      [kept.id],
    )
    const { parties } = await notified((await cases.find(moved.id)) as Case)
    assert.equal(parties.find(({ object }) => object === 'refunds')?.subject, subject)
    await storage.transaction((tx) => cases.keeper.follow(tx, passed({ from, to })))
    assert.deepEqual((await cases.ofPerson(from)).length, 0)
    assert.equal((await cases.read(kept.id, operator))?.words, words)
  })

  test('of who is erased no word stays, and no subject once the case is closed; traces stay as the law wants them', async () => {
    const person = await somebody()
    const [one, other] = [await connect(person), await connect(person)]
    const open = await report(person, one.line)
    const over = await report(person, other.line)
    const { notice, parties } = await notified(open)
    await cases.close(over.id, { reason: 'settled', actor: operator })
    const [provider] = parties as [Party]
    const told = await cases.answer(provider.id, ownerOf(provider), {
      ...said(provider),
      answer: { finding: 'confirmed', measures: [], duties: [], analysis: 'Vu.' },
    })
    assert.equal(told.kind, 'done')
    await storage.transaction((tx) => people.erase(tx, person, operator))
    await storage.transaction((tx) => cases.keeper.forget(tx, person))
    const read = await cases.read(open.id, operator)
    assert.deepEqual([read?.words, read?.case.person], [undefined, person])
    const subjectsOf = async (id: CaseId) =>
      ((await cases.evidence(id, operator)) ?? []).flatMap(({ known, address }) => [
        ...[known.service?.subject, known.provider?.subject].filter(Boolean),
        address,
      ])
    assert.deepEqual(await subjectsOf(over.id), ['194.2.0.1'])
    assert.equal((await subjectsOf(open.id)).length, 3, 'an open one needs them')
    const [answered, service] = (await cases.parties(open.id)) as [Party, Party]
    assert.equal(answered.answers[0]?.analysis, undefined)
    assert.notEqual(service.subject, '')
    // What operators do from now on is written all the same.
    assert.equal((await answer(service)).kind, 'done')
    const ended = await cases.conclude(notice.id, {
      ...{ verdict: 'confirmed', reason: 'Oui.', seen: notice.version + 2, actor: operator },
    })
    done(ended)
    done(await cases.close(notice.id, { reason: 'settled', actor: operator }))
    assert.deepEqual(await subjectsOf(open.id), ['194.2.0.1'])
    for (const party of await cases.parties(open.id)) assert.equal(party.subject, '')
    assert.equal((await cases.timeline(open.id)).find(({ what }) => what === 'concluded')?.text, 'Oui.')
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
