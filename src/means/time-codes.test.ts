import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from 'otpauth'
import { newSeed, seedUri, stepOf } from './time-codes.ts'

/** RFC 6238 appendix B: the seed "12345678901234567890", SHA-1. Its codes have eight digits, of which ours are the last six. */
const seed = Secret.fromUTF8('12345678901234567890').base32
const vectors: [seconds: number, code: string][] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
]

test('R053: the vectors of RFC 6238 appendix B', () => {
  for (const [seconds, code] of vectors) {
    assert.equal(stepOf(seed, code.slice(2), seconds * 1000), Math.floor(seconds / 30), code)
    const wrong = code.slice(2).replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
    assert.equal(stepOf(seed, wrong, seconds * 1000), undefined)
  }
})

test('a code belongs to its own step, whether it is read in the one before, in it, or in the one after', () => {
  const [seconds, code] = [1111111111, '050471']
  const step = Math.floor(seconds / 30)
  for (const [shift, expected] of [
    [-60, undefined],
    [-30, step],
    [0, step],
    [30, step],
    [60, undefined],
  ] as const) {
    assert.equal(stepOf(seed, code, (step * 30 + shift) * 1000), expected, `${shift} s`)
  }
})

test('spaces are no part of a code; anything but six digits is none', () => {
  assert.equal(stepOf(seed, ' 287 082 ', 59_000), 1)
  for (const text of ['', '28708', '2870820', '94287082', '28708a', '٢٨٧٠٨٢', '-87082', '287082\0']) {
    assert.equal(stepOf(seed, text, 59_000), undefined, text)
  }
})

test('a seed has 160 bits, no two are the same, and its address says what applications read', () => {
  const seeds = Array.from({ length: 50 }, newSeed)
  assert.equal(new Set(seeds).size, 50)
  for (const one of seeds) assert.equal(Secret.fromBase32(one).bytes.length, 20)
  const uri = new URL(seedUri(seed, { issuer: 'Garant & fils', accountName: 'angela@example.org' }))
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(uri.host, 'totp')
  assert.equal(decodeURIComponent(uri.pathname), '/Garant & fils:angela@example.org')
  assert.deepEqual(Object.fromEntries(uri.searchParams), {
    issuer: 'Garant & fils',
    secret: seed,
    algorithm: 'SHA1',
    digits: '6',
    period: '30',
  })
})
