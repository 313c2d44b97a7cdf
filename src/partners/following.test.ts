import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { second } from '../kernel/durations.ts'
import { follow } from './following.ts'

/** What is followed: a number, its readings, and a connection on which notifications arrive when the test says. */
function source() {
  const clock = createTestClock()
  const logged: string[] = []
  const state = { value: 1, readings: 0, away: false, notify: () => {} }
  const options = {
    clock,
    channel: 'garant_health',
    storage: {
      listen: async (_channel: string, handler: (payload: string) => void) => {
        state.notify = () => handler('')
        return async () => {}
      },
    },
    read: async () => {
      state.readings++
      const { value } = state
      await new Promise((resolve) => setImmediate(resolve))
      if (state.away) throw new Error('away')
      return value
    },
    log: (message: string) => void logged.push(message),
  } as const
  return { clock, logged, state, options }
}

test('what changes is read when somebody tells of it, and every ten seconds besides', async ({ mock }) => {
  mock.timers.enable({ apis: ['setInterval'] })
  const { clock, state, options } = source()
  const followed = await follow(options)
  assert.equal(followed.present(), 1)
  for (const tell of [() => state.notify(), () => mock.timers.tick(10 * second)]) {
    state.value++
    clock.advance(second)
    tell()
    await followed.refresh()
    assert.deepEqual([followed.present(), followed.readAt()], [state.value, clock.now()])
  }
  await followed.close()
})

test('a wish that comes during a reading is served by a further one', async () => {
  const { state, options } = source()
  const followed = await follow(options)
  const before = state.readings
  const first = followed.refresh()
  state.value = 7
  await Promise.all([first, followed.refresh(), followed.refresh()])
  assert.equal(followed.present(), 7)
  assert.equal(state.readings, before + 2)
  await followed.close()
})

test('while it cannot be read, what was known before serves, with its time', async () => {
  const { clock, logged, state, options } = source()
  const followed = await follow(options)
  const knownAt = clock.now()
  state.away = true
  state.value = 2
  clock.advance(second)
  await followed.refresh()
  assert.deepEqual([followed.present(), followed.readAt()], [1, knownAt])
  assert.deepEqual(logged, ['partners: what changed could not be read'])
  state.away = false
  await followed.refresh()
  assert.deepEqual([followed.present(), followed.readAt()], [2, clock.now()])
  await followed.close()
})
