/**
 * A report that somebody who is not signed in is writing, step by step: what each step asks, what is wrong with an
 * answer, and the answers so far, sealed in the short-lived state under a cookie of this browser. Nothing of it is a
 * report before it was sent; what was not sent goes after two hours.
 */
import { mostWords } from '../cases/cases.ts'
import { parseReference } from '../connections/reference.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { hour, minute } from '../kernel/durations.ts'
import { parsePivot } from '../kernel/parse-pivot.ts'
import { randomBytes } from '../kernel/random.ts'
import { parseAddress } from '../people/address.ts'
import type { StateStore } from '../storage/state.ts'

/** In their order; the last one sends what the others asked. */
export const reportSteps = ['what', 'codes', 'you', 'contact', 'words', 'check'] as const
export type ReportStep = (typeof reportSteps)[number]
export const askingSteps = reportSteps.filter((step) => step !== 'check')

export const happenings = ['message', 'told', 'seen', 'answered', 'lost', 'other'] as const
export type Happening = (typeof happenings)[number]

/** What each step asks: names of its fields. */
export const fieldsOf = {
  what: ['what'],
  codes: ['codes'],
  you: ['name', 'day', 'month', 'year'],
  contact: ['contact'],
  words: ['service', 'from', 'until', 'words'],
  check: [],
} as const satisfies Record<ReportStep, readonly string[]>

export type ReportField = (typeof fieldsOf)[ReportStep][number]
/** As it was typed. */
export type ReportTyped = Partial<Record<ReportField, string>>

/** What is wrong, and with which field. */
export type ReportProblem =
  | 'what_missing'
  | 'codes_malformed'
  | 'codes_many'
  | 'name_missing'
  | 'name_wrong'
  | 'year_missing'
  | 'date_wrong'
  | 'contact_wrong'
  | 'service_long'
  | 'period_wrong'
  | 'words_long'
export type ReportFaults = Partial<Record<ReportField, ReportProblem>>

/** Codes in one report: who has more tells the rest in words. */
export const mostCodes = 10
const longest: Record<ReportField, number> = {
  ...{ what: 20, codes: 400, name: 200, day: 4, month: 4, year: 8, contact: 320 },
  // What is too long is shown again, so that it can be shortened.
  ...{ service: 200, from: 10, until: 10, words: 20_000 },
}
export const mostService = 100
/** What happened and the site are written above it. */
export const mostReportWords = mostWords - 300

/** Two hours: who was told that too many reports come from a network tries again after one. */
const draftLifetime = 2 * hour
/** Long enough to copy them by hand. */
const sentLifetime = 15 * minute
/** A process that dies while it sends leaves the draft to be sent again. */
const lockLifetime = minute

export interface Sent {
  reference: string
  key: string
  at: Instant
}

export interface Drafts {
  /** The answers so far, of the browser that holds this id. */
  read(id: string | undefined): Promise<ReportTyped | undefined>
  /** Keeps them, and returns the id to hold. */
  write(id: string | undefined, typed: ReportTyped): Promise<string>
  /** May this one be sent now? Of two at once one gets `true`. */
  lock(id: string): Promise<boolean>
  /** It was not sent after all. */
  unlock(id: string): Promise<void>
  /** It was: nothing but the answer is left. */
  finish(id: string, sent: Sent): Promise<void>
  /** What was answered to the one that was sent. */
  sent(id: string | undefined): Promise<Sent | undefined>
  /** Nothing is left of it. */
  forget(id: string): Promise<void>
}

export function createDrafts({ state, clock }: { state: StateStore; clock: Clock }): Drafts {
  const draft = 'report.draft'
  const lock = 'report.lock'
  const sent = 'report.sent'

  async function kept(kind: string, key: string | undefined): Promise<unknown> {
    if (!key) return undefined
    const [found] = await state.getMany([{ kind, key }])
    return found?.value
  }

  return {
    read: async (id) => (await kept(draft, id)) as ReportTyped | undefined,
    async write(given, typed) {
      const id = given ?? randomBytes(16).toString('base64url')
      await state.write({ put: [{ kind: draft, key: id, value: typed, expiresAt: clock.now() + draftLifetime }] })
      return id
    },
    lock: (id) => state.create({ kind: lock, key: id, value: true, expiresAt: clock.now() + lockLifetime }),
    async unlock(id) {
      await state.write({ remove: [{ kind: lock, key: id }] })
    },
    async finish(id, value) {
      await state.write({
        put: [{ kind: sent, key: id, value, expiresAt: clock.now() + sentLifetime }],
        remove: [
          { kind: draft, key: id },
          { kind: lock, key: id },
        ],
      })
    },
    sent: async (id) => (await kept(sent, id)) as Sent | undefined,
    async forget(id) {
      await state.write({
        remove: [
          { kind: draft, key: id },
          { kind: sent, key: id },
        ],
      })
    },
  }
}

