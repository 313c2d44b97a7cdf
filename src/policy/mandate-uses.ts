/**
 * Is this use of a mandate out of the ordinary? Compared with how the same mandate was used before, so that its principal
 * looks at few lines and sees at once why at these. Nobody is stopped by it: a mark stands beside the use, where the
 * mandate can be ended too, and the principal's representatives are told. Pure.
 */
import type { Instant } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import { writeWallClock } from './calendar.ts'

/** In the order in which they are said. */
export const unusualReasons = [
  'other_country',
  'burst',
  'first_pay',
  'first_submit',
  'first_by_person',
  'unusual_hour',
  'after_silence',
] as const
export type UnusualReason = (typeof unusualReasons)[number]

/** A use of a mandate, as far as it is compared. */
export interface ComparedUse {
  at: Instant
  /** The human who acted. */
  person: string
  actions: readonly string[]
  /** ISO 3166-1 alpha-2 of where it came from, where that is known. */
  country?: string | undefined
}

/** Uses that the caller hands in at most, the newest first: what was long ago is no habit. */
export const usesCompared = 200

/** From here to there nobody is at the office. */
const night = { from: 22, until: 6 }
/** So many uses make hours of work that can be told apart from others. */
const knownHours = 20
/** Hours around a known use that are no surprise. */
const nearHours = 3
/** In an hour; one who files for a month's end makes some dozens. */
const burstLength = 60
/** Times the busiest hour before. */
const burstGrowth = 2
/** Longer than a quarter: what is declared every three months was not silent. */
const longSilence = 100 * day

/** @param timeZone IANA name of the zone in which the hours of work are read */
export interface UseRules {
  timeZone: string
}

/**
 * The reasons why a use is marked; none of an ordinary one, and none of the first use of all, which everybody expects.
 *
 * @param before uses of the same mandate before this one, the newest first
 */
export function judgeUseOfMandate(
  use: ComparedUse,
  before: readonly ComparedUse[],
  { timeZone }: UseRules,
): UnusualReason[] {
  const [last] = before
  if (!last) return []
  const checks: Record<UnusualReason, () => boolean> = {
    other_country: () => isOtherCountry(use, before),
    burst: () => beginsBurst(use, before),
    first_pay: () => isFirst('pay', use, before),
    first_submit: () => isFirst('submit', use, before),
    first_by_person: () => before.every(({ person }) => person !== use.person),
    unusual_hour: () => isUnusualHour(use, before, timeZone),
    after_silence: () => use.at - last.at >= longSilence,
  }
  return unusualReasons.filter((reason) => checks[reason]())
}

function isOtherCountry({ country }: ComparedUse, before: readonly ComparedUse[]): boolean {
  const known = before.flatMap((one) => one.country ?? [])
  return country !== undefined && known.length > 0 && !known.includes(country)
}

const isFirst = (action: string, use: ComparedUse, before: readonly ComparedUse[]) =>
  use.actions.includes(action) && before.every(({ actions }) => !actions.includes(action))

/** Said once, at the use that makes it one. */
function beginsBurst(use: ComparedUse, before: readonly ComparedUse[]): boolean {
  const lately = before.filter(({ at }) => at > use.at - hour)
  if (lately.length + 1 !== burstLength) return false
  const earlier = before.slice(lately.length).map(({ at }) => at)
  return burstLength > burstGrowth * busiestHour(earlier)
}

/** Most of these instants, the newest first, within one hour. */
function busiestHour(instants: readonly Instant[]): number {
  let most = 0
  let oldest = 0
  for (const [newest, at] of instants.entries()) {
    oldest = Math.max(oldest, newest)
    while (oldest < instants.length && (instants[oldest] ?? 0) > at - hour) oldest++
    most = Math.max(most, oldest - newest)
  }
  return most
}

function isUnusualHour(use: ComparedUse, before: readonly ComparedUse[], timeZone: string): boolean {
  const hourOf = ({ at }: ComparedUse) => Number(writeWallClock(at, timeZone).slice(11, 13))
  const now = hourOf(use)
  const known = before.map(hourOf)
  const isNear = (one: number) => Math.min(Math.abs(one - now), 24 - Math.abs(one - now)) <= nearHours
  if (isNight(now)) return !known.some((one) => isNight(one))
  return known.length >= knownHours && !known.some(isNear)
}

const isNight = (hourOfDay: number) => hourOfDay >= night.from || hourOfDay < night.until
