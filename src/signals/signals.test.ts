import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, jwtVerify } from 'jose'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import type { Recorded } from '../audit/audit.ts'
import { toDate } from '../kernel/clock.ts'
import { hour, minute } from '../kernel/durations.ts'
import { newId, type PersonId } from '../kernel/ids.ts'
import type { Key, Keys } from '../keys/keys.ts'
import type { Registry, Service } from '../partners/partners.ts'
import { createSessions, type NewSession, type Session, type Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/storage.ts'
import { createSignals, type Signals } from './signals.ts'

const issuer = 'https://hub.example'
const clock = createTestClock()
const recorder = recordFacts(() => storage)
const services = new Map<string, Service>()
const keys = new Map<string, Key>()
let storage: Storage
let sessions: Sessions
let signals: Signals
let receiver: Receiver
let fetchOf: typeof fetch

interface Receiver {
  origin: string
  requests: { path: string; method: string; contentType: string; token: string }[]
  answer: (path: string) => { status: number; headers?: Record<string, string> }
  server: Server
}

async function startReceiver(): Promise<Receiver> {
  const started: Receiver = {
    origin: '',
    requests: [],
    answer: () => ({ status: 200 }),
    server: createServer((request, response) => {
      read(request).then((received) => {
        started.requests.push(received)
        const { status, headers } = started.answer(received.path)
        if (status > 0) response.writeHead(status, headers).end()
      }, assert.fail)
    }),
  }
  await new Promise<void>((ready) => started.server.listen(0, '127.0.0.1', ready))
  started.origin = `http://127.0.0.1:${(started.server.address() as AddressInfo).port}`
  return started
}

async function read(request: IncomingMessage): Promise<Receiver['requests'][number]> {
  const form = new URLSearchParams(await text(request))
  return {
    path: request.url ?? '',
    method: request.method ?? '',
    contentType: request.headers['content-type'] ?? '',
    token: form.get('logout_token') ?? '',
  }
}

before(async () => {
  storage = await openTestStorage(clock)
  const key = Buffer.alloc(32, 1)
  sessions = createSessions({ storage, clock, audit: recorder.audit, key, idle: hour, absolute: 9 * hour })
  for (const alg of ['ES256', 'RS256']) {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const id = `key-${alg}`
    const publicJwk = { ...(await exportJWK(publicKey)), kid: id, alg }
    keys.set(alg, { id, alg, publicJwk, privateJwk: { ...(await exportJWK(privateKey)), kid: id, alg } } as Key)
  }
  signals = createSignals({
    storage,
    clock,
    audit: recorder.audit,
    partners: { registry: () => ({ version: 1, services, providers: new Map() }) satisfies Registry },
    people: { subjectFor: async (_handle, person, sector) => `${person}@${sector}` },
    sessions,
    keys: { active: (_purpose, alg) => keys.get(alg) as Key } satisfies Pick<Keys, 'active'>,
    issuer,
    fetch: (input, init) => fetchOf(input, init),
  })
  storage.jobs.work('signals.backchannel-logout', (job, attempt) => signals.sendLogout(job, attempt))
})
after(() => storage.close())

beforeEach(async () => {
  fetchOf = fetch
  recorder.clear()
  receiver = await startReceiver()
  services.clear()
  for (const [id, changes] of Object.entries<Partial<Service>>({
    refunds: { sector: 'health', idTokenAlg: 'ES256' },
    justice: { sector: 'justice', idTokenAlg: 'RS256' },
  })) {
    services.set(id, { id, backchannelLogoutUri: `${receiver.origin}/${id}`, ...changes } as Service)
  }
  services.set('silent', { id: 'silent', sector: 'silent', idTokenAlg: 'ES256' } as Service)
})
afterEach(() => {
  receiver.server.closeAllConnections()
  receiver.server.close()
})

async function sessionAt(...opened: string[]): Promise<Session> {
  const given: NewSession = {
    person: newId('person'),
    link: newId('link'),
    provider: 'tax',
    level: 'eidas1',
    serves: 'eidas1',
    amr: [],
    authTime: clock.now(),
  }
  const { session, secret } = await storage.transaction((tx) => sessions.start(tx, given))
  for (const service of opened) await storage.transaction((tx) => sessions.open(tx, session.id, service, ['openid']))
  return (await sessions.find(secret)) as Session
}

const recorded = () =>
  recorder.facts.splice(0).map(({ name, data }) => ({ sequence: 1n, at: clock.now(), name, data }) as Recorded)

/** Ends a session and hands its fact to the reactor, as the journal does. */
async function end(session: Session, reason: 'logout' | 'revoked' | 'expired' = 'logout'): Promise<void> {
  recorder.clear()
  await storage.transaction((tx) => sessions.end(tx, session.id, reason))
  await storage.transaction((tx) => signals.reactor(recorded(), tx))
}

/** A service that verifies what it got with a stock library and what the hub publishes (section 2.6). */
async function verify(token: string, audience: string) {
  const jwks = createLocalJWKSet({ keys: [...keys.values()].map(({ publicJwk }) => publicJwk) })
  return jwtVerify(token, jwks, { issuer, audience, typ: 'logout+jwt', currentDate: toDate(clock.now()) })
}

const sidOf = (session: Session, id: string) => session.services.find(({ service }) => service === id)?.sid
const requestTo = (id: string) => receiver.requests.find(({ path }) => path === `/${id}`)

describe('Back-Channel Logout 1.0', () => {
  test('each service that has a receiver gets a token of its own, and no service another one’s', async () => {
    const session = await sessionAt('refunds', 'justice', 'silent', 'archived')
    await end(session)
    assert.equal(await storage.jobs.drain(), 2)
    const payloads: JWTPayload[] = []
    for (const [id, sector, alg] of [
      ['refunds', 'health', 'ES256'],
      ['justice', 'justice', 'RS256'],
    ] as const) {
      const request = requestTo(id)
      assert.ok(request)
      assert.equal(request.method, 'POST')
      assert.match(request.contentType, /^application\/x-www-form-urlencoded/)
      const { payload, protectedHeader } = await verify(request.token, id)
      assert.deepEqual(protectedHeader, { alg, kid: `key-${alg}`, typ: 'logout+jwt' })
      assert.equal(payload.sub, `${session.person}@${sector}`)
      assert.equal(payload.sid, sidOf(session, id))
      assert.deepEqual(payload.events, { 'http://schemas.openid.net/event/backchannel-logout': {} })
      assert.equal(payload.iat, Math.floor(clock.now() / 1_000))
      assert.equal(payload.exp, (payload.iat ?? 0) + 120)
      assert.deepEqual(Object.keys(payload).sort(), ['aud', 'events', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'])
      payloads.push(payload)
    }
    assert.notEqual(payloads[0]?.jti, payloads[1]?.jti)
    assert.deepEqual(
      recorder.of('logout.notified').toSorted((a, b) => a.service.localeCompare(b.service)),
      [
        { session: session.id, service: 'justice', status: 'accepted' },
        { session: session.id, service: 'refunds', status: 'accepted' },
      ],
    )
  })

  test('an idle end tells nobody, an end by force tells all', async () => {
    await end(await sessionAt('refunds'), 'expired')
    assert.equal(await storage.jobs.drain(), 0)
    await end(await sessionAt('refunds'), 'revoked')
    assert.equal(await storage.jobs.drain(), 1)
  })

  test('the services of a session that another person replaced are told', async () => {
    const { id: replaces, ...session } = await sessionAt('refunds')
    recorder.clear()
    const person: PersonId = newId('person')
    await storage.transaction((tx) => sessions.start(tx, { ...session, person, replaces }))
    await storage.transaction((tx) => signals.reactor(recorded(), tx))
    assert.equal(await storage.jobs.drain(), 1)
    const { payload } = await verify(requestTo('refunds')?.token ?? '', 'refunds')
    assert.equal(payload.sub, `${session.person}@health`)
  })

  test('204 is a success too', async () => {
    receiver.answer = () => ({ status: 204 })
    await end(await sessionAt('refunds'))
    await storage.jobs.drain()
    assert.deepEqual(recorder.of('logout.notified')[0]?.status, 'accepted')
  })

  test('400 is a refusal: a fact, and no second try', async () => {
    receiver.answer = () => ({ status: 400 })
    await end(await sessionAt('refunds'))
    await storage.jobs.drain()
    clock.advance(hour)
    await storage.jobs.drain()
    assert.equal(receiver.requests.length, 1)
    assert.equal(recorder.of('logout.notified')[0]?.status, 'refused')
  })

  for (const status of [302, 307, 401, 404, 429, 500, 503]) {
    test(`${status} is tried again, with a fresh token, and never followed elsewhere`, async () => {
      receiver.answer = () => ({ status, headers: { location: `${receiver.origin}/elsewhere` } })
      const session = await sessionAt('refunds')
      await end(session)
      await storage.jobs.drain()
      assert.deepEqual(recorder.facts, [])
      receiver.answer = () => ({ status: 200 })
      clock.advance(minute)
      await storage.jobs.drain()
      assert.deepEqual(
        receiver.requests.map(({ path }) => path),
        ['/refunds', '/refunds'],
      )
      const [first, second] = receiver.requests
      assert.notEqual(first?.token, second?.token)
      assert.equal((await verify(second?.token ?? '', 'refunds')).payload.sid, sidOf(session, 'refunds'))
      assert.equal(recorder.of('logout.notified')[0]?.status, 'accepted')
    })
  }

  const job = { service: 'refunds', session: newId('session'), sid: 'sid', subject: 'subject' }

  test('a service that is down is given up at the last try, with a fact', async () => {
    receiver.server.close()
    receiver.server.closeAllConnections()
    await assert.rejects(signals.sendLogout(job, { last: false }), /logout not taken by refunds/)
    assert.deepEqual(recorder.facts, [])
    await signals.sendLogout(job, { last: true })
    assert.deepEqual(recorder.of('logout.notified'), [{ session: job.session, service: 'refunds', status: 'given_up' }])
    receiver = await startReceiver()
  })

  test('a service that never answers is waited for only so long', async () => {
    receiver.answer = () => ({ status: 0 })
    fetchOf = (input, init) => {
      assert.ok(init?.signal)
      return fetch(input, { ...init, signal: AbortSignal.any([init.signal, AbortSignal.timeout(50)]) })
    }
    await assert.rejects(signals.sendLogout(job, { last: false }), /TimeoutError/)
  })

  test('a service that left, or takes no logout any more, is not written to', async () => {
    services.delete('refunds')
    await signals.sendLogout(job, { last: false })
    assert.equal(receiver.requests.length, 0)
    assert.equal(recorder.of('logout.notified')[0]?.status, 'given_up')
  })

  test('the error of a failed try holds no token, subject or sid', async () => {
    receiver.answer = () => ({ status: 500 })
    await assert.rejects(
      signals.sendLogout({ ...job, sid: 'canary', subject: 'canary' }, { last: false }),
      (error: Error) => {
        assert.doesNotMatch(JSON.stringify([error.message, error.stack, error.cause]), /canary|eyJ/)
        return true
      },
    )
  })

  test('other facts make no job', async () => {
    const data = { session: newId('session'), person: newId('person'), provider: 'tax', level: 'eidas1' as const }
    const fact: Recorded = { sequence: 1n, at: 0, name: 'session.started', data }
    await storage.transaction((tx) => signals.reactor([fact], tx))
    assert.equal(await storage.jobs.drain(), 0)
  })
})
