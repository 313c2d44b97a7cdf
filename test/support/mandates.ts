/**
 * Mandates for tests, by their real verbs: drawn up, signed by both sides, in force. The signatures are said to have been
 * made: what a key does is tried where signatures are (`test/support/signing.ts`).
 */
import assert from 'node:assert/strict'
import type { Level } from '../../src/kernel/assurance.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { type MandateId, newId, type PersonId } from '../../src/kernel/ids.ts'
import type { Language } from '../../src/kernel/languages.ts'
import type { Draft, MandateOutcome, Mandates, MandateView } from '../../src/mandates/mandates.ts'
import type { Action, Right, Side } from '../../src/policy/mandate.ts'
import type { Storage } from '../../src/storage/storage.ts'

interface WithMandates {
  storage: Pick<Storage, 'transaction' | 'db'>
  mandates: Mandates
  clock: Clock
}

/** Rights at one service, at the substantial level. */
export const rightsAt = (service: string, actions: readonly Action[], over: Partial<Right> = {}): Right[] =>
  actions.map((action) => ({ service, action, minimumLevel: 'eidas2', ...over }))

/** The view of what was done. */
export function done(outcome: MandateOutcome): MandateView {
  assert.ok(outcome.ok, JSON.stringify(outcome))
  return outcome.view
}

export interface Signs {
  mandate: MandateId
  side: Side
  person: PersonId
  /** Of the key: high for a principal, substantial for a mandatary, by default. */
  level?: Level
  language?: Language
  /** What is signed; by default what is displayed. */
  text?: string
}

/** One side signs what it is shown. */
export async function signMandate(
  hub: WithMandates,
  { mandate, side, person, text, ...more }: Signs,
): Promise<MandateOutcome> {
  const { level = side === 'principal' ? 'eidas3' : 'eidas2', language = 'fr' } = more
  const { storage, mandates, clock } = hub
  const shown = await mandates.textFor(storage.db, { mandate, side, person, language })
  const signed = { version: 'mandate/1', language, ...shown, text: text ?? shown?.text ?? 'nothing was shown' }
  const signature = { signature: newId('signature'), level, at: clock.now(), text: signed }
  return storage.transaction((tx) => mandates.sign(tx, { mandate, side, person, signature }))
}

/**
 * A mandate in force. `giver` represents the principal (or holds the parent); `accepts` is the person that it names, or an
 * administrator of the firm.
 */
export async function activeMandate(
  hub: WithMandates,
  { giver, accepts, ...draft }: Draft & { giver: PersonId; accepts: PersonId },
): Promise<MandateView> {
  const { storage, mandates } = hub
  const asker = { person: giver, level: 'eidas3' } as const
  const { mandate } = done(
    await storage.transaction((tx) => mandates.draft(tx, asker, { ...draft, side: 'principal' })),
  )
  done(await signMandate(hub, { mandate, side: 'principal', person: giver }))
  return done(await signMandate(hub, { mandate, side: 'mandatary', person: accepts }))
}
