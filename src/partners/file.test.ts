import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { GarantError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import { type FileOptions, parsePartnersFile } from './file.ts'
import { named, samplePartners, sampleProvider, sampleService, strongSecret, toYaml } from './partners.sample.ts'
import { sayDoubt } from './problems.ts'

const strict = { allowHttp: false }

/** The faults of a file, one a line. */
function faultsOf(source: string | Uint8Array, options: FileOptions = strict): string[] {
  try {
    parsePartnersFile(source, options)
    return []
  } catch (error) {
    if (!(error instanceof GarantError)) throw error
    assert.equal(error.error, 'settings_invalid')
    return String(error.inside.faults).split('\n')
  }
}

const withService = (changes: Record<string, unknown>) =>
  toYaml({ partners: [{ id: 'one', name: named('One'), services: [sampleService('site', changes)] }] })

const withProvider = (changes: Record<string, unknown>, connector: Record<string, unknown> = {}) =>
  toYaml({ partners: [{ id: 'one', name: named('One'), providers: [sampleProvider('idp', changes, connector)] }] })

const publicJwk = (type: 'ec' | 'rsa', bits = 2048): Record<string, unknown> => {
  const { publicKey } =
    type === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: bits })
  return { ...publicKey.export({ format: 'jwk' }) }
}
const key = publicJwk('ec')
const byKey = { auth: 'private_key_jwt', secrets: [], jwks: { keys: [key] } }

test('a whole file is read, with its defaults', () => {
  const file = parsePartnersFile(toYaml(samplePartners()), strict)
  const [health, state] = file.partners
  assert.deepEqual(health?.services[0], {
    id: 'refunds',
    partner: 'health-insurance',
    name: named('refunds'),
    homepage: 'https://refunds.example/',
    redirectUris: ['https://refunds.example/callback'],
    postLogoutRedirectUris: [],
    auth: 'client_secret_basic',
    secrets: [{ hash: hashSecret('secret-of-refunds') }],
    sector: 'health.example',
    scopes: ['openid', 'given_name'],
    entitledTo: [],
    minimumLevel: 'eidas1',
    providers: 'all',
    idpHints: [],
    idTokenAlg: 'ES256',
    singleSignOn: true,
    sensitive: false,
    forOrganisations: false,
  })
  assert.deepEqual(state?.providers[0], {
    id: 'taxes',
    partner: 'state',
    name: named('taxes'),
    connector: {
      kind: 'oidc',
      issuer: 'https://taxes.example',
      clientId: 'garant',
      auth: 'client_secret_basic',
      clientSecret: 'client-secret-at-taxes',
      scopes: ['openid', 'profile'],
      signingAlgs: ['ES256', 'RS256'],
      userinfo: 'json',
      identity: 'pivot',
    },
    allowedLevels: ['eidas1'],
    population: 'citizens',
  })
})

