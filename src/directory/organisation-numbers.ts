/**
 * How organisations are numbered: SIREN, ICE, CNSS affiliate, and what else the settings name. Pure. Whose a number is,
 * is asked of the register.
 */
import { hasLuhnKey } from '../kernel/parse-pivot.ts'

export type NumberCheck = 'luhn' | 'mod97' | 'none'

export interface NumberScheme {
  /** `ice`, `siren`, `cnss`. */
  scheme: string
  check: NumberCheck
  /** How many digits it may have. */
  lengths: readonly number[]
}

export type ParsedNumber = { ok: true; number: string } | { ok: false; problem: 'malformed' | 'wrong_check_digit' }

const checks: Readonly<Record<NumberCheck, (digits: string) => boolean>> = {
  luhn: hasLuhnKey,
  /** "15 digits = 9 company + 4 establishment + 2 control; whole number is divisible by 97" (ICE). */
  mod97: (digits) => BigInt(digits) % 97n === 0n,
  none: () => true,
}

/** As somebody types it or a file has it: spaces, points and hyphens are no part of it; digits may be Arabic ones. */
export function parseNumber({ check, lengths }: NumberScheme, text: string): ParsedNumber {
  if (text.length > 100) return { ok: false, problem: 'malformed' }
  const number = text
    .replaceAll(/[\s.\p{Pd}]/gu, '')
    .replaceAll(/[\u0660-\u0669\u06F0-\u06F9]/g, (digit) => String(digit.charCodeAt(0) % 16))
  // Zeros alone have every key, and are nobody's.
  if (!/^\d+$/.test(number) || !lengths.includes(number.length) || /^0+$/.test(number)) {
    return { ok: false, problem: 'malformed' }
  }
  return checks[check](number) ? { ok: true, number } : { ok: false, problem: 'wrong_check_digit' }
}

/** What `sub` of a token says for an organisation: `ice:001561191000066`. */
export function parseSubject(
  schemes: readonly NumberScheme[],
  text: string,
): { scheme: string; number: string } | undefined {
  const colon = text.indexOf(':')
  const scheme = schemes.find(({ scheme: name }) => name === text.slice(0, colon))
  const parsed = scheme && parseNumber(scheme, text.slice(colon + 1))
  return scheme && parsed?.ok ? { scheme: scheme.scheme, number: parsed.number } : undefined
}
