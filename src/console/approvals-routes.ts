/**
 * Changes that take two operators, on the operators' pages. The verbs of `approvals/` decide who may and what becomes of
 * it; here a form is read and the answer drawn. What a confirmation makes is in that one answer.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type {
  Approval,
  AskOutcome,
  Change,
  ConfirmOutcome,
  DeclineOutcome,
  NewApproval,
  Refusal,
} from '../approvals/approvals.ts'
import { GarantError } from '../kernel/errors.ts'
import { type ApprovalId, isId, newId, type OperatorId } from '../kernel/ids.ts'
import type { Editor } from '../partners/versions.ts'
import {
  type ApprovalDone,
  type ApprovalSaid,
  type ApprovalView,
  type AskSaid,
  approvalDone,
  approvalPage,
  approvalsPage,
  keysPage,
  madePage,
  type OperatorNames,
  purposes,
} from './approvals-pages.ts'
import { consolePaths } from './frame.ts'
import { allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

/** Rows of what is over on one page. */
const pageSize = 20

export function mountApprovals(options: ConsoleOptions): void {
  const { web, door, approvals, operators, organisations, versions, issuer } = options
  const { app } = web

  app.get(consolePaths.approvals, allow('second'), async (request, reply) => {
    const { operator: me } = door.of(request)
    const { after, done } = request.query as { after?: unknown; done?: unknown }
    const place = typeof after === 'string' && after !== '' ? after : undefined
    const [waiting, past, own] = await Promise.all([
      approvals.waiting(),
      approvals.past({ limit: pageSize, ...(place ? { after: place } : {}) }),
      operators.find(me),
    ])
    const said = approvalDone.find((one) => one === done)
    const view = {
      me,
      waiting,
      past: past.approvals,
      ...(past.next ? { next: past.next } : {}),
      isFirst: place === undefined,
      names: await namesIn(options, [...waiting, ...past.approvals]),
      hasOthers: (await approvals.others({ kind: 'rotate_keys', barred: [me] })) > 0,
      hasAddress: own?.mail !== undefined,
      ...(said ? { done: said } : {}),
    }
    return web.page(request, reply, approvalsPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get('/console/approvals/:approval', allow('second'), async (request, reply) => {
    const { done } = request.query as { done?: unknown }
    const said = approvalDone.find((one) => one === done)
    return show(request, reply, await approvalIn(options, request), said ? { done: said } : {})
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    approval: Approval,
    more: Pick<ApprovalView, 'done' | 'said' | 'refusal' | 'answer'>,
  ): Promise<FastifyReply> {
    const { operator: me } = door.of(request)
    const { askedBy } = approval
    const view: ApprovalView = {
      me,
      approval,
      names: await namesIn(options, [approval]),
      others: await approvals.others(approval),
      isAskerThere: askedBy.kind !== 'operator' || (await operators.find(askedBy.id))?.state === 'active',
      look: await lookOf(approval),
      organisation: await organisationOf(approval),
      ...more,
    }
    return web.page(request, reply, approvalPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  async function organisationOf({ parameters }: Approval): Promise<string | undefined> {
    if (!parameters || !('organisation' in parameters)) return undefined
    return (await organisations.organisation(parameters.organisation))?.name
  }

  /** What a publication that waits would change, as things are now. */
  async function lookOf({ kind, state, parameters, askedBy }: Approval) {
    if (state !== 'pending' || !parameters || !('subject' in parameters)) return undefined
    const editor: Editor = { hand: 'operators', actor: askedBy }
    return kind === 'republish' && 'number' in parameters
      ? versions.lookBack(parameters.subject, parameters.number, editor)
      : versions.look(parameters.subject, editor)
  }

  app.post('/console/approvals/:approval/confirm', allow('answer'), async (request, reply) => {
    const approval = await approvalIn(options, request)
    if (fieldsOf(request, ['sure']).sure !== 'yes') return show(request, reply, approval, { said: 'not_sure' })
    const outcome = await approvals.confirm(approval.id, door.of(request).operator)
    if (outcome.kind !== 'done') return refused(request, reply, outcome)
    const { result } = outcome
    if (result.done !== 'secret' && result.done !== 'invited') return finished(reply, approval.id, 'confirmed')
    const view = { approval: outcome.approval, result, issuer }
    return web.page(request, reply, madePage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.post('/console/approvals/:approval/decline', allow('answer'), async (request, reply) => {
    const approval = await approvalIn(options, request)
    const { answer } = fieldsOf(request, ['answer'])
    const { operator } = door.of(request)
    const outcome = await approvals.decline(approval.id, { operator, reason: answer })
    if (outcome.kind === 'done') return finished(reply, approval.id, 'declined')
    return refused(request, reply, outcome, answer)
  })

  app.post('/console/approvals/:approval/withdraw', allow('answer'), async (request, reply) => {
    const approval = await approvalIn(options, request)
    const outcome = await approvals.withdraw(approval.id, operatorActor(door.of(request)))
    // A second click is not a conflict.
    const isDone = outcome.kind !== 'unknown' && outcome.approval.state === 'withdrawn'
    if (isDone) return finished(reply, approval.id, 'withdrawn')
    return show(request, reply, outcome.kind === 'unknown' ? approval : outcome.approval, {
      said: outcome.kind === 'not_yours' ? 'not_allowed' : 'over',
    })
  })

  async function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    outcome: Exclude<ConfirmOutcome | DeclineOutcome, { kind: 'done' }>,
    answer?: string,
  ): Promise<FastifyReply> {
    if (outcome.kind === 'unknown') throw new GarantError('not_found')
    const said: ApprovalSaid = outcome.kind
    return show(request, reply, outcome.approval, {
      said,
      ...('refusal' in outcome ? { refusal: outcome.refusal } : {}),
      ...(answer === undefined ? {} : { answer }),
    })
  }

  app.get(consolePaths.changeKeys, allow('approve'), async (request, reply) =>
    keysForm(request, reply, { purpose: '', what: '', reason: '' }),
  )

  app.post(consolePaths.changeKeys, allow('approve'), async (request, reply) => {
    const typed = fieldsOf(request, ['purpose', 'what', 'reason', 'id'])
    const purpose = purposes.find((one) => one === typed.purpose)
    const kind = ({ rotate: 'rotate_keys', revoke: 'revoke_keys' } as const)[typed.what as 'rotate' | 'revoke']
    if (!purpose || !kind) return keysForm(request, reply, typed, 'no_choice')
    const outcome = await approvals.ask(
      asking(request, options, { kind, parameters: { purpose }, reason: typed.reason, id: typed.id }),
    )
    return answerAsked(reply, outcome) ?? keysForm(request, reply, typed, saidOf(outcome).askSaid)
  })

  async function keysForm(
    request: FastifyRequest,
    reply: FastifyReply,
    typed: { purpose: string; what: string; reason: string; id?: string },
    said?: AskSaid,
  ): Promise<FastifyReply> {
    const view = { id: idOf(typed.id), typed, ...(said ? { said } : {}) }
    return web.page(request, reply, keysPage(view, await frameOf(options, request), web.contextOf(request)))
  }
}

/** @throws GarantError `not_found` */
async function approvalIn({ approvals }: ConsoleOptions, request: FastifyRequest): Promise<Approval> {
  const { approval: id } = request.params as { approval: string }
  const found = isId('approval', id) ? await approvals.find(id) : undefined
  if (!found) throw new GarantError('not_found')
  return found
}

async function namesIn({ operators }: ConsoleOptions, all: readonly Approval[]): Promise<OperatorNames> {
  const ids = all.flatMap(({ askedBy, decidedBy }) => [
    ...(askedBy.kind === 'operator' ? [askedBy.id] : []),
    ...(decidedBy ? [decidedBy] : []),
  ])
  return operators.namesOf([...new Set<OperatorId>(ids)])
}

const finished = (reply: FastifyReply, approval: ApprovalId, done: ApprovalDone) =>
  reply.redirect(`${consolePaths.approval(approval)}?done=${done}`, 303)

// ── What other pages ask with ───────────────────────────────────────────────────────────────────────────────────────

/** Drawn with a form, and what came back with it. */
export const idOf = (typed: string | undefined): ApprovalId => (isId('approval', typed) ? typed : newId('approval'))

const operatorActor = ({ operator }: { operator: OperatorId }) => ({ kind: 'operator', id: operator }) as const

/** What the operator of a request asks. */
export function asking(
  request: FastifyRequest,
  { door }: Pick<ConsoleOptions, 'door'>,
  { id, ...change }: Change & { reason: string; id: string },
): NewApproval {
  return { ...change, by: operatorActor(door.of(request)), id: idOf(id) }
}

/** Where one is led who asked; nothing when it was not even written down. */
export function answerAsked(reply: FastifyReply, outcome: AskOutcome): FastifyReply | undefined {
  return 'approval' in outcome ? finished(reply, outcome.approval.id, outcome.kind) : undefined
}

/** Why it was not. */
export function saidOf(outcome: AskOutcome): { askSaid: AskSaid; refusal?: Refusal } {
  if (outcome.kind === 'refused') return { askSaid: 'refused', refusal: outcome.refusal }
  return { askSaid: outcome.kind === 'asked' ? 'waiting' : outcome.kind }
}
