/** The pages of a login and the posts they make. Each hop carries a verifier good for this login and this act only. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Directory, summaryOf } from '../directory/directory.ts'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { type ErrorName, entryOf } from '../kernel/errors.ts'
import type { FlowId, ProviderId } from '../kernel/ids.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import { isNationalId } from '../kernel/parse-pivot.ts'
import type { Partners, Service } from '../partners/partners.ts'
import type { People, PersonClaims } from '../people/people.ts'
import { meansObstacleOf, outOfService } from '../policy/choice.ts'
import type { Evidence, Flow, Notice } from './flow.ts'
import { claimedBy } from './flow.ts'
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

/** The posts of these pages, and the two links of an error page. */
const posts = ['choose', 'join', 'inform', 'cancel'] as const
const links = ['back', 'again'] as const

/** A page's verifier also lets its own way out through. */
const pages = ['choose', 'join', 'inform'] as const

type FlowRequest = FastifyRequest<{ Params: { flow: string } }>

export function mountLoginRoutes(options: LoginRoutesOptions): void {
  const { web, login, verifiers, visitorOf, resumePath } = options
  const { app } = web
  const access = { config: { access: 'flow' } } as const

  app.get<{ Params: { flow: string } }>('/login/:flow', access, (request, reply) =>
    withFlow(request, reply, (flow, service) => present(request, reply, flow, service)),
  )

  for (const post of posts) {
    app.post<{ Params: { flow: string } }>(`/login/:flow/${post}`, access, (request, reply) =>
      withFlow(request, reply, (flow) => {
        const body = (request.body ?? {}) as Record<string, unknown>
        const labels = post === 'cancel' ? pages : [post]
        const trusted = labels.some((label) => verifiers.check(body.verifier, `login/${label}`, flow.id))
        return trusted ? perform[post](request, reply, flow, body) : foreign(request, reply, flow)
      }),
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
      const result = await login.callback(request.params.provider, url, visitorOf(request))
      if (result.kind === 'refused') return refused(request, reply, result.error, result.flow)
      const { flow, service } = result
      // A reload of this address goes on where the login is.
      if (!result.settled) return reply.redirect(loginPath(flow.id), 303)
      web.prefer(request, flow.request.languages, service.id)
      return present(request, reply, flow, service)
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
    inform: async (request: FlowRequest, reply: FastifyReply, flow: Flow) => {
      login.acknowledge(flow)
      const { step } = login.stepOf(flow, visitorOf(request))
      return step === 'issue' ? options.answer(request, reply, flow) : onward(request, reply, loginPath(flow.id))
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
  }

  async function withFlow(
    request: FlowRequest,
    reply: FastifyReply,
    serve: (flow: Flow, service: Service) => FastifyReply | Promise<FastifyReply>,
  ): Promise<FastifyReply> {
    const loaded = await login.load(request.params.flow, visitorOf(request))
    if (loaded.kind === 'refused') return web.error(request, reply, { error: loaded.error })
    web.prefer(request, loaded.flow.request.languages, loaded.service.id)
    return serve(loaded.flow, loaded.service)
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
    const ids = tiles.flatMap(({ tile, provider }) => (tile.state === 'greyed' ? [provider] : []))
    return [verifiers.make('login/greyed', flow.id, ...ids), ...ids].join(' ')
  }

  function wasOffered(flow: Flow, id: ProviderId, greyed: unknown): boolean {
    const [verifier, ...ids] = typeof greyed === 'string' ? greyed.split(' ') : []
    return verifiers.check(verifier, 'login/greyed', flow.id, ...ids) && !ids.includes(id)
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

  async function present(
    request: FastifyRequest,
    reply: FastifyReply,
    flow: Flow,
    service: Service,
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const visitor = visitorOf(request)
    const step = login.stepOf(flow, visitor)
    const view = {
      flow: flow.id,
      service: serviceView(service, context.language),
      name: options.name,
    }
    const verifier = (name: (typeof pages)[number]) => verifiers.make(`login/${name}`, flow.id)
    switch (step.step) {
      case 'authenticate':
        return follow(request, reply, await login.choose(flow, step.provider, visitorOf(request)), flow)
      case 'choose-provider':
      case 'raise-assurance':
      case 'change-means':
      case 'provider-withdrawn': {
        const joining = 'joining' in flow.stage ? flow.stage.joining : undefined
        const tiles = tileViews(flow, visitor, context.language)
        const missed = missedIn(request, tiles)
        const notice = missed ? { kind: 'missed' as const, provider: missed } : noticeOf(flow, step)
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
              ...(filterOf(request) ? { filter: filterOf(request) } : {}),
              ...(notice ? { notice: noticeView(notice, tiles, context.language) } : {}),
              ...(missed ? { missed } : {}),
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
      case 'inform': {
        const evidence = evidenceOf(flow)
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
              ...(await dataOf(flow, service, evidence)),
            },
            context,
          ),
        )
      }
      case 'issue':
        return reply.redirect(resumePath(flow), 303)
      case 'refuse': {
        const { final, reference } = await login.refuse(flow, step.error, visitorOf(request))
        if (final) return reply.redirect(resumePath(flow), 303)
        const provider = 'provider' in flow.stage ? flow.stage.provider : undefined
        return refused(request, reply, step.error, flow, { provider, reference })
      }
    }
  }

  /** Exactly what would be released now, value by value. */
  async function dataOf(
    flow: Flow,
    service: Service,
    evidence: Evidence,
  ): Promise<Pick<InformView, 'data' | 'professional'>> {
    const arriving = evidence.from === 'provider' ? claimedBy(evidence.assertion) : undefined
    const stored = evidence.person
      ? await options.people.claimsOf(evidence.person, evidence.provider, arriving)
      : undefined
    const claims: PersonClaims = stored ?? (arriving ? options.people.claimsIn(arriving) : {})
    const released = options.claimsFor(service, flow.request.scopes)
    const nationalId = released.includes('SubjectRefPro') ? claims.preferred_username : undefined
    const registered = nationalId === undefined ? undefined : await options.directory.professional(nationalId)
    const shown = { ...claims, ...(registered ? { SubjectRefPro: summaryOf(registered) } : {}) }
    const data = released.flatMap((claim) => {
      const value = (shown as Record<string, unknown>)[claim]
      return typeof value === 'string' && value !== '' ? [{ claim, value }] : []
    })
    // Its value is nobody's to read; that the service gets one is said.
    if (service.serviceSecret && flow.request.scopes.includes('service_secret')) {
      data.push({ claim: 'service_secret', value: 'kept' })
    }
    return { data, professional: isNationalId(claims.preferred_username ?? '') }
  }

  const { momentOf, viewsOf } = createTileViews({ timeZone: options.timeZone })

  function tileViews(flow: Flow, visitor: Visitor, language: Language): TileView[] {
    return viewsOf(login.tilesOf(flow, visitor), language)
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
    { kind, provider, obstacle, refusal }: Notice,
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
      ...(refusal ? { code: `${entryOf(refusal.error).code} · ${refusal.reference}` } : {}),
    }
  }
}

