import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { hour, minute } from '../kernel/durations.ts'
import { newId, type OrganisationId } from '../kernel/ids.ts'
import type { Capacity } from '../policy/mandate.ts'
import { keyOf, refOf } from './acting.ts'
import {
  type ActingInLogin,
  type Event,
  type Evidence,
  type Flow,
  type Principal,
  type Stage,
  transition,
} from './flow.ts'
import { nextStep, type Step, type Terms, withoutPrompt } from './next-step.ts'

const startedAt = Date.parse('2026-11-22T10:00:00Z')
const now = startedAt + 2 * minute
const organisation = newId('organisation')
const acting: ActingInLogin = {
  organisation,
  capacity: { as: 'mandatary', mandate: newId('mandate') },
  rights: [{ service: 'filing', action: 'submit', minimumLevel: 'eidas2' }],
  above: [],
  names: { organisation: { subject: 'ice:1', name: 'Atlas', identifiers: { ice: '1' } } },
}
const self: Principal = { for: 'self' }
const other: Principal = { for: 'organisation', acting }

const session: Evidence = {
  from: 'session',
  provider: 'tax',
  session: newId('session'),
  person: newId('person'),
  link: newId('link'),
  level: 'eidas2',
  amr: ['pwd'],
  authTime: startedAt - hour,
  acr: 'eidas2',
  informed: true,
}
const arriving = (more: object = {}): Evidence & { from: 'provider' } => ({
  from: 'provider',
  provider: 'tax',
  recognition: 'known',
  assertion: {
    provider: 'tax',
    subject: 's',
    level: 'eidas2',
    amr: ['pwd'],
    authTime: startedAt + minute,
    identity: { kind: 'professional', nationalId: '899700366240', given_name: 'A', family_name: 'B', claims: {} },
  },
  ...more,
})

const flowAt = (stage: Stage): Pick<Flow, 'request' | 'stage' | 'startedAt'> => ({
  startedAt,
  stage,
  request: {
    service: 'filing',
    scopes: ['openid', 'representation'],
    languages: [],
    requested: { acrValues: [], prompts: [] },
  },
})

describe('R092: for whom the person acts is a step of the login', () => {
  const asks: Terms = { minimumLevel: 'eidas1', asksPrincipal: true }
  const choose: Step = { step: 'choose-principal', acr: 'eidas2' }
  const table: [sentence: string, stage: Stage, terms: Terms, step: Step][] = [
    ['who came back from a provider chooses', { at: 'identified', evidence: arriving() }, asks, choose],
    [
      'whoever a session answers for as well: it has said it of another time',
      { at: 'identified', evidence: session },
      asks,
      choose,
    ],
    [
      'a service that does not ask sees a person, and nobody is asked',
      { at: 'identified', evidence: session },
      { minimumLevel: 'eidas1' },
      { step: 'issue', acr: 'eidas2' },
    ],
    [
      'after two accounts were told apart',
      { at: 'identified', evidence: arriving({ recognition: 'resembles' }) },
      asks,
      { step: 'join' },
    ],
    [
      '... and not before',
      { at: 'identified', evidence: arriving({ recognition: 'resembles' }), alone: true },
      asks,
      choose,
    ],
    [
      'before the page of what goes, which says it',
      { at: 'identified', evidence: arriving(), principal: other },
      asks,
      { step: 'inform', acr: 'eidas2' },
    ],
    [
      'for themselves as well',
      { at: 'identified', evidence: arriving(), principal: self },
      asks,
      { step: 'inform', acr: 'eidas2' },
    ],
    [
      'a session that has told the rest answers',
      { at: 'identified', evidence: session, principal: other },
      asks,
      { step: 'issue', acr: 'eidas2' },
    ],
    [
      'once they read it',
      { at: 'informed', evidence: arriving(), principal: other },
      asks,
      { step: 'issue', acr: 'eidas2' },
    ],
    ['a forged end without a choice', { at: 'informed', evidence: arriving() }, asks, choose],
    [
      'who is not let in is asked nothing',
      { at: 'identified', evidence: arriving({ obstacle: 'frozen' }) },
      asks,
      { step: 'refuse', error: 'identity_frozen' },
    ],
    [
      'nor who must sign in better first',
      { at: 'identified', evidence: session },
      { ...asks, minimumLevel: 'eidas3' },
      { step: 'refuse', error: 'login_required' },
    ],
  ]
  for (const [sentence, stage, terms, step] of table) {
    test(`R092: ${sentence}`, () => assert.deepEqual(nextStep(flowAt(stage), terms, now), step))
  }

  test('R092: nobody can be asked by prompt=none', () => {
    assert.deepEqual(withoutPrompt(choose), { step: 'refuse', error: 'interaction_required' })
  })
})

