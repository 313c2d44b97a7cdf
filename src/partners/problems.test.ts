import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { createTranslator } from '../http/messages.ts'
import { languages } from '../kernel/languages.ts'
import { faultMessages, faultText } from './fault-messages.ts'
import { readPartners } from './file.ts'
import { named, sampleProvider, sampleService, strongSecret } from './partners.sample.ts'
import type { Service } from './partners.ts'
import type { Entity } from './plan.ts'
import { type ProblemCode, problem, problemCodes } from './problems.ts'
import { type ReservedContext, reservedFaults } from './reserved.ts'

const t = createTranslator(faultMessages)

/** Names between braces. */
const valuesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)

test('every problem is said in each language, with values that it has', () => {
  for (const code of problemCodes) {
    const named = new Set(languages.flatMap((language) => valuesOf(faultMessages[language][`fault.${code}`] ?? '')))
    const values = Object.fromEntries([...named].map((name) => [name, `<${name}>`]))
    // Throws when the command line's sentence needs a value that the pages know nothing of, unless it says more.
    const said = problem(code, { ...values, ...only[code] })
    for (const language of languages) {
      const text = faultText({ code, values }, t(language))
      assert.doesNotMatch(text, /[{}]/, code)
      assert.ok(text.length > 3, code)
    }
    assert.doesNotMatch(said.text, /[{}]/, code)
  }
})

/** What the command line says and pages leave out. */
const only: Partial<Record<ProblemCode, Record<string, string>>> = {
  wrong_type: { expected: 'text', given: 'a number' },
  id_twice: { kind: 'service' },
}

