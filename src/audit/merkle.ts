/**
 * The Merkle tree of RFC 9162 section 2.1 with SHA-256. Pure: what is stored where is not known here.
 *
 * Of the inner nodes only those whose height is a multiple of `storedStep` are kept; the few between them are computed
 * from at most 2^(storedStep - 1) nodes below. That is one stored node for 15 leaves, and any proof reads O(log n) rows.
 */
import { hash } from 'node:crypto'

/** The complete subtree over the leaves `position * 2^height` to `(position + 1) * 2^height - 1`. */
export interface Subtree {
  height: number
  position: number
}

/** Leaves `from` (included) to `to` (excluded). */
export interface Range {
  from: number
  to: number
}

export interface StoredNode extends Subtree {
  hash: Buffer
}

export const storedStep = 4

const leafPrefix = Buffer.from([0x00])
const nodePrefix = Buffer.from([0x01])

/** RFC 9162 section 2.1.1: "MTH({}) = HASH()". */
export const emptyRoot: Buffer = hash('sha256', '', 'buffer')

/** RFC 9162 section 2.1.1: "MTH({d[0]}) = HASH(0x00 || d[0])". */
export function leafHash(entry: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, entry]), 'buffer')
}

/** RFC 9162 section 2.1.1: "HASH(0x01 || MTH(D[0:k]) || MTH(D[k:n]))". */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodePrefix, left, right]), 'buffer')
}

/** The hash of neighbouring subtrees that shrink from left to right, as `completeSubtrees` lists them. */
export function foldRight(hashes: readonly Buffer[]): Buffer {
  return hashes.length === 0 ? emptyRoot : hashes.reduceRight((right, left) => nodeHash(left, right))
}

/** The right edge of a tree: all that is needed to add leaves and to know the root. */
export interface Frontier {
  readonly size: number
  push(leaf: Buffer): void
  root(): Buffer
  /** The nodes to store that were completed since the last call. */
  takeCompleted(): StoredNode[]
}

/** `hashes` are those of `completeSubtrees({ from: 0, to: size })`. */
export function createFrontier(size = 0, hashes: readonly Buffer[] = []): Frontier {
  const edge = completeSubtrees({ from: 0, to: size }).map(({ height }, place) => {
    const known = hashes[place]
    if (!known) throw new Error('a frontier needs the hash of each of its subtrees')
    return { height, hash: known }
  })
  let count = size
  let completed: StoredNode[] = []
  return {
    get size() {
      return count
    },
    push(leaf) {
      let top = { height: 0, hash: leaf }
      let position = count
      for (let left = edge.at(-1); left?.height === top.height; left = edge.at(-1)) {
        edge.pop()
        top = { height: top.height + 1, hash: nodeHash(left.hash, top.hash) }
        position = Math.floor(position / 2)
        if (top.height % storedStep === 0) completed.push({ ...top, position })
      }
      edge.push(top)
      count += 1
    },
    root: () => foldRight(edge.map((part) => part.hash)),
    takeCompleted() {
      const taken = completed
      completed = []
      return taken
    },
  }
}

/**
 * Cuts a range into complete subtrees, from left to right. For a range that the recursions of RFC 9162 produce (it
 * begins at a multiple of a power of two not smaller than itself) they shrink, and `foldRight` of them is its hash.
 */
export function completeSubtrees({ from, to }: Range): Subtree[] {
  const parts: Subtree[] = []
  let start = from
  while (start < to) {
    let height = 0
    while (start % 2 ** (height + 1) === 0 && start + 2 ** (height + 1) <= to) height += 1
    parts.push({ height, position: start / 2 ** height })
    start += 2 ** height
  }
  return parts
}

/** The stored nodes below a subtree: `from` and `to` are positions at `height`; height 0 means leaves. */
export function storedBelow({ height, position }: Subtree): Range & { height: number } {
  const width = 2 ** (height % storedStep)
  return { height: height - (height % storedStep), from: position * width, to: (position + 1) * width }
}

