/** A Chromium for the browser tests: the one of `GARANT_BROWSER`, of the system, or installed now; and what is asked of pages. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { type BrowserContext, type CDPSession, type ConsoleMessage, chromium, type Page } from 'playwright-core'
import { directionOf, type Language } from '../../src/kernel/languages.ts'

/** The one that has no window to draw needs half of the work. */
const candidates = [
  '/usr/bin/chromium-headless-shell',
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
  const install = [
    ...asRoot,
    'sh',
    '-c',
    `apt-get update && (apt-get install -y chromium-headless-shell || apt-get install -y chromium)`,
  ]
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
  /** In its reader, for one origin: in PEM. Of that origin the certificate is not looked at. */
  card?: { origin: string; certificate: string; key: string }
  /** Takes any certificate of a server. */
  trusting?: boolean
}

/** Contexts are browsers without a past. */
export interface TestBrowser {
  context(options?: BrowserOptions): Promise<BrowserContext>
  close(): Promise<void>
}

/** One program for a whole test file; each context of it costs a fraction of the time. */
export async function startBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: ensureBrowser(), headless: true, args: flags })
  return {
    async context(options = {}) {
      const context = await browser.newContext({
        locale: options.language ?? 'fr',
        viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
        colorScheme: options.colorScheme ?? 'light',
        javaScriptEnabled: options.javaScript ?? true,
        ignoreHTTPSErrors: options.trusting ?? options.card !== undefined,
        ...(options.card ? { clientCertificates: [inReader(options.card)] } : {}),
      })
      await context.addInitScript(axeAtHand)
      return context
    },
    close: () => browser.close(),
  }
}

const inReader = ({ origin, certificate, key }: NonNullable<BrowserOptions['card']>) => ({
  origin,
  cert: Buffer.from(certificate),
  key: Buffer.from(key),
})

/** A browser of its own with one context. */
export async function openBrowser(
  options: BrowserOptions = {},
): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const browser = await startBrowser()
  return { context: await browser.context(options), close: () => browser.close() }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** Told to the browser once, and made only on the pages that are asked: half a megabyte is slow to send to each. */
const axeAtHand = `globalThis.summonAxe = () => { ${axe} }`
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

/** Somebody before a page, in a browser without a past. */
export interface Seat {
  page: Page
  context: BrowserContext
  /** Closes the browser; fails if it complained of something else than expected, or asked another machine for anything. */
  leave(...expected: readonly RegExp[]): Promise<void>
}

export async function takeSeat(browser: TestBrowser, options: BrowserOptions = {}): Promise<Seat> {
  const context = await browser.context(options)
  const complaints: string[] = []
  context.on('console', (message) => complaints.push(...complaintIn(message)))
  context.on('weberror', (fault) => complaints.push(String(fault.error())))
  context.on('request', (request) => {
    if (new URL(request.url()).hostname !== 'localhost') complaints.push(`asked ${request.url()}`)
  })
  return {
    page: await context.newPage(),
    context,
    async leave(...expected) {
      await context.close()
      assert.deepEqual(
        complaints.filter((text) => !expected.some((pattern) => pattern.test(text))),
        [],
      )
    },
  }
}

/** What a page should not have made the browser say. */
export function complaintIn(message: ConsoleMessage): string[] {
  const text = message.text()
  return text.startsWith('Autofocus processing was blocked') ? [] : [text]
}

/** A status that is an error, which some pages have with good reason. */
export const refusals = /^Failed to load resource: .* status of 4/
/** On a form for a new password that has no user name. */
export const passwordAdvice = /^\[DOM\]/

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
  await page.waitForLoadState()
  const there = await page.evaluate('globalThis.axe ? true : Boolean(globalThis.summonAxe?.() ?? globalThis.axe)')
  // A page that may run no script has been given none.
  if (!there) await page.evaluate(axe)
  const found = await page.evaluate(
    async (options) => {
      // biome-ignore lint/suspicious/noExplicitAny: the global that the script above leaves
      const { violations } = await (globalThis as any).axe.run(options)
      return violations as { id: string; nodes: { target: string[]; failureSummary: string }[] }[]
      // The pages have no media and one style sheet of their own.
    },
    // The one frame that we have, a letter, may not run scripts.
    { ...runs[rules], resultTypes: ['violations'], preload: false, iframes: false },
  )
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`),
  )
}

export interface Focused {
  text: string
  tag: string
  id: string
  outline: string
  height: number
}

/** What has the focus, as a reader would hear it and see it. */
export function focused(page: Page): Promise<Focused> {
  return page.evaluate(() => {
    const { document, getComputedStyle } = globalThis as unknown as {
      document: {
        activeElement: { tagName: string; id: string; textContent: string; getBoundingClientRect(): { height: number } }
      }
      getComputedStyle(element: object): { outlineStyle: string; outlineWidth: string }
    }
    const element = document.activeElement
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    return {
      text: element.textContent.replace(/\s+/g, ' ').trim(),
      tag: element.tagName.toLowerCase(),
      id: element.id,
      outline: `${outlineStyle} ${outlineWidth}`,
      height: element.getBoundingClientRect().height,
    }
  })
}

/** Tab by Tab to what reads so, or to the field `#id`; each stop shows that it has the focus. Returns what was passed. */
export async function tabTo(page: Page, wanted: RegExp, stops = 80): Promise<string[]> {
  await page.waitForLoadState()
  const heard: string[] = []
  for (let step = 0; step < stops; step++) {
    await page.keyboard.press('Tab')
    const { text, outline, tag, id } = await focused(page)
    if (tag === 'body') continue
    heard.push(text || `#${id}`)
    assert.match(outline, /^solid [2-9]/, `${heard.at(-1)} shows its focus`)
    if (wanted.test(text) || wanted.test(`#${id}`)) return heard
  }
  throw new Error(`${wanted} cannot be reached: ${heard.join(' | ')}`)
}

