/**
 * One service of the town, standing on its port: a small site with a session of its own. It signs people in through the
 * hub and shows them their data; it takes back-channel logout. What it shows is in its definition.
 */
import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { JWK } from 'jose'
import { LRUCache } from 'lru-cache'
import { AuthorizationResponseError, ResponseBodyError } from 'openid-client'
import type { Html } from '../../src/http/html.ts'
import type { Clock, Instant } from '../../src/kernel/clock.ts'
import { flowLifetime, sessionIdle } from '../../src/kernel/durations.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { originOf } from '../ports.ts'
import { clearCookie, createSite, readCookie, refusesForeignForm, type Site, setCookie } from '../site.ts'
import * as pages from './pages.ts'
import {
  type Authority,
  LevelTooLow,
  type LoginOptions,
  type Pending,
  RelyingParty,
  type SignIn,
} from './relying-party.ts'
import type { Desk, ServiceDefinition, Visitor, Work } from './services.ts'
import { SignalReceiver, type SignalsOptions } from './signals.ts'
import { wording } from './wording.ts'

export interface ServiceOptions {
  definition: ServiceDefinition
  port: number
  authority: Authority
  clientSecret?: string
  privateJwk?: JWK
  clock: Clock
  idTokenAlg?: 'ES256' | 'RS256'
  /** Of one that hears security events. */
  signals?: SignalsOptions
}

export interface RunningService {
  definition: ServiceDefinition
  origin: string
  close(): Promise<void>
}

/** One browser here: perhaps somebody signed in, perhaps sign-ins on their way in several tabs. */
interface Session {
  id: string
  lastSeen: Instant
  signIn?: SignIn
  /** By state. */
  pending: Map<string, Pending & { at: Instant }>
  /** Set between sending somebody to the hub's logout and their return. */
  logoutState?: string
  /** Somebody who acted for an organisation, until the hub ended it. */
  ended?: SignIn
  /** What is under way while the browser is at the hub for a moment. */
  doing?: unknown
}

/** Sign-ins begun and not finished that one browser may have at once. */
const pendingAllowed = 10

export async function startService(options: ServiceOptions): Promise<RunningService> {
  const service = new ServiceSite(options)
  await service.start()
  return { definition: options.definition, origin: originOf(options.port), close: () => service.close() }
}

class ServiceSite {
  readonly #options: ServiceOptions
  readonly #site: Site
  readonly #party: RelyingParty
  readonly #cookie: string
  readonly #work: Work | undefined
  readonly #sessions = new LRUCache<string, Session>({ max: 5_000 })

