/**
 * From the bytes of an extraction to its lines, and what is checked of each before it is believed. Pure but for what it
 * reads; in bounded memory whatever the file is.
 */
import { isUtf8 } from 'node:buffer'
import { type Header, separator } from './columns.ts'
import { parseNationalId } from './national-id.ts'
import { recordSeparator } from './store.ts'

/** Bytes of one line. Real ones have some hundreds. */
export const longestLine = 16 * 1024

export type LineProblem =
  /** Fewer or more cells than the header. */
  | 'columns'
  /** Not UTF-8, or with a character that no text has. */
  | 'characters'
  | 'too_long'
  /** No national identifier, or one of no known form. */
  | 'national_id'
  | 'check_digit'
  /** The identifier and its type, which stand beside the national identifier, make another one. */
  | 'contradiction'

export type CheckedLine = { ok: true; nationalId: string } | { ok: false; problem: LineProblem }

/** A line without its end; one that is too long is cut, never kept whole. Good until the next one is asked for. */
export interface Line {
  /** 1 is the header. */
  number: number
  /** Holds the line, among others. */
  bytes: Buffer
  /** Where the line begins in `bytes`, and where it ends: the first byte that is no more of it. */
  begin: number
  end: number
  /** Longer than `longestLine`. */
  cut: boolean
  /** Nothing that `characters` refuses stands in it. */
  sound: boolean
}

/** Bytes that are looked at together. */
const window = 64 * 1024
const lineEnd = 0x0a
const carriageReturn = 0x0d

/**
 * The lines of a text, some together: those that end in the same part of it. The last one needs no end. An empty line is
 * none, but it is counted.
 *
 * All of them pass through one buffer and are told by one object, and stay bytes until somebody asks for a person: with
 * an object, a view and some texts for each line, a file of a gigabyte is several gigabytes of garbage, and the heap
 * grows with what it has to clear away.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Iterable<Line>> {
  const bytes = Buffer.alloc(longestLine + 1 + window + 1)
  const line: Line = { number: 0, bytes, begin: 0, end: 0, cut: false, sound: false }
  let length = 0

  /** The lines that have their end in the buffer; what is behind the last one becomes the beginning of the buffer. */
  function* whole(): Generator<Line> {
    const used = bytes.subarray(0, length)
    const last = used.lastIndexOf(lineEnd)
    const sound = isSound(used.subarray(0, last + 1))
    let begin = 0
    for (let at = used.indexOf(lineEnd); at >= 0; at = used.indexOf(lineEnd, begin)) {
      const end = at > begin && bytes[at - 1] === carriageReturn ? at - 1 : at
      line.number++
      line.begin = begin
      line.cut = end - begin > longestLine
      line.end = line.cut ? begin + longestLine : end
      line.sound = sound || isSound(bytes.subarray(line.begin, line.end))
      begin = at + 1
      if (end > line.begin) yield line
    }
    bytes.copyWithin(0, begin, length)
    // One byte more than allowed tells that the line is cut.
    length = Math.min(length - begin, longestLine + 1)
  }

  for await (const chunk of chunks) {
    for (let begin = 0; begin < chunk.length; begin += window) {
      length += chunk.copy(bytes, length, begin, begin + window)
      yield whole()
    }
  }
  bytes[length++] = lineEnd
  yield whole()
}

/** The database stores no U+0000; U+FFFD stands for what was lost before; the last one parts what is written together. */
const unstorable = ['\u0000', '\uFFFD', recordSeparator].map((character) => Buffer.from(character))

function isSound(bytes: Buffer): boolean {
  return isUtf8(bytes) && !unstorable.some((character) => bytes.includes(character))
}

/**
 * Says of each line whether it is one of the register. Only the cells that tell are read: a file has a hundred million
 * others.
 */
export function createLineCheck(header: Header): (line: Line) => CheckedLine {
  const { at } = header
  const [nationalId, idType, id] = [newCell(), newCell(), newCell()]
  const cells: (Cell | undefined)[] = []
  for (const [place, cell] of [
    [at.nationalId, nationalId],
    [at.idType, idType],
    [at.id, id],
  ] as const) {
    if (place !== undefined) cells[place] = cell
  }
  const isComplete = createWidthCheck(header)
  // Lines of one person mostly follow each other.
  let known: CheckedLine & { ok: true } = { ok: true, nationalId: '' }

  return (line) => {
    if (line.cut) return { ok: false, problem: 'too_long' }
    if (!isComplete(findCells(line, cells), line)) return { ok: false, problem: 'columns' }
    if (!line.sound) return { ok: false, problem: 'characters' }
    const text = line.bytes.toString('latin1', nationalId.begin, nationalId.end)
    if (text !== known.nationalId) {
      const parsed = parseNationalId(text)
      if (!parsed.ok) {
        return { ok: false, problem: parsed.problem === 'wrong_check_digit' ? 'check_digit' : 'national_id' }
      }
      known = { ok: true, nationalId: text }
    }
    return agree(line.bytes, nationalId, idType, id) ? known : { ok: false, problem: 'contradiction' }
  }
}

/** Where a cell of a line is, without the spaces around it. */
interface Cell {
  begin: number
  end: number
}

const newCell = (): Cell => ({ begin: 0, end: 0 })

const separatorByte = separator.charCodeAt(0)
const space = 0x20

/** @returns how many cells the line has. Those of `cells`, by their places, are told where they are. */
function findCells({ bytes, begin, end }: Line, cells: readonly (Cell | undefined)[]): number {
  let place = 0
  let from = begin
  for (let to = begin; to <= end; to++) {
    if (to < end && bytes[to] !== separatorByte) continue
    const cell = cells[place]
    if (cell) {
      cell.begin = from
      cell.end = to
      while (cell.begin < cell.end && bytes[cell.begin] === space) cell.begin++
      while (cell.begin < cell.end && bytes[cell.end - 1] === space) cell.end--
    }
    place++
    from = to + 1
  }
  return place
}

/**
 * Every line has as many cells as the header. Where the header does not end with a separator, the first line that may
 * be complete tells whether the others do.
 */
function createWidthCheck({ width, isClosed }: Header): (cells: number, line: Line) => boolean {
  let expected = isClosed ? width : undefined
  return (cells, { bytes, end }) => {
    if (expected === undefined && (cells === width || (cells === width + 1 && bytes[end - 1] === separatorByte))) {
      expected = cells
    }
    return cells === expected
  }
}

/** The type and the identifier, one behind the other, are the national identifier; unless one of them is empty. */
function agree(bytes: Buffer, whole: Cell, idType: Cell, id: Cell): boolean {
  const [first, second] = [idType.end - idType.begin, id.end - id.begin]
  if (first === 0 || second === 0) return true
  const middle = whole.begin + first
  return (
    first + second === whole.end - whole.begin &&
    bytes.compare(bytes, whole.begin, middle, idType.begin, idType.end) === 0 &&
    bytes.compare(bytes, middle, whole.end, id.begin, id.end) === 0
  )
}
