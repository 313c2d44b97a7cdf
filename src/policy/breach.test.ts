/** Deadlines to the minute over changes of clocks, what a notification lacks, what an assessment may say, each step. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { hour, minute } from '../kernel/durations.ts'
import {
  type Assessment,
  type Authority,
  type AuthorityId,
  assessmentFaults,
  authoritiesOf,
  type BreachState,
  type BreachStep,
  blankDescription,
  breachStates,
  breachSteps,
  type Closing,
  type Description,
  deadlineOf,
  decideBreachStep,
  decisions,
  descriptionFaults,
  distanceTo,
  dueOf,
  knownAuthorities,
  localMinute,
  missingItems,
  needsLateReason,
  reminderDue,
  reminderHours,
  risks,
  type StepFacts,
  standingOf,
  tellings,
} from './breach.ts'

const at = (text: string): Instant => Date.parse(text)
const authority = (id: AuthorityId): Authority => knownAuthorities.find((one) => one.id === id) ?? assert.fail(id)
const [cnil, cndp, dgssi] = [authority('cnil'), authority('cndp'), authority('dgssi')]

describe('R120: 72 hours to the minute, told as the clocks of the authority show them', () => {
  const table: [what: string, aware: string, zone: string, due: string][] = [
    ['an ordinary week', '2026-11-02T09:15:00+01:00', 'Europe/Paris', '2026-11-05T09:15+01:00'],
    ['over a weekend and a holiday', '2026-05-07T23:59:00+02:00', 'Europe/Paris', '2026-05-10T23:59+02:00'],
    // 29 March 2026, 02:00 becomes 03:00.
    ['the night that lacks an hour', '2026-03-27T14:30:00+01:00', 'Europe/Paris', '2026-03-30T15:30+02:00'],
    ['ending just before it', '2026-03-26T01:59:00+01:00', 'Europe/Paris', '2026-03-29T01:59+01:00'],
    ['ending where it is missing', '2026-03-26T02:00:00+01:00', 'Europe/Paris', '2026-03-29T03:00+02:00'],
    // 25 October 2026, 03:00 becomes 02:00.
    ['the night that has an hour twice', '2026-10-23T14:30:00+02:00', 'Europe/Paris', '2026-10-26T13:30+01:00'],
    ['ending in it, the first time', '2026-10-22T02:30:00+02:00', 'Europe/Paris', '2026-10-25T02:30+02:00'],
    ['ending in it, the second time', '2026-10-22T03:30:00+02:00', 'Europe/Paris', '2026-10-25T02:30+01:00'],
    // 23 February 2025, 03:00 becomes 02:00 for Ramadan; 6 April, 02:00 becomes 03:00.
    ['Ramadan begins', '2025-02-21T12:00:00+01:00', 'Africa/Casablanca', '2025-02-24T11:00+00:00'],
    ['Ramadan is over', '2025-04-04T12:00:00+00:00', 'Africa/Casablanca', '2025-04-07T13:00+01:00'],
    ['the same moment in Paris', '2025-04-04T12:00:00+00:00', 'Europe/Paris', '2025-04-07T14:00+02:00'],
    [
      'seconds are cut off, never rounded up',
      '2026-11-02T09:15:59.999+01:00',
      'Europe/Paris',
      '2026-11-05T09:15+01:00',
    ],
    ['west of Greenwich, half an hour', '2026-06-01T00:00:00Z', 'America/St_Johns', '2026-06-03T21:30-02:30'],
  ]
  for (const [what, aware, zone, due] of table) {
    test(`${what}: ${aware} → ${due}`, () => {
      const deadline = deadlineOf(at(aware), { hours: 72 })
      assert.equal(deadline - at(aware), 72 * hour)
      assert.equal(localMinute(deadline, zone), due)
    })
  }

  test('what walls show, with its distance from UTC, is always the very minute', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2037-12-31T00:00:00Z') }),
        fc.constantFrom('Europe/Paris', 'Africa/Casablanca', 'Indian/Reunion', 'America/St_Johns', 'Pacific/Noumea'),
        (instant, zone) => {
          const due = deadlineOf(instant, cnil)
          assert.equal(due - instant, 259_200_000)
          assert.equal(at(localMinute(due, zone)), Math.floor(due / minute) * minute)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('an authority without a number of hours is told at once', () => {
    assert.equal(deadlineOf(1_000, dgssi), 1_000)
    assert.deepEqual([cnil.basis, cndp.basis, dgssi.basis], ['law', 'own', 'law'])
  })

  const far: [at: number, expected: ReturnType<typeof distanceTo>][] = [
    [-72 * hour, { isPassed: false, days: 3, hours: 0, minutes: 0 }],
    [-minute, { isPassed: false, days: 0, hours: 0, minutes: 1 }],
    [-1, { isPassed: false, days: 0, hours: 0, minutes: 1 }],
    [0, { isPassed: false, days: 0, hours: 0, minutes: 0 }],
    [1, { isPassed: true, days: 0, hours: 0, minutes: 0 }],
    [25 * hour + 61_000, { isPassed: true, days: 1, hours: 1, minutes: 1 }],
  ]
  test('how far away a deadline is', () => {
    for (const [now, expected] of far) assert.deepEqual(distanceTo(0, now), expected, String(now))
  })
})

describe('R133: authorities by jurisdiction', () => {
  const table: [jurisdictions: string[], ids: AuthorityId[]][] = [
    [['FR'], ['cnil']],
    [['MA'], ['cndp', 'dgssi']],
    [
      ['FR', 'MA'],
      ['cnil', 'cndp', 'dgssi'],
    ],
    [['XX'], []],
    [[], []],
  ]
  for (const [jurisdictions, ids] of table) {
    test(`${jurisdictions.join(' and ') || 'none'}: ${ids.join(', ') || 'nobody'}`, () => {
      assert.deepEqual(authoritiesOf(jurisdictions, knownAuthorities), ids)
    })
  }
})

describe('R120: reminders at 48, 24 and 6 hours, and when it has passed', () => {
  const due = 100 * hour
  const table: [left: number, given: (typeof reminderHours)[number] | undefined, expected: number | undefined][] = [
    [49 * hour, undefined, undefined],
    [48 * hour, undefined, 48],
    [47 * hour, 48, undefined],
    [24 * hour, 48, 24],
    [24 * hour, undefined, 24],
    [5 * hour, 48, 6],
    [5 * hour, 6, undefined],
    [0, 6, undefined],
    [-1, 6, 0],
    [-72 * hour, undefined, 0],
    [-72 * hour, 0, undefined],
  ]
  for (const [left, given, expected] of table) {
    test(`${left / hour} h left after ${given ?? 'none'}: ${expected ?? 'none'}`, () => {
      assert.equal(reminderDue(due, due - left, given), expected)
    })
  }

  test('looked at each minute, each is given once and in order', () => {
    const heard: number[] = []
    let given: (typeof reminderHours)[number] | undefined
    for (let now = 0; now < due + hour; now += minute) {
      const next = reminderDue(due, now, given)
      if (next === undefined) continue
      heard.push(next)
      given = next
    }
    assert.deepEqual(heard, [...reminderHours])
  })
})

describe('R120: who is still to be told, and who was told late', () => {
  const awareAt = at('2026-03-27T13:30:00Z')
  const authorities = ['cnil', 'dgssi']
  const stands = (told: [AuthorityId, string][], now: string) =>
    standingOf(
      { awareAt, authorities, phases: told.map(([id, time]) => ({ authority: id, at: at(time) })) },
      knownAuthorities,
      at(now),
    ).map(({ authority: { id }, firstAt, isLate }) => [id, firstAt !== undefined, isLate])
  test('the minute of the deadline is in time, the next one is late', () => {
    assert.deepEqual(stands([['cnil', '2026-03-30T13:30:59Z']], '2026-04-01T00:00:00Z')[0], ['cnil', true, false])
    assert.deepEqual(stands([['cnil', '2026-03-30T13:31:00Z']], '2026-04-01T00:00:00Z')[0], ['cnil', true, true])
    assert.equal(needsLateReason(awareAt, cnil, at('2026-03-30T13:30:00Z'), true), false)
    assert.equal(needsLateReason(awareAt, cnil, at('2026-03-30T13:31:00Z'), true), true)
    assert.equal(needsLateReason(awareAt, cnil, at('2026-03-30T13:31:00Z'), false), false, 'a supplement is never late')
    assert.equal(needsLateReason(awareAt, dgssi, at('2027-01-01T00:00:00Z'), true), false)
  })
  test('who was not told is late once it has passed; the first time counts', () => {
    assert.deepEqual(stands([], '2026-03-30T13:30:00Z'), [
      ['cnil', false, false],
      ['dgssi', false, false],
    ])
    assert.deepEqual(stands([], '2026-03-30T13:31:00Z')[0], ['cnil', false, true])
    const twice: [AuthorityId, string][] = [
      ['cnil', '2026-05-01T00:00:00Z'],
      ['cnil', '2026-03-28T00:00:00Z'],
    ]
    assert.deepEqual(stands(twice, '2026-06-01T00:00:00Z')[0], ['cnil', true, false])
  })

  type Due = Parameters<typeof dueOf>[0]
  const given = (changes: Partial<Due>) => dueOf({ ...base, ...changes }, knownAuthorities)
  const base: Due = { state: 'open', awareAt, authorities: ['cnil', 'cndp', 'dgssi'], phases: [] }
  test('the next deadline that nobody has met', () => {
    const due = awareAt + 72 * hour
    assert.equal(given({}), due)
    assert.equal(given({ state: 'assessed', decision: 'notify' }), due)
    assert.equal(given({ state: 'assessed', decision: 'not_needed' }), undefined)
    assert.equal(given({ state: 'closed' }), undefined)
    const cnilTold = { authority: 'cnil', at: awareAt }
    assert.equal(given({ state: 'notified', decision: 'notify', phases: [cnilTold] }), due, 'the CNDP was not')
    const both = [cnilTold, { authority: 'cndp', at: awareAt }]
    assert.equal(given({ state: 'notified', decision: 'notify', phases: both }), undefined)
    assert.equal(given({ authorities: ['dgssi'] }), undefined, 'at once is no hour to remind of')
  })
})

describe('R120: what art. 33(3) asks', () => {
  const whole: Description = {
    happenedFrom: 1,
    natures: ['confidentiality'],
    what: 'x',
    peopleKinds: ['citizens'],
    people: 0,
    dataKinds: ['identity'],
    records: 0,
    consequences: 'x',
    measures: 'x',
  }
  test('what is missing is named, point by point', () => {
    assert.deepEqual(missingItems(whole, 'mailto:dpo@x.example'), [])
    assert.deepEqual(missingItems(whole, undefined), ['contact'])
    assert.equal(missingItems(blankDescription, undefined).length, 10)
    const { people: _, ...uncounted } = whole
    assert.deepEqual(missingItems(uncounted, 'x'), ['people'], 'none at all is a number, unknown is not')
  })
  test('times that cannot be', () => {
    assert.deepEqual(descriptionFaults({ happenedFrom: 5, happenedUntil: 9 }, 10, 20), [])
    assert.deepEqual(descriptionFaults({ happenedFrom: 5, happenedUntil: 15 }, 10, 20), [], 'it may go on')
    assert.deepEqual(descriptionFaults({}, 21, 20), ['aware_future'])
    assert.deepEqual(descriptionFaults({ happenedFrom: 21 }, 10, 20), ['from_future'])
    assert.deepEqual(descriptionFaults({ happenedFrom: 11 }, 10, 20), ['from_after_aware'])
    assert.deepEqual(descriptionFaults({ happenedFrom: 5, happenedUntil: 4 }, 10, 20), ['until_before_from'])
    assert.deepEqual(descriptionFaults({ happenedUntil: 4 }, 10, 20), ['until_before_from'])
  })
})

test('R120: which assessments the law allows, of all that there are', () => {
  const allowed = risks.flatMap((risk) =>
    decisions.flatMap((decision) =>
      tellings.flatMap((telling) => {
        const assessment: Assessment = { risk, decision, telling, reason: 'x', tellingReason: 'x' }
        return assessmentFaults(assessment).length === 0 ? [`${risk} ${decision} ${telling}`] : []
      }),
    ),
  )
  assert.deepEqual(allowed, [
    'unlikely not_needed tell',
    'unlikely not_needed no_high_risk',
    'risk notify tell',
    'risk notify no_high_risk',
    'high notify tell',
    'high notify unintelligible',
    'high notify risk_gone',
    'high notify disproportionate',
  ])
  const silent: Assessment = {
    ...{ risk: 'high', decision: 'notify', telling: 'risk_gone', reason: '', tellingReason: '' },
  }
  assert.deepEqual(assessmentFaults(silent), ['reason_missing', 'telling_reason_missing'])
})

describe('R120: each step from each state', () => {
  const nothing: StepFacts = { phases: 0, untold: 1, peopleTold: false }
  const toNotify: StepFacts = { ...nothing, decision: 'notify', telling: 'tell' }
  const sent: StepFacts = { ...toNotify, phases: 1, untold: 0 }
  const told: StepFacts = { ...sent, peopleTold: true }
  const needless: StepFacts = { ...nothing, decision: 'not_needed', telling: 'no_high_risk' }
  const table: [BreachState, BreachStep, StepFacts, Closing | undefined, to: BreachState | string][] = [
    ['open', 'describe', nothing, undefined, 'open'],
    ['assessed', 'describe', toNotify, undefined, 'assessed'],
    ['notified', 'describe', sent, undefined, 'notified'],
    ['closed', 'describe', told, undefined, 'no: closed'],
    ['open', 'assess', toNotify, undefined, 'assessed'],
    ['open', 'assess', needless, undefined, 'assessed'],
    ['assessed', 'assess', needless, undefined, 'assessed'],
    ['notified', 'assess', sent, undefined, 'notified'],
    ['notified', 'assess', { ...sent, decision: 'not_needed' }, undefined, 'no: already_notified'],
    ['closed', 'assess', toNotify, undefined, 'no: closed'],
    ['open', 'notify', nothing, undefined, 'no: not_assessed'],
    ['assessed', 'notify', needless, undefined, 'no: not_to_notify'],
    ['assessed', 'notify', toNotify, undefined, 'notified'],
    ['notified', 'notify', sent, undefined, 'notified'],
    ['closed', 'notify', told, undefined, 'no: closed'],
    ['open', 'tell', nothing, undefined, 'open'],
    ['notified', 'tell', sent, undefined, 'notified'],
    ['closed', 'tell', told, undefined, 'no: closed'],
    ['open', 'close', nothing, 'documented', 'no: not_assessed'],
    ['open', 'close', nothing, 'finished', 'no: not_assessed'],
    ['open', 'close', nothing, 'not_a_breach', 'closed'],
    ['open', 'close', nothing, 'duplicate', 'closed'],
    ['assessed', 'close', needless, 'documented', 'closed'],
    ['assessed', 'close', needless, 'finished', 'no: not_to_notify'],
    ['assessed', 'close', { ...needless, telling: 'tell' }, 'documented', 'no: people_not_told'],
    ['assessed', 'close', toNotify, 'documented', 'no: notice_due'],
    ['assessed', 'close', toNotify, 'finished', 'no: not_told_all'],
    ['notified', 'close', { ...told, untold: 1 }, 'finished', 'no: not_told_all'],
    ['notified', 'close', sent, 'finished', 'no: people_not_told'],
    ['notified', 'close', told, 'finished', 'closed'],
    ['notified', 'close', { ...sent, telling: 'risk_gone' }, 'finished', 'closed'],
    ['closed', 'close', told, 'finished', 'no: closed'],
    ['open', 'reopen', nothing, undefined, 'no: not_closed'],
    ['closed', 'reopen', nothing, undefined, 'open'],
    ['closed', 'reopen', needless, undefined, 'assessed'],
    ['closed', 'reopen', told, undefined, 'notified'],
  ]
  for (const [state, step, facts, closing, expected] of table) {
    test(`${state}: ${step}${closing ? ` as ${closing}` : ''} → ${expected}`, () => {
      const answer = decideBreachStep(state, step, facts, closing)
      assert.equal(answer.allowed ? answer.to : `no: ${answer.reason}`, expected)
    })
  }

  test('every pair of a state and a step has an answer, and nothing but a step of its own leaves the end', () => {
    for (const state of breachStates) {
      for (const step of breachSteps) {
        const answer = decideBreachStep(state, step, told, 'finished')
        if (state === 'closed' && step !== 'reopen') assert.equal(answer.allowed, false, step)
      }
    }
  })
})

test('a deadline of another century is still a date', () => {
  assert.equal(toDate(deadlineOf(at('2099-12-31T00:00:00Z'), cnil)).toISOString(), '2100-01-03T00:00:00.000Z')
})
