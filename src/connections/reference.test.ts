import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { makeReference, parseReference } from './reference.ts'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const reference = fc.uint8Array({ minLength: 11, maxLength: 11 }).map((bytes) => makeReference(Buffer.from(bytes)))
/** A reference, two positions of its twelve symbols, and a symbol. */
const damage = fc.tuple(reference, fc.nat(11), fc.nat(11), fc.constantFrom(...alphabet))

const symbolsOf = (text: string) => text.replaceAll('-', '').split('')

describe('reference codes', () => {
  test('three groups of four symbols, none of them easy to misread, 55 bits of randomness', () => {
    const codes = Array.from({ length: 2_000 }, () => makeReference())
    for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/)
    assert.equal(new Set(codes).size, codes.length)
    const first = new Set(codes.map((code) => code[0]))
    assert.equal(first.size, 32)
  })

  test('the format of codes that are printed already does not change', () => {
    assert.equal(makeReference(Buffer.from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])), '0123-4567-89AM')
    assert.equal(parseReference('0123-4567-89AM'), '0123-4567-89AM')
  })

  test('too few bits make no reference', () => {
    assert.throws(() => makeReference(Buffer.alloc(10)), RangeError)
  })

  test('what was made is read back, however it was written', () => {
    const spoken = fc.constantFrom<(code: string) => string>(
      (code) => code.toLowerCase(),
      (code) => code.replaceAll('-', ' '),
      (code) => code.replaceAll('-', ''),
      (code) => ` ${code}\n`,
      (code) => `\u2066${code}\u2069`,
      (code) => code.replaceAll('-', '–'),
      (code) => code.replaceAll('0', 'O').replaceAll('1', 'l'),
      (code) => code.replaceAll('0', 'o').replaceAll('1', 'I'),
    )
    fc.assert(fc.property(reference, spoken, (code, write) => assert.equal(parseReference(write(code)), code)))
  })

  test('any one wrong symbol is noticed', () => {
    fc.assert(
      fc.property(damage, ([code, position, , symbol]) => {
        const symbols = symbolsOf(code)
        fc.pre(symbols[position] !== symbol)
        symbols[position] = symbol
        assert.equal(parseReference(symbols.join('')), undefined)
      }),
    )
  })

  test('any two symbols that changed places are noticed', () => {
    fc.assert(
      fc.property(damage, ([code, from, to]) => {
        const symbols = symbolsOf(code)
        fc.pre(symbols[from] !== symbols[to])
        const moved = symbols.with(from, symbols[to] as string).with(to, symbols[from] as string)
        assert.equal(parseReference(moved.join('')), undefined)
      }),
    )
  })

  test('a missing or added symbol is no reference', () => {
    fc.assert(
      fc.property(damage, ([code, position, , symbol]) => {
        const symbols = symbolsOf(code)
        assert.equal(parseReference(symbols.toSpliced(position, 1).join('')), undefined)
        assert.equal(parseReference(symbols.toSpliced(position, 0, symbol).join('')), undefined)
      }),
    )
  })

  for (const text of ['', '-', 'U123-4567-89AB', 'é'.repeat(12), '0'.repeat(1_000_000)]) {
    test(`${JSON.stringify(text.slice(0, 20))} is no reference`, () => assert.equal(parseReference(text), undefined))
  }
})
