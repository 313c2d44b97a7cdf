/**
 * The API, `/api/v1`: what operators do on their pages, for the programs of whoever runs the hub; and what partners' staff
 * do at the desk about stolen identities, for programs of partners (`party-operations.ts`). Neither kind of program can
 * do anything of the other. This room owns the programs that may use it, their tokens, the answers to repeated requests,
 * and the OpenAPI document. It owns no verb and decides nothing: each operation reads the request, calls the verb that the
 * page of the same name calls, and writes its outcome, refusals included, as problem details.
 *
 * A change that takes two operators takes two here: a program asks, and an operator who is not the one behind it confirms.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Audit } from '../audit/audit.ts'
import type { Log, Web } from '../http/http.ts'
import { createLimiter } from '../http/limits.ts'
import type { ApiScope } from '../kernel/api-scopes.ts'
import type { Clock } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { PartyDoor } from '../signals/ssf-routes.ts'
import type { Storage } from '../storage/storage.ts'
import { type Answers, createAnswers, type Written } from './answers.ts'
import type { ApiClient, ApiClients } from './clients.ts'
import { openApiOf } from './openapi.ts'
import { type Answer, type Caller, type Operation, readRequest, tagOf } from './operations.ts'
import { type ProblemDetails, type ProblemName, problems, Refusal, refusalOf } from './problems.ts'
import { createTokens, type TokenError, tokenLifetime } from './tokens.ts'

const apiPath = '/api/v1'
const tokenPath = `${apiPath}/token`

export interface ApiOptions {
  web: Web
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  log: Log
  clients: ApiClients
  /** In their order in the document. */
  operations: readonly Operation[]
  issuer: string
  /** Name of the hub. */
  name: string
  /** Seals answers that are kept. */
  key: Buffer
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of this room. */
    apiClient: ApiClient | undefined
  }
}

/** Of one program: a script that walks a list of a thousand goes on without a pause. */
const ofClient = { burst: 100, perSecond: 20 }
/** Of one address, for tokens: a signature is verified for each. */
const forTokens = { burst: 30, perSecond: 1 }

