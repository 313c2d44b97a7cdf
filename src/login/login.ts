/**
 * The dispatcher of a login: it keeps the flow, asks `nextStep` what comes next and lets each step happen. The protocol
 * room brings a request in (`arrive`, `begin`) and takes the outcome out (`conclude`); the routes of this room are the
 * steps between. This room does not speak OpenID Connect with services and owns no table: a flow is short-lived state.
 *
 * `flow.ts` and `flows.ts` are the login in progress and how it rests, `next-step.ts` and `offer.ts` what comes next and
 * what may be chosen, `judge.ts` whether means are good enough here and today, `authentication.ts` the way to a provider
 * and back, `acting.ts` for whom the person acts, `outcome.ts` what a login leaves behind.
 *
 * Order that nothing may change: freeze, blocks and policy are judged before an identity is linked or released; the
 * connection, its facts and the outbox are committed before the engine saves a code.
 */
import type { Audit } from '../audit/audit.ts'
import type { Connections } from '../connections/connections.ts'
import type { Organisations } from '../directory/organisations.ts'
import type { Places } from '../directory/places.ts'
import type { Log } from '../http/http.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { flowLifetime } from '../kernel/durations.ts'
import { type ErrorName, GarantError } from '../kernel/errors.ts'
import { type FlowId, newSecret, type PersonId, type ProviderId, type ServiceId } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { hashSecret, sameSecret } from '../kernel/secrets.ts'
import type { Mandates } from '../mandates/mandates.ts'
import { type OwnMeansKind, type Partners, type Provider, type Service, servesBoth } from '../partners/partners.ts'
import { levelLeft, type StateNow } from '../partners/suspensions.ts'
import type { People } from '../people/people.ts'
import type { SignIn } from '../policy/acceptance.ts'
import { type Geography, isHome, type Standing } from '../policy/geography.ts'
import { mayReuse } from '../policy/level.ts'
import type { UseRefusal } from '../policy/mandate.ts'
import type { Population } from '../policy/means.ts'
import type { Policy } from '../policy/settings.ts'
import type { InForce } from '../register/in-force.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/storage.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { type Candidates, type Chosen, createLoginActing, personIn, presentIn } from './acting.ts'
import { createAuthentication } from './authentication.ts'
import {
  type Answer,
  claimedBy,
  type Event,
  type Evidence,
  evidenceIn,
  type Flow,
  type LoginRequest,
  type Notice,
  type Principal,
  principalOf,
  type Stage,
  transition,
} from './flow.ts'
import { createFlows, Outdated, Overtaken } from './flows.ts'
import { createJudge, type OwnKinds } from './judge.ts'
import { type Step, withoutPrompt } from './next-step.ts'
import { createOffer, type Offered, requiredHere } from './offer.ts'
import { createOutcomes, type Refusal, type Success } from './outcome.ts'

/** The browser at the other end, as the edge knows it. */
export interface Visitor {
  /** Secret that binds logins to this browser. */
  browser: string | undefined
  session: string | undefined
  device: string | undefined
  language: Language
  address: string
  port: number
}

/** A cookie that the answer sets; without `maxAge` (milliseconds) it ends with the browser. */
export interface CookieChange {
  name: 'browser' | 'session' | 'device'
  value: string
  maxAge?: number
}

/** Where a login stands when the engine asks. */
export type Outcome =
  | {
      kind: 'answer'
      answer: Answer
      cookies: CookieChange[]
    }
  | { kind: 'refused'; error: ErrorName }
  /** Somebody must be shown a page: the engine keeps its request and calls `begin`. */
  | { kind: 'page'; draft: Draft; cookies: CookieChange[] }

/** A flow that has no id yet: the engine gives it one. */
export type Draft = Omit<Flow, 'id' | 'interaction'>

export type Loaded = { kind: 'flow'; flow: Flow; service: Service } | { kind: 'refused'; error: ErrorName }

