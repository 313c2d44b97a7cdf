/**
 * The admin API on a whole hub, over HTTP: its document exercised by a program that knows nothing else, tokens, problems,
 * repetitions, limits.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { fastify } from 'fastify'
import { sql } from 'kysely'
import {
  allowInsecureRequests,
  clientCredentialsGrant,
  discovery,
  fetchProtectedResource,
  PrivateKeyJwt,
} from 'openid-client'
import { type ApiAnswer, type ApiProgram, newProgram, request } from '../../test/support/api-client.ts'
import { mockProcessClock } from '../../test/support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { enrolPerson } from '../../test/support/operators.ts'
import { startProvider, type TestProvider } from '../../test/support/provider.ts'
import { factsOf } from '../../test/support/records.ts'
import { redeem, relyingParty, walk } from '../../test/support/relying-party.ts'
import { routesOf } from '../../test/support/routes.ts'
import { UserAgent } from '../../test/support/user-agent.ts'
import { type ApiScope, apiScopeNames, apiScopes, hubScopeNames, partyScopeNames } from '../kernel/api-scopes.ts'
import { day, minute } from '../kernel/durations.ts'
import { problems } from './problems.ts'

type Json = Record<string, unknown>

interface Documented {
  operationId: string
  summary: string
  security: [{ client: [ApiScope] }]
  parameters?: (Parameter | { $ref: string })[]
  requestBody?: { required: boolean; content: { 'application/json': { schema: Json } } }
  responses: Record<string, { $ref?: string; content?: Record<string, { schema: Json }> }>
}
interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  schema: Json
}
interface Document {
  openapi: string
  servers: { url: string }[]
  paths: Record<string, Record<string, Documented>>
  components: Record<string, Record<string, Json>>
}

const clock = mockProcessClock({ mock })
let hub: TestHub
let tax: TestProvider
let document: Document
let program: ApiProgram
/** Of a partner. */
let partner: ApiProgram
/** A person with a password. */
let subject: { person: string; means: string }

before(async () => {
  tax = await startProvider({ id: 'tax', acr: 'eidas1', clock })
  hub = await startTestHub({ clock })
  await hub.publish([
    {
      id: 'health',
      name: { fr: 'Santé', en: 'Health', ar: 'الصحة' },
      contacts: { security: 'security@health.example' },
      services: [serviceEntry('refunds')],
      providers: [providerEntry(tax)],
    },
  ])
  subject = await enrolPerson(hub)
  program = await newProgram(hub, { scopes: hubScopeNames })
  partner = await newProgram(hub, { scopes: partyScopeNames, party: { side: 'service', id: 'refunds' } })
  document = (await request(`${hub.issuer}/api/v1/openapi.json`, 'GET')).body
})
// A program may ask so much at once, and then waits.
beforeEach(() => clock.advance(5_000))
after(async () => {
  await hub?.close()
  await tax?.close()
  mock.timers.reset()
})

const api = () => `${hub.issuer}/api/v1`
const each = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )

/** A reference followed: `#/components/…`. */
function resolved<T>(reference: string): T {
  let found: unknown = document
  for (const step of reference.replace(/^#\//, '').split('/')) found = (found as Json)[step]
  assert.ok(found, reference)
  return found as T
}

function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    name === '$ref' && typeof member === 'string' ? [member] : referencesIn(member),
  )
}

