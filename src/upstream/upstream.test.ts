import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { mockProcessClock, type TestClock, testStart } from '../../test/support/clock.ts'
import fc from '../../test/support/property.ts'
import {
  citizen,
  misbehaviours,
  type ProviderOptions,
  startProvider,
  type Tamper,
  type TestProvider,
} from '../../test/support/provider.ts'
import type { Lookup } from '../http/outbound.ts'
import { systemClock } from '../kernel/clock.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import type { Algorithm, Key, Purpose } from '../keys/keys.ts'
import type { Provider } from '../partners/partners.ts'
import { destinationRules } from '../policy/destinations.ts'
import { blameOf } from './outcomes.ts'
import { type Way, wayOf } from './requests.ts'
import { type Answer, createUpstream, type Hop, type Upstream } from './upstream.ts'

const hub = 'http://localhost:4000'
const needs = { level: 'eidas1', fresh: false, language: 'fr' } as const

/** The hub's keys, made once: two of each kind, so that an old one exists. */
const hubKeys = await makeHubKeys()

async function makeHubKeys(): Promise<Key[]> {
  const kinds: [Purpose, Algorithm][] = [
    ['client', 'ES256'],
    ['client', 'RS256'],
    ['decryption', 'ECDH-ES'],
    ['decryption', 'RSA-OAEP-256'],
  ]
  const made = kinds.flatMap(([purpose, alg]) => [newKey(purpose, alg, 'active'), newKey(purpose, alg, 'retired')])
  return Promise.all(made)
}

async function newKey(purpose: Purpose, alg: Algorithm, state: Key['state']): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  const id = `key_${purpose}_${alg}_${state}`
  const published = { kid: id, alg, use: purpose === 'decryption' ? 'enc' : 'sig' }
  const publicJwk: JWK = { ...(await exportJWK(publicKey)), ...published }
  return { id, purpose, alg, state, publicJwk, privateJwk: await exportJWK(privateKey), createdAt: 0, activeFrom: 0 }
}

const keys = {
  of: (purpose: Purpose) => hubKeys.filter((key) => key.purpose === purpose),
  active: (purpose: Purpose, alg: Algorithm) => {
    const key = hubKeys.find((each) => each.purpose === purpose && each.alg === alg && each.state === 'active')
    assert.ok(key)
    return key
  },
}

const published = (states: Key['state'][]) => () => ({
  keys: hubKeys.filter(({ state }) => states.includes(state)).map(({ publicJwk }) => publicJwk),
})

interface Setup {
  clock: TestClock
  provider: TestProvider
  upstream: Upstream
  log: Record<string, unknown>[]
}

/** No provider here is the hub itself. */
const noOwnMeans = {
  begin: () => assert.fail('another server'),
  finish: () => assert.fail('another server'),
}

/** ... nor a gateway. */
const noGateway = { state: { create: () => assert.fail('another server') } }

async function setUp(
  context: TestContext,
  options: ProviderOptions & { timeout?: number; allowHttp?: boolean } & Way = {},
): Promise<Setup> {
  const clock = mockProcessClock(context)
  const { timeout, allowHttp = true, destinations: _destinations, lookup: _lookup, ...rest } = options
  const provider = await startProvider({ clock, hubKeys: published(['active']), ...rest })
  const log: Record<string, unknown>[] = []
  const write = (message: string, inside: Record<string, unknown> = {}) => log.push({ message, ...inside })
  const upstream = createUpstream({
    clock,
    keys,
    issuer: hub,
    allowHttp,
    ownMeans: noOwnMeans,
    storage: noGateway,
    log: { info: write, warn: write, error: write },
    ...wayOf(options),
    ...(timeout !== undefined && { timeout }),
  })
  context.after(async () => {
    await upstream.close()
    await provider.close()
  })
  return { clock, provider, upstream, log }
}

type Needs = Parameters<Upstream['begin']>[1]

/** Sends the person to the provider, as the login does. */
async function begin(
  upstream: Upstream,
  provider: Provider,
  wanted: Needs = needs,
): Promise<{ url: string; hop: Hop }> {
  const begun = await upstream.begin(provider, wanted)
  assert.ok('url' in begun, JSON.stringify(begun))
  return begun
}

/** There and back again. */
async function signIn(
  { upstream, provider }: Pick<Setup, 'upstream' | 'provider'>,
  registered: Provider = provider.provider(),
  wanted: Needs = needs,
): Promise<Answer> {
  const { url, hop } = await begin(upstream, registered, wanted)
  return upstream.finish(registered, hop, await provider.visit(url))
}

async function assertionOf(setup: Pick<Setup, 'upstream' | 'provider'>, registered?: Provider, wanted?: Needs) {
  const answer = await signIn(setup, registered, wanted)
  assert.equal(answer.kind, 'assertion', JSON.stringify(answer))
  return answer.assertion
}

const inOrder = { kind: 'assertion' } as const
const invalid = (detail: string) => ({ kind: 'refused', error: 'provider_answer_invalid', detail }) as const
const silent = (detail: string) => ({ kind: 'refused', error: 'provider_silent', detail }) as const
const refused = (detail: string) => ({ kind: 'refused', error: 'provider_refused', detail }) as const

