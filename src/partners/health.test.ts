import assert from 'node:assert/strict'
import { after, beforeEach, describe, test } from 'node:test'
import { createTestClock, type TestClock } from '../../test/support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { type FactRecorder, recordFacts } from '../../test/support/facts.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import { newId, type ProviderId } from '../kernel/ids.ts'
import type { HealthReason } from '../policy/breaker.ts'
import { openStorage, type Storage } from '../storage/storage.ts'
import { parsePartnersFile } from './file.ts'
import type { Health, Probe } from './health.ts'
import { type HealthSettings, healthSchema } from './health-settings.ts'
import type { Knock } from './own-network.ts'
import { named, sampleProvider, toYaml } from './partners.sample.ts'
import { createPartners, type Partners } from './partners.ts'

const settings = healthSchema.parse({})
const masterKey = Buffer.alloc(32, 3)
const text = { fr: 'Panne chez le fournisseur.', en: 'An outage at the provider.', ar: 'عطل لدى المزوّد.' }

/** What each provider answers to probes, and who asked it. */
interface World {
  broken: Set<ProviderId>
  slow: Set<ProviderId>
  /** Processes whose own network is lost. */
  lost: Set<string>
  /** Who knocked where, to find out. */
  knocked: { provider: ProviderId; by: string }[]
  asked: { provider: ProviderId; by: string; doubted: boolean }[]
}

/** One process: partners that know the providers, and their health. */
interface Process {
  partners: Partners
  health: Health
  close(): Promise<void>
}

const opened: (() => Promise<void>)[] = []
async function closeAll(): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}
after(closeAll)

let clock: TestClock
let database: TestDatabase
let storage: Storage
let facts: FactRecorder
let world: World

beforeEach(async () => {
  await closeAll()
  clock = createTestClock()
  database = await createTestDatabase()
  opened.push(() => database.drop())
  storage = await openAgain()
  facts = recordFacts(() => storage)
  world = { broken: new Set(), slow: new Set(), lost: new Set(), knocked: [], asked: [] }
})

async function openAgain(): Promise<Storage> {
  const one = await openStorage({ location: database.location, clock, stateKey: Buffer.alloc(32, 7) })
  opened.push(() => one.close())
  return one
}

/** As another process has it: connections of its own, where the database allows more than one process. */
async function startElsewhere(by: string): Promise<Process & { facts: FactRecorder }> {
  const on = storage.kind === 'server' ? await openAgain() : storage
  const recorder = recordFacts(() => on)
  return { ...(await startProcess(by, { on, audit: recorder.audit })), facts: recorder }
}

const probeOf =
  (by: string): Probe =>
  async ({ id }, { doubted }) => {
    world.asked.push({ provider: id, by, doubted })
    // Another process has all the time that it wants to come in between.
    await new Promise((resolve) => setImmediate(resolve))
    if (world.lost.has(by)) return { result: 'failure', reason: 'unreachable', reach: 'no_route' }
    if (world.broken.has(id)) return { result: 'failure', reason: 'unreachable', reach: 'silent' }
    return world.slow.has(id) ? { result: 'slow', reason: 'slow' } : { result: 'success' }
  }

const knockOf =
  (by: string): Knock =>
  async ({ id }) => {
    world.knocked.push({ provider: id, by })
    if (world.lost.has(by)) return 'no_route'
    return world.broken.has(id) ? 'silent' : 'answered'
  }

async function startProcess(
  by: string,
  options: { on?: Storage; audit?: FactRecorder['audit']; health?: HealthSettings; start?: boolean } = {},
): Promise<Process> {
  const { on = storage, audit = facts.audit, health: how = settings, start = true } = options
  const log = (_message: string, inside: Record<string, unknown>) => {
    if (inside.error) throw inside.error
  }
  const partners = await createPartners({ storage: on, clock, audit, masterKey, log, health: how })
  const { health } = partners
  if (start) health.start({ probe: probeOf(by), knock: knockOf(by) })
  opened.push(() => partners.close())
  return { partners, health, close: () => partners.close() }
}

