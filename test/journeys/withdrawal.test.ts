/** Providers that are withdrawn and come back: what people see, what becomes of their logins and sessions, and that they always get out. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { decodeJwt } from 'jose'
import { day, hour, minute } from '../../src/kernel/durations.ts'
import { type Language, languages } from '../../src/kernel/languages.ts'
import type { StateOutcome } from '../../src/partners/state-changes.ts'
import type { NewSuspension, Suspension } from '../../src/partners/suspensions.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { chooseOwn, enrol, type OwnAccount, ownProviderEntry, typePassword } from '../support/own-means.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { connectionOf, factsOf, settle, tally } from '../support/records.ts'
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
import { type Answer, type Form, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

const bye = 'http://localhost:1/bye'
const actor = { kind: 'command' } as const

const reason: Record<Language, string> = {
  fr: 'Suspendu le temps d’une vérification.',
  en: 'Suspended during a check.',
  ar: 'معلّق ريثما يتم فحص.',
}
const asked: NewSuspension = { services: 'all', category: 'security', reason, sessions: 'kept' }

let clock: TestClock
let hub: TestHub
let owner: OwnAccount
let refunds: RelyingParty
let justice: RelyingParty
const providers = new Map<string, TestProvider>()
const receivers = new Map<string, Receiver>()

interface Receiver {
  uri: string
  /** The `sid` of each logout token that came. */
  told: unknown[]
  server: Server
}

async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = { uri: '', told: [], server: createServer() }
  receiver.server.on('request', async (request, response) => {
    const body = new URLSearchParams(await readText(request))
    receiver.told.push(decodeJwt(body.get('logout_token') ?? '').sid)
    response.writeHead(200).end()
  })
  await new Promise<void>((ready) => receiver.server.listen(0, '127.0.0.1', ready))
  receiver.uri = `http://localhost:${(receiver.server.address() as AddressInfo).port}/backchannel`
  return receiver
}

function the<T>(map: Map<string, T>, id: string): T {
  const found = map.get(id)
  if (!found) throw new Error(`no ${id}`)
  return found
}

/** The town, without some of its providers. */
async function publish(without: readonly string[] = []): Promise<void> {
  await hub.publish(
    [
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('refunds', {
            sector: 'health.example',
            idpHints: ['post'],
            backchannelLogoutUri: the(receivers, 'refunds').uri,
          }),
          serviceEntry('justice', {
            sector: 'justice.example',
            backchannelLogoutUri: the(receivers, 'justice').uri,
          }),
        ],
        providers: [
          ...[...providers]
            .filter(([id]) => !without.includes(id))
            .map(([id, each]) =>
              providerEntry(each, { allowedLevels: id === 'post' ? ['eidas1', 'eidas2'] : ['eidas1'] }),
            ),
          ownProviderEntry(),
        ],
      },
    ],
    { prune: true },
  )
}

