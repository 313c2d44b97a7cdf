/**
 * Is a machine guessing? (R062). Two ways, of which a person chooses one: a proof of work that their browser does while
 * they type, without asking them anything (WCAG 2.2 criterion 3.3.8), and a code at a verified mailbox for whoever has no
 * script. The challenge is signed, short-lived, bound to one identifier and one browser, and good once.
 *
 * A proof of work makes a guess dear; it does not tell a person from a machine. The other measures count as if it was
 * not there.
 */
import { hash } from 'node:crypto'
import type { Clock } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { randomBytes } from '../kernel/random.ts'
import { keyedHash, sameSecret } from '../kernel/secrets.ts'
import type { StateStore } from '../storage/state.ts'

export interface WorkChallenge {
  challenge: string
  /** Leading zero bits of SHA-256(`<challenge>:<solution>`). */
  difficulty: number
}

export interface AutomationCheck {
  issue(binding: string): WorkChallenge
  /** True once for each challenge, with a right solution, in time, for the same binding. */
  verify(binding: string, proof: { challenge: string; solution: string }): Promise<boolean>
}

/** On a phone of these years about a second; 2^18 hashes on average. */
export const usualDifficulty = 18
const lifetime = 10 * minute
const longestSolution = 32

export function createAutomationCheck(options: {
  clock: Clock
  key: Buffer
  state: StateStore
  difficulty?: number
}): AutomationCheck {
  const { clock, key, state, difficulty = usualDifficulty } = options
  const signed = (binding: string, body: string) => keyedHash(key, 'means/work', JSON.stringify([binding, body]))

  return {
    issue(binding) {
      const body = `${difficulty}.${clock.now() + lifetime}.${randomBytes(16).toString('base64url')}`
      return { challenge: `${body}.${signed(binding, body)}`, difficulty }
    },
    async verify(binding, { challenge, solution }) {
      const [, body = '', bits = '', until = '', signature = ''] =
        /^((\d{1,2})\.(\d{1,15})\.[\w-]{22})\.([\w-]{43})$/.exec(challenge) ?? []
      const checks = [
        () => sameSecret(signature, signed(binding, body)),
        () => clock.now() < Number(until),
        () => solution.length <= longestSolution && leadingZeros(challenge, solution) >= Number(bits),
      ]
      if (!checks.every((holds) => holds())) return false
      return state.create({ kind: 'means.work', key: body, value: null, expiresAt: Number(until) })
    },
  }
}

/** Leading zero bits of the hash of a challenge and a solution. */
export function leadingZeros(challenge: string, solution: string): number {
  const digest = hash('sha256', `${challenge}:${solution}`, 'buffer')
  const first = digest.findIndex((byte) => byte !== 0)
  return first < 0 ? digest.length * 8 : first * 8 + Math.clz32(digest[first] as number) - 24
}
