/**
 * The dispatcher of a login: it keeps the flow, asks `nextStep` what comes next, lets each step happen and writes the
 * outcome. The protocol room brings a request in (`arrive`, `begin`) and takes the outcome out (`conclude`); the routes
 * of this room are the steps between. This room does not speak OpenID Connect with services and owns no table: a flow is
 * short-lived state.
 *
 * Order that nothing may change: freeze, blocks and policy are judged before an identity is linked or released; the
 * connection, its facts and the outbox are committed before the engine saves a code.
 */
import type { Audit } from '../audit/audit.ts'
import type { Connections } from '../connections/connections.ts'
import type { Places } from '../directory/places.ts'
import type { Log } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import { day, flowLifetime, minute } from '../kernel/durations.ts'
import { type ErrorName, GarantError } from '../kernel/errors.ts'
import type { FlowId, PersonId, ProviderId } from '../kernel/ids.ts'
import { newOrderedId, newSecret } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { hashSecret, sameSecret } from '../kernel/secrets.ts'
import { type Partners, type Provider, type Service, stateAt } from '../partners/partners.ts'
import type { Claimed, People } from '../people/people.ts'
import { chooseTiles, type Obstacle, type Tile } from '../policy/choice.ts'
import { decideAlert, unusualContext } from '../policy/context.ts'
import { mayReuse, requiredLevel } from '../policy/level.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import type { StateEntry } from '../storage/state.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Assertion, Upstream } from '../upstream/upstream.ts'
import {
  type Answer,
  type Event,
  type Evidence,
  type Flow,
  joiningOf,
  type LoginRequest,
  type NoticeKind,
  observed,
  type Stage,
  transition,
} from './flow.ts'
import { mustBeFresh, nextStep, type Step, withoutPrompt } from './next-step.ts'

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
      /** The flow as answered, to be written together with what the engine keeps of it. */
      keep?: StateEntry
    }
  | { kind: 'refused'; error: ErrorName }
  /** Somebody must be shown a page: the engine keeps its request and calls `begin`. */
  | { kind: 'page'; draft: Draft; cookies: CookieChange[] }

type Issued = Extract<Outcome, { kind: 'answer' }> | { kind: 'refused'; error: ErrorName; reference: string }

/** A flow that has no id yet: the engine gives it one. */
export type Draft = Omit<Flow, 'id' | 'interaction'>

export type Loaded = { kind: 'flow'; flow: Flow; service: Service } | { kind: 'refused'; error: ErrorName }

/** What a step's route does next. */
export type Next = { kind: 'redirect'; url: string } | { kind: 'present' } | { kind: 'refused'; error: ErrorName }

/** `settled`: this request brought the answer; otherwise it came before, or nobody waits for it. */
export type CallbackResult =
  | { kind: 'flow'; flow: Flow; service: Service; settled: boolean }
  | { kind: 'refused'; error: ErrorName }

export interface Login {
  /** A valid authorization request: an answer from the session, a refusal, or a draft that needs pages. */
  arrive(request: LoginRequest, visitor: Visitor): Promise<Outcome>
  begin(id: FlowId, draft: Draft, interaction: Record<string, unknown>): Promise<void>
  /** The flow of this browser; another browser's is refused. */
  load(id: FlowId, visitor: Visitor): Promise<Loaded>
  /** The present step, judged now. */
  stepOf(flow: Flow): Step
  tilesOf(flow: Flow): { provider: Provider; tile: Tile; obstacle: Obstacle | undefined }[]
  /** The person chose. A provider that the page does not offer is refused and is a fact. */
  choose(flow: Flow, provider: ProviderId, visitor: Visitor): Promise<Next>
  /** A provider sent the person back. */
  callback(provider: ProviderId, url: URL, visitor: Visitor): Promise<CallbackResult>
  /** Steps without an answer of their own: join asked or declined, choose again. */
  advance(flow: Flow, event: Event): Promise<void>
  /**
   * The person read what goes and went on. Not written: `conclude` follows in the same request, and if that fails the
   * person is still on the page.
   */
  acknowledge(flow: Flow): void
  /** The weakest level that answers this login. */
  requiredOf(flow: Flow): Level
  /** The present step is a refusal: written once, shown to the person. `final`: only the way back is left. */
  refuse(flow: Flow, error: ErrorName, visitor: Visitor): Promise<{ final: boolean; reference: string }>
  /** The person goes back to the service without an answer. */
  leave(flow: Flow, visitor: Visitor): Promise<void>
  /** The engine resumes: the answer or the refusal. Writes the connection, once; a second click gets the same answer. */
  conclude(flow: Flow, visitor: Visitor): Promise<Outcome>
}

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
  log: Log
}

