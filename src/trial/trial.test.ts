/** Test logins on a whole hub, over HTTP: a site and a provider that are right, one of each for every fault, and who may. */
import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { after, before, describe, mock, test } from 'node:test'
import {
  CompactSign,
  type CryptoKey,
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from 'jose'
import { sql } from 'kysely'
import { PrivateKeyJwt } from 'openid-client'
import { mockProcessClock } from '../../test/support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { newOperator } from '../../test/support/operators.ts'
import { citizen, misbehaviours, startProvider, type Tamper, type TestProvider } from '../../test/support/provider.ts'
import { factsOf, tally } from '../../test/support/records.ts'
import { attempt, redeem, relyingParty } from '../../test/support/relying-party.ts'
import { routesOf } from '../../test/support/routes.ts'
import { newStaff, signInAtDesk, type TestStaff } from '../../test/support/staff.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { createTranslator } from '../http/messages.ts'
import { hour, minute } from '../kernel/durations.ts'
import { languages } from '../kernel/languages.ts'
import { staffRoles } from '../kernel/roles.ts'
import type { Editor, Subject } from '../partners/versions.ts'
import { fixOf } from './fixes.ts'
import { trialMessages } from './messages.ts'
import { trialOutcomes } from './pages.ts'
import { checkOf, providerChecks, providerLines } from './provider-checks.ts'
import { createRecords, mostPerHour, type ServiceTrial, trialLifetime } from './records.ts'
import { serviceChecks } from './service-checks.ts'
import { issuerPath } from './service-trial.ts'
import { trialPath } from './trial.ts'

const newsite: Subject = { kind: 'service', id: 'new-site' }
const idp: Subject = { kind: 'provider', id: 'new-idp' }
const asOperator: Editor = { hand: 'operators', actor: { kind: 'command' } }

describe('a test login', () => {
  let hub: TestHub
  let provider: TestProvider
  let tech: TestStaff
  let receiver: Receiver
  let secret: string
  let database: TestDatabase
  const clock = mockProcessClock({ mock })

  before(async () => {
    database = await createTestDatabase()
    hub = await startTestHub({ clock, database: database.location })
    provider = await startProvider({ id: 'new-idp', clock })
    receiver = await receive()
    const names = (name: string) => ({ fr: name, en: name, ar: name })
    await hub.publish([
      { id: 'works', name: names('Works'), services: [], providers: [] },
      { id: 'others', name: names('Others'), services: [theirs()], providers: [] },
    ])
    tech = await newStaff(hub, { partner: 'works', roles: ['technician'] })
    await draft(newsite, siteEntry())
    const made = await hub.partners.versions.rotateSecret('new-site', { seen: await editOf(newsite) }, asOperator)
    assert.equal(made.kind, 'made')
    secret = made.kind === 'made' ? made.secret : ''
    await draft(idp, idpEntry())
  })
  after(async () => {
    // What did not open keeps nothing else open.
    await hub?.close()
    await Promise.all([provider?.close(), receiver?.close()])
    await database?.drop()
    mock.timers.reset()
  })

  const at = (path: string) => new URL(path, hub.issuer)

  /** An hour on, so that the trials of before are not counted any more; whoever is idle so long signs in again. */
  async function later(): Promise<void> {
    clock.advance(hour)
    await signInAtDesk(hub, tech.agent, tech.authenticator)
  }

  /** What a trial must leave as it is: people, sessions, connections. And the facts of all that a login writes. */
  async function traces(): Promise<{ rows: object; facts: string[] }> {
    const { rows } = await sql<{ name: string }>`select name from facts order by sequence`.execute(hub.storage.db)
    const ofLogins = /^(?:trial|connection|person|contact|session|code|logout|provider|partners|login)\./
    return { rows: await tally(hub), facts: rows.map(({ name }) => name).filter((name) => ofLogins.test(name)) }
  }

  const oneMore = (before: { rows: object; facts: string[] }) => ({
    ...before,
    facts: [...before.facts, 'trial.begun'],
  })

  const theirs = () =>
    serviceEntry('theirs', {
      homepage: 'http://127.0.0.1:1/',
      redirectUris: ['http://127.0.0.1:1/callback'],
      postLogoutRedirectUris: [],
      sector: '127.0.0.1',
    })

  function siteEntry(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const { secrets: _, ...entry } = serviceEntry('new-site', {
      backchannelLogoutUri: receiver.address,
      scopes: ['openid', 'given_name', 'family_name'],
      justifications: {
        given_name: 'To greet people by their name on every page.',
        family_name: 'To print the name on the receipts of people.',
      },
      ...changes,
    })
    return entry
  }

  function idpEntry(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const { connector, ...entry } = providerEntry(provider, changes) as Record<string, Record<string, unknown>>
    const { clientSecret: _, ...rest } = connector ?? {}
    return { ...entry, connector: { ...rest, clientSecret: { kept: true } } }
  }

  async function editOf(subject: Subject): Promise<number> {
    return (await hub.partners.versions.draft(subject, asOperator))?.edit ?? assert.fail('no draft')
  }

  /** Saves a draft, whether or not there was one. */
  async function draft(subject: Subject, entry: Record<string, unknown>): Promise<void> {
    const { versions } = hub.partners
    await versions.open(subject, asOperator, { partner: 'works' })
    const clientSecret = subject.kind === 'provider' ? { clientSecret: 'a secret, with: signs & spaces % + ~' } : {}
    const saved = await versions.save(subject, { entry, edit: await editOf(subject), ...clientSecret }, asOperator)
    assert.equal(saved.kind, 'saved', JSON.stringify(saved))
    const look = await versions.look(subject, asOperator)
    assert.ok(look?.candidate, JSON.stringify(look?.faults))
  }

  const pageOf = (subject: Subject, agent = tech.agent) =>
    agent.open(at(trialPath('desk', { kind: subject.kind as 'service', id: subject.id })))

  /** What a page says of each check, by the names that this room gives them. */
  function linesIn(page: Answer, kind: 'service' | 'provider'): Record<string, string> {
    const t = createTranslator(trialMessages)('en')
    const checks: readonly string[] = kind === 'service' ? serviceChecks : providerChecks
    const named = new Map(checks.map((check) => [t(`trial.${kind}.check.${check}`), check]))
    const found = [...page.body.matchAll(/<h3>([^<]*)<\/h3>\s*<span class="standing[^"]*">([^<]*)</g)]
    return Object.fromEntries(
      found.flatMap(([, label = '', state]) => {
        const check = named.get(label.replaceAll('&#39;', "'"))
        return check ? [[check, String(state)]] : []
      }),
    )
  }

  const withState = (lines: Record<string, string>, state: string) =>
    Object.keys(lines).filter((check) => lines[check] === state)

  /** A new trial, in place of the one before; returns its issuer. */
  async function begin(): Promise<string> {
    const page = await pageOf(newsite)
    const next = await tech.agent.submit(page, formTo(page, /\/desk\/trials\/services\/new-site$/))
    return issuerIn(next)
  }

  function issuerIn(page: Answer): string {
    const [issuer] = /http:\/\/localhost:\d+\/trial\/new-site\/[\w-]+/.exec(page.body) ?? []
    return issuer ?? assert.fail(`no issuer on the page: ${textOf(page)}`)
  }

  // ── A service ─────────────────────────────────────────────────────────────────────────────────────────────────────

  test('R085: a site that is right signs in at the issuer of its trial, and every check passes', async () => {
    const before = await traces()
    const issuer = await begin()
    const party = await relyingParty({ issuer, clientId: 'new-site', secret, scope: 'openid given_name family_name' })
    const visitor = new UserAgent({ language: 'en' })
    const tried = await attempt(party)
    const held = await visitor.open(tried.url, isAtSite)
    assert.match(textOf(held), /as a fictional person.* Go on to localhost:1/, 'a browser goes on from a page of ours')
    const page = await goOn(visitor, held)
    const { idToken, rawIdToken, accessToken, userinfo } = await redeem(party, { attempt: tried, page })
    assert.equal(idToken.iss, issuer)
    assert.equal(idToken.acr, 'eidas1')
    assert.equal(userinfo.family_name, 'EXEMPLE-FICTIF')
    assert.equal(userinfo.birthdate, undefined, 'what was not asked does not come')

    const { end_session_endpoint } = party.config.serverMetadata()
    const left = new URL(String(end_session_endpoint))
    left.search = String(
      new URLSearchParams({
        id_token_hint: rawIdToken,
        post_logout_redirect_uri: 'http://localhost:1/bye',
        state: 'after',
      }),
    )
    const gone = await visitor.open(left)
    assert.ok(linksOf(gone).some(({ href }) => href === 'http://localhost:1/bye?state=after'))
    const byProgram = await fetch(left, { redirect: 'manual' })
    assert.equal(byProgram.headers.get('location'), 'http://localhost:1/bye?state=after')
    const [token = ''] = receiver.taken
    const keys = (await (await fetch(String(party.config.serverMetadata().jwks_uri))).json()) as JSONWebKeySet
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), { issuer, audience: 'new-site' })
    assert.equal(payload.sub, idToken.sub)
    assert.equal(decodeProtectedHeader(token).typ, 'logout+jwt')

    const lines = linesIn(await pageOf(newsite), 'service')
    assert.deepEqual(withState(lines, 'Passed'), [...serviceChecks])
    assert.deepEqual(await traces(), oneMore(before))

    // What a trial gave opens nothing of the hub.
    const real = await fetch(at('/userinfo'), { headers: { authorization: `Bearer ${accessToken}` } })
    assert.equal(real.status, 401)
    const basic = `Basic ${Buffer.from(`theirs:${secretOf('theirs')}`).toString('base64')}`
    const asked = {
      method: 'POST',
      body: new URLSearchParams({ token: accessToken }),
      headers: { authorization: basic },
    }
    assert.deepEqual(await (await fetch(at('/introspect'), asked)).json(), { active: false })
    const hinted = await visitor.open(at(`/logout?id_token_hint=${rawIdToken}`))
    assert.equal(hinted.status, 400)
    const own = await (await fetch(at('/jwks'))).json()
    await assert.rejects(jwtVerify(rawIdToken, createLocalJWKSet(own as JSONWebKeySet)))
    // The draft is no service of the hub yet.
    const early = await fetch(at('/token'), {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'x',
        redirect_uri: 'http://localhost:1/callback',
      }),
      headers: { authorization: `Basic ${Buffer.from(`new-site:${secret}`).toString('base64')}` },
    })
    assert.equal(early.status, 401)
  })

  const isAtSite = (url: URL) => url.port === '1'

  /** Presses the link of the page that holds a browser back, if it is that page. */
  async function goOn(visitor: UserAgent, page: Answer): Promise<Answer> {
    const [, href] = /<a class="button" href="([^"]*)"/.exec(page.body) ?? []
    if (!href) return page
    const link = new URL(href.replaceAll('&amp;', '&'), page.url)
    const answer = await visitor.send({ url: link, site: 'same-origin' })
    const { location } = answer.headers
    return { ...answer, url: location ? new URL(location) : link, trail: [] }
  }

  /** A site with one fault at a time; by hand, for no library can be made to err so. */
  interface Site {
    authorize?: Record<string, string>
    token?: Record<string, string>
    basic?: string
    twice?: true
    userinfo?: { query?: string; headers?: Record<string, string> }
    logout?: Record<string, string>
    receiver?: number
  }

  async function signIn(issuer: string, site: Site): Promise<Answer> {
    const visitor = new UserAgent({ language: 'en' })
    const verifier = 'v'.repeat(43)
    const asked = parameters(
      {
        client_id: 'new-site',
        redirect_uri: 'http://localhost:1/callback',
        response_type: 'code',
        scope: 'openid given_name',
        state: 'a-state',
        nonce: 'a-nonce',
        code_challenge: hash('sha256', verifier, 'base64url'),
        code_challenge_method: 'S256',
      },
      site.authorize,
    )
    const page = await goOn(visitor, await visitor.open(`${issuer}/authorize?${asked}`, isAtSite))
    const code = page.url.searchParams.get('code')
    if (!code) return page
    const form = parameters(
      { grant_type: 'authorization_code', code, redirect_uri: 'http://localhost:1/callback', code_verifier: verifier },
      site.token,
    )
    const basic = site.basic ?? `Basic ${Buffer.from(`new-site:${secret}`).toString('base64')}`
    const redeemed = () =>
      fetch(`${issuer}/token`, { method: 'POST', body: form, headers: basic === '' ? {} : { authorization: basic } })
    const tokens = (await (await redeemed()).json()) as Record<string, string>
    if (site.twice) await redeemed()
    if (!tokens.access_token) return page
    const { query = '', headers = { authorization: `Bearer ${tokens.access_token}` } } = site.userinfo ?? {}
    await fetch(`${issuer}/userinfo${query}`, { headers })
    receiver.status = site.receiver ?? 200
    const left = parameters(
      { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'http://localhost:1/bye' },
      site.logout,
    )
    await visitor.open(`${issuer}/logout?${left}`, isAtSite)
    return page
  }

  /** An empty value takes one away. */
  function parameters(right: Record<string, string>, changes: Record<string, string> = {}): URLSearchParams {
    return new URLSearchParams(Object.entries({ ...right, ...changes }).filter(([, value]) => value !== ''))
  }

  async function trialNow(): Promise<ServiceTrial> {
    const known = await createRecords({ storage: hub.storage, clock }).trialOf('new-site')
    return known ?? assert.fail('no trial')
  }

  const wrongSecret = `Basic ${Buffer.from(`new-site:${'x'.repeat(43)}`).toString('base64')}`

  const faults: Record<string, { site: Site; fails: string; isShown?: true }> = {
    'another client id': { site: { authorize: { client_id: 'old-site' } }, fails: 'client', isShown: true },
    'a slash more': {
      site: { authorize: { redirect_uri: 'http://localhost:1/callback/' } },
      fails: 'redirect',
      isShown: true,
    },
    'no redirect URI': { site: { authorize: { redirect_uri: '' } }, fails: 'redirect' },
    'the implicit flow': { site: { authorize: { response_type: 'token' } }, fails: 'response_type' },
    'no PKCE': { site: { authorize: { code_challenge: '', code_challenge_method: '' } }, fails: 'pkce' },
    'PKCE in the clear': { site: { authorize: { code_challenge_method: 'plain' } }, fails: 'pkce' },
    'no state': { site: { authorize: { state: '' } }, fails: 'state' },
    'no nonce': { site: { authorize: { nonce: '' } }, fails: 'nonce' },
    'a scope beyond the draft': { site: { authorize: { scope: 'openid birthdate' } }, fails: 'scopes' },
    'no openid': { site: { authorize: { scope: 'given_name' } }, fails: 'scopes' },
    'a prompt that nobody knows': { site: { authorize: { prompt: 'banana' } }, fails: 'request' },
    'a level that nobody knows, and no other': {
      site: { authorize: { claims: '{"id_token":{"acr":{"essential":true,"value":"gold"}}}' } },
      fails: 'request',
    },
    'the secret in the form': {
      site: { basic: '', token: { client_id: 'new-site', client_secret: 'SECRET' } },
      fails: 'token_method',
    },
    'no authentication': { site: { basic: '', token: { client_id: 'new-site' } }, fails: 'token_method' },
    'another secret': { site: { basic: wrongSecret }, fails: 'token_auth' },
    'another verifier': { site: { token: { code_verifier: 'w'.repeat(43) } }, fails: 'exchange' },
    'no verifier': { site: { token: { code_verifier: '' } }, fails: 'exchange' },
    'another redirect URI at the token endpoint': {
      site: { token: { redirect_uri: 'http://localhost:1/elsewhere' } },
      fails: 'exchange',
    },
    'the code twice': { site: { twice: true, userinfo: { headers: {} } }, fails: 'code_once' },
    'no token for userinfo': { site: { userinfo: { headers: {} } }, fails: 'userinfo' },
    'another token for userinfo': {
      site: { userinfo: { headers: { authorization: 'Bearer xyz' } } },
      fails: 'userinfo',
    },
    'a logout without the id token': { site: { logout: { id_token_hint: '' } }, fails: 'logout' },
    'a logout to a place that is not in the draft': {
      site: { logout: { post_logout_redirect_uri: 'http://localhost:1/else' } },
      fails: 'logout',
    },
    'a logout message refused': { site: { receiver: 400 }, fails: 'backchannel' },
    'a logout message led elsewhere': { site: { receiver: 302 }, fails: 'backchannel' },
  }

  test('R085: each fault of a site fails the check that names it, and no other, with what to change', async () => {
    const records = createRecords({ storage: hub.storage, clock })
    const edit = await editOf(newsite)
    for (const [index, [name, { site, fails, isShown }]] of Object.entries(faults).entries()) {
      const { token } = site
      const key = `of-the-table-${index}`
      await records.begin({ ...(await trialNow()), key })
      if (token?.client_secret) token.client_secret = secret
      const page = await signIn(`${hub.issuer}${issuerPath('new-site', key)}`, site)
      const seen = await records.seen({ ...(await trialNow()), key }, edit)
      const failed = seen.filter(({ state }) => state === 'failed').map(({ check }) => check)
      for (const { check, detail = '' } of seen.filter(({ state }) => state === 'failed')) {
        assert.ok(createTranslator(trialMessages)('en')(fixOf('service', check, 'failed', detail) ?? ''), name)
      }
      // A code that comes back a second time takes its token with it, so that userinfo is refused as well.
      const expected = fails === 'code_once' ? ['code_once', 'userinfo'] : [fails]
      assert.deepEqual(failed, expected, name)
      if (isShown) {
        assert.equal(page.status, 400, name)
        assert.match(textOf(page), /The test login stops here/, name)
      }
    }
  })

  test('R085: a site with a key of its own, and id tokens in RS256; and each way in which its assertion is wrong', async () => {
    await later()
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const stranger = (await generateKeyPair('ES256')).privateKey
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'site', alg: 'ES256', use: 'sig' }] }
    await draft(newsite, siteEntry({ auth: 'private_key_jwt', jwks, idTokenAlg: 'RS256' }))
    const issuer = await begin()
    const party = await relyingParty({
      issuer,
      clientId: 'new-site',
      scope: 'openid given_name',
      auth: PrivateKeyJwt({ key: privateKey, kid: 'site' }),
      metadata: { id_token_signed_response_alg: 'RS256' },
    })
    const tried = await attempt(party)
    const visitor = new UserAgent()
    const page = await goOn(visitor, await visitor.open(tried.url, isAtSite))
    const { idToken } = await redeem(party, { attempt: tried, page })
    assert.equal(idToken.iss, issuer)
    const passed = withState(linesIn(await pageOf(newsite), 'service'), 'Passed')
    assert.deepEqual(
      passed,
      serviceChecks.filter((check) => check !== 'logout' && check !== 'backchannel'),
    )

    const records = createRecords({ storage: hub.storage, clock })
    const trial = await trialNow()
    const now = Math.floor(clock.now() / 1000)
    const right = { iss: 'new-site', sub: 'new-site', aud: issuer, jti: 'one', exp: now + 60 }
    const assertions: Record<string, { claims: Record<string, unknown>; key?: CryptoKey; detail: string }> = {
      'another key': { claims: right, key: stranger, detail: 'key' },
      'the token address as audience': { claims: { ...right, aud: `${issuer}/token` }, detail: 'audience' },
      'an assertion that lives for an hour': { claims: { ...right, exp: now + 3600 }, detail: 'time' },
      'an assertion that is over': { claims: { ...right, exp: now - 3600 }, detail: 'time' },
      'an assertion without jti': { claims: { ...right, jti: undefined }, detail: 'once' },
    }
    for (const [name, { claims, key = privateKey, detail }] of Object.entries(assertions)) {
      const payload = Buffer.from(JSON.stringify(claims))
      const client_assertion = await new CompactSign(payload)
        .setProtectedHeader({ alg: 'ES256', kid: 'site' })
        .sign(key)
      const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
      await signIn(issuer, { basic: '', token: { client_assertion, client_assertion_type } })
      const seen = await records.seen(trial, await editOf(newsite))
      const found = seen.find(({ check }) => check === 'token_auth')
      assert.deepEqual([found?.state, found?.detail], ['failed', detail], `${name}: ${found?.seen}`)
    }
    await draft(newsite, siteEntry())
  })

  test('R085: a draft that is mended is tried by the same address, and what was seen before counts no more', async () => {
    await later()
    const issuer = await begin()
    const elsewhere = { authorize: { redirect_uri: 'http://localhost:1/new-place' } }
    await signIn(issuer, elsewhere)
    assert.equal(linesIn(await pageOf(newsite), 'service').redirect, 'Failed')
    await draft(newsite, siteEntry({ redirectUris: ['http://localhost:1/callback', 'http://localhost:1/new-place'] }))
    assert.equal(linesIn(await pageOf(newsite), 'service').redirect, 'Not seen yet')
    await signIn(issuer, elsewhere)
    const lines = linesIn(await pageOf(newsite), 'service')
    assert.equal(lines.redirect, 'Passed')
    assert.equal(lines.exchange, 'Failed', 'the token request still names the other address')
    // A field that is wrong leaves nothing to try; the address is back when it is mended.
    const { versions } = hub.partners
    await versions.save(newsite, { entry: siteEntry({ redirectUris: 'x' }), edit: await editOf(newsite) }, asOperator)
    assert.equal((await fetch(`${issuer}/.well-known/openid-configuration`)).status, 404)
    assert.match(textOf(await pageOf(newsite)), /The draft has faults/)
    await draft(newsite, siteEntry())
    assert.equal((await fetch(`${issuer}/.well-known/openid-configuration`)).status, 200)
  })

  test('R085: a logout message can be sent by a button, when there is a session to end', async () => {
    await later()
    const issuer = await begin()
    assert.doesNotMatch((await pageOf(newsite)).body, /services\/new-site\/logout/)
    await signIn(issuer, { userinfo: { headers: {} } })
    const before = receiver.taken.length
    const page = await pageOf(newsite)
    const sent = await tech.agent.submit(page, formTo(page, /\/logout$/))
    assert.equal(receiver.taken.length, before + 1)
    assert.match(textOf(sent), /The logout message was sent/)
  })

  test('R085: a trial ends by itself, by a button, and by the next one; a second click begins no second one', async () => {
    await later()
    const stale = await pageOf(newsite)
    const first = await begin()
    const again = await tech.agent.submit(stale, formTo(stale, /services\/new-site$/))
    assert.match(textOf(again), /opened or ended meanwhile/)
    assert.equal(issuerIn(again), first)
    const second = await begin()
    assert.notEqual(second, first)
    assert.equal((await fetch(`${first}/.well-known/openid-configuration`)).status, 404)
    assert.equal((await fetch(`${second}/.well-known/openid-configuration`)).status, 200)
    const page = await pageOf(newsite)
    await tech.agent.submit(page, formTo(page, /\/end$/))
    assert.equal((await fetch(`${second}/.well-known/openid-configuration`)).status, 404)
    const third = await begin()
    clock.advance(trialLifetime)
    assert.equal((await fetch(`${third}/.well-known/openid-configuration`)).status, 404)
  })

  test('R085: another process goes on with a trial', async (context) => {
    if (database.location.kind !== 'server') return context.skip('the embedded database is for one process')
    await later()
    const issuer = await begin()
    const second = await startTestHub({ clock, database: database.location, settings: { issuer: hub.issuer } })
    try {
      const party = await relyingParty({ issuer, clientId: 'new-site', secret, scope: 'openid' })
      const tried = await attempt(party)
      const visitor = new UserAgent()
      const { url: back } = await goOn(visitor, await visitor.open(tried.url, isAtSite))
      const form = {
        grant_type: 'authorization_code',
        code: back.searchParams.get('code') ?? '',
        redirect_uri: party.redirectUri,
        code_verifier: tried.verifier,
      }
      const there = new URL(`${issuer}/token`)
      there.port = String(second.boot.settings.listen.port)
      const basic = `Basic ${Buffer.from(`new-site:${secret}`).toString('base64')}`
      const { body } = await new UserAgent().send({
        url: there,
        method: 'POST',
        body: String(new URLSearchParams(form)),
        headers: { host: new URL(hub.issuer).host, authorization: basic },
      })
      const { id_token = '' } = JSON.parse(body)
      const keys = (await (await fetch(`${issuer}/jwks`)).json()) as JSONWebKeySet
      await jwtVerify(id_token, createLocalJWKSet(keys), { issuer })
      assert.equal(linesIn(await pageOf(newsite), 'service').exchange, 'Passed')
    } finally {
      await second.close()
    }
  })

  // ── A provider ────────────────────────────────────────────────────────────────────────────────────────────────────

  /** From the button to the page that follows. */
  async function tryProvider(level = 'eidas1', shown?: Answer): Promise<Answer> {
    const page = shown ?? (await pageOf(idp))
    return tech.agent.submit(page, formTo(page, /providers\/new-idp$/), { level })
  }

  test('R085: a provider that is right passes every check; nobody is known by it, and no value stays', async () => {
    await later()
    const before = await traces()
    const page = await tryProvider()
    const lines = linesIn(page, 'provider')
    assert.deepEqual(withState(lines, 'Passed'), [...providerChecks], textOf(page))
    for (const value of [citizen.family_name, citizen.email, citizen.birthdate, 'subject-1']) {
      assert.ok(!page.body.includes(String(value)), String(value))
    }
    assert.match(textOf(page), /birthdate Well-formed/)
    assert.deepEqual(await traces(), oneMore(before))
    const asked = provider.requestsTo('authorize').at(-1)?.url.searchParams
    assert.equal(asked?.get('redirect_uri'), `${hub.issuer}/callback/new-idp`)
    assert.equal(asked?.get('code_challenge_method'), 'S256')
  })

  const wrongClaims = (changes: Record<string, unknown>): Tamper => ({
    userinfo: (claims) => ({ ...claims, ...changes }),
  })

  const tampers: Record<string, { tamper: Tamper; fails: string; acr?: string; level?: string; error?: string }> = {
    'discovery out of order': { tamper: { endpoints: { discovery: { status: 503 } } }, fails: 'discovery' },
    'another issuer in discovery': {
      tamper: { discovery: (document) => ({ ...document, issuer: 'https://stranger.example' }) },
      fails: 'discovery',
    },
    'no key': { tamper: { keys: () => ({ keys: [] }) }, fails: 'keys' },
    'keys that are a page': { tamper: { endpoints: { keys: {} } }, fails: 'keys' },
    'an error back': { tamper: {}, error: 'invalid_scope', fails: 'return' },
    'the person turned back': { tamper: {}, error: 'access_denied', fails: 'return' },
    'another iss back': { tamper: misbehaviours.callback_with_other_iss, fails: 'return' },
    'tokens out of order': { tamper: misbehaviours.token_out_of_order, fails: 'tokens' },
    'a code refused': { tamper: misbehaviours.code_refused, fails: 'tokens' },
    'no id token': { tamper: { tokens: (tokens) => ({ ...tokens, id_token: undefined }) }, fails: 'tokens' },
    'no signature': { tamper: misbehaviours.alg_none, fails: 'signature' },
    'a stranger’s signature': { tamper: misbehaviours.signed_by_stranger, fails: 'signature' },
    'an unknown key': { tamper: misbehaviours.unknown_kid, fails: 'signature' },
    'an expired token': { tamper: misbehaviours.expired, fails: 'times' },
    'another issuer': { tamper: misbehaviours.wrong_iss, fails: 'issuer' },
    'another audience': { tamper: misbehaviours.wrong_aud, fails: 'audience' },
    'another nonce': { tamper: misbehaviours.wrong_nonce, fails: 'nonce' },
    'no nonce': { tamper: misbehaviours.without_nonce, fails: 'nonce' },
    'a subject too long': { tamper: { idToken: (claims) => ({ ...claims, sub: 's'.repeat(256) }) }, fails: 'subject' },
    'no time of authentication': { tamper: misbehaviours.without_auth_time, fails: 'auth_time' },
    'no acr': { tamper: misbehaviours.without_acr, fails: 'acr' },
    'an unknown acr': { tamper: misbehaviours.unknown_acr, fails: 'acr' },
    'an acr above what is allowed': { tamper: misbehaviours.highest_acr, fails: 'acr' },
    'a weaker level than asked': { tamper: {}, level: 'eidas2', fails: 'level' },
    'amr that nobody knows': { tamper: { idToken: (claims) => ({ ...claims, amr: ['magic'] }) }, fails: 'amr' },
    'userinfo out of order': { tamper: misbehaviours.userinfo_out_of_order, fails: 'userinfo' },
    'another subject in userinfo': { tamper: misbehaviours.other_subject_in_userinfo, fails: 'userinfo' },
    'no birth name': { tamper: wrongClaims({ family_name: undefined }), fails: 'claims' },
    'a birthplace that is none': { tamper: wrongClaims({ birthplace: 'Lyon' }), fails: 'claims' },
  }

  test('R085: each fault of a provider fails the check that names it; those after it were not reached', async () => {
    const shown = await pageOf(idp)
    for (const [name, { tamper, fails, level = 'eidas1', error }] of Object.entries(tampers)) {
      clock.advance(3 * minute)
      provider.tamper = tamper
      provider.next = { ...provider.next, ...(error ? { error } : {}) }
      if (!error) delete provider.next.error
      const lines = linesIn(await tryProvider(level, shown), 'provider')
      provider.tamper = {}
      delete provider.next.error
      assert.deepEqual(withState(lines, 'Failed'), [fails], name)
      // A weaker level and strange methods stop nothing.
      if (fails === 'level' || fails === 'amr') continue
      const passed = withState(lines, 'Passed')
      const stop = providerChecks.indexOf(fails as (typeof providerChecks)[number])
      const known = passed.filter((check) => check !== 'logout')
      assert.ok(
        known.every((check) => providerChecks.indexOf(check as (typeof providerChecks)[number]) < stop),
        `${name}: ${passed}`,
      )
    }
  })

  test('R085: a provider’s answer counts once, in the browser that began, for the draft as it was', async () => {
    await later()
    const page = await pageOf(idp)
    const form = formTo(page, /providers\/new-idp$/)
    const isBack = (url: URL) => url.pathname.startsWith('/callback/')
    const { url } = await tech.agent.submit(page, form, { level: 'eidas1' }, isBack)
    const stranger = await new UserAgent({ language: 'en' }).open(url)
    assert.match(textOf(stranger), /This answer belongs to no trial of this browser/)
    assert.equal((await tech.agent.open(url)).status, 400, 'whoever comes second finds nothing')

    const again = await tech.agent.submit(page, form, { level: 'eidas1' }, isBack)
    await draft(idp, idpEntry({ allowedLevels: ['eidas1', 'eidas2'] }))
    const after = await tech.agent.open(again.url)
    assert.match(textOf(after), /The draft has changed since this trial/)
  })

  test('R085: a draft that names the issuer of somebody else’s provider is not tried: the hub would sign for it', async () => {
    await later()
    await hub.publish([
      {
        id: 'others',
        name: { fr: 'Others', en: 'Others', ar: 'Others' },
        services: [theirs()],
        providers: [providerEntry(provider, { id: 'their-idp' })],
      },
    ])
    const sent = provider.requestsTo('authorize').length
    const page = await tryProvider()
    assert.match(textOf(page), /the issuer in the draft is that of another organisation/)
    assert.equal(provider.requestsTo('authorize').length, sent)
    await hub.publish(
      [
        { id: 'works', name: { fr: 'Works', en: 'Works', ar: 'Works' }, services: [], providers: [] },
        {
          id: 'others',
          name: { fr: 'Others', en: 'Others', ar: 'Others' },
          services: [theirs()],
          providers: [],
        },
      ],
      { prune: true },
    )
  })

  // ── Who may ───────────────────────────────────────────────────────────────────────────────────────────────────────

  test('R014 R128: staff of the partner who may change it, and administrators of the hub; nobody else', async () => {
    await later()
    const addresses = routesOf(hub.web.app.printRoutes({ commonPrefix: false })).filter((route) =>
      / \/(?:desk|console)\/trials/.test(route),
    )
    assert.equal(addresses.length, 12)
    const team = await Promise.all(
      staffRoles.map(async (role) => [role, await newStaff(hub, { partner: 'works', roles: [role] })] as const),
    )
    const foreign = await newStaff(hub, { partner: 'others', roles: ['administrator', 'technician'] })
    const operator = await newOperator(hub)
    const auditor = await newOperator(hub, { roles: ['auditor'] })
    const stranger = new UserAgent({ language: 'en' })
    for (const route of addresses) {
      const [method, pattern = ''] = route.split(' ')
      const url = at(pattern.replace(':id', pattern.includes('/services/') ? 'new-site' : 'new-idp'))
      const call = async (agent: UserAgent, to = url) => {
        const post = { body: 'x=1', method: 'POST', site: 'same-origin' } as const
        return (await agent.send({ url: to, ...(method === 'POST' ? post : { site: 'none' }) })).status
      }
      const isDesk = pattern.startsWith('/desk')
      // Without its verifier a form is refused, but only after the role was found good.
      const fine = method === 'POST' ? 403 : 200
      const out = method === 'POST' ? 401 : 303
      for (const [role, { agent }] of team) {
        const expected = !isDesk ? out : role === 'security_contact' ? 403 : fine
        assert.equal(await call(agent), expected, `${role} ${route}`)
      }
      assert.equal(await call(operator.agent), isDesk ? out : fine, `administrator ${route}`)
      assert.equal(await call(auditor.agent), isDesk ? out : 403, `auditor ${route}`)
      assert.equal(await call(stranger), out, `stranger ${route}`)
      if (isDesk && method === 'GET') assert.equal(await call(foreign.agent), 404, `foreign ${route}`)
      const nothing = new URL(url.href.replace(/new-(?:site|idp)/, 'no-such'))
      if (!isDesk && method === 'GET') assert.equal(await call(operator.agent, nothing), 404, route)
    }
    const denied = await factsOf(hub, 'staff.denied')
    assert.ok(denied.some(({ staff, route }) => staff === foreign.staff && route === '/desk/trials/services/:id'))

    // A form of their own, sent to what is another partner's.
    const other: Subject = { kind: 'service', id: 'theirs' }
    await hub.partners.versions.open(other, asOperator)
    const page = await foreign.agent.open(at('/desk/trials/services/theirs'))
    const form = formTo(page, /services\/theirs$/)
    const begun = (await factsOf(hub, 'trial.begun')).length
    const aimed = await foreign.agent.submit(page, { ...form, action: at('/desk/trials/services/new-site') })
    assert.equal(aimed.status, 403, 'a verifier is of one address')
    assert.equal((await factsOf(hub, 'trial.begun')).length, begun)

    await hub.partners.versions.discard(other, { edit: await editOf(other) }, asOperator)
    const without = await operator.agent.open(at('/console/trials/services/theirs'))
    assert.match(textOf(without), /There is no draft to try/)
  })

  test('R128: a partner has so many trials in an hour, and no more', async () => {
    await later()
    const issuer = await begin()
    const records = createRecords({ storage: hub.storage, clock })
    for (let count = 1; count < mostPerHour; count++) assert.ok(await records.admit('works'))
    assert.ok(await records.admit('others'), 'those of another partner are counted apart')
    const page = await pageOf(newsite)
    const refused = await tech.agent.submit(page, formTo(page, /services\/new-site$/))
    assert.match(textOf(refused), /has made many trials in this hour/)
    assert.equal(issuerIn(refused), issuer, 'the one that is open goes on')
    await later()
    assert.notEqual(await begin(), issuer)
  })
})

