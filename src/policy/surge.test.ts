import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { surgeOf, usualWeeks } from './surge.ts'

const rules = { atLeast: 10, times: 2 }
const eight = (count: number) => Array.from({ length: usualWeeks }, () => count)

describe('R105: reports rise', () => {
  const table: [told: string, counts: readonly number[], usual: number, rises: boolean][] = [
    ['nothing was ever reported', [], 0, false],
    ['one fewer than it takes', [9], 0, false],
    ['enough, where nothing is usual', [10], 0, true],
    ['less than twice the usual', [19, ...eight(10)], 10, false],
    ['twice the usual', [20, ...eight(10)], 10, true],
    ['three times the usual, and too few to speak of', [9, ...eight(3)], 3, false],
    ['the wave of one week is no usual week', [20, 400, ...eight(10).slice(1)], 10, true],
    ['a wave that lasts becomes usual after half the weeks', [40, 40, 40, 40, 40, 10, 10, 10, 10], 25, false],
    ['... and is told until then', [40, 40, 40, 40, 10, 10, 10, 10, 10], 10, true],
    ['two numbers in the middle', [20, 1, 1, 1, 4, 5, 9, 9, 9], 4.5, true],
    ['weeks that are not there had nothing', [10, 6, 6], 0, true],
    ['weeks before the eight are not looked at', [20, ...eight(10), 900, 900, 900], 10, true],
  ]
  for (const [told, counts, usual, rises] of table) {
    test(told, () => assert.deepEqual(surgeOf(counts, rules), { recent: counts[0] ?? 0, usual, rises }))
  }

  test('a rise that chance makes is none, however low the setting', () => {
    const low = { atLeast: 2, times: 1.1 }
    assert.deepEqual(
      [18, 22, 25, 26].map((recent) => surgeOf([recent, ...eight(16)], low).rises),
      [false, false, false, false],
    )
    // Three times the root of 16 above it.
    assert.equal(surgeOf([28, ...eight(16)], low).rises, false)
    assert.equal(surgeOf([29, ...eight(16)], low).rises, true)
  })

  const weeks = fc.array(fc.nat(5_000), { minLength: usualWeeks, maxLength: usualWeeks })
  const anyRules = fc.record({ atLeast: fc.integer({ min: 2, max: 500 }), times: fc.integer({ min: 11, max: 100 }) })
  const rulesOf = ({ atLeast, times }: { atLeast: number; times: number }) => ({ atLeast, times: times / 10 })

  test('more reports in the last seven days never end a rise, and weeks count in any order', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.nat(5_000), weeks, anyRules, (one, more, before, given) => {
        const surge = surgeOf([one, ...before], rulesOf(given))
        if (surge.rises) assert.ok(surgeOf([one + more, ...before], rulesOf(given)).rises)
        assert.deepEqual(surgeOf([one, ...before.toReversed()], rulesOf(given)), surge)
      }),
    )
  })

  test('a rise is at least what the settings ask for, and a week like the others is none', () => {
    fc.assert(
      fc.property(fc.nat(5_000), weeks, anyRules, (recent, before, given) => {
        const { atLeast, times } = rulesOf(given)
        const { rises, usual } = surgeOf([recent, ...before], { atLeast, times })
        if (rises) assert.ok(recent >= atLeast && recent >= times * usual)
        assert.ok(Math.min(...before) <= usual && usual <= Math.max(...before))
        const steady = Math.max(...before)
        if (steady > 0) assert.ok(!surgeOf([steady, ...eight(steady)], { atLeast, times }).rises)
      }),
    )
  })
})
