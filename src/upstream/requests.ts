/**
 * Requests from the hub to providers, by `http/outbound.ts`: https only, to addresses that may be called, never
 * redirected, of a bounded size and duration. Here each failure gets the words of this room.
 */
import { createOutbound, type Lookup, OutboundFailure, type Reach } from '../http/outbound.ts'
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

export interface Requests {
  /**
   * The reply whatever its status, and wherever it would send us.
   *
   * @throws Refusal `provider_silent` without an answer in time
   * @throws Refusal `provider_answer_invalid` for a body too large, an address that is not allowed
   */
  ask(stage: Stage, address: string, options: RequestOptions): Promise<Reply>
  /**
   * The provider's reply when it is an answer, or an error of the client's making.
   *
   * @throws Refusal `provider_silent` without an answer in time, or one that says the provider is out of order
   * @throws Refusal `provider_answer_invalid` for any other status, a body too large, an address that is not allowed
   */
  send(stage: Stage, address: string, options: RequestOptions): Promise<Reply>
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

  async function ask(stage: Stage, address: string, options: RequestOptions): Promise<Reply> {
    const url = new URL(address)
    if (!mayCall(url)) throw invalid(`${stage}_address`)
    try {
      const { status, headers, body } = await outbound.ask(url, options)
      return {
        status,
        mediaType: (headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
        challenge: headers.get('www-authenticate') ?? undefined,
        text: body.toString('utf8'),
      }
    } catch (error) {
      throw error instanceof OutboundFailure ? refusalFor(stage, error) : error
    }
  }

  async function send(stage: Stage, address: string, options: RequestOptions): Promise<Reply> {
    const reply = await ask(stage, address, options)
    if (reply.status >= 500 || reply.status === 429) throw silent(`${stage}_unavailable`)
    // Following it would carry the client's secret, the code or the access token to a place that nobody registered.
    if (reply.status >= 300 && reply.status < 400) throw invalid(`${stage}_redirected`)
    if (reply.status !== 200 && reply.status < 400) throw invalid(`${stage}_status`)
    return reply
  }

  return { ask, send, mayCall, close: outbound.close }
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
