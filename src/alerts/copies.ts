/**
 * The copies of what left for somebody, for their own eyes: what was written, to which mailbox, when, whether it was
 * taken, and its code. Read through their owner; with a provider, only what is about that provider, and how many others
 * there are: who came in by one account must not read what the others do.
 */
import type { Instant } from '../kernel/clock.ts'
import { isId, type MessageId, type PersonId, type ProviderId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Storage } from '../storage/storage.ts'
import type { MessageKind, Reader } from './audience.ts'
import { createCodes } from './codes.ts'
import { type CopyRow, createAlertStore, type KeptRow } from './store.ts'

export interface SentCopy {
  /** With most of it hidden. */
  to: string
  outcome: 'waiting' | 'sent' | 'failed'
  at?: Instant
  /** In which it was written. */
  language: Language
  /** Absent where nothing left. A text message has no subject. */
  subject?: string
  text?: string
}

export interface KeptMessage {
  message: MessageId
  kind: MessageKind
  channel: 'email' | 'sms'
  /** The only one that it is about. */
  provider?: ProviderId
  at: Instant
  /** Printed in a mail; a text message has none. */
  code?: string
  copies: readonly SentCopy[]
}

export interface MessagesPage {
  messages: readonly KeptMessage[]
  /** Where the next page begins after. */
  next?: MessageId
  /** Those that this provider lets be seen, and those that it does not. */
  shown: number
  others: number
}

/** Of whom, and by which provider they came in if that is all they may see. */
export interface Sees {
  person: PersonId
  provider?: ProviderId
}

export interface MessageCopies {
  /** The newest first. */
  page(sees: Sees, options: { before?: string; limit: number }): Promise<MessagesPage>
  /** `hidden`: there is such a one, about something else than the provider. */
  one(sees: Sees, message: string): Promise<KeptMessage | 'hidden' | undefined>
  /** By its code, however it is written; `malformed`: that is no code of ours. */
  byCode(sees: Sees, code: string): Promise<KeptMessage | 'hidden' | 'malformed' | undefined>
  count(sees: Sees): Promise<{ shown: number; others: number }>
}

export function createMessageCopies({ storage, key }: { storage: Storage; key: Buffer }): MessageCopies {
  const store = createAlertStore()
  const codes = createCodes(key)

  function copyOf(message: MessageId, row: CopyRow): SentCopy {
    const { position, recipient, copy } = row
    const { address, language } = recipient
      ? (JSON.parse(codes.open(recipient, message, position, 'recipient')) as Pick<Reader, 'address' | 'language'>)
      : { address: '', language: 'fr' as const }
    const said = copy
      ? (JSON.parse(codes.open(copy, message, position, 'copy')) as { subject: string; text: string })
      : undefined
    return {
      to: maskedAddress(address),
      outcome: row.state,
      language,
      ...(row.sent_at ? { at: row.sent_at.getTime() } : {}),
      ...said,
    }
  }

  async function whole(rows: readonly KeptRow[]): Promise<KeptMessage[]> {
    const copies = Map.groupBy(
      await store.copies(
        storage.db,
        rows.map(({ id }) => id),
      ),
      ({ message }) => message,
    )
    return rows.map(({ id, kind, channel, provider, has_code, at }) => ({
      message: id,
      kind,
      channel,
      ...(provider ? { provider } : {}),
      at: at.getTime(),
      ...(has_code ? { code: codes.of(id) } : {}),
      copies: (copies.get(id) ?? []).map((row) => copyOf(id, row)),
    }))
  }

  async function found({ person, provider }: Sees, by: { id: MessageId } | { codeMark: string }) {
    const row = await store.one(storage.db, person, by)
    if (!row) return undefined
    if (provider !== undefined && row.provider !== provider) return 'hidden'
    return (await whole([row]))[0]
  }

  async function count({ person, provider }: Sees) {
    const { all, shown } = await store.countOf(storage.db, person, provider ?? null)
    return { shown, others: all - shown }
  }

  return {
    async page(sees, { before, limit }) {
      const from = isId('message', before) ? before : null
      const wanted = { person: sees.person, provider: sees.provider ?? null, before: from, limit: limit + 1 }
      const [rows, counts] = await Promise.all([store.kept(storage.db, wanted), count(sees)])
      const messages = await whole(rows.slice(0, limit))
      const last = messages.at(-1)
      return { messages, ...(rows.length > limit && last ? { next: last.message } : {}), ...counts }
    },
    async one(sees, message) {
      return isId('message', message) ? found(sees, { id: message }) : undefined
    },
    async byCode(sees, text) {
      const code = codes.parse(text)
      return code === undefined ? 'malformed' : found(sees, { codeMark: codes.markOf(code) })
    },
    count,
  }
}

/** `a•••@mail.example`, `•••• 78`: enough to know one's own, too little to write to. */
export function maskedAddress(address: string): string {
  const at = address.lastIndexOf('@')
  if (at > 0) return `${Array.from(address)[0]}•••${address.slice(at)}`
  return address === '' ? '' : `•••• ${address.slice(-2)}`
}
