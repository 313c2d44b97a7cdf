/**
 * A person, and how the hub knows that two accounts are the same human: links to providers, keyed match of the pivot
 * identity, pairwise subjects, contacts, review of collisions, split. This room does not authenticate anybody and does
 * not decide whether a level is enough. Names and contacts rest sealed with a key of the person, itself wrapped by the
 * master key: destroying that key erases the person.
 */

import { setTimeout as pause } from 'node:timers/promises'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Identity } from '../kernel/identity.ts'
import { type CollisionId, type ContactId, type LinkId, newId, type PersonId, type ProviderId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { compacted } from '../kernel/names.ts'
import { randomBytes } from '../kernel/random.ts'
import { sameSecret } from '../kernel/secrets.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { type ComparedField, comparedFields, knownPart } from './canonical.ts'
import { createClaims } from './claims.ts'
import { createContacts } from './contacts.ts'
import { createLinking } from './linking.ts'
import { refuseFrozen, type Standing, standingIn } from './protections.ts'
import { createReview } from './review.ts'
import * as store from './store.ts'
import { createVault, type PivotKey, type Vault } from './vault.ts'

export { type ComparedField, comparedFields }

/** What a provider said, as far as this room needs it. */
export interface Claimed {
  provider: ProviderId
  /** The provider's own subject for its account. */
  subject: string
  level: Level
  identity: Identity
  /** Merely asserted: it proves nothing about a mailbox. */
  email?: string
}

/**
 * What would happen to somebody who arrives like this. Reading only: nothing is linked or created before policy, freeze
 * and blocks have been checked by the caller, who then calls `settle` with the answer.
 */
export type Recognition =
  /** The account is linked already. */
  | { kind: 'known'; person: PersonId; link: LinkId; highestLevel: Level; serves: Level; obstacle?: Obstacle }
  /** The identity is that of exactly one person and may be linked by itself. */
  | { kind: 'match'; person: PersonId; highestLevel: Level; serves: Level; obstacle?: Obstacle }
  /**
   * The identity looks like that of somebody known but may not be linked by itself (presumed date, birthplace abroad,
   * homonyms). Served as a person of its own, unless the person signs in with both.
   */
  | { kind: 'resembles'; person: undefined }
  /** Nobody like this is known. */
  | { kind: 'new'; person: undefined }
  /** This provider already has another account for that identity: a review must decide first. */
  | { kind: 'collision'; person: PersonId; collision?: CollisionId; obstacle?: Obstacle }

/**
 * What the person has put in the way (`protections.ts`). `blocked`: they left this provider out, for everything.
 * `frozen`: nothing may be released or linked; an account that is linked already leads to their own pages.
 */
export type Obstacle = 'frozen' | 'blocked'

/** Nobody is let in, and nothing was written. */
export interface Obstructed {
  kind: Obstacle
}

export interface SettleOptions {
  /** Who has signed in with another account too, in this login. */
  joinTo?: PersonId
  /**
   * That other sign-in, settled before: its link and the level observed. The two accounts confirm each other up to the
   * level that each has proved. Without it the account joins, and opens no more than its own level.
   */
  joinedBy?: { link: LinkId; level: Level }
  /** Of the pages; kept when the person has chosen none. */
  language?: Language
  /** Of the service that is signed in to. */
  sector?: string
}

export interface Settled {
  person: PersonId
  link: LinkId
  created: boolean
  /** A first link, made in this login: it alerts when below what the person has proved. */
  newLink: boolean
  /** The strongest level that this person has ever proved. */
  highestLevel: Level
  /** The strongest level of services that this link may open. Below `highestLevel` it opens nothing in the space. */
  serves: Level
  /** For the person's own pages only: their identity is frozen. */
  frozen?: true
  /** By which the services of the `sector` that was named know them; absent where `subjectFor` has to be asked. */
  subject?: string
}

/** A review gave a link to somebody else; what was done through it has followed, and both are signed out. */
export interface MovedLink {
  from: PersonId
  to: PersonId
  link: LinkId
  provider: ProviderId
}

/** Accounts that a review gave to somebody else. */
export interface Passed {
  from: PersonId
  to: PersonId
  links: readonly PassedLink[]
  /** What `from` keeps. Without any, `from` is nobody any more, and all that was theirs is `to`'s. */
  left: readonly PassedLink[]
  /** Those that went along. */
  contacts: readonly ContactId[]
  /** Sectors whose subject went along. */
  sectors: readonly string[]
  actor: Actor
  /** Adds to what went along: rooms that keep something about it, and come later, give it to `to` as well. */
  also(ids: readonly string[]): void
  /** What has gone along so far. */
  ids: ReadonlySet<string>
}

export interface PassedLink {
  link: LinkId
  provider: ProviderId
  /** When it was attached to the person who had it. */
  at: Instant
}

/**
 * What a room that keeps something of people does when one is erased, and when accounts pass to somebody else. In the
 * same transaction, with both people locked: a room that throws undoes all of it.
 */
export interface Keeper {
  room: string
  /** Deletes or blanks what is of the person. Their key is still there. */
  forget(tx: Tx, person: PersonId): Promise<void>
  /** Gives to the right one what it keeps of `from`, sealed with the key of whom it is then. */
  follow(tx: Tx, passed: Passed): Promise<void>
}

export interface CollisionView {
  collision: CollisionId
  person: PersonId
  provider: ProviderId
  /**
   * A second account of one provider for one identity; or a joint sign-in with an account that is somebody else's
   * (`other`); or one whose identity cannot be the person's.
   */
  cause: 'second_account' | 'linked_elsewhere' | 'identities_differ'
  /** Proved by the account that waits. */
  level: Level
  other?: PersonId
  at: Instant
}

/** A collision as whoever reviews it sees it: which accounts, how strong, since when; nothing of who somebody is. */
export interface CollisionCase extends CollisionView {
  kind: 'pivot' | 'professional'
  /** Members in which the account that waits says something else than the person's identity. Absent: not compared. */
  differing?: readonly ComparedField[]
  /** The same between the two people, where the account is somebody else's. */
  betweenPeople?: readonly ComparedField[]
  accounts: readonly Omit<LinkView, 'subject'>[]
  /** Those of whose account it is now. */
  otherAccounts: readonly Omit<LinkView, 'subject'>[]
  decided?: { at: Instant; outcome: 'same' | 'different' }
}

export interface LinkView {
  link: LinkId
  provider: ProviderId
  /** The provider's own subject: what a report to that provider names. */
  subject: string
  /** The strongest level proved through it. */
  level: Level
  serves: Level
  at: Instant
}

export interface PersonClaims {
  sub?: never
  given_name?: string
  family_name?: string
  birthdate?: string
  gender?: string
  birthplace?: string
  birthcountry?: string
  preferred_username?: string
  email?: string
  email_verified?: boolean
}

/** Where to write to somebody about a connection through one provider. */
export type Recipient =
  /**
   * `confirmed` is false while a stronger sign-in than the one that brought the contact has not confirmed it: whoever
   * reads there may not be the person, so a message does not tell what they do, only that something happened.
   */
  | { kind: 'verified'; contact: ContactId; address: string; language: Language; confirmed: boolean }
  /** An address that the provider asserted: only while no contact is verified, and without naming the service. */
  | { kind: 'asserted'; address: string; language: Language }
  /** Replaced lately: hears that protection changed, nothing else. */
  | { kind: 'former'; contact: ContactId; address: string; language: Language }

export interface ContactView {
  contact: ContactId
  address: string
  verified: boolean
  /** False while a stronger sign-in than the one that brought it has not said that it is the person's. */
  confirmed: boolean
  level: Level
  /** Of a code that was sent and can still be given back. */
  code?: { expiresAt: Instant; triesLeft: number }
}

export interface Sealer {
  /** `place` names what is sealed: it opens nowhere else. */
  seal(place: string, text: string): Buffer
  /** Throws when the person, the place or a byte is not the one of the sealing. */
  open(place: string, sealed: Buffer): string
}

export interface People {
  /** Registers a room that keeps something of people, at the start of the process. They are called in this order. */
  keep(keeper: Keeper): void
  recognise(claimed: Claimed): Promise<Recognition>
  /**
   * Writes what `recognise` foresaw, in the caller's transaction, and checks it again there: two simultaneous first
   * logins make one person. An account of a professional never joins a citizen, nor the other way round: it is then
   * settled as if `joinTo` were absent. A collision is written by this call; the caller commits it, and lets nobody in.
   * Until the transaction ends nobody freezes the person or blocks a provider; whoever does waits for it.
   */
  settle(
    tx: Tx,
    claimed: Claimed,
    options?: SettleOptions,
  ): Promise<Settled | { kind: 'collision'; collision: CollisionId } | Obstructed>
  /** The subject of a person in a sector: made once, stored for ever. Idempotent, safe under concurrency. */
  subjectFor(handle: Handle, person: PersonId, sector: string): Promise<string>
  /** By what services know the person: one for each sector, the oldest first. */
  subjectsOf(person: PersonId): Promise<{ sector: string; subject: string; since: Instant }[]>
  /**
   * The claims that may be released; `provider` decides which asserted e-mail. It is `email_verified` only when the same
   * address is a verified contact of the person; contacts that the provider did not assert are nobody else's business.
   * With `arriving`, as they will be once that sign-in is settled. Undefined when nothing may be released: the person is
   * erased, has frozen their identity, or left this provider out.
   */
  claimsOf(person: PersonId, provider: ProviderId, arriving?: Claimed): Promise<PersonClaims | undefined>
  /** The same for somebody whom nobody knows yet. */
  claimsIn(claimed: Claimed): PersonClaims
  /** What a sign-in of the person is judged by, now. Nobody's identity is frozen whom the hub does not know. */
  standingOf(person: PersonId, handle?: Handle): Promise<Standing>
  /**
   * For whoever changes what a person gets in by or hears by. Holds them as `sealerOf` does.
   *
   * @throws GarantError `identity_frozen`
   */
  requireThawed(tx: Tx, person: PersonId): Promise<void>
  /** The person's accounts, the oldest first. */
  linksOf(handle: Handle, person: PersonId): Promise<LinkView[]>
  /**
   * `via` is the link of the sign-in: in a split the contact follows it. The same address again gets a new code. The
   * caller sends the code and limits how often somebody may ask for one.
   *
   * @throws GarantError `request_malformed` when it is no address, `too_many_requests` when the person has five
   */
  addContact(
    tx: Tx,
    person: PersonId,
    address: string,
    level: Level,
    language: Language,
    options?: { via?: LinkId },
  ): Promise<{ contact: ContactId; code: string }>
  /**
   * A mailbox from which a code came back to whoever enrolled the person: verified from the first instant. Nothing happens
   * where it is verified already, or where there are five.
   *
   * @throws GarantError `request_malformed` when it is no address
   */
  addProvedContact(tx: Tx, person: PersonId, address: string, level: Level): Promise<void>
  /** Proves a mailbox by the code that was sent there. Ten tries, fifteen minutes. A wrong try must be committed. */
  verifyContact(
    tx: Tx,
    person: PersonId,
    contact: ContactId,
    code: string,
    level: Level,
  ): Promise<'verified' | 'wrong' | 'expired' | 'too_weak'>
  /** Somebody signed in at a higher level says that a verified contact is theirs. False when there is nothing to say. */
  confirmContact(tx: Tx, person: PersonId, contact: ContactId, level: Level): Promise<boolean>
  /** A weaker sign-in cannot remove what a stronger one added. */
  removeContact(tx: Tx, person: PersonId, contact: ContactId, level: Level): Promise<'removed' | 'too_weak' | 'unknown'>
  /** Present ones, the oldest first. */
  contactsOf(person: PersonId): Promise<ContactView[]>
  recipients(person: PersonId, provider: ProviderId | undefined, handle?: Handle): Promise<Recipient[]>
  rememberLanguage(tx: Tx, person: PersonId, language: Language): Promise<void>
  /**
   * Somebody who runs the hub or works for a partner: a key of their own, no identity, no account at a provider, never
   * linked to anybody.
   */
  addStaff(tx: Tx): Promise<PersonId>
  /**
   * Seals and opens with the person's own key what other rooms keep of them: erasing the person makes it unreadable too.
   * Undefined when the person is unknown or erased. `hold` is for writing in a transaction: until it ends the person is
   * neither erased nor split nor joined, and whoever does that waits, then finds what was written.
   */
  sealerOf(handle: Handle, person: PersonId, options?: { hold: boolean }): Promise<Sealer | undefined>
  /** The identity in force; undefined when the person is erased, or after a split until an account says it again. */
  identityOf(handle: Handle, person: PersonId): Promise<Identity | undefined>
  /** The same of several in one statement; who has none is left out. */
  identitiesOf(handle: Handle, people: readonly PersonId[]): Promise<Map<PersonId, Identity>>
  /**
   * Who has exactly this identity, as accounts are matched; several where that is not enough to tell people apart.
   * `byItself`: nobody else can have it, so that an account would be linked by it alone.
   */
  havingIdentity(handle: Handle, identity: Identity): Promise<{ byItself: boolean; people: PersonId[] }>
  /**
   * Is this the birth name and the birth date of the person? For somebody who is not signed in: compared as keyed
   * digests, folded as names are when accounts are matched; of a presumed date what is known of it counts.
   */
  declares(handle: Handle, person: PersonId, said: { birthName: string; birthdate: string }): Promise<boolean>
  /** Whom the services of a sector know by a subject. */
  knownAs(handle: Handle, sector: string, subject: string): Promise<PersonId | undefined>
  /** Whose account at a provider it is, by the provider's own subject. */
  holderOf(handle: Handle, provider: ProviderId, subject: string): Promise<PersonId | undefined>
  /** Open ones, the oldest first. */
  collisions(): Promise<CollisionView[]>
  /** One of them, also once decided. */
  collision(handle: Handle, collision: CollisionId): Promise<CollisionCase | undefined>
  /**
   * `same`: the account is the person's; returns the move when it was somebody else's until now. That one, if left
   * without any account, passes on the subjects of sectors where the person has none.
   *
   * @throws GarantError `not_found` when it is not open, `identity_frozen` when one of the two people is frozen
   */
  resolveCollision(
    tx: Tx,
    collision: CollisionId,
    outcome: 'same' | 'different',
    actor: Actor,
  ): Promise<MovedLink | undefined>
  /**
   * Takes links away from a person into a new one: name those of the intruder. The person keeps every subject, the
   * identity and the contacts; the new one begins without (`review.ts` says why). What other rooms keep follows.
   *
   * @throws GarantError `not_found` when a link is not this person's, `not_allowed` when none would be left
   */
  split(tx: Tx, person: PersonId, links: LinkId[], actor: Actor): Promise<PersonId>
  /**
   * The one way to forget a person: every room that keeps something of them forgets it, then their key is destroyed, and
   * names and contacts can be read by nobody any more. Their accounts may begin anew.
   *
   * @throws GarantError `identity_frozen` when a person asks for it whose identity is
   */
  erase(tx: Tx, person: PersonId, actor?: Actor): Promise<void>
  /** Deletes former contacts after 30 days and addresses that were never proved; returns how many. A job calls it. */
  forget(): Promise<number>
  /**
   * Digests identities with the newest key, a few at a time with pauses in between, so that logins do not feel it; ends
   * when an older key is needed by nobody, or after `budget` (milliseconds). Returns how many. A job calls it.
   */
  rekey(budget: number): Promise<number>
  /** Of each version of the key but the newest, how many people are found by it alone: those that `rekey` has left. */
  awaitingRekey(): Promise<AwaitingRekey[]>
}

export interface AwaitingRekey {
  version: number
  people: number
  /** False: no key of this version was given, so these people are not recognised by their identity. */
  given: boolean
}

export interface PeopleOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  masterKey: Buffer
  /**
   * Keys of the pivot match: the first one writes, all of them find. To change it while several processes run, first
   * add the new key in second place everywhere, then put it first, and drop the old one when `awaitingRekey` says that nobody waits.
   */
  pivotKeys: readonly PivotKey[]
  log: (message: string, inside: Record<string, unknown>) => void
}

