/** Which roles may do what on the pages of operators. A route names one of these rights, and the home page tells them. */
import { type OperatorRole, operatorRoles } from '../kernel/roles.ts'

export const rights = {
  /** The home page, and leaving. */
  home: operatorRoles,
  /** Read and export the register of means. */
  register: ['administrator', 'security_officer', 'data_protection_officer', 'auditor', 'means_manager'],
  /** Class kinds of means, record and withdraw homologations. */
  homologate: ['administrator', 'security_officer'],
  /** Find a person by an exact identifier, suspend and revoke their means (R047). */
  people: ['means_manager'],
} as const satisfies Record<string, readonly OperatorRole[]>

export type Right = keyof typeof rights

/** Rights that the home page explains, in this order. */
export const explained = ['register', 'homologate', 'people'] as const satisfies readonly Right[]

export function has(roles: readonly OperatorRole[], right: Right): boolean {
  return roles.some((role) => (rights[right] as readonly OperatorRole[]).includes(role))
}
