/** The pages of a login and the posts they make. Each hop carries a verifier good for this login and this act only. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Directory, summaryOf } from '../directory/directory.ts'
import type { RequestContext, Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import { type ErrorName, entryOf } from '../kernel/errors.ts'
import type { FlowId, ProviderId } from '../kernel/ids.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import { isNationalId } from '../kernel/parse-pivot.ts'
import type { Partners, Service } from '../partners/partners.ts'
import { isStandIn } from '../partners/stand-ins.ts'
import type { People, PersonClaims } from '../people/people.ts'
import { meansObstacleOf, outOfService } from '../policy/choice.ts'
import { aheadOf } from '../policy/geography.ts'
import { type AbroadView, closedPage } from './abroad-pages.ts'
import { type Candidate, keyOf } from './acting.ts'
import { nobodyPage, principalPage, representedDetails } from './acting-pages.ts'
import { claimedBy, type Evidence, type Flow, type Notice, type Principal, principalOf, type Stage } from './flow.ts'
import { fromMemory } from './flows.ts'
import type { Login, Next, Visitor } from './login.ts'
import type { Step } from './next-step.ts'
import {
  type ChooseView,
  choosePage,
  type InformView,
  informPage,
  joinPage,
  loginPaths,
  type TileView,
} from './pages.ts'
import { createTileViews, requiredOfAll, serviceView } from './tile-views.ts'

export interface LoginRoutesOptions {
  web: Web
  login: Login
  people: People
  directory: Pick<Directory, 'professional'>
  partners: Partners
  verifiers: Verifiers
  visitorOf: (request: FastifyRequest) => Visitor
  /** Answers the service now, in place of this request's own answer. */
  answer: (request: FastifyRequest, reply: FastifyReply, flow: Flow) => Promise<FastifyReply>
  /** Where a login that has come to its end is taken up again. */
  resumePath: (flow: Flow) => string
  /** Answers what came to the callback and belongs to no login (`trial/`); undefined when it is a login's. */
  otherCallback?: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> | undefined
  /** Do several people sign in for organisations on the device of this browser (R088)? */
  isSharedHere: (visitor: Visitor) => Promise<boolean>
  /** The claims of a service's scopes, in the order of the page. */
  claimsFor: (service: Service, scopes: Flow['request']['scopes']) => readonly string[]
  /** Name of the hub. */
  name: string
  /** Of the instants on pages. */
  timeZone: string
}

export function loginPath(flow: FlowId): string {
  return `/login/${flow}`
}

/** A page of the person's space, which declares trips: `space/` is below this room. */
const tripPath = '/space/trips/new'

/** The posts of these pages, the two links of an error page, and the one to another choice of whom one acts for. */
const posts = ['choose', 'join', 'principal', 'inform', 'cancel'] as const
const links = ['back', 'again', 'other'] as const

/** A page's verifier also lets its own way out through. */
const pages = ['choose', 'join', 'principal', 'inform'] as const

/** From where a post takes the login on. */
const goesOnFrom: Partial<Record<(typeof posts)[number], Stage['at']>> = { choose: 'choosing', inform: 'identified' }

type FlowRequest = FastifyRequest<{ Params: { flow: string } }>

export interface LoginPages {
  /** Answers a request that has begun a login: with the page of its first step, or by leading to where that is. */
  begin(request: FastifyRequest, reply: FastifyReply, flow: Flow): Promise<FastifyReply>
}

/** First steps that leave something behind when they are shown: at the login's own address a reload leaves nothing more. */
const atItsAddress: ReadonlySet<Step['step']> = new Set(['prove-abroad', 'choose-principal', 'refuse'])

/** What the query of a page's own address says of it: the search, the place in a list, whom the person could not have. */
interface Asked {
  search: string
  after: string
  missed?: ProviderId
}

