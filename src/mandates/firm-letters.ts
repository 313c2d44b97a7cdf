/**
 * The letter to who is invited into a firm. It holds no link, as no letter of the hub does: the link is handed over by
 * the person who invites. News of a membership go to the person's own contacts (`alerts/`).
 */
import type { Organisations } from '../directory/organisations.ts'
import type { Translate } from '../http/messages.ts'
import type { FirmInvitationId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { MessageGateway } from '../means/gateway.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Firms } from './firm.ts'

export interface FirmLettersOptions {
  storage: Storage
  organisations: Pick<Organisations, 'organisation'>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Name of the hub. */
  hub: string
}

export function createFirmLetters({ storage, organisations, gateway, translate, hub }: FirmLettersOptions) {
  return {
    async announce(tx: Tx, about: { invitation: FirmInvitationId; language: Language }): Promise<void> {
      await storage.jobs.enqueue(tx, 'mandates.firm_letter', about)
    },

    /** A job's work: a link that was used, withdrawn or is over is announced no more. */
    async send(
      firms: Pick<Firms, 'announced'>,
      { invitation, language }: JobData['mandates.firm_letter'],
    ): Promise<void> {
      const found = await firms.announced(invitation as FirmInvitationId)
      if (!found?.mail) return
      const firm = await organisations.organisation(found.firm)
      const t = translate(language)
      const values = { hub, firm: firm?.name ?? '', role: t(`firm.role.${found.role}`) }
      await gateway.send({
        channel: 'mail',
        to: found.mail,
        subject: t('firm.letter.invited.subject', values),
        text: t('firm.letter.invited.text', values),
        language,
      })
    },
  }
}
