import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { atLeast, compareLevels, type Level, levels, lowestOf } from '../kernel/assurance.ts'
import { day, second } from '../kernel/durations.ts'
import { answeredAcr, isOlderThan, mayReuse, parseAcrValues, type Requested, requiredLevel } from './level.ts'

const now = Date.parse('2026-11-22T10:00:00.500Z')
const asked = (changes: Partial<Requested> = {}): Requested => ({ acrValues: [], prompts: [], ...changes })

const level = fc.constantFrom(...levels)
const someLevels = fc.uniqueArray(level)
const requested = fc.record(
  {
    acrValues: someLevels,
    essentialAcr: someLevels,
    maxAge: fc.nat(1_000),
    prompts: fc.uniqueArray(fc.constantFrom('login', 'consent', 'none')),
  },
  { requiredKeys: ['acrValues', 'prompts'] },
) as fc.Arbitrary<Requested>
const session = fc.record({
  level,
  serves: level,
  authTime: fc.integer({ min: -2_000, max: 10 }).map((seconds) => now + seconds * second),
})
const service = fc.record({ minimumLevel: level, singleSignOn: fc.boolean() })

describe('the level that is required', () => {
  const cases: [string, Partial<Requested>, Level, Level][] = [
    ['nothing asked: the least that the service accepts', {}, 'eidas1', 'eidas1'],
    ['nothing asked of a service that accepts no low level', {}, 'eidas2', 'eidas2'],
    ['one value', { acrValues: ['eidas2'] }, 'eidas1', 'eidas2'],
    ['of several, the lowest counts', { acrValues: ['eidas3', 'eidas2'] }, 'eidas1', 'eidas2'],
    ['never below what the service accepts', { acrValues: ['eidas1'] }, 'eidas3', 'eidas3'],
    ['an essential value', { essentialAcr: ['eidas3'] }, 'eidas1', 'eidas3'],
    ['of several essential values, the lowest', { essentialAcr: ['eidas3', 'eidas2'] }, 'eidas1', 'eidas2'],
    ['both: the higher of the two', { acrValues: ['eidas2'], essentialAcr: ['eidas1'] }, 'eidas1', 'eidas2'],
  ]
  for (const [name, changes, minimum, expected] of cases) {
    test(name, () => assert.equal(requiredLevel(asked(changes), minimum), expected))
  }
})

describe('the acr that answers', () => {
  const cases: [string, Partial<Requested>, Level, Level, Level | undefined][] = [
    ['not essential: the level reached', { acrValues: ['eidas1'] }, 'eidas3', 'eidas1', 'eidas3'],
    ['not reached', { acrValues: ['eidas3'] }, 'eidas2', 'eidas1', undefined],
    ['below what the service accepts', {}, 'eidas1', 'eidas2', undefined],
    ['essential and equal', { essentialAcr: ['eidas2'] }, 'eidas2', 'eidas1', 'eidas2'],
    ['essential and exceeded: the value that was asked', { essentialAcr: ['eidas2'] }, 'eidas3', 'eidas1', 'eidas2'],
    [
      'essential: the highest not above',
      { essentialAcr: ['eidas1', 'eidas3', 'eidas2'] },
      'eidas2',
      'eidas1',
      'eidas2',
    ],
    ['... in whatever order', { essentialAcr: ['eidas2', 'eidas1'] }, 'eidas3', 'eidas1', 'eidas2'],
    ['essential and not reached', { essentialAcr: ['eidas3'] }, 'eidas2', 'eidas1', undefined],
    ['essential, any order', { essentialAcr: ['eidas3', 'eidas1'] }, 'eidas2', 'eidas1', 'eidas1'],
    ['essential, unknown values only: nothing meets it', { essentialAcr: [] }, 'eidas3', 'eidas1', undefined],
  ]
  for (const [name, changes, reached, minimum, expected] of cases) {
    test(name, () => assert.equal(answeredAcr(asked(changes), reached, minimum), expected))
  }

  test('never above the level reached; with an essential acr, always one of the values asked', () => {
    fc.assert(
      fc.property(requested, level, level, (request, reached, minimum) => {
        const acr = answeredAcr(request, reached, minimum)
        if (acr === undefined) return
        assert.ok(atLeast(reached, acr))
        assert.ok(atLeast(reached, minimum))
        assert.ok(!request.essentialAcr || request.essentialAcr.includes(acr))
      }),
    )
  })

  test('proving more never turns a success into a failure', () => {
    fc.assert(
      fc.property(requested, level, level, level, (request, lower, higher, minimum) => {
        fc.pre(compareLevels(lower, higher) <= 0)
        const before = answeredAcr(request, lower, minimum)
        const after = answeredAcr(request, higher, minimum)
        assert.ok(before === undefined || (after !== undefined && atLeast(after, before)))
      }),
    )
  })

  test('without an acr in the request, it fails exactly below what the service accepts', () => {
    fc.assert(
      fc.property(level, level, (reached, minimum) =>
        assert.equal(answeredAcr(asked(), reached, minimum), atLeast(reached, minimum) ? reached : undefined),
      ),
    )
  })
})

