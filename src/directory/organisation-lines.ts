/**
 * From a line of a register of organisations to what it says: an organisation with its numbers, and one who represents
 * it. Pure. Columns are found by their names; a line says what is wrong with it by a closed word and the name of a
 * column, never by what stands there.
 */
import { type Instant, toDate } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { fold, nameKey } from '../kernel/names.ts'
import { normalizedName } from './columns.ts'
import { parseNumber } from './organisation-numbers.ts'
import { columnNamed, type OrganisationField, type OrganisationRules } from './organisation-settings.ts'
import { parseHolder, type RegisteredPerson } from './representatives.ts'

export type OrganisationLineProblem =
  /** More or fewer cells than the header. */
  | 'columns'
  | 'characters'
  | 'too_long'
  /** A quote that is not closed, or stands within a cell that has none around it. */
  | 'quotes'
  /** None of its numbers is there. */
  | 'no_number'
  | 'number'
  | 'check_digit'
  /** A cell that must have something has nothing, or something else than it may. */
  | 'missing'
  | 'malformed'
  /** Another line, or an organisation before it, has one of its numbers with other ones. */
  | 'number_taken'
  /** An earlier line says something else of the same organisation. */
  | 'contradiction'
  /** The same representative of the same organisation stands on an earlier line. */
  | 'twice'
  /** Somebody could be the one of this line and of another one of the same organisation. */
  | 'ambiguous'

export interface LineFault {
  problem: OrganisationLineProblem
  /** As the file names it. */
  column?: string
}

export interface OrganisationHeader {
  separator: string
  width: number
  fields: Partial<Record<OrganisationField, number>>
  /** Where the numbers of each scheme are. */
  schemes: Readonly<Record<string, number>>
}

export type ParsedOrganisationHeader =
  | { ok: true; header: OrganisationHeader }
  | { ok: false; missing: string[]; twice: string[] }

export interface RegisteredOrganisation {
  /** By scheme, one at least. */
  numbers: Readonly<Record<string, string>>
  /** By the first scheme of the settings that it has. */
  subject: string
  name: string
  nameKey: string
  kind?: string
  state: 'active' | 'closed'
  /** Absent on a line that names an organisation alone. */
  representative?: { holder: RegisteredPerson; role: string; alone: boolean; until?: Instant }
}

export type ParsedOrganisationLine =
  | { ok: true; organisation: RegisteredOrganisation }
  | { ok: false; fault: LineFault }

/** Characters of a cell. */
const longestCell = 300

const needed: readonly OrganisationField[] = ['name', 'familyName', 'givenName', 'birthdate', 'role']

/** The separator is the one that stands in the header. @param line the first of the file, without its end */
export function parseOrganisationHeader(line: string, rules: OrganisationRules): ParsedOrganisationHeader {
  const separator = [',', ';', '\t', '|'].toSorted((a, b) => line.split(b).length - line.split(a).length)[0] as string
  const cells = cellsOf(line, separator) ?? []
  const twice: string[] = []
  const placeOf = (field: string): number | undefined => {
    const wanted = normalizedName(columnNamed(rules, field))
    const places = cells.flatMap((cell, place) => (normalizedName(cell) === wanted ? [place] : []))
    if (places.length > 1) twice.push(columnNamed(rules, field))
    return places[0]
  }
  const fields: OrganisationHeader['fields'] = {}
  const missing: string[] = []
  for (const field of allFields) {
    const place = placeOf(field)
    if (place !== undefined) fields[field] = place
    else if (needed.includes(field)) missing.push(columnNamed(rules, field))
  }
  const schemes = Object.fromEntries(
    rules.schemes.flatMap(({ scheme }) => {
      const place = placeOf(scheme)
      return place === undefined ? [] : [[scheme, place]]
    }),
  )
  if (Object.keys(schemes).length === 0) {
    missing.push(rules.schemes.map(({ scheme }) => columnNamed(rules, scheme)).join(' / '))
  }
  if (missing.length > 0 || twice.length > 0) return { ok: false, missing, twice }
  return { ok: true, header: { separator, width: cells.length, fields, schemes } }
}

const allFields: readonly OrganisationField[] = [
  ...needed,
  'kind',
  'state',
  'gender',
  'birthplace',
  'birthcountry',
  'alone',
  'until',
]

/** RFC 4180 on one line. Undefined when a quote is out of place. */
export function cellsOf(line: string, separator: string): string[] | undefined {
  if (!line.includes('"')) return line.split(separator).map((cell) => cell.trim())
  const cells: string[] = []
  let at = 0
  for (;;) {
    const isQuoted = line[at] === '"'
    const end = isQuoted ? endOfQuoted(line, at) : endOf(line, separator, at)
    if (end < 0) return undefined
    const cell = isQuoted ? line.slice(at + 1, end - 1).replaceAll('""', '"') : line.slice(at, end)
    if (!isQuoted && cell.includes('"')) return undefined
    cells.push(cell.trim())
    if (end === line.length) return cells
    if (line[end] !== separator) return undefined
    at = end + 1
  }
}

const endOf = (line: string, separator: string, from: number) => {
  const found = line.indexOf(separator, from)
  return found < 0 ? line.length : found
}

/** Behind the closing quote; -1 without one. */
function endOfQuoted(line: string, from: number): number {
  for (let at = line.indexOf('"', from + 1); at >= 0; at = line.indexOf('"', at + 2)) {
    if (line[at + 1] !== '"') return at + 1
  }
  return -1
}

/** Words of a cell for yes and no: French, English, and 1 and 0. */
const booleans = new Map(
  Object.entries({ yes: true, oui: true, true: true, 1: true, no: false, non: false, false: false, 0: false }),
)

