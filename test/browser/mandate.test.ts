/**
 * An accountant acts with his own identity, in a real browser and a whole town: a company's representative draws up a
 * mandate and signs it with her card; the firm's administrator accepts it on his phone and gives the client to his people;
 * one of them prepares a declaration, another one files it; and when the representative ends the mandate, whoever is at
 * work hears so at the next click.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, mock, test } from 'node:test'
import type { Page } from 'playwright-core'
import { openTheFirm } from '../../demo/mandates.ts'
import { importOrganisations, organisations } from '../../demo/organisations.ts'
import { cardSettings, withCards } from '../../demo/own-cards.ts'
import { testPassword, testPin } from '../../demo/people.ts'
import { originOf } from '../../demo/ports.ts'
import { startTown, type Town } from '../../demo/town.ts'
import { installWebEid } from '../../demo/web-eid/stand-in.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { parsePartnersFile } from '../../src/partners/file.ts'
import {
  judgePage,
  read,
  refusals,
  type Seat,
  startBrowser,
  type TestBrowser,
  tabTo,
  takeSeat,
} from '../support/browser.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { freePorts } from '../support/ports.ts'
import { settle } from '../support/records.ts'

describe('a mandate from its signature to its end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-mandate-'))
  let town: Town
  let hub: TestHub
  let browser: TestBrowser
  let hanane: Seat
  let driss: Seat
  let phone: Seat
  let ines: Seat
  let bilal: Seat

  const { tizgart, cabinet } = organisations

  before(async () => {
    const ports = await freePorts()
    ;[town, browser] = await Promise.all([startTown({ ports }), startBrowser()])
    const { authority, phoneRoot } = town
    const settings = cardSettings({ ports, authority, phoneRoot, folder, clock: systemClock })
    hub = await startTestHub({ port: ports.hub, settings })
    const house = { cards: ['cnie', 'cpx'], ways: ['tls', 'web_eid'] as const }
    const file = parsePartnersFile(withCards(town.partnersYaml, ports), { allowHttp: true, house })
    await hub.partners.apply(file, { actor: { kind: 'command' } })
    await importOrganisations(hub)
    await openTheFirm(hub, town)
    ;[hanane, driss, phone, ines, bilal] = (await Promise.all([
      takeSeat(browser, { language: 'fr' }),
      takeSeat(browser, { language: 'fr' }),
      takeSeat(browser, { language: 'fr', width: 390, height: 844 }),
      takeSeat(browser, { language: 'fr' }),
      takeSeat(browser, { language: 'fr' }),
    ])) as [Seat, Seat, Seat, Seat, Seat]
    await putIn(hanane, 'cnie-hanane')
    await putIn(driss, 'cnie-driss')
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await town?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A card in the reader of this seat. */
  async function putIn({ context }: Seat, card: string): Promise<void> {
    await installWebEid(context, {
      card() {
        const used = town.cards.use(card, testPin, (key) => key)
        assert.ok(used?.kind === 'done')
        return used.value
      },
    })
  }

  const at = (path: string) => `${originOf(town.ports.hub)}${path}`
  const service = (path: string) => `${originOf(town.ports.employers)}${path}`
  const heading = (page: Page, words: string | RegExp) =>
    page.getByRole('heading', { level: 1, name: words }).first().waitFor()
  const press = (page: Page, words: string | RegExp) => page.getByRole('button', { name: words }).first().click()

  /** To a page of the hub, by the card where it asks who is there. */
  async function enter(page: Page, path: string): Promise<void> {
    await page.goto(at(path))
    await byCard(page, path)
  }

  async function byCard(page: Page, path: string): Promise<void> {
    await page.locator('button.tile[value="card"]').click()
    await page.locator('form[data-web-eid] button').click()
    await page.waitForURL((url) => url.pathname === path)
  }

  /** Signs in at the service by an account at the post, to act for the company. */
  async function act(seat: Seat, username: string): Promise<void> {
    const { page } = seat
    await page.goto(service('/login?acr_values=eidas2'))
    await page.locator('button.tile[value="postal-identity"]').click()
    await page.locator('input[name="username"]').fill(username)
    await page.locator('input[name="password"]').fill(testPassword)
    await page.locator('main form button').first().click()
    const code = (await page.locator('output').first().textContent()) ?? ''
    await page.locator('input[name="code"]').fill(code)
    await page.locator('form[action$="/code"] button').first().click()
    await page.getByRole('button', { name: tizgart.name }).click()
    await page.locator('form[action$="/inform"] button.button').click()
    await page.waitForURL((url) => url.origin === service('') && /^\/(?:space|resume)$/.test(url.pathname))
  }

  /** The next mandate token that a service gets is over in a moment. */
  function hurryNextToken(): void {
    const { fetch } = globalThis
    const over = mock.method(globalThis, 'fetch', async (url: string | URL | Request, options?: RequestInit) => {
      const answer = await fetch(url, options)
      if (!String(options?.body ?? '').includes('token-exchange')) return answer
      over.mock.restore()
      return Response.json({ ...((await answer.json()) as object), expires_in: 5 }, { headers: answer.headers })
    })
  }

  /** One more of the firm's people for the client, on the administrator's page. */
  async function assign(page: Page, name: string, actions: readonly string[]): Promise<void> {
    await page.goto(at('/firm'))
    await page.getByRole('link', { name: cabinet.name }).first().click()
    await page.getByRole('link', { name: 'Clients' }).first().click()
    await page.getByRole('link', { name: tizgart.name }).first().click()
    await page.locator('a[href*="/assign?"]').first().click()
    const whom = await page.locator('#member option', { hasText: name }).getAttribute('value')
    await page.locator('#member').selectOption(whom)
    for (const action of actions) await page.locator(`input[value="employer-declarations ${action}"]`).check()
    await page.locator('form.panel button.button').click()
    await page.waitForURL(/\/clients\//)
  }

  test('R092 R095 R098: the representative draws a mandate up and signs it with her card', async () => {
    const { page } = hanane
    await enter(page, '/space/mandates')
    await page.getByRole('link', { name: `Donner un mandat – ${tizgart.name}` }).click()
    await page.locator('#number').waitFor()
    await tabTo(page, /Lire le texte/)
    await page.locator('#number').fill(cabinet.ice)
    for (const action of ['read', 'prepare', 'submit']) {
      await page.locator(`input[value="employer-declarations ${action}"]`).check()
    }
    await page.locator('form.panel button.button').click()
    await page.waitForURL(/\/text$/)
    const hash = await read(page, 'code.hash')
    await page.locator('main form button.button').first().click()
    await page.waitForURL(/\/sign\/sgg_/)
    assert.equal(await read(page, 'p.hash'), hash, 'it can be compared, here and in the evidence')
    const text = await read(page, '.contract')
    for (const words of [tizgart.name, cabinet.name, 'Hanane ZIANI']) assert.ok(text.includes(words), words)
    await judgePage(page, 'fr', 'one')
    await page.locator('form[data-web-eid="sign"] button').click()
    await page.waitForURL(/\/space\/mandates\//)
    assert.match(await read(page), /Cabinet Amrani-Delorme/)
    await page.locator('a[href$="/evidence"]').click()
    assert.equal(await read(page, 'code.hash'), hash)
  })

  test('R092 R097: the administrator of the firm accepts with the app on his phone, after reading it there', async () => {
    const own = phone.page
    await own.goto(town.phoneUrl)
    await press(own, 'Préparer avec ma carte')
    await own.getByRole('button', { name: 'Driss AMRANI' }).click()
    await own.locator('#pin').fill(testPin)
    await press(own, 'Continuer')
    await press(own, 'Mon doigt')
    await press(own, 'Terminé')

    const { page } = driss
    await enter(page, '/firm')
    await page.getByRole('link', { name: cabinet.name }).first().click()
    await page.getByRole('link', { name: tizgart.name }).first().click()
    await page.locator('a[href$="/text"]').first().click()
    await page.locator('main form button.button').first().click()
    await page.waitForURL(/\/sign\/sgg_/)
    await page.locator('a[href^="/sign/app/"]').click()
    await page.locator('.scan svg').waitFor()
    await judgePage(page, 'fr', 'one')

    await press(own, 'Lire un code')
    const buffer = await page.locator('.scan').screenshot()
    await own.getByLabel('Une image du code').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer })
    await heading(own, 'Signer un texte')
    await own.getByLabel('Le nombre affiché').fill((await page.locator('p.number strong').textContent())?.trim() ?? '')
    await press(own, 'Continuer')
    await heading(own, 'Lisez avant de signer')
    const text = await own.locator('#screen .text').textContent()
    for (const words of [tizgart.name, cabinet.name, 'Driss AMRANI']) assert.ok(text?.includes(words), words)
    await judgePage(own, 'fr', 'one')
    await press(own, 'J’ai lu')
    await press(own, 'Mon doigt')
    await heading(own, 'Signer maintenant')
    await press(own, 'Signer')
    const digits = (await own.locator('#screen output').textContent()) ?? ''
    await page.locator('#typed').fill(digits)
    await page.locator('form[action$="/confirm"] button').click()
    await page.waitForURL(/\/space\/mandates\/|\/firm\//)
    await own.getByText('vous avez signé').waitFor()
    const firm = await hub.organisations.byNumber('ice', cabinet.ice)
    assert.ok(firm && firm !== 'malformed')
    const { entries } = await hub.mandates.list({ firm: firm.organisation }, { limit: 5 })
    assert.deepEqual(
      entries.map(({ view }) => [view.state, view.signatures.map(({ side, level }) => [side, level])]),
      [
        [
          'active',
          [
            ['principal', 'eidas3'],
            ['mandatary', 'eidas2'],
          ],
        ],
      ],
    )
  })

  test('R092 R094 R096: one of its people prepares, is not let to file, and reads why and who can', async () => {
    await assign(driss.page, 'CARPENTIER', ['read', 'prepare'])
    const { page } = ines
    await act(ines, 'ines')
    assert.match(await read(page), /Vous agissez pour .?Conserverie Tizgart/)
    assert.match(await read(page), /Cabinet Amrani-Delorme/)
    await judgePage(page, 'fr', 'one')
    await page.locator('a.button[href="/declare"]').click()
    const sample = async (name: RegExp) => {
      const href = (await page.getByRole('link', { name }).getAttribute('href')) ?? ''
      return (await ines.context.request.get(service(href))).text()
    }
    const [good, bad] = [await sample(/fichier juste/), await sample(/avec des erreurs/)]
    const check = () => press(page, 'Vérifier et préparer')
    await check()
    await heading(page, 'Préparer une déclaration')
    assert.match(await read(page, '[role="alert"]'), /Choisissez un fichier, ou collez ses lignes/)
    await page.locator('#text').fill(bad)
    await check()
    await heading(page, 'Le fichier n’est pas accepté')
    assert.match(await read(page, 'main table'), /3 ?Salaires ?Un champ.+4 ?– ?La ligne n’a pas 260 caractères/)
    await judgePage(page, 'fr', 'one')
    await page
      .locator('#file')
      .setInputFiles({ name: 'salaires.txt', mimeType: 'text/plain', buffer: Buffer.from(good) })
    await check()
    await heading(page, 'La déclaration est prête')
    await press(page, 'Déposer la déclaration')
    await heading(page, 'Ce droit ne vous a pas été confié')
    assert.match(await read(page), /Une personne de .?Cabinet Amrani-Delorme.? à qui ce droit est confié/)
    await judgePage(page, 'fr', 'one')
  })

  test('R092 R093 R096: another one files it: number, date, mandate, company and both humans are named', async () => {
    await assign(driss.page, 'KACEM', ['read', 'prepare', 'submit'])
    const { page } = bilal
    hurryNextToken()
    await act(bilal, 'bilal')
    assert.equal(page.url(), service('/resume'), 'the hub was asked once more, without a page')
    await page.getByRole('link', { name: 'Ouvrir' }).first().click()
    await press(page, 'Déposer la déclaration')
    await heading(page, 'Accusé de réception')
    const text = await read(page)
    for (const words of [
      /AR-\d{6}-\d{9}/,
      /man_[\w-]{22}/,
      /Conserverie Tizgart/,
      /Bilal KACEM/,
      /Inès Louise CARPENTIER/,
    ]) {
      assert.match(text, words)
    }
    await page.goto(`${page.url()}?lang=ar`)
    await judgePage(page, 'ar', 'one')
    await page.goto(service('/declare?lang=fr'))
  })

  test('R097: the representative ends it while somebody is at work: the next click says so, and nothing is lost', async () => {
    const { page } = bilal
    await page.locator('#text').fill('Le fichier du mois suivant, à moitié écrit')
    await hanane.page.goto(at('/space/mandates'))
    await hanane.page.getByRole('link', { name: `Voir ses mandats – ${tizgart.name}` }).click()
    await hanane.page.getByRole('link', { name: cabinet.name }).first().click()
    await hanane.page.locator('a[href$="/revoke"]').click()
    await hanane.page.locator('main form[action$="/revoke"] button').click()
    await hanane.page.waitForURL(/done=revoked/)
    await hanane.page.locator('a[href$="/evidence"]').click()
    await judgePage(hanane.page, 'fr', 'one')
    // Whatever has reached the service by then: its own question at the click is enough.
    await press(page, 'Vérifier et préparer')
    await heading(page, /Vous ne pouvez plus agir pour .?Conserverie Tizgart/)
    assert.match(await read(page), /votre fichier est gardé/)
    await judgePage(page, 'fr', 'one')
    await ines.page.goto(service('/space'))
    await heading(ines.page, /Vous ne pouvez plus agir pour/)
    await settle(hub)
    // Signed in anew, nobody can be chosen any more, and they come in for themselves.
    await page.goto(service('/login?acr_values=eidas2'))
    await page.waitForURL(/\/login\/|\/space$|\/callback/)
    assert.doesNotMatch(await read(page), /Conserverie Tizgart/)
    for (const seat of [hanane, driss, phone, ines, bilal]) await seat.leave(refusals)
  })
})
