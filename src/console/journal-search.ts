/** What somebody asks of the journal, read from an address: one question for the page, its next pages and its files. */
import type { Exploration, SubjectField } from '../audit/audit.ts'
import { subjectFields } from '../audit/audit.ts'
import { type Fact, type FactName, factList } from '../audit/facts.ts'
import { isId } from '../kernel/ids.ts'
import { readWallClock } from '../policy/calendar.ts'

export const searchReasons = ['request', 'incident', 'authority', 'audit'] as const
export type SearchReason = Extract<Fact, { name: 'journal.searched' }>['data']['reason']

/** Where the fault is, and which sentence says so. */
export interface SearchFault {
  field: 'name' | 'id' | 'from' | 'until' | 'reason' | 'before'
  reason: 'unknown' | 'malformed' | 'missing' | 'reversed'
}

/** As it was typed. */
export interface SearchTyped {
  names: readonly string[]
  about: string
  id: string
  from: string
  until: string
  outcome: string
  reason: string
  before: string
}

export interface JournalSearch {
  wanted: Omit<Exploration, 'limit'>
  /** Given whenever the question names a person, or a connection, which is one person's. */
  reason?: SearchReason
  /** Whose facts these are, for the fact of the search. */
  person?: Extract<Fact, { name: 'journal.searched' }>['data']['person']
  connection?: Extract<Fact, { name: 'journal.searched' }>['data']['connection']
}

export const allNames = (Object.keys(factList) as FactName[]).sort()

/** A family of facts, as one of them begins: `connection.*`. */
export const families = [...new Set(allNames.map((name) => `${name.split('.')[0]}.*`))]

/** Facts that tell of something that did not succeed, or should not have been tried. */
export const isRefusal = (name: string) =>
  /(?:^|[._])(?:refused|denied|failed|forged_choice|replayed|locked|regressed|collision_found)$/.test(name)

export function readTyped(query: unknown): SearchTyped {
  const given = (query ?? {}) as Record<string, unknown>
  const text = (name: string) => {
    const value = given[name]
    return typeof value === 'string' ? value.trim().slice(0, 200) : ''
  }
  const names = [given.name ?? []].flat().filter((name) => typeof name === 'string' && name !== '')
  const [about, id, from, until] = [text('about'), text('id'), text('from'), text('until')]
  const [outcome, reason, before] = [text('outcome'), text('reason'), text('before')]
  return { names: names as string[], about, id, from, until, outcome, reason, before }
}

/** The same question as an address has it; `changes` replace what they name. */
export function queryOf(typed: SearchTyped, changes: Partial<SearchTyped> = {}): string {
  const { names, ...rest } = { ...typed, ...changes }
  const members = [...names.map((name) => ['name', name]), ...Object.entries(rest)].filter(([, value]) => value !== '')
  return new URLSearchParams(members as [string, string][]).toString()
}

/** @param timeZone IANA name of the zone in which dates are typed */
export function readSearch(typed: SearchTyped, timeZone: string): JournalSearch | SearchFault[] {
  const faults: SearchFault[] = []
  const fault = (field: SearchFault['field'], reason: SearchFault['reason']) => {
    faults.push({ field, reason })
    return undefined
  }
  const instantOf = (field: 'from' | 'until') => {
    if (typed[field] === '') return undefined
    const at = readWallClock(typed[field], timeZone)
    return Number.isNaN(at) ? fault(field, 'malformed') : at
  }
  const [from, until] = [instantOf('from'), instantOf('until')]
  if (from !== undefined && until !== undefined && from >= until) fault('until', 'reversed')
  const names = namesIn(typed) ?? fault('name', 'unknown')
  const subject = typed.id === '' ? undefined : (subjectIn(typed) ?? fault('id', 'malformed'))
  const reason = searchReasons.find((one) => one === typed.reason)
  const isPersonal = subject?.field === 'person' || subject?.field === 'connection'
  if (isPersonal && !reason) fault('reason', 'missing')
  if (typed.before !== '' && !/^\d{1,18}$/.test(typed.before)) fault('before', 'malformed')
  if (faults.length > 0) return faults
  return {
    wanted: {
      ...(names && names.length < allNames.length ? { names } : {}),
      ...(subject ? { subject } : {}),
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(typed.before === '' ? {} : { before: BigInt(typed.before) }),
    },
    ...(isPersonal && reason ? { reason } : {}),
    ...(subject && isId('person', subject.id) ? { person: subject.id } : {}),
    ...(subject && isId('connection', subject.id) ? { connection: subject.id } : {}),
  }
}

/** Undefined when one of them is no name of a fact. */
function namesIn({ names, outcome }: SearchTyped): FactName[] | undefined {
  const known = names.every((name) => families.includes(name) || (allNames as string[]).includes(name))
  if (!known || !['', 'refused'].includes(outcome)) return undefined
  const chosen = names.length === 0 ? allNames : allNames.filter((name) => names.some((one) => covers(one, name)))
  return outcome === 'refused' ? chosen.filter(isRefusal) : chosen
}

const covers = (chosen: string, name: FactName) => chosen === name || chosen === `${name.split('.')[0]}.*`

function subjectIn({ about, id }: SearchTyped): Exploration['subject'] {
  const field = subjectFields.find((one) => one === about)
  return field && wellFormed[field](id) ? { field, id } : undefined
}

/** Services and providers that are no more still have facts, so any well-formed name of one may be asked for. */
const isPartnerName = (id: string) => /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(id) && id.length <= 64
const wellFormed: Record<SubjectField, (id: string) => boolean> = {
  person: (id) => isId('person', id),
  connection: (id) => isId('connection', id),
  // Whoever acts for the hub: programs of the admin API too.
  operator: (id) => isId('operator', id) || isId('apiClient', id),
  service: isPartnerName,
  provider: isPartnerName,
}
