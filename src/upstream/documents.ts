/**
 * What providers publish, kept in memory: their metadata (OpenID Connect Discovery 1.0 section 3) and their keys. Only
 * the very first use waits for a provider. Later a document that grows old is read again in the background while the
 * old one serves, and goes on serving when the reading fails: a provider whose discovery is down can still be used.
 */
import { type CompactVerifyGetKey, type CryptoKey, createLocalJWKSet, type JSONWebKeySet } from 'jose'
import type { ServerMetadata } from 'openid-client'
import { z } from 'zod'
import type { Clock, Instant } from '../kernel/clock.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import { type GatewayConnector, isGateway, isOidc, type OidcConnector, type Provider } from '../partners/partners.ts'
import { invalid, type Stage } from './refusals.ts'
import { isAllowedAddress, type Requests } from './requests.ts'

/** Metadata changes with a release of the provider, announced long before. */
const metadataAge = hour

/** A key withdrawn by the provider, because it leaked, is not believed longer than this while its key set answers. */
const keysAge = 10 * minute

/** Between two attempts at a document that could not be read again. */
const retryDelay = 30 * second

/** Between two readings of the keys because a token names an unknown one, so that bad tokens cannot cause a flood. */
const unknownKeyCoolDown = 30 * second

/** Providers read at the same time in the background. */
const backgroundReaders = 8

/** The key that the header of a token means, and the whole set. */
export type KeySet = CompactVerifyGetKey & { jwks(): JSONWebKeySet }

/** What a provider says about itself; without a place for its keys nothing of it could be believed. */
export type Metadata = ServerMetadata & { jwks_uri: string }

/** The keys by which one provider signs. */
export interface PublishedKeys {
  keys(): Promise<KeySet>
  /** The keys read anew, for a token that names none of the known ones; at most as old as the cool-down. */
  renewedKeys(): Promise<KeySet>
}

/** The documents of one provider. */
export interface Documents extends PublishedKeys {
  /** Metadata whose issuer and addresses were checked. */
  server(): Promise<Metadata>
}

interface Kept {
  /** Reads what is missing or old. Failures are logged, and tried again later. */
  freshen(): Promise<void>
}

export interface Library {
  of(connector: OidcConnector): Documents
  /** The keys of a gateway: those of its settings, or those that it publishes. */
  keysOf(connector: GatewayConnector): PublishedKeys
  /** Replaces the providers whose documents are kept fresh, and reads what is missing, in the background. */
  warm(providers: Iterable<Provider>): void
  close(): void
}

export interface LibraryOptions {
  requests: Requests
  clock: Clock
  allowHttp: boolean
  /** A document could not be read again; the old one, if any, goes on serving. */
  onFailure(issuer: string, error: unknown): void
}

export function createLibrary(options: LibraryOptions): Library {
  const documents = createShelves(sourceOf, (connector: OidcConnector) => createDocuments(connector, options))
  const keySets = createShelves(keySourceOf, (connector: GatewayConnector) => createGatewayKeys(connector, options))
  let timer: NodeJS.Timeout | undefined

  function warm(providers: Iterable<Provider>): void {
    const all = [...providers]
    const servers = all.filter(isOidc).map(({ connector }) => connector)
    const gateways = all.filter(isGateway).map(({ connector }) => connector)
    documents.keepOnly(servers)
    keySets.keepOnly(gateways)
    const freshen = () => freshenAll([...servers.map(documents.of), ...gateways.map(keySets.of)])
    clearInterval(timer)
    timer = setInterval(freshen, minute).unref()
    freshen()
  }

  return { of: documents.of, keysOf: keySets.of, warm, close: () => clearInterval(timer) }
}

/** A publication makes new connector objects; what was read stays as long as the place that it comes from does. */
function createShelves<Connector extends object, What extends Kept>(
  sourceOf: (connector: Connector) => string,
  make: (connector: Connector) => What,
) {
  const shelves = new Map<string, What>()
  const byConnector = new WeakMap<Connector, What>()
  return {
    of(connector: Connector): What {
      let kept = byConnector.get(connector)
      if (!kept) {
        const source = sourceOf(connector)
        kept = shelves.get(source) ?? make(connector)
        shelves.set(source, kept)
        byConnector.set(connector, kept)
      }
      return kept
    },
    keepOnly(connectors: readonly Connector[]): void {
      const sources = new Set(connectors.map(sourceOf))
      for (const source of shelves.keys()) if (!sources.has(source)) shelves.delete(source)
    },
  }
}

