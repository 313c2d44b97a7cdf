import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { least, piecesOf, quantileOf, sharesOf, totalOf } from './release.ts'

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)

/** Every table of so many cells whose counts add up to so much at the most. */
function* everyTable(cells: number, most: number): Generator<number[]> {
  if (cells === 0) return yield []
  for (let count = 0; count <= most; count++) {
    for (const rest of everyTable(cells - 1, most - count)) yield [count, ...rest]
  }
}

/**
 * Of all tables that look the same to somebody: has any count below the threshold one value alone in all of them? Who
 * asks so knows the rules, everything that was shown, and every table that there can be. Tables that nearly add up to the
 * most are left out: what looks like them may be beyond it.
 */
function revealed(given: {
  cells: number
  most: number
  margin: number
  seen: (table: number[]) => unknown
  told: (table: number[]) => number[]
}): string[] {
  const alike = new Map<string, { first: number[]; varies: boolean[]; isNear: boolean }>()
  for (const table of everyTable(given.cells, given.most)) {
    const key = JSON.stringify(given.seen(table))
    const told = given.told(table)
    const known = alike.get(key) ?? { first: told, varies: told.map(() => false), isNear: false }
    for (const [index, count] of told.entries()) if (count !== known.first[index]) known.varies[index] = true
    if (sum(table) > given.most - given.margin) known.isNear = true
    alike.set(key, known)
  }
  assert.ok([...alike.values()].filter(({ isNear }) => !isNear).length > 10)
  return [...alike].flatMap(([key, { first, varies, isNear }]) =>
    first.flatMap((count, index) =>
      count < threshold && !varies[index] && !isNear ? [`${key}: ${index} is ${count}`] : [],
    ),
  )
}

/** Small, so that every table can be tried. */
const threshold = 3

describe('counts under 10 are hidden from whoever knows the rules', () => {
  test('in the days of a week', () => {
    const seen = (table: number[]) => piecesOf(table, threshold)
    assert.deepEqual(revealed({ cells: 5, most: 14, margin: 1, seen, told: (table) => table }), [])
  })

  test('in a month, with what was shown of its weeks before', () => {
    const weeksOf = (table: number[]) => [table.slice(0, 2), table.slice(2, 4), table.slice(4, 6)]
    const seen = (table: number[]) => [
      weeksOf(table).map((week) => piecesOf(week, threshold)),
      totalOf(weeksOf(table).map(sum), threshold),
    ]
    const told = (table: number[]) => [...table, ...weeksOf(table).map(sum)]
    assert.deepEqual(revealed({ cells: 6, most: 15, margin: 6, seen, told }), [])
  })

  test('in a total told apart by kind', () => {
    const kinds = ['a', 'b', 'c', 'd'] as const
    const seen = (table: number[]) =>
      sharesOf(kinds, new Map(kinds.map((kind, index) => [kind, table[index] ?? 0])), threshold)
    assert.deepEqual(revealed({ cells: 4, most: 20, margin: 1, seen, told: (table) => table }), [])
  })

  test('... that is also told by week', () => {
    const kinds = ['a', 'b'] as const
    const weeks = (table: number[]) => [0, 2, 4].map((at) => (table[at] ?? 0) + (table[at + 1] ?? 0))
    const shown = (table: number[]) => {
      const isExact = totalOf(weeks(table), threshold)?.isExact
      return [0, 2, 4].filter((_, index) => isExact || (weeks(table)[index] ?? 0) >= threshold)
    }
    const byKind = (table: number[], of = [0, 2, 4]) => [0, 1].map((kind) => sum(of.map((at) => table[at + kind] ?? 0)))
    const seen = (table: number[]) => [
      weeks(table).map((week) => (week < threshold ? 0 : week)),
      totalOf(weeks(table), threshold),
      sharesOf(
        kinds,
        new Map(byKind(table, shown(table)).map((count, kind) => [kinds[kind] ?? 'a', count])),
        threshold,
      ),
    ]
    const told = (table: number[]) => [...table, ...weeks(table), ...byKind(table)]
    assert.deepEqual(revealed({ cells: 6, most: 15, margin: 6, seen, told }), [])
  })

  const counts = (length: number) =>
    fc.array(fc.oneof(fc.nat(3), fc.nat(12), fc.nat(200)), { minLength: length, maxLength: length })

  test('the days of a week: pieces make up the week, and none that is told is under 10', () => {
    fc.assert(
      fc.property(counts(7), (days) => {
        const pieces = piecesOf(days)
        assert.equal(sum(pieces.map((piece) => piece.days)), 7)
        if (sum(days) < least) return assert.deepEqual(pieces, [{ days: 7 }])
        assert.equal(sum(pieces.map(({ count = 0 }) => count)), sum(days))
        for (const { count = 0 } of pieces) assert.ok(count >= least)
      }),
    )
    assert.deepEqual(piecesOf([10, 30, 10]), [
      { days: 1, count: 10 },
      { days: 1, count: 30 },
      { days: 1, count: 10 },
    ])
    assert.deepEqual(piecesOf([10, 30, 9]), [
      { days: 1, count: 10 },
      { days: 2, count: 39 },
    ])
  })

  test('a month: what is taken from its total to find its small weeks leaves 10 at the least, or nothing known', () => {
    fc.assert(
      fc.property(counts(5), (weeks) => {
        const total = totalOf(weeks)
        const shown = sum(weeks.filter((count) => count >= least))
        const small = weeks.filter((count) => count < least)
        if (!total) return assert.equal(shown, 0)
        if (!total.isExact) return assert.equal(total.count, shown)
        assert.equal(total.count, sum(weeks))
        const hidden = total.count - shown
        if (small.length > 0) assert.ok(hidden >= least && hidden < 9 * small.length)
      }),
    )
    assert.deepEqual(totalOf([4, 5, 4, 3]), { count: 16, isExact: true })
    assert.deepEqual(totalOf([40, 5, 40, 3]), { count: 80, isExact: false })
    assert.deepEqual(totalOf([9, 9]), undefined)
    assert.deepEqual(totalOf([]), undefined)
  })

  test('a total by kind: the parts make it up, none is under 10, and what is small has company', () => {
    const kinds = ['a', 'b', 'c', 'd', 'e'] as const
    fc.assert(
      fc.property(counts(5), (values) => {
        const shares = sharesOf(kinds, new Map(kinds.map((kind, index) => [kind, values[index] ?? 0])))
        const total = sum(values)
        assert.equal(sum(shares.map(({ count }) => count)), total >= least ? total : 0)
        for (const { of, count } of shares) {
          assert.ok(count >= least)
          assert.ok(of.length > 1 || (values[kinds.indexOf(of[0] ?? 'a')] ?? 0) >= least)
        }
      }),
    )
  })

  test('a quantile is no single person’s time', () => {
    const even = new Map(Array.from({ length: 200 }, (_, bucket) => [bucket, 1]))
    assert.equal(quantileOf(even, 0.5), 99)
    assert.equal(quantileOf(even, 0.95), 189)
    assert.equal(quantileOf(new Map([[7, 199]]), 0.95), undefined)
    assert.equal(quantileOf(new Map([[7, 20]]), 0.5), 7)
    assert.equal(quantileOf(new Map([[7, 19]]), 0.5), undefined)
    assert.equal(quantileOf(new Map(), 0.5), undefined)
  })
})
