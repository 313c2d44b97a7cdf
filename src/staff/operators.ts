/**
 * The people who run the hub: who they are, in which roles, and their sessions. The command line makes the first
 * operator: whoever reads the master key can name one anyway.
 */
import type { Actor } from '../audit/facts.ts'
import { type MeansId, newId, type OperatorId, type OperatorSessionId, type PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import { parseAddress } from '../people/address.ts'
import type { Tx } from '../storage/storage.ts'
import {
  type Account,
  type Accounts,
  type AccountsOptions,
  createAccounts,
  type Entrance,
  type Invited,
  type KindOfStaff,
  type nameProblems,
  nameProblemsOf,
  type Present,
} from './staff.ts'

export interface Operator
  extends Pick<
    Account<OperatorId, OperatorRole>,
    'name' | 'roles' | 'state' | 'mail' | 'language' | 'invitedAt' | 'lastSignInAt'
  > {
  operator: OperatorId
}

/** Who is there: what a route for operators works with. */
export interface Standing extends Omit<Present<OperatorId, OperatorSessionId, OperatorRole>, 'account' | 'partner'> {
  operator: OperatorId
}

export interface InvitedOperator extends Omit<Invited<OperatorId>, 'account'> {
  operator: OperatorId
}

export type OperatorProblem = keyof typeof nameProblems | 'mail_wrong' | 'roles_missing'

type All = Accounts<OperatorId, OperatorSessionId, OperatorRole>

export interface Operators
  extends Pick<All, 'namesOf' | 'inOffice' | 'suspend' | 'restore' | 'remove' | 'sweep'>,
    Entrance<OperatorRole, Standing> {
  /**
   * As `Accounts.invite`. Without an address the hub cannot tell them what waits for a second operator.
   *
   * @throws GarantError `settings_invalid` also when the address is none
   */
  invite(given: {
    name: string
    roles: readonly OperatorRole[]
    mail?: string
    /** In which they are written to; French when absent. */
    language?: Language
    actor: Actor
    /** Runs in the same transaction. */
    also?: (tx: Tx) => Promise<void>
  }): Promise<InvitedOperator>
  /** What is wrong with an invitation, before it is asked of a second operator. */
  problemsOf(given: { name: string; roles: readonly OperatorRole[]; mail?: string }): OperatorProblem[]
  /** As `Accounts.inviteAgain`. */
  inviteAgain(
    operator: OperatorId,
    actor: Actor,
    also?: (tx: Tx) => Promise<void>,
  ): Promise<InvitedOperator | undefined>
  /** Those who can still be named: the removed ones until their time is over. */
  list(): Promise<Operator[]>
  find(operator: string): Promise<Operator | undefined>
  /** Where an operator is written to from now on; a fact. `unknown`: nobody of that id, or removed. */
  writeTo(
    operator: OperatorId,
    to: { mail: string; language: Language },
    actor: Actor,
  ): Promise<'done' | 'unknown' | 'no_address'>
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

const operatorOf = ({ account: operator, partner: _, ...rest }: Account<OperatorId, OperatorRole>): Operator => ({
  operator,
  ...rest,
})

export function createOperators(options: AccountsOptions): Operators {
  const accounts = createAccounts(kind, options)
  const named = ({ account: operator, ...rest }: Invited<OperatorId>): InvitedOperator => ({ operator, ...rest })
  return {
    ...accounts,
    async invite({ mail: typed, language = 'fr', also, ...given }) {
      const mail = typed === undefined ? undefined : parseAddress(typed)
      const faults = typed !== undefined && !mail ? ['mail is not an e-mail address'] : []
      return named(await accounts.invite({ ...given, ...(mail ? { mail, language } : {}), faults }, also))
    },
    problemsOf: ({ name, roles, mail }) => [
      ...nameProblemsOf(name),
      ...(mail === undefined || parseAddress(mail) ? [] : (['mail_wrong'] as const)),
      ...(roles.length === 0 ? (['roles_missing'] as const) : []),
    ],
    async inviteAgain(operator, actor, also) {
      const invited = await accounts.inviteAgain(operator, actor, also)
      return invited && named(invited)
    },
    list: async () => (await accounts.list()).map(operatorOf),
    async find(operator) {
      const found = await accounts.find(operator)
      return found && operatorOf(found)
    },
    async writeTo(operator, { mail: typed, language }, actor) {
      const mail = parseAddress(typed)
      if (!mail) return 'no_address'
      const isDone = await accounts.writeTo(operator, { mail, language }, async (tx) =>
        options.audit.append(tx, { name: 'operator.address_changed', data: { operator, actor } }),
      )
      return isDone ? 'done' : 'unknown'
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
