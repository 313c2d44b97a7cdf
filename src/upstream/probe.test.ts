/** Probes of a real provider that behaves, and of servers that do not. */
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { type ProviderOptions, startProvider, type Tamper, type TestProvider } from '../../test/support/provider.ts'
import type { Lookup } from '../http/outbound.ts'
import { second } from '../kernel/durations.ts'
import type { Probe } from '../partners/health.ts'
import type { Knock } from '../partners/own-network.ts'
import type { Provider } from '../partners/partners.ts'
import type { HealthReason } from '../policy/breaker.ts'
import { blameOf } from './outcomes.ts'
import { announcementIn, createProbe } from './probe.ts'

const certain = { doubted: false }

interface Setup {
  provider: TestProvider
  probe: Probe
  knock: Knock
  clock: ReturnType<typeof createTestClock>
  log: Record<string, unknown>[]
}

async function setUp(
  context: TestContext,
  options: ProviderOptions & { timeout?: number; allowHttp?: boolean } = {},
): Promise<Setup> {
  const { timeout, allowHttp = true, ...rest } = options
  const clock = createTestClock()
  const provider = await startProvider(rest)
  const log: Record<string, unknown>[] = []
  const write = (message: string, inside: Record<string, unknown> = {}) => void log.push({ message, ...inside })
  const observation = createProbe({
    clock,
    allowHttp,
    slow: 3 * second,
    log: { info: write, warn: write, error: write },
    ...(timeout === undefined ? {} : { timeout }),
  })
  context.after(async () => {
    observation.close()
    await provider.close()
  })
  return { provider, probe: observation.probe, knock: observation.knock, clock, log }
}

/** A server of one answer; its address. */
async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

test('a provider that works: two requests, of nobody and without a secret', async (context) => {
  const { provider, probe } = await setUp(context)
  assert.deepEqual(await probe(provider.provider(), certain), { result: 'success' })
  assert.deepEqual(
    provider.requests.map(({ endpoint, method }) => `${method} ${endpoint}`),
    ['GET discovery', 'GET keys'],
  )
  for (const { headers, url, body } of provider.requests) {
    assert.equal(headers.authorization, undefined)
    assert.equal(headers.cookie, undefined)
    assert.equal(url.search, '')
    assert.equal(String(body), '')
    assert.equal(headers.connection, 'close', 'a connection of its own, as somebody new has')
  }
})

test('explicit metadata are not asked for', async (context) => {
  const { provider, probe } = await setUp(context)
  const { issuer: _, ...metadata } = provider.metadata()
  const explicit = provider.provider({ connector: provider.connector({ metadata }) })
  assert.deepEqual(await probe(explicit, certain), { result: 'success' })
  assert.deepEqual(
    provider.requests.map(({ endpoint }) => endpoint),
    ['keys'],
  )
})

const faults: [name: string, tamper: Tamper, reason: HealthReason][] = [
  ['its discovery document hangs up', { endpoints: { discovery: 'hang_up' } }, 'unreachable'],
  ['... breaks off', { endpoints: { discovery: 'broken_off' } }, 'unreachable'],
  ['... is out of order', { endpoints: { discovery: { status: 503 } } }, 'out_of_order'],
  ['... has too much to do', { endpoints: { discovery: { status: 429 } } }, 'out_of_order'],
  ['... is gone', { endpoints: { discovery: { status: 404 } } }, 'documents_wrong'],
  ['... sends elsewhere', { endpoints: { discovery: 'redirect' } }, 'documents_wrong'],
  ['... is huge', { endpoints: { discovery: 'huge' } }, 'documents_wrong'],
  ['... is no JSON', { endpoints: { discovery: { body: '<p>Back soon</p>' } } }, 'documents_wrong'],
  ['... is of another issuer', { discovery: (all) => ({ ...all, issuer: 'https://x.example' }) }, 'documents_wrong'],
  ['... has its keys in clear', { discovery: (all) => ({ ...all, jwks_uri: 'http://x.example/' }) }, 'documents_wrong'],
  ['its keys are out of order', { endpoints: { keys: { status: 500 } } }, 'out_of_order'],
  ['... are none', { keys: () => ({ keys: [] }) }, 'documents_wrong'],
  ['... are no key set', { keys: () => ({ keys: 'none' }) }, 'documents_wrong'],
  ['... are huge', { endpoints: { keys: 'huge' } }, 'documents_wrong'],
]

