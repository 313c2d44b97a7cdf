import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import { type Action, actions, type Capacity } from './mandate.ts'
import {
  asksLess,
  decideRepresentation,
  type RemoteTerms,
  type RepresentationDecision,
  type RepresentationQuestion,
} from './representation.ts'

type Asked = RepresentationQuestion<{ action: Action }>

const rightsTo = (...named: Action[]) => named.map((action) => ({ action }))
const remote = (changes: Partial<RemoteTerms> = {}): RemoteTerms => ({ secondFactor: false, closed: false, ...changes })

const usual: Asked = {
  terms: { actions: ['read', 'prepare', 'submit'] },
  capacity: 'mandatary',
  rights: rightsTo('prepare', 'submit'),
  surroundings: { place: 'remote', twoFactors: false },
  level: 'eidas2',
}
const under = (terms: RemoteTerms, changes: Partial<Asked> = {}): Asked => ({
  ...usual,
  terms: { actions: ['read', 'prepare', 'submit'], remote: terms },
  ...changes,
})
const here = { place: 'local', twoFactors: false } as const
const proved = { place: 'remote', twoFactors: true } as const

/** What is left of the actions, what is asked for, or nothing. */
type Said = Action[] | { needs: string } | 'refused'

const cases: [name: string, asked: Asked, said: Said, ...reasons: string[]][] = [
  ['no rule', usual, ['prepare', 'submit'], 'no_remote_rule'],
  [
    'what the service does not take is nothing there',
    { ...usual, rights: rightsTo('pay', 'submit') },
    ['submit'],
    'no_remote_rule',
  ],
  ['none of it', { ...usual, rights: rightsTo('pay') }, 'refused', 'action_not_taken'],
  ['nobody acts there', { ...usual, terms: undefined }, 'refused', 'action_not_taken'],
  ['closed from afar', under(remote({ closed: true })), 'refused', 'remote_mandate', 'remote_closed'],
  [
    '... and not to who is there',
    under(remote({ closed: true }), { surroundings: here }),
    ['prepare', 'submit'],
    'local_network',
  ],
  [
    '... nor to a representative',
    under(remote({ closed: true }), { capacity: 'representative' }),
    ['prepare', 'submit'],
    'own_organisation',
  ],
  [
    '... but to an employee',
    under(remote({ closed: true }), { capacity: 'employee' }),
    'refused',
    'remote_mandate',
    'remote_closed',
  ],
  ['fewer actions', under(remote({ actions: ['read', 'prepare'] })), ['prepare'], 'remote_mandate', 'remote_actions'],
  ['none of those that are left', under(remote({ actions: ['read'] })), 'refused', 'remote_mandate', 'remote_actions'],
  [
    'all of those that are left',
    under(remote({ actions: ['prepare', 'submit'] })),
    ['prepare', 'submit'],
    'remote_mandate',
  ],
  ['a higher level', under(remote({ level: 'eidas3' })), { needs: 'eidas3' }, 'remote_mandate', 'remote_level'],
  ['... that is there', under(remote({ level: 'eidas2' })), ['prepare', 'submit'], 'remote_mandate'],
  [
    'two factors in this login',
    under(remote({ secondFactor: true })),
    { needs: 'two_factors' },
    'remote_mandate',
    'remote_second_factor',
  ],
  [
    '... that were proved',
    under(remote({ secondFactor: true }), { surroundings: proved }),
    ['prepare', 'submit'],
    'remote_mandate',
  ],
  [
    'the level first',
    under(remote({ secondFactor: true, level: 'eidas3' })),
    { needs: 'eidas3' },
    'remote_mandate',
    'remote_level',
  ],
  [
    'what is refused asks for nothing',
    under(remote({ level: 'eidas3', actions: ['read'] })),
    'refused',
    'remote_mandate',
    'remote_actions',
  ],
  [
    'a local network asks for nothing more',
    under(remote({ level: 'eidas3', secondFactor: true }), { surroundings: here }),
    ['prepare', 'submit'],
    'local_network',
  ],
]

