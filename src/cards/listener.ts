/**
 * The listener that asks a browser for the certificate of a card, at an origin of its own, so that nobody is asked who did
 * not choose it. One full handshake for each login: no ticket and no identifier of a TLS session is taken back, nothing is
 * renegotiated, and a connection answers one request. Otherwise a card that was taken out of its reader would go on
 * signing in. That the card signed the handshake is TLS's own affair (RFC 8446 section 4.4.3); every certificate is let
 * through it, and judged by `certificates/`, so that a refusal is a page that helps.
 *
 * Behind a proxy that ends TLS the certificate arrives in `Client-Cert` (RFC 9440), from nobody but that proxy, which proves
 * itself by a certificate of its own. No other listener of the hub reads that field.
 */
import { constants } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CardKind } from '../certificates/certificates.ts'
import type { Log } from '../http/http.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import { neighbourhoodOf } from '../policy/network.ts'
import { clientCertificateIn } from './client-cert.ts'
import type { CardsSettings } from './settings.ts'

/** What was shown, in DER, with what came along of its issuers. */
export interface Presented {
  certificate: Buffer
  chain: Buffer[]
}

export type ListenerSettings =
  | ({ kind: 'tls' } & NonNullable<CardsSettings['tls']>)
  | ({ kind: 'proxy' } & NonNullable<CardsSettings['proxy']>)

export interface ListenerOptions {
  settings: ListenerSettings
  kinds: ReadonlyMap<string, CardKind>
  clock: Clock
  /** Milliseconds from the first byte to the end of the handshake. */
  handshakeTime: number
  /**
   * Where the browser that came with this ticket goes next. `from`: its address; empty where the proxy does not tell it.
   * `since`: the instant at which its connection began; a proxy does not tell it.
   */
  present(
    ticket: string,
    shown: { presented: Presented | undefined; from: string; since: Instant | undefined },
  ): Promise<string>
  /** Where a browser goes that came with nothing that leads on. */
  lost: string
  log: Log
}

/**
 * Connections at once: of all, so that nobody who opens them without end takes the descriptors that the rest of the hub
 * needs; and of one network by TLS of its own, where a hospital at the change of shifts has some dozens. One more is closed.
 */
export const mostConnections = { ofAll: 2_000, ofNetwork: 250 }

/** Of intermediates, whoever sends them. */
const mostIntermediates = 8

const ticketPath = /^\/card\/([\w-]{22,64})$/

export async function startListener(options: ListenerOptions): Promise<{ port: number; close(): Promise<void> }> {
  const { settings, clock, log } = options
  /** By the two ends of a connection: the socket of the request is another object than the one that came first. */
  const begun = new Map<string, Instant>()
  const ofNetwork = new Map<string, number>()
  const server = createServer(
    { ...serverOptions(options), handshakeTimeout: options.handshakeTime, requestTimeout: 10 * second },
    (request, response) => void answer(request, response),
  )
  // "close": the next request takes another handshake.
  server.maxRequestsPerSocket = 1
  server.maxConnections = mostConnections.ofAll
  server.on('connection', (socket: Socket) => {
    // Behind a proxy all come from one address, and it counts its own.
    if (settings.kind === 'tls' && !hasRoom(socket)) return void socket.destroy()
    const end = endOf(socket)
    begun.set(end, clock.now())
    socket.once('close', () => begun.delete(end))
  })
  // A handshake that did not come to its end: a scanner, an old browser, somebody who closed the window.
  server.on('tlsClientError', (_error, socket) => socket.destroy())

  function hasRoom(socket: Socket): boolean {
    const network = neighbourhoodOf(socket.remoteAddress) ?? ''
    const there = ofNetwork.get(network) ?? 0
    if (there >= mostConnections.ofNetwork) return false
    ofNetwork.set(network, there + 1)
    socket.once('close', () => {
      const left = (ofNetwork.get(network) ?? 0) - 1
      if (left > 0) ofNetwork.set(network, left)
      else ofNetwork.delete(network)
    })
    return true
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = request.socket as TLSSocket
    const headers = {
      connection: 'close',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    }
    response.shouldKeepAlive = false
    try {
      if (request.method !== 'GET') return void response.writeHead(405, { ...headers, allow: 'GET' }).end()
      const ticket = ticketPath.exec(request.url ?? '')?.[1]
      const location = ticket === undefined ? options.lost : await next(ticket, request, socket)
      response.writeHead(303, { ...headers, location }).end()
    } catch (error) {
      log.error('a card could not be looked at', { error })
      response.writeHead(303, { ...headers, location: options.lost }).end()
    }
  }

  async function next(ticket: string, request: IncomingMessage, socket: TLSSocket): Promise<string> {
    if (settings.kind === 'proxy') {
      if (!isProxy(socket, settings.names)) {
        log.warn('somebody else than the proxy came to the listener of cards', {})
        return options.lost
      }
      return options.present(ticket, {
        presented: clientCertificateIn(request.headers),
        from: clientBehind(request),
        since: undefined,
      })
    }
    // Cannot be: no session is kept that could be taken up again. It would be a card that need not be there.
    if (socket.isSessionReused()) return options.lost
    const since = begun.get(endOf(socket)) ?? clock.now()
    return options.present(ticket, { presented: presentedBy(socket), from: socket.remoteAddress ?? '', since })
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(settings.listen, () => {
      server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      await closed
    },
  }
}

function serverOptions({ settings, kinds }: ListenerOptions): ServerOptions {
  const own = {
    cert: read(settings.certificate),
    key: read(settings.key),
    minVersion: 'TLSv1.2',
    requestCert: true,
  } as const
  if (settings.kind === 'proxy') {
    return { ...own, ca: read(settings.clientCa), rejectUnauthorized: true, maxHeaderSize: 64 * 1024 }
  }
  const issuers = [...kinds.values()].flatMap(({ anchors, intermediates }) => [...anchors, ...intermediates])
  return {
    ...own,
    // Their names go into the request, and browsers then offer no other certificate (RFC 8446 section 4.2.4).
    ca: issuers.map(read),
    rejectUnauthorized: false,
    secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
  }
}

const endOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`

const read = (text: string) => (text.includes('-----BEGIN ') ? text : readFileSync(text, 'utf8'))

function presentedBy(socket: TLSSocket): Presented | undefined {
  const leaf = socket.getPeerCertificate(true)
  // Without one it is an empty object.
  if (!leaf?.raw) return undefined
  const chain: Buffer[] = []
  // A root is its own issuer.
  for (let each = leaf; each.issuerCertificate && each.issuerCertificate !== each; each = each.issuerCertificate) {
    if (chain.length === mostIntermediates) break
    chain.push(each.issuerCertificate.raw)
  }
  return { certificate: leaf.raw, chain }
}

/** Its certificate was verified in the handshake; here, that it is this proxy and no other holder of one. */
function isProxy(socket: TLSSocket, names: readonly string[]): boolean {
  const certificate = socket.getPeerX509Certificate()
  const exactly = { subject: 'never', wildcards: false, partialWildcards: false } as const
  return (
    socket.authorized &&
    certificate !== undefined &&
    names.some((name) => certificate.checkHost(name, exactly) === name)
  )
}

/** The last address is the one that the proxy wrote. Empty where it wrote none: its own address would be everybody's. */
function clientBehind({ headers }: IncomingMessage): string {
  const said = String(headers['x-forwarded-for'] ?? '').split(',')
  return (said.at(-1) ?? '').trim()
}
