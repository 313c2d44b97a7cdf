/**
 * Passwords: set, changed, and reset by a code sent to a verified mailbox. The rule is policy's and is verified at each
 * setting (R065, R066). A reset touches the password alone: second factors stay, and so does what R055 says of the
 * mailbox. It is a code and no link, so that no mail of the hub ever holds one (R107).
 */
import type { Audit } from '../audit/audit.ts'
import type { Translate } from '../http/messages.ts'
import type { Clock } from '../kernel/clock.ts'
import { hour, minute } from '../kernel/durations.ts'
import { type ContactId, newSecret, type PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { People } from '../people/people.ts'
import type { PasswordReason } from '../policy/passwords.ts'
import type { PasswordProfile } from '../policy/settings.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import type { Attempts } from './attempts.ts'
import { proofFreshness } from './enrolment.ts'
import type { MessageGateway } from './gateway.ts'
import type { EndSessions, Holding } from './holding.ts'
import { identifierDigest } from './identifiers.ts'
import { stateAt } from './life.ts'
import type { Authenticated, PasswordRefusal, Passwords } from './means.ts'
import type { PasswordHasher } from './password-hash.ts'
import type { CodeWork } from './sent-codes.ts'
import * as store from './store.ts'
import { canonicalCode, newTypedCode } from './typed-codes.ts'

/** Time to fetch a mail; not for a mailbox that somebody opens tomorrow. */
const resetLifetime = 30 * minute
/** Codes that one identifier gets in an hour. */
const mostResets = 3

export interface PasswordWork extends Passwords {
  /** The usable password of a person, with its argon2id string. */
  current(person: PersonId): Promise<{ row: store.MeansRow; stored: string } | undefined>
  /** Makes the string again by today's parameters, if it was made by lesser ones. */
  strengthen(row: store.MeansRow, stored: string, password: string): Promise<void>
  /** The job of `requestReset`. */
  sendReset(request: string): Promise<void>
}

interface ResetRequest {
  digest: string
  language: Language
}
interface Reset {
  person: PersonId
  contact: ContactId
}

export interface PasswordParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  key: Buffer
  people: People
  holding: Holding
  attempts: Attempts
  hasher: PasswordHasher
  codes: CodeWork
  gateway: MessageGateway
  translate: (language: Language) => Translate
  name: string
  profile: PasswordProfile
  unlock: (tx: Tx, person: PersonId) => Promise<void>
  endSessions: EndSessions
}

