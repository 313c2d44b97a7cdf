/**
 * Codes that a person has just asked for, by mail or as a text message: the way out that `means/` is given. They leave
 * at once, and like every message of ours they are written down: a mail has a code of its own by which it is known to be
 * ours, and whoever it was sent for may read a copy, in which the secret is not.
 */
import type { Clock } from '../kernel/clock.ts'
import { toDate } from '../kernel/clock.ts'
import { newOrderedId } from '../kernel/ids.ts'
import type { MessageGateway, OutgoingMessage, SentCode } from '../means/gateway.ts'
import type { Storage } from '../storage/storage.ts'
import { createCodes } from './codes.ts'
import type { Letters } from './letter.ts'
import type { MailTransport } from './mail.ts'
import { createAlertStore } from './store.ts'

/** In place of a secret: as long as none of them is. */
const withheld = '••••••'

export function createKeptGateway(options: {
  storage: Storage
  clock: Clock
  transport: MailTransport
  letters: Pick<Letters, 'ofSentences' | 'messageIdOf'>
  /** 256 bits of this room. */
  key: Buffer
  /** For text messages, and for what is nobody's code: letters to those who work here. */
  plain: MessageGateway
}): MessageGateway {
  const { storage, clock, transport, letters, plain } = options
  const codes = createCodes(options.key)
  const store = createAlertStore()

  /** Written before it leaves: a message that arrived is always one that can be recognised. */
  async function kept(message: OutgoingMessage, of: SentCode, send: (id: ReturnType<typeof newId>) => Promise<Copy>) {
    const id = newId()
    const { to, language, channel } = message
    const isMail = channel === 'mail'
    const code = codes.of(id)
    const at = toDate(clock.now())
    const recipient = JSON.stringify({ address: to, language, said: 'whole' })
    await storage.transaction(async (tx) => {
      await store.insert(tx, [
        {
          id,
          kind: `code.${of.kind}`,
          about: null,
          person: of.person ?? null,
          codeMark: isMail ? codes.markOf(code) : null,
          channel: isMail ? 'email' : 'sms',
          at,
        },
      ])
      const sealed = codes.seal(recipient, id, 0, 'recipient')
      await store.address(tx, id, [{ sealed, addressMark: isMail ? codes.addressMark(code, to) : null }])
    })
    const settle = (outcome: 'sent' | 'failed', copy: Buffer | null) =>
      storage.transaction((tx) =>
        store.settle(tx, { message: id, position: 0, outcome, copy, at: toDate(clock.now()) }),
      )
    let copy: Copy
    try {
      copy = await send(id)
    } catch (error) {
      await settle('failed', null)
      throw error
    }
    const blank = (text: string) => text.replaceAll(of.secret, withheld)
    const text = JSON.stringify({ subject: blank(copy.subject), text: blank(copy.text) })
    await settle('sent', codes.seal(text, id, 0, 'copy'))
  }

  const newId = () => newOrderedId('message', clock.now())

  return {
    async send(message) {
      const { of, channel, to, subject, text, language } = message
      if (!of) return plain.send(message)
      if (channel === 'sms') {
        return kept(message, of, async () => {
          await plain.send(message)
          return { subject, text }
        })
      }
      return kept(message, of, async (id) => {
        const letter = letters.ofSentences({ subject, text, language, messageCode: codes.of(id) })
        await transport.send({ to, language, ...letter, messageId: letters.messageIdOf(id, 0), date: clock.now() })
        return letter
      })
    },
  }
}

interface Copy {
  subject: string
  text: string
}
