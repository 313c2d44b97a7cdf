/**
 * A sign-in with the e-ID app at the browser that asked for it: over HTTP, without a script, as its person and as whoever
 * would have somebody else approve it. What a real browser and its screen see is in `test/browser/eid.test.ts`.
 */
import assert from 'node:assert/strict'
import { type ClientRequest, request } from 'node:http'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { createPhoneMaker } from '../../demo/phone/attestation.ts'
import { type Authority, type Card, salma, startAuthority } from '../../test/support/cards.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { eidEntry, eidHubSettings } from '../../test/support/eid.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { createPhone, type Phone } from '../../test/support/phone.ts'
import { codeIn } from '../../test/support/qr.ts'
import { factsOf, settle } from '../../test/support/records.ts'
import {
  type Attempt,
  at,
  attempt,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  tile,
} from '../../test/support/relying-party.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import type { RequestContext } from '../http/http.ts'
import { createTranslator } from '../http/messages.ts'
import { minute, second } from '../kernel/durations.ts'
import type { EidRequestId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { hashSecret } from '../kernel/secrets.ts'
import { browserOf, wordsOf } from './browsers.ts'
import { refusalReasons } from './eid.ts'
import { limits } from './gate.ts'
import { eidSignInMessages } from './messages.ts'
import { type Ending, endPage } from './pages.ts'
import { declineReasons } from './protocol-messages.ts'
import { heartbeat, mostOfBrowser } from './streams.ts'

describe('R091: a sign-in with the e-ID app, at the browser', () => {
  let clock: TestClock
  let hub: TestHub
  let authority: Authority
  let card: Card
  let phone: Phone
  let maker: ReturnType<typeof createPhoneMaker>
  let heritage: RelyingParty
  let declarations: RelyingParty

  const home = '80.67.169.12'
  const mobile = '90.10.20.30'
  const abroad = '105.66.1.9'

  before(async () => {
    clock = mockProcessClock({ mock })
    authority = await startAuthority(clock)
    maker = createPhoneMaker({})
    const settings = eidHubSettings(authority, maker, { appLink: 'https://app.example/open?text={link}' })
    hub = await startTestHub({ settings: { ...settings, trustedProxies: ['127.0.0.1'] } })
    const names = { heritage: 'Patrimoine', declarations: 'Déclarations' }
    const service = (id: keyof typeof names, minimumLevel: string) =>
      serviceEntry(id, { minimumLevel, name: { fr: names[id], en: names[id], ar: names[id] } })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [service('heritage', 'eidas3'), service('declarations', 'eidas2')],
        providers: [eidEntry()],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[heritage, declarations] = await Promise.all([party('heritage'), party('declarations')])
    card = await authority.issue({ kind: 'cnie', holder: salma })
    phone = await paired(card)
  })
  after(async () => {
    await hub?.close()
    await authority?.close()
    mock.timers.reset()
  })
  // What was counted before counts no more.
  beforeEach(() => clock.advance(11 * minute))

  async function paired(of: Card): Promise<Phone> {
    const made = createPhone({ hubUrl: hub.issuer, card: of, maker, clock, headers: { 'x-forwarded-for': home } })
    const answer = await made.pair()
    assert.equal(answer.status, 201, JSON.stringify(answer.body))
    return made
  }

  const browserAt = (address = home, more: Record<string, string> = {}) =>
    new UserAgent({ language: 'en', headers: { 'x-forwarded-for': address, ...more } })

  interface Waiting {
    browser: UserAgent
    party: RelyingParty
    tried: Attempt
    page: Answer
    /** Of the page, without its query. */
    base: string
    /** The page as it is by now. */
    look(query?: string): Promise<Answer>
    press(action: RegExp, values?: Record<string, string>): Promise<Answer>
  }

  /** Up to the page that waits for a phone. */
  async function begin(party = heritage, browser = browserAt()): Promise<Waiting> {
    const tried = await attempt(party)
    const choice = await browser.open(tried.url)
    const { form, values } = tile(choice, 'e-id')
    const page = await browser.submit(choice, form, values)
    const base = new URL(page.url.pathname, hub.issuer).href
    const waiting: Waiting = {
      ...{ browser, party, tried, page, base },
      look: (query = '') => browser.open(`${base}${query}`),
      press: async (action, sent) => {
        const shown = await waiting.look()
        return browser.submit(shown, formTo(shown, action), sent, at(party))
      },
    }
    return waiting
  }

  const numberOn = (page: Answer) => /<strong>(\d\d)<\/strong>/.exec(page.body)?.[1] ?? assert.fail(textOf(page))

  /** Scanned, and approved on the phone; what the phone shows to be typed. */
  async function approved(waiting: Waiting, by: 'card' | 'device_key' = 'card', own = phone): Promise<string> {
    const { status, body } = await own.scan(codeIn((await waiting.look()).body))
    assert.equal(status, 200, JSON.stringify(body))
    const answer = await own.approve({ number: numberOn(await waiting.look()), by })
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return answer.body.confirm.number
  }

  async function arrive({ browser, party, tried }: Waiting, page: Answer) {
    const landed = at(party)(page.url) ? page : await goOn(browser, party, page)
    return redeem(party, { attempt: tried, page: landed })
  }

  const type = (waiting: Waiting, typed: string) => waiting.press(/\/confirm$/, { typed })

  // --- The way -------------------------------------------------------------------------------------------------------

  test('R073 R075 R078 R089: code, number, card, biometrics, approval, number, and the service has level high', async () => {
    const waiting = await begin()
    const { page } = waiting
    assert.match(textOf(page), /Scan this code with the app “e-ID app”/)
    assert.match(textOf(page), /To go on to Patrimoine/)
    assert.doesNotMatch(page.body, /type="password"/)
    const csp = page.headers['content-security-policy'] ?? ''
    assert.ok(String(csp).includes(`connect-src ${waiting.base}/events`), String(csp))
    // What the code holds cannot be read out to anybody.
    const code = codeIn(page.body)
    assert.match(code, new RegExp(`^${hub.issuer}/eid/q/[\\w-]{43}$`))
    assert.equal(page.body.includes(code.slice(-43)), false)

    const scanned = await phone.scan(code)
    assert.equal(scanned.body.view.service.fr, 'Patrimoine')
    const shown = await waiting.look()
    const number = numberOn(shown)
    assert.match(textOf(shown), /Tell nobody this number/)
    assert.equal((await phone.number(number)).status, 200)
    assert.match(textOf(await waiting.look()), /Go on on your phone/)
    assert.equal((await phone.readCard()).status, 200)
    assert.equal((await phone.biometrics()).status, 200)
    assert.match(textOf(await waiting.look()), /Go on on your phone/, 'nothing leads on before the last step')
    const { body } = await phone.confirm()
    assert.match(textOf(await waiting.look()), /Type the number that your phone shows.*Number of 6 digits/)

    const done = await type(waiting, ` ${body.confirm.number.replace(/(?=...$)/, ' ')} `)
    const { idToken, userinfo } = await arrive(waiting, done)
    assert.equal(idToken.acr, 'eidas3')
    assert.equal(userinfo.family_name, salma.familyName)
  })

  test('the key of the phone alone is enough for level substantial, and digits may be typed as one’s keyboard has them', async () => {
    const waiting = await begin(declarations)
    const number = await approved(waiting, 'device_key')
    const arabic = number.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)))
    const { idToken } = await arrive(waiting, await type(waiting, arabic))
    assert.equal(idToken.acr, 'eidas2')
  })

  test('a second click and the back button are led on; later the page leads on to the service', async () => {
    const waiting = await begin(declarations)
    const number = await approved(waiting)
    const shown = await waiting.look()
    const form = formTo(shown, /\/confirm$/)
    const atCallback = ({ pathname }: URL) => pathname.startsWith('/callback/')
    const send = () => waiting.browser.clone().submit(shown, form, { typed: number }, atCallback)
    const answers = await Promise.all([send(), send(), send()])
    const led = new Set(answers.map(({ url }) => url.href))
    assert.equal(led.size, 1, [...led].join('\n'))
    const [callback = ''] = led
    assert.match(callback, /\/callback\/e-id\?/)
    assert.equal((await waiting.browser.open(waiting.base, atCallback)).url.href, callback)
    const { idToken } = await arrive(waiting, await waiting.browser.open(callback, at(declarations)))
    assert.equal(idToken.acr, 'eidas3')
    const again = await waiting.browser.open(waiting.base, at(declarations))
    assert.ok(at(declarations)(again.url), again.url.href)
  })

  test('a click that comes before the one it follows was led on waits to hear where', async () => {
    const waiting = await begin(declarations)
    const number = await approved(waiting)
    const shown = await waiting.look()
    const login = new URL(waiting.base).pathname.split('/').at(-1) ?? ''
    const [kept] = await hub.storage.state.getMany([{ kind: 'eid.page', key: login }])
    const request = String(kept?.value) as EidRequestId
    const [, secret = ''] = [...waiting.browser.cookies(hub.issuer)].find(([name]) => name.endsWith('browser')) ?? []
    const first = await hub.eid.requests.confirm(request, hashSecret(secret), { typed: number })
    assert.equal(first.kind, 'done')
    const wait = mock.method(hub.eid.requests, 'wait')
    const led = waiting.browser.submit(shown, formTo(shown, /\/confirm$/), { typed: number })
    await until(() => (wait.mock.callCount() === 1 ? true : undefined), 'the click to wait')
    await hub.eid.requests.lead(request, '/status')
    assert.equal((await led).url.pathname, '/status')
    wait.mock.restore()
  })

  test('what is declined is said, with a way on; a new request begins by a press', async () => {
    const waiting = await begin()
    await phone.scan(codeIn(waiting.page.body))
    assert.equal((await phone.decline('changed_mind')).status, 200)
    const page = await waiting.look()
    assert.equal(page.status, 403)
    assert.match(textOf(page), /You declined the request/)
    const ways = linksOf(page).filter(({ pathname }) => pathname.endsWith('/leave'))
    assert.equal(ways.length, 2)
    const anew = await waiting.press(/\/again$/)
    assert.notEqual(codeIn(anew.body), codeIn(waiting.page.body))
    const { idToken } = await arrive(waiting, await type(waiting, await approved(waiting)))
    assert.equal(idToken.acr, 'eidas3')
  })

  test('who leaves for another account gives the request up: the phone cannot go on with it', async () => {
    const waiting = await begin()
    await phone.scan(codeIn(waiting.page.body))
    const number = numberOn(await waiting.look())
    const choice = await waiting.browser.open(`${waiting.base}/leave?to=0`)
    assert.ok(tile(choice, 'e-id'))
    assert.ok((await phone.number(number)).status >= 400)
    // The back button finds a page that waits anew.
    assert.match(textOf(await waiting.look()), /Scan this code/)
  })

  // --- Codes and their time --------------------------------------------------------------------------------------------

  test('R089 RFC 10027 6.1: codes end: with the next one, after a minute, and with one scan', async () => {
    const waiting = await begin()
    const first = codeIn(waiting.page.body)
    const next = codeIn((await waiting.look()).body)
    assert.notEqual(first, next)
    assert.equal((await phone.scan(first)).status, 404)
    clock.advance(61 * second)
    assert.equal((await phone.scan(next)).status, 404)
    assert.match(textOf(await waiting.look()), /Scan this code/)
  })

  test('a request that took too long is over, on the page and on the phone', async () => {
    const waiting = await begin()
    await phone.scan(codeIn(waiting.page.body))
    const number = numberOn(await waiting.look())
    clock.advance(5 * minute)
    const page = await waiting.look()
    assert.match(textOf(page), /This request took too long/)
    assert.ok((await phone.number(number)).status >= 400)
    assert.match(textOf(await waiting.press(/\/again$/)), /Scan this code/)
  })

  // --- Not its person --------------------------------------------------------------------------------------------------

  test('another browser sees nothing of it and changes nothing', async () => {
    const waiting = await begin()
    const stranger = browserAt()
    for (const path of ['', '/events', '/open', '/leave?to=0', '/confirm', '/return?rc=x']) {
      const page = await stranger.open(`${waiting.base}${path}`)
      assert.equal(page.status, 403, path)
      assert.doesNotMatch(page.body, /<svg[^>]*viewBox="0 0 \d\d\d+/)
    }
    const [shown, number] = [formTo, await approved(waiting)]
    const page = await waiting.look()
    const form = shown(page, /\/confirm$/)
    assert.equal((await stranger.submit(page, form, { typed: number })).status, 403)
    const forged = { ...form, fields: { ...form.fields, verifier: 'x' } }
    assert.equal((await waiting.browser.submit(page, forged, { typed: number })).status, 403)
    const { idToken } = await arrive(waiting, await type(waiting, number))
    assert.equal(idToken.acr, 'eidas3')
  })

  test('R089: two phones with one code: the request is over for both, and is a fact', async () => {
    const other = await paired(await authority.issue({ kind: 'cnie', holder: salma }))
    const waiting = await begin()
    const code = codeIn(waiting.page.body)
    await phone.scan(code)
    assert.ok((await other.scan(code)).status >= 400)
    const page = await waiting.look()
    assert.match(
      textOf(page),
      /Two phones scanned this code.*do not try again with a code that somebody showed or sent you/,
    )
    assert.ok((await phone.number('00')).status >= 400)
    assert.equal((await factsOf(hub, 'eid.request_mismatch')).at(-1)?.reason, 'second_phone')
  })

  test('R089: a relayed code: without the numbers of both screens nobody is signed in', async () => {
    const waiting = await begin()
    await phone.scan(codeIn(waiting.page.body))
    const number = numberOn(await waiting.look())
    const wrong = number === '11' ? '22' : '11'
    for (const left of [2, 1]) assert.equal((await phone.number(wrong)).body.left, left)
    assert.ok((await phone.number(wrong)).status >= 400)
    assert.match(textOf(await waiting.look()), /number typed on the phone was not the right one/)

    const again = await begin()
    const shown = await approved(again)
    const guess = shown === '111111' ? '222222' : '111111'
    assert.match(textOf(await type(again, guess)), /That is not the number You have 2 tries left/)
    assert.match(textOf(await type(again, guess)), /You have one try left/)
    assert.match(textOf(await type(again, guess)), /number typed here was not the right one/)
    const late = await again.look()
    assert.equal(late.status, 403)
    const mismatches = (await factsOf(hub, 'eid.request_mismatch')).slice(-2)
    assert.deepEqual(
      mismatches.map(({ reason }) => reason),
      ['number_wrong', 'confirmation_wrong'],
    )
  })

  test('R089: a phone in another country: the card up to level substantial, a refusal at level high; the phone says why', async () => {
    const waiting = await begin(declarations, browserAt(abroad))
    const scanned = await phone.scan(codeIn(waiting.page.body))
    assert.deepEqual(scanned.body.view.notices, ['other_country'])
    assert.deepEqual([scanned.body.view.country, scanned.body.view.own_country], ['MA', 'FR'])
    assert.deepEqual(scanned.body.by, ['card'])
    await phone.number(numberOn(await waiting.look()))
    assert.ok((await phone.biometrics()).status >= 400, 'the key of the phone alone does not do')

    const high = await begin(heritage, browserAt(abroad))
    assert.ok((await phone.scan(codeIn(high.page.body))).status >= 400)
    assert.match(textOf(await high.look()), /not in the same country.*turn off the VPN/)
    assert.equal((await factsOf(hub, 'eid.request_mismatch')).at(-1)?.reason, 'other_country')

    // Its holder hears of it, and from where it was asked.
    await settle(hub)
    const { rows } = await sql<{ kind: string; details: { country?: string } }>`
      select kind, details from messages where details ->> 'country' = 'MA'`.execute(hub.storage.db)
    assert.deepEqual(rows, [{ kind: 'eid.mismatch', details: { country: 'MA' } }])

    const near = await begin(heritage, browserAt(mobile))
    const there = await phone.scan(codeIn(near.page.body))
    assert.deepEqual(there.body.view.notices, ['other_network'])
    const number = numberOn(await near.look())
    const answer = await phone.approve({ number })
    const { idToken } = await arrive(near, await type(near, answer.body.confirm.number))
    assert.equal(idToken.acr, 'eidas3')
  })

  // --- On the same device ------------------------------------------------------------------------------------------------

  const ofPhone = { 'user-agent': 'Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0 Mobile Safari/537.36' }

  async function linkOf({ browser, base }: Waiting): Promise<string> {
    const { headers } = await browser.send({ url: new URL(`${base}/open`) })
    const link = new URL(headers.location ?? '')
    assert.equal(link.origin, 'https://app.example')
    return link.searchParams.get('text') ?? ''
  }

  test('on a phone the app is one press away, and leads back; a code is one press away too', async () => {
    const waiting = await begin(heritage, browserAt(mobile, ofPhone))
    assert.match(textOf(waiting.page), /Open the app “e-ID app”/)
    assert.throws(() => codeIn(waiting.page.body))
    assert.ok(codeIn((await waiting.look('?way=qr')).body))
    assert.equal((await phone.scan(await linkOf(waiting))).body.step, 'card')
    const { body } = await phone.approve()
    assert.match(textOf(await waiting.look()), /Go back to the app/)
    const back = new URL(body.confirm.return)
    assert.equal(back.origin + back.pathname, `${waiting.base}/return`)
    const { idToken } = await arrive(waiting, await waiting.browser.open(back))
    assert.equal(idToken.acr, 'eidas3')
  })

  test('R089: a link that is sent to somebody signs nobody in, in neither direction', async () => {
    // The attacker began, and sends the link: the victim approves, and what ends it comes back to the victim's browser.
    const attacker = await begin(heritage, browserAt(abroad, ofPhone))
    await phone.scan(await linkOf(attacker))
    const { body } = await phone.approve()
    const victim = browserAt(home, ofPhone)
    const page = await victim.open(body.confirm.return)
    assert.equal(page.status, 403)
    assert.match(textOf(page), /Go back to the browser where you began.*They got nothing by it/)
    const stuck = await attacker.look()
    assert.match(textOf(stuck), /Go back to the app/)
    const guess = await attacker.browser.send({ url: new URL(`${attacker.base}/return?rc=${'A'.repeat(43)}`) })
    assert.doesNotMatch(String(guess.headers.location), /callback/)

    // The attacker approves their own, and sends what ends it: the victim's login is another one.
    const own = await begin(heritage, browserAt(home, ofPhone))
    await phone.scan(await linkOf(own))
    const pushed = new URL((await phone.approve()).body.confirm.return)
    const mine = await begin(heritage, browserAt(home, ofPhone))
    const elsewhere = await mine.browser.open(pushed)
    assert.equal(elsewhere.status, 403)
    const swapped = await mine.browser.open(`${mine.base}/return${pushed.search}`)
    assert.match(textOf(swapped), /Open the/)
  })

  // --- Followed ------------------------------------------------------------------------------------------------------------

  interface Stream {
    events: { event: string; data: string; id: string }[]
    comments: number
    ended: boolean
    next(event: string): Promise<{ data: string; id: string }>
    request: ClientRequest
    status: number
  }

  /** Waits in turns: whatever the machine does meanwhile. */
  async function until<T>(find: () => T | undefined, what: string): Promise<T> {
    for (let turn = 0; turn < 2_400; turn++) {
      const found = find()
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`waited for ${what}`)
  }

  async function follow({ browser }: Waiting, page: Answer, headers: Record<string, string> = {}): Promise<Stream> {
    const [, href = ''] = /data-follow="([^"]*)"/.exec(page.body) ?? []
    const url = new URL(href.replaceAll('&amp;', '&'), page.url)
    const cookie = [...browser.cookies(url)].map(([name, value]) => `${name}=${value}`).join('; ')
    return new Promise((resolve, reject) => {
      const sent = request(url, { headers: { cookie, accept: 'text/event-stream', ...headers }, agent: false })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const stream: Stream = {
          ...{ events: [], comments: 0, ended: false, request: sent, status: response.statusCode ?? 0 },
          async next(event) {
            const found = await until(
              () => stream.events.find((one) => one.event === event),
              `${event} among ${JSON.stringify(stream.events)}`,
            )
            stream.events.splice(0, stream.events.indexOf(found) + 1)
            return found
          },
        }
        let rest = ''
        response.setEncoding('utf8')
        response.on('data', (text: string) => {
          const blocks = (rest + text).split('\n\n')
          rest = blocks.pop() ?? ''
          for (const block of blocks) {
            const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
            if (block.startsWith(':')) stream.comments++
            else if (field('event')) stream.events.push({ event: field('event'), data: field('data'), id: field('id') })
          }
        })
        response.on('end', () => {
          stream.ended = true
        })
        response.on('error', () => {})
        assert.match(String(response.headers['content-type']), /^text\/event-stream/)
        resolve(stream)
      })
      sent.end()
    })
  }

  test('the page follows by itself: a new code before the old one ends, then that a phone is there', async () => {
    const waiting = await begin()
    const stream = await follow(waiting, waiting.page)
    clock.advance(heartbeat)
    await until(() => (stream.comments > 0 ? true : undefined), 'a heartbeat')
    clock.advance(31 * second)
    const { data, id } = await stream.next('code')
    const { picture, seconds } = JSON.parse(data)
    assert.equal(seconds, 50)
    const code = codeIn(picture)
    assert.notEqual(code, codeIn(waiting.page.body))
    assert.equal((await phone.scan(codeIn(waiting.page.body))).status, 404, 'the old one is over')
    // The connection drops: the browser says what it shows, and nothing is said twice.
    stream.request.destroy()
    const again = await follow(waiting, waiting.page, { 'last-event-id': id })
    await phone.scan(code)
    await again.next('state')
    await until(() => (again.ended ? true : undefined), 'the end of the events')
    assert.deepEqual(again.events, [])
    assert.ok(numberOn(await waiting.look()))
    // A page that is behind hears so at once.
    const behind = await follow(waiting, waiting.page)
    await behind.next('state')
  })

  test('one page at a time follows a request, and some of one browser; at the end of its time a page hears so', async () => {
    const browser = browserAt()
    const waiting = await begin(heritage, browser)
    const first = await follow(waiting, waiting.page)
    const second = await follow(waiting, waiting.page)
    await first.next('moved')
    const others: Stream[] = []
    for (let tab = 0; tab < mostOfBrowser; tab++) {
      const tabbed = await begin(heritage, browser)
      others.push(await follow(tabbed, tabbed.page))
    }
    await second.next('moved')
    clock.advance(5 * minute)
    for (const stream of others) await stream.next('over')
  })

  test('too many requests of one browser: said with when it goes on, and with other ways', async () => {
    const waiting = await begin()
    const [, secret = ''] = [...waiting.browser.cookies(hub.issuer)].find(([name]) => name.endsWith('browser')) ?? []
    const from = { address: home, device: '' }
    const other = { provider: 'e-id', cards: ['cnie'], by: ['card'], mode: 'app', purpose: { own: true } } as const
    const more = { browser: hashSecret(secret), required: 'eidas2', expiresAt: clock.now() + minute, from } as const
    for (let turn = 1; turn < limits.browser.most; turn++) {
      assert.equal(typeof (await hub.eid.requests.open({ ...other, ...more, login: `${turn}` })), 'string')
    }
    await waiting.browser.open(`${waiting.base}/leave?to=0`)
    const page = await waiting.look()
    assert.equal(page.status, 429)
    assert.ok(Number(page.headers['retry-after']) > 0)
    assert.match(textOf(page), /Too many requests in a short time.*or choose another account/)
    clock.advance(10 * minute + second)
    assert.match(textOf(await waiting.look()), /Scan this code/)
  })

  test('who scans the code with a camera alone is told what to do, and the code stays good', async () => {
    const waiting = await begin()
    const code = codeIn(waiting.page.body)
    const page = await browserAt(mobile, ofPhone).open(code)
    assert.equal(page.status, 200)
    assert.match(textOf(page), /This code is scanned with the app/)
    assert.equal((await phone.scan(code)).status, 200)
  })

  test('an app that is out of order by the hub’s own observation: the page says so, and who wants may try', async () => {
    const waiting = await begin(declarations)
    for (let network = 0; network < 12; network++) {
      const from = `198.51.${network}.7`
      hub.partners.health.report('e-id', { result: 'failure', reason: 'cards_unchecked', proved: true, from })
    }
    await hub.partners.health.turn()
    const page = await waiting.look()
    assert.match(textOf(page), /“e-ID app” does not answer at the moment.*You can try all the same/)
    assert.ok(codeIn(page.body))
  })

  test('a process that stops ends the events of its pages at once', async () => {
    const waiting = await begin()
    const stream = await follow(waiting, waiting.page)
    await hub.close()
    await until(() => (stream.ended ? true : undefined), 'the end of the events')
  })
})

