/**
 * A fact becomes a message to the person: who hears, in which language, on which channel, with a proof that the message
 * is ours. This room reacts to facts through the outbox; nobody calls it to send something. It owns the messages and
 * their delivery, not the people's contacts, and does not decide whether a login deserves an alert: that was decided at
 * the login and stands in the ledger. Which reader is told what is the table of `audience.ts`.
 *
 * A message holds no link to a login form, no remote image, and asks for no credential (R107). What was sent is kept,
 * sealed, for whoever it was sent for (`copies.ts`); whether a message is ours can be asked by anybody (`checks.ts`).
 */
import type { Audit, Reactor, Recorded } from '../audit/audit.ts'
import type { Case, Cases } from '../cases/cases.ts'
import type { Connection, Connections } from '../connections/connections.ts'
import type { Organisations } from '../directory/organisations.ts'
import type { Phones } from '../eid/eid.ts'
import type { Translate } from '../http/messages.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import {
  type CaseId,
  type ConnectionId,
  type MessageId,
  newOrderedId,
  type OrganisationId,
  type PersonId,
  type ProviderId,
} from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Mandates, NamedMandate } from '../mandates/mandates.ts'
import { reminderReach } from '../means/life.ts'
import type { Means } from '../means/means.ts'
import { ownService, ownServiceName } from '../partners/own-service.ts'
import type { Partners } from '../partners/partners.ts'
import type { Keeper, People, Recipient } from '../people/people.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import {
  audiences,
  type CaseNews,
  type CaseTold,
  type Change,
  type ConnectionNews,
  caseNews,
  caseToldBy,
  connectionNews,
  hearsConnection,
  isNewsOfCase,
  type MandateNews,
  type MessageKind,
  mandateNews,
  type News,
  newsOf,
  providerOf,
  type Reader,
  readerOf,
} from './audience.ts'
import { type AlertChoices, defaultHearing } from './choices.ts'
import { createCodes } from './codes.ts'
import { maskedAddress } from './copies.ts'
import { createLetters, type EndingMeans, type Letter, type LetterSettings, type ToldPhone } from './letter.ts'
import { type DeliveryOutcome, isRefusal, type MailTransport, reasonOf } from './mail.ts'
import { createAlertStore, createChoiceStore, type Details, type MessageRow, type Topic } from './store.ts'

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

export interface MessageKeeperOptions {
  storage: Storage
  clock: Clock
  people: Pick<People, 'recipients'>
  /** 256 bits of this room. */
  key: Buffer
}

/**
 * To be registered with `people.keep`, by a process that sends nothing as well: what was written to somebody is deleted
 * with them, and goes along with what it spoke of. Who is erased is told so, while it is still known where: the letter is
 * nobody's, and neither the address nor the text is kept once it has left.
 */
export function messageKeeper({ storage, clock, people, key }: MessageKeeperOptions): Keeper {
  const store = createAlertStore()
  const choices = createChoiceStore()
  const codes = createCodes(key)

  async function sayFarewell(tx: Tx, person: PersonId): Promise<void> {
    const found = await people.recipients(person, undefined, tx)
    const readers = found.flatMap((recipient) => readerOf('person.erased', recipient, null) ?? [])
    if (readers.length === 0) return
    const id = newOrderedId('message', clock.now())
    const codeMark = codes.markOf(codes.of(id))
    const at = toDate(clock.now())
    await store.insert(tx, [{ id, kind: 'person.erased', about: null, person: null, codeMark, at }])
    await store.address(tx, id, addressed(codes, id, readers))
    await storage.jobs.enqueue(tx, 'alerts.mail', { message: id })
  }

  return {
    room: 'alerts',
    async forget(tx, person) {
      await store.forget(tx, person)
      await choices.forget(tx, person)
      await sayFarewell(tx, person)
    },
    async follow(tx, { from, to, ids, contacts, left }) {
      await store.give(tx, { from, to, about: [...ids] })
      await choices.give(tx, { from, to, contacts })
      // What `to` chose holds for all that is theirs now.
      if (left.length === 0) await choices.forget(tx, from)
    },
  }
}

export interface Recognised {
  message: MessageId
  kind: MessageKind
  /** Null: nothing that has an id. */
  about: Topic | null
  person: PersonId
  at: Instant
}

export interface AlertsOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  connections: Pick<Connections, 'byId'>
  people: Pick<People, 'recipients' | 'contactsOf'>
  partners: Pick<Partners, 'registry'>
  means: Pick<Means, 'of'>
  phones: Pick<Phones, 'of'>
  cases: Pick<Cases, 'ofPerson'>
  mandates: Pick<Mandates, 'byIds' | 'withNames'>
  organisations: Pick<Organisations, 'organisation'>
  choices: Pick<AlertChoices, 'of' | 'hearingEvery'>
  transport: MailTransport
  translate: (language: Language) => Translate
  settings: LetterSettings
  /** 256 bits of this room: seals recipients and copies, makes codes. */
  key: Buffer
}

