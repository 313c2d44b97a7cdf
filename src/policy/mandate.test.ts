/** Mandates, decided: tables of states, drafts, signatures and uses; and that nothing is ever wider than what was signed. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { atLeast, type Level, levels } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import {
  type Action,
  actions,
  answerBy,
  bestOf,
  type Cause,
  type DraftQuestion,
  defaultEnd,
  endedBy,
  type InForce,
  inTableOrder,
  intersect,
  judgeDraft,
  judgeSignature,
  judgeUse,
  type MandateState,
  type MandateStep,
  mandateSteps,
  narrows,
  type Right,
  type Side,
  type SignatureQuestion,
  type Standing,
  sides,
  signingLevel,
  suspensionReasons,
  type Terms,
  transition,
  type UseQuestion,
  type UseRefusal,
} from './mandate.ts'

const now: Instant = Date.parse('2026-11-23T09:00:00Z')
const timeZone = 'Europe/Paris'
const right = (action: Action, over: Partial<Right> = {}): Right => ({
  ...{ service: 'declarations', action, minimumLevel: 'eidas2' },
  ...over,
})

// ── States ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const causes: readonly Cause[] = ['principal', 'mandatary', 'operator', 'clock', 'register']
const standing = (over: Partial<Standing> = {}): Standing => ({
  ...{ state: 'draft', drawnUpBy: 'principal', signed: [], suspensions: [] },
  ...over,
})
const draftBy = (drawnUpBy: Side) => standing({ drawnUpBy })
const proposed = standing({ state: 'proposed', signed: ['principal'] })
const proposedUnsigned = standing({ state: 'proposed', drawnUpBy: 'mandatary' })
const active = standing({ state: 'active', signed: ['principal', 'mandatary'] })
const suspendedBy = (...suspensions: Standing['suspensions']) => ({
  ...active,
  state: 'suspended' as const,
  suspensions,
})
const ended: Standing = { ...active, state: 'ended', endedFor: 'revoked' }

describe('R094, R097: which step leads where, and who may cause it', () => {
  const rows: [string, Standing, MandateStep, Cause, string][] = [
    ['who drew it up proposes', draftBy('principal'), 'propose', 'principal', 'proposed'],
    ['a firm proposes what it drew up', draftBy('mandatary'), 'propose', 'mandatary', 'proposed'],
    ['the other side does not', draftBy('mandatary'), 'propose', 'principal', 'not_yours'],
    ['a draft that is signed is proposed', draftBy('principal'), 'sign', 'principal', 'proposed'],
    ['a draft is nobody else’s', draftBy('principal'), 'sign', 'mandatary', 'not_yours'],
    ['the first of two signatures', proposedUnsigned, 'sign', 'mandatary', 'proposed'],
    ['the second one', proposed, 'sign', 'mandatary', 'active'],
    ['nobody signs twice', proposed, 'sign', 'principal', 'already_signed'],
    ['no operator signs', proposed, 'sign', 'operator', 'not_yours'],
    ['the other side refuses', proposed, 'refuse', 'mandatary', 'ended refused'],
    ['who drew it up does not', proposed, 'refuse', 'principal', 'not_yours'],
    ['who drew it up withdraws', proposed, 'withdraw', 'principal', 'ended withdrawn'],
    ['the other side does not', proposed, 'withdraw', 'mandatary', 'not_yours'],
    ['a draft is withdrawn', draftBy('mandatary'), 'withdraw', 'mandatary', 'ended withdrawn'],
    ['21 days', proposed, 'lapse', 'clock', 'ended unanswered'],
    ['nobody lets a draft lapse', draftBy('principal'), 'lapse', 'clock', 'wrong_state'],
    ['the principal suspends', active, 'suspend', 'principal', 'suspended principal'],
    ['an operator suspends', active, 'suspend', 'operator', 'suspended operator'],
    ['... what the principal had', suspendedBy('principal'), 'suspend', 'operator', 'suspended operator,principal'],
    ['twice', suspendedBy('principal'), 'suspend', 'principal', 'already_so'],
    ['the mandatary does not', active, 'suspend', 'mandatary', 'not_yours'],
    ['whoever suspended resumes', suspendedBy('principal'), 'resume', 'principal', 'active'],
    ['the other does not', suspendedBy('operator'), 'resume', 'principal', 'already_so'],
    ['one of two reasons', suspendedBy('operator', 'principal'), 'resume', 'operator', 'suspended principal'],
    ['who signed lost the right', active, 'doubt', 'register', 'suspended to_confirm'],
    ['a representative confirms', suspendedBy('to_confirm'), 'confirm', 'principal', 'active'],
    ['... and lifts nothing else', suspendedBy('operator', 'to_confirm'), 'confirm', 'principal', 'suspended operator'],
    ['nobody resumes it otherwise', suspendedBy('to_confirm'), 'resume', 'principal', 'already_so'],
    ['the register names them again', suspendedBy('to_confirm'), 'confirm', 'register', 'active'],
    ['the mandatary confirms nothing', suspendedBy('to_confirm'), 'confirm', 'mandatary', 'not_yours'],
    ['30 days', suspendedBy('to_confirm'), 'lose_authority', 'clock', 'ended authority_lost'],
    ['revoked', active, 'revoke', 'principal', 'ended revoked'],
    ['... while suspended', suspendedBy('operator'), 'revoke', 'principal', 'ended revoked'],
    ['not by the mandatary', active, 'revoke', 'mandatary', 'not_yours'],
    ['not before it is in force', proposed, 'revoke', 'principal', 'wrong_state'],
    ['renounced', active, 'renounce', 'mandatary', 'ended renounced'],
    ['not by the principal', active, 'renounce', 'principal', 'not_yours'],
    ['its term', active, 'end_term', 'clock', 'ended term'],
    ['... while suspended', suspendedBy('principal'), 'end_term', 'clock', 'ended term'],
    ['nobody but the clock', active, 'end_term', 'operator', 'not_yours'],
    ['fraud', suspendedBy('operator'), 'condemn', 'operator', 'ended fraud'],
    ['... before it was signed', draftBy('mandatary'), 'condemn', 'operator', 'ended fraud'],
    ['another one takes its place', active, 'supersede', 'clock', 'ended superseded'],
  ]
  for (const [says, from, step, by, to] of rows) {
    test(`${says}: ${step} by ${by}`, () => {
      const next = transition(from, { step, by })
      const seen = next.ok
        ? [next.standing.state, next.standing.endedFor ?? next.standing.suspensions.join()].filter(Boolean).join(' ')
        : next.reason
      assert.equal(seen, to)
    })
  }

  test('nothing leaves the end', () => {
    for (const step of mandateSteps) {
      for (const by of causes) assert.equal(transition(ended, { step, by }).ok, false, `${step} by ${by}`)
    }
  })

  test('whatever is tried, in whatever order: suspended exactly with a reason, in force with both signatures only', () => {
    const event = fc.record({ step: fc.constantFrom(...mandateSteps), by: fc.constantFrom(...causes) })
    fc.assert(
      fc.property(fc.constantFrom(...sides), fc.array(event, { maxLength: 30 }), (drawnUpBy, events) => {
        let at = draftBy(drawnUpBy)
        for (const one of events) {
          const next = transition(at, one)
          if (!next.ok) continue
          assert.notEqual(at.state, 'ended')
          at = next.standing
          assert.equal(at.state === 'suspended', at.suspensions.length > 0)
          assert.equal(at.state === 'ended', at.endedFor !== undefined)
          if (at.state === 'active' || at.state === 'suspended')
            assert.deepEqual([...at.signed].sort(), [...sides].sort())
          assert.deepEqual(
            at.suspensions,
            suspensionReasons.filter((reason) => at.suspensions.includes(reason)),
          )
        }
      }),
      { numRuns: 300 },
    )
  })
})

test('R097: 21 days to answer, and never after the end', () => {
  assert.equal(answerBy(now, now + 365 * day), now + 21 * day)
  assert.equal(answerBy(now, now + 3 * day), now + 3 * day)
})

// ── Scopes ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const anyRight: fc.Arbitrary<Right> = fc
  .record({
    service: fc.constantFrom('declarations', 'refunds'),
    action: fc.constantFrom<Action>('read', 'submit', 'pay'),
    minimumLevel: fc.constantFrom(...levels),
    end: fc.option(fc.integer({ min: 1, max: 6 })),
  })
  .map(({ end, ...row }) => (end === null ? row : { ...row, until: now + end * day }))
const anyScope = fc
  .uniqueArray(anyRight, { selector: ({ service, action }) => `${service} ${action}`, maxLength: 6 })
  .map(inTableOrder)

describe('R097: what of a scope is left where several limits meet', () => {
  const same = (a: readonly Right[], b: readonly Right[]) => assert.deepEqual(inTableOrder(a), inTableOrder(b))

  test('it is in each of them, whatever the order, and nothing narrower would do', () => {
    fc.assert(
      fc.property(anyScope, anyScope, anyScope, (a, b, c) => {
        const both = intersect(a, b)
        assert.ok(narrows(both, a) && narrows(both, b))
        same(both, intersect(b, a))
        same(intersect(both, c), intersect(a, intersect(b, c)))
        same(intersect(a, a), a)
        // The greatest of those that are in both.
        if (narrows(c, a) && narrows(c, b)) assert.ok(narrows(c, both))
        if (narrows(a, b)) same(both, a)
      }),
      { numRuns: 300 },
    )
  })

  test('an end cuts, and never lengthens', () => {
    fc.assert(
      fc.property(anyScope, fc.integer({ min: 0, max: 8 }), (scope, days) => {
        const end = now + days * day
        const cut = endedBy(scope, end)
        assert.ok(narrows(cut, scope))
        assert.ok(cut.every(({ until }) => until !== undefined && until <= end))
      }),
      { numRuns: 200 },
    )
  })

  test('a row that stands twice gives what either gives', () => {
    const twice = [right('read', { until: now + day }), right('read', { minimumLevel: 'eidas3' })]
    same(intersect([right('read', { minimumLevel: 'eidas1' })], twice), twice)
  })
})

// ── Drawing up ──────────────────────────────────────────────────────────────────────────────────────────────────────

describe('R097: what can be drawn up', () => {
  const terms: Terms = { from: now, until: now + 365 * day, rights: [right('read'), right('submit')], delegable: false }
  const services: Record<string, readonly Action[]> = { declarations: actions, refunds: ['read'] }
  const parent = { ...terms, state: 'active' as const, delegated: false, delegable: true }
  const question = (over: Partial<Omit<DraftQuestion, 'terms'>> & { terms?: Partial<Terms> } = {}): DraftQuestion => ({
    ...{ now, timeZone, takes: (service) => services[service] },
    ...over,
    terms: { ...terms, ...over.terms },
  })
  const rows: [string, Parameters<typeof question>[0]][] = [
    ['', {}],
    ['', { terms: { until: Date.parse('2031-11-23T09:00:00Z') } }],
    ['too_long', { terms: { until: Date.parse('2031-11-23T09:00:00.001Z') } }],
    // In March 2031 clocks go on a day later than in 2026: five years are still five years.
    ['', { terms: { from: Date.parse('2027-03-29T22:00:00Z'), until: Date.parse('2032-03-29T22:00:00Z') } }],
    ['dates_reversed', { terms: { until: now } }],
    ['dates_reversed', { terms: { until: now - hour } }],
    ['dates_reversed', { terms: { from: Number.NaN } }],
    ['over_already,begins_past', { terms: { from: now - 2 * day, until: now - hour } }],
    ['begins_past', { terms: { from: now - day - 1 } }],
    ['', { terms: { from: now - day } }],
    ['too_far_ahead', { terms: { from: now + 367 * day, until: now + 400 * day } }],
    ['scope_empty', { terms: { rights: [] } }],
    ['service_unknown 0', { terms: { rights: [right('read', { service: 'nowhere' })] } }],
    ['action_not_taken 1', { terms: { rights: [right('read'), right('pay', { service: 'refunds' })] } }],
    ['right_twice 1', { terms: { rights: [right('read'), right('read', { minimumLevel: 'eidas3' })] } }],
    ['right_ends_outside 0', { terms: { rights: [right('read', { until: terms.until + 1 })] } }],
    ['right_ends_outside 0', { terms: { rights: [right('read', { until: now })] } }],
    ['level_above_own 0', { terms: { rights: [right('read', { minimumLevel: 'eidas3' })] }, giverLevel: 'eidas2' }],
    ['', { parent }],
    ['parent_not_active', { parent: { ...parent, state: 'suspended' } }],
    ['not_delegable', { parent: { ...parent, delegable: false } }],
    ['second_delegation', { parent: { ...parent, delegated: true } }],
    ['delegation_delegable', { parent, terms: { delegable: true } }],
    ['delegation_longer,wider_than_own 0,wider_than_own 1', { parent: { ...parent, until: terms.until - 1 } }],
    ['delegation_longer', { parent: { ...parent, from: now + 1 } }],
    ['wider_than_own 0', { parent, terms: { rights: [right('pay')] } }],
    ['wider_than_own 0', { parent, terms: { rights: [right('read', { minimumLevel: 'eidas1' })] } }],
    ['wider_than_own 1', { parent: { ...parent, rights: [right('read'), right('submit', { until: now + day })] } }],
  ]
  for (const [expected, over] of rows) {
    test(`${expected || 'nothing in the way'} of ${JSON.stringify(over)}`, () => {
      const found = judgeDraft(question(over)).map(({ problem, row }) =>
        row === undefined ? problem : `${problem} ${row}`,
      )
      assert.equal(found.join(), expected)
    })
  }

  test('one year by default', () => assert.equal(defaultEnd(now, timeZone), Date.parse('2027-11-23T09:00:00Z')))
})

// ── Signing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('R095, R097: whose signature counts', () => {
  const question = (over: Partial<SignatureQuestion>): SignatureQuestion => ({
    ...{ side: 'principal', delegated: false, level: 'eidas3', rights: [right('read')] },
    ...{ mayGive: 'yes', mayAccept: true, toThemselves: false },
    ...over,
  })
  const high = [right('read', { minimumLevel: 'eidas3' })]
  const rows: [string | undefined, Partial<SignatureQuestion>][] = [
    [undefined, {}],
    ['level_too_low', { level: 'eidas2' }],
    ['level_too_low', { level: 'eidas1' }],
    ['not_representative', { mayGive: 'no' }],
    ['not_alone', { mayGive: 'not_alone' }],
    ['own_mandatary', { toThemselves: true }],
    [undefined, { side: 'mandatary', level: 'eidas2', mayGive: 'no' }],
    ['level_too_low', { side: 'mandatary', level: 'eidas1' }],
    ['not_mandatary', { side: 'mandatary', mayAccept: false }],
    [undefined, { side: 'mandatary', level: 'eidas2', rights: high }],
    [undefined, { delegated: true, level: 'eidas2' }],
    ['level_too_low', { delegated: true, level: 'eidas1' }],
    ['level_above_own', { delegated: true, level: 'eidas2', rights: high }],
    [undefined, { delegated: true, level: 'eidas3', rights: high }],
  ]
  for (const [expected, over] of rows) {
    test(`${expected ?? 'it counts'}: ${JSON.stringify(over)}`, () => {
      assert.equal(judgeSignature(question(over)), expected)
    })
  }
  test('the level of each side', () => {
    assert.equal(signingLevel('principal', false), 'eidas3')
    assert.equal(signingLevel('principal', true), 'eidas2')
    assert.equal(signingLevel('mandatary', false), 'eidas2')
  })
})

// ── Using ───────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('R092, R097: may it be used, here and now', () => {
  const mandate: InForce = {
    ...{ state: 'active', suspensions: [], from: now - day, until: now + day },
    rights: [right('read'), right('submit', { minimumLevel: 'eidas3' }), right('pay', { until: now })],
  }
  const question = (over: Partial<UseQuestion> & { mandate?: InForce } = {}): UseQuestion => ({
    ...{ now, service: 'declarations', level: 'eidas2', mandate },
    ...over,
  })
  const suspended = (...suspensions: InForce['suspensions']): InForce => ({
    ...mandate,
    state: 'suspended',
    suspensions,
  })
  const rows: [string, Partial<UseQuestion>][] = [
    ['read', {}],
    ['read,submit', { level: 'eidas3' }],
    ['read', { action: 'read' }],
    ['level_too_low eidas3', { action: 'submit' }],
    ['level_too_low eidas2', { level: 'eidas1' }],
    ['right_over', { action: 'pay' }],
    ['action_out_of_scope', { action: 'prepare' }],
    ['service_out_of_scope', { service: 'refunds' }],
    ['not_yet', { mandate: { ...mandate, from: now + 1 } }],
    ['read', { mandate: { ...mandate, from: now } }],
    ['term', { mandate: { ...mandate, until: now } }],
    ['read', { mandate: { ...mandate, until: now + 1 } }],
    ['term', { mandate: { ...suspended('principal'), until: now } }],
    ['suspended', { mandate: suspended('principal') }],
    ['suspended', { mandate: suspended('operator', 'to_confirm') }],
    ['to_confirm', { mandate: suspended('to_confirm', 'principal') }],
    ['ended', { mandate: { ...mandate, state: 'ended' } }],
    ['no_mandate', { mandate: { ...mandate, state: 'proposed' } }],
    ['no_mandate', { mandate: { ...mandate, state: 'draft' } }],
    ['read', { parent: mandate }],
    ['delegation_over', { parent: suspended('principal') }],
    ['delegation_over', { parent: { ...mandate, until: now } }],
    ['service_out_of_scope', { parent: { ...mandate, rights: [] } }],
    ['level_too_low eidas3', { parent: { ...mandate, rights: [right('read', { minimumLevel: 'eidas3' })] } }],
    ['not_assigned', { assigned: [] }],
    ['read', { assigned: [right('read', { minimumLevel: 'eidas1' }), right('pay')] }],
    ['not_assigned', { action: 'submit', assigned: [right('read')] }],
    ['right_over', { action: 'read', assigned: [right('read', { until: now })] }],
  ]
  for (const [expected, over] of rows) {
    test(`${expected}: ${JSON.stringify(over)}`, () => {
      const answer = judgeUse(question(over))
      const seen = answer.ok
        ? answer.rights.map(({ action }) => action).join()
        : [answer.reason, answer.needs].filter(Boolean).join(' ')
      assert.equal(seen, expected)
    })
  }

  test('what a stronger sign-in would open stands beside, and the latest end is told', () => {
    const answer = judgeUse(question())
    assert.ok(answer.ok)
    assert.deepEqual(
      answer.above.map(({ action, minimumLevel }) => [action, minimumLevel]),
      [['submit', 'eidas3']],
    )
    assert.equal(answer.until, now + day)
  })

  test('of several mandates the yes, else the refusal that helps most', () => {
    const no = (reason: UseRefusal) => ({ ok: false, reason })
    assert.deepEqual(bestOf([no('ended'), no('level_too_low'), no('suspended')]), no('level_too_low'))
    assert.deepEqual(bestOf([no('ended'), { ok: true }]), { ok: true })
    assert.equal(bestOf([]), undefined)
  })
})

// ── All of it ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** A small world: mandates with their terms, drawn one from another, and what a firm gave to an employee. */
interface World {
  now: Instant
  mandates: { terms: Terms; standing: Standing; parent?: number; assigned?: Right[] }[]
}
type Move =
  | { kind: 'draft'; terms: Terms; by: Side; parent?: number; fits: boolean }
  | { kind: 'step'; at: number; step: MandateStep; by: Cause }
  | { kind: 'sign'; at: number; side: Side; level: Level; mayGive: SignatureQuestion['mayGive']; mayAccept: boolean }
  | { kind: 'assign'; at: number; rights: Right[] }
  | { kind: 'wait'; days: number }

