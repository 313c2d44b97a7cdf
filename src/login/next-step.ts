/**
 * The only place where the order of steps is written. Pure: the same flow and the same instant give the same step.
 *
 *     choose-provider → authenticate → (provider-withdrawn) → (change-means) → (prove-abroad) → (raise-assurance) → (join) → (choose-principal) → inform → issue, or refuse
 */
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Acceptance, AcceptanceReason } from '../policy/acceptance.ts'
import type { GeographyDecision, Need } from '../policy/geography.ts'
import { answeredAcr, isOlderThan, requiredLevel } from '../policy/level.ts'
import { type Evidence, type Flow, type LoginRequest, observed } from './flow.ts'

export type Step =
  | { step: 'choose-provider' }
  /** The service named a provider: the person is sent there without a page. */
  | { step: 'authenticate'; provider: ProviderId }
  /** Somebody is there, at a level that does not do; another provider may. */
  | { step: 'raise-assurance'; reached: Level; provider: ProviderId }
  /** Somebody is there, by means that do not do here or today; other ones may. */
  | { step: 'change-means'; reasons: readonly AcceptanceReason[]; provider: ProviderId }
  /** Somebody is there, by a provider that was suspended since; another one may do. */
  | { step: 'provider-withdrawn'; provider: ProviderId }
  /** Somebody is there, from where the service asks for more: to be proved in this very login. */
  | { step: 'prove-abroad'; need: Need; provider: ProviderId }
  | { step: 'join' }
  /** For whom do they act? `acr`: the level that the service will be told, by which rights are looked at. */
  | { step: 'choose-principal'; acr: Level }
  /** `acr`: the level that the service will be told. */
  | { step: 'inform'; acr: Level }
  | { step: 'issue'; acr: Level }
  | { step: 'refuse'; error: ErrorName }

/** A clock of a provider may be behind ours by this much. */
export const clockSkew = minute

export interface Terms {
  minimumLevel: Level
  /** The hub's own pages: nothing goes to anybody, so there is nothing to read before it does. */
  isOwn?: boolean
  /** A suspension takes away what the evidence rests on, or lowers its level. */
  withdrawn?: boolean
  /** What policy says of the means of the evidence, if there is one: for this service, from here, now. */
  verdict?: Pick<Acceptance, 'accepted' | 'reasons'>
  /** What its rule of geography says of the evidence, from where the request comes. */
  geography?: GeographyDecision
  /** It is closed there, whoever it may be. */
  closedHere?: boolean
  /** It asked, and may be told, for whom the person acts. */
  asksPrincipal?: boolean
}

export function nextStep(flow: Pick<Flow, 'request' | 'stage' | 'startedAt'>, service: Terms, now: Instant): Step {
  const { stage, request } = flow
  switch (stage.at) {
    case 'choosing':
      // Only values that the hub does not know: nobody's authentication can meet it.
      if (request.requested.essentialAcr?.length === 0) return { step: 'refuse', error: 'level_not_reached' }
      // R082: nobody is made to sign in first to be told so.
      if (service.closedHere) return { step: 'refuse', error: 'country_refused' }
      return request.hint && !stage.notice && !stage.joining && !stage.again
        ? { step: 'authenticate', provider: request.hint }
        : { step: 'choose-provider' }
    case 'authenticating':
      // The person is at the provider, or came back by the back button: the page is there to choose again.
      return { step: 'choose-provider' }
    case 'refused':
      return { step: 'refuse', error: stage.error }
    case 'issued':
      return { step: 'issue', acr: stage.answer.acr }
    case 'identified':
      return stepFor(flow, stage.evidence, service, now, {
        informed: false,
        alone: stage.alone === true,
        chosen: stage.principal !== undefined,
      })
    case 'informed':
      // Everything is judged again: minutes may have passed on the page.
      return stepFor(flow, stage.evidence, service, now, {
        informed: true,
        alone: true,
        chosen: stage.principal !== undefined,
      })
  }
}

/** Must the person authenticate in this very login? The highest level is never reused. */
export function mustBeFresh(request: LoginRequest, service: Pick<Terms, 'minimumLevel'>): boolean {
  const { requested } = request
  return (
    requested.prompts.includes('login') ||
    requested.maxAge === 0 ||
    requiredLevel(requested, service.minimumLevel) === 'eidas3'
  )
}

interface Subject extends Done {
  flow: Pick<Flow, 'request' | 'startedAt'>
  evidence: Evidence
  service: Terms
  now: Instant
  /** What the service would be told; undefined where that is not what it asked for. */
  acr: Level | undefined
}

/** What the person has answered so far. */
interface Done {
  informed: boolean
  alone: boolean
  chosen: boolean
}