// --- Words ---------------------------------------------------------------------------------------------------------

test('there is a sentence in each language for everything that a trial may have to say', () => {
  const translate = createTranslator(trialMessages)
  const providerWords = [
    ...['discovery', 'keys', 'token', 'userinfo'].flatMap((stage) =>
      [
        'timeout',
        'unreachable',
        'unavailable',
        'address',
        'redirected',
        'status',
        'too_large',
        'content_type',
        'malformed',
      ].map((word) => `${stage}_${word}`),
    ),
    ...['discovery_issuer', 'keys_empty', 'cancelled', 'userinfo_error', 'userinfo_subject', 'userinfo_signature'],
    ...['state', 'issuer', 'issuer_missing', 'error_invalid_scope'].map((word) => `authorization_${word}`),
    ...['invalid_client', 'invalid_grant', 'other'].map((word) => `token_error_${word}`),
    ...['missing', 'not_encrypted', 'decryption', 'algorithm', 'key_unknown', 'signature', 'malformed'].map(
      (word) => `id_token_${word}`,
    ),
    ...[
      'issuer',
      'audience',
      'subject',
      'expired',
      'not_yet_valid',
      'issued_in_future',
      'nonce',
      'authorized_party',
    ].map((word) => `id_token_${word}`),
    ...['acr_missing', 'acr_unknown', 'acr_above_allowed'],
    ...['auth_time_missing', 'auth_time_in_future', 'auth_time_too_old', 'identity_family_name_missing'],
  ]
  const keys = [
    ...serviceChecks.map((check) => `trial.service.check.${check}`),
    ...providerChecks.map((check) => `trial.provider.check.${check}`),
    ...trialOutcomes.map((outcome) => `trial.done.${outcome}`),
    ...['passed', 'failed', 'not_seen', 'not_reached', 'not_needed'].map((state) => `trial.state.${state}`),
    ...['well_formed', 'wrong', 'absent'].map((state) => `trial.claim.${state}`),
    ...providerWords.map((word) => fixOf('provider', checkOf(word), 'failed', word) ?? assert.fail(word)),
    ...['level', 'amr'].map((check) => fixOf('provider', check, 'failed', 'x') ?? assert.fail(check)),
    fixOf('provider', 'logout', 'not_needed', 'none') ?? assert.fail('logout'),
  ]
  for (const language of languages) {
    for (const key of keys) assert.ok(translate(language)(key, { passed: 1, failed: 1, all: 1 }), `${language} ${key}`)
  }
})

