import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import type { Level } from '../kernel/assurance.ts'
import { hour, second } from '../kernel/durations.ts'
import { methodWords } from './acceptance.ts'
import type { FactorKind } from './factors.ts'
import { decidePriorLogin, type PriorLoginReason, priorLoginWindow } from './prior-login.ts'

const at = Date.parse('2026-11-22T10:00:00Z')

function decide(amr: string, changes: { age?: number; declared?: Record<string, FactorKind[]> } = {}) {
  const { age = hour, declared } = changes
  const words = amr.split(' ').filter(Boolean)
  return decidePriorLogin({
    amr: words,
    authTime: at - age,
    at,
    window: priorLoginWindow,
    ...(declared && { declared }),
  })
}

describe('R070: a login that a gateway made before', () => {
  const good: [string, Level][] = [
    ['pwd otp', 'eidas2'],
    ['pwd sms', 'eidas1'],
    ['pwd swk', 'eidas2'],
    ['pwd pop mfa', 'eidas2'],
    ['sc pin', 'eidas3'],
    ['hwk pin user mfa', 'eidas3'],
  ]
  for (const [amr, level] of good) {
    test(`${amr} carries ${level}`, () => assert.deepEqual(decide(amr), { accepted: true, level }))
  }

  const bad = [
    ...['', 'pwd', 'otp', 'pwd pin', 'pwd kba', 'otp sms', 'hwk swk', 'mfa', 'pwd mfa', 'geo user wia'],
    // R055: the mailbox may be the one that resets the password. R049: nobody said where the fingerprint is compared.
    ...['pwd mail', 'pwd fpt', 'otp face', 'pwd constructor'],
  ]
  for (const amr of bad) {
    test(`«${amr}» is not two factors of different categories`, () =>
      assert.deepEqual(decide(amr), { accepted: false, reasons: ['one_category'] satisfies PriorLoginReason[] }))
  }

  test('settings say what a word means at one gateway, and only that word', () => {
    const declared: Record<string, FactorKind[]> = { mfa: ['password', 'totp'], fpt: ['fingerprint'] }
    assert.deepEqual(decide('mfa', { declared }), { accepted: true, level: 'eidas2' })
    assert.deepEqual(decide('hwk fpt', { declared }), { accepted: true, level: 'eidas3' })
    assert.deepEqual(decide('pwd otp', { declared: { otp: ['pin'] } }), { accepted: false, reasons: ['one_category'] })
  })

  test('the window, as shipped: a working day', () => assert.equal(priorLoginWindow, 12 * 60 * 60 * 1_000))

  test('the window, on both sides of its end', () => {
    assert.equal(decide('pwd otp', { age: priorLoginWindow }).accepted, true)
    assert.deepEqual(decide('pwd otp', { age: priorLoginWindow + second }), { accepted: false, reasons: ['too_old'] })
    assert.deepEqual(decide('pwd', { age: Number.NaN }), { accepted: false, reasons: ['one_category', 'too_old'] })
  })

  test('never more than the words prove: a word more takes nothing away, a word less adds nothing', () => {
    const words = fc.uniqueArray(fc.constantFrom(...methodWords))
    fc.assert(
      fc.property(words, fc.constantFrom(...methodWords), (amr, word) => {
        const fewer = decide(amr.join(' '))
        const more = decide([...amr, word].join(' '))
        assert.ok(!fewer.accepted || more.accepted)
        assert.ok(!fewer.accepted || (more.accepted && more.level >= fewer.level))
      }),
    )
  })
})
