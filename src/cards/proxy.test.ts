/** Signing in with a card behind a proxy that ends TLS: the whole hub, a proxy in a process of its own, and who gets past it. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, mock, test } from 'node:test'
import { type CardProxy, startCardProxy } from '../../test/support/card-proxy.ts'
import { keyFiles, machineCertificate, pemOf, type Shown, showCard } from '../../test/support/card-reader.ts'
import { type Authority, type Card, cardSettings, joao, salma, startAuthority } from '../../test/support/cards.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { freePort } from '../../test/support/ports.ts'
import { factsOf, settle, tally } from '../../test/support/records.ts'
import { attempt, choose, goOn, type RelyingParty, redeem, relyingParty } from '../../test/support/relying-party.ts'
import { type Answer, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { minute, second } from '../kernel/durations.ts'
import { handshakeTime, ticketLifetime } from './cards.ts'

const named = (text: string) => ({ fr: text, en: text, ar: text })
const field = ({ certificate }: Card) => `:${certificate.toString('base64')}:`

describe('a card behind a proxy that ends TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-card-proxy-'))
  let clock: TestClock
  let authority: Authority
  let hub: TestHub
  let proxy: CardProxy
  let tax: RelyingParty
  /** Where browsers go, and where the proxy does. */
  let outside: string
  let inside: string

  before(async () => {
    clock = mockProcessClock({ mock })
    authority = await startAuthority(clock)
    const [front, back] = [await freePort(), await freePort()]
    outside = `https://localhost:${front}`
    inside = `https://localhost:${back}`
    const operators = machineCertificate('operators', clock.now())
    const files = (name: string, issuer?: typeof operators) =>
      keyFiles(folder, machineCertificate(name, clock.now(), issuer))
    const settings = {
      address: outside,
      listen: { host: '127.0.0.1', port: back },
      ...files('localhost'),
      clientCa: operators.certificate,
      names: ['proxy.internal'],
    }
    hub = await startTestHub({ settings: { cards: cardSettings(authority, { proxy: settings }) } })
    proxy = await startCardProxy({
      port: front,
      own: files('localhost'),
      client: files('proxy.internal', operators),
      hub: back,
    })
    const connector = { kind: 'card', cards: ['cnie'], ways: ['tls'] }
    const provider = { id: 'card', name: named('Carte'), connector, allowedLevels: ['eidas3'] }
    const services = [serviceEntry('tax', { minimumLevel: 'eidas3' })]
    await hub.publish([{ id: 'town', name: named('Ville'), services, providers: [provider] }])
    tax = await relyingParty({ issuer: hub.issuer, clientId: 'tax', secret: secretOf('tax') })
  })
  after(async () => {
    await proxy?.close()
    await hub?.close()
    await authority?.close()
    rmSync(folder, { recursive: true })
    mock.timers.reset()
  })

  const cnie = (holder = salma) => authority.issue({ kind: 'cnie', holder })

  async function arrive() {
    const browser = new UserAgent()
    const tried = await attempt(tax)
    const page = await choose(browser, tax, await browser.open(tried.url), 'card')
    const button = linksOf(page).find(({ pathname }) => pathname.endsWith('/read')) ?? assert.fail(textOf(page))
    const { url } = await browser.open(button, ({ origin }) => origin === outside)
    return { browser, tried, page, ticket: url }
  }
  const placeOf = ({ headers }: Shown) => String(headers.location)
  const problemIn = (page: Answer) => page.url.searchParams.get('said')

  test('R033: a whole login, from the service through the proxy and back, at the highest level', async () => {
    const { browser, tried, ticket } = await arrive()
    const inform = await browser.open(placeOf(await showCard(ticket.href, { card: cnie() })))
    assert.match(textOf(inform), /EL FASSI/)
    const { idToken } = await redeem(tax, { attempt: tried, page: await goOn(browser, tax, inform) })
    assert.equal(idToken.acr, 'eidas3')
  })

  test('R076: a field that the browser wrote is not believed: neither without a card nor beside one', async () => {
    const forged = { 'client-cert': field(cnie()), 'client-cert-chain': field(cnie()) }
    const without = await arrive()
    const page = await without.browser.open(placeOf(await showCard(without.ticket.href, { headers: forged })))
    assert.equal(problemIn(page), 'nothing_shown')
    const beside = await arrive()
    const shown = await showCard(beside.ticket.href, { card: cnie(joao), headers: forged })
    assert.match(textOf(await beside.browser.open(placeOf(shown))), /TAVARES/)
  })

  test('R076: a field written in other ways reaches nobody either', async () => {
    const value = field(cnie())
    const names = ['Client_Cert', 'CLIENT-CERT', 'X-Client-Cert', 'X-SSL-Client-Cert', 'SSL-Client-Cert']
    for (const name of names) {
      const { browser, ticket } = await arrive()
      const shown = await showCard(ticket.href, { headers: { [name]: value } })
      assert.equal(problemIn(await browser.open(placeOf(shown))), 'nothing_shown', name)
    }
  })

  test('R076: whoever goes around the proxy gets nowhere, and uses no ticket up', async () => {
    const { browser, ticket, page } = await arrive()
    const around = `${inside}${ticket.pathname}`
    const headers = { 'client-cert': field(cnie()) }
    const stranger = machineCertificate('proxy.internal', clock.now())
    const attacks = [{}, { card: cnie() }, { cert: stranger.certificate, key: pemOf(stranger.key) }]
    for (const connection of attacks) await assert.rejects(showCard(around, { ...connection, headers }))
    // The same field at the hub itself, with the cookies of the login.
    for (const path of ['', '/done', `/done?h=${'x'.repeat(43)}`]) {
      const url = new URL(`${page.url.href}${path}`)
      const { headers: answered } = await browser.send({ url, headers })
      assert.doesNotMatch(String(answered.location), /callback/, path)
    }
    assert.match(textOf(await browser.open(placeOf(await showCard(ticket.href, { card: cnie() })))), /EL FASSI/)
  })

  test('a ticket serves once, and the answer in the browser of its login alone', async () => {
    const before = await tally(hub)
    const attacker = await arrive()
    const place = placeOf(await showCard(attacker.ticket.href, { card: cnie(joao) }))
    const victim = new UserAgent()
    assert.equal((await victim.open(place)).status, 403)
    assert.equal(placeOf(await showCard(attacker.ticket.href, { card: cnie() })), `${hub.issuer}/card/over`)
    const other = await arrive()
    const pushed = new URL(other.page.url)
    pushed.pathname += '/done'
    pushed.search = new URL(place).search
    assert.equal(problemIn(await other.browser.open(pushed)), 'too_late')
    const { people, sessions } = await tally(hub)
    assert.deepEqual([people, sessions], [before.people, before.sessions])
  })

  test('two people one after the other through the same proxy are two people', async () => {
    for (const holder of [salma, joao, salma]) {
      const { browser, ticket } = await arrive()
      const inform = await browser.open(placeOf(await showCard(ticket.href, { card: cnie(holder) })))
      assert.match(textOf(inform), new RegExp(holder.familyName))
    }
  })

  test('a ticket has its three minutes in all, as nobody knows when the connection began', async () => {
    const late = await arrive()
    clock.advance(ticketLifetime + handshakeTime - second)
    assert.match(placeOf(await showCard(late.ticket.href, { card: cnie() })), /\/done\?h=/)
    const over = await arrive()
    clock.advance(ticketLifetime + handshakeTime + second)
    assert.equal(placeOf(await showCard(over.ticket.href, { card: cnie() })), `${hub.issuer}/card/over`)
  })

  test('R076: a revoked card is refused through the proxy as well, and the journal says why', async () => {
    clock.advance(11 * minute)
    const { browser, ticket } = await arrive()
    const lost = cnie()
    authority.revoke(lost.serial)
    const page = await browser.open(placeOf(await showCard(ticket.href, { card: lost })))
    assert.equal(problemIn(page), 'revoked')
    await settle(hub)
    assert.equal((await factsOf(hub, 'certificate.refused')).at(-1)?.reason, 'revoked')
  })
})
