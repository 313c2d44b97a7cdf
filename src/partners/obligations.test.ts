import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { obligationLines, singleSignOnObligations } from './obligations.ts'
import type { Partner, Service } from './partners.ts'

const at = Date.parse('2026-11-22T10:00:00Z')
const partner = (id: string, professionals?: number) =>
  ({ id, ...(professionals === undefined ? {} : { professionals }) }) as Partner
const services = (owner: string, count: number, changes: Partial<Service> = {}) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ id: `${owner}-${index}`, partner: owner, sensitive: true, singleSignOn: true },
    ...changes,
  })) as Service[]

const linesOf = (partners: Partner[], all: Service[]) =>
  obligationLines(singleSignOnObligations({ partners, services: all }, at))

describe('R071: single sign-on as an obligation of a partner', () => {
  const cases: [string, number, number | undefined, boolean][] = [
    ['five sensitive services', 5, undefined, false],
    ['six', 6, undefined, true],
    ['5,000 professionals', 1, 5_000, false],
    ['5,001', 1, 5_001, true],
    ['5,001 professionals without any sensitive service', 0, 5_001, false],
  ]
  for (const [name, count, professionals, required] of cases) {
    test(name, () => {
      const all = [
        ...services('clinic', count),
        ...services('clinic', 9, { sensitive: false }),
        ...services('other', 9),
      ]
      const [found] = singleSignOnObligations({ partners: [partner('clinic', professionals)], services: all }, at)
      assert.equal(found?.required, required)
      assert.equal(found?.sensitiveServices, count)
    })
  }

  test('begins with 2025, in Paris', () => {
    const required = (time: string) =>
      singleSignOnObligations({ partners: [partner('clinic')], services: services('clinic', 6) }, Date.parse(time))[0]
        ?.required
    assert.equal(required('2024-12-31T22:59:59Z'), false)
    assert.equal(required('2024-12-31T23:00:00Z'), true)
  })

  test('says whether this hub meets it, and for which services it does not', () => {
    assert.deepEqual(linesOf([partner('clinic', 80)], services('clinic', 6)), [
      'partner clinic: single sign-on by OpenID Connect is required (6 sensitive services, 80 professionals); this hub meets it',
    ])
    const [apart] = services('clinic', 1, { singleSignOn: false })
    assert.ok(apart)
    assert.match(
      linesOf([partner('clinic')], [...services('clinic', 6).slice(1), apart])[0] ?? '',
      /required .*professionals not declared\); this hub meets it, but not for clinic-0$/,
    )
  })

  test('says that a number is missing where it could decide, and nothing of who has no sensitive service', () => {
    assert.deepEqual(linesOf([partner('clinic'), partner('town', 9_000)], services('clinic', 1)), [
      'partner clinic: single sign-on is not required (1 sensitive service, professionals not declared); declare its professionals to be sure',
    ])
  })
})
