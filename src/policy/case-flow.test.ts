import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { day, hour } from '../kernel/durations.ts'
import {
  answerDays,
  type CaseState,
  type CaseStep,
  caseCloseReasons,
  caseStates,
  caseSteps,
  closeReasonsFor,
  decideDeadline,
  decideStep,
  dueAtOf,
  dutiesOf,
  escalationAfter,
  matches,
  nextMomentOf,
  publicStateOf,
  type StepFacts,
  verdicts,
} from './case-flow.ts'

/** Nothing speaks against anything. */
const good: StepFacts = { match: 'matched', reached: 2, waiting: 0, late: 0, reason: 'settled', hasReason: true }

describe('which step leads where', () => {
  const table: Record<CaseState, Record<CaseStep, CaseState | 'impossible'>> = {
    received: {
      ...{ qualify: 'qualified', notify: 'impossible', conclude: 'impossible' },
      ...{ close: 'closed', revise: 'impossible' },
    },
    qualified: {
      ...{ qualify: 'qualified', notify: 'notified', conclude: 'impossible' },
      ...{ close: 'closed', revise: 'impossible' },
    },
    notified: {
      ...{ qualify: 'impossible', notify: 'impossible', conclude: 'concluded' },
      ...{ close: 'impossible', revise: 'impossible' },
    },
    concluded: {
      ...{ qualify: 'impossible', notify: 'impossible', conclude: 'impossible' },
      ...{ close: 'closed', revise: 'notified' },
    },
    closed: {
      ...{ qualify: 'impossible', notify: 'impossible', conclude: 'impossible' },
      ...{ close: 'impossible', revise: 'impossible' },
    },
  }

  for (const state of caseStates) {
    for (const step of caseSteps) {
      test(`${step} when ${state}`, () => {
        const to = table[state][step]
        assert.deepEqual(
          decideStep(state, step, good),
          to === 'impossible' ? { allowed: false, reason: 'wrong_state' } : { allowed: true, to },
        )
      })
    }
  }
})

test('what speaks against a step, the first thing first', () => {
  const rows: [CaseState, CaseStep, Partial<StepFacts>, string][] = [
    ['qualified', 'notify', { match: 'no_trace' }, 'not_matched'],
    ['qualified', 'notify', { match: 'not_matching', reached: 0 }, 'not_matched'],
    ['qualified', 'notify', { reached: 0 }, 'nobody_reached'],
    ['qualified', 'notify', { reached: 1 }, 'notified'],
    ['notified', 'conclude', { waiting: 1, late: 1, hasReason: false }, 'answers_awaited'],
    ['notified', 'conclude', { late: 1, hasReason: false }, 'waiver_missing'],
    ['notified', 'conclude', { hasReason: false }, 'reason_missing'],
    ['concluded', 'revise', { hasReason: false }, 'reason_missing'],
    ['received', 'close', { reason: 'no_trace' }, 'reason_not_fitting'],
    ['received', 'close', { reason: 'not_matching', match: 'no_trace' }, 'reason_not_fitting'],
    ['received', 'close', { reason: 'not_matching', match: 'not_matching' }, 'closed'],
    ['received', 'close', { reason: 'no_trace', match: 'no_trace' }, 'closed'],
    ['qualified', 'close', { reason: 'duplicate' }, 'closed'],
    ['concluded', 'close', { reason: 'not_a_theft', verdict: 'confirmed' }, 'reason_not_fitting'],
    ['concluded', 'close', { reason: 'not_a_theft', verdict: 'not_confirmed' }, 'closed'],
    ['concluded', 'close', { reason: 'settled', verdict: 'confirmed' }, 'closed'],
    ['received', 'qualify', { match: 'no_trace', reached: 0, waiting: 3, late: 3, hasReason: false }, 'qualified'],
  ]
  for (const [state, step, facts, wanted] of rows) {
    const decided = decideStep(state, step, { ...good, ...facts })
    assert.equal(decided.allowed ? decided.to : decided.reason, wanted, JSON.stringify([state, step, facts]))
  }
  const { reason: _, ...without } = good
  assert.deepEqual(decideStep('received', 'close', without), { allowed: false, reason: 'reason_missing' })
})

test('a case may be closed for the reasons that are offered, and for no others', () => {
  for (const state of caseStates) {
    for (const match of matches) {
      for (const verdict of [undefined, ...verdicts]) {
        const known = { match, ...(verdict ? { verdict } : {}) }
        const offered = closeReasonsFor(state, known)
        for (const reason of caseCloseReasons) {
          const { allowed } = decideStep(state, 'close', { ...good, ...known, reason })
          assert.equal(allowed, offered.includes(reason), `${state} ${match} ${verdict} ${reason}`)
        }
      }
    }
  }
})

