/** How much one caller may ask: a bucket that fills again with time. Each process counts for itself. */
import { LRUCache } from 'lru-cache'
import type { Clock, Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'

export interface Limit {
  /** How many at once, after a pause. */
  burst: number
  perSecond: number
}

/** Callers that are remembered: those of before count from zero again. */
const remembered = 10_000

/** Returns 0 when the caller may go on, otherwise how many seconds to wait. */
export function createLimiter(clock: Clock, { burst, perSecond }: Limit): (caller: string) => number {
  const buckets = new LRUCache<string, { left: number; at: Instant }>({ max: remembered })
  return (caller) => {
    const now = clock.now()
    const { left, at } = buckets.get(caller) ?? { left: burst, at: now }
    const filled = Math.min(burst, left + (Math.max(0, now - at) / second) * perSecond)
    buckets.set(caller, { left: filled < 1 ? filled : filled - 1, at: now })
    return filled < 1 ? Math.ceil((1 - filled) / perSecond) : 0
  }
}
