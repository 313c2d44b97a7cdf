/**
 * How names are folded where they are compared. Pure. Folded away is only what carries no identity: civil registers hold
 * Latin names in capitals without accents, and others copy them as they please, so case, diacritics of Latin letters, the
 * two French ligatures, and the choice between space, hyphen, apostrophe, comma and point do not count. Marks of other
 * scripts are letters and stay.
 */

export function fold(name: string): string {
  return name
    .normalize('NFC')
    .toUpperCase()
    .normalize('NFD')
    .replaceAll(/(\p{Script=Latin})\p{M}+/gu, '$1')
    .normalize('NFC')
    .replaceAll('Œ', 'OE')
    .replaceAll('Æ', 'AE')
    .replaceAll(/[\s\p{Pd}'’ʼ`´.,·]+/gu, ' ')
    .trim()
}

/** A name as it is compared where spaces do not count. */
export function compacted(name: string): string {
  return fold(name).replaceAll(' ', '')
}

/** The words of a name, by which one sorts and searches organisations: folded, without any other sign. */
export function nameKey(name: string): string {
  return fold(name)
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim()
}

const [longestTyped, mostWords] = [200, 8]

/** What is typed, as the words of a name; more than eight narrow no search. */
export function wordsIn(typed: string): string[] {
  return nameKey(typed.slice(0, longestTyped)).split(' ').filter(Boolean).slice(0, mostWords)
}

/**
 * What is typed to find an organisation: a number by its beginning, or beginnings of words of its name, none for an empty
 * field. Undefined for signs alone, which find nothing.
 */
export function searchedIn(typed = ''): { words: string[]; number?: string } | undefined {
  const text = typed.slice(0, longestTyped).trim()
  const digits = text.replaceAll(/[\s.\p{Pd}]/gu, '')
  if (/^\d{3,}$/.test(digits)) return { words: [], number: digits }
  const words = wordsIn(text)
  return text !== '' && words.length === 0 ? undefined : { words }
}
