import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { atLeast, levels } from '../kernel/assurance.ts'
import { type Candidate, type ChoiceContext, chooseTiles, type Tile } from './choice.ts'

const provider: Candidate = {
  id: 'tax',
  state: 'active',
  health: 'up',
  allowedLevels: ['eidas1', 'eidas2'],
  blockedByPerson: false,
  against: [],
}
const context: ChoiceContext = { providers: 'all', required: 'eidas1', suspicious: false }
const tileOf = (candidate: Partial<Candidate>, changes: Partial<ChoiceContext>): Tile | undefined =>
  chooseTiles([{ ...provider, ...candidate }], { ...context, ...changes })[0]

const usable = { provider: 'tax', state: 'usable' } as const
const hidden = { provider: 'tax', state: 'hidden' } as const
const absent = { provider: 'tax', state: 'absent' } as const
const greyed = (obstacle: string) => ({ provider: 'tax', state: 'greyed', obstacle })

describe('the four states of a provider', () => {
  const cases: [string, Partial<Candidate>, Partial<ChoiceContext>, object][] = [
    ['usable', {}, {}, usable],
    ['usable where the service names it', {}, { providers: ['post', 'tax'] }, usable],
    ['absent where the service does not', {}, { providers: ['post'] }, absent],
    ['absent where the service takes none', {}, { providers: [] }, absent],
    ['hidden', { state: 'hidden' }, {}, hidden],
    ['not for this service comes before hidden', { state: 'hidden' }, { providers: ['post'] }, absent],
    ['R004: suspended stays visible', { state: 'suspended' }, {}, greyed('suspended')],
    ['down', { health: 'down' }, {}, greyed('down')],
    ['R084: what stands in for a provider that works is nowhere', { idle: true }, {}, absent],
    ['... hidden or suspended, or named', { idle: true, state: 'hidden' }, { named: 'tax' }, absent],
    ['degraded is said, and may be used', { health: 'degraded' }, {}, { ...usable, degraded: true }],
    ['degraded, with a level that is too low', { health: 'degraded' }, { required: 'eidas3' }, greyed('level_too_low')],
    ['hidden and down', { state: 'hidden', health: 'down' }, {}, { ...hidden, obstacle: 'down' }],
    ['hidden and suspended', { state: 'suspended', hidden: true }, {}, { ...hidden, obstacle: 'suspended' }],
    ['... shown to who was sent to it', { state: 'suspended', hidden: true }, { named: 'tax' }, greyed('suspended')],
    ['... and down', { state: 'hidden', health: 'down' }, { named: 'tax' }, greyed('down')],
    ['hidden, and named: reached without a page', { state: 'hidden' }, { named: 'tax' }, hidden],
    ['blocked by the person', { blockedByPerson: true }, {}, greyed('blocked')],
    [
      'R031: means that are refused',
      { against: ['transition_ended', 'below_sensitive_minimum'] },
      {},
      greyed('transition_ended'),
    ],
    [
      'what nobody can mend is told first',
      { against: ['second_factor_missing', 'other_population'] },
      {},
      greyed('other_population'),
    ],
    ['suspended is told before means', { state: 'suspended', against: ['class_none'] }, {}, greyed('suspended')],
    ['means are told before the level', { against: ['class_none'] }, { required: 'eidas3' }, greyed('not_recognised')],
    ['a level below the minimum of the service', { against: ['below_minimum'] }, {}, greyed('level_too_low')],
    ['a remark speaks against nothing', { against: ['sms_discouraged'] }, {}, usable],
    [
      'hidden, with means that are refused',
      { state: 'hidden', against: ['class_none'] },
      {},
      { ...hidden, obstacle: 'not_recognised' },
    ],
    ['its highest level is enough', {}, { required: 'eidas2' }, usable],
    ['its highest level is too low', {}, { required: 'eidas3' }, greyed('level_too_low')],
    ['it may assert no level', { allowedLevels: [] }, {}, greyed('level_too_low')],
    ['levels in any order', { allowedLevels: ['eidas3', 'eidas1'] }, { required: 'eidas3' }, usable],
    [
      'the lowest level in a suspicious context',
      { allowedLevels: ['eidas1'] },
      { suspicious: true },
      greyed('suspicious_context'),
    ],
    ['a higher one in a suspicious context', {}, { suspicious: true }, usable],
    ['suspended is told before down', { state: 'suspended', health: 'down' }, {}, greyed('suspended')],
    ['down is told before blocked', { health: 'down', blockedByPerson: true }, {}, greyed('down')],
    ['blocked is told before the level', { blockedByPerson: true }, { required: 'eidas3' }, greyed('blocked')],
    [
      'the level is told before the context',
      { allowedLevels: ['eidas1'] },
      { required: 'eidas2', suspicious: true },
      greyed('level_too_low'),
    ],
  ]
  for (const [name, candidate, changes, expected] of cases) {
    test(name, () => assert.deepEqual(tileOf(candidate, changes), expected))
  }

  const candidates = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      state: fc.constantFrom('active', 'suspended', 'hidden'),
      health: fc.constantFrom('up', 'degraded', 'down'),
      allowedLevels: fc.uniqueArray(fc.constantFrom(...levels)),
      blockedByPerson: fc.boolean(),
      idle: fc.boolean(),
      against: fc.uniqueArray(fc.constantFrom('transition_ended', 'class_none', 'below_minimum', 'sms_discouraged')),
    }),
    { selector: ({ id }) => id },
  ) as fc.Arbitrary<Candidate[]>
  const contexts: fc.Arbitrary<ChoiceContext> = fc.record({
    providers: fc.oneof(fc.constant('all' as const), fc.uniqueArray(fc.constantFrom('a', 'b', 'c'))),
    required: fc.constantFrom(...levels),
    suspicious: fc.boolean(),
  })

  test('one tile for each candidate, in their order', () => {
    fc.assert(
      fc.property(candidates, contexts, (all, within) =>
        assert.deepEqual(
          chooseTiles(all, within).map((tile) => tile.provider),
          all.map(({ id }) => id),
        ),
      ),
    )
  })

  test('R005: usable means that nothing at all speaks against it', () => {
    fc.assert(
      fc.property(candidates, contexts, (all, within) => {
        chooseTiles(all, within).forEach((tile, index) => {
          const candidate = all[index]
          if (tile.state !== 'usable' || !candidate) return
          assert.equal(candidate.state, 'active')
          assert.notEqual(candidate.health, 'down')
          assert.equal(tile.degraded === true, candidate.health === 'degraded')
          assert.equal(candidate.blockedByPerson, false)
          assert.deepEqual(
            candidate.against.filter((reason) => reason !== 'sms_discouraged'),
            [],
          )
          assert.ok(candidate.allowedLevels.some((level) => atLeast(level, within.required)))
          assert.ok(within.providers === 'all' || within.providers.includes(candidate.id))
          assert.ok(!within.suspicious || candidate.allowedLevels.some((level) => level !== 'eidas1'))
        })
      }),
    )
  })

  test('R006: what happens to one provider changes the tile of no other', () => {
    fc.assert(
      fc.property(candidates, contexts, fc.nat(5), (all, within, position) => {
        const other = all.map((candidate, index) =>
          index === position ? { ...candidate, state: 'suspended' as const, health: 'down' as const } : candidate,
        )
        const before = chooseTiles(all, within).toSpliced(position, 1)
        assert.deepEqual(chooseTiles(other, within).toSpliced(position, 1), before)
      }),
    )
  })
})
