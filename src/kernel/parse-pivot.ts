/**
 * What a provider says about who somebody is, made into an `Identity` or refused with every fault at once. Pure. A fault
 * names a field and a closed word, never the value: it goes to logs.
 *
 * A resident born abroad is as well-formed as a citizen born in France, and so is somebody whose day or month of birth
 * no register knows.
 */
import { type Instant, toDate } from './clock.ts'
import { hour } from './durations.ts'
import type { BirthDate, Gender, PivotIdentity, ProfessionalIdentity } from './identity.ts'

export type Problem =
  | 'not_an_object'
  | 'missing'
  | 'not_text'
  | 'too_long'
  | 'forbidden_character'
  | 'no_letter'
  | 'malformed'
  | 'impossible_date'
  | 'future'
  | 'wrong_check_digit'
  | 'contradiction'

export interface IdentityFault {
  field: string
  problem: Problem
}

export type Parsed<T> = { ok: true; identity: T } | { ok: false; faults: IdentityFault[] }

/** COG code of France as a country of birth. */
export const france = '99100'

/** "Names up to 256 chars", counted as characters and not as UTF-16 units. */
const longestName = 256

/** Nobody born before is alive; a typing error or a placeholder such as `0001-01-01` is. */
const earliestYear = 1850

/**
 * COG code of a commune as it was at the date of birth: mainland departments 01 to 95 with 2A and 2B for Corsica (20
 * before 1976), the departments and protectorates that existed before 1964 up to 96, overseas 97 and 98. 99 is abroad.
 */
const birthplacePattern = /^(?:0[1-9]|[1-8]\d|2[AB]|9[0-8])\d{3}$/

const birthcountryPattern = /^99\d{3}$/
const birthdatePattern = /^(\d{4})-(\d{2})-(\d{2})$/

/**
 * Not part of a name: controls, line breaks, private use, halves of characters, and invisible signs, which could reorder
 * or disguise the text of a page. The two joiners are letters' business in several scripts and stay.
 */
const forbidden = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/u

/**
 * National identifier of a professional: a digit for its register, then the identifier: RPPS, ADELI (a
 * Corsican one has a letter), or FINESS of an establishment and its own number for the person.
 */
const nationalIdPattern = /^(?:8\d{11}|0\d[\dAB]\d{7}|3\d[\dAB]\d{7}\/[\w.-]{1,64})$/

/** What a provider of professionals says about the profession. A closed list: nothing else is kept. */
const professionalClaims = [
  'SubjectOrganization',
  'SubjectOrganizationID',
  'SubjectRole',
  'SubjectRefPro',
  'Secteur_Activite',
  'Palier_Authentification',
  'Mode_Acces_Raison',
  'Acces_Regulation_Medicale',
  'PSI_Locale',
  'UITVersion',
  'otherIds',
] as const

/**
 * The pivot identity in these claims. Names come out in NFC with single spaces. A birthplace sent for
 * somebody born abroad is ignored: it has no meaning in the COG, and some providers repeat the country there. With `now`
 * a date after today, wherever on Earth, is refused too.
 */
export function parsePivot(claims: unknown, options: { now?: Instant } = {}): Parsed<PivotIdentity> {
  return parse(claims, (read) => {
    const birthcountry = read('birthcountry', matching(birthcountryPattern))
    const family_name = read('family_name', nameOf)
    const inUse = read('preferred_username', optional(nameOf))
    return {
      kind: 'pivot',
      given_name: read('given_name', nameOf),
      family_name,
      birthdate: read('birthdate', (value) => birthdateOf(value, options.now)),
      gender: read('gender', matching(/^(?:male|female|unspecified)$/)) as Gender,
      birthplace: birthcountry === france ? read('birthplace', matching(birthplacePattern)) : '',
      birthcountry,
      ...(inUse && inUse !== family_name ? { preferred_username: inUse } : {}),
    }
  })
}

/**
 * The professional identity in these claims, named as Pro Santé Connect names them: the national identifier is `SubjectNameID`, and
 * `preferred_username` repeats it. Two that differ are refused: which one was checked upstream is not known.
 */
export function parseProfessional(claims: unknown): Parsed<ProfessionalIdentity> {
  return parse(claims, (read) => {
    const named = read('SubjectNameID', optional(nationalIdOf))
    const repeated = read('preferred_username', named ? optional(sameAs(named)) : nationalIdOf)
    return {
      kind: 'professional',
      nationalId: named ?? repeated ?? '',
      given_name: read('given_name', nameOf),
      family_name: read('family_name', nameOf),
      claims: pick(claims as Record<string, unknown>, professionalClaims),
    }
  })
}

