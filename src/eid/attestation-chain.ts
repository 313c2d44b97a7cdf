/**
 * From a certificate that a phone sent up to a root that the hub trusts (RFC 5280, section 6.1, as far as attestation
 * uses it: no policies, no name constraints, no lists of revoked certificates but the platform's own). An anchor is a name
 * and a key: its own term is not looked at (section 6.1.1), since Google issued its root four times for one key.
 */
import { X509Certificate } from 'node:crypto'
import { childrenOf, cursorOf, elementOf, inside, oidOf, smallOf, tags } from '../certificates/der.ts'
import type { Instant } from '../kernel/clock.ts'
import type { AttestationReason } from './attestation.ts'

/** Beyond it nobody's chain goes: Google's have five. */
const longest = 8

/** Bytes of one certificate. Theirs have two thousand at most. */
const largest = 8 * 1024

export interface Anchor {
  certificate: X509Certificate
  /** Of `danger_trusted_phones`. */
  dangerous?: true
}

export type Walk = { ok: true; chain: X509Certificate[]; anchor: Anchor } | { ok: false; reason: AttestationReason }

/** The key's own certificate first. The root may be left out, or be there in whatever issue of it. */
export function walk(sent: readonly Uint8Array[], anchors: readonly Anchor[], now: Instant): Walk {
  if (sent.length === 0 || sent.length > longest) return refused('malformed')
  const chain = sent.map(certificateOf)
  if (!chain.every((certificate) => certificate !== undefined)) return refused('malformed')
  const last = chain.at(-1) as X509Certificate
  if (chain.length > 1 && anchors.some((anchor) => isSame(last, anchor.certificate))) chain.pop()

  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1]
    if (issuer && !isIssued(certificate, issuer, index)) return refused('chain_broken')
  }
  const top = chain.at(-1) as X509Certificate
  const anchor = anchors.find(({ certificate }) => isIssued(top, certificate, chain.length - 1))
  if (!anchor) return refused('root_unknown')
  return chain.every((certificate) => isInForce(certificate, now))
    ? { ok: true, chain, anchor }
    : refused('chain_expired')
}

const refused = (reason: AttestationReason) => ({ ok: false, reason }) as const

/** Its key has to be readable too. OpenSSL reads past what follows a certificate, which nobody signed. */
function certificateOf(bytes: Uint8Array): X509Certificate | undefined {
  if (bytes.length > largest) return undefined
  try {
    const certificate = new X509Certificate(bytes)
    return certificate.raw.equals(bytes) && certificate.publicKey.asymmetricKeyType ? certificate : undefined
  } catch {
    return undefined
  }
}

const isSame = (one: X509Certificate, other: X509Certificate) =>
  one.subject === other.subject && one.publicKey.equals(other.publicKey)

/** Names, key identifiers and usage by `checkIssued`; basic constraints, with `below` authorities under this one; the signature. */
function isIssued(certificate: X509Certificate, issuer: X509Certificate, below: number): boolean {
  try {
    return (
      issuer.ca &&
      below <= pathLengthOf(issuer) &&
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey)
    )
  } catch {
    // A key of a kind that OpenSSL does not know, or constraints that nobody can read.
    return false
  }
}

/** RFC 5280 section 4.2.1.9: how many authorities may stand between this one and the last certificate. */
function pathLengthOf(certificate: X509Certificate): number {
  const [constraints] = extensionsOf(certificate, '2.5.29.19')
  if (!constraints) return 0
  const fields = cursorOf(elementOf(constraints, tags.sequence).content)
  fields.maybe(tags.boolean)
  const length = fields.maybe(tags.integer)
  return length ? smallOf(length) : Number.POSITIVE_INFINITY
}

const isInForce = (certificate: X509Certificate, now: Instant) =>
  certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime()

/**
 * The values of an extension: of a certificate that was made well, none or one.
 *
 * @throws DerFault
 */
export function extensionsOf({ raw }: X509Certificate, oid: string): Buffer[] {
  const [body] = childrenOf(elementOf(raw, tags.sequence))
  const list = body && childrenOf(body).find(({ tag }) => tag === inside(3))
  if (!list) return []
  return childrenOf(elementOf(list.content, tags.sequence), tags.sequence).flatMap(({ content }) => {
    const fields = cursorOf(content)
    const id = oidOf(fields.next(tags.oid))
    fields.maybe(tags.boolean)
    return id === oid ? [fields.next(tags.octets).content] : []
  })
}
