/**
 * The outage of a real provider: its server is closed and brought back while people sign in. What the hub finds out, what
 * people are shown before they are sent there, and that none of it slows a sign-in down.
 */
import assert from 'node:assert/strict'
import { lookup as systemLookup } from 'node:dns'
import { after, before, describe, mock, test } from 'node:test'
import { sql } from 'kysely'
import type { Lookup } from '../../src/http/outbound.ts'
import { minute, second } from '../../src/kernel/durations.ts'
import { languages } from '../../src/kernel/languages.ts'
import { healthSchema } from '../../src/partners/health-settings.ts'
import { runVerb } from '../../src/verbs.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { freePort } from '../support/ports.ts'
import { citizen, misbehaviours, startProvider, type Tamper, type TestProvider } from '../support/provider.ts'
import { factsOf } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  signIn,
  tile,
} from '../support/relying-party.ts'
import { type Answer, formsOf, textOf, UserAgent } from '../support/user-agent.ts'

let clock: TestClock
let database: TestDatabase
let hub: TestHub
let refunds: RelyingParty
let bank: TestProvider
let post: TestProvider
/** No name server answers the hub any more. */
let isCutOff = false
const lookup: Lookup = (name, options, done) =>
  isCutOff ? done(Object.assign(new Error('EAI_AGAIN'), { code: 'EAI_AGAIN' }), []) : systemLookup(name, options, done)

before(async () => {
  clock = mockProcessClock({ mock })
  database = await createTestDatabase()
  // Trusted, so that a test can say from which network somebody comes.
  const settings = { health: healthSchema.parse({}), trustedProxies: ['127.0.0.1'] }
  hub = await startTestHub({ settings, database: database.location, lookup })
  bank = await startProvider({ id: 'bank', subject: 'of bank', port: await freePort() })
  post = await startProvider({ id: 'post', subject: 'of post', claims: { ...citizen, given_name: 'Aya' } })
  await hub.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
      services: [serviceEntry('refunds', { sector: 'health.example' })],
      providers: [bank, post].map((each) => providerEntry(each, { allowedLevels: ['eidas1'] })),
    },
  ])
  refunds = await relyingParty({ issuer: hub.issuer, clientId: 'refunds', secret: secretOf('refunds') })
})
after(async () => {
  await hub.close()
  await Promise.all([bank.close(), post.close()])
  await database.drop()
  mock.timers.reset()
})

/** Time passes, and the hub looks around as often as it would. */
async function pass(length: number): Promise<void> {
  for (let left = length; left > 0; left -= 5 * second) {
    clock.advance(5 * second)
    await hub.partners.health.turn()
  }
}

const healthOf = (id: string) => hub.partners.availability().of(id)?.observed.health

async function atChoice(
  language = 'en',
): Promise<{ browser: UserAgent; page: Answer; tried: Awaited<ReturnType<typeof attempt>> }> {
  const browser = new UserAgent({ language })
  const tried = await attempt(refunds)
  return { browser, tried, page: await browser.open(tried.url, at(refunds)) }
}

const isOffered = (page: Answer, provider: string) => page.body.includes(`name="provider" value="${provider}"`)

