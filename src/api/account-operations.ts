/**
 * Those who work with the hub: operators, and the staff of partners. The link of an operator is told to the second
 * operator who confirms the invitation, that of a partner's staff once, in the answer.
 */
import { z } from 'zod'
import { isId, type OperatorId, type StaffId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { operatorRoles, staffRoles } from '../kernel/roles.ts'
import type { ContactChecks } from '../staff/contact-checks.ts'
import type { Operators } from '../staff/operators.ts'
import { mostInvited, type OperatorInvitation, type PartnerStaff } from '../staff/partner-staff.ts'
import { accountStates, nameProblems } from '../staff/staff.ts'
import type { Ask } from './asking.ts'
import { done, type Operation, operation, refused } from './operations.ts'
import type { ProblemError } from './problems.ts'
import { Done, Instant_, instantIf, instantOf, lineOf, Page, paged, pageOf, Reason } from './shapes.ts'

export interface AccountOperationsOptions {
  operators: Pick<Operators, 'list' | 'suspend' | 'remove'>
  staff: Pick<PartnerStaff, 'list' | 'inviteByOperator' | 'inviteAgain' | 'suspend' | 'restore' | 'remove'>
  contactChecks: Pick<ContactChecks, 'contactChecks'>
  ask: Ask
  issuer: string
}

const OperatorShape = z.strictObject({
  operator: z.string(),
  name: z.string(),
  roles: z.array(z.enum(operatorRoles)),
  state: z.enum(accountStates),
  invitedAt: Instant_,
  lastSignInAt: Instant_.optional(),
})

const StaffShape = z.strictObject({
  staff: z.string(),
  partner: z.string(),
  name: z.string(),
  roles: z.array(z.enum(staffRoles)),
  state: z.enum(accountStates),
  invitedAt: Instant_,
  lastSignInAt: Instant_.optional(),
})

const link = z.string().meta({
  description: 'Serves once: whoever opens it first can use it. Hand it over by a way that nobody else reads.',
})
const InvitedStaffShape = z.strictObject({ staff: z.string(), link, expiresAt: Instant_ })

type InvitationProblem = Extract<OperatorInvitation, { kind: 'invalid' }>['problems'][number]

function invitationError(problem: InvitationProblem): ProblemError {
  switch (problem) {
    case 'mail_wrong':
      return { pointer: '/mail', detail: 'is no e-mail address', code: problem }
    case 'roles_missing':
      return { pointer: '/roles', detail: 'is empty', code: problem }
    case 'too_many':
      return { pointer: '/partner', detail: `has ${mostInvited} invitations that nobody used yet`, code: problem }
    case 'unheard':
      return { pointer: '/partner', detail: 'has no mailbox that would hear of it', code: problem }
    default:
      return { pointer: '/name', detail: nameProblems[problem], code: problem }
  }
}

const InOperator = z.strictObject({ operator: z.string() })
const InStaff = z.strictObject({ staff: z.string() })

/** What each step does, before and after whom it is done to. */
const steps = {
  suspend: ['Put', 'out of office; their sessions end at once'],
  restore: ['Bring', 'back into office'],
  remove: ['Send', 'away, for good; their passkeys are revoked'],
} as const

export function accountOperations({
  operators,
  staff,
  contactChecks,
  ask,
  issuer,
}: AccountOperationsOptions): Operation[] {
  const ofOperators: Operation[] = [
    operation({
      id: 'listOperators',
      method: 'GET',
      path: '/operators',
      tag: 'Operators',
      scope: 'operators:read',
      summary: 'The operators of the hub',
      query: z.strictObject(Page),
      answers: pageOf(OperatorShape),
      async run({ query }) {
        const page = paged(await operators.list(), query, ({ operator }) => operator)
        return done({
          ...page,
          items: page.items.map(({ operator, name, roles, state, invitedAt, lastSignInAt }) => ({
            operator,
            name,
            roles,
            state,
            invitedAt: instantOf(invitedAt),
            ...instantIf('lastSignInAt', lastSignInAt),
          })),
        })
      },
    }),
    operation({
      id: 'inviteOperator',
      method: 'POST',
      path: '/operators',
      tag: 'Operators',
      scope: 'operators:write',
      summary: 'Ask that somebody becomes an operator',
      description:
        'Always waits for a second operator, who is told the link: whoever may name operators alone would name the second one.',
      body: z.strictObject({
        name: lineOf(120),
        roles: z.array(z.enum(operatorRoles)).min(1).max(operatorRoles.length),
        mail: z.email('must be an e-mail address').exactOptional(),
        language: z.enum(languages).exactOptional(),
        reason: Reason,
      }),
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      problems: ['not-allowed', 'conflict'],
      run: ({ body: { reason, ...parameters }, caller }) =>
        ask({ kind: 'invite_operator', parameters }, { caller, reason }),
    }),
    operation({
      id: 'inviteOperatorAgain',
      method: 'POST',
      path: '/operators/{operator}/invitation',
      tag: 'Operators',
      scope: 'operators:write',
      summary: 'Ask for a new link for an operator, whose passkey replaces those of before',
      params: InOperator,
      body: z.strictObject({ reason: Reason }),
      answers: z.undefined(),
      status: 202,
      twoOperators: true,
      problems: ['not-allowed', 'conflict'],
      async run({ params: { operator }, body: { reason }, caller }) {
        if (!isId('operator', operator)) return refused('not-found')
        return ask({ kind: 'reinvite_operator', parameters: { operator } }, { caller, reason })
      },
    }),
    // Power over the hub is taken away by a program, and given back by people alone.
    ...(['suspend', 'remove'] as const).map((step) =>
      operation({
        id: `${step}Operator`,
        method: 'POST',
        path: `/operators/{operator}/${step}`,
        tag: 'Operators',
        scope: 'operators:write',
        summary: `${steps[step][0]} an operator ${steps[step][1]}`,
        params: InOperator,
        answers: Done,
        async run({ params, caller: { actor } }) {
          const id = params.operator as OperatorId
          if (!(await operators.list()).some(({ operator }) => operator === id)) return refused('not-found')
          return done({ done: await operators[step](id, actor) })
        },
      }),
    ),
  ]

  const ofPartners: Operation[] = [
    operation({
      id: 'listContactChecks',
      method: 'GET',
      path: '/contact-checks',
      tag: 'Staff of partners',
      scope: 'staff:read',
      summary:
        'Whether each partner has confirmed this year whom to tell when something is wrong, the most urgent first',
      answers: z.strictObject({
        items: z.array(
          z.strictObject({
            partner: z.string(),
            state: z.enum(['confirmed', 'due', 'overdue', 'missing']),
            dueAt: Instant_,
            confirmedAt: Instant_.optional(),
          }),
        ),
      }),
      async run() {
        const checks = await contactChecks.contactChecks()
        return done({
          items: checks.map(({ partner, state, dueAt, confirmedAt }) => ({
            partner,
            state,
            dueAt: instantOf(dueAt),
            ...instantIf('confirmedAt', confirmedAt),
          })),
        })
      },
    }),
    operation({
      id: 'listStaff',
      method: 'GET',
      path: '/staff',
      tag: 'Staff of partners',
      scope: 'staff:read',
      summary: 'Those who work for partners',
      query: z.strictObject({ partner: z.string().exactOptional(), ...Page }),
      answers: pageOf(StaffShape),
      async run({ query: { partner, ...query } }) {
        const page = paged(await staff.list(partner), query, ({ staff: id }) => id)
        return done({
          ...page,
          items: page.items.map(({ staff: id, partner: of, name, roles, state, invitedAt, lastSignInAt }) => ({
            staff: id,
            partner: of,
            name,
            roles,
            state,
            invitedAt: instantOf(invitedAt),
            ...instantIf('lastSignInAt', lastSignInAt),
          })),
        })
      },
    }),
    operation({
      id: 'inviteStaff',
      method: 'POST',
      path: '/staff',
      tag: 'Staff of partners',
      scope: 'staff:write',
      summary: 'Make a link by which somebody registers a passkey and acts for a partner',
      description: 'They and the mailboxes of their partner are told by letter, without the link.',
      body: z.strictObject({
        partner: z.string(),
        name: lineOf(120),
        roles: z.array(z.enum(staffRoles)).min(1).max(staffRoles.length),
        mail: z.email('must be an e-mail address'),
        language: z.enum(languages).default('fr'),
      }),
      answers: InvitedStaffShape,
      status: 201,
      async run({ body, caller: { actor } }) {
        const outcome = await staff.inviteByOperator({ ...body, actor })
        if (outcome.kind === 'unknown') {
          return refused('content-invalid', { errors: [{ pointer: '/partner', detail: 'is no partner' }] })
        }
        if (outcome.kind === 'invalid') {
          return refused('content-invalid', { errors: outcome.problems.map(invitationError) })
        }
        const { staff: id, token, expiresAt } = outcome.invited
        return done({ staff: id, link: `${issuer}/desk/join/${token}`, expiresAt: instantOf(expiresAt) })
      },
    }),
    operation({
      id: 'inviteStaffAgain',
      method: 'POST',
      path: '/staff/{staff}/invitation',
      tag: 'Staff of partners',
      scope: 'staff:write',
      summary: 'A new link for somebody, whose passkey replaces those of before',
      params: InStaff,
      answers: InvitedStaffShape,
      status: 201,
      async run({ params, caller: { actor } }) {
        const invited = isId('staff', params.staff) ? await staff.inviteAgain(params.staff, actor) : undefined
        if (!invited) return refused('not-found')
        const { staff: id, token, expiresAt } = invited
        return done({ staff: id, link: `${issuer}/desk/join/${token}`, expiresAt: instantOf(expiresAt) })
      },
    }),
    ...(['suspend', 'restore', 'remove'] as const).map((step) =>
      operation({
        id: `${step}Staff`,
        method: 'POST',
        path: `/staff/{staff}/${step}`,
        tag: 'Staff of partners',
        scope: 'staff:write',
        summary: `${steps[step][0]} somebody ${steps[step][1]}`,
        params: InStaff,
        answers: Done,
        async run({ params, caller: { actor } }) {
          const id = params.staff as StaffId
          if (!(await staff.list()).some(({ staff: one }) => one === id)) return refused('not-found')
          return done({ done: await staff[step](id, actor) })
        },
      }),
    ),
  ]

  return [...ofOperators, ...ofPartners]
}
