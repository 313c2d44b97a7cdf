/**
 * Requests that the hub makes to other machines: bounded in size and time, never redirected, over kept connections. Who
 * may be called is decided by `policy/destinations.ts`; here it is seen to that the address which is judged is the one
 * that is connected to. It is judged where the socket finds it (a literal before connecting, a name in the socket's own
 * look-up, so that no second look-up can say something else), and again on the connected socket. What that costs is per
 * connection, not per request.
 *
 * On `node:http` rather than the global `fetch`: the same exchange costs 0.16 ms of CPU in place of 0.37, and its sockets
 * can be looked at. Nothing else in `src/` opens a connection to an address that somebody else chose.
 */
import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns'
import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction, type Socket } from 'node:net'
import { urlToHttpOptions } from 'node:url'
import { second } from '../kernel/durations.ts'
import { type DestinationRules, decideDestination, type Forbidden } from '../policy/destinations.ts'

/** Bytes of a body. Discovery documents and key sets with certificate chains stay far below. */
const defaultSize = 256 * 1024

/** To one host. Beyond it requests wait their turn, and their timeout runs. */
const connectionsToOneHost = 64

export interface OutboundRequest {
  method: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Milliseconds from the call to the last byte. */
  timeout?: number
  signal?: AbortSignal
}

export interface OutboundReply {
  status: number
  /** Those that callers read, by their names in lower case. */
  headers: Record<string, string>
  body: Buffer
}

/** Where a request goes: what `node:http` takes of an address. */
export interface Target {
  readonly protocol: 'http:' | 'https:'
  readonly hostname: string
  /** That of the protocol by default. */
  readonly port?: string | number
  readonly path: string
  /** Name and password, where an address holds them. */
  readonly auth?: string
}

/**
 * An address taken apart, for whoever asks there often.
 *
 * @throws TypeError what is no address
 * @throws OutboundFailure `forbidden` what is neither http nor https
 */
export function targetOf(address: string | URL): Target {
  const { protocol, hostname, port, path, auth } = urlToHttpOptions(new URL(address))
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new OutboundFailure('forbidden', 'answered', new Error('neither http nor https'))
  }
  return { protocol, hostname: hostname ?? '', path: path ?? '/', ...(port && { port }), ...(auth && { auth }) }
}

/**
 * What a failure says of the way there. `answered`: somebody at the other end did, if only by a refusal. `silent`:
 * nobody. `no_route`: this machine could not even try: no network, no name server, no socket.
 */
export type Reach = 'answered' | 'silent' | 'no_route'

export class OutboundFailure extends Error {
  override readonly name = 'OutboundFailure'
  readonly kind: 'forbidden' | 'timeout' | 'unreachable' | 'too_large' | 'redirected' | 'cancelled'
  readonly reach: Reach

  constructor(kind: OutboundFailure['kind'], reach: Reach, cause?: unknown) {
    super(kind, { cause })
    this.kind = kind
    this.reach = reach
  }
}

/** As much of `fetch` as rooms and libraries need. A redirection is an answer like another, or with `error` a failure. */
export type OutboundFetch = (
  address: string,
  init?: {
    method?: string
    headers?: NonNullable<RequestInit['headers']>
    body?: string | URLSearchParams
    redirect?: NonNullable<RequestInit['redirect']>
    signal?: AbortSignal | null
  },
) => Promise<Response>

export interface Outbound {
  /**
   * The reply whatever its status, and wherever it would send us.
   *
   * @throws OutboundFailure
   */
  ask(to: string | URL | Target, request: OutboundRequest): Promise<OutboundReply>
  fetch: OutboundFetch
  close(): void
}

/** As `dns.lookup` with `all`. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

export interface OutboundOptions {
  /** `anywhere` for addresses that the operator of the hub wrote into its settings. */
  rules: DestinationRules | 'anywhere'
  /** Milliseconds, where a request does not say another; 8 s by default. */
  timeout?: number
  /** Bytes of a body. */
  size?: number
  /** Connections are kept for the next request; so by default. */
  keepAlive?: boolean
  lookup?: Lookup
}

