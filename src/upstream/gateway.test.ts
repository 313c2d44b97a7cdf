import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose'
import { createTestClock, type TestClock, testStart } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { hour, minute, second } from '../kernel/durations.ts'
import type { GatewayConnector, GatewayProvider } from '../partners/partners.ts'
import { activeState } from '../partners/suspensions.ts'
import type { Storage } from '../storage/storage.ts'
import { type Answer, createUpstream, type Hop, type Upstream } from './upstream.ts'

const hub = 'https://hub.example'
const gateway = 'https://vpn.example'

type Claims = Record<string, unknown>
interface Pair {
  privateKey: CryptoKey
  jwk: JWK
}

async function makeKey(kid: string, alg = 'ES256'): Promise<Pair> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } }
}

const key = await makeKey('gateway-1')
const stranger = await makeKey('gateway-1')
const weak = await makeKey('gateway-rsa', 'RS256')

let storage: Storage
let clock: TestClock
let upstream: Upstream
const log: Claims[] = []

before(async () => {
  storage = await openTestStorage(createTestClock())
})
after(() => storage.close())

beforeEach(() => {
  clock = createTestClock()
  upstream = open()
  log.length = 0
})

function open(): Upstream {
  const write = (message: string, inside: Claims = {}) => void log.push({ message, ...inside })
  return createUpstream({
    storage,
    clock,
    keys: { of: () => [], active: () => assert.fail('a gateway gets nothing signed') },
    issuer: hub,
    allowHttp: true,
    ownMeans: { begin: () => assert.fail('a gateway'), finish: () => assert.fail('a gateway') },
    log: { info: write, warn: write, error: write },
  })
}

const named = { fr: 'Réseau', en: 'Network', ar: 'شبكة' }

function provider(connector: Partial<GatewayConnector> = {}, changes: Partial<GatewayProvider> = {}): GatewayProvider {
  return {
    id: 'hospital-vpn',
    partner: 'hospital',
    name: named,
    state: activeState,
    population: 'professionals',
    allowedLevels: ['eidas1', 'eidas2'],
    connector: {
      kind: 'gateway',
      issuer: gateway,
      address: `${gateway}/assert?tenant=7`,
      jwks: { keys: [key.jwk, weak.jwk] },
      signingAlgs: ['ES256'],
      windowHours: 12,
      identity: 'professional',
      ...connector,
    },
    ...changes,
  }
}

const needs = { level: 'eidas2', fresh: false, language: 'fr' } as const

async function begin(
  to = provider(),
  wanted: Parameters<Upstream['begin']>[1] = needs,
): Promise<{ url: URL; hop: Hop }> {
  const begun = await upstream.begin(to, wanted)
  assert.ok('url' in begun)
  return { url: new URL(begun.url), hop: begun.hop }
}

let made = 0
const seconds = (instant: number) => Math.floor(instant / second)

function claims({ nonce }: Pick<Hop, 'nonce'>, changes: Claims = {}): Claims {
  made += 1
  return {
    iss: gateway,
    aud: hub,
    sub: 'e1029',
    nonce,
    jti: `assertion-${made}`,
    iat: seconds(clock.now()),
    exp: seconds(clock.now() + minute),
    auth_time: seconds(clock.now() - hour),
    amr: ['pwd', 'otp'],
    SubjectNameID: '899700366240',
    given_name: 'Ilan',
    family_name: 'VERMEIL',
    ...changes,
  }
}

async function sign(payload: Claims, { by = key, header = {} }: { by?: Pair; header?: Claims } = {}): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'ES256', kid: 'gateway-1', typ: 'prior-login+jwt', ...header })
    .sign(by.privateKey)
}

const callbackOf = ({ redirectUri, state }: Hop, values: Record<string, string>) =>
  new URL(`${redirectUri}?${new URLSearchParams({ state, ...values })}`)

