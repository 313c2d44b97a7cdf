/** All operations of the API, in their order in the document. */
import { type AccountOperationsOptions, accountOperations } from './account-operations.ts'
import { type BreachOperationsOptions, breachOperations } from './breach-operations.ts'
import { type CaseOperationsOptions, caseOperations } from './case-operations.ts'
import { type DetectionOperationsOptions, detectionOperations } from './detection-operations.ts'
import { type EnrolmentOperationsOptions, enrolmentOperations } from './enrolment-operations.ts'
import { type FiguresOperationsOptions, figuresOperations } from './figures-operations.ts'
import { type HubOperationsOptions, hubOperations } from './hub-operations.ts'
import { type JournalOperationsOptions, journalOperations } from './journal-operations.ts'
import { type MandateOperationsOptions, mandateOperations } from './mandate-operations.ts'
import type { Operation } from './operations.ts'
import { type PartnerOperationsOptions, partnerOperations } from './partner-operations.ts'
import { type PartyOperationsOptions, partyOperations } from './party-operations.ts'
import { type PeopleOperationsOptions, peopleOperations } from './people-operations.ts'
import { type ProgramOperationsOptions, programOperations } from './program-operations.ts'
import { type ProviderOperationsOptions, providerOperations } from './provider-operations.ts'
import { type RegisterOperationsOptions, registerOperations } from './register-operations.ts'
import { type SupportOperationsOptions, supportOperations } from './support-operations.ts'

export type CatalogueOptions = PartnerOperationsOptions &
  ProviderOperationsOptions &
  JournalOperationsOptions &
  PeopleOperationsOptions &
  EnrolmentOperationsOptions &
  RegisterOperationsOptions &
  AccountOperationsOptions &
  SupportOperationsOptions &
  CaseOperationsOptions &
  DetectionOperationsOptions &
  MandateOperationsOptions &
  BreachOperationsOptions &
  PartyOperationsOptions &
  ProgramOperationsOptions &
  FiguresOperationsOptions &
  HubOperationsOptions

export function allOperations(options: CatalogueOptions): Operation[] {
  return [
    ...partnerOperations(options),
    ...providerOperations(options),
    ...peopleOperations(options),
    ...enrolmentOperations(options),
    ...registerOperations(options),
    ...accountOperations(options),
    ...supportOperations(options),
    ...caseOperations(options),
    ...detectionOperations(options),
    ...mandateOperations(options),
    ...breachOperations(options),
    ...programOperations(options),
    ...figuresOperations(options),
    ...journalOperations(options),
    ...hubOperations(options),
    ...partyOperations(options),
  ]
}
