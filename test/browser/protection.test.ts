/**
 * Stopping the use of an identity in a real browser: the freeze while somebody else is signed in to two services, which
 * accounts may be used, the warning before the last one, and the thaw; by keyboard, on the narrowest phone, from right to
 * left, without script.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import type { Page } from 'playwright-core'
import { hour, second } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import type { Language } from '../../src/kernel/languages.ts'
import {
  type BrowserOptions,
  judgePage,
  read,
  refusals,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { attempt, at as callback, goOn, type RelyingParty, relyingParty, signIn } from '../support/relying-party.ts'
import { UserAgent } from '../support/user-agent.ts'

const named = (fr: string, en: string, ar: string) => ({ name: { fr, en, ar } })
const accounts = ['tax', 'post', 'bank'] as const
type Account = (typeof accounts)[number]

describe('protection in a browser', () => {
  let clock: TestClock
  let hub: TestHub
  let providers: Record<Account, TestProvider>
  let refunds: RelyingParty
  let records: RelyingParty
  let browser: TestBrowser
  let people = 0

  before(async () => {
    clock = mockProcessClock({ mock })
    const strong = { acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'], clock }
    const [tax, post, bank] = await Promise.all([
      startProvider({ id: 'tax', acr: 'eidas1', clock }),
      startProvider({ id: 'post', ...strong }),
      startProvider({ id: 'bank', ...strong }),
    ])
    providers = { tax, post, bank }
    ;[hub, browser] = await Promise.all([startTestHub({ clock }), startBrowser()])
    await hub.publish([
      {
        id: 'town',
        ...named('Ville', 'Town', 'المدينة'),
        services: [
          serviceEntry('refunds', named('Remboursements', 'Refunds', 'استرداد المصاريف')),
          serviceEntry('records', { sector: 'records.example', ...named('Dossier', 'Records', 'الملف') }),
        ],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'], ...named('Impôts', 'Taxes', 'الضرائب') }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'], ...named('La Poste', 'Post', 'البريد') }),
          providerEntry(bank, { allowedLevels: ['eidas1', 'eidas2'], ...named('Banque', 'Bank', 'المصرف') }),
        ],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, records] = await Promise.all([party('refunds'), party('records')])
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await Promise.all(Object.values(providers ?? {}).map((provider) => provider.close()))
    mock.timers.reset()
  })

  const at = (path = '') => `${hub.issuer}/space/protection${path}`

  /** Somebody new with an account at each provider. */
  async function somebody(): Promise<PersonId> {
    people++
    for (const name of accounts) {
      const provider = providers[name]
      const claims = { ...citizen, birthdate: `19${50 + people}-04-19` }
      provider.next = { ...provider.next, subject: `${name}-${people}`, claims }
      await signIn(new UserAgent(), refunds, name)
      clock.advance(second)
    }
    const [{ person } = assert.fail()] = (await factsOf(hub, 'person.created')).slice(-1)
    return person
  }

  async function visit(
    { by, path = '', language = 'fr', ...rest }: BrowserOptions & { by: Account; path?: string },
    go: (page: Page, language: Language) => Promise<void>,
  ) {
    const { page, leave } = await takeSeat(browser, { language, ...rest })
    await page.goto(at(path))
    await page.locator(`button[value="${by}"]`).click()
    await page.waitForURL((url) => url.pathname.startsWith('/space'))
    await go(page, language as Language)
    await leave(refusals)
  }

  const find = (page: Page, words: RegExp) => page.locator('main', { hasText: words }).waitFor()
  const press = async (page: Page, path: string, words: RegExp) => {
    await page.locator(`form[action="/space/protection${path}"] button`).first().click()
    await find(page, words)
  }
  const judge = (page: Page, language: Language) => judgePage(page, language, 'one')

  test('R114: a freeze by keyboard, 320 px wide, while somebody is signed in to two services', async () => {
    const person = await somebody()
    const thief = new UserAgent()
    await signIn(thief, refunds, 'tax')
    const tried = await attempt(records)
    await goOn(thief, records, await thief.open(tried.url, callback(records)))

    await visit({ by: 'post', path: '/freeze', width: 320, height: 700 }, async (page, language) => {
      await find(page, /Arrêter tout usage de mon identité/)
      await judge(page, language)
      await tabTo(page, /^#suspected-tax$/)
      await page.keyboard.press('Space')
      await tabTo(page, /^Tout arrêter maintenant$/)
      await page.keyboard.press('Enter')
      await find(page, /C’est fait/)
      await judge(page, language)
      // Nobody is signed in on this browser either.
      await page.goto(at())
      await page.locator('button[value="post"]').waitFor()
    })
    await settle(hub)
    const ended = (await factsOf(hub, 'session.ended')).filter((fact) => fact.person === person)
    assert.ok(ended.some(({ services }) => services.includes('refunds') && services.includes('records')))
    assert.deepEqual((await hub.protections.of(hub.storage.db, person)).freeze?.suspected, ['tax'])
    const { url } = await attempt(records, { prompt: 'none' })
    assert.equal((await thief.open(url, callback(records))).url.searchParams.get('error'), 'login_required')

    // The space is there to read; a service is not, and says why.
    await visit({ by: 'post', language: 'ar', width: 320, height: 700 }, async (page, language) => {
      assert.match(await read(page), /هويتك مجمَّدة/)
      await judge(page, language)
      await page.goto((await attempt(refunds)).url.href)
      await find(page, /هذه الهوية مجمَّدة/)
      await judge(page, language)
    })
  })

  test('R113: an account is blocked; the last one only after a warning; the page says what changed', async () => {
    await somebody()
    await visit({ by: 'post' }, async (page, language) => {
      assert.match(await read(page), /Impôts accepté.*La Poste accepté.*Banque accepté/)
      await judge(page, language)
      await page.goto(at('/block/tax'))
      await judge(page, language)
      await press(page, '/block/tax', /Ce compte est bloqué/)
      await page.goto(at('/block/bank'))
      assert.match(await read(page), /il ne vous resterait presque rien.*La Poste/)
      await judge(page, language)
      await press(page, '/block/bank', /Ce compte est bloqué/)
      // The back button finds no form any more.
      await page.goBack()
      await find(page, /C’était déjà ainsi/)
      await page.goto(at('/new-accounts/block'))
      await press(page, '/new-accounts/block', /Seuls vos comptes actuels/)
      await page.goto(at())
      assert.match(
        await read(page),
        /Ce qui a changé.*Bloqué : tout compte que vous n’aviez pas.*Bloqué : Banque.*Bloqué : Impôts/,
      )
      await judge(page, language)
      await page.goto(at('/unblock/bank'))
      await judge(page, language)
      await press(page, '/unblock/bank', /Ce compte est débloqué/)
    })
    await visit(
      { by: 'post', language: 'ar', width: 320, height: 700, path: '/block/bank' },
      async (page, language) => {
        await find(page, /لن يبقى لك شيء يُذكر/)
        await judge(page, language)
      },
    )
    await visit({ by: 'post', javaScript: false, path: '/block/bank' }, (page) =>
      press(page, '/block/bank', /Ce compte est bloqué/),
    )
  })

  test('R112: with a weaker account one sees how many are blocked, and is led to the strongest', async () => {
    const person = await somebody()
    await hub.protections.block({ person, provider: 'bank', inUse: 'post' })
    await visit({ by: 'tax', width: 320, height: 700 }, async (page, language) => {
      assert.match(await read(page), /1 compte est bloqué/)
      assert.doesNotMatch(await read(page), /Banque/)
      await judge(page, language)
    })
  })

  test('R112: the thaw, asked by another strong account, stopped by a weak one, asked again and in force at its instant', async () => {
    const person = await somebody()
    const [link] = await hub.people.linksOf(hub.storage.db, person)
    assert.ok(link)
    await hub.protections.freeze({ person, link: link.link, provider: 'tax', level: 'eidas1' }, { suspected: ['tax'] })
    await visit({ by: 'tax', path: '/thaw' }, async (page, language) => {
      await find(page, /peut-être entre d’autres mains/)
      await judge(page, language)
    })
    await visit({ by: 'bank', path: '/thaw' }, async (page, language) => {
      await find(page, /bloquez le compte dont vous doutez/)
      await judge(page, language)
      await press(page, '/thaw', /Le dégel est demandé/)
      assert.match(await read(page), /23 novembre 2026/)
      await judge(page, language)
    })
    await visit({ by: 'tax', language: 'ar', width: 320, height: 700 }, async (page, language) => {
      await find(page, /طُلب رفع التجميد/)
      await judge(page, language)
      await press(page, '/thaw/stop', /أُوقف رفع التجميد/)
    })
    await visit({ by: 'bank', path: '/thaw', javaScript: false }, (page) =>
      press(page, '/thaw', /Le dégel est demandé/),
    )
    clock.advance(24 * hour)
    await visit({ by: 'post' }, async (page) => {
      assert.match(await read(page), /Votre identité peut servir/)
    })
    await signIn(new UserAgent(), refunds, 'post')
    await settle(hub)
    const thawed = (await factsOf(hub, 'protection.thawed')).filter((fact) => fact.person === person)
    assert.deepEqual(
      thawed.map(({ how }) => how),
      ['asked'],
    )
  })
})