test('R002: a person authenticated by a provider becomes an assertion of what was observed', async (context) => {
  const setup = await setUp(context, { amr: ['pwd', 'otp', 'fc', 7], acr: 'eidas2', sid: 'session-9' })
  setup.provider.next.authTime = setup.clock.now() - 5 * minute
  const { idToken, ...assertion } = await assertionOf(setup)
  const { email, ...identity } = citizen
  assert.deepEqual(assertion, {
    provider: 'test-provider',
    subject: 'subject-1',
    identity: { kind: 'pivot', ...identity },
    email,
    level: 'eidas2',
    amr: ['pwd', 'otp'],
    authTime: setup.clock.now() - 5 * minute,
    sid: 'session-9',
  })
  assert.equal(idToken?.split('.').length, 3)
})

const variants: Record<string, ProviderOptions> = {
  client_secret_basic: { auth: 'client_secret_basic' },
  client_secret_post: { auth: 'client_secret_post' },
  private_key_jwt: { auth: 'private_key_jwt' },
  'private_key_jwt where ES256 is not accepted': {
    auth: 'private_key_jwt',
    tamper: { discovery: (all) => ({ ...all, token_endpoint_auth_signing_alg_values_supported: ['RS256'] }) },
  },
  'RS256 signatures': { alg: 'RS256' },
  'identity in the id token': { userinfo: 'none' },
  'signed userinfo': { userinfo: 'jwt' },
  'id token encrypted by ECDH-ES': { encryption: { alg: 'ECDH-ES', enc: 'A256GCM' } },
  'id token and userinfo encrypted by RSA-OAEP-256': {
    userinfo: 'jwt',
    encryption: { alg: 'RSA-OAEP-256', enc: 'A256GCM' },
  },
  'encrypted to a key of ours that is retired': {
    userinfo: 'jwt',
    encryption: { alg: 'ECDH-ES', enc: 'A256GCM' },
    hubKeys: published(['retired']),
  },
  'encrypted without naming our key': {
    encryption: { alg: 'ECDH-ES', enc: 'A256GCM' },
    hubKeys: () => ({ keys: published(['retired'])().keys.map(({ kid: _, ...jwk }) => jwk) }),
  },
  'a discovery document elsewhere': { discoveryPath: '/realms/wallet/.well-known/wallet-openid-configuration' },
  'signed without naming the key': { tamper: { signature: 'without_kid' } },
  'a key set with a key that cannot be used': {
    tamper: {
      signature: 'without_kid',
      keys: ({ keys: [good] }) => ({ keys: [{ ...good, kid: 'bad', x: 'AA' }, good] }),
    },
  },
}

for (const [name, options] of Object.entries(variants)) {
  test(`signs in: ${name}`, async (context) => {
    const assertion = await assertionOf(await setUp(context, options))
    assert.equal(assertion.subject, 'subject-1')
    assert.equal(assertion.identity.family_name, 'Marchetti')
    // What is kept for logout is readable by the provider, who encrypted it to us.
    assert.equal(assertion.idToken?.split('.').length, 3)
  })
}

test('explicit metadata: nothing is discovered, and people sign in on another host than the issuer', async (context) => {
  const setup = await setUp(context, { otherAuthorizationHost: true })
  const { provider, upstream } = setup
  const { issuer: _, ...metadata } = provider.metadata()
  const registered = provider.provider({ connector: provider.connector({ metadata }) })
  const { url } = await begin(upstream, registered)
  assert.notEqual(new URL(url).origin, provider.issuer)
  await assertionOf(setup, registered)
  assert.equal(provider.requestsTo('discovery').length, 0)
})

test('R085: a professional is read from the claims of a federator of professionals', async (context) => {
  const setup = await setUp(context, {
    claims: {
      SubjectNameID: '899700366240',
      preferred_username: '899700366240',
      prenom: 'Amal',
      family_name: 'Idrissi',
      SubjectRole: ['10^1.2.250.1.213.1.1.5.5'],
    },
  })
  const connector = setup.provider.connector({ identity: 'professional', claims: { given_name: 'prenom' } })
  const { identity } = await assertionOf(setup, setup.provider.provider({ connector, population: 'professionals' }))
  assert.deepEqual(identity, {
    kind: 'professional',
    nationalId: '899700366240',
    given_name: 'Amal',
    family_name: 'Idrissi',
    claims: { SubjectRole: ['10^1.2.250.1.213.1.1.5.5'] },
  })
})

test('what is asked for: the code flow with PKCE S256, state, nonce, level and language, and nothing else', async (context) => {
  const { upstream, provider } = await setUp(context)
  const words = { acr: { 'https://idp.example/loa/2': 'eidas2' } } as const
  const registered = provider.provider({ connector: provider.connector(words) })
  const { url, hop } = await begin(upstream, registered, { level: 'eidas1', fresh: true, language: 'ar' })
  const asked = Object.fromEntries(new URL(url).searchParams)
  const { state, nonce, code_challenge, ...rest } = asked
  assert.deepEqual(rest, {
    response_type: 'code',
    client_id: 'garant',
    scope: 'openid identite_pivot email',
    redirect_uri: `${hub}/callback/test-provider`,
    code_challenge_method: 'S256',
    acr_values: 'https://idp.example/loa/2',
    ui_locales: 'ar',
    prompt: 'login',
    max_age: '0',
    claims: '{"id_token":{"auth_time":{"essential":true},"amr":null}}',
  })
  assert.equal(state, hop.state)
  assert.equal(nonce, hop.nonce)
  assert.notEqual(code_challenge, hop.codeVerifier)
  assert.equal(new Set([hop.state, hop.nonce, hop.codeVerifier]).size, 3)
  for (const value of [hop.state, hop.nonce, hop.codeVerifier]) assert.match(value, /^[\w-]{43}$/)

  const own = await begin(upstream, registered, { ...needs, state: 'flow.secret' })
  assert.equal(own.hop.state, 'flow.secret')
  assert.equal(new URL(own.url).searchParams.get('state'), 'flow.secret')
})

