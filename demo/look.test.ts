/** The pages of the town in a real browser: nothing for axe to say, nothing wider than a phone, cookies that do not mix. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { systemClock } from '../src/kernel/clock.ts'
import { openBrowser } from '../test/support/browser.ts'
import { freePorts } from '../test/support/ports.ts'
import { type ProviderKey, testPassword } from './people.ts'
import { originOf, type Ports } from './ports.ts'
import { scopesOf } from './providers/engine.ts'
import { startProvider } from './providers/provider.ts'
import { providers } from './providers/providers.ts'
import { startService } from './services/service.ts'
import { type ServiceKey, services } from './services/services.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const secret = 'test-only-not-a-secret'

interface Violation {
  id: string
  nodes: { html: string; failureSummary: string }[]
}

describe('the town in a browser', () => {
  let ports: Ports
  let browser: Awaited<ReturnType<typeof openBrowser>>
  let page: Page
  const houses: { close(): Promise<void> }[] = []

  /** Some providers are the hub of one service: the pages are the same as with a hub between them. */
  const served: Partial<Record<ProviderKey, ServiceKey>> = { tax: 'employers', bank: 'refunds', postal: 'patients' }

  before(async () => {
    ports = await freePorts()
    for (const definition of providers) {
      const service = services.find(({ key }) => key === served[definition.key])
      const issuer = originOf(ports[definition.key])
      houses.push(
        await startProvider({
          definition,
          port: ports[definition.key],
          issuer,
          clock: systemClock,
          clients: service
            ? [
                {
                  client_id: service.id,
                  client_secret: secret,
                  redirect_uris: [`${originOf(ports[service.key])}/callback`],
                  token_endpoint_auth_method: definition.clientAuth,
                  id_token_signed_response_alg: definition.signingAlg,
                },
              ]
            : [],
        }),
      )
      if (!service) continue
      const { userinfoAlg: _, ...adapted } = {
        ...service,
        auth: definition.clientAuth,
        scopes: scopesOf(definition) as never,
      }
      const options = {
        port: ports[service.key],
        clientSecret: secret,
        clock: systemClock,
        idTokenAlg: definition.signingAlg,
      }
      houses.push(await startService({ definition: adapted, authority: { issuer }, ...options }))
    }
    browser = await openBrowser({ width: 390, height: 800 })
    page = await browser.context.newPage()
  })
  after(async () => {
    await browser?.close()
    await Promise.all(houses.map((house) => house.close()))
  })

  /** On a phone, as it stands. */
  async function judge(where: string): Promise<void> {
    await page.evaluate(axe)
    const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[]
    assert.deepEqual(
      violations.map(({ id, nodes }) => `${where} ${id}: ${nodes.map((node) => node.html).join(' ')}`),
      [],
    )
    const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
    assert.ok(width <= 390, `${where} is ${width} wide`)
  }

  for (const [language, direction] of [
    ['fr', 'ltr'],
    ['en', 'ltr'],
    ['ar', 'rtl'],
  ] as const) {
    test(`home pages and logins in ${language} have nothing for axe to say`, async () => {
      for (const key of ['employers', 'refunds', ...providers.map((provider) => provider.key)] as const) {
        await page.goto(`${originOf(ports[key])}/?lang=${language}`)
        assert.equal(await page.getAttribute('html', 'dir'), direction)
        await judge(`${key} ${language}`)
      }
      await page.goto(`${originOf(ports.employers)}/login`)
      await page.locator('details.tests summary').click()
      await judge(`login ${language}`)
    })
  }

  test('two services and two providers in one browser do not take each other’s cookies', async () => {
    for (const key of ['employers', 'refunds'] as const) {
      await page.goto(`${originOf(ports[key])}/login`)
      await page.fill('#username', 'amina')
      await page.fill('#password', testPassword)
      await page.click('form[action$="/login"] button')
      await page.waitForURL('**/space')
    }
    for (const key of ['employers', 'refunds'] as const) {
      for (const path of ['/space', '/account', '/developer']) {
        await page.goto(`${originOf(ports[key])}${path}`)
        assert.equal(new URL(page.url()).pathname, path)
        await judge(`${key} ${path}`)
      }
    }
    const wholeHost = (await browser.context.cookies()).filter(({ path }) => path === '/').map(({ name }) => name)
    for (const [house, key] of [
      ['service', 'employers'],
      ['service', 'refunds'],
      ['provider', 'tax'],
      ['provider', 'bank'],
    ] as const) {
      assert.ok(wholeHost.includes(`${house}_${ports[key]}`), wholeHost.join(' '))
    }
  })

  test('the second step can be read and typed', async () => {
    await page.goto(`${originOf(ports.patients)}/login?acr_values=eidas2`)
    await page.fill('#username', 'sofia')
    await page.fill('#password', testPassword)
    await page.click('form[action$="/login"] button')
    await page.waitForSelector('output')
    await judge('second step')
    await page.fill('#code', (await page.textContent('output')) ?? '')
    await page.click('form[action$="/code"] button')
    await page.waitForURL('**/space')
    await judge('patients')
  })
})
