/** The main job: a service sends a person, the person picks a provider, and comes back with a verified identity. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FactName } from '../../src/audit/facts.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, misbehaviours, startProvider, type TestProvider } from '../support/provider.ts'
import { connectionOf, factsOf, tally } from '../support/records.ts'
import { takeReferences } from '../support/references.ts'
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
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

const help = 'https://provider.example/help'
type NoticeName = 'silent' | 'refused'

describe('signing in to a service', () => {
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let refunds: RelyingParty
  let justice: RelyingParty
  let library: RelyingParty

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
          serviceEntry('library', { sector: 'library.example' }),
          serviceEntry('justice', { sector: 'justice.example', minimumLevel: 'eidas2', entitledTo: ['amr'] }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'], helpUrl: help }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'], helpUrl: `${help}/post` }),
        ],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
    library = await relyingParty({ issuer: hub.issuer, clientId: 'library', secret: secretOf('library') })
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

  test('R015: first sign-ins of a person in a sector, at the same instant in several browsers, get one subject', async () => {
    const { subject, claims } = tax.next
    Object.assign(tax.next, {
      subject: 'known in one sector',
      claims: { ...citizen, given_name: 'Salma', birthdate: '1979-05-06' },
    })
    await signIn(new UserAgent(), refunds, 'tax')
    const arrived = []
    for (let browsers = 0; browsers < 5; browsers++) {
      const browser = new UserAgent()
      const tried = await attempt(library)
      const page = await choose(browser, library, await browser.open(tried.url, at(library)), 'tax')
      arrived.push({ browser, tried, page })
    }
    Object.assign(tax.next, { subject, claims })
    const before = await tally(hub)
    const answers = await Promise.all(arrived.map(({ browser, page }) => goOn(browser, library, page)))
    const subjects = new Set<string>()
    for (const [index, { tried }] of arrived.entries()) {
      subjects.add((await redeem(library, { attempt: tried, page: answers[index] ?? assert.fail() })).idToken.sub)
    }
    assert.equal(subjects.size, 1)
    const after = await tally(hub)
    assert.deepEqual(
      [after.subjects, after.connections, after.sessions],
      [before.subjects + 1, before.connections + 5, before.sessions + 5],
    )
  })

  test('a reference that is taken costs nobody their sign-in: it is written with another one, once', async () => {
    await signIn(new UserAgent(), refunds, 'tax')
    const before = await tally(hub)
    const facts = (await factsOf(hub, 'connection.authorised')).length
    const undo = await takeReferences(hub, 1)
    const { idToken } = await signIn(new UserAgent(), refunds, 'tax')
    await undo()
    assert.ok(idToken.sub)
    const { connections, sessions, devices } = await tally(hub)
    assert.deepEqual(
      { ...before, connections, sessions, devices },
      {
        ...before,
        connections: before.connections + 1,
        sessions: before.sessions + 1,
        devices: before.devices + 1,
      },
    )
    assert.equal((await factsOf(hub, 'connection.authorised')).length, facts + 1)
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
    formTo(page, /\/inform$/)
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
    formTo(page, /\/inform$/)
    assert.ok(textOf(page).includes(String(citizen.birthplace)))
  })

  test('R011: back to the service is an answer that every library understands', async () => {
    const browser = new UserAgent()
    const tried = await attempt(refunds)
    const page = await browser.open(tried.url, at(refunds))
    const back = await browser.submit(page, formTo(page, /\/cancel$/), {}, at(refunds))
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
    assert.equal(back.url.searchParams.get('state'), tried.state)
    assert.equal(back.url.searchParams.get('iss'), hub.issuer)
  })

  test('a browser keeps our cookies only: what the engine finds its way by does not stay behind', async () => {
    const browser = new UserAgent()
    const first = await browser.send({ url: (await attempt(refunds)).url })
    const set = (first.headers['set-cookie'] ?? []).map((line) => line.split('=', 1)[0])
    assert.deepEqual(set, ['garant_browser'])
    await signIn(browser, refunds, 'tax')
    const names = [...browser.cookies(hub.issuer).keys()].sort()
    assert.deepEqual(names, ['garant_browser', 'garant_device', 'garant_session'])
  })

  test('R014: a provider that did not answer, or refused: its help, and the reference of the line in the ledger', async () => {
    const wrongs: [NoticeName, string, (to: TestProvider) => void][] = [
      ['silent', 'G0206', (to) => (to.tamper = { endpoints: { token: 'hang_up' } })],
      ['refused', 'G0207', (to) => (to.next.error = 'login_required')],
    ]
    for (const [kind, code, goWrong] of wrongs) {
      const browser = new UserAgent({ language: 'en' })
      goWrong(tax)
      const page = await choose(browser, refunds, await browser.open((await attempt(refunds)).url, at(refunds)), 'tax')
      tax.tamper = {}
      delete tax.next.error
      const text = textOf(page)
      assert.ok(text.includes(hub.web.translate('en')(`notice.${kind}`, { provider: 'tax' })), text)
      const [, reference = ''] = new RegExp(`${code} · ([0-9A-Z-]{14})`).exec(text) ?? []
      assert.equal((await connectionOf(hub, reference))?.refusal, `provider_${kind}`)
      assert.ok(linksOf(page).some(({ href }) => href === help))
    }
  })

  test('an account below the level asked: the page leads to the help of that provider; so does the information page', async () => {
    post.next.acr = 'eidas1'
    const browser = new UserAgent({ language: 'en' })
    const page = await choose(browser, justice, await browser.open((await attempt(justice)).url, at(justice)), 'post')
    post.next.acr = 'eidas2'
    assert.ok(textOf(page).includes(hub.web.translate('en')('notice.level_not_reached')))
    assert.ok(linksOf(page).some(({ href }) => href === `${help}/post`))
    const reader = new UserAgent()
    const informed = await choose(reader, refunds, await reader.open((await attempt(refunds)).url, at(refunds)), 'tax')
    assert.ok(linksOf(informed).some(({ href }) => href === help))
  })

  test('R126: the error page of a login changes its language and keeps its reference and its ways on', async () => {
    const browser = new UserAgent({ language: 'en' })
    tax.tamper = misbehaviours.wrong_nonce
    const tried = await attempt(refunds)
    const page = await choose(browser, refunds, await browser.open(tried.url, at(refunds)), 'tax')
    tax.tamper = {}
    const referenceOn = (answer: Answer) => /G0209 · [0-9A-Z-]{14}/.exec(textOf(answer))?.[0]
    const inArabic = linksOf(page).find(({ searchParams }) => searchParams.get('lang') === 'ar') ?? assert.fail()
    const arabic = await browser.open(inArabic)
    assert.equal(arabic.status, 502)
    assert.match(arabic.body, /<html lang="ar" dir="rtl">/)
    assert.ok(referenceOn(page))
    assert.equal(referenceOn(arabic), referenceOn(page))
    assert.ok(textOf(arabic).includes(hub.web.translate('ar')('choose.back', { service: 'Service refunds' })))
    assert.ok(linksOf(arabic).some(({ href }) => href === help))
    const again = linksOf(arabic).find(({ pathname }) => pathname.endsWith('/again')) ?? assert.fail()
    const chosen = await browser.open(again)
    assert.match(chosen.body, /<html lang="ar"/, 'the language stays')
    const back = await goOn(browser, refunds, await choose(browser, refunds, chosen, 'tax'))
    assert.ok((await redeem(refunds, { attempt: tried, page: back })).idToken.sub)
  })

  describe('twenty presses of one button at the same instant', () => {
    const simultaneous = 20
    /** Each as a tab of its own: what one is given, another does not have. */
    const together = <T>(browser: UserAgent, press: (tab: UserAgent) => Promise<T>) =>
      Promise.all(
        Array.from({ length: simultaneous }, async () => {
          const tab = browser.clone()
          return { tab, answer: await press(tab) }
        }),
      )
    const informed = async () => {
      const browser = new UserAgent()
      const tried = await attempt(refunds)
      const page = await choose(browser, refunds, await browser.open(tried.url, at(refunds)), 'tax')
      return { browser, tried, page }
    }
    const factsBy = async (names: readonly FactName[]) =>
      Promise.all(names.map(async (name) => (await factsOf(hub, name)).length))
    const written = ['connection.authorised', 'session.started', 'session.ended', 'connection.refused'] as const

    test('R018: the last one: one connection, one session, and each press gets an answer that is good', async () => {
      await signIn(new UserAgent(), refunds, 'tax')
      const { browser, tried, page } = await informed()
      const [before, facts] = [await tally(hub), await factsBy(written)]
      const pressed = await together(browser, (tab) => goOn(tab, refunds, page))
      assert.deepEqual(await tally(hub), {
        ...before,
        connections: before.connections + 1,
        sessions: before.sessions + 1,
        devices: before.devices + 1,
      })
      const [authorised = 0, started = 0, ...others] = facts
      assert.deepEqual(await factsBy(written), [authorised + 1, started + 1, ...others])

      const own = (tab: UserAgent, name: string) => tab.cookies(hub.issuer).get(name)
      for (const name of ['garant_session', 'garant_device']) {
        const values = new Set(pressed.map(({ tab }) => own(tab, name)))
        assert.equal(values.size, 1, `${name} is the same, whichever answer the browser shows`)
        assert.ok(!values.has(undefined))
      }
      const subjects = new Set<string>()
      for (const { tab, answer } of pressed) {
        assert.equal(answer.url.searchParams.get('state'), tried.state)
        assert.equal(answer.url.searchParams.get('error'), null)
        subjects.add((await redeem(refunds, { attempt: tried, page: answer })).idToken.sub)
        const silent = await tab.open((await attempt(refunds, { prompt: 'none' })).url, at(refunds))
        assert.equal(silent.url.searchParams.get('error'), null, 'the session is that of every tab')
      }
      assert.equal(subjects.size, 1)
      const [completed] = (await factsOf(hub, 'connection.authorised')).slice(authorised)
      assert.equal(
        (await factsOf(hub, 'connection.completed')).filter(({ connection }) => connection === completed?.connection)
          .length,
        1,
      )
    })

    test('R018: the last one, where the browser has a session: one takes its place, and its services go on', async () => {
      const browser = new UserAgent()
      const first = await signIn(browser, refunds, 'tax')
      const tried = await attempt(justice)
      const page = await choose(browser, justice, await browser.open(tried.url, at(justice)), 'post')
      const [before, facts] = [await tally(hub), await factsBy(written)]
      const pressed = await together(browser, (tab) => goOn(tab, justice, page))
      const after = await tally(hub)
      assert.deepEqual([after.connections, after.sessions], [before.connections + 1, before.sessions + 1])
      const [authorised = 0, started = 0, ended = 0, refused = 0] = facts
      assert.deepEqual(await factsBy(written), [authorised + 1, started + 1, ended + 1, refused])
      const over = (await factsOf(hub, 'session.ended')).at(-1)
      assert.deepEqual([over?.reason, over?.services], ['replaced', []])
      const tabs = pressed.map(({ tab }) => tab.cookies(hub.issuer).get('garant_session'))
      assert.equal(new Set(tabs).size, 1)
      const [{ tab }] = pressed as [(typeof pressed)[number]]
      const silent = await attempt(refunds, { prompt: 'none' })
      const again = await redeem(refunds, { attempt: silent, page: await tab.open(silent.url, at(refunds)) })
      assert.equal(again.idToken.sid, first.idToken.sid, 'the service knows the session by what it was told')
    })

    test('R018: whatever each has read before: one writes, and all get the same answer', async () => {
      const { browser, page } = await informed()
      const id = formTo(page, /\/inform$/).action.pathname.split('/')[2] ?? ''
      const visitor = {
        browser: browser.cookies(hub.issuer).get('garant_browser'),
        session: undefined,
        device: undefined,
        language: 'fr' as const,
        address: '192.0.2.1',
        port: 1,
      }
      const loaded = await Promise.all(Array.from({ length: simultaneous }, () => hub.login.load(id, visitor)))
      const before = await tally(hub)
      const outcomes = await Promise.all(
        loaded.map((each) => {
          assert.ok(each.kind === 'flow')
          hub.login.acknowledge(each.flow)
          return hub.login.conclude(each.flow, visitor)
        }),
      )
      for (const outcome of outcomes) {
        assert.equal(outcome.kind, 'answer')
        assert.deepEqual(outcome, outcomes[0], 'cookies included')
      }
      const after = await tally(hub)
      assert.equal(after.connections, before.connections + 1)
      assert.equal(after.sessions, before.sessions + 1)
    })

    test('R018: the last one, by a person whom nobody knew: one person, one connection', async () => {
      const { subject, claims } = tax.next
      Object.assign(tax.next, {
        subject: 'somebody new',
        claims: { ...citizen, given_name: 'Nadia', birthdate: '1981-03-04' },
      })
      const { browser, page } = await informed()
      Object.assign(tax.next, { subject, claims })
      const before = await tally(hub)
      const pressed = await together(browser, (tab) => goOn(tab, refunds, page))
      for (const { answer } of pressed) assert.ok(answer.url.searchParams.get('code'))
      const after = await tally(hub)
      for (const one of ['people', 'links', 'subjects', 'sessions', 'connections'] as const) {
        assert.equal(after[one], before[one] + 1, one)
      }
      assert.equal(after.collisions, before.collisions)
    })

    test('R011: the way back: one refused connection', async () => {
      const { browser, page } = await informed()
      const before = await tally(hub)
      const pressed = await together(browser, (tab) => tab.submit(page, formTo(page, /\/inform$/), {}, at(refunds)))
      assert.equal((await tally(hub)).connections, before.connections + 1)
      assert.ok(pressed.every(({ answer }) => answer.url.searchParams.get('code')))

      const leaving = await informed()
      const cancel = { ...formTo(leaving.page, /\/inform$/) }
      cancel.action = new URL(cancel.action.pathname.replace('/inform', '/cancel'), hub.issuer)
      const left = await together(leaving.browser, (tab) => tab.submit(leaving.page, cancel, {}, at(refunds)))
      assert.ok(left.every(({ answer }) => answer.url.searchParams.get('error') === 'access_denied'))
      assert.equal((await tally(hub)).connections, before.connections + 2)
    })

    test('one half on, the other half back: the first one decides, and all get its answer', async () => {
      const { browser, page } = await informed()
      const before = await tally(hub)
      const on = formTo(page, /\/inform$/)
      const back = { ...on, action: new URL(on.action.pathname.replace('/inform', '/cancel'), hub.issuer) }
      let turn = 0
      const pressed = await together(browser, (tab) => tab.submit(page, turn++ % 2 ? on : back, {}, at(refunds)))
      assert.equal((await tally(hub)).connections, before.connections + 1)
      const answers = new Set(pressed.map(({ answer }) => answer.url.searchParams.get('error')))
      assert.equal(answers.size, 1, [...answers].join())
    })
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
