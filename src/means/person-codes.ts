/**
 * One-time codes to somebody whom another proof has shown to be there, such as their card: at a mailbox or a number that
 * they verified (R043), never at one that only a provider asserted. They are the codes of this room, with its limits; what
 * the code is good for, and which contacts are strong enough for it, is for whoever asks.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ContactId, MeansId, PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { People } from '../people/people.ts'
import type { Storage } from '../storage/storage.ts'
import type { Attempts } from './attempts.ts'
import { addressHint, type Holding, numberHint } from './holding.ts'
import { type CodeWork, mostTries } from './sent-codes.ts'
import * as store from './store.ts'

/** Where a code may go. */
export interface CodeTarget {
  to: ContactId | MeansId
  channel: 'sms' | 'mail'
  /** All that a page may show of it: `•••• 12`, `a•••@example.org`. */
  hint: string
  /** Of the sign-in, or the enrolment, that brought it. */
  level: Level
}

export type CodeAnswer =
  | { kind: 'right' }
  | { kind: 'wrong'; left: number }
  /** It had its time or its tries, was used, or there is none: another one is needed. */
  | { kind: 'over' }
  /** Too many failures of this person's second factors. Without a number of seconds it takes somebody to unlock them. */
  | { kind: 'too_often'; retryAfterSeconds?: number }

export interface PersonCodes {
  /** Mailboxes first. */
  targets(person: PersonId): Promise<CodeTarget[]>
  /** `binding`: it is good there and nowhere else. `gone`: it is none of the person's targets any more. */
  send(request: {
    person: PersonId
    to: CodeTarget['to']
    binding: string
    language: Language
  }): Promise<'sent' | 'too_many' | 'not_sent' | 'gone'>
  /** Ten minutes, five tries, once. */
  check(answer: { person: PersonId; binding: string; code: string }): Promise<CodeAnswer>
}

export function createPersonCodes(options: {
  storage: Storage
  clock: Clock
  people: Pick<People, 'contactsOf'>
  holding: Pick<Holding, 'sealerOf' | 'secretOf' | 'secondFactorKey'>
  attempts: Pick<Attempts, 'reserve'>
  codes: Pick<CodeWork, 'make' | 'check' | 'deliver'>
}): PersonCodes {
  const { storage, clock, people, holding, attempts, codes } = options
  const audienceOf = (person: PersonId) => `person ${person}`

  /** With the address, which stays in this file. */
  async function addressed(person: PersonId): Promise<(CodeTarget & { address: string })[]> {
    const contacts = (await people.contactsOf(person)).filter(({ verified }) => verified)
    const numbers = await store.usableOf(storage.db, person, clock.now(), 'sms_code')
    const sealer = numbers.length > 0 ? await holding.sealerOf(storage.db, person) : undefined
    return [
      ...contacts.map(({ contact, address, level }) => ({
        to: contact,
        channel: 'mail' as const,
        hint: addressHint(address),
        level,
        address,
      })),
      ...numbers.flatMap((row) => {
        const number = sealer && holding.secretOf(sealer, row)
        if (!number) return []
        const { id, level } = row
        return [{ to: id, channel: 'sms' as const, hint: numberHint(number), level, address: number }]
      }),
    ]
  }

  return {
    targets: async (person) => (await addressed(person)).map(({ address: _, ...target }) => target),

    async send({ person, to, binding, language }) {
      const target = (await addressed(person)).find((one) => one.to === to)
      if (!target) return 'gone'
      const code = await codes.make(audienceOf(person), binding)
      if (!code) return 'too_many'
      const { channel, address } = target
      const left = await codes.deliver({ channel, to: address, about: 'card' }, { code, person, by: to }, language)
      return left ? 'sent' : 'not_sent'
    },

    async check({ person, binding, code }) {
      const about = { person, step: 'second_factor', challengePassed: false } as const
      const reservation = await attempts.reserve(holding.secondFactorKey(person), about)
      if (!reservation.allowed) {
        const { retryAfterSeconds } = reservation
        return { kind: 'too_often', ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) }
      }
      const audience = audienceOf(person)
      if (await storage.transaction((tx) => codes.check(tx, audience, binding, code))) {
        await reservation.right()
        return { kind: 'right' }
      }
      await reservation.wrong('wrong_second_factor')
      const tried = await store.codeTries(storage.db, audience, clock.now())
      const left = tried === undefined ? 0 : mostTries - tried
      return left > 0 ? { kind: 'wrong', left } : { kind: 'over' }
    },
  }
}
