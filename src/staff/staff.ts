/**
 * Those who work with the hub rather than pass through it: operators, who run it (`operators.ts`), and the staff of
 * partners (`partner-staff.ts`). Both come by a link that serves once, register a passkey by it, and sign in with that
 * passkey afresh each time: no password, no single sign-on, a cookie of their own. This room owns their accounts, links
 * and sessions, and the pages of arriving and leaving; each route says itself which roles may call it.
 *
 * It verifies no passkey (`means/` does) and keeps no right of persons. An account is of one kind for good: a passkey,
 * link or cookie of one kind is nothing to the other. What both kinds have in common is here, once.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor, Fact } from '../audit/facts.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { type MeansId, newSecret, type PersonId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Means } from '../means/means.ts'
import type { People } from '../people/people.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { type AccountRow, createStaffStore, type EndedRow, type Limits } from './store.ts'

export type Kind = 'operator' | 'partner'

export const accountStates = ['invited', 'active', 'suspended', 'removed'] as const
export type AccountState = (typeof accountStates)[number]

export type AccountEvent = 'joined' | 'suspended' | 'restored' | 'removed'

export type SessionEnd = 'signed_out' | 'replaced' | 'suspended' | 'removed' | 'revoked' | 'expired' | 'roles_changed'

/** What sets one kind of staff apart: its ids, its roles, and how its facts are written. */
export interface KindOfStaff<A extends string, S extends string, R extends string> {
  kind: Kind
  newAccount(): A
  newSession(): S
  facts: {
    invited(given: { account: A; partner: string; roles: R[]; again: boolean; actor: Actor }): Fact
    joined(account: A, means: MeansId): Fact
    changed(event: Exclude<AccountEvent, 'joined'>, account: A, actor: Actor): Fact
    signedIn(account: A, session: S, means: MeansId): Fact
    signInRefused(account: A | null, person: PersonId): Fact
    sessionEnded(account: A, session: S, reason: SessionEnd): Fact
    denied(account: A, route: string): Fact
  }
}

export interface Account<A extends string, R extends string> {
  account: A
  name: string
  roles: R[]
  state: AccountState
  /** Whom they work for; empty for an operator. */
  partner: string
  /** Where and how they are written to. */
  mail?: string
  language?: Language
  invitedAt: Instant
  lastSignInAt?: Instant
}

export type Teammate<A extends string, R extends string> = Pick<Account<A, R>, 'account' | 'roles' | 'state'>

/** Who is there. */
export interface Present<A extends string, S extends string, R extends string> {
  account: A
  session: S
  person: PersonId
  partner: string
  roles: R[]
  means: MeansId
  signedInAt: Instant
  /** The sign-in before this one. */
  previousSignInAt?: Instant
}

export interface Invited<A extends string> {
  account: A
  /** The bearer secret of the link; it exists nowhere else. */
  token: string
  expiresAt: Instant
}

export interface Invitation<R extends string> {
  name: string
  roles: R[]
  /** Whom they will work for; empty for an operator. */
  partner: string
  /** They have an account already: the passkey to come replaces those they have. */
  again: boolean
}

export interface NewAccount<R extends string> {
  name: string
  roles: readonly R[]
  actor: Actor
  partner?: string
  mail?: string
  language?: Language
  /** What is wrong with it besides, told together with the rest. */
  faults?: readonly string[]
}

type CreationOptions = Awaited<ReturnType<Means['passkeys']['beginRegistration']>>
type RequestOptions = Awaited<ReturnType<Means['ceremonies']['beginPasskey']>>
export type Registration = Parameters<Means['passkeys']['finishRegistration']>[0]
export type Assertion = Parameters<Means['ceremonies']['passkey']>[0]

