/**
 * Proving more, or again, by the hub's own means: when a service or the hub asks for it, what the service is told after
 * it, and what is left of a session when the means behind it ends. Each limit on both of its sides.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { decodeJwt } from 'jose'
import { hour, minute, second } from '../../src/kernel/durations.ts'
import { type MeansId, newId } from '../../src/kernel/ids.ts'
import { meansSchema } from '../../src/means/settings.ts'
import { policySchema } from '../../src/policy/settings.ts'
import { freshFor, secondFactorInterval } from '../../src/policy/step-up.ts'
import { createAuthenticator, type SoftwareAuthenticator } from '../support/authenticator.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { chooseOwn, enrol, type OwnAccount, ownProviderEntry, typeCode, typePassword } from '../support/own-means.ts'
import { tarik } from '../support/people.ts'
import { factsOf, settle } from '../support/records.ts'
import {
  type Attempt,
  at,
  attempt,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  type SignedIn,
} from '../support/relying-party.ts'
import { type Answer, formsOf, formTo, textOf, UserAgent } from '../support/user-agent.ts'

/** How somebody signs in: the ways that a person has, each stronger than the one before. */
const ways = ['password', 'totp', 'passkey'] as const
type Way = (typeof ways)[number]

const said: Record<Way, { acr: string; amr: string[] }> = {
  password: { acr: 'eidas1', amr: ['pwd'] },
  totp: { acr: 'eidas2', amr: ['pwd', 'otp', 'mfa'] },
  passkey: { acr: 'eidas2', amr: ['hwk', 'user', 'pop', 'mfa'] },
}

interface Holder extends OwnAccount {
  way: Way
  key?: SoftwareAuthenticator
  passkey?: MeansId
}

/** A service's address for back-channel logout, and the tokens that came there. */
interface Receiver {
  server: Server
  tokens: string[]
}

const names = ['library', 'justice', 'ward'] as const
type Name = (typeof names)[number]

let clock: TestClock
let hub: TestHub
let receivers: Record<Name, Receiver>
let parties: Record<Name, RelyingParty>
let people = 0

async function startReceiver(): Promise<Receiver> {
  const receiver: Receiver = { server: createServer(), tokens: [] }
  receiver.server.on('request', async (request, response) => {
    const body = new URLSearchParams(await readText(request))
    receiver.tokens.push(body.get('logout_token') ?? '')
    response.end()
  })
  await new Promise<void>((ready) => receiver.server.listen(0, '127.0.0.1', ready))
  return receiver
}

async function openTown(policy: Record<string, unknown>): Promise<TestHub> {
  const settings = {
    policy: policySchema.parse({ passwordAlone: 'ordinary', ...policy }),
    // A day, so that the end of a means can come in the middle of a session.
    means: meansSchema.parse({ validityDays: { totp: 1 } }),
  }
  const town = await startTestHub({ clock, settings })
  const service = (id: Name, changes: Record<string, unknown> = {}) =>
    serviceEntry(id, {
      sector: `${id}.example`,
      entitledTo: ['amr'],
      backchannelLogoutUri: `http://localhost:${(receivers[id].server.address() as AddressInfo).port}/`,
      ...changes,
    })
  await town.publish([
    {
      id: 'town',
      name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
      services: [service('library'), service('justice'), service('ward', { sensitive: true })],
      providers: [ownProviderEntry()],
    },
  ])
  const owner = { author: 'Owner of the ward', riskAnalysis: 'RA-4', decidedOn: '2026-11-22', service: 'ward' }
  for (const kind of ['totp', 'passkey'])
    assert.ok(
      (await town.register.homologate({ ...owner, entry: `own/${kind}` }, { kind: 'operator', id: newId('operator') }))
        .ok,
    )
  return town
}

async function partiesOf(town: TestHub): Promise<Record<Name, RelyingParty>> {
  const party = async (clientId: Name) =>
    [clientId, await relyingParty({ issuer: town.issuer, clientId, secret: secretOf(clientId) })] as const
  return Object.fromEntries(await Promise.all(names.map(party))) as Record<Name, RelyingParty>
}

