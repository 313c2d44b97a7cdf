/**
 * The way to a provider and back: the person is sent there, and what comes back becomes evidence, a notice on the choice
 * page, or a refusal. Nothing is linked here: who it is gets read, and is written when the login ends.
 */
import type { Audit } from '../audit/audit.ts'
import type { Log } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock } from '../kernel/clock.ts'
import type { ErrorName } from '../kernel/errors.ts'
import { newSecret, type PersonId, type ProviderId } from '../kernel/ids.ts'
import { sameSecret } from '../kernel/secrets.ts'
import type { Partners, Provider } from '../partners/partners.ts'
import { isStandIn } from '../partners/stand-ins.ts'
import { levelLeft } from '../partners/suspensions.ts'
import type { People, Recognition } from '../people/people.ts'
import { meansObstacleOf } from '../policy/choice.ts'
import { hasTwoFactors } from '../policy/step-up.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/storage.ts'
import type { Assertion, Upstream } from '../upstream/upstream.ts'
import {
  carriedOf,
  claimedBy,
  type Event,
  type Evidence,
  evidenceIn,
  type Flow,
  type NoticeKind,
  type Stage,
} from './flow.ts'
import { type Flows, Outdated } from './flows.ts'
import type { Judge } from './judge.ts'
import type { Login, Next, StandingAbroad, Visitor } from './login.ts'
import { mustBeFresh, type Step } from './next-step.ts'
import {
  forgedChoice,
  isOutOfService,
  isReachedByHint,
  isRefusedByPolicy,
  isStandInOver,
  type Offer,
  requiredHere,
} from './offer.ts'
import type { Outcomes } from './outcome.ts'

export interface AuthenticationOptions {
  storage: Storage
  clock: Clock
  audit: Audit
  partners: Partners
  people: People
  upstream: Upstream
  sessions: Pick<Sessions, 'find'>
  log: Log
  flows: Flows
  offer: Offer
  judge: Judge
  outcomes: Outcomes
  load: Login['load']
  /** Providers that somebody left out. */
  blockedBy: (person: PersonId) => Promise<readonly ProviderId[]>
  /** What makes up for being abroad, where that is asked (R082). */
  standingAbroad: StandingAbroad
}

