/**
 * Where those who work for a partner, or for the hub, are written to. A job carries who is meant (`security`, the id of an
 * account), never an address: what the address is, is read when the letter is written.
 */
import type { Language } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import type { Partner } from '../partners/partners.ts'
import { languageOf } from '../staff/contact-checks.ts'
import type { Operators } from '../staff/operators.ts'
import type { PartnerStaff } from '../staff/partner-staff.ts'

export interface Recipient {
  /** `administrative`, `security`, or the id of an account. */
  to: string
  mail: string
  language: Language
}

/** Of one partner. */
export interface Mailboxes {
  /** Of its settings; in the language of its team. */
  administrative: Recipient[]
  security: Recipient[]
  /** Its administrators in office. */
  administrators: Recipient[]
  /** In which its mailboxes are written to. */
  language: Language
}

export interface MailboxFinder {
  of(partner: Partner): Promise<Mailboxes>
  /** Operators in office who have one of these roles. */
  operators(roles: readonly OperatorRole[]): Promise<Recipient[]>
}

export function createMailboxFinder({
  staff,
  operators,
}: {
  staff: Pick<PartnerStaff, 'list'>
  operators: Pick<Operators, 'list'>
}): MailboxFinder {
  return {
    async of({ id, contacts = {} }) {
      const team = (await staff.list(id)).filter(({ state }) => state === 'active')
      const language = languageOf(team)
      const box = (to: 'administrative' | 'security') => {
        const mail = contacts[to]
        return mail ? [{ to, mail, language }] : []
      }
      const administrators = team
        .filter(({ roles }) => roles.includes('administrator'))
        .flatMap(({ staff: to, mail, language: own = language }) => (mail ? [{ to, mail, language: own }] : []))
      return { administrative: box('administrative'), security: box('security'), administrators, language }
    },

    operators: async (roles) =>
      (await operators.list())
        .filter(({ state, roles: own }) => state === 'active' && own.some((role) => roles.includes(role)))
        .flatMap(({ operator: to, mail, language = 'fr' }) => (mail ? [{ to, mail, language }] : [])),
  }
}
