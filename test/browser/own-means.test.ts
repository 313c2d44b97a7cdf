/** The hub's own means in a real browser: a passkey from its registration to a service, by keyboard, and without script. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { BrowserContext, Page } from 'playwright-core'
import { withOwnMeans } from '../../demo/own-accounts.ts'
import { testPassword } from '../../demo/people.ts'
import { originOf, type Place } from '../../demo/ports.ts'
import { startTown, type Town } from '../../demo/town.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { parsePartnersFile } from '../../src/partners/file.ts'
import { policySchema } from '../../src/policy/settings.ts'
import {
  addAuthenticator,
  type BrowserOptions,
  judgePage,
  passwordAdvice,
  read,
  refusals,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { enrol, type OwnAccount, ownPassword, ownProviderEntry } from '../support/own-means.ts'
import { tarik } from '../support/people.ts'
import { freePorts } from '../support/ports.ts'

describe("the hub's own means in a browser", () => {
  let town: Town
  let hub: TestHub
  let browser: TestBrowser
  let people = 0

  before(async () => {
    const ports = await freePorts()
    ;[town, browser] = await Promise.all([startTown({ ports }), startBrowser()])
    hub = await startTestHub({ port: ports.hub })
    const file = parsePartnersFile(withOwnMeans(town.partnersYaml), { allowHttp: true })
    await hub.partners.apply(file, { actor: { kind: 'command' } })
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await town?.close()
  })

  const at = (place: Place, path = '/') => `${originOf(town.ports[place])}${path}`
  const mine = (path = '') => `${hub.issuer}/means${path}`

  async function visit(options: BrowserOptions, go: (page: Page, context: BrowserContext) => Promise<void>) {
    const { page, context, leave } = await takeSeat(browser, options)
    await go(page, context)
    await leave(refusals, passwordAdvice)
  }

  const judge = (page: Page, language: Language) => judgePage(page, language, 'one')

  function somebody(given: { totp?: boolean } = {}): Promise<OwnAccount> {
    people++
    const identity = { ...tarik, family_name: `BENJELLOUN${'A'.repeat(people)}` }
    return enrol(hub, { name: `personne.${people}`, identity, ...given })
  }

  async function withAuthenticator(page: Page, options?: { autofill: true }): Promise<{ passkeys(): Promise<number> }> {
    const { cdp, authenticatorId } = await addAuthenticator(page, options)
    return {
      passkeys: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    }
  }

  const chooseOwn = async (page: Page, service: Place, language: Language = 'fr') => {
    await page.goto(at(service, `/login?ui_locales=${language}`))
    await page.locator('button[value="local-account"]').click()
    await page.locator('#identifier').waitFor()
  }
  const goOn = async (page: Page, service: Place) => {
    await page.locator('form[action$="/inform"] button:not([formaction])').click()
    await page.waitForURL(at(service, '/space'))
  }

  async function byPassword(page: Page, { name, code }: OwnAccount): Promise<void> {
    await page.fill('#identifier', name)
    await page.fill('#password', ownPassword)
    await page.locator('form[action$="/password"] .button:not(.reveal)').click()
    const typed = page.locator('#code-totp')
    await typed.or(page.locator('form[action$="/inform"]')).first().waitFor()
    if (await typed.count()) {
      await typed.fill(code(Date.now()))
      await page.locator('form[action$="/second"] .button').first().click()
      await page.locator('form[action$="/inform"]').waitFor()
    }
  }

  /** Password and code, to wherever they lead. */
  async function byCode(page: Page, { name, code }: OwnAccount): Promise<void> {
    await page.fill('#identifier', name)
    await page.fill('#password', ownPassword)
    await page.locator('form[action$="/password"] .button:not(.reveal)').click()
    await page.locator('#code-totp').fill(code(Date.now()))
    await page.locator('form[action$="/second"] .button').first().click()
  }

  const journeys: [language: Language, words: { passkey: RegExp; create: RegExp; use: RegExp; done: RegExp }][] = [
    [
      'fr',
      {
        passkey: /^Ajouter une clé d’accès$/,
        create: /^Créer ma clé d’accès$/,
        use: /^Utiliser ma clé d’accès$/,
        done: /C’est ajouté.*Clé d’accès – bureau\s+en service/s,
      },
    ],
    [
      'ar',
      {
        passkey: /^إضافة مفتاح مرور$/,
        create: /^إنشاء مفتاح مروري$/,
        use: /^استعمال مفتاح المرور$/,
        done: /تمت الإضافة.*مفتاح مرور – bureau\s+مستعملة/s,
      },
    ],
  ]
  for (const [language, words] of journeys) {
    test(`R052 R126: a passkey is registered, and opens a service by keyboard alone, in ${language}, 320 px wide`, async () => {
      const account = await somebody({ totp: true })
      await visit({ language, width: 320, height: 700 }, async (page, context) => {
        const authenticator = await withAuthenticator(page)
        await chooseOwn(page, 'refunds', language)
        await judge(page, language)
        await byPassword(page, account)
        await goOn(page, 'refunds')

        await page.goto(mine())
        await judge(page, language)
        await tabTo(page, words.passkey)
        await page.keyboard.press('Enter')
        await page.locator('#label').waitFor()
        await judge(page, language)
        await page.locator('#label').focus()
        await page.keyboard.type('bureau')
        await tabTo(page, words.create)
        await page.keyboard.press('Enter')
        await page.waitForURL(/done=added/)
        assert.match(await read(page), words.done)
        assert.equal(await authenticator.passkeys(), 1)

        // Signed out, and back by one press.
        await page.goto(`${hub.issuer}/logout`)
        await page.locator('button[value="yes"]').click()
        await page.waitForLoadState()
        await context.clearCookies()
        await page.goto(at('justice', `/login?ui_locales=${language}&acr_values=eidas2`))
        await page.locator('button[value="local-account"]').click()
        await page.locator('form[data-passkey]').waitFor()
        await judge(page, language)
        await tabTo(page, words.use)
        await page.keyboard.press('Enter')
        await page.locator('form[action$="/inform"]').waitFor()
        assert.match(await read(page), /BENJELLOUN/)
        await goOn(page, 'justice')
      })
    })
  }

  test('R053 R126: without JavaScript, password and code open a service, and the page says what does not work', async () => {
    const account = await somebody({ totp: true })
    await visit({ javaScript: false }, async (page) => {
      await chooseOwn(page, 'justice')
      assert.match(await read(page), /n’exécute pas JavaScript.*Tout le reste fonctionne/)
      assert.equal(await page.locator('form[data-passkey]').isVisible(), false)
      await judgeWithout(page)
      await byPassword(page, account)
      assert.match(await read(page), /BENJELLOUN/)
      await goOn(page, 'justice')
    })
  })

  async function judgeWithout(page: Page): Promise<void> {
    assert.equal(await page.getAttribute('html', 'lang'), 'fr')
    assert.equal(await page.getAttribute('#identifier', 'autocomplete'), 'username webauthn')
    assert.equal(await page.getAttribute('#password', 'autocomplete'), 'current-password')
  }

  test('the password can be pasted, shown and hidden; it leaves as a password', async () => {
    await visit({ language: 'en' }, async (page) => {
      await page.goto(at('refunds', '/login?ui_locales=en'))
      await page.locator('button[value="local-account"]').click()
      const field = page.locator('#password')
      await field.fill('somebody pasted this')
      const button = page.getByRole('button', { name: 'Show' })
      await button.click()
      assert.equal(await field.getAttribute('type'), 'text')
      assert.equal(await page.getByRole('button', { name: 'Hide' }).getAttribute('aria-pressed'), 'true')
      await page.fill('#identifier', 'nobody')
      await page.locator('form[action$="/password"] .button:not(.reveal)').click()
      await page.locator('.fault').waitFor()
      assert.equal(await page.title(), 'To correct – Sign in with Garant account · Garant')
      assert.equal(await page.inputValue('#identifier'), 'nobody')
      assert.equal(await page.inputValue('#password'), '')
      await judge(page, 'en')
    })
  })

  test('R040: who signs in at a provider of level substantial opens an account here, and a passkey of it is that person', async () => {
    await visit({}, async (page, context) => {
      await withAuthenticator(page, { autofill: true })
      await page.goto(at('justice', '/login?acr_values=eidas2'))
      await page.locator('button[value="postal-identity"]').click()
      await page.locator('#username').fill('linh')
      await page.locator('#password').fill(testPassword)
      await page.locator('form[action$="/login"] button').click()
      await page.locator('#code').fill((await page.locator('output').textContent()) ?? '')
      await page.locator('form[action$="/code"] button').click()
      await page.locator('form[action$="/inform"]').waitFor()
      await goOn(page, 'justice')
      await page.goto(at('justice', '/account'))
      const subject = /Numéro de compte\s*(\S+)/.exec(await read(page))?.[1]
      assert.ok(subject)

      await page.goto(mine())
      assert.match(await read(page), /Ouvrir un compte propre à ce site/)
      await page.fill('#identifier', 'x')
      await page.locator('form[action$="/account"] button').click()
      assert.match(await read(page, '.fault'), /ne convient pas/)
      await judge(page, 'fr')
      await page.fill('#identifier', 'linh.nguyen')
      await page.locator('form[action$="/account"] button').click()
      assert.match(await read(page), /Votre compte est ouvert/)
      await page.getByRole('link', { name: 'Ajouter une clé d’accès' }).click()
      await page.locator('form[data-passkey] .button').click()
      await page.waitForURL(/done=added/)

      await context.clearCookies()
      await page.goto(at('justice', '/login?acr_values=eidas2'))
      await page.locator('button[value="local-account"]').click()
      // The browser offers the passkey in the field, and nothing is pressed.
      await page.locator('form[action$="/inform"]').waitFor()
      assert.match(await read(page), /Thi Linh.*NGUYEN/)
      await goOn(page, 'justice')
      await page.goto(at('justice', '/account'))
      assert.equal(/Numéro de compte\s*(\S+)/.exec(await read(page))?.[1], subject, 'the same person')
    })
  })

  /** The digits of the last mail to an address. */
  const codeMailed = (address: string): string =>
    /\b\d{8}\b/.exec(
      hub.smtp.mails.findLast(({ to, text }) => to.includes(address) && /\b\d{8}\b/.test(text))?.text ?? '',
    )?.[0] ?? ''

  const doors: [language: Language, words: { choice: RegExp; who: RegExp; wrong: RegExp; done: RegExp }][] = [
    [
      'fr',
      {
        choice: /Se connecter à\s+votre espace Garant/,
        who: /Connecté : Tarik BENJELLOUN/,
        wrong: /Ce code n’est pas le bon. Il vous reste 9 essais/,
        done: /L’adresse est vérifiée/,
      },
    ],
    [
      'ar',
      {
        choice: /تسجيل الدخول إلى\s+فضاؤك في Garant/,
        who: /المتصل: .*BENJELLOUN/,
        wrong: /هذا الرمز غير صحيح. بقيت لك 9 محاولات/,
        done: /تم التحقق من العنوان/,
      },
    ],
  ]
  for (const [language, words] of doors) {
    test(`R043 R058 R126: own means open the hub’s own page, where a contact is added by keyboard, in ${language}, 320 px wide`, async () => {
      const account = await somebody({ totp: true })
      const address = `contact-${language}@boite.example`
      await visit({ language, width: 320, height: 700 }, async (page, context) => {
        await page.goto(mine())
        assert.match(await read(page), words.choice)
        await judge(page, language)
        await page.locator('button[value="local-account"]').click()
        await byCode(page, account)
        await page.waitForURL(/\/means$/)
        assert.match(await read(page), words.who)
        await judge(page, language)

        await page.goto(mine('/contacts'))
        await judge(page, language)
        await page.locator('a[href$="/contacts/add"]').press('Enter')
        await page.locator('#address').focus()
        await page.keyboard.type(address)
        await judge(page, language)
        await page.keyboard.press('Enter')
        await page.waitForURL(/\/verify$/)
        // It can be typed at once.
        await page.locator('#code:focus').waitFor()
        await judge(page, language)
        const code = codeMailed(address)
        await page.keyboard.type(String((Number(code) + 1) % 1e8).padStart(8, '0'))
        await page.keyboard.press('Enter')
        await page.locator('.fault').waitFor()
        assert.match(await read(page, '.fault'), words.wrong)
        await judge(page, language)
        await page.fill('#code', code)
        await page.keyboard.press('Enter')
        await page.waitForURL(/done=added/)
        assert.match(await read(page), words.done)
        await judge(page, language)
        // A form that is left open does nothing once nobody is signed in, and says how to go on.
        await page.goto(mine('/contacts'))
        await page.locator('a[href$="/remove"]').click()
        await judge(page, language)
        await context.clearCookies()
        await page.locator('form[action$="/remove"] button').click()
        await page.locator('a[href*="/sign-in"]').waitFor()
        await judge(page, language)
        assert.equal((await hub.people.contactsOf(account.person)).length, 1)
      })
      await visit({ language, width: 320, height: 700 }, async (page) => {
        await page.goto(`${hub.issuer}/sign-in?to=/means/contacts`)
        await page.locator('button[value="local-account"]').click()
        // Each code of the application serves once: the password alone does not go further.
        await page.fill('#identifier', account.name)
        await page.fill('#password', ownPassword)
        await page.locator('form[action$="/password"] .button:not(.reveal)').click()
        await page.locator('#code-totp').waitFor()
        await judge(page, language)
      })
    })
  }

  test('R126: without JavaScript, the hub’s own page opens and a contact is verified', async () => {
    const account = await somebody({ totp: true })
    await visit({ javaScript: false }, async (page) => {
      await page.goto(mine('/contacts/add'))
      await page.locator('button[value="local-account"]').click()
      await byCode(page, account)
      await page.locator('#address').waitFor()
      await page.fill('#address', 'plain@boite.example')
      await page.locator('form[action$="/add"] .button').click()
      await page.fill('#code', codeMailed('plain@boite.example'))
      await page.locator('form[action$="/verify"] .button').click()
      assert.match(await read(page), /L’adresse est vérifiée/)
    })
  })

  test('R062: where the settings want it, the browser works before a password is judged; by mail without script', async () => {
    const ports = await freePorts()
    const policy = policySchema.parse({ passwordAlone: 'ordinary', restrictions: { challenge: true } })
    const guarded = await startTestHub({ port: ports.hub, settings: { policy } })
    try {
      people++
      const identity = { ...tarik, family_name: `BENJELLOUN${'A'.repeat(people)}` }
      const account = await enrol(guarded, { name: `personne.${people}`, identity })
      const name = { fr: 'Ville', en: 'Town', ar: 'Ville' }
      await guarded.publish([
        { id: 'town', name, services: [serviceEntry('refunds')], providers: [ownProviderEntry()] },
      ])
      const request = new URL(`${guarded.issuer}/authorize`)
      request.search = new URLSearchParams({
        client_id: 'refunds',
        redirect_uri: 'http://localhost:1/callback',
        response_type: 'code',
        scope: 'openid',
        state: 'x'.repeat(32),
        nonce: 'x'.repeat(32),
        code_challenge: 'x'.repeat(43),
        code_challenge_method: 'S256',
      }).toString()
      await visit({}, async (page) => {
        await page.goto(request.href)
        await page.locator('button[value="local-account"]').click()
        await page.fill('#identifier', account.name)
        assert.equal(await page.locator('#password').count(), 0)
        await page.locator('form[action$="/password"] .button').click()
        await page.fill('#password', ownPassword)
        await judge(page, 'fr')
        await page.locator('form[action$="/password"] .button:not(.reveal)').click()
        await page.locator('form[action$="/inform"]').waitFor()
      })
      const { person } = account
      const { contact, code: proof } = await guarded.storage.transaction((tx) =>
        guarded.people.addContact(tx, person, 'personne@courriel.example', 'eidas2', 'fr'),
      )
      await guarded.storage.transaction((tx) => guarded.people.verifyContact(tx, person, contact, proof, 'eidas2'))
      await visit({ javaScript: false }, async (page) => {
        await page.goto(request.href)
        await page.locator('button[value="local-account"]').click()
        await page.fill('#identifier', account.name)
        await page.locator('form[action$="/password"] .button').click()
        await page.fill('#password', ownPassword)
        await page.locator('form[action$="/password"] .button:not(.reveal)').click()
        assert.match(await read(page), /L’identification n’a pas réussi/)
        await page.locator('form[action$="/check"] button').click()
        await page.locator('#code').waitFor()
        await guarded.storage.jobs.drain()
        const code = /\b\d{6}\b/.exec(guarded.smtp.mails.at(-1)?.text ?? '')?.[0] ?? ''
        await page.fill('#password', ownPassword)
        await page.fill('#code', code)
        await page.locator('form[action$="/password"] .button:not(.reveal)').click()
        await page.locator('form[action$="/inform"]').waitFor()
      })
    } finally {
      await guarded.close()
    }
  })
})
