/**
 * What somebody decides after the fact: a collision was one human or two, one person was two humans, a person is to be
 * forgotten.
 *
 * Who keeps what in a split. The person who is split stays with the accounts that are not named, and with everything
 * that was the human's before: every pairwise subject, the identity, the contacts. The accounts taken away go to a new
 * person who begins with nothing of that: new subjects at every service, no identity until their own provider asserts one
 * again, only the contacts that they brought. So whoever splits names the accounts of the intruder, and the intruder
 * keeps no subject of the victim, not even where the victim never was: an account that was opened in the victim's name
 * is the victim's to see and to close. Both lose what the one had confirmed for the other.
 *
 * What other rooms keep of a person follows, or is forgotten, in the same transaction: they registered as keepers. The
 * people concerned are locked first, in the order of their ids, so that two reviews never wait for each other.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { highestOf, lowerOf } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Identity } from '../kernel/identity.ts'
import { type ContactId, type LinkId, newId, type PersonId } from '../kernel/ids.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { mailboxOf } from './address.ts'
import { differingFields } from './canonical.ts'
import type { CollisionCase, Keeper, MovedLink, Passed, PassedLink, People } from './people.ts'
import { refuseFrozen, standingIn } from './protections.ts'
import * as store from './store.ts'
import type { Vault } from './vault.ts'

type Review = Pick<People, 'collisions' | 'collision' | 'resolveCollision' | 'split' | 'erase'>

/** A person and the key that opens what is theirs. */
interface Holder {
  id: PersonId
  key: Buffer
}

export interface ReviewOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  vault: Vault
  keepers: readonly Keeper[]
}

