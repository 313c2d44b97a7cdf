/**
 * Shared Signals Framework 1.0 over HTTP: what the hub publishes of itself as a transmitter, the management of streams,
 * polling (RFC 8936), and where partners' own events come in (RFC 8935). Here requests are read and answers written;
 * nothing is decided. Who a program is says the API, whose tokens these are.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { Log, Web } from '../http/http.ts'
import type { PartyScope } from '../kernel/api-scopes.ts'
import { toDate } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import { addressProblem, issuerProblem } from '../partners/addresses.ts'
import { publicKeyProblem } from '../partners/client-keys.ts'
import type { DestinationRules } from '../policy/destinations.ts'
import { errorOf, type Receiver, type RegisteredSource, type Source, type SourceRequest } from './receiver.ts'
import { isObject, type SubjectIdentifier, subjectOf } from './sets.ts'
import {
  inactivityTimeout,
  mostPolled,
  type PartyProgram,
  type Stream,
  type StreamRequest,
  type Transmitter,
  verificationInterval,
  wordOf,
} from './transmitter.ts'

/** Of the API (`api/`): whose token a request shows. */
export interface PartyDoor {
  /** Throws what `refuse` answers. */
  of(request: FastifyRequest, scope: PartyScope): Promise<PartyProgram>
  refuse(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Of this room. */
    partyProgram: PartyProgram | undefined
  }
}

export interface SsfRoutesOptions {
  web: Web
  transmitter: Transmitter
  receiver: Receiver
  door: PartyDoor
  issuer: string
  /** Plain http on this machine (`danger_allow_http`). */
  allowHttp: boolean
  /** Where the hub may call. */
  destinations: DestinationRules
  log: Log
}

/** SSF 1.0 section 6.1. */
export const deliveryMethods = { push: 'urn:ietf:rfc:8935', poll: 'urn:ietf:rfc:8936' } as const

export const ssfPaths = {
  metadata: '/.well-known/ssf-configuration',
  stream: '/ssf/stream',
  status: '/ssf/status',
  addSubject: '/ssf/subjects/add',
  removeSubject: '/ssf/subjects/remove',
  verification: '/ssf/verify',
  poll: '/ssf/poll',
  sources: '/ssf/sources',
  receive: '/ssf/receive',
} as const

const scope: PartyScope = 'party:signals'

/** The request cannot be read, or asks for what is not offered; `description` repeats no value of it. */
class Unreadable extends Error {
  override readonly name = 'Unreadable'
  readonly description: string

  constructor(description: string) {
    super(description)
    this.description = description
  }
}

