/**
 * The closed list of facts. Each has a dotted name, a category (for its retention), and typed fields of identifiers and
 * closed words. `docs/facts.md` is generated from it and compared in the tests.
 */
import type { Level } from '../kernel/assurance.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type {
  CollisionId,
  ConnectionId,
  ContactId,
  DeviceId,
  LinkId,
  MessageId,
  PersonId,
  SessionId,
} from '../kernel/ids.ts'

export type Category = 'security' | 'connection' | 'administration'

/** Who did it: a person, an operator or a partner's staff by id, the command line, or the hub itself. */
export type Actor = { kind: 'person'; id: PersonId } | { kind: 'command' } | { kind: 'hub' }

interface FactData {
  /** A person was authenticated towards a service and the code is about to exist. */
  'connection.authorised': {
    connection: ConnectionId
    person: PersonId
    service: string
    provider: string
    level: Level
    amr: string[]
    /** True when an existing session answered, without a new authentication. */
    reused: boolean
    session: SessionId
    device: DeviceId | null
    /** Is the person told of it, and as what? `alerts/` writes the message. */
    alert: 'none' | 'unusual' | 'suspicious'
  }
  /** The service redeemed the code. */
  'connection.completed': { connection: ConnectionId; service: string }
  /** A login ended without a code. */
  'connection.refused': {
    connection: ConnectionId
    person: PersonId | null
    service: string
    provider: string | null
    reason: ErrorName
  }
  /** A code was presented a second time; the tokens that came from it were revoked. */
  'code.replayed': { connection: ConnectionId | null; service: string }
  /** Somebody asked for a provider that the page does not offer them. */
  'provider.forged_choice': { service: string; provider: string; reason: ErrorName }
  /** A provider's answer was not acceptable: signature, issuer, nonce, claims, level. */
  'provider.answer_refused': { provider: string; service: string; reason: string }
  'person.created': { person: PersonId; provider: string; level: Level }
  'person.linked': {
    person: PersonId
    link: LinkId
    provider: string
    level: Level
    how: 'first' | 'match' | 'both' | 'review'
  }
  'person.identity_changed': { person: PersonId; provider: string; level: Level; fields: string[] }
  'person.collision_found': { collision: CollisionId; person: PersonId; provider: string }
  'person.collision_resolved': { collision: CollisionId; outcome: 'same' | 'different'; actor: Actor }
  'person.split': { person: PersonId; into: PersonId; links: LinkId[]; actor: Actor }
  /** Two accounts were signed in to together; this one now opens more than its own level. */
  'person.link_confirmed': { person: PersonId; link: LinkId; provider: string; level: Level }
  'person.erased': { person: PersonId; actor: Actor }
  'contact.added': { person: PersonId; contact: ContactId; channel: 'email'; level: Level }
  'contact.verified': { person: PersonId; contact: ContactId; level: Level }
  'contact.removed': { person: PersonId; contact: ContactId; level: Level }
  'session.started': { session: SessionId; person: PersonId; provider: string; level: Level }
  'session.ended': {
    session: SessionId
    person: PersonId
    reason: 'logout' | 'replaced' | 'revoked' | 'expired'
    services: string[]
  }
  'device.recognised': { device: DeviceId; person: PersonId; standing: 'new' | 'trusted' | 'shared' }
  'alert.sent': { message: MessageId; person: PersonId | null; kind: string; channel: 'email' }
  'alert.failed': { message: MessageId; kind: string; attempts: number }
  'logout.notified': { session: SessionId; service: string; status: 'accepted' | 'refused' | 'given_up' }
  'partners.published': {
    kind: 'service' | 'provider' | 'partner'
    id: string
    version: number
    change: 'added' | 'changed' | 'restored' | 'archived'
    actor: Actor
  }
  'provider.suspended': { provider: string; category: 'maintenance' | 'security' | 'other'; actor: Actor }
  'provider.hidden': { provider: string; actor: Actor }
  'provider.restored': { provider: string; actor: Actor }
  'key.created': { key: string; purpose: string; actor: Actor }
  'key.retired': { key: string; purpose: string; actor: Actor }
  'hub.started': { version: string }
  /** Facts whose time had come were deleted; their leaves stay in the tree. */
  'journal.expired': { facts: number }
}

export type FactName = keyof FactData
export type Fact = { [N in FactName]: { name: N; data: FactData[N] } }[FactName]

/** Each name with its category and one sentence for `docs/facts.md`. */
export const factList: Record<FactName, { category: Category; says: string }> = {
  'connection.authorised': {
    category: 'connection',
    says: 'A person was authenticated towards a service; the code is about to exist.',
  },
  'connection.completed': { category: 'connection', says: 'The service redeemed the code.' },
  'connection.refused': { category: 'connection', says: 'A login ended without a code.' },
  'code.replayed': {
    category: 'security',
    says: 'A code was presented again; the tokens that came from it were revoked.',
  },
  'provider.forged_choice': {
    category: 'security',
    says: 'Somebody asked for a provider that the page does not offer them.',
  },
  'provider.answer_refused': { category: 'security', says: "A provider's answer was not acceptable." },
  'person.created': { category: 'administration', says: 'A person became known.' },
  'person.linked': { category: 'administration', says: 'An account at a provider was attached to a person.' },
  'person.identity_changed': {
    category: 'administration',
    says: 'Stored identity data changed, on a proof at least as strong.',
  },
  'person.collision_found': {
    category: 'security',
    says: 'One provider asserted one identity for two accounts; a review waits.',
  },
  'person.collision_resolved': { category: 'security', says: 'A review was decided.' },
  'person.split': { category: 'security', says: 'A person was split into two, with their history.' },
  'person.link_confirmed': {
    category: 'security',
    says: 'An account was confirmed by a stronger one in the same login.',
  },
  'person.erased': { category: 'administration', says: "A person's key was destroyed: nothing of them can be read." },
  'contact.added': { category: 'administration', says: 'A contact was given, not yet verified.' },
  'contact.verified': { category: 'administration', says: 'A contact was proved by a code.' },
  'contact.removed': { category: 'administration', says: 'A contact was removed.' },
  'session.started': { category: 'connection', says: 'A browser session began.' },
  'session.ended': { category: 'connection', says: 'A browser session ended; the services listed are told.' },
  'device.recognised': { category: 'connection', says: 'A device was seen with a person.' },
  'alert.sent': { category: 'administration', says: 'A message left for a person.' },
  'alert.failed': { category: 'administration', says: 'A message could not be delivered.' },
  'logout.notified': { category: 'administration', says: 'A service answered, or not, to a back-channel logout.' },
  'partners.published': {
    category: 'administration',
    says: 'The settings of a service, a provider or a partner changed.',
  },
  'provider.suspended': { category: 'security', says: 'A provider was put out of use, visibly.' },
  'provider.hidden': { category: 'administration', says: 'A provider left the page, reachable by a hint only.' },
  'provider.restored': { category: 'security', says: 'A provider came back into use.' },
  'key.created': { category: 'security', says: 'A key was made.' },
  'key.retired': { category: 'security', says: 'A key signs no more.' },
  'hub.started': { category: 'administration', says: 'A process of the hub started.' },
  'journal.expired': { category: 'administration', says: 'Facts were deleted at the end of their time.' },
}
