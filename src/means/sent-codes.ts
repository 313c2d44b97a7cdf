/**
 * Codes that are sent: six digits, ten minutes, five tries, one use, one at a time for each means; only to a number or a
 * mailbox that was verified (R043), and good only where it was asked for. Which mailbox may be a second factor beside a
 * password is the rule of R055: not one that resets that password, unless it is secured.
 */
import { randomInt } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import type { Translate } from '../http/messages.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { ContactId, MeansId, PersonId, SessionId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { keyedHash } from '../kernel/secrets.ts'
import type { People } from '../people/people.ts'
import type { Factor } from '../policy/factors.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { betweenCodes } from './contact-codes.ts'
import { isInDomain } from './enrolment.ts'
import type { MessageGateway } from './gateway.ts'
import type { Holding } from './holding.ts'
import type { SentCodes } from './means.ts'
import * as store from './store.ts'

export const codeLifetime = 10 * minute
const codeDigits = 6
export const mostTries = 5
/** Each costs money, or a stranger's patience. */
const mostSent = 3
/** To one number in a day, whoever adds it. */
const mostToNumber = 6

/** E.164: "+" and at most fifteen digits, the first of which is no zero. */
const numberPattern = /^\+[1-9]\d{6,14}$/

export interface Mailbox {
  contact: ContactId
  address: string
  /** R055: of the domains that the settings trust. */
  secured: boolean
  /** Where a link that resets the password goes. */
  resetsPassword: boolean
}

export interface CodeWork extends SentCodes {
  /** Makes a code for an audience, bound to a place; undefined when too many were sent of late. Not inside a transaction. */
  make(audience: string, binding: string): Promise<string | undefined>
  /** The try is counted when `tx` commits. */
  check(tx: Tx, audience: string, binding: string, code: string): Promise<boolean>
  /** Sends a code of a sign-in to a usable means of the person. */
  sendTo(row: store.MeansRow, binding: string, language: Language): Promise<'sent' | 'too_many' | 'not_sent'>
  mailboxes(person: PersonId): Promise<Mailbox[]>
  /** As policy weighs it; undefined when the means cannot be reached any more. */
  factorOf(row: store.MeansRow, mailboxes: readonly Mailbox[]): Factor | undefined
  mailSubjectAndText(
    language: Language,
    about: 'code' | 'check' | 'card',
    code: string,
  ): { subject: string; text: string }
  /** Sends a code that was made to a verified mailbox or number; false when it did not leave. `by`: for the log. */
  deliver(
    way: { channel: 'sms' | 'mail'; to: string; about: 'code' | 'card' },
    sent: SentFor & { by: ContactId | MeansId },
    language: Language,
  ): Promise<boolean>
}

interface SentFor {
  code: string
  person: PersonId
}

export interface SentCodeParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: People
  key: Buffer
  holding: Holding
  gateway: MessageGateway
  translate: (language: Language) => Translate
  name: string
  /** The host of the hub's pages: a telephone offers the code there and nowhere else. */
  host: string
  securedMailDomains: readonly string[]
  log: (message: string, inside: Record<string, unknown>) => void
}

