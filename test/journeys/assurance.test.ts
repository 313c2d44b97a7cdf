/**
 * What a service is told of an authentication: its level, its time and its means, as they were observed. Most of these
 * cases are those that an OpenID engine left to itself gets wrong.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { decodeJwt } from 'jose'
import { toSeconds } from '../../src/kernel/clock.ts'
import { hour, minute, second } from '../../src/kernel/durations.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, type LoggedRequest, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, tally } from '../support/records.ts'
import {
  type Attempt,
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  type SignedIn,
  signIn,
  tile,
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

let clock: TestClock
let hub: TestHub
/** Asserts low. */
let tax: TestProvider
/** Asserts low or substantial. */
let post: TestProvider
/** Asserts any level. */
let embassy: TestProvider
/** Takes any level. */
let refunds: RelyingParty
let records: RelyingParty
/** Takes substantial or high. */
let justice: RelyingParty

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub({ clock })
  tax = await startProvider({ id: 'tax', clock })
  post = await startProvider({ id: 'post', clock })
  embassy = await startProvider({ id: 'embassy', clock })
  const entitledTo = ['amr']
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
      services: [
        serviceEntry('refunds', { entitledTo, idpHints: ['tax', 'post'] }),
        serviceEntry('records', { entitledTo, sector: 'records.example' }),
        serviceEntry('justice', { entitledTo, minimumLevel: 'eidas2' }),
        serviceEntry('solo', { minimumLevel: 'eidas2', providers: ['notary', 'tax'], idpHints: ['notary'] }),
      ],
      providers: [
        providerEntry(tax, { allowedLevels: ['eidas1'] }),
        providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        providerEntry(embassy, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] }),
        // Reachable by a hint only; behind it the same accounts as at the post.
        providerEntry(post, { id: 'notary', state: { kind: 'hidden' } }),
      ],
    },
  ])
  const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
  refunds = await party('refunds')
  records = await party('records')
  justice = await party('justice')
  behaveAsUsual()
  // The strongest first: who is linked by a weak provider first is another story.
  await signIn(new UserAgent(), justice, 'embassy')
  await signIn(new UserAgent(), justice, 'post')
})
beforeEach(behaveAsUsual)
after(async () => {
  await hub.close()
  for (const provider of [tax, post, embassy]) await provider.close()
  mock.timers.reset()
})

/** Each at its highest, always the same citizen. */
function behaveAsUsual(): void {
  const usual = { subject: 'subject-1', claims: citizen }
  tax.next = { ...usual, acr: 'eidas1', amr: ['pwd'] }
  post.next = { ...usual, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] }
  embassy.next = { ...usual, acr: 'eidas3', amr: ['pin', 'pop', 'mfa'] }
}

const claims = (acr: unknown) => ({ claims: JSON.stringify({ id_token: { acr, amr: { essential: true } } }) })
const withMeans = claims(null)

/** Opens a request; the browser stops at the service, or at the first page of the hub. */
async function arrive(
  browser: UserAgent,
  party: RelyingParty,
  parameters: Record<string, string> = {},
): Promise<{ attempt: Attempt; page: Answer }> {
  const tried = await attempt(party, parameters)
  return { attempt: tried, page: await browser.open(tried.url, at(party)) }
}

/** What came back in place of a code: the error, and nothing that was not asked for. */
function errorOf({ attempt: tried, page }: { attempt: Attempt; page: Answer }): string | null {
  const { searchParams } = page.url
  assert.equal(searchParams.get('code'), null, page.url.href)
  assert.equal(searchParams.get('state'), tried.state, page.url.href)
  assert.equal(searchParams.get('iss'), hub.issuer)
  return searchParams.get('error')
}

const isChoice = (page: Answer) => formsOf(page).some(({ action }) => action.pathname.endsWith('/choose'))
const isInformation = (page: Answer) => formsOf(page).some(({ action }) => action.pathname.endsWith('/inform'))

/** Providers whose tile can be pressed. */
const offered = (page: Answer) =>
  formsOf(page).flatMap(({ buttons }) => buttons.filter(({ name }) => name === 'provider').map(({ value }) => value))

