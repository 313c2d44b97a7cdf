/**
 * What the hub authenticates itself: passwords, TOTP, recovery codes, passkeys and security keys, one-time codes by SMS
 * and mail. This room enrols people (who proved what, when, before whom), keeps each means from its creation to its end,
 * runs the sign-in ceremony, and counts failures. Each means belongs to exactly one person and ends at a set instant.
 *
 * It does not decide which level a service needs nor whether a level is enough (`policy/`, `login/`), owns no session
 * (what ends them is handed in), has no page, and knows no operator: whoever calls a verb with an actor other than the
 * holder has checked that this actor may manage means.
 *
 * No verb tells an unknown identifier from a wrong secret: one answer, after the same work.
 */
import type { JsonWebKey } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Translate } from '../http/messages.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import type { ContactId, EnrolmentId, LinkId, MeansId, PersonId, ProviderId, SessionId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { deriveKey, keyedHash } from '../kernel/secrets.ts'
import { type OwnMeansKind, ownMeansKinds } from '../partners/partners.ts'
import type { Claimed, Keeper, People } from '../people/people.ts'
import type { Restrictions } from '../policy/attempts.ts'
import type { PasswordReason } from '../policy/passwords.ts'
import type { PasswordProfile } from '../policy/settings.ts'
import type { Handle, Storage, Tx } from '../storage/storage.ts'
import { createActivations } from './activation.ts'
import { createAttempts } from './attempts.ts'
import { createAutomationCheck, type WorkChallenge } from './automation-check.ts'
import { createCeremonies } from './ceremonies.ts'
import { createCodesAtHand } from './codes-at-hand.ts'
import { createContactCodes } from './contact-codes.ts'
import { createEnrolments, type EnrolmentRules } from './enrolment.ts'
import { createFollowing } from './following.ts'
import type { MessageGateway } from './gateway.ts'
import { createHolding, type EndSessions } from './holding.ts'
import { type checked, identifierDigest } from './identifiers.ts'
import { createMailboxProofs } from './mailbox-proof.ts'
import { createPasskeys } from './passkeys.ts'
import { createPasswordHasher, type PasswordHasher } from './password-hash.ts'
import { createPasswords } from './passwords.ts'
import { createPersonCodes, type PersonCodes } from './person-codes.ts'
import { createPersonPasswords, type PersonPasswords } from './person-passwords.ts'
import { createSentCodes } from './sent-codes.ts'
import * as store from './store.ts'

export { type OwnMeansKind as MeansKind, ownMeansKinds as meansKinds }

/** `pending`: made, not yet shown to be in the holder's hands. The last two are final. */
export type MeansState = 'pending' | 'active' | 'suspended' | 'revoked' | 'expired'

export interface MeansView {
  means: MeansId
  person: PersonId
  kind: OwnMeansKind
  /** As it is now: `expired` from the instant of expiry on, whether or not a job has passed. */
  state: MeansState
  /** The holder's own word for it; empty when none was given. */
  label: string
  enrolment: EnrolmentId
  createdAt: Instant
  activatedAt?: Instant
  lastUsedAt?: Instant
  /** The first instant at which it is refused (R046). */
  expiresAt: Instant
  suspendedBy?: 'holder' | 'manager'
  /** When it was revoked, or ended by its term. */
  endedAt?: Instant
  /** R054: works, and something better should replace it. */
  discouraged: boolean
  /** Of a set of recovery codes. */
  codesLeft?: number
  passkey?: PasskeyView
  /** Of a number or mailbox: what a page may show of it, `•••• 12`, `a•••@example.org`. */
  hint?: string
}

export interface PasskeyView {
  /** Model of the authenticator, when it says so: a UUID. */
  aaguid: string
  /** Attestation statement format: `none`, `packed`, ... */
  attestation: string
  /** False: copied between the holder's devices by their maker (backup eligible). */
  deviceBound: boolean
  transports: string[]
}

// ── Enrolment (R039 to R046) ──────────────────────────────────────────────────────────────────────────────────────────

