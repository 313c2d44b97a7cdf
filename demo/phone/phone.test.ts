/**
 * The telephone of the town in a real browser, against a real hub: it is set up with a card, scans a code from a picture,
 * approves and declines; and a wrong PIN, a wrong finger and a revoked card lead nowhere.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Page } from 'playwright-core'
import { systemClock } from '../../src/kernel/clock.ts'
import { parsePartnersFile } from '../../src/partners/file.ts'
import {
  judgePage,
  read,
  refusals,
  type Seat,
  startBrowser,
  type TestBrowser,
  takeSeat,
} from '../../test/support/browser.ts'
import { startTestHub, type TestHub } from '../../test/support/hub.ts'
import { freePorts } from '../../test/support/ports.ts'
import { cardSettings, withCards } from '../own-cards.ts'
import { testPin } from '../people.ts'
import { originOf } from '../ports.ts'
import { startTown, type Town } from '../town.ts'

describe('the telephone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-phone-'))
  let town: Town
  let hub: TestHub
  let browser: TestBrowser
  let phone: Seat
  let desktop: Seat

  before(async () => {
    const ports = await freePorts()
    ;[town, browser] = await Promise.all([startTown({ ports }), startBrowser()])
    const { authority, phoneRoot } = town
    const settings = cardSettings({ ports, authority, phoneRoot, folder, clock: systemClock })
    hub = await startTestHub({ port: ports.hub, settings })
    const house = { cards: ['cnie', 'cpx'], ways: ['tls', 'web_eid'] as const }
    const file = parsePartnersFile(withCards(town.partnersYaml, ports), { allowHttp: true, house })
    await hub.partners.apply(file, { actor: { kind: 'command' } })
    phone = await takeSeat(browser, { language: 'fr', width: 390, height: 844 })
    desktop = await takeSeat(browser, { language: 'fr' })
    await phone.page.goto(town.phoneUrl)
  })
  after(async () => {
    await browser?.close()
    await hub?.close()
    await town?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const title = (page: Page, words: string) => page.getByRole('heading', { level: 1, name: words }).waitFor()
  const press = (page: Page, words: string) => page.getByRole('button', { name: words, exact: true }).click()

  async function tap(card: string, pin = testPin): Promise<void> {
    await title(phone.page, 'Posez votre carte')
    await phone.page.getByRole('button', { name: card }).click()
    await type(pin)
  }

  async function type(pin: string): Promise<void> {
    await phone.page.getByLabel('Code de la carte').fill(pin)
    await press(phone.page, 'Continuer')
  }

  async function touch(finger = 'Mon doigt'): Promise<void> {
    await title(phone.page, 'Posez votre doigt')
    await press(phone.page, finger)
  }

  /** The desktop comes to the page with the code, from the service that wants the highest level. */
  async function askForCode(page: Page): Promise<void> {
    await page.goto(`${originOf(town.ports.employers)}/login?essential_acr=eidas3`)
    await page.locator('button.tile[value="e-id"]').click()
    await page.locator('.scan svg').waitFor()
  }

  async function scan(page: Page): Promise<void> {
    await press(phone.page, 'Lire un code')
    const buffer = await page.locator('.scan').screenshot()
    await phone.page.getByLabel('Une image du code').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer })
    await title(phone.page, 'Confirmer cette connexion')
  }

  async function toTheStart(): Promise<void> {
    await phone.page.goto(town.phoneUrl)
    await phone.page.locator('#screen h1[tabindex]').waitFor()
  }

  test('R073 R078: it is set up with a card, its PIN and a finger; a wrong PIN and a wrong finger are told and tried again', async () => {
    const { page } = phone
    await title(page, 'Votre identité, dans ce téléphone')
    await judgePage(page, 'fr', 'one')
    await press(page, 'Préparer avec ma carte')
    await title(page, 'Posez votre carte')
    await judgePage(page, 'fr', 'one')
    await tap('Karim BOUZID', '0000')
    await page.getByText('Essais restants : 2').waitFor()
    await judgePage(page, 'fr', 'one')
    await type(testPin)
    await touch('Le doigt d’un autre')
    await page.getByText('Essais restants : 2').waitFor()
    await touch()
    await title(page, 'Ce téléphone est prêt')
    await press(page, 'Terminé')
    assert.match(await read(page, '#screen .people'), /Karim BOUZID/)
    const keys = await page.evaluate(async () => {
      const { pairings } = await import(String('/app/store.js'))
      const [{ keys }] = await pairings.all()
      return [keys.privateKey.extractable, keys.privateKey.algorithm.namedCurve]
    })
    assert.deepEqual(keys, [false, 'P-256'])
  })

  test('R074 R075 R077 R091: a code in a picture, both numbers, the card and a finger: the employers let in at eidas3', async () => {
    const { page } = phone
    await askForCode(desktop.page)
    await scan(desktop.page)
    const shown = await read(page, '#screen')
    assert.match(shown, /Déclar’Employeur|employeur/i)
    assert.match(shown, /Cette connexion demande votre carte/)
    await judgePage(page, 'fr', 'one')
    const number = (await desktop.page.locator('p.number strong').textContent())?.trim() ?? ''
    assert.match(number, /^\d\d$/)
    const wrong = number === '00' ? '01' : '00'
    await page.getByLabel('Le nombre affiché sur l’écran').fill(wrong)
    await press(page, 'Continuer')
    await page.getByText('Essais restants : 2').waitFor()
    await page.getByLabel('Le nombre affiché sur l’écran').fill(number)
    await press(page, 'Continuer')
    await tap('Karim BOUZID')
    await touch()
    await title(page, 'Confirmer maintenant')
    // Neither answer is the larger one.
    const [yes, no] = await Promise.all(
      ['Confirmer', 'Refuser'].map((name) => page.getByRole('button', { name, exact: true }).boundingBox()),
    )
    assert.deepEqual([yes?.width, yes?.height], [no?.width, no?.height])
    await judgePage(page, 'fr', 'one')
    await press(page, 'Confirmer')
    await title(page, 'Tapez ce nombre')
    const digits = (await page.locator('#screen output').textContent()) ?? ''
    await desktop.page.locator('#typed').fill(digits)
    await desktop.page.locator('form[action$="/confirm"] button').click()
    await desktop.page.locator('form[action$="/inform"] button.button').click()
    await desktop.page.waitForURL('**/space')
    assert.match(await read(desktop.page), /Karim BOUZID/)
    await desktop.page.goto(`${originOf(town.ports.employers)}/developer`)
    assert.match(await read(desktop.page), /"acr": "eidas3"/)
    await page.getByText('vous êtes connecté').waitFor()
    await press(page, 'Terminé')
    await press(page, 'Ce que j’ai confirmé')
    await title(page, 'Ce que j’ai confirmé')
    assert.match(await read(page, '#screen .lines'), /Confirmé/)
    await press(page, 'Retour')
  })

  test('R089 R091: on the same device a link opens the app, which leads back to the browser that began', async () => {
    const page = await phone.context.newPage()
    await page.goto(`${originOf(town.ports.employers)}/login?essential_acr=eidas2`)
    await page.locator('button.tile[value="e-id"]').click()
    await page.getByRole('link', { name: 'est sur cet appareil' }).click()
    await page.getByRole('link', { name: 'Ouvrir l’application' }).click()
    await title(page, 'Confirmer cette connexion')
    assert.equal(page.url(), `${town.phoneUrl}/`, 'the code is not kept in the address')
    await press(page, 'Continuer')
    await press(page, 'Mon doigt')
    await press(page, 'Confirmer')
    await page.getByRole('link', { name: 'Retourner au navigateur' }).click()
    await page.locator('form[action$="/inform"] button.button').click()
    await page.waitForURL('**/space')
    await page.goto(`${originOf(town.ports.employers)}/developer`)
    assert.match(await read(page), /"acr": "eidas2"/)
    await page.close()
  })

  test('R089: declining is one press away, with its reason, and nobody is let in', async () => {
    await toTheStart()
    const other = await takeSeat(browser, { language: 'fr' })
    await askForCode(other.page)
    await scan(other.page)
    await press(phone.page, 'Refuser')
    await title(phone.page, 'Pourquoi refusez-vous')
    await press(phone.page, 'Je n’ai rien demandé')
    await title(phone.page, 'Refusé')
    await other.page.getByRole('heading', { level: 1, name: /refus/i }).waitFor()
    await press(phone.page, 'Terminé')
    await other.leave(refusals)
  })

  test('R076: a revoked card is refused in plain words, and the wrong finger three times ends it', async () => {
    const { page } = phone
    await toTheStart()
    town.cards.revoke('cnie-sofia')
    await press(page, 'Ajouter une autre personne')
    await tap('Sofia Isabel')
    await page.getByText('Cette carte a été annulée').waitFor()
    await judgePage(page, 'fr', 'one')
    await press(page, 'Réessayer')
    await tap('Lucas Antoine')
    for (const _ of [1, 2, 3]) await touch('Le doigt d’un autre')
    await title(page, 'Vous n’avez pas été reconnu')
    await press(page, 'Terminé')
    assert.doesNotMatch(await read(page, '#screen .people'), /Lucas/)
  })

  test('a pairing is renewed with the card, and removed; in Arabic it reads from the right, on the narrowest phone', async () => {
    const { page } = phone
    await page.goto(`${town.phoneUrl}/?lang=ar`)
    await title(page, 'هذا الهاتف جاهز')
    await judgePage(page, 'ar')
    await page.goto(`${town.phoneUrl}/?lang=fr`)
    await press(page, 'Ce téléphone')
    await press(page, 'Renouveler')
    await tap('Karim BOUZID')
    await touch()
    await title(page, 'Renouvelé')
    await press(page, 'Terminé')
    await press(page, 'Ce téléphone')
    await press(page, 'Retirer de ce téléphone')
    await title(page, 'Retirer de ce téléphone')
    await press(page, 'Retirer de ce téléphone')
    await title(page, 'Retiré')
    await press(page, 'Terminé')
    await title(page, 'Votre identité, dans ce téléphone')
    await phone.leave(refusals)
    await desktop.leave(refusals)
  })
})
