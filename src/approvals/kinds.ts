/**
 * What takes two operators: of each kind what it needs to know, who may ask and confirm, what it is about, and the verb
 * that does it. The list is closed.
 */
import type { Actor, ApprovalKind } from '../audit/facts.ts'
import type { DocumentProblem, NewDocument, Organisations } from '../directory/organisations.ts'
import type { ApiScope, ProgramParty } from '../kernel/api-scopes.ts'
import type { Instant } from '../kernel/clock.ts'
import type {
  ApiClientId,
  MandateId,
  OperatorId,
  OrganisationId,
  PersonId,
  RepresentationId,
  ServiceId,
} from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { OperatorRole } from '../kernel/roles.ts'
import type { Keys, Purpose } from '../keys/keys.ts'
import { thumbprintOf } from '../partners/client-keys.ts'
import {
  type Editor,
  type Look,
  overlapDays,
  type PublishOutcome,
  type SecretOutcome,
  type Subject,
  type Versions,
} from '../partners/versions.ts'
import type { Protections } from '../people/protections.ts'
import type { Operators } from '../staff/operators.ts'
import type { Storage, Tx } from '../storage/storage.ts'

/** What each kind needs to know. `seen`, `edit` and `over` say which state was looked at (`partners/versions.ts`). */
export interface ApprovalParameters {
  /** The next keys of a purpose, in use after the overlap. */
  rotate_keys: { purpose: Purpose }
  /** The keys of a purpose sign no more from now on: one of them leaked. */
  revoke_keys: { purpose: Purpose }
  /** A new secret of a service; the older serves for `overlap` days more. */
  rotate_secret: { service: ServiceId; seen: number; overlap?: number }
  /** The older secret of a service serves no more from now on. */
  end_old_secret: { service: ServiceId; seen: number }
  /** A draft that changes a key or a secret. */
  publish: { subject: Subject; edit: number; over?: number }
  /** An older version with another key than the one in force, published again. */
  republish: { subject: Subject; number: number; over?: number }
  /** Somebody new who may do what these roles may. */
  invite_operator: { name: string; roles: readonly OperatorRole[]; mail?: string; language?: Language }
  /** A new link for an operator, whose passkey takes the place of all they have. */
  reinvite_operator: { operator: OperatorId }
  /** A program of the admin API, by its public keys. */
  register_program: NewProgram
  /** Other keys of a program. */
  program_keys: { client: ApiClientId; jwks: PublicKeys; seen: Instant }
  /** More, or other, of what a program may do. */
  program_scopes: { client: ApiClientId; scopes: readonly ApiScope[]; seen: Instant }
  /** Nothing of a person is released any more, and they do not thaw it alone. */
  freeze_person: { person: PersonId }
  /**
   * Somebody proved who they are at a desk; `evidence`: where that is written down. With `blocks`, what they blocked
   * themselves is lifted too.
   */
  thaw_person: { person: PersonId; evidence: string; blocks: 'kept' | 'lifted' }
  /** Somebody represents an organisation by a document that was shown at a desk. */
  record_representation: NewDocument
  /** Nobody acts under a mandate until operators bring it back. */
  suspend_mandate: { mandate: MandateId }
  resume_mandate: { mandate: MandateId }
  /** A mandate ends for ever: it was obtained or used by fraud. */
  end_mandate: { mandate: MandateId }
}

/** A file number, a reference of the desk: no sentence, nothing of what a document says. */
export const evidencePattern = /^[\p{L}\p{N}][\p{L}\p{N} ./_-]{2,59}$/u

/** RFC 7517. */
export interface PublicKeys {
  keys: readonly Readonly<Record<string, unknown>>[]
}

export interface NewProgram {
  name: string
  scopes: readonly ApiScope[]
  jwks: PublicKeys
  /** Who answers for it. */
  operator?: OperatorId
  /** The service or provider that a program of a partner acts for. */
  party?: ProgramParty
}

