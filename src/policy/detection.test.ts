import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { hour, minute } from '../kernel/durations.ts'
import type { ConnectionId, PersonId } from '../kernel/ids.ts'
import {
  type DetectionRule,
  detectionParameters,
  detectionRules,
  type Explanation,
  findBurst,
  findManyIdentities,
  findNewEverything,
  findRefusals,
  findTravel,
  holds,
  isImprecise,
  type Judged,
  modesOf,
  parametersOf,
  precisionOf,
  proposeTuning,
  type Seen,
  shippedTunings,
  tuningFaults,
  whatIf,
} from './detection.ts'

const at = Date.parse('2026-11-22T10:00:00Z')
const values = <R extends DetectionRule>(rule: R) => shippedTunings[rule].parameters

let lines = 0
function line(over: Partial<Seen> = {}): Seen {
  lines++
  const id = `con_${String(lines).padStart(22, '0')}` as ConnectionId
  return { id, at, person: 'per_a', service: 'refunds', provider: 'tax', reused: false, unusual: [], ...over }
}
/** So many earlier lines, a day apart, the newest first. */
const habit = (many: number, over: Partial<Seen> = {}) =>
  Array.from({ length: many }, (_, index) => line({ at: at - (index + 1) * 24 * hour, country: 'FR', ...over }))

describe('R100: impossible travel', () => {
  const away = (over: Partial<Seen> = {}) =>
    line({ country: 'BR', unusual: ['new_device', 'impossible_travel'], ...over })
  const last = (ago: number, country = 'FR') => [line({ at: at - ago, country }), ...habit(4)]
  const cases: [string, Seen, Seen[], boolean][] = [
    ['an hour after Paris, in Brazil', away(), last(hour), true],
    ['a day after: there are aeroplanes', away(), last(24 * hour), false],
    ['on a device that they use: a VPN', away({ unusual: ['impossible_travel'] }), last(hour), false],
    ['from a network of theirs, as the sign-in decided', away({ unusual: ['new_device'] }), last(hour), false],
    ['next door', away({ country: 'BE' }), last(hour), false],
    ['from nowhere known', away({ country: 'ZZ' }), last(hour), false],
    ['after sign-ins without a country', away(), [line({ at: at - hour })], false],
    ['the second connection of a life', away(), [line({ at: at - hour, country: 'FR' })], false],
    ['two clocks that disagree by a second', away(), last(-1_000), true],
  ]
  for (const [name, one, before, expected] of cases) {
    test(name, () => assert.equal(findTravel(one, before, values('impossible_travel')) !== undefined, expected))
  }

  test('says from where to where, how far and how fast', () => {
    const found = findTravel(away(), last(hour), values('impossible_travel'))
    const { from, to, minutes, connections, new_device } = found?.explanation ?? assert.fail('nothing')
    assert.deepEqual(
      { from, to, minutes, connections, new_device },
      { from: 'FR', to: 'BR', minutes: 60, connections: 5, new_device: 1 },
    )
    assert.ok(found && found.explanation.kilometres > 5_000 && found.weight > 40)
  })
})

describe('R100: everything is new', () => {
  const all = ['new_device', 'new_network', 'new_country', 'new_provider'] as const
  const sensitive = () => true
  test('four of five, to a sensitive service, against habits', () => {
    const cases: [string, Partial<Seen>, number, boolean][] = [
      ['all five', { unusual: all, service: 'other' }, 6, true],
      ['four, the service known', { unusual: all }, 6, true],
      ['three and a new service', { unusual: all.slice(0, 3), service: 'other' }, 6, true],
      ['three', { unusual: all.slice(0, 3) }, 6, false],
      ['a newcomer', { unusual: all, service: 'other' }, 4, false],
    ]
    for (const [name, over, many, expected] of cases) {
      const found = findNewEverything(line(over), habit(many), values('new_everything'), sensitive)
      assert.equal(found !== undefined, expected, name)
    }
  })
  test('not to a service that is not sensitive, unless the rule is told so', () => {
    const one = line({ unusual: all, service: 'other' })
    assert.equal(
      findNewEverything(one, habit(6), values('new_everything'), () => false),
      undefined,
    )
    const wide = { ...values('new_everything'), sensitive: 0 }
    assert.ok(findNewEverything(one, habit(6), wide, () => false))
  })
})

