/**
 * R084: an outage of the e-ID service, from before its beginning until after its end, as people see it in a browser: the
 * app is greyed with the reason, a card and a code stand in for it at a lower level, and are gone when it is back.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import type { Page } from 'playwright-core'
import { createPhoneMaker } from '../../demo/phone/attestation.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { minute, second } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { healthSchema } from '../../src/partners/health-settings.ts'
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
import { type Authority, type Card, salma, startAuthority } from '../support/cards.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { eidEntry, eidHubSettings, type StatusPage, standInEntry, startStatusPage } from '../support/eid.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { ownProviderEntry } from '../support/own-means.ts'
import { createPhone, type Phone } from '../support/phone.ts'
import { codeOnScreen } from '../support/qr.ts'
import { factsOf, settle } from '../support/records.ts'
import { attempt, type RelyingParty, redeem, relyingParty } from '../support/relying-party.ts'
import type { Answer } from '../support/user-agent.ts'

const [app, standIn] = ['e-id', 'e-id-stand-in']
const mailbox = 'salma@example.ma'

describe('R084: the e-ID service is out of order', () => {
  let clock: TestClock
  let hub: TestHub
  let authority: Authority
  let browser: TestBrowser
  let eye: Page
  let service: StatusPage
  let card: Card
  let phone: Phone
  let person: PersonId
  let heritage: RelyingParty
  let declarations: RelyingParty

  before(async () => {
    // From the present on: the browser judges the age of cookies by a clock of its own.
    clock = mockProcessClock({ mock }, systemClock.now())
    ;[browser, authority, service] = await Promise.all([startBrowser(), startAuthority(clock), startStatusPage()])
    const maker = createPhoneMaker({})
    hub = await startTestHub({
      clock,
      settings: { ...eidHubSettings(authority, maker), health: healthSchema.parse({}) },
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
          serviceEntry('declarations', {
            minimumLevel: 'eidas2',
            name: { fr: 'Déclarations', en: 'Declarations', ar: 'التصريحات' },
          }),
        ],
        providers: [
          eidEntry({
            connector: {
              kind: 'eid_app',
              cards: ['cnie'],
              by: ['card', 'device_key'],
              statusUrl: service.address,
            },
          }),
          standInEntry(),
          ownProviderEntry(),
        ],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[heritage, declarations] = await Promise.all([party('heritage'), party('declarations')])
    eye = await (await browser.context()).newPage()
    card = await authority.issue({ kind: 'cnie', holder: salma })
    phone = createPhone({ hubUrl: hub.issuer, card, maker, clock })
    assert.equal((await phone.pair()).status, 201)
    const [paired] = await factsOf(hub, 'phone.paired')
    assert.ok(paired)
    person = paired.person
    await pass(minute)
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await authority?.close()
    service?.close()
    mock.timers.reset()
  })

  /** Time passes, and the hub looks around as often as it would. */
  async function pass(length: number): Promise<void> {
    for (let left = length; left > 0; left -= 15 * second) {
      clock.advance(15 * second)
      await hub.partners.health.turn()
    }
  }

  const healthOf = (id: string) => hub.partners.availability().of(id)?.observed.health

  async function until(health: string): Promise<void> {
    const limit = clock.now() + 10 * minute
    while (healthOf(app) !== health) {
      assert.ok(clock.now() < limit, `${app} is ${healthOf(app)} and not ${health}`)
      await pass(15 * second)
    }
  }

  /** As a page reads, without the spaces that only typography needs. */
  const t =
    (language: Language) =>
    (key: string, values: Record<string, string> = {}) =>
      hub.web.translate(language)(key, values).replace(/\s+/g, ' ')
  const judge = (page: Page, language: Language) => judgePage(page, language, 'one')
  const usable = (page: Page, id: string) => page.locator(`button[name="provider"][value="${id}"]`)
  const tileOf = (page: Page, id: string) => page.locator(`button.tile[value="${id}"]`)
  const whyOf = async (page: Page, id: string) => read(page, `#why-${id}`)

  /** Somebody at a computer; the service answers whoever comes back to it. */
  async function seat(options: BrowserOptions = {}): Promise<Seat> {
    const taken = await takeSeat(browser, options)
    await taken.context.route('http://localhost:1/**', (route) =>
      route.fulfill({ contentType: 'text/plain', body: 'there' }),
    )
    return taken
  }

  /** Up to the page of choice. */
  async function begin(page: Page, party: RelyingParty, language: Language = 'fr') {
    const tried = await attempt(party, { ui_locales: language })
    await page.goto(tried.url.href)
    await tileOf(page, app).waitFor()
    return tried
  }

  /** A choice that the page does not have. */
  async function forge(page: Page): Promise<void> {
    await page.evaluate(`{
      const field = document.createElement('input')
      Object.assign(field, { type: 'hidden', name: 'provider', value: '${standIn}' })
      const form = document.querySelector('form[action$="/choose"]') ?? document.querySelector('form.back')
      form.action = form.action.replace(/[^/]+$/, 'choose')
      form.append(field)
      form.submit()
    }`)
    await page.locator('.reference, dd code').first().waitFor()
  }

  const forged = async () => (await factsOf(hub, 'provider.forged_choice')).map(({ provider }) => provider)

  const numberOn = async (page: Page) => (await page.locator('.number strong').textContent()) ?? ''

  /** What the card's holder does with any telephone, and the computer. */
  async function readCard(page: Page, reader: Phone): Promise<void> {
    await page.locator('[data-picture]').waitFor()
    assert.equal((await reader.scan(await codeOnScreen(page, eye))).status, 200)
    assert.equal((await reader.number(await numberOn(page))).status, 200)
    assert.equal((await reader.readCard()).status, 200)
    const { body } = await reader.confirm()
    await page.locator('#typed').fill(body.confirm.number)
    await page.keyboard.press('Enter')
  }

  async function goOn(page: Page): Promise<void> {
    await page.locator('form[action$="/inform"] button:not([formaction])').click()
    await page.waitForURL('http://localhost:1/**')
  }

  /** All that the library asks of the callback. */
  const landed = (page: Page) => ({ url: new URL(page.url()) }) as Answer

  /** The code of the last mail to the mailbox that brings one. */
  const mailed = () => {
    const mails = hub.smtp.mails.filter(({ to, text }) => to.includes(mailbox) && /accompagne votre carte/.test(text))
    return { count: mails.length, code: /\b\d{6}\b/.exec(mails.at(-1)?.text ?? '')?.[0] ?? '' }
  }

  test('before it: people use the app at the high level, and nothing stands in for it, whatever is sent', async () => {
    const { page, leave } = await seat()
    const tried = await begin(page, heritage)
    assert.equal(await tileOf(page, standIn).count(), 0)
    await usable(page, app).click()
    await page.locator('[data-picture]').waitFor()
    await phone.scan(await codeOnScreen(page, eye))
    const { body } = await phone.approve({ number: await numberOn(page) })
    await page.locator('#typed').fill(body.confirm.number)
    await page.keyboard.press('Enter')
    await goOn(page)
    assert.equal((await redeem(heritage, { attempt: tried, page: landed(page) })).idToken.acr, 'eidas3')

    // Another browser: a session of before would answer.
    const other = await seat()
    await begin(other.page, declarations)
    await forge(other.page)
    assert.deepEqual(await forged(), [standIn])
    await other.leave(refusals)
    await leave()
  })

  for (const [language, width] of [
    ['fr', 1280],
    ['ar', 390],
  ] as const) {
    test(`it begins: the app is greyed with its reason, what there is instead is said, and what stays closed: ${language}`, async () => {
      service.isWorking = false
      await until('down')
      const { page, leave } = await seat({ language, width })
      await begin(page, declarations, language)
      const text = t(language)
      assert.equal(await tileOf(page, app).getAttribute('aria-disabled'), 'true')
      assert.equal(await whyOf(page, app), text('tile.down.announced'))
      assert.equal(await usable(page, standIn).count(), 1)
      const provider = { fr: 'Application e-ID', ar: 'تطبيق الهوية' }[language]
      const notice = await read(page, '[data-stand-in]')
      assert.ok(notice.includes(text('choose.stand_in', { provider })), notice)
      await judge(page, language)

      await begin(page, heritage, language)
      assert.equal(await usable(page, standIn).count(), 0)
      assert.equal(await whyOf(page, standIn), text('tile.level_too_low'))
      await judge(page, language)
      await forge(page)

      await page.goto(`${hub.issuer}/status`)
      const trouble = await read(page, 'section[aria-labelledby="trouble"]')
      const name = { fr: 'Carte et code', ar: 'البطاقة والرمز' }[language]
      assert.ok(trouble.includes(text('status.stand_in', { name })), trouble)
      const listed = (await (await fetch(`${hub.issuer}/status/providers.json`)).json()) as Record<string, string>[]
      const { standsInFor, standsInUntil = '' } = listed.find(({ id }) => id === standIn) ?? assert.fail()
      assert.equal(standsInFor, app)
      assert.equal(new Date(standsInUntil).toISOString(), standsInUntil)
      await judge(page, language)
      await leave(refusals)
    })
  }

  test('the high level stays closed to a choice that was forged, and each attempt is written down', async () => {
    assert.deepEqual(await forged(), [standIn, standIn, standIn])
    const offers = await factsOf(hub, 'standin.offered')
    assert.deepEqual(
      offers.map(({ provider, standsInFor }) => [provider, standsInFor]),
      [[standIn, app]],
    )
  })

  test('who has no verified contact is told so, and nothing of anybody is sent or shown', async () => {
    const { page, leave } = await seat({ language: 'ar', width: 390 })
    await begin(page, declarations, 'ar')
    await usable(page, standIn).click()
    await page.waitForURL('**/stand-in/*')
    await judge(page, 'ar')
    await page.locator('a[href^="/stand-in/phone/"]').click()
    await readCard(page, createPhone({ hubUrl: hub.issuer, card, clock }))
    await page.locator('.sheet .actions a').waitFor()
    assert.equal(await read(page, 'h1'), t('ar')('stand_in.stuck.no_contact'))
    await judge(page, 'ar')
    assert.deepEqual(mailed(), { count: 0, code: '' })
    await page.locator('.sheet .actions a').click()
    await tileOf(page, app).waitFor()
    await leave(refusals)
  })

  test('a card and a code sign in to a service of the substantial level, which is told that level', async () => {
    await hub.storage.transaction((tx) => hub.people.addProvedContact(tx, person, mailbox, 'eidas2'))
    const { page, context, leave } = await seat()
    const tried = await begin(page, declarations)
    await usable(page, standIn).click()
    await page.waitForURL('**/stand-in/*')
    const base = page.url()
    await judge(page, 'fr')
    assert.match(await read(page), /substantiel, et non élevé/)
    await page.locator('a[href^="/stand-in/phone/"]').click()
    await readCard(page, createPhone({ hubUrl: hub.issuer, card, clock }))

    const send = page.locator('form[action$="/send"] button')
    await send.waitFor()
    assert.match(await read(page), /s•••@example\.ma/)
    assert.ok(!(await page.content()).includes(mailbox))
    await judge(page, 'fr')
    await send.click()
    await page.locator('#code').waitFor()
    await judge(page, 'fr')
    await settle(hub)
    assert.equal(mailed().count, 1)
    const { code } = mailed()

    // The second click: one code is under way.
    await page.locator('form[action$="/send"] button').click()
    await page.locator('.warning[role="status"]').waitFor()
    assert.equal(mailed().count, 1)
    await page.locator('#code').fill(code === '123456' ? '654321' : '123456')
    await page.keyboard.press('Enter')
    await page.locator('#fault').waitFor()
    assert.match(await read(page, '#fault'), /4 essais/)
    await judge(page, 'fr')

    // Another browser has no part in it, and another tab is at the same step.
    const stranger = await seat()
    await stranger.page.goto(base)
    assert.doesNotMatch(await read(stranger.page), /example\.ma/)
    await stranger.leave(refusals)
    const tab = await context.newPage()
    await tab.goto(base)
    await tab.locator('#code').fill(code)
    await tab.keyboard.press('Enter')
    await tab.locator('form[action$="/inform"]').waitFor()
    assert.equal(await read(tab, '.sheet .level'), t('fr')('inform.level.eidas2'))
    // Back in the first one, the same code goes the same way.
    await page.goto(base)
    await page.locator('form[action$="/inform"]').waitFor()
    await goOn(tab)
    const { idToken } = await redeem(declarations, { attempt: tried, page: landed(tab) })
    assert.equal(idToken.acr, 'eidas2')

    await settle(hub)
    const [connection] = (await factsOf(hub, 'connection.authorised')).filter(({ provider }) => provider === standIn)
    assert.equal(connection?.person, person)
    assert.equal(connection?.level, 'eidas2')
    assert.deepEqual(connection?.amr, ['sc', 'pin', 'mail', 'mfa'])
    assert.deepEqual(await factsOf(hub, 'standin.used'), [
      { connection: connection?.connection, provider: standIn, level: 'eidas2' },
    ])
    await leave(refusals)
  })

  test('it ends: the app is there again and nothing else; who pressed late is told why', async () => {
    const { page, leave } = await seat()
    await begin(page, declarations)
    await usable(page, standIn).waitFor()
    service.isWorking = true
    await until('up')
    await usable(page, standIn).click()
    await page.waitForURL('**/login/*missed=*')
    assert.equal(await read(page, '.notice h2'), t('fr')('notice.stand_in_over', { provider: 'Carte et code' }))
    assert.equal(await tileOf(page, standIn).count(), 0)
    assert.equal(await usable(page, app).count(), 1)
    await judge(page, 'fr')
    const before = (await forged()).length
    await forge(page)
    assert.equal((await forged()).length, before + 1)
    const ends = await factsOf(hub, 'standin.ended')
    assert.deepEqual(ends, [{ provider: standIn, standsInFor: app, reason: 'works', uses: 1 }])
    await leave(refusals)
  })
})