/** How somebody proved who they are. A closed list: what is not here proves nothing. */
export type Proof =
  /** R040: signed in with another provider, in this session, at this level. */
  | { kind: 'provider'; provider: string; link: LinkId; level: Level; authTime: Instant }
  /** R041: a document alone is refused; with a photo of the person, a video conference, or the person there. */
  | { kind: 'document'; seen: 'document_only' | 'photo' | 'video' | 'face_to_face' }
  /** R042: a code sent to a secured health mailbox was given back; its domain decides. */
  | { kind: 'health_mailbox'; address: string }
  /** An administrator of the hub named them as an operator. It says nothing to any service. */
  | { kind: 'invitation' }

export interface NewEnrolment {
  proof: Proof
  /** Who checked. For a proof that the hub saw by itself: the person. */
  agent: Actor
  /** Where the evidence is kept, in the agent's own filing. At most 200 characters; rests sealed. */
  evidence?: string
  /** Day of the check where it was not that of the record, `2026-11-22`. */
  checkedOn?: string
}

export interface Enrolment {
  enrolment: EnrolmentId
  person: PersonId
  /** What was proved about who the person is. No means of theirs says more, however many factors it has. */
  level: Level
  at: Instant
  proof: Proof['kind']
  /** How the person was seen beside their document. */
  seen?: Extract<Proof, { kind: 'document' }>['seen']
  agent: Actor
  checkedOn?: string
}

export type EnrolmentRefusal =
  | 'document_without_presence'
  | 'mailbox_not_secured'
  | 'provider_level_too_low'
  | 'proof_too_old'
  /** R045: weaker than the strongest proof so far. */
  | 'proof_weaker_than_before'
  /** R039: not eleven digits with a right key. */
  | 'identifier_malformed'
  /** R044: not in the register of professionals. */
  | 'identifier_not_in_register'
  /** No edition of the register was imported: nobody can be checked. */
  | 'register_absent'
  /** The register's number is not that of the identity. */
  | 'identifier_of_somebody_else'
  /** Somebody has it. */
  | 'identifier_taken'
  /** Each has a count of failures of its own, so a person has three at most. */
  | 'too_many_identifiers'
  /** A review must decide who this is first (`people/`). */
  | 'identity_collision'
  /** Nothing is linked to it while it is frozen (`people/protections.ts`). */
  | 'identity_frozen'
  /** Somebody else changed it since it was read. */
  | 'identity_changed_meanwhile'

/** By what somebody says who they are before proving it. */
export type Identifier =
  | { kind: 'login_name'; value: string }
  | { kind: 'email'; value: string }
  /** E.164, with its plus: `+33612345678`. */
  | { kind: 'phone'; value: string }
  /** Eleven digits of RPPS, with or without the type digit `8`; checked against the register (R039, R044). */
  | { kind: 'rpps'; value: string }
  /** Given by an organisation to its own people (R039: "otherwise a private identifier"). */
  | { kind: 'private'; value: string }

/** One that `enrolments.check` found well-formed and, for a professional, in the register. */
export interface CheckedIdentifier {
  readonly [checked]: true
  readonly kind: Identifier['kind']
  /** In the one spelling that is digested. */
  readonly value: string
}

export type Refused<R extends string> = { ok: false; reasons: R[] }
export type Outcome<T, R extends string> = ({ ok: true } & T) | Refused<R>

// ── The sign-in ceremony ────────────────────────────────────────────────────────────────────────────────────────────

/** RFC 8176; `mail` is what FranceConnect and ProConnect say. */
export type Amr = 'pwd' | 'otp' | 'sms' | 'mail' | 'hwk' | 'swk' | 'user' | 'pop' | 'mfa'

export interface Authenticated {
  person: PersonId
  /** Those that were used, in the order of use. */
  means: MeansId[]
  amr: Amr[]
  /** The least of what the factors and the enrolment are worth. */
  level: Level
  authTime: Instant
}

/** One step forward. `ceremony` names the next step and is good for that one only, in that browser only. */
export type SignInAnswer =
  | { kind: 'authenticated'; authenticated: Authenticated }
  /** The password was right. The strongest choice first. */
  | { kind: 'second_factor'; ceremony: string; choices: SecondFactorChoice[] }
  /** The password was right, a second factor is needed, and this person has none. */
  | { kind: 'second_factor_missing' }
  /**
   * Wrong, unknown, suspended, expired, too soon: the page says one and the same thing. With `ceremony` the same step can
   * be tried again, without it one begins again. `automation`: a fresh task for the next try (R062).
   */
  | { kind: 'refused'; ceremony?: string; retryAfterSeconds?: number; automation?: WorkChallenge }
  /** Too late, another browser, or used already: begin again. */
  | { kind: 'gone' }

