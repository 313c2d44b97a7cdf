/**
 * The people who run the hub: who they are, in which roles, and their sessions. An operator comes by a link that serves
 * once, registers a passkey by it, and signs in with that passkey afresh each time: no password, no single sign-on, a
 * cookie of their own. This room says who an operator is and ends their sessions; each route says itself which roles may
 * call it.
 *
 * It verifies no passkey (`means/` does), keeps no right of persons or partners' staff, and owns no page but those of
 * arriving and leaving (`pages.ts`). The command line makes the first operator: whoever reads the master key can name
 * one anyway.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import {
  type MeansId,
  newId,
  newSecret,
  type OperatorId,
  type OperatorSessionId,
  type PersonId,
} from '../kernel/ids.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Means } from '../means/means.ts'
import type { People } from '../people/people.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import * as store from './store.ts'

export const operatorStates = ['invited', 'active', 'suspended', 'removed'] as const
export type OperatorState = (typeof operatorStates)[number]

export type OperatorEvent = 'joined' | 'suspended' | 'restored' | 'removed'

export type SessionEnd = 'signed_out' | 'replaced' | 'suspended' | 'removed' | 'revoked' | 'expired'

export interface Operator {
  operator: OperatorId
  name: string
  roles: OperatorRole[]
  state: OperatorState
  invitedAt: Instant
  lastSignInAt?: Instant
}

/** Who is there: what a route for operators works with. */
export interface Standing {
  operator: OperatorId
  session: OperatorSessionId
  person: PersonId
  roles: OperatorRole[]
  means: MeansId
  signedInAt: Instant
  /** The sign-in before this one. */
  previousSignInAt?: Instant
}

export interface Invited {
  operator: OperatorId
  /** The bearer secret of the link; it exists nowhere else. */
  token: string
  expiresAt: Instant
}

export interface Invitation {
  name: string
  roles: OperatorRole[]
  /** They are an operator already: the passkey to come replaces those they have. */
  again: boolean
}

type CreationOptions = Awaited<ReturnType<Means['passkeys']['beginRegistration']>>
type RequestOptions = Awaited<ReturnType<Means['ceremonies']['beginPasskey']>>
type Registration = Parameters<Means['passkeys']['finishRegistration']>[0]
type Assertion = Parameters<Means['ceremonies']['passkey']>[0]

export interface Operators {
  /**
   * Names somebody and makes their link, good for 24 hours.
   *
   * @throws GarantError `settings_invalid` without a role, or when the name is empty, longer than 120 characters, or no
   *   line of text
   */
  invite(given: { name: string; roles: readonly OperatorRole[]; actor: Actor }): Promise<Invited>
  /**
   * A new link for an operator who lost their passkeys, or whose link ran out: links of before serve no more, and the
   * passkey that comes replaces all others. Somebody suspended comes back in by it, so that the old passkey never serves
   * again. Undefined for who is removed or unknown.
   */
  inviteAgain(operator: OperatorId, actor: Actor): Promise<Invited | undefined>
  /** Those who can still be named: the removed ones until their time is over. */
  list(): Promise<Operator[]>
  /** Is this person an operator? Their means are nobody's business but the administrators'. */
  isOperator(person: PersonId): Promise<boolean>
  /** The names of operators; who was erased is absent. */
  namesOf(operators: readonly OperatorId[]): Promise<Map<OperatorId, string>>
  /** Each takes effect with the commit, for the next request of every session. False when the state has no such step. */
  suspend(operator: OperatorId, actor: Actor): Promise<boolean>
  restore(operator: OperatorId, actor: Actor): Promise<boolean>
  /** For good: their passkeys are revoked. Their name is kept for as long as the facts that speak of them. */
  remove(operator: OperatorId, actor: Actor): Promise<boolean>

  /** Whose link this is, while it can be used. Opening the page uses nothing up. */
  invitation(token: string): Promise<Invitation | undefined>
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
  /** Writes that a route was refused to an operator for want of a role. */
  denied(standing: Standing, route: string): Promise<void>

  /** Ends sessions that are over, forgets links that nobody used, erases those who left long ago. A job calls it. */
  sweep(): Promise<void>
}

export interface OperatorsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: Pick<People, 'addOperator' | 'sealerOf' | 'erase'>
  means: Pick<Means, 'passkeys' | 'ceremonies' | 'enrolments' | 'of' | 'revoke' | 'forget'>
  /** For how long after their removal an operator can be named, in milliseconds: as long as the facts about them. */
  retention: number
}

/** To open a message and find a key. */
export const invitationLifetime = 24 * hour
/** Without a request, an unlocked screen is open to whoever passes. */
export const operatorIdle = 15 * minute
/** A working day, however busy: then the passkey is asked for again. */
export const operatorAbsolute = 8 * hour