test('nothing that a provider receives depends on the service: every request has a closed list of members', async (context) => {
  const setup = await setUp(context, { auth: 'client_secret_post' })
  await assertionOf(setup)
  const members = setup.provider.requests.map(({ endpoint, url, body, headers }) => ({
    endpoint,
    query: [...url.searchParams.keys()].sort(),
    body: [...body.keys()].sort(),
    referer: headers.referer ?? headers.origin ?? headers.cookie,
  }))
  assert.deepEqual(
    members.map(({ endpoint }) => endpoint),
    ['discovery', 'authorize', 'token', 'keys', 'userinfo'],
  )
  assert.deepEqual(members[1]?.query, [
    ...['acr_values', 'claims', 'client_id', 'code_challenge', 'code_challenge_method', 'nonce', 'redirect_uri'],
    ...['response_type', 'scope', 'state', 'ui_locales'],
  ])
  assert.deepEqual(members[2]?.body, [
    ...['client_id', 'client_secret', 'code', 'code_verifier', 'grant_type', 'redirect_uri'],
  ])
  for (const { endpoint, query, body, referer } of members) {
    assert.equal(referer, undefined)
    if (endpoint !== 'authorize') assert.deepEqual(query, [])
    if (endpoint !== 'token') assert.deepEqual(body, [])
  }
})

/** Each misbehaviour, and exactly what the login is told. */
const answers: [string, Tamper, Partial<Answer>][] = [
  ['good behaviour', {}, inOrder],
  ['wrong iss', misbehaviours.wrong_iss, invalid('id_token_issuer')],
  ['wrong aud', misbehaviours.wrong_aud, invalid('id_token_audience')],
  ['wrong nonce', misbehaviours.wrong_nonce, invalid('id_token_nonce')],
  ['no nonce', misbehaviours.without_nonce, invalid('id_token_nonce')],
  ['wrong azp', misbehaviours.wrong_azp, invalid('id_token_authorized_party')],
  ['expired', misbehaviours.expired, invalid('id_token_expired')],
  ['issued in the future', misbehaviours.future_iat, invalid('id_token_issued_in_future')],
  ['not yet valid', misbehaviours.not_yet_valid, invalid('id_token_not_yet_valid')],
  ['alg none', misbehaviours.alg_none, invalid('id_token_algorithm')],
  ['HS256 with the public key', misbehaviours.hmac_with_public_key, invalid('id_token_algorithm')],
  ['signed by a stranger', misbehaviours.signed_by_stranger, invalid('id_token_signature')],
  ['signature broken', misbehaviours.broken_signature, invalid('id_token_signature')],
  ['unknown kid', misbehaviours.unknown_kid, invalid('id_token_key_unknown')],
  ['not a token', { tokens: (body) => ({ ...body, id_token: 'nonsense' }) }, invalid('id_token_malformed')],
  [
    'encrypted all the same',
    { tokens: (body) => ({ ...body, id_token: 'a.b.c.d.e' }) },
    invalid('id_token_decryption'),
  ],
  ['no id token', { tokens: ({ id_token: _, ...body }) => body }, invalid('id_token_missing')],
  ['no access token', { tokens: ({ access_token: _, ...body }) => body }, invalid('token_malformed')],
  ['a line break in a token', { tokens: (body) => ({ ...body, access_token: 'a\r\nb' }) }, invalid('token_malformed')],
  ['another token type', { tokens: (body) => ({ ...body, token_type: 'mac' }) }, invalid('token_malformed')],
  ['no subject', { idToken: ({ sub: _, ...claims }) => claims }, invalid('id_token_malformed')],
  ['subject too long', { idToken: (claims) => ({ ...claims, sub: 's'.repeat(256) }) }, invalid('id_token_subject')],
  ['no acr', misbehaviours.without_acr, invalid('acr_missing')],
  ['unknown acr', misbehaviours.unknown_acr, invalid('acr_unknown')],
  [
    'a level that it may not assert',
    misbehaviours.highest_acr,
    { kind: 'refused', error: 'provider_level_not_allowed', detail: 'acr_above_allowed' },
  ],
  [
    'authenticated in the future',
    { idToken: (claims) => ({ ...claims, auth_time: Number(claims.iat) + 31 }) },
    invalid('auth_time_in_future'),
  ],
  ['auth_time a text', { idToken: (claims) => ({ ...claims, auth_time: 'now' }) }, invalid('id_token_malformed')],
  ['other subject in userinfo', misbehaviours.other_subject_in_userinfo, invalid('userinfo_subject')],
  ['no subject in userinfo', { userinfo: ({ sub: _, ...claims }) => claims }, invalid('userinfo_malformed')],
  [
    'a birth date that cannot be',
    { userinfo: (claims) => ({ ...claims, birthdate: '1987-02-30' }) },
    { kind: 'refused', error: 'identity_malformed', detail: 'identity_birthdate_impossible_date' },
  ],
  ['no iss in the callback', misbehaviours.callback_without_iss, invalid('authorization_issuer_missing')],
  ['other iss in the callback', misbehaviours.callback_with_other_iss, invalid('authorization_issuer')],
  ['other state', { callback: (query) => query.set('state', 'x') }, invalid('authorization_state')],
  ['no state', { callback: (query) => query.delete('state') }, invalid('authorization_state')],
  ['no code', { callback: (query) => query.delete('code') }, invalid('authorization_code_missing')],
  ['two codes', { callback: (query) => query.append('code', 'x') }, invalid('authorization_repeated')],
  ['a code never issued', { callback: (query) => query.set('code', 'x') }, refused('token_error_invalid_grant')],
  ['implicit answer', { callback: (query) => query.set('id_token', 'x') }, invalid('authorization_malformed')],
  ['code refused', misbehaviours.code_refused, refused('token_error_invalid_grant')],
  ['token endpoint out of order', misbehaviours.token_out_of_order, silent('token_unavailable')],
  ['too many requests', { endpoints: { token: { status: 429 } } }, silent('token_unavailable')],
  ['broken off', { endpoints: { token: 'broken_off' } }, silent('token_unreachable')],
  ['redirected', { endpoints: { token: 'redirect' } }, invalid('token_redirected')],
  ['huge', { endpoints: { token: 'huge' } }, invalid('token_too_large')],
  ['a page in place of JSON', { endpoints: { token: {} } }, invalid('token_content_type')],
  ['a page in place of an error', { endpoints: { token: { status: 400 } } }, invalid('token_content_type')],
  ['not found', { endpoints: { token: { status: 404, contentType: 'application/json' } } }, invalid('token_status')],
  [
    'JSON cut short',
    { endpoints: { token: { contentType: 'application/json', body: '{' } } },
    invalid('token_malformed'),
  ],
  ['no content', { endpoints: { token: { status: 204 } } }, invalid('token_status')],
  [
    'an error of its own',
    { endpoints: { token: { status: 400, contentType: 'application/json', body: '{"error":"<script>"}' } } },
    refused('token_error_other'),
  ],
  ['userinfo out of order', misbehaviours.userinfo_out_of_order, silent('userinfo_unavailable')],
  ['userinfo redirected', { endpoints: { userinfo: 'redirect' } }, invalid('userinfo_redirected')],
  ['userinfo a page', { endpoints: { userinfo: {} } }, invalid('userinfo_content_type')],
  ['userinfo refuses the token', { endpoints: { userinfo: { status: 403 } } }, refused('userinfo_error')],
  [
    'userinfo refuses the token with a challenge',
    { endpoints: { userinfo: { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } } } },
    refused('userinfo_error'),
  ],
  [
    'userinfo signed although not agreed',
    { endpoints: { userinfo: { contentType: 'application/jwt', body: 'a.b.c' } } },
    invalid('userinfo_content_type'),
  ],
]

