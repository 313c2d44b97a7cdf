/**
 * Do reports of misused identities rise (R105)? The last seven days are held against the eight weeks before them. Pure:
 * reports are counted elsewhere, and what counts as one is said there.
 *
 * The usual week is the median of the eight: one wave among them does not hide the next one. A rise has to be three
 * things at once: enough reports to speak of, so many times the usual, and more than chance makes of a week that is like
 * the others.
 */
import { day } from '../kernel/durations.ts'

export interface SurgeRules {
  /** Fewer reports than this in seven days are never a rise. */
  atLeast: number
  /** How many times the usual week makes a rise. */
  times: number
  /** Whether the hub then publishes the warning to the public itself, without waiting for an operator. */
  publish: boolean
}

/** The time that one count is of. */
export const surgeWindow = 7 * day

/** Weeks that say what is usual. */
export const usualWeeks = 8

export interface Surge {
  /** Reports in the last seven days. */
  recent: number
  /** Reports in a usual week: may end in a half. */
  usual: number
  rises: boolean
}

/** Reports that come by chance (Poisson) deviate by the root of their mean: by three of these in one week of hundreds. */
const deviations = 3

/**
 * @param counts of weeks, the last seven days first; a week that is not there had none
 */
export function surgeOf(counts: readonly number[], { atLeast, times }: Pick<SurgeRules, 'atLeast' | 'times'>): Surge {
  const [recent = 0, ...before] = counts
  const usual = median(Array.from({ length: usualWeeks }, (_, index) => before[index] ?? 0))
  const isMoreThanChance = recent > usual + deviations * Math.sqrt(usual)
  return { recent, usual, rises: recent >= atLeast && recent >= times * usual && isMoreThanChance }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2
}
