import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import fc from '../../test/support/property.ts'
import { day, deviceMemory, minute } from '../kernel/durations.ts'
import { newId, type PersonId } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import { createSessions, type Sessions } from './sessions.ts'

const clock = createTestClock()
let storage: Storage
let sessions: Sessions
const recorder = recordFacts(() => storage)
const sessionsWith = (key: Buffer) =>
  createSessions({ storage, clock, audit: recorder.audit, key, idle: minute, absolute: day })

before(async () => {
  storage = await openTestStorage(clock)
  sessions = sessionsWith(Buffer.alloc(32, 1))
})
after(() => storage.close())
beforeEach(() => recorder.clear())

/** One sign-in of a person with the cookie that the browser has; a moment passes. */
async function signIn(cookie: string | undefined, person: PersonId, place = 'FR') {
  const standing = await sessions.device(cookie, person)
  const remembered = await storage.transaction((tx) => sessions.remember(tx, standing, person, place))
  clock.advance(minute)
  return { standing, ...remembered }
}

const people = () => Array.from({ length: 5 }, () => newId('person'))
const lastStanding = () => recorder.of('device.recognised').at(-1)?.standing

describe('known devices', () => {
  test('a browser without a cookie is no device; the next time it is known', async () => {
    const [person] = people() as [PersonId]
    const first = await signIn(undefined, person)
    assert.deepEqual(first.standing, { personKnown: false, persons: 1 })
    assert.equal(lastStanding(), 'new')
    const second = await signIn(first.cookie, person)
    assert.deepEqual(second.standing, { device: first.device, personKnown: true, persons: 1 })
    assert.equal(second.device, first.device)
    assert.equal(lastStanding(), 'trusted')
  })

  test('trusted up to two persons, shared from the third', async () => {
    const [a, b, c, d] = people() as [PersonId, PersonId, PersonId, PersonId]
    const { cookie } = await signIn(undefined, a)
    assert.deepEqual((await signIn(cookie, b)).standing.persons, 2)
    assert.equal(lastStanding(), 'new')
    assert.equal((await signIn(cookie, a)).standing.persons, 2)
    assert.equal(lastStanding(), 'trusted')
    assert.equal((await signIn(cookie, c)).standing.persons, 3)
    assert.equal(lastStanding(), 'shared')
    assert.deepEqual((await sessions.device(cookie, a)).persons, 3)
    assert.equal((await signIn(cookie, d)).standing.persons, 4)
    assert.equal(lastStanding(), 'shared')
  })

  test('at most three persons are remembered: the one not seen for longest is forgotten', async () => {
    const [a, b, c, d] = people() as [PersonId, PersonId, PersonId, PersonId]
    const { cookie } = await signIn(undefined, a)
    for (const person of [b, c, a, d]) await signIn(cookie, person)
    const known = await Promise.all([a, b, c, d].map(async (p) => (await sessions.device(cookie, p)).personKnown))
    assert.deepEqual(known, [true, false, true, true])
  })

  test('a person and a device are forgotten 90 days after the last visit, to the millisecond', async () => {
    const [a, b] = people() as [PersonId, PersonId]
    const { cookie, device } = await signIn(undefined, a)
    clock.advance(10 * day)
    await signIn(cookie, b)
    clock.advance(deviceMemory - 10 * day - 2 * minute - 1)
    assert.deepEqual(await sessions.device(cookie, a), { device, personKnown: true, persons: 2 })
    clock.advance(1)
    assert.deepEqual(await sessions.device(cookie, a), { device, personKnown: false, persons: 2 })
    assert.deepEqual(await sessions.device(cookie, b), { device, personKnown: true, persons: 1 })
  })

  test('a sweep removes forgotten devices; the cookie that is left makes a new one', async () => {
    const [person] = people() as [PersonId]
    const { cookie, device } = await signIn(undefined, person)
    clock.advance(deviceMemory + 2 * day)
    await sessions.sweep()
    const { rows } = await sql<{ count: number }>`select count(*)::int as count from devices`.execute(storage.db)
    assert.equal(rows[0]?.count, 0)
    const again = await signIn(cookie, person)
    assert.deepEqual(again.standing, { personKnown: false, persons: 1 })
    assert.notEqual(again.device, device)
  })

  test('parallel tabs of three persons: no mark is lost', async () => {
    const [a, b, c] = people() as [PersonId, PersonId, PersonId]
    const { cookie } = await signIn(undefined, a)
    await Promise.all([a, b, c].map((person) => signIn(cookie, person)))
    assert.equal((await sessions.device(cookie, a)).persons, 3)
  })

  test('forged, truncated, foreign and old-version cookies are no device', async () => {
    const [person] = people() as [PersonId]
    const { cookie, device } = await signIn(undefined, person)
    const other = await signIn(undefined, person)
    const [version, , mac] = cookie.split('.') as [string, string, string]
    const cases = [
      '',
      '.',
      '..',
      'v1',
      device,
      `${version}.${device}`,
      `${version}.${device}.`,
      `${version}.${other.device}.${mac}`,
      `v0.${device}.${mac}`,
      `v2.${device}.${mac}`,
      `.${device}.${mac}`,
      `${cookie}.`,
      `${cookie}A`,
      ` ${cookie}`,
      cookie.slice(0, -1),
      cookie.toUpperCase(),
      `${version}.${device}.${'A'.repeat(43)}`,
      'v1.per_AAAAAAAAAAAAAAAAAAAAAA.x',
    ]
    for (const forged of cases) {
      assert.deepEqual(await sessions.device(forged, person), { personKnown: false, persons: 1 }, forged)
    }
    const elsewhere = sessionsWith(Buffer.alloc(32, 2))
    assert.deepEqual(await elsewhere.device(cookie, person), { personKnown: false, persons: 1 })
  })

  test('any change of one character of a cookie is noticed', async () => {
    const [person] = people() as [PersonId]
    const { cookie } = await signIn(undefined, person)
    const change = fc.tuple(fc.nat(cookie.length - 1), fc.constantFrom(...'AZaz09-_.~'))
    await fc.assert(
      fc.asyncProperty(change, async ([position, character]) => {
        fc.pre(cookie[position] !== character)
        const changed = cookie.slice(0, position) + character + cookie.slice(position + 1)
        assert.equal((await sessions.device(changed, person)).device, undefined)
      }),
    )
  })

  test('the table names nobody, and one person looks different on each device', async () => {
    const [person] = people() as [PersonId]
    const both = [(await signIn(undefined, person)).device, (await signIn(undefined, person)).device]
    const { rows } = await sql<{ id: string; marks: object; places: object }>`
      select id, marks, places from devices where id = any(${both}::text[])`.execute(storage.db)
    assert.ok(!JSON.stringify(rows).includes(person))
    assert.equal(new Set(rows.flatMap(({ marks }) => Object.keys(marks))).size, 2)
    for (const { marks, places } of rows) assert.deepEqual(Object.keys(places), Object.keys(marks))
  })

  test('R082: a device knows in which countries each person was seen on it, for 90 days', async () => {
    const [person, other] = people() as [PersonId, PersonId]
    const { cookie } = await signIn(undefined, person, 'MA')
    await signIn(cookie, other, 'US')
    const placesOf = async (who: PersonId) => (await sessions.standingAbroad(cookie, who)).device
    assert.deepEqual(await placesOf(person), { places: ['MA'], persons: 2 })
    clock.advance(89 * day)
    await signIn(cookie, person, 'CA')
    assert.deepEqual((await placesOf(person)).places.toSorted(), ['CA', 'MA'])
    clock.advance(2 * day)
    assert.deepEqual(await placesOf(person), { places: ['CA'], persons: 1 })
    assert.deepEqual(await placesOf(other), { places: [], persons: 2 })
    assert.deepEqual((await sessions.standingAbroad('v1.dev_forged.x', person)).device, { places: [], persons: 1 })
    await signIn(cookie, person, 'CA')
    const { rows } = await sql<{ places: Record<string, object> }>`
      select places from devices where id = ${sessions.deviceNamed(cookie)}`.execute(storage.db)
    assert.deepEqual(
      Object.values(rows[0]?.places ?? {}).map((place) => Object.keys(place)),
      [['CA']],
      'nothing older stays',
    )
  })

  test('a person has a device forget them: it is unknown the next time, and their sessions there are over', async () => {
    const [person, other] = people() as [PersonId, PersonId]
    const { cookie, device } = await signIn(undefined, person)
    await signIn(cookie, other)
    const away = (await signIn(undefined, person)).device
    const start = (who: PersonId, on: typeof device) =>
      storage.transaction((tx) =>
        sessions.start(tx, {
          ...{ person: who, link: newId('link'), provider: 'tax', level: 'eidas1', serves: 'eidas1', amr: [] },
          ...{ authTime: clock.now(), device: on },
        }),
      )
    const [there, kept, elsewhere, theirs] = [
      await start(person, device),
      await start(person, device),
      await start(person, away),
      await start(other, device),
    ]
    assert.deepEqual(await sessions.devicesKnowing(person, [away, device, newId('device')]), [away, device])
    const forget = () =>
      storage.transaction((tx) => sessions.forgetDevice(tx, person, device, { except: kept.session.id }))
    assert.deepEqual([await forget(), await forget()], [true, false])
    assert.deepEqual(recorder.of('device.forgotten'), [{ device, person }])
    assert.deepEqual(await sessions.devicesKnowing(person, [away, device]), [away])
    assert.equal((await sessions.device(cookie, person)).personKnown, false)
    assert.equal((await sessions.device(cookie, other)).personKnown, true)
    assert.equal(await sessions.find(there.secret), undefined)
    for (const { secret } of [kept, elsewhere, theirs]) assert.ok(await sessions.find(secret))
  })
})