/** The hash of a complete subtree from all nodes of one height below it. */
export function combine(nodes: readonly Buffer[]): Buffer {
  let row = [...nodes]
  while (row.length > 1) {
    row = Array.from({ length: row.length / 2 }, (_, pair) =>
      nodeHash(row[pair * 2] ?? emptyRoot, row[pair * 2 + 1] ?? emptyRoot),
    )
  }
  return row[0] ?? emptyRoot
}

/** RFC 9162 section 2.1.2: "k be the largest power of two smaller than n". */
function split(size: number): number {
  let k = 1
  while (k * 2 < size) k *= 2
  return k
}

/** RFC 9162 section 2.1.3.1, PATH(m, D_n): the ranges whose hashes prove that a leaf is in the tree of `size` leaves. */
export function inclusionPath(index: number, size: number): Range[] {
  if (index < 0 || index >= size) throw new RangeError('no such leaf in this tree')
  const path = (from: number, to: number): Range[] => {
    if (to - from === 1) return []
    const middle = from + split(to - from)
    return index < middle ? [...path(from, middle), { from: middle, to }] : [...path(middle, to), { from, to: middle }]
  }
  return path(0, size)
}

/** RFC 9162 section 2.1.4.1, PROOF(m, D_n): the ranges that prove that a tree grew from `first` to `second` leaves. */
export function consistencyPath(first: number, second: number): Range[] {
  if (first < 0 || first > second) throw new RangeError('a tree does not shrink')
  if (first === 0 || first === second) return []
  const path = (from: number, to: number, whole: boolean): Range[] => {
    if (to === first) return whole ? [] : [{ from, to }]
    const middle = from + split(to - from)
    return first <= middle
      ? [...path(from, middle, whole), { from: middle, to }]
      : [...path(middle, to, false), { from, to: middle }]
  }
  return path(0, second, true)
}

const halved = (value: number) => Math.floor(value / 2)
const odd = (value: number) => value % 2 === 1

/** RFC 9162 section 2.1.3.2, step by step. */
export function verifyInclusion(proof: {
  index: number
  size: number
  leaf: Buffer
  path: readonly Buffer[]
  root: Buffer
}): boolean {
  let fn = proof.index
  let sn = proof.size - 1
  if (!Number.isSafeInteger(fn) || !Number.isSafeInteger(sn) || fn < 0 || fn > sn) return false
  let r = proof.leaf
  for (const p of proof.path) {
    if (sn === 0) return false
    if (odd(fn) || fn === sn) {
      r = nodeHash(p, r)
      while (!odd(fn) && fn !== 0) {
        fn = halved(fn)
        sn = halved(sn)
      }
    } else {
      r = nodeHash(r, p)
    }
    fn = halved(fn)
    sn = halved(sn)
  }
  return sn === 0 && r.equals(proof.root)
}

/** RFC 9162 section 2.1.4.2, step by step; a tree of no leaf is consistent with any. */
export function verifyConsistency(proof: {
  first: { size: number; root: Buffer }
  second: { size: number; root: Buffer }
  path: readonly Buffer[]
}): boolean {
  const { first, second, path } = proof
  if (first.size > second.size || first.size < 0) return false
  if (first.size === second.size) return path.length === 0 && first.root.equals(second.root)
  if (first.size === 0) return path.length === 0 && first.root.equals(emptyRoot)
  // "If first is an exact power of 2, then prepend first_hash to the consistency_path array."
  const steps = 2 ** Math.round(Math.log2(first.size)) === first.size ? [first.root, ...path] : [...path]
  let fn = first.size - 1
  let sn = second.size - 1
  while (odd(fn)) {
    fn = halved(fn)
    sn = halved(sn)
  }
  const start = steps.shift()
  if (!start) return false
  let fr = start
  let sr = start
  for (const c of steps) {
    if (sn === 0) return false
    if (odd(fn) || fn === sn) {
      fr = nodeHash(c, fr)
      sr = nodeHash(c, sr)
      while (!odd(fn) && fn !== 0) {
        fn = halved(fn)
        sn = halved(sn)
      }
    } else {
      sr = nodeHash(sr, c)
    }
    fn = halved(fn)
    sn = halved(sn)
  }
  return sn === 0 && fr.equals(first.root) && sr.equals(second.root)
}
