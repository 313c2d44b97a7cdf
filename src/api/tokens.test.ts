/** Programs, their keys, and their tokens, on a database without a hub around it. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { exportJWK, generateKeyPair } from 'jose'
import { sql } from 'kysely'
import { type ApiKey, assertionOf, assertionType, newApiKey } from '../../test/support/api-client.ts'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { minute, second } from '../kernel/durations.ts'
import { type ApiClientId, newId, type OperatorId } from '../kernel/ids.ts'
import type { Storage } from '../storage/storage.ts'
import { type ApiClients, createApiClients } from './clients.ts'
import { createTokens, type Tokens } from './tokens.ts'

const clock = createTestClock()
const api = 'https://hub.example/api/v1'
const actor = { kind: 'command' } as const
let storage: Storage
let clients: ApiClients
let tokens: Tokens
let key: ApiKey
let client: ApiClientId
const taken: ApiClientId[] = []
const angela: OperatorId = 'opr_0000000000000000000000'
const recorder = recordFacts(() => storage)
/** What is published, by whom. */
const published = { service: new Map([['refunds', 'health']]), provider: new Map([['tax', 'health']]) }
const partners = {
  registry: () => {
    const of = (side: 'service' | 'provider') =>
      new Map([...published[side]].map(([id, partner]) => [id, { id, partner }]))
    return { services: of('service'), providers: of('provider') } as never
  },
}

before(async () => {
  storage = await openTestStorage(clock)
  const onRemoval = async (_tx: unknown, removed: ApiClientId) => void taken.push(removed)
  const operators = { find: async (id: string) => (id === angela ? { state: 'active' } : undefined) as never }
  clients = createApiClients({ storage, clock, audit: recorder.audit, operators, partners, onRemoval })
  tokens = createTokens({ state: storage.state, clock, clients, api })
  key = await newApiKey()
  client = (await register(['providers:read', 'jobs:read'])).client
})
after(() => storage.close())
beforeEach(() => recorder.clear())

const register = (scopes: readonly string[], keys: unknown[] = [key.publicJwk]) =>
  clients.register({ name: 'Supervision', scopes, jwks: { keys } }, actor)

/** As a program would send it. */
async function form(
  changes: Record<string, unknown> = {},
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  return {
    grant_type: 'client_credentials',
    client_assertion_type: assertionType,
    client_assertion: await assertionOf(key, { client, api, clock, claims, header }),
    ...changes,
  }
}

async function tokenFor(scope?: string): Promise<string> {
  const answer = await tokens.issue(await form(scope === undefined ? {} : { scope }))
  return answer.ok ? answer.token : assert.fail(answer.description)
}

/** What facts have of a program that is no partner's. */
const ofHub = { partner: null, side: null, object: null }

const seconds = () => Math.floor(clock.now() / second)

