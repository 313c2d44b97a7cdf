import assert from 'node:assert/strict'
import { generateKeyPairSync, type JsonWebKey, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { concatenated, SigningKey } from './signing-key.ts'

const data = Buffer.from('header.payload')

describe('keys that sign id tokens', () => {
  test('R018: ES256 is R and S of 32 bytes each, as a stock verifier reads it', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const key = new SigningKey({ id: 'one', alg: 'ES256', privateJwk: privateKey.export({ format: 'jwk' }) })
    assert.deepEqual([key.kid, key.alg, key.keyObject().equals(publicKey)], ['one', 'ES256', true])
    // Of so many, several have an R or an S that is shorter, and most one with a zero in front of it.
    for (let count = 0; count < 1_000; count++) {
      const signed = Buffer.from(`${data} ${count}`)
      const signature = key.sign(signed)
      assert.equal(signature.length, 64)
      assert.ok(verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature))
    }
  })

  test('R018: RS256 is the signature as it is', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const privateJwk = privateKey.export({ format: 'jwk' }) as JsonWebKey
    const key = new SigningKey({ id: 'two', alg: 'RS256', privateJwk })
    assert.ok(verify('sha256', data, publicKey, key.sign(data)))
  })

  const integer = (bytes: Buffer) => Buffer.concat([Buffer.from([0x02, bytes.length]), bytes])
  const sequence = (...integers: Buffer[]) => {
    const content = Buffer.concat(integers)
    return Buffer.concat([Buffer.from([0x30, content.length]), content])
  }
  const full = Buffer.alloc(32, 0x7f)
  const high = Buffer.alloc(32, 0xff)
  const zero = Buffer.from([0])
  const cases: [what: string, r: Buffer, s: Buffer, expected: Buffer][] = [
    ['two of full length', full, full, Buffer.concat([full, full])],
    ['zeros in front', Buffer.concat([zero, high]), Buffer.concat([zero, high]), Buffer.concat([high, high])],
    ['a short one', full, Buffer.from([5]), Buffer.concat([full, Buffer.alloc(31), Buffer.from([5])])],
    [
      'a short one with a zero in front',
      Buffer.from([0, 0x80, 1]),
      Buffer.concat([zero, high]),
      Buffer.concat([Buffer.alloc(30), Buffer.from([0x80, 1]), high]),
    ],
  ]
  for (const [what, r, s, expected] of cases) {
    test(`R018: of ${what}, each half has its place`, () => {
      assert.deepEqual(concatenated(sequence(integer(r), integer(s))), expected)
    })
  }
})
