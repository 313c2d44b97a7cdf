/**
 * A clock that a test moves. `node:test`'s mock timers move `Date` with it, because the engine reads `Date.now`; timers
 * themselves stay real.
 */
import type { TestContext } from 'node:test'
import type { Clock, Instant } from '../../src/kernel/clock.ts'

export interface TestClock extends Clock {
  advance(milliseconds: number): void
  set(instant: Instant): void
}

export const testStart: Instant = Date.parse('2026-11-22T10:00:00Z')

/** Moves only itself: for rooms that take a clock. */
export function createTestClock(start: Instant = testStart): TestClock {
  let present = start
  return {
    now: () => present,
    advance: (milliseconds) => {
      present += milliseconds
    },
    set: (instant) => {
      present = instant
    },
  }
}

/** Moves the process's `Date` too: for journeys through the whole hub. */
export function mockProcessClock(context: Pick<TestContext, 'mock'>, start: Instant = testStart): TestClock {
  context.mock.timers.enable({ apis: ['Date'], now: start })
  return {
    now: () => Date.now(),
    advance: (milliseconds) => context.mock.timers.setTime(Date.now() + milliseconds),
    set: (instant) => context.mock.timers.setTime(instant),
  }
}
