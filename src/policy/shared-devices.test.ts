import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { day } from '../kernel/durations.ts'
import {
  countSeen,
  isHolderToTell,
  peopleToTell,
  type Sighting,
  sharingWindow,
  shippedSharing,
} from './shared-devices.ts'

const now = Date.parse('2026-11-22T15:00:00Z')
const seen = (who: string, daysAgo: number, toldDaysAgo?: number): Sighting => ({
  with: who,
  at: now - daysAgo * day,
  ...(toldDaysAgo === undefined ? {} : { toldAt: now - toldDaysAgo * day }),
})

describe('R088: one device for several representatives', () => {
  const table: [title: string, sightings: Sighting[], told: string[]][] = [
    ['one person is nobody’s business', [seen('a', 0)], []],
    ['two are both told', [seen('a', 0), seen('b', 29)], ['a', 'b']],
    ['what is a month old is forgotten', [seen('a', 0), seen('b', 30)], []],
    ['nobody is told twice in a month', [seen('a', 0, 3), seen('b', 1, 3)], []],
    ['a third one is told, the others are not again', [seen('a', 0, 3), seen('b', 1, 3), seen('c', 0)], ['c']],
    ['after a month they are told again', [seen('a', 0, 30), seen('b', 1, 30)], ['a', 'b']],
  ]
  for (const [title, sightings, told] of table) {
    test(`R088: ${title}`, () => assert.deepEqual(peopleToTell(sightings, shippedSharing, now), told))
  }

  test('R088: the number is a setting', () => {
    const three = { ...shippedSharing, people: 3 }
    assert.deepEqual(peopleToTell([seen('a', 0), seen('b', 0)], three, now), [])
    assert.deepEqual(peopleToTell([seen('a', 0), seen('b', 0), seen('c', 0)], three, now), ['a', 'b', 'c'])
  })
})

test('R088: the holder of a card that comes from many devices is told once a month', () => {
  const devices = ['desk', 'laptop', 'phone', 'office'].map((one) => seen(one, 1))
  assert.equal(isHolderToTell(devices.slice(1), shippedSharing, now), false)
  assert.equal(isHolderToTell(devices, shippedSharing, now), true)
  assert.equal(
    isHolderToTell([...devices, seen('other', 2, 2)], shippedSharing, now),
    false,
    'a fifth device says nothing new',
  )
  assert.equal(isHolderToTell([...devices, seen('other', 2, sharingWindow / day)], shippedSharing, now), true)
  assert.equal(countSeen([...devices, seen('desk', 2)], now), 4)
})
