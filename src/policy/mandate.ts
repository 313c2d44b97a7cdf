/**
 * Mandates: the right of somebody to act for an organisation. Which step leads where and who may cause it, what can be
 * drawn up, whose signature counts, what of a scope is left when several limits meet, and whether somebody may do this
 * here and now. Pure. Who represents an organisation is known to `directory/`, who works in a firm to `mandates/`.
 *
 * A mandate has two sides. The *principal* gives: an organisation, through somebody who represents it by law; of a
 * delegation, whoever holds the mandate that it is drawn from. The *mandatary* holds: a firm, or a person.
 */
import { atLeast, compareLevels, higherOf, type Level, lowestOf } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { MandateId, MembershipId, OrganisationId, RepresentationId, ServiceId } from '../kernel/ids.ts'
import { addYears } from './calendar.ts'

// --- Words ---------------------------------------------------------------------------------------------------------

/**
 * What is done at a service. `manage_mandates` is an action like the others: to say, at that service, who uses it for the
 * organisation. It signs nothing here.
 */
export const actions = ['read', 'prepare', 'submit', 'pay', 'manage_mandates'] as const
export type Action = (typeof actions)[number]

/** A row of a scope: one for each service and action. */
export interface Right {
  service: ServiceId
  action: Action
  /** Exclusive. Without one: as long as what it is a right of. */
  until?: Instant
  /** Of the session that uses it. */
  minimumLevel: Level
}

export const sides = ['principal', 'mandatary'] as const
export type Side = (typeof sides)[number]

export const mandateStates = ['draft', 'proposed', 'active', 'suspended', 'ended'] as const
export type MandateState = (typeof mandateStates)[number]

export const endReasons = [
  'refused',
  'unanswered',
  'withdrawn',
  'revoked',
  'renounced',
  'term',
  'authority_lost',
  'fraud',
  'superseded',
] as const
export type EndReason = (typeof endReasons)[number]

/** Why the other side does not accept, where it says so. */
export const refusedBecause = ['rights', 'dates', 'not_expected', 'other'] as const
export type RefusedBecause = (typeof refusedBecause)[number]

/** `to_confirm`: who signed for the principal does not represent it any more. The first one that holds is the one told. */
export const suspensionReasons = ['operator', 'to_confirm', 'principal'] as const
export type SuspensionReason = (typeof suspensionReasons)[number]

/** As what somebody acts for an organisation. */
export type Capacity =
  | { as: 'representative'; representation: RepresentationId }
  | { as: 'mandatary'; mandate: MandateId }
  | { as: 'employee'; mandate: MandateId; firm: OrganisationId; membership: MembershipId }

/** What is kept with a login or a token, and looked at again at each use. */
export interface ActingRef {
  organisation: OrganisationId
  capacity: Capacity
}

export interface Acting extends ActingRef {
  /** At that service and that level, with all limits met; not empty. */
  rights: Right[]
  /** Those that a stronger sign-in would open, each with the level that it takes. */
  above: Right[]
  /** The latest of their ends: after it nothing is left. Without one: as long as somebody represents the organisation. */
  until?: Instant
}

// --- Lengths of time -----------------------------------------------------------------------------------------------

export const defaultYears = 1
export const mostYears = 5
/** A mandate that nobody answers is over. */
export const answerTime = 21 * day
/** For another representative to confirm what one signed who represents the principal no more. */
export const confirmTime = 30 * day
/** Days before the end at which both sides are told. */
export const warningDays = [30, 7] as const
/** A beginning that lies further ahead is a plan, not a mandate. */
export const furthestBeginning = 366 * day
/** Rows of one scope: a table that nobody reads before signing protects nobody. */
export const mostRights = 200

/** By when the other side answers: 21 days, and never after the end itself. */
export const answerBy = (proposedAt: Instant, until: Instant): Instant => Math.min(proposedAt + answerTime, until)

// --- States --------------------------------------------------------------------------------------------------------

/** Who or what causes a step. `register`: what a register of organisations, or the erasure of somebody, brings about. */
export type Cause = Side | 'operator' | 'clock' | 'register'

