/** A suspended provider on the choice page of a real hub: by mouse, by keyboard, for a screen reader, among sixty, in Arabic. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { type Language, languages } from '../../src/kernel/languages.ts'
import type { NewSuspension } from '../../src/partners/suspensions.ts'
import {
  type BrowserOptions,
  focused,
  judgePage,
  read,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { startProvider, type TestProvider } from '../support/provider.ts'
import { attempt, type RelyingParty, relyingParty } from '../support/relying-party.ts'

const reason: Record<Language, string> = {
  fr: 'Suspendu par précaution, le temps d’une vérification.',
  en: 'Suspended as a precaution, during a check.',
  ar: 'معلّق احتياطًا ريثما يتم فحص.',
}
const actor = { kind: 'command' } as const

/** Of the sixty. */
const count = 60
const idOf = (index: number) => `account-${String(index).padStart(2, '0')}`
const nameOf = (index: number): Record<Language, string> => ({
  fr: `Compte ${index}`,
  en: `Account ${index}`,
  ar: `الحساب ${index}`,
})

describe('providers that are withdrawn, in a browser', () => {
  let hub: TestHub
  let provider: TestProvider
  let browser: TestBrowser
  let refunds: RelyingParty
  let justice: RelyingParty

  before(async () => {
    ;[browser, hub, provider] = await Promise.all([startBrowser(), startTestHub(), startProvider()])
    const name = (fr: string, en: string, ar: string) => ({ fr, en, ar })
    await hub.publish([
      {
        id: 'town',
        name: name('Ville', 'Town', 'المدينة'),
        services: [
          serviceEntry('refunds', { name: name('Remboursements', 'Refunds', 'التعويضات') }),
          serviceEntry('justice', { name: name('Justice', 'Justice', 'العدالة'), providers: [idOf(1), idOf(2)] }),
        ],
        providers: Array.from({ length: count }, (_, index) =>
          providerEntry(provider, { id: idOf(index), name: nameOf(index) }),
        ),
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, justice] = await Promise.all([party('refunds'), party('justice')])
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await provider?.close()
  })

  async function suspend(id: string, given: Partial<NewSuspension> = {}): Promise<void> {
    const expected = (await hub.partners.stateOf(id))?.number ?? 0
    const asked = { services: 'all', category: 'security', reason, sessions: 'kept', ...given } as const
    const outcome = await hub.partners.suspend(id, asked, { actor, expected })
    assert.equal(outcome.kind, 'done', JSON.stringify(outcome))
  }

  async function restore(...ids: string[]): Promise<void> {
    for (const id of ids) {
      const expected = (await hub.partners.stateOf(id))?.number ?? 0
      assert.equal((await hub.partners.lift(id, 'all', { actor, expected })).kind, 'done')
    }
  }

  /** A login at its provider page, in a browser without a past. */
  async function atChoice(party: RelyingParty, options: BrowserOptions, go: (page: Page) => Promise<void>) {
    const { page, leave } = await takeSeat(browser, options)
    await page.goto((await attempt(party)).url.href)
    await go(page)
    await leave()
  }

  test('R004 R008: greyed among sixty: the mouse, the keyboard and a screen reader all get why, and what there is instead', async () => {
    await suspend(idOf(7))
    await atChoice(refunds, { language: 'fr' }, async (page) => {
      assert.equal(await page.locator('button.tile').count(), count)
      const tile = page.locator(`button[value="${idOf(7)}"]`)
      assert.equal(await tile.getAttribute('title'), 'Non disponible', 'under the mouse')
      await tile.hover()
      assert.equal(await page.getByText(reason.fr).isVisible(), true, 'to be read without doing anything')
      // A mouse presses where it wants; Playwright would wait for a button that is not disabled.
      await tile.click({ force: true })
      assert.match(page.url(), /\/authorize\?/, 'it leads nowhere')

      await page.reload()
      await tabTo(page, /^Compte 7\b/)
      assert.match((await focused(page)).text, /Non disponible/)
      await page.keyboard.press('Enter')
      assert.match(page.url(), /\/authorize\?/)

      const session = await page.context().newCDPSession(page)
      const { nodes } = (await session.send('Accessibility.getFullAXTree')) as {
        nodes: {
          role?: { value: string }
          name?: { value: string }
          description?: { value: string }
          properties?: { name: string; value: { value: unknown } }[]
        }[]
      }
      const heard = nodes.find(({ role, name }) => role?.value === 'button' && /^Compte 7\b/.test(name?.value ?? ''))
      assert.match(heard?.name?.value ?? '', /Non disponible/)
      assert.ok(heard?.description?.value.includes(reason.fr), heard?.description?.value)
      assert.match(heard?.description?.value ?? '', /À la place, vous pouvez utiliser\s: Compte 0.*autres comptes/)
      assert.equal(heard?.properties?.find(({ name }) => name === 'disabled')?.value.value, true)
      await judgePage(page, 'fr')
    })
    await restore(idOf(7))
  })

  for (const language of languages) {
    test(`R008: suspended while the page is read: the press brings it back with the reason, by keyboard: ${language}`, async () => {
      await atChoice(refunds, { language, width: 390, height: 800 }, async (page) => {
        await tabTo(page, new RegExp(`^${nameOf(3)[language]}\\b`, 'u'))
        await suspend(idOf(3))
        await page.keyboard.press('Enter')
        await page.waitForURL('**/login/*missed=*')
        const t = hub.web.translate(language)
        const said = await read(page, '.notice')
        assert.ok(said.includes(t('notice.missed', { provider: nameOf(3)[language] })), said)
        assert.ok(said.includes(reason[language]), said)
        assert.ok(
          (await page.title()).startsWith(t('notice.missed', { provider: nameOf(3)[language] })),
          'read out first',
        )
        await judgePage(page, language)
        await page.reload()
        assert.ok((await read(page, '.notice')).includes(reason[language]), 'a reload says the same')
        await restore(idOf(3))
        await page.reload()
        assert.equal(await page.locator('.notice').count(), 0, 'it is back')
        await page.locator(`button[value="${idOf(3)}"]`).click()
        await page.waitForURL('**/callback/**')
      })
    })
  }

  for (const javaScript of [true, false]) {
    test(`R083: nothing is left: the page says so and its button leads back, ${javaScript ? 'with' : 'without'} JavaScript`, async () => {
      for (const id of [idOf(1), idOf(2)]) await suspend(id)
      await atChoice(justice, { language: 'ar', javaScript, width: 390, height: 800 }, async (page) => {
        const t = hub.web.translate('ar')
        assert.ok((await read(page)).includes(t('choose.none')))
        if (javaScript) await judgePage(page, 'ar')
        const left = page.waitForRequest((request) => request.url().startsWith(justice.redirectUri))
        await page.getByRole('button', { name: t('choose.back', { service: 'العدالة' }) }).click()
        const answer = new URL((await left).url()).searchParams
        assert.equal(answer.get('error'), 'access_denied')
        assert.equal(answer.get('iss'), hub.issuer)
        assert.ok(answer.get('state'))
      })
      await restore(idOf(1), idOf(2))
    })
  }
})
