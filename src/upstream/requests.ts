/**
 * Requests from the hub to providers, by `http/outbound.ts`: https only, to addresses that may be called, never
 * redirected, of a bounded size and duration. Here each failure gets the words of this room.
 */
import {
  createOutbound,
  type Lookup,
  OutboundFailure,
  type OutboundReply,
  type Reach,
  type Target,
  targetOf,
} from '../http/outbound.ts'
import { isLoopback } from '../partners/addresses.ts'
import { type DestinationRules, decideHost, publicOnly } from '../policy/destinations.ts'
import { invalid, Refusal, type Stage, silent } from './refusals.ts'

export interface Reply {
  /** 200, or one of 4xx. */
  status: number
  /** Media type in lower case, without parameters. */
  mediaType: string
  /** The challenge of a 401, which says that the client or the token was not accepted. */
  challenge: string | undefined
  text: string
}

export interface RequestOptions {
  method: 'GET' | 'POST'
  headers: Record<string, string>
  body?: string
}

/** An address that may be called, for one kind of requests. */
export interface Endpoint {
  stage: Stage
  target: Target
}

export interface Requests {
  /**
   * Judged by what the address says of itself, which stays as it is: good for as many requests as one likes. What a name
   * leads to is judged with every connection.
   *
   * @throws Refusal `provider_answer_invalid` for an address that is not allowed
   */
  endpoint(stage: Stage, address: string): Endpoint
  /**
   * The reply whatever its status, and wherever it would send us.
   *
   * @throws Refusal `provider_silent` without an answer in time
   * @throws Refusal `provider_answer_invalid` for a body too large, a name that leads where the hub may not go
   */
  ask(endpoint: Endpoint, options: RequestOptions): Promise<Reply>
  /**
   * The provider's reply when it is an answer, or an error of the client's making.
   *
   * @throws Refusal `provider_silent` without an answer in time, or one that says the provider is out of order
   * @throws Refusal `provider_answer_invalid` for any other status, and as for `ask`
   */
  send(endpoint: Endpoint, options: RequestOptions): Promise<Reply>
  /** What an address says by itself; a name is judged when it is called. */
  mayCall(url: URL): boolean
  close(): void
}

/** May a browser that the hub sends go there? Plain http only on this machine, and only when allowed. */
export function isAllowedAddress(url: URL, allowHttp: boolean): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && allowHttp && isLoopback(url.hostname))
}

/** Where requests may go. */
export interface Way {
  /** Which addresses may be called; where plain http is allowed this machine too, by default. */
  destinations?: DestinationRules
  lookup?: Lookup
}

export const wayOf = ({ destinations, lookup }: Way): Way => ({
  ...(destinations ? { destinations } : {}),
  ...(lookup ? { lookup } : {}),
})

export interface RequestSettings extends Way {
  /** Milliseconds, from the call to the last byte. */
  timeout: number
  allowHttp: boolean
  /** Connections are kept for the next request; so by default. */
  keepAlive?: boolean
}

export function createRequests({ allowHttp, destinations, ...settings }: RequestSettings): Requests {
  const rules = destinations ?? { ...publicOnly, loopback: allowHttp }
  const outbound = createOutbound({ ...settings, rules })

  const mayCall = (url: URL) => isAllowedAddress(url, allowHttp) && decideHost(url.hostname, rules) === undefined

  return {
    endpoint: (stage, address) => {
      const url = new URL(address)
      if (!mayCall(url)) throw invalid(`${stage}_address`)
      return { stage, target: targetOf(url) }
    },
    ask: ({ stage, target }, options) => outbound.ask(target, options).then(replyOf, thrownAs(stage)),
    send: ({ stage, target }, options) =>
      outbound.ask(target, options).then((answer) => acceptable(stage, replyOf(answer)), thrownAs(stage)),
    mayCall,
    close: outbound.close,
  }
}

function replyOf({ status, headers, body }: OutboundReply): Reply {
  return {
    status,
    mediaType: (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    challenge: headers['www-authenticate'],
    text: body.toString('utf8'),
  }
}

function acceptable(stage: Stage, reply: Reply): Reply {
  if (reply.status >= 500 || reply.status === 429) throw silent(`${stage}_unavailable`)
  // Following it would carry the client's secret, the code or the access token to a place that nobody registered.
  if (reply.status >= 300 && reply.status < 400) throw invalid(`${stage}_redirected`)
  if (reply.status !== 200 && reply.status < 400) throw invalid(`${stage}_status`)
  return reply
}

function thrownAs(stage: Stage): (error: unknown) => never {
  return (error) => {
    throw error instanceof OutboundFailure ? refusalFor(stage, error) : error
  }
}

function refusalFor(stage: Stage, failure: OutboundFailure): Refusal {
  switch (failure.kind) {
    case 'forbidden':
      return invalid(`${stage}_address`, failure)
    case 'too_large':
      return invalid(`${stage}_too_large`, failure)
    case 'timeout':
      return silent(`${stage}_timeout`, failure)
    default:
      return silent(`${stage}_unreachable`, failure)
  }
}

/** How far a request got that was refused: anything but a failure on the way is an answer. */
export function reachOf(error: unknown): Reach {
  return error instanceof Refusal && error.cause instanceof OutboundFailure ? error.cause.reach : 'answered'
}
