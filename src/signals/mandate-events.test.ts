import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Fact } from '../audit/facts.ts'
import { newId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import type { MandateView } from '../mandates/mandates.ts'
import { mandateEventOf, mandateOccasions, mandateSignalOf } from './mandate-events.ts'

const mandate = newId('mandate')
const services = ['declarations', 'taxes']

const told: [fact: Fact['name'], data: object, what: string][] = [
  ['mandate.ended', {}, 'mandate_ended'],
  ['mandate.ended', { services: [] }, 'nothing'],
  ['mandate.suspended', {}, 'mandate_changed'],
  ['mandate.resumed', { inForce: true }, 'mandate_changed'],
  // Something else still holds it.
  ['mandate.resumed', { inForce: false }, 'nothing'],
  ['mandate.changed', {}, 'mandate_changed'],
  ['mandate.proposed', {}, 'nothing'],
  ['mandate.ending', { days: 7 }, 'nothing'],
  ['mandate.used', {}, 'nothing'],
  ['session.ended', {}, 'nothing'],
]

describe('which fact about a mandate is told to the services in its scope', () => {
  for (const [name, data, what] of told) {
    test(`R097: ${name} ${JSON.stringify(data)}: ${what}`, () => {
      const signal = mandateSignalOf({ name, data: { mandate, services, ...data } })
      assert.deepEqual(signal, what === 'nothing' ? undefined : { kind: what, mandate, services })
    })
  }

  test('each of them has its row here', () => {
    const names = new Set(told.filter(([, , what]) => what !== 'nothing').map(([name]) => name))
    assert.deepEqual([...names].sort(), [...mandateOccasions].sort())
  })
})

describe('what an event about a mandate says', () => {
  const at = Date.parse('2026-11-22T10:00:00.700Z')
  const seconds = 1_795_341_600
  const view = {
    mandate,
    state: 'active',
    until: at + 3_600_000,
    rights: [
      { service: 'declarations', action: 'read', minimumLevel: 'eidas2' },
      { service: 'declarations', action: 'submit', minimumLevel: 'eidas3', until: at + 60_000 },
      { service: 'taxes', action: 'pay', minimumLevel: 'eidas3' },
    ],
  } as const
  const say = (kind: 'mandate_ended' | 'mandate_changed', more: Partial<MandateView> = {}) => {
    const told = { kind, at, initiator: 'user' } as const
    const { reason_admin: reason, ...said } = mandateEventOf(told, { ...view, ...more }, 'declarations')
    assert.deepEqual(Object.keys(reason as object).sort(), [...languages].sort())
    return said
  }
  const common = { event_timestamp: seconds, initiating_entity: 'user', mandate }
  const rights = [
    { action: 'read', until: seconds + 3_600, minimum_level: 'eidas2' },
    { action: 'submit', until: seconds + 60, minimum_level: 'eidas3' },
  ]
  const renews = newId('mandate')

  const says: [string, () => object, object][] = [
    [
      'of an end, why',
      () => say('mandate_ended', { state: 'ended', ended: { reason: 'revoked', at } }),
      { ...common, reason: 'revoked' },
    ],
    [
      'of one that took the place of another, what may be done at this service alone',
      () => say('mandate_changed', { renews }),
      { ...common, state: 'active', replaces: renews, rights },
    ],
    [
      'of a suspension, that nothing may be done',
      () => say('mandate_changed', { state: 'suspended', suspended: { reason: 'to_confirm', since: at } }),
      { ...common, state: 'suspended', reason: 'to_confirm', rights: [] },
    ],
    [
      'of what ended before the event left, that it has',
      () => say('mandate_changed', { state: 'ended', ended: { reason: 'term', at } }),
      { ...common, state: 'ended', reason: 'term', rights: [] },
    ],
  ]
  for (const [what, said, expected] of says) test(`R097: ${what}`, () => assert.deepEqual(said(), expected))
})
