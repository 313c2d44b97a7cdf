/** The pages of the gallery in a real browser: axe without violation, by keyboard, narrow, in forced colours. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { languages } from '../../src/kernel/languages.ts'
import { openBrowser } from '../support/browser.ts'
import { samplePages, startGallery } from '../support/page-gallery.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Every page of its own; of the error pages, which are one page with other words, three. */
const names = Object.keys(samplePages()).filter((name) => !name.startsWith('error-'))
const looked = [...names, 'error-internal', 'error-provider_silent', 'error-identity_collision']

/** What axe finds, one line each. The script goes in beside the page's CSP, which would refuse it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate(async (tags) => {
    // biome-ignore lint/suspicious/noExplicitAny: the global that the script above leaves
    const { violations } = await (globalThis as any).axe.run({
      runOnly: { type: 'tag', values: tags },
      resultTypes: ['violations'],
      // The pages have no media and one style sheet of their own.
      preload: false,
    })
    return violations as { id: string; nodes: { target: string[]; failureSummary: string }[] }[]
  }, rules)
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  )
}

/** What has the focus, as a reader would hear it. */
function focused(page: Page): Promise<{ text: string; tag: string; outline: string; height: number }> {
  return page.evaluate(() => {
    const { document, getComputedStyle } = globalThis as unknown as {
      document: { activeElement: { tagName: string; textContent: string; getBoundingClientRect(): { height: number } } }
      getComputedStyle(element: object): { outlineStyle: string; outlineWidth: string }
    }
    const element = document.activeElement
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    return {
      text: element.textContent.replace(/\s+/g, ' ').trim(),
      tag: element.tagName.toLowerCase(),
      outline: `${outlineStyle} ${outlineWidth}`,
      height: element.getBoundingClientRect().height,
    }
  })
}

describe('R126: the pages in a browser', () => {
  let gallery: Awaited<ReturnType<typeof startGallery>>
  before(async () => {
    gallery = await startGallery()
  })
  after(() => gallery.close())

  test('axe sees a fault when there is one', async () => {
    const browser = await openBrowser()
    const page = await browser.context.newPage()
    await page.setContent(
      '<html lang="fr"><title>x</title><main><h1>x</h1><button></button><p style="color:#bbb">pale</p></main>',
    )
    const found = (await violations(page)).join()
    assert.match(found, /button-name/)
    assert.match(found, /color-contrast/)
    await browser.close()
  })

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`axe finds nothing on any page, ${colorScheme}`, async () => {
      const browser = await openBrowser({ colorScheme })
      const page = await browser.context.newPage()
      // Colours are the same in all languages: dark is looked at in one.
      for (const language of colorScheme === 'dark' ? (['fr'] as const) : languages) {
        for (const name of looked) {
          await page.goto(`${gallery.origin}/gallery/${name}?lang=${language}`)
          for (const summary of await page.locator('summary').all()) await summary.click()
          assert.deepEqual(await violations(page), [], `${name} ${language}`)
        }
        for (const path of ['/disclosure', '/accessibility']) {
          await page.goto(`${gallery.origin}${path}?lang=${language}`)
          assert.deepEqual(await violations(page), [], `${path} ${language}`)
        }
      }
      await browser.close()
    })
  }

  test('no page is wider than a phone of 320 px, in any language, with words spaced out', async () => {
    const browser = await openBrowser({ width: 320, height: 640 })
    const page = await browser.context.newPage()
    for (const language of languages) {
      for (const name of looked) {
        await page.goto(`${gallery.origin}/gallery/${name}?lang=${language}`)
        // WCAG 1.4.12: what a reader may set.
        await page.evaluate(() => {
          const { document } = globalThis as unknown as {
            document: { body: { style: { letterSpacing: string; wordSpacing: string; lineHeight: string } } }
          }
          Object.assign(document.body.style, { letterSpacing: '0.12em', wordSpacing: '0.16em', lineHeight: '1.5' })
        })
        const width = await page.evaluate(() =>
          Number(
            (globalThis as unknown as { document: { documentElement: { scrollWidth: number } } }).document
              .documentElement.scrollWidth,
          ),
        )
        assert.ok(width <= 320, `${name} ${language}: ${width}`)
      }
    }
    await browser.close()
  })

  for (const javaScript of [true, false]) {
    test(`R003, R004: a choice by keyboard only, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
      const browser = await openBrowser({ language: 'fr', javaScript })
      const page = await browser.context.newPage()
      await page.goto(`${gallery.origin}/gallery/choose-greyed?lang=fr`)
      const heard: string[] = []
      for (let step = 0; step < 14; step++) {
        await page.keyboard.press('Tab')
        // Without scripts the page cannot be asked what has the focus; the order is the same.
        if (!javaScript) continue
        const element = await focused(page)
        heard.push(element.text)
        assert.equal(element.outline, 'solid 3px', element.text)
        assert.ok(element.height >= 24, `${element.text}: ${element.height}`)
        if (element.text.includes('Ma banque')) await page.keyboard.press('Enter')
      }
      if (javaScript) {
        assert.match(
          heard.join('|'),
          /^Aller au contenu\|Français\|English\|العربية\|Identité postale .*\|Espace fiscal/,
        )
        assert.equal(heard.filter((text) => text.includes('Non disponible')).length, 4)
        assert.match(page.url(), /choose-greyed/, 'a greyed tile leads nowhere')
      }
      const described = await page.getByRole('button', { name: 'Ma banque' }).getAttribute('aria-describedby')
      assert.match((await page.locator(`#${described}`).textContent()) ?? '', /Suspendu par précaution/)

      await page.getByRole('button', { name: 'Identité consulaire' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL('**/login/sample/choose')
      assert.match(await page.content(), /"provider":"consulate"/)
      await browser.close()
    })
  }

  test('the skip link leads past the header', async () => {
    const browser = await openBrowser({ language: 'en' })
    const page = await browser.context.newPage()
    await page.goto(`${gallery.origin}/gallery/choose?lang=en`)
    await page.keyboard.press('Tab')
    assert.equal((await focused(page)).text, 'Skip to content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.match((await focused(page)).text, /^Tax account/)
    await browser.close()
  })

  test('R011: going back and going on are different buttons of the information page, and a double click sends once', async () => {
    const browser = await openBrowser({ language: 'en' })
    const page = await browser.context.newPage()
    const posts: string[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST') posts.push(new URL(request.url()).pathname)
    })
    await page.goto(`${gallery.origin}/gallery/inform?lang=en`)
    await page.getByRole('button', { name: 'Continue to Health refunds' }).dblclick()
    await page.waitForURL('**/login/sample/inform')
    await page.goBack()
    await page.getByRole('button', { name: /^No, go back/ }).click()
    await page.waitForURL('**/login/sample/cancel')
    assert.deepEqual(posts, ['/login/sample/inform', '/login/sample/cancel'])
    await browser.close()
  })

  test('the language switch stays on the page and turns it round; nothing is refused by its policy', async () => {
    const browser = await openBrowser({ language: 'fr' })
    const page = await browser.context.newPage()
    const complaints: string[] = []
    const strangers: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('request', (request) => {
      if (!request.url().startsWith(gallery.origin)) strangers.push(request.url())
    })
    await page.goto(`${gallery.origin}/gallery/choose`)
    await page.getByRole('link', { name: 'العربية' }).click()
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl')
    assert.match(page.url(), /\/gallery\/choose\?lang=ar$/)
    await page.goto(`${gallery.origin}/gallery/inform`)
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar', 'remembered')
    assert.deepEqual([complaints, strangers], [[], []])
    await browser.close()
  })
})
