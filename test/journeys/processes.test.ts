/**
 * Several processes on one database, behind one address: a login belongs to none of them, and what one remembers of it
 * never stands against what another has made of it.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, mock, test } from 'node:test'
import { fetchUserInfo } from 'openid-client'
import { type Balancer, startBalancer } from '../support/balancer.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { freePort } from '../support/ports.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, tally } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  type SignedIn,
  tile,
} from '../support/relying-party.ts'
import { type Answer, formTo, linksOf, UserAgent } from '../support/user-agent.ts'

let clock: TestClock
let tax: TestProvider
let post: TestProvider

before(async () => {
  clock = mockProcessClock({ mock })
  tax = await startProvider({ id: 'tax', clock })
  post = await startProvider({ id: 'post', clock })
})
after(async () => {
  await tax.close()
  await post.close()
})

const town = () => [
  {
    id: 'town',
    name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
    services: [serviceEntry('refunds')],
    providers: [providerEntry(tax), providerEntry(post)],
  },
]

describe('a login does not belong to a process', () => {
  test('R018: begun at one, it is finished at another', async () => {
    const shared = await createTestDatabase()
    const folder = mkdtempSync(join(tmpdir(), 'garant-processes-'))
    // Data on a server are for several processes at once; embedded data are for one, and then for the next one.
    const together = shared.location.kind === 'server'
    const database = together ? shared.location : ({ kind: 'folder', path: folder } as const)
    const balancer = await startBalancer()
    const { issuer } = balancer
    const running: TestHub[] = []
    const start = async () => {
      const port = await freePort()
      const started = await startTestHub({ clock, database, port, settings: { issuer } })
      running.push(started)
      balancer.targets.push(port)
      return started
    }
    const stop = async () => {
      balancer.targets.length = 0
      for (const each of running.splice(0)) await each.close()
    }
    try {
      const first = await start()
      await first.publish(town())
      if (together) await start()

      const party = await relyingParty({ issuer, clientId: 'refunds', secret: secretOf('refunds') })
      const browser = new UserAgent()
      const tried = await attempt(party)
      const inform = await choose(browser, party, await browser.open(tried.url, at(party)), 'tax')
      if (!together) await stop()
      const end = together ? first : await start()
      const page = await goOn(browser, party, inform)
      const { userinfo: claims } = await redeem(party, { attempt: tried, page })
      assert.equal(claims.family_name, citizen.family_name)
      assert.equal((await tally(end)).connections, 1)
      assert.equal((await factsOf(end, 'connection.completed')).length, 1)

      const silent = await attempt(party, { prompt: 'none' })
      const answer = await browser.open(silent.url, at(party))
      assert.ok(answer.url.searchParams.get('code'), 'the session is known to all')
      await assert.rejects(redeem(party, { attempt: tried, page }), { error: 'invalid_grant' })
      assert.ok(new Set(balancer.served).size > 1, 'several processes answered')
    } finally {
      await stop()
      await balancer.close()
      await shared.drop()
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

const needsServer = { skip: process.env.DATABASE_URL ? false : 'two processes on one database: give DATABASE_URL' }

describe('what a process remembers', needsServer, () => {
  let database: TestDatabase
  let balancer: Balancer
  let hubs: [TestHub, TestHub]
  let ports: [number, number]
  let party: RelyingParty

  before(async () => {
    database = await createTestDatabase()
    balancer = await startBalancer()
    const { issuer } = balancer
    ports = [await freePort(), await freePort()]
    const start = (port: number) => startTestHub({ clock, database: database.location, port, settings: { issuer } })
    hubs = [await start(ports[0]), await start(ports[1])]
    await hubs[0].publish(town())
    here()
    party = await relyingParty({ issuer, clientId: 'refunds', secret: secretOf('refunds') })
  })
  after(async () => {
    for (const hub of hubs) await hub.close()
    await balancer.close()
    await database.drop()
  })

  /** From now on one process answers. */
  const here = () => void balancer.targets.splice(0, Infinity, ports[0])
  const there = () => void balancer.targets.splice(0, Infinity, ports[1])

  const atProvider = ({ issuer }: TestProvider) => {
    const { origin } = new URL(issuer)
    return (url: URL) => url.origin === origin
  }
  /** Chooses, and stops at the provider's door. */
  function press(browser: UserAgent, page: Answer, provider: 'tax' | 'post'): Promise<Answer> {
    const { form, values } = tile(page, provider)
    return browser.submit(page, form, values, atProvider({ tax, post }[provider]))
  }

  async function begin() {
    here()
    const browser = new UserAgent()
    const tried = await attempt(party)
    return { browser, tried, page: await browser.open(tried.url, at(party)) }
  }
  const connections = async () => (await tally(hubs[0])).connections
  const quiet = () => {
    for (const { logged } of hubs)
      assert.deepEqual(
        logged.filter(({ level }) => level === 'error'),
        [],
      )
  }

  test('R015: chosen here, chosen otherwise there, pressed again here: the last one counts, and comes back', async () => {
    const { browser, tried, page } = await begin()
    const before = await connections()
    assert.ok(atProvider(tax)((await press(browser, page, 'tax')).url))
    there()
    const toPost = await press(browser, page, 'post')
    assert.ok(atProvider(post)(toPost.url))
    // The process that sent the person to the first one remembers that.
    here()
    const inform = await browser.open(toPost.url, at(party))
    const { userinfo } = await redeem(party, { attempt: tried, page: await goOn(browser, party, inform) })
    assert.equal(userinfo.family_name, citizen.family_name)
    assert.equal(await connections(), before + 1)
    quiet()
  })

  test('R015: left there, pressed here: nobody is signed in, and the service hears it once more', async () => {
    const { browser, page } = await begin()
    const inform = await choose(browser, party, page, 'tax')
    there()
    const form = formTo(inform, /\/inform$/)
    const away = { ...form, action: form.buttons.find(({ formAction }) => formAction)?.formAction ?? assert.fail() }
    const left = await browser.submit(inform, away, {}, at(party))
    const before = await tally(hubs[0])
    here()
    const pressed = await goOn(browser, party, inform)
    assert.equal(pressed.url.searchParams.get('error'), 'access_denied')
    assert.equal(pressed.url.href, left.url.href)
    assert.deepEqual(await tally(hubs[0]), before)
    quiet()
  })

  test('R015: begun anew there, pressed here: nobody is signed in, and the choice stands', async () => {
    const { browser, tried, page } = await begin()
    const inform = await choose(browser, party, page, 'tax')
    const before = await tally(hubs[0])
    there()
    const form = formTo(inform, /\/inform$/)
    const foreign = await browser.submit(inform, { ...form, fields: { ...form.fields, verifier: 'of another page' } })
    const again = linksOf(foreign).find(({ pathname }) => pathname.endsWith('/again')) ?? assert.fail()
    assert.ok(tile(await browser.open(again), 'post'))
    here()
    const shown = await goOn(browser, party, inform)
    assert.deepEqual(await tally(hubs[0]), before)
    const chosen = await choose(browser, party, shown, 'post')
    await redeem(party, { attempt: tried, page: await goOn(browser, party, chosen) })
    quiet()
  })

  test('R018: ended there, pressed once more here: the same answer, and one connection', async () => {
    const { browser, tried, page } = await begin()
    const before = await connections()
    const inform = await choose(browser, party, page, 'tax')
    there()
    const first = await goOn(browser, party, inform)
    here()
    const second = await goOn(browser, party, inform)
    assert.equal(await connections(), before + 1)
    assert.ok(first.url.searchParams.get('code'))
    await redeem(party, { attempt: tried, page: second })
    quiet()
  })

  const replays = async () => (await factsOf(hubs[0], 'code.replayed')).length
  const isAlive = ({ accessToken, idToken }: SignedIn) =>
    fetchUserInfo(party.config, accessToken, idToken.sub).then(
      () => true,
      () => false,
    )

  test('R018: a code redeemed there is refused here, where it is remembered, and what came from it taken away', async () => {
    const { browser, tried, page } = await begin()
    const answer = await goOn(browser, party, await choose(browser, party, page, 'tax'))
    there()
    const signedIn = await redeem(party, { attempt: tried, page: answer })
    const before = await replays()
    here()
    await assert.rejects(redeem(party, { attempt: tried, page: answer }), { error: 'invalid_grant' })
    assert.equal(await isAlive(signedIn), false)
    assert.equal(await replays(), before + 1)
    quiet()
  })

  test('R018: a code that was taken away there gives nothing here, where it is remembered, and is no replay', async () => {
    const { browser, tried, page } = await begin()
    const inform = await choose(browser, party, page, 'tax')
    // Two clicks, two codes of one login: what takes one of them away takes the other as well.
    const [first, second] = [await goOn(browser, party, inform), await goOn(browser, party, inform)]
    there()
    await redeem(party, { attempt: tried, page: first })
    await assert.rejects(redeem(party, { attempt: tried, page: first }), { error: 'invalid_grant' })
    const before = await replays()
    here()
    await assert.rejects(redeem(party, { attempt: tried, page: second }), { error: 'invalid_grant' })
    assert.equal(await replays(), before)
    quiet()
  })
})
