import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { parse as parseYaml } from 'yaml'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import fc from '../../test/support/property.ts'
import { levels } from '../kernel/assurance.ts'
import { GarantError } from '../kernel/errors.ts'
import { hashSecret } from '../kernel/secrets.ts'
import type { Storage } from '../storage/storage.ts'
import { draftEntry, type ExportOptions, exportPartners } from './export.ts'
import { oneLineProblem } from './fields.ts'
import { parsePartnersFile } from './file.ts'
import { createEntryReader, judgeEntry } from './judgement.ts'
import { findKept } from './kept.ts'
import { named, type SamplePartner, samplePartners, sampleProvider, sampleService, toYaml } from './partners.sample.ts'
import { createPartners, type Partners, scopes } from './partners.ts'
import { entityOf, type Published } from './plan.ts'
import { merge, nothingPublished } from './registry.ts'
import { activeState } from './suspensions.ts'

const clock = createTestClock()
const options = (more: Partial<ExportOptions> = {}): ExportOptions => ({
  allowHttp: false,
  issuer: 'https://hub.example',
  now: clock.now(),
  format: 'yaml',
  ...more,
})
const parse = (text: string) => parsePartnersFile(text, { allowHttp: false })

// --- Any valid registry --------------------------------------------------------------------------------------------

/** What YAML, or older YAML, may take for something else than this text. */
const traps = [
  ...['no', 'yes', 'on', 'null', '~', 'true', 'NaN', '.inf', '1e3', '007', '0x1F', '0o7', '1_000', '12:30:45', '-'],
  ...['2027-01-01', '# no comment', 'a #b', 'a: b', 'a:', '- x', '? x', '"', "'", '{}', '[', '*a', '&a', '!t', '%a'],
  ...[
    '@',
    '`',
    '|',
    '>',
    '---',
    '...',
    '=',
    '<<',
    'kept: true',
    '\\n',
    '😀',
    'مرحبا: نعم',
    '\u200fنص',
    '\ufeffx',
    'a\u2028b',
  ],
]

const line = (maxLength: number) =>
  fc
    .oneof(
      fc.constantFrom(...traps),
      fc.string({ unit: 'grapheme', maxLength }),
      fc.constant('long '.repeat(30).trim()),
    )
    .filter((text) => text.length <= maxLength && oneLineProblem(text) === undefined)

/** Where several lines, tabs and spaces at the ends may stand. */
const block = fc.oneof(
  line(60),
  fc
    .array(fc.constantFrom('\n', '\r\n', '\t', ' ', '#', ':', 'é', 'x', '- '), { maxLength: 20 })
    .map((all) => all.join('')),
)

const translated = (most: number) => fc.record({ fr: line(most), en: line(most), ar: line(most) })
const optional = <T extends Record<string, fc.Arbitrary<unknown>>>(fields: T) =>
  fc.record(fields, { requiredKeys: [] }) as fc.Arbitrary<Record<string, unknown>>

