/** How operators arrive and work, in a real browser with a virtual authenticator: keyboard only, in French and Arabic. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { PersonId } from '../../src/kernel/ids.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { invitationLifetime } from '../../src/staff/staff.ts'
import { addAuthenticator, judgePage, read, refusals, startBrowser, tabTo, takeSeat } from '../support/browser.ts'
import { createTestClock } from '../support/clock.ts'
import { serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { enrolPerson, invite } from '../support/operators.ts'

describe('operators in a browser', () => {
  let hub: TestHub
  let person: PersonId
  let browser: Awaited<ReturnType<typeof startBrowser>>
  const clock = createTestClock(Date.now())
  before(async () => {
    ;[hub, browser] = await Promise.all([startTestHub({ clock }), startBrowser()])
    ;({ person } = await enrolPerson(hub))
    const name = { fr: 'Santé', en: 'Health', ar: 'الصحة' }
    await hub.publish([{ id: 'health', name, services: [serviceEntry('refunds')], providers: [] }])
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
  })

  /** In a browser without a past, with an authenticator that verifies its holder at once. */
  async function sit(language: Language, width = 1280) {
    const seat = await takeSeat(browser, { language, width, height: 844 })
    const { cdp, authenticatorId } = await addAuthenticator(seat.page)
    return { ...seat, cdp, authenticator: authenticatorId }
  }

  const enter = async (page: Page, wanted: RegExp, url: string) => {
    await tabTo(page, wanted)
    await page.keyboard.press('Enter')
    await page.waitForURL(url)
  }

  const words = {
    fr: {
      register: /^Enregistrer ma clé d’accès$/,
      signIn: /^S’identifier avec une clé d’accès$/,
      home: /Bonjour Amina Benali C’est votre première connexion\./,
      means: /^Registre des moyens$/,
      record: /^Inscrire l’homologation$/,
      recorded: /L’homologation est inscrite\..*Service refunds · en vigueur Décidée par Sécurité le/,
      leave: /^Se déconnecter$/,
      left: /Vous êtes déconnecté/,
    },
    ar: {
      register: /^تسجيل مفتاح مروري$/,
      signIn: /^تسجيل الدخول بمفتاح مرور$/,
      home: /مرحبًا .*Amina Benali.* هذا أول تسجيل دخول لك\./,
      means: /^سجل الوسائل$/,
      record: /^تدوين الاعتماد$/,
      recorded: /دُوّن الاعتماد\..*Service refunds · سارٍ/,
      leave: /^تسجيل الخروج$/,
      left: /تم تسجيل خروجك/,
    },
  } as const

  for (const [language, width] of [
    ['fr', 1280],
    ['ar', 390],
  ] as const) {
    test(`R014 R025 R126: from the link to the register and out, by keyboard, in ${language}, ${width} px wide`, async () => {
      const { page, leave } = await sit(language, width)
      const say = words[language]
      const roles = ['security_officer', 'means_manager'] as const
      const { link, operator } = await invite(hub, { name: 'Amina Benali', roles })
      await page.goto(link)
      await judgePage(page, language)
      await enter(page, say.register, '**/operators/sign-in?after=joined')
      await judgePage(page, language)
      await enter(page, say.signIn, '**/console')
      assert.match(await read(page), say.home)
      await judgePage(page, language)

      await enter(page, say.means, '**/console/means')
      await judgePage(page, language)
      await page.goto(`${hub.issuer}/console/means/homologate?entry=own/passkey`)
      await judgePage(page, language)
      await tabTo(page, /^#service$/)
      await page.keyboard.type('Service refunds')
      await tabTo(page, /^#author$/)
      await page.keyboard.type('Sécurité')
      await tabTo(page, /^#risk_analysis$/)
      await page.keyboard.type('AR-1')
      await page.locator('#decided_on').fill('2026-01-15')
      await enter(page, say.record, '**/console/means?done=homologated')
      assert.match(await read(page), say.recorded)
      await judgePage(page, language)

      await page.goto(`${hub.issuer}/console/means/declare?entry=own/totp`)
      await judgePage(page, language)
      await page.goto(`${hub.issuer}/console/people`)
      await judgePage(page, language)
      await page.goto(`${hub.issuer}/console/people/${person}`)
      await judgePage(page, language)
      await enter(page, say.leave, '**/operators/sign-in?after=left')
      assert.match(await read(page), say.left)
      await page.goto(`${hub.issuer}/console`)
      assert.match(page.url(), /\/operators\/sign-in$/)
      await leave()
      await hub.operators.remove(operator, { kind: 'command' })
    })
  }

  test('a link in two browsers at once: one gets in, the other is told, and so is whoever comes later', async () => {
    const seats = await Promise.all([sit('fr'), sit('fr')])
    const { link } = await invite(hub)
    for (const { page } of seats) await page.goto(link)
    await Promise.all(seats.map(({ page }) => page.locator('form[data-passkey] button').click()))
    const pages = await Promise.all(
      seats.map(async ({ page }) => {
        await page.locator('.notice:visible, .reference:visible').waitFor()
        return read(page)
      }),
    )
    assert.equal(pages.filter((text) => /Votre clé d’accès est enregistrée/.test(text)).length, 1, pages.join('\n'))
    assert.equal(pages.filter((text) => /Ce lien ne fonctionne pas, ou plus/.test(text)).length, 1)
    const [{ page }] = seats
    assert.equal((await page.goto(link))?.status(), 410)
    await judgePage(page, 'fr')
    for (const { leave } of seats) await leave(refusals)
  })

  test('an expired link, an unknown one and an incomplete one are one clear page', async () => {
    const { page, leave } = await sit('ar', 390)
    const { link } = await invite(hub)
    clock.advance(invitationLifetime)
    for (const url of [link, link.slice(0, -1), `${hub.issuer}/operators/join/x`]) {
      assert.equal((await page.goto(url))?.status(), 410)
      assert.match(await read(page), /هذا الرابط لا يعمل أو لم يعد يعمل/)
    }
    await judgePage(page, 'ar')
    await leave(refusals)
  })

  test('a suspended operator is out at the next request, and cannot come back in', async () => {
    const { page, leave } = await sit('fr')
    const { link, operator } = await invite(hub)
    await page.goto(link)
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/operators/sign-in?after=joined')
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/console')
    await hub.operators.suspend(operator, { kind: 'command' })
    await page.locator('.places a').nth(1).click()
    await page.waitForURL('**/operators/sign-in?after=ended')
    assert.match(await read(page), /Votre session est terminée/)
    await page.locator('form[data-passkey] button').click()
    await page.locator('.reference').waitFor()
    assert.match(await read(page), /Cette clé d’accès n’ouvre pas cet espace/)
    await leave(refusals)
  })

  test('what goes wrong in the browser is said in plain words, and the button serves again', async () => {
    const { page, cdp, authenticator, leave } = await sit('fr')
    const { link } = await invite(hub)
    await page.goto(link)
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: false })
    await page.locator('form[data-passkey] button').click()
    await page.locator('[data-said="NotAllowedError"]:visible').waitFor()
    assert.match(await read(page, '[role="alert"]'), /Rien n’a été fait/)
    await judgePage(page, 'fr')
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId: authenticator, isUserVerified: true })
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/operators/sign-in?after=joined')

    // Back to a page whose link is used up, then a browser that knows no passkeys, then one without scripts.
    await page.goBack()
    await page.locator('.reference').waitFor()
    const old = await browser.context({ language: 'fr' })
    await old.addInitScript('delete window.PublicKeyCredential')
    const oldPage = await old.newPage()
    await oldPage.goto(`${hub.issuer}/operators/sign-in`)
    await oldPage.locator('[data-said="unsupported"]:visible').waitFor()
    assert.equal(await oldPage.locator('form[data-passkey]').isVisible(), false)
    await judgePage(oldPage, 'fr')
    await old.close()
    const plain = await browser.context({ language: 'fr', javaScript: false })
    const plainPage = await plain.newPage()
    await plainPage.goto(`${hub.issuer}/operators/sign-in`)
    // The emulation leaves out what a browser without scripts would show.
    assert.match(await plainPage.content(), /<noscript>.*JavaScript est désactivé/)
    await plain.close()
    await leave(refusals)
  })
})