/** Returns the door by which addresses outside of `/api/v1` know programs of partners (`signals/`). */
export function mountApi(options: ApiOptions): PartyDoor {
  const { web, storage, clock, audit, clients, operations, issuer, name, log } = options
  const api = `${issuer}${apiPath}`
  const tokens = createTokens({ state: storage.state, clock, clients, api })
  const answers = createAnswers({ storage, clock, key: options.key })
  const waitOf = createLimiter(clock, ofClient)
  const waitForToken = createLimiter(clock, forTokens)
  /** Made when it is asked for: it never changes, and few ever do. */
  let document: string | undefined
  const documentNow = () => {
    document ??= JSON.stringify(openApiOf({ api, tokenEndpoint: `${issuer}${tokenPath}`, name, operations }))
    return document
  }

  web.app.decorateRequest('apiClient', undefined)
  void web.app.register(
    async (app) => {
      app.setErrorHandler((error, request, reply) => refuse(error, request, reply))
      app.setNotFoundHandler((request, reply) => refuse(new Refusal('not-found'), request, reply))
      mountPublic(app)
      await app.register(async (inner) => {
        inner.removeContentTypeParser(['text/plain', 'application/x-www-form-urlencoded'])
        for (const declared of operations) mountOperation(inner, declared)
      })
    },
    { prefix: apiPath },
  )
  mountMetadata(web.app)

  // ── Requests ──────────────────────────────────────────────────────────────────────────────────────────────────────

  function mountOperation(app: FastifyInstance, declared: Operation): void {
    const { method, path, scope, bodyLimit } = declared
    app.route({
      method,
      url: path.replaceAll(/\{(\w+)\}/g, ':$1'),
      ...(bodyLimit === undefined ? {} : { bodyLimit }),
      config: { access: { scope }, machine: true },
      // Before anything of the body is read.
      onRequest: (request) => enter(request, declared),
      handler: (request, reply) => carryOut(request, reply, declared),
    })
  }

  async function enter(request: FastifyRequest, { scope }: Operation): Promise<void> {
    request.apiClient = await admit(request, scope)
  }

  async function admit(request: FastifyRequest, scope: ApiScope): Promise<ApiClient> {
    const bearer = await tokens.bearer(request.headers.authorization)
    if (!bearer) throw new Refusal('unauthenticated')
    const { client } = bearer.client
    const wait = waitOf(client)
    if (wait > 0) throw new Refusal('too-many-requests', { retryAfter: wait })
    if (bearer.scopes.includes(scope)) return bearer.client
    await storage.transaction(async (tx) =>
      audit.append(tx, {
        name: 'api_client.denied',
        data: { route: request.routeOptions.url ?? '', actor: { kind: 'api_client', id: client } },
      }),
    )
    throw new Refusal('scope-missing', { scope })
  }

  async function carryOut(request: FastifyRequest, reply: FastifyReply, declared: Operation): Promise<FastifyReply> {
    const { apiClient: client } = request
    if (!client) throw new Refusal('unauthenticated')
    const read = readRequest(declared, {
      params: request.params,
      query: request.query,
      body: request.body,
      ifMatch: request.headers['if-match'],
    })
    const work = async () => {
      const answer = await declared.run({ caller: callerOf(client), ...read })
      return written(answer, declared, web.contextOf(request).reference)
    }
    const key = declared.method === 'POST' ? keyOf(request) : undefined
    if (key === undefined) return send(reply, await work())
    const { answer, repeated } = await repeatable(answers, request, { client, key }, work)
    if (repeated) reply.header('idempotency-replayed', 'true')
    return send(reply, answer)
  }

  function written(answer: Answer<unknown>, declared: Operation, reference: string): Written {
    if (answer.kind === 'refused') return problem(answer.problem, answer.details, reference)
    if (answer.kind === 'pending') {
      const location = `${api}/approvals/${answer.approval.approval}`
      return { status: 202, headers: { ...json, location }, body: JSON.stringify(answer.approval) }
    }
    const { status = 200 } = declared
    const headers = {
      ...(answer.etag === undefined ? {} : { etag: tagOf(answer.etag) }),
      ...(answer.location === undefined ? {} : { location: `${api}${answer.location}` }),
    }
    return status === 204
      ? { status, headers }
      : { status, headers: { ...json, ...headers }, body: JSON.stringify(answer.body) }
  }

  // ── Refusals ──────────────────────────────────────────────────────────────────────────────────────────────────────

  function problem(named: ProblemName, details: ProblemDetails, reference: string): Written {
    const { status, title } = problems[named]
    const { detail, errors, etag, retryAfter } = details
    return {
      status,
      headers: {
        'content-type': 'application/problem+json; charset=utf-8',
        ...(etag === undefined ? {} : { etag: tagOf(etag) }),
        ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      },
      body: JSON.stringify({ type: `${api}/problems/${named}`, title, status, detail, errors, reference }),
    }
  }

  function refuse(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { refusal, logged } = refusalOf(thrown)
    const { reference } = web.contextOf(request)
    const line = { reference, route: request.routeOptions?.url ?? 'none', error: logged }
    if (refusal.problem === 'internal') log.error('request failed', { ...line, thrown })
    else log.warn('request refused', line)
    const challenge = challengeOf(refusal, request)
    if (challenge) reply.header('www-authenticate', challenge)
    const details = refusal.problem === 'unavailable' ? { ...refusal.details, retryAfter: 5 } : refusal.details
    return send(reply, problem(refusal.problem, details, reference))
  }

  /** RFC 6750 section 3: without a token nothing is said of one. RFC 9728 section 5.1: where the rest is written. */
  function challengeOf({ problem: named, details }: Refusal, request: FastifyRequest): string | undefined {
    const where = `resource_metadata="${issuer}${metadataPaths.resource}"`
    if (named === 'unauthenticated') {
      return request.headers.authorization === undefined ? `Bearer ${where}` : `Bearer error="invalid_token", ${where}`
    }
    return named === 'scope-missing'
      ? `Bearer error="insufficient_scope", scope="${details.scope}", ${where}`
      : undefined
  }

  // ── What anybody may read, and tokens ─────────────────────────────────────────────────────────────────────────────

  function mountPublic(app: FastifyInstance): void {
    const config = { access: 'public', machine: true } as const
    app.get('/openapi.json', { config }, (_request, reply) =>
      reply.type('application/json; charset=utf-8').header('cache-control', 'public, max-age=300').send(documentNow()),
    )
    app.get('/problems/:problem', { config }, (request, reply) => {
      const { problem: named } = request.params as { problem: string }
      if (!Object.hasOwn(problems, named)) throw new Refusal('not-found')
      const { status, title, says } = problems[named as ProblemName]
      return reply.type('text/plain; charset=utf-8').send(`${title} (${status})\n\n${says}\n`)
    })
    app.post('/token', { config: { access: 'client', machine: true } }, async (request, reply) => {
      const wait = waitForToken(web.contextOf(request).address)
      if (wait > 0) throw new Refusal('too-many-requests', { retryAfter: wait })
      const isForm = /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')
      if (!isForm || request.headers.authorization !== undefined) {
        const error_description = isForm ? 'clients authenticate by private_key_jwt only' : 'send a form'
        return reply.code(400).send({ error: 'invalid_request', error_description })
      }
      const answer = await tokens.issue((request.body ?? {}) as Record<string, unknown>)
      // "MUST include the HTTP Cache-Control response header field with a value of no-store" (RFC 6749 section 5.1): every
      // answer of the hub has it.
      if (!answer.ok) {
        log.warn('token refused', { reference: web.contextOf(request).reference, error: answer.error })
        return reply.code(statusOf(answer.error)).send({ error: answer.error, error_description: answer.description })
      }
      return reply.send({
        access_token: answer.token,
        token_type: 'Bearer',
        expires_in: tokenLifetime / second,
        scope: answer.scopes.join(' '),
      })
    })
  }

  /** RFC 8414 and RFC 9728, so that a program needs no more than the address of the API. */
  function mountMetadata(app: FastifyInstance): void {
    const config = { access: 'public', machine: true } as const
    const scopes = [...new Set(operations.map(({ scope }) => scope))].sort()
    app.get(metadataPaths.server, { config }, () => ({
      issuer: api,
      token_endpoint: `${issuer}${tokenPath}`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256', 'RS256', 'Ed25519'],
      scopes_supported: scopes,
      service_documentation: `${api}/openapi.json`,
    }))
    app.get(metadataPaths.resource, { config }, () => ({
      resource: api,
      authorization_servers: [api],
      scopes_supported: scopes,
      bearer_methods_supported: ['header'],
    }))
  }

  return {
    async of(request, scope) {
      const { client, party } = await admit(request, scope)
      // Scopes of partners are those of programs that have a party (`clients.ts`).
      if (!party) throw new Refusal('not-allowed')
      return { client, side: party.side, object: party.id, partner: party.partner }
    },
    refuse,
  }
}

