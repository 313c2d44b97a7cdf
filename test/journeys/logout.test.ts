/** Leaving: asked by a service or by the person, at the provider too, and heard by every service that the session opened. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { after, before, describe, mock, test } from 'node:test'
import { createRemoteJWKSet, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { hour, minute } from '../../src/kernel/durations.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { at, attempt, goOn, type RelyingParty, redeem, relyingParty, signIn } from '../support/relying-party.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

const bye = 'http://localhost:1/bye'

/** A service's address for back-channel logout. */
interface Receiver {
  uri: string
  /** Bodies and headers, as they came. */
  received: { method: string; type: string; token: string; parameters: string[] }[]
  status: number
  server: Server
}

async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = { uri: '', received: [], status: 200, server: createServer() }
  receiver.server.on('request', async (request, response) => {
    const body = new URLSearchParams(await readText(request))
    receiver.received.push({
      method: request.method ?? '',
      type: request.headers['content-type'] ?? '',
      token: body.get('logout_token') ?? '',
      parameters: [...body.keys()],
    })
    response.writeHead(receiver.status, { 'cache-control': 'no-store' }).end()
  })
  await new Promise<void>((ready) => receiver.server.listen(0, '127.0.0.1', ready))
  receiver.uri = `http://localhost:${(receiver.server.address() as AddressInfo).port}/backchannel`
  return receiver
}