describe('one fault in a service', () => {
  const uri = (address: string) => ({ redirectUris: [address] })
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['a wildcard', uri('https://*.site.example/cb'), /redirectUris\[0\] must be one exact address/],
    ['a fragment', uri('https://site.example/cb#'), /must not have a fragment/],
    ['plain http', uri('http://site.example/cb'), /must begin with https/],
    ['plain http on this machine', uri('http://localhost:4001/cb'), /must begin with https/],
    ['another scheme', uri('javascript:alert(1)'), /must begin with https/],
    ['a user name', uri('https://a@site.example/cb'), /must not hold a user name/],
    ['dots', uri('https://site.example/a/../cb'), /canonical spelling/],
    ['capital letters in the host', uri('https://Site.example/cb'), /canonical spelling/],
    ['a default port', uri('https://site.example:443/cb'), /canonical spelling/],
    ['a backslash', uri('https://site.example\\cb'), /canonical spelling/],
    ['a path only', uri('/callback'), /must be an absolute address/],
    ['no redirect URI', { redirectUris: [] }, /redirectUris must not be empty/],
    [
      'the same redirect URI twice',
      { redirectUris: ['https://a.example/', 'https://a.example/'] },
      /the same entry twice/,
    ],
    ['two hosts without a sector', { redirectUris: ['https://a.example/', 'https://b.example/'] }, /sector is missing/],
    ['a sector that is no host', { sector: 'https://a.example' }, /sector must be a host name/],
    ['scopes without openid', { scopes: ['email'] }, /scopes must include openid/],
    ['an unknown scope', { scopes: ['openid', 'salary'] }, /scopes\[1\] must be one of openid, /],
    ['no word about providers', { providers: undefined }, /providers is missing: "all", or a list/],
    ['an empty list of providers', { providers: [] }, /providers must not be empty/],
    [
      'a hint outside its providers',
      { providers: ['a'], idpHints: ['b'] },
      /idpHints names a provider that is not among/,
    ],
    ['R082: a geography of no country', { geography: { allowed: [] } }, /geography.allowed must not be empty/],
    [
      'R082: a country in words',
      { geography: { allowed: ['Maroc'] } },
      /geography.allowed\[0\] must be the two letters/,
    ],
    [
      'R082: a level where the service is closed',
      { geography: { allowed: ['MA'], elsewhere: 'refuse', stepUpLevel: 'eidas2' } },
      /geography.stepUpLevel must be left out/,
    ],
    [
      'R092: for whom somebody acts, and nothing that may be done so',
      { scopes: ['openid', 'representation'] },
      /representation is missing: it says what may be done for an organisation/,
    ],
    ['R067: a password alone without a risk profile', { passwordAlone: true }, /riskProfile is missing/],
    ['a population of its own', { population: 'patients' }, /population must be one of citizens, professionals/],
    ['no secret', { secrets: [] }, /secrets is missing/],
    [
      'three secrets',
      { secrets: [1, 2, 3].map((n) => ({ danger_plain: `s${n}` })) },
      /secrets must have at most 2 entries/,
    ],
    [
      'two secrets without an end',
      { secrets: [{ danger_plain: 'a' }, { danger_plain: 'b' }] },
      /give the older one its end/,
    ],
    [
      'an end without a zone',
      { secrets: [{ danger_plain: 'a', until: '2026-01-01T00:00:00' }] },
      /date and time with its zone/,
    ],
    [
      'two sources of one secret',
      { secrets: [{ danger_plain: 'a', env: 'B' }] },
      /exactly one of env, file, danger_plain, kept/,
    ],
    ['a secret that cannot be had', { secrets: [{ env: 'NOT_SET' }] }, /is not in the environment: NOT_SET/],
    ['a secret in a file that is not there', { secrets: [{ file: '/nowhere' }] }, /is in a file that cannot be read/],
    ['a secret for a key', { ...byKey, secrets: [{ danger_plain: 'a' }] }, /secrets must be left out/],
    ['a key for a secret', { jwks: { keys: [key] } }, /jwks and jwksUri are for private_key_jwt only/],
    ['no key', { ...byKey, jwks: undefined }, /jwks or jwksUri, exactly one/],
    ['two sources of keys', { ...byKey, jwksUri: 'https://site.example/jwks' }, /jwks or jwksUri, exactly one/],
    ['a private key', { ...byKey, jwks: { keys: [{ ...key, d: 'AA' }] } }, /keys\[0\] must be a public key/],
    ['a symmetric key', { ...byKey, jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, /must be a public key/],
    ['a point off the curve', { ...byKey, jwks: { keys: [{ ...key, x: key.y }] } }, /is not a public key/],
    ['a short RSA key', { ...byKey, jwks: { keys: [publicJwk('rsa', 1024)] } }, /must have at least 2048 bits/],
    ['an unknown key', { redirectUri: 'https://a.example' }, /services\[0\]\.redirectUri is not a known key/],
    ['an id with capitals', { id: 'My-Site' }, /id must be in kebab case/],
    ['a number for a text', { id: 12 }, /id must be text, not a number/],
    ['a missing language', { name: { fr: 'a', en: 'b' } }, /name\.ar is missing/],
    ['a text of two lines', { purpose: { fr: 'a\nb', en: 'b', ar: 'c' } }, /purpose\.fr must be a text of one line/],
    ['an unknown level', { minimumLevel: 'high' }, /minimumLevel must be one of eidas1, eidas2, eidas3/],
    ['a weak algorithm', { idTokenAlg: 'HS256' }, /idTokenAlg must be one of ES256, RS256/],
  ]
  for (const [what, changes, expected] of cases) {
    test(`is refused: ${what}`, () => {
      const faults = faultsOf(withService(changes))
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.match(faults[0] ?? '', expected)
      assert.match(faults[0] ?? '', /^line \d+: partners\[0\]\.services\[0\]/)
    })
  }
})