/** Has this the form of the national identifier of a professional? */
export function isNationalId(text: string): boolean {
  return 'value' in nationalIdOf(text)
}

/** The day, or the day and the month, are presumed: the register does not know them. */
export function isPresumed(birthdate: BirthDate): boolean {
  return birthdate.endsWith('-00')
}

/**
 * How services see a birth date: OpenID Connect knows no presumed day, so the first one stands for it.
 */
export function releasedBirthdate(birthdate: BirthDate): string {
  return birthdate.replaceAll('-00', '-01')
}

/** "Luhn key" (ISO/IEC 7812-1 annex B): from the right, every second digit doubled, digits summed. */
export function hasLuhnKey(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place])
    const doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2
    sum += place % 2 === 1 ? doubled : digit
  }
  return digits.length > 0 && sum % 10 === 0
}

type Reading<T> = { value: T } | { problem: Problem }
type Reader = <T>(field: string, how: (value: unknown) => Reading<T>) => T

/** Reads every field, so that all faults are known at once; what is built out of a faulty one is thrown away. */
function parse<T>(claims: unknown, build: (read: Reader) => T): Parsed<T> {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) {
    return { ok: false, faults: [{ field: '', problem: 'not_an_object' }] }
  }
  const faults: IdentityFault[] = []
  const identity = build(<F>(field: string, how: (value: unknown) => Reading<F>): F => {
    const reading = how(Object.hasOwn(claims, field) ? (claims as Record<string, unknown>)[field] : undefined)
    if ('value' in reading) return reading.value
    faults.push({ field, problem: reading.problem })
    return '' as F
  })
  return faults.length === 0 ? { ok: true, identity } : { ok: false, faults }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function textOf(value: unknown): Reading<string> {
  if (isAbsent(value)) return { problem: 'missing' }
  return typeof value === 'string' ? { value } : { problem: 'not_text' }
}

function optional<T>(how: (value: unknown) => Reading<T>): (value: unknown) => Reading<T | undefined> {
  return (value) => (isAbsent(value) ? { value: undefined } : how(value))
}

function matching(pattern: RegExp): (value: unknown) => Reading<string> {
  return (value) => {
    const text = textOf(value)
    return 'value' in text && !pattern.test(text.value) ? { problem: 'malformed' } : text
  }
}

function sameAs(expected: string): (value: unknown) => Reading<string> {
  return (value) => (value === expected ? { value: expected } : { problem: 'contradiction' })
}

function nameOf(value: unknown): Reading<string> {
  const text = textOf(value)
  if ('problem' in text) return text
  // Before normalising, which costs time in the length: no character of a name takes more than four units.
  if (text.value.length > longestName * 4) return { problem: 'too_long' }
  const name = text.value
    .normalize('NFC')
    .replaceAll(/\p{Zs}+/gu, ' ')
    .trim()
  const checks: [Problem, boolean][] = [
    ['missing', name === ''],
    ['forbidden_character', forbidden.test(name)],
    ['no_letter', !/\p{L}/u.test(name)],
    ['too_long', [...name].length > longestName],
  ]
  const failed = checks.find(([, applies]) => applies)
  return failed ? { problem: failed[0] } : { value: name }
}

function birthdateOf(value: unknown, now: Instant | undefined): Reading<BirthDate> {
  const text = textOf(value)
  if ('problem' in text) return text
  const parts = birthdatePattern.exec(text.value)
  if (!parts) return { problem: 'malformed' }
  const [year = 0, month = 0, day = 0] = parts.slice(1).map(Number)
  if (!isPossible(year, month, day)) return { problem: 'impossible_date' }
  // The dates of one instant reach from 12 hours behind UTC to 14 before it. Presumed parts sort below every day.
  const latest =
    now === undefined
      ? '9999-12-31'
      : toDate(now + 14 * hour)
          .toISOString()
          .slice(0, 10)
  return text.value > latest ? { problem: 'future' } : { value: text.value }
}

/** "`YYYY-MM-DD`, `YYYY-MM-00` (presumed day), `YYYY-00-00` (presumed day and month); `YYYY-00-DD` invalid." */
function isPossible(year: number, month: number, day: number): boolean {
  if (year < earliestYear || month > 12) return false
  if (month === 0) return day === 0
  return day <= daysIn(year, month)
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (month === 2) return isLeap ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function nationalIdOf(value: unknown): Reading<string> {
  const text = matching(nationalIdPattern)(value)
  if ('value' in text && text.value.startsWith('8') && !hasLuhnKey(text.value.slice(1))) {
    return { problem: 'wrong_check_digit' }
  }
  return text
}

function pick(source: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(source, name) ? [[name, source[name]]] : [])))
}
