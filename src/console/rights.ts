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
  /** Find a person, see whether their identity is frozen, ask that it be frozen or thawed, which takes two. */
  protect: ['administrator', 'security_officer', 'means_manager'],
  /** Enrol somebody, change identity data, hand over a code of activation (R040 to R046). */
  enrol: ['means_manager'],
  /** Figures, providers, their suspensions and health, incidents, banners; the rehearsal of an outage. */
  providers: ['administrator', 'support', 'security_officer', 'data_protection_officer', 'auditor'],
  /** Services and partners: their settings, versions, scopes, staff. */
  services: ['administrator', 'support', 'security_officer', 'data_protection_officer', 'auditor'],
  /** Publish a draft, come back to an older version. A change of a key or a secret takes two. */
  publish: ['administrator', 'security_officer'],
  /** Grant a service the scopes that it asks, refuse them. */
  grant: ['administrator', 'security_officer'],
  /** Invite those who work for partners, put them out of office. */
  staff: ['administrator', 'security_officer'],
  /** See what waits for a second operator, and what became of it; who the operators are. */
  approvals: ['administrator', 'security_officer', 'data_protection_officer', 'auditor'],
  /** See the same, for what one asked oneself. */
  second: ['administrator', 'security_officer', 'data_protection_officer', 'auditor', 'means_manager'],
  /** Confirm, decline, take back: the verb knows whose answer counts for what. */
  answer: ['administrator', 'security_officer', 'means_manager'],
  /** Ask for what takes two operators, confirm what another one asked. */
  approve: ['administrator', 'security_officer'],
  /** Suspend a provider and bring it back, hide and show it. */
  suspend: ['administrator', 'security_officer'],
  /** What everybody reads: banners, notes on incidents. */
  announce: ['administrator', 'security_officer'],
  /** Decide whether two accounts are of one human, split a person. */
  collisions: ['security_officer', 'means_manager'],
  /** Requests for help: read what people wrote, answer, close. Nobody else sees them, administrators neither. */
  requests: ['support', 'security_officer'],
  /** Cases of a misused identity: read them with what was written and answered, their statistics. */
  cases: ['support', 'security_officer', 'data_protection_officer', 'auditor'],
  /** Go through a case with the person, see the frozen evidence with its addresses, note, close. */
  cases_work: ['support', 'security_officer'],
  /** Tell the partners of a case, give the verdict, take it back. */
  cases_decide: ['security_officer'],
  /** See the rules of detection, how often each was right, what they found. */
  detection: ['support', 'security_officer', 'data_protection_officer', 'auditor'],
  /** Tune these rules. */
  detection_tune: ['security_officer'],
  /** Find organisations and mandates, see who represents and who acts; their statistics. */
  organisations: [
    'administrator',
    'support',
    'security_officer',
    'data_protection_officer',
    'auditor',
    'means_manager',
  ],
  /** Ask that somebody be recorded as a representative by a document, which takes two; withdraw such a document. */
  represent: ['administrator', 'security_officer', 'means_manager'],
  /** Ask that a mandate be suspended, brought back or ended for fraud, which takes two. */
  mandates_stop: ['administrator', 'security_officer'],
  /** The register of breaches of personal data, what the public is told of incidents: read, take as files. */
  breaches: ['security_officer', 'data_protection_officer', 'auditor'],
  /** Open, assess, record who was told, close; publish a statement. They also hear of the deadlines. */
  breaches_work: ['security_officer', 'data_protection_officer'],
  /** Search the journal, see and take its proofs. */
  journal: ['security_officer', 'data_protection_officer', 'auditor'],
  /** See what waits, runs and failed. */
  jobs: ['administrator', 'support', 'security_officer', 'auditor'],
  /** Have failed jobs tried again, give one up. */
  jobs_work: ['administrator', 'security_officer'],
  /** See what the process runs with: settings, versions, keys. */
  settings: ['administrator', 'security_officer', 'data_protection_officer', 'auditor'],
} as const satisfies Record<string, readonly OperatorRole[]>

export type Right = keyof typeof rights

/** Rights that the home page explains, in this order. */
export const explained = [
  ...(['approvals', 'approve', 'services', 'publish', 'grant', 'staff'] as const),
  ...(['providers', 'suspend', 'announce', 'register', 'homologate', 'people', 'protect', 'enrol'] as const),
  ...([
    'collisions',
    'requests',
    'cases',
    'cases_work',
    'cases_decide',
    'detection',
    'detection_tune',
    'organisations',
    'represent',
    'mandates_stop',
    'breaches',
    'breaches_work',
    'journal',
  ] as const),
  ...(['jobs', 'jobs_work', 'settings'] as const),
] as const satisfies readonly Right[]

export function has(roles: readonly OperatorRole[], right: Right): boolean {
  return roles.some((role) => (rights[right] as readonly OperatorRole[]).includes(role))
}
