/** "It was not me" in a browser: the code of an alert, by keyboard and without script; what is offered signed in. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import type { Language } from '../../src/kernel/languages.ts'
import { judgePage, read, refusals, startBrowser, type TestBrowser, tabTo, takeSeat } from '../support/browser.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { type RelyingParty, relyingParty, signIn } from '../support/relying-party.ts'
import { UserAgent } from '../support/user-agent.ts'

describe('it was not me, in a browser', () => {
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let browser: TestBrowser
  let refunds: RelyingParty

  before(async () => {
    ;[browser, hub, tax, post] = await Promise.all([
      startBrowser(),
      startTestHub(),
      startProvider({ id: 'tax' }),
      startProvider({ id: 'post', acr: 'eidas2' }),
    ])
    const name = (fr: string, en: string, ar: string) => ({ fr, en, ar })
    await hub.publish([
      {
        id: 'town',
        name: name('Ville', 'Town', 'المدينة'),
        services: [serviceEntry('refunds', { name: name('Remboursements', 'Refunds', 'التعويضات') })],
        providers: [
          providerEntry(tax, { name: name('Impôts', 'Taxes', 'الضرائب'), allowedLevels: ['eidas1'] }),
          providerEntry(post, { name: name('La Poste', 'The Post', 'البريد'), allowedLevels: ['eidas1', 'eidas2'] }),
        ],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await Promise.all([tax?.close(), post?.close()])
  })

  /** Somebody signs in by the account of another one, who is told. Returns the two codes of the letter. */
  async function stolen(letter: string): Promise<{ message: string; connection: string }> {
    const claims = { ...citizen, family_name: `Rivière-${letter}`, email: `person-${letter}@mail.example` }
    Object.assign(tax.next, { subject: `tax ${letter}`, claims })
    await signIn(new UserAgent({ language: 'en' }), refunds, 'tax')
    await settle(hub)
    // Letters about what was disowned before may come at the same time.
    const alert = hub.smtp.mails.findLast((mail) => mail.text.includes('Code of the connection'))
    const { text } = alert ?? assert.fail('no mail')
    const code = (label: string) => new RegExp(`${label}: ([\\dA-Z-]{14})`).exec(text)?.[1] ?? assert.fail(text)
    return { message: code('Code of this message'), connection: code('Code of the connection') }
  }

  const open = (page: Page, path: string) => page.goto(new URL(path, hub.issuer).href)

  test('R126: the code is typed by keyboard, without script, on the narrowest phone, in Arabic', async () => {
    const { message } = await stolen('a')
    const plain = await takeSeat(browser, { language: 'ar', width: 320, height: 640, javaScript: false })
    await typeCode(plain.page, message.toLowerCase())
    await plain.page.locator('ol').waitFor()
    assert.match(await read(plain.page), /أُغلقت الجلسة/)
    assert.equal((await factsOf(hub, 'connection.disowned')).length, 1)
    await plain.page.goBack()
    assert.equal(await plain.page.locator('#code').count(), 1)
    await plain.leave()

    const { page, leave } = await takeSeat(browser, { language: 'ar', width: 320, height: 640 })
    await open(page, '/not-me')
    await judgePage(page, 'ar', 'one')
    await typeCode(page, '0000-0000-0000')
    await page.locator('#fault').waitFor()
    await judgePage(page, 'ar', 'one')
    assert.equal(await page.locator('#code').inputValue(), '0000-0000-0000')
    await typeCode(page, message)
    await page.locator('ol').waitFor()
    await judgePage(page, 'ar', 'one')
    assert.equal((await factsOf(hub, 'connection.disowned')).length, 1)
    await leave(refusals)
  })

  async function typeCode(page: Page, code: string): Promise<void> {
    await open(page, '/not-me')
    await tabTo(page, /#code/)
    await page.keyboard.type(code)
    await tabTo(page, /^إغلاق تلك الجلسة$/)
    await page.keyboard.press('Enter')
  }

  test('R103 R112: signed in, one answers, reports and follows what was reported, by keyboard', async () => {
    const { connection } = await stolen('b')
    const { page, context, leave } = await takeSeat(browser, { language: 'fr' })
    await open(page, `/space/not-me/${connection}`)
    await page.locator('button[value="tax"]').click()
    await page.locator('button[value="disown"]').waitFor()
    await judgePage(page, 'fr')
    await tabTo(page, /^Non, ce n’était pas moi$/)
    await page.keyboard.press('Enter')
    await page.locator('#words').waitFor()
    await judgePage(page, 'fr', 'one')
    await tabTo(page, /#words/)
    await page.keyboard.type('On a volé mon téléphone.')
    await tabTo(page, /^Envoyer le signalement$/)
    await page.keyboard.press('Enter')
    await page.getByText('Votre signalement est reçu.').waitFor()
    await judgePage(page, 'fr', 'one')
    await page.getByRole('link', { name: 'Mes signalements' }).click()
    await page.getByRole('heading', { name: 'Mes signalements' }).waitFor()
    await judgePage(page, 'fr', 'one')
    assert.match(await read(page), /Dossier [\dA-Z-]{14}/)
    const phone = await inPhone(context, 'ar')
    await open(phone.page, `/space/not-me/${connection}`)
    await judgePage(phone.page, 'ar', 'one')
    await phone.leave()
    await leave()
  })

  /** The same person, on the narrowest phone. */
  async function inPhone(context: BrowserContext, language: Language) {
    const seat = await takeSeat(browser, { language, width: 320, height: 640 })
    await seat.context.addCookies((await context.cookies()).filter(({ name }) => !name.endsWith('language')))
    return seat
  }
})
