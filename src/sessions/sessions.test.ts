import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { newId, type PersonId } from '../kernel/ids.ts'
import type { ActingRef } from '../policy/mandate.ts'
import type { Storage } from '../storage/storage.ts'
import { type ActingOpening, createSessions, type NewSession, type Session, type Sessions } from './sessions.ts'

const clock = createTestClock()
const idle = 30 * minute
const absolute = 12 * hour
let storage: Storage
let sessions: Sessions
const recorder = recordFacts(() => storage)

before(async () => {
  storage = await openTestStorage(clock)
  sessions = createSessions({ storage, clock, audit: recorder.audit, key: Buffer.alloc(32, 1), idle, absolute })
})
after(() => storage.close())
beforeEach(() => recorder.clear())

function newSession(changes: Partial<NewSession> = {}): NewSession {
  return {
    person: newId('person'),
    link: newId('link'),
    provider: 'tax',
    level: 'eidas2',
    amr: ['pwd', 'otp'],
    authTime: clock.now() - 5 * second,
    serves: 'eidas2',
    ...changes,
  }
}

const start = (changes: Partial<NewSession> = {}) =>
  storage.transaction((tx) => sessions.start(tx, newSession(changes)))
const open = (session: Session, service: string, unattended = false) =>
  storage.transaction((tx) => sessions.open(tx, session.id, service, ['openid'], { unattended }))
const opens = (service: string) => ({ service, scopes: ['openid', 'email'] })
const end = (session: Session) => storage.transaction((tx) => sessions.end(tx, session.id, 'logout'))

