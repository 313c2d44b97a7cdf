/**
 * From the outbox to the reactors. A row is deleted in the transaction in which its reactors run, so each fact is
 * delivered exactly once to what they write through `tx`, by whichever process took the row.
 *
 * A reactor hears the facts of a batch together, in place of one after the other with its writes gathered behind its back:
 * what it asks and writes for many of them is then one statement that stands in its own code, and a reactor that none of
 * them concerns costs one call.
 *
 * Waiting rows are looked for about once a second, and a process that appends looks soon after. There is no NOTIFY for
 * each transaction: PostgreSQL holds one lock over the whole server from the notification to the end of its commit, so
 * logins would commit one after the other.
 */
import type { Clock } from '../kernel/clock.ts'
import { hour, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Storage } from '../storage/storage.ts'
import type { AuditOptions, Reactor, Recorded } from './audit.ts'
import type { WrittenFact } from './canonical.ts'
import { oneAtATime } from './loop.ts'
import { type Delivery, postponeOutbox, takeOutbox } from './store.ts'

/** Transactions that are delivered in one: enough to make the commit cheap, few enough to repeat one by one. */
const batchSize = 100

/** A row that keeps failing is tried again after 2 s, 4 s, 8 s and so on, up to an hour, for ever. */
const firstRetry = second
const longestRetry = hour

export function recordedOf(fact: WrittenFact): Recorded {
  // The name may be one of a newer version; reactors pass over names that they do not know.
  return { sequence: fact.sequence, at: fact.at, name: fact.name, data: JSON.parse(fact.data) } as Recorded
}

export function createDelivery(options: {
  storage: Storage
  clock: Clock
  reactors: readonly Reactor[]
  log: AuditOptions['log']
}) {
  const { storage, clock, reactors, log } = options
  const alone = oneAtATime()

  /** Rows are taken in the first statement; `taken` remembers them for the case that all is rolled back. */
  async function deliver(choice: Parameters<typeof takeOutbox>[1], taken: Delivery[]): Promise<number> {
    return storage.transaction(async (tx) => {
      taken.push(...(await takeOutbox(tx, choice)))
      const facts = taken.flatMap((delivery) => delivery.facts).map(recordedOf)
      if (facts.length > 0) for (const reactor of reactors) await reactor(facts, tx)
      return facts.length
    })
  }

  async function deliverOne({ id }: Delivery): Promise<number> {
    const taken: Delivery[] = []
    try {
      return await deliver({ id }, taken)
    } catch (error) {
      const [delivery] = taken
      if (!delivery) throw error
      const attempts = delivery.attempts + 1
      // The text of an error may hold what no log may hold; its name does not.
      const problem = error instanceof GarantError ? error.error : error instanceof Error ? error.name : 'unknown'
      const delay = Math.min(firstRetry * 2 ** Math.min(attempts, 30), longestRetry)
      await postponeOutbox(storage.db, { id, attempts, due: clock.now() + delay, problem })
      const names = delivery.facts.map((fact) => fact.name)
      log('journal: a reactor failed', { outbox: id, facts: names, attempts, error })
      return 0
    }
  }

  /** A batch that fails is rolled back whole and delivered again row by row, so that only the bad row waits. */
  async function deliverBatch(): Promise<{ rows: number; facts: number }> {
    const taken: Delivery[] = []
    try {
      const facts = await deliver({ dueBy: clock.now(), limit: batchSize }, taken)
      return { rows: taken.length, facts }
    } catch (error) {
      if (taken.length === 0) throw error
      let facts = 0
      for (const delivery of taken) facts += await deliverOne(delivery)
      return { rows: taken.length, facts }
    }
  }

  return {
    /** One turn of the loop: what is due now. What reactors append nudges the loop, as every append does. */
    deliverTurn: () =>
      alone(async () => {
        while ((await deliverBatch()).rows === batchSize);
      }),

    /** Delivers until nothing is due, what reactors append included; returns how many facts. */
    deliverAll: () =>
      alone(async () => {
        let total = 0
        for (let rows = 1; rows > 0; ) {
          const batch = await deliverBatch()
          total += batch.facts
          rows = batch.rows
        }
        return total
      }),
  }
}