/** Something that a schema allows, with as little in it as may be. */
function sampleOf(schema: Json): unknown {
  if (typeof schema.$ref === 'string') return sampleOf(resolved<Json>(schema.$ref))
  if ('const' in schema) return schema.const
  if ('default' in schema) return schema.default
  if (Array.isArray(schema.enum)) return schema.enum[0]
  const choices = (schema.anyOf ?? schema.oneOf ?? schema.allOf) as Json[] | undefined
  if (choices?.[0]) return sampleOf(choices[0])
  const type = [schema.type].flat()[0]
  if (type === 'object') {
    const { properties = {}, required = [] } = schema as { properties?: Record<string, Json>; required?: string[] }
    return Object.fromEntries(required.map((name) => [name, sampleOf(properties[name] ?? {})]))
  }
  if (type === 'array')
    return Array.from({ length: Number(schema.minItems ?? 0) }, () => sampleOf(schema.items as Json))
  if (type === 'integer' || type === 'number') return Number(schema.minimum ?? 1)
  if (type === 'boolean') return false
  if (schema.format === 'date-time') return '2026-12-01T10:00:00Z'
  if (schema.format === 'email') return 'somebody@health.example'
  if (schema.format === 'uuid') return '00000000-0000-4000-8000-000000000000'
  if (schema.pattern !== undefined && /\\d\{4\}-/.test(String(schema.pattern))) return '2026-12-01'
  return 'because it is needed'.padEnd(Number(schema.minLength ?? 0), '.')
}

/** What is in this hub, for the places of addresses. */
const inAddress: Record<string, string> = {
  partner: 'health',
  service: 'refunds',
  provider: 'tax',
  queue: 'alerts.mail',
  kind: 'provider',
  scope: 'email',
  sequence: '1',
  number: '1',
}
function addressOf(path: string): string {
  const places = { ...inAddress, ...subject, id: 'tax' }
  return path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => places[name as keyof typeof places] ?? 'nothing-such')
}

/** Only programs of partners have it. */
const ofPartner = (scope: ApiScope) => (partyScopeNames as readonly ApiScope[]).includes(scope)

/** The rest of what an operation needs, from its own declaration. */
function callOf({ operation }: { operation: Documented }): { body?: unknown; headers: Record<string, string> } {
  const headers: Record<string, string> = {}
  for (const parameter of operation.parameters ?? []) {
    const one = '$ref' in parameter ? resolved<Parameter>(parameter.$ref) : parameter
    if (one.in === 'header' && one.required) headers[one.name.toLowerCase()] = '"0"'
  }
  const schema = operation.requestBody?.content['application/json'].schema
  return { headers, ...(schema ? { body: sampleOf(schema) } : {}) }
}

/** Judges bodies by the document, with the validator of the web framework; made once, as it compiles every schema. */
let judging: ReturnType<typeof createJudge> | undefined
const judge = () => {
  judging ??= createJudge()
  return judging
}

async function createJudge() {
  const app = fastify({
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, strict: false } },
  })
  app.addSchema({ $id: 'https://hub.example/document', components: document.components })
  for (const name of Object.keys(document.components.schemas ?? {})) {
    if (name.endsWith('.request')) continue
    const schema = { $ref: `https://hub.example/document#/components/schemas/${name}` }
    app.post(`/${name}`, { schema: { body: schema } }, async () => 'fine')
  }
  await app.ready()
  return async (reference: string, body: unknown): Promise<string | undefined> => {
    const name = reference.replace('#/components/schemas/', '')
    const answer = await app.inject({ method: 'POST', url: `/${name}`, payload: body as Json })
    return answer.statusCode === 200 ? undefined : answer.body
  }
}

/** The schema that the document has for this answer. */
function schemaFor(operation: Documented, { status, headers }: ApiAnswer): string | undefined {
  const declared =
    operation.responses[String(status)] ?? assert.fail(`${operation.operationId} may not answer ${status}`)
  const response = declared.$ref ? resolved<typeof declared>(declared.$ref) : declared
  const type = (headers.get('content-type') ?? '').split(';')[0] ?? ''
  const schema = response.content?.[type]?.schema
  if (status !== 204) assert.ok(schema, `${operation.operationId} ${status} ${type}`)
  return schema?.$ref as string | undefined
}

async function assertProblem(answer: ApiAnswer, name: keyof typeof problems, what?: string): Promise<Json> {
  assert.equal(answer.body?.type, `${api()}/problems/${name}`, `${what} ${JSON.stringify(answer.body)}`)
  assert.equal(answer.status, problems[name].status, what)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.equal(answer.headers.get('cache-control'), 'no-store', what)
  return answer.body
}

