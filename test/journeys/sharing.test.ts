/**
 * R088 walked: the manager's card and the accountant's own, on the accountant's computer, at a service whose users act for
 * organisations. Each is told, and the way out is shown; nobody is stopped, and a service of another kind hears nothing.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { createPhoneMaker } from '../../demo/phone/attestation.ts'
import { minute } from '../../src/kernel/durations.ts'
import { type Authority, joao, salma, startAuthority } from '../support/cards.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { eidEntry, eidHubSettings } from '../support/eid.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { createPhone, type Phone } from '../support/phone.ts'
import { codeIn } from '../support/qr.ts'
import { factsOf, settle } from '../support/records.ts'
import { attempt, goOn, type RelyingParty, relyingParty, tile } from '../support/relying-party.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

describe('R088: a card that is lent', () => {
  let clock: TestClock
  let hub: TestHub
  let authority: Authority
  let filing: RelyingParty
  let library: RelyingParty
  let manager: Phone
  let accountant: Phone

  before(async () => {
    clock = mockProcessClock({ mock })
    authority = await startAuthority(clock)
    const maker = createPhoneMaker({})
    hub = await startTestHub({ settings: eidHubSettings(authority, maker, {}) })
    const service = (id: string, changes: Record<string, unknown> = {}) =>
      serviceEntry(id, { sector: `${id}.example`, ...changes })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
        services: [service('filing', { forOrganisations: true }), service('library')],
        providers: [eidEntry()],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[filing, library] = await Promise.all([party('filing'), party('library')])
    const paired = async (holder: typeof salma) => {
      const card = await authority.issue({ kind: 'cnie', holder })
      const phone = createPhone({ hubUrl: hub.issuer, card, maker, clock })
      assert.equal((await phone.pair()).status, 201)
      return phone
    }
    manager = await paired(salma)
    accountant = await paired(joao)
  })
  after(async () => {
    await hub?.close()
    await authority?.close()
    mock.timers.reset()
  })

  /** A sign-in with the app, on this computer, up to the page that shows what goes to the service; it goes on. */
  async function signsIn(phone: Phone, party: RelyingParty, browser: UserAgent): Promise<Answer> {
    clock.advance(11 * minute)
    const tried = await attempt(party, { prompt: 'login' })
    const choice = await browser.open(tried.url)
    const { form, values } = tile(choice, 'e-id')
    const page = await browser.submit(choice, form, values)
    const base = new URL(page.url.pathname, hub.issuer)
    const look = () => browser.open(base)
    assert.equal((await phone.scan(codeIn(page.body))).status, 200)
    const number = /<strong>(\d\d)<\/strong>/.exec((await look()).body)?.[1] ?? assert.fail('no number')
    const { body } = await phone.approve({ number, by: 'card' })
    const last = await look()
    const informed = await browser.submit(last, formTo(last, /\/confirm$/), { typed: body.confirm.number })
    assert.ok((await goOn(browser, party, informed)).url.searchParams.has('code'), 'nobody is stopped')
    await settle(hub)
    return informed
  }

  const told = async () => (await factsOf(hub, 'device.shared_by_representatives')).length

  test('R088: two people on one computer are told, and see the way to mandates before they go on', async () => {
    const office = new UserAgent({ language: 'en' })
    assert.doesNotMatch(textOf(await signsIn(accountant, filing, office)), /several people sign in for organisations/)
    const [seen] = await factsOf(hub, 'representative.signed_in')
    assert.ok(seen?.phone, 'by which pairing')
    assert.equal(await told(), 0)
    await signsIn(manager, library, office)
    assert.equal(await told(), 0, 'another service is no matter of organisations')
    await signsIn(manager, filing, office)
    assert.equal(await told(), 2)
    const again = await signsIn(manager, filing, office)
    assert.equal(await told(), 2, 'once a month')
    assert.match(textOf(again), /several people sign in for organisations/)
    const link = linksOf(again).find(({ pathname }) => pathname === '/mandates') ?? assert.fail('no way to mandates')
    for (const [language, words] of [
      ['fr', /Nous vous reconnaissons par le registre/],
      ['en', /We know you by the register/],
      ['ar', /نعرفك من السجل/],
    ] as const) {
      const page = await new UserAgent({ language }).open(link)
      assert.equal(page.status, 200)
      assert.match(textOf(page), words)
    }
    assert.deepEqual(await hub.sharing.counts(), { device: 1, phone: 0, card: 0 })
  })
})
