/**
 * What a security event token tells (Shared Signals Framework 1.0, CAEP 1.0, RISC 1.0), and to whom which fact is told:
 * one table, row by row. Pure. A party of a case hears what concerns its own account and its own connections; nothing in
 * an event names another party, another subject, a person or the case. What is told of mandates is in `mandate-events.ts`.
 *
 * A row looks at how things are when it is decided, not only at the fact: facts may come in another order, and what is
 * told last has to be true.
 */
import type { Actor } from '../audit/facts.ts'
import type { Party } from '../cases/cases.ts'
import { type Instant, toSeconds } from '../kernel/clock.ts'
import type { Translated } from '../kernel/languages.ts'
import type { Side, StolenCredential, Verdict } from '../policy/case-flow.ts'
import { isMandateSignal, type MandateSignal, mandateEventType, mandateSignals } from './mandate-events.ts'

const base = 'https://schemas.openid.net/secevent'

/** Types of events that the hub tells, hears, or both. */
export const eventTypes = {
  riskLevelChange: `${base}/caep/event-type/risk-level-change`,
  sessionRevoked: `${base}/caep/event-type/session-revoked`,
  credentialChange: `${base}/caep/event-type/credential-change`,
  accountDisabled: `${base}/risc/event-type/account-disabled`,
  accountEnabled: `${base}/risc/event-type/account-enabled`,
  credentialCompromise: `${base}/risc/event-type/credential-compromise`,
  credentialChangeRequired: `${base}/risc/event-type/account-credential-change-required`,
  /** "deprecated" (RISC 1.0); still sent by others. */
  sessionsRevoked: `${base}/risc/event-type/sessions-revoked`,
  verification: `${base}/ssf/event-type/verification`,
  streamUpdated: `${base}/ssf/event-type/stream-updated`,
} as const

/** An event of ours has an address of ours: nobody else gives it another meaning. */
export const theftReportType = (issuer: string) => `${issuer}/secevent/event-type/identity-theft-report`

/** What is told of a party. */
export const signalKinds = [
  'risk_high',
  'risk_low',
  'theft_report',
  'session_revoked',
  'account_disabled',
  'account_enabled',
  'credential_compromise',
] as const
export type SignalKind = (typeof signalKinds)[number]
/** ... and of a stream itself. */
export type StreamSignal = 'verification' | 'stream_updated'

export function typeOf(kind: SignalKind | StreamSignal | MandateSignal, issuer: string): string {
  if (isMandateSignal(kind)) return mandateEventType(kind, issuer)
  const types: Record<SignalKind | StreamSignal, string> = {
    risk_high: eventTypes.riskLevelChange,
    risk_low: eventTypes.riskLevelChange,
    theft_report: theftReportType(issuer),
    session_revoked: eventTypes.sessionRevoked,
    account_disabled: eventTypes.accountDisabled,
    account_enabled: eventTypes.accountEnabled,
    credential_compromise: eventTypes.credentialCompromise,
    verification: eventTypes.verification,
    stream_updated: eventTypes.streamUpdated,
  }
  return types[kind]
}

/** Those that a receiver may ask for; the others come without being asked for (SSF 1.0 sections 8.1.4 and 8.1.5). */
export function offeredTypes(side: Side, issuer: string): string[] {
  const kinds = signalKinds.filter((kind) => rows.some((row) => row.kind === kind && (row.to ?? side) === side))
  // People act at services; who they sign in with does not know for whom.
  const ofMandates = side === 'service' ? mandateSignals : []
  return [...new Set([...kinds, ...ofMandates].map((kind) => typeOf(kind, issuer)))]
}

// ── Which fact is told to whom ──────────────────────────────────────────────────────────────────────────────────────

export const occasions = [
  'case.notified',
  'case.concluded',
  'case.revised',
  'case.closed',
  'protection.frozen',
  'protection.blocked',
  'protection.thawed',
  'protection.unblocked',
  'session.ended',
] as const
export type Occasion = (typeof occasions)[number]

/** How things are for one party when it is decided. */
export interface Situation {
  side: Side
  /** The fact names this very service or provider; a fact that names none concerns all. */
  concerned: boolean
  /** The hub lets nobody in by that account now: the identity is frozen, or this provider left out. */
  stopped: boolean
  verdict?: Verdict
  /** The case is closed. */
  over: boolean
  stolen?: StolenCredential
  /** What this receiver was told before of this party. */
  told: { risk?: 'high' | 'low'; disabled: boolean }
}

interface Row {
  on: Occasion
  /** Both sides when absent. */
  to?: Side
  when?: (situation: Situation) => boolean
  kind: SignalKind
}