test('every misbehaviour of a provider gets its exact answer, and none is thrown', async (context) => {
  const setup = await setUp(context)
  for (const [name, tamper, expected] of answers) {
    await context.test(name, async () => {
      setup.provider.tamper = tamper
      assert.partialDeepStrictEqual(await signIn(setup), expected)
    })
  }
})

const sealedAnswers: [string, Tamper, Partial<Answer>][] = [
  ['good behaviour', {}, inOrder],
  ['not encrypted', { encryption: 'none' }, invalid('id_token_not_encrypted')],
  ['encrypted to somebody else', { encryption: 'stranger' }, invalid('id_token_decryption')],
  ['signed by a stranger inside', misbehaviours.signed_by_stranger, invalid('id_token_signature')],
  [
    'userinfo in plain JSON',
    { endpoints: { userinfo: { contentType: 'application/json', body: '{"sub":"subject-1"}' } } },
    invalid('userinfo_content_type'),
  ],
  ['userinfo of another issuer', { userinfo: (claims) => ({ ...claims, iss: 'x' }) }, invalid('userinfo_issuer')],
  ['userinfo for another client', { userinfo: (claims) => ({ ...claims, aud: 'x' }) }, invalid('userinfo_audience')],
  ['userinfo of somebody else', misbehaviours.other_subject_in_userinfo, invalid('userinfo_subject')],
  [
    'userinfo not sealed',
    { endpoints: { userinfo: { contentType: 'application/jwt', body: 'e30.e30.e30' } } },
    invalid('userinfo_not_encrypted'),
  ],
  [
    'userinfo sealed by nobody',
    { endpoints: { userinfo: { contentType: 'application/jwt', body: 'e30.e30.e30.e30.e30' } } },
    invalid('userinfo_decryption'),
  ],
]

test('where signing and encryption were agreed upon, nothing less is read', async (context) => {
  const setup = await setUp(context, { userinfo: 'jwt', encryption: { alg: 'ECDH-ES', enc: 'A256GCM' } })
  for (const [name, tamper, expected] of sealedAnswers) {
    await context.test(name, async () => {
      setup.provider.tamper = tamper
      assert.partialDeepStrictEqual(await signIn(setup), expected)
    })
  }
})