/** The way in and out, the same for both kinds: what the pages of arriving and leaving call. */
export interface Entrance<R extends string, Standing> {
  /** Whose link this is, while it can be used. Opening the page uses nothing up. */
  invitation(token: string): Promise<Invitation<R> | undefined>
  /** What the browser needs to make a passkey for the holder of a link. */
  beginJoining(token: string, browser: string): Promise<CreationOptions | undefined>
  /** Registers the passkey and uses the link up, both or neither: of two browsers at once, one gets in. */
  join(token: string, answer: Registration): Promise<'joined' | 'link_unusable' | 'not_registered'>
  beginSignIn(browser: string): Promise<RequestOptions>
  /** Returns the cookie's value, which exists nowhere else. `replaces` is the cookie that the browser had. */
  signIn(answer: Assertion, replaces: string | undefined): Promise<string | undefined>
  /** Who a cookie's value belongs to; it counts as activity. Undefined from the very moment that any reason ends it. */
  standing(secret: string | undefined): Promise<Standing | undefined>
  signOut(secret: string | undefined): Promise<void>
  /** Writes that a route was refused to somebody who is there. */
  denied(standing: Standing, route: string): Promise<void>
}

export interface Accounts<A extends string, S extends string, R extends string> extends Entrance<R, Present<A, S, R>> {
  /**
   * Names somebody and makes their link, good for 24 hours. `also` runs in the same transaction.
   *
   * @throws GarantError `settings_invalid` without a role, or when the name is empty, longer than 120 characters, or no
   *   line of text
   */
  invite(given: NewAccount<R>, also?: (tx: Tx, account: A) => Promise<void>): Promise<Invited<A>>
  /**
   * A new link for somebody who lost their passkeys, or whose link ran out: links of before serve no more, and the
   * passkey that comes replaces all others. Somebody suspended comes back in by it, so that the old passkey never serves
   * again. Undefined for who is removed or unknown.
   */
  inviteAgain(account: A, actor: Actor, also?: (tx: Tx, account: A) => Promise<void>): Promise<Invited<A> | undefined>
  /** Those who can still be named: the removed ones until their time is over. */
  list(partner?: string): Promise<Account<A, R>[]>
  find(account: string): Promise<Account<A, R> | undefined>
  /** The roles of somebody who is in office, and stays so until `tx` ends; undefined for everybody else. */
  inOffice(tx: Tx, account: A): Promise<R[] | undefined>
  /**
   * Where and how somebody is written to from now on. False for who is removed or unknown. `also` runs in the same
   * transaction.
   */
  writeTo(
    account: A,
    to: { mail: string; language: Language },
    also?: (tx: Tx, account: A) => Promise<void>,
  ): Promise<boolean>
  /** Does this person have an account of this kind? */
  holds(person: PersonId): Promise<boolean>
  /** Who was erased is absent. */
  namesOf(accounts: readonly A[]): Promise<Map<A, string>>
  /** Each takes effect with the commit, for the next request of every session. False when the state has no such step. */
  suspend(account: A, actor: Actor): Promise<boolean>
  restore(account: A, actor: Actor): Promise<boolean>
  /** For good: their passkeys are revoked. Their name is kept for as long as the facts that speak of them. */
  remove(account: A, actor: Actor): Promise<boolean>
  /**
   * The same for one of a partner's, by one of them: `refusalOf` sees all of the partner's who are not removed, and none
   * of these changes until it is done. What is another partner's is `unknown`.
   */
  stepAmong<X extends string>(
    given: { partner: string; account: A; event: Exclude<AccountEvent, 'joined'>; actor: Actor },
    refusalOf: (team: readonly Teammate<A, R>[]) => X | undefined,
  ): Promise<'done' | 'unknown' | 'no_such_step' | X>
  /**
   * Other roles for one of a partner's, as `stepAmong`; `refusalOf` sees the team as it would be. Their sessions end.
   * `also` runs in the same transaction.
   */
  setRolesAmong<X extends string>(
    given: { partner: string; account: A; roles: readonly R[]; fact: (before: R[]) => Fact },
    refusalOf: (team: readonly Teammate<A, R>[], then: readonly Teammate<A, R>[]) => X | undefined,
    also?: (tx: Tx, account: A) => Promise<void>,
  ): Promise<'done' | 'unknown' | 'no_such_step' | X>
  /** Ends sessions that are over, forgets links that nobody used, erases those who left long ago. A job calls it. */
  sweep(): Promise<void>
}

