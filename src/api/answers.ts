/**
 * Repetitions: a request with an `Idempotency-Key` is carried out once, and whoever sends it again, because the first
 * answer was lost on its way, gets that answer again. A key is one program's own, and stands for one request, with one
 * body, for a day (the behaviour of the IETF's draft on that header).
 *
 * What was refused by throwing was rolled back, and the key may try again. A process that dies, or loses its database, in
 * between leaves a request without an answer, and nobody knows how far it went: it is never carried out a second time.
 */
import { type Clock, toDate } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { ApiClientId } from '../kernel/ids.ts'
import { hashSecret, seal, unseal } from '../kernel/secrets.ts'
import type { Storage } from '../storage/storage.ts'
import { answerLifetime } from './clients.ts'
import { Refusal } from './problems.ts'
import * as store from './store.ts'

/** An answer as it leaves. */
export interface Written {
  status: number
  headers: Record<string, string>
  /** JSON, or nothing. */
  body?: string
}

export interface Answers {
  /**
   * Carries `work` out, or answers what it answered before.
   *
   * @throws Refusal `key-reused` for another request, `request-running` while there is no answer
   */
  once(
    request: { client: ApiClientId; key: string; fingerprint: string },
    work: () => Promise<Written>,
  ): Promise<{ answer: Written; repeated: boolean }>
}

/** No operation takes longer: what has no answer by then was cut off. */
const longestRun = minute

export function createAnswers(options: { storage: Storage; clock: Clock; key: Buffer }): Answers {
  const { storage, clock, key } = options
  const { db } = storage

  return {
    async once({ client, key: given, fingerprint: text }, work) {
      const at = { client, keyHash: hashSecret(given) }
      const fingerprint = hashSecret(text)
      const place = `api answer ${client} ${at.keyHash}`
      const now = clock.now()
      const begin = { ...at, fingerprint, at: toDate(now), forgotten: toDate(now - answerLifetime) }
      if (!(await store.beginAnswer(db, begin))) {
        const before = await store.findAnswer(db, at)
        if (before && before.fingerprint !== fingerprint) throw new Refusal('key-reused')
        if (!before?.answer) {
          const isCutOff = before !== undefined && now - before.begun_at.getTime() > longestRun
          throw new Refusal(
            'request-running',
            isCutOff
              ? { detail: 'It was cut off, and will have no answer: look whether it was done, and use another key.' }
              : { retryAfter: 1 },
          )
        }
        return { answer: JSON.parse(unseal(key, before.answer, place).toString('utf8')) as Written, repeated: true }
      }
      try {
        const answer = await work()
        await store.keepAnswer(db, at, seal(key, JSON.stringify(answer), place))
        return { answer, repeated: false }
      } catch (error) {
        if (error instanceof Refusal || error instanceof GarantError) await store.dropAnswer(db, at)
        throw error
      }
    },
  }
}
