import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { type RawBuilder, sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { passed } from '../../test/support/people.ts'
import { takeReferences } from '../../test/support/references.ts'
import { toDate } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { type ConnectionId, newId, newOrderedId, type PersonId } from '../kernel/ids.ts'
import { isNotFirst } from '../storage/state.ts'
import type { Handle, Storage } from '../storage/storage.ts'
import { type Connections, createConnections, type HistoryQuestion, type NewConnection } from './connections.ts'
import { makeReference } from './reference.ts'
import { hotStatements, watchStatements } from './store.ts'

const clock = createTestClock()
let storage: Storage
let connections: Connections
const recorder = recordFacts(() => storage)

before(async () => {
  storage = await openTestStorage(clock)
  connections = createConnections({ storage, clock, audit: recorder.audit, key: Buffer.alloc(32, 1) })
})
after(() => storage.close())
beforeEach(() => recorder.clear())

function authorised(changes: Partial<NewConnection> = {}): NewConnection {
  return {
    id: newOrderedId('connection', clock.now()),
    state: 'authorised',
    at: clock.now(),
    person: newId('person'),
    service: 'refunds',
    provider: 'tax',
    link: newId('link'),
    level: 'eidas1',
    amr: ['pwd'],
    reused: false,
    session: newId('session'),
    device: newId('device'),
    country: 'FR',
    address: '194.2.0.1',
    port: 50_123,
    scopes: ['openid', 'given_name'],
    unusual: ['new_device'],
    alert: 'unusual',
    ...changes,
  }
}

/** Without a person, a provider or a session: refused before anybody was there. */
function refused(): NewConnection {
  const { person, provider, link, level, session, device, country, ...rest } = authorised()
  return { ...rest, state: 'refused', refusal: 'provider_cancelled', amr: [], unusual: [], alert: 'none' }
}

const record = (connection: NewConnection) => storage.transaction((tx) => connections.record(tx, connection))
const complete = (connection: NewConnection) => storage.transaction((tx) => connections.complete(tx, connection.id))

/** The tick makes ids of one test follow one another. */
async function recordAfter(wait: number, changes: Partial<NewConnection>) {
  clock.advance(wait)
  return record(authorised(changes))
}

describe('connections', () => {
  test('R080, R102: who, for whom, when, by what means, from where: all that was recorded is read back', async () => {
    const given = authorised()
    const recorded = await record(given)
    assert.deepEqual(recorded, { ...given, reference: recorded.reference })
    assert.deepEqual(await connections.byId(storage.db, given.id), recorded)
    assert.deepEqual(recorder.facts, [
      {
        name: 'connection.authorised',
        data: {
          connection: given.id,
          person: given.person,
          service: 'refunds',
          provider: 'tax',
          level: 'eidas1',
          amr: ['pwd'],
          reused: false,
          session: given.session,
          device: given.device,
          alert: 'unusual',
          organisation: null,
          mandate: null,
        },
      },
    ])
  })

  test('R096: for whom somebody acted, and by which mandate, is read back and in the journal; a mandate of nobody is none', async () => {
    const [organisation, mandate] = [newId('organisation'), newId('mandate')]
    const given = authorised({ organisation, mandate })
    await record(given)
    const line = await connections.byId(storage.db, given.id)
    assert.deepEqual([line?.organisation, line?.mandate], [organisation, mandate])
    const [fact] = recorder.facts
    assert.deepEqual(fact?.data, { ...fact?.data, organisation, mandate })
    await assert.rejects(record(authorised({ mandate })), /connections_mandate_of_organisation/)
  })

  test('R096: those for whom somebody last acted at a service, each once, the latest first', async () => {
    const person = newId('person')
    const [first, second, elsewhere] = [newId('organisation'), newId('organisation'), newId('organisation')]
    for (const organisation of [first, second, second, undefined, first]) {
      await recordAfter(minute, { person, ...(organisation ? { organisation } : {}) })
    }
    await recordAfter(minute, { person, service: 'other', organisation: elsewhere })
    await recordAfter(minute, { organisation: elsewhere })
    assert.deepEqual(await connections.lastActed(person, 'refunds', 3), [first, second])
    assert.deepEqual(await connections.lastActed(person, 'refunds', 1), [first])
    assert.deepEqual(await connections.lastActed(newId('person'), 'refunds', 3), [])
  })

  test('R080: a refusal is recorded too', async () => {
    const given = refused()
    const recorded = await record(given)
    assert.deepEqual(await connections.byId(storage.db, given.id), recorded)
    assert.equal('person' in recorded, false)
    assert.deepEqual(recorder.facts, [
      {
        name: 'connection.refused',
        data: {
          connection: given.id,
          person: null,
          service: 'refunds',
          provider: null,
          reason: 'provider_cancelled',
        },
      },
    ])
  })

  const impossible: [string, Partial<NewConnection>][] = [
    ['an authorised connection with a refusal', { refusal: 'internal' }],
    ['a refused connection without its refusal', { state: 'refused' }],
    ['a connection for a session that is not named', { session: '' as never }],
  ]
  for (const [name, changes] of impossible) {
    test(`${name} is a fault of ours: nothing is written`, async () => {
      const given = authorised(changes)
      await assert.rejects(record(given), TypeError)
      assert.equal(await connections.byId(storage.db, given.id), undefined)
      assert.deepEqual(recorder.facts, [])
    })
  }

  test('R127: an address and its port cannot be read in the table', async () => {
    const { id } = await record(authorised({ address: '2001:4860:4860::8888', port: 61_234 }))
    const { rows } = await sql<{ row: string }>`
      select to_jsonb(connections)::text as row from connections where id = ${id}`.execute(storage.db)
    const row = rows[0]?.row ?? ''
    for (const canary of ['2001:4860:4860', '61234']) {
      // As a word: five digits may stand anywhere in the hexadecimal of what is sealed.
      assert.doesNotMatch(row, new RegExp(`(?<![\\da-f])${canary}(?![\\da-f])`))
      assert.ok(!row.includes(Buffer.from(canary).toString('hex')))
    }
    const read = await connections.byId(storage.db, id)
    assert.deepEqual([read?.address, read?.port], ['2001:4860:4860::8888', 61_234])
  })

  test('an address that was copied to another line is noticed', async () => {
    const [mine, other] = [await record(authorised()), await record(authorised())]
    await sql`update connections set origin = (select origin from connections where id = ${other.id})
      where id = ${mine.id}`.execute(storage.db)
    await assert.rejects(connections.byId(storage.db, mine.id))
    await sql`delete from connections where id = ${mine.id}`.execute(storage.db)
  })

  test('a connection completes once, however many times the code comes', async () => {
    const given = authorised()
    await record(given)
    clock.advance(1_000)
    const outcomes = await Promise.all([complete(given), complete(given), complete(given)])
    assert.deepEqual(outcomes.toSorted(), [false, false, true])
    const read = await connections.byId(storage.db, given.id)
    assert.deepEqual([read?.state, read?.completedAt], ['completed', clock.now()])
    assert.deepEqual(recorder.of('connection.completed'), [{ connection: given.id, service: 'refunds' }])
  })

  const recordBehind = (connection: NewConnection) =>
    storage.transaction(async (tx) => connections.recordBehind(tx, connection))

  test('a line that nobody waits for is written like any other, with its fact', async () => {
    const given = authorised()
    await recordBehind(given)
    const { reference, ...line } = (await connections.byId(storage.db, given.id)) ?? assert.fail()
    assert.match(reference, /^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/)
    assert.deepEqual(line, given)
    await record({ ...given, id: newOrderedId('connection', clock.now()) })
    const [behind, waited] = recorder.of('connection.authorised')
    assert.deepEqual({ ...behind, connection: 0 }, { ...waited, connection: 0 })
  })

  test('where its reference is taken nothing of its transaction stays; who waits gets another one', async () => {
    await record(authorised())
    const [given, beside] = [authorised(), refused()]
    const undo = await takeReferences({ storage }, 3)
    const failed = storage.transaction(async (tx) => {
      connections.recordBehind(tx, given)
      connections.recordBehind(tx, beside)
    })
    const error: unknown = await failed.catch((thrown: unknown) => thrown)
    assert.ok(connections.isReferenceTaken(error))
    for (const { id } of [given, beside]) assert.equal(await connections.byId(storage.db, id), undefined)
    assert.ok((await record(given)).reference, 'two are taken')
    await undo()
    const again: unknown = await recordBehind(given).catch((thrown: unknown) => thrown)
    assert.equal(connections.isReferenceTaken(again), false, 'a line that is there already is another fault')
  })

  const completeBehind = ({ id, service }: NewConnection) =>
    storage.transaction(async (tx) => connections.completeBehind(tx, { id, service }))

  test('a completion that nobody waits for happens once: another fails its transaction', async () => {
    const given = authorised()
    await record(given)
    clock.advance(1_000)
    const outcomes = await Promise.allSettled([completeBehind(given), completeBehind(given), completeBehind(given)])
    const refusals = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
    assert.deepEqual(refusals.map(isNotFirst), [true, true])
    const read = await connections.byId(storage.db, given.id)
    assert.deepEqual([read?.state, read?.completedAt], ['completed', clock.now()])
    const [fact] = recorder.of('connection.completed')
    assert.deepEqual(fact, { connection: given.id, service: 'refunds' })
  })

  test('what is refused, unknown or of another service fails the transaction of such a completion, and stays as it is', async () => {
    const [no, given] = [refused(), authorised()]
    await record(no)
    await record(given)
    for (const line of [no, authorised(), { ...given, service: 'records' }]) {
      const beside = authorised()
      const work = storage.transaction(async (tx) => {
        await connections.record(tx, beside)
        connections.completeBehind(tx, line)
      })
      await assert.rejects(work, isNotFirst)
      assert.equal(await connections.byId(storage.db, beside.id), undefined)
    }
    assert.equal((await connections.byId(storage.db, no.id))?.state, 'refused')
    assert.equal((await connections.byId(storage.db, given.id))?.state, 'authorised')
  })

  test('a refused or unknown connection never completes', async () => {
    const given = refused()
    await record(given)
    assert.equal(await complete(given), false)
    assert.equal(await complete(authorised()), false)
    assert.deepEqual(recorder.of('connection.completed'), [])
  })

  test('R102, R128: a person sees their own history, newest first, by pages', async () => {
    const person: PersonId = newId('person')
    const mine = []
    for (let index = 0; index < 5; index++) {
      await recordAfter(minute, {})
      mine.unshift((await recordAfter(minute, { person })).id)
    }
    const first = await connections.ofPerson(person, { limit: 2 })
    const second = await connections.ofPerson(person, { limit: 10, before: first[1]?.id ?? ('' as never) })
    assert.deepEqual(
      [...first, ...second].map(({ id }) => id),
      mine,
    )
    assert.deepEqual(await connections.ofPerson(newId('person'), { limit: 10 }), [])
  })

  describe('R102: a history is asked', () => {
    const person: PersonId = newId('person')
    const at = (time: string) => Date.parse(`2027-05-${time}Z`)
    const { provider: _, ...early } = refused()
    /** The oldest first; each is named by its service and provider. */
    const told: [string, Partial<NewConnection>][] = [
      ['01T00:00:00', { service: 'refunds', provider: 'tax', unusual: ['new_device'] }],
      ['10T12:00:00', { service: 'refunds', provider: 'post', unusual: [] }],
      ['31T21:59:59.999', { service: 'town', provider: 'tax', unusual: [] }],
      ['31T22:00:00', { service: 'town', provider: 'post', unusual: ['new_country', 'new_provider'] }],
      ['31T22:00:00.001', { ...refused(), service: 'taxes', provider: 'tax' }],
    ]
    const references: string[] = []

    before(async () => {
      for (const [time, changes] of told) {
        const given = { ...authorised(changes), at: at(time), id: newOrderedId('connection', at(time)), person }
        references.push((await record(given)).reference)
        await record({ ...given, id: newOrderedId('connection', at(time)), person: newId('person') })
      }
      const last = at('31T23:00:00')
      await record({ ...early, at: last, id: newOrderedId('connection', last), person, service: 'taxes' })
    })

    const all = ['taxes -', 'taxes tax', 'town post', 'town tax', 'refunds post', 'refunds tax']
    const answers: [string, HistoryQuestion, string[]][] = [
      ['for all of it', {}, all],
      ['by service', { services: ['town'] }, ['town post', 'town tax']],
      ['by several services', { services: ['town', 'taxes'] }, ['taxes -', 'taxes tax', 'town post', 'town tax']],
      ['by no service at all', { services: [] }, []],
      ['by provider', { providers: ['post'] }, ['town post', 'refunds post']],
      ['for what was accepted', { outcome: 'accepted' }, ['town post', 'town tax', 'refunds post', 'refunds tax']],
      ['for what was refused', { outcome: 'refused' }, ['taxes -', 'taxes tax']],
      ['for what was refused to one account', { outcome: 'refused', providers: ['tax'] }, ['taxes tax']],
      ['for what was unusual', { unusual: true }, ['town post', 'refunds tax']],
      ['from an instant on', { from: at('31T22:00:00') }, ['taxes -', 'taxes tax', 'town post']],
      ['up to an instant', { until: at('31T22:00:00') }, ['town tax', 'refunds post', 'refunds tax']],
      [
        'between instants, at some services',
        { from: at('01T00:00:00.001'), until: at('31T22:00:00.001'), services: ['refunds', 'town'], unusual: true },
        ['town post'],
      ],
    ]
    for (const [how, question, expected] of answers) {
      test(how, async () => {
        const lines = await connections.ofPerson(person, { ...question, limit: 9 })
        assert.deepEqual(
          lines.map(({ service, provider = '-' }) => `${service} ${provider}`),
          expected,
        )
        // The pages of an answer are its parts.
        const pages = []
        for (let before: ConnectionId | undefined; ; ) {
          const page = await connections.ofPerson(person, { ...question, limit: 2, ...(before ? { before } : {}) })
          pages.push(...page)
          if (page.length < 2) break
          before = page.at(-1)?.id
        }
        assert.deepEqual(pages, lines)
      })
    }

    test('R128: by a code, which finds nothing of somebody else', async () => {
      const line = await connections.lineOf(person, references[3] ?? '')
      assert.deepEqual([line?.service, line?.provider, line?.at], ['town', 'post', at('31T22:00:00')])
      assert.equal(await connections.lineOf(newId('person'), references[3] ?? ''), undefined)
      assert.equal(await connections.lineOf(person, makeReference()), undefined)
    })

    test('without the address, which is for cases alone', async () => {
      const [line] = await connections.ofPerson(person, { limit: 1 })
      assert.deepEqual(
        ['address', 'port', 'origin'].filter((name) => line && name in line),
        [],
      )
    })

    test('for how much there is by service and provider', async () => {
      const habits = await connections.habitsOf(person)
      const words = habits.map(({ service, provider = '-', count, since }) => [service, provider, count, since])
      const expected = [
        ['refunds', 'post', 1, at('10T12:00:00')],
        ['refunds', 'tax', 1, at('01T00:00:00')],
        ['taxes', '-', 1, at('31T23:00:00')],
        ['taxes', 'tax', 1, at('31T22:00:00.001')],
        ['town', 'post', 1, at('31T22:00:00')],
        ['town', 'tax', 1, at('31T21:59:59.999')],
      ]
      assert.deepEqual(words.toSorted(), expected)
      assert.deepEqual(await connections.habitsOf(newId('person')), [])
    })
  })

  test('habits: countries and providers of a person since an instant, refused ones left out', async () => {
    const person: PersonId = newId('person')
    await recordAfter(minute, { person, country: 'DE', provider: 'post' })
    clock.advance(minute)
    const since = clock.now()
    await recordAfter(minute, { person, country: 'FR', provider: 'tax' })
    await recordAfter(minute, { person, country: 'MA', provider: 'tax' })
    const { country, ...unknownPlace } = authorised({ person, provider: 'bank' })
    await record(unknownPlace)
    await recordAfter(minute, {
      person,
      country: 'US',
      provider: 'thief',
      state: 'refused',
      refusal: 'provider_refused',
    })
    await recordAfter(minute, { country: 'BR', provider: 'other' })
    const habits = await connections.habits(person, since)
    assert.deepEqual(habits.countries.toSorted(), ['FR', 'MA'])
    assert.deepEqual(habits.providers.toSorted(), ['bank', 'tax'])
    assert.equal(habits.connections, 3)
    assert.deepEqual(await connections.habits(newId('person'), since), {
      countries: [],
      networks: [],
      providers: [],
      connections: 0,
    })
  })

  test('a split moves what was done through some accounts, and nothing of another one at the same provider', async () => {
    const [from, to]: PersonId[] = [newId('person'), newId('person')]
    const [kept, taken] = [newId('link'), newId('link')]
    assert.ok(from && to)
    const mine = await recordAfter(minute, { person: from, link: kept })
    const theirs = await recordAfter(minute, { person: from, link: taken })
    const post = await recordAfter(minute, { person: from, provider: 'post' })
    const { link: _, ...withoutLink } = authorised({ person: from, provider: 'bank' })
    const older = await record({ ...withoutLink, id: newOrderedId('connection', clock.now() + 1) })
    await recordAfter(minute, { link: taken })
    const link = (provider: string, id = newId('link')) => ({ link: id, provider, at: clock.now() })
    const move = async (links: string[], left: string[]) => {
      const gone = passed({ from, to, links: [link('tax', taken), ...links.map((one) => link(one))] })
      gone.left = left.map((one) => link(one, one === 'tax' ? kept : newId('link')))
      await storage.transaction((tx) => connections.keeper.follow(tx, gone))
      return [...gone.ids].toSorted()
    }
    const idsOf = async (person: PersonId) =>
      (await connections.ofPerson(person, { limit: 9 })).map(({ id }) => id).toSorted()
    assert.deepEqual(await move([], ['tax', 'post']), [theirs.id])
    assert.deepEqual(await idsOf(to), [theirs.id])
    assert.deepEqual(await idsOf(from), [mine.id, post.id, older.id].toSorted())
    // A line that names no account goes by its provider, one that names an account never does.
    assert.deepEqual(await move(['bank', 'post'], ['tax', 'other']), [older.id])
    assert.deepEqual(await idsOf(to), [theirs.id, older.id].toSorted())
    assert.deepEqual(await idsOf(from), [mine.id, post.id].toSorted())
    assert.equal((await connections.byId(storage.db, theirs.id))?.address, '194.2.0.1')
    // Of whom nothing is left, all is the other one's.
    assert.deepEqual(await move([], []), [mine.id, post.id].toSorted())
    assert.deepEqual(await idsOf(from), [])
  })

  test('R072: what sessions spared is counted by month of the zone, apart for services', async () => {
    const service = newId('person')
    const line = (time: string, changes: Partial<NewConnection>) => {
      const at = Date.parse(time)
      const given = { ...authorised({ service, ...changes }), at, id: newOrderedId('connection', at) }
      return storage.transaction((tx) => connections.record(tx, given))
    }
    await line('2027-02-28T22:59:59Z', { reused: true, level: 'eidas2' })
    // March, in Paris.
    await line('2027-02-28T23:00:00Z', { reused: true, level: 'eidas2' })
    await line('2027-03-02T10:00:00Z', { reused: true, level: 'eidas3' })
    await line('2027-03-02T10:00:01Z', { reused: true, level: 'eidas1', amr: ['pwd', 'sms', 'mfa'] })
    await line('2027-03-02T10:00:02Z', { reused: true, level: 'eidas1', amr: ['pwd'] })
    await line('2027-03-02T10:00:03Z', { reused: false, level: 'eidas2' })
    await line('2027-03-02T10:00:04Z', { reused: true, level: 'eidas2', service: 'another' })
    const at = Date.parse('2027-03-02T10:00:05Z')
    await record({ ...refused(), service, id: newOrderedId('connection', at), at })
    const since = Date.parse('2027-02-28T00:00:00Z')
    assert.deepEqual(await connections.reuse(since, 'Europe/Paris', [service]), [
      { month: '2027-02', connections: 1, bySession: 1, doubleAvoided: 1 },
      { month: '2027-03', connections: 5, bySession: 4, doubleAvoided: 3 },
    ])
    const [, march] = await connections.reuse(since, 'Europe/Paris')
    assert.deepEqual(march, { month: '2027-03', connections: 6, bySession: 5, doubleAvoided: 4 })
    assert.deepEqual(await connections.reuse(since, 'UTC', [service]), [
      { month: '2027-02', connections: 2, bySession: 2, doubleAvoided: 2 },
      { month: '2027-03', connections: 4, bySession: 3, doubleAvoided: 2 },
    ])
    assert.deepEqual(await connections.reuse(since, 'UTC', []), [])
    await sql`delete from connections where at >= ${toDate(since)}`.execute(storage.db)
  })

  test('R072: days that are over are counted once, in whatever process, and outlive the ledger', async () => {
    await sql`truncate connections, connection_days, connection_days_until`.execute(storage.db)
    const present = clock.now()
    const zone = 'Europe/Paris'
    const line = (time: string, changes: Partial<NewConnection> = {}) => {
      const at = Date.parse(time)
      const given = { ...authorised({ service: 'counted', reused: true, ...changes }), at }
      return storage.transaction((tx) => connections.record(tx, { ...given, id: newOrderedId('connection', at) }))
    }
    const since = Date.parse('2027-01-01T00:00:00Z')
    const figures = () => connections.reuse(since, zone, ['counted'])
    for (const time of ['2027-01-31T22:59:59.999Z', '2027-01-31T23:00:00Z', '2027-02-01T22:59:59Z']) await line(time)
    const at = Date.parse('2027-01-31T12:00:00Z')
    await record({ ...refused(), service: 'counted', id: newOrderedId('connection', at), at })
    await line('2027-01-31T12:00:00Z', { service: 'another' })
    const before = await figures()
    assert.deepEqual(
      before.map(({ month, connections: count }) => [month, count]),
      [
        ['2027-01', 1],
        ['2027-02', 2],
      ],
    )
    const days = async () => {
      const { rows } = await sql<{ day: string; service: string; connections: number }>`
        select day::text, service, connections from connection_days order by day, service`.execute(storage.db)
      return rows.map((row) => [row.day, row.service, row.connections])
    }
    clock.set(Date.parse('2027-02-01T23:59:59Z'))
    await Promise.all([connections.tally(zone), connections.tally(zone), connections.tally(zone)])
    const january = [
      ['2027-01-31', 'another', 1],
      ['2027-01-31', 'counted', 1],
    ]
    assert.deepEqual(await days(), january, 'the day after is over for less than an hour')
    assert.deepEqual(await figures(), before)
    await line('2027-02-01T22:59:59.999Z')
    clock.advance(1000)
    await connections.tally(zone)
    assert.deepEqual(await days(), [...january, ['2027-02-01', 'counted', 3]])
    await line('2027-02-02T10:00:00Z')
    const all = await figures()
    assert.deepEqual(all.at(-1)?.connections, 4)
    // Without those days in the ledger, what was counted is still told, and is not counted again.
    await connections.expire(Date.parse('2027-02-02T00:00:00Z'))
    await connections.tally(zone)
    assert.deepEqual(await figures(), all)
    // Another zone has other days: what the ledger still has is counted for it.
    assert.deepEqual(
      (await connections.reuse(since, 'UTC', ['counted'])).map(({ connections: count }) => count),
      [1],
    )
    clock.set(Date.parse('2027-02-04T00:00:00Z'))
    await connections.tally('UTC')
    assert.deepEqual(await days(), [['2027-02-02', 'counted', 1]])
    clock.set(present)
    await sql`truncate connections, connection_days, connection_days_until`.execute(storage.db)
  })

  test('R108: what a case freezes: the lines that are named, and all of their sessions, with where they came from', async () => {
    const [person, session] = [newId('person'), newId('session')]
    const first = await recordAfter(hour, { person, session })
    const second = await recordAfter(11 * hour, { person, session, address: '2001:db8::1', port: 4_000 })
    const apart = await recordAfter(minute, { person })
    const strange = await recordAfter(minute, { session })
    const lines = (of: typeof person, named: (typeof first.id)[], most = 9) =>
      connections.around(storage.db, of, { lines: named, most })
    assert.deepEqual(await lines(person, [first.id]), [first, second])
    assert.deepEqual(await lines(person, [apart.id, second.id]), [first, second, apart])
    assert.deepEqual(await lines(person, [second.id], 1), [second])
    assert.deepEqual(await lines(person, [strange.id]), [])
    assert.deepEqual(await lines(newId('person'), [first.id]), [])
    assert.deepEqual(await lines(person, []), [])
  })

  test('expiry deletes what is older than its retention, to the millisecond', async () => {
    await connections.expire(clock.now() + hour)
    clock.advance(day)
    const old = await recordAfter(1, {})
    const kept = await recordAfter(1, {})
    assert.equal(await connections.expire(kept.at), 1)
    assert.equal(await connections.byId(storage.db, old.id), undefined)
    assert.ok(await connections.byId(storage.db, kept.id))
    assert.equal(await connections.count(), 1)
  })

  test('simultaneous logins each have their line and their reference', async () => {
    const recorded = await Promise.all(Array.from({ length: 50 }, () => record(authorised())))
    assert.equal(new Set(recorded.map(({ reference }) => reference)).size, 50)
  })
})

describe('the cost of a login does not grow with the ledger', () => {
  const person: PersonId = newId('person')

  before(async () => {
    // Twelve thousand lines, of which one person has a third: the planner then has a reason to read the whole table.
    await sql`insert into connections (id, reference, state, at, person, service, provider, level, amr, reused, session,
        origin, scopes, unusual, alert)
      select 'con_' || lpad(to_hex(n), 12, '0') || md5(n::text), md5(n::text), 'authorised', ${toDate(clock.now())},
        case when n % 3 = 0 then ${person} else 'per_' || n end, 'refunds', 'tax', 'eidas1', '{}', false, 'ses_' || n,
        '', '{}', '{}', 'none'
      from generate_series(1, 12000) as n`.execute(storage.db)
    // An index is read alone where all rows of a page are seen by everybody: not while the server itself still looks at
    // an older state of this database, as its own analysis does for a moment.
    for (let isSeen = false; !isSeen; ) {
      await sql`vacuum analyze connections`.execute(storage.db)
      const { rows } = await sql<{ isSeen: boolean }>`select relallvisible > relpages * 0.9 as "isSeen" from pg_class
        where oid = 'connections'::regclass`.execute(storage.db)
      isSeen = rows[0]?.isSeen === true
    }
  })

  const id = newOrderedId('connection', clock.now())
  const cases: [string, RawBuilder<unknown>][] = [
    ['habits', hotStatements.habits({ person, since: newOrderedId('connection', 0), limit: 100 })],
    ['history', hotStatements.ofPerson({ person, limit: 20 })],
    ['a later page of history', hotStatements.ofPerson({ person, limit: 20, before: id })],
    ['completion', hotStatements.complete(id, toDate(clock.now()))],
    ['completion that must be the first', hotStatements.completeFirst(id, 'refunds', toDate(clock.now()))],
    ['one connection', hotStatements.byId(id)],
    [
      'expiry',
      hotStatements.expire({ before: newOrderedId('connection', 200), olderThan: toDate(clock.now()), limit: 1_000 }),
    ],
  ]
  for (const [name, statement] of cases) {
    test(`${name} reads by an index, in order, and sorts no history`, async () => {
      const plan = await planOf(statement)
      assert.doesNotMatch(plan, /Seq Scan/)
      assert.match(plan, /Index (Only )?Scan|Bitmap Index Scan/)
      assert.doesNotMatch(plan, /Sort Key: (connections\.)?id/)
    })
  }

  const questions: [string, HistoryQuestion][] = [
    ['all', {}],
    ['one service', { services: ['refunds'] }],
    ['a service that was never used', { services: ['absent'] }],
    ['a provider', { providers: ['tax'] }],
    ['what was refused', { outcome: 'refused' }],
    ['what was unusual', { unusual: true }],
    ['a month', { from: clock.now() - 30 * day, until: clock.now() }],
    ['all of it at once', { services: ['a', 'b'], providers: ['tax'], outcome: 'accepted', unusual: true, from: 0 }],
  ]
  for (const [name, question] of questions) {
    test(`a page of history chooses its lines in the index alone, whatever is asked: ${name}`, async () => {
      for (const page of [question, { ...question, before: id }]) {
        const plan = await bestPlanOf(hotStatements.ofPerson({ ...page, person, limit: 51 }))
        assert.match(plan, /Index Only Scan Backward using connections_of_person/)
        assert.doesNotMatch(plan, /Seq Scan/)
      }
    })
  }

  test('what a person has is counted in the index alone', async () => {
    const plan = await bestPlanOf(hotStatements.habitsOf(person))
    assert.match(plan, /Index Only Scan using connections_of_person/)
  })

  test('what was not answered has an index of its own, as small as there is of it', async () => {
    const asked = { person, since: newOrderedId('connection', 0), limit: 100 }
    assert.match(await planOf(hotStatements.unansweredOf(asked)), /Index Scan.* (using|on) connections_unanswered/)
  })

  test('for whom somebody last acted has an index of its own, as small as there is of it', async () => {
    const asked = { person, service: 'refunds', most: 3, looked: 50 }
    assert.match(await bestPlanOf(hotStatements.lastActed(asked)), /Index Only Scan Backward using connections_acting/)
  })

  test('habits read a hundred lines of a person who has thousands', async () => {
    const { connections: counted } = await connections.habits(person, 0)
    assert.equal(counted, 100)
  })

  test('detection reads a stretch by the primary key, and a shared device by an index of its own', async () => {
    const stretch = { from: clock.now() - minute, until: clock.now() }
    const statements = [
      watchStatements.striking({ ...stretch, reasons: ['new_device'], least: 1, limit: 100 }),
      watchStatements.busy({ ...stretch, services: 6, since: stretch.from, limit: 100 }),
      watchStatements.attempts({ ...stretch, refusals: ['provider_refused'] }),
    ]
    for (const statement of statements)
      assert.match(await planOf(statement), /Index Scan.* (using|on) connections_pkey/)
    const onDevice = watchStatements.onSharedDevice({ ...stretch, from: 0, device: newId('device'), limit: 100 })
    assert.match(await bestPlanOf(onDevice), /Index Scan Backward using connections_on_shared_device/)
  })

  test('the plan of a statement without an index would be noticed', async () => {
    assert.match(await planOf(sql`select 1 from connections where service = 'x'`), /Seq Scan/)
  })

  /** In a table that fits into a few pages reading all of it is as good: what is asked is what the index can do. */
  async function bestPlanOf(statement: RawBuilder<unknown>): Promise<string> {
    return storage.transaction(async (tx) => {
      for (const way of ['seqscan', 'bitmapscan', 'sort']) await sql.raw(`set local enable_${way} = off`).execute(tx)
      return planOf(statement, tx)
    })
  }

  async function planOf(statement: RawBuilder<unknown>, handle: Handle = storage.db): Promise<string> {
    const { rows } = await sql<Record<string, string>>`explain ${statement}`.execute(handle)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }
})

test('what detection asks of a stretch: what was unusual, who went to many services, how sign-ins at a provider ended', async () => {
  const from = Date.parse('2031-03-01T10:00:00Z')
  const stretch = { from, until: from + 10 * minute }
  const [person, device, other] = [newId('person'), newId('device'), newId('person')]
  const line = (after: number, changes: Partial<NewConnection> = {}) => {
    const at = from + after * minute
    return authorised({ id: newOrderedId('connection', at), at, person, device, unusual: [], ...changes })
  }
  const shared: NewConnection['unusual'] = ['new_device', 'shared_device']
  const lines = [
    line(-1, { service: 'a', unusual: shared }),
    line(1, { service: 'a', unusual: shared, provider: 'bank' }),
    line(2, { service: 'b', reused: true }),
    line(3, { service: 'b' }),
    line(4, { service: 'c', unusual: ['new_network'] }),
    line(5, { person: other, service: 'a', unusual: ['new_device', 'new_network', 'new_country'] }),
    line(10, { service: 'd', unusual: shared }),
  ]
  const failed = ['provider_refused', 'provider_refused', 'provider_silent'] as const
  await storage.transaction(async (tx) => {
    for (const one of lines) await connections.record(tx, one)
    for (const refusal of failed) {
      const at = from + minute
      await connections.record(tx, { ...refused(), id: newOrderedId('connection', at), at, provider: 'bank', refusal })
    }
  })
  const ids = (some: readonly { id: string }[]) => some.map(({ id }) => lines.findIndex((one) => one.id === id))
  const striking = (least: number, limit = 10) =>
    connections.striking(stretch, { reasons: ['new_device', 'new_network', 'new_country'], least, limit })
  assert.deepEqual(ids(await striking(1)), [1, 4, 5])
  assert.deepEqual(ids(await striking(2)), [5])
  assert.deepEqual(ids(await striking(1, 2)), [1, 4])
  const busy = (services: number, since: number) =>
    connections.busy(stretch, { services, since: from + since * minute, limit: 10 })
  assert.deepEqual(await busy(3, 0), [person])
  assert.deepEqual(await busy(4, 0), [])
  assert.deepEqual(await busy(3, 5), [], 'they stopped before')
  assert.deepEqual(await connections.attempts(stretch, ['provider_refused']), [
    { provider: 'bank', signedIn: 1, refused: 2 },
    { provider: 'tax', signedIn: 3, refused: 0 },
  ])
  const there = await connections.onSharedDevice(device, { from: 0, until: from + day, limit: 10 })
  assert.deepEqual(ids(there), [6, 1, 0])
  assert.deepEqual(ids(await connections.onSharedDevice(device, { ...stretch, limit: 10 })), [1])
})
