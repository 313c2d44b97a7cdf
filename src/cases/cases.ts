/**
 * Identity theft, from the report to the outcome. "It was not me": a person disowns a connection, which ends its session
 * and nothing else. A case: somebody used the identity of another, says the person, somebody signed out, a partner or the
 * hub's own detection; support goes through it, each partner that was reached is told and answers, a verdict is found.
 * Here are reports, frozen evidence, routing, answers, deadlines. What is written to whom is not here: `alerts/` and
 * `signals/` react to facts. Which step leads where is decided in `policy/case-flow.ts`.
 *
 * The code of an alert alone disowns, because it is often all that somebody has at hand; so it does no more than that: it
 * blocks nothing and freezes nothing, else whoever reads somebody's mail could shut them out.
 *
 * One case is open about a connection at a time. A partner sees its own part (`Party`) by a reference, a `txn` and a
 * subject that are its own; nothing that two partners hold can be joined. Whoever names a code or a subject learns nothing
 * from the answer, whether it is somebody else's, nobody's, or right.
 *
 * What was written is sealed with the key of the person whom the case is about (of who wrote it, where that is not known),
 * and goes with it when they are erased. Evidence is sealed with a key of this room (docs/cases.md says why).
 */
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { ConnectionState, Connections, Line } from '../connections/connections.ts'
import type { Level } from '../kernel/assurance.ts'
import { type Clock, type Instant, toDate } from '../kernel/clock.ts'
import { day, hour } from '../kernel/durations.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type {
  CaseId,
  ConnectionId,
  DeviceId,
  PartyId,
  PersonId,
  ProviderId,
  ServiceId,
  SessionId,
} from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { deriveKey, keyedHash } from '../kernel/secrets.ts'
import type { Keeper, People } from '../people/people.ts'
import type {
  CaseCloseReason,
  CaseRules,
  CaseState,
  Check,
  CheckAnswer,
  Duty,
  Match,
  Measure,
  Origin,
  PublicState,
  Side,
  StepRefusal,
  StolenCredential,
  Verdict,
} from '../policy/case-flow.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import type { Reason } from '../policy/policy.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Handle, Storage } from '../storage/storage.ts'
import { createCore } from './core.ts'
import { createEvidence } from './evidence.ts'
import { createHandling, sweepClosed } from './handling.ts'
import { createParties } from './parties.ts'
import { createKeeper, createReports } from './reports.ts'
import { createCaseStore } from './store.ts'
import { createTexts } from './texts.ts'

export interface Case {
  id: CaseId
  /** A code that people read out, like that of a connection. No partner and nobody signed out is told it. */
  reference: string
  origin: Origin
  match: Match
  /** Whom it is about; absent where that is not known (`match`). */
  person?: PersonId
  state: CaseState
  /** Goes up with each change but a note: to be named as `seen`, else `moved`. */
  version: number
  openedAt: Instant
  openedBy: Actor
  /** Those in question, the oldest first. */
  connections: readonly ConnectionId[]
  /** Of the hub's detection. */
  rule?: string
  /** Of the credential that is known to be in other hands. */
  stolen?: StolenCredential
  checks?: Readonly<Partial<Record<Check, CheckAnswer>>>
  verdict?: Verdict
  concludedAt?: Instant
  closed?: { at: Instant; by: Actor; reason: CaseCloseReason }
  /** The next deadline, of the parties that have not answered. */
  dueAt?: Instant
}

/** One partner concerned, by one of its services or providers. All that it may know of the case, and nothing else. */
export interface Party {
  id: PartyId
  /** For the hub alone: never to be shown to the partner. */
  case: CaseId
  side: Side
  object: ServiceId | ProviderId
  partner: string
  /** Its own: never that of the case, nor of another party. */
  reference: string
  /** Its own, for security event tokens. */
  txn: string
  /** By what this party knows the person, and who issued it; empty once the person is erased and the case is closed. */
  subject: string
  issuer: string
  /** Its own connections only, the oldest first. */
  moments: readonly Moment[]
  notifiedAt: Instant
  dueAt: Instant
  /** Goes up with each change: to be named as `seen`. */
  version: number
  /** In the order in which they are to be done. */
  duties: readonly { duty: Duty; doneAt?: Instant }[]
  finding?: Verdict
  answeredAt?: Instant
  remindedAt?: Instant
  escalatedAt?: Instant
  waived?: { at: Instant; reason: string }
  /** Of the case, once concluded. */
  verdict?: Verdict
  /** The case is closed; an answer is still taken. */
  closedAt?: Instant
  /** The newest first. */
  answers: readonly PartyAnswer[]
}

