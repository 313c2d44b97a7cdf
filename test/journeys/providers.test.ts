/** The provider page and what comes back to it: who may be chosen, and what becomes of every answer that is not good. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { day, flowLifetime, hour, minute } from '../../src/kernel/durations.ts'
import { type Language, languages } from '../../src/kernel/languages.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, misbehaviours, startProvider, type TestProvider } from '../support/provider.ts'
import { connectionOf, factsOf, tally } from '../support/records.ts'
import {
  type Attempt,
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
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

type Misbehaviour = keyof typeof misbehaviours

let clock: TestClock
let hub: TestHub
let refunds: RelyingParty
let justice: RelyingParty
const providers = new Map<string, TestProvider>()

/** Six that people choose among, and one for each way to misbehave. */
const town = ['tax', 'health', 'post', 'bank', 'consulate', 'notary', 'elsewhere']
const faulty = Object.keys(misbehaviours) as Misbehaviour[]
const idOf = (name: Misbehaviour) => `bad-${name.replaceAll('_', '-')}`

const outage: Record<Language, string> = {
  fr: 'Maintenance jusqu’à midi.',
  en: 'Maintenance until noon.',
  ar: 'صيانة حتى الظهر.',
}
const unavailable: Record<Language, string> = { fr: 'Non disponible', en: 'Not available', ar: 'غير متاح' }

function provider(id: string): TestProvider {
  const found = providers.get(id)
  if (!found) throw new Error(`no provider ${id}`)
  return found
}

async function publish(states: Record<string, unknown> = {}): Promise<void> {
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
      services: [
        serviceEntry('refunds', {
          sector: 'health.example',
          providers: town.filter((id) => id !== 'elsewhere'),
          idpHints: ['consulate'],
        }),
        serviceEntry('justice', {
          sector: 'justice.example',
          minimumLevel: 'eidas2',
          providers: ['tax', 'post', 'bank'],
        }),
        serviceEntry('workshop', { sector: 'workshop.example', providers: faulty.map(idOf) }),
        serviceEntry('library', { sector: 'library.example', providers: ['elsewhere'] }),
      ],
      providers: [...providers].map(([id, each]) =>
        providerEntry(each, {
          allowedLevels: id === 'post' ? ['eidas1', 'eidas2'] : ['eidas1'],
          state: states[id] ?? { kind: 'active' },
        }),
      ),
    },
  ])
}

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub()
  const people = [...town.map((id) => ({ id, tamper: {} })), ...faulty.map((name) => ({ id: idOf(name), name }))]
  for (const each of people) {
    const tamper = 'name' in each ? { tamper: misbehaviours[each.name] } : {}
    const acr = each.id === 'post' ? 'eidas2' : 'eidas1'
    providers.set(each.id, await startProvider({ id: each.id, subject: `of ${each.id}`, acr, ...tamper }))
  }
  await publish()
  const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
  ;[refunds, justice] = await Promise.all([party('refunds'), party('justice')])
})
after(async () => {
  await hub.close()
  await Promise.all([...providers.values()].map((each) => each.close()))
  mock.timers.reset()
})

/** A login at its provider page. */
async function atChoice(
  party: RelyingParty,
  options: { browser?: UserAgent; language?: string; parameters?: Record<string, string> } = {},
): Promise<{ browser: UserAgent; tried: Attempt; page: Answer; flow: URL }> {
  const browser = options.browser ?? new UserAgent({ language: options.language ?? 'en' })
  const tried = await attempt(party, options.parameters)
  const page = await browser.open(tried.url, at(party))
  return { browser, tried, page, flow: at(party)(page.url) ? page.url : loginOf(page) }
}

/** As far as the address to which the provider sends the person back, which is not visited yet. */
async function atCallback(party: RelyingParty, id: string, browser?: UserAgent) {
  const begun = await atChoice(party, browser ? { browser } : {})
  const { form, values } = tile(begun.page, id)
  const back = await begun.browser.submit(begun.page, form, values, isCallback)
  assert.ok(isCallback(back.url), `${id} sent the person to ${back.url.href}`)
  return { ...begun, callback: back.url }
}

