/**
 * Which facts a person is told of, and what each reader of theirs is told: one table of values, and the few decisions
 * around it. Pure. Who the readers are is `people/`'s; the words are in `letter.ts`.
 *
 * Of what is done with an identity, only a contact that is surely the person's hears all. A contact that a stronger
 * sign-in has not confirmed may be the thief's own mailbox: it hears that something happened. An address that a provider
 * asserted hears what concerns that provider, only while there is no contact, and without the service. A contact that
 * was removed lately hears that protection changed, and nothing else: the thief must not silence the alarm, nor an
 * ex-partner read a life.
 */
import type { Recorded } from '../audit/audit.ts'
import type { CaseId, ContactId, MeansId, OrganisationId, PersonId, PhoneId, ProviderId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Recipient } from '../people/people.ts'
import { mayBeSilenced, type Reason } from '../policy/policy.ts'
import type { Details, Hearing, Topic } from './store.ts'

/** Of a connection; `made`: an ordinary one, for whoever wants to hear of each. */
export const connectionNews = ['connection.unusual', 'connection.suspicious', 'connection.made'] as const
export type ConnectionNews = (typeof connectionNews)[number]

/** What changes the protection of an identity. Each is told, whatever anybody chose. */
export const changes = [
  'means.activated',
  'means.suspended',
  'means.resumed',
  'means.revoked',
  'means.renewed',
  'means.expired',
  'means.password_set',
  'means.recovery_code_used',
  'means.locked',
  'means.unlocked',
  'means.counter_regressed',
  'means.activation_given',
  'contact.added',
  'contact.verified',
  'contact.confirmed',
  'contact.removed',
  'alerts.turned_off',
  'alerts.turned_on',
  'person.linked',
  'person.erased',
  'protection.frozen',
  'protection.thaw_asked',
  'protection.thaw_stopped',
  'protection.thawed',
  'protection.blocked',
  'protection.unblocked',
  'phone.paired',
  'phone.renewed',
  'phone.revoked',
  'phone.expires_soon',
  'phone.expired',
  'eid.declined',
  'eid.mismatch',
  'trip.declared',
  'device.shared',
  'card.shared',
  'firm.opened',
  'firm.member_waiting',
  'firm.member_joined',
  'firm.member_left',
  'firm.role_changed',
] as const
export type Change = (typeof changes)[number]

/** How a report that an identity was misused goes on. Each is told, whatever anybody chose. */
export const caseNews = [
  'case.opened',
  'case.qualified',
  'case.notified',
  'case.concluded',
  'case.revised',
  'case.closed',
] as const
export type CaseNews = (typeof caseNews)[number]

/** What happens to mandates of an organisation that one represents, or that one holds. Each is told, whatever anybody chose. */
export const mandateNews = [
  'mandate.proposed',
  'mandate.given',
  'mandate.accepted',
  'mandate.renewed',
  'mandate.refused',
  'mandate.unanswered',
  'mandate.ending',
  'mandate.suspended',
  'mandate.resumed',
  'mandate.to_confirm',
  'mandate.confirmed',
  'mandate.ended',
  'mandate.unusual',
] as const
export type MandateNews = (typeof mandateNews)[number]

/** What somebody has asked for: a code, an answer of those who help, news of a report that they made signed out. */
export const codeKinds = [
  ...(['code.sign_in', 'code.check', 'code.proof', 'code.contact', 'code.reset'] as const),
  ...(['code.answer', 'code.report'] as const),
] as const
export type CodeKind = (typeof codeKinds)[number]

export type MessageKind = ConnectionNews | Change | CaseNews | MandateNews | 'means.expires_soon' | CodeKind

/** `removed`: the very contact whose removal is told. */
export const standings = ['confirmed', 'unconfirmed', 'asserted', 'former', 'removed'] as const
export type Standing = (typeof standings)[number]

/**
 * `whole`: everything. `provider`: what concerns the provider, not the service. `news`: what happened, without names,
 * places or kinds of means. `changed`: that protection changed.
 */
export type Said = 'whole' | 'provider' | 'news' | 'changed' | 'nothing'
export type Audience = Readonly<Record<Standing, Said>>

