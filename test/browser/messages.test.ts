/** "Is this message really yours?" in a browser, and what the space shows of what was written to somebody. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { makeReference } from '../../src/connections/reference.ts'
import { judgePage, read, refusals, startBrowser, type TestBrowser, tabTo, takeSeat } from '../support/browser.ts'
import { providerEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { tile } from '../support/relying-party.ts'
import { formTo, UserAgent } from '../support/user-agent.ts'

const address = 'ines@boite.example'

describe('messages, in a browser', () => {
  let hub: TestHub
  let tax: TestProvider
  let browser: TestBrowser
  /** Of a letter that left for `address`. */
  let code: string

  before(async () => {
    ;[browser, hub, tax] = await Promise.all([startBrowser(), startTestHub(), startProvider({ id: 'tax' })])
    const name = (fr: string, en: string, ar: string) => ({ fr, en, ar })
    const taxes = providerEntry(tax, { name: name('Impôts', 'Taxes', 'الضرائب'), allowedLevels: ['eidas1'] })
    await hub.publish([{ id: 'town', name: name('Ville', 'Town', 'المدينة'), services: [], providers: [taxes] }])
    tax.next = { ...tax.next, claims: citizen }
    const agent = new UserAgent({ language: 'fr' })
    const choice = await agent.open(`${hub.issuer}/space`)
    const { form, values } = tile(choice, 'tax')
    await agent.submit(choice, form, values)
    // The alert of this sign-in goes where there was an address when it happened, not to those that follow.
    await settle(hub)
    const person = (await factsOf(hub, 'session.started'))[0]?.person ?? assert.fail()
    for (const [given, at] of [
      [address, 'fr'],
      ['deuxieme@boite.example', 'fr'],
    ] as const) {
      const added = await hub.storage.transaction((tx) => hub.people.addContact(tx, person, given, 'eidas1', at))
      await hub.storage.transaction((tx) => hub.people.verifyContact(tx, person, added.contact, added.code, 'eidas1'))
      await settle(hub)
    }
    const { text } = hub.smtp.mails.find(({ to }) => to[0] === address) ?? assert.fail('no mail')
    code = /Code de ce message\s?: (\S+)/.exec(text)?.[1] ?? assert.fail(text)
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await tax?.close()
  })

  const open = (page: Page, path: string) => page.goto(new URL(path, hub.issuer).href)

  async function ask(page: Page, typed: string, to: string): Promise<void> {
    await open(page, '/message')
    await tabTo(page, /#code/)
    await page.keyboard.type(typed)
    await tabTo(page, /#address/)
    await page.keyboard.type(to)
    await tabTo(page, /^تحقق$/)
    await page.keyboard.press('Enter')
    await page.locator('#answer, #fault').waitFor()
  }

  test('R107 R126: a message is checked by keyboard, without script, on the narrowest phone, in Arabic', async () => {
    const { page, leave } = await takeSeat(browser, { language: 'ar', width: 320, height: 640, javaScript: false })
    await ask(page, code.toLowerCase(), address)
    assert.match(await read(page, '#answer'), /أرسلنا رسالة بهذا الرمز إلى هذا العنوان/)
    assert.ok(await page.locator('#answer time').getAttribute('datetime'))
    await ask(page, code, 'somebody@else.example')
    const wrongAddress = await read(page, '#fault')
    await ask(page, makeReference(), address)
    assert.equal(await read(page, '#fault'), wrongAddress)
    assert.match(wrongAddress, /لم نرسل ذلك إلى هذا العنوان/)
    await page.goBack()
    assert.equal(await page.locator('#code').count(), 1)
    await leave()
  })

  test('R126: its page, each of its answers, and the field that is wrong', async () => {
    const { page, leave } = await takeSeat(browser, { language: 'ar', width: 320, height: 640 })
    await open(page, '/message')
    await judgePage(page, 'ar', 'one')
    await ask(page, code, address)
    await judgePage(page, 'ar', 'one')
    await ask(page, code, 'nobody@else.example')
    await judgePage(page, 'ar', 'one')
    await ask(page, 'K7QX', address)
    await judgePage(page, 'ar', 'one')
    assert.equal(await page.locator('#code').getAttribute('aria-invalid'), 'true')
    assert.equal(await page.locator('#code').inputValue(), 'K7QX')
    assert.equal(await page.locator('#address').inputValue(), address)
    await leave(refusals)
  })

  test('R107: the space shows what was written, finds it by its code, and lets each address be chosen for', async () => {
    const { page, leave } = await takeSeat(browser, { language: 'fr' })
    await open(page, '/space/messages')
    await page.locator('button[value="tax"]').click()
    await page.locator('#list').waitFor()
    await judgePage(page, 'fr')
    await tabTo(page, /#code/)
    await page.keyboard.type(makeReference())
    await page.keyboard.press('Enter')
    await page.locator('.fault').waitFor()
    assert.match(await read(page, '.fault'), /Nous ne vous avons pas envoyé de message avec ce code/)
    await tabTo(page, /#code/)
    await page.keyboard.type(code)
    await page.keyboard.press('Enter')
    await page.locator('.letter').first().waitFor()
    await judgePage(page, 'fr', 'one')
    assert.match(await read(page, '.letter'), /Une adresse de contact a été ajoutée/)
    await open(page, '/space/alerts')
    await judgePage(page, 'fr', 'one')
    await page.getByRole('link', { name: 'Changer ce que reçoit chaque adresse' }).click()
    await page.locator('fieldset').first().waitFor()
    await judgePage(page, 'fr', 'one')
    assert.equal(await page.locator('fieldset').count(), 2)
    await page.locator('fieldset').first().getByLabel('Chaque connexion').check()
    await tabTo(page, /^Enregistrer$/)
    await page.keyboard.press('Enter')
    await page.getByText('C’est enregistré. Toutes vos adresses en sont averties.').waitFor()
    assert.match(await read(page, '.data'), /i•••@boite\.example\s*Chaque connexion/)
    assert.equal((await factsOf(hub, 'alerts.turned_on')).length, 1)
    await page.setViewportSize({ width: 320, height: 640 })
    for (const path of ['/space/messages?lang=ar', '/space/alerts', '/space/alerts/change']) {
      await open(page, path)
      await judgePage(page, 'ar', 'one')
    }
    await leave()
  })

  // The last: nobody on this machine may ask any more.
  test('R107: a network that asks too often is told when to come back', async () => {
    const agent = new UserAgent({ language: 'ar' })
    const blank = await agent.open(`${hub.issuer}/message`)
    for (let status = 200, times = 0; status === 200 && times < 61; times++) {
      const typed = { code: makeReference(), address }
      status = (await agent.submit(blank, formTo(blank, /\/message$/), typed)).status
    }
    const { page, leave } = await takeSeat(browser, { language: 'ar', width: 320, height: 640 })
    await ask(page, code, address)
    assert.match(await read(page, '#fault'), /جاءت أسئلة كثيرة جدًا من شبكتك/)
    await judgePage(page, 'ar', 'one')
    await leave(refusals)
  })
})