export function mountSignals(options: SsfRoutesOptions): void {
  const { web, transmitter, receiver, door, issuer, allowHttp, destinations, log } = options
  const at = (path: string) => `${issuer}${path}`

  web.app.decorateRequest('partyProgram', undefined)
  // Who waits for an event would else be waited for.
  web.app.addHook('preClose', async () => transmitter.release())
  mountMetadata(web.app)
  void web.app.register(async (app) => {
    app.setErrorHandler((error, request, reply) => fail(error, request, reply))
    app.addContentTypeParser('application/secevent+jwt', { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    mountReceiving(app)
    await app.register(async (inner) => {
      inner.addHook('onRequest', async (request) => {
        request.partyProgram = await door.of(request, scope)
      })
      mountStreams(inner)
      mountPoll(inner)
      mountSources(inner)
    })
  })

  /** What this room cannot read it says in the words of its standards; all else is said as the API says it. */
  function fail(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const { code = '', statusCode = 500 } = thrown as Partial<FastifyError>
    const isBody = code.startsWith('FST_ERR_CTP') || (statusCode === 400 && thrown instanceof SyntaxError)
    if (!(thrown instanceof Unreadable) && !isBody) return door.refuse(thrown, request, reply)
    const description = thrown instanceof Unreadable ? thrown.description : 'the body cannot be read'
    return refuse(reply, statusCode === 413 ? 413 : 400, { err: 'invalid_request', description })
  }

  // ── What the hub says of itself ───────────────────────────────────────────────────────────────────────────────────

  /** SSF 1.0 section 7.1. */
  function mountMetadata(app: FastifyInstance): void {
    app.get(ssfPaths.metadata, { config: { access: 'public', machine: true } }, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').send({
        spec_version: '1_0',
        issuer,
        jwks_uri: at('/jwks'),
        delivery_methods_supported: Object.values(deliveryMethods),
        configuration_endpoint: at(ssfPaths.stream),
        status_endpoint: at(ssfPaths.status),
        add_subject_endpoint: at(ssfPaths.addSubject),
        remove_subject_endpoint: at(ssfPaths.removeSubject),
        verification_endpoint: at(ssfPaths.verification),
        authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
        default_subjects: 'ALL',
      }),
    )
  }

  // ── Streams ───────────────────────────────────────────────────────────────────────────────────────────────────────

  const guarded = { config: { access: { scope }, machine: true } } as const

  function mountStreams(app: FastifyInstance): void {
    app.post(ssfPaths.stream, guarded, async (request, reply) => {
      const made = await transmitter.create(programOf(request), requestIn(read(newStream, request.body ?? {})))
      if (made !== 'exists') return reply.code(201).send(configurationOf(made))
      return refuse(reply, 409, {
        err: 'conflict',
        description: 'a program has one stream: change the one that it has',
      })
    })

    app.get(ssfPaths.stream, guarded, async (request, reply) => {
      const { stream_id: id } = request.query as Record<string, unknown>
      if (id === undefined) return (await transmitter.streamsOf(programOf(request))).map(configurationOf)
      const found = await transmitter.find(programOf(request), String(id))
      return found ? configurationOf(found) : absent(reply)
    })

    for (const method of ['PATCH', 'PUT'] as const) {
      app.route({
        ...guarded,
        method,
        url: ssfPaths.stream,
        handler: async (request, reply) => {
          const given = read(changedStream, request.body)
          const before = await transmitter.find(programOf(request), given.stream_id)
          if (!before) return absent(reply)
          const told = suppliedMismatch(given, configurationOf(before))
          if (told) throw new Unreadable(`${told} is set by the transmitter, and is not what was sent`)
          const replace = method === 'PUT'
          const changed = await transmitter.change(programOf(request), before.id, requestIn(given, before), { replace })
          return changed ? configurationOf(changed) : absent(reply)
        },
      })
    }

    app.delete(ssfPaths.stream, guarded, async (request, reply) => {
      const { stream_id: id } = read(ofStream, request.query)
      return (await transmitter.remove(programOf(request), id)) ? reply.code(204).send() : absent(reply)
    })

    app.get(ssfPaths.status, guarded, async (request, reply) => {
      const { stream_id: id } = read(ofStream, request.query)
      const found = await transmitter.find(programOf(request), id)
      return found ? statusOf(found) : absent(reply)
    })

    app.post(ssfPaths.status, guarded, async (request, reply) => {
      const { stream_id: id, status, reason } = read(newStatus, request.body)
      const to = { status, ...(reason === undefined ? {} : { reason }) }
      const changed = await transmitter.setStatus(programOf(request), id, to)
      return changed ? statusOf(changed) : absent(reply)
    })

    for (const wanted of [true, false]) {
      app.post(wanted ? ssfPaths.addSubject : ssfPaths.removeSubject, guarded, async (request, reply) => {
        const { stream_id: id, subject } = read(aboutSubject, request.body)
        const done = await transmitter.setWanted(programOf(request), id, subject, wanted)
        if (done === 'absent') return absent(reply)
        if (done === 'done') return reply.code(wanted ? 200 : 204).send()
        return refuse(reply, 403, { err: 'access_denied', description: 'too many subjects were removed already' })
      })
    }

    app.post(ssfPaths.verification, guarded, async (request, reply) => {
      const { stream_id: id, state } = read(newVerification, request.body)
      const done = await transmitter.verify(programOf(request), id, state)
      if (done === 'done') return reply.code(204).send()
      if (done === 'absent') return absent(reply)
      if (done === 'disabled') throw new Unreadable('the stream is disabled')
      reply.header('retry-after', String(verificationInterval / second))
      return refuse(reply, 429, { err: 'too_many_requests', description: 'min_verification_interval is not over' })
    })
  }

  /** RFC 8936 section 2. */
  function mountPoll(app: FastifyInstance): void {
    app.post(`${ssfPaths.poll}/:stream`, guarded, async (request, reply) => {
      const { ack, setErrs, maxEvents = mostPolled, returnImmediately } = read(newPoll, request.body ?? {})
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const polled = await transmitter.poll(programOf(request), (request.params as { stream: string }).stream, {
        ack,
        setErrs: Object.entries(setErrs).map(([jti, { err }]) => ({ jti, err: wordOf(err) })),
        maxEvents: Math.min(maxEvents, mostPolled),
        ...(returnImmediately ? {} : { wait: gone.signal }),
      })
      if (!polled) return absent(reply)
      const sets = Object.fromEntries(polled.sets.map(({ jti, token }) => [jti, token]))
      return { sets, moreAvailable: polled.more }
    })
  }

  // ── What partners tell ────────────────────────────────────────────────────────────────────────────────────────────

  /** RFC 8935 section 2. */
  function mountReceiving(app: FastifyInstance): void {
    const config = { access: 'client', machine: true } as const
    app.post(`${ssfPaths.receive}/:source`, { config }, async (request, reply) => {
      const { source } = request.params as { source: string }
      const { authorization } = request.headers
      // Of another content type: what it is, is not guessed.
      const token = typeof request.body === 'string' ? request.body.trim() : ''
      const received = await receiver.receive(source, { authorization, token })
      if (received.kind === 'accepted') return reply.code(202).send()
      if (received.kind === 'absent') return absent(reply)
      if (received.kind === 'unavailable') {
        log.warn('signals: the keys of a partner cannot be read', { source })
        return refuse(reply.header('retry-after', '60'), 503, { description: 'your key set cannot be read now' })
      }
      // "MUST include a Content-Language header field" (section 2.3).
      return refuse(reply.header('content-language', 'en'), 400, errorOf(received.refusal))
    })
  }

  function mountSources(app: FastifyInstance): void {
    const one = `${ssfPaths.sources}/:source`
    const idOf = (request: FastifyRequest) => (request.params as { source: string }).source

    app.get(ssfPaths.sources, guarded, async (request) =>
      (await receiver.sourcesOf(programOf(request))).map((source) => sourceOf({ source })),
    )
    app.get(one, guarded, async (request, reply) => {
      const found = (await receiver.sourcesOf(programOf(request))).find(({ id }) => id === idOf(request))
      return found ? sourceOf({ source: found }) : absent(reply)
    })
    app.post(ssfPaths.sources, guarded, async (request, reply) => {
      const added = await receiver.add(programOf(request), sourceRequestIn(request.body))
      if (added !== 'too_many') return reply.code(201).send(sourceOf(added))
      return refuse(reply, 409, { err: 'conflict', description: 'five sources of one service or provider are enough' })
    })
    app.put(one, guarded, async (request, reply) => {
      const changed = await receiver.change(programOf(request), idOf(request), sourceRequestIn(request.body))
      return changed ? sourceOf(changed) : absent(reply)
    })
    app.delete(one, guarded, async (request, reply) =>
      (await receiver.remove(programOf(request), idOf(request))) ? reply.code(204).send() : absent(reply),
    )
  }

  // ── Reading ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function requestIn(
    { delivery, events_requested: requested, description }: GivenStream,
    before?: Stream,
  ): StreamRequest {
    return {
      ...(delivery ? { delivery: deliveryIn(delivery, before) } : {}),
      ...(requested ? { requested } : {}),
      ...(description === undefined ? {} : { description }),
    }
  }

  function deliveryIn(given: GivenDelivery, before?: Stream): NonNullable<StreamRequest['delivery']> {
    if (given.method === deliveryMethods.poll) {
      // "supplied by the Transmitter" (SSF 1.0 section 8.1.1.1).
      const own = before && pollAddress(before)
      if (given.endpoint_url !== undefined && given.endpoint_url !== own) {
        throw new Unreadable('delivery.endpoint_url of a poll is set by the transmitter')
      }
      return { method: 'poll' }
    }
    const { authorization_header: authorization } = given
    const endpoint = calledAddress('delivery.endpoint_url', given.endpoint_url)
    return { method: 'push', endpoint, ...(authorization === undefined ? {} : { authorization }) }
  }

  /** By what it says; where it leads is judged again whenever it is called. */
  function calledAddress(name: string, text: string | undefined): string {
    if (text === undefined) throw new Unreadable(`${name} is missing`)
    const found = addressProblem(text, { allowHttp, called: destinations })
    if (found) throw new Unreadable(`${name} ${found.text}`)
    return text
  }

  function sourceRequestIn(body: unknown): SourceRequest {
    const given = read(newSource, body)
    const { issuer: from, audience, jwks, jwks_uri: uri, delivery, renew_authorization: renew } = given
    const found = issuerProblem(from, { allowHttp })
    if (found) throw new Unreadable(`issuer ${found.text}`)
    if ((jwks === undefined) === (uri === undefined)) throw new Unreadable('name either jwks or jwks_uri')
    const { method, endpoint_url: endpoint, authorization_header: authorization } = delivery
    return {
      issuer: from,
      ...(audience === undefined ? {} : { audience }),
      keys: jwks ? { jwks: jwks as unknown as JSONWebKeySet } : { uri: calledAddress('jwks_uri', uri) },
      delivery:
        method === deliveryMethods.push
          ? { method: 'push' }
          : {
              method: 'poll',
              endpoint: calledAddress('delivery.endpoint_url', endpoint),
              ...(authorization === undefined ? {} : { authorization }),
            },
      ...(renew === undefined ? {} : { renew }),
    }
  }

  // ── Writing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  const pollAddress = ({ id }: Pick<Stream, 'id'>) => at(`${ssfPaths.poll}/${id}`)

  /** SSF 1.0 section 8.1.1. The header of a push is not given back. */
  function configurationOf(stream: Stream): Configuration {
    const { id, client, method, endpoint, requested, offered, delivered, description } = stream
    return {
      stream_id: id,
      iss: issuer,
      aud: client,
      events_supported: offered,
      ...(requested ? { events_requested: requested } : {}),
      events_delivered: delivered,
      delivery: { method: deliveryMethods[method], endpoint_url: endpoint ?? pollAddress(stream) },
      min_verification_interval: verificationInterval / second,
      ...(method === 'poll' ? { inactivity_timeout: inactivityTimeout / second } : {}),
      ...(description === undefined ? {} : { description }),
    }
  }

  function sourceOf({ source, secret }: { source: Source; secret?: string } | RegisteredSource) {
    const { id, keys, method, endpoint, counts, lastAcceptedAt, lastRefused, lastPolledAt, failing } = source
    const instant = (time: number) => toDate(time).toISOString()
    return {
      source_id: id,
      issuer: source.issuer,
      audience: source.audience,
      ...('uri' in keys ? { jwks_uri: keys.uri } : { keys: keys.held }),
      delivery: {
        method: deliveryMethods[method],
        endpoint_url: endpoint ?? at(`${ssfPaths.receive}/${id}`),
        ...(secret ? { authorization_header: `Bearer ${secret}` } : {}),
      },
      counts,
      ...(lastAcceptedAt ? { last_accepted_at: instant(lastAcceptedAt) } : {}),
      ...(lastRefused ? { last_refused: { at: instant(lastRefused.at), reason: lastRefused.reason } } : {}),
      ...(lastPolledAt ? { last_polled_at: instant(lastPolledAt) } : {}),
      ...(failing ? { failing: { since: instant(failing.since), tries: failing.tries, error: failing.error } } : {}),
    }
  }
}