/** What a letter is written from, whoever reads it. */
type Subject =
  | { kind: 'connection'; connection: Connection }
  | {
      kind: 'change'
      change: Change
      details: Details
      of?: Awaited<ReturnType<Means['of']>>[number]['kind']
      contact?: string
      phones?: readonly ToldPhone[]
      firm?: string
      at: Instant
    }
  | { kind: 'case'; news: CaseNews; details: Details; case: Case; lines: readonly Connection[]; at: Instant }
  | { kind: 'mandates'; news: MandateNews; details: Details; named: readonly NamedMandate[]; at: Instant }
  /** R046: what of the person ends soon, the first first. */
  | { kind: 'reminder'; ending: [EndingMeans, ...EndingMeans[]]; at: Instant }

function addressed(codes: ReturnType<typeof createCodes>, message: MessageId, readers: readonly Reader[]) {
  const code = codes.of(message)
  return readers.map((reader, position) => ({
    sealed: codes.seal(JSON.stringify(reader), message, position, 'recipient'),
    addressMark: codes.addressMark(code, reader.address),
  }))
}

export function createAlerts(options: AlertsOptions): Alerts {
  const { storage, clock, audit, connections, people, partners, means, cases, choices, transport } = options
  const store = createAlertStore()
  const choiceStore = createChoiceStore()
  const codes = createCodes(options.key)
  const letters = createLetters({ translate: options.translate, settings: options.settings })

  async function react(facts: readonly Recorded[], tx: Tx): Promise<void> {
    for (const { name, data } of facts) {
      if (name !== 'contact.removed') continue
      const { person, contact } = data as Recorded<'contact.removed'>['data']
      await choiceStore.removed(tx, person, contact)
    }
    const news = facts.flatMap((fact) => newsOf(fact) ?? [])
    const ordinary = news.filter(({ kind }) => kind === 'connection.made').map(({ person }) => person)
    const hearing = await choices.hearingEvery(tx, ordinary)
    const heard = news.filter(({ kind, person }) => kind !== 'connection.made' || hearing.has(person))
    await tell(tx, heard)
    // What is news of a case depends on what was told of it before.
    for (const told of facts.flatMap((fact) => caseToldBy(fact) ?? [])) await tell(tx, await newsOfCase(told, tx))
  }

  /** A message and its job for each. */
  async function tell(tx: Tx, news: readonly News[]): Promise<void> {
    const now = clock.now()
    const messages = news.map((one) => {
      const id = newOrderedId('message', now)
      const codeMark = codes.markOf(codes.of(id))
      return { id, ...one, provider: providerOf(one.details) ?? null, codeMark, at: toDate(now) }
    })
    for (const message of await store.insert(tx, messages)) await storage.jobs.enqueue(tx, 'alerts.mail', { message })
  }

  async function newsOfCase(told: CaseTold, tx: Tx): Promise<News[]> {
    const last = await store.lastOfCase(tx, told.about)
    const person = told.person ?? last?.person
    return person && isNewsOfCase(told.kind, last?.kind) ? [{ ...told, person }] : []
  }

  /** Through its owner: a case that went to somebody else, or is kept no more, is told to nobody. */
  async function caseOf(person: PersonId, id: CaseId) {
    const found = (await cases.ofPerson(person)).find((one) => one.id === id)
    if (!found) return undefined
    const lines: Connection[] = []
    for (const connection of found.connections.slice(0, mostLines)) {
      const line = await connections.byId(storage.db, connection)
      if (line) lines.push(line)
    }
    return { case: found, lines }
  }

  async function subjectOf({ kind, about, person, details, at: date }: MessageRow): Promise<Subject | undefined> {
    const at = date.getTime()
    if (isOfCase(kind)) {
      const found = person ? await caseOf(person, about as CaseId) : undefined
      return found && { kind: 'case', news: kind, details, at, ...found }
    }
    if (isOfMandates(kind)) {
      const ids = details.mandates ?? []
      const views = await options.mandates.byIds(ids)
      const named = await options.mandates.withNames(ids.flatMap((id) => views.get(id) ?? []))
      return { kind: 'mandates', news: kind, details, at, named }
    }
    if (isOfConnection(kind)) {
      const connection = await connections.byId(storage.db, about as ConnectionId)
      return connection && { kind: 'connection', connection }
    }
    if (kind === 'means.expires_soon') return person ? reminderOf(await means.of(storage.db, person), at) : undefined
    const change = kind as Change
    if (!person) return { kind: 'change', change, details, at }
    const of = change.startsWith('means.')
      ? (await means.of(storage.db, person)).find((one) => one.means === about)?.kind
      : undefined
    const isOfContact = change.startsWith('contact.') || change.startsWith('alerts.')
    const address = isOfContact
      ? (await people.contactsOf(person)).find(({ contact }) => contact === about)?.address
      : undefined
    return {
      ...{ kind: 'change', change, details, at },
      ...(of ? { of } : {}),
      ...(address ? { contact: maskedAddress(address) } : {}),
      ...(change.startsWith('phone.') ? { phones: await phonesOf(person, about, at) } : {}),
      ...(change.startsWith('firm.') ? await firmOf(about) : {}),
    }
  }

  async function firmOf(about: Topic | null): Promise<{ firm?: string }> {
    const found = await options.organisations.organisation(about as OrganisationId)
    return found ? { firm: found.name } : {}
  }

  /** The one that it is about; of a reminder, which is about the person, those that end soon. */
  async function phonesOf(person: PersonId, about: Topic | null, at: Instant): Promise<ToldPhone[]> {
    const all = await options.phones.of(storage.db, person)
    const ending = all.filter(({ state, expiresAt }) => state === 'active' && expiresAt <= at + reminderReach)
    const told = about === person ? ending : all.filter(({ phone }) => phone === about)
    return told
      .toSorted((a, b) => a.expiresAt - b.expiresAt)
      .map(({ label, expiresAt }) => ({ label, ...(about === person ? { expiresAt } : {}) }))
  }

  /** What was renewed, suspended or withdrawn since is no matter of a reminder; of nothing left there is none. */
  function reminderOf(all: Awaited<ReturnType<Means['of']>>, at: Instant): Subject | undefined {
    const [first, ...others] = all
      .filter(({ state, expiresAt }) => state === 'active' && expiresAt <= at + reminderReach)
      .toSorted((a, b) => a.expiresAt - b.expiresAt)
    return first && { kind: 'reminder', ending: [first, ...others], at }
  }

  function letterTo(subject: Subject, reader: Reader, message: MessageRow): Letter {
    const view = { reader, messageCode: codes.of(message.id) }
    if (subject.kind === 'reminder') return letters.ofReminder({ ...subject, ...view })
    const registry = partners.registry()
    if (subject.kind === 'case') {
      const { news, details, at, lines, case: one } = subject
      const own = lines.filter(({ provider }) => reader.provider === undefined || provider === reader.provider)
      const providers = [...providersOf(own)].map((id) => registry.providers.get(id)?.name ?? inNoLanguage(id))
      const { reference, origin } = one
      return letters.ofCase({ ...{ news, details, at, reference, origin, signIns: own, providers }, ...view })
    }
    if (subject.kind === 'mandates') {
      const { news, details, at, named } = subject
      const told = named.map(({ view: { until }, principal, mandatary }) => ({
        principal: principal?.name,
        mandatary: mandatary.kind === 'person' ? mandatary.name : mandatary.organisation?.name,
        until,
      }))
      return letters.ofMandates({ ...{ news, details, at, mandates: told }, ...view })
    }
    if (subject.kind === 'change') {
      const { change, details, at, of, contact, phones, firm } = subject
      const told = reader.provider === undefined ? (details.providers ?? []) : [reader.provider]
      const providers = told.map((id) => registry.providers.get(id)?.name ?? inNoLanguage(id))
      const isHere = message.about !== null && reader.contact === message.about
      return letters.ofChange({
        ...{ change, details, at, providers, isHere, ...view },
        ...(of ? { of } : {}),
        ...(contact ? { contact } : {}),
        ...(phones ? { phones } : {}),
        ...(firm ? { firm } : {}),
      })
    }
    const { connection } = subject
    return letters.ofConnection({
      connection,
      service:
        connection.service === ownService
          ? ownServiceName(options.settings.name)
          : registry.services.get(connection.service)?.name,
      provider: registry.providers.get(connection.provider ?? '')?.name,
      ...view,
    })
  }

  /** All of the person, and, while they have no contact, what each provider concerned asserts. */
  async function recipientsOf({ kind, person, details }: MessageRow & { person: PersonId }, subject: Subject) {
    const isTold = audiences[kind as News['kind']].asserted !== 'nothing'
    const about = subject.kind === 'case' ? [...providersOf(subject.lines)] : details.providers
    const providers = isTold ? (about ?? []) : []
    const found: { one: Recipient; provider?: ProviderId }[] = []
    if (providers.length === 0) found.push(...(await people.recipients(person, undefined)).map((one) => ({ one })))
    for (const provider of providers) {
      for (const one of await people.recipients(person, provider)) {
        if (one.kind === 'asserted') found.push({ one, provider })
        else if (!found.some(({ one: known }) => known.kind !== 'asserted' && known.contact === one.contact))
          found.push({ one })
      }
    }
    return found
  }

  /**
   * Chooses the readers at the first try and writes them down, so that a contact that is removed while the mail server
   * is down still hears. Not in the reactor: contacts have to be unsealed, and its transaction holds the outbox. `none`
   * when everybody chose not to hear, or who would hear is told by another letter.
   */
  async function address(message: MessageRow & { person: PersonId }, subject: Subject): Promise<Reader[] | 'none'> {
    const { id, kind, about } = message
    const found = await recipientsOf(message, subject)
    const all = found.flatMap(({ one, provider }) => {
      const reader = readerOf(kind as News['kind'], one, about)
      return reader ? [{ ...reader, ...(provider ? { provider } : {}) }] : []
    })
    const readers = subject.kind === 'connection' ? await listening(message, subject.connection, all) : all
    // An address that was proved meanwhile is told of as such, to all of them.
    const isOvertaken = kind === 'contact.added' && (all.length === 0 || all.some(({ contact }) => contact === about))
    if (isOvertaken || (readers.length === 0 && all.length > 0)) return 'none'
    if (readers.length > 0) await store.address(storage.db, id, addressed(codes, id, readers))
    return readers
  }

  async function listening(
    { person, kind }: MessageRow & { person: PersonId },
    { unusual }: Connection,
    all: Reader[],
  ) {
    const chosen = await choices.of(person)
    return all.filter(({ contact = null }) =>
      hearsConnection(chosen.get(contact) ?? defaultHearing, kind as ConnectionNews, unusual),
    )
  }

  function waitingOf(message: MessageRow): { position: number; reader: Reader }[] {
    return message.deliveries
      .filter(({ state }) => state === 'waiting')
      .map(({ position, recipient }) => ({
        position,
        reader: JSON.parse(codes.open(Buffer.from(recipient, 'base64'), message.id, position, 'recipient')) as Reader,
      }))
  }

  /** Sends to one reader; `again` when the mail server could not say yes or no. */
  async function send(message: MessageRow, subject: Subject, to: { position: number; reader: Reader }) {
    const letter = letterTo(subject, to.reader, message)
    const id = { messageId: letters.messageIdOf(message.id, to.position), date: clock.now() }
    try {
      await transport.send({ to: to.reader.address, language: to.reader.language, ...letter, ...id })
      return { outcome: 'sent' as const, copy: JSON.stringify({ subject: letter.subject, text: letter.text }) }
    } catch (error) {
      return { outcome: isRefusal(error) ? ('failed' as const) : ('again' as const), why: reasonOf(error) }
    }
  }

  /** The delivery's end and its fact. */
  async function settle(message: MessageRow, position: number | null, outcome: DeliveryOutcome, copy?: string) {
    const { id, kind, person, attempts } = message
    const sealed = copy === undefined ? null : codes.seal(copy, id, position ?? 0, 'copy')
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

  async function readersOf(message: MessageRow, subject: Subject | undefined) {
    if (message.deliveries.length > 0) return waitingOf(message)
    const { person } = message
    if (!subject || !person) return []
    const readers = await address({ ...message, person }, subject)
    return readers === 'none' ? readers : readers.map((reader, position) => ({ reader, position }))
  }

  return {
    reactor: react,

    async deliver(id, attempt) {
      const message = await store.claim(storage.db, id)
      if (!message) return
      const subject = await subjectOf(message)
      const waiting = await readersOf(message, subject)
      if (waiting === 'none') return store.drop(storage.db, id)
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

    recognise: createRecogniser(options),

    close: () => transport.close(),
    expire: (olderThan) => store.expire(storage.db, newOrderedId('message', olderThan), toDate(olderThan)),
  }
}

/** The message of a code, for rooms that come before this one too. */
export function createRecogniser({ storage, key }: Pick<AlertsOptions, 'storage' | 'key'>): Alerts['recognise'] {
  const codes = createCodes(key)
  const store = createAlertStore()
  return async (text) => {
    const code = codes.parse(text)
    const row = code === undefined ? undefined : await store.byCodeMark(storage.db, codes.markOf(code))
    return row?.person ? { ...row, person: row.person, at: row.at.getTime() } : undefined
  }
}

const isOfMandates = (kind: MessageKind): kind is MandateNews => mandateNews.some((one) => one === kind)

const isOfCase = (kind: MessageKind): kind is CaseNews => caseNews.some((one) => one === kind)

const providersOf = (lines: readonly Connection[]) => new Set(lines.flatMap(({ provider }) => provider ?? []))

/** Of the sign-ins in question: a letter is read at one glance, the space shows them all. */
const mostLines = 5

const isOfConnection = (kind: MessageKind): kind is ConnectionNews => connectionNews.some((one) => one === kind)

/** A partner that left is named by its id. */
const inNoLanguage = (id: string) => ({ fr: id, en: id, ar: id })