  constructor(options: ServiceOptions) {
    const { definition, port, authority, clock, clientSecret, privateJwk, idTokenAlg } = options
    this.#options = options
    // Cookies do not know ports, so the name says which service of which town.
    this.#cookie = `service_${port}`
    this.#site = createSite({ brand: definition.brand, kind: 'site' })
    this.#party = new RelyingParty({
      definition,
      authority,
      clock,
      origin: originOf(port),
      ...(clientSecret !== undefined && { clientSecret }),
      ...(privateJwk && { privateJwk }),
      ...(idTokenAlg && { idTokenAlg }),
    })
    this.#work = definition.work?.(this.#desk())
    this.#route()
    if (options.signals) this.#routeSignals(new SignalReceiver(options.signals, clock))
  }

  #desk(): Desk {
    const { port, clock } = this.#options
    return {
      app: this.#site.app,
      party: this.#party,
      origin: originOf(port),
      clock,
      languageOf: (request) => this.#site.languageOf(request),
      signInOf: (request) => this.#sessionOf(request)?.signIn,
      endedOf: (request) => this.#sessionOf(request)?.ended,
      keep: (request, doing) => {
        const session = this.#sessionOf(request)
        if (session) session.doing = doing
      },
      take: (request) => {
        const session = this.#sessionOf(request)
        const doing = session?.doing
        delete session?.doing
        return doing
      },
      page: (request, reply, page) => {
        const view = this.#view(request)
        const navigation = pages.navigation(view, view.visitor)
        return this.#site.page(request, reply, {
          ...page,
          navigation,
          ...(request.method === 'GET' && { here: request.url }),
        })
      },
    }
  }

  start(): Promise<void> {
    return this.#site.listen(this.#options.port)
  }

  close(): Promise<void> {
    return this.#site.close()
  }

  #route(): void {
    const { app } = this.#site
    app.get('/', (request, reply) => this.#page(request, reply, (view) => pages.homePage(view, view.visitor)))
    app.get('/garant', (request, reply) => this.#page(request, reply, pages.aboutGarantPage))
    app.get('/space', (request, reply) => this.#space(request, reply))
    app.get('/account', (request, reply) =>
      this.#page(
        request,
        reply,
        (view) => view.visitor && view.signIn && pages.accountPage(view, view.visitor, view.signIn),
      ),
    )
    app.get('/developer', (request, reply) =>
      this.#page(request, reply, (view) => pages.developerPage(view, view.signIn)),
    )
    app.get<{ Querystring: LoginOptions }>('/login', (request, reply) => this.#login(request, reply))
    app.get('/callback', (request, reply) => this.#callback(request, reply))
    app.post('/logout', (request, reply) => (refusesForeignForm(request, reply) ? reply : this.#logout(request, reply)))
    app.get<{ Querystring: { state?: string } }>('/logged-out', (request, reply) => this.#loggedOut(request, reply))
    app.post<{ Body: { logout_token?: string } }>('/backchannel-logout', (request, reply) =>
      this.#backchannelLogout(request.body?.logout_token ?? '', reply),
    )
  }

  #routeSignals(receiver: SignalReceiver): void {
    const { app } = this.#site
    app.addContentTypeParser('application/secevent+jwt', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    app.get('/signals', (request, reply) =>
      this.#page(request, reply, (view) => pages.signalsPage(view, receiver.received)),
    )
    app.post('/signals', async (request, reply) => {
      const { authorization } = request.headers
      const refused = await receiver.receive(typeof request.body === 'string' ? request.body : '', authorization)
      return refused ? reply.code(400).header('content-language', 'en').send(refused) : reply.code(202).send()
    })
  }

  #space(request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
    const { definition, clock } = this.#options
    const work = this.#work?.space(request, reply)
    if (work) return work
    return this.#page(request, reply, (view) => {
      if (!view.visitor) return undefined
      const content = definition.content({ visitor: view.visitor, language: view.language, now: clock.now() })
      return pages.spacePage(view, view.visitor, content)
    })
  }

  async #login(request: FastifyRequest<{ Querystring: LoginOptions }>, reply: FastifyReply): Promise<FastifyReply> {
    const session = this.#sessionOf(request) ?? this.#newSession(reply)
    const chosen = this.#site.languageOf(request)
    const options = { ui_locales: chosen, ...request.query }
    try {
      const pending = await this.#party.begin(options)
      this.#keepPending(session, pending)
      return reply.redirect(pending.url, 303)
    } catch (fault) {
      return this.#fail(request, reply, failureOf(fault))
    }
  }

  async #callback(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const answer = new URL(request.url, originOf(this.#options.port))
    const before = this.#sessionOf(request)
    const state = answer.searchParams.get('state') ?? ''
    const pending = before?.pending.get(state)
    // "state … is used to mitigate CSRF" (Core section 3.1.2.1): the answer must be for this browser, and only once.
    if (!before || !pending) return this.#fail(request, reply, { sentence: 'foreign', answer: wordsOf(answer) })
    before.pending.delete(state)
    try {
      const signIn = await this.#party.finish(pending, answer)
      // A new session name: the one from before the sign-in may be known to somebody else.
      this.#sessions.delete(before.id)
      const { doing } = before
      Object.assign(this.#newSession(reply), { signIn, pending: before.pending, ...(doing !== undefined && { doing }) })
      return reply.redirect(doing === undefined ? '/space' : '/resume', 303)
    } catch (fault) {
      const refused = this.#work?.refused(request, reply)
      if (refused) return refused
      return this.#fail(request, reply, failureOf(fault, wordsOf(answer)))
    }
  }

  async #logout(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const session = this.#sessionOf(request)
    const signIn = session?.signIn
    if (!session || !signIn) return reply.redirect('/', 303)
    delete session.signIn
    session.logoutState = randomBytes(16).toString('base64url')
    // The session here is over whatever the hub answers, and when it does not.
    const url = await this.#party.logoutUrl(signIn.idToken, session.logoutState).catch(() => '/logged-out')
    return reply.redirect(url, 303)
  }

  #loggedOut(request: FastifyRequest<{ Querystring: { state?: string } }>, reply: FastifyReply): FastifyReply {
    const session = this.#sessionOf(request)
    if (session?.logoutState !== undefined && session.logoutState === request.query.state) {
      this.#sessions.delete(session.id)
      clearCookie(reply, this.#cookie)
    }
    return this.#page(request, reply, pages.signedOutPage)
  }

  /** Back-Channel Logout 1.0 section 2.8: 200 when it was done, 400 when the token is refused, never stored. */
  async #backchannelLogout(token: string, reply: FastifyReply): Promise<FastifyReply> {
    reply.header('cache-control', 'no-store')
    try {
      const { sub, sid } = await this.#party.readLogoutToken(token)
      for (const session of this.#sessions.values()) {
        const concerned = sid !== undefined ? session.signIn?.sid === sid : session.signIn?.subject === sub
        if (!concerned) continue
        if (session.signIn?.acting) session.ended = session.signIn
        delete session.signIn
      }
      return reply.code(200).send()
    } catch (fault) {
      const error_description = fault instanceof Error ? fault.message : 'unknown'
      return reply.code(400).send({ error: 'invalid_request', error_description })
    }
  }

  #sessionOf(request: FastifyRequest): Session | undefined {
    const session = this.#sessions.get(readCookie(request, this.#cookie) ?? '')
    const now = this.#options.clock.now()
    if (!session) return undefined
    if (now - session.lastSeen > sessionIdle) {
      this.#sessions.delete(session.id)
      return undefined
    }
    session.lastSeen = now
    return session
  }

  #newSession(reply: FastifyReply): Session {
    const id = randomBytes(24).toString('base64url')
    const session: Session = { id, lastSeen: this.#options.clock.now(), pending: new Map() }
    this.#sessions.set(id, session)
    setCookie(reply, this.#cookie, id)
    return session
  }

  #keepPending(session: Session, pending: Pending): void {
    const now = this.#options.clock.now()
    session.pending.set(pending.state, { ...pending, at: now })
    const states = [...session.pending]
    const excess = states.length - pendingAllowed
    states.forEach(([state, { at }], index) => {
      if (index < excess || now - at > flowLifetime) session.pending.delete(state)
    })
  }

  /** A page for whoever is there; `body` answers undefined when it is only for somebody signed in. */
  #page(request: FastifyRequest, reply: FastifyReply, body: (view: PageView) => Html | undefined): FastifyReply {
    const view = this.#view(request)
    const content = body(view)
    if (!content) return reply.redirect('/', 303)
    const { definition, language, visitor } = view
    const page = { title: definition.brand.tagline[language], body: content, here: request.url }
    return this.#site.page(request, reply, { ...page, navigation: pages.navigation(view, visitor) })
  }

  #fail(request: FastifyRequest, reply: FastifyReply, failure: pages.Failure): FastifyReply {
    const view = this.#view(request)
    const title = wording.failed[view.language]
    const body = pages.failurePage(view, failure)
    const navigation = pages.navigation(view, view.visitor)
    return this.#site.page(request, reply, { title, body, navigation, status: statusOf(failure) })
  }

  #view(request: FastifyRequest): PageView {
    const { definition } = this.#options
    const signIn = this.#sessionOf(request)?.signIn
    const language = this.#site.languageOf(request)
    return {
      definition,
      language,
      ...(signIn && { signIn, visitor: visitorOf(signIn) }),
    }
  }
}