async function publish(partners: Partners, ids: readonly string[], more: Record<string, unknown> = {}): Promise<void> {
  const data = {
    partners: [{ id: 'town', name: named('town'), providers: ids.map((id) => sampleProvider(id, {}, more)) }],
  }
  await partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), {
    actor: { kind: 'command' },
    prune: true,
  })
}

/** So many steps of some seconds, each with a turn of every process given. */
async function pass(steps: number, length: number, ...processes: readonly Process[]): Promise<void> {
  for (let step = 0; step < steps; step++) {
    clock.advance(length)
    for (const { health } of processes) await health.turn()
  }
}

const fail = (health: Health, provider: ProviderId, networks: number, proved = true, first = 0) => {
  for (let network = first; network < first + networks; network++) {
    const reason: HealthReason = proved ? 'answers_wrong' : 'out_of_order'
    health.report(provider, { result: 'failure', reason, proved, from: `198.51.${network}.7` })
  }
}

describe('one process', () => {
  test('finds an outage and its end, tells it as facts, and keeps the incident', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank', 'post'])
    await pass(2, 40 * second, one)
    assert.deepEqual(new Set(world.asked.map(({ provider }) => provider)), new Set(['bank', 'post']))
    assert.deepEqual(one.health.of('bank').health, 'up')
    assert.equal(one.health.of('bank').checkedAt, clock.now())

    world.broken.add('bank')
    const failedAt = clock.now()
    await pass(6, 12 * second, one)
    const observed = one.health.of('bank')
    assert.deepEqual([observed.health, observed.reasons], ['down', ['unreachable']])
    assert.ok((observed.since ?? 0) - failedAt <= 72 * second)
    assert.equal(one.health.of('post').health, 'up', 'R006: the others go on')
    assert.deepEqual(facts.of('provider.health_changed'), [
      { provider: 'bank', health: 'down', before: 'up', reasons: ['unreachable'] },
    ])
    const { of: known } = one.partners.availability()
    assert.equal(known('bank')?.incident?.health, 'down')
    assert.equal(known('post')?.incident, undefined)

    world.broken.clear()
    await pass(40, 15 * second, one)
    assert.equal(one.health.of('bank').health, 'up')
    const [incident, ...others] = await one.health.incidents({ since: 0, limit: 10 })
    assert.ok(incident && others.length === 0)
    assert.deepEqual([incident.provider, incident.openedAt], ['bank', observed.since])
    assert.ok((incident.closedAt ?? 0) > incident.openedAt)
    assert.equal(one.partners.availability().of('bank')?.incident, undefined)
    assert.deepEqual(
      facts.facts.map(({ name }) => name).filter((name) => /^incident|health/.test(name)),
      [
        'provider.health_changed',
        'incident.opened',
        'provider.health_changed',
        'provider.health_changed',
        'incident.closed',
      ],
    )
  })

  test('an operator tells the public of an incident; of none there is nothing to tell', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank'])
    world.broken.add('bank')
    await pass(8, 12 * second, one)
    const { incident } = one.partners.availability().of('bank') ?? {}
    assert.ok(incident)
    const actor = { kind: 'command' } as const
    await one.health.note(incident.id, text, { actor })
    assert.deepEqual(one.partners.availability().of('bank')?.incident?.note, { text, author: actor, at: clock.now() })
    assert.deepEqual(facts.of('incident.noted'), [{ incident: incident.id, provider: 'bank', actor }])
    await assert.rejects(one.health.note(newId('incident'), text, { actor }), { error: 'not_found' })
  })

  test('a provider that is slow is degraded, and an incident only when that lasts', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank'])
    world.slow.add('bank')
    await pass(10, 12 * second, one)
    assert.deepEqual([one.health.of('bank').health, one.health.of('bank').reasons], ['degraded', ['slow']])
    assert.deepEqual(await one.health.incidents({ since: 0, limit: 10 }), [])
    await pass(10, 40 * second, one)
    const [incident] = await one.health.incidents({ since: 0, limit: 10 })
    assert.equal(incident?.health, 'degraded')
    assert.equal(incident?.openedAt, one.health.of('bank').since)
    world.slow.clear()
    world.broken.add('bank')
    await pass(12, 40 * second, one)
    assert.deepEqual(
      (await one.health.incidents({ since: 0, limit: 10 })).map(({ health }) => health),
      ['down'],
      'the same incident, which became worse',
    )
  })

  test('sign-ins that fail by the doing of the provider, from several networks, close it; one network does not', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank'])
    await pass(1, 40 * second, one)
    for (let login = 0; login < 50; login++) {
      one.health.report('bank', {
        result: 'failure',
        reason: 'answers_wrong',
        proved: true,
        from: `198.51.100.${login}`,
      })
    }
    await one.health.turn()
    assert.equal(one.health.of('bank').health, 'up', 'fifty logins of one network are one')
    fail(one.health, 'bank', 6)
    await one.health.turn()
    assert.deepEqual(one.health.of('bank').reasons, ['sign_ins_fail', 'answers_wrong'])
    assert.equal(one.health.of('bank').health, 'down')
  })

  test('what a browser can cause has the token endpoint asked, which then decides', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank'])
    await pass(1, 40 * second, one)
    fail(one.health, 'bank', 40, false)
    await one.health.turn()
    assert.equal(one.health.of('bank').health, 'degraded')
    await pass(4, 12 * second, one)
    assert.equal(world.asked.at(-1)?.doubted, true)
    assert.equal(one.health.of('bank').health, 'degraded', 'the token endpoint answers: nobody is kept out')
    await pass(20, 30 * second, one)
    assert.equal(one.health.of('bank').health, 'up')
    assert.equal(world.asked.at(-1)?.doubted, false)
  })

  test('what is kept of people is a number of sixteen bits, for some minutes', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank'])
    fail(one.health, 'bank', 2)
    await one.health.turn()
    const written = JSON.stringify((await readRows()).rows)
    assert.match(written, /"source":\d{1,5}[,}]/)
    assert.doesNotMatch(written, /198\.51/)
    await pass(8, minute, one)
    assert.doesNotMatch(JSON.stringify((await readRows()).rows), /"source"/)
  })

  test('a report is no statement, and a thousand of them are one', async () => {
    const one = await startProcess('one', { start: false })
    await publish(one.partners, ['bank', 'post'])
    await one.health.turn()
    let statements = 0
    const transaction = storage.transaction
    storage.transaction = (work) => {
      statements++
      return transaction(work)
    }
    for (let login = 0; login < 1000; login++) one.health.report('bank', { result: 'success', took: 80 })
    for (let login = 0; login < 1000; login++) one.health.report('post', { result: 'success', took: 80 })
    assert.equal(statements, 0)
    await one.health.turn()
    assert.equal(statements, 1)
    assert.equal(one.health.of('bank').checkedAt, clock.now())
  })

  test('news that could not be written are written later', async () => {
    const one = await startProcess('one', { start: false })
    await publish(one.partners, ['bank'])
    await one.health.turn()
    const transaction = storage.transaction
    fail(one.health, 'bank', 3)
    storage.transaction = () => Promise.reject(new Error('away'))
    await assert.rejects(one.health.turn(), /away/)
    storage.transaction = transaction
    fail(one.health, 'bank', 3, true, 3)
    await one.health.turn()
    assert.equal(one.health.of('bank').health, 'down', 'three of before and three of after')
  })

  test('without probes a provider that sign-ins closed is tried again after a while', async () => {
    const one = await startProcess('one', { health: healthSchema.parse({ probes: false }) })
    await publish(one.partners, ['bank'])
    await pass(1, 40 * second, one)
    fail(one.health, 'bank', 6)
    await one.health.turn()
    assert.equal(one.health.of('bank').health, 'down')
    await pass(12, minute, one)
    assert.equal(world.asked.length, 0)
    assert.equal(one.health.of('bank').health, 'up')
    assert.equal((await one.health.incidents({ since: 0, limit: 1 }))[0]?.closedAt !== undefined, true, 'and written')
  })

  test('the hub itself is always up, and a provider without an address to look at is believed', async () => {
    const one = await startProcess('one')
    const own = { id: 'local-account', name: named('own'), connector: { kind: 'own_means' }, allowedLevels: ['eidas1'] }
    const data = { partners: [{ id: 'town', name: named('town'), providers: [own] }] }
    await one.partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), { actor: { kind: 'command' } })
    fail(one.health, 'local-account', 20)
    await pass(2, minute, one)
    assert.deepEqual(one.health.of('local-account'), { health: 'up', reasons: [] })
    assert.equal(world.asked.length, 0)
  })

  test('of other addresses nothing observed before counts; what is not published any more is forgotten', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank', 'post'])
    world.broken.add('bank').add('post')
    await pass(8, 12 * second, one)
    assert.deepEqual([one.health.of('bank').health, one.health.of('post').health], ['down', 'down'])
    await publish(one.partners, ['bank'], { issuer: 'https://moved.example' })
    await one.health.turn()
    assert.equal(one.health.of('bank').health, 'up')
    const incidents = await one.health.incidents({ since: 0, limit: 10 })
    assert.deepEqual(
      incidents.map(({ closedAt }) => closedAt),
      [clock.now(), clock.now()],
    )
    assert.equal((await readRows()).rows.length, 1)
  })

  test('two hundred providers are looked at once each, and never all at a time', async () => {
    const one = await startProcess('one', { start: false })
    const ids = Array.from({ length: 200 }, (_, index) => `p${index}`)
    await publish(one.partners, ids)
    await one.health.turn()
    let [running, most] = [0, 0]
    const perSecond: number[] = []
    one.health.start(async ({ id }) => {
      world.asked.push({ provider: id, by: 'one', doubted: false })
      running++
      most = Math.max(most, running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      return { result: 'success' }
    })
    for (let turn = 0; turn < 31; turn++) {
      const before = world.asked.length
      clock.advance(second)
      await one.health.turn()
      perSecond.push(world.asked.length - before)
    }
    assert.equal(new Set(world.asked.map(({ provider }) => provider)).size, 200)
    assert.ok(most <= 32, String(most))
    assert.ok(Math.max(...perSecond) <= 30, `spread over the interval: ${perSecond.join(' ')}`)
  })

  test('incidents are forgotten at the end of their time, open ones never', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ['bank', 'post'])
    world.broken.add('bank').add('post')
    await pass(8, 12 * second, one)
    world.broken.delete('post')
    await pass(40, 15 * second, one)
    await one.health.forget(clock.now() + hour)
    const left = await one.health.incidents({ since: 0, limit: 10 })
    assert.deepEqual(
      left.map(({ provider }) => provider),
      ['bank'],
    )
  })
})

