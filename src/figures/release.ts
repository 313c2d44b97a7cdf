/**
 * What of counts may be shown. Counts under `least` are hidden, also from whoever subtracts, compares exports, or knows
 * these rules: for each that is hidden, more than one value goes with all that is ever shown. Pure;
 * `docs/decisions/0032-partners-figures.md` says why it is so.
 *
 * A week is decided when it is over, and a month likewise: what was shown of the weeks stays as it is.
 */

/** "Counts under 10 are hidden." */
export const least = 10

/** Days that follow one another, told together. */
export interface Piece {
  days: number
  /** Absent: hidden. */
  count?: number
}

/**
 * The days of a week that is over. One of its own count where that is large enough and what is left on either side is too;
 * otherwise it is told with its neighbours.
 */
export function piecesOf(counts: readonly number[], threshold = least): Piece[] {
  const total = sumOf(counts)
  if (total < threshold) return [{ days: counts.length }]
  const pieces: Piece[] = []
  let days = 0
  let count = 0
  let left = total
  for (const [index, ofDay] of counts.entries()) {
    days++
    count += ofDay
    left -= ofDay
    const isLast = index === counts.length - 1
    if (count < threshold || (left < threshold && !isLast)) continue
    pieces.push({ days, count })
    days = 0
    count = 0
  }
  return pieces
}

export interface Total {
  count: number
  /** False: there may be a little more, in weeks that are hidden. */
  isExact: boolean
}

/**
 * A month that is over, from its weeks. Those of fewer than `least` are told in its total where they are enough together,
 * and not all as large as a hidden one can be: then each would be known. Undefined: hidden.
 */
export function totalOf(weeks: readonly number[], threshold = least): Total | undefined {
  const small = weeks.filter((count) => count < threshold)
  const shown = sumOf(weeks.filter((count) => count >= threshold))
  const hidden = sumOf(small)
  const isExact = small.length === 0 || (hidden >= threshold && hidden < small.length * (threshold - 1))
  if (isExact) return weeks.length === 0 ? undefined : { count: shown + hidden, isExact }
  return shown === 0 ? undefined : { count: shown, isExact }
}

/** A count of one of several kinds, or of some of them together. */
export interface Share<K extends string> {
  of: readonly K[]
  count: number
}

/**
 * A total told apart by kind. `kinds` are all that there could be, in an order that does not depend on the counts; those
 * too small to be shown are told together. When they are too small even so, the last kind of the order that is large
 * enough joins them, however large: choosing by size would tell something about those that it is to cover. Empty when the
 * total itself is hidden.
 */
export function sharesOf<K extends string>(
  kinds: readonly K[],
  counts: ReadonlyMap<K, number>,
  threshold = least,
): Share<K>[] {
  const countOf = (kind: K) => counts.get(kind) ?? 0
  const total = sumOf(kinds.map(countOf))
  if (total < threshold) return []
  const small = kinds.filter((kind) => countOf(kind) < threshold)
  const together = sumOf(small.map(countOf))
  // All of them at the most that is hidden would tell each.
  const isTold = together === small.length * (threshold - 1)
  const cover =
    small.length > 0 && (together < threshold || isTold) ? kinds.findLast((kind) => !small.includes(kind)) : undefined
  const hidden = cover === undefined ? small : kinds.filter((kind) => kind === cover || small.includes(kind))
  const shown = kinds.filter((kind) => !hidden.includes(kind)).map((kind) => ({ of: [kind], count: countOf(kind) }))
  if (hidden.length === 0) return shown
  return [...shown, { of: hidden, count: sumOf(hidden.map(countOf)) }]
}

/** Below this many on each side, a quantile would be the time of somebody. */
export function quantileOf(
  histogram: ReadonlyMap<number, number>,
  part: number,
  threshold = least,
): number | undefined {
  const buckets = [...histogram].sort(([a], [b]) => a - b)
  const total = sumOf(histogram.values())
  const rank = Math.ceil(total * part)
  if (rank < threshold || total - rank < threshold) return undefined
  let passed = 0
  for (const [bucket, count] of buckets) {
    passed += count
    if (passed >= rank) return bucket
  }
  return undefined
}

function sumOf(counts: Iterable<number>): number {
  let sum = 0
  for (const count of counts) sum += count
  return sum
}