describe('sessions', () => {
  test('a session is found by its secret with all that was observed', async () => {
    const given = newSession({ device: newId('device'), upstreamIdToken: 'header.payload.signature' })
    const { session, secret } = await storage.transaction((tx) =>
      sessions.start(tx, { ...given, opens: opens('refunds') }),
    )
    const found = await sessions.find(secret)
    assert.deepEqual(found, session)
    assert.equal(found?.upstreamIdToken, 'header.payload.signature')
    assert.equal(found?.authTime, given.authTime)
    assert.deepEqual(
      found?.services.map(({ service }) => service),
      ['refunds'],
    )
    assert.deepEqual(recorder.of('session.started'), [
      { session: session.id, person: given.person, provider: 'tax', level: 'eidas2' },
    ])
  })

  test('a session that replaces none is what was given: told as it is found, each scope once', async () => {
    const scopes = ['profile', 'openid', 'profile', 'email']
    const acting = {
      organisation: newId('organisation'),
      capacity: { as: 'representative' as const, representation: newId('representation') },
    }
    for (const opens of [{ service: 'refunds', scopes }, { service: 'refunds', scopes, acting }, undefined]) {
      const { session, secret } = await start({ amr: ['pwd', 'otp', 'mfa'], ...(opens ? { opens } : {}) })
      assert.deepEqual(await sessions.find(secret), session)
      assert.deepEqual(session.services[0]?.scopes, opens && ['email', 'openid', 'profile'])
    }
  })

  test('what a suspension would close is counted: live, of this provider, since then, above the level, with the service', async () => {
    const provider = 'consulate'
    const since = clock.now() - hour
    const count = (more: object = {}) => sessions.countThrough({ provider, since, services: 'all' as const, ...more })
    const { session } = await start({ provider, level: 'eidas2' })
    await open(session, 'refunds')
    const { session: over } = await start({ provider })
    await end(over)
    await start({ provider, level: 'eidas1', serves: 'eidas1' })
    await start({ provider, authTime: since - 1 })
    await start({ provider: 'post' })
    assert.equal(await count(), 2)
    assert.equal(await count({ since: 0 }), 3)
    assert.equal(await count({ above: 'eidas1' }), 1)
    assert.equal(await count({ services: ['refunds', 'justice'] }), 1)
    assert.equal(await count({ services: ['justice'] }), 0)
    assert.equal(recorder.of('session.ended').length, 1, 'and nothing of it ends')
  })

  test('neither the secret nor the id token can be read in the table', async () => {
    const { secret } = await start({ upstreamIdToken: 'canary-of-the-id-token' })
    const { rows } = await sql<{ row: string }>`select to_jsonb(sessions)::text as row from sessions`.execute(
      storage.db,
    )
    const table = rows.map(({ row }) => row).join('\n')
    assert.ok(!table.includes(secret))
    assert.ok(!table.includes('canary'))
    assert.ok(!table.includes(Buffer.from('canary').toString('hex')))
  })

  for (const secret of [undefined, '', 'x', "' or 1=1 --", 'A'.repeat(100_000)]) {
    test(`the cookie ${JSON.stringify(secret?.slice(0, 20))} is no session`, async () => {
      assert.equal(await sessions.find(secret), undefined)
    })
  }

  test('R057: a session is refused after the time of inactivity, to the millisecond, by secret and by id', async () => {
    const { session, secret } = await start()
    clock.advance(idle - 1)
    assert.equal((await sessions.find(secret))?.id, session.id)
    clock.advance(1)
    assert.equal(await sessions.find(secret), undefined)
    assert.equal(await sessions.byId(session.id), undefined)
    await assert.rejects(open(session, 'refunds'), new GarantError('flow_out_of_step', { session: session.id }))
  })

  test('R057: reading a session is no activity, opening a service is', async () => {
    const { session, secret } = await start()
    clock.advance(20 * minute)
    await sessions.find(secret)
    await open(session, 'refunds')
    clock.advance(20 * minute)
    assert.ok(await sessions.find(secret))
    clock.advance(10 * minute)
    assert.equal(await sessions.find(secret), undefined)
  })

  test('R057: a hidden frame that asks all night does not keep a session alive', async () => {
    const { session, secret } = await start()
    for (let asked = 0; asked < 5; asked++) {
      clock.advance(5 * minute)
      await open(session, 'refunds', true)
    }
    clock.advance(5 * minute)
    assert.equal(await sessions.find(secret), undefined)
  })

  test('R057: a touch keeps a session alive, and writes at most once a minute', async () => {
    const { session, secret } = await start()
    clock.advance(minute - 1)
    await sessions.touch(session)
    assert.equal((await sessions.find(secret))?.lastSeenAt, session.lastSeenAt)
    clock.advance(1)
    await sessions.touch(session)
    assert.equal((await sessions.find(secret))?.lastSeenAt, clock.now())
  })

  test('R057: a touch does not bring an idle session back', async () => {
    const { session, secret } = await start()
    clock.advance(idle)
    await sessions.touch(session)
    assert.equal(await sessions.find(secret), undefined)
  })

  test('R057: at the highest level, served to the highest, a session is idle after a quarter of an hour', async () => {
    const cases: [Partial<NewSession>, number][] = [
      [{ level: 'eidas3', serves: 'eidas3' }, 15 * minute],
      // What it may not serve it is not limited by.
      [{ level: 'eidas3', serves: 'eidas2' }, idle],
      [{ level: 'eidas2', serves: 'eidas3' }, idle],
      [{ level: 'eidas1', serves: 'eidas1' }, idle],
    ]
    for (const [changes, limit] of cases) {
      const { session, secret } = await start(changes)
      clock.advance(limit - 1)
      assert.ok(await sessions.find(secret), `${JSON.stringify(changes)} just before`)
      clock.advance(1)
      assert.equal(await sessions.find(secret), undefined, `${JSON.stringify(changes)} at its limit`)
      assert.equal(await sessions.byId(session.id), undefined)
      await sessions.touch(session)
      await assert.rejects(open(session, 'refunds'), GarantError)
      await sessions.sweep()
      assert.ok((await sessions.servicesOf(storage.db, session.id)).endedAt)
    }
  })

  test('R059: a session knows when two factors were last proved in this browser', async () => {
    const person = newId('person')
    const first = await start({ person })
    assert.equal(first.session.secondFactorAt, first.session.authTime)
    clock.advance(hour)
    const one = await start({ person, level: 'eidas1', amr: ['pwd'], replaces: first.session.id })
    assert.equal(one.session.secondFactorAt, first.session.authTime, 'inherited by one factor')
    assert.equal((await sessions.find(one.secret))?.secondFactorAt, first.session.authTime)
    const again = await start({ person, level: 'eidas1', amr: ['pwd', 'sms', 'mfa'], replaces: one.session.id })
    assert.equal(again.session.secondFactorAt, again.session.authTime, 'proved anew')
    const stranger = await start({ level: 'eidas1', amr: ['pwd'], replaces: again.session.id })
    assert.equal(stranger.session.secondFactorAt, undefined, "not another person's")
    assert.equal((await start({ level: 'eidas1', amr: ['pwd'] })).session.secondFactorAt, undefined)
  })

  test('a session is over at its absolute age however busy', async () => {
    const { session, secret } = await start()
    while (clock.now() + 20 * minute < session.startedAt + absolute) {
      clock.advance(20 * minute)
      await open(session, 'refunds')
    }
    clock.set(session.startedAt + absolute - 1)
    assert.ok(await sessions.find(secret))
    clock.advance(1)
    assert.equal(await sessions.find(secret), undefined)
  })

  test('a service keeps its sid in a session, and no two services or sessions share one', async () => {
    const { session } = await start()
    const first = await open(session, 'refunds')
    const other = await open(session, 'justice')
    assert.deepEqual(await open(session, 'refunds'), first)
    assert.notEqual(first.sid, other.sid)
    assert.notEqual((await open((await start()).session, 'refunds')).sid, first.sid)
  })

  test('the scopes given to a service add up, those of another service apart', async () => {
    const { session, secret } = await start({ opens: opens('refunds') })
    const give = (service: string, scopes: string[]) =>
      storage.transaction((tx) => sessions.open(tx, session.id, service, scopes))
    await give('refunds', ['openid', 'birthdate'])
    await give('refunds', [])
    await give('justice', ["it's", '{"a":1}'])
    const found = await sessions.find(secret)
    const scopes = new Map(found?.services.map((opened) => [opened.service, opened.scopes.toSorted()]))
    assert.deepEqual(scopes.get('refunds'), ['birthdate', 'email', 'openid'])
    assert.deepEqual(scopes.get('justice'), ["it's", '{"a":1}'])
  })

  test('parallel tabs: no opened service is lost', async () => {
    const { session, secret } = await start()
    const services = Array.from({ length: 12 }, (_, index) => `service-${index}`)
    const opened = await Promise.all([...services, ...services].map((service) => open(session, service)))
    const found = await sessions.find(secret)
    assert.deepEqual(found?.services.map(({ service }) => service).sort(), services.sort())
    assert.equal(new Set(opened.map(({ sid }) => sid)).size, services.length)
  })

  test('an ended session is found by nobody; ending twice is one fact', async () => {
    const { session, secret } = await start({ opens: opens('refunds') })
    await open(session, 'justice')
    await Promise.all([end(session), end(session), end(session)])
    assert.equal(await sessions.find(secret), undefined)
    assert.equal(await sessions.byId(session.id), undefined)
    const [fact, ...more] = recorder.of('session.ended')
    assert.deepEqual(more, [])
    assert.deepEqual(
      { ...fact, services: fact?.services.toSorted() },
      {
        session: session.id,
        person: session.person,
        reason: 'logout',
        services: ['justice', 'refunds'],
      },
    )
  })

  test('a rolled back end did not happen', async () => {
    const { session, secret } = await start()
    await assert.rejects(
      storage.transaction(async (tx) => {
        await sessions.end(tx, session.id, 'logout')
        throw new Error('later fault')
      }),
      /later fault/,
    )
    assert.ok(await sessions.find(secret))
    assert.deepEqual(recorder.of('session.ended'), [])
  })

  test('the services of an ended session can still be told apart by their sid', async () => {
    const { session } = await start()
    const { sid } = await open(session, 'refunds')
    await end(session)
    assert.deepEqual(await sessions.servicesOf(storage.db, session.id), {
      services: [{ service: 'refunds', sid, scopes: ['openid'] }],
      endedAt: clock.now(),
    })
  })

  test('a new sign-in of the same person replaces the session and keeps the services with their sid', async () => {
    const old = await start({ level: 'eidas1', serves: 'eidas1' })
    const { sid } = await open(old.session, 'refunds')
    const next = await start({ person: old.session.person, replaces: old.session.id, opens: opens('justice') })
    assert.equal(await sessions.find(old.secret), undefined)
    const services = new Map(next.session.services.map((opened) => [opened.service, opened.sid]))
    assert.equal(services.get('refunds'), sid)
    assert.deepEqual([...services.keys()].sort(), ['justice', 'refunds'])
    assert.deepEqual((await sessions.find(next.secret))?.services, next.session.services)
    assert.deepEqual(recorder.of('session.ended'), [
      { session: old.session.id, person: old.session.person, reason: 'replaced', services: [] },
    ])
    assert.deepEqual(await open(next.session, 'refunds'), { sid })
  })

  test('signing in again for the same service keeps its sid', async () => {
    const old = await start({ opens: opens('refunds') })
    const next = await start({ person: old.session.person, replaces: old.session.id, opens: opens('refunds') })
    assert.deepEqual(next.session.services, old.session.services)
  })

  test('R069: a sid is open while its session lives, or the one that replaced it, and for its person and service only', async () => {
    const { session } = await start({ opens: opens('refunds') })
    const { person, services } = session
    const opening = { person, service: 'refunds', sid: services[0]?.sid ?? '' }
    assert.equal(await sessions.isOpen(opening), true)
    assert.equal(await sessions.isOpen({ ...opening, person: newId('person') }), false)
    assert.equal(await sessions.isOpen({ ...opening, service: 'justice' }), false)
    assert.equal(await sessions.isOpen({ ...opening, sid: 'another' }), false)
    const next = await start({ person, replaces: session.id })
    assert.equal(await sessions.isOpen(opening), true, 'handed on to the session that replaces it')
    clock.advance(idle - 1)
    assert.equal(await sessions.isOpen(opening), true)
    clock.advance(1)
    assert.equal(await sessions.isOpen(opening), false, 'idle')
    const other = await start({ person, opens: opens('refunds') })
    const now = { ...opening, sid: other.session.services[0]?.sid ?? '' }
    assert.equal(await sessions.isOpen(now), true)
    await end(other.session)
    assert.equal(await sessions.isOpen(now), false)
    await end(next.session)
  })

  test('another person on the same browser: the services of the first are told', async () => {
    const old = await start({ opens: opens('refunds') })
    const next = await start({ replaces: old.session.id, opens: opens('justice') })
    assert.deepEqual(recorder.of('session.ended'), [
      { session: old.session.id, person: old.session.person, reason: 'replaced', services: ['refunds'] },
    ])
    assert.deepEqual(
      next.session.services.map(({ service }) => service),
      ['justice'],
    )
  })

  test('a session that ended before gives nothing to the one that replaces it', async () => {
    const old = await start({ opens: opens('refunds') })
    await end(old.session)
    recorder.clear()
    const next = await start({ person: old.session.person, replaces: old.session.id })
    assert.deepEqual(next.session.services, [])
    assert.deepEqual(recorder.of('session.ended'), [])
  })

  test('all sessions of one person end, and nobody else’s', async () => {
    const person: PersonId = newId('person')
    const mine = [await start({ person, opens: opens('refunds') }), await start({ person })]
    const other = await start()
    assert.equal(await storage.transaction((tx) => sessions.endAllOf(tx, person, 'revoked')), 2)
    assert.deepEqual(await Promise.all(mine.map(({ secret }) => sessions.find(secret))), [undefined, undefined])
    assert.ok(await sessions.find(other.secret))
    assert.deepEqual(
      recorder
        .of('session.ended')
        .map(({ session }) => session)
        .sort(),
      mine.map(({ session }) => session.id).sort(),
    )
    assert.equal(await storage.transaction((tx) => sessions.endAllOf(tx, person, 'revoked')), 0)
  })

  test('R047: all of a person that came through one provider end, and no other', async () => {
    const person = newId('person')
    const own = await start({ person, provider: 'local-account' })
    const other = await start({ person })
    const stranger = await start({ provider: 'local-account' })
    const count = await storage.transaction((tx) =>
      sessions.endAllOf(tx, person, 'revoked', { provider: 'local-account' }),
    )
    assert.equal(count, 1)
    assert.equal(await sessions.find(own.secret), undefined)
    for (const { secret } of [other, stranger]) assert.ok(await sessions.find(secret))
  })

  test('R128: a person reads and ends their own, all but one of them, and nobody else’s', async () => {
    const person = newId('person')
    const [old, here] = [await start({ person, opens: opens('refunds') }), await start({ person })]
    const stranger = await start()
    const listed = (await sessions.ofPerson(person)).map(({ id }) => id)
    assert.deepEqual(listed.sort(), [old.session.id, here.session.id].sort())
    const endOf = (who: PersonId, session: typeof here.session.id) =>
      storage.transaction((tx) => sessions.endOf(tx, who, session))
    assert.equal(await endOf(person, stranger.session.id), false)
    assert.ok(await sessions.find(stranger.secret))
    recorder.clear()
    assert.deepEqual([await endOf(person, old.session.id), await endOf(person, old.session.id)], [true, false])
    assert.deepEqual(
      recorder.of('session.ended').map(({ session, services }) => [session, services]),
      [[old.session.id, ['refunds']]],
    )
    const third = await start({ person })
    const others = { except: here.session.id }
    assert.equal(await storage.transaction((tx) => sessions.endAllOf(tx, person, 'revoked', others)), 1)
    assert.ok(await sessions.find(here.secret))
    assert.equal(await sessions.find(third.secret), undefined)
  })

  test('R057: the end that is announced is never later than the real one', async () => {
    const { session, secret } = await start()
    assert.equal(sessions.endsAt(session), clock.now() + idle)
    clock.advance(30 * second)
    // A use within the minute is not written down, so it adds nothing.
    await sessions.touch(session)
    const announced = sessions.endsAt(session)
    assert.equal(announced, clock.now() + idle - 30 * second)
    clock.advance(announced - clock.now() - 1)
    assert.ok(await sessions.find(secret))
    const late = await start()
    clock.advance(idle - second)
    await sessions.touch(late.session)
    assert.equal(sessions.endsAt(late.session), Math.min(clock.now() + idle, late.session.startedAt + absolute))
    const strong = { ...late.session, level: 'eidas3', serves: 'eidas3' } as const
    assert.ok(sessions.endsAt(strong) <= sessions.endsAt(late.session))
  })

  test('R057: a sweep ends what is over, once over all processes, and tells no service of an idle end', async () => {
    clock.advance(absolute)
    await sessions.sweep()
    const over = await start({ opens: opens('refunds') })
    clock.advance(idle - second)
    const fresh = await start()
    clock.advance(second)
    recorder.clear()
    const counts = await Promise.all([sessions.sweep(), sessions.sweep()])
    assert.equal(counts[0] + counts[1], 1)
    assert.deepEqual(recorder.of('session.ended'), [
      { session: over.session.id, person: over.session.person, reason: 'expired', services: [] },
    ])
    assert.ok(await sessions.find(fresh.secret))
  })

  test('a sweep forgets ended sessions after a day', async () => {
    const { session } = await start({ opens: opens('refunds') })
    await end(session)
    clock.advance(day)
    await sessions.sweep()
    assert.equal((await sessions.servicesOf(storage.db, session.id)).services.length, 1)
    clock.advance(1)
    await sessions.sweep()
    assert.deepEqual(await sessions.servicesOf(storage.db, session.id), { services: [] })
  })
})

