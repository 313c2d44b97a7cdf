import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { levels } from '../kernel/assurance.ts'
import { toDate } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import { coversNow, daysOnEarth, decideTrip, type TripQuestion, tripDelay } from './trips.ts'

const now = Date.parse('2026-11-22T15:00:00Z')
const question: TripQuestion = {
  trip: { countries: ['CA'], from: '2026-11-23', until: '2026-12-10' },
  open: 0,
  lately: 0,
  now,
  isCountry: (code) => ['CA', 'US', 'FR', 'MA', 'DE'].includes(code),
  level: 'eidas2',
  seenIn: 'MA',
}
const trip = (changes: Partial<TripQuestion['trip']>) => ({ trip: { ...question.trip, ...changes } })

const table: [title: string, changes: Partial<TripQuestion>, answer: string][] = [
  ['in advance, at the substantial level: at once', {}, 'at once'],
  ['from there, at the substantial level: at once', { seenIn: 'CA' }, 'at once'],
  ['from nowhere known, at the high level: at once', { seenIn: 'unknown', level: 'eidas3' }, 'at once'],
  ['in advance, by less: in a day', { level: 'eidas1' }, 'in a day'],
  ['from another country, by less: in a day', { level: 'eidas1', seenIn: 'US' }, 'in a day'],
  ['from a local network, by less: in a day', { level: 'eidas1', seenIn: 'local' }, 'in a day'],
  ['a thief before the door: refused', { level: 'eidas1', seenIn: 'CA' }, 'proof_too_weak'],
  ['... or behind a network of no country: refused', { level: 'eidas1', seenIn: 'unknown' }, 'proof_too_weak'],
  ['nowhere', trip({ countries: [] }), 'countries_missing'],
  ['everywhere', trip({ countries: ['CA', 'US', 'FR', 'DE'] }), 'countries_many'],
  ['no country', trip({ countries: ['XX'] }), 'country_unknown'],
  ['no day', trip({ from: '2026-02-30' }), 'day_unreadable'],
  ['no date at all', trip({ until: 'soon' }), 'day_unreadable'],
  ['the wrong way round', trip({ from: '2026-12-11' }), 'until_before_from'],
  ['over', trip({ from: '2026-11-01', until: '2026-11-20' }), 'over_already'],
  ['today, which is still yesterday somewhere', trip({ from: '2026-11-22', until: '2026-11-22' }), 'at once'],
  ['90 days', trip({ from: '2026-11-23', until: '2027-02-20' }), 'at once'],
  ['91 days', trip({ from: '2026-11-23', until: '2027-02-21' }), 'too_long'],
  ['in two years', trip({ from: '2028-11-23', until: '2028-11-30' }), 'too_far_ahead'],
  ['the fifth', { open: 4 }, 'at once'],
  ['the sixth', { open: 5 }, 'too_many_trips'],
  ['the tenth of a day', { lately: 9 }, 'at once'],
  ['the eleventh, whatever became of the others', { lately: 10 }, 'too_many_lately'],
]

describe('R082: trips that can be declared', () => {
  for (const [title, changes, answer] of table) {
    test(`R082: ${title}`, () => {
      const decision = decideTrip({ ...question, ...changes })
      const said =
        decision.kind === 'declared'
          ? { [now]: 'at once', [now + tripDelay]: 'in a day' }[decision.effectiveAt]
          : decision.kind === 'invalid'
            ? decision.problems.join()
            : decision.why
      assert.equal(said, answer)
    })
  }

  test('R082: whoever stands where they declare and proves little is never let in, whatever they type', () => {
    const days = fc.integer({ min: -400, max: 800 }).map((after) =>
      toDate(now + after * day)
        .toISOString()
        .slice(0, 10),
    )
    const typed = fc.record({ countries: fc.subarray(['CA', 'US', 'FR']), from: days, until: days })
    fc.assert(
      fc.property(
        typed,
        fc.constantFrom(...levels),
        fc.constantFrom('CA', 'US', 'unknown', 'local'),
        (given, level, seenIn) => {
          const decision = decideTrip({ ...question, trip: given, level, seenIn })
          const isThere = seenIn === 'unknown' || given.countries.includes(seenIn)
          if (level === 'eidas1' && isThere) assert.notEqual(decision.kind, 'declared')
          if (decision.kind === 'declared') assert.ok(level !== 'eidas1' || decision.effectiveAt >= now + day)
        },
      ),
    )
  })
})

test('R082: a trip covers its days as long as they are somewhere on earth, and no longer', () => {
  const one = { from: '2026-12-24', until: '2026-12-24' }
  const at = (text: string) => coversNow(one, Date.parse(text))
  // It begins on Kiritimati, and ends on Baker Island.
  assert.deepEqual(
    ['2026-12-23T09:59:59Z', '2026-12-23T10:00:00Z', '2026-12-25T11:59:59Z', '2026-12-25T12:00:00Z'].map(at),
    [false, true, true, false],
  )
  const { earliest, latest } = daysOnEarth(now + 6 * hour)
  assert.deepEqual([earliest, latest], ['2026-11-22', '2026-11-23'])
})
