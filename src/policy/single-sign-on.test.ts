import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { decideSingleSignOn, type SingleSignOnReason } from './single-sign-on.ts'

const begun = Date.parse('2025-01-01T00:00:00+01:00')

describe('single sign-on is required', () => {
  const cases: [string, number, number, number, boolean, SingleSignOnReason[]][] = [
    ['five services, 5,000 professionals: strictly more is meant', 5, 5_000, begun, false, ['few']],
    ['six services', 6, 0, begun, true, ['many_services']],
    ['5,001 professionals', 1, 5_001, begun, true, ['many_professionals']],
    ['both', 6, 5_001, begun, true, ['many_services', 'many_professionals']],
    [
      'the last second of 2024 in Paris',
      6,
      5_001,
      begun - 1_000,
      false,
      ['many_services', 'many_professionals', 'before_2025'],
    ],
    ['2025 in Paris, 2024 in Greenwich', 6, 0, Date.parse('2024-12-31T23:00:00Z'), true, ['many_services']],
    ['small, and before', 0, 0, begun - 1, false, ['before_2025', 'few']],
    ['today', 7, 12, Date.parse('2026-11-22T10:00:00Z'), true, ['many_services']],
  ]
  for (const [name, services, professionals, at, required, reasons] of cases) {
    test(`R071: ${name}`, () =>
      assert.deepEqual(decideSingleSignOn({ services, professionals, at }), { required, reasons }))
  }

  test('R071: growing never ends the obligation', () => {
    fc.assert(
      fc.property(
        fc.double(),
        fc.double(),
        fc.double(),
        fc.nat(),
        fc.nat(),
        (services, professionals, at, more, later) => {
          const before = decideSingleSignOn({ services, professionals, at })
          const after = decideSingleSignOn({
            services: services + more,
            professionals: professionals + more,
            at: at + later,
          })
          assert.ok(!before.required || after.required)
          assert.ok(before.reasons.length > 0)
        },
      ),
    )
  })
})