const outage = (changes: Record<string, unknown>) => ({
  kind: 'suspended',
  category: 'maintenance',
  reason: { fr: 'Entretien', en: 'Maintenance', ar: 'صيانة' },
  since: '2026-11-22T00:00:00Z',
  ...changes,
})

describe('one fault in a provider', () => {
  const cases: [string, Record<string, unknown>, Record<string, unknown>, RegExp][] = [
    ['no level', { allowedLevels: [] }, {}, /allowedLevels must not be empty/],
    ['a level twice', { allowedLevels: ['eidas1', 'eidas1'] }, {}, /the same entry twice/],
    ['an issuer with a query', {}, { issuer: 'https://idp.example/?a=b' }, /issuer must not have a query/],
    [
      'a connector of another kind',
      {},
      { kind: 'saml' },
      /connector\.kind must have a kind: oidc, own_means, gateway, card/,
    ],
    ['R023: a class of its own', { means: { class: 'gold' } }, {}, /means\.class must be one of psc, card, /],
    ['a transition without its factors', { means: { class: 'transition' } }, {}, /means\.factors is missing/],
    [
      'a kind of factor of its own',
      { means: { factors: ['charm'] } },
      {},
      /means\.factors\[0\] must be one of password, /,
    ],
    ['a word of amr that nobody passes on', { means: { amr: { gold: ['totp'] } } }, {}, /means\.amr/],
    ['R024: certified by nothing', { means: { class: 'certified' } }, {}, /means\.certificate is missing/],
    [
      'an end before its beginning',
      { means: { validFrom: '2027-01-01T00:00:00Z', validUntil: '2027-01-01T00:00:00Z' } },
      {},
      /means\.validUntil must be later/,
    ],
    ['no client secret', {}, { clientSecret: undefined }, /clientSecret is missing/],
    ['a client secret for a key', {}, { auth: 'private_key_jwt' }, /clientSecret must be left out/],
    ['an unsigned token', {}, { signingAlgs: ['none'] }, /signingAlgs\[0\] must be one of ES256/],
    ['a symmetric signature', {}, { signingAlgs: ['HS256'] }, /signingAlgs\[0\] must be one of ES256/],
    ['scopes without openid', {}, { scopes: ['profile'] }, /scopes must include openid/],
    ['professionals among citizens', { population: 'professionals' }, {}, /identity and population must go together/],
    ['a foreign claim', {}, { claims: { salary: 'x' } }, /claims has a name that is not a claim/],
    [
      'a level without its word',
      { allowedLevels: ['eidas1', 'eidas2'] },
      { acr: { low: 'eidas1' } },
      /acr must have a word for every/,
    ],
    [
      'metadata of another issuer',
      {},
      {
        metadata: {
          issuer: 'https://evil.example',
          authorization_endpoint: 'https://idp.example/a',
          token_endpoint: 'https://idp.example/t',
          jwks_uri: 'https://idp.example/j',
        },
      },
      /metadata\.issuer must be the issuer of the connector/,
    ],
    [
      'a plain endpoint in metadata',
      {},
      {
        metadata: {
          issuer: 'https://idp.example',
          authorization_endpoint: 'https://idp.example/a',
          token_endpoint: 'https://idp.example/t',
          jwks_uri: 'https://idp.example/j',
          userinfo_endpoint: 'http://idp.example/u',
        },
      },
      /metadata\.userinfo_endpoint must begin with https/,
    ],
    [
      'a suspension without a reason',
      { state: { kind: 'suspended', category: 'security' } },
      {},
      /state\.reason is missing/,
    ],
    [
      'a suspension that ends before it begins',
      { state: outage({ until: '2026-11-20T00:00:00Z' }) },
      {},
      /state\.until must be later than since/,
    ],
    [
      'a suspension above the highest level',
      { state: outage({ above: 'eidas1' }) },
      {},
      /state\.above must be one of the allowed levels/,
    ],
    [
      'a suspension above a level it lacks',
      { state: outage({ above: 'eidas3' }) },
      {},
      /state\.above must be one of the allowed levels/,
    ],
    ['a suspension for no service', { state: outage({ services: [] }) }, {}, /state\.services must not be empty/],
    [
      'sessions closed since later',
      { state: outage({ sessionsClosedSince: '2026-11-23T00:00:00Z' }) },
      {},
      /state\.sessionsClosedSince must not be later than since/,
    ],
    [
      'sessions closed since no instant',
      { state: outage({ sessionsClosedSince: 'yesterday' }) },
      {},
      /state\.sessionsClosedSince must be a date and time with its zone/,
    ],
    ['an unknown state', { state: { kind: 'broken' } }, {}, /state.* must have a kind: active, suspended or hidden/],
  ]
  for (const [what, changes, connector, expected] of cases) {
    test(`is refused: ${what}`, () => {
      const faults = faultsOf(withProvider(changes, connector))
      assert.equal(faults.length, 1, faults.join('\n'))
      assert.match(faults[0] ?? '', expected)
    })
  }
})