/** What stands between evidence and an answer, in order. The first that applies is the step. */
const checks: { name: string; applies: (subject: Subject) => Step | undefined }[] = [
  {
    // "max_age [...] If the elapsed time is greater than this value, the OP MUST attempt to actively re-authenticate the
    // End-User" (Core 3.1.2.1). The time is the one observed, not that of the answer.
    name: 'authentication_too_old',
    applies: ({ flow, evidence, service, now }) => {
      const { authTime } = observed(evidence)
      // What happened in this very login is fresh, however long the person then reads.
      if (authTime >= flow.startedAt - clockSkew) return undefined
      return mustBeFresh(flow.request, service) || isOlderThan(authTime, flow.request.requested.maxAge, now)
        ? { step: 'refuse', error: 'login_required' }
        : undefined
    },
  },
  {
    // Before anything is said of an identity that is not believed any more.
    name: 'provider_withdrawn',
    applies: ({ evidence, service: { withdrawn } }) =>
      withdrawn ? { step: 'provider-withdrawn', provider: evidence.provider } : undefined,
  },
  {
    // R113, R114: before anything is linked or released, or said of whose identity it is. Who is frozen reaches their own
    // pages, by an account that was linked before.
    name: 'obstacle',
    applies: ({ evidence, service }) => {
      const { obstacle } = evidence
      if (obstacle === 'blocked') return { step: 'refuse', error: 'provider_blocked' }
      const leadsHome = service.isOwn && (evidence.from === 'session' || evidence.recognition === 'known')
      return obstacle === 'frozen' && !leadsHome ? { step: 'refuse', error: 'identity_frozen' } : undefined
    },
  },
  {
    name: 'collision',
    applies: ({ evidence }) =>
      evidence.from === 'provider' && evidence.recognition === 'collision'
        ? { step: 'refuse', error: 'identity_collision' }
        : undefined,
  },
  {
    // R082: before other accounts are proposed, none of which would do.
    name: 'country_refused',
    applies: ({ service: { geography } }) =>
      geography?.kind === 'refused' ? { step: 'refuse', error: 'country_refused' } : undefined,
  },
  {
    name: 'means_refused',
    applies: ({ flow, evidence, service: { verdict } }) => {
      if (!verdict || verdict.accepted) return undefined
      // A level that is too low is the next check's, which knows what was asked.
      if (verdict.reasons.every((reason) => reason === 'below_minimum')) return undefined
      // Nobody has seen a page yet: where the service named a provider, the session is in the way of nothing.
      const { hint } = flow.request
      if (evidence.from === 'session' && hint && hint !== evidence.provider) {
        return { step: 'authenticate', provider: hint }
      }
      return { step: 'change-means', reasons: verdict.reasons, provider: evidence.provider }
    },
  },
  {
    // R082. Said before a second factor is asked for other reasons: the person is told the true one.
    name: 'country_needs_proof',
    applies: ({ evidence, service: { geography } }) =>
      geography?.kind === 'step_up'
        ? { step: 'prove-abroad', need: geography.need, provider: evidence.provider }
        : undefined,
  },
  {
    // R059. A session that lacks it is no evidence: the login begins without one.
    name: 'second_factor_missing',
    applies: ({ evidence }) =>
      evidence.from === 'provider' && evidence.lacksSecondFactor
        ? { step: 'change-means', reasons: ['second_factor_missing'], provider: evidence.provider }
        : undefined,
  },
  {
    name: 'level_not_reached',
    applies: ({ flow, evidence, service }) => {
      const { level } = observed(evidence)
      const required = requiredLevel(flow.request.requested, service.minimumLevel)
      return atLeast(level, required)
        ? undefined
        : { step: 'raise-assurance', reached: level, provider: evidence.provider }
    },
  },
  {
    name: 'essential_acr_unmet',
    applies: ({ acr }) => (acr ? undefined : { step: 'refuse', error: 'level_not_reached' }),
  },
  {
    name: 'join',
    applies: ({ evidence, alone }) =>
      evidence.from === 'provider' && evidence.recognition === 'resembles' && !alone ? { step: 'join' } : undefined,
  },
  {
    // R092. Before the page of what goes: for whom they act is part of it.
    name: 'choose_principal',
    applies: ({ service: { asksPrincipal }, chosen, acr }) =>
      asksPrincipal && !chosen && acr ? { step: 'choose-principal', acr } : undefined,
  },
  {
    name: 'inform',
    applies: ({ flow, evidence, informed, service, acr }) => {
      const known =
        service.isOwn === true ||
        (evidence.from === 'session' && evidence.informed && !flow.request.requested.prompts.includes('consent'))
      return informed || known || !acr ? undefined : { step: 'inform', acr }
    },
  },
]

function stepFor(
  flow: Pick<Flow, 'request' | 'startedAt'>,
  evidence: Evidence,
  service: Terms,
  now: Instant,
  done: Done,
): Step {
  const acr = acrOf(flow, evidence, service)
  const subject: Subject = { flow, evidence, service, now, acr, ...done }
  for (const check of checks) {
    const step = check.applies(subject)
    if (step) return step
  }
  return acr ? { step: 'issue', acr } : { step: 'refuse', error: 'level_not_reached' }
}

function acrOf(
  { request }: Pick<Flow, 'request'>,
  evidence: Evidence,
  { minimumLevel }: Pick<Terms, 'minimumLevel'>,
): Level | undefined {
  if (evidence.from === 'session') return evidence.acr
  // The level observed now: a link opens what its own account proves, and what a stronger one confirmed is for sessions.
  return answeredAcr(request.requested, evidence.assertion.level, minimumLevel)
}

/**
 * The answer to `prompt=none`, where nobody may be asked anything: a step that needs a page becomes the error that says
 * so (Core 3.1.2.6).
 */
export function withoutPrompt(step: Step): Step {
  switch (step.step) {
    case 'issue':
    case 'refuse':
      return step
    case 'inform':
    case 'join':
    case 'choose-principal':
      return { step: 'refuse', error: 'interaction_required' }
    default:
      return { step: 'refuse', error: 'login_required' }
  }
}