export function createOutbound(options: OutboundOptions): Outbound {
  const { rules, timeout: patience = 8 * second, size = defaultSize, keepAlive = true, lookup = systemLookup } = options
  const kept = keepAlive ? { keepAlive, maxSockets: connectionsToOneHost } : {}
  const guard = rules === 'anywhere' ? undefined : { rules, lookup }
  const ways = {
    'http:': {
      request: http.request,
      agent: guarded(new http.Agent(kept), guard),
      own: () => guarded(new http.Agent(), guard),
    },
    'https:': {
      request: https.request,
      agent: guarded(new https.Agent(kept), guard),
      own: () => guarded(new https.Agent(), guard),
    },
  }

  const ask = (to: string | URL | Target, request: OutboundRequest): Promise<OutboundReply> =>
    exchange(to, request).catch((error) => {
      if (error !== closedIdle) throw error
      // The other end closed a kept connection in the instant in which it was taken again. What reached it all the same
      // (a code, a logout) is refused or ignored the second time.
      return exchange(to, request, { isLast: true })
    })

  function exchange(
    to: string | URL | Target,
    { method, headers = {}, body, timeout = patience, signal }: OutboundRequest,
    { isLast } = { isLast: false },
  ): Promise<OutboundReply> {
    return new Promise((resolve, reject) => {
      const target = typeof to === 'string' || to instanceof URL ? targetOf(to) : to
      const way = ways[target.protocol]
      if (signal?.aborted) throw new OutboundFailure('cancelled', 'answered', signal.reason)
      // The second time on a connection of its own, so that it cannot meet the same end.
      const agent = isLast ? way.own() : way.agent
      const outgoing = way.request({ ...target, method, headers: sized(headers, body), agent })
      // Whatever comes first counts: destroying the request makes an error of its own.
      const settle = (how: () => void) => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', cancel)
        how()
      }
      const fail = (reason: unknown) => {
        settle(() => reject(reason))
        outgoing.destroy()
      }
      const cancel = () => fail(new OutboundFailure('cancelled', 'answered', signal?.reason))
      const timer = setTimeout(() => fail(new OutboundFailure('timeout', reachOf(outgoing))), timeout)
      signal?.addEventListener('abort', cancel)
      outgoing.on('response', (response) => {
        collect(response, size, { fail, done: (reply) => settle(() => resolve(reply)) })
      })
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const wasClosedIdle = outgoing.reusedSocket && error.code === 'ECONNRESET' && !isLast
        fail(wasClosedIdle ? closedIdle : failureOf(error))
      })
      outgoing.end(body)
    })
  }

  const fetch: OutboundFetch = async (address, { method = 'GET', headers, body, redirect, signal } = {}) => {
    const {
      status,
      headers: answered,
      body: bytes,
    } = await ask(address, {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body === undefined ? {} : { body: String(body) }),
      ...(signal ? { signal } : {}),
    })
    if (redirect === 'error' && isRedirection(status)) throw new OutboundFailure('redirected', 'answered')
    return new Response(bodiless.has(status) ? null : new Uint8Array(bytes), { status, headers: answered })
  }

  return {
    ask,
    fetch,
    close: () => {
      for (const { agent } of Object.values(ways)) agent.destroy()
    },
  }
}

const isRedirection = (status: number) => status >= 300 && status < 400

/** "a null body status" (Fetch standard, section 2.2.3). */
const bodiless = new Set([101, 103, 204, 205, 304])

/** A kept connection was closed before anything came back on it. */
const closedIdle = Symbol('closed while idle')

function sized(
  headers: Record<string, string>,
  body: string | Uint8Array | undefined,
): Record<string, string | number> {
  return body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) }
}

/** What the callers read of an answer. */
const headersRead = ['content-type', 'cache-control', 'expires', 'retry-after', 'www-authenticate'] as const

/** Gathers the body up to the limit; what follows is not read. */
function collect(
  response: IncomingMessage,
  size: number,
  { fail, done }: { fail(failure: OutboundFailure): void; done(reply: OutboundReply): void },
): void {
  const status = response.statusCode ?? 0
  // Beyond what HTTP defines (RFC 9110 section 15) there is nothing that anybody could make of it.
  if (status < 200 || status > 599) {
    fail(new OutboundFailure('unreachable', 'answered'))
    return
  }
  const chunks: Buffer[] = []
  let gathered = 0
  response.on('data', (chunk: Buffer) => {
    gathered += chunk.length
    if (gathered > size) fail(new OutboundFailure('too_large', 'answered'))
    else chunks.push(chunk)
  })
  response.on('error', (error) => fail(new OutboundFailure('unreachable', 'answered', error)))
  response.on('end', () => {
    const headers: Record<string, string> = {}
    for (const name of headersRead) {
      const value = response.headers[name]
      if (value !== undefined) headers[name] = value
    }
    done({ status, headers, body: Buffer.concat(chunks) })
  })
}