describe('a gateway (R070)', () => {
  const gateway = (changes: Record<string, unknown> = {}, entry: Record<string, unknown> = {}) =>
    withProvider({
      population: 'professionals',
      connector: {
        kind: 'gateway',
        issuer: 'https://vpn.example',
        address: 'https://vpn.example/assert',
        jwksUri: 'https://vpn.example/jwks',
        identity: 'professional',
        ...changes,
      },
      ...entry,
    })

  test('with what it does not say, by default: a login of the last twelve hours', () => {
    const [provider] = parsePartnersFile(gateway(), strict).partners[0]?.providers ?? []
    assert.deepEqual(provider?.connector, {
      kind: 'gateway',
      issuer: 'https://vpn.example',
      address: 'https://vpn.example/assert',
      jwksUri: 'https://vpn.example/jwks',
      signingAlgs: ['ES256', 'RS256'],
      windowHours: 12,
      identity: 'professional',
    })
  })

  const faults: [string, Record<string, unknown>, Record<string, unknown>, RegExp][] = [
    ['no keys', { jwksUri: undefined }, {}, /connector\.jwks or jwksUri, exactly one of them/],
    ['keys twice', { jwks: byKey.jwks }, {}, /connector\.jwks or jwksUri, exactly one of them/],
    ['citizens by a professional identity', {}, { population: 'citizens' }, /identity and population must go together/],
    ['a symmetric signature', { signingAlgs: ['HS256'] }, {}, /signingAlgs\[0\] must be one of ES256/],
    ['a window of two days', { windowHours: 48 }, {}, /windowHours/],
    ['a plain address', { address: 'http://vpn.example/' }, {}, /address must begin with https/],
    ['a setting of another kind', { clientId: 'garant' }, {}, /clientId/],
  ]
  for (const [what, changes, entry, expected] of faults) {
    test(`is refused: ${what}`, () => {
      const found = faultsOf(gateway(changes, entry))
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0] ?? '', expected)
    })
  }
})

