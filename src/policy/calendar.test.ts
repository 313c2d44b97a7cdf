import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { day } from '../kernel/durations.ts'
import { addYears, endOfDay, readWallClock, startOfDay, writeWallClock, yearsHavePassed } from './calendar.ts'

const paris = 'Europe/Paris'
const iso = (instant: number) => new Date(instant).toISOString()

describe('four calendar years', () => {
  const cases: [string, string, string, string][] = [
    ['over one leap day', paris, '2022-11-22T10:00:00+01:00', '2026-11-22T10:00:00+01:00'],
    ['from 29 February to 29 February', paris, '2024-02-29T00:00:00+01:00', '2028-02-29T00:00:00+01:00'],
    ['from 29 February to a year without one', paris, '2096-02-29T00:00:00+01:00', '2100-03-01T00:00:00+01:00'],
    ['from 28 February', paris, '2023-02-28T00:00:00+01:00', '2027-02-28T00:00:00+01:00'],
    ['the wall clock stays when the offset does not', paris, '2021-10-31T08:00:00+01:00', '2025-10-31T08:00:00+01:00'],
    ['from winter time to summer time', paris, '2022-03-26T12:00:00+01:00', '2026-03-26T12:00:00+01:00'],
    ['to summer time: the last Sundays move', paris, '2021-03-28T12:00:00+02:00', '2025-03-28T12:00:00+01:00'],
    ['into the hour that clocks skip', paris, '2022-03-29T02:30:00+02:00', '2026-03-29T03:30:00+02:00'],
    ['into the hour that is there twice: the first', paris, '2022-10-25T02:30:00+02:00', '2026-10-25T02:30:00+02:00'],
    ['across the date line', 'Pacific/Kiritimati', '2022-01-01T00:00:00+14:00', '2026-01-01T00:00:00+14:00'],
    ['before 1970, to the millisecond', paris, '1965-06-01T00:00:00.123+01:00', '1969-06-01T00:00:00.123+01:00'],
  ]
  for (const [name, zone, from, to] of cases) {
    test(`R026: ${name}`, () => assert.equal(iso(addYears(Date.parse(from), 4, zone)), iso(Date.parse(to))))
  }

  test('an instant that is none has no anniversary, and has passed', () => {
    for (const nothing of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 8.64e15]) {
      assert.equal(addYears(nothing, 4, paris), Number.NaN)
    }
    assert.equal(yearsHavePassed(Number.NaN, 4, 0, paris), true)
  })

  test('the short way says what the calendar says, around every anniversary', () => {
    const since = fc.integer({ min: Date.parse('1980-01-01'), max: Date.parse('2120-01-01') })
    fc.assert(
      fc.property(since, fc.integer({ min: -5 * day, max: 5 * day }), (from, offset) => {
        const end = addYears(from, 4, paris)
        // The second time it is remembered.
        for (const at of [end + offset, end, end - 1]) {
          assert.equal(yearsHavePassed(from, 4, at, paris), at >= end)
        }
      }),
      { numRuns: 1_200 },
    )
  })
})

describe('the start of a day', () => {
  const cases: [string, string, string][] = [
    ['2026-01-01', paris, '2025-12-31T23:00:00.000Z'],
    ['2026-07-01', paris, '2026-06-30T22:00:00.000Z'],
    ['2026-03-29', paris, '2026-03-28T23:00:00.000Z'],
    ['2026-10-25', paris, '2026-10-24T22:00:00.000Z'],
    ['2026-01-01', 'UTC', '2026-01-01T00:00:00.000Z'],
    ['2026-03-08', 'America/Havana', '2026-03-08T05:00:00.000Z'],
  ]
  for (const [date, zone, expected] of cases) {
    test(`${date} in ${zone}`, () => assert.equal(iso(startOfDay(date, zone)), expected))
  }

  test('a date and a time of day, as walls show them, and back', () => {
    const rows: [string, string, string][] = [
      ['2026-01-31T14:30', paris, '2026-01-31T13:30:00.000Z'],
      ['2026-07-31T00:00', paris, '2026-07-30T22:00:00.000Z'],
      ['2024-02-29T23:59', 'UTC', '2024-02-29T23:59:00.000Z'],
      // Twice on the wall: the first of the two.
      ['2026-10-25T02:30', paris, '2026-10-25T00:30:00.000Z'],
    ]
    for (const [text, zone, expected] of rows) {
      assert.equal(iso(readWallClock(text, zone)), expected)
      assert.equal(writeWallClock(Date.parse(expected) + 59_999, zone), text)
    }
    for (const text of ['2023-02-29T12:00', '2026-01-31T24:01', '2026-01-31 14:30', '2026-01-31T14:30:00', '']) {
      assert.equal(readWallClock(text, paris), Number.NaN, text)
    }
  })

  test('a day ends where the next one begins, also where clocks change; the last one of four digits has no next', () => {
    const rows = [
      ['2026-12-31', '2026-12-31T23:00:00.000Z'],
      ['2026-03-29', '2026-03-29T22:00:00.000Z'],
      ['2026-10-25', '2026-10-25T23:00:00.000Z'],
      ['9999-12-30', '9999-12-30T23:00:00.000Z'],
    ] as const
    for (const [date, expected] of rows) assert.equal(iso(endOfDay(date, paris)), expected)
    assert.equal(iso(startOfDay('9999-12-31', paris)), '9999-12-30T23:00:00.000Z')
    for (const date of ['9999-12-31', '+010000-01', '2023-02-29', 'today', '']) {
      assert.equal(endOfDay(date, paris), Number.NaN, date)
    }
  })

  test('there is no 29 February in 2023, and no thirteenth month', () => {
    for (const date of ['2023-02-29', '2026-13-01', '2026-1-1', 'today', '']) {
      assert.equal(startOfDay(date, paris), Number.NaN, date)
    }
  })
})