describe('R100: many services at once', () => {
  const burst = (many: number, apart: number, over: Partial<Seen> = {}) =>
    Array.from({ length: many }, (_, index) =>
      line({ at: at - index * apart, service: `service-${index}`, unusual: ['new_device'], ...over }),
    )
  const from = at - 5 * minute
  test('so many different ones, in so short a time, by more than ever before', () => {
    const cases: [string, Seen[], boolean][] = [
      ['seven in a quarter of an hour', [...burst(7, 2 * minute), ...habit(5)], true],
      ['five', [...burst(5, 2 * minute), ...habit(5)], false],
      ['seven in an hour', [...burst(7, 9 * minute), ...habit(5)], false],
      ['one service seven times', burst(7, minute, { service: 'refunds' }), false],
      ['on their own device', burst(7, minute, { unusual: [] }), false],
      ['who did as much last week', [...burst(7, minute), ...burst(6, minute, { at: at - 200 * hour })], false],
    ]
    for (const [name, all, expected] of cases) {
      assert.equal(findBurst(all, from, values('burst')) !== undefined, expected, name)
    }
  })
  test('what ended before the stretch was said by the look before', () => {
    assert.equal(findBurst(burst(7, minute), at + 1, values('burst')), undefined)
    assert.equal(findBurst([], from, values('burst')), undefined)
  })
  test('names the lines of the stretch, and only these', () => {
    const seven = burst(7, 2 * minute)
    const found = findBurst([...seven, ...habit(5)], from, values('burst'))
    assert.deepEqual(
      found?.connections,
      seven.map(({ id }) => id),
    )
    assert.deepEqual(found?.explanation, { services: 7, minutes: 12, usual: 1, new_device: 1 })
  })
})

describe('R088, R090: one device, many identities', () => {
  const person = (index: number) => `per_${index}` as PersonId
  const visitors = (many: number, over: Partial<Seen> = {}) =>
    Array.from({ length: many }, (_, index) =>
      line({ at: at - index * 10 * minute, person: person(index), unusual: ['new_device', 'shared_device'], ...over }),
    )
  /** The same device on each of the days before. */
  const days = (many: number, each: number) =>
    Array.from({ length: many }, (_, index) =>
      visitors(each).map((one) => ({ ...one, at: one.at - (index + 1) * 24 * hour })),
    ).flat()
  const by = values('device_many_identities')
  test('each of them is a finding, with its own lines', () => {
    const found = findManyIdentities(visitors(6), at, by)
    assert.equal(found.length, 6)
    assert.ok(found.every(({ connections, explanation }) => connections.length === 1 && explanation.identities === 6))
  })
  test('a family, a library as busy as ever, who comes back: none', () => {
    assert.deepEqual(findManyIdentities(visitors(4), at, by), [])
    assert.deepEqual(findManyIdentities([...visitors(9), ...days(20, 8)], at, by), [])
    assert.deepEqual(findManyIdentities(visitors(9, { unusual: ['shared_device'] }), at, by), [])
  })
  test('a library far busier than ever speaks; of nobody who came before', () => {
    const found = findManyIdentities([...visitors(16), ...days(20, 8)], at, by)
    assert.equal(found.length, 16)
    assert.equal(found[0]?.explanation.usual, 8)
    assert.deepEqual(findManyIdentities([], at, by), [])
    assert.deepEqual(findManyIdentities(visitors(9), at + 1, by), [])
  })
})

