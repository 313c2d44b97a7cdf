/**
 * What protects a person against the use of their identity by somebody else: the freeze, which stops all of it, and
 * blocks, which leave out providers. This room keeps both and has the verbs that change them; that nothing is released
 * meanwhile is enforced where something would be: `linking.ts` and `claims.ts` here, `login/`, `protocol/`.
 *
 * Three instants matter. A freeze is in force from the commit of its transaction, which also ends every session and
 * every sign-in that no service has redeemed yet. A thaw that was asked for takes effect at its own instant: every look
 * compares with the clock, and a job only writes down that it happened. A block is in force like a freeze, for one
 * provider.
 *
 * Who may ask for a thaw is decided in `policy/thaw.ts`. How strong a sign-in a change of blocks needs is judged by who
 * calls (`means/change.ts`): this room does not know means.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { atLeast, highestOf, type Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { type ErrorName, GarantError } from '../kernel/errors.ts'
import type { LinkId, PersonId, ProviderId } from '../kernel/ids.ts'
import { decideThaw, mayDoubt, type ThawReason } from '../policy/thaw.ts'
import type { JobData } from '../storage/jobs.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import * as store from './store.ts'

/** What operators froze, two of them, the person does not thaw alone. */
export type FreezeOrigin = 'person' | 'operators'

export interface Freeze {
  at: Instant
  origin: FreezeOrigin
  /** Accounts that the person believes to be in other hands; they never thaw it. */
  suspected: readonly ProviderId[]
  /** Asked for, announced, and not yet in force. */
  thaw?: { askedAt: Instant; effectiveAt: Instant; provider: ProviderId }
}

/** As it is at the instant of the question. */
export interface Protection {
  freeze?: Freeze
  /** The oldest first. */
  blocked: readonly { provider: ProviderId; at: Instant }[]
  /** Whatever provider the person had no account at in that moment is blocked; `allowed` are those where they had. */
  future?: { at: Instant; allowed: readonly ProviderId[] }
}

/** The part of it that every sign-in is judged by. */
export interface Standing {
  frozen: boolean
  isBlocked(provider: ProviderId): boolean
}

/** An account by which the person gets in. */
export interface Way {
  provider: ProviderId
  /** The strongest level proved through it. */
  level: Level
  blocked: boolean
  /** False: suspended, gone, or without any means left. It counts for nothing at present. */
  usable: boolean
}

/** The sign-in by which somebody asks, as observed. */
export interface SignedInBy {
  person: PersonId
  link: LinkId
  provider: ProviderId
  level: Level
}

export type FreezeOutcome =
  /** `sessions`: how many ended. */
  | { kind: 'frozen'; at: Instant; sessions: number }
  /** It was frozen already: nothing changed, but a thaw under way was stopped (`thawStopped`). */
  | { kind: 'already'; thawStopped: boolean }
  | { kind: 'unknown' }

export type AskThawOutcome =
  | { kind: 'asked'; effectiveAt: Instant }
  /** One is under way already. */
  | { kind: 'under_way'; effectiveAt: Instant }
  | { kind: 'refused'; reasons: readonly ThawReason[] }
  | { kind: 'not_frozen' }

export type StopThawOutcome = { kind: 'stopped' } | { kind: 'nothing_to_stop' }

/** By operators, at once. */
export type ThawOutcome = { kind: 'thawed' } | { kind: 'not_frozen' } | { kind: 'unknown' }

export type BlockOutcome =
  /** `sessions`: how many of those that came through it ended. */
  | { kind: 'blocked'; sessions: number }
  | { kind: 'already' }
  /** The provider by which the person is signed in now. */
  | { kind: 'in_use' }
  /** Of the accounts that the person gets in by, one at most is left after it: they have to have read which. */
  | { kind: 'last_way'; left: readonly ProviderId[] }
  | { kind: 'unknown' }

/** While the identity is frozen nobody is let back in. */
export type UnblockOutcome = { kind: 'unblocked' | 'not_blocked' | 'frozen' | 'unknown' }

/** `frozen`: while the identity is, more may be blocked and nothing unblocked. */
export type FutureOutcome = { kind: 'done' | 'already' | 'frozen' | 'unknown' }

