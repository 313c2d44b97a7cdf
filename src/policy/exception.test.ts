import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { hour, second } from '../kernel/durations.ts'
import { decideException, type ExceptionQuestion, type ExceptionReason, exceptionWindow } from './exception.ts'
import { type FactorKind, factorKinds } from './factors.ts'

const at = Date.parse('2026-11-22T10:00:00Z')
const badge = { kind: 'contactless_chip', id: 'badge-7' } as const
const password = { kind: 'password', id: 'password-1' } as const
const met: ExceptionQuestion = {
  useCase: 'Intensive care, file 12 of the service',
  riskAnalysis: 'RA-2026-03',
  prior: { at: at - hour, factors: [password, badge] },
  factor: badge,
  at,
  window: exceptionWindow,
}
const prior = (changes: Partial<NonNullable<ExceptionQuestion['prior']>>) => ({
  prior: { at: at - hour, factors: [password, badge], ...changes },
})

describe('one factor in an emergency', () => {
  const cases: [string, Partial<ExceptionQuestion>, ExceptionReason[]][] = [
    ['all four conditions', {}, []],
    ['R035: no use case', { useCase: undefined }, ['use_case_missing']],
    ['R035: a blank one', { useCase: ' ' }, ['use_case_missing']],
    ['R036: no risk analysis', { riskAnalysis: undefined }, ['risk_analysis_missing']],
    ['R037: no sign-in before', { prior: undefined }, ['prior_missing']],
    ['R037: four hours ago', prior({ at: at - 4 * hour }), []],
    ['R037: four hours and one second ago', prior({ at: at - 4 * hour - second }), ['prior_too_old']],
    ['R037: at this very instant', prior({ at }), []],
    ['R037: one second ahead', prior({ at: at + second }), ['prior_in_future']],
    ['R037: with one factor', prior({ factors: [badge] }), ['prior_one_factor']],
    ['R037: with two of one category', prior({ factors: [badge, { kind: 'totp', id: '3' }] }), ['prior_one_factor']],
    ['R037: within a window of the service', { window: 8 * hour, ...prior({ at: at - 8 * hour }) }, []],
    ['R037: outside of it', { window: hour - 1 }, ['prior_too_old']],
    ['R038: the other one of the two', { factor: password }, []],
    ['R038: a third factor', { factor: { kind: 'security_key', id: 'key-1' } }, ['other_factor']],
    ['R038: another badge', { factor: { kind: 'contactless_chip', id: 'badge-8' } }, ['other_factor']],
    [
      'R053: a TOTP, though it was one of the two',
      { factor: { kind: 'totp', id: '3' }, ...prior({ factors: [password, { kind: 'totp', id: '3' }] }) },
      ['one_time_code'],
    ],
    [
      'everything that can be missing',
      { useCase: undefined, riskAnalysis: '', prior: undefined, factor: { kind: 'sms_otp', id: '' } },
      ['use_case_missing', 'risk_analysis_missing', 'prior_missing', 'one_time_code'],
    ],
    [
      'a sign-in before that is nothing of what it should be',
      { ...prior({ at: at - 5 * hour, factors: [] }) },
      ['prior_one_factor', 'prior_too_old', 'other_factor'],
    ],
  ]
  for (const [name, changes, reasons] of cases) {
    test(name, () =>
      assert.deepEqual(decideException({ ...met, ...changes }), { accepted: reasons.length === 0, reasons }),
    )
  }

  test('the window is four hours', () => assert.equal(exceptionWindow, 4 * hour))

  const someFactor = fc.record({
    kind: fc.constantFrom(...(Object.keys(factorKinds) as FactorKind[])),
    id: fc.constantFrom('1', '2'),
  })
  const question = fc.record({
    useCase: fc.constantFrom(undefined, '', 'care'),
    riskAnalysis: fc.constantFrom(undefined, 'RA'),
    prior: fc.option(fc.record({ at: fc.double(), factors: fc.array(someFactor, { maxLength: 4 }) }), {
      nil: undefined,
    }),
    factor: someFactor,
    at: fc.double(),
    window: fc.double(),
  })
  test('there is a decision for everything, and no acceptance without all four conditions', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { accepted, reasons } = decideException(asked)
        assert.equal(accepted, reasons.length === 0)
        if (!accepted) return
        assert.ok(asked.useCase && asked.riskAnalysis && asked.prior)
        assert.ok(asked.at - asked.prior.at <= asked.window)
        assert.ok(asked.prior.factors.some(({ kind, id }) => kind === asked.factor.kind && id === asked.factor.id))
      }),
      { numRuns: 2_000 },
    )
  })
})
