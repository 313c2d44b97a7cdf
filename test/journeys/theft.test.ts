/**
 * A theft, told as it goes: somebody holds one stolen account, the weakest that its owner has, and is signed in to two
 * services with it. What they can read, what they cannot change, and how the owner stops them.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { after, before, describe, mock, test } from 'node:test'
import { decodeJwt } from 'jose'
import { hour, minute } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  type RelyingParty,
  relyingParty,
  type SignedIn,
  signIn,
  tile,
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, textOf, UserAgent } from '../support/user-agent.ts'

describe('one stolen account', () => {
  let clock: TestClock
  let hub: TestHub
  /** Low: its password was stolen. */
  let tax: TestProvider
  /** Substantial: its owner has it still. */
  let post: TestProvider
  let heard: { server: Server; uri: string; subjects: Map<string, (string | undefined)[]> }
  let refunds: RelyingParty
  let declarations: RelyingParty

  const mailbox = 'ada@boite.example'
  const ada = { ...citizen, given_name: 'Ada', email: 'ada@fournisseur.example' }

  before(async () => {
    clock = mockProcessClock({ mock })
    hub = await startTestHub()
    heard = await listen()
    tax = await startProvider({ id: 'tax' })
    post = await startProvider({ id: 'post', acr: 'eidas2' })
    Object.assign(tax.next, { subject: 'ada at tax', claims: ada })
    Object.assign(post.next, { subject: 'ada at post', claims: ada })
    const service = (id: string) =>
      serviceEntry(id, { sector: `${id}.example`, backchannelLogoutUri: `${heard.uri}/${id}` })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [service('refunds'), service('declarations')],
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        ],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, declarations] = await Promise.all([party('refunds'), party('declarations')])
  })
  after(async () => {
    await hub.close()
    await Promise.all([tax.close(), post.close()])
    heard.server.closeAllConnections()
    await new Promise((done) => heard.server.close(done))
    mock.timers.reset()
  })

  /** The addresses at which both services hear of logouts: whose session is over. */
  async function listen() {
    const subjects = new Map<string, (string | undefined)[]>()
    const server = createServer(async (request, response) => {
      const token = new URLSearchParams(await readText(request)).get('logout_token') ?? ''
      const of = request.url?.slice(1) ?? ''
      subjects.set(of, [...(subjects.get(of) ?? []), decodeJwt(token).sub])
      response.writeHead(200).end()
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    return { server, subjects, uri: `http://localhost:${(server.address() as AddressInfo).port}` }
  }

  const victim = new UserAgent({ language: 'en' })
  const thief = new UserAgent({ language: 'en' })
  let person: PersonId
  /** What the thief has at the two services. */
  const stolen: SignedIn[] = []

  const url = (path: string) => `${hub.issuer}${path}`

  /** A page of the space, through whatever sign-in it asks for. */
  async function open(browser: UserAgent, path: string, provider: 'tax' | 'post'): Promise<Answer> {
    const page = await browser.open(url(path))
    if (!page.body.includes('/choose"')) return page
    const { form, values } = tile(page, provider)
    return browser.submit(page, form, values)
  }

  async function mailsSince(count: number) {
    await settle(hub)
    return hub.smtp.mails.slice(count)
  }

  /** An authorization that may show no page: what the service is told. */
  async function silently(browser: UserAgent, party: RelyingParty): Promise<string> {
    const { url: asked } = await attempt(party, { prompt: 'none' })
    const back = await browser.open(asked, at(party))
    return back.url.searchParams.get('error') ?? 'signed in'
  }

  const userinfo = async ({ accessToken }: SignedIn) => {
    const answer = await fetch(url('/userinfo'), { headers: { authorization: `Bearer ${accessToken}` } })
    await answer.arrayBuffer()
    return answer.status
  }

  test('before: the owner uses both accounts, and gave the hub a mailbox of hers', async () => {
    await signIn(victim, refunds, 'tax')
    clock.advance(hour)
    await signIn(new UserAgent({ language: 'en' }), declarations, 'post')
    person = (await factsOf(hub, 'connection.authorised'))[0]?.person ?? assert.fail()
    assert.deepEqual(
      (await factsOf(hub, 'connection.authorised')).map((fact) => fact.person),
      [person, person],
    )
    await hub.storage.transaction(async (tx) => {
      const { contact, code } = await hub.people.addContact(tx, person, mailbox, 'eidas2', 'en')
      assert.equal(await hub.people.verifyContact(tx, person, contact, code, 'eidas2'), 'verified')
    })
    await settle(hub)
  })

  test('R101: the thief signs in to two services, and the owner is told where she reads, not where he does', async () => {
    await settle(hub)
    clock.advance(hour)
    const count = hub.smtp.mails.length
    stolen.push(await signIn(thief, refunds, 'tax'), await signIn(thief, declarations, 'tax'))
    const told = await mailsSince(count)
    assert.ok(told.length > 0)
    assert.deepEqual([...new Set(told.flatMap(({ to }) => to))], [mailbox])
    assert.deepEqual(await Promise.all(stolen.map(userinfo)), [200, 200])
  })

  test('R102 R128: he reads what that account did, and of the others how much; not a line of theirs by its code', async () => {
    const byPost = (await hub.connections.ofPerson(person, { limit: 50 })).find(({ provider }) => provider === 'post')
    const { reference } = byPost ?? assert.fail()
    const history = await open(thief, '/space/history', 'tax')
    assert.equal(history.url.pathname, '/space/history')
    assert.doesNotMatch(history.body, new RegExp(reference))
    // That it is hers is no secret to who has the code; what it says is.
    for (const [path, status] of [
      [`/space/history/${reference}`, 403],
      [`/space/not-me/${reference}`, 404],
    ] as const) {
      const answer = await thief.open(url(path))
      assert.equal(answer.status, status, path)
      assert.doesNotMatch(textOf(answer), /declarations/)
    }
    for (const path of ['/space/history.csv', '/space/history.json', '/space/data', '/space/messages', '/space']) {
      const page = await thief.open(url(path))
      assert.doesNotMatch(page.body, new RegExp(reference), path)
      assert.doesNotMatch(page.body, new RegExp(mailbox), path)
    }
  })

  test('R113: he cannot leave out the account that she has left', async () => {
    const asked = await thief.open(url('/space/protection/block/post'))
    const proving = textOf(asked)
    assert.doesNotMatch(asked.url.pathname, /^\/space\/protection$/, proving)
    // He forges the form that he is not shown, with the verifier of one that he is.
    const freeze = formTo(await thief.open(url('/space/protection/freeze')), /\/freeze$/)
    const forged = await thief.send({
      url: new URL(url('/space/protection/block/post')),
      method: 'POST',
      body: new URLSearchParams({ ...freeze.fields, accepts: 'last' }).toString(),
      site: 'same-origin',
      origin: hub.issuer,
    })
    assert.ok(forged.status >= 300, String(forged.status))
    assert.deepEqual(await factsOf(hub, 'protection.blocked'), [])
    assert.deepEqual((await hub.protections.of(hub.storage.db, person)).blocked, [])
  })

  test('R101: he cannot take her mailbox away, and what he tries with a contact she hears of', async () => {
    const [contact] = await hub.people.contactsOf(person)
    const page = await thief.open(url('/means/contacts'))
    assert.doesNotMatch(page.body, new RegExp(mailbox))
    const removed = await hub.storage.transaction((tx) =>
      hub.people.removeContact(tx, person, contact?.contact ?? assert.fail(), 'eidas1'),
    )
    assert.equal(removed, 'too_weak')
    // Even an address that he could prove is one more, and does not stand in for hers.
    await settle(hub)
    const count = hub.smtp.mails.length
    await hub.storage.transaction(async (tx) => {
      const his = await hub.people.addContact(tx, person, 'voleur@boite.example', 'eidas1', 'en')
      assert.equal(await hub.people.verifyContact(tx, person, his.contact, his.code, 'eidas1'), 'verified')
    })
    const told = await mailsSince(count)
    assert.ok(told.some(({ to }) => to.includes(mailbox)))
    assert.ok(told.every(({ to, text }) => to.includes(mailbox) || !text.includes(mailbox)))
  })

  test('R114: she freezes; he is out of both services, and can do nothing more anywhere', async () => {
    await settle(hub)
    heard.subjects.clear()
    const count = hub.smtp.mails.length
    clock.advance(minute)
    const page = await open(victim, '/space/protection/freeze', 'post')
    const done = await victim.submit(page, formTo(page, /\/freeze$/), { suspected: 'tax' })
    assert.equal(done.status, 200)
    assert.deepEqual(await Promise.all(stolen.map(userinfo)), [401, 401])
    assert.equal(await silently(thief, refunds), 'login_required')
    const told = await mailsSince(count)
    for (const [index, service] of ['refunds', 'declarations'].entries()) {
      assert.ok(heard.subjects.get(service)?.includes(stolen[index]?.idToken.sub), service)
    }
    assert.ok(told.some(({ to }) => to.includes(mailbox)))

    const tried = await attempt(refunds)
    const again = await choose(thief, refunds, await thief.open(tried.url, at(refunds)), 'tax')
    assert.match(again.url.href, new RegExp(`^${hub.issuer}`))
    assert.match(textOf(again), /frozen/)
    const refusals = (await hub.connections.ofPerson(person, { limit: 10 })).filter(({ state }) => state === 'refused')
    assert.deepEqual(
      refusals.map(({ service, provider, refusal }) => [service, provider, refusal]),
      [['refunds', 'tax', 'identity_frozen']],
    )
  })

  test('R114: he cannot thaw it: the account in doubt never does, however often he asks', async () => {
    const page = await open(thief, '/space/protection/thaw', 'tax')
    assert.match(textOf(page), /This sign-in cannot thaw it/)
    assert.ok(formsOf(page).every(({ action }) => action.pathname !== '/space/protection/thaw'))
    const signedIn = { person, provider: 'tax', level: 'eidas1' as const }
    const [link] = (await hub.people.linksOf(hub.storage.db, person)).filter(({ provider }) => provider === 'tax')
    const asked = await hub.protections.askThaw({ ...signedIn, link: link?.link ?? assert.fail() })
    assert.deepEqual(asked, { kind: 'refused', reasons: ['suspected', 'too_weak'] })
    assert.deepEqual(await factsOf(hub, 'protection.thaw_asked'), [])
  })

  test('R114: she thaws with the account that she kept, after the time in which everybody was told', async () => {
    const count = hub.smtp.mails.length
    const page = await open(victim, '/space/protection/thaw', 'post')
    await victim.submit(page, formTo(page, /\/thaw$/))
    assert.ok((await mailsSince(count)).some(({ to }) => to.includes(mailbox)))
    const early = await attempt(refunds)
    const refused = await open(victim, early.url.pathname + early.url.search, 'post')
    assert.match(textOf(refused), /frozen/)
    clock.advance(24 * hour)
    const back = await signIn(new UserAgent({ language: 'en' }), refunds, 'post')
    assert.equal(back.idToken.sub, stolen[0]?.idToken.sub)
    assert.deepEqual(await Promise.all(stolen.map(userinfo)), [401, 401])
  })
})
