/**
 * A fact becomes a message to the person: who hears, in which language, on which channel, with a proof that the message
 * is ours. This room reacts to facts through the outbox; nobody calls it to send something. It owns the messages and
 * their delivery, not the people's contacts, and does not decide whether a login deserves an alert: that was decided at
 * the login and stands in the ledger.
 *
 * A message holds no link to a login form, no remote image, and asks for no credential (R107).
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import type { Connection, Connections } from '../connections/connections.ts'
import { makeReference, parseReference } from '../connections/reference.ts'
import type { Translate } from '../http/messages.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import {
  type ConnectionId,
  type ContactId,
  type MeansId,
  type MessageId,
  newOrderedId,
  type PersonId,
} from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { deriveKey, keyedHash, seal, unseal } from '../kernel/secrets.ts'
import { reminderReach } from '../means/life.ts'
import type { Means } from '../means/means.ts'
import { ownService, ownServiceName } from '../partners/own-service.ts'
import type { Partners } from '../partners/partners.ts'
import type { Keeper, People, Recipient } from '../people/people.ts'
import { mayBeSilenced } from '../policy/policy.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { createLetters, type EndingMeans, type Letter, type LetterSettings } from './letter.ts'
import { type DeliveryOutcome, isRefusal, type MailTransport, reasonOf } from './mail.ts'
import {
  createAlertStore,
  createChoiceStore,
  type MeansChanged,
  type MeansNews,
  type MessageKind,
  type MessageRow,
  meansNews,
  type Topic,
} from './store.ts'

export { createMailTransport, type Mail, type MailTransport } from './mail.ts'

export interface Alerts {
  /** To be registered with `audit.react`. */
  reactor: Reactor
  /**
   * The job's work: sends what is left to send of one message. Throws to be tried again; at the `last` try it records
   * the failure and returns. A process that dies between the mail server's answer and our commit sends that mail twice:
   * both bear the same `Message-ID`.
   */
  deliver(message: MessageId, attempt: { last: boolean }): Promise<void>
  /** Is the code printed in a message one of ours, and what was the message about? However it is written. */
  recognise(code: string): Promise<Recognised | undefined>
  /** Deletes what is older than its retention; returns how many. */
  expire(olderThan: Instant): Promise<number>
  /** Ends the connections to the mail server. */
  close(): Promise<void>
}

/**
 * To be registered with `people.keep`, by a process that sends nothing as well: what was written to somebody is deleted
 * with them, and goes along with what it spoke of.
 */
export function messageKeeper(): Keeper {
  const store = createAlertStore()
  const choices = createChoiceStore()
  return {
    room: 'alerts',
    async forget(tx, person) {
      await store.forget(tx, person)
      await choices.forget(tx, person)
    },
    async follow(tx, { from, to, ids, left }) {
      await store.give(tx, { from, to, about: [...ids] })
      // What `to` chose holds for all that is theirs now.
      if (left.length === 0) await choices.forget(tx, from)
    },
  }
}

export interface Recognised {
  message: MessageId
  kind: MessageKind
  about: Topic
  person: PersonId
  at: Instant
}

export interface AlertsOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  connections: Pick<Connections, 'byId'>
  people: Pick<People, 'recipients'>
  partners: Pick<Partners, 'registry'>
  means: Pick<Means, 'of'>
  transport: MailTransport
  translate: (language: Language) => Translate
  settings: LetterSettings
  /** 256 bits of this room: seals recipients and copies, makes codes. */
  key: Buffer
}

/**
 * Who hears of what. A replaced contact hears that protection changed, and nothing else: the thief must not silence the
 * alarm. An address that a provider asserted hears what concerns that provider.
 */
const hears: Record<Subject['kind'], Record<Recipient['kind'], boolean>> = {
  connection: { verified: true, asserted: true, former: false },
  means: { verified: true, asserted: false, former: true },
  reminder: { verified: true, asserted: false, former: false },
}

/** What a letter is written from, whoever reads it. */
type Subject =
  | { kind: 'connection'; connection: Connection }
  | { kind: 'means'; news: MeansChanged; of?: Awaited<ReturnType<Means['of']>>[number]['kind']; at: Instant }
  /** R046: what of the person ends soon, the first first. */
  | { kind: 'reminder'; ending: [EndingMeans, ...EndingMeans[]]; at: Instant }

