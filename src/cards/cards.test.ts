/** Signing in with a card, as its holder and as whoever attacks one: the whole hub, a real authority, real handshakes. */
import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, mock, test } from 'node:test'
import { extensions, nameOf, purposes } from '../../demo/authority/x509.ts'
import { type WebEidToken, webEidToken } from '../../demo/web-eid/stand-in.ts'
import { keyFiles, machineCertificate, type Shown, showCard } from '../../test/support/card-reader.ts'
import {
  type Authority,
  type Card,
  cardKinds,
  cardSettings,
  joao,
  nadege,
  salma,
  startAuthority,
} from '../../test/support/cards.ts'
import { mockProcessClock, type TestClock } from '../../test/support/clock.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../../test/support/hub.ts'
import { freePort } from '../../test/support/ports.ts'
import { factsOf, settle, tally } from '../../test/support/records.ts'
import {
  type Attempt,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
} from '../../test/support/relying-party.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../../test/support/user-agent.ts'
import { day, minute, second } from '../kernel/durations.ts'
import { mostFailures } from './brake.ts'
import { cardProblems } from './cards.ts'
import { cardMessages } from './messages.ts'
import { extensionFaultKeys } from './pages.ts'

const named = (text: string) => ({ fr: text, en: text, ar: text })

describe('a card at a computer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-cards-'))
  let clock: TestClock
  let authority: Authority
  let hub: TestHub
  let tax: RelyingParty
  let record: RelyingParty
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
    const cards = cardSettings(authority, { tls })
    const badge = cardKinds(authority, { cpx: { contactless: true } }).cpx
    const kinds = { ...cards.kinds, ...(badge ? { badge } : {}) }
    hub = await startTestHub({ settings: { cards: { ...cards, kinds } } })
    const card = (id: string, connector: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
      id,
      name: named(`Carte ${id}`),
      connector: { kind: 'card', ways: ['tls', 'web_eid'], ...connector },
      allowedLevels: ['eidas1', 'eidas2', 'eidas3'],
      ...more,
    })
    await hub.publish([
      {
        id: 'town',
        name: named('Ville'),
        services: [
          serviceEntry('tax', { sector: 'tax.example', minimumLevel: 'eidas3', entitledTo: ['amr'] }),
          serviceEntry('record', { sector: 'record.example', sensitive: true, population: 'professionals' }),
        ],
        providers: [
          card('any-card', { cards: ['cpx', 'cnie'] }),
          card('state-card', { cards: ['cnie'] }),
          card('door-badge', { cards: ['badge'] }),
        ],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[tax, record] = await Promise.all([party('tax'), party('record')])
  })
  after(async () => {
    await hub.close()
    await authority.close()
    rmSync(folder, { recursive: true })
    mock.timers.reset()
  })

  const cnie = (defects: Parameters<Authority['issue']>[0]['defects'] = {}, holder = salma) =>
    authority.issue({ kind: 'cnie', holder, defects })
  /** Of an authority that the hub does not know. */
  function selfSigned(): Card {
    const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    return cnie({ keys, signer: keys.privateKey, issuer: nameOf([['commonName', 'Somebody']]) })
  }
  const cpx = () => authority.issue({ kind: 'cpx', holder: nadege })

  interface Arrived {
    browser: UserAgent
    tried: Attempt
    /** The page that asks for the card. */
    page: Answer
  }

  async function arrive(party = tax, provider = 'any-card', parameters: Record<string, string> = {}): Promise<Arrived> {
    const browser = new UserAgent()
    const tried = await attempt(party, parameters)
    const page = await choose(browser, party, await browser.open(tried.url), provider)
    assert.match(page.url.pathname, /^\/card\/[\w.-]+$/, textOf(page))
    return { browser, tried, page }
  }

  /** Where the button leads: to the listener, with a ticket. */
  async function ticketOf({ browser, page }: Pick<Arrived, 'browser' | 'page'>): Promise<string> {
    const button = linksOf(page).find(({ pathname }) => pathname.endsWith('/read')) ?? assert.fail(textOf(page))
    const sent = await browser.open(button, ({ origin }) => origin === listener)
    assert.match(sent.url.href, /\/card\/[\w-]{43}$/)
    return sent.url.href
  }

  const placeOf = ({ headers }: Shown) => String(headers.location)

  async function byTls(arrived: Arrived, card?: Card): Promise<Answer> {
    const shown = await showCard(await ticketOf(arrived), card ? { card } : {})
    return arrived.browser.open(placeOf(shown))
  }

  /** What the card says to the challenge of the page. */
  function answered(page: Answer, card: Pick<Card, 'certificate' | 'key'>, origin = hub.issuer): WebEidToken {
    const { challenge = '' } = formTo(page, /\/sign$/).fields
    assert.equal(Buffer.from(challenge, 'base64').length, 32)
    return webEidToken(card, { origin, challenge })
  }

  const send = ({ browser, page }: Arrived, token: WebEidToken | string, more: Record<string, string> = {}) =>
    browser.submit(page, formTo(page, /\/sign$/), {
      token: typeof token === 'string' ? token : JSON.stringify(token),
      ...more,
    })

  const problemIn = (page: Answer) => page.url.searchParams.get('said')
  const refusals = async () => (await factsOf(hub, 'certificate.refused')).map(({ reason }) => reason)

  describe('read by the browser', () => {
    test('R033: a professional with card and PIN enters a sensitive service at the highest level', async () => {
      const arrived = await arrive(record)
      assert.match(textOf(arrived.page), /Pour continuer vers Service record, montrez votre carte/)
      const inform = await byTls(arrived, cpx())
      assert.match(textOf(inform), /Carte any-card a confirmé votre identité.*ORSINI/)
      const back = await goOn(arrived.browser, record, inform)
      const { idToken } = await redeem(record, { attempt: arrived.tried, page: back })
      assert.equal(idToken.acr, 'eidas3')
      for (const { search } of inform.trail) assert.doesNotMatch(search, /eidas|ORSINI|8101/)
    })

    test('R033, R080: the service that may know reads by what; the person is the same with a renewed card', async () => {
      const claims = JSON.stringify({ id_token: { amr: { essential: true } } })
      const subjects = []
      for (const card of [cnie(), cnie()]) {
        const arrived = await arrive(tax, 'any-card', { claims })
        let page = await byTls(arrived, card)
        page = await goOn(arrived.browser, tax, page)
        const { idToken, userinfo } = await redeem(tax, { attempt: arrived.tried, page })
        assert.deepEqual([idToken.acr, idToken.amr], ['eidas3', ['sc', 'pin', 'hwk', 'mfa']])
        assert.equal(idToken.auth_time, Math.floor(clock.now() / second))
        assert.deepEqual(
          [userinfo.given_name, userinfo.family_name, userinfo.birthdate],
          ['Salma Nour', 'EL FASSI', '1984-05-17'],
        )
        subjects.push(idToken.sub)
      }
      assert.equal(subjects[0], subjects[1])
    })

    test('R016: the card of a resident of another nationality serves as well', async () => {
      const arrived = await arrive()
      const page = await goOn(arrived.browser, tax, await byTls(arrived, cnie({}, joao)))
      const { userinfo } = await redeem(tax, { attempt: arrived.tried, page })
      assert.equal(userinfo.family_name, 'TAVARES')
    })

    test('without a card, with a wrong PIN or after a cancellation the page says so, and the next try goes on', async () => {
      const arrived = await arrive()
      const page = await byTls(arrived)
      assert.deepEqual([page.status, problemIn(page)], [403, 'nothing_shown'])
      assert.match(textOf(page), /Aucune carte n’a été lue/)
      const inform = await byTls({ ...arrived, page }, cnie())
      assert.match(textOf(inform), /EL FASSI/)
    })

    test('every card that is not accepted gets a page with a way on, and leaves its reason behind', async () => {
      const revoked = cnie()
      authority.revoke(revoked.serial)
      const cases: [card: Card, provider: string, status: number, problem: string, reason: string][] = [
        [
          cnie({ notAfter: clock.now() - day, notBefore: clock.now() - 2 * day }),
          'any-card',
          403,
          'expired',
          'expired',
        ],
        [revoked, 'any-card', 403, 'revoked', 'revoked'],
        [cpx(), 'state-card', 403, 'unknown_card', 'policy_missing'],
        [selfSigned(), 'any-card', 403, 'unknown_card', 'issuer_unknown'],
        [
          cnie({ extensions: ({ purposes: _, ...own }) => Object.values(own) }),
          'any-card',
          403,
          'unknown_card',
          'purpose_missing',
        ],
      ]
      for (const [card, provider, status, problem, reason] of cases) {
        const arrived = await arrive(tax, provider)
        const page = await byTls(arrived, card)
        assert.deepEqual([page.status, problemIn(page)], [status, problem], reason)
        assert.ok(
          linksOf(page).some(({ pathname }) => pathname.endsWith('/read')),
          'once more',
        )
        assert.ok(
          linksOf(page).some(({ pathname }) => /^\/login\/[\w-]+$/.test(pathname)),
          'another account',
        )
        assert.ok(
          linksOf(page).some(({ pathname }) => pathname.endsWith('/back')),
          'back to the service',
        )
        const fact = (await factsOf(hub, 'certificate.refused')).at(-1)
        assert.deepEqual([fact?.reason, fact?.provider], [reason, provider])
      }
    })

    test('R076: nobody says whether it is revoked: no card, a page that says it is not theirs, and the health hears of it', async () => {
      // Nothing is remembered of an issuer whose answers have had their time.
      clock.advance(11 * minute)
      const arrived = await arrive()
      authority.stop()
      const page = await byTls(arrived, cnie())
      authority.start()
      assert.deepEqual([page.status, problemIn(page)], [503, 'unverifiable'])
      assert.match(textOf(page), /Ce n’est pas de votre fait/)
      assert.equal((await refusals()).at(-1), 'revocation_unknown')
      clock.advance(minute)
      assert.match(textOf(await byTls({ ...arrived, page }, cnie())), /EL FASSI/, 'once it answers again')
    })

    test('R034: what was read without contact opens nothing, and the choice page says what is missing', async () => {
      const arrived = await arrive(record, 'door-badge')
      const page = await byTls(arrived, cpx())
      assert.match(textOf(page), /Carte door-badge.*deux preuves/)
      await settle(hub)
      const refused = (await factsOf(hub, 'connection.refused')).at(-1)
      assert.equal(refused?.reason, 'provider_means_refused')
      const reasons = (await factsOf(hub, 'policy.refused')).at(-1)?.reasons ?? []
      assert.ok(reasons.includes('contactless_alone'), reasons.join(' '))
    })

    test('a ticket serves once, and of two browsers at once exactly one', async () => {
      const arrived = await arrive()
      const ticket = await ticketOf(arrived)
      const card = cnie()
      const places = (await Promise.all([showCard(ticket, { card }), showCard(ticket, { card })])).map(placeOf)
      assert.equal(places.filter((place) => place.includes('/done?h=')).length, 1)
      assert.equal(places.filter((place) => place === `${hub.issuer}/card/over`).length, 1)
      const over = await arrived.browser.open(`${hub.issuer}/card/over`)
      assert.deepEqual([over.status, linksOf(over).length > 0], [410, true])
    })

    test('a ticket has its minute: later it leads back to the page', async () => {
      const arrived = await arrive()
      const ticket = await ticketOf(arrived)
      clock.advance(minute + second)
      const page = await arrived.browser.open(placeOf(await showCard(ticket, { card: cnie() })))
      assert.deepEqual([page.status, problemIn(page)], [410, 'too_late'])
      assert.match(textOf(await byTls({ ...arrived, page }, cnie())), /EL FASSI/)
    })

    test('a ticket that is handed to somebody with a card signs nobody in: neither the one nor the other', async () => {
      const before = await tally(hub)
      const attacker = await arrive()
      const ticket = await ticketOf(attacker)
      // The victim follows the link, shows the card, and is sent back in their own browser.
      const victim = new UserAgent()
      const place = placeOf(await showCard(ticket, { card: cnie({}, joao) }))
      const stopped = await victim.open(place)
      assert.deepEqual([stopped.status, stopped.url.pathname.endsWith('/done')], [403, true])
      // The attacker has no handle, and finds none.
      const guess = await attacker.browser.open(`${attacker.page.url.href}/done?h=${'x'.repeat(43)}`)
      assert.equal(problemIn(guess), 'too_late')
      const { people, sessions } = await tally(hub)
      assert.deepEqual([people, sessions], [before.people, before.sessions])
    })

    test('a card of the attacker that is handed to somebody else signs nobody in either', async () => {
      const before = await tally(hub)
      const attacker = await arrive()
      const place = placeOf(await showCard(await ticketOf(attacker), { card: cnie({}, joao) }))
      const victim = await arrive()
      assert.equal((await victim.browser.open(place)).status, 403)
      const forged = new URL(victim.page.url)
      forged.pathname += '/done'
      forged.search = new URL(place).search
      assert.equal(problemIn(await victim.browser.open(forged)), 'too_late')
      const { people, sessions } = await tally(hub)
      assert.deepEqual([people, sessions], [before.people, before.sessions])
      // Their own login goes on.
      assert.match(textOf(await byTls(victim, cnie())), /EL FASSI/)
    })

    test('R076: a certificate in a field of a request proves nothing at the hub', async () => {
      const arrived = await arrive()
      const field = { 'client-cert': `:${cnie().certificate.toString('base64')}:` }
      for (const path of ['', '/read', '/done', '/done?h=', `/done?h=${'x'.repeat(43)}`]) {
        const url = new URL(`${arrived.page.url.href}${path}`)
        const { headers } = await arrived.browser.send({ url, headers: field })
        assert.doesNotMatch(String(headers.location), /callback/, path)
      }
    })

    test('the back button and a second tab lead to where the login is', async () => {
      const arrived = await arrive()
      await byTls(arrived, cnie())
      const again = await arrived.browser.open(arrived.page.url)
      assert.match(again.url.pathname, /^\/login\//)
      const foreign = await new UserAgent().open(arrived.page.url)
      assert.equal(foreign.status, 403)
    })
  })

  describe('read by Web eID', () => {
    test('R081: a card in an external reader opens what asks for the highest level', async () => {
      const arrived = await arrive()
      const inform = await send(arrived, answered(arrived.page, cnie()))
      const page = await goOn(arrived.browser, tax, inform)
      const { idToken } = await redeem(tax, { attempt: arrived.tried, page })
      assert.equal(idToken.acr, 'eidas3')
    })

    test('R081: it is the same person whichever way the card was read', async () => {
      const subjects = []
      for (const read of [byTls, (arrived: Arrived, card: Card) => send(arrived, answered(arrived.page, card))]) {
        const arrived = await arrive()
        const page = await goOn(arrived.browser, tax, await read(arrived, cnie()))
        subjects.push((await redeem(tax, { attempt: arrived.tried, page })).idToken.sub)
      }
      assert.equal(subjects[0], subjects[1])
    })

    /** What is sent in place of a good answer, and what comes of it. */
    const refused: [
      what: string,
      sent: (arrived: Arrived) => Promise<Answer> | Answer,
      problem: string,
      reason?: string,
    ][] = [
      [
        'signed for another origin',
        (arrived) => send(arrived, answered(arrived.page, cnie(), 'https://hub.example')),
        'refused',
      ],
      ['without anything: no script ran', (arrived) => send(arrived, ''), 'no_script'],
      ['that is no JSON', (arrived) => send(arrived, 'x'), 'malformed'],
      ['that is too large', (arrived) => send(arrived, `${' '.repeat(20_000)}{}`), 'malformed'],
      [
        'with the algorithm none',
        (arrived) => send(arrived, { ...answered(arrived.page, cnie()), algorithm: 'none' }),
        'malformed',
      ],
      [
        'with an algorithm that the key is not for',
        (arrived) => send(arrived, { ...answered(arrived.page, cnie()), algorithm: 'PS256' }),
        'refused',
      ],
      [
        'with the certificate of somebody else',
        (arrived) =>
          send(arrived, {
            ...answered(arrived.page, cnie()),
            unverifiedCertificate: cnie({}, joao).certificate.toString('base64'),
          }),
        'refused',
      ],
      [
        'of another version',
        (arrived) => send(arrived, { ...answered(arrived.page, cnie()), format: 'web-eid:2.0' }),
        'malformed',
      ],
      [
        'to the challenge of another browser',
        async (arrived) => {
          const other = await arrive()
          const { challenge = '' } = formTo(other.page, /\/sign$/).fields
          return send(arrived, answered(other.page, cnie()), { challenge })
        },
        'too_late',
      ],
      [
        'to a challenge that the hub never gave',
        (arrived) => {
          const challenge = Buffer.alloc(32, 7).toString('base64')
          return send(arrived, webEidToken(cnie(), { origin: hub.issuer, challenge }), { challenge })
        },
        'too_late',
      ],
      [
        'after five minutes',
        (arrived) => {
          const token = answered(arrived.page, cnie())
          clock.advance(5 * minute)
          return send(arrived, token)
        },
        'too_late',
      ],
      [
        'for another purpose',
        (arrived) => send(arrived, answered(arrived.page, cnie(purposeOf(purposes.emailProtection)))),
        'unknown_card',
        'purpose_missing',
      ],
      [
        'for any purpose',
        (arrived) => send(arrived, answered(arrived.page, cnie(purposeOf(purposes.any)))),
        'unknown_card',
        'purpose_missing',
      ],
      [
        'under another policy',
        (arrived) =>
          send(arrived, answered(arrived.page, cnie({ extensions: ({ policies: _, ...own }) => Object.values(own) }))),
        'unknown_card',
        'policy_missing',
      ],
      [
        'that signed itself',
        (arrived) => send(arrived, answered(arrived.page, selfSigned())),
        'unknown_card',
        'issuer_unknown',
      ],
      [
        'that was revoked',
        (arrived) => {
          const card = cnie()
          authority.revoke(card.serial)
          return send(arrived, answered(arrived.page, card))
        },
        'revoked',
        'revoked',
      ],
      [
        'that has expired',
        (arrived) => send(arrived, answered(arrived.page, cnie({ notAfter: clock.now() - second }))),
        'expired',
        'expired',
      ],
    ]
    const purposeOf = (oid: string): Parameters<typeof cnie>[0] => ({
      extensions: ({ purposes: _, ...own }) => [...Object.values(own), extensions.purposes(oid)],
    })
    for (const [what, sent, problem, reason] of refused) {
      test(`R076: an answer ${what} is refused, and the page leads on`, async () => {
        const arrived = await arrive()
        const facts = (await refusals()).length
        const page = await sent(arrived)
        assert.equal(problemIn(page), problem)
        assert.ok(page.status >= 400, String(page.status))
        const after = await refusals()
        assert.deepEqual(after.slice(facts), reason ? [reason] : [])
        assert.match(textOf(await send({ ...arrived, page }, answered(page, cnie()))), /EL FASSI/)
      })
    }

    test('R030: an answer serves once, whatever became of it', async () => {
      const arrived = await arrive()
      const { challenge = '' } = formTo(arrived.page, /\/sign$/).fields
      const token = answered(arrived.page, cnie())
      // Somebody changes it first: the challenge is used up with it.
      const spoilt = await send(arrived, { ...token, signature: token.signature.slice(4) })
      assert.equal(problemIn(spoilt), 'refused')
      assert.equal(problemIn(await send({ ...arrived, page: spoilt }, token, { challenge })), 'too_late')
      // Of two at once exactly one goes on.
      const next = answered(spoilt, cnie())
      const both = await Promise.all([
        send({ ...arrived, page: spoilt, browser: arrived.browser.clone() }, next),
        send({ ...arrived, page: spoilt, browser: arrived.browser.clone() }, next),
      ])
      assert.equal(both.filter((page) => page.url.pathname.startsWith('/card/')).length, 1)
    })

    test('what comes from another site is no answer', async () => {
      const { browser, page } = await arrive()
      const { action, fields } = formTo(page, /\/sign$/)
      const body = new URLSearchParams({ ...fields, token: JSON.stringify(answered(page, cnie())) }).toString()
      const sent = await browser.send({
        url: action,
        method: 'POST',
        body,
        site: 'cross-site',
        origin: 'https://evil.example',
      })
      assert.equal(sent.status, 403)
    })

    test('a network that only fails is told to wait, and a card that is good then is not looked at', async () => {
      const arrived = await arrive()
      let page = arrived.page
      for (let failure = 0; failure < mostFailures; failure++) {
        page = await send({ ...arrived, page }, 'x')
        if (problemIn(page) === 'too_often') break
      }
      assert.equal(problemIn(await send({ ...arrived, page }, answered(page, cnie()))), 'too_often')
      assert.equal(
        placeOf(await showCard(await ticketOf({ ...arrived, page }), { card: cnie() })),
        `${hub.issuer}/card/over`,
      )
      clock.advance(10 * minute)
      const later = await arrive()
      assert.match(textOf(await send(later, answered(later.page, cnie()))), /EL FASSI/)
    })
  })

  test('there is a sentence for everything that a page can say, in each language', () => {
    for (const [language, sentences] of Object.entries(cardMessages)) {
      for (const problem of cardProblems) {
        assert.ok(
          sentences[`card.problem.${problem}`] && sentences[`card.problem.${problem}.text`],
          `${language} ${problem}`,
        )
      }
      for (const fault of extensionFaultKeys) assert.ok(sentences[`card.web_eid.${fault}`], `${language} ${fault}`)
      assert.deepEqual(Object.keys(sentences), Object.keys(cardMessages.fr ?? {}), language)
    }
  })
})
