/**
 * DER as ITU-T X.690 section 10 restricts it: what could have been written in another way is refused. Reading goes
 * forward only, by what the caller expects, so no input makes it recurse or start again. A `DerFault` says that the
 * bytes are not what they claim to be; the readers of this room turn it into a reason.
 */
import { type Instant, toDate } from '../kernel/clock.ts'

export class DerFault extends Error {
  override readonly name = 'DerFault'
}

/** Identifier octets of what is read here. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  visible: 0x1a,
  universal: 0x1c,
  bmp: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const

/** A tag of a context: `[0]` of a constructed or a primitive type. */
export const inside = (number: number) => 0xa0 | number
export const plain = (number: number) => 0x80 | number

export interface Element {
  tag: number
  content: Buffer
  /** With its header. */
  raw: Buffer
}

/** The element at a place of some bytes. */
export function elementAt(bytes: Buffer, at = 0): Element {
  const tag = bytes[at]
  const first = bytes[at + 1]
  // No structure that is read here has a tag number above 30.
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new DerFault('no element')
  let length = first
  let begins = at + 2
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0 || count > 4 || begins + count > bytes.length) throw new DerFault('length')
    length = bytes.readUIntBE(begins, count)
    begins += count
    // X.690 section 10.1: "encoded in the minimum number of octets".
    if (length < 0x80 || length < 2 ** (8 * (count - 1))) throw new DerFault('length')
  }
  const ends = begins + length
  if (ends > bytes.length) throw new DerFault('length')
  return { tag, content: bytes.subarray(begins, ends), raw: bytes.subarray(at, ends) }
}

/** The one element that these bytes are. */
export function elementOf(bytes: Buffer, tag?: number): Element {
  const element = elementAt(bytes)
  if (element.raw.length !== bytes.length) throw new DerFault('more than one element')
  if (tag !== undefined && element.tag !== tag) throw new DerFault('tag')
  return element
}

/** Reads the elements inside of one, from the first to the last. */
export interface Cursor {
  /** The next one, which has this tag. */
  next(tag?: number): Element
  /** The same if it is there. */
  maybe(tag: number): Element | undefined
  hasMore(): boolean
  /** There is nothing more. */
  end(): void
}

export function cursorOf(content: Buffer): Cursor {
  let at = 0
  const hasMore = () => at < content.length
  const next = (tag?: number) => {
    const element = elementAt(content, at)
    if (tag !== undefined && element.tag !== tag) throw new DerFault('tag')
    at += element.raw.length
    return element
  }
  return {
    next,
    hasMore,
    maybe: (tag) => (hasMore() && content[at] === tag ? next(tag) : undefined),
    end: () => {
      if (hasMore()) throw new DerFault('more than expected')
    },
  }
}

/** The elements inside of a sequence or set. */
export function childrenOf({ content }: Element, tag?: number): Element[] {
  const cursor = cursorOf(content)
  const children: Element[] = []
  while (cursor.hasMore()) children.push(cursor.next(tag))
  return children
}

/** A sequence that its standard gives as `SIZE (1..MAX)`. */
export function someOf(element: Element, tag?: number): Element[] {
  const children = childrenOf(element, tag)
  if (children.length === 0) throw new DerFault('empty')
  return children
}

