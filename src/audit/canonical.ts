/**
 * What a fact looks like to the hash, byte for byte. None of this can ever change for a fact that was sealed: a new form
 * takes a new format byte in `leafEntry`. `docs/journal.md` describes it, with an example that a test computes again.
 */
import { hash } from 'node:crypto'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'

export const saltLength = 32
export const hashLength = 32

/** A fact with its data as canonical JSON text, the way it is stored. */
export interface WrittenFact {
  sequence: bigint
  at: Instant
  name: string
  data: string
}

/** What of a fact stays in the tree for ever. */
export interface Leaf {
  sequence: bigint
  /** Days since 1970-01-01 (UTC): from the start of this day on, the fact may be gone. */
  until: number
  commitment: Buffer
}

/**
 * JSON text by the JSON Canonicalization Scheme (RFC 8785), for the values that facts are made of: strings, integers,
 * booleans, null, lists and objects.
 *
 * @throws TypeError on anything else, so that two readers can never see two values in one text
 */
export function canonical(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return canonicalString(value)
  if (typeof value === 'number') return canonicalInteger(value)
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (isPlainObject(value)) {
    // RFC 8785 section 3.2.3: "Property name strings to be sorted are formatted as arrays of UTF-16 code units. The
    // sorting is based on pure value comparisons"; this is what `sort` does without a comparator.
    const members = Object.keys(value).sort()
    return `{${members.map((name) => `${canonicalString(name)}:${canonical(value[name])}`).join(',')}}`
  }
  throw new TypeError(`a fact holds no ${typeof value}`)
}

function canonicalString(value: string): string {
  // RFC 8785 section 3.2.2.2: "lone surrogates [...] MUST cause a compliant JCS implementation to terminate with an
  // appropriate error". NUL is valid JSON, but PostgreSQL cannot turn it into text.
  if (!value.isWellFormed() || value.includes('\0')) throw new TypeError('a fact holds no such text')
  // The escapes of RFC 8785 are those of ECMAScript.
  return JSON.stringify(value)
}

function canonicalInteger(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('a fact holds integers only')
  return JSON.stringify(value)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** The canonical fact: RFC 8785 of `{ at, data, name, sequence }`. The members are written in their sorted order. */
export function canonicalFact({ sequence, at, name, data }: WrittenFact): string {
  return `{"at":${at},"data":${data},"name":${JSON.stringify(name)},"sequence":${sequence}}`
}

/** SHA-256(salt ‖ canonical fact). Without the salt, nobody can try out what a deleted fact said. */
export function commitmentOf(fact: WrittenFact, salt: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(canonicalFact(fact))]), 'buffer')
}

/** The form of canonical fact, commitment and entry that this file describes. */
const format = 1

/**
 * The entry of a leaf: format byte ‖ sequence (8 bytes) ‖ until (4 bytes) ‖ commitment (32 bytes), numbers in network
 * order. The day is inside what heads sign, so that nobody can bring forward the expiry of a fact that they removed.
 */
export function leafEntry({ sequence, until, commitment }: Leaf): Buffer {
  const entry = Buffer.allocUnsafe(13 + hashLength)
  entry.writeUInt8(format, 0)
  entry.writeBigUInt64BE(sequence, 1)
  entry.writeUInt32BE(until, 9)
  entry.set(commitment, 13)
  return entry
}

/** Days since 1970-01-01 (UTC) at an instant. */
export function dayOf(instant: Instant): number {
  return Math.floor(instant / day)
}

/** The first day that begins when a fact has been kept for its time: whole days tell less than instants. */
export function firstDayAfter(at: Instant, kept: number): number {
  return Math.ceil((at + kept) / day)
}
