/**
 * The certificate of a client as a proxy hands it on (RFC 9440): `Client-Cert` holds one byte sequence of RFC 8941 section
 * 3.3.5, `Client-Cert-Chain` a list of them without the first. Whoever sent the request may be believed is not judged here.
 */
import type { Presented } from './listener.ts'

/** As `node:http` has them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>

/** A certificate of a card takes two kilobytes; a chain has a handful. */
const [mostCharacters, mostInChain] = [16_000, 8]

/** Undefined where there is none, or what is there is not one certificate. */
export function clientCertificateIn(headers: Headers): Presented | undefined {
  const certificate = bytesIn(headers['client-cert'])
  const chain = chainIn(headers['client-cert-chain'])
  return certificate && chain ? { certificate, chain } : undefined
}

function chainIn(field: string | string[] | undefined): Buffer[] | undefined {
  if (field === undefined) return []
  if (typeof field !== 'string') return undefined
  const members = field.split(',').map((member) => bytesIn(member.trim()))
  const all = members.filter((member) => member !== undefined)
  return all.length === members.length && all.length <= mostInChain ? all : undefined
}

/** Strict: a field that was sent twice is joined by a comma, and is then none. */
function bytesIn(item: string | string[] | undefined): Buffer | undefined {
  if (typeof item !== 'string' || item.length > mostCharacters) return undefined
  const [, text] = /^:((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?):$/.exec(item) ?? []
  return text === undefined || text === '' ? undefined : Buffer.from(text, 'base64')
}
