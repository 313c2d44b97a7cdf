/** A Chromium for the browser tests: the one of `GARANT_BROWSER`, of the system, or installed now. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from 'playwright-core'

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

/** A browser with a fresh profile, closed and removed by `close`. */
export async function openBrowser(
  options: BrowserOptions = {},
): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const profile = mkdtempSync(join(tmpdir(), 'garant-browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: ensureBrowser(),
    headless: true,
    args: flags,
    locale: options.language ?? 'fr',
    viewport: { width: options.width ?? 1280, height: options.height ?? 900 },
    colorScheme: options.colorScheme ?? 'light',
    javaScriptEnabled: options.javaScript ?? true,
  })
  return {
    context,
    close: async () => {
      await context.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}