const anyTerms: fc.Arbitrary<Terms> = fc
  .record({
    from: fc.integer({ min: -1, max: 2 }),
    days: fc.integer({ min: 0, max: 8 }),
    rights: anyScope,
    delegable: fc.constantFrom(true, true, false),
  })
  .map(({ from: first, days, rights, delegable }) => {
    const [from, until] = [now + first * day, now + (first + days) * day]
    return { from, until, rights: rights.filter((one) => one.until === undefined || one.until <= until), delegable }
  })
const anyPlace = fc.nat({ max: 3 })
const anyDraft = fc
  // `fits`: somebody who delegates mostly knows what they hold.
  .record({
    terms: anyTerms,
    by: fc.constantFrom(...sides),
    parent: fc.option(anyPlace),
    fits: fc.constantFrom(true, true, false),
  })
  .map(({ parent, ...rest }): Move => ({ kind: 'draft', ...rest, ...(parent === null ? {} : { parent }) }))
const anyStep = fc.record({
  kind: fc.constant('step' as const),
  at: anyPlace,
  // `sign` has its judgement.
  step: fc.constantFrom(...mandateSteps.filter((step) => step !== 'sign')),
  by: fc.constantFrom(...causes),
})
const anySignature = fc.record({
  kind: fc.constant('sign' as const),
  at: anyPlace,
  side: fc.constantFrom(...sides),
  level: fc.constantFrom<Level>('eidas3', 'eidas3', 'eidas2', 'eidas1'),
  mayGive: fc.constantFrom<SignatureQuestion['mayGive']>('yes', 'yes', 'yes', 'no', 'not_alone'),
  mayAccept: fc.constantFrom(true, true, true, false),
})
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: anyDraft },
  { weight: 3, arbitrary: anyStep },
  { weight: 8, arbitrary: anySignature },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('assign' as const), at: anyPlace, rights: anyScope }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), days: fc.integer({ min: 0, max: 3 }) }) },
)