before(async () => {
  clock = mockProcessClock({ mock })
  hub = await startTestHub()
  for (const id of ['refunds', 'justice']) receivers.set(id, await startReceiver())
  for (const id of ['tax', 'post', 'bank']) {
    const claims = { ...citizen, family_name: `OF ${id.toUpperCase()}` }
    const acr = id === 'post' ? 'eidas2' : 'eidas1'
    providers.set(id, await startProvider({ id, subject: `of ${id}`, claims, acr }))
  }
  await publish()
  const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
  ;[refunds, justice] = await Promise.all([party('refunds'), party('justice')])
  owner = await enrol(hub, { name: 'personne' })
})
after(async () => {
  await hub.close()
  await Promise.all([...providers.values()].map((each) => each.close()))
  for (const { server } of receivers.values()) {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
  mock.timers.reset()
})

const number = async (id: string) => (await hub.partners.stateOf(id))?.number ?? 0

function done(outcome: StateOutcome): Suspension | undefined {
  assert.equal(outcome.kind, 'done', JSON.stringify(outcome))
  return outcome.kind === 'done' ? outcome.suspension : undefined
}

async function suspend(id: string, given: Partial<NewSuspension> = {}): Promise<Suspension> {
  const made = done(await hub.partners.suspend(id, { ...asked, ...given }, { actor, expected: await number(id) }))
  assert.ok(made)
  return made
}

const lift = async (id: string) => done(await hub.partners.lift(id, 'all', { actor, expected: await number(id) }))

/** Every provider as it was. */
async function restore(): Promise<void> {
  for (const id of [...providers.keys(), 'local-account']) {
    await lift(id)
    done(await hub.partners.show(id, { actor, expected: await number(id) }))
  }
}

/** A login at its provider page. */
async function atChoice(
  party: RelyingParty,
  options: { browser?: UserAgent; language?: string; parameters?: Record<string, string> } = {},
): Promise<{ browser: UserAgent; tried: Attempt; page: Answer; party: RelyingParty }> {
  const browser = options.browser ?? new UserAgent({ language: options.language ?? 'en' })
  const tried = await attempt(party, options.parameters)
  return { browser, tried, party, page: await browser.open(tried.url, at(party)) }
}

const isCallback = (url: URL) => url.pathname.startsWith('/callback/')

/** As far as the address to which the provider sends the person back, which is not visited yet. */
async function atCallback(party: RelyingParty, id: string, parameters: Record<string, string> = {}) {
  const begun = await atChoice(party, { parameters })
  const { form, values } = tile(begun.page, id)
  const back = await begun.browser.submit(begun.page, form, values, isCallback)
  assert.ok(isCallback(back.url), `${id} sent the person to ${back.url.href}`)
  return { ...begun, callback: back.url }
}

/** The rest of a login: from a choice page to the tokens. */
async function finish(
  { browser, tried, party }: { browser: UserAgent; tried: Attempt; party: RelyingParty },
  page: Answer,
  id: string,
) {
  const informed = await choose(browser, party, page, id)
  return redeem(party, { attempt: tried, page: await goOn(browser, party, informed) })
}

/** What a service learns when it asks without showing a page: a code, or an error. */
async function silently(browser: UserAgent, party: RelyingParty): Promise<string> {
  const { url } = await attempt(party, { prompt: 'none' })
  const back = await browser.open(url, at(party))
  return back.url.searchParams.get('error') ?? 'signed in'
}

const isOffered = (page: Answer, id: string) =>
  formsOf(page).some(({ buttons }) => buttons.some(({ name, value }) => name === 'provider' && value === id))

const forgeries = async () => (await factsOf(hub, 'provider.forged_choice')).length

/** What follows a suspension: a job that ends sessions, and the jobs that tell services of it. */
async function settled(): Promise<void> {
  await settle(hub)
  await settle(hub)
}

/** The form of the way back; on the information page a second button of the same form. */
function backForm(page: Answer): Form | undefined {
  for (const form of formsOf(page)) {
    const leads = [form.action, ...form.buttons.flatMap(({ formAction }) => formAction ?? [])]
    const action = leads.find(({ pathname }) => pathname.endsWith('/cancel'))
    if (action) return { ...form, action }
  }
  return undefined
}

describe('while somebody stands on the page', () => {
  test('R004 R008: who presses a provider that was suspended gets the page again, with the reason, and goes on', async () => {
    for (const language of languages) {
      await restore()
      const begun = await atChoice(refunds, { language })
      await suspend('bank')
      const before = [await forgeries(), the(providers, 'bank').requestsTo('authorize').length]
      const again = await choose(begun.browser, refunds, begun.page, 'bank')
      assert.equal(again.status, 200)
      const text = textOf(again)
      const t = hub.web.translate(language)
      assert.ok(text.includes(t('notice.missed', { provider: the(providers, 'bank').provider().name[language] })), text)
      assert.ok(text.includes(reason[language]), text)
      assert.match(again.body, new RegExp(`<html lang="${language}"`))
      assert.deepEqual([await forgeries(), the(providers, 'bank').requestsTo('authorize').length], before)
      const { idToken } = await finish(begun, again, 'tax')
      assert.ok(idToken.sub, 'nothing of the login was lost')
    }
    await restore()
  })

  test('the notice is about now: restored meanwhile, the page offers the account as if nothing had been', async () => {
    const begun = await atChoice(refunds)
    await suspend('bank')
    const again = await choose(begun.browser, refunds, begun.page, 'bank')
    await restore()
    const later = await begun.browser.open(again.url)
    assert.doesNotMatch(textOf(later), /no longer available|Suspended/)
    assert.ok((await finish(begun, later, 'bank')).idToken.sub)
  })

  test('R005: pressed on a page that greys it, or on one whose word is not ours, it is forged: refused and a fact', async () => {
    const before = await atChoice(refunds)
    await suspend('bank')
    const after = await atChoice(refunds)
    const form = formTo(after.page, /\/choose$/)
    const honest = formTo(before.page, /\/choose$/).fields.greyed ?? ''
    const [verifier = ''] = (form.fields.greyed ?? '').split(' ')
    for (const greyed of [form.fields.greyed ?? '', '', 'x', honest, verifier]) {
      const known = await forgeries()
      const refused = await after.browser.submit(after.page, form, { provider: 'bank', greyed })
      assert.equal(refused.status, 403, greyed)
      assert.match(textOf(refused), /G0202/)
      assert.equal(await forgeries(), known + 1, greyed)
    }
    assert.equal((await factsOf(hub, 'provider.forged_choice')).at(-1)?.reason, 'provider_disabled')
    await restore()
  })

  test('R005: a hidden one is no more offered for being suspended, and is shown to who was sent to it', async () => {
    done(await hub.partners.hide('post', { actor, expected: await number('post') }))
    await suspend('post')
    const begun = await atChoice(refunds)
    assert.doesNotMatch(begun.page.body, /value="post"/)
    const refused = await begun.browser.submit(begun.page, formTo(begun.page, /\/choose$/), { provider: 'post' })
    assert.match(textOf(refused), /G0203/)
    const hinted = await atChoice(refunds, { parameters: { idp_hint: 'post' } })
    assert.ok(textOf(hinted.page).includes(reason.en), textOf(hinted.page))
    assert.ok((await finish(hinted, hinted.page, 'tax')).idToken.sub)
    await restore()
    done(await hub.partners.hide('post', { actor, expected: await number('post') }))
    const reached = await atChoice(refunds, { parameters: { idp_hint: 'post' } })
    assert.ok(isCallback(reached.page.url), reached.page.url.href)
    await restore()
  })
})

describe('what a suspension concerns', () => {
  test('R006: one service alone', async () => {
    await suspend('bank', { services: ['refunds'] })
    assert.equal(isOffered((await atChoice(refunds)).page, 'bank'), false)
    assert.ok((await signIn(new UserAgent(), justice, 'bank')).idToken.sub)
    await restore()
  })

  test('upper levels alone: refused there, and worth no more than the limit below', async () => {
    await suspend('post', { above: 'eidas1' })
    const high = await atChoice(justice, { parameters: { acr_values: 'eidas2' } })
    assert.equal(isOffered(high.page, 'post'), false)
    assert.ok(textOf(high.page).includes(reason.en))
    const low = await atChoice(justice)
    assert.ok(isOffered(low.page, 'post'))
    assert.match(low.page.body, /value="post">.*?Low assurance level/s, 'what it may bring today')
    const { idToken } = await finish(low, low.page, 'post')
    assert.equal(idToken.acr, 'eidas1', 'though it said eidas2')
    await restore()
    assert.equal((await signIn(new UserAgent(), justice, 'post')).idToken.acr, 'eidas2')
  })

  test('R007: planned, it begins and ends by itself, to the millisecond', async () => {
    const since = clock.now() + hour
    await suspend('bank', { since, until: since + hour })
    const seen = async () => isOffered((await atChoice(refunds)).page, 'bank')
    clock.set(since - 1)
    assert.equal(await seen(), true)
    clock.set(since)
    const page = (await atChoice(refunds)).page
    assert.equal(isOffered(page, 'bank'), false)
    assert.match(
      page.body,
      new RegExp(`Suspended during a check\\. <time datetime="${new Date(since + hour).toISOString()}">`),
    )
    clock.set(since + hour - 1)
    assert.equal(await seen(), false)
    clock.set(since + hour)
    assert.equal(await seen(), true)
    await restore()
  })

  test('R136: it is the provider’s alone: the service of the same partner goes on', async () => {
    await suspend('bank')
    assert.ok((await signIn(new UserAgent(), refunds, 'post')).idToken.sub)
    await restore()
  })

  test('R010: the page says of when it knows the state of accounts', async () => {
    const { page } = await atChoice(refunds)
    const known = Date.parse(/<p class="known"><time datetime="([^"]*)"/.exec(page.body)?.[1] ?? '')
    assert.ok(known <= clock.now() && known > clock.now() - 3 * hour, String(known))
  })
})