interface Configuration {
  stream_id: string
  iss: string
  aud: string
  events_supported: readonly string[]
  events_requested?: readonly string[]
  events_delivered: readonly string[]
  delivery: { method: string; endpoint_url: string }
  min_verification_interval: number
  inactivity_timeout?: number
  description?: string
}

function programOf({ partyProgram: program }: FastifyRequest): PartyProgram {
  if (!program) throw new Error('a route of streams without a program')
  return program
}

function refuse(reply: FastifyReply, status: number, said: { err?: string; description: string }): FastifyReply {
  return reply.code(status).send(said)
}

/** Nobody learns whether it is somebody else's. */
const absent = (reply: FastifyReply) => refuse(reply, 404, { err: 'not_found', description: 'there is no such one' })

function statusOf({ id, status, reason }: Stream) {
  return { stream_id: id, status, ...(reason === undefined ? {} : { reason }) }
}

/** "Transmitter-Supplied properties besides the stream_id MAY be present, but they MUST match the expected value". */
function suppliedMismatch(given: Record<string, unknown>, expected: Configuration): string | undefined {
  const supplied = [
    'iss',
    'aud',
    'events_supported',
    'events_delivered',
    'min_verification_interval',
    'inactivity_timeout',
  ] as const
  const isSame = (a: unknown, b: unknown) => JSON.stringify([a].flat().sort()) === JSON.stringify([b].flat().sort())
  return supplied.find((name) => given[name] !== undefined && !isSame(given[name], expected[name]))
}

