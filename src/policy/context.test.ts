import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { hour } from '../kernel/durations.ts'
import { type Context, contextReasons, decideAlert, isSuspicious, mayBeSilenced, unusualContext } from './context.ts'
import { type Reason, reasons } from './policy.ts'

const at = Date.parse('2026-11-22T10:00:00Z')

const familiar: Context = {
  at,
  device: { personKnown: true, persons: 1 },
  country: 'FR',
  network: 'home',
  provider: 'tax',
  newLink: false,
  weakLink: false,
  habits: {
    countries: ['FR', 'MA'],
    networks: ['home', 'office'],
    providers: ['tax', 'post'],
    connections: 12,
    last: { country: 'FR', at: at - hour },
  },
  travelSpeed: 1_000,
}
const nobodyYet = { countries: [], networks: [], providers: [], connections: 0 }

describe('what is unusual', () => {
  const cases: [string, Partial<Context>, Reason[]][] = [
    ['nothing', {}, []],
    ['a device where the person was not seen', { device: { personKnown: false, persons: 1 } }, ['new_device']],
    ['two persons on a device are trusted', { device: { personKnown: true, persons: 2 } }, []],
    ['three share it', { device: { personKnown: true, persons: 3 } }, ['shared_device']],
    ['a newcomer on a shared device', { device: { personKnown: false, persons: 4 } }, ['new_device', 'shared_device']],
    ['a country of the past', { country: 'MA' }, []],
    ['a country of none', { country: 'DE' }, ['new_country']],
    ['an unknown place tells nothing', { country: undefined }, []],
    ['a network of the past', { network: 'office' }, []],
    ['a network of none', { network: 'hotel' }, ['new_network']],
    ['an unknown network tells nothing', { network: undefined }, []],
    ['a past without a known network tells nothing', { habits: { ...familiar.habits, networks: [] } }, []],
    [
      'another continent an hour later',
      { country: 'US', network: 'hotel' },
      ['new_country', 'impossible_travel', 'new_network'],
    ],
    [
      'a country of the past, too far for an hour',
      { country: 'NZ', network: 'hotel', habits: { ...familiar.habits, countries: ['FR', 'NZ'] } },
      ['impossible_travel', 'new_network'],
    ],
    ['the same by a network of the past: a VPN of theirs', { country: 'US', network: 'office' }, ['new_country']],
    [
      'another continent, and nobody knows by which network',
      { country: 'US', network: undefined },
      ['new_country', 'impossible_travel'],
    ],
    [
      'another continent a day later',
      { country: 'US', network: 'hotel', at: at + 24 * hour },
      ['new_country', 'new_network'],
    ],
    [
      'another continent, where nobody knows from where',
      { country: 'US', network: 'hotel', habits: { ...familiar.habits, last: undefined as never } },
      ['new_country', 'new_network'],
    ],
    ['a provider of the past', { provider: 'post' }, []],
    ['a provider never used', { provider: 'bank' }, ['new_provider']],
    ['a first link as strong as what was proved', { newLink: true }, []],
    ['a first link on a weaker proof', { newLink: true, weakLink: true }, ['first_link']],
    ['a weak link of old', { weakLink: true }, []],
    [
      'somebody new: the device, and nothing that needs a past',
      { device: { personKnown: false, persons: 1 }, habits: nobodyYet, newLink: true },
      ['new_device'],
    ],
    ['a past without a known place', { habits: { ...familiar.habits, countries: [] } }, ['new_country']],
    [
      'all at once, in the order of the list',
      {
        device: { personKnown: false, persons: 3 },
        ...{ country: 'US', network: 'hotel', provider: 'bank', newLink: true, weakLink: true },
      },
      [...reasons],
    ],
  ]
  test('every reason is explained, in the order in which it is told', () =>
    assert.deepEqual(Object.keys(contextReasons), [...reasons]))

  for (const [name, changes, expected] of cases) {
    test(name, () => assert.deepEqual(unusualContext({ ...familiar, ...changes }), expected))
  }
})