const isCallback = (url: URL) => url.pathname.startsWith('/callback/')

/** Presses the button of a provider that the page does not offer. */
function forge({ browser, page }: { browser: UserAgent; page: Answer }, id: string): Promise<Answer> {
  return browser.submit(page, formTo(page, /\/choose$/), { provider: id })
}

/** What an error page must hold, whatever the error: a status, a code, a reference, ways on. */
function assertErrorPage(page: Answer, expected: { status: number; code: string; waysOn?: boolean }): string {
  const text = textOf(page)
  assert.equal(page.status, expected.status, text)
  const reference = new RegExp(`${expected.code} · ([0-9A-Z-]{14})`).exec(text)?.[1]
  assert.ok(reference, `${expected.code} and a reference on: ${text}`)
  assert.equal(page.headers['cache-control'], 'no-store')
  if (expected.waysOn) {
    const paths = linksOf(page).map(({ pathname }) => pathname)
    assert.ok(
      paths.some((path) => path.endsWith('/again')),
      'choose again is offered',
    )
    assert.ok(
      paths.some((path) => path.endsWith('/back')),
      'the way back to the service is offered',
    )
  }
  return reference
}

function linkTo(page: Answer, end: string): URL {
  const link = linksOf(page).find(({ pathname }) => pathname.endsWith(end))
  if (!link) throw new Error(`no link to ${end}: ${page.body.slice(0, 1500)}`)
  return link
}

