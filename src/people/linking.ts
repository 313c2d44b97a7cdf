/**
 * Which person an account belongs to: `recognise` foresees, `settle` writes. The rules, in order:
 *
 * 1. A linked account is its person's, whatever it asserts now.
 * 2. An account that was signed in to together with another joins that one's person, if the identities can be one.
 * 3. An identity that may link by itself links to the one person who has it, unless that person is known to have
 *    homonyms, or the same provider already has another account for them: then a review decides.
 * 4. Everything else is a person of its own.
 *
 * Before all of them: somebody who left the provider out is not signed in by it, and to a frozen identity nothing is
 * linked. A linked account of who is frozen is recognised, so that they reach their own pages; nothing is written of it.
 *
 * A link opens services up to the level that its own account has proved (`serves`), and more only after a sign-in with
 * a stronger account of the same person beside it. That holds whichever of the two came first: a thief who arrives
 * early, through a weak provider, gains nothing when the victim comes with a strong one.
 */
import type { Audit } from '../audit/audit.ts'
import { atLeast, compareLevels, higherOf, type Level, lowerOf } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import { type CollisionId, type LinkId, newId, type PersonId } from '../kernel/ids.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import { mailboxOf, parseAddress } from './address.ts'
import { changedFields, differingFields, identitiesAgree, mayLinkByItself } from './canonical.ts'
import type { Claimed, Obstructed, People, Recognition, Settled, SettleOptions } from './people.ts'
import { standingIn } from './protections.ts'
import * as store from './store.ts'
import type { Vault } from './vault.ts'

export interface LinkingOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  vault: Vault
  log: (message: string, inside: Record<string, unknown>) => void
}

type Stopped = { kind: 'collision'; collision: CollisionId } | Obstructed
type Candidate = Pick<store.CandidateRow, 'homonyms' | 'provider_linked'>

/** What becomes of an account that is not linked yet, by itself. */
export function decideUnlinked<C extends Candidate>(
  identity: Identity,
  candidates: readonly C[],
): { kind: 'new' | 'resembles' } | { kind: 'match' | 'collision'; candidate: C } {
  const [candidate, another] = candidates
  if (!candidate) return { kind: 'new' }
  if (!mayLinkByItself(identity) || another || candidate.homonyms) return { kind: 'resembles' }
  return { kind: candidate.provider_linked ? 'collision' : 'match', candidate }
}

/**
 * Does what an account asserts go into the stored identity? Stored data changes only on a proof at least as strong as
 * the one behind it. At the same level only news counts: two providers that write one name differently would otherwise
 * take turns in changing it.
 */
export function decideIdentity(
  stored: { level: Level | null; digest: string | null },
  claimed: { level: Level; digest: string },
): 'take' | 'keep' {
  if (stored.level === null) return 'take'
  const order = compareLevels(claimed.level, stored.level)
  return order > 0 || (order === 0 && claimed.digest !== stored.digest) ? 'take' : 'keep'
}