export const mandateSteps = [
  'propose',
  'sign',
  'refuse',
  'withdraw',
  'lapse',
  'suspend',
  'resume',
  'doubt',
  'confirm',
  'revoke',
  'renounce',
  'end_term',
  'lose_authority',
  'condemn',
  'supersede',
] as const
export type MandateStep = (typeof mandateSteps)[number]

export interface MandateEvent {
  step: MandateStep
  by: Cause
}

/** What a step is judged by and changes. */
export interface Standing {
  state: MandateState
  drawnUpBy: Side
  /** Sides that have signed. */
  signed: readonly Side[]
  /** Each reason at most once; not empty exactly while suspended. */
  suspensions: readonly SuspensionReason[]
  endedFor?: EndReason
}

export const stepRefusals = {
  wrong_state: { says: 'The mandate is not where this step begins.' },
  not_yours: { says: 'The step is for the other side, or for nobody who asks.' },
  already_signed: { says: 'This side has signed.' },
  already_so: { says: 'It is suspended for this reason, or is not.' },
} as const
export type StepRefusal = keyof typeof stepRefusals

interface StepRule {
  by: readonly Cause[]
  from: readonly MandateState[]
  ends?: EndReason
}

const running = ['active', 'suspended'] as const

/** `sign`, `suspend`, `resume`, `doubt` and `confirm` lead where `transition` says; the others where the table does. */
const stepRules: Record<MandateStep, StepRule> = {
  propose: { by: sides, from: ['draft'] },
  sign: { by: sides, from: ['draft', 'proposed'] },
  refuse: { by: sides, from: ['proposed'], ends: 'refused' },
  withdraw: { by: sides, from: ['draft', 'proposed'], ends: 'withdrawn' },
  lapse: { by: ['clock'], from: ['proposed'], ends: 'unanswered' },
  suspend: { by: ['principal', 'operator'], from: running },
  resume: { by: ['principal', 'operator'], from: ['suspended'] },
  doubt: { by: ['register'], from: running },
  /** By another representative, or by the register that names the same one again. */
  confirm: { by: ['principal', 'register'], from: ['suspended'] },
  revoke: { by: ['principal'], from: running, ends: 'revoked' },
  renounce: { by: ['mandatary', 'register'], from: running, ends: 'renounced' },
  end_term: { by: ['clock'], from: running, ends: 'term' },
  lose_authority: { by: ['clock', 'register'], from: ['proposed', ...running], ends: 'authority_lost' },
  condemn: { by: ['operator'], from: ['draft', 'proposed', ...running], ends: 'fraud' },
  supersede: { by: [...sides, 'clock'], from: running, ends: 'superseded' },
}

/** Steps of the side that drew the mandate up, and of the other one. */
const drawersSteps: ReadonlySet<MandateStep> = new Set(['propose', 'withdraw'])
const othersSteps: ReadonlySet<MandateStep> = new Set(['refuse'])

export type Transition = { ok: true; standing: Standing } | { ok: false; reason: StepRefusal }

/** Where a step leads. Nothing leaves `ended`. */
export function transition(standing: Standing, { step, by }: MandateEvent): Transition {
  const rule = stepRules[step]
  const { state, drawnUpBy, signed, suspensions } = standing
  const refused = (reason: StepRefusal): Transition => ({ ok: false, reason })
  if (!rule.by.includes(by)) return refused('not_yours')
  if (drawersSteps.has(step) && by !== drawnUpBy) return refused('not_yours')
  if (othersSteps.has(step) && by === drawnUpBy) return refused('not_yours')
  // A draft is its author's own: the other side does not know of it.
  if (step === 'sign' && state === 'draft' && by !== drawnUpBy) return refused('not_yours')
  if (!rule.from.includes(state)) return refused('wrong_state')
  const to = (changes: Partial<Standing>): Transition => ({ ok: true, standing: { ...standing, ...changes } })
  if (rule.ends) return to({ state: 'ended', suspensions: [], endedFor: rule.ends })
  if (step === 'propose') return to({ state: 'proposed' })
  if (step === 'sign') {
    const side = by as Side
    if (signed.includes(side)) return refused('already_signed')
    const all = sides.filter((one) => one === side || signed.includes(one))
    return to({ state: all.length === sides.length ? 'active' : 'proposed', signed: all })
  }
  const reason = suspensionOf(step, by)
  const has = suspensions.includes(reason)
  if (step === 'suspend' || step === 'doubt') {
    if (has) return refused('already_so')
    return to({ state: 'suspended', suspensions: inOrder([...suspensions, reason]) })
  }
  if (!has) return refused('already_so')
  const left = suspensions.filter((one) => one !== reason)
  return to({ state: left.length > 0 ? 'suspended' : 'active', suspensions: left })
}

