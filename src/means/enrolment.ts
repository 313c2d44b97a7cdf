/**
 * Enrolment: which proof of identity is worth which level, recorded with its date, its agent and where the evidence is
 * kept (R040 to R045); and the identifiers by which people then say who they are. Who a person is, and when stored
 * identity data changes, stays with `people/`: an account here is an account at the provider that the hub itself is.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import { atLeast, highestOf, type Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Identity } from '../kernel/identity.ts'
import { type EnrolmentId, newId, type PersonId, type ProviderId } from '../kernel/ids.ts'
import type { Claimed, People, SettleOptions } from '../people/people.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { canonicalIdentifier, checked, identifierDigest, identifierProblem } from './identifiers.ts'
import type {
  CheckedIdentifier,
  Enrolment,
  EnrolmentRefusal,
  Enrolments,
  NewEnrolment,
  Outcome,
  Proof,
} from './means.ts'
import * as store from './store.ts'

export interface EnrolmentRules {
  /** R040: the weakest sign-in with another provider that proves an identity here. */
  providerLevel: Level
  /** R042: domains of health mailboxes whose owners were checked. */
  healthMailDomains: readonly string[]
}

/** A sign-in that is older than this proves that somebody was there, and not that they are. */
export const proofFreshness = 10 * minute

/** A login name, an address and a number. Failures are counted by identifier, so more would be more guesses. */
const mostIdentifiers = 3

/**
 * What a proof is worth. Seen on a photo, a face may be that of a photo; seen on video or at a desk it is there. None
 * reaches the highest level: that takes a check of the document's chip or of the register that issued it.
 */
export function decideProof(
  proof: Proof,
  rules: EnrolmentRules,
  now: Instant,
): { level: Level } | { reasons: EnrolmentRefusal[] } {
  switch (proof.kind) {
    case 'provider': {
      const found: [EnrolmentRefusal, boolean][] = [
        ['provider_level_too_low', !atLeast(proof.level, rules.providerLevel)],
        ['proof_too_old', now - proof.authTime > proofFreshness],
      ]
      const reasons = found.filter(([, holds]) => holds).map(([reason]) => reason)
      return reasons.length > 0 ? { reasons } : { level: proof.level }
    }
    case 'document':
      if (proof.seen === 'document_only') return { reasons: ['document_without_presence'] }
      return { level: proof.seen === 'photo' ? 'eidas1' : 'eidas2' }
    case 'health_mailbox':
      return isInDomain(proof.address, rules.healthMailDomains)
        ? { level: 'eidas1' }
        : { reasons: ['mailbox_not_secured'] }
    case 'invitation':
      return { level: 'eidas1' }
  }
}

/** The address is in one of the domains, or in a domain below one. */
export function isInDomain(address: string, domains: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
  return domains.some((one) => domain === one || domain.endsWith(`.${one}`))
}

const detailOf = (proof: Proof): string | null =>
  proof.kind === 'provider' ? proof.provider : proof.kind === 'document' ? proof.seen : null

export interface EnrolmentParts {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: People
  /** Of the room. */
  key: Buffer
  rules: EnrolmentRules
  /** The provider that the hub itself is. */
  provider: ProviderId
  inRegister: (nationalId: string) => Promise<'known' | 'unknown' | 'no_edition'>
}

