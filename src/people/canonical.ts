/**
 * When are two identities those of one human? Pure. Two answers: equality of the canonical form, which lets an account
 * link by itself, and agreement, which is all that a sign-in with both accounts leaves to check. A false match gives a
 * stranger somebody's life, a missed one costs one more sign-in: in doubt nothing matches.
 *
 * Names are folded (`kernel/names.ts`). All given names count, in order: the first alone cannot tell twins apart (Mohamed
 * Amine, Mohamed Yassine).
 */
import type { Identity, PivotIdentity } from '../kernel/identity.ts'
import { compacted, fold } from '../kernel/names.ts'
import { france, isPresumed } from '../kernel/parse-pivot.ts'

/** What is digested: a JSON array, so that no value can flow over into its neighbour. */
export function canonicalForm(identity: Identity): string {
  if (identity.kind === 'professional') return JSON.stringify(['professional', identity.nationalId])
  const { birthdate, gender, birthplace, birthcountry } = identity
  const names = [fold(identity.family_name), fold(identity.given_name)]
  return JSON.stringify(['pivot', ...names, birthdate, gender, birthplace, birthcountry])
}

/**
 * May an equal identity be linked without a further proof? Not with a presumed date or a birthplace abroad: many people
 * share those.
 */
export function mayLinkByItself(identity: Identity): boolean {
  if (identity.kind === 'professional') return true
  return identity.birthcountry === france && !isPresumed(identity.birthdate)
}

/**
 * Somebody signed in with both accounts, which proves a hand on both and not one human: a couple at one computer has
 * that too. So the identities must be able to be the same one. Less than equality: a provider may know fewer given
 * names, write a family name with another spacing, or not know the day of birth or the gender.
 */
export function identitiesAgree(a: Identity, b: Identity): boolean {
  if (a.kind === 'professional' || b.kind === 'professional') return canonicalForm(a) === canonicalForm(b)
  const checks: ((one: PivotIdentity, other: PivotIdentity) => boolean)[] = [
    (one, other) => one.birthcountry === other.birthcountry && one.birthplace === other.birthplace,
    (one, other) => datesAgree(one.birthdate, other.birthdate),
    (one, other) => one.gender === other.gender || [one.gender, other.gender].includes('unspecified'),
    (one, other) => compacted(one.family_name) === compacted(other.family_name),
    (one, other) => beginsWith(fold(one.given_name), fold(other.given_name)),
  ]
  return checks.every((agree) => agree(a, b))
}

/** The members of an identity that a reviewer is told of, by name alone. */
export const comparedFields = {
  pivot: ['family_name', 'given_name', 'birthdate', 'gender', 'birthplace', 'birthcountry'],
  professional: ['nationalId', 'family_name', 'given_name'],
} as const
export type ComparedField = (typeof comparedFields)['pivot' | 'professional'][number]

/** In which members two identities of one kind are not the same, as accounts are matched. */
export function differingFields(a: Identity, b: Identity): ComparedField[] {
  const written = (identity: Identity, field: ComparedField) => {
    const value = String((identity as unknown as Partial<Record<ComparedField, unknown>>)[field] ?? '')
    return field === 'family_name' || field === 'given_name' ? fold(value) : value
  }
  return comparedFields[a.kind].filter((field) => written(a, field) !== written(b, field))
}

/** Fields that differ, by name. */
export function changedFields(before: Identity | undefined, after: Identity): string[] {
  const old: Partial<Record<string, unknown>> = { ...before }
  const fresh: Partial<Record<string, unknown>> = { ...after }
  const fields = new Set([...Object.keys(old), ...Object.keys(fresh)])
  return [...fields].filter((field) => JSON.stringify(old[field]) !== JSON.stringify(fresh[field])).sort()
}

function beginsWith(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  return long === short || long.startsWith(`${short} `)
}

/** Of a presumed date what is not made up: `1962-08` of `1962-08-00`. */
export function knownPart(date: string): string {
  return date.replaceAll('-00', '')
}

/** A presumed part agrees with any, in one of the two. */
function datesAgree(a: string, b: string): boolean {
  const [short, long] =
    knownPart(a).length <= knownPart(b).length ? [knownPart(a), knownPart(b)] : [knownPart(b), knownPart(a)]
  return long === short || long.startsWith(`${short}-`)
}
