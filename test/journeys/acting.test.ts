/**
 * Acting for an organisation at a login: the choice, what the service is told and what stays behind; a right that ends
 * under one's hands; what others try with hints and forms; a stronger rule from afar.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { decodeJwt } from 'jose'
import type { Organisation } from '../../src/directory/organisations.ts'
import { day, minute, second } from '../../src/kernel/durations.ts'
import { newId, type OrganisationId, type PersonId } from '../../src/kernel/ids.ts'
import { refOf } from '../../src/login/acting.ts'
import type { MandateView } from '../../src/mandates/mandates.ts'
import type { Action } from '../../src/policy/mandate.ts'
import { policySchema } from '../../src/policy/settings.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { activeMandate, done, rightsAt } from '../support/mandates.ts'
import { iceNumber, importOrganisations } from '../support/organisations.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle, tally } from '../support/records.ts'
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
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

const all: Action[] = ['read', 'prepare', 'submit', 'pay']
const office = '10.1.2.3'
const home = '194.2.0.1'

describe('acting for an organisation', () => {
  let clock: TestClock
  let hub: TestHub
  let bank: TestProvider
  let card: TestProvider
  const parties: Record<string, RelyingParty> = {}
  let humans = 0
  let samir: Human
  let nora: Human
  let omar: Human
  let companies: Organisation[]

  interface Human {
    person: PersonId
    level: 'eidas2'
    /** With which providers say who they are. */
    enter(): void
  }

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[bank, card] = await Promise.all([startProvider({ id: 'bank', clock }), startProvider({ id: 'card', clock })])
    hub = await startTestHub({
      clock,
      settings: { trustedProxies: ['127.0.0.1'], policy: policySchema.parse({ localNetworks: ['10.0.0.0/8'] }) },
    })
    const scopes = ['openid', 'given_name', 'representation']
    const service = (id: string, representation: object) =>
      serviceEntry(id, { sector: `${id}.example`, scopes, representation })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
        services: [
          serviceEntry('plain', { sector: 'plain.example', scopes: ['openid', 'given_name'] }),
          service('filing', { actions: all }),
          service('firms', { actions: all, alone: false }),
          service('level', { actions: all, remote: { level: 'eidas3', actions: ['read', 'submit'] } }),
          service('factors', { actions: all, remote: { secondFactor: true } }),
          service('closed', { actions: all, remote: { closed: true } }),
        ],
        providers: [
          providerEntry(bank, { allowedLevels: ['eidas1', 'eidas2'] }),
          providerEntry(card, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] }),
        ],
      },
    ])
    for (const id of ['plain', 'filing', 'firms', 'level', 'factors', 'closed']) {
      const scope = id === 'plain' ? 'openid given_name' : scopes.join(' ')
      parties[id] = await relyingParty({ issuer: hub.issuer, clientId: id, secret: secretOf(id), scope })
    }
    ;[samir, nora, omar] = [await human(), await human(), await human()]
    companies = await importOrganisations(
      hub,
      Array.from({ length: 40 }, (_, index) => ({
        name: `Atlas ${String(index).padStart(2, '0')}`,
        ice: iceNumber(index + 1),
        representatives: [{ identity: identityOf(1) }],
      })),
    )
  })
  after(async () => {
    await hub.close()
    await Promise.all([bank.close(), card.close()])
    mock.timers.reset()
  })
  beforeEach(() => clock.advance(second))

  const identityOf = (count: number) => {
    const { given_name, family_name } = citizen as { given_name: string; family_name: string }
    return { given_name, family_name, birthdate: `19${40 + count}-04-19` }
  }

  /** Somebody whom the hub has met, with an account at the bank, and a card. */
  async function human(): Promise<Human> {
    humans += 1
    const claims = { ...citizen, ...identityOf(humans) }
    const [atBank, atCard] = [
      { subject: `bank-${humans}`, claims, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] },
      { subject: `card-${humans}`, claims, acr: 'eidas3', amr: ['sc', 'pin', 'mfa'] },
    ]
    const enter = () => {
      Object.assign(bank, { next: { ...bank.next, ...atBank } })
      Object.assign(card, { next: { ...card.next, ...atCard } })
    }
    enter()
    await signIn(browserIn(), party('plain'), 'bank')
    const [last] = (await factsOf(hub, 'session.started')).slice(-1)
    return { person: last?.person ?? assert.fail(), level: 'eidas2', enter }
  }

  const browserIn = (address = home) => new UserAgent({ language: 'en', headers: { 'x-forwarded-for': address } })
  const party = (id: string) => parties[id] ?? assert.fail(id)
  const company = (index: number) => companies[index] ?? assert.fail(String(index))
  const lastFact = async <N extends Parameters<typeof factsOf>[1]>(name: N) => (await factsOf(hub, name)).at(-1)

  /** Samir's company lets Nora do something. */
  const mandateFor = (index: number, service: string, over: Parameters<typeof rightsAt>[2] = {}, more: object = {}) =>
    activeMandate(hub, {
      principal: company(index).organisation,
      giver: samir.person,
      mandatary: { kind: 'person', person: nora.person },
      accepts: nora.person,
      rights: rightsAt(service, ['prepare', 'submit'], over),
      ...more,
    })

  const revoke = async (mandate: MandateView) =>
    done(await hub.storage.transaction((tx) => hub.mandates.revoke(tx, { ...samir, level: 'eidas3' }, mandate)))

  interface Arrived {
    tried: Attempt
    page: Answer
  }

  /** To the page that comes after signing in. */
  async function arrive(
    browser: UserAgent,
    id: string,
    parameters: Record<string, string> = {},
    provider = 'bank',
  ): Promise<Arrived> {
    const tried = await attempt(party(id), parameters)
    let page = await browser.open(tried.url, at(party(id)))
    if (page.body.includes('/choose"')) page = await choose(browser, party(id), page, provider)
    return { tried, page }
  }

  /** The key of the button on which this name stands. */
  function keyFor(page: Answer, name: string): string {
    const found = new RegExp(`value="([^"]+)"[^>]*><span class="words"><strong>(?:<bdi>)?${name}<`).exec(page.body)
    return found?.[1] ?? assert.fail(`${name} is not on ${page.url.href}: ${textOf(page).slice(0, 2_000)}`)
  }

  const press = (browser: UserAgent, page: Answer, principal: string, id: string) =>
    browser.submit(page, formTo(page, /\/principal$/), { principal }, at(party(id)))

  const isBack = (page: Answer, id: string) => at(party(id))(page.url)

  async function finish(browser: UserAgent, id: string, { tried, page }: Arrived): Promise<SignedIn> {
    const last = isBack(page, id) ? page : await goOn(browser, party(id), page)
    return redeem(party(id), { attempt: tried, page: last })
  }

  /** The whole way, for an organisation by its name, or for oneself. */
  async function actingFor(browser: UserAgent, id: string, name: string, parameters: Record<string, string> = {}) {
    const { tried, page } = await arrive(browser, id, parameters)
    return finish(browser, id, { tried, page: await press(browser, page, keyFor(page, name), id) })
  }

  const linkTo = (page: Answer, text: RegExp): URL => {
    const [, href = ''] =
      [...page.body.matchAll(/<a\b[^>]*\bhref="([^"]*)"[^>]*>([^<]*)</g)].find(([, , said]) => text.test(said ?? '')) ??
      []
    const found = linksOf(page).find((url) => url.pathname + url.search === href.replaceAll('&amp;', '&'))
    return found ?? assert.fail(`${text} is no link of ${page.url.href}`)
  }

  test('R092, R096: the service learns for whom, and the trace says it', async () => {
    const mandate = await mandateFor(0, 'filing', { until: clock.now() + 30 * day })
    nora.enter()
    const browser = browserIn()
    const { tried, page } = await arrive(browser, 'filing')
    assert.match(
      textOf(page),
      /For whom do you act\?.*For myself.*Atlas 00.*By a mandate given to yourself.*prepare and submit.*Until 22 December 2026, that day included/,
    )
    const informed = await press(browser, page, keyFor(page, 'Atlas 00'), 'filing')
    assert.match(
      textOf(informed),
      /For whom you act Atlas 00 .*ICE \d{15}.*given to yourself Mandate man_\S+ You may: prepare and submit\. Until 22 December 2026/,
    )
    const { idToken, userinfo } = await finish(browser, 'filing', { tried, page: informed })
    const represented = {
      sub: company(0).subject,
      name: 'Atlas 00',
      identifiers: { ...company(0).identifiers },
      as: 'mandatary',
      mandate: mandate.mandate,
      rights: ['prepare', 'submit'].map((action) => ({
        ...{ action, until: Math.floor((mandate.rights[0]?.until ?? 0) / second) },
        minimum_level: 'eidas2',
      })),
      until: Math.floor((mandate.rights[0]?.until ?? 0) / second),
    }
    assert.deepEqual([idToken.represented, userinfo.represented], [represented, represented])
    const line = await lastFact('connection.authorised')
    const { organisation } = company(0)
    assert.deepEqual([line?.person, line?.organisation, line?.mandate], [nora.person, organisation, mandate.mandate])
    const used = await lastFact('mandate.used')
    assert.deepEqual(
      [used?.person, used?.mandate, used?.service, used?.actions, used?.connection],
      [nora.person, mandate.mandate, 'filing', ['prepare', 'submit'], line?.connection],
    )
    const history = await browser.open(new URL('/space/history', hub.issuer))
    assert.match(textOf(history), /Service filing.*for Atlas 00/)
    // Another time, for somebody else: the session asks again, and the page of what goes was read.
    const again = await actingFor(browser, 'filing', 'For myself')
    assert.equal('represented' in again.idToken || 'represented' in again.userinfo, false)
    assert.equal(again.idToken.sub, idToken.sub, 'the human is the subject')
    const [last] = (await factsOf(hub, 'connection.authorised')).slice(-1)
    assert.deepEqual([last?.reused, last?.organisation, last?.mandate], [true, null, null])
  })

  test('R092: a service without the scope sees a person, to the byte', async () => {
    nora.enter()
    const browser = browserIn()
    const tried = await attempt(party('plain'), { representation_hint: company(0).subject })
    const page = await choose(browser, party('plain'), await browser.open(tried.url), 'bank')
    assert.match(page.body, /\/inform"/, 'nobody is asked for whom')
    const { idToken, accessToken, rawIdToken } = await finish(browser, 'plain', { tried, page })
    const names = ['acr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'nonce', 'sub']
    assert.deepEqual(Object.keys(decodeJwt(rawIdToken)).sort(), names)
    const answer = await fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } })
    assert.equal(await answer.text(), `{"sub":"${idToken.sub}","given_name":"${citizen.given_name}"}`)
  })

  test('R092: among forty, the first page, the next one, and what is searched; the last ones first', async () => {
    samir.enter()
    const browser = browserIn()
    const { tried, page } = await arrive(browser, 'filing')
    assert.match(textOf(page), /You may act here for 40 organisations\./)
    const buttons = (shown: Answer) => formTo(shown, /\/principal$/).buttons.filter(({ name }) => name === 'principal')
    assert.equal(buttons(page).length, 26, 'oneself and twenty-five')
    const next = await browser.open(linkTo(page, /The next ones/))
    assert.equal(buttons(next).length, 15)
    assert.equal(keyFor(next, 'Atlas 39').startsWith(company(39).organisation), true)
    const search = formsOf(page).find(({ method }) => method === 'GET') ?? assert.fail()
    const byNumber = company(33).identifiers.ice ?? assert.fail()
    for (const [typed, count] of [
      ['atl 07', 1],
      [byNumber, 1],
      ['nobody', 0],
      ['%', 0],
    ] as const) {
      assert.equal(buttons(await browser.submit(page, search, { q: typed })).length, count, typed)
    }
    const found = await browser.submit(page, search, { q: 'ATLAS 33' })
    await finish(browser, 'filing', { tried, page: await press(browser, found, keyFor(found, 'Atlas 33'), 'filing') })
    const later = (await arrive(browser, 'filing')).page
    assert.match(textOf(later), /The last times, here Atlas 33.*All organisations/)
    const signed = await lastFact('connection.authorised')
    assert.deepEqual([signed?.organisation, signed?.mandate], [company(33).organisation, null], 'R098: by law')
  })

  test('R092: who can act for nobody goes straight on, or is told how to get a mandate', async () => {
    omar.enter()
    const browser = browserIn()
    const { tried, page } = await arrive(browser, 'filing')
    assert.match(textOf(page), /For whom you act yourself/)
    assert.equal('represented' in (await finish(browser, 'filing', { tried, page })).idToken, false)
    const shut = await arrive(browser, 'firms')
    assert.equal(shut.page.status, 403)
    assert.match(textOf(shut.page), /You act for nobody here.*Ask its legal representative for a mandate.*G0601/)
    assert.ok(linksOf(shut.page).some(({ pathname }) => pathname === '/mandates'))
    // Once more is the same refusal, and not another one.
    const refusals = (await factsOf(hub, 'connection.refused')).length
    assert.match(textOf(await browser.open(shut.page.url)), /You act for nobody here/)
    assert.equal((await factsOf(hub, 'connection.refused')).length, refusals)
    const back = await browser.open(linkTo(shut.page, /Back to/), at(party('firms')))
    assert.equal(back.url.searchParams.get('error'), 'access_denied')
  })

  test('R092: the only one, where nobody comes for themselves, is shown and pressed', async () => {
    await mandateFor(1, 'firms')
    nora.enter()
    const browser = browserIn()
    const { tried, page } = await arrive(browser, 'firms')
    assert.match(textOf(page), /The only organisation for which you may act here Atlas 01/)
    assert.doesNotMatch(textOf(page), /For myself/)
    const { idToken } = await finish(browser, 'firms', {
      tried,
      page: await press(browser, page, keyFor(page, 'Atlas 01'), 'firms'),
    })
    assert.equal((idToken.represented as { name: string }).name, 'Atlas 01')
  })

  test('R092: without a page, whom the service names, and nothing else; it learns nothing of others', async () => {
    await mandateFor(2, 'filing')
    nora.enter()
    const browser = browserIn()
    await actingFor(browser, 'filing', 'Atlas 02')
    const silently = async (hint?: string) => {
      const parameters = { prompt: 'none', ...(hint === undefined ? {} : { representation_hint: hint }) }
      const { tried, page } = await arrive(browser, 'filing', parameters)
      const error = page.url.searchParams.get('error')
      if (error) return `${error} ${page.url.searchParams.get('error_description')}`
      const { idToken } = await redeem(party('filing'), { attempt: tried, page })
      return (idToken.represented as { name: string } | undefined)?.name ?? 'self'
    }
    assert.equal(await silently(company(2).subject), 'Atlas 02')
    assert.equal(await silently('self'), 'self')
    const refused = await silently()
    assert.match(refused, /^interaction_required/)
    const hints = [
      company(20).subject,
      `ice:${iceNumber(999)}`,
      'ice:123',
      'nothing',
      '',
      company(2).organisation,
      'a'.repeat(2_000),
    ]
    for (const hint of hints) assert.equal(await silently(hint), refused, hint)
  })

  test('R092: a hint preselects, and of what is not possible the page says no more than that', async () => {
    await mandateFor(3, 'filing')
    nora.enter()
    const browser = browserIn()
    const said = async (hint: string) =>
      textOf((await arrive(browser, 'filing', { representation_hint: hint, prompt: 'login' })).page)
    assert.match(await said(company(3).subject), /Proposed by Service filing Atlas 03/)
    assert.match(await said('self'), /Proposed by Service filing For myself/)
    const [foreign, unknown, malformed] = [
      await said(company(21).subject),
      await said(`ice:${iceNumber(998)}`),
      await said('ice:1'),
    ]
    assert.match(foreign, /What the service proposed is not possible/)
    assert.doesNotMatch(foreign, /Atlas 21/)
    assert.deepEqual([unknown, malformed], [foreign, foreign], 'whether it exists is not told')
    // Who acts for nobody would go straight on: they are told as well.
    omar.enter()
    const alone = await arrive(browserIn(), 'filing', { representation_hint: company(3).subject })
    assert.match(textOf(alone.page), /What the service proposed is not possible.*For myself/)
  })

  describe('R097: at the post, what is not theirs now is refused, and nothing is written', () => {
    const attacks: [name: string, service: string, forge: (key: string, ids: Forged) => string][] = [
      [
        'an organisation by its identifier, under one’s own mandate',
        'filing',
        (_, { foreign, mandate }) => `${foreign}.${mandate}`,
      ],
      ['the mandate of another organisation', 'filing', (_, { organisation, other }) => `${organisation}.${other}`],
      ['as its legal representative', 'filing', (_, { organisation }) => `${organisation}.${newId('representation')}`],
      [
        'as an employee of a firm that one made up',
        'filing',
        (key, { foreign }) => `${key}.${foreign}.${newId('membership')}`,
      ],
      ['words', 'filing', () => "x' or '1'='1"],
      ['nothing', 'filing', () => ''],
      ['oneself, where that is not taken', 'firms', () => 'self'],
    ]
    interface Forged {
      organisation: OrganisationId
      mandate: string
      /** A mandate of another organisation, given to somebody else; and that organisation. */
      other: string
      foreign: OrganisationId
    }

    test('R097: forged choices', async () => {
      const own = await mandateFor(4, 'filing')
      await mandateFor(4, 'firms')
      const strangers = await mandateFor(
        5,
        'filing',
        {},
        { mandatary: { kind: 'person', person: omar.person }, accepts: omar.person },
      )
      const ids = {
        organisation: company(4).organisation,
        mandate: own.mandate,
        other: strangers.mandate,
        foreign: company(5).organisation,
      }
      nora.enter()
      const browser = browserIn()
      for (const service of ['filing', 'firms']) {
        const { tried, page } = await arrive(browser, service)
        const key = keyFor(page, 'Atlas 04')
        const [before, uses] = [await tally(hub), (await factsOf(hub, 'mandate.used')).length]
        for (const [name, at, forge] of attacks) {
          if (at !== service) continue
          const answer = await press(browser, page, forge(key, ids), service)
          assert.match(textOf(answer), /For whom do you act\?/, name)
          assert.equal(isBack(answer, service), false, name)
          assert.deepEqual([await tally(hub), (await factsOf(hub, 'mandate.used')).length], [before, uses], name)
        }
        // What they hold they may still take.
        const { idToken } = await finish(browser, service, { tried, page: await press(browser, page, key, service) })
        assert.equal((idToken.represented as { name: string }).name, 'Atlas 04')
      }
    })

    test('R097: without the verifier of this page', async () => {
      nora.enter()
      const browser = browserIn()
      const { page } = await arrive(browser, 'filing')
      const form = formTo(page, /\/principal$/)
      const forged = { ...form, fields: { verifier: 'x' } }
      assert.equal((await browser.submit(page, forged, { principal: 'self' })).status, 403)
    })

    const ends: [name: string, end: (mandate: MandateView) => Promise<unknown>][] = [
      ['revoked', revoke],
      [
        'suspended',
        async (mandate) =>
          done(await hub.storage.transaction((tx) => hub.mandates.suspend(tx, { ...samir, level: 'eidas3' }, mandate))),
      ],
      ['over', async (mandate) => clock.advance(mandate.until - clock.now())],
    ]

    test('R097: ended between the page and the post, and on the last page', async () => {
      for (const [index, [name, end]] of ends.entries()) {
        nora.enter()
        const mandate = await mandateFor(6 + index, 'filing', {}, { until: clock.now() + 5 * minute })
        const [first, second_] = [browserIn(), browserIn()]
        const chosen = await arrive(first, 'filing')
        const informed = await press(first, chosen.page, keyFor(chosen.page, company(6 + index).name), 'filing')
        const choosing = await arrive(second_, 'filing')
        await end(mandate)
        for (const page of [
          await press(second_, choosing.page, keyFor(choosing.page, company(6 + index).name), 'filing'),
          await goOn(first, party('filing'), informed),
        ]) {
          assert.match(textOf(page), /This choice is not possible any more/, name)
          assert.doesNotMatch(page.body, new RegExp(company(6 + index).name), name)
        }
        const refused = await lastFact('mandate.used')
        assert.deepEqual(
          [refused?.mandate, refused?.connection],
          [mandate.mandate, null],
          'R096: the principal sees that it was tried',
        )
        assert.ok(refused?.refused)
      }
    })

    test('R097: revoked in a live session, at the next request for a login', async () => {
      const mandate = await mandateFor(9, 'filing')
      nora.enter()
      const browser = browserIn()
      await actingFor(browser, 'filing', 'Atlas 09')
      await revoke(mandate)
      const parameters = { prompt: 'none', representation_hint: company(9).subject }
      const { page } = await arrive(browser, 'filing', parameters)
      assert.equal(page.url.searchParams.get('error'), 'interaction_required')
      assert.doesNotMatch((await arrive(browser, 'filing')).page.body, /Atlas 09/)
      await settle(hub)
    })
  })

  test('two tabs, and a second click: what the last page said is what goes, once', async () => {
    await mandateFor(10, 'filing')
    await mandateFor(11, 'filing')
    nora.enter()
    const browser = browserIn()
    const { tried, page } = await arrive(browser, 'filing')
    const informed = await press(browser, page, keyFor(page, 'Atlas 10'), 'filing')
    const other = await press(browser, page, keyFor(page, 'Atlas 11'), 'filing')
    assert.match(textOf(other), /For whom you act Atlas 11/)
    const stale = await goOn(browser, party('filing'), informed)
    assert.equal(isBack(stale, 'filing'), false, 'it would have been for Atlas 11')
    assert.match(textOf(stale), /For whom you act Atlas 11/)
    // Back to the choice by the link of the page.
    const chosen = await browser.open(linkTo(stale, /Choose for whom you act/))
    const last = await press(browser, chosen, keyFor(chosen, 'Atlas 10'), 'filing')
    const [first, second_] = [await goOn(browser, party('filing'), last), await goOn(browser, party('filing'), last)]
    const codes = [first, second_].map(({ url }) => url.searchParams.get('code') !== null)
    assert.deepEqual(codes, [true, true])
    const { idToken } = await redeem(party('filing'), { attempt: tried, page: second_ })
    assert.equal((idToken.represented as { name: string }).name, 'Atlas 10')
    assert.equal(isBack(await press(browser, page, keyFor(page, 'Atlas 11'), 'filing'), 'filing'), true, 'it is over')
  })

  test('R018, R096: the last page pressed several times at the same instant: one connection and one use, each gets the answer', async () => {
    const mandate = await mandateFor(14, 'filing')
    nora.enter()
    const browser = browserIn()
    const { page } = await arrive(browser, 'filing')
    const last = await press(browser, page, keyFor(page, 'Atlas 14'), 'filing')
    const { connections } = await tally(hub)
    const pressed = await Promise.all(Array.from({ length: 8 }, () => goOn(browser.clone(), party('filing'), last)))
    const codes = pressed.map(({ url }) => url.searchParams.get('code') !== null)
    assert.deepEqual(new Set(codes), new Set([true]))
    assert.equal((await tally(hub)).connections, connections + 1)
    assert.equal(await hub.mandates.countUses(mandate.mandate), 1)
  })

  test('R095: a right above the level is offered with a stronger sign-in, and who does not want it goes back', async () => {
    await mandateFor(12, 'filing', { minimumLevel: 'eidas3' })
    nora.enter()
    const browser = browserIn()
    const { tried, page } = await arrive(browser, 'filing')
    assert.match(textOf(page), /Atlas 12.*Asks for an account of the high level/)
    const asked = await press(browser, page, keyFor(page, 'Atlas 12'), 'filing')
    assert.match(textOf(asked), /To act for Atlas 12, one more proof is needed/)
    const stay = await browser.open(linkTo(asked, /Back to the choice/))
    assert.match(textOf(stay), /For whom do you act\?/)
    const again = await press(browser, stay, keyFor(stay, 'Atlas 12'), 'filing')
    assert.match(again.body, /value="bank" aria-disabled="true"/, 'what does not reach it is greyed')
    const back = await choose(browser, party('filing'), again, 'card')
    assert.match(textOf(back), /Where you were Atlas 12/)
    const { idToken } = await finish(browser, 'filing', {
      tried,
      page: await press(browser, back, keyFor(back, 'Atlas 12'), 'filing'),
    })
    assert.equal(idToken.acr, 'eidas3')
    const { rights } = idToken.represented as { rights: { minimum_level: string }[] }
    assert.deepEqual([...new Set(rights.map(({ minimum_level }) => minimum_level))], ['eidas3'])
  })

  test('R099: under a mandate and from afar a service may ask for more, take less, or be closed; in the office not', async () => {
    for (const service of ['level', 'factors', 'closed']) await mandateFor(13, service)
    nora.enter()
    const actions = ({ idToken }: SignedIn) =>
      (idToken.represented as { rights: { action: string }[] }).rights.map(({ action }) => action)
    for (const service of ['level', 'factors', 'closed']) {
      assert.deepEqual(actions(await actingFor(browserIn(office), service, 'Atlas 13')), ['prepare', 'submit'], service)
    }
    const shut = await arrive(browserIn(), 'closed')
    assert.match(textOf(shut.page), /Atlas 13.*Under a mandate, this service does not open from where you are/)
    assert.equal(
      formTo(shut.page, /\/principal$/).buttons.some(({ value }) => refOf(value) !== undefined),
      false,
    )
    // A form that was made up is judged as well.
    const key = `${company(13).organisation}.${(await hub.mandates.list({ person: nora.person }, { limit: 100 })).entries.find(({ view }) => view.rights[0]?.service === 'closed')?.view.mandate}`
    const browser = browserIn()
    assert.match(
      textOf(await press(browser, (await arrive(browser, 'closed')).page, key, 'closed')),
      /This choice is not possible any more/,
    )

    const far = browserIn()
    const { tried, page } = await arrive(far, 'level')
    assert.match(textOf(page), /Atlas 13.*Asks for an account of the high level/)
    const asked = await press(far, page, keyFor(page, 'Atlas 13'), 'level')
    const back = await choose(far, party('level'), asked, 'card')
    assert.deepEqual(
      actions(await finish(far, 'level', { tried, page: await press(far, back, keyFor(back, 'Atlas 13'), 'level') })),
      ['submit'],
    )

    // Two factors of before are none of this login.
    const old = browserIn()
    assert.deepEqual(actions(await actingFor(old, 'factors', 'Atlas 13')), ['prepare', 'submit'], 'just proved')
    const reused = await arrive(old, 'factors')
    assert.match(textOf(reused.page), /Atlas 13.*Asks for two proofs in this sign-in/)
    const proving = await press(old, reused.page, keyFor(reused.page, 'Atlas 13'), 'factors')
    const proved = await choose(old, party('factors'), proving, 'bank')
    const done_ = await press(old, proved, keyFor(proved, 'Atlas 13'), 'factors')
    assert.equal(isBack(done_, 'factors') || done_.body.includes('/inform"'), true)
    // A representative is held to nothing: the company is theirs.
    samir.enter()
    assert.equal((await actingFor(browserIn(), 'closed', 'Atlas 14')).idToken.represented !== undefined, true)
  })
})