describe('programs of the admin API', () => {
  test('registered with public keys and scopes of the list; every fault is told', async () => {
    const small = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
    const privateJwk = await exportJWK(small.privateKey)
    const p521 = await exportJWK((await generateKeyPair('ES512', { extractable: true })).publicKey)
    // A modulus of 1024 bits, which no generator makes any more.
    const weak = { kty: 'RSA', e: 'AQAB', n: Buffer.alloc(128, 0xc3).toString('base64url') }
    const refusals: [Parameters<ApiClients['register']>[0], RegExp][] = [
      [{ name: '', scopes: ['jobs:read'], jwks: { keys: [key.publicJwk] } }, /name must be a text of one line/],
      [{ name: 'A', scopes: [], jwks: { keys: [key.publicJwk] } }, /scopes must not be empty/],
      [
        { name: 'A', scopes: ['jobs:read', 'everything'], jwks: { keys: [key.publicJwk] } },
        /scopes\[1\] must be one of/,
      ],
      [{ name: 'A', scopes: ['jobs:read'], jwks: { keys: [] } }, /keys must not be empty/],
      [{ name: 'A', scopes: ['jobs:read'], jwks: 'secret' }, /must be a mapping/],
      [{ name: 'A', scopes: ['jobs:read'], jwks: { keys: [privateJwk] } }, /private parts/],
      [{ name: 'A', scopes: ['jobs:read'], jwks: { keys: [weak] } }, /2048 bits/],
      [{ name: 'A', scopes: ['jobs:read'], jwks: { keys: [p521] } }, /P-256/],
      [{ name: 'A', scopes: ['jobs:read'], jwks: { keys: [{ ...key.publicJwk, use: 'enc' }] } }, /for signatures/],
      [{ name: 'A', scopes: ['jobs:read'], jwks: { keys: [key.publicJwk, key.publicJwk] } }, /its own kid/],
    ]
    for (const [given, expected] of refusals) {
      await assert.rejects(clients.register(given, actor), (error: Error & { inside?: { faults: string } }) => {
        assert.match(String(error.inside?.faults), expected)
        return true
      })
    }
    const { client: made } = await register(['jobs:read'])
    const owned = { name: 'Owned', scopes: ['jobs:read'], jwks: { keys: [key.publicJwk] } }
    const { client: theirs } = await clients.register({ ...owned, operator: angela }, actor)
    assert.equal((await clients.find(theirs))?.operator, angela)
    await assert.rejects(clients.register({ ...owned, operator: 'opr_1111111111111111111111' }, actor), /no operator/)
    assert.deepEqual(recorder.of('api_client.registered'), [
      { client: made, scopes: ['jobs:read'], operator: null, ...ofHub, actor },
      { client: theirs, scopes: ['jobs:read'], operator: angela, ...ofHub, actor },
    ])
  })

  test('a good assertion gives a token for ten minutes, for no more than was asked, and a fact', async () => {
    const answer = await tokens.issue(await form({ scope: 'jobs:read', client_id: client, resource: api }))
    assert.ok(answer.ok)
    assert.deepEqual(answer.scopes, ['jobs:read'])
    const bearer = await tokens.bearer(`Bearer ${answer.token}`)
    assert.deepEqual([bearer?.client.client, bearer?.scopes], [client, ['jobs:read']])
    assert.deepEqual(recorder.of('api_client.authenticated'), [
      { scopes: ['jobs:read'], actor: { kind: 'api_client', id: client } },
    ])
    clock.advance(10 * minute - 1)
    assert.ok(await tokens.bearer(`Bearer ${answer.token}`))
    clock.advance(1)
    assert.equal(await tokens.bearer(`Bearer ${answer.token}`), undefined)
  })

  test('without a scope asked the token has all of the program', async () => {
    const bearer = await tokens.bearer(`Bearer ${await tokenFor()}`)
    assert.deepEqual([...(bearer?.scopes ?? [])].sort(), ['jobs:read', 'providers:read'])
  })

  test('every other algorithm of the list works, and the key that is named', async () => {
    for (const alg of ['PS256', 'RS256', 'Ed25519']) {
      const [first, second] = [await newApiKey(alg, 'a'), await newApiKey('ES256', 'b')]
      const made = await register(['jobs:read'], [first.publicJwk, second.publicJwk])
      for (const one of [first, second]) {
        const assertion = await assertionOf(one, { client: made.client, api, clock })
        const answer = await tokens.issue(await form({ client_assertion: assertion }))
        assert.ok(answer.ok, alg)
      }
    }
  })

  test('RFC 7523: an assertion is refused that is not for this API, by this program, now, once', async () => {
    const other = await newApiKey()
    const hmac = Buffer.from(JSON.stringify({ alg: 'HS256' })).toString('base64url')
    const none = (claims: object) =>
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`
    const good = { iss: client, sub: client, aud: api, jti: 'by-nobody', exp: seconds() + 60 }
    const refusals: [string, Record<string, unknown>, RegExp][] = [
      ['another issuer', await form({}, { iss: 'api_0000000000000000000000' }), /could not be authenticated/],
      ['another subject', await form({}, { sub: 'refunds' }), /sub/],
      ['the token endpoint as audience', await form({}, { aud: `${api}/token` }), /aud/],
      ['the hub as audience', await form({}, { aud: 'https://hub.example' }), /aud/],
      ['another audience beside', await form({}, { aud: [api, 'https://other.example'] }), /aud/],
      ['a list of one', await form({}, { aud: [api] }), /aud/],
      ['no audience', await form({}, { aud: undefined }), /aud/],
      ['expired', await form({}, { exp: seconds() - 11 }), /exp/],
      ['six minutes ahead', await form({}, { exp: seconds() + 360 }), /five minutes/],
      ['without an end', await form({}, { exp: undefined }), /exp/],
      ['issued tomorrow', await form({}, { iat: seconds() + 86_400 }), /iat/],
      ['not yet', await form({}, { nbf: seconds() + 120 }), /nbf/],
      ['without jti', await form({}, { jti: undefined }), /jti/],
      ['a short jti', await form({}, { jti: '1' }), /jti/],
      [
        'signed by another key',
        await form({ client_assertion: await assertionOf(other, { client, api, clock }) }),
        /could not/,
      ],
      ['a key that is not there', await form({}, {}, { kid: 'third' }), /could not/],
      ['no signature', await form({ client_assertion: none(good) }), /could not/],
      ['a symmetric signature', await form({ client_assertion: `${hmac}.e30.AAAA` }), /could not/],
      ['no assertion', await form({ client_assertion: 'assertion' }), /could not/],
      ['another client_id', await form({ client_id: 'api_0000000000000000000000' }), /could not/],
      ['a secret beside', await form({ client_secret: 'x' }), /private_key_jwt only/],
      [
        'another type',
        await form({ client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' }),
        /type/,
      ],
      ['absent', await form({ client_assertion: undefined }), /twice|missing/],
    ]
    for (const [what, given, expected] of refusals) {
      const answer = await tokens.issue(given)
      assert.equal(answer.ok, false, what)
      assert.match(answer.ok ? '' : answer.description, expected, what)
    }
    const requests: [Record<string, unknown>, string][] = [
      [await form({ grant_type: 'password' }), 'unsupported_grant_type'],
      [{}, 'invalid_request'],
      [await form({ scope: ['jobs:read', 'jobs:read'] }), 'invalid_request'],
      [await form({ scope: 'journal:read' }), 'invalid_scope'],
      [await form({ scope: 'jobs:read everything' }), 'invalid_scope'],
      [await form({ resource: 'https://hub.example/userinfo' }), 'invalid_target'],
    ]
    for (const [given, expected] of requests) {
      const answer = await tokens.issue(given)
      assert.equal(answer.ok ? 'ok' : answer.error, expected)
    }
    assert.deepEqual(recorder.facts, [], 'nobody got a token')
  })

  test('RFC 7523 section 3: an assertion serves once, also at two processes at the same moment', async () => {
    const given = await form()
    const answers = await Promise.all([tokens.issue(given), tokens.issue({ ...given })])
    assert.deepEqual(answers.map(({ ok }) => ok).sort(), [false, true])
    const again = await tokens.issue(given)
    assert.match(again.ok ? '' : again.description, /jti/)
    // What expired is not kept for ever, and is refused for its end.
    clock.advance(2 * minute)
    const late = await tokens.issue(given)
    assert.match(late.ok ? '' : late.description, /exp/)
  })

  test('removed: its tokens and its assertions are worth nothing from that moment on', async () => {
    const made = await register(['jobs:read'])
    const assertion = () => assertionOf(key, { client: made.client, api, clock })
    const first = await tokens.issue(await form({ client_assertion: await assertion() }))
    assert.ok(first.ok)
    assert.equal(await clients.remove(made.client, actor), true)
    assert.equal(await tokens.bearer(`Bearer ${first.token}`), undefined)
    assert.equal((await tokens.issue(await form({ client_assertion: await assertion() }))).ok, false)
    assert.equal(await clients.remove(made.client, actor), false)
    assert.deepEqual(taken, [made.client], 'what it asked is taken back')
    assert.deepEqual(recorder.of('api_client.removed'), [{ client: made.client, ...ofHub, actor }])
  })

  test('keys are replaced as a whole; tokens of before go on until their end', async () => {
    const fresh = await newApiKey('ES256', 'second')
    const made = await register(['jobs:read'])
    const by = (one: ApiKey) => assertionOf(one, { client: made.client, api, clock })
    const before = await tokens.issue(await form({ client_assertion: await by(key) }))
    assert.equal(await clients.replaceKeys(made.client, { keys: [fresh.publicJwk] }, { actor }), 'done')
    assert.equal((await tokens.issue(await form({ client_assertion: await by(key) }))).ok, false)
    assert.ok((await tokens.issue(await form({ client_assertion: await by(fresh) }))).ok)
    assert.ok(before.ok && (await tokens.bearer(`Bearer ${before.token}`)))
    assert.equal(
      await clients.replaceKeys('api_0000000000000000000000', { keys: [fresh.publicJwk] }, { actor }),
      'unknown',
    )
  })

  test('a token is shown as a bearer, whole, and rests as nothing that could be shown', async () => {
    const token = await tokenFor()
    for (const header of [
      undefined,
      token,
      `Basic ${token}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      'Bearer ',
    ]) {
      assert.equal(await tokens.bearer(header), undefined, String(header))
    }
    assert.ok(await tokens.bearer(`bearer ${token}`))
    const { rows } = await sql<{ row: string }>`select state::text as row from state`.execute(storage.db)
    assert.ok(rows.length > 0 && rows.every(({ row }) => !row.includes(token.slice(4))))
  })
})