/** The programs of the admin API, whose room is below this one. */
export interface Programs {
  find(client: string): Promise<{ changedAt: Instant; party?: ProgramParty } | undefined>
  faultsOf(given: Partial<NewProgram>, changed?: { party?: ProgramParty }): Promise<readonly unknown[]>
  register(given: NewProgram, actor: Actor, also: (tx: Tx) => Promise<void>): Promise<{ client: ApiClientId }>
  replaceKeys(client: ApiClientId, jwks: PublicKeys, by: ProgramChangedBy): Promise<ProgramOutcome>
  changeScopes(client: ApiClientId, scopes: readonly ApiScope[], by: ProgramChangedBy): Promise<ProgramOutcome>
}

interface ProgramChangedBy {
  actor: Actor
  seen: Instant
  also(tx: Tx): Promise<void>
}

/** Mandates, whose room is below this one. */
export interface Mandated {
  find(mandate: MandateId): Promise<{ state: string; suspensions: readonly { reason: string }[] } | undefined>
  suspend(tx: Tx, by: { actor: Actor }, given: { mandate: MandateId }): Promise<MandateStep>
  resume(tx: Tx, by: { actor: Actor }, given: { mandate: MandateId }): Promise<MandateStep>
  condemn(tx: Tx, actor: Actor, given: { mandate: MandateId }): Promise<MandateStep>
}

type MandateStep = { ok: true } | { ok: false; reason: string }

type ProgramOutcome = 'done' | 'unchanged' | 'moved' | 'unknown'

/** What became of it. A secret or a link is here and nowhere else. */
export type Result =
  | { done: 'keys'; created: readonly string[]; activeFrom: Instant }
  | { done: 'secret'; service: ServiceId; secret: string; olderUntil?: Instant }
  | { done: 'ended'; service: ServiceId }
  | { done: 'published'; subject: Subject; number: number }
  /** `token`: of the link by which they come. */
  | { done: 'invited'; operator: OperatorId; token: string; expiresAt: Instant }
  | { done: 'program'; client: ApiClientId }
  | { done: 'protection'; person: PersonId }
  | { done: 'representation'; organisation: OrganisationId; representation: RepresentationId }
  | { done: 'mandate'; mandate: MandateId }

/** A closed word that pages say in the reader's language (`approvals.refusal.…`). */
export interface Refusal {
  problem: RefusalProblem
}

export const refusalProblems = [
  /** What it is about is not there, or not any more. */
  'unknown',
  /** Somebody changed it since: what was asked is not what would be done. */
  'moved',
  /** By the rules of today it cannot be published. */
  'invalid',
  /** Two secrets are in force: the older has to end first. */
  'two_secrets',
  /** The service has a key in place of a secret. */
  'uses_keys',
  /** The older secret would go on for too long. */
  'overlap',
  /** A name, a role or an address lacks, or is wrong. */
  'incomplete',
  /** It is so already. */
  'nothing_to_do',
  /** The organisation is closed. */
  'closed',
  /** The person, the role or the document is not well-formed. */
  'document',
  /** Dates of a document that do not go together, or are over, or to come. */
  'dates',
] as const
export type RefusalProblem = (typeof refusalProblems)[number]

/** Those who may ask for it, and confirm what another one asked. */
const trusted = ['administrator', 'security_officer'] as const satisfies readonly OperatorRole[]

export const approvers: Readonly<Record<ApprovalKind, readonly OperatorRole[]>> = {
  rotate_keys: trusted,
  revoke_keys: trusted,
  rotate_secret: trusted,
  end_old_secret: trusted,
  publish: trusted,
  republish: trusted,
  // Otherwise whoever may name operators would name the second one.
  invite_operator: trusted,
  reinvite_operator: trusted,
  register_program: trusted,
  program_keys: trusted,
  program_scopes: trusted,
  freeze_person: trusted,
  // Who checks identities at a desk asks; who answers for the hub's security looks at it again.
  thaw_person: [...trusted, 'means_manager'],
  record_representation: [...trusted, 'means_manager'],
  suspend_mandate: trusted,
  resume_mandate: trusted,
  end_mandate: trusted,
}

