/**
 * The web server and what all its pages share: who may call a route, the request's language, address and browser,
 * layout, Content Security Policy, cookies, protection of forms, static files, errors mapped once at the edge. This
 * room knows no page of another room.
 *
 * Default deny: every route declares who may call it in `config.access`; one without it stops the start (R129).
 */
import formbody from '@fastify/formbody'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify, type RouteOptions } from 'fastify'
import type { ApiScope } from '../kernel/api-scopes.ts'
import type { Clock } from '../kernel/clock.ts'
import { day, second } from '../kernel/durations.ts'
import { type ErrorName, GarantError } from '../kernel/errors.ts'
import type { ServiceId } from '../kernel/ids.ts'
import { isLanguage, type Language, type Translated } from '../kernel/languages.ts'
import type { OperatorRole, StaffRole } from '../kernel/roles.ts'
import { type Asset, registerAssets } from './assets.ts'
import { createContexts } from './context.ts'
import { createCookies } from './cookies.ts'
import { createErrorAddresses, errorPath } from './error-addresses.ts'
import { errorMessages } from './errors-messages.ts'
import { answerError, failureOf, headersOfFailure } from './failures.ts'
import type { Html } from './html.ts'
import { departurePage, renderDocument } from './layout.ts'
import { createTranslator, type Messages, type Translate } from './messages.ts'
import { pageMessages } from './page-messages.ts'
import { changes, dropForwarded, isForeignPost, pageHeaders, trustIn, writeBaseHeaders } from './protection.ts'

export type { Translate } from './messages.ts'

/**
 * Who may call a route. `public`: anybody. `flow`: only the browser that began the login. `client`: a service that
 * authenticates itself (the engine checks). `token`: the bearer of an access token (the engine checks). `session`: the
 * browser of a live session. `operator`: an operator of the hub, signed in as such, who has one of these roles. `staff`:
 * the same of those who work for a partner. `scope`: a program with a token of the admin API that has this scope (`api/`
 * checks).
 */
export type Access = 'public' | 'flow' | 'client' | 'token' | 'session' | { scope: ApiScope } | GuardedAccess
export type GuardedAccess = { operator: readonly OperatorRole[] } | { staff: readonly StaffRole[] }
export type Guarded = 'operator' | 'staff'

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access
    /**
     * A page that other sites may lead to (authorize, callback, logout). Others refuse cross-site navigations that post. Its
     * parameters are those of the other site: a language among them is no choice of the person.
     */
    crossSite?: boolean
    /** Answers whatever the Host header says: probes of a load balancer, which call a machine and not a site. */
    anyHost?: boolean
    /** Read by programs, also of other sites: it leaves no cookie, and its errors are JSON. */
    machine?: boolean
  }
  interface FastifyRequest {
    /** Of this room; others call `web.contextOf(request)`. */
    edge: RequestContext | undefined
  }
}

/** Who lets operators, or partners' staff, in: the room that knows them. */
export interface Gate {
  /**
   * Before anything of the body is read. Returns the answer to whoever is not signed in.
   *
   * @throws GarantError when nobody of that kind is there, or none of the roles is theirs
   */
  enter(request: FastifyRequest, reply: FastifyReply, roles: readonly string[]): Promise<FastifyReply | undefined>
  /** Was this sent by a form that the hub showed to whoever is there, in this session, for this address? */
  isOwnForm(request: FastifyRequest): boolean
}

/** What the edge knows of a request, computed once. */
export interface RequestContext {
  language: Language
  t: Translate
  /** The client's address and source port, through trusted proxies only; port 0 when a proxy did not tell it. */
  address: string
  port: number
  /** Short id printed on error pages and in the log. */
  reference: string
  /** Where the person wants to go, in a login: what is announced to the people of that service stands above the page. */
  service?: ServiceId
}

export interface Page {
  title: string
  body: Html
  status?: number
  /** The page has a form, which leads to the hub itself; a page without this cannot send one (`form-action`). */
  hasForm?: boolean
  /** Our own scripts that the page runs, besides the guard of its form. */
  script?: Asset | readonly Asset[]
  /** The one path of the hub that its scripts may call; they call none without it. */
  calls?: string
  /** Where the browser goes on to by itself, at once. */
  next?: string
  /** Address of this page for the language switch; without it there is none. */
  here?: string
}

/** What the hub has to say above its pages. */
export interface Announcement {
  kind: 'phishing' | 'maintenance' | 'information'
  text: Translated
}

/** What an error page says, in whatever language it is read. */
export interface ErrorView {
  error: ErrorName
  reference: string
  /** Back to the service, with the OAuth error when there is one to answer. */
  back?: { href: string; label: Translated }
  /** Try again, where that can help. */
  retry?: { href: string }
  /** The provider that it is about, whose name begins the sentences, and where that one helps people. */
  provider?: { name: Translated; helpUrl?: string }
}

