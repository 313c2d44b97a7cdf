/**
 * The password of somebody whom something else has named, such as a badge that was read without contact (R051). Whoever
 * shows it is not told whether it names anybody: nobody's password takes the same statements, the same evaluation and the
 * same limits as somebody's. Failures count with those of the person's second factors, so that a badge is no second purse
 * of guesses; as nobody can bring them about without it, they lead to no task against robots.
 */

import type { PersonId } from '../kernel/ids.ts'
import { keyedHash } from '../kernel/secrets.ts'
import type { Attempts } from './attempts.ts'
import type { Holding } from './holding.ts'
import type { PasswordHasher } from './password-hash.ts'
import type { PasswordWork } from './passwords.ts'

export type PasswordAnswer =
  | { kind: 'right' }
  /** Or there is none, or nobody. */
  | { kind: 'wrong' }
  /** Without a number of seconds it takes somebody to unlock it. */
  | { kind: 'too_often'; retryAfterSeconds?: number }

export interface PersonPasswords {
  /**
   * `proof`: what named the person, the same for the same; failures are counted by it where it names nobody.
   *
   * @throws GarantError `means_busy`
   */
  check(answer: { person: PersonId | undefined; proof: string; password: string }): Promise<PasswordAnswer>
}

const nobody: PersonId = 'per_nobody'

export function createPersonPasswords(options: {
  key: Buffer
  holding: Pick<Holding, 'secondFactorKey'>
  attempts: Pick<Attempts, 'reserve'>
  hasher: Pick<PasswordHasher, 'admit' | 'verify'>
  passwords: Pick<PasswordWork, 'current' | 'strengthen'>
}): PersonPasswords {
  const { key, holding, attempts, hasher, passwords } = options
  return {
    async check({ person, proof, password }) {
      hasher.admit()
      const counted = person ? holding.secondFactorKey(person) : keyedHash(key, 'means/named-by', proof)
      const about = { person: person ?? null, step: 'second_factor', challengePassed: false } as const
      const reservation = await attempts.reserve(counted, about)
      if (!reservation.allowed) {
        const { retryAfterSeconds } = reservation
        return { kind: 'too_often', ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
      }
      const known = await passwords.current(person ?? nobody)
      const isRight = await hasher.verify(password, known?.stored)
      if (!known || !isRight) {
        await reservation.wrong(known ? 'wrong_password' : 'not_active')
        return { kind: 'wrong' }
      }
      await reservation.right()
      await passwords.strengthen(known.row, known.stored, password)
      return { kind: 'right' }
    },
  }
}
