/** A card that is read without contact, and the password beside it: the whole hub, and who would do without one of the two. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { keyFiles, machineCertificate, showCard } from '../../test/support/card-reader.ts'
import { type Authority, type Card, cardKinds, cardSettings, joao, startAuthority } from '../../test/support/cards.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { enrol, type OwnAccount, ownPassword } from '../../test/support/own-means.ts'
import { angela } from '../../test/support/people.ts'
import { freePort } from '../../test/support/ports.ts'
import { factsOf, settle, tally } from '../../test/support/records.ts'
import { attempt, choose, goOn, type RelyingParty, redeem, relyingParty } from '../../test/support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { hour, second } from '../kernel/durations.ts'
import { policySchema } from '../policy/settings.ts'
import { badgeHolds } from './badge.ts'

const named = (text: string) => ({ fr: text, en: text, ar: text })
const holder = {
  givenName: angela.given_name,
  familyName: angela.family_name,
  birthdate: angela.birthdate,
  gender: 'female',
  birthplace: angela.birthplace,
  document: 'AB123456',
} as const

describe('R051: a card without contact, and a password', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-badge-'))
  let clock: TestClock
  let authority: Authority
  let hub: TestHub
  let account: OwnAccount
  let library: RelyingParty
  let tax: RelyingParty
  let listener: string

  before(async () => {
    clock = mockProcessClock({ mock })
    authority = await startAuthority(clock)
    const port = await freePort()
    listener = `https://localhost:${port}`
    const tls = {
      address: listener,
      listen: { host: '127.0.0.1', port },
      ...keyFiles(folder, machineCertificate('localhost', clock.now())),
    }
    const { cnie: badge } = cardKinds(authority, { cnie: { contactless: true } })
    assert.ok(badge)
    const cards = { ...cardSettings(authority, { tls }), kinds: { badge } }
    // Where the transition goes on: its end in France is over.
    const policy = policySchema.parse({ transitionEnd: '2030-01-01T00:00:00+01:00' })
    hub = await startTestHub({ settings: { cards, policy } })
    await hub.publish([
      {
        id: 'town',
        name: named('Ville'),
        services: [
          serviceEntry('library', { minimumLevel: 'eidas1', entitledTo: ['amr'] }),
          serviceEntry('tax', { minimumLevel: 'eidas2' }),
        ],
        providers: [
          {
            id: 'badge',
            name: named('Badge'),
            connector: { kind: 'card', cards: ['badge'], ways: ['tls'] },
            allowedLevels: ['eidas1', 'eidas2', 'eidas3'],
          },
        ],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[library, tax] = await Promise.all([party('library'), party('tax')])
    account = await enrol(hub, { name: 'angela.dubois' })
  })
  after(async () => {
    await hub?.close()
    await authority?.close()
    rmSync(folder, { recursive: true })
    mock.timers.reset()
  })
  // What was counted before counts no more.
  beforeEach(() => clock.advance(hour))

  const card = (of: typeof holder | typeof joao = holder) => authority.issue({ kind: 'cnie', holder: of })

  interface Read {
    browser: UserAgent
    tried: Awaited<ReturnType<typeof attempt>>
    page: Answer
  }

  /** Up to the page after the card was read. */
  async function read(shown: Card, party = library): Promise<Read> {
    const browser = new UserAgent({ language: 'en' })
    const claims = JSON.stringify({ id_token: { amr: { essential: true } } })
    const tried = await attempt(party, party === library ? { claims } : {})
    const asking = await choose(browser, party, await browser.open(tried.url), 'badge')
    const button = linksOf(asking).find(({ pathname }) => pathname.endsWith('/read')) ?? assert.fail(textOf(asking))
    const { url } = await browser.open(button, ({ origin }) => origin === listener)
    const { headers } = await showCard(url.href, { card: shown })
    return { browser, tried, page: await browser.open(String(headers.location)) }
  }

  const type = (
    { browser, page }: Pick<Read, 'browser' | 'page'>,
    password: string,
    more: Record<string, string> = {},
  ) => browser.submit(page, formTo(page, /\/password$/), { password, ...more })
  const isAsked = (page: Answer) => formsOf(page).some(({ action }) => action.pathname.endsWith('/password'))

  test('both together sign in, at the lowest level, as the holder of the card', async () => {
    const arrived = await read(card())
    assert.match(arrived.page.url.pathname, /^\/card\/[\w.-]+\/password$/)
    assert.match(textOf(arrived.page), /read without contact, so without its PIN/)
    const inform = await type(arrived, ownPassword)
    assert.match(textOf(inform), /DUBOIS-LEMAIRE/)
    const { idToken } = await redeem(library, {
      attempt: arrived.tried,
      page: await goOn(arrived.browser, library, inform),
    })
    assert.deepEqual([idToken.acr, idToken.amr], ['eidas1', ['sc', 'pwd', 'mfa']])
    // Her own account and the card are one person.
    const links = await hub.people.linksOf(hub.storage.db, account.person)
    assert.ok(links.some(({ provider }) => provider === 'badge'))
  })

  test('R034: the card alone opens nothing: no answer, another address, the callback', async () => {
    const before = await tally(hub)
    const arrived = await read(card())
    for (const path of ['', '/done', '/read']) {
      const url = new URL(arrived.page.url.href.replace(/\/password$/, path))
      const { headers } = await arrived.browser.send({ url })
      assert.doesNotMatch(String(headers.location), /callback/, path)
    }
    for (const password of ['', ' ', 'x'.repeat(5_000)]) assert.equal((await type(arrived, password)).status, 403)
    assert.deepEqual(await tally(hub), before)
  })

  test('a wrong password is said, and the right one then goes on', async () => {
    const arrived = await read(card())
    const wrong = await type(arrived, 'Corail!Vent7 du matin')
    assert.equal(wrong.status, 403)
    assert.match(textOf(wrong), /The card and this password are not enough/)
    clock.advance(10 * second)
    assert.match(textOf(await type({ ...arrived, page: wrong }, ownPassword)), /DUBOIS-LEMAIRE/)
    await settle(hub)
    const reasons = (await factsOf(hub, 'means.sign_in_refused')).map(({ reason }) => reason)
    assert.ok(reasons.includes('wrong_password'), reasons.join())
  })

  test('R061: a badge that names nobody is answered as one that does, to the same word, and after as many tries', async () => {
    const answers = async (shown: Card) => {
      let { browser, page } = await read(shown)
      const said: [number, string][] = []
      for (let turn = 0; turn < 8; turn++) {
        page = await type({ browser, page }, `wrong ${turn}`)
        said.push([page.status, textOf(page)])
      }
      return said
    }
    const [known, unknown] = [await answers(card()), await answers(card(joao))]
    assert.deepEqual(unknown, known)
    assert.equal(known.at(-1)?.[0], 429, JSON.stringify(known.map(([status]) => status)))
  })

  test('nothing is asked in vain: where the level is not enough, the choice page says so at once', async () => {
    const { page } = await read(card(), tax)
    assert.equal(isAsked(page), false)
    assert.match(textOf(page), /This service asks for two different proofs/)
  })

  test('another browser, a form of nobody’s, a card that waited too long: nothing', async () => {
    const arrived = await read(card())
    const stranger = new UserAgent()
    assert.equal((await stranger.open(arrived.page.url)).status, 403)
    assert.ok(
      (await stranger.submit(arrived.page, formTo(arrived.page, /\/password$/), { password: ownPassword })).status >=
        400,
    )
    assert.equal((await type(arrived, ownPassword, { verifier: 'x' })).status, 403)
    clock.advance(badgeHolds + second)
    const late = await type(arrived, ownPassword)
    assert.equal(late.url.searchParams.get('said'), 'too_late')
    const again = await arrived.browser.open(arrived.page.url)
    assert.match(again.url.pathname, /^\/card\/[\w.-]+$/)
  })

  test('of two right answers at once one signs in', async () => {
    const arrived = await read(card())
    const atCallback = ({ pathname }: URL) => pathname.startsWith('/callback/')
    const form = formTo(arrived.page, /\/password$/)
    const send = () => arrived.browser.clone().submit(arrived.page, form, { password: ownPassword }, atCallback)
    const answers = await Promise.all([send(), send()])
    assert.equal(answers.filter(({ url }) => atCallback(url)).length, 1)
  })
})
