/**
 * Reasons of refusals as partners are told them. A service hears nothing of a provider by itself, a provider nothing of
 * a service, and neither that a person froze their identity or blocked a provider: that is `other`, with all that a
 * partner can do nothing about.
 */
import type { ErrorName } from '../kernel/errors.ts'

/** In the order of the commonest: the last that is large enough covers those that are not (`release.ts`). */
export const serviceReasons = ['cancelled', 'not_signed_in', 'level', 'provider', 'other'] as const
export type ServiceReason = (typeof serviceReasons)[number]

export const providerReasons = ['cancelled', 'silent', 'refused', 'answer', 'level', 'suspended', 'other'] as const
export type ProviderReason = (typeof providerReasons)[number]

const ofServices: Partial<Record<ErrorName, ServiceReason>> = {
  person_cancelled: 'cancelled',
  provider_cancelled: 'cancelled',
  login_required: 'not_signed_in',
  interaction_required: 'not_signed_in',
  level_not_reached: 'level',
  provider_too_low: 'level',
  provider_means_refused: 'level',
  provider_level_not_allowed: 'provider',
  provider_silent: 'provider',
  provider_refused: 'provider',
  provider_answer_invalid: 'provider',
  provider_disabled: 'provider',
  identity_malformed: 'provider',
  no_provider_usable: 'provider',
}

const ofProviders: Partial<Record<ErrorName, ProviderReason>> = {
  person_cancelled: 'cancelled',
  provider_cancelled: 'cancelled',
  provider_silent: 'silent',
  provider_refused: 'refused',
  provider_answer_invalid: 'answer',
  identity_malformed: 'answer',
  provider_level_not_allowed: 'level',
  level_not_reached: 'level',
  provider_too_low: 'level',
  provider_means_refused: 'level',
  provider_disabled: 'suspended',
}

export const serviceReasonOf = (error: ErrorName): ServiceReason => ofServices[error] ?? 'other'

export const providerReasonOf = (error: ErrorName): ProviderReason => ofProviders[error] ?? 'other'
