import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { levels } from '../kernel/assurance.ts'
import {
  codeShown,
  decideRelay,
  type RelayReason,
  type RelayRules,
  type RelaySide,
  type RelayVerdict,
  relayAnswers,
  type Scan,
  shippedRelayRules,
} from './relay.ts'

const rabat: RelaySide = { address: '196.200.10.4', country: 'MA' }
const neighbour: RelaySide = { address: '196.200.10.77', country: 'MA' }
const mobile: RelaySide = { address: '105.66.1.9', country: 'MA' }
const lyon: RelaySide = { address: '90.10.20.30', country: 'FR' }
const office: RelaySide = { address: '10.1.2.3' }
const otherOffice: RelaySide = { address: '10.9.2.3' }
const home: RelaySide = { address: '2a01:e0a:1:2::5', country: 'FR' }
const homePhone: RelaySide = { address: '2a01:e0a:1:9::8', country: 'FR' }
const unknown: RelaySide = { address: '45.12.0.9' }
const noAddress: RelaySide = { address: 'unix:' }

const scan = (change: Partial<Scan> = {}): Scan => ({
  by: 'qr',
  browser: rabat,
  phone: neighbour,
  shownFor: 5_000,
  required: 'eidas2',
  takesCard: true,
  ...change,
})

describe('R089: a code that is scanned elsewhere than where it is shown', () => {
  const cases: [string, Partial<Scan>, RelayVerdict['answer'], RelayReason[], RelayVerdict['notice']?][] = [
    ['behind one router', {}, 'proceed', ['same_network']],
    ['behind one router, level high', { required: 'eidas3' }, 'proceed', ['same_network']],
    ['one household by IPv6', { browser: home, phone: homePhone }, 'proceed', ['same_network']],
    ['one address without a country', { browser: office, phone: office }, 'proceed', ['same_network']],
    ['a phone on the network of its operator', { phone: mobile }, 'proceed', ['other_network'], 'other_network'],
    ['the same, level high', { phone: mobile, required: 'eidas3' }, 'proceed', ['other_network'], 'other_network'],
    ['IPv4 there, IPv6 here', { browser: lyon, phone: home }, 'proceed', ['other_network'], 'other_network'],
    ['an office and a phone outside', { browser: office, phone: lyon }, 'proceed', ['other_network'], 'other_network'],
    ['two offices', { browser: office, phone: otherOffice }, 'proceed', ['other_network'], 'other_network'],
    ['another country, level low', { phone: lyon, required: 'eidas1' }, 'stronger', ['other_country'], 'other_country'],
    ['another country, level substantial', { phone: lyon }, 'stronger', ['other_country'], 'other_country'],
    [
      'another country, no card',
      { phone: lyon, takesCard: false },
      'refuse',
      ['other_country', 'no_card'],
      'other_country',
    ],
    ['another country, level high', { phone: lyon, required: 'eidas3' }, 'refuse', ['other_country'], 'other_country'],
    ['a public address nobody knows', { browser: unknown }, 'stronger', ['country_unknown'], 'place_unknown'],
    ['the same, level high', { phone: unknown, required: 'eidas3' }, 'refuse', ['country_unknown'], 'place_unknown'],
    ['no address, with somebody', { phone: noAddress }, 'stronger', ['country_unknown'], 'place_unknown'],
    [
      'no address on both sides',
      { browser: noAddress, phone: noAddress },
      'stronger',
      ['country_unknown'],
      'place_unknown',
    ],
    ['at its last moment', { shownFor: codeShown }, 'proceed', ['same_network']],
    ['a moment too late', { shownFor: codeShown + 1 }, 'refuse', ['shown_too_long']],
    ['a link on the same device, by a network of its own', { by: 'link', phone: lyon }, 'proceed', ['same_device']],
    ['a link kept too long', { by: 'link', shownFor: codeShown + 1 }, 'refuse', ['shown_too_long']],
  ]
  for (const [name, change, answer, reasons, notice] of cases) {
    test(name, () => {
      const expected = { answer, reasons, ...(notice ? { notice } : {}) }
      assert.deepEqual(decideRelay(scan(change), shippedRelayRules), expected)
    })
  }

  test('an operator’s rule is the answer, by level and by distance', () => {
    for (const rule of relayAnswers) {
      const strict: RelayRules = {
        differentCountry: { upToSubstantial: 'allow', high: rule },
        differentNetwork: { upToSubstantial: rule, high: 'allow' },
      }
      const answer = rule === 'allow' ? 'proceed' : rule
      assert.equal(decideRelay(scan({ phone: mobile }), strict).answer, answer)
      assert.equal(decideRelay(scan({ phone: lyon, required: 'eidas3' }), strict).answer, answer)
      assert.equal(decideRelay(scan({ phone: lyon }), strict).answer, 'proceed')
    }
  })
})

describe('R089: whatever the places', () => {
  const side = fc.constantFrom(rabat, neighbour, mobile, lyon, office, otherOffice, home, homePhone, unknown, noAddress)
  const scans = fc.record({
    by: fc.constantFrom('qr' as const, 'link' as const),
    browser: side,
    phone: side,
    shownFor: fc.integer({ min: 0, max: 2 * codeShown }),
    required: fc.constantFrom(...levels),
    takesCard: fc.boolean(),
  })
  const strictness = ['proceed', 'stronger', 'refuse']

  test('neither side is privileged, and a higher level is never judged more softly', () => {
    fc.assert(
      fc.property(scans, (one) => {
        const verdict = decideRelay(one, shippedRelayRules)
        assert.deepEqual(decideRelay({ ...one, browser: one.phone, phone: one.browser }, shippedRelayRules), verdict)
        const high = decideRelay({ ...one, required: 'eidas3' }, shippedRelayRules)
        assert.ok(strictness.indexOf(high.answer) >= strictness.indexOf(verdict.answer))
        assert.ok(verdict.reasons.length > 0)
      }),
    )
  })

  test('a code of two countries never goes on without more being asked or said', () => {
    fc.assert(
      fc.property(scans, (one) => {
        const { answer, notice } = decideRelay(one, shippedRelayRules)
        const apart = one.browser.country && one.phone.country && one.browser.country !== one.phone.country
        if (one.by === 'qr' && apart && one.shownFor <= codeShown) {
          assert.notEqual(answer, 'proceed')
          assert.equal(notice, 'other_country')
        }
      }),
    )
  })
})