export interface AccountsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'addStaff' | 'sealerOf' | 'erase'>
  means: Pick<Means, 'passkeys' | 'ceremonies' | 'enrolments' | 'of' | 'revoke'>
  /** For how long after their removal somebody can be named, in milliseconds: as long as the facts about them. */
  retention: number
}

/** To open a message and find a key. */
export const invitationLifetime = 24 * hour
/** Without a request, an unlocked screen is open to whoever passes. */
export const staffIdle = 15 * minute
/** A working day, however busy: then the passkey is asked for again. */
export const staffAbsolute = 8 * hour

/** Who never used any link is forgotten so long after the last one. */
const uninvitedAfter = 30 * day

/** Longer than anybody asks how a session ended; the facts stay. */
const endedMemory = 30 * day

const transitions: Record<AccountEvent, Partial<Record<AccountState, AccountState>>> = {
  // A link for somebody suspended was given after the suspension, which ended those before it.
  joined: { invited: 'active', active: 'active', suspended: 'active' },
  suspended: { active: 'suspended' },
  restored: { suspended: 'active' },
  removed: { invited: 'removed', active: 'removed', suspended: 'removed' },
}

/** The one place where the states of an account are ordered; undefined where there is no such step. */
export function transition(state: AccountState, event: AccountEvent): AccountState | undefined {
  return transitions[event][state]
}

/** Thrown inside the registration, so that nothing of it stays. */
class LinkUnusable extends Error {}

