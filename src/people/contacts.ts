/**
 * The hub's own contacts of a person: added, proved by a code, confirmed, removed, and who hears what. A verified contact
 * proves a mailbox and not a person, so it carries the level of the sign-in that brought it.
 */
import { randomInt } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { day, minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { newId, type PersonId, type ProviderId } from '../kernel/ids.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { mailboxOf, parseAddress } from './address.ts'
import type { ContactView, People, Recipient } from './people.ts'
import { refuseFrozen, standingIn } from './protections.ts'
import * as store from './store.ts'
import type { Vault } from './vault.ts'

/** 8 digits with ten tries: one chance in ten million for whoever guesses. */
const codeDigits = 8
const maxTries = 10
/** Time for a slow mail server; not for a forgotten mailbox. */
const codeLifetime = 15 * minute

/** "A replaced contact hears for 30 days that protection changed". */
const formerMemory = 30 * day

/** An address whose code nobody gave is kept only as long as a page may still show it. */
const unprovedMemory = 1 * day

/** Enough for anybody; each of them gets every alert. */
const mostContacts = 5

type Contacts = Pick<
  People,
  | 'addContact'
  | 'addProvedContact'
  | 'verifyContact'
  | 'confirmContact'
  | 'removeContact'
  | 'contactsOf'
  | 'recipients'
  | 'forget'
>

export function createContacts(options: { storage: Storage; clock: Clock; audit: Audit; vault: Vault }): Contacts {
  const { storage, clock, audit, vault } = options

  /** A thief must not take from a frozen identity where it hears, nor hear what it is told. */
  async function lockThawed(tx: Tx, person: PersonId): Promise<store.PersonRow | undefined> {
    const row = await store.lockPerson(tx, person)
    if (row) refuseFrozen(person, standingIn(row, clock.now()))
    return row
  }

  async function lockedOrThrow(tx: Tx, person: PersonId): Promise<store.PersonRow> {
    const row = await lockThawed(tx, person)
    if (!row) throw new GarantError('not_found', { person })
    return row
  }

  function codeOf(row: store.ContactRow): Pick<ContactView, 'code'> {
    const expiresAt = row.code_expires_at?.getTime() ?? 0
    const isOpen = row.code_hash !== null && expiresAt > clock.now() && row.tries < maxTries
    return isOpen ? { code: { expiresAt, triesLeft: maxTries - row.tries } } : {}
  }

  function recipientOf(person: PersonId, row: store.RecipientRow): Recipient | undefined {
    if (!row.contact || !row.address || !row.level) return undefined
    const key = vault.openKey(person, row.wrapped_key)
    const address = vault.open(key, `address ${row.contact}`, row.address)
    const to = { contact: row.contact, address, language: row.language ?? 'fr' }
    if (row.former) return { kind: 'former', ...to }
    return { kind: 'verified', ...to, confirmed: atLeast(row.level, row.highest_level) }
  }

  function assertedIn(person: PersonId, row: store.RecipientRow | undefined): Recipient[] {
    if (!row?.link || !row.email) return []
    const address = vault.open(vault.openKey(person, row.wrapped_key), `email ${row.link}`, row.email)
    return [{ kind: 'asserted', address, language: row.language ?? 'fr' }]
  }

  return {
    async addContact(tx, person, text, level, language, how = {}) {
      const address = parseAddress(text)
      if (!address) throw new GarantError('request_malformed', { field: 'address' })
      const row = await lockedOrThrow(tx, person)
      const id = newId('contact')
      const code = String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0')
      const contact = await store.putContact(tx, {
        id,
        person_id: person,
        address: vault.seal(vault.openKey(person, row.wrapped_key), `address ${id}`, address),
        address_key: vault.addressKey(person, mailboxOf(address)),
        level,
        via_link: how.via ?? null,
        code_hash: vault.codeHash(person, code),
        at: clock.now(),
        codeExpiresAt: clock.now() + codeLifetime,
      })
      // The row of the person is locked, so this count is true; the throw takes the new contact back.
      if ((await store.countContacts(tx, person)) > mostContacts) throw new GarantError('too_many_requests', { person })
      await store.rememberLanguage(tx, person, language)
      if (contact === id)
        audit.append(tx, { name: 'contact.added', data: { person, contact, channel: 'email', level } })
      return { contact, code }
    },

    async addProvedContact(tx, person, text, level) {
      const address = parseAddress(text)
      if (!address) throw new GarantError('request_malformed', { field: 'address' })
      const row = await lockedOrThrow(tx, person)
      const id = newId('contact')
      const put = await store.putProvedContact(tx, {
        id,
        person_id: person,
        address: vault.seal(vault.openKey(person, row.wrapped_key), `address ${id}`, address),
        address_key: vault.addressKey(person, mailboxOf(address)),
        level,
        at: clock.now(),
        most: mostContacts,
      })
      if (!put) return
      const { contact, added } = put
      if (added) audit.append(tx, { name: 'contact.added', data: { person, contact, channel: 'email', level } })
      audit.append(tx, { name: 'contact.verified', data: { person, contact, level, how: 'code' } })
    },

    async verifyContact(tx, person, contact, code, level) {
      await lockThawed(tx, person)
      const attempt = { person, contact, hash: vault.codeHash(person, code), level, maxTries, at: clock.now() }
      const tried = await store.tryCode(tx, attempt)
      if (!tried) {
        const needed = await store.contactLevel(tx, person, contact)
        return needed && !atLeast(level, needed) ? 'too_weak' : 'expired'
      }
      if (!tried.right) return 'wrong'
      audit.append(tx, { name: 'contact.verified', data: { person, contact, level: tried.level, how: 'code' } })
      return 'verified'
    },

    async confirmContact(tx, person, contact, level) {
      await lockThawed(tx, person)
      const isConfirmed = await store.confirmContact(tx, person, contact, level)
      if (isConfirmed)
        audit.append(tx, { name: 'contact.verified', data: { person, contact, level, how: 'confirmed' } })
      return isConfirmed
    },

    async removeContact(tx, person, contact, level) {
      await lockThawed(tx, person)
      const removed = await store.removeContact(tx, { person, contact, level, at: clock.now() })
      if (removed) {
        const { verified } = removed
        audit.append(tx, { name: 'contact.removed', data: { person, contact, level, verified } })
        return 'removed'
      }
      return (await store.contactLevel(tx, person, contact)) ? 'too_weak' : 'unknown'
    },

    async contactsOf(person) {
      const rows = await store.contactsOf(storage.db, person)
      return rows.map((row) => ({
        contact: row.id,
        address: vault.open(vault.openKey(person, row.wrapped_key), `address ${row.id}`, row.address),
        verified: row.verified_at !== null,
        confirmed: row.verified_at !== null && atLeast(row.level, row.highest_level),
        level: row.level,
        ...codeOf(row),
      }))
    },

    async recipients(person: PersonId, provider: ProviderId | undefined, handle: Handle = storage.db) {
      const formerSince = clock.now() - formerMemory
      const rows = await store.recipients(handle, { person, provider: provider ?? null, formerSince })
      const current = new Set(rows.filter(({ former }) => former === false).map((row) => row.address_key))
      // An address that was removed and proved again is a present one; of two removals of one address one is enough.
      const told = rows.filter(
        (row, place) =>
          !row.former ||
          !(current.has(row.address_key) || rows.slice(0, place).some((one) => one.address_key === row.address_key)),
      )
      const recipients = told.map((row) => recipientOf(person, row)).filter((recipient) => recipient !== undefined)
      return current.size > 0 ? recipients : [...recipients, ...assertedIn(person, rows[0])]
    },

    forget: () =>
      store.forgetContacts(storage.db, {
        removed: clock.now() - formerMemory,
        unproved: clock.now() - unprovedMemory,
      }),
  }
}