describe('tokens of the admin API', () => {
  test('a stock OAuth library needs the address of the API, a client_id and a key', async () => {
    const config = await discovery(
      new URL(api()),
      program.client,
      {},
      PrivateKeyJwt({ key: program.key.privateKey, kid: 'first' }),
      { algorithm: 'oauth2', execute: [allowInsecureRequests] },
    )
    const tokens = await clientCredentialsGrant(config, { scope: 'providers:read' })
    assert.equal(tokens.expires_in, 600)
    assert.equal(tokens.scope, 'providers:read')
    const answer = await fetchProtectedResource(config, tokens.access_token, new URL(`${api()}/availability`), 'GET')
    const { items } = (await answer.json()) as { items: { provider: string }[] }
    assert.deepEqual(
      items.map(({ provider }) => provider),
      ['tax'],
    )
    const metadata = await request(`${hub.issuer}/.well-known/oauth-protected-resource/api/v1`, 'GET')
    assert.deepEqual([metadata.body.resource, metadata.body.authorization_servers], [api(), [api()]])
  })

  test('a token of it opens nothing of the hub, and no token of a service opens it', async () => {
    const token = await program.token()
    const bearer = { authorization: `Bearer ${token}` }
    const discovered = (await request(`${hub.issuer}/.well-known/openid-configuration`, 'GET')).body
    assert.equal((await request(discovered.userinfo_endpoint, 'GET', { headers: bearer })).status, 401)
    const basic = Buffer.from(`refunds:${encodeURIComponent(secretOf('refunds'))}`)
    const introspected = await fetch(discovered.introspection_endpoint, {
      method: 'POST',
      headers: { authorization: `Basic ${basic.toString('base64')}` },
      body: new URLSearchParams({ token }),
    })
    assert.deepEqual(await introspected.json(), { active: false })
    for (const path of ['/console', '/desk', '/means']) {
      const page = await request(`${hub.issuer}${path}`, 'GET', { headers: bearer })
      assert.notEqual(page.status, 200, path)
    }
    const party = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
    const { accessToken, rawIdToken } = await redeem(party, await walk(new UserAgent(), party, 'tax'))
    for (const foreign of [accessToken, rawIdToken]) {
      const answer = await request(`${api()}/availability`, 'GET', { headers: { authorization: `Bearer ${foreign}` } })
      await assertProblem(answer, 'unauthenticated')
    }
    // A secret of a service is no client of this endpoint, and a program none of the hub's own token endpoint.
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'refunds', client_secret: 'x' })
    const refused = await fetch(`${api()}/token`, { method: 'POST', body: form })
    assert.deepEqual([refused.status, ((await refused.json()) as Json).error], [401, 'invalid_client'])
    const elsewhere = await fetch(discovered.token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: program.client }),
    })
    assert.ok([400, 401].includes(elsewhere.status))
  })

  test('the token endpoint takes a form, no other proof beside, and not too many', async () => {
    const cases: [RequestInit, number][] = [
      [{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }, 400],
      [{ method: 'POST', headers: { authorization: 'Basic eDp5' }, body: new URLSearchParams({ a: 'b' }) }, 400],
      [{ method: 'POST', body: new URLSearchParams({}) }, 400],
      [{ method: 'GET' }, 404],
    ]
    for (const [given, status] of cases) {
      const answer = await fetch(`${api()}/token`, given)
      assert.equal(answer.status, status)
      assert.equal(answer.headers.get('cache-control'), 'no-store')
    }
    let last: Response | undefined
    for (let n = 0; n < 31; n++) last = await fetch(`${api()}/token`, { method: 'POST', body: new URLSearchParams({}) })
    assert.equal(last?.status, 429)
    assert.equal(last?.headers.get('retry-after'), '1')
    clock.advance(minute)
  })
})