export interface Web {
  app: FastifyInstance
  contextOf(request: FastifyRequest): RequestContext
  /**
   * The languages that the service asked for, where the address does not hold them in `ui_locales`. What the person
   * chose on a page of the hub goes first. Returns the context that holds from then on, with the service when it is given.
   */
  prefer(request: FastifyRequest, languages: readonly Language[], service?: ServiceId): RequestContext
  /** Sends a page with its layout, headers and CSP. */
  page(request: FastifyRequest, reply: FastifyReply, page: Page): FastifyReply
  /** Ends a post by leading the browser on, also to another site: never by a redirection (see `departurePage`). */
  depart(request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply
  /** Sends the error page of the catalogue (or JSON when the client asked for JSON). */
  error(
    request: FastifyRequest,
    reply: FastifyReply,
    view: Omit<ErrorView, 'reference'> & { reference?: string },
  ): FastifyReply
  /** Sends a picture that came from a partner, so that nothing in it can run. */
  picture(reply: FastifyReply, svg: string): FastifyReply
  cookies: Cookies
  /** Hands over who lets those of one kind in. Until then nobody is, and every route for them refuses. */
  guard(kind: Guarded, gate: Gate): void
  /** The sentences of all bundles, for what is written outside of a request. */
  translate: (language: Language) => Translate
}

/** Cookies of the hub: `__Host-` names on https, HttpOnly, SameSite=Lax (those of operators and staff Strict), path `/`. */
export interface Cookies {
  read(request: FastifyRequest, name: CookieName): string | undefined
  /** `maxAge` in milliseconds; a session cookie without it. */
  set(reply: FastifyReply, name: CookieName, value: string, maxAge?: number): void
  clear(reply: FastifyReply, name: CookieName): void
  /** The value of a `Set-Cookie` header, for answers that are written without `reply`. */
  serialize(name: CookieName, value: string, maxAge?: number): string
}

/**
 * `browser`: binds logins to the browser that began them. `report`: what somebody is writing who is not signed in.
 * `operator`, `staff`: sessions of theirs, never a person's.
 */
export type CookieName = 'browser' | 'session' | 'device' | 'language' | 'report' | Guarded

export interface WebOptions {
  issuer: string
  /** Addresses or ranges whose `X-Forwarded-For` and `-Proto` are believed; none by default. */
  trustedProxies: string[]
  clock: Clock
  log: Log
  /** Name of the hub, in the header of pages. */
  name: string
  /** Where people find help: `mailto:`, `tel:`, `https:`, or a bare mail address. */
  support?: string
  /** 256 bits of this room: seals what the address of an error page holds. */
  key: Buffer
  /** The bundles of the rooms that have pages, besides this room's own. */
  messages?: Messages[]
  /** What stands above a page now, in this order; asked for every page, so it must not wait. */
  announcements?: (service?: ServiceId) => readonly Announcement[]
}

/** Structured log lines. Values are identifiers and counts; names, secrets, codes and tokens never get here. */
export interface Log {
  info(message: string, inside?: Record<string, unknown>): void
  warn(message: string, inside?: Record<string, unknown>): void
  error(message: string, inside?: Record<string, unknown>): void
}

/** No form of the hub is longer; the engine's own endpoints stop at 56 kB. */
const bodyLimit = 64 * 1024

/** For a header and a small body to arrive, on a slow phone: then a slot is given back (slow-loris). */
const requestTimeout = 20 * second

/** A choice of language is no secret and no trace: kept as long as browsers keep a cookie that is renewed. */
const languageMemory = 365 * day

export async function createWeb(options: WebOptions): Promise<Web> {
  const { origin, host, protocol } = new URL(options.issuer)
  const secure = protocol === 'https:'
  const isTrusted = trustIn(options.trustedProxies)
  const translate = createTranslator(pageMessages, errorMessages, ...(options.messages ?? []))
  const app = fastify({
    logger: false,
    trustProxy: options.trustedProxies.length > 0 ? (address: string) => isTrusted(address) : false,
    bodyLimit,
    requestTimeout,
    frameworkErrors: (error, request, reply) => void fail(error, request as never, reply as never),
  })
  const cookies = await createCookies(app, { secure })
  const contexts = createContexts({ translate, cookies })
  const errorAddresses = createErrorAddresses({ key: options.key, issuer: options.issuer })
  app.decorateRequest('edge', undefined)
  const gates = new Map<Guarded, Gate>()
  app.addHook('onRoute', (route) => {
    refuseUndeclared(route)
    guardRoute(route)
  })
  // Neither hook waits for anything, and each runs for every request: callbacks, which cost no promise.
  app.addHook('onRequest', (request, reply, done) => {
    // Read once: the framework draws these options anew each time.
    const { method, routeOptions } = request
    const { access, crossSite, anyHost, machine } = routeOptions.config
    writeBaseHeaders(reply.raw, secure)
    dropForwarded(request.raw, isTrusted)
    if (request.headers.host?.toLowerCase() !== host && !anyHost) throw new GarantError('wrong_host')
    if (method === 'HEAD' && (access === 'flow' || crossSite)) return void refuseHead(routeOptions, reply)
    const fromPage = access !== 'client' && access !== 'token' && !isForPrograms(access)
    if (fromPage && !crossSite && isForeignPost(request, origin)) throw new GarantError('form_foreign')
    if (!machine && !crossSite) rememberLanguage(request, reply)
    done()
  })
  app.addHook('onResponse', (request, reply, done) => {
    options.log.info('request', {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      reference: contexts.of(request).reference,
    })
    done()
  })
  app.setErrorHandler((error, request, reply) => fail(error, request, reply))
  app.setNotFoundHandler((request, reply) => web.error(request, reply, { error: 'not_found' }))
  app.get(errorPath, { config: { access: 'public' } }, (request, reply) =>
    web.error(request, reply, errorAddresses.read(request.query) ?? { error: 'not_found' }),
  )
  await app.register(formbody)
  registerAssets(app)

  /** Puts the gate before a route for operators or staff; the other routes do not pay for it. */
  function guardRoute(route: RouteOptions): void {
    const access = route.config?.access
    if (typeof access !== 'object' || isForPrograms(access)) return
    const { kind, roles } = guardedBy(access)
    const enter = async (request: FastifyRequest, reply: FastifyReply) => {
      const gate = gates.get(kind)
      if (!gate) throw new GarantError(kind === 'operator' ? 'operator_signed_out' : 'staff_signed_out')
      return gate.enter(request, reply, roles)
    }
    const confirm = async (request: FastifyRequest) => {
      if (changes(request) && !gates.get(kind)?.isOwnForm(request)) throw new GarantError('form_foreign')
    }
    route.onRequest = [enter, ...[route.onRequest ?? []].flat()]
    route.preHandler = [confirm, ...[route.preHandler ?? []].flat()]
  }

  /**
   * The framework would run a GET and drop its body. Where a GET takes a login on, or ends a session, a `HEAD` would do
   * so for who only wanted to look: "the client does not request, and does not expect, any state change" (RFC 9110
   * section 9.2.1).
   */
  function refuseHead({ url = '' }: FastifyRequest['routeOptions'], reply: FastifyReply): FastifyReply {
    const allowed = (['GET', 'POST'] as const).filter((method) => app.hasRoute({ method, url }))
    return reply.code(405).header('allow', allowed.join(', ')).send()
  }

  function rememberLanguage(request: FastifyRequest, reply: FastifyReply): void {
    const { lang } = request.query as { lang?: unknown }
    if (isLanguage(lang)) cookies.set(reply, 'language', lang, languageMemory)
  }

  /** The one place where what was thrown becomes what is said. */
  function fail(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { reference } = contexts.of(request)
    const name = failureOf(error)
    const line = { reference, route: request.routeOptions?.url ?? 'none', error: name, thrown: error }
    if (name === 'internal') options.log.error('request failed', line)
    else options.log.warn('request refused', line)
    return web.error(request, reply, { error: name })
  }

  const announcements = options.announcements ?? (() => [])
  const frame = { name: options.name, ...(options.support ? { support: options.support } : {}) }

  const web: Web = {
    app,
    cookies,
    translate,
    contextOf: contexts.of,
    prefer: contexts.prefer,
    guard: (kind, gate) => void gates.set(kind, gate),
    page(request, reply, page) {
      const context = contexts.of(request)
      return reply
        .code(page.status ?? 200)
        .headers(pageHeaders(page, origin))
        .type('text/html; charset=utf-8')
        .send(renderDocument(page, { ...frame, ...context, announcements: announcements(context.service) }))
    },
    depart: (request, reply, url) => web.page(request, reply, departurePage(url, contexts.of(request))),
    error(request, reply, view) {
      const context = contexts.of(request)
      writeBaseHeaders(reply.raw, secure)
      reply.headers(headersOfFailure(view.error))
      const said = { ...view, reference: view.reference ?? context.reference }
      return answerError(said, {
        ...frame,
        origin,
        context,
        request,
        reply,
        page: (page) => web.page(request, reply, { ...page, here: errorAddresses.of(said) }),
      })
    },
    picture: (reply, svg) =>
      reply
        .type('image/svg+xml')
        .headers({
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
          'cache-control': 'public, max-age=3600',
          'cross-origin-resource-policy': 'same-origin',
        })
        .send(svg),
  }
  return web
}

function refuseUndeclared(route: RouteOptions): void {
  const access = route.config?.access
  const isDeclared =
    typeof access === 'object' && !isForPrograms(access) ? guardedBy(access).roles.length > 0 : Boolean(access)
  if (!isDeclared) throw new Error(`${route.method} ${route.url} does not declare config.access`)
}

function isForPrograms(access: Access | undefined): access is { scope: ApiScope } {
  return typeof access === 'object' && 'scope' in access
}

function guardedBy(access: GuardedAccess): { kind: Guarded; roles: readonly string[] } {
  return 'operator' in access ? { kind: 'operator', roles: access.operator } : { kind: 'staff', roles: access.staff }
}