async function readRows() {
  const { sql } = await import('kysely')
  return sql<{ breaker: object }>`select breaker from provider_health`.execute(storage.db)
}

describe('what time alone changes', () => {
  test('is written when its time comes, though nobody observed anything: once, and its incident ends with it', async () => {
    const sleepless = healthSchema.parse({ probes: false })
    const one = await startProcess('one', { health: sleepless })
    const two = await startProcess('two', { health: sleepless })
    await publish(one.partners, ['bank', 'post'])
    await pass(1, second, one, two)
    fail(one.health, 'bank', 6)
    await pass(1, second, one, two)
    const [incident] = await one.health.incidents({ since: 0, limit: 2 })
    assert.deepEqual(
      [one.health.of('bank').health, incident?.provider, incident?.closedAt],
      ['down', 'bank', undefined],
    )
    const { openedAt = 0 } = incident ?? {}
    const written = async (process: Process) =>
      (await process.health.incidents({ since: 0, limit: 2 })).map(({ closedAt }) => closedAt !== undefined)

    let before = clock.now()
    while (two.health.of('bank').health !== 'up') {
      before = clock.now()
      assert.deepEqual(await written(one), [false], 'not before its time')
      await pass(1, 10 * second, one)
      assert.ok(clock.now() < openedAt + hour, 'it comes to an end')
    }
    // Seen by every process the moment that it is so, and written by the first that turns.
    await pass(1, second, two, one)
    assert.deepEqual(await written(two), [true])
    const closedAt = (await one.health.incidents({ since: 0, limit: 1 }))[0]?.closedAt ?? 0
    assert.ok(closedAt > before - 10 * second && closedAt <= clock.now())
    const told = facts.of('provider.health_changed').map(({ provider, before, health }) => [provider, before, health])
    assert.deepEqual(told, [
      ['bank', 'up', 'down'],
      ['bank', 'down', 'degraded'],
      ['bank', 'degraded', 'up'],
    ])
    assert.equal(facts.of('incident.closed').length, 1)
    const { length } = facts.facts
    await pass(5, minute, one, two)
    assert.equal(facts.facts.length, length, 'and then there is nothing more to write')
    assert.equal(world.asked.length, 0)
  })
})

