/**
 * Suspensions of providers: what one is, what it means for a service and a level at an instant, and what a new or a
 * changed one must be like. Pure. `stateFor` is the one place that reads the state of a provider, `levelLeft` the one
 * that says what a suspension leaves of a sign-in that happened. Writing them down is `state-changes.ts`.
 */
import type { Actor } from '../audit/facts.ts'
import { atLeast, highestOf, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { ProviderId, ServiceId, SuspensionId } from '../kernel/ids.ts'
import { languages, type Translated } from '../kernel/languages.ts'
import { oneLineProblem } from './fields.ts'
import type { Provider } from './partners.ts'

export const suspensionCategories = ['maintenance', 'security', 'other'] as const
export type SuspensionCategory = (typeof suspensionCategories)[number]

export interface Suspension {
  id: SuspensionId
  provider: ProviderId
  services: 'all' | readonly ServiceId[]
  /** Sign-ins above this level are refused; undefined: all. */
  above?: Level
  category: SuspensionCategory
  /** What the public is told. */
  reason: Translated
  /** Who made it. The one of a partners file is the file's own to change and to lift. */
  author: Actor | { kind: 'file' }
  /** May lie ahead: planned. */
  since: Instant
  /** Over from this instant on, by itself (R007). */
  until?: Instant
  /** When it was written down, or changed last. */
  changedAt: Instant
  /** What happens to sessions that came through the provider. */
  sessions: SessionsThrough
}

/** Kept as they are, or ended when their authentication at the provider is at or after this instant. */
export type SessionsThrough = 'kept' | { closedSince: Instant }

/** A suspension as its last change left it. */
export interface SuspensionRecord {
  suspension: Suspension
  /** When it was over, or will be: by itself or lifted, whichever came first. */
  end?: Instant
}

/** What a provider is told to be. What is observed of it is `availability.ts`. */
export interface ProviderState {
  kind: 'active' | 'hidden'
  /** Grows by one with each change: who changes something says which state they saw. */
  number: number
  /** In force, planned, or over and not cleared away yet: ask `stateFor`. */
  suspensions: readonly Suspension[]
}

export const activeState: ProviderState = { kind: 'active', number: 0, suspensions: [] }

export type StateNow = { kind: 'active' } | { kind: 'hidden' } | { kind: 'suspended'; suspension: Suspension }

/** What somebody wants of a provider. Without a service or a level: of it as a whole. */
export interface Asked {
  service?: ServiceId
  /** The weakest that does. */
  level?: Level
}

/**
 * The state at an instant, for a service and a level. A suspension of some services or of upper levels alone is no
 * suspension of the provider as a whole. Of several, the widest speaks, then the oldest.
 */
export function stateFor({ state }: Pick<Provider, 'state'>, asked: Asked, now: Instant): StateNow {
  if (state.suspensions.length === 0) return { kind: state.kind }
  const concerned = state.suspensions.filter((one) => isInForce(one, now) && concerns(one, asked))
  const [suspension] = concerned.sort((a, b) => width(b) - width(a) || a.since - b.since || (a.id < b.id ? -1 : 1))
  return suspension ? { kind: 'suspended', suspension } : { kind: state.kind }
}

function concerns({ services, above }: Suspension, { service, level }: Asked): boolean {
  const isForService = services === 'all' || (service !== undefined && services.includes(service))
  return isForService && (above === undefined || (level !== undefined && isAbove(level, above)))
}

const width = ({ services, above }: Suspension) => (services === 'all' ? 2 : 0) + (above === undefined ? 1 : 0)

const isAbove = (level: Level, limit: Level) => level !== limit && atLeast(level, limit)

export function isInForce({ since, until }: Suspension, now: Instant): boolean {
  return since <= now && (until === undefined || now < until)
}

export function isOver({ until }: Suspension, now: Instant): boolean {
  return until !== undefined && until <= now
}

/** In force or planned, in the order in which they begin. */
export function standingSuspensions({ state }: Pick<Provider, 'state'>, now: Instant): Suspension[] {
  return state.suspensions.filter((one) => !isOver(one, now)).sort((a, b) => a.since - b.since)
}

/**
 * What the suspensions in force leave of a sign-in by this provider for a service: its level, the one above which
 * sign-ins are refused, or nothing. Who authenticated before the suspension began, and before the instant since which
 * sessions are closed, is not concerned.
 */
export function levelLeft(
  { state }: Pick<Provider, 'state'>,
  signIn: { level: Level; service: ServiceId; authTime: Instant },
  now: Instant,
): Level | undefined {
  let left: Level | undefined = signIn.level
  for (const suspension of state.suspensions) {
    if (!left || !isInForce(suspension, now) || signIn.authTime < trustedBefore(suspension)) continue
    const { services, above } = suspension
    if (services === 'all' || services.includes(signIn.service)) left = above && lowerOf(left, above)
  }
  return left
}

/** Authentications before this instant go on being believed. */
function trustedBefore({ since, sessions }: Suspension): Instant {
  return sessions === 'kept' ? since : Math.min(since, sessions.closedSince)
}

/** Does the suspension end this session, once it is in force? Where it concerns some services only: close it for these. */
export function closesSession({ sessions, above }: Suspension, session: { level: Level; authTime: Instant }): boolean {
  if (sessions === 'kept' || session.authTime < sessions.closedSince) return false
  return above === undefined || isAbove(session.level, above)
}

/**
 * May this author not touch it? The staff of a partner take their provider off and bring it back, except where the
 * operators hold it: for security, for some services only, of which a provider hears nothing, or in a partners file.
 */
export function isReserved({ author, category, services }: Suspension, actor: Actor): boolean {
  if (actor.kind !== 'staff' || author.kind === 'staff') return false
  return category === 'security' || services !== 'all' || author.kind === 'file'
}

// --- A new one, and a change ---------------------------------------------------------------------------------------

export interface NewSuspension {
  services: Suspension['services']
  above?: Level
  category: SuspensionCategory
  reason: Translated
  /** Now when absent. */
  since?: Instant
  until?: Instant
  sessions: SessionsThrough
}

/** What is absent stays; null takes away. */
export interface SuspensionChanges {
  services?: Suspension['services']
  above?: Level | null
  category?: SuspensionCategory
  reason?: Partial<Translated>
  since?: Instant
  until?: Instant | null
  sessions?: SessionsThrough
}

/** A field that is refused: `reason.fr`, `until`; and why, a closed word that pages say in the person's language. */
export interface SuspensionFault {
  field: string
  problem: SuspensionProblem
}

/** Each as the end of a sentence that begins with the field. */
export const suspensionProblems = {
  missing: 'is missing',
  not_known: 'is not one of those that there are',
  too_long: 'must have at most 300 characters',
  not_one_line: 'must be a text of one line, without spaces around it',
  no_service: 'must be all, or at least one service',
  service_unknown: 'names a service that does not exist',
  service_twice: 'names a service twice',
  level_not_its_own: 'must be one of the levels of the provider',
  nothing_above: 'is the highest level of the provider: nothing is above it',
  not_an_instant: 'must be a date and time',
  too_far_past: 'must not be more than a day ago',
  too_far_ahead: 'must not be more than a year ahead',
  already_begun: 'cannot be moved: the suspension has begun',
  before_start: 'must be later than the start',
  already_over: 'must not be in the past',
  after_start: 'must not be later than the start of the suspension',
} as const
export type SuspensionProblem = keyof typeof suspensionProblems

export const reasonLimit = 300

/** How far back a suspension may be dated that is written down afterwards, and how far ahead it may be planned. */
const latestEntry = day
const earliestPlan = 366 * day

type Draft = Omit<Suspension, 'id' | 'provider' | 'author' | 'changedAt'>

export interface DraftContext {
  provider: Pick<Provider, 'allowedLevels'>
  services: { has(id: ServiceId): boolean }
  now: Instant
  /** The suspension that is changed. */
  before?: Suspension
}

/** What is wrong with it, field by field; nothing when it may be written down. */
export function faultsOf(draft: Draft, context: DraftContext): SuspensionFault[] {
  return rules.flatMap((rule) => rule(draft, context))
}

/** A suspension with changes applied, not judged yet. */
export function changed(before: Suspension, changes: SuspensionChanges): Suspension {
  const { above, until, reason, ...rest } = changes
  const { above: oldAbove, until: oldUntil, ...kept } = before
  const aboveNow = above === undefined ? oldAbove : above
  const untilNow = until === undefined ? oldUntil : until
  return {
    ...kept,
    ...rest,
    reason: { ...before.reason, ...reason },
    ...(aboveNow ? { above: aboveNow } : {}),
    ...(untilNow === undefined || untilNow === null ? {} : { until: untilNow }),
  }
}

const at = (field: string, problem: SuspensionProblem | undefined): SuspensionFault[] =>
  problem ? [{ field, problem }] : []

const rules: readonly ((draft: Draft, context: DraftContext) => SuspensionFault[])[] = [
  ({ services }, { services: known }) => at('services', servicesProblem(services, known)),
  ({ above }, { provider: { allowedLevels } }) => {
    if (above === undefined) return []
    if (!allowedLevels.includes(above)) return at('above', 'level_not_its_own')
    return at('above', above === highestOf(allowedLevels) ? 'nothing_above' : undefined)
  },
  ({ category }) => at('category', suspensionCategories.includes(category) ? undefined : 'not_known'),
  ({ reason }) => languages.flatMap((language) => at(`reason.${language}`, reasonProblem(reason[language]))),
  ({ since }, { now, before }) => at('since', startProblem(since, now, before)),
  ({ since, until }, { now, before }) => at('until', endProblem({ since, until, now, before })),
  ({ since, sessions }) => {
    if (sessions === 'kept') return []
    if (!isInstant(sessions.closedSince)) return at('sessions', 'not_an_instant')
    return at('sessions', sessions.closedSince > since ? 'after_start' : undefined)
  },
]

function servicesProblem(services: Draft['services'], known: DraftContext['services']): SuspensionProblem | undefined {
  if (services === 'all') return undefined
  if (services.length === 0) return 'no_service'
  if (new Set(services).size !== services.length) return 'service_twice'
  return services.every((id) => known.has(id)) ? undefined : 'service_unknown'
}

function reasonProblem(text: string | undefined): SuspensionProblem | undefined {
  if (text === undefined || text.trim() === '') return 'missing'
  if (text.length > reasonLimit) return 'too_long'
  return oneLineProblem(text) ? 'not_one_line' : undefined
}

function startProblem(since: Instant, now: Instant, before: Suspension | undefined): SuspensionProblem | undefined {
  if (!isInstant(since)) return 'not_an_instant'
  if (since === before?.since) return undefined
  if (before && before.since <= now) return 'already_begun'
  if (since < now - latestEntry) return 'too_far_past'
  return since > now + earliestPlan ? 'too_far_ahead' : undefined
}

function endProblem(given: {
  since: Instant
  until: Instant | undefined
  now: Instant
  before: Suspension | undefined
}): SuspensionProblem | undefined {
  const { since, until, now, before } = given
  if (until === undefined || (before && until === before.until && since === before.since)) return undefined
  if (!isInstant(until)) return 'not_an_instant'
  if (until <= since) return 'before_start'
  return until <= now ? 'already_over' : undefined
}

/** What a `Date` can hold. */
const isInstant = (value: Instant) => Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15
