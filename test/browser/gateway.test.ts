/**
 * The hospital's network in a real browser: its pages, the sensitive service that takes it, and the way through without
 * a question for whoever is connected.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { homologateGateway } from '../../demo/hospital.ts'
import { testPassword } from '../../demo/people.ts'
import { originOf, type Place } from '../../demo/ports.ts'
import { startTown, type Town } from '../../demo/town.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { parsePartnersFile } from '../../src/partners/file.ts'
import {
  type BrowserOptions,
  judgePage,
  refusals,
  startBrowser,
  type TestBrowser,
  takeSeat,
} from '../support/browser.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { freePorts } from '../support/ports.ts'

describe('a gateway in a browser', () => {
  let town: Town
  let hub: TestHub
  let browser: TestBrowser
  before(async () => {
    const ports = await freePorts()
    ;[town, browser] = await Promise.all([startTown({ ports }), startBrowser()])
    hub = await startTestHub({ port: ports.hub })
    await hub.partners.apply(parsePartnersFile(town.partnersYaml, { allowHttp: true }), { actor: { kind: 'command' } })
    await homologateGateway(hub)
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await town?.close()
  })

  const at = (place: Place, path = '/') => `${originOf(town.ports[place])}${path}`

  const judge = (page: Page, language: Language) => judgePage(page, language, 'one')

  const choose = (page: Page) => page.locator('button[name="provider"][value="hospital-network"]').click()

  /** Password, then the code that the device shows. */
  async function connect(page: Page, language: Language): Promise<void> {
    await judge(page, language)
    await page.locator('#username').fill('i.osman')
    await page.locator('#password').fill(testPassword)
    await page.locator('form[action$="/login"] button').click()
    await page.locator('#code').waitFor()
    await judge(page, language)
    await page.locator('#code').fill((await page.locator('output').textContent()) ?? '')
    await page.locator('form[action$="/code"] button').click()
  }

  const visits: [options: BrowserOptions & { language: Language }, connected: RegExp, greyed: RegExp][] = [
    [{ language: 'fr', width: 390, height: 844 }, /Connecté au réseau/, /reconnus pour les données sensibles|reconnu/],
    [{ language: 'en', colorScheme: 'dark' }, /Connected to the network/, /recognised/],
    [{ language: 'ar', width: 390, height: 844 }, /متصل بالشبكة/, /./],
  ]
  for (const [options, connected, greyed] of visits) {
    test(`R070: who is connected passes without a question, in ${options.language}`, async () => {
      const { language } = options
      const { page, leave } = await takeSeat(browser, options)
      await page.goto(at('hospital'))
      await judge(page, language)
      await page.locator('form[action="/connect"] button').click()
      await page.locator('#username').waitFor()
      await connect(page, language)
      await page.locator('form[action="/leave"]').waitFor()
      assert.match((await page.textContent('main')) ?? '', connected)
      await judge(page, language)

      await page.locator('main a.button').click()
      await page.waitForURL(at('prescriptions'))
      await judge(page, language)
      await page.locator('a.garant').click()
      await page.locator('form[action$="/choose"]').waitFor()
      await judge(page, language)
      assert.match((await page.textContent('#why-postal-identity')) ?? '', greyed)
      await choose(page)
      await page.locator('form[action$="/inform"]').waitFor()
      await page.locator('form[action$="/inform"] button:not([formaction])').click()
      await page.waitForURL(at('prescriptions', '/space'))
      assert.match((await page.textContent('main')) ?? '', /Idriss OSMAN/)
      await judge(page, language)
      await leave(refusals)
    })
  }

  test('R070: sent by the hub one can turn back, and a password alone is refused with its reason', async () => {
    const { page, leave } = await takeSeat(browser, { language: 'fr', width: 390, height: 844 })
    await page.goto(at('prescriptions', '/login'))
    await choose(page)
    await page.locator('#username').waitFor()
    await judge(page, 'fr')
    await page.locator('form[action$="/cancel"] button').click()
    await page.locator('form[action$="/choose"]').waitFor()
    await choose(page)
    await page.locator('#username').fill('i.osman')
    await page.locator('#password').fill(testPassword)
    await page.locator('form[action$="/login"] button').click()
    await page.locator('form[action$="/without"] button').click()
    await page.locator('form[action$="/choose"]').waitFor()
    await judge(page, 'fr')
    assert.match((await page.locator('main').textContent()) ?? '', /Réseau de l’hôpital/)
    await leave(refusals)
  })
})