test('errors that a provider sends with the browser', async (context) => {
  const setup = await setUp(context)
  const errors: [string, Answer][] = [
    ['access_denied', { kind: 'cancelled' }],
    ['login_required', refused('authorization_error_login_required')],
    ['invalid_scope', refused('authorization_error_invalid_scope')],
    ['<b>its own</b>', refused('authorization_error_other')],
    ['server_error', silent('authorization_error_server_error')],
    ['temporarily_unavailable', silent('authorization_error_temporarily_unavailable')],
  ]
  for (const [error, expected] of errors) {
    setup.provider.next.error = error
    assert.deepEqual(await signIn(setup), expected)
  }
  // Anybody can write an error into an address; only the state says that the provider did.
  setup.provider.tamper = { callback: (query) => query.set('state', 'x') }
  setup.provider.next.error = 'access_denied'
  assert.deepEqual(await signIn(setup), invalid('authorization_state'))
})

test('an answer of one provider is not taken for that of another', async (context) => {
  const setup = await setUp(context)
  const { provider, upstream } = setup
  const honest = provider.provider()
  const other = provider.provider({ id: 'other-provider' })
  const { url, hop } = await begin(upstream, honest)
  const callback = await provider.visit(url)
  assert.deepEqual(await upstream.finish(other, hop, callback), invalid('authorization_address'))
  callback.pathname = '/callback/other-provider'
  assert.deepEqual(await upstream.finish(honest, hop, callback), invalid('authorization_address'))
  assert.equal(provider.requestsTo('token').length, 0)
})

test('the code goes to the registered address also when a proxy shows the hub another one', async (context) => {
  const { provider, upstream } = await setUp(context)
  const { url, hop } = await begin(upstream, provider.provider())
  const callback = await provider.visit(url)
  callback.host = '10.0.0.7:3000'
  assert.equal((await upstream.finish(provider.provider(), hop, callback)).kind, 'assertion')
})

test('a callback that comes back twice redeems its code once', async (context) => {
  const { provider, upstream } = await setUp(context)
  const { url, hop } = await begin(upstream, provider.provider())
  const callback = await provider.visit(url)
  assert.equal((await upstream.finish(provider.provider(), hop, callback)).kind, 'assertion')
  const again = await upstream.finish(provider.provider(), hop, callback)
  assert.deepEqual(again, refused('token_error_invalid_grant'))
})

test('a new authentication is one seen after it was asked for', async (context) => {
  const setup = await setUp(context)
  const { provider, clock } = setup
  const fresh = { ...needs, fresh: true }
  const asked = clock.now()
  const cases: [number | null | undefined, Partial<Answer>][] = [
    [undefined, inOrder],
    [asked, inOrder],
    [asked - 30 * second, inOrder],
    [asked - 31 * second, invalid('auth_time_too_old')],
    [null, invalid('auth_time_missing')],
  ]
  for (const [authTime, expected] of cases) {
    provider.next = { ...provider.next, ...(authTime !== undefined && { authTime }) }
    assert.partialDeepStrictEqual(await signIn(setup, provider.provider(), fresh), expected)
  }
  // Ten minutes to find a phone are not an old authentication.
  provider.next.authTime = asked
  const { url, hop } = await begin(setup.upstream, provider.provider(), fresh)
  clock.advance(10 * minute)
  assert.equal((await setup.upstream.finish(provider.provider(), hop, await provider.visit(url))).kind, 'assertion')
})

test('without auth_time, and when nobody asked, the token tells the latest instant possible', async (context) => {
  const setup = await setUp(context, { tamper: misbehaviours.without_auth_time })
  assert.equal((await assertionOf(setup)).authTime, setup.clock.now())
})

test("discovery and keys are never read in a person's way once known", async (context) => {
  const setup = await setUp(context, { timeout: 20 * second })
  const { clock, provider } = setup
  for (let login = 0; login < 5; login++) await assertionOf(setup)
  assert.equal(provider.requestsTo('discovery').length, 1)
  assert.equal(provider.requestsTo('keys').length, 1)

  // Old now, and their place answers no more: a login that waited for either would not come back in time.
  provider.tamper = { endpoints: { discovery: 'silent', keys: 'silent' } }
  clock.advance(2 * hour)
  const reread = Promise.all([provider.arrival('discovery'), provider.arrival('keys')])
  await assertionOf(setup)
  await reread
  await assertionOf(setup)
  assert.equal(provider.requestsTo('discovery').length, 2)
  assert.equal(provider.requestsTo('keys').length, 2)
})

test('documents that cannot be read again stay good, and are tried again after a while', async (context) => {
  const setup = await setUp(context)
  const { clock, provider, log } = setup
  await assertionOf(setup)
  provider.tamper = { endpoints: { discovery: { status: 500 }, keys: { status: 404 } } }
  clock.advance(2 * hour)
  for (let login = 0; login < 3; login++) await assertionOf(setup)
  assert.equal(provider.requestsTo('discovery').length, 2)
  assert.equal(provider.requestsTo('keys').length, 2)
  const details = log.map(({ detail }) => detail)
  assert.deepEqual(details.sort(), ['discovery_unavailable', 'keys_status'])

  provider.tamper = {}
  clock.advance(minute)
  const reread = provider.arrival('discovery')
  await assertionOf(setup)
  await reread
})

test('publishing settings again does not forget what is known of a provider', async (context) => {
  const setup = await setUp(context)
  await assertionOf(setup, setup.provider.provider())
  await assertionOf(setup, structuredClone(setup.provider.provider()))
  assert.equal(setup.provider.requestsTo('discovery').length, 1)
})

