/**
 * The e-ID app and a real browser: the code is read from a picture of the screen, the page follows by itself, and whoever
 * relays the code to somebody else is signed in nowhere that the hub can tell the difference.
 */
import assert from 'node:assert/strict'
import { after, before, describe, type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createPhoneMaker } from '../../demo/phone/attestation.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { Language } from '../../src/kernel/languages.ts'
import {
  type BrowserOptions,
  judgePage,
  read,
  refusals,
  type Seat,
  startBrowser,
  type TestBrowser,
  takeSeat,
} from '../support/browser.ts'
import { type Authority, salma, startAuthority } from '../support/cards.ts'
import { eidEntry, eidHubSettings } from '../support/eid.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { ownProviderEntry } from '../support/own-means.ts'
import { createPhone, type Phone } from '../support/phone.ts'
import { codeOnScreen } from '../support/qr.ts'
import { factsOf } from '../support/records.ts'
import { attempt, type RelyingParty, redeem, relyingParty } from '../support/relying-party.ts'
import type { Answer } from '../support/user-agent.ts'

describe('R091: a code on the screen, a phone in the hand', () => {
  let hub: TestHub
  let authority: Authority
  let browser: TestBrowser
  let eye: Page
  let phone: Phone
  let heritage: RelyingParty
  let declarations: RelyingParty

  const home = '80.67.169.12'
  const mobile = '90.10.20.30'
  const abroad = '105.66.1.9'

  before(async () => {
    ;[browser, authority] = await Promise.all([startBrowser(), startAuthority(systemClock)])
    const maker = createPhoneMaker({})
    hub = await startTestHub({
      settings: { ...eidHubSettings(authority, maker), trustedProxies: ['127.0.0.1', '::1'] },
    })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'بلدية' },
        services: [
          serviceEntry('heritage', {
            minimumLevel: 'eidas3',
            name: { fr: 'Patrimoine', en: 'Heritage', ar: 'التراث' },
          }),
          serviceEntry('declarations', { minimumLevel: 'eidas2' }),
        ],
        providers: [eidEntry(), ownProviderEntry()],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[heritage, declarations] = await Promise.all([party('heritage'), party('declarations')])
    eye = await (await browser.context()).newPage()
    const card = await authority.issue({ kind: 'cnie', holder: salma })
    phone = createPhone({
      ...{ hubUrl: hub.issuer, card, maker, clock: systemClock },
      headers: { 'x-forwarded-for': home },
    })
    assert.equal((await phone.pair()).status, 201)
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await authority?.close()
  })

  const judge = (page: Page, language: Language) => judgePage(page, language, 'one')

  /** Somebody at a computer; the service answers whoever comes back to it. */
  async function seatAt(address: string, options: BrowserOptions = {}): Promise<Seat> {
    const seat = await takeSeat(browser, options)
    await seat.context.setExtraHTTPHeaders({ 'x-forwarded-for': address })
    await seat.context.route('http://localhost:1/**', (route) =>
      route.fulfill({ contentType: 'text/plain', body: 'there' }),
    )
    return seat
  }

  /** Up to the code. */
  async function begin(page: Page, party: RelyingParty, language: Language = 'fr') {
    const tried = await attempt(party, { ui_locales: language })
    await page.goto(tried.url.href)
    await page.locator('button[value="e-id"]').click()
    await page.locator('[data-picture]').waitFor()
    return tried
  }

  const numberOn = async (page: Page) => (await page.locator('.number strong').textContent()) ?? ''

  async function finish(page: Page, number: string): Promise<void> {
    await page.locator('#typed').fill(number)
    await page.keyboard.press('Enter')
    await page.locator('form[action$="/inform"] button:not([formaction])').click()
    await page.waitForURL('http://localhost:1/**')
  }

  /** All that the library asks of the callback. */
  const landed = (page: Page) => ({ url: new URL(page.url()) }) as Answer

  for (const [language, width] of [
    ['fr', 1280],
    ['ar', 390],
  ] as const) {
    test(`R089 R091 R126: the code is read from the screen, and the page follows to the service, in ${language}`, async (context: TestContext) => {
      const { page, leave } = await seatAt(home, { language, width, height: 900 })
      const tried = await begin(page, heritage, language)
      const shown = performance.now()
      const code = await codeOnScreen(page, eye)
      const readAt = performance.now()
      assert.ok(code.startsWith(`${hub.issuer}/eid/q/`), code)
      assert.equal((await phone.scan(code)).status, 200)
      const number = await numberOn(page)
      const { body } = await phone.approve({ number })
      await page.locator('#typed').waitFor()
      await finish(page, body.confirm.number)
      const took = performance.now() - shown - (readAt - shown)
      context.diagnostic(
        `from the code to the service: ${Math.round(took)} ms, and ${Math.round(readAt - shown)} ms to read it`,
      )
      assert.ok(took < 60_000, `${took} ms: longer than a code lives`)
      const { idToken } = await redeem(heritage, { attempt: tried, page: landed(page) })
      assert.equal(idToken.acr, 'eidas3')
      await leave()
    })
  }

  test('R126: each state of the page, in its language and direction, for everybody', async () => {
    const { page, context, leave } = await seatAt(home, { language: 'ar', width: 390, height: 844 })
    await begin(page, declarations, 'ar')
    await judge(page, 'ar')
    assert.match(await read(page), /استعمال مفتاح مرور/)
    const base = new URL(page.url()).pathname

    // The same page in another tab goes on there.
    const tab = await context.newPage()
    await tab.goto(`${hub.issuer}${base}`)
    await page.locator('[data-said="moved"]:not([hidden])').waitFor()
    await judge(page, 'ar')
    await page.goto(`${hub.issuer}${base}?way=link`)
    await judge(page, 'ar')
    await page.goto(`${hub.issuer}${base}?way=qr`)

    await phone.scan(await codeOnScreen(page, eye))
    const number = await numberOn(page)
    await judge(page, 'ar')
    await phone.number(number)
    await page.locator('.number').waitFor({ state: 'detached' })
    await judge(page, 'ar')
    await phone.readCard()
    await phone.biometrics()
    const { body } = await phone.confirm()
    await page.locator('#typed').fill(body.confirm.number === '000000' ? '111111' : '000000')
    await page.keyboard.press('Enter')
    await page.locator('.fault').waitFor()
    await judge(page, 'ar')
    await phone.decline('not_me')
    await page.locator('form[action$="/again"]').waitFor()
    await judge(page, 'ar')
    await page.goto(`${hub.issuer}/eid/q/${'A'.repeat(43)}`)
    await judge(page, 'ar')
    await page.goto(`${hub.issuer}/eid/unknown/return?rc=x`)
    await judge(page, 'ar')
    await leave(refusals)
  })

  test('R126: without JavaScript a button shows what has happened', async () => {
    const { page, leave } = await seatAt(mobile, { language: 'en', javaScript: false })
    const tried = await begin(page, heritage, 'en')
    assert.match(await read(page), /Show a new one if it is too old, or go on once it is scanned/)
    await phone.scan(await codeOnScreen(page, eye))
    await page.getByRole('link', { name: 'Go on, or change the code' }).click()
    const { body } = await phone.approve({ number: await numberOn(page) })
    await page.getByRole('link', { name: 'Done: go on' }).click()
    await finish(page, body.confirm.number)
    assert.equal((await redeem(heritage, { attempt: tried, page: landed(page) })).idToken.acr, 'eidas3')
    await leave()
  })

  test('R089: a relayed code: the thief’s screen, the victim’s phone, and each place where the victim could slip', async () => {
    const thief = await seatAt(abroad, { language: 'en' })
    // Level high, from another country: nothing to slip on.
    await begin(thief.page, heritage, 'en')
    assert.ok((await phone.scan(await codeOnScreen(thief.page, eye))).status >= 400)
    await thief.page.locator('form[action$="/again"]').waitFor()
    assert.match(await read(thief.page), /not in the same country/)
    await thief.leave(refusals)

    const near = await seatAt(mobile, { language: 'en' })
    const { page } = near
    // The victim scans what a copied page shows, and sees no number there.
    await begin(page, heritage, 'en')
    const relayed = await phone.scan(await codeOnScreen(page, eye))
    assert.deepEqual(relayed.body.view.notices, ['other_network'])
    assert.equal(relayed.body.view.service.en, 'Heritage')
    const hidden = await numberOn(page)
    for (const guess of ['10', '20', '30', '40'].filter((one) => one !== hidden).slice(0, 3)) await phone.number(guess)
    await page.locator('form[action$="/again"]').waitFor()
    assert.match(await read(page), /number typed on the phone was not the right one/)

    // The thief tells the victim the two digits, and the victim approves; what the phone shows then they tell to nobody.
    await page.locator('form[action$="/again"] button').click()
    await page.locator('[data-picture]').waitFor()
    await phone.scan(await codeOnScreen(page, eye))
    const { body } = await phone.approve({ number: await numberOn(page) })
    const { number } = body.confirm
    for (const guess of ['100000', '200000', '300000', '400000'].filter((one) => one !== number).slice(0, 3)) {
      await page.locator('#typed').fill(guess)
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    }
    await page.locator('form[action$="/again"]').waitFor()
    assert.match(await read(page), /number typed here was not the right one/)
    const reasons = (await factsOf(hub, 'eid.request_mismatch')).map(({ reason }) => reason)
    assert.deepEqual(reasons.slice(-3), ['other_country', 'number_wrong', 'confirmation_wrong'])

    // What nothing can tell from one person with two devices: all is read out, in one country (SECURITY.md).
    await page.locator('form[action$="/again"] button').click()
    await page.locator('[data-picture]').waitFor()
    await phone.scan(await codeOnScreen(page, eye))
    const told = await phone.approve({ number: await numberOn(page) })
    await page.locator('#typed').waitFor()
    await finish(page, told.body.confirm.number)
    await near.leave(refusals)
  })
})
