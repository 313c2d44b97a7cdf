/**
 * The roles of operators, the people who run the hub. A closed list: each route for operators names those that may call
 * it. One operator may have several.
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