export function createAccounts<A extends string, S extends string, R extends string>(
  { kind, newAccount, newSession, facts }: KindOfStaff<A, S, R>,
  options: AccountsOptions,
): Accounts<A, S, R> {
  const { storage, clock, audit, people, means } = options
  const store = createStaffStore(kind)
  const now = () => toDate(clock.now())
  const limits = (): Limits => ({
    seenAfter: toDate(clock.now() - staffIdle),
    startedAfter: toDate(clock.now() - staffAbsolute),
  })
  // The tables hold ids and roles of both kinds; those of this one are what this room wrote.
  const idOf = ({ id }: Pick<AccountRow, 'id'>) => id as A
  const rolesOf = ({ roles }: Pick<AccountRow, 'roles'>) => roles as R[]

  async function opened(handle: Handle, row: AccountRow): Promise<{ name: string; mail?: string }> {
    const sealer = await people.sealerOf(handle, row.person)
    if (!sealer) return { name: '' }
    const mail = row.mail ? { mail: sealer.open(mailPlace, row.mail) } : {}
    return { name: sealer.open(places[kind], row.name), ...mail }
  }

  async function accountOf(row: AccountRow): Promise<Account<A, R>> {
    return {
      account: idOf(row),
      ...(await opened(storage.db, row)),
      roles: rolesOf(row),
      state: row.state,
      partner: row.partner ?? '',
      ...(row.language ? { language: row.language } : {}),
      invitedAt: row.invited_at.getTime(),
      ...(row.last_sign_in_at ? { lastSignInAt: row.last_sign_in_at.getTime() } : {}),
    }
  }

  async function giveLink(tx: Tx, account: A): Promise<Invited<A>> {
    const token = newSecret()
    const expiresAt = clock.now() + invitationLifetime
    await store.putInvitation(tx, { tokenHash: hashSecret(token), account, at: now(), expiresAt: toDate(expiresAt) })
    return { account, token, expiresAt }
  }

  /** Carries out a step of an account whose row is locked. */
  async function step(tx: Tx, row: AccountRow, event: Exclude<AccountEvent, 'joined'>, actor: Actor): Promise<boolean> {
    const next = transition(row.state, event)
    if (!next) return false
    await store.setState(tx, row.id, next, now())
    await effects[event](tx, row, actor)
    audit.append(tx, facts.changed(event, idOf(row), actor))
    return true
  }

  /** Who a link is for comes into office with a new passkey; all others of theirs belong to before. */
  async function comeIn(tx: Tx, row: AccountRow, passkey: MeansId): Promise<boolean> {
    const next = transition(row.state, 'joined')
    if (!next) return false
    await store.setState(tx, row.id, next, now())
    await endPasskeys(tx, row, { actor: { kind: 'hub' }, reason: 'replaced', but: passkey })
    audit.append(tx, facts.joined(idOf(row), passkey))
    return true
  }

  /** What a step brings with it, in the same transaction. */
  const effects = {
    suspended: async (tx: Tx, row: AccountRow) => {
      await store.withdrawInvitations(tx, row.id)
      await endSessions(tx, row, 'suspended')
    },
    restored: async () => {},
    removed: async (tx: Tx, row: AccountRow, actor: Actor) => {
      await store.withdrawInvitations(tx, row.id)
      await endSessions(tx, row, 'removed')
      await endPasskeys(tx, row, { actor, reason: 'left' })
    },
  }

  async function endSessions(tx: Tx, row: Pick<AccountRow, 'id'>, reason: SessionEnd): Promise<void> {
    writeEnds(tx, await store.endSessionsOf(tx, { account: row.id, reason, at: now() }), reason)
  }

  function writeEnds(tx: Tx, ended: readonly EndedRow[], reason: SessionEnd): void {
    for (const { id, account } of ended) audit.append(tx, facts.sessionEnded(account as A, id as S, reason))
  }

  async function endPasskeys(
    tx: Tx,
    row: AccountRow,
    why: { actor: Actor; reason: 'replaced' | 'left'; but?: MeansId },
  ): Promise<void> {
    const { actor, reason, but } = why
    for (const one of await means.of(tx, row.person)) {
      if (one.means !== but) await means.revoke(tx, { person: row.person, means: one.means, actor, reason })
    }
    await endSessions(tx, row, 'revoked')
  }

  const stepById = (event: keyof typeof effects) => (account: A, actor: Actor) =>
    storage.transaction(async (tx) => {
      const row = await store.lockAccount(tx, account)
      return row ? step(tx, row, event, actor) : false
    })

  return {
    async invite(given, also) {
      const { partner = '', mail, language, faults = [], actor } = given
      const roles = [...new Set(given.roles)]
      const name = plainName(given.name, { roles, faults, kind })
      return storage.transaction(async (tx) => {
        const account = newAccount()
        const person = await people.addStaff(tx)
        const sealer = await people.sealerOf(tx, person)
        const enrolled = await means.enrolments.record(tx, { proof: { kind: 'invitation' }, agent: actor, person })
        if (!sealer || !enrolled.ok) throw new Error('an account that was just made has no key or no enrolment')
        await store.insertAccount(tx, {
          id: account,
          person,
          partner: partner === '' ? null : partner,
          name: sealer.seal(places[kind], name),
          mail: mail === undefined ? null : sealer.seal(mailPlace, mail),
          language: language ?? null,
          roles,
          enrolment: enrolled.enrolment,
          at: now(),
        })
        audit.append(tx, facts.invited({ account, partner, roles, again: false, actor }))
        await also?.(tx, account)
        return giveLink(tx, account)
      })
    },

    inviteAgain: (account, actor, also) =>
      storage.transaction(async (tx) => {
        const row = await store.lockAccount(tx, account)
        if (!row || !transition(row.state, 'joined')) return undefined
        const partner = row.partner ?? ''
        audit.append(tx, facts.invited({ account, partner, roles: rolesOf(row), again: true, actor }))
        await also?.(tx, account)
        return giveLink(tx, account)
      }),

    list: async (partner) => Promise.all((await store.all(storage.db, partner)).map(accountOf)),

    async find(account) {
      const row = await store.account(storage.db, account)
      return row && !row.erased_at ? accountOf(row) : undefined
    },

    async inOffice(tx, account) {
      const row = await store.keepAccount(tx, account)
      return row?.state === 'active' ? rolesOf(row) : undefined
    },

    writeTo: (account, { mail, language }, also) =>
      storage.transaction(async (tx) => {
        const row = await store.lockAccount(tx, account)
        const sealer = row && row.state !== 'removed' ? await people.sealerOf(tx, row.person) : undefined
        if (!row || !sealer) return false
        await store.setMail(tx, account, { mail: sealer.seal(mailPlace, mail), language })
        await also?.(tx, account)
        return true
      }),

    holds: async (person) => (await store.byPerson(storage.db, person)) !== undefined,

    async namesOf(accounts) {
      const rows = (await store.all(storage.db)).filter((row) => accounts.includes(idOf(row)))
      const names = rows.map(async (row) => [idOf(row), (await opened(storage.db, row)).name] as const)
      return new Map(await Promise.all(names))
    },

    suspend: stepById('suspended'),
    restore: stepById('restored'),
    remove: stepById('removed'),

    stepAmong: ({ partner, account, event, actor }, refusalOf) =>
      storage.transaction(async (tx) => {
        const team = await store.lockTeam(tx, partner)
        const row = team.find(({ id }) => id === account)
        if (!row) return 'unknown'
        const refusal = refusalOf(team.map((one) => ({ account: idOf(one), roles: rolesOf(one), state: one.state })))
        if (refusal !== undefined) return refusal
        return (await step(tx, row, event, actor)) ? 'done' : 'no_such_step'
      }),

    setRolesAmong: ({ partner, account, roles, fact }, refusalOf, also) =>
      storage.transaction(async (tx) => {
        const team = await store.lockTeam(tx, partner)
        const row = team.find(({ id }) => id === account)
        if (!row) return 'unknown'
        const present = team.map((one) => ({ account: idOf(one), roles: rolesOf(one), state: one.state }))
        const then = present.map((one) => (one.account === account ? { ...one, roles: [...roles] } : one))
        const refusal = refusalOf(present, then)
        if (refusal !== undefined) return refusal
        const before = rolesOf(row)
        if (before.length === roles.length && roles.every((role) => before.includes(role))) return 'no_such_step'
        await store.setRoles(tx, account, roles, now())
        await endSessions(tx, row, 'roles_changed')
        audit.append(tx, fact(before))
        await also?.(tx, account)
        return 'done'
      }),

    async invitation(token) {
      const row = await store.invitation(storage.db, hashSecret(token), now())
      if (!row) return undefined
      const { name } = await opened(storage.db, row)
      return { name, roles: rolesOf(row), partner: row.partner ?? '', again: row.state !== 'invited' }
    },

    async beginJoining(token, browser) {
      const row = await store.invitation(storage.db, hashSecret(token), now())
      if (!row) return undefined
      const { person, enrolment } = row
      const { name } = await opened(storage.db, row)
      return means.passkeys.beginRegistration({
        person,
        enrolment,
        browser,
        accountName: name,
        displayName: name,
        label: '',
      })
    },

    async join(token, answer) {
      try {
        const result = await means.passkeys.finishRegistration(answer, async (tx, made) => {
          const tokenHash = hashSecret(token)
          // The account is locked before the link, as everywhere: two who wait for each other would wait in vain.
          const seen = await store.invitation(tx, tokenHash, now())
          const row = seen && (await store.lockAccount(tx, seen.id))
          const taken = row && (await store.takeInvitation(tx, tokenHash, now()))
          // The ceremony may have begun with another link.
          const joined = taken && row.person === made.person && (await comeIn(tx, row, made.means))
          if (!joined) throw new LinkUnusable()
        })
        return result.ok ? 'joined' : 'not_registered'
      } catch (error) {
        if (error instanceof LinkUnusable) return 'link_unusable'
        throw error
      }
    },

    beginSignIn: (browser) => means.ceremonies.beginPasskey({ browser }),

    async signIn(answer, replaces) {
      const result = await means.ceremonies.passkey(answer)
      if (result.kind !== 'authenticated') return undefined
      const { person, means: used } = result.authenticated
      const [passkey] = used
      if (!passkey) throw new Error('a sign-in by passkey names no means')
      return storage.transaction(async (tx) => {
        const row = await store.byPerson(tx, person)
        const secret = newSecret()
        const session = newSession()
        const begun =
          row &&
          (await store.insertSession(tx, {
            id: session,
            secretHash: hashSecret(secret),
            account: row.id,
            means: passkey,
            at: now(),
          }))
        if (!begun) {
          audit.append(tx, facts.signInRefused(row ? idOf(row) : null, person))
          return undefined
        }
        if (replaces) {
          const ended = await store.endSession(tx, { secretHash: hashSecret(replaces), reason: 'replaced', at: now() })
          writeEnds(tx, ended, 'replaced')
        }
        audit.append(tx, facts.signedIn(idOf(row), session, passkey))
        return secret
      })
    },

    async standing(secret) {
      if (!secret) return undefined
      const secretHash = hashSecret(secret)
      const row = await store.useSession(storage.db, { secretHash, at: now(), ...limits() })
      if (!row) return undefined
      const own = await means.of(storage.db, row.person)
      if (!own.some((one) => one.means === row.means && one.state === 'active')) {
        await storage.transaction(async (tx) =>
          writeEnds(tx, await store.endSession(tx, { secretHash, reason: 'revoked', at: now() }), 'revoked'),
        )
        return undefined
      }
      return {
        account: row.account as A,
        session: row.id as S,
        person: row.person,
        partner: row.partner ?? '',
        roles: rolesOf(row),
        means: row.means,
        signedInAt: row.started_at.getTime(),
        ...(row.previous_sign_in_at ? { previousSignInAt: row.previous_sign_in_at.getTime() } : {}),
      }
    },

    async signOut(secret) {
      if (!secret) return
      const secretHash = hashSecret(secret)
      await storage.transaction(async (tx) =>
        writeEnds(tx, await store.endSession(tx, { secretHash, reason: 'signed_out', at: now() }), 'signed_out'),
      )
    },

    async denied({ account }, route) {
      await storage.transaction(async (tx) => audit.append(tx, facts.denied(account, route)))
    },

    async sweep() {
      await storage.transaction(async (tx) => {
        writeEnds(tx, await store.endOver(tx, limits(), now()), 'expired')
        await store.forgetEnded(tx, toDate(clock.now() - endedMemory))
        for (const row of await store.neverCame(tx, toDate(clock.now() - uninvitedAfter))) {
          await step(tx, row, 'removed', { kind: 'hub' })
        }
        for (const row of await store.removedBefore(tx, toDate(clock.now() - options.retention))) {
          await people.erase(tx, row.person)
          await store.setErased(tx, row.id, now())
        }
      })
    },
  }
}

