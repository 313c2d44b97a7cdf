/**
 * The provider page, decided: one of four states for each provider. The same answer draws the page and
 * judges the choice that comes back, so a forged choice cannot pass.
 */
import { atLeast, highestOf, type Level } from '../kernel/assurance.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { AcceptanceReason } from './acceptance.ts'

/** Why a tile cannot be used. Each has a sentence in every language: `tile.<name>`. */
export type Obstacle = OutOfService | 'level_too_low' | 'suspicious_context' | 'blocked' | MeansObstacle

/** The provider itself cannot serve: nobody's fault who stands before the page, and over some day. */
export const outOfService = ['suspended', 'down'] as const
export type OutOfService = (typeof outOfService)[number]

/** What the rules of means come down to for a person. */
export const meansObstacles = [
  'other_population',
  'transition_ended',
  'homologation_ended',
  'homologation_missing',
  'certificate_ended',
  'not_recognised',
  'means_ended',
  'password_alone',
  'password_remote',
  'second_factor',
  'sensitive_minimum',
  'level_too_low',
] as const
export type MeansObstacle = (typeof meansObstacles)[number]

export type Tile =
  /** `degraded`: it answers badly today, which is said before the person is sent there. */
  | { provider: ProviderId; state: 'usable'; degraded?: true }
  | { provider: ProviderId; state: 'greyed'; obstacle: Obstacle }
  /** Not on the page; reachable by an allowed `idp_hint` only, and not at all where there is an obstacle. */
  | { provider: ProviderId; state: 'hidden'; obstacle?: OutOfService | MeansObstacle }
  /** Not for this service, or what stands in for a provider that works. */
  | { provider: ProviderId; state: 'absent' }

export interface Candidate {
  id: ProviderId
  state: 'active' | 'suspended' | 'hidden'
  /** Hidden besides, when it is suspended. */
  hidden?: boolean
  health: 'up' | 'degraded' | 'down'
  /** Levels that it may assert. */
  allowedLevels: readonly Level[]
  blockedByPerson: boolean
  /** It stands in for another provider, and is not offered now. */
  idle?: boolean
  /** What the rules of means say against the best sign-in that can come from it; empty when nothing does. */
  against: readonly AcceptanceReason[]
}

export interface ChoiceContext {
  /** Of the service: which providers it takes. */
  providers: 'all' | readonly ProviderId[]
  required: Level
  /** The one that the service asked for: a hidden one that is out of service is shown to who was sent to it. */
  named?: ProviderId
  /** The hub sees this context as suspicious: providers at the lowest level are refused. */
  suspicious: boolean
}

/** The state of every candidate, in the order given. */
export function chooseTiles(candidates: readonly Candidate[], context: ChoiceContext): Tile[] {
  return candidates.map((candidate) => tileOf(candidate, context))
}

function tileOf(candidate: Candidate, context: ChoiceContext): Tile {
  const provider = candidate.id
  const isTaken = context.providers === 'all' || context.providers.includes(provider)
  if (!isTaken || candidate.idle) return { provider, state: 'absent' }
  if (candidate.state === 'hidden' || candidate.hidden) {
    const out = outOfServiceOf(candidate)
    if (out && context.named === provider) return { provider, state: 'greyed', obstacle: out }
    const refused = out ?? meansObstacleOf(candidate.against)
    return { provider, state: 'hidden', ...(refused ? { obstacle: refused } : {}) }
  }
  const obstacle = obstacleOf(candidate, context)
  if (obstacle) return { provider, state: 'greyed', obstacle }
  return { provider, state: 'usable', ...(candidate.health === 'degraded' ? { degraded: true } : {}) }
}

function outOfServiceOf({ state, health }: Candidate): OutOfService | undefined {
  if (state === 'suspended') return 'suspended'
  return health === 'down' ? 'down' : undefined
}

/** The first that applies: what the person can do least about comes first. */
export function obstacleOf(candidate: Candidate, context: ChoiceContext): Obstacle | undefined {
  const strongest = highestOf(candidate.allowedLevels)
  const refused = meansObstacleOf(candidate.against)
  const out = outOfServiceOf(candidate)
  if (out) return out
  if (candidate.blockedByPerson) return 'blocked'
  if (refused) return refused
  if (!strongest || !atLeast(strongest, context.required)) return 'level_too_low'
  if (context.suspicious && strongest === 'eidas1') return 'suspicious_context'
  return undefined
}

/** What is said of several reasons: the first of the list, from what concerns the account to what another try mends. */
export function meansObstacleOf(reasons: readonly AcceptanceReason[]): MeansObstacle | undefined {
  if (reasons.length === 0) return undefined
  const said = new Set(reasons.map((reason) => obstacles[reason]))
  return meansObstacles.find((obstacle) => said.has(obstacle))
}

/** Undefined: a remark, which speaks against nothing. */
const obstacles: Record<AcceptanceReason, MeansObstacle | undefined> = {
  other_population: 'other_population',
  transition_ended: 'transition_ended',
  homologation_ended: 'homologation_ended',
  homologation_missing: 'homologation_missing',
  homologation_incomplete: 'homologation_missing',
  homologation_not_yet: 'homologation_missing',
  homologation_level: 'homologation_missing',
  shared: 'homologation_missing',
  not_dynamic: 'homologation_missing',
  certificate_ended: 'certificate_ended',
  class_none: 'not_recognised',
  certificate_missing: 'not_recognised',
  enrolment_unproved: 'not_recognised',
  expired: 'means_ended',
  no_end: 'means_ended',
  not_yet_valid: 'means_ended',
  revoked: 'means_ended',
  password_alone_forbidden: 'password_alone',
  password_unrestricted: 'password_alone',
  risk_profile_missing: 'password_alone',
  password_alone_here: 'password_remote',
  second_factor_missing: 'second_factor',
  card_without_pin: 'second_factor',
  no_factor: 'second_factor',
  otp_alone: 'second_factor',
  contactless_alone: 'second_factor',
  incomplete: 'second_factor',
  below_sensitive_minimum: 'sensitive_minimum',
  below_minimum: 'level_too_low',
  biometrics_elsewhere: undefined,
  mail_resets_password: undefined,
  pin_without_chip: undefined,
  contactless_is_transition: undefined,
  sms_discouraged: undefined,
}