export type { WorkChallenge }

export type SecondFactorChoice =
  | { kind: 'passkey'; label: string }
  | { kind: 'totp'; means: MeansId; label: string }
  | { kind: 'sms_code'; means: MeansId; hint: string; discouraged: true }
  | { kind: 'mail_code'; means: MeansId; hint: string }
  | { kind: 'recovery_code' }

export type SecondFactor =
  | { kind: 'totp'; code: string }
  | { kind: 'sent_code'; means: MeansId; code: string }
  | { kind: 'recovery_code'; code: string }
  | { kind: 'passkey'; response: AuthenticationResponseJSON }

export interface BeginSignIn {
  identifier: string
  /** Binds the ceremony to one browser: the value of its cookie. */
  browser: string
  /** `if_enrolled`: a password alone will do for who has no second factor (`policy/` allows it here). */
  secondFactor: 'required' | 'if_enrolled'
}

/** What somebody shows to prove that no machine is guessing (R062). */
export type AutomationProof = { kind: 'work'; challenge: string; solution: string } | { kind: 'mailed'; code: string }

export interface Ceremonies {
  /** Nothing is told: every identifier gets a ceremony, and the task against robots where the settings want one. */
  begin(start: BeginSignIn): Promise<{ ceremony: string; automation?: WorkChallenge }>
  /** For whoever cannot do the task: a code at the verified mailboxes of whom it may concern, or nothing, by a job. */
  mailAutomationCode(step: { ceremony: string; browser: string; language: Language }): Promise<void>
  password(step: {
    ceremony: string
    browser: string
    password: string
    automation?: AutomationProof
  }): Promise<SignInAnswer>
  /** Sends a code to one of the choices, good in this ceremony. Three times in ten minutes at most. */
  sendCode(step: {
    ceremony: string
    browser: string
    means: MeansId
    language: Language
  }): Promise<'sent' | 'too_many' | 'not_sent' | 'gone'>
  /** What the browser hands to `navigator.credentials.get` as second factor. */
  passkeyOptions(step: {
    ceremony: string
    browser: string
  }): Promise<PublicKeyCredentialRequestOptionsJSON | undefined>
  secondFactor(step: { ceremony: string; browser: string; answer: SecondFactor }): Promise<SignInAnswer>
  /**
   * Without an identifier: the authenticator names the account. With `person`, only that person's keys answer: for a
   * fresh proof in the middle of a session (R058, R059).
   */
  beginPasskey(start: {
    browser: string
    person?: PersonId
  }): Promise<{ ceremony: string; options: PublicKeyCredentialRequestOptionsJSON }>
  passkey(step: { ceremony: string; browser: string; response: AuthenticationResponseJSON }): Promise<SignInAnswer>
}

// ── The verbs ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whose they are, under which enrolment. */
export interface Holder {
  person: PersonId
  enrolment: EnrolmentId
  /** The account in whose session something is added: after a split it goes with that account. */
  via?: LinkId | undefined
}

export interface Passkeys {
  /** A new key for a person. The challenge is good for one answer within ten minutes, from the same browser. */
  beginRegistration(
    holder: Holder & {
      browser: string
      /** Shown by the authenticator in its list of accounts; it stays in the person's hands. */
      accountName: string
      displayName: string
      label: string
    },
  ): Promise<{ ceremony: string; options: PublicKeyCredentialCreationOptionsJSON }>
  /**
   * Checks the answer and makes the means, active. `within` runs in the same transaction, before it is committed: a
   * one-time link is consumed there; when it throws, nothing was made.
   */
  finishRegistration(
    answer: { ceremony: string; browser: string; response: RegistrationResponseJSON },
    within?: (tx: Tx, made: { person: PersonId; means: MeansId }) => Promise<void>,
  ): Promise<Outcome<{ means: MeansId; person: PersonId }, 'gone' | 'not_verified' | 'already_known'>>

