/**
 * May somebody have all that is theirs erased, at their own word? It cannot be taken back, so it waits while something
 * is being found out, and where the law wants to know later who somebody was.
 */
import type { Identity } from '../kernel/identity.ts'

export const erasureReasons = {
  frozen: {
    says: 'The identity is frozen: nothing of it changes, in case it is not the person who asks.',
    requirement: 'R114',
  },
  case_open: {
    says: 'A report of identity theft is being looked at, and needs what would be erased.',
    requirement: 'R103',
  },
  professional_traces: {
    says: 'A professional used services for as long as traces are kept: who did what must stay known until then.',
    requirement: 'R080',
  },
} as const
export type ErasureReason = keyof typeof erasureReasons

export interface ErasureQuestion {
  kind: Identity['kind']
  frozen: boolean
  /** Cases that are not closed. */
  openCases: number
  /** Did the person sign in to a service within the time for which traces are kept? The hub's own pages are none. */
  usedServices: boolean
}

/** Nothing stands in the way when no reason is returned. */
export function decideErasure({ kind, frozen, openCases, usedServices }: ErasureQuestion): ErasureReason[] {
  const found: [ErasureReason, boolean][] = [
    ['frozen', frozen],
    ['case_open', openCases > 0],
    // General Data Protection Regulation article 17(3)(b): not where processing is a legal obligation.
    ['professional_traces', kind === 'professional' && usedServices],
  ]
  return found.filter(([, applies]) => applies).map(([reason]) => reason)
}
