/**
 * What a service gets for a code, and what it may do with it: redemption, client authentication, userinfo, revocation,
 * introspection, discovery, keys. Requests are written by hand here, so that each may be wrong in one thing.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { after, before, describe, mock, test } from 'node:test'
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
  SignJWT,
} from 'jose'
import { sql } from 'kysely'
import { PrivateKeyJwt } from 'openid-client'
import { toSeconds } from '../../src/kernel/clock.ts'
import { accessTokenLifetime, codeLifetime, hour, minute, second } from '../../src/kernel/durations.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, tally } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  signIn,
  walk,
} from '../support/relying-party.ts'
import { formTo, UserAgent } from '../support/user-agent.ts'

let clock: TestClock
let hub: TestHub
let tax: TestProvider
let refunds: RelyingParty
let records: RelyingParty
let keyed: RelyingParty
let clientKey: Awaited<ReturnType<typeof generateKeyPair>>

const rotated = `rotated-${secretOf('refunds')}`

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub({ clock })
  tax = await startProvider({ id: 'tax', acr: 'eidas1' })
  clientKey = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(clientKey.publicKey)), kid: 'of-the-service', alg: 'ES256', use: 'sig' }
  const until = new Date(clock.now() + hour).toISOString().replace('.000', '')
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'Town' },
      services: [
        serviceEntry('refunds', {
          redirectUris: ['http://localhost:1/callback', 'http://localhost:1/other'],
          secrets: [{ danger_plain: secretOf('refunds'), until }, { danger_plain: rotated }],
        }),
        serviceEntry('records', { auth: 'client_secret_post', userinfoAlg: 'ES256' }),
        serviceEntry('keyed', {
          auth: 'private_key_jwt',
          secrets: [],
          jwks: { keys: [jwk] },
          userinfoAlg: 'RS256',
          idTokenAlg: 'RS256',
        }),
      ],
      providers: [providerEntry(tax)],
    },
  ])
  const { issuer } = hub
  refunds = await relyingParty({ issuer, clientId: 'refunds', secret: rotated })
  records = await relyingParty({ issuer, clientId: 'records', secret: secretOf('records') })
  keyed = await relyingParty({
    issuer,
    clientId: 'keyed',
    auth: PrivateKeyJwt({ key: clientKey.privateKey, kid: 'of-the-service' }),
    metadata: { id_token_signed_response_alg: 'RS256' },
  })
})
after(async () => {
  await hub.close()
  await tax.close()
  mock.timers.reset()
})

type Fields = Record<string, string>
interface Reply {
  status: number
  headers: Headers
  text: string
  body: Record<string, unknown>
}

const basic = (client: string, secret: string) => `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`
const asRefunds = { authorization: basic('refunds', rotated) }
const asRecords = { client_id: 'records', client_secret: secretOf('records') }

/** A form that a service's own server posts. An empty value takes a field away. */
async function send(path: string, fields: Fields, headers: Fields = {}): Promise<Reply> {
  const body = new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== ''))
  const response = await fetch(`${hub.issuer}${path}`, { method: 'POST', body, headers })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
}

/**
 * The same redemption many times at the same instant: each request waits for its last byte, and these leave together.
 * Sent one after the other, the first would be answered before the last arrives.
 */
async function sendAtOnce(times: number, fields: Fields): Promise<Pick<Reply, 'status' | 'body'>[]> {
  const text = new URLSearchParams(fields).toString()
  const headers = {
    ...asRefunds,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': text.length,
  }
  const held = await Promise.all(
    Array.from({ length: times }, async () => {
      const request = httpRequest(`${hub.issuer}/token`, { method: 'POST', headers, agent: false })
      const answer = once(request, 'response') as Promise<[IncomingMessage]>
      await new Promise((sent) => request.write(text.slice(0, -1), sent))
      return { request, answer }
    }),
  )
  for (const { request } of held) request.end(text.slice(-1))
  return Promise.all(
    held.map(async ({ answer }) => {
      const [response] = await answer
      return { status: response.statusCode ?? 0, body: JSON.parse(await readText(response)) }
    }),
  )
}