test('a provider that does not: the reason, and nothing of what it wrote', async (context) => {
  const { provider, probe, log } = await setUp(context)
  for (const [name, tamper, reason] of faults) {
    await context.test(name, async () => {
      provider.tamper = tamper
      assert.deepEqual(await probe(provider.provider(), certain), { result: 'failure', reason })
    })
  }
  assert.equal(log.length, faults.length)
  assert.doesNotMatch(JSON.stringify(log), /Back soon|x\.example/)
  provider.tamper = {}
  assert.deepEqual(await probe(provider.provider(), certain), { result: 'success' })
})

test('silence has an end; so has a port where nobody is', async (context) => {
  const { provider, probe } = await setUp(context, { timeout: 2 * second })
  provider.tamper = { endpoints: { keys: 'silent' } }
  assert.deepEqual(await probe(provider.provider(), certain), { result: 'failure', reason: 'unreachable' })
  const gone = await startProvider()
  await gone.close()
  assert.deepEqual(await probe(gone.provider(), certain), { result: 'failure', reason: 'unreachable' })
})

test('how far a probe got: whoever answers is there, whatever the answer; knocking asks for one document', async (context) => {
  const raised =
    (code: string): Lookup =>
    (_name, _options, done) =>
      done(Object.assign(new Error(code), { code }), [])
  const { provider, probe, knock } = await setUp(context)
  provider.tamper = { endpoints: { discovery: { status: 500 } } }
  assert.deepEqual(await probe(provider.provider(), certain), { result: 'failure', reason: 'out_of_order' })
  assert.equal(await knock(provider.provider()), 'answered')
  const { issuer: _, ...metadata } = provider.metadata()
  assert.equal(await knock(provider.provider({ connector: provider.connector({ metadata }) })), 'answered')
  assert.deepEqual(
    provider.requests.map(({ endpoint }) => endpoint),
    ['discovery', 'discovery', 'keys'],
  )
  const gone = await startProvider()
  await gone.close()
  assert.equal(await knock(gone.provider()), 'answered', 'the machine says that nobody is there')
  for (const [code, reach] of [
    ['EAI_AGAIN', 'no_route'],
    ['EHOSTUNREACH', 'silent'],
  ] as const) {
    const observation = createProbe({
      clock: createTestClock(),
      allowHttp: true,
      slow: 3 * second,
      log: { info() {}, warn() {}, error() {} },
      lookup: raised(code),
    })
    assert.equal(await observation.knock(provider.provider()), reach)
    const seen = await observation.probe(provider.provider(), certain)
    assert.deepEqual(seen, { result: 'failure', reason: 'unreachable', reach })
    observation.close()
  }
})

test('an answer that takes long is a slow one', async (context) => {
  const { provider, probe, clock } = await setUp(context)
  provider.tamper = {
    keys: (keys) => {
      clock.advance(3 * second + 1)
      return keys
    },
  }
  assert.deepEqual(await probe(provider.provider(), certain), { result: 'slow', reason: 'slow' })
})

test('nothing is asked in clear unless that is allowed', async (context) => {
  const { provider, probe } = await setUp(context, { allowHttp: false })
  assert.deepEqual(await probe(provider.provider(), certain), { result: 'failure', reason: 'documents_wrong' })
  assert.equal(provider.requests.length, 0)
})

test('a doubted token endpoint is asked for nothing, by nobody, and works when it refuses', async (context) => {
  const { provider, probe } = await setUp(context)
  assert.deepEqual(await probe(provider.provider(), { doubted: true }), { result: 'success' })
  const [request] = provider.requestsTo('token')
  assert.equal(String(request?.body), 'grant_type=authorization_code')
  assert.equal(request?.headers.authorization, undefined)
  provider.tamper = { endpoints: { token: { status: 500 } } }
  assert.deepEqual(await probe(provider.provider(), { doubted: true }), { result: 'failure', reason: 'out_of_order' })
  assert.deepEqual(await probe(provider.provider(), certain), { result: 'success' })
})

test('a status address decides by what it says; one that cannot be read says nothing', async (context) => {
  const { provider, probe, log } = await setUp(context)
  let answer: { status: number; body: string; location?: string } = { status: 200, body: '' }
  const elsewhere: string[] = []
  const statusUrl = `${await serve(context, (request, response) => {
    if (request.url !== '/status') elsewhere.push(request.url ?? '')
    assert.equal(request.headers.authorization, undefined)
    response.writeHead(answer.status, answer.location ? { location: answer.location } : {}).end(answer.body)
  })}/status`
  const registered = provider.provider({ connector: provider.connector({ statusUrl }) })
  const said = async (status: number, body: string, location?: string) => {
    answer = { status, body, ...(location ? { location } : {}) }
    const { result, reason } = await probe(registered, certain)
    return reason === undefined ? result : `${result} ${reason}`
  }
  assert.equal(await said(200, '{"status":"pass"}'), 'success')
  assert.equal(await said(200, '{"status":"warn"}'), 'slow announced')
  assert.equal(await said(503, '{"status":"fail"}'), 'failure announced')
  assert.equal(await said(503, 'Back soon'), 'failure announced')
  assert.equal(await said(200, '{"status":{"indicator":"critical"}}'), 'failure announced')
  assert.equal(await said(404, ''), 'success')
  assert.equal(await said(500, 'oops'), 'success')
  assert.equal(await said(302, '', '/other'), 'success')
  assert.equal(await said(200, 'x'.repeat(1_000_000)), 'success')
  assert.deepEqual(elsewhere, [], 'never followed')
  assert.deepEqual(log, [
    { message: "a provider's status address could not be read", provider: 'test-provider', detail: 'status_too_large' },
  ])
  provider.tamper = { endpoints: { keys: { status: 500 } } }
  assert.equal(await said(200, '{"status":"pass"}'), 'failure out_of_order', 'and it may be wrong')
})