  /** For a challenge of the caller's own, which binds what is signed: nothing here is a sign-in. */
  readonly signing: PasskeySigning
}

export interface PasskeySigning {
  /** The strongest that a usable passkey of this person is worth, with its holder verified. */
  levelOf(person: PersonId): Promise<Level | undefined>
  /** For `navigator.credentials.get`, among this person's usable passkeys; undefined without any. */
  options(person: PersonId, challenge: string): Promise<PublicKeyCredentialRequestOptionsJSON | undefined>
  /** Which usable passkey of this person signed this challenge. Undefined for everything else. Writes nothing. */
  verify(
    person: PersonId,
    challenge: string,
    response: AuthenticationResponseJSON,
  ): Promise<SignedByPasskey | undefined>
  /**
   * Counts it as a use. `regressed`: the counter went back, which two holders of one key make; that is a fact, and the
   * signature counts for nothing (WebAuthn section 6.1.1). `gone`: ended meanwhile.
   */
  use(tx: Tx, signed: SignedByPasskey): Promise<'used' | 'gone' | 'regressed'>
}

export interface SignedByPasskey {
  means: MeansId
  person: PersonId
  level: Level
  counter: number
  algorithm: 'ES256' | 'RS256' | 'EdDSA'
  /** Public. */
  key: JsonWebKey
  /** Of an elliptic curve in DER. */
  value: Buffer
  authenticatorData: Buffer
  clientDataJSON: Buffer
}

export type PasswordRefusal =
  | PasswordReason
  /** The old password is wrong, or must not be tried now. */
  | 'old_password_wrong'
  /** Not this person's, not with two factors, or longer ago than ten minutes. */
  | 'sign_in_again'
  /** A first one, and there is one; or a change, and there is none. */
  | 'out_of_step'
  /** The code is wrong, over or used, or its mailbox resets nothing any more. */
  | 'gone'

export interface Passwords {
  /** First setting or renewal. The rule is verified here, whatever a page has verified before (R066). */
  set(
    holder: Holder & {
      password: string
      /** What allows it: the old password, or a sign-in of this session with two factors, at most ten minutes ago. */
      by: { kind: 'first' } | { kind: 'old'; password: string } | { kind: 'recent'; authenticated: Authenticated }
    },
    /** Runs in the transaction that writes it; when it throws, nothing was set. */
    within?: (tx: Tx) => Promise<void>,
  ): Promise<Outcome<{ means: MeansId }, PasswordRefusal>>
  /** The same work and answer for every identifier; a known one gets a code at its verified mailboxes, by a job. */
  requestReset(request: { identifier: string; language: Language }): Promise<void>
  /** Sets a new password by that code. Second factors stay as they are; failures in a row are forgiven (R063). */
  reset(answer: { code: string; password: string }): Promise<Outcome<{ person: PersonId }, PasswordRefusal>>
}

export interface Totps {
  /** `uri` is for the QR code, `secret` for who types (base32). Both are shown once and stored sealed only. */
  begin(
    tx: Tx,
    holder: Holder & { label: string; accountName: string },
  ): Promise<{
    means: MeansId
    uri: string
    secret: string
  }>
  /** The first right code shows that the secret arrived. */
  activate(person: PersonId, means: MeansId, code: string): Promise<'active' | 'wrong' | 'unknown'>
}

export interface RecoveryCodes {
  /** Ten new ones, shown once; those of before are worth nothing any more. */
  make(tx: Tx, holder: Holder): Promise<{ means: MeansId; codes: string[] }>
}

export interface SentCodes {
  /**
   * A phone number in E.164 (`+33612345678`); it serves only after its first code was given back (R043), in the same
   * `session` where one is named. A number that waits already is not made twice. Whoever sends to one number again and
   * again, be it that of a stranger, gets the same answer, and nothing leaves.
   */
  addNumber(
    holder: Holder & { number: string; label: string; language: Language; session?: SessionId },
  ): Promise<Outcome<{ means: MeansId }, 'number_malformed' | 'not_sent' | 'too_many'>>
  sendNumberAgain(
    waiting: { person: PersonId; means: MeansId; session?: SessionId },
    language: Language,
  ): Promise<'sent' | 'too_soon' | 'too_many' | 'not_sent' | 'gone'>
  verifyNumber(
    person: PersonId,
    means: MeansId,
    code: string,
    session?: SessionId,
  ): Promise<'active' | 'wrong' | 'expired'>
  /** How often a code for a number of this person may still be tried; 0 when there is none. */
  numberTriesLeft(person: PersonId): Promise<number>
  /** A verified contact as second factor; refused for what R055 sets aside. */
  addMailbox(
    holder: Holder & { contact: ContactId; label: string },
  ): Promise<Outcome<{ means: MeansId }, 'not_verified' | 'mailbox_resets_password'>>
}