const ofConnections: Audience = {
  confirmed: 'whole',
  unconfirmed: 'news',
  asserted: 'provider',
  former: 'nothing',
  removed: 'nothing',
}
const ofChanges: Audience = {
  confirmed: 'whole',
  unconfirmed: 'news',
  asserted: 'nothing',
  former: 'changed',
  removed: 'changed',
}
/** Of the removed one its own removal is no secret. */
const ofRemovals: Audience = { ...ofChanges, removed: 'news' }
/** A provider whose use is stopped or allowed again. */
const ofBlocks: Audience = { ...ofChanges, asserted: 'provider' }
const ofReminders: Audience = {
  confirmed: 'whole',
  unconfirmed: 'news',
  asserted: 'nothing',
  former: 'nothing',
  removed: 'nothing',
}

const ofCases: Audience = {
  confirmed: 'whole',
  unconfirmed: 'news',
  asserted: 'provider',
  former: 'nothing',
  removed: 'nothing',
}
/** Whoever reports sees it at once on the page. A letter that came for a true code alone would tell which one is true. */
const ofOpenings: Audience = { ...ofCases, asserted: 'nothing' }

/** Affairs of an organisation: for a mailbox that is surely theirs, and nothing about any provider. */
const ofMandates: Audience = ofReminders

/** A code goes to whoever asked for it, and to nobody by this table. */
export const audiences: Readonly<Record<Exclude<MessageKind, CodeKind>, Audience>> = {
  ...(Object.fromEntries(connectionNews.map((kind) => [kind, ofConnections])) as Record<ConnectionNews, Audience>),
  ...(Object.fromEntries(changes.map((kind) => [kind, ofChanges])) as Record<Change, Audience>),
  'contact.removed': ofRemovals,
  'protection.blocked': ofBlocks,
  'protection.unblocked': ofBlocks,
  'means.expires_soon': ofReminders,
  'phone.expires_soon': ofReminders,
  // Somebody tried, and got nowhere.
  'eid.declined': ofReminders,
  'eid.mismatch': ofReminders,
  // By a sign-in through that provider, whose address is the only one to hear of it where there is no contact.
  'trip.declared': ofBlocks,
  // A remark on how things are used: nothing was changed.
  'device.shared': ofReminders,
  'card.shared': ofReminders,
  // About a place of work, which is no matter of any provider.
  'firm.opened': ofReminders,
  'firm.member_waiting': ofReminders,
  'firm.member_joined': ofReminders,
  'firm.member_left': ofReminders,
  'firm.role_changed': ofReminders,
  ...(Object.fromEntries(caseNews.map((kind) => [kind, ofCases])) as Record<CaseNews, Audience>),
  'case.opened': ofOpenings,
  ...(Object.fromEntries(mandateNews.map((kind) => [kind, ofMandates])) as Record<MandateNews, Audience>),
}

export function standingOf(recipient: Recipient, about: Topic | null): Standing {
  if (recipient.kind === 'verified') return recipient.confirmed ? 'confirmed' : 'unconfirmed'
  if (recipient.kind === 'asserted') return 'asserted'
  return recipient.contact === about ? 'removed' : 'former'
}

/** Somebody to write to, and what they may be told; rests sealed. */
export interface Reader {
  address: string
  language: Language
  said: Exclude<Said, 'nothing'>
  contact?: ContactId
  /** Of an address that this provider asserted: what is not about it is none of its business. */
  provider?: ProviderId
}

/** What one of the person's mailboxes is told, if anything. */
export function readerOf(kind: News['kind'], recipient: Recipient, about: Topic | null): Reader | undefined {
  const said = audiences[kind][standingOf(recipient, about)]
  if (said === 'nothing') return undefined
  const { address, language } = recipient
  return { address, language, said, ...(recipient.kind === 'asserted' ? {} : { contact: recipient.contact }) }
}

/**
 * R056: does a mailbox that chose this hear of a connection? Of a suspicious one, and of what is more than a device,
 * everybody hears.
 */
export function hearsConnection(hears: Hearing, kind: ConnectionNews, reasons: readonly Reason[]): boolean {
  if (kind === 'connection.suspicious') return true
  if (kind === 'connection.made') return hears === 'every'
  return hears !== 'serious' || !mayBeSilenced(reasons)
}

