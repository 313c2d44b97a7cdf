/**
 * The last gate before the journal. Types keep names and contacts out of facts; some words come from outside though (the
 * `amr` of a provider), and what is sealed cannot be taken out again. A text that does not look like an identifier or a
 * closed word is replaced, and the log says where.
 */
import type { AuditOptions } from './audit.ts'

export const withheld = '(withheld)'

/** Identifiers, words, URIs, versions. Neither spaces nor `@`: no sentence, no address, and no letter outside ASCII. */
const word = /^[\w.:/?&=#+~%!-]{0,160}$/

/** The same value, or a copy in which `withheld` takes the place of each text that is no word. */
export function onlyWords<T>(name: string, value: T, log: AuditOptions['log']): T {
  if (fits(value)) return value
  log('journal: a text was withheld from a fact', { fact: name })
  return replaced(value) as T
}

function fits(value: unknown): boolean {
  if (typeof value === 'string') return word.test(value)
  if (typeof value !== 'object' || value === null) return true
  for (const item of Object.values(value)) if (!fits(item)) return false
  return true
}

function replaced(value: unknown): unknown {
  if (fits(value)) return value
  if (typeof value === 'string') return withheld
  if (Array.isArray(value)) return value.map(replaced)
  return Object.fromEntries(Object.entries(value as object).map(([member, item]) => [member, replaced(item)]))
}