export function createReview(options: ReviewOptions): Review {
  const { storage, clock, audit, vault, keepers } = options

  /** A link with what it holds sealed anew: a row opens only with the key of the person it belongs to. */
  function resealed(link: store.LinkRow, from: Holder, to: Holder): store.LinkPatch {
    const email = link.email ? vault.open(from.key, `email ${link.id}`, link.email) : undefined
    return {
      person_id: to.id,
      subject: vault.seal(to.key, `subject ${link.id}`, vault.open(from.key, `subject ${link.id}`, link.subject)),
      email: email ? vault.seal(to.key, `email ${link.id}`, email) : null,
      email_key: email ? vault.addressKey(to.id, mailboxOf(email)) : null,
      serves: link.level,
      identity_digest: null,
    }
  }

  async function holder(tx: Tx, person: PersonId): Promise<store.LockedPerson & Holder> {
    const row = await store.lockPerson(tx, person, { whole: true })
    if (!row) throw new GarantError('not_found', { person })
    return { ...row, key: vault.openKey(person, row.wrapped_key) }
  }

  /** The other rooms take along what is theirs to take. */
  async function follow(tx: Tx, passed: Omit<Passed, 'ids' | 'also'>): Promise<void> {
    const ids = new Set<string>()
    const also = (more: readonly string[]) => {
      for (const id of more) ids.add(id)
    }
    for (const keeper of keepers) await keeper.follow(tx, { ...passed, ids, also })
  }

  /** The review says that the account is this person's: it is linked, or taken from whom it was linked to. */
  async function giveAccount(tx: Tx, collision: store.CollisionRow, actor: Actor): Promise<MovedLink | undefined> {
    const before = await store.linkByAccount(tx, collision.account_key)
    const concerned = new Set([collision.person_id, ...(before ? [before.person_id] : [])])
    // To a frozen identity nothing is linked, whoever decides; an intruder's account is taken away all the same (`split`).
    for (const one of [...concerned].sort()) refuseFrozen(one, standingIn(await holder(tx, one), clock.now()))
    const person = await holder(tx, collision.person_id)
    const existing = await store.linkByAccount(tx, collision.account_key)
    // Linked, or given to a third one, while this waited: it is decided again.
    if (existing?.person_id !== before?.person_id) throw new GarantError('not_found', { collision: collision.id })
    const link = existing?.id ?? (await linkReviewed(tx, collision, person))
    const { provider, level } = collision
    audit.append(tx, { name: 'person.linked', data: { person: person.id, link, provider, level, how: 'review' } })
    const highest = highestOf([person.highest_level, existing?.level ?? level])
    await store.updatePerson(tx, person.id, highest ? { highest_level: highest } : {})
    return existing && existing.person_id !== person.id ? takeLink(tx, existing, person, actor) : undefined
  }

  async function takeLink(tx: Tx, link: store.LinkRow, to: Holder, actor: Actor): Promise<MovedLink> {
    const from = await holder(tx, link.person_id)
    await store.updateLink(tx, link.id, resealed(link, from, to))
    const left = await store.linksOf(tx, from.id)
    const isNobody = left.length === 0
    // Whoever has their identity comes to the one that they are now.
    if (isNobody) {
      await store.updatePerson(tx, from.id, { identity: null, identity_level: null, match_key: null })
      await store.passBlocks(tx, from.id, to.id)
    }
    await follow(tx, {
      from: from.id,
      to: to.id,
      links: [link].map(passedLink),
      left: left.map(passedLink),
      contacts: await moveContacts(tx, isNobody ? 'all' : [link.id], from, to),
      sectors: isNobody ? await store.passSubjects(tx, from.id, to.id) : [],
      actor,
    })
    return { from: from.id, to: to.id, link: link.id, provider: link.provider }
  }

  async function linkReviewed(tx: Tx, collision: store.CollisionRow, person: Holder): Promise<LinkId> {
    const link = newId('link')
    const subject = vault.open(person.key, `collision ${collision.id}`, collision.subject)
    await store.insertLink(tx, {
      id: link,
      person_id: person.id,
      provider: collision.provider,
      account_key: collision.account_key,
      subject: vault.seal(person.key, `subject ${link}`, subject),
      level: collision.level,
      serves: collision.level,
      identity_digest: null,
      email: null,
      email_key: null,
      at: clock.now(),
    })
    return link
  }

  /** Returns those that are the other one's now. A mailbox that the other one has already is not kept twice. */
  async function moveContacts(tx: Tx, via: readonly LinkId[] | 'all', from: Holder, to: Holder): Promise<ContactId[]> {
    const moved: ContactId[] = []
    for (const contact of await store.contactsVia(tx, from.id, via)) {
      const address = vault.open(from.key, `address ${contact.id}`, contact.address)
      const addressKey = vault.addressKey(to.id, mailboxOf(address))
      if (contact.removed_at === null && (await store.hasAddress(tx, to.id, addressKey))) {
        await store.deleteContact(tx, from.id, contact.id)
        continue
      }
      await store.moveContact(tx, contact.id, {
        person_id: to.id,
        address: vault.seal(to.key, `address ${contact.id}`, address),
        address_key: addressKey,
        code_hash: null,
      })
      moved.push(contact.id)
    }
    return moved
  }

  /** A person with nothing but a key. Nothing links to them by itself: somebody has the same identity. */
  async function insertBare(tx: Tx, like: store.PersonRow, highest: store.PersonRow['highest_level']): Promise<Holder> {
    const id = newId('person')
    const { key, wrapped } = vault.newKey(id)
    await store.insertPerson(tx, {
      id,
      kind: like.kind,
      wrapped_key: wrapped,
      language: like.language,
      highest_level: highest,
      identity: null,
      identity_level: null,
      match_key: null,
      homonyms: true,
      at: clock.now(),
    })
    return { id, key }
  }

  async function differenceOf(handle: Handle, one: PersonId, other: PersonId) {
    const [a, b] = [await identityOf(handle, one), await identityOf(handle, other)]
    return a && b && a.kind === b.kind ? differingFields(a, b) : undefined
  }

  async function identityOf(handle: Handle, person: PersonId): Promise<Identity | undefined> {
    const row = await store.sealedIdentity(handle, person)
    if (!row?.identity) return undefined
    return JSON.parse(vault.open(vault.openKey(person, row.wrapped_key), `identity ${person}`, row.identity))
  }

  return {
    async collisions() {
      const rows = await store.openCollisions(storage.db)
      return rows.map((row) => ({
        collision: row.id,
        person: row.person_id,
        provider: row.provider,
        cause: row.cause,
        level: row.level,
        at: row.found_at.getTime(),
        ...(row.other && row.other !== row.person_id ? { other: row.other } : {}),
      }))
    },

    async collision(handle, id): Promise<CollisionCase | undefined> {
      const row = await store.collision(handle, id)
      if (!row || row.kind === 'staff') return undefined
      const { kind, person_id: person, resolved_at: resolvedAt, outcome } = row
      const other = row.other && row.other !== person ? row.other : undefined
      const betweenPeople = other && (await differenceOf(handle, person, other))
      return {
        collision: row.id,
        person,
        provider: row.provider,
        cause: row.cause,
        level: row.level,
        at: row.found_at.getTime(),
        kind,
        ...(other ? { other } : {}),
        ...(row.differing ? { differing: row.differing } : {}),
        ...(betweenPeople ? { betweenPeople } : {}),
        accounts: (await store.linksOf(handle, person)).map(accountOf),
        otherAccounts: other ? (await store.linksOf(handle, other)).map(accountOf) : [],
        ...(resolvedAt && outcome ? { decided: { at: resolvedAt.getTime(), outcome } } : {}),
      }
    },

    async resolveCollision(tx, collision, outcome, actor) {
      const open = await store.decideCollision(tx, { collision, outcome, at: clock.now() })
      if (!open) throw new GarantError('not_found', { collision })
      audit.append(tx, { name: 'person.collision_resolved', data: { collision, outcome, actor } })
      if (outcome === 'same') return giveAccount(tx, open, actor)
      // Two humans with one identity: the other one becomes a person of their own at the next sign-in.
      if (open.cause === 'second_account') await store.updatePerson(tx, open.person_id, { homonyms: true })
      return undefined
    },

    async split(tx, person, links, actor) {
      const kept = await holder(tx, person)
      const all = await store.linksOf(tx, person)
      const taken = all.filter(({ id }) => links.includes(id))
      const left = all.filter(({ id }) => !links.includes(id))
      const [takenLevel, leftLevel] = [taken, left].map((some) => highestOf(some.map(({ level }) => level)))
      if (taken.length < new Set(links).size || !takenLevel) throw new GarantError('not_found', { person })
      if (!leftLevel) throw new GarantError('not_allowed', { person, links: links.length })
      const into = await insertBare(tx, kept, takenLevel)
      for (const link of taken) await store.updateLink(tx, link.id, resealed(link, kept, into))
      // What the intruder's provider may have written is replaced by the next sign-in that is as strong as any left.
      for (const link of left) await store.updateLink(tx, link.id, { serves: link.level, identity_digest: null })
      await store.updatePerson(tx, person, {
        highest_level: leftLevel,
        identity_level: lowerOf(kept.identity_level ?? leftLevel, leftLevel),
        homonyms: true,
      })
      audit.append(tx, { name: 'person.split', data: { person, into: into.id, links: [...links], actor } })
      await follow(tx, {
        from: person,
        to: into.id,
        links: taken.map(passedLink),
        left: left.map(passedLink),
        contacts: await moveContacts(tx, links, kept, into),
        sectors: [],
        actor,
      })
      return into.id
    },

    async erase(tx, person, actor = { kind: 'hub' }) {
      const row = await store.lockPerson(tx, person, { whole: true })
      if (!row) return
      if (actor.kind === 'person') refuseFrozen(person, standingIn(row, clock.now()))
      for (const keeper of keepers) await keeper.forget(tx, person)
      await store.erase(tx, person, clock.now())
      audit.append(tx, { name: 'person.erased', data: { person, actor } })
    },
  }
}

const accountOf = ({ id, provider, level, serves, linked_at }: store.LinkRow): CollisionCase['accounts'][number] => ({
  link: id,
  provider,
  level,
  serves,
  at: linked_at.getTime(),
})

const passedLink = ({ id, provider, linked_at }: store.LinkRow): PassedLink => ({
  link: id,
  provider,
  at: linked_at.getTime(),
})