/** Of what is sealed with the own key of whoever has the account. */
const places: Record<Kind, string> = { operator: 'operator name', partner: 'staff name' }
const mailPlace = 'staff mail'

/** Line breaks, and what turns the direction of the words around it; Persian and Indian names need the joiners. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

const titles: Record<Kind, string> = { operator: 'The operator', partner: 'The invitation' }

export const nameLimit = 120

/** What may be wrong with a name, in English. */
export const nameProblems = {
  name_missing: 'name is missing',
  name_too_long: `name is longer than ${nameLimit} characters`,
  name_unseen: 'name has a character that cannot be seen',
} as const

export function nameProblemsOf(given: string): (keyof typeof nameProblems)[] {
  const name = given.normalize('NFC').trim()
  return [
    ...(name === '' ? (['name_missing'] as const) : []),
    ...([...name].length > nameLimit ? (['name_too_long'] as const) : []),
    ...(unseen.test(name) ? (['name_unseen'] as const) : []),
  ]
}

/** The name as one line of text, as it is shown and printed; tells of all that is missing. */
function plainName(given: string, about: { roles: readonly string[]; faults: readonly string[]; kind: Kind }): string {
  const { roles, kind } = about
  const name = given.normalize('NFC').trim()
  const faults = [
    ...about.faults,
    ...(roles.length === 0 ? ['role is missing'] : []),
    ...nameProblemsOf(given).map((problem) => nameProblems[problem]),
  ]
  if (faults.length > 0) throw new GarantError('settings_invalid', { file: titles[kind], faults: faults.join('\n') })
  return name
}