describe('a provider at which far more sign-ins fail', () => {
  const by = values('provider_refusals')
  const usual = { signedIn: 9_000, refused: 1_000 }
  const cases: [string, { signedIn: number; refused: number }, typeof usual, boolean][] = [
    ['a quiet hour', { signedIn: 90, refused: 10 }, usual, false],
    ['a busy hour, as usual', { signedIn: 900, refused: 100 }, usual, false],
    ['passwords are tried', { signedIn: 95, refused: 200 }, usual, true],
    ['few, however unusual', { signedIn: 0, refused: 25 }, usual, false],
    ['a provider of which nothing is known', { signedIn: 20, refused: 60 }, { signedIn: 0, refused: 0 }, true],
    ['one where half fails every day', { signedIn: 50, refused: 60 }, { signedIn: 500, refused: 500 }, false],
  ]
  for (const [name, lastHour, before, expected] of cases) {
    test(name, () => assert.equal(findRefusals('tax', at, { lastHour, usual: before }, by) !== undefined, expected))
  }
})

describe('tuning', () => {
  test('what is shipped is within bounds, and each rule has the strongest mode that it may have', () => {
    for (const rule of detectionRules) {
      assert.deepEqual(tuningFaults(rule, values(rule) as Record<string, number>), [], rule)
      assert.equal(shippedTunings[rule].mode, modesOf(rule).at(-1))
    }
    assert.deepEqual(modesOf('provider_refusals'), ['off', 'watch'])
  })

  test('every value is there, is a number, within its bounds and on its step', () => {
    const given = { ...values('burst') } as Record<string, unknown>
    const cases: [Record<string, unknown>, string, string][] = [
      [{ ...given, services: 2 }, 'services', 'out_of_bounds'],
      [{ ...given, services: 31 }, 'services', 'out_of_bounds'],
      [{ ...given, services: 6.5 }, 'services', 'not_a_step'],
      [{ ...given, services: Number.NaN }, 'services', 'not_a_number'],
      [{ ...given, services: '6' }, 'services', 'not_a_number'],
      [{ ...given, services: undefined }, 'services', 'missing'],
      [{ ...given, else: 1 }, 'else', 'unknown'],
    ]
    for (const [parameters, field, problem] of cases) {
      assert.deepEqual(tuningFaults('burst', parameters), [{ field, problem }])
    }
    assert.deepEqual(tuningFaults('burst', { ...given, times: 2.5 }), [])
  })

  const anyRule = fc.constantFrom(...detectionRules)
  const valuesWithin = (rule: DetectionRule) =>
    fc.record(
      Object.fromEntries(
        Object.entries(parametersOf(rule)).map(([name, { least, most }]) => [
          name,
          fc.integer({ min: Math.ceil(least), max: most }),
        ]),
      ),
    )
  const explanations = (rule: DetectionRule): fc.Arbitrary<Explanation> => {
    const names = [...Object.keys(detectionParameters[rule]), 'usual', 'attempts', 'expected']
    return fc.record(Object.fromEntries(names.map((name) => [name, fc.integer({ min: 0, max: 200 })])))
  }

  test('a stricter rule never finds more', () => {
    const sample = anyRule.chain((rule) =>
      fc.tuple(fc.constant(rule), valuesWithin(rule), valuesWithin(rule), explanations(rule)),
    )
    fc.assert(
      fc.property(sample, ([rule, a, b, said]) => {
        const stricter = Object.fromEntries(Object.keys(a).map((key) => [key, Math.max(a[key] ?? 0, b[key] ?? 0)]))
        return !holds(rule, said as never, stricter as never) || holds(rule, said as never, a as never)
      }),
    )
  })

  test('what is proposed is within bounds, spares false alarms, and loses hardly anything that was confirmed', () => {
    const sample = anyRule.chain((rule) =>
      fc.tuple(
        fc.constant(rule),
        fc.array(fc.record({ explanation: explanations(rule), wrong: fc.boolean() }), { minLength: 5, maxLength: 40 }),
      ),
    )
    fc.assert(
      fc.property(sample, ([rule, given]) => {
        const judged = given.map(
          ({ explanation, wrong }): Judged => ({ explanation, verdict: wrong ? 'not_confirmed' : 'confirmed' }),
        )
        const tuned = shippedTunings[rule]
        const proposal = proposeTuning(rule, tuned, judged)
        if (!proposal) return
        const confirmed = judged.filter(({ verdict }) => verdict === 'confirmed').length
        assert.ok(isImprecise(precisionOf(confirmed, judged.length)))
        assert.deepEqual(tuningFaults(rule, proposal.parameters), [])
        const now = whatIf(rule, tuned.parameters as Record<string, number>, judged)
        if (proposal.mode === tuned.mode) assert.ok(proposal.spared.wrong > now.spared.wrong)
        assert.ok(proposal.kept.confirmed >= 0.95 * confirmed || confirmed === 0)
      }),
    )
  })
})

