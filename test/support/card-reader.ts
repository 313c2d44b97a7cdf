/**
 * What stands at both ends of a listener that asks for cards: a certificate for the server, written to a folder as settings
 * name it, and a browser with a card in its reader, as far as TLS goes.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import type { ConnectionOptions } from 'node:tls'
import { extensions, nameOf, purposes, toPem, writeCertificate } from '../../demo/authority/x509.ts'
import type { Instant } from '../../src/kernel/clock.ts'
import { day } from '../../src/kernel/durations.ts'

export interface Identified {
  /** PEM. */
  certificate: string
  key: KeyObject
}

/** Signs itself, or is signed by another one. In force for years: TLS judges it by the clock of the machine, not by a test's. */
export function machineCertificate(name: string, now: Instant, issuer?: Identified): Identified {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const subject = nameOf([['commonName', name]])
  const { constraints, usage } = issuer
    ? { constraints: { ca: false }, usage: ['digitalSignature'] as const }
    : { constraints: { ca: true }, usage: ['digitalSignature', 'keyCertSign'] as const }
  const certificate = writeCertificate({
    subject,
    issuer: issuer ? nameOf([['commonName', commonNameOf(issuer)]]) : subject,
    serial: Buffer.concat([Buffer.from([1]), randomBytes(8)]),
    notBefore: now - 10 * 365 * day,
    notAfter: now + 10 * 365 * day,
    key: keys.publicKey,
    signer: issuer?.key ?? keys.privateKey,
    extensions: [
      extensions.basicConstraints(constraints),
      extensions.keyUsage(...usage),
      extensions.purposes(purposes.serverAuth, purposes.clientAuth),
      extensions.alternativeNames({ dns: name }),
    ],
  })
  return { certificate: toPem(certificate), key: keys.privateKey }
}

const commonNameOf = ({ certificate }: Identified) => new X509Certificate(certificate).subject.replace(/^CN=/, '')

/** As `cards.tls` and `cards.proxy` name them: a certificate, and the file of its key. */
export function keyFiles(folder: string, { certificate, key }: Identified): { certificate: string; key: string } {
  const file = join(folder, `${randomBytes(6).toString('hex')}.key.pem`)
  writeFileSync(file, pemOf(key), { mode: 0o600 })
  return { certificate, key: file }
}

export const pemOf = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString()

export interface Shown {
  status: number
  headers: IncomingHttpHeaders
}

/** One request on a connection of its own, with the card that is in the reader, if there is one. */
export function showCard(
  url: string,
  options: {
    card?: { certificate: Buffer; key: KeyObject; chain?: readonly Buffer[] }
    method?: string
    headers?: Record<string, string>
  } & ConnectionOptions = {},
): Promise<Shown> {
  const { card, method = 'GET', headers = {}, ...connection } = options
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      method,
      headers,
      agent: false,
      // The tests know to whom they talk by the port; the certificate of the server is its own.
      rejectUnauthorized: false,
      ...(card ? { cert: [card.certificate, ...(card.chain ?? [])].map(toPem).join(''), key: pemOf(card.key) } : {}),
      ...connection,
    })
    sent.once('error', reject)
    sent.once('response', (response) => {
      response.resume()
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }))
    })
    sent.end()
  })
}
