import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import { hour, minute } from '../kernel/durations.ts'
import { type HealthReason, healthReasons } from './breaker.ts'
import {
  decideStandIn,
  finishWithin,
  mayFinishStandIn,
  mayReceiveCode,
  type Outage,
  type StandInDecision,
  standInAmr,
  standInLevel,
} from './stand-in.ts'

const begun = Date.parse('2026-11-22T10:42:00Z')
const down = (reasons: HealthReason[] = ['announced'], since: number | undefined = begun): Outage => ({
  health: 'down',
  ...(since === undefined ? {} : { since }),
  reasons,
})
const offered: StandInDecision = { offered: true, since: begun, until: begun + 24 * hour }
const not = (reason: Extract<StandInDecision, { offered: false }>['reason']): StandInDecision => ({
  offered: false,
  reason,
})

describe('R084: the stand-in is offered while the hub sees the app down', () => {
  const cases: [what: string, outage: Outage, after: number, StandInDecision][] = [
    ['just down', down(), 0, offered],
    ['down for an hour', down(), hour, offered],
    ['down, its sign-ins fail', down(['sign_ins_fail', 'answers_wrong']), hour, offered],
    ['unreachable, and cards cannot be checked', down(['unreachable', 'cards_unchecked']), hour, offered],
    ['one millisecond before its time is over', down(), 24 * hour - 1, offered],
    ['when its time is over', down(), 24 * hour, not('too_long')],
    ['down since an instant to come', down(), -minute, not('too_long')],
    ['down since nobody knows when', { health: 'down', reasons: ['announced'] }, 0, not('too_long')],
    ['up', { health: 'up', reasons: [] }, 0, not('works')],
    ['degraded', { health: 'degraded', since: begun, reasons: ['slow'] }, hour, not('works')],
    ['just back', { health: 'degraded', since: begun, reasons: ['recovering'] }, 1, not('works')],
    ['nothing published to stand in for', undefined, 0, not('nothing_to_replace')],
    ['this hub reaches nobody', down(['own_network']), minute, not('own_network')],
    ['revocation is what does not answer', down(['sign_ins_fail', 'cards_unchecked']), minute, not('same_cause')],
  ]
  for (const [what, outage, after, expected] of cases) {
    test(what, () => assert.deepEqual(decideStandIn({ outage, hours: 24, now: begun + after }), expected))
  }
})

describe('R084: who began with it may finish for a while', () => {
  const ended = begun + 3 * hour
  const back = (health: 'up' | 'degraded', since = ended): Outage => ({
    health,
    since,
    downUntil: ended,
    reasons: [],
  })
  const cases: [what: string, { outage: Outage; begunAt: number; now: number }, boolean][] = [
    ['while it is down', { outage: down(), begunAt: begun, now: begun + 2 * hour }, true],
    ['just after the end', { outage: back('degraded'), begunAt: ended - minute, now: ended + minute }, true],
    ['at the last moment', { outage: back('up'), begunAt: ended, now: ended + finishWithin }, true],
    ['too late', { outage: back('up'), begunAt: ended - minute, now: ended + finishWithin + 1 }, false],
    // Said to be well a little later than to be better: that makes the time no longer.
    [
      'well for a minute only',
      { outage: back('up', ended + finishWithin), begunAt: ended, now: ended + finishWithin + minute },
      false,
    ],
    ['begun after the end', { outage: back('up'), begunAt: ended + 1, now: ended + minute }, false],
    ['never down at all', { outage: { health: 'up', reasons: [] }, begunAt: begun, now: begun + minute }, false],
    ['not published any more', { outage: undefined, begunAt: begun, now: begun + minute }, false],
    [
      'its time was over a moment ago',
      { outage: down(), begunAt: begun + 24 * hour - minute, now: begun + 24 * hour + minute },
      true,
    ],
    [
      'its time was over long ago',
      { outage: down(), begunAt: begun + 24 * hour - minute, now: begun + 24 * hour + finishWithin + 1 },
      false,
    ],
    [
      'begun when its time was over',
      { outage: down(), begunAt: begun + 24 * hour + 1, now: begun + 24 * hour + 2 },
      false,
    ],
    ['this hub reaches nobody', { outage: down(['own_network']), begunAt: begun, now: begun + minute }, false],
  ]
  for (const [what, { outage, begunAt, now }, expected] of cases) {
    test(what, () => assert.equal(mayFinishStandIn({ outage, hours: 24, begunAt, now }), expected))
  }
})

test('R084: offered only while down, never longer than its hours; what is begun is finished soon after or not at all', () => {
  const instants = fc.integer({ min: begun - 400 * hour, max: begun + 400 * hour })
  const outages = fc.option(
    fc.record(
      {
        health: fc.constantFrom('up' as const, 'degraded' as const, 'down' as const),
        since: instants,
        downUntil: instants,
        reasons: fc.uniqueArray(fc.constantFrom(...(Object.keys(healthReasons) as HealthReason[])), { maxLength: 3 }),
      },
      { requiredKeys: ['health', 'reasons'] },
    ),
    { nil: undefined },
  )
  fc.assert(
    fc.property(
      outages,
      fc.integer({ min: 1, max: 168 }),
      instants,
      instants,
      (outage: Outage, hours, now, begunAt) => {
        const decision = decideStandIn({ outage, hours, now })
        if (decision.offered) {
          assert.equal(outage?.health, 'down')
          assert.ok(!outage.reasons.includes('own_network'))
          assert.ok(decision.since <= now && now < decision.until && decision.until - decision.since === hours * hour)
        }
        const may = mayFinishStandIn({ outage, hours, begunAt, now })
        // Whoever may begin may finish, and who may not begin finishes within the time, if they began before the end.
        if (decision.offered) assert.ok(may)
        else if (may) assert.ok(begunAt <= now && (outage?.downUntil ?? outage?.since) !== undefined)
        if (may && outage?.health !== 'down') assert.ok(now - (outage?.downUntil ?? 0) <= finishWithin)
        // Later is never more, while nothing else changes.
        const later = decideStandIn({ outage, hours, now: now + hour })
        if (later.offered && outage?.since !== undefined && outage.since <= now) assert.ok(decision.offered)
      },
    ),
  )
})

describe('R084: what it is worth', () => {
  const all: Level[] = ['eidas1', 'eidas2']
  const cases: [amr: string[], allowed: readonly Level[], Level | undefined][] = [
    [standInAmr('sms'), all, 'eidas2'],
    [standInAmr('mail'), all, 'eidas2'],
    // Even where settings were to allow more.
    [standInAmr('sms'), levels, 'eidas2'],
    [standInAmr('mail'), ['eidas1'], 'eidas1'],
    [standInAmr('mail'), ['eidas3'], undefined],
    // R034: a card without its PIN, and a code without a card.
    [['sc', 'sms'], all, undefined],
    [['sc'], all, undefined],
    [['sms', 'mfa'], all, undefined],
    [['pin', 'sms'], all, undefined],
  ]
  for (const [amr, allowed, expected] of cases) {
    test(`${amr.join(' ')}, where ${allowed.join(' and ')} may be told: ${expected ?? 'nobody'}`, () =>
      assert.equal(standInLevel(amr, allowed), expected))
  }

  test('a code goes where a sign-in of that strength has proved the mailbox or number', () => {
    const found = levels.map((level) => mayReceiveCode({ verified: true, level }))
    assert.deepEqual(found, [false, true, true])
    assert.ok(levels.every((level) => !mayReceiveCode({ verified: false, level })))
  })
})
