/** What the hub keeps to itself: secrets and names in nothing that it writes, and nobody at anybody else's address. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { after, before, describe, mock, test } from 'node:test'
import { inspect } from 'node:util'
import { decodeJwt } from 'jose'
import { createWeb } from '../../src/http/http.ts'
import { createLog } from '../../src/http/log.ts'
import { day } from '../../src/kernel/durations.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { type Claims, startProvider, type TestProvider } from '../support/provider.ts'
import { dump, factsOf, settle, tally } from '../support/records.ts'
import {
  at,
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
import { routesOf } from '../support/routes.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

const upstreamSecret = 'canary upstream secret: 5%+~&'

/** A person of whom every word is found nowhere else. */
const canary: Claims = {
  given_name: 'Zéphyrine Ondine',
  family_name: 'Quatrevaux-Kessler',
  preferred_username: 'Vandermeersch',
  birthdate: '1931-02-17',
  gender: 'female',
  birthplace: '29103',
  birthcountry: '99100',
  email: 'zephyrine.canary@private.example',
}

describe('what nobody else learns', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let refunds: RelyingParty
  let justice: RelyingParty

  before(async () => {
    clock = mockProcessClock({ mock })
    hub = await startTestHub()
    tax = await startProvider({
      id: 'tax',
      subject: 'canary-subject-of-tax',
      claims: canary,
      clientSecret: upstreamSecret,
    })
    post = await startProvider({ id: 'post', subject: 'canary-subject-of-post', claims: canary })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('refunds', { sector: 'health.example' }),
          serviceEntry('justice', { sector: 'justice.example' }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1'] }),
        ],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, justice] = await Promise.all([party('refunds'), party('justice')])
  })
  after(async () => {
    await hub.close()
    await Promise.all([tax.close(), post.close()])
    mock.timers.reset()
  })

  /** Every way in which a secret could be written: as it is, escaped, in the bytes of a column. */
  function disguises(secret: string): string[] {
    const bytes = Buffer.from(secret)
    return [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      bytes.toString('hex'),
      bytes.toString('base64').replace(/=+$/, ''),
      bytes.toString('base64url'),
    ]
  }

  function assertAbsent(secrets: Record<string, string>, text: string, where: string): void {
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(secret.length >= 8, `${name} is long enough to be found`)
      for (const disguise of disguises(secret)) assert.ok(!text.includes(disguise), `${name} is in ${where}`)
    }
  }

  test('R127: names, addresses, secrets, codes and tokens are in nothing that the hub writes', async () => {
    const seen: Claims[] = []
    tax.tamper = {
      tokens(response) {
        seen.push(response)
        return response
      },
    }
    const browser = new UserAgent({ language: 'en' })
    const tried = await attempt(refunds)
    const page = await browser.open(tried.url, at(refunds))
    const { form, values } = tile(page, 'tax')
    const back = await browser.submit(page, form, values, (url) => url.pathname.startsWith('/callback/'))
    const informed = await browser.open(back.url)
    const released = await goOn(browser, refunds, informed)
    const signed = await redeem(refunds, { attempt: tried, page: released })
    // What fails is logged with most care: each secret also takes a way that is refused.
    await assert.rejects(redeem(refunds, { attempt: tried, page: released }))
    const wrongly = `${secretOf('refunds')}x`
    const { searchParams } = released.url
    const asService = (secret: string, path: string, body: Record<string, string>) =>
      fetch(`${hub.issuer}${path}`, {
        method: 'POST',
        headers: { authorization: `Basic ${Buffer.from(`refunds:${secret}`).toString('base64')}` },
        body: new URLSearchParams(body),
      })
    const code = searchParams.get('code') ?? ''
    await asService(wrongly, '/token', { grant_type: 'authorization_code', code, redirect_uri: refunds.redirectUri })
    await asService(secretOf('refunds'), '/introspect', { token: signed.accessToken })
    await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${signed.accessToken}x` } })
    await new UserAgent().open(back.url)
    await browser.open(`${hub.issuer}/logout?id_token_hint=${signed.rawIdToken}x`)
    tax.tamper = { userinfo: (claims) => ({ ...claims, birthdate: `${canary.family_name} is no date` }) }
    const failing = new UserAgent({ language: 'en' })
    await choose(failing, refunds, await failing.open((await attempt(refunds)).url), 'tax')
    tax.tamper = {}
    await settle(hub)

    const upstream = tax.requestsTo('token')[0]
    const asked = tax.requestsTo('authorize')[0]?.url.searchParams
    const [answered] = seen
    assert.ok(upstream && asked && answered)
    const cookies = Object.fromEntries(
      [...browser.cookies(hub.issuer)].map(([name, value]) => [`the cookie ${name}`, value] as const),
    )
    for (const name of ['browser', 'device', 'session']) assert.ok(cookies[`the cookie garant_${name}`], name)
    const person = {
      'the given name': String(canary.given_name),
      'the family name': String(canary.family_name),
      'the family name folded': 'QUATREVAUX',
      'the name in use': String(canary.preferred_username),
      'the birth date': String(canary.birthdate),
      'the address': String(canary.email),
      'the mailbox': 'zephyrine.canary',
      "the provider's subject": 'canary-subject-of-tax',
    }
    const bearer = {
      "the service's secret": secretOf('refunds'),
      'the wrong secret': wrongly,
      'the upstream secret': upstreamSecret,
      'the code': code,
      'the access token': signed.accessToken,
      'the id token': signed.rawIdToken,
      'the verifier of the service': tried.verifier,
      'the state of the service': tried.state,
      'the nonce of the service': tried.nonce,
      'the upstream code': back.url.searchParams.get('code') ?? '',
      'the upstream state': back.url.searchParams.get('state') ?? '',
      'the upstream nonce': asked.get('nonce') ?? '',
      'the upstream verifier': upstream.body.get('code_verifier') ?? '',
      'the upstream access token': String(answered.access_token),
      'the upstream id token': String(answered.id_token),
      'the signature of the upstream id token': String(answered.id_token).split('.')[2] ?? '',
      'the verifier of a form': formTo(informed, /\/inform$/).fields.verifier ?? '',
      ...cookies,
    }
    const secrets = { ...person, ...bearer }

    assertAbsent(secrets, inspect(hub.logged, { depth: 12, maxStringLength: null, maxArrayLength: null }), 'the log')
    const lines: string[] = []
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    })
    const log = createLog({ destination })
    for (const { level, message, inside } of hub.logged) log[level as 'info' | 'warn' | 'error'](message, inside)
    assert.equal(lines.length, hub.logged.length)
    assertAbsent(secrets, lines.join(''), 'the log as it is written')

    await hub.audit.sealNow()
    const tables = await dump(hub)
    const held = ['facts', 'connections', 'people', 'links', 'sessions', 'state', 'messages', 'outbox']
    for (const table of held) assert.ok(tables.get(`public.${table}`) !== undefined, `${table} was looked at`)
    for (const table of ['facts', 'connections', 'people', 'links', 'sessions', 'state', 'messages']) {
      assert.notEqual(tables.get(`public.${table}`), '', `${table} holds something`)
    }
    for (const [table, rows] of tables) assertAbsent(secrets, rows, `the table ${table}`)
    assertAbsent(secrets, readFileSync(hub.boot.settings.journal.headsFile, 'utf8'), 'the file of heads')
    assertAbsent({ address: '127.0.0.1' }, tables.get('public.facts') ?? '', 'the journal')

    // The person next door, at the same hub.
    const stranger = new UserAgent({ language: 'en' })
    tax.next = {
      ...tax.next,
      subject: 'somebody else',
      claims: {
        ...canary,
        family_name: 'Autre',
        given_name: 'Paul',
        preferred_username: 'Autre',
        birthdate: '1970-01-02',
        email: 'paul@mail.example',
      },
    }
    const pages: Answer[] = []
    const theirs = await attempt(justice)
    pages.push(await stranger.open(theirs.url))
    pages.push(await choose(stranger, justice, pages[0] as Answer, 'tax'))
    const given = await redeem(justice, { attempt: theirs, page: await goOn(stranger, justice, pages[1] as Answer) })
    tax.next = { ...tax.next, subject: 'canary-subject-of-tax', claims: canary }
    assertAbsent(
      secrets,
      JSON.stringify([pages.map(({ body, headers }) => [body, headers]), given]),
      "a stranger's pages",
    )
    const mails = hub.smtp.mails.filter(({ to }) => !to.includes(String(canary.email)))
    assertAbsent(secrets, JSON.stringify(mails), "a stranger's mail")
  })

  test('the hunt finds what is there: the words that a table may hold are found in it', async () => {
    const tables = await dump(hub)
    assert.throws(
      () => assertAbsent({ 'an issuer': tax.issuer }, tables.get('public.partner_versions') ?? '', 'x'),
      /an issuer is in x/,
    )
    const hidden = Buffer.from('canary in bytes').toString('hex')
    assert.throws(() => assertAbsent({ bytes: 'canary in bytes' }, `(1,"\\\\x00${hidden}00")`, 'x'), /bytes is in x/)
  })

  test('the service learns nothing of the provider', async () => {
    const browser = new UserAgent({ language: 'en' })
    const [byTax, byPost] = [await walked(browser, 'tax'), await walked(new UserAgent({ language: 'en' }), 'post')]
    for (const { text } of [byTax, byPost]) {
      for (const word of ['tax', 'post', tax.issuer, post.issuer, new URL(tax.issuer).port, 'canary-subject']) {
        assert.doesNotMatch(text.replaceAll(hub.issuer, ''), new RegExp(`\\b${word}\\b`), `the service reads ${word}`)
      }
    }
    assert.deepEqual(byTax.members, byPost.members, 'and cannot tell two providers by what is said')
    assert.equal(byTax.sub, byPost.sub)
  })

  /** All that reaches the service in one login. */
  async function walked(browser: UserAgent, provider: string) {
    const tried = await attempt(refunds)
    const page = await browser.open(tried.url, at(refunds))
    const back = await goOn(browser, refunds, await choose(browser, refunds, page, provider))
    const { idToken, rawIdToken, userinfo } = await redeem(refunds, { attempt: tried, page: back })
    const text = JSON.stringify([[...back.url.searchParams.keys()], idToken, decodeJwt(rawIdToken), userinfo])
    const members = [...Object.keys(idToken), ...Object.keys(userinfo), ...back.url.searchParams.keys()].sort()
    return { text, members, sub: idToken.sub }
  }

  test('the provider learns nothing of the service: what it is asked is the same for all', async () => {
    const asked = async (party: RelyingParty) => {
      const count = post.requests.length
      const done = await signIn(new UserAgent({ language: 'en' }), party, 'post')
      return { done, requests: post.requests.slice(count) }
    }
    const [one, other] = [await asked(refunds), await asked(justice)]
    assert.deepEqual(
      one.requests.map(({ endpoint }) => endpoint),
      ['authorize', 'token', 'userinfo'],
    )
    const secret = new Set([
      'state',
      'nonce',
      'code_challenge',
      'code',
      'code_verifier',
      'authorization',
      'cookie',
      'content-length',
    ])
    const shape = ({ method, url, headers, body }: (typeof one.requests)[number]) => ({
      method,
      path: url.pathname,
      query: [...url.searchParams].filter(([name]) => !secret.has(name)),
      body: [...body].filter(([name]) => !secret.has(name)),
      headers: Object.entries(headers).filter(([name]) => !secret.has(name)),
    })
    assert.deepEqual(one.requests.map(shape), other.requests.map(shape))
    for (const { requests, done } of [one, other]) {
      const text = inspect(
        requests.map(({ url, headers, body }) => [url.href, headers, body.toString()]),
        { depth: 6, maxStringLength: null },
      )
      for (const word of ['refunds', 'justice', 'localhost:1/', done.idToken.sub, String(done.idToken.nonce)]) {
        assert.ok(!text.includes(word), `the provider reads ${word}`)
      }
      for (const { headers } of requests) assert.equal(headers.referer, undefined)
    }
  })

  test('a page tells the next site nothing: no referrer, no frame, no picture from elsewhere', async () => {
    const browser = new UserAgent({ language: 'en' })
    const page = await browser.open((await attempt(refunds)).url)
    assert.equal(page.headers['referrer-policy'], 'same-origin')
    assert.match(String(page.headers['content-security-policy']), /default-src 'none'.*frame-ancestors 'none'/)
    const outside = [...page.body.matchAll(/\b(?:src|href|action)="([^"]*)"/g)].map(
      ([, to = '']) => new URL(to, hub.issuer),
    )
    assert.deepEqual(
      outside.filter(({ origin }) => origin !== hub.issuer).map(({ href }) => href),
      [],
    )
  })

  test('R015: the subject of a person is the same over the years, and in no table beside its own', async () => {
    const first = await signIn(new UserAgent(), refunds, 'tax')
    assert.equal(first.userinfo.sub, first.idToken.sub)
    clock.advance(400 * day)
    const later = await signIn(new UserAgent(), refunds, 'tax')
    assert.equal(later.idToken.sub, first.idToken.sub)
    const holding = [...(await dump(hub))].flatMap(([table, rows]) => (rows.includes(first.idToken.sub) ? [table] : []))
    assert.deepEqual(holding, ['public.subjects'], 'who copies the ledger cannot join it to the users of a service')
    const [connection] = (await factsOf(hub, 'connection.authorised')).slice(-1)
    assert.ok(
      connection?.person && connection.provider && connection.level && connection.service,
      'R080: who, whom, how',
    )
  })

  /** What is over may be swept meanwhile: the clock of this hub was moved far. */
  async function assertNothingAdded(before: Awaited<ReturnType<typeof tally>>): Promise<void> {
    const now = Object.entries(await tally(hub))
    assert.deepEqual(
      now.filter(([table, count]) => count > before[table as keyof typeof before]),
      [],
    )
  }

  describe('every address of the hub', () => {
    /** Who may call it, and, where it names something of somebody, what a stranger and an anonymous one get. */
    const addresses: Record<string, string> = {
      'GET /': 'public',
      'GET /favicon.ico': 'public',
      'GET /livez': 'public',
      'GET /readyz': 'public',
      'GET /jwks': 'public',
      'GET /trial/:service/:key/.well-known/openid-configuration': 'public',
      'GET /trial/:service/:key/jwks': 'public',
      'GET /trial/:service/:key/authorize': 'public',
      'POST /trial/:service/:key/authorize': 'public',
      'GET /trial/:service/:key/logout': 'public',
      'POST /trial/:service/:key/logout': 'public',
      'POST /trial/:service/:key/token': 'client',
      'POST /trial/:service/:key/introspect': 'client',
      'POST /trial/:service/:key/revoke': 'client',
      'GET /trial/:service/:key/userinfo': 'token',
      'POST /trial/:service/:key/userinfo': 'token',
      'GET /.well-known/openid-configuration': 'public',
      'GET /.well-known/oauth-authorization-server/api/v1': 'public',
      'GET /.well-known/oauth-protected-resource/api/v1': 'public',
      'GET /api/v1/openapi.json': 'public',
      'GET /api/v1/problems/:problem': 'public',
      'POST /api/v1/token': 'client',
      'GET /.well-known/ssf-configuration': 'public',
      'GET /ssf/stream': 'program',
      'POST /ssf/stream': 'program',
      'PATCH /ssf/stream': 'program',
      'PUT /ssf/stream': 'program',
      'DELETE /ssf/stream': 'program',
      'GET /ssf/status': 'program',
      'POST /ssf/status': 'program',
      'POST /ssf/subjects/add': 'program',
      'POST /ssf/subjects/remove': 'program',
      'POST /ssf/verify': 'program',
      'POST /ssf/poll/:stream': 'program',
      'GET /ssf/sources': 'program',
      'POST /ssf/sources': 'program',
      'GET /ssf/sources/:source': 'program',
      'PUT /ssf/sources/:source': 'program',
      'DELETE /ssf/sources/:source': 'program',
      // Whoever shows no secret is told that, or that there is nothing here.
      'POST /ssf/receive/:source': 'client',
      // The app: whoever signs nothing is told that this is no message.
      'GET /.well-known/garant-eid': 'public',
      'POST /eid/v1/pairing': 'public',
      'POST /eid/v1/renewal': 'public',
      'POST /eid/v1/pairing/attestation': 'public',
      'POST /eid/v1/pairing/card': 'public',
      'POST /eid/v1/pairing/biometrics': 'public',
      'POST /eid/v1/phone': 'public',
      'POST /eid/v1/phone/name': 'public',
      'POST /eid/v1/phone/approvals': 'public',
      'POST /eid/v1/phone/end': 'public',
      'POST /eid/v1/request/scan': 'public',
      'POST /eid/v1/request/state': 'public',
      'POST /eid/v1/request/number': 'public',
      'POST /eid/v1/request/text': 'public',
      'POST /eid/v1/request/card': 'public',
      'POST /eid/v1/request/biometrics': 'public',
      'POST /eid/v1/request/approval': 'public',
      'POST /eid/v1/request/decline': 'public',
      'GET /.well-known/security.txt': 'public',
      'GET /disclosure': 'public',
      // Explanations, and a form; nothing of anybody.
      'GET /help': 'public',
      'GET /help/:audience': 'public',
      'GET /help/errors': 'public',
      'GET /help/errors/:code': 'public',
      'GET /help/ask': 'public',
      'POST /help/ask': 'public',
      'GET /help/ask/sent': 'public',
      'GET /accessibility': 'public',
      'GET /error': 'public',
      'GET /providers/:provider/logo': 'public',
      'GET /authorize': 'public',
      'POST /authorize': 'public',
      'GET /logout': 'public',
      'POST /logout': 'public',
      'GET /logout/return': 'public',
      'POST /logout/confirm': 'session',
      'POST /token': 'client',
      'POST /introspect': 'client',
      'POST /revoke': 'client',
      'GET /userinfo': 'token',
      'POST /userinfo': 'token',
      'GET /authorize/:flow': 'flow',
      'GET /login/:flow': 'flow',
      'POST /login/:flow/choose': 'flow',
      'POST /login/:flow/join': 'flow',
      'POST /login/:flow/principal': 'flow',
      'POST /login/:flow/inform': 'flow',
      'POST /login/:flow/cancel': 'flow',
      'GET /login/:flow/back': 'flow',
      'GET /login/:flow/again': 'flow',
      'GET /login/:flow/other': 'flow',
      'GET /callback/:provider': 'flow',
      'GET /card/over': 'public',
      'GET /card/:state': 'flow',
      'GET /card/:state/read': 'flow',
      'GET /card/:state/done': 'flow',
      'POST /card/:state/sign': 'flow',
      'GET /card/:state/password': 'flow',
      'POST /card/:state/password': 'flow',
      // What a camera opens that is no app: how to open the app.
      'GET /eid/q/:code': 'public',
      'GET /eid/:state': 'flow',
      'GET /eid/:state/events': 'flow',
      'GET /eid/:state/open': 'flow',
      'GET /eid/:state/return': 'flow',
      'GET /eid/:state/leave': 'flow',
      'GET /eid/:state/confirm': 'flow',
      'POST /eid/:state/confirm': 'flow',
      'GET /eid/:state/again': 'flow',
      'POST /eid/:state/again': 'flow',
      'GET /sign/app/:state': 'flow',
      'GET /sign/app/:state/events': 'flow',
      'GET /sign/app/:state/open': 'flow',
      'GET /sign/app/:state/return': 'flow',
      'GET /sign/app/:state/leave': 'flow',
      'GET /sign/app/:state/confirm': 'flow',
      'POST /sign/app/:state/confirm': 'flow',
      'GET /sign/app/:state/again': 'flow',
      'POST /sign/app/:state/again': 'flow',
      'GET /stand-in/:state': 'flow',
      'GET /stand-in/:state/again': 'flow',
      'GET /stand-in/:state/send': 'flow',
      'POST /stand-in/:state/send': 'flow',
      'GET /stand-in/:state/code': 'flow',
      'POST /stand-in/:state/code': 'flow',
      'GET /stand-in/card/:state': 'flow',
      'GET /stand-in/card/:state/read': 'flow',
      'GET /stand-in/card/:state/done': 'flow',
      'POST /stand-in/card/:state/sign': 'flow',
      'GET /stand-in/phone/:state': 'flow',
      'GET /stand-in/phone/:state/events': 'flow',
      'GET /stand-in/phone/:state/open': 'flow',
      'GET /stand-in/phone/:state/return': 'flow',
      'GET /stand-in/phone/:state/leave': 'flow',
      'POST /stand-in/phone/:state/confirm': 'flow',
      'GET /stand-in/phone/:state/confirm': 'flow',
      'POST /stand-in/phone/:state/again': 'flow',
      'GET /stand-in/phone/:state/again': 'flow',
      'GET /means/sign-in/:state': 'flow',
      'GET /means/sign-in/:state/second': 'flow',
      'GET /means/sign-in/:state/password': 'flow',
      'POST /means/sign-in/:state/password': 'flow',
      'GET /means/sign-in/:state/check': 'flow',
      'POST /means/sign-in/:state/check': 'flow',
      'GET /means/sign-in/:state/passkey': 'flow',
      'POST /means/sign-in/:state/passkey': 'flow',
      'GET /means/sign-in/:state/send': 'flow',
      'POST /means/sign-in/:state/send': 'flow',
      'POST /means/sign-in/:state/second': 'flow',
      'GET /means/lost': 'public',
      'GET /means/reset': 'public',
      'POST /means/reset': 'public',
      'GET /means/reset/code': 'public',
      'POST /means/reset/code': 'public',
      'GET /means/unlock': 'public',
      'POST /means/unlock': 'public',
      // Public keys, by which receipts are verified.
      'GET /journal/keys': 'public',
      'GET /space': 'session',
      'GET /space/history': 'session',
      'GET /space/history.csv': 'session',
      'GET /space/history.json': 'session',
      'GET /space/history/:reference': 'session',
      'GET /space/history/:reference/receipt.json': 'session',
      'POST /space/stay': 'session',
      'GET /space/protection': 'session',
      'GET /space/protection/accounts': 'session',
      'GET /space/protection/freeze': 'session',
      'POST /space/protection/freeze': 'session',
      'GET /space/protection/thaw': 'session',
      'POST /space/protection/thaw': 'session',
      'GET /space/protection/thaw/stop': 'session',
      'POST /space/protection/thaw/stop': 'session',
      'GET /space/protection/block/:provider': 'session',
      'POST /space/protection/block/:provider': 'session',
      'GET /space/protection/unblock/:provider': 'session',
      'POST /space/protection/unblock/:provider': 'session',
      'GET /space/protection/new-accounts/block': 'session',
      'POST /space/protection/new-accounts/block': 'session',
      'GET /space/protection/new-accounts/unblock': 'session',
      'POST /space/protection/new-accounts/unblock': 'session',
      'GET /space/phones': 'session',
      'GET /space/phones/:phone/name': 'session',
      'POST /space/phones/:phone/name': 'session',
      'GET /space/phones/:phone/end': 'session',
      'POST /space/phones/:phone/end': 'session',
      'GET /space/trips': 'session',
      'GET /space/trips/new': 'session',
      'POST /space/trips/new': 'session',
      'GET /space/trips/new/:country/:login/:verifier': 'session',
      'GET /space/trips/:trip/withdraw': 'session',
      'POST /space/trips/:trip/withdraw': 'session',
      'GET /mandates': 'public',
      'GET /firm': 'session',
      'GET /firm/open/:organisation': 'session',
      'POST /firm/open/:organisation': 'session',
      'GET /firm/join/:token': 'session',
      'POST /firm/join/:token': 'session',
      'GET /firm/:firm': 'session',
      'GET /firm/:firm/leave': 'session',
      'POST /firm/:firm/leave': 'session',
      'GET /firm/:firm/members': 'session',
      'GET /firm/:firm/invite': 'session',
      'POST /firm/:firm/invite': 'session',
      'POST /firm/:firm/invitations/:invitation/withdraw': 'session',
      'GET /firm/:firm/members/:membership': 'session',
      'GET /firm/:firm/members/:membership/confirm': 'session',
      'POST /firm/:firm/members/:membership/confirm': 'session',
      'GET /firm/:firm/members/:membership/role': 'session',
      'POST /firm/:firm/members/:membership/role': 'session',
      'GET /firm/:firm/members/:membership/remove': 'session',
      'POST /firm/:firm/members/:membership/remove': 'session',
      'GET /firm/:firm/clients': 'session',
      'GET /firm/:firm/clients/:principal': 'session',
      'POST /firm/:firm/clients/:principal/portfolio': 'session',
      'GET /firm/:firm/assign': 'session',
      'POST /firm/:firm/assign': 'session',
      'POST /firm/:firm/assignments/:assignment/end': 'session',
      'GET /firm/:firm/portfolios': 'session',
      'POST /firm/:firm/portfolios': 'session',
      'GET /firm/:firm/portfolios/:portfolio': 'session',
      'POST /firm/:firm/portfolios/:portfolio': 'session',
      'GET /firm/:firm/portfolios/:portfolio/remove': 'session',
      'POST /firm/:firm/portfolios/:portfolio/remove': 'session',
      'GET /firm/:firm/import': 'session',
      'POST /firm/:firm/import': 'session',
      'GET /firm/:firm/import/:import': 'session',
      'POST /firm/:firm/import/:import': 'session',
      'GET /firm/:firm/import/:import/result.csv': 'session',
      'GET /space/mandates': 'session',
      'GET /space/mandates/held': 'session',
      'GET /space/mandates/organisations/:organisation': 'session',
      'GET /space/mandates/organisations/:organisation/uses': 'session',
      'GET /space/mandates/organisations/:organisation/uses.csv': 'session',
      'GET /space/mandates/organisations/:organisation/uses.json': 'session',
      'GET /space/mandates/organisations/:organisation/new': 'session',
      'POST /space/mandates/organisations/:organisation/new': 'session',
      'GET /space/mandates/propose': 'session',
      'POST /space/mandates/propose': 'session',
      'GET /space/mandates/code': 'session',
      'POST /space/mandates/code': 'session',
      'GET /space/mandates/:mandate': 'session',
      'GET /space/mandates/:mandate/amend': 'session',
      'POST /space/mandates/:mandate/amend': 'session',
      'GET /space/mandates/:mandate/renew': 'session',
      'POST /space/mandates/:mandate/renew': 'session',
      'GET /space/mandates/:mandate/delegate': 'session',
      'POST /space/mandates/:mandate/delegate': 'session',
      'GET /space/mandates/:mandate/text': 'session',
      'POST /space/mandates/:mandate/text': 'session',
      'GET /space/mandates/:mandate/uses': 'session',
      'GET /space/mandates/:mandate/uses.csv': 'session',
      'GET /space/mandates/:mandate/uses.json': 'session',
      'GET /space/mandates/:mandate/evidence': 'session',
      'GET /space/mandates/:mandate/archive': 'session',
      'GET /space/mandates/:mandate/withdraw': 'session',
      'POST /space/mandates/:mandate/withdraw': 'session',
      'GET /space/mandates/:mandate/refuse': 'session',
      'POST /space/mandates/:mandate/refuse': 'session',
      'GET /space/mandates/:mandate/suspend': 'session',
      'POST /space/mandates/:mandate/suspend': 'session',
      'GET /space/mandates/:mandate/resume': 'session',
      'POST /space/mandates/:mandate/resume': 'session',
      'GET /space/mandates/:mandate/revoke': 'session',
      'POST /space/mandates/:mandate/revoke': 'session',
      'GET /space/mandates/:mandate/renounce': 'session',
      'POST /space/mandates/:mandate/renounce': 'session',
      'GET /space/sessions': 'session',
      'GET /space/sessions/:session/end': 'session',
      'POST /space/sessions/:session/end': 'session',
      'GET /space/sessions/others': 'session',
      'POST /space/sessions/others': 'session',
      'GET /space/sessions/everywhere': 'session',
      'POST /space/sessions/everywhere': 'session',
      'GET /space/devices/:device/name': 'session',
      'POST /space/devices/:device/name': 'session',
      'GET /space/devices/:device/forget': 'session',
      'POST /space/devices/:device/forget': 'session',
      'GET /space/data': 'session',
      'GET /space/data/export': 'session',
      'GET /space/data/erase': 'session',
      'GET /space/data/erase/confirm': 'session',
      'POST /space/data/erase/confirm': 'session',
      'GET /sign/:signing': 'session',
      'POST /sign/:signing/card': 'session',
      'POST /sign/:signing/passkey': 'session',
      'POST /sign/:signing/decline': 'session',
      'GET /means': 'session',
      'POST /means/account': 'session',
      'GET /means/:means/rename': 'session',
      'POST /means/:means/rename': 'session',
      'GET /means/:means/suspend': 'session',
      'POST /means/:means/suspend': 'session',
      'GET /means/:means/resume': 'session',
      'POST /means/:means/resume': 'session',
      'GET /means/:means/revoke': 'session',
      'POST /means/:means/revoke': 'session',
      'GET /means/add/passkey': 'session',
      'POST /means/add/passkey': 'session',
      'GET /means/add/totp': 'session',
      'POST /means/add/totp': 'session',
      'GET /means/add/totp/:means': 'session',
      'POST /means/add/totp/:means': 'session',
      'GET /means/add/password': 'session',
      'POST /means/add/password': 'session',
      'GET /means/add/recovery-codes': 'session',
      'POST /means/add/recovery-codes': 'session',
      'GET /means/add/phone': 'session',
      'POST /means/add/phone': 'session',
      'GET /means/add/phone/:means': 'session',
      'POST /means/add/phone/:means': 'session',
      'GET /means/add/mailbox': 'session',
      'POST /means/add/mailbox': 'session',
      'GET /means/recovery-codes': 'session',
      'GET /means/account': 'session',
      'GET /means/add/phone/:means/again': 'session',
      'POST /means/add/phone/:means/again': 'session',
      'GET /means/alerts': 'public',
      'GET /message': 'public',
      'POST /message': 'public',
      'GET /space/messages': 'session',
      'GET /space/messages/find': 'session',
      'POST /space/messages/find': 'session',
      'GET /space/messages/:message': 'session',
      'GET /space/alerts': 'session',
      'GET /space/alerts/change': 'session',
      'POST /space/alerts/change': 'session',
      'GET /means/contacts': 'session',
      'GET /means/contacts/add': 'session',
      'POST /means/contacts/add': 'session',
      'GET /means/contacts/:contact/verify': 'session',
      'POST /means/contacts/:contact/verify': 'session',
      'GET /means/contacts/:contact/verify/again': 'session',
      'POST /means/contacts/:contact/verify/again': 'session',
      'GET /means/contacts/:contact/confirm': 'session',
      'POST /means/contacts/:contact/confirm': 'session',
      'GET /means/contacts/:contact/remove': 'session',
      'POST /means/contacts/:contact/remove': 'session',
      // The code of a message ends one session; the answer says nothing of whose.
      'GET /not-me': 'public',
      'POST /not-me': 'public',
      'GET /space/not-me': 'session',
      'GET /space/not-me/:reference': 'session',
      'POST /space/not-me/:reference': 'session',
      'GET /space/cases': 'session',
      'GET /space/cases/report': 'session',
      'POST /space/cases/report': 'session',
      'GET /space/cases/:reference': 'session',
      'POST /space/cases/:reference': 'session',
      // A report without signing in: what is typed waits for that browser alone, and the answer says nothing of whom.
      'GET /report': 'public',
      'POST /report/leave': 'public',
      'GET /report/:step': 'public',
      'POST /report/:step': 'public',
      'GET /report/sent': 'public',
      'GET /report/sent/print': 'public',
      'GET /report/follow': 'public',
      'POST /report/follow': 'public',
      // Which providers work; nothing of anybody.
      'GET /incidents': 'public',
      'GET /incidents/:reference': 'public',
      'GET /status': 'public',
      'GET /status/history': 'public',
      'GET /status/providers.json': 'public',
      // Whoever is signed in goes on, the others to a choice of accounts; it tells neither who.
      'GET /sign-in': 'public',
      'GET /sign-in/:flow': 'flow',
      'GET /operators/sign-in': 'public',
      'POST /operators/sign-in': 'public',
      'GET /operators/join/:token': 'public',
      'POST /operators/join/:token': 'public',
      'GET /desk/sign-in': 'public',
      'POST /desk/sign-in': 'public',
      'GET /desk/join/:token': 'public',
      'POST /desk/join/:token': 'public',
      // Which roles: the tests of the desk.
      'POST /desk/sign-out': 'staff',
      'GET /desk': 'staff',
      'GET /desk/trials/services/:id': 'staff',
      'POST /desk/trials/services/:id': 'staff',
      'POST /desk/trials/services/:id/end': 'staff',
      'POST /desk/trials/services/:id/logout': 'staff',
      'GET /desk/trials/providers/:id': 'staff',
      'POST /desk/trials/providers/:id': 'staff',
      'GET /desk/providers/:provider': 'staff',
      'GET /desk/providers/:provider/suspend': 'staff',
      'POST /desk/providers/:provider/suspend': 'staff',
      'GET /desk/providers/:provider/suspensions/:suspension': 'staff',
      'POST /desk/providers/:provider/suspensions/:suspension': 'staff',
      'POST /desk/providers/:provider/suspensions/:suspension/lift': 'staff',
      // Which roles: the tests of the console.
      'POST /operators/sign-out': 'operator',
      'GET /console': 'operator',
      'GET /console/trials/services/:id': 'operator',
      'POST /console/trials/services/:id': 'operator',
      'POST /console/trials/services/:id/end': 'operator',
      'POST /console/trials/services/:id/logout': 'operator',
      'GET /console/trials/providers/:id': 'operator',
      'POST /console/trials/providers/:id': 'operator',
      'GET /console/means': 'operator',
      'GET /console/means.csv': 'operator',
      'GET /console/means.json': 'operator',
      'GET /console/means/homologate': 'operator',
      'POST /console/means/homologate': 'operator',
      'GET /console/means/declare': 'operator',
      'POST /console/means/declare': 'operator',
      'POST /console/means/withdraw': 'operator',
      'GET /console/organisations': 'operator',
      'GET /console/organisations/:organisation': 'operator',
      'GET /console/organisations/:organisation/representatives': 'operator',
      'POST /console/organisations/:organisation/representatives': 'operator',
      'GET /console/organisations/:organisation/representatives/:representation/withdraw': 'operator',
      'POST /console/organisations/:organisation/representatives/:representation/withdraw': 'operator',
      'GET /console/mandates': 'operator',
      'GET /console/mandates/statistics': 'operator',
      'GET /console/mandates/:mandate': 'operator',
      'POST /console/mandates/:mandate/suspend': 'operator',
      'POST /console/mandates/:mandate/resume': 'operator',
      'POST /console/mandates/:mandate/end': 'operator',
      'GET /console/people': 'operator',
      'POST /console/people': 'operator',
      'GET /console/people/:person': 'operator',
      'POST /console/people/:person/means/:means': 'operator',
      'POST /console/people/:person/phones/:phone': 'operator',
      'POST /console/people/:person/unlock': 'operator',
      'GET /console/protection': 'operator',
      'POST /console/protection': 'operator',
      'GET /console/people/:person/protection': 'operator',
      'POST /console/people/:person/protection/freeze': 'operator',
      'POST /console/people/:person/protection/thaw': 'operator',
      'GET /console/banners': 'operator',
      'GET /console/banners/:banner': 'operator',
      'POST /console/banners/:banner': 'operator',
      'POST /console/banners/:banner/withdraw': 'operator',
      'GET /console/banners/new': 'operator',
      'POST /console/banners/new': 'operator',
      'GET /console/collisions': 'operator',
      'GET /console/collisions/:collision': 'operator',
      'GET /console/collisions/:collision/decision': 'operator',
      'POST /console/collisions/:collision/decision': 'operator',
      'GET /console/enrolments': 'operator',
      'GET /console/enrolments/drafts': 'operator',
      'POST /console/enrolments/drafts': 'operator',
      'GET /console/enrolments/drafts/:draft': 'operator',
      'POST /console/enrolments/drafts/:draft': 'operator',
      'GET /console/enrolments/new': 'operator',
      'GET /console/enrolments/search': 'operator',
      'POST /console/enrolments/search': 'operator',
      'GET /console/detection': 'operator',
      'GET /console/detection/:rule': 'operator',
      'POST /console/detection/:rule': 'operator',
      'GET /console/breaches': 'operator',
      'GET /console/breaches.csv': 'operator',
      'GET /console/breaches.json': 'operator',
      'GET /console/breaches/new': 'operator',
      'POST /console/breaches/new': 'operator',
      'GET /console/breaches/:breach': 'operator',
      'GET /console/breaches/:breach/description': 'operator',
      'POST /console/breaches/:breach/description': 'operator',
      'GET /console/breaches/:breach/assessment': 'operator',
      'POST /console/breaches/:breach/assessment': 'operator',
      'GET /console/breaches/:breach/notification': 'operator',
      'POST /console/breaches/:breach/notification': 'operator',
      'GET /console/breaches/:breach/notification.txt': 'operator',
      'GET /console/breaches/:breach/notification.json': 'operator',
      'POST /console/breaches/:breach/people': 'operator',
      'POST /console/breaches/:breach/close': 'operator',
      'POST /console/breaches/:breach/reopen': 'operator',
      'GET /console/statements': 'operator',
      'GET /console/statements/new': 'operator',
      'POST /console/statements/new': 'operator',
      'GET /console/statements/:statement': 'operator',
      'POST /console/statements/:statement': 'operator',
      'GET /console/incidents': 'operator',
      'GET /console/incidents/:incident': 'operator',
      'POST /console/incidents/:incident': 'operator',
      'GET /console/cases': 'operator',
      'GET /console/cases/statistics': 'operator',
      'GET /console/cases/statistics.csv': 'operator',
      'GET /console/cases/means': 'operator',
      'GET /console/cases/:case': 'operator',
      'GET /console/cases/:case/evidence': 'operator',
      'GET /console/cases/:case/notify': 'operator',
      'POST /console/cases/:case/qualify': 'operator',
      'POST /console/cases/:case/notify': 'operator',
      'POST /console/cases/:case/conclude': 'operator',
      'POST /console/cases/:case/revise': 'operator',
      'POST /console/cases/:case/close': 'operator',
      'POST /console/cases/:case/note': 'operator',
      'GET /console/jobs': 'operator',
      'GET /console/jobs/:queue': 'operator',
      'POST /console/jobs/:queue': 'operator',
      'GET /console/support': 'operator',
      'GET /console/support/:request': 'operator',
      'POST /console/support/:request/answer': 'operator',
      'POST /console/support/:request/close': 'operator',
      'POST /console/support/:request/reopen': 'operator',
      'GET /console/journal': 'operator',
      'GET /console/journal.csv': 'operator',
      'GET /console/journal.json': 'operator',
      'GET /console/journal/:sequence': 'operator',
      'GET /console/journal/:sequence/proof.json': 'operator',
      'POST /console/means/undeclare': 'operator',
      'POST /console/people/:person/activation/withdraw': 'operator',
      'GET /console/people/:person/enrol': 'operator',
      'GET /console/people/:person/enrolments/:enrolment': 'operator',
      'GET /console/people/:person/enrolments/:enrolment/activation': 'operator',
      'POST /console/people/:person/enrolments/:enrolment/activation': 'operator',
      'GET /console/people/:person/identity': 'operator',
      'GET /console/providers': 'operator',
      'GET /console/providers/:provider': 'operator',
      'GET /console/providers/:provider/suspend': 'operator',
      'POST /console/providers/:provider/suspend': 'operator',
      'GET /console/providers/:provider/suspensions/:suspension': 'operator',
      'POST /console/providers/:provider/suspensions/:suspension': 'operator',
      'POST /console/providers/:provider/suspensions/:suspension/lift': 'operator',
      'POST /console/providers/:provider/visibility': 'operator',
      'GET /console/rehearsal': 'operator',
      'GET /console/settings': 'operator',
      'GET /console/settings/journal-keys.json': 'operator',
      'GET /console/settings/keys.json': 'operator',
      'GET /console/ways-in': 'operator',
      'GET /console/approvals': 'operator',
      'GET /console/approvals/:approval': 'operator',
      'POST /console/approvals/:approval/confirm': 'operator',
      'POST /console/approvals/:approval/decline': 'operator',
      'POST /console/approvals/:approval/withdraw': 'operator',
      'GET /console/keys': 'operator',
      'POST /console/keys': 'operator',
      'GET /console/operators': 'operator',
      'POST /console/operators': 'operator',
      'GET /console/programs': 'operator',
      'POST /console/programs': 'operator',
      'GET /console/programs/:program': 'operator',
      'POST /console/programs/:program/keys': 'operator',
      'POST /console/programs/:program/scopes': 'operator',
      'POST /console/programs/:program/remove': 'operator',
      'GET /console/partners': 'operator',
      'GET /console/partners/:partner': 'operator',
      'GET /console/partners/:partner/draft': 'operator',
      'POST /console/partners/:partner/draft': 'operator',
      'POST /console/partners/:partner/staff': 'operator',
      'POST /console/partners/:partner/staff/:staff': 'operator',
      'GET /console/partners/:partner/versions/:number': 'operator',
      'POST /console/partners/:partner/versions/:number': 'operator',
      'GET /console/providers/:provider/draft': 'operator',
      'POST /console/providers/:provider/draft': 'operator',
      'GET /console/providers/:provider/versions/:number': 'operator',
      'POST /console/providers/:provider/versions/:number': 'operator',
      'GET /console/services': 'operator',
      'GET /console/services/:service': 'operator',
      'GET /console/services/:service/draft': 'operator',
      'POST /console/services/:service/draft': 'operator',
      'POST /console/services/:service/scopes': 'operator',
      'POST /console/services/:service/secret': 'operator',
      'POST /console/services/:service/secret/end': 'operator',
      'GET /console/services/:service/versions/:number': 'operator',
      'POST /console/services/:service/versions/:number': 'operator',
      'GET /console/services/:service/withdraw': 'operator',
      'POST /console/services/:service/withdraw': 'operator',
      'GET /desk/cases': 'staff',
      'GET /desk/cases/:party': 'staff',
      'POST /desk/cases/:party': 'staff',
      'GET /desk/report': 'staff',
      'POST /desk/report': 'staff',
      'GET /desk/programs': 'staff',
      'POST /desk/programs': 'staff',
      'GET /desk/programs/:program': 'staff',
      'POST /desk/programs/:program/keys': 'staff',
      'POST /desk/programs/:program/remove': 'staff',
      'GET /desk/signals': 'staff',
      'POST /desk/signals/:stream/:set': 'staff',
      'GET /desk/colleagues': 'staff',
      'POST /desk/colleagues': 'staff',
      'GET /desk/colleagues/:staff': 'staff',
      'POST /desk/colleagues/:staff': 'staff',
      'POST /desk/colleagues/:staff/link': 'staff',
      'POST /desk/contact': 'staff',
      'GET /desk/figures': 'staff',
      'GET /desk/figures.csv': 'staff',
      'GET /desk/new-provider': 'staff',
      'POST /desk/new-provider': 'staff',
      'GET /desk/partner': 'staff',
      'GET /desk/partner/draft': 'staff',
      'POST /desk/partner/draft': 'staff',
      'POST /desk/partner/draft/open': 'staff',
      'POST /desk/partner/draft/discard': 'staff',
      'GET /desk/partner/draft/review': 'staff',
      'POST /desk/partner/draft/review': 'staff',
      'GET /desk/partner/versions': 'staff',
      'GET /desk/partner/versions/:number': 'staff',
      'POST /desk/partner/versions/:number': 'staff',
      'GET /desk/services/:service/withdraw': 'staff',
      'POST /desk/services/:service/withdraw': 'staff',
      'POST /desk/colleagues/:staff/roles': 'staff',
      'GET /desk/new-service': 'staff',
      'POST /desk/new-service': 'staff',
      'GET /desk/providers': 'staff',
      'GET /desk/providers/:provider/draft': 'staff',
      'POST /desk/providers/:provider/draft': 'staff',
      'POST /desk/providers/:provider/draft/discard': 'staff',
      'POST /desk/providers/:provider/draft/open': 'staff',
      'GET /desk/providers/:provider/draft/review': 'staff',
      'POST /desk/providers/:provider/draft/review': 'staff',
      'GET /desk/providers/:provider/versions': 'staff',
      'GET /desk/providers/:provider/versions/:number': 'staff',
      'POST /desk/providers/:provider/versions/:number': 'staff',
      'GET /desk/services': 'staff',
      'GET /desk/services/:service': 'staff',
      'GET /desk/services/:service/draft': 'staff',
      'POST /desk/services/:service/draft': 'staff',
      'POST /desk/services/:service/draft/discard': 'staff',
      'POST /desk/services/:service/draft/open': 'staff',
      'GET /desk/services/:service/draft/review': 'staff',
      'POST /desk/services/:service/draft/review': 'staff',
      'GET /desk/services/:service/integration': 'staff',
      'POST /desk/services/:service/secret': 'staff',
      'POST /desk/services/:service/secret/end': 'staff',
      'GET /desk/services/:service/versions': 'staff',
      'GET /desk/services/:service/versions/:number': 'staff',
      'POST /desk/services/:service/versions/:number': 'staff',
      'GET /means/:means/renew': 'session',
      'POST /means/:means/renew': 'session',
      'GET /means/activate': 'public',
      'POST /means/activate': 'public',
      'GET /means/activate/choose': 'activation',
      'GET /means/activate/done': 'public',
      'POST /means/activate/finish': 'activation',
      'GET /means/activate/passkey': 'activation',
      'POST /means/activate/passkey': 'activation',
      'GET /means/activate/password': 'activation',
      'POST /means/activate/password': 'activation',
      'GET /means/activate/totp': 'activation',
      'POST /means/activate/totp': 'activation',
      'GET /means/activate/totp/:means': 'activation',
      'POST /means/activate/totp/:means': 'activation',
    }

    test('R129: the inventory is complete: an address that is not in this list fails here', () => {
      const found = routesOf(hub.web.app.printRoutes({ commonPrefix: false }))
      // Of the admin API everything else needs a token with the scope of its declaration: `src/api/api.test.ts` tries each.
      const apart = found.filter(
        (route) => route.startsWith('GET /assets/') || / \/api\/v1\/(?!openapi|problems|token)/.test(route),
      )
      assert.deepEqual(
        found.filter((route) => !apart.includes(route)),
        Object.keys(addresses).sort(),
      )
    })

    test('R128: what is public tells an anonymous visitor nothing of anybody', async () => {
      const visitor = new UserAgent({ language: 'en' })
      const before = await tally(hub)
      for (const [route, access] of Object.entries(addresses)) {
        const [method, path = ''] = route.split(' ')
        if (access !== 'public' || method !== 'GET') continue
        const answer = await visitor.send({ url: new URL(path.replace(':provider', 'tax'), hub.issuer), site: 'none' })
        assert.ok(answer.status < 500, `${route}: ${answer.status}`)
        assertAbsent({ name: String(canary.family_name), address: String(canary.email) }, answer.body, route)
      }
      await assertNothingAdded(before)
    })

    test('R129: what is for who is signed in is shown to nobody else, and does nothing for them', async () => {
      const visitor = new UserAgent({ language: 'en' })
      for (const [route, access] of Object.entries(addresses)) {
        const [method, path = ''] = route.split(' ')
        // Leaving has nothing to refuse.
        if (access !== 'session' || path.startsWith('/logout')) continue
        const url = new URL(path, hub.issuer)
        const post = { method: 'POST' as const, body: 'verifier=x', origin: hub.issuer, site: 'same-origin' }
        const answer = await visitor.send({ url, ...(method === 'POST' ? post : { site: 'none' }) })
        // A page leads to a sign-in, which comes back to it; a form has done nothing.
        assert.equal(answer.status, method === 'POST' ? 401 : 303, route)
        if (method === 'GET') assert.match(answer.headers.location ?? '', /^\/login\/[\w-]+$/, route)
      }
    })

    test('R129: the pages of operators and of partners’ staff, and those behind a code of activation, open for nobody else', async () => {
      const signedIn = new UserAgent({ language: 'en' })
      await signIn(signedIn, refunds, 'tax')
      const before = await tally(hub)
      for (const [route, access] of Object.entries(addresses)) {
        if (!['operator', 'staff', 'activation'].includes(access)) continue
        const [method, pattern = ''] = route.split(' ')
        const url = new URL(pattern.replaceAll(/:\w+/g, 'tax'), hub.issuer)
        const post = { method: 'POST' as const, body: 'verifier=x', origin: hub.issuer, site: 'same-origin' }
        for (const browser of [signedIn, new UserAgent({ language: 'en' })]) {
          const answer = await browser.send({ url, ...(method === 'POST' ? post : { site: 'none' }) })
          assert.ok([303, 401, 403, 404, 410].includes(answer.status), `${route}: ${answer.status}`)
          if (answer.status === 303) {
            assert.match(
              answer.headers.location ?? '',
              /^\/(operators\/sign-in|desk\/sign-in|means\/activate)\b/,
              route,
            )
          }
          assert.ok(!answer.body.includes(String(canary.family_name)), route)
        }
      }
      await assertNothingAdded(before)
    })

    test('R129: what is for programs of partners opens for nobody without a token of theirs', async () => {
      for (const [route, access] of Object.entries(addresses)) {
        if (access !== 'program') continue
        const [method = '', path = ''] = route.split(' ')
        for (const authorization of [undefined, 'Bearer gat_nothing', `Bearer ${secretOf('refunds')}`]) {
          const headers = authorization ? { authorization } : {}
          const answer = await fetch(`${hub.issuer}${path.replaceAll(/:\w+/g, 'tax')}`, { method, headers })
          assert.equal(answer.status, 401, route)
          assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer /, route)
        }
      }
    })

    test('R129: a route that does not say who may call it stops the start', async () => {
      const web = await createWeb({
        issuer: 'http://localhost',
        trustedProxies: [],
        clock,
        log: { info() {}, warn() {}, error() {} },
        name: 'Garant',
        key: Buffer.alloc(32),
      })
      assert.throws(() => web.app.get('/new', async () => 'open to everyone'), /does not declare/)
      await web.app.close()
    })

    test('R128: an address that names a login answers its own browser only', async () => {
      const owner = new UserAgent({ language: 'en' })
      const page = await owner.open((await attempt(refunds)).url)
      const flow = loginOf(page).pathname.split('/')[2] ?? ''
      const { form, values } = tile(page, 'tax')
      const back = await owner.submit(page, form, values, (url) => url.pathname.startsWith('/callback/'))
      const informed = await owner.open(back.url)
      const verifier = formTo(informed, /\/inform$/).fields.verifier ?? ''
      const stranger = new UserAgent({ language: 'en' })
      await signIn(stranger, refunds, 'post')
      const before = await tally(hub)
      const named = Object.entries(addresses).filter(([, access]) => access === 'flow')
      for (const [route] of named) {
        const [method, pattern = ''] = route.split(' ')
        const path = pattern.replace(':flow', flow).replace(':state', `${flow}.state`).replace(':provider', 'tax')
        const url = new URL(path, hub.issuer)
        if (path.startsWith('/callback/')) url.search = back.url.search
        else if (method === 'GET') url.searchParams.set('v', verifier)
        const body = new URLSearchParams({ verifier, provider: 'tax', answer: 'alone' }).toString()
        const post = { method: 'POST' as const, body, origin: hub.issuer, site: 'same-origin' }
        for (const browser of [stranger, new UserAgent({ language: 'en' })]) {
          const answer = await browser.send({ url, ...(method === 'POST' ? post : { site: 'none' }) })
          assert.ok([401, 403, 404].includes(answer.status), `${route}: ${answer.status}`)
          assert.ok(!answer.body.includes(String(canary.family_name)), route)
          assert.equal(answer.headers.location, undefined, route)
        }
      }
      for (const unknown of [flow.slice(0, -1), `${flow}x`, '..%2f..', '%00', "' or 1=1", 'undefined']) {
        const answer = await owner.send({ url: new URL(`/login/${encodeURIComponent(unknown)}`, hub.issuer) })
        assert.ok([400, 403, 404].includes(answer.status), `${unknown}: ${answer.status}`)
      }
      await assertNothingAdded(before)
    })

    test('R128: a machine without the right credentials gets nothing, whatever it names', async () => {
      const { accessToken } = await signIn(new UserAgent(), refunds, 'tax')
      const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
      const ask = (path: string, authorization: string | undefined, body: Record<string, string> = {}) =>
        fetch(`${hub.issuer}${path}`, {
          method: 'POST',
          headers: authorization ? { authorization } : {},
          body: new URLSearchParams(body),
        })
      for (const path of ['/token', '/introspect', '/revoke']) {
        for (const authorization of [undefined, basic('refunds', 'wrong'), basic('nobody', secretOf('refunds'))]) {
          const response = await ask(path, authorization, {
            token: accessToken,
            grant_type: 'authorization_code',
            code: 'x',
          })
          assert.ok([400, 401].includes(response.status), `${path}: ${response.status}`)
          assert.match(await response.text(), /invalid_(client|request)/)
        }
      }
      const stranger = basic('justice', secretOf('justice'))
      const introspected = await ask('/introspect', stranger, { token: accessToken })
      assert.doesNotMatch(await introspected.text(), /"active":true|"sub"/)
      await ask('/revoke', stranger, { token: accessToken })
      const userinfo = (token?: string) =>
        fetch(`${hub.issuer}/userinfo`, token ? { headers: { authorization: `Bearer ${token}` } } : {})
      assert.equal((await userinfo()).status >= 400, true)
      assert.equal((await userinfo(`${accessToken}x`)).status, 401)
      assert.equal((await userinfo(accessToken)).status, 200, 'a stranger could not revoke it')
    })

    test('R128: what a logout keeps for its return is good once, and for its bearer only', async () => {
      const browser = new UserAgent({ language: 'en' })
      await signIn(browser, refunds, 'tax')
      const bye = 'http://localhost:1/bye'
      const asked = await browser.open(`${hub.issuer}/logout?client_id=refunds&post_logout_redirect_uri=${bye}`)
      const form = formTo(asked, /\/logout\/confirm$/)
      const back = await browser.submit(asked, form, { answer: 'yes' }, ({ pathname }) => pathname === '/logout/return')
      assert.equal((await browser.open(back.url, ({ href }) => href === bye)).url.href, bye)
      for (const state of [back.url.searchParams.get('state') ?? '', 'made-up', '']) {
        const page = await browser.open(`${hub.issuer}/logout/return?state=${state}`)
        assert.equal(page.status, 200)
        assert.ok(!linksOf(page).some(({ href }) => href.startsWith(bye)))
        assert.ok(textOf(page).includes(hub.web.translate('en')('out.title')))
      }
    })
  })
})