/** There and back, with what the gateway says changed. */
async function signIn(changes: Claims = {}, to = provider(), wanted: Parameters<Upstream['begin']>[1] = needs) {
  const { hop } = await begin(to, wanted)
  return upstream.finish(to, hop, callbackOf(hop, { assertion: await sign(claims(hop, changes)) }))
}

function assertionIn(answer: Answer) {
  assert.equal(answer.kind, 'assertion', JSON.stringify(answer))
  return answer.kind === 'assertion' ? answer.assertion : assert.fail()
}

const detailOf = (answer: Answer) => (answer.kind === 'refused' ? `${answer.error} ${answer.detail}` : answer.kind)

describe('R070: a gateway', () => {
  test('gets state, nonce and the way back, and nothing of the service', async () => {
    const { url, hop } = await begin()
    assert.equal(`${url.origin}${url.pathname}`, `${gateway}/assert`)
    assert.deepEqual(Object.fromEntries(url.searchParams), {
      tenant: '7',
      state: hop.state,
      nonce: hop.nonce,
      redirect_uri: `${hub}/callback/hospital-vpn`,
      ui_locales: 'fr',
    })
    const fresh = await begin(provider(), { ...needs, fresh: true })
    assert.equal(fresh.url.searchParams.get('prompt'), 'login')
  })

  test('tells of a login with two factors, which is as good as one here', async () => {
    const assertion = assertionIn(await signIn())
    assert.deepEqual(assertion, {
      provider: 'hospital-vpn',
      subject: 'e1029',
      identity: assertion.identity,
      level: 'eidas2',
      amr: ['pwd', 'otp'],
      authTime: clock.now() - hour,
    })
    const { identity } = assertion
    assert.equal(identity.kind === 'professional' ? identity.nationalId : undefined, '899700366240')
  })

  test('a citizen comes by the pivot identity', async () => {
    const pivot = {
      given_name: 'Inès',
      family_name: 'Marchetti',
      birthdate: '1987-04-19',
      gender: 'female',
      birthplace: '69123',
      birthcountry: '99100',
    }
    const to = provider({ identity: 'pivot' }, { population: 'citizens' })
    assert.equal(assertionIn(await signIn(pivot, to)).identity.kind, 'pivot')
  })

  test('the level is the least of what the methods carry, what it says and what it may say', async () => {
    const levelOf = async (changes: Claims, to?: GatewayProvider) => assertionIn(await signIn(changes, to)).level
    const all = provider({}, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] })
    assert.equal(await levelOf({ amr: ['sc', 'pin'] }, all), 'eidas3')
    assert.equal(await levelOf({ amr: ['sc', 'pin'] }), 'eidas2')
    assert.equal(await levelOf({ amr: ['sc', 'pin'], acr: 'eidas1' }, all), 'eidas1')
    assert.equal(await levelOf({ amr: ['pwd', 'otp'], acr: 'eidas3' }, all), 'eidas2')
    assert.equal(await levelOf({ amr: ['pwd', 'sms'] }, all), 'eidas1')
  })

  test('its settings say what its words mean', async () => {
    const means = {
      class: 'none' as const,
      jurisdiction: 'FR',
      amr: { mfa: ['password', 'phone_app'] as const },
    }
    assert.equal(assertionIn(await signIn({ amr: ['mfa'] }, provider({}, { means }))).level, 'eidas2')
  })

  test('the person turns back, or it is out of order', async () => {
    const { hop } = await begin()
    const with_ = async (error: string) => detailOf(await upstream.finish(provider(), hop, callbackOf(hop, { error })))
    assert.equal(await with_('access_denied'), 'cancelled')
    assert.equal(await with_('temporarily_unavailable'), 'provider_silent authorization_error_temporarily_unavailable')
    assert.equal(await with_('<script>'), 'provider_refused authorization_error_other')
  })

  const answer = 'provider_answer_invalid'
  const now = seconds(testStart)
  const badClaims: [string, Claims, string][] = [
    ['another issuer', { iss: 'https://other.example' }, `${answer} prior_login_issuer`],
    ['another audience', { aud: 'https://other.example' }, `${answer} prior_login_audience`],
    ['an audience beside the hub', { aud: [hub, 'https://other.example'] }, `${answer} prior_login_audience`],
    ['no audience', { aud: undefined }, `${answer} prior_login_malformed`],
    ['the nonce of another login', { nonce: 'another' }, `${answer} prior_login_nonce`],
    ['no nonce', { nonce: undefined }, `${answer} prior_login_malformed`],
    ['no jti', { jti: undefined }, `${answer} prior_login_malformed`],
    ['an empty jti', { jti: '' }, `${answer} prior_login_malformed`],
    ['no subject', { sub: undefined }, `${answer} prior_login_malformed`],
    ['a subject of another script', { sub: 'é' }, `${answer} id_token_subject`],
    ['no exp', { exp: undefined }, `${answer} prior_login_malformed`],
    ['an exp as text', { exp: '1795000000' }, `${answer} prior_login_malformed`],
    ['a part of a second', { iat: now + 0.5 }, `${answer} prior_login_malformed`],
    ['a life of more than two minutes', { exp: now + 121 }, `${answer} prior_login_lifetime`],
    ['an end before its beginning', { exp: now - 1 }, `${answer} prior_login_lifetime`],
    ['over', { iat: now - 90, exp: now - 30 }, `${answer} prior_login_expired`],
    ['issued in the future', { iat: now + 31, exp: now + 60 }, `${answer} prior_login_issued_in_future`],
    ['not yet valid', { nbf: now + 31 }, `${answer} prior_login_not_yet_valid`],
    ['no auth_time', { auth_time: undefined }, `${answer} auth_time_missing`],
    ['an auth_time in the future', { auth_time: now + 31 }, `${answer} auth_time_in_future`],
    ['a login older than the window', { auth_time: now - 12 * 3600 - 1 }, 'provider_refused prior_login_too_old'],
    ['one factor', { amr: ['pwd'] }, 'provider_refused prior_login_one_category'],
    ['two factors of one category', { amr: ['otp', 'sms'] }, 'provider_refused prior_login_one_category'],
    ['a word in place of factors', { amr: ['mfa'] }, 'provider_refused prior_login_one_category'],
    ['no amr', { amr: undefined }, `${answer} prior_login_malformed`],
    ['an amr as text', { amr: 'pwd otp' }, `${answer} prior_login_malformed`],
    [
      'an identifier with a wrong digit',
      { SubjectNameID: '899700366241' },
      'identity_malformed identity_SubjectNameID_wrong_check_digit',
    ],
  ]
  for (const [what, changes, expected] of badClaims) {
    test(`is refused: ${what}`, async () => assert.equal(detailOf(await signIn(changes)), expected))
  }

  test('on the good side of each limit', async () => {
    const good: Claims[] = [
      { exp: now + 120 },
      { iat: now - 90, exp: now - 29 },
      { iat: now + 30, exp: now + 60 },
      { nbf: now + 30 },
      { auth_time: now - 12 * 3600 },
    ]
    for (const changes of good) assertionIn(await signIn(changes))
  })

  const badTokens: [string, (hop: Hop) => Promise<string> | string, string][] = [
    ['another type', (hop) => sign(claims(hop), { header: { typ: 'JWT' } }), `${answer} prior_login_type`],
    ['no type', (hop) => sign(claims(hop), { header: { typ: undefined } }), `${answer} prior_login_type`],
    ['signed by somebody else', (hop) => sign(claims(hop), { by: stranger }), `${answer} prior_login_signature`],
    ['an unknown key', (hop) => sign(claims(hop), { header: { kid: 'x' } }), `${answer} prior_login_key_unknown`],
    [
      'an algorithm that its settings do not name',
      (hop) => sign(claims(hop), { by: weak, header: { alg: 'RS256', kid: 'gateway-rsa' } }),
      `${answer} prior_login_algorithm`,
    ],
    [
      'no signature',
      (hop) => {
        const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
        return `${part({ alg: 'none', typ: 'prior-login+jwt' })}.${part(claims(hop))}.`
      },
      `${answer} prior_login_algorithm`,
    ],
    [
      'the public key as a shared secret',
      async (hop) =>
        new CompactSign(new TextEncoder().encode(JSON.stringify(claims(hop))))
          .setProtectedHeader({ alg: 'HS256', kid: 'gateway-1', typ: 'prior-login+jwt' })
          .sign(new TextEncoder().encode(JSON.stringify(key.jwk))),
      `${answer} prior_login_algorithm`,
    ],
    ['no token at all', () => 'garbage', `${answer} prior_login_malformed`],
    ['nothing', () => '', `${answer} prior_login_missing`],
    [
      'a claim changed on the way',
      async (hop) => {
        const [header, , signature] = (await sign(claims(hop))).split('.')
        const other = Buffer.from(JSON.stringify(claims(hop, { sub: 'somebody-else' }))).toString('base64url')
        return `${header}.${other}.${signature}`
      },
      `${answer} prior_login_signature`,
    ],
  ]
  for (const [what, make, expected] of badTokens) {
    test(`is refused: ${what}`, async () => {
      const { hop } = await begin()
      const assertion = await make(hop)
      assert.equal(detailOf(await upstream.finish(provider(), hop, callbackOf(hop, { assertion }))), expected)
      assert.ok(!JSON.stringify(log).includes('VERMEIL'), 'the log names nobody')
    })
  }

  test('is refused at another address, with another state, with a parameter twice', async () => {
    const { hop } = await begin()
    const assertion = await sign(claims(hop))
    const at = async (change: (url: URL) => void, answered = hop) => {
      const url = callbackOf(hop, { assertion })
      change(url)
      return detailOf(await upstream.finish(provider(), answered, url))
    }
    assert.equal(
      await at((url) => {
        url.pathname = '/callback/other'
      }),
      `${answer} authorization_address`,
    )
    assert.equal(await at(() => {}, { ...hop, provider: 'other' }), `${answer} authorization_address`)
    assert.equal(await at((url) => url.searchParams.set('state', 'x')), `${answer} authorization_state`)
    assert.equal(await at((url) => url.searchParams.append('assertion', 'x')), `${answer} authorization_repeated`)
  })

  test('is believed once: of ten at the same moment one, and none later, in any process', async () => {
    const { hop } = await begin()
    const callback = callbackOf(hop, { assertion: await sign(claims(hop)) })
    const answers = await Promise.all(Array.from({ length: 10 }, () => upstream.finish(provider(), hop, callback)))
    assert.equal(answers.filter(({ kind }) => kind === 'assertion').length, 1)
    assert.equal(detailOf(await open().finish(provider(), hop, callback)), `${answer} prior_login_replayed`)
  })

  test('what was refused for its claims is not used up', async () => {
    const { hop } = await begin()
    const jti = 'once-more'
    const with_ = async (changes: Claims) =>
      upstream.finish(provider(), hop, callbackOf(hop, { assertion: await sign(claims(hop, { jti, ...changes })) }))
    assert.equal(detailOf(await with_({ amr: ['pwd'] })), 'provider_refused prior_login_one_category')
    assertionIn(await with_({}))
  })

  test('where a new authentication was asked, the one of before does not do', async () => {
    const wanted = { ...needs, fresh: true }
    assert.equal(detailOf(await signIn({}, provider(), wanted)), `${answer} auth_time_too_old`)
    assertionIn(await signIn({ auth_time: seconds(clock.now()) }, provider(), wanted))
  })

  test('its keys are read from its address, and again when one is unknown', async () => {
    let published = [stranger.jwk].map((jwk) => ({ ...jwk, kid: 'old' }))
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: published }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const { jwks: _, ...connector } = provider().connector
      const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
      const to = provider({}, { connector: { ...connector, jwksUri } })
      assert.equal(detailOf(await signIn({}, to)), `${answer} prior_login_key_unknown`)
      published = [key.jwk as (typeof published)[number]]
      clock.advance(minute)
      assertionIn(await signIn({}, to))
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})
