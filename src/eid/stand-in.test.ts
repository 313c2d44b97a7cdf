/** A card and a code in place of the e-ID app, as its holder and as whoever attacks one: the whole hub, over HTTP. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { createPhoneMaker } from '../../demo/phone/attestation.ts'
import { webEidToken } from '../../demo/web-eid/stand-in.ts'
import { type Authority, type Card, joao, salma, startAuthority } from '../../test/support/cards.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { eidEntry, eidHubSettings, type StatusPage, standInEntry, startStatusPage } from '../../test/support/eid.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { createPhone } from '../../test/support/phone.ts'
import { codeIn } from '../../test/support/qr.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import {
  type Attempt,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
} from '../../test/support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { minute, second } from '../kernel/durations.ts'
import type { PersonId } from '../kernel/ids.ts'
import { healthSchema } from '../partners/health-settings.ts'
import { finishWithin } from '../policy/stand-in.ts'

const standIn = 'e-id-stand-in'
const mailbox = 'salma@example.ma'

describe('R084: a card and a code in place of the app', () => {
  let clock: TestClock
  let authority: Authority
  let service: StatusPage
  let hub: TestHub
  let card: Card
  let person: PersonId
  let declarations: RelyingParty

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[authority, service] = await Promise.all([startAuthority(clock), startStatusPage()])
    const maker = createPhoneMaker({})
    hub = await startTestHub({
      clock,
      settings: { ...eidHubSettings(authority, maker), health: healthSchema.parse({}) },
    })
    const connector = { kind: 'eid_app', cards: ['cnie'], by: ['card'], statusUrl: service.address }
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'بلدية' },
        services: [serviceEntry('declarations', { minimumLevel: 'eidas1', entitledTo: ['amr', 'idp'] })],
        providers: [eidEntry({ connector }), standInEntry()],
      },
    ])
    declarations = await relyingParty({
      issuer: hub.issuer,
      clientId: 'declarations',
      secret: secretOf('declarations'),
    })
    card = await authority.issue({ kind: 'cnie', holder: salma })
    const phone = createPhone({ hubUrl: hub.issuer, card, maker, clock })
    assert.equal((await phone.pair()).status, 201)
    person = (await factsOf(hub, 'phone.paired'))[0]?.person ?? assert.fail()
    await pass(minute)
    await outage()
  })
  after(async () => {
    await hub?.close()
    await authority?.close()
    service?.close()
    mock.timers.reset()
  })

  /** Time passes, and the hub looks around. */
  async function pass(length: number, step = minute): Promise<void> {
    for (let left = length; left > 0; left -= step) {
      clock.advance(Math.min(left, step))
      await hub.partners.health.turn()
    }
  }

  async function until(isSo: (health: string | undefined) => boolean): Promise<void> {
    const limit = clock.now() + 20 * minute
    while (!isSo(hub.partners.availability().of('e-id')?.observed.health)) {
      assert.ok(clock.now() < limit)
      await pass(15 * second, 15 * second)
    }
  }

  async function outage(): Promise<void> {
    service.isWorking = false
    await until((health) => health === 'down')
  }

  /** Not down any more: the first instant of it. */
  async function end(): Promise<void> {
    service.isWorking = true
    await until((health) => health !== 'down')
  }

  const contact = (address: string, level: 'eidas1' | 'eidas2') =>
    hub.storage.transaction((tx) => hub.people.addProvedContact(tx, person, address, level))

  interface Arrived {
    browser: UserAgent
    tried: Attempt
    page: Answer
  }

  /** At the first page: which card? */
  async function arrive(parameters: Record<string, string> = {}): Promise<Arrived> {
    const browser = new UserAgent()
    const tried = await attempt(declarations, parameters)
    const page = await choose(browser, declarations, await browser.open(tried.url), standIn)
    assert.match(page.url.pathname, /^\/stand-in\/[\w.-]+$/, textOf(page))
    return { browser, tried, page }
  }

  /** With a reader at the computer. */
  async function read({ browser, page }: Pick<Arrived, 'browser' | 'page'>, with_ = card): Promise<Answer> {
    const link = linksOf(page).find(({ pathname }) => pathname.startsWith('/stand-in/card/')) ?? assert.fail()
    const asking = await browser.open(link)
    const form = formTo(asking, /\/sign$/)
    const token = webEidToken(with_, { origin: hub.issuer, challenge: form.fields.challenge ?? '' })
    return browser.submit(asking, form, { token: JSON.stringify(token) })
  }

  const ask = ({ browser }: Arrived, page: Answer) => browser.submit(page, formTo(page, /\/send$/))
  const type = ({ browser }: Arrived, page: Answer, code: string) =>
    browser.submit(page, formTo(page, /\/code$/), { code })

  async function mailed(): Promise<string[]> {
    await settle(hub)
    return hub.smtp.mails.flatMap(({ text }) =>
      /accompagne votre carte/.test(text) ? (text.match(/\b\d{6}\b/) ?? []) : [],
    )
  }
  const wrong = (code = '') => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

  /** Up to the page that says what goes to the service. */
  async function identify(arrived: Arrived): Promise<Answer> {
    const asked = await ask(arrived, await read(arrived))
    return type(arrived, asked, (await mailed()).at(-1) ?? '')
  }

  test('nobody whose card is unknown here, or who has no contact that is strong enough, is sent anything', async () => {
    const unknown = await arrive()
    const stuck = await read(unknown, await authority.issue({ kind: 'cnie', holder: joao }))
    assert.equal(stuck.status, 403)
    assert.match(textOf(stuck), /n’a encore jamais ouvert de compte ici/)

    const none = await read(await arrive())
    assert.match(textOf(none), /aucune adresse vérifiée/)
    // A thief of the card who once came in by a weaker account may have left a mailbox there.
    await contact('thief@example.org', 'eidas1')
    const weak = await read(await arrive())
    assert.match(textOf(weak), /aucune adresse vérifiée/)
    assert.doesNotMatch(textOf(weak), /example/)
    assert.deepEqual(await mailed(), [])
  })

  test('a card in a reader at the computer, and a code: the service is told the substantial level and how', async () => {
    await contact(mailbox, 'eidas2')
    const arrived = await arrive()
    assert.match(textOf(arrived.page), /Application e-ID ne répond pas en ce moment/)
    const inform = await identify(arrived)
    assert.match(textOf(inform), /EL FASSI.*Niveau annoncé au service : substantiel/)
    assert.match(textOf(inform), /Carte et code/)
    const back = await goOn(arrived.browser, declarations, inform)
    const { idToken, userinfo } = await redeem(declarations, { attempt: arrived.tried, page: back })
    assert.equal(idToken.acr, 'eidas2')
    assert.equal(userinfo.family_name, 'EL FASSI')
    await settle(hub)
    const sent = await factsOf(hub, 'standin.code_sent')
    assert.deepEqual(sent, [{ person, provider: standIn, channel: 'mail' }])
    // Her account at the app, and no second one beside it.
    assert.deepEqual(
      (await hub.people.linksOf(hub.storage.db, person)).map(({ provider }) => provider),
      ['e-id'],
    )
  })

  test('a code is good once, for a while, after few tries, there and nowhere else; what is sent is limited', async () => {
    await pass(10 * minute)
    const arrived = await arrive()
    const page = await ask(arrived, await read(arrived))
    const [code] = (await mailed()).slice(-1)
    // Another login of the same person: the code is not its own.
    const other = await arrive()
    const otherPage = await ask(other, await read(other))
    const own = (await mailed()).at(-1) ?? ''
    if (own !== code) {
      const refused = await type(other, otherPage, code ?? '')
      assert.deepEqual([refused.status, /4 essais/.test(textOf(refused))], [403, true])
    }
    // The one before is worth nothing since there is a newer one.
    assert.equal((await type(arrived, page, code ?? '')).status, own === code ? 200 : 403)

    const soon = await ask(other, otherPage)
    assert.match(textOf(soon), /Laissez-lui une demi-minute/)
    await pass(minute)
    const again = await ask(other, otherPage)
    assert.equal(again.status, 200)
    await pass(minute)
    assert.match(textOf(await ask(other, again)), /Trop de codes ont été envoyés/)
    const last = (await mailed()).at(-1)
    await pass(10 * minute)
    const over = await type(other, again, last ?? '')
    assert.deepEqual([over.status, /ne vaut plus rien/.test(textOf(over))], [410, true])
  })

  test('five wrong codes end it; a new one goes on, and the answer of a second click is the same', async () => {
    await pass(10 * minute)
    const arrived = await arrive()
    let page = await ask(arrived, await read(arrived))
    const code = (await mailed()).at(-1)
    const statuses = []
    for (let each = 0; each < 5; each++) {
      await pass(minute)
      page = await type(arrived, page, wrong(code))
      statuses.push(page.status)
    }
    assert.deepEqual(statuses, [403, 403, 403, 403, 410])
    assert.equal((await type(arrived, page, code ?? '')).status, 410)
    await pass(minute)
    page = await ask(arrived, page)
    const fresh = (await mailed()).at(-1) ?? ''
    await pass(minute)
    const first = await type(arrived, page, fresh)
    const second_ = await type(arrived, page, fresh)
    for (const answer of [first, second_]) assert.match(textOf(answer), /EL FASSI/)
  })

  test('a page of another login, a form without its verifier, another browser: nothing is shown or done', async () => {
    await pass(10 * minute)
    const arrived = await arrive()
    const page = await read(arrived)
    const sends = (await mailed()).length
    const form = formTo(page, /\/send$/)
    const forged = await arrived.browser.submit(page, { ...form, fields: { ...form.fields, verifier: 'x' } })
    assert.equal(forged.status, 403)
    const target = form.fields.to ?? ''
    const elsewhere = await arrived.browser.submit(page, form, { to: 'cnt_0000000000000000000000' })
    assert.equal(formsOf(elsewhere).filter(({ action }) => action.pathname.endsWith('/code')).length, 0)
    const stranger = new UserAgent()
    const foreign = await stranger.open(page.url)
    assert.ok(foreign.status >= 400 && !textOf(foreign).includes('example'))
    const posted = await stranger.submit(page, form, { to: target })
    assert.ok(posted.status >= 400)
    assert.equal((await mailed()).length, sends)
    // Begun again with another card, nothing of the one before is left.
    const again = await arrived.browser.open(`${page.url.href}/again`)
    assert.match(textOf(again), /Comment lire votre carte/)
  })

  test('R076: when nobody answers whether the card is revoked, it is refused with the true reason, by either reader', async () => {
    await pass(15 * minute)
    await authority.stop()
    try {
      const arrived = await arrive()
      const page = await read(arrived)
      assert.match(page.url.search, /said=unverifiable/)
      assert.equal(page.status, 503)
      const qr = linksOf(arrived.page).find(({ pathname }) => pathname.startsWith('/stand-in/phone/')) ?? assert.fail()
      const shown = await arrived.browser.open(qr)
      const phone = createPhone({ hubUrl: hub.issuer, card, clock })
      assert.equal((await phone.scan(codeIn(shown.body))).status, 200)
      const number = /<p class="number"[^>]*><strong>(\d+)/.exec((await arrived.browser.open(qr)).body)?.[1] ?? ''
      await phone.number(number)
      const refused = await phone.readCard()
      assert.equal(refused.body.error, 'card_unverifiable')
      const stillFirst = await arrived.browser.open(arrived.page.url)
      assert.match(textOf(stillFirst), /Comment lire votre carte/)
    } finally {
      await authority.start()
    }
  })

  test('R084: who read a card with a phone and begins again reads another one at once', async () => {
    await pass(15 * minute)
    const arrived = await arrive()
    const reader = () =>
      linksOf(arrived.page).find(({ pathname }) => pathname.startsWith('/stand-in/phone/')) ?? assert.fail()
    const shown = await arrived.browser.open(reader())
    const phone = createPhone({
      hubUrl: hub.issuer,
      card: await authority.issue({ kind: 'cnie', holder: joao }),
      clock,
    })
    assert.equal((await phone.scan(codeIn(shown.body))).status, 200)
    const number = /<p class="number"[^>]*><strong>(\d+)/.exec((await arrived.browser.open(reader())).body)?.[1] ?? ''
    const approved = await phone.approve({ number, by: 'card' })
    assert.equal(approved.status, 200, JSON.stringify(approved.body))
    const typing = await arrived.browser.open(reader())
    const stuck = await arrived.browser.submit(typing, formTo(typing, /\/confirm$/), {
      typed: approved.body.confirm.number,
    })
    assert.match(textOf(stuck), /n’a encore jamais ouvert de compte ici/)
    const again = await arrived.browser.open(`${arrived.page.url.href}/again`)
    assert.match(textOf(again), /Comment lire votre carte/)
    assert.ok(codeIn((await arrived.browser.open(reader())).body))
  })

  test('who began during the outage finishes soon after its end, or is told that it is over', async () => {
    await pass(10 * minute)
    const [early, late, reading] = [await arrive(), await arrive(), await arrive()]
    const page = await ask(early, await read(early))
    const code = (await mailed()).at(-1) ?? ''
    await end()
    const inform = await type(early, page, code)
    assert.match(textOf(inform), /EL FASSI/)

    await pass(finishWithin + minute)
    const over = await late.browser.open(late.page.url)
    assert.match(over.url.search, /missed=e-id-stand-in/)
    assert.match(textOf(over), /Carte et code n’est plus proposé/)
    const stale = await reading.browser.open(reading.page.url)
    assert.match(textOf(stale), /n’est plus proposé/)
    // Identified in time, and then too slow to read: the sign-in is withdrawn as well.
    const shown = await early.browser.open(inform.url)
    assert.match(textOf(shown), /n’est plus proposé/)
    assert.equal(
      formsOf(shown).some(({ action }) => action.pathname.endsWith('/inform')),
      false,
    )
  })
})
