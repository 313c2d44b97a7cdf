/**
 * Pure decisions, no I/O: which level was asked and reached, what each tile of the provider page is, may this session
 * be reused, is this context unusual, is this means, this set of factors, this password accepted here and now, may this
 * attempt be evaluated, has the person to prove more. Each answer carries its reasons, from a closed list; what the
 * rules of means say has all of them, and `docs/policy.md` says what each means. The clock is a parameter, and so is what
 * the operator chose (`settings.ts`). Nothing here keeps a state, verifies a signature or reads a list of revoked things.
 *
 * `passwords.ts` is not part of this face: it brings its list of common passwords to whoever imports it.
 */
export {
  type Acceptance,
  type AcceptanceReason,
  decideAcceptance,
  decideProspect,
  type KnownMeans,
  minimumAt,
  type ServiceTerms,
} from './acceptance.ts'
export { type AttemptDecision, type Attempts, decideAttempt, type Restrictions } from './attempts.ts'
export { chooseTiles, type Tile } from './choice.ts'
export { type AlertDecision, decideAlert, type Habits, isSuspicious, mayBeSilenced, unusualContext } from './context.ts'
export { decideException, type ExceptionDecision, type ExceptionQuestion } from './exception.ts'
export { assessFactors, type Factor, type FactorAssessment, type FactorKind } from './factors.ts'
export { answeredAcr, mayReuse, type Requested, requiredLevel } from './level.ts'
export {
  decideFactors,
  decideMeans,
  type Homologation,
  homologationEnd,
  type Means,
  type MeansClass,
  type MeansDecision,
  type MeansReason,
  reminderDue,
  type ServiceRules,
  transitionEndFor,
} from './means.ts'
export { type Network, type Place, parseNetwork, placeOf } from './network.ts'
export { type Policy, policyOf } from './settings.ts'
export { decideSingleSignOn, type SingleSignOnDecision } from './single-sign-on.ts'
export {
  asksSecondFactor,
  decideStepUp,
  hasTwoFactors,
  idleLimit,
  type StepUpDecision,
  type StepUpQuestion,
  stepUpOf,
} from './step-up.ts'

/** Why a context is unusual. Each has a sentence in every language: `reason.<name>`. */
export const reasons = [
  'new_device',
  'shared_device',
  'new_country',
  'impossible_travel',
  'new_network',
  'new_provider',
  'first_link',
] as const
export type Reason = (typeof reasons)[number]
