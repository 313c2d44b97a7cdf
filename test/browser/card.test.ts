/**
 * A card in a real browser: asked for by TLS, and by the stand-in of the Web eID extension; what the pages say when there
 * is no card, no extension, or no script.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { toPem } from '../../demo/authority/x509.ts'
import { installWebEid, type WebEidFailure, type WebEidReader } from '../../demo/web-eid/stand-in.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import type { Language } from '../../src/kernel/languages.ts'
import {
  type BrowserOptions,
  judgePage,
  read,
  refusals,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { keyFiles, machineCertificate, pemOf } from '../support/card-reader.ts'
import { type Authority, type Card, cardSettings, salma, startAuthority } from '../support/cards.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { freePort } from '../support/ports.ts'
import { attempt, type RelyingParty, relyingParty } from '../support/relying-party.ts'

describe('a card in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-card-'))
  let authority: Authority
  let card: Card
  let listener: string
  let hub: TestHub
  let browser: TestBrowser
  let tax: RelyingParty

  before(async () => {
    const [port, started] = await Promise.all([freePort(), startBrowser()])
    browser = started
    listener = `https://localhost:${port}`
    authority = await startAuthority(systemClock)
    card = authority.issue({ kind: 'cnie', holder: salma })
    const tls = {
      address: listener,
      listen: { host: '127.0.0.1', port },
      ...keyFiles(folder, machineCertificate('localhost', systemClock.now())),
    }
    hub = await startTestHub({ settings: { cards: cardSettings(authority, { tls }) } })
    const name = { fr: 'Carte d’identité', en: 'Identity card', ar: 'بطاقة الهوية' }
    await hub.publish([
      {
        id: 'state',
        name,
        services: [serviceEntry('tax', { sector: 'tax.example', minimumLevel: 'eidas3' })],
        providers: [
          {
            id: 'identity-card',
            name,
            connector: { kind: 'card', cards: ['cnie'], ways: ['tls', 'web_eid'] },
            allowedLevels: ['eidas3'],
          },
        ],
      },
    ])
    tax = await relyingParty({ issuer: hub.issuer, clientId: 'tax', secret: secretOf('tax') })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await authority?.close()
    rmSync(folder, { recursive: true })
  })

  const inReader = () => ({
    origin: listener,
    certificate: [card.certificate, ...card.chain].map(toPem).join(''),
    key: pemOf(card.key),
  })

  async function arrive(options: BrowserOptions & { language: Language }, reader?: WebEidReader) {
    const seat = await takeSeat(browser, options)
    if (reader) await installWebEid(seat.context, reader)
    const { page } = seat
    await page.goto((await attempt(tax)).url.href)
    await page.locator('button[name="provider"][value="identity-card"]').click()
    await page.locator('a[href$="/read"]').waitFor()
    return seat
  }

  const informed = (page: Page) => page.locator('form[action$="/inform"]').waitFor()

  test('R033: without a card the page says what to do; with it the person is known, and nothing was typed', async () => {
    const language = 'fr'
    const { page, leave } = await arrive({ language, width: 390, height: 844, trusting: true })
    await judgePage(page, language)
    await page.locator('a[href$="/read"]').click()
    await page.locator('[role="alert"]').waitFor()
    assert.match(await read(page), /Aucune carte n’a été lue/)
    await judgePage(page, language)
    // No extension answers in this browser, and the page says so without being asked.
    await page.locator('[data-said^="ERR_WEBEID_EXTENSION"]').waitFor()
    await judgePage(page, language, 'one')
    await leave(refusals)

    const seat = await arrive({ language, card: inReader() })
    assert.equal(await seat.page.locator('input:not([type="hidden"])').count(), 0)
    await tabTo(seat.page, /^Lire ma carte$/)
    await seat.page.keyboard.press('Enter')
    await informed(seat.page)
    assert.match(await read(seat.page), /EL FASSI/)
    await seat.leave()
  })

  test('R081: a card in an external reader, by keyboard alone', async () => {
    const language = 'ar'
    const { page, leave } = await arrive({ language, width: 390, height: 844 }, { card: () => card })
    await judgePage(page, language)
    await tabTo(page, /Web eID$/)
    await page.keyboard.press('Enter')
    await informed(page)
    assert.match(await read(page), /EL FASSI/)
    await leave()
  })

  test('what the extension cannot do is said in words, and the next try goes on', async () => {
    const language = 'en'
    let failure: WebEidFailure | undefined
    let changed = false
    const { page, leave } = await arrive(
      { language },
      {
        card: () => failure ?? card,
        forge: (token) => (changed ? { ...token, signature: `AAAA${token.signature.slice(4)}` } : token),
      },
    )
    const go = page.locator('form[data-web-eid] button')
    const sentences: [WebEidFailure, RegExp][] = [
      ['ERR_WEBEID_NATIVE_UNAVAILABLE', /application does not answer/],
      ['ERR_WEBEID_USER_CANCELLED', /You stopped the reading/],
      ['ERR_WEBEID_USER_TIMEOUT', /did not answer in time/],
      ['ERR_WEBEID_VERSION_MISMATCH', /do not fit together/],
      ['ERR_WEBEID_NATIVE_FATAL', /application does not answer/],
    ]
    for (const [code, sentence] of sentences) {
      failure = code
      await go.click()
      await page.locator(`[data-said~="${code}"]`).waitFor()
      assert.match(await read(page, '[data-said]:not([hidden])'), sentence)
    }
    await judgePage(page, language)
    failure = undefined
    changed = true
    await go.click()
    await page.locator('[role="alert"]').waitFor()
    assert.match(await read(page), /This card was not accepted/)
    await judgePage(page, language)
    changed = false
    await go.click()
    await informed(page)
    await leave(refusals)
  })

  test('without script the page says which way is left, and takes it', async () => {
    const language = 'fr'
    const { page, leave } = await arrive({ language, javaScript: false, card: inReader() })
    assert.match(await read(page), /a besoin de JavaScript.*La lecture par le navigateur s’en passe/)
    await page.locator('form[data-web-eid] button').click()
    await page.locator('[role="alert"]').waitFor()
    assert.match(await read(page), /La carte n’a pas été demandée/)
    await page.locator('a[href$="/read"]').click()
    await informed(page)
    await leave(refusals)
  })
})