/** Who changes a contact, in which session, signed in how. */
export interface ContactSession {
  person: PersonId
  session: SessionId
  level: Level
  link: LinkId
}

/** Their list is `people.contactsOf`. */
export interface Contacts {
  /**
   * Sends a code to an address. `replaces`: the contact that goes once the new one is verified. The answer is the same
   * whoever has the address, and whether or not others have had codes sent there today.
   */
  add(
    who: ContactSession,
    given: { address: string; language: Language; replaces?: ContactId },
  ): Promise<
    Outcome<
      { contact: ContactId },
      'address_malformed' | 'already_there' | 'too_many' | 'too_many_contacts' | 'not_sent'
    >
  >
  /** Another code, half a minute after the one before, which is worth nothing any more. */
  sendAgain(
    who: ContactSession,
    contact: ContactId,
    language: Language,
  ): Promise<'sent' | 'too_soon' | 'too_many' | 'not_sent' | 'gone'>
  /**
   * The code, in the session that asked for it: ten tries, a quarter of an hour, once. `kept`: the contact that was to be
   * replaced stays, as a stronger sign-in brought it, or as it is a second factor. `over`: another code is needed.
   */
  verify(
    who: ContactSession,
    contact: ContactId,
    code: string,
  ): Promise<
    { kind: 'verified'; kept: boolean } | { kind: 'wrong'; left: number } | { kind: 'over' } | { kind: 'too_weak' }
  >
  /** `second_factor`: codes of a means go there; that one is withdrawn first. */
  remove(who: ContactSession, contact: ContactId): Promise<'removed' | 'too_weak' | 'unknown' | 'second_factor'>
  /** Whoever is signed in says that what a weaker sign-in brought is theirs. False when there is nothing to say. */
  confirm(who: ContactSession, contact: ContactId): Promise<boolean>
}

export interface Enrolments {
  /** Before a transaction begins: asks the register of professionals (R039, R044). */
  check(identifier: Identifier): Promise<Outcome<{ identifier: CheckedIdentifier }, EnrolmentRefusal>>
  /**
   * Records a proof. With `identity` the person is found or made as people are everywhere else, and stored identity data
   * changes only on a proof at least as strong as the one behind it (R045).
   */
  record(
    tx: Tx,
    enrolment: NewEnrolment &
      (
        | { person: PersonId; identity?: undefined }
        | { person?: undefined; identity: Identity; identifier: CheckedIdentifier }
      ),
  ): Promise<Outcome<Enrolment, EnrolmentRefusal>>
  /** The strongest proof of who somebody is, by whatever account or check. */
  strongestOf(handle: Handle, person: PersonId): Promise<Level | undefined>
  /** What a proof is worth, before it is recorded. */
  weigh(proof: Proof): { level: Level } | { reasons: EnrolmentRefusal[] }
  /**
   * R045: refused when the new proof is weaker than the strongest one so far, when `before` is not the stored identity
   * any more, and when the identity is that of somebody else.
   */
  changeIdentity(
    tx: Tx,
    change: NewEnrolment & { person: PersonId; identity: Identity; before?: Identity },
  ): Promise<Outcome<Enrolment, EnrolmentRefusal>>
  /** An identifier names one person at most. */
  addIdentifier(
    tx: Tx,
    person: PersonId,
    identifier: CheckedIdentifier,
  ): Promise<Outcome<{ person: PersonId }, EnrolmentRefusal>>
  removeIdentifier(tx: Tx, person: PersonId, identifier: string): Promise<boolean>
  /** For the manager of means. Pages of sign-in never ask this. */
  personOf(identifier: string): Promise<PersonId | undefined>
  of(handle: Handle, person: PersonId): Promise<Enrolment[]>
  /** What the person signs in with, as it was given. */
  identifiersOf(handle: Handle, person: PersonId): Promise<Identifier[]>
}