describe('what is allowed', () => {
  test('keys in the file, or at an address', () => {
    assert.deepEqual(faultsOf(withService(byKey)), [])
    assert.deepEqual(faultsOf(withService({ ...byKey, jwks: undefined, jwksUri: 'https://site.example/jwks' })), [])
  })
  test('plain http on this machine, only with danger_allow_http', () => {
    const local = withService({ redirectUris: ['http://localhost:4001/cb'], homepage: 'http://127.0.0.1:4001/' })
    assert.equal(faultsOf(local).length, 2)
    assert.deepEqual(faultsOf(local, { allowHttp: true }), [])
    assert.match(faultsOf(withService({ redirectUris: ['http://10.0.0.1/'] }), { allowHttp: true })[0] ?? '', /https/)
  })
  test('on this machine services of two ports are two sectors; elsewhere the sector is the host', () => {
    const sectorOf = (address: string) =>
      parsePartnersFile(withService({ redirectUris: [address] }), { allowHttp: true }).partners[0]?.services[0]?.sector
    assert.equal(sectorOf('http://localhost:4001/cb'), 'localhost:4001')
    assert.equal(sectorOf('https://site.example:8443/cb'), 'site.example')
  })
  test('anchors, so that a name is written once', () => {
    const names = '&n {fr: A, en: A, ar: A}'
    assert.deepEqual(faultsOf(`partners: [{id: a, name: ${names}}, {id: b, name: *n}]`), [])
  })
})

describe('secrets', () => {
  const resolving = (secret: string): FileOptions => ({ allowHttp: false, resolveSecret: () => secret })
  test('of services are at least 32 random bytes', () => {
    const yaml = withService({ secrets: [{ env: 'SITE_SECRET' }] })
    assert.deepEqual(faultsOf(yaml, resolving(strongSecret('x'))), [])
    for (const weak of ['', 'short', 'a'.repeat(64), 'hunter2'.repeat(9), strongSecret('x').slice(1)]) {
      const faults = faultsOf(yaml, resolving(weak))
      assert.equal(faults.length, 1)
      assert.match(faults[0] ?? '', /secrets\[0\] (is too weak|must be printable ASCII)/)
    }
  })
  test('written out in the file raise a warning', () => {
    assert.deepEqual(parsePartnersFile(withService({}), strict).doubts.map(sayDoubt), [
      'service site: a secret is written out in the file (danger_plain)',
    ])
  })
  test('R127: no fault repeats a value', () => {
    const canary = 'CANARY-7531'
    const files = [
      withService({
        secrets: [{ danger_plain: canary, until: canary, other: canary }],
        auth: canary,
        minimumLevel: canary,
      }),
      withProvider({}, { clientSecret: canary, scopes: canary, signingAlgs: [canary] }),
      `partners: [{id: "${canary}`,
      `- ${canary}\n${canary}: ${canary}`,
      `partners: *${canary}`,
      `a: !<${canary}> 1`,
    ]
    for (const file of files) {
      const faults = faultsOf(file)
      assert.ok(faults.length > 0)
      assert.equal(faults.join('\n').includes(canary), false, faults.join('\n'))
    }
  })
})

