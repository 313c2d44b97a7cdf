/**
 * Whose means are when a review finds that accounts of one person are somebody else's (`people/`), and what becomes of
 * them. What is known to be of the account that left goes along, sealed with the key of whom it is now; what is known to
 * be of those that stay stays; what nobody can know is suspended until a manager of means has asked (R047).
 *
 * Known is: by which account an identity was proved, and in the session of which account a means was added. The hub's own
 * account is one of the accounts. Whoever shared it may have changed anything in it since: from the instant at which an
 * account that leaves was attached, what was added or changed by the own account is nobody's for sure.
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { compareLevels } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { EnrolmentId, LinkId, MeansId, PersonId, ProviderId } from '../kernel/ids.ts'
import type { Keeper, Passed, PassedLink, People, Sealer } from '../people/people.ts'
import type { Tx } from '../storage/storage.ts'
import type { Holding } from './holding.ts'
import type { Proof } from './means.ts'
import { userHandle } from './passkeys.ts'
import * as store from './store.ts'

/** What is known of a review, to decide by. */
export interface Parting {
  /** The hub's own account is among those that left. */
  ownLeft: boolean
  /** Links that left, and that stay. */
  gone: ReadonlySet<LinkId>
  kept: ReadonlySet<LinkId>
  /** The own account's link, on whichever side. */
  own?: LinkId
  /** Nothing stays: who was split from is nobody any more. */
  all: boolean
  /** The first instant at which two may have shared the own account. */
  since: Instant
}

/** An enrolment goes with the account that proved it; one before an agent goes with the own account that it was for. */
export function decideEnrolment(proof: { kind: Proof['kind']; link?: LinkId }, parting: Parting): 'goes' | 'stays' {
  if (parting.all) return 'goes'
  if (proof.kind === 'invitation') return 'stays'
  if (proof.link && parting.gone.has(proof.link)) return 'goes'
  if (proof.link && parting.kept.has(proof.link)) return 'stays'
  return parting.ownLeft ? 'goes' : 'stays'
}

/** `ends`: of whoever leaves, under a proof of who stays: it says nothing true of either. */
export type Fate = 'goes' | 'stays' | 'suspended' | 'ends'

export function decideMeans(
  means: { via?: LinkId; enrolment: 'goes' | 'stays'; bornAt: Instant; changedAt?: Instant },
  parting: Parting,
): Fate {
  const { via, enrolment, bornAt, changedAt } = means
  if (parting.all) return 'goes'
  if (via === undefined) {
    if (enrolment === 'goes') return 'goes'
    return parting.ownLeft || isChanged() ? 'suspended' : 'stays'
  }
  if (via === parting.own) {
    if (parting.ownLeft) return enrolment === 'goes' ? 'goes' : 'suspended'
    return enrolment === 'goes' || bornAt >= parting.since || isChanged() ? 'suspended' : 'stays'
  }
  if (parting.gone.has(via)) return enrolment === 'goes' ? 'goes' : 'ends'
  return enrolment === 'goes' || isChanged() ? 'suspended' : 'stays'

  function isChanged(): boolean {
    return changedAt !== undefined && changedAt >= parting.since
  }
}

export interface FollowingParts {
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: People
  key: Buffer
  holding: Holding
  /** The provider that the hub itself is. */
  provider: ProviderId
}

