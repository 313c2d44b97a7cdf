/**
 * The provider page, decided: one of four states for each provider. The same answer draws the page and
 * judges the choice that comes back, so a forged choice cannot pass.
 */
import { atLeast, highestOf, type Level } from '../kernel/assurance.ts'
import type { ProviderId } from '../kernel/ids.ts'

/** Why a tile cannot be used. Each has a sentence in every language: `tile.<name>`. */
export type Obstacle = 'suspended' | 'down' | 'level_too_low' | 'suspicious_context' | 'blocked'

export type Tile =
  | { provider: ProviderId; state: 'usable' }
  | { provider: ProviderId; state: 'greyed'; obstacle: Obstacle }
  /** Not on the page; reachable by an allowed `idp_hint` only. */
  | { provider: ProviderId; state: 'hidden' }
  /** Not for this service. */
  | { provider: ProviderId; state: 'absent' }

export interface Candidate {
  id: ProviderId
  state: 'active' | 'suspended' | 'hidden'
  health: 'up' | 'down'
  /** Levels that it may assert. */
  allowedLevels: readonly Level[]
  blockedByPerson: boolean
}

export interface ChoiceContext {
  /** Of the service: which providers it takes. */
  providers: 'all' | readonly ProviderId[]
  required: Level
  /** The hub sees this context as suspicious: providers at the lowest level are refused. */
  suspicious: boolean
}

/** The state of every candidate, in the order given. */
export function chooseTiles(candidates: readonly Candidate[], context: ChoiceContext): Tile[] {
  return candidates.map((candidate) => tileOf(candidate, context))
}

function tileOf(candidate: Candidate, context: ChoiceContext): Tile {
  const provider = candidate.id
  if (context.providers !== 'all' && !context.providers.includes(provider)) return { provider, state: 'absent' }
  if (candidate.state === 'hidden') return { provider, state: 'hidden' }
  const obstacle = obstacleOf(candidate, context)
  return obstacle ? { provider, state: 'greyed', obstacle } : { provider, state: 'usable' }
}

/** The first that applies: what the person can do least about comes first. */
export function obstacleOf(candidate: Candidate, context: ChoiceContext): Obstacle | undefined {
  const strongest = highestOf(candidate.allowedLevels)
  if (candidate.state === 'suspended') return 'suspended'
  if (candidate.health === 'down') return 'down'
  if (candidate.blockedByPerson) return 'blocked'
  if (!strongest || !atLeast(strongest, context.required)) return 'level_too_low'
  if (context.suspicious && strongest === 'eidas1') return 'suspicious_context'
  return undefined
}