const instant = fc
  .date({ min: new Date('2026-01-01T00:00:00Z'), max: new Date('2090-01-01T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.toISOString())

const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' })
const canary = 'canary-of-a-secret-0123456789'

const countries = fc.uniqueArray(fc.constantFrom('MA', 'FR', 'CA'), { minLength: 1 })

/** A level where the service is closed would be refused. */
const geography = fc.oneof(
  optional({
    exempt: fc.shuffledSubarray(['trusted_device', 'declared_trip']),
    stepUpLevel: fc.constantFrom('eidas2', 'eidas3'),
    reason: translated(300),
  }).chain((more) => countries.map((allowed) => ({ ...more, allowed, elsewhere: 'step_up' }))),
  countries.map((allowed) => ({ allowed, elsewhere: 'refuse', exempt: ['declared_trip'] })),
)

const remote = fc.oneof(
  optional({ level: fc.constantFrom('eidas2', 'eidas3'), secondFactor: fc.boolean(), actions: fc.constant(['read']) }),
  fc.constant({ closed: true }),
)
const representation = optional({ alone: fc.boolean(), remote }).chain((more) =>
  fc.subarray(['submit', 'prepare', 'pay']).map((actions) => ({ ...more, actions: ['read', ...actions] })),
)

const service = (index: number, providers: string[]): fc.Arbitrary<Record<string, unknown>> => {
  const id = `service-${index}`
  const secrets = fc.constantFrom(
    [{ danger_plain: `${canary}-${id}` }],
    [{ danger_plain: `${canary}-${id}` }, { danger_plain: `${canary}-older-${id}`, until: '2027-01-31T12:00:00.25Z' }],
  )
  const byKey = fc.constantFrom(
    { auth: 'private_key_jwt', jwks: { keys: [{ ...jwk, kid: 'no', note: { b: '1e3', a: [null, 1.5] } }] } },
    { auth: 'private_key_jwt', jwksUri: 'https://site.example/jwks' },
  )
  return fc
    .record({
      base: fc.record({
        name: translated(120),
        redirectUris: fc.constantFrom(
          [`https://${id}.example/cb`],
          [`https://${id}.example/b?x=1`, `https://${id}.example/a`],
        ),
        sector: fc.constantFrom(`${id}.example`, `other.${id}.example:8080`),
        scopes: fc
          .subarray(scopes.filter((scope) => scope !== 'service_secret' && scope !== 'representation'))
          .map((all) => [...new Set(['openid', ...all])]),
        providers: fc.oneof(fc.constant('all'), fc.shuffledSubarray(providers, { minLength: 1 })),
      }),
      more: optional({
        purpose: translated(200),
        postLogoutRedirectUris: fc.constant([`https://${id}.example/bye`]),
        backchannelLogoutUri: fc.constant(`https://${id}.example/out`),
        entitledTo: fc.shuffledSubarray(['amr', 'idp']),
        minimumLevel: fc.constantFrom(...levels),
        userinfoAlg: fc.constantFrom('ES256', 'RS256'),
        idTokenAlg: fc.constantFrom('ES256', 'RS256'),
        singleSignOn: fc.boolean(),
        sensitive: fc.boolean(),
        population: fc.constantFrom('citizens', 'professionals'),
        passwordAlone: fc.boolean(),
        forOrganisations: fc.boolean(),
        geography,
      }),
      riskProfile: line(160),
      credentials: fc.oneof(fc.record({ secrets }), byKey),
      password: fc.option(fc.constant({ alphabet: 'hex', length: 40 }), { nil: undefined }),
      acting: fc.option(fc.record({ representation, granted: fc.boolean() }), { nil: undefined }),
      reason: fc.option(line(400), { nil: undefined }).map((text) => text && `It is needed: ${text}.......`),
    })
    .map(({ base, more, riskProfile, credentials, password, acting, reason }) => ({
      id,
      homepage: `https://${id}.example/#no`,
      ...base,
      ...more,
      riskProfile,
      ...(reason === undefined ? {} : { justifications: reasonsFor(base.scopes, reason) }),
      ...credentials,
      ...(password ? { serviceSecret: password } : {}),
      ...(acting ? { representation: acting.representation } : {}),
      scopes: [
        ...base.scopes,
        ...(password ? ['service_secret'] : []),
        // It may be there before the scope is granted.
        ...(acting?.granted ? ['representation'] : []),
      ],
    }))
}

const reasonsFor = (all: readonly string[], reason: string) =>
  Object.fromEntries(all.filter((scope) => scope !== 'openid').map((scope) => [scope, reason]))

const state = fc.oneof(
  fc.constant(undefined),
  fc.constant({ kind: 'hidden' }),
  fc
    .record({ reason: translated(300), category: fc.constantFrom('maintenance', 'other'), since: instant })
    .map((said) => ({ kind: 'suspended', services: ['service-0'], above: 'eidas1', ...said })),
)

/** Keys as any mapping may have them; what looks like an address is judged as one. */
const word = line(30).filter((key) => !/_(endpoint|uri)$/.test(key) && key !== '__proto__')

const provider = (index: number): fc.Arbitrary<Record<string, unknown>> => {
  const id = `provider-${index}`
  const issuer = `https://${id}.example`
  const metadata = fc.dictionary(word, fc.oneof(block, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 4 }).map((more) => ({
    ...more,
    issuer,
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: `${issuer}/t`,
    jwks_uri: `${issuer}/j`,
  }))
  const oidc = fc
    .record({
      clientId: line(256),
      auth: fc.boolean(),
      acr: fc.dictionary(word, fc.constant('eidas1'), { maxKeys: 2 }),
    })
    .chain(({ clientId, auth, acr }) =>
      optional({
        metadata,
        scopes: fc.constant(['openid', 'no', '1e3']),
        claims: fc.constant({ birthdate: '2027-01-01', given_name: 'null' }),
        userinfo: fc.constantFrom('json', 'jwt', 'none'),
        encryption: fc.constant({ alg: 'ECDH-ES', enc: 'A256GCM' }),
      }).map((more) => ({
        kind: 'oidc',
        issuer,
        clientId,
        scopes: ['openid'],
        acr: { ...acr, a: 'eidas1', b: 'eidas2' },
        ...(auth
          ? { auth: 'private_key_jwt' }
          : { auth: 'client_secret_post', clientSecret: { danger_plain: `${canary}-${id}` } }),
        ...more,
      })),
    )
  const gateway = fc
    .constantFrom(0.25, 4, 23.5)
    .map((windowHours) => ({ kind: 'gateway', issuer, address: `${issuer}/go`, jwks: { keys: [jwk] }, windowHours }))
  const cards = ['cpx', 'identity_card']
  const house = fc.constantFrom(
    { kind: 'card', cards, ways: ['web_eid', 'tls'], statusUrl: `${issuer}/status` },
    { kind: 'card', cards: ['cpx'], ways: ['tls'] },
    { kind: 'eid_app', cards, by: ['device_key', 'card'], statusUrl: `${issuer}/status` },
    { kind: 'eid_app', cards, by: ['card'] },
  )
  const logo = block
    .filter((text) => !/[<&]/.test(text))
    .map((text) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">${text}\n\t<path d="M0 0"/></svg>`)
  const means = fc.record({ reference: line(160), until: instant }).map(({ reference, until }) => ({
    class: 'certified',
    amr: { pwd: ['password'], otp: ['totp'] },
    validUntil: until,
    certificate: { reference, validUntil: until },
    enrolment: { proofs: ['video', 'photo'] },
  }))
  return fc
    .record({
      name: translated(120),
      connector: fc.oneof(oidc, gateway, house),
      state,
      more: optional({ hint: translated(160), logo, means, helpUrl: fc.constant(`${issuer}/help#no`) }),
    })
    .map(({ name, connector, state: said, more: { means: declared, ...more } }) => {
      // What these proved the hub saw by itself.
      const { amr: _, ...classOnly } = (declared ?? {}) as Record<string, unknown>
      const isHouse = ['card', 'eid_app'].includes(connector.kind)
      return {
        id,
        name,
        connector,
        allowedLevels: ['eidas2', 'eidas1'],
        ...(said ? { state: said } : {}),
        ...(declared ? { means: isHouse ? classOnly : declared } : {}),
        ...more,
      }
    })
}

const registry = fc
  .record({
    name: translated(120),
    count: fc.integer({ min: 1, max: 2 }),
    professionals: fc.integer({ min: 0, max: 9 }),
  })
  .chain(({ name, count, professionals }) => {
    const providers = Array.from({ length: count }, (_, index) => `provider-${index}`)
    return fc
      .record({
        services: fc.tuple(service(0, providers), service(1, providers)),
        providers: fc.tuple(...providers.map((_, index) => provider(index))),
      })
      .map((entries) => ({
        partners: [
          { id: 'zeta', name, professionals, services: entries.services },
          {
            id: 'alpha',
            name: named('alpha'),
            contacts: { security: 'no@alpha.example' },
            providers: entries.providers,
          },
        ],
      }))
  })

/** What a hub that applied the file has published: every value went through the database's JSON. */
function publishedOf(text: string): Published {
  const file = parse(text)
  const rows = findKept(file, nothingPublished, false).partners.flatMap(({ services, providers, ...partner }) => [
    { kind: 'partner' as const, id: partner.id, value: asStored(partner) },
    ...services.map((value) => ({ kind: 'service' as const, id: value.id, value: asStored(value) })),
    ...providers.map(({ state: said, ...value }) => ({
      kind: 'provider' as const,
      id: value.id,
      value: { ...asStored(value), state: stateOf(value.id, said) },
    })),
  ])
  return merge(nothingPublished, { revision: 1, rows: rows as Parameters<typeof merge>[1]['rows'] })
}

/** With its keys in another order: the database keeps none. */
const asStored = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).reverse())
      : member,
  ) as T

function stateOf(provider: string, said: ReturnType<typeof parse>['partners'][0]['providers'][0]['state']) {
  if (said?.kind === 'hidden') return { ...activeState, kind: 'hidden' as const }
  if (said?.kind !== 'suspended') return activeState
  const { kind: _, ...rest } = said
  const suspension = { ...rest, provider, id: 'sus_AAAAAAAAAAAAAAAAAAAAAA', author: { kind: 'file' }, changedAt: 1 }
  return { kind: 'active', number: 1, suspensions: [suspension] }
}

/** The file with the secrets written in, as its reader would who brings it to another hub. */
function withSecrets(text: string): string {
  const data = parseYaml(text) as { partners: SamplePartner[] }
  for (const { services = [], providers = [] } of data.partners) {
    for (const { id, secrets = [] } of services as { id: string; secrets?: Record<string, unknown>[] }[]) {
      for (const secret of secrets) {
        assert.equal(secret.kept, true)
        delete secret.kept
        secret.danger_plain = secret.until === undefined ? `${canary}-${id}` : `${canary}-older-${id}`
      }
    }
    for (const { id, connector } of providers as { id: string; connector: Record<string, unknown> }[]) {
      if (connector.clientSecret) connector.clientSecret = { danger_plain: `${canary}-${id}` }
    }
  }
  return JSON.stringify(data)
}

describe('any valid registry', () => {
  test('R001, R002: exported without its secrets, read and published elsewhere, is the same and exports the same text', () => {
    fc.assert(
      fc.property(registry, fc.constantFrom('yaml' as const, 'json' as const), (data, format) => {
        const before = publishedOf(JSON.stringify(data))
        const { text, warnings } = exportPartners(before, options({ format }))
        assert.deepEqual(warnings, [])
        const hashes = [...before.services.values()].flatMap(({ secrets }) => secrets.map(({ hash }) => hash))
        for (const secret of [canary, ...hashes]) assert.equal(text.includes(secret), false)
        const there = publishedOf(withSecrets(text))
        assert.deepEqual(there.partners, before.partners)
        assert.deepEqual(there.services, before.services)
        assert.deepEqual(there.providers, before.providers)
        assert.equal(exportPartners(there, options({ format })).text, text)
      }),
      { numRuns: 100 },
    )
  })

  test('a draft that is opened and published as it is changes nothing', () => {
    const read = createEntryReader({ allowHttp: false })
    fc.assert(
      fc.property(registry, (data) => {
        const current = publishedOf(JSON.stringify(data))
        const subjects = [
          ...[...current.services.keys()].map((id) => ({ kind: 'service' as const, id })),
          ...[...current.providers.keys()].map((id) => ({ kind: 'provider' as const, id })),
          ...[...current.partners.keys()].map((id) => ({ kind: 'partner' as const, id })),
        ]
        for (const subject of subjects) {
          const granted = entityOf(current, subject) ?? assert.fail()
          const partner = granted.kind === 'partner' ? granted.id : granted.settings.partner
          for (const editor of [
            { hand: 'operators' as const, actor },
            { hand: 'partner' as const, actor, partner, roles: ['technician' as const] },
          ]) {
            const tried = { subject, partner, entry: draftEntry(granted), secrets: [] }
            const known = { current, editor, now: clock.now(), granted, requests: [] }
            const { faults, changes, asks, plan } = judgeEntry(read(tried, current), known, undefined)
            assert.deepEqual([faults, changes, asks, plan?.publish], [[], [], [], []])
          }
        }
      }),
      { numRuns: 30 },
    )
  })
})

// --- A hub ---------------------------------------------------------------------------------------------------------

interface Place {
  storage: Storage
  partners: Partners
}

const actor = { kind: 'command' } as const

async function openHub(): Promise<Place> {
  const storage = await openTestStorage(clock)
  const partners = await createPartners({
    storage,
    clock,
    audit: { append: () => {} },
    masterKey: Buffer.alloc(32, 5),
    log: (message) => assert.fail(message),
  })
  return { storage, partners }
}

const apply = (hub: Place, text: string, more: { prune?: boolean } = {}) =>
  hub.partners.apply(parse(text), { actor, ...more })

const exported = async (hub: Place, more: Partial<ExportOptions> = {}) =>
  exportPartners(await hub.partners.published(), options(more))

async function faultsOf(hub: Place, text: string): Promise<string[]> {
  try {
    await apply(hub, text)
    return []
  } catch (error) {
    if (!(error instanceof GarantError)) throw error
    return String(error.inside.faults).split('\n')
  }
}

test('R001: lines of spaces alone, where a block of YAML would lose them', () => {
  const issuer = 'https://taxes.example'
  const known = {
    issuer,
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: `${issuer}/t`,
    jwks_uri: `${issuer}/j`,
  }
  const metadataIn = (text: string) => {
    const { connector } = publishedOf(text).providers.get('taxes') ?? assert.fail()
    return connector.kind === 'oidc' ? connector.metadata : assert.fail()
  }
  for (const note of [' \n', '\t\n', '  \n\n', '\n \n', ' ', 'a\n  \nb', ' \r\n', 'a\n\t']) {
    const data = samplePartners()
    const metadata = { ...known, note, deeper: [note] }
    data.partners[1].providers = [sampleProvider('taxes', {}, { metadata }), sampleProvider('post')]
    const { text } = exportPartners(publishedOf(JSON.stringify(data)), options())
    assert.deepEqual(metadataIn(withSecrets(text)), metadata)
  }
})

describe('a hub', () => {
  let hub: Place
  let other: Place
  before(async () => {
    ;[hub, other] = await Promise.all([openHub(), openHub()])
  })
  after(async () => {
    for (const { partners, storage } of [hub, other]) {
      await partners.close()
      await storage.close()
    }
  })

  test('with nothing exports a file that is good', async () => {
    const { text } = await exported(other)
    assert.match(text, /\npartners: \[\]\n$/)
    assert.deepEqual(await apply(other, text, { prune: true }), [])
  })

  test('applies what it exported without any change, and says when and from where', async () => {
    await apply(hub, toYaml(samplePartners()))
    const { text } = await exported(hub)
    assert.match(text, /^# Services and providers of https:\/\/hub\.example, as published on 2026-11-22T10:00:00Z/)
    assert.deepEqual(await apply(hub, text, { prune: true }), [])
    assert.deepEqual(await apply(hub, (await exported(hub, { format: 'json' })).text, { prune: true }), [])
    assert.equal((await exported(hub)).text, text)
  })

  test('exports one partner, and prune of the rest is then not tried', async () => {
    const { text } = await exported(hub, { partner: 'state' })
    assert.deepEqual(
      parse(text).partners.map(({ id }) => id),
      ['state'],
    )
    assert.match(text, /of the partner state alone/)
    assert.deepEqual(await apply(hub, text), [])
  })

  test('an empty hub asks for each secret, by its path and line, and publishes nothing', async () => {
    const { text } = await exported(hub)
    const faults = await faultsOf(other, text)
    assert.deepEqual(
      faults.map((fault) => fault.replace(/^line \d+: (\S+) keeps a secret that is not in force on this hub.*/, '$1')),
      [
        'partners[0].services[0].secrets[0]',
        'partners[0].services[1].secrets[0]',
        'partners[1].providers[0].connector.clientSecret',
        'partners[1].providers[1].connector.clientSecret',
      ],
    )
    const [, at = ''] = /^line (\d+)/.exec(faults[0] ?? '') ?? []
    assert.match(text.split('\n')[Number(at) - 1] ?? '', /kept: true/)
    assert.equal((await other.partners.published()).services.size, 0)
  })

  test('with the secrets given, an empty hub exports the same text', async () => {
    const { text } = await exported(hub)
    await apply(other, withSecrets(text))
    assert.equal((await exported(other)).text, text)
  })

  test('what a file made of a state is exported, to the millisecond; what operators made is not', async () => {
    clock.advance(1234)
    const reason = { fr: 'Entretien', en: 'Maintenance', ar: 'صيانة' }
    const file = samplePartners()
    const [taxes, post] = file.partners[1].providers ?? []
    assert.ok(taxes && post)
    taxes.state = { kind: 'suspended', category: 'maintenance', reason, sessionsClosedSince: '2026-11-22T09:00:00.5Z' }
    await apply(hub, toYaml(file))
    await hub.partners.suspend(
      'post',
      { services: 'all', category: 'security', reason: { ...reason, en: 'Operators only' }, sessions: 'kept' },
      { actor, expected: 0 },
    )
    const { text, warnings } = await exported(hub)
    assert.deepEqual(warnings, [])
    assert.match(text, / since: "2026-11-22T10:00:01\.234Z"\n/)
    assert.match(text, /sessionsClosedSince: "2026-11-22T09:00:00\.500Z"\n/)
    assert.doesNotMatch(text, /Operators only/)
    assert.deepEqual(await apply(hub, text, { prune: true }), [])
    assert.equal((await hub.partners.stateOf('post'))?.suspensions.length, 1)
  })

  test('a hidden provider stays hidden, and a suspension that no file can say any more stays with a warning', async () => {
    const stateNumber = async (id: string) => (await hub.partners.stateOf(id))?.number ?? 0
    await hub.partners.hide('post', { actor, expected: await stateNumber('post') })
    const file = samplePartners()
    const [taxes] = file.partners[1].providers ?? []
    assert.ok(taxes)
    const reason = { fr: 'Entretien', en: 'Maintenance', ar: 'صيانة' }
    taxes.state = { kind: 'suspended', category: 'other', reason, services: ['invoices'] }
    await apply(hub, toYaml(file))
    delete taxes.state
    file.partners[0].services?.pop()
    await apply(hub, toYaml(file), { prune: true })
    const { text, warnings } = await exported(hub)
    assert.deepEqual(warnings, ['provider taxes: its suspension is left out, because a file cannot say it any more'])
    assert.match(text, /kind: hidden/)
    assert.deepEqual(await apply(hub, text, { prune: true }), [])
    assert.equal((await hub.partners.stateOf('taxes'))?.suspensions.length, 1)
  })

  test('what a file could not say today is refused by its path', async () => {
    const current = await hub.partners.published()
    const service = current.services.get('refunds')
    assert.ok(service)
    const services = new Map(current.services).set('refunds', { ...service, homepage: 'http://localhost:1/' })
    assert.throws(
      () => exportPartners({ ...current, services }, options()),
      (error) => error instanceof GarantError && /homepage must begin with https/.test(String(error.inside.faults)),
    )
  })
})

describe('kept secrets', () => {
  let hub: Place
  before(async () => {
    hub = await openHub()
  })
  after(async () => {
    await hub.partners.close()
    await hub.storage.close()
  })
  const until = '2027-01-31T12:00:00Z'
  const later = '2027-03-31T12:00:00Z'
  const fileOf = (secrets: unknown[], connector: Record<string, unknown> = {}) =>
    toYaml({
      partners: [
        {
          id: 'one',
          name: named('One'),
          services: [sampleService('site', { secrets })],
          providers: [sampleProvider('taxes', {}, connector)],
        },
      ],
    })
  const secrets = async () => (await hub.partners.published()).services.get('site')?.secrets
  const plain = (text: string, more = {}) => ({ danger_plain: text, ...more })
  const at = (text: string, end?: string) => ({
    hash: hashSecret(text),
    ...(end === undefined ? {} : { until: Date.parse(end) }),
  })

  test('a rotation gives the one in force its end without knowing it, and is idempotent', async () => {
    await apply(hub, fileOf([plain('first')]))
    const rotation = fileOf([plain('second'), { kept: true, until }])
    assert.equal((await apply(hub, rotation)).length, 1)
    assert.deepEqual(await secrets(), [at('second'), at('first', until)])
    assert.deepEqual(await apply(hub, rotation), [])
    assert.deepEqual(await apply(hub, fileOf([{ kept: true }, { kept: true, until }])), [])
    assert.deepEqual((await apply(hub, fileOf([{ kept: true, until }, { kept: true }]))).length, 1)
    assert.deepEqual(await secrets(), [at('first', until), at('second')])
  })

  test('of two, the one with the same end is meant; both may be kept with another end', async () => {
    await apply(hub, fileOf([{ kept: true }, { kept: true, until: later }]))
    assert.deepEqual(await secrets(), [at('second'), at('first', later)])
    await apply(hub, fileOf([{ kept: true }]))
    assert.deepEqual(await secrets(), [at('second')])
  })

  test('where it is not clear which, or none is left, the file is refused', async () => {
    await apply(hub, fileOf([plain('second'), plain('first', { until })]))
    for (const [said, path] of [
      [[plain('third'), { kept: true, until: later }], 'secrets[1]'],
      [[plain('second'), { kept: true, until: later }, plain('x')], 'secrets'],
    ] as const) {
      const [fault = ''] = await faultsOf(hub, fileOf([...said]))
      assert.ok(fault.includes(`partners[0].services[0].${path} `), fault)
    }
    await apply(hub, fileOf([plain('second')]))
    const [fault = ''] = await faultsOf(hub, fileOf([plain('second'), { kept: true, until }]))
    assert.match(fault, /secrets\[1\] keeps a secret that is not in force on this hub, or could be either of two/)
    const [both = ''] = await faultsOf(hub, fileOf([{ kept: true, env: 'X' }]))
    assert.match(both, /must have exactly one of env, file, danger_plain, kept/)
    const [no = ''] = await faultsOf(hub, fileOf([{ kept: false }]))
    assert.match(no, /kept must be true/)
  })

  test('the secret at a provider is kept through another change, and never sent to another address', async () => {
    const kept = { clientSecret: { kept: true } }
    assert.equal((await apply(hub, fileOf([plain('second')], { ...kept, clientId: 'renamed' }))).length, 1)
    const { connector } = (await hub.partners.published()).providers.get('taxes') ?? {}
    assert.ok(connector?.kind === 'oidc')
    assert.equal(connector.clientSecret, 'client-secret-at-taxes')
    const thief = 'https://thief.example'
    const issuer = 'https://taxes.example'
    for (const elsewhere of [
      { issuer: thief },
      { discoveryUrl: `${thief}/discovery` },
      {
        metadata: {
          issuer,
          authorization_endpoint: `${issuer}/a`,
          token_endpoint: `${thief}/t`,
          jwks_uri: `${issuer}/j`,
        },
      },
    ]) {
      const [fault = ''] = await faultsOf(hub, fileOf([plain('second')], { ...kept, ...elsewhere }))
      assert.match(fault, /providers\[0\]\.connector\.clientSecret keeps a secret that would go to another address/)
    }
  })
})
