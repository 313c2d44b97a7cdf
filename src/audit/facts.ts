/**
 * The closed list of facts. Each has a dotted name, a category (for its retention), and typed fields of identifiers and
 * closed words. `docs/facts.md` is generated from it and compared in the tests.
 */
import type { ApiScope } from '../kernel/api-scopes.ts'
import type { Level } from '../kernel/assurance.ts'
import type { CertificateReason } from '../kernel/certificate-reasons.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type {
  ApiClientId,
  ApprovalId,
  AssignmentId,
  BannerId,
  BreachId,
  BreachPhaseId,
  CaseId,
  CollisionId,
  ConnectionId,
  ContactId,
  DetectionId,
  DeviceId,
  EidRequestId,
  EnrolmentId,
  FirmImportId,
  FirmInvitationId,
  HomologationId,
  IncidentId,
  LinkId,
  MandateId,
  MandateUseId,
  MeansId,
  MembershipId,
  MessageId,
  OperatorId,
  OperatorSessionId,
  OrganisationId,
  PartyId,
  PersonId,
  PhoneId,
  PortfolioId,
  RepresentationId,
  SessionId,
  SetId,
  SignatureId,
  SourceId,
  StaffId,
  StaffSessionId,
  StatementId,
  StreamId,
  SupportAnswerId,
  SupportRequestId,
  SuspensionId,
  TripId,
} from '../kernel/ids.ts'
import type { DocumentKind, RepresentationEnd } from '../kernel/representations.ts'
import type { OperatorRole, StaffRole } from '../kernel/roles.ts'
import type { AcceptanceReason } from '../policy/acceptance.ts'
import type { HealthReason } from '../policy/breaker.ts'
import type { FirmRole } from '../policy/firm.ts'
import type { UnusualReason } from '../policy/mandate-uses.ts'

export type Category = 'security' | 'connection' | 'administration'

/** Who did it: a person, an operator, a partner's staff or a program of the admin API by id, the command line, the hub. */
export type Actor =
  | { kind: 'person'; id: PersonId }
  | { kind: 'operator'; id: OperatorId }
  | { kind: 'staff'; id: StaffId }
  | { kind: 'api_client'; id: ApiClientId }
  | { kind: 'command' }
  | { kind: 'hub' }

