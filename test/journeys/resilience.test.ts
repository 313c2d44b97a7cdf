/** When the database goes away in the middle, when a second process comes, and when time ends a session. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { after, before, describe, mock, test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { hour, minute } from '../../src/kernel/durations.ts'
import { type Location, openStorage } from '../../src/storage/storage.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { createTestDatabase } from '../support/database.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { freePort } from '../support/ports.ts'
import { startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, tally } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  loginOf,
  type RelyingParty,
  redeem,
  relyingParty,
  signIn,
  tile,
} from '../support/relying-party.ts'
import { formTo, textOf, UserAgent } from '../support/user-agent.ts'

let clock: TestClock
let tax: TestProvider

before(async () => {
  clock = mockProcessClock({ mock })
  tax = await startProvider({ id: 'tax' })
})
after(async () => {
  await tax.close()
  mock.timers.reset()
})

async function publish(hub: TestHub): Promise<void> {
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
      services: [serviceEntry('refunds', { sector: 'health.example' })],
      providers: [providerEntry(tax, { allowedLevels: ['eidas1'] })],
    },
  ])
}

const party = (issuer: string) => relyingParty({ issuer, clientId: 'refunds', secret: secretOf('refunds') })

/** A database that can be taken away from a running hub, and given back. */
interface Fragile {
  location: Location
  takeAway(hub: TestHub): Promise<void>
  /** Returns the hub that serves from then on: the same one, where the database is not part of its process. */
  giveBack(hub: TestHub): Promise<TestHub>
  drop(): Promise<void>
}

async function fragileDatabase(): Promise<Fragile> {
  const { DATABASE_URL: server } = process.env
  return server ? onServer(server) : embedded()
}

async function onServer(server: string): Promise<Fragile> {
  const database = await createTestDatabase()
  const { location } = database
  assert.ok(location.kind === 'server')
  const name = new URL(location.url).pathname.slice(1)
  const asOperator = async (...statements: string[]) => {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    for (const statement of statements) await client.query(statement)
    await client.end()
  }
  return {
    location,
    takeAway: () =>
      asOperator(
        `alter database ${name} allow_connections false`,
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      ),
    async giveBack(hub) {
      await asOperator(`alter database ${name} allow_connections true`)
      return hub
    },
    drop: () => database.drop(),
  }
}

/** The embedded database ends with its process: the next hub on the same folder takes up what the first one wrote. */
async function embedded(): Promise<Fragile> {
  const path = mkdtempSync(join(tmpdir(), 'garant-fragile-'))
  const { location } = await createTestDatabase()
  assert.ok(location.kind === 'memory' && location.image)
  const made = await PGlite.create({ dataDir: join(path, 'postgres'), loadDataDir: location.image })
  await made.close()
  const gone: TestHub[] = []
  return {
    location: { kind: 'folder', path },
    takeAway: ({ storage }) => storage.close(),
    async giveBack(hub) {
      await hub.web.app.close()
      gone.push(hub)
      return startTestHub({ database: { kind: 'folder', path }, boot: hub.boot })
    },
    async drop() {
      // Only now: its folder and its mail server are those of the hub that came after it.
      for (const hub of gone) await hub.close()
      rmSync(path, { recursive: true, force: true })
    },
  }
}