describe('reuse of a session', () => {
  const live = { level: 'eidas2', serves: 'eidas2', authTime: now - 60 * second } as const
  const open = { minimumLevel: 'eidas1', singleSignOn: true } as const
  const cases: [
    string,
    { session?: Partial<Parameters<typeof mayReuse>[0]>; requested?: Partial<Requested>; service?: object },
    ReturnType<typeof mayReuse>,
  ][] = [
    ['an ordinary request', {}, { reuse: true, acr: 'eidas2' }],
    [
      'a service without single sign-on',
      { service: { singleSignOn: false } },
      { reuse: false, reasons: ['no_single_sign_on'] },
    ],
    ['prompt=login', { requested: { prompts: ['login'] } }, { reuse: false, reasons: ['login_asked'] }],
    [
      'prompt=login consent',
      { requested: { prompts: ['login', 'consent'] } },
      { reuse: false, reasons: ['login_asked'] },
    ],
    ['prompt=none', { requested: { prompts: ['none'] } }, { reuse: true, acr: 'eidas2' }],
    ['prompt=consent', { requested: { prompts: ['consent'] } }, { reuse: true, acr: 'eidas2' }],
    ['max_age as old as the authentication', { requested: { maxAge: 60 } }, { reuse: true, acr: 'eidas2' }],
    ['max_age one second too short', { requested: { maxAge: 59 } }, { reuse: false, reasons: ['too_old'] }],
    [
      'max_age=0 is prompt=login, even within the same second',
      { requested: { maxAge: 0 }, session: { authTime: now } },
      { reuse: false, reasons: ['login_asked'] },
    ],
    ['more is asked', { requested: { acrValues: ['eidas3'] } }, { reuse: false, reasons: ['level_too_low'] }],
    [
      'a low session for a service of level 2',
      { session: { level: 'eidas1' }, service: { minimumLevel: 'eidas2' } },
      { reuse: false, reasons: ['level_too_low'] },
    ],
    [
      'a session at the highest level answers at the second at most',
      { session: { level: 'eidas3', serves: 'eidas3' } },
      { reuse: true, acr: 'eidas2' },
    ],
    [
      'the highest level authenticates afresh',
      { session: { level: 'eidas3', serves: 'eidas3' }, requested: { essentialAcr: ['eidas3'] } },
      { reuse: false, reasons: ['level_too_low'] },
    ],
    [
      'a service that accepts the highest level only is never reached by a session',
      { session: { level: 'eidas3', serves: 'eidas3' }, service: { minimumLevel: 'eidas3' } },
      { reuse: false, reasons: ['level_too_low'] },
    ],
    [
      'an unconfirmed link opens services of its own level only',
      { session: { serves: 'eidas1' }, service: { minimumLevel: 'eidas2' } },
      { reuse: false, reasons: ['level_too_low'] },
    ],
    ['... and is not announced above it', { session: { serves: 'eidas1' } }, { reuse: true, acr: 'eidas1' }],
    [
      'an essential acr below the level reached',
      { requested: { essentialAcr: ['eidas1'] } },
      { reuse: true, acr: 'eidas1' },
    ],
  ]
  for (const [name, changes, expected] of cases) {
    test(name, () => {
      const decision = mayReuse(
        { ...live, ...changes.session },
        asked(changes.requested),
        { ...open, ...changes.service },
        now,
      )
      assert.deepEqual(decision, expected)
    })
  }

  test('all that stands in the way is told', () => {
    const request = asked({ prompts: ['login'], maxAge: 1, acrValues: ['eidas3'] })
    assert.deepEqual(mayReuse(live, request, { minimumLevel: 'eidas3', singleSignOn: false }, now), {
      reuse: false,
      reasons: ['no_single_sign_on', 'login_asked', 'too_old', 'level_too_low'],
    })
  })

  test('never yields eidas3, nor more than the session or its link has', () => {
    fc.assert(
      fc.property(session, requested, service, (reused, request, towards) => {
        const decision = mayReuse(reused, request, towards, now)
        if (!decision.reuse) return
        assert.notEqual(decision.acr, 'eidas3')
        assert.ok(atLeast(reused.level, decision.acr) && atLeast(reused.serves, decision.acr))
        assert.ok(atLeast(reused.serves, requiredLevel(request, towards.minimumLevel)))
      }),
    )
  })

  test('never against a service without single sign-on, a prompt=login, a max_age that has passed', () => {
    fc.assert(
      fc.property(session, requested, service, (reused, request, towards) => {
        const decision = mayReuse(reused, request, towards, now)
        if (!decision.reuse) return
        assert.ok(towards.singleSignOn)
        assert.ok(!request.prompts.includes('login'))
        assert.ok(request.maxAge === undefined || now - reused.authTime < (request.maxAge + 1) * second)
      }),
    )
  })

  test('what a session of a lower level may do, one of a higher level may too', () => {
    fc.assert(
      fc.property(session, level, requested, service, (reused, higher, request, towards) => {
        fc.pre(compareLevels(reused.level, higher) <= 0)
        const before = mayReuse(reused, request, towards, now)
        assert.ok(!before.reuse || mayReuse({ ...reused, level: higher }, request, towards, now).reuse)
      }),
    )
  })
})

