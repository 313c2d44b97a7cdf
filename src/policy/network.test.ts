import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { neighbourhoodOf, parseNetwork, placeOf } from './network.ts'

const networks = (...list: string[]) => list.map(parseNetwork).filter((network) => network !== undefined)

describe('local or remote', () => {
  const known = networks('10.1.0.0/16', '192.168.4.128/25', '203.0.113.7', 'fd00:1::/32', '2001:db8::5')
  const cases: [string, string | undefined, 'local' | 'remote'][] = [
    ['the first address of a range', '10.1.0.0', 'local'],
    ['the last one', '10.1.255.255', 'local'],
    ['the one after', '10.2.0.0', 'remote'],
    ['the one before', '10.0.255.255', 'remote'],
    ['a range that ends inside of a byte', '192.168.4.128', 'local'],
    ['just below it', '192.168.4.127', 'remote'],
    ['one address', '203.0.113.7', 'local'],
    ['its neighbour', '203.0.113.8', 'remote'],
    ['IPv6, in a range', 'fd00:1:ffff::1', 'local'],
    ['IPv6, outside', 'fd00:2::1', 'remote'],
    ['IPv6, written out', '2001:0DB8:0000:0000:0000:0000:0000:0005', 'local'],
    ['IPv4 inside of IPv6', '::ffff:10.1.2.3', 'local'],
    ['the same in hexadecimal', '::ffff:a01:203', 'local'],
    ['IPv4 inside of IPv6, outside', '::ffff:10.2.2.3', 'remote'],
    ['IPv4 in the deprecated way is IPv6', '::10.1.2.3', 'remote'],
    ['an address of a link, with its zone', 'fd00:1::1%eth0', 'remote'],
    ['octal or decimal, who knows', '10.01.0.1', 'remote'],
    ['a port', '10.1.0.1:443', 'remote'],
    ['a name', 'localhost', 'remote'],
    ['two addresses', '10.1.0.1, 10.1.0.2', 'remote'],
    ['nothing', '', 'remote'],
    ['no address', undefined, 'remote'],
  ]
  for (const [name, address, expected] of cases) {
    test(`R060: ${name}`, () => assert.equal(placeOf(address, known), expected))
  }

  test('R060: without a configured network everybody is remote, this machine too', () => {
    for (const address of ['127.0.0.1', '::1', '10.1.2.3']) assert.equal(placeOf(address, []), 'remote')
  })

  test('a whole family is a range, of its own addresses only', () => {
    assert.equal(placeOf('203.0.113.9', networks('0.0.0.0/0')), 'local')
    assert.equal(placeOf('2001:db8::1', networks('0.0.0.0/0')), 'remote')
  })
})

describe('a range', () => {
  test('is refused when it has bits beyond its prefix, or is none', () => {
    const wrong = ['10.1.2.3/16', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', 'fd00::1/64']
    for (const text of [
      ...wrong,
      '',
      'x',
      '::1::',
      '1:2:3:4:5:6:7:8:9',
      '1.2.3',
      '256.1.1.1',
      ':::',
      '1::2:3:4:5:6:7:8',
    ]) {
      assert.equal(parseNetwork(text), undefined, text)
    }
  })

  test('each address lies in every range around it, and in no other of that size', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 1, max: 32 }), (address, prefix) => {
        const bits = address.split('.').reduce((sum, byte) => sum * 256 + Number(byte), 0)
        const size = 2 ** (32 - prefix)
        const dotted = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
        const first = Math.floor(bits / size) * size
        assert.equal(placeOf(address, networks(`${dotted(first)}/${prefix}`)), 'local')
        const other = (first + size) % 2 ** 32
        assert.equal(placeOf(address, networks(`${dotted(other)}/${prefix}`)), 'remote')
      }),
    )
  })

  test('an address is one exactly when the platform says so, zones apart', () => {
    const texts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.stringMatching(/^[\da-f:.]{0,20}$/))
    fc.assert(
      fc.property(texts, (text) => assert.equal(parseNetwork(text) !== undefined, isIP(text) !== 0, text)),
      { numRuns: 3_000 },
    )
  })
})

test('neighbours share 24 bits, or 48 of IPv6, however their addresses are written', () => {
  const same: [string, string][] = [
    ['192.0.2.1', '192.0.2.254'],
    ['192.0.2.1', '::ffff:192.0.2.9'],
    ['2001:db8:7::1', '2001:0db8:0007:ffff::2'],
  ]
  for (const [one, other] of same) assert.equal(neighbourhoodOf(one), neighbourhoodOf(other), `${one} ${other}`)
  const distinct = ['192.0.2.1', '192.0.3.1', '2001:db8:7::1', '2001:db8:8::1', '::1']
  assert.equal(new Set(distinct.map(neighbourhoodOf)).size, distinct.length)
  for (const text of [undefined, '', 'localhost', '192.0.2', '192.0.2.1:443']) {
    assert.equal(neighbourhoodOf(text), undefined)
  }
})
