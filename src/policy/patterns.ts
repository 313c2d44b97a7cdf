/**
 * What in a password needs no guessing: runs along an alphabet or a keyboard, repetitions, dates, and words that the
 * caller lists. A piece like these counts for one character, however long it is. Texts are folded before
 * (`foldPassword`); nothing here knows what a password must be.
 */

/** Upper and lower case, and the forms of one letter, made one: what a person sees as "the same word". */
export function foldPassword(text: string): string {
  return text.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC').replaceAll('ς', 'σ')
}

export type PieceKind = 'plain' | 'listed'

export interface Piece {
  /** In code points; `end` is exclusive. */
  start: number
  end: number
  kind: PieceKind
  /** Of what it stands for in the count: a copy of what stands before it counts for nothing. */
  weight: 0 | 1
}

export interface Cover {
  /** Characters that need guessing, and pieces. */
  symbols: number
  /** How many of the symbols are pieces. */
  pieces: number
  kinds: ReadonlySet<PieceKind>
}

/** The fewest symbols that the pieces leave of a text of `length` code points. */
export function coverBy(length: number, pieces: readonly Piece[]): Cover {
  if (pieces.length === 0) return { symbols: length, pieces: 0, kinds: new Set() }
  const startingAt = new Map<number, Piece[]>()
  for (const piece of pieces) {
    const there = startingAt.get(piece.start)
    if (there) there.push(piece)
    else startingAt.set(piece.start, [piece])
  }
  /** From each character on: how many symbols are left, and the piece that leaves so few. */
  const symbolsFrom = new Uint16Array(length + 1)
  const pieceAt = new Map<number, Piece>()
  for (let at = length - 1; at >= 0; at--) {
    let least = (symbolsFrom[at + 1] ?? 0) + 1
    for (const piece of startingAt.get(at) ?? []) {
      const symbols = (symbolsFrom[piece.end] ?? 0) + piece.weight
      if (symbols >= least) continue
      least = symbols
      pieceAt.set(at, piece)
    }
    symbolsFrom[at] = least
  }
  const used: Piece[] = []
  for (let at = 0; at < length; ) {
    const piece = pieceAt.get(at)
    if (piece) used.push(piece)
    at = piece?.end ?? at + 1
  }
  return {
    symbols: symbolsFrom[0] ?? 0,
    pieces: used.filter(({ weight }) => weight === 1).length,
    kinds: new Set(used.map(({ kind }) => kind)),
  }
}

/** Runs, repetitions and dates in a folded text. */
export function plainPieces(text: string): Piece[] {
  const characters = [...text]
  return [...runsIn(characters), ...copiesIn(characters), ...datesIn(text)]
}

// --- Runs ----------------------------------------------------------------------------------------------------------

/** Orders that fingers or memory follow, in both directions. A space separates rows of one order. */
const orders = [
  'abcdefghijklmnopqrstuvwxyz 01234567890',
  'azertyuiop qsdfghjklm wxcvbn &é"\'(-è_çà)=',
  'qwertyuiop asdfghjkl zxcvbnm !@#$%^&*()_+',
  'qwertzuiop yxcvbnm',
  '1qaz 2wsx 3edc 4rfv 5tgb 6yhn 7ujm',
  '1aqw 2zsx 3edc 4rfv 5tgb 6yhn 7uj',
  'ابتثجحخدذرزسشصضطظعغفقكلمنهوي',
  'ضصثقفغعهخحجد شسيبلاتنمكط',
  'абвгдежзийклмнопрстуфхцчшщъыьэюя йцукенгшщзхъ',
]

/** Which orders, each in its two directions as a bit of its own, lead from one character to the next. */
const steps = new Map<string, number>()
for (const [index, order] of orders.entries()) {
  for (const row of order.split(' ')) {
    const keys = [...row]
    for (let at = 1; at < keys.length; at++) {
      const [before = '', here = ''] = [keys[at - 1], keys[at]]
      steps.set(before + here, (steps.get(before + here) ?? 0) | (1 << (index * 2)))
      steps.set(here + before, (steps.get(here + before) ?? 0) | (2 << (index * 2)))
    }
  }
}

const shortestRun = 3

/** `abc`, `qsdf`, `321`, `aaa`; a doubled character stays in step (`112233`). */
function runsIn(characters: readonly string[]): Piece[] {
  const found: Piece[] = []
  let start = 0
  while (start < characters.length - 2) {
    let end = start + 1
    let orders = -1
    while (end < characters.length) {
      const [before = '', here = ''] = [characters[end - 1], characters[end]]
      const followed = before === here ? orders : orders & (steps.get(before + here) ?? 0)
      if (followed === 0) break
      orders = followed
      end++
    }
    if (end - start >= shortestRun) found.push({ start, end, kind: 'plain', weight: 1 })
    start = Math.max(start + 1, end - 1)
  }
  return found
}

// --- Copies --------------------------------------------------------------------------------------------------------

