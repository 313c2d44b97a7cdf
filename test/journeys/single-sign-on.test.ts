/**
 * Signing in once: what a session answers and for how long, what it spares people, and the two bridges beside it, from a
 * gateway that was passed before and to a service that only knows passwords.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { CompactSign, createLocalJWKSet, exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify } from 'jose'
import { minute, second } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import { policySchema } from '../../src/policy/settings.ts'
import { runVerb } from '../../src/verbs.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { dump, factsOf } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  type SignedIn,
  signIn,
  walk,
} from '../support/relying-party.ts'
import { type Answer, formsOf, textOf, UserAgent } from '../support/user-agent.ts'

const gateway = 'http://127.0.0.1:9'
const signingKey = await generateKeyPair('ES256', { extractable: true })
const gatewayJwk = { ...(await exportJWK(signingKey.publicKey)), kid: 'gateway-1', alg: 'ES256' }

let clock: TestClock
let hub: TestHub
let post: TestProvider
let embassy: TestProvider
let refunds: RelyingParty
let records: RelyingParty
let archive: RelyingParty
let library: RelyingParty

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub({ clock })
  post = await startProvider({ id: 'post', clock })
  embassy = await startProvider({ id: 'embassy', clock })
  const serviceSecret = { alphabet: 'hex', length: 40 }
  const scopes = ['openid', 'given_name', 'service_secret']
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
      services: [serviceEntry('refunds'), serviceEntry('records', { sector: 'records.example' })],
      providers: [
        providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        providerEntry(embassy, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] }),
        {
          id: 'hospital-vpn',
          name: { fr: 'Réseau de l’hôpital', en: 'Hospital network', ar: 'شبكة المستشفى' },
          population: 'professionals',
          allowedLevels: ['eidas1', 'eidas2'],
          connector: {
            kind: 'gateway',
            issuer: 'https://vpn.example',
            address: `${gateway}/assert`,
            jwks: { keys: [gatewayJwk] },
            identity: 'professional',
          },
        },
      ],
    },
    {
      id: 'hospital',
      name: { fr: 'Hôpital', en: 'Hospital', ar: 'مستشفى' },
      professionals: 6_000,
      services: [
        serviceEntry('archive', { sector: 'archive.example', scopes, serviceSecret }),
        serviceEntry('ward', { sector: 'ward.example', sensitive: true }),
        serviceEntry('library', { sector: 'library.example', scopes, serviceSecret }),
      ],
    },
  ])
  const party = (clientId: string, scope?: string) =>
    relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId), ...(scope ? { scope } : {}) })
  refunds = await party('refunds')
  records = await party('records')
  archive = await party('archive', 'openid given_name service_secret')
  library = await party('library', 'openid given_name service_secret')
  behaveAsUsual()
})
beforeEach(behaveAsUsual)
after(async () => {
  await hub.close()
  for (const provider of [post, embassy]) await provider.close()
  mock.timers.reset()
})

function behaveAsUsual(): void {
  post.next = { subject: 'subject-1', claims: citizen, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] }
  embassy.next = { subject: 'subject-1', claims: citizen, acr: 'eidas3', amr: ['pin', 'pop', 'mfa'] }
}

const isChoice = (page: Answer) => formsOf(page).some(({ action }) => action.pathname.endsWith('/choose'))

/** Is the person asked to authenticate, or does the session answer? */
async function answers(browser: UserAgent, party: RelyingParty, parameters: Record<string, string> = {}) {
  const { url } = await attempt(party, parameters)
  return !isChoice(await browser.open(url, at(party)))
}

async function command(verb: string, args: Record<string, unknown>): Promise<{ exit: number; text: string }> {
  const lines: string[] = []
  const exit = await runVerb(
    hub,
    { verb, args },
    { line: (line) => lines.push(line), warn: (line) => lines.push(`! ${line}`) },
  )
  return { exit, text: lines.join('\n') }
}

