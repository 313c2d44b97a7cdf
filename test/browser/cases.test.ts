/**
 * A case of identity theft in a browser, followed to its outcome by those whom it concerns: the person reports, operators
 * look at it and tell the partners, these answer at their desk, and the person reads what came of it. And the report of
 * somebody who cannot sign in.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { sql } from 'kysely'
import type { Page } from 'playwright-core'
import { makeReference } from '../../src/connections/reference.ts'
import { newOrderedId, type PersonId } from '../../src/kernel/ids.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { checks } from '../../src/policy/case-flow.ts'
import {
  type BrowserOptions,
  judgePage,
  read,
  refusals,
  type Seat,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { newOperator } from '../support/operators.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { type RelyingParty, relyingParty, signIn } from '../support/relying-party.ts'
import { newStaff } from '../support/staff.ts'
import { UserAgent } from '../support/user-agent.ts'

const named = (fr: string, en: string, ar: string) => ({ name: { fr, en, ar } })
const phone = { width: 320, height: 640 }

describe('cases in a browser', () => {
  let hub: TestHub
  let tax: TestProvider
  let refunds: RelyingParty
  let browser: TestBrowser

  before(async () => {
    ;[browser, hub, tax] = await Promise.all([startBrowser(), startTestHub(), startProvider({ id: 'tax' })])
    await hub.publish([
      {
        ...{
          id: 'treasury',
          ...named('Trésor', 'Treasury', 'الخزينة'),
          contacts: { security: 'soc@treasury.example' },
        },
        providers: [providerEntry(tax, { ...named('Impôts', 'Taxes', 'الضرائب'), allowedLevels: ['eidas1'] })],
      },
      {
        ...{ id: 'health', ...named('Santé', 'Health', 'الصحة'), contacts: { security: 'soc@health.example' } },
        services: [serviceEntry('refunds', named('Remboursements', 'Refunds', 'التعويضات'))],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await tax?.close()
  })

  const open = (page: Page, path: string) => page.goto(new URL(path, hub.issuer).href)

  /** Somebody signs in by the account of another one, who is told. Returns the codes of the letter. */
  async function stolen(letter: string): Promise<{ message: string; connection: string; person: PersonId }> {
    const claims = { ...citizen, family_name: `Rivière-${letter}`, email: `person-${letter}@mail.example` }
    Object.assign(tax.next, { subject: `tax ${letter}`, claims })
    await signIn(new UserAgent({ language: 'en' }), refunds, 'tax')
    await settle(hub)
    // Letters about cases may come at the same time.
    const alert = hub.smtp.mails.findLast((mail) => mail.text.includes('Code of the connection'))
    const { text } = alert ?? assert.fail('no mail')
    const code = (label: string) => new RegExp(`${label}: ([\\dA-Z-]{14})`).exec(text)?.[1] ?? assert.fail(text)
    const { person } = (await factsOf(hub, 'connection.authorised')).at(-1) ?? assert.fail('no sign-in')
    return { message: code('Code of this message'), connection: code('Code of the connection'), person }
  }

  /** A browser in which somebody is signed in who is no person: their cookies come from elsewhere. */
  async function seatOf(agent: UserAgent, options: BrowserOptions): Promise<Seat> {
    const seat = await takeSeat(browser, options)
    const cookies = [...agent.cookies(hub.issuer)].filter(([name]) => !name.endsWith('language'))
    await seat.context.addCookies(cookies.map(([name, value]) => ({ name, value, url: hub.issuer })))
    return seat
  }

  const caseOf = async (person: PersonId) => (await hub.cases.ofPerson(person))[0] ?? assert.fail('no case')

  test('R100 R103 R108 R117 R124: reported, looked at, told, answered on both sides, confirmed, closed, read', async () => {
    const { connection, person } = await stolen('a')
    const victim = await takeSeat(browser, { language: 'fr' })
    await open(victim.page, `/space/not-me/${connection}`)
    await victim.page.locator('button[value="tax"]').click()
    await victim.page.locator('button[value="disown"]').click()
    await victim.page.getByRole('link', { name: 'Les signaler ensemble' }).click()
    await victim.page.locator(`#line-${connection}`).waitFor()
    assert.ok(await victim.page.isChecked(`#line-${connection}`))
    await judgePage(victim.page, 'fr', 'one')
    await tabTo(victim.page, /#words/)
    await victim.page.keyboard.type('On a volé mon téléphone.')
    await tabTo(victim.page, /^Envoyer le signalement$/)
    await victim.page.keyboard.press('Enter')
    await victim.page.getByText('Votre signalement est reçu.').waitFor()
    await judgePage(victim.page, 'fr')
    const { reference, id } = await caseOf(person)

    // Support and the security officer are one here.
    const { agent } = await newOperator(hub, { roles: ['support', 'security_officer'] })
    const operator = await seatOf(agent, { language: 'en' })
    await open(operator.page, '/console/cases')
    await judgePage(operator.page, 'en', 'one')
    await operator.page.locator(`a[href="/console/cases/${id}"]`).first().click()
    await operator.page.locator('#qualify').waitFor()
    assert.match(await read(operator.page), /On a volé mon téléphone\./)
    await judgePage(operator.page, 'en', 'one')
    for (const check of checks) await operator.page.check(`#${check}-yes`)
    await operator.page.locator(`form[action="/console/cases/${id}/qualify"] button`).click()
    await operator.page.locator(`a[href="/console/cases/${id}/notify"]`).click()
    await operator.page.locator('ul.rows > li').nth(1).waitFor()
    await judgePage(operator.page, 'en', 'one')
    await operator.page.locator('main form button').last().click()
    await operator.page.locator('#parties + p').waitFor()
    await judgePage(operator.page, 'en', 'one')

    const told = await hub.cases.parties(id)
    assert.deepEqual(told.map(({ side }) => side).sort(), ['provider', 'service'])
    for (const { id: party, side, partner, reference: own } of told) {
      const language: Language = side === 'provider' ? 'ar' : 'fr'
      const staff = await newStaff(hub, { partner, mail: `soc@${partner}.example` })
      const desk = await seatOf(staff.agent, { language, ...(side === 'provider' ? phone : {}) })
      await open(desk.page, '/desk/cases')
      assert.ok((await read(desk.page)).includes(own))
      for (const hidden of [reference, ...told.flatMap((one) => (one.id === party ? [] : [one.reference]))]) {
        assert.ok(!(await desk.page.content()).includes(hidden), `${side} does not see ${hidden}`)
      }
      if (side === 'provider') await judgePage(desk.page, language, 'one')
      await desk.page.locator(`a[href="/desk/cases/${party}"]`).click()
      await desk.page.locator('#analysis').waitFor()
      await judgePage(desk.page, language, 'one')
      await desk.page.check('#finding-confirmed')
      await desk.page.check('#measures-account_blocked')
      await desk.page.check('#duties-feedback')
      await desk.page.fill('#analysis', 'From a country where the person never was.')
      await desk.page.locator(`form[action="/desk/cases/${party}"] button`).last().click()
      await desk.page.locator('#history + ol > li').first().waitFor()
      if (side === 'provider') await judgePage(desk.page, language, 'one')
      await desk.leave()
    }

    await open(operator.page, `/console/cases/${id}`)
    await operator.page.locator('#verdict-confirmed').waitFor()
    assert.ok(await operator.page.isChecked('#verdict-confirmed'), 'what the answers say is proposed')
    await judgePage(operator.page, 'en', 'one')
    await operator.page.locator('#reason').fill('Both saw it.')
    await operator.page.locator(`form[action="/console/cases/${id}/conclude"] button`).click()
    await operator.page.locator('#close-reason').waitFor()
    await victim.page.reload()
    await victim.page.getByText('La réponse', { exact: true }).waitFor()
    assert.match(
      await read(victim.page),
      /C’est confirmé.*1 fournisseur d’identité prévenu, 1 réponse.*1 service prévenu, 1 réponse/,
    )
    await judgePage(victim.page, 'fr', 'one')
    await operator.page.locator('#close-reason').selectOption('settled')
    await operator.page.locator(`form[action="/console/cases/${id}/close"] button`).click()
    await operator.page.locator('[role="status"]').waitFor()
    await operator.leave()

    await victim.page.getByRole('link', { name: 'Tous mes signalements' }).click()
    await victim.page.getByRole('heading', { name: '1 dossier terminé' }).waitFor()
    await judgePage(victim.page, 'fr', 'one')
    const small = await takeSeat(browser, { language: 'ar', ...phone })
    await small.context.addCookies((await victim.context.cookies()).filter(({ name }) => !name.endsWith('language')))
    await open(small.page, `/space/cases/${reference}`)
    assert.match(await read(small.page), /تأكد الأمر: استعمل شخص آخر هويتك/)
    await judgePage(small.page, 'ar', 'one')
    await small.leave()
    await victim.leave()
  })

  test('R126: who cannot sign in reports by keyboard, without script, on the narrowest phone, in Arabic', async () => {
    const { message, person } = await stolen('b')
    const plain = await takeSeat(browser, { language: 'ar', ...phone, javaScript: false })
    const [reference, key] = await writeReport(plain.page, message, async () => {})
    await open(plain.page, '/report/follow')
    await plain.page.fill('#reference', reference)
    await plain.page.fill('#key', key)
    await press(plain.page, /^رؤية أين وصل$/)
    await plain.page.getByText('وصل البلاغ.').waitFor()
    await plain.leave(refusals)
    await settle(hub)
    assert.equal((await caseOf(person)).origin, 'form')

    // What judges pages is a script.
    const { page, leave } = await takeSeat(browser, { language: 'ar', ...phone })
    await writeReport(page, message, () => judgePage(page, 'ar', 'one'))
    await page.getByRole('link', { name: 'صفحة للطباعة' }).click()
    await page.waitForURL(/print$/)
    await judgePage(page, 'ar', 'one')
    await open(page, '/report/follow')
    await page.fill('#reference', reference)
    await page.fill('#key', '0000-0000-0000')
    await press(page, /^رؤية أين وصل$/)
    await page.locator('#fault').waitFor()
    await judgePage(page, 'ar', 'one')
    await leave(refusals)
  })

  async function press(page: Page, wanted: RegExp): Promise<void> {
    await tabTo(page, wanted)
    await page.keyboard.press('Enter')
  }

  /** Through all steps, with what one gets wrong; `judge` is called before each. Returns the number and the key. */
  async function writeReport(page: Page, code: string, judge: () => Promise<void>): Promise<[string, string]> {
    const on = /^متابعة$/
    await open(page, '/report')
    await judge()
    await press(page, /^البدء$/)
    await page.locator('#what-message').waitFor()
    await press(page, on)
    await page.locator('#what-wrong').waitFor()
    await judge()
    await page.check('#what-message')
    await press(page, on)
    await page.locator('#codes').fill('K7QX')
    await press(page, on)
    await page.locator('#codes-wrong').waitFor()
    await judge()
    assert.equal(await page.inputValue('#codes'), 'K7QX')
    await page.locator('#codes').fill(code)
    await press(page, on)
    await page.locator('#name').fill('Rivière-b')
    const [year = '', month = '', date = ''] = String(citizen.birthdate).split('-')
    for (const [field, value] of Object.entries({ day: date, month, year })) await page.fill(`#${field}`, value)
    await judge()
    await press(page, on)
    await page.locator('#contact').waitFor()
    await judge()
    await page.goBack()
    await page.locator('#name').waitFor()
    assert.equal(await page.inputValue('#name'), 'Rivière-b')
    await page.goForward()
    await page.locator('#contact').waitFor()
    await press(page, on)
    await page.locator('#words').fill('سُرق هاتفي.')
    await judge()
    await press(page, on)
    await page.locator('dl.data').waitFor()
    assert.match(await read(page), /سُرق هاتفي\./)
    await judge()
    await press(page, /^إرسال البلاغ$/)
    await page.locator('.secret').nth(1).waitFor()
    await judge()
    const [reference = '', key = ''] = await page.locator('.secret').allTextContents()
    return [reference, key]
  }

  test('R100: a thousand cases are read page by page by operators, a hundred by whom they are about', async () => {
    const { person, connection } = await stolen('c')
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      id: newOrderedId('case', Date.parse('2026-01-01') + index),
      reference: makeReference(),
    }))
    await sql`insert into cases (id, reference, origin, match, person, state, opened_at, opened_by)
      select id, reference, 'person', 'matched', ${person}, 'received', '2026-01-01', '{"kind": "hub"}'
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id text, reference text)`.execute(hub.storage.db)
    const { agent } = await newOperator(hub, { roles: ['support'] })
    const { page, leave } = await seatOf(agent, { language: 'ar', ...phone })
    await open(page, '/console/cases')
    await judgePage(page, 'ar', 'one')
    const first = await read(page, 'main ul.rows')
    await page.locator('a[rel="next"]').click()
    await page.waitForURL(/after=/)
    await judgePage(page, 'ar', 'one')
    assert.notEqual(await read(page, 'main ul.rows'), first)
    await leave()

    const seat = await takeSeat(browser, { language: 'ar', ...phone })
    await open(seat.page, `/space/not-me/${connection}`)
    await seat.page.locator('button[value="tax"]').click()
    await seat.page.locator('button[value="disown"]').waitFor()
    await open(seat.page, '/space/cases')
    assert.equal(await seat.page.locator('main ul.rows > li').count(), 100)
    await judgePage(seat.page, 'ar', 'one')
    await seat.leave()
  })
})