function sourceOf({ issuer, discoveryUrl, metadata }: OidcConnector): string {
  return JSON.stringify([issuer, discoveryUrl, metadata])
}

function keySourceOf({ jwks, jwksUri }: GatewayConnector): string {
  return JSON.stringify([jwks, jwksUri])
}

/** A few at a time: a start with hundreds of providers must not open as many connections at once. */
function freshenAll(all: Kept[]): void {
  const waiting = all.values()
  for (let reader = 0; reader < backgroundReaders; reader++) void freshenEach(waiting)
}

async function freshenEach(waiting: Iterable<Kept>): Promise<void> {
  for (const kept of waiting) await kept.freshen()
}

function createDocuments(
  connector: OidcConnector,
  { requests, clock, allowHttp, onFailure }: LibraryOptions,
): Documents & Kept {
  const failed = (error: unknown) => onFailure(connector.issuer, error)
  const server = remember({
    read: () => readServer(connector, requests, allowHttp),
    maxAge: connector.metadata ? Number.POSITIVE_INFINITY : metadataAge,
    clock,
    failed,
  })
  const read = async () => readKeys((await server.get()).jwks_uri, requests)
  const { freshen, ...keys } = rememberKeys(read, { clock, failed })
  return {
    server: server.get,
    ...keys,
    freshen: async () => {
      await server.freshen()
      await freshen()
    },
  }
}

function createGatewayKeys(
  { issuer, jwks, jwksUri = '' }: GatewayConnector,
  { requests, clock, onFailure }: LibraryOptions,
): PublishedKeys & Kept {
  if (jwks) {
    const set = Promise.resolve(parseKeys(jwks))
    return { keys: () => set, renewedKeys: () => set, freshen: async () => {} }
  }
  const read = () => readKeys(jwksUri, requests)
  return rememberKeys(read, { clock, failed: (error) => onFailure(issuer, error) })
}

function rememberKeys(
  read: () => Promise<KeySet>,
  { clock, failed }: { clock: Clock; failed(error: unknown): void },
): PublishedKeys & Kept {
  const keys = remember({ read, maxAge: keysAge, clock, failed })
  let renewal: { keys: Promise<KeySet>; at: Instant } | undefined

  return {
    keys: keys.get,
    renewedKeys: () => {
      // Everybody who meets the new key at the same moment shares one reading.
      const isRecent = renewal !== undefined && clock.now() - renewal.at < unknownKeyCoolDown
      if (!renewal || !isRecent) renewal = { keys: keys.refresh(), at: clock.now() }
      return renewal.keys
    },
    freshen: keys.freshen,
  }
}

interface Remembered<T> {
  /** The value in memory, whatever its age; only when there is none it waits for a reading. */
  get(): Promise<T>
  refresh(): Promise<T>
  /** Reads when there is no value or an old one. Never rejects. */
  freshen(): Promise<void>
}

function remember<T>(options: {
  read(): Promise<T>
  maxAge: number
  clock: Clock
  failed(error: unknown): void
}): Remembered<T> {
  const { read, maxAge, clock, failed } = options
  let known: { value: Promise<T>; readAt: Instant } | undefined
  let reading: Promise<T> | undefined
  let triedAt = Number.NEGATIVE_INFINITY

  function refresh(): Promise<T> {
    triedAt = clock.now()
    reading ??= read()
      .then((value) => {
        known = { value: Promise.resolve(value), readAt: clock.now() }
        return value
      })
      .finally(() => {
        reading = undefined
      })
    return reading
  }

  function isDue(): boolean {
    const now = clock.now()
    const isFresh = known !== undefined && now - known.readAt < maxAge
    return !isFresh && now - triedAt >= retryDelay
  }

  async function freshen(): Promise<void> {
    if (isDue()) await refresh().catch(failed)
  }

  return {
    refresh,
    freshen,
    get: () => {
      if (!known) return refresh()
      if (isDue()) void freshen()
      return known.value
    },
  }
}

