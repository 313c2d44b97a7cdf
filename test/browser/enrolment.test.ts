/** From the desk to a service, in a real browser: an operator enrols somebody, who activates their account and signs in. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Language } from '../../src/kernel/languages.ts'
import {
  addAuthenticator,
  judgePage,
  passwordAdvice,
  read,
  refusals,
  startBrowser,
  type TestBrowser,
  takeSeat,
} from '../support/browser.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { invite } from '../support/operators.ts'
import { codeOf, ownPassword, ownProviderEntry } from '../support/own-means.ts'
import { attempt, type RelyingParty, redeem, relyingParty } from '../support/relying-party.ts'

describe('enrolment in a browser', () => {
  let hub: TestHub
  let browser: TestBrowser
  let justice: RelyingParty

  before(async () => {
    ;[hub, browser] = await Promise.all([startTestHub(), startBrowser()])
    const name = { fr: 'Ville', en: 'Town', ar: 'مدينة' }
    const services = [serviceEntry('justice', { minimumLevel: 'eidas2', homepage: `${hub.issuer}/` })]
    await hub.publish([{ id: 'town', name, services, providers: [ownProviderEntry()] }])
    justice = await relyingParty({ issuer: hub.issuer, clientId: 'justice', secret: secretOf('justice') })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
  })

  /** Invited, with a passkey of this browser, signed in. */
  async function operator(language: Language, width: number) {
    const seat = await takeSeat(browser, { language, width, height: 844 })
    const { page } = seat
    await addAuthenticator(page)
    const { link } = await invite(hub, { name: 'Amina Benali', roles: ['means_manager'] })
    await page.goto(link)
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/operators/sign-in?after=joined')
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/console')
    return seat
  }

  async function fill(page: Page, name: { family: string; login: string }): Promise<void> {
    await page.fill('#given_name', 'Rose Aimée')
    await page.fill('#family_name', name.family)
    await page.fill('#birthdate', '24/08/1962')
    await page.selectOption('#gender', 'female')
    await page.fill('#birthplace', 'ajaccio')
    await page.fill('#identifier', name.login)
    await page.locator('label[for="proof-face_to_face"]').click()
    await page.fill('#evidence', '2026/118')
  }

  /** As far as the sheet; returns the code that stands on it. */
  async function enrol(page: Page, language: Language, name: { family: string; login: string }): Promise<string> {
    await page.locator('.places a[href="/console/enrolments"]').click()
    await page.waitForURL('**/console/enrolments')
    await judgePage(page, language)
    await page.locator('a[href$="kind=citizen"]').click()
    await page.locator('#given_name').waitFor()
    await judgePage(page, language)
    await fill(page, name)
    await page.fill('#birthdate', '24/13/1962')
    await page.locator('form[action$="/drafts"] .button').click()
    await page.locator('[role="alert"]').waitFor()
    assert.equal(await page.inputValue('#family_name'), name.family)
    await judgePage(page, language)
    await fill(page, name)
    await page.locator('form[action$="/drafts"] .button').click()
    await page.waitForURL(/\/drafts\/[\w-]+$/)
    await judgePage(page, language)
    await page.locator('button[value="confirm"]').click()
    await page.waitForURL(/\/enrolments\/enr_[\w-]+$/)
    await judgePage(page, language)
    await page.locator('form[action$="/activation"] button').click()
    await page.waitForURL(/\/activation$/)
    await judgePage(page, language)
    assert.equal(await page.locator('.qr svg').count(), 1)
    return (await page.locator('code.secret').textContent()) ?? ''
  }

  /** Through the hub, to the service; the answer is what it got. */
  async function signIn(page: Page, prove: () => Promise<void>) {
    const tried = await attempt(justice)
    let back: URL | undefined
    await page.route(`${justice.redirectUri}**`, (route) => {
      back = new URL(route.request().url())
      return route.fulfill({ body: 'here' })
    })
    await page.goto(tried.url.href)
    await page.locator('button[value="local-account"]').click()
    await prove()
    await page.locator('form[action$="/inform"] button:not([formaction])').click()
    await page.waitForURL(`${justice.redirectUri}**`)
    const { idToken } = await redeem(justice, { attempt: tried, page: { url: back ?? assert.fail() } as never })
    return idToken
  }

  for (const [language, width] of [
    ['fr', 1280],
    ['ar', 390],
  ] as const) {
    test(`R040 R052 R126: enrolled face to face, activated with a passkey, in the service at the level reached; ${language}, ${width} px`, async () => {
      const desk = await operator(language, width)
      const family = `CANARI ${language.toUpperCase()}`
      const code = await enrol(desk.page, language, { family, login: `rose.${language}` })
      await desk.page.locator('.actions a.button').click()
      await desk.page.locator('.actions a').first().click()
      await desk.page.waitForURL(/\/console\/people\/per_[\w-]+$/)
      await judgePage(desk.page, language)

      const home = await takeSeat(browser, { language, width: 390, height: 844 })
      const { page } = home
      await addAuthenticator(page)
      await page.goto(`${hub.issuer}/means/activate?code=${code}`)
      await judgePage(page, language)
      await page.locator('form[action$="/activate"] .button').click()
      await page.waitForURL('**/means/activate/choose')
      assert.match(await read(page), new RegExp(family))
      await judgePage(page, language)
      await page.locator('a[href$="/activate/passkey"]').click()
      await page.locator('form[data-passkey] .button').waitFor()
      await judgePage(page, language)
      await page.locator('form[data-passkey] .button').click()
      await page.waitForURL('**/choose?done=passkey')
      await judgePage(page, language)
      await page.locator('form[action$="/finish"] button').click()
      await page.waitForURL('**/activate/done')
      await judgePage(page, language)

      const idToken = await signIn(page, async () => {
        await page.locator('form[data-passkey] .button').click()
        await page.locator('form[action$="/inform"]').waitFor()
      })
      assert.equal(idToken.acr, 'eidas2')

      await page.goto(`${hub.issuer}/means/activate?code=${code}`)
      await page.locator('form[action$="/activate"] .button').click()
      await page.locator('#fault').waitFor()
      await judgePage(page, language)
      await desk.page.goto(`${hub.issuer}/console/enrolments`)
      await desk.leave(refusals, passwordAdvice)
      await home.leave(refusals, passwordAdvice)
    })
  }

  test('R053 R126: without JavaScript at home, a password and an application open the service; in English', async () => {
    const desk = await operator('en', 1280)
    const code = await enrol(desk.page, 'en', { family: 'CANARI EN', login: 'rose.en' })
    const home = await takeSeat(browser, { language: 'en', javaScript: false })
    const { page } = home
    await page.goto(`${hub.issuer}/means/activate`)
    await page.fill('#code', code.toLowerCase().replaceAll('-', ' '))
    await page.locator('form[action$="/activate"] .button').click()
    await page.locator('a[href$="/activate/password"]').click()
    await page.fill('#password', 'password')
    await page.locator('form[action$="/password"] .button').click()
    assert.match(await read(page), /This password will not do|not/)
    await page.fill('#password', ownPassword)
    await page.locator('form[action$="/password"] .button').click()
    await page.waitForURL('**/choose?done=password')
    await page.locator('a[href$="/activate/totp"]').click()
    await page.locator('form[action$="/totp"] .button').click()
    const seed = ((await page.locator('code.secret').textContent()) ?? '').replaceAll(' ', '')
    await page.fill('#code', codeOf(seed, Date.now()))
    await page.locator('form[action*="/totp/"] .button').click()
    await page.waitForURL('**/choose?done=totp')
    await page.locator('form[action$="/finish"] button').click()
    await page.waitForURL('**/activate/done')
    const idToken = await signIn(page, async () => {
      await page.fill('#identifier', 'Rose.EN')
      await page.fill('#password', ownPassword)
      await page.locator('form[action$="/password"] .button').click()
      // The present one may have been used: the next one is accepted too.
      await page.locator('#code-totp').fill(codeOf(seed, Date.now() + 30_000))
      await page.locator('form[action$="/second"] .button').first().click()
      await page.locator('form[action$="/inform"]').waitFor()
    })
    assert.equal(idToken.acr, 'eidas2')
    await desk.leave(refusals, passwordAdvice)
    await home.leave(refusals, passwordAdvice)
  })
})