/** Who never used any link is forgotten so long after the last one. */
const uninvitedAfter = 30 * day

/** Longer than anybody asks how a session ended; the facts stay. */
const endedMemory = 30 * day

const transitions: Record<OperatorEvent, Partial<Record<OperatorState, OperatorState>>> = {
  // A link for somebody suspended was given after the suspension, which ended those before it.
  joined: { invited: 'active', active: 'active', suspended: 'active' },
  suspended: { active: 'suspended' },
  restored: { suspended: 'active' },
  removed: { invited: 'removed', active: 'removed', suspended: 'removed' },
}

/** The one place where the states of an operator are ordered; undefined where there is no such step. */
export function transition(state: OperatorState, event: OperatorEvent): OperatorState | undefined {
  return transitions[event][state]
}

/** Thrown inside the registration, so that nothing of it stays. */
class LinkUnusable extends Error {}

export function createOperators(options: OperatorsOptions): Operators {
  const { storage, clock, audit, people, means } = options
  const now = () => toDate(clock.now())
  const limits = (): store.Limits => ({
    seenAfter: toDate(clock.now() - operatorIdle),
    startedAfter: toDate(clock.now() - operatorAbsolute),
  })

  async function nameIn(handle: Handle, { person, name }: store.OperatorRow): Promise<string> {
    const sealer = await people.sealerOf(handle, person)
    return sealer ? sealer.open(namePlace, name) : ''
  }

  async function giveLink(tx: Tx, operator: OperatorId): Promise<Invited> {
    const token = newSecret()
    const expiresAt = clock.now() + invitationLifetime
    await store.putInvitation(tx, { tokenHash: hashSecret(token), operator, at: now(), expiresAt: toDate(expiresAt) })
    return { operator, token, expiresAt }
  }

  /** Carries out a step of an operator whose row is locked. */
  async function step(
    tx: Tx,
    row: store.OperatorRow,
    event: Exclude<OperatorEvent, 'joined'>,
    actor: Actor,
  ): Promise<boolean> {
    const next = transition(row.state, event)
    if (!next) return false
    await store.setState(tx, row.id, next, now())
    await effects[event](tx, row, actor)
    audit.append(tx, { name: `operator.${event}`, data: { operator: row.id, actor } })
    return true
  }

  /** The operator of a link comes into office with a new passkey; all others of theirs belong to before. */
  async function comeIn(tx: Tx, row: store.OperatorRow, passkey: MeansId): Promise<boolean> {
    const next = transition(row.state, 'joined')
    if (!next) return false
    await store.setState(tx, row.id, next, now())
    await endPasskeys(tx, row, { actor: { kind: 'hub' }, reason: 'replaced', but: passkey })
    audit.append(tx, { name: 'operator.joined', data: { operator: row.id, means: passkey } })
    return true
  }

  /** What a step brings with it, in the same transaction. */
  const effects = {
    suspended: async (tx: Tx, row: store.OperatorRow) => {
      await store.withdrawInvitations(tx, row.id)
      await endSessions(tx, row, 'suspended')
    },
    restored: async () => {},
    removed: async (tx: Tx, row: store.OperatorRow, actor: Actor) => {
      await store.withdrawInvitations(tx, row.id)
      await endSessions(tx, row, 'removed')
      await endPasskeys(tx, row, { actor, reason: 'left' })
    },
  }

  async function endSessions(tx: Tx, row: Pick<store.OperatorRow, 'id'>, reason: SessionEnd): Promise<void> {
    writeEnds(tx, await store.endSessionsOf(tx, { operator: row.id, reason, at: now() }), reason)
  }

  function writeEnds(tx: Tx, ended: readonly store.EndedRow[], reason: SessionEnd): void {
    for (const { id, operator } of ended) {
      audit.append(tx, { name: 'operator.session_ended', data: { operator, session: id, reason } })
    }
  }

  async function endPasskeys(
    tx: Tx,
    row: store.OperatorRow,
    why: { actor: Actor; reason: 'replaced' | 'left'; but?: MeansId },
  ): Promise<void> {
    const { actor, reason, but } = why
    for (const one of await means.of(tx, row.person)) {
      if (one.means !== but) await means.revoke(tx, { person: row.person, means: one.means, actor, reason })
    }
    await endSessions(tx, row, 'revoked')
  }

  const stepById = (event: keyof typeof effects) => (operator: OperatorId, actor: Actor) =>
    storage.transaction(async (tx) => {
      const row = await store.lockOperator(tx, operator)
      return row ? step(tx, row, event, actor) : false
    })

  return {
    async invite({ name, roles, actor }) {
      const distinct = [...new Set(roles)]
      const written = plainName(name, distinct)
      return storage.transaction(async (tx) => {
        const id = newId('operator')
        const person = await people.addOperator(tx)
        const sealer = await people.sealerOf(tx, person)
        const enrolled = await means.enrolments.record(tx, { proof: { kind: 'invitation' }, agent: actor, person })
        if (!sealer || !enrolled.ok) throw new Error('an operator that was just made has no key or no enrolment')
        await store.insertOperator(tx, {
          id,
          person,
          name: sealer.seal(namePlace, written),
          roles: distinct,
          enrolment: enrolled.enrolment,
          at: now(),
        })
        audit.append(tx, { name: 'operator.invited', data: { operator: id, roles: distinct, again: false, actor } })
        return giveLink(tx, id)
      })
    },

    inviteAgain: (operator, actor) =>
      storage.transaction(async (tx) => {
        const row = await store.lockOperator(tx, operator)
        if (!row || !transition(row.state, 'joined')) return undefined
        audit.append(tx, { name: 'operator.invited', data: { operator, roles: row.roles, again: true, actor } })
        return giveLink(tx, operator)
      }),

    async list() {
      const rows = await store.all(storage.db)
      return Promise.all(
        rows.map(async (row) => ({
          operator: row.id,
          name: await nameIn(storage.db, row),
          roles: row.roles,
          state: row.state,
          invitedAt: row.invited_at.getTime(),
          ...(row.last_sign_in_at ? { lastSignInAt: row.last_sign_in_at.getTime() } : {}),
        })),
      )
    },

    isOperator: async (person) => (await store.byPerson(storage.db, person)) !== undefined,

    async namesOf(operators) {
      const rows = (await store.all(storage.db)).filter(({ id }) => operators.includes(id))
      return new Map(await Promise.all(rows.map(async (row) => [row.id, await nameIn(storage.db, row)] as const)))
    },

    suspend: stepById('suspended'),
    restore: stepById('restored'),
    remove: stepById('removed'),

    async invitation(token) {
      const row = await store.invitation(storage.db, hashSecret(token), now())
      return row && { name: await nameIn(storage.db, row), roles: row.roles, again: row.state !== 'invited' }
    },

    async beginJoining(token, browser) {
      const row = await store.invitation(storage.db, hashSecret(token), now())
      if (!row) return undefined
      const { person, enrolment } = row
      const name = await nameIn(storage.db, row)
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
          // The operator is locked before the link, as everywhere: two who wait for each other would wait in vain.
          const seen = await store.invitation(tx, tokenHash, now())
          const row = seen && (await store.lockOperator(tx, seen.id))
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
        const id = newId('operatorSession')
        const opened =
          row &&
          (await store.insertSession(tx, {
            id,
            secretHash: hashSecret(secret),
            operator: row.id,
            means: passkey,
            at: now(),
          }))
        if (!opened) {
          audit.append(tx, { name: 'operator.sign_in_refused', data: { operator: row?.id ?? null, person } })
          return undefined
        }
        if (replaces) {
          const ended = await store.endSession(tx, { secretHash: hashSecret(replaces), reason: 'replaced', at: now() })
          writeEnds(tx, ended, 'replaced')
        }
        audit.append(tx, { name: 'operator.signed_in', data: { operator: row.id, session: id, means: passkey } })
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
        operator: row.operator,
        session: row.id,
        person: row.person,
        roles: row.roles,
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

    async denied({ operator }, route) {
      await storage.transaction(async (tx) => audit.append(tx, { name: 'operator.denied', data: { operator, route } }))
    },

    async sweep() {
      await storage.transaction(async (tx) => {
        writeEnds(tx, await store.endOver(tx, limits(), now()), 'expired')
        await store.forgetEnded(tx, toDate(clock.now() - endedMemory))
        for (const row of await store.neverCame(tx, toDate(clock.now() - uninvitedAfter))) {
          await step(tx, row, 'removed', { kind: 'hub' })
        }
        for (const row of await store.removedBefore(tx, toDate(clock.now() - options.retention))) {
          await means.forget(tx, row.person)
          await people.erase(tx, row.person)
          await store.setErased(tx, row.id, now())
        }
      })
    },
  }
}

/** Of what is sealed with the operator's own key. */
const namePlace = 'operator name'

/** Line breaks, and what turns the direction of the words around it; Persian and Indian names need the joiners. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u

/** The name as one line of text, as it is shown and printed; tells of all that is missing. */
function plainName(given: string, roles: readonly OperatorRole[]): string {
  const name = given.normalize('NFC').trim()
  const faults = [
    ...(roles.length === 0 ? ['role is missing'] : []),
    ...(name === '' ? ['name is missing'] : []),
    ...([...name].length > 120 ? ['name is longer than 120 characters'] : []),
    ...(unseen.test(name) ? ['name has a character that cannot be seen'] : []),
  ]
  if (faults.length > 0) throw new GarantError('settings_invalid', { file: 'The operator', faults: faults.join('\n') })
  return name
}
