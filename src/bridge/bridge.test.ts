import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { claim, firstKey } from '../../test/support/people.ts'
import fc from '../../test/support/property.ts'
import { hour, minute } from '../kernel/durations.ts'
import { newId, type PersonId } from '../kernel/ids.ts'
import { type ServiceSecret, secretAlphabets, shortestSecret } from '../partners/partners.ts'
import { createPeople, type People } from '../people/people.ts'
import type { Storage } from '../storage/storage.ts'
import { type Bridge, type BridgedService, createBridge, makeSecret, mostPerMinute } from './bridge.ts'

const clock = createTestClock()
let storage: Storage
let people: People
let bridge: Bridge
const recorder = recordFacts(() => storage)

before(async () => {
  storage = await openTestStorage(clock)
  const { audit } = recorder
  people = createPeople({ storage, clock, audit, masterKey: Buffer.alloc(32, 9), pivotKeys: [firstKey], log: () => {} })
  // A service is in a sector of its own name; one that left is in none.
  const sectorOf = (id: string) => (id === 'left' ? undefined : `${id}.example`)
  bridge = createBridge({ storage, clock, audit, people, sectorOf })
  people.keep(bridge.keeper)
})
after(() => storage.close())
beforeEach(() => recorder.clear())

const service = (id: string, serviceSecret: ServiceSecret = { alphabet: 'letters_digits', length: 32 }) =>
  ({ id, serviceSecret }) as BridgedService

let seen = 0
async function somebody(): Promise<PersonId> {
  seen += 1
  const identity = { ...claim().identity, given_name: `Angéla ${'A'.repeat(seen)}` }
  const settled = await storage.transaction((tx) =>
    people.settle(tx, claim({ subject: `subject-${seen}`, identity: identity as never })),
  )
  return 'person' in settled ? settled.person : assert.fail('a collision')
}

async function secretOf(of: BridgedService, person: PersonId): Promise<string> {
  const handed = await bridge.handOver(of, person)
  return handed.kind === 'secret' ? handed.secret : assert.fail(handed.kind)
}

const factNames = () => recorder.facts.map(({ name }) => name).filter((name) => name.startsWith('service_secret'))

describe('R069: the password that the hub keeps', () => {
  test('is made at first need, stays, and is another one for each person and each service', async () => {
    const [one, two] = [await somebody(), await somebody()]
    const archive = service('archive')
    const secret = await secretOf(archive, one)
    clock.advance(hour)
    assert.deepEqual(await bridge.handOver(archive, one), { kind: 'secret', secret, madeAt: clock.now() - hour })
    const others = [await secretOf(archive, two), await secretOf(service('library'), one)]
    assert.equal(new Set([secret, ...others]).size, 3)
    assert.deepEqual(factNames().slice(0, 3), [
      'service_secret.made',
      'service_secret.handed_over',
      'service_secret.handed_over',
    ])
    assert.deepEqual(recorder.of('service_secret.handed_over')[0], { service: 'archive', person: one })
    assert.ok(!JSON.stringify(recorder.facts).includes(secret), 'no fact holds it')
  })

  test('is one, whoever asks first at the same moment', async () => {
    const person = await somebody()
    const secrets = await Promise.all(Array.from({ length: 10 }, () => secretOf(service('parallel'), person)))
    assert.equal(new Set(secrets).size, 1)
    assert.equal(recorder.of('service_secret.made').length, 1)
    assert.equal(recorder.of('service_secret.handed_over').length, 10)
  })

  test('rests sealed, and in no other row than its own', async () => {
    const [person, other] = [await somebody(), await somebody()]
    const of = service('sealed')
    const secret = await secretOf(of, person)
    await secretOf(of, other)
    const { rows } = await sql<{ row: string }>`select to_jsonb(s)::text as row from service_secrets s`.execute(
      storage.db,
    )
    const hex = Buffer.from(secret).toString('hex')
    assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(secret) && !row.includes(hex)))
    await sql`update service_secrets set sealed = (select sealed from service_secrets where person = ${person}
      and service = 'sealed') where person = ${other} and service = 'sealed'`.execute(storage.db)
    await assert.rejects(bridge.handOver(of, other))
  })

  test('is renewed when somebody asks for it, and only where there is one', async () => {
    const person = await somebody()
    const of = service('renewed')
    const actor = { kind: 'command' } as const
    const renew = () => storage.transaction((tx) => bridge.renew(tx, of, person, actor))
    assert.equal(await renew(), false)
    const before = await secretOf(of, person)
    clock.advance(minute)
    assert.equal(await renew(), true)
    const handed = await bridge.handOver(of, person)
    assert.ok(handed.kind === 'secret' && handed.secret !== before && handed.madeAt === clock.now())
    assert.deepEqual(recorder.of('service_secret.renewed'), [{ service: 'renewed', person, actor }])
  })

  test('ends with the person', async () => {
    const person = await somebody()
    const of = service('erased')
    await secretOf(of, person)
    await storage.transaction((tx) => people.erase(tx, person))
    assert.deepEqual(await bridge.handOver(of, person), { kind: 'unknown' })
    assert.equal(await storage.transaction((tx) => bridge.renew(tx, of, person, { kind: 'hub' })), false)
    const { rows } = await sql`select 1 from service_secrets where person = ${person}`.execute(storage.db)
    assert.equal(rows.length, 0)
    assert.deepEqual(await bridge.handOver(of, newId('person')), { kind: 'unknown' })
  })

  test('is not handed over more often than a service needs it, counted for each service and minute', async () => {
    const person = await somebody()
    const busy = service('busy')
    clock.set(Math.ceil(clock.now() / minute) * minute)
    await secretOf(busy, person)
    await sql`update handovers set count = ${mostPerMinute - 1} where service = 'busy'`.execute(storage.db)
    assert.equal((await bridge.handOver(busy, person)).kind, 'secret')
    recorder.clear()
    assert.deepEqual(await bridge.handOver(busy, person), { kind: 'throttled' })
    assert.deepEqual(factNames(), [])
    assert.equal((await bridge.handOver(service('calm'), person)).kind, 'secret')
    clock.advance(minute - 1)
    assert.deepEqual(await bridge.handOver(busy, person), { kind: 'throttled' })
    clock.advance(1)
    assert.equal((await bridge.handOver(busy, person)).kind, 'secret')
  })

  test('has the form that the service takes, and 128 bits at least', () => {
    const alphabets = Object.keys(secretAlphabets) as ServiceSecret['alphabet'][]
    for (const alphabet of alphabets) {
      const bits = (length: number) => length * Math.log2(new Set(secretAlphabets[alphabet]).size)
      assert.ok(bits(shortestSecret(alphabet)) >= 128 && bits(shortestSecret(alphabet) - 1) < 128, alphabet)
    }
    fc.assert(
      fc.property(fc.constantFrom(...alphabets), fc.integer({ min: 20, max: 128 }), (alphabet, length) => {
        const secret = makeSecret({ alphabet, length })
        assert.equal(secret.length, length)
        assert.ok([...secret].every((character) => secretAlphabets[alphabet].includes(character)))
      }),
    )
  })

  test('favours no character', () => {
    const counts = new Map<string, number>()
    for (const character of makeSecret({ alphabet: 'letters_digits', length: 570_000 })) {
      counts.set(character, (counts.get(character) ?? 0) + 1)
    }
    assert.equal(counts.size, 57)
    // Six standard deviations of 99. Bytes modulo 57 would give 11,130 to the first ones and 8,900 to the others.
    for (const [character, count] of counts) assert.ok(Math.abs(count - 10_000) < 600, `${character}: ${count}`)
  })
})
