/**
 * What a person does against the use of their identity by somebody else: the freeze, which every process obeys at its
 * next request, blocks, and the thaw. Services are stock relying parties, and hear of logouts as they do.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { decodeJwt } from 'jose'
import { authorizationCodeGrant, fetchUserInfo, tokenIntrospection } from 'openid-client'
import { hour, second } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { connectionOf, factsOf, settle, tally } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  signIn,
  walk,
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, textOf, UserAgent } from '../support/user-agent.ts'

let clock: TestClock
let database: TestDatabase
let hub: TestHub
/** Another process on the same database; on the embedded one, which has one process, the same. */
let other: TestHub
let tax: TestProvider
let post: TestProvider
let bank: TestProvider
let receiver: Server
let told: string[]
let people = 0
let refunds: RelyingParty
let records: RelyingParty
let archive: RelyingParty

const parties = async ({ issuer }: TestHub) => {
  const party = (clientId: string, scope?: string) =>
    relyingParty({ issuer, clientId, secret: secretOf(clientId), ...(scope ? { scope } : {}) })
  return [
    await party('refunds'),
    await party('records'),
    await party('archive', 'openid given_name service_secret'),
  ] as const
}

before(async () => {
  clock = mockProcessClock({ mock })
  database = await createTestDatabase()
  hub = await startTestHub({ database: database.location, clock })
  other = process.env.DATABASE_URL ? await startTestHub({ database: database.location, clock }) : hub
  tax = await startProvider({ id: 'tax', clock })
  post = await startProvider({ id: 'post', clock })
  bank = await startProvider({ id: 'bank', clock })
  told = []
  receiver = createServer(async (request, response) => {
    told.push(new URLSearchParams(await readText(request)).get('logout_token') ?? '')
    response.writeHead(200, { 'cache-control': 'no-store' }).end()
  })
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
  const backchannelLogoutUri = `http://localhost:${(receiver.address() as AddressInfo).port}/logout`
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
      services: [
        serviceEntry('refunds', { sector: 'health.example', backchannelLogoutUri }),
        serviceEntry('records', { sector: 'records.example', backchannelLogoutUri }),
      ],
      providers: [
        providerEntry(tax, { allowedLevels: ['eidas1'] }),
        providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        providerEntry(bank, { allowedLevels: ['eidas1', 'eidas2'] }),
      ],
    },
    {
      id: 'hospital',
      name: { fr: 'Hôpital', en: 'Hospital', ar: 'مستشفى' },
      professionals: 6_000,
      services: [
        serviceEntry('archive', {
          sector: 'archive.example',
          scopes: ['openid', 'given_name', 'service_secret'],
          serviceSecret: { alphabet: 'hex', length: 40 },
        }),
      ],
    },
  ])
  ;[refunds, records, archive] = await parties(hub)
})
after(async () => {
  if (other !== hub) await other.close()
  await hub.close()
  await Promise.all([tax, post, bank].map((provider) => provider.close()))
  receiver.closeAllConnections()
  await new Promise((done) => receiver.close(done))
  await database.drop()
  mock.timers.reset()
})

/** Each test has a person of its own, with an account at each provider. */
beforeEach(() => {
  people += 1
  const birthdate = `19${String(50 + people).padStart(2, '0')}-04-19`
  const claims = { ...citizen, birthdate }
  tax.next = { subject: `tax-${people}`, claims, acr: 'eidas1', amr: ['pwd'] }
  post.next = { subject: `post-${people}`, claims, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] }
  bank.next = { subject: `bank-${people}`, claims, acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] }
  told.length = 0
})

const english = () => new UserAgent({ language: 'en' })

/** Signs in with the weak account and both strong ones, so that all three are the person's, the weak one since before. */
async function withAccounts(): Promise<PersonId> {
  for (const provider of ['tax', 'post', 'bank']) {
    await signIn(english(), refunds, provider)
    clock.advance(second)
  }
  const [last] = (await factsOf(hub, 'session.started')).slice(-1)
  assert.ok(last)
  return last.person
}

