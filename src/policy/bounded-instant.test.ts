import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { BoundedInstant } from './bounded-instant.ts'
import { yearsHavePassed } from './calendar.ts'
import { decideMeans } from './means.ts'
import { someInstant, someMeans, somePolicy, someService } from './policy.sample.ts'

describe('an instant and the dates that it was compared with', () => {
  test('without a date, what was decided holds always', () => {
    const now = new BoundedInstant(0)
    for (const other of [-1, 0, 1, Number.MAX_SAFE_INTEGER]) assert.ok(now.answersFor(other))
  })

  test('it holds from the latest date that was reached, and before the next one', () => {
    const now = new BoundedInstant(50)
    assert.deepEqual(
      [10, 20, 50].map((date) => now.hasReached(date)),
      [true, true, true],
    )
    assert.deepEqual(
      [90, 60, 70].map((date) => now.isBefore(date)),
      [true, true, true],
    )
    assert.deepEqual(
      [49, 50, 59, 60].map((other) => now.answersFor(other)),
      [false, true, true, false],
    )
  })

  test('either question bounds on either side', () => {
    const now = new BoundedInstant(50)
    assert.equal(now.isBefore(40), false)
    assert.equal(now.hasReached(60), false)
    assert.deepEqual(
      [39, 40, 59, 60].map((other) => now.answersFor(other)),
      [false, true, true, false],
    )
  })

  test('a date that is none is neither ahead nor reached, and bounds nothing', () => {
    const now = new BoundedInstant(50)
    assert.equal(now.isBefore(Number.NaN), false)
    assert.equal(now.hasReached(Number.NaN), false)
    assert.ok(now.answersFor(0))
  })

  test('an instant that is none answers for no other, and no other for it', () => {
    const none = new BoundedInstant(Number.NaN)
    assert.equal(none.isBefore(10), false)
    assert.equal(none.hasReached(10), false)
    assert.equal(none.answersFor(50), false)
    assert.equal(new BoundedInstant(50).answersFor(Number.NaN), false)
  })
})

describe('for how long a decision holds', () => {
  test('R026: a homologation holds until its fourth anniversary, and no millisecond longer', () => {
    const [since, end] = [Date.parse('2024-02-29T12:00:00+01:00'), Date.parse('2028-02-29T12:00:00+01:00')]
    const near = new BoundedInstant(end - 1_000)
    assert.equal(yearsHavePassed(since, 4, near, 'Europe/Paris'), false)
    assert.ok(near.answersFor(end - 1))
    assert.equal(near.answersFor(end), false)
  })

  test('R026, R030, R031, R032, R046: within its bounds the decision is the same, whatever is asked', () => {
    let others = 0
    let ends = 0
    fc.assert(
      fc.property(
        fc.tuple(someMeans, someService, fc.constantFrom('local' as const, 'remote' as const), somePolicy),
        fc.tuple(someInstant, fc.array(someInstant, { minLength: 1, maxLength: 5 })),
        ([means, service, place, policy], [at, later]) => {
          const now = new BoundedInstant(at)
          const found = decideMeans({ means, service, place, at: now, policy })
          assert.deepEqual(found, decideMeans({ means, service, place, at, policy }))
          const { validFrom, validUntil = at, certificate, homologations } = means
          const dates = [validFrom, validUntil, certificate?.validUntil ?? at, ...homologations.map((one) => one.at)]
          const around = [...dates, policy.transitionEnd, policy.sensitiveMinimumFrom].flatMap((date) => [
            date - 1,
            date,
          ])
          for (const other of [...later, ...around]) {
            if (now.answersFor(other)) {
              others++
              assert.deepEqual(decideMeans({ means, service, place, at: other, policy }), found)
            } else ends++
          }
        },
      ),
      { numRuns: 3_000 },
    )
    assert.ok(others > 1_000 && ends > 1_000, `${others} within, ${ends} beyond`)
  })
})
