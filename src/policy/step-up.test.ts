import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { levels } from '../kernel/assurance.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import {
  asksSecondFactor,
  decideStepUp,
  hasTwoFactors,
  idleLimit,
  type StepUpQuestion,
  type StepUpReason,
  stepUpOf,
} from './step-up.ts'

const at = Date.parse('2026-11-22T10:00:00Z')
const calm: StepUpQuestion = {
  session: { level: 'eidas2', serves: 'eidas2', lastSeen: at - minute },
  secondFactorAt: at - hour,
  device: { trusted: true, secondFactorHere: false },
  sensitiveOperation: false,
  at,
}
const session = (changes: Partial<StepUpQuestion['session']>) => ({ session: { ...calm.session, ...changes } })

describe('to prove more, or again', () => {
  const cases: [string, Partial<StepUpQuestion>, StepUpReason[]][] = [
    ['nothing of the kind', {}, []],
    ['R057: 29 minutes and 59 seconds idle', session({ lastSeen: at - 30 * minute + second }), []],
    ['R057: 30 minutes idle', session({ lastSeen: at - 30 * minute }), ['idle']],
    [
      'R057: 15 minutes idle, at the high level',
      session({ level: 'eidas3', serves: 'eidas3', lastSeen: at - 15 * minute }),
      ['idle'],
    ],
    ['R057: one second less', session({ level: 'eidas3', serves: 'eidas3', lastSeen: at - 15 * minute + second }), []],
    ['R057: a high level that the link does not serve', session({ level: 'eidas3', lastSeen: at - 20 * minute }), []],
    [
      'R057: a shorter limit of the settings',
      { ...session({ lastSeen: at - 10 * minute }), idle: 10 * minute },
      ['idle'],
    ],
    ['R058: five minutes after a second factor', { sensitiveOperation: true, secondFactorAt: at - 5 * minute }, []],
    [
      'R058: one second more',
      { sensitiveOperation: true, secondFactorAt: at - 5 * minute - second },
      ['sensitive_operation'],
    ],
    ['R059: an unknown device', { device: { trusted: false, secondFactorHere: false } }, ['unknown_device']],
    ['R059: ... where a second factor was proved', { device: { trusted: false, secondFactorHere: true } }, []],
    ['R059: a shift after the second factor', { secondFactorAt: at - 8 * hour }, []],
    ['R059: one second more', { secondFactorAt: at - 8 * hour - second }, ['second_factor_old']],
    ['R059: another interval', { secondFactorAt: at - 2 * hour, interval: hour }, ['second_factor_old']],
    ['R059: never', { secondFactorAt: undefined }, ['second_factor_old']],
    [
      'everything',
      {
        ...session({ lastSeen: Number.NaN }),
        secondFactorAt: undefined,
        device: { trusted: false, secondFactorHere: false },
        sensitiveOperation: true,
      },
      ['idle', 'sensitive_operation', 'unknown_device', 'second_factor_old'],
    ],
  ]
  for (const [name, changes, reasons] of cases) {
    test(name, () => assert.deepEqual(decideStepUp({ ...calm, ...changes }), { required: reasons.length > 0, reasons }))
  }

  test('R057: every level has its limit, and the settings never lengthen that of the highest', () => {
    assert.deepEqual(
      levels.map((level) => idleLimit(level) / minute),
      [30, 30, 15],
    )
    assert.deepEqual(
      levels.map((level) => idleLimit(level, 120 * minute) / minute),
      [120, 120, 15],
    )
    assert.deepEqual(
      levels.map((level) => idleLimit(level, 5 * minute) / minute),
      [5, 5, 5],
    )
  })
})

describe('of a live session', () => {
  const levels_ = { level: 'eidas2', serves: 'eidas2' } as const

  test('R058: a sensitive operation wants a second factor of the last five minutes', () => {
    const of = (age: number) =>
      stepUpOf({ ...levels_, secondFactorAt: at - age }, { sensitiveOperation: true, at }).reasons
    assert.deepEqual(of(5 * minute), [])
    assert.deepEqual(of(5 * minute + second), ['sensitive_operation'])
    assert.deepEqual(stepUpOf(levels_, { sensitiveOperation: true, at }).reasons, [
      'sensitive_operation',
      'unknown_device',
      'second_factor_old',
    ])
  })

  test('R059: two factors are a level that promises them, or a word that says so', () => {
    assert.equal(hasTwoFactors({ level: 'eidas1', amr: ['pwd'] }), false)
    assert.equal(hasTwoFactors({ level: 'eidas1', amr: ['pwd', 'mail'] }), false)
    assert.equal(hasTwoFactors({ level: 'eidas1', amr: ['pwd', 'sms', 'mfa'] }), true)
    assert.equal(hasTwoFactors({ level: 'eidas2', amr: [] }), true)
  })

  const asked: [string, 'never' | 'sensitive' | 'all', boolean, number | undefined, boolean][] = [
    ['nobody, where the operator says never', 'never', true, undefined, false],
    ['not for an ordinary service', 'sensitive', false, undefined, false],
    ['for a sensitive one, when none was ever proved', 'sensitive', true, undefined, true],
    ['for a sensitive one, at the end of the interval', 'sensitive', true, at - hour, false],
    ['for a sensitive one, a second later', 'sensitive', true, at - hour - second, true],
    ['for every one', 'all', false, at - hour - second, true],
    ['for every one, within the interval', 'all', false, at - hour, false],
  ]
  for (const [name, stepUp, sensitive, secondFactorAt, expected] of asked) {
    test(`R059: asked again: ${name}`, () =>
      assert.equal(
        asksSecondFactor({ sensitive }, secondFactorAt, { stepUp, secondFactorInterval: hour, at }),
        expected,
      ))
  }
})
