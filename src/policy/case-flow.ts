/**
 * The life of a case of identity theft: which step leads where, what each kind of partner has to do, when an answer is
 * due, and what somebody without an account may know of it. Pure. Protective measures (freeze, block, end of a session) are
 * no step: they are possible at every moment and change no state.
 */
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'

export const caseStates = ['received', 'qualified', 'notified', 'concluded', 'closed'] as const
export type CaseState = (typeof caseStates)[number]
export const caseSteps = ['qualify', 'notify', 'conclude', 'close', 'revise'] as const
export type CaseStep = (typeof caseSteps)[number]

export const verdicts = ['confirmed', 'not_confirmed'] as const
export type Verdict = (typeof verdicts)[number]

/** Who brought it: somebody signed in, somebody signed out, a partner of either side, the hub's own detection (R100). */
export const origins = ['person', 'form', 'service', 'provider', 'hub'] as const
export type Origin = (typeof origins)[number]

/**
 * Do the codes and subjects that were named lead to the person that it is about? `not_matching`: they are somebody
 * else's. `no_trace`: nobody's. Nothing of it is told outside.
 */
export const matches = ['matched', 'not_matching', 'no_trace'] as const
export type Match = (typeof matches)[number]

/** Which of the two a partner is in a case; one partner may be both. */
export const sides = ['service', 'provider'] as const
export type Side = (typeof sides)[number]

/**
 * R117 to R124. `protect` the account; look for `similar` cases; `inform` the person; assess whether it is a `breach` to
 * notify; give `feedback`; `identify` the accounts behind the subject; `analyse` what was done in them.
 */
export const duties = ['protect', 'identify', 'analyse', 'similar', 'inform', 'breach', 'feedback'] as const
export type Duty = (typeof duties)[number]

/** A service protects and informs where fraud is proven, not before (R123). */
export function dutiesOf(side: Side, verdict?: Verdict): readonly Duty[] {
  if (side === 'provider') return ['protect', 'similar', 'inform', 'breach', 'feedback']
  return [
    'identify',
    'analyse',
    'feedback',
    ...(verdict === 'confirmed' ? (['protect', 'inform', 'breach'] as const) : []),
  ]
}

/** What a partner did to protect; besides, it may say more in words. */
export const measuresOf = {
  provider: [
    'factors_reset',
    'account_suspended',
    'account_blocked',
    'identity_checked',
    'checks_reinforced',
    'sessions_ended',
    'none_needed',
  ],
  service: [
    'operations_cancelled',
    'account_blocked',
    'checks_reinforced',
    'sessions_ended',
    'authority_informed',
    'none_needed',
  ],
} as const satisfies Record<Side, readonly string[]>
export type Measure = (typeof measuresOf)[Side][number]

/** R103: what support goes through with the person before the report is formal. */
export const checks = [
  'own_sign_in_excluded',
  'relative_excluded',
  'device_shared',
  /** A code or a password was given to somebody, or typed at the address of a message. */
  'message_answered',
  /** The account at the provider was looked at. */
  'account_seen',
  'wants_formal_report',
] as const
export type Check = (typeof checks)[number]
export const checkAnswers = ['yes', 'no', 'unknown'] as const
export type CheckAnswer = (typeof checkAnswers)[number]

/** A credential that is known to be in other hands. */
export const stolenCredentials = ['password', 'pin', 'app', 'phone', 'card', 'security_key', 'recovery_codes'] as const
export type StolenCredential = (typeof stolenCredentials)[number]

export const caseCloseReasons = [
  'settled',
  'not_a_theft',
  'duplicate',
  'no_answer',
  'no_trace',
  'not_matching',
] as const
export type CaseCloseReason = (typeof caseCloseReasons)[number]

export const stepRefusals = {
  wrong_state: { says: 'The case is not where this step begins.' },
  not_matched: { says: 'It is not known whom the case is about: no partner can be told.' },
  nobody_reached: { says: 'The connections in question reached no partner.' },
  answers_awaited: { says: 'A partner has not answered, and its time is not over.' },
  waiver_missing: { says: 'A partner has not answered in time, and nobody said why the case goes on without.' },
  reason_missing: { says: 'The step needs a reason.' },
  reason_not_fitting: { says: 'The reason contradicts what is known of the case.' },
  connection_unknown: { says: 'A connection is no line of the person whom the case is about.' },
  in_another_case: { says: 'A connection is in question in another case that is open.' },
} as const
export type StepRefusal = keyof typeof stepRefusals

/** What a step is judged by, besides the state. */
export interface StepFacts {
  match: Match
  verdict?: Verdict
  /** Partners that `notify` would tell. */
  reached: number
  /** Parties that did not answer and have time left. */
  waiting: number
  /** Parties that did not answer in time, without those that were waived. */
  late: number
  /** To close: one of the list. Else: was a reason given? */
  reason?: CaseCloseReason
  hasReason?: boolean
}

export type StepDecision = { allowed: true; to: CaseState } | { allowed: false; reason: StepRefusal }