describe('logging out', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let quiet: TestProvider
  let receiver: Receiver
  let other: Receiver
  let refunds: RelyingParty
  let records: RelyingParty
  let justice: RelyingParty

  async function publish(taxState: Record<string, unknown> = { kind: 'active' }): Promise<void> {
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('refunds', { sector: 'health.example', backchannelLogoutUri: receiver.uri }),
          serviceEntry('records', { sector: 'records.example', backchannelLogoutUri: other.uri }),
          serviceEntry('justice', { sector: 'justice.example' }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'], state: taxState }),
          providerEntry(quiet, { allowedLevels: ['eidas1'] }),
        ],
      },
    ])
  }

  before(async () => {
    clock = mockProcessClock({ mock })
    hub = await startTestHub()
    tax = await startProvider({ id: 'tax', sid: 'a session of the provider' })
    quiet = await startProvider({
      id: 'quiet',
      tamper: { discovery: ({ end_session_endpoint: _, ...document }) => document },
    })
    ;[receiver, other] = [await startReceiver(), await startReceiver()]
    await publish()
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, records, justice] = await Promise.all([party('refunds'), party('records'), party('justice')])
  })
  after(async () => {
    await hub.close()
    await Promise.all([tax.close(), quiet.close()])
    for (const { server } of [receiver, other]) server.closeAllConnections()
    await Promise.all([receiver, other].map(({ server }) => new Promise((done) => server.close(done))))
    mock.timers.reset()
  })

  const isService = (url: URL) => url.origin === new URL(bye).origin
  const isBye = (url: URL) => url.href.startsWith(bye)

  function logoutUrl(parameters: Record<string, string>): URL {
    const url = new URL(`${hub.issuer}/logout`)
    url.search = new URLSearchParams(parameters).toString()
    return url
  }

  /** What a service learns when it asks without showing a page: a code, or an error. */
  async function silently(browser: UserAgent, party: RelyingParty): Promise<string> {
    const { url } = await attempt(party, { prompt: 'none' })
    const back = await browser.open(url, at(party))
    return back.url.searchParams.get('error') ?? 'signed in'
  }

  async function signedIn(provider = 'tax') {
    const browser = new UserAgent({ language: 'en' })
    const done = await signIn(browser, refunds, provider)
    return { browser, ...done }
  }

  /** A session that opened these services too. */
  async function signedInAt(...more: RelyingParty[]) {
    const signed = await signedIn()
    const others = []
    for (const party of more) {
      const tried = await attempt(party)
      const page = await goOn(signed.browser, party, await signed.browser.open(tried.url, at(party)))
      others.push(await redeem(party, { attempt: tried, page }))
    }
    return { ...signed, others }
  }

  function answer(page: Answer, browser: UserAgent, value: 'yes' | 'no'): Promise<Answer> {
    return browser.submit(page, formTo(page, /\/logout\/confirm$/), { answer: value }, isService)
  }

  test('with a hint of this session it ends at once, passes through the provider and comes back with its state', async () => {
    const { browser, rawIdToken } = await signedIn()
    const asked = tax.requestsTo('end_session').length
    const back = await browser.open(
      logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye, state: 'of the service' }),
      isBye,
    )
    assert.equal(back.url.href, `${bye}?state=of+the+service`)
    assert.equal(await silently(browser, refunds), 'login_required')
    const [upstream] = tax.requestsTo('end_session').slice(asked)
    assert.ok(upstream)
    const { searchParams } = upstream.url
    assert.equal(searchParams.get('post_logout_redirect_uri'), `${hub.issuer}/logout/return`)
    const hint = await jwtVerify(
      searchParams.get('id_token_hint') ?? '',
      createRemoteJWKSet(new URL(`${tax.issuer}/keys`)),
      {
        currentDate: new Date(0),
      },
    )
    assert.equal(hint.payload.aud, 'garant', "the provider's own token, which it can read")
    assert.doesNotMatch(
      upstream.url.href,
      /refunds|of\+the\+service|(?:\/|%2F)bye/,
      'the provider does not learn the service',
    )
  })

  test('without state none comes back, and by POST it works the same', async () => {
    const { browser, rawIdToken } = await signedIn()
    const body = new URLSearchParams({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye }).toString()
    const page = await browser.send({ url: logoutUrl({}), method: 'POST', body, site: 'cross-site' })
    assert.equal(page.status, 200)
    const next = /content="0;url=([^"]*)"/.exec(page.body)?.[1]?.replaceAll('&amp;', '&') ?? ''
    assert.ok(next.startsWith(`${tax.issuer}/end_session`))
    assert.equal((await browser.open(String(next), isBye)).url.href, bye)
    assert.equal(await silently(browser, refunds), 'login_required')
  })

  test('a provider without a logout of its own is not visited', async () => {
    const { browser, rawIdToken } = await signedIn('quiet')
    const back = await browser.open(logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye }), isBye)
    assert.equal(back.url.href, bye)
    assert.equal(back.trail.length, 2)
  })

  test('a suspended provider is passed through all the same', async () => {
    const { browser, rawIdToken } = await signedIn()
    const reason = { fr: 'Suspendu', en: 'Suspended', ar: 'معلّق' }
    await publish({ kind: 'suspended', category: 'security', reason })
    const asked = tax.requestsTo('end_session').length
    const back = await browser.open(logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye }), isBye)
    await publish()
    assert.equal(back.url.href, bye)
    assert.equal(tax.requestsTo('end_session').length, asked + 1)
  })

  test('an expired hint is still a hint', async () => {
    const { browser, rawIdToken } = await signedIn()
    clock.advance(20 * minute)
    const back = await browser.open(logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye }), isBye)
    assert.equal(back.url.href, bye)
    assert.equal(await silently(browser, refunds), 'login_required')
  })

  test('R057: a service that hears of no logout ends the session by the person that its hint names', async () => {
    const atJustice = async () => {
      const browser = new UserAgent({ language: 'en' })
      const { idToken, rawIdToken } = await signIn(browser, justice, 'tax')
      assert.equal(idToken.sid, undefined, 'its hint names no session')
      return { browser, rawIdToken }
    }
    const { browser, rawIdToken } = await atJustice()
    clock.advance(20 * minute)
    const back = await browser.open(
      logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye, state: 's' }),
      isBye,
    )
    assert.equal(back.url.href, `${bye}?state=s`, 'at once, and long after the token was over')
    assert.equal(await silently(browser, justice), 'login_required')

    const { browser: elsewhere } = await signedIn()
    const asked = await elsewhere.open(logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye }), isBye)
    formTo(asked, /\/logout\/confirm$/)
    assert.equal(await silently(elsewhere, refunds), 'signed in', 'the service was not in this session')
  })

  test('R057: the hint of another person ends nothing by itself', async () => {
    const mine = new UserAgent({ language: 'en' })
    const { rawIdToken } = await signIn(mine, justice, 'tax')
    const { subject, claims } = tax.next
    Object.assign(tax.next, { subject: 'somebody else', claims: { ...claims, given_name: 'Omar', gender: 'male' } })
    const theirs = new UserAgent({ language: 'en' })
    await signIn(theirs, justice, 'tax')
    Object.assign(tax.next, { subject, claims })
    const page = await theirs.open(logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye }), isBye)
    formTo(page, /\/logout\/confirm$/)
    assert.equal(await silently(theirs, justice), 'signed in')
  })

  test('without a hint the person is asked, and only yes ends anything', async () => {
    const { browser } = await signedIn()
    const url = logoutUrl({ client_id: 'refunds', post_logout_redirect_uri: bye, state: 's' })
    const page = await browser.open(url, isBye)
    assert.ok(textOf(page).includes('Service refunds'), 'it says who asked')
    assert.equal(await silently(browser, refunds), 'signed in')
    const stayed = await answer(page, browser, 'no')
    assert.equal(stayed.url.href, 'http://localhost:1/', 'no leads to the front page of the service, as if nothing was')
    assert.equal(await silently(browser, refunds), 'signed in')
    const again = await browser.open(url, isBye)
    const back = await answer(again, browser, 'yes')
    assert.equal(back.url.href, `${bye}?state=s`)
    assert.equal(await silently(browser, refunds), 'login_required')
    const twice = await answer(again, browser, 'yes')
    assert.equal(twice.status, 200)
    assert.ok(textOf(twice).includes(hub.web.translate('en')('out.title')), 'a second click says that it is done')
  })

  test("with a hint of another browser's session the person is asked", async () => {
    const { browser } = await signedIn()
    const stranger = await signedIn()
    const page = await browser.open(
      logoutUrl({ id_token_hint: stranger.rawIdToken, post_logout_redirect_uri: bye }),
      isBye,
    )
    formTo(page, /\/logout\/confirm$/)
    assert.equal(await silently(browser, refunds), 'signed in')
    assert.equal(await silently(stranger.browser, refunds), 'signed in')
  })

  test('a hint that is not ours, or not of this service, is refused and ends nothing', async () => {
    const { browser, rawIdToken } = await signedIn()
    const { privateKey } = await generateKeyPair('ES256')
    const header = decodeProtectedHeader(rawIdToken)
    const forged = await new SignJWT({ sid: 'x' })
      .setProtectedHeader({ ...header, alg: 'ES256' })
      .setIssuer(hub.issuer)
      .setAudience('refunds')
      .setIssuedAt()
      .sign(privateKey)
    const [, payload = ''] = rawIdToken.split('.')
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`
    const hints: Record<string, Record<string, string>> = {
      'signed by a stranger': { id_token_hint: forged },
      'not signed': { id_token_hint: unsigned },
      'no token': { id_token_hint: 'garbage' },
      empty: { id_token_hint: '' },
      'of another service': { id_token_hint: rawIdToken, client_id: 'records' },
    }
    for (const [what, parameters] of Object.entries(hints)) {
      const page = await browser.open(logoutUrl({ ...parameters, post_logout_redirect_uri: bye }), isBye)
      assert.equal(page.status, 400, what)
      assert.match(textOf(page), /G0301 · [0-9A-Z-]{14}/)
      assert.equal(await silently(browser, refunds), 'signed in', what)
    }
  })

  test('an address that the service did not register is never gone to', async () => {
    const near = [
      `${bye}/`,
      `${bye}?x=1`,
      `${bye}#x`,
      'http://localhost:2/bye',
      'http://evil.example/bye',
      'javascript:alert(1)',
    ]
    for (const address of near) {
      const { browser, rawIdToken } = await signedIn()
      const page = await browser.open(
        logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: address, state: 's' }),
        (url) => url.origin !== hub.issuer && !url.href.startsWith(tax.issuer),
      )
      assert.equal(page.url.origin, hub.issuer, `${address} led to ${page.url.href}`)
      assert.ok(textOf(page).includes(hub.web.translate('en')('out.title')))
      assert.ok(!linksOf(page).some(({ href }) => href === address))
      assert.equal(await silently(browser, refunds), 'login_required', 'the session ended all the same')
    }
  })

  test('without a session it still leads to the registered address, and to no other', async () => {
    const browser = new UserAgent({ language: 'en' })
    const back = await browser.open(
      logoutUrl({ client_id: 'refunds', post_logout_redirect_uri: bye, state: 's' }),
      isBye,
    )
    assert.equal(back.url.href, `${bye}?state=s`)
    for (const parameters of [
      { post_logout_redirect_uri: bye },
      { client_id: 'nobody', post_logout_redirect_uri: bye },
    ]) {
      const page = await browser.open(logoutUrl(parameters as Record<string, string>), isBye)
      assert.equal(page.url.origin, hub.issuer, 'of no service, so registered by nobody')
    }
  })

  test('the confirmation is taken from our own page of this session only', async () => {
    const { browser } = await signedIn()
    const url = logoutUrl({ client_id: 'refunds', post_logout_redirect_uri: bye })
    const page = await browser.open(url)
    const form = formTo(page, /\/logout\/confirm$/)
    const stranger = await signedIn()
    const theirs = formTo(await stranger.browser.open(url), /\/logout\/confirm$/)
    const foreign = { ...page, url: new URL('http://evil.example/') }
    const attempts = [
      await browser.submit(page, form, { answer: 'yes', verifier: '' }),
      await browser.submit(page, form, { answer: 'yes', verifier: theirs.fields.verifier ?? '' }),
      await browser.submit(foreign, form, { answer: 'yes' }),
    ]
    for (const refused of attempts) assert.equal(refused.status, 403, textOf(refused))
    assert.equal(await silently(browser, refunds), 'signed in')
  })

  test('R057: logging out ends the session at every service, and every one with a receiver hears of it', async () => {
    // What was ended before is told before.
    await settle(hub)
    const [heard, alsoHeard] = [receiver.received.length, other.received.length]
    const { browser, rawIdToken, idToken, others } = await signedInAt(records, justice)
    for (const party of [refunds, records, justice]) assert.equal(await silently(browser, party), 'signed in')
    await settle(hub)
    assert.equal(receiver.received.length, heard, 'nothing before the end')
    await browser.open(logoutUrl({ id_token_hint: rawIdToken, post_logout_redirect_uri: bye }), isBye)
    for (const party of [refunds, records, justice]) assert.equal(await silently(browser, party), 'login_required')
    await settle(hub)
    const [first, ...more] = receiver.received.slice(heard)
    const [second, ...rest] = other.received.slice(alsoHeard)
    assert.ok(first && second)
    assert.deepEqual([more, rest], [[], []], 'once each')

    const keys = createRemoteJWKSet(new URL(`${hub.issuer}/jwks`))
    const expected = [
      { message: first, audience: 'refunds', of: idToken },
      { message: second, audience: 'records', of: others[0]?.idToken },
    ]
    const seen = new Set<unknown>()
    for (const { message, audience, of } of expected) {
      assert.ok(of)
      assert.equal(message.method, 'POST')
      assert.match(message.type, /^application\/x-www-form-urlencoded/)
      assert.deepEqual(message.parameters, ['logout_token'])
      // Back-Channel Logout 1.0 section 2.6, as a service checks it.
      const { payload, protectedHeader } = await jwtVerify(message.token, keys, {
        issuer: hub.issuer,
        audience,
        typ: 'logout+jwt',
        requiredClaims: ['iat', 'exp', 'jti', 'events'],
        algorithms: ['ES256'],
      })
      assert.equal(protectedHeader.alg, 'ES256')
      assert.equal(payload.aud, audience)
      assert.equal(payload.sub, of.sub, 'the subject that this service knows')
      assert.equal(payload.sid, of.sid, 'the session that this service knows')
      assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
      assert.equal(payload.nonce, undefined)
      assert.ok(Number(payload.exp) - Number(payload.iat) <= 120)
      for (const value of [payload.jti, payload.sid, payload.sub]) {
        assert.ok(!seen.has(value), 'two services cannot join what they hear')
        seen.add(value)
      }
    }
    assert.deepEqual(
      (await factsOf(hub, 'logout.notified'))
        .slice(-2)
        .map(({ service, status }) => `${service} ${status}`)
        .sort(),
      ['records accepted', 'refunds accepted'],
    )
    const ended = (await factsOf(hub, 'session.ended')).at(-1)
    assert.deepEqual([ended?.reason, ended?.services.toSorted()], ['logout', ['justice', 'records', 'refunds']])
  })

  test('a receiver that is down is told later, with a new token, once', async () => {
    const { browser, rawIdToken } = await signedInAt()
    const heard = receiver.received.length
    receiver.status = 503
    await browser.open(logoutUrl({ id_token_hint: rawIdToken }))
    await settle(hub)
    const tried = receiver.received.length - heard
    assert.ok(tried >= 1)
    const facts = (await factsOf(hub, 'logout.notified')).length
    clock.advance(hour)
    receiver.status = 200
    await settle(hub)
    clock.advance(hour)
    await settle(hub)
    const tokens = receiver.received.slice(heard).map(({ token }) => token)
    assert.equal(tokens.length, tried + 1)
    assert.equal(new Set(tokens).size, tokens.length, 'an old token would have expired')
    const { payload } = await jwtVerify(tokens.at(-1) ?? '', createRemoteJWKSet(new URL(`${hub.issuer}/jwks`)), {
      currentDate: new Date(clock.now() - hour),
    })
    assert.equal(payload.aud, 'refunds')
    assert.deepEqual(
      (await factsOf(hub, 'logout.notified')).slice(facts).map(({ service, status }) => ({ service, status })),
      [{ service: 'refunds', status: 'accepted' }],
    )
  })

  test('a receiver that says no is believed, as a fact', async () => {
    const { browser, rawIdToken } = await signedInAt()
    const heard = receiver.received.length
    receiver.status = 400
    await browser.open(logoutUrl({ id_token_hint: rawIdToken }))
    await settle(hub)
    receiver.status = 200
    clock.advance(hour)
    await settle(hub)
    assert.equal(receiver.received.length, heard + 1)
    assert.equal((await factsOf(hub, 'logout.notified')).at(-1)?.status, 'refused')
  })

  test('who signs in again as the same person does not log out their services', async () => {
    const { browser, idToken } = await signedInAt(records)
    const heard = [receiver.received.length, other.received.length]
    const { idToken: fresh } = await signIn(browser, refunds, 'tax', { prompt: 'login' })
    await settle(hub)
    assert.deepEqual([receiver.received.length, other.received.length], heard)
    assert.equal(fresh.sid, idToken.sid, 'the session that the service knows goes on')
    tax.next.subject = 'somebody else'
    tax.next.claims = { ...tax.next.claims, family_name: 'Autre' }
    await signIn(browser, refunds, 'tax', { prompt: 'login' })
    tax.next.subject = 'subject-1'
    tax.next.claims = { ...tax.next.claims, family_name: 'Marchetti' }
    await settle(hub)
    assert.deepEqual(
      [receiver.received.length, other.received.length],
      heard.map((count) => count + 1),
      'another person at the same browser ends what the first one opened',
    )
  })
})