describe('one sign-in', () => {
  test('R068: after two factors, a second service without a new authentication', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post', { acr_values: 'eidas2' })
    const asked = post.requestsTo('authorize').length
    clock.advance(29 * minute)
    const second_ = await signIn(browser, records, 'nobody', { acr_values: 'eidas2' })
    assert.equal(second_.idToken.acr, 'eidas2')
    assert.equal(post.requestsTo('authorize').length, asked)
  })

  const limits: [string, () => TestProvider, string, number][] = [
    ['the substantial level', () => post, 'eidas2', 30 * minute],
    ['the high level', () => embassy, 'eidas3', 15 * minute],
  ]
  for (const [name, provider, acr, limit] of limits) {
    test(`R057: ${name}, on both sides of its limit`, async () => {
      const id = provider() === post ? 'post' : 'embassy'
      for (const [idle, expected] of [
        [limit - second, true],
        [limit, false],
      ] as const) {
        const browser = new UserAgent()
        await signIn(browser, refunds, id, { acr_values: acr })
        clock.advance(idle)
        assert.equal(await answers(browser, records, { acr_values: 'eidas2' }), expected, `idle for ${idle}`)
      }
    })
  }

  test('R068: the highest level is never answered by a session', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'embassy', { acr_values: 'eidas3' })
    assert.equal(await answers(browser, records, { acr_values: 'eidas3' }), false)
    assert.equal(await answers(browser, records, { acr_values: 'eidas2' }), true)
  })
})