describe('YAML', () => {
  const cases: [string, string | Uint8Array, RegExp][] = [
    ['an empty file', '', /^file is empty$/],
    ['a file of comments', '# nothing here\n', /^file is empty$/],
    ['null', '~', /^file is empty$/],
    ['a list', '- a', /^line 1: file must be a mapping, not a list$/],
    ['a text', 'partners', /^line 1: file must be a mapping, not text$/],
    ['a key twice', 'partners: []\npartners: []', /^line 2: file has this key twice/],
    ['two documents', 'partners: []\n---\npartners: []', /^line 2: file holds several documents/],
    ['a tab', 'partners:\n\t- id: a', /^line 2: file is indented by a tab/],
    ['a tag', 'partners: !!js/function "x"', /^line 1: file has a tag/],
    ['a mapping as key', '? {a: b}\n: c', /^line 1: file has a key that is not text/],
    ['an alias without its anchor', 'partners: *a', /^file has an alias/],
    ['bytes that are not UTF-8', Buffer.from([0x70, 0xff, 0xfe]), /^file is not written in UTF-8$/],
    ['an unknown key', 'partners: []\nservices: []', /^line 2: services is not a known key$/],
    ['a prototype', 'partners: []\n__proto__: {partners: []}', /^line 2: __proto__ is not a known key$/],
    ['no partners', '{}', /^line 1: partners is missing$/],
    ['partners in a mapping', 'partners: {a: b}', /^line 1: partners must be a list, not a mapping$/],
    ['a partner that is a text', 'partners: [a]', /^line 1: partners\[0\] must be a mapping, not text$/],
  ]
  for (const [what, source, expected] of cases) {
    test(`refuses ${what}`, () => {
      const faults = faultsOf(source)
      assert.ok(
        faults.some((fault) => expected.test(fault)),
        faults.join('\n'),
      )
    })
  }
  test('refuses an expansion without measure', () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) =>
        `a${n}: &a${n} [${Array(9)
          .fill(n === 0 ? 'x' : `*a${n - 1}`)
          .join(', ')}]`,
    )
    assert.match(faultsOf(levels.join('\n'))[0] ?? '', /^file has an alias/)
  })
  test('any bytes give a file or faults, never a crash', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => faultsOf(bytes).length > 0))
    fc.assert(
      fc.property(fc.jsonValue(), (value) => faultsOf(JSON.stringify({ partners: [value] })).length > 0 || !value),
    )
  })
})

test('every fault of a file is listed at once, each at its line', () => {
  const yaml = `partners:
  - id: One
    name: {fr: A, en: A, ar: A}
    services:
      - id: site
        name: {fr: A, en: A, ar: A}
        homepage: site.example
        redirectUris: ['http://site.example/*']
        secrets: [{danger_plain: x}]
        scopes: [openid]
        providers: all
        surprise: 1
      - id: site-two
        name: {fr: A, en: A, ar: A}
        homepage: https://two.example/
        redirectUris: [https://two.example/]
        scopes: [openid]
        providers: all
  - id: two
    name: {fr: A, en: A}
    services:
      - id: site-two
        name: {fr: A, en: A, ar: A}
        homepage: https://two.example/
        redirectUris: [https://two.example/]
        scopes: [openid]
        providers: all
        auth: private_key_jwt
        jwksUri: https://two.example/jwks
`
  const lines = faultsOf(yaml).map((fault) => fault.split(' ').slice(0, 3).join(' '))
  assert.deepEqual(lines, [
    'line 2: partners[0].id',
    'line 7: partners[0].services[0].homepage',
    'line 8: partners[0].services[0].redirectUris[0]',
    'line 12: partners[0].services[0].surprise',
    'line 13: partners[0].services[1].secrets',
    'line 20: partners[1].name.ar',
    'line 22: partners[1].services[0].id',
  ])
})

