/**
 * Identifiers: a prefix that says what is named, then 128 random bits. One maker for all of them; the type of an id is
 * a template literal, so that a person's id cannot be handed where a connection's is expected.
 */

import type { Instant } from './clock.ts'
import { randomBytes } from './random.ts'

export const idPrefixes = {
  person: 'per',
  link: 'lnk',
  collision: 'col',
  contact: 'cnt',
  partner: 'par',
  version: 'ver',
  session: 'ses',
  device: 'dev',
  connection: 'con',
  message: 'msg',
  key: 'key',
  operator: 'opr',
  operatorSession: 'ops',
  staff: 'stf',
  staffSession: 'sts',
  homologation: 'hom',
  means: 'mea',
  enrolment: 'enr',
  suspension: 'sus',
  incident: 'inc',
  banner: 'ban',
  approval: 'apv',
  apiClient: 'api',
  supportRequest: 'req',
  supportAnswer: 'ans',
  breach: 'brc',
  breachPhase: 'brp',
  statement: 'stm',
  case: 'cas',
  caseParty: 'pty',
  detection: 'det',
  signalStream: 'stm',
  signalSet: 'set',
  signalSource: 'src',
  phone: 'phn',
  eidRequest: 'eir',
  trip: 'trp',
  organisation: 'org',
  representation: 'rpr',
  mandate: 'man',
  mandateUse: 'use',
  membership: 'mbr',
  portfolio: 'pfl',
  assignment: 'asg',
  firmInvitation: 'fiv',
  firmImport: 'fim',
  signing: 'sgg',
  signature: 'sgn',
} as const

export type IdKind = keyof typeof idPrefixes
export type Id<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`

export type PersonId = Id<'person'>
export type LinkId = Id<'link'>
export type CollisionId = Id<'collision'>
export type ContactId = Id<'contact'>
export type SessionId = Id<'session'>
export type DeviceId = Id<'device'>
export type ConnectionId = Id<'connection'>
export type MessageId = Id<'message'>
export type OperatorId = Id<'operator'>
export type OperatorSessionId = Id<'operatorSession'>
/** Somebody who works for a partner. */
export type StaffId = Id<'staff'>
export type StaffSessionId = Id<'staffSession'>
export type HomologationId = Id<'homologation'>
export type MeansId = Id<'means'>
export type EnrolmentId = Id<'enrolment'>
export type SuspensionId = Id<'suspension'>
export type IncidentId = Id<'incident'>
export type BannerId = Id<'banner'>
/** A change that waits for a second operator. */
export type ApprovalId = Id<'approval'>
/** A report that an identity was misused. */
export type CaseId = Id<'case'>
/** A suspicion of the hub's own. */
export type DetectionId = Id<'detection'>
/** A partner concerned by a case, by one of its services or providers. */
export type PartyId = Id<'caseParty'>
/** Security events to one program of a partner (`signals/`), one of these events (its `jti`), and where a partner's own come from. */
export type StreamId = Id<'signalStream'>
export type SetId = Id<'signalSet'>
export type SourceId = Id<'signalSource'>
/** A phone that somebody paired by their card, and a sign-in that waits for one (`eid/`). */
export type PhoneId = Id<'phone'>
export type EidRequestId = Id<'eidRequest'>
/** A stay abroad that somebody declared. */
export type TripId = Id<'trip'>
/** An organisation of the register, and that somebody represents it by law (`directory/`). */
export type OrganisationId = Id<'organisation'>
export type RepresentationId = Id<'representation'>
/** A right to act for an organisation; somebody who works in a firm, a group of its clients, what it gave to whom (`mandates/`). */
export type MandateId = Id<'mandate'>
export type MandateUseId = Id<'mandateUse'>
export type MembershipId = Id<'membership'>
export type PortfolioId = Id<'portfolio'>
export type AssignmentId = Id<'assignment'>
/** A link into a firm that was handed over, and a file of many lines that it brought. */
export type FirmInvitationId = Id<'firmInvitation'>
export type FirmImportId = Id<'firmImport'>
/** A text that waits for somebody's signature, and a signature that was made (`signatures/`). */
export type SigningId = Id<'signing'>
export type SignatureId = Id<'signature'>
/** A program that uses the admin API. */
export type ApiClientId = Id<'apiClient'>
export type SupportRequestId = Id<'supportRequest'>
export type SupportAnswerId = Id<'supportAnswer'>
/** An entry of the register of breaches of personal data. */
export type BreachId = Id<'breach'>
/** A notification to an authority: the first one, or what follows it. */
export type BreachPhaseId = Id<'breachPhase'>
/** What the public is told of an incident of the hub. */
export type StatementId = Id<'statement'>

/** Services and providers are named by their partner, in kebab case: `health-refunds`. It is also the `client_id`. */
export type ServiceId = string
export type ProviderId = string

/** A login in progress. The engine draws it: at least 126 random bits, in the URL of the login's pages. */
export type FlowId = string

/** A new id that tells nothing: 128 random bits. */
export function newId<K extends IdKind>(kind: K): Id<K> {
  return `${idPrefixes[kind]}_${randomBytes(16).toString('base64url')}` as Id<K>
}

/**
 * A new id whose order is that of creation, for tables that only grow: an index on random ids would touch a cold page
 * for each insert. 48 bits of time in hexadecimal, then 96 random bits.
 */
export function newOrderedId<K extends IdKind>(kind: K, at: Instant): Id<K> {
  return `${idPrefixes[kind]}_${at.toString(16).padStart(12, '0')}${randomBytes(12).toString('base64url')}` as Id<K>
}

/** Comes after every ordered id of an earlier instant, and before those of this one: where a search by time begins. */
export function orderedIdAt<K extends IdKind>(kind: K, at: Instant): Id<K> {
  return `${idPrefixes[kind]}_${Math.max(0, at).toString(16).padStart(12, '0')}` as Id<K>
}

/** When an ordered id was made. */
export function instantOfId(id: ConnectionId): Instant {
  return Number.parseInt(id.slice(idPrefixes.connection.length + 1, idPrefixes.connection.length + 13), 16)
}

export function isId<K extends IdKind>(kind: K, value: unknown): value is Id<K> {
  return typeof value === 'string' && /^[a-z]{3}_[\w-]{22,40}$/.test(value) && value.startsWith(`${idPrefixes[kind]}_`)
}

/** A bearer secret of 256 bits, in base64url. Stored only as `hashSecret` of it. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}