export function createLinking(options: LinkingOptions): Pick<People, 'recognise' | 'settle' | 'havingIdentity'> {
  const { storage, clock, audit, vault, log } = options

  async function recognise(claimed: Claimed): Promise<Recognition> {
    const accountKey = vault.accountKey(claimed)
    const known = await store.account(storage.db, accountKey)
    if (known) return knownAs(known, claimed)
    const matchKeys = vault.matchKeys(claimed.identity)
    const found = await store.candidates(storage.db, { matchKeys, provider: claimed.provider, accountKey })
    // Two statements are two instants: somebody found may be this very account, linked in between by another tab.
    const meanwhile = found.length > 0 ? await store.account(storage.db, accountKey) : undefined
    if (meanwhile) return knownAs(meanwhile, claimed)
    const decision = decideUnlinked(claimed.identity, found)
    if (!('candidate' in decision)) return { kind: decision.kind, person: undefined }
    const { person, collision, highest_level } = decision.candidate
    const obstacle = obstacleTo(decision.candidate, claimed)
    const inTheWay = obstacle ? { obstacle } : {}
    if (decision.kind === 'collision') {
      return { kind: 'collision', person, ...inTheWay, ...(collision ? { collision } : {}) }
    }
    return { kind: 'match', person, ...inTheWay, ...provedBy({ highest_level, serves: claimed.level }, claimed) }
  }

  function knownAs(row: store.AccountRow, claimed: Claimed): Recognition {
    const obstacle = obstacleTo(row, claimed)
    return {
      kind: 'known',
      person: row.person,
      link: row.link,
      ...(obstacle ? { obstacle } : {}),
      ...provedBy(row, claimed),
    }
  }

  /** What the person has put in the way of this sign-in. A provider that they left out is not told of a freeze. */
  function obstacleTo(row: store.StandingRow, { provider }: Claimed): Obstructed['kind'] | undefined {
    const standing = standingIn(row, clock.now())
    if (standing.isBlocked(provider)) return 'blocked'
    return standing.frozen ? 'frozen' : undefined
  }

  async function settle(tx: Tx, claimed: Claimed, how: SettleOptions = {}): Promise<Settled | Stopped> {
    const accountKey = vault.accountKey(claimed)
    const [known, held] = await Promise.all([
      store.account(tx, accountKey, { hold: true }),
      how.sector === undefined ? undefined : store.heldAccount(tx, accountKey, how.sector),
    ])
    if (known && how.sector === undefined) return settleKnown(tx, known, claimed, how)
    if (known) {
      // Passed to somebody else, or forgotten, by whom the first of the two had to wait for.
      if (known.person !== held?.person) return settle(tx, claimed, how)
      return withSubject(await settleKnown(tx, known, claimed, how), held)
    }
    // From here on one first login of this account or identity at a time, seen by a statement that begins afterwards.
    const matchKeys = vault.matchKeys(claimed.identity)
    await store.lockKeys(tx, [accountKey, ...matchKeys])
    const meanwhile = await store.account(tx, accountKey, { hold: true })
    if (meanwhile) return settleKnown(tx, meanwhile, claimed, how)
    const joined = how.joinTo && (await lockJoined(tx, how.joinTo, claimed))
    if (joined) return unlessObstructed(joined, claimed) ?? join(tx, joined, claimed, how)
    const wanted = { matchKeys, provider: claimed.provider, accountKey }
    const decision = decideUnlinked(claimed.identity, await store.candidates(tx, wanted))
    if ('candidate' in decision) {
      const person = await store.lockPerson(tx, decision.candidate.person)
      if (person) {
        const as = { how: 'match', serves: claimed.level } as const
        return unlessObstructed(person, claimed) ?? attach(tx, person, claimed, as)
      }
    }
    // Somebody else has an identity that would link by itself: from now on neither of the two does.
    return create(tx, claimed, how, { homonyms: decision.kind === 'resembles' && mayLinkByItself(claimed.identity) })
  }

  // ── An account that is linked ─────────────────────────────────────────────────────────────────────────────────────

  async function settleKnown(tx: Tx, known: store.AccountRow, claimed: Claimed, how: SettleOptions) {
    const obstacle = obstacleTo(known, claimed)
    const joins = how.joinTo !== undefined && how.joinTo !== known.person
    if (obstacle === 'blocked' || (obstacle && joins)) return { kind: obstacle }
    // Nothing is learned of a frozen identity, and no account confirms another one.
    if (obstacle) return { ...settledAs(known, claimed), frozen: true as const }
    const joined = joins && how.joinTo ? await lockJoined(tx, how.joinTo, claimed) : undefined
    if (joined) return unlessObstructed(joined, claimed) ?? stop(tx, joined, claimed, 'linked_elsewhere')
    return hasNews(known, claimed, how) ? update(tx, claimed, how) : settledAs(known, claimed)
  }

  /** Is anything new about a linked account? Most often not, and then nothing is written. */
  function hasNews(known: store.AccountRow, claimed: Claimed, how: SettleOptions): boolean {
    const email = addressOf(claimed)
    return [
      takesIdentity(known, claimed),
      !vault.isCurrent(known.match_key ?? ''),
      !atLeast(known.level, claimed.level),
      email !== undefined && known.email_key !== vault.addressKey(known.person, mailboxOf(email)),
      known.language === null && how.language !== undefined,
      how.joinTo === known.person && how.joinedBy !== undefined,
    ].includes(true)
  }

  function takesIdentity(known: store.AccountRow, claimed: Claimed): boolean {
    const stored = { level: known.identity_level, digest: known.identity_digest }
    return decideIdentity(stored, { level: claimed.level, digest: vault.identityDigest(claimed.identity) }) === 'take'
  }

  /** Reads again under lock, then writes what is new: once to the person and once to the link. */
  async function update(tx: Tx, claimed: Claimed, how: SettleOptions): Promise<Settled | Stopped> {
    const accountKey = vault.accountKey(claimed)
    const before = await store.account(tx, accountKey)
    const person = before && (await store.lockPerson(tx, before.person))
    const known = person && (await store.account(tx, accountKey))
    // Taken away by a split or erased in this very moment: it begins again.
    if (!known || known.person !== person.id) return settle(tx, claimed, how)
    const joint = await jointLevel(tx, known, claimed, how)
    const link = { ...known, level: higherOf(known.level, claimed.level), serves: servesOf(known, claimed, joint) }
    const takes = takesIdentity(known, claimed)
    await store.updatePerson(tx, person.id, {
      ...(atLeast(person.highest_level, claimed.level) ? {} : { highest_level: claimed.level }),
      ...(person.language === null && how.language ? { language: how.language } : {}),
      ...(takes ? takeIdentity(tx, person, claimed) : rekeyed(person)),
    })
    await store.updateLink(tx, known.link, {
      level: link.level,
      serves: link.serves,
      ...(takes ? { identity_digest: vault.identityDigest(claimed.identity) } : {}),
      ...sealedEmail(person, known.link, claimed),
    })
    return settledAs({ ...link, highest_level: person.highest_level }, claimed)
  }

  // ── A first link ──────────────────────────────────────────────────────────────────────────────────────────────────

  function unlessObstructed(person: store.LockedPerson, claimed: Claimed): Obstructed | undefined {
    const obstacle = obstacleTo(person, claimed)
    return obstacle && { kind: obstacle }
  }

  /** Who has signed in with another account as well; a citizen and a professional are never one person. */
  async function lockJoined(tx: Tx, person: PersonId, claimed: Claimed): Promise<store.LockedPerson | undefined> {
    const row = await store.lockPerson(tx, person)
    if (row?.kind === claimed.identity.kind) return row
    log('a joint sign-in joins nothing: erased, or a citizen and a professional', {
      person,
      provider: claimed.provider,
    })
    return undefined
  }

  async function join(tx: Tx, person: store.PersonRow, claimed: Claimed, how: SettleOptions) {
    const stored = identityOf(person)
    if (!stored || !identitiesAgree(stored, claimed.identity)) return stop(tx, person, claimed, 'identities_differ')
    const arriving = { person: person.id, serves: claimed.level }
    const joint = await jointLevel(tx, arriving, claimed, how)
    return attach(tx, person, claimed, { how: 'both', serves: servesOf(arriving, claimed, joint) })
  }

  /** Adds an account to a person whose row is locked. */
  async function attach(
    tx: Tx,
    person: store.PersonRow,
    claimed: Claimed,
    as: { how: 'match' | 'both'; serves: Level },
  ): Promise<Settled | Stopped> {
    if (await store.hasAccountAt(tx, person.id, claimed.provider)) return stop(tx, person, claimed, 'second_account')
    const digest = vault.identityDigest(claimed.identity)
    const takes = decideIdentity({ level: person.identity_level, digest }, { level: claimed.level, digest }) === 'take'
    await store.updatePerson(tx, person.id, {
      ...(atLeast(person.highest_level, claimed.level) ? {} : { highest_level: claimed.level }),
      ...(takes ? takeIdentity(tx, person, claimed) : rekeyed(person)),
    })
    const link = await insertLink(tx, person, claimed, as)
    return { ...settledAs({ ...person, ...link }, claimed), newLink: true }
  }

  async function create(tx: Tx, claimed: Claimed, how: SettleOptions, as: { homonyms: boolean }): Promise<Settled> {
    const id = newId('person')
    const { key, wrapped } = vault.newKey(id)
    const row: store.PersonRow = {
      id,
      kind: claimed.identity.kind,
      wrapped_key: wrapped,
      language: how.language ?? null,
      highest_level: claimed.level,
      identity: vault.seal(key, `identity ${id}`, JSON.stringify(claimed.identity)),
      identity_level: claimed.level,
      match_key: vault.matchKeys(claimed.identity)[0],
      homonyms: as.homonyms,
    }
    await store.insertPerson(tx, { ...row, at: clock.now() })
    audit.append(tx, {
      name: 'person.created',
      data: { person: id, provider: claimed.provider, level: claimed.level },
    })
    const link = await insertLink(tx, row, claimed, { how: 'first', serves: claimed.level })
    return { ...settledAs({ ...row, ...link }, claimed), created: true, newLink: true }
  }

  async function insertLink(
    tx: Tx,
    person: store.PersonRow,
    claimed: Claimed,
    as: { how: 'first' | 'match' | 'both'; serves: Level },
  ) {
    const link = newId('link')
    const { provider, level } = claimed
    const key = vault.openKey(person.id, person.wrapped_key)
    await store.insertLink(tx, {
      id: link,
      person_id: person.id,
      provider,
      account_key: vault.accountKey(claimed),
      subject: vault.seal(key, `subject ${link}`, claimed.subject),
      level,
      serves: as.serves,
      identity_digest: vault.identityDigest(claimed.identity),
      email: null,
      email_key: null,
      ...sealedEmail(person, link, claimed),
      at: clock.now(),
    })
    audit.append(tx, { name: 'person.linked', data: { person: person.id, link, provider, level, how: as.how } })
    return { person: person.id, link, serves: as.serves }
  }

  async function stop(tx: Tx, person: store.PersonRow, claimed: Claimed, cause: store.Cause): Promise<Stopped> {
    const id = newId('collision')
    const stored = identityOf(person)
    const { collision, isNew } = await store.putCollision(tx, {
      id,
      person_id: person.id,
      provider: claimed.provider,
      account_key: vault.accountKey(claimed),
      subject: vault.seal(vault.openKey(person.id, person.wrapped_key), `collision ${id}`, claimed.subject),
      level: claimed.level,
      cause,
      differing: stored ? differingFields(stored, claimed.identity) : null,
      at: clock.now(),
    })
    if (isNew) {
      const data = { collision, person: person.id, provider: claimed.provider }
      audit.append(tx, { name: 'person.collision_found', data })
    }
    return { kind: 'collision', collision }
  }

  // ── Parts ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * The level of a sign-in by another account of the same person in this login, never above what that account may open.
   * It proves both ways: the other account is confirmed up to the level of this one.
   */
  async function jointLevel(
    tx: Tx,
    arriving: { person: PersonId; link?: LinkId; serves: Level },
    claimed: Claimed,
    how: SettleOptions,
  ): Promise<Level | undefined> {
    if (!how.joinedBy || how.joinTo !== arriving.person || how.joinedBy.link === arriving.link) return undefined
    const other = await store.linkOf(tx, arriving.person, how.joinedBy.link)
    if (!other) return undefined
    if (!atLeast(other.serves, claimed.level)) {
      await store.updateLink(tx, other.id, { serves: claimed.level })
      confirmed(tx, { person: arriving.person, link: other.id, provider: other.provider, level: claimed.level })
    }
    const level = lowerOf(how.joinedBy.level, other.serves)
    if (arriving.link && !atLeast(servesOf(arriving, claimed), level)) {
      confirmed(tx, { person: arriving.person, link: arriving.link, provider: claimed.provider, level })
    }
    return level
  }

  function confirmed(tx: Tx, data: { person: PersonId; link: LinkId; provider: string; level: Level }) {
    audit.append(tx, { name: 'person.link_confirmed', data })
  }

  function identityOf(person: store.PersonRow): Identity | undefined {
    if (!person.identity) return undefined
    const key = vault.openKey(person.id, person.wrapped_key)
    return JSON.parse(vault.open(key, `identity ${person.id}`, person.identity))
  }

  /** The stored identity becomes the claimed one; the fact names the fields that changed. */
  function takeIdentity(tx: Tx, person: store.PersonRow, claimed: Claimed): store.PersonPatch {
    const fields = changedFields(identityOf(person), claimed.identity)
    if (fields.length === 0) return { identity_level: claimed.level, ...rekeyed(person) }
    const { provider, level, identity } = claimed
    audit.append(tx, { name: 'person.identity_changed', data: { person: person.id, provider, level, fields } })
    const key = vault.openKey(person.id, person.wrapped_key)
    return {
      identity: vault.seal(key, `identity ${person.id}`, JSON.stringify(identity)),
      identity_level: level,
      match_key: vault.matchKeys(identity)[0],
    }
  }

  /** A digest made by an older key is made again by the one that writes. */
  function rekeyed(person: store.PersonRow): store.PersonPatch {
    const identity = vault.isCurrent(person.match_key ?? '') ? undefined : identityOf(person)
    return identity ? { match_key: vault.matchKeys(identity)[0] } : {}
  }

  function addressOf(claimed: Claimed): string | undefined {
    return claimed.email === undefined ? undefined : parseAddress(claimed.email)
  }

  /** An address that was not sent this time is not one that was taken back: scopes differ between logins. */
  function sealedEmail(person: store.PersonRow, link: LinkId, claimed: Claimed) {
    const email = addressOf(claimed)
    if (email === undefined) return {}
    const key = vault.openKey(person.id, person.wrapped_key)
    return {
      email: vault.seal(key, `email ${link}`, email),
      email_key: vault.addressKey(person.id, mailboxOf(email)),
    }
  }

  return {
    recognise,
    settle,
    async havingIdentity(handle, identity) {
      const rows = await store.withIdentity(handle, vault.matchKeys(identity))
      return {
        byItself: mayLinkByItself(identity) && !rows.some(({ homonyms }) => homonyms),
        people: rows.map(({ person }) => person),
      }
    },
  }
}

/** A subject is that of whom was held when it was read. */
function withSubject(
  settled: Settled | Stopped,
  { person, subject }: { person: PersonId; subject: string | null },
): Settled | Stopped {
  return 'person' in settled && settled.person === person && subject !== null ? { ...settled, subject } : settled
}

function servesOf(link: { serves: Level }, claimed: Claimed, joint?: Level): Level {
  return [link.serves, claimed.level, ...(joint ? [joint] : [])].reduce(higherOf)
}

/** Levels as they are once this sign-in is settled. */
function provedBy(link: { serves: Level; highest_level: Level }, claimed: Claimed) {
  return { highestLevel: higherOf(link.highest_level, claimed.level), serves: servesOf(link, claimed) }
}

function settledAs(
  known: Pick<store.AccountRow, 'person' | 'link' | 'serves' | 'highest_level'>,
  claimed: Claimed,
): Settled {
  return {
    person: known.person,
    link: known.link,
    created: false,
    newLink: false,
    ...provedBy(known, claimed),
  }
}
