/**
 * A file of many lines that a firm brings: mandates to propose, or clients to give to its members. From its bytes to what
 * each line says, and what cannot be understood of it. Pure; whether what it says is possible is judged in
 * `firm-import.ts`.
 *
 * A line says what is wrong with it by a closed word and the name of a column, never by what stands there.
 */
import { isUtf8 } from 'node:buffer'
import { cellsOf } from '../directory/organisation-lines.ts'
import { type NumberScheme, parseNumber } from '../directory/organisation-numbers.ts'
import { isLevel, type Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { compacted } from '../kernel/names.ts'
import { endOfDay, startOfDay } from '../policy/calendar.ts'
import { type AssignedActions, inOrder } from '../policy/firm.ts'
import { type Action, actions } from '../policy/mandate.ts'

export const importKinds = ['mandates', 'assignments'] as const
export type ImportKind = (typeof importKinds)[number]

export const mostLines = 10_000
/** Bytes of a file: twice what so many lines need. */
export const longestFile = 4 * 1024 * 1024
const longestLine = 4_000

/** Columns beside those of numbers, by what they may be called: the languages of those who make such files. */
const columnNames = {
  rights: ['rights', 'droits', 'الصلاحيات'],
  from: ['from', 'du', 'من'],
  until: ['until', 'au', 'إلى'],
  level: ['level', 'niveau', 'المستوى'],
  portfolio: ['portfolio', 'portefeuille', 'المحفظة'],
  member: ['member', 'collaborateur', 'الموظف'],
} as const
export type ImportColumn = keyof typeof columnNames

const columnsOf: Record<ImportKind, { needed: readonly ImportColumn[]; others: readonly ImportColumn[] }> = {
  mandates: { needed: ['rights'], others: ['from', 'until', 'level', 'portfolio'] },
  assignments: { needed: ['rights', 'member'], others: ['until', 'level', 'portfolio'] },
}

/** Why a file is not read at all. */
export const fileFaults = [
  'empty',
  'too_large',
  /** Of a spreadsheet program, an archive, a picture. */
  'no_text',
  /** A text in another encoding than UTF-8. */
  'other_encoding',
  /** No first line that names the columns (`missing`). */
  'no_header',
  'column_twice',
  'no_lines',
  'too_many_lines',
] as const
export type FileFault = (typeof fileFaults)[number]

/** What cannot be understood of a line. */
export const lineFaults = [
  'columns',
  'quotes',
  'characters',
  'too_long',
  'number_missing',
  'number',
  'check_digit',
  'rights_missing',
  'rights_malformed',
  'action_unknown',
  'date',
  'level',
  'member_missing',
  'client_and_portfolio',
] as const
export type LineFault = (typeof lineFaults)[number]

export interface SaidLine {
  /** Absent on a line about a portfolio. */
  number?: { scheme: string; number: string }
  actions: AssignedActions
  minimumLevel?: Level
  /** The first instant of that day, and the first one after that day. */
  from?: Instant
  until?: Instant
  portfolio?: string
  member?: string
}

export type ReadLine = { line: number } & (
  | { ok: true; said: SaidLine }
  | { ok: false; fault: LineFault; column?: string }
)

export type ReadFile =
  | { ok: true; lines: ReadLine[] }
  | { ok: false; fault: FileFault /** Names of columns. */; columns?: string[] }

/** What is read of a file depends on these alone. */
export interface LineRules {
  kind: ImportKind
  /** Of the numbers by which organisations are named. */
  schemes: readonly NumberScheme[]
  /** IANA name: of the days that stand there. */
  timeZone: string
}

export function readLines(bytes: Buffer, rules: LineRules): ReadFile {
  const text = textOf(bytes)
  if (typeof text !== 'string') return text
  const lines = text.split(/\r\n|\n|\r/)
  while (lines.at(-1)?.trim() === '') lines.pop()
  const header = headerOf(lines[0] ?? '', rules)
  if (!header.ok) return header
  if (lines.length === 1) return { ok: false, fault: 'no_lines' }
  if (lines.length - 1 > mostLines) return { ok: false, fault: 'too_many_lines' }
  const read = lines.flatMap((line, at): ReadLine[] => {
    if (at === 0 || line.trim() === '') return []
    const number = { line: at + 1 }
    try {
      return [{ ...number, ok: true, said: lineOf(line, header, rules) }]
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      return [{ ...number, ok: false, fault: error.fault, ...(error.column ? { column: error.column } : {}) }]
    }
  })
  return { ok: true, lines: read }
}

// --- The file ------------------------------------------------------------------------------------------------------

/** What files of other kinds begin with: archives (and with them spreadsheets), documents, pictures. */
const binaries = ['PK', '%PDF', 'PNG', '\xd0\xcf', '\xff\xd8', '\x1f\x8b']

function textOf(bytes: Buffer): string | (ReadFile & { ok: false }) {
  const refused = (fault: FileFault) => ({ ok: false as const, fault })
  if (bytes.length > longestFile) return refused('too_large')
  // UTF-16 has zeros in every Latin letter, with or without its mark.
  const mark = bytes.subarray(0, 2).toString('latin1')
  if (mark === '\xff\xfe' || mark === '\xfe\xff') return refused('other_encoding')
  if (bytes.includes(0)) return refused('no_text')
  const begin = bytes.toString('latin1', 0, 8)
  if (!isUtf8(bytes)) return refused(binaries.some((mark) => begin.includes(mark)) ? 'no_text' : 'other_encoding')
  const text = bytes.toString('utf8').replace(/^\ufeff/, '')
  return text.trim() === '' ? refused('empty') : text
}

interface Header {
  ok: true
  separator: string
  width: number
  places: Partial<Record<ImportColumn, number>>
  /** Where the numbers of each scheme are. */
  schemes: { scheme: NumberScheme; place: number }[]
  names: string[]
}

/** The separator is the one that stands there most. */
function headerOf(line: string, { kind, schemes }: LineRules): Header | (ReadFile & { ok: false }) {
  const separator = [',', ';', '\t'].toSorted((a, b) => line.split(b).length - line.split(a).length)[0] as string
  const names = line.length > longestLine ? [] : (cellsOf(line, separator) ?? [])
  const { needed, others } = columnsOf[kind]
  const twice: string[] = []
  const placeOf = (called: readonly string[]): number | undefined => {
    const wanted = called.map((name) => compacted(name))
    const places = names.flatMap((name, place) => (wanted.includes(compacted(name)) ? [place] : []))
    if (places.length > 1) twice.push(called[0] as string)
    return places[0]
  }
  const places: Header['places'] = {}
  for (const column of [...needed, ...others]) {
    const place = placeOf(columnNames[column])
    if (place !== undefined) places[column] = place
  }
  const numbers = schemes.flatMap((scheme) => {
    const place = placeOf([scheme.scheme])
    return place === undefined ? [] : [{ scheme, place }]
  })
  const missing: string[] = needed.filter((column) => places[column] === undefined)
  const isNamed = numbers.length > 0 || (kind === 'assignments' && places.portfolio !== undefined)
  if (!isNamed) missing.unshift(schemes.map(({ scheme }) => scheme).join(' / '))
  if (missing.length > 0) return { ok: false, fault: 'no_header', columns: missing }
  if (twice.length > 0) return { ok: false, fault: 'column_twice', columns: twice }
  return { ok: true, separator, width: names.length, places, schemes: numbers, names }
}

// --- A line --------------------------------------------------------------------------------------------------------

class Fault extends Error {
  readonly fault: LineFault
  readonly column: string | undefined

  constructor(fault: LineFault, column?: string) {
    super(fault)
    this.fault = fault
    this.column = column
  }
}

/** What no text has, beside the tabulator. */
const unseen = /[\p{Cc}\p{Bidi_Control}\u200b\u2060-\u2069\ufffd]/u

function lineOf(line: string, header: Header, { kind, timeZone }: LineRules): SaidLine {
  const { separator, width, places, schemes, names } = header
  if (line.length > longestLine) throw new Fault('too_long')
  if (unseen.test(separator === '\t' ? line.replaceAll('\t', '') : line)) throw new Fault('characters')
  const cells = cellsOf(line, separator)
  if (!cells) throw new Fault('quotes')
  if (cells.length !== width) throw new Fault('columns')
  const at = (place: number | undefined) => (place === undefined ? '' : (cells[place] ?? ''))
  const named = (column: ImportColumn) => names[places[column] ?? -1]
  const given = schemes.filter(({ place }) => at(place) !== '')
  const [first] = given
  const portfolio = at(places.portfolio).normalize('NFC')
  const member = at(places.member)
  if (!first && (kind === 'mandates' || portfolio === ''))
    throw new Fault('number_missing', names[schemes[0]?.place ?? -1])
  if (kind === 'assignments' && first && portfolio !== '') throw new Fault('client_and_portfolio', named('portfolio'))
  if (kind === 'assignments' && member === '') throw new Fault('member_missing', named('member'))
  const dayIn = (text: string, column: string | undefined) => {
    if (text === '') return undefined
    const [begin, end] = [startOfDay(text, timeZone), endOfDay(text, timeZone)]
    if (Number.isNaN(end)) throw new Fault('date', column)
    return { begin, end }
  }
  const until = dayIn(at(places.until), named('until'))?.end
  const from = dayIn(at(places.from), named('from'))?.begin
  const level = levelIn(at(places.level), named('level'))
  return {
    ...(first ? { number: numberIn(at(first.place), first.scheme, names[first.place]) } : {}),
    actions: actionsIn(at(places.rights), named('rights')),
    ...(level ? { minimumLevel: level } : {}),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(portfolio === '' ? {} : { portfolio }),
    ...(member === '' ? {} : { member }),
  }
}

function numberIn(text: string, scheme: NumberScheme, column: string | undefined) {
  const parsed = parseNumber(scheme, text)
  if (!parsed.ok) throw new Fault(parsed.problem === 'malformed' ? 'number' : 'check_digit', column)
  return { scheme: scheme.scheme, number: parsed.number }
}

function levelIn(text: string, column: string | undefined): Level | undefined {
  if (text === '') return undefined
  if (!isLevel(text)) throw new Fault('level', column)
  return text
}

/** `declarations:read+prepare payments:pay`: a service, what may be done there, and the next one after a blank. */
function actionsIn(text: string, column: string | undefined): AssignedActions {
  if (text === '') throw new Fault('rights_missing', column)
  const rows: Record<string, Action[]> = {}
  for (const part of text.split(/\s+/)) {
    const [, service, taken] = /^([a-z0-9][a-z0-9-]{0,62}):([a-z_+]+)$/.exec(part) ?? []
    if (!service || !taken || Object.hasOwn(rows, service)) throw new Fault('rights_malformed', column)
    const words = taken.split('+')
    const known = words.filter((word): word is Action => (actions as readonly string[]).includes(word))
    if (known.length < words.length) throw new Fault('action_unknown', column)
    rows[service] = known
  }
  return inOrder(rows)
}
