/**
 * Emergency and intensive care: one factor is enough under four conditions, all of them (R035 to R038). It shortens a
 * sign-in that follows one with two factors; it does not replace that one, and no one-time code makes use of it.
 */
import type { Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { categoriesIn, type FactorKind, oneTimeCodes } from './factors.ts'

/** One factor of one person: which badge, which password. */
export interface ProvedFactor {
  kind: FactorKind
  /** Of the credential, so that another badge is another factor. */
  id: string
}

export interface ExceptionQuestion {
  /** What the service identified formally, and where it is written; undefined when it did not. */
  useCase: string | undefined
  /** Reference of the risk analysis. */
  riskAnalysis: string | undefined
  /** The last sign-in with two factors of different categories, as it was observed: the factors that counted. */
  prior: { at: Instant; factors: readonly ProvedFactor[] } | undefined
  factor: ProvedFactor
  at: Instant
  /** Milliseconds; what the service judged acceptable. */
  window: number
}

/** "Within a minimum delay judged acceptable": half a shift, unless the settings say otherwise. */
export const exceptionWindow = 4 * hour

export const exceptionReasons = {
  use_case_missing: { says: 'The service has not identified this use case formally.', requirement: 'R035' },
  risk_analysis_missing: { says: 'No risk analysis was made for this use case.', requirement: 'R036' },
  prior_missing: { says: 'No sign-in with two factors came before.', requirement: 'R037' },
  prior_one_factor: {
    says: 'The sign-in before proved fewer than two factors of different categories.',
    requirement: 'R037',
  },
  prior_in_future: { says: 'The sign-in before is dated after this one.', requirement: 'R037' },
  prior_too_old: { says: 'The sign-in with two factors is older than the window.', requirement: 'R037' },
  other_factor: { says: 'The factor is not one of those of the sign-in before.', requirement: 'R038' },
  one_time_code: { says: 'A one-time code never stands alone.', requirement: 'R053' },
} as const
export type ExceptionReason = keyof typeof exceptionReasons

export interface ExceptionDecision {
  accepted: boolean
  reasons: ExceptionReason[]
}

export function decideException(question: ExceptionQuestion): ExceptionDecision {
  const { useCase, riskAnalysis, prior, factor, at, window } = question
  const isSame = (other: ProvedFactor) => other.kind === factor.kind && other.id === factor.id
  const found: [ExceptionReason, boolean][] = [
    ['use_case_missing', isBlank(useCase)],
    ['risk_analysis_missing', isBlank(riskAnalysis)],
    ['prior_missing', prior === undefined],
    ['prior_one_factor', prior !== undefined && categoriesIn(prior.factors.map(({ kind }) => kind)) < 2],
    ['prior_in_future', prior !== undefined && !(prior.at <= at)],
    ['prior_too_old', prior !== undefined && !(at - prior.at <= window)],
    ['other_factor', prior !== undefined && !prior.factors.some(isSame)],
    ['one_time_code', oneTimeCodes.has(factor.kind)],
  ]
  const reasons = found.filter(([, fails]) => fails).map(([reason]) => reason)
  return { accepted: reasons.length === 0, reasons }
}

const isBlank = (text: string | undefined) => text === undefined || text.trim() === ''
