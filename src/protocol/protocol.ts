/**
 * The OpenID Provider that services see: authorization, tokens, userinfo, introspection, revocation, discovery, keys,
 * logout (OpenID Connect Core 1.0, code flow only). This room owns the engine and speaks its language; who may sign in,
 * how and at which level is decided by `login/`. It owns no table.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import type { Bridge } from '../bridge/bridge.ts'
import type { Connections } from '../connections/connections.ts'
import type { Directory } from '../directory/directory.ts'
import type { Access, Log, Web } from '../http/http.ts'
import type { OutboundFetch } from '../http/outbound.ts'
import type { Clock } from '../kernel/clock.ts'
import type { FlowId } from '../kernel/ids.ts'
import { deriveKey } from '../kernel/secrets.ts'
import type { Keys } from '../keys/keys.ts'
import type { Flow } from '../login/flow.ts'
import { Outdated } from '../login/flows.ts'
import type { Login, Visitor } from '../login/login.ts'
import type { Partners } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/storage.ts'
import { createEngine, type Engine, engineRoutes } from './engine.ts'
import { type EngineRequest, engineRequest } from './engine-state.ts'
import type { MandateTokens } from './mandate-token.ts'

export interface ProtocolOptions {
  issuer: string
  storage: Storage
  clock: Clock
  audit: Audit
  keys: Keys
  partners: Partners
  people: People
  directory: Pick<Directory, 'professional'>
  connections: Connections
  login: Login
  bridge: Pick<Bridge, 'handOver'>
  sessions: Pick<Sessions, 'isOpen'>
  mandateTokens: MandateTokens
  /** 256 bits of this room. */
  key: Buffer
  web: Web
  visitorOf: (request: FastifyRequest) => Visitor
  /** Answers the request that has begun a login: with the page of its first step, or on the way to where that is. */
  begin: (request: FastifyRequest, reply: FastifyReply, flow: Flow) => Promise<FastifyReply>
  loginPath: (flow: FlowId) => string
  logoutPath: string
  fetch: OutboundFetch
  log: Log
}

export interface Protocol {
  /** Puts the endpoints on the server. */
  mount(): void
  /** Answers the service now, out of a post of the login's pages. */
  answer(request: FastifyRequest, reply: FastifyReply, flow: Flow): Promise<FastifyReply>
}

/** Every endpoint of the engine: who may call it, by which methods, and whether another site's page leads there. */
const endpoints: { url: string; methods: ('GET' | 'POST')[]; access: Access; crossSite?: boolean }[] = [
  { url: '/.well-known/openid-configuration', methods: ['GET'], access: 'public' },
  { url: engineRoutes.authorization, methods: ['GET'], access: 'public', crossSite: true },
  { url: engineRoutes.token, methods: ['POST'], access: 'client', crossSite: true },
  { url: engineRoutes.introspection, methods: ['POST'], access: 'client', crossSite: true },
  { url: engineRoutes.revocation, methods: ['POST'], access: 'client', crossSite: true },
  { url: engineRoutes.userinfo, methods: ['GET', 'POST'], access: 'token', crossSite: true },
]

/** Bytes of an authorization request by POST: with its cookies it must fit into the 16 kB of an HTTP header. */
const longestRequest = 8 * 1024

/** Parameters that say who the person is, or for whom they act. */
const ofPerson = ['login_hint', 'id_token_hint', 'representation_hint']

/** Such an address is left at once: it would stay in view of others, and in the history of a computer that others use. */
function tellsOfPerson({ query }: FastifyRequest): boolean {
  return ofPerson.some((name) => Object.hasOwn(query as object, name))
}