describe('services opened for somebody else', () => {
  const own = { as: 'representative', representation: newId('representation') } as const
  const [organisation, mandate, firm, membership] = [
    newId('organisation'),
    newId('mandate'),
    newId('organisation'),
    newId('membership'),
  ]
  const acting: ActingRef = { organisation, capacity: { as: 'employee', mandate, firm, membership } }
  beforeEach(async () => {
    await sessions.closeActing([organisation], async () => false)
    recorder.clear()
  })
  const openFor = (session: Session, service: string, given?: ActingRef) =>
    storage.transaction((tx) => sessions.open(tx, session.id, service, ['openid'], given ? { acting: given } : {}))
  const openedFor = async (secret: string) =>
    Object.fromEntries((await sessions.find(secret))?.services.map((one) => [one.service, one.acting]) ?? [])

  test('R097: a session says for whom each service is open, and what was chosen last counts', async () => {
    const started = await start({ opens: { ...opens('refunds'), acting } })
    assert.deepEqual(started.session.services[0]?.acting, acting)
    const { sid } = await openFor(started.session, 'declarations', { organisation, capacity: own })
    assert.deepEqual(await openedFor(started.secret), {
      refunds: acting,
      declarations: { organisation, capacity: own },
    })
    assert.equal((await openFor(started.session, 'declarations')).sid, sid)
    assert.deepEqual(await openedFor(started.secret), { refunds: acting, declarations: undefined })
  })

  test('R097: what nothing carries any more is taken out of a session that goes on, and told', async () => {
    const { session, secret } = await start({ opens: { ...opens('refunds'), acting } })
    await openFor(session, 'declarations', acting)
    await open(session, 'justice')
    const { session: other } = await start({ opens: opens('refunds') })
    recorder.clear()
    const asked: ActingOpening[] = []
    const closed = await sessions.closeActing([membership], async (opening) => {
      asked.push(opening)
      return opening.service === 'declarations'
    })
    assert.equal(closed, 1)
    const { person } = session
    assert.deepEqual(
      asked.sort((a, b) => (a.service < b.service ? -1 : 1)),
      ['declarations', 'refunds'].map((service) => ({ person, service, acting, level: 'eidas2' })),
    )
    assert.deepEqual(Object.keys(await openedFor(secret)).sort(), ['declarations', 'justice'])
    assert.deepEqual(recorder.of('session.services_closed'), [{ session: session.id, person, services: ['refunds'] }])
    const { closed: kept } = await sessions.servicesOf(storage.db, session.id)
    assert.deepEqual(kept, session.services)
    assert.equal((await sessions.ofPerson(other.person))[0]?.services.length, 1)
  })

  const grounds: [what: string, ground: string, found: boolean][] = [
    ['the organisation', organisation, true],
    ['the mandate', mandate, true],
    ['the firm', firm, true],
    ['the membership', membership, true],
    ['another mandate', newId('mandate'), false],
    ['the word of the capacity', 'employee', false],
  ]
  test('R097: it is found under each of its grounds', async () => {
    for (const [what, ground, found] of grounds) {
      const { secret } = await start({ opens: { ...opens('refunds'), acting } })
      await sessions.closeActing([ground], async () => false)
      assert.equal('refunds' in (await openedFor(secret)), !found, what)
    }
  })

  test('R097: a stronger session that takes the place of one goes on for whom it was', async () => {
    const { session } = await start({ opens: { ...opens('refunds'), acting } })
    const after = await start({ person: session.person, replaces: session.id, level: 'eidas3', serves: 'eidas3' })
    assert.deepEqual(await openedFor(after.secret), { refunds: acting })
    assert.equal(await sessions.closeActing([mandate], async () => false), 1)
    assert.deepEqual(await openedFor(after.secret), {})
  })

  test('R097: all the employees of a firm, a hundred at a time', async () => {
    const { session } = await start({ opens: { ...opens('refunds'), acting } })
    await sql`insert into sessions (id, secret_hash, person, link, provider, level, serves, amr, auth_time, services, acting,
        started_at, last_seen_at, confined)
      select id || n, secret_hash || n, person || n, link, provider, level, serves, amr, auth_time, services, acting,
        started_at, last_seen_at, confined
      from sessions, generate_series(1, 249) as n where id = ${session.id}`.execute(storage.db)
    let looks = 0
    const closed = await sessions.closeActing([firm], async () => {
      looks += 1
      return looks % 10 === 0
    })
    assert.deepEqual([looks, closed, recorder.of('session.services_closed').length], [250, 225, 225])
  })

  test('R097: who chose anew while it was looked at stays', async () => {
    const { session, secret } = await start({ opens: { ...opens('refunds'), acting } })
    const closed = await sessions.closeActing([mandate], async () => {
      await openFor(session, 'refunds', { organisation, capacity: own })
      return false
    })
    assert.equal(closed, 0)
    assert.deepEqual(await openedFor(secret), { refunds: { organisation, capacity: own } })
  })
})