export function createAlerts(options: AlertsOptions): Alerts {
  const { storage, clock, audit, connections, people, partners, means, transport } = options
  const sealKey = deriveKey(options.key, 'alerts/seal')
  const codeKey = deriveKey(options.key, 'alerts/code')
  const markKey = deriveKey(options.key, 'alerts/code-mark')
  const store = createAlertStore()
  const choices = createChoiceStore()
  const letters = createLetters({ translate: options.translate, settings: options.settings })

  /**
   * The code of a message, made from its id: every try and every recipient gets the same, and it rests nowhere. Without
   * the key nobody can make one, and 55 bits are too many to guess at a page.
   */
  const codeOf = (message: MessageId) => makeReference(Buffer.from(keyedHash(codeKey, 'message', message), 'base64url'))
  const markOf = (code: string) => keyedHash(markKey, 'code', code)
  const contextOf = (message: MessageId, position: number) => `${message}/${position}`

  async function react(fact: Recorded, tx: Tx): Promise<void> {
    const told = newsOf(fact)
    if (!told || (await isSilenced(told, tx))) return
    const id = newOrderedId('message', clock.now())
    const row = { id, ...told, codeMark: markOf(codeOf(id)), at: toDate(clock.now()) }
    if (await store.insert(tx, row)) await storage.jobs.enqueue(tx, 'alerts.mail', { message: id })
  }

  async function isSilenced({ kind, about, person }: News, tx: Tx): Promise<boolean> {
    if (kind !== 'connection.unusual' || !(await choices.isOff(tx, person))) return false
    const connection = await connections.byId(tx, about as ConnectionId)
    return connection !== undefined && mayBeSilenced(connection.unusual)
  }

  async function subjectOf({ kind, about, person, at }: MessageRow): Promise<Subject | undefined> {
    const news = meansNews.find((one) => one === kind)
    if (!news) {
      const connection = await connections.byId(storage.db, about as ConnectionId)
      return connection && { kind: 'connection', connection }
    }
    const all = await means.of(storage.db, person)
    if (news === 'means.expires_soon') return reminderOf(all, at.getTime())
    const of = all.find((one) => one.means === about)?.kind
    return { kind: 'means', news, at: at.getTime(), ...(of ? { of } : {}) }
  }

  /** What was renewed, suspended or withdrawn since is no matter of a reminder; of nothing left there is none. */
  function reminderOf(all: Awaited<ReturnType<Means['of']>>, at: Instant): Subject | undefined {
    const [first, ...others] = all
      .filter(({ state, expiresAt }) => state === 'active' && expiresAt <= at + reminderReach)
      .toSorted((a, b) => a.expiresAt - b.expiresAt)
    return first && { kind: 'reminder', ending: [first, ...others], at }
  }

  function letterTo(subject: Subject, recipient: Recipient, messageCode: string): Letter {
    if (subject.kind === 'means') return letters.ofMeans({ ...subject, recipient, messageCode })
    if (subject.kind === 'reminder') return letters.ofReminder({ ...subject, recipient, messageCode })
    const { connection } = subject
    const registry = partners.registry()
    return letters.ofConnection({
      connection,
      recipient,
      service:
        connection.service === ownService
          ? ownServiceName(options.settings.name)
          : registry.services.get(connection.service)?.name,
      provider: registry.providers.get(connection.provider ?? '')?.name,
      messageCode,
    })
  }

  /**
   * Chooses the recipients at the first try and writes them down, so that a contact that is removed while the mail
   * server is down still hears. Not in the reactor: contacts have to be unsealed, and its transaction holds the outbox.
   */
  async function address(message: MessageRow, subject: Subject): Promise<Recipient[]> {
    const provider = subject.kind === 'connection' ? subject.connection.provider : undefined
    const all = await people.recipients(message.person, provider)
    const recipients = all.filter(({ kind }) => hears[subject.kind][kind])
    const sealed = recipients.map((recipient, position) =>
      seal(sealKey, JSON.stringify(recipient), contextOf(message.id, position)),
    )
    if (sealed.length > 0) await store.address(storage.db, message.id, sealed)
    return recipients
  }

  function waitingOf(message: MessageRow): { position: number; recipient: Recipient }[] {
    return message.deliveries
      .filter(({ state }) => state === 'waiting')
      .map(({ position, recipient }) => ({
        position,
        recipient: JSON.parse(
          unseal(sealKey, Buffer.from(recipient, 'base64'), contextOf(message.id, position)).toString('utf8'),
        ) as Recipient,
      }))
  }

  /** Sends to one recipient; `again` when the mail server could not say yes or no. */
  async function send(message: MessageRow, subject: Subject, to: { position: number; recipient: Recipient }) {
    const letter = letterTo(subject, to.recipient, codeOf(message.id))
    const id = { messageId: letters.messageIdOf(message.id, to.position), date: clock.now() }
    try {
      await transport.send({ to: to.recipient.address, language: to.recipient.language, ...letter, ...id })
      return { outcome: 'sent' as const, copy: JSON.stringify({ subject: letter.subject, text: letter.text }) }
    } catch (error) {
      return { outcome: isRefusal(error) ? ('failed' as const) : ('again' as const), why: reasonOf(error) }
    }
  }

  /** The delivery's end and its fact. */
  async function settle(message: MessageRow, position: number | null, outcome: DeliveryOutcome, copy?: string) {
    const { id, kind, person, attempts } = message
    const sealed = copy === undefined ? null : seal(sealKey, copy, `${contextOf(id, position ?? 0)}/copy`)
    await storage.transaction(async (tx) => {
      if (!(await store.settle(tx, { message: id, position, outcome, copy: sealed, at: toDate(clock.now()) }))) return
      audit.append(
        tx,
        outcome === 'sent'
          ? { name: 'alert.sent', data: { message: id, person, kind, channel: 'email' } }
          : { name: 'alert.failed', data: { message: id, kind, attempts } },
      )
    })
  }

  return {
    reactor: react,

    async deliver(id, attempt) {
      const message = await store.claim(storage.db, id)
      if (!message) return
      const subject = await subjectOf(message)
      const addressed = message.deliveries.length > 0
      const recipients = subject && !addressed ? await address(message, subject) : []
      const waiting = addressed
        ? waitingOf(message)
        : recipients.map((recipient, position) => ({ recipient, position }))
      // Nobody to tell, or what it speaks of is over before the mail server came back.
      if (!subject || waiting.length === 0) return settle(message, null, 'failed')

      const silent: string[] = []
      for (const to of waiting) {
        const { outcome, copy, why } = await send(message, subject, to)
        if (outcome === 'again' && !attempt.last) silent.push(why)
        else await settle(message, to.position, outcome === 'sent' ? 'sent' : 'failed', copy)
      }
      if (silent.length > 0)
        throw Object.assign(new Error(`mail of ${id} not taken: ${silent.join(', ')}`), { code: silent[0] })
    },

    async recognise(text) {
      const code = parseReference(text)
      const row = code && (await store.byCodeMark(storage.db, markOf(code)))
      return row ? { ...row, at: row.at.getTime() } : undefined
    },

    close: () => transport.close(),
    expire: (olderThan) => store.expire(storage.db, newOrderedId('message', olderThan), toDate(olderThan)),
  }
}