const longestCopy = 64

/** What repeats the characters just before it, two or more of them. */
function copiesIn(characters: readonly string[]): Piece[] {
  const found: Piece[] = []
  for (let start = 2; start < characters.length - 1; start++) {
    const longest = Math.min(start, characters.length - start, longestCopy)
    for (let length = 2; length <= longest; length++) {
      let same = 0
      while (same < length && characters[start + same] === characters[start + same - length]) same++
      if (same === length) found.push({ start, end: start + length, kind: 'plain', weight: 0 })
    }
  }
  return found
}

// --- Dates ---------------------------------------------------------------------------------------------------------

const dayOfMonth = '(?:0?[1-9]|[12]\\d|3[01])'
const month = '(?:0?[1-9]|1[0-2])'
const year = '(?:19|20)\\d\\d'

const dates = [
  new RegExp(`(?<!\\d)${year}(?!\\d)`, 'g'),
  new RegExp(`(?<!\\d)${dayOfMonth}[-/. ]${month}[-/. ](?:${year}|\\d\\d)(?!\\d)`, 'g'),
  new RegExp(`(?<!\\d)${year}[-/. ]${month}[-/. ]${dayOfMonth}(?!\\d)`, 'g'),
  /(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d/g,
  /(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])/g,
  /(?<!\d)(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d(?!\d)/g,
]

function datesIn(text: string): Piece[] {
  if (!/\d{2}/.test(text)) return []
  return dates.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match): Piece => {
      const start = codePoints(text.slice(0, match.index))
      return { start, end: start + match[0].length, kind: 'plain', weight: 1 }
    }),
  )
}

const codePoints = (text: string) => [...text].length

// --- Listed words --------------------------------------------------------------------------------------------------

/** Characters that stand for letters. Two tables, because `1`, `!` and `|` stand for two of them. */
const substitutions = ['i', 'l'].map(
  (stroke) =>
    new Map(
      Object.entries({ a: '@4àâ', e: '3€éèê', o: '0', s: '$5', t: '7+', b: '8', [stroke]: '1!|' }).flatMap(
        ([letter, signs]) => [...signs].map((sign) => [sign, letter] as const),
      ),
    ),
)

const standsForLetter = new RegExp(`[${substitutions.flatMap((reading) => [...reading.keys()]).join('')}]`, 'u')

export interface Reading {
  characters: readonly string[]
  /** As a text. */
  text: string
  reversed: boolean
}

/** A folded text as it stands and with substitutions undone, each also from its end: of one length in code points. */
export function readingsOf(text: string): Reading[] {
  return forwardReadings(text).flatMap((forwards) => {
    const characters = forwards.characters.toReversed()
    return [forwards, { characters, text: characters.join(''), reversed: true }]
  })
}

/** The same, in the direction of writing only. */
export function forwardReadings(text: string): Reading[] {
  const plain = [...text]
  const found: Reading[] = [{ characters: plain, text, reversed: false }]
  if (!standsForLetter.test(text)) return found
  for (const reading of substitutions) {
    const characters = plain.map((character) => reading.get(character) ?? character)
    const read = characters.join('')
    if (found.every((other) => other.text !== read)) found.push({ characters, text: read, reversed: false })
  }
  return found
}

/** A list of words to find, with the beginnings that tell at once where none begins. */
export interface WordList {
  words: ReadonlySet<string>
  beginnings: ReadonlySet<string>
  longest: number
  shortest: number
}

/** @param shortest in code points; shorter words are left out: they hide in everything */
export function wordList(all: Iterable<string>, shortest: number): WordList {
  const words = new Set<string>()
  const beginnings = new Set<string>()
  let longest = 0
  for (const word of all) {
    const characters = [...word]
    if (characters.length < shortest) continue
    words.add(word)
    beginnings.add(characters.slice(0, shortest).join(''))
    longest = Math.max(longest, characters.length)
  }
  return { words, beginnings, longest, shortest }
}

/** The words of a list in any reading of a text. */
export function listedPieces(readings: readonly Reading[], list: WordList): Piece[] {
  const { words, beginnings, longest, shortest } = list
  const found: Piece[] = []
  if (words.size === 0) return found
  for (const { characters, text, reversed } of readings) {
    const { length } = characters
    // Where each character is one code unit, which is nearly always, a part of the text is cheaper to have.
    const part = (from: number, to: number) =>
      text.length === length ? text.slice(from, to) : characters.slice(from, to).join('')
    for (let start = 0; start + shortest <= length; start++) {
      let word = part(start, start + shortest)
      if (!beginnings.has(word)) continue
      for (let end = start + shortest; end <= Math.min(length, start + longest); end++) {
        if (words.has(word)) {
          const [from, to] = reversed ? [length - end, length - start] : [start, end]
          found.push({ start: from, end: to, kind: 'listed', weight: 1 })
        }
        word += characters[end] ?? ''
      }
    }
  }
  return found
}