/** Of which provider alone a message speaks; whoever signed in by it may read the copy. */
export function providerOf(details: Details): ProviderId | undefined {
  const { providers = [], future } = details
  return providers.length === 1 && !future ? providers[0] : undefined
}

export interface News {
  kind: Exclude<MessageKind, CodeKind>
  about: Topic
  person: PersonId
  details: Details
}

/** What a fact is to its person, if they are told of it at all. An ordinary connection is `connection.made`. */
export function newsOf(fact: Recorded): News | undefined {
  const tell = tellers[fact.name as keyof typeof tellers] as ((data: never) => Told | undefined) | undefined
  const told = tell?.(fact.data as never)
  return told?.person ? { details: {}, ...told, person: told.person } : undefined
}

type Told = Pick<News, 'kind' | 'about'> & { person: PersonId | null; details?: Details }
type DataOf<N extends Recorded['name']> = Recorded<N>['data']
type Teller<N extends Recorded['name']> = (data: DataOf<N>) => Told | undefined

const ofMeans =
  (kind: Change) =>
  ({ person, means }: { person: PersonId; means: MeansId }): Told => ({ kind, person, about: means })

const ofPhone =
  (kind: Change) =>
  ({ person, phone }: { person: PersonId; phone: PhoneId }): Told => ({ kind, person, about: phone })

const ofPerson =
  (kind: Change) =>
  ({ person }: { person: PersonId | null }): Told | undefined =>
    person ? { kind, person, about: person } : undefined

const ofFirm =
  (kind: Change) =>
  ({ person, firm }: { person: PersonId; firm: OrganisationId }): Told => ({ kind, person, about: firm })

const ofHearing =
  (kind: Change) =>
  ({ person, contact, to }: { person: PersonId; contact: ContactId | null; to: Hearing }): Told => ({
    kind,
    person,
    about: contact ?? person,
    details: { hears: to },
  })

const ofBlock =
  (kind: Change) =>
  ({ person, providers, future }: { person: PersonId; providers: ProviderId[]; future: boolean }): Told => ({
    kind,
    person,
    about: person,
    details: { providers, ...(future ? { future } : {}) },
  })

/** What another letter says, or nothing that protects, is not told: a first password, recovery codes in place of others. */
const tellers: { [N in Recorded['name']]?: Teller<N> } = {
  'connection.authorised': ({ connection, person, provider, alert, reused }) => {
    // What an open session answers follows from a sign-in of which they have heard.
    if (alert === 'none' && reused) return undefined
    const kind = alert === 'none' ? 'connection.made' : (`connection.${alert}` as const)
    return { kind, person, about: connection, details: { providers: [provider] } }
  },
  'means.activated': ofMeans('means.activated'),
  'means.suspended': ofMeans('means.suspended'),
  'means.resumed': ofMeans('means.resumed'),
  'means.revoked': (data) => (data.successor === undefined ? ofMeans('means.revoked')(data) : undefined),
  'means.renewed': ofMeans('means.renewed'),
  'means.expired': ofMeans('means.expired'),
  'means.password_set': (data) => (data.how === 'first' ? undefined : ofMeans('means.password_set')(data)),
  'means.recovery_code_used': ofMeans('means.recovery_code_used'),
  'means.counter_regressed': ofMeans('means.counter_regressed'),
  'means.locked': ofPerson('means.locked'),
  'means.unlocked': ofPerson('means.unlocked'),
  'means.activation_given': ofPerson('means.activation_given'),
  'means.expires_soon': ({ person }) => ({ kind: 'means.expires_soon', person, about: person }),
  'phone.paired': ofPhone('phone.paired'),
  'phone.renewed': ofPhone('phone.renewed'),
  // The same phone was paired anew, which is told.
  'phone.revoked': (data) => (data.reason === 'replaced' ? undefined : ofPhone('phone.revoked')(data)),
  'phone.expires_soon': ofPerson('phone.expires_soon'),
  'phone.expired': ofPhone('phone.expired'),
  'eid.request_declined': ({ person, reason, country }) =>
    person && reason === 'not_me'
      ? { kind: 'eid.declined', person, about: person, details: country ? { country } : {} }
      : undefined,
  'eid.request_mismatch': ({ person, country }) =>
    person ? { kind: 'eid.mismatch', person, about: person, details: country ? { country } : {} } : undefined,
  'trip.declared': ({ person, provider, takesEffect }) => ({
    kind: 'trip.declared',
    person,
    about: person,
    details: { from: takesEffect, providers: [provider] },
  }),
  'device.shared_by_representatives': ofPerson('device.shared'),
  'card.shared': ofPerson('card.shared'),
  'firm.opened': ofFirm('firm.opened'),
  'firm.member_waiting': ofFirm('firm.member_waiting'),
  'firm.member_joined': ofFirm('firm.member_joined'),
  'firm.member_left': ofFirm('firm.member_left'),
  'firm.role_changed': ofFirm('firm.role_changed'),
  'contact.added': ({ person, contact }) => ({ kind: 'contact.added', person, about: contact }),
  'contact.verified': ({ person, contact, how }) => ({
    kind: how === 'confirmed' ? 'contact.confirmed' : 'contact.verified',
    person,
    about: contact,
  }),
  'contact.removed': ({ person, contact, verified }) =>
    verified ? { kind: 'contact.removed', person, about: contact } : undefined,
  'alerts.turned_off': ofHearing('alerts.turned_off'),
  'alerts.turned_on': ofHearing('alerts.turned_on'),
  // The first account of all is the person's beginning: nobody is there to be warned.
  'person.linked': ({ person, link, provider, how }) =>
    how === 'first' ? undefined : { kind: 'person.linked', person, about: link, details: { providers: [provider] } },
  'protection.frozen': ({ person, origin }) => ({
    kind: 'protection.frozen',
    person,
    about: person,
    details: { origin },
  }),
  'protection.thaw_asked': ({ person, takesEffect, provider }) => ({
    kind: 'protection.thaw_asked',
    person,
    about: person,
    details: { from: takesEffect, providers: [provider] },
  }),
  'protection.thaw_stopped': ofPerson('protection.thaw_stopped'),
  'protection.thawed': ofPerson('protection.thawed'),
  'protection.blocked': ofBlock('protection.blocked'),
  'protection.unblocked': ofBlock('protection.unblocked'),
}