export interface Moment {
  at: Instant
  level?: Level
}

export interface PartyAnswer {
  at: Instant
  by: Actor
  via: Via
  finding?: Verdict
  measures: readonly Measure[]
  measuresText?: string
  analysis?: string
  /** Those done with it, or before. */
  duties: readonly Duty[]
  breach?: BreachAssessment
  /** It came after the case was concluded: it changed no verdict. */
  late?: true
}

export interface BreachAssessment {
  decision: 'notify' | 'not_needed' | 'undecided'
  reason: string
  awareAt?: Instant
}

export const vias = ['desk', 'api', 'signal'] as const
export type Via = (typeof vias)[number]

export interface PartyObject {
  side: Side
  object: ServiceId | ProviderId
}

/**
 * Whose eyes: those of a partner, for whatever it was told of, also by a service that is withdrawn since; or of a program
 * of theirs, for one object alone. Every look and every answer goes through it. What an object was told of before it
 * changed hands stays with whom it belonged to.
 */
export interface PartyOwner {
  partner: string
  only?: PartyObject
}

/** One line of the ledger as it was when it was frozen. It outlives the ledger. */
export interface Evidence {
  connection: ConnectionId
  /** Else it is of a session of one that is. */
  inQuestion: boolean
  frozenAt: Instant
  reference: string
  state: ConnectionState
  at: Instant
  service: ServiceId
  provider?: ProviderId
  level?: Level
  acr?: Level
  amr: readonly string[]
  reused: boolean
  session?: SessionId
  device?: DeviceId
  country?: string
  address: string
  port: number
  refusal?: ErrorName
  unusual: readonly Reason[]
  /** By what the service and the provider know the person; blank once that is erased and the case is closed. */
  known: { service?: KnownAs; provider?: KnownAs }
}

export interface KnownAs {
  subject: string
  issuer: string
  /** Whose it was then. */
  partner: string
}

export type TimelineKind =
  | 'opened'
  | 'joined'
  | 'qualified'
  | 'notified'
  | 'answered'
  | 'reminded'
  | 'overdue'
  | 'waived'
  | 'concluded'
  | 'revised'
  | 'closed'
  | 'note'

export interface TimelineEntry {
  at: Instant
  by: Actor
  what: TimelineKind
  party?: PartyId
  /** Closed words: origin, verdict, reason, finding, via, side, object, reminder. */
  more?: Readonly<Record<string, string>>
  /** Of a note, of a report that joined, of a reason: what was written, while it can be read. */
  text?: string
}

export const similarities = ['device', 'network', 'provider', 'period'] as const
export type Similarity = (typeof similarities)[number]

export interface Route {
  side: Side
  object: ServiceId | ProviderId
  partner: string
  moments: readonly Moment[]
}

export interface QueuePage {
  /** `open`: every state but closed. Without: all. */
  state?: CaseState | 'open'
  origin?: Origin
  match?: Match
  rule?: string
  /** Those with a frozen line of this service or provider. */
  service?: ServiceId
  provider?: ProviderId
  overdue?: boolean
  limit: number
  /** The last one of the page before. */
  after?: CaseId
}

/** `again`: it was so already. `absent`: it is no line of theirs. */
export type Said = 'done' | 'again' | 'absent'

export type Opened =
  | { kind: 'opened' | 'open_already'; case: Case }
  | { kind: 'absent' }
  | { kind: 'too_long'; most: number }

export type StepOutcome =
  | { kind: 'done'; case: Case }
  /** Somebody did something since: this is how it is now. */
  | { kind: 'moved'; case: Case }
  | { kind: 'refused'; reason: StepRefusal | 'too_long'; case: Case }
  | { kind: 'absent' }

export type AnswerFault =
  /** A measure that is none of that side, a duty that is none of it. */
  | 'measure_unknown'
  | 'duty_unknown'
  | 'too_long'
  /** Nothing is said in it. */
  | 'empty'
  | 'breach_reason_missing'
  /** It would have been known before it happened, or in the future. */
  | 'aware_at'

export type AnswerOutcome =
  | { kind: 'done' | 'again'; party: Party }
  | { kind: 'moved'; party: Party }
  | { kind: 'refused'; faults: readonly AnswerFault[]; party: Party }
  | { kind: 'absent' }

