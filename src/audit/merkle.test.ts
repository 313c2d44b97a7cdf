import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import {
  combine,
  completeSubtrees,
  consistencyPath,
  createFrontier,
  emptyRoot,
  foldRight,
  inclusionPath,
  leafHash,
  nodeHash,
  type Range,
  storedBelow,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts'

/** The inputs and results that implementations of RFC 6962 and RFC 9162 have compared themselves with since 2013. */
const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f']
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]
const vectorLeaves = inputs.map((input) => leafHash(Buffer.from(input, 'hex')))

/** The definition of RFC 9162 section 2.1.1, word for word: what everything else is compared with. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves
  if (!only) return hash('sha256', '', 'buffer')
  if (leaves.length === 1) return only
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return nodeHash(treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)))
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => leafHash(Buffer.from(String(index))))
const hashesOf = (leaves: readonly Buffer[], ranges: readonly Range[]) =>
  ranges.map(({ from, to }) => treeHash(leaves.slice(from, to)))

test('the roots of the published vectors', () => {
  const frontier = createFrontier()
  assert.deepEqual(frontier.root(), emptyRoot)
  assert.equal(emptyRoot.toString('hex'), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  vectorLeaves.forEach((leaf, index) => {
    frontier.push(leaf)
    assert.equal(frontier.root().toString('hex'), roots[index])
  })
})

test('the proofs of the published vectors', () => {
  const hex = (ranges: Range[]) => hashesOf(vectorLeaves, ranges).map((part) => part.toString('hex'))
  assert.deepEqual(hex(inclusionPath(0, 1)), [])
  assert.deepEqual(hex(inclusionPath(0, 8)), [
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ])
  assert.deepEqual(hex(inclusionPath(5, 8)), [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ])
  assert.deepEqual(hex(consistencyPath(6, 8)), [
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ])
})

test('a frontier gives the defined root, however often it is put away and taken up again', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 8 }), (batches) => {
      const all: Buffer[] = []
      let frontier = createFrontier()
      for (const batch of batches) {
        const hashes = completeSubtrees({ from: 0, to: all.length }).map(({ height, position }) =>
          treeHash(all.slice(position * 2 ** height, (position + 1) * 2 ** height)),
        )
        frontier = createFrontier(all.length, hashes)
        for (let index = 0; index < batch; index++) {
          const leaf = leafHash(Buffer.from(String(all.length)))
          all.push(leaf)
          frontier.push(leaf)
        }
        assert.deepEqual(frontier.root(), treeHash(all))
        assert.equal(frontier.size, all.length)
      }
    }),
  )
})

test('the nodes to store are the complete subtrees of the stored heights, each once', () => {
  const leaves = numbered(600)
  const frontier = createFrontier()
  for (const leaf of leaves) frontier.push(leaf)
  const nodes = frontier.takeCompleted()
  assert.equal(nodes.length, Math.floor(600 / 16) + Math.floor(600 / 256))
  for (const { height, position, hash: node } of nodes) {
    assert.deepEqual(node, treeHash(leaves.slice(position * 2 ** height, (position + 1) * 2 ** height)))
  }
  assert.deepEqual(frontier.takeCompleted(), [])
})

test('a subtree between stored heights is computed from the stored nodes below it', () => {
  const leaves = numbered(512)
  for (const subtree of [
    { height: 0, position: 3 },
    { height: 3, position: 5 },
    { height: 6, position: 2 },
    { height: 9, position: 0 },
  ]) {
    const below = storedBelow(subtree)
    assert.ok(below.to - below.from <= 8 && below.height % 4 === 0)
    const nodes = Array.from({ length: below.to - below.from }, (_, offset) => {
      const start = (below.from + offset) * 2 ** below.height
      return treeHash(leaves.slice(start, start + 2 ** below.height))
    })
    const start = subtree.position * 2 ** subtree.height
    assert.deepEqual(combine(nodes), treeHash(leaves.slice(start, start + 2 ** subtree.height)))
  }
})

const sizes = fc.integer({ min: 1, max: 70 })

test('the ranges of a proof, cut into complete subtrees, give the hashes of the definition', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), (size, place, earlier) => {
      const leaves = numbered(size)
      for (const range of [...inclusionPath(place % size, size), ...consistencyPath((earlier % size) + 1, size)]) {
        const parts = completeSubtrees(range).map(({ height, position }) =>
          treeHash(leaves.slice(position * 2 ** height, (position + 1) * 2 ** height)),
        )
        assert.deepEqual(foldRight(parts), treeHash(leaves.slice(range.from, range.to)))
      }
    }),
  )
})

test('an inclusion proof holds for its leaf, its place and its tree, and for nothing else', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), (size, place, bit) => {
      const leaves = numbered(size)
      const index = place % size
      const path = hashesOf(leaves, inclusionPath(index, size))
      const proof = { index, size, leaf: leaves[index] ?? emptyRoot, path, root: treeHash(leaves) }
      assert.ok(verifyInclusion(proof))
      assert.ok(!verifyInclusion({ ...proof, leaf: leafHash(Buffer.from('other')) }))
      assert.ok(!verifyInclusion({ ...proof, root: flipped(proof.root, bit) }))
      assert.ok(!verifyInclusion({ ...proof, path: [...path, emptyRoot] }))
      assert.ok(!verifyInclusion({ ...proof, index: size }))
      if (size > 1) {
        assert.ok(!verifyInclusion({ ...proof, index: (index + 1) % size }))
        assert.ok(!verifyInclusion({ ...proof, path: path.slice(1) }))
        assert.ok(!verifyInclusion({ ...proof, path: path.map((part) => flipped(part, bit)) }))
      }
    }),
  )
})

test('a consistency proof holds for a tree that grew, and for no other', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), (size, earlier, touched) => {
      const leaves = numbered(size)
      const first = { size: (earlier % size) + 1, root: treeHash(leaves.slice(0, (earlier % size) + 1)) }
      const path = hashesOf(leaves, consistencyPath(first.size, size))
      assert.ok(verifyConsistency({ first, second: { size, root: treeHash(leaves) }, path }))
      assert.ok(!verifyConsistency({ first, second: { size, root: treeHash(leaves) }, path: [...path, emptyRoot] }))

      const rewritten = leaves.with(touched % first.size, leafHash(Buffer.from('rewritten')))
      const second = { size, root: treeHash(rewritten) }
      for (const tree of [leaves, rewritten]) {
        assert.ok(!verifyConsistency({ first, second, path: hashesOf(tree, consistencyPath(first.size, size)) }))
      }
    }),
  )
})

test('any tree continues the empty one, and a tree does not shrink', () => {
  const leaves = numbered(5)
  const second = { size: 5, root: treeHash(leaves) }
  assert.ok(verifyConsistency({ first: { size: 0, root: emptyRoot }, second, path: [] }))
  assert.ok(!verifyConsistency({ first: second, second: { size: 3, root: treeHash(leaves.slice(0, 3)) }, path: [] }))
  assert.throws(() => consistencyPath(5, 3), RangeError)
  assert.throws(() => inclusionPath(5, 5), RangeError)
})

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes)
  const place = bit % (copy.length * 8)
  copy[place >> 3] = (copy[place >> 3] ?? 0) ^ (1 << (place & 7))
  return copy
}