const states = new Map([
  ['ACTIVE', 'active'],
  ['ACTIF', 'active'],
  ['CLOSED', 'closed'],
  ['FERME', 'closed'],
  ['FERMEE', 'closed'],
  ['RADIE', 'closed'],
  ['RADIEE', 'closed'],
] as const)

class Fault extends Error {
  readonly fault: LineFault

  constructor(fault: LineFault) {
    super(fault.problem)
    this.fault = fault
  }
}

export function createOrganisationLineReader(header: OrganisationHeader, rules: OrganisationRules) {
  const { fields, schemes } = header

  function read(cells: readonly string[], now: Instant): RegisteredOrganisation {
    const numbers = numbersIn(cells)
    const name = text(cells, 'name')
    const kind = optionalText(cells, 'kind')
    const state = optionalText(cells, 'state')
    const known = state === '' ? 'active' : states.get(fold(state) as never)
    if (!known) throw malformed('state')
    const first = rules.schemes.find(({ scheme }) => numbers[scheme] !== undefined)?.scheme as string
    const representative = representativeIn(cells, now)
    return {
      numbers,
      subject: `${first}:${numbers[first]}`,
      name,
      nameKey: nameKey(name),
      ...(kind === '' ? {} : { kind }),
      state: known,
      ...(representative ? { representative } : {}),
    }
  }

  function numbersIn(cells: readonly string[]): Record<string, string> {
    const numbers: Record<string, string> = {}
    for (const scheme of rules.schemes) {
      const place = schemes[scheme.scheme]
      const cell = place === undefined ? '' : (cells[place] ?? '')
      if (cell === '') continue
      const parsed = parseNumber(scheme, cell)
      if (!parsed.ok) {
        const problem = parsed.problem === 'malformed' ? 'number' : 'check_digit'
        throw new Fault({ problem, column: columnNamed(rules, scheme.scheme) })
      }
      numbers[scheme.scheme] = parsed.number
    }
    if (Object.keys(numbers).length === 0) throw new Fault({ problem: 'no_number' })
    return numbers
  }

  function representativeIn(cells: readonly string[], now: Instant): RegisteredOrganisation['representative'] {
    const of = (field: OrganisationField) => cellOf(cells, field)
    const personal = ['familyName', 'givenName', 'birthdate', 'gender', 'birthplace', 'birthcountry', 'role'] as const
    if (personal.every((field) => of(field) === '')) return undefined
    for (const field of ['familyName', 'givenName', 'birthdate'] as const) {
      if (of(field) === '') throw new Fault({ problem: 'missing', column: columnNamed(rules, field) })
    }
    const parsed = parseHolder(
      {
        family_name: of('familyName'),
        given_name: of('givenName'),
        birthdate: of('birthdate'),
        gender: of('gender').toLowerCase(),
        birthplace: of('birthplace').toUpperCase(),
        birthcountry: of('birthcountry'),
      },
      now,
    )
    if (!parsed.ok) throw malformed(fieldOfClaim[parsed.field] ?? 'familyName')
    const until = of('until')
    const alone = of('alone') === '' ? true : booleans.get(of('alone').toLowerCase())
    if (alone === undefined) throw malformed('alone')
    return {
      holder: parsed.holder,
      role: text(cells, 'role'),
      alone,
      ...(until === '' ? {} : { until: endOfDay(until) }),
    }
  }

  function endOfDay(date: string): Instant {
    const end = instantAfter(date)
    if (end === undefined) throw malformed('until')
    return end
  }

  function cellOf(cells: readonly string[], field: OrganisationField): string {
    const place = fields[field]
    return place === undefined ? '' : (cells[place] ?? '')
  }

  function text(cells: readonly string[], field: OrganisationField): string {
    const found = optionalText(cells, field)
    if (found === '') throw new Fault({ problem: 'missing', column: columnNamed(rules, field) })
    if (!/[\p{L}\p{N}]/u.test(found)) throw malformed(field)
    return found
  }

  /** No control, nor an invisible sign that could disguise the text of a page. */
  function optionalText(cells: readonly string[], field: OrganisationField): string {
    const found = cellOf(cells, field)
      .normalize('NFC')
      .replaceAll(/\p{Zs}+/gu, ' ')
    if (found.length > longestCell || /[\p{Cc}\p{Co}\p{Zl}\p{Zp}]|(?![\u200C\u200D])\p{Cf}/u.test(found)) {
      throw malformed(field)
    }
    return found
  }

  function malformed(field: OrganisationField): Fault {
    return new Fault({ problem: 'malformed', column: columnNamed(rules, field) })
  }

  return (line: string, now: Instant): ParsedOrganisationLine => {
    try {
      const cells = cellsOf(line, header.separator)
      if (!cells) throw new Fault({ problem: 'quotes' })
      if (cells.length !== header.width) throw new Fault({ problem: 'columns' })
      return { ok: true, organisation: read(cells, now) }
    } catch (error) {
      if (error instanceof Fault) return { ok: false, fault: error.fault }
      throw error
    }
  }
}

const fieldOfClaim: Readonly<Record<string, OrganisationField>> = {
  family_name: 'familyName',
  given_name: 'givenName',
  birthdate: 'birthdate',
  gender: 'gender',
  birthplace: 'birthplace',
  birthcountry: 'birthcountry',
}

/** The instant at which a day is over in UTC; undefined when there is no such day. */
export function instantAfter(date: string): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return undefined
  const begin = Date.parse(`${date}T00:00:00Z`)
  const isDay = !Number.isNaN(begin) && toDate(begin).toISOString().startsWith(date)
  return isDay ? begin + day : undefined
}
