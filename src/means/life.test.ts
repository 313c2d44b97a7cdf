import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import type { PersonId } from '../kernel/ids.ts'
import { type MeansEvent, mayResume, meansEvents, roleOf, stateAt, transition } from './life.ts'
import type { MeansState } from './means.ts'

const states: MeansState[] = ['pending', 'active', 'suspended', 'revoked', 'expired']

test('every step from every state', () => {
  const table: Record<MeansState, [MeansEvent, MeansState][]> = {
    pending: [
      ['activate', 'active'],
      ['revoke', 'revoked'],
      ['expire', 'expired'],
    ],
    active: [
      ['suspend', 'suspended'],
      ['revoke', 'revoked'],
      ['renew', 'active'],
      ['expire', 'expired'],
    ],
    suspended: [
      ['resume', 'active'],
      ['revoke', 'revoked'],
      ['expire', 'expired'],
    ],
    revoked: [],
    expired: [],
  }
  for (const state of states) {
    const allowed = new Map(table[state])
    for (const event of meansEvents) assert.equal(transition(state, event), allowed.get(event), `${state} ${event}`)
  }
})

test('R047: nothing leads back from revoked or expired', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<MeansState>('revoked', 'expired'),
      fc.array(fc.constantFrom(...meansEvents)),
      (end, events) => {
        assert.equal(
          events.reduce<MeansState>((state, event) => transition(state, event) ?? state, end),
          end,
        )
      },
    ),
  )
})

test('R046: over at its instant, and not a millisecond before', () => {
  for (const state of ['pending', 'active', 'suspended'] as const) {
    assert.equal(stateAt({ state, expiresAt: 1000 }, 999), state)
    assert.equal(stateAt({ state, expiresAt: 1000 }, 1000), 'expired')
  }
  assert.equal(stateAt({ state: 'revoked', expiresAt: 1000 }, 2000), 'revoked')
})

test('what a manager suspended, the holder does not bring back', () => {
  const person: PersonId = 'per_a'
  assert.equal(roleOf({ kind: 'person', id: person }, person), 'holder')
  assert.equal(roleOf({ kind: 'person', id: 'per_b' }, person), 'manager')
  assert.equal(roleOf({ kind: 'command' }, person), 'manager')
  assert.equal(mayResume('manager', 'holder'), false)
  for (const [suspendedBy, by] of [
    ['holder', 'holder'],
    ['holder', 'manager'],
    ['manager', 'manager'],
  ] as const) {
    assert.equal(mayResume(suspendedBy, by), true)
  }
})
