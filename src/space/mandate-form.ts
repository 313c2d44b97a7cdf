/**
 * What somebody types who draws up a mandate, as the form has it, and the draft that comes of it. A service has one end and
 * one level for all that is ticked in its line; whoever wants more lines signs more mandates. Pure.
 */
import { isLevel, type Level } from '../kernel/assurance.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ServiceId } from '../kernel/ids.ts'
import { type Body, textIn } from '../means/routes-sign-in.ts'
import { endOfDay, startOfDay, writeWallClock } from '../policy/calendar.ts'
import {
  type Action,
  actions,
  type DraftProblem,
  defaultYears,
  type FoundProblem,
  judgeDraft,
  type Right,
} from '../policy/mandate.ts'

/** What a service takes from whoever acts for an organisation. */
export interface OfferedService {
  service: ServiceId
  name: string
  actions: readonly Action[]
}

export interface TypedMandate {
  /** To whom: a firm by its number, or a person by the code that they gave. */
  to: 'firm' | 'person'
  /** Of the firm; of who gives, where the mandatary draws it up. */
  scheme: string
  number: string
  code: string
  /** `declarations submit`. */
  ticked: ReadonlySet<string>
  levels: ReadonlyMap<ServiceId, Level>
  /** Last days, of services that end sooner than the whole. */
  ends: ReadonlyMap<ServiceId, string>
  /** First and last day. */
  from: string
  until: string
  delegable: boolean
}

/** What can be wrong with the form itself, beside what is wrong with the draft. */
export const formFaults = [
  'number_missing',
  'number_malformed',
  'number_unknown',
  'code_missing',
  'code_unknown',
  'from_unreadable',
  'until_unreadable',
] as const
export type FormFault = (typeof formFaults)[number]

/** Fields beside which something is said. */
export type MandateField = 'number' | 'code' | 'rights' | 'from' | 'until' | 'delegable'

/** `service`: the line of the table that it is about. */
export interface FieldFault {
  field: MandateField
  fault: FormFault | DraftProblem
  service?: ServiceId
}

export const tickOf = (service: ServiceId, action: Action) => `${service} ${action}`
export const levelField = (service: ServiceId) => `level-${service}`
export const endField = (service: ServiceId) => `until-${service}`

/** Whoever does something in another's name is at least surely themselves. */
export const defaultLevel: Level = 'eidas2'

export function typedMandate(body: Body, offered: readonly OfferedService[]): TypedMandate {
  const ticked = [(body as Record<string, unknown>).right ?? []].flat().filter((one) => typeof one === 'string')
  const levelIn = (service: ServiceId) => {
    const given = textIn(body, levelField(service))
    return isLevel(given) ? given : defaultLevel
  }
  return {
    to: textIn(body, 'to') === 'person' ? 'person' : 'firm',
    scheme: textIn(body, 'scheme'),
    number: textIn(body, 'number').trim().slice(0, 40),
    code: textIn(body, 'code').trim().slice(0, 64),
    ticked: new Set(ticked),
    levels: new Map(offered.map(({ service }) => [service, levelIn(service)])),
    ends: new Map(offered.map(({ service }) => [service, textIn(body, endField(service)).trim()])),
    from: textIn(body, 'from').trim(),
    until: textIn(body, 'until').trim(),
    delegable: textIn(body, 'delegable') === 'yes',
  }
}

/** The day on which an instant falls, as a form has it. */
export const dayTyped = (at: Instant, timeZone: string) => writeWallClock(at, timeZone).slice(0, 10)

/** The last day of what ends, exclusively, at this instant. */
export const lastDay = (until: Instant, timeZone: string) => dayTyped(until - 1, timeZone)

/** One year from today on. */
export function freshMandate(now: Instant, timeZone: string): TypedMandate {
  const from = dayTyped(now, timeZone)
  const end = toDate(startOfDay(from, timeZone))
  end.setUTCFullYear(end.getUTCFullYear() + defaultYears)
  return {
    ...{ to: 'firm', scheme: '', number: '', code: '', delegable: false },
    ...{ ticked: new Set(), levels: new Map(), ends: new Map() },
    from,
    until: lastDay(end.getTime(), timeZone),
  }
}

