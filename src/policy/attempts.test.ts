import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { type AttemptDecision, type Attempts, decideAttempt, failuresInWindow, type Restrictions } from './attempts.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
const none: Restrictions = { delay: false, challenge: false, block: false }
const a: Restrictions = { ...none, delay: true }
const b: Restrictions = { ...none, challenge: true }
const c: Restrictions = { ...none, block: true }

/** Failures so long ago each. */
const ago = (...ages: number[]) => ages.map((age) => now - age)
const spread = (count: number, step: number) => Array.from({ length: count }, (_, index) => now - (index + 2) * step)
const go: AttemptDecision = { evaluate: true, reasons: [] }

describe('restriction measures', () => {
  const cases: [string, Restrictions, Partial<Attempts>, AttemptDecision][] = [
    ['a first attempt', { delay: true, challenge: false, block: true }, {}, go],
    ['R061: four failures', a, { failures: ago(4, 3, 2, 1), consecutive: 4 }, go],
    [
      'R061: five, this instant',
      a,
      { failures: ago(4, 3, 2, 1, 0), consecutive: 5 },
      { evaluate: false, retryAfterSeconds: 60, reasons: ['delayed'] },
    ],
    [
      'R061: the last millisecond of the minute',
      a,
      { failures: ago(minute - 1, hour), consecutive: 5 },
      { evaluate: false, retryAfterSeconds: 1, reasons: ['delayed'] },
    ],
    ['R061: one minute later', a, { failures: ago(minute, hour), consecutive: 5 }, go],
    ['R061: the sixth does not wait', a, { failures: ago(1), consecutive: 6 }, go],
    [
      'R061: the next group of five does',
      a,
      { failures: ago(30 * second), consecutive: 10 },
      { evaluate: false, retryAfterSeconds: 30, reasons: ['delayed'] },
    ],
    ['R061: after a success nothing waits', a, { failures: ago(1, 2, 3, 4, 5), consecutive: 0 }, go],
    ['R061: 24 in a day', a, { failures: spread(24, minute), consecutive: 24 }, go],
    [
      'R061: 25 in a day, until the first of them is a day old',
      a,
      { failures: spread(25, minute), consecutive: 1 },
      { evaluate: false, retryAfterSeconds: (day - 26 * minute) / second, reasons: ['window_full'] },
    ],
    [
      'R061: ... one millisecond before',
      a,
      { failures: [...ago(day - 1), ...spread(24, minute)], consecutive: 1 },
      { evaluate: false, retryAfterSeconds: 1, reasons: ['window_full'] },
    ],
    ['R061: ... and then', a, { failures: [...ago(day), ...spread(24, minute)], consecutive: 1 }, go],
    [
      'R061: 26, of which two have to leave',
      a,
      { failures: [...ago(23 * hour, 22 * hour), ...spread(24, minute)], consecutive: 1 },
      { evaluate: false, retryAfterSeconds: 7_200, reasons: ['window_full'] },
    ],
    [
      'R061: both at once, the longer wait is told',
      a,
      { failures: [...spread(24, minute), now], consecutive: 25 },
      { evaluate: false, retryAfterSeconds: (day - 25 * minute) / second, reasons: ['delayed', 'window_full'] },
    ],
    ['R062: without the task', b, {}, { evaluate: false, reasons: ['challenge_required'] }],
    ['R062: with it', b, { challengePassed: true, failures: spread(40, second), consecutive: 40 }, go],
    ['R063: nine consecutive failures', c, { failures: ago(1), consecutive: 9 }, go],
    ['R063: ten', c, { failures: [], consecutive: 10 }, { evaluate: false, reasons: ['blocked'] }],
    [
      'R063: no time heals a block, so none is told',
      { ...a, block: true },
      { failures: ago(1), consecutive: 10 },
      { evaluate: false, reasons: ['delayed', 'blocked'] },
    ],
    ['each measure is off when it is off', none, { failures: spread(50, 1), consecutive: 50 }, go],
    [
      'a clock that went back waits',
      a,
      { failures: ago(-hour), consecutive: 5 },
      { evaluate: false, retryAfterSeconds: 3_660, reasons: ['delayed'] },
    ],
  ]
  for (const [name, restrictions, attempts, expected] of cases) {
    test(name, () =>
      assert.deepEqual(
        decideAttempt({ failures: [], consecutive: 0, challengePassed: false, ...attempts }, restrictions, now),
        expected,
      ),
    )
  }

  test('R061: whoever waits as long as told is evaluated then, and not a second earlier', () => {
    const failures = fc.array(fc.integer({ min: 0, max: 2 * day }), { maxLength: 60 }).map((ages) => ago(...ages))
    fc.assert(
      fc.property(failures, fc.nat(60), (before, consecutive) => {
        const attempts = { failures: before, consecutive, challengePassed: false }
        const { evaluate, retryAfterSeconds } = decideAttempt(attempts, a, now)
        assert.equal(evaluate, retryAfterSeconds === undefined)
        if (retryAfterSeconds === undefined) return
        assert.ok(Number.isInteger(retryAfterSeconds) && retryAfterSeconds > 0)
        assert.ok(decideAttempt(attempts, a, now + retryAfterSeconds * second).evaluate)
        assert.equal(decideAttempt(attempts, a, now + (retryAfterSeconds - 1) * second).evaluate, false)
      }),
      { numRuns: 1_000 },
    )
  })

  test('R061: over any day at most 25 wrong guesses are evaluated, however fast they come', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 * minute }), { minLength: 50, maxLength: 400 }), (pauses) => {
        const failures: number[] = []
        let clock = now
        for (const pause of pauses) {
          clock += pause
          const attempts = { failures, consecutive: failures.length, challengePassed: false }
          if (decideAttempt(attempts, a, clock).evaluate) failures.push(clock)
        }
        for (const first of failures) {
          const within = failures.filter((at) => at >= first && at < first + day)
          assert.ok(within.length <= failuresInWindow, String(within.length))
        }
      }),
      { numRuns: 50 },
    )
  })

  test('there is a decision for everything, and one more failure never opens', () => {
    const attempts = fc.record({
      failures: fc.array(fc.double()),
      consecutive: fc.oneof(fc.nat(30), fc.double()),
      challengePassed: fc.boolean(),
    })
    const restrictions = fc.record({ delay: fc.boolean(), challenge: fc.boolean(), block: fc.boolean() })
    fc.assert(
      fc.property(attempts, restrictions, fc.double(), (given, on, at) => {
        const decision = decideAttempt(given, on, at)
        assert.equal(decision.evaluate, decision.reasons.length === 0)
        const full = decision.reasons.includes('window_full')
        const more = decideAttempt({ ...given, failures: [...given.failures, at] }, on, at)
        assert.ok(!full || more.reasons.includes('window_full'))
      }),
      { numRuns: 1_000 },
    )
  })
})
