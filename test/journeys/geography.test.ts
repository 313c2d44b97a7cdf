/**
 * Geography as policy, walked: the same person at home, abroad with what makes up for it, and abroad without; a session
 * that is carried away; a trip that a thief would like to declare. Where somebody is, is what a proxy says.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { day, hour, second } from '../../src/kernel/durations.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  signIn,
  tile,
  walk,
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

const lyon = '80.67.169.12'
const boston = '18.9.22.69'
const nowhere = '203.0.113.9'

const reason = {
  fr: 'Une convention avec la Banque centrale.',
  en: 'A convention with the central bank.',
  ar: 'اتفاقية مع البنك المركزي.',
}

describe('geography', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let humans = 0
  const parties: Record<string, RelyingParty> = {}

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[tax, post] = await Promise.all([
      startProvider({ id: 'tax', clock }),
      startProvider({ id: 'post', acr: 'eidas2', clock }),
    ])
    hub = await startTestHub({ settings: { trustedProxies: ['127.0.0.1'] } })
    const geography = (changes: Record<string, unknown> = {}) => ({ allowed: ['FR'], ...changes })
    const service = (id: string, changes: Record<string, unknown> = {}) =>
      serviceEntry(id, { sector: `${id}.example`, ...changes })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
        services: [
          service('open'),
          service('more', { geography: geography({ exempt: ['trusted_device', 'declared_trip'] }) }),
          service('level', { geography: geography({ stepUpLevel: 'eidas2' }) }),
          service('closed', { geography: geography({ elsewhere: 'refuse', reason }) }),
          service('few', {
            geography: geography({ elsewhere: 'refuse', exempt: ['trusted_device', 'declared_trip'] }),
          }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        ],
      },
    ])
    for (const id of ['open', 'more', 'level', 'closed', 'few']) {
      parties[id] = await relyingParty({ issuer: hub.issuer, clientId: id, secret: secretOf(id) })
    }
  })
  after(async () => {
    await hub.close()
    await Promise.all([tax.close(), post.close()])
    mock.timers.reset()
  })
  beforeEach(async () => {
    await settle(hub)
    hub.smtp.mails.length = 0
    newcomer()
    clock.advance(second)
  })

  /** Somebody whom nobody knows yet, with an account at each provider. */
  function newcomer(): void {
    humans++
    const letters = 'abcdefghijklmnopqrstuvwxyz'
    const letter = `${letters[Math.floor(humans / 26)]}${letters[humans % 26]}`
    const claims = { ...citizen, family_name: `Rivière-${letter}`, email: `person-${letter}@mail.example` }
    Object.assign(tax.next, { subject: `tax ${letter}`, claims, amr: ['pwd'] })
    Object.assign(post.next, { subject: `post ${letter}`, claims, amr: ['pwd', 'otp', 'mfa'] })
  }

  const browserIn = (address: string, cookies?: UserAgent) => {
    const browser = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': address } })
    for (const [name, value] of cookies?.cookies(hub.issuer) ?? []) browser.setCookie(hub.issuer, name, value)
    return browser
  }
  const party = (id: string) => parties[id] ?? assert.fail(id)
  const path = (of: string) => new URL(of, hub.issuer)
  const answered = (page: Answer, id: string) => at(party(id))(page.url) && page.url.searchParams.get('error')
  const lastFact = async <N extends Parameters<typeof factsOf>[1]>(name: N) => (await factsOf(hub, name)).at(-1)

  async function arrive(browser: UserAgent, id: string, parameters: Record<string, string> = {}) {
    const tried = await attempt(party(id), parameters)
    return { tried, page: await browser.open(tried.url, at(party(id))) }
  }

  test('R082: at home a service with a rule is like any other, and so is one without a rule abroad', async () => {
    const home = browserIn(lyon)
    const { page } = await arrive(home, 'more')
    assert.doesNotMatch(textOf(page), /You are connecting from/)
    assert.equal((await signIn(home, party('more'), 'tax')).idToken.acr, 'eidas1')
    assert.equal((await signIn(browserIn(boston), party('open'), 'tax')).idToken.acr, 'eidas1')
    assert.equal(
      (await signIn(browserIn('127.0.0.1'), party('closed'), 'tax')).idToken.acr,
      'eidas1',
      'a local network',
    )
  })

  test('R082: abroad, the page says ahead that the service asks for more, and two factors in this login open it', async () => {
    const far = browserIn(boston)
    const { tried, page } = await arrive(far, 'more')
    assert.match(textOf(page), /You are connecting from: United States\. From there .* asks for two proofs/)
    const again = await choose(far, party('more'), page, 'tax')
    assert.match(textOf(again), /From where you are, this service asks for one more proof/)
    const refused = await lastFact('connection.refused')
    assert.equal(refused?.reason, 'country_needs_proof')
    assert.deepEqual(await lastFact('geography.stepped_up'), {
      ...{ connection: refused?.connection, service: 'more', country: 'US', reason: 'abroad' },
    })
    const informed = await goOn(far, party('more'), await choose(far, party('more'), again, 'post'))
    assert.equal((await redeem(party('more'), { attempt: tried, page: informed })).idToken.acr, 'eidas2')
  })

  test('R082: where a level is asked, the accounts that do not reach it are greyed', async () => {
    const far = browserIn(boston)
    const { page } = await arrive(far, 'level')
    const again = await choose(far, party('level'), page, 'tax')
    assert.match(textOf(again), /asks for an account of the substantial level/)
    assert.throws(() => tile(again, 'tax'), /no tile/)
    const done = await goOn(far, party('level'), await choose(far, party('level'), again, 'post'))
    assert.ok(done.url.searchParams.has('code'))
  })

  test('R082: a session that began at home and goes on abroad is judged by where it is', async () => {
    const home = browserIn(lyon)
    await signIn(home, party('more'), 'post')
    assert.equal(answered((await arrive(home, 'more', { prompt: 'none' })).page, 'more'), null, 'at home it answers')
    const carried = browserIn(boston, home)
    carried.setCookie(hub.issuer, 'garant_device', '')
    assert.equal(answered((await arrive(carried, 'more', { prompt: 'none' })).page, 'more'), 'login_required')
    const { page } = await arrive(carried, 'more')
    assert.match(textOf(page), /From where you are, this service asks for one more proof/)
    assert.equal((await lastFact('geography.stepped_up'))?.connection, null)
    const asked = (await factsOf(hub, 'geography.stepped_up')).length
    assert.match(textOf(await carried.open(page.url)), /asks for one more proof/)
    assert.equal((await factsOf(hub, 'geography.stepped_up')).length, asked, 'a reload asks for nothing more')
    const { page: closed } = await arrive(carried, 'closed')
    assert.equal(closed.status, 403)
    assert.equal(answered((await arrive(carried, 'closed', { prompt: 'none' })).page, 'closed'), 'access_denied')
    assert.equal(answered((await arrive(home, 'more', { prompt: 'none' })).page, 'more'), null, 'nothing was ended')
  })

  test('R082: a closed service says so before anybody signs in: the country, the reason, each way on', async () => {
    const far = browserIn(boston)
    const { page } = await arrive(far, 'closed')
    assert.equal(page.status, 403)
    const said = textOf(page)
    for (const words of [
      'does not open from: United States',
      'not your fault',
      reason.en,
      'Is the country wrong?',
      'VPN',
    ]) {
      assert.ok(said.includes(words), words)
    }
    assert.doesNotMatch(said, /Declare a trip/, 'what does not help is not proposed')
    const refused = await lastFact('connection.refused')
    assert.equal(refused?.reason, 'country_refused')
    assert.deepEqual(await lastFact('geography.refused'), {
      ...{ connection: refused?.connection, service: 'closed', country: 'US', reason: 'abroad' },
    })
    const help = linksOf(page).find(({ pathname }) => pathname === '/help/ask')
    const { reference } =
      (await hub.connections.byId(hub.storage.db, refused?.connection ?? assert.fail())) ?? assert.fail()
    assert.ok(help?.searchParams.get('reference')?.includes(reference), 'the reference is filled in')
    // A reload writes nothing more.
    const lines = (await factsOf(hub, 'connection.refused')).length
    assert.equal((await far.open(page.url)).status, 403)
    assert.equal((await factsOf(hub, 'connection.refused')).length, lines)
    const back = linksOf(page).find(({ pathname }) => pathname.endsWith('/back')) ?? assert.fail('no way back')
    const gone = await far.open(back, at(party('closed')))
    assert.equal(answered(gone, 'closed'), 'access_denied')
  })

  test('R082: from a network of no country the page does not name one', async () => {
    const { page } = await arrive(browserIn(nowhere), 'few')
    assert.match(textOf(page), /a country that we cannot tell\. From there .* does not open, with exceptions/)
    assert.doesNotMatch(textOf(page), /Declare a trip/)
  })

  test('R082: whoever tries again at home, without the VPN, goes on in the same login', async () => {
    const { page } = await arrive(browserIn(boston), 'closed')
    const again =
      linksOf(page).find(({ pathname }) => pathname.endsWith('/again')) ?? assert.fail('no way to try again')
    assert.ok(again)
    const far = browserIn(boston)
    const { tried, page: first } = await arrive(far, 'closed')
    const home = browserIn(lyon, far)
    const link = linksOf(first).find(({ pathname }) => pathname.endsWith('/again')) ?? assert.fail()
    const choice = await home.open(link)
    const done = await goOn(home, party('closed'), await choose(home, party('closed'), choice, 'tax'))
    assert.equal((await redeem(party('closed'), { attempt: tried, page: done })).idToken.acr, 'eidas1')
  })

  test('R082: a device that was used at home opens it abroad; one that was not, or is shared, does not', async () => {
    const home = browserIn(lyon)
    await signIn(home, party('open'), 'tax')
    const travelled = browserIn(boston, home)
    assert.ok((await walk(travelled, party('few'), 'tax')).page.url.searchParams.has('code'))
    // A thief who was let in elsewhere has a known device, which was never at home.
    const thief = browserIn(boston)
    await signIn(thief, party('open'), 'tax')
    const { page } = await arrive(thief, 'few')
    assert.equal(page.status, 403)
    // R090: from the third person on nobody's.
    for (let person = 0; person < 2; person++) {
      newcomer()
      await signIn(browserIn(lyon, home), party('open'), 'tax', { prompt: 'login' })
    }
    const shared = await walk(browserIn(boston, home), party('few'), 'tax', { prompt: 'login' })
    assert.equal(shared.page.status, 403)
  })

  /** Signs in to the space from there, and opens the page that declares a trip. */
  async function tripForm(browser: UserAgent, provider: string, place = '/space/trips/new'): Promise<Answer> {
    let page = await browser.open(path(place))
    for (let asked = 0; asked < 2 && page.body.includes('/choose"'); asked++) {
      const { form, values } = tile(page, provider)
      page = await browser.submit(page, form, values)
    }
    return page
  }
  const isoDay = (after: number) => new Date(clock.now() + after * day).toISOString().slice(0, 10)
  const declare = (browser: UserAgent, page: Answer, typed: Record<string, string> = {}) =>
    browser.submit(page, formTo(page, /^\/space\/trips\/new$/), {
      ...{ 'country-0': 'US', 'country-1': '', 'country-2': '', from: isoDay(0), until: isoDay(10) },
      ...typed,
    })

  test('R082: a trip that was declared opens the service there, is told by mail, and is withdrawn at once', async () => {
    const home = browserIn(lyon)
    await signIn(home, party('open'), 'post')
    await settle(hub)
    hub.smtp.mails.length = 0
    const listed = await declare(home, await tripForm(home, 'post'))
    assert.match(textOf(listed), /Your trip is declared/)
    await settle(hub)
    const { person, takesEffect } = (await lastFact('trip.declared')) ?? assert.fail()
    assert.equal(takesEffect, clock.now(), 'at once')
    const [mail] = hub.smtp.mails.filter(({ text }) => /A trip was declared in your name/.test(text))
    assert.ok(mail, 'told')
    assert.doesNotMatch(mail.text, /United States/, 'where is not for a mailbox')

    const abroad = browserIn(boston)
    assert.ok((await walk(abroad, party('few'), 'tax')).page.url.searchParams.has('code'))
    const elsewhere = await walk(browserIn('1.1.1.1'), party('few'), 'tax')
    assert.equal(elsewhere.page.status, 403, 'a trip is to its countries')

    const [trip] = await hub.trips.of(person)
    const page = await home.open(path('/space/trips'))
    const form =
      formsOf(page).find(({ action }) => action.pathname === `/space/trips/${trip?.trip}/withdraw`) ?? assert.fail()
    // Somebody else's button does nothing.
    newcomer()
    const other = browserIn(lyon)
    await tripForm(other, 'post')
    const theirs = await other.open(path('/space/trips'))
    assert.doesNotMatch(textOf(theirs), /United States/)
    assert.match(textOf(await home.submit(page, form)), /The trip is withdrawn/)
    assert.match(textOf(await home.submit(page, form)), /over or withdrawn already/)
    assert.equal((await arrive(abroad, 'few')).page.status, 403)
  })

  test('R082: a thief abroad does not declare the trip that opens the door; who proves two factors there does', async () => {
    // All that this person ever had is a password.
    const thief = browserIn(boston)
    const form = await tripForm(thief, 'tax')
    assert.match(textOf(form), /This account is of the low level/)
    const refused = await declare(thief, form)
    assert.equal(refused.status, 403)
    assert.match(textOf(refused), /From here a stronger proof is needed/)
    const later = await declare(thief, form, { 'country-0': 'CA' })
    assert.match(textOf(later), /it will count in a day/)
    const { person, takesEffect } = (await lastFact('trip.declared')) ?? assert.fail()
    assert.equal(takesEffect, clock.now() + day)
    assert.equal((await hub.trips.of(person))[0]?.state, 'waiting')

    newcomer()
    const owner = browserIn(boston)
    const { page } = await arrive(owner, 'few')
    const closed = await choose(owner, party('few'), page, 'tax')
    assert.equal(closed.status, 403)
    const link =
      linksOf(closed).find(({ pathname }) => pathname.startsWith('/space/trips/new/US/')) ??
      assert.fail('no way to a trip')
    const declared = await declare(owner, await tripForm(owner, 'post', link.pathname))
    const back =
      linksOf(declared).find(({ pathname }) => pathname.endsWith('/again')) ??
      assert.fail(`no way back: ${textOf(declared)}`)
    const choice = await owner.open(back)
    const done = await choose(owner, party('few'), choice, 'post')
    assert.ok((await goOn(owner, party('few'), done)).url.searchParams.has('code'))
  })

  test('R082: what cannot be declared is said beside its field, and nothing typed is lost', async () => {
    const home = browserIn(lyon)
    const page = await declare(home, await tripForm(home, 'post'), { until: isoDay(-3), 'country-1': 'CA' })
    assert.equal(page.status, 400)
    assert.match(textOf(page), /The last day comes before the first one/)
    assert.match(page.body, /value="CA" selected/)
    assert.equal((await declare(home, page, { 'country-0': 'ZZ' })).status, 400)
    // Twice the same, as by the back button, is one trip.
    assert.match(textOf(await declare(home, page)), /Your trip is declared/)
    assert.match(textOf(await declare(home, page)), /was declared already/)
    clock.advance(hour)
  })
})