/** Whoever suspended resumes; what is to be confirmed is confirmed. */
function suspensionOf(step: MandateStep, by: Cause): SuspensionReason {
  if (step === 'doubt' || step === 'confirm') return 'to_confirm'
  return by === 'operator' ? 'operator' : 'principal'
}

const inOrder = (reasons: readonly SuspensionReason[]) => suspensionReasons.filter((one) => reasons.includes(one))

// --- Scopes --------------------------------------------------------------------------------------------------------

const endOf = ({ until }: Pick<Right, 'until'>): Instant => until ?? Number.POSITIVE_INFINITY
const sameRow = (a: Right, b: Right): boolean => a.service === b.service && a.action === b.action
const endingAt = (right: Right, end: Instant): Right => {
  const { until: _until, ...row } = right
  return Number.isFinite(end) ? { ...row, until: end } : row
}

/** Is each right of `inner` one of `outer`, not longer and at no lower a level? */
export function narrows(inner: readonly Right[], outer: readonly Right[]): boolean {
  return inner.every((right) => isWithin(right, outer))
}

function isWithin(right: Right, outer: readonly Right[]): boolean {
  return outer.some(
    (one) => sameRow(one, right) && endOf(right) <= endOf(one) && atLeast(right.minimumLevel, one.minimumLevel),
  )
}

/**
 * What both allow: the rows that both have, each with the earlier end and the higher level. Where one of the two has a row
 * several times, each of them counts.
 */
export function intersect(a: readonly Right[], b: readonly Right[]): Right[] {
  return a.flatMap((right) =>
    b
      .filter((other) => sameRow(other, right))
      .map((other) => {
        const both = { ...right, minimumLevel: higherOf(right.minimumLevel, other.minimumLevel) }
        return endingAt(both, Math.min(endOf(right), endOf(other)))
      }),
  )
}

/** The rights with no end later than this one. */
export function endedBy(rights: readonly Right[], end: Instant): Right[] {
  return rights.map((right) => endingAt(right, Math.min(endOf(right), end)))
}

/** Sorted by service and action, so that the same scope is the same text. */
export function inTableOrder(rights: readonly Right[]): Right[] {
  return [...rights].sort((a, b) =>
    a.service === b.service ? actions.indexOf(a.action) - actions.indexOf(b.action) : a.service < b.service ? -1 : 1,
  )
}

// --- Drawing up ----------------------------------------------------------------------------------------------------

/** What both sides would sign. Instants; the end is exclusive. */
export interface Terms {
  from: Instant
  until: Instant
  rights: readonly Right[]
  delegable: boolean
}

/** What a delegation is drawn from. */
export interface ParentTerms extends Terms {
  state: MandateState
  /** Is it a delegation itself? */
  delegated: boolean
}

export const draftProblems = {
  dates_reversed: { says: 'It ends before it begins.' },
  too_long: { says: 'It lasts longer than five years.' },
  over_already: { says: 'Its end is past.' },
  begins_past: { says: 'It begins before today: nobody has acted under it.' },
  too_far_ahead: { says: 'It begins in more than a year.' },
  scope_empty: { says: 'It gives no right.' },
  scope_long: { says: 'It has more rows than anybody reads.' },
  service_unknown: { says: 'The service is unknown, or takes nobody who acts for an organisation.' },
  action_not_taken: { says: 'The service does not know this action.' },
  right_twice: { says: 'One action at one service stands there twice.' },
  right_ends_outside: { says: 'A right ends before the mandate begins, or after its end.' },
  level_above_own: { says: 'A right asks for a level above the one that the giver proves.' },
  parent_not_active: { says: 'The mandate that it is drawn from is not in force.' },
  second_delegation: { says: 'What was delegated once is not delegated again.' },
  not_delegable: { says: 'The mandate that it is drawn from may not be delegated.' },
  delegation_delegable: { says: 'A delegation cannot be delegated.' },
  delegation_longer: { says: 'It begins before or ends after the mandate that it is drawn from.' },
  wider_than_own: { says: 'It gives more than the giver has.' },
} as const
export type DraftProblem = keyof typeof draftProblems

