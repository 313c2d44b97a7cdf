/** The operators’ pages on what runs in a real browser: every page without an axe violation, on a telephone, by keyboard. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { day, hour } from '../../src/kernel/durations.ts'
import { newId } from '../../src/kernel/ids.ts'
import { type Language, languages } from '../../src/kernel/languages.ts'
import { axeViolations, judgePage, startBrowser } from '../support/browser.ts'
import type { TestHub } from '../support/hub.ts'
import { connect, maintenance, observe, startOperationsHub } from '../support/operations.ts'
import { newOperator, type TestOperator } from '../support/operators.ts'

const actor = { kind: 'command' } as const
const widthOf = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth')

describe('the operators’ pages on what runs, in a browser', () => {
  let hub: TestHub
  let officer: TestOperator
  let browser: Awaited<ReturnType<typeof startBrowser>>
  /** Each page by name: full, empty of the operator's rights, and about somebody's change. */
  const pages = new Map<string, string>()
  const contexts: BrowserContext[] = []

  before(async () => {
    browser = await startBrowser()
    hub = await startOperationsHub({ providers: 'many' })
    officer = await newOperator(hub, { roles: ['security_officer'], name: 'Karim Haddad' })
    const now = hub.clock.now()
    const incident = newId('incident')
    await observe(hub, 'post', 'down', incident)
    await observe(hub, 'insurer-3', 'degraded')
    await connect(hub, { provider: 'tax', service: 'refunds', at: now, times: 3 })
    await connect(hub, { provider: 'tax', service: 'refunds', at: now, times: 2, refusal: 'person_cancelled' })
    const planned = maintenance({ since: now + 2 * day, until: now + 3 * day, sessions: { closedSince: 0 } })
    const made = await hub.partners.suspend('bank', maintenance({ services: ['refunds'] }), { actor, expected: 0 })
    await hub.partners.suspend('bank', planned, { actor, expected: 1 })
    await hub.partners.hide('insurer-9', { actor, expected: 0 })
    await hub.notices.publish(
      {
        kind: 'information',
        services: ['refunds'],
        until: now + hour,
        text: { fr: 'Une ligne.', en: 'One line.', ar: 'سطر واحد.' },
      },
      { actor },
    )
    const suspension = made.kind === 'done' ? made.suspension?.id : assert.fail(made.kind)
    for (const [name, path] of Object.entries({
      home: '/console',
      providers: '/console/providers',
      provider: '/console/providers/bank',
      suspend: '/console/providers/post/suspend',
      amend: `/console/providers/bank/suspensions/${suspension}`,
      ways: '/console/ways-in?all=1',
      rehearsal: '/console/rehearsal?service=refunds&level=eidas1&out=tax&out=insurer-1',
      incidents: '/console/incidents',
      incident: `/console/incidents/${incident}`,
      banners: '/console/banners',
      banner: '/console/banners/new',
    }))
      pages.set(name, path)
  })
  after(async () => {
    for (const context of contexts) await context.close()
    await browser.close()
    await hub.close()
  })

  /** A browser in which an operator is signed in. */
  async function opened(
    language: Language,
    options: { width?: number; javaScript?: boolean; who?: TestOperator } = {},
  ): Promise<Page> {
    const { width = 1280, javaScript = true, who = officer } = options
    const context = await browser.context({ language, width, height: 900, javaScript })
    contexts.push(context)
    const cookies = [...who.agent.cookies(hub.issuer)].map(([name, value]) => ({ name, value, url: hub.issuer }))
    await context.addCookies(cookies)
    return context.newPage()
  }

  for (const language of languages) {
    test(`no violation in ${language}, and nothing is cut on a telephone`, async () => {
      const page = await opened(language, { width: 320 })
      for (const [name, path] of pages) {
        await page.goto(hub.issuer + path)
        // What differs with the light and the size of the screen is the same in every language.
        await judgePage(page, language, 'one')
        if (language !== 'ar') continue
        await page.setViewportSize({ width: 1280, height: 900 })
        await page.emulateMedia({ colorScheme: 'dark' })
        assert.deepEqual(await axeViolations(page), [], `${name} in the dark`)
        await page.emulateMedia({ colorScheme: 'light' })
        await page.setViewportSize({ width: 320, height: 640 })
      }
    })
  }

  test('R009: by keyboard and without a script: typed, refused, read, confirmed; the review and the refusal without violation', async () => {
    const page = await opened('en', { javaScript: false })
    await page.goto(`${hub.issuer}${pages.get('suspend')}`)
    const go = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).focus()
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')])
    }
    await page.getByLabel('Kind').selectOption('security')
    for (const [language, text] of [
      ['French', 'Contrôle.'],
      ['English', 'A check.'],
      ['Arabic', 'فحص.'],
    ]) {
      await page.getByLabel(`Reason for the public, in ${language}`).focus()
      await page.keyboard.insertText(text as string)
    }
    await page.getByLabel('End', { exact: true }).fill('2020-01-01T10:00')
    await go('See what it would do')
    assert.match((await page.getByRole('alert').textContent()) ?? '', /End:\s*the end must come after the start/)
    await page.getByRole('alert').getByRole('link', { name: 'End' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.hash === '#until')
    await page.getByLabel('End', { exact: true }).fill('')
    await page.getByLabel('All their sessions are closed').focus()
    await page.keyboard.press('Space')
    await go('See what it would do')
    assert.match((await page.locator('.fault').textContent()) ?? '', /no way in\s*Justice\s*At level substantial/)
    await go('Suspend')
    assert.match((await page.getByRole('status').textContent()) ?? '', /The suspension is recorded\./)
    assert.equal((await hub.partners.stateOf('post'))?.suspensions.length, 1)
    const status = (await (await fetch(`${hub.issuer}/status/providers.json?lang=en`)).json()) as {
      id: string
      state: string
      reason?: string
    }[]
    const post = status.find(({ id }) => id === 'post')
    assert.deepEqual([post?.state, post?.reason], ['suspended', 'A check.'])
    await Promise.all([page.waitForNavigation(), page.getByRole('button', { name: 'Bring back now' }).click()])
    assert.match((await page.getByRole('status').textContent()) ?? '', /The suspension is over\./)
  })

  for (const language of ['fr', 'ar'] as const) {
    test(`refused, read, in conflict, denied: no violation in ${language}`, async () => {
      const page = await opened(language)
      const looked = async (name: string) => {
        await page.setViewportSize({ width: 1280, height: 900 })
        assert.deepEqual(await axeViolations(page), [], name)
        await page.setViewportSize({ width: 320, height: 640 })
        assert.ok((await widthOf(page)) <= 320, `${name}: ${await widthOf(page)}`)
      }
      const press = (value: string) =>
        Promise.all([page.waitForNavigation(), page.locator(`main button[value="${value}"]`).click()])
      await page.goto(`${hub.issuer}/console/providers/tax/suspend`)
      await page.evaluate('document.querySelector("form[action$=suspend]").noValidate = true')
      await press('review')
      await looked('refused')
      await page.locator('#category').selectOption('other')
      for (const one of languages) await page.locator(`#reason_${one}`).fill('Une raison')
      await press('review')
      await looked('read')
      const expected = (await hub.partners.stateOf('tax'))?.number ?? 0
      await hub.partners.hide('tax', { actor, expected })
      await press('confirm')
      await looked('in conflict')
      assert.equal(await page.locator('#reason_fr').inputValue(), 'Une raison')
      await hub.partners.show('tax', { actor, expected: expected + 1 })

      await page.goto(`${hub.issuer}/console/banners/new`)
      await page.locator('#kind').selectOption('phishing')
      for (const one of languages) await page.locator(`#text_${one}`).fill('Une ligne')
      await page.locator('#until').fill(new Date(hub.clock.now() + 5 * day).toISOString().slice(0, 16))
      await press('review')
      await looked('preview')
      assert.equal(await page.locator('main .banner').count(), 3)

      const other = await newOperator(hub, { roles: ['means_manager'] })
      const denied = await opened(language, { who: other })
      const answer = await denied.goto(`${hub.issuer}/console/providers`)
      assert.equal(answer?.status(), 403)
      assert.deepEqual(await axeViolations(denied), [])
    })
  }

  test('the rehearsal: every button is reached by keyboard, and none does anything', async () => {
    const page = await opened('en')
    await page.goto(`${hub.issuer}${pages.get('rehearsal')}&language=ar`)
    const section = page.locator('.rehearsal')
    const direction = await page.evaluate('getComputedStyle(document.querySelector(".rehearsal")).direction')
    assert.equal(direction, 'rtl')
    assert.equal(await section.locator('form, iframe').count(), 0)
    const before = page.url()
    for (const button of [section.locator('.tile').first(), section.locator('.back button')]) {
      await button.focus()
      await page.keyboard.press('Enter')
    }
    assert.equal(page.url(), before)
    assert.ok(await section.locator('.greyed').first().isVisible())
  })

  test('services, partners, versions and what takes two operators: full, refused, in conflict, made, without violation', async () => {
    const angela = await newOperator(hub, { roles: ['administrator'], name: 'Angela Dubois' })
    const by = { kind: 'operator', id: angela.operator } as const
    const subject = { kind: 'service', id: 'refunds' } as const
    const { versions } = hub.partners
    const begun = await versions.open(subject, { hand: 'operators', actor: by })
    const { entry, edit } = 'draft' in begun && begun.draft ? begun.draft : assert.fail(begun.kind)
    const changed = { ...entry, homepage: 'http://localhost:1/new', auth: 'client_secret_post' }
    await versions.save(subject, { entry: changed, edit }, { hand: 'operators', actor: by })
    const reason = 'Un prestataire est parti hier.'
    const seen = (await versions.secrets('justice', { hand: 'operators', actor: by }))?.seen ?? assert.fail()
    const asked = await hub.approvals.ask({
      ...{ kind: 'rotate_secret', parameters: { service: 'justice', seen }, reason, by },
    })
    const approval = asked.kind === 'asked' ? asked.approval.id : assert.fail(asked.kind)
    for (const [path, language, width] of [
      ['/console/services', 'fr', 1280],
      ['/console/services?state=warned', 'ar', 390],
      ['/console/services/refunds', 'ar', 390],
      ['/console/services/refunds/draft', 'fr', 390],
      ['/console/partners/town', 'ar', 390],
      ['/console/approvals', 'fr', 390],
      ['/console/operators', 'ar', 390],
      ['/console/keys', 'en', 390],
    ] as const) {
      const page = await opened(language, { width })
      await page.goto(hub.issuer + path)
      await judgePage(page, language, 'one')
      await page.context().close()
    }
    const page = await opened('ar', { width: 390 })
    const go = (button: string) => Promise.all([page.waitForNavigation(), page.locator(`main ${button}`).click()])
    await page.goto(`${hub.issuer}/console/approvals/${approval}`)
    await page.locator('#answer').fill('لا')
    await page.evaluate('document.querySelector("form[action$=decline]").noValidate = true')
    await go('form[action$="/decline"] button')
    await judgePage(page, 'ar', 'one')
    await page.locator('#sure').check()
    await go('form[action$="/confirm"] button')
    assert.match((await page.locator('code.secret').textContent()) ?? '', /^[\w-]{43}$/)
    await judgePage(page, 'ar', 'one')
    await page.goto(`${hub.issuer}/console/services/refunds/draft`)
    const own = { hand: 'operators', actor: by, second: { kind: 'operator', id: officer.operator } } as const
    await versions.discard(subject, { edit: (await versions.draft(subject, own))?.edit ?? 0 }, own)
    await page.locator('#reason').fill(reason)
    await go('form[action$="/draft"] button')
    assert.match((await page.getByRole('status').textContent()) ?? '', /لم يُنفَّذ شيء/)
  })

  test('the chart says the same as its table', async () => {
    const page = await opened('en')
    await page.goto(`${hub.issuer}/console`)
    const chart = page.getByRole('img', { name: 'Hour by hour, over 24 hours' })
    assert.equal(await chart.count(), 1)
    await page.getByText('The same figures as a table').click()
    const rows = page.locator('.chart tbody tr')
    assert.equal(await rows.count(), 24)
    const drawn = await chart.locator('rect.part-0').count()
    const told = (await rows.locator('td:nth-of-type(1)').allTextContents()).filter((text) => text !== '0')
    assert.equal(drawn, told.length)
  })
})
