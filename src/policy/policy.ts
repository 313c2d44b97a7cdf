/**
 * Pure decisions, no I/O: which level was asked and reached, what each tile of the provider page is, may this session
 * be reused, is this context unusual. Each answer carries its reasons, from a closed list. The clock is a parameter.
 */
export { chooseTiles, type Tile } from './choice.ts'
export { type AlertDecision, decideAlert, unusualContext } from './context.ts'
export { answeredAcr, mayReuse, type Requested, requiredLevel } from './level.ts'

/** Why a context is unusual. Each has a sentence in every language: `reason.<name>`. */
export const reasons = ['new_device', 'shared_device', 'new_country', 'new_provider', 'first_link'] as const
export type Reason = (typeof reasons)[number]