export function createAuthentication(options: AuthenticationOptions): Pick<Login, 'choose' | 'callback'> {
  const { storage, clock, audit, partners, people, upstream, sessions, flows, offer, judge, outcomes, log, load } =
    options
  const { blockedBy, standingAbroad } = options

  /** Sends the person upstream and keeps what must come back. */
  async function sendUpstream(flow: Flow, provider: Provider, visitor: Visitor): Promise<Next> {
    const service = offer.serviceOf(flow.request.service)
    const { requested } = flow.request
    const joining = 'joining' in flow.stage && flow.stage.joining !== undefined
    const fresh =
      mustBeFresh(flow.request, service) || requested.maxAge !== undefined || joining || flow.secondFactor === true
    const begun = await upstream.begin(provider, {
      level: joining ? 'eidas1' : requiredHere(flow, judge.minimumOf(service)),
      fresh,
      language: visitor.language,
      state: `${flow.id}.${newSecret()}`,
      from: visitor.address,
    })
    if ('kind' in begun) return noAnswer(flow, provider.id, begun, visitor)
    await flows.move(flow, { event: 'sent_upstream', hop: begun.hop, fresh, at: clock.now() })
    return { kind: 'redirect', url: begun.url }
  }

  /** A provider gave no usable answer: a notice on the choice page, or a page of its own where trust is in question. */
  async function noAnswer(
    flow: Flow,
    provider: ProviderId,
    { error, detail }: { error: ErrorName; detail: string },
    visitor: Visitor,
  ): Promise<Next> {
    const kind = noticeOfDetail[detail] ?? noticeOf[error]
    const reference = await outcomes.refuse({ request: flow.request, error, provider, detail }, visitor)
    if (kind) {
      const notice = { kind, provider, refusal: { error, reference } }
      flow.stage = { at: 'choosing', notice, ...carriedOf(flow.stage) }
      await flows.save(flow)
    } else {
      await flows.move(flow, { event: 'refused', error, provider, reference, final: false })
    }
    return { kind: 'present' }
  }

  /** R059. One factor after two in the same browser is a second factor of before; without a rule nothing is read. */
  async function lacksSecondFactor(flow: Flow, assertion: Assertion, person: PersonId | undefined, visitor: Visitor) {
    const service = offer.serviceOf(flow.request.service)
    if (hasTwoFactors(assertion)) return judge.asksSecondFactor(service, assertion.authTime)
    if (flow.secondFactor) return true
    if (!judge.asksSecondFactor(service, undefined)) return false
    const session = await sessions.find(visitor.session)
    return judge.asksSecondFactor(service, session?.person === person ? session?.secondFactorAt : undefined)
  }

  /** What its means carry and a suspension leaves; nothing where the provider is out of use for this service. */
  function levelOf({ request }: Flow, observed: Assertion): Level | undefined {
    const level = judge.carriedBy(observed.provider, observed)
    const provider = partners.registry().providers.get(observed.provider)
    const now = clock.now()
    // Whatever the provider says of the time: this sign-in arrives now.
    return provider ? levelLeft(provider, { level, service: request.service, authTime: now }, now) : level
  }

  /** Suspended while the person was there: what it says is not believed. They may choose another one. */
  async function refuseWithdrawn(flow: Flow, provider: ProviderId, visitor: Visitor): Promise<void> {
    const error = 'provider_disabled'
    const reference = await outcomes.refuse({ request: flow.request, error, provider }, visitor)
    const found = partners.registry().providers.get(provider)
    const kind = found && isStandIn(found) && !isSuspended(found, flow) ? 'stand_in_over' : 'withdrawn'
    const notice = { kind, provider, refusal: { error, reference } } as const
    flow.stage = { at: 'choosing', notice, ...carriedOf(flow.stage) }
    await flows.save(flow)
  }

  const isSuspended = (provider: Provider, flow: Flow) => offer.stateOf(provider, flow).kind === 'suspended'

  /** R113. The person left this provider out: their other accounts still serve, and the page says so. */
  async function refuseBlocked(
    flow: Flow,
    provider: ProviderId,
    { kind, person }: Recognition,
    visitor: Visitor,
  ): Promise<void> {
    const error = 'provider_blocked'
    const whose = person ? { person } : {}
    const reference = await outcomes.refuse({ request: flow.request, error, provider, ...whose }, visitor)
    const notice = { kind: 'blocked' as const, provider, refusal: { error, reference } as const }
    // Who only has the same identity is not told what else the person left out.
    flow.blocked = kind === 'known' ? await blockedBy(person) : [provider]
    flow.stage = { at: 'choosing', notice, ...carriedOf(flow.stage) }
    await flows.save(flow)
  }

  /** Of what stands in for another one the person is known by their account there: they may have left out either. */
  async function leavesOut(person: PersonId | undefined, { provider, account }: Assertion): Promise<boolean> {
    return account !== undefined && person !== undefined && (await blockedBy(person)).includes(provider)
  }

  /** Who is this? Reading only: what the login makes of it is left to the caller. Nothing where it was refused. */
  async function identify(
    flow: Flow,
    stage: Stage & { at: 'authenticating' },
    { observed, visitor }: { observed: Assertion; visitor: Visitor },
  ): Promise<Event | undefined> {
    // The level that its means carry, where they are known to carry less than was said.
    const level = levelOf(flow, observed)
    if (!level) {
      await refuseWithdrawn(flow, observed.provider, visitor)
      return undefined
    }
    const assertion = { ...observed, level }
    const recognition = await people.recognise(claimedBy(assertion))
    const obstacle = 'obstacle' in recognition ? recognition.obstacle : undefined
    const isLeftOut = obstacle === 'blocked' || (await leavesOut(recognition.person, assertion))
    if (isLeftOut) {
      await refuseBlocked(flow, assertion.provider, recognition, visitor)
      return undefined
    }
    const inTheWay = obstacle ? { obstacle } : {}
    const { joining } = stage
    if (joining) {
      // Both accounts have been signed in with: the first one joins the person of the second, if there is one.
      if (recognition.kind !== 'known') {
        return { event: 'came_back_empty', notice: { kind: 'not_the_other_account', provider: assertion.provider } }
      }
      const evidence: Evidence = {
        ...joining,
        recognition: 'match',
        joinTo: recognition.person,
        joinedBy: { link: recognition.link, level: assertion.level },
        ...inTheWay,
        ...(await standingAbroad(offer.serviceOf(flow.request.service), visitor, recognition.person)),
      }
      return { event: 'came_back', evidence }
    }
    const { person } = recognition
    const lacks = await lacksSecondFactor(flow, assertion, person, visitor)
    return {
      event: 'came_back',
      evidence: {
        from: 'provider',
        provider: assertion.provider,
        assertion,
        recognition: recognition.kind,
        away: clock.now() - stage.since,
        ...(person ? { person } : {}),
        ...inTheWay,
        ...(lacks ? { lacksSecondFactor: true } : {}),
        ...(await standingAbroad(offer.serviceOf(flow.request.service), visitor, person)),
      },
    }
  }

  /** Means that do not do here: written once, and the person chooses again, as if they had not come back. */
  async function refuseMeans(flow: Flow, step: MeansRefused, visitor: Visitor): Promise<void> {
    const evidence = evidenceIn(flow)
    if (!evidence) return
    if (step.step === 'prove-abroad') return askAbroad(flow, step, evidence, visitor)
    const { provider, reasons } = step
    const error = 'provider_means_refused'
    const person = evidence.person ? { person: evidence.person } : {}
    const reference = await outcomes.refuse({ request: flow.request, error, provider, reasons, ...person }, visitor)
    const obstacle = meansObstacleOf(reasons)
    const refusal = { error, reference } as const
    if (evidence.from === 'provider' && evidence.lacksSecondFactor) {
      flow.secondFactor = true
      flow.stage = { at: 'choosing', notice: { kind: 'second_factor', provider, refusal } }
    } else {
      const notice = { kind: 'means_refused' as const, provider, refusal }
      flow.stage = { at: 'choosing', notice: { ...notice, ...(obstacle ? { obstacle } : {}) } }
    }
    await flows.save(flow)
  }

  /** R082. The person signs in again with what the service asks from there, or goes another way that the page names. */
  async function askAbroad(
    flow: Flow,
    { need, provider }: Step & { step: 'prove-abroad' },
    evidence: Evidence,
    visitor: Visitor,
  ): Promise<void> {
    const error = 'country_needs_proof'
    const person = evidence.person ? { person: evidence.person } : {}
    const reference = await outcomes.refuse({ request: flow.request, error, provider, ...person }, visitor)
    flow.secondFactor = true
    flow.abroad = need
    flow.stage = { at: 'choosing', notice: { kind: 'abroad', provider, refusal: { error, reference } } }
    await flows.save(flow)
  }

  return {
    async choose(flow, id, visitor, { offered = false } = {}) {
      const { step } = offer.stepOf(flow, visitor)
      if (!choosing.has(step)) return { kind: 'present' }
      const [found] = offer.tilesOf(flow, visitor, id)
      const hinted = flow.request.hint === id && found !== undefined && isReachedByHint(found)
      if (found && (found.tile.state === 'usable' || hinted)) return sendUpstream(flow, found.provider, visitor)
      if (offered && (isOutOfService(found) || isStandInOver(found))) return { kind: 'missed', provider: id }
      const error = forgedChoice(found)
      await storage.transaction(async (tx) => {
        const data = { service: flow.request.service, provider: found ? id : 'unknown', reason: error }
        audit.append(tx, { name: 'provider.forged_choice', data })
        if (found && isRefusedByPolicy(found)) {
          const { service } = data
          const reasons = [...found.against]
          log.info('means were refused', { service, provider: id, reasons: reasons.join(' ') })
          audit.append(tx, { name: 'policy.refused', data: { connection: null, service, provider: id, reasons } })
        }
      })
      return { kind: 'refused', error }
    },

    async callback(id, url, visitor, from) {
      const state = url.searchParams.get('state')
      const flowId = state?.split('.')[0]
      if (!state || !flowId) return { kind: 'refused', error: 'callback_without_state' }
      const loaded = await load(flowId, visitor, from)
      if (loaded.kind === 'refused') {
        return loaded.error === 'flow_foreign_browser' ? { kind: 'refused', error: 'callback_foreign_browser' } : loaded
      }
      const { flow } = loaded
      const { stage } = flow
      if (stage.at !== 'authenticating' || !sameSecret(stage.hop.state, state)) {
        if (flows.isRecalled(flow)) throw new Outdated()
        // Not waiting for this answer any more: the back button, a reload, a second tab. The present step is shown.
        return { ...loaded, settled: false }
      }
      // An answer belongs to the provider that was asked; another one's address is an attempt at a mix-up.
      const provider = partners.registry().providers.get(id)
      if (!provider || stage.hop.provider !== id) return { kind: 'refused', error: 'callback_without_state', flow }
      const first = await storage.state.create({ kind: 'callback', key: state, value: true, expiresAt: flow.expiresAt })
      if (!first) return { ...loaded, settled: false }

      // Its code is not even redeemed.
      if (offer.isClosed(provider, flow)) {
        await refuseWithdrawn(flow, id, visitor)
        return { ...loaded, settled: true }
      }
      const answer = await upstream.finish(provider, stage.hop, url, { from: visitor.address })
      if (answer.kind === 'assertion') {
        const event = await identify(flow, stage, { observed: answer.assertion, visitor })
        if (!event) return { ...loaded, settled: true }
        // The login is at once where the event brings it; that it is written may be waited for beside other things.
        const written = flows.move(flow, event)
        // It may fail before anybody waits for it.
        written.catch(() => {})
        const step = offer.stepOf(flow, visitor)
        if (!isMeansRefused(step)) return { ...loaded, settled: true, written }
        await written
        await refuseMeans(flow, step, visitor)
      } else if (answer.kind === 'refused') await noAnswer(flow, id, answer, visitor)
      else await flows.move(flow, { event: 'came_back_empty', notice: { kind: 'cancelled', provider: id } })
      return { ...loaded, settled: true }
    },
  }
}

/** Steps at which a provider may be chosen. */
const choosing: ReadonlySet<Step['step']> = new Set([
  'choose-provider',
  'authenticate',
  'raise-assurance',
  'change-means',
  'provider-withdrawn',
  'prove-abroad',
])

type MeansRefused = Step & { step: 'change-means' | 'prove-abroad' }

const isMeansRefused = (step: Step): step is MeansRefused =>
  step.step === 'change-means' || step.step === 'prove-abroad'

/** What the choice page says instead of an error page. */
const noticeOf: Partial<Record<ErrorName, NoticeKind>> = { provider_silent: 'silent', provider_refused: 'refused' }

/** A gateway vouched for somebody, only not for enough: they can do better there. */
const noticeOfDetail: Partial<Record<string, NoticeKind>> = {
  prior_login_one_category: 'prior_one_factor',
  prior_login_too_old: 'prior_too_old',
  prior_login_level: 'level_not_reached',
}