async function userinfo(token: string, headers: Fields = {}): Promise<Reply> {
  const response = await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}`, ...headers } })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
}

/** The fields of a good redemption of a code that was just given. */
async function freshCode(party = refunds): Promise<Fields & { code: string }> {
  const { attempt: tried, page } = await walk(new UserAgent(), party, 'tax')
  const code = page.url.searchParams.get('code')
  assert.ok(code, `no code at ${page.url}`)
  return { grant_type: 'authorization_code', code, redirect_uri: party.redirectUri, code_verifier: tried.verifier }
}

function assertRefused(reply: Reply, status: number, error: string): void {
  assert.deepEqual([reply.status, reply.body.error], [status, error], reply.text)
  for (const token of ['access_token', 'id_token', 'refresh_token']) assert.equal(reply.body[token], undefined)
  assert.equal(reply.headers.get('cache-control'), 'no-store')
}

async function assertDead(token: unknown): Promise<void> {
  const { status, text, headers } = await userinfo(String(token))
  assert.equal(status, 401, text)
  assert.match(headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/)
}

const stateOf = async () => (await factsOf(hub, 'connection.completed')).length

// --- Codes ---------------------------------------------------------------------------------------------------------

describe('a code', () => {
  test('R018: becomes exactly an access token, an id token and what they are', async () => {
    const reply = await send('/token', await freshCode(), asRefunds)
    assert.equal(reply.status, 200)
    assert.deepEqual(Object.keys(reply.body).sort(), ['access_token', 'expires_in', 'id_token', 'scope', 'token_type'])
    assert.equal(reply.body.token_type, 'Bearer')
    assert.equal(reply.body.expires_in, accessTokenLifetime / second)
    assert.equal(reply.body.scope, 'openid identite_pivot email')
    assert.equal(reply.headers.get('set-cookie'), null)
    assert.equal(reply.headers.get('cache-control'), 'no-store')
    const { exp = 0, iat = 0, aud } = decodeJwt(String(reply.body.id_token))
    assert.deepEqual([iat, exp - iat, aud], [toSeconds(clock.now()), 60, 'refunds'])
  })

  const wrong: [what: string, change: (good: Fields) => Fields, error: string][] = [
    ['without the code', () => ({ code: '' }), 'invalid_request'],
    ['that nobody gave', () => ({ code: 'a'.repeat(43) }), 'invalid_grant'],
    ['without the redirect URI', () => ({ redirect_uri: '' }), 'invalid_request'],
    ['with another redirect URI of the service', () => ({ redirect_uri: 'http://localhost:1/other' }), 'invalid_grant'],
    ['without its verifier', () => ({ code_verifier: '' }), 'invalid_grant'],
    ['with another verifier', () => ({ code_verifier: 'v'.repeat(64) }), 'invalid_grant'],
    ['with a verifier that is too short', () => ({ code_verifier: 'v'.repeat(42) }), 'invalid_request'],
    ['without a grant type', () => ({ grant_type: '' }), 'invalid_request'],
    ['by a grant type of another flow', () => ({ grant_type: 'client_credentials' }), 'unsupported_grant_type'],
    ['with a password', () => ({ grant_type: 'password', username: 'ines', password: 'x' }), 'unsupported_grant_type'],
    [
      'as a refresh token',
      (good) => ({ grant_type: 'refresh_token', refresh_token: good.code ?? '' }),
      'unsupported_grant_type',
    ],
  ]
  test('R018: is refused when anything about it is wrong, and the service that has it right still gets its tokens', async () => {
    const good = await freshCode()
    const before = await stateOf()
    for (const [what, change, error] of wrong) {
      const reply = await send('/token', { ...good, ...change(good) }, asRefunds)
      assert.deepEqual([reply.status, reply.body.error], [400, error], `${what}: ${reply.text}`)
      assert.equal(reply.body.access_token, undefined, what)
    }
    assert.equal(await stateOf(), before, 'no connection was completed')
    assert.equal((await send('/token', good, asRefunds)).status, 200)
    assert.equal(await stateOf(), before + 1)
  })

  test('R018: of another service is refused, and stays good for its own', async () => {
    const good = await freshCode()
    assertRefused(await send('/token', { ...good, ...asRecords }), 400, 'invalid_grant')
    assert.equal((await send('/token', good, asRefunds)).status, 200)
  })

  test('R018: is over after its time', async () => {
    const good = await freshCode()
    clock.advance(codeLifetime)
    assertRefused(await send('/token', good, asRefunds), 400, 'invalid_grant')
  })

  test('R018: lives until the last second of its time', async () => {
    const good = await freshCode()
    clock.advance(codeLifetime - second)
    assert.equal((await send('/token', good, asRefunds)).status, 200)
  })

  for (const later of [0, codeLifetime + 5 * second]) {
    test(`R018: presented again ${later / second} s later is refused, and takes away what came from it`, async () => {
      const good = await freshCode()
      // Redeemed late, so that the access token outlives the code.
      clock.advance(codeLifetime - 5 * second)
      const first = await send('/token', good, asRefunds)
      assert.equal((await userinfo(String(first.body.access_token))).status, 200)
      clock.advance(later)
      const replays = (await factsOf(hub, 'code.replayed')).length
      assertRefused(await send('/token', good, asRefunds), 400, 'invalid_grant')
      await assertDead(first.body.access_token)
      const facts = (await factsOf(hub, 'code.replayed')).slice(replays)
      assert.deepEqual(
        facts.map(({ service }) => service),
        ['refunds'],
      )
      assert.equal(facts[0]?.connection, (await factsOf(hub, 'connection.completed')).at(-1)?.connection)
    })
  }

  test('R018: a redeemed code in the hands of another service takes nothing away', async () => {
    const good = await freshCode()
    const first = await send('/token', good, asRefunds)
    const replays = (await factsOf(hub, 'code.replayed')).length
    assertRefused(await send('/token', { ...good, ...asRecords }), 400, 'invalid_grant')
    assert.equal((await userinfo(String(first.body.access_token))).status, 200)
    assert.equal((await factsOf(hub, 'code.replayed')).length, replays, 'the journal does not speak of a revocation')
  })

  test('R018: of twenty redemptions at once exactly one gets tokens, and these are dead afterwards', async () => {
    for (let round = 0; round < 5; round++) {
      const good = await freshCode()
      const completed = await stateOf()
      const replies = await sendAtOnce(20, good)
      const winners = replies.filter(({ status }) => status === 200)
      assert.equal(winners.length, 1, JSON.stringify(replies.map(({ status, body }) => [status, body.error])))
      for (const { status, body } of replies) {
        if (status !== 200) assert.deepEqual([status, body.error, body.access_token], [400, 'invalid_grant', undefined])
      }
      await assertDead(winners[0]?.body.access_token)
      const introspected = await send('/introspect', { token: String(winners[0]?.body.access_token) }, asRefunds)
      assert.deepEqual(introspected.body, { active: false })
      assert.equal(await stateOf(), completed + 1, 'one connection was completed')
      assert.ok((await factsOf(hub, 'code.replayed')).length > 0)
    }
  })

  test('R018: a redemption that the database interrupts burns no code and leaves no token', async () => {
    const good = await freshCode()
    const completed = await stateOf()
    const { db } = hub.storage
    // Those whose time has come are swept when a job finds the time.
    const present = new Date(clock.now())
    const alive = sql`select 1 from state where id like 'token:%' and expires_at > ${present}`
    const tokens = async () => (await alive.execute(db)).rows.length
    const before = await tokens()
    await sql`alter table connections rename to connections_away`.execute(db)
    const interrupted = await send('/token', good, asRefunds)
    await sql`alter table connections_away rename to connections`.execute(db)
    assert.ok(interrupted.status >= 500, interrupted.text)
    assert.equal(await tokens(), before)
    const reply = await send('/token', good, asRefunds)
    assert.equal(reply.status, 200, reply.text)
    assert.equal((await userinfo(String(reply.body.access_token))).status, 200)
    assert.equal(await stateOf(), completed + 1)
  })

  test('R018: a second click gives a code that works, and the ledger one connection', async () => {
    const browser = new UserAgent()
    const tried = await attempt(refunds)
    const inform = await choose(browser, refunds, await browser.open(tried.url, at(refunds)), 'tax')
    const { connections } = await tally(hub)
    await goOn(browser, refunds, inform)
    const second = await goOn(browser, refunds, inform)
    assert.notEqual(second.url.searchParams.get('code'), null, second.url.href)
    const { idToken } = await redeem(refunds, { attempt: tried, page: second })
    assert.ok(idToken.sub)
    assert.equal((await tally(hub)).connections, connections + 1)
  })

  const orders = {
    'one after the other': async (redemptions: (() => Promise<Reply>)[]) => {
      const replies: Reply[] = []
      for (const one of redemptions) replies.push(await one())
      return replies
    },
    'at once': (redemptions: (() => Promise<Reply>)[]) => Promise.all(redemptions.map((one) => one())),
  }
  for (const [how, inOrder] of Object.entries(orders)) {
    test(`R018: the codes of two clicks both give tokens, redeemed ${how}; the connection is completed once`, async () => {
      const browser = new UserAgent()
      const tried = await attempt(refunds)
      const inform = await choose(browser, refunds, await browser.open(tried.url, at(refunds)), 'tax')
      const pages = [await goOn(browser, refunds, inform), await goOn(browser, refunds, inform)]
      const completed = await stateOf()
      const replays = (await factsOf(hub, 'code.replayed')).length
      const codes = pages.map(({ url }) => ({
        grant_type: 'authorization_code',
        code: url.searchParams.get('code') ?? '',
        redirect_uri: refunds.redirectUri,
        code_verifier: tried.verifier,
      }))
      assert.notEqual(codes[0]?.code, codes[1]?.code)
      const replies = await inOrder(codes.map((good) => () => send('/token', good, asRefunds)))
      for (const { status, body, text } of replies) {
        assert.equal(status, 200, text)
        assert.equal((await userinfo(String(body.access_token))).status, 200)
      }
      assert.equal(await stateOf(), completed + 1)
      assert.equal((await factsOf(hub, 'code.replayed')).length, replays)
      // Each is good once, whichever of them has completed the connection.
      for (const good of codes) assertRefused(await send('/token', good, asRefunds), 400, 'invalid_grant')
      for (const { body } of replies) await assertDead(body.access_token)
      assert.equal(await stateOf(), completed + 1)
    })
  }

  test('R018: a click on a login that is over long ago gives no code', async () => {
    const browser = new UserAgent()
    const tried = await attempt(refunds)
    const inform = await choose(browser, refunds, await browser.open(tried.url, at(refunds)), 'tax')
    await goOn(browser, refunds, inform)
    clock.advance(2 * minute)
    const late = await browser.submit(inform, formTo(inform, /\/inform$/), {}, at(refunds))
    assert.equal(late.url.searchParams.get('code'), null)
  })
})

// --- Who redeems ---------------------------------------------------------------------------------------------------

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

interface AssertionChanges {
  /** Undefined takes a claim away. */
  claims?: Record<string, unknown>
  alg?: string
  key?: Parameters<SignJWT['sign']>[0]
}

/** "A JWT that MUST contain iss, sub, aud, exp" (RFC 7523 section 3), good unless changed. */
async function assertion({
  claims = {},
  alg = 'ES256',
  key = clientKey.privateKey,
}: AssertionChanges = {}): Promise<Fields> {
  const now = toSeconds(clock.now())
  const good = { iss: 'keyed', sub: 'keyed', aud: hub.issuer, jti: randomUUID(), iat: now, exp: now + 60 }
  const jwt = await new SignJWT({ ...good, ...claims }).setProtectedHeader({ alg, kid: 'of-the-service' }).sign(key)
  return { client_assertion_type: assertionType, client_assertion: jwt }
}

describe('a service proves who it is', () => {
  test('R018: by a stock library, in each of the three ways', async () => {
    for (const party of [refunds, records, keyed]) {
      const { idToken } = await signIn(new UserAgent(), party, 'tax')
      assert.equal(idToken.iss, hub.issuer)
    }
  })

  const refused: [what: string, fields: () => Fields, headers: () => Fields, status: number, error: string][] = [
    ['nothing', () => ({}), () => ({}), 400, 'invalid_request'],
    ['only its name', () => ({ client_id: 'refunds' }), () => ({}), 401, 'invalid_client'],
    [
      'another secret',
      () => ({}),
      () => ({ authorization: basic('refunds', secretOf('records')) }),
      401,
      'invalid_client',
    ],
    ['another secret, posted', () => ({ client_id: 'refunds', client_secret: 'x' }), () => ({}), 401, 'invalid_client'],
    ['an empty secret', () => ({}), () => ({ authorization: basic('refunds', '') }), 400, 'invalid_request'],
    ['the secret of nobody', () => ({}), () => ({ authorization: basic('nobody', rotated) }), 401, 'invalid_client'],
    [
      'the text that stands for a secret in the engine',
      () => ({}),
      () => ({ authorization: basic('refunds', 'compared by its hash') }),
      401,
      'invalid_client',
    ],
    [
      'two ways at once',
      () => ({ client_id: 'refunds', client_secret: rotated }),
      () => asRefunds,
      400,
      'invalid_request',
    ],
    ['two names', () => ({ client_id: 'records' }), () => asRefunds, 400, 'invalid_request'],
    ['a header that is not Basic', () => ({}), () => ({ authorization: `Bearer ${rotated}` }), 400, 'invalid_request'],
    [
      'a secret where a key was agreed',
      () => ({ client_id: 'keyed', client_secret: 'compared by its hash' }),
      () => ({}),
      401,
      'invalid_client',
    ],
  ]
  for (const [what, fields, headers, status, error] of refused) {
    test(`R018: not by ${what}`, async () => {
      const reply = await send('/token', { ...unusedCode, ...fields() }, headers())
      assertRefused(reply, status, error)
      const challenge = status === 401 && headers().authorization !== undefined
      // "If the client attempted to authenticate via the "Authorization" request header field, the authorization server
      // MUST [...] include the "WWW-Authenticate" response header field" (RFC 6749 section 5.2).
      assert.equal(reply.headers.get('www-authenticate')?.startsWith('Basic ') ?? false, challenge)
    })
  }

  test('R018: during a rotation by the old secret as well as by the new one, until the old one has ended', async () => {
    const asOld = { authorization: basic('refunds', secretOf('refunds')) }
    assert.equal((await send('/token', await freshCode(), asOld)).status, 200)
    assert.equal((await send('/token', await freshCode(), asRefunds)).status, 200)
    clock.advance(hour)
    assertRefused(await send('/token', await freshCode(), asOld), 401, 'invalid_client')
    assert.equal((await send('/token', await freshCode(), asRefunds)).status, 200)
  })

  const badAssertions: [what: string, changes: () => AssertionChanges | Promise<AssertionChanges>][] = [
    ['signed by another key', async () => ({ key: (await generateKeyPair('ES256')).privateKey })],
    ['signed by a secret', () => ({ alg: 'HS256', key: Buffer.from('compared by its hash'.padEnd(32)) })],
    ['that is over', () => ({ claims: { exp: toSeconds(clock.now()) - 60 } })],
    ['without an end', () => ({ claims: { exp: undefined } })],
    ['that lasts for days', () => ({ claims: { exp: toSeconds(clock.now()) + 7 * 24 * 3600 } })],
    ['of the future', () => ({ claims: { nbf: toSeconds(clock.now()) + 600 } })],
    ['without an identifier', () => ({ claims: { jti: undefined } })],
    ['issued by somebody else', () => ({ claims: { iss: 'refunds' } })],
    ['about somebody else', () => ({ claims: { sub: 'refunds' } })],
    ['for another server', () => ({ claims: { aud: 'https://stranger.example' } })],
    ['for several servers', () => ({ claims: { aud: [hub.issuer, 'https://stranger.example'] } })],
    ['for an address of the hub instead of its issuer', () => ({ claims: { aud: `${hub.issuer}/token` } })],
    ['for nobody', () => ({ claims: { aud: undefined } })],
  ]
  for (const [what, changes] of badAssertions) {
    test(`R018: not by an assertion ${what}`, async () => {
      const reply = await send('/token', { ...unusedCode, ...(await assertion(await changes())) })
      assertRefused(reply, 401, 'invalid_client')
    })
  }

  test('R018: not by an unsigned assertion', async () => {
    const good = await assertion()
    const [, payload] = (good.client_assertion ?? '').split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url')
    const reply = await send('/token', { ...unusedCode, ...good, client_assertion: `${header}.${payload}.` })
    assertRefused(reply, 401, 'invalid_client')
  })

  test('R018: by an assertion once, also when two arrive together', async () => {
    const [code, other] = [await freshCode(keyed), await freshCode(keyed)]
    const same = await assertion()
    const replies = await Promise.all([send('/token', { ...code, ...same }), send('/token', { ...other, ...same })])
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 401])
    assertRefused(await send('/token', { ...code, ...same }), 401, 'invalid_client')
    const left = replies[0]?.status === 200 ? other : code
    assert.equal((await send('/token', { ...left, ...(await assertion()) })).status, 200, 'another one is another one')
  })
})

/** Well-formed; the client is judged before it. */
const unusedCode = {
  grant_type: 'authorization_code',
  code: 'a'.repeat(43),
  redirect_uri: 'http://localhost:1/callback',
  code_verifier: 'v'.repeat(43),
}

// --- What tokens open ----------------------------------------------------------------------------------------------

/** The keys that anybody can read. */
async function publishedKeys(): Promise<JSONWebKeySet> {
  return (await (await fetch(`${hub.issuer}/jwks`)).json()) as JSONWebKeySet
}

describe('userinfo', () => {
  test('R018 R019: answers the bearer in JSON', async () => {
    const { accessToken, idToken } = await signIn(new UserAgent(), refunds, 'tax')
    const { status, headers, body } = await userinfo(accessToken)
    assert.equal(status, 200)
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(body, { ...citizen, sub: idToken.sub, email_verified: false })
  })

  for (const [id, alg] of [
    ['records', 'ES256'],
    ['keyed', 'RS256'],
  ] as const) {
    test(`R018: answers ${id} with a JWT signed ${alg}, for it alone`, async () => {
      const party = id === 'records' ? records : keyed
      const { accessToken, idToken } = await signIn(new UserAgent(), party, 'tax')
      const { status, headers, text } = await userinfo(accessToken)
      assert.equal(status, 200)
      assert.match(headers.get('content-type') ?? '', /^application\/jwt/)
      const { payload, protectedHeader } = await jwtVerify(text, createLocalJWKSet(await publishedKeys()), {
        issuer: hub.issuer,
        audience: id,
        subject: idToken.sub,
        currentDate: new Date(clock.now()),
      })
      assert.equal(protectedHeader.alg, alg)
      assert.equal(payload.family_name, citizen.family_name)
    })
  }

  test('R018: answers nobody who does not bear a living token in the header', async () => {
    const { body } = await send('/token', await freshCode(), asRefunds)
    const token = String(body.access_token)
    const url = `${hub.issuer}/userinfo`
    const bearer = (value: string) => ({ headers: { authorization: value } })
    const strangers: [what: string, status: number, answer: Promise<Response>][] = [
      ['nothing', 401, fetch(url)],
      ['a token that nobody gave', 401, fetch(url, bearer(`Bearer ${'a'.repeat(43)}`))],
      ['an id token', 401, fetch(url, bearer(`Bearer ${body.id_token}`))],
      ['the secret of a service', 400, fetch(url, bearer(asRefunds.authorization))],
      ['a token in the address', 400, fetch(`${url}?access_token=${token}`)],
    ]
    for (const [what, status, answer] of strangers) {
      const response = await answer
      assert.equal(response.status, status, what)
      assert.match(response.headers.get('www-authenticate') ?? '', /^Bearer /, what)
      assert.doesNotMatch(await response.text(), /Marchetti/, what)
    }
    assert.equal((await userinfo(token)).status, 200)
    clock.advance(accessTokenLifetime)
    await assertDead(token)
  })
})

describe('revocation', () => {
  test('R018: ends the token of the service that asks', async () => {
    const { body } = await send('/token', await freshCode(), asRefunds)
    const token = String(body.access_token)
    assert.equal((await send('/revoke', { token }, asRefunds)).status, 200)
    await assertDead(token)
    // "invalid tokens do not cause an error response since the client cannot handle such an error" (RFC 7009 2.2).
    assert.equal((await send('/revoke', { token }, asRefunds)).status, 200)
    assert.equal(
      (await send('/revoke', { token: 'x'.repeat(43), token_type_hint: 'refresh_token' }, asRefunds)).status,
      200,
    )
  })

  test('R018: does nothing for another service, nor for nobody', async () => {
    const { body } = await send('/token', await freshCode(), asRefunds)
    const token = String(body.access_token)
    await send('/revoke', { token, ...asRecords })
    assertRefused(await send('/revoke', { token }), 400, 'invalid_request')
    assertRefused(await send('/revoke', { token }, { authorization: basic('refunds', 'guess') }), 401, 'invalid_client')
    assertRefused(await send('/revoke', { token, client_id: 'refunds' }), 401, 'invalid_client')
    assertRefused(await send('/revoke', {}, asRefunds), 400, 'invalid_request')
    assert.equal((await userinfo(token)).status, 200)
  })
})

describe('introspection', () => {
  test('R018: tells the service of a token what it is worth, and nothing of the person', async () => {
    const { body: tokens } = await send('/token', await freshCode(), asRefunds)
    const { sub } = decodeJwt(String(tokens.id_token))
    const { status, body } = await send('/introspect', { token: String(tokens.access_token) }, asRefunds)
    assert.equal(status, 200)
    const { iat, exp, jti: _jti, ...rest } = body
    assert.equal(Number(exp) - Number(iat), accessTokenLifetime / second)
    assert.deepEqual(rest, {
      active: true,
      sub,
      client_id: 'refunds',
      iss: hub.issuer,
      scope: 'openid identite_pivot email',
      token_type: 'Bearer',
    })
  })

  test('R128: tells others nothing, not even that a token lives', async () => {
    const { body } = await send('/token', await freshCode(), asRefunds)
    const token = String(body.access_token)
    const foreign = await send('/introspect', { token, ...asRecords })
    const unknown = await send('/introspect', { token: 'a'.repeat(43), ...asRecords })
    assert.deepEqual([foreign.status, foreign.text], [unknown.status, unknown.text])
    assert.deepEqual(foreign.body, { active: false })
    assertRefused(await send('/introspect', { token }), 400, 'invalid_request')
    assertRefused(await send('/introspect', { token, client_id: 'refunds' }), 401, 'invalid_client')
    const guessed = await send('/introspect', { token }, { authorization: basic('refunds', 'guess') })
    assertRefused(guessed, 401, 'invalid_client')
    for (const other of [body.id_token, 'not a token', '']) {
      const answer = await send('/introspect', { token: String(other) }, asRefunds)
      assert.notEqual(answer.body.active, true)
    }
  })

  test('R018: a token is inactive as soon as it is over', async () => {
    const { body } = await send('/token', await freshCode(), asRefunds)
    clock.advance(accessTokenLifetime)
    const answer = await send('/introspect', { token: String(body.access_token) }, asRefunds)
    assert.deepEqual(answer.body, { active: false })
  })
})

// --- What everybody may read ---------------------------------------------------------------------------------------

describe('discovery', () => {
  test('R001: says what the hub does, and nothing that it does not', async () => {
    const { issuer } = hub
    const response = await fetch(`${issuer}/.well-known/openid-configuration`)
    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    const document = (await response.json()) as Record<string, unknown>
    const sorted = (name: string) => [...(document[name] as string[])].sort()
    const exact: Record<string, unknown> = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      userinfo_endpoint: `${issuer}/userinfo`,
      jwks_uri: `${issuer}/jwks`,
      end_session_endpoint: `${issuer}/logout`,
      introspection_endpoint: `${issuer}/introspect`,
      revocation_endpoint: `${issuer}/revoke`,
      response_types_supported: ['code'],
      response_modes_supported: ['query'],
      grant_types_supported: ['authorization_code', 'urn:ietf:params:oauth:grant-type:token-exchange'],
      subject_types_supported: ['pairwise'],
      code_challenge_methods_supported: ['S256'],
      acr_values_supported: ['eidas1', 'eidas2', 'eidas3'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: true,
      request_uri_parameter_supported: false,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      ui_locales_supported: ['fr', 'en', 'ar'],
    }
    for (const [name, value] of Object.entries(exact)) assert.deepEqual(document[name], value, name)
    const methods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt']
    for (const endpoint of ['token', 'introspection', 'revocation']) {
      const name = `${endpoint}_endpoint_auth_methods_supported`
      if (document[name] !== undefined || endpoint === 'token') assert.deepEqual(sorted(name), methods, name)
    }
    assert.deepEqual(sorted('id_token_signing_alg_values_supported'), ['ES256', 'RS256'])
    assert.deepEqual(sorted('userinfo_signing_alg_values_supported'), ['ES256', 'RS256'])
    for (const scope of ['openid', 'identite_pivot', 'profile', 'birth', 'email', 'preferred_username', 'given_name']) {
      assert.ok(sorted('scopes_supported').includes(scope), scope)
    }
    for (const claim of ['sub', 'acr', 'amr', 'auth_time', ...Object.keys(citizen)]) {
      assert.ok(sorted('claims_supported').includes(claim), claim)
    }
    const beyond = ['registration_endpoint', 'device_authorization_endpoint', 'pushed_authorization_request_endpoint']
    for (const name of beyond) assert.equal(document[name], undefined, name)
  })

  test('R001: every address in it answers', async () => {
    const document = (await (await fetch(`${hub.issuer}/.well-known/openid-configuration`)).json()) as Fields
    for (const [name, url] of Object.entries(document)) {
      if (!/_(endpoint|uri)$/.test(name) || typeof url !== 'string') continue
      const { status } = await fetch(url, {
        method: /token|introspect|revo/.test(name) ? 'POST' : 'GET',
        redirect: 'manual',
      })
      assert.ok(status !== 404 && status !== 405 && status < 500, `${name} answers ${status}`)
    }
  })
})

describe('keys', () => {
  test('R018: only public parts are published, each with its name, use and algorithm', async () => {
    const response = await fetch(`${hub.issuer}/jwks`)
    assert.match(response.headers.get('cache-control') ?? '', /max-age=\d+/)
    const { keys } = (await response.json()) as JSONWebKeySet
    assert.ok(keys.length >= 2)
    for (const key of keys) {
      const allowed = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'use', 'alg']
      assert.deepEqual(
        Object.keys(key).filter((member) => !allowed.includes(member)),
        [],
      )
      assert.ok(key.kid && key.use && key.alg)
    }
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length)
  })

  test('R018: rotate with an overlap in which nobody is surprised', async () => {
    const actor = { kind: 'command' } as const
    const kidOf = (jwt: string) => decodeProtectedHeader(jwt).kid
    const known = async () => (await publishedKeys()).keys.map(({ kid }) => kid)
    /** As a service does that read the keys at that moment. */
    const verify = async (jwt: string, keys: JSONWebKeySet) =>
      jwtVerify(jwt, createLocalJWKSet(keys), { currentDate: new Date(Number(decodeJwt(jwt).iat) * second) })
    const overlap = hub.boot.settings.keys.overlapHours * hour

    const before = await signIn(new UserAgent(), refunds, 'tax')
    const atFirst = await publishedKeys()
    const { created, activeFrom } = await hub.keys.rotate({ purpose: 'id-token', actor })
    assert.equal(activeFrom, clock.now() + overlap)
    for (const kid of created) assert.ok((await known()).includes(kid), 'published before it is used')

    const during = await signIn(new UserAgent(), refunds, 'tax')
    assert.equal(kidOf(during.rawIdToken), kidOf(before.rawIdToken), 'the old key still signs')
    await verify(during.rawIdToken, atFirst)
    const inTheOverlap = await publishedKeys()

    clock.advance(overlap)
    await hub.keys.advance()
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: rotated })
    const later = await signIn(new UserAgent(), refunds, 'tax')
    assert.ok(created.includes(kidOf(later.rawIdToken) ?? ''), 'the new key signs')
    await verify(later.rawIdToken, inTheOverlap)
    await verify(before.rawIdToken, await publishedKeys())

    // A hint signed by the old key is still ours.
    const { page } = await walk(new UserAgent(), refunds, 'tax', { id_token_hint: during.rawIdToken })
    assert.ok(page.url.searchParams.get('code'), page.url.href)

    clock.advance(overlap)
    await hub.keys.advance()
    assert.ok(!(await known()).includes(kidOf(before.rawIdToken)), 'the old key is gone at last')
    await assert.rejects(verify(before.rawIdToken, await publishedKeys()), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
  })
})