test('a secret that is published anew is the one of the next login', async (context) => {
  const setup = await setUp(context)
  const [right, wrong] = [setup.provider.connector(), setup.provider.connector({ clientSecret: 'another' })]
  const answers = [right, wrong, right].map((connector) => () => signIn(setup, setup.provider.provider({ connector })))
  const expected = ['assertion', 'refused', 'assertion']
  for (const [index, answer] of answers.entries()) assert.equal((await answer()).kind, expected[index])
})

test('an address that is published anew is the one of the next login', async (context) => {
  const setup = await setUp(context)
  const { provider, clock } = setup
  const elsewhere = await startProvider({ clock })
  context.after(() => elsewhere.close())
  const { issuer: _, ...metadata } = provider.metadata()
  const at = (changes: object) =>
    signIn(setup, provider.provider({ connector: provider.connector({ metadata: { ...metadata, ...changes } }) }))
  assert.equal((await at({})).kind, 'assertion')
  assert.deepEqual(await at({ token_endpoint: `${elsewhere.issuer}/token` }), refused('token_error_invalid_grant'))
  assert.deepEqual(await at({ userinfo_endpoint: `${elsewhere.issuer}/userinfo` }), refused('userinfo_error'))
  assert.equal((await at({})).kind, 'assertion')
  assert.deepEqual([provider.requestsTo('token').length, elsewhere.requestsTo('token').length], [3, 1])
  assert.deepEqual([provider.requestsTo('userinfo').length, elsewhere.requestsTo('userinfo').length], [2, 1])
})

test('many people at once wait for one reading', async (context) => {
  const setup = await setUp(context)
  await Promise.all(Array.from({ length: 20 }, () => assertionOf(setup)))
  assert.equal(setup.provider.requestsTo('discovery').length, 1)
  assert.equal(setup.provider.requestsTo('keys').length, 1)
})

test('a new key that many people meet at the same moment is read once', async (context) => {
  const setup = await setUp(context)
  const { provider, upstream } = setup
  await assertionOf(setup)
  const waiting = await Promise.all(Array.from({ length: 10 }, () => begin(upstream, provider.provider())))
  const callbacks = await Promise.all(waiting.map(({ url }) => provider.visit(url)))
  await provider.rotateKeys()
  const answers = waiting.map(({ hop }, index) =>
    upstream.finish(provider.provider(), hop, callbacks[index] ?? new URL(hub)),
  )
  for (const answer of await Promise.all(answers)) assert.equal(answer.kind, 'assertion')
  assert.equal(provider.requestsTo('keys').length, 2)
})

test('documents are read again before they grow old, also when nobody comes', async (context) => {
  context.mock.timers.enable({ apis: ['Date', 'setInterval'], now: testStart })
  const provider = await startProvider()
  const silence = { info: () => {}, warn: () => {}, error: () => {} }
  const upstream = createUpstream({
    clock: systemClock,
    keys,
    issuer: hub,
    allowHttp: true,
    ownMeans: noOwnMeans,
    storage: noGateway,
    log: silence,
  })
  context.after(() => Promise.all([upstream.close(), provider.close()]))
  upstream.warm([provider.provider()])
  await assertionOf({ upstream, provider })
  const again = Promise.all([provider.arrival('discovery'), provider.arrival('keys')])
  context.mock.timers.tick(hour + minute)
  await again
})

test('warm reads everything before the first person comes', async (context) => {
  const setup = await setUp(context)
  const { provider, upstream } = setup
  const read = provider.arrival('keys')
  upstream.warm([provider.provider()])
  await read
  await assertionOf(setup)
  assert.equal(provider.requestsTo('discovery').length, 1)
  assert.equal(provider.requestsTo('keys').length, 1)
})

test('a provider may change its key in the middle of a login', async (context) => {
  const setup = await setUp(context)
  const { provider, upstream, clock } = setup
  await assertionOf(setup)
  const { url, hop } = await begin(upstream, provider.provider())
  const callback = await provider.visit(url)
  await provider.rotateKeys()
  assert.equal((await upstream.finish(provider.provider(), hop, callback)).kind, 'assertion')
  assert.equal(provider.requestsTo('keys').length, 2)

  // Tokens that name unknown keys do not make the hub ask again and again.
  provider.tamper = misbehaviours.unknown_kid
  for (let login = 0; login < 3; login++) assert.deepEqual(await signIn(setup), invalid('id_token_key_unknown'))
  assert.equal(provider.requestsTo('keys').length, 2)
  clock.advance(minute)
  assert.deepEqual(await signIn(setup), invalid('id_token_key_unknown'))
  assert.equal(provider.requestsTo('keys').length, 3)
})

const documentFaults: [string, Tamper, Partial<Answer>][] = [
  ['out of order', { endpoints: { discovery: { status: 502 } } }, silent('discovery_unavailable')],
  ['not found', { endpoints: { discovery: { status: 404 } } }, invalid('discovery_status')],
  ['redirected', { endpoints: { discovery: 'redirect' } }, invalid('discovery_redirected')],
  ['huge', { endpoints: { discovery: 'huge' } }, invalid('discovery_too_large')],
  ['a page', { endpoints: { discovery: {} } }, invalid('discovery_malformed')],
  ['null', { endpoints: { discovery: { body: 'null' } } }, invalid('discovery_malformed')],
  ['another issuer', { discovery: (all) => ({ ...all, issuer: 'https://x.example' }) }, invalid('discovery_issuer')],
  ['no keys', { discovery: ({ jwks_uri: _, ...all }) => all }, invalid('discovery_malformed')],
  [
    'http elsewhere',
    { discovery: (all) => ({ ...all, token_endpoint: 'http://idp.example/' }) },
    invalid('discovery_address'),
  ],
  [
    'not the web',
    { discovery: (all) => ({ ...all, authorization_endpoint: 'javascript:0' }) },
    invalid('discovery_address'),
  ],
]

