/**
 * What somebody asks of their history, read from an address: one question for the page, its next pages and its files.
 * What is no condition is none; which lines may be shown at all is added here, and comes from the visit.
 */
import type { HistoryQuestion } from '../connections/connections.ts'
import { parseReference } from '../connections/reference.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { type ConnectionId, isId, type ProviderId, type ServiceId } from '../kernel/ids.ts'
import { startOfDay } from '../policy/calendar.ts'

export const outcomes = ['accepted', 'refused'] as const

/** As it was typed and chosen; empty where nothing was. */
export interface HistoryTyped {
  /** A code, or words of the name of a service. */
  q: string
  /** `2026-11` */
  month: string
  service: string
  provider: string
  outcome: string
  /** `yes` */
  unusual: string
  /** Where the page before ended. */
  before: string
}

const fields = ['q', 'month', 'service', 'provider', 'outcome', 'unusual', 'before'] as const
const longest = 100

export function readHistoryTyped(query: unknown): HistoryTyped {
  const given = (query ?? {}) as Record<string, unknown>
  const textOf = (name: string) => (typeof given[name] === 'string' ? given[name].trim().slice(0, longest) : '')
  return Object.fromEntries(fields.map((name) => [name, textOf(name)])) as unknown as HistoryTyped
}

/** The same question as an address has it, with its question mark; `changes` replace what they name. */
export function historyQuery(typed: HistoryTyped, changes: Partial<HistoryTyped> = {}): string {
  const members = Object.entries({ ...typed, ...changes }).filter(([, value]) => value !== '')
  return members.length === 0 ? '' : `?${new URLSearchParams(members)}`
}

/** Is more asked than the whole history? */
export const isFiltered = (typed: HistoryTyped): boolean =>
  fields.some((name) => name !== 'before' && typed[name] !== '')

export interface HistoryScope {
  /** Services of which the person has lines that this sign-in sees, each with its names in all languages. */
  services: ReadonlyMap<ServiceId, readonly string[]>
  /** Whose lines this sign-in sees; all where absent. */
  providers?: readonly ProviderId[]
  /** IANA name of the zone whose months are asked about. */
  timeZone: string
}

export type HistoryAsked =
  /** One line, whatever else is chosen. */
  { kind: 'code'; reference: string } | { kind: 'lines'; question: HistoryQuestion; before?: ConnectionId }

export function questionOf(typed: HistoryTyped, scope: HistoryScope): HistoryAsked {
  const reference = parseReference(typed.q)
  if (reference !== undefined) return { kind: 'code', reference }
  const services = servicesIn(typed, scope)
  const providers = providersIn(typed, scope)
  const month = monthIn(typed.month, scope.timeZone)
  const outcome = outcomes.find((one) => one === typed.outcome)
  const question: HistoryQuestion = {
    ...(services ? { services } : {}),
    ...(providers ? { providers } : {}),
    ...(month ?? {}),
    ...(outcome ? { outcome } : {}),
    ...(typed.unusual === 'yes' ? { unusual: true } : {}),
  }
  const { before } = typed
  return { kind: 'lines', question, ...(isId('connection', before) ? { before } : {}) }
}

/** Somebody who types letters and digits like these, or in groups like these, means a code, mistyped or not. */
export const looksLikeCode = (text: string): boolean =>
  parseReference(text) !== undefined ||
  (/\d/.test(text) && text.replace(/[^A-Za-z0-9]/g, '').length >= 8) ||
  /^\s*\w{4}([-\u2010-\u2015 ])\w{4}\1\w{4}\s*$/.test(text)

function servicesIn({ q, service }: HistoryTyped, { services }: HistoryScope): ServiceId[] | undefined {
  if (q === '' && service === '') return undefined
  const words = folded(q).split(/\s+/)
  const isFound = ([id, names]: [ServiceId, readonly string[]]) =>
    (service === '' || id === service) && names.some((name) => words.every((word) => folded(name).includes(word)))
  return [...services].filter(isFound).map(([id]) => id)
}

function providersIn({ provider }: HistoryTyped, { providers }: HistoryScope): ProviderId[] | undefined {
  if (provider === '') return providers && [...providers]
  return !providers || providers.includes(provider) ? [provider] : []
}

/** Without accents or capitals. */
const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

// --- Months --------------------------------------------------------------------------------------------------------

function monthIn(month: string, timeZone: string): { from: Instant; until: Instant } | undefined {
  if (!/^\d{4}-\d\d$/.test(month)) return undefined
  const from = startOfDay(`${month}-01`, timeZone)
  const until = startOfDay(`${nextMonth(month)}-01`, timeZone)
  return Number.isNaN(from) || Number.isNaN(until) ? undefined : { from, until }
}

/** From the month of one instant to that of another, the newest first: `2026-11`. */
export function monthsBetween(since: Instant, now: Instant, timeZone: string): string[] {
  const format = monthFormatOf(timeZone)
  const last = format.format(now)
  const months: string[] = []
  for (let month = format.format(since); month <= last; month = nextMonth(month)) months.unshift(month)
  return months
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return toDate(Date.UTC(year, number, 1))
    .toISOString()
    .slice(0, 7)
}

const monthFormats = new Map<string, Intl.DateTimeFormat>()

/** Swedish writes dates as ISO 8601 does. */
function monthFormatOf(timeZone: string): Intl.DateTimeFormat {
  const known = monthFormats.get(timeZone)
  const format = known ?? new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit' })
  if (!known) monthFormats.set(timeZone, format)
  return format
}