describe('the provider page', () => {
  before(() => publish())

  test('R003: six providers on one page, each with a button of its own', async () => {
    const { page } = await atChoice(refunds)
    const offered = formsOf(page).flatMap(({ buttons }) =>
      buttons.flatMap(({ name, value }) => (name === 'provider' ? [value] : [])),
    )
    assert.deepEqual(offered.sort(), ['bank', 'consulate', 'health', 'notary', 'post', 'tax'])
  })

  test('R004: a suspended provider stays on the page, greyed, with its reason in the language of the person', async () => {
    await publish({ bank: { kind: 'suspended', category: 'maintenance', reason: outage } })
    for (const language of languages) {
      const { page } = await atChoice(refunds, { language })
      assert.match(page.body, new RegExp(`<html lang="${language}"`))
      const button = /<button class="tile greyed"[^>]*value="bank"[^>]*>/.exec(page.body)?.[0] ?? ''
      assert.match(button, /aria-disabled="true"/)
      assert.match(button, /type="button"/, 'it sends nothing')
      assert.doesNotMatch(button, /\sdisabled|\sname=/, 'the keyboard reaches it')
      assert.ok(button.includes(`title="${unavailable[language]}"`), 'said on hover')
      const described = /aria-describedby="([^" ]*) instead"/.exec(button)?.[1]
      const reason = new RegExp(`<p class="why" id="${described}">([^<]*)</p>`).exec(page.body)?.[1]
      assert.equal(reason, outage[language])
      assert.ok(textOf(page).includes(unavailable[language]), 'said without a mouse')
      assert.throws(() => tile(page, 'bank'))
    }
  })

  test('R005 R006: a suspended provider cannot be used by forging the request, and every other one works', async () => {
    await publish({ bank: { kind: 'suspended', category: 'security', reason: outage } })
    const begun = await atChoice(refunds)
    const asked = provider('bank').requestsTo('authorize').length
    const before = await tally(hub)
    assertErrorPage(await forge(begun, 'bank'), { status: 403, code: 'G0202' })
    assert.equal(provider('bank').requestsTo('authorize').length, asked, 'nobody was sent there')
    assert.deepEqual((await factsOf(hub, 'provider.forged_choice')).at(-1), {
      service: 'refunds',
      provider: 'bank',
      reason: 'provider_disabled',
    })
    assert.deepEqual(await tally(hub), before)
    assert.equal((await signIn(new UserAgent(), refunds, 'tax')).idToken.acr, 'eidas1')
  })

  test('R005: suspended while the person looks at the page, it is refused, and who presses it is no forger', async () => {
    await publish()
    const begun = await atChoice(refunds)
    await publish({ bank: { kind: 'suspended', category: 'security', reason: outage } })
    const asked = provider('bank').requestsTo('authorize').length
    const forged = (await factsOf(hub, 'provider.forged_choice')).length
    const again = await choose(begun.browser, refunds, begun.page, 'bank')
    assert.ok(textOf(again).includes(outage.en), textOf(again))
    assert.equal(provider('bank').requestsTo('authorize').length, asked, 'nobody was sent there')
    assert.equal((await factsOf(hub, 'provider.forged_choice')).length, forged)
  })

  test('a suspension with an end is over when its time comes, without anybody', async () => {
    const until = new Date(clock.now() + hour).toISOString().replace('.000Z', 'Z')
    await publish({ bank: { kind: 'suspended', category: 'maintenance', reason: outage, until } })
    clock.advance(hour - 1)
    const early = await atChoice(refunds)
    assertErrorPage(await forge(early, 'bank'), { status: 403, code: 'G0202' })
    clock.advance(1)
    const { browser, page, tried } = await atChoice(refunds)
    const back = await goOn(browser, refunds, await choose(browser, refunds, page, 'bank'))
    assert.ok((await redeem(refunds, { attempt: tried, page: back })).idToken.sub)
  })

  test('R005: a provider below the level of the service is greyed with the reason, and refused when forged', async () => {
    await publish()
    const begun = await atChoice(justice)
    assert.match(begun.page.body, /<button class="tile greyed" type="button" value="tax"/)
    assert.ok(textOf(begun.page).includes(hub.web.translate('en')('tile.level_too_low')))
    tile(begun.page, 'post')
    assertErrorPage(await forge(begun, 'tax'), { status: 403, code: 'G0204' })
    assert.deepEqual((await factsOf(hub, 'provider.forged_choice')).at(-1), {
      service: 'justice',
      provider: 'tax',
      reason: 'provider_too_low',
    })
    const asked = await atChoice(refunds, { parameters: { acr_values: 'eidas2' } })
    assert.match(asked.page.body, /<button class="tile greyed" type="button" value="tax"/, 'also by what a login asks')
    assertErrorPage(await forge(asked, 'tax'), { status: 403, code: 'G0204' })
  })

  test('R005: a hidden provider is not on the page, and only a hint that the service is allowed leads there', async () => {
    await publish({ consulate: { kind: 'hidden' } })
    const begun = await atChoice(refunds)
    assert.doesNotMatch(begun.page.body, /consulate/)
    assertErrorPage(await forge(begun, 'consulate'), { status: 403, code: 'G0203' })
    const hinted = await atChoice(refunds, { parameters: { idp_hint: 'consulate' } })
    assert.ok(hinted.page.url.pathname.startsWith('/callback/consulate'), 'sent there without a page')
    const back = await goOn(hinted.browser, refunds, hinted.page)
    assert.ok((await redeem(refunds, { attempt: hinted.tried, page: back })).idToken.sub)
    const foreign = await atChoice(justice, { parameters: { idp_hint: 'consulate' } })
    assert.equal(foreign.page.url.searchParams.get('error'), 'invalid_request')
    assert.equal(foreign.page.url.searchParams.get('state'), foreign.tried.state)
  })

  test('R011: a person whom a hint leads to a suspended provider sees the page, and is no forger', async () => {
    await publish({ consulate: { kind: 'suspended', category: 'security', reason: outage } })
    const forged = (await factsOf(hub, 'provider.forged_choice')).length
    const hinted = await atChoice(refunds, { parameters: { idp_hint: 'consulate' } })
    assert.ok(textOf(hinted.page).includes(outage.en), textOf(hinted.page))
    assert.equal((await factsOf(hub, 'provider.forged_choice')).length, forged)
    const back = await goOn(hinted.browser, refunds, await choose(hinted.browser, refunds, hinted.page, 'tax'))
    assert.ok((await redeem(refunds, { attempt: hinted.tried, page: back })).idToken.sub)
  })

  test('R005: a provider that is not for this service, or that nobody knows, is absent and refused when forged', async () => {
    await publish()
    const begun = await atChoice(refunds)
    assert.doesNotMatch(begun.page.body, /elsewhere/)
    assertErrorPage(await forge(begun, 'elsewhere'), { status: 403, code: 'G0203' })
    assertErrorPage(await forge(begun, 'no-such <b>provider</b>'), { status: 400, code: 'G0201' })
    assert.deepEqual(
      (await factsOf(hub, 'provider.forged_choice')).slice(-2).map(({ provider: id }) => id),
      ['elsewhere', 'unknown'],
      'what somebody typed is in no fact',
    )
    assert.equal(provider('elsewhere').requestsTo('authorize').length, 0)
  })

  test('a form without the verifier of this page, or with that of another login, changes nothing', async () => {
    const mine = await atChoice(refunds)
    const other = await atChoice(refunds, { browser: mine.browser })
    const form = formTo(mine.page, /\/choose$/)
    for (const verifier of ['', 'x', formTo(other.page, /\/choose$/).fields.verifier ?? '']) {
      const answer = await mine.browser.submit(mine.page, form, { provider: 'tax', verifier })
      assertErrorPage(answer, { status: 403, code: 'G1003' })
    }
    const elsewhere = { ...mine.page, url: new URL('http://evil.example/') }
    assertErrorPage(await mine.browser.submit(elsewhere, form, { provider: 'tax' }), { status: 403, code: 'G1003' })
    assert.ok(isCallback((await mine.browser.submit(mine.page, form, { provider: 'tax' }, isCallback)).url))
  })

  test('R011: the way back to the service is offered on every page, and is an answer that it understands', async () => {
    const begun = await atChoice(refunds)
    const informed = await atCallback(refunds, 'tax')
    const pages = [begun, { ...informed, page: await informed.browser.open(informed.callback) }]
    for (const { browser, page, tried } of pages) {
      const back = await browser.submit(page, backFormOf(page), {}, at(refunds))
      assert.deepEqual(Object.fromEntries(back.url.searchParams), {
        error: 'access_denied',
        error_description: 'person_cancelled (G0304)',
        state: tried.state,
        iss: hub.issuer,
      })
    }
  })
})