test('every end of a request has its sentences', () => {
  const endings = [
    ...declineReasons.map((reason) => `declined.${reason}`),
    ...refusalReasons.map((reason) => `refused.${reason}`),
    'expired',
    'completed',
  ]
  for (const language of languages) {
    for (const ending of endings) {
      assert.ok(eidSignInMessages[language][`eid.${ending}`], `${ending} in ${language}`)
      assert.ok(eidSignInMessages[language][`eid.${ending}.text`], `${ending}.text in ${language}`)
    }
  }
})

describe('what a browser says of itself', () => {
  const cases: [string, words: string, isPhone: boolean, isInside: boolean][] = [
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0',
      'Firefox, Windows',
      false,
      false,
    ],
    ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36', 'Chrome, Linux', false, false],
    [
      'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0',
      'Edge, Windows',
      false,
      false,
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15',
      'Safari, macOS',
      false,
      false,
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36',
      'Chrome, Android',
      true,
      false,
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Version/4.0 Chrome/140.0 Mobile Safari/537.36',
      'Chrome, Android',
      true,
      true,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1',
      'Safari, iPhone',
      true,
      false,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 [FBAN/FBIOS]',
      'iPhone',
      true,
      true,
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 CriOS/140.0 Mobile/15E148 Safari/604.1',
      'Chrome, iPhone',
      true,
      false,
    ],
    ['<script>alert(1)</script>', '', false, false],
    ['', '', false, false],
  ]
  for (const [agent, words, isPhone, isInside] of cases) {
    test(words || JSON.stringify(agent), () => {
      const found = browserOf({ 'user-agent': agent })
      assert.equal(wordsOf(found), words)
      assert.deepEqual([found.isPhone, found.isInside], [isPhone, isInside])
    })
  }
})

describe('the pages of a signature', () => {
  const translate = createTranslator(eidSignInMessages)
  const frame = { base: '/sign/app/x', verifier: 'v', provider: 'App', signs: 'un mandat', ways: [] }
  const endings: Ending[] = [
    ...declineReasons.map((reason): Ending => `declined.${reason}`),
    ...refusalReasons.map((reason): Ending => `refused.${reason}`),
    ...(['expired', 'completed'] as const),
  ]
  for (const language of languages) {
    test(`R097: whatever ends it is said in ${language}, and nobody is told that they did not sign in`, () => {
      const context = { language, t: translate(language) } as RequestContext
      for (const ending of endings) {
        const { title, body } = endPage({ ...frame, ending }, context)
        assert.ok(title.length > 0, ending)
        assert.doesNotMatch(
          body.toString(),
          /personne n’a été identifié|nobody was|un autre compte|لم يُسجَّل دخول/i,
          ending,
        )
      }
    })
  }
})