/** A second click within this time gets the same answer; later the page says that the login is over. */
const secondClick = minute

/** How far back the unusual-context decision looks. */
const habitsWindow = 90 * day

export function createLogin(options: LoginOptions): Login {
  const { storage, clock, audit, partners, people, upstream, sessions, connections, places } = options

  const serviceOf = (id: string): Service => {
    const service = partners.registry().services.get(id)
    if (!service) throw new GarantError('client_unknown', { service: id })
    return service
  }
  const providerOf = (id: ProviderId): Provider | undefined => partners.registry().providers.get(id)
  const entryOf = (flow: Flow): StateEntry => ({ kind: 'flow', key: flow.id, value: flow, expiresAt: flow.expiresAt })
  const save = (flow: Flow) => storage.state.write({ put: [entryOf(flow)] })
  const move = async (flow: Flow, event: Event): Promise<boolean> => {
    const stage = transition(flow.stage, event)
    if (!stage) return false
    flow.stage = stage
    await save(flow)
    return true
  }

  function stepOf(flow: Pick<Flow, 'request' | 'stage' | 'startedAt'>): Step {
    const service = serviceOf(flow.request.service)
    const step = nextStep(flow, service, clock.now())
    if (step.step === 'authenticate') return isReachable(flow, step.provider) ? step : { step: 'choose-provider' }
    if (step.step !== 'raise-assurance') return step
    // Nothing here raises it: the answer is the refusal.
    return tilesOf(flow).some(({ tile }) => tile.state === 'usable')
      ? step
      : { step: 'refuse', error: 'level_not_reached' }
  }

  /** A provider that the service named and that cannot serve now is shown with its reason, like any other. */
  function isReachable(flow: Pick<Flow, 'request' | 'stage'>, id: ProviderId): boolean {
    const state = tilesOf(flow).find(({ provider }) => provider.id === id)?.tile.state
    return state === 'usable' || state === 'hidden'
  }

  function tilesOf(flow: Pick<Flow, 'request' | 'stage'>) {
    const service = serviceOf(flow.request.service)
    const providers = [...partners.registry().providers.values()]
    // Who is asked to show that another account is theirs too is offered every other provider, whatever its level.
    const joining = accountToJoin(flow.stage)
    const candidates = providers.map((provider) => ({
      id: provider.id,
      state: stateAt(provider.state, clock.now()).kind,
      health: 'up' as const,
      allowedLevels: provider.allowedLevels,
      blockedByPerson: false,
    }))
    const tiles = chooseTiles(candidates, {
      providers: service.providers,
      // Who joins an account shows that it is theirs; the level of the answer is that of the first one.
      required: joining ? 'eidas1' : requiredLevel(flow.request.requested, service.minimumLevel),
      suspicious: false,
    })
    return providers.flatMap((provider, index) => {
      const tile = tiles[index]
      if (!tile || provider.id === joining?.provider) return []
      return [{ provider, tile, obstacle: tile.state === 'greyed' ? tile.obstacle : undefined }]
    })
  }

  async function evidenceOfSession(
    session: Session,
    request: LoginRequest,
    service: Service,
  ): Promise<Evidence | undefined> {
    const decision = mayReuse(session, request.requested, service, clock.now())
    if (!decision.reuse) return undefined
    if (!isAllowedProvider(session.provider, service)) return undefined
    const opened = session.services.find((entry) => entry.service === service.id)
    return {
      from: 'session',
      provider: session.provider,
      session: session.id,
      person: session.person,
      link: session.link,
      level: session.level,
      amr: session.amr,
      authTime: session.authTime,
      serves: session.serves,
      acr: decision.acr,
      informed: opened !== undefined && request.scopes.every((scope) => opened.scopes.includes(scope)),
    }
  }

  /** Sends the person upstream and keeps what must come back. */
  async function sendUpstream(flow: Flow, provider: Provider, visitor: Visitor): Promise<Next> {
    const service = serviceOf(flow.request.service)
    const { requested } = flow.request
    const joining = 'joining' in flow.stage && flow.stage.joining !== undefined
    const fresh = mustBeFresh(flow.request, service) || requested.maxAge !== undefined || joining
    const begun = await upstream.begin(provider, {
      level: joining ? 'eidas1' : requiredLevel(requested, service.minimumLevel),
      fresh,
      language: visitor.language,
      state: `${flow.id}.${newSecret()}`,
    })
    if ('kind' in begun) return noAnswer(flow, provider.id, begun.error, begun.detail, visitor)
    await move(flow, { event: 'sent_upstream', hop: begun.hop, fresh, at: clock.now() })
    return { kind: 'redirect', url: begun.url }
  }

  /** A provider gave no usable answer: a notice on the choice page, or a page of its own where trust is in question. */
  async function noAnswer(
    flow: Flow,
    provider: ProviderId,
    error: ErrorName,
    detail: string,
    visitor: Visitor,
  ): Promise<Next> {
    const notice = noticeOf[error]
    const reference = await recordRefusal(flow, { error, provider, detail }, visitor)
    if (notice) {
      flow.stage = { at: 'choosing', notice: { kind: notice, provider }, ...joiningOf(flow.stage) }
      await save(flow)
    } else {
      await move(flow, { event: 'refused', error, provider, reference, final: false })
    }
    return { kind: 'present' }
  }

  /** Writes the refused connection and its facts; returns the reference that the page prints. */
  async function recordRefusal(
    flow: Pick<Flow, 'request'>,
    refusal: { error: ErrorName; provider?: ProviderId; person?: PersonId; detail?: string; colliding?: Claimed },
    visitor: Visitor,
  ): Promise<string> {
    const { error, provider, person, detail, colliding } = refusal
    return storage.transaction(async (tx) => {
      // The review that the page speaks of: settling such an account writes it, once, and links nothing.
      if (colliding) await people.settle(tx, colliding)
      if (provider && detail) {
        audit.append(tx, {
          name: 'provider.answer_refused',
          data: { provider, service: flow.request.service, reason: detail },
        })
      }
      const { reference } = await connections.record(tx, {
        ...ledgerEntry(flow.request, visitor),
        state: 'refused',
        ...(person ? { person } : {}),
        ...(provider ? { provider } : {}),
        refusal: error,
      })
      return reference
    })
  }

  function ledgerEntry(request: LoginRequest, visitor: Visitor) {
    const at = clock.now()
    const country = places.countryOf(visitor.address)
    return {
      id: newOrderedId('connection', at),
      at,
      service: request.service,
      amr: [] as string[],
      reused: false,
      ...(country ? { country } : {}),
      address: visitor.address,
      port: visitor.port,
      scopes: request.scopes as string[],
      unusual: [],
      alert: 'none' as const,
    }
  }

  /**
   * Everything that lasts of a successful login, in one transaction: the link, the session, the device, the connection,
   * the facts and the outbox.
   */
  async function issue(
    { request }: Pick<Flow, 'request'>,
    { evidence, acr, before }: { evidence: Evidence; acr: Level; before: Session | undefined },
    visitor: Visitor,
  ): Promise<Issued> {
    const service = serviceOf(request.service)
    const known = evidence.from === 'session' ? evidence.person : (evidence.joinTo ?? evidence.person)
    const standing = known ? await sessions.device(visitor.device, known) : undefined
    const habits = known ? await connections.habits(known, clock.now() - habitsWindow) : noHabits

    return storage.transaction(async (tx): Promise<Issued> => {
      const settled = await settle(tx, evidence, visitor)
      if (settled.kind === 'collision') {
        const { reference } = await connections.record(tx, {
          ...ledgerEntry(request, visitor),
          state: 'refused',
          provider: evidence.provider,
          refusal: 'identity_collision',
        })
        return { kind: 'refused', error: 'identity_collision', reference }
      }
      const { person, cookies } = settled
      const device = standing ?? (await sessions.device(visitor.device, person, tx))
      const remembered = await sessions.remember(tx, device, person)
      const { level, amr, authTime } = observed(evidence)
      const [{ session, sid }, subject] = await Promise.all([
        openSession(tx, { evidence, settled, before, device: remembered.device, request, cookies }),
        people.subjectFor(tx, person, service.sector),
      ])
      if (request.expectedSubject && request.expectedSubject !== subject) {
        throw new OtherPerson()
      }
      const again = before?.person === person && before.services.some((entry) => entry.service === service.id)
      const entry = ledgerEntry(request, visitor)
      const unusual = unusualContext({
        device,
        country: 'country' in entry ? entry.country : undefined,
        provider: evidence.provider,
        newLink: settled.newLink,
        weakLink: settled.weakLink,
        habits,
      })
      const alert = decideAlert({ suspicious: false, sameServiceInSession: again, reasons: unusual })
      const connection = await connections.record(tx, {
        ...entry,
        state: 'authorised',
        person,
        provider: evidence.provider,
        level,
        amr,
        reused: evidence.from === 'session',
        session,
        device: remembered.device,
        unusual,
        alert: alert.send ? alert.kind : 'none',
      })
      cookies.push({ name: 'device', value: remembered.cookie, maxAge: habitsWindow })
      const answer: Answer = {
        connection: connection.id,
        person,
        provider: evidence.provider,
        subject,
        acr,
        amr: service.entitledTo.includes('amr') ? amr : [],
        authTime,
        sid,
      }
      return { kind: 'answer', answer, cookies }
    })
  }

  /** When the person is not the one that the service named, nothing of the attempt stays but its refusal. */
  async function issueOrRefuse(...attempt: Parameters<typeof issue>): Promise<Issued> {
    try {
      return await issue(...attempt)
    } catch (error) {
      if (!(error instanceof OtherPerson)) throw error
      const [flow, { evidence }, visitor] = attempt
      const { provider, person } = evidence
      const refusal = { error: 'login_required' as const, provider, ...(person ? { person } : {}) }
      return { kind: 'refused', error: refusal.error, reference: await recordRefusal(flow, refusal, visitor) }
    }
  }

  async function settle(tx: Tx, evidence: Evidence, visitor: Visitor) {
    const cookies: CookieChange[] = []
    if (evidence.from === 'session') {
      const { person, link, serves } = evidence
      return { kind: 'settled' as const, person, link, serves, newLink: false, weakLink: false, cookies }
    }
    const settled = await people.settle(tx, claimedBy(evidence.assertion), {
      language: visitor.language,
      ...(evidence.joinTo && evidence.joinedBy ? { joinTo: evidence.joinTo, joinedBy: evidence.joinedBy } : {}),
    })
    if ('kind' in settled) return { kind: 'collision' as const }
    const weakLink = settled.newLink && !settled.created && settled.serves !== settled.highestLevel
    return { kind: 'settled' as const, ...settled, weakLink, cookies }
  }

  /** The session that answers, or a new one in place of what this browser had; opened for the service. */
  async function openSession(
    tx: Tx,
    context: {
      evidence: Evidence
      settled: { person: PersonId; link: Session['link']; serves: Level }
      before: Session | undefined
      device: NonNullable<Session['device']>
      request: LoginRequest
      cookies: CookieChange[]
    },
  ): Promise<{ session: Session['id']; sid: string }> {
    const { evidence, settled, before, request } = context
    const { service, scopes } = request
    if (evidence.from === 'session') {
      const unattended = request.requested.prompts.includes('none')
      const { sid } = await sessions.open(tx, evidence.session, service, scopes, { unattended })
      return { session: evidence.session, sid }
    }
    const { assertion } = evidence
    const { session, secret } = await sessions.start(tx, {
      person: settled.person,
      link: settled.link,
      provider: evidence.provider,
      level: assertion.level,
      amr: assertion.amr,
      authTime: assertion.authTime,
      serves: settled.serves,
      device: context.device,
      opens: { service, scopes },
      ...(assertion.idToken ? { upstreamIdToken: assertion.idToken } : {}),
      ...(before ? { replaces: before.id } : {}),
    })
    const opened = session.services.find((entry) => entry.service === service)
    if (!opened) throw new Error('a session that opens nothing')
    context.cookies.push({ name: 'session', value: secret })
    return { session: session.id, sid: opened.sid }
  }

  return {
    stepOf,
    tilesOf,

    async arrive(request, visitor) {
      const service = serviceOf(request.service)
      const session = await sessions.find(visitor.session)
      const evidence = session && (await evidenceOfSession(session, request, service))
      const now = clock.now()
      const browser = visitor.browser ?? newSecret()
      const draft: Draft = {
        request,
        browser: hashSecret(browser),
        startedAt: now,
        expiresAt: now + flowLifetime,
        stage: evidence ? { at: 'identified', evidence } : { at: 'choosing' },
      }
      const found = stepOf(draft)
      const step = request.requested.prompts.includes('none') ? withoutPrompt(found) : found
      const cookies: CookieChange[] = visitor.browser ? [] : [{ name: 'browser', value: browser }]
      if (step.step === 'issue' && evidence) {
        return issueOrRefuse(draft, { evidence, acr: step.acr, before: session }, visitor)
      }
      if (step.step === 'refuse') {
        // Without a session nobody was there: such a request leaves a log line and no row.
        if (evidence) await recordRefusal(draft, { error: step.error, person: session.person }, visitor)
        return { kind: 'refused', error: step.error }
      }
      return { kind: 'page', draft, cookies }
    },

    async begin(id, draft, interaction) {
      await save({ ...draft, id, interaction })
    },

    async load(id, visitor) {
      const [stored] = await storage.state.getMany([{ kind: 'flow', key: id }])
      if (!stored) return { kind: 'refused', error: 'flow_expired' }
      const flow = stored.value as Flow
      if (!visitor.browser || !sameSecret(hashSecret(visitor.browser), flow.browser)) {
        return { kind: 'refused', error: 'flow_foreign_browser' }
      }
      const service = partners.registry().services.get(flow.request.service)
      return service ? { kind: 'flow', flow, service } : { kind: 'refused', error: 'client_unknown' }
    },

    async choose(flow, id, visitor) {
      const step = stepOf(flow)
      const choosing =
        step.step === 'choose-provider' || step.step === 'authenticate' || step.step === 'raise-assurance'
      if (!choosing) return { kind: 'present' }
      const found = tilesOf(flow).find(({ provider }) => provider.id === id)
      const hinted = flow.request.hint === id && found?.tile.state === 'hidden'
      if (found && (found.tile.state === 'usable' || hinted)) return sendUpstream(flow, found.provider, visitor)
      const error = forgedChoice(found)
      await storage.transaction(async (tx) => {
        const data = { service: flow.request.service, provider: found ? id : 'unknown', reason: error }
        audit.append(tx, { name: 'provider.forged_choice', data })
      })
      return { kind: 'refused', error }
    },

    async callback(id, url, visitor) {
      const state = url.searchParams.get('state')
      const flowId = state?.split('.')[0]
      if (!state || !flowId) return { kind: 'refused', error: 'callback_without_state' }
      const loaded = await this.load(flowId, visitor)
      if (loaded.kind === 'refused') {
        return loaded.error === 'flow_foreign_browser' ? { kind: 'refused', error: 'callback_foreign_browser' } : loaded
      }
      const { flow } = loaded
      const { stage } = flow
      // Not waiting for this answer any more: the back button, a reload, a second tab. The present step is shown.
      if (stage.at !== 'authenticating' || !sameSecret(stage.hop.state, state)) return { ...loaded, settled: false }
      // An answer belongs to the provider that was asked; another one's address is an attempt at a mix-up.
      const provider = providerOf(id)
      if (!provider || stage.hop.provider !== id) return { kind: 'refused', error: 'callback_without_state' }
      const first = await storage.state.create({ kind: 'callback', key: state, value: true, expiresAt: flow.expiresAt })
      if (!first) return { ...loaded, settled: false }

      const answer = await upstream.finish(provider, stage.hop, url)
      if (answer.kind === 'assertion') await identify(flow, stage, answer.assertion)
      else if (answer.kind === 'refused') await noAnswer(flow, id, answer.error, answer.detail, visitor)
      else await move(flow, { event: 'came_back_empty', notice: { kind: 'cancelled', provider: id } })
      return { ...loaded, settled: true }
    },

    async advance(flow, event) {
      await move(flow, event)
    },

    acknowledge(flow) {
      flow.stage = transition(flow.stage, { event: 'acknowledged' }) ?? flow.stage
    },

    requiredOf: (flow) => requiredLevel(flow.request.requested, serviceOf(flow.request.service).minimumLevel),

    async refuse(flow, error, visitor) {
      if (flow.stage.at === 'refused') return flow.stage
      const evidence = 'evidence' in flow.stage ? flow.stage.evidence : undefined
      const reference = await recordRefusal(
        flow,
        {
          error,
          ...(evidence ? { provider: evidence.provider } : {}),
          ...(evidence?.person ? { person: evidence.person } : {}),
          ...(error === 'identity_collision' && evidence?.from === 'provider'
            ? { colliding: claimedBy(evidence.assertion) }
            : {}),
        },
        visitor,
      )
      await move(flow, {
        event: 'refused',
        error,
        reference,
        final: false,
        ...(evidence ? { provider: evidence.provider } : {}),
      })
      return { final: false, reference }
    },

    async leave(flow, visitor) {
      const { stage } = flow
      if (stage.at === 'issued' || (stage.at === 'refused' && stage.final)) return
      const already = stage.at === 'refused'
      const error = already ? stage.error : 'person_cancelled'
      const reference = already ? stage.reference : await recordRefusal(flow, { error }, visitor)
      await move(flow, { event: 'refused', error, reference, final: true })
    },

    async conclude(flow, visitor) {
      const { stage } = flow
      if (stage.at === 'issued') {
        return clock.now() - stage.issuedAt <= secondClick
          ? { kind: 'answer', answer: stage.answer, cookies: [] }
          : { kind: 'refused', error: 'login_required' }
      }
      if (stage.at === 'refused') return { kind: 'refused', error: stage.error }
      const step = stepOf(flow)
      const evidence = 'evidence' in stage ? stage.evidence : undefined
      if (step.step === 'refuse' || !evidence || step.step !== 'issue') {
        const error = step.step === 'refuse' ? step.error : 'login_required'
        const reference = await recordRefusal(
          flow,
          { error, ...(evidence ? { provider: evidence.provider } : {}) },
          visitor,
        )
        await move(flow, { event: 'refused', error, reference, final: true })
        return { kind: 'refused', error }
      }
      const before = await sessions.find(visitor.session)
      const outcome = await issueOrRefuse(flow, { evidence, acr: step.acr, before }, visitor)
      if (outcome.kind === 'refused') {
        const { error, reference } = outcome
        await move(flow, { event: 'refused', error, reference, final: true })
        return outcome
      }
      flow.stage = transition(flow.stage, { event: 'issued', answer: outcome.answer, at: clock.now() }) ?? flow.stage
      return { ...outcome, keep: entryOf(flow) }
    },
  }

  /** Who is this? Reading only; what is found is written when the login concludes. */
  async function identify(flow: Flow, stage: Stage & { at: 'authenticating' }, assertion: Assertion): Promise<void> {
    const recognition = await people.recognise(claimedBy(assertion))
    const { joining } = stage
    if (joining) {
      // Both accounts have been signed in with: the first one joins the person of the second, if there is one.
      if (recognition.kind !== 'known') {
        const notice = { kind: 'not_the_other_account' as const, provider: assertion.provider }
        await move(flow, { event: 'came_back_empty', notice })
        return
      }
      const evidence: Evidence = {
        ...joining,
        recognition: 'match',
        serves: joining.assertion.level,
        joinTo: recognition.person,
        joinedBy: { link: recognition.link, level: assertion.level },
      }
      await move(flow, { event: 'came_back', evidence })
      return
    }
    await move(flow, {
      event: 'came_back',
      evidence: {
        from: 'provider',
        provider: assertion.provider,
        assertion,
        recognition: recognition.kind,
        ...('person' in recognition && recognition.person ? { person: recognition.person } : {}),
        serves: 'serves' in recognition ? recognition.serves : assertion.level,
      },
    })
  }
}