describe('a process that loses its own network', () => {
  const ids = ['bank', 'post', 'tax', 'town']

  test('says so of all providers, holds it against none, and goes on as before when it is back', async () => {
    const one = await startProcess('one')
    await publish(one.partners, ids)
    await pass(2, 40 * second, one)
    assert.equal(one.partners.availability().cutOffSince, undefined)
    world.lost.add('one')
    await pass(1, 40 * second, one)
    const since = one.partners.availability().cutOffSince
    assert.ok(since !== undefined && since <= clock.now())
    for (const id of ids) assert.deepEqual(one.health.of(id), { health: 'down', since, reasons: ['own_network'] })
    await pass(30, 10 * second, one)
    const asked = world.asked.length
    await pass(6, 10 * second, one)
    assert.equal(world.asked.length, asked, 'nobody is probed meanwhile')
    world.lost.clear()
    await pass(1, 10 * second, one)
    assert.equal(one.partners.availability().cutOffSince, undefined)
    for (const id of ids) assert.deepEqual(one.health.of(id).health, 'up', 'at once')
    assert.ok(world.asked.length > asked)

    // Sign-ins that nobody answered meanwhile count against nobody either.
    clock.advance(6 * second)
    world.lost.add('one')
    for (const id of ids) {
      for (let network = 0; network < 12; network++) {
        const from = `198.51.${network}.7`
        one.health.report(id, { result: 'failure', reason: 'unreachable', proved: true, from })
      }
    }
    await one.health.turn()
    world.lost.clear()
    await pass(2, 10 * second, one)
    for (const id of ids) assert.equal(one.health.of(id).health, 'up')
    assert.deepEqual(facts.of('provider.health_changed'), [])
    assert.deepEqual(facts.of('incident.opened'), [])

    // One that is silent among others that answer is down, as before.
    world.broken.add('bank')
    await pass(6, 12 * second, one)
    assert.equal(one.health.of('bank').health, 'down')
    assert.equal(one.partners.availability().cutOffSince, undefined)
  })

  test('leaves the probes to another process, which reaches them, and whose people go on', async () => {
    const one = await startProcess('one')
    const two = await startElsewhere('two')
    await publish(one.partners, ids)
    await pass(2, 40 * second, one, two)
    world.lost.add('one')
    world.broken.add('bank')
    await pass(12, 12 * second, one, two)
    assert.deepEqual(new Set(world.asked.slice(-12).map(({ by }) => by)), new Set(['two']))
    assert.deepEqual(two.health.of('bank').reasons, ['unreachable'], 'an outage is seen all the same')
    assert.equal(two.health.of('post').health, 'up')
    assert.equal(one.health.of('post').health, 'down')
    assert.equal(two.partners.availability().cutOffSince, undefined)
  })
})

