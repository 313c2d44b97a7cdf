import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../kernel/ids.ts'
import type { ActingInLogin } from '../login/flow.ts'
import type { Acting, Action, Capacity, Right } from '../policy/mandate.ts'
import { representedClaim } from './represented.ts'

const until = Date.parse('2027-01-01T00:00:00Z')
const right = (action: Action, more: Partial<Right> = {}): Right => ({
  ...{ service: 'filing', action, minimumLevel: 'eidas2' },
  ...more,
})
const mandate = newId('mandate')
const firm = newId('organisation')
const named = { subject: 'ice:001525516000093', name: 'ATLAS TEXTILES', identifiers: { ice: '001525516000093' } }

function chosen(capacity: Capacity, rights: Right[]): ActingInLogin {
  const employer = { subject: 'ice:002233445000011', name: 'CABINET ZAGORA', identifiers: { ice: '002233445000011' } }
  const names = { organisation: named, ...(capacity.as === 'employee' ? { firm: employer } : {}) }
  return { organisation: newId('organisation'), capacity, rights, above: [], names }
}
const employee: Capacity = { as: 'employee', mandate, firm, membership: newId('membership') }

test('R096: what a service is told of an employee of a firm', () => {
  const rights = [right('prepare', { until }), right('submit', { until: until - 1, minimumLevel: 'eidas3' })]
  assert.deepEqual(representedClaim(chosen(employee, rights)), {
    sub: 'ice:001525516000093',
    name: 'ATLAS TEXTILES',
    identifiers: { ice: '001525516000093' },
    as: 'employee',
    mandate,
    firm: { sub: 'ice:002233445000011', name: 'CABINET ZAGORA' },
    rights: [
      { action: 'prepare', until: until / 1000, minimum_level: 'eidas2' },
      // The end itself is not part of it: less is told than more.
      { action: 'submit', until: until / 1000 - 1, minimum_level: 'eidas3' },
    ],
    until: until / 1000,
  })
})

test('R098: of a legal representative, who has no mandate and often no end', () => {
  const representative: Capacity = { as: 'representative', representation: newId('representation') }
  const said = representedClaim(chosen(representative, [right('submit'), right('pay', { until })]))
  assert.deepEqual(
    [said?.as, 'mandate' in (said ?? {}), 'firm' in (said ?? {}), 'until' in (said ?? {})],
    [...['representative', false], ...[false, false]],
  )
})

test('R097: later what is left, and never more than was chosen', () => {
  const login = chosen(employee, [right('prepare'), right('submit', { until })])
  const now = (...rights: Right[]): Acting => ({ ...login, rights, above: [] })
  const actionsOf = (live: Acting) => representedClaim(login, live)?.rights.map(({ action }) => action)
  assert.deepEqual(actionsOf(now(right('prepare'))), ['prepare'])
  assert.deepEqual(actionsOf(now(right('prepare'), right('pay'))), ['prepare'], 'what was given since')
  assert.equal(actionsOf(now(right('pay'))), undefined, 'nothing is left')
  const [longer] = representedClaim(login, now(right('submit', { until: until * 2 })))?.rights ?? []
  assert.equal(longer?.until, until / 1000)
  const [stricter] = representedClaim(login, now(right('prepare', { minimumLevel: 'eidas3' })))?.rights ?? []
  assert.equal(stricter?.minimum_level, 'eidas3')
})