// ── Shapes of requests ──────────────────────────────────────────────────────────────────────────────────────────────

function read<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Unreadable(`${issue?.path.join('.') || 'the request'} is missing or malformed`)
}

const header = z.string().regex(/^[\x21-\x7e](?:[\x20-\x7e]{0,4094}[\x21-\x7e])?$/)
const delivery = z.looseObject({
  method: z.enum(Object.values(deliveryMethods) as [string, string]),
  endpoint_url: z.string().max(2_000).optional(),
  authorization_header: header.optional(),
})
type GivenDelivery = z.output<typeof delivery>

/** "This array SHOULD NOT be empty", and what is not understood in it is ignored. */
const events = z.array(z.string().max(500)).min(1).max(100)
const description = z
  .string()
  .max(4_000)
  .transform((text) => text.slice(0, 200))
const streamMembers = {
  delivery: delivery.optional(),
  events_requested: events.optional(),
  description: description.optional(),
}
const newStream = z.looseObject(streamMembers)
type GivenStream = Pick<z.output<typeof newStream>, 'delivery' | 'events_requested' | 'description'>

const streamId = z.string().max(100)
const changedStream = z.looseObject({ stream_id: streamId, ...streamMembers })
const ofStream = z.looseObject({ stream_id: streamId })
const newStatus = z.looseObject({
  stream_id: streamId,
  status: z.enum(['enabled', 'paused', 'disabled']),
  reason: z.string().max(500).optional(),
})
const aboutSubject = z.looseObject({
  stream_id: streamId,
  subject: z.unknown().transform((value, context): SubjectIdentifier => {
    const found = subjectOf(value)
    if (found?.format === 'iss_sub') return found
    context.addIssue({ code: 'custom', message: 'iss_sub' })
    return z.NEVER
  }),
})
const newVerification = z.looseObject({ stream_id: streamId, state: z.string().max(1_000).optional() })
const newPoll = z.looseObject({
  ack: z.array(z.string().max(255)).max(1_000).default([]),
  setErrs: z
    .record(z.string().max(255), z.looseObject({ err: z.string() }))
    .refine((errors) => Object.keys(errors).length <= mostPolled)
    .default({}),
  maxEvents: z.int().min(0).optional(),
  returnImmediately: z.boolean().optional(),
})
const newSource = z.looseObject({
  issuer: z.string().max(500),
  audience: z.string().min(1).max(500).optional(),
  jwks: z
    .object({
      keys: z
        .array(z.looseObject({ kty: z.string() }).refine((jwk) => isObject(jwk) && publicKeyProblem(jwk) === undefined))
        .min(1)
        .max(10),
    })
    .optional(),
  jwks_uri: z.string().max(2_000).optional(),
  delivery: delivery,
  renew_authorization: z.boolean().optional(),
})
