/** Closed words of help: who somebody is, what happens to them, how a request ends. Pages, forms and the API share them. */

/** Who asks: the pages of help are written for each. Also the last part of their addresses. */
export const audiences = ['citizen', 'payroll', 'small-company', 'accounting-firm', 'professional'] as const
export type Audience = (typeof audiences)[number]

/** What a request is about, the most frequent first. */
export const situations = [
  'cannot_sign_in',
  'provider_out',
  'means_lost',
  'level_too_low',
  'abroad',
  'strange_message',
  'misuse',
  'wrong_identity',
  'for_somebody',
  'accessibility',
  'other',
] as const
export type Situation = (typeof situations)[number]

export const closeReasons = ['answered', 'solved', 'duplicate', 'nothing_to_do', 'misuse'] as const
export type CloseReason = (typeof closeReasons)[number]

/** Signs that a form takes. */
export const mostText = 3_000
export const mostAnswer = 5_000
export const mostReference = 100

export const isAudience = (value: unknown): value is Audience => audiences.some((one) => one === value)
export const isSituation = (value: unknown): value is Situation => situations.some((one) => one === value)