/** Kinds whose parameters name people: they rest sealed, and are wiped when it is over. */
export const namesPeople = (kind: ApprovalKind): boolean =>
  kind === 'invite_operator' || kind === 'record_representation'

export const approvalKinds = Object.keys(approvers) as readonly ApprovalKind[]

export interface KindsOptions {
  keys: Pick<Keys, 'rotate'>
  versions: Pick<Versions, 'look' | 'lookBack' | 'publish' | 'undo' | 'secrets' | 'rotateSecret' | 'endOldSecret'>
  operators: Pick<Operators, 'find' | 'problemsOf' | 'invite' | 'inviteAgain'>
  programs: Programs
  protections: Pick<Protections, 'of' | 'freezeByOperators' | 'thaw'>
  organisations: Pick<Organisations, 'judgeDocument' | 'recordDocument'>
  mandates: Mandated
  storage: Pick<Storage, 'db' | 'transaction'>
}

interface By {
  asked: Actor
  second: Actor
  /** Called in the transaction of the change; a throw leaves nothing of it. */
  confirm(tx: Tx): Promise<void>
}

interface Kind<P> {
  about(parameters: P): string
  /** Why it could not be done now, if so. Reading only; the verb judges again at the confirmation. */
  judge(parameters: P, asked: Actor): Promise<Refusal | undefined>
  run(parameters: P, by: By): Promise<Result | Refusal>
}

export type Change = { [K in ApprovalKind]: { kind: K; parameters: ApprovalParameters[K] } }[ApprovalKind]

export function createKinds(options: KindsOptions) {
  const kinds: { readonly [K in ApprovalKind]: Kind<ApprovalParameters[K]> } = {
    rotate_keys: rotation(options, { now: false }),
    revoke_keys: rotation(options, { now: true }),
    rotate_secret: secretRotation(options),
    end_old_secret: secretEnd(options),
    publish: publication(options),
    republish: republication(options),
    invite_operator: invitation(options),
    reinvite_operator: newInvitation(options),
    register_program: registration(options),
    program_keys: programKeys(options),
    program_scopes: programScopes(options),
    freeze_person: personFreeze(options),
    thaw_person: personThaw(options),
    record_representation: representation(options),
    suspend_mandate: mandateStop(options, 'suspend'),
    resume_mandate: mandateStop(options, 'resume'),
    end_mandate: mandateStop(options, 'end'),
  }
  /** A change and its kind belong together: the compiler does not follow that over the union. */
  const kindOf = ({ kind }: Change) => kinds[kind] as Kind<Change['parameters']>
  return {
    about: (change: Change): string => kindOf(change).about(change.parameters),
    judge: (change: Change, asked: Actor): Promise<Refusal | undefined> =>
      kindOf(change).judge(change.parameters, asked),
    run: (change: Change, by: By): Promise<Result | Refusal> => kindOf(change).run(change.parameters, by),
  }
}

function rotation({ keys }: KindsOptions, { now }: { now: boolean }): Kind<ApprovalParameters['rotate_keys']> {
  return {
    about: ({ purpose }) => purpose,
    judge: async () => undefined,
    async run({ purpose }, { asked, confirm }) {
      const { created, activeFrom } = await keys.rotate({ purpose, now, actor: asked, also: confirm })
      return { done: 'keys', created, activeFrom }
    },
  }
}

// ── Settings of services and providers ──────────────────────────────────────────────────────────────────────────────

const asking = (actor: Actor): Editor => ({ hand: 'operators', actor })
const confirming = ({ asked, second, confirm }: By): Editor => ({ hand: 'operators', actor: asked, second, confirm })

