/**
 * A login in progress: what the service asked, and a stage. The stage is a discriminated union with one `transition`;
 * what comes next is decided in `next-step.ts` and nowhere else.
 */
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ErrorName } from '../kernel/errors.ts'
import type { ConnectionId, FlowId, LinkId, PersonId, ProviderId, ServiceId, SessionId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import type { Scope } from '../partners/partners.ts'
import type { Claimed, Recognition } from '../people/people.ts'
import type { MeansObstacle } from '../policy/choice.ts'
import type { Need, Standing } from '../policy/geography.ts'
import type { Requested } from '../policy/level.ts'
import type { Acting } from '../policy/mandate.ts'
import type { Population } from '../policy/means.ts'
import type { Surroundings } from '../policy/representation.ts'
import type { Assertion, Hop } from '../upstream/upstream.ts'

/** What a service asked, parsed once. */
export interface LoginRequest {
  service: ServiceId
  /** Asked and granted, aliases kept. */
  scopes: Scope[]
  requested: Requested
  /** A provider that the service named, allowed for it. */
  hint?: ProviderId
  /** `sub` of a valid `id_token_hint`: nobody else may answer. */
  expectedSubject?: string
  /** For whom the service believes that the person acts, as it was sent: `self` or `<scheme>:<number>`. */
  representation?: string
  languages: Language[]
}

/** How the hub knows who is there, before anything is linked or released. */
export type Evidence =
  | {
      from: 'provider'
      provider: ProviderId
      assertion: Assertion
      recognition: Recognition['kind']
      /** Known or matched; absent for somebody new. */
      person?: PersonId
      /** Signed in with this other account too, in this login. */
      joinTo?: PersonId
      /** ... by this link of it, at this level. */
      joinedBy?: { link: LinkId; level: Level }
      /** What the person has put in the way; by the login's end it is looked at again. */
      obstacle?: 'frozen' | 'blocked'
      /** For this service two factors have to be proved, and they were not, here and lately (R059). */
      lacksSecondFactor?: true
      /** For how long the person was away at the provider, in milliseconds. */
      away?: number
      /** What makes up for being abroad; looked up there only, for a service that has a rule of geography. */
      standing?: Standing
    }
  | {
      from: 'session'
      provider: ProviderId
      session: SessionId
      person: PersonId
      link: LinkId
      level: Level
      amr: string[]
      authTime: Instant
      /** The answer to the request; a session never gives `eidas3`. */
      acr: Level
      /** Whose session it is; told only to a service that serves one of the two. */
      population?: Population
      /** This session has shown this service's data to the person before, all of it. */
      informed: boolean
      /** It began while the person was frozen, who still is. */
      obstacle?: 'frozen'
      standing?: Standing
    }

export type NoticeKind =
  | 'cancelled'
  | 'silent'
  | 'refused'
  /** A gateway told of a login with one proof, or of one that is too old. */
  | 'prior_one_factor'
  | 'prior_too_old'
  | 'level_not_reached'
  | 'not_the_other_account'
  /** The rules of means refuse this sign-in, or this session, for this service. */
  | 'means_refused'
  | 'session_refused'
  /** A second factor is asked again: at an interval, and on a new or shared device. */
  | 'second_factor'
  /** From where the person is the service asks for more (R082). */
  | 'abroad'
  /** The person left this provider out. */
  | 'blocked'
  /** The provider went out of use while the person was there, or while they looked at the page. */
  | 'withdrawn'
  /** ... or, as it stood in for another one, it is offered no more. */
  | 'stand_in_over'
  | 'missed'
  /** To act for whom the person chose, more has to be proved in this login. */
  | 'principal'

export interface Notice {
  kind: NoticeKind
  provider: ProviderId
  /** Why the means are refused. */
  obstacle?: MeansObstacle
  /** What the ledger says of it, when the provider gave no usable answer. */
  refusal?: { error: ErrorName; reference: string }
  /** Name of the organisation for which more has to be proved. */
  principal?: string
}

export type Stage =
  /** `again`: the person asked for the page, so a provider that the service named is not asked once more. */
  | ({ at: 'choosing'; notice?: Notice; again?: true } & Carried)
  | ({ at: 'authenticating'; hop: Hop; fresh: boolean; since: Instant } & Carried)
  /**
   * Somebody is there. `alone`: the person does not join this account to another one. `lost`: what they chose to act for
   * was theirs no more a moment later.
   */
  | { at: 'identified'; evidence: Evidence; alone?: true; principal?: Principal; lost?: true }
  /** The person has read what goes to the service and went on. */
  | { at: 'informed'; evidence: Evidence; principal?: Principal }
  /**
   * The answer exists. A second click within a moment gets it again, with the cookies of the first: a browser drops the
   * answer of a click that another one follows. They are sealed by the secret of the browser, which the hub does not keep.
   */
  | { at: 'issued'; answer: Answer; issuedAt: Instant; cookies: string }
  /** No answer now. `final`: the way leads back to the service only. */
  | { at: 'refused'; error: ErrorName; provider?: ProviderId; reference: string; final: boolean }

/** What waits while the person is at a provider, and is not lost when they come back without an answer. */
export interface Carried {
  /** An account that waits to be joined to another one. */
  joining?: Evidence & { from: 'provider' }
  /** Who is there, as somebody who is asked for more before they act for an organisation, and need not go there. */
  kept?: Evidence
}

/** An organisation as a service is told of it. */
export interface NamedOrganisation {
  /** `<scheme>:<number>` */
  subject: string
  name: string
  identifiers: Readonly<Record<string, string>>
}

/** For whom somebody acts in this login, with what was left of the rights when they chose: a service is told no more. */
export interface ActingInLogin extends Acting {
  names: { organisation: NamedOrganisation; firm?: NamedOrganisation }
}

/** `unasked`: they can act for nobody else. */
export type Principal = { for: 'self'; unasked?: true } | { for: 'organisation'; acting: ActingInLogin }

/** What the engine is told when a login succeeded. */
export interface Answer {
  connection: ConnectionId
  person: PersonId
  provider: ProviderId
  /** The person's subject in the service's sector. */
  subject: string
  acr: Level
  /** Empty for a service that is not entitled to it. */
  amr: string[]
  authTime: Instant
  sid: string
  /** Of a login with the scope `representation`: absent where the person is there for themselves. */
  acting?: ActingInLogin
  /** ... and from where, as they were found when they chose. */
  from?: Surroundings
}

export interface Flow {
  id: FlowId
  request: LoginRequest
  /** Hash of the secret of the browser that began it. */
  browser: string
  startedAt: Instant
  expiresAt: Instant
  /** What the engine keeps of its request. */
  interaction: Record<string, unknown>
  /** Two factors have to be proved in this very login (R058, R059). */
  secondFactor?: true
  /** What the service was found to ask from where the person is (R082). */
  abroad?: Need
  /** The level that acting for whom the person wants to act for takes. */
  raised?: Level
  /** ... and for whom and as what, to be offered first when they come back. */
  wanted?: string
  /** Providers that the person left out, as far as the hub knows who is there. */
  blocked?: readonly ProviderId[]
  /** A sign-in to the hub's own pages: the path of the page that it leads to. No service waits for its end. */
  returnTo?: string
  stage: Stage
}

export type Event =
  | { event: 'sent_upstream'; hop: Hop; fresh: boolean; at: Instant }
  | { event: 'came_back'; evidence: Evidence }
  | { event: 'came_back_empty'; notice: Notice }
  | { event: 'join_asked' }
  | { event: 'join_declined' }
  | { event: 'principal_chosen'; principal: Principal }
  /** What was chosen is theirs no more: they choose again. */
  | { event: 'principal_lost' }
  /** More has to be proved before it can be chosen. */
  | { event: 'principal_needs_more'; notice: Notice }
  /** They choose for whom to act as who they are here. */
  | { event: 'principal_left' }
  | { event: 'acknowledged' }
  | { event: 'choose_again' }
  | { event: 'issued'; answer: Answer; at: Instant; cookies: string }
  | { event: 'refused'; error: ErrorName; provider?: ProviderId; reference: string; final: boolean }

/**
 * The stage after an event, or undefined when the event does not belong to this stage: a second click, the back button,
 * a forged post. The caller then shows the present step again.
 */
export function transition(stage: Stage, event: Event): Stage | undefined {
  if (stage.at === 'issued' || (stage.at === 'refused' && stage.final)) return undefined
  switch (event.event) {
    case 'refused':
      return { at: 'refused', error: event.error, reference: event.reference, final: event.final, ...providerOf(event) }
    case 'choose_again':
      return { at: 'choosing', ...('joining' in stage && stage.joining ? carriedOf(stage) : { again: true }) }
    case 'sent_upstream':
      return stage.at === 'choosing' || stage.at === 'authenticating' || stage.at === 'identified'
        ? { at: 'authenticating', hop: event.hop, fresh: event.fresh, since: event.at, ...carriedOf(stage) }
        : undefined
    case 'came_back':
      return stage.at === 'authenticating' ? { at: 'identified', evidence: event.evidence } : undefined
    case 'came_back_empty':
      return stage.at === 'authenticating' ? { at: 'choosing', notice: event.notice, ...carriedOf(stage) } : undefined
    case 'join_asked':
      return stage.at === 'identified' && stage.evidence.from === 'provider'
        ? { at: 'choosing', joining: stage.evidence }
        : undefined
    case 'join_declined':
      if (stage.at === 'choosing' && stage.joining) return { at: 'identified', evidence: stage.joining, alone: true }
      return stage.at === 'identified' ? { at: 'identified', evidence: stage.evidence, alone: true } : undefined
    case 'principal_chosen': {
      if (stage.at !== 'identified') return undefined
      const { lost: _, ...identified } = stage
      return { ...identified, principal: event.principal }
    }
    case 'principal_lost':
      return stage.at === 'identified' || stage.at === 'informed'
        ? { at: 'identified', evidence: stage.evidence, alone: true, lost: true }
        : undefined
    case 'principal_needs_more':
      return stage.at === 'identified' ? { at: 'choosing', notice: event.notice, kept: stage.evidence } : undefined
    case 'principal_left':
      if (stage.at === 'choosing' && stage.kept) return { at: 'identified', evidence: stage.kept, alone: true }
      return stage.at === 'identified' ? { at: 'identified', evidence: stage.evidence, alone: true } : undefined
    case 'acknowledged':
      return stage.at === 'identified' ? { at: 'informed', evidence: stage.evidence, ...principalOf(stage) } : undefined
    case 'issued':
      return stage.at === 'informed' || stage.at === 'identified'
        ? { at: 'issued', answer: event.answer, issuedAt: event.at, cookies: event.cookies }
        : undefined
  }
}

/** To be carried into the next stage. */
export function carriedOf(stage: Stage): Carried {
  const { joining, kept }: Carried = stage.at === 'choosing' || stage.at === 'authenticating' ? stage : {}
  return { ...(joining ? { joining } : {}), ...(kept ? { kept } : {}) }
}

/** For whom the person acts, once they chose. */
export function principalOf(stage: Stage): { principal?: Principal } {
  return 'principal' in stage && stage.principal ? { principal: stage.principal } : {}
}

function providerOf(event: { provider?: ProviderId }): { provider?: ProviderId } {
  return event.provider ? { provider: event.provider } : {}
}

/** Who is there, as far as this login knows. */
export function evidenceIn({ stage }: Pick<Flow, 'stage'>): Evidence | undefined {
  return 'evidence' in stage ? stage.evidence : undefined
}

/** The level, means and time of an evidence, as observed. */
export function observed(evidence: Evidence): { level: Level; amr: string[]; authTime: Instant } {
  return evidence.from === 'session' ? evidence : evidence.assertion
}

/** What a provider said, as the people room takes it. */
export function claimedBy(assertion: Assertion): Claimed {
  const { provider, account = provider, subject, level, identity, email } = assertion
  return { provider: account, subject, level, identity, ...(email ? { email } : {}) }
}
