/**
 * OpenID Connect RP-Initiated Logout 1.0. The session that ends is that of `sessions/`; services are told by `signals/`,
 * after the commit; the provider's own session is ended by passing the browser through it, also when the provider is
 * suspended.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { createLocalJWKSet, decodeJwt, errors as joseErrors, jwtVerify } from 'jose'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { type Clock, toDate } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { newSecret } from '../kernel/ids.ts'
import type { Keys } from '../keys/keys.ts'
import type { Visitor } from '../login/login.ts'
import { loggedOutPage, logoutPage } from '../login/pages.ts'
import type { Partners, Service } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/storage.ts'
import type { Upstream } from '../upstream/upstream.ts'

export interface LogoutOptions {
  issuer: string
  /** Name of the hub. */
  name: string
  storage: Storage
  clock: Clock
  keys: Keys
  partners: Partners
  people: People
  sessions: Sessions
  upstream: Upstream
  verifiers: Verifiers
  web: Web
  visitorOf: (request: FastifyRequest) => Visitor
}

/** By whose keys and for which services a request is read. */
interface ReadingOptions extends Pick<LogoutOptions, 'issuer'> {
  keys: Pick<Keys, 'publicJwks'>
  partners: Pick<Partners, 'registry'>
}

export const logoutPath = '/logout'
const returnPath = '/logout/return'

/** What a service asked, after its checks. */
interface LogoutRequest {
  service?: Service
  /** Of a valid hint: the session, where it names one, and the person as that service knows them. */
  hint?: { sid?: string; sub: string }
  returnTo?: string
}

/** As it rests. */
interface Kept {
  service?: string
  returnTo?: string
}

type Parameters = Record<string, string | undefined>

export function mountLogout(options: LogoutOptions): void {
  const { web, people, sessions, storage, verifiers, visitorOf } = options
  const { app } = web

  app.route({
    url: logoutPath,
    method: ['GET', 'POST'],
    config: { access: 'public', crossSite: true },
    handler: async (request, reply) => {
      const parameters = parametersOf(request)
      const asked = await readLogoutRequest(parameters, options)
      if (asked === 'invalid') return web.error(request, reply, { error: 'request_malformed' })
      const visitor = visitorOf(request)
      const session = await sessions.find(visitor.session)
      if (!session) return leave(request, reply, asked)
      // "the OP SHOULD ask the End-User whether to log out [...] and MUST ask if an id_token_hint was not provided or if
      // the supplied ID Token does not belong to the current OP session" (section 2).
      if (await isOwn(asked, session)) return endSession(request, reply, session, asked)
      return web.page(request, reply, await confirmation(request, session, asked))
    },
  })

  app.post(`${logoutPath}/confirm`, { config: { access: 'session' } }, async (request, reply) => {
    const body = parametersOf(request)
    const { asked: key = '' } = request.query as { asked?: string }
    const session = await sessions.find(visitorOf(request).session)
    const asked = (await kept(key)) ?? {}
    if (!session) return leave(request, reply, asked)
    if (!verifiers.check(body.verifier, 'logout', session.id, key)) {
      return web.error(request, reply, { error: 'form_foreign' })
    }
    if (body.answer === 'no') return web.depart(request, reply, asked.service?.homepage ?? '/')
    return endSession(request, reply, session, asked)
  })

  // Where a provider sends the browser after its own logout.
  app.get(returnPath, { config: { access: 'public', crossSite: true } }, async (request, reply) => {
    const { state = '' } = parametersOf(request)
    return leave(request, reply, (await kept(state)) ?? {})
  })

  /**
   * Is the hint of this session? Where it names a session, that counts. Else it is the person who is signed in, in a
   * session that has opened the service; of who has not, the service has nothing to end.
   */
  async function isOwn({ hint, service }: LogoutRequest, session: Session): Promise<boolean> {
    if (!hint || !service) return false
    if (hint.sid !== undefined) return session.services.some(({ sid }) => sid === hint.sid)
    if (!session.services.some((opened) => opened.service === service.id)) return false
    return hint.sub === (await people.subjectFor(storage.db, session.person, service.sector))
  }

  /** Keeps what was asked across a page or a provider; the key is a bearer value, good for an hour. */
  async function keep({ service, returnTo }: LogoutRequest): Promise<string> {
    const key = newSecret()
    const value: Kept = { ...(service ? { service: service.id } : {}), ...(returnTo ? { returnTo } : {}) }
    await storage.state.write({ put: [{ kind: 'logout', key, value, expiresAt: options.clock.now() + hour }] })
    return key
  }

  async function kept(key: string): Promise<LogoutRequest | undefined> {
    const stored = key ? await storage.state.take('logout', key) : undefined
    if (!stored) return undefined
    const { service: id, returnTo } = stored.value as Kept
    const service = id ? options.partners.registry().services.get(id) : undefined
    return { ...(service ? { service } : {}), ...(returnTo ? { returnTo } : {}) }
  }

  async function confirmation(request: FastifyRequest, session: Session, asked: LogoutRequest) {
    const context = web.contextOf(request)
    const key = await keep(asked)
    return logoutPage(
      {
        ...(asked.service ? { service: asked.service.name[context.language] } : {}),
        action: `${logoutPath}/confirm?asked=${key}`,
        verifier: verifiers.make('logout', session.id, key),
        name: options.name,
      },
      context,
    )
  }

  async function endSession(
    request: FastifyRequest,
    reply: FastifyReply,
    session: Session,
    asked: LogoutRequest,
  ): Promise<FastifyReply> {
    await storage.transaction((tx) => sessions.end(tx, session.id, 'logout'))
    web.cookies.clear(reply, 'session')
    const upstreamUrl = await upstreamLogout(session, asked)
    return upstreamUrl ? onward(request, reply, upstreamUrl) : leave(request, reply, asked)
  }

  /** Through the provider, if it has a logout: it keeps a session of its own, which the next person would find. */
  async function upstreamLogout(session: Session, asked: LogoutRequest): Promise<string | undefined> {
    const { partners } = options
    const provider = partners.registry().providers.get(session.provider)
    // Not published any more: there is no telling whose server that address is today. And who is sent to one that does
    // not answer never comes back.
    if (!provider || partners.availability().of(provider.id)?.observed.health === 'down') return undefined
    return options.upstream.logoutUrl(provider, {
      returnTo: `${options.issuer}${returnPath}`,
      state: await keep(asked),
      ...(session.upstreamIdToken ? { idToken: session.upstreamIdToken } : {}),
    })
  }

  /** Out of a post, this is no redirection: see `web.depart`. */
  function onward(request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply {
    return request.method === 'POST' ? web.depart(request, reply, url) : reply.redirect(url, 303)
  }

  async function leave(request: FastifyRequest, reply: FastifyReply, asked: LogoutRequest): Promise<FastifyReply> {
    if (asked.returnTo) return onward(request, reply, asked.returnTo)
    const context = web.contextOf(request)
    const back = asked.service
      ? { back: { href: asked.service.homepage, label: asked.service.name[context.language] } }
      : {}
    return web.page(request, reply, loggedOutPage(back, context))
  }
}

export function parametersOf(request: FastifyRequest): Parameters {
  const given = (request.method === 'POST' ? request.body : request.query) as Record<string, unknown> | undefined
  return Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => typeof value === 'string')) as Parameters
}

