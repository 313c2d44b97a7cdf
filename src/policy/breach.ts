/**
 * Breaches of personal data: who has to hear of one and until when, what has to be told, and which step may follow
 * which. "Not later than 72 hours after having become aware of it" (GDPR, art. 33(1)) are 72 hours that pass, whatever
 * clocks on the wall do meanwhile: nights, holidays and weekends count, and the rule of Regulation 1182/71 that a period
 * has two working days, which could only lengthen it, is not used. Pure: instants go in, instants come out.
 */
import { type Instant, toDate } from '../kernel/clock.ts'
import { hour, minute } from '../kernel/durations.ts'
import type { Language, Translated } from '../kernel/languages.ts'
import { writeWallClock } from './calendar.ts'

// ── Authorities ─────────────────────────────────────────────────────────────────────────────────────────────────────

export type AuthorityId = string

export interface Authority {
  id: AuthorityId
  /** Two letters of a country. */
  jurisdiction: string
  /** It protects data of people, or the security of the systems of its country. */
  duty: 'data' | 'security'
  name: Translated
  /** In which a notification to it is written unless another one is asked for. */
  language: Language
  /** In which its deadlines are told. */
  timeZone: string
  /** From becoming aware to the first notification; absent: at once, without a number. */
  hours?: number
  /** `law`: a text names the deadline. `own`: the hub keeps one although none does. */
  basis: 'law' | 'own'
}

/** GDPR, art. 33(1). */
export const notificationHours = 72

/**
 * Those whose rules this project has read. Law 09-08 obliges nobody to notify within a time: the hub keeps the hours of
 * the GDPR towards the CNDP as its own rule. Law 05-20 has incidents declared as soon as they are known.
 */
export const knownAuthorities: readonly Authority[] = [
  {
    id: 'cnil',
    jurisdiction: 'FR',
    duty: 'data',
    name: {
      fr: 'Commission nationale de l’informatique et des libertés (CNIL)',
      en: 'Commission nationale de l’informatique et des libertés (CNIL)',
      ar: 'اللجنة الوطنية الفرنسية للمعلوميات والحريات (CNIL)',
    },
    language: 'fr',
    timeZone: 'Europe/Paris',
    hours: notificationHours,
    basis: 'law',
  },
  {
    id: 'cndp',
    jurisdiction: 'MA',
    duty: 'data',
    name: {
      fr: 'Commission nationale de contrôle de la protection des données à caractère personnel (CNDP)',
      en: 'National Commission for the Control of Personal Data Protection (CNDP)',
      ar: 'اللجنة الوطنية لمراقبة حماية المعطيات ذات الطابع الشخصي (CNDP)',
    },
    language: 'fr',
    timeZone: 'Africa/Casablanca',
    hours: notificationHours,
    basis: 'own',
  },
  {
    id: 'dgssi',
    jurisdiction: 'MA',
    duty: 'security',
    name: {
      fr: 'Direction générale de la sécurité des systèmes d’information (DGSSI, maCERT)',
      en: 'General Directorate of Information Systems Security (DGSSI, maCERT)',
      ar: 'المديرية العامة لأمن نظم المعلومات (DGSSI، maCERT)',
    },
    language: 'fr',
    timeZone: 'Africa/Casablanca',
    basis: 'law',
  },
]

/** Which of them hear of a breach under these rules, those that protect data first. */
export function authoritiesOf(jurisdictions: readonly string[], all: readonly Authority[]): AuthorityId[] {
  const concerned = all.filter(({ jurisdiction }) => jurisdictions.includes(jurisdiction))
  return [...concerned.filter(({ duty }) => duty === 'data'), ...concerned.filter(({ duty }) => duty !== 'data')].map(
    ({ id }) => id,
  )
}

// ── Deadlines ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** By when it has to be told first. Where no number of hours is set that is at once. */
export function deadlineOf(awareAt: Instant, { hours = 0 }: Pick<Authority, 'hours'>): Instant {
  return awareAt + hours * hour
}

/**
 * The minute in which an instant falls, as clocks of a zone show it, with its distance from UTC: of the hour that comes
 * twice in October each is named. `2026-10-25T02:30+02:00`
 */