describe('a database that goes away in the middle of everything', () => {
  let database: Fragile
  let hub: TestHub
  let refunds: RelyingParty

  before(async () => {
    database = await fragileDatabase()
    hub = await startTestHub({ database: database.location })
    await publish(hub)
    refunds = await party(hub.issuer)
  })
  after(async () => {
    await hub.close()
    await database.drop()
  })

  const newBrowser = () => new UserAgent({ language: 'en' })

  async function begun() {
    const browser = newBrowser()
    const tried = await attempt(refunds)
    return { browser, tried, page: await browser.open(tried.url, at(refunds)) }
  }

  async function returning() {
    const login = await begun()
    const { form, values } = tile(login.page, 'tax')
    const isCallback = (url: URL) => url.pathname.startsWith('/callback/')
    return { ...login, callback: (await login.browser.submit(login.page, form, values, isCallback)).url }
  }

  const tokenRequest = (path: string, fields: Record<string, string>) =>
    fetch(`${hub.issuer}${path}`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`refunds:${secretOf('refunds')}`).toString('base64')}` },
      body: new URLSearchParams(fields),
    })

  test('every page says 503 and when to try again, every machine gets it as JSON, and all goes on afterwards', async () => {
    // One login at each of its steps.
    const choosing = await begun()
    const coming = await returning()
    const reading = await returning()
    const informed = await reading.browser.open(reading.callback)
    const redeeming = await returning()
    const redeemable = await goOn(redeeming.browser, refunds, await redeeming.browser.open(redeeming.callback))
    const signed = newBrowser()
    const { accessToken, rawIdToken } = await signIn(signed, refunds, 'tax')
    const before = await tally(hub)
    const redeemedUpstream = tax.requestsTo('token').length

    await database.takeAway(hub)

    const newcomer = await attempt(refunds)
    const pages = {
      authorize: () => newBrowser().open(newcomer.url, at(refunds)),
      'authorize in a session': async () => signed.open((await attempt(refunds)).url, at(refunds)),
      'authorize without a page': async () =>
        signed.open((await attempt(refunds, { prompt: 'none' })).url, at(refunds)),
      page: () => choosing.browser.open(loginOf(choosing.page)),
      choose: () => choose(choosing.browser, refunds, choosing.page, 'tax'),
      'the way back': () => choosing.browser.submit(choosing.page, formTo(choosing.page, /\/cancel$/), {}, at(refunds)),
      callback: () => coming.browser.open(coming.callback),
      inform: () => goOn(reading.browser, refunds, informed),
      logout: () => signed.open(`${hub.issuer}/logout?id_token_hint=${rawIdToken}`),
    }
    for (const [name, visit] of Object.entries(pages)) {
      const page = await visit()
      assert.equal(page.status, 503, `${name}: ${textOf(page)}`)
      assert.equal(page.headers['retry-after'], '5', name)
      assert.match(textOf(page), /G1006 · [0-9A-Z-]{14}/, name)
      assert.match(page.headers['content-type'] ?? '', /^text\/html/)
    }
    const code = redeemable.url.searchParams.get('code') ?? ''
    const exchange = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: refunds.redirectUri,
      code_verifier: redeeming.tried.verifier,
    }
    const machines = {
      token: () => tokenRequest('/token', exchange),
      introspect: () => tokenRequest('/introspect', { token: accessToken }),
      revoke: () => tokenRequest('/revoke', { token: accessToken }),
      userinfo: () => fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } }),
    }
    for (const [name, ask] of Object.entries(machines)) {
      const response = await ask()
      assert.equal(response.status, 503, name)
      assert.equal(response.headers.get('retry-after'), '5', name)
      assert.match(response.headers.get('content-type') ?? '', /json/, name)
      assert.equal(((await response.json()) as { code: string }).code, 'G1006', name)
    }
    const ready = await fetch(`${hub.issuer}/readyz`)
    assert.deepEqual([ready.status, ready.headers.get('retry-after')], [503, '5'])
    assert.equal((await fetch(`${hub.issuer}/livez`)).status, 200, 'the process itself is well')
    assert.equal((await fetch(`${hub.issuer}/.well-known/openid-configuration`)).status, 200)
    assert.equal(tax.requestsTo('token').length, redeemedUpstream, 'no code was spent that could not be used')

    hub = await database.giveBack(hub)
    assert.equal((await fetch(`${hub.issuer}/readyz`)).status, 200, 'at the first request, without a restart')
    assert.deepEqual(await tally(hub), before, 'nothing was written by halves')

    const { idToken } = await redeem(refunds, { attempt: redeeming.tried, page: redeemable })
    assert.equal(idToken.acr, 'eidas1', 'the code that could not be redeemed is good')
    const fromCallback = await goOn(coming.browser, refunds, await coming.browser.open(coming.callback))
    assert.ok((await redeem(refunds, { attempt: coming.tried, page: fromCallback })).idToken.sub)
    const fromPage = await goOn(reading.browser, refunds, informed)
    assert.ok((await redeem(refunds, { attempt: reading.tried, page: fromPage })).idToken.sub)
    const chosen = await goOn(choosing.browser, refunds, await choose(choosing.browser, refunds, choosing.page, 'tax'))
    assert.ok((await redeem(refunds, { attempt: choosing.tried, page: chosen })).idToken.sub)
    assert.ok((await signIn(signed, refunds, 'tax', { prompt: 'none' })).idToken.sub, 'sessions go on')
    const authorised = (await factsOf(hub, 'connection.authorised')).map(({ connection }) => connection)
    assert.equal(new Set(authorised).size, authorised.length)
    assert.equal(
      (await factsOf(hub, 'connection.completed')).length,
      authorised.length,
      'each connection was completed',
    )
  })
})

describe('an embedded data folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'garant-held-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('a second process on it is refused in plain words, and the first one is not disturbed', async () => {
    const path = join(folder, 'data')
    const storage = await openStorage({ location: { kind: 'folder', path }, clock, stateKey: Buffer.alloc(32, 7) })
    const port = await freePort()
    writeFileSync(
      join(folder, 'garant.yaml'),
      `issuer: http://localhost:${port}
listen: { port: ${port} }
dataFolder: data
mail: { host: 127.0.0.1, port: 1025, secure: false, danger_in_clear: true, from: hub@garant.example }
security: { contact: [security@garant.example], expires: 2027-06-01T00:00:00Z }
danger_allow_http: true
`,
    )
    const { DATABASE_URL: _, ...env } = process.env
    const second = spawn(join(import.meta.dirname, '../../bin/garant'), ['serve'], {
      cwd: folder,
      env: {
        ...env,
        GARANT_MASTER_KEY: Buffer.alloc(32, 1).toString('base64'),
        NODE_COMPILE_CACHE: join(import.meta.dirname, '../../.cache/compiled'),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [said, [exit]] = await Promise.all([readText(second.stderr), once(second, 'exit')])
    assert.notEqual(exit, 0)
    assert.ok(said.includes(path), `it names the folder: ${said}`)
    assert.ok(said.includes(String(process.pid)), `and the process that holds it: ${said}`)
    assert.doesNotMatch(said, /^\s+at /m, 'no stack')
    assert.equal(await storage.alive(), true)
    await storage.close()
  })
})

describe('the end of a session', () => {
  let hub: TestHub
  let refunds: RelyingParty

  before(async () => {
    hub = await startTestHub({ settings: { sessions: { idleMinutes: 30, absoluteHours: 12 } } })
    await publish(hub)
    refunds = await party(hub.issuer)
  })
  after(() => hub.close())

  async function silently(browser: UserAgent): Promise<string> {
    const back = await browser.open((await attempt(refunds, { prompt: 'none' })).url, at(refunds))
    return back.url.searchParams.get('error') ?? 'signed in'
  }

  async function visits(browser: UserAgent): Promise<boolean> {
    const page = await browser.open((await attempt(refunds)).url, at(refunds))
    return at(refunds)(page.url) && page.url.searchParams.has('code')
  }

  test('R057: a session without activity for half an hour is refused', async () => {
    const browser = new UserAgent()
    await signIn(browser, refunds, 'tax')
    clock.advance(30 * minute - 1000)
    assert.equal(await silently(browser), 'signed in')
    clock.advance(2000)
    assert.equal(await silently(browser), 'login_required', 'what a hidden frame asks is no activity')
    const page = await browser.open((await attempt(refunds)).url, at(refunds))
    tile(page, 'tax')
  })

  test('R057: its end is a fact once it was noticed, and who signs in again is somebody again', async () => {
    const browser = new UserAgent()
    const { idToken } = await signIn(browser, refunds, 'tax')
    clock.advance(31 * minute)
    const before = (await factsOf(hub, 'session.ended')).length
    await hub.sessions.sweep()
    const ended = (await factsOf(hub, 'session.ended')).slice(before)
    assert.ok(ended.length >= 1)
    assert.ok(ended.every(({ reason, services }) => reason === 'expired' && services.length === 0))
    const { idToken: again } = await signIn(browser, refunds, 'tax')
    assert.equal(again.sub, idToken.sub)
  })

  test('R057: activity keeps a session, but not beyond half a day', async () => {
    const browser = new UserAgent()
    const start = clock.now()
    await signIn(browser, refunds, 'tax')
    while (clock.now() + 20 * minute < start + 12 * hour) {
      clock.advance(20 * minute)
      assert.equal(await visits(browser), true, `after ${(clock.now() - start) / minute} minutes`)
    }
    clock.set(start + 12 * hour + 1)
    assert.equal(await visits(browser), false)
    assert.equal(await silently(browser), 'login_required')
  })

  test('R057: an access token does not outlive its minute', async () => {
    const { accessToken } = await signIn(new UserAgent(), refunds, 'tax')
    const ask = () => fetch(`${hub.issuer}/userinfo`, { headers: { authorization: `Bearer ${accessToken}` } })
    assert.equal((await ask()).status, 200)
    clock.advance(minute + 1)
    assert.equal((await ask()).status, 401)
  })
})