export interface Protections {
  /** Milliseconds from the request for a thaw to its effect. */
  readonly thawDelay: number
  /** Which accounts are left once this one is blocked, where that is one at most: to be read before it is done. */
  leftAfter(ways: readonly Way[], provider: ProviderId): readonly ProviderId[] | undefined
  of(handle: Handle, person: PersonId): Promise<Protection>
  /** Every account of the person, the oldest first. */
  waysOf(handle: Handle, person: PersonId): Promise<Way[]>
  /**
   * Stops every use of an identity, at once and everywhere. Any sign-in of the person may do it, and name accounts that
   * may be in other hands (`mayDoubt`; what it may not name is left out).
   */
  freeze(by: SignedInBy, options?: { suspected?: readonly ProviderId[] }): Promise<FreezeOutcome>
  /** The same by two operators, `also` in the same transaction: the person does not thaw it alone. */
  freezeByOperators(given: { person: PersonId; actor: Actor; also?: (tx: Tx) => Promise<void> }): Promise<FreezeOutcome>
  /** Would `askThaw` be taken? Without a reason it would. */
  thawReasons(by: SignedInBy): Promise<readonly ThawReason[]>
  /** Announced at once to every contact by whoever hears the fact; in force after the delay of the policy. */
  askThaw(by: SignedInBy): Promise<AskThawOutcome>
  /** Any sign-in of the person may stop it. */
  stopThaw(person: PersonId, actor: Actor): Promise<StopThawOutcome>
  /** By two operators, on proof at a desk. `blocks`: those that the person set are lifted too, where they lock them out. */
  thaw(given: {
    person: PersonId
    actor: Actor
    blocks?: 'kept' | 'lifted'
    also?: (tx: Tx) => Promise<void>
  }): Promise<ThawOutcome>
  /**
   * Leaves a provider out: sign-ins there open nothing any more, and sessions that came through it end. With
   * `acceptsLast` the person has read which ways in are left.
   */
  block(given: {
    person: PersonId
    provider: ProviderId
    /** By which they are signed in. */
    inUse: ProviderId
    acceptsLast?: boolean
  }): Promise<BlockOutcome>
  unblock(given: { person: PersonId; provider: ProviderId }): Promise<UnblockOutcome>
  /** Blocks, or not, every provider at which the person has no account yet: nobody opens one in their name. */
  blockFuture(person: PersonId, blocked: boolean): Promise<FutureOutcome>
  /** The job's work: writes down that a thaw took effect. */
  work(job: JobData['people.thaw']): Promise<void>
}

/**
 * A room in which something of a person is under way: it ends that in the transaction that stops them, which holds the
 * lock of the person, so that nothing begins meanwhile.
 */
export interface Stopper {
  /** With `providers`, what came through them; otherwise everything. Returns how many ended. */
  stop(tx: Tx, stopped: Stopped): Promise<number>
}

export interface Stopped {
  person: PersonId
  providers?: readonly ProviderId[]
  /** What is said of a sign-in that ends by it. */
  why: Extract<ErrorName, 'identity_frozen' | 'provider_blocked'>
}

export interface ProtectionsOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  /** Milliseconds from the request for a thaw to its effect. */
  thawDelay: number
  sessions: Stopper
  connections: Stopper
  /** The hub's own means: whoever an account there belongs to was enrolled for it. */
  ownProvider: ProviderId
  /** Providers of the hub at present. */
  providers: () => Iterable<ProviderId>
  /** Of these accounts of a person, those by which somebody gets in at present. */
  usable: (handle: Handle, person: PersonId, providers: readonly ProviderId[]) => Promise<readonly ProviderId[]>
}

// ── Reading a row ───────────────────────────────────────────────────────────────────────────────────────────────────

const isFrozen = ({ frozen_at, thaws_at }: store.StandingRow, now: Instant) =>
  frozen_at !== null && !(thaws_at !== null && thaws_at.getTime() <= now)

const leavesOut = ({ blocked, known_providers }: store.StandingRow, provider: ProviderId) =>
  provider in blocked || (known_providers !== null && !known_providers.includes(provider))

export function standingIn(row: store.StandingRow, now: Instant): Standing {
  return { frozen: isFrozen(row, now), isBlocked: (provider) => leavesOut(row, provider) }
}