export function createPasswords(options: PasswordParts): PasswordWork {
  const { storage, clock, audit, key, holding, attempts, hasher, codes, gateway, translate, name } = options
  const { state } = storage

  /** Everything that speaks against a password of this person, over all that they sign in with. */
  async function reasonsAgainst(person: PersonId, password: string): Promise<PasswordReason[]> {
    const sealer = await holding.sealerOf(storage.db, person)
    const rows = await store.identifiersOf(storage.db, person)
    const identifiers = rows.map(({ digest, sealed }) => sealer.open(`identifier ${digest}`, sealed))
    const others = await store.usableOf(storage.db, person, clock.now())
    const use = others.some(({ kind }) => kind !== 'password' && kind !== 'recovery_codes')
      ? 'with_second_factor'
      : 'alone'
    // Its list of common passwords takes 60 MB: a process in which nobody sets one does without.
    const { decidePassword } = await import('../policy/passwords.ts')
    const found = [undefined, ...identifiers].flatMap(
      (identifier) =>
        decidePassword({ password, use, profile: options.profile, ...(identifier ? { identifier } : {}) }).reasons,
    )
    return [...new Set(found)]
  }

  async function passwordOf(handle: Handle, person: PersonId): Promise<store.MeansRow | undefined> {
    const rows = await store.meansOf(handle, person)
    return rows.find((row) => {
      const seen = stateAt({ state: row.state, expiresAt: row.expires_at.getTime() }, clock.now())
      return row.kind === 'password' && seen !== 'revoked' && seen !== 'expired'
    })
  }

  async function current(person: PersonId) {
    // Both are asked, whatever the first one says: nobody costs what somebody does.
    const [row] = await store.usableOf(storage.db, person, clock.now(), 'password')
    const sealer = await options.people.sealerOf(storage.db, person)
    return row && sealer ? { row, stored: holding.secretOf(sealer, row) } : undefined
  }

  /** Undefined when it may be changed. */
  async function refusalOf(
    person: PersonId,
    by: Parameters<Passwords['set']>[0]['by'],
  ): Promise<PasswordRefusal | undefined> {
    if (by.kind === 'first') return undefined
    if (by.kind === 'recent') return isRecent(by.authenticated, person) ? undefined : 'sign_in_again'
    hasher.admit()
    // Whoever found a session open must not guess the password in it.
    const about = { person, step: 'second_factor', challengePassed: false } as const
    const reservation = await attempts.reserve(holding.secondFactorKey(person), about)
    if (!reservation.allowed) return 'old_password_wrong'
    if (!(await hasher.verify(by.password, (await current(person))?.stored))) {
      await reservation.wrong('wrong_password')
      return 'old_password_wrong'
    }
    await reservation.right()
    return undefined
  }

  const isRecent = (authenticated: Authenticated, person: PersonId) =>
    authenticated.person === person &&
    authenticated.amr.includes('mfa') &&
    clock.now() - authenticated.authTime <= proofFreshness

  return {
    current,

    async strengthen(row, stored, password) {
      if (!hasher.isWeaker(stored)) return
      const stronger = await hasher.hash(password)
      await storage.transaction(async (tx) => {
        const now = await store.lockMeans(tx, row.person_id, row.id)
        // Changed meanwhile: then it was made by today's parameters.
        if (now?.secret && row.secret?.equals(now.secret))
          await holding.replaceSecret(tx, now, stronger, { who: 'hub' })
      })
    },

    async set({ person, enrolment, via, password, by }, within) {
      const refusal = await refusalOf(person, by)
      if (refusal) return { ok: false, reasons: [refusal] }
      const reasons = await reasonsAgainst(person, password)
      if (reasons.length > 0) return { ok: false, reasons }
      hasher.admit()
      const secret = await hasher.hash(password)
      return storage.transaction(async (tx) => {
        await store.lockPersonsMeans(tx, person)
        const before = await passwordOf(tx, person)
        if ((before === undefined) !== (by.kind === 'first')) return { ok: false, reasons: ['out_of_step'] }
        const means = before
          ? before.id
          : await holding.make(tx, { person, enrolment, via }, { kind: 'password', state: 'active', secret })
        if (!means) throw new Error('a password that cannot be there already is')
        if (before) await holding.replaceSecret(tx, before, secret, { who: 'somebody', enrolment })
        await within?.(tx)
        const how = before ? 'changed' : 'first'
        audit.append(tx, { name: 'means.password_set', data: { person, means, how } })
        return { ok: true, means }
      })
    },

    async requestReset({ identifier, language }) {
      const digest = identifierDigest(key, identifier)
      const request = newSecret()
      const at = clock.now()
      const expiresAt = at + hour
      await state.create({ kind: 'means.reset-request', key: request, value: { digest, language }, expiresAt })
      await storage.transaction(async (tx) => {
        // Counted like a code that is sent, by identifier and not by person: unknown ones are limited alike.
        const counted = { audience: `reset ${digest}`, hash: '', at, expiresAt: at, since: at - hour, most: mostResets }
        if (await store.putCode(tx, counted)) await storage.jobs.enqueue(tx, 'means.reset', { request })
      })
    },

    async sendReset(request) {
      const [found] = await state.getMany([{ kind: 'means.reset-request', key: request }])
      if (!found) return
      const { digest, language } = found.value as ResetRequest
      const person = (await store.personByIdentifier(storage.db, digest)) ?? null
      const boxes = person && (await passwordOf(storage.db, person)) ? await codes.mailboxes(person) : []
      const say = translate(language)
      for (const { contact, address } of boxes.filter(({ resetsPassword }) => resetsPassword)) {
        const code = newTypedCode()
        const expiresAt = clock.now() + resetLifetime
        await state.create({ kind: 'means.reset', key: canonicalCode(code), value: { person, contact }, expiresAt })
        await gateway.send({
          channel: 'mail',
          to: address,
          subject: say('sent.mail.reset.subject', { name }),
          text: say('sent.mail.reset.text', { code }),
          language,
          of: { kind: 'reset', ...(person ? { person } : {}), secret: code },
        })
      }
      await storage.transaction(async (tx) => audit.append(tx, { name: 'means.reset_requested', data: { person } }))
    },

    async reset({ code, password }) {
      const reset = canonicalCode(code)
      const [found] = await state.getMany([{ kind: 'means.reset', key: reset }])
      if (!found || found.consumedAt !== undefined) return { ok: false, reasons: ['gone'] }
      const { person, contact } = found.value as Reset
      // The mailbox may have become a second factor, or nobody's, since the code was sent.
      const stillResets = (await codes.mailboxes(person)).some((one) => one.contact === contact && one.resetsPassword)
      if (!stillResets) return { ok: false, reasons: ['gone'] }
      const reasons = await reasonsAgainst(person, password)
      if (reasons.length > 0) return { ok: false, reasons }
      hasher.admit()
      const secret = await hasher.hash(password)
      return storage.transaction(async (tx) => {
        await store.lockPersonsMeans(tx, person)
        const row = await passwordOf(tx, person)
        if (!row || (await state.consume('means.reset', reset, { tx })) !== 'first') {
          return { ok: false, reasons: ['gone'] }
        }
        await holding.replaceSecret(tx, row, secret, { who: 'somebody' })
        audit.append(tx, { name: 'means.password_set', data: { person, means: row.id, how: 'reset' } })
        await options.unlock(tx, person)
        // Whoever knew the old one may be signed in with it.
        await options.endSessions(tx, person)
        return { ok: true, person }
      })
    },
  }
}
