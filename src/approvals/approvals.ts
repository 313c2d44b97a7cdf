/**
 * Changes that take two operators (DESIGN 8): by page, file or API such a change is written down as pending, announced
 * to those who may confirm it, and done when another operator confirms. Never by who asked, nor by an operator who
 * stands behind a machine that asked. This room owns what waits and what became of it, and the letters about it.
 *
 * What a change does belongs to the room whose verb it is (`kinds.ts`): that verb takes the confirmation into its own
 * transaction, so that a change is done exactly when it is confirmed. Nothing of a secret is kept here: one that the
 * change makes is in the answer to the confirmation, and nowhere else.
 *
 * The command line needs nobody: whoever types there reads the master key. What it does of this sort is announced to all
 * operators instead (`announcements.ts`).
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import type { Actor, ApprovalKind } from '../audit/facts.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { type ApprovalId, newId, type OperatorId } from '../kernel/ids.ts'
import type { Operators } from '../staff/operators.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  type ApprovalParameters,
  approvers,
  type Change,
  createKinds,
  type KindsOptions,
  type Refusal,
  type Result,
} from './kinds.ts'
import { createLetters, type LettersOptions } from './letters.ts'
import { createApprovalsStore } from './store.ts'

export type { ApprovalKind } from '../audit/facts.ts'
export {
  type ApprovalParameters,
  approvalKinds,
  approvers,
  type Change,
  evidencePattern,
  type Refusal,
  type Result,
} from './kinds.ts'

export const approvalStates = ['pending', 'confirmed', 'declined', 'withdrawn', 'expired'] as const
export type ApprovalState = (typeof approvalStates)[number]

/** An operator, or a machine of the API. */
export type Asker = Extract<Actor, { kind: 'operator' | 'api_client' }>

/** Unanswered for so long, a change is over: over a weekend, and not for ever. */
export const approvalLifetime = 72 * hour

export const reasonLimits = { least: 10, most: 500 } as const

export type Approval = {
  [K in ApprovalKind]: {
    kind: K
    /** Absent when it named people and is over. */
    parameters?: ApprovalParameters[K]
  }
}[ApprovalKind] & {
  id: ApprovalId
  /** A purpose of keys, a service, a provider. */
  about: string
  /** Why, as who asked wrote it. */
  reason: string
  state: ApprovalState
  askedBy: Asker
  /** Operators who are not the second one. */
  barred: readonly OperatorId[]
  askedAt: Instant
  /** Over from this instant on, by itself. */
  expiresAt: Instant
  /** Who confirmed or declined. */
  decidedBy?: OperatorId
  decidedAt?: Instant
  /** Why it was declined. */
  answer?: string
}

export type NewApproval = Change & {
  /** 10 to 500 characters. */
  reason: string
  by: Asker
  /** The operator who stands behind a machine that asks: not the second one either. */
  behind?: OperatorId
  /** Drawn with the form (`newId('approval')`), so that a form that is sent twice asks once. */
  id?: ApprovalId
}

export type AskOutcome =
  | { kind: 'asked'; approval: Approval }
  /** The like of it waits already: nothing was written. */
  | { kind: 'waiting'; approval: Approval }
  | { kind: 'no_reason' }
  /** None of the asker's roles may ask for this. */
  | { kind: 'not_allowed' }
  /** What it would do cannot be done now. */
  | { kind: 'refused'; refusal: Refusal }

export type ConfirmOutcome =
  | { kind: 'done'; approval: Approval; result: Result }
  /** Whoever asked is not the second pair of eyes. */
  | { kind: 'own'; approval: Approval }
  | { kind: 'not_allowed'; approval: Approval }
  /** Who asked is not in office any more: it can be declined only. */
  | { kind: 'asker_gone'; approval: Approval }
  /** It cannot be done any more, or not now; it still waits. */
  | { kind: 'refused'; approval: Approval; refusal: Refusal }
  | { kind: 'over'; approval: Approval }
  | { kind: 'unknown' }

export type DeclineOutcome =
  | { kind: 'done'; approval: Approval }
  | { kind: 'own' | 'not_allowed' | 'no_reason' | 'over'; approval: Approval }
  | { kind: 'unknown' }

export type WithdrawOutcome =
  | { kind: 'done'; approval: Approval }
  | { kind: 'not_yours' | 'over'; approval: Approval }
  | { kind: 'unknown' }

export interface Approvals {
  /** Writes a change down, and tells those who may confirm it. Nothing of it is done. */
  ask(given: NewApproval): Promise<AskOutcome>
  /** Does it: the change and its confirmation are one transaction. Of two who confirm at once one does it. */
  confirm(approval: string, by: OperatorId): Promise<ConfirmOutcome>
  /** By another operator; who asked withdraws. The reason, 10 to 500 characters, is for who asked. */
  decline(approval: string, by: { operator: OperatorId; reason: string }): Promise<DeclineOutcome>
  withdraw(approval: string, by: Asker): Promise<WithdrawOutcome>
  /** Takes back all that somebody asked who may ask no more, in the transaction that says so. */
  withdrawAllOf(tx: Tx, asker: Asker, actor: Actor): Promise<void>
  find(approval: string): Promise<Approval | undefined>
  /** What waits, the oldest first. */
  waiting(): Promise<Approval[]>
  /** What is over, the newest first; `after` is the place of the last one of the page before. */
  past(page: { after?: string; limit: number }): Promise<{ approvals: Approval[]; next?: string }>
  /** Operators in office who may confirm this, and did not ask for it. */
  others(approval: Pick<Approval, 'kind' | 'barred'>): Promise<number>
  /** Ends what waited too long, forgets what is old. A job calls it. */
  sweep(): Promise<void>
  sendLetter(job: JobData['approvals.letter']): Promise<void>
}