test('words of status addresses', () => {
  const cases: [text: string, status: number, said: ReturnType<typeof announcementIn>][] = [
    ['{"status":"UP"}', 200, 'up'],
    ['{"status":"OUT_OF_SERVICE"}', 503, 'down'],
    ['{"status":"degraded"}', 200, 'degraded'],
    ['{"status":{"indicator":"none"}}', 200, 'up'],
    ['{"status":{"indicator":"major"}}', 200, 'degraded'],
    ['{"status":"constructor"}', 200, 'up'],
    ['{"status":17}', 200, 'up'],
    ['null', 200, 'up'],
    ['[]', 404, undefined],
    ['', 503, 'down'],
    ['{"status":"pass"}', 503, 'up'],
  ]
  for (const [text, status, said] of cases) assert.equal(announcementIn({ text, status }), said, text)
})

test('a gateway is looked at by its keys, if it publishes any', async (context) => {
  const { provider, probe } = await setUp(context)
  const gateway = (changes: Record<string, unknown>): Provider => ({
    ...provider.provider(),
    connector: {
      kind: 'gateway',
      issuer: provider.issuer,
      address: `${provider.issuer}/`,
      signingAlgs: ['ES256'],
      windowHours: 12,
      identity: 'pivot',
      ...changes,
    },
  })
  const published = gateway({ jwksUri: `${provider.issuer}/keys` })
  assert.deepEqual(await probe(published, certain), { result: 'success' })
  assert.deepEqual(await probe(gateway({ jwks: { keys: [] } }), certain), { result: 'success' })
  assert.equal(provider.requests.length, 1)
  provider.tamper = { endpoints: { keys: { status: 502 } } }
  assert.deepEqual(await probe(published, certain), { result: 'failure', reason: 'out_of_order' })
})

test('whom a sign-in that failed blames', () => {
  const proved = [
    ...['discovery_timeout', 'discovery_issuer', 'keys_unavailable', 'keys_malformed', 'userinfo_unreachable'],
    ...['userinfo_unavailable', 'userinfo_signature', 'userinfo_subject', 'id_token_signature', 'id_token_key_unknown'],
    ...['id_token_issued_in_future', 'id_token_expired', 'id_token_issuer', 'id_token_not_encrypted'],
  ]
  const doubtful = ['token_timeout', 'token_unreachable', 'token_unavailable', 'token_malformed', 'token_redirected']
  const nobody = [
    // What is typed into the callback.
    ...['authorization_state', 'authorization_issuer', 'authorization_code_missing', 'authorization_repeated'],
    ...['authorization_error_server_error', 'authorization_error_temporarily_unavailable'],
    ...['authorization_error_login_required', 'authorization_error_other'],
    // Codes that are made up, used before, or somebody else's.
    ...['token_error_invalid_grant', 'token_error_invalid_client', 'token_error_other', 'token_status'],
    ...['id_token_nonce', 'id_token_audience', 'id_token_missing', 'id_token_authorized_party'],
    // What is taken out of the request to the provider.
    ...['acr_missing', 'acr_above_allowed', 'auth_time_too_old', 'auth_time_missing', 'userinfo_error'],
    // Accounts that lack something.
    ...['identity_birthdate_malformed', 'identity_claims_malformed'],
    // What a browser brings from a gateway, or from the hub's own pages.
    ...['prior_login_signature', 'prior_login_replayed', 'prior_login_missing', 'handle_unknown', 'means_ended'],
    // Nothing of upstream at all.
    ...['', 'constructor', 'access_denied'],
  ]
  for (const detail of proved) assert.equal(blameOf(detail)?.proved, true, detail)
  for (const detail of doubtful) assert.equal(blameOf(detail)?.proved, false, detail)
  for (const detail of nobody) assert.equal(blameOf(detail), undefined, detail)
})