describe('several processes', () => {
  test('share what they see: half of the failures here and half there are one outage', async () => {
    const one = await startProcess('one')
    const two = await startElsewhere('two')
    await publish(one.partners, ['bank'])
    await pass(1, 40 * second, one, two)
    fail(one.health, 'bank', 3)
    fail(two.health, 'bank', 3, true, 3)
    await one.health.turn()
    await two.health.turn()
    assert.equal(two.health.of('bank').health, 'down')
    await one.health.turn()
    assert.equal(one.health.of('bank').health, 'down')
    assert.equal(facts.of('incident.opened').length + two.facts.of('incident.opened').length, 1)
  })

  test('hear of a change without asking', async () => {
    const one = await startProcess('one')
    const two = await startElsewhere('two')
    await publish(one.partners, ['bank'])
    await pass(1, 40 * second, one, two)
    fail(one.health, 'bank', 6)
    await one.health.turn()
    // A notification, which comes when it comes.
    while (two.health.of('bank').health !== 'down') await new Promise((resolve) => setImmediate(resolve))
  })

  test('write at the same moment, in any order, and lose nothing', async () => {
    const processes = [await startProcess('one'), await startElsewhere('two'), await startElsewhere('three')]
    const [one] = processes as [Process]
    const ids = ['bank', 'post', 'tax']
    await publish(one.partners, ids)
    await pass(1, 40 * second, ...processes)
    // Two networks at each process, other ones at each: together they are enough, and only together.
    for (const [index, { health }] of processes.entries()) for (const id of ids) fail(health, id, 2, true, index * 10)
    await Promise.all(processes.map(({ health }) => health.turn()))
    await one.health.turn()
    assert.deepEqual(
      ids.map((id) => one.health.of(id).health),
      ['down', 'down', 'down'],
    )
  })

  test('look at each provider once, whoever does it, and make one trial at a time', async () => {
    const processes = [await startProcess('one'), await startElsewhere('two'), await startElsewhere('three')]
    const [one] = processes as [Process]
    await publish(one.partners, ['bank', 'post', 'tax'])
    world.broken.add('bank')
    const seen = new Map<string, number>()
    for (let step = 0; step < 30; step++) {
      clock.advance(8 * second)
      const before = world.asked.length
      await Promise.all(processes.map(({ health }) => health.turn()))
      for (const { provider } of world.asked.slice(before)) {
        const key = `${step}/${provider}`
        seen.set(key, (seen.get(key) ?? 0) + 1)
      }
    }
    assert.ok(seen.size > 15)
    assert.ok([...seen.values()].every((count) => count === 1))
    assert.ok(processes.every(({ health }) => health.of('bank').health === 'down'))
  })

  test('a process that dies in the middle of a trial leaves it to another one after a minute', async () => {
    const one = await startProcess('one', { start: false })
    const two = await startElsewhere('two')
    await publish(one.partners, ['bank'])
    await one.health.turn()
    clock.advance(40 * second)
    const [asked, late] = [Promise.withResolvers<void>(), Promise.withResolvers<Awaited<ReturnType<Probe>>>()]
    one.health.start(() => {
      asked.resolve()
      return late.promise
    })
    const turn = one.health.turn()
    await asked.promise
    await pass(1, 50 * second, two)
    assert.equal(world.asked.length, 0, 'it is being looked at')
    await pass(1, 20 * second, two)
    assert.deepEqual(
      world.asked.map(({ by }) => by),
      ['two'],
    )
    const checkedAt = clock.now()
    clock.advance(second)
    late.resolve({ result: 'failure', reason: 'unreachable' })
    await turn
    assert.equal(one.health.of('bank').checkedAt, checkedAt, 'what comes after its time does not count')
  })
})

