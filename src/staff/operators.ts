/**
 * The people who run the hub: who they are, in which roles, and their sessions. The command line makes the first
 * operator: whoever reads the master key can name one anyway.
 */
import type { Actor } from '../audit/facts.ts'
import { type MeansId, newId, type OperatorId, type OperatorSessionId, type PersonId } from '../kernel/ids.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import {
  type Account,
  type Accounts,
  type AccountsOptions,
  createAccounts,
  type Entrance,
  type Invited,
  type KindOfStaff,
  type Present,
} from './staff.ts'

export interface Operator
  extends Pick<Account<OperatorId, OperatorRole>, 'name' | 'roles' | 'state' | 'invitedAt' | 'lastSignInAt'> {
  operator: OperatorId
}

/** Who is there: what a route for operators works with. */
export interface Standing extends Omit<Present<OperatorId, OperatorSessionId, OperatorRole>, 'account' | 'partner'> {
  operator: OperatorId
}

export interface InvitedOperator extends Omit<Invited<OperatorId>, 'account'> {
  operator: OperatorId
}

type All = Accounts<OperatorId, OperatorSessionId, OperatorRole>

export interface Operators
  extends Pick<All, 'namesOf' | 'suspend' | 'restore' | 'remove' | 'sweep'>,
    Entrance<OperatorRole, Standing> {
  /** As `Accounts.invite`. */
  invite(given: { name: string; roles: readonly OperatorRole[]; actor: Actor }): Promise<InvitedOperator>
  /** As `Accounts.inviteAgain`. */
  inviteAgain(operator: OperatorId, actor: Actor): Promise<InvitedOperator | undefined>
  /** Those who can still be named: the removed ones until their time is over. */
  list(): Promise<Operator[]>
  /** Is this person an operator? Their means are nobody's business but the administrators'. */
  isOperator(person: PersonId): Promise<boolean>
}

const kind: KindOfStaff<OperatorId, OperatorSessionId, OperatorRole> = {
  kind: 'operator',
  newAccount: () => newId('operator'),
  newSession: () => newId('operatorSession'),
  facts: {
    invited: ({ account: operator, roles, again, actor }) => ({
      name: 'operator.invited',
      data: { operator, roles, again, actor },
    }),
    joined: (operator, means: MeansId) => ({ name: 'operator.joined', data: { operator, means } }),
    changed: (event, operator, actor) => ({ name: `operator.${event}`, data: { operator, actor } }),
    signedIn: (operator, session, means) => ({ name: 'operator.signed_in', data: { operator, session, means } }),
    signInRefused: (operator, person) => ({ name: 'operator.sign_in_refused', data: { operator, person } }),
    sessionEnded: (operator, session, reason) => ({
      name: 'operator.session_ended',
      data: { operator, session, reason },
    }),
    denied: (operator, route) => ({ name: 'operator.denied', data: { operator, route } }),
  },
}

export function createOperators(options: AccountsOptions): Operators {
  const accounts = createAccounts(kind, options)
  const named = ({ account: operator, ...rest }: Invited<OperatorId>): InvitedOperator => ({ operator, ...rest })
  return {
    ...accounts,
    invite: async (given) => named(await accounts.invite(given)),
    async inviteAgain(operator, actor) {
      const invited = await accounts.inviteAgain(operator, actor)
      return invited && named(invited)
    },
    async list() {
      return (await accounts.list()).map(({ account: operator, partner: _, ...rest }) => ({ operator, ...rest }))
    },
    isOperator: accounts.holds,
    async invitation(token) {
      return accounts.invitation(token)
    },
    async standing(secret) {
      const present = await accounts.standing(secret)
      if (!present) return undefined
      const { account: operator, partner: _, ...rest } = present
      return { operator, ...rest }
    },
    denied: ({ operator: account, ...rest }, route) => accounts.denied({ account, partner: '', ...rest }, route),
  }
}
