/**
 * Lists of revoked certificates (RFC 5280 sections 5 and 6.3). One that is whole, of one issuer and for all reasons is
 * read; deltas, indirect lists and lists for some reasons are refused plainly. The serial numbers are indexed once, in
 * pieces, so that a list of an entire country stops nobody else.
 */
import type { Instant } from '../kernel/clock.ts'
import {
  cursorOf,
  DerFault,
  type Element,
  elementOf,
  inside,
  integerOf,
  plain,
  smallOf,
  tags,
  timeOf,
  wholeBitsOf,
} from './der.ts'
import { generalNameOf, isSameName, type Name, nameOf } from './names.ts'
import { isKeyAllowed, isSigned, type SignatureMethod, signatureMethodOf } from './signatures.ts'
import { type Certificate, rawExtensions, usages } from './x509.ts'

export interface RevocationList {
  raw: Buffer
  issuer: Name
  at: Instant
  next: Instant
  body: Buffer
  method: SignatureMethod
  isMethodSame: boolean
  signature: Buffer
  scope: Scope
  /** Serial numbers, as `keyOfSerial` writes them. */
  revoked: ReadonlySet<string>
}

interface Scope {
  /** Where it says that it is to be found. */
  urls: readonly string[] | undefined
  onlyCards: boolean
  onlyIssuers: boolean
}

export type ListFault =
  | 'unreadable'
  | 'other_issuer'
  | 'signature_invalid'
  | 'not_of_now'
  | 'delta'
  | 'indirect'
  | 'some_reasons'
  | 'extension_unknown'
  | 'other_scope'

class Refused extends Error {
  readonly fault: ListFault
  constructor(fault: ListFault) {
    super(fault)
    this.fault = fault
  }
}

/** Entries between two of which others may have the processor: some milliseconds of work. */
const piece = 500

export async function readList(
  bytes: Buffer,
  { pause }: { pause: () => Promise<void> },
): Promise<RevocationList | { fault: ListFault }> {
  try {
    return await read(bytes, pause)
  } catch (error) {
    if (error instanceof DerFault) return { fault: 'unreadable' }
    if (error instanceof Refused) return { fault: error.fault }
    throw error
  }
}

async function read(raw: Buffer, pause: () => Promise<void>): Promise<RevocationList> {
  const outer = cursorOf(elementOf(raw, tags.sequence).content)
  const body = outer.next(tags.sequence)
  const outside = outer.next(tags.sequence)
  const signature = wholeBitsOf(outer.next(tags.bits))
  outer.end()
  const at = cursorOf(body.content)
  const version = at.maybe(tags.integer)
  const method = at.next(tags.sequence)
  const issuer = nameOf(at.next(tags.sequence))
  const thisUpdate = timeOf(at.next())
  const nextUpdate = at.maybe(tags.utcTime) ?? at.maybe(tags.generalizedTime)
  const entries = at.maybe(tags.sequence)
  const extensions = at.maybe(inside(0))
  at.end()
  // "CRL issuers MUST include the nextUpdate field in all CRLs."
  if (!nextUpdate || (extensions && !(version && smallOf(version) === 1))) throw new DerFault('list')
  const scope = scopeOf(extensions)
  return {
    raw,
    issuer,
    at: thisUpdate,
    next: timeOf(nextUpdate),
    body: body.raw,
    method: signatureMethodOf(method),
    isMethodSame: method.raw.equals(outside.raw),
    signature,
    scope,
    revoked: entries ? await serialsOf(entries, pause) : new Set(),
  }
}

/** Bytes as characters: half of what hexadecimal would take of a list of a hundred thousand. */
export const keyOfSerial = (content: Buffer) => content.toString('latin1')

async function serialsOf({ content }: Element, pause: () => Promise<void>): Promise<Set<string>> {
  const serials = new Set<string>()
  const at = cursorOf(content)
  for (let count = 1; at.hasMore(); count++) {
    const entry = cursorOf(at.next(tags.sequence).content)
    serials.add(keyOfSerial(integerOf(entry.next(tags.integer))))
    entry.next()
    const extensions = entry.maybe(tags.sequence)
    entry.end()
    if (extensions) judgeEntry(extensions)
    if (count % piece === 0) await pause()
  }
  return serials
}

