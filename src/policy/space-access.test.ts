import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import { compareLevels, type Level, levels } from '../kernel/assurance.ts'
import { decideErasure, type ErasureReason } from './erasure.ts'
import { decideSpaceAccess, type Sight, type SpaceAccount } from './space-access.ts'

/** Attached in the order of the list. */
const account = (link: string, at: number, given: Partial<SpaceAccount> & { level: Level }): SpaceAccount => ({
  ...{ link, at, own: false, serves: given.level, reach: given.level },
  ...given,
})
const gone = { reach: undefined } as unknown as Partial<SpaceAccount>

const low: Partial<SpaceAccount> & { level: Level } = { level: 'eidas1' }
const substantial: typeof low = { level: 'eidas2' }
const high: typeof low = { level: 'eidas3' }

const sights: [name: string, accounts: (typeof low)[], session: [index: number, level: Level], Sight, Level][] = [
  ['a low account alone sees all', [low], [0, 'eidas1'], 'whole', 'eidas1'],
  ['a substantial one sees all', [low, substantial], [1, 'eidas2'], 'whole', 'eidas2'],
  ['a low one that came first sees what it did', [low, substantial], [0, 'eidas1'], 'provider', 'eidas2'],
  ['a low one that came after sees nothing', [substantial, low], [1, 'eidas1'], 'nothing', 'eidas2'],
  [
    '... until both have signed in together',
    [substantial, { ...low, serves: 'eidas2' }],
    [1, 'eidas1'],
    'provider',
    'eidas2',
  ],
  ['the level is that of this sign-in', [substantial], [0, 'eidas1'], 'provider', 'eidas2'],
  ['substantial is less than high', [high, { ...substantial, serves: 'eidas3' }], [1, 'eidas2'], 'provider', 'eidas3'],
  ['two of one level see all', [substantial, substantial], [1, 'eidas2'], 'whole', 'eidas2'],
  ['what can be asked of nobody is not waited for', [low, { ...high, ...gone }], [0, 'eidas1'], 'whole', 'eidas1'],
  ['... but confirms no newcomer', [{ ...high, ...gone }, low], [1, 'eidas1'], 'nothing', 'eidas1'],
  ['the own account is never shut out', [high, { ...substantial, own: true }], [1, 'eidas2'], 'provider', 'eidas3'],
]

test('R102: what a sign-in sees of the space', () => {
  for (const [name, given, [index, level], sight, highest] of sights) {
    const accounts = given.map((one, at) => account(`link-${at}`, at, one))
    const access = decideSpaceAccess({ link: `link-${index}`, level }, accounts)
    assert.deepEqual([access.sight, access.highest], [sight, highest], name)
    assert.equal(access.reasons.length, sight === 'whole' ? 0 : 1, `${name}: says why`)
  }
})

test('an account that is not the person’s any more sees nothing', () => {
  assert.equal(decideSpaceAccess({ link: 'other', level: 'eidas3' }, [account('link', 0, high)]).sight, 'nothing')
})

test('R102: more proof never shows less, and the strongest shows all', () => {
  const rank: Record<Sight, number> = { nothing: 0, provider: 1, whole: 2 }
  const level = fc.constantFrom(...levels)
  const accounts = fc.array(fc.record({ level, serves: level, own: fc.boolean(), open: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(accounts, fc.nat(4), level, level, (given, at, a, b) => {
      const all = given.map(({ open, ...one }, index) =>
        account(`link-${index}`, index, { ...one, ...(open ? {} : gone) }),
      )
      const link = `link-${at % all.length}`
      const [less, more] = compareLevels(a, b) <= 0 ? [a, b] : [b, a]
      const seen = (by: Level) => rank[decideSpaceAccess({ link, level: by }, all).sight]
      assert.ok(seen(less) <= seen(more))
      assert.notEqual(decideSpaceAccess({ link, level: 'eidas3' }, all).sight, 'provider')
    }),
  )
})

test('R114: what stands in the way of an erasure', () => {
  const free = { kind: 'pivot', frozen: false, openCases: 0, usedServices: true } as const
  const rows: [question: Partial<Parameters<typeof decideErasure>[0]>, ErasureReason[]][] = [
    [{}, []],
    [{ frozen: true }, ['frozen']],
    [{ openCases: 1 }, ['case_open']],
    [{ kind: 'professional' }, ['professional_traces']],
    [{ kind: 'professional', usedServices: false }, []],
    [{ kind: 'professional', frozen: true, openCases: 2 }, ['frozen', 'case_open', 'professional_traces']],
  ]
  for (const [question, reasons] of rows) assert.deepEqual(decideErasure({ ...free, ...question }), reasons)
})
