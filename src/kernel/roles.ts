/**
 * The roles of those who work with the hub: operators, who run it, and the staff of partners. Closed lists: each route
 * for them names those that may call it. One of them may have several.
 */

export const operatorRoles = [
  'administrator',
  'support',
  'security_officer',
  'data_protection_officer',
  'auditor',
  /** Enrols people and revokes their means (R047). */
  'means_manager',
] as const
export type OperatorRole = (typeof operatorRoles)[number]

export function isOperatorRole(value: unknown): value is OperatorRole {
  return typeof value === 'string' && (operatorRoles as readonly string[]).includes(value)
}

export const staffRoles = [
  /** Answers for the partner's services and providers. */
  'administrator',
  /** Connects them. */
  'technician',
  /** Is told when something is wrong, and takes a provider of theirs off the page and back. */
  'security_contact',
] as const
export type StaffRole = (typeof staffRoles)[number]