const nameOf = ({ kind, id }: Subject) => `${kind}/${id}`

function secretRotation({ versions }: KindsOptions): Kind<ApprovalParameters['rotate_secret']> {
  return {
    about: ({ service }) => service,
    async judge({ service, seen, overlap = overlapDays.usual }, asked) {
      const secrets = await versions.secrets(service, asking(asked))
      if (!secrets) return { problem: 'unknown' }
      if (secrets.seen !== seen) return { problem: 'moved' }
      if (!Number.isInteger(overlap) || overlap < overlapDays.least || overlap > overlapDays.most) {
        return { problem: 'overlap' }
      }
      return secrets.inForce.length > 1 ? { problem: 'two_secrets' } : undefined
    },
    run: async ({ service, ...given }, by) =>
      resultOf(service, await versions.rotateSecret(service, given, confirming(by))),
  }
}

function secretEnd({ versions }: KindsOptions): Kind<ApprovalParameters['end_old_secret']> {
  return {
    about: ({ service }) => service,
    async judge({ service, seen }, asked) {
      const secrets = await versions.secrets(service, asking(asked))
      if (!secrets) return { problem: 'unknown' }
      if (secrets.seen !== seen) return { problem: 'moved' }
      return secrets.inForce.length < 2 ? { problem: 'nothing_to_do' } : undefined
    },
    run: async ({ service, seen }, by) =>
      resultOf(service, await versions.endOldSecret(service, { seen }, confirming(by))),
  }
}

function resultOf(service: ServiceId, outcome: SecretOutcome): Result | Refusal {
  switch (outcome.kind) {
    case 'made': {
      const { secret, olderUntil } = outcome
      return { done: 'secret', service, secret, ...(olderUntil === undefined ? {} : { olderUntil }) }
    }
    case 'ended':
      return { done: 'ended', service }
    case 'second_needed':
      throw new Error('a change that was confirmed asks for a second operator')
    default:
      return { problem: problems[outcome.kind] }
  }
}

function publication({ versions }: KindsOptions): Kind<ApprovalParameters['publish']> {
  return {
    about: ({ subject }) => nameOf(subject),
    async judge({ subject, edit, over }, asked) {
      const look = await versions.look(subject, asking(asked))
      return look?.draft?.edit === edit ? judged(look, over) : { problem: look ? 'moved' : 'unknown' }
    },
    run: async ({ subject, ...seen }, by) => published(subject, await versions.publish(subject, seen, confirming(by))),
  }
}

function republication({ versions }: KindsOptions): Kind<ApprovalParameters['republish']> {
  return {
    about: ({ subject }) => nameOf(subject),
    async judge({ subject, number, over }, asked) {
      const look = await versions.lookBack(subject, number, asking(asked))
      return look ? judged(look, over) : { problem: 'unknown' }
    },
    run: async ({ subject, ...seen }, by) => published(subject, await versions.undo(subject, seen, confirming(by))),
  }
}

function judged({ faults, published }: Look, over: number | undefined): Refusal | undefined {
  if (published !== over) return { problem: 'moved' }
  return faults.length > 0 ? { problem: 'invalid' } : undefined
}

function published(subject: Subject, outcome: PublishOutcome): Result | Refusal {
  switch (outcome.kind) {
    case 'published':
      // What somebody else published meanwhile is what was asked.
      if (outcome.number === undefined) return { problem: 'nothing_to_do' }
      return { done: 'published', subject, number: outcome.number }
    case 'second_needed':
      throw new Error('a change that was confirmed asks for a second operator')
    default:
      return { problem: problems[outcome.kind] }
  }
}

const problems = {
  unknown: 'unknown',
  forbidden: 'unknown',
  conflict: 'moved',
  invalid: 'invalid',
  two_in_force: 'two_secrets',
  nothing_to_end: 'nothing_to_do',
  uses_keys: 'uses_keys',
} as const satisfies Record<string, RefusalProblem>