export function mountLoginRoutes(options: LoginRoutesOptions): LoginPages {
  const { web, login, verifiers, visitorOf, resumePath } = options
  const { app } = web
  const access = { config: { access: 'flow' } } as const

  app.get<{ Params: { flow: string } }>('/login/:flow', access, (request, reply) =>
    withFlow(request, reply, (flow, service) => present(request, reply, flow, service, askedIn(request))),
  )

  for (const post of posts) {
    app.post<{ Params: { flow: string } }>(`/login/:flow/${post}`, access, (request, reply) =>
      withFlow(
        request,
        reply,
        (flow) => {
          const body = (request.body ?? {}) as Record<string, unknown>
          const labels = post === 'cancel' ? pages : [post]
          const trusted = labels.some((label) => verifiers.check(body.verifier, `login/${label}`, flow.id))
          return trusted ? perform[post](request, reply, flow, body) : foreign(request, reply, flow)
        },
        goesOnFrom[post],
      ),
    )
  }

  // Links, so that an error page needs no form.
  for (const link of links) {
    app.get<{ Params: { flow: string }; Querystring: { v?: string } }>(
      `/login/:flow/${link}`,
      access,
      (request, reply) =>
        withFlow(request, reply, (flow) =>
          verifiers.check(request.query.v, `login/${link}`, flow.id)
            ? perform[link](request, reply, flow)
            : foreign(request, reply, flow),
        ),
    )
  }

  app.get<{ Params: { provider: string } }>(
    '/callback/:provider',
    { config: { access: 'flow', crossSite: true } },
    async (request, reply) => {
      const other = options.otherCallback?.(request, reply)
      if (other) return other
      const url = new URL(request.url, 'http://callback.invalid')
      return fromMemory('authenticating', async (from) => {
        const result = await login.callback(request.params.provider, url, visitorOf(request), from)
        if (result.kind === 'refused') return refused(request, reply, result.error, result.flow)
        const { flow, service, written } = result
        // A reload of this address goes on where the login is.
        if (!result.settled) return reply.redirect(loginPath(flow.id), 303)
        web.prefer(request, flow.request.languages, service.id)
        return present(request, reply, flow, service, nothingAsked, written)
      })
    },
  )

  app.get<{ Params: { provider: string } }>(
    '/providers/:provider/logo',
    { config: { access: 'public' } },
    (request, reply) => {
      const logo = options.partners.registry().providers.get(request.params.provider)?.logo
      return logo ? web.picture(reply, logo) : web.error(request, reply, { error: 'not_found' })
    },
  )

  const perform = {
    choose: async (request: FlowRequest, reply: FastifyReply, flow: Flow, body: Record<string, unknown>) => {
      const id = String(body.provider ?? '')
      const offered = wasOffered(flow, id, body.greyed)
      return follow(request, reply, await login.choose(flow, id, visitorOf(request), { offered }), flow)
    },
    join: async (request: FlowRequest, reply: FastifyReply, flow: Flow, body: Record<string, unknown>) => {
      const alone = body.answer === 'alone'
      await login.advance(flow, { event: alone ? 'join_declined' : 'join_asked' })
      return alone ? onward(request, reply, loginPath(flow.id)) : perform.choose(request, reply, flow, body)
    },
    principal: async (request: FlowRequest, reply: FastifyReply, flow: Flow, body: Record<string, unknown>) => {
      const outcome = await login.choosePrincipal(flow, String(body.principal ?? ''), visitorOf(request))
      const { step } = login.stepOf(flow, visitorOf(request))
      return outcome === 'chosen' && step === 'issue'
        ? options.answer(request, reply, flow)
        : onward(request, reply, loginPath(flow.id))
    },
    inform: async (request: FlowRequest, reply: FastifyReply, flow: Flow, body: Record<string, unknown>) => {
      // Another tab chose somebody else since: what this page said is not what would go.
      const isAsSaid = String(body.principal ?? '') === saidOf(principalOf(flow.stage).principal)
      if (isAsSaid) login.acknowledge(flow)
      const stands = isAsSaid && (await login.standsPrincipal(flow, visitorOf(request)))
      const { step } = login.stepOf(flow, visitorOf(request))
      return stands && step === 'issue'
        ? options.answer(request, reply, flow)
        : onward(request, reply, loginPath(flow.id))
    },
    cancel: async (request: FlowRequest, reply: FastifyReply, flow: Flow) => {
      await login.leave(flow, visitorOf(request))
      return onward(request, reply, resumePath(flow))
    },
    back: (request: FlowRequest, reply: FastifyReply, flow: Flow) => perform.cancel(request, reply, flow),
    again: async (request: FlowRequest, reply: FastifyReply, flow: Flow) => {
      await login.advance(flow, { event: 'choose_again' })
      return onward(request, reply, loginPath(flow.id))
    },
    other: async (request: FlowRequest, reply: FastifyReply, flow: Flow) => {
      await login.advance(flow, { event: 'principal_left' })
      return onward(request, reply, loginPath(flow.id))
    },
  }

  /** @param stage from which `serve` takes the login on: it may then be served as this process remembers it */
  function withFlow(
    request: FlowRequest,
    reply: FastifyReply,
    serve: (flow: Flow, service: Service) => FastifyReply | Promise<FastifyReply>,
    stage?: Stage['at'],
  ): Promise<FastifyReply> {
    return fromMemory(stage, async (from) => {
      const loaded = await login.load(request.params.flow, visitorOf(request), from)
      if (loaded.kind === 'refused') return web.error(request, reply, { error: loaded.error })
      web.prefer(request, loaded.flow.request.languages, loaded.service.id)
      return serve(loaded.flow, loaded.service)
    })
  }

  /** The next address of this login. From a post it may lead to another site at the end, so it is no redirection. */
  function onward(request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply {
    return request.method === 'POST' ? web.depart(request, reply, url) : reply.redirect(url, 303)
  }

  function foreign(request: FastifyRequest, reply: FastifyReply, flow: Flow): FastifyReply {
    return refused(request, reply, 'form_foreign', flow)
  }

  /** What a page says of the accounts that it greys, so that who pressed one that went out of use since is no forger. */
  function greyedIn(flow: Flow, tiles: readonly TileView[]): string {
    const ids = tiles.flatMap(({ tile, provider, standsInFor }) => {
      if (tile.state === 'greyed') return [provider]
      // The only ones that are offered for some hours: whoever saw one and pressed it late is no forger either.
      return standsInFor === undefined ? [] : [offeredForNow(provider)]
    })
    return [verifiers.make('login/greyed', flow.id, ...ids), ...ids].join(' ')
  }

  function wasOffered(flow: Flow, id: ProviderId, greyed: unknown): boolean {
    const [verifier, ...ids] = typeof greyed === 'string' ? greyed.split(' ') : []
    if (!verifiers.check(verifier, 'login/greyed', flow.id, ...ids)) return false
    return isStandInById(id) ? ids.includes(offeredForNow(id)) : !ids.includes(id)
  }

  function follow(request: FastifyRequest, reply: FastifyReply, next: Next, flow: Flow | undefined): FastifyReply {
    if (next.kind === 'redirect') return onward(request, reply, next.url)
    if (next.kind === 'refused') return refused(request, reply, next.error, flow)
    if (next.kind === 'missed' && flow) return onward(request, reply, missedPath(flow, next.provider))
    return onward(request, reply, flow ? loginPath(flow.id) : '/')
  }

  /** An error page of a login that goes on: choose again, or go back to the service. */
  function refused(
    request: FastifyRequest,
    reply: FastifyReply,
    error: ErrorName,
    flow: Flow | undefined,
    more: { provider?: ProviderId | undefined; reference?: string } = {},
  ): FastifyReply {
    const { reference } = more
    const provider = more.provider && options.partners.registry().providers.get(more.provider)
    const backIn = (language: Language) =>
      flow?.returnTo === undefined
        ? web.translate(language)('choose.back', { service: flow ? serviceNameOf(flow, language) : '' })
        : web.translate(language)('choose.leave')
    return web.error(request, reply, {
      error,
      ...(reference ? { reference } : {}),
      ...(flow
        ? {
            back: { href: actPath(flow, 'back'), label: inEachLanguage(backIn) },
            retry: { href: actPath(flow, 'again') },
          }
        : {}),
      ...(provider ? { provider: { name: provider.name, ...helpOf(provider.id) } } : {}),
    })
  }

  const actPath = (flow: Flow, name: (typeof links)[number]) =>
    `${loginPath(flow.id)}/${name}?v=${verifiers.make(`login/${name}`, flow.id)}`

  async function begin(request: FastifyRequest, reply: FastifyReply, flow: Flow): Promise<FastifyReply> {
    const service = login.findService(flow.request.service)
    if (!service) return web.error(request, reply, { error: 'client_unknown' })
    web.prefer(request, flow.request.languages, service.id)
    const { step } = login.stepOf(flow, visitorOf(request))
    return atItsAddress.has(step) ? reply.redirect(loginPath(flow.id), 303) : present(request, reply, flow, service)
  }

  async function present(
    request: FastifyRequest,
    reply: FastifyReply,
    flow: Flow,
    service: Service,
    asked: Asked = nothingAsked,
    written?: Promise<unknown>,
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const visitor = visitorOf(request)
    const step = login.stepOf(flow, visitor)
    // The last page reads what it shows meanwhile; it leaves no sooner either.
    if (step.step !== 'inform') await written
    const view = {
      flow: flow.id,
      service: serviceView(service, context.language),
      name: options.name,
    }
    const verifier = (name: (typeof pages)[number]) => verifiers.make(`login/${name}`, flow.id)
    switch (step.step) {
      case 'authenticate':
        return follow(request, reply, await login.choose(flow, step.provider, visitor), flow)
      case 'choose-provider':
      case 'raise-assurance':
      case 'change-means':
      case 'provider-withdrawn':
      case 'prove-abroad': {
        const joining = 'joining' in flow.stage ? flow.stage.joining : undefined
        const tiles = tileViews(flow, visitor, context.language)
        const missed = missedIn(asked, tiles)
        const over = standInOverIn(asked, tiles)
        const abroad = abroadView(flow, visitor)
        const ahead = aheadOf(abroad?.geography, abroad?.country ?? 'unknown')
        const isKept = 'kept' in flow.stage && flow.stage.kept !== undefined
        const notice = missed
          ? { kind: 'missed' as const, provider: missed }
          : (over ?? inItsWords(noticeOf(flow, step), tiles))
        return web.page(
          request,
          reply,
          choosePage(
            {
              ...view,
              verifier: verifier('choose'),
              greyed: greyedIn(flow, tiles),
              known: momentOf(login.knownAt(), context.language),
              required: requiredOfAll(tiles, login.requiredOf(flow)),
              tiles,
              ...(joining ? { joining: nameOf(joining.provider, context.language) } : {}),
              ...(asked.search ? { filter: asked.search } : {}),
              ...(notice ? { notice: noticeView(notice, tiles, context.language) } : {}),
              ...(missed ? { missed } : {}),
              ...(isKept ? { stay: actPath(flow, 'other') } : {}),
              ...(abroad && ahead !== 'open' ? { abroad: { ...abroad, ahead } } : {}),
            },
            context,
          ),
        )
      }
      case 'join': {
        const others = tileViews(flow, visitor, context.language)
        return web.page(
          request,
          reply,
          joinPage(
            {
              ...view,
              verifier: verifier('join'),
              provider: nameOf(evidenceOf(flow).provider, context.language),
              greyed: greyedIn(flow, others),
              others,
            },
            context,
          ),
        )
      }
      case 'choose-principal': {
        const { search, after } = asked
        const candidates = await login.candidates(flow, { search, after }, visitor)
        const { total, proposed, hintUnusable } = candidates
        const alone = service.representation?.alone === true
        const isNobody = total === 0 && search === '' && after === ''
        const isLost = flow.stage.at === 'identified' && flow.stage.lost === true
        if (isNobody && alone && !isLost && !hintUnusable) {
          await login.actForSelf(flow)
          return present(request, reply, flow, service, asked)
        }
        if (isNobody && !alone && !isLost) return nobody(request, reply, flow, service)
        return web.page(
          request,
          reply,
          principalPage(
            {
              ...{ ...view, search, after, candidates, alone, lost: isLost },
              verifier: verifier('principal'),
              outOfReach: outOfReach(flow, visitor, [proposed, ...candidates.recent, ...candidates.entries]),
              wanted: flow.wanted !== undefined,
              timeZone: options.timeZone,
            },
            context,
          ),
        )
      }
      case 'inform': {
        const evidence = evidenceOf(flow)
        const { principal } = principalOf(flow.stage)
        const said = saidOf(principal)
        const isChoice = principal?.for === 'organisation' || (principal !== undefined && !principal.unasked)
        const [data, isShared] = await Promise.all([
          dataOf(flow, service, evidence, context),
          service.forOrganisations === true && options.isSharedHere(visitor),
          written,
        ])
        return web.page(
          request,
          reply,
          informPage(
            {
              ...view,
              verifier: verifier('inform'),
              provider: nameOf(evidence.provider, context.language),
              ...helpOf(evidence.provider),
              level: step.acr,
              reused: evidence.from === 'session',
              ...(isShared ? { shared: true as const } : {}),
              ...(said === '' ? {} : { principal: said }),
              ...(isChoice ? { change: actPath(flow, 'other') } : {}),
              ...data,
            },
            context,
          ),
        )
      }
      case 'issue':
        return reply.redirect(resumePath(flow), 303)
      case 'refuse': {
        const { final, reference } = await login.refuse(flow, step.error, visitor)
        if (final) return reply.redirect(resumePath(flow), 303)
        if (step.error === 'nobody_to_act_for') return nobody(request, reply, flow, service)
        const abroad = step.error === 'country_refused' ? abroadView(flow, visitor) : undefined
        if (abroad) {
          const code = `${entryOf(step.error).code} · ${reference}`
          const ways = { back: actPath(flow, 'back'), again: actPath(flow, 'again') }
          const said = { ...view.service, homepage: service.homepage }
          const closed = { ...abroad, ...ways, ahead: 'closed' as const, flow: flow.id, service: said, code }
          return web.page(request, reply, closedPage(closed, context))
        }
        const provider = 'provider' in flow.stage ? flow.stage.provider : undefined
        return refused(request, reply, step.error, flow, { provider, reference })
      }
    }
  }

  /** Written once; the page is there again on a reload. */
  async function nobody(
    request: FastifyRequest,
    reply: FastifyReply,
    flow: Flow,
    service: Service,
  ): Promise<FastifyReply> {
    const error = 'nobody_to_act_for'
    const context = web.contextOf(request)
    const { reference } = await login.refuse(flow, error, visitorOf(request))
    const ways = { back: actPath(flow, 'back'), again: actPath(flow, 'again') }
    const code = `${entryOf(error).code} · ${reference}`
    const view = { flow: flow.id, service: serviceView(service, context.language), code, ...ways }
    return web.page(request, reply, nobodyPage(view, context))
  }

  /** For which of them no account that is offered here proves enough. */
  function outOfReach(
    flow: Flow,
    visitor: Visitor,
    candidates: readonly (Candidate | 'self' | undefined)[],
  ): ReadonlySet<Candidate> {
    const asking = candidates.filter((one) => typeof one === 'object').filter(({ needs }) => needs !== undefined)
    const isReached = (level: Level) => {
      const raised: Flow = { ...flow, raised: level, stage: { at: 'choosing' } }
      return login.tilesOf(raised, visitor).some(({ tile }) => tile.state === 'usable')
    }
    const asked = levels.filter((level) => asking.some(({ needs }) => needs === level))
    const beyond: ReadonlySet<unknown> = new Set(asked.filter((level) => !isReached(level)))
    return new Set(asking.filter(({ needs }) => beyond.has(needs)))
  }

  /** The trip that would help is to where they are; it leads back to this login. */
  function abroadView(flow: Flow, visitor: Visitor): Omit<AbroadView, 'ahead'> | undefined {
    const abroad = login.abroadOf(flow, visitor)
    if (!abroad) return undefined
    const again = verifiers.make('login/again', flow.id)
    return { ...abroad, trips: `${tripPath}/${abroad.country ?? '-'}/${flow.id}/${again}` }
  }

  /** Exactly what would be released now, value by value. */
  async function dataOf(
    flow: Flow,
    service: Service,
    evidence: Evidence,
    context: RequestContext,
  ): Promise<Pick<InformView, 'data' | 'professional' | 'represented'>> {
    const { t } = context
    const arriving = evidence.from === 'provider' ? claimedBy(evidence.assertion) : undefined
    const stored = evidence.person
      ? await options.people.claimsOf(evidence.person, evidence.provider, arriving)
      : undefined
    const claims: PersonClaims = stored ?? (arriving ? options.people.claimsIn(arriving) : {})
    const released = options.claimsFor(service, flow.request.scopes)
    const nationalId = released.includes('SubjectRefPro') ? claims.preferred_username : undefined
    const registered = nationalId === undefined ? undefined : await options.directory.professional(nationalId)
    const { principal } = principalOf(flow.stage)
    const represented =
      principal?.for === 'organisation' ? principal.acting.names.organisation.name : t('acting.represented.self')
    const shown = {
      ...claims,
      ...(registered ? { SubjectRefPro: summaryOf(registered) } : {}),
      ...(principal ? { represented } : {}),
    }
    const data = released.flatMap((claim) => {
      const value = (shown as Record<string, unknown>)[claim]
      return typeof value === 'string' && value !== '' ? [{ claim, value }] : []
    })
    // Its value is nobody's to read; that the service gets one is said.
    if (service.serviceSecret && flow.request.scopes.includes('service_secret')) {
      data.push({ claim: 'service_secret', value: 'kept' })
    }
    return {
      data,
      professional: isNationalId(claims.preferred_username ?? ''),
      ...(principal?.for === 'organisation'
        ? { represented: representedDetails(principal.acting, { timeZone: options.timeZone }, context) }
        : {}),
    }
  }

  const { momentOf, viewsOf } = createTileViews({ timeZone: options.timeZone })

  function tileViews(flow: Flow, visitor: Visitor, language: Language): TileView[] {
    return viewsOf(login.tilesOf(flow, visitor), language)
  }

  function isStandInById(id: unknown): id is ProviderId {
    const found = typeof id === 'string' ? options.partners.registry().providers.get(id) : undefined
    return found !== undefined && isStandIn(found)
  }

  /** What stood in for another one when the person chose it, or came to its page, and does no more. */
  function standInOverIn({ missed }: Asked, tiles: readonly TileView[]): Notice | undefined {
    const isOver = isStandInById(missed) && !tiles.some(({ provider }) => provider === missed)
    return isOver ? { kind: 'stand_in_over', provider: missed } : undefined
  }

  /** One that was over by itself was not suspended by anybody. */
  function inItsWords(notice: Notice | undefined, tiles: readonly TileView[]): Notice | undefined {
    const isOver = notice?.kind === 'withdrawn' && isStandInById(notice.provider)
    return isOver && !tiles.some(({ provider }) => provider === notice.provider)
      ? { ...notice, kind: 'stand_in_over' }
      : notice
  }

  function serviceNameOf(flow: Flow, language: Language): string {
    return login.findService(flow.request.service)?.name[language] ?? flow.request.service
  }

  function nameOf(id: ProviderId, language: Language): string {
    return options.partners.registry().providers.get(id)?.name[language] ?? id
  }

  function helpOf(id: ProviderId): { helpUrl?: string } {
    const { helpUrl } = options.partners.registry().providers.get(id) ?? {}
    return helpUrl ? { helpUrl } : {}
  }

  function noticeView(
    { kind, provider, obstacle, refusal, principal }: Notice,
    tiles: readonly TileView[],
    language: Language,
  ): NonNullable<ChooseView['notice']> {
    const isOut = kind === 'withdrawn' || kind === 'missed'
    const { reason, until } = (isOut && tiles.find((tile) => tile.provider === provider)) || {}
    return {
      kind,
      provider: nameOf(provider, language),
      ...(reason ? { reason } : {}),
      ...(until ? { until } : {}),
      ...helpOf(provider),
      ...(obstacle ? { obstacle } : {}),
      ...(principal === undefined ? {} : { principal }),
      ...(refusal ? { code: `${entryOf(refusal.error).code} · ${refusal.reference}` } : {}),
    }
  }

  return { begin }
}

/** Whom the person chose a moment ago and could not have: said only while it is so. */
function missedIn({ missed }: Asked, tiles: readonly TileView[]): ProviderId | undefined {
  const found = tiles.find(({ provider }) => provider === missed)
  return found && outOfService.some((obstacle) => obstacle === found.obstacle) ? found.provider : undefined
}

/** In the list of what a page greys, which knows ids alone. */
const offeredForNow = (provider: ProviderId) => `+${provider}`

const missedPath = (flow: Flow, provider: ProviderId) => loginPaths.flow(flow.id, { missed: provider })

const nothingAsked: Asked = { search: '', after: '' }

/** Of a login's own address only: the parameters of an authorization request or of a provider's answer are not for pages. */
function askedIn(request: FlowRequest): Asked {
  const { q, after, missed } = request.query as Record<'q' | 'after' | 'missed', unknown>
  return {
    search: typeof q === 'string' ? q.trim().slice(0, 60) : '',
    after: typeof after === 'string' ? after : '',
    ...(typeof missed === 'string' ? { missed } : {}),
  }
}

/** What happened before the person is shown the choice again. */
function noticeOf(flow: Flow, step: Step): Notice | undefined {
  if (step.step === 'raise-assurance') return { kind: 'level_not_reached', provider: step.provider }
  if (step.step === 'provider-withdrawn') return { kind: 'withdrawn', provider: step.provider }
  if (step.step === 'prove-abroad') return { kind: 'abroad', provider: step.provider }
  if (step.step === 'change-means') {
    const obstacle = meansObstacleOf(step.reasons)
    const kind = evidenceOf(flow).from === 'session' ? 'session_refused' : 'means_refused'
    return { kind, provider: step.provider, ...(obstacle ? { obstacle } : {}) }
  }
  return flow.stage.at === 'choosing' ? flow.stage.notice : undefined
}

/** What the last page says of whom one acts for, and its form sends back. */
function saidOf(principal: Principal | undefined): string {
  if (!principal) return ''
  return principal.for === 'self' ? 'self' : keyOf(principal.acting)
}

function evidenceOf(flow: Flow): Evidence {
  if (!('evidence' in flow.stage)) throw new Error(`no evidence at ${flow.stage.at}`)
  return flow.stage.evidence
}
