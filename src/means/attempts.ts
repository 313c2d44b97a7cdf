/**
 * The state behind the restriction measures (R061 to R064): failures by key, in the database, so that they hold over
 * processes and restarts. A key is the digest of what was typed, whether anybody has that identifier or not, or a
 * person's second factor. What is allowed is decided by `policy/`.
 *
 * A try is counted as a failure before anything is evaluated, under the lock of its key, and uncounted when it proves
 * right: of fifty tries at one instant no more are evaluated than of fifty tries in a row. A process that dies in between
 * has counted one failure too many.
 */
import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import {
  type AttemptReason,
  decideAttempt,
  failuresBeforeBlock,
  failureWindow,
  type Restrictions,
} from '../policy/attempts.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import * as store from './store.ts'

export type Reservation =
  | { allowed: true; right(): Promise<void>; wrong(reason: string): Promise<void> }
  | { allowed: false; reasons: AttemptReason[]; retryAfterSeconds?: number }

export interface Attempts {
  /** Counts a try. `right` takes it back, and forgives the failures in a row; `wrong` writes down why. */
  reserve(
    key: string,
    about: { person: PersonId | null; step: 'password' | 'second_factor'; challengePassed: boolean },
  ): Promise<Reservation>
  forgive(tx: Tx, keys: readonly string[]): Promise<void>
  forgetOld(handle: Handle): Promise<void>
}

/** A block that nobody lifts is forgotten after this, like everything else about an identifier, known or not. */
const blockMemory = 90 * day

/**
 * Whoever guesses here has passed the password: no task against robots, and a block that no stranger can bring about. Six
 * digits do not stand guesses without an end, whatever the settings say of passwords.
 */
const ofSecondFactor: Restrictions = { delay: true, challenge: false, block: true }

export function createAttempts(options: {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  restrictions: Restrictions
}): Attempts {
  const { storage, clock, audit } = options

  return {
    async reserve(key, { person, step, challengePassed }) {
      const restrictions = step === 'password' ? options.restrictions : ofSecondFactor
      return storage.transaction(async (tx) => {
        const at = clock.now()
        const row = await store.lockFailures(tx, key, at - failureWindow, at)
        const failures = row.failures.map((failure) => failure.getTime())
        const attempts = { failures, consecutive: row.consecutive, challengePassed }
        const { evaluate, reasons, retryAfterSeconds } = decideAttempt(attempts, restrictions, at)
        if (!evaluate) {
          for (const reason of reasons) {
            audit.append(tx, { name: 'means.sign_in_refused', data: { person, reason } })
          }
          return { allowed: false, reasons, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
        }
        await store.countFailure(tx, key, { failures, at })
        const blocks = restrictions.block && row.consecutive + 1 === failuresBeforeBlock
        return {
          allowed: true,
          right: () => store.uncountFailure(storage.db, key, at),
          wrong: (reason) =>
            storage.transaction(async (after) => {
              audit.append(after, { name: 'means.sign_in_refused', data: { person, reason } })
              if (blocks) audit.append(after, { name: 'means.locked', data: { person, step } })
            }),
        }
      })
    },
    forgive: store.forgiveFailures,
    forgetOld: (handle) =>
      store.forgetOld(handle, {
        failures: clock.now() - failureWindow,
        consecutive: clock.now() - blockMemory,
        codes: clock.now() - day,
      }),
  }
}
