/**
 * Asking a responder about one certificate, and reading what it says (RFC 6960). The answer counts when it is signed by
 * the issuer, or by somebody whom the same issuer charged with it, and is about this very certificate and this time.
 */
import { createHash } from 'node:crypto'
import type { Instant } from '../kernel/clock.ts'
import {
  childrenOf,
  cursorOf,
  DerFault,
  type Element,
  elementOf,
  encode,
  encodeOid,
  inside,
  oidOf,
  plain,
  smallOf,
  tags,
  timeOf,
  wholeBitsOf,
} from './der.ts'
import { isSameName, nameOf } from './names.ts'
import { purposes } from './path.ts'
import { isKeyAllowed, isSigned, type SignatureMethod, signatureMethodOf } from './signatures.ts'
import { type Certificate, parseCertificate, rawExtensions, usages } from './x509.ts'

const nonceOid = '1.3.6.1.5.5.7.48.1.2'
const basicOid = '1.3.6.1.5.5.7.48.1.1'
const sha1 = '1.3.14.3.2.26'

/** Digests by which a certID may name the issuer. SHA-1 is no signature here: it only says whom the question is about. */
const digests: Record<string, string> = {
  [sha1]: 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
}

const digest = (hash: string, bytes: Buffer) => createHash(hash).update(bytes).digest()

/** An OCSPRequest (section 4.1.1), not signed. SHA-1 names the issuer: the one that every responder knows (RFC 5019). */
export function questionAbout(certificate: Certificate, issuer: Certificate, nonce: Buffer): Buffer {
  const certId = encode(
    tags.sequence,
    encode(tags.sequence, encodeOid(sha1), encode(tags.null)),
    encode(tags.octets, digest('sha1', certificate.issuer.raw)),
    encode(tags.octets, digest('sha1', issuer.keyBits)),
    certificate.serialElement,
  )
  const repeated = encode(tags.sequence, encodeOid(nonceOid), encode(tags.octets, encode(tags.octets, nonce)))
  const requests = encode(tags.sequence, encode(tags.sequence, certId))
  return encode(tags.sequence, encode(tags.sequence, requests, encode(inside(2), encode(tags.sequence, repeated))))
}

export interface OcspRules {
  certificate: Certificate
  issuer: Certificate
  /** Undefined of an answer that was kept: its question is gone. */
  nonce: Buffer | undefined
  isNonceRequired: boolean
  now: Instant
  window: Window
}

/** Which answers are of this time. Milliseconds. */
export interface Window {
  skew: number
  /** Made longer ago than this, it says nothing. */
  oldest: number
  /** The same of one that does not say when the next comes. */
  oldestWithoutEnd: number
}

export type OcspAnswer =
  | {
      kind: 'good' | 'revoked' | 'unknown'
      at: Instant
      /** When the next answer comes, where it says so. */
      next: Instant | undefined
      /** Whom the issuer charged with answering; undefined for the issuer itself. */
      delegate: Certificate | undefined
    }
  /** `isOfCard`: the responder answers, but not about this certificate. */
  | { kind: 'none'; why: NoAnswer; isOfCard?: true }

export type NoAnswer =
  | 'unreadable'
  | 'error_status'
  | 'foreign_signer'
  | 'signature_invalid'
  | 'other_certificate'
  | 'nonce_differs'
  | 'nonce_missing'
  | 'not_of_now'
  | 'extension_unknown'

export function readAnswer(bytes: Buffer, rules: OcspRules): OcspAnswer {
  try {
    return read(bytes, rules)
  } catch (error) {
    if (error instanceof DerFault) return { kind: 'none', why: 'unreadable' }
    throw error
  }
}

function read(bytes: Buffer, rules: OcspRules): OcspAnswer {
  const outer = cursorOf(elementOf(bytes, tags.sequence).content)
  const status = smallOf({ ...outer.next(tags.enumerated) })
  // malformedRequest (1) and unauthorized (6) speak of the question, the others of the responder.
  if (status !== 0)
    return { kind: 'none', why: 'error_status', ...(status === 1 || status === 6 ? { isOfCard: true } : {}) }
  const typed = cursorOf(elementOf(outer.next(inside(0)).content, tags.sequence).content)
  if (oidOf(typed.next(tags.oid)) !== basicOid) throw new DerFault('type of response')
  const basic = basicOf(typed.next(tags.octets).content)
  typed.end()
  outer.end()

  const { certificate, issuer, nonce, isNonceRequired, now, window } = rules
  const signer = signerOf(basic, issuer, now)
  if (!signer) return { kind: 'none', why: 'foreign_signer' }
  if (!isKeyAllowed(signer.key) || !isSigned(basic.body, basic.signature, basic.method, signer.key)) {
    return { kind: 'none', why: 'signature_invalid' }
  }
  if (basic.hasUnknownCritical) return { kind: 'none', why: 'extension_unknown' }
  if (nonce && basic.nonce && !basic.nonce.equals(nonce)) return { kind: 'none', why: 'nonce_differs' }
  if (!basic.nonce && isNonceRequired) return { kind: 'none', why: 'nonce_missing' }
  const about = basic.responses.filter(({ certId }) => isAbout(certId, certificate, issuer))
  // Were there several, the worst would count.
  const single = (['revoked', 'unknown', 'good'] as const)
    .map((kind) => about.find((one) => one.kind === kind))
    .find((one) => one !== undefined)
  if (!single) return { kind: 'none', why: 'other_certificate', isOfCard: true }
  const { kind, at, next } = single
  if (!isOfNow({ at, next }, now, window) || basic.producedAt > now + window.skew)
    return { kind: 'none', why: 'not_of_now' }
  return { kind, at, next, delegate: signer === issuer ? undefined : signer }
}