/** R042. `binding`: a code is good for the enrolment that asked for it and no other. */
export interface MailboxProofs {
  send(request: {
    address: string
    binding: string
    language: Language
    person?: PersonId
    actor: Actor
  }): Promise<'sent' | 'address_malformed' | 'mailbox_not_secured' | 'too_many' | 'not_sent'>
  /** Five tries. A right code is used up. */
  check(answer: { address: string; binding: string; code: string }): Promise<boolean>
}

export interface Activations {
  /**
   * A new code for somebody whose identity was checked in the last seven days; those of before serve no more. The caller
   * has checked that the actor may give one. The code is stored nowhere.
   */
  give(
    tx: Tx,
    to: Holder & { actor: Actor },
  ): Promise<Outcome<{ code: string; expiresAt: Instant }, 'enrolment_too_old'>>
  /** One that was given and can still be used. */
  waiting(
    handle: Handle,
    person: PersonId,
  ): Promise<{ enrolment: EnrolmentId; givenAt: Instant; expiresAt: Instant } | undefined>
  /** Also ends what a browser is doing with it. */
  withdraw(tx: Tx, person: PersonId, actor: Actor): Promise<boolean>
  /** The person types the code: this browser may go on for half an hour. Ten wrong tries end a code. */
  enter(typed: { code: string; browser: string }): Promise<boolean>
  /** Whose activation goes on in this browser. */
  open(browser: string): Promise<(Holder & { used: boolean }) | undefined>
  /**
   * Uses the code up by the means that this transaction makes.
   *
   * @throws ActivationOver when the browser may not go on, any more
   */
  use(tx: Tx, browser: string, person: PersonId): Promise<void>
  /** The person is done in this browser. */
  close(browser: string): Promise<void>
}

export interface Means {
  readonly enrolments: Enrolments
  readonly mailboxProofs: MailboxProofs
  readonly activations: Activations
  readonly passwords: Passwords
  readonly totps: Totps
  readonly recoveryCodes: RecoveryCodes
  readonly passkeys: Passkeys
  readonly sentCodes: SentCodes
  readonly contacts: Contacts
  readonly personCodes: PersonCodes
  readonly personPasswords: PersonPasswords
  readonly ceremonies: Ceremonies

  /** The person's means, the oldest first, those that ended included. */
  of(handle: Handle, person: PersonId): Promise<MeansView[]>
  /** Signed-in people as `people.recognise` and `settle` take them: an account at the hub's own provider. */
  claimedOf(authenticated: Authenticated): Promise<Claimed | undefined>
  /**
   * By the holder or a manager, at any instant (R047). Takes effect with the commit: no further sign-in, and every session
   * that came from the person's own means ends. `unchanged` when the state has no such step, `unknown` when the means is
   * not this person's.
   */
  suspend(tx: Tx, change: MeansChange): Promise<'done' | 'unchanged' | 'unknown'>
  /** What a manager suspended, the holder cannot bring back: `not_allowed`. */
  resume(tx: Tx, change: MeansChange): Promise<'done' | 'unchanged' | 'unknown' | 'not_allowed'>
  revoke(tx: Tx, change: MeansChange): Promise<'done' | 'unchanged' | 'unknown'>
  /** A new term from now on, on an enrolment of the same person at least as strong as the one before (R046). */
  renew(
    tx: Tx,
    change: MeansChange & { enrolment: EnrolmentId },
  ): Promise<'done' | 'unchanged' | 'unknown' | 'not_allowed'>
  rename(tx: Tx, change: { person: PersonId; means: MeansId; label: string }): Promise<'done' | 'unknown'>
  /** Forgives failures in a row (R063). The count of 24 hours stays. */
  unlock(tx: Tx, person: PersonId, by: { actor: Actor; how: 'manager' | 'mailbox' | 'recovery_code' }): Promise<void>
  /** The holder alone, blocked: a recovery code and a second factor together, both used up by it. */
  unlockWithCodes(request: { identifier: string; recoveryCode: string; totp: string }): Promise<boolean>
  /** R046: what is in force and ends within so many milliseconds, the first first, `limit` of them; and how many in all. */
  expiring(handle: Handle, within: number, limit: number): Promise<Expiring>
  /** To be registered with `people.keep`: what of a person is forgotten, and whose it is after a review. */
  keeper: Keeper
  /** Ends what is over, writes the reminders of what ends in 60, 30 and 7 days, deletes old counts. A job calls it. */
  sweep(): Promise<void>
}

