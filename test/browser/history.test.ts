/** R102: the history in a real browser: found by keyboard, read on a phone from right to left, taken away as files. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type ConnectionReceipt, readReceipt } from '../../src/audit/audit.ts'
import type { Connection } from '../../src/connections/connections.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { policySchema } from '../../src/policy/settings.ts'
import {
  type BrowserOptions,
  judgePage,
  passwordAdvice,
  read,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { givePast } from '../support/history.ts'
import { serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { enrol, type OwnAccount, ownPassword, ownProviderEntry } from '../support/own-means.ts'
import { tarik } from '../support/people.ts'

describe('the history in a browser', () => {
  let hub: TestHub
  let browser: TestBrowser
  let account: OwnAccount
  let past: Connection[]

  before(async () => {
    ;[hub, browser] = await Promise.all([
      startTestHub({ settings: { policy: policySchema.parse({ passwordAlone: 'ordinary' }) } }),
      startBrowser(),
    ])
    const named = (fr: string, en: string, ar: string) => ({ fr, en, ar })
    await hub.publish([
      {
        id: 'town',
        name: named('Ville', 'Town', 'مدينة'),
        services: [
          serviceEntry('refunds', { name: named('Remboursements santé', 'Health refunds', 'استرداد المصاريف') }),
          serviceEntry('employers', { name: named('Déclarations sociales', 'Employers', 'تصريحات المشغلين') }),
        ],
        providers: [ownProviderEntry()],
      },
    ])
    // A password is all that they have, and as much as was checked: it opens all of the space.
    account = await enrol(hub, { name: 'tarik.b', identity: tarik, proof: { kind: 'document', seen: 'photo' } })
    const [services, providers] = [
      ['refunds', 'employers'],
      ['local-account', 'gone-provider'],
    ]
    past = await givePast(hub, { person: account.person, lines: 200, until: Date.now(), services, providers })
    await hub.audit.sealNow()
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
  })

  const at = (path = '') => `${hub.issuer}/space/history${path}`
  const judge = (page: Page, language: Language) => judgePage(page, language, 'one')

  /** Signed in, on the page of the history. */
  async function visit(options: BrowserOptions, go: (page: Page) => Promise<void>): Promise<void> {
    const { page, leave } = await takeSeat(browser, options)
    await page.goto(at())
    await page.locator('button[value="local-account"]').click()
    await page.fill('#identifier', account.name)
    await page.fill('#password', ownPassword)
    await page.locator('form[action$="/password"] .button:not(.reveal)').click()
    await page.locator('#lines').waitFor()
    await go(page)
    await leave(passwordAdvice)
  }

  const shown = (page: Page) => page.locator('.rows > li')

  test('R126: a line is found, read and left by keyboard alone', async () => {
    await visit({ language: 'fr' }, async (page) => {
      await judge(page, 'fr')
      assert.equal(await shown(page).count(), 25)
      assert.match(await read(page), /201 connexions conservées, les plus récentes d’abord/)
      await tabTo(page, /^Chercher et trier$/)
      await page.keyboard.press('Enter')
      await tabTo(page, /^#q$/)
      await page.keyboard.type('remboursements')
      await tabTo(page, /^#outcome$|Acceptées et refusées/)
      await page.keyboard.type('Ref')
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.waitForURL(/outcome=refused/)
      await page.locator('#lines').waitFor()
      assert.equal(
        await shown(page).count(),
        past.filter(({ service, refusal }) => service === 'refunds' && refusal).length,
      )
      // What was asked is still there to be changed.
      assert.equal(await page.locator('#q').inputValue(), 'remboursements')
      await judge(page, 'fr')
      await tabTo(page, /^Remboursements santé,/)
      await page.keyboard.press('Enter')
      await page.waitForURL(/\/history\/[0-9A-Z-]{14}$/)
      await page.locator('#receipt').waitFor()
      assert.match(await read(page), /Refusée : rien n’a été transmis/)
      await judge(page, 'fr')
      await page.goBack()
      await page.waitForURL(/outcome=refused/)
      await page.goto(at('?q=absent'))
      assert.equal(
        await read(page, '[role=status]'),
        'Rien ne correspond à votre recherche. Retirez un critère, ou revoyez tout.',
      )
      await judge(page, 'fr')
    })
  })

  const unusual = () => past.find(({ unusual: reasons, refusal }) => reasons.length > 0 && !refusal) ?? assert.fail()

  test('R126: on a narrow phone, from right to left', async () => {
    await visit({ language: 'ar', width: 320, height: 700 }, async (page) => {
      await judge(page, 'ar')
      await page.locator('a[rel=next]').click()
      await page.waitForURL(/before=/)
      await page.locator('#lines').waitFor()
      await judge(page, 'ar')
      await page.goto(at(`/${unusual().reference}`))
      assert.match(await read(page), /المغرب/)
      await judge(page, 'ar')
    })
  })

  test('without script: a search, and the receipt of what it finds', async () => {
    const { reference, id } = unusual()
    await visit({ language: 'en', javaScript: false }, async (page) => {
      await page.locator('summary').first().click()
      await page.fill('#q', reference.toLowerCase())
      await page.locator('form[role=search] button').click()
      await page.locator(`a[href$="${reference}"]`).first().click()
      const get = page.locator(`a[href$="${reference}/receipt.json"]`)
      const [download] = await Promise.all([page.waitForEvent('download'), get.click()])
      assert.equal(download.suggestedFilename(), `receipt-${reference}.json`)
      const receipt = readReceipt(readFileSync(await download.path(), 'utf8')) as ConnectionReceipt
      assert.equal(receipt.connection, id)
    })
  })
})
