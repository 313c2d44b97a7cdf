/**
 * The door: what an authorization request may be. A bad one is shown here when nobody can be trusted with the answer, and
 * sent back to the service otherwise; either way nothing is written down. One table for each, one line for each request.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { startProvider, type TestProvider } from '../support/provider.ts'
import { tally } from '../support/records.ts'
import {
  attempt,
  choose,
  goOn,
  loginOf,
  type RelyingParty,
  redeem,
  relyingParty,
  signIn,
  tile,
} from '../support/relying-party.ts'
import { type Answer, type Form, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

let hub: TestHub
let tax: TestProvider
let refunds: RelyingParty

before(async () => {
  hub = await startTestHub()
  tax = await startProvider({ id: 'tax' })
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'Town' },
      services: [
        serviceEntry('refunds', {
          redirectUris: ['http://localhost:1/callback', 'http://localhost:1/other?site=2'],
          scopes: ['openid', 'given_name', 'email'],
          idpHints: ['tax'],
        }),
        serviceEntry('elsewhere', { redirectUris: ['http://elsewhere.localhost:1/callback'] }),
      ],
      providers: [providerEntry(tax), providerEntry(tax, { id: 'bank' })],
    },
  ])
  refunds = await relyingParty({
    issuer: hub.issuer,
    clientId: 'refunds',
    secret: secretOf('refunds'),
    scope: 'openid given_name',
  })
})
after(async () => {
  await hub.close()
  await tax.close()
})

/** What differs from a good request: a value in place of the one there, none, or several of the same name. */
type Changes = Record<string, string | null | string[]>

function valuesOf(value: string | null | string[]): string[] {
  if (value === null) return []
  return typeof value === 'string' ? [value] : value
}

const redirectUri = 'http://localhost:1/callback'
const state = 'kept-by-the-service'

async function requestWith(changes: Changes): Promise<URL> {
  const { url } = await attempt(refunds)
  url.searchParams.set('state', state)
  for (const [name, value] of Object.entries(changes)) {
    url.searchParams.delete(name)
    for (const each of valuesOf(value)) url.searchParams.append(name, each)
  }
  return url
}

const get = async (changes: Changes) => new UserAgent({ language: 'en' }).send({ url: await requestWith(changes) })

/** As a service's own page sends it: a form that another site posts. */
async function post(changes: Changes): Promise<Answer> {
  const { origin, pathname, searchParams } = await requestWith(changes)
  const page = { url: new URL('http://localhost:1/'), status: 200, headers: {}, body: '', trail: [] }
  const fields = Object.fromEntries(searchParams)
  const form: Form = { action: new URL(pathname, origin), method: 'POST', fields, buttons: [] }
  return new UserAgent({ language: 'en' }).submit(page, form, {}, (next) => next.origin === page.url.origin)
}

/** All that a request could leave behind, logins in progress included. */
async function traces(): Promise<unknown> {
  const { rows } = await sql`
    select (select count(*) from state) as state, (select count(*) from facts) as facts`.execute(hub.storage.db)
  return { ...(await tally(hub)), ...(rows[0] as object) }
}

async function leavesNothing<T>(work: () => Promise<T>): Promise<T> {
  const before = await traces()
  const result = await work()
  assert.deepEqual(await traces(), before, 'nothing was written')
  return result
}

function assertShown(answer: Pick<Answer, 'status' | 'headers' | 'body' | 'url'>, code: string): void {
  assert.equal(answer.status, 400)
  assert.equal(answer.headers.location, undefined)
  assert.match(answer.headers['content-type'] ?? '', /^text\/html/)
  assert.match(String(answer.headers['content-security-policy']), /default-src 'none'/)
  assert.equal(answer.headers['cache-control'], 'no-store')
  assert.match(textOf(answer), new RegExp(`${code} · \\S{6,}`), 'the page bears the code and a reference')
  assert.doesNotMatch(answer.body, /http-equiv="refresh"/i)
  const strangers = linksOf(answer).filter(({ origin }) => origin !== hub.issuer)
  assert.deepEqual(strangers, [], 'no link to an address that a stranger gave')
}