// ── Operators ───────────────────────────────────────────────────────────────────────────────────────────────────────

function invitation({ operators }: KindsOptions): Kind<ApprovalParameters['invite_operator']> {
  return {
    about: ({ roles }) => roles.toSorted().join(' '),
    judge: async (given) => (operators.problemsOf(given).length > 0 ? { problem: 'incomplete' } : undefined),
    async run({ name, roles, mail, language }, { asked, confirm }) {
      const given = { name, roles, ...(mail ? { mail } : {}), ...(language ? { language } : {}) }
      const { operator, token, expiresAt } = await operators.invite({ ...given, actor: asked, also: confirm })
      return { done: 'invited', operator, token, expiresAt }
    },
  }
}

function newInvitation({ operators }: KindsOptions): Kind<ApprovalParameters['reinvite_operator']> {
  return {
    about: ({ operator }) => operator,
    async judge({ operator }) {
      const found = await operators.find(operator)
      return found && found.state !== 'removed' ? undefined : { problem: 'unknown' }
    },
    async run({ operator }, { asked, confirm }) {
      const invited = await operators.inviteAgain(operator, asked, confirm)
      if (!invited) return { problem: 'unknown' }
      const { token, expiresAt } = invited
      return { done: 'invited', operator, token, expiresAt }
    },
  }
}

// ── Programs of the admin API ───────────────────────────────────────────────────────────────────────────────────────

/** By its first key: a name is no identifier, and two people can read this one to each other. */
const keyOf = ({ keys: [first] }: PublicKeys) => thumbprintOf(first ?? {})

function registration({ programs }: KindsOptions): Kind<ApprovalParameters['register_program']> {
  const faulty = async (given: NewProgram) => (await programs.faultsOf(given)).length > 0
  return {
    about: ({ jwks }) => keyOf(jwks),
    judge: async (given) => ((await faulty(given)) ? { problem: 'incomplete' } : undefined),
    async run(given, { asked, confirm }) {
      if (await faulty(given)) return { problem: 'incomplete' }
      const { client } = await programs.register(given, asked, confirm)
      return { done: 'program', client }
    },
  }
}

function programKeys({ programs }: KindsOptions): Kind<ApprovalParameters['program_keys']> {
  return changeOfProgram(
    programs,
    ({ jwks }) => ({ jwks }),
    ({ client, jwks }, by) => programs.replaceKeys(client, jwks, by),
  )
}

function programScopes({ programs }: KindsOptions): Kind<ApprovalParameters['program_scopes']> {
  return changeOfProgram(
    programs,
    ({ scopes }) => ({ scopes }),
    ({ client, scopes }, by) => programs.changeScopes(client, scopes, by),
  )
}

function changeOfProgram<P extends { client: ApiClientId; seen: Instant }>(
  programs: Programs,
  given: (parameters: P) => Partial<NewProgram>,
  change: (parameters: P, by: ProgramChangedBy) => Promise<ProgramOutcome>,
): Kind<P> {
  const refusalOf = async (parameters: P): Promise<Refusal | undefined> => {
    const program = await programs.find(parameters.client)
    if (!program) return { problem: 'unknown' }
    if (program.changedAt !== parameters.seen) return { problem: 'moved' }
    return (await programs.faultsOf(given(parameters), program)).length > 0 ? { problem: 'incomplete' } : undefined
  }
  return {
    about: ({ client }) => client,
    judge: refusalOf,
    async run(parameters, { asked, confirm }) {
      const refusal = await refusalOf(parameters)
      if (refusal) return refusal
      const { client, seen } = parameters
      const outcome = await change(parameters, { actor: asked, seen, also: confirm })
      return outcome === 'done' ? { done: 'program', client } : { problem: programProblems[outcome] }
    },
  }
}