describe('a provider whose server is gone', () => {
  test('R004, R006: within a minute nobody is sent there any more; the other one goes on', async () => {
    await signIn(new UserAgent(), refunds, 'bank')
    await pass(minute)
    assert.equal(healthOf('bank'), 'up')
    const standing = await atChoice()
    tile(standing.page, 'bank')

    await bank.close()
    const goneAt = clock.now()
    await pass(70 * second)
    assert.equal(healthOf('bank'), 'down')
    const { since = 0 } = hub.partners.availability().of('bank')?.observed ?? {}
    assert.ok(since - goneAt <= 70 * second)

    const { page } = await atChoice()
    assert.equal(isOffered(page, 'bank'), false)
    assert.match(textOf(page), /does not answer at the moment/)
    tile(page, 'post')
    assert.match(textOf((await atChoice('fr')).page), /ne répond pas en ce moment/)
    assert.match(textOf((await atChoice('ar')).page), /لا يجيب الآن/)
    assert.ok((await signIn(new UserAgent(), refunds, 'post')).idToken.sub)

    // Who stands on the page of before gets it again, and goes on with the other one.
    const again = await choose(standing.browser, refunds, standing.page, 'bank')
    assert.equal(at(refunds)(again.url), false)
    assert.equal(isOffered(again, 'bank'), false)
    const other = await goOn(standing.browser, refunds, await choose(standing.browser, refunds, again, 'post'))
    assert.ok((await redeem(refunds, { attempt: standing.tried, page: other })).idToken.sub)
  })

  test('it is told as facts, and as an incident that is not over', async () => {
    assert.deepEqual(await factsOf(hub, 'provider.health_changed'), [
      { provider: 'bank', health: 'down', before: 'up', reasons: ['unreachable'] },
    ])
    const [incident] = await hub.partners.health.incidents({ since: 0, limit: 5 })
    assert.deepEqual([incident?.provider, incident?.health, incident?.closedAt], ['bank', 'down', undefined])
    assert.deepEqual(
      (await factsOf(hub, 'incident.opened')).map(({ incident: id }) => id),
      [incident?.id],
    )
  })

  test('an operator reads it on the command line', async () => {
    const lines: string[] = []
    const out = { line: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(`! ${line}`) }
    const run = async (args: Record<string, unknown>) => {
      lines.length = 0
      const exit = await runVerb(hub, { verb: 'provider.health', args }, out)
      return { exit, text: lines.join('\n') }
    }
    const all = await run({ json: false })
    assert.match(all.text, /^bank +active +down +\d{4}-\S+Z +\d{4}-\S+Z +unreachable$/m)
    assert.match(all.text, /^post +active +up +- +\d{4}-\S+Z +-$/m)
    const one = await run({ provider: 'bank', json: false })
    assert.match(one.text, /^It does not answer, or not in time\.$/m)
    assert.match(one.text, /^inc_\S+ {2}down {2}from \S+, not over: unreachable$/m)
    const { providers } = JSON.parse((await run({ json: true })).text)
    assert.deepEqual(
      providers.map(({ id, health }: { id: string; health: string }) => `${id} ${health}`),
      ['bank down', 'post up'],
    )
    assert.deepEqual(await run({ provider: 'nobody', json: false }), {
      exit: 3,
      text: '! There is no provider nobody.',
    })
  })

  test('while it is gone only a trial at a time asks for it; once it is back it half-opens, then opens its door', async () => {
    await pass(5 * minute)
    assert.equal(healthOf('bank'), 'down')
    await bank.start()
    const asked = bank.requestsTo('discovery').length
    const backAt = clock.now()
    while (healthOf('bank') === 'down') {
      await pass(5 * second)
      assert.ok(clock.now() - backAt < 4 * minute)
    }
    assert.ok(bank.requestsTo('discovery').length - asked >= 3, 'three trials that succeed, one after the other')
    assert.equal(healthOf('bank'), 'degraded')
    const watched = await atChoice()
    tile(watched.page, 'bank')
    assert.match(textOf(watched.page), /Works badly at the moment/, 'said before the person is sent there')
    assert.ok((await signIn(new UserAgent(), refunds, 'bank')).idToken.sub)

    await pass(3 * minute)
    assert.equal(healthOf('bank'), 'up')
    assert.doesNotMatch(textOf((await atChoice()).page), /at the moment/)
    const changes = (await factsOf(hub, 'provider.health_changed')).map(({ health }) => health)
    assert.deepEqual(changes, ['down', 'degraded', 'up'])
    const [incident] = await hub.partners.health.incidents({ since: 0, limit: 5 })
    assert.ok(incident?.closedAt)
    assert.equal((await factsOf(hub, 'incident.closed')).length, 1)
  })
})

/** A sign-in that comes from a network of its own, as far as it gets. */
async function tryFrom(network: number, provider: string): Promise<void> {
  const browser = new UserAgent({ language: 'en', headers: { 'x-forwarded-for': `203.0.${network}.9` } })
  const page = await browser.open((await attempt(refunds)).url, at(refunds))
  if (isOffered(page, provider)) await choose(browser, refunds, page, provider)
}