export function localMinute(at: Instant, timeZone: string): string {
  const wall = writeWallClock(at, timeZone)
  const offset = Math.round((Date.parse(`${wall}:00Z`) - Math.floor(at / minute) * minute) / minute)
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  return `${wall}${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
}

/** Whole minutes to a deadline, or since it passed; the last minute before it is one minute, not none. */
export function distanceTo(
  deadline: Instant,
  now: Instant,
): { isPassed: boolean; days: number; hours: number; minutes: number } {
  const isPassed = now > deadline
  const whole = isPassed ? Math.floor((now - deadline) / minute) : Math.ceil((deadline - now) / minute)
  return {
    isPassed,
    days: Math.floor(whole / 1_440),
    hours: Math.floor((whole % 1_440) / 60),
    minutes: whole % 60,
  }
}

/** Hours before the deadline at which those who answer for it are told; zero: when it has passed. */
export const reminderHours = [48, 24, 6, 0] as const
export type ReminderHours = (typeof reminderHours)[number]

/**
 * The most urgent reminder whose time has come and that was not given, nor a more urgent one. Whoever was away for a day
 * hears the last word, not all of them.
 */
export function reminderDue(dueAt: Instant, now: Instant, given: ReminderHours | undefined): ReminderHours | undefined {
  const reached = reminderHours.filter((hours) => (hours === 0 ? now > dueAt : now >= dueAt - hours * hour)).at(-1)
  return reached !== undefined && (given === undefined || reached < given) ? reached : undefined
}

/** What the register knows of who was told. */
export interface Told {
  authority: AuthorityId
  at: Instant
}

export interface AuthorityStanding {
  authority: Authority
  dueAt: Instant
  /** The first time that it was told. */
  firstAt?: Instant
  /** It was told after the deadline, or was not told and the deadline has passed. */
  isLate: boolean
}

export function standingOf(
  breach: { awareAt: Instant; authorities: readonly AuthorityId[]; phases: readonly Told[] },
  all: readonly Authority[],
  now: Instant,
): AuthorityStanding[] {
  return breach.authorities.flatMap((id) => {
    const authority = all.find((one) => one.id === id)
    if (!authority) return []
    const dueAt = deadlineOf(breach.awareAt, authority)
    const times = breach.phases.filter((one) => one.authority === id).map(({ at }) => at)
    const firstAt = times.length > 0 ? Math.min(...times) : undefined
    // What is due at once has no hour at which it becomes late: whoever assesses says why it took its time.
    const isLate = authority.hours !== undefined && isAfterMinute(firstAt ?? now, dueAt)
    return [{ authority, dueAt, ...(firstAt === undefined ? {} : { firstAt }), isLate }]
  })
}

/** A form names minutes: what was sent in the very minute of the deadline was in time. */
const isAfterMinute = (at: Instant, deadline: Instant) => Math.floor(at / minute) > Math.floor(deadline / minute)

/** Would a notification at this moment be late, so that it needs reasons ("accompanied by reasons for the delay")? */
export function needsLateReason(awareAt: Instant, authority: Authority, at: Instant, isFirst: boolean): boolean {
  return isFirst && authority.hours !== undefined && isAfterMinute(at, deadlineOf(awareAt, authority))
}

/** The next deadline that nobody has met; none once it was decided that nothing is due, or all were told. */
export function dueOf(
  breach: {
    state: BreachState
    decision?: Decision | undefined
    awareAt: Instant
    authorities: readonly AuthorityId[]
    phases: readonly Told[]
  },
  all: readonly Authority[],
): Instant | undefined {
  if (breach.state === 'closed' || breach.decision === 'not_needed') return undefined
  const open = standingOf(breach, all, breach.awareAt).filter(
    ({ authority, firstAt }) => firstAt === undefined && authority.hours !== undefined,
  )
  return open.length > 0 ? Math.min(...open.map(({ dueAt }) => dueAt)) : undefined
}

// ── What has to be told ─────────────────────────────────────────────────────────────────────────────────────────────

export const natures = ['confidentiality', 'integrity', 'availability'] as const
export type Nature = (typeof natures)[number]
export const peopleKinds = ['citizens', 'professionals', 'minors', 'staff'] as const
export type PeopleKind = (typeof peopleKinds)[number]
export const dataKinds = [
  ...(['identity', 'contacts', 'connections', 'credentials', 'professional', 'documents', 'special'] as const),
]
export type DataKind = (typeof dataKinds)[number]

/** What is known of a breach. All of it may be missing at first: "in phases without undue further delay" (33(4)). */
export interface Description {
  happenedFrom?: Instant
  happenedUntil?: Instant
  natures: readonly Nature[]
  /** What happened. */
  what: string
  peopleKinds: readonly PeopleKind[]
  /** About how many. */
  people?: number
  dataKinds: readonly DataKind[]
  records?: number
  consequences: string
  measures: string
}

export const blankDescription: Description = {
  ...{ natures: [], what: '', peopleKinds: [], dataKinds: [], consequences: '', measures: '' },
}

/** What art. 33(3) asks, point by point. */
export const askedItems = [
  ...(['natures', 'what', 'happened', 'people_kinds', 'people', 'data_kinds', 'records'] as const), // (a)
  'contact', // (b)
  'consequences', // (c)
  'measures', // (d)
] as const
export type AskedItem = (typeof askedItems)[number]

/** What a notification written now would leave open. */
export function missingItems(description: Description, contact: string | undefined): AskedItem[] {
  const has: Record<AskedItem, boolean> = {
    natures: description.natures.length > 0,
    what: description.what !== '',
    happened: description.happenedFrom !== undefined,
    people_kinds: description.peopleKinds.length > 0,
    people: description.people !== undefined,
    data_kinds: description.dataKinds.length > 0,
    records: description.records !== undefined,
    contact: contact !== undefined && contact !== '',
    consequences: description.consequences !== '',
    measures: description.measures !== '',
  }
  return askedItems.filter((item) => !has[item])
}

export const descriptionProblems = ['from_future', 'from_after_aware', 'until_before_from', 'aware_future'] as const
export type DescriptionProblem = (typeof descriptionProblems)[number]

export function descriptionFaults(
  { happenedFrom, happenedUntil }: Pick<Description, 'happenedFrom' | 'happenedUntil'>,
  awareAt: Instant,
  now: Instant,
): DescriptionProblem[] {
  const checks: [DescriptionProblem, boolean][] = [
    ['aware_future', awareAt > now],
    ['from_future', happenedFrom !== undefined && happenedFrom > now],
    ['from_after_aware', happenedFrom !== undefined && happenedFrom <= now && happenedFrom > awareAt],
    ['until_before_from', happenedUntil !== undefined && (happenedFrom === undefined || happenedUntil < happenedFrom)],
  ]
  return checks.filter(([, applies]) => applies).map(([problem]) => problem)
}

// ── The assessment ──────────────────────────────────────────────────────────────────────────────────────────────────

export const risks = ['unlikely', 'risk', 'high'] as const
export type Risk = (typeof risks)[number]
export const decisions = ['notify', 'not_needed'] as const
export type Decision = (typeof decisions)[number]
/** Whether those concerned are told (art. 34), and if they are not, why: no high risk, or an exception of 34(3). */
export const tellings = ['tell', 'no_high_risk', 'unintelligible', 'risk_gone', 'disproportionate'] as const
export type Telling = (typeof tellings)[number]

export interface Assessment {
  decision: Decision
  risk: Risk
  reason: string
  telling: Telling
  /** Why it is so, where people are not told although the risk is high. */
  tellingReason: string
}

export const assessmentProblems = [
  'reason_missing',
  'risk_needs_notice',
  'no_risk_no_notice',
  'high_needs_telling',
  'exception_without_high',
  'telling_reason_missing',
] as const
export type AssessmentProblem = (typeof assessmentProblems)[number]

/**
 * Art. 33(1): notified "unless the breach is unlikely to result in a risk". Art. 34(1): those concerned are told where the
 * risk is likely to be high, with the exceptions of 34(3).
 */
export function assessmentFaults({ decision, risk, reason, telling, tellingReason }: Assessment): AssessmentProblem[] {
  const isException = telling !== 'tell' && telling !== 'no_high_risk'
  const checks: [AssessmentProblem, boolean][] = [
    ['reason_missing', reason === ''],
    ['risk_needs_notice', risk !== 'unlikely' && decision === 'not_needed'],
    ['no_risk_no_notice', risk === 'unlikely' && decision === 'notify'],
    ['high_needs_telling', risk === 'high' && telling === 'no_high_risk'],
    ['exception_without_high', risk !== 'high' && isException],
    ['telling_reason_missing', risk === 'high' && isException && tellingReason === ''],
  ]
  return checks.filter(([, applies]) => applies).map(([problem]) => problem)
}

// ── Steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export const breachStates = ['open', 'assessed', 'notified', 'closed'] as const
export type BreachState = (typeof breachStates)[number]
export const breachSteps = ['describe', 'assess', 'notify', 'tell', 'close', 'reopen'] as const
export type BreachStep = (typeof breachSteps)[number]
/** `documented`: nothing had to be notified, and art. 33(5) has it kept. `finished`: all that was due is done. */
export const closings = ['documented', 'finished', 'not_a_breach', 'duplicate'] as const
export type Closing = (typeof closings)[number]

export const stepRefusals = [
  'closed',
  'not_closed',
  'not_assessed',
  'not_to_notify',
  'already_notified',
  'not_told_all',
  'people_not_told',
  'notice_due',
] as const
export type StepRefusal = (typeof stepRefusals)[number]

export interface StepFacts {
  decision?: Decision | undefined
  telling?: Telling | undefined
  /** How many notifications were sent. */
  phases: number
  /** Authorities that were never told. */
  untold: number
  peopleTold: boolean
}

export type StepAnswer = { allowed: true; to: BreachState } | { allowed: false; reason: StepRefusal }

/** `decision` of an assessment is the new one; `closing` is given where a step closes. */
export function decideBreachStep(
  state: BreachState,
  step: BreachStep,
  facts: StepFacts,
  closing?: Closing,
): StepAnswer {
  const no = (reason: StepRefusal): StepAnswer => ({ allowed: false, reason })
  const yes = (to: BreachState): StepAnswer => ({ allowed: true, to })
  if (step === 'reopen') return state === 'closed' ? yes(reopenedAs(facts)) : no('not_closed')
  if (state === 'closed') return no('closed')
  switch (step) {
    case 'describe':
    case 'tell':
      return yes(state)
    case 'assess':
      // What an authority was told is put right by telling it, not by a new decision.
      if (facts.phases > 0 && facts.decision === 'not_needed') return no('already_notified')
      return yes(facts.phases > 0 ? 'notified' : 'assessed')
    case 'notify':
      if (facts.decision === undefined) return no('not_assessed')
      return facts.decision === 'notify' ? yes('notified') : no('not_to_notify')
    case 'close':
      return closeAnswer(facts, closing)
  }
}

function closeAnswer({ decision, telling, untold, peopleTold }: StepFacts, closing: Closing | undefined): StepAnswer {
  const refused = (reason: StepRefusal): StepAnswer => ({ allowed: false, reason })
  if (closing === 'not_a_breach' || closing === 'duplicate') return { allowed: true, to: 'closed' }
  if (decision === undefined) return refused('not_assessed')
  if (closing === 'documented' && decision === 'notify') return refused('notice_due')
  if (closing === 'finished' && decision === 'not_needed') return refused('not_to_notify')
  if (decision === 'notify' && untold > 0) return refused('not_told_all')
  if (telling === 'tell' && !peopleTold) return refused('people_not_told')
  return { allowed: true, to: 'closed' }
}

const reopenedAs = ({ decision, phases }: StepFacts): BreachState =>
  phases > 0 ? 'notified' : decision === undefined ? 'open' : 'assessed'

/** An instant as files for authorities have it, in UTC. */
export const writtenInUtc = (at: Instant): string => toDate(at).toISOString()