/** `row`: which of the rights, from 0, where it is about one. */
export interface FoundProblem {
  problem: DraftProblem
  row?: number
}

export interface DraftQuestion {
  terms: Terms
  now: Instant
  /** IANA name: years are counted by its calendar. */
  timeZone: string
  /** What a service takes; undefined for one that is unknown or takes nobody who acts for an organisation. */
  takes: (service: ServiceId) => readonly Action[] | undefined
  parent?: ParentTerms
  /** Of who gives. Undefined while somebody else draws it up: then the signature is judged. */
  giverLevel?: Level
}

/** One year, by the calendar of the zone. */
export const defaultEnd = (from: Instant, timeZone: string): Instant => addYears(from, defaultYears, timeZone)

/** All that stands in the way, nothing when it can be proposed. */
export function judgeDraft({ terms, now, timeZone, takes, parent, giverLevel }: DraftQuestion): FoundProblem[] {
  const { from, until, rights, delegable } = terms
  const whole: [DraftProblem, boolean][] = [
    ['dates_reversed', !(from < until)],
    ['too_long', until > addYears(from, mostYears, timeZone)],
    ['over_already', until > from && until <= now],
    ['begins_past', from < now - day],
    ['too_far_ahead', from > now + furthestBeginning],
    ['scope_empty', rights.length === 0],
    ['scope_long', rights.length > mostRights],
    ['parent_not_active', parent !== undefined && parent.state !== 'active'],
    ['second_delegation', parent?.delegated === true],
    ['not_delegable', parent?.delegable === false],
    ['delegation_delegable', parent !== undefined && delegable],
    ['delegation_longer', parent !== undefined && (until > parent.until || from < parent.from)],
  ]
  const scope = parent && endedBy(parent.rights, parent.until)
  const rows = rights.flatMap((right, row): FoundProblem[] => {
    const taken = takes(right.service)
    const found: [DraftProblem, boolean][] = [
      ['service_unknown', taken === undefined],
      ['action_not_taken', taken !== undefined && !taken.includes(right.action)],
      ['right_twice', rights.findIndex((one) => sameRow(one, right)) < row],
      ['right_ends_outside', right.until !== undefined && (right.until <= from || right.until > until)],
      ['level_above_own', giverLevel !== undefined && !atLeast(giverLevel, right.minimumLevel)],
      ['wider_than_own', scope !== undefined && !endedBy([right], until).every((one) => isWithin(one, scope))],
    ]
    return found.filter(([, applies]) => applies).map(([problem]) => ({ problem, row }))
  })
  return [...whole.filter(([, applies]) => applies).map(([problem]) => ({ problem })), ...rows]
}

// --- Signing -------------------------------------------------------------------------------------------------------

/** The principal signs at the high level (R095); whoever accepts, or delegates what they hold, at the substantial one. */
export const principalLevel: Level = 'eidas3'
export const mandataryLevel: Level = 'eidas2'

export function signingLevel(side: Side, delegated: boolean): Level {
  return side === 'principal' && !delegated ? principalLevel : mandataryLevel
}

