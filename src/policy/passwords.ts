/**
 * Is this password accepted? One of three constructions must hold (R065); then common passwords, plain patterns and what
 * is close to the identifier are refused. The estimate is for display and decides nothing. The same rule holds at the
 * first setting and at every change (R066). Nothing here keeps, returns or writes a password.
 *
 * The list of common passwords takes some megabytes: only what judges passwords imports this file.
 */
import { dictionary } from '@zxcvbn-ts/language-common'
import {
  coverBy,
  foldPassword,
  forwardReadings,
  listedPieces,
  plainPieces,
  type Reading,
  readingsOf,
  type WordList,
  wordList,
} from './patterns.ts'
import type { PasswordProfile } from './settings.ts'

export type { PasswordProfile } from './settings.ts'

export interface PasswordQuestion {
  password: string
  /** What the person signs in with: a user name, an address, a number. */
  identifier?: string
  use: 'alone' | 'with_second_factor'
  profile: PasswordProfile
}

/** The three ways of R065. */
export type Construction = 'characters' | 'words' | 'digits'

export const passwordReasons = {
  unreadable: {
    says: 'It holds control characters or half characters, which no keyboard types again.',
    requirement: 'R065',
  },
  too_long: { says: 'It has more than 256 characters.', requirement: 'R065' },
  too_short: { says: 'It is shorter than the stricter profile of the settings asks for.', requirement: 'R065' },
  no_construction: {
    says: 'It is none of the three: 8 characters of 3 kinds out of 4, 5 different words of 3 letters, or 15 digits.',
    requirement: 'R065',
  },
  common: { says: 'It is a common password, or one with little around it.', requirement: 'R065' },
  plain_pattern: { says: 'It follows the alphabet, a keyboard or a calendar, or repeats itself.', requirement: 'R065' },
  close_to_identifier: { says: 'It is too close to what the person signs in with.', requirement: 'R065' },
} as const
export type PasswordReason = keyof typeof passwordReasons

export interface PasswordDecision {
  accepted: boolean
  /** Those that hold, whether or not something else speaks against the password. */
  constructions: Construction[]
  /** Bits that a guesser who knows lists and patterns must try at most. For display: it decides nothing. */
  estimatedBits: number
  reasons: PasswordReason[]
}

/** In code points: far above the 64 that "SHOULD be permitted" at least (SP 800-63B-4 section 3.1.1.2). */
export const longestPassword = 256

/** The form that is judged, hashed and compared: one text for one look, whatever keyboard it came from. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC')
}

/** @returns all that speaks against the password; each reason has a sentence that repeats nothing of it */
export function decidePassword({ password, identifier = '', use, profile }: PasswordQuestion): PasswordDecision {
  // No composition of characters makes one of four: this is far too long, and is not read.
  if (password.length > longestPassword * 16) return refused(['too_long'])
  const text = normalisePassword(password)
  const length = [...text].length
  if (length > longestPassword) return refused(['too_long'])
  const folded = foldPassword(text)
  const words = wordsOf(folded)
  const findings = look(folded, words, foldPassword(identifier.slice(0, 1_024)))
  const constructions = (Object.keys(constructionRules) as Construction[]).filter((name) =>
    constructionRules[name](text, words),
  )
  const shortest = profile === 'lengths' ? { alone: 15, with_second_factor: 8 }[use] : 0
  const reasons: [PasswordReason, boolean][] = [
    ['unreadable', !text.isWellFormed() || /\p{Cc}/u.test(text)],
    ['too_short', length < shortest],
    ['no_construction', constructions.length === 0],
    ...weaknesses(findings, constructions),
  ]
  const against = reasons.filter(([, applies]) => applies).map(([reason]) => reason)
  return {
    accepted: against.length === 0,
    constructions,
    estimatedBits: estimate(text, folded, findings),
    reasons: against,
  }
}

const refused = (reasons: PasswordReason[]): PasswordDecision => ({
  accepted: false,
  constructions: [],
  estimatedBits: 0,
  reasons,
})

// --- Constructions -------------------------------------------------------------------------------------------------

const constructionRules: Record<Construction, (text: string, words: readonly string[]) => boolean> = {
  characters: (text) => [...text].length >= 8 && classesOf(text).length >= 3,
  words: (_text, words) => words.length >= 5,
  digits: (text) => (text.match(/\p{Nd}/gu)?.length ?? 0) >= 15,
}

