/**
 * A certificate as RFC 5280 section 4 lays it out, read once and whole. What is in it is not yet true: that is the affair
 * of `path.ts`.
 */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import type { Instant } from '../kernel/clock.ts'
import {
  booleanOf,
  childrenOf,
  cursorOf,
  DerFault,
  type Element,
  elementOf,
  inside,
  integerOf,
  namedBitsOf,
  oidOf,
  plain,
  smallOf,
  someOf,
  tags,
  timeOf,
  wholeBitsOf,
} from './der.ts'
import { type GeneralName, generalNameOf, type Name, type NameConstraints, nameConstraintsOf, nameOf } from './names.ts'
import { type SignatureMethod, signatureMethodOf } from './signatures.ts'

/** No card holds more; qualified ones with long policies stay below half of it. */
export const certificateSize = 16 * 1024

export interface Certificate {
  /** DER. */
  raw: Buffer
  /** SHA-256 of it, in hexadecimal. */
  fingerprint: string
  /** What the signature is over. */
  body: Buffer
  /** In hexadecimal. */
  serial: string
  /** The serial number as it is encoded. */
  serialElement: Buffer
  issuer: Name
  subject: Name
  notBefore: Instant
  notAfter: Instant
  method: SignatureMethod
  /** The same inside and outside? */
  isMethodSame: boolean
  signature: Buffer
  /** Undefined for a key that `node:crypto` does not know. */
  key: KeyObject | undefined
  /** The bits of the key alone: what certIDs and key identifiers are digests of. */
  keyBits: Buffer
  extensions: Extensions
  /** Critical ones that are not known here. */
  unknownCritical: readonly string[]
}

export interface Extensions {
  basicConstraints?: { ca: boolean; pathLength?: number }
  keyUsage?: ReadonlySet<number>
  purposes?: readonly string[]
  policies?: readonly string[]
  hasPolicyMappings?: true
  policyConstraints?: { explicit?: number }
  inhibitAnyPolicy?: number
  nameConstraints?: NameConstraints
  alternativeNames?: readonly GeneralName[]
  subjectKey?: Buffer
  issuerKey?: Buffer
  responders?: readonly string[]
  lists?: readonly ListPoint[]
  noCheck?: true
  attributes?: readonly { oid: string; value: Element }[]
}

/** Where a list is, and whether it is one of this issuer for all reasons. */
export interface ListPoint {
  urls: readonly string[]
  isPlain: boolean
}

/** Bits of keyUsage. */
export const usages = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const

/** @throws DerFault */
export function parseCertificate(bytes: Buffer): Certificate {
  if (bytes.length > certificateSize) throw new DerFault('size')
  // What was read stays as it is, whatever becomes of the buffer that it came in.
  const raw = Buffer.from(bytes)
  const outer = cursorOf(elementOf(raw, tags.sequence).content)
  const body = outer.next(tags.sequence)
  const outside = outer.next(tags.sequence)
  const signature = wholeBitsOf(outer.next(tags.bits))
  outer.end()

  const at = cursorOf(body.content)
  const version = at.maybe(inside(0))
  const serial = at.next(tags.integer)
  // "Certificate users MUST be able to handle serialNumber values up to 20 octets."
  if (integerOf(serial).length > 21) throw new DerFault('serial')
  const method = at.next(tags.sequence)
  const issuer = nameOf(at.next(tags.sequence))
  const validity = childrenOf(at.next(tags.sequence))
  const subject = nameOf(at.next(tags.sequence))
  const spki = at.next(tags.sequence)
  at.maybe(plain(1))
  at.maybe(plain(2))
  const extensions = at.maybe(inside(3))
  at.end()
  const isThird = version !== undefined && smallOf(elementOf(version.content, tags.integer)) === 2
  if (extensions && !isThird) throw new DerFault('version')
  const [notBefore, notAfter, ...rest] = validity.map(timeOf)
  if (notBefore === undefined || notAfter === undefined || rest.length > 0) throw new DerFault('validity')
  const [, keyBits] = childrenOf(spki)
  return {
    raw,
    fingerprint: createHash('sha256').update(raw).digest('hex'),
    body: body.raw,
    serial: serial.content.toString('hex'),
    serialElement: serial.raw,
    issuer,
    subject,
    notBefore,
    notAfter,
    method: signatureMethodOf(outside),
    isMethodSame: method.raw.equals(outside.raw),
    signature,
    key: keyOf(spki.raw),
    keyBits: keyBits ? wholeBitsOf(keyBits) : Buffer.alloc(0),
    ...extensionsOf(extensions),
  }
}

function keyOf(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: 'der', type: 'spki' })
  } catch {
    return undefined
  }
}

// --- Extensions ----------------------------------------------------------------------------------------------------

/** An extension that is there twice, or is not what its standard says. */
export class ExtensionFault extends DerFault {}

export interface Extension {
  oid: string
  critical: boolean
  value: Buffer
}

