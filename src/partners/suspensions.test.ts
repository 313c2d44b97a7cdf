import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { compareLevels, type Level, levels } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import { newId, type SuspensionId } from '../kernel/ids.ts'
import {
  type Asked,
  activeState,
  changed,
  closesSession,
  faultsOf,
  isInForce,
  levelLeft,
  type NewSuspension,
  type Suspension,
  stateFor,
} from './suspensions.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
const reason = { fr: 'Entretien', en: 'Maintenance', ar: 'صيانة' }

const plain: Suspension = {
  id: newId('suspension'),
  provider: 'bank',
  services: 'all',
  category: 'maintenance',
  reason,
  author: { kind: 'command' },
  since: now,
  changedAt: now,
  sessions: 'kept',
}

const withSuspensions = (...suspensions: Suspension[]) => ({ state: { ...activeState, suspensions } })
const kindOf = (suspension: Partial<Suspension>, asked: Asked, at: Instant = now) =>
  stateFor(withSuspensions({ ...plain, ...suspension }), asked, at).kind

describe('the state of a provider', () => {
  const here = { service: 'refunds', level: 'eidas1' } as const
  const cases: [string, Partial<Suspension>, Asked, Instant, string][] = [
    ['R004: for all services and levels', {}, here, now, 'suspended'],
    ['and as a whole', {}, {}, now, 'suspended'],
    ['not a moment before it begins', {}, here, now - 1, 'active'],
    ['to the last moment', { until: now + hour }, here, now + hour - 1, 'suspended'],
    ['R007: over by itself', { until: now + hour }, here, now + hour, 'active'],
    ['R007: without an end, for years', {}, here, now + 3650 * day, 'suspended'],
    ['for this service', { services: ['justice', 'refunds'] }, here, now, 'suspended'],
    ['R006: for another service', { services: ['justice'] }, here, now, 'active'],
    ['for some services: not as a whole', { services: ['refunds'] }, {}, now, 'active'],
    ['above the level that is asked', { above: 'eidas1' }, here, now, 'active'],
    ['at a level above', { above: 'eidas1' }, { ...here, level: 'eidas2' }, now, 'suspended'],
    ['at the level of the limit', { above: 'eidas2' }, { ...here, level: 'eidas2' }, now, 'active'],
    ['upper levels alone: not as a whole', { above: 'eidas1' }, { service: 'refunds' }, now, 'active'],
  ]
  for (const [name, suspension, asked, at, expected] of cases) {
    test(name, () => assert.equal(kindOf(suspension, asked, at), expected))
  }

  test('suspended comes before hidden, and hidden before active', () => {
    const hidden = { ...activeState, kind: 'hidden' as const }
    assert.equal(stateFor({ state: hidden }, here, now).kind, 'hidden')
    assert.equal(stateFor({ state: { ...hidden, suspensions: [plain] } }, here, now).kind, 'suspended')
  })

  test('of several the widest speaks, then the oldest', () => {
    const spoken = (...suspensions: Suspension[]) => {
      const found = stateFor(withSuspensions(...suspensions), { service: 'refunds', level: 'eidas2' }, now)
      return found.kind === 'suspended' && found.suspension.id
    }
    const one = (id: string, given: Partial<Suspension>) => ({ ...plain, ...given, id: `sus_${id}` as SuspensionId })
    const all = one('all', { since: now })
    const older = one('older', { since: now - hour })
    const some = one('some', { since: now - day, services: ['refunds'] })
    const upper = one('upper', { since: now - day, above: 'eidas1' })
    assert.equal(spoken(some, all), 'sus_all')
    assert.equal(spoken(upper, all), 'sus_all')
    assert.equal(spoken(all, older), 'sus_older')
    assert.equal(spoken(some, upper), 'sus_upper')
    assert.equal(spoken(one('planned', { since: now + hour }), some), 'sus_some')
  })
})

// --- Properties ----------------------------------------------------------------------------------------------------

const services = ['refunds', 'justice', 'records'] as const
const level = fc.constantFrom(...levels)
const instant = fc.integer({ min: now - 5 * hour, max: now + 5 * hour })
const suspension: fc.Arbitrary<Suspension> = fc
  .record({
    services: fc.oneof(fc.constant('all' as const), fc.subarray([...services], { minLength: 1 })),
    above: fc.option(fc.constantFrom<Level>('eidas1', 'eidas2'), { nil: undefined }),
    since: instant,
    lasts: fc.option(fc.integer({ min: 1, max: 5 * hour }), { nil: undefined }),
    closedSince: fc.option(instant, { nil: undefined }),
  })
  .map(({ services, above, since, lasts, closedSince }) => ({
    ...plain,
    id: newId('suspension'),
    services,
    since,
    ...(above ? { above } : {}),
    ...(lasts === undefined ? {} : { until: since + lasts }),
    sessions: closedSince === undefined ? ('kept' as const) : { closedSince: Math.min(closedSince, since) },
  }))
const signIn = fc.record({ level, service: fc.constantFrom(...services), authTime: instant })