/** From a choice page to the end. */
async function finish(
  browser: UserAgent,
  party: RelyingParty,
  { attempt: tried, page }: { attempt: Attempt; page: Answer },
  provider: string,
): Promise<SignedIn> {
  const chosen = await choose(browser, party, page, provider)
  const back = isInformation(chosen) ? await goOn(browser, party, chosen) : chosen
  return redeem(party, { attempt: tried, page: back })
}

/** The way back that an error page offers. */
async function goBack(browser: UserAgent, party: RelyingParty, page: Answer): Promise<Answer> {
  const back = linksOf(page).find(({ pathname }) => pathname.endsWith('/back'))
  assert.ok(back, `no way back on ${page.url.href}: ${textOf(page).slice(0, 300)}`)
  return browser.open(back, at(party))
}

function lastAsked(provider: TestProvider): LoggedRequest['url']['searchParams'] {
  const request = provider.requestsTo('authorize').at(-1)
  assert.ok(request, 'the provider was asked')
  return request.url.searchParams
}

// --- As observed ---------------------------------------------------------------------------------------------------

describe('level, means and time are those observed', () => {
  test('R018 R080: in the id token and in the ledger alike', async () => {
    const authTime = clock.now() - 20 * minute
    post.next = { ...post.next, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'], authTime }
    const { idToken } = await signIn(new UserAgent(), refunds, 'post', withMeans)
    assert.deepEqual(
      [idToken.acr, idToken.amr, idToken.auth_time],
      ['eidas2', ['pwd', 'otp', 'mfa'], toSeconds(authTime)],
    )
    const line = (await factsOf(hub, 'connection.authorised')).at(-1)
    assert.deepEqual([line?.level, line?.amr, line?.provider], ['eidas2', ['pwd', 'otp', 'mfa'], 'post'])
  })

  test('R018: a provider that may assert more and asserted less gave less', async () => {
    post.next = { ...post.next, acr: 'eidas1', amr: ['pwd'] }
    const { idToken } = await signIn(new UserAgent(), refunds, 'post', withMeans)
    assert.deepEqual([idToken.acr, idToken.amr], ['eidas1', ['pwd']])
  })

  test('R018: what was asked voluntarily does not replace what was reached', async () => {
    for (const asked of ['eidas1', 'eidas1 eidas2', 'gold eidas1', 'gold']) {
      const { idToken } = await signIn(new UserAgent(), refunds, 'post', { acr_values: asked })
      assert.equal(idToken.acr, 'eidas2', asked)
    }
  })

  test('R018: means that the provider did not tell are not told', async () => {
    post.next = { ...post.next, amr: undefined }
    const { idToken } = await signIn(new UserAgent(), refunds, 'post', withMeans)
    assert.equal(idToken.amr, undefined)
  })

  test('R018: words that name a provider are no means', async () => {
    post.next = { ...post.next, amr: ['pwd', 'fc', 'post'] }
    const { idToken } = await signIn(new UserAgent(), refunds, 'post', withMeans)
    assert.deepEqual(idToken.amr, ['pwd'])
  })
})

describe('an essential level', () => {
  // "the highest requested value not above the level reached": the engine would ask for ever.
  const met: [asked: unknown, reached: string, answered: string][] = [
    [{ essential: true, value: 'eidas1' }, 'eidas2', 'eidas1'],
    [{ essential: true, value: 'eidas2' }, 'eidas3', 'eidas2'],
    [{ essential: true, values: ['eidas1', 'eidas3'] }, 'eidas2', 'eidas1'],
    [{ essential: true, values: ['eidas3', 'eidas1', 'eidas2'] }, 'eidas2', 'eidas2'],
    [{ essential: true, values: ['gold', 'eidas2'] }, 'eidas2', 'eidas2'],
    [{ essential: true }, 'eidas2', 'eidas2'],
    [{ essential: false, value: 'eidas1' }, 'eidas2', 'eidas2'],
    [null, 'eidas2', 'eidas2'],
  ]
  for (const [asked, reached, answered] of met) {
    test(`R018: ${JSON.stringify(asked)} is met by ${reached} with ${answered}`, async () => {
      embassy.next = { ...embassy.next, acr: reached }
      const { idToken } = await signIn(new UserAgent(), refunds, 'embassy', claims(asked))
      assert.equal(idToken.acr, answered)
    })
  }

  test('R018: is not overwritten by acr_values', async () => {
    const browser = new UserAgent()
    const arrived = await arrive(browser, refunds, {
      ...claims({ essential: true, value: 'eidas3' }),
      acr_values: 'eidas1',
    })
    assert.deepEqual(offered(arrived.page), ['embassy'])
    const { idToken } = await finish(browser, refunds, arrived, 'embassy')
    assert.equal(idToken.acr, 'eidas3')
  })

  test('R018: that only unknown words name is met by nobody', async () => {
    for (const acr of [
      { essential: true, value: 'gold' },
      { essential: true, values: [] },
    ]) {
      const arrived = await arrive(new UserAgent(), refunds, claims(acr))
      assert.equal(errorOf(arrived), 'unmet_authentication_requirements')
    }
  })
})

describe('too low or too high', () => {
  test('R018: below what was asked, the person is offered the providers that can do it, and only these', async () => {
    const browser = new UserAgent({ language: 'en' })
    post.next = { ...post.next, acr: 'eidas1' }
    const arrived = await arrive(browser, justice)
    assert.deepEqual(offered(arrived.page).sort(), ['embassy', 'post'])
    const connections = (await tally(hub)).connections
    const page = await choose(browser, justice, arrived.page, 'post')
    assert.deepEqual(offered(page).sort(), ['embassy', 'post'])
    assert.match(textOf(page), /post/)
    assert.equal((await tally(hub)).connections, connections, 'nothing was authorised')
    const { idToken } = await finish(browser, justice, { ...arrived, page }, 'embassy')
    assert.equal(idToken.acr, 'eidas3')
  })

  test('R018: below what was asked, and nothing raises it: the service is told so', async () => {
    const solo = await relyingParty({ issuer: hub.issuer, clientId: 'solo', secret: secretOf('solo') })
    const browser = new UserAgent({ language: 'en' })
    post.next = { ...post.next, acr: 'eidas1' }
    const arrived = await arrive(browser, solo, { idp_hint: 'notary' })
    assert.equal(arrived.page.status, 403)
    assert.match(textOf(arrived.page), /G0211 · /)
    assert.equal((await factsOf(hub, 'connection.refused')).at(-1)?.reason, 'level_not_reached')
    const page = await goBack(browser, solo, arrived.page)
    assert.equal(errorOf({ ...arrived, page }), 'unmet_authentication_requirements')
  })

  test('R018 R011: where no provider can do what was asked, none is offered and the way back is', async () => {
    const browser = new UserAgent()
    const solo = await relyingParty({ issuer: hub.issuer, clientId: 'solo', secret: secretOf('solo') })
    const arrived = await arrive(browser, solo, { acr_values: 'eidas3' })
    assert.deepEqual(offered(arrived.page), [])
    const page = await browser.submit(arrived.page, formTo(arrived.page, /\/cancel$/), {}, at(solo))
    assert.equal(errorOf({ ...arrived, page }), 'access_denied')
  })

  test('R018: below what was asked, a forged choice of a provider that is too low is refused', async () => {
    const browser = new UserAgent()
    const { page } = await arrive(browser, justice)
    const { form } = tile(page, 'post')
    const forged = await browser.submit(page, form, { provider: 'tax' }, at(justice))
    assert.equal(forged.status, 403)
    assert.equal((await factsOf(hub, 'provider.forged_choice')).at(-1)?.reason, 'provider_too_low')
  })

  test('R018: a level above what the provider may assert is refused, and is a fact', async () => {
    const browser = new UserAgent({ language: 'en' })
    for (const acr of ['eidas2', 'eidas3']) {
      tax.next = { ...tax.next, acr }
      const arrived = await arrive(browser, refunds)
      const { sessions } = await tally(hub)
      const page = await choose(browser, refunds, arrived.page, 'tax')
      assert.equal(page.status, 502)
      assert.match(textOf(page), /G0210 · /)
      assert.deepEqual((await factsOf(hub, 'provider.answer_refused')).at(-1), {
        provider: 'tax',
        service: 'refunds',
        reason: 'acr_above_allowed',
      })
      assert.equal((await factsOf(hub, 'connection.refused')).at(-1)?.reason, 'provider_level_not_allowed')
      assert.equal((await tally(hub)).sessions, sessions)
      assert.equal(errorOf({ ...arrived, page: await goBack(browser, refunds, page) }), 'access_denied')
    }
  })
})

// --- Time ----------------------------------------------------------------------------------------------------------

describe('max_age', () => {
  test('R018: is counted from the authentication at the provider, not from the answer', async () => {
    const authTime = clock.now() - hour
    post.next = { ...post.next, authTime }
    const browser = new UserAgent()
    const first = await signIn(browser, refunds, 'post')
    assert.equal(first.idToken.auth_time, toSeconds(authTime))
    // A minute old by the hub's own session; an hour old in truth.
    clock.advance(minute)
    const enough = await signIn(browser, refunds, 'post', { max_age: '3660' })
    assert.equal(enough.idToken.auth_time, toSeconds(authTime), 'the session answers')
    const arrived = await arrive(browser, refunds, { max_age: '3659' })
    assert.ok(isChoice(arrived.page), 'a second more: somebody must authenticate')
    post.next = { ...post.next, authTime: clock.now() }
    const { idToken } = await finish(browser, refunds, arrived, 'post')
    assert.equal(idToken.auth_time, toSeconds(clock.now()))
  })

  test('R018: asks the provider for a new authentication, and is not satisfied by an old one', async () => {
    const browser = new UserAgent()
    post.next = { ...post.next, authTime: clock.now() - hour }
    for (const parameters of [{ max_age: '600' }, { max_age: '0' }, { prompt: 'login' }] as Record<string, string>[]) {
      const arrived = await arrive(browser, refunds, parameters)
      const page = await choose(browser, refunds, arrived.page, 'post')
      assert.deepEqual([lastAsked(post).get('prompt'), lastAsked(post).get('max_age')], ['login', '0'])
      assert.equal(page.status, 502)
      assert.equal((await factsOf(hub, 'provider.answer_refused')).at(-1)?.reason, 'auth_time_too_old')
      assert.equal(errorOf({ ...arrived, page: await goBack(browser, refunds, page) }), 'access_denied')
    }
  })

  test('R018: is not satisfied by a provider that does not say when', async () => {
    const browser = new UserAgent()
    post.next = { ...post.next, authTime: null }
    const { page } = await arrive(browser, refunds, { max_age: '600' })
    assert.equal((await choose(browser, refunds, page, 'post')).status, 502)
    assert.equal((await factsOf(hub, 'provider.answer_refused')).at(-1)?.reason, 'auth_time_missing')
  })

  test('R018: does not count the minutes that the person reads', async () => {
    const browser = new UserAgent()
    const arrived = await arrive(browser, refunds, { max_age: '30' })
    const inform = await choose(browser, refunds, arrived.page, 'post')
    const authenticated = toSeconds(clock.now())
    clock.advance(5 * minute)
    const page = await goOn(browser, refunds, inform)
    const { idToken } = await redeem(refunds, { ...arrived, page })
    assert.equal(idToken.auth_time, authenticated)
  })
})

// --- Single sign-on ------------------------------------------------------------------------------------------------

describe('a session that answers for a second service', () => {
  test('R068: tells the level observed, not the one that was answered to the first', async () => {
    const browser = new UserAgent()
    const first = await signIn(browser, refunds, 'post', claims({ essential: true, value: 'eidas1' }))
    assert.equal(first.idToken.acr, 'eidas1')
    const arrived = await arrive(browser, records, withMeans)
    const { idToken } = await redeem(records, { ...arrived, page: await goOn(browser, records, arrived.page) })
    assert.deepEqual([idToken.acr, idToken.amr], ['eidas2', ['pwd', 'otp', 'mfa']])
    assert.equal(idToken.auth_time, first.idToken.auth_time)
  })

  test('R068: does not answer for more than it has', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'tax')
    const asked = post.requestsTo('authorize').length
    const arrived = await arrive(browser, justice)
    assert.deepEqual(offered(arrived.page).sort(), ['embassy', 'post'])
    const { idToken } = await finish(browser, justice, arrived, 'post')
    assert.equal(idToken.acr, 'eidas2')
    assert.equal(post.requestsTo('authorize').length, asked + 1)
  })

  test('R068: never yields eidas3: that is authenticated afresh', async () => {
    const browser = new UserAgent()
    const first = await signIn(browser, refunds, 'embassy', { acr_values: 'eidas3' })
    assert.equal(first.idToken.acr, 'eidas3')
    const lower = await signIn(browser, refunds, 'embassy')
    assert.equal(lower.idToken.acr, 'eidas2', 'what is reused serves as substantial')
    for (const parameters of [{ acr_values: 'eidas3' }, claims({ essential: true, value: 'eidas3' })]) {
      const silent = await arrive(browser, refunds, { ...parameters, prompt: 'none' })
      assert.equal(errorOf(silent), 'login_required')
      clock.advance(minute)
      const arrived = await arrive(browser, refunds, parameters)
      assert.deepEqual(offered(arrived.page), ['embassy'])
      const { idToken } = await finish(browser, refunds, arrived, 'embassy')
      assert.equal(lastAsked(embassy).get('prompt'), 'login')
      assert.deepEqual([idToken.acr, idToken.auth_time], ['eidas3', toSeconds(clock.now())])
    }
  })

  test('R068: answers for nothing when the person did not sign in with a provider of that service', async () => {
    await hub.publish([
      {
        id: 'village',
        name: { fr: 'Village', en: 'Village', ar: 'Village' },
        services: [serviceEntry('choosy', { providers: ['embassy'], sector: 'choosy.example' })],
      },
    ])
    const choosy = await relyingParty({ issuer: hub.issuer, clientId: 'choosy', secret: secretOf('choosy') })
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post')
    const { page } = await arrive(browser, choosy)
    assert.deepEqual(offered(page), ['embassy'])
  })
})