/** The well-known part comes before the path (RFC 8414 section 3.1, RFC 9728 section 3.1). */
const metadataPaths = {
  server: `/.well-known/oauth-authorization-server${apiPath}`,
  resource: `/.well-known/oauth-protected-resource${apiPath}`,
} as const

const json = { 'content-type': 'application/json; charset=utf-8' } as const

const statusOf = (error: TokenError) => (error === 'invalid_client' ? 401 : 400)

function callerOf({ client, registeredBy, operator, party }: ApiClient): Caller {
  const behind = operator ?? (registeredBy.kind === 'operator' ? registeredBy.id : undefined)
  return {
    client,
    actor: { kind: 'api_client', id: client },
    ...(behind ? { behind } : {}),
    ...(party ? { party: { side: party.side, object: party.id, partner: party.partner } } : {}),
  }
}

/** A string as RFC 8941 writes it, in quotes; many programs leave them out. */
const keyHeader = z.string().regex(/^(?:"[\x21\x23-\x5b\x5d-\x7e]{8,128}"|[\w.:~+/=-]{8,128})$/)

function keyOf({ headers }: FastifyRequest): string | undefined {
  const given = headers['idempotency-key']
  if (given === undefined) return undefined
  const read = keyHeader.safeParse(given)
  if (!read.success) {
    const detail = 'must have 8 to 128 characters, without spaces'
    throw new Refusal('request-invalid', { errors: [{ header: 'idempotency-key', detail }] })
  }
  return read.data.replaceAll('"', '')
}

function repeatable(
  answers: Answers,
  request: FastifyRequest,
  { client, key }: { client: ApiClient; key: string },
  work: () => Promise<Written>,
): Promise<{ answer: Written; repeated: boolean }> {
  const fingerprint = JSON.stringify([
    request.method,
    request.url,
    request.headers['if-match'] ?? null,
    request.body ?? null,
  ])
  return answers.once({ client: client.client, key, fingerprint }, work)
}

function send(reply: FastifyReply, { status, headers, body }: Written): FastifyReply {
  return reply.code(status).headers(headers).send(body)
}
