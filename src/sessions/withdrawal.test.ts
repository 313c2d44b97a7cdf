import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import { hour, minute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import type { Registry } from '../partners/partners.ts'
import { activeState, type Suspension } from '../partners/suspensions.ts'
import type { Storage } from '../storage/storage.ts'
import { createSessions, type Session, type Sessions } from './sessions.ts'
import { createWithdrawal, withdrawnBy } from './withdrawal.ts'

const clock = createTestClock()
let storage: Storage
let sessions: Sessions
let suspensions: Suspension[] = []
const recorder = recordFacts(() => storage)

const registry = () =>
  ({
    version: 1,
    services: new Map(),
    providers: new Map([['bank', { state: { ...activeState, suspensions } }]]),
  }) as unknown as Registry
const partners = { registry, stateOf: async () => ({ ...activeState, suspensions }) }

before(async () => {
  storage = await openTestStorage(clock)
  sessions = createSessions({
    storage,
    clock,
    audit: recorder.audit,
    key: Buffer.alloc(32, 1),
    idle: 30 * minute,
    absolute: 12 * hour,
    isWithdrawn: withdrawnBy({ partners, clock }),
  })
})
after(() => storage.close())
beforeEach(() => {
  suspensions = []
  recorder.clear()
})

function suspended(given: Partial<Suspension> = {}): Suspension {
  const suspension: Suspension = {
    id: newId('suspension'),
    provider: 'bank',
    services: 'all',
    category: 'security',
    reason: { fr: 'x', en: 'x', ar: 'x' },
    author: { kind: 'command' },
    since: clock.now(),
    changedAt: clock.now(),
    sessions: { closedSince: 0 },
    ...given,
  }
  suspensions = [suspension]
  return suspension
}

async function start(given: { provider?: string; level?: Level; authTime?: number; services?: string[] } = {}) {
  const { provider = 'bank', level = 'eidas2', authTime = clock.now(), services = [] } = given
  const person = newId('person')
  const link = newId('link')
  const { session, secret } = await storage.transaction(async (tx) => {
    const started = await sessions.start(tx, { person, link, provider, level, amr: [], authTime, serves: level })
    for (const service of services) await sessions.open(tx, started.session.id, service, ['openid'])
    return started
  })
  return { ...session, secret }
}

type Started = Awaited<ReturnType<typeof start>>
const isFound = async ({ secret }: { secret: string }) => (await sessions.find(secret)) !== undefined
const work = ({ id }: Suspension) =>
  createWithdrawal({ storage, clock, partners, sessions }).work({ provider: 'bank', suspension: id, again: true })
const endedOf = (...all: Session[]) => {
  const ended = new Set(recorder.of('session.ended').map(({ session }) => session))
  return all.map(({ id }) => ended.has(id))
}

describe('a suspension that closes sessions', () => {
  test('refuses them from its first moment to its last, with nothing written', async () => {
    const session = await start({ services: ['refunds'] })
    const sid = (await sessions.servicesOf(storage.db, session.id)).services[0]?.sid ?? ''
    const opening = { person: session.person, service: 'refunds', sid }
    suspended({ since: clock.now() + minute, until: clock.now() + 2 * minute })
    assert.equal(await isFound(session), true)
    clock.advance(minute)
    assert.equal(await isFound(session), false)
    assert.equal(await sessions.byId(session.id), undefined)
    assert.equal(await sessions.isOpen(opening), false, 'nor does a token that belongs to it open anything')
    clock.advance(minute - 1)
    assert.equal(await isFound(session), false)
    assert.deepEqual(recorder.of('session.ended'), [])
  })

  test('ends those of its provider, since its instant, above its level', async () => {
    const [low, high, old, elsewhere] = [
      await start({ level: 'eidas1' }),
      await start({ services: ['refunds', 'justice'] }),
      await start({ authTime: clock.now() - hour }),
      await start({ provider: 'tax' }),
    ]
    await work(suspended({ above: 'eidas1', sessions: { closedSince: clock.now() - minute } }))
    suspensions = []
    assert.deepEqual(endedOf(low, high, old, elsewhere), [false, true, false, false])
    assert.deepEqual(await Promise.all([low, high, old, elsewhere].map(isFound)), [true, false, true, true])
    const fact = recorder.of('session.ended').find(({ session }) => session === high.id)
    assert.deepEqual([fact?.reason, fact?.services.sort()], ['withdrawn', ['justice', 'refunds']])
  })

  test('for some services takes these out of a session, which stays readable by its sid, and may open them again later', async () => {
    const session = await start({ services: ['refunds', 'justice'] })
    const { services: before } = await sessions.servicesOf(storage.db, session.id)
    const sidOf = (list: typeof before, id: string) => list.find(({ service }) => service === id)?.sid
    const suspension = suspended({ services: ['refunds', 'archive'] })
    const opening = { person: session.person, service: 'refunds', sid: sidOf(before, 'refunds') ?? '' }
    assert.equal(await sessions.isOpen(opening), false, 'before the job')
    await work(suspension)
    await work(suspension)
    suspensions = []
    assert.deepEqual(
      recorder.of('session.services_closed').filter((fact) => fact.session === session.id),
      [{ session: session.id, person: session.person, services: ['refunds'] }],
    )
    const after = await sessions.servicesOf(storage.db, session.id)
    assert.deepEqual(
      after.services.map(({ service }) => service),
      ['justice'],
    )
    assert.deepEqual(
      after.closed?.map(({ service, sid }) => [service, sid]),
      [['refunds', opening.sid]],
    )
    assert.equal(await sessions.isOpen(opening), false)
    assert.equal(await isFound(session), true)
    const { sid } = await storage.transaction((tx) => sessions.open(tx, session.id, 'refunds', ['openid']))
    assert.notEqual(sid, opening.sid, 'what the service ended does not come alive again')
  })

  test('does nothing where it was lifted, lies ahead, is over, or keeps sessions', async () => {
    const session = await start()
    const lifted = suspended()
    suspensions = []
    await work(lifted)
    await work(suspended({ since: clock.now() + 1 }))
    await work(suspended({ since: clock.now() - 2, until: clock.now() }))
    await work(suspended({ sessions: 'kept' }))
    suspensions = []
    assert.deepEqual(endedOf(session), [false])
    assert.equal(await isFound(session), true)
  })

  test('takes more than a batch', async () => {
    const all: Started[] = []
    // Not all at once: whoever waits too long for a connection is told that the database is away.
    while (all.length < 501) all.push(...(await Promise.all(Array.from({ length: 20 }, () => start()))))
    await work(suspended())
    assert.ok(endedOf(...all).every(Boolean))
  })
})
