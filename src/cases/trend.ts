/**
 * Do reports rise (R105)? In all, and of one provider. What counts is a person about whom somebody reported something
 * that led to them: the same person ten times is one, made-up codes are none, and neither are the hub's own detections.
 * Else anybody could raise an alarm by filling in a form, and so could a rule that is set too fine.
 */
import type { Clock } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import { type Surge, type SurgeRules, surgeOf, surgeWindow, usualWeeks } from '../policy/surge.ts'
import type { Storage } from '../storage/storage.ts'
import { createCaseStore } from './store.ts'

export interface Trend {
  all: Surge
  /** Those of which reports rise, the most reported first. */
  providers: readonly { provider: ProviderId; surge: Surge }[]
}

export interface CaseTrend {
  /** The seven days up to now against the eight weeks before them. */
  trend(): Promise<Trend>
}

export function createCaseTrend({
  storage,
  clock,
  rules,
}: {
  storage: Storage
  clock: Clock
  rules: SurgeRules
}): CaseTrend {
  const store = createCaseStore()
  const windows = 1 + usualWeeks
  return {
    async trend() {
      const rows = await store.reported(storage.db, { now: clock.now(), window: surgeWindow, windows })
      const judge = (of: typeof rows) =>
        surgeOf(
          Array.from({ length: windows }, (_, ago) => of.find((row) => row.ago === ago)?.people ?? 0),
          rules,
        )
      const byProvider = Map.groupBy(rows, ({ provider }) => provider)
      return {
        all: judge(byProvider.get(null) ?? []),
        providers: [...byProvider]
          .flatMap(([provider, of]) => (provider === null ? [] : [{ provider, surge: judge(of) }]))
          .filter(({ surge }) => surge.rises)
          .sort((a, b) => b.surge.recent - a.surge.recent || (a.provider < b.provider ? -1 : 1)),
      }
    },
  }
}
