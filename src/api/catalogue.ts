/** All operations of the admin API, in their order in the document. */
import { type AccountOperationsOptions, accountOperations } from './account-operations.ts'
import { type HubOperationsOptions, hubOperations } from './hub-operations.ts'
import { type JournalOperationsOptions, journalOperations } from './journal-operations.ts'
import type { Operation } from './operations.ts'
import { type PartnerOperationsOptions, partnerOperations } from './partner-operations.ts'
import { type PeopleOperationsOptions, peopleOperations } from './people-operations.ts'
import { type ProviderOperationsOptions, providerOperations } from './provider-operations.ts'
import { type RegisterOperationsOptions, registerOperations } from './register-operations.ts'

export type CatalogueOptions = PartnerOperationsOptions &
  ProviderOperationsOptions &
  JournalOperationsOptions &
  PeopleOperationsOptions &
  RegisterOperationsOptions &
  AccountOperationsOptions &
  HubOperationsOptions

export function allOperations(options: CatalogueOptions): Operation[] {
  return [
    ...partnerOperations(options),
    ...providerOperations(options),
    ...peopleOperations(options),
    ...registerOperations(options),
    ...accountOperations(options),
    ...journalOperations(options),
    ...hubOperations(options),
  ]
}
