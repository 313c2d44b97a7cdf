/**
 * Assurance levels and their order: low, substantial, high, as Regulation (EU) 910/2014 article 8 names them.
 * On the wire they are `eidas1`, `eidas2`, `eidas3`; inside they keep that spelling, so that one word means one thing.
 */

export const levels = ['eidas1', 'eidas2', 'eidas3'] as const
export type Level = (typeof levels)[number]

export function isLevel(value: unknown): value is Level {
  return typeof value === 'string' && (levels as readonly string[]).includes(value)
}

/** Negative when `a` is the weaker one, zero when equal, positive when `a` is the stronger one. */
export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b)
}

export function atLeast(reached: Level, required: Level): boolean {
  return compareLevels(reached, required) >= 0
}

export function lowerOf(a: Level, b: Level): Level {
  return compareLevels(a, b) <= 0 ? a : b
}

export function higherOf(a: Level, b: Level): Level {
  return compareLevels(a, b) >= 0 ? a : b
}

/** The weakest of several levels; `undefined` for an empty list. */
export function lowestOf(values: readonly Level[]): Level | undefined {
  return values.length === 0 ? undefined : values.reduce(lowerOf)
}

/** The strongest of several levels; `undefined` for an empty list. */
export function highestOf(values: readonly Level[]): Level | undefined {
  return values.length === 0 ? undefined : values.reduce(higherOf)
}
