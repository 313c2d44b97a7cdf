/**
 * The town in a real browser while servers of its providers are closed and opened again: what people who use the hub at
 * that moment see, on the page of choice and on the status page; and a provider that leaves for good while somebody is
 * signed in through it.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { parse, stringify } from 'yaml'
import { gateway } from '../../demo/hospital.ts'
import { testPassword } from '../../demo/people.ts'
import { originOf, type Place } from '../../demo/ports.ts'
import { providers } from '../../demo/providers/providers.ts'
import { startTown, type Town } from '../../demo/town.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { minute, second } from '../../src/kernel/durations.ts'
import type { Language } from '../../src/kernel/languages.ts'
import type { ProviderJson } from '../../src/notices/status.ts'
import { parsePartnersFile } from '../../src/partners/file.ts'
import { healthSchema } from '../../src/partners/health-settings.ts'
import { runVerb } from '../../src/verbs.ts'
import {
  type BrowserOptions,
  judgePage,
  read,
  refusals,
  startBrowser,
  type TestBrowser,
  takeSeat,
} from '../support/browser.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { freePorts } from '../support/ports.ts'
import { factsOf, settle } from '../support/records.ts'

const bank = 'bank-identity'
const nameOf = (id: string) => {
  const found = providers.find((one) => one.id === id)
  assert.ok(found)
  return found.brand.name
}
const phone = { width: 390, height: 844 }

let clock: TestClock
let town: Town
let hub: TestHub
let browser: TestBrowser

before(async () => {
  // From the present on: the browser judges the age of cookies by a clock of its own.
  clock = mockProcessClock({ mock }, systemClock.now())
  const ports = await freePorts()
  ;[town, browser] = await Promise.all([startTown({ ports }), startBrowser()])
  hub = await startTestHub({ port: ports.hub, settings: { health: healthSchema.parse({}) } })
  await hub.partners.apply(parsePartnersFile(partnersYaml(), { allowHttp: true }), { actor: { kind: 'command' } })
  await pass(minute)
})
after(async () => {
  await browser?.close()
  await hub?.close()
  await town?.close()
  mock.timers.reset()
})

/** The town's partners without the gateway, which nobody probes, and without what else is to leave. */
function partnersYaml(gone: readonly string[] = []): string {
  const { partners } = parse(town.partnersYaml) as { partners: { providers?: { id: string }[] }[] }
  const isLeft = ({ id }: { id: string }) => id !== gateway.id && !gone.includes(id)
  return stringify({ partners: partners.map((one) => ({ ...one, providers: (one.providers ?? []).filter(isLeft) })) })
}

/** Time passes, and the hub looks around as often as it would. */
async function pass(length: number): Promise<void> {
  for (let left = length; left > 0; left -= 5 * second) {
    clock.advance(5 * second)
    await hub.partners.health.turn()
  }
  await hub.notices.refresh()
}

const healthOf = (id: string) => hub.partners.availability().of(id)?.observed.health

/** Time passes until a provider is so; a limit far above what the settings allow. */
async function until(id: string, health: string): Promise<void> {
  const limit = clock.now() + 10 * minute
  while (healthOf(id) !== health) {
    assert.ok(clock.now() < limit, `${id} is ${healthOf(id)} and not ${health}`)
    await pass(5 * second)
  }
  await hub.notices.refresh()
}

const at = (place: Place, path = '/') => `${originOf(town.ports[place])}${path}`

async function visit(options: BrowserOptions, go: (page: Page, context: BrowserContext) => Promise<void>) {
  const { page, context, leave } = await takeSeat(browser, { ...phone, ...options })
  await go(page, context)
  await leave(refusals)
}

const judge = (page: Page, language: Language) => judgePage(page, language, 'one')

const usable = (page: Page, id: string) => page.locator(`button[name="provider"][value="${id}"]`)
const greyed = (page: Page, id: string) => page.locator(`button.tile[value="${id}"][aria-disabled="true"]`)

/** From the page of the provider to the service's own. */
async function identify(page: Page, username: string, space: string): Promise<void> {
  await page.locator('#username').fill(username)
  await page.locator('#password').fill(testPassword)
  await page.locator('form[action$="/login"] button').click()
  await page.locator('form[action$="/inform"] button:not([formaction])').click()
  await page.waitForURL(space)
}

/** One row of the status page, as it stands under its heading. */
const rowOf = (page: Page, section: string, name: string) =>
  read(page, `section[aria-labelledby="${section}"] li:has(bdi:text-is("${name}"))`)

