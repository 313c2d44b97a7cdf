/** Declared trips as they are kept: what one may be hidden behind. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { claim, openRoom, type Room } from '../../test/support/people.ts'
import { toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import { mostLately } from '../policy/trips.ts'
import { createTrips, type DeclaredTrip, type Trips } from './trips.ts'

let room: Room
let trips: Trips
let person: PersonId

before(async () => {
  room = await openRoom()
  const { storage, clock, audit } = room
  trips = createTrips({ storage, clock, audit, key: Buffer.alloc(32, 3) })
  person = (await room.signIn(claim())).person
})
after(() => room.close())

const declared = (from: string, until: string): DeclaredTrip => ({
  ...{ person, actor: { kind: 'person', id: person }, provider: 'tax' },
  ...{ countries: ['CA'], from, until, level: 'eidas2', seenIn: 'FR' },
})

const inDays = (days: number) =>
  toDate(room.clock.now() + days * day)
    .toISOString()
    .slice(0, 10)

async function declareAndWithdraw(): Promise<void> {
  const one = await trips.declare(declared(inDays(60), inDays(61)))
  assert.ok(one.kind === 'declared', JSON.stringify(one))
  assert.ok(await trips.withdraw({ person, trip: one.trip, actor: { kind: 'person', id: person } }))
}

test('R082: so many are declared in a day, withdrawn or not: each is a letter', async () => {
  for (let turn = 0; turn < mostLately; turn++) await declareAndWithdraw()
  const more = declared(inDays(60), inDays(61))
  assert.deepEqual(await trips.declare(more), { kind: 'invalid', problems: ['too_many_lately'] })
  room.clock.advance(day)
  assert.equal((await trips.declare(more)).kind, 'declared')
})

test('R082: no number of trips that were withdrawn hides one that counts', async () => {
  const kept = await trips.declare(declared(inDays(0), inDays(40)))
  assert.ok(kept.kind === 'declared')
  for (let turn = 0; turn < 210; turn++) {
    if (turn % (mostLately - 1) === 0) room.clock.advance(day)
    await declareAndWithdraw()
  }
  const shown = await trips.of(person)
  assert.ok(shown.some(({ trip, state }) => trip === kept.trip && state === 'current'))
})
