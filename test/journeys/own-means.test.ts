/** Signing in with the hub's own means, as a person and as whoever attacks one: pages, handle, throttling, revocation. */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, mock, test } from 'node:test'
import { minute, second } from '../../src/kernel/durations.ts'
import { policySchema } from '../../src/policy/settings.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import {
  chooseOwn,
  codeOf,
  enrol,
  type OwnAccount,
  ownPassword,
  ownProviderEntry,
  typeCode,
  typePassword,
} from '../support/own-means.ts'
import { ilan, tarik } from '../support/people.ts'
import { dump, factsOf, settle } from '../support/records.ts'
import { type Attempt, at, attempt, goOn, type RelyingParty, redeem, relyingParty } from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

describe("the hub's own means", () => {
  let clock: TestClock
  let hub: TestHub
  let refunds: RelyingParty
  let justice: RelyingParty
  let notices: string[]
  let receiver: Server
  let people = 0

  async function publish(own: Record<string, unknown> = {}): Promise<void> {
    const { port } = receiver.address() as AddressInfo
    const backchannelLogoutUri = `http://localhost:${port}/logout`
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('refunds', { sector: 'health.example', backchannelLogoutUri }),
          serviceEntry('justice', { sector: 'justice.example', minimumLevel: 'eidas2', entitledTo: ['amr'] }),
        ],
        providers: [ownProviderEntry(own)],
      },
    ])
  }

  before(async () => {
    clock = mockProcessClock({ mock })
    notices = []
    receiver = createServer((request, response) => {
      notices.push(request.url ?? '')
      request.resume()
      response.end()
    })
    await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
    // A password alone, where nothing is sensitive: what it may open besides is the policy's own test.
    hub = await startTestHub({ settings: { policy: policySchema.parse({ passwordAlone: 'ordinary' }) } })
    await publish({ state: { kind: 'active' } })
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, justice] = await Promise.all([party('refunds'), party('justice')])
  })
  after(async () => {
    await hub.close()
    receiver.closeAllConnections()
    await new Promise((done) => receiver.close(done))
    mock.timers.reset()
  })

  /** Somebody new, whom nobody else is like. */
  function somebody(given: { totp?: boolean } = {}): Promise<OwnAccount> {
    people++
    const identity = { ...tarik, family_name: `BENJELLOUN${'A'.repeat(people)}` }
    return enrol(hub, { name: `personne.${people}`, identity, ...given })
  }

  interface Arrived {
    browser: UserAgent
    tried: Attempt
    page: Answer
  }

  /** As far as the page on which to sign in. */
  async function arrive(party: RelyingParty, parameters: Record<string, string> = {}): Promise<Arrived> {
    const browser = new UserAgent()
    const tried = await attempt(party, parameters)
    const page = await chooseOwn(browser, await browser.open(tried.url))
    return { browser, tried, page }
  }

  const present = () => clock.now()

  test('R053: password and TOTP open a service of level substantial, which gets acr, amr and the identity', async () => {
    const account = await somebody({ totp: true })
    const claims = JSON.stringify({ id_token: { amr: { essential: true } } })
    const { browser, tried, page } = await arrive(justice, { claims })
    assert.equal(page.status, 200)
    assert.match(textOf(page), /Ce service demande deux preuves/)
    const asked = await typePassword(browser, page, { identifier: account.name })
    assert.match(asked.url.pathname, /^\/means\/sign-in\/.*\/second$/)
    assert.match(textOf(asked), /téléphone/)
    const inform = await typeCode(browser, asked, account.code(present()))
    assert.match(textOf(inform), /Compte Garant a confirmé votre identité.*BENJELLOUN/)
    const back = await goOn(browser, justice, inform)
    const { idToken, userinfo } = await redeem(justice, { attempt: tried, page: back })
    assert.equal(idToken.acr, 'eidas2')
    assert.deepEqual(idToken.amr, ['pwd', 'otp', 'mfa'])
    assert.equal(idToken.auth_time, Math.floor(present() / second))
    assert.equal(userinfo.given_name, 'Tarik')
    // No level, means or identity went through the browser; as a word, which a random value may hold by chance.
    for (const { search } of inform.trail) assert.doesNotMatch(search, /eidas|(?<![\w-])otp(?![\w-])|BENJELLOUN/)
  })

  test('the account is the same person each time: one subject, one line of the ledger each', async () => {
    const account = await somebody()
    const subjects = []
    for (let time = 0; time < 2; time++) {
      const { browser, tried, page } = await arrive(refunds)
      const inform = await typePassword(browser, page, { identifier: account.name }, at(refunds))
      const back = await goOn(browser, refunds, inform)
      const { idToken } = await redeem(refunds, { attempt: tried, page: back })
      assert.equal(idToken.acr, 'eidas1', 'one factor is the lowest level')
      subjects.push(idToken.sub)
    }
    assert.equal(subjects[0], subjects[1])
  })

  test('R039: a professional signs in by their number of the register, and goes by it', async () => {
    const account = await enrol(hub, { name: 'ilan.vermeil', identity: ilan, totp: true })
    const { browser, tried, page } = await arrive(justice, { scope: 'openid preferred_username family_name' })
    const asked = await typePassword(browser, page, { identifier: account.name })
    const inform = await typeCode(browser, asked, account.code(present()))
    const back = await goOn(browser, justice, inform)
    const { userinfo } = await redeem(justice, { attempt: tried, page: back })
    assert.equal(userinfo.preferred_username, ilan.nationalId)
    assert.equal(userinfo.family_name, ilan.family_name)
  })

  test('R048: a service that asks for two proofs does not take a password alone, and the page says why', async () => {
    const account = await somebody()
    const { browser, page } = await arrive(justice)
    const told = await typePassword(browser, page, { identifier: account.name })
    assert.equal(told.status, 403)
    assert.match(textOf(told), /ce service demande deux preuves, et votre compte n’en a qu’une/)
    assert.ok(linksOf(told).some(({ pathname }) => /^\/login\/[\w-]+$/.test(pathname)))
  })

  test('an unknown person and a wrong password get the same answer: status, headers, text', async () => {
    const account = await somebody({ totp: true })
    const answers = []
    for (const typed of [
      { identifier: account.name, password: 'Pas le bon 1!' },
      { identifier: 'personne.inconnue', password: 'Pas le bon 1!' },
      { identifier: 'x'.repeat(400), password: '' },
    ]) {
      const { browser, page } = await arrive(refunds)
      const answer = await typePassword(browser, page, typed)
      const { date: _, 'content-length': _length, ...headers } = answer.headers
      // What differs is of this login and what was typed, never of who was meant.
      const body = answer.body
        .replaceAll(answer.url.pathname.split('/')[3] ?? '', 'STATE')
        .replaceAll(/\/login\/[\w-]+/g, '/login/FLOW')
        .replaceAll(/name="(verifier|ceremony)" value="[^"]*"/g, '$1')
        .replaceAll(/\?v=[\w-]+/g, '?v=')
        .replaceAll(/data-options="[^"]*"/g, 'options')
        .replaceAll(/(name="identifier") value="[^"]*"/g, '$1')
      answers.push({ status: answer.status, headers, body })
    }
    assert.equal(answers[0]?.status, 403)
    assert.deepEqual(answers[1], answers[0])
    assert.deepEqual(answers[2], answers[0])
  })

  test('R061: after five failures the right password waits a minute too, and the page says how long', async () => {
    const account = await somebody()
    const { browser, page } = await arrive(refunds)
    let shown = page
    for (let failure = 0; failure < 5; failure++) {
      shown = await typePassword(browser, shown, { identifier: account.name, password: `Pas le bon ${failure}!` })
      assert.equal(shown.status, 403)
    }
    const early = await typePassword(browser, shown, { identifier: account.name })
    assert.equal(early.status, 429)
    assert.equal(early.headers['retry-after'], '60')
    assert.match(textOf(early), /Vous pourrez réessayer dans 60 s/)
    clock.advance(minute)
    const inform = await typePassword(browser, early, { identifier: account.name })
    assert.match(textOf(inform), /Voici ce que/)
  })

  test('R061: of fifty guesses at once five are evaluated, then of fifty more, the right one among them, none', async () => {
    const account = await somebody()
    const { browser, page } = await arrive(refunds)
    const wrong = Array.from({ length: 50 }, (_, index) => `Pas le bon ${index}!`)
    /** How many were told that it is wrong, and how many to wait. */
    const guess = async (guesses: string[]) => {
      const answers = await Promise.all(
        guesses.map((password) => typePassword(browser.clone(), page, { identifier: account.name, password })),
      )
      return [403, 429].map((expected) => answers.filter(({ status }) => status === expected).length)
    }
    assert.deepEqual(await guess(wrong), [5, 45])
    assert.deepEqual(await guess(wrong.with(30, ownPassword)), [0, 50])
    const refused = await factsOf(hub, 'means.sign_in_refused')
    const evaluated = refused.filter(({ person, reason }) => person === account.person && reason === 'wrong_password')
    assert.equal(evaluated.length, 5)
    clock.advance(2 * minute)
  })

  test('a TOTP serves once, also in another login, and a wrong one gives a fresh try on the same page', async () => {
    const account = await somebody({ totp: true })
    const code = account.code(present())
    const first = await arrive(justice)
    const asked = await typePassword(first.browser, first.page, { identifier: account.name })
    const wrong = await typeCode(first.browser, asked, '000000' === code ? '111111' : '000000')
    assert.equal(wrong.status, 403)
    assert.match(textOf(wrong), /Ce code n’est pas le bon/)
    assert.match(textOf(await typeCode(first.browser, wrong, code)), /Voici ce que/)
    const other = await arrive(justice)
    const again = await typePassword(other.browser, other.page, { identifier: account.name })
    const replayed = await typeCode(other.browser, again, code)
    assert.equal(replayed.status, 403)
    clock.advance(30 * second)
    assert.match(textOf(await typeCode(other.browser, replayed, account.code(present()))), /Voici ce que/)
  })

  test('the handle is good once, in its login and its browser only', async () => {
    const account = await somebody()
    const { browser, page } = await arrive(refunds)
    const isCallback = (url: URL) => url.pathname.startsWith('/callback/')
    const stopped = await typePassword(browser, page, { identifier: account.name }, isCallback)
    assert.match(stopped.url.search, /code=[\w-]{43}/)

    const stranger = new UserAgent()
    const stolen = await stranger.open(stopped.url)
    assert.equal(stolen.status, 403)

    // Pushed into the login of somebody else, it signs nobody in.
    const victim = await arrive(refunds)
    const forged = new URL(stopped.url)
    forged.searchParams.set('state', victim.page.url.pathname.split('/')[3] ?? '')
    const pushed = await victim.browser.open(forged)
    assert.doesNotMatch(textOf(pushed), /Voici ce que/)
    const refused = (await factsOf(hub, 'provider.answer_refused')).at(-1)
    assert.equal(refused?.reason, 'handle_of_another_login')

    // ... and is used up by that.
    const late = await browser.open(stopped.url)
    assert.doesNotMatch(textOf(late), /Voici ce que/)
    assert.equal((await factsOf(hub, 'provider.answer_refused')).at(-1)?.reason, 'handle_unknown')
  })

  test('another browser sees nothing of the page, nor posts to it', async () => {
    const { page } = await arrive(refunds)
    const stranger = new UserAgent()
    assert.equal((await stranger.open(page.url)).status, 403)
    const posted = await typePassword(stranger, page, { identifier: 'personne.1' })
    assert.equal(posted.status, 403)
  })

  test('a form of this page without its verifier, or with another login’s, is refused', async () => {
    const account = await somebody()
    const one = await arrive(refunds)
    const other = await arrive(refunds)
    const form = formTo(one.page, /\/password$/)
    const foreign = formTo(other.page, /\/password$/).fields.verifier ?? ''
    for (const verifier of ['', foreign]) {
      const answer = await one.browser.submit(one.page, form, {
        verifier,
        identifier: account.name,
        password: ownPassword,
      })
      assert.equal(answer.status, 403)
      assert.doesNotMatch(textOf(answer), /Voici ce que/)
    }
  })

  test('R047: a password that is revoked between the two steps signs nobody in', async () => {
    const account = await somebody({ totp: true })
    const { browser, page } = await arrive(justice)
    const asked = await typePassword(browser, page, { identifier: account.name })
    const { person, password } = account
    assert.ok(password)
    const change = { person, means: password, actor: { kind: 'command' }, reason: 'stolen' } as const
    await hub.storage.transaction((tx) => hub.means.revoke(tx, change))
    const answer = await typeCode(browser, asked, account.code(present()))
    assert.doesNotMatch(textOf(answer), /Voici ce que/)
    assert.ok(answer.status >= 400)
  })

  test('R047: ... nor one that is revoked between the ceremony and the callback', async () => {
    const account = await somebody()
    const { browser, page } = await arrive(refunds)
    const isCallback = (url: URL) => url.pathname.startsWith('/callback/')
    const stopped = await typePassword(browser, page, { identifier: account.name }, isCallback)
    const { person, password } = account
    assert.ok(password)
    const change = { person, means: password, actor: { kind: 'command' }, reason: 'stolen' } as const
    await hub.storage.transaction((tx) => hub.means.revoke(tx, change))
    assert.match(textOf(await browser.open(stopped.url)), /n’a pas confirmé votre identité/)
    assert.equal((await factsOf(hub, 'provider.answer_refused')).at(-1)?.reason, 'means_ended')
  })

  test('R047: a session ends when the means is revoked, and its services are told', async () => {
    const account = await somebody({ totp: true })
    const { browser, tried, page } = await arrive(refunds)
    const asked = await typePassword(browser, page, { identifier: account.name })
    const inform = await typeCode(browser, asked, account.code(present()))
    await redeem(refunds, { attempt: tried, page: await goOn(browser, refunds, inform) })
    const { person, totp } = account
    assert.ok(totp)
    notices.length = 0
    const change = { person, means: totp, actor: { kind: 'person', id: person }, reason: 'lost' } as const
    assert.equal(await hub.storage.transaction((tx) => hub.means.revoke(tx, change)), 'done')
    await settle(hub)
    assert.equal(notices.length, 1)
    const silent = await browser.open((await attempt(refunds, { prompt: 'none' })).url, at(refunds))
    assert.equal(silent.url.searchParams.get('error'), 'login_required')
  })

  test('R006: while the provider is suspended nobody chooses it, and a page that is open leads back', async () => {
    const account = await somebody()
    const { browser, page } = await arrive(refunds)
    const reason = { fr: 'Contrôle en cours', en: 'Being checked', ar: 'قيد الفحص' }
    await publish({ state: { kind: 'suspended', category: 'security', reason } })
    try {
      const told = await typePassword(browser, page, { identifier: account.name })
      assert.match(told.url.pathname, /^\/login\//)
      assert.match(textOf(told), /Contrôle en cours/)
      const form = formTo(told, /\/choose$/)
      assert.equal(
        form.buttons.some(({ name, value }) => name === 'provider' && value === 'local-account'),
        false,
      )
      const forged = await browser.submit(told, form, { provider: 'local-account' })
      assert.equal(forged.status, 403)
    } finally {
      await publish({ state: { kind: 'active' } })
    }
  })

  test('a kind of means that the operators do not accept is not offered, and refused when it is sent', async () => {
    const account = await somebody({ totp: true })
    await publish({ connector: { kind: 'own_means', accepts: ['passkey'] } })
    try {
      const { browser, page } = await arrive(refunds)
      assert.equal(
        formsOf(page).some(({ action }) => action.pathname.endsWith('/password')),
        false,
      )
      const verifier = formTo(page, /\/passkey$/).fields.verifier ?? ''
      const form = { action: new URL(`${page.url.href}/password`), method: 'POST' as const, fields: {}, buttons: [] }
      const sent = await browser.submit(page, form, { verifier, identifier: account.name, password: ownPassword })
      assert.equal(sent.status, 403)
      assert.match(textOf(sent), /Ce moyen n’est pas accepté ici/)
    } finally {
      await publish()
    }
  })

  test('reload, back button and language keep the step; without the password there is no second one', async () => {
    const account = await somebody({ totp: true })
    const { browser, page } = await arrive(justice)
    const early = await browser.open(`${page.url.href}/second`)
    assert.equal(early.status, 409)
    assert.match(textOf(early), /Cette étape est terminée/)
    const asked = await typePassword(browser, page, { identifier: account.name })
    assert.match(textOf(await browser.open(asked.url)), /Une seconde preuve/)
    const arabic = await browser.open(`${asked.url.href}?lang=ar`)
    assert.match(arabic.body, /<html lang="ar" dir="rtl">/)
    assert.match(textOf(arabic), /إثبات ثانٍ/)
    const back = await browser.open(page.url)
    assert.equal(back.status, 200)
    const inform = await typeCode(browser, arabic, account.code(present()))
    assert.match(inform.body, /\/inform"/)
    // The page that is left open in another tab leads on to where the login is.
    assert.match((await browser.open(asked.url)).body, /\/inform"/)
  })

  test('two clicks on the last button lead to the same place', async () => {
    const account = await somebody({ totp: true })
    const { browser, page } = await arrive(justice)
    const asked = await typePassword(browser, page, { identifier: account.name })
    const code = account.code(present())
    const isCallback = (url: URL) => url.pathname.startsWith('/callback/')
    const first = await typeCode(browser, asked, code, isCallback)
    const again = await typeCode(browser, asked, code, isCallback)
    assert.equal(again.url.href, first.url.href)
    assert.match(textOf(await browser.open(again.url)), /Voici ce que/)
  })

  test('R055 R054: codes that travel are offered for low services only, with a word of warning', async () => {
    const account = await somebody()
    const { person, enrolment } = account
    await hub.storage.transaction((tx) => hub.means.recoveryCodes.make(tx, { person, enrolment }))
    const { browser, page } = await arrive(justice)
    const asked = await typePassword(browser, page, { identifier: account.name })
    assert.match(textOf(asked), /Pas assez sûres pour ce service.*Code de secours/)
    assert.equal(
      formsOf(asked).some(({ action }) => action.pathname.endsWith('/second')),
      false,
    )
    const verifier = formTo(page, /\/password$/).fields.verifier ?? ''
    const form = { action: asked.url, method: 'POST' as const, fields: {}, buttons: [] }
    const forged = await browser.submit(asked, form, { verifier, kind: 'recovery_code', code: 'AAAA' })
    assert.match(textOf(forged), /Ce moyen n’est pas accepté ici/)
    // A second factor that exists is asked for at a low service too.
    const low = await arrive(refunds)
    assert.match(textOf(await typePassword(low.browser, low.page, { identifier: account.name })), /Code de secours/)
  })

  test('the ways out lead to the other accounts and to the service', async () => {
    const { browser, page, tried } = await arrive(refunds)
    const [choice, back] = ['/login/', '/back'].map((part) =>
      linksOf(page).filter(({ pathname }) => pathname.includes(part)),
    )
    assert.match(textOf(await browser.open(choice?.[0] ?? '')), /Choisissez un compte/)
    const left = await browser.open(back?.at(-1) ?? '', at(refunds))
    assert.equal(left.url.searchParams.get('error'), 'access_denied')
    assert.equal(left.url.searchParams.get('state'), tried.state)
  })

  // --- The holder's page -----------------------------------------------------------------------------------------------

  async function signedIn(account: OwnAccount, party = refunds): Promise<UserAgent> {
    const { browser, tried, page } = await arrive(party)
    let next = await typePassword(browser, page, { identifier: account.name }, at(party))
    if (next.url.pathname.endsWith('/second')) next = await typeCode(browser, next, account.code(present()))
    await redeem(party, { attempt: tried, page: await goOn(browser, party, next) })
    return browser
  }
  const mine = (path = '') => `${hub.issuer}/means${path}`

  test('R058: a change asks the strongest means within five minutes; then a code app can be added and serves', async () => {
    const account = await somebody()
    const browser = await signedIn(account)
    clock.advance(6 * minute)
    const asked = await browser.open(mine('/add/totp'))
    assert.match(asked.url.pathname, /^\/means\/sign-in\//)
    assert.match(textOf(asked), /Confirmez que c’est vous/)
    const begin = await typePassword(browser, asked, { identifier: account.name })
    assert.equal(begin.url.pathname, '/means/add/totp')
    const shown = await browser.submit(begin, formTo(begin, /\/add\/totp$/), { label: 'mon téléphone' })
    const secret = /<code class="secret" dir="ltr">([^<]+)</.exec(shown.body)?.[1]?.replaceAll(' ', '') ?? ''
    assert.match(secret, /^[A-Z2-7]{32}$/)
    assert.match(shown.body, /<svg/)
    const wrong = await browser.submit(shown, formTo(shown, /\/add\/totp\//), { code: '12' })
    assert.equal(wrong.status, 400)
    const done = await browser.submit(wrong, formTo(wrong, /\/add\/totp\//), { code: codeOf(secret, present()) })
    assert.match(textOf(done), /C’est ajouté.*Application de codes – mon téléphone en service/)
    // The secret is not shown again.
    assert.equal((await browser.open(shown.url)).body.includes(secret), false)
  })

  test('R047: the holder revokes a means: it asks why, the session ends, the services are told', async () => {
    const account = await somebody({ totp: true })
    const browser = await signedIn(account)
    const page = await browser.open(mine())
    const link = linksOf(page).find(({ pathname }) => pathname === `/means/${account.totp}/revoke`)
    assert.ok(link)
    notices.length = 0
    const confirm = await browser.open(link)
    assert.match(textOf(confirm), /Ce moyen ne sera plus jamais accepté/)
    const ended = await browser.submit(confirm, formTo(confirm, /\/revoke$/), { reason: 'lost' })
    assert.match(textOf(ended), /votre session est terminée/)
    await settle(hub)
    assert.equal(notices.length, 1)
    assert.equal((await factsOf(hub, 'means.revoked')).at(-1)?.reason, 'lost')
    assert.match((await browser.open(mine())).url.pathname, /^\/login\//, 'nobody is signed in any more')
  })

  test('nobody sees or changes the means of somebody else', async () => {
    const [one, other] = [await somebody({ totp: true }), await somebody({ totp: true })]
    const browser = await signedIn(one)
    const page = await browser.open(mine())
    assert.equal(page.body.includes(String(other.totp)), false)
    assert.equal((await browser.open(mine(`/${other.totp}/revoke`))).status, 404)
    const own = await browser.open(mine(`/${one.totp}/suspend`))
    const form = formTo(own, /\/suspend$/)
    const forged = { ...form, action: new URL(mine(`/${other.totp}/suspend`)) }
    assert.equal((await browser.submit(own, forged, { reason: 'lost' })).status, 404)
    const [state] = (await hub.means.of(hub.storage.db, other.person)).filter(({ kind }) => kind === 'totp')
    assert.equal(state?.state, 'active')
  })

  test('R063: a password is reset by a code at the verified mailbox; the second factor stays, sessions end', async () => {
    const account = await somebody({ totp: true })
    const { person } = account
    const { contact, code: proof } = await hub.storage.transaction((tx) =>
      hub.people.addContact(tx, person, 'personne@courriel.example', 'eidas2', 'fr'),
    )
    await hub.storage.transaction((tx) => hub.people.verifyContact(tx, person, contact, proof, 'eidas2'))
    const browser = new UserAgent()
    const asked = await browser.open(mine('/reset'))
    const known = await browser.submit(asked, formTo(asked, /\/reset$/), { identifier: account.name })
    const unknown = await browser.submit(asked, formTo(asked, /\/reset$/), { identifier: 'personne.inconnue' })
    assert.equal(textOf(unknown), textOf(known))
    await settle(hub)
    const sent = hub.smtp.mails.find(({ headers }) =>
      /choisir un nouveau mot de passe/.test(headers.get('subject') ?? ''),
    )
    const code = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec(sent?.text ?? '')?.[0] ?? ''
    const weak = await browser.submit(known, formTo(known, /\/reset\/code$/), { code, password: 'azerty' })
    assert.equal(weak.status, 400)
    assert.match(textOf(weak), /Ce mot de passe ne convient pas/)
    const fresh = 'Neuf et Bleu 73 !'
    const done = await browser.submit(weak, formTo(weak, /\/reset\/code$/), { code, password: fresh })
    assert.match(textOf(done), /Votre mot de passe est changé/)
    const again = await browser.submit(weak, formTo(weak, /\/reset\/code$/), { code, password: 'Encore un autre 8 ?' })
    assert.match(textOf(again), /a déjà servi/)
    const login = await arrive(refunds)
    const next = await typePassword(login.browser, login.page, { identifier: account.name, password: fresh })
    assert.match(textOf(next), /Une seconde preuve/)
  })

  test('R127: no password, identifier, seed or name of all this rests in clear, or is logged', async () => {
    const account = await somebody({ totp: true })
    const { seed } = account
    assert.ok(seed)
    const { browser, page } = await arrive(justice)
    const asked = await typePassword(browser, page, { identifier: account.name })
    await typeCode(browser, asked, account.code(present()))
    const written = [...(await dump(hub)).values(), JSON.stringify(hub.logged)].join('\n')
    for (const secret of [ownPassword, account.name, seed, 'BENJELLOUN']) {
      for (const form of [secret, Buffer.from(secret).toString('hex')])
        assert.equal(written.includes(form), false, secret)
    }
  })
})