describe('choosing, and choosing again', () => {
  const here: Stage = { at: 'identified', evidence: session }
  const notice = { kind: 'principal' as const, provider: 'tax' }
  const kept: Stage = { at: 'choosing', notice, kept: session }
  const sent: Event = { event: 'sent_upstream', hop: {} as never, fresh: true, at: now }
  const issued: Stage = { at: 'issued', answer: {} as never, issuedAt: now, cookies: '' }
  const table: [sentence: string, stage: Stage, event: Event, then: Stage | undefined][] = [
    ['a choice', here, { event: 'principal_chosen', principal: other }, { ...here, principal: other }],
    [
      'another one, in another tab: the last one counts',
      { ...here, principal: self },
      { event: 'principal_chosen', principal: other },
      { ...here, principal: other },
    ],
    [
      'after a notice it is gone',
      { ...here, lost: true },
      { event: 'principal_chosen', principal: self },
      { ...here, principal: self },
    ],
    ['nobody is there yet', { at: 'choosing' }, { event: 'principal_chosen', principal: other }, undefined],
    ['a click after the end', issued, { event: 'principal_chosen', principal: other }, undefined],
    [
      'the right ended on the last page',
      { at: 'informed', evidence: session, principal: other },
      { event: 'principal_lost' },
      { ...here, alone: true, lost: true },
    ],
    ['more is asked: who they are is kept', here, { event: 'principal_needs_more', notice }, kept],
    [
      '... while they are away',
      kept,
      sent,
      { at: 'authenticating', hop: {} as never, fresh: true, since: now, kept: session },
    ],
    [
      '... and when they come back without an answer',
      { at: 'authenticating', hop: {} as never, fresh: true, since: now, kept: session },
      { event: 'came_back_empty', notice: { kind: 'cancelled', provider: 'post' } },
      { at: 'choosing', notice: { kind: 'cancelled', provider: 'post' }, kept: session },
    ],
    ['they go back to the choice as they are', kept, { event: 'principal_left' }, { ...here, alone: true }],
    [
      'from the last page likewise',
      { ...here, principal: other },
      { event: 'principal_left' },
      { ...here, alone: true },
    ],
    ['nobody is kept', { at: 'choosing' }, { event: 'principal_left' }, undefined],
    [
      'the choice goes along with what was read',
      { ...here, principal: other },
      { event: 'acknowledged' },
      { at: 'informed', evidence: session, principal: other },
    ],
  ]
  for (const [sentence, stage, event, then] of table) {
    test(sentence, () => assert.deepEqual(transition(stage, event), then))
  }
})

describe('what a form sends', () => {
  const [mandate, membership] = [newId('mandate'), newId('membership')]
  const firm: OrganisationId = newId('organisation')
  test('a key says whom and as what, and is read back', () => {
    const capacities: Capacity[] = [
      { as: 'representative', representation: newId('representation') },
      { as: 'mandatary', mandate },
      { as: 'employee', mandate, firm, membership },
    ]
    for (const capacity of capacities)
      assert.deepEqual(refOf(keyOf({ organisation, capacity })), { organisation, capacity })
  })

  const forged: [name: string, key: string][] = [
    ['nothing', ''],
    ['oneself, which is no organisation', 'self'],
    ['an organisation as nothing', organisation],
    ['a mandate of nobody', mandate],
    ['an organisation by a membership', `${organisation}.${membership}`],
    ['the firm is missing', `${organisation}.${mandate}.${membership}`],
    ['one part too many', `${organisation}.${mandate}.${firm}.${membership}.${mandate}`],
    ['SQL', `${organisation}.${mandate}' or '1'='1`],
    ['a path', `${organisation}.../../etc`],
    ['very long', `${organisation}.${mandate}${'A'.repeat(10_000)}`],
  ]
  test('anything else is nobody', () => {
    for (const [name, key] of forged) assert.equal(refOf(key), undefined, name)
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (key) => assert.equal(refOf(key), undefined)))
  })
})