/** Where a step leads from a state; what stands nowhere is impossible. Nothing leads out of `closed`. */
const transitions: Record<CaseState, Partial<Record<CaseStep, CaseState>>> = {
  received: { qualify: 'qualified', close: 'closed' },
  // Qualified again where support learnt more.
  qualified: { qualify: 'qualified', notify: 'notified', close: 'closed' },
  notified: { conclude: 'concluded' },
  concluded: { close: 'closed', revise: 'notified' },
  closed: {},
}

/** Everything that may speak against a step, in this order. */
const conditions: Record<
  CaseStep,
  readonly (readonly [StepRefusal, (facts: StepFacts, state: CaseState) => boolean])[]
> = {
  qualify: [],
  notify: [
    ['not_matched', ({ match }) => match !== 'matched'],
    ['nobody_reached', ({ reached }) => reached === 0],
  ],
  conclude: [
    ['answers_awaited', ({ waiting }) => waiting > 0],
    ['waiver_missing', ({ late }) => late > 0],
    ['reason_missing', ({ hasReason }) => hasReason !== true],
  ],
  close: [
    ['reason_missing', ({ reason }) => reason === undefined],
    [
      'reason_not_fitting',
      ({ reason, ...facts }, state) => reason !== undefined && !closeReasonsFor(state, facts).includes(reason),
    ],
  ],
  revise: [['reason_missing', ({ hasReason }) => hasReason !== true]],
}

export function decideStep(state: CaseState, step: CaseStep, facts: StepFacts): StepDecision {
  const to = transitions[state][step]
  if (!to) return { allowed: false, reason: 'wrong_state' }
  const [against] = conditions[step].filter(([, applies]) => applies(facts, state))
  return against ? { allowed: false, reason: against[0] } : { allowed: true, to }
}

/** The reasons by which a case may be closed as it is; none where it cannot be. */
export function closeReasonsFor(
  state: CaseState,
  { match, verdict }: Pick<StepFacts, 'match' | 'verdict'>,
): readonly CaseCloseReason[] {
  if (!transitions[state].close) return []
  if (state === 'concluded') return verdict === 'confirmed' ? ['settled'] : ['settled', 'not_a_theft']
  const found: readonly CaseCloseReason[] = match === 'matched' ? [] : [match]
  return [...found, 'settled', 'not_a_theft', 'duplicate', 'no_answer']
}

// ── Time ────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CaseRules {
  /** Days that a partner has for its answer. */
  answerDays: number
}

/** Long enough to look at an account and its log, short enough for the 72 hours of a breach to be still ahead of many. */
export const answerDays = 5

/** A partner that is silent for so long after its due date is escalated. */
export const escalationAfter = day

/** What is asked of a party, by when. `next`: the next instant at which a reminder or an escalation falls due. */
export interface Deadline {
  notifiedAt: Instant
  dueAt: Instant
  /** Reminders so far: at half time, at the due date. */
  reminders: number
}

export const dueAtOf = (notifiedAt: Instant, rules: CaseRules): Instant => notifiedAt + rules.answerDays * day

/** The instants of the two reminders and of the escalation. */
export function momentsOf({ notifiedAt, dueAt }: Pick<Deadline, 'notifiedAt' | 'dueAt'>): [Instant, Instant, Instant] {
  return [notifiedAt + (dueAt - notifiedAt) / 2, dueAt, dueAt + escalationAfter]
}

/** When there is something to do next; undefined after the escalation. */
export function nextMomentOf(deadline: Deadline, escalated = false): Instant | undefined {
  return escalated ? undefined : momentsOf(deadline)[deadline.reminders]
}

/**
 * What is due now for a party that has not answered. After an outage of the hub what was missed is not caught up: one
 * reminder is enough. `reminders`: how many then count as sent.
 */
export function decideDeadline(
  deadline: Deadline,
  now: Instant,
): { act: 'remind'; reminders: number } | { act: 'escalate' } | undefined {
  const passed = momentsOf(deadline).filter((moment) => moment <= now).length
  if (passed === 3) return { act: 'escalate' }
  return passed > deadline.reminders ? { act: 'remind', reminders: passed } : undefined
}

/** How a report made without signing in stands. */
export type PublicState = 'received' | 'in_hand' | 'over'

/** A day in which every report is just received, whatever is found. */
const receivedFor = day

/**
 * What whoever made a report without signing in is told. It follows the clock first: somebody who guesses at whose code
 * they hold must not read from the pace of a case whether they were right, so none is over earlier than twice the time
 * that partners have.
 */
export function publicStateOf(
  { openedAt, closedAt }: { openedAt: Instant; closedAt?: Instant },
  rules: CaseRules,
  now: Instant,
): PublicState {
  if (closedAt !== undefined && closedAt <= now && now >= openedAt + 2 * rules.answerDays * day) return 'over'
  return now < openedAt + receivedFor ? 'received' : 'in_hand'
}