describe('max_age', () => {
  const cases: [string, number, number | undefined, boolean][] = [
    ['not asked', 365 * day, undefined, false],
    ['exactly as old', 60 * second, 60, false],
    ['one second more', 61 * second, 60, true],
    ['the clock of the provider is ahead', -5 * second, 0, false],
  ]
  for (const [name, age, maxAge, expected] of cases) {
    test(name, () => assert.equal(isOlderThan(now - age, maxAge, now), expected))
  }

  test('counts in the whole seconds of auth_time, as the service will', () => {
    assert.equal(isOlderThan(Date.parse('2026-11-22T09:59:59.999Z'), 1, Date.parse('2026-11-22T10:00:00.999Z')), false)
    assert.equal(isOlderThan(Date.parse('2026-11-22T09:59:58.999Z'), 1, Date.parse('2026-11-22T10:00:00.000Z')), true)
  })
})

describe('acr_values', () => {
  const cases: [string | undefined, Level[]][] = [
    [undefined, []],
    ['', []],
    ['eidas1', ['eidas1']],
    ['eidas3 eidas1', ['eidas3', 'eidas1']],
    [' eidas2  urn:mace:incommon:iap:silver eidas4 EIDAS1 eidas1,eidas2', ['eidas2']],
  ]
  for (const [text, expected] of cases) {
    test(JSON.stringify(text) ?? 'absent', () => assert.deepEqual(parseAcrValues(text), expected))
  }

  test('what is left out never lowers what is required', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(level, fc.stringMatching(/^[a-z:0-9]{1,8}$/))), (values) => {
        const parsed = parseAcrValues(values.join(' '))
        const known = values.filter((value): value is Level => (levels as readonly string[]).includes(value))
        assert.equal(lowestOf(parsed), lowestOf(known))
      }),
    )
  })
})
