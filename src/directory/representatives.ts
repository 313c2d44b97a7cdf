/**
 * Who a register or a document says represents an organisation, and whether an identity that somebody proved is that
 * one. Pure but for the chance in a seal. In doubt nothing matches: a stranger would act for the organisation.
 *
 * Names are folded as accounts are matched (`kernel/names.ts`). The given names of the register have to be the first of
 * the person's, in their order; what else the register has of the person has to be the same. An identity that lacks what
 * the register has does not match.
 */
import type { Instant } from '../kernel/clock.ts'
import type { BirthDate, Gender, Identity } from '../kernel/identity.ts'
import { fold } from '../kernel/names.ts'
import { france, type IdentityFault, isPresumed, parsePivot } from '../kernel/parse-pivot.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'

export interface RegisteredPerson {
  /** Birth name. */
  family_name: string
  /** The first one, or several in their order. */
  given_name: string
  birthdate: BirthDate
  gender?: Exclude<Gender, 'unspecified'>
  /** COG code; only of who was born in France. */
  birthplace?: string
  /** COG code of a country. */
  birthcountry?: string
}

export type ParsedHolder = { ok: true; holder: RegisteredPerson } | { ok: false; field: string }

/** Some country, for identities of which none is known: a birthplace means nothing then. */
const someCountry = '99999'

/**
 * A person as a register writes one: empty texts are what it does not have. A birth date of which a part is presumed, as
 * thousands share it, takes the gender and the place or country of birth beside it.
 */
export function parseHolder(given: Readonly<Record<keyof RegisteredPerson, string>>, now: Instant): ParsedHolder {
  const { gender, birthplace } = given
  const birthcountry = given.birthcountry || (birthplace ? france : '')
  const claims = { ...given, gender: gender || 'unspecified', birthcountry: birthcountry || someCountry }
  const parsed = parsePivot(claims, { now })
  if (!parsed.ok) return { ok: false, field: (parsed.faults[0] as IdentityFault).field }
  const { identity } = parsed
  const holder: RegisteredPerson = {
    family_name: identity.family_name,
    given_name: identity.given_name,
    birthdate: identity.birthdate,
    ...(identity.gender === 'unspecified' ? {} : { gender: identity.gender }),
    ...(identity.birthplace === '' ? {} : { birthplace: identity.birthplace }),
    ...(birthcountry === '' ? {} : { birthcountry }),
  }
  if (isPresumed(holder.birthdate) && !(holder.gender && holder.birthcountry)) return { ok: false, field: 'birthdate' }
  return { ok: true, holder }
}

/** Is this the one whom the register means? */
export function isHolder(identity: Identity, holder: RegisteredPerson): boolean {
  if (identity.kind !== 'pivot') return false
  return (
    fold(identity.family_name) === fold(holder.family_name) &&
    identity.birthdate === holder.birthdate &&
    beginsWith(identity.given_name, holder.given_name) &&
    (['gender', 'birthplace', 'birthcountry'] as const).every(
      (field) => holder[field] === undefined || holder[field] === identity[field],
    )
  )
}

/** Could one human be both of two entries? */
export function mayBeOne(a: RegisteredPerson, b: RegisteredPerson): boolean {
  return (
    fold(a.family_name) === fold(b.family_name) &&
    a.birthdate === b.birthdate &&
    (beginsWith(a.given_name, b.given_name) || beginsWith(b.given_name, a.given_name)) &&
    (['gender', 'birthplace', 'birthcountry'] as const).every(
      (field) => a[field] === undefined || b[field] === undefined || a[field] === b[field],
    )
  )
}

/**
 * Are these the first of those given names? A hyphen keeps two together in whichever of the two it stands: `Jean` is not
 * the first of `Jean-Pierre`, and both `Jean-Pierre` and `Jean Pierre` are the first of `Jean Pierre Marie`.
 */
function beginsWith(all: string, first: string): boolean {
  const words = all.split(/[\s,]+/u).map(fold)
  const wanted = fold(first)
  return words.some((_, place) => words.slice(0, place + 1).join(' ') === wanted)
}

/** Seals and digests of representatives, with keys of their own. */
export function createRepresentativeVault(key: Buffer) {
  const sealing = deriveKey(key, 'representatives/seal')
  const looking = deriveKey(key, 'representatives/look-up')
  return {
    /** What several people may share: the family name and the birth date. */
    lookUpOf: ({ family_name, birthdate }: Pick<RegisteredPerson, 'family_name' | 'birthdate'>): string =>
      keyedHash(looking, 'look-up', JSON.stringify([fold(family_name), birthdate])),
    /** By which an entry is the same one from edition to edition. */
    holderOf: ({ family_name, given_name, birthdate }: RegisteredPerson): string =>
      keyedHash(looking, 'holder', JSON.stringify([fold(family_name), fold(given_name), birthdate])),
    /** Of all that an entry says of the person: what is sealed anew is other bytes each time. */
    contentOf: (person: RegisteredPerson): string =>
      keyedHash(
        looking,
        'content',
        JSON.stringify([
          person.family_name,
          person.given_name,
          person.birthdate,
          person.gender ?? '',
          person.birthplace ?? '',
          person.birthcountry ?? '',
        ]),
      ),
    /** @param holder the digest, which is authenticated with it: it opens beside no other */
    seal: (holder: string, person: RegisteredPerson): Buffer =>
      seal(sealing, JSON.stringify(person), `garant directory representative ${holder}`),
    open: (holder: string, sealed: Buffer): RegisteredPerson =>
      JSON.parse(unseal(sealing, sealed, `garant directory representative ${holder}`).toString('utf8')),
    sealReference: (id: string, text: string): Buffer => seal(sealing, text, `garant directory document ${id}`),
    openReference: (id: string, sealed: Buffer): string =>
      unseal(sealing, sealed, `garant directory document ${id}`).toString('utf8'),
  }
}

export type RepresentativeVault = ReturnType<typeof createRepresentativeVault>