const programProblems = { unchanged: 'nothing_to_do', moved: 'moved', unknown: 'unknown' } as const

// ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────

function personFreeze({ protections, storage }: KindsOptions): Kind<ApprovalParameters['freeze_person']> {
  return {
    about: ({ person }) => person,
    async judge({ person }) {
      const { freeze } = await protections.of(storage.db, person)
      return freeze?.origin === 'operators' ? { problem: 'nothing_to_do' } : undefined
    },
    async run({ person }, { asked, confirm }) {
      const { kind } = await protections.freezeByOperators({ person, actor: asked, also: confirm })
      return kind === 'frozen' ? { done: 'protection', person } : { problem: protectionProblems[kind] }
    },
  }
}

function personThaw({ protections, storage }: KindsOptions): Kind<ApprovalParameters['thaw_person']> {
  return {
    about: ({ person }) => person,
    async judge({ person, evidence, blocks }) {
      if (!evidencePattern.test(evidence)) return { problem: 'incomplete' }
      const { freeze, blocked, future } = await protections.of(storage.db, person)
      const isLifted = blocks === 'lifted' && (blocked.length > 0 || future !== undefined)
      return freeze || isLifted ? undefined : { problem: 'nothing_to_do' }
    },
    async run({ person, blocks }, { asked, confirm }) {
      const { kind } = await protections.thaw({ person, actor: asked, blocks, also: confirm })
      return kind === 'thawed' ? { done: 'protection', person } : { problem: protectionProblems[kind] }
    },
  }
}

const protectionProblems = { already: 'nothing_to_do', not_frozen: 'nothing_to_do', unknown: 'unknown' } as const

// ── Organisations and mandates ──────────────────────────────────────────────────────────────────────────────────────

function representation({ organisations, storage }: KindsOptions): Kind<ApprovalParameters['record_representation']> {
  return {
    about: ({ organisation }) => organisation,
    async judge(given) {
      const problem = await organisations.judgeDocument(given)
      return problem && { problem: documentProblems[problem] }
    },
    run: (given, { asked, second, confirm }) =>
      storage.transaction(async (tx) => {
        const outcome = await organisations.recordDocument(tx, { ...given, actor: asked, second })
        if (!outcome.ok) return { problem: documentProblems[outcome.reason] }
        await confirm(tx)
        const { organisation } = given
        return { done: 'representation', organisation, representation: outcome.representation }
      }),
  }
}

const documentProblems = {
  unknown: 'unknown',
  organisation_closed: 'closed',
  incomplete: 'document',
  future: 'dates',
  dates: 'dates',
  already: 'nothing_to_do',
} as const satisfies Record<DocumentProblem, RefusalProblem>

/** An end and a suspension stop a mandate that is in force, or is on its way there. */
function mandateStop(
  { mandates, storage }: KindsOptions,
  what: 'suspend' | 'resume' | 'end',
): Kind<{ mandate: MandateId }> {
  return {
    about: ({ mandate }) => mandate,
    async judge({ mandate }) {
      const found = await mandates.find(mandate)
      if (!found) return { problem: 'unknown' }
      const isSuspended = found.suspensions.some(({ reason }) => reason === 'operator')
      const isRunning = found.state === 'active' || found.state === 'suspended'
      const isDone = { suspend: isSuspended || !isRunning, resume: !isSuspended, end: found.state === 'ended' }[what]
      return isDone ? { problem: 'nothing_to_do' } : undefined
    },
    run: ({ mandate }, { asked, confirm }) =>
      storage.transaction(async (tx) => {
        const outcome =
          what === 'end'
            ? await mandates.condemn(tx, asked, { mandate })
            : await mandates[what](tx, { actor: asked }, { mandate })
        if (!outcome.ok) return { problem: outcome.reason === 'unknown' ? 'unknown' : 'nothing_to_do' }
        await confirm(tx)
        return { done: 'mandate', mandate }
      }),
  }
}