/** Whom the person chose a moment ago and could not have: said only while it is so. */
function missedIn(request: FastifyRequest, tiles: readonly TileView[]): ProviderId | undefined {
  const { missed } = request.query as { missed?: unknown }
  const found = tiles.find(({ provider }) => provider === missed)
  return found && outOfService.some((obstacle) => obstacle === found.obstacle) ? found.provider : undefined
}

const missedPath = (flow: Flow, provider: ProviderId) => loginPaths.flow(flow.id, { missed: provider })

/** What the person typed to find a provider among many. */
function filterOf(request: FastifyRequest): string {
  const { q } = request.query as { q?: unknown }
  return typeof q === 'string' ? q.trim().slice(0, 60) : ''
}

/** What happened before the person is shown the choice again. */
function noticeOf(flow: Flow, step: Step): Notice | undefined {
  if (step.step === 'raise-assurance') return { kind: 'level_not_reached', provider: step.provider }
  if (step.step === 'provider-withdrawn') return { kind: 'withdrawn', provider: step.provider }
  if (step.step === 'change-means') {
    const obstacle = meansObstacleOf(step.reasons)
    const kind = evidenceOf(flow).from === 'session' ? 'session_refused' : 'means_refused'
    return { kind, provider: step.provider, ...(obstacle ? { obstacle } : {}) }
  }
  return flow.stage.at === 'choosing' ? flow.stage.notice : undefined
}

function evidenceOf(flow: Flow): Evidence {
  if (!('evidence' in flow.stage)) throw new Error(`no evidence at ${flow.stage.at}`)
  return flow.stage.evidence
}