// --- Prompts and hints ---------------------------------------------------------------------------------------------

describe('prompt', () => {
  test('R068: none without a session → login_required', async () => {
    const browser = new UserAgent()
    assert.equal(errorOf(await arrive(browser, refunds, { prompt: 'none' })), 'login_required')
    assert.equal(browser.cookies(hub.issuer).size, 0, 'a hidden frame leaves no cookie')
  })

  test('R068: none at a service that the person has not seen → interaction_required', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post')
    assert.equal(errorOf(await arrive(browser, records, { prompt: 'none' })), 'interaction_required')
  })

  test('R068: none where all is known → an answer without a page', async () => {
    const browser = new UserAgent()
    const first = await signIn(browser, refunds, 'post')
    clock.advance(minute)
    const { attempt: tried, page } = await arrive(browser, refunds, { prompt: 'none' })
    assert.deepEqual(
      page.trail.map(({ pathname }) => pathname),
      ['/authorize', '/callback'],
    )
    const { idToken } = await redeem(refunds, { attempt: tried, page })
    assert.deepEqual([idToken.sub, idToken.auth_time], [first.idToken.sub, first.idToken.auth_time])
  })

  test('R068: none for data that the person has not been shown → interaction_required', async () => {
    const browser = new UserAgent()
    await signIn(browser, { ...refunds, scope: 'openid email' }, 'post')
    const wider = await arrive(browser, { ...refunds, scope: 'openid email identite_pivot' }, { prompt: 'none' })
    assert.equal(errorOf(wider), 'interaction_required')
  })

  const outOfReach: [what: string, parameters: Record<string, string>][] = [
    ['a higher level', { acr_values: 'eidas2' }],
    ['a younger authentication', { max_age: '30' }],
  ]
  for (const [what, parameters] of outOfReach) {
    test(`R068: none with ${what} than the session has → login_required`, async () => {
      const browser = new UserAgent()
      await signIn(browser, refunds, 'tax')
      clock.advance(minute)
      assert.equal(errorOf(await arrive(browser, refunds, { ...parameters, prompt: 'none' })), 'login_required')
    })
  }

  test('R057: none keeps no session alive', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post')
    const idle = hub.boot.settings.sessions.idleMinutes * minute
    clock.advance(idle - minute)
    const { page } = await arrive(browser, refunds, { prompt: 'none' })
    assert.ok(page.url.searchParams.get('code'))
    clock.advance(2 * minute)
    assert.equal(errorOf(await arrive(browser, refunds, { prompt: 'none' })), 'login_required')
  })

  test('R018: login asks the provider again, which asks the person again', async () => {
    const browser = new UserAgent()
    const first = await signIn(browser, refunds, 'post')
    clock.advance(minute)
    const arrived = await arrive(browser, refunds, { prompt: 'login' })
    assert.ok(isChoice(arrived.page))
    const { idToken } = await finish(browser, refunds, arrived, 'post')
    assert.equal(lastAsked(post).get('prompt'), 'login')
    assert.equal(Number(idToken.auth_time) - Number(first.idToken.auth_time), minute / second)
  })

  test('R019: consent shows again what goes, without another sign-in', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post')
    const asked = post.requestsTo('authorize').length
    const { attempt: tried, page } = await arrive(browser, refunds, { prompt: 'consent' })
    assert.ok(isInformation(page))
    assert.ok(textOf(page).includes(String(citizen.family_name)))
    await redeem(refunds, { attempt: tried, page: await goOn(browser, refunds, page) })
    assert.equal(post.requestsTo('authorize').length, asked)
  })

  test('R018: login and consent together do both', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post')
    const arrived = await arrive(browser, refunds, { prompt: 'login consent' })
    const inform = await choose(browser, refunds, arrived.page, 'post')
    assert.ok(isInformation(inform))
    await redeem(refunds, { ...arrived, page: await goOn(browser, refunds, inform) })
  })
})