describe('suspended between the choice and the return', () => {
  test('R005: what the provider brings back is not even redeemed; the page has the reason and what there is instead', async () => {
    const gone = await atCallback(refunds, 'bank')
    await suspend('bank')
    const before = [the(providers, 'bank').requestsTo('token').length, (await tally(hub)).links]
    const page = await gone.browser.open(gone.callback)
    const text = textOf(page)
    assert.match(text, /bank is no longer available/)
    assert.ok(text.includes(reason.en), text)
    assert.match(text, /Instead, you can use: .*tax/)
    assert.deepEqual([the(providers, 'bank').requestsTo('token').length, (await tally(hub)).links], before)
    const [, reference = ''] = /G0202 · ([0-9A-Z-]{14})/.exec(text) ?? []
    const written = await connectionOf(hub, reference)
    assert.deepEqual([written?.state, written?.refusal], ['refused', 'provider_disabled'])
    const reloaded = await gone.browser.open(gone.callback)
    assert.match(textOf(reloaded), /bank is no longer available/, 'a reload changes nothing')
    assert.ok((await finish(gone, page, 'tax')).idToken.sub)
    await restore()
  })

  test('for an upper level alone: a sign-in below goes on, at that level', async () => {
    const [high, low] = [await atCallback(refunds, 'post', { acr_values: 'eidas2' }), await atCallback(refunds, 'post')]
    await suspend('post', { above: 'eidas1' })
    assert.match(textOf(await high.browser.open(high.callback)), /post is no longer available/)
    const informed = await low.browser.open(low.callback)
    const back = await goOn(low.browser, refunds, informed)
    assert.equal((await redeem(refunds, { attempt: low.tried, page: back })).idToken.acr, 'eidas1')
    await restore()
  })

  test('who had come back before goes on where sessions are kept, and chooses again where they are closed', async () => {
    for (const sessions of ['kept', { closedSince: 0 }] as const) {
      const gone = await atCallback(refunds, 'bank')
      const informed = await gone.browser.open(gone.callback)
      clock.advance(minute)
      await suspend('bank', { sessions })
      const next = await goOn(gone.browser, refunds, informed)
      if (sessions === 'kept') {
        assert.ok((await redeem(refunds, { attempt: gone.tried, page: next })).idToken.sub)
      } else {
        assert.match(textOf(next), /bank is no longer available/)
        assert.ok((await finish(gone, next, 'tax')).idToken.sub)
      }
      await restore()
    }
  })
})

