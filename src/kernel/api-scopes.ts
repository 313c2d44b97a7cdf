/** What a program may be allowed at the admin API. A closed list: each operation there names one of these. */
export const apiScopes = {
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
  'cases:read': 'Read reports of a misused identity: what the person wrote, which connection it is about.',
  'cases:write': 'Close reports of a misused identity.',
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
export type ApiScope = keyof typeof apiScopes

export const apiScopeNames = Object.keys(apiScopes) as ApiScope[]

export function isApiScope(value: unknown): value is ApiScope {
  return typeof value === 'string' && Object.hasOwn(apiScopes, value)
}