test('a provider whose metadata is not acceptable is refused before anybody is sent there', async (context) => {
  const { provider, upstream } = await setUp(context)
  for (const [name, tamper, expected] of documentFaults) {
    await context.test(name, async () => {
      provider.tamper = tamper
      assert.deepEqual(await upstream.begin(provider.provider(), needs), expected)
    })
  }
  provider.tamper = {}
  await begin(upstream, provider.provider())
})

const keySetFaults: [string, Tamper, Partial<Answer>][] = [
  ['not a key set', { keys: () => ({ keys: 'none' }) }, invalid('keys_malformed')],
  ['empty', { keys: () => ({ keys: [] }) }, invalid('id_token_key_unknown')],
]

for (const [name, tamper, expected] of keySetFaults) {
  test(`a key set that is ${name}`, async (context) => {
    assert.deepEqual(await signIn(await setUp(context, { tamper })), expected)
  })
}

test('a provider that says nothing is waited for only so long, whatever it was asked', async (context) => {
  const { clock, upstream } = await setUp(context, { timeout: 3 * second })
  const endpoints = ['discovery', 'keys', 'token', 'userinfo'] as const
  const answers = endpoints.map(async (endpoint) => {
    const tamper: Tamper = { endpoints: { [endpoint]: 'silent' } }
    const provider = await startProvider({ clock, id: endpoint, hubKeys: published(['active']), tamper })
    context.after(() => provider.close())
    return endpoint === 'discovery' ? upstream.begin(provider.provider(), needs) : signIn({ upstream, provider })
  })
  assert.deepEqual(
    await Promise.all(answers),
    endpoints.map((endpoint) => silent(`${endpoint}_timeout`)),
  )
})

test('only https, except on this machine when that is allowed', async (context) => {
  const { provider, upstream } = await setUp(context, { allowHttp: false })
  assert.deepEqual(await upstream.begin(provider.provider(), needs), invalid('discovery_address'))
  const { issuer: _, ...metadata } = provider.metadata()
  const explicit = provider.provider({ connector: provider.connector({ metadata }) })
  assert.deepEqual(await upstream.begin(explicit, needs), invalid('discovery_address'))
  assert.equal(provider.requests.length, 0)
})

describe('an address that leads inside is not called', () => {
  /** Everything that is not this machine. */
  const inside: Lookup = (hostname, _options, done) =>
    done(null, [{ address: hostname === 'localhost' ? '127.0.0.1' : '10.0.0.1', family: 4 }])

  test('written out in the documents of a provider: nobody is sent there', async (context) => {
    for (const name of ['token_endpoint', 'jwks_uri', 'userinfo_endpoint']) {
      for (const address of ['https://10.0.0.1/', 'https://169.254.169.254/latest/', 'https://[fd00::1]/']) {
        await context.test(`${name} ${address}`, async (each) => {
          const { upstream, provider } = await setUp(each, { lookup: inside })
          provider.tamper = { discovery: (all) => ({ ...all, [name]: address }) }
          assert.deepEqual(await upstream.begin(provider.provider(), needs), invalid('discovery_address'))
        })
      }
    }
  })

  test('behind a name: the sign-in is refused when it is called, and the provider is to blame', async (context) => {
    const stages = { token_endpoint: 'token', jwks_uri: 'keys', userinfo_endpoint: 'userinfo' } as const
    for (const [name, stage] of Object.entries(stages)) {
      await context.test(name, async (each) => {
        const setup = await setUp(each, { lookup: inside })
        setup.provider.tamper = { discovery: (all) => ({ ...all, [name]: 'https://idp.example/' }) }
        assert.deepEqual(await signIn(setup), invalid(`${stage}_address`))
        assert.deepEqual(blameOf(`${stage}_address`), { reason: 'documents_wrong', proved: true })
      })
    }
  })

  test('this machine is one of them, outside of a demo', async (context) => {
    const strict = await setUp(context, { destinations: destinationRules({ allow: [], loopback: false }) })
    assert.deepEqual(await strict.upstream.begin(strict.provider.provider(), needs), invalid('discovery_address'))
    assert.equal(strict.provider.requests.length, 0)
  })
})

test('R006: a provider that is gone, or does not speak TLS, is silent; the others go on', async (context) => {
  const setup = await setUp(context)
  const { provider, upstream } = setup
  const secure = provider.provider({
    connector: provider.connector({ issuer: provider.issuer.replace('http', 'https') }),
  })
  assert.deepEqual(await upstream.begin(secure, needs), silent('discovery_unreachable'))
  const gone = await startProvider()
  await gone.close()
  assert.deepEqual(await upstream.begin(gone.provider(), needs), silent('discovery_unreachable'))
  await assertionOf(setup)
})