export interface Cases {
  /**
   * It was not them: notes it, and ends the session that the connection was made in, whatever replaced it in the same
   * browser; services are told. The device knows the person no more. Idempotent. A session that the person is in now (`besides`) goes on.
   */
  disown(said: {
    person: PersonId
    connection: ConnectionId
    by: 'code' | 'session'
    besides?: SessionId
  }): Promise<Said>
  /** It was them, after all or from the start. Not while a case is open about it. */
  own(said: { person: PersonId; connection: ConnectionId }): Promise<Said | 'case_open'>

  // ── Reports ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /**
   * By the person, signed in: disowns the connections, and opens a case about them. Those that are in an open case are
   * not taken a second time: what is left joins it, as long as no partner was told. `words` may be empty; those of a
   * second report are kept with the case. `absent`: one is no line of theirs.
   */
  open(report: {
    person: PersonId
    connections: readonly ConnectionId[]
    words: string
    actor: Actor
    besides?: SessionId
  }): Promise<Opened>
  /**
   * By the person, signed in, with codes of connections or of messages as they were typed. The answer is the same
   * whether they are theirs, somebody else's or nobody's. Ask `mayTry` before.
   */
  reportCodes(report: {
    person: PersonId
    codes: readonly string[]
    words: string
    actor: Actor
    besides?: SessionId
  }): Promise<{ kind: 'opened'; reference: string } | { kind: 'too_long'; most: number }>
  /**
   * By somebody signed out. It is written down and answered; whether it leads to a person is looked at by a job, so that
   * not even the time of the answer tells. It disowns what the code of a message names: that was sent to the person alone.
   * `key` (a bearer secret, kept hashed) and the reference, which is not that of a
   * case, follow it. What was said of identity is compared and not kept. `contact`: a mailbox.
   *
   * @throws GarantError `too_many_requests`; `request_malformed` when more was written than the form takes
   */
  openByForm(report: {
    codes: readonly string[]
    identity: { birthName: string; birthdate: string }
    contact?: string
    words: string
    about?: { service?: ServiceId; from?: Instant; until?: Instant }
    language: Language
    address: string
  }): Promise<{ kind: 'opened'; reference: string; key: string }>
  /**
   * Where such a report stands: by the clock first (`publicStateOf`), so that nobody learns by it whether somebody is
   * known. Ask `mayTry` before. Undefined for a wrong pair.
   */
  follow(reference: string, key: string): Promise<{ state: PublicState; openedAt: Instant } | undefined>
  /**
   * By a partner, about a subject that it knows, or a code of a connection to it. `reference` is that of its report, and
   * of its party once it is notified; `open_already`: of the one that it made before. `absent`: no such object.
   */
  openByPartner(report: {
    side: Side
    object: ServiceId | ProviderId
    subject: string
    from?: Instant
    until?: Instant
    code?: string
    words: string
    actor: Actor
    via: Via
    /** What happened, as a closed word of the caller: the name of an event. */
    kind?: string
  }): Promise<
    { kind: 'opened' | 'open_already'; reference: string } | { kind: 'too_long'; most: number } | { kind: 'absent' }
  >
  /** By the hub's own detection; nothing is disowned by it. Adds to the case that is open about one of these lines. */
  openDetected(report: {
    person: PersonId
    connections: readonly ConnectionId[]
    rule: string
    explanation: Readonly<Record<string, string | number>>
  }): Promise<{ kind: 'opened' | 'open_already'; case: Case } | { kind: 'absent' }>
  /** The person writes more about a case of theirs that is not closed. */
  addWords(said: {
    person: PersonId
    case: CaseId
    words: string
  }): Promise<{ kind: 'done' } | { kind: 'absent' } | { kind: 'too_long'; most: number }>
  /** The one that is open about a connection of a person. */
  openAbout(person: PersonId, connection: ConnectionId): Promise<Case | undefined>
  /**
   * What a person may know of: cases about them, and reports that they made. The newest first, a hundred at most. Of a
   * report that led nowhere nobody learns here why: it is `no_trace` in any case.
   */
  ofPerson(person: PersonId): Promise<Case[]>
  /** One of these, by the reference. */
  ofPersonBy(person: PersonId, reference: string): Promise<Case | undefined>
  /** Of a case of a person: how many of each side were told, and how many of them answered; nothing of who they are. */
  progressOf(person: PersonId, id: CaseId): Promise<Record<Side, { told: number; answered: number }> | undefined>
  /** May somebody at this address type another code, or follow another report? Counts the try, over all processes. */
  mayTry(address: string): Promise<boolean>