const settled = ({ verdict, over }: Situation) => over || verdict !== undefined
const isHigh = ({ told }: Situation) => told.risk === 'high'

/** In the order in which they are told. */
const rows: readonly Row[] = [
  { on: 'case.notified', kind: 'risk_high', when: ({ told }) => told.risk !== 'high' },
  { on: 'case.notified', kind: 'theft_report' },
  { on: 'case.notified', to: 'provider', kind: 'credential_compromise', when: ({ stolen }) => stolen !== undefined },
  {
    on: 'case.notified',
    to: 'provider',
    kind: 'account_disabled',
    when: ({ stopped, told }) => stopped && !told.disabled,
  },
  { on: 'case.notified', to: 'service', kind: 'session_revoked', when: ({ stopped }) => stopped },

  ...(['protection.frozen', 'protection.blocked'] as const).map(
    (on): Row => ({
      on,
      to: 'provider',
      kind: 'account_disabled',
      when: ({ concerned, stopped, told, over }) => concerned && stopped && !told.disabled && !over,
    }),
  ),
  // A freeze or a block ends sessions, and so may the person at any time: those services hear of it whose sessions ended.
  {
    on: 'session.ended',
    to: 'service',
    kind: 'session_revoked',
    when: ({ concerned, verdict, over }) => concerned && !over && verdict !== 'not_confirmed',
  },

  ...(['protection.thawed', 'protection.unblocked'] as const).flatMap((on): Row[] => [
    {
      on,
      to: 'provider',
      kind: 'account_enabled',
      when: ({ concerned, stopped, told }) => concerned && !stopped && told.disabled,
    },
    // As long as it is looked into, the risk stays what it is, whatever the person lifts.
    { on, kind: 'risk_low', when: (now) => now.concerned && !now.stopped && isHigh(now) && settled(now) },
  ]),

  {
    on: 'case.concluded',
    to: 'provider',
    kind: 'account_enabled',
    when: ({ verdict, stopped, told }) => verdict === 'not_confirmed' && !stopped && told.disabled,
  },
  { on: 'case.concluded', kind: 'risk_low', when: (now) => now.verdict === 'not_confirmed' && isHigh(now) },
  { on: 'case.revised', kind: 'risk_high', when: ({ told }) => told.risk === 'low' },
  { on: 'case.closed', kind: 'risk_low', when: (now) => !now.stopped && isHigh(now) },
]

/** What one party's receiver is told of a fact, in this order. */
export function signalsFor(occasion: Occasion, situation: Situation): SignalKind[] {
  return rows
    .filter(
      ({ on, to, when }) => on === occasion && (to ?? situation.side) === situation.side && when?.(situation) !== false,
    )
    .map(({ kind }) => kind)
}

/** What of the kinds told before, the oldest first, is still believed. */
export function toldBy(kinds: readonly string[]): Situation['told'] {
  const risk = kinds.findLast((kind) => kind === 'risk_high' || kind === 'risk_low')
  const account = kinds.findLast((kind) => kind === 'account_disabled' || kind === 'account_enabled')
  return { ...(risk ? { risk: risk === 'risk_high' ? 'high' : 'low' } : {}), disabled: account === 'account_disabled' }
}

// ── What an event says ──────────────────────────────────────────────────────────────────────────────────────────────

/** "the entity that invoked the event" (CAEP 1.0 section 2). */
export type Initiator = 'admin' | 'user' | 'policy' | 'system'

const initiators: Record<Actor['kind'], Initiator> = {
  person: 'user',
  operator: 'admin',
  staff: 'admin',
  api_client: 'admin',
  command: 'admin',
  hub: 'system',
}
export const initiatorOf = (actor: Actor | undefined): Initiator => (actor ? initiators[actor.kind] : 'system')

/** "one of the following strings, or any other credential type supported mutually" (CAEP 1.0 section 3.3.1). */
export const credentialTypes: Record<StolenCredential, string> = {
  password: 'password',
  pin: 'pin',
  app: 'app',
  phone: 'phone-sms',
  card: 'x509',
  security_key: 'fido2-roaming',
  recovery_codes: 'recovery-codes',
}

/** Closed words that a set carries besides its kind. */
export interface SignalDetail {
  occasion?: Occasion
  credential?: StolenCredential
  /** Of a stream that the hub changed. */
  status?: 'enabled' | 'paused' | 'disabled'
  reason?: StreamReason
}

/** Why the hub itself changes a stream. */
export const streamReasons = {
  inactive: 'Nobody has polled for 30 days. Set the status to enabled to go on: what waits is kept for 14 days.',
} as const
export type StreamReason = keyof typeof streamReasons

