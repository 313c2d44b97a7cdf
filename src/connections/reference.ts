/**
 * Codes that people read, write and say on the phone: `K7QX-2M4P-9TRC`. Eleven random symbols of five bits (55 bits) and
 * a check symbol, in an alphabet without the letters that are taken for a digit (I, L, O) or make words (U).
 *
 * The check symbol is that of a linear code over GF(32): each symbol has a weight of its own, a different power of a
 * generator of the field, so any one wrong symbol and any two that changed places are noticed.
 */
import { randomBytes } from '../kernel/random.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const length = 12
const group = 4

/** For a text that says how a code looks: it stays on one line, and from left to right among Arabic words. */
export const exampleReference = '\u2066K7QX\u20112M4P\u20119TRC\u2069'

/** What a hand or an ear makes of the letters that are not in the alphabet. */
const heard: Record<string, string> = { O: '0', I: '1', L: '1' }

/** A code made of the first 55 bits of `bits`: random ones, or a keyed digest for a code that can be made again. */
export function makeReference(bits: Buffer = randomBytes(length - 1)): string {
  const symbols = Array.from(bits.subarray(0, length - 1), (byte) => byte & 31)
  if (symbols.length < length - 1) throw new RangeError('too few bits for a reference')
  return grouped([...symbols, checkOf(symbols)].map((symbol) => alphabet.charAt(symbol)).join(''))
}

/** The code that a person meant, or undefined when it is none or was mistyped: case, spaces and dashes do not matter. */
export function parseReference(text: string): string | undefined {
  if (text.length > 100) return undefined
  const letters = Array.from(text.toUpperCase().replace(/[^A-Z0-9]/g, ''), (letter) => heard[letter] ?? letter)
  const symbols = letters.map((letter) => alphabet.indexOf(letter))
  if (symbols.length !== length || symbols.includes(-1)) return undefined
  return checkOf(symbols.slice(0, -1)) === symbols.at(-1) ? grouped(letters.join('')) : undefined
}

/** Multiplies by the generator x of GF(32) = GF(2)[x] / (x⁵ + x² + 1), which has order 31. */
function timesX(symbol: number): number {
  return (symbol & 16 ? (symbol << 1) ^ 0b100101 : symbol << 1) & 31
}

function checkOf(symbols: readonly number[]): number {
  return symbols.reduce((sum, symbol) => timesX(sum ^ symbol), 0)
}

function grouped(letters: string): string {
  return letters.match(new RegExp(`.{${group}}`, 'g'))?.join('-') ?? ''
}