/** What another letter says, or nothing that protects: a first password, recovery codes in place of others, ... */
function isTold(news: MeansNews, data: { how?: string; successor?: MeansId; verified?: boolean }): boolean {
  return (
    (news === 'means.password_set' && data.how === 'first') ||
    (news === 'means.revoked' && data.successor !== undefined) ||
    (news === 'contact.verified' && data.how === 'confirmed') ||
    (news === 'contact.removed' && data.verified === false)
  )
}

interface News {
  kind: MessageKind
  about: Topic
  person: PersonId
}

/** What a fact is to its person, if they are told of it at all. */
function newsOf(fact: Recorded): News | undefined {
  if (fact.name === 'connection.authorised') {
    const { connection, person, alert } = fact.data as Recorded<'connection.authorised'>['data']
    return alert === 'none' ? undefined : { kind: `connection.${alert}`, about: connection, person }
  }
  const news = meansNews.find((name) => name === fact.name)
  if (!news) return undefined
  const data = fact.data as {
    person: PersonId | null
    means?: MeansId | MeansId[]
    contact?: ContactId
    how?: string
    successor?: MeansId
    verified?: boolean
  }
  const { person, means, contact } = data
  if (!person || isTold(news, data)) return undefined
  return { kind: news, about: contact ?? (typeof means === 'string' ? means : person), person }
}
