/**
 * Does a provider work? Decided on what was observed of it: probes that the hub makes by itself, and sign-ins of real
 * people. A circuit breaker with three phases:
 *
 * - `closed`: people are sent there. It is `up`, or `degraded`, which the choice page says before the person goes.
 * - `open`: it is `down`, and nobody is sent there until a trial succeeds. Trials are probes, at growing intervals.
 * - `half_open`: a trial succeeded. It stays `down` for people until some more did, in a row.
 *
 * Three things keep it from flapping. An isolated failure decides nothing: several probes in a row must fail, or
 * sign-ins from several networks. What is bad is said at once and what is good later: no improvement within `settle` of
 * the last change. And who relapses waits for twice as long, up to eight times.
 *
 * Nobody is to close a provider by failing on purpose (`docs/health.md` says what remains). A sign-in counts as failed only where the provider did something
 * that no browser can cause (`upstream/outcomes.ts` decides which), once for each network that people come from; and a
 * failure in answer to a code, which a browser chooses, is only a doubt: it makes the provider `degraded` at most, and
 * has the next probe ask the token endpoint, which then decides. One sign-in that succeeds weighs as much as one
 * network that fails.
 *
 * This file keeps nothing and reads no clock: a state goes in, the next state comes out. It can be written as JSON.
 */