export interface Expiring {
  counts: { kind: OwnMeansKind; means: number; holders: number }[]
  first: {
    means: MeansId
    person: PersonId
    kind: OwnMeansKind
    expiresAt: Instant
    /** Days before the end of the last reminder to the holder. */
    reminded?: number
  }[]
}

export interface MeansChange {
  person: PersonId
  means: MeansId
  actor: Actor
  /** Why, from a closed list. */
  reason: MeansReason
}

export const meansReasons = [
  'lost',
  'stolen',
  'broken',
  'replaced',
  'misuse',
  'left',
  'asked',
  'found',
  'renewed',
] as const
export type MeansReason = (typeof meansReasons)[number]

/** What the settings say of means. Lengths of time in milliseconds. */
export interface MeansRules {
  /** The term of a means, by kind (R046). */
  validity: Record<OwnMeansKind, number>
  enrolment: EnrolmentRules
  /** R055: domains whose mailboxes are secured; a domain stands for those below it. */
  securedMailDomains: readonly string[]
  restrictions: Restrictions
  passwordProfile: PasswordProfile
  /** The provider that the hub itself is: its own means are accounts there. */
  provider: ProviderId
}

export interface MeansOptions {
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  people: People
  /** 256 bits of this room. */
  key: Buffer
  /** Origin of the hub, and its name as authenticators and messages show it. */
  issuer: string
  name: string
  rules: MeansRules
  gateway: MessageGateway
  translate: (language: Language) => Translate
  /** R044: is a national identifier in the register of professionals? */
  inRegister: (nationalId: string) => Promise<'known' | 'unknown' | 'no_edition'>
  /** R047: ends every session that came from this person's own means. Services learn it by the fact of that. */
  endSessions: EndSessions
  log: (message: string, inside: Record<string, unknown>) => void
  /** Tests hand in one that costs less. */
  hasher?: PasswordHasher
  /** Leading zero bits of the task against robots; tests ask for fewer. */
  difficulty?: number
}