describe('what real sign-ins show', () => {
  test('answers that do not verify, to people of several networks, close a provider that every probe finds well', async () => {
    // Nobody signed in for a while, so that what follows is all there is.
    await pass(6 * minute)
    bank.tamper = misbehaviours.broken_signature
    for (let network = 0; network < 5; network++) await tryFrom(network, 'bank')
    await hub.partners.health.turn()
    const { health, reasons } = hub.partners.availability().of('bank')?.observed ?? {}
    assert.deepEqual([health, reasons], ['down', ['sign_ins_fail', 'answers_wrong']])
    bank.tamper = {}
    await pass(20 * minute)
    assert.equal(healthOf('bank'), 'up')
  })

  const attacks: [name: string, tamper: Tamper, error?: string][] = [
    ['turning back', {}, 'access_denied'],
    ['an error written into the callback', {}, 'server_error'],
    ['made-up codes', { callback: (query) => query.set('code', 'made-up') }],
    ['another state', { callback: (query) => query.set('state', 'made-up.made-up') }],
    ['another issuer', misbehaviours.callback_with_other_iss],
    ['the nonce of another login', misbehaviours.wrong_nonce],
    ['a level that was not asked for', misbehaviours.highest_acr],
  ]
  for (const [name, tamper, error] of attacks) {
    test(`R005: nobody closes a provider by ${name}, from as many networks as they like`, async () => {
      bank.tamper = tamper
      if (error !== undefined) bank.next.error = error
      for (let network = 0; network < 12; network++) await tryFrom(network, 'bank')
      await hub.partners.health.turn()
      delete bank.next.error
      bank.tamper = {}
      assert.equal(healthOf('bank'), 'up')
      assert.deepEqual(hub.partners.availability().of('bank')?.observed.reasons, [])
    })
  }

  test('codes that crash its token endpoint have that asked by the hub itself; it answers, and people go on', async () => {
    await pass(6 * minute)
    const asked = bank.requestsTo('token').length
    for (let network = 0; network < 8; network++) {
      bank.tamper = misbehaviours.token_out_of_order
      await tryFrom(network, 'bank')
    }
    bank.tamper = {}
    await pass(minute)
    assert.notEqual(healthOf('bank'), 'down')
    const own = bank
      .requestsTo('token')
      .slice(asked)
      .filter(({ body }) => !body.has('code'))
    assert.ok(own.length >= 1)
    assert.ok(own.every(({ headers, body }) => !headers.authorization && [...body.keys()].length === 1))
    assert.ok((await signIn(new UserAgent(), refunds, 'bank')).idToken.sub)
    await pass(10 * minute)
    assert.equal(healthOf('bank'), 'up')
  })

  test('a sign-in writes nothing about health: what it shows is gathered, and written with what else there is', async () => {
    await pass(minute)
    const written = async () => {
      const { rows } = await sql<{ breaker: object }>`select breaker from provider_health order by provider`.execute(
        hub.storage.db,
      )
      return rows
    }
    const before = await written()
    for (let login = 0; login < 5; login++) await signIn(new UserAgent(), refunds, 'bank')
    assert.deepEqual(await written(), before)
    clock.advance(11 * second)
    await hub.partners.health.turn()
    assert.notDeepEqual(await written(), before)
  })
})

describe('the hub loses its own network', () => {
  /** As `textOf` reads it. */
  const say = (language: (typeof languages)[number], key: string) =>
    hub.web.translate(language)(key).replace(/\s/g, ' ')
  const written = async () => [
    await factsOf(hub, 'provider.health_changed'),
    await factsOf(hub, 'incident.opened'),
    (await hub.partners.health.incidents({ since: 0, limit: 50 })).length,
  ]

  test('people are told that the fault is its own, no provider is blamed, and all is as before when it is back', async () => {
    await pass(2 * minute)
    assert.deepEqual([healthOf('bank'), healthOf('post')], ['up', 'up'])
    const before = await written()
    isCutOff = true
    await pass(minute)
    for (const language of languages) {
      const { browser, page, tried } = await atChoice(language)
      const said = textOf(page)
      assert.ok(said.includes(say(language, 'choose.cut_off')), said)
      assert.ok(said.includes(say(language, 'choose.cut_off.text')), said)
      assert.ok(said.includes(say(language, 'tile.down.own_network')), said)
      assert.equal(isOffered(page, 'bank') || isOffered(page, 'post'), false)
      const back = formsOf(page).find(({ action }) => action.pathname.endsWith('/cancel'))
      assert.ok(back, 'R011: and there is a way back')
      const left = await browser.submit(page, back, {}, at(refunds))
      assert.deepEqual(
        [left.url.searchParams.get('error'), left.url.searchParams.get('state')],
        ['access_denied', tried.state],
      )
      const status = await new UserAgent({ language }).open(`${hub.issuer}/status`)
      assert.ok(textOf(status).includes(say(language, 'status.cut_off')), textOf(status))
      for (const key of ['status.reason.own_network', 'status.standing.unreached']) {
        assert.ok(textOf(status).includes(say(language, key)), key)
      }
    }
    const json = await (await fetch(`${hub.issuer}/status/providers.json`)).json()
    assert.deepEqual(
      (json as { health: string }[]).map(({ health }) => health),
      ['down', 'down'],
    )
    await pass(10 * minute)
    isCutOff = false
    await pass(5 * second)
    assert.deepEqual([healthOf('bank'), healthOf('post')], ['up', 'up'])
    assert.deepEqual(await written(), before)
    assert.ok((await signIn(new UserAgent(), refunds, 'post')).idToken.sub)
    const status = await new UserAgent({ language: 'en' }).open(`${hub.issuer}/status`)
    assert.equal(textOf(status).includes(say('en', 'status.cut_off')), false)
  })
})
