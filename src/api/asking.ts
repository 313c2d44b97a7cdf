/** What a program asks of two operators: written down, and answered by 202. */
import { isDeepStrictEqual } from 'node:util'
import type { Approvals, AskOutcome, NewApproval, Refusal } from '../approvals/approvals.ts'
import { type Answer, type Caller, refused } from './operations.ts'
import type { ProblemDetails, ProblemName } from './problems.ts'
import { approvalOf } from './shapes.ts'

export type Asked = NewApproval extends infer N
  ? N extends NewApproval
    ? Pick<N, 'kind' | 'parameters'>
    : never
  : never

export type Ask = (change: Asked, by: { caller: Caller; reason: string }) => Promise<Answer<never>>

export function createAsk(approvals: Pick<Approvals, 'ask'>): Ask {
  return async (change, { caller: { actor, behind }, reason }) => {
    const given = { ...change, reason, by: actor, ...(behind ? { behind } : {}) } as NewApproval
    return answerOf(await approvals.ask(given), change)
  }
}

const refusals: Record<Refusal['problem'], [ProblemName, ProblemDetails]> = {
  unknown: ['not-found', {}],
  moved: ['overtaken', {}],
  invalid: [
    'content-invalid',
    { detail: 'By the rules of today it cannot be published: read the draft, and its faults.' },
  ],
  overlap: [
    'content-invalid',
    { errors: [{ pointer: '/overlap', detail: 'must be a number of days that is allowed' }] },
  ],
  two_secrets: ['conflict', { detail: 'Two secrets are in force: the older one has to end first.' }],
  incomplete: ['content-invalid', { detail: 'A name, a role or an address lacks, or is wrong.' }],
  uses_keys: ['conflict', { detail: 'The service uses keys, and has no secret.' }],
  nothing_to_do: ['conflict', { detail: 'It is so already.' }],
  closed: ['conflict', { detail: 'The organisation is closed.' }],
  document: [
    'content-invalid',
    { detail: 'The person, the role or the reference of the document is not well-formed.' },
  ],
  dates: ['content-invalid', { detail: 'The dates do not go together, or are over, or to come.' }],
}

function answerOf(outcome: AskOutcome, { parameters }: Asked): Answer<never> {
  switch (outcome.kind) {
    case 'asked':
      return { kind: 'pending', approval: approvalOf(outcome.approval) }
    case 'waiting': {
      const { approval } = outcome
      // Asked twice, it is confirmed once. Another one about the same thing has to be decided first.
      if (isDeepStrictEqual(approval.parameters, parameters)) return { kind: 'pending', approval: approvalOf(approval) }
      return refused('conflict', {
        detail: `Another change of this kind waits: ${approval.id}. Withdraw it, or have it decided.`,
      })
    }
    case 'no_reason':
      return refused('content-invalid', {
        errors: [
          { pointer: '/reason', detail: 'must say why, for the operator who confirms it: 10 to 500 characters' },
        ],
      })
    case 'not_allowed':
      return refused('not-allowed')
    case 'refused':
      return refused(...refusals[outcome.refusal.problem])
  }
}
