import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import { decideDestination, decideHost, destinationRules, type Forbidden, publicOnly } from './destinations.ts'

const verdicts: [Forbidden | undefined, string[]][] = [
  [
    undefined,
    ['1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '172.15.255.255', '172.32.0.0'],
  ],
  [undefined, ['192.167.255.255', '192.169.0.0', '223.255.255.255', '2606:4700::1', '2a01:e0a::1', '::ffff:1.1.1.1']],
  // Networks without IPv4 reach it by this prefix.
  [undefined, ['64:ff9b::101:101', '64:ff9b::1.1.1.1']],
  [
    'private',
    ['10.0.0.0', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1', '100.127.0.1'],
  ],
  ['private', ['fc00::1', 'fd12:3456::1', '::ffff:10.0.0.1', '::ffff:c0a8:101', '64:ff9b::10.0.0.1', '64:ff9b::a00:1']],
  ['loopback', ['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '64:ff9b::7f00:1']],
  [
    'link_local',
    ['169.254.169.254', '169.254.0.0', 'fe80::1', 'febf::1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe'],
  ],
  [
    'special',
    ['0.0.0.0', '0.1.2.3', '::', '::ffff:0.0.0.0', '224.0.0.1', '239.255.255.255', '255.255.255.255', 'ff02::1'],
  ],
  ['special', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '198.19.255.255', '192.0.0.1', '240.0.0.1']],
  ['special', ['2001:db8::1', '3fff::1', '100::1', '2001:2::1', '5f00::1', 'fec0::1', '4000::1', 'e000::1']],
  // Ways of writing an IPv4 address into one of IPv6: 6to4, Teredo, compatible, SIIT, NAT64 of one's own.
  ['special', ['2002:a00:1::', '2002:7f00:1::1', '2001:0:4136:e378::1', '::10.0.0.1', '::7f00:1', '::ffff:0:a00:1']],
  ['special', ['64:ff9b:1::a00:1', '64:ff9b:1:a00:1::']],
  [
    'special',
    ['', 'localhost', '127.1', '0x7f.1', '0177.0.0.1', '2130706433', '10.0.0.1:80', 'fe80::1%eth0', '::1%lo'],
  ],
]

test('what is public may be called, and nothing else', () => {
  for (const [verdict, addresses] of verdicts) {
    for (const address of addresses) assert.equal(decideDestination(address, 'a.example', publicOnly), verdict, address)
  }
})

test('however an address of IPv4 is written in one of IPv6, it is judged as what it is, or refused', () => {
  const octet = fc.nat(255)
  fc.assert(
    fc.property(octet, octet, octet, octet, (...bytes) => {
      const plain = decideDestination(bytes.join('.'), 'a.example', publicOnly)
      const hex = Buffer.from(bytes).toString('hex')
      const groups = `${hex.slice(0, 4)}:${hex.slice(4)}`
      for (const same of [`::ffff:${groups}`, `64:ff9b::${groups}`]) {
        assert.equal(decideDestination(same, 'a.example', publicOnly), plain, same)
      }
      for (const never of [`::${groups}`, `2002:${groups}::1`, `64:ff9b:1::${groups}`, `::ffff:0:${groups}`]) {
        assert.ok(decideDestination(never, 'a.example', publicOnly), never)
      }
    }),
  )
})

test('a demo reaches this machine, and no other one', () => {
  const demo = destinationRules({ allow: [], loopback: true })
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1']) {
    assert.equal(decideDestination(address, 'localhost', demo), undefined, address)
  }
  assert.equal(decideDestination('10.0.0.1', '10.0.0.1', demo), 'private')
  assert.equal(decideDestination('169.254.169.254', 'localhost', demo), 'link_local')
  assert.equal(decideDestination('0.0.0.0', 'localhost', demo), 'special', 'another way to this machine')
})

test('ranges that the operator allows are open whatever they are, but for what is no machine', () => {
  const rules = destinationRules({
    allow: ['10.20.0.0/16', 'fd00:1::/32', '169.254.7.7', '224.0.0.0/8'],
    loopback: false,
  })
  const open = ['10.20.0.0', '10.20.255.255', '::ffff:10.20.3.4', '64:ff9b::a14:304', 'fd00:1::9', '169.254.7.7']
  for (const address of open) assert.equal(decideDestination(address, 'a.example', rules), undefined, address)
  const shut: [string, Forbidden][] = [
    ['10.21.0.0', 'private'],
    ['fd00:2::9', 'private'],
    ['169.254.169.254', 'link_local'],
    ['127.0.0.1', 'loopback'],
    ['224.0.0.1', 'special'],
  ]
  for (const [address, verdict] of shut) assert.equal(decideDestination(address, 'a.example', rules), verdict, address)
})

test('a name that the operator allows may be private, and never leads to this machine or its link', () => {
  const rules = destinationRules({ allow: ['idp.intranet.example'], loopback: false })
  assert.equal(decideDestination('10.1.1.1', 'idp.intranet.example', rules), undefined)
  assert.equal(decideDestination('10.1.1.1', 'IDP.intranet.example.', rules), undefined)
  assert.equal(decideDestination('fd00::1', 'idp.intranet.example', rules), undefined)
  assert.equal(decideDestination('10.1.1.1', 'x.idp.intranet.example', rules), 'private')
  assert.equal(decideDestination('10.1.1.1', '10.1.1.1', rules), 'private')
  assert.equal(decideDestination('127.0.0.1', 'idp.intranet.example', rules), 'loopback')
  assert.equal(decideDestination('169.254.169.254', 'idp.intranet.example', rules), 'link_local')
})

test('what an address says before anything is looked up', () => {
  const hostOf = (address: string) => new URL(address).hostname
  const cases: [string, Forbidden | undefined][] = [
    ['https://a.example/', undefined],
    ['https://localhost.example/', undefined],
    ['https://1.1.1.1/', undefined],
    ['https://localhost/', 'loopback'],
    ['https://localhost./', 'loopback'],
    ['https://api.localhost/', 'loopback'],
    ['https://[::1]/', 'loopback'],
    // "ends in a number" (URL standard): each is an address of IPv4 to whoever reads URLs.
    ['https://2130706433/', 'loopback'],
    ['https://0x7f.1/', 'loopback'],
    ['https://0177.0.0.1/', 'loopback'],
    ['https://127.1/', 'loopback'],
    ['https://[::ffff:10.0.0.1]/', 'private'],
    ['https://169.254.169.254/latest/meta-data/', 'link_local'],
    ['https://①⑥⑨.254.169.254/', 'link_local'],
    ['https://[fd00::1]/', 'private'],
  ]
  for (const [address, verdict] of cases) assert.equal(decideHost(hostOf(address), publicOnly), verdict, address)
  const demo = destinationRules({ allow: [], loopback: true })
  assert.equal(decideHost('localhost', demo), undefined)
})