describe('what a suspension leaves of a sign-in', () => {
  test('never more than there was, and nothing else than the state says for a sign-in of now', () => {
    fc.assert(
      fc.property(fc.array(suspension, { maxLength: 4 }), signIn, instant, (suspensions, { level, service }, at) => {
        const provider = withSuspensions(...suspensions)
        const left = levelLeft(provider, { level, service, authTime: at }, at)
        assert.ok(left === undefined || compareLevels(left, level) <= 0)
        for (const asked of levels.filter((one) => compareLevels(one, level) <= 0)) {
          const isRefused = stateFor(provider, { service, level: asked }, at).kind === 'suspended'
          assert.equal(left !== undefined && compareLevels(asked, left) <= 0, !isRefused)
        }
      }),
    )
  })

  test('all of it, once every suspension is over: there is nothing to undo', () => {
    fc.assert(
      fc.property(fc.array(suspension, { maxLength: 4 }), signIn, (suspensions, given) => {
        const ending = suspensions.map((one) => ({ ...one, until: one.until ?? one.since + hour }))
        const end = Math.max(now, ...ending.map(({ until }) => until))
        assert.equal(levelLeft(withSuspensions(...ending), given, end), given.level)
      }),
    )
  })

  test('a session that is kept answers as before; one that is closed answers nowhere that the suspension concerns', () => {
    fc.assert(
      fc.property(suspension, signIn, instant, (one, given, at) => {
        const left = levelLeft(withSuspensions(one), given, at)
        const isConcerned = one.services === 'all' || one.services.includes(given.service)
        if (one.sessions === 'kept' && given.authTime < one.since) assert.equal(left, given.level)
        if (isInForce(one, at) && isConcerned && closesSession(one, given)) assert.notEqual(left, given.level)
      }),
    )
  })

  test('R009: only those since the instant, and above the level, are closed', () => {
    const closed = { ...plain, sessions: { closedSince: now - hour } }
    const at = (authTime: Instant, reached: Level = 'eidas2') => ({ authTime, level: reached })
    assert.equal(closesSession(closed, at(now - hour)), true)
    assert.equal(closesSession(closed, at(now - hour - 1)), false)
    assert.equal(closesSession({ ...closed, above: 'eidas1' }, at(now)), true)
    assert.equal(closesSession({ ...closed, above: 'eidas2' }, at(now)), false)
    assert.equal(closesSession(plain, at(now)), false)
  })
})

describe('a suspension that is asked for', () => {
  const context = { provider: { allowedLevels: [...levels.slice(0, 2)] }, services: new Set<string>(services), now }
  const asked: NewSuspension & { since: Instant } = { ...plain, until: now + hour }
  const faults = (given: object, more: object = {}) =>
    faultsOf({ ...asked, ...given }, { ...context, ...more }).map(({ field, problem }) => `${field} ${problem}`)

  const cases: [string, object, string[]][] = [
    ['good', {}, []],
    ['planned', { since: now + day, until: now + 2 * day }, []],
    ['entered an hour late', { since: now - hour }, []],
    ['an end before the start', { since: now + 2 * hour }, ['until before_start']],
    ['an end at the start', { until: now }, ['until before_start']],
    ['over already', { since: now - 2 * hour, until: now - hour }, ['until already_over']],
    ['a start in the far past', { since: now - day - 1 }, ['since too_far_past']],
    ['a start in years', { since: now + 400 * day, until: now + 401 * day }, ['since too_far_ahead']],
    ['a start that is no instant', { since: Number.NaN }, ['since not_an_instant']],
    ['an end that is none', { until: 1e300 }, ['until not_an_instant']],
    ['no reason in one language', { reason: { ...reason, ar: '' } }, ['reason.ar missing']],
    ['a reason of spaces, and none', { reason: { fr: '  ', en: 'x' } }, ['reason.fr missing', 'reason.ar missing']],
    ['a reason that is too long', { reason: { ...reason, en: 'x'.repeat(301) } }, ['reason.en too_long']],
    ['a reason of several lines', { reason: { ...reason, fr: 'a\nb' } }, ['reason.fr not_one_line']],
    ['a service that does not exist', { services: ['refunds', 'nowhere'] }, ['services service_unknown']],
    ['no service', { services: [] }, ['services no_service']],
    ['a service twice', { services: ['refunds', 'refunds'] }, ['services service_twice']],
    ['a level that the provider does not have', { above: 'eidas3' }, ['above level_not_its_own']],
    ['above its highest level', { above: 'eidas2' }, ['above nothing_above']],
    ['a category that is none', { category: 'whim' }, ['category not_known']],
    ['sessions closed since a later instant', { sessions: { closedSince: now + 1 } }, ['sessions after_start']],
    ['sessions closed since no instant', { sessions: { closedSince: Number.NaN } }, ['sessions not_an_instant']],
    [
      'everything at once',
      { reason: { fr: '', en: '', ar: '' }, services: ['nowhere'], until: now - 1 },
      ['services service_unknown', 'reason.fr missing', 'reason.en missing', 'reason.ar missing', 'until before_start'],
    ],
  ]
  for (const [name, given, expected] of cases) test(name, () => assert.deepEqual(faults(given), expected))

  test('a change moves the start of what is planned only, and never makes it end in the past', () => {
    const running = { ...plain, since: now - 3 * day }
    assert.deepEqual(faults({ since: running.since, until: undefined }, { before: running }), [], 'as it was')
    assert.deepEqual(faults({ since: now, until: undefined }, { before: running }), ['since already_begun'])
    const planned = { ...plain, since: now + hour }
    assert.deepEqual(faults({ since: now + 2 * hour, until: now + day }, { before: planned }), [])
    assert.deepEqual(faults({ since: running.since, until: now }, { before: running }), ['until already_over'])
  })

  test('what a change does not name stays, and null takes away', () => {
    const before: Suspension = { ...plain, above: 'eidas1', until: now + hour }
    assert.deepEqual(changed(before, {}), before)
    assert.deepEqual(changed(before, { above: null, until: null, reason: { en: 'Longer' } }), {
      ...plain,
      reason: { ...reason, en: 'Longer' },
    })
    assert.deepEqual(changed(before, { until: now + day, sessions: { closedSince: now } }), {
      ...before,
      until: now + day,
      sessions: { closedSince: now },
    })
  })
})