/** Exactly what RFC 6749 section 4.1.2.1 and RFC 9207 put in an error response, at exactly the address given. */
function assertSentBack(
  answer: Pick<Answer, 'status' | 'headers'>,
  { error, given = state, at = 'search' }: { error: string; given?: string | null; at?: 'search' | 'hash' },
): void {
  assert.equal(answer.status, 303)
  const location = new URL(answer.headers.location ?? '')
  // The engine also names the scope that was refused.
  const {
    error_description: description,
    scope: _scope,
    ...parameters
  } = Object.fromEntries(new URLSearchParams(location[at].slice(1)))
  assert.deepEqual(parameters, { error, ...(given === null ? {} : { state: given }), iss: hub.issuer })
  // "Values for the "error_description" parameter MUST NOT include characters outside the set" (RFC 6749 4.1.2.1).
  assert.match(description ?? '', /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/)
  location[at] = ''
  assert.equal(location.href, redirectUri)
}

// --- Shown here ----------------------------------------------------------------------------------------------------

const malformed = 'G0301'
const clientUnknown = 'G0302'
const addressUnknown = 'G0303'

const shown: [what: string, changes: Changes, code: string][] = [
  ['no client_id', { client_id: null }, clientUnknown],
  ['an empty client_id', { client_id: '' }, clientUnknown],
  ['an unknown client', { client_id: 'nobody' }, clientUnknown],
  ['a client in other letters', { client_id: 'Refunds' }, clientUnknown],
  ['two client_id', { client_id: ['refunds', 'elsewhere'] }, clientUnknown],
  ['a client_id that is markup', { client_id: '<img src=x onerror=alert(1)>' }, clientUnknown],
  ['no redirect_uri', { redirect_uri: null }, malformed],
  ['an empty redirect_uri', { redirect_uri: '' }, malformed],
  ['two redirect_uri, one of them good', { redirect_uri: [redirectUri, 'http://stranger.example/'] }, malformed],
]

/** Each was accepted by some provider once: compared by prefix, by host, after decoding, after normalising. */
const nearMisses: [what: string, redirectUri: string][] = [
  ['a trailing slash', 'http://localhost:1/callback/'],
  ['a longer path', 'http://localhost:1/callback/more'],
  ['a path that climbs back', 'http://localhost:1/x/../callback'],
  ['another port', 'http://localhost:2/callback'],
  ['no port', 'http://localhost/callback'],
  ['another case of the path', 'http://localhost:1/Callback'],
  ['another case of the host', 'http://LOCALHOST:1/callback'],
  ['an extra query', 'http://localhost:1/callback?next=/'],
  ['an empty query', 'http://localhost:1/callback?'],
  ['another value of the registered query', 'http://localhost:1/other?site=3'],
  ['more than the registered query', 'http://localhost:1/other?site=2&site=3'],
  ['the registered path without its query', 'http://localhost:1/other'],
  ['a fragment', 'http://localhost:1/callback#'],
  ['a user', 'http://refunds@localhost:1/callback'],
  ['the host as a user of another one', 'http://localhost:1@stranger.example/callback'],
  ['a subdomain', 'http://a.localhost:1/callback'],
  ['the host as a subdomain', 'http://localhost.stranger.example:1/callback'],
  ['a final dot', 'http://localhost.:1/callback'],
  ['another name of the same machine', 'http://127.0.0.1:1/callback'],
  ['another scheme', 'https://localhost:1/callback'],
  ['no scheme', '//localhost:1/callback'],
  ['an encoded letter', 'http://localhost:1/%63allback'],
  ['encoded twice', 'http%3A%2F%2Flocalhost%3A1%2Fcallback'],
  ['a backslash', 'http://localhost:1\\callback'],
  ['a space before', ' http://localhost:1/callback'],
  ['a line break after', 'http://localhost:1/callback\r\nset-cookie: a=b'],
  ['a null byte after', 'http://localhost:1/callback\u0000'],
  ['a relative address', '/callback'],
  ['a script', 'javascript:alert(document.domain)'],
  ['the address of another service', 'http://elsewhere.localhost:1/callback'],
]