describe('the OpenAPI document', () => {
  test('it is whole: every reference leads somewhere, every place of an address is declared', () => {
    assert.match(document.openapi, /^3\.1\./)
    assert.deepEqual(document.servers, [{ url: api() }])
    assert.ok(each().length > 90, String(each().length))
    for (const reference of new Set(referencesIn(document))) resolved(reference)
    const ids = each().map(({ operation }) => operation.operationId)
    assert.deepEqual([...new Set(ids)], ids)
    for (const { path, operation } of each()) {
      const places = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = (operation.parameters ?? []).filter((one) => 'in' in one && one.in === 'path')
      assert.deepEqual(
        declared.map((one) => 'name' in one && one.name),
        places,
        operation.operationId,
      )
      assert.ok(apiScopeNames.includes(operation.security[0].client[0]), operation.operationId)
      assert.ok(operation.summary.length > 5)
    }
    const used = new Set(each().map(({ operation }) => operation.security[0].client[0]))
    assert.deepEqual(
      apiScopeNames.filter((scope) => !used.has(scope)),
      [],
      'every scope opens something',
    )
  })

  test('it has every route of the API, and no other', () => {
    const served = routesOf(hub.web.app.printRoutes({ commonPrefix: false }))
      .filter((route) => route.includes(' /api/v1/'))
      .map((route) => route.replace('/api/v1', '').replaceAll(/:(\w+)/g, '{$1}'))
      .sort()
    const open = ['GET /openapi.json', 'GET /problems/{problem}', 'POST /token']
    const documented = each().map(({ method, path }) => `${method} ${path}`)
    assert.deepEqual(served, [...documented, ...open].sort())
  })

  test('R129: every operation refuses who shows no token, and a token without its scope', async () => {
    const some = await newProgram(hub, { scopes: ['jobs:read'] })
    const others = await newProgram(hub, { scopes: ['settings:read'] })
    const judged = await judge()
    for (const one of each()) {
      const { operation, method, path } = one
      const [scope] = operation.security[0].client
      const call = callOf(one)
      for (const headers of [{}, { authorization: 'Bearer gat_nothing' }] as Record<string, string>[]) {
        const bare = await request(`${api()}${addressOf(path)}`, method, {
          ...call,
          headers: { ...call.headers, ...headers },
        })
        await assertProblem(bare, 'unauthenticated', operation.operationId)
        assert.match(
          bare.headers.get('www-authenticate') ?? '',
          /^Bearer (error="invalid_token", )?resource_metadata="/,
        )
      }
      // One of the hub with another scope; and of the other kind of programs one with all that it can have.
      for (const lacking of [scope === 'jobs:read' ? others : some, ofPartner(scope) ? program : partner]) {
        const answer = await lacking.call(method, addressOf(path), call)
        const problem = await assertProblem(answer, 'scope-missing', operation.operationId)
        assert.equal(await judged('#/components/schemas/Problem', problem), undefined)
        assert.match(answer.headers.get('www-authenticate') ?? '', new RegExp(`insufficient_scope", scope="${scope}"`))
      }
      clock.advance(100)
    }
    const wrong = { authorization: `Bearer gat_${'x'.repeat(43)}` }
    const stranger = await request(`${api()}/queues`, 'GET', { headers: wrong })
    await assertProblem(stranger, 'unauthenticated')
    assert.match(stranger.headers.get('www-authenticate') ?? '', /^Bearer error="invalid_token", /)
    const denied = await factsOf(hub, 'api_client.denied')
    assert.equal(denied.length, 2 * each().length)
    assert.ok(denied.every(({ actor, route }) => actor.kind === 'api_client' && route.startsWith('/api/v1/')))
  })

  test('every operation answers what it declares, made from nothing but its declaration', async () => {
    const judged = await judge()
    await hub.audit.sealNow()
    const succeeded: string[] = []
    // Reading first: what changes something comes after.
    const ordered = each().sort((a, b) => Number(a.method !== 'GET') - Number(b.method !== 'GET'))
    for (const one of ordered) {
      const { operation, method, path } = one
      const caller = ofPartner(operation.security[0].client[0]) ? partner : program
      const answer = await caller.call(method, addressOf(path), callOf(one))
      assert.ok(answer.status < 500, `${operation.operationId}: ${JSON.stringify(answer.body)}`)
      const schema = schemaFor(operation, answer)
      if (schema)
        assert.equal(await judged(schema, answer.body), undefined, `${operation.operationId} ${answer.status}`)
      if (answer.status < 300) succeeded.push(operation.operationId)
      clock.advance(100)
    }
    const reading = ordered.filter(({ method }) => method === 'GET').map(({ operation }) => operation.operationId)
    assert.deepEqual(
      reading.filter((id) => !succeeded.includes(id)).sort(),
      // There is none of these here.
      [
        'foreseeCaseNotices',
        'getApproval',
        'getBanner',
        'getBreach',
        'getBreachNotification',
        'getCase',
        'getCaseTimeline',
        'getCollision',
        'getIncident',
        'getMandate',
        'getOrganisation',
        'getOwnCase',
        'getPartnerDraft',
        'getProgram',
        'getProviderDraft',
        'getServiceDraft',
        'getSupportRequest',
        'listMandatesOfOrganisation',
      ],
    )
    for (const id of [
      'inviteOperator',
      'searchPerson',
      'revokeMeans',
      'publishBanner',
      'retryJobs',
      'openServiceDraft',
      'rotateKeys',
    ]) {
      assert.ok(succeeded.includes(id), `${id} is done with what its schema allows`)
    }
  })

  test('the document for people names every scope and every problem as they are', () => {
    const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8')
    const rows = (heading: string) =>
      [...(text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '').matchAll(/^\| `([\w:-]+)` \| (.*) \|$/gm)]
        .map(([, name, says]) => `${name} ${says}`)
        .sort()
    const lower = (words: string) => `${words[0]?.toLowerCase()}${words.slice(1).replace(/\.$/, '')}`
    const known = Object.entries(apiScopes).map(([name, says]) => `${name} ${lower(says)}`)
    assert.deepEqual(rows('Scopes'), known.sort())
    const refusals = Object.entries(problems).map(([name, { status, title }]) => `${name} ${status} | ${lower(title)}`)
    assert.deepEqual(rows('Problems'), refusals.sort())
  })

  test('each problem has an address that says what it is', async () => {
    for (const name of Object.keys(problems)) {
      const answer = await request(`${api()}/problems/${name}`, 'GET')
      assert.equal(answer.status, 200)
      assert.match(String(answer.body), new RegExp(`\\(${problems[name as keyof typeof problems].status}\\)`))
    }
    assert.equal((await request(`${api()}/problems/none`, 'GET')).status, 404)
  })
})

