import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { minute } from '../kernel/durations.ts'
import { createBrake, mostFailures } from './brake.ts'

test('failures are of one network, for ten minutes, and of no network where none is known', () => {
  const clock = createTestClock()
  const brake = createBrake({ clock })
  for (let each = 0; each < mostFailures; each++) {
    brake.note(`198.51.100.${each}`)
    // A proxy that does not say who comes: one of them must not stop all.
    brake.note('')
    brake.note('unknown')
  }
  assert.deepEqual(['198.51.100.250', '203.0.113.1', '', 'unknown'].map(brake.isOver), [true, false, false, false])
  clock.advance(10 * minute)
  assert.equal(brake.isOver('198.51.100.250'), false)
})
