/**
 * When single sign-on by OpenID Connect is required of an organisation (R071). Whether one session may answer one
 * request is `mayReuse` of `level.ts`; when a session is over is `step-up.ts`.
 */
import type { Instant } from '../kernel/clock.ts'

/** 2025-01-01T00:00 in Paris. */
export const singleSignOnFrom: Instant = Date.parse('2025-01-01T00:00:00+01:00')

/** "More than 5" and "more than 5,000": strictly. */
export const mostServices = 5
export const mostProfessionals = 5_000

export const singleSignOnReasons = {
  many_services: { says: 'The organisation is responsible for more than 5 sensitive services.', requirement: 'R071' },
  many_professionals: {
    says: 'More than 5,000 professionals have access to at least one of its sensitive services.',
    requirement: 'R071',
  },
  before_2025: { says: 'The obligation begins on 1 January 2025, in Paris.', requirement: 'R071' },
  few: { says: 'Neither of the two thresholds is passed.', requirement: 'R071' },
} as const
export type SingleSignOnReason = keyof typeof singleSignOnReasons

export interface SingleSignOnDecision {
  required: boolean
  reasons: SingleSignOnReason[]
}

/**
 * @param services sensitive services that the organisation is responsible for
 * @param professionals who have access to at least one of them
 */
export function decideSingleSignOn({
  services,
  professionals,
  at,
}: {
  services: number
  professionals: number
  at: Instant
}): SingleSignOnDecision {
  const hasBegun = at >= singleSignOnFrom
  const isLarge = services > mostServices || professionals > mostProfessionals
  const found: [SingleSignOnReason, boolean][] = [
    ['many_services', services > mostServices],
    ['many_professionals', professionals > mostProfessionals],
    ['before_2025', !hasBegun],
    ['few', !isLarge],
  ]
  return {
    required: hasBegun && isLarge,
    reasons: found.filter(([, applies]) => applies).map(([reason]) => reason),
  }
}
