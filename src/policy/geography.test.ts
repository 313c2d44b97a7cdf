import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { atLeast, type Level, levels } from '../kernel/assurance.ts'
import {
  aheadOf,
  decideGeography,
  exemptions,
  type Geography,
  type GeographyQuestion,
  isHome,
  isLooser,
  nobodysStanding,
  type Standing,
  seenInOf,
} from './geography.ts'
import { parseNetwork } from './network.ts'

const twoCountries: Geography = { allowed: ['MA', 'FR'], elsewhere: 'step_up', exempt: [] }
const closed: Geography = { ...twoCountries, elsewhere: 'refuse' }
const lenient: Geography = { ...closed, exempt: [...exemptions] }
const oneFactor = { level: 'eidas1' as Level, twoFactors: false }
const twoFactors = { level: 'eidas1' as Level, twoFactors: true }
const atHome: Standing = { device: { places: ['MA'], persons: 1 }, trips: [] }
const onTrip: Standing = { device: { places: [], persons: 1 }, trips: ['CA'] }

const table: [title: string, question: Partial<GeographyQuestion>, answer: string, ...reasons: string[]][] = [
  ['no rule, no question', { geography: undefined, seenIn: 'CA' }, 'allowed', 'open_everywhere'],
  ['an allowed country', { seenIn: 'MA' }, 'allowed', 'at_home'],
  ['a local network is home', { seenIn: 'local' }, 'allowed', 'local_network'],
  ['abroad, one factor', { proved: oneFactor }, 'step_up two_factors', 'abroad'],
  ['abroad, two factors', { proved: twoFactors }, 'allowed', 'abroad', 'proved_now'],
  ['abroad, by a session', {}, 'step_up two_factors', 'abroad'],
  ['from nowhere known', { seenIn: 'unknown', proved: oneFactor }, 'step_up two_factors', 'unknown_country'],
  [
    'two factors are no level',
    { geography: { ...twoCountries, stepUpLevel: 'eidas2' }, proved: twoFactors },
    'step_up eidas2',
    'abroad',
  ],
  [
    'the level that is asked',
    { geography: { ...twoCountries, stepUpLevel: 'eidas2' }, proved: { level: 'eidas3', twoFactors: true } },
    'allowed',
    'abroad',
    'proved_now',
  ],
  [
    'closed, whatever is proved',
    { geography: closed, proved: { level: 'eidas3', twoFactors: true } },
    'refused',
    'abroad',
  ],
  ['a device from home, where that does not count', { geography: closed, standing: atHome }, 'refused', 'abroad'],
  ['a device from home', { geography: lenient, standing: atHome }, 'allowed', 'abroad', 'trusted_device'],
  [
    'a device from the network of the operator',
    { geography: lenient, standing: { ...atHome, device: { places: ['local'], persons: 1 } } },
    'allowed',
    'abroad',
    'trusted_device',
  ],
  [
    'R090: a shared device is trusted by nobody',
    { geography: lenient, standing: { ...atHome, device: { places: ['MA'], persons: 3 } } },
    'refused',
    'abroad',
  ],
  [
    'a device that was only seen abroad, as a thief’s',
    { geography: lenient, standing: { ...atHome, device: { places: ['CA', 'unknown'], persons: 1 } } },
    'refused',
    'abroad',
  ],
  ['a trip there', { geography: lenient, standing: onTrip }, 'allowed', 'abroad', 'declared_trip'],
  ['a trip elsewhere', { geography: lenient, standing: { ...onTrip, trips: ['US'] } }, 'refused', 'abroad'],
  [
    'a trip to nowhere known',
    { geography: lenient, standing: { ...onTrip, trips: ['unknown'] }, seenIn: 'unknown' },
    'refused',
    'unknown_country',
  ],
  [
    'a trip, in place of a second factor',
    { geography: { ...lenient, elsewhere: 'step_up' }, standing: onTrip },
    'allowed',
    'abroad',
    'declared_trip',
  ],
]

