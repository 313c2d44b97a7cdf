/** The main job: a service sends a person, the person picks a provider, and comes back with a verified identity. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
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
import { textOf, UserAgent } from '../support/user-agent.ts'

describe('signing in to a service', () => {
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let refunds: RelyingParty
  let justice: RelyingParty

  before(async () => {
    hub = await startTestHub()
    tax = await startProvider({ id: 'tax', acr: 'eidas1' })
    post = await startProvider({ id: 'post', acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Town' },
        services: [
          serviceEntry('refunds', { sector: 'health.example' }),
          serviceEntry('records', { sector: 'health.example', scopes: ['openid', 'given_name', 'family_name'] }),
          serviceEntry('justice', { sector: 'justice.example', minimumLevel: 'eidas2', entitledTo: ['amr'] }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        ],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
    justice = await relyingParty({ issuer: hub.issuer, clientId: 'justice', secret: secretOf('justice') })
  })
  after(async () => {
    await hub.close()
    await tax.close()
    await post.close()
  })

  test('R001 R018: a stock library signs a person in and reads the identity', async () => {
    const { idToken, userinfo } = await signIn(new UserAgent(), refunds, 'tax')
    assert.equal(idToken.iss, hub.issuer)
    assert.equal(idToken.aud, 'refunds')
    assert.equal(idToken.acr, 'eidas1')
    assert.equal(typeof idToken.auth_time, 'number')
    assert.equal(idToken.amr, undefined, 'a service that is not entitled does not learn the means')
    assert.equal(userinfo.sub, idToken.sub)
    assert.equal(userinfo.family_name, citizen.family_name)
    assert.equal(userinfo.birthdate, citizen.birthdate)
    assert.equal(userinfo.email_verified, false, 'an asserted address proves nothing')
  })

  test('R015: the subject of a person is the same each time and whatever the provider, and another in another sector', async () => {
    const first = await signIn(new UserAgent(), refunds, 'tax')
    const again = await signIn(new UserAgent(), refunds, 'tax')
    const elsewhere = await signIn(new UserAgent(), refunds, 'post')
    const other = await signIn(new UserAgent(), justice, 'post')
    assert.equal(again.idToken.sub, first.idToken.sub)
    assert.equal(elsewhere.idToken.sub, first.idToken.sub)
    assert.notEqual(other.idToken.sub, first.idToken.sub)
    assert.equal(other.idToken.acr, 'eidas2')
    assert.deepEqual(other.idToken.amr, undefined, 'amr is given to those entitled who ask for it')
  })

  test('amr goes to an entitled service that asks for it by the claims parameter', async () => {
    const claims = JSON.stringify({ id_token: { amr: { essential: true } } })
    const { idToken } = await signIn(new UserAgent(), justice, 'post', { claims })
    assert.deepEqual(idToken.amr, ['pwd', 'otp', 'mfa'])
    const { idToken: refused } = await signIn(new UserAgent(), refunds, 'post', { claims })
    assert.equal(refused.amr, undefined)
  })

  test('R019: only what was granted and asked leaves, also through the claims parameter', async () => {
    const records = await relyingParty({
      issuer: hub.issuer,
      clientId: 'records',
      secret: secretOf('records'),
      scope: 'openid given_name',
    })
    const claims = JSON.stringify({ userinfo: { birthdate: null, email: { essential: true }, family_name: null } })
    const { userinfo } = await signIn(new UserAgent(), records, 'tax', { claims })
    assert.deepEqual(Object.keys(userinfo).sort(), ['family_name', 'given_name', 'sub'])
  })

  test('the person reads what goes, value by value, before it goes', async () => {
    const browser = new UserAgent({ language: 'en' })
    const tried = await attempt(refunds)
    const chosen = await choose(browser, refunds, await browser.open(tried.url, at(refunds)), 'tax')
    const text = textOf(chosen)
    for (const value of [citizen.given_name, citizen.family_name, citizen.email]) {
      assert.ok(text.includes(String(value)), `the page says ${value}`)
    }
    assert.equal((await hub.connections.count()) > 0, true)
    const back = await goOn(browser, refunds, chosen)
    assert.ok(back.url.searchParams.get('code'))
    assert.equal(back.url.searchParams.get('iss'), hub.issuer)
  })

  test('R068: a second service needs no provider; the same one again needs no page', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'tax')
    const asked = tax.requestsTo('authorize').length
    const records = await relyingParty({
      issuer: hub.issuer,
      clientId: 'records',
      secret: secretOf('records'),
      scope: 'openid given_name',
    })
    const second = await attempt(records)
    const page = await browser.open(second.url, at(records))
    assert.match(page.url.pathname, /^\/login\//, 'the information page is shown at the new service')
    assert.ok((await redeem(records, { attempt: second, page: await goOn(browser, records, page) })).idToken.sub)
    const third = await attempt(refunds)
    const straight = await browser.open(third.url, at(refunds))
    assert.ok(straight.url.searchParams.get('code'), 'no page at all the second time')
    assert.equal(tax.requestsTo('authorize').length, asked, 'the provider was not asked again')
  })

  test('R019: what the claims parameter asks is shown before it goes, also to somebody who is signed in', async () => {
    const narrow = await relyingParty({
      issuer: hub.issuer,
      clientId: 'refunds',
      secret: secretOf('refunds'),
      scope: 'openid given_name',
    })
    const browser = new UserAgent({ language: 'en' })
    await signIn(browser, narrow, 'tax')
    const asked = await attempt(narrow, { claims: JSON.stringify({ userinfo: { birthplace: null } }) })
    const page = await browser.open(asked.url, at(narrow))
    assert.match(page.url.pathname, /^\/login\//, 'the page is shown again')
    assert.ok(textOf(page).includes(String(citizen.birthplace)))
  })

  test('R011: back to the service is an answer that every library understands', async () => {
    const browser = new UserAgent()
    const tried = await attempt(refunds)
    const page = await browser.open(tried.url, at(refunds))
    const { formTo } = await import('../support/user-agent.ts')
    const back = await browser.submit(page, formTo(page, /\/cancel$/), {}, at(refunds))
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
    assert.equal(back.url.searchParams.get('state'), tried.state)
    assert.equal(back.url.searchParams.get('iss'), hub.issuer)
  })

  test('a code is good once: the second redemption is refused and the tokens of the first are dead', async () => {
    const done = await walk(new UserAgent(), refunds, 'tax')
    const first = await redeem(refunds, done)
    await assert.rejects(redeem(refunds, done), { error: 'invalid_grant' })
    const { status } = await fetch(`${hub.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${first.accessToken}` },
    })
    assert.equal(status, 401)
  })
})