test('a kept connection that the provider closes as it is taken again costs nobody a login', async (context) => {
  const setup = await setUp(context)
  const { provider } = setup
  await assertionOf(setup)
  provider.tamper = { endpoints: { token: 'hang_up' } }
  void provider.arrival('token').then(() => {
    provider.tamper = {}
  })
  await assertionOf(setup)
  assert.equal(provider.requestsTo('token').length, 3)

  // Once, and no more.
  provider.tamper = { endpoints: { token: 'hang_up' } }
  assert.deepEqual(await signIn(setup), silent('token_unreachable'))
  assert.equal(provider.requestsTo('token').length, 5)
})

for (const auth of ['client_secret_basic', 'client_secret_post'] as const) {
  test(`a wrong client secret is told apart from a wrong code: ${auth}`, async (context) => {
    const setup = await setUp(context, { auth })
    const connector = setup.provider.connector({ clientSecret: 'another' })
    const answer = await signIn(setup, setup.provider.provider({ connector }))
    assert.deepEqual(answer, refused('token_error_invalid_client'))
  })
}

test('upstream logout carries the id token, the return address and a state, or does not exist', async (context) => {
  const setup = await setUp(context, { encryption: { alg: 'ECDH-ES', enc: 'A256GCM' } })
  const { provider, upstream } = setup
  const { idToken = '' } = await assertionOf(setup)
  const options = { idToken, returnTo: `${hub}/logout/return`, state: 'state-1' }
  const url = await upstream.logoutUrl(provider.provider(), options)
  assert.ok(url)
  assert.deepEqual(Object.fromEntries(new URL(url).searchParams), {
    client_id: 'garant',
    id_token_hint: idToken,
    post_logout_redirect_uri: `${hub}/logout/return`,
    state: 'state-1',
  })
  assert.equal((await provider.visit(url)).href, `${hub}/logout/return?state=state-1`)

  const { end_session_endpoint: _, ...metadata } = provider.metadata()
  const without = provider.provider({ connector: provider.connector({ metadata }) })
  assert.equal(await upstream.logoutUrl(without, options), undefined)
  const gone = provider.provider({ connector: provider.connector({ issuer: 'http://localhost:1' }) })
  assert.equal(await upstream.logoutUrl(gone, options), undefined)
})

test('R127: neither the log nor an answer repeats what a provider or a browser wrote', async (context) => {
  const setup = await setUp(context)
  const canary = 'CANARY'
  setup.provider.tamper = {
    endpoints: { token: { status: 400, contentType: 'application/json', body: `{"error":"${canary}"}` } },
  }
  const answers = [await signIn(setup)]
  setup.provider.tamper = { callback: (query) => query.set('error', canary) }
  answers.push(await signIn(setup))
  setup.provider.tamper = { idToken: (claims) => ({ ...claims, acr: canary }) }
  answers.push(await signIn(setup))
  setup.provider.tamper = { userinfo: (claims) => ({ ...claims, birthdate: canary }) }
  answers.push(await signIn(setup))
  assert.ok(answers.every(({ kind }) => kind === 'refused'))
  assert.doesNotMatch(JSON.stringify([answers, setup.log]), /CANARY|ines\.marchetti|Marchetti|signs & spaces/)
})

test('no answer, however strange, is ever thrown', async (context) => {
  const setup = await setUp(context, { userinfo: 'jwt' })
  const strange = fc.oneof(
    fc.jsonValue(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('a.b.c', 'e30.e30.', 'e30.e30.e30.e30.e30'),
  )
  const claim = fc.constantFrom(
    'iss',
    'sub',
    'aud',
    'exp',
    'iat',
    'auth_time',
    'nonce',
    'acr',
    'amr',
    'azp',
    'sid',
    'nbf',
  )
  const text = fc.string({ unit: 'binary' })
  const reply = fc.record({
    status: fc.constantFrom(200, 201, 204, 400, 401, 418),
    contentType: fc.constantFrom('application/json', 'application/jwt', 'text/plain', ''),
    body: strange.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
    headers: fc.record({ 'www-authenticate': fc.constantFrom('Basic', 'Bearer error=', 'x y z, "', 'DPoP a="b"') }),
  })
  const member = fc.constantFrom('access_token', 'token_type', 'id_token', 'expires_in', 'scope', 'refresh_token')
  const parameter = fc.constantFrom('code', 'state', 'iss', 'error', 'response', 'token', 'id_token')
  const tampering = fc.oneof(
    fc
      .record({ claim, strange })
      .map(({ claim, strange }): Tamper => ({ idToken: (all) => ({ ...all, [claim]: strange }) })),
    fc
      .record({ claim, strange })
      .map(({ claim, strange }): Tamper => ({ userinfo: (all) => ({ ...all, [claim]: strange }) })),
    fc
      .record({ member, strange })
      .map(({ member, strange }): Tamper => ({ tokens: (all) => ({ ...all, [member]: strange }) })),
    fc
      .record({ parameter, text })
      .map(({ parameter, text }): Tamper => ({ callback: (query) => query.set(parameter, text) })),
    fc.record({ token: reply }).map((endpoints): Tamper => ({ endpoints })),
    fc.record({ userinfo: reply }).map((endpoints): Tamper => ({ endpoints })),
  )
  await fc.assert(
    fc.asyncProperty(tampering, async (tamper) => {
      setup.provider.tamper = tamper
      assert.match((await signIn(setup)).kind, /^(assertion|refused|cancelled)$/)
    }),
    { numRuns: 300 },
  )
})
