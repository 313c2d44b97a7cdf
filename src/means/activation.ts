/**
 * How somebody who was enrolled before an agent comes to their first means: the agent hands over a code, the person types
 * it in their own browser and makes a passkey, or a password and an application, there. The agent never sees a secret of
 * the person's.
 *
 * The code is good once: until a means was made by it. Typing it uses nothing up and gives the browser half an hour; the
 * browser in which it was typed last goes on, the others do not. It follows a fresh check of identity, and what is made
 * by it carries the level of that check, whatever was proved before.
 */
import type { Audit } from '../audit/audit.ts'
import type { Clock } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import { keyedHash } from '../kernel/secrets.ts'
import type { People } from '../people/people.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Activations } from './means.ts'
import * as store from './store.ts'
import { canonicalCode, newTypedCode } from './typed-codes.ts'

/** To go home and find a quiet moment; a sheet of paper must not be a key for longer. */
export const activationLifetime = 24 * hour
/** From the code to the last means: finding a telephone, installing an application. */
export const activationOpen = 30 * minute
/** An older check says nothing of who asks for a code now. */
export const activationFollows = 7 * day
/** Ten of 40 random bits: one chance in a hundred thousand million. */
const mostTries = 10

/** By these symbols a code is found, and a wrong rest is counted; the others are its secret. */
const referenceSymbols = 8

/** Takes back what was made: the browser may not go on, any more. */
export class ActivationOver extends Error {}

export function createActivations(options: {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'sealerOf'>
  /** Of the room. */
  key: Buffer
}): Activations {
  const { storage, clock, audit, people, key } = options
  const markOf = (browser: string) => keyedHash(key, 'means/activation-browser', browser)
  const hashOf = (reference: string, secret: string) =>
    keyedHash(key, 'means/activation', JSON.stringify([reference, secret]))
  const halvesOf = (code: string): [reference: string, secret: string] => {
    const text = canonicalCode(code)
    return [text.slice(0, referenceSymbols), text.slice(referenceSymbols)]
  }

  return {
    async give(tx, { person, enrolment, actor }) {
      // Held before anything is read: an erasure is done, or waits until the code is there to be erased too.
      if (!(await people.sealerOf(tx, person, { hold: true }))) throw new GarantError('not_found', { person })
      const proved = await store.enrolmentOf(tx, person, enrolment)
      if (!proved) throw new GarantError('not_found', { person, enrolment })
      if (clock.now() - proved.at.getTime() > activationFollows) return { ok: false, reasons: ['enrolment_too_old'] }
      // Of two agents at once the second one's code is the one that serves.
      await store.lockPersonsMeans(tx, person)
      const at = clock.now()
      const expiresAt = at + activationLifetime
      const code = newTypedCode()
      const [reference, secret] = halvesOf(code)
      const row = { person, enrolment, reference, hash: hashOf(reference, secret), at, expiresAt }
      if (!(await store.putActivation(tx, row))) throw new Error('40 random bits that are in use already')
      audit.append(tx, { name: 'means.activation_given', data: { person, enrolment, actor } })
      return { ok: true, code, expiresAt }
    },

    async waiting(handle, person) {
      const row = await store.activationOf(handle, person)
      if (!row || row.used_at || row.expires_at.getTime() <= clock.now()) return undefined
      return { enrolment: row.enrolment_id, givenAt: row.created_at.getTime(), expiresAt: row.expires_at.getTime() }
    },

    async withdraw(tx, person, actor) {
      if (!(await store.deleteActivation(tx, person))) return false
      audit.append(tx, { name: 'means.activation_withdrawn', data: { person, actor } })
      return true
    },

    async enter({ code, browser }) {
      const [reference, secret] = halvesOf(code)
      const at = clock.now()
      const attempt = {
        reference,
        hash: hashOf(reference, secret),
        browser: markOf(browser),
        at,
        openUntil: at + activationOpen,
        mostTries,
      }
      return storage.transaction(async (tx) => {
        const tried = await store.tryActivation(tx, attempt)
        if (!tried) return false
        const { outcome, person_id: person, enrolment_id: enrolment } = tried
        audit.append(
          tx,
          outcome === 'right'
            ? { name: 'means.activation_opened', data: { person, enrolment } }
            : { name: 'means.activation_refused', data: { person, reason: outcome } },
        )
        return outcome === 'right'
      })
    },

    async open(browser) {
      const row = await store.openActivation(storage.db, markOf(browser), clock.now())
      return row && { person: row.person_id, enrolment: row.enrolment_id, used: row.used_at !== null }
    },

    async use(tx: Tx, browser: string, person: PersonId) {
      const used = await store.useActivation(tx, markOf(browser), clock.now())
      if (!used || used.person_id !== person) throw new ActivationOver()
      if (!used.first) return
      audit.append(tx, { name: 'means.activation_used', data: { person, enrolment: used.enrolment_id } })
    },

    close: (browser) => store.closeActivation(storage.db, markOf(browser)),
  }
}