describe('R082: geography as policy', () => {
  for (const [title, question, answer, ...reasons] of table) {
    test(`R082: ${title}`, () => {
      const asked = { geography: twoCountries, seenIn: 'CA', standing: nobodysStanding, proved: undefined, ...question }
      const decision = decideGeography(asked)
      assert.equal(decision.kind === 'step_up' ? `step_up ${decision.need}` : decision.kind, answer)
      assert.deepEqual(decision.reasons, reasons)
    })
  }

  const country = fc.constantFrom('MA', 'FR', 'CA', 'US')
  const geography: fc.Arbitrary<Geography> = fc
    .record({
      allowed: fc.uniqueArray(country, { minLength: 1 }),
      elsewhere: fc.constantFrom('step_up' as const, 'refuse' as const),
      exempt: fc.subarray([...exemptions]),
      stepUpLevel: fc.option(fc.constantFrom('eidas2' as const, 'eidas3' as const), { nil: undefined }),
    })
    .map(({ stepUpLevel, ...rest }) => (stepUpLevel ? { ...rest, stepUpLevel } : rest))
  const seenIn = fc.oneof(country, fc.constantFrom('local', 'unknown'))
  const standing = fc.record({
    device: fc.record({
      places: fc.subarray(['MA', 'CA', 'local', 'unknown']),
      persons: fc.integer({ min: 1, max: 4 }),
    }),
    trips: fc.subarray(['MA', 'CA', 'US']),
  })
  // The substantial level promises two factors.
  const proved = fc.option(
    fc
      .record({ level: fc.constantFrom(...levels), twoFactors: fc.boolean() })
      .map(({ level, twoFactors }) => ({ level, twoFactors: twoFactors || level !== 'eidas1' })),
    { nil: undefined },
  )
  const order = { refused: 0, step_up: 1, allowed: 2 }

  test('R082: proving more, or more that makes up for being away, never closes what was open', () => {
    fc.assert(
      fc.property(geography, seenIn, standing, proved, fc.constantFrom(...levels), (rule, from, who, did, level) => {
        const before = decideGeography({ geography: rule, seenIn: from, standing: who, proved: did })
        const more = { level: did && atLeast(did.level, level) ? did.level : level, twoFactors: true }
        const better = { device: { places: [...who.device.places, 'local'], persons: 1 }, trips: [...who.trips, from] }
        for (const asked of [
          { standing: who, proved: more },
          { standing: better, proved: did },
        ]) {
          const after = decideGeography({ geography: rule, seenIn: from, ...asked })
          assert.ok(order[after.kind] >= order[before.kind], `${before.kind} → ${after.kind}`)
        }
      }),
    )
  })

  test('R082: at home nobody is asked for anything, and what is said ahead is what comes', () => {
    fc.assert(
      fc.property(geography, seenIn, standing, proved, (rule, from, who, did) => {
        const { kind } = decideGeography({ geography: rule, seenIn: from, standing: who, proved: did })
        const ahead = aheadOf(rule, from)
        if (isHome(rule, from)) assert.deepEqual([kind, ahead], ['allowed', 'open'])
        if (ahead === 'open') assert.equal(kind, 'allowed')
        if (ahead === 'closed') assert.equal(kind, 'refused')
        if (ahead === 'step_up') assert.notEqual(kind, 'refused')
        if (ahead === 'exempt_only') assert.notEqual(kind, 'step_up')
      }),
    )
  })

  test('a rule that lets through more than another one is looser, and never the other way round', () => {
    fc.assert(
      fc.property(geography, geography, seenIn, standing, proved, (one, other, from, who, did) => {
        assert.equal(isLooser(one, one), false)
        if (isLooser(one, other)) return
        const through = (rule: Geography) =>
          order[decideGeography({ geography: rule, seenIn: from, standing: who, proved: did }).kind]
        assert.ok(through(one) <= through(other), 'not looser, and lets through more')
      }),
    )
  })

  test('to take a rule away is looser, to make one is not', () => {
    assert.equal(isLooser(undefined, twoCountries), true)
    assert.equal(isLooser(twoCountries, undefined), false)
    assert.equal(isLooser({ ...twoCountries, stepUpLevel: 'eidas2' }, { ...twoCountries, stepUpLevel: 'eidas3' }), true)
  })
})

test('R082: a private network, or one that the operator names, is local; else the country, where it is known', () => {
  const named = [parseNetwork('80.67.169.0/24')].filter((network) => network !== undefined)
  const places: [string, string | undefined, string][] = [
    ['127.0.0.1', undefined, 'local'],
    ['::1', undefined, 'local'],
    ['10.1.2.3', undefined, 'local'],
    ['::ffff:192.168.1.4', undefined, 'local'],
    ['fd00::7', undefined, 'local'],
    ['fe80::1%eth0', undefined, 'local'],
    ['80.67.169.12', 'FR', 'local'],
    ['80.67.170.12', 'FR', 'FR'],
    ['100.64.0.1', undefined, 'unknown'],
    ['203.0.113.9', undefined, 'unknown'],
    ['2001:db8::1', undefined, 'unknown'],
    ['not an address', undefined, 'unknown'],
  ]
  for (const [address, country, expected] of places) assert.equal(seenInOf(address, country, named), expected, address)
})