async function json(language: Language): Promise<ProviderJson[]> {
  const answer = await fetch(`${hub.issuer}/status/providers.json?lang=${language}`)
  assert.equal(answer.status, 200)
  return (await answer.json()) as ProviderJson[]
}

const t = (language: Language) => hub.web.translate(language)
const text = (html: string) => html.replace(/\s+/g, ' ')

for (const language of ['fr', 'ar'] as const) {
  describe(`R004 R010: the bank’s server is gone while people use the hub: ${language}`, () => {
    const name = nameOf(bank)[language]
    const say = (key: string, values?: Record<string, string>) => text(t(language)(key, values))

    test('noticed; who stands on the page gets it again with the reason, and goes on by another account', async () => {
      await visit({ language }, async (page) => {
        await page.goto(at('refunds', '/login'))
        await usable(page, bank).waitFor()
        await town.stopProvider(bank)
        await assert.rejects(fetch(at('bank', '/jwks')), TypeError)
        await until(bank, 'down')

        await usable(page, bank).click()
        await page.waitForURL('**/login/*missed=*')
        const notice = await read(page, '.notice')
        assert.ok(notice.includes(say('notice.missed', { provider: name })), notice)
        assert.equal(await usable(page, bank).count(), 0)
        const why = await greyed(page, bank).getAttribute('aria-describedby')
        const [reason = '', alternatives = ''] = (why ?? '').split(' ')
        assert.equal(await read(page, `#${reason}`), say('tile.down'))
        assert.ok((await read(page, `#${alternatives}`)).length > 0, 'what there is instead')
        assert.match(await read(page, '.known time'), /\d/)
        await judge(page, language)

        await usable(page, 'tax-identity').click()
        await identify(page, 'claire', at('refunds', '/space'))
      })
    })

    test('the page of choice, the status page and its JSON say the same; the incident is under way', async () => {
      await visit({ language }, async (page) => {
        await page.goto(at('refunds', '/login'))
        await greyed(page, bank).waitFor()
        const usableNow = await page
          .locator('button[name="provider"]')
          .evaluateAll((all) => all.map((each) => (each as unknown as { value: string }).value))
        await page.locator('.known a').click()
        await page.waitForURL('**/status')
        const trouble = await rowOf(page, 'trouble', name)
        assert.ok(
          trouble.includes(say('status.standing.down')) && trouble.includes(say('status.reason.unreachable')),
          trouble,
        )
        const incident = await rowOf(page, 'incidents', name)
        assert.ok(incident.includes(say('status.incident.open', { since: '' }).split(' ')[0] ?? '?'), incident)
        await judge(page, language)

        const told = await json(language)
        assert.equal(told.find(({ id }) => id === bank)?.health, 'down')
        assert.deepEqual(
          told.filter(({ health }) => health === 'down').map(({ id }) => id),
          [bank],
        )
        for (const id of usableNow) assert.equal(told.find((one) => one.id === id)?.health, 'up', id)
      })
      assert.equal((await factsOf(hub, 'provider.health_changed')).at(-1)?.health, 'down')
    })

    test('back: trials half open the door, it is said before anybody is sent there, and people get through', async () => {
      await town.startProvider(bank)
      await until(bank, 'degraded')
      await visit({ language }, async (page) => {
        await page.goto(at('refunds', '/login'))
        const tile = usable(page, bank)
        assert.ok(text((await tile.textContent()) ?? '').includes(say('tile.degraded')))
        await judge(page, language)
        await page.goto(`${hub.issuer}/status`)
        const trouble = await rowOf(page, 'trouble', name)
        assert.ok(
          trouble.includes(say('status.standing.degraded')) && trouble.includes(say('status.reason.recovering')),
          trouble,
        )
        assert.equal((await json(language)).find(({ id }) => id === bank)?.health, 'degraded')
        await page.goto(at('refunds', '/login'))
        await tile.click()
        await identify(page, 'linh', at('refunds', '/space'))
      })
    })

    test('well again: offered as before, and the incident is over, in the history', async () => {
      await until(bank, 'up')
      await visit({ language }, async (page) => {
        await page.goto(at('refunds', '/login'))
        assert.equal(text((await usable(page, bank).textContent()) ?? '').includes(say('tile.degraded')), false)
        await page.goto(`${hub.issuer}/status`)
        assert.ok((await rowOf(page, 'fine', name)).includes(say('status.standing.up')))
        const incident = await rowOf(page, 'incidents', name)
        assert.ok(incident.includes(say('status.standing.down')), incident)
        assert.doesNotMatch(incident, new RegExp(say('status.incident.open', { since: '' }).split(' ')[0] ?? '?'))
        await page.locator('section[aria-labelledby="incidents"] a').click()
        await page.waitForURL('**/status/history*')
        assert.ok((await read(page)).includes(name))
        await judge(page, language)
      })
      const opened = await factsOf(hub, 'incident.opened')
      const closed = await factsOf(hub, 'incident.closed')
      assert.ok(opened.length > 0)
      assert.deepEqual(
        closed.map(({ incident }) => incident),
        opened.map(({ incident }) => incident),
      )
    })
  })
}