// --- Who is connected to -------------------------------------------------------------------------------------------

/** Why no connection was made. */
class ForbiddenDestination extends Error {
  override readonly name = 'ForbiddenDestination'
  readonly forbidden: Forbidden

  constructor(forbidden: Forbidden) {
    super(`an address that is ${forbidden}`)
    this.forbidden = forbidden
  }
}

interface Guard {
  rules: DestinationRules
  lookup: Lookup
}

type Connecting = Parameters<http.Agent['createConnection']>

/** The agent, whose connections lead only where the rules allow. */
function guarded<A extends http.Agent>(agent: A, guard: Guard | undefined): A {
  if (!guard) return agent
  const { rules } = guard
  const connect = agent.createConnection.bind(agent)
  agent.createConnection = (options: Connecting[0], done: Connecting[1]) => {
    const host = options.host ?? ''
    // A socket looks no literal up.
    const forbidden = isIP(host) === 0 ? undefined : decideDestination(host, host, rules)
    if (forbidden) {
      done?.(new ForbiddenDestination(forbidden), undefined as never)
      return undefined
    }
    const socket = connect({ ...options, lookup: judgedLookup(guard) }, done)
    // Before anything is written on it, the first bytes of TLS included.
    const judge = () => {
      // Without one the other end is gone already.
      const { remoteAddress } = socket as Socket
      const found = remoteAddress === undefined ? undefined : decideDestination(remoteAddress, host, rules)
      if (found) socket?.destroy(new ForbiddenDestination(found))
    }
    socket?.prependOnceListener('connect', judge)
    return socket
  }
  return agent
}

/** A name leads to those of its addresses that may be called; with none of them it leads nowhere. */
function judgedLookup({ rules, lookup }: Guard): LookupFunction {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0)
      const judged = addresses.map((found) => ({ found, forbidden: decideDestination(found.address, hostname, rules) }))
      const allowed = judged.flatMap(({ found, forbidden }) => (forbidden ? [] : found))
      const [first] = allowed
      if (!first) return done(new ForbiddenDestination(judged[0]?.forbidden ?? 'special'), '', 0)
      if (options.all) done(null, allowed)
      else done(null, first.address, first.family)
    })
  }
}

// --- What a failure says -------------------------------------------------------------------------------------------

/** Faults of this machine and of the network that it stands in, as the system names them. */
const noRoute = new Set([
  ...['ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'ENOBUFS', 'EMFILE', 'ENFILE', 'EACCES', 'EPERM'],
  // "The name server returned a temporary failure indication" (getaddrinfo(3)): also when none can be reached.
  ...['EAI_AGAIN', 'EAI_FAIL', 'EAI_SYSTEM', 'EAI_MEMORY'],
])

/** Nobody said anything: no answer to the first packet, or a router that knows no way on. */
const silence = new Set(['ETIMEDOUT', 'EHOSTUNREACH', 'EHOSTDOWN'])

function failureOf(error: NodeJS.ErrnoException): OutboundFailure {
  if (error instanceof ForbiddenDestination) return new OutboundFailure('forbidden', 'answered', error)
  return new OutboundFailure('unreachable', reachOfError(error), error)
}

/** Where several addresses were tried, one that answered is an answer. */
function reachOfError(error: unknown): Reach {
  if (error instanceof AggregateError) {
    const each = error.errors.map(reachOfError)
    return (['answered', 'silent'] as const).find((reach) => each.includes(reach)) ?? 'no_route'
  }
  const { code = '' } = error as NodeJS.ErrnoException
  if (noRoute.has(code)) return 'no_route'
  return silence.has(code) ? 'silent' : 'answered'
}

/** Of a request whose time is over. */
function reachOf({ reusedSocket, socket }: ClientRequest): Reach {
  return reusedSocket || (socket && !socket.connecting) ? 'answered' : 'silent'
}
