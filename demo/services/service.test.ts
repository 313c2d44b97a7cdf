/** The services against a provider of the town, as if it were their hub: each side is a stock one. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Level } from '../../src/kernel/assurance.ts'
import { systemClock, toSeconds } from '../../src/kernel/clock.ts'
import { languages } from '../../src/kernel/languages.ts'
import { createTestClock, testStart } from '../../test/support/clock.ts'
import { freePorts } from '../../test/support/ports.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { testPassword } from '../people.ts'
import { originOf, type Ports } from '../ports.ts'
import { scopesOf } from '../providers/engine.ts'
import { type RunningProvider, startProvider } from '../providers/provider.ts'
import { providers } from '../providers/providers.ts'
import { RelyingParty } from './relying-party.ts'
import { type RunningService, startService } from './service.ts'
import { services } from './services.ts'

const [tax] = providers
assert.ok(tax)
const secret = 'test-only-not-a-secret'

describe('a service of the town', () => {
  let ports: Ports
  let provider: RunningProvider
  const running = new Map<string, RunningService>()

  before(async () => {
    ports = await freePorts()
    provider = await startProvider({
      definition: tax,
      port: ports.tax,
      issuer: originOf(ports.tax),
      clock: systemClock,
      clients: services.map(({ key, id }) => ({
        client_id: id,
        client_secret: secret,
        redirect_uris: [`${originOf(ports[key])}/callback`],
        post_logout_redirect_uris: [`${originOf(ports[key])}/logged-out`],
        token_endpoint_auth_method: tax.clientAuth,
        id_token_signed_response_alg: 'ES256',
      })),
    })
    for (const { userinfoAlg: _, ...definition } of services) {
      const adapted = { ...definition, auth: tax.clientAuth, scopes: scopesOf(tax) as never, level: 'eidas1' as const }
      const options = { definition: adapted, port: ports[definition.key], clientSecret: secret, clock: systemClock }
      running.set(definition.key, await startService({ ...options, authority: { issuer: originOf(ports.tax) } }))
    }
  })
  after(async () => {
    await Promise.all([...running.values(), provider].map((house) => house.close()))
  })

  const at = (key: string, path = '/') => `${running.get(key)?.origin}${path}`

  async function signIn(key: string, browser: UserAgent, username: string, query = ''): Promise<Answer> {
    const page = await browser.open(at(key, `/login${query}`))
    return browser.submit(page, formTo(page, /\/login$/), { username, password: testPassword })
  }

  test('R017 R085: one identity opens four services, each with data of its own for that person', async () => {
    const browser = new UserAgent()
    const seen = new Set<string>()
    for (const { key, spaceTitle } of services) {
      const home = await browser.open(at(key))
      assert.ok(
        linksOf(home).some(({ pathname }) => pathname === '/login'),
        key,
      )
      const space = seen.size === 0 ? await signIn(key, browser, 'amina') : await browser.open(at(key, '/login'))
      assert.equal(space.url.href, at(key, '/space'))
      const text = textOf(space)
      assert.match(text, /Bonjour Amina Samira BENALI/)
      assert.ok(text.includes(spaceTitle.fr))
      seen.add(text)
      assert.equal(textOf(await browser.open(at(key, '/space'))), text, 'the same at each visit')
    }
    assert.equal(seen.size, services.length)
    const other = await signIn('refunds', new UserAgent(), 'lucas')
    assert.match(textOf(other), /Bonjour Lucas Antoine MOREAU/)
    assert.notEqual(textOf(other).replace('Lucas Antoine MOREAU', ''), [...seen][1]?.replace('Amina Samira BENALI', ''))
  })

  test('nobody sees a space or an account without signing in', async () => {
    for (const path of ['/space', '/account']) {
      assert.equal((await new UserAgent().open(at('justice', path))).url.pathname, '/')
    }
  })

  test('R015: the account page names the subject, and the developers’ page shows what crossed the network', async () => {
    const browser = new UserAgent()
    await signIn('employers', browser, 'fatima')
    const account = textOf(await browser.open(at('employers', '/account')))
    const subject = /Numéro de compte (\S+)/.exec(account)?.[1] ?? ''
    assert.ok(subject.length > 10)
    const page = await browser.open(at('employers', '/developer'))
    const developer = textOf(page)
    for (const word of [
      'GET /authorize',
      'code_challenge_method = S256',
      'POST /token',
      '"id_token"',
      '"alg": "ES256"',
      subject,
    ]) {
      assert.ok(developer.includes(word), word)
    }
    assert.ok(!developer.includes(secret), 'the secret of the service is on no page')
  })

  test('every page speaks three languages and the person’s choice is kept', async () => {
    for (const language of languages) {
      const browser = new UserAgent({ language: 'fr' })
      const home = await browser.open(at('refunds', `/?lang=${language}`))
      assert.match(home.body, new RegExp(`<html lang="${language}"`))
      assert.match((await browser.open(at('refunds', '/garant'))).body, new RegExp(`<html lang="${language}"`))
    }
  })

  test('options of the query reach the request: acr_values, max_age, prompt, essential acr, amr, ui_locales, login_hint', async () => {
    const stop = (url: URL) => url.pathname === '/authorize'
    const asked = async (query: string) =>
      (await new UserAgent().open(at('justice', `/login?${query}`), stop)).url.searchParams
    const plain = await asked(
      'acr_values=eidas2&max_age=60&prompt=login&ui_locales=ar&login_hint=somebody&idp_hint=tax',
    )
    assert.equal(plain.get('acr_values'), 'eidas2')
    assert.equal(plain.get('max_age'), '60')
    assert.equal(plain.get('prompt'), 'login')
    assert.equal(plain.get('ui_locales'), 'ar')
    assert.equal(plain.get('login_hint'), 'somebody')
    assert.equal(plain.get('idp_hint'), 'tax')
    const claims = await asked('essential_acr=eidas2%20eidas3&amr=1')
    assert.equal(claims.get('acr_values'), null)
    assert.deepEqual(JSON.parse(claims.get('claims') ?? ''), {
      id_token: { acr: { essential: true, values: ['eidas2', 'eidas3'] }, amr: { essential: true } },
    })
  })

  test('an answer of refusal becomes a page that says what happened and what was answered', async () => {
    const browser = new UserAgent()
    const login = await browser.open(at('refunds', '/login'))
    const refused = await browser.submit(login, formTo(login, /\/cancel$/))
    assert.equal(refused.status, 403)
    assert.match(textOf(refused), /Rien n’a été transmis.*access_denied/)
    const silent = await browser.open(at('refunds', '/login?prompt=none'))
    assert.match(textOf(silent), /pas de session ouverte.*login_required/)
    const level = await signIn('justice', new UserAgent(), 'amina', '?essential_acr=eidas2')
    assert.match(textOf(level), /niveau plus élevé.*unmet_authentication_requirements/)
    // Asked without insisting, the provider answers with less, and the service checks.
    const low = await signIn('justice', new UserAgent(), 'amina', '?acr_values=eidas2')
    assert.match(textOf(low), /n’atteint pas le niveau/)
    assert.equal((await browser.open(at('justice', '/space'))).url.pathname, '/')
  })

  test('an answer for another browser, or a second time, is refused', async () => {
    const browser = new UserAgent()
    const stop = (url: URL) => url.pathname === '/callback'
    const login = await browser.open(at('refunds', '/login'))
    const fields = { username: 'amina', password: testPassword }
    const answer = await browser.submit(login, formTo(login, /\/login$/), fields, stop)
    const elsewhere = await new UserAgent().open(answer.url)
    assert.equal(elsewhere.status, 400)
    assert.equal((await browser.open(answer.url)).url.pathname, '/space')
    assert.equal((await browser.open(answer.url)).status, 400)
    assert.ok(!elsewhere.body.includes(answer.url.searchParams.get('code') ?? 'no code'))
  })

  test('signing out ends the session here and at whoever signed in, and comes back', async () => {
    const browser = new UserAgent()
    const space = await signIn('patients', browser, 'claire')
    const foreign = await fetch(at('patients', '/logout'), {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-site' },
    })
    assert.equal(foreign.status, 403)
    const bye = await browser.submit(space, formTo(space, /\/logout$/))
    assert.equal(bye.url.pathname, '/logged-out')
    assert.ok(bye.trail.some(({ pathname }) => pathname === '/session/end'))
    assert.match(textOf(bye), /Vous êtes déconnecté/)
    assert.ok(formTo(await browser.open(at('patients', '/login')), /\/login$/))
  })

  test('a hub that is silent gives a clear page, and the next visitor finds it again', async () => {
    const lone = await freePorts()
    const [definition] = services
    assert.ok(definition)
    const authority = { issuer: originOf(lone.tax) }
    const service = await startService({
      definition,
      port: lone.employers,
      clientSecret: secret,
      clock: systemClock,
      authority,
    })
    const browser = new UserAgent()
    const answer = await browser.open(`${service.origin}/login`)
    assert.equal(answer.status, 502)
    assert.match(textOf(answer), /Garant ne répond pas/)
    const late = { definition: tax, port: lone.tax, issuer: authority.issuer, clock: systemClock, clients: [] }
    const risen = await startProvider(late)
    const stop = ({ pathname }: URL) => pathname === '/authorize'
    assert.equal((await browser.open(`${service.origin}/login`, stop)).url.origin, authority.issuer)
    await Promise.all([service.close(), risen.close()])
  })
})

describe('back-channel logout, as a service receives it', () => {
  const issuer = 'http://hub.example'
  const event = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const clock = createTestClock()
  let keys: Server
  let jwksUri: string
  let trusted: CryptoKey
  let stranger: CryptoKey

  before(async () => {
    const pair = await generateKeyPair('ES256')
    trusted = pair.privateKey
    stranger = (await generateKeyPair('ES256')).privateKey
    const jwk = { ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'k' }
    keys = createServer((_, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })),
    )
    const port = (await freePorts()).hub
    await new Promise<void>((done) => keys.listen(port, '127.0.0.1', done))
    jwksUri = `${originOf(port)}/jwks`
  })
  after(() => {
    keys.closeAllConnections()
    keys.close()
  })

  const createParty = () =>
    new RelyingParty({
      definition: { id: 'service', auth: 'client_secret_basic', scopes: ['openid'], level: 'eidas1' as Level },
      authority: { issuer, metadata: { issuer, jwks_uri: jwksUri } },
      origin: 'http://service.example',
      clientSecret: secret,
      clock,
    })

  interface Variation {
    claims?: Record<string, unknown>
    typ?: string
    key?: () => CryptoKey
  }

  function logoutToken({ claims = {}, typ = 'logout+jwt', key = () => trusted }: Variation = {}): Promise<string> {
    const now = toSeconds(testStart)
    const all = {
      iss: issuer,
      aud: 'service',
      iat: now,
      exp: now + 120,
      jti: 'once',
      sub: 'abc',
      sid: 's1',
      events: event,
      ...claims,
    }
    const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
    return new SignJWT(present).setProtectedHeader({ alg: 'ES256', kid: 'k', typ }).sign(key())
  }

  test('says whose sessions end, once', async () => {
    const party = createParty()
    const token = await logoutToken()
    assert.deepEqual(await party.readLogoutToken(token), { sub: 'abc', sid: 's1' })
    await assert.rejects(party.readLogoutToken(token), /used already/)
  })

  const refused: Record<string, Variation> = {
    'another issuer': { claims: { iss: 'http://other.example' } },
    'another audience': { claims: { aud: 'other' } },
    'a nonce': { claims: { nonce: 'n' } },
    'no event': { claims: { events: {} } },
    'no events at all': { claims: { events: undefined } },
    'nobody named': { claims: { sub: undefined, sid: undefined } },
    'no jti': { claims: { jti: undefined } },
    expired: { claims: { exp: toSeconds(testStart) - 1 } },
    'an id token': { typ: 'JWT' },
    'the key of a stranger': { key: () => stranger },
  }
  for (const [what, variation] of Object.entries(refused)) {
    test(`refuses a token with ${what}`, async () => {
      await assert.rejects(createParty().readLogoutToken(await logoutToken(variation)))
    })
  }
})
