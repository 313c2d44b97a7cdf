/** Which key signs for whom: what each way gives, and what is told first of what is wrong. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { levels } from '../kernel/assurance.ts'
import { judgeSigned, judgeWay, type SigningFault, type SigningFound, signingWays, type WayGives } from './signing.ts'

describe('a way', () => {
  const rows: [WayGives, (typeof levels)[number], ReturnType<typeof judgeWay> extends infer V ? Partial<V> : never][] =
    [
      [undefined, 'eidas1', { usable: false, why: 'not_set_up' }],
      ['none', 'eidas1', { usable: false, why: 'none_held' }],
      ['eidas2', 'eidas3', { usable: false, why: 'too_low' }],
      ['eidas2', 'eidas2', { usable: true, level: 'eidas2' }],
      ['eidas3', 'eidas2', { usable: true, level: 'eidas3' }],
    ]
  for (const [gives, wanted, expected] of rows) {
    test(`R095: that gives ${gives ?? 'nothing here'} where ${wanted} is wanted`, () => {
      for (const way of signingWays) assert.deepEqual(judgeWay(way, { gives, wanted }), { way, ...expected })
    })
  }
})

describe('a signature', () => {
  const good: SigningFound = { wanted: 'eidas2', level: 'eidas2', isTheirs: true, isFrozen: false, isWanted: true }
  const rows: [string, Partial<SigningFound>, SigningFault | undefined][] = [
    ['of the right key', {}, undefined],
    ['of a stronger one', { level: 'eidas3' }, undefined],
    ['of a weaker one', { level: 'eidas1' }, 'too_low'],
    ['of somebody else', { isTheirs: false, level: 'eidas3' }, 'not_yours'],
    ['of a text that is wanted no more', { isWanted: false }, 'changed'],
    ['of a frozen identity, whatever else', { isFrozen: true, isTheirs: false, isWanted: false }, 'frozen'],
    ['of somebody else who is too weak', { isTheirs: false, level: 'eidas1' }, 'not_yours'],
  ]
  for (const [what, change, expected] of rows) {
    test(`R095: ${what}: ${expected ?? 'counts'}`, () => assert.equal(judgeSigned({ ...good, ...change }), expected))
  }

  test('R095: counts only if nothing at all is wrong', () => {
    const level = fc.constantFrom(...levels)
    const found = fc.record({
      wanted: level,
      level,
      isTheirs: fc.boolean(),
      isFrozen: fc.boolean(),
      isWanted: fc.boolean(),
    })
    fc.assert(
      fc.property(found, (one) => {
        const isEnough = levels.indexOf(one.level) >= levels.indexOf(one.wanted)
        const isGood = isEnough && one.isTheirs && !one.isFrozen && one.isWanted
        assert.equal(judgeSigned(one) === undefined, isGood)
      }),
    )
  })
})
