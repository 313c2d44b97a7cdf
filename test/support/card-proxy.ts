/**
 * A proxy that ends TLS in front of `cards.proxy`, as docs/cards.md asks one to be set up, in a process of its own: it asks
 * for a certificate and lets every one pass, keeps no session, answers one request a connection, and writes its own
 * `Client-Cert` (RFC 9440) and `X-Forwarded-For`. Run as a program it takes its settings as JSON from its arguments and
 * writes its port.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import type { TLSSocket } from 'node:tls'

export interface CardProxySettings {
  /** Where browsers arrive. */
  port: number
  /** PEM, and the file of the key. */
  own: { certificate: string; key: string }
  /** By which it proves to the hub that it is the proxy. */
  client: { certificate: string; key: string }
  /** The listener of the hub. */
  hub: number
}

export interface CardProxy {
  close(): Promise<void>
}

export async function startCardProxy(settings: CardProxySettings): Promise<CardProxy> {
  const child: ChildProcess = spawn(process.execPath, [import.meta.filename, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }), 'line')
  return {
    async close() {
      const over = once(child, 'exit')
      child.kill()
      await over
    },
  }
}

const field = (der: Buffer) => `:${der.toString('base64')}:`

function run({ port, own, client, hub }: CardProxySettings): void {
  const identity = { cert: client.certificate, key: readFileSync(client.key) }
  const server = createServer(
    {
      cert: own.certificate,
      key: readFileSync(own.key),
      requestCert: true,
      rejectUnauthorized: false,
      secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
    },
    (incoming, answer) => {
      const socket = incoming.socket as TLSSocket
      const leaf = socket.getPeerCertificate(true)
      const headers: OutgoingHttpHeaders = { ...incoming.headers, 'x-forwarded-for': socket.remoteAddress ?? '' }
      for (const name of ['client-cert', 'client-cert-chain', 'connection']) delete headers[name]
      const issuer = leaf.issuerCertificate && leaf.issuerCertificate !== leaf ? leaf.issuerCertificate.raw : undefined
      const shown = {
        ...(leaf.raw ? { 'client-cert': field(leaf.raw) } : {}),
        ...(issuer ? { 'client-cert-chain': field(issuer) } : {}),
      }
      const onward = request(
        {
          ...{ host: '127.0.0.1', port: hub, path: incoming.url, method: incoming.method, agent: false },
          ...{ ...identity, rejectUnauthorized: false, headers: { ...headers, ...shown } },
        },
        (reply) => {
          answer.writeHead(reply.statusCode ?? 502, reply.headers)
          reply.pipe(answer)
        },
      )
      onward.on('error', () => answer.writeHead(502).end())
      incoming.pipe(onward)
    },
  )
  server.maxRequestsPerSocket = 1
  server.listen(port, '127.0.0.1', () => {
    process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
  })
}

if (import.meta.main) run(JSON.parse(process.argv[2] ?? '{}') as CardProxySettings)