function fitted(terms: Terms, parent: Terms): Terms {
  const rights = terms.rights.length > 2 ? parent.rights : intersect(endedBy(parent.rights, parent.until), terms.rights)
  return { from: parent.from, until: parent.until, rights, delegable: false }
}

function move(world: World, one: Move): World {
  if (one.kind === 'wait') return { ...world, now: world.now + one.days * day }
  if (one.kind === 'draft') {
    const from = one.parent === undefined ? undefined : world.mandates[one.parent]
    const parent = from && { ...from.terms, state: from.standing.state, delegated: from.parent !== undefined }
    const terms = parent && one.fits ? fitted(one.terms, parent) : one.terms
    const problems = judgeDraft({
      ...{ terms, now: world.now, timeZone, takes: () => actions },
      ...(parent ? { parent } : {}),
    })
    if (problems.length > 0) return world
    const made = { terms, standing: draftBy(one.by), ...(from ? { parent: one.parent as number } : {}) }
    return { ...world, mandates: [...world.mandates, made] }
  }
  const found = world.mandates[one.at]
  if (!found) return world
  const changed = (to: Partial<World['mandates'][number]>): World => ({
    ...world,
    mandates: world.mandates.map((each, at) => (at === one.at ? { ...each, ...to } : each)),
  })
  if (one.kind === 'assign') return changed({ assigned: one.rights })
  if (one.kind === 'sign') {
    const { side, level, mayGive, mayAccept } = one
    const refusal = judgeSignature({
      ...{ side, level, mayGive, mayAccept, toThemselves: false },
      ...{ delegated: found.parent !== undefined, rights: found.terms.rights },
    })
    if (refusal) return world
  }
  const event = one.kind === 'sign' ? { step: 'sign' as const, by: one.side } : one
  const next = transition(found.standing, event)
  return next.ok ? changed({ standing: next.standing }) : world
}