export function createEnrolments(options: EnrolmentParts): Enrolments {
  const { storage, clock, audit, people, key, rules, provider, inRegister } = options

  function refused(tx: Tx, person: PersonId | null, actor: Actor, ...reasons: EnrolmentRefusal[]) {
    for (const reason of reasons) audit.append(tx, { name: 'enrolment.refused', data: { person, reason, actor } })
    return { ok: false as const, reasons }
  }

  async function write(
    tx: Tx,
    given: NewEnrolment,
    as: { enrolment: EnrolmentId; person: PersonId; level: Level },
  ): Promise<Outcome<Enrolment, EnrolmentRefusal>> {
    const { enrolment, person, level } = as
    const { proof, agent, evidence, checkedOn } = given
    // What was sent there came back, so it resets a password and hears what changes, like one that the holder adds.
    if (proof.kind === 'health_mailbox') await people.addProvedContact(tx, person, proof.address, level)
    const sealer = await people.sealerOf(tx, person, { hold: true })
    if (!sealer) throw new GarantError('not_found', { person })
    const link = proof.kind === 'provider' ? proof.link : null
    const at = clock.now()
    const sealed = evidence === undefined ? null : sealer.seal(`evidence ${enrolment}`, evidence.slice(0, 200))
    await store.insertEnrolment(tx, {
      id: enrolment,
      person_id: person,
      proof: proof.kind,
      detail: detailOf(proof),
      link,
      agent,
      evidence: sealed,
      level,
      checked_on: checkedOn ?? null,
      at,
    })
    audit.append(tx, {
      name: 'enrolment.recorded',
      data: { person, enrolment, proof: proof.kind, level, actor: agent },
    })
    return {
      ok: true,
      enrolment,
      person,
      level,
      at,
      proof: proof.kind,
      agent,
      ...(proof.kind === 'document' ? { seen: proof.seen } : {}),
      ...(checkedOn ? { checkedOn } : {}),
    }
  }

  /** Undefined when a review must decide first, or the person is frozen. */
  async function settle(tx: Tx, claimed: Claimed, how: SettleOptions = {}): Promise<PersonId | undefined> {
    const settled = await people.settle(tx, claimed, how)
    return 'kind' in settled || settled.frozen ? undefined : settled.person
  }

  /** Why it did not settle. */
  async function stopOf(tx: Tx, person: PersonId | undefined): Promise<'identity_frozen' | 'identity_collision'> {
    return person && (await people.standingOf(person, tx)).frozen ? 'identity_frozen' : 'identity_collision'
  }

  /**
   * Somebody who came through another provider gets an account at the hub itself, confirmed by the sign-in that proved
   * them. An operator gets none: they are nobody to services.
   */
  async function openAccount(tx: Tx, person: PersonId, subject: string, proof: Proof, level: Level): Promise<boolean> {
    if (proof.kind === 'invitation' || (await accountOf(tx, person))) return true
    const identity = await people.identityOf(tx, person)
    if (!identity) return true
    const joinedBy = proof.kind === 'provider' ? { joinedBy: { link: proof.link, level: proof.level } } : {}
    return (await settle(tx, { provider, subject, level, identity }, { joinTo: person, ...joinedBy })) === person
  }

  /** The account of a person at the hub itself; one that has none yet gets the name of the enrolment. */
  async function accountOf(tx: Handle, person: PersonId): Promise<string | undefined> {
    return (await people.linksOf(tx, person)).find((link) => link.provider === provider)?.subject
  }

  async function addIdentifier(tx: Tx, person: PersonId, identifier: CheckedIdentifier) {
    const digest = identifierDigest(key, identifier.value)
    const sealer = await people.sealerOf(tx, person, { hold: true })
    if (!sealer) throw new GarantError('not_found', { person })
    const sealed = sealer.seal(`identifier ${digest}`, identifier.value)
    const row = { digest, person, kind: identifier.kind, sealed, at: clock.now() }
    if (!(await store.insertIdentifier(tx, row))) return false
    audit.append(tx, { name: 'identifier.added', data: { person, kind: identifier.kind } })
    return true
  }

  async function strongestOf(handle: Handle, person: PersonId): Promise<Level | undefined> {
    const links = await people.linksOf(handle, person)
    const checks = await store.enrolmentsOf(handle, person)
    return highestOf([...links, ...checks].map(({ level }) => level))
  }

  return {
    strongestOf,
    weigh: (proof) => decideProof(proof, rules, clock.now()),

    async check({ kind, value }) {
      const problem = identifierProblem({ kind, value })
      if (problem) return { ok: false, reasons: [problem] }
      const canonical = canonicalIdentifier(value)
      if (kind === 'rpps') {
        const answer = await inRegister(canonical)
        if (answer === 'unknown') return { ok: false, reasons: ['identifier_not_in_register'] }
        if (answer === 'no_edition') return { ok: false, reasons: ['register_absent'] }
      }
      return { ok: true, identifier: { [checked]: true, kind, value: canonical } }
    },

    async record(tx, given) {
      const decided = decideProof(given.proof, rules, clock.now())
      if ('reasons' in decided) return refused(tx, given.person ?? null, given.agent, ...decided.reasons)
      const enrolment = newId('enrolment')
      if (given.person) {
        const { person, proof } = given
        if (await openAccount(tx, person, enrolment, proof, decided.level)) {
          return write(tx, given, { enrolment, person, level: decided.level })
        }
        return refused(tx, person, given.agent, await stopOf(tx, person))
      }
      const { identity, identifier } = given
      if (!belongs(identity, identifier)) return refused(tx, null, given.agent, 'identifier_of_somebody_else')
      // Asked before anything is made: a refusal leaves nothing behind.
      if (await store.personByIdentifier(tx, identifierDigest(key, identifier.value))) {
        return refused(tx, null, given.agent, 'identifier_taken')
      }
      const person = await settle(tx, { provider, subject: enrolment, level: decided.level, identity })
      if (!person) return refused(tx, null, given.agent, 'identity_collision')
      if (!(await addIdentifier(tx, person, identifier))) throw new GarantError('internal', { person })
      return write(tx, given, { enrolment, person, level: decided.level })
    },

    async changeIdentity(tx, given) {
      const { person, identity, before, agent } = given
      const decided = decideProof(given.proof, rules, clock.now())
      if ('reasons' in decided) return refused(tx, person, agent, ...decided.reasons)
      const strongest = await strongestOf(tx, person)
      if (strongest && !atLeast(decided.level, strongest)) return refused(tx, person, agent, 'proof_weaker_than_before')
      // Of two agents at once the second one reads what the first one wrote.
      await store.lockPersonsMeans(tx, person)
      const stored = await people.identityOf(tx, person)
      if (before && !isDeepStrictEqual(before, stored)) return refused(tx, person, agent, 'identity_changed_meanwhile')
      const { byItself, people: same } = await people.havingIdentity(tx, identity)
      if (byItself && same.some((one) => one !== person)) return refused(tx, person, agent, 'identity_collision')
      const enrolment = newId('enrolment')
      // With the identity that is stored: an account that joins a person cannot change who they are.
      if (!(await openAccount(tx, person, enrolment, given.proof, decided.level))) {
        return refused(tx, person, agent, await stopOf(tx, person))
      }
      const subject = (await accountOf(tx, person)) ?? enrolment
      const settled = await settle(tx, { provider, subject, level: decided.level, identity }, { joinTo: person })
      if (settled !== person) return refused(tx, person, agent, await stopOf(tx, person))
      return write(tx, given, { enrolment, person, level: decided.level })
    },

    async addIdentifier(tx, person, identifier) {
      const identity = await people.identityOf(tx, person)
      if (identity && !belongs(identity, identifier)) return { ok: false, reasons: ['identifier_of_somebody_else'] }
      await store.lockPersonsMeans(tx, person)
      if ((await store.identifiersOf(tx, person)).length >= mostIdentifiers) {
        return { ok: false, reasons: ['too_many_identifiers'] }
      }
      if (await addIdentifier(tx, person, identifier)) return { ok: true, person }
      return { ok: false, reasons: ['identifier_taken'] }
    },

    async removeIdentifier(tx, person, identifier) {
      const digest = identifierDigest(key, identifier)
      const kind = (await store.identifiersOf(tx, person)).find((row) => row.digest === digest)?.kind
      if (!kind || !(await store.deleteIdentifier(tx, person, digest))) return false
      audit.append(tx, { name: 'identifier.removed', data: { person, kind } })
      return true
    },

    personOf: (identifier) => store.personByIdentifier(storage.db, identifierDigest(key, identifier)),

    async of(handle, person) {
      const rows = await store.enrolmentsOf(handle, person)
      return rows.map(viewOf)
    },

    async identifiersOf(handle, person) {
      const sealer = await people.sealerOf(handle, person)
      const rows = sealer ? await store.identifiersOf(handle, person) : []
      return rows.map(({ kind, digest, sealed }) => ({
        kind,
        value: sealer?.open(`identifier ${digest}`, sealed) ?? '',
      }))
    },
  }
}

function viewOf(row: store.EnrolmentRow): Enrolment {
  const seen = row.proof === 'document' ? (row.detail as Enrolment['seen']) : undefined
  return {
    enrolment: row.id,
    person: row.person_id,
    level: row.level,
    at: row.at.getTime(),
    proof: row.proof,
    agent: row.agent,
    ...(seen ? { seen } : {}),
    ...(row.checked_on ? { checkedOn: row.checked_on } : {}),
  }
}

/** A number of the register is that of the professional, and no citizen has one. */
function belongs(identity: Identity, identifier: CheckedIdentifier): boolean {
  if (identifier.kind !== 'rpps') return true
  return identity.kind === 'professional' && identity.nationalId === identifier.value
}