export interface ApprovalsOptions extends Omit<KindsOptions, 'operators'>, Omit<LettersOptions, 'operators' | 'find'> {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  operators: Pick<Operators, 'inOffice' | 'list' | 'find' | 'problemsOf' | 'invite' | 'inviteAgain'>
  /** Seals what names people while it waits. */
  key: Buffer
  /** For how long what is over is kept, in milliseconds: as long as the facts about it. */
  retention: number
}

/** Thrown inside the transaction of a change, so that nothing of it stays. */
class NotConfirmed extends Error {}

export function createApprovals(options: ApprovalsOptions): Approvals {
  const { storage, clock, audit, operators } = options
  const store = createApprovalsStore({ key: options.key })
  const kinds = createKinds(options)
  const letters = createLetters({ ...options, find: (id) => store.find(storage.db, id) })

  /** By database: a role or an office that was taken away counts at once, whatever a session says. */
  async function may(tx: Tx, operator: OperatorId, kind: ApprovalKind): Promise<boolean> {
    const roles = await operators.inOffice(tx, operator)
    return roles?.some((role) => approvers[kind].includes(role)) ?? false
  }

  async function toAsker(tx: Tx, approval: Approval, event: 'confirmed' | 'declined' | 'expired'): Promise<void> {
    const { askedBy } = approval
    if (askedBy.kind === 'operator') await letters.about(tx, approval, { event, operator: askedBy.id })
  }

  async function endLate(tx: Tx): Promise<void> {
    for (const one of await store.expire(tx, clock.now())) {
      const { id: approval, kind, about } = one
      audit.append(tx, { name: 'approval.expired', data: { approval, kind, about } })
      await toAsker(tx, one, 'expired')
    }
  }

  /** As it is for whoever reads it now: what nobody answered in time is over, also before the job wrote so. */
  const seen = (one: Approval): Approval =>
    one.state === 'pending' && one.expiresAt <= clock.now()
      ? { ...one, state: 'expired', decidedAt: one.expiresAt }
      : one

  const find = async (id: string) => {
    const found = await store.find(storage.db, id)
    return found && seen(found)
  }

  /** Says why nobody's answer was taken. */
  async function whyNot(id: ApprovalId, operator: OperatorId): Promise<Exclude<ConfirmOutcome, { kind: 'done' }>> {
    const approval = await find(id)
    if (!approval) return { kind: 'unknown' }
    if (approval.state !== 'pending') return { kind: 'over', approval }
    if (approval.barred.includes(operator)) return { kind: 'own', approval }
    const [isSecond, isAskerThere] = await storage.transaction(async (tx) => [
      await may(tx, operator, approval.kind),
      await stands(tx, approval),
    ])
    if (!isSecond) return { kind: 'not_allowed', approval }
    return isAskerThere ? { kind: 'over', approval } : { kind: 'asker_gone', approval }
  }

  /** Is who asked still somebody who may? What a machine asked is taken back with its registration. */
  async function stands(tx: Tx, { askedBy, kind }: Approval): Promise<boolean> {
    return askedBy.kind !== 'operator' || may(tx, askedBy.id, kind)
  }

  return {
    async ask({ reason: typed, by, behind, id = newId('approval'), ...change }) {
      const reason = plainReason(typed)
      if (reason === undefined) return { kind: 'no_reason' }
      const about = kinds.about(change)
      const known = await store.find(storage.db, id)
      if (known && isDeepStrictEqual(known.askedBy, by)) return { kind: 'asked', approval: seen(known) }
      const refusal = await kinds.judge(change, by)
      if (refusal) return { kind: 'refused', refusal }
      const barred = [...(by.kind === 'operator' ? [by.id] : []), ...(behind ? [behind] : [])]
      const others = await letters.whoMayConfirm({ kind: change.kind, barred })
      return storage.transaction(async (tx) => {
        if (by.kind === 'operator' && !(await may(tx, by.id, change.kind))) return { kind: 'not_allowed' }
        await endLate(tx)
        const at = clock.now()
        const row = { id, ...change, about, reason, askedBy: by, barred, askedAt: at, expiresAt: at + approvalLifetime }
        const approval = await store.insert(tx, row)
        if (!approval) {
          const other = await store.known(tx, { id, kind: change.kind, about })
          if (!other) throw new Error('a change was not written down, and none like it waits')
          const isOwn = other.id === id && isDeepStrictEqual(other.askedBy, by)
          return { kind: isOwn ? 'asked' : 'waiting', approval: other }
        }
        audit.append(tx, { name: 'approval.asked', data: { approval: id, kind: change.kind, about, actor: by } })
        for (const { operator } of others) await letters.about(tx, approval, { event: 'asked', operator })
        return { kind: 'asked', approval }
      })
    },

    async confirm(id, operator) {
      const asked = await find(id)
      if (!asked) return { kind: 'unknown' }
      let approval: Approval = asked
      const confirm = async (tx: Tx) => {
        const isAllowed = (await may(tx, operator, asked.kind)) && (await stands(tx, asked))
        const confirmed = isAllowed && (await store.confirm(tx, { id: asked.id, by: operator, at: clock.now() }))
        if (!confirmed) throw new NotConfirmed()
        approval = confirmed
        const { kind, about, askedBy } = confirmed
        const data = { approval: asked.id, kind, about, asked: askedBy, operator }
        audit.append(tx, { name: 'approval.confirmed', data })
        await toAsker(tx, confirmed, 'confirmed')
      }
      // Whoever may not is told so before keys are made.
      if (asked.state !== 'pending' || asked.barred.includes(operator)) return whyNot(asked.id, operator)
      try {
        const by = { asked: asked.askedBy, second: { kind: 'operator', id: operator } as const, confirm }
        const outcome = await kinds.run(changeOf(asked), by)
        if ('problem' in outcome) return { kind: 'refused', approval: asked, refusal: outcome }
        return { kind: 'done', approval, result: outcome }
      } catch (error) {
        if (error instanceof NotConfirmed) return whyNot(asked.id, operator)
        throw error
      }
    },

    async decline(id, { operator, reason }) {
      const asked = await find(id)
      if (!asked) return { kind: 'unknown' }
      const answer = plainReason(reason)
      if (answer === undefined) return { kind: 'no_reason', approval: asked }
      const declined = await storage.transaction(async (tx) => {
        const one =
          (await may(tx, operator, asked.kind)) &&
          (await store.decline(tx, { id: asked.id, by: operator, at: clock.now(), answer }))
        if (!one) return undefined
        const { kind, about, askedBy } = one
        const data = { approval: one.id, kind, about, asked: askedBy, operator }
        audit.append(tx, { name: 'approval.declined', data })
        await toAsker(tx, one, 'declined')
        return one
      })
      if (declined) return { kind: 'done', approval: declined }
      const why = await whyNot(asked.id, operator)
      // Who is gone cannot be confirmed, but declined: another one was faster.
      return why.kind === 'asker_gone' || why.kind === 'refused' ? { kind: 'over', approval: why.approval } : why
    },

    async withdraw(id, by) {
      const asked = await find(id)
      if (!asked) return { kind: 'unknown' }
      const [withdrawn] = await storage.transaction((tx) => takeBack(tx, { id: asked.id, by, actor: by }))
      if (withdrawn) return { kind: 'done', approval: withdrawn }
      const approval = (await find(id)) ?? asked
      return { kind: approval.state === 'pending' ? 'not_yours' : 'over', approval }
    },

    async withdrawAllOf(tx, asker, actor) {
      await takeBack(tx, { by: asker, actor })
    },

    find,
    waiting: () => store.waiting(storage.db, clock.now()),

    async past({ after, limit }) {
      const from = placeIn(after)
      const approvals = await store.past(storage.db, { ...(from ? { after: from } : {}), limit })
      const last = approvals.length === limit ? approvals.at(-1) : undefined
      return { approvals, ...(last ? { next: `${last.decidedAt}.${last.id}` } : {}) }
    },

    others: async ({ kind, barred }) => (await letters.whoMayConfirm({ kind, barred })).length,

    async sweep() {
      await storage.transaction(endLate)
      await store.forget(storage.db, clock.now() - options.retention)
    },

    sendLetter: letters.send,
  }

  async function takeBack(tx: Tx, what: { id?: ApprovalId; by: Asker; actor: Actor }): Promise<Approval[]> {
    const { actor, ...which } = what
    const withdrawn = await store.withdraw(tx, { ...which, at: clock.now() })
    for (const { id: approval, kind, about } of withdrawn) {
      audit.append(tx, { name: 'approval.withdrawn', data: { approval, kind, about, actor } })
    }
    return withdrawn
  }
}

/** What an approval that waits would do. */
function changeOf({ id, kind, parameters }: Approval): Change {
  if (!parameters) throw new Error(`${id} waits and says nothing of what it does`)
  return { kind, parameters } as Change
}

/** One paragraph, as it is shown; undefined when it says too little or too much. */
function plainReason(typed: string): string | undefined {
  const reason = typed.normalize('NFC').replace(/\s+/gu, ' ').trim()
  const { length } = [...reason]
  return length >= reasonLimits.least && length <= reasonLimits.most ? reason : undefined
}

/** The place of a page: an instant and an id. */
function placeIn(text: string | undefined): { at: Instant; id: string } | undefined {
  const [, at, id] = /^(\d{1,15})\.(apv_[\w-]{22})$/.exec(text ?? '') ?? []
  return at && id ? { at: Number(at), id } : undefined
}