export function createProtocol(options: ProtocolOptions): Protocol {
  const { web, keys, login, audit, storage, log } = options
  let engine: Engine = build()
  // Keys are fixed in an engine: a rotation makes another one. Requests under way end on the one that they began with.
  keys.onChange(() => {
    engine = build()
  })

  function build(): Engine {
    return createEngine({
      ...options,
      proofKey: deriveKey(options.key, 'protocol/proofs'),
      serializeCookie: ({ name, value, maxAge }) => web.cookies.serialize(name, value, maxAge),
      // A step that begins again was no fault (`flows.ts`).
      onServerError: (error) => error instanceof Outdated || log.error('engine fault', { error }),
      onReplay: ({ answer, service }) =>
        storage.transaction(async (tx) => {
          audit.append(tx, { name: 'code.replayed', data: { connection: answer.connection, service } })
        }),
    })
  }

  /** Lets the engine answer; what it cannot say itself is drawn here. */
  async function serve(
    request: FastifyRequest,
    reply: FastifyReply,
    more: Partial<Pick<EngineRequest, 'flow' | 'captureRedirect'>> = {},
  ): Promise<FastifyReply> {
    const visitor = () => options.visitorOf(request)
    const context: EngineRequest = { visitor, cookies: [], grants: new Map(), ...more }
    await engineRequest.run(context, () => engine.handle(request.raw, reply.raw))
    if (reply.raw.writableEnded || reply.raw.headersSent) return reply.hijack()
    for (const name of ['location', 'content-type', 'content-length', 'content-security-policy']) {
      reply.raw.removeHeader(name)
    }
    const { fault, location, begun, cookies, page = 'internal' } = context
    if (fault !== undefined && !location) throw fault
    for (const { name, value, maxAge } of cookies) web.cookies.set(reply, name, value, maxAge)
    if (begun && tellsOfPerson(request)) return reply.redirect(options.loginPath(begun.id), 303)
    if (begun) return options.begin(request, reply, begun)
    return location ? web.depart(request, reply, location) : web.error(request, reply, { error: page })
  }

  async function resume(request: FastifyRequest<{ Params: { flow: string } }>, reply: FastifyReply): Promise<void> {
    const { flow: id } = request.params
    const loaded = await login.load(id, options.visitorOf(request))
    if (loaded.kind === 'refused') {
      await web.error(request, reply, { error: loaded.error })
      return
    }
    const { step } = login.stepOf(loaded.flow, options.visitorOf(request))
    // A sign-in to the hub's own pages has no request here.
    if ((step !== 'issue' && step !== 'refuse') || loaded.flow.returnTo !== undefined) {
      await reply.redirect(options.loginPath(id), 303)
      return
    }
    await conclude(request, reply, loaded.flow)
  }

  /**
   * The engine resumes by an address, and is given it as if the browser had come there; the flow at hand is the other half.
   * That one is bound to its browser by a secret of ours, and stays for a while: a second click is answered too.
   */
  async function conclude(
    request: FastifyRequest,
    reply: FastifyReply,
    flow: Flow,
    more: Pick<EngineRequest, 'captureRedirect'> = {},
  ): Promise<FastifyReply> {
    const { raw } = request
    const { url, method } = raw
    raw.url = `${engineRoutes.authorization}/${flow.id}`
    raw.method = 'GET'
    try {
      return await serve(request, reply, { flow, ...more })
    } finally {
      Object.assign(raw, { url, method })
    }
  }

  return {
    answer: (request, reply, flow) => conclude(request, reply, flow, { captureRedirect: true }),
    mount() {
      // "Authorization Servers MUST support the use of the HTTP GET and POST methods" (Core section 3.1.2.1). Browsers keep
      // our cookies from a form that another site posts, and send them with the navigation that follows.
      web.app.register(async (scope: FastifyInstance) => {
        scope.removeAllContentTypeParsers()
        const form = { parseAs: 'string', bodyLimit: longestRequest } as const
        scope.addContentTypeParser('application/x-www-form-urlencoded', form, (_request, body, done) =>
          done(null, body),
        )
        scope.post(
          engineRoutes.authorization,
          { config: { access: 'public', crossSite: true } },
          async (request, reply) => {
            const parameters = new URLSearchParams(String(request.body ?? ''))
            return reply.redirect(`${engineRoutes.authorization}?${parameters}`, 303)
          },
        )
      })
      web.app.register(async (scope: FastifyInstance) => {
        // The engine reads bodies itself: here they pass untouched.
        scope.removeAllContentTypeParsers()
        scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
        for (const { url, methods, access, crossSite } of endpoints) {
          scope.route({
            url,
            method: methods,
            config: { access, ...(crossSite ? { crossSite } : {}) },
            handler: (request, reply) => serve(request, reply),
          })
        }
        scope.get<{ Params: { flow: string } }>(
          `${engineRoutes.authorization}/:flow`,
          { config: { access: 'flow' } },
          resume,
        )
        scope.get(engineRoutes.jwks, { config: { access: 'public' } }, async (_request, reply) => {
          reply.header('cache-control', 'public, max-age=300').header('access-control-allow-origin', '*')
          return keys.publicJwks()
        })
      })
    },
  }
}