describe('sessions that came through it', () => {
  async function signedInAt(...parties: RelyingParty[]) {
    const browser = new UserAgent({ language: 'en' })
    const tokens = []
    for (const party of parties) {
      const begun = await atChoice(party, { browser })
      const page = isOffered(begun.page, 'bank') ? await choose(browser, party, begun.page, 'bank') : begun.page
      const back = at(party)(page.url) ? page : await goOn(browser, party, page)
      tokens.push(await redeem(party, { attempt: begun.tried, page: back }))
    }
    clock.advance(minute)
    return { browser, tokens, sids: tokens.map(({ idToken }) => idToken.sid) }
  }

  beforeEach(async () => {
    await restore()
    await settled()
    told()
  })

  const told = () => new Map([...receivers].map(([id, receiver]) => [id, receiver.told.splice(0)]))

  test('kept: they answer as before, and nobody is told; a sign-in of later is none', async () => {
    const { browser } = await signedInAt(refunds)
    await suspend('bank')
    assert.equal(await silently(browser, refunds), 'signed in')
    assert.equal(await silently(browser, justice), 'interaction_required', 'it may go on to another service')
    await settled()
    assert.deepEqual([...told().values()].flat(), [])
    assert.equal(isOffered((await atChoice(refunds)).page, 'bank'), false)
    await restore()
  })

  test('closed: over at once, everywhere; services are told; the end of the suspension undoes nothing', async () => {
    const { browser, sids } = await signedInAt(refunds, justice)
    const withdrawn = async () =>
      (await factsOf(hub, 'session.ended'))
        .filter((fact) => fact.reason === 'withdrawn')
        .map(({ services }) => services)
    await suspend('bank', { sessions: { closedSince: 0 } })
    assert.equal(await silently(browser, refunds), 'login_required', 'before any job has run')
    await settled()
    const ended = await withdrawn()
    assert.ok(
      ended.some((services) => services.length === 2),
      JSON.stringify(ended),
    )
    const heard = told()
    assert.ok(the(heard, 'refunds').includes(sids[0]), JSON.stringify([...heard]))
    assert.ok(the(heard, 'justice').includes(sids[1]), JSON.stringify([...heard]))
    await restore()
    assert.equal(await silently(browser, refunds), 'login_required')
    clock.advance(2 * minute)
    await settled()
    assert.deepEqual(await withdrawn(), ended, 'nobody is ended after the suspension')
  })

  test('closed from an instant: who signed in before it stays, and by other providers everybody', async () => {
    const early = await signedInAt(refunds)
    clock.advance(hour / 4)
    const closedSince = clock.now()
    clock.advance(minute)
    const late = await signedInAt(refunds)
    const elsewhere = new UserAgent()
    await signIn(elsewhere, refunds, 'tax')
    await suspend('bank', { sessions: { closedSince } })
    await settled()
    assert.deepEqual(
      await Promise.all([early, late, { browser: elsewhere }].map(({ browser }) => silently(browser, refunds))),
      ['signed in', 'login_required', 'signed in'],
    )
    assert.deepEqual(the(told(), 'refunds'), late.sids)
    await restore()
  })

  test('closed for one service: that one alone is told, and the session goes on', async () => {
    const { browser, sids } = await signedInAt(refunds, justice)
    await suspend('bank', { services: ['refunds'], sessions: { closedSince: 0 } })
    assert.equal(await silently(browser, refunds), 'login_required')
    assert.equal(await silently(browser, justice), 'signed in')
    await settled()
    const heard = told()
    assert.deepEqual(
      [the(heard, 'refunds'), the(heard, 'justice')].map((list) => list.length > 0),
      [true, false],
    )
    assert.ok(the(heard, 'refunds').includes(sids[0]))
    assert.equal(await silently(browser, justice), 'signed in')
    assert.deepEqual((await factsOf(hub, 'session.services_closed')).at(-1)?.services, ['refunds'])
    await restore()
    assert.notEqual(await silently(browser, refunds), 'login_required', 'the session itself was never over')
  })

  test('planned: open until the very instant, closed from it on, and told then', async () => {
    const { browser, sids } = await signedInAt(refunds)
    const since = clock.now() + hour / 4
    await suspend('bank', { since, sessions: { closedSince: 0 } })
    await settled()
    clock.set(since - 1)
    assert.equal(await silently(browser, refunds), 'signed in')
    assert.deepEqual(the(told(), 'refunds'), [])
    clock.set(since)
    assert.equal(await silently(browser, refunds), 'login_required')
    clock.advance(1)
    await settled()
    assert.ok(the(told(), 'refunds').includes(sids[0]))
    await restore()
  })

  test('planned and taken back: nothing happens at its instant', async () => {
    const { browser } = await signedInAt(refunds)
    const since = clock.now() + hour / 4
    await suspend('bank', { since, sessions: { closedSince: 0 } })
    await settled()
    await restore()
    clock.set(since)
    await settled()
    assert.equal(await silently(browser, refunds), 'signed in')
    assert.deepEqual(the(told(), 'refunds'), [])
  })

  test('changed from kept to closed: they are ended then', async () => {
    const { browser, sids } = await signedInAt(refunds)
    const { id } = await suspend('bank')
    await settled()
    assert.equal(await silently(browser, refunds), 'signed in')
    const by = { actor, expected: await number('bank') }
    done(await hub.partners.amend('bank', id, { sessions: { closedSince: 0 } }, by))
    assert.equal(await silently(browser, refunds), 'login_required')
    await settled()
    assert.ok(the(told(), 'refunds').includes(sids[0]))
    await restore()
  })

  test('logout is untouched while the provider is suspended, and when it was deleted', async () => {
    for (const off of ['suspended', 'deleted'] as const) {
      const { browser, sids, tokens } = await signedInAt(refunds, justice)
      if (off === 'suspended') await suspend('bank')
      else await publish(['bank'])
      assert.equal(await silently(browser, refunds), 'signed in', off)
      const url = new URL(`${hub.issuer}/logout`)
      const hint = { id_token_hint: tokens[0]?.rawIdToken ?? '', post_logout_redirect_uri: bye, state: 'mine' }
      url.search = new URLSearchParams(hint).toString()
      const back = await browser.open(url, ({ href }) => href.startsWith(bye))
      assert.equal(back.url.href, `${bye}?state=mine`, off)
      assert.equal(await silently(browser, refunds), 'login_required', off)
      await settled()
      const heard = told()
      assert.deepEqual([the(heard, 'refunds'), the(heard, 'justice')], [[sids[0]], [sids[1]]], off)
      await publish()
      await restore()
    }
  })
})