before(async () => {
  clock = mockProcessClock({ mock })
  const [library, justice, ward] = [await startReceiver(), await startReceiver(), await startReceiver()]
  receivers = { library, justice, ward }
  hub = await openTown({})
  parties = await partiesOf(hub)
})
beforeEach(() => {
  for (const { tokens } of Object.values(receivers)) tokens.length = 0
})
after(async () => {
  await hub.close()
  for (const { server } of Object.values(receivers)) {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  mock.timers.reset()
})

/** Somebody new, who has all the ways up to this one. */
async function somebody(way: Way, town = hub): Promise<Holder> {
  people++
  const identity = { ...tarik, family_name: `BENJELLOUN${'A'.repeat(people)}` }
  const account = await enrol(town, { name: `personne.${people}`, identity, totp: way !== 'password' })
  return way === 'passkey' ? { ...account, way, ...(await givePasskey(account, town)) } : { ...account, way }
}

async function givePasskey({ person, enrolment, name }: OwnAccount, { means, issuer }: TestHub) {
  const browser = 'the browser of the desk'
  const words = { accountName: name, displayName: name, label: 'clé' }
  const { ceremony, options } = await means.passkeys.beginRegistration({ person, enrolment, browser, ...words })
  const key = createAuthenticator({ origin: issuer })
  const made = await means.passkeys.finishRegistration({ ceremony, browser, response: key.create(options) })
  if (!made.ok) throw new Error(made.reasons.join())
  return { key, passkey: made.means }
}

const asksFor = (parameters: Record<string, string>) => ({
  claims: JSON.stringify({ id_token: { amr: null } }),
  ...parameters,
})

interface Arrived {
  party: RelyingParty
  tried: Attempt
  page: Answer
}

async function arrive(
  browser: UserAgent,
  party: RelyingParty,
  parameters: Record<string, string> = {},
): Promise<Arrived> {
  const tried = await attempt(party, asksFor(parameters))
  return { party, tried, page: await browser.open(tried.url, at(party)) }
}

const isChoice = (page: Answer) => formsOf(page).some(({ action }) => action.pathname.endsWith('/choose'))

/** What the service is told when nobody has to prove anything; undefined when somebody has. */
async function answered(
  browser: UserAgent,
  party: RelyingParty,
  parameters: Record<string, string> = {},
): Promise<SignedIn | undefined> {
  const { tried, page } = await arrive(browser, party, parameters)
  if (isChoice(page)) return undefined
  return redeem(party, { attempt: tried, page: at(party)(page.url) ? page : await goOn(browser, party, page) })
}

/** Proves who they are, on the page of choices. */
async function prove(browser: UserAgent, { page }: Arrived, holder: Holder, way: Way = holder.way): Promise<Answer> {
  assert.ok(isChoice(page), `nobody was asked: ${textOf(page)}`)
  const own = await chooseOwn(browser, page)
  if (way === 'passkey') return pressKey(browser, own, holder)
  const asked = await typePassword(browser, own, { identifier: holder.name })
  return way === 'totp' ? typeCode(browser, asked, holder.code(clock.now())) : asked
}

function pressKey(browser: UserAgent, page: Answer, { key }: Holder): Promise<Answer> {
  const options = textOf({ body: /data-passkey="get" data-options="([^"]*)"/.exec(page.body)?.[1] ?? '' })
  assert.ok(key && options)
  return browser.submit(page, formTo(page, /\/passkey$/), { response: JSON.stringify(key.get(JSON.parse(options))) })
}

/** The whole way, in a step of time of its own: a code of an application serves once. */
async function signIn(
  browser: UserAgent,
  party: RelyingParty,
  holder: Holder,
  { way = holder.way, ...parameters }: Record<string, string> & { way?: Way } = {},
): Promise<SignedIn> {
  clock.advance(30 * second)
  const arrived = await arrive(browser, party, parameters)
  const informed = await prove(browser, arrived, holder, way)
  return redeem(party, { attempt: arrived.tried, page: await goOn(browser, party, informed) })
}

/** Uses the session, at a service that it has opened, often enough until an instant. */
async function stay(browser: UserAgent, until: number): Promise<void> {
  while (clock.now() + 29 * minute < until) {
    clock.advance(29 * minute)
    const { page } = await arrive(browser, parties.library)
    assert.ok(at(parties.library)(page.url), textOf(page))
  }
  clock.set(until)
}

const presentSecond = () => Math.floor(clock.now() / second)

describe('a service asks for more', () => {
  const levels: [way: Way, asked: string, isAnswered: boolean][] = [
    ['password', 'eidas1', true],
    ['password', 'eidas2', false],
    ['totp', 'eidas2', true],
    ['totp', 'eidas3', false],
    ['passkey', 'eidas2', true],
    ['passkey', 'eidas3', false],
  ]
  for (const [way, asked, isAnswered] of levels) {
    test(`R068: a session by ${way} ${isAnswered ? 'answers' : 'does not answer'} ${asked}`, async () => {
      const browser = new UserAgent()
      const { idToken } = await signIn(browser, parties.library, await somebody(way))
      const answer = await answered(browser, parties.justice, { acr_values: asked })
      assert.equal(answer !== undefined, isAnswered)
      if (answer) assert.deepEqual([answer.idToken.acr, answer.idToken.auth_time], [said[way].acr, idToken.auth_time])
    })
  }

  test('R058: from a password to two factors to a passkey: level, means and time are those of the last proof', async () => {
    const holder = await somebody('passkey')
    const browser = new UserAgent()
    // This account is asked for its second factor at a service of any level, so the first step is somebody's else.
    const low = await signIn(browser, parties.library, await somebody('password'))
    assert.deepEqual([low.idToken.acr, low.idToken.amr], [said.password.acr, said.password.amr])
    const first = await signIn(browser, parties.justice, holder, { way: 'totp', acr_values: 'eidas2' })
    assert.deepEqual([first.idToken.acr, first.idToken.amr], [said.totp.acr, said.totp.amr])
    assert.equal(first.idToken.auth_time, presentSecond())
    clock.advance(10 * minute)
    const then = await signIn(browser, parties.justice, holder, { acr_values: 'eidas2', max_age: '60' })
    assert.deepEqual([then.idToken.acr, then.idToken.amr], [said.passkey.acr, said.passkey.amr], 'nothing is added up')
    assert.equal(then.idToken.auth_time, presentSecond())
    assert.ok(Number(then.idToken.auth_time) > Number(first.idToken.auth_time))
    assert.equal(then.idToken.sub, first.idToken.sub)
    assert.equal(then.idToken.sid, first.idToken.sid, 'the service knows the session by the same name')
    const elsewhere = await answered(browser, parties.library)
    assert.deepEqual(elsewhere?.idToken.amr, said.passkey.amr)
    assert.equal(elsewhere?.idToken.auth_time, then.idToken.auth_time)
  })

  for (const way of ways) {
    test(`R058: max_age, after a sign-in by ${way}, on both sides of its end`, async () => {
      const holder = await somebody(way)
      const browser = new UserAgent()
      const first = await signIn(browser, parties.justice, holder)
      assert.deepEqual([first.idToken.acr, first.idToken.amr], [said[way].acr, said[way].amr])
      clock.advance(5 * minute)
      const action = { acr_values: said[way].acr, max_age: '300' }
      const within = await answered(browser, parties.justice, action)
      assert.equal(within?.idToken.auth_time, first.idToken.auth_time)
      clock.advance(second)
      const silent = await arrive(browser, parties.justice, { ...action, prompt: 'none' })
      assert.equal(silent.page.url.searchParams.get('error'), 'login_required')
      assert.equal(await answered(browser, parties.justice, action), undefined)
      const again = await signIn(browser, parties.justice, holder, action)
      assert.equal(again.idToken.auth_time, presentSecond())
      assert.equal((await answered(browser, parties.justice, action))?.idToken.auth_time, again.idToken.auth_time)
    })

    test(`R058: prompt=login and max_age=0 ask whoever signed in by ${way} this very second`, async () => {
      const browser = new UserAgent()
      const holder = await somebody(way)
      const first = await signIn(browser, parties.justice, holder)
      for (const parameters of [{ prompt: 'login' }, { max_age: '0' }]) {
        assert.equal(await answered(browser, parties.justice, parameters), undefined)
      }
      const again = await signIn(browser, parties.justice, holder, { prompt: 'login' })
      assert.equal(Number(again.idToken.auth_time) - Number(first.idToken.auth_time), 30)
    })
  }

  test('R048: whoever has one factor cannot step up, and the session of before stays as it was', async () => {
    const holder = await somebody('password')
    const browser = new UserAgent()
    await signIn(browser, parties.library, holder)
    const refused = await prove(browser, await arrive(browser, parties.justice, { acr_values: 'eidas2' }), holder)
    assert.equal(refused.status, 403)
    assert.match(textOf(refused), /deux preuves/)
    assert.equal((await answered(browser, parties.library))?.idToken.acr, 'eidas1')
  })
})

describe('a sensitive service asks for more', () => {
  test('R059: it takes no session by one factor, and says which means it takes', async () => {
    const browser = new UserAgent()
    await signIn(browser, parties.library, await somebody('password'))
    const { page } = await arrive(browser, parties.ward)
    assert.ok(isChoice(page))
    const other = await somebody('totp')
    const { idToken } = await signIn(browser, parties.ward, other)
    assert.deepEqual([idToken.acr, idToken.amr], [said.totp.acr, said.totp.amr])
  })

  for (const way of ['totp', 'passkey'] as const) {
    test(`R059: with the settings as shipped, eight hours after a sign-in by ${way} it asks again; others do not`, async () => {
      const holder = await somebody(way)
      const browser = new UserAgent()
      const first = await signIn(browser, parties.ward, holder)
      await answered(browser, parties.library)
      await stay(browser, clock.now() + secondFactorInterval)
      assert.equal((await answered(browser, parties.ward))?.idToken.auth_time, first.idToken.auth_time)
      clock.advance(second)
      const silent = await arrive(browser, parties.ward, { prompt: 'none' })
      assert.equal(silent.page.url.searchParams.get('error'), 'login_required')
      const { page } = await arrive(browser, parties.ward)
      assert.ok(isChoice(page))
      assert.match(textOf(page), /Ce service vous demande de nouveau deux preuves/)
      assert.ok(await answered(browser, parties.library), 'an ordinary service is still answered')
      const again = await signIn(browser, parties.ward, holder)
      assert.equal(again.idToken.auth_time, presentSecond())
      assert.ok(await answered(browser, parties.ward))
    })
  }
})

describe('R059: another browser, where the operator asks all', () => {
  let strict: TestHub
  let sites: Record<Name, RelyingParty>
  before(async () => {
    strict = await openTown({ stepUp: 'all' })
    sites = await partiesOf(strict)
  })
  after(() => strict.close())

  test('a password alone is not enough on a new device, and the person is told why', async () => {
    const browser = new UserAgent()
    const holder = await somebody('password', strict)
    const told = await prove(browser, await arrive(browser, sites.library), holder)
    assert.match(textOf(told), /Ce service vous demande de nouveau deux preuves/)
    assert.deepEqual((await factsOf(strict, 'policy.refused')).at(-1)?.reasons, ['second_factor_missing'])
    // Once more by the same means: the page of the hub now knows that one factor will not do.
    const own = await chooseOwn(browser, told)
    assert.equal((await typePassword(browser, own, { identifier: holder.name })).status, 403)
  })

  for (const way of ['totp', 'passkey'] as const) {
    test(`who signs in by ${way} is asked in each browser, and not twice in one`, async () => {
      const holder = await somebody(way, strict)
      const [one, other] = [new UserAgent(), new UserAgent()]
      const first = await signIn(one, sites.library, holder)
      assert.equal((await answered(one, sites.justice))?.idToken.auth_time, first.idToken.auth_time)
      assert.equal(await answered(other, sites.library), undefined)
      const second_ = await signIn(other, sites.library, holder)
      assert.deepEqual([second_.idToken.sub, second_.idToken.amr], [first.idToken.sub, said[way].amr])
      assert.notEqual(second_.idToken.sid, first.idToken.sid)
    })
  }
})

describe('a second service', () => {
  for (const way of ways) {
    test(`R057 R068: without a new sign-in after one by ${way}, until half an hour without activity`, async () => {
      const browser = new UserAgent()
      const holder = await somebody(way)
      const first = await signIn(browser, parties.library, holder)
      clock.advance(30 * minute - second)
      const before_ = (await factsOf(hub, 'means.signed_in')).length
      const spared = await answered(browser, parties.justice)
      assert.deepEqual([spared?.idToken.acr, spared?.idToken.amr], [said[way].acr, said[way].amr])
      assert.equal(spared?.idToken.auth_time, first.idToken.auth_time)
      assert.notEqual(spared?.idToken.sub, first.idToken.sub)
      assert.equal((await factsOf(hub, 'means.signed_in')).length, before_)
      clock.advance(30 * minute)
      assert.equal(await answered(browser, parties.justice), undefined)
    })
  }

  test('R057: half a day after the sign-in no service is answered, however busy the session was', async () => {
    const browser = new UserAgent()
    await signIn(browser, parties.library, await somebody('totp'))
    const end = clock.now() + 12 * hour
    await stay(browser, end - second)
    assert.ok(await answered(browser, parties.justice))
    clock.set(end)
    assert.equal(await answered(browser, parties.justice), undefined)
  })
})

describe('R047: the means ends in the middle of a session', () => {
  const manager = { kind: 'operator' as const, id: newId('operator') }
  const stop = (act: 'revoke' | 'suspend', person: OwnAccount['person'], means: MeansId | undefined) => {
    assert.ok(means)
    const change = { person, means, actor: manager, reason: 'stolen' } as const
    return hub.storage.transaction((tx) => hub.means[act](tx, change))
  }

  const ends: [name: string, way: Way, end: (holder: Holder) => Promise<unknown>][] = [
    ['a password that is revoked', 'password', ({ person, password }) => stop('revoke', person, password)],
    ['an application that is suspended', 'totp', ({ person, totp }) => stop('suspend', person, totp)],
    ['a passkey that is revoked', 'passkey', ({ person, passkey }) => stop('revoke', person, passkey)],
    ['a passkey that is suspended', 'passkey', ({ person, passkey }) => stop('suspend', person, passkey)],
  ]
  for (const [name, way, end] of ends) {
    test(`${name} ends it, and each of its services is told`, async () => {
      const holder = await somebody(way)
      const [browser, bystander] = [new UserAgent(), new UserAgent()]
      const first = await signIn(browser, parties.library, holder)
      const second_ = await answered(browser, parties.justice)
      await signIn(bystander, parties.library, await somebody('password'))
      assert.equal(await end(holder), 'done')
      await settle(hub)
      assert.deepEqual(told('library'), [[first.idToken.sub, first.idToken.sid]])
      assert.deepEqual(told('justice'), [[second_?.idToken.sub, second_?.idToken.sid]])
      assert.deepEqual(told('ward'), [])
      const silent = await arrive(browser, parties.library, { prompt: 'none' })
      assert.equal(silent.page.url.searchParams.get('error'), 'login_required')
      assert.equal(await answered(browser, parties.library), undefined)
      assert.ok(await answered(bystander, parties.library), 'nobody else is concerned')
    })
  }

  test('R046: so does one whose term is over, at the next round of the housekeeping and not before', async () => {
    const holder = await somebody('totp')
    const ofTotp = (await hub.means.of(hub.storage.db, holder.person)).find(({ kind }) => kind === 'totp')
    assert.ok(ofTotp)
    clock.set(ofTotp.expiresAt - minute)
    const browser = new UserAgent()
    const first = await signIn(browser, parties.library, holder)
    clock.set(ofTotp.expiresAt - 1)
    await sweep()
    // Others of this file have ended before it.
    assert.ok(told('library').every(([, sid]) => sid !== first.idToken.sid))
    receivers.library.tokens.length = 0
    assert.ok(await answered(browser, parties.library))
    clock.set(ofTotp.expiresAt)
    await sweep()
    assert.deepEqual(told('library'), [[first.idToken.sub, first.idToken.sid]])
    assert.equal(await answered(browser, parties.library), undefined)
  })

  /** The hub keeps house by itself too: what such a round holds, this one passes over, so its end is waited for. */
  async function sweep(): Promise<void> {
    await hub.means.sweep()
    await hub.storage.jobs.drain()
    await settle(hub)
  }

  const told = (name: Name) => receivers[name].tokens.map((token) => [decodeJwt(token).sub, decodeJwt(token).sid])
})

test('R058: the hub asks for a fresh proof before a change of means, five minutes after the last one', async () => {
  const browser = new UserAgent()
  await signIn(browser, parties.library, await somebody('totp'))
  clock.advance(freshFor)
  const change = `${hub.issuer}/means/add/totp`
  assert.equal((await browser.open(change)).url.href, change)
  clock.advance(second)
  assert.notEqual((await browser.open(change)).url.href, change)
})
