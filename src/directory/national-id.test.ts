import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { rppsNumber } from '../../test/support/rpps-extraction.ts'
import { type NationalId, parseNationalId, parseTypedNumber } from './national-id.ts'

const rpps = (number: string): NationalId => ({ register: 'rpps', text: `8${number}`, number })

describe('R039: a national identifier', () => {
  const good: [string, NationalId][] = [
    ['810001045367', rpps('10001045367')],
    ['810000123454', rpps('10000123454')],
    ['810100000016', rpps('10100000016')],
    ['899700366240', rpps('99700366240')],
    ['899700218896', rpps('99700218896')],
    ['0123456789', { register: 'adeli', text: '0123456789', number: '123456789' }],
    ['02A1234567', { register: 'adeli', text: '02A1234567', number: '2A1234567' }],
    [
      '3750821092/067L-06067983',
      { register: 'finess', text: '3750821092/067L-06067983', establishment: '750821092', number: '067L-06067983' },
    ],
  ]
  for (const [text, id] of good) {
    test(`${text} is one of ${id.register}`, () => assert.deepEqual(parseNationalId(text), { ok: true, id }))
  }

  const bad: [string, 'malformed' | 'wrong_check_digit'][] = [
    ['810001045366', 'wrong_check_digit'],
    ['810001045376', 'wrong_check_digit'],
    ['801001045367', 'wrong_check_digit'],
    ['8100010453670', 'malformed'],
    ['81000104536', 'malformed'],
    ['10001045367', 'malformed'],
    ['910001045367', 'malformed'],
    ['81000104536A', 'malformed'],
    ['８10001045367', 'malformed'],
    [' 810001045367', 'malformed'],
    ['810001045367\n', 'malformed'],
    ['012345678', 'malformed'],
    ['3750821092', 'malformed'],
    ['3750821092/', 'malformed'],
    ['3750821092/a|b', 'malformed'],
    ['', 'malformed'],
  ]
  for (const [text, problem] of bad) {
    test(`${JSON.stringify(text)} is none: ${problem}`, () => {
      assert.deepEqual(parseNationalId(text), { ok: false, problem })
    })
  }

  test('one wrong digit, or two neighbours exchanged, is always found but for 09 and 90', () => {
    fc.assert(
      fc.property(fc.nat(999_999_999), fc.nat(10), fc.integer({ min: 1, max: 9 }), (person, place, by) => {
        const number = rppsNumber(person)
        assert.equal(parseNationalId(`8${number}`).ok, true)
        const other = [...number]
        other[place] = String((Number(number[place]) + by) % 10)
        assert.equal(parseNationalId(`8${other.join('')}`).ok, false)
        const [first = '', second = ''] = number.slice(place, place + 2)
        if (first === second || second === '' || ['09', '90'].includes(first + second)) return
        const swapped = number.slice(0, place) + second + first + number.slice(place + 2)
        assert.equal(parseNationalId(`8${swapped}`).ok, false)
      }),
    )
  })
})

test('R039: somebody types the number of their card, or the whole identifier, with spaces or without', () => {
  for (const typed of ['10001045367', '810001045367', ' 100 0104 5367 ', '8 10001045367']) {
    assert.deepEqual(parseTypedNumber(typed), { ok: true, id: rpps('10001045367') })
  }
  assert.deepEqual(parseTypedNumber('10001045366'), { ok: false, problem: 'wrong_check_digit' })
  assert.deepEqual(parseTypedNumber('1000104536'), { ok: false, problem: 'malformed' })
})
