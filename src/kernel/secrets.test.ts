import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deriveKey, sameSecret, seal, unseal } from './secrets.ts'

const key = deriveKey(Buffer.alloc(32, 1), 'test')
const said = 'Amrani né à Fès — فاس'

test('what is sealed opens with its key and its context, and with nothing else', () => {
  const sealed = seal(key, said, 'row 1')
  assert.equal(unseal(key, sealed, 'row 1').toString('utf8'), said)
  assert.throws(() => unseal(key, sealed, 'row 2'))
  assert.throws(() => unseal(deriveKey(Buffer.alloc(32, 1), 'other'), sealed, 'row 1'))
  for (const plaintext of [Buffer.alloc(0), Buffer.alloc(100_000, 7)]) {
    assert.deepEqual(unseal(key, seal(key, plaintext, ''), ''), plaintext)
  }
})

test('a byte that was changed anywhere, or one that is missing, opens nothing', () => {
  const sealed = seal(key, said, 'row 1')
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(sealed.readUInt8(at) ^ 1, at)
    assert.throws(() => unseal(key, changed, 'row 1'), `byte ${at}`)
  }
  assert.throws(() => unseal(key, sealed.subarray(0, -1), 'row 1'))
  assert.throws(() => unseal(key, sealed.subarray(1), 'row 1'))
})

test('the same is sealed differently each time, and is not to be seen', () => {
  const [one, other] = [seal(key, said, ''), seal(key, said, '')]
  assert.notDeepEqual(one.subarray(0, 12), other.subarray(0, 12))
  assert.notDeepEqual(one.subarray(12), other.subarray(12))
  assert.ok(!one.includes('Amrani'))
  assert.equal(one.length, 12 + Buffer.byteLength(said) + 16)
})

test('it is AES-256-GCM: nonce, ciphertext, tag (test case 14 of the mode’s specification)', () => {
  const sealed = Buffer.concat([
    Buffer.alloc(12),
    Buffer.from('cea7403d4d606b6e074ec5d3baf39d18', 'hex'),
    Buffer.from('d0d1c8a799996bf0265b98b5d48ab919', 'hex'),
  ])
  assert.deepEqual(unseal(Buffer.alloc(32), sealed, ''), Buffer.alloc(16))
})

test('two secrets are the same when every character is, whatever their lengths', () => {
  for (const secret of ['', 'a', said, 'x'.repeat(100_000)]) {
    assert.equal(sameSecret(secret, `${secret}`), true)
    assert.equal(sameSecret(secret, `${secret}a`), false)
    assert.equal(sameSecret(`A${secret}`, `a${secret}`), false)
  }
})