/** The form that leads back: one of its own, or a button of the information page. */
function backFormOf(page: Answer) {
  const forms = formsOf(page)
  const own = forms.find(({ action }) => action.pathname.endsWith('/cancel'))
  if (own) return own
  const form = forms.find(({ buttons }) => buttons.some(({ formAction }) => formAction?.pathname.endsWith('/cancel')))
  const action = form?.buttons.find(({ formAction }) => formAction)?.formAction
  if (!form || !action) throw new Error(`no way back on ${page.url.href}`)
  return { ...form, action }
}

describe('what a provider sends back', { concurrency: true }, () => {
  type Shown = 'G0209' | 'G0210' | 'silent' | 'refused'
  /** The word of the journal, and what the person sees: an error page with this code, or a notice on the choice page. */
  const expected: Record<Misbehaviour, { reason: string; page: Shown; asked?: Record<string, string> }> = {
    wrong_iss: { reason: 'id_token_issuer', page: 'G0209' },
    wrong_aud: { reason: 'id_token_audience', page: 'G0209' },
    wrong_nonce: { reason: 'id_token_nonce', page: 'G0209' },
    without_nonce: { reason: 'id_token_nonce', page: 'G0209' },
    wrong_azp: { reason: 'id_token_authorized_party', page: 'G0209' },
    expired: { reason: 'id_token_expired', page: 'G0209' },
    future_iat: { reason: 'id_token_issued_in_future', page: 'G0209' },
    not_yet_valid: { reason: 'id_token_not_yet_valid', page: 'G0209' },
    without_acr: { reason: 'acr_missing', page: 'G0209' },
    unknown_acr: { reason: 'acr_unknown', page: 'G0209' },
    highest_acr: { reason: 'acr_above_allowed', page: 'G0210' },
    // Core section 2 requires it only of who was asked for a fresh authentication.
    without_auth_time: { reason: 'auth_time_missing', page: 'G0209', asked: { max_age: '60' } },
    alg_none: { reason: 'id_token_algorithm', page: 'G0209' },
    signed_by_stranger: { reason: 'id_token_signature', page: 'G0209' },
    hmac_with_public_key: { reason: 'id_token_algorithm', page: 'G0209' },
    unknown_kid: { reason: 'id_token_key_unknown', page: 'G0209' },
    broken_signature: { reason: 'id_token_signature', page: 'G0209' },
    other_subject_in_userinfo: { reason: 'userinfo_subject', page: 'G0209' },
    callback_without_iss: { reason: 'authorization_issuer_missing', page: 'G0209' },
    callback_with_other_iss: { reason: 'authorization_issuer', page: 'G0209' },
    token_silent: { reason: 'token_timeout', page: 'silent' },
    token_out_of_order: { reason: 'token_unavailable', page: 'silent' },
    code_refused: { reason: 'token_error_invalid_grant', page: 'refused' },
    userinfo_silent: { reason: 'userinfo_timeout', page: 'silent' },
    userinfo_out_of_order: { reason: 'userinfo_unavailable', page: 'silent' },
  }
  let workshop: RelyingParty

  before(async () => {
    const clientId = 'workshop'
    workshop = await relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
  })

  for (const [name, { reason, page: shown, asked = {} }] of Object.entries(expected)) {
    const id = idOf(name as Misbehaviour)
    test(`${name}: a clear page, a fact, and nothing linked or released`, async () => {
      const { browser, page, tried } = await atChoice(workshop, { parameters: asked })
      const answer = await choose(browser, workshop, page, id)
      if (shown === 'silent' || shown === 'refused') {
        assert.equal(answer.status, 200)
        assert.ok(textOf(answer).includes(hub.web.translate('en')(`notice.${shown}`, { provider: id })), textOf(answer))
        tile(answer, id)
      } else {
        const status = 502
        const reference = assertErrorPage(answer, { status, code: shown, waysOn: true })
        assert.ok(textOf(answer).includes(id), 'the page names the provider')
        const connection = await connectionOf(hub, reference)
        assert.equal(connection?.state, 'refused', 'the reference is that of the ledger')
      }
      const facts = await factsOf(hub, 'provider.answer_refused')
      assert.deepEqual(
        facts.filter((fact) => fact.provider === id),
        [{ provider: id, service: 'workshop', reason }],
      )
      const { rows } = await sql<{ links: number; sessions: number; authorised: number }>`
        select (select count(*)::int from links where provider = ${id}) as links,
          (select count(*)::int from sessions where provider = ${id}) as sessions,
          (select count(*)::int from connections where provider = ${id} and state <> 'refused') as authorised
      `.execute(hub.storage.db)
      assert.deepEqual(rows, [{ links: 0, sessions: 0, authorised: 0 }])
      const path = `${loginOf(page).pathname}/choose`
      const back = shown === 'silent' || shown === 'refused' ? undefined : linkTo(answer, '/back')
      if (back) {
        assert.ok(formsOf(await browser.open(linkTo(answer, '/again'))).some(({ action }) => action.pathname === path))
        const returned = await browser.open(back, at(workshop))
        assert.equal(returned.url.searchParams.get('error'), 'access_denied')
        assert.equal(returned.url.searchParams.get('state'), tried.state)
      }
    })
  }
})

