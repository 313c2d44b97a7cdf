import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { createPlaces } from './places.ts'

const places = createPlaces()

/** Addresses of operators that have stayed where they are for decades. */
const known: [string, string][] = [
  ['194.2.0.1', 'FR'],
  ['2a01:e00::1', 'FR'],
  ['2A01:0E00:0000:0000:0000:0000:0000:0001', 'FR'],
  ['196.200.160.1', 'MA'],
  ['8.8.8.8', 'US'],
  ['2001:4860:4860::8888', 'US'],
  ['::ffff:194.2.0.1', 'FR'],
  ['::FFFF:194.2.0.1', 'FR'],
  ['::ffff:c202:1', 'FR'],
  ['0:0:0:0:0:ffff:c202:0001', 'FR'],
]

const nowhere = [
  '127.0.0.1',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.1.1',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '192.0.2.1',
  '203.0.113.7',
  '224.0.0.1',
  '255.255.255.255',
  '0.0.0.0',
  '::ffff:192.168.1.1',
  '::ffff:c0a8:101',
  '::',
  '::1',
  'fe80::1',
  'fe80::1%eth0',
  'fd00::1',
  'ff02::1',
  '2001:db8::1',
]

const malformed = ['', 'localhost', '8.8.8', '8.8.8.8:443', '[2001:4860:4860::8888]', '8.8.8.8, 1.1.1.1', '08.8.8.8']

describe('the country of an address', () => {
  for (const [address, country] of known) {
    test(`${address} is in ${country}`, () => assert.equal(places.countryOf(address), country))
  }
  for (const address of nowhere) {
    test(`${address} is nowhere`, () => assert.equal(places.countryOf(address), undefined))
  }
  for (const text of malformed) {
    test(`${JSON.stringify(text)} is no address`, () => assert.equal(places.countryOf(text), undefined))
  }

  test('any address has a country code or none, and its mapped form has the same', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const country = places.countryOf(address)
        assert.match(country ?? 'AA', /^[A-Z]{2}$/)
        assert.equal(places.countryOf(`::ffff:${address}`), country)
      }),
    )
    fc.assert(fc.property(fc.ipV6(), (address) => assert.match(places.countryOf(address) ?? 'AA', /^[A-Z]{2}$/)))
    fc.assert(fc.property(fc.string(), (text) => assert.doesNotThrow(() => places.countryOf(text))))
  })
})
