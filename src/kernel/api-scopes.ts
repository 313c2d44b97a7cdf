import type { ProviderId, ServiceId } from './ids.ts'

/** What a program of the hub may be allowed at the admin API. A closed list: each operation there names one of these. */
const hubScopes = {
  'partners:read': 'Read partners, services and providers: settings, drafts, versions, what is published as a file.',
  'partners:write': 'Save drafts, publish and undo, apply a file.',
  'scopes:grant': 'Grant and refuse the scopes that services ask.',
  'providers:read': 'Read the state and the health of providers, incidents, banners.',
  'providers:suspend': 'Suspend a provider and bring it back, hide and show it.',
  'figures:read': 'Read figures of services and providers, and what runs now.',
  'banners:write': 'Write what everybody reads: banners, and notes on incidents.',
  'journal:read': 'Search the journal, take facts and their proofs.',
  'jobs:read': 'See what waits, runs and failed.',
  'jobs:write': 'Have failed jobs tried again, give one up.',
  'people:read': 'Find a person by an exact identifier or by reference, read the state of their means.',
  'people:protect': 'Ask two operators to freeze the identity of a person, or to thaw it.',
  'people:enrol': 'Enrol people, where an operator who may do so answers for the program.',
  'means:revoke': 'Suspend, bring back and revoke the means of a person, unblock the person.',
  'support:read': 'Read requests for help: what is written there, never the address of who wrote.',
  'support:write': 'Answer requests for help, close them, open them again.',
  'cases:read':
    'Read cases of a misused identity: what was written, which connections are in question, what partners answered.',
  'cases:write': 'Qualify such cases, note and close them.',
  'cases:decide': 'Tell the partners of such a case, give the verdict, take it back.',
  'organisations:read': 'Find organisations, see by what they are represented, without names.',
  'organisations:write':
    'Ask two operators to record who represents an organisation by a document, withdraw such a document.',
  'mandates:read': 'Read mandates and their statistics; never single uses.',
  'mandates:stop': 'Ask two operators to suspend a mandate, to bring it back, or to end it for fraud.',
  'breaches:read': 'Read the register of breaches of personal data, take what goes to an authority.',
  'collisions:review': 'Read collisions of accounts, decide them.',
  'register:read': 'Read the register of means.',
  'register:write': 'Class kinds of means, record and withdraw homologations.',
  'operators:read': 'List the operators and the programs of the hub.',
  'operators:write':
    'Invite, suspend and remove operators, register and remove programs; who was suspended is brought back by people alone.',
  'staff:read': 'List those who work for partners.',
  'staff:write': 'Invite, suspend, bring back and remove those who work for partners.',
  'settings:read': 'Read what the hub runs with, and its public keys.',
  'keys:rotate': 'Rotate the keys of the hub and the secrets of services.',
  'approvals:read': 'Read the changes that wait for a second operator, withdraw one of its own.',
} as const

/** What a program of a partner may be allowed, about its one service or provider. */
const partyScopes = {
  'party:cases:read': 'For a partner: read what the hub asks of this service or provider where an identity was stolen.',
  'party:cases:answer': 'For a partner: answer it, with what was found and what was done.',
  'party:cases:report': 'For a partner: report a theft that this service or provider sees.',
  'party:signals': 'For a partner: exchange security events of this service or provider (Shared Signals).',
} as const

/** A program has scopes of one of the two kinds, never of both. */
export const apiScopes = { ...hubScopes, ...partyScopes } as const
export type HubScope = keyof typeof hubScopes
export type PartyScope = keyof typeof partyScopes
export type ApiScope = HubScope | PartyScope

export const hubScopeNames = Object.keys(hubScopes) as HubScope[]
export const partyScopeNames = Object.keys(partyScopes) as PartyScope[]
export const apiScopeNames: readonly ApiScope[] = [...hubScopeNames, ...partyScopeNames]

/** The one service or provider that a program of a partner acts for. */
export interface ProgramParty {
  side: 'service' | 'provider'
  id: ServiceId | ProviderId
}

export function isApiScope(value: unknown): value is ApiScope {
  return typeof value === 'string' && Object.hasOwn(apiScopes, value)
}
