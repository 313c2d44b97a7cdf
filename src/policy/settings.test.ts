import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseSettings } from '../config.ts'
import { hour } from '../kernel/durations.ts'
import { placeOf } from './network.ts'
import { policyDoubts, policyOf, policySchema } from './settings.ts'

const least = `
issuer: https://hub.example
mail: { host: smtp.hub.example, from: Garant <no-reply@hub.example> }
security: { contact: ['mailto:security@hub.example'], expires: 2027-06-01T00:00:00Z }
`
const faults = (policy: string) => {
  const parsed = parseSettings(`${least}policy: ${policy}\n`)
  return parsed.ok ? [] : parsed.faults.map(({ path, problem }) => `${path} ${problem}`)
}

describe('the section policy', () => {
  test('as it is shipped', () => {
    assert.deepEqual(policyOf(policySchema.parse({})), {
      timeZone: 'Europe/Paris',
      transitionEnd: Date.parse('2025-12-31T23:00:00Z'),
      transitionEnds: [],
      sensitiveMinimumFrom: Date.parse('2025-12-31T23:00:00Z'),
      localNetworks: [],
      passwordAlone: 'local',
      passwordProfile: 'constructions',
      restrictions: { delay: true, challenge: false, block: false },
      secureMailDomains: [],
      exceptionWindow: 4 * hour,
      stepUp: 'sensitive',
      secondFactorInterval: 8 * hour,
      thawDelay: 24 * hour,
      travelSpeed: 1000,
      relay: {
        differentCountry: { upToSubstantial: 'stronger', high: 'refuse' },
        differentNetwork: { upToSubstantial: 'allow', high: 'allow' },
      },
      sharing: { people: 2, devices: 4 },
      phishing: { misusedFrom: 5, warnFrom: 20, publish: false },
      surge: { atLeast: 10, times: 2, publish: false },
      cases: { answerDays: 5 },
    })
    assert.deepEqual(policyDoubts(policySchema.parse({})), [])
  })

  test('R060: a network is an address or a range, of a continent at most', () => {
    const networks = (list: string) => faults(`{ localNetworks: [${list}] }`)
    assert.deepEqual(networks("10.0.0.0/8, '2000::/8', 192.0.2.7, 'fd00:1::/32'"), [])
    for (const wide of ['10.0.0.0/7', "'2000::/7'"]) assert.equal(networks(wide).length, 1, wide)
    const { localNetworks } = policyOf(policySchema.parse({ localNetworks: ['10.0.0.0/8', 'fd00:1::/32'] }))
    const places = ['10.255.255.255', '11.0.0.0', 'fd00:1::7', 'fd00:2::7'].map((one) => placeOf(one, localNetworks))
    assert.deepEqual(places, ['local', 'remote', 'local', 'remote'])
  })

  const refusal = ['policy.restrictions must have one of delay, challenge, block on, unless passwordAlone is never']
  const off = 'restrictions: { delay: false, challenge: false, block: false }'
  const cases: [string, string, string[]][] = [
    ['R064: a password alone, and no measure', `{ ${off} }`, refusal],
    ['R064: the same for ordinary services', `{ passwordAlone: ordinary, ${off} }`, refusal],
    ['R064: no password alone, no measure needed', `{ passwordAlone: never, ${off} }`, []],
    ['R064: measure A alone', '{ restrictions: { delay: true, challenge: false, block: false } }', []],
    ['R064: measure B alone', '{ restrictions: { delay: false, challenge: true, block: false } }', []],
    ['R064: measure C alone', '{ restrictions: { delay: false, challenge: false, block: true } }', []],
    [
      'R060: everybody is not local',
      '{ localNetworks: [0.0.0.0/0, 10.1.2.3/16, intranet, fd00:1::/32] }',
      [0, 1, 2].map(
        (at) =>
          `policy.localNetworks[${at}] must be an address or a range of /8 or smaller, without bits beyond its prefix: 10.1.0.0/16, fd00:1::/32`,
      ),
    ],
    [
      'values of another kind',
      '{ transitionEnd: 2026-01-01, timeZone: Paris, passwordAlone: always, secureMailDomains: [Example] }',
      [
        'policy.timeZone must be the name of a time zone: Europe/Paris',
        'policy.transitionEnd must be a date and time with its zone: 2026-01-01T00:00:00+01:00',
        'policy.passwordAlone must be one of never, local, ordinary',
        'policy.secureMailDomains[0] must be a domain in lower case: medecin.mssante.fr',
      ],
    ],
  ]
  for (const [name, policy, expected] of cases) test(name, () => assert.deepEqual(faults(policy), expected))

  test('R031: a longer transition is a setting that is warned of', () => {
    const extended = policySchema.parse({
      transitionEnds: [{ jurisdiction: 'FR', population: 'citizen', end: '2029-01-01T00:00:00+01:00' }],
    })
    assert.equal(policyDoubts(extended).length, 1)
    assert.equal(policyOf(extended).transitionEnds[0]?.end, Date.parse('2028-12-31T23:00:00Z'))
  })
})