export function createSentCodes(options: SentCodeParts): CodeWork {
  const { storage, clock, audit, people, key, holding, gateway, translate, name, securedMailDomains } = options
  const hashOf = (audience: string, binding: string, code: string) =>
    keyedHash(key, 'means/code', JSON.stringify([audience, binding, code.replaceAll(/\s/g, '')]))

  async function make(audience: string, binding: string): Promise<string | undefined> {
    const code = String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0')
    const at = clock.now()
    const put = {
      audience,
      hash: hashOf(audience, binding, code),
      at,
      expiresAt: at + codeLifetime,
      since: at - codeLifetime,
      most: mostSent,
    }
    return (await storage.transaction((tx) => store.putCode(tx, put))) ? code : undefined
  }

  async function check(tx: Tx, audience: string, binding: string, code: string): Promise<boolean> {
    const attempt = { audience, hash: hashOf(audience, binding, code), at: clock.now(), mostTries }
    return (await store.tryCode(tx, attempt)) === 'right'
  }

  function mailSubjectAndText(language: Language, about: 'code' | 'check' | 'card', code: string) {
    const say = translate(language)
    const values = { name, code }
    return { subject: say(`sent.mail.${about}.subject`, values), text: say(`sent.mail.${about}.text`, values) }
  }

  /** Text messages end with what lets a browser fill the code in at this host only (WebOTP: "origin-bound one-time codes"). */
  async function sendSms(to: string, { code, person }: SentFor, language: Language): Promise<void> {
    const text = `${translate(language)('sent.sms.code', { name, code })}\n\n@${options.host} #${code}`
    const of = { kind: 'sign_in', person, secret: code } as const
    await gateway.send({ channel: 'sms', to, subject: '', text, language, of })
  }

  /** Whether it left; why not is for the log, without the text of an error, which may repeat the number. */
  async function leaves(means: MeansId | ContactId, send: () => Promise<void>): Promise<boolean> {
    try {
      await send()
      return true
    } catch (error) {
      const why =
        error instanceof GarantError ? error.inside : { error: error instanceof Error ? error.name : 'unknown' }
      options.log('means: a code was not sent', { means, ...why })
      return false
    }
  }

  const deliver: CodeWork['deliver'] = ({ channel, to, about }, { code, person, by }, language) =>
    leaves(by, () =>
      channel === 'sms'
        ? sendSms(to, { code, person }, language)
        : gateway.send({
            channel: 'mail',
            to,
            ...mailSubjectAndText(language, about, code),
            language,
            of: { kind: 'sign_in', person, secret: code },
          }),
    )

  async function noteSent(person: PersonId, means: MeansId, channel: 'sms' | 'mail'): Promise<void> {
    await storage.transaction(async (tx) =>
      audit.append(tx, { name: 'means.code_sent', data: { person, means, channel } }),
    )
  }

  async function mailboxes(person: PersonId): Promise<Mailbox[]> {
    const contacts = (await people.contactsOf(person)).filter(({ verified }) => verified)
    const second = await store.secondMailboxes(storage.db, person, clock.now())
    return contacts.map(({ contact, address }) => {
      const secured = isInDomain(address, securedMailDomains)
      return { contact, address, secured, resetsPassword: secured || !second.has(contact) }
    })
  }

  // ── Numbers that wait for their first code ──────────────────────────────────────────────────────────────────────────

  /** By person: somebody who adds numbers one after the other sends messages to strangers. */
  const numbersOf = (person: PersonId) => `numbers ${person}`

  /** A code is good for one number, in the session that asked for it. */
  const placeOf = (means: MeansId, session: SessionId | undefined) => (session ? `${means} ${session}` : means)

  const isWaiting = (row: store.MeansRow) =>
    row.kind === 'sms_code' && row.state === 'pending' && row.expires_at.getTime() > clock.now()

  const sentTo = (means: MeansId, session: SessionId | undefined) => ({
    kind: 'means.number',
    key: placeOf(means, session),
  })

  async function isOnItsWay(means: MeansId, session: SessionId | undefined): Promise<boolean> {
    const [found] = await storage.state.getMany([sentTo(means, session)])
    const at = found?.value as Instant | undefined
    return at !== undefined && clock.now() - at < betweenCodes
  }

  /** The one that waits with this number, or a new one; two clicks make one. */
  function waitingNumber(person: PersonId, to: string, makeOne: (tx: Tx) => Promise<MeansId>): Promise<MeansId> {
    return storage.transaction(async (tx) => {
      await store.lockPersonsMeans(tx, person)
      const sealer = await holding.sealerOf(tx, person)
      const rows = (await store.meansOf(tx, person)).filter(isWaiting)
      return rows.find((row) => holding.secretOf(sealer, row) === to)?.id ?? makeOne(tx)
    })
  }

  async function sendToNumber(
    { person, means, session }: { person: PersonId; means: MeansId; session?: SessionId },
    to: string,
    language: Language,
  ): Promise<'sent' | 'too_many' | 'not_sent'> {
    const code = await make(numbersOf(person), placeOf(means, session))
    if (!code) return 'too_many'
    const at = clock.now()
    await storage.state.write({
      put: [{ ...sentTo(means, session), value: at, expiresAt: at + codeLifetime }],
    })
    const audience = `number ${keyedHash(key, 'means/number-to', to)}`
    const counted = { audience, hash: '', at, expiresAt: at, since: at - day, most: mostToNumber }
    if (!(await storage.transaction((tx) => store.putCode(tx, counted)))) {
      options.log('means: a code was not sent', { means, why: 'too_many_to_one_number' })
      return 'sent'
    }
    if (!(await leaves(means, () => sendSms(to, { code, person }, language)))) return 'not_sent'
    await noteSent(person, means, 'sms')
    return 'sent'
  }

  return {
    make,
    check,
    mailboxes,
    mailSubjectAndText,
    deliver,

    async sendTo(row, binding, language) {
      const { id: means, person_id: person } = row
      const sealer = await holding.sealerOf(storage.db, person)
      const mailbox =
        row.kind === 'mail_code'
          ? (await mailboxes(person)).find(({ contact }) => contact === row.details.contact)
          : undefined
      if (row.kind === 'mail_code' && !mailbox) return 'not_sent'
      const code = await make(means, binding)
      if (!code) return 'too_many'
      const channel = mailbox ? 'mail' : 'sms'
      const to = mailbox?.address ?? holding.secretOf(sealer, row)
      const left = await deliver({ channel, to, about: 'code' }, { code, person, by: means }, language)
      if (left) await noteSent(person, means, channel)
      return left ? 'sent' : 'not_sent'
    },

    factorOf(row, boxes) {
      if (row.kind === 'sms_code') return { kind: 'sms_otp' }
      const mailbox = boxes.find(({ contact }) => contact === row.details.contact)
      if (!mailbox) return undefined
      return { kind: 'mail_otp', resetsPassword: mailbox.resetsPassword, secured: mailbox.secured }
    },

    async addNumber({ person, enrolment, via, number, label, language, session }) {
      const to = number.replaceAll(/[\s.()-]/g, '')
      if (!numberPattern.test(to)) return { ok: false, reasons: ['number_malformed'] }
      const means = await waitingNumber(person, to, async (tx) => {
        const made = { kind: 'sms_code', state: 'pending', label, secret: to } as const
        const id = await holding.make(tx, { person, enrolment, via }, made)
        if (!id) throw new Error('a number that cannot be there already is')
        return id
      })
      // A second click: the code that is on its way is the one.
      if (await isOnItsWay(means, session)) return { ok: true, means }
      const outcome = await sendToNumber({ person, means, ...(session ? { session } : {}) }, to, language)
      return outcome === 'sent' ? { ok: true, means } : { ok: false, reasons: [outcome] }
    },

    async sendNumberAgain(waiting, language) {
      const { person, means, session } = waiting
      const row = (await store.meansOf(storage.db, person)).find(({ id }) => id === means)
      if (!row || !isWaiting(row)) return 'gone'
      if (await isOnItsWay(means, session)) return 'too_soon'
      const sealer = await holding.sealerOf(storage.db, person)
      return sendToNumber(waiting, holding.secretOf(sealer, row), language)
    },

    async verifyNumber(person, means, code, session) {
      return storage.transaction(async (tx) => {
        const row = await store.lockMeans(tx, person, means)
        // A second click on the button: what it asks for is done.
        if (row?.kind === 'sms_code' && row.state === 'active') return 'active'
        if (!row || !isWaiting(row)) return 'expired'
        if (!(await check(tx, numbersOf(person), placeOf(means, session), code))) return 'wrong'
        await holding.activate(tx, row)
        return 'active'
      })
    },

    async numberTriesLeft(person) {
      const tried = await store.codeTries(storage.db, numbersOf(person), clock.now())
      return tried === undefined ? 0 : Math.max(0, mostTries - tried)
    },

    async addMailbox({ person, enrolment, via, contact, label }) {
      const all = await mailboxes(person)
      const mailbox = all.find((one) => one.contact === contact)
      if (!mailbox) return { ok: false, reasons: ['not_verified'] }
      const resetsElsewhere = all.some((one) => one.contact !== contact && one.resetsPassword)
      if (!mailbox.secured && !resetsElsewhere) return { ok: false, reasons: ['mailbox_resets_password'] }
      const means = await storage.transaction((tx) =>
        holding.make(
          tx,
          { person, enrolment, via },
          { kind: 'mail_code', state: 'active', label, details: { contact } },
        ),
      )
      if (!means) throw new Error('a mailbox that cannot be there already is')
      return { ok: true, means }
    },
  }
}
