/**
 * A receipt: one fact, and the proof that it is in the journal, for somebody who has nothing else of the journal. Pure;
 * it needs the public key of the hub's journal and no database.
 */
import type { JWK } from 'jose'
import type { Instant } from '../kernel/clock.ts'
import type { TreeHead } from './audit.ts'
import { canonical, commitmentOf, leafEntry } from './canonical.ts'
import { createHeadVerifier } from './heads.ts'
import { leafHash, verifyInclusion } from './merkle.ts'

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
}

export type ReceiptVerdict =
  /** `origin` says whose journal it is, `signedAt` since when the fact cannot have changed. */
  | { genuine: true; origin: string; signedAt: Instant }
  | { genuine: false; reason: 'signature' | 'head' | 'inclusion' | 'malformed' }

/** Checks a receipt with the public key, or the keys, of the journal. */
export async function verifyReceipt(receipt: Receipt, publicKey: JWK | readonly JWK[]): Promise<ReceiptVerdict> {
  const keys = 'kty' in publicKey ? [publicKey as JWK] : (publicKey as readonly JWK[])
  const signed = await createHeadVerifier(keys).open(receipt.head.signature)
  if (!signed) return { genuine: false, reason: 'signature' }
  const { size, root, at } = receipt.head
  if (signed.size !== size || signed.root !== root || signed.at !== at) return { genuine: false, reason: 'head' }
  const leaf = leafOf(receipt)
  if (!leaf) return { genuine: false, reason: 'malformed' }
  const included = verifyInclusion({
    index: receipt.leaf.index,
    size,
    leaf,
    path: receipt.inclusion.map((hash) => Buffer.from(hash, 'base64url')),
    root: Buffer.from(root, 'base64url'),
  })
  return included ? { genuine: true, origin: signed.origin, signedAt: at } : { genuine: false, reason: 'inclusion' }
}

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