import type { Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'

export type Health = 'up' | 'degraded' | 'down'

/** Why a provider is not simply up. Each has a sentence in every language where it is shown: `health.<name>`. */
export const healthReasons = {
  unreachable: { says: 'It does not answer, or not in time.' },
  out_of_order: { says: 'It answers that it is out of order (5xx), or that it has too much to do (429).' },
  documents_wrong: { says: 'Its discovery document or its keys are missing, unreadable, or of another issuer.' },
  answers_wrong: { says: 'What it answers in a sign-in does not verify: signature, times, identity of the account.' },
  announced: { says: 'Its own status address says that it does not work well.' },
  sign_ins_fail: { says: 'A large part of the sign-ins there fail.' },
  cards_unchecked: { says: 'Nobody answers whether the cards that people sign in with there have been revoked.' },
  slow: { says: 'It answers slowly.' },
  recovering: { says: 'It works again, and is being watched.' },
  own_network: { says: 'This hub reaches none of the providers: its own network is out of order.' },
} as const
export type HealthReason = keyof typeof healthReasons

/** What was observed once, or many times within a second. */
export type Outcome = ProbeOutcome | TrafficOutcome

export interface ProbeOutcome {
  from: 'probe'
  at: Instant
  result: 'success' | 'slow' | 'failure'
  /** Of what is not a success. */
  reason?: HealthReason
}

export type TrafficOutcome =
  | { from: 'traffic'; at: Instant; result: 'success' | 'slow'; count: number }
  | ({ from: 'traffic'; at: Instant; result: 'failure' } & FailedSignIn)

export interface FailedSignIn {
  reason: HealthReason
  /** Which network the person comes from, as a number that only tells two apart: each counts once. */
  source: number
  /** Nothing that a browser chose can have caused it. */
  proved: boolean
}

export interface BreakerSettings {
  /** Between two probes of a provider about which there is no doubt, in milliseconds. */
  interval: number
  /** So many probes in a row must fail before it is down. */
  failures: number
  /** From so many networks sign-ins must fail before it is down. */
  networks: number
  /** No improvement is said sooner after the last change, in milliseconds. */
  settle: number
}

export interface ObservedHealth {
  health: Health
  /** Since when; absent when it was never otherwise. */
  since?: Instant
  /** When something was observed last; absent when nothing ever was. */
  checkedAt?: Instant
  /** Until when it was down the last time that it was, once that is over. */
  downUntil?: Instant
  reasons: readonly HealthReason[]
}

export interface Breaker extends ObservedHealth {
  phase: 'closed' | 'open' | 'half_open'
  /** The newest last; since it opened, when it is not closed. */
  probes: readonly Omit<ProbeOutcome, 'from'>[]
  /** Real sign-ins, by minute, the newest last. */
  traffic: readonly Minute[]
  /** When somebody signed in there last, as far as it was told. */
  signedInAt?: Instant
  /** When the next trial is due; of an open one. */
  trialAt?: Instant
  /** Trials that failed since it opened. */
  failedTrials: number
  /** How often trouble came back soon after its end. */
  relapses: number
  /** When trouble ended last. */
  upAgainAt?: Instant
  /** It opened while its token endpoint was in doubt: trials ask that one too. */
  doubted?: true
}

interface Minute {
  at: Instant
  successes: number
  slow: number
  failures: readonly FailedSignIn[]
}

/** Of a provider of which nothing is known: it is believed to work. */
export const newBreaker: Breaker = {
  phase: 'closed',
  health: 'up',
  reasons: [],
  probes: [],
  traffic: [],
  failedTrials: 0,
  relapses: 0,
}

/**
 * What is looked at of sign-ins: in the shortest of these times in which enough networks meet. Where many sign in,
 * trouble shows within a minute; where few do, the longest is short enough to be the present.
 */
const windows = [minute, 2 * minute, 5 * minute]
const longestWindow = 5 * minute
/** Trouble that comes back sooner is the same trouble. */
const relapseMemory = 30 * minute
/** Waiting doubles with each relapse, up to eight times. */
const mostRelapses = 3
/**
 * Trials come at growing intervals, up to four times the usual one. Where sign-ins fail and probes do not, the trial is
 * in the end that people are sent there again: up to sixteen times, with each relapse.
 */
const [longestTrial, longestUnseenTrial] = [4, 16]
/** An open breaker whose trial nobody made for so long lets people try: it must not stay open for want of a probe. */
const abandonedAfter = 5 * minute

/** Of the last so many probes: how many must go wrong for `degraded`, and how many still may when it is over. */
const [steadiness, unsteady, steady] = [5, 3, 1]
/** Trials in a row that must succeed. */
const goodTrials = 3
/** Failing networks out of all sign-ins and failing networks: for `down`, and for `degraded`. */
const [mostFail, manyFail] = [0.8, 0.25]
/** Failures in answer to codes prove less, and must be the greater part. */
const doubtfulFail = 0.5
/** So many slow sign-ins, half of all or more, are a slow provider. */
const slowSignIns = 5
/** Beyond these nothing is decided any more; what is kept stays small whatever happens. */
const [keptProbes, keptFailures] = [8, 32]

/** While something has to be found out soon. */
const retryOf = ({ interval }: BreakerSettings) => interval / 3

// --- What comes in -------------------------------------------------------------------------------------------------

/** The state after some observations, in the order of their times, and then at `now`. */
export function advance(breaker: Breaker, news: readonly Outcome[], now: Instant, settings: BreakerSettings): Breaker {
  let next = breaker
  for (const outcome of [...news].sort((a, b) => a.at - b.at)) {
    next = decided(noted(next, outcome, settings), outcome.at, settings)
  }
  const traffic = next.traffic.filter(({ at }) => at > now - longestWindow - minute)
  return decided(traffic.length < next.traffic.length ? { ...next, traffic } : next, now, settings)
}

/** What is to be said of it at an instant, when nothing was observed meanwhile: time alone makes nothing worse. */
export function healthAt(breaker: Breaker, now: Instant, settings: BreakerSettings): ObservedHealth {
  const later = breaker.health === 'up' ? breaker : decided(breaker, now, settings)
  const { health, since, checkedAt, downUntil, reasons } = isWorse(later.health, breaker.health) ? breaker : later
  return {
    health,
    ...(since === undefined ? {} : { since }),
    ...(checkedAt === undefined ? {} : { checkedAt }),
    ...(downUntil === undefined || health === 'down' ? {} : { downUntil }),
    reasons,
  }
}

/** When to probe it next; `chance` is from 0 to 1, so that many providers do not meet at one moment. */
export function nextProbe(breaker: Breaker, now: Instant, settings: BreakerSettings, chance: number): Instant {
  const jitter = 0.8 + 0.4 * chance
  // Not before the trial is due: what comes before is none.
  if (breaker.phase === 'open') return Math.max(now, breaker.trialAt ?? now) + retryOf(settings) * 0.4 * chance
  return now + (isUndecided(breaker, now) ? retryOf(settings) : settings.interval) * jitter
}

/** Should the next probe ask the token endpoint as well? */
export function isDoubted(breaker: Breaker, now: Instant): boolean {
  return breaker.doubted === true || signInsOf(breaker, now).failures.some(({ proved }) => !proved)
}

/** A provider that is known to be slow is not asked more often for that. */
function isUndecided(breaker: Breaker, now: Instant): boolean {
  const { phase, health, probes } = breaker
  if (phase === 'half_open' || isRecovering(breaker)) return true
  const last = probes.at(-1)?.result ?? 'success'
  return last === 'failure' || (health === 'up' && (last === 'slow' || isDoubted(breaker, now)))
}

const recovering: readonly HealthReason[] = ['recovering']
const isRecovering = ({ health, reasons }: Breaker) => health === 'degraded' && reasons.includes('recovering')

function noted(breaker: Breaker, outcome: Outcome, settings: BreakerSettings): Breaker {
  const checked = { ...breaker, checkedAt: Math.max(breaker.checkedAt ?? outcome.at, outcome.at) }
  return outcome.from === 'probe' ? notedProbe(checked, outcome, settings) : notedSignIn(checked, outcome)
}

function notedProbe(breaker: Breaker, { from: _, ...probe }: ProbeOutcome, settings: BreakerSettings): Breaker {
  const noted = { ...breaker, probes: [...breaker.probes, probe].slice(-keptProbes) }
  if (breaker.phase === 'closed') return noted
  if (breaker.phase === 'open' && probe.at < (breaker.trialAt ?? probe.at)) return breaker
  if (probe.result !== 'failure') return { ...noted, phase: 'half_open' }
  const failedTrials = breaker.failedTrials + 1
  return { ...noted, phase: 'open', failedTrials, trialAt: probe.at + trialDelay({ ...noted, failedTrials }, settings) }
}

function trialDelay({ failedTrials, relapses, reasons }: Breaker, { interval }: BreakerSettings): number {
  const isUnseen = reasons.includes('sign_ins_fail')
  return (
    interval *
    Math.min(isUnseen ? longestUnseenTrial : longestTrial, 2 ** (failedTrials + relapses + (isUnseen ? 1 : 0)))
  )
}

function notedSignIn(breaker: Breaker, outcome: TrafficOutcome): Breaker {
  const at = outcome.at - (outcome.at % minute)
  const present = breaker.traffic.find((each) => each.at === at) ?? { at, successes: 0, slow: 0, failures: [] }
  const others = breaker.traffic.filter((each) => each.at !== at && each.at > outcome.at - longestWindow - minute)
  const traffic = [...others, added(present, outcome)].sort((a, b) => a.at - b.at)
  if (outcome.result === 'failure') return { ...breaker, traffic }
  const signedIn = { ...breaker, traffic, signedInAt: Math.max(breaker.signedInAt ?? outcome.at, outcome.at) }
  // Somebody who was under way got through: worth a trial at once.
  return breaker.phase === 'open'
    ? { ...signedIn, trialAt: Math.min(breaker.trialAt ?? outcome.at, outcome.at) }
    : signedIn
}

function added(present: Minute, outcome: TrafficOutcome): Minute {
  if (outcome.result !== 'failure') {
    const kind = outcome.result === 'slow' ? 'slow' : 'successes'
    return { ...present, [kind]: present[kind] + outcome.count }
  }
  const { reason, source, proved } = outcome
  const same = present.failures.find((failure) => failure.source === source && failure.proved === proved)
  if (same || present.failures.length >= keptFailures) return present
  return { ...present, failures: [...present.failures, { reason, source, proved }] }
}

// --- What follows from it ------------------------------------------------------------------------------------------

function decided(breaker: Breaker, now: Instant, settings: BreakerSettings): Breaker {
  return breaker.phase === 'closed' ? judged(breaker, now, settings) : tried(breaker, now, settings)
}

const order: readonly Health[] = ['up', 'degraded', 'down']
const isWorse = (one: Health, other: Health) => order.indexOf(one) > order.indexOf(other)

function judged(breaker: Breaker, now: Instant, settings: BreakerSettings): Breaker {
  const found = findings(breaker, now, settings)
  const { health, since = now } = breaker
  if (isWorse(found.health, health)) return worsened(breaker, found, now, settings)
  if (found.health === health) {
    return { ...breaker, reasons: distinct([...(isRecovering(breaker) ? recovering : []), ...found.reasons]) }
  }
  if (now - since < settings.settle * 2 ** breaker.relapses) return breaker
  const { doubted: _, ...known } = breaker
  return { ...known, health: 'up', reasons: [], since: now, upAgainAt: now, failedTrials: 0 }
}

function worsened(breaker: Breaker, found: Findings, now: Instant, settings: BreakerSettings): Breaker {
  const relapses = relapsesOf(breaker, now)
  const worse: Breaker = { ...breaker, ...found, since: now, relapses }
  if (found.health !== 'down') return worse
  const doubted = isDoubted(breaker, now) ? { doubted: true as const } : {}
  const open: Breaker = { ...worse, ...doubted, phase: 'open', probes: [], traffic: [], failedTrials: 0 }
  return { ...open, trialAt: now + trialDelay(open, settings) }
}

function relapsesOf(breaker: Breaker, now: Instant): number {
  const { health, relapses, upAgainAt } = breaker
  const again = Math.min(relapses + 1, mostRelapses)
  if (health !== 'up') return isRecovering(breaker) ? again : relapses
  return upAgainAt !== undefined && now - upAgainAt < relapseMemory ? again : 0
}

/** Of one that is not closed. */
function tried(breaker: Breaker, now: Instant, settings: BreakerSettings): Breaker {
  const { probes, since = now, trialAt = now } = breaker
  const lastTrial = Math.max(trialAt, probes.at(-1)?.at ?? trialAt)
  const isAbandoned = now - lastTrial >= abandonedAfter
  const good = probes.length - 1 - probes.findLastIndex(({ result }) => result === 'failure')
  const isProved = breaker.phase === 'half_open' && good >= goodTrials && now - since >= settings.settle
  if (!isProved && !isAbandoned) return breaker
  const { trialAt: _, ...known } = breaker
  return { ...known, phase: 'closed', health: 'degraded', reasons: recovering, since: now, downUntil: now, traffic: [] }
}

interface Findings {
  health: Health
  reasons: readonly HealthReason[]
}

/** What the evidence says by itself, whatever was said before but for the threshold between steady and unsteady. */
function findings(breaker: Breaker, now: Instant, { failures, networks }: BreakerSettings): Findings {
  const { probes, health } = breaker
  const last = probes.slice(-failures)
  if (last.length === failures && last.every(({ result }) => result === 'failure')) {
    // What it publishes may be out of reach while people sign in by what the hub remembers of it.
    const isUsed = breaker.signedInAt !== undefined && breaker.signedInAt > (last[0]?.at ?? now)
    return { health: isUsed ? 'degraded' : 'down', reasons: distinct(last.map(({ reason = 'unreachable' }) => reason)) }
  }
  const [failing, some] = signInsThatFail(breaker, now, networks)
  if (failing.length > 0) return { health: 'down', reasons: distinct(['sign_ins_fail', ...reasonsIn(failing)]) }
  const bad = probes.slice(-steadiness).filter(({ result }) => result !== 'success')
  const { slow, successes } = signInsOf(breaker, now)
  const reasons = distinct([
    ...(bad.length >= (health === 'up' ? unsteady : steady + 1) ? bad.map(({ reason = 'slow' }) => reason) : []),
    ...(some.length > 0 ? (['sign_ins_fail'] as const) : []),
    ...reasonsIn(some),
    ...(slow >= slowSignIns && slow >= successes ? (['slow'] as const) : []),
  ])
  return { health: reasons.length > 0 ? 'degraded' : 'up', reasons }
}

/** Those that close a provider, and those that are a warning; empty when there are not enough. */
function signInsThatFail(breaker: Breaker, now: Instant, networks: number): [FailedSignIn[], FailedSignIn[]] {
  // Who just came back is believed less.
  const enough = isRecovering(breaker) ? Math.min(2, networks) : networks
  const closing: FailedSignIn[] = []
  const warning: FailedSignIn[] = []
  for (const window of windows) {
    const signIns = signInsOf(breaker, now, window)
    const all = signIns.failures
    const proved = all.filter((failure) => failure.proved)
    if (networksOf(proved) >= enough && shareOf(proved, signIns) >= mostFail) closing.push(...proved)
    if (networksOf(proved) >= Math.ceil(networks / 2) && shareOf(proved, signIns) >= manyFail) warning.push(...proved)
    if (networksOf(all) >= networks && shareOf(all, signIns) >= doubtfulFail) warning.push(...all)
  }
  return [closing, warning]
}

const reasonsIn = (failures: readonly FailedSignIn[]) => failures.map(({ reason }) => reason)

function distinct(reasons: readonly HealthReason[]): HealthReason[] {
  return [...new Set(reasons)]
}

function signInsOf({ traffic }: Breaker, now: Instant, window = longestWindow): Omit<Minute, 'at'> {
  const recent = traffic.filter(({ at }) => at > now - window)
  const sum = (of: (minute: Minute) => number) => recent.reduce((total, each) => total + of(each), 0)
  return {
    successes: sum(({ successes }) => successes),
    slow: sum(({ slow }) => slow),
    failures: recent.flatMap(({ failures }) => failures),
  }
}

const networksOf = (failures: readonly FailedSignIn[]) => new Set(failures.map(({ source }) => source)).size

function shareOf(failures: readonly FailedSignIn[], { successes, slow }: Omit<Minute, 'at'>): number {
  const failed = networksOf(failures)
  return failed === 0 ? 0 : failed / (failed + successes + slow)
}
