/**
 * Versions of the settings of a service, a provider or a partner: one draft at most, one published at most, the rest
 * archived. A draft is an entry of a partners file as somebody types it, so it can be saved while it still has faults;
 * it is published by the same validation and the same plan as a file is applied by (`plan.ts`), there is no second one.
 * What a service may be told of people (scopes) is granted by operators, one scope at a time; its secrets are made here
 * and shown once.
 *
 * Each verb says who may: operators everything; a partner's staff what is their partner's, within what operators granted
 * (`reserved.ts`). What is another partner's is `unknown`, like what is not there. Every verb that changes something says
 * which state its author saw; who acts on an older one is told, and nothing is written.
 */
import type { Actor } from '../audit/facts.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ServiceId } from '../kernel/ids.ts'
import type { StaffRole } from '../kernel/roles.ts'
import type { Tx } from '../storage/storage.ts'
import type { ChangedField } from './difference.ts'
import type { EntityKind, Provider, Service } from './partners.ts'
import type { Said } from './problems.ts'
import type { Scope } from './vocabulary.ts'

export { justificationLimits } from './vocabulary.ts'

/** What has versions. */
export interface Subject {
  kind: EntityKind
  id: string
}

/** By whose hand something changes. */
export type Editor =
  /** An operator, a client of the API that operators registered, or the command line. */
  | {
      hand: 'operators'
      actor: Actor
      /** Who confirmed it, of two operators. */
      second?: Actor
      /**
       * Writes the confirmation (`approvals/`): called once, in the transaction of the change, when it is sure that
       * something will be changed. A throw leaves nothing of either and reaches the caller as it is.
       */
      confirm?: (tx: Tx) => Promise<void>
    }
  /** Somebody who works for a partner. Administrators and technicians change things, whoever works for it may look. */
  | { hand: 'partner'; actor: Actor; partner: string; roles: readonly StaffRole[] }

/** Of a partner's staff, who may change and publish. */
export const editingRoles = ['administrator', 'technician'] as const satisfies readonly StaffRole[]

/**
 * An entry of a partners file (`docs/settings.md`), as it was typed: it need not be right. It never holds a secret: those
 * of a service are not in it at all, a provider's client secret is `connector.clientSecret: { kept: true }`, and of a
 * provider there is no `state`. `partner`: of a partner, without its services and providers.
 */
export type Entry = Record<string, unknown>

export interface Draft extends Subject {
  /** Whose it is. */
  partner: string
  entry: Entry
  /** Number of the version that it began from; absent: nothing was published. */
  base?: number
  /** Another number each time that it is saved, or that a secret is made for it; never one that a draft had before. */
  edit: number
  openedBy: Actor
  openedAt: Instant
  savedBy: Actor
  savedAt: Instant
  /** A client secret was given with it (providers), which takes the place of the one in force when it is published. */
  clientSecretGiven: boolean
}

/** What is wrong with one field of an entry. */
export interface EntryFault extends Said {
  /** Path in the entry: `redirectUris[0]`, `connector.issuer`; empty when it is about the whole. */
  field: string
  /** In English, the end of a sentence that begins with the field. Pages say it by `faultText` (`fault-messages.ts`). */
  problem: string
}

/** What is allowed but worth a second look. */
export interface EntryWarning extends Said {
  /** In English, a sentence. */
  text: string
}

/** A draft, or an older version, held against what is published now. */
export interface Look {
  subject: Subject
  partner: string
  entry: Entry
  draft?: Draft
  /** Number of the version that is published; absent: none is. Name it as `over` when publishing. */
  published?: number
  /**
   * What somebody else published since the draft began, other than its secrets: a publication of the draft as it is would
   * take that back. Empty: nothing.
   */
  moved: ChangedField[]
  faults: EntryFault[]
  warnings: EntryWarning[]
  /** What a publication would change of what is published now. */
  changes: ChangedField[]
  /** Scopes that a publication would ask of the operators, and not put in force: those that are not granted. */
  asks: Scope[]
  /** It changes a key or a secret of something published: an operator needs a second one. */
  changesKeys: boolean
  /**
   * The settings as the entry says them, with all scopes that it asks and the secrets in force: what a test login tries,
   * and nothing that may leave the hub, because a provider's client secret is in it in clear.
   * Absent while a field by itself is wrong.
   */
  candidate?: { kind: 'service'; settings: Service } | { kind: 'provider'; settings: Omit<Provider, 'state'> }
}

