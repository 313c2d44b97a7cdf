/**
 * The person's space in a real browser: what is seen by which sign-in, sessions and devices, what is kept and its erasure;
 * by keyboard, on the narrowest phone, from right to left, without script.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
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
  widthOf,
} from '../support/browser.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { type RelyingParty, relyingParty, signIn } from '../support/relying-party.ts'
import { UserAgent } from '../support/user-agent.ts'

const named = (fr: string, en: string, ar: string) => ({ name: { fr, en, ar } })

describe('the space in a browser', () => {
  let hub: TestHub
  let tax: TestProvider
  let post: TestProvider
  let refunds: RelyingParty
  let browser: TestBrowser
  let people = 0

  before(async () => {
    ;[hub, tax, post, browser] = await Promise.all([
      startTestHub(),
      startProvider({ id: 'tax', acr: 'eidas1' }),
      startProvider({ id: 'post', acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] }),
      startBrowser(),
    ])
    await hub.publish([
      {
        id: 'town',
        ...named('Ville', 'Town', 'المدينة'),
        services: [serviceEntry('refunds', named('Remboursements', 'Refunds', 'استرداد المصاريف'))],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'], ...named('Impôts', 'Taxes', 'الضرائب') }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'], ...named('La Poste', 'Post', 'البريد') }),
        ],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await Promise.all([tax?.close(), post?.close()])
  })

  const at = (path = '') => `${hub.issuer}/space${path}`

  /** Somebody new at both providers, who has been to a service by these accounts, in this order. */
  async function somebody(...by: readonly ('tax' | 'post')[]): Promise<PersonId> {
    people++
    for (const provider of [tax, post]) {
      const claims = { ...citizen, family_name: `MARCHETTI${'B'.repeat(people)}` }
      provider.next = { ...provider.next, subject: `person-${people}`, claims }
    }
    for (const provider of by) await signIn(new UserAgent(), refunds, provider)
    const [{ person } = assert.fail()] = (await factsOf(hub, 'person.created')).slice(-1)
    return person
  }

  async function visit(
    options: BrowserOptions & { by?: 'tax' | 'post' },
    go: (page: Page, language: Language) => Promise<void>,
  ) {
    const { by, language = 'fr', ...rest } = options
    const { page, leave } = await takeSeat(browser, { language, ...rest })
    if (by) {
      await page.goto(at())
      await page.locator(`button[value="${by}"]`).click()
      await page.waitForURL(at())
    }
    await go(page, language as Language)
    await leave(refusals)
  }

  /** Waits for what a page of these words says: facts are looked at once it is there. */
  const find = (page: Page, words: RegExp) => page.locator('main', { hasText: words }).waitFor()
  async function press(page: Page, path: string, words: RegExp): Promise<void> {
    await page.locator(`form[action="${path}"] button`).first().click()
    await find(page, words)
  }
  const judge = (page: Page, language: Language) => judgePage(page, language, 'one')

  const firstLooks: [Language, provider: RegExp, stop: RegExp, words: RegExp][] = [
    [
      'fr',
      /La Poste/,
      /^Arrêter tout usage de mon identité$/,
      /Connecté.*La Poste, niveau substantiel.*inhabituelle à Remboursements.*Est-ce bien la vôtre/,
    ],
    ['ar', /البريد/, /^إيقاف كل استعمال لهويتي$/, /البريد.*معتبر.*استرداد المصاريف.*هل هو لك حقًا/],
  ]
  for (const [language, provider, stop, words] of firstLooks) {
    test(`R102 R126: from signed out to the way to stop everything, by keyboard, in ${language}, 320 px wide`, async () => {
      const person = await somebody('tax', 'post')
      await hub.storage.transaction((tx) => hub.people.addProvedContact(tx, person, 'mine@mail.example', 'eidas1'))
      await visit({ language, width: 320, height: 700 }, async (page) => {
        await page.goto(at())
        await tabTo(page, provider)
        await page.keyboard.press('Enter')
        await page.waitForURL(at())
        assert.match(await read(page), words)
        await judge(page, language)
        assert.equal(await page.getAttribute('nav.places [aria-current="page"]', 'href'), '/space')
        await tabTo(page, stop)
        for (const path of ['/sessions', '/data', '/data/erase', '/data/erase/confirm']) {
          const answer = await page.goto(at(path))
          assert.equal(answer?.status(), 200, path)
          await judge(page, language)
        }
        await page.goto(at('/sessions'))
        await page.locator('a[href$="/name"]').first().click()
        await page.locator('#name').waitFor()
        await judge(page, language)
      })
    })
  }

  test('R102: a weaker sign-in sees what its own account did, of the others how much, and changes nothing', async () => {
    const person = await somebody('tax', 'post', 'post')
    await visit({ by: 'tax' }, async (page, language) => {
      assert.match(await read(page), /Du reste, vous ne voyez que des nombres/)
      assert.match(await read(page), /Et 2 connexions avec d’autres de vos comptes/)
      assert.doesNotMatch(await read(page, 'section[aria-labelledby="last"]'), /La Poste/)
      await judge(page, language)

      await page.goto(at('/sessions'))
      assert.match(await read(page), /Et 2 sessions ouvertes avec d’autres de vos comptes/)
      assert.doesNotMatch(await read(page, 'section[aria-labelledby="sessions"]'), /La Poste/)
      await judge(page, language)
      const other = (await hub.sessions.ofPerson(person)).find((one) => one.provider === 'post') ?? assert.fail()
      await page.locator('form[action="/space/sessions/others"]').evaluate((form, path) => {
        ;(form as unknown as { action: string }).action = path
      }, `/space/sessions/${other.id}/end`)
      await page.locator('section[aria-labelledby="sessions"] form button').last().click()
      await page.locator('h1', { hasText: /introuvable|n’existe pas/i }).waitFor()
      assert.ok(await hub.sessions.byId(other.id))

      await page.goto(at('/data'))
      assert.doesNotMatch(await read(page), /1987/)
      await judge(page, language)
      for (const path of ['/data/export', '/data/erase', '/data/erase/confirm']) {
        const answer = await page.goto(at(path))
        assert.equal(answer?.status(), 403, path)
        assert.match(await read(page), /Il faut un compte de niveau substantiel/)
      }
      // The way that the page shows leads to that account, and back.
      await page.locator('main .sheet a.button').click()
      await page.locator('button[value="post"]').click()
      await page.waitForURL(at('/data/erase/confirm'))
      assert.match(await read(page), /Effacer vraiment/)
    })
  })

  test('R102: an account that was added after a stronger one opens nothing, and may stop everything', async () => {
    await somebody('post', 'tax')
    await visit({ by: 'tax' }, async (page, language) => {
      for (const path of ['', '/sessions', '/data']) {
        const answer = await page.goto(at(path))
        assert.equal(answer?.status(), 403, path)
        assert.match(await read(page), /Cet espace s’ouvre avec un autre de vos comptes.*Arrêter tout usage/)
        assert.doesNotMatch(await read(page), /MARCHETTI/)
      }
      await judge(page, language)
    })
  })

  test('R047: sessions and devices are ended, named and forgotten, without script', async () => {
    const person = await somebody('post', 'post')
    await visit({ by: 'post', javaScript: false }, async (page) => {
      await page.goto(at('/sessions'))
      assert.equal(await page.locator('section[aria-labelledby="sessions"] li').count(), 3)
      const [here, ended] = await hub.sessions.ofPerson(person)
      assert.ok(here && ended)
      const otherTab = await page.context().newPage()
      await otherTab.goto(at('/sessions'))
      await press(page, `/space/sessions/${ended.id}/end`, /La session est fermée/)
      await press(otherTab, `/space/sessions/${ended.id}/end`, /c’était déjà terminé/)

      await page.locator(`a[href="/space/devices/${here.device}/name"]`).click()
      await page.fill('#name', 'tablette de la cuisine')
      await press(page, `/space/devices/${here.device}/name`, /Le nom est enregistré.*tablette de la cuisine/s)
      assert.equal((await page.goto(at('/devices/dev_0000000000000000000000/name')))?.status(), 404)

      await page.goto(at('/sessions'))
      await press(page, `/space/devices/${here.device}/forget`, /Cet appareil ne vous connaît plus/)
      assert.ok(await hub.sessions.byId(here.id), 'the session in which it was asked goes on')
      assert.equal((await hub.deviceNames.of(person)).size, 0)

      await otherTab.goto(at('/sessions'))
      await press(page, '/space/sessions/everywhere', /Vous êtes déconnecté partout/)
      assert.deepEqual(await hub.sessions.ofPerson(person), [])
      const told = (await factsOf(hub, 'session.ended')).filter((fact) => fact.person === person)
      assert.equal(told.filter(({ services }) => services.includes('refunds')).length, 2)
      await press(otherTab, '/space/sessions/everywhere', /Identifiez-vous d’abord/)
    })
  })

  test('R128: a copy of all that is kept, for who has just proved the strongest', async () => {
    const person = await somebody('tax', 'post')
    await hub.storage.transaction((tx) => hub.people.addProvedContact(tx, person, 'ines@mail.example', 'eidas2'))
    await visit({ by: 'post' }, async (page) => {
      await page.goto(at('/data'))
      assert.match(await read(page), /Marchetti.*1987.*Lyon.*Impôts.*La Poste/i)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('a[href="/space/data/export"]').click(),
      ])
      const copy = JSON.parse(readFileSync(await download.path(), 'utf8'))
      assert.equal(download.suggestedFilename(), 'garant-data.json')
      assert.equal(copy.format, 'garant-person-1')
      assert.deepEqual(copy.exportedBy, { provider: 'post', level: 'eidas2' })
      assert.equal(copy.identity.birthdate, '1987-04-19')
      assert.deepEqual(
        copy.accounts.map(({ provider, level }: { provider: string; level: string }) => [provider, level]),
        [
          ['tax', 'eidas1'],
          ['post', 'eidas2'],
        ],
      )
      assert.deepEqual(
        copy.contacts.map(({ address }: { address: string }) => address),
        ['ines@mail.example'],
      )
      assert.equal(copy.connections.length, 3)
      assert.equal(copy.subjects.length, 1)
      assert.ok(copy.facts.some(({ name }: { name: string }) => name === 'person.created'))
      assert.equal((await factsOf(hub, 'person.data_exported')).at(-1)?.person, person)
    })
  })

  test('R058: an erasure is asked twice, tells every contact, and leaves nobody', async () => {
    const person = await somebody('post')
    await hub.storage.transaction((tx) => hub.people.addProvedContact(tx, person, 'leaving@mail.example', 'eidas2'))
    await visit({ by: 'post' }, async (page, language) => {
      await page.goto(at('/data'))
      await page.locator('a[href="/space/data/erase"]').click()
      await page.waitForURL(at('/data/erase'))
      assert.match(await read(page), /Ce qui disparaît.*Ce qui reste, sans votre nom.*365 jours/)
      await page.locator('a[href="/space/data/erase/confirm"]').click()
      await page.locator('input[name="understood"]').waitFor()
      // A form that was sent without the box, as no browser of today does by itself.
      await page.locator('input[name="understood"]').evaluate((box) => {
        ;(box as unknown as { required: boolean }).required = false
      })
      await press(page, '/space/data/erase/confirm', /Cochez la case/)
      await judge(page, language)
      assert.ok(await hub.people.identityOf(hub.storage.db, person))
      await page.check('input[name="understood"]')
      await press(page, '/space/data/erase/confirm', /Vos données sont effacées/)
      await judge(page, language)
      assert.equal(await hub.people.identityOf(hub.storage.db, person), undefined)
      assert.deepEqual(await hub.sessions.ofPerson(person), [])
      await settle(hub)
      const mails = hub.smtp.mails.filter(({ to }) => to.includes('leaving@mail.example'))
      assert.ok(mails.some(({ text }) => /effac/.test(text)))
      await page.goto(at('/data'))
      assert.notEqual(new URL(page.url()).pathname, '/space/data')
    })
  })

  test('R114: nothing is erased while the identity is frozen', async () => {
    const person = await somebody('post')
    const [{ link } = assert.fail()] = await hub.people.linksOf(hub.storage.db, person)
    await hub.protections.freeze({ person, link, provider: 'post', level: 'eidas2' })
    await visit({ by: 'post' }, async (page, language) => {
      assert.match(await read(page), /Votre identité est gelée/)
      const answer = await page.goto(at('/data/erase'))
      assert.equal(answer?.status(), 409)
      assert.match(await read(page), /Votre identité est gelée : rien n’y change/)
      await judge(page, language)
      await page.goto(at('/data/erase/confirm'))
      await page.check('input[name="understood"]')
      await press(page, '/space/data/erase/confirm', /rien n’y change/)
      assert.ok(await hub.people.identityOf(hub.storage.db, person))
    })
  })

  test('R057 R126: a page that stays open warns before the session ends, and keeps it without being left', async () => {
    await somebody('post')
    const { page, leave } = await takeSeat(browser, { language: 'fr' })
    await page.clock.install()
    await page.goto(at())
    await page.locator('button[value="post"]').click()
    await page.waitForURL(at())
    const warning = page.locator('.session-end')
    const stay = warning.locator('button')
    assert.equal(await read(page, '.session-end [role="alert"]'), '')
    assert.equal(await stay.isVisible(), false)
    await page.clock.fastForward('28:30')
    await stay.waitFor()
    assert.match(await read(page, '.session-end [role="alert"]'), /se termine dans 2 min/)
    await judge(page, 'fr')
    await page.setViewportSize({ width: 320, height: 640 })
    assert.ok((await widthOf(page)) <= 320)
    await stay.click()
    await stay.waitFor({ state: 'hidden' })
    assert.equal(await read(page, '.session-end [role="alert"]'), '')
    await page.clock.fastForward('31:00')
    await page.locator('.session-end[data-shown]').waitFor()
    assert.match(await read(page, '.session-end [role="alert"]'), /Votre session est terminée/)
    assert.equal(await stay.isVisible(), false)
    await leave(refusals)
  })
})