/** What a form sent for one step. */
export function typedIn(step: ReportStep, body: Readonly<Record<string, unknown>>): ReportTyped {
  const typed: ReportTyped = {}
  for (const field of fieldsOf[step]) {
    const value = body[field]
    typed[field] = typeof value === 'string' ? plain(value).slice(0, longest[field]) : ''
  }
  return typed
}

/** A form sends two characters for the end of a line. */
const plain = (text: string) => text.replace(/\r\n?/g, '\n').trim()

/** What is wrong with the answers to one step. */
export function faultsIn(step: ReportStep, typed: ReportTyped, now: Instant): ReportFaults {
  const found = checks[step](typed, now)
  return Object.fromEntries(found.filter(([, , applies]) => applies).map(([field, problem]) => [field, problem]))
}

type Check = [field: ReportField, problem: ReportProblem, applies: boolean]

const checks: Record<ReportStep, (typed: ReportTyped, now: Instant) => Check[]> = {
  what: ({ what }) => [['what', 'what_missing', !isHappening(what)]],
  codes(typed) {
    const { codes, malformed } = codesIn(typed.codes ?? '')
    return [
      ['codes', 'codes_many', codes.length > mostCodes],
      ['codes', 'codes_malformed', malformed.length > 0],
    ]
  },
  you(typed, now) {
    const { name = '', year = '' } = typed
    const wrong = wrongIdentity(typed, now)
    return [
      ['name', 'name_wrong', wrong.has('family_name')],
      ['name', 'name_missing', name === ''],
      ['year', 'date_wrong', wrong.has('birthdate')],
      ['year', 'year_missing', year === ''],
    ]
  },
  contact: ({ contact = '' }) => [['contact', 'contact_wrong', contact !== '' && parseAddress(contact) === undefined]],
  words(typed, now) {
    const { service = '', words = '' } = typed
    return [
      ['service', 'service_long', service.length > mostService],
      ['from', 'period_wrong', !isPeriod(typed, now)],
      ['words', 'words_long', words.length > mostReportWords],
    ]
  },
  check: () => [],
}

export const isHappening = (value: unknown): value is Happening => happenings.some((one) => one === value)

/** The first step that is not answered yet, as it has to be; the last one when all are. */
export function nextStep(typed: ReportTyped, now: Instant): ReportStep {
  const missing = askingSteps.find((step) =>
    fieldsOf[step].some((field) => typed[field] === undefined || faultsIn(step, typed, now)[field] !== undefined),
  )
  return missing ?? 'check'
}

/** The codes that somebody typed, one a line or side by side, and the lines that hold something else. */
export function codesIn(typed: string): { codes: string[]; malformed: string[] } {
  const codes = new Set<string>()
  const malformed: string[] = []
  const lines = latin(typed)
    .split(/[\n,;،؛]+/)
    .map((line) => line.trim())
  for (const line of lines.filter((one) => one !== '')) {
    // However one code is spaced, it is one.
    const pieces = parseReference(line) ? [line] : line.split(/\s+/)
    const read = pieces.flatMap((piece) => parseReference(piece) ?? [])
    if (read.length < pieces.length) malformed.push(line)
    else for (const code of read) codes.add(code)
  }
  return { codes: [...codes], malformed }
}

/** Digits as every keyboard writes them. */
function latin(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
}

/** `1987-04-19`; zeros where a day or a month is not known. */
export function birthdateOf({ day = '', month = '', year = '' }: ReportTyped): string {
  const two = (text: string) => latin(text).padStart(2, '0')
  return `${latin(year)}-${two(month)}-${two(day)}`
}

/** Judged as the identity that a provider hands over is. */
function wrongIdentity(typed: ReportTyped, now: Instant): ReadonlySet<string> {
  const claims = { given_name: 'X', gender: 'unspecified', birthcountry: '99350' }
  const parsed = parsePivot({ ...claims, family_name: typed.name ?? '', birthdate: birthdateOf(typed) }, { now })
  return new Set(parsed.ok ? [] : parsed.faults.map(({ field }) => field))
}

/** A day may be named alone, and none is to come, wherever on Earth it is. */
function isPeriod({ from = '', until = '' }: ReportTyped, now: Instant): boolean {
  const [begins, ends] = [dayIn(from), dayIn(until)]
  const last = now + 14 * hour
  if ((from !== '' && begins === undefined) || (until !== '' && ends === undefined)) return false
  return (begins ?? 0) <= Math.min(ends ?? last, last) && (ends ?? 0) <= last
}

/** The beginning of a day in UTC. */
export function dayIn(text: string): Instant | undefined {
  if (!/^(?:19|20)\d\d-\d\d-\d\d$/.test(text)) return undefined
  const at = Date.parse(`${text}T00:00:00Z`)
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text ? undefined : at
}