  // ── Operators ─────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Those due first, then the oldest; closed ones, where they are asked for, the last closed first. */
  queue(page: QueuePage): Promise<Case[]>
  /** How many there are in each state, and how many open ones are overdue. */
  counts(): Promise<Record<CaseState, number> & { overdue: number }>
  /** Without a fact: what every page of a case shows. */
  find(id: CaseId): Promise<Case | undefined>
  /** By a reference of a case, of a party or of a report, as `parseReference` has it. */
  findBy(reference: string): Promise<CaseId | undefined>
  /** A case with what was written, while it can be read. Each reading is a fact. */
  read(
    id: CaseId,
    actor: Actor,
  ): Promise<
    | {
        case: Case
        words?: string
        explanation?: Readonly<Record<string, string | number>>
        /** Where somebody signed out can be written to, and in which language. */
        contact?: string
        language?: Language
        about?: { service?: ServiceId; from?: Instant; until?: Instant }
      }
    | undefined
  >
  /** The oldest first. Each reading is a fact. */
  evidence(id: CaseId, actor: Actor): Promise<Evidence[] | undefined>
  /** The newest first, five hundred at most. */
  timeline(id: CaseId): Promise<TimelineEntry[]>
  /** Other cases of the last year, open or closed, that share something; those that share most first, twenty at most. */
  similar(id: CaseId): Promise<{ case: CaseId; reference: string; reasons: Similarity[] }[]>
  /** Other lines of the person, of the same sessions, devices or days, that may be in question too; the newest first. */
  candidates(id: CaseId): Promise<Line[]>
  /** Whom `notify` would tell. */
  routeOf(id: CaseId): Promise<Route[]>
  /**
   * Support went through it. `connections`: those in question from now on; what comes in is frozen, what goes stays as
   * evidence. Only lines of the person. Again while no partner was told.
   */
  qualify(
    id: CaseId,
    given: {
      connections?: readonly ConnectionId[]
      checks: Readonly<Record<Check, CheckAnswer>>
      stolen?: StolenCredential
      note?: string
      seen: number
      actor: Actor
    },
  ): Promise<StepOutcome>
  /** Makes the parties, in one transaction: letters and signals follow from the facts. */
  notify(id: CaseId, given: { seen: number; actor: Actor }): Promise<StepOutcome>
  conclude(
    id: CaseId,
    given: {
      verdict: Verdict
      reason: string
      waive?: readonly { party: PartyId; reason: string }[]
      seen: number
      actor: Actor
    },
  ): Promise<StepOutcome>
  close(id: CaseId, given: { reason: CaseCloseReason; seen?: number; actor: Actor }): Promise<StepOutcome>
  /** Takes the verdict back; answers stay, waivers end. */
  revise(id: CaseId, given: { reason: string; seen: number; actor: Actor }): Promise<StepOutcome>
  /** Operators' own words, in every state. Changes no version. */
  note(id: CaseId, given: { text: string; actor: Actor }): Promise<StepOutcome>
  /** Providers first, each side by the name of the object. */
  parties(id: CaseId): Promise<Party[]>

  // ── Partners ──────────────────────────────────────────────────────────────────────────────────────────────────────
  // Another's party is undefined or `absent`, as if there were none.

  /** Those that wait by their due date; else the last answered, or the last told, first. `after`: of the page before. */
  partiesOf(
    owner: PartyOwner,
    page: { state: 'waiting' | 'answered' | 'all'; limit: number; after?: PartyId },
  ): Promise<Party[]>
  countWaitingOf(owner: PartyOwner): Promise<number>
  party(id: PartyId, owner: PartyOwner): Promise<Party | undefined>
  /** Those of cases that are not closed, for signals received about a subject; the newest first. */
  partyBySubject(own: PartyObject & { partner: string }, subject: string): Promise<Party[]>
  /** For the hub's own reactors (letters, signals), which speak to that very partner: by id alone. */
  partyOf(id: PartyId): Promise<Party | undefined>
  /** ... and to those who reported without signing in and left a mailbox: one of them, or all of a case. */
  reporters(
    of: { report: string } | { case: CaseId },
  ): Promise<{ reference: string; contact: string; language: Language; openedAt: Instant }[]>
  /** What these objects reported themselves, the newest first. */
  reportsOf(
    own: readonly PartyObject[],
    page: { limit: number; after?: string },
  ): Promise<(PartyObject & { reference: string; at: Instant; by: Actor; via: Via; party?: PartyId })[]>
  /**
   * Idempotent by `key`: the same again gives what the first one gave. Taken after the conclusion and the closing too; it
   * changes no verdict then. Duties are done from the instant on at which they are first said to be.
   */
  answer(
    id: PartyId,
    owner: PartyOwner,
    given: {
      answer: Omit<PartyAnswer, 'at' | 'by' | 'via' | 'late'>
      seen: number
      key: string
      actor: Actor
      via: Via
    },
  ): Promise<AnswerOutcome>

