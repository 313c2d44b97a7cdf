/** The status page and banners in a real browser: axe without violation, by keyboard, narrow, spaced out, enlarged. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Language, languages } from '../../src/kernel/languages.ts'
import { axeViolations, type BrowserOptions, focused, startBrowser, widthOf } from '../support/browser.ts'
import { startNoticesGallery, statusSamples } from '../support/notices-gallery.ts'

/** WCAG 1.4.12: what a reader may set. */
const spaceOut =
  'Object.assign(document.body.style, { letterSpacing: "0.12em", wordSpacing: "0.16em", lineHeight: "1.5" })'

describe('R010, R106: the status page and banners in a browser', () => {
  let gallery: Awaited<ReturnType<typeof startNoticesGallery>>
  let browser: Awaited<ReturnType<typeof startBrowser>>
  before(async () => {
    ;[gallery, browser] = await Promise.all([startNoticesGallery(), startBrowser()])
  })
  after(async () => {
    await browser.close()
    await gallery.close()
  })

  async function open(name: string, options: BrowserOptions = {}): Promise<Page> {
    const page = await (await browser.context(options)).newPage()
    await page.goto(`${gallery.origin}/gallery/${name}?lang=${options.language ?? 'fr'}`)
    return page
  }

  for (const language of languages) {
    test(`axe finds nothing, light or dark, and no page is wider than a phone of 320 px: ${language}`, async () => {
      const page = await (await browser.context({ language })).newPage()
      for (const name of Object.keys(statusSamples)) {
        await page.setViewportSize({ width: 1280, height: 900 })
        await page.emulateMedia({ colorScheme: 'light' })
        await page.goto(`${gallery.origin}/gallery/${name}?lang=${language}`)
        assert.deepEqual(await axeViolations(page), [], name)
        await page.emulateMedia({ colorScheme: 'dark' })
        assert.deepEqual(await axeViolations(page, 'colours'), [], `${name} in the dark`)
        await page.setViewportSize({ width: 320, height: 640 })
        await page.evaluate(spaceOut)
        const width = await widthOf(page)
        assert.ok(width <= 320, `${name}: ${width}`)
      }
    })
  }

  test('works without a script', async () => {
    const page = await open('status-trouble', { javaScript: false })
    assert.match((await page.locator('h1').textContent()) ?? '', /Pannes et interruptions/)
    assert.equal(await page.locator('script').count(), 0)
  })

  test('banners: a region of its own between header and page, past which the skip link leads; nothing in it takes the focus', async () => {
    const page = await open('status-trouble')
    const region = page.getByRole('complementary', { name: 'Avis du moment' })
    assert.equal(await region.locator('.banner').count(), 3)
    assert.match((await region.textContent()) ?? '', /Attention aux messages frauduleux\./)
    assert.equal(await region.locator('a, button, input, [tabindex]').count(), 0)
    assert.equal(await page.getByRole('alert').count(), 0)
    await page.keyboard.press('Tab')
    assert.equal((await focused(page)).text, 'Aller au contenu')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    const first = await focused(page)
    assert.equal(first.tag, 'a')
    assert.equal(first.outline, 'solid 3px')
  })

  test('every link of the status page is reached by keyboard, in the order of reading', async () => {
    const page = await open('status-trouble', { language: 'en' })
    const links = (await page.locator('main a').allTextContents()).map((text) => text.replace(/\s+/g, ' ').trim())
    assert.ok(links.length >= 3)
    await page.locator('main').focus()
    for (const link of links) {
      await page.keyboard.press('Tab')
      const { text, outline, height } = await focused(page)
      assert.deepEqual([text, outline], [link, 'solid 3px'])
      assert.ok(height >= 19, `${text}: ${height}`)
    }
  })

  test('at 200 % on a laptop nothing is cut, and the warning is read whole, from right to left too', async () => {
    for (const language of ['fr', 'ar'] as Language[]) {
      // The layout of a window of 1280 px enlarged twice.
      const page = await open('status-trouble', { language, width: 640, height: 450 })
      await page.evaluate('document.documentElement.style.fontSize = "200%"')
      assert.ok((await widthOf(page)) <= 640)
      const cut = await page.evaluate(
        '[...document.querySelectorAll(".banner p")].filter((p) => p.scrollWidth > p.clientWidth).length',
      )
      assert.equal(cut, 0)
      const direction = await page.evaluate('getComputedStyle(document.querySelector(".banner")).direction')
      assert.equal(direction, language === 'ar' ? 'rtl' : 'ltr')
    }
  })

  test('sixty providers: what does not work stands first, each of them once', async () => {
    const page = await open('status-many')
    const names = await page.locator('.standings strong bdi, .standings h3 bdi').allTextContents()
    assert.equal(new Set(names.slice(0, 60)).size, 60)
    const standings = await page
      .locator('.standing')
      .evaluateAll((all) =>
        all.map((each) => (each as { className: string }).className.replace('standing standing-', '')),
      )
    const order = ['suspended', 'down', 'degraded', 'partial', 'up']
    const ranks = standings.slice(0, 60).map((standing) => order.indexOf(standing))
    assert.deepEqual(ranks, [...ranks].sort())
  })
})