describe('logos', () => {
  const svg = (inner: string, root = 'viewBox="0 0 24 24"') =>
    `<svg xmlns="http://www.w3.org/2000/svg" ${root}>${inner}</svg>`
  const logoFaults = (logo: string) => faultsOf(withProvider({ logo }))
  test('a drawing is served', () => {
    const good = svg(
      '<!-- a house --><title>Maison</title><defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><path d="M0 0h4" fill="url(#g)"/><use href="#g"/>',
    )
    assert.deepEqual(logoFaults(`\n${good}\n`), [])
  })
  const hostile: [string, string][] = [
    ['a script', svg('<script>alert(1)</script>')],
    ['a script in capitals', svg('<SCRIPT>alert(1)</SCRIPT>')],
    ['an event handler', svg('<path d="M0 0" onload="alert(1)"/>')],
    ['an event handler on the root', svg('', 'viewBox="0 0 1 1" onload="alert(1)"')],
    ['a foreign object', svg('<foreignObject><body/></foreignObject>')],
    ['an image', svg('<image href="https://evil.example/x.png"/>')],
    ['a foreign use', svg('<use href="https://evil.example/x.svg#a"/>')],
    ['a foreign fill', svg('<path d="M0 0" fill="url(https://evil.example/#a)"/>')],
    ['a foreign fill in disguise', svg('<path d="M0 0" fill="u\\72l(https://evil.example)"/>')],
    ['a style sheet', svg('<style>@import "https://evil.example"</style>')],
    ['a style', svg('<path style="fill:red" d="M0 0"/>')],
    ['an animation', svg('<set attributeName="href" to="javascript:alert(1)"/>')],
    ['a link', svg('<a href="#x"><path d="M0 0"/></a>')],
    ['another namespace', svg('<svg xmlns="http://www.w3.org/1999/xhtml"/>')],
    ['a document type', `<!DOCTYPE svg [<!ENTITY x "y">]>${svg('')}`],
    ['an instruction', `<?xml-stylesheet href="x"?>${svg('')}`],
    ['an entity', svg('<title>&x;</title>')],
    ['character data', svg('<title><![CDATA[<script>]]></title>')],
    ['an element left open', svg('<g>')],
    ['an attribute twice', svg('<path d="M0 0" d="M1 1"/>')],
    ['two roots', svg('') + svg('')],
    ['no namespace', '<svg viewBox="0 0 1 1"></svg>'],
    ['a rectangle', svg('', 'viewBox="0 0 24 12"')],
    ['a heavy one', svg(`<path d="${'M0 0'.repeat(1_200)}"/>`)],
    ['HTML', '<p>logo</p>'],
    ['words', 'logo.svg'],
  ]
  for (const [what, logo] of hostile) {
    test(`refuses ${what}`, () => {
      const faults = logoFaults(logo)
      assert.equal(faults.length, 1)
      assert.match(faults[0] ?? '', /partners\[0\]\.providers\[0\]\.logo /)
    })
  }
})

describe('the hub’s own means', () => {
  const own = (id: string, connector: Record<string, unknown>) =>
    toYaml({
      partners: [
        {
          id: 'hub',
          name: named('Hub'),
          providers: [
            { id, name: named('Own'), allowedLevels: ['eidas1'], connector: { kind: 'own_means', ...connector } },
          ],
        },
      ],
    })

  test('are one provider of a fixed name, which accepts every kind unless told otherwise', () => {
    const [partner] = parsePartnersFile(own('local-account', {}), strict).partners
    assert.deepEqual(partner?.providers[0]?.connector, {
      kind: 'own_means',
      accepts: ['password', 'totp', 'recovery_codes', 'passkey', 'sms_code', 'mail_code'],
    })
  })

  const faults: [what: string, source: string, says: RegExp][] = [
    ['another name', own('our-accounts', {}), /providers\[0\]\.id and connector must go together/],
    [
      'its name at another server',
      toYaml(withId('local-account')),
      /providers\[0\]\.id and connector must go together/,
    ],
    [
      'nothing that signs in by itself',
      own('local-account', { accepts: ['totp'] }),
      /accepts needs password or passkey/,
    ],
    ['a kind that is none', own('local-account', { accepts: ['password', 'face'] }), /connector\.accepts/],
    ['an issuer', own('local-account', { issuer: 'https://x.example' }), /connector has an unknown key.*issuer|issuer/],
  ]
  for (const [what, source, says] of faults) {
    test(`refuse ${what}`, () => {
      const found = faultsOf(source)
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0] ?? '', says)
    })
  }
})