describe('requests', () => {
  test('RFC 9457: what is wrong is named, by pointer, parameter or header; nothing of a value is repeated', async () => {
    const canary = 'canary<script>'
    const wrong = await program.call('POST', '/banners', {
      body: { kind: canary, text: { fr: 5, en: canary }, services: [], until: 'soon', colour: 'red' },
    })
    const { errors } = (await assertProblem(wrong, 'content-invalid')) as { errors: Json[] }
    assert.deepEqual(errors.map(({ pointer, detail }) => `${pointer} ${detail}`).sort(), [
      '/colour is not known here',
      '/kind Invalid option: expected one of "phishing"|"maintenance"|"information"',
      '/text/ar is missing',
      '/text/fr Invalid input: expected string, received number',
      '/until must be a date and time with its zone: 2027-01-31T12:00:00Z',
    ])
    assert.doesNotMatch(JSON.stringify(wrong.body), /canary/)
    const fault = await program.call('POST', '/banners', {
      body: { kind: 'information', text: { fr: 'x', en: 'y', ar: '' }, until: '2020-01-01T00:00:00Z' },
    })
    const faults = (await assertProblem(fault, 'content-invalid')) as { errors: Json[] }
    assert.deepEqual(
      faults.errors.map(({ pointer, code }) => [pointer, code]),
      [
        ['/text/ar', 'missing'],
        ['/until', 'before_start'],
      ],
    )
    const parameter = await program.call('GET', '/services?limit=1000&colour=red')
    const parameters = (await assertProblem(parameter, 'request-invalid')) as { errors: Json[] }
    assert.deepEqual(parameters.errors.map((one) => one.parameter).sort(), ['colour', 'limit'])
  })

  test('a body that is no JSON, none, or too long; an address that nothing has', async () => {
    const raw = (body: string, type = 'application/json') =>
      program.call('POST', '/banners', { body, headers: { 'content-type': type } })
    await assertProblem(await raw('{"kind":'), 'request-invalid')
    await assertProblem(await raw('kind=phishing', 'application/x-www-form-urlencoded'), 'not-json')
    await assertProblem(await raw('text', 'text/plain'), 'not-json')
    await assertProblem(await raw(JSON.stringify({ a: 'x'.repeat(70_000) })), 'too-large')
    await assertProblem(await raw('{"__proto__":{"a":1}}'), 'request-invalid')
    await assertProblem(await program.call('POST', '/banners'), 'content-invalid')
    await assertProblem(
      await program.call('DELETE', '/banners/x', { body: {}, headers: { 'if-match': '"1"' } }),
      'request-invalid',
    )
    await assertProblem(await request(`${api()}/nothing`, 'GET'), 'not-found')
    await assertProblem(await program.call('GET', '/journal/facts/x'), 'not-found')
  })

  test('what has a version is changed by who names the version that they read', async () => {
    const state = await program.call('GET', '/providers/tax/state')
    const tag = state.headers.get('etag') ?? ''
    assert.match(tag, /^"\d+"$/)
    const hide = (headers: Record<string, string>) =>
      program.call('PUT', '/providers/tax/visibility', { body: { visibility: 'hidden' }, headers })
    await assertProblem(await hide({}), 'version-missing')
    await assertProblem(await hide({ 'if-match': '*' }), 'request-invalid')
    await assertProblem(await hide({ 'if-match': 'W/"1"' }), 'request-invalid')
    const late = await hide({ 'if-match': '"999"' })
    await assertProblem(late, 'overtaken')
    assert.equal(late.headers.get('etag'), tag, 'the version of now is told')
    const done = await hide({ 'if-match': tag })
    assert.deepEqual([done.status, done.body.visibility], [200, 'hidden'])
    assert.notEqual(done.headers.get('etag'), tag)
    assert.deepEqual((await factsOf(hub, 'provider.hidden')).at(-1)?.actor, { kind: 'api_client', id: program.client })
  })

  test('a list is read page by page, to its end', async () => {
    const many = Array.from({ length: 7 }, (_, n) => serviceEntry(`paged-${n}`))
    const sector = (one: Json) => ({
      ...one,
      homepage: 'http://127.0.0.1:1/',
      redirectUris: ['http://127.0.0.1:1/callback'],
      postLogoutRedirectUris: [],
      sector: '127.0.0.1',
    })
    const name = { fr: 'P', en: 'P', ar: 'P' }
    await hub.publish([{ id: 'paged', name, services: many.map(sector), providers: [] }])
    const ids: string[] = []
    let cursor = ''
    for (let page = 0; page < 4; page++) {
      const answer = await program.call('GET', `/services?partner=paged&limit=3${cursor}`)
      ids.push(...answer.body.items.map(({ id }: { id: string }) => id))
      if (answer.body.next === undefined) break
      cursor = `&cursor=${encodeURIComponent(answer.body.next)}`
    }
    assert.deepEqual(
      ids,
      many.map(({ id }) => id),
    )
    const found = await program.call('GET', '/services?q=PAGED-3')
    assert.deepEqual(
      found.body.items.map(({ id }: { id: string }) => id),
      ['paged-3'],
    )
  })

  test('a program that asks too much waits; another one does not', async () => {
    const busy = await newProgram(hub, { scopes: ['jobs:read'] })
    const quiet = await newProgram(hub, { scopes: ['jobs:read'] })
    let last: ApiAnswer | undefined
    for (let n = 0; n < 101; n++) last = await busy.call('GET', '/queues/none/jobs?limit=0')
    await assertProblem(last ?? assert.fail(), 'too-many-requests')
    assert.equal(last?.headers.get('retry-after'), '1')
    assert.equal((await quiet.call('GET', '/queues')).status, 200)
    clock.advance(1_000)
    assert.equal((await busy.call('GET', '/queues')).status, 200)
  })

  test('R129: the log has routes and references, nothing of who was looked for', async () => {
    const answer = await program.call('POST', '/people/search', {
      body: { identifier: 'canary-identifier@home.example' },
    })
    assert.deepEqual(answer.body, { people: [] })
    const found = await program.call('POST', '/people/search', { body: { identifier: 'canaria' } })
    assert.deepEqual(found.body, { people: [subject.person] })
    const lines = JSON.stringify(hub.logged)
    assert.doesNotMatch(lines, /canar/i)
    // Neither a token nor an assertion, whose three first letters may stand in any id.
    assert.doesNotMatch(lines, /gat_|eyJ[\w-]{8,}\./)
    assert.ok(hub.logged.some(({ inside }) => inside.route === '/api/v1/people/search'))
  })
})