const inForce = ({ terms, standing: { state, suspensions } }: World['mandates'][number]): InForce => ({
  ...{ state, suspensions, from: terms.from, until: terms.until, rights: terms.rights },
})

test('R097: no sequence of steps, by anybody, yields a right wider than the one that the principal signed', () => {
  const opened = { direct: 0, delegated: 0 }
  fc.assert(
    fc.property(fc.array(anyMove, { minLength: 20, maxLength: 60 }), fc.constantFrom(...levels), (moves, level) => {
      let world: World = { now, mandates: [] }
      const before: MandateState[] = []
      for (const one of moves) {
        world = move(world, one)
        for (const [at, each] of world.mandates.entries()) {
          if (before[at] === 'ended') assert.equal(each.standing.state, 'ended')
          before[at] = each.standing.state
          for (const service of ['declarations', 'refunds']) {
            const from = each.parent === undefined ? undefined : world.mandates[each.parent]
            const answer = judgeUse({
              ...{ now: world.now, service, level, mandate: inForce(each) },
              ...(from ? { parent: inForce(from) } : {}),
              ...(each.assigned ? { assigned: each.assigned } : {}),
            })
            if (!answer.ok) continue
            opened[from ? 'delegated' : 'direct'] += 1
            const root = from ?? each
            assert.ok(root.standing.signed.includes('principal') && each.standing.signed.length === 2)
            assert.ok(world.now >= root.terms.from && world.now < root.terms.until)
            assert.ok(narrows([...answer.rights, ...answer.above], endedBy(root.terms.rights, root.terms.until)))
            if (each.assigned) assert.ok(narrows(answer.rights, each.assigned))
            assert.ok(
              answer.rights.every(({ until = 0, minimumLevel }) => world.now < until && atLeast(level, minimumLevel)),
            )
          }
        }
      }
    }),
    { numRuns: 500 },
  )
  assert.ok(opened.direct > 100 && opened.delegated > 10, `nearly nothing was open: ${JSON.stringify(opened)}`)
})