test('R085: what was not looked at is not said to have passed: a nonce that is not there is met before the issuer', () => {
  const states = new Map(
    providerLines({ stopped: 'id_token_nonce', endsSessions: false }, { asked: 'eidas1', hasUserinfo: true }).map(
      ({ check, state }) => [check, state],
    ),
  )
  assert.equal(states.get('times'), 'passed')
  assert.equal(states.get('issuer'), 'not_reached')
  assert.equal(states.get('nonce'), 'failed')
  assert.equal(states.get('claims'), 'not_reached')
  assert.equal(states.get('logout'), 'not_needed')
  const complete = providerLines({ level: 'eidas1', endsSessions: true }, { asked: 'eidas1', hasUserinfo: false })
  assert.deepEqual(
    complete.filter(({ state }) => state !== 'passed').map(({ check }) => check),
    ['amr', 'userinfo'],
    'what is not asked for is not said to have passed either',
  )
})

/** A site's address for logout messages: answers as `status` says, and keeps what it was sent. */
interface Receiver {
  address: string
  status: number
  taken: string[]
  close(): Promise<void>
}

async function receive(): Promise<Receiver> {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      receiver.taken.push(new URLSearchParams(body).get('logout_token') ?? '')
      response.writeHead(receiver.status, receiver.status === 302 ? { location: 'http://localhost:1/' } : {}).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const receiver: Receiver = {
    address: `http://localhost:${port}/backchannel`,
    status: 200,
    taken: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
  return receiver
}