describe('nobody is trapped', () => {
  const assertAnswer = (back: Answer, { tried }: { tried: Attempt }, message: string) =>
    assert.deepEqual(
      Object.fromEntries(back.url.searchParams),
      {
        error: 'access_denied',
        error_description: 'person_cancelled (G0304)',
        state: tried.state,
        iss: hub.issuer,
      },
      message,
    )

  test('R083: everything is off: the page says so, and its one button leads back to the service', async () => {
    for (const id of [...providers.keys(), 'local-account']) await suspend(id)
    for (const language of languages) {
      const begun = await atChoice(refunds, { language })
      assert.ok(textOf(begun.page).includes(hub.web.translate(language)('choose.none')), textOf(begun.page))
      assert.equal(
        formsOf(begun.page)
          .flatMap(({ buttons }) => buttons)
          .filter(({ name }) => name === 'provider').length,
        0,
      )
      assert.match(begun.page.body, /<form class="back" [^>]*>\s*<input [^>]*>\s*<button class="button">/)
      const form = backForm(begun.page)
      assert.ok(form)
      assertAnswer(await begun.browser.submit(begun.page, form, {}, at(refunds)), begun, language)
    }
    await restore()
  })

  test('R011 R083: every page of a login offers the way back, which says access_denied with state and iss', async () => {
    const pages: Record<string, () => Promise<{ browser: UserAgent; tried: Attempt; page: Answer }>> = {
      'the choice': () => atChoice(refunds),
      'the choice, with nothing found': async () => {
        const begun = await atChoice(refunds)
        return { ...begun, page: await begun.browser.open(`${loginOf(begun.page).href}?q=zzz`) }
      },
      'the choice, again': async () => {
        const begun = await atChoice(refunds)
        await suspend('bank')
        return { ...begun, page: await choose(begun.browser, refunds, begun.page, 'bank') }
      },
      'the choice, with everything off': async () => {
        for (const id of [...providers.keys(), 'local-account']) await suspend(id)
        return atChoice(refunds)
      },
      'a forged choice': async () => {
        const begun = await atChoice(refunds)
        const form = formTo(begun.page, /\/choose$/)
        return { ...begun, page: await begun.browser.submit(begun.page, form, { provider: 'nobody' }) }
      },
      'a form that is not ours': async () => {
        const begun = await atChoice(refunds)
        const form = formTo(begun.page, /\/choose$/)
        return { ...begun, page: await begun.browser.submit(begun.page, form, { provider: 'tax', verifier: 'x' }) }
      },
      'the return from a suspended provider': async () => {
        const gone = await atCallback(refunds, 'bank')
        await suspend('bank')
        return { ...gone, page: await gone.browser.open(gone.callback) }
      },
      'the return of a person who cancelled': async () => {
        const gone = await atCallback(refunds, 'bank')
        const state = gone.callback.searchParams.get('state') ?? ''
        const query = new URLSearchParams({ error: 'access_denied', state, iss: the(providers, 'bank').issuer })
        return { ...gone, page: await gone.browser.open(`${hub.issuer}/callback/bank?${query}`) }
      },
      'the answer of another provider': async () => {
        const gone = await atCallback(refunds, 'bank')
        return { ...gone, page: await gone.browser.open(gone.callback.href.replace('/callback/bank', '/callback/tax')) }
      },
      'a code that the provider does not know': async () => {
        const gone = await atCallback(refunds, 'bank')
        gone.callback.searchParams.set('code', 'invented')
        return { ...gone, page: await gone.browser.open(gone.callback) }
      },
      'a level that was not reached': async () => {
        Object.assign(the(providers, 'post').next, { acr: 'eidas1' })
        const gone = await atCallback(refunds, 'post', { acr_values: 'eidas2' })
        return { ...gone, page: await gone.browser.open(gone.callback) }
      },
      'what will be sent': async () => {
        const gone = await atCallback(refunds, 'bank')
        return { ...gone, page: await gone.browser.open(gone.callback) }
      },
      'what will be sent, by a session': async () => {
        const browser = new UserAgent({ language: 'en' })
        await signIn(browser, justice, 'bank')
        return atChoice(refunds, { browser })
      },
      'another account of somebody who looks the same': async () => {
        await signIn(new UserAgent(), refunds, 'tax')
        const claims = { ...citizen, family_name: 'OF TAX', birthdate: '1962-00-00' }
        Object.assign(the(providers, 'tax').next, { subject: `alike ${clock.now()}`, claims })
        const gone = await atCallback(refunds, 'tax')
        return { ...gone, page: await gone.browser.open(gone.callback) }
      },
      "the hub's own sign-in": async () => {
        const begun = await atChoice(refunds)
        return { ...begun, page: await chooseOwn(begun.browser, begun.page) }
      },
      "the hub's own sign-in, with a wrong password": async () => {
        const begun = await atChoice(refunds)
        const page = await chooseOwn(begun.browser, begun.page)
        const typed = { identifier: owner.name, password: 'wrong' }
        return { ...begun, page: await typePassword(begun.browser, page, typed) }
      },
      "the hub's own sign-in, suspended meanwhile": async () => {
        const begun = await atChoice(refunds)
        const page = await chooseOwn(begun.browser, begun.page)
        await suspend('local-account')
        return { ...begun, page: await typePassword(begun.browser, page, { identifier: owner.name }) }
      },
    }
    for (const [name, open] of Object.entries(pages)) {
      const shown = await open()
      const { browser, page } = shown
      const form = backForm(page)
      const link = linksOf(page).find(({ pathname }) => pathname.endsWith('/back'))
      assert.ok(form || link, `${name}: no way back on ${page.url.href} (${page.status}): ${textOf(page)}`)
      const back = form
        ? await browser.submit(page, form, {}, at(refunds))
        : await browser.open(String(link), at(refunds))
      assertAnswer(back, shown, name)
      await restore()
    }
  })

  test('a second click on the way back, and the back button after it, give the same answer', async () => {
    const begun = await atChoice(refunds)
    const form = backForm(begun.page)
    assert.ok(form)
    assertAnswer(await begun.browser.submit(begun.page, form, {}, at(refunds)), begun, 'first')
    assertAnswer(await begun.browser.submit(begun.page, form, {}, at(refunds)), begun, 'second')
  })
})

test('R009: the history has every change of this town, with its author', async () => {
  const history = await hub.partners.history('bank')
  assert.ok(history.length > 20)
  assert.deepEqual(
    history.map((line) => line.number),
    history.map((_, index) => index + 1),
  )
  assert.ok(
    history.every(
      ({ author, at: when }) => author.kind === 'command' && when <= clock.now() && when > clock.now() - day,
    ),
  )
})
