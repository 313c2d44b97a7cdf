/**
 * How somebody lets themselves be named in a mandate: a code that they make on their own page and hand to whoever draws it
 * up. So a mandate to a person never asks the hub who has an account or which address is whose: whoever has no code learns
 * nothing. A code names one person in one draft; what it leads to binds nobody before they have read and signed it.
 *
 * Short-lived state: the code itself rests nowhere. A new one takes the place of the one before.
 */
import type { Clock, Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { isId, type PersonId } from '../kernel/ids.ts'
import { canonicalCode, newTypedCode } from '../means/typed-codes.ts'
import type { StateStore } from '../storage/state.ts'
import type { Tx } from '../storage/storage.ts'

/** Long enough for a letter or a meeting; 80 bits, which nobody guesses. */
export const mandataryCodeLifetime = 7 * day

export interface MandataryCodes {
  /** The one before, if there is one, names nobody any more. */
  make(person: PersonId): Promise<{ code: string; expiresAt: Instant }>
  /** Whom it names, however it is written. Uses nothing up. */
  look(typed: string): Promise<PersonId | undefined>
  /** With the draft that it led to: of two at the same time, exactly one gets `true`. */
  use(tx: Tx, typed: string): Promise<boolean>
}

const kind = 'mandates.mandatary-code'
const lastKind = 'mandates.mandatary-code-of'

export function createMandataryCodes({ state, clock }: { state: StateStore; clock: Clock }): MandataryCodes {
  return {
    async make(person) {
      const code = newTypedCode()
      const expiresAt = clock.now() + mandataryCodeLifetime
      const last = await state.take(lastKind, person)
      await state.write({
        put: [
          { kind, key: canonicalCode(code), value: { person }, expiresAt },
          { kind: lastKind, key: person, value: { code }, expiresAt },
        ],
        remove: last ? [{ kind, key: canonicalCode((last.value as { code: string }).code) }] : [],
      })
      return { code, expiresAt }
    },

    async look(typed) {
      const [found] = await state.getMany([{ kind, key: canonicalCode(typed) }])
      const { person } = (found?.value ?? {}) as { person?: unknown }
      return found?.consumedAt === undefined && isId('person', person) ? person : undefined
    },

    use: async (tx, typed) => (await state.consume(kind, canonicalCode(typed), { tx })) === 'first',
  }
}
