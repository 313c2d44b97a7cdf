import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { type Context, decideAlert, unusualContext } from './context.ts'
import { type Reason, reasons } from './policy.ts'

const familiar: Context = {
  device: { personKnown: true, persons: 1 },
  country: 'FR',
  provider: 'tax',
  newLink: false,
  weakLink: false,
  habits: { countries: ['FR', 'MA'], providers: ['tax', 'post'], connections: 12 },
}
const nobodyYet = { countries: [], providers: [], connections: 0 }

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
      { device: { personKnown: false, persons: 3 }, country: 'DE', provider: 'bank', newLink: true, weakLink: true },
      [...reasons],
    ],
  ]
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
    device: fc.record({ personKnown: fc.boolean(), persons: fc.integer({ min: 1, max: 5 }) }),
    country: fc.constantFrom('FR', 'MA', 'DE', undefined),
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