describe('the callback', () => {
  before(() => publish())

  test('without state it is a clear page', async () => {
    const browser = new UserAgent({ language: 'en' })
    const before = await tally(hub)
    for (const query of ['', '?code=abc', '?state=', '?state=.x', '?error=access_denied']) {
      const page = await browser.open(`${hub.issuer}/callback/tax${query}`)
      assertErrorPage(page, { status: 400, code: 'G0212' })
    }
    assert.deepEqual(await tally(hub), before)
  })

  test("with another browser's state it is refused, and the login of that browser goes on", async () => {
    const victim = await atCallback(refunds, 'tax')
    const redeemed = provider('tax').requestsTo('token').length
    const thief = new UserAgent({ language: 'en' })
    assertErrorPage(await thief.open(victim.callback), { status: 403, code: 'G0213' })
    await signIn(thief, refunds, 'health')
    assertErrorPage(await thief.open(victim.callback), { status: 403, code: 'G0213' })
    assert.equal(provider('tax').requestsTo('token').length, redeemed, 'the code was not redeemed')
    const page = await goOn(victim.browser, refunds, await victim.browser.open(victim.callback))
    assert.ok((await redeem(refunds, { attempt: victim.tried, page })).idToken.sub)
  })

  test('replayed it shows where the login is, and redeems nothing twice', async () => {
    const begun = await atCallback(refunds, 'tax')
    const redeemed = provider('tax').requestsTo('token').length
    const page = await begun.browser.open(begun.callback)
    const again = await begun.browser.open(begun.callback)
    assert.equal(again.url.pathname, begun.flow.pathname)
    assert.deepEqual(formTo(again, /\/inform$/).action, formTo(page, /\/inform$/).action)
    assert.equal(provider('tax').requestsTo('token').length, redeemed + 1)
    await goOn(begun.browser, refunds, again)
    const late = await begun.browser.open(begun.callback, at(refunds))
    assert.equal(late.url.searchParams.get('state'), begun.tried.state, 'the same answer, within a moment')
    assert.equal(provider('tax').requestsTo('token').length, redeemed + 1)
  })

  test('where the login cannot be written it is answered by 503, and no page says who it was', async () => {
    const begun = await atCallback(refunds, 'tax')
    const say = (statement: string) => sql.raw(statement).execute(hub.storage.db)
    await say(`create function no_room() returns trigger language plpgsql as
      $$ begin raise exception 'no room' using errcode = 'disk_full'; end $$`)
    await say(`create trigger no_room before insert or update on state for each row when (new.id like 'flow:%')
      execute function no_room()`)
    const page = await begun.browser.open(begun.callback)
    await say('drop trigger no_room on state')
    await say('drop function no_room')
    assertErrorPage(page, { status: 503, code: 'G1006' })
    assert.ok(!page.body.includes(String(citizen.family_name)))
    // Its code is spent: they choose again.
    const again = await begun.browser.open(begun.callback)
    assert.equal(again.url.pathname, begun.flow.pathname)
    const back = await goOn(begun.browser, refunds, await choose(begun.browser, refunds, again, 'tax'))
    assert.ok((await redeem(refunds, { attempt: begun.tried, page: back })).idToken.sub)
  })

  test('two at the same instant redeem the code once', async () => {
    const begun = await atCallback(refunds, 'tax')
    const redeemed = provider('tax').requestsTo('token').length
    const pages = await Promise.all([1, 2, 3].map(() => begun.browser.open(begun.callback)))
    assert.deepEqual(
      pages.map(({ status }) => status),
      [200, 200, 200],
    )
    assert.equal(provider('tax').requestsTo('token').length, redeemed + 1)
    const page = await goOn(begun.browser, refunds, await begun.browser.open(begun.flow))
    assert.ok((await redeem(refunds, { attempt: begun.tried, page })).idToken.sub)
  })

  test("at another provider's address it is refused, and at its own it is still good", async () => {
    const begun = await atCallback(refunds, 'tax')
    const asked = provider('post').requestsTo('token').length
    for (const id of ['post', 'no-such-provider']) {
      const mixedUp = new URL(begun.callback)
      mixedUp.pathname = `/callback/${id}`
      assertErrorPage(await begun.browser.open(mixedUp), { status: 400, code: 'G0212' })
    }
    assert.equal(provider('post').requestsTo('token').length, asked, 'no code went to the wrong provider')
    formTo(await begun.browser.open(begun.callback), /\/inform$/)
  })

  test('with a made-up state of the right login it redeems nothing', async () => {
    const begun = await atCallback(refunds, 'tax')
    const redeemed = provider('tax').requestsTo('token').length
    const forged = new URL(begun.callback)
    forged.searchParams.set('state', `${begun.callback.searchParams.get('state')?.split('.')[0]}.made-up`)
    tile(await begun.browser.open(forged), 'tax')
    assert.equal(provider('tax').requestsTo('token').length, redeemed)
  })

  test('a person who turned back at the provider is told so and chooses again', async () => {
    const { browser, page, tried } = await atChoice(refunds)
    provider('health').next.error = 'access_denied'
    const answer = await choose(browser, refunds, page, 'health')
    delete provider('health').next.error
    assert.ok(textOf(answer).includes(hub.web.translate('en')('notice.cancelled')))
    const back = await goOn(browser, refunds, await choose(browser, refunds, answer, 'tax'))
    assert.ok((await redeem(refunds, { attempt: tried, page: back })).idToken.sub)
  })
})