export const signatureRefusals = {
  not_representative: { says: 'Who signs does not represent the organisation.', requirement: 'R095' },
  not_alone: { says: 'Who signs represents the organisation only together with somebody else.', requirement: 'R095' },
  not_mandatary: { says: 'Who signs is not whom the mandate names, and may not accept for them.', requirement: 'R097' },
  level_too_low: { says: 'The signature is below the level that this side needs.', requirement: 'R095' },
  level_above_own: { says: 'A right asks for a level above the one that the giver proves.', requirement: 'R095' },
  own_mandatary: {
    says: 'Nobody gives a mandate to themselves: who represents the organisation acts for it without one.',
    requirement: 'R097',
  },
} as const
export type SignatureRefusal = keyof typeof signatureRefusals

export interface SignatureQuestion {
  side: Side
  delegated: boolean
  /** Of the signature, by its key. */
  level: Level
  rights: readonly Right[]
  /** Of who signs for the principal: do they represent it now, and alone? Of a delegation: do they hold its parent? */
  mayGive: 'yes' | 'no' | 'not_alone'
  /** Is it the person whom the mandate names, or does the firm let them accept for it? */
  mayAccept: boolean
  /** Is the mandatary the very person who signs for the principal? */
  toThemselves: boolean
}

/** The first reason why a signature does not count; undefined when it does. */
export function judgeSignature(question: SignatureQuestion): SignatureRefusal | undefined {
  const { side, delegated, level, rights, mayGive, mayAccept, toThemselves } = question
  const giving = side === 'principal'
  const found: [SignatureRefusal, boolean][] = [
    ['not_representative', giving && mayGive === 'no'],
    ['not_alone', giving && mayGive === 'not_alone'],
    ['not_mandatary', !giving && !mayAccept],
    ['own_mandatary', toThemselves],
    ['level_too_low', !atLeast(level, signingLevel(side, delegated))],
    ['level_above_own', giving && rights.some(({ minimumLevel }) => !atLeast(level, minimumLevel))],
  ]
  return found.find(([, applies]) => applies)?.[0]
}

// --- Using ---------------------------------------------------------------------------------------------------------

/** Of whoever represents an organisation and acts for it by themselves: they may do all that the service takes. */
export const representativeLevel: Level = 'eidas2'

/** Of the session in which somebody draws up, proposes, suspends or ends: what concerns an organisation is nobody's first try. */
export const handlingLevel: Level = 'eidas2'

/** Nearest to a yes first: of several mandates, the refusal that helps most is told. */
export const useRefusals = {
  level_too_low: { says: 'The right is there, and takes a stronger sign-in.', requirement: 'R095' },
  action_out_of_scope: { says: 'The mandate does not give this action here.', requirement: 'R097' },
  right_over: { says: 'The right ended before the mandate.', requirement: 'R097' },
  service_out_of_scope: { says: 'The mandate gives nothing at this service.', requirement: 'R097' },
  not_assigned: {
    says: 'The firm has not given this client to this person, or not for this, or they work there no longer.',
    requirement: 'R094',
  },
  not_yet: { says: 'The mandate has not begun.', requirement: 'R097' },
  suspended: { says: 'The mandate is suspended.', requirement: 'R097' },
  to_confirm: {
    says: 'Who signed it represents the organisation no more, and nobody has confirmed it.',
    requirement: 'R098',
  },
  delegation_over: { says: 'The mandate that it is drawn from is not in force.', requirement: 'R097' },
  term: { says: 'The mandate is over.', requirement: 'R097' },
  ended: { says: 'The mandate was ended.', requirement: 'R097' },
  not_representative: { says: 'Whoever acts does not represent the organisation, or no longer.', requirement: 'R098' },
  organisation_closed: { says: 'The organisation is closed.', requirement: 'R098' },
  frozen: { says: 'Whoever acts has frozen their identity.', requirement: 'R097' },
  no_mandate: { says: 'Nothing lets this person act for this organisation.', requirement: 'R092' },
} as const
export type UseRefusal = keyof typeof useRefusals

/** A mandate as a use sees it. */
export interface InForce {
  state: MandateState
  suspensions: readonly SuspensionReason[]
  from: Instant
  until: Instant
  /** At the service in question, or all. */
  rights: readonly Right[]
}