interface PageView {
  definition: ServiceDefinition
  language: Language
  signIn?: SignIn
  visitor?: Visitor
}

function visitorOf({ subject, level, userinfo }: SignIn): Visitor {
  const text = (name: string) => (typeof userinfo[name] === 'string' ? userinfo[name] : '')
  return { subject, level, claims: userinfo, name: `${text('given_name')} ${text('family_name')}`.trim() }
}

/** The words of an answer that may be shown: everything but the code. */
function wordsOf(answer: URL): Record<string, string> {
  return Object.fromEntries([...answer.searchParams].filter(([name]) => name !== 'code'))
}

const answeredErrors = [
  'access_denied',
  'login_required',
  'interaction_required',
  'unmet_authentication_requirements',
  'temporarily_unavailable',
] as const

function failureOf(fault: unknown, answer: Record<string, string> = {}): pages.Failure {
  if (fault instanceof LevelTooLow) return { sentence: 'level_too_low', answer: { reason: fault.message } }
  if (fault instanceof AuthorizationResponseError) {
    return { sentence: answeredErrors.find((name) => name === fault.error) ?? 'invalid', answer }
  }
  if (fault instanceof ResponseBodyError) {
    const description = fault.error_description ? { error_description: fault.error_description } : {}
    return { sentence: 'invalid', answer: { error: fault.error, ...description } }
  }
  const reason = fault instanceof Error ? fault.message : String(fault)
  return { sentence: isSilence(fault) ? 'unreachable' : 'invalid', answer: { ...answer, reason } }
}

/** No answer at all, or none that an OpenID Provider would give. */
function isSilence(fault: unknown): boolean {
  const code = (fault as { code?: string }).code ?? ''
  const silent = ['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM', 'OAUTH_RESPONSE_IS_NOT_JSON']
  return fault instanceof TypeError ? code === '' : silent.includes(code)
}

function statusOf({ sentence }: pages.Failure): number {
  if (sentence === 'unreachable') return 502
  return sentence === 'foreign' || sentence === 'invalid' ? 400 : 403
}