describe('R125: how good a rule is', () => {
  const said = (services: number, verdict: Judged['verdict']): Judged => ({
    explanation: { services, minutes: 10, usual: 1, new_device: 1 },
    verdict,
  })
  const many = (count: number, one: Judged) => Array<Judged>(count).fill(one)

  test('Wilson’s interval, as its textbook has it', () => {
    const cases: [number, number, number, number][] = [
      [0, 10, 0, 0.278],
      [5, 10, 0.237, 0.763],
      [10, 10, 0.722, 1],
      [81, 263, 0.255, 0.366],
    ]
    for (const [confirmed, concluded, low, high] of cases) {
      const found = precisionOf(confirmed, concluded)
      assert.deepEqual(
        [found.low, found.high].map((value) => Math.round(value * 1_000) / 1_000),
        [low, high],
      )
    }
    assert.deepEqual(precisionOf(0, 0), { confirmed: 0, concluded: 0, low: 0, high: 1 })
  })

  test('imprecise is what is no accident: nine wrong of ten, not two of two', () => {
    const cases: [number, number, boolean][] = [
      [0, 0, false],
      [0, 2, false],
      [0, 4, true],
      [1, 10, true],
      [4, 10, false],
      [40, 100, true],
      [60, 100, false],
    ]
    for (const [confirmed, concluded, expected] of cases) {
      assert.equal(isImprecise(precisionOf(confirmed, concluded)), expected, `${confirmed} of ${concluded}`)
    }
  })

  test('a value is proposed between what was wrong and what was right', () => {
    const judged = [
      ...many(9, said(6, 'not_confirmed')),
      ...many(3, said(8, 'not_confirmed')),
      ...many(3, said(11, 'confirmed')),
    ]
    const proposal = proposeTuning('burst', shippedTunings.burst, judged)
    assert.equal(proposal?.parameters.services, 9)
    assert.deepEqual(proposal?.spared, { confirmed: 0, wrong: 12 })
    assert.deepEqual(proposal?.kept, { confirmed: 3, wrong: 0 })
  })

  test('nothing was ever confirmed: it is to watch; what only watches is left alone', () => {
    const judged = many(10, said(9, 'not_confirmed'))
    assert.equal(proposeTuning('burst', shippedTunings.burst, judged)?.mode, 'watch')
    assert.equal(proposeTuning('burst', { ...shippedTunings.burst, mode: 'watch' }, judged), undefined)
  })

  test('nothing is proposed for a rule that is right, nor where right and wrong look the same', () => {
    assert.equal(proposeTuning('burst', shippedTunings.burst, many(10, said(9, 'confirmed'))), undefined)
    const same = [...many(9, said(9, 'not_confirmed')), ...many(1, said(9, 'confirmed'))]
    assert.equal(proposeTuning('burst', shippedTunings.burst, same), undefined)
  })
})
