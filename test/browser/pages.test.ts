/** The pages of the gallery in a real browser: axe without violation, by keyboard, narrow, in forced colours. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { languages } from '../../src/kernel/languages.ts'
import {
  axeViolations,
  type BrowserOptions,
  focused,
  startBrowser,
  type TestBrowser,
  takeSeat,
  widthOf,
} from '../support/browser.ts'
import { samplePages, startGallery } from '../support/page-gallery.ts'

/** Every page of its own; of the error pages, which are one page with other words, three. */
const names = Object.keys(samplePages()).filter((name) => !name.startsWith('error-'))
const looked = [...names, 'error-internal', 'error-provider_silent', 'error-identity_collision']
const paths = [...looked.map((name) => `/gallery/${name}`), '/', '/disclosure', '/accessibility']

const openDetails = 'for (const each of document.querySelectorAll("details")) each.open = true'

/** WCAG 1.4.12: what a reader may set. */
const spaceOut =
  'Object.assign(document.body.style, { letterSpacing: "0.12em", wordSpacing: "0.16em", lineHeight: "1.5" })'

/** What has the focus, with the text that describes it; null when nothing does. */
const describedFocus = `(() => {
  const element = document.activeElement
  const why = document.getElementById(element?.getAttribute('aria-describedby'))?.textContent
  return why ? { name: element.querySelector('strong')?.textContent ?? '', why } : null
})()`

describe('R126: the pages in a browser', () => {
  let gallery: Awaited<ReturnType<typeof startGallery>>
  let browser: TestBrowser
  before(async () => {
    ;[gallery, browser] = await Promise.all([startGallery(), startBrowser()])
  })
  after(async () => {
    await browser.close()
    await gallery.close()
  })

  /** A page in a browser without a past. */
  async function open(options: BrowserOptions = {}) {
    return (await browser.context(options)).newPage()
  }

  test('axe sees a fault when there is one', async () => {
    const page = await open()
    await page.setContent(
      '<html lang="fr"><title>x</title><main><h1>x</h1><button></button><p style="color:#bbb">pale</p></main>',
    )
    const found = (await axeViolations(page)).join()
    assert.match(found, /button-name/)
    assert.match(found, /color-contrast/)
  })

  /** Each page is fetched once and looked at in every way: with axe, in the dark, narrow. */
  for (const language of languages) {
    test(`axe finds nothing on any page, light or dark, and none is wider than a phone of 320 px: ${language}`, async () => {
      const page = await open()
      for (const path of paths) {
        await page.emulateMedia({ colorScheme: 'light' })
        await page.setViewportSize({ width: 1280, height: 900 })
        await page.goto(`${gallery.origin}${path}?lang=${language}`)
        await page.evaluate(openDetails)
        // Colours are the same in all languages.
        const inFrench = language === 'fr'
        assert.deepEqual(await axeViolations(page, inFrench ? 'all' : 'all but colours'), [], path)
        if (inFrench) {
          await page.emulateMedia({ colorScheme: 'dark' })
          assert.deepEqual(await axeViolations(page, 'colours'), [], `${path} in the dark`)
        }
        await page.setViewportSize({ width: 320, height: 640 })
        await page.evaluate(spaceOut)
        const width = await widthOf(page)
        assert.ok(width <= 320, `${path}: ${width}`)
      }
    })
  }

  for (const javaScript of [true, false]) {
    test(`R003, R004: a choice by keyboard only, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
      const page = await open({ language: 'fr', javaScript })
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
      const [why, instead] = (described ?? '').split(' ')
      assert.match((await page.locator(`#${why}`).textContent()) ?? '', /Suspendu par précaution/)
      assert.match((await page.locator(`#${instead}`).textContent()) ?? '', /À la place, vous pouvez utiliser/)

      await page.getByRole('button', { name: 'Identité consulaire' }).focus()
      await page.keyboard.press('Enter')
      await page.waitForURL('**/login/sample/choose')
      assert.match(await page.content(), /"provider":"consulate"/)
    })
  }

  test('R004: each refused tile is reached by keyboard and tells a screen reader why', async () => {
    const reasons: Record<string, RegExp> = {
      'Espace fiscal': /n’est pas reconnue pour cela/,
      'Assurance santé': /acceptée pour un temps\. Ce temps est terminé/,
      'Identité postale': /arrivé à son terme/,
      'Carte des soignants': /destiné aux particuliers/,
      'Ma banque': /au moins le niveau de garantie substantiel/,
      'Identité consulaire': /certificat de sécurité/,
    }
    const page = await open({ language: 'fr' })
    await page.goto(`${gallery.origin}/gallery/choose-policy?lang=fr`)
    const heard = new Map<string, string>()
    for (let step = 0; step < 20; step++) {
      await page.keyboard.press('Tab')
      const said = (await page.evaluate(describedFocus)) as { name: string; why: string } | null
      if (said) heard.set(said.name, said.why)
    }
    assert.deepEqual([...heard.keys()].sort(), Object.keys(reasons).sort())
    for (const [name, reason] of Object.entries(reasons)) {
      assert.match(heard.get(name) ?? '', reason)
      // What the browser itself computes for assistive technology.
      const tile = page.getByRole('button', { name, disabled: true })
      assert.equal(await tile.count(), 1, name)
      await tile.press('Enter')
    }
    assert.match(page.url(), /choose-policy/, 'a greyed tile leads nowhere')
    const notice = await page.locator('.notice').textContent()
    assert.match(notice ?? '', /n’est pas acceptée ici.*deux preuves différentes.*Recommencez avec deux preuves/s)
  })

  test('the skip link leads past the header', async () => {
    const page = await open({ language: 'en' })
    await page.goto(`${gallery.origin}/gallery/choose?lang=en`)
    await page.keyboard.press('Tab')
    assert.equal((await focused(page)).text, 'Skip to content')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    assert.match((await focused(page)).text, /^Tax account/)
  })

  test('R011: going back and going on are different buttons of the information page, and a double click sends once', async () => {
    const page = await open({ language: 'en' })
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
  })

  test('the language switch stays on the page and turns it round; nothing is refused by its policy', async () => {
    const { page, leave } = await takeSeat(browser, { language: 'fr' })
    await page.goto(`${gallery.origin}/gallery/choose`)
    await page.getByRole('link', { name: 'العربية' }).click()
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl')
    assert.match(page.url(), /\/gallery\/choose\?lang=ar$/)
    await page.goto(`${gallery.origin}/gallery/inform`)
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar', 'remembered')
    await leave()
  })
})
