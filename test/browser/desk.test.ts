/**
 * The desk in a real browser with a virtual authenticator: a security contact who suspends a provider while a person
 * stands on the page of choice, a newcomer whose site did not exist before, a technician who publishes and undoes. By
 * keyboard, without script, in the three languages, on a phone too.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import type { Language } from '../../src/kernel/languages.ts'
import { addAuthenticator, judgePage, read, refusals, startBrowser, tabTo, takeSeat } from '../support/browser.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { freePort } from '../support/ports.ts'
import { startProvider, type TestProvider } from '../support/provider.ts'
import { attempt, type RelyingParty, relyingParty } from '../support/relying-party.ts'
import { inviteStaff } from '../support/staff.ts'

const reason: Record<Language, string> = {
  fr: 'Panne de courant dans notre centre.',
  en: 'Power cut at our site.',
  ar: 'انقطاع الكهرباء في مركزنا.',
}

/** A site made of what was pasted, in a process of its own. Resolves when it answers. */
async function startSite(text: string, env: Record<string, string>, origin: string): Promise<{ close(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'garant-site-'))
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'service.mjs'), text)
  const child = spawn(process.execPath, [join(folder, 'service.mjs')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: 'inherit',
  })
  const close = () => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  for (const end = performance.now() + 30_000; performance.now() < end; ) {
    const answer = await fetch(origin).catch(() => undefined)
    if (answer?.ok) return { close }
    if (child.exitCode !== null) break
    await new Promise((next) => setTimeout(next, 50))
  }
  close()
  throw new Error('the site does not answer')
}

