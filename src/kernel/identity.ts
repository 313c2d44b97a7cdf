/**
 * What is known of who somebody is: the pivot identity of a citizen or resident, or the national identifier of a
 * professional. Shapes only; what makes one well-formed is `parsePivot`.
 */

/** `YYYY-MM-DD`, or `YYYY-MM-00` (day presumed), or `YYYY-00-00` (day and month presumed). */
export type BirthDate = string

export type Gender = 'male' | 'female' | 'unspecified'

export interface PivotIdentity {
  kind: 'pivot'
  /** All given names, separated by single spaces, in the order of the civil register. */
  given_name: string
  /** Birth name. */
  family_name: string
  birthdate: BirthDate
  gender: Gender
  /** COG code of five characters when born in France, empty when born elsewhere. */
  birthplace: string
  /** COG country code; France is 99100. */
  birthcountry: string
  /** Name in use, when it differs from the birth name. */
  preferred_username?: string
}

export interface ProfessionalIdentity {
  kind: 'professional'
  /** National identifier with its type digit: `8` + 11 digits of RPPS, .... */
  nationalId: string
  given_name: string
  family_name: string
  /** The provider's claims about the profession, as received. */
  claims: Record<string, unknown>
}

export type Identity = PivotIdentity | ProfessionalIdentity