export interface UseQuestion {
  now: Instant
  service: ServiceId
  /** Without one: anything at all. */
  action?: Action
  /** Of the session. */
  level: Level
  mandate: InForce
  /** What the mandate is drawn from, when it is a delegation. */
  parent?: InForce
  /** When the mandatary is a firm: what it gave to this person; nothing to somebody who does not work there. */
  assigned?: readonly Right[]
}

export type UseDecision =
  /** `until`: the latest end of its rights, absent when one of them has none. */
  | { ok: true; rights: Right[]; above: Right[]; until?: Instant }
  /** `needs`: the weakest level that would open it. */
  | { ok: false; reason: UseRefusal; needs?: Level }

/** May it be used? From `from` on, and no longer at `until`, to the millisecond: no job has to have passed. */
export function judgeUse(question: UseQuestion): UseDecision {
  const { now, service, mandate, parent, assigned } = question
  const refused = (reason: UseRefusal): UseDecision => ({ ok: false, reason })
  const stop = standsStill(mandate, now)
  if (stop) return refused(stop)
  if (parent && standsStill(parent, now)) return refused('delegation_over')
  const own = here(mandate, service)
  const given = parent ? intersect(own, here(parent, service)) : own
  if (given.length === 0) return refused('service_out_of_scope')
  const rights = assigned ? intersect(given, assigned) : given
  if (rights.length === 0) return refused('not_assigned')
  return judgeRights({ ...question, rights, given })
}

/** What of these rights this session has. */
export function judgeRights({
  now,
  action,
  level,
  rights,
  given = rights,
}: Pick<UseQuestion, 'now' | 'action' | 'level'> & {
  rights: readonly Right[]
  given?: readonly Right[]
}): UseDecision {
  const wanted = (all: readonly Right[]) => all.filter((right) => action === undefined || right.action === action)
  const named = wanted(rights)
  if (named.length === 0) {
    return { ok: false, reason: wanted(given).length > 0 ? 'not_assigned' : 'action_out_of_scope' }
  }
  const live = named.filter((right) => now < endOf(right))
  if (live.length === 0) return { ok: false, reason: 'right_over' }
  if (!live.some(({ minimumLevel }) => atLeast(level, minimumLevel))) {
    const needs = lowestOf(live.map(({ minimumLevel }) => minimumLevel))
    return { ok: false, reason: 'level_too_low', ...(needs ? { needs } : {}) }
  }
  const left = rights.filter((right) => now < endOf(right))
  const open = oneEach(left.filter(({ minimumLevel }) => atLeast(level, minimumLevel)))
  const above = left.filter((right) => !open.some((one) => sameRow(one, right)))
  const until = Math.max(...open.map(endOf))
  return { ok: true, rights: open, above: oneEach(above), ...(Number.isFinite(until) ? { until } : {}) }
}

/** Of rows for the same action, the one that lasts longest; of those, the one that is open to most. */
function oneEach(rights: readonly Right[]): Right[] {
  const better = (a: Right, b: Right) => endOf(b) - endOf(a) || compareLevels(a.minimumLevel, b.minimumLevel)
  const sorted = [...rights].sort(better)
  return inTableOrder(sorted.filter((right, at) => sorted.findIndex((one) => sameRow(one, right)) === at))
}

function here({ rights, until }: InForce, service: ServiceId): Right[] {
  return endedBy(
    rights.filter((right) => right.service === service),
    until,
  )
}

function standsStill({ state, suspensions, from, until }: InForce, now: Instant): UseRefusal | undefined {
  if (state === 'ended') return 'ended'
  if (state === 'draft' || state === 'proposed') return 'no_mandate'
  if (now >= until) return 'term'
  if (state === 'suspended') return suspensions[0] === 'to_confirm' ? 'to_confirm' : 'suspended'
  return now < from ? 'not_yet' : undefined
}

/** Of the answers for several mandates: the first yes, else the refusal that helps most. */
export function bestOf<T extends { ok: boolean; reason?: UseRefusal }>(decisions: readonly T[]): T | undefined {
  const order = Object.keys(useRefusals)
  const rank = ({ ok, reason }: T) => (ok ? -1 : order.indexOf(reason ?? 'no_mandate'))
  return [...decisions].sort((a, b) => rank(a) - rank(b))[0]
}
