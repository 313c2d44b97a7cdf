import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { levels } from '../kernel/assurance.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { decideStepUp, idleLimit, type StepUpQuestion, type StepUpReason } from './step-up.ts'

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
    ['R059: a day after the second factor', { secondFactorAt: at - day }, []],
    ['R059: one second more', { secondFactorAt: at - day - second }, ['second_factor_old']],
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