const raised: Partial<Record<Occasion, string>> = { 'case.revised': 'CONCLUSION_REVISED' }
const lowered: Partial<Record<Occasion, string>> = {
  'case.concluded': 'REPORT_NOT_CONFIRMED',
  'case.closed': 'CASE_SETTLED',
}

export interface Told {
  kind: SignalKind
  at: Instant
  initiator: Initiator
  detail: SignalDetail
}

/** The claims of an event about a party: the value beside its type. */
export function eventOf({ kind, at, initiator, detail }: Told, party: Party): Record<string, unknown> {
  // What was so before the party was told began at another time, by whom is no affair of theirs.
  const isOlder = detail.occasion === 'case.notified' && (kind === 'account_disabled' || kind === 'session_revoked')
  const common = isOlder ? {} : { event_timestamp: toSeconds(at), initiating_entity: initiator }
  const reasons = { reason_admin: reasonsForAdmins[kind] }
  switch (kind) {
    case 'risk_high':
    case 'risk_low': {
      const [current, previous] = kind === 'risk_high' ? ['HIGH', 'LOW'] : ['LOW', 'HIGH']
      const why =
        kind === 'risk_high'
          ? (raised[detail.occasion ?? 'case.notified'] ?? 'IDENTITY_THEFT_REPORTED')
          : (lowered[detail.occasion ?? 'case.closed'] ?? 'IDENTITY_RESTORED')
      return {
        principal: 'USER',
        current_level: current,
        previous_level: previous,
        risk_reason: why,
        ...common,
        ...reasons,
      }
    }
    case 'theft_report': {
      const times = party.moments.map((moment) => toSeconds(moment.at))
      return {
        ...common,
        ...(times.length > 0 ? { connection_time: times[0], connection_times: times } : {}),
        case_id: party.reference,
        answer_due: toSeconds(party.dueAt),
        ...reasons,
      }
    }
    case 'account_disabled':
      return { reason: 'hijacking', ...common, ...reasons }
    case 'account_enabled':
      return { ...common, ...reasons }
    case 'session_revoked':
      return { ...common, ...reasons, reason_user: sessionReason }
    case 'credential_compromise':
      return { credential_type: credentialTypes[detail.credential ?? 'password'], ...common, ...reasons }
  }
}

const reasonsForAdmins: Record<SignalKind, Translated> = {
  risk_high: {
    fr: 'Une usurpation d’identité est signalée pour ce compte. Le signalement est en cours d’examen.',
    en: 'An identity theft is reported for this account. The report is being looked into.',
    ar: 'أُبلغ عن انتحال هوية يخص هذا الحساب. البلاغ قيد الدراسة.',
  },
  risk_low: {
    fr: 'Plus rien ne fait craindre une usurpation d’identité pour ce compte.',
    en: 'Nothing points to an identity theft for this account any more.',
    ar: 'لم يعد هناك ما يشير إلى انتحال هوية يخص هذا الحساب.',
  },
  theft_report: {
    fr: 'Une usurpation d’identité est signalée. Le dossier, à votre référence, attend votre réponse.',
    en: 'An identity theft is reported. The case, by your own reference, awaits your answer.',
    ar: 'أُبلغ عن انتحال هوية. الملف، بمرجعه الخاص بكم، ينتظر جوابكم.',
  },
  session_revoked: {
    fr: 'La session a été close pour protéger la personne après un signalement d’usurpation d’identité.',
    en: 'The session was ended to protect the person after a report of identity theft.',
    ar: 'أُنهيت الجلسة لحماية الشخص بعد بلاغ عن انتحال هوية.',
  },
  account_disabled: {
    fr: 'Les connexions par ce compte ne sont plus acceptées : la personne est protégée après un signalement d’usurpation d’identité.',
    en: 'Sign-ins by this account are accepted no more: the person is protected after a report of identity theft.',
    ar: 'لم تعد عمليات الدخول بهذا الحساب مقبولة: الشخص محمي بعد بلاغ عن انتحال هوية.',
  },
  account_enabled: {
    fr: 'Les connexions par ce compte sont de nouveau acceptées.',
    en: 'Sign-ins by this account are accepted again.',
    ar: 'أصبحت عمليات الدخول بهذا الحساب مقبولة من جديد.',
  },
  credential_compromise: {
    fr: 'Un moyen d’authentification de ce compte est connu de quelqu’un d’autre.',
    en: 'A credential of this account is in other hands.',
    ar: 'إحدى وسائل التوثق من هذا الحساب في يد شخص آخر.',
  },
}

const sessionReason: Translated = {
  fr: 'Votre session a été close pour protéger votre identité.',
  en: 'Your session was ended to protect your identity.',
  ar: 'أُنهيت جلستكم لحماية هويتكم.',
}