test('a restart keeps what was known', async () => {
  const one = await startProcess('one')
  await publish(one.partners, ['bank'])
  world.broken.add('bank')
  await pass(8, 12 * second, one)
  const before = one.health.of('bank')
  assert.equal(before.health, 'down')
  await one.close()
  const again = await startProcess('again')
  assert.deepEqual(again.health.of('bank'), before)
  assert.ok(again.partners.availability().of('bank')?.incident)
})

describe('R084: what stands in for an e-ID app', () => {
  const app = (id: string) => ({
    ...sampleProvider(id, { allowedLevels: ['eidas2', 'eidas3'] }),
    connector: { kind: 'eid_app', cards: ['cnie'], statusUrl: `https://${id}.example/status` },
  })
  const standIn = (id: string, standsInFor: string, hours: number) => ({
    ...sampleProvider(id, { allowedLevels: ['eidas2'] }),
    connector: { kind: 'card_and_code', cards: ['cnie'], standsInFor, hours },
  })

  async function publishApp(partners: Partners, hours = 2, also: Record<string, unknown>[] = []): Promise<void> {
    const providers = [app('app'), standIn('card-code', 'app', hours), ...also]
    const data = { partners: [{ id: 'town', name: named('town'), providers }] }
    await partners.apply(parsePartnersFile(toYaml(data), { allowHttp: false }), {
      actor: { kind: 'command' },
      prune: true,
    })
  }

  async function suspend({ partners }: Process, provider: ProviderId): Promise<void> {
    const expected = (await partners.stateOf(provider))?.number ?? 0
    const asked = { services: 'all', category: 'security', reason: text, sessions: 'kept' } as const
    const outcome = await partners.suspend(provider, asked, { actor: { kind: 'command' }, expected })
    assert.equal(outcome.kind, 'done')
  }

  const isOffered = ({ partners }: Process) => partners.availability().of('card-code')?.standIn?.offered

  test('is offered while the app is down, once for each outage, and at most so long as it may', async () => {
    const one = await startProcess('one')
    await publishApp(one.partners, 2, [sampleProvider('post')])
    await pass(2, 40 * second, one)
    assert.equal(isOffered(one), false)
    assert.equal(one.partners.availability().of('app')?.standIn, undefined, 'the app stands in for nobody')

    world.broken.add('app')
    await pass(6, 12 * second, one)
    assert.equal(one.health.of('app').health, 'down')
    assert.equal(isOffered(one), true)
    const { since = 0 } = one.health.of('app')
    const about = { provider: 'card-code', standsInFor: 'app' }
    assert.deepEqual(facts.of('standin.offered'), [{ ...about, since }])
    await pass(4, 40 * second, one)
    assert.equal(facts.of('standin.offered').length, 1)

    const connection = newId('connection')
    const use = { provider: 'card-code', connection, level: 'eidas2' as const }
    await storage.transaction((tx) => one.health.standIns.used(tx, use))
    await one.health.turn()
    assert.deepEqual(facts.of('standin.used'), [use])

    // A breaker that nobody tried for five minutes lets people try.
    await pass(35, 4 * minute, one)
    assert.equal(one.health.of('app').health, 'down')
    assert.equal(isOffered(one), false)
    assert.deepEqual(facts.of('standin.ended'), [{ ...about, reason: 'too_long', uses: 1 }])

    world.broken.clear()
    await pass(40, 15 * second, one)
    assert.equal(one.health.of('app').health, 'up')
    assert.equal(facts.of('standin.ended').length, 1, 'it was over already')

    world.broken.add('app')
    await pass(20, 12 * second, one)
    assert.equal(isOffered(one), true)
    world.broken.clear()
    await pass(40, 15 * second, one)
    assert.equal(isOffered(one), false)
    assert.deepEqual(facts.of('standin.ended').at(-1), { ...about, reason: 'works', uses: 0 })
    assert.deepEqual(
      (await one.health.standIns.outages('card-code', 10)).map(({ endedBy, uses }) => [endedBy, uses]),
      [
        ['works', 0],
        ['too_long', 1],
      ],
    )
    await one.health.forget(clock.now())
    assert.deepEqual(await one.health.standIns.outages('card-code', 10), [])
  })

  test('two processes write one record; it ends where people withdraw the stand-in', async () => {
    const one = await startProcess('one')
    const two = await startElsewhere('two')
    await publishApp(one.partners)
    await pass(2, 40 * second, one, two)
    world.broken.add('app')
    for (let step = 0; step < 8; step++) {
      clock.advance(12 * second)
      await Promise.all([one.health.turn(), two.health.turn()])
    }
    const offers = () => [...facts.of('standin.offered'), ...two.facts.of('standin.offered')].length
    assert.equal(offers(), 1)
    await suspend(one, 'card-code')
    await pass(1, 12 * second, one, two)
    const ends = () => [...facts.of('standin.ended'), ...two.facts.of('standin.ended')].map(({ reason }) => reason)
    assert.deepEqual(ends(), ['withdrawn'])
    assert.equal(isOffered(one), true, 'the health of the app is what it is; the suspension has its own words')
  })

  test('a suspension of the app opens nothing', async () => {
    const one = await startProcess('one')
    await publishApp(one.partners)
    await suspend(one, 'app')
    await pass(6, 12 * second, one)
    assert.equal(isOffered(one), false)
    assert.deepEqual(facts.of('standin.offered'), [])
  })
})