/** Lower case and letters of scripts without cases, upper case, digits, anything else. A combining mark adds none. */
const characterClasses = [
  { pattern: /[\p{Ll}\p{Lo}\p{Lm}]/u, size: 26 },
  { pattern: /[\p{Lu}\p{Lt}]/u, size: 26 },
  { pattern: /\p{Nd}/u, size: 10 },
  { pattern: /[^\p{L}\p{Nd}\p{M}]/u, size: 37 },
]

const classesOf = (text: string) => characterClasses.filter(({ pattern }) => pattern.test(text))

/** Runs of 3 letters or more between spaces or hyphens, each once. Only the letters of a run count, not its marks. */
function wordsOf(folded: string): string[] {
  const runs = folded.split(/[\p{Zs}\p{Pd}]/u)
  const words = runs.filter((run) => /^[\p{L}\p{M}]+$/u.test(run) && (run.match(/\p{L}/gu)?.length ?? 0) >= 3)
  return [...new Set(words)]
}

// --- Weaknesses ----------------------------------------------------------------------------------------------------

interface Findings {
  /** Different words. */
  words: number
  /** What is left when common passwords and patterns count for one character each. */
  known: ReturnType<typeof coverBy>
  /** The same when parts of the identifier do as well. */
  withIdentifier: ReturnType<typeof coverBy>
  /** Different words that are neither a pattern, nor the next of a series such as the days of the week. */
  freeWords: number
  freeWordsBesideIdentifier: number
  holdsIdentifier: boolean
}

function look(folded: string, runs: readonly string[], identifier: string): Findings {
  const { length } = [...folded]
  const readings = readingsOf(folded)
  const known = [...plainPieces(folded), ...listedPieces(readings, commonPasswords)]
  const parts = identifierParts(identifier)
  // Of a few parts it is sooner asked whether any is there at all.
  const isThere = parts.some((part) => readings.some((reading) => reading.text.includes(part)))
  const personal = isThere ? listedPieces(readings, wordList(parts, shortestPart)) : []
  const words = freeWordsOf(runs)
  const cover = coverBy(length, known)
  return {
    words: runs.length,
    known: cover,
    withIdentifier: personal.length === 0 ? cover : coverBy(length, [...known, ...personal]),
    freeWords: words.length,
    freeWordsBesideIdentifier: words.filter((word) => !parts.includes(word)).length,
    holdsIdentifier: isCloseTo(readings, identifier),
  }
}

/** A construction survives while this much of it needs guessing. */
const leastSymbols = 6
const leastDigits = 8
const leastWords = 5

/** A password is weak when none of its constructions survives what is known in it. */
function weaknesses(findings: Findings, constructions: readonly Construction[]): [PasswordReason, boolean][] {
  const { known, withIdentifier, freeWords, freeWordsBesideIdentifier, holdsIdentifier } = findings
  const survives = ({ symbols }: { symbols: number }, words: number) =>
    constructions.some(
      (construction) =>
        ({ characters: symbols >= leastSymbols, digits: symbols >= leastDigits, words: words >= leastWords })[
          construction
        ],
    )
  const isWeak = constructions.length === 0 ? known.symbols < leastSymbols : !survives(known, freeWords)
  // Words may be common as long as they are not a series.
  const isPhrase = constructions.length === 1 && constructions[0] === 'words'
  const isPersonal =
    holdsIdentifier || (!isWeak && constructions.length > 0 && !survives(withIdentifier, freeWordsBesideIdentifier))
  return [
    ['common', isWeak && !isPhrase && known.kinds.has('listed')],
    ['plain_pattern', isWeak && (isPhrase || known.kinds.has('plain'))],
    ['close_to_identifier', isPersonal],
  ]
}

const shortestNumber = 9

/** Folded like a password. Short numbers are left out: they are in every longer one. */
const commonPasswords: WordList = wordList(
  (dictionary['passwords-common'] as readonly string[])
    .map(foldPassword)
    .filter((word) => word.length >= shortestNumber || /\p{L}/u.test(word)),
  5,
)