/** Thrown inside the transaction, so that nothing of it stays: the person is not the one that the service named. */
class OtherPerson extends Error {}

/** What the choice page says instead of an error page. */
const noticeOf: Partial<Record<ErrorName, NoticeKind>> = { provider_silent: 'silent', provider_refused: 'refused' }

const noHabits = { countries: [], providers: [], connections: 0 }

function accountToJoin(stage: Stage): Evidence | undefined {
  if ('joining' in stage) return stage.joining
  const resembling =
    stage.at === 'identified' && stage.evidence.from === 'provider' && stage.evidence.recognition === 'resembles'
  return resembling && !stage.alone ? stage.evidence : undefined
}

/** What a provider said, as the people room takes it. */
export function claimedBy(assertion: Assertion): Claimed {
  const { provider, subject, level, identity, email } = assertion
  return { provider, subject, level, identity, ...(email ? { email } : {}) }
}

function isAllowedProvider(provider: ProviderId, service: Service): boolean {
  return service.providers === 'all' || service.providers.includes(provider)
}

function forgedChoice(found: { tile: Tile; obstacle: Obstacle | undefined } | undefined): ErrorName {
  if (!found) return 'provider_unknown'
  if (found.tile.state === 'absent' || found.tile.state === 'hidden') return 'provider_not_allowed'
  const errors: Record<Obstacle, ErrorName> = {
    suspended: 'provider_disabled',
    down: 'provider_disabled',
    level_too_low: 'provider_too_low',
    suspicious_context: 'provider_too_low',
    blocked: 'provider_blocked',
  }
  return found.obstacle ? errors[found.obstacle] : 'provider_not_allowed'
}