/** `'invalid'` when a hint is not ours: then nothing it says is believed and nothing is done. */
export async function readLogoutRequest(
  parameters: Parameters,
  options: ReadingOptions,
): Promise<LogoutRequest | 'invalid'> {
  const hint = parameters.id_token_hint
  const claims = hint === undefined ? undefined : await readHint(hint, options)
  if (hint !== undefined && !claims) return 'invalid'
  // "If both are present, the OP MUST verify that the Client Identifier matches the one used as the audience of the ID
  // Token" (section 2).
  const clientId = parameters.client_id
  if (claims && clientId !== undefined && clientId !== claims.audience) return 'invalid'
  const service = options.partners.registry().services.get(claims?.audience ?? clientId ?? '')
  const address = parameters.post_logout_redirect_uri
  // "the value MUST have been previously registered with the OP" (section 3); else the person stays here.
  const allowed = service && address !== undefined && service.postLogoutRedirectUris.includes(address)
  return {
    ...(service ? { service } : {}),
    ...(claims ? { hint: claims.hint } : {}),
    ...(allowed ? { returnTo: withState(address, parameters.state) } : {}),
  }
}

function withState(address: string, state: string | undefined): string {
  if (state === undefined) return address
  const url = new URL(address)
  url.searchParams.set('state', state)
  return url.href
}

/** "The OP SHOULD accept ID Tokens [...] even when the exp time has passed" (section 4): judged at its own hour. */
async function readHint(
  hint: string,
  { keys, issuer }: ReadingOptions,
): Promise<{ audience: string; hint: NonNullable<LogoutRequest['hint']> } | undefined> {
  try {
    const { iat } = decodeJwt(hint)
    const { payload } = await jwtVerify(hint, createLocalJWKSet(keys.publicJwks()), {
      issuer,
      algorithms: ['ES256', 'RS256'],
      currentDate: toDate((iat ?? 0) * 1000),
    })
    const { aud, sub, sid } = payload
    if (typeof aud !== 'string' || sub === undefined) return undefined
    return { audience: aud, hint: { sub, ...(typeof sid === 'string' ? { sid } : {}) } }
  } catch (error) {
    if (error instanceof joseErrors.JOSEError || error instanceof TypeError) return undefined
    throw error
  }
}