export function oidOf({ content }: Element): string {
  const arcs: number[] = []
  let arc = 0
  let isNew = true
  for (const byte of content) {
    if (isNew && byte === 0x80) throw new DerFault('oid')
    arc = arc * 128 + (byte & 0x7f)
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw new DerFault('oid')
    isNew = (byte & 0x80) === 0
    if (isNew) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [first, ...rest] = arcs
  if (first === undefined || !isNew) throw new DerFault('oid')
  const top = Math.min(2, Math.floor(first / 40))
  return [top, first - top * 40, ...rest].join('.')
}

/** The bytes of an integer, which may be long: a serial number. */
export function integerOf({ content }: Element): Buffer {
  const [first, second] = content
  const isPadded = second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (first === undefined || isPadded) throw new DerFault('integer')
  return content
}

/** An integer from 0 to 2^31 - 1: a version, a count. */
export function smallOf(element: Element): number {
  const bytes = integerOf(element)
  if (bytes.length > 4 || (bytes[0] ?? 0x80) >= 0x80) throw new DerFault('integer')
  return bytes.readUIntBE(0, bytes.length)
}

export function booleanOf({ content }: Element): boolean {
  const [value] = content
  // X.690 section 11.1: "all eight bits ... set to one".
  if (content.length !== 1 || (value !== 0 && value !== 0xff)) throw new DerFault('boolean')
  return value === 0xff
}

/** A string of bits that are whole bytes: a key, a signature. */
export function wholeBitsOf({ content }: Element): Buffer {
  if (content[0] !== 0) throw new DerFault('bits')
  return content.subarray(1)
}

/** Named bits, by their numbers. Zeros at the end, which DER leaves out, mean nothing and are borne: cards have them. */
export function namedBitsOf({ content }: Element): ReadonlySet<number> {
  const unused = content[0] ?? 8
  const bytes = content.subarray(1)
  const last = bytes.at(-1) ?? 0
  if (unused > 7 || (bytes.length === 0 && unused > 0) || (last & (2 ** unused - 1)) !== 0) throw new DerFault('bits')
  const set = new Set<number>()
  for (const [index, byte] of bytes.entries()) {
    for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) set.add(index * 8 + bit)
  }
  return set
}

/** RFC 5280 section 4.1.2.5: in UTC, with seconds and without fractions of them. */
export function timeOf({ tag, content }: Element): Instant {
  const text = content.toString('latin1')
  const [, century, rest] =
    (tag === tags.utcTime
      ? /^()(\d{12})Z$/.exec(text)
      : tag === tags.generalizedTime
        ? /^(\d\d)(\d{12})Z$/.exec(text)
        : undefined) ?? []
  if (rest === undefined || century === undefined) throw new DerFault('time')
  const [year = '', month, day, hour, minute, second] = rest.match(/\d\d/g) ?? []
  // "Where YY is greater than or equal to 50, the year SHALL be interpreted as 19YY".
  const full = `${century || (Number(year) >= 50 ? '19' : '20')}${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const instant = Date.parse(full)
  // A date that does not exist is moved by some parsers; it is not one.
  if (Number.isNaN(instant) || isoOf(instant) !== full) throw new DerFault('time')
  return instant
}

const isoOf = (instant: Instant) => toDate(instant).toISOString()

/** A text in any of the types of DirectoryString, and in those of plain characters: numeric, visible, IA5. */
export function textOf({ tag, content }: Element): string {
  switch (tag) {
    case tags.utf8:
      return strict(content, 'utf-8')
    case tags.numeric:
    case tags.printable:
    case tags.ia5:
    case tags.visible:
      if (content.some((byte) => byte >= 0x80)) throw new DerFault('text')
      return content.toString('latin1')
    case tags.teletex:
      return content.toString('latin1')
    case tags.bmp:
      return strict(content, 'utf-16be')
    case tags.universal:
      return wide(content)
    default:
      throw new DerFault('text')
  }
}

/** UTF-32, the most significant byte first. */
function wide(content: Buffer): string {
  if (content.length % 4 !== 0) throw new DerFault('text')
  const points = Array.from({ length: content.length / 4 }, (_, index) => content.readUInt32BE(index * 4))
  if (points.some((point) => point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))) throw new DerFault('text')
  return points.map((point) => String.fromCodePoint(point)).join('')
}

function strict(content: Buffer, encoding: string): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content)
  } catch {
    throw new DerFault('text')
  }
}

// --- Writing: what is asked of a responder -------------------------------------------------------------------------

export function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  const size = Buffer.alloc(4)
  size.writeUInt32BE(length)
  const bytes = size.subarray(size.findIndex((byte) => byte !== 0))
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length]), bytes, content])
}

export function encodeOid(oid: string): Buffer {
  const [top = 0, second = 0, ...rest] = oid.split('.').map(Number)
  return encode(tags.oid, Buffer.from([top * 40 + second, ...rest].flatMap(septets)))
}

function septets(arc: number): number[] {
  const bytes = [arc % 128]
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) bytes.unshift((left % 128) | 0x80)
  return bytes
}