/** What a provider publishes of itself, read now and checked. */
export async function readServer(connector: OidcConnector, requests: Requests, allowHttp: boolean): Promise<Metadata> {
  return parseMetadata(await readMetadata(connector, requests), connector.issuer, { requests, allowHttp })
}

/** The keys at an address, read now and checked; it may be that there are none. */
export async function readKeys(address: string, requests: Requests): Promise<KeySet> {
  return parseKeys(await readJson(requests, 'keys', address))
}

/** Where the first document of a provider is that is asked for. */
export function firstDocumentOf({ issuer, discoveryUrl, metadata }: OidcConnector): string {
  if (metadata) return String(metadata.jwks_uri)
  // "[C]oncatenating the string /.well-known/openid-configuration to the Issuer", without its "terminating /"
  // (Discovery 1.0 section 4).
  return discoveryUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

async function readMetadata(connector: OidcConnector, requests: Requests): Promise<unknown> {
  if (connector.metadata) return { issuer: connector.issuer, ...connector.metadata }
  return readJson(requests, 'discovery', firstDocumentOf(connector))
}

async function readJson(requests: Requests, stage: Stage, address: string): Promise<unknown> {
  const endpoint = requests.endpoint(stage, address)
  const reply = await requests.send(endpoint, { method: 'GET', headers: { accept: 'application/json' } })
  if (reply.status !== 200) throw invalid(`${stage}_status`)
  try {
    return JSON.parse(reply.text)
  } catch (error) {
    throw invalid(`${stage}_malformed`, error)
  }
}

/** The members that the hub reads; the others are kept as they are. */
const metadataShape = z.looseObject({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  userinfo_endpoint: z.url().optional(),
  end_session_endpoint: z.url().optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  claims_parameter_supported: z.boolean().optional(),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
})

/** Where the hub sends browsers. */
const shown = ['authorization_endpoint', 'end_session_endpoint'] as const
/** What the hub calls itself. */
const called = ['token_endpoint', 'jwks_uri', 'userinfo_endpoint'] as const

function parseMetadata(
  document: unknown,
  issuer: string,
  { requests, allowHttp }: { requests: Pick<Requests, 'mayCall'>; allowHttp: boolean },
): Metadata {
  const parsed = metadataShape.safeParse(document)
  if (!parsed.success) throw invalid('discovery_malformed')
  const metadata = parsed.data
  // "The issuer value returned MUST be identical to the Issuer URL that was used as the prefix" (Discovery 1.0 section
  // 4.3). Hosts are not compared: an authorization page may live elsewhere than its issuer.
  if (metadata.issuer !== issuer) throw invalid('discovery_issuer')
  const addressesOf = (names: readonly (typeof shown | typeof called)[number][]) =>
    names.flatMap((name) => (metadata[name] === undefined ? [] : new URL(metadata[name])))
  const isFine =
    addressesOf(shown).every((url) => isAllowedAddress(url, allowHttp)) && addressesOf(called).every(requests.mayCall)
  if (!isFine) throw invalid('discovery_address')
  return metadata as Metadata
}

function parseKeys(document: unknown): KeySet {
  try {
    return findingOnce(createLocalJWKSet(document as JSONWebKeySet))
  } catch (error) {
    throw invalid('keys_malformed', error)
  }
}

/** Within one set a `kid` and an algorithm always mean the same key: what was found is at hand for the next token. */
function findingOnce(set: ReturnType<typeof createLocalJWKSet>): KeySet {
  const found = new Map<string, { alg: string; key: CryptoKey }>()
  const keyOf: CompactVerifyGetKey = (header, token) => {
    const { alg, kid } = header
    // A token that names none may fit several.
    if (typeof kid !== 'string') return set(header, token)
    const known = found.get(kid)
    if (known?.alg === alg) return known.key
    return set(header, token).then((key) => {
      found.set(kid, { alg, key })
      return key
    })
  }
  return Object.assign(keyOf, { jwks: set.jwks })
}
