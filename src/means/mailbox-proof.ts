/**
 * R042: a code goes to a health mailbox and comes back by the mouth of whoever reads there. One code at a time for each
 * mailbox, whoever asks for it, so that nobody's mailbox is flooded from here.
 */
import type { Audit } from '../audit/audit.ts'
import type { Translate } from '../http/messages.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Language } from '../kernel/languages.ts'
import { keyedHash } from '../kernel/secrets.ts'
import { mailboxOf, parseAddress } from '../people/address.ts'
import type { Storage } from '../storage/storage.ts'
import { isInDomain } from './enrolment.ts'
import type { MessageGateway } from './gateway.ts'
import type { MailboxProofs } from './means.ts'
import type { CodeWork } from './sent-codes.ts'

export function createMailboxProofs(options: {
  storage: Storage
  audit: Pick<Audit, 'append'>
  /** Of the room. */
  key: Buffer
  codes: Pick<CodeWork, 'make' | 'check'>
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** Of the hub. */
  name: string
  healthMailDomains: readonly string[]
  log: (message: string, inside: Record<string, unknown>) => void
}): MailboxProofs {
  const { storage, audit, key, codes, gateway, translate, name, healthMailDomains } = options
  const audienceOf = (address: string) => `proof ${keyedHash(key, 'means/proof-mailbox', mailboxOf(address))}`

  return {
    async send({ address: text, binding, language, person, actor }) {
      const address = parseAddress(text)
      if (!address) return 'address_malformed'
      if (!isInDomain(address, healthMailDomains)) return 'mailbox_not_secured'
      const code = await codes.make(audienceOf(address), binding)
      if (!code) return 'too_many'
      const say = translate(language)
      try {
        await gateway.send({
          channel: 'mail',
          to: address,
          subject: say('sent.mail.proof.subject', { name }),
          text: say('sent.mail.proof.text', { code }),
          language,
          of: { kind: 'proof', ...(person ? { person } : {}), secret: code },
        })
      } catch (error) {
        // Without the text of the error, which may repeat the address.
        const why =
          error instanceof GarantError ? error.inside : { error: error instanceof Error ? error.name : 'unknown' }
        options.log('means: a code of an enrolment was not sent', why)
        return 'not_sent'
      }
      await storage.transaction(async (tx) =>
        audit.append(tx, { name: 'enrolment.code_sent', data: { person: person ?? null, actor } }),
      )
      return 'sent'
    },

    async check({ address: text, binding, code }) {
      const address = parseAddress(text)
      if (!address) return false
      // Of its own: a wrong try counts whatever becomes of the enrolment.
      return storage.transaction((tx) => codes.check(tx, audienceOf(address), binding, code))
    },
  }
}