export function createPeople(options: PeopleOptions): People {
  const { storage, clock } = options
  const vault = createVault(options.masterKey, options.pivotKeys)
  const keepers: Keeper[] = []
  const parts = { ...options, vault, keepers }

  function openedIdentity(
    person: PersonId,
    { wrapped_key, identity }: { wrapped_key: Buffer; identity: Buffer | null },
  ): Identity | undefined {
    return identity
      ? JSON.parse(vault.open(vault.openKey(person, wrapped_key), `identity ${person}`, identity))
      : undefined
  }

  return {
    keep(keeper) {
      if (keepers.some(({ room }) => room === keeper.room)) throw new Error(`${keeper.room} keeps people already`)
      keepers.push(keeper)
    },
    ...createLinking(parts),
    ...createContacts(parts),
    ...createReview(parts),
    ...createClaims(parts),

    async subjectFor(handle, person, sector) {
      const wanted = { person, sector, fresh: randomBytes(32).toString('base64url'), at: clock.now() }
      // The second call finds what another transaction made during the first.
      const subject = (await store.subject(handle, wanted)) ?? (await store.subject(handle, wanted))
      if (!subject) throw new GarantError('not_found', { person })
      return subject
    },

    async standingOf(person, handle = storage.db) {
      const row = await store.protectionOf(handle, person)
      return row ? standingIn(row, clock.now()) : { frozen: false, isBlocked: () => false }
    },

    async declares(handle, person, { birthName, birthdate }) {
      const row = await store.sealedIdentity(handle, person)
      const identity = row && openedIdentity(person, row)
      if (identity?.kind !== 'pivot') return false
      const known = knownPart(identity.birthdate)
      if (known === '') return false
      const digest = (name: string, date: string) => vault.declaredKey(person, compacted(name), date)
      return sameSecret(
        digest(identity.family_name, known),
        digest(birthName, known === identity.birthdate ? birthdate : birthdate.slice(0, known.length)),
      )
    },

    async knownAs(handle, sector, subject) {
      return store.personKnownAs(handle, { sector, subject })
    },

    async holderOf(handle, provider, subject) {
      const kinds = ['pivot', 'professional'] as const
      const keys = kinds.map((kind) => vault.accountKey({ provider, subject, identity: { kind } }))
      return store.holderOf(handle, keys)
    },

    async requireThawed(tx, person) {
      await store.sealedIdentity(tx, person, { hold: true })
      const row = await store.protectionOf(tx, person)
      if (row) refuseFrozen(person, standingIn(row, clock.now()))
    },

    async subjectsOf(person) {
      const rows = await store.subjectsOf(storage.db, person)
      return rows.map(({ sector, subject, created_at }) => ({ sector, subject, since: created_at.getTime() }))
    },

    async linksOf(handle, person) {
      const rows = await store.linksOf(handle, person)
      return rows.map((row) => ({
        link: row.id,
        provider: row.provider,
        subject: vault.open(vault.openKey(person, row.wrapped_key), `subject ${row.id}`, row.subject),
        level: row.level,
        serves: row.serves,
        at: row.linked_at.getTime(),
      }))
    },

    rememberLanguage: store.rememberLanguage,

    async addStaff(tx) {
      const id = newId('person')
      await store.insertPerson(tx, {
        id,
        kind: 'staff',
        wrapped_key: vault.newKey(id).wrapped,
        language: null,
        // The weakest: they prove nothing to any service.
        highest_level: 'eidas1',
        identity: null,
        identity_level: null,
        match_key: null,
        homonyms: false,
        at: clock.now(),
      })
      return id
    },

    async sealerOf(handle, person, options) {
      const row = await store.sealedIdentity(handle, person, options)
      if (!row) return undefined
      const key = vault.openKey(person, row.wrapped_key)
      return {
        seal: (place, text) => vault.seal(key, `means ${place}`, text),
        open: (place, sealed) => vault.open(key, `means ${place}`, sealed),
      }
    },

    async identityOf(handle, person) {
      const row = await store.sealedIdentity(handle, person)
      return row && openedIdentity(person, row)
    },

    async identitiesOf(handle, people) {
      const rows = await store.sealedIdentities(handle, people)
      return new Map(
        rows.flatMap((row) => {
          const identity = openedIdentity(row.person, row)
          return identity ? [[row.person, identity]] : []
        }),
      )
    },

    async rekey(budget) {
      const end = clock.now() + budget
      let done = 0
      for (const version of vault.olderVersions) {
        for (let batch = rekeyBatch; batch > 0 && clock.now() < end; done += batch) {
          if (done > 0) await pause(rekeyPause)
          batch = await storage.transaction((tx) => rekeyBatchOf(tx, vault, version))
        }
      }
      return done
    },

    async awaitingRekey() {
      const found = await store.countOtherVersions(storage.db, vault.newestVersion)
      const versions = new Set([...vault.olderVersions, ...found.keys()])
      return [...versions].map((version) => ({
        version,
        people: found.get(version) ?? 0,
        given: vault.olderVersions.includes(version),
      }))
    },
  }
}

/** A batch takes some milliseconds of this thread, and holds its rows about as long; the pause leaves it to logins. */
const rekeyBatch = 100
const rekeyPause = 100

async function rekeyBatchOf(tx: Tx, vault: Vault, version: number): Promise<number> {
  const people = await store.peopleWithVersion(tx, version, rekeyBatch)
  const digests = people.map(({ id, wrapped_key, identity }) => {
    if (!identity) return { id, match_key: null }
    const stored: Identity = JSON.parse(vault.open(vault.openKey(id, wrapped_key), `identity ${id}`, identity))
    return { id, match_key: vault.matchKeys(stored)[0] }
  })
  if (digests.length > 0) await store.setMatchKeys(tx, digests)
  return digests.length
}