export type Denied =
  /** Nothing of that name, or it is another partner's. */
  | { kind: 'unknown' }
  /** It is theirs, and none of their roles may do this. */
  | { kind: 'forbidden' }

export type OpenOutcome =
  | { kind: 'opened'; draft: Draft }
  /** There was one already: it is the one that goes on. */
  | { kind: 'there'; draft: Draft }
  /** The id cannot be that of something new of theirs: it is none (the fault says why), or somebody else has it. */
  | { kind: 'refused'; faults: EntryFault[] }
  | Denied

export type SaveOutcome =
  | { kind: 'saved'; draft: Draft }
  /** Somebody saved it since (`draft` is theirs: who, when, what), or published or discarded it (no `draft`). */
  | { kind: 'conflict'; draft?: Draft }
  /** It cannot even be kept: a secret written out, too long. */
  | { kind: 'refused'; faults: EntryFault[] }
  | Denied

export type DiscardOutcome = { kind: 'discarded' } | { kind: 'conflict'; draft?: Draft } | Denied

export type PublishOutcome =
  | {
      kind: 'published'
      /** Absent when what was published stays as it was: nothing changed, or only scopes were asked. */
      number?: number
      changes: ChangedField[]
      /** Scopes that now wait for the operators. */
      asked: Scope[]
    }
  | { kind: 'invalid'; faults: EntryFault[] }
  /** The draft (`draft`, or none any more) or what is published (`published`) is no longer what the author saw. */
  | { kind: 'conflict'; draft?: Draft; published?: number }
  /** An operator changes a key or a secret of something published: it needs a second one (`Editor.second`). */
  | { kind: 'second_needed' }
  | Denied

export type WithdrawOutcome =
  | { kind: 'withdrawn' }
  /** Another version is published than the one that was seen, or none any more. */
  | { kind: 'conflict'; published?: number }
  | Denied

/** One version, for its history. */
export interface Version {
  number: number
  state: 'published' | 'archived'
  partner: string
  author: Actor
  hand: Editor['hand']
  /** How it came: by a file, from a draft, as an undo, with a new secret, by the grant of a scope. */
  cause: VersionCause
  /** It was made equal to this one. */
  undoOf?: number
  publishedAt: Instant
  archivedAt?: Instant
  /** By whose hand. */
  archivedHand?: Editor['hand']
  /** Against the version before it. */
  changes: ChangedField[]
}

export const versionCauses = ['file', 'draft', 'undo', 'secret', 'grant'] as const
export type VersionCause = (typeof versionCauses)[number]

// --- Scopes --------------------------------------------------------------------------------------------------------

export const scopeStates = ['asked', 'granted', 'refused'] as const
export type ScopeState = (typeof scopeStates)[number]

/** A scope of a service other than `openid`: what it asked, and what operators answered. */
export interface ScopeRequest {
  service: ServiceId
  partner: string
  scope: Scope
  state: ScopeState
  /** Why the service needs it. A file may grant one without. */
  justification?: string
  askedBy: Actor
  askedAt: Instant
  decidedBy?: Actor
  decidedAt?: Instant
  /** Why it was refused. */
  reason?: string
}

export type GrantOutcome =
  | { kind: 'granted'; number: number }
  | { kind: 'refused'; request: ScopeRequest }
  /** With the scope the service would not be right. */
  | { kind: 'invalid'; faults: EntryFault[] }
  /** It is not asked any more, or not for this reason: withdrawn, asked anew, or answered by somebody else. */
  | { kind: 'overtaken'; request?: ScopeRequest }
  | Denied

// --- Secrets -------------------------------------------------------------------------------------------------------

/** Days for which the older secret goes on beside a new one. */
export const overlapDays = { usual: 7, least: 0, most: 30 } as const

/** The secrets of a service, as far as anybody may see them. */
export interface SecretsView {
  /** Of what: the published version, or a draft of what uses no secret yet. */
  of: 'published' | 'draft'
  /** Name it when making or ending one: the number of that version, or the `edit` of the draft. */
  seen: number
  /** Those in force, the older first; one that has an end serves until then. */
  inForce: { until?: Instant }[]
}

