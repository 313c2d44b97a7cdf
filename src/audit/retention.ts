/**
 * How long facts are kept. The first day on which a fact may be gone is fixed in its leaf when it is sealed, so nobody
 * can claim an earlier one afterwards. Settings that change later can only keep it longer.
 */
import type { Clock } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { AuditOptions } from './audit.ts'
import { dayOf } from './canonical.ts'
import { type Fact, factList } from './facts.ts'
import { deleteExpired, namesInUse, thinHeads } from './store.ts'

type Retention = AuditOptions['retention']

/** Facts of one name that are looked at in one statement. */
const batchSize = 2_000

/** Younger heads all stay in the database: more than anybody needs to find the second at which something happened. */
const headsKept = hour

export function keptFor(name: string, retention: Retention): number {
  const known = Object.hasOwn(factList, name) ? factList[name as keyof typeof factList] : undefined
  // During an update of several processes a name may be newer than this one: its category is not known, so no time is
  // too long.
  return known ? retention[known.category] : Math.max(...Object.values(retention))
}

/**
 * Deletes what has been kept for its time, and says so in the journal. The leaves stay.
 *
 * @returns how many facts were deleted
 */
export async function expireFacts(options: {
  storage: Storage
  clock: Clock
  retention: Retention
  append: (tx: Tx, fact: Fact) => void
}): Promise<number> {
  const { storage, clock, retention, append } = options
  const now = clock.now()
  let total = 0
  for (const name of await namesInUse(storage.db)) {
    const due = { name, today: dayOf(now), before: now - keptFor(name, retention), limit: batchSize }
    // A full batch may have more behind it; a partly deleted one ends with a fact that is still young.
    for (let deleted = batchSize; deleted === batchSize; total += deleted) {
      deleted = await storage.transaction((tx) => deleteExpired(tx, due))
    }
  }
  await thinHeads(storage.db, now - headsKept)
  if (total > 0) {
    await storage.transaction(async (tx) => append(tx, { name: 'journal.expired', data: { facts: total } }))
  }
  return total
}
