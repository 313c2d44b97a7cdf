/**
 * Requests from the hub to providers: over kept connections, https only, never redirected, of a bounded size and
 * duration. On `node:http` rather than the global `fetch`: the same exchange costs 0.16 ms of CPU in place of 0.37, and a
 * login makes two.
 */
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { invalid, type Refusal, type Stage, silent } from './refusals.ts'

/** Bytes of a body. Discovery documents and key sets with certificate chains stay far below. */
const sizeLimit = 256 * 1024

/** To one provider. Beyond it requests wait their turn, and their timeout runs. */
const connectionsToOneHost = 64

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
  close(): void
}

/** May the hub, or a browser that it sends, go there? Plain http only on this machine, and only when allowed. */
export function isAllowedAddress(url: URL, allowHttp: boolean): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && allowHttp && isLoopback(url.hostname))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** `timeout` in milliseconds, from the call to the last byte. `keepAlive`: connections are kept for the next request. */
export function createRequests(settings: { timeout: number; allowHttp: boolean; keepAlive?: boolean }): Requests {
  const { timeout, allowHttp, keepAlive = true } = settings
  const options = keepAlive ? { keepAlive, maxSockets: connectionsToOneHost } : {}
  const plain = { agent: new http.Agent(options), request: http.request }
  const secure = { agent: new https.Agent(options), request: https.request }

  async function ask(stage: Stage, address: string, options: RequestOptions): Promise<Reply> {
    const url = new URL(address)
    if (!isAllowedAddress(url, allowHttp)) throw invalid(`${stage}_address`)
    return attempt(stage, url, options)
  }

  async function send(stage: Stage, address: string, options: RequestOptions): Promise<Reply> {
    const reply = await ask(stage, address, options)
    if (reply.status >= 500 || reply.status === 429) throw silent(`${stage}_unavailable`)
    // Following it would carry the client's secret, the code or the access token to a place that nobody registered.
    if (reply.status >= 300 && reply.status < 400) throw invalid(`${stage}_redirected`)
    if (reply.status !== 200 && reply.status < 400) throw invalid(`${stage}_status`)
    return reply
  }

  async function attempt(stage: Stage, url: URL, options: RequestOptions): Promise<Reply> {
    try {
      return await exchange(stage, url, options)
    } catch (error) {
      if (error !== closedIdle) throw error
      // The provider closed a kept connection in the instant in which it was taken again. A code that reached it all
      // the same is refused the second time, and the person is where they would be without this.
      return await exchange(stage, url, options, { isLast: true })
    }
  }

  function exchange(
    stage: Stage,
    url: URL,
    { method, headers, body }: RequestOptions,
    { isLast } = { isLast: false },
  ): Promise<Reply> {
    const { agent, request } = url.protocol === 'https:' ? secure : plain
    return new Promise((resolve, reject) => {
      // The second time on a connection of its own, so that it cannot meet the same end.
      const outgoing = request(url, { method, headers: sized(headers, body), agent: isLast ? false : agent })
      // Whatever comes first counts: destroying the request makes an error of its own.
      const settle = (how: () => void) => {
        clearTimeout(timer)
        how()
      }
      const fail = (reason: unknown) => {
        settle(() => reject(reason))
        outgoing.destroy()
      }
      const timer = setTimeout(() => fail(silent(`${stage}_timeout`)), timeout)
      outgoing.on('response', (response) => {
        collect(stage, response, { fail, done: (reply) => settle(() => resolve(reply)) })
      })
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        const wasClosedIdle = outgoing.reusedSocket && error.code === 'ECONNRESET' && !isLast
        fail(wasClosedIdle ? closedIdle : silent(`${stage}_unreachable`, error))
      })
      outgoing.end(body)
    })
  }

  return {
    ask,
    send,
    close: () => {
      plain.agent.destroy()
      secure.agent.destroy()
    },
  }
}

function sized(headers: Record<string, string>, body: string | undefined): Record<string, string | number> {
  return body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) }
}

/** A kept connection was closed before anything came back on it. */
const closedIdle = Symbol('closed while idle')

/** Gathers the body up to the limit; what follows is not read. */
function collect(
  stage: Stage,
  response: IncomingMessage,
  { fail, done }: { fail(refusal: Refusal): void; done(reply: Reply): void },
): void {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size > sizeLimit) fail(invalid(`${stage}_too_large`))
    else chunks.push(chunk)
  })
  response.on('error', (error) => fail(silent(`${stage}_unreachable`, error)))
  response.on('end', () => {
    done({
      status: response.statusCode ?? 0,
      mediaType: (response.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '',
      challenge: response.headers['www-authenticate'],
      text: Buffer.concat(chunks).toString('utf8'),
    })
  })
}