/** Made before now, not too long ago, and not yet followed by the next. */
export function isOfNow(
  { at, next }: { at: Instant; next: Instant | undefined },
  now: Instant,
  window: Window,
): boolean {
  if (at > now + window.skew || at < now - window.oldest) return false
  return next === undefined
    ? at >= now - window.oldestWithoutEnd - window.skew
    : next >= now - window.skew && next >= at
}

interface Basic {
  body: Buffer
  method: SignatureMethod
  signature: Buffer
  certificates: readonly Certificate[]
  responder: Element
  producedAt: Instant
  responses: readonly Single[]
  nonce: Buffer | undefined
  hasUnknownCritical: boolean
}

interface Single {
  certId: Element
  kind: 'good' | 'revoked' | 'unknown'
  at: Instant
  next: Instant | undefined
}

function basicOf(bytes: Buffer): Basic {
  const at = cursorOf(elementOf(bytes, tags.sequence).content)
  const body = at.next(tags.sequence)
  const method = signatureMethodOf(at.next(tags.sequence))
  const signature = wholeBitsOf(at.next(tags.bits))
  const sent = at.maybe(inside(0))
  at.end()
  const data = cursorOf(body.content)
  data.maybe(inside(0))
  const responder = data.next()
  const producedAt = timeOf(data.next(tags.generalizedTime))
  const singles = childrenOf(data.next(tags.sequence), tags.sequence).map(singleOf)
  const listed = data.maybe(inside(1))
  data.end()
  const extensions = listed ? rawExtensions(listed) : []
  const repeated = extensions.find(({ oid }) => oid === nonceOid)
  return {
    body: body.raw,
    method,
    signature,
    certificates: sent ? childrenOf(elementOf(sent.content, tags.sequence)).slice(0, 4).flatMap(certificateIn) : [],
    responder,
    producedAt,
    responses: singles,
    nonce: repeated && elementOf(repeated.value, tags.octets).content,
    hasUnknownCritical:
      extensions.some(({ oid, critical }) => critical && oid !== nonceOid) || singles.some((one) => one.hasCritical),
  }
}

function certificateIn({ raw }: Element): Certificate[] {
  try {
    return [parseCertificate(raw)]
  } catch {
    return []
  }
}

function singleOf(element: Element): Single & { hasCritical: boolean } {
  const at = cursorOf(element.content)
  const certId = at.next(tags.sequence)
  const status = at.next()
  const thisUpdate = timeOf(at.next(tags.generalizedTime))
  const next = at.maybe(inside(0))
  const extensions = at.maybe(inside(1))
  at.end()
  const kind =
    status.tag === plain(0)
      ? 'good'
      : status.tag === inside(1)
        ? 'revoked'
        : status.tag === plain(2)
          ? 'unknown'
          : undefined
  if (!kind) throw new DerFault('status')
  return {
    certId,
    kind,
    at: thisUpdate,
    next: next && timeOf(elementOf(next.content, tags.generalizedTime)),
    hasCritical: extensions !== undefined && rawExtensions(extensions).some(({ critical }) => critical),
  }
}

function isAbout(certId: Element, certificate: Certificate, issuer: Certificate): boolean {
  const [algorithm, name, key, serial] = childrenOf(certId)
  const [oid] = algorithm ? childrenOf(algorithm) : []
  const hash = oid && digests[oidOf(oid)]
  if (!hash || !name || !key || !serial) return false
  return (
    name.content.equals(digest(hash, certificate.issuer.raw)) &&
    key.content.equals(digest(hash, issuer.keyBits)) &&
    serial.raw.equals(certificate.serialElement)
  )
}

/**
 * Section 4.2.2.2: the issuer itself, or one whose certificate "was issued directly by the CA that is identified in the
 * request" for this purpose. Others that an operator might trust beside are not known here.
 */
function signerOf({ responder, certificates }: Basic, issuer: Certificate, now: Instant): Certificate | undefined {
  const isNamed = isResponder(responder)
  if (isNamed(issuer)) return issuer
  return certificates.find((one) => isNamed(one) && isCharged(one, issuer, now))
}

function isResponder(responder: Element): (certificate: Certificate) => boolean {
  if (responder.tag === inside(1)) {
    const name = nameOf(elementOf(responder.content))
    return ({ subject }) => isSameName(subject, name)
  }
  if (responder.tag !== inside(2)) throw new DerFault('responder')
  const { content } = elementOf(responder.content, tags.octets)
  return ({ keyBits }) => content.equals(digest('sha1', keyBits))
}

function isCharged(one: Certificate, issuer: Certificate, now: Instant): boolean {
  const { extensions, method } = one
  return (
    isSameName(one.issuer, issuer.subject) &&
    extensions.purposes?.includes(purposes.ocspSigning) === true &&
    extensions.keyUsage?.has(usages.digitalSignature) !== false &&
    one.unknownCritical.length === 0 &&
    now >= one.notBefore &&
    now < one.notAfter + 1000 &&
    one.isMethodSame &&
    isKeyAllowed(issuer.key) &&
    isSigned(one.body, one.signature, method, issuer.key)
  )
}