describe('id_token_hint', () => {
  const other = {
    subject: 'subject-of-another',
    claims: { ...citizen, given_name: 'Basile', birthdate: '1971-02-03', gender: 'male' },
  }

  test('R018: of the person who is there changes nothing, even when it is over', async () => {
    const browser = new UserAgent()
    const first = await signIn(browser, refunds, 'post')
    clock.advance(10 * minute)
    const { attempt: tried, page } = await arrive(browser, refunds, { prompt: 'none', id_token_hint: first.rawIdToken })
    assert.equal((await redeem(refunds, { attempt: tried, page })).idToken.sub, first.idToken.sub)
  })

  test('R018: of somebody else → login_required, with a session and after a sign-in', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'post')
    post.next = { ...post.next, ...other }
    const theirs = await signIn(new UserAgent(), refunds, 'post')
    const hint = { id_token_hint: theirs.rawIdToken }
    const authorised = (await factsOf(hub, 'connection.authorised')).length
    assert.equal(errorOf(await arrive(browser, refunds, { ...hint, prompt: 'none' })), 'login_required')

    const before = await tally(hub)
    post.next = { ...post.next, subject: 'subject-1', claims: citizen }
    const stranger = new UserAgent()
    const arrived = await arrive(stranger, refunds, hint)
    const inform = await choose(stranger, refunds, arrived.page, 'post')
    const page = await goOn(stranger, refunds, inform)
    assert.equal(errorOf({ ...arrived, page }), 'login_required')
    const after = await tally(hub)
    assert.deepEqual([after.sessions, after.devices, after.links], [before.sessions, before.devices, before.links])
    assert.equal((await factsOf(hub, 'connection.authorised')).length, authorised, 'nobody was let in')

    post.next = { ...post.next, ...other }
    const { idToken } = await signIn(new UserAgent(), refunds, 'post', hint)
    assert.equal(idToken.sub, theirs.idToken.sub, 'the person who was named gets in')
  })

  test('R018: that was made for another service is no hint', async () => {
    const browser = new UserAgent()
    const { rawIdToken } = await signIn(browser, records, 'post')
    assert.notEqual(decodeJwt(rawIdToken).aud, 'refunds')
    assert.equal(errorOf(await arrive(browser, refunds, { id_token_hint: rawIdToken })), 'invalid_request')
  })

  test('R018: that was forged is no hint', async () => {
    const browser = new UserAgent()
    const { rawIdToken } = await signIn(browser, refunds, 'post')
    const [header, payload, signature] = rawIdToken.split('.')
    const forged = [
      `${header}.${payload}.${String(signature).replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'))}`,
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
    ]
    for (const hint of forged) {
      assert.equal(errorOf(await arrive(browser, refunds, { id_token_hint: hint })), 'invalid_request')
    }
  })
})
