/**
 * Whose card it is: the rules by which a kind of card is read, applied to a certificate that was found good. Which form
 * an identity must have is the affair of `kernel/parse-pivot.ts`. A value that is there twice is none.
 */
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import { france, parsePivot, parseProfessional } from '../kernel/parse-pivot.ts'
import { DerFault, type Element, tags, textOf, timeOf } from './der.ts'
import { type IdentityRules, namedAttributes } from './settings.ts'
import type { Certificate } from './x509.ts'

export interface Holder {
  identity: Identity
  /** What stays when the card is renewed. */
  number: string
}

/** Undefined where one of the rules finds nothing, or something that is not well-formed. */
export function readHolder(certificate: Certificate, rules: IdentityRules, now: Instant): Holder | undefined {
  try {
    return rules.kind === 'pivot' ? citizen(certificate, rules, now) : professional(certificate, rules)
  } catch (error) {
    if (error instanceof DerFault) return undefined
    throw error
  }
}

type PivotRules = Extract<IdentityRules, { kind: 'pivot' }>
type ProfessionalRules = Extract<IdentityRules, { kind: 'professional' }>

function citizen(certificate: Certificate, rules: PivotRules, now: Instant): Holder | undefined {
  const read = (name: string) => valueAt(certificate, name)
  const number = matching(read(rules.document.from)?.toUpperCase(), rules.document.pattern)
  const place = read(rules.birthplace)
  // A code of a country is where somebody was born who was not born in a commune of the COG.
  const country = rules.birthcountry ? read(rules.birthcountry) : place?.startsWith('99') ? place : france
  const parsed = parsePivot(
    {
      given_name: read(rules.givenName),
      family_name: read(rules.birthName),
      birthdate: read(rules.birthdate),
      gender: genders[read(rules.gender)?.toLowerCase() ?? ''],
      birthplace: country === france ? place : '',
      birthcountry: country,
    },
    { now },
  )
  return number !== undefined && parsed.ok ? { identity: parsed.identity, number } : undefined
}

/** "M", "F", "m" or "f" (RFC 3739 section 3.2.2), and what is written out. */
const genders: Record<string, string> = { m: 'male', f: 'female', male: 'male', female: 'female' }

function professional(certificate: Certificate, rules: ProfessionalRules): Holder | undefined {
  const found = matching(valueAt(certificate, rules.nationalId.from), rules.nationalId.pattern)
  const parsed = parseProfessional({
    SubjectNameID: found === undefined ? undefined : `${rules.prefix ?? ''}${found}`,
    given_name: valueAt(certificate, rules.givenName),
    family_name: valueAt(certificate, rules.familyName),
  })
  return parsed.ok && parsed.identity.nationalId !== ''
    ? { identity: parsed.identity, number: parsed.identity.nationalId }
    : undefined
}

function matching(text: string | undefined, pattern: string): string | undefined {
  const match = text === undefined ? null : new RegExp(pattern, 'u').exec(text)
  return (match?.[1] ?? match?.[0]) || undefined
}

/** Of the subject's name or of its attributes, wherever it is. */
function valueAt({ subject, extensions }: Certificate, name: string): string | undefined {
  const oid = namedAttributes[name as keyof typeof namedAttributes] ?? name
  const found = [...subject.attributes, ...(extensions.attributes ?? [])].filter((one) => one.oid === oid)
  const [only] = found
  return only && found.length === 1 ? textOfValue(only.value) : undefined
}

function textOfValue(value: Element): string {
  // A date of birth is noon in Greenwich (RFC 3739 section 3.2.2): the day is the same in every zone.
  return value.tag === tags.generalizedTime ? toDate(timeOf(value)).toISOString().slice(0, 10) : textOf(value)
}