export function createFollowing(options: FollowingParts): Keeper['follow'] {
  const { clock, audit, people, key, holding, provider } = options

  function partingOf({ links, left }: Passed): Parting {
    const isOwn = (link: PassedLink) => link.provider === provider
    const own = [...links, ...left].find(isOwn)?.link
    return {
      ownLeft: links.some(isOwn),
      gone: new Set(links.map(({ link }) => link)),
      kept: new Set(left.map(({ link }) => link)),
      ...(own ? { own } : {}),
      all: left.length === 0,
      since: Math.min(...links.map(({ at }) => at)),
    }
  }

  /** Enrolments by what becomes of them; those that go are sealed anew. */
  async function followEnrolments(tx: Tx, passed: Passed, parting: Parting, seals: { from: Sealer; to: Sealer }) {
    const { from, to, actor } = passed
    const fates = new Map<EnrolmentId, 'goes' | 'stays'>()
    for (const row of await store.lockEnrolments(tx, from)) {
      const fate = decideEnrolment({ kind: row.proof, ...(row.link ? { link: row.link } : {}) }, parting)
      fates.set(row.id, fate)
      if (fate === 'stays') continue
      const place = `evidence ${row.id}`
      const evidence = row.evidence && seals.to.seal(place, seals.from.open(place, row.evidence))
      await store.giveEnrolment(tx, { enrolment: row.id, from, to, evidence })
      audit.append(tx, { name: 'enrolment.moved', data: { enrolment: row.id, person: from, into: to, actor } })
      passed.also([row.id])
    }
    return fates
  }

  /** The own account is what identifiers lead to. A number of the register belongs to an identity, and stays with it. */
  async function followIdentifiers(tx: Tx, passed: Passed, parting: Parting, seals: { from: Sealer; to: Sealer }) {
    if (!parting.all && !parting.ownLeft) return
    const { from, to, actor } = passed
    const identity = await people.identityOf(tx, to)
    for (const { digest, kind, sealed } of await store.identifiersOf(tx, from)) {
      const place = `identifier ${digest}`
      const value = seals.from.open(place, sealed)
      const isTheirs = kind !== 'rpps' || (identity?.kind === 'professional' && identity.nationalId === value)
      if (!isTheirs) continue
      await store.giveIdentifier(tx, { digest, from, to, sealed: seals.to.seal(place, value) })
      audit.append(tx, { name: 'identifier.moved', data: { kind, person: from, into: to, actor } })
    }
  }

  async function end(tx: Tx, means: MeansId, person: PersonId, actor: Actor): Promise<void> {
    await store.changeState(tx, { means, state: 'revoked', suspendedBy: null, at: clock.now() })
    audit.append(tx, { name: 'means.revoked', data: { person, means, reason: 'review', actor } })
  }

  /** Until a manager has asked: a holder cannot bring it back, as nobody knows who that is. */
  async function suspend(tx: Tx, row: store.MovableRow, person: PersonId, actor: Actor): Promise<void> {
    if (row.state === 'pending') return end(tx, row.id, person, actor)
    await store.changeState(tx, { means: row.id, state: 'suspended', suspendedBy: 'manager', at: clock.now() })
    audit.append(tx, { name: 'means.suspended', data: { person, means: row.id, reason: 'review', actor } })
  }

  async function give(tx: Tx, row: store.MovableRow, passed: Passed, seals: { from: Sealer; to: Sealer }) {
    const { from, to, actor } = passed
    const again = (place: string, sealed: Buffer) => seals.to.seal(place, seals.from.open(place, sealed))
    await store.giveMeans(tx, {
      means: row.id,
      from,
      to,
      label: again(`label ${row.id}`, row.label),
      secret: row.secret && again(`secret ${row.id}`, row.secret),
      // An authenticator says for ever the handle that it was given.
      details: row.kind === 'passkey' ? { userHandle: userHandle(key, from), ...row.details } : row.details,
    })
    audit.append(tx, { name: 'means.moved', data: { means: row.id, person: from, into: to, actor } })
    passed.also([row.id])
  }

  /** What cannot go along although it is theirs. */
  async function canGo(tx: Tx, row: store.MovableRow, passed: Passed): Promise<boolean> {
    // Their digests are bound to the person: they open nothing with another one.
    if (row.kind === 'recovery_codes') return false
    if (row.kind === 'mail_code') return passed.contacts.some((contact) => contact === row.details.contact)
    // Of two passwords one serves: that of the account that was there.
    return row.kind !== 'password' || !(await store.hasPresent(tx, passed.to, 'password'))
  }

  /** Means without an account at the hub open nothing: they wait until a manager enrols the person anew. */
  async function suspendWithoutAccount(tx: Tx, person: PersonId, actor: Actor): Promise<void> {
    if ((await people.linksOf(tx, person)).some((link) => link.provider === provider)) return
    for (const row of await store.lockMeansOf(tx, person)) {
      if (row.state === 'active' || row.state === 'pending') await suspend(tx, row, person, actor)
    }
  }

  /** What stays while its enrolment goes says from now on the least that is proved of who stays. False: nothing is. */
  async function putUnderAnother(tx: Tx, row: store.MovableRow): Promise<boolean> {
    const [weakest] = (await store.enrolmentsOf(tx, row.person_id)).toSorted((a, b) => compareLevels(a.level, b.level))
    if (weakest) await store.putUnder(tx, row.id, weakest.id)
    return weakest !== undefined
  }

  return async (tx, passed) => {
    const { from, to, actor } = passed
    const parting = partingOf(passed)
    const seals = { from: await holding.sealerOf(tx, from), to: await holding.sealerOf(tx, to) }
    const enrolments = await followEnrolments(tx, passed, parting, seals)
    await followIdentifiers(tx, passed, parting, seals)
    // An activation that waits was given before anybody knew.
    await store.deleteActivation(tx, from)
    let hasMoved = false
    for (const row of await store.lockMeansOf(tx, from)) {
      const enrolment = enrolments.get(row.enrolment_id) ?? 'stays'
      const isOver = row.state === 'revoked' || row.state === 'expired'
      const fate = isOver ? enrolment : fateOf(row, enrolment, parting, passed)
      if (fate === 'goes') {
        if (!isOver && !(await canGo(tx, row, passed))) await end(tx, row.id, to, actor)
        await give(tx, row, passed, seals)
        hasMoved = true
      } else if (enrolment === 'goes' && !(await putUnderAnother(tx, row))) {
        await end(tx, row.id, to, actor)
        await give(tx, row, passed, seals)
      } else if (fate === 'ends') await end(tx, row.id, from, actor)
      else if (fate === 'suspended') await suspend(tx, row, from, actor)
    }
    if (hasMoved) {
      await store.forgetCodes(tx, [`numbers ${from}`])
      await store.shareFailures(tx, { from: holding.secondFactorKey(from), to: holding.secondFactorKey(to) })
    }
    for (const person of [from, to]) await suspendWithoutAccount(tx, person, actor)
  }
}

function fateOf(row: store.MovableRow, enrolment: 'goes' | 'stays', parting: Parting, { contacts }: Passed): Fate {
  const fate = decideMeans(
    {
      ...(row.via_link ? { via: row.via_link } : {}),
      enrolment,
      bornAt: row.created_at.getTime(),
      ...(row.changed_at ? { changedAt: row.changed_at.getTime() } : {}),
    },
    parting,
  )
  // A code to a mailbox that is the other one's now.
  const lost = row.kind === 'mail_code' && contacts.some((one) => one === row.details.contact)
  return lost && fate !== 'goes' ? 'ends' : fate
}