describe('R072: what it spares', () => {
  test('double authentications that were avoided are counted, by month', async () => {
    const before = await figures()
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post', { acr_values: 'eidas2' })
    for (let times = 0; times < 2; times++) await signIn(browser, records, 'nobody')
    post.next = { ...post.next, acr: 'eidas1', amr: ['pwd'] }
    const other = new UserAgent()
    await signIn(other, refunds, 'post')
    // By a session of one factor: nothing double was avoided.
    await signIn(other, records, 'nobody')
    const after_ = await figures()
    assert.deepEqual([after_.connections - before.connections, after_.bySession - before.bySession], [5, 3])
    assert.equal(after_.doubleAvoided - before.doubleAvoided, 2)
  })

  test('R071: and of whom it is an obligation; a partner hears of no small number', async () => {
    const { exit, text } = await command('statistics.sso', { months: 1, json: false })
    assert.equal(exit, 0)
    assert.match(text, /^MONTH +CONNECTIONS +BY SESSION +DOUBLE AVOIDED\n2026-11 +\d+ +\d+ +\d+$/m)
    assert.match(text, /^partner hospital: single sign-on by OpenID Connect is required \(1 sensitive service, 6000 /m)
    const alone = await command('statistics.sso', { months: 1, json: true, partner: 'hospital' })
    const told = JSON.parse(alone.text) as { months: unknown[]; obligations: { partner: string }[] }
    assert.deepEqual(
      told.obligations.map(({ partner }) => partner),
      ['hospital'],
    )
    assert.equal((await command('statistics.sso', { months: 1, json: true, partner: 'nobody' })).exit, 3)
    const browser = new UserAgent()
    await signIn(browser, archive, 'post')
    const few = JSON.parse((await command('statistics.sso', { months: 1, json: true, partner: 'hospital' })).text)
    assert.deepEqual(few.months, [{ month: '2026-11', connections: null, bySession: null, doubleAvoided: null }])
  })

  async function figures(): Promise<{ connections: number; bySession: number; doubleAvoided: number }> {
    const { text } = await command('statistics.sso', { months: 1, json: true })
    const [month] = (JSON.parse(text) as { months: Awaited<ReturnType<typeof figures>>[] }).months
    return month ?? { connections: 0, bySession: 0, doubleAvoided: 0 }
  }
})

describe('R070: a gateway that was passed before', () => {
  /** Chooses the gateway, and lets it answer. */
  async function pass(browser: UserAgent, party: RelyingParty, changes: Record<string, unknown> = {}) {
    const tried = await attempt(party, { acr_values: 'eidas2' })
    const page = await browser.open(tried.url, at(party))
    const form = formsOf(page).find(({ buttons }) => buttons.some(({ value }) => value === 'hospital-vpn'))
    assert.ok(form, textOf(page))
    const left = await browser.submit(page, form, { provider: 'hospital-vpn' }, ({ origin }) => origin === gateway)
    const asked = left.url.searchParams
    const now = Math.floor(clock.now() / second)
    const payload = {
      ...{ iss: 'https://vpn.example', aud: hub.issuer, sub: 'e1029', nonce: asked.get('nonce'), jti: `jti-${now}` },
      ...{ iat: now, exp: now + 60, auth_time: now - 3 * 3600, amr: ['pwd', 'otp'] },
      ...{ SubjectNameID: '899700366240', given_name: 'Ilan', family_name: 'VERMEIL' },
      ...changes,
    }
    const assertion = await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', kid: 'gateway-1', typ: 'prior-login+jwt' })
      .sign(signingKey.privateKey)
    const back = new URL(asked.get('redirect_uri') ?? '')
    back.search = new URLSearchParams({ state: asked.get('state') ?? '', assertion }).toString()
    return { tried, asked, page: await browser.open(back, at(party)) }
  }

  test('its login with two factors opens a service, and a second one after it', async () => {
    const browser = new UserAgent()
    const { tried, asked, page } = await pass(browser, refunds)
    assert.ok(![...asked.values()].some((value) => value.includes('refunds')), 'it hears nothing of the service')
    const signedIn = await redeem(refunds, { attempt: tried, page: await goOn(browser, refunds, page) })
    assert.equal(signedIn.idToken.acr, 'eidas2')
    assert.equal(signedIn.idToken.auth_time, Math.floor(clock.now() / second) - 3 * 3600)
    assert.equal(await answers(browser, records, { acr_values: 'eidas2' }), true)
  })

  test('one factor, or a login of yesterday, is no proof: the page says so and offers the others', async () => {
    const yesterday = Math.floor(clock.now() / second) - 25 * 3600
    for (const [changes, says] of [
      [{ amr: ['pwd'] }, /vous y êtes entré avec une seule preuve Il en faut deux différentes/],
      [{ auth_time: yesterday }, /vous y êtes entré il y a trop longtemps Rien n’a été transmis/],
    ] as const) {
      const { page } = await pass(new UserAgent(), refunds, changes)
      assert.ok(isChoice(page), textOf(page))
      assert.match(textOf(page), says)
    }
    const reasons = (await factsOf(hub, 'provider.answer_refused')).map(({ reason }) => reason)
    assert.deepEqual(reasons.slice(-2), ['prior_login_one_category', 'prior_login_too_old'])
  })
})

describe('R069: a service that only knows passwords', () => {
  interface Exchanged {
    status: number
    body: Record<string, unknown>
  }

  async function exchange(
    client: string,
    accessToken: string,
    changes: Record<string, string> = {},
  ): Promise<Exchanged> {
    const response = await fetch(`${hub.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${client}:${changes.secret ?? secretOf(client)}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        requested_token_type: 'urn:garant:params:oauth:token-type:service-secret',
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        subject_token: accessToken,
        ...changes,
      }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }

  async function verified({ status, body }: Exchanged, audience: string) {
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal(body.token_type, 'N_A')
    assert.equal(body.issued_token_type, 'urn:garant:params:oauth:token-type:service-secret')
    const keys = (await (await fetch(`${hub.issuer}/jwks`)).json()) as JSONWebKeySet
    const { payload } = await jwtVerify(String(body.access_token), createLocalJWKSet(keys), {
      ...{ issuer: hub.issuer, audience, typ: 'service-secret+jwt', currentDate: new Date(clock.now()) },
      algorithms: ['ES256'],
    })
    return payload as typeof payload & { service_secret: string; service_secret_made_at: number }
  }

  let signedIn: SignedIn
  beforeEach(async () => {
    signedIn = await signIn(new UserAgent(), archive, 'post')
  })

  test('gets the same one at each sign-in, signed, for itself and for a minute', async () => {
    const first = await verified(await exchange('archive', signedIn.accessToken), 'archive')
    assert.match(first.service_secret, /^[0-9a-f]{40}$/)
    assert.equal(first.sub, signedIn.idToken.sub)
    assert.equal(Number(first.exp) - Number(first.iat), 60)
    const again = await signIn(new UserAgent(), archive, 'post')
    const second_ = await verified(await exchange('archive', again.accessToken, { audience: 'archive' }), 'archive')
    assert.equal(second_.service_secret, first.service_secret)
    assert.notEqual(second_.jti, first.jti)
    const elsewhere = await signIn(new UserAgent(), library, 'post')
    const other = await verified(await exchange('library', elsewhere.accessToken), 'library')
    assert.notEqual(other.service_secret, first.service_secret)
    const facts = await factsOf(hub, 'service_secret.handed_over')
    assert.deepEqual(
      facts.slice(-3).map(({ service }) => service),
      ['archive', 'archive', 'library'],
    )
  })

  test('the person is told that the service gets one, and nobody sees it', async () => {
    const browser = new UserAgent()
    const { url } = await attempt(archive)
    const page = await choose(browser, archive, await browser.open(url, at(archive)), 'post')
    assert.match(textOf(page), /Votre mot de passe dans ce service tiré au hasard et gardé pour vous/)
    const stranger = new UserAgent()
    const without = await attempt({ ...archive, scope: 'openid given_name' })
    const other = await choose(stranger, archive, await stranger.open(without.url, at(archive)), 'post')
    assert.match(textOf(other), /Prénoms/)
    assert.doesNotMatch(textOf(other), /Votre mot de passe dans ce service/)
  })

  test('it is on no page, in no log line and in no table', async () => {
    const { service_secret: secret } = await verified(await exchange('archive', signedIn.accessToken), 'archive')
    assert.ok(!JSON.stringify(signedIn).includes(secret))
    assert.ok(!JSON.stringify(hub.logged).includes(secret))
    const hex = Buffer.from(secret).toString('hex')
    for (const [table, rows] of await dump(hub)) assert.ok(!rows.includes(secret) && !rows.includes(hex), table)
  })

  test('renewed, it is another one, and says since when', async () => {
    const before_ = await verified(await exchange('archive', signedIn.accessToken), 'archive')
    const [{ person } = {}] = (await factsOf(hub, 'service_secret.handed_over')).slice(-1)
    clock.advance(5 * second)
    const renewed = await command('service-secret.renew', { service: 'archive', person: person as PersonId })
    assert.equal(renewed.exit, 0, renewed.text)
    const after_ = await verified(await exchange('archive', signedIn.accessToken), 'archive')
    assert.notEqual(after_.service_secret, before_.service_secret)
    assert.equal(after_.service_secret_made_at, Math.floor(clock.now() / second))
    assert.equal((await command('service-secret.renew', { service: 'refunds', person: person as PersonId })).exit, 3)
  })

  test('R128: nobody else gets it, and nothing tells why', async () => {
    const handed = (await factsOf(hub, 'service_secret.handed_over')).length
    const withoutScope = await signIn(new UserAgent(), { ...archive, scope: 'openid given_name' }, 'post')
    const old = await signIn(new UserAgent(), archive, 'post')
    const cases: [string, Exchanged, number, string, RegExp?][] = [
      [
        "another service's token",
        await exchange('library', signedIn.accessToken),
        400,
        'invalid_request',
        /is invalid$/,
      ],
      ['no token', await exchange('archive', 'made-up'), 400, 'invalid_request', /is invalid$/],
      ['a token without the scope', await exchange('archive', withoutScope.accessToken), 400, 'invalid_request'],
      ['a service without the setting', await exchange('refunds', signedIn.accessToken), 400, 'invalid_request'],
      [
        'a wrong client secret',
        await exchange('archive', signedIn.accessToken, { secret: secretOf('library') }),
        401,
        'invalid_client',
      ],
      [
        'for another audience',
        await exchange('archive', signedIn.accessToken, { audience: 'library' }),
        400,
        'invalid_request',
      ],
      [
        'an id token in its place',
        await exchange('archive', signedIn.rawIdToken, {
          subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
        }),
        400,
        'invalid_request',
      ],
      [
        'another kind of token asked',
        await exchange('archive', signedIn.accessToken, {
          requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        }),
        400,
        'invalid_request',
      ],
    ]
    clock.advance(61 * second)
    cases.push([
      'a token that is over',
      await exchange('archive', old.accessToken),
      400,
      'invalid_request',
      /is invalid$/,
    ])
    for (const [what, { status, body }, expected, error, says] of cases) {
      assert.equal(status, expected, what)
      assert.equal(body.error, error, `${what}: ${JSON.stringify(body)}`)
      assert.match(String(body.error_description ?? ''), says ?? /./, what)
      assert.equal(body.access_token, undefined, what)
    }
    assert.equal((await factsOf(hub, 'service_secret.handed_over')).length, handed)
  })

  test('R069: once the session has ended the token that still lives opens nothing, and nothing tells why', async () => {
    const browser = new UserAgent()
    const { accessToken, rawIdToken, idToken } = await signIn(browser, archive, 'post')
    assert.equal((await exchange('archive', accessToken)).status, 200)
    // A stronger sign-in takes the place of the session: the person is still there.
    await signIn(browser, records, 'embassy', { acr_values: 'eidas3' })
    assert.equal((await exchange('archive', accessToken)).status, 200)
    const handed = (await factsOf(hub, 'service_secret.handed_over')).length
    await browser.open(`${hub.issuer}/logout?id_token_hint=${rawIdToken}`)
    assert.deepEqual(await exchange('archive', accessToken), await exchange('archive', 'made-up'))
    assert.equal((await factsOf(hub, 'service_secret.handed_over')).length, handed)
    // The same person elsewhere is another session.
    const elsewhere = await signIn(new UserAgent(), archive, 'post')
    assert.equal(elsewhere.idToken.sub, idToken.sub)
    assert.notEqual((await exchange('archive', accessToken)).status, 200)
    assert.equal((await exchange('archive', elsewhere.accessToken)).status, 200)
  })

  test('a service that asks too often waits for the next minute', async () => {
    clock.set(Math.ceil(clock.now() / minute) * minute)
    const { accessToken } = await signIn(new UserAgent(), library, 'post')
    const statuses: number[] = []
    for (let batch = 0; batch < 7; batch++) {
      const answers_ = await Promise.all(Array.from({ length: 50 }, () => exchange('library', accessToken)))
      statuses.push(...answers_.map(({ status }) => status))
    }
    assert.equal(statuses.filter((status) => status === 200).length, 300)
    assert.equal(statuses.filter((status) => status === 429).length, 50)
    assert.equal((await exchange('archive', signedIn.accessToken)).status, 200, 'another service goes on')
  })
})

describe('R059: the second factor, again', () => {
  const settings = (stepUp: 'never' | 'sensitive' | 'all') => ({
    settings: { policy: policySchema.parse({ stepUp, secondFactorHours: 1 }) },
  })
  let strict: TestHub
  let site: RelyingParty

  /** A hub that asks of every sign-in. */
  before(async () => {
    strict = await startTestHub({ clock, ...settings('all') })
    await strict.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
        services: [serviceEntry('site'), serviceEntry('clinic', { sector: 'clinic.example' })],
        providers: [providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] })],
      },
    ])
    site = await party('site')
  })
  after(() => strict.close())

  const party = (clientId: string) => relyingParty({ issuer: strict.issuer, clientId, secret: secretOf(clientId) })

  /** Uses the session each quarter of an hour until so much has passed since it began. */
  async function stay(browser: UserAgent, until: number): Promise<void> {
    while (clock.now() + 15 * minute < until) {
      clock.advance(15 * minute)
      await signIn(browser, site, 'nobody')
    }
    clock.set(until)
  }

  test('a session answers until the interval has passed since two factors, and not a second longer', async () => {
    const browser = new UserAgent()
    const begun = clock.now()
    await signIn(browser, site, 'post')
    await stay(browser, begun + 60 * minute)
    assert.equal(await answers(browser, site), true)
    clock.advance(second)
    const page = await browser.open((await attempt(site)).url, at(site))
    assert.ok(isChoice(page))
    assert.match(textOf(page), /Ce service vous demande de nouveau deux preuves/)
    const silent = await browser.open((await attempt(site, { prompt: 'none' })).url, at(site))
    assert.equal(silent.url.searchParams.get('error'), 'login_required')
  })

  test('then the provider is asked to authenticate anew, and an answer of before is refused', async () => {
    const browser = new UserAgent()
    const begun = clock.now()
    await signIn(browser, site, 'post')
    await stay(browser, begun + 60 * minute + second)
    post.next = { ...post.next, authTime: begun }
    const { page } = await walk(browser, site, 'post')
    assert.equal(post.requestsTo('authorize').at(-1)?.url.searchParams.get('prompt'), 'login')
    assert.ok(!at(site)(page.url), page.url.href)
    behaveAsUsual()
    await signIn(browser, site, 'post')
    assert.equal(await answers(browser, site), true)
  })

  test('one factor on a new device is not enough; two are; then one is, in that browser, for the interval', async () => {
    const browser = new UserAgent()
    const weak = { ...post.next, acr: 'eidas1', amr: ['pwd'] }
    post.next = weak
    const { page } = await walk(browser, site, 'post')
    assert.ok(isChoice(page))
    assert.match(textOf(page), /Ce service vous demande de nouveau deux preuves/)
    const refused = (await factsOf(strict, 'policy.refused')).at(-1)
    assert.deepEqual(refused?.reasons, ['second_factor_missing'])
    behaveAsUsual()
    const chosen = await choose(browser, site, page, 'post')
    assert.ok(at(site)(chosen.url) || /inform/.test(chosen.body))
    if (!at(site)(chosen.url)) await goOn(browser, site, chosen)
    post.next = weak
    clock.advance(20 * minute)
    const again = await signIn(browser, site, 'post', { prompt: 'login' })
    assert.equal(again.idToken.acr, 'eidas1')
    assert.ok(isChoice((await walk(new UserAgent(), site, 'post')).page), 'another device')
    clock.advance(25 * minute)
    await signIn(browser, site, 'nobody')
    clock.advance(20 * minute)
    assert.equal(await answers(browser, site), false, 'the interval counts from the two factors')
  })
})