/** A draft in the form again. Of several ends or levels in one line, the earliest and the highest stand there. */
export function typedAgain(
  terms: { from: Instant; until: Instant; rights: readonly Right[]; delegable: boolean },
  timeZone: string,
): TypedMandate {
  const levels = new Map<ServiceId, Level>()
  const ends = new Map<ServiceId, Instant>()
  for (const { service, minimumLevel, until } of terms.rights) {
    const level = levels.get(service)
    if (level === undefined || level < minimumLevel) levels.set(service, minimumLevel)
    if (until !== undefined) ends.set(service, Math.min(until, ends.get(service) ?? until))
  }
  return {
    ...{ to: 'firm', scheme: '', number: '', code: '', levels, delegable: terms.delegable },
    ticked: new Set(terms.rights.map(({ service, action }) => tickOf(service, action))),
    ends: new Map([...ends].map(([service, until]) => [service, lastDay(until, timeZone)])),
    from: dayTyped(terms.from, timeZone),
    until: lastDay(terms.until, timeZone),
  }
}

export interface ReadTerms {
  from: Instant
  until: Instant
  rights: Right[]
  delegable: boolean
}

/** The terms that were typed, or what of them cannot be read. A day ends where the next one begins. */
export function readTerms(
  typed: TypedMandate,
  { offered, timeZone }: { offered: readonly OfferedService[]; timeZone: string },
): { terms: ReadTerms } | { faults: FieldFault[] } {
  const from = startOfDay(typed.from, timeZone)
  const until = endOfDay(typed.until, timeZone)
  const faults: FieldFault[] = []
  if (Number.isNaN(from)) faults.push({ field: 'from', fault: 'from_unreadable' })
  if (Number.isNaN(until)) faults.push({ field: 'until', fault: 'until_unreadable' })
  const rights = offered.flatMap(({ service, actions: taken }) => {
    const given = actions.filter((action) => taken.includes(action) && typed.ticked.has(tickOf(service, action)))
    const end = typed.ends.get(service) ?? ''
    const ends = end === '' ? undefined : endOfDay(end, timeZone)
    if (given.length > 0 && Number.isNaN(ends)) faults.push({ field: 'rights', fault: 'until_unreadable', service })
    const minimumLevel = typed.levels.get(service) ?? defaultLevel
    return given.map((action) => ({
      ...{ service, action, minimumLevel },
      // One that lasts as long as the whole needs none of its own.
      ...(ends !== undefined && ends !== until ? { until: ends } : {}),
    }))
  })
  return faults.length > 0 ? { faults } : { terms: { from, until, rights, delegable: typed.delegable } }
}

const fieldOfProblem: Readonly<Partial<Record<DraftProblem, MandateField>>> = {
  dates_reversed: 'until',
  too_long: 'until',
  over_already: 'until',
  begins_past: 'from',
  too_far_ahead: 'from',
  delegation_longer: 'until',
  not_delegable: 'delegable',
  second_delegation: 'delegable',
  delegation_delegable: 'delegable',
  parent_not_active: 'delegable',
}

/** What of the terms is wrong by themselves, for a form that is not a draft yet because of another field. */
export const judgedTerms = (
  terms: ReadTerms,
  { offered, now, timeZone }: { offered: readonly OfferedService[]; now: Instant; timeZone: string },
): FieldFault[] =>
  faultsOf(
    judgeDraft({ terms, now, timeZone, takes: (service) => offered.find((one) => one.service === service)?.actions }),
    terms.rights,
  )

/** Beside which field a problem of the draft is said. */
export function faultsOf(problems: readonly FoundProblem[], rights: readonly Right[]): FieldFault[] {
  const all = problems.map(({ problem, row }): FieldFault => {
    const service = row === undefined ? undefined : rights[row]?.service
    return { field: fieldOfProblem[problem] ?? 'rights', fault: problem, ...(service ? { service } : {}) }
  })
  // One line of the table has several rights, with which the same is wrong.
  return all.filter(
    (one, index) => all.findIndex((other) => other.fault === one.fault && other.service === one.service) === index,
  )
}