/** Series that people know by heart: the next word of one needs no guessing. */
const series = [
  'un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize',
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen',
  'lundi mardi mercredi jeudi vendredi samedi dimanche lundi',
  'monday tuesday wednesday thursday friday saturday sunday monday',
  'janvier février mars avril mai juin juillet août septembre octobre novembre décembre janvier',
  'january february march april may june july august september october november december january',
  'واحد اثنان ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة',
  'الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد الاثنين',
  'يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر يناير',
  'alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec',
].map((line) => foldPassword(line).split(' '))

/** Each pair of neighbours in a series, in both orders. */
const neighbours = new Set(
  series.flatMap((line) => line.slice(1).flatMap((word, at) => [`${line[at]} ${word}`, `${word} ${line[at]}`])),
)

const isNext = (before: string, here: string) => neighbours.has(`${before} ${here}`)

function freeWordsOf(words: readonly string[]): string[] {
  return words.filter((word, at) => {
    const isPlain = coverBy([...word].length, plainPieces(word)).symbols < 2
    return !isPlain && !isNext(words[at - 1] ?? '', word)
  })
}

// --- The identifier ------------------------------------------------------------------------------------------------

/** Shorter parts of an identifier are in too many words. */
const shortestPart = 4

/** The whole, what stands before an @, and the parts between separators. */
function identifierParts(identifier: string): string[] {
  const [local = ''] = identifier.split('@')
  return [...new Set([identifier, local, bare(local), ...identifier.split(/[^\p{L}\p{M}\p{N}]+/u)])].filter(
    (part) => [...part].length >= shortestPart,
  )
}

const bare = (text: string) => text.replace(/[^\p{L}\p{M}\p{N}]/gu, '')

/** One or two characters changed, added or left out. */
const closeDistance = 2

/** Holds the identifier, or nearly is it; forwards or backwards, with or without its separators, in any reading. */
function isCloseTo(readings: readonly Reading[], identifier: string): boolean {
  const [local = ''] = identifier.split('@')
  // Read with its substitutions undone as well: `amina1` and `aminai` are one.
  const wholes = new Set([identifier, local].flatMap((whole) => forwardReadings(whole).map(({ text }) => bare(text))))
  const long = [...wholes].map((whole) => [...whole]).filter(({ length }) => length >= shortestPart)
  if (long.length === 0) return false
  return readings.some((reading) => {
    const letters = bare(reading.text)
    const forms = /\p{Nd}/u.test(letters) ? [letters, letters.replace(/^\p{Nd}+|\p{Nd}+$/gu, '')] : [letters]
    const near = forms.map((form) => [...form])
    return long.some((whole) => letters.includes(whole.join('')) || near.some((form) => isNear(form, whole)))
  })
}

/** Shorter texts are near to many others. */
const shortestNear = 6

/** Levenshtein distance of at most two. */
function isNear(a: readonly string[], b: readonly string[]): boolean {
  if (b.length < shortestNear || Math.abs(a.length - b.length) > closeDistance) return false
  let row = b.map((_, at) => at + 1)
  for (const [line, character] of a.entries()) {
    const next: number[] = []
    for (const [column, other] of b.entries()) {
      const corner = column === 0 ? line : (row[column - 1] ?? 0)
      const left = column === 0 ? line + 1 : (next[column - 1] ?? 0)
      next.push(Math.min(corner + (character === other ? 0 : 1), left + 1, (row[column] ?? 0) + 1))
    }
    row = next
  }
  return (row.at(-1) ?? 0) <= closeDistance
}

// --- The estimate --------------------------------------------------------------------------------------------------

/** What choosing a common password, a pattern or a word of a large dictionary costs a guesser. */
const pieceBits = Math.log2(50_000)
const wordBits = Math.log2(7_776)

function estimate(text: string, folded: string, findings: Findings): number {
  const { words, withIdentifier: cover, freeWordsBesideIdentifier: freeWords } = findings
  const alphabet = classesOf(text).reduce((sum, { size }) => sum + size, 0)
  const bits = (cover.symbols - cover.pieces) * Math.log2(Math.max(2, alphabet)) + cover.pieces * pieceBits
  const tokens = folded.split(/[\p{Zs}\p{Pd}]+/u)
  const isPhrase = tokens.length > 1 && tokens.every((token) => /^[\p{L}\p{M}]*$/u.test(token))
  const shortWords = new Set(tokens).size - words
  return Math.floor(isPhrase ? Math.min(bits, (freeWords + shortWords) * wordBits) : bits)
}
