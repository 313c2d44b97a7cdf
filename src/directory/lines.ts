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

/** A line without its end; one that is too long is cut, never kept whole. */
export interface Line {
  /** 1 is the header. */
  number: number
  /** A view on the bytes that were read: it holds them for as long as it lives. */
  bytes: Buffer
  /** Longer than `longestLine`. */
  cut: boolean
}

const none = Buffer.alloc(0)
const lineEnd = 0x0a
const carriageReturn = 0x0d

/**
 * The lines of each chunk, together. The last line needs no end. An empty line is none, but it is counted. Keeps no
 * more than one chunk and `longestLine` bytes.
 *
 * Lines stay bytes until somebody asks for a person: as texts, a file of a gigabyte is several gigabytes of garbage.
 */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line[]> {
  let number = 0
  let rest: Buffer = none
  const take = (bytes: Buffer, begin: number, end: number, lines: Line[]) => {
    number++
    const last = end > begin && bytes[end - 1] === carriageReturn ? end - 1 : end
    const cut = last - begin > longestLine
    if (last > begin) lines.push({ number, bytes: bytes.subarray(begin, cut ? begin + longestLine : last), cut })
  }
  for await (const chunk of chunks) {
    const lines: Line[] = []
    let begin = 0
    for (let end = chunk.indexOf(lineEnd); end >= 0; end = chunk.indexOf(lineEnd, begin)) {
      if (begin === 0 && rest.length > 0) {
        const whole = Buffer.concat([rest, chunk.subarray(0, end)])
        take(whole, 0, whole.length, lines)
        rest = none
      } else take(chunk, begin, end, lines)
      begin = end + 1
    }
    // Copied, so that the chunk can go. One byte more than allowed tells that the line was cut.
    rest = Buffer.concat([rest, chunk.subarray(begin)]).subarray(0, longestLine + 1)
    yield lines
  }
  const lines: Line[] = []
  take(rest, 0, rest.length, lines)
  yield lines
}

/**
 * Is this line one of the register? Only the cells that tell are read: a file has a hundred million others.
 */
export function checkLine({ bytes, cut }: Line, header: Header): CheckedLine {
  if (cut) return { ok: false, problem: 'too_long' }
  const cells = identifyingCells(bytes, header)
  if (!cells) return { ok: false, problem: 'columns' }
  if (!isUtf8(bytes) || unstorable.some((character) => bytes.includes(character))) {
    return { ok: false, problem: 'characters' }
  }
  const { nationalId, idType, id } = cells
  const parsed = parseNationalId(nationalId)
  if (!parsed.ok) {
    return { ok: false, problem: parsed.problem === 'wrong_check_digit' ? 'check_digit' : 'national_id' }
  }
  const agrees = idType === '' || id === '' || `${idType}${id}` === nationalId
  return agrees ? { ok: true, nationalId } : { ok: false, problem: 'contradiction' }
}

/** The database stores no U+0000; U+FFFD stands for what was lost before; the last one parts what is written together. */
const unstorable = ['\u0000', '\uFFFD', recordSeparator].map((character) => Buffer.from(character))

const separatorByte = separator.charCodeAt(0)
const identifying = ['nationalId', 'idType', 'id'] as const

/** Undefined when the line has not as many cells as the header. */
function identifyingCells(
  bytes: Buffer,
  { at, width }: Header,
): Record<(typeof identifying)[number], string> | undefined {
  const cells = { nationalId: '', idType: '', id: '' }
  let place = 0
  let begin = 0
  for (let end = 0; end <= bytes.length; end++) {
    if (end < bytes.length && bytes[end] !== separatorByte) continue
    if (place === at.nationalId || place === at.idType || place === at.id) {
      const cell = bytes.toString('latin1', begin, end).trim()
      for (const column of identifying) if (at[column] === place) cells[column] = cell
    }
    place++
    begin = end + 1
  }
  return place === width ? cells : undefined
}