describe('a request with an Idempotency-Key', () => {
  const invite = (name: string, key: string, by = program) =>
    by.call('POST', '/staff', {
      body: { partner: 'health', name, roles: ['technician'], mail: 'karim@health.example' },
      headers: { 'idempotency-key': key },
    })

  test('is carried out once: its repetition gets the first answer, also what is told once', async () => {
    const first = await invite('Karim Haddad', '"8e03978e-40d5-43dd-bc93"')
    const again = await invite('Karim Haddad', '8e03978e-40d5-43dd-bc93')
    assert.equal(first.status, 201)
    assert.deepEqual([again.status, again.body], [first.status, first.body])
    assert.match(first.body.link, /\/desk\/join\/[\w-]{43}$/)
    assert.equal(again.headers.get('idempotency-replayed'), 'true')
    const { body } = await program.call('GET', '/staff?partner=health')
    assert.equal(body.items.filter(({ name }: { name: string }) => name === 'Karim Haddad').length, 1)
  })

  test('stands for one request, of one program, for a day', async () => {
    await assertProblem(await invite('Somebody Else', '8e03978e-40d5-43dd-bc93'), 'key-reused')
    const other = await newProgram(hub, { scopes: ['staff:write'] })
    assert.equal((await invite('Somebody Else', '8e03978e-40d5-43dd-bc93', other)).status, 201)
    clock.advance(day)
    await hub.apiClients.sweep()
    assert.equal((await invite('Karim Haddad', '8e03978e-40d5-43dd-bc93')).status, 201)
    await assertProblem(await invite('Karim Haddad', 'short'), 'request-invalid')
  })

  test('of two at the same moment one is carried out, and the other is told to wait or gets its answer', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => invite('Lina Mansour', 'at-the-same-moment')))
    const statuses = answers.map(({ status }) => status)
    assert.ok(
      statuses.every((status) => status === 201 || status === 409),
      statuses.join(),
    )
    assert.ok(statuses.includes(201))
    const { body } = await program.call('GET', '/staff?partner=health')
    assert.equal(body.items.filter(({ name }: { name: string }) => name === 'Lina Mansour').length, 1)
  })

  test('a refusal is an answer too; one that never came to an answer is not carried out again', async () => {
    const refused = () =>
      program.call('POST', '/staff', {
        body: { partner: 'nobody', name: 'A B', roles: ['technician'], mail: 'a@b.example' },
        headers: { 'idempotency-key': 'a-refusal-is-kept' },
      })
    const [first, again] = [await refused(), await refused()]
    await assertProblem(first, 'content-invalid')
    assert.deepEqual(again.body, first.body)
    await sql`update api_answers set answer = null where answer is not null`.execute(hub.storage.db)
    const running = await refused()
    await assertProblem(running, 'request-running')
    assert.equal(running.headers.get('retry-after'), '1')
    clock.advance(2 * minute)
    const cut = await refused()
    assert.match(String((await assertProblem(cut, 'request-running')).detail), /cut off/)
  })

  test('answers rest sealed: a link is in no table', async () => {
    const { body } = await invite('Nour Saidi', 'sealed-at-rest-please')
    const token = String(body.link).split('/').at(-1) ?? ''
    const { rows } = await sql<{ row: string }>`select encode(answer, 'escape') as row from api_answers
      where answer is not null`.execute(hub.storage.db)
    assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(token)))
  })
})