function saidBy(decision: RepresentationDecision<{ action: Action }>): Said {
  if (decision.kind === 'allowed') return decision.rights.map(({ action }) => action)
  return decision.kind === 'step_up' ? { needs: decision.need } : 'refused'
}

describe('R099: may somebody act for an organisation from where they are?', () => {
  for (const [name, asked, said, ...reasons] of cases) {
    test(`R099: ${name}`, () => {
      const decision = decideRepresentation(asked)
      assert.deepEqual([saidBy(decision), decision.reasons], [said, reasons])
    })
  }

  const level = fc.constantFrom<Level>(...levels)
  const someActions = fc.subarray([...actions])
  const terms = fc.record(
    {
      level: fc.constantFrom<Level>('eidas2', 'eidas3'),
      secondFactor: fc.boolean(),
      actions: someActions,
      closed: fc.boolean(),
    },
    { requiredKeys: ['secondFactor', 'closed'] },
  )
  const asked = fc.record({
    terms: fc.record({ actions: someActions, remote: terms }, { requiredKeys: ['actions'] }),
    capacity: fc.constantFrom<Capacity['as']>('representative', 'mandatary', 'employee'),
    rights: someActions.map((list) => rightsTo(...list)),
    surroundings: fc.record({ place: fc.constantFrom('local' as const, 'remote' as const), twoFactors: fc.boolean() }),
    level,
  })
  const left = (question: Asked): Action[] => {
    const said = saidBy(decideRepresentation(question))
    return Array.isArray(said) ? said : []
  }

  test('R099: from afar never more than from a network of the operator, and never more than the right', () => {
    fc.assert(
      fc.property(asked, (question) => {
        const local = left({ ...question, surroundings: { ...question.surroundings, place: 'local' } })
        const distant = left({ ...question, surroundings: { ...question.surroundings, place: 'remote' } })
        assert.ok(distant.every((action) => local.includes(action)))
        assert.ok(local.every((action) => question.rights.some((right) => right.action === action)))
        assert.ok(local.every((action) => question.terms.actions.includes(action)))
      }),
    )
  })

  test('R099: a stricter rule never opens more, and what is not looser asks no less', () => {
    fc.assert(
      fc.property(asked, terms, terms, (question, wanted, granted) => {
        if (asksLess(wanted, granted)) return
        const by = (rule: RemoteTerms) => left({ ...question, terms: { ...question.terms, remote: rule } })
        const before = by(granted)
        assert.ok(by(wanted).every((action) => before.includes(action)))
      }),
    )
  })
})

test('R099: which rules of distance ask less than those that were granted', () => {
  const looser: [name: string, wanted: RemoteTerms | undefined, granted: RemoteTerms | undefined, isLooser: boolean][] =
    [
      ['a first rule', remote({ level: 'eidas2' }), undefined, false],
      ['none any more', undefined, remote(), true],
      ['the same', remote({ level: 'eidas2' }), remote({ level: 'eidas2' }), false],
      ['a lower level', remote({ level: 'eidas2' }), remote({ level: 'eidas3' }), true],
      ['no level', remote(), remote({ level: 'eidas2' }), true],
      ['no second factor', remote(), remote({ secondFactor: true }), true],
      ['more actions', remote({ actions: ['read', 'pay'] }), remote({ actions: ['read'] }), true],
      ['all actions', remote(), remote({ actions: ['read'] }), true],
      ['fewer actions', remote({ actions: ['read'] }), remote({ actions: ['read', 'pay'] }), false],
      ['open again', remote({ level: 'eidas3' }), remote({ closed: true }), true],
      ['closed', remote({ closed: true }), remote({ level: 'eidas3', secondFactor: true }), false],
    ]
  for (const [name, wanted, granted, isLooser] of looser) assert.equal(asksLess(wanted, granted), isLooser, name)
})