/** What stands there, as one line. */
export async function read(page: Page, selector = 'main'): Promise<string> {
  await page.waitForLoadState('domcontentloaded')
  return ((await page.locator(selector).first().textContent()) ?? '').replace(/\s+/g, ' ').trim()
}

/** How wide the page is, including what one would have to scroll to. */
export async function widthOf(page: Page): Promise<number> {
  return Number(await page.evaluate('document.documentElement.scrollWidth'))
}

/**
 * A page as everybody meets it: in its language and direction, no wider than the screen, without a violation of axe;
 * then, unless one look is enough, in the dark and on the narrowest phone. What axe has seen it is not shown again.
 */
export async function judgePage(page: Page, language: Language, looks: 'all' | 'one' = 'all'): Promise<void> {
  // With its style sheets: what somebody waited for stands there before.
  await page.waitForLoadState()
  const title = await page.title()
  assert.equal(await page.getAttribute('html', 'lang'), language, title)
  assert.equal(await page.getAttribute('html', 'dir'), directionOf(language), title)
  const size = page.viewportSize() ?? assert.fail()
  const width = await widthOf(page)
  assert.ok(width <= size.width, `${title} is ${width} wide`)
  const shape = await shapeOf(page)
  if (!judged.has(shape)) {
    assert.deepEqual(await axeViolations(page), [], title)
    remember(shape)
  }
  if (looks === 'one') return
  if (!judged.has(`dark ${shape}`)) {
    await page.emulateMedia({ colorScheme: 'dark' })
    assert.deepEqual(await axeViolations(page, 'colours'), [], `${title} in the dark`)
    await page.emulateMedia({ colorScheme: 'light' })
    remember(`dark ${shape}`)
  }
  await page.setViewportSize({ width: 320, height: 640 })
  const narrow = await widthOf(page)
  assert.ok(narrow <= 320, `${title} is ${narrow} wide on the narrowest phone`)
  await page.setViewportSize(size)
}

/** What judges: a page that an older one found good is judged again. */
const judge = hash('sha256', axe + JSON.stringify(runs))

/** Pages in which it found nothing, in this run or one before: the same page is the same on another database. */
const judgedFile = join(import.meta.dirname, '../../.cache/judged-pages')
const judged = new Set(existsSync(judgedFile) ? readFileSync(judgedFile, 'utf8').split('\n') : [])

function remember(shape: string): void {
  judged.add(shape)
  mkdirSync(dirname(judgedFile), { recursive: true })
  appendFileSync(judgedFile, `${shape}\n`)
}

/**
 * All that axe judges a page by: its elements with their attributes, where there is text and where there is none, the
 * direction, the width and the colours of the screen. Addresses and values are left out, and which text it is: so the
 * same page with another name on it, or in another language of the same direction, is the same. The rules of its style
 * sheets are part of it, and so is axe itself.
 */
async function shapeOf(page: Page): Promise<string> {
  const shape = await page.evaluate(`(() => {
    const plain = /^(href|src|action|formaction|value|title|content|datetime|data-.*|alt|placeholder|lang|d|cx|cy|x|y|width|height|points|transform|style)$/
    const names = new Map()
    const alike = (value) => value.replace(/\\S*\\d\\S*/g, (id) => names.get(id) ?? (names.set(id, '#' + names.size), names.get(id)))
    const attribute = ({ name, value }) => name + '=' + (plain.test(name) ? Boolean(value.trim()) : alike(value))
    const of = (node) => {
      if (node.nodeType === 3) return node.data.trim() ? 't' : ''
      if (node.nodeType !== 1) return ''
      const inner = Array.from(node.childNodes, of).join('')
      return '<' + node.localName + ' ' + Array.from(node.attributes, attribute).join(' ') + '>' + inner + '</>'
    }
    const scheme = matchMedia('(prefers-color-scheme: dark)').matches
    const rules = Array.from(document.styleSheets, (sheet) => Array.from(sheet.cssRules, (rule) => rule.cssText).join(''))
    return [document.documentElement.dir, innerWidth, scheme, document.title !== '', of(document.body), rules].join('|')
  })()`)
  return hash('sha256', `${judge}|${shape}`)
}