const certificateIssuer = '2.5.29.29'

/** Section 5.3: one that is critical and not known here makes the whole list unusable. */
function judgeEntry(extensions: Element): void {
  const wrapped = { ...extensions, content: extensions.raw }
  const critical = rawExtensions(wrapped).find((one) => one.critical)
  if (critical) throw new Refused(critical.oid === certificateIssuer ? 'indirect' : 'extension_unknown')
}

function scopeOf(extensions: Element | undefined): Scope {
  let scope: Scope = { urls: undefined, onlyCards: false, onlyIssuers: false }
  for (const { oid, critical, value } of extensions ? rawExtensions(extensions) : []) {
    if (oid === '2.5.29.27') throw new Refused('delta')
    if (oid === '2.5.29.28') scope = issuingPoint(value)
    else if (critical && oid !== '2.5.29.20' && oid !== '2.5.29.35') throw new Refused('extension_unknown')
  }
  return scope
}

/** Section 5.2.5. */
function issuingPoint(value: Buffer): Scope {
  const at = cursorOf(elementOf(value, tags.sequence).content)
  const name = at.maybe(inside(0))
  const isSet = (number: number) => at.maybe(plain(number))?.content[0] === 0xff
  const onlyCards = isSet(1)
  const onlyIssuers = isSet(2)
  const someReasons = at.maybe(plain(3))
  const isIndirect = isSet(4)
  const onlyAttributes = isSet(5)
  at.end()
  if (isIndirect) throw new Refused('indirect')
  if (someReasons) throw new Refused('some_reasons')
  if (onlyAttributes || (onlyCards && onlyIssuers)) throw new Refused('other_scope')
  return { urls: name && urlsOf(name), onlyCards, onlyIssuers }
}

function urlsOf(name: Element): string[] {
  const full = cursorOf(name.content).maybe(inside(0))
  const at = cursorOf(full?.content ?? Buffer.alloc(0))
  const urls: string[] = []
  while (at.hasMore()) {
    const one = generalNameOf(at.next())
    if (one.form === 'uri') urls.push(one.text)
  }
  return urls
}

/** Does this list tell of that certificate? It was not yet compared with the present time. */
export function listFault(
  list: RevocationList,
  { certificate, issuer, urls }: { certificate: Certificate; issuer: Certificate; urls: readonly string[] },
): ListFault | undefined {
  if (!isSameName(list.issuer, certificate.issuer)) return 'other_issuer'
  const { keyUsage } = issuer.extensions
  if (keyUsage && !keyUsage.has(usages.cRLSign)) return 'signature_invalid'
  if (!isSignedBy(list, issuer)) return 'signature_invalid'
  const { scope } = list
  const isIssuer = certificate.extensions.basicConstraints?.ca === true
  if ((scope.onlyCards && isIssuer) || (scope.onlyIssuers && !isIssuer)) return 'other_scope'
  // Section 6.3.3 (b) (2): what it says of its place is one of those that the certificate names.
  return scope.urls && !scope.urls.some((url) => urls.includes(url)) ? 'other_scope' : undefined
}

/** Computed once: the digest of a long list costs as much as everything else about a card. */
function isSignedBy(list: RevocationList, issuer: Certificate): boolean {
  const known = signers.get(list) ?? new Map<string, boolean>()
  signers.set(list, known)
  const found = known.get(issuer.fingerprint)
  if (found !== undefined) return found
  const { isMethodSame, body, signature, method } = list
  const isGood = isMethodSame && isKeyAllowed(issuer.key) && isSigned(body, signature, method, issuer.key)
  known.set(issuer.fingerprint, isGood)
  return isGood
}

const signers = new WeakMap<RevocationList, Map<string, boolean>>()
