/** Who may thaw a frozen identity without a desk, as a table; and what no thief of a weaker account may do. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { atLeast, levels } from '../kernel/assurance.ts'
import { decideThaw, mayDoubt, type ThawQuestion, type ThawReason, thawReasons } from './thaw.ts'

const at = 1_000
const freeze: ThawQuestion['freeze'] = { at, origin: 'person', suspected: [] }
const signIn: ThawQuestion['signIn'] = {
  provider: 'post',
  level: 'eidas2',
  linkedAt: at - 1,
  confirmed: true,
  blocked: false,
}

describe('who may thaw', () => {
  const cases: [string, Partial<ThawQuestion['freeze']>, Partial<ThawQuestion['signIn']>, ThawReason[]][] = [
    ['another account, substantial, of before', {}, {}, []],
    ['one at the highest level', {}, { level: 'eidas3' }, []],
    ['beside a doubted one', { suspected: ['tax', 'bank'] }, {}, []],
    ['a doubted one', { suspected: ['tax', 'post'] }, {}, ['suspected']],
    ['a weak one', {}, { level: 'eidas1' }, ['too_weak']],
    ['one attached since', {}, { linkedAt: at + 1 }, ['linked_since']],
    ['one attached in the same instant', {}, { linkedAt: at }, ['linked_since']],
    ['one that is not the person’s any more', {}, { linkedAt: Number.POSITIVE_INFINITY }, ['linked_since']],
    ['one that nothing stronger has confirmed', {}, { confirmed: false }, ['unconfirmed']],
    ['one that the person blocked', {}, { blocked: true }, ['blocked']],
    ['anybody, where operators froze it', { origin: 'operators' }, {}, ['by_operators']],
    [
      'nothing speaks for it, and all of that is said',
      { origin: 'operators', suspected: ['post'] },
      { level: 'eidas1', linkedAt: at, confirmed: false, blocked: true },
      ['by_operators', 'blocked', 'suspected', 'unconfirmed', 'linked_since', 'too_weak'],
    ],
  ]
  for (const [name, frozen, by, expected] of cases) {
    test(`R112: ${name}`, () => {
      const question = { freeze: { ...freeze, ...frozen }, signIn: { ...signIn, ...by } }
      assert.deepEqual(decideThaw(question), expected)
    })
  }

  const level = fc.constantFrom(...levels)
  const provider = fc.constantFrom('tax', 'post', 'bank')
  const question = fc.record({
    freeze: fc.record({
      at: fc.nat(10),
      origin: fc.constantFrom('person' as const, 'operators' as const),
      suspected: fc.subarray(['tax', 'post', 'bank']),
    }),
    signIn: fc.record({ provider, level, linkedAt: fc.nat(20), confirmed: fc.boolean(), blocked: fc.boolean() }),
  })

  test('R112: whoever may is substantial, was there before, is not in doubt, and faces no operators', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const reasons = decideThaw(asked)
        const { freeze: frozen, signIn: by } = asked
        const may =
          frozen.origin === 'person' &&
          atLeast(by.level, 'eidas2') &&
          by.linkedAt < frozen.at &&
          by.confirmed &&
          !by.blocked &&
          !frozen.suspected.includes(by.provider)
        assert.equal(reasons.length === 0, may)
        for (const reason of reasons) assert.ok(thawReasons[reason].says)
      }),
    )
  })

  test('R112: a doubt more, an operator, a later link or a weaker sign-in never makes it easier', () => {
    fc.assert(
      fc.property(question, provider, (asked, doubted) => {
        const before = decideThaw(asked)
        const worse = decideThaw({
          freeze: { ...asked.freeze, suspected: [...asked.freeze.suspected, doubted] },
          signIn: { ...asked.signIn, level: 'eidas1', linkedAt: asked.signIn.linkedAt + 1 },
        })
        assert.deepEqual(
          before.filter((reason) => !worse.includes(reason)),
          [],
        )
      }),
    )
  })
})

describe('of which accounts one may say that they are in other hands', () => {
  test('R112: of the one in use, and of those that prove no more', () => {
    const by = { provider: 'tax', level: 'eidas1' } as const
    assert.ok(mayDoubt(by, { provider: 'tax', level: 'eidas3' }))
    assert.ok(mayDoubt(by, { provider: 'bank', level: 'eidas1' }))
    assert.ok(!mayDoubt(by, { provider: 'bank', level: 'eidas2' }))
    assert.ok(mayDoubt({ provider: 'bank', level: 'eidas2' }, { provider: 'post', level: 'eidas2' }))
    assert.ok(!mayDoubt({ provider: 'bank', level: 'eidas2' }, { provider: 'card', level: 'eidas3' }))
  })
})
