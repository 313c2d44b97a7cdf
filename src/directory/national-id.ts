/**
 * How health professionals are numbered: a national identifier is a digit that names the register, then the number in
 * it. Pure. Whether somebody has that number is asked of the register itself.
 */
import { isNationalId } from '../kernel/parse-pivot.ts'

export type NationalId =
  /** `8` and 11 digits, the last of which is a Luhn key. */
  | { register: 'rpps'; text: string; number: string }
  /** `0` and 9 characters: the register before the RPPS. It has no key. */
  | { register: 'adeli'; text: string; number: string }
  /** `3`, the FINESS number of an establishment, `/`, and the number that this establishment gave. */
  | { register: 'finess'; text: string; establishment: string; number: string }

export type NationalIdProblem = 'malformed' | 'wrong_check_digit'

export type ParsedNationalId = { ok: true; id: NationalId } | { ok: false; problem: NationalIdProblem }

const isRppsShaped = (text: string) => /^8\d{11}$/.test(text)

/** A national identifier as registers and providers write it: `810001045367`. Nothing is trimmed or completed. */
export function parseNationalId(text: string): ParsedNationalId {
  if (isNationalId(text)) return { ok: true, id: typed(text) }
  return { ok: false, problem: isRppsShaped(text) ? 'wrong_check_digit' : 'malformed' }
}

/**
 * The number that a professional types: an RPPS number as it stands on their card (11 digits), or a whole national
 * identifier; spaces are no part of it.
 */
export function parseTypedNumber(input: string): ParsedNationalId {
  const text = input.replaceAll(/\s/g, '')
  return parseNationalId(/^\d{11}$/.test(text) ? `8${text}` : text)
}

/** @param text one that `isNationalId` accepts: its first character tells the rest */
function typed(text: string): NationalId {
  const rest = text.slice(1)
  if (text.startsWith('8')) return { register: 'rpps', text, number: rest }
  if (text.startsWith('0')) return { register: 'adeli', text, number: rest }
  const [establishment = '', number = ''] = rest.split('/')
  return { register: 'finess', text, establishment, number }
}