describe('R083: every server is gone', () => {
  before(async () => {
    for (const { id } of providers) await town.stopProvider(id)
    for (const { id } of providers) await until(id, 'down')
  })
  after(async () => {
    for (const { id } of providers) await town.startProvider(id)
    for (const { id } of providers) await until(id, 'up')
  })

  for (const [language, javaScript] of [
    ['fr', true],
    ['ar', true],
    ['fr', false],
  ] as const) {
    test(`the page says so and leads back with access_denied, state and iss: ${language}${javaScript ? '' : ', without a script'}`, async () => {
      await visit({ language, javaScript }, async (page) => {
        const asked = page.waitForRequest((request) => request.url().startsWith(`${hub.issuer}/authorize`))
        await page.goto(at('refunds', '/login'))
        const state = new URL((await asked).url()).searchParams.get('state')
        assert.ok((await read(page)).includes(text(t(language)('choose.none'))))
        assert.equal(await page.locator('button[name="provider"]').count(), 0)
        if (javaScript) await judge(page, language)
        const left = page.waitForRequest((request) => request.url().startsWith(at('refunds', '/callback')))
        await page.locator('form.back button').click()
        const answer = new URL((await left).url()).searchParams
        // The service has its page before anybody goes elsewhere.
        await page.waitForURL((url) => url.href.startsWith(at('refunds')))
        assert.deepEqual(
          [answer.get('error'), answer.get('state'), answer.get('iss')],
          ['access_denied', state, hub.issuer],
        )
        assert.ok(state)
        if (!javaScript) return
        await page.goto(`${hub.issuer}/status`)
        assert.ok((await read(page)).includes(text(t(language)('status.summary.all_out'))))
        await judge(page, language)
        assert.ok((await json(language)).every(({ health }) => health === 'down'))
      })
    })
  }
})

describe('R011: the provider is deleted while somebody is signed in through it', () => {
  const actor = { kind: 'command' } as const

  test('its session goes on, and signs out cleanly of everything, at the service', async () => {
    await visit({ language: 'fr' }, async (page) => {
      await page.goto(at('refunds', '/login'))
      await usable(page, bank).click()
      await identify(page, 'linh', at('refunds', '/space'))

      const lines: string[] = []
      const out = { line: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) }
      const file = { yaml: partnersYaml([bank]), name: 'partners.yaml', secrets: {} }
      const args = { ...file, prune: true, dryRun: false }
      assert.equal(await runVerb(hub, { verb: 'apply', args }, out), 0, lines.join('\n'))
      assert.equal(hub.partners.registry().providers.has(bank), false)

      await page.goto(at('refunds', '/space'))
      assert.match(await read(page), /Thi Linh NGUYEN/, 'the service knows nothing of it')
      // The session at the hub answers for another service.
      await page.goto(at('employers', '/login'))
      await page.locator('form[action$="/inform"] button:not([formaction])').click()
      await page.waitForURL(at('employers', '/space'))

      await page.locator('form[action="/logout"] button').click()
      await page.waitForURL((url) => url.href.startsWith(at('employers', '/logged-out')))
      await judge(page, 'fr')
      await settle(hub)
      await page.goto(at('refunds', '/space'))
      assert.equal(new URL(page.url()).pathname, '/', 'signed out of the other service, behind its back')
      await page.goto(at('employers', '/login'))
      assert.ok((await page.locator('button[name="provider"]').count()) > 0, 'the hub asks who is there')
      assert.equal(await page.locator(`button[value="${bank}"]`).count(), 0)
    })
    await hub.partners.apply(parsePartnersFile(partnersYaml(), { allowHttp: true }), { actor })
  })
})
