/**
 * A card that was read without contact, and the password of its holder's own account: two proofs where one is none (R034,
 * R051). Such a chip answers whoever is near, without a PIN, so by itself it signs nobody in; with the password it is a
 * means of the lowest level, where policy still takes that. The password is asked for only there, and of everybody: who
 * holds somebody's badge is not told whether it names an account.
 */
import type { Clock } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { PasswordAnswer, PersonPasswords } from '../means/person-passwords.ts'
import type { People } from '../people/people.ts'
import type { Storage } from '../storage/storage.ts'
import type { CardWaiting } from './cards.ts'
import type { Found } from './waiting.ts'

export interface BadgeSignIn {
  /** Is it a card without its PIN, in a login that a password beside it would answer? */
  isShort(waiting: CardWaiting, found: Found): boolean
  /** What the card showed waits for the password, in this login and this browser. */
  keep(waiting: CardWaiting, found: Found): Promise<void>
  isWaiting(waiting: CardWaiting): Promise<boolean>
  /**
   * `gone`: no card waits here, or no more. `done` once for each card that was read.
   *
   * @throws GarantError `means_busy`
   */
  typed(
    waiting: CardWaiting,
    password: string,
  ): Promise<{ kind: 'done'; url: string } | { kind: 'gone' } | Exclude<PasswordAnswer, { kind: 'right' }>>
}

/** From the reading of the card to the password. */
export const badgeHolds = 5 * minute

/** Two kinds of proof, of which neither was a PIN: the words of RFC 8176 for both, and for there being two. */
export const badgeAmr: readonly string[] = ['sc', 'pwd', 'mfa']

const kind = 'card-badge'

interface Kept {
  browser: string
  found: Found
}

export function createBadgeSignIn(options: {
  storage: Storage
  clock: Clock
  people: Pick<People, 'recognise'>
  passwords: PersonPasswords
}): BadgeSignIn {
  const { storage, clock, people, passwords } = options
  const { state } = storage

  const withPassword = (found: Found): Found => ({ ...found, amr: [...badgeAmr], authTime: clock.now() })

  async function kept(waiting: CardWaiting): Promise<Found | undefined> {
    const [row] = await state.getMany([{ kind, key: waiting.state }])
    const value = row?.value as Kept | undefined
    return value?.browser === waiting.browser ? value.found : undefined
  }

  /** By the account at this provider, or by the identity of exactly one person. */
  async function personOf({ provider }: CardWaiting, { subject, level, identity }: Found) {
    const recognition = await people.recognise({ provider: provider.id, subject, level, identity })
    return recognition.kind === 'known' || recognition.kind === 'match' ? recognition.person : undefined
  }

  return {
    isShort: (waiting, found) =>
      found.amr.includes('sc') && !found.amr.includes('pin') && waiting.takes(withPassword(found)),

    async keep({ state: key, browser, expiresAt }, found) {
      const value: Kept = { browser, found }
      await state.write({ put: [{ kind, key, value, expiresAt: Math.min(expiresAt, clock.now() + badgeHolds) }] })
    },

    isWaiting: async (waiting) => (await kept(waiting)) !== undefined,

    async typed(waiting, password) {
      const found = await kept(waiting)
      if (!found) return { kind: 'gone' }
      const person = await personOf(waiting, found)
      const answer = await passwords.check({ person, proof: found.subject, password })
      if (answer.kind !== 'right') return answer
      // Of two right answers at once one goes on.
      if (!(await state.take(kind, waiting.state))) return { kind: 'gone' }
      return { kind: 'done', url: await waiting.done(withPassword(found)) }
    },
  }
}
