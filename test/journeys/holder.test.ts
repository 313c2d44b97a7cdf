/**
 * The hub's own pages for people: their sign-in without a service, the step-up before a change, contacts, and every form
 * by which a holder changes something. Mail and text messages arrive where they were sent.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import { day, minute, second } from '../../src/kernel/durations.ts'
import type { MeansId, PersonId } from '../../src/kernel/ids.ts'
import { meansSchema } from '../../src/means/settings.ts'
import { policySchema } from '../../src/policy/settings.ts'
import { createAuthenticator } from '../support/authenticator.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
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
import { tarik } from '../support/people.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { at, attempt, goOn, type RelyingParty, redeem, relyingParty, tile } from '../support/relying-party.ts'
import { routesOf } from '../support/routes.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

describe('the pages of a holder', () => {
  let clock: TestClock
  let hub: TestHub
  let refunds: RelyingParty
  let post: TestProvider
  let tax: TestProvider
  let outside: Server
  /** Where services are told of the end of a session. */
  let notices: number
  /** Text messages that left. */
  let texts: { to: string; text: string }[]
  let people = 0

  before(async () => {
    clock = mockProcessClock({ mock })
    texts = []
    outside = createServer((request, response) => {
      void readText(request).then((body) => {
        if (request.url === '/sms') texts.push(JSON.parse(body))
        else notices++
        response.end()
      })
    })
    await new Promise<void>((ready) => outside.listen(0, '127.0.0.1', ready))
    const { port } = outside.address() as AddressInfo
    ;[post, tax] = await Promise.all([startProvider({ id: 'post', clock }), startProvider({ id: 'tax', clock })])
    hub = await startTestHub({
      settings: {
        policy: policySchema.parse({ passwordAlone: 'ordinary' }),
        means: meansSchema.parse({ sms: { url: `http://localhost:${port}/sms` } }),
      },
      secrets: { sms: 'secret-of-the-gateway' },
    })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [serviceEntry('refunds', { backchannelLogoutUri: `http://localhost:${port}/logout` })],
        providers: [
          ownProviderEntry(),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
        ],
      },
    ])
    refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    await hub.close()
    await Promise.all([post.close(), tax.close()])
    outside.closeAllConnections()
    await new Promise((done) => outside.close(done))
    mock.timers.reset()
  })
  beforeEach(async () => {
    await settle(hub)
    notices = 0
    texts.length = 0
    hub.smtp.mails.length = 0
  })
  const mine = (path = '') => `${hub.issuer}/means${path}`
  const present = () => clock.now()

  /** Somebody new, whom nobody else is like. */
  function somebody(given: { password?: boolean; totp?: boolean } = {}): Promise<OwnAccount> {
    people++
    const identity = { ...tarik, family_name: `BENJELLOUN${'A'.repeat(people)}` }
    return enrol(hub, { name: `personne.${people}`, identity, ...given })
  }

  /** From the page on which own means are asked for to where it leads. */
  async function prove(browser: UserAgent, page: Answer, account: OwnAccount, password = ownPassword): Promise<Answer> {
    const next = await typePassword(browser, page, { identifier: account.name, password })
    if (!next.url.pathname.endsWith('/second')) return next
    // Each code serves once.
    clock.advance(30 * second)
    return typeCode(browser, next, account.code(present()))
  }

  /** Through the hub's own door, without any service. */
  async function enter(account: OwnAccount, path = ''): Promise<{ browser: UserAgent; page: Answer }> {
    const browser = new UserAgent()
    const choice = await browser.open(mine(path))
    const page = await prove(browser, await chooseOwn(browser, choice), account)
    assert.equal(page.url.href, mine(path), textOf(page).slice(0, 300))
    return { browser, page }
  }

  interface Human {
    family_name: string
    subject: string
  }
  const human = (): Human => {
    people++
    return {
      family_name: `Marchetti-${'abcdefghijklmnopqrstuvwxyz'[people % 26]}${'b'.repeat(people)}`,
      subject: `s${people}`,
    }
  }

  /** The same with another provider. */
  async function enterBy(provider: TestProvider, who: Human, acr: string, path = '', browser = new UserAgent()) {
    provider.next = {
      ...provider.next,
      subject: who.subject,
      acr,
      claims: { ...citizen, family_name: who.family_name },
    }
    const choice = await browser.open(mine(path))
    const { form, values } = tile(choice, provider === post ? 'post' : 'tax')
    return { browser, page: await browser.submit(choice, form, values) }
  }

  /** Opens the page of a form and sends it. */
  async function act(browser: UserAgent, path: string, values: Record<string, string> = {}): Promise<Answer> {
    const page = await browser.open(mine(path))
    return browser.submit(page, formTo(page, new RegExp(`^/means${path.split('?')[0]}$`)), values)
  }

  const stateOf = async (person: PersonId, means: MeansId | undefined) =>
    (await hub.means.of(hub.storage.db, person)).find((one) => one.means === means)?.state

  /** What was written since. Letters of before leave, and old sessions end, at their own time. */
  async function factsSince(from: number): Promise<{ name: string; data: Record<string, unknown> }[]> {
    return (await allFacts(hub))
      .slice(from)
      .filter(({ name, data }) => !name.startsWith('alert.') && data.reason !== 'expired')
  }
  const written = async () => (await allFacts(hub)).length

  const lettersTo = (address: string) =>
    hub.smtp.mails.filter(({ to }) => to.includes(address)).map(({ headers }) => headers.get('subject') ?? '')
  /** Those about a means or a contact that have come since what was to be said before was said. */
  async function newsTo(address: string, happens: () => Promise<unknown>): Promise<string[]> {
    await settle(hub)
    const before = lettersTo(address).length
    await happens()
    await settle(hub)
    return lettersTo(address)
      .slice(before)
      .filter((subject) => / moyen | adresse de contact /.test(subject))
      .toSorted()
  }
  const codeMailed = (address: string): string => {
    const isCode = (subject: string | undefined) => /vérifier cette adresse/.test(subject ?? '')
    const mail = hub.smtp.mails.findLast(({ to, headers }) => to.includes(address) && isCode(headers.get('subject')))
    return /\b\d{8}\b/.exec(mail?.text ?? '')?.[0] ?? 'no code came'
  }
  const wrong = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')

  async function verified(account: OwnAccount, address: string) {
    const { person } = account
    const { contact, code } = await hub.storage.transaction((tx) =>
      hub.people.addContact(tx, person, address, 'eidas2', 'fr'),
    )
    await hub.storage.transaction((tx) => hub.people.verifyContact(tx, person, contact, code, 'eidas2'))
    clock.advance(1)
    return contact
  }

  describe('the sign-in to them', () => {
    test('own means open the page that was asked for, without a service; the trace is complete', async () => {
      const account = await somebody({ totp: true })
      const from = await written()
      const choice = await new UserAgent().open(mine())
      assert.match(textOf(choice), /Se connecter à votre espace Garant/)
      assert.doesNotMatch(textOf(choice), /Étape/)
      const { page } = await enter(account)
      assert.match(textOf(page), /Connecté : Tarik BENJELLOUN/)
      assert.match(textOf(page), /Mot de passe en service/)
      const names = (await factsSince(from)).map(({ name }) => name)
      for (const name of ['connection.authorised', 'session.started', 'connection.completed']) {
        assert.equal(names.filter((one) => one === name).length, 1, name)
      }
      const [line] = await hub.connections.ofPerson(account.person, { limit: 1 })
      assert.deepEqual([line?.service, line?.state, line?.scopes], ['hub:pages', 'completed', []])
      // Half a minute passed between the two proofs.
      const { took = 0, away = 0, acr } = line ?? {}
      assert.ok(away >= 30 * second && took >= away, `${away} of ${took}`)
      assert.equal(acr, 'eidas2')
    })

    test('any provider opens it; whoever has no own means is told how to get some, and gets an account', async () => {
      const who = human()
      const { browser, page } = await enterBy(tax, who, 'eidas1')
      assert.match(textOf(page), /Vous n’avez pas de compte propre à ce site.*niveau substantiel/)
      const link = linksOf(page).find(({ pathname }) => pathname === '/sign-in')
      const choice = await browser.open(link ?? '')
      assert.match(textOf(choice), /niveau substantiel/)
      post.next = {
        ...post.next,
        subject: who.subject,
        acr: 'eidas2',
        claims: { ...citizen, family_name: who.family_name },
      }
      const { form, values } = tile(choice, 'post')
      const back = await browser.submit(choice, form, values)
      assert.equal(back.url.pathname, '/means')
      const account = formTo(back, /\/account$/)
      const local = await browser.submit(back, account, { identifier: '06 12 34 56 78' })
      assert.match(textOf(local), /un numéro de téléphone qui commence par \+/)
      const number = `+33 6 98 76 5 ${String(people).padStart(3, '0')}`
      const opened = await browser.submit(local, formTo(local, /\/account$/), { identifier: number })
      assert.match(textOf(opened), /Votre compte est ouvert/)
      assert.ok(await hub.means.enrolments.personOf(number.replaceAll(' ', '')))
      assert.equal((await factsOf(hub, 'enrolment.recorded')).at(-1)?.level, 'eidas2')
    })

    test('a session of five minutes ago signs in again before it opens an account, as the same person', async () => {
      const who = human()
      const { browser } = await enterBy(post, who, 'eidas2')
      clock.advance(5 * minute + second)
      const page = await browser.open(mine())
      assert.match(textOf(page), /il y a plus de cinq minutes/)
      const link = linksOf(page).find(({ pathname }) => pathname === '/sign-in')
      const choice = await browser.open(link ?? '')
      const { form, values } = tile(choice, 'post')
      // Somebody else answers: nothing changes hands.
      const stranger = human()
      post.next = { ...post.next, subject: stranger.subject, claims: { ...citizen, family_name: stranger.family_name } }
      const refused = await browser.submit(choice, form, values)
      assert.equal(refused.status, 403)
      assert.match(textOf(refused), /C’est le compte de quelqu’un d’autre/)
      assert.match(textOf(await browser.open(mine())), new RegExp(`Connecté : .* ${who.family_name}`))
      post.next = { ...post.next, subject: who.subject, claims: { ...citizen, family_name: who.family_name } }
      const again = await browser.open(link ?? '')
      const back = await browser.submit(again, tile(again, 'post').form, values)
      assert.ok(formTo(back, /\/account$/))
    })

    test('a weaker account, which nobody has confirmed, opens nothing; the stronger one does', async () => {
      const who = human()
      await enterBy(post, who, 'eidas2')
      const { browser, page } = await enterBy(tax, { ...who, subject: 'tax of the same' }, 'eidas1')
      assert.equal(page.status, 403)
      assert.match(textOf(page), /Cette page demande un compte plus sûr/)
      assert.doesNotMatch(textOf(page), new RegExp(who.family_name))
      assert.equal((await browser.open(mine('/contacts'))).status, 403)
      const choice = await browser.open(linksOf(page).find(({ pathname }) => pathname === '/sign-in') ?? '')
      const back = await browser.submit(choice, tile(choice, 'post').form, { provider: 'post' })
      assert.match(textOf(back), new RegExp(`Connecté : .* ${who.family_name}`))
    })

    test('the session of a service opens it too, and the services are told when somebody signs out here', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      const tried = await attempt(refunds)
      const inform = await browser.open(tried.url, at(refunds))
      await redeem(refunds, { attempt: tried, page: await goOn(browser, refunds, inform) })
      assert.equal((await browser.open(mine())).status, 200)
      const leaving = await browser.open(
        linksOf(await browser.open(mine())).find(({ pathname }) => pathname === '/logout') ?? '',
      )
      await browser.submit(leaving, formTo(leaving, /\/logout\/confirm$/), { answer: 'yes' })
      await settle(hub)
      assert.equal(notices, 1)
      assert.match((await browser.open(mine())).url.pathname, /^\/login\//)
    })

    test('R057: the session ends when it is idle, and the page asks again', async () => {
      const { browser } = await enter(await somebody())
      clock.advance(29 * minute)
      assert.equal((await browser.open(mine())).url.pathname, '/means')
      clock.advance(30 * minute)
      assert.match((await browser.open(mine())).url.pathname, /^\/login\//)
    })

    test('it leads to a page of the hub’s own, and nowhere else', async () => {
      const { browser } = await enter(await somebody())
      const places: [to: string, place: string][] = [
        ['/means/contacts', '/means/contacts'],
        ['/means', '/means'],
        ['https://elsewhere.example/means', '/space'],
        ['//elsewhere.example/means', '/space'],
        ['/means/../console', '/space'],
        ['/means?done=added', '/space'],
        ['/meanss', '/space'],
        ['/logout', '/space'],
        ['/means/a\r\nset-cookie: x', '/space'],
        ['', '/space'],
      ]
      for (const [to, place] of places) {
        const answer = await browser.send({ url: new URL(`${hub.issuer}/sign-in?${new URLSearchParams({ to })}`) })
        assert.deepEqual([answer.status, answer.headers.location], [303, place], to)
      }
    })

    test('a second click, a reload, another browser, and the engine’s own address lead nowhere else', async () => {
      const account = await somebody()
      const browser = new UserAgent()
      const form = await chooseOwn(browser, await browser.open(mine()))
      const isEnd = (url: URL) => url.pathname.startsWith('/sign-in/')
      const stopped = await typePassword(browser, form, { identifier: account.name }, isEnd)
      const flow = stopped.url.pathname.split('/').at(-1)
      assert.equal((await new UserAgent().open(stopped.url)).status, 403)
      assert.match((await browser.open(`${hub.issuer}/authorize/${flow}`, isEnd)).url.pathname, /^\/sign-in\//)
      const answers = await Promise.all([browser.clone().open(stopped.url), browser.clone().open(stopped.url)])
      assert.deepEqual(
        answers.map(({ url, status }) => [url.pathname, status]),
        [
          ['/means', 200],
          ['/means', 200],
        ],
      )
      assert.equal((await hub.connections.ofPerson(account.person, { limit: 5 })).length, 1)
      clock.advance(2 * minute)
      // The cookie of this browser came with neither: it has to sign in.
      assert.match((await browser.open(stopped.url)).url.pathname, /^\/login\//)
    })

    test('whoever does not want to sign in goes to the first page of the site', async () => {
      const browser = new UserAgent()
      const choice = await browser.open(mine())
      assert.match(textOf(choice), /Ne pas me connecter/)
      const left = await browser.submit(choice, formTo(choice, /\/cancel$/))
      assert.deepEqual([left.url.pathname, left.status], ['/', 200])
    })

    test('nobody can ask for a code in the name of the hub’s own pages', async () => {
      const { url } = await attempt(refunds, { client_id: 'hub:pages' })
      assert.equal((await new UserAgent().open(url)).status, 400)
    })
  })

  describe('R058: before a change', () => {
    test('it is proved anew by the sign-in of the hub, and what was typed is there again', async () => {
      const account = await somebody({ totp: true })
      const { browser } = await enter(account)
      const page = await browser.open(mine('/contacts/add'))
      clock.advance(5 * minute + second)
      const asked = await browser.submit(page, formTo(page, /\/add$/), { address: 'tarik@boite.example' })
      assert.match(textOf(asked), /Confirmez que c’est vous/)
      assert.deepEqual(lettersTo('tarik@boite.example'), [])
      const back = await prove(browser, asked, account)
      assert.equal(back.url.pathname, '/means/contacts/add')
      assert.equal(formTo(back, /\/add$/).fields.address, 'tarik@boite.example')
      const sent = await browser.submit(back, formTo(back, /\/add$/))
      assert.match(textOf(sent), /Vérifier votre adresse.*tarik@boite\.example/)
      // Only there, and once.
      assert.equal(formTo(await browser.open(mine('/contacts/add')), /\/add$/).fields.address, '')
    })

    test('a password never rests for that, nor is one account confirmed by another person', async () => {
      const [account, other] = [await somebody(), await somebody()]
      const { browser } = await enter(account)
      const page = await browser.open(mine('/add/password'))
      clock.advance(6 * minute)
      const asked = await browser.submit(page, formTo(page, /\/add\/password$/), {
        old: ownPassword,
        password: 'Neuf et 73 bleus !',
      })
      const refused = await prove(browser, asked, other)
      assert.equal(refused.status, 403)
      assert.match(textOf(refused), /C’est le compte de quelqu’un d’autre/)
      const again = await browser.open(mine('/add/password'))
      const back = await prove(browser, again, account)
      assert.equal(formTo(back, /\/add\/password$/).fields.password, '')
    })

    test('the strongest of the means is asked for, and whoever comes with less is told', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      await addPasskey(browser)
      const told = await browser.open(mine('/add/totp'))
      assert.equal(told.status, 403)
      assert.match(textOf(told), /Il faut le plus sûr de vos moyens/)
      const signIn = linksOf(told).find(({ pathname }) => pathname === '/sign-in')
      assert.match(textOf(await browser.open(signIn ?? '')), /Se connecter à votre espace/)
    })
  })

  /** Through the page, by an authenticator without a body. */
  async function addPasskey(browser: UserAgent, twist = {}, values: Record<string, string> = {}): Promise<Answer> {
    const page = await browser.open(mine('/add/passkey'))
    const form = formTo(page, /\/add\/passkey$/)
    const options = JSON.parse(unescaped(/data-options="([^"]*)"/.exec(page.body)?.[1] ?? '{}'))
    const response = JSON.stringify(createAuthenticator({ origin: hub.issuer }).create(options, twist))
    return browser.submit(page, form, { response, ...values })
  }
  const unescaped = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

  describe('every form', () => {
    test('is refused without a session, without its verifier, and with that of another session', async () => {
      const account = await somebody({ totp: true })
      const other = await somebody()
      const { browser } = await enter(account)
      const { browser: theirs } = await enter(other)
      const contact = await verified(account, 'one@boite.example')
      const foreign = formTo(await theirs.open(mine('/contacts/add')), /\/add$/).fields.verifier ?? ''
      const posts = routesOf(hub.web.app.printRoutes({ commonPrefix: false }))
        .filter((route) => /^POST \/means\/(?!sign-in|lost|reset|unlock|activat)/.test(route))
        .map((route) =>
          route
            .replace('POST ', '')
            .replace(':means', account.totp ?? '')
            .replace(':contact', contact),
        )
      assert.ok(posts.length >= 19, posts.join('\n'))
      const from = await written()
      for (const path of posts) {
        const url = new URL(path, hub.issuer)
        const send = (agent: UserAgent, verifier: string) =>
          agent.send({
            url,
            method: 'POST',
            body: new URLSearchParams({
              verifier,
              reason: 'lost',
              label: 'x',
              code: '1',
              address: 'x@boite.example',
            }).toString(),
            site: 'same-origin',
            origin: hub.issuer,
          })
        assert.equal((await send(new UserAgent(), foreign)).status, 401, path)
        assert.equal((await send(browser, '')).status, 403, path)
        assert.equal((await send(browser, foreign)).status, 403, path)
        const elsewhere = await browser.send({
          url,
          method: 'POST',
          body: `verifier=${foreign}`,
          site: 'cross-site',
          origin: 'https://elsewhere.example',
        })
        assert.equal(elsewhere.status, 403, path)
      }
      assert.deepEqual(await factsSince(from), [])
      assert.deepEqual([lettersTo('x@boite.example'), texts], [[], []])
    })

    test('R047: rename, suspend, bring back, withdraw: each once, each written, sessions and services learn of what stops', async () => {
      const account = await somebody({ totp: true })
      const { person, totp } = account
      await verified(account, 'stops@boite.example')
      const signIn = async () => {
        const { browser } = await enter(account)
        const tried = await attempt(refunds)
        const inform = await browser.open(tried.url, at(refunds))
        await redeem(refunds, { attempt: tried, page: await goOn(browser, refunds, inform) })
        return browser
      }
      let browser = await signIn()
      assert.match(
        textOf(await act(browser, `/${totp}/rename`, { label: '  vieux\u0007 téléphone ' })),
        /Application de codes – vieux téléphone/,
      )

      // Suspended: what came from own means is over, here too, and the service is told.
      let from = await written()
      const page = await browser.open(mine(`/${totp}/suspend`))
      const told = await newsTo('stops@boite.example', async () => {
        const ended = await browser.submit(page, formTo(page, /\/suspend$/), { reason: 'lost' })
        assert.match(textOf(ended), /votre session est terminée/)
      })
      assert.equal(await stateOf(person, totp), 'suspended')
      assert.equal(notices, 1)
      assert.deepEqual(told, ['Garant – Un moyen d’identification a été suspendu'])
      const suspended = (await factsSince(from)).filter(
        ({ name }) => name === 'means.suspended' || name === 'session.ended',
      )
      assert.deepEqual(
        suspended.map(({ name, data }) => [name, data.reason]),
        [
          ['means.suspended', 'lost'],
          ['session.ended', 'revoked'],
        ],
      )
      // The same form once more finds nobody signed in.
      assert.equal((await browser.submit(page, formTo(page, /\/suspend$/), { reason: 'lost' })).status, 401)

      // Without its code the password alone signs in, and may bring the application back.
      browser = (await enter(account)).browser
      const suspendPage = await browser.open(mine(`/${totp}/suspend`))
      const again = await browser.submit(suspendPage, formTo(suspendPage, /\/suspend$/), { reason: 'lost' })
      assert.equal(again.status, 409, 'it is suspended already')
      from = await written()
      const resumePage = await browser.open(mine(`/${totp}/resume`))
      const resumed = await browser.submit(resumePage, formTo(resumePage, /\/resume$/))
      assert.match(textOf(resumed), /Ce moyen est de nouveau en service/)
      assert.deepEqual(
        (await factsSince(from)).map(({ name }) => name),
        ['means.resumed'],
      )
      // Now that it serves again, this session has proved less than there is.
      const replayed = await browser.submit(resumePage, formTo(resumePage, /\/resume$/))
      assert.equal(replayed.status, 403)
      assert.match(textOf(replayed), /Il faut le plus sûr de vos moyens/)

      browser = await signIn()
      notices = 0
      from = await written()
      const revokePage = await browser.open(mine(`/${totp}/revoke`))
      await browser.submit(revokePage, formTo(revokePage, /\/revoke$/), { reason: 'stolen' })
      assert.equal(await stateOf(person, totp), 'revoked')
      await settle(hub)
      assert.equal(notices, 1)
      const revoked = (await factsSince(from)).filter(({ name }) => name === 'means.revoked')
      assert.deepEqual(
        revoked.map(({ data }) => [data.reason, data.actor]),
        [['stolen', { kind: 'person', id: person }]],
      )
      // It is final.
      browser = (await enter(account)).browser
      for (const verb of ['suspend', 'resume', 'revoke']) {
        assert.equal((await act(browser, `/${totp}/${verb}`, { reason: 'lost' })).status, 409, verb)
      }
    })

    test('R046 R058: renewed by its holder on a new proof by another provider, once; an own sign-in or a weaker one proves nothing', async () => {
      const who = human()
      const { browser, page } = await enterBy(post, who, 'eidas2')
      people++
      const name = `personne.${people}`
      await browser.submit(page, formTo(page, /\/account$/), { identifier: name })
      await act(browser, '/add/password', { password: ownPassword, repeated: ownPassword })
      const person = (await factsOf(hub, 'enrolment.recorded')).at(-1)?.person ?? assert.fail('no account')
      const [password] = await hub.means.of(hub.storage.db, person)
      const { means = 'mea_none', expiresAt = 0 } = password ?? {}
      // The sign-in that opened the account is its proof already.
      const used = await browser.open(mine(`/${means}/renew`))
      assert.match(textOf(used), /Prouvez de nouveau qui vous êtes .* au niveau substantiel/)
      assert.ok(linksOf(used).some(({ pathname }) => pathname === '/sign-in'))

      clock.advance(400 * day)
      const late = await enterBy(post, who, 'eidas2', '', new UserAgent())
      const from = await written()
      const form = await late.browser.open(mine(`/${means}/renew`))
      const done = await late.browser.submit(form, formTo(form, /\/renew$/))
      assert.match(textOf(done), /Ce moyen est renouvelé/)
      const [renewed] = await hub.means.of(hub.storage.db, person)
      assert.ok((renewed?.expiresAt ?? 0) >= expiresAt + 399 * day)
      const facts = (await factsSince(from)).filter(({ name }) =>
        ['enrolment.recorded', 'means.renewed'].includes(name),
      )
      assert.deepEqual(
        facts.map(({ name, data }) => [name, data.person, data.actor]),
        ['enrolment.recorded', 'means.renewed'].map((name) => [name, person, { kind: 'person', id: person }]),
      )
      // The back button and a second click: the proof was used.
      const twice = await late.browser.submit(form, formTo(form, /\/renew$/))
      assert.match(textOf(twice), /Prouvez de nouveau/)
      assert.equal((await factsSince(from)).filter(({ name }) => name === 'means.renewed').length, 1)

      clock.advance(minute)
      const own = await enter({ name, person } as OwnAccount)
      assert.match(textOf(await own.browser.open(mine(`/${means}/renew`))), /Prouvez de nouveau/)
      const stranger = await somebody({ totp: true })
      const foreign = await enter(stranger)
      assert.equal((await foreign.browser.open(mine(`/${means}/renew`))).status, 404)
    })

    test('what a manager has suspended, the holder does not bring back', async () => {
      const account = await somebody({ totp: true })
      const { person, totp } = account
      assert.ok(totp)
      const change = { person, means: totp, actor: { kind: 'command' }, reason: 'misuse' } as const
      await hub.storage.transaction((tx) => hub.means.suspend(tx, change))
      const { browser, page } = await enter(account)
      assert.equal(
        linksOf(page).some(({ pathname }) => pathname.endsWith('/resume')),
        false,
      )
      assert.equal((await act(browser, `/${totp}/resume`)).status, 409)
      assert.equal(await stateOf(person, totp), 'suspended')
    })

    test('nobody reaches the means of somebody else by any of them', async () => {
      const [one, other] = [await somebody(), await somebody({ totp: true })]
      const { browser } = await enter(one)
      const verifier = formTo(await browser.open(mine(`/${one.password}/suspend`)), /\/suspend$/).fields.verifier ?? ''
      const from = await written()
      for (const verb of ['rename', 'suspend', 'resume', 'revoke']) {
        assert.equal((await browser.open(mine(`/${other.totp}/${verb}`))).status, 404, verb)
        const body = new URLSearchParams({ verifier, reason: 'lost', label: 'mine' }).toString()
        const url = new URL(mine(`/${other.totp}/${verb}`))
        const sent = await browser.send({ url, method: 'POST', body, site: 'same-origin', origin: hub.issuer })
        assert.equal(sent.status, 404, verb)
      }
      assert.deepEqual(await factsSince(from), [])
    })

    test('a passkey is added once: a wrong signature, a replay and another session’s ceremony make none', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      assert.match(
        textOf(await addPasskey(browser, { origin: 'https://elsewhere.example' })),
        /d’une façon que nous ne pouvons pas accepter/,
      )
      const page = await browser.open(mine('/add/passkey'))
      const form = formTo(page, /\/add\/passkey$/)
      const options = JSON.parse(unescaped(/data-options="([^"]*)"/.exec(page.body)?.[1] ?? '{}'))
      const response = JSON.stringify(createAuthenticator({ origin: hub.issuer }).create(options))
      const { browser: theirs } = await enter(await somebody())
      const foreign = formTo(await theirs.open(mine('/add/passkey')), /\/add\/passkey$/)
      const stolen = await theirs.submit(
        page,
        { ...form, fields: { ...form.fields, verifier: foreign.fields.verifier ?? '' } },
        { response },
      )
      assert.equal(stolen.status, 400)
      const from = await written()
      const added = await browser.submit(page, form, { response, label: 'bureau' })
      assert.match(textOf(added), /C’est ajouté.*Clé d’accès – bureau/)
      assert.deepEqual(
        (await factsSince(from)).map(({ name }) => name),
        ['means.created', 'means.activated'],
      )
      // Replayed, and now a session by a password alone is not enough.
      assert.equal((await browser.submit(page, form, { response })).status, 403)
      const passkeys = (await hub.means.of(hub.storage.db, account.person)).filter(({ kind }) => kind === 'passkey')
      assert.equal(passkeys.length, 1)
      // What is lost is withdrawn by what is left.
      await act(browser, `/${passkeys[0]?.means}/revoke`, { reason: 'lost' })
      assert.equal(await stateOf(account.person, passkeys[0]?.means), 'revoked')
    })

    test('an application is added by its own code, and its page is over after that', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      const shown = await act(browser, '/add/totp', { label: 'mien' })
      const secret = /<code class="secret" dir="ltr">([^<]+)</.exec(shown.body)?.[1]?.replaceAll(' ', '') ?? ''
      const form = formTo(shown, /\/add\/totp\//)
      const right = codeOf(secret, present())
      const { browser: theirs } = await enter(await somebody())
      assert.equal((await theirs.open(shown.url)).status, 409)
      const missed = await browser.submit(shown, form, { code: wrong(right) })
      assert.equal(missed.status, 400)
      assert.match(textOf(missed), /Ce code n’est pas celui que nous attendons/)
      const from = await written()
      assert.match(textOf(await browser.submit(shown, form, { code: right })), /C’est ajouté/)
      assert.deepEqual(
        (await factsSince(from)).map(({ name }) => name),
        ['means.activated'],
      )
      assert.equal((await browser.submit(shown, form, { code: right })).status, 403)
    })

    test('R066: a password is set, and changed by whoever knows the present one; the rule holds each time', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      const fresh = 'Neuf et Bleu 73 !'
      const page = await browser.open(mine('/add/password'))
      const form = formTo(page, /\/add\/password$/)
      const from = await written()
      const unknown = await browser.submit(page, form, { old: 'Pas le bon 1!', password: fresh })
      assert.match(textOf(unknown), /L’ancien mot de passe n’est pas le bon/)
      const weak = await browser.submit(page, form, { old: ownPassword, password: 'azerty' })
      assert.equal(weak.status, 400)
      assert.equal(formTo(weak, /\/add\/password$/).fields.password, '')
      const done = await browser.submit(page, form, { old: ownPassword, password: fresh })
      assert.match(textOf(done), /Votre mot de passe est changé/)
      const names = (await factsSince(from)).map(({ name }) => name)
      assert.deepEqual(names, ['means.sign_in_refused', 'means.password_set'])
      const replayed = await browser.submit(page, form, { old: ownPassword, password: fresh })
      assert.equal(replayed.status, 400, 'the old one is not the present one any more')
      await act(browser, `/${account.password}/revoke`, { reason: 'misuse' })
      assert.equal(await stateOf(account.person, account.password), 'revoked')
    })

    test('a first password needs no old one; beside a code app the sign-in of a moment ago does', async () => {
      const account = await somebody({ totp: true })
      const { browser } = await enter(account)
      const changed = await act(browser, '/add/password', { password: 'Neuf et Bleu 73 !' })
      assert.match(textOf(changed), /Votre mot de passe est changé/)
      assert.equal((await factsOf(hub, 'means.password_set')).at(-1)?.how, 'changed')
      const who = human()
      const { browser: theirs, page } = await enterBy(post, who, 'eidas2')
      await theirs.submit(page, formTo(page, /\/account$/), { identifier: `marchetti.${people}` })
      const first = await act(theirs, '/add/password', { password: 'Neuf et Bleu 73 !' })
      assert.match(textOf(first), /C’est ajouté/)
      assert.equal((await factsOf(hub, 'means.password_set')).at(-1)?.how, 'first')
      const second = await act(theirs, '/add/password', { old: 'Neuf et Bleu 73 !', password: 'Encore un autre 8 ?' })
      assert.match(textOf(second), /Votre mot de passe est changé/)
    })

    test('recovery codes are shown for a while, to their holder; in place of others, one letter says so', async () => {
      const account = await somebody({ totp: true })
      await verified(account, 'codes@boite.example')
      const { browser } = await enter(account)
      const first = await act(browser, '/add/recovery-codes')
      const codes = [...first.body.matchAll(/<code>([^<]+)<\/code>/g)].map(([, code]) => code)
      assert.equal(codes.length, 10)
      assert.equal((await browser.open(first.url)).body.includes(codes[0] ?? ''), true, 'a reload shows them')
      const { browser: theirs } = await enter(await somebody())
      assert.equal((await theirs.open(first.url)).status, 410)
      let from = 0
      let second = first
      const told = await newsTo('codes@boite.example', async () => {
        from = await written()
        second = await act(browser, '/add/recovery-codes')
      })
      assert.equal(second.body.includes(codes[0] ?? ''), false)
      const facts = await factsSince(from)
      const [created, , revoked] = facts
      assert.deepEqual(
        facts.map(({ name }) => name),
        ['means.created', 'means.activated', 'means.revoked', 'means.recovery_codes_made'],
      )
      assert.equal(revoked?.data.successor, created?.data.means)
      assert.deepEqual(told, ['Garant – Un moyen d’identification a été ajouté'])
      clock.advance(5 * minute)
      assert.equal((await browser.open(second.url)).status, 410)
    })

    test('R043: a telephone serves after its code, in the session that asked for it', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      const malformed = await act(browser, '/add/phone', { number: '0612345678' })
      assert.equal(malformed.status, 400)
      assert.equal(formTo(malformed, /\/add\/phone$/).fields.number, '0612345678')
      const asked = await act(browser, '/add/phone', { number: '+33 6 12 34 56 01' })
      assert.equal(texts.length, 1)
      const code = /\b\d{6}\b/.exec(texts[0]?.text ?? '')?.[0] ?? ''
      // A second click makes neither a second means nor a second message.
      assert.equal((await act(browser, '/add/phone', { number: '+33612345601' })).url.href, asked.url.href)
      assert.equal(texts.length, 1)
      const form = formTo(asked, /\/add\/phone\/[\w-]+$/)
      const missed = await browser.submit(asked, form, { code: wrong(code) })
      assert.match(textOf(missed), /Ce code n’est pas le bon. Il vous reste 4 essais/)
      const soon = await browser.submit(asked, formTo(asked, /\/again$/))
      assert.match(textOf(soon), /Un code est déjà en route/)
      assert.equal(texts.length, 1)
      // The same person, elsewhere: the code is not theirs to give there.
      const elsewhere = await enter(account)
      const there = await elsewhere.browser.open(asked.url)
      const refused = await elsewhere.browser.submit(there, formTo(there, /\/add\/phone\/[\w-]+$/), { code })
      assert.equal(refused.status, 400)
      const from = await written()
      const done = await browser.submit(asked, form, { code })
      assert.match(textOf(done), /C’est ajouté.*Code par SMS •••• 01 en service/)
      assert.deepEqual(
        (await factsSince(from)).map(({ name }) => name),
        ['means.activated'],
      )
      const { browser: theirs } = await enter(await somebody())
      assert.equal((await theirs.open(asked.url)).status, 409)
      clock.advance(31 * second)
      const shown = await browser.open(mine('/contacts'))
      assert.match(textOf(shown), /Téléphones.*•••• 01 en service/)
    })

    test('R055: a mailbox becomes a second proof where another one resets the password', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      const none = await browser.open(mine('/add/mailbox'))
      assert.match(textOf(none), /Vous n’avez pas d’adresse vérifiée/)
      const one = await verified(account, 'one@boite.example')
      const refused = await act(browser, '/add/mailbox', { contact: one })
      assert.equal(refused.status, 400)
      assert.match(textOf(refused), /sert déjà à retrouver votre mot de passe/)
      const other = await verified(await somebody(), 'other@boite.example')
      assert.match(textOf(await act(browser, '/add/mailbox', { contact: other })), /Cette adresse n’est pas vérifiée/)
      await verified(account, 'two@boite.example')
      const page = await browser.open(mine('/add/mailbox'))
      assert.match(textOf(await browser.submit(page, formTo(page, /\/mailbox$/), { contact: one })), /C’est ajouté/)
      // ... and is then no contact that can go before it.
      const entered = await signInWithMail(account)
      const kept = await act(entered, `/contacts/${one}/remove`)
      assert.equal(kept.status, 409)
      assert.match(textOf(kept), /Retirez d’abord ce « Code par courriel »/)
    })
  })

  /** Password, then the code that is sent by mail. */
  async function signInWithMail(account: OwnAccount): Promise<UserAgent> {
    const browser = new UserAgent()
    const page = await chooseOwn(browser, await browser.open(mine()))
    const second = await typePassword(browser, page, { identifier: account.name })
    const sent = await browser.submit(second, formTo(second, /\/send$/))
    const mail = hub.smtp.mails.findLast(({ headers }) => /code de connexion/.test(headers.get('subject') ?? ''))
    const code = /\b\d{6}\b/.exec(mail?.text ?? '')?.[0] ?? ''
    const form = formTo(sent, /\/second$/)
    const back = await browser.submit(sent, form, { ...form.fields, code })
    assert.equal(back.url.pathname, '/means')
    return browser
  }

  describe('R043: contacts', () => {
    test('an address is added, verified by its code, and a forgotten password is reset by it', async () => {
      const account = await somebody({ totp: true })
      const { browser, page } = await enter(account)
      assert.match(textOf(page), /Vous n’en avez aucune de vérifiée/)
      const malformed = await act(browser, '/contacts/add', { address: 'tarik(at)boite' })
      assert.equal(malformed.status, 400)
      assert.equal(formTo(malformed, /\/add$/).fields.address, 'tarik(at)boite')
      const asked = await act(browser, '/contacts/add', { address: 'Tarik@Boite.example' })
      assert.match(textOf(asked), /Vérifier votre adresse.*Tarik@boite\.example/)
      const [mail] = hub.smtp.mails.filter(({ to }) => to.includes('Tarik@boite.example'))
      assert.doesNotMatch(mail?.text ?? '', /https?:|\/\//)
      const code = codeMailed('Tarik@boite.example')
      const form = formTo(asked, /\/verify$/)
      const missed = await browser.submit(asked, form, { code: wrong(code) })
      assert.match(textOf(missed), /Ce code n’est pas le bon. Il vous reste 9 essais/)
      assert.equal(missed.status, 400)
      const from = await written()
      // Spaces, as people type them; and two clicks at once.
      const typed = { code: `${code.slice(0, 4)} ${code.slice(4)}` }
      const both = await Promise.all([browser, browser.clone()].map((each) => each.submit(asked, form, typed)))
      for (const done of both) assert.match(textOf(done), /L’adresse est vérifiée.*Tarik@boite\.example vérifiée/)
      const facts = await factsSince(from)
      assert.deepEqual(
        facts.map(({ name, data }) => [name, data.how]),
        [['contact.verified', 'code']],
      )
      // The second click, and the back button.
      assert.match(textOf(await browser.submit(asked, form, { code })), /L’adresse est vérifiée/)
      assert.equal((await browser.open(asked.url)).status, 409)
      assert.equal((await factsSince(from)).length, 1)
      await settle(hub)
      assert.ok(lettersTo('Tarik@boite.example').includes('Garant – Une adresse de contact a été ajoutée'))

      // Weeks later, the password is gone.
      clock.advance(10 * minute)
      const lost = new UserAgent()
      const reset = await lost.open(mine('/reset'))
      const waiting = await lost.submit(reset, formTo(reset, /\/reset$/), { identifier: account.name })
      await settle(hub)
      const mailed = hub.smtp.mails.findLast(({ headers }) => /nouveau mot de passe/.test(headers.get('subject') ?? ''))
      const long = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}/.exec(mailed?.text ?? '')?.[0] ?? ''
      const fresh = 'Neuf et Bleu 73 !'
      const changed = await lost.submit(waiting, formTo(waiting, /\/reset\/code$/), { code: long, password: fresh })
      assert.match(textOf(changed), /Votre mot de passe est changé/)
      const again = new UserAgent()
      const own = await chooseOwn(again, await again.open(mine()))
      assert.equal((await prove(again, own, account, fresh)).url.pathname, '/means')
    })

    test('the code is good in the session that asked, ten times, for a quarter of an hour; another one can be had', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      const asked = await act(browser, '/contacts/add', { address: 'a@boite.example' })
      const first = codeMailed('a@boite.example')
      const elsewhere = await enter(account)
      const there = await elsewhere.browser.open(asked.url)
      const refused = await elsewhere.browser.submit(there, formTo(there, /\/verify$/), { code: first })
      assert.match(textOf(refused), /Aucun code ne peut plus servir ici/)
      const soon = await browser.submit(asked, formTo(asked, /\/again$/))
      assert.match(textOf(soon), /Laissez-lui une demi-minute/)
      clock.advance(30 * second)
      const sent = await browser.submit(asked, formTo(asked, /\/again$/))
      assert.match(textOf(sent), /Un autre code est parti/)
      const second_ = codeMailed('a@boite.example')
      const form = formTo(asked, /\/verify$/)
      // The first one is worth nothing any more, unless chance made them the same.
      if (first !== second_) assert.equal((await browser.submit(asked, form, { code: first })).status, 400)
      for (let left = 8; left > 0; left--) {
        const missed = await browser.submit(asked, form, { code: wrong(second_) })
        assert.match(textOf(missed), new RegExp(`Il vous reste ${left} essai`))
      }
      assert.match(
        textOf(await browser.submit(asked, form, { code: wrong(second_) })),
        /Aucun code ne peut plus servir/,
      )
      assert.match(textOf(await browser.submit(asked, form, { code: second_ })), /Aucun code ne peut plus servir/)
      clock.advance(30 * second)
      await browser.submit(asked, formTo(asked, /\/again$/))
      const third = codeMailed('a@boite.example')
      clock.advance(15 * minute)
      assert.match(textOf(await browser.submit(asked, form, { code: third })), /Aucun code ne peut plus servir/)
      assert.equal(
        (await factsOf(hub, 'contact.verified')).some(({ person }) => person === account.person),
        false,
      )
    })

    test('nobody is bombed with mail, and nothing tells whether others know the address', async () => {
      const target = 'stranger@boite.example'
      const [first, ...others] = [await somebody(), await somebody()]
      await verified(first, target)
      const accounts = [...others, await somebody()]
      let answers = 0
      for (const account of accounts) {
        const { browser } = await enter(account)
        const asked = await act(browser, '/contacts/add', { address: target })
        // Somebody's verified address answers like anybody's.
        assert.match(textOf(asked), /Vérifier votre adresse/)
        answers++
        for (let again = 0; again < 5; again++) {
          clock.advance(31 * second)
          assert.match(textOf(await browser.submit(asked, formTo(asked, /\/again$/))), /Un autre code est parti/)
          answers++
        }
        clock.advance(31 * second)
        assert.match(textOf(await browser.submit(asked, formTo(asked, /\/again$/))), /Vous avez demandé trop de codes/)
        const other = await act(browser, '/contacts/add', { address: 'another@boite.example' })
        assert.equal(other.status, 429)
      }
      assert.equal(answers, 12)
      const codes = lettersTo(target).filter((subject) => /vérifier cette adresse/.test(subject))
      assert.equal(codes.length, 10, 'a day’s mails to one mailbox')
      assert.equal(lettersTo('another@boite.example').length, 0)
      clock.advance(60 * minute)
    })

    test('one takes the place of another: both hear, and the old one only of protection', async () => {
      const account = await somebody({ totp: true })
      const old = await verified(account, 'old@boite.example')
      const { browser } = await enter(account)
      const asked = await act(browser, `/contacts/add?replaces=${old}`, { address: 'new@boite.example' })
      const code = codeMailed('new@boite.example')
      await settle(hub)
      const from = await written()
      const both = ['Garant – Une adresse de contact a été ajoutée', 'Garant – Une adresse de contact a été retirée']
      const heard = await newsTo('new@boite.example', async () => {
        const before = lettersTo('old@boite.example').length
        const done = await browser.submit(asked, formTo(asked, /\/verify$/), { code })
        assert.match(textOf(done), /L’adresse est vérifiée/)
        await settle(hub)
        const former = ['Garant – La protection de votre identité a changé', both[1]]
        assert.deepEqual(lettersTo('old@boite.example').slice(before).toSorted(), former)
      })
      assert.deepEqual(heard, both)
      assert.deepEqual(
        (await factsSince(from)).map(({ name }) => name),
        ['contact.verified', 'contact.removed'],
      )
      const left = await hub.people.contactsOf(account.person)
      assert.deepEqual(
        left.map(({ address }) => address),
        ['new@boite.example'],
      )
      assert.equal((await browser.open(mine(`/contacts/${old}/remove`))).status, 404)
    })

    test('what a stronger sign-in brought stays for a weaker one, which can add beside it', async () => {
      const who = human()
      const { browser, page } = await enterBy(post, who, 'eidas2')
      const asked = await act(browser, '/contacts/add', { address: 'strong@boite.example' })
      await browser.submit(asked, formTo(asked, /\/verify$/), { code: codeMailed('strong@boite.example') })
      const [strong] = await hub.people.contactsOf(await personOf(page, who))
      assert.ok(strong)
      const weak = await enterBy(post, who, 'eidas1')
      const kept = await act(weak.browser, `/contacts/${strong.contact}/remove`)
      assert.equal(kept.status, 409)
      assert.match(textOf(kept), /ajoutée avec un compte plus sûr/)
      const beside = await act(weak.browser, `/contacts/add?replaces=${strong.contact}`, {
        address: 'weak@boite.example',
      })
      const added = await weak.browser.submit(beside, formTo(beside, /\/verify$/), {
        code: codeMailed('weak@boite.example'),
      })
      assert.match(textOf(added), /L’ancienne reste/)
      assert.match(textOf(added), /weak@boite\.example à confirmer/)
      // The stronger one says whose it is.
      const { browser: strongest } = await enterBy(post, who, 'eidas2')
      const list = await strongest.open(mine('/contacts'))
      const confirm =
        linksOf(list)
          .find(({ pathname }) => pathname.endsWith('/confirm'))
          ?.pathname.replace('/means', '') ?? ''
      const from = await written()
      const confirmed = await act(strongest, confirm)
      assert.match(textOf(confirmed), /L’adresse est confirmée.*weak@boite\.example vérifiée/)
      assert.deepEqual(
        (await factsSince(from)).map(({ name, data }) => [name, data.how]),
        [['contact.verified', 'confirmed']],
      )
      assert.equal((await act(strongest, confirm)).status, 409)
      // By what is no stronger nobody confirms anything.
      const low = await enterBy(post, who, 'eidas1')
      const again = await act(low.browser, '/contacts/add', { address: 'low@boite.example' })
      await low.browser.submit(again, formTo(again, /\/verify$/), { code: codeMailed('low@boite.example') })
      const path = again.url.pathname.replace('/means', '').replace('/verify', '/confirm')
      assert.equal(
        linksOf(await low.browser.open(mine('/contacts'))).some(({ pathname }) => pathname.endsWith(path)),
        false,
      )
      assert.match(textOf(await act(low.browser, path)), /Elle reste à confirmer/)
    })

    test('the last one can go, with a warning; one that was never verified is forgotten without a letter', async () => {
      const account = await somebody({ totp: true })
      const only = await verified(account, 'only@boite.example')
      const { browser } = await enter(account)
      const asked = await act(browser, '/contacts/add', { address: 'typo@boite.example' })
      const typo = asked.url.pathname.replace('/means', '').replace('/verify', '')
      const told = await newsTo('only@boite.example', async () => {
        assert.match(textOf(await act(browser, `${typo}/remove`)), /L’adresse est retirée/)
      })
      assert.deepEqual(told, [])
      const page = await browser.open(mine(`/contacts/${only}/remove`))
      assert.match(textOf(page), /C’est votre seule adresse vérifiée/)
      assert.match(textOf(await browser.submit(page, formTo(page, /\/remove$/))), /L’adresse est retirée/)
      // The second click, and somebody else's.
      assert.equal((await browser.submit(page, formTo(page, /\/remove$/))).status, 409)
      const theirs = await verified(await somebody(), 'theirs@boite.example')
      for (const path of ['remove', 'confirm', 'verify']) {
        assert.equal((await browser.open(mine(`/contacts/${theirs}/${path}`))).status, 404, path)
      }
    })

    test('R058: whoever has means here shows the strongest before a contact changes', async () => {
      const account = await somebody({ totp: true })
      const contact = await verified(account, 'mine@boite.example')
      const { browser } = await enter(account)
      clock.advance(5 * minute + second)
      const from = await written()
      for (const path of ['/contacts/add', `/contacts/${contact}/remove`, `/contacts/${contact}/confirm`]) {
        assert.match((await browser.open(mine(path))).url.pathname, /^\/means\/sign-in\//, path)
      }
      assert.deepEqual(
        (await factsSince(from)).filter(({ name }) => name.startsWith('contact.')),
        [],
      )
      // Reading asks for nothing.
      assert.equal((await browser.open(mine('/contacts'))).status, 200)
    })

    test('R056: alerts of sign-ins are on; the holder reduces them, which every address hears, and takes it back', async () => {
      const account = await somebody({ totp: true })
      const contact = 'alertes@boite.example'
      await verified(account, contact)
      const heard = async (happens: () => Promise<unknown>) => {
        await settle(hub)
        const before = lettersTo(contact).length
        await happens()
        await settle(hub)
        return lettersTo(contact).slice(before)
      }
      const newBrowser = () => heard(() => enter(account))
      const { browser, page } = await enter(account)
      assert.match(textOf(page), /Nous vous écrivons quand votre identité est utilisée/)
      const choose = (form: Answer, hears: string) => {
        const { fields } = formTo(form, /\/alerts\/change$/)
        const [field = ''] = Object.keys(fields).filter((name) => name.startsWith('hears-'))
        return browser.submit(form, formTo(form, /\/alerts\/change$/), { [field]: hears })
      }

      const from = await written()
      const chosen = await browser.open(mine('/alerts'))
      assert.equal(chosen.url.pathname, '/space/alerts', 'where it was before people had a space')
      assert.match(textOf(chosen), /Ce que chaque adresse reçoit toujours/)
      assert.match(textOf(chosen), /a•••@boite\.example/)
      const change = `${hub.issuer}/space/alerts/change`
      const form = await browser.open(change)
      const told = await heard(async () => {
        // The second click, and the page of another tab.
        for (const said of [/C’est enregistré/, /Rien n’a changé/]) {
          assert.match(textOf(await choose(form, 'serious')), said)
        }
      })
      assert.deepEqual(told.length, 1)
      assert.match(told[0] ?? '', /Vos alertes de connexion ont été réduites/)
      const changes = (await factsSince(from)).filter(({ name }) => name.startsWith('alerts.'))
      const { contact: id } = (await hub.people.contactsOf(account.person))[0] ?? assert.fail()
      const data = { person: account.person, contact: id, to: 'serious', level: 'eidas2' }
      assert.deepEqual(
        changes.map(({ name, data }) => ({ name, data })),
        [{ name: 'alerts.turned_off', data }],
      )
      assert.deepEqual(await newBrowser(), [])

      // R058: as for a contact, after a while only by a new sign-in, which comes back.
      clock.advance(5 * minute + second)
      const asked = await browser.open(change)
      assert.match(asked.url.pathname, /^\/means\/sign-in\//)
      const back = await prove(browser, asked, account)
      const on = await heard(() => choose(back, 'unusual'))
      assert.match(on[0] ?? '', /Vos alertes de connexion ont été étendues/)
      assert.equal((await newBrowser()).length, 1)
    })

    test('five at most, and the same one twice is one', async () => {
      const account = await somebody()
      const { browser } = await enter(account)
      for (const name of ['a', 'b', 'c', 'd', 'e']) await verified(account, `${name}${people}@boite.example`)
      const full = await act(browser, '/contacts/add', { address: 'f@boite.example' })
      assert.match(textOf(full), /Vous avez déjà cinq adresses/)
      const twice = await act(browser, '/contacts/add', { address: `a${people}@boite.example` })
      assert.match(textOf(twice), /Cette adresse est déjà la vôtre/)
      for (const address of ['f@boite.example', `a${people}@boite.example`]) {
        assert.equal(codeMailed(address), 'no code came')
      }
    })
  })

  /** Whose page it is, by the last line of the ledger. */
  async function personOf(_page: Answer, who: Human): Promise<PersonId> {
    const facts = await factsOf(hub, 'session.started')
    const found = facts.at(-1)?.person
    assert.ok(found, who.family_name)
    return found
  }
})

async function allFacts({ storage }: Pick<TestHub, 'storage'>) {
  const { rows } = await sql<{ name: string; data: Record<string, unknown> }>`
    select name, data from facts order by sequence`.execute(storage.db)
  return rows
}
