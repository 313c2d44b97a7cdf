/**
 * Long codes that people keep on paper or copy from a mail: `K7QX-2M4P-9TRC-5DWN`, 80 random bits, which nobody guesses.
 * Letters that are taken for digits are not in the alphabet, and are read as them.
 */
import { randomBytes } from '../kernel/random.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const symbols = 16
const heard: Record<string, string> = { O: '0', I: '1', L: '1' }

export function newTypedCode(): string {
  const letters = Array.from(randomBytes(symbols), (byte) => alphabet.charAt(byte & 31)).join('')
  return letters.match(/.{4}/g)?.join('-') ?? ''
}

/** The one spelling of a code, for a look-up: case, spaces and dashes do not matter. */
export function canonicalCode(text: string): string {
  const letters = text
    .slice(0, 64)
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, '')
  return Array.from(letters, (letter) => heard[letter] ?? letter).join('')
}
