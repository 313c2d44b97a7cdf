/**
 * Help in a real browser: the pages in French and Arabic, a request from an error page by keyboard alone, without a script,
 * on the narrowest phone; the operator who answers it; the work that a browser does where many write from one network.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { newId } from '../../src/kernel/ids.ts'
import type { Language } from '../../src/kernel/languages.ts'
import type { OperatorRole } from '../../src/kernel/roles.ts'
import { freely } from '../../src/support/support.ts'
import {
  judgePage,
  read,
  refusals,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
  widthOf,
} from '../support/browser.ts'
import { createTestClock } from '../support/clock.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { newOperator } from '../support/operators.ts'
import { settle } from '../support/records.ts'

describe('R087: help, in a browser', () => {
  let hub: TestHub
  let browser: TestBrowser
  const clock = createTestClock(Date.now())

  before(async () => {
    ;[hub, browser] = await Promise.all([startTestHub({ clock }), startBrowser()])
    await hub.storage.jobs.stop()
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
  })

  async function sit(language: Language, width: number, roles: readonly OperatorRole[]) {
    const { agent } = await newOperator(hub, { roles, name: 'Nour Saidi' })
    const value = agent.cookies(hub.issuer).get('garant_operator') ?? assert.fail('no cookie')
    const seat = await takeSeat(browser, { language, width, height: 844 })
    await seat.context.addCookies([
      { name: 'garant_operator', value, url: hub.issuer, httpOnly: true, sameSite: 'Strict' },
    ])
    return seat
  }

  const follow = async (page: Page, wanted: RegExp, url: RegExp) => {
    await tabTo(page, wanted)
    await page.keyboard.press('Enter')
    await page.waitForURL(url)
  }

  for (const [language, width] of [
    ['fr', 1280],
    ['ar', 390],
  ] as const) {
    test(`R126: the explanations and the form in ${language}, ${width} px wide`, async () => {
      const { page, leave } = await takeSeat(browser, { language, width, height: 844 })
      for (const path of ['', '/citizen', '/accounting-firm', '/errors', '/errors/G0102', '/ask?reference=G0102']) {
        await page.goto(`${hub.issuer}/help${path}`)
        await judgePage(page, language, 'one')
      }
      await page.goto(`${hub.issuer}/help/errors?code=G9998`)
      assert.equal(await page.locator('#code').getAttribute('aria-invalid'), 'true')
      await judgePage(page, language, 'one')
      await page.goto(`${hub.issuer}/help/ask`)
      await page.locator('main form button').click()
      await page.locator('.fault').waitFor()
      await judgePage(page, language, 'one')
      await leave(refusals)
    })
  }

  test('R126: from an error page to a number, by keyboard, without a script, 320 px wide', async () => {
    const { page, leave } = await takeSeat(browser, { language: 'fr', width: 320, height: 640, javaScript: false })
    await page.goto(`${hub.issuer}/nowhere`)
    const [code = 'none'] = /G1001 · [0-9A-F-]{14}/.exec(await read(page)) ?? []
    assert.ok((await widthOf(page)) <= 320)
    await follow(page, /^Écrire à l’assistance avec ce code$/, /\/help\/ask\?/)
    assert.equal(await page.locator('#reference').inputValue(), code)
    assert.ok((await widthOf(page)) <= 320)
    // Sent too early: what is missing is named, and each sentence leads to its field.
    await tabTo(page, /^#situation$/)
    await page.keyboard.press('ArrowDown')
    await tabTo(page, /^Envoyer$/)
    await page.keyboard.press('Enter')
    await page.locator('.fault').waitFor()
    assert.match(await read(page, '.fault'), /Dites qui vous êtes\.\s*Écrivez votre message\./)
    assert.ok((await widthOf(page)) <= 320)
    await tabTo(page, /^Dites qui vous êtes\.$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^#audience-citizen$/)
    await page.keyboard.press('Space')
    await tabTo(page, /^#text$/)
    await page.keyboard.type('La page reste blanche.')
    await tabTo(page, /^#address$/)
    await page.keyboard.type('nadia@mail.example')
    await follow(page, /^Envoyer$/, /\/help\/ask\/sent/)
    assert.match(await read(page), /Votre message est arrivé.*[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/)
    assert.ok((await widthOf(page)) <= 320)
    const said = await read(page, '.reference code')
    // The back button, and the same words once more: it is the same request.
    await page.goto(
      `${hub.issuer}/help/ask?audience=citizen&situation=cannot_sign_in&reference=${encodeURIComponent(code)}`,
    )
    for (const time of ['first', 'again']) {
      await page.locator('#text').fill('La page reste blanche.')
      await page.locator('#address').fill('nadia@mail.example')
      await page.locator('main form button').click()
      await page.waitForURL(/\/help\/ask\/sent/)
      assert.equal(await read(page, '.reference code'), said, time)
      await page.goBack()
      await page.locator('#situation').waitFor()
    }
    await leave(refusals)
  })

  test('R014: an operator reads it, answers, closes it; the letter arrives; in Arabic, 390 px wide', async () => {
    const { page, leave } = await sit('ar', 390, ['support'])
    await page.goto(`${hub.issuer}/console/support?state=closed`)
    await judgePage(page, 'ar', 'one')
    await page.goto(`${hub.issuer}/console/support`)
    await judgePage(page, 'ar', 'one')
    await follow(page, /لا أستطيع الدخول/, /\/console\/support\/req_/)
    assert.match(await read(page), /La page reste blanche\./)
    await judgePage(page, 'ar', 'one')
    await tabTo(page, /^#text$/)
    await page.keyboard.type('Voyez www.exemple.fr')
    await tabTo(page, /^إرسال الإجابة$/)
    await page.keyboard.press('Enter')
    await page.locator('#text-wrong').waitFor()
    await judgePage(page, 'ar', 'one')
    await page.locator('#text').fill('Prenez un autre compte.')
    await page.locator('#text').focus()
    await follow(page, /^إرسال الإجابة$/, /done=answered/)
    await judgePage(page, 'ar', 'one')
    await settle(hub)
    const mail = hub.smtp.mails.find(({ to }) => to.includes('nadia@mail.example'))
    assert.match(mail?.text ?? '', /^Bonjour,\n\n.*\n\nPrenez un autre compte\./)
    await tabTo(page, /^#reason$/)
    await page.keyboard.press('ArrowDown')
    await follow(page, /^إغلاق$/, /done=closed/)
    assert.match(await read(page), /أُرسلت في/)
    await judgePage(page, 'ar', 'one')
    // The answer with a link was refused.
    await leave(/422/)
  })

  test('where many wrote from one network, the browser works a moment, and the words are not lost', async () => {
    for (let count = 0; count < freely; count++) {
      const given = { id: newId('supportRequest'), audience: 'payroll', situation: 'other', text: `${count}` } as const
      await hub.support.ask({ ...given, reference: '', address: '', language: 'fr', from: '127.0.0.1' })
    }
    const { page, leave } = await takeSeat(browser, { language: 'fr', width: 390, height: 844 })
    await page.goto(`${hub.issuer}/help/ask`)
    await page.locator('#audience-payroll').check()
    await page.locator('#situation').selectOption('other')
    await page.locator('#text').fill('Nous sommes nombreux ici.')
    await page.locator('main form button').click()
    await page.locator('form[data-challenge]').waitFor()
    assert.equal(await page.locator('#text').inputValue(), 'Nous sommes nombreux ici.')
    await judgePage(page, 'fr', 'one')
    await page.locator('main form button').click()
    await page.waitForURL(/\/help\/ask\/sent/)
    assert.match(await read(page), /Votre message est arrivé/)
    await judgePage(page, 'fr', 'one')
    await leave(/429/)
  })

  test('a thousand requests; and who may not is told so', async () => {
    await sql`insert into support_requests
        (id, number, state, audience, situation, language, sealed, content, received_at, changed_at, version)
      select 'req_' || lpad(n::text, 22, '0'), 'N' || n, 'open', audience, situation, language, sealed, 'c' || n,
        received_at, changed_at, 1 from generate_series(1, 1000) n,
        (select * from support_requests limit 1) one`.execute(hub.storage.db)
    const { page, leave } = await sit('fr', 1280, ['security_officer'])
    await page.goto(`${hub.issuer}/console/support`)
    await judgePage(page, 'fr', 'one')
    await page.locator('a[rel="next"]').click()
    await page.waitForURL(/after=/)
    await judgePage(page, 'fr', 'one')
    await leave()
    const other = await sit('fr', 390, ['administrator'])
    assert.equal((await other.page.goto(`${hub.issuer}/console/support`))?.status(), 403)
    await judgePage(other.page, 'fr', 'one')
    await other.leave(refusals)
  })
})
