import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { type ComparedUse, judgeUseOfMandate, type UnusualReason, unusualReasons } from './mandate-uses.ts'

/** A Monday at eleven in Tunis, where clocks are never put forward. */
const now = Date.parse('2026-11-23T10:00:00Z')
const rules = { timeZone: 'Africa/Tunis' }

const use = (more: Partial<ComparedUse> = {}): ComparedUse => ({
  ...{ at: now, person: 'amina', actions: ['read', 'prepare'], country: 'MA' },
  ...more,
})
const earlier = (daysAgo: number, more: Partial<ComparedUse> = {}) => use({ at: now - daysAgo * day, ...more })
/** Every working day at that hour of Tunis, the newest first. */
const habit = (count: number, more: Partial<ComparedUse> = {}) =>
  Array.from({ length: count }, (_, index) => earlier(index + 1, more))
/** So many within the last hour, ten seconds apart. */
const busy = (count: number, from = now) =>
  Array.from({ length: count }, (_, index) => use({ at: from - (index + 1) * 10 * second }))

describe('R096: a use that is out of the ordinary says why', () => {
  const table: [title: string, use: ComparedUse, before: ComparedUse[], reasons: UnusualReason[]][] = [
    ['the first of all is what the mandate was given for', use({ actions: ['pay'], country: 'FR' }), [], []],
    ['one like the others', use(), habit(30), []],
    ['somebody new', use({ person: 'omar' }), habit(3), ['first_by_person']],
    ['somebody who was here before', use({ person: 'omar' }), [earlier(1), earlier(2, { person: 'omar' })], []],
    ['a country for the first time', use({ country: 'FR' }), habit(3), ['other_country']],
    ['a country that was seen once', use({ country: 'FR' }), [...habit(3), earlier(4, { country: 'FR' })], []],
    ['a country nobody knows', use({ country: undefined }), habit(3), []],
    ['the first country that is known', use(), habit(3, { country: undefined }), []],
    ['submitting for the first time', use({ actions: ['submit'] }), habit(3), ['first_submit']],
    [
      'paying for the first time, where submitting was usual',
      use({ actions: ['submit', 'pay'] }),
      habit(3, { actions: ['submit'] }),
      ['first_pay'],
    ],
    ['at night', use({ at: now + 12 * hour }), [use()], ['unusual_hour']],
    ['at night, as before', use({ at: now + 12 * hour }), [use({ at: now - 12 * hour })], []],
    ['at six in the morning night is over', use({ at: now - 5 * hour }), habit(1), []],
    ['far from the known hours', use({ at: now + 7 * hour }), habit(20), ['unusual_hour']],
    ['far from too few known hours', use({ at: now + 7 * hour }), habit(19), []],
    ['three hours later than usual', use({ at: now + 3 * hour }), habit(20), []],
    ['after a quarter', use(), [earlier(92)], []],
    ['after a hundred days', use(), [earlier(100)], ['after_silence']],
    ['fifty-nine in an hour', use(), busy(58), []],
    ['the sixtieth in an hour', use(), busy(59), ['burst']],
    ['the next one says nothing new', use(), busy(60), []],
    ['sixty where half as many were usual', use(), [...busy(59), ...busy(30, now - day)], []],
    ['sixty where fewer than half were', use(), [...busy(59), ...busy(29, now - day)], ['burst']],
    [
      'all together, in their order',
      use({ at: now + 12 * hour, person: 'omar', country: 'FR', actions: ['submit', 'pay'] }),
      [earlier(120)],
      ['other_country', 'first_pay', 'first_submit', 'first_by_person', 'unusual_hour', 'after_silence'],
    ],
  ]
  for (const [title, one, before, reasons] of table) {
    test(`R096: ${title}`, () => assert.deepEqual(judgeUseOfMandate(one, before, rules), reasons))
  }

  test('R096: hours are those of the hub, not of the machine', () => {
    const late = Date.parse('2026-11-23T21:30:00Z')
    assert.deepEqual(judgeUseOfMandate(use({ at: late }), [use()], { timeZone: 'Africa/Tunis' }), ['unusual_hour'])
    assert.deepEqual(judgeUseOfMandate(use({ at: late }), [use()], { timeZone: 'America/Montreal' }), [])
  })

  test('R096: what was done before, at these hours, from there, by them, is never marked for it', () => {
    const one = fc.record({
      at: fc.integer({ min: 0, max: 99 * day }).map((ago) => now - minute - ago),
      person: fc.constantFrom('amina', 'omar', 'salma'),
      actions: fc.subarray(['read', 'prepare', 'submit', 'pay']),
      country: fc.constantFrom('MA', 'FR', undefined),
    })
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 40 }), fc.nat(), (uses, pick) => {
        const before = uses.toSorted((a, b) => b.at - a.at)
        const again = before[pick % before.length] as ComparedUse
        const sameHour = again.at + Math.ceil((now - again.at) / day) * day
        const reasons = judgeUseOfMandate({ ...again, at: sameHour }, before, { timeZone: 'Africa/Tunis' })
        const expected = sameHour - (before[0]?.at ?? 0) >= 100 * day ? ['after_silence'] : []
        assert.deepEqual(reasons, expected)
        assert.ok(reasons.every((reason) => unusualReasons.includes(reason)))
      }),
    )
  })
})