describe('who hears of it', () => {
  const calm = { suspicious: false, sameServiceInSession: false, reasons: [] as Reason[] }
  const heard = { send: true, kind: 'unusual' }
  const cases: [string, Partial<typeof calm>, object][] = [
    ['a known, unshared device', {}, { send: false, why: 'familiar' }],
    ['a new device', { reasons: ['new_device'] }, heard],
    ['a shared device', { reasons: ['shared_device'] }, heard],
    ['a known device in a new country', { reasons: ['new_country'] }, heard],
    ['another account on a known device', { reasons: ['new_provider'] }, { send: false, why: 'familiar' }],
    ['another network of a known device', { reasons: ['new_network'] }, { send: false, why: 'familiar' }],
    ['another account on another network', { reasons: ['new_network', 'new_provider'] }, heard],
    ['a weak first link, wherever', { reasons: ['first_link'] }, heard],
    ['another account on a new device', { reasons: ['new_device', 'new_provider'] }, heard],
    [
      'the same service again in one session',
      { sameServiceInSession: true, reasons: ['new_device'] },
      { send: false, why: 'same_service_again' },
    ],
    ['suspicious', { suspicious: true }, { send: true, kind: 'suspicious' }],
    [
      'suspicious, in single sign-on to the same service',
      { suspicious: true, sameServiceInSession: true },
      { send: true, kind: 'suspicious' },
    ],
  ]
  for (const [name, changes, expected] of cases) {
    test(name, () => assert.deepEqual(decideAlert({ ...calm, ...changes }), expected))
  }

  test('the very first connection of a person, on a new device, is told', () => {
    const first = unusualContext({ ...familiar, device: { personKnown: false, persons: 1 }, habits: nobodyYet })
    assert.deepEqual(decideAlert({ ...calm, reasons: first }), heard)
  })

  const context: fc.Arbitrary<Context> = fc.record({
    at: fc.integer({ min: at - hour, max: at + 30 * hour }),
    network: fc.constantFrom('home', 'office', 'hotel', undefined),
    travelSpeed: fc.constantFrom(300, 1_000),
    device: fc.record({ personKnown: fc.boolean(), persons: fc.integer({ min: 1, max: 5 }) }),
    country: fc.constantFrom('FR', 'MA', 'DE', 'US', undefined),
    provider: fc.constantFrom('tax', 'post', 'bank'),
    newLink: fc.boolean(),
    weakLink: fc.boolean(),
    habits: fc.constantFrom(familiar.habits, nobodyYet),
  })

  test('on a device that does not know the person, or that is shared, a sign-in is told unless it repeats', () => {
    fc.assert(
      fc.property(context, fc.boolean(), (seen, sameServiceInSession) => {
        fc.pre(!seen.device.personKnown || seen.device.persons >= 3)
        const decision = decideAlert({ suspicious: false, sameServiceInSession, reasons: unusualContext(seen) })
        assert.equal(decision.send, !sameServiceInSession)
      }),
    )
  })

  test('what is more familiar never alarms more', () => {
    const loudness = (seen: Context, sameServiceInSession: boolean) => {
      const reasons = unusualContext(seen)
      const decision = decideAlert({ suspicious: isSuspicious(reasons), sameServiceInSession, reasons })
      return decision.send ? (decision.kind === 'suspicious' ? 2 : 1) : 0
    }
    const steps: ((seen: Context) => Context)[] = [
      (seen) => ({ ...seen, device: { ...seen.device, personKnown: true } }),
      (seen) => ({ ...seen, device: { ...seen.device, persons: 1 } }),
      (seen) => ({ ...seen, newLink: false }),
      (seen) => ({ ...seen, weakLink: false }),
      (seen) => withHabit(seen, 'countries', seen.country),
      (seen) => withHabit(seen, 'networks', seen.network),
      (seen) => withHabit(seen, 'providers', seen.provider),
      (seen) => ({ ...seen, at: seen.at + 40 * hour }),
    ]
    fc.assert(
      fc.property(context, fc.boolean(), fc.constantFrom(...steps), (seen, again, more) => {
        assert.ok(loudness(more(seen), again) <= loudness(seen, again))
      }),
    )
  })

  function withHabit(seen: Context, of: 'countries' | 'networks' | 'providers', value: string | undefined): Context {
    if (value === undefined) return seen
    return { ...seen, habits: { ...seen.habits, [of]: [...seen.habits[of], value] } }
  }

  test('what is suspicious is silenced by nobody', () => {
    fc.assert(
      fc.property(context, (seen) => {
        const unusual = unusualContext(seen)
        fc.pre(isSuspicious(unusual))
        assert.equal(mayBeSilenced(unusual), false)
      }),
    )
  })

  test('a suspicious context is always told, whatever else', () => {
    fc.assert(
      fc.property(context, fc.boolean(), (seen, sameServiceInSession) =>
        assert.deepEqual(decideAlert({ suspicious: true, sameServiceInSession, reasons: unusualContext(seen) }), {
          send: true,
          kind: 'suspicious',
        }),
      ),
    )
  })
})