describe('programs of partners', () => {
  const party = { side: 'service', id: 'refunds' } as const
  const staff = { kind: 'staff', id: newId('staff') } as const
  const given = (changes: Partial<Parameters<ApiClients['register']>[0]> = {}) => ({
    ...{ name: 'Case desk', scopes: ['party:cases:read'], jwks: { keys: [key.publicJwk] }, party },
    ...changes,
  })
  const tokenOf = async (of: ApiClientId) =>
    tokens.issue(await form({ client_assertion: await assertionOf(key, { client: of, api, clock }) }))

  test('speak for one service or provider that is published, by scopes of partners alone', async () => {
    const refusals: [Parameters<ApiClients['register']>[0], RegExp][] = [
      [given({ scopes: ['party:cases:read', 'jobs:read'] }), /scopes must be those of a partner/],
      [given({ scopes: ['cases:read'] }), /scopes must be those of a partner/],
      [given({ party: { side: 'service', id: 'tax' } }), /party is no published/],
      [{ name: 'A', scopes: ['party:signals'], jwks: { keys: [key.publicJwk] } }, /of a program of the hub/],
      [
        { name: 'A', scopes: ['jobs:read', 'party:signals'], jwks: { keys: [key.publicJwk] } },
        /of a program of the hub/,
      ],
    ]
    for (const [one, expected] of refusals) {
      const inside = await clients.register(one, staff).then(
        () => 'registered',
        (error: { inside?: { faults: string } }) => error.inside?.faults,
      )
      assert.match(String(inside), expected)
      assert.ok((await clients.faultsOf(one)).length > 0)
    }
    const made = await clients.register(given(), staff)
    assert.deepEqual(made.party, { ...party, partner: 'health' })
    assert.deepEqual(recorder.of('api_client.registered'), [
      {
        ...{ client: made.client, scopes: ['party:cases:read'], operator: null },
        ...{ partner: 'health', side: 'service', object: 'refunds', actor: staff },
      },
    ])
    await assert.rejects(clients.changeScopes(made.client, ['jobs:read'], { actor: staff }))
    assert.equal(await clients.changeScopes(made.client, ['party:signals'], { actor: staff }), 'done')
    await assert.rejects(clients.changeScopes(client, ['party:signals'], { actor }))
    const answer = await tokenOf(made.client)
    assert.deepEqual(answer.ok && answer.scopes, ['party:signals'])
  })

  test('are found through their partner alone, and registered once by one form', async () => {
    const id = newId('apiClient')
    const both = await Promise.all([clients.register(given({ id }), staff), clients.register(given({ id }), staff)])
    assert.deepEqual(
      both.map(({ client: one }) => one),
      [id, id],
    )
    assert.equal(recorder.of('api_client.registered').length, 1)
    assert.equal((await clients.findOf('health', id))?.client, id)
    assert.equal(await clients.findOf('post', id), undefined)
    assert.equal(await clients.findOf('health', client), undefined)
    assert.deepEqual(await clients.listOf('post'), [])
    // An id that somebody else drew opens nothing.
    await assert.rejects(clients.register(given({ id: client }), staff))
    await assert.rejects(
      clients.register({ name: 'A', scopes: ['jobs:read'], jwks: { keys: [key.publicJwk] }, id }, actor),
    )
    for (let n = (await clients.listOf('health')).length; n < 10; n++) await clients.register(given(), staff)
    assert.deepEqual(
      (await clients.faultsOf(given())).map(({ path, code }) => [path, code]),
      [['party', 'too_many']],
    )
  })

  test('are worth nothing once what they speak for is published no more, or is another’s', async () => {
    const made = await clients.register(given({ party: { side: 'provider', id: 'tax' } }), staff)
    const answer = await tokenOf(made.client)
    assert.ok(answer.ok)
    const shown = () => tokens.bearer(`Bearer ${answer.token}`)
    assert.deepEqual((await shown())?.client.party, { side: 'provider', id: 'tax', partner: 'health' })
    for (const move of [() => published.provider.set('tax', 'post'), () => published.provider.delete('tax')]) {
      move()
      assert.equal(await shown(), undefined)
      assert.equal((await tokenOf(made.client)).ok, false)
      assert.ok(await clients.findOf('health', made.client), 'who registered it still sees and removes it')
    }
    published.provider.set('tax', 'health')
    assert.ok(await shown())
  })
})