/**
 * What a frozen identity stays as it is.
 *
 * @throws GarantError `identity_frozen`
 */
export function refuseFrozen(person: PersonId, { frozen }: Standing): void {
  if (frozen) throw new GarantError('identity_frozen', { person })
}

function protectionIn(row: store.ProtectionRow, now: Instant): Protection {
  const { frozen_at, frozen_by, suspected, thaw_asked_at, thaws_at, thaw_provider, future_blocked_at } = row
  const thaw = thaws_at &&
    thaw_asked_at &&
    thaw_provider && {
      thaw: { askedAt: thaw_asked_at.getTime(), effectiveAt: thaws_at.getTime(), provider: thaw_provider },
    }
  const freeze = frozen_at &&
    frozen_by &&
    isFrozen(row, now) && { freeze: { at: frozen_at.getTime(), origin: frozen_by, suspected, ...thaw } }
  return {
    ...freeze,
    blocked: Object.entries(row.blocked)
      .map(([provider, at]) => ({ provider, at }))
      .sort((a, b) => a.at - b.at || (a.provider < b.provider ? -1 : 1)),
    ...(future_blocked_at && row.known_providers
      ? { future: { at: future_blocked_at.getTime(), allowed: row.known_providers } }
      : {}),
  }
}

/** It was there before, and has proved more than the other one opens. */
const outranks = (one: store.LinkRow, other: store.LinkRow) =>
  one.id !== other.id && one.linked_at <= other.linked_at && !atLeast(other.serves, one.level)

function leftAfter(ways: readonly Way[], provider: ProviderId): ProviderId[] | undefined {
  const open = ways.filter((way) => way.usable && !way.blocked)
  const left = open.filter((way) => way.provider !== provider).map((way) => way.provider)
  return left.length < open.length && left.length <= 1 ? left : undefined
}

const nobody: Protection = { blocked: [] }
const thawed = { frozen_at: null, frozen_by: null, suspected: [] } as const