  // ── The hub ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Cases opened in a time, counted; by months of the hub's time zone. */
  statistics(time: { from: Instant; until: Instant }): Promise<CaseStatistics>
  /** Looks at a report that was made without signing in, once. A job calls it. */
  look(report: string): Promise<void>
  /** Reminds and escalates what is due, each once. A job calls it. */
  chase(): Promise<void>
  /** To be registered with `people.keep`, after that of `connections`. */
  keeper: Keeper
  /** Deletes cases that were closed longer ago than their retention, with all that belongs to them. A job calls it. */
  sweep(): Promise<void>
}

/** Each case counts in the month in which it was opened. */
export interface CaseStatistics {
  months: readonly {
    /** `2026-11` */
    month: string
    origin: Origin
    match: Match
    /** Of closed ones without a verdict the reason counts, of open ones nothing. */
    verdict?: Verdict
    reason?: CaseCloseReason
    open: boolean
    count: number
  }[]
  /** Parties, by the month in which their case was opened. */
  objects: readonly {
    month: string
    side: Side
    object: ServiceId | ProviderId
    count: number
    answered: number
    confirmed: number
    notConfirmed: number
    late: number
  }[]
  /** Milliseconds, of cases opened in the month; the middle one. */
  times: readonly { month: string; firstAnswer?: number; conclusion?: number }[]
  rules: readonly { rule: string; opened: number; confirmed: number; notConfirmed: number }[]
}

/** What this room needs to know of a service or a provider, of one that is published no more too. */
export interface RegisteredObject {
  partner: string
  /** Of a service. */
  sector?: string
  /** Of a provider: who issues its subjects. */
  issuer?: string
  /** The hub's own: no partner is behind it. */
  isOwn: boolean
}

export interface CasesOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  people: Pick<People, 'sealerOf' | 'linksOf' | 'subjectFor' | 'declares' | 'knownAs' | 'holderOf'>
  sessions: Pick<Sessions, 'endOf' | 'endAllOf' | 'forgetDevice'>
  connections: Pick<Connections, 'answer' | 'saidOf' | 'ofPerson' | 'linesOf' | 'lineOf' | 'personOf' | 'around'>
  /** Also those that were archived. */
  registered(handle: Handle, side: Side, object: string): Promise<RegisteredObject | undefined>
  /** The message of a code, and what it is about; `alerts/` comes later, so it is asked when it is there. */
  recognise(code: string): Promise<{ person: PersonId; about: string | null } | undefined>
  /** Issuer of the subjects that services know. */
  issuer: string
  /** 256 bits of this room: digests and evidence. */
  key: Buffer
  rules: CaseRules
  /** Of months and days in statistics. */
  timeZone: string
  /** Milliseconds for which a closed case is kept. */
  retention: number
}

/** Characters of what a person may write: a page. */
export const mostWords = 2_000

/** Codes of alerts that one network may type in an hour: a hospital is one network, and guessing 55 bits needs far more. */
const mostTries = 60
/** ... and reports that it may send without signing in: a family, a help desk. */
const mostForms = 20
const tryWindow = hour
/** What was reported without signing in and no job could look at is not kept for ever. */
const unseenKept = 30 * day

export function createCases(options: CasesOptions): Cases {
  const { storage, clock, retention } = options
  const networkKey = deriveKey(options.key, 'cases/network')
  const store = createCaseStore()
  const texts = createTexts({ people: options.people, store, key: deriveKey(options.key, 'cases/texts') })
  const evidence = createEvidence({ ...options, store })
  const core = createCore({ ...options, store, texts, evidence })
  const parties = createParties(core, options)

  async function countTry(address: string, of: 'tries' | 'forms', most: number): Promise<boolean> {
    const at = clock.now()
    const network = keyedHash(networkKey, of, neighbourhoodOf(address) ?? address)
    return (await store.countTry(storage.db, { network, at, from: at - tryWindow })) <= most
  }

  return {
    ...createReports(core, { ...options, mayReport: (address) => countTry(address, 'forms', mostForms) }),
    ...createHandling(core, { ...options, parties }),
    ...parties.verbs,
    mayTry: (address) => countTry(address, 'tries', mostTries),
    keeper: createKeeper(core),

    async sweep() {
      const now = clock.now()
      await sweepClosed(core, now - retention)
      await store.forgetUnseen(storage.db, toDate(now - unseenKept))
      await store.forgetTries(storage.db, toDate(now - tryWindow))
    },
  }
}