export type SecretOutcome =
  /** `secret` is shown once, here, and kept nowhere. `olderUntil`: absent when there is no older one in force now. */
  | { kind: 'made'; secret: string; seen: number; olderUntil?: Instant }
  | { kind: 'ended'; seen: number }
  /** Two are in force already: the older one has to end first. */
  | { kind: 'two_in_force'; secrets: SecretsView }
  /** There is no older one to end. */
  | { kind: 'nothing_to_end' }
  /** The overlap is not 0 to 30 days. */
  | { kind: 'invalid'; faults: EntryFault[] }
  /** It uses keys (`private_key_jwt`): there is no secret to make. */
  | { kind: 'uses_keys' }
  /** Somebody else made or ended one, or published, since. */
  | { kind: 'conflict'; secrets: SecretsView }
  | { kind: 'second_needed' }
  | Denied

// --- Verbs ---------------------------------------------------------------------------------------------------------

export interface Versions {
  /** Open drafts, of one partner or of all, the last saved first. */
  drafts(editor: Editor, filter?: { partner?: string }): Promise<Draft[]>
  draft(subject: Subject, editor: Editor): Promise<Draft | undefined>
  /**
   * Begins a draft from what is published, or from an older version (`from`); something new is empty but for its id, and
   * is of `partner` (for staff, their own). A partner itself cannot be new here.
   */
  open(subject: Subject, editor: Editor, options?: { partner?: string; from?: number }): Promise<OpenOutcome>
  /** `clientSecret`: of a provider's connector; a text puts it aside sealed, null takes back the one put aside. */
  save(
    subject: Subject,
    given: { entry: Entry; edit: number; clientSecret?: string | null },
    editor: Editor,
  ): Promise<SaveOutcome>
  discard(subject: Subject, given: { edit: number }, editor: Editor): Promise<DiscardOutcome>
  /** The draft, judged now. Undefined: there is none, or it is another partner's. */
  look(subject: Subject, editor: Editor): Promise<Look | undefined>
  /** `edit` and `over` as `look` showed them. */
  publish(subject: Subject, seen: { edit: number; over?: number }, editor: Editor): Promise<PublishOutcome>
  /** The newest first. Undefined: there never was one, or it is another partner's. */
  history(subject: Subject, editor: Editor, page?: { before?: number; limit?: number }): Promise<Version[] | undefined>
  /** An older version, judged now as an undo would publish it. */
  lookBack(subject: Subject, number: number, editor: Editor): Promise<Look | undefined>
  /**
   * A new version equal to an older one, judged by the rules of today; its secrets are those in force now, and scopes are
   * what is granted now. `over` as `lookBack` showed it.
   */
  undo(subject: Subject, seen: { number: number; over?: number }, editor: Editor): Promise<PublishOutcome>
  /**
   * A service leaves: from now on nobody signs in to it, its codes and tokens end, what it was granted is granted no more.
   * What people know it by stays, so that `undo` brings it back as it was. Administrators withdraw what is their
   * partner's and bring that back; what operators took away, operators bring back. `over` as `history` has it.
   */
  withdraw(service: ServiceId, seen: { over: number }, editor: Editor): Promise<WithdrawOutcome>
  /** What waits, was granted or refused, the oldest request first. */
  scopes(
    editor: Editor,
    filter?: { partner?: string; service?: ServiceId; state?: ScopeState },
  ): Promise<ScopeRequest[]>
  /** Operators only. Publishes the service with the scope added. `askedAt` as the request has it. */
  grantScope(service: ServiceId, given: { scope: Scope; askedAt: Instant }, editor: Editor): Promise<GrantOutcome>
  /** Operators only. `reason` is read by the partner: one line, 500 characters at most. */
  refuseScope(
    service: ServiceId,
    given: { scope: Scope; askedAt: Instant; reason: string },
    editor: Editor,
  ): Promise<GrantOutcome>
  secrets(service: ServiceId, editor: Editor): Promise<SecretsView | undefined>
  /** Makes a secret of 32 random bytes; the one in force until now goes on for `overlap` days. */
  rotateSecret(service: ServiceId, given: { seen: number; overlap?: number }, editor: Editor): Promise<SecretOutcome>
  /** Ends the older of two at once. */
  endOldSecret(service: ServiceId, given: { seen: number }, editor: Editor): Promise<SecretOutcome>
}
