/**
 * "It was not me", told as its people live it: a mail speaks of a sign-in that the victim did not make. With its code
 * alone they end that session; signed in, they go further, and an operator closes what they reported.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { hour, minute, second } from '../../src/kernel/durations.ts'
import { newProgram } from '../support/api-client.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { newOperator } from '../support/operators.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { type RelyingParty, relyingParty, signIn, tile, walk } from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

describe('it was not me', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let refunds: RelyingParty
  let humans = 0

  const lyon = '80.67.169.12'
  const boston = '18.9.22.69'

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[tax, post] = await Promise.all([
      startProvider({ id: 'tax', clock }),
      startProvider({ id: 'post', acr: 'eidas2', clock }),
    ])
    // The browsers of these tests say where they are, as behind a load balancer.
    hub = await startTestHub({ settings: { trustedProxies: ['127.0.0.1'] } })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [serviceEntry('refunds'), serviceEntry('records', { sector: 'records.example' })],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        ],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    await hub.close()
    await Promise.all([tax.close(), post.close()])
    mock.timers.reset()
  })
  beforeEach(async () => {
    await settle(hub)
    hub.smtp.mails.length = 0
    await sql`truncate case_code_tries`.execute(hub.storage.db)
    // Two events of one instant have no order.
    clock.advance(second)
  })

  /** Somebody whom nobody knows yet, with an account at each provider. */
  function newcomer(): string {
    humans++
    const letter = 'abcdefghijklmnopqrstuvwxyz'[humans]
    const claims = { ...citizen, family_name: `Rivière-${letter}`, email: `person-${letter}@mail.example` }
    Object.assign(tax.next, { subject: `tax ${letter}`, claims })
    Object.assign(post.next, { subject: `post ${letter}`, claims })
    return claims.email
  }

  const browserIn = (address = lyon) => new UserAgent({ language: 'en', headers: { 'x-forwarded-for': address } })

  const path = (of: string) => new URL(of, hub.issuer)

  /** From the page that asks who is there to the one that was asked for. */
  async function enter(browser: UserAgent, place: string, provider: string): Promise<Answer> {
    const page = await browser.open(path(place))
    if (!page.body.includes('/choose"')) return page
    const { form, values } = tile(page, provider)
    return browser.submit(page, form, values)
  }

  /** The code of the last message, as it is printed. */
  function messageCode(): string {
    const { text } = hub.smtp.mails.at(-1) ?? assert.fail('no mail')
    return /Code of this message: \u2068?([\dA-Z-]{14})/.exec(text)?.[1] ?? assert.fail(text)
  }
  function connectionCode(): string {
    const { text } = hub.smtp.mails.at(-1) ?? assert.fail('no mail')
    return /Code of the connection: \u2068?([\dA-Z-]{14})/.exec(text)?.[1] ?? assert.fail(text)
  }

  /** A victim at home, and a thief who signs in by the victim's account elsewhere. */
  async function stolen(): Promise<{ victim: UserAgent; thief: UserAgent; email: string }> {
    const email = newcomer()
    const victim = browserIn()
    await signIn(victim, refunds, 'tax')
    await settle(hub)
    clock.advance(minute)
    const thief = browserIn()
    await signIn(thief, refunds, 'tax')
    await settle(hub)
    return { victim, thief, email }
  }

  async function typeCode(code: string, browser = browserIn('90.1.2.3')): Promise<Answer> {
    const page = await browser.open(path('/not-me'))
    return browser.submit(page, formTo(page, /^\/not-me$/), { code })
  }

  /** Does the hub still answer for this browser, without anybody? */
  const isSignedIn = async (browser: UserAgent) => {
    const { page } = await walk(browser.clone(), refunds, 'tax', { prompt: 'none' })
    return page.url.searchParams.has('code')
  }

  const press = (browser: UserAgent, page: Answer, act: string, values: Record<string, string> = {}) => {
    const form = formsOf(page).find(({ buttons }) => buttons.some(({ value }) => value === act))
    assert.ok(form, `${act} is offered: ${textOf(page)}`)
    return browser.submit(page, form, { ...values, act })
  }
  const offered = (page: Answer) =>
    formsOf(page).flatMap(({ buttons }) => buttons.flatMap(({ name, value }) => (name === 'act' ? [value] : [])))

  describe('by the code of the alert alone', () => {
    test('R101: ends that session and no other, whoever types it, and says nothing of whom it is', async () => {
      const { victim, thief, email } = await stolen()
      assert.deepEqual([await isSignedIn(victim), await isSignedIn(thief)], [true, true])
      const code = messageCode()
      const answer = await typeCode(code.toLowerCase().replaceAll('-', ' '))
      assert.equal(answer.status, 200)
      assert.match(textOf(answer), /The session is over/)
      for (const told of ['tax', 'refunds', 'post', email, 'Rivière', connectionCode(), code, 'France', '22 Nov']) {
        assert.ok(!textOf(answer).includes(told), `${told} is not told`)
      }
      assert.deepEqual([await isSignedIn(victim), await isSignedIn(thief)], [true, false])
      const [disowned] = await factsOf(hub, 'connection.disowned')
      const ended = (await factsOf(hub, 'session.ended')).at(-1)
      assert.deepEqual(
        [disowned?.by, disowned?.person, ended?.reason, ended?.services],
        ['code', ended?.person, 'revoked', ['refunds']],
        'and the services of that session are told',
      )
      const again = await typeCode(code)
      assert.equal(textOf(again), textOf(answer))
      assert.equal((await factsOf(hub, 'connection.disowned')).length, 1)
    })

    test('R101: the device that was used is nobody’s friend any more: the next sign-in there is told again', async () => {
      const { thief } = await stolen()
      await typeCode(messageCode())
      const before = hub.smtp.mails.length
      clock.advance(minute)
      await signIn(thief, refunds, 'tax')
      await settle(hub)
      assert.equal(hub.smtp.mails.length, before + 1)
    })

    test('R107: an address does nothing, and a mail holds none', async () => {
      const { thief } = await stolen()
      assert.doesNotMatch(hub.smtp.mails.at(-1)?.text ?? '', /https?:/)
      for (const address of [`/not-me?code=${messageCode()}`, `/not-me/${messageCode()}`]) {
        const page = await browserIn().open(path(address))
        assert.doesNotMatch(textOf(page), /The session is over/)
      }
      const url = path(`/not-me?code=${messageCode()}`)
      const foreign = { url, method: 'POST', body: `code=${messageCode()}` } as const
      const sent = await browserIn().send({ ...foreign, site: 'cross-site', origin: 'https://elsewhere.example' })
      assert.equal(sent.status, 403)
      assert.equal(await isSignedIn(thief), true)
    })

    test('what is no code of a message gets one answer, the code of a connection among it; a slip another', async () => {
      const { thief } = await stolen()
      const unknown = await typeCode('0000-0000-0000')
      const ofConnection = await typeCode(connectionCode())
      assert.deepEqual([unknown.status, ofConnection.status], [422, 422])
      const said = (page: Answer) => textOf({ body: page.body.replace(/<form[\s\S]*<\/form>/, '') })
      assert.equal(said(unknown), said(ofConnection))
      assert.match(said(unknown), /No message that we have kept bears this code/)
      const slip = messageCode().replace(/.$/, (last) => (last === '7' ? '8' : '7'))
      for (const typed of [slip, '', '<b>x</b>'.repeat(50)]) {
        const page = await typeCode(typed)
        assert.equal(page.status, 422)
        assert.match(textOf(page), /not a whole code/)
        assert.doesNotMatch(page.body, /<b>x/)
      }
      assert.equal(await isSignedIn(thief), true)
    })

    test('the code of a message about something else ends nothing, and says so', async () => {
      const { thief } = await stolen()
      const person = (await factsOf(hub, 'connection.authorised')).at(-1)?.person
      assert.ok(person)
      await hub.storage.transaction(async (tx) => {
        const { contact, code } = await hub.people.addContact(tx, person, 'new@mail.example', 'eidas1', 'en')
        await hub.people.verifyContact(tx, person, contact, code, 'eidas1')
      })
      await settle(hub)
      const answer = await typeCode(messageCode())
      assert.match(textOf(answer), /not about a sign-in/)
      assert.equal(await isSignedIn(thief), true)
    })

    test('R062: from one network so many codes in an hour, over all processes', async () => {
      for (let time = 0; time < 60; time++) await hub.cases.mayTry('90.1.2.200')
      const { thief } = await stolen()
      const answer = await typeCode(messageCode())
      assert.equal(answer.status, 429)
      assert.equal(await isSignedIn(thief), true)
      clock.advance(hour)
      assert.match(textOf(await typeCode(messageCode())), /The session is over/)
    })
  })

  describe('signed in', () => {
    const lines = async (browser: UserAgent) => {
      const home = await browser.open(path('/space'))
      return linksOf(home).filter(({ pathname }) => /^\/space\/not-me\/[\dA-Z-]{14}$/.test(pathname))
    }
    const lineOf = (reference: string) => `/space/not-me/${reference}`

    test('R101 R102 R103: the home asks; "no" ends that session and offers what can be done; a report becomes a case', async () => {
      const { victim, thief } = await stolen()
      const reference = connectionCode()
      await enter(victim, '/space', 'tax')
      assert.ok((await lines(victim)).some(({ pathname }) => pathname.endsWith(reference)))
      const page = await victim.open(path(lineOf(reference)))
      assert.equal(page.status, 200)
      assert.deepEqual(offered(page), ['disown', 'own'])
      const answer = await press(victim, page, 'disown')
      assert.match(textOf(answer), /Noted: it was not you/)
      assert.deepEqual([await isSignedIn(victim), await isSignedIn(thief)], [true, false])
      assert.ok(!(await lines(victim)).some(({ pathname }) => pathname.endsWith(reference)), 'it was answered')
      // R112, R114, R115, R116
      const links = linksOf(answer).map(({ pathname }) => pathname)
      for (const way of ['/space/protection/freeze', '/space/sessions', '/space/history'])
        assert.ok(links.includes(way), way)
      assert.match(textOf(answer), /Change the password of your account/)
      assert.match(textOf(answer), new RegExp(`second proof: .*${post.provider().name.en}`))
      assert.match(textOf(answer), /one in use cannot be blocked/)

      const told = 'I lost my telephone.\r\nOn Tuesday.'
      const reported = await press(victim, answer, 'report', { words: told })
      assert.match(textOf(reported), /Your report has arrived.*We have received it/)
      assert.deepEqual(offered(reported), [], 'nothing is taken back while it is open')
      clock.advance(second)
      const twice = await press(victim, answer, 'report', { words: 'again' })
      assert.match(textOf(twice), /had reported this connection before/)
      assert.match(textOf(await press(victim, answer, 'own')), /answer cannot change before it ends/)
      const list = await victim.open(path('/space/not-me'))
      assert.match(textOf(list), /Case [\dA-Z-]{14} open We have received it/)

      const { agent } = await newOperator(hub, { roles: ['support'] })
      const cases = await agent.open(path('/console/cases'))
      const listed = (page: Answer) => linksOf(page).filter(({ pathname }) => /^\/console\/cases\/cas_/.test(pathname))
      const [link, ...others] = listed(cases)
      assert.deepEqual(others, [])
      const one = await agent.open(link ?? assert.fail('no case'))
      assert.match(textOf(one), /I lost my telephone\. On Tuesday\./)
      assert.ok(textOf(one).includes(reference))
      for (const secret of ['Rivière', lyon, 'tax c']) assert.ok(!textOf(one).includes(secret), secret)
      const form = formTo(one, /^\/console\/cases\/cas_.+\/close$/)
      assert.equal((await agent.submit(one, form)).status, 422)
      const closed = await agent.submit(one, form, { reason: 'not_a_theft' })
      assert.match(textOf(closed), /The case is closed/)
      assert.equal((await agent.submit(one, form, { reason: 'settled' })).status, 409, 'it was closed meanwhile')
      assert.deepEqual(listed(await agent.open(path('/console/cases'))), [])
      assert.equal(listed(await agent.open(path('/console/cases?state=closed'))).length, 1)
      assert.deepEqual(
        (await factsOf(hub, 'case.closed')).map(({ reason }) => reason),
        ['not_a_theft'],
      )
      assert.match(textOf(await victim.open(path('/space/not-me'))), /nobody else had used your identity/)
      assert.deepEqual(offered(await victim.open(path(lineOf(reference)))), ['report', 'own'])
    })

    test('R058: to take back that it was not them, they sign in anew with the strongest that they have', async () => {
      const { victim, thief } = await stolen()
      const reference = connectionCode()
      await typeCode(messageCode())
      clock.advance(10 * minute)
      const page = await enter(victim, lineOf(reference), 'tax')
      assert.match(textOf(page), /You said that it was not you/)
      const asked = await press(victim, page, 'own')
      assert.equal(asked.url.pathname, lineOf(reference), 'back from the provider')
      assert.match(textOf(asked), /You said that it was not you/)
      const owned = await press(victim, asked, 'own')
      assert.match(textOf(owned), /Noted: it was you/)
      assert.equal((await factsOf(hub, 'connection.owned')).length, 1)
      assert.equal(await isSignedIn(thief), false, 'what ended has ended')
      assert.deepEqual(offered(owned), ['disown'])
    })

    test('"it was me" clears it, without a letter', async () => {
      const { victim } = await stolen()
      const reference = connectionCode()
      const page = await enter(victim, lineOf(reference), 'tax')
      await settle(hub)
      const before = hub.smtp.mails.length
      assert.match(textOf(await press(victim, page, 'own')), /Noted: it was you/)
      await settle(hub)
      assert.equal(hub.smtp.mails.length, before)
      assert.ok(!(await lines(victim)).some(({ pathname }) => pathname.endsWith(reference)))
    })

    test('the connection by which one is here is one’s own', async () => {
      newcomer()
      const browser = browserIn()
      await enter(browser, '/space', 'tax')
      await settle(hub)
      const page = await browser.open(path(lineOf(connectionCode())))
      assert.match(textOf(page), /by which you are here right now/)
      assert.deepEqual(offered(page), ['own'])
      const [form] = formsOf(page).filter(({ action }) => action.pathname.startsWith('/space/not-me'))
      assert.ok(form)
      await browser.submit(page, form, { act: 'disown' })
      assert.equal((await browser.open(path('/space'))).url.pathname, '/space', 'still signed in')
    })

    test('R128: somebody else’s line, and what is no line, are not there', async () => {
      await stolen()
      const reference = connectionCode()
      newcomer()
      const other = browserIn()
      await enter(other, '/space', 'tax')
      for (const place of [lineOf(reference), lineOf('0000-0000-0000'), lineOf('x')]) {
        assert.equal((await other.open(path(place))).status, 404, place)
      }
      const own = await other.open(path('/space/not-me'))
      assert.match(textOf(own), /Nobody reported anything in your name/)
    })

    test('R112: who came by a weaker account does not answer for the others, nor quiets an alarm', async () => {
      newcomer()
      const victim = browserIn()
      await signIn(victim, refunds, 'tax')
      await settle(hub)
      clock.advance(minute)
      await signIn(victim, refunds, 'post', { acr_values: 'eidas2', prompt: 'login' })
      await settle(hub)
      const strong = (await factsOf(hub, 'connection.authorised')).at(-1)?.connection
      const { rows } = await sql<{ reference: string }>`select reference from connections where id = ${strong}`.execute(
        hub.storage.db,
      )
      clock.advance(minute)
      const thief = browserIn()
      await enter(thief, '/space', 'tax')
      await settle(hub)
      const about = await thief.open(path(lineOf(connectionCode())))
      assert.deepEqual(offered(about), [])
      assert.match(textOf(about), /no thief can answer in your place/)
      assert.equal((await thief.open(path(lineOf(rows[0]?.reference ?? 'none')))).status, 404)
      const [form] = formsOf(about).filter(({ action }) => action.pathname.startsWith('/space/not-me'))
      assert.ok(form)
      const answered = (await factsOf(hub, 'connection.owned')).length
      await thief.submit(about, form, { act: 'own' })
      assert.equal((await factsOf(hub, 'connection.owned')).length, answered)
    })
  })

  test('R100: a program reads and closes what was reported, each reading a fact', async () => {
    await stolen()
    const { person, connection } = (await factsOf(hub, 'connection.authorised')).at(-1) ?? assert.fail()
    const actor = { kind: 'person', id: person } as const
    await hub.cases.open({ person, connections: [connection], words: 'It was not me.', actor })
    const program = await newProgram(hub, { scopes: ['cases:read', 'cases:write'] })
    const { body: list } = await program.call('GET', '/cases?limit=1')
    const [listed] = list.items
    assert.deepEqual([listed.state, list.items.length, listed.words], ['received', 1, undefined])
    const { body: read } = await program.call('GET', `/cases/${listed.case}`)
    assert.deepEqual(
      [read.words, read.person, read.connections[0].reference, read.connections[0].service],
      ['It was not me.', person, connectionCode(), 'refunds'],
    )
    assert.deepEqual((await factsOf(hub, 'case.read')).at(-1)?.actor, { kind: 'api_client', id: program.client })
    const close = () => program.call('POST', `/cases/${listed.case}/close`, { body: { reason: 'duplicate' } })
    assert.deepEqual([(await close()).status, (await close()).status], [200, 409])
    const { body: closed } = await program.call('GET', '/cases?state=closed&limit=1')
    assert.equal(closed.items[0].closed.reason, 'duplicate')
    assert.equal((await program.call('GET', '/cases/cas_none')).status, 404)
  })

  test('R101: a session in two places at once is told, even for the same service again', async () => {
    newcomer()
    const home = browserIn()
    await signIn(home, refunds, 'tax')
    await settle(hub)
    const before = hub.smtp.mails.length
    clock.advance(10 * minute)
    await signIn(home, refunds, 'tax')
    await settle(hub)
    assert.equal(hub.smtp.mails.length, before, 'the same again is not told')
    // The thief has the cookies.
    const far = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': boston } })
    for (const [name, value] of home.cookies(hub.issuer)) far.setCookie(hub.issuer, name, value)
    clock.advance(10 * minute)
    await signIn(far, refunds, 'tax')
    await settle(hub)
    assert.equal(hub.smtp.mails.length, before + 1)
    const { text } = hub.smtp.mails.at(-1) ?? assert.fail()
    assert.ok(text.includes(hub.web.translate('en')('reason.impossible_travel')))
    const line = (await factsOf(hub, 'connection.authorised')).at(-1)
    assert.equal(line?.alert, 'suspicious')
    await typeCode(messageCode())
    assert.equal(await isSignedIn(far), false)
  })
})
