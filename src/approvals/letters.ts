/**
 * Letters to operators about changes that take two: to those who may confirm one, and to who asked. No letter holds a
 * link, as none of the hub does: it says where to sign in, in words.
 */
import type { ApprovalKind } from '../audit/facts.ts'
import type { Translate } from '../http/messages.ts'
import type { OperatorId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { Operator, Operators } from '../staff/operators.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Approval } from './approvals.ts'
import { approvers } from './kinds.ts'
import { whatIs } from './messages.ts'

export interface LettersOptions {
  storage: Storage
  operators: Pick<Operators, 'list'>
  find(approval: string): Promise<Approval | undefined>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Name of the hub. */
  hub: string
}

export type LetterEvent = JobData['approvals.letter']['event']

export function createLetters(options: LettersOptions) {
  const { storage, operators, find, gateway, translate, hub } = options

  /** Operators in office, whatever they are told. */
  const inOffice = async (): Promise<Operator[]> => (await operators.list()).filter(({ state }) => state === 'active')

  return {
    /** Operators in office who may confirm this, and are not barred from it. */
    async whoMayConfirm({ kind, barred }: { kind: ApprovalKind; barred: readonly OperatorId[] }): Promise<Operator[]> {
      const isAllowed = ({ roles }: Operator) => roles.some((role) => approvers[kind].includes(role))
      return (await inOffice()).filter((one) => isAllowed(one) && !barred.includes(one.operator))
    },

    /** One letter, after the commit. */
    async about(tx: Tx, { id }: Approval, to: { event: LetterEvent; operator: OperatorId }): Promise<void> {
      await storage.jobs.enqueue(tx, 'approvals.letter', { approval: id, ...to })
    },

    /** A job's work: who has left, or has no address, is not written to; nor is anybody asked about what is over. */
    async send({ approval: id, operator, event }: JobData['approvals.letter']): Promise<void> {
      const approval = await find(id)
      if (!approval || (event === 'asked' && approval.state !== 'pending')) return
      const { kind, about, askedBy } = approval
      const names = new Map((await operators.list()).map((one) => [one.operator, one]))
      const to = names.get(operator as OperatorId)
      if (to?.state !== 'active' || !to.mail) return
      const { language = 'fr' } = to
      const t = translate(language)
      const named = (one: OperatorId | undefined) => (one && names.get(one)?.name) ?? t('approvals.somebody')
      const values = {
        hub,
        name: to.name,
        what: whatIs(kind, about, t),
        asker: askedBy.kind === 'operator' ? named(askedBy.id) : t('approvals.machine'),
        other: named(approval.decidedBy),
        reason: approval.reason,
        answer: approval.answer ?? '',
      }
      await gateway.send({
        channel: 'mail',
        to: to.mail,
        subject: t(`approvals.letter.${event}.subject`, values),
        text: t(`approvals.letter.${event}.text`, values),
        language,
      })
    },
  }
}
