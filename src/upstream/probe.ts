/**
 * Looks at a provider as the hub needs it: its discovery document, its keys, what it says of itself at its status
 * address, and its token endpoint when sign-ins there are in doubt. It goes where upstream's other requests may go
 * (`requests.ts`: https, never redirected, of a bounded size), each time on a connection of its own and not for long. No
 * request of it holds a secret, a client id, or anything of a person. What follows from it is `policy/breaker.ts`.
 */
import type { Log } from '../http/http.ts'
import type { Clock } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { Probe } from '../partners/health.ts'
import type { Knock } from '../partners/own-network.ts'
import { isGateway, isHouse, isOidc, type Provider } from '../partners/partners.ts'
import { firstDocumentOf, readKeys, readServer } from './documents.ts'
import { reasonOf } from './outcomes.ts'
import { invalid, Refusal } from './refusals.ts'
import { createRequests, type Reply, type Requests, reachOf, type Way } from './requests.ts'

/** For one answer: a person who waits so long has left. */
const probeTimeout = 5 * second

export interface ProbeOptions extends Way {
  clock: Clock
  /** Allows plain http towards this machine. */
  allowHttp: boolean
  /** An answer that takes longer, in milliseconds, is a slow one. */
  slow: number
  log: Log
  /** Milliseconds for one answer; 5 s by default. */
  timeout?: number
}

export function createProbe({ clock, allowHttp, slow, log, timeout = probeTimeout, ...way }: ProbeOptions): {
  probe: Probe
  knock: Knock
  close(): void
} {
  const requests = createRequests({ ...way, timeout, allowHttp, keepAlive: false })

  /** Keys and endpoints, in the order in which a sign-in needs them; the first that fails is the answer. */
  async function look(provider: Provider, doubted: boolean): Promise<void> {
    if (isOidc(provider)) {
      const server = await readServer(provider.connector, requests, allowHttp)
      await lookAtKeys(server.jwks_uri, requests)
      if (doubted) await lookAtTokenEndpoint(server.token_endpoint ?? '', requests)
    } else if (isGateway(provider) && provider.connector.jwksUri !== undefined) {
      await lookAtKeys(provider.connector.jwksUri, requests)
    }
  }

  async function announced(provider: Provider): Promise<Announcement | undefined> {
    const { connector } = provider
    const statusUrl = 'statusUrl' in connector ? connector.statusUrl : undefined
    if (statusUrl === undefined) return undefined
    try {
      return announcementIn(await requests.ask(requests.endpoint('status', statusUrl), getJson))
    } catch (error) {
      // Of a card and of the e-ID app there is nothing else to look at.
      if (!(error instanceof Refusal) || isHouse(provider)) throw error
      // It says nothing of the sign-in: such pages often live elsewhere, and are full of people on a bad day.
      log.info("a provider's status address could not be read", { provider: provider.id, detail: error.detail })
      return undefined
    }
  }

  return {
    async probe(provider, { doubted }) {
      const begunAt = clock.now()
      try {
        const [announcement] = await Promise.all([announced(provider), look(provider, doubted)])
        if (announcement === 'down') return { result: 'failure', reason: 'announced' }
        if (announcement === 'degraded') return { result: 'slow', reason: 'announced' }
        return clock.now() - begunAt > slow ? { result: 'slow', reason: 'slow' } : { result: 'success' }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        log.info('a probe of a provider failed', { provider: provider.id, detail: error.detail })
        const reach = reachOf(error)
        return {
          result: 'failure',
          reason: reasonOf(error.detail),
          ...(reach === 'answered' ? {} : { reach }),
        }
      }
    },
    async knock(provider) {
      try {
        await firstDocument(provider, requests)
        return 'answered'
      } catch (error) {
        return reachOf(error)
      }
    },
    close: () => requests.close(),
  }
}

/** What a probe asks for first, whatever it says. */
async function firstDocument(provider: Provider, requests: Requests): Promise<void> {
  const address = isOidc(provider)
    ? firstDocumentOf(provider.connector)
    : isGateway(provider)
      ? provider.connector.jwksUri
      : isHouse(provider) && 'statusUrl' in provider.connector
        ? provider.connector.statusUrl
        : undefined
  if (address !== undefined) await requests.ask(requests.endpoint('discovery', address), getJson)
}

const asJson = { accept: 'application/json' }
const getJson = { method: 'GET', headers: asJson } as const

/** An empty set is well-formed, and then nothing that the provider signs can be verified. */
async function lookAtKeys(address: string, requests: Requests): Promise<void> {
  const keys = await readKeys(address, requests)
  if (keys.jwks().keys.length === 0) throw invalid('keys_empty')
}

/**
 * A request for tokens that asks for nothing and names no client. "The authorization server responds with an HTTP 400
 * (Bad Request) status code" (RFC 6749 section 5.2), or 401: whatever it is, it works when it refuses.
 */
async function lookAtTokenEndpoint(address: string, requests: Requests): Promise<void> {
  const headers = { ...asJson, 'content-type': 'application/x-www-form-urlencoded' }
  const body = 'grant_type=authorization_code'
  await requests.send(requests.endpoint('token', address), { method: 'POST', headers, body })
}

type Announcement = 'up' | 'degraded' | 'down'

/**
 * Two forms that are in use. `{"status":"pass"|"warn"|"fail"}`, where "ok" and "up", "error" and "down" are "acceptable"
 * too (draft-inadarei-api-health-check-06 section 3.1), and `{"status":{"indicator":"none"|"minor"|"major"|"critical"}}`
 * of hosted status pages.
 */
const announcements: Record<string, Announcement> = {
  pass: 'up',
  ok: 'up',
  up: 'up',
  none: 'up',
  warn: 'degraded',
  degraded: 'degraded',
  minor: 'degraded',
  major: 'degraded',
  maintenance: 'down',
  fail: 'down',
  error: 'down',
  down: 'down',
  out_of_service: 'down',
  critical: 'down',
}

/** What a status address says; undefined when it says nothing that is understood. A body has the word before the status. */
export function announcementIn({ status, text }: Pick<Reply, 'status' | 'text'>): Announcement | undefined {
  const word = wordIn(text)
  const said = word === undefined ? undefined : announcements[word]
  if (said) return said
  if (status === 503) return 'down'
  return status === 200 ? 'up' : undefined
}

function wordIn(text: string): string | undefined {
  try {
    const { status } = (JSON.parse(text) ?? {}) as { status?: unknown }
    const word = typeof status === 'object' && status !== null ? (status as { indicator?: unknown }).indicator : status
    return typeof word === 'string' && Object.hasOwn(announcements, word.toLowerCase()) ? word.toLowerCase() : undefined
  } catch {
    return undefined
  }
}
