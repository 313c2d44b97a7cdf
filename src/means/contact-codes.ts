/**
 * The holder's contacts: a code goes to a mail address and comes back through the same session, and the address is
 * verified from then on (R043). The contacts themselves are of `people/`; here are the code's way, and the limits on how
 * often one may be asked for. Whoever writes the address of a stranger gets the same answers as for their own: what that
 * mailbox is to the hub, or was sent by others today, is told to nobody.
 */
import type { Translate } from '../http/messages.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { day, hour, minute, second } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { ContactId, PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { keyedHash } from '../kernel/secrets.ts'
import type { ContactView, People } from '../people/people.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { MessageGateway } from './gateway.ts'
import type { ContactSession, Contacts } from './means.ts'
import * as store from './store.ts'

/** A mail or a text message takes a while; another one meanwhile only makes the first worthless. */
export const betweenCodes = 30 * second

/** As long as the code itself (`people/contacts.ts`). */
const sessionMemory = 15 * minute

/** Of one person in an hour, whatever the addresses; and to one mailbox in a day, whoever asks. */
const mostOfPerson = 6
const mostToAddress = 10

/** Where the code was asked for. */
interface Asked {
  at: Instant
  replaces?: ContactId
}

export interface ContactCodeParts {
  storage: Storage
  clock: Clock
  people: People
  key: Buffer
  gateway: MessageGateway
  translate: (language: Language) => Translate
  name: string
  log: (message: string, inside: Record<string, unknown>) => void
}

export function createContactCodes(options: ContactCodeParts): Contacts {
  const { storage, clock, people, key, gateway, translate, name, log } = options
  const { state } = storage
  const kind = 'means.contact'
  const placeOf = ({ session }: ContactSession, contact: ContactId) => ({ kind, key: `${session} ${contact}` })

  async function asked(who: ContactSession, contact: ContactId): Promise<Asked | undefined> {
    const [found] = await state.getMany([placeOf(who, contact)])
    return found?.value as Asked | undefined
  }

  /** Counts one more, unless there were too many. */
  function counts(tx: Tx, audience: string, limit: { most: number; within: number }): Promise<boolean> {
    const at = clock.now()
    return store.putCode(tx, { audience, hash: '', at, expiresAt: at, since: at - limit.within, most: limit.most })
  }

  async function find(person: PersonId, contact: ContactId): Promise<ContactView | undefined> {
    return (await people.contactsOf(person)).find((one) => one.contact === contact)
  }

  /** Makes a code and sends it. */
  async function send(
    who: ContactSession,
    address: string,
    more: { language: Language; replaces?: ContactId },
  ): Promise<Awaited<ReturnType<Contacts['add']>>> {
    const { person, level, link } = who
    const { language, replaces } = more
    const mailbox = keyedHash(key, 'means/contact-to', address.trim().toLowerCase())
    const made = await storage.transaction(async (tx) => {
      const isAllowed = await counts(tx, `contacts ${person}`, { most: mostOfPerson, within: hour })
      if (!isAllowed) return undefined
      const leaves = await counts(tx, `contact ${mailbox}`, { most: mostToAddress, within: day })
      return { ...(await people.addContact(tx, person, address, level, language, { via: link })), leaves }
    })
    if (!made) return { ok: false, reasons: ['too_many'] }
    const { contact, code, leaves } = made
    const value: Asked = { at: clock.now(), ...(replaces ? { replaces } : {}) }
    await state.write({ put: [{ ...placeOf(who, contact), value, expiresAt: clock.now() + sessionMemory }] })
    if (!leaves) {
      log('means: a code was not sent', { contact, why: 'too_many_to_one_address' })
      return { ok: true, contact }
    }
    const say = translate(language)
    const mail = {
      subject: say('sent.mail.contact.subject', { name }),
      text: say('sent.mail.contact.text', { name, code }),
    }
    try {
      const of = { kind: 'contact', person, secret: code } as const
      await gateway.send({ channel: 'mail', to: address, ...mail, language, of })
    } catch (error) {
      const why =
        error instanceof GarantError ? error.inside : { error: error instanceof Error ? error.name : 'unknown' }
      log('means: a code was not sent', { contact, ...why })
      return { ok: false, reasons: ['not_sent'] }
    }
    return { ok: true, contact }
  }

  /** The one that the new one takes the place of; it hears of that, and for 30 days of what changes (`people/`). */
  async function replace(tx: Tx, { person, level }: ContactSession, contact: ContactId, replaces: ContactId) {
    if (replaces === contact || (await isSecondFactor(tx, person, replaces))) return false
    return (await people.removeContact(tx, person, replaces, level)) === 'removed'
  }

  async function isSecondFactor(handle: Tx | Storage['db'], person: PersonId, contact: ContactId): Promise<boolean> {
    return (await store.secondMailboxes(handle, person, clock.now())).has(contact)
  }

  return {
    async add(who, { address, language, replaces }) {
      const known = (await people.contactsOf(who.person)).find((one) => one.address === address.trim())
      // A second click, or the same address once more: the code that is on its way is the one.
      const before = known && !known.verified ? await asked(who, known.contact) : undefined
      if (known && before && clock.now() - before.at < betweenCodes) return { ok: true, contact: known.contact }
      if (known?.verified) return { ok: false, reasons: ['already_there'] }
      try {
        return await send(who, address, { language, ...(replaces ? { replaces } : {}) })
      } catch (error) {
        if (!(error instanceof GarantError)) throw error
        if (error.error === 'request_malformed') return { ok: false, reasons: ['address_malformed'] }
        if (error.error === 'too_many_requests') return { ok: false, reasons: ['too_many_contacts'] }
        throw error
      }
    },

    async sendAgain(who, contact, language) {
      const found = await find(who.person, contact)
      if (!found || found.verified) return 'gone'
      const before = await asked(who, contact)
      if (before && clock.now() - before.at < betweenCodes) return 'too_soon'
      const { replaces } = before ?? {}
      const sent = await send(who, found.address, { language, ...(replaces ? { replaces } : {}) })
      return sent.ok ? 'sent' : sent.reasons[0] === 'too_many' ? 'too_many' : 'not_sent'
    },

    async verify(who, contact, code) {
      const { person, level } = who
      const before = await asked(who, contact)
      // Asked for in another session: whoever reads the mailbox is not shown to be the one who is here.
      if (!before) return { kind: 'over' }
      const { outcome, kept } = await storage.transaction(async (tx) => {
        const outcome = await people.verifyContact(tx, person, contact, code.replaceAll(/\D/g, ''), level)
        const replaces = outcome === 'verified' ? before.replaces : undefined
        return { outcome, kept: replaces !== undefined && !(await replace(tx, who, contact, replaces)) }
      })
      if (outcome === 'verified') return { kind: 'verified', kept }
      if (outcome === 'too_weak') return { kind: 'too_weak' }
      const found = await find(person, contact)
      // A second click on the button: what it asks for is done.
      if (outcome === 'expired' && found?.verified) return { kind: 'verified', kept: false }
      const left = found?.code?.triesLeft ?? 0
      return outcome === 'wrong' && left > 0 ? { kind: 'wrong', left } : { kind: 'over' }
    },

    async remove(who, contact) {
      const { person, level } = who
      return storage.transaction(async (tx) => {
        if (await isSecondFactor(tx, person, contact)) return 'second_factor'
        return people.removeContact(tx, person, contact, level)
      })
    },

    confirm: ({ person, level }, contact) =>
      storage.transaction((tx) => people.confirmContact(tx, person, contact, level)),
  }
}