/** What a step's route does next. */
export type Next =
  | { kind: 'redirect'; url: string }
  | { kind: 'present' }
  /** The provider went out of use while the person looked at its button: the page again, with the reason. */
  | { kind: 'missed'; provider: ProviderId }
  | { kind: 'refused'; error: ErrorName }

/**
 * `settled`: this request brought the answer; otherwise it came before, or nobody waits for it. `written`: where the login
 * stands now is being written, and nobody is told before it is.
 */
export type CallbackResult =
  | { kind: 'flow'; flow: Flow; service: Service; settled: boolean; written?: Promise<unknown> }
  /** `flow`: the login that this browser is in, where there is one. */
  | { kind: 'refused'; error: ErrorName; flow?: Flow }

export interface Login {
  /** A valid authorization request: an answer from the session, a refusal, or a draft that needs pages. */
  arrive(request: LoginRequest, visitor: Visitor): Promise<Outcome>
  /** Keeps a draft under the id that the engine gave it, with what the engine needs to resume. */
  begin(id: FlowId, draft: Draft, interaction: Record<string, unknown>): Promise<Flow>
  /** A sign-in to the hub's own pages, which no service asked for. */
  beginOwn(asked: OwnSignInRequest, visitor: Visitor): Promise<{ flow: FlowId; cookies: CookieChange[] }>
  /**
   * The flow of this browser; another browser's is refused. A step that goes on `from` a stage may be given it as this
   * process remembers it (`fromMemory`).
   */
  load(id: FlowId, visitor: Visitor, from?: Stage['at']): Promise<Loaded>
  /** The service of a login, the hub's own pages among them; undefined when it is not published any more. */
  findService(id: ServiceId): Service | undefined
  /** The present step, judged now, for where the person is. */
  stepOf(flow: Flow, visitor: Pick<Visitor, 'address'>): Step
  tilesOf(flow: Flow, visitor: Pick<Visitor, 'address'>): Offered[]
  /** Of the hub's own means that a connector takes, the kinds that the service of this login takes here and today. */
  ownKindsOf(flow: Flow, accepts: readonly OwnMeansKind[], visitor: Pick<Visitor, 'address'>): OwnKinds
  /** When this process last learned of the state and the health of providers. */
  knownAt(): Instant
  /** The state of a provider for the service and level of this login, now. */
  stateOf(provider: Provider, flow: Flow): StateNow
  /** It cannot end this login any more: suspended, or what stood in for another one that works again. */
  isClosed(provider: Provider, flow: Flow): boolean
  /**
   * The person chose. A provider that the page does not offer is refused and is a fact; not where the page did offer it
   * (`offered`), and it went out of use since.
   */
  choose(flow: Flow, provider: ProviderId, visitor: Visitor, options?: { offered?: boolean }): Promise<Next>
  /** A provider sent the person back. `from` as of `load`. */
  callback(provider: ProviderId, url: URL, visitor: Visitor, from?: Stage['at']): Promise<CallbackResult>
  /** Steps without an answer of their own: join asked or declined, choose again. */
  advance(flow: Flow, event: Event): Promise<void>
  /**
   * The person read what goes and went on. Not written: `conclude` follows in the same request, and if that fails the
   * person is still on the page.
   */
  acknowledge(flow: Flow): void
  /** At `choose-principal`: for whom they may act here and now. */
  candidates(flow: Flow, page: { search?: string; after?: string }, visitor: Visitor): Promise<Candidates>
  /**
   * The person chose for whom they act: `self`, or the key of a candidate. Judged anew. `needs_more`: the login stands at
   * the choice of an account, with the reason; `gone`: it stands where it stood, and what was chosen is not theirs, or
   * no more.
   */
  choosePrincipal(flow: Flow, key: string, visitor: Visitor): Promise<'chosen' | 'needs_more' | 'gone' | 'out_of_step'>
  /** They can act for nobody else here, and the service takes them as they are. */
  actForSelf(flow: Flow): Promise<void>
  /**
   * May the person still act for whom they chose? Asked before the answer. When not, the login stands at the choice
   * again, and says so. True of who acts for nobody else.
   */
  standsPrincipal(flow: Flow, visitor: Visitor): Promise<boolean>
  /** The weakest level that answers this login. */
  requiredOf(flow: Flow): Level
  /** Would a sign-in with this provider that brings this answer the login, here and today? */
  wouldAnswer(flow: Flow, provider: ProviderId, signIn: SignIn, visitor: Pick<Visitor, 'address'>): boolean
  /** The service has a rule of geography, and the person is elsewhere: in this country, where it is known. */
  abroadOf(flow: Flow, visitor: Pick<Visitor, 'address'>): { geography: Geography; country?: string } | undefined
  /** The present step is a refusal: written once, shown to the person. `final`: only the way back is left. */
  refuse(flow: Flow, error: ErrorName, visitor: Visitor): Promise<{ final: boolean; reference: string }>
  /** The person goes back to the service without an answer. */
  leave(flow: Flow, visitor: Visitor): Promise<void>
  /**
   * The engine resumes: the answer or the refusal. Of simultaneous calls one writes the connection; the others wait for
   * it, and they and later ones get the same answer.
   */
  conclude(flow: Flow, visitor: Visitor): Promise<Outcome>
}