// ── Cases ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Absent `person`: whoever was told of the case before. */
export interface CaseTold {
  kind: CaseNews
  about: CaseId
  person: PersonId | null
  details: Details
}

/**
 * What a fact about a case may be to the person. Of a partner's report and of our own detection nothing is said before
 * somebody has looked at it: there is no alarm without a reason (R111). With a verdict the outcome was told.
 */
const caseTellers: { [N in Recorded['name']]?: (data: DataOf<N>) => CaseTold | undefined } = {
  'case.opened': ({ case: about, person, origin, actor }) => {
    if (origin !== 'person' && origin !== 'form') return undefined
    // Whoever typed somebody else's code is answered like everybody.
    const reporter = origin === 'person' && actor.kind === 'person' ? actor.id : null
    const to = person ?? reporter
    return to ? { kind: 'case.opened', about, person: to, details: {} } : undefined
  },
  'case.qualified': ({ case: about, person }) => ({ kind: 'case.qualified', about, person, details: {} }),
  'case.notified': ({ case: about, person }) => ({ kind: 'case.notified', about, person, details: {} }),
  'case.concluded': ({ case: about, person, verdict }) => ({
    kind: 'case.concluded',
    about,
    person,
    details: { verdict },
  }),
  'case.revised': ({ case: about, person }) => ({ kind: 'case.revised', about, person, details: {} }),
  'case.closed': ({ case: about, person, reason, verdict }) =>
    verdict ? undefined : { kind: 'case.closed', about, person, details: { reason } },
}

export function caseToldBy(fact: Recorded): CaseTold | undefined {
  const tell = caseTellers[fact.name as keyof typeof caseTellers] as ((data: never) => CaseTold | undefined) | undefined
  return tell?.(fact.data as never)
}

/**
 * Is it news after the last that was told of the case? Partners are told one by one: one letter for all of them. Who
 * reported hears next that partners were told. Who never heard that there is a case does not hear that it is over.
 */
export function isNewsOfCase(kind: CaseNews, last: MessageKind | undefined): boolean {
  if (kind === 'case.qualified') return last === undefined
  if (kind === 'case.closed') return last !== undefined && last !== kind
  return last !== kind
}