export function createProtections(options: ProtectionsOptions): Protections {
  const { storage, clock, audit, thawDelay, sessions, connections, ownProvider, providers, usable } = options

  /** The person, stopped for as long as the transaction lasts. A thaw whose instant has come is written down first. */
  async function lock(tx: Tx, person: PersonId): Promise<store.ProtectionRow | undefined> {
    const row = await store.lockProtection(tx, person)
    if (!row?.thaws_at || isFrozen(row, clock.now())) return row
    await lift(tx, person, { how: 'asked', at: row.thaws_at.getTime(), actor: { kind: 'person', id: person } })
    return { ...row, ...thawed, suspected: [], thaw_asked_at: null, thaws_at: null, thaw_provider: null }
  }

  async function lift(tx: Tx, person: PersonId, said: { how: 'asked' | 'desk'; at: Instant; actor: Actor }) {
    await store.setFreeze(tx, person, { ...thawed, suspected: [] })
    audit.append(tx, { name: 'protection.thawed', data: { person, ...said } })
  }

  /** Sessions first: whoever they would let in gets no further, and then what they have let in ends too. */
  async function stop(tx: Tx, stopped: Stopped): Promise<number> {
    const ended = await sessions.stop(tx, stopped)
    await connections.stop(tx, stopped)
    return ended
  }

  async function setBlocks(
    tx: Tx,
    person: PersonId,
    to: Pick<store.ProtectionRow, 'blocked' | 'future_blocked_at' | 'known_providers'>,
    said: {
      name: 'protection.blocked' | 'protection.unblocked'
      providers: ProviderId[]
      future: boolean
      actor: Actor
    },
  ): Promise<void> {
    const { name, ...data } = said
    await store.setBlocks(tx, person, to)
    audit.append(tx, { name, data: { person, ...data } })
  }

  async function waysOf(handle: Handle, person: PersonId, row: store.StandingRow): Promise<Way[]> {
    const links = await store.linksOf(handle, person)
    const accounts = [...new Set(links.map(({ provider }) => provider))]
    const open = new Set(await usable(handle, person, accounts))
    return accounts.map((provider) => ({
      provider,
      level: highestOf(links.filter((link) => link.provider === provider).map(({ level }) => level)) ?? 'eidas1',
      blocked: leavesOut(row, provider),
      usable: open.has(provider),
    }))
  }

  /** The account by which somebody asks, as it stands in this instant. */
  async function reasonsOf(handle: Handle, by: SignedInBy, row: store.ProtectionRow): Promise<ThawReason[]> {
    const links = await store.linksOf(handle, by.person)
    const link = links.find(({ id }) => id === by.link)
    const { freeze } = protectionIn(row, clock.now())
    if (!freeze) return []
    const { provider, level } = by
    // An account that is not the person's any more came after everything.
    const linkedAt = link?.linked_at.getTime() ?? Number.POSITIVE_INFINITY
    const confirmed = link !== undefined && (provider === ownProvider || !links.some((one) => outranks(one, link)))
    const blocked = leavesOut(row, provider)
    return decideThaw({ freeze, signIn: { provider, level, linkedAt, confirmed, blocked } })
  }

  async function freeze(
    tx: Tx,
    given: { person: PersonId; origin: FreezeOrigin; actor: Actor; doubts: (link: store.LinkRow) => boolean },
  ): Promise<FreezeOutcome> {
    const { person, origin, actor, doubts } = given
    const row = await lock(tx, person)
    if (!row) return { kind: 'unknown' }
    if (row.frozen_at && (origin === 'person' || row.frozen_by === 'operators')) {
      const thawStopped = row.thaws_at !== null
      if (thawStopped) await stopThaw(tx, person, actor)
      return { kind: 'already', thawStopped }
    }
    const doubted = (await store.linksOf(tx, person)).filter(doubts).map(({ provider }) => provider)
    const suspected = [...new Set([...row.suspected, ...doubted])]
    const now = clock.now()
    // What operators freeze besides has been frozen since it was.
    await store.setFreeze(tx, person, { frozen_at: row.frozen_at ?? toDate(now), frozen_by: origin, suspected })
    audit.append(tx, { name: 'protection.frozen', data: { person, origin, suspected, actor } })
    return { kind: 'frozen', at: now, sessions: await stop(tx, { person, why: 'identity_frozen' }) }
  }

  return {
    thawDelay,
    leftAfter,

    async of(handle, person) {
      const row = await store.protectionOf(handle, person)
      return row ? protectionIn(row, clock.now()) : nobody
    },

    async waysOf(handle, person) {
      const row = await store.protectionOf(handle, person)
      return row ? waysOf(handle, person, row) : []
    },

    freeze: (by, { suspected = [] } = {}) =>
      storage.transaction((tx) => {
        const { person } = by
        const doubts = (link: store.LinkRow) => suspected.includes(link.provider) && mayDoubt(by, link)
        return freeze(tx, { person, origin: 'person', actor: { kind: 'person', id: person }, doubts })
      }),

    freezeByOperators: ({ person, actor, also }) =>
      storage.transaction(async (tx) => {
        const outcome = await freeze(tx, { person, origin: 'operators', actor, doubts: () => false })
        if (outcome.kind === 'frozen') await also?.(tx)
        return outcome
      }),

    async thawReasons(by) {
      const row = await store.protectionOf(storage.db, by.person)
      return row ? reasonsOf(storage.db, by, row) : []
    },

    askThaw: (by) =>
      storage.transaction(async (tx): Promise<AskThawOutcome> => {
        const { person, provider } = by
        const row = await lock(tx, person)
        if (!row?.frozen_at) return { kind: 'not_frozen' }
        if (row.thaws_at) return { kind: 'under_way', effectiveAt: row.thaws_at.getTime() }
        const reasons = await reasonsOf(tx, by, row)
        if (reasons.length > 0) return { kind: 'refused', reasons }
        const askedAt = clock.now()
        const effectiveAt = askedAt + thawDelay
        await store.setThaw(tx, person, { askedAt, effectiveAt, provider })
        const actor = { kind: 'person', id: person } as const
        audit.append(tx, {
          name: 'protection.thaw_asked',
          data: { person, takesEffect: effectiveAt, provider, actor },
        })
        await storage.jobs.enqueue(tx, 'people.thaw', { person, at: effectiveAt }, { startAfter: toDate(effectiveAt) })
        return { kind: 'asked', effectiveAt }
      }),

    stopThaw: (person, actor) =>
      storage.transaction(async (tx): Promise<StopThawOutcome> => {
        const row = await lock(tx, person)
        if (!row?.thaws_at) return { kind: 'nothing_to_stop' }
        await stopThaw(tx, person, actor)
        return { kind: 'stopped' }
      }),

    thaw: ({ person, actor, blocks = 'kept', also }) =>
      storage.transaction(async (tx): Promise<ThawOutcome> => {
        const row = await lock(tx, person)
        if (!row) return { kind: 'unknown' }
        const future = row.future_blocked_at !== null
        const lifted = blocks === 'lifted' && (future || Object.keys(row.blocked).length > 0)
        if (!row.frozen_at && !lifted) return { kind: 'not_frozen' }
        await also?.(tx)
        if (row.frozen_at) await lift(tx, person, { how: 'desk', at: clock.now(), actor })
        if (lifted) {
          const said = { name: 'protection.unblocked', providers: Object.keys(row.blocked), future, actor } as const
          await setBlocks(tx, person, { blocked: {}, future_blocked_at: null, known_providers: null }, said)
        }
        return { kind: 'thawed' }
      }),

    block: ({ person, provider, inUse, acceptsLast = false }) =>
      storage.transaction(async (tx): Promise<BlockOutcome> => {
        const row = await lock(tx, person)
        if (!row) return { kind: 'unknown' }
        if (provider === inUse) return { kind: 'in_use' }
        if (provider in row.blocked) return { kind: 'already' }
        const ways = await waysOf(tx, person, row)
        if (!ways.some((way) => way.provider === provider) && ![...providers()].includes(provider)) {
          return { kind: 'unknown' }
        }
        const left = leftAfter(ways, provider)
        if (left && !acceptsLast) return { kind: 'last_way', left }
        const actor = { kind: 'person', id: person } as const
        const said = { name: 'protection.blocked', providers: [provider], future: false, actor } as const
        const blocked = { ...row.blocked, [provider]: clock.now() }
        await setBlocks(tx, person, { ...row, blocked }, { ...said, providers: [provider] })
        const ended = await stop(tx, { person, providers: [provider], why: 'provider_blocked' })
        return { kind: 'blocked', sessions: ended }
      }),

    unblock: ({ person, provider }) =>
      storage.transaction(async (tx): Promise<UnblockOutcome> => {
        const row = await lock(tx, person)
        if (!row) return { kind: 'unknown' }
        if (!leavesOut(row, provider)) return { kind: 'not_blocked' }
        if (row.frozen_at) return { kind: 'frozen' }
        const { [provider]: _, ...blocked } = row.blocked
        const known = row.known_providers && [...new Set([...row.known_providers, provider])]
        const actor = { kind: 'person', id: person } as const
        const said = { name: 'protection.unblocked', future: false, actor } as const
        await setBlocks(tx, person, { ...row, blocked, known_providers: known }, { ...said, providers: [provider] })
        return { kind: 'unblocked' }
      }),

    blockFuture: (person, wanted) =>
      storage.transaction(async (tx): Promise<FutureOutcome> => {
        const row = await lock(tx, person)
        if (!row) return { kind: 'unknown' }
        if ((row.future_blocked_at !== null) === wanted) return { kind: 'already' }
        if (!wanted && row.frozen_at) return { kind: 'frozen' }
        const known = [...new Set((await store.linksOf(tx, person)).map(({ provider }) => provider))]
        const actor = { kind: 'person', id: person } as const
        const name = wanted ? 'protection.blocked' : 'protection.unblocked'
        const to = wanted
          ? { future_blocked_at: toDate(clock.now()), known_providers: known }
          : { future_blocked_at: null, known_providers: null }
        await setBlocks(tx, person, { blocked: row.blocked, ...to }, { name, providers: [], future: true, actor })
        return { kind: 'done' }
      }),

    async work({ person }) {
      await storage.transaction((tx) => lock(tx, person as PersonId))
    },
  }

  async function stopThaw(tx: Tx, person: PersonId, actor: Actor): Promise<void> {
    await store.setThaw(tx, person, null)
    audit.append(tx, { name: 'protection.thaw_stopped', data: { person, actor } })
  }
}