/** Opens a page of the space with an account, signing in on the way. */
async function inSpace(
  path: string,
  provider: string,
  browser = english(),
  at_ = hub,
): Promise<{ browser: UserAgent; page: Answer }> {
  let page = await browser.open(`${at_.issuer}${path}`)
  const form = formsOf(page).find(({ action }) => action.pathname.endsWith('/choose'))
  if (form) page = await browser.submit(page, form, { provider })
  return { browser, page }
}

async function freeze(provider: string, suspected?: string): Promise<Answer> {
  const { browser, page } = await inSpace('/space/protection/freeze', provider)
  return browser.submit(page, formTo(page, /\/protection\/freeze$/), suspected ? { suspected } : {})
}

/** Another service, by the session of a sign-in before. */
async function onTo(browser: UserAgent, party: RelyingParty) {
  const tried = await attempt(party)
  const page = await browser.open(tried.url, at(party))
  return redeem(party, { attempt: tried, page: at(party)(page.url) ? page : await goOn(browser, party, page) })
}

async function silently(browser: UserAgent, party: RelyingParty): Promise<string> {
  const { url } = await attempt(party, { prompt: 'none' })
  return (await browser.open(url, at(party))).url.searchParams.get('error') ?? 'signed in'
}

const refusedWith = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'given',
    (error: { error?: string; code?: string; cause?: { error?: string } }) => error.error ?? error.code ?? 'refused',
  )

function secretFor(party: RelyingParty, accessToken: string): Promise<Response> {
  return fetch(`${hub.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`archive:${secretOf('archive')}`).toString('base64')}` },
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: accessToken,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      requested_token_type: 'urn:garant:params:oauth:token-type:service-secret',
      audience: party.config.clientMetadata().client_id,
    }),
  })
}