describe('a provider that a service named', () => {
  test('and that gave no good answer is not asked again and again: the person chooses', async () => {
    await publish()
    provider('consulate').tamper = misbehaviours.wrong_nonce
    const hinted = await atChoice(refunds, { parameters: { idp_hint: 'consulate' } })
    provider('consulate').tamper = {}
    assertErrorPage(hinted.page, { status: 502, code: 'G0209', waysOn: true })
    const page = await hinted.browser.open(linkTo(hinted.page, '/again'))
    const back = await goOn(hinted.browser, refunds, await choose(hinted.browser, refunds, page, 'tax'))
    assert.ok((await redeem(refunds, { attempt: hinted.tried, page: back })).idToken.sub)
  })
})

describe('people who click twice, go back, reload, and open two tabs', () => {
  test('a second click on a provider: the last one counts, the first comes back to the page', async () => {
    const { browser, page, tried, flow } = await atChoice(refunds)
    const { form, values } = tile(page, 'tax')
    const first = await browser.submit(page, form, values, isCallback)
    const second = await browser.submit(page, form, values, isCallback)
    const late = await browser.open(first.url)
    assert.equal(late.url.pathname, flow.pathname)
    tile(late, 'tax')
    const back = await goOn(browser, refunds, await browser.open(second.url))
    assert.ok((await redeem(refunds, { attempt: tried, page: back })).idToken.sub)
  })

  test('a second click on the last button: the same connection again, once in the ledger', async () => {
    const begun = await atCallback(refunds, 'tax')
    const page = await begun.browser.open(begun.callback)
    const before = await tally(hub)
    const first = await goOn(begun.browser, refunds, page)
    const second = await goOn(begun.browser, refunds, page)
    assert.ok(first.url.searchParams.get('code'))
    assert.ok((await redeem(refunds, { attempt: begun.tried, page: second })).idToken.sub)
    assert.equal((await tally(hub)).connections, before.connections + 1)
    clock.advance(2 * minute)
    const late = await goOn(begun.browser, refunds, page)
    assert.equal(late.url.searchParams.get('error'), 'login_required', 'later the login is over')
    assert.equal((await tally(hub)).connections, before.connections + 1)
  })

  test('both clicks of a double click on the last button, at the same instant: whichever answer counts is good', async () => {
    const begun = await atCallback(refunds, 'tax')
    const page = await begun.browser.open(begun.callback)
    const answers = await Promise.all([1, 2].map(() => goOn(begun.browser, refunds, page)))
    const subjects = []
    for (const answer of answers) {
      subjects.push((await redeem(refunds, { attempt: begun.tried, page: answer })).idToken.sub)
    }
    assert.equal(new Set(subjects).size, 1)
  })

  test('a second click on the way back: the same answer again, once in the ledger', async () => {
    const { browser, page } = await atChoice(refunds)
    const before = await tally(hub)
    const answers = [await browser.submit(page, backFormOf(page), {}, at(refunds))]
    answers.push(await browser.submit(page, backFormOf(page), {}, at(refunds)))
    assert.deepEqual(
      answers.map(({ url }) => url.searchParams.get('error')),
      ['access_denied', 'access_denied'],
    )
    assert.equal((await tally(hub)).connections, before.connections + 1)
  })

  test('the back button: an old form never undoes what came after it', async () => {
    const { browser, page, tried, flow } = await atChoice(refunds)
    const informing = await choose(browser, refunds, page, 'tax')
    const asked = provider('health').requestsTo('authorize').length
    const again = await choose(browser, refunds, page, 'health')
    assert.equal(again.url.pathname, flow.pathname)
    formTo(again, /\/inform$/)
    assert.equal(provider('health').requestsTo('authorize').length, asked)
    const back = await goOn(browser, refunds, informing)
    const identity = await redeem(refunds, { attempt: tried, page: back })
    const afterwards = await choose(browser, refunds, page, 'health')
    assert.ok(
      at(refunds)(afterwards.url),
      `after the end it leads to the same end: ${afterwards.trail.join(' ')} ${textOf(afterwards)}`,
    )
    assert.equal(provider('health').requestsTo('authorize').length, asked)
    assert.ok(identity.idToken.sub)
  })

  test('two tabs at once: two logins that do not touch each other', async () => {
    const browser = new UserAgent({ language: 'en' })
    const one = await atChoice(refunds, { browser })
    const two = await atChoice(justice, { browser })
    const [first, second] = [
      await choose(browser, refunds, one.page, 'tax'),
      await choose(browser, justice, two.page, 'post'),
    ]
    const atJustice = await goOn(browser, justice, second)
    const atRefunds = await goOn(browser, refunds, first)
    const { idToken: strong } = await redeem(justice, { attempt: two.tried, page: atJustice })
    const { idToken: weak } = await redeem(refunds, { attempt: one.tried, page: atRefunds })
    assert.deepEqual([strong.acr, weak.acr], ['eidas2', 'eidas1'], 'each gets what was proved for it')
  })

  test('a login that took too long: every step says so, and nothing is written', async () => {
    const choosing = await atChoice(refunds)
    const returning = await atCallback(refunds, 'tax')
    const informing = await atCallback(refunds, 'tax')
    const informed = await informing.browser.open(informing.callback)
    const before = await tally(hub)
    clock.advance(flowLifetime)
    const steps = [
      () => choosing.browser.open(choosing.flow),
      () => choose(choosing.browser, refunds, choosing.page, 'tax'),
      () => choosing.browser.submit(choosing.page, backFormOf(choosing.page)),
      () => returning.browser.open(returning.callback),
      () => goOn(informing.browser, refunds, informed),
    ]
    for (const step of steps) assertErrorPage(await step(), { status: 400, code: 'G1901' })
    assert.deepEqual(await tally(hub), before)
  })

  test('R128: the login of another browser is refused at every address, signed in or not', async () => {
    const victim = await atCallback(refunds, 'tax')
    const informed = await victim.browser.open(victim.callback)
    const before = await tally(hub)
    const strangers = [new UserAgent({ language: 'en' }), new UserAgent({ language: 'en' })]
    for (const [index, stranger] of strangers.entries()) {
      if (index === 1) await stranger.open((await attempt(refunds)).url)
      const pages = [
        await stranger.open(victim.flow),
        await stranger.open(`${hub.issuer}/authorize/${victim.flow.pathname.split('/')[2]}`),
        await choose(stranger, refunds, victim.page, 'tax'),
        await goOn(stranger, refunds, informed),
        await stranger.submit(victim.page, backFormOf(victim.page)),
      ]
      for (const page of pages) assertErrorPage(page, { status: 403, code: 'G1902' })
      for (const page of pages) assert.ok(!page.body.includes(String(citizen.family_name)))
    }
    assert.deepEqual(await tally(hub), before)
    const back = await goOn(victim.browser, refunds, informed)
    assert.ok((await redeem(refunds, { attempt: victim.tried, page: back })).idToken.sub)
  })

  test('a login begun before midnight ends after it', async () => {
    clock.set(Math.ceil(clock.now() / day) * day - minute)
    const begun = await atCallback(refunds, 'tax')
    clock.advance(2 * minute)
    const page = await goOn(begun.browser, refunds, await begun.browser.open(begun.callback))
    const { idToken } = await redeem(refunds, { attempt: begun.tried, page })
    assert.equal(idToken.sub !== '', true)
  })
})
