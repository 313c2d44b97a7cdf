/**
 * The security contact of a provider, in a real browser with a virtual authenticator: from the link to the suspension
 * while a person stands on the page of choice, and back. By keyboard, in the three languages, on a phone too.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Language } from '../../src/kernel/languages.ts'
import { addAuthenticator, complaintIn, focused, judgePage, startBrowser } from '../support/browser.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { startProvider, type TestProvider } from '../support/provider.ts'
import { attempt, type RelyingParty, relyingParty } from '../support/relying-party.ts'
import { inviteStaff } from '../support/staff.ts'

const reason: Record<Language, string> = {
  fr: 'Panne de courant dans notre centre.',
  en: 'Power cut at our site.',
  ar: 'انقطاع الكهرباء في مركزنا.',
}

describe('the desk in a browser', () => {
  let hub: TestHub
  let bank: TestProvider
  let tax: TestProvider
  let refunds: RelyingParty
  let browser: Awaited<ReturnType<typeof startBrowser>>
  before(async () => {
    ;[browser, hub, bank, tax] = await Promise.all([
      startBrowser(),
      startTestHub(),
      startProvider({ id: 'bank', acr: 'eidas2' }),
      startProvider({ id: 'tax', acr: 'eidas2' }),
    ])
    const names = { fr: 'Banque', en: 'Bank', ar: 'البنك' }
    await hub.publish([
      {
        id: 'the-bank',
        name: { fr: 'Banque du Rivage', en: 'Shore Bank', ar: 'بنك الشاطئ' },
        services: [],
        providers: [providerEntry(bank, { name: names, allowedLevels: ['eidas1', 'eidas2'] })],
      },
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'المدينة' },
        services: [serviceEntry('refunds', { name: { fr: 'Remboursements', en: 'Refunds', ar: 'التعويضات' } })],
        providers: [providerEntry(tax, { name: { fr: 'Impôts', en: 'Taxes', ar: 'الضرائب' } })],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await Promise.all([bank?.close(), tax?.close()])
  })

  /** A browser without a past. */
  async function sit(language: Language, width: number) {
    const context = await browser.context({ language, width, height: 844 })
    const page = await context.newPage()
    const complaints: string[] = []
    context.on('console', (message) => complaints.push(...complaintIn(message)))
    context.on('weberror', (fault) => complaints.push(String(fault.error())))
    return { page, complaints, leave: () => context.close() }
  }

  const read = async (page: Page, selector = 'main') =>
    ((await page.locator(selector).first().textContent()) ?? '').replace(/\s+/g, ' ').trim()

  /** Tab by Tab to what reads so, or to a field of that id; each stop shows that it has the focus. */
  async function tabTo(page: Page, wanted: string): Promise<void> {
    const heard: string[] = []
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab')
      const { text, outline, tag } = await focused(page)
      if (tag === 'body') continue
      const id = `#${await page.evaluate('document.activeElement.id')}`
      heard.push(text || id)
      assert.match(outline, /^solid [2-9]/, `${heard.at(-1)} shows its focus`)
      if (text === wanted || id === wanted) return
    }
    throw new Error(`${wanted} cannot be reached: ${heard.join(' | ')}`)
  }

  const enter = async (page: Page, wanted: string, url: string) => {
    await tabTo(page, wanted)
    await Promise.all([page.waitForURL(url), page.keyboard.press('Enter')])
  }

  for (const [language, width] of [
    ['fr', 1280],
    ['en', 390],
    ['ar', 390],
  ] as const) {
    test(`R006 R008 R126: suspended at the desk while a person stands on the page, and back: ${language}, ${width} px wide`, async () => {
      const t = hub.web.translate(language)
      const contact = await sit(language, width)
      const person = await sit(language, width)
      await addAuthenticator(contact.page)
      const { page } = contact
      const { link, staff } = await inviteStaff(hub, { partner: 'the-bank', name: 'Karim Haddad', language })

      await page.goto(link)
      await judgePage(page, language)
      await enter(page, t('join.go'), '**/desk/sign-in?after=joined')
      await judgePage(page, language)
      await enter(page, t('sign_in.go'), '**/desk')
      await judgePage(page, language)
      const name = { fr: 'Banque', en: 'Bank', ar: 'البنك' }[language]
      await enter(page, name, '**/desk/providers/bank')
      await judgePage(page, language)

      // The person is there before it, and presses after it.
      await person.page.goto((await attempt(refunds)).url.href)
      await enter(page, t('desk.suspend'), '**/desk/providers/bank/suspend')
      await judgePage(page, language)
      await tabTo(page, '#category')
      await page.locator('#category').selectOption('other')
      for (const each of ['fr', 'en', 'ar'] as const) {
        await tabTo(page, `#reason_${each}`)
        await page.keyboard.insertText(reason[each])
      }
      await enter(page, t('desk.suspend.go'), '**/desk/providers/bank?done=suspended')
      assert.ok((await read(page)).includes(reason[language]))
      await judgePage(page, language)

      await person.page.locator('button[value="bank"]').click()
      await person.page.waitForURL('**/login/*missed=*')
      const said = await read(person.page, '.notice')
      assert.ok(said.includes(reason[language]), said)

      await enter(page, t('desk.lift'), '**/desk/providers/bank?done=lifted')
      assert.ok((await read(page)).includes(t('desk.suspensions.none')))
      await judgePage(page, language)
      await person.page.reload()
      await person.page.locator('button[value="bank"]').click()
      await person.page.waitForURL('**/callback/**')

      await enter(page, t('desk.leave'), '**/desk/sign-in?after=left')
      await page.goto(`${hub.issuer}/desk`)
      assert.match(page.url(), /\/desk\/sign-in$/)
      assert.deepEqual(contact.complaints, [])
      await Promise.all([contact.leave(), person.leave()])
      await hub.staff.remove(staff, { kind: 'command' })
    })
  }

  test('refused, overtaken and held by the operators: each page in Arabic on a phone, and what was typed stays', async () => {
    const { page, leave } = await sit('ar', 390)
    await addAuthenticator(page)
    const { link } = await inviteStaff(hub, { partner: 'the-bank' })
    await page.goto(link)
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/desk/sign-in?after=joined')
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/desk')

    await page.goto(`${hub.issuer}/desk/providers/bank/suspend`)
    await page.locator('#category').selectOption('maintenance')
    for (const each of ['fr', 'en', 'ar'] as const) await page.locator(`#reason_${each}`).fill(reason[each])
    await page.locator('#until').fill('2020-01-01T10:00')
    const go = page.locator('form.sheet button')
    await go.click()
    await page.locator('[aria-invalid="true"]').waitFor()
    assert.equal(await page.locator('#reason_ar').inputValue(), reason.ar)
    await judgePage(page, 'ar')
    // The link of the refusal leads to the field.
    await page.locator('.notice a').click()
    assert.equal(await page.evaluate('document.activeElement.id'), 'until')
    await page.locator('#until').fill('')

    const by = async () => ({
      actor: { kind: 'command' } as const,
      expected: (await hub.partners.stateOf('bank'))?.number ?? assert.fail(),
    })
    const held = { services: 'all', category: 'security', reason, sessions: 'kept' } as const
    await hub.partners.suspend('bank', held, await by())
    await go.click()
    const t = hub.web.translate('ar')
    await page.getByText(t('desk.overtaken')).waitFor()
    assert.equal(await page.locator('#reason_ar').inputValue(), reason.ar)
    await judgePage(page, 'ar')

    await page.goto(`${hub.issuer}/desk/providers/bank`)
    assert.ok((await read(page)).includes(t('desk.theirs')))
    assert.equal(await page.locator('form[action$="/lift"]').count(), 0)
    await judgePage(page, 'ar')
    await page.goto(`${hub.issuer}/desk/providers/tax`)
    assert.match(await read(page), /G1001|G1002|404|G\d{4}/)
    await judgePage(page, 'ar')
    await hub.partners.lift('bank', 'all', await by())
    await leave()
  })
})