describe('an authorization request whose answer can be trusted to nobody is shown here', () => {
  for (const [what, changes, code] of shown) {
    test(`R001: ${what}`, async () => {
      const answer = await leavesNothing(() => get(changes))
      assertShown(answer, code)
      assert.doesNotMatch(answer.body, /<img src=x/)
    })
  }
  for (const [what, address] of nearMisses) {
    test(`R001: a redirect URI with ${what}`, async () => {
      assertShown(await leavesNothing(() => get({ redirect_uri: address })), addressUnknown)
    })
  }
  test('R001: a redirect URI that is not registered is not told of another fault either', async () => {
    const changes = { redirect_uri: 'http://stranger.example/callback', response_type: 'token', scope: null }
    assertShown(await leavesNothing(() => get(changes)), addressUnknown)
  })
})

// --- Sent back -----------------------------------------------------------------------------------------------------

const claimsOf = (value: unknown) => ({ claims: JSON.stringify(value) })

const sentBack: [what: string, changes: Changes, error: string][] = [
  ['no response_type', { response_type: null }, 'invalid_request'],
  ['an empty response_type', { response_type: '' }, 'invalid_request'],
  ['response_type none', { response_type: 'none' }, 'unsupported_response_type'],
  ['an unknown response_type', { response_type: 'cookie' }, 'unsupported_response_type'],
  ['response_mode fragment', { response_mode: 'fragment' }, 'unsupported_response_mode'],
  ['response_mode form_post', { response_mode: 'form_post' }, 'unsupported_response_mode'],
  ['response_mode web_message', { response_mode: 'web_message' }, 'unsupported_response_mode'],
  ['response_mode jwt', { response_mode: 'jwt' }, 'unsupported_response_mode'],
  ['no scope', { scope: null }, 'invalid_request'],
  ['scopes without openid', { scope: 'given_name' }, 'invalid_request'],
  ['a scope with characters that no scope has', { scope: 'openid "given_name"' }, 'invalid_scope'],
  ['a scope that was not granted', { scope: 'openid birthdate' }, 'invalid_scope'],
  ['an alias that covers more than was granted', { scope: 'openid profile' }, 'invalid_scope'],
  ['no PKCE', { code_challenge: null, code_challenge_method: null }, 'invalid_request'],
  ['PKCE without a challenge', { code_challenge: null }, 'invalid_request'],
  ['PKCE without a method, which would mean plain', { code_challenge_method: null }, 'invalid_request'],
  ['PKCE plain', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['PKCE by a method in other letters', { code_challenge_method: 's256' }, 'invalid_request'],
  ['a challenge that is too short', { code_challenge: 'a'.repeat(42) }, 'invalid_request'],
  ['a challenge that is too long', { code_challenge: 'a'.repeat(129) }, 'invalid_request'],
  ['a challenge that is no base64url', { code_challenge: '='.repeat(43) }, 'invalid_request'],
  ['an unknown prompt', { prompt: 'select_account' }, 'invalid_request'],
  ['prompt none with login', { prompt: 'none login' }, 'invalid_request'],
  ['prompt none with consent', { prompt: 'consent none' }, 'invalid_request'],
  ['prompt none when nobody is signed in', { prompt: 'none' }, 'login_required'],
  ['a negative max_age', { max_age: '-1' }, 'invalid_request'],
  ['a max_age that is no number', { max_age: 'soon' }, 'invalid_request'],
  ['a max_age with a fraction', { max_age: '1.5' }, 'invalid_request'],
  ['a max_age in powers of ten', { max_age: '1e3' }, 'invalid_request'],
  ['a max_age in hexadecimal', { max_age: '0x10' }, 'invalid_request'],
  ['a max_age with a sign', { max_age: '+60' }, 'invalid_request'],
  ['a max_age with a space', { max_age: ' 60' }, 'invalid_request'],
  ['a max_age beyond all numbers', { max_age: '9'.repeat(40) }, 'invalid_request'],
  ['claims that are no JSON', { claims: '{"id_token":' }, 'invalid_request'],
  ['claims that are a list', claimsOf([]), 'invalid_request'],
  ['claims of nothing', claimsOf({}), 'invalid_request'],
  ['claims of an id token that is no object', claimsOf({ id_token: 'acr' }), 'invalid_request'],
  ['a claim that is neither null nor an object', claimsOf({ userinfo: { email: true } }), 'invalid_request'],
  [
    'an essential level that nobody knows',
    claimsOf({ id_token: { acr: { essential: true, value: 'gold' } } }),
    'unmet_authentication_requirements',
  ],
  [
    'essential levels that are no list',
    claimsOf({ id_token: { acr: { essential: true, values: 'eidas1' } } }),
    'unmet_authentication_requirements',
  ],
  ['an id_token_hint that is no token', { id_token_hint: 'a.b.c' }, 'invalid_request'],
  ['an idp_hint that the service may not give', { idp_hint: 'bank' }, 'invalid_request'],
  ['an idp_hint that nobody knows', { idp_hint: 'nobody' }, 'invalid_request'],
  ['a request object', { request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
  ['the address of a request object', { request_uri: 'https://stranger.example/request' }, 'request_uri_not_supported'],
  ['a registration', { registration: '{}' }, 'registration_not_supported'],
  ['two response_type', { response_type: ['code', 'code'] }, 'invalid_request'],
  ['two scope', { scope: ['openid', 'email'] }, 'invalid_request'],
  ['two nonce', { nonce: ['a', 'b'] }, 'invalid_request'],
  ['two code_challenge', { code_challenge: ['a'.repeat(43), 'b'.repeat(43)] }, 'invalid_request'],
  ['two acr_values', { acr_values: ['eidas1', 'eidas3'] }, 'invalid_request'],
  ['two max_age', { max_age: ['1', '100000'] }, 'invalid_request'],
  ['two idp_hint', { idp_hint: ['tax', 'bank'] }, 'invalid_request'],
]

/** What a client of these would look at the fragment for (RFC 6749 section 4.2.2.1, Core section 3.3.2.6). */
const tokensAtTheFront = ['token', 'id_token', 'id_token token', 'code token', 'code id_token', 'code id_token token']

/** Odd, and the service's own affair. */
const states: [what: string, state: string][] = [
  ['that is markup', '"><script>alert(1)</script>'],
  ['with line breaks', 'a\r\nset-cookie: session=stolen'],
  ['with a null byte', 'a\u0000b'],
  ['that looks like parameters', 'a&code=forged&iss=http://stranger.example#x'],
  ['beyond ASCII', 'État n° 1 — حالة 🐢'],
  ['of two thousand characters', 's'.repeat(2_000)],
]

describe('a bad authorization request is sent back to the service', () => {
  for (const [what, changes, error] of sentBack) {
    test(`R001: ${what} → ${error}`, async () => {
      assertSentBack(await leavesNothing(() => get(changes)), { error })
    })
  }
  for (const responseType of tokensAtTheFront) {
    test(`R001: response_type=${responseType} → unsupported_response_type`, async () => {
      const answer = await leavesNothing(() => get({ response_type: responseType }))
      assertSentBack(answer, { error: 'unsupported_response_type', at: 'hash' })
    })
  }
  for (const [what, given] of states) {
    test(`R001: a state ${what} comes back as it was`, async () => {
      assertSentBack(await get({ scope: null, state: given }), { error: 'invalid_request', given })
    })
  }
  test('R001: of two states none comes back, as nobody knows which one is the service’s', async () => {
    const answer = await leavesNothing(() => get({ state: ['a', 'b'] }))
    assertSentBack(answer, { error: 'invalid_request', given: null })
  })
})

// --- Accepted ------------------------------------------------------------------------------------------------------

/** What OpenID Connect leaves open, or asks to be ignored (Core sections 3.1.2.1 and 5.5). */
const accepted: [what: string, changes: Changes][] = [
  ['no more than is needed', { state: null, nonce: null }],
  ['the other registered address', { redirect_uri: 'http://localhost:1/other?site=2' }],
  ['a scope that nobody knows', { scope: 'openid unknown' }],
  ['response_mode query', { response_mode: 'query' }],
  ['an unknown parameter', { utm_source: 'letter' }],
  ['an empty parameter', { prompt: '', acr_values: '' }],
  ['a level that nobody knows, voluntarily', { acr_values: 'gold' }],
  ['a voluntary claim that was not granted', claimsOf({ userinfo: { birthdate: null } })],
  ['an essential acr without a value', claimsOf({ id_token: { acr: { essential: true } } })],
  ['languages that nobody speaks here', { ui_locales: 'xx-Latn tlh' }],
  ['a login_hint', { login_hint: 'ines.marchetti@post.example' }],
]

describe('a good authorization request leads to the provider page', () => {
  for (const [what, changes] of accepted) {
    test(`R001 R003: ${what}`, async () => {
      const browser = new UserAgent({ language: 'en' })
      const page = await browser.open(await requestWith(changes))
      assert.equal(page.status, 200)
      formTo(page, /^\/login\/[\w-]+\/choose$/)
    })
  }

  test('R003: an allowed idp_hint leads straight to that provider, which learns nothing of the service', async () => {
    const { url, state, nonce } = await attempt(refunds, { idp_hint: 'tax', login_hint: 'ines@post.example' })
    const asked = tax.requestsTo('authorize').length
    await new UserAgent().open(url)
    const [request] = tax.requestsTo('authorize').slice(asked)
    assert.ok(request)
    const told = decodeURIComponent(request.url.href) + JSON.stringify(request.headers)
    for (const secret of ['refunds', 'localhost:1/', 'ines@post.example', state, nonce]) {
      assert.ok(!told.includes(secret), `the provider was told ${secret}`)
    }
  })
})

test('R001: HEAD begins no login, and says what is answered', async () => {
  const url = await requestWith({})
  const { status, headers } = await leavesNothing(async () => fetch(url, { method: 'HEAD', redirect: 'manual' }))
  assert.equal(status, 405)
  assert.equal(headers.get('allow'), 'GET, POST')
  assert.deepEqual(headers.getSetCookie(), [])
})

describe('an authorization request by POST', () => {
  // "Authorization Servers MUST support the use of the HTTP GET and POST methods" (Core section 3.1.2.1).
  test('R001: a form of a service leads to the provider page', async () => {
    const page = await post({})
    assert.equal(page.status, 200)
    assert.deepEqual(
      page.trail.map(({ pathname }) => pathname),
      ['/authorize', '/authorize'],
      'a page that answered a form would be sent again with it',
    )
    formTo(page, /^\/login\/[\w-]+\/choose$/)
  })

  const rows: [what: string, changes: Changes, code: string][] = [
    ['an unknown client', { client_id: 'nobody' }, clientUnknown],
    ['no redirect_uri', { redirect_uri: null }, malformed],
    ['an address that is not registered', { redirect_uri: 'http://localhost:1/callback/' }, addressUnknown],
  ]
  for (const [what, changes, code] of rows) {
    test(`R001: ${what} is shown here`, async () => {
      assertShown(await leavesNothing(() => post(changes)), code)
    })
  }

  test('R001: faults are sent back, also a parameter that comes twice', async () => {
    const duplicated = new URLSearchParams((await requestWith({ acr_values: 'eidas1' })).search)
    duplicated.append('acr_values', 'eidas3')
    for (const [body, error] of [
      [duplicated, 'invalid_request'],
      [(await requestWith({ scope: 'openid birthdate' })).searchParams, 'invalid_scope'],
      [(await requestWith({ code_challenge_method: 'plain' })).searchParams, 'invalid_request'],
    ] as const) {
      const browser = new UserAgent()
      const url = new URL(`${hub.issuer}/authorize`)
      const answer = await leavesNothing(async () => {
        const first = await browser.send({ url, method: 'POST', body: body.toString(), site: 'cross-site' })
        assert.equal(first.status, 303, 'never a redirection that would post on')
        const location = new URL(first.headers.location ?? '', hub.issuer)
        return location.origin === hub.issuer ? browser.send({ url: location, site: 'cross-site' }) : first
      })
      assertSentBack(answer, { error })
    }
  })

  test('R001: a body that is no form is refused and nothing else', async () => {
    const answer = await leavesNothing(() =>
      new UserAgent().send({
        url: new URL(`${hub.issuer}/authorize`),
        method: 'POST',
        body: JSON.stringify({ client_id: 'refunds', redirect_uri: redirectUri }),
        headers: { 'content-type': 'application/json' },
      }),
    )
    assert.ok(answer.status >= 400 && answer.status < 500, `answered ${answer.status}`)
    assert.equal(answer.headers.location, undefined)
  })

  test('R068: the session of the browser answers, although its cookies stay behind with the post', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'tax')
    const { searchParams } = await requestWith({ prompt: 'none' })
    const url = new URL(`${hub.issuer}/authorize`)
    // Browsers send a Lax cookie not with a form of another site, but with the navigation that follows it.
    const sent = { url, method: 'POST', body: searchParams.toString(), site: 'cross-site' } as const
    const first = await new UserAgent().send(sent)
    assert.equal(first.headers['set-cookie'], undefined, 'the cookies of other logins are left alone')
    const answer = await browser.send({ url: new URL(first.headers.location ?? '', url), site: 'cross-site' })
    assert.match(new URL(answer.headers.location ?? '').searchParams.get('code') ?? '', /^[\w-]{40,}$/)
  })
})

// --- Its first page -----------------------------------------------------------------------------------------------

describe('the first page of a login is the answer to the authorization request', () => {
  const begin = async (browser: UserAgent, more: Record<string, string> = {}) => {
    const tried = await attempt(refunds, more)
    return { tried, page: await browser.open(tried.url) }
  }
  const headersOf = ({ headers }: Pick<Answer, 'headers'>) => {
    const { date: _, 'set-cookie': __, ...others } = headers
    return others
  }

  test('R003: with the headers and the words of its own address, kept by nobody', async () => {
    const browser = new UserAgent({ language: 'en' })
    const { tried, page } = await begin(browser)
    assert.equal(page.trail.length, 1)
    assert.equal(page.headers.location, undefined)
    assert.equal(page.headers['cache-control'], 'no-store')
    // State and nonce are in the address of the page: it is told to no other site.
    assert.equal(page.headers['referrer-policy'], 'same-origin')
    assert.match(String(page.headers['content-security-policy']), /form-action 'self'/)
    const own = await browser.open(loginOf(page))
    assert.equal(own.body, page.body)
    assert.deepEqual(headersOf(own), headersOf(page))
    for (const secret of [tried.state, tried.nonce]) assert.ok(!page.body.includes(secret))
  })

  test('R003: with the words of its own status, and not those of the engine’s', async () => {
    const answer = await fetch(await requestWith({}), { redirect: 'manual' })
    assert.deepEqual([answer.status, answer.statusText], [200, 'OK'])
  })

  test('R003: its parameters are the service’s: none is read as what a person asked of the page', async () => {
    const browser = new UserAgent({ language: 'en' })
    const { page } = await begin(browser, { q: 'nothing like it', missed: 'tax', after: 'z', lang: 'ar' })
    assert.match(page.body, /<html lang="en"/)
    for (const provider of ['tax', 'bank']) tile(page, provider)
    assert.doesNotMatch(page.body, /nothing like it/)
    const [cookie, ...others] = page.headers['set-cookie'] ?? []
    assert.match(cookie ?? '', /^garant_browser=/, 'the login is bound to the browser')
    assert.deepEqual(others, [], 'and no language is remembered')
  })

  test('R003: a reload begins another login, and neither is in the way of the other', async () => {
    const browser = new UserAgent({ language: 'en' })
    const { tried, page } = await begin(browser)
    const again = await browser.open(tried.url)
    assert.notEqual(loginOf(again).href, loginOf(page).href)
    assert.equal(again.headers['set-cookie'], undefined, 'one secret of the browser for all its logins')
    for (const shown of [again, page]) {
      const informed = await choose(browser, refunds, shown, 'tax')
      const back = await goOn(browser, refunds, informed)
      assert.match(back.url.searchParams.get('code') ?? '', /^[\w-]{40,}$/)
      assert.equal(back.url.searchParams.get('state'), tried.state)
    }
  })

  test('R003: the cookies by which engines of this kind know a request say nothing here, and none is left', async () => {
    const browser = new UserAgent({ language: 'en' })
    const { tried, page } = await begin(browser)
    const flow = loginOf(page).pathname.split('/').at(-1) ?? ''
    const others = [
      '_session',
      '_session.legacy',
      '_interaction',
      '_interaction_resume',
      'garant_engine',
      'garant_resume',
    ]
    const stranger = new UserAgent({ language: 'en' })
    for (const name of others) {
      stranger.setCookie(hub.issuer, name, flow)
      browser.setCookie(hub.issuer, name, 'planted')
    }
    const stolen = await stranger.send({ url: new URL(`/authorize/${flow}`, hub.issuer) })
    assert.equal(stolen.status, 403)
    assert.equal(stolen.headers.location, undefined)
    const back = await goOn(browser, refunds, await choose(browser, refunds, page, 'tax'))
    assert.ok((await redeem(refunds, { attempt: tried, page: back })).idToken.sub)
    const silent = await browser.send({ url: (await attempt(refunds, { prompt: 'none' })).url })
    assert.ok(new URL(silent.headers.location ?? '').searchParams.get('code'), silent.body)
    for (const name of others) assert.equal(browser.cookies(hub.issuer).get(name), 'planted', name)
  })

  test('R003: what says who the person is, or for whom they act, stays in no address', async () => {
    const { rawIdToken } = await signIn(new UserAgent(), refunds, 'tax')
    const hints = { login_hint: 'ines@post.example', representation_hint: '001234567', id_token_hint: rawIdToken }
    for (const [name, value] of Object.entries(hints)) {
      const browser = new UserAgent()
      const { page } = await begin(browser, { [name]: value })
      assert.equal(page.url.href, loginOf(page).href, name)
      assert.equal(page.trail.length, 2)
      assert.ok(!page.body.includes(value))
    }
  })

  test('R126: a language is chosen at the address of the login, which goes on there', async () => {
    const browser = new UserAgent({ language: 'en' })
    const { tried, page } = await begin(browser)
    const link = linksOf(page).find(({ searchParams }) => searchParams.get('lang') === 'ar')
    assert.equal(link?.pathname, loginOf(page).pathname)
    const arabic = await browser.open(link ?? '')
    assert.match(arabic.body, /<html lang="ar" dir="rtl">/)
    assert.equal(loginOf(arabic).href, loginOf(page).href)
    const back = await goOn(browser, refunds, await choose(browser, refunds, arabic, 'tax'))
    assert.ok((await redeem(refunds, { attempt: tried, page: back })).idToken.sub)
    assert.match((await begin(browser, { prompt: 'login' })).page.body, /<html lang="ar"/, 'and the language stays')
  })

  test('R003: a service that names the provider costs one redirection, and binds the login all the same', async () => {
    const browser = new UserAgent({ language: 'en' })
    const { url } = await attempt(refunds, { idp_hint: 'tax' })
    const answer = await browser.send({ url })
    assert.equal(answer.status, 303)
    assert.equal(new URL(answer.headers.location ?? '').origin, new URL(tax.issuer).origin)
    assert.match(String(answer.headers['set-cookie']), /^garant_browser=/)
    formTo(await browser.open(answer.headers.location ?? ''), /\/inform$/)
  })
})