/** RFC 5280 section 4.2: "MUST NOT include more than one instance of a particular extension". */
export function rawExtensions(list: Element): Extension[] {
  const seen = new Set<string>()
  return someOf(elementOf(list.content, tags.sequence), tags.sequence).map((one) => {
    const at = cursorOf(one.content)
    const oid = oidOf(at.next(tags.oid))
    const marked = at.maybe(tags.boolean)
    const { content } = at.next(tags.octets)
    at.end()
    if (seen.has(oid)) throw new ExtensionFault('twice')
    seen.add(oid)
    return { oid, critical: marked !== undefined && booleanOf(marked), value: content }
  })
}

type Reader = (value: Buffer) => Partial<Extensions>

const sequenceIn = (value: Buffer) => elementOf(value, tags.sequence)

const readers: Record<string, Reader> = {
  '2.5.29.19': (value) => {
    const at = cursorOf(sequenceIn(value).content)
    const ca = at.maybe(tags.boolean)
    const pathLength = at.maybe(tags.integer)
    at.end()
    return {
      basicConstraints: {
        ca: ca !== undefined && booleanOf(ca),
        ...(pathLength ? { pathLength: smallOf(pathLength) } : {}),
      },
    }
  },
  '2.5.29.15': (value) => ({ keyUsage: namedBitsOf(elementOf(value, tags.bits)) }),
  '2.5.29.37': (value) => ({ purposes: someOf(sequenceIn(value), tags.oid).map(oidOf) }),
  '2.5.29.32': (value) => {
    const policies = someOf(sequenceIn(value), tags.sequence).map((one) => oidOf(cursorOf(one.content).next(tags.oid)))
    if (new Set(policies).size < policies.length) throw new DerFault('policy twice')
    return { policies }
  },
  '2.5.29.33': () => ({ hasPolicyMappings: true }),
  '2.5.29.36': (value) => {
    const at = cursorOf(sequenceIn(value).content)
    const explicit = at.maybe(plain(0))
    at.maybe(plain(1))
    at.end()
    return { policyConstraints: explicit ? { explicit: smallOf(explicit) } : {} }
  },
  '2.5.29.54': (value) => ({ inhibitAnyPolicy: smallOf(elementOf(value, tags.integer)) }),
  '2.5.29.30': (value) => ({ nameConstraints: nameConstraintsOf(sequenceIn(value)) }),
  '2.5.29.17': (value) => ({ alternativeNames: someOf(sequenceIn(value)).map(generalNameOf) }),
  '2.5.29.14': (value) => ({ subjectKey: elementOf(value, tags.octets).content }),
  '2.5.29.35': (value) => {
    const key = cursorOf(sequenceIn(value).content).maybe(plain(0))
    return key ? { issuerKey: key.content } : {}
  },
  '1.3.6.1.5.5.7.1.1': (value) => ({
    responders: someOf(sequenceIn(value), tags.sequence).flatMap((one) => {
      const at = cursorOf(one.content)
      const method = oidOf(at.next(tags.oid))
      const place = generalNameOf(at.next())
      return method === '1.3.6.1.5.5.7.48.1' && place.form === 'uri' ? place.text : []
    }),
  }),
  '2.5.29.31': (value) => ({ lists: someOf(sequenceIn(value), tags.sequence).map(listPointOf) }),
  '1.3.6.1.5.5.7.48.1.5': () => ({ noCheck: true }),
  '2.5.29.9': (value) => ({
    attributes: someOf(sequenceIn(value), tags.sequence).flatMap((one) => {
      const at = cursorOf(one.content)
      const oid = oidOf(at.next(tags.oid))
      const values = someOf(at.next(tags.set))
      at.end()
      return values.map((each) => ({ oid, value: each }))
    }),
  }),
}

function listPointOf(point: Element): ListPoint {
  const at = cursorOf(point.content)
  const name = at.maybe(inside(0))
  const reasons = at.maybe(plain(1))
  const issuer = at.maybe(inside(2))
  at.end()
  const full = name && cursorOf(name.content).maybe(inside(0))
  const urls = (full ? childrenOf(full) : []).map(generalNameOf).flatMap((one) => (one.form === 'uri' ? one.text : []))
  return { urls, isPlain: !reasons && !issuer }
}

function extensionsOf(list: Element | undefined): Pick<Certificate, 'extensions' | 'unknownCritical'> {
  const extensions: Extensions = {}
  const unknownCritical: string[] = []
  for (const { oid, critical, value } of list ? rawExtensions(list) : []) {
    const read = Object.hasOwn(readers, oid) ? readers[oid] : undefined
    if (read) Object.assign(extensions, readOrFault(read, value))
    else if (critical) unknownCritical.push(oid)
  }
  return { extensions, unknownCritical }
}

function readOrFault(read: Reader, value: Buffer): Partial<Extensions> {
  try {
    return read(value)
  } catch {
    throw new ExtensionFault('value')
  }
}