describe('freeze', () => {
  test('R114: of who freezes their identity nothing is released any more, in whatever way it is asked', async () => {
    await withAccounts()
    const browser = english()
    const first = await signIn(browser, refunds, 'tax')
    await onTo(browser, records)
    const bridged = await signIn(english(), archive, 'post')
    assert.equal((await secretFor(archive, bridged.accessToken)).status, 200)
    // A code that its service has not redeemed, and a login that waits at its last page.
    const held = await walk(english(), records, 'post')
    const slow = english()
    const waiting = await attempt(records)
    const lastPage = await choose(slow, records, await slow.open(waiting.url, at(records)), 'bank')

    const after_ = await freeze('tax', 'tax')
    assert.match(textOf(after_), /everything is stopped/)
    assert.equal(await refusedWith(redeem(records, { attempt: held.attempt, page: held.page })), 'invalid_grant')
    assert.notEqual(await refusedWith(fetchUserInfo(refunds.config, first.accessToken, first.idToken.sub)), 'given')
    assert.deepEqual(await tokenIntrospection(refunds.config, first.accessToken), { active: false })
    assert.equal((await secretFor(archive, bridged.accessToken)).status, 400)
    assert.equal(await silently(browser, refunds), 'login_required')
    const ended = await goOn(slow, records, lastPage)
    assert.equal(ended.url.searchParams.get('error'), 'access_denied')
    assert.equal(ended.url.searchParams.get('error_description'), 'the hub refuses', 'services do not learn of it')

    await settle(hub)
    const services = told.map((token) => decodeJwt(token).aud).sort()
    assert.ok(services.includes('refunds') && services.includes('records'), services.join(' '))
  })

  const stops: [what: string, stop: (person: PersonId) => Promise<unknown>][] = [
    ['freezes their identity', () => freeze('post')],
    ['blocks that provider', (person) => hub.protections.block({ person, provider: 'bank', inUse: 'post' })],
  ]
  for (const [what, stop] of stops) {
    test(`R113, R114: where somebody ${what}, the code of a second click is worth nothing, though the first gave tokens`, async () => {
      const person = await withAccounts()
      const browser = english()
      const tried = await attempt(refunds)
      const inform = await choose(browser, refunds, await browser.open(tried.url, at(refunds)), 'bank')
      const [first, second_] = [await goOn(browser, refunds, inform), await goOn(browser, refunds, inform)]
      await redeem(refunds, { attempt: tried, page: first })
      await stop(person)
      const completed = (await factsOf(hub, 'connection.completed')).length
      const replays = (await factsOf(hub, 'code.replayed')).length
      for (let time = 0; time < 2; time++) {
        assert.equal(await refusedWith(redeem(refunds, { attempt: tried, page: second_ })), 'invalid_grant')
      }
      assert.equal((await factsOf(hub, 'connection.completed')).length, completed)
      assert.equal((await factsOf(hub, 'code.replayed')).length, replays, 'it was never redeemed')
    })
  }

  test('R114: whoever signs in at a service reads why, and the ledger has it', async () => {
    const person = await withAccounts()
    await freeze('tax')
    const before_ = await tally(hub)
    for (const provider of ['tax', 'post']) {
      const browser = english()
      const page = await choose(browser, refunds, await browser.open((await attempt(refunds)).url), provider)
      assert.equal(page.status, 403)
      assert.match(textOf(page), /This identity is frozen/)
      const [reference = ''] = /\b[A-Z0-9]{4}-[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(textOf(page)) ?? []
      const line = await connectionOf(hub, reference)
      assert.deepEqual([line?.state, line?.refusal, line?.person], ['refused', 'identity_frozen', person])
    }
    const [refusal] = (await factsOf(hub, 'connection.refused')).slice(-1)
    assert.deepEqual([refusal?.reason, refusal?.person], ['identity_frozen', person])
    assert.deepEqual({ ...(await tally(hub)), connections: 0 }, { ...before_, connections: 0 }, 'nothing was made')
  })

  test('R112: the space stays open for reading, and what it opens is no door to services', async () => {
    const person = await withAccounts()
    await freeze('tax')
    const { browser, page } = await inSpace('/space/protection', 'post')
    assert.equal(page.status, 200)
    assert.match(textOf(page), /Your identity is frozen/)
    const { url } = await attempt(refunds)
    const refused = await browser.open(url, at(refunds))
    assert.match(textOf(refused), /This identity is frozen/)
    assert.equal(await silently(browser, refunds), 'access_denied')
    // A second freeze changes nothing.
    const again = await browser.open(`${hub.issuer}/space/protection/freeze`)
    assert.match(textOf(again), /frozen already/)
    assert.equal((await factsOf(hub, 'protection.frozen')).filter((fact) => fact.person === person).length, 1)
  })

  test('R112: an account with the same identity is not attached to who is frozen', async () => {
    await signIn(english(), refunds, 'post')
    await freeze('post')
    const links = (await tally(hub)).links
    const { page } = await inSpace('/space', 'bank')
    assert.match(textOf(page), /This identity is frozen/)
    assert.equal((await tally(hub)).links, links)
  })

  test('R114: every process obeys at its next request', async () => {
    const person = await withAccounts()
    const [, recordsThere] = await parties(other)
    const browser = english()
    const there = await signIn(browser, recordsThere, 'post')
    const held = await walk(english(), recordsThere, 'bank')
    assert.equal(
      (await fetchUserInfo(recordsThere.config, there.accessToken, there.idToken.sub)).sub,
      there.idToken.sub,
    )
    const links = await hub.people.linksOf(hub.storage.db, person)
    const [link] = links
    assert.ok(link)
    const by = { person, link: link.link, provider: link.provider, level: link.level }
    const begun = performance.now()
    assert.equal((await hub.protections.freeze(by)).kind, 'frozen')
    const frozen = performance.now()
    const answers = await Promise.all([
      refusedWith(fetchUserInfo(recordsThere.config, there.accessToken, there.idToken.sub)),
      refusedWith(
        authorizationCodeGrant(recordsThere.config, held.page.url, {
          expectedState: held.attempt.state,
          expectedNonce: held.attempt.nonce,
          pkceCodeVerifier: held.attempt.verifier,
        }),
      ),
      silently(browser, recordsThere),
    ])
    const obeyed = performance.now()
    assert.ok(!answers.includes('given') && !answers.includes('signed in'), answers.join(' '))
    console.log(
      `# freeze: ${(frozen - begun).toFixed(1)} ms to its commit; refused ${other === hub ? 'in the same' : 'in another'} process ${(obeyed - frozen).toFixed(1)} ms later, with the three requests that asked`,
    )
  })

  test('R114: a sign-in that is under way at that instant ends with it, or does not begin', async () => {
    const person = await withAccounts()
    const [link] = await hub.people.linksOf(hub.storage.db, person)
    assert.ok(link)
    const by = { person, link: link.link, provider: link.provider, level: link.level }
    for (let round = 0; round < 4; round++) {
      const logins = await Promise.all(
        ['post', 'bank', 'tax'].map(async (provider) => {
          const browser = english()
          const tried = await attempt(refunds)
          return { browser, tried, page: await choose(browser, refunds, await browser.open(tried.url), provider) }
        }),
      )
      const [outcome, ...ends] = await Promise.all([
        hub.protections.freeze(by),
        ...logins.map(({ browser, page }) => goOn(browser, refunds, page)),
      ])
      assert.equal(outcome.kind, 'frozen')
      for (const [index, page] of ends.entries()) {
        const tried = logins[index]?.tried
        if (!tried || page.url.searchParams.has('error')) continue
        assert.equal(await refusedWith(redeem(refunds, { attempt: tried, page })), 'invalid_grant')
      }
      const open = (await hub.sessions.ofPerson(person)).filter(({ services }) => services.length > 0)
      assert.deepEqual(open, [], 'no session goes on that a service knows')
      assert.equal((await hub.protections.thaw({ person, actor: { kind: 'command' } })).kind, 'thawed')
    }
  })
})

describe('blocks', () => {
  test('R113: a blocked provider is refused, with the reason and the other ways in; the others serve', async () => {
    const person = await withAccounts()
    const browser = english()
    const { rawIdToken } = await signIn(browser, refunds, 'bank')
    assert.ok(rawIdToken)
    const space = await inSpace('/space/protection/block/bank', 'post')
    assert.match(textOf(space.page), /Block .*bank/i)
    const done = await space.browser.submit(space.page, formTo(space.page, /\/block\/bank$/))
    assert.match(textOf(done), /This account is blocked/)

    assert.equal(await silently(browser, refunds), 'login_required', 'its session is over')
    const tried = english()
    const page = await choose(tried, refunds, await tried.open((await attempt(refunds)).url), 'bank')
    assert.equal(page.status, 200)
    assert.match(textOf(page), /was blocked from your space/)
    const [line] = (await factsOf(hub, 'connection.refused')).slice(-1)
    assert.deepEqual([line?.reason, line?.provider, line?.person], ['provider_blocked', 'bank', person])
    const reached = await choose(tried, refunds, page, 'post')
    assert.match(textOf(await Promise.resolve(reached)), /Continue/i)

    // The choice page of whoever is signed in knows it.
    const { url } = await attempt(refunds, { prompt: 'login' })
    const offered = await space.browser.open(url)
    assert.match(textOf(offered), /You have blocked this account/)
    const { page: own } = await inSpace('/space', 'bank')
    assert.match(textOf(own), /was blocked from your space/, 'nor is it a way into the space')
  })

  test('R113: never the one in use; the last way only by who has read what is left', async () => {
    const person = await withAccounts()
    const block = (provider: string, more: object = {}) =>
      hub.protections.block({ person, provider, inUse: 'post', ...more })
    assert.deepEqual(await block('post'), { kind: 'in_use' })
    assert.equal((await block('tax')).kind, 'blocked')
    assert.deepEqual(await block('bank'), { kind: 'last_way', left: ['post'] })
    const { browser, page } = await inSpace('/space/protection/block/bank', 'post')
    assert.match(textOf(page), /almost nothing would be left/)
    const done = await browser.submit(page, formTo(page, /\/block\/bank$/))
    assert.match(textOf(done), /This account is blocked/)
    assert.deepEqual(await block('bank'), { kind: 'already' })
    assert.deepEqual(await block('nobody'), { kind: 'unknown' })
    assert.deepEqual(await hub.protections.unblock({ person, provider: 'tax' }), { kind: 'unblocked' })
    assert.deepEqual(await hub.protections.unblock({ person, provider: 'tax' }), { kind: 'not_blocked' })
    const names = (await factsOf(hub, 'protection.blocked')).filter((fact) => fact.person === person)
    assert.deepEqual(
      names.map(({ providers }) => providers),
      [['tax'], ['bank']],
    )
  })

  test('R112: with one stolen weak account nobody blocks the others, nor sees which there are', async () => {
    await withAccounts()
    const { browser, page } = await inSpace('/space/protection', 'tax')
    assert.equal(page.status, 200)
    assert.ok(!textOf(page).includes('Block –'), textOf(page))
    const asked = await browser.open(`${hub.issuer}/space/protection/block/bank`)
    assert.ok(!asked.body.includes('action="/space/protection/block/bank"'), textOf(asked))
  })

  test('R113: an account at a provider of the future is refused where the person said so', async () => {
    await signIn(english(), refunds, 'post')
    const space = await inSpace('/space/protection/new-accounts/block', 'post')
    await space.browser.submit(space.page, formTo(space.page, /new-accounts\/block$/))
    const browser = english()
    const page = await choose(browser, refunds, await browser.open((await attempt(refunds)).url), 'bank')
    assert.match(textOf(page), /was blocked from your space/)
    const again = await choose(browser, refunds, page, 'post')
    assert.match(textOf(again), /Continue/i)
  })
})

describe('thaw', () => {
  test('R112: by another strong account that was there before, later, unless anybody stops it', async () => {
    const person = await withAccounts()
    await freeze('bank', 'bank')
    const weak = await inSpace('/space/protection/thaw', 'tax')
    assert.match(textOf(weak.page), /takes a sign-in at level substantial/)
    const doubted = await inSpace('/space/protection/thaw', 'bank')
    assert.match(textOf(doubted.page), /may be in other hands/)
    const { browser, page } = await inSpace('/space/protection/thaw', 'post')
    const asked = await browser.submit(page, formTo(page, /\/protection\/thaw$/))
    assert.match(textOf(asked), /The thaw is asked for/)
    assert.equal(await silently(browser, refunds), 'access_denied', 'not before its instant')

    const stopped = await inSpace('/space/protection', 'tax')
    const done = await stopped.browser.submit(stopped.page, formTo(stopped.page, /\/thaw\/stop$/))
    assert.match(textOf(done), /The thaw is stopped/)
    clock.advance(25 * hour)
    assert.equal((await hub.people.standingOf(person)).frozen, true)

    const again = await inSpace('/space/protection/thaw', 'post')
    await again.browser.submit(again.page, formTo(again.page, /\/protection\/thaw$/))
    clock.advance(24 * hour - 1)
    assert.equal((await hub.people.standingOf(person)).frozen, true)
    clock.advance(1)
    // At its instant, without any job having run.
    assert.equal((await hub.people.standingOf(person)).frozen, false)
    assert.equal((await factsOf(hub, 'protection.thawed')).filter((fact) => fact.person === person).length, 0)
    const { userinfo } = await signIn(english(), refunds, 'post')
    assert.ok(userinfo.sub)
    await settle(hub)
    const [thawed] = (await factsOf(hub, 'protection.thawed')).filter((fact) => fact.person === person)
    assert.equal(thawed?.how, 'asked')
    assert.equal(thawed?.at, clock.now())
  })

  test('R112: while frozen nothing is added or taken away, and nobody is erased by themselves', async () => {
    const person = await withAccounts()
    await freeze('post')
    const frozen = { error: 'identity_frozen' }
    const { people: room, storage } = hub
    await assert.rejects(
      storage.transaction((tx) => room.addContact(tx, person, 'thief@post.example', 'eidas2', 'fr')),
      frozen,
    )
    await assert.rejects(
      storage.transaction((tx) => room.erase(tx, person, { kind: 'person', id: person })),
      frozen,
    )
    assert.deepEqual(await hub.protections.unblock({ person, provider: 'tax' }), { kind: 'not_blocked' })
    await hub.protections.block({ person, provider: 'tax', inUse: 'post' })
    assert.deepEqual(await hub.protections.unblock({ person, provider: 'tax' }), { kind: 'frozen' })
  })
})
