/**
 * A receipt: one fact, and the proof that it is in the journal, for somebody who has nothing else of the journal; and the
 * receipt of a connection, which is that of each fact about it. Pure; it needs the public key of the hub's journal and no
 * database.
 */
import type { JWK } from 'jose'
import { z } from 'zod'
import type { Instant } from '../kernel/clock.ts'
import type { TreeHead } from './audit.ts'
import { canonical, commitmentOf, leafEntry } from './canonical.ts'
import { createHeadVerifier } from './heads.ts'
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts'

/** JSON as it is handed out; bytes are base64url. */
export interface Receipt {
  fact: { sequence: number; at: Instant; name: string; data: unknown }
  salt: string
  leaf: {
    index: number
    /** Days since 1970-01-01 (UTC): from then on the hub may have deleted the fact, and the receipt still proves it. */
    until: number
  }
  /** Hashes from the leaf to the root (RFC 9162 section 2.1.3). */
  inclusion: string[]
  head: TreeHead
  /**
   * An earlier head over the leaf, where one is kept, and the hashes that prove that the tree of `head` grew from it
   * (RFC 9162 section 2.1.4): the fact has not changed since that one was signed.
   */
  since?: { head: TreeHead; consistency: string[] }
}

/** What a person takes away of one use of their identity: what the journal says of it, each fact with its proof. */
export interface ConnectionReceipt {
  format: typeof connectionFormat
  connection: string
  /** The oldest first. */
  facts: Receipt[]
}

export const connectionFormat = 'garant-connection-receipt-1'

export type ReceiptVerdict =
  /** `origin` says whose journal it is, `signedAt` since when the fact cannot have changed. */
  | { genuine: true; origin: string; signedAt: Instant }
  | { genuine: false; reason: 'signature' | 'head' | 'inclusion' | 'consistency' | 'malformed' | 'other_connection' }

/** Checks a receipt with the public key, or the keys, of the journal. */
export async function verifyReceipt(receipt: Receipt, publicKey: JWK | readonly JWK[]): Promise<ReceiptVerdict> {
  const keys = 'kty' in publicKey ? [publicKey as JWK] : (publicKey as readonly JWK[])
  const verifier = createHeadVerifier(keys)
  const signed = await verifier.open(receipt.head.signature)
  if (!signed) return { genuine: false, reason: 'signature' }
  const { size, root } = receipt.head
  if (!isSigned(receipt.head, signed)) return { genuine: false, reason: 'head' }
  const leaf = leafOf(receipt)
  if (!leaf) return { genuine: false, reason: 'malformed' }
  const included = verifyInclusion({
    index: receipt.leaf.index,
    size,
    leaf,
    path: receipt.inclusion.map((hash) => Buffer.from(hash, 'base64url')),
    root: Buffer.from(root, 'base64url'),
  })
  if (!included) return { genuine: false, reason: 'inclusion' }
  const { since } = receipt
  if (!since) return { genuine: true, origin: signed.origin, signedAt: receipt.head.at }
  const earlier = await verifier.open(since.head.signature)
  if (!earlier) return { genuine: false, reason: 'signature' }
  if (!isSigned(since.head, earlier)) return { genuine: false, reason: 'head' }
  const grown =
    receipt.leaf.index < since.head.size &&
    earlier.origin === signed.origin &&
    verifyConsistency({
      first: { size: since.head.size, root: Buffer.from(since.head.root, 'base64url') },
      second: { size, root: Buffer.from(root, 'base64url') },
      path: since.consistency.map((hash) => Buffer.from(hash, 'base64url')),
    })
  if (!grown) return { genuine: false, reason: 'consistency' }
  return { genuine: true, origin: signed.origin, signedAt: since.head.at }
}

/**
 * Checks each fact, and that all are of one journal and of the connection that the receipt names. It does not say that
 * there is no other fact about that connection: of those that were written later, an older receipt knows nothing.
 */
export async function verifyConnectionReceipt(
  { connection, facts }: ConnectionReceipt,
  publicKey: JWK | readonly JWK[],
): Promise<ReceiptVerdict> {
  let last: Extract<ReceiptVerdict, { genuine: true }> | undefined
  let sequence = 0
  for (const receipt of facts) {
    const { fact } = receipt
    if (fact.sequence <= sequence) return { genuine: false, reason: 'malformed' }
    sequence = fact.sequence
    const verdict = await verifyReceipt(receipt, publicKey)
    if (!verdict.genuine) return verdict
    const { connection: about } = fact.data as { connection?: unknown }
    const isOne = about === connection && (last === undefined || last.origin === verdict.origin)
    if (!isOne) return { genuine: false, reason: 'other_connection' }
    last = { ...verdict, signedAt: Math.max(verdict.signedAt, last?.signedAt ?? 0) }
  }
  return last ?? { genuine: false, reason: 'malformed' }
}

const isSigned = ({ size, root, at }: TreeHead, signed: { size: number; root: string; at: Instant }) =>
  signed.size === size && signed.root === root && signed.at === at

/** The receipt of a file, of a fact or of a connection; undefined for what has neither form. */
export function readReceipt(text: string): Receipt | ConnectionReceipt | undefined {
  try {
    return z.union([receiptSchema, connectionSchema]).parse(JSON.parse(text)) as Receipt | ConnectionReceipt
  } catch {
    return undefined
  }
}

/** "[W]hen the last group has unused bits, they are zero" (RFC 4648 section 3.5): one writing for the same bytes. */
const isBase64url = (text: string) => Buffer.from(text, 'base64url').toString('base64url') === text
const bytes = z.string().refine(isBase64url)
const hashes = z.array(bytes).max(128)
const compact = z.string().refine((text) => text.split('.').every(isBase64url))
const headSchema = z.object({ size: z.int(), root: bytes, at: z.int(), signature: compact })
const receiptSchema = z.object({
  fact: z.object({ sequence: z.int(), at: z.int(), name: z.string(), data: z.record(z.string(), z.unknown()) }),
  salt: bytes,
  leaf: z.object({ index: z.int(), until: z.int() }),
  inclusion: hashes,
  head: headSchema,
  since: z.object({ head: headSchema, consistency: hashes }).optional(),
})
const connectionSchema = z.object({
  format: z.literal(connectionFormat),
  connection: z.string(),
  facts: z.array(receiptSchema).min(1).max(20),
})

function leafOf({ fact, salt, leaf }: Receipt): Buffer | undefined {
  try {
    const sequence = BigInt(fact.sequence)
    const written = { sequence, at: fact.at, name: fact.name, data: canonical(fact.data) }
    const commitment = commitmentOf(written, Buffer.from(salt, 'base64url'))
    return leafHash(leafEntry({ sequence, until: leaf.until, commitment }))
  } catch {
    // What cannot be a fact: a fraction, an undefined member, a day out of range.
    return undefined
  }
}