const keys = { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] }
const privateKey = { keys: [{ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' }] }
const curve = {
  keys: [generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey.export({ format: 'jwk' })],
}
const secret = { danger_plain: strongSecret('x') }

/** Field, what it is given, the code that the field gets. */
const wrongServices: [field: string, value: unknown, code: ProblemCode, at?: string][] = [
  ['redirectUris', ['http://a.example/back'], 'address_not_https', 'redirectUris[0]'],
  ['redirectUris', ['https://*.example/back'], 'address_wildcard', 'redirectUris[0]'],
  ['redirectUris', ['https://a.example/back#x'], 'address_fragment', 'redirectUris[0]'],
  ['redirectUris', ['https://user@a.example/'], 'address_user', 'redirectUris[0]'],
  ['redirectUris', ['ftp://a.example/'], 'address_scheme', 'redirectUris[0]'],
  ['redirectUris', ['back'], 'not_an_address', 'redirectUris[0]'],
  ['redirectUris', ['https://A.example/'], 'address_spelling', 'redirectUris[0]'],
  ['redirectUris', ['https://10.0.0.1/back', 'https://10.0.0.1/back'], 'twice'],
  ['redirectUris', [], 'empty'],
  ['redirectUris', undefined, 'missing'],
  ['redirectUris', 'https://a.example/', 'wrong_type'],
  ['backchannelLogoutUri', 'https://192.168.1.1/logout', 'address_private'],
  ['backchannelLogoutUri', 'https://localhost/logout', 'address_private'],
  ['jwksUri', 'https://169.254.169.254/keys', 'address_private'],
  ['jwksUri', 'https://[fd00::1]/keys', 'address_private'],
  ['jwks', keys, 'key_small', 'jwks.keys[0]'],
  ['jwks', { keys: [{ kty: 'RSA' }] }, 'not_a_key', 'jwks.keys[0]'],
  ['jwks', privateKey, 'key_private', 'jwks.keys[0]'],
  ['jwks', curve, 'key_curve', 'jwks.keys[0]'],
  ['auth', 'none', 'not_one_of'],
  ['scopes', ['email'], 'needs_openid'],
  ['justifications', { given_name: 'short' }, 'justification_length', 'justifications.given_name'],
  ['justifications', { email: 'It is needed to write to people.' }, 'justification_unasked'],
  ['name', named('x'.repeat(121)), 'too_long', 'name.fr'],
  ['homepage', 'https://a.example/ ', 'address_spelling'],
  ['secrets', [secret, secret], 'secrets_two'],
  ['serviceSecret', { length: 12 }, 'too_low', 'serviceSecret.length'],
  ['scopes', ['openid', 'representation'], 'representation_needed', 'representation'],
  ['representation', {}, 'missing', 'representation.actions'],
  ['representation', { actions: [] }, 'empty', 'representation.actions'],
  ['representation', { actions: ['sign'] }, 'not_one_of', 'representation.actions[0]'],
  ['representation', { actions: ['read', 'read'] }, 'twice', 'representation.actions'],
  [
    'representation',
    { actions: ['read'], remote: { actions: ['pay'] } },
    'representation_remote_wider',
    'representation.remote.actions',
  ],
  [
    'representation',
    { actions: ['read'], remote: { closed: true, level: 'eidas3' } },
    'representation_remote_unused',
    'representation.remote',
  ],
  ['representation', { actions: ['read'], remote: { level: 'eidas1' } }, 'not_one_of', 'representation.remote.level'],
  ['representation', { actions: ['read'], tokensFrom: ['Big'] }, 'not_an_id', 'representation.tokensFrom[0]'],
  ['providers', 'some', 'choice'],
  ['providers', undefined, 'choice_missing'],
  ['surprise', 1, 'unknown_key'],
  ['id', 'Big', 'not_an_id'],
]

const wrongProviders: typeof wrongServices = [
  ['connector', { issuer: 'https://127.0.0.1' }, 'address_private', 'connector.issuer'],
  ['connector', { discoveryUrl: 'https://172.16.0.9/d' }, 'address_private', 'connector.discoveryUrl'],
  ['connector', { statusUrl: 'https://100.64.0.1/s' }, 'address_private', 'connector.statusUrl'],
  ['connector', { issuer: 'https://a.example/?x' }, 'address_query', 'connector.issuer'],
  ['connector', { kind: 'saml' }, 'connector_kind', 'connector.kind'],
  ['connector', { clientSecret: {} }, 'secret_sources', 'connector.clientSecret'],
  ['connector', { clientSecret: { env: 'NONE' } }, 'secret_env', 'connector.clientSecret'],
  [
    'connector',
    {
      metadata: {
        issuer: 'https://a',
        authorization_endpoint: 'https://10.1.1.1/',
        token_endpoint: 'https://10.1.1.1/',
        jwks_uri: 'https://k.example/',
      },
    },
    'address_private',
    'connector.metadata.token_endpoint',
  ],
  ['logo', '<svg><script/></svg>', 'logo_namespace'],
  ['allowedLevels', ['eidas9'], 'not_one_of', 'allowedLevels[0]'],
  ['population', 'professionals', 'identity_population', 'connector.identity'],
]

describe('every fault of an entry has its code, at its field', () => {
  const faultsOf = (list: 'services' | 'providers', entry: Record<string, unknown>) =>
    readPartners(
      { partners: [{ id: 'p', name: named('P'), [list]: [entry] }] },
      { name: 'test', allowHttp: false },
    ).faults.map(({ path, code }) => `${path.replace(`partners[0].${list}[0].`, '')}: ${code}`)

  test('services', () => {
    for (const [field, value, code, at = field] of wrongServices) {
      const faults = faultsOf('services', { ...sampleService('a'), [field]: value })
      assert.ok(faults.includes(`${at}: ${code}`), `${at}: ${code}, not ${faults}`)
      assert.ok(!faults.some((fault) => fault.endsWith('undefined')), `${field}: ${faults}`)
    }
  })

  test('providers', () => {
    for (const [field, value, code, at = field] of wrongProviders) {
      const changes = field === 'connector' ? {} : { [field]: value }
      const connector = field === 'connector' ? (value as Record<string, unknown>) : {}
      const faults = faultsOf('providers', sampleProvider('a', changes, connector))
      assert.ok(faults.includes(`${at}: ${code}`), `${at}: ${code}, not ${faults}`)
      assert.ok(!faults.some((fault) => fault.endsWith('undefined')), `${field}: ${faults}`)
    }
  })

  test('browsers may be sent into a private network, where the hub is not', () => {
    const service = sampleService('a', { redirectUris: ['https://10.0.0.1/back'], homepage: 'https://10.0.0.1/' })
    assert.deepEqual(faultsOf('services', service), [])
  })
})

// --- What operators grant ------------------------------------------------------------------------------------------

const distant = { level: 'eidas3', secondFactor: false, closed: false } as const

const representation = (changes: Partial<NonNullable<Service['representation']>>) => ({
  representation: { actions: ['read', 'submit'] as const, alone: true, tokensFrom: [], ...changes },
})

const granted: Service = {
  id: 'a',
  partner: 'p',
  name: named('A'),
  homepage: 'https://a.example/',
  redirectUris: ['https://a.example/back'],
  postLogoutRedirectUris: [],
  auth: 'client_secret_basic',
  secrets: [],
  sector: 'a.example',
  scopes: ['openid'],
  entitledTo: ['amr'],
  minimumLevel: 'eidas2',
  providers: ['bank', 'post'],
  idpHints: ['bank'],
  idTokenAlg: 'ES256',
  singleSignOn: false,
  sensitive: true,
  forOrganisations: true,
  geography: { allowed: ['MA'], elsewhere: 'refuse', exempt: ['declared_trip'] },
  population: 'citizens',
  passwordAlone: true,
  riskProfile: 'file 7',
  representation: { actions: ['read', 'submit'], alone: true, remote: distant, tokensFrom: [] },
  serviceSecret: { alphabet: 'hex', length: 40 },
}

/** A change, and the fields that it may not change so; none: it is theirs. */
const serviceChanges: [change: Partial<Service>, reserved: string[]][] = [
  [{}, []],
  [
    { name: named('B'), redirectUris: ['https://elsewhere.example/'], auth: 'private_key_jwt', idTokenAlg: 'RS256' },
    [],
  ],
  [{ minimumLevel: 'eidas3' }, []],
  [{ minimumLevel: 'eidas1' }, ['minimumLevel']],
  [{ entitledTo: [] }, []],
  [{ entitledTo: ['amr', 'idp'] }, ['entitledTo']],
  [{ providers: ['bank'] }, []],
  [{ providers: ['bank', 'taxes'] }, ['providers']],
  [{ providers: 'all' }, ['providers']],
  [{ idpHints: [] }, []],
  [{ idpHints: ['post'] }, ['idpHints']],
  [{ sensitive: false }, ['sensitive']],
  [{ singleSignOn: true }, []],
  [{ population: 'professionals' }, ['population']],
  [{ population: undefined as never }, ['population']],
  [{ passwordAlone: false }, []],
  [{ riskProfile: 'file 8' }, ['riskProfile']],
  [{ forOrganisations: false }, []],
  [{ geography: { allowed: ['MA'], elsewhere: 'refuse', exempt: [] } }, []],
  [{ geography: { allowed: ['MA', 'FR'], elsewhere: 'refuse', exempt: [] } }, ['geography']],
  [{ geography: { allowed: ['MA'], elsewhere: 'step_up', exempt: [] } }, ['geography']],
  [{ geography: undefined as never }, ['geography']],
  [representation({ remote: distant, actions: ['read', 'submit', 'pay'], alone: false, tokensFrom: ['b'] }), []],
  [representation({ remote: { ...distant, secondFactor: true } }), []],
  [representation({ remote: { ...distant, level: 'eidas2' } }), ['representation.remote']],
  [representation({}), ['representation.remote']],
  [{ representation: undefined as never }, []],
  [{ serviceSecret: { alphabet: 'hex', length: 41 } }, ['serviceSecret']],
  [{ serviceSecret: undefined as never }, ['serviceSecret']],
  [{ sector: 'b.example' }, ['sector']],
]

const newServices: typeof serviceChanges = [
  [{}, []],
  [{ minimumLevel: 'eidas3', sensitive: true, population: 'professionals', providers: ['bank'] }, []],
  [{ entitledTo: ['idp'] }, ['entitledTo']],
  [{ idpHints: ['bank'] }, ['idpHints']],
  [{ geography: { allowed: ['FR'], elsewhere: 'step_up', exempt: ['trusted_device'] } }, []],
  [{ passwordAlone: true }, ['passwordAlone']],
  [{ riskProfile: 'mine' }, ['riskProfile']],
  [{ serviceSecret: { alphabet: 'hex', length: 40 } }, ['serviceSecret']],
  [{ sector: 'own.example' }, []],
  [{ sector: 'bank.example' }, ['sector']],
]

const provider: Extract<Entity, { kind: 'provider' }>['settings'] = {
  id: 'a',
  partner: 'p',
  name: named('A'),
  connector: {
    kind: 'oidc',
    issuer: 'https://a.example',
    clientId: 'hub',
    auth: 'client_secret_basic',
    scopes: ['openid'],
    signingAlgs: ['ES256'],
    userinfo: 'json',
    identity: 'pivot',
  },
  allowedLevels: ['eidas1', 'eidas2'],
  population: 'citizens',
  means: { class: 'none', jurisdiction: 'FR' },
}

const providerChanges: [change: Partial<typeof provider>, reserved: string[]][] = [
  [{ name: named('B'), helpUrl: 'https://a.example/help' }, []],
  [{ allowedLevels: ['eidas1'] }, []],
  [{ allowedLevels: ['eidas1', 'eidas3'] }, ['allowedLevels']],
  [{ means: { class: 'certified', jurisdiction: 'FR' } }, ['means']],
  [{ means: undefined as never }, ['means']],
  [{ population: 'professionals' }, ['population']],
  [{ connector: { ...provider.connector, issuer: 'https://b.example' } as never }, []],
  [{ connector: { ...provider.connector, identity: 'professional' } as never }, ['connector.identity']],
  [
    { connector: { ...provider.connector, kind: 'own_means', accepts: ['password'] } as never },
    ['connector.kind', 'connector.accepts'],
  ],
]

describe('R136: what staff may not change alone', () => {
  const context: ReservedContext = { ownSectors: new Set(['own.example']) }
  const fieldsOf = (wanted: Entity, known: Entity | undefined) =>
    reservedFaults(wanted, known, context).map(({ field }) => field)
  const service = (settings: Service): Entity => ({ kind: 'service', id: 'a', settings })

  test('of a service', () => {
    for (const [change, reserved] of serviceChanges) {
      const found = fieldsOf(service({ ...granted, ...change }), service(granted))
      assert.deepEqual(found, reserved, JSON.stringify(change))
    }
  })

  test('of a new service', () => {
    const { population: _p, passwordAlone: _w, riskProfile: _r, serviceSecret: _s, ...rest } = granted
    const fresh = { ...rest, entitledTo: [], idpHints: [], minimumLevel: 'eidas1' as const, sensitive: false }
    for (const [change, reserved] of newServices) {
      assert.deepEqual(fieldsOf(service({ ...fresh, ...change }), undefined), reserved, JSON.stringify(change))
    }
  })

  test('of a provider, of which a new one is theirs to write and not to publish', () => {
    const entity = (settings: typeof provider): Entity => ({ kind: 'provider', id: 'a', settings })
    for (const [change, reserved] of providerChanges) {
      const found = fieldsOf(entity({ ...provider, ...change }), entity(provider))
      assert.deepEqual(found, reserved, JSON.stringify(change))
    }
    assert.deepEqual(fieldsOf(entity(provider), undefined), [''])
  })
})
