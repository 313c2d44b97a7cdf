/** A Chromium for the browser tests: the one of `GARANT_BROWSER`, of the system, or installed now; and what is asked of pages. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type BrowserContext, type CDPSession, type ConsoleMessage, chromium, type Page } from 'playwright-core'
import { directionOf, type Language } from '../../src/kernel/languages.ts'

const candidates = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** The path of a browser. Installs Debian's where it may; throws with what to do where it may not. */
export function ensureBrowser(): string {
  const named = process.env.GARANT_BROWSER
  const found = [...(named ? [named] : []), ...candidates].find((path) => existsSync(path))
  if (found) return found
  console.log('no Chromium here: installing the one of Debian')
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n']
  const install = [...asRoot, 'sh', '-c', 'apt-get update && apt-get install -y chromium']
  spawnSync(install[0] as string, install.slice(1), { stdio: 'inherit' })
  const installed = candidates.find((path) => existsSync(path))
  if (installed) return installed
  throw new Error(
    'The browser tests need Chromium and could not install it. Install Chromium or Chrome, or name one in GARANT_BROWSER.',
  )
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface BrowserOptions {
  language?: string
  width?: number
  height?: number
  colorScheme?: 'light' | 'dark'
  javaScript?: boolean
}

/** One program for a whole test file; each context of it is a browser without a past, in a fraction of the time. */
export async function startBrowser(): Promise<{
  context(options?: BrowserOptions): Promise<BrowserContext>
  close(): Promise<void>
}> {
  const browser = await chromium.launch({ executablePath: ensureBrowser(), headless: true, args: flags })
  return {
    context: (options = {}) =>
      browser.newContext({
        locale: options.language ?? 'fr',
        viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
        colorScheme: options.colorScheme ?? 'light',
        javaScriptEnabled: options.javaScript ?? true,
      }),
    close: () => browser.close(),
  }
}

/** A browser of its own with one context. */
export async function openBrowser(
  options: BrowserOptions = {},
): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const browser = await startBrowser()
  return { context: await browser.context(options), close: () => browser.close() }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Gives a page a platform authenticator that verifies its holder at once, as phones and laptops have one. In a field it
 * offers its passkeys only with `autofill`: it would choose one before the test could press anything.
 */
export async function addAuthenticator(
  page: Page,
  { autofill = false } = {},
): Promise<{ cdp: CDPSession; authenticatorId: string }> {
  if (!autofill) {
    await page.addInitScript(
      'if (globalThis.PublicKeyCredential) PublicKeyCredential.isConditionalMediationAvailable = async () => false',
    )
  }
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { cdp, authenticatorId }
}

/** What a page should not have made the browser say. A test types faster than a field is focused: no fault of the page. */
export function complaintIn(message: ConsoleMessage): string[] {
  const text = message.text()
  return text.startsWith('Autofocus processing was blocked') ? [] : [text]
}

/** Which of axe's rules: all of them, or those that see colours, or those that do not. */
export type AxeRules = 'all' | 'colours' | 'all but colours'

const runs: Record<AxeRules, object> = {
  all: { runOnly: { type: 'tag', values: tags } },
  colours: { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } },
  'all but colours': {
    runOnly: { type: 'tag', values: tags },
    rules: { 'color-contrast': { enabled: false }, 'link-in-text-block': { enabled: false } },
  },
}

/** What axe finds, one line each. The script goes in beside the page's CSP, which would refuse it. */
export async function axeViolations(page: Page, rules: AxeRules = 'all'): Promise<string[]> {
  if (!(await page.evaluate('"axe" in globalThis'))) await page.evaluate(axe)
  const found = await page.evaluate(
    async (options) => {
      // biome-ignore lint/suspicious/noExplicitAny: the global that the script above leaves
      const { violations } = await (globalThis as any).axe.run(options)
      return violations as { id: string; nodes: { target: string[]; failureSummary: string }[] }[]
      // The pages have no media and one style sheet of their own.
    },
    { ...runs[rules], resultTypes: ['violations'], preload: false },
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  )
}

export interface Focused {
  text: string
  tag: string
  outline: string
  height: number
}

/** What has the focus, as a reader would hear it and see it. */
export function focused(page: Page): Promise<Focused> {
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

/** How wide the page is, including what one would have to scroll to. */
export async function widthOf(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth'))
}

/**
 * A page as everybody meets it: in its language and direction, no wider than the screen, without a violation of axe;
 * then, unless one look is enough, in the dark and on the narrowest phone.
 */
export async function judgePage(page: Page, language: Language, looks: 'all' | 'one' = 'all'): Promise<void> {
  const title = await page.title()
  assert.equal(await page.getAttribute('html', 'lang'), language, title)
  assert.equal(await page.getAttribute('html', 'dir'), directionOf(language), title)
  const size = page.viewportSize() ?? assert.fail()
  const width = await widthOf(page)
  assert.ok(width <= size.width, `${title} is ${width} wide`)
  assert.deepEqual(await axeViolations(page), [], title)
  if (looks === 'one') return
  await page.emulateMedia({ colorScheme: 'dark' })
  assert.deepEqual(await axeViolations(page, 'colours'), [], `${title} in the dark`)
  await page.emulateMedia({ colorScheme: 'light' })
  await page.setViewportSize({ width: 320, height: 640 })
  const narrow = await widthOf(page)
  assert.ok(narrow <= 320, `${title} is ${narrow} wide on the narrowest phone`)
  await page.setViewportSize(size)
}