describe('cards and the e-ID app', () => {
  const house = (...providers: [id: string, connector: Record<string, unknown>, more?: Record<string, unknown>][]) =>
    toYaml({
      partners: [
        {
          id: 'state',
          name: named('State'),
          providers: providers.map(([id, connector, more = {}]) => ({
            id,
            name: named(id),
            connector,
            allowedLevels: ['eidas2'],
            ...more,
          })),
        },
      ],
    })
  const app = { kind: 'eid_app', cards: ['cnie'] }
  const set: FileOptions = { ...strict, house: { cards: ['cpx', 'cnie'], ways: ['tls'] } }

  test('are providers of kinds of their own, with what is usual filled in', () => {
    const source = house(
      ['card', { kind: 'card', cards: ['cpx', 'cnie'], ways: ['tls'], statusUrl: 'https://cards.example/status' }],
      ['app', app, { means: { class: 'certified', certificate: { reference: 'EID-1' } } }],
      ['instead', { kind: 'card_and_code', cards: ['cnie'], standsInFor: 'app' }],
    )
    const [partner] = parsePartnersFile(source, set).partners
    assert.deepEqual(
      partner?.providers.map(({ connector }) => connector),
      [
        { kind: 'card', cards: ['cpx', 'cnie'], ways: ['tls'], statusUrl: 'https://cards.example/status' },
        { kind: 'eid_app', cards: ['cnie'], by: ['card', 'device_key'] },
        { kind: 'card_and_code', cards: ['cnie'], standsInFor: 'app', hours: 24 },
      ],
    )
  })

  const faults: [what: string, entry: Parameters<typeof house>, says: RegExp][] = [
    [
      'a kind of card that the settings lack',
      [['card', { kind: 'card', cards: ['sis'], ways: ['tls'] }]],
      /cards\[0\] names sis, which is not a kind of card of the settings/,
    ],
    ['a kind of card of the app that the settings lack', [['app', { ...app, cards: ['sis'] }]], /cards\[0\] names sis/],
    [
      'a way that is not set up',
      [['card', { kind: 'card', cards: ['cpx'], ways: ['web_eid'] }]],
      /ways\[0\] is a way that the settings of the hub do not have/,
    ],
    ['no way', [['card', { kind: 'card', cards: ['cpx'], ways: [] }]], /connector\.ways must not be empty/],
    ['no card', [['app', { kind: 'eid_app', cards: [] }]], /connector\.cards must not be empty/],
    ['a card twice', [['app', { ...app, cards: ['cpx', 'cpx'] }]], /connector\.cards has the same entry twice/],
    ['a proof that is none', [['app', { ...app, by: ['face'] }]], /connector\.by\[0\] must be one of card, device_key/],
    [
      'factors that are declared',
      [['app', app, { means: { class: 'none', factors: ['contact_chip', 'pin'] } }]],
      /means\.factors must be left out/,
    ],
    [
      'words that are declared',
      [['app', app, { means: { class: 'none', amr: { sc: ['contact_chip'] } } }]],
      /means\.amr must be left out/,
    ],
    [
      'a status address inside of a network',
      [['app', { ...app, statusUrl: 'https://10.0.0.1/' }]],
      /statusUrl must not lead into a private network/,
    ],
    [
      'more than a week',
      [['instead', { kind: 'card_and_code', cards: ['cnie'], standsInFor: 'app', hours: 169 }]],
      /hours must be at most 168/,
    ],
    [
      'the highest level of a card and a code',
      [['instead', { kind: 'card_and_code', cards: ['cnie'], standsInFor: 'app' }, { allowedLevels: ['eidas3'] }]],
      /allowedLevels must stay below eidas3/,
    ],
    ['the name of the own accounts', [['local-account', app]], /id and connector must go together/],
    ['an issuer', [['app', { ...app, issuer: 'https://x.example' }]], /issuer is not a known key/],
  ]
  for (const [what, entry, says] of faults) {
    test(`refuse ${what}`, () => {
      const found = faultsOf(house(...entry), set)
      assert.equal(found.length, 1, found.join('\n'))
      assert.match(found[0] ?? '', says)
    })
  }

  test('a class needs no factors here: the hub knows them', () => {
    assert.deepEqual(faultsOf(house(['app', app, { means: { class: 'transition' } }]), set), [])
  })
})

function withId(id: string) {
  return { partners: [{ id: 'state', name: named('State'), providers: [sampleProvider(id)] }] }
}