describe('the desk in a browser', () => {
  let hub: TestHub
  let bank: TestProvider
  let tax: TestProvider
  let refunds: RelyingParty
  let browser: Awaited<ReturnType<typeof startBrowser>>
  before(async () => {
    ;[browser, hub, bank, tax] = await Promise.all([
      startBrowser(),
      startTestHub(),
      startProvider({ id: 'bank', acr: 'eidas2' }),
      startProvider({ id: 'tax', acr: 'eidas2' }),
    ])
    const names = { fr: 'Banque', en: 'Bank', ar: 'البنك' }
    await hub.publish([
      {
        id: 'the-bank',
        name: { fr: 'Banque du Rivage', en: 'Shore Bank', ar: 'بنك الشاطئ' },
        services: [],
        providers: [providerEntry(bank, { name: names, allowedLevels: ['eidas1', 'eidas2'] })],
      },
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'المدينة' },
        services: [serviceEntry('refunds', { name: { fr: 'Remboursements', en: 'Refunds', ar: 'التعويضات' } })],
        providers: [providerEntry(tax, { name: { fr: 'Impôts', en: 'Taxes', ar: 'الضرائب' } })],
      },
      {
        id: 'the-town',
        name: { fr: 'Nouvelle Ville', en: 'New Town', ar: 'المدينة الجديدة' },
        services: [],
        providers: [],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await Promise.all([bank?.close(), tax?.close()])
  })

  const sit = (language: Language, width: number) => takeSeat(browser, { language, width, height: 844 })

  /** What reads so, and nothing more; or the field of that id. */
  const exactly = (wanted: string) => new RegExp(`^${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`)

  const enter = async (page: Page, wanted: string, url: string) => {
    await tabTo(page, exactly(wanted))
    await Promise.all([page.waitForURL(url), page.keyboard.press('Enter')])
  }

  /** Invited by link, with a passkey of their own, at the first page of the desk. */
  async function arrive(page: Page, options: Parameters<typeof inviteStaff>[1]): Promise<void> {
    await addAuthenticator(page)
    const { link } = await inviteStaff(hub, options)
    await page.goto(link)
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/desk/sign-in?after=joined')
    await page.locator('form[data-passkey] button').click()
    await page.waitForURL('**/desk')
  }

  test('R006 R008 R126: suspended at the desk while a person stands on the page, and back, by keyboard alone', async () => {
    const language = 'en'
    const t = hub.web.translate(language)
    const contact = await sit(language, 390)
    const person = await sit(language, 390)
    await addAuthenticator(contact.page)
    const { page } = contact
    const { link } = await inviteStaff(hub, { partner: 'the-bank', name: 'Karim Haddad', language })

    await page.goto(link)
    await judgePage(page, language, 'one')
    await enter(page, t('join.go'), '**/desk/sign-in?after=joined')
    await judgePage(page, language, 'one')
    await enter(page, t('sign_in.go'), '**/desk')
    await judgePage(page, language)
    await enter(page, 'Bank', '**/desk/providers/bank')
    await judgePage(page, language, 'one')

    // The person is there before it, and presses after it.
    await person.page.goto((await attempt(refunds)).url.href)
    await enter(page, t('desk.suspend'), '**/desk/providers/bank/suspend')
    await judgePage(page, language, 'one')
    await tabTo(page, /^#category$/)
    await page.locator('#category').selectOption('other')
    for (const each of ['fr', 'en', 'ar'] as const) {
      await tabTo(page, exactly(`#reason_${each}`))
      await page.keyboard.insertText(reason[each])
    }
    await enter(page, t('desk.suspend.go'), '**/desk/providers/bank?done=suspended')
    assert.ok((await read(page)).includes(reason[language]))

    await person.page.locator('button[value="bank"]').click()
    await person.page.waitForURL('**/login/*missed=*')
    const said = await read(person.page, '.notice')
    assert.ok(said.includes(reason[language]), said)

    await enter(page, t('desk.lift'), '**/desk/providers/bank?done=lifted')
    assert.ok((await read(page)).includes(t('desk.suspensions.none')))
    await person.page.reload()
    await person.page.locator('button[value="bank"]').click()
    await person.page.waitForURL('**/callback/**')

    await enter(page, t('desk.leave'), '**/desk/sign-in?after=left')
    await page.goto(`${hub.issuer}/desk`)
    assert.match(page.url(), /\/desk\/sign-in$/)
    await Promise.all([contact.leave(), person.leave(refusals)])
  })

  test('R012 R014 R100: a newcomer, from the invitation to the first login of a site that did not exist before', async () => {
    const language = 'fr'
    const t = hub.web.translate(language)
    const { page, leave } = await sit(language, 1280)
    await arrive(page, { partner: 'the-town', name: 'Zoé Martin', roles: ['administrator'], language })
    const origin = `http://localhost:${await freePort()}`

    await page.getByRole('link', { name: t('new_service.title') }).click()
    await judgePage(page, language, 'one')
    await page.locator('#f-id').fill('logement')
    await page.getByRole('button', { name: t('new_service.go') }).click()
    await page.waitForURL('**/desk/services/logement/draft')
    for (const [field, value] of [
      ['name-fr', 'Logement'],
      ['name-en', 'Housing'],
      ['name-ar', 'السكن'],
      ['homepage', `${origin}/`],
      ['redirectUris', `${origin}/retour`],
      ['postLogoutRedirectUris', `${origin}/`],
    ]) {
      await page.locator(`#f-${field}`).fill(value ?? '')
    }
    await page.getByRole('button', { name: t('draft.save'), exact: true }).click()
    await page.waitForURL('**/draft?done=saved')
    await judgePage(page, language, 'one')
    await page.getByRole('button', { name: t('secrets.make') }).click()
    const secret = (await page.locator('code.secret').textContent()) ?? ''
    await judgePage(page, language, 'one')

    // What the page says to paste, as it stands there.
    await page.getByRole('link', { name: t('integration.title') }).click()
    await judgePage(page, language, 'one')
    const pasted = (await page.locator('pre.code').first().textContent()) ?? ''
    const site = await startSite(pasted, { CLIENT_SECRET: secret }, origin)
    try {
      await page.goto(`${hub.issuer}/desk/services/logement/draft/review`)
      await judgePage(page, language, 'one')
      await page.getByRole('button', { name: t('review.go') }).click()
      await page.waitForURL('**/desk/services/logement?done=published')
      await judgePage(page, language, 'one')

      const person = await sit('en', 390)
      await person.page.goto(`${origin}/`)
      await person.page.getByRole('link', { name: 'Sign in' }).click()
      await person.page.locator('button[value="tax"]').click()
      await person.page.locator('form[action$="/inform"] button').first().click()
      await person.page.waitForURL(`${origin}/`)
      assert.match((await person.page.locator('pre').textContent()) ?? '', /"acr": "eidas2"/)
      await person.leave()
    } finally {
      site.close()
    }
    await leave()
  })

  test('R100: a technician publishes a change and undoes it, in Arabic on a phone, without script too; two in conflict; another’s object', async () => {
    const t = hub.web.translate('ar')
    const seat = await sit('ar', 390)
    await arrive(seat.page, { partner: 'town', name: 'Tom Durand', roles: ['technician'], language: 'ar' })
    const { page } = seat
    const path = `${hub.issuer}/desk/services/refunds`
    await page.goto(`${path}`)
    await judgePage(page, 'ar', 'one')
    await page.getByRole('button', { name: t('draft.open'), exact: true }).click()
    await page.waitForURL('**/draft')
    await page.locator('#f-name-ar').fill('الاسترداد')
    await page.locator('#f-redirectUris').fill('https://*.example/')
    await page.getByRole('button', { name: t('draft.save'), exact: true }).click()
    await page.waitForURL('**/draft?done=saved')
    await judgePage(page, 'ar', 'one')
    await page.locator('.notice a').first().click()
    await page.waitForURL(({ hash }) => hash === '#f-redirectUris')
    assert.equal(await page.locator('#f-redirectUris').getAttribute('aria-invalid'), 'true')

    // Somebody else saves the same draft meanwhile.
    const subject = { kind: 'service', id: 'refunds' } as const
    const operators = { hand: 'operators', actor: { kind: 'command' } } as const
    const draft = (await hub.partners.versions.draft(subject, operators)) ?? assert.fail()
    const entry = { ...draft.entry, homepage: 'http://localhost:1/other' }
    await hub.partners.versions.save(subject, { entry, edit: draft.edit }, operators)
    await page.locator('#f-redirectUris').fill('http://localhost:1/callback')
    await page.getByRole('button', { name: t('draft.save'), exact: true }).click()
    await page.getByRole('heading', { name: t('conflict.title') }).waitFor()
    await judgePage(page, 'ar', 'one')
    assert.match(await read(page, 'table'), /http:\/\/localhost:1\/other/)
    await page.getByRole('button', { name: t('conflict.take_mine') }).click()
    await page.waitForURL('**/draft?done=saved')
    await page.goto(`${path}/draft/review`)
    await judgePage(page, 'ar', 'one')
    await page.getByRole('button', { name: t('review.go') }).click()
    await page.waitForURL('**?done=published')
    assert.match(await read(page, 'h1'), /الاسترداد/)
    await page.goto(`${path}/versions`)
    await judgePage(page, 'ar', 'one')
    await page
      .getByRole('link', { name: t('versions.back') })
      .first()
      .click()
    await judgePage(page, 'ar', 'one')
    await page.getByRole('button', { name: t('review.undo.go') }).click()
    await page.waitForURL('**?done=undone')
    assert.match(await read(page, 'h1'), /التعويضات/)

    for (const [address, title] of [
      ['/desk/services', t('desk.home.services')],
      ['/desk/providers', t('desk.providers')],
      ['/desk/figures', t('desk.place.figures')],
      ['/desk/colleagues', t('desk.place.colleagues')],
      ['/desk/partner', 'المدينة'],
    ]) {
      await page.goto(`${hub.issuer}${address}`)
      assert.ok((await read(page, 'h1')).includes(title ?? ''))
      await judgePage(page, 'ar', 'one')
    }
    await page.goto(`${hub.issuer}/desk/providers/bank`)
    assert.match(await read(page), /G1001/)
    await page.goto(`${hub.issuer}/desk/new-service`)
    assert.match(await read(page), /G2102/)
    await judgePage(page, 'ar', 'one')
    // The same without a script.
    const plain = await browser.context({ language: 'ar', width: 390, height: 844, javaScript: false })
    await plain.addCookies(await page.context().cookies())
    const bare = await plain.newPage()
    await bare.goto(path)
    await bare.getByRole('button', { name: t('draft.open'), exact: true }).click()
    await bare.locator('#f-name-ar').fill('دون برنامج')
    await bare.getByRole('button', { name: t('draft.save_and_review') }).click()
    await bare.getByRole('button', { name: t('review.go') }).click()
    await bare.getByText(t('object.done.published')).waitFor()
    assert.equal(hub.partners.registry().services.get('refunds')?.name.ar, 'دون برنامج')
    await plain.close()
    // What a browser says of a conflict, of what is not there, and of what is not for a technician.
    await seat.leave(/status of (?:403|404|409)/)
  })

  test('refused, overtaken and held by the operators: each page in Arabic on a phone, and what was typed stays', async () => {
    const { page, leave } = await sit('ar', 390)
    await arrive(page, { partner: 'the-bank' })

    await page.goto(`${hub.issuer}/desk/providers/bank/suspend`)
    await page.locator('#category').selectOption('maintenance')
    for (const each of ['fr', 'en', 'ar'] as const) await page.locator(`#reason_${each}`).fill(reason[each])
    await page.locator('#until').fill('2020-01-01T10:00')
    const go = page.locator('form.sheet button')
    await go.click()
    await page.locator('[aria-invalid="true"]').waitFor()
    assert.equal(await page.locator('#reason_ar').inputValue(), reason.ar)
    await judgePage(page, 'ar', 'one')
    // The link of the refusal leads to the field.
    await page.locator('.notice a').click()
    await page.locator('#until:focus').waitFor()
    await page.locator('#until').fill('')

    const by = async () => ({
      actor: { kind: 'command' } as const,
      expected: (await hub.partners.stateOf('bank'))?.number ?? assert.fail(),
    })
    const held = { services: 'all', category: 'security', reason, sessions: 'kept' } as const
    await hub.partners.suspend('bank', held, await by())
    await go.click()
    const t = hub.web.translate('ar')
    await page.getByText(t('desk.overtaken')).waitFor()
    assert.equal(await page.locator('#reason_ar').inputValue(), reason.ar)
    await judgePage(page, 'ar', 'one')

    await page.goto(`${hub.issuer}/desk/providers/bank`)
    assert.ok((await read(page)).includes(t('desk.theirs')))
    assert.equal(await page.locator('form[action$="/lift"]').count(), 0)
    await judgePage(page, 'ar', 'one')
    await page.goto(`${hub.issuer}/desk/providers/tax`)
    assert.match(await read(page), /G1001|G1002|404|G\d{4}/)
    await judgePage(page, 'ar', 'one')
    await hub.partners.lift('bank', 'all', await by())
    await leave(refusals)
  })
})
