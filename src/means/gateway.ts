/**
 * How a code or a link leaves: one interface for text messages and mail. Text messages go to an HTTP gateway of the
 * operator's choice; mail goes by the transport of the hub, which `hub.ts` hands in.
 */
import type { OutboundFetch } from '../http/outbound.ts'
import { second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'

export interface OutgoingMessage {
  channel: 'sms' | 'mail'
  /** E.164 number, or mail address. */
  to: string
  /** Of a mail; a text message has none. */
  subject: string
  text: string
  language: Language
  /** What it is, for the copy that whoever it was sent for may read; letters to those who work here have none. */
  of?: SentCode
}

/** A code that somebody asked for, the answer of those who help (`support/`), news of a report made signed out. */
export interface SentCode {
  kind: 'sign_in' | 'check' | 'proof' | 'contact' | 'reset' | 'answer' | 'report'
  /** Absent where nobody is known yet. */
  person?: PersonId
  /** As it stands in the text: a copy never holds it. */
  secret: string
}

/** Sends one message, or throws. The text holds a code or a link: whoever implements this logs neither it nor `to`. */
export interface MessageGateway {
  send(message: OutgoingMessage): Promise<void>
}

/** A person waits for it. */
const patience = 8 * second

/** Posts `{ to, text, language }` as JSON with a bearer secret; any 2xx says that the gateway took it. */
export function createHttpSmsGateway(options: { url: string; secret: string; fetch: OutboundFetch }): MessageGateway {
  return {
    async send({ to, text, language }) {
      const response = await options.fetch(options.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${options.secret}` },
        body: JSON.stringify({ to, text, language }),
        redirect: 'error',
        signal: AbortSignal.timeout(patience),
      })
      await response.body?.cancel()
      if (!response.ok) throw new GarantError('message_not_sent', { channel: 'sms', status: response.status })
    },
  }
}

/** One gateway of the two ways out; without a gateway for text messages nobody can add a number. */
export function joinGateways(ways: { mail: MessageGateway; sms?: MessageGateway }): MessageGateway {
  return {
    async send(message) {
      const way = message.channel === 'mail' ? ways.mail : ways.sms
      if (!way) throw new GarantError('message_not_sent', { channel: message.channel })
      await way.send(message)
    },
  }
}