/** What takes two operators (`approvals/`). */
export type ApprovalKind =
  | 'rotate_keys'
  | 'revoke_keys'
  | 'rotate_secret'
  | 'end_old_secret'
  | 'publish'
  | 'republish'
  | 'invite_operator'
  | 'reinvite_operator'
  | 'register_program'
  | 'program_keys'
  | 'program_scopes'
  | 'freeze_person'
  | 'thaw_person'
  | 'record_representation'
  | 'suspend_mandate'
  | 'resume_mandate'
  | 'end_mandate'

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
    /** For whom the person acts; null for themselves. */
    organisation: OrganisationId | null
    /** By which mandate, where it is not as a legal representative. */
    mandate: MandateId | null
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
  /** The person said that it was not them: by the code of the alert alone, or signed in. Its session is over. */
  'connection.disowned': { person: PersonId; connection: ConnectionId; by: 'code' | 'session' }
  /** The person said, signed in, that it was them; a line that they had disowned is theirs again. */
  'connection.owned': { person: PersonId; connection: ConnectionId }
  /**
   * A report that an identity was misused: by whom it came, whether what was named leads to a person, and the connections
   * in question. `rule`: of the hub's own detection. What was written is not here.
   */
  'case.opened': {
    case: CaseId
    person: PersonId | null
    origin: 'person' | 'form' | 'service' | 'provider' | 'hub'
    match: 'matched' | 'not_matching' | 'no_trace'
    connections: ConnectionId[]
    rule: string | null
    actor: Actor
  }
  /** A report was made without signing in; whether it leads to somebody is looked at later. */
  'case.reported': { report: string }
  /** Somebody of the hub read what was written. */
  'case.read': { case: CaseId; person: PersonId | null; actor: Actor }
  /** Somebody of the hub read the lines that were frozen, with addresses. */
  'case.evidence_read': { case: CaseId; person: PersonId | null; actor: Actor }
  'case.qualified': { case: CaseId; person: PersonId | null; connections: ConnectionId[]; actor: Actor }
  /** One for each partner concerned, by one of its services or providers. */
  'case.notified': {
    case: CaseId
    party: PartyId
    person: PersonId
    side: 'service' | 'provider'
    object: string
    actor: Actor
  }
  /** `late`: after the case was concluded. */
  'case.answered': {
    case: CaseId
    party: PartyId
    side: 'service' | 'provider'
    object: string
    finding: 'confirmed' | 'not_confirmed' | null
    via: 'desk' | 'api' | 'signal'
    late: boolean
    actor: Actor
  }
  /** A partner that has not answered: 1 at half time, 2 at the due date. */
  'case.reminded': { case: CaseId; party: PartyId; side: 'service' | 'provider'; object: string; reminder: number }
  /** ... and is silent since. */
  'case.overdue': { case: CaseId; party: PartyId; side: 'service' | 'provider'; object: string }
  /** `waived`: partners without whose answer the case went on. */
  'case.concluded': {
    case: CaseId
    person: PersonId
    verdict: 'confirmed' | 'not_confirmed'
    waived: number
    actor: Actor
  }
  /** The verdict was taken back: partners are asked again. */
  'case.revised': { case: CaseId; person: PersonId; verdict: 'confirmed' | 'not_confirmed'; actor: Actor }
  'case.closed': {
    case: CaseId
    person: PersonId | null
    reason: 'settled' | 'not_a_theft' | 'duplicate' | 'no_answer' | 'no_trace' | 'not_matching'
    verdict: 'confirmed' | 'not_confirmed' | null
    actor: Actor
  }
  /**
   * A rule of detection spoke, about a person or a provider: a suspicion. Where a case follows of it, that has facts of
   * its own.
   */
  'detection.found': {
    detection: DetectionId
    rule: string
    person: PersonId | null
    provider: string | null
    connections: ConnectionId[]
    mode: 'watch' | 'case'
  }
  /** A rule of detection was changed: `number` is that of its new values, which the console shows. */
  'detection.tuned': { rule: string; mode: 'off' | 'watch' | 'case'; number: number; actor: Actor }
  /** A code was presented a second time; the tokens that came from it were revoked. */
  'code.replayed': { connection: ConnectionId | null; service: string }
  /** Somebody asked for a provider that the page does not offer them. */
  'provider.forged_choice': { service: string; provider: string; reason: ErrorName }
  /** Policy refuses the means for this service, here and today; without a connection when the choice was forged. */
  'policy.refused': {
    connection: ConnectionId | null
    service: string
    provider: string | null
    reasons: AcceptanceReason[]
  }
  /**
   * R082: from where the request came the service asked for more, or was closed. Without a connection when a session did
   * not do and a page followed. `country`: of the address, where it is known.
   */
  'geography.stepped_up': { connection: ConnectionId | null; service: string; country: string | null; reason: string }
  'geography.refused': { connection: ConnectionId | null; service: string; country: string | null; reason: string }
  /**
   * R082: a person said that they will be abroad, and took it back. Where is not here. `until`: the end of its last day;
   * `takesEffect`: at once, or a day later where it was declared by a weaker sign-in, through `provider`.
   */
  'trip.declared': {
    person: PersonId
    trip: TripId
    provider: string
    until: number
    takesEffect: number
    actor: Actor
  }
  'trip.withdrawn': { person: PersonId; trip: TripId; actor: Actor }
  /**
   * A mandate for an organisation (`principal`): drawn up by one of its sides, changed while a draft, put before the other
   * side, signed, in force by both signatures. `representation`: by which who signed for the principal represents it; null
   * for a delegation. `sameSigner`: one person signed for the principal and for the firm.
   */
  'mandate.drafted': {
    mandate: MandateId
    principal: OrganisationId
    firm: OrganisationId | null
    person: PersonId | null
    side: 'principal' | 'mandatary'
    parent: MandateId | null
    renews: MandateId | null
    actor: Actor
  }
  'mandate.amended': { mandate: MandateId; number: number; actor: Actor }
  'mandate.proposed': {
    mandate: MandateId
    principal: OrganisationId
    firm: OrganisationId | null
    person: PersonId | null
    side: 'principal' | 'mandatary'
    renews: MandateId | null
    answerBy: number
    actor: Actor
  }
  'mandate.signed': {
    mandate: MandateId
    side: 'principal' | 'mandatary'
    signature: SignatureId
    level: Level
    actor: Actor
  }
  'mandate.activated': {
    mandate: MandateId
    principal: OrganisationId
    firm: OrganisationId | null
    person: PersonId | null
    services: string[]
    from: number
    until: number
    representation: RepresentationId | null
    renews: MandateId | null
    sameSigner: boolean
  }
  /** `services`: those at which it gives rights, from the next request on none. */
  'mandate.suspended': {
    mandate: MandateId
    principal: OrganisationId
    reason: 'operator' | 'to_confirm' | 'principal'
    services: string[]
    actor: Actor
  }
  /** One reason is gone; it is in force again when no other is left (`inForce`). */
  'mandate.resumed': {
    mandate: MandateId
    principal: OrganisationId
    reason: 'operator' | 'to_confirm' | 'principal'
    inForce: boolean
    services: string[]
    actor: Actor
  }
  /** `services` is empty for one that was never in force. `because`: what the other side said where it did not accept. */
  'mandate.ended': {
    mandate: MandateId
    principal: OrganisationId
    firm: OrganisationId | null
    person: PersonId | null
    reason: string
    services: string[]
    because: 'rights' | 'dates' | 'not_expected' | 'other' | null
    actor: Actor
  }
  /** Another one has taken the place of `replaced`: at these services, rights are no longer what they were. */
  'mandate.changed': {
    mandate: MandateId
    replaced: MandateId
    principal: OrganisationId
    services: string[]
    actor: Actor
  }
  /** It ends in so many days; said once for each number of days. */
  'mandate.ending': { mandate: MandateId; principal: OrganisationId; days: number }
  /** Somebody acted for an organisation, or tried to (`refused`). `mandate`: null for who represents it. */
  'mandate.used': {
    use: MandateUseId
    organisation: OrganisationId
    mandate: MandateId | null
    firm: OrganisationId | null
    membership: MembershipId | null
    person: PersonId
    service: string
    actions: string[]
    kind: 'login' | 'token'
    connection: ConnectionId | null
    refused: string | null
  }
  /** Compared with those before it, a use stands out: the principal's representatives are told. */
  'mandate.use_unusual': { use: MandateUseId; mandate: MandateId; reasons: UnusualReason[] }
  /**
   * A legal representative opened their organisation as a firm, or took it over where others ran it (`again`): they
   * administer it from now on.
   */
  'firm.opened': {
    firm: OrganisationId
    membership: MembershipId
    person: PersonId
    representation: RepresentationId
    again: boolean
    actor: Actor
  }
  'firm.invited': {
    firm: OrganisationId
    invitation: FirmInvitationId
    role: FirmRole
    by: MembershipId
    actor: Actor
  }
  'firm.invitation_withdrawn': { firm: OrganisationId; invitation: FirmInvitationId; actor: Actor }
  /** Somebody came by the link; an administrator has to say that it is whom they expected. */
  'firm.member_waiting': {
    firm: OrganisationId
    membership: MembershipId
    person: PersonId
    role: FirmRole
    actor: Actor
  }
  'firm.member_joined': {
    firm: OrganisationId
    membership: MembershipId
    person: PersonId
    role: FirmRole
    actor: Actor
  }
  /** They lost all that they were given there (`assignments`: how many), at these services; the clients' mandates stay. */
  'firm.member_left': {
    firm: OrganisationId
    membership: MembershipId
    person: PersonId
    why: 'left' | 'removed' | 'not_confirmed' | 'erased' | 'told_apart'
    assignments: number
    services: string[]
    actor: Actor
  }
  'firm.role_changed': {
    firm: OrganisationId
    membership: MembershipId
    person: PersonId
    before: FirmRole
    role: FirmRole
    actor: Actor
  }
  'firm.portfolio_changed': {
    firm: OrganisationId
    portfolio: PortfolioId
    what: 'made' | 'renamed' | 'removed'
    actor: Actor
  }
  /** How many clients were put in a portfolio, and taken out of it. */
  'firm.clients_placed': {
    firm: OrganisationId
    portfolio: PortfolioId
    added: number
    removed: number
    actor: Actor
  }
  /** What a member may do for one client (`principal`) or for those of a portfolio, as far as their mandates reach. */
  'firm.assigned': {
    firm: OrganisationId
    membership: MembershipId
    person: PersonId
    assignment: AssignmentId
    principal: OrganisationId | null
    portfolio: PortfolioId | null
    services: string[]
    rights: string[]
    minimumLevel: Level | null
    until: number | null
    by: MembershipId
    actor: Actor
  }
  /** By itself; what ends with a membership is told by `firm.member_left`. */
  'firm.assignment_ended': {
    firm: OrganisationId
    membership: MembershipId
    person: PersonId
    assignment: AssignmentId
    principal: OrganisationId | null
    portfolio: PortfolioId | null
    services: string[]
    why: 'unassigned' | 'replaced' | 'term' | 'member_left' | 'portfolio_removed' | 'client_left'
    actor: Actor
  }
  /** The good lines of a file, all of them, in one transaction. `left`: lines that said something impossible. */
  'firm.imported': {
    firm: OrganisationId
    import: FirmImportId
    what: 'mandates' | 'assignments'
    applied: number
    left: number
    actor: Actor
  }
  /**
   * R088: several people who act for organisations sign in on one device by card or by the e-ID app; null: on one phone.
   * Once a month for each of them; `people`: how many there are.
   */
  'device.shared_by_representatives': { person: PersonId; device: DeviceId | null; people: number }
  /**
   * Somebody signed in by card or by the e-ID app to a service whose users act for organisations: on which device, by
   * which pairing of the app, with which card. Whether something is shared is seen from it.
   */
  'representative.signed_in': {
    connection: ConnectionId
    person: PersonId
    service: string
    device: DeviceId
    phone: PhoneId | null
    card: string | null
  }
  /** R088: one card signs in from many devices. `devices`: how many, in a month. */
  'card.shared': { person: PersonId; devices: number }
  /** A card was shown to sign in and its certificate was not accepted. `kind`: of card, where one vouches for it. */
  'certificate.refused': { kind: string | null; reason: CertificateReason; provider: string }
  /** Somebody signed the text of a mandate with a key of their own; `refused`: what they handed over counts for nothing. */
  'signature.made': {
    signature: SignatureId
    person: PersonId
    mandate: MandateId
    side: 'principal' | 'mandatary'
    way: string
    level: Level
  }
  'signature.refused': {
    person: PersonId
    mandate: MandateId
    side: 'principal' | 'mandatary'
    way: string
    reason: string
  }
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
  /** Somebody who proved the strongest that this person can took a copy of all that is kept of them. */
  'person.data_exported': { person: PersonId; session: SessionId }
  /** Nothing of who this is leaves the hub from now on. `suspected`: accounts that the person doubts. */
  'protection.frozen': { person: PersonId; origin: 'person' | 'operators'; suspected: string[]; actor: Actor }
  /** Lifted at this instant, in milliseconds since 1970, unless somebody stops it; asked by an account there. */
  'protection.thaw_asked': { person: PersonId; takesEffect: number; provider: string; actor: Actor }
  'protection.thaw_stopped': { person: PersonId; actor: Actor }
  /** `asked`: by the person, after the delay; `desk`: by two operators. `at`: when, which may be before it was written. */
  'protection.thawed': { person: PersonId; how: 'asked' | 'desk'; at: number; actor: Actor }
  /** `future`: so are all at which the person has no account yet. */
  'protection.blocked': { person: PersonId; providers: string[]; future: boolean; actor: Actor }
  'protection.unblocked': { person: PersonId; providers: string[]; future: boolean; actor: Actor }
  'contact.added': { person: PersonId; contact: ContactId; channel: 'email'; level: Level }
  /** `confirmed`: without a code, by a sign-in at a higher level than the one that brought it. */
  'contact.verified': { person: PersonId; contact: ContactId; level: Level; how: 'code' | 'confirmed' }
  /** `verified`: it was one that had been proved. */
  'contact.removed': { person: PersonId; contact: ContactId; level: Level; verified: boolean }
  /** R040: identity was checked, by whom, and what it proved. */
  'enrolment.recorded': {
    person: PersonId
    enrolment: EnrolmentId
    proof: 'provider' | 'document' | 'health_mailbox' | 'invitation'
    level: Level
    actor: Actor
  }
  'enrolment.moved': { enrolment: EnrolmentId; person: PersonId; into: PersonId; actor: Actor }
  'enrolment.refused': { person: PersonId | null; reason: string; actor: Actor }
  /** R042: a code left for a health mailbox that somebody says is theirs. */
  'enrolment.code_sent': { person: PersonId | null; actor: Actor }
  'identifier.added': { person: PersonId; kind: 'login_name' | 'email' | 'phone' | 'rpps' | 'private' }
  'identifier.removed': { person: PersonId; kind: 'login_name' | 'email' | 'phone' | 'rpps' | 'private' }
  /** An agent has a code to hand over, by which the person makes their own means. */
  'means.activation_given': { person: PersonId; enrolment: EnrolmentId; actor: Actor }
  'means.activation_withdrawn': { person: PersonId; actor: Actor }
  'means.activation_refused': { person: PersonId; reason: 'wrong' | 'over' }
  /** The code was typed in a browser, which may go on with it for a while. */
  'means.activation_opened': { person: PersonId; enrolment: EnrolmentId }
  'means.activation_used': { person: PersonId; enrolment: EnrolmentId }
  'identifier.moved': {
    person: PersonId
    into: PersonId
    kind: 'login_name' | 'email' | 'phone' | 'rpps' | 'private'
    actor: Actor
  }
  'means.created': {
    person: PersonId
    means: MeansId
    kind: 'password' | 'totp' | 'recovery_codes' | 'passkey' | 'sms_code' | 'mail_code'
    enrolment: EnrolmentId
  }
  'means.activated': { person: PersonId; means: MeansId }
  'means.suspended': {
    person: PersonId
    means: MeansId
    reason: 'lost' | 'stolen' | 'broken' | 'replaced' | 'misuse' | 'left' | 'asked' | 'found' | 'renewed' | 'review'
    actor: Actor
  }
  'means.resumed': {
    person: PersonId
    means: MeansId
    reason: 'lost' | 'stolen' | 'broken' | 'replaced' | 'misuse' | 'left' | 'asked' | 'found' | 'renewed'
    actor: Actor
  }
  'means.revoked': {
    person: PersonId
    means: MeansId
    reason: 'lost' | 'stolen' | 'broken' | 'replaced' | 'misuse' | 'left' | 'asked' | 'found' | 'renewed' | 'review'
    /** What was made in its place in the same step: recovery codes anew. */
    successor?: MeansId
    actor: Actor
  }
  /** After a review of who is who: it was `person`'s and is `into`'s. */
  'means.moved': { means: MeansId; person: PersonId; into: PersonId; actor: Actor }
  'means.renewed': { person: PersonId; means: MeansId; enrolment: EnrolmentId; actor: Actor }
  /** R046: the holder is reminded, once for all that ends together. */
  'means.expires_soon': { person: PersonId; means: MeansId[]; days: number }
  'means.expired': { person: PersonId; means: MeansId }
  /** Somebody proved who they are with the hub's own means. */
  'means.signed_in': { person: PersonId; means: MeansId[]; amr: string[]; level: Level }
  /** The page said nothing of the reason. Without a person: the identifier is nobody's, or no one was told apart yet. */
  'means.sign_in_refused': { person: PersonId | null; reason: string }
  /** R063: as many failures in a row as are allowed. */
  'means.locked': { person: PersonId | null; step: 'password' | 'second_factor' }
  'means.unlocked': { person: PersonId; how: 'manager' | 'mailbox' | 'recovery_code'; actor: Actor }
  'means.password_set': { person: PersonId; means: MeansId; how: 'first' | 'changed' | 'reset' }
  'means.reset_requested': { person: PersonId | null }
  'means.recovery_codes_made': { person: PersonId; means: MeansId }
  'means.recovery_code_used': { person: PersonId; means: MeansId; left: number }
  'means.code_sent': { person: PersonId; means: MeansId; channel: 'sms' | 'mail' }
  /** A copy of the authenticator may be in use: its counter went back. */
  'means.counter_regressed': { person: PersonId; means: MeansId }
  /** The card proved who its holder is, on a phone whose key was attested. `shared`: three people or more have it. */
  'phone.paired': {
    person: PersonId
    phone: PhoneId
    provider: string
    platform: 'android' | 'ios' | 'demo'
    shared: boolean
  }
  /** For a new term, by the card; `rotated`: with a new key. */
  'phone.renewed': { person: PersonId; phone: PhoneId; rotated: boolean }
  'phone.revoked': {
    person: PersonId
    phone: PhoneId
    reason: 'holder' | 'operator' | 'app' | 'replaced' | 'lost' | 'card_of_somebody_else'
    actor: Actor
  }
  'phone.expires_soon': { person: PersonId; phones: PhoneId[]; days: number }
  'phone.expired': { person: PersonId; phone: PhoneId }
  /** After a review of who is who: it was `person`'s and is `into`'s. */
  'phone.moved': { phone: PhoneId; person: PersonId; into: PersonId; actor: Actor }
  'phone.pairing_refused': { person: PersonId | null; reason: string }
  /** A phone came with the code of a sign-in or a signature. Without `phone`: one that only reads the card. */
  'eid.request_scanned': {
    request: EidRequestId
    phone: PhoneId | null
    person: PersonId | null
    purpose: 'sign_in' | 'signature'
    provider: string
  }
  'eid.request_approved': {
    request: EidRequestId
    phone: PhoneId | null
    person: PersonId | null
    purpose: 'sign_in' | 'signature'
    by: 'card' | 'device_key'
  }
  'eid.request_declined': {
    request: EidRequestId
    phone: PhoneId | null
    person: PersonId | null
    purpose: 'sign_in' | 'signature'
    reason: 'not_me' | 'changed_mind' | 'wrong_place'
    country: string | null
  }
  /**
   * What a relayed code looks like: another phone, another place, wrong numbers. The request is over. `country`: of the
   * screen. `person`: of the phone that scanned first.
   */
  'eid.request_mismatch': {
    request: EidRequestId
    phone: PhoneId | null
    person: PersonId | null
    purpose: 'sign_in' | 'signature'
    reason: string
    country: string | null
  }
  'eid.request_refused': {
    request: EidRequestId
    phone: PhoneId | null
    person: PersonId | null
    purpose: 'sign_in' | 'signature'
    reason: string
  }
  'session.started': { session: SessionId; person: PersonId; provider: string; level: Level }
  'session.ended': {
    session: SessionId
    person: PersonId
    reason: 'logout' | 'replaced' | 'revoked' | 'expired' | 'withdrawn'
    services: string[]
  }
  /** A suspension of the provider, or the end of a mandate, closed the session for these services; it goes on for others. */
  'session.services_closed': { session: SessionId; person: PersonId; services: string[] }
  'device.recognised': { device: DeviceId; person: PersonId; standing: 'new' | 'trusted' | 'shared' }
  'device.forgotten': { device: DeviceId; person: PersonId }
  /** R056: a mailbox hears of fewer sign-ins than before, or of more. Null: whatever address providers assert. */
  'alerts.turned_off': {
    person: PersonId
    contact: ContactId | null
    to: 'every' | 'unusual' | 'serious'
    level: Level
  }
  'alerts.turned_on': {
    person: PersonId
    contact: ContactId | null
    to: 'every' | 'unusual' | 'serious'
    level: Level
  }
  'alert.sent': { message: MessageId; person: PersonId | null; kind: string; channel: 'email' }
  'alert.failed': { message: MessageId; kind: string; attempts: number }
  /** The code of one message was asked about with so many addresses to which it was never sent. */
  'message.code_misused': { message: MessageId; receivers: number }
  'logout.notified': { session: SessionId; service: string; status: 'accepted' | 'refused' | 'given_up' }
  /** A stream of security events to a program of a partner was made, changed or removed, by the partner or by the hub. */
  'signals.stream_changed': {
    stream: StreamId
    side: 'service' | 'provider'
    object: string
    change: 'created' | 'changed' | 'enabled' | 'paused' | 'disabled' | 'removed'
    actor: Actor
  }
  /** What became of a security event: taken, refused, never taken in time, or not for this stream any more. */
  'signals.set_settled': {
    set: SetId
    stream: StreamId
    party: PartyId | null
    event: string
    outcome: 'delivered' | 'refused' | 'expired' | 'dropped'
  }
  /** Where the security events of a partner's own come from. */
  'signals.source_changed': {
    source: SourceId
    side: 'service' | 'provider'
    object: string
    change: 'added' | 'changed' | 'removed'
    actor: Actor
  }
  /** A security event of a partner was taken, and what followed of it. */
  'signals.set_received': {
    source: SourceId
    outcome: 'opened' | 'joined' | 'answered' | 'noted' | 'unknown_event'
  }
  'signals.set_refused': { source: SourceId; reason: string }
  'partners.published': {
    kind: 'service' | 'provider' | 'partner'
    id: string
    version: number
    change: 'added' | 'changed' | 'restored' | 'archived'
    /** It was made equal to this version, to undo what came after. */
    undoOf?: number
    actor: Actor
  }
  /** Settings were published with another key or secret than those before them. */
  'partners.keys_changed': { kind: 'service' | 'provider' | 'partner'; id: string; actor: Actor }
  /** A service has a new secret; until when the older one serves as well (null: there is none in force). */
  'service.secret_rotated': { service: string; olderUntil: number | null; actor: Actor }
  /** The older of two secrets was ended before its time. */
  'service.secret_ended': { service: string; actor: Actor }
  /** A service asks to be told something more of people. It takes effect when operators grant it. */
  'service.scope_asked': { service: string; scope: string; actor: Actor }
  'service.scope_granted': { service: string; scope: string; actor: Actor }
  'service.scope_refused': { service: string; scope: string; actor: Actor }
  /** A test login against a draft began (`trial/`); nothing else of it is written. */
  'trial.begun': { kind: 'service' | 'provider'; id: string; actor: Actor }
  'provider.suspended': {
    provider: string
    suspension: SuspensionId
    category: 'maintenance' | 'security' | 'other'
    /** Null: all. */
    services: string[] | null
    /** Sign-ins above this level are refused; null: all. */
    above: Level | null
    /** Milliseconds since 1970; it may lie ahead. */
    since: number
    until: number | null
    /** What happens to sessions that came through the provider. */
    sessions: 'kept' | 'closed'
    actor: Actor
  }
  /** As it is from now on. */
  'provider.suspension_changed': {
    provider: string
    suspension: SuspensionId
    category: 'maintenance' | 'security' | 'other'
    services: string[] | null
    above: Level | null
    since: number
    until: number | null
    sessions: 'kept' | 'closed'
    actor: Actor
  }
  /** A suspension was lifted, or taken back before it began. One that has an end ends without a fact. */
  'provider.restored': { provider: string; suspension: SuspensionId; actor: Actor }
  'provider.hidden': { provider: string; actor: Actor }
  'provider.shown': { provider: string; actor: Actor }
  /** What probes and sign-ins showed of a provider changed; `reasons` say why it is not up. */
  'provider.health_changed': {
    provider: string
    health: 'up' | 'degraded' | 'down'
    before: 'up' | 'degraded' | 'down'
    reasons: HealthReason[]
  }
  /** An e-ID app is down, and what stands in for it is offered; once for each outage. `since`: when that began. */
  'standin.offered': { provider: string; standsInFor: string; since: number }
  /** A code went to a contact of whoever showed their card. */
  'standin.code_sent': { person: PersonId; provider: string; channel: 'mail' | 'sms' }
  /** Somebody signed in with it, at this level. */
  'standin.used': { connection: ConnectionId; provider: string; level: Level }
  /** Offered no more: why, and how many signed in with it. */
  'standin.ended': { provider: string; standsInFor: string; reason: string; uses: number }
  /** A time of trouble began that the public status page tells of. */
  'incident.opened': { incident: IncidentId; provider: string; health: 'degraded' | 'down' }
  'incident.closed': { incident: IncidentId; provider: string }
  /** What the public is told of it was written or replaced. */
  'incident.noted': { incident: IncidentId; provider: string; actor: Actor }
  /** The hub has something to say to everybody, or to the people of some services. */
  'banner.published': {
    banner: BannerId
    kind: 'phishing' | 'maintenance' | 'information'
    /** Null: on every page. */
    services: string[] | null
    /** Milliseconds since 1970; it may lie ahead. */
    since: number
    until: number
    actor: Actor
  }
  /** As it is from now on. */
  'banner.amended': {
    banner: BannerId
    kind: 'phishing' | 'maintenance' | 'information'
    services: string[] | null
    since: number
    until: number
    actor: Actor
  }
  /** Before its end. One that comes to its end leaves the pages without a fact. */
  'banner.withdrawn': { banner: BannerId; actor: Actor }
  'key.created': { key: string; purpose: string; actor: Actor }
  'key.retired': { key: string; purpose: string; actor: Actor }
  /** A new edition of a register of reference data is read from now on. */
  'directory.imported': {
    register: 'rpps'
    edition: number
    /** Of the file, in hexadecimal. */
    sha256: string
    persons: number
    lines: number
    badLines: number
    actor: Actor
  }
  /** A new edition of the register of organisations; `closed` and `ended`: of the one before it. */
  'directory.organisations_imported': {
    edition: number
    /** Of the file, in hexadecimal. */
    sha256: string
    organisations: number
    representations: number
    lines: number
    badLines: number
    closed: number
    ended: number
    actor: Actor
  }
  /** Somebody represents an organisation by a document: one operator recorded it, a second one confirmed. */
  'representation.recorded': {
    representation: RepresentationId
    organisation: OrganisationId
    document: DocumentKind
    actor: Actor
    second: Actor
  }
  /** Who represented an organisation does not any more, by this representation; those on which nobody can stand fall in silence. */
  'representation.ended': {
    representation: RepresentationId
    organisation: OrganisationId
    why: RepresentationEnd
    actor: Actor
  }
  /** An edition that was too old has a successor that says the same. */
  'representation.restored': { representation: RepresentationId; organisation: OrganisationId }
  /** An operator or a program looked at an organisation with its representatives, or at a mandate. */
  'organisation.viewed': { organisation: OrganisationId; actor: Actor }
  'mandate.viewed': { mandate: MandateId; actor: Actor }
  /** Its evidence archive, with both texts and every use. */
  'mandate.evidence_taken': { mandate: MandateId; actor: Actor }
  /** Somebody was named, and given a link that makes them an operator; or a new link in place of lost passkeys. */
  'operator.invited': { operator: OperatorId; roles: OperatorRole[]; again: boolean; actor: Actor }
  /** The link was used, and a passkey registered by it. */
  'operator.joined': { operator: OperatorId; means: MeansId }
  'operator.suspended': { operator: OperatorId; actor: Actor }
  'operator.restored': { operator: OperatorId; actor: Actor }
  'operator.removed': { operator: OperatorId; actor: Actor }
  'operator.signed_in': { operator: OperatorId; session: OperatorSessionId; means: MeansId }
  /** A good passkey, but not one of an operator in office. */
  'operator.sign_in_refused': { operator: OperatorId | null; person: PersonId }
  'operator.session_ended': {
    operator: OperatorId
    session: OperatorSessionId
    reason: 'signed_out' | 'replaced' | 'suspended' | 'removed' | 'revoked' | 'expired' | 'roles_changed'
  }
  /** Where the hub writes to an operator changed: those who watch them should know. */
  'operator.address_changed': { operator: OperatorId; actor: Actor }
  /** An operator asked for something that none of their roles allows. */
  'operator.denied': { operator: OperatorId; route: string }
  /** An operator looked for a person, by what, and whom they found. What they typed is not kept. */
  'operator.searched': {
    operator: OperatorId
    by: 'identifier' | 'person' | 'identity' | 'reference'
    person: PersonId | null
  }
  /** An operator opened what the hub has of a person. */
  'operator.viewed_person': { operator: OperatorId; person: PersonId }
  /** A change that takes two operators was written down; nothing is done yet. `about`: a purpose, a service, a provider. */
  'approval.asked': { approval: ApprovalId; kind: ApprovalKind; about: string; actor: Actor }
  /** A second operator confirmed it, and it was done in the same transaction. */
  'approval.confirmed': {
    approval: ApprovalId
    kind: ApprovalKind
    about: string
    asked: Actor
    operator: OperatorId
  }
  'approval.declined': { approval: ApprovalId; kind: ApprovalKind; about: string; asked: Actor; operator: OperatorId }
  /** By who asked, or because who asked may ask no more. */
  'approval.withdrawn': { approval: ApprovalId; kind: ApprovalKind; about: string; actor: Actor }
  /** Nobody answered in time. */
  'approval.expired': { approval: ApprovalId; kind: ApprovalKind; about: string }
  /** Somebody was named to work for a partner, and given a link; or a new link in place of lost passkeys. */
  'staff.invited': { staff: StaffId; partner: string; roles: StaffRole[]; again: boolean; actor: Actor }
  /** The link was used, and a passkey registered by it. */
  'staff.joined': { staff: StaffId; means: MeansId }
  /** Their sessions ended with it. */
  'staff.roles_changed': { staff: StaffId; before: StaffRole[]; roles: StaffRole[]; actor: Actor }
  'staff.suspended': { staff: StaffId; actor: Actor }
  'staff.restored': { staff: StaffId; actor: Actor }
  'staff.removed': { staff: StaffId; actor: Actor }
  'staff.signed_in': { staff: StaffId; session: StaffSessionId; means: MeansId }
  /** A good passkey, but not one of a partner's staff in office. */
  'staff.sign_in_refused': { staff: StaffId | null; person: PersonId }
  'staff.session_ended': {
    staff: StaffId
    session: StaffSessionId
    reason: 'signed_out' | 'replaced' | 'suspended' | 'removed' | 'revoked' | 'expired' | 'roles_changed'
  }
  /** Somebody asked for something that none of their roles allows, or that is another partner's. */
  'staff.denied': { staff: StaffId; route: string }
  /** The security contacts of a partner were confirmed, for a year. */
  'partner.contact_confirmed': { partner: string; staff: StaffId }
  /** ... and are to be confirmed again within so many days; 0: it is overdue. */
  'partner.contact_check_due': { partner: string; days: number }
  /** What kind of means something is was written into the register. */
  'register.declared': {
    entry: string
    class: 'psc' | 'card' | 'certified' | 'homologated' | 'transition' | 'none'
    actor: Actor
  }
  /** Nothing is declared of the entry any more. */
  'register.withdrawn': { entry: string; actor: Actor }
  'homologation.recorded': { homologation: HomologationId; entry: string; service: string; actor: Actor }
  'homologation.withdrawn': { homologation: HomologationId; entry: string; service: string; actor: Actor }
  'homologation.ends_soon': { homologation: HomologationId; entry: string; service: string; days: number }
  /** R069: the password that the hub keeps for a person at a service that only knows passwords. */
  /**
   * R096: a service got a token by which it uses the interface of another one, the audience, for an organisation. Null: in
   * the capacity of a legal representative.
   */
  'token.exchanged': {
    connection: ConnectionId
    person: PersonId
    service: string
    audience: string
    organisation: OrganisationId
    mandate: MandateId | null
    actions: string[]
  }
  'service_secret.made': { service: string; person: PersonId }
  'service_secret.handed_over': { service: string; person: PersonId }
  'service_secret.renewed': { service: string; person: PersonId; actor: Actor }
  /** An operator looked in the journal for what is about one person. A page of the answer is a search again. */
  'journal.searched': {
    operator: OperatorId
    person: PersonId | null
    connection: ConnectionId | null
    reason: 'request' | 'incident' | 'authority' | 'audit'
  }
  /** Facts, or the proof of one, left the hub as a file. */
  'journal.exported': { operator: OperatorId; format: 'csv' | 'json' | 'proof'; facts: number }
  /** Jobs that had failed are tried again: one, or all of a queue (`job` is null). */
  'jobs.retried': { queue: string; job: string | null; jobs: number; actor: Actor }
  /** A job that failed at every try will never be done. */
  'jobs.discarded': {
    queue: string
    job: string
    reason: 'obsolete' | 'done_otherwise' | 'receiver_gone' | 'faulty'
    actor: Actor
  }
  /** A program may use the API from now on. One of a partner acts for its service or provider alone (`object`). */
  'api_client.registered': {
    client: ApiClientId
    scopes: ApiScope[]
    operator: OperatorId | null
    partner: string | null
    side: 'service' | 'provider' | null
    object: string | null
    actor: Actor
  }
  /** Keys by which a program proves who it is were replaced. */
  'api_client.keys_changed': {
    client: ApiClientId
    partner: string | null
    side: 'service' | 'provider' | null
    object: string | null
    actor: Actor
  }
  /** `scopes`: all that it has from now on. */
  'api_client.scopes_changed': {
    client: ApiClientId
    scopes: ApiScope[]
    partner: string | null
    side: 'service' | 'provider' | null
    object: string | null
    actor: Actor
  }
  'api_client.removed': {
    client: ApiClientId
    partner: string | null
    side: 'service' | 'provider' | null
    object: string | null
    actor: Actor
  }
  /** A program proved who it is, and was given a token for these scopes. */
  'api_client.authenticated': { scopes: ApiScope[]; actor: Actor }
  /** A program asked for something that none of its token's scopes allows. */
  'api_client.denied': { route: string; actor: Actor }
  /** A program looked for a person, by what, and whom it found. What it sent is not kept. */
  'api_client.searched': { by: 'identifier' | 'person' | 'identity'; person: PersonId | null; actor: Actor }
  /** A program read what the hub has of a person. */
  'api_client.viewed_person': { person: PersonId; actor: Actor }
  /** A program looked in the journal for what is about one person. A page of the answer is a search again. */
  'api_client.searched_journal': {
    person: PersonId | null
    connection: ConnectionId | null
    reason: 'request' | 'incident' | 'authority' | 'audit'
    actor: Actor
  }
  /** Facts, or the proof of one, left the hub by the admin API. */
  'api_client.exported': { format: 'facts' | 'proof'; facts: number; actor: Actor }
  /** Somebody asked support for help; nobody is known by it. What they wrote is not here. */
  'support.asked': { request: SupportRequestId }
  /** Somebody who answers such requests read what is written there. */
  'support.read': { request: SupportRequestId; actor: Actor }
  'support.answered': { request: SupportRequestId; answer: SupportAnswerId; actor: Actor }
  'support.closed': {
    request: SupportRequestId
    reason: 'answered' | 'solved' | 'duplicate' | 'nothing_to_do' | 'misuse'
    actor: Actor
  }
  'support.reopened': { request: SupportRequestId; actor: Actor }
  /** An entry of the register of breaches: of a case that was confirmed, or of an incident of the hub's own. */
  'breach.opened': {
    breach: BreachId
    case: CaseId | null
    /** Milliseconds since 1970. */
    awareAt: number
    /** Null: no authority that has to hear within a time. */
    dueAt: number | null
    actor: Actor
  }
  /** What is known of it was changed; each such change is kept. */
  'breach.described': { breach: BreachId; awareAt: number; dueAt: number | null; actor: Actor }
  'breach.assessed': {
    breach: BreachId
    decision: 'notify' | 'not_needed'
    risk: 'unlikely' | 'risk' | 'high'
    telling: 'tell' | 'no_high_risk' | 'unintelligible' | 'risk_gone' | 'disproportionate'
    actor: Actor
  }
  /** An authority was told; it is recorded here, not sent. */
  'breach.notified': {
    breach: BreachId
    phase: BreachPhaseId
    authority: string
    /** 1: the first time. */
    number: number
    late: boolean
    actor: Actor
  }
  /** Those whose data it is were told. */
  'breach.people_told': { breach: BreachId; actor: Actor }
  /** The verdict of its case was taken back, or given again. */
  'breach.case_revised': { breach: BreachId; case: CaseId; verdict: 'revised' | 'confirmed' | 'not_confirmed' }
  'breach.due_soon': { breach: BreachId; dueAt: number; hours: number }
  'breach.overdue': { breach: BreachId; dueAt: number }
  'breach.closed': {
    breach: BreachId
    reason: 'documented' | 'finished' | 'not_a_breach' | 'duplicate'
    actor: Actor
  }
  'breach.reopened': { breach: BreachId; actor: Actor }
  /** A notification was drawn up for an authority, or the whole register exported (null). */
  'breach.exported': { breach: BreachId | null; actor: Actor }
  /** What the public reads of an incident of the hub; the first version, or a corrected one. */
  'statement.published': { statement: StatementId; number: number; actor: Actor }
  'statement.withdrawn': { statement: StatementId; actor: Actor }
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
  'connection.disowned': {
    category: 'security',
    says: 'A person said that a connection was not theirs; its session ended.',
  },
  'connection.owned': { category: 'security', says: 'A person said that a connection was theirs.' },
  'case.opened': { category: 'security', says: 'A misuse of an identity was reported.' },
  'case.reported': {
    category: 'security',
    says: 'A misuse of an identity was reported by somebody who did not sign in.',
  },
  'case.read': { category: 'security', says: 'An operator read what was written in a report of misuse.' },
  'case.evidence_read': {
    category: 'security',
    says: 'An operator read the connections that were frozen with a case, with their addresses.',
  },
  'case.qualified': { category: 'security', says: 'Support went through a report of misuse with whoever made it.' },
  'case.notified': { category: 'security', says: 'A partner concerned by a case was told of it.' },
  'case.answered': { category: 'security', says: 'A partner answered about a case.' },
  'case.reminded': { category: 'security', says: 'A partner that had not answered about a case was reminded.' },
  'case.overdue': { category: 'security', says: 'A partner did not answer about a case in time.' },
  'case.concluded': { category: 'security', says: 'A case has a verdict.' },
  'case.revised': { category: 'security', says: 'The verdict of a case was taken back.' },
  'case.closed': { category: 'security', says: 'A case was closed.' },
  'detection.found': { category: 'security', says: "The hub's own detection has a suspicion." },
  'detection.tuned': { category: 'security', says: 'A rule of detection was changed.' },
  'code.replayed': {
    category: 'security',
    says: 'A code was presented again; the tokens that came from it were revoked.',
  },
  'geography.stepped_up': {
    category: 'security',
    says: 'From where the request came, the service asked for more.',
  },
  'geography.refused': { category: 'security', says: 'From where the request came, the service was closed.' },
  'trip.declared': { category: 'security', says: 'A person declared a trip abroad.' },
  'trip.withdrawn': { category: 'security', says: 'A person took a declared trip back.' },
  'mandate.drafted': { category: 'security', says: 'A mandate was drawn up.' },
  'mandate.amended': { category: 'security', says: 'The draft of a mandate was changed.' },
  'mandate.proposed': { category: 'security', says: 'A mandate was put before its other side.' },
  'mandate.signed': { category: 'security', says: 'One side signed a mandate with a key of its own.' },
  'mandate.activated': { category: 'security', says: 'A mandate is in force, signed by both sides.' },
  'mandate.suspended': { category: 'security', says: 'A mandate was suspended.' },
  'mandate.resumed': { category: 'security', says: 'What a mandate was suspended for is over.' },
  'mandate.ended': { category: 'security', says: 'A mandate ended, or was not accepted.' },
  'mandate.changed': { category: 'security', says: 'Another mandate took the place of one that was in force.' },
  'mandate.ending': { category: 'security', says: 'A mandate ends in so many days.' },
  'mandate.used': { category: 'connection', says: 'Somebody acted for an organisation, or was refused.' },
  'mandate.use_unusual': { category: 'connection', says: 'A use of a mandate is out of the ordinary.' },
  'firm.opened': {
    category: 'security',
    says: 'A legal representative opened their organisation as a firm, or took it over.',
  },
  'firm.invited': { category: 'security', says: 'A link into a firm was made.' },
  'firm.invitation_withdrawn': { category: 'security', says: 'A link into a firm was withdrawn.' },
  'firm.member_waiting': {
    category: 'security',
    says: 'Somebody accepted a link into a firm, and waits to be confirmed.',
  },
  'firm.member_joined': { category: 'security', says: 'Somebody works in a firm from now on.' },
  'firm.member_left': {
    category: 'security',
    says: "Somebody works in a firm no longer, and lost all that they were given there; the clients' mandates stay.",
  },
  'firm.role_changed': { category: 'security', says: 'A member of a firm has another role.' },
  'firm.portfolio_changed': {
    category: 'administration',
    says: 'A portfolio of clients was made, given another name, or removed.',
  },
  'firm.clients_placed': {
    category: 'security',
    says: 'Clients of a firm were put in a portfolio or taken out of it.',
  },
  'firm.assigned': { category: 'security', says: 'A member of a firm was given a client or a portfolio.' },
  'firm.assignment_ended': { category: 'security', says: 'What a member of a firm was given ended.' },
  'firm.imported': { category: 'administration', says: 'The good lines of a file were carried out for a firm.' },
  'device.shared_by_representatives': {
    category: 'security',
    says: 'Several people who act for organisations sign in on one device, by card or by the e-ID app.',
  },
  'representative.signed_in': {
    category: 'connection',
    says: 'Somebody signed in by card or by the e-ID app to a service whose users act for organisations.',
  },
  'card.shared': { category: 'security', says: 'One card signs in from many devices.' },
  'provider.forged_choice': {
    category: 'security',
    says: 'Somebody asked for a provider that the page does not offer them.',
  },
  'policy.refused': {
    category: 'security',
    says: 'Policy refuses the means of a sign-in for this service, here and today.',
  },
  'certificate.refused': { category: 'security', says: 'The certificate of a card was refused.' },
  'signature.made': { category: 'security', says: 'Somebody signed the text of a mandate with a key of their own.' },
  'signature.refused': { category: 'security', says: 'A signature under the text of a mandate was refused.' },
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
  'person.data_exported': {
    category: 'security',
    says: 'A person took a copy of what the hub holds of them.',
  },
  'protection.frozen': {
    category: 'security',
    says: 'An identity was frozen: sessions are over, and nothing of it is released.',
  },
  'protection.thaw_asked': {
    category: 'security',
    says: 'A person asked to thaw their identity, from an announced instant on.',
  },
  'protection.thaw_stopped': { category: 'security', says: 'A thaw was stopped before it took effect.' },
  'protection.thawed': { category: 'security', says: 'A frozen identity may be used again.' },
  'protection.blocked': {
    category: 'security',
    says: 'A person left providers out: sign-ins there open nothing of theirs.',
  },
  'protection.unblocked': { category: 'security', says: 'A person took providers back.' },
  'contact.added': { category: 'administration', says: 'A contact was given, not yet verified.' },
  'contact.verified': {
    category: 'administration',
    says: 'A contact was proved by a code, or confirmed by a stronger sign-in.',
  },
  'contact.removed': { category: 'administration', says: 'A contact was removed.' },
  'enrolment.recorded': { category: 'security', says: 'Somebody proved who they are; the agent and the level proved.' },
  'enrolment.moved': { category: 'security', says: 'A review gave a proof of identity to another person.' },
  'enrolment.refused': { category: 'security', says: 'A proof of identity was not enough.' },
  'enrolment.code_sent': { category: 'security', says: 'A code left for a health mailbox, to prove an identity.' },
  'identifier.added': { category: 'security', says: 'An account identifier was given to a person.' },
  'identifier.removed': { category: 'security', says: 'An account identifier was taken from a person.' },
  'identifier.moved': { category: 'security', says: 'A review gave an account identifier to another person.' },
  'means.activation_given': {
    category: 'security',
    says: 'A code was made by which an enrolled person makes their own means.',
  },
  'means.activation_withdrawn': { category: 'security', says: 'A code of activation was taken back.' },
  'means.activation_refused': {
    category: 'security',
    says: 'A wrong, used or late code of activation was typed for a person.',
  },
  'means.activation_opened': { category: 'security', says: 'A code of activation was typed in a browser.' },
  'means.activation_used': { category: 'security', says: 'A means was made by a code of activation, which is over.' },
  'means.created': { category: 'security', says: 'A means of identification was made for a person.' },
  'means.activated': { category: 'security', says: 'A means was shown to be in the hands of its holder.' },
  'means.suspended': { category: 'security', says: 'A means was suspended; sessions made with it are over.' },
  'means.resumed': { category: 'security', says: 'A suspended means may be used again.' },
  'means.revoked': { category: 'security', says: 'A means was revoked for ever; sessions made with it are over.' },
  'means.moved': { category: 'security', says: 'A review gave a means to another person.' },
  'means.renewed': { category: 'security', says: 'A means got a new term, after a new check of identity.' },
  'means.expires_soon': { category: 'security', says: 'Means of a person end within so many days or a little later.' },
  'means.expired': { category: 'security', says: 'A means came to its end.' },
  'means.signed_in': { category: 'security', says: "Somebody was authenticated with the hub's own means." },
  'means.sign_in_refused': { category: 'security', says: "A try with the hub's own means was refused." },
  'means.locked': { category: 'security', says: 'Too many failures in a row: blocked until it is unlocked.' },
  'means.unlocked': { category: 'security', says: 'Failures in a row were forgiven.' },
  'means.password_set': { category: 'security', says: 'A password was set, changed, or reset by a code at a mailbox.' },
  'means.reset_requested': { category: 'security', says: 'A code to reset a password was asked for.' },
  'means.recovery_codes_made': {
    category: 'security',
    says: 'New recovery codes; those of before are worth nothing.',
  },
  'means.recovery_code_used': { category: 'security', says: 'A recovery code was used; how many are left.' },
  'means.code_sent': { category: 'security', says: 'A one-time code left for a verified number or mailbox.' },
  'means.counter_regressed': {
    category: 'security',
    says: "An authenticator's counter went back: there may be a copy of it.",
  },
  'phone.paired': { category: 'security', says: 'A phone was paired with a person, by their card.' },
  'phone.renewed': { category: 'security', says: 'A paired phone got a new term, by the card.' },
  'phone.revoked': { category: 'security', says: 'A pairing was ended; sessions made with it are over.' },
  'phone.expires_soon': { category: 'security', says: 'Phones of a person end within so many days or a little later.' },
  'phone.expired': { category: 'security', says: 'A pairing came to its end.' },
  'phone.moved': { category: 'security', says: 'A review gave a phone to another person.' },
  'phone.pairing_refused': { category: 'security', says: 'A phone was not paired.' },
  'eid.request_scanned': { category: 'connection', says: 'A phone scanned the code of a sign-in or a signature.' },
  'eid.request_approved': { category: 'connection', says: 'A sign-in or a signature was approved on a phone.' },
  'eid.request_declined': { category: 'security', says: 'A sign-in or a signature was declined on a phone.' },
  'eid.request_mismatch': {
    category: 'security',
    says: 'Screen and phone of a sign-in or a signature did not belong together: the code may have been relayed.',
  },
  'eid.request_refused': { category: 'security', says: 'A sign-in or a signature by phone was refused.' },
  'session.started': { category: 'connection', says: 'A browser session began.' },
  'session.ended': { category: 'connection', says: 'A browser session ended; the services listed are told.' },
  'session.services_closed': {
    category: 'connection',
    says: 'A suspension, or the end of a mandate, closed a browser session for these services, which are told; it goes on for others.',
  },
  'device.recognised': { category: 'connection', says: 'A device was seen with a person.' },
  'device.forgotten': {
    category: 'security',
    says: 'A person had a device forget them; the next sign-in there is one from an unknown device.',
  },
  'alerts.turned_off': {
    category: 'security',
    says: 'A person chose that a mailbox of theirs hears of fewer sign-ins than before.',
  },
  'alerts.turned_on': {
    category: 'security',
    says: 'A person chose that a mailbox of theirs hears of more sign-ins than before.',
  },
  'alert.sent': { category: 'administration', says: 'A message left for a person.' },
  'alert.failed': { category: 'administration', says: 'A message could not be delivered.' },
  'message.code_misused': {
    category: 'security',
    says: 'The code of a true message was asked about with many addresses to which it was never sent: it may be phishing.',
  },
  'logout.notified': { category: 'administration', says: 'A service answered, or not, to a back-channel logout.' },
  'signals.stream_changed': {
    category: 'security',
    says: 'A stream of security events to a program of a partner was made, changed or removed.',
  },
  'signals.set_settled': { category: 'security', says: 'A security event was taken by its receiver, or is given up.' },
  'signals.source_changed': {
    category: 'security',
    says: "Where security events of a partner's own come from was registered, changed or removed.",
  },
  'signals.set_received': { category: 'security', says: 'A security event of a partner was taken.' },
  'signals.set_refused': { category: 'security', says: 'A security event of a partner was refused.' },
  'partners.published': {
    category: 'administration',
    says: 'The settings of a service, a provider or a partner changed.',
  },
  'partners.keys_changed': {
    category: 'security',
    says: 'The keys or secrets of a published service or provider changed with its settings.',
  },
  'service.secret_rotated': { category: 'security', says: 'A service was given a new secret.' },
  'service.secret_ended': { category: 'security', says: 'The older of two secrets of a service was ended at once.' },
  'service.scope_asked': {
    category: 'administration',
    says: 'A partner asked that a service of theirs be told more of people.',
  },
  'service.scope_granted': { category: 'security', says: 'Operators granted a service more of what people are.' },
  'service.scope_refused': { category: 'administration', says: 'Operators refused a service what it had asked.' },
  'trial.begun': { category: 'administration', says: 'A draft was tried by a test login, before its publication.' },
  'provider.suspended': {
    category: 'security',
    says: 'A provider was put out of use, or is to be: visibly, with a reason.',
  },
  'provider.suspension_changed': { category: 'security', says: 'A suspension of a provider was changed.' },
  'provider.hidden': { category: 'administration', says: 'A provider left the page, reachable by a hint only.' },
  'provider.shown': { category: 'administration', says: 'A hidden provider came back to the page.' },
  'provider.restored': { category: 'security', says: 'A suspension of a provider was lifted.' },
  'provider.health_changed': {
    category: 'administration',
    says: 'What probes and sign-ins showed of a provider changed.',
  },
  'standin.offered': {
    category: 'security',
    says: 'What stands in for an e-ID app that is down is offered to people.',
  },
  'standin.code_sent': { category: 'security', says: 'A code was sent to go with a card, in place of an e-ID app.' },
  'standin.used': { category: 'security', says: 'Somebody signed in with what stands in for an e-ID app.' },
  'standin.ended': { category: 'security', says: 'What stood in for an e-ID app is not offered any more.' },
  'incident.opened': {
    category: 'administration',
    says: 'A provider began not to work well; the status page says so.',
  },
  'incident.closed': { category: 'administration', says: 'A provider works again.' },
  'incident.noted': { category: 'administration', says: 'An operator wrote what the public is told of an incident.' },
  'banner.published': { category: 'administration', says: 'An announcement to the public was written down.' },
  'banner.amended': { category: 'administration', says: 'An announcement to the public was changed.' },
  'banner.withdrawn': { category: 'administration', says: 'An announcement to the public was taken back.' },
  'key.created': { category: 'security', says: 'A key was made.' },
  'key.retired': { category: 'security', says: 'A key signs no more.' },
  'directory.imported': {
    category: 'administration',
    says: 'A new edition of the register of health professionals came into force.',
  },
  'directory.organisations_imported': {
    category: 'administration',
    says: 'A new edition of the register of organisations came into force.',
  },
  'representation.recorded': {
    category: 'security',
    says: 'Two operators wrote down that somebody represents an organisation by a document.',
  },
  'representation.ended': { category: 'security', says: 'Somebody represents an organisation no more.' },
  'representation.restored': {
    category: 'security',
    says: 'A new edition of the register confirms who represents an organisation.',
  },
  'organisation.viewed': {
    category: 'security',
    says: 'An organisation was looked at, with those who represent it.',
  },
  'mandate.viewed': { category: 'security', says: 'A mandate was looked at by an operator or a program.' },
  'mandate.evidence_taken': { category: 'security', says: 'Somebody took the evidence archive of a mandate.' },
  'operator.invited': { category: 'security', says: 'An operator was given a link to register a passkey.' },
  'operator.joined': { category: 'security', says: 'An operator used their link and registered a passkey.' },
  'operator.suspended': { category: 'security', says: 'An operator was put out of office; their sessions ended.' },
  'operator.restored': { category: 'security', says: 'An operator came back into office.' },
  'operator.removed': { category: 'security', says: 'An operator left; their passkeys were revoked.' },
  'operator.signed_in': { category: 'security', says: 'An operator signed in.' },
  'operator.sign_in_refused': {
    category: 'security',
    says: 'A passkey of somebody who is no operator in office was presented at their sign-in.',
  },
  'operator.session_ended': { category: 'security', says: 'The session of an operator ended.' },
  'operator.address_changed': { category: 'security', says: 'The hub writes to an operator at another address.' },
  'operator.denied': { category: 'security', says: 'An operator asked for something outside their roles.' },
  'operator.searched': {
    category: 'security',
    says: 'An operator looked for a person by an exact identifier or identity, or by the code of a connection.',
  },
  'operator.viewed_person': { category: 'security', says: 'An operator opened the means of a person.' },
  'approval.asked': { category: 'security', says: 'A change that takes two operators waits for the second one.' },
  'approval.confirmed': { category: 'security', says: 'A second operator confirmed a change, which was done with it.' },
  'approval.declined': { category: 'security', says: 'Another operator declined a change that waited.' },
  'approval.withdrawn': { category: 'security', says: 'A change that waited was taken back.' },
  'approval.expired': { category: 'security', says: 'A change waited too long for a second operator.' },
  'staff.invited': { category: 'security', says: "A partner's staff was given a link to register a passkey." },
  'staff.joined': { category: 'security', says: "A partner's staff used their link and registered a passkey." },
  'staff.roles_changed': { category: 'security', says: "A partner's staff has other roles; their sessions ended." },
  'staff.suspended': { category: 'security', says: "A partner's staff was put out of office; their sessions ended." },
  'staff.restored': { category: 'security', says: "A partner's staff came back into office." },
  'staff.removed': { category: 'security', says: "A partner's staff left; their passkeys were revoked." },
  'staff.signed_in': { category: 'security', says: "A partner's staff signed in." },
  'staff.sign_in_refused': {
    category: 'security',
    says: 'A passkey of somebody who works for no partner was presented at the sign-in of the desk.',
  },
  'staff.session_ended': { category: 'security', says: "The session of a partner's staff ended." },
  'staff.denied': {
    category: 'security',
    says: "A partner's staff asked for something outside their roles, or of another partner.",
  },
  'partner.contact_confirmed': {
    category: 'security',
    says: 'Somebody of a partner confirmed its security mailbox and its security contacts.',
  },
  'partner.contact_check_due': {
    category: 'administration',
    says: 'The security contacts of a partner are to be confirmed within so many days, or are overdue.',
  },
  'register.declared': { category: 'administration', says: 'A kind of means was classed in the register.' },
  'register.withdrawn': { category: 'administration', says: 'What was declared of a kind of means was taken back.' },
  'homologation.recorded': {
    category: 'administration',
    says: 'The owner of a service declared a kind of means sufficient for it.',
  },
  'homologation.withdrawn': { category: 'administration', says: 'A homologation was withdrawn.' },
  'homologation.ends_soon': {
    category: 'administration',
    says: 'A homologation ends in so many days, and was not done again.',
  },
  'token.exchanged': {
    category: 'connection',
    says: 'A service got a token by which it uses the interface of another service, for an organisation.',
  },
  'service_secret.made': { category: 'security', says: 'The hub made the password of a person at a service.' },
  'service_secret.handed_over': {
    category: 'security',
    says: 'A service was given the password that the hub keeps for a person there.',
  },
  'service_secret.renewed': { category: 'security', says: 'A new password of a person at a service took its place.' },
  'journal.searched': {
    category: 'security',
    says: 'An operator looked in the journal for what is about one person or one connection, and why.',
  },
  'journal.exported': { category: 'security', says: 'An operator took facts, or the proof of one, as a file.' },
  'jobs.retried': { category: 'administration', says: 'An operator had failed jobs tried again.' },
  'jobs.discarded': { category: 'administration', says: 'An operator gave up a job that had failed at every try.' },
  'api_client.registered': { category: 'security', says: 'A program may use the API from now on.' },
  'api_client.keys_changed': { category: 'security', says: 'The keys of a program of the admin API were replaced.' },
  'api_client.scopes_changed': { category: 'security', says: 'A program of the admin API may do other things.' },
  'api_client.removed': { category: 'security', says: 'A program may not use the admin API any more.' },
  'api_client.authenticated': { category: 'security', says: 'A program proved who it is, and was given a token.' },
  'api_client.denied': { category: 'security', says: 'A program asked for something outside of its scopes.' },
  'api_client.searched': {
    category: 'security',
    says: 'A program looked for a person by an exact identifier or identity.',
  },
  'api_client.viewed_person': { category: 'security', says: 'A program read what the hub has of a person.' },
  'api_client.searched_journal': {
    category: 'security',
    says: 'A program looked in the journal for what is about one person or one connection, and why.',
  },
  'api_client.exported': { category: 'security', says: 'A program took facts, or the proof of one.' },
  'support.asked': { category: 'administration', says: 'Somebody wrote to support by the form.' },
  'support.read': { category: 'security', says: 'A request for help was read, with what is written there.' },
  'support.answered': { category: 'administration', says: 'A request for help was answered by mail.' },
  'support.closed': { category: 'administration', says: 'A request for help was closed.' },
  'support.reopened': { category: 'administration', says: 'A request for help that was closed is open again.' },
  'breach.opened': { category: 'security', says: 'An entry of the register of breaches was opened.' },
  'breach.described': { category: 'security', says: 'What is known of a breach was changed.' },
  'breach.assessed': { category: 'security', says: 'It was decided whether an authority has to hear of a breach.' },
  'breach.notified': { category: 'security', says: 'It was recorded that an authority was told of a breach.' },
  'breach.people_told': { category: 'security', says: 'It was recorded that people were told of a breach.' },
  'breach.case_revised': { category: 'security', says: 'The verdict of the case that a breach comes from changed.' },
  'breach.due_soon': { category: 'security', says: 'A breach is to be notified within so many hours.' },
  'breach.overdue': { category: 'security', says: 'A breach was not notified in time.' },
  'breach.closed': { category: 'security', says: 'An entry of the register of breaches was closed.' },
  'breach.reopened': { category: 'security', says: 'An entry of the register of breaches was taken up again.' },
  'breach.exported': { category: 'security', says: 'A notification of a breach, or the register of them, was taken.' },
  'statement.published': {
    category: 'administration',
    says: 'A statement about an incident was published, or a corrected version of it.',
  },
  'statement.withdrawn': { category: 'administration', says: 'A statement about an incident was taken back.' },
  'hub.started': { category: 'administration', says: 'A process of the hub started.' },
  'journal.expired': { category: 'administration', says: 'Facts were deleted at the end of their time.' },
}