test('no sequence of steps leads out of closed, past partners, or to another verdict but by taking it back', () => {
  const aFact = fc.record({
    match: fc.constantFrom(...matches),
    reached: fc.nat(2),
    waiting: fc.nat(1),
    late: fc.nat(1),
    reason: fc.constantFrom(...caseCloseReasons),
    hasReason: fc.boolean(),
  })
  const aStep = fc.tuple(fc.constantFrom(...caseSteps), aFact, fc.constantFrom(...verdicts))
  fc.assert(
    fc.property(fc.array(aStep, { maxLength: 30 }), (steps) => {
      let state = 'received' as CaseState
      let verdict: (typeof verdicts)[number] | undefined
      let wasNotified = false
      for (const [step, facts, found] of steps) {
        const decided = decideStep(state, step, { ...facts, ...(verdict ? { verdict } : {}) })
        if (!decided.allowed) continue
        assert.notEqual(state, 'closed')
        if (step === 'notify') {
          assert.ok(facts.match === 'matched' && facts.reached > 0)
          wasNotified = true
        }
        if (step === 'conclude') {
          assert.ok(wasNotified && verdict === undefined && facts.waiting + facts.late === 0)
          verdict = found
        }
        if (step === 'revise') verdict = undefined
        // A verdict is there exactly from the conclusion on; a case may be closed without one before partners are told.
        if (decided.to === 'concluded') assert.notEqual(verdict, undefined)
        if (['received', 'qualified', 'notified'].includes(decided.to)) assert.equal(verdict, undefined)
        if (decided.to === 'closed') assert.equal(verdict !== undefined, state === 'concluded')
        state = decided.to
      }
    }),
  )
})

test('R117 to R124: duties by side; a service protects and informs where fraud is proven', () => {
  const provider = ['protect', 'similar', 'inform', 'breach', 'feedback']
  for (const verdict of [undefined, ...verdicts]) assert.deepEqual(dutiesOf('provider', verdict), provider)
  assert.deepEqual(dutiesOf('service'), ['identify', 'analyse', 'feedback'])
  assert.deepEqual(dutiesOf('service', 'not_confirmed'), ['identify', 'analyse', 'feedback'])
  assert.deepEqual(dutiesOf('service', 'confirmed'), [
    ...['identify', 'analyse', 'feedback', 'protect', 'inform', 'breach'],
  ])
})

describe('deadlines', () => {
  const notifiedAt = Date.parse('2026-11-22T10:00:00Z')
  const rules = { answerDays }
  const dueAt = dueAtOf(notifiedAt, rules)
  const half = notifiedAt + 2.5 * day
  const end = dueAt + escalationAfter

  test('five days; half time, the end, and a day after it', () => {
    assert.equal(dueAt, notifiedAt + 5 * day)
    const rows: [number, number, ReturnType<typeof decideDeadline>][] = [
      [0, notifiedAt, undefined],
      [0, half - 1, undefined],
      [0, half, { act: 'remind', reminders: 1 }],
      [1, half, undefined],
      [1, dueAt - 1, undefined],
      [1, dueAt, { act: 'remind', reminders: 2 }],
      [0, dueAt, { act: 'remind', reminders: 2 }],
      [2, dueAt, undefined],
      [2, end - 1, undefined],
      [0, end, { act: 'escalate' }],
      [2, end + day, { act: 'escalate' }],
    ]
    for (const [reminders, now, wanted] of rows) {
      assert.deepEqual(decideDeadline({ notifiedAt, dueAt, reminders }, now), wanted, `${reminders} at ${now}`)
    }
    assert.deepEqual(
      [0, 1, 2].map((reminders) => nextMomentOf({ notifiedAt, dueAt, reminders })),
      [half, dueAt, end],
    )
  })

  test('whenever the job runs: two reminders at most, one escalation, each at its time or after it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 * 24 }), { maxLength: 40 }), (hours) => {
        let now = notifiedAt
        let reminders: number = 0
        let escalated = false
        const done: string[] = []
        for (const step of hours) {
          now += step * hour
          const next = nextMomentOf({ notifiedAt, dueAt, reminders }, escalated)
          const due: ReturnType<typeof decideDeadline> = escalated
            ? undefined
            : decideDeadline({ notifiedAt, dueAt, reminders }, now)
          assert.equal(due !== undefined, next !== undefined && next <= now)
          if (!due) continue
          done.push(due.act)
          if (due.act === 'remind') reminders = due.reminders
          else escalated = true
        }
        assert.ok(done.filter((act) => act === 'remind').length <= 2)
        assert.ok(done.filter((act) => act === 'escalate').length <= 1)
        if (now >= end) assert.equal(done.at(-1), 'escalate')
      }),
    )
  })
})

test('who reported without signing in reads the clock, not the case', () => {
  const openedAt = Date.parse('2026-11-22T10:00:00Z')
  const rows: [number | undefined, number, ReturnType<typeof publicStateOf>][] = [
    [undefined, 0, 'received'],
    [hour, 2 * hour, 'received'],
    [undefined, day, 'in_hand'],
    [hour, day, 'in_hand'],
    [hour, 10 * day - 1, 'in_hand'],
    [hour, 10 * day, 'over'],
    [20 * day, 10 * day, 'in_hand'],
    [20 * day, 20 * day, 'over'],
    [undefined, 400 * day, 'in_hand'],
  ]
  for (const [closed, after, wanted] of rows) {
    const times = { openedAt, ...(closed === undefined ? {} : { closedAt: openedAt + closed }) }
    assert.equal(publicStateOf(times, { answerDays }, openedAt + after), wanted, `${closed} ${after}`)
  }
})