/** What the hub asks of somebody who is to see a page of its own. */
export interface OwnSignInRequest {
  /** The path of that page. */
  returnTo: string
  /** The weakest level that does. */
  level?: Level
  /** Whatever session there is, the person proves it anew. */
  fresh?: boolean
  /** Nobody else may answer. */
  person?: PersonId
  /** Two factors, in this very sign-in (R058). */
  secondFactor?: boolean
  /** Where the person is led first; they may choose another one. */
  provider?: ProviderId
}

/** Of somebody, where a service has a rule of geography and the request comes from elsewhere: one statement, there only. */
export type StandingAbroad = (
  service: Service,
  visitor: Visitor,
  person: PersonId | undefined,
) => Promise<{ standing?: Standing }>

export interface LoginOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  partners: Partners
  people: People
  upstream: Upstream
  sessions: Sessions
  connections: Connections
  places: Places
  inForce: Pick<InForce, 'ofProvider' | 'ofOwn'>
  mandates: Pick<Mandates, 'principals' | 'may' | 'noteUse'>
  organisations: Pick<Organisations, 'bySubject' | 'named'>
  policy: Policy
  /** The hub's own pages. */
  ownService: Service
  log: Log
}

export function createLogin(options: LoginOptions): Login {
  const { storage, clock, partners, people, sessions, mandates, ownService, log } = options
  const flows = createFlows({ storage, clock })
  const judge = createJudge(options)
  const offer = createOffer({ partners, clock, judge, ownService })
  const outcomes = createOutcomes({
    ...options,
    flows,
    seenIn: judge.seenIn,
    serviceOf: offer.serviceOf,
    travelSpeed: options.policy.travelSpeed,
  })
  const { findService, serviceOf, stepOf, tilesOf, stateOf, isClosed, knownAt } = offer
  const acting = createLoginActing({ ...options, judge, serviceOf })

  async function load(id: FlowId, visitor: Visitor, from?: Stage['at']): Promise<Loaded> {
    const flow = await (from ? flows.recall(id, from) : flows.find(id))
    if (!flow) return { kind: 'refused', error: 'flow_expired' }
    if (!visitor.browser || !sameSecret(hashSecret(visitor.browser), flow.browser)) {
      return { kind: 'refused', error: 'flow_foreign_browser' }
    }
    const service = findService(flow.request.service)
    return service ? { kind: 'flow', flow, service } : { kind: 'refused', error: 'client_unknown' }
  }

  async function evidenceOfSession(
    session: Session,
    { request, service, visitor }: { request: LoginRequest; service: Service; visitor: Visitor },
  ): Promise<Evidence | undefined> {
    // Rare: who signed in while they were frozen. Thawed since, they sign in anew.
    const isFrozen = session.confined && (await people.standingOf(session.person)).frozen
    if (session.confined && !isFrozen) return undefined
    const carried = judge.carriedBy(session.provider, session)
    const level = levelOfSession(session, carried, service)
    if (!level) return undefined
    const decision = mayReuse({ ...session, level }, request.requested, service, clock.now())
    if (!decision.reuse) return undefined
    if (service.providers !== 'all' && !service.providers.includes(session.provider)) return undefined
    const population = service.population && (await populationOf(session))
    // Whose session it is cannot be told any more: it answers no service that must know.
    if (service.population && !population) return undefined
    const opened = session.services.find((entry) => entry.service === service.id)
    return {
      from: 'session',
      provider: session.provider,
      session: session.id,
      person: session.person,
      link: session.link,
      level,
      amr: session.amr,
      authTime: session.authTime,
      acr: decision.acr,
      ...(population ? { population } : {}),
      informed: opened !== undefined && request.scopes.every((scope) => opened.scopes.includes(scope)),
      ...(isFrozen ? { obstacle: 'frozen' as const } : {}),
      ...(await standingAbroad(service, visitor, session.person)),
    }
  }

  const standingAbroad: StandingAbroad = async ({ geography }, visitor, person) => {
    const asks = geography && geography.exempt.length > 0 && !isHome(geography, judge.seenIn(visitor.address))
    return asks && person ? { standing: await sessions.standingAbroad(visitor.device, person) } : {}
  }

  async function blockedBy(person: PersonId): Promise<ProviderId[]> {
    const { isBlocked } = await people.standingOf(person)
    return [...partners.registry().providers.keys()].filter(isBlocked)
  }

  /** What a suspension of its provider leaves of it here. */
  function levelOfSession({ provider: id, authTime }: Session, level: Level, service: Service): Level | undefined {
    const provider = partners.registry().providers.get(id)
    return provider ? levelLeft(provider, { level, service: service.id, authTime }, clock.now()) : level
  }

  /** A provider serves one population; behind the hub's own means, a card and the e-ID app both sign in. */
  async function populationOf({ provider: id, person }: Session): Promise<Population | undefined> {
    const provider = partners.registry().providers.get(id)
    if (provider && !servesBoth(provider)) return provider.population === 'professionals' ? 'professional' : 'citizen'
    const identity = await people.identityOf(storage.db, person)
    return identity && (identity.kind === 'professional' ? 'professional' : 'citizen')
  }

  /** The present step ends the login: in an answer, or in the refusal that it is. */
  async function end(flow: Flow, visitor: Visitor): Promise<Outcome> {
    const { request } = flow
    const step = stepOf(flow, visitor)
    const evidence = evidenceIn(flow)
    if (step.step === 'issue' && evidence) {
      const before = sessions.find(visitor.session)
      const whom = forWhom(flow, visitor)
      return outcomes.issue({ request, evidence, acr: step.acr, ...whom, before, ends: flow }, visitor)
    }
    const error = errorOf(step)
    const provider = evidence ? { provider: evidence.provider } : {}
    await outcomes.refuse({ request, error, ...provider, ...reasonsOf(step), ends: flow }, visitor)
    return { kind: 'refused', error }
  }

  /** Of a login whose service asked: the organisation, if it is one, and from where. */
  function forWhom(
    flow: Pick<Flow, 'request' | 'stage' | 'startedAt'>,
    visitor: Visitor,
  ): Pick<Success, 'acting' | 'from'> {
    const { principal } = principalOf(flow.stage)
    if (!principal) return {}
    const from = acting.surroundingsOf(flow, visitor)
    return { from, ...(principal.for === 'organisation' ? { acting: principal.acting } : {}) }
  }

  /** Nobody may be asked: whom the service named, where that needs no question. */
  async function principalUnattended(draft: Draft, acr: Level, visitor: Visitor): Promise<Principal | undefined> {
    const hinted = await acting.hinted(draft, { acr }, visitor)
    if (hinted === undefined) return undefined
    return hinted === 'self' ? { for: 'self' } : { for: 'organisation', acting: hinted }
  }

  /** What the person tried is told to the organisation, where they once had to do with it: a forged choice is no line of its. */
  async function noteRefused(flow: Flow, tried: Extract<Chosen, { kind: 'unavailable' }>['tried']): Promise<void> {
    const evidence = evidenceIn(flow)
    const person = evidence && personIn(evidence)
    if (!person || !tried || ofStrangers.has(tried.refused)) return
    const use = { ...tried, person, service: flow.request.service, actions: [], kind: 'login' as const }
    await storage.transaction((tx) => mandates.noteUse(tx, use))
  }

  /**
   * Who was refused and had nothing else to choose did not cancel. The service reads `access_denied` all the same (R011),
   * but for one that asked for a level as an essential claim: then `unmet_authentication_requirements` "SHALL be used"
   * where that "requirement" cannot be met, "and MAY be used in other cases" (OpenID Connect Core Unmet Authentication
   * Requirements section 1).
   */
  function leavingError(flow: Flow, visitor: Visitor): ErrorName {
    const { stage, request } = flow
    const isRefused =
      (stage.at === 'choosing' && stage.notice?.kind === 'means_refused') ||
      stepOf(flow, visitor).step === 'change-means'
    const isStuck = isRefused && !tilesOf(flow, visitor).some(({ tile }) => tile.state === 'usable')
    if (!isStuck) return 'person_cancelled'
    return request.requested.essentialAcr ? 'level_not_reached' : 'provider_means_refused'
  }

  return {
    load,
    findService,
    stepOf,
    tilesOf,
    stateOf,
    isClosed,
    knownAt,
    ...createAuthentication({ ...options, flows, offer, judge, outcomes, load, blockedBy, standingAbroad }),

    async arrive(request, visitor) {
      const service = serviceOf(request.service)
      const session = await sessions.find(visitor.session)
      const reusable = session && (await evidenceOfSession(session, { request, service, visitor }))
      const isTooOld = reusable !== undefined && judge.asksSecondFactor(service, session?.secondFactorAt)
      const evidence = isTooOld ? undefined : reusable
      const notice: { notice?: Notice } = isTooOld
        ? { notice: { kind: 'second_factor', provider: reusable.provider } }
        : {}
      const now = clock.now()
      const browser = visitor.browser ?? newSecret()
      const draft: Draft = {
        request,
        browser: hashSecret(browser),
        startedAt: now,
        expiresAt: now + flowLifetime,
        ...(isTooOld ? { secondFactor: true } : {}),
        stage: evidence ? { at: 'identified', evidence } : { at: 'choosing', ...notice },
      }
      const isUnattended = request.requested.prompts.includes('none')
      let found = stepOf(draft, visitor)
      if (isUnattended && found.step === 'choose-principal' && draft.stage.at === 'identified') {
        const principal = await principalUnattended(draft, found.acr, visitor)
        if (principal) draft.stage = { ...draft.stage, principal }
        found = stepOf(draft, visitor)
      }
      const step = isUnattended ? withoutPrompt(found) : found
      const cookies: CookieChange[] = visitor.browser ? [] : [{ name: 'browser', value: browser }]
      if (step.step === 'issue' && evidence) {
        const whom = forWhom(draft, visitor)
        return outcomes.issue({ request, evidence, acr: step.acr, ...whom, before: session }, visitor)
      }
      // R114, R082: whoever can be shown a page reads why.
      const tells = step.step === 'refuse' && told.has(step.error) && !isUnattended
      if (step.step === 'refuse' && !tells) {
        // Without a session nobody was there: such a request leaves a log line and no row.
        const { error } = step
        const abroad = found.step === 'prove-abroad' ? { abroad: true as const } : {}
        if (session && evidence)
          await outcomes.refuse({ request, error, person: session.person, ...reasonsOf(found), ...abroad }, visitor)
        return { kind: 'refused', error: step.error }
      }
      if (step.step === 'change-means') {
        const { provider, reasons } = step
        log.info('a session does not answer', { service: service.id, provider, reasons: reasons.join(' ') })
      }
      const more = step.step === 'prove-abroad' ? { secondFactor: true as const, abroad: step.need } : {}
      if (step.step === 'prove-abroad') await outcomes.askedAbroad(service.id, visitor)
      const blocked = session && !tells ? await blockedBy(session.person) : []
      return { kind: 'page', draft: { ...draft, ...more, ...(blocked.length > 0 ? { blocked } : {}) }, cookies }
    },

    async begin(id, draft, interaction) {
      const flow = { ...draft, id, interaction }
      await flows.save(flow)
      return flow
    },

    async beginOwn({ returnTo, level, fresh, person, secondFactor, provider }, visitor) {
      const { id: service, sector } = ownService
      const expected = person && (await people.subjectFor(storage.db, person, sector))
      const now = clock.now()
      const browser = visitor.browser ?? newSecret()
      const id = newSecret()
      await flows.save({
        id,
        request: {
          service,
          scopes: [],
          requested: { acrValues: level ? [level] : [], prompts: fresh ? ['login'] : [] },
          languages: [],
          ...(provider ? { hint: provider } : {}),
          ...(expected ? { expectedSubject: expected } : {}),
        },
        browser: hashSecret(browser),
        startedAt: now,
        expiresAt: now + flowLifetime,
        interaction: {},
        ...(secondFactor ? { secondFactor } : {}),
        returnTo,
        stage: { at: 'choosing' },
      })
      return { flow: id, cookies: visitor.browser ? [] : [{ name: 'browser', value: browser }] }
    },

    async advance(flow, event) {
      await flows.move(flow, event)
    },

    acknowledge(flow) {
      flow.stage = transition(flow.stage, { event: 'acknowledged' }) ?? flow.stage
    },

    async candidates(flow, page, visitor) {
      const step = stepOf(flow, visitor)
      if (step.step !== 'choose-principal') throw new GarantError('flow_out_of_step', { flow: flow.id })
      return acting.candidates(flow, { ...page, acr: step.acr }, visitor)
    },

    async choosePrincipal(flow, key, visitor) {
      // Who went back and chooses somebody else is judged as if it were the first time.
      const unchosen = transition(flow.stage, { event: 'principal_left' })
      const step = unchosen && stepOf({ ...flow, stage: unchosen }, visitor)
      if (!unchosen || step?.step !== 'choose-principal') return 'out_of_step'
      flow.stage = unchosen
      if (key === 'self') {
        if (!serviceOf(flow.request.service).representation?.alone) return 'gone'
        await flows.move(flow, { event: 'principal_chosen', principal: { for: 'self' } })
        return 'chosen'
      }
      const chosen = await acting.choose(flow, { acr: step.acr, key }, visitor)
      switch (chosen.kind) {
        case 'chosen':
          await flows.move(flow, {
            event: 'principal_chosen',
            principal: { for: 'organisation', acting: chosen.acting },
          })
          return 'chosen'
        case 'unavailable':
          await noteRefused(flow, chosen.tried)
          await flows.move(flow, { event: 'principal_lost' })
          return 'gone'
        case 'needs_more': {
          const { need, organisation } = chosen
          const { provider } = presentIn(flow)
          flow.wanted = key
          if (need === 'two_factors') flow.secondFactor = true
          else flow.raised = need
          const notice: Notice = { kind: 'principal', provider, principal: organisation }
          await flows.move(flow, { event: 'principal_needs_more', notice })
          return 'needs_more'
        }
      }
    },

    async actForSelf(flow) {
      await flows.move(flow, { event: 'principal_chosen', principal: { for: 'self', unasked: true } })
    },

    async standsPrincipal(flow, visitor) {
      const { stage } = flow
      const { principal } = principalOf(stage)
      if (principal?.for !== 'organisation') return true
      const step = stepOf(flow, visitor)
      if (step.step !== 'issue' && step.step !== 'inform') return true
      const left = await acting.again(flow, principal.acting, step, visitor)
      if (!left) {
        await flows.move(flow, { event: 'principal_lost' })
        return false
      }
      if (stage.at === 'identified' || stage.at === 'informed') stage.principal = { ...principal, acting: left }
      return true
    },

    requiredOf: (flow) => requiredHere(flow, judge.minimumOf(serviceOf(flow.request.service))),

    wouldAnswer(flow, provider, signIn, { address }) {
      const service = serviceOf(flow.request.service)
      const { accepted, level } = judge.foresee(provider, signIn, service, address)
      return accepted && level !== undefined && atLeast(level, requiredHere(flow, judge.minimumOf(service)))
    },

    abroadOf(flow, { address }) {
      const { geography } = serviceOf(flow.request.service)
      const seenIn = geography && judge.seenIn(address)
      if (!seenIn || isHome(geography, seenIn)) return undefined
      return { geography, ...(seenIn === 'unknown' ? {} : { country: seenIn }) }
    },

    ownKindsOf: (flow, accepts, { address }) => judge.ownKinds(accepts, serviceOf(flow.request.service), address),

    async refuse(flow, error, visitor) {
      if (flow.stage.at === 'refused') return flow.stage
      const evidence = evidenceIn(flow)
      const provider = evidence ? { provider: evidence.provider } : {}
      const reference = await outcomes.refuse(
        {
          request: flow.request,
          error,
          ...provider,
          ...(evidence?.person ? { person: evidence.person } : {}),
          ...(error === 'identity_collision' && evidence?.from === 'provider'
            ? { colliding: claimedBy(evidence.assertion) }
            : {}),
          pauses: flow,
        },
        visitor,
      )
      await flows.move(flow, { event: 'refused', error, reference, final: false, ...provider })
      return { final: false, reference }
    },

    async leave(flow, visitor) {
      const { stage, request } = flow
      // The refusal was written when its page was shown.
      if (stage.at === 'refused') await flows.move(flow, { event: 'refused', ...stage, final: true })
      else if (stage.at !== 'issued') {
        await outcomes
          .refuse({ request, error: leavingError(flow, visitor), ends: flow }, visitor)
          .catch(unlessOvertaken)
      }
    },

    async conclude(flow, visitor) {
      const ending = outcomes.endingOf(flow, visitor) ?? (await end(flow, visitor).catch(unlessOvertaken))
      if (ending) return ending
      // Another request of this browser came first: its answer is the answer.
      const present = await flows.find(flow.id)
      const ended = present && outcomes.endingOf(present, visitor)
      // It goes on, only not from where this process remembered it.
      if (present && !ended && flows.isRecalled(flow)) throw new Outdated()
      return ended ?? { kind: 'refused', error: 'login_required' }
    },
  }
}

/** Refusals of who holds nothing of that organisation. */
const ofStrangers: ReadonlySet<UseRefusal> = new Set(['no_mandate', 'not_representative', 'frozen'])

/** What is said on a page, also to who has a session: nobody did anything that the service could help with. */
const told: ReadonlySet<ErrorName> = new Set(['identity_frozen', 'country_refused'])

/** What a step that is no answer comes to when the answer is due. */
function errorOf(step: Step): ErrorName {
  if (step.step === 'refuse') return step.error
  if (step.step === 'prove-abroad') return 'country_needs_proof'
  return step.step === 'change-means' ? 'provider_means_refused' : 'login_required'
}

function reasonsOf(step: Step): Pick<Refusal, 'provider' | 'reasons'> {
  return step.step === 'change-means' ? { provider: step.provider, reasons: step.reasons } : {}
}

function unlessOvertaken(error: unknown): undefined {
  if (!(error instanceof Overtaken)) throw error
}
