import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyOf, policySchema } from '../policy/settings.ts'
import { isInDomain } from './enrolment.ts'
import { meansRules, meansSchema } from './settings.ts'

test('R055 R042: a health mailbox is a secured one; one that is secured alone proves no identity', () => {
  const rulesOf = (means: unknown, policy: unknown) =>
    meansRules(meansSchema.parse(means), policyOf(policySchema.parse(policy)))
  const rows: [means: unknown, policy: unknown, address: string, proves: boolean, secured: boolean][] = [
    [undefined, undefined, 'a@medecin.mssante.fr', true, true],
    [undefined, undefined, 'a@mssante.fr', true, true],
    [undefined, undefined, 'a@hospital.example', false, false],
    [undefined, { secureMailDomains: ['hospital.example'] }, 'a@hospital.example', false, true],
    [undefined, { secureMailDomains: ['hospital.example'] }, 'a@ward.hospital.example', false, true],
    [undefined, { secureMailDomains: ['hospital.example'] }, 'a@nothospital.example', false, false],
    [undefined, { secureMailDomains: ['hospital.example'] }, 'a@hospital.example.org', false, false],
    [undefined, { secureMailDomains: ['hospital.example'] }, 'a@mssante.fr', true, true],
    [{ healthMailDomains: [] }, undefined, 'a@mssante.fr', false, false],
    [{ healthMailDomains: [] }, { secureMailDomains: ['mssante.fr'] }, 'a@mssante.fr', false, true],
  ]
  for (const [means, policy, address, proves, secured] of rows) {
    const rules = rulesOf(means, policy)
    const found = [
      isInDomain(address, rules.enrolment.healthMailDomains),
      isInDomain(address, rules.securedMailDomains),
    ]
    assert.deepEqual(found, [proves, secured], `${address} ${JSON.stringify([means, policy])}`)
  }
})