export function createMeans(options: MeansOptions): Means {
  const { storage, clock, audit, people, rules, gateway, translate, name, issuer, endSessions } = options
  const { state, jobs } = storage
  const key = deriveKey(options.key, 'means')
  const hasher = options.hasher ?? createPasswordHasher()
  const attempts = createAttempts({ storage, clock, audit, restrictions: rules.restrictions })
  const holding = createHolding({ storage, clock, audit, people, key, validity: rules.validity, endSessions })
  const shared = { storage, clock, audit, people, key, holding, attempts, gateway, translate, name }
  const codes = createSentCodes({
    ...shared,
    host: new URL(issuer).host,
    securedMailDomains: rules.securedMailDomains,
    log: options.log,
  })
  const passwords = createPasswords({
    ...shared,
    hasher,
    codes,
    profile: rules.passwordProfile,
    unlock: (tx, person) => unlock(tx, person, { actor: { kind: 'person', id: person }, how: 'mailbox' }),
    endSessions,
  })
  const atHand = createCodesAtHand({ ...shared, issuer: name })
  const passkeys = createPasskeys({ ...shared, origin: issuer })
  const automation = createAutomationCheck({
    clock,
    key,
    state,
    ...(options.difficulty === undefined ? {} : { difficulty: options.difficulty }),
  })
  const ceremonies = createCeremonies({
    ...shared,
    hasher,
    passwords,
    codes,
    atHand,
    passkeys,
    automation,
    wantsAutomationCheck: rules.restrictions.challenge,
  })
  jobs.work('means.reset', ({ request }) => passwords.sendReset(request))
  jobs.work('means.check', ({ request }) => ceremonies.sendAutomationCode(request))
  const enrolments = createEnrolments({
    ...shared,
    rules: rules.enrolment,
    provider: rules.provider,
    inRegister: options.inRegister,
  })

  /** Under which keys somebody's failures are counted. */
  async function failureKeys(handle: Handle, person: PersonId): Promise<string[]> {
    const identifiers = await store.identifiersOf(handle, person)
    return [...identifiers.map(({ digest }) => digest), holding.secondFactorKey(person)]
  }

  async function unlock(tx: Tx, person: PersonId, { actor, how }: Parameters<Means['unlock']>[2]): Promise<void> {
    await attempts.forgive(tx, await failureKeys(tx, person))
    audit.append(tx, { name: 'means.unlocked', data: { person, how, actor } })
  }

  return {
    enrolments,
    mailboxProofs: createMailboxProofs({
      ...shared,
      codes,
      healthMailDomains: rules.enrolment.healthMailDomains,
      log: options.log,
    }),
    activations: createActivations(shared),
    passwords,
    totps: atHand.totps,
    recoveryCodes: atHand.recoveryCodes,
    passkeys,
    sentCodes: codes,
    personCodes: createPersonCodes({ ...shared, codes }),
    personPasswords: createPersonPasswords({ ...shared, hasher, passwords }),
    contacts: createContactCodes({ ...shared, log: options.log }),
    ceremonies,
    of: holding.of,
    suspend: holding.suspend,
    resume: holding.resume,
    revoke: holding.revoke,
    renew: holding.renew,
    rename: holding.rename,
    unlock,

    async claimedOf({ person, level }) {
      const links = await people.linksOf(storage.db, person)
      const account = links.find((link) => link.provider === rules.provider)
      const identity = account && (await people.identityOf(storage.db, person))
      return identity && { provider: rules.provider, subject: account.subject, level, identity }
    },

    async unlockWithCodes({ identifier, recoveryCode, totp }) {
      const digest = identifierDigest(key, identifier)
      const person = (await store.personByIdentifier(storage.db, digest)) ?? null
      // Of its own: the count that it forgives bars whoever is blocked.
      const reserved = { person, step: 'second_factor', challengePassed: false } as const
      const reservation = await attempts.reserve(keyedHash(key, 'means/unlock', digest), reserved)
      if (!reservation.allowed) return false
      const found = person && (await atHand.findStep(person, totp))
      if (!found) {
        await reservation.wrong('wrong_second_factor')
        return false
      }
      const { row, step } = found
      const both = await inOneOrNot(storage, async (tx) => {
        const isFresh = await store.advance(tx, { means: row.id, to: step, at: clock.now(), state: 'active' })
        if (!isFresh || !(await atHand.useRecoveryCode(tx, person, recoveryCode))) return false
        await unlock(tx, person, { actor: { kind: 'person', id: person }, how: 'recovery_code' })
        return true
      })
      if (both) await reservation.right()
      else await reservation.wrong('wrong_second_factor')
      return both
    },

    async expiring(handle, within, limit) {
      const at = clock.now()
      const wanted = { at, until: at + within }
      const rows = await store.expiring(handle, { ...wanted, limit })
      return {
        counts: await store.countExpiring(handle, wanted),
        first: rows.map((row) => ({
          means: row.id,
          person: row.person_id,
          kind: row.kind,
          expiresAt: row.expires_at.getTime(),
          ...(row.reminded === null ? {} : { reminded: row.reminded }),
        })),
      }
    },

    keeper: {
      room: 'means',
      async forget(tx, person) {
        await store.forgetPerson(tx, person, await failureKeys(tx, person))
      },
      follow: createFollowing({ ...shared, provider: rules.provider }),
    },

    async sweep() {
      await holding.endOver()
      await attempts.forgetOld(storage.db)
    },
  }
}

/** All of it or nothing: of two things that are used up together, neither is when the other was not good. */
async function inOneOrNot(storage: Storage, work: (tx: Tx) => Promise<boolean>): Promise<boolean> {
  const undone = new Error('undone')
  try {
    await storage.transaction(async (tx) => {
      if (!(await work(tx))) throw undone
    })
    return true
  } catch (error) {
    if (error === undone) return false
    throw error
  }
}
