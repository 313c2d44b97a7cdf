/**
 * Shared signals, with a receiver that knows nothing of Garant: a server of its own and `jose`, as a partner's team would
 * write it from the standards. What each one gets is opened and searched for anything that is not its own.
 */
import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json, text } from 'node:stream/consumers'
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test'
import {
  type CryptoKey,
  createRemoteJWKSet,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from 'jose'
import { sql } from 'kysely'
import type { Case, Party } from '../../src/cases/cases.ts'
import { day, hour, minute, second } from '../../src/kernel/durations.ts'
import type { ConnectionId, PersonId } from '../../src/kernel/ids.ts'
import { checks, type StolenCredential } from '../../src/policy/case-flow.ts'
import { eventTypes, theftReportType } from '../../src/signals/events.ts'
import { mandateEventType, mandateSignals } from '../../src/signals/mandate-events.ts'
import { type ApiAnswer, type ApiProgram, newProgram, request } from '../support/api-client.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { freePort } from '../support/ports.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { type RelyingParty, relyingParty, signIn } from '../support/relying-party.ts'
import { UserAgent } from '../support/user-agent.ts'

const operator = { kind: 'command' } as const
const named = (name: string) => ({ fr: name, en: name, ar: name })
const push = 'urn:ietf:rfc:8935'
const poll = 'urn:ietf:rfc:8936'

describe('shared signals', () => {
  let clock: TestClock
  let hub: TestHub
  let tax: TestProvider
  let sites: Record<'refunds' | 'justice', RelyingParty>
  /** One for each service and provider. */
  let programs: Record<'refunds' | 'justice' | 'tax', ApiProgram>
  let metadata: Record<string, string>
  let keys: ReturnType<typeof createRemoteJWKSet>
  let receivers: TestReceiver[] = []
  let humans = 0

  before(async () => {
    clock = mockProcessClock({ mock })
    tax = await startProvider({ id: 'tax', clock })
    hub = await startTestHub()
    await hub.publish([
      {
        id: 'town',
        name: named('Town'),
        services: [serviceEntry('refunds', { sector: 'health.example' })],
        providers: [providerEntry(tax, { allowedLevels: ['eidas1'] })],
      },
      { id: 'state', name: named('State'), services: [serviceEntry('justice', { sector: 'justice.example' })] },
    ])
    const site = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    sites = { refunds: await site('refunds'), justice: await site('justice') }
    const program = (side: 'service' | 'provider', id: string) =>
      newProgram(hub, { name: `Signals of ${id}`, scopes: ['party:signals'], party: { side, id } })
    programs = {
      refunds: await program('service', 'refunds'),
      justice: await program('service', 'justice'),
      tax: await program('provider', 'tax'),
    }
    // All that a receiver is told beforehand is the issuer (SSF 1.0 section 7.2).
    const read = await request(`${hub.issuer}/.well-known/ssf-configuration`, 'GET')
    assert.match(read.headers.get('content-type') ?? '', /^application\/json/)
    metadata = read.body
    assert.equal(metadata.issuer, hub.issuer)
    keys = createRemoteJWKSet(new URL(String(metadata.jwks_uri)))
  })
  after(async () => {
    await hub.close()
    await tax.close()
    mock.timers.reset()
  })
  beforeEach(async () => {
    await settle(hub)
    await sql`delete from signal_streams`.execute(hub.storage.db)
    await sql`delete from signal_sources`.execute(hub.storage.db)
    clock.advance(second)
  })
  afterEach(async () => {
    await Promise.all(receivers.map((one) => one.stop()))
    receivers = []
  })

  // ── A receiver ────────────────────────────────────────────────────────────────────────────────────────────────────

  interface TestReceiver {
    url: string
    /** In the order in which they were taken. */
    sets: JWTPayload[]
    /** Everything that came, as it came. */
    raw: string[]
    /** Undefined: as RFC 8935 section 2.2 says. */
    answer: { status: number; body?: unknown; headers?: Record<string, string> } | undefined
    audience: string
    start(): Promise<void>
    stop(): Promise<void>
  }

  /** Keeps its port when it is stopped and started again. */
  async function startReceiver(audience: string, authorization?: string): Promise<TestReceiver> {
    let server: Server
    // Not one of the system's choice: it listens on it again after it was away.
    const port = await freePort()
    const receiver: TestReceiver = {
      ...{ url: '', sets: [], raw: [], answer: undefined, audience },
      async start() {
        server = createServer(async (incoming, response) => {
          const token = await text(incoming)
          receiver.raw.push(token)
          if (receiver.answer) {
            const { status, body, headers } = receiver.answer
            response.writeHead(status, { 'content-type': 'application/json', ...headers })
            response.end(body === undefined ? '' : JSON.stringify(body))
            return
          }
          const isFine =
            incoming.method === 'POST' &&
            incoming.headers['content-type'] === 'application/secevent+jwt' &&
            incoming.headers.accept === 'application/json' &&
            incoming.headers.authorization === authorization
          const payload = isFine ? await verify(token, receiver.audience).catch(() => undefined) : undefined
          if (payload) receiver.sets.push(payload)
          response.writeHead(payload ? 202 : 400).end(payload ? '' : JSON.stringify({ err: 'invalid_request' }))
        })
        await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready))
        receiver.url = `http://127.0.0.1:${port}/events`
      },
      async stop() {
        if (!server.listening) return
        server.closeAllConnections()
        await new Promise((closed) => server.close(closed))
      },
    }
    await receiver.start()
    receivers.push(receiver)
    return receiver
  }

  /** As SSF 1.0 section 4.1 asks of a receiver. */
  async function verify(token: string, audience: string): Promise<JWTPayload> {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      ...{ issuer: hub.issuer, audience, typ: 'secevent+jwt', currentDate: new Date(clock.now()) },
    })
    assert.equal(protectedHeader.typ, 'secevent+jwt')
    assert.equal(protectedHeader.alg, 'RS256')
    assert.deepEqual(Object.keys(payload).sort(), ['aud', 'events', 'iat', 'iss', 'jti', 'sub_id', 'txn'])
    assert.equal(payload.aud, audience)
    assert.equal(Object.keys(payload.events as object).length, 1)
    return payload
  }

  const typesOf = (sets: readonly JWTPayload[]) =>
    sets.map(({ events }) => (Object.keys(events as object)[0] ?? '').split('/').at(-1))
  const eventIn = ({ events }: JWTPayload) => Object.values(events as Record<string, Record<string, unknown>>)[0] ?? {}

  type Of = keyof typeof programs
  const ssf = (of: Of, method: string, endpoint: string, body?: unknown): Promise<ApiAnswer> =>
    programs[of].call(method, endpoint.startsWith('http') ? endpoint : `${hub.issuer}${endpoint}`, {
      ...(body === undefined ? {} : { body }),
    })

  async function pushTo(of: Of, options: { authorization?: string; events?: string[] } = {}) {
    const { authorization, events } = options
    const receiver = await startReceiver(programs[of].client, authorization)
    const made = await ssf(of, 'POST', String(metadata.configuration_endpoint), {
      delivery: {
        method: push,
        endpoint_url: receiver.url,
        ...(authorization ? { authorization_header: authorization } : {}),
      },
      ...(events ? { events_requested: events } : {}),
    })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    return { receiver, stream: made.body.stream_id as string }
  }

  async function pollAt(of: Of) {
    const made = await ssf(of, 'POST', String(metadata.configuration_endpoint))
    assert.equal(made.status, 201)
    const stream = made.body.stream_id as string
    const ask = async (body: Record<string, unknown> = {}) => {
      const answer = await ssf(of, 'POST', made.body.delivery.endpoint_url, { returnImmediately: true, ...body })
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      const tokens = Object.entries(answer.body.sets as Record<string, string>)
      const sets = await Promise.all(tokens.map(([, token]) => verify(token, programs[of].client)))
      for (const [index, [jti]] of tokens.entries()) assert.equal(sets[index]?.jti, jti)
      return { sets, more: answer.body.moreAvailable as boolean }
    }
    return { stream, ask }
  }

  const statusTo = (of: Of, stream: string, status: string) =>
    ssf(of, 'POST', String(metadata.status_endpoint), { stream_id: stream, status })
  const healthOf = async (of: Of) => {
    const [found] = await hub.transmitter.healthOf({ side: of === 'tax' ? 'provider' : 'service', object: of })
    assert.ok(found)
    return found
  }

  // ── A case ────────────────────────────────────────────────────────────────────────────────────────────────────────

  interface Theft {
    person: PersonId
    case: Case
    parties: Record<Of, Party>
    name: string
  }

  /** Somebody whom nobody knows yet signs in through one provider, to one service or two; then it was not them. */
  async function theft(
    options: { both?: boolean; stolen?: StolenCredential; before?: (person: PersonId) => Promise<unknown> } = {},
  ) {
    humans++
    const name = `Usurpée-${'abcdefghijklmnopqrstuvwxyz'[humans]}`
    Object.assign(tax.next, {
      subject: `account-at-tax-${humans}`,
      claims: { ...citizen, family_name: name, email: `human-${humans}@mail.example` },
    })
    const browser = new UserAgent({ language: 'en' })
    await signIn(browser, sites.refunds, 'tax')
    if (options.both) await signIn(browser, sites.justice, 'tax')
    const lines = (await factsOf(hub, 'connection.authorised')).slice(options.both ? -2 : -1)
    const person = lines[0]?.person as PersonId
    const connections = lines.map(({ connection }) => connection as ConnectionId)
    const opened = await hub.cases.open({ person, connections, words: '', actor: { kind: 'person', id: person } })
    assert.ok(opened.kind === 'opened')
    const answers = Object.fromEntries(checks.map((check) => [check, 'unknown'])) as never
    const { stolen } = options
    const qualified = await hub.cases.qualify(opened.case.id, {
      ...{ checks: answers, seen: opened.case.version, actor: operator },
      ...(stolen ? { stolen } : {}),
    })
    assert.ok(qualified.kind === 'done', qualified.kind)
    await options.before?.(person)
    await settle(hub)
    clock.advance(second)
    const told = await hub.cases.notify(opened.case.id, { seen: qualified.case.version, actor: operator })
    assert.ok(told.kind === 'done', told.kind)
    await settle(hub)
    const parties = Object.fromEntries((await hub.cases.parties(opened.case.id)).map((one) => [one.object, one]))
    browser.close()
    return { person, case: told.case, parties, name } as Theft
  }

  async function conclude({ case: { id }, parties }: Theft, verdict: 'confirmed' | 'not_confirmed') {
    for (const { id: party, partner, side, object, version } of Object.values(parties)) {
      const answer = { finding: verdict, measures: [], duties: [], analysis: 'seen' }
      const given = { answer, seen: version, key: 'once', actor: operator, via: 'api' } as const
      const done = await hub.cases.answer(party, { partner, only: { side, object } }, given)
      assert.ok(done.kind === 'done', JSON.stringify(done))
    }
    const seen = (await hub.cases.find(id))?.version ?? 0
    const done = await hub.cases.conclude(id, { verdict, reason: 'their answers', seen, actor: operator })
    assert.ok(done.kind === 'done', JSON.stringify(done))
    await settle(hub)
  }

  const freeze = async (person: PersonId) => {
    assert.equal((await hub.protections.freezeByOperators({ person, actor: operator })).kind, 'frozen')
    await settle(hub)
  }
  const thaw = async (person: PersonId) => {
    assert.equal((await hub.protections.thaw({ person, actor: operator })).kind, 'thawed')
    await settle(hub)
  }

  /** All by which a party could be known to another one, the case and the person included. */
  function identifiersOf({ person, case: about, parties, name }: Theft, except?: Of): string[] {
    const others = Object.entries(parties).filter(([object]) => object !== except)
    return [
      ...[person, about.id, about.reference, name, citizen.given_name as string, ...about.connections],
      ...others.flatMap(([, { id, reference, txn, subject, object }]) => [id, reference, txn, subject, object]),
    ]
  }

  // ── Streams ───────────────────────────────────────────────────────────────────────────────────────────────────────

  test('the hub says what it is as a transmitter', () => {
    const at = (path: string) => `${hub.issuer}${path}`
    assert.deepEqual(metadata, {
      spec_version: '1_0',
      issuer: hub.issuer,
      jwks_uri: at('/jwks'),
      delivery_methods_supported: [push, poll],
      configuration_endpoint: at('/ssf/stream'),
      status_endpoint: at('/ssf/status'),
      add_subject_endpoint: at('/ssf/subjects/add'),
      remove_subject_endpoint: at('/ssf/subjects/remove'),
      verification_endpoint: at('/ssf/verify'),
      authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
      default_subjects: 'ALL',
    })
  })

  test('a stream is made, read, changed, replaced and removed by its program; another one’s is not there', async () => {
    const endpoint = String(metadata.configuration_endpoint)
    assert.deepEqual((await ssf('refunds', 'GET', endpoint)).body, [])
    const delivery = {
      method: push,
      endpoint_url: 'https://1.1.1.1/events',
      authorization_header: 'Bearer canary-of-receiver',
    }
    const wanted = [eventTypes.riskLevelChange, 'urn:example:unheard-of']
    const made = await ssf('refunds', 'POST', endpoint, { delivery, events_requested: wanted, description: 'Ours' })
    assert.equal(made.status, 201)
    const { stream_id: id } = made.body
    const ofMandates = mandateSignals.map((kind) => mandateEventType(kind, hub.issuer))
    const supported = [
      ...[eventTypes.riskLevelChange, theftReportType(hub.issuer), eventTypes.sessionRevoked],
      ...ofMandates,
    ]
    const expected = {
      stream_id: id,
      iss: hub.issuer,
      aud: programs.refunds.client,
      events_supported: supported,
      events_requested: wanted,
      events_delivered: [eventTypes.riskLevelChange],
      delivery: { method: push, endpoint_url: 'https://1.1.1.1/events' },
      min_verification_interval: 60,
      description: 'Ours',
    }
    assert.deepEqual(made.body, expected)
    assert.equal((await ssf('refunds', 'POST', endpoint, { delivery })).status, 409)
    assert.deepEqual((await ssf('refunds', 'GET', endpoint)).body, [expected])
    assert.deepEqual((await ssf('refunds', 'GET', `${endpoint}?stream_id=${id}`)).body, expected)

    const patched = await ssf('refunds', 'PATCH', endpoint, { stream_id: id, iss: hub.issuer, description: 'Theirs' })
    assert.deepEqual([patched.status, patched.body], [200, { ...expected, description: 'Theirs' }])
    const replaced = await ssf('refunds', 'PUT', endpoint, { stream_id: id, delivery: { method: poll } })
    const { events_requested: _, description: __, ...bare } = expected
    assert.deepEqual(replaced.body, {
      ...bare,
      events_delivered: supported,
      delivery: { method: poll, endpoint_url: `${hub.issuer}/ssf/poll/${id}` },
      inactivity_timeout: 2_592_000,
    })
    const { rows } = await sql<{ found: string }>`select signal_streams::text as found from signal_streams`.execute(
      hub.storage.db,
    )
    assert.doesNotMatch(rows[0]?.found ?? '', /canary/)

    const body = { stream_id: id }
    const foreign: [string, string, unknown?][] = [
      ['GET', `${endpoint}?stream_id=${id}`],
      ['PATCH', endpoint, body],
      ['PUT', endpoint, body],
      ['DELETE', `${endpoint}?stream_id=${id}`],
      ['GET', `/ssf/status?stream_id=${id}`],
      ['POST', '/ssf/status', { ...body, status: 'disabled' }],
      ['POST', '/ssf/subjects/add', { ...body, subject: { format: 'iss_sub', iss: hub.issuer, sub: 'x' } }],
      ['POST', '/ssf/subjects/remove', { ...body, subject: { format: 'iss_sub', iss: hub.issuer, sub: 'x' } }],
      ['POST', '/ssf/verify', body],
      ['POST', `/ssf/poll/${id}`, {}],
    ]
    for (const [method, path, given] of foreign) {
      assert.equal((await ssf('justice', method, path, given)).status, 404, `${method} ${path}`)
      const unsigned = await request(path.startsWith('http') ? path : `${hub.issuer}${path}`, method, { body: given })
      assert.equal(unsigned.status, 401, `${method} ${path}`)
      assert.match(unsigned.headers.get('www-authenticate') ?? '', /^Bearer/)
    }
    assert.deepEqual((await ssf('justice', 'GET', endpoint)).body, [])
    const scopes = ['party:cases:read'] as const
    const other = await newProgram(hub, { scopes, party: { side: 'service', id: 'refunds' } })
    assert.equal((await other.call('GET', endpoint)).status, 403)

    assert.equal((await ssf('refunds', 'DELETE', `${endpoint}?stream_id=${id}`)).status, 204)
    assert.equal((await ssf('refunds', 'DELETE', `${endpoint}?stream_id=${id}`)).status, 404)
    assert.deepEqual(
      (await factsOf(hub, 'signals.stream_changed')).filter(({ stream }) => stream === id).map(({ change }) => change),
      ['created', 'changed', 'changed', 'removed'],
    )
  })

  test('what cannot be read, leads nowhere or is not the receiver’s to say is refused', async () => {
    const { stream } = await pollAt('refunds')
    const to = (endpoint_url: string, more = {}) => ({ delivery: { method: push, endpoint_url, ...more } })
    const config = String(metadata.configuration_endpoint)
    const rows: [string, string, unknown][] = [
      ['PATCH', config, '{"stream_id":'],
      ['PATCH', config, {}],
      ['PATCH', config, { stream_id: stream, iss: 'https://stranger.example' }],
      ['PATCH', config, { stream_id: stream, aud: 'somebody else' }],
      ['PATCH', config, { stream_id: stream, events_delivered: [] }],
      ['PATCH', config, { stream_id: stream, events_requested: [] }],
      ['PATCH', config, { stream_id: stream, delivery: { method: 'urn:example:pigeon' } }],
      ['PATCH', config, { stream_id: stream, delivery: { method: push } }],
      ['PATCH', config, { stream_id: stream, delivery: { method: poll, endpoint_url: 'https://1.1.1.1/' } }],
      ['PATCH', config, { stream_id: stream, ...to('ftp://1.1.1.1/') }],
      ['PATCH', config, { stream_id: stream, ...to('http://1.1.1.1/') }],
      ['PATCH', config, { stream_id: stream, ...to('https://10.0.0.1/') }],
      ['PATCH', config, { stream_id: stream, ...to('https://169.254.169.254/latest') }],
      ['PATCH', config, { stream_id: stream, ...to('https://user:word@1.1.1.1/') }],
      ['PATCH', config, { stream_id: stream, ...to('https://1.1.1.1/', { authorization_header: 'a\r\nb: c' }) }],
      ['POST', String(metadata.status_endpoint), { stream_id: stream, status: 'asleep' }],
      [
        'POST',
        String(metadata.add_subject_endpoint),
        { stream_id: stream, subject: { format: 'email', email: 'a@b.c' } },
      ],
      ['POST', String(metadata.verification_endpoint), { stream_id: stream, state: 'x'.repeat(1_001) }],
      ['POST', `/ssf/poll/${stream}`, { maxEvents: -1 }],
      ['POST', `/ssf/poll/${stream}`, { ack: 'all' }],
    ]
    for (const [method, path, body] of rows) {
      const answer = await ssf('refunds', method, path, body)
      assert.equal(answer.status, 400, `${JSON.stringify(body)} ${JSON.stringify(answer.body)}`)
      assert.equal(answer.body.err, 'invalid_request')
    }
  })

  // ── Telling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  test('R109, R110: each party is told of its own account and connections, and nothing of the others', async () => {
    const [refunds, justice, bank] = [
      await pushTo('refunds'),
      await pushTo('justice', { authorization: 'Bearer of-justice' }),
      await pushTo('tax'),
    ]
    const stolen = await theft({ both: true, stolen: 'password' })
    assert.deepEqual(typesOf(refunds.receiver.sets), ['risk-level-change', 'identity-theft-report'])
    assert.deepEqual(typesOf(justice.receiver.sets), ['risk-level-change', 'identity-theft-report'])
    assert.deepEqual(typesOf(bank.receiver.sets), [
      'risk-level-change',
      'identity-theft-report',
      'credential-compromise',
    ])
    // The person comes back through the same account, and freezes everything in the middle of it.
    const browser = new UserAgent({ language: 'en' })
    await signIn(browser, sites.justice, 'tax')
    browser.close()
    await freeze(stolen.person)
    await conclude(stolen, 'not_confirmed')
    clock.advance(minute)
    await thaw(stolen.person)

    assert.deepEqual(typesOf(refunds.receiver.sets).slice(2), ['risk-level-change'])
    assert.deepEqual(typesOf(justice.receiver.sets).slice(2), ['session-revoked', 'risk-level-change'])
    assert.deepEqual(typesOf(bank.receiver.sets).slice(3), ['account-disabled', 'risk-level-change', 'account-enabled'])
    assert.deepEqual(eventIn(bank.receiver.sets[3] as JWTPayload).reason, 'hijacking')
    assert.deepEqual(eventIn(refunds.receiver.sets[2] as JWTPayload).current_level, 'LOW')

    const all = { refunds, justice, tax: bank }
    for (const [object, { receiver }] of Object.entries(all) as [Of, typeof bank][]) {
      const own = stolen.parties[object]
      assert.ok(own)
      for (const set of receiver.sets) {
        assert.equal(set.txn, own.txn)
        assert.deepEqual(set.sub_id, { format: 'iss_sub', iss: own.issuer, sub: own.subject })
      }
      const report = eventIn(receiver.sets[1] as JWTPayload)
      assert.equal(report.case_id, own.reference)
      assert.deepEqual(
        report.connection_times,
        own.moments.map(({ at }) => Math.floor(at / 1_000)),
      )
      const jtis = receiver.sets.map(({ jti }) => jti)
      assert.equal(new Set(jtis).size, jtis.length)
      // Everything that came, opened: the header and the payload of each token.
      const opened = receiver.raw.map((token) => Buffer.from(token.replace(/\.[^.]*$/, ''), 'base64url').toString())
      const whole = [...opened, JSON.stringify(receiver.sets)].join('\n')
      for (const foreign of identifiersOf(stolen, object)) {
        // As a word: a name of three letters may stand anywhere in a random id.
        assert.doesNotMatch(whole, new RegExp(`(?<![\\w-])${foreign}(?![\\w-])`), `${foreign} was told to ${object}`)
      }
    }
    assert.equal(stolen.parties.refunds.issuer, hub.issuer)
    assert.equal(stolen.parties.tax.issuer, tax.issuer)
    assert.equal(stolen.parties.tax.subject, `account-at-tax-${humans}`)
    assert.equal(new Set(Object.values(stolen.parties).map(({ txn }) => txn)).size, 3)
    const outcomes = (await factsOf(hub, 'signals.set_settled')).slice(-14).map(({ outcome }) => outcome)
    assert.ok(outcomes.every((outcome) => outcome === 'delivered'))
  })

  test('a receiver that is down for two days loses nothing, and hears it in order', async () => {
    const { receiver } = await pushTo('tax')
    const { receiver: other } = await pushTo('refunds')
    await receiver.stop()
    const { person, parties } = await theft()
    assert.equal(other.sets.length, 2, 'one that is down holds up nobody else')
    for (let times = 0; times < 2; times++) {
      clock.advance(hour)
      await freeze(person)
      clock.advance(hour)
      await thaw(person)
    }
    for (let hours = 0; hours < 48; hours += 6) {
      clock.advance(6 * hour)
      await settle(hub)
    }
    const { failing, waiting } = await healthOf('tax')
    assert.equal(waiting, 6)
    assert.ok(failing && failing.tries > 5 && failing.error === 'unreachable', JSON.stringify(failing))
    assert.ok(failing.since < clock.now() - 2 * day)

    await receiver.start()
    clock.advance(hour)
    await settle(hub)
    assert.deepEqual(typesOf(receiver.sets), [
      'risk-level-change',
      'identity-theft-report',
      'account-disabled',
      'account-enabled',
      'account-disabled',
      'account-enabled',
    ])
    const times = receiver.sets.map((set) => Number(eventIn(set).event_timestamp))
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    )
    for (const { txn } of receiver.sets) assert.equal(txn, parties.tax.txn)
    const { failing: still, waiting: left } = await healthOf('tax')
    assert.deepEqual([still, left], [undefined, 0])
    // Nothing comes twice.
    clock.advance(day)
    await settle(hub)
    assert.equal(receiver.sets.length, 6)

    // A process of the hub dies while it sends: another one goes on when that one's time is over.
    const until = new Date(clock.now() + minute)
    await sql`update signal_streams set sender = 'dead', sender_until = ${until} where object = 'tax'`.execute(
      hub.storage.db,
    )
    await freeze(person)
    assert.equal(receiver.sets.length, 6)
    clock.advance(minute)
    await settle(hub)
    assert.deepEqual(typesOf(receiver.sets.slice(6)), ['account-disabled'])
  })

  test('what is refused is a dead letter with its code, and does not hold up the next one', async () => {
    const { receiver, stream } = await pushTo('tax')
    receiver.answer = { status: 400, body: { err: 'invalid_audience', description: 'not ours' } }
    const { person } = await theft()
    assert.equal(receiver.raw.length, 2)
    clock.advance(day)
    await settle(hub)
    assert.equal(receiver.raw.length, 2, 'it is not sent again')
    const { dead: refused, waiting } = await healthOf('tax')
    assert.deepEqual([refused, waiting], [2, 0])
    const of = { side: 'provider', object: 'tax' } as const
    const foreign = { side: 'service', object: 'justice' } as const
    const dead = await hub.transmitter.deadSets(of, stream, { limit: 10 })
    assert.deepEqual(
      dead?.map(({ kind, how, error }) => [kind, how, error]).sort(),
      [
        ['risk_high', 'refused', 'invalid_audience'],
        ['theft_report', 'refused', 'invalid_audience'],
      ].sort(),
    )
    assert.equal(await hub.transmitter.deadSets(foreign, stream, { limit: 10 }), undefined)
    // Somebody looks at it, and has it sent again.
    receiver.answer = undefined
    const report = dead?.find(({ kind }) => kind === 'theft_report')?.set ?? ''
    assert.equal(await hub.transmitter.revive(foreign, stream, report), false)
    assert.equal(await hub.transmitter.revive(of, stream, report), true)
    await settle(hub)
    assert.deepEqual(typesOf(receiver.sets), ['identity-theft-report'])
    // A receiver that is annoyed is left alone for as long as it asks.
    receiver.answer = { status: 429, headers: { 'retry-after': '7200' } }
    await freeze(person)
    receiver.answer = undefined
    clock.advance(hour)
    await settle(hub)
    assert.equal(receiver.sets.length, 1)
    clock.advance(hour)
    await settle(hub)
    assert.deepEqual(typesOf(receiver.sets.slice(1)), ['account-disabled'])
  })

  test('what nobody takes for 14 days is given up, and told', async () => {
    const { receiver } = await pushTo('refunds')
    await receiver.stop()
    await theft()
    clock.advance(14 * day + minute)
    await hub.transmitter.sweep()
    const { dead, waiting } = await healthOf('refunds')
    assert.deepEqual([dead, waiting], [2, 0])
    const outcomes = (await factsOf(hub, 'signals.set_settled')).slice(-2).map(({ outcome }) => outcome)
    assert.deepEqual(outcomes, ['expired', 'expired'])
    await receiver.start()
    await settle(hub)
    assert.equal(receiver.sets.length, 0)
  })

  test('paused: kept and told later; disabled: dropped and counted', async () => {
    const { receiver, stream } = await pushTo('tax')
    assert.deepEqual((await statusTo('tax', stream, 'paused')).body, { stream_id: stream, status: 'paused' })
    const { person } = await theft()
    assert.equal(receiver.raw.length, 0)
    assert.equal((await healthOf('tax')).waiting, 2)
    await statusTo('tax', stream, 'enabled')
    await settle(hub)
    assert.deepEqual(typesOf(receiver.sets), ['risk-level-change', 'identity-theft-report'])

    await statusTo('tax', stream, 'paused')
    await freeze(person)
    await statusTo('tax', stream, 'disabled')
    const status = await ssf('tax', 'GET', `${metadata.status_endpoint}?stream_id=${stream}`)
    assert.deepEqual(status.body, { stream_id: stream, status: 'disabled' })
    await thaw(person)
    await freeze(person)
    await statusTo('tax', stream, 'enabled')
    await settle(hub)
    assert.equal(receiver.sets.length, 2)
    const settled = (await factsOf(hub, 'signals.set_settled')).filter(({ stream: of }) => of === stream)
    const dropped = settled.filter(({ outcome }) => outcome === 'dropped')
    assert.deepEqual(
      dropped.map(({ event }) => event),
      ['account_disabled', 'account_disabled'],
    )
    assert.equal((await healthOf('tax')).dropped, 2)
    // Of an account that was never said to be disabled it is not said that it is enabled.
    await thaw(person)
    assert.equal(receiver.sets.length, 2)
  })

  test('only what was asked for, and only of whom; what was so before is told as it is now', async () => {
    const { receiver: service } = await pushTo('refunds')
    const { receiver, stream } = await pushTo('tax', {
      events: [eventTypes.accountDisabled, eventTypes.accountEnabled],
    })
    const one = await theft({ before: freeze })
    assert.deepEqual(typesOf(receiver.sets), ['account-disabled'])
    assert.deepEqual(typesOf(service.sets), ['risk-level-change', 'identity-theft-report', 'session-revoked'])
    const subject = { format: 'iss_sub', iss: tax.issuer, sub: one.parties.tax.subject }
    const remove = await ssf('tax', 'POST', String(metadata.remove_subject_endpoint), { stream_id: stream, subject })
    assert.deepEqual([remove.status, remove.body], [204, undefined])
    await thaw(one.person)
    assert.equal(receiver.sets.length, 1)
    // Nobody learns by it whether somebody is known.
    const stranger = { ...subject, sub: 'nobody' }
    const add = String(metadata.add_subject_endpoint)
    assert.equal((await ssf('tax', 'POST', add, { stream_id: stream, subject: stranger })).status, 200)
    assert.equal((await ssf('tax', 'POST', add, { stream_id: stream, subject })).status, 200)
    await freeze(one.person)
    await thaw(one.person)
    assert.deepEqual(typesOf(receiver.sets), ['account-disabled', 'account-enabled'])
  })

  test('a verification comes back with its state, over a push and a poll, and not too often', async () => {
    const { receiver, stream } = await pushTo('refunds')
    const verifyAt = String(metadata.verification_endpoint)
    const state = 'canary-état ✓'
    assert.equal((await ssf('refunds', 'POST', verifyAt, { stream_id: stream, state })).status, 204)
    const again = await ssf('refunds', 'POST', verifyAt, { stream_id: stream, state })
    assert.deepEqual([again.status, again.headers.get('retry-after')], [429, '60'])
    await settle(hub)
    const [set] = receiver.sets
    assert.deepEqual(set?.sub_id, { format: 'opaque', id: stream })
    assert.deepEqual(set?.events, { [eventTypes.verification]: { state } })
    clock.advance(minute)
    assert.equal((await ssf('refunds', 'POST', verifyAt, { stream_id: stream })).status, 204)
    await settle(hub)
    assert.deepEqual(receiver.sets[1]?.events, { [eventTypes.verification]: {} })

    const polled = await pollAt('justice')
    assert.equal((await ssf('justice', 'POST', verifyAt, { stream_id: polled.stream, state })).status, 204)
    assert.deepEqual((await polled.ask()).sets[0]?.events, { [eventTypes.verification]: { state } })
    await statusTo('justice', polled.stream, 'disabled')
    clock.advance(minute)
    assert.equal((await ssf('justice', 'POST', verifyAt, { stream_id: polled.stream })).status, 400)
  })

  test('poll: in order, until acknowledged; refusals are dead letters', async () => {
    const { ask, stream } = await pollAt('tax')
    const { person, parties } = await theft()
    await freeze(person)
    await thaw(person)
    const first = await ask({ maxEvents: 3 })
    assert.deepEqual(typesOf(first.sets), ['risk-level-change', 'identity-theft-report', 'account-disabled'])
    assert.equal(first.more, true)
    for (const { txn } of first.sets) assert.equal(txn, parties.tax.txn)
    assert.deepEqual((await ask({ maxEvents: 3 })).sets, first.sets, 'what is not acknowledged comes again')
    const [a, b, c] = first.sets.map(({ jti }) => jti)
    const none = await ask({ maxEvents: 0, ack: [a, 'no-such-one'] })
    assert.deepEqual(none, { sets: [], more: false })
    const rest = await ask({ ack: [c], setErrs: { [String(b)]: { err: 'invalid_request', description: 'what?' } } })
    assert.deepEqual(typesOf(rest.sets), ['account-enabled'])
    assert.equal(rest.more, false)
    const last = rest.sets[0]?.jti
    // Another one's acknowledgement counts for nothing.
    const other = await pollAt('justice')
    await other.ask({ ack: [last] })
    assert.equal((await ask()).sets.length, 1)
    assert.deepEqual((await ask({ ack: [last] })).sets, [])
    const { dead, waiting, lastDeliveredAt } = await healthOf('tax')
    assert.deepEqual([dead, waiting, lastDeliveredAt], [1, 0, clock.now()])
    await statusTo('tax', stream, 'paused')
    await freeze(person)
    assert.deepEqual((await ask()).sets, [])
    await statusTo('tax', stream, 'enabled')
    assert.deepEqual(typesOf((await ask()).sets), ['account-disabled'])
  })

  test('a long poll answers when something comes, or when another one takes its place', async () => {
    const { stream } = await pollAt('refunds')
    const wait = () => ssf('refunds', 'POST', `/ssf/poll/${stream}`, {})
    clock.advance(second)
    const first = wait()
    const isThere = async () => {
      const { rows } = await sql`select 1 from signal_streams where seen_at >= ${new Date(clock.now())}`.execute(
        hub.storage.db,
      )
      return rows.length > 0
    }
    while (!(await isThere())) await new Promise((resolve) => setImmediate(resolve))
    const [ended, later] = await Promise.all([first, wait(), theft()])
    assert.deepEqual([ended.status, later.status], [200, 200])
    const sets = [ended, later].flatMap(({ body }) => Object.values(body.sets))
    assert.ok(sets.length >= 1)
  })

  test('a stream that nobody polls is paused, and says so to whoever comes back', async () => {
    const { ask, stream } = await pollAt('refunds')
    const gone = await newProgram(hub, { scopes: ['party:signals'], party: { side: 'provider', id: 'tax' } })
    const receiver = await startReceiver(gone.client)
    const delivery = { method: push, endpoint_url: receiver.url }
    const made = await gone.call('POST', `${hub.issuer}/ssf/stream`, { body: { delivery } })
    assert.equal(made.status, 201)
    assert.equal(await hub.apiClients.remove(gone.client, operator), true)
    clock.advance(31 * day)
    await hub.transmitter.sweep()
    await theft()
    const { sets } = await ask()
    assert.deepEqual(typesOf(sets), ['stream-updated'])
    assert.equal(eventIn(sets[0] as JWTPayload).status, 'paused')
    assert.deepEqual(sets[0]?.sub_id, { format: 'opaque', id: stream })
    await statusTo('refunds', stream, 'enabled')
    assert.deepEqual(typesOf((await ask()).sets), ['risk-level-change', 'identity-theft-report'])

    // A program that is no more is told nothing, and what it had goes.
    assert.equal(receiver.raw.length, 0)
    assert.equal((await healthOf('tax')).status, 'disabled')
    clock.advance(31 * day)
    await hub.transmitter.sweep()
    assert.deepEqual(await hub.transmitter.healthOf({ side: 'provider', object: 'tax' }), [])
  })

  // ── Hearing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  describe('what partners tell', () => {
    let own: { privateKey: CryptoKey; jwk: JWK }
    let stranger: CryptoKey
    let drawn = 0

    before(async () => {
      const pair = await generateKeyPair('ES256', { extractable: true })
      own = { privateKey: pair.privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid: 'bank', alg: 'ES256' } }
      stranger = (await generateKeyPair('ES256')).privateKey
    })

    const issuer = 'https://bank.example/ssf'
    const set = (type: string, changes: Record<string, unknown> = {}, event: Record<string, unknown> = {}) => ({
      iss: issuer,
      aud: hub.issuer,
      iat: Math.floor(clock.now() / 1_000),
      jti: `bank-${drawn++}`,
      sub_id: { format: 'iss_sub', iss: tax.issuer, sub: 'nobody' },
      events: { [type]: event },
      ...changes,
    })
    const write = (claims: Record<string, unknown>, key = own.privateKey, typ = 'secevent+jwt') =>
      new SignJWT(JSON.parse(JSON.stringify(claims))).setProtectedHeader({ alg: 'ES256', kid: 'bank', typ }).sign(key)

    async function newSource(body: Record<string, unknown> = {}, of: Of = 'tax') {
      const made = await ssf(of, 'POST', '/ssf/sources', {
        ...{ issuer, jwks: { keys: [own.jwk] }, delivery: { method: push } },
        ...body,
      })
      assert.equal(made.status, 201, JSON.stringify(made.body))
      const { source_id: id, delivery } = made.body
      const send = (token: string, headers: Record<string, string> = {}) =>
        request(delivery.endpoint_url, 'POST', {
          body: token,
          headers: {
            'content-type': 'application/secevent+jwt',
            authorization: delivery.authorization_header,
            ...headers,
          },
        })
      const countsOf = async () => (await ssf(of, 'GET', `/ssf/sources/${id}`)).body
      return { id: id as string, send, countsOf, made: made.body }
    }

    const aboutSubject = ({ parties }: Theft) => ({
      sub_id: { format: 'iss_sub', iss: tax.issuer, sub: parties.tax.subject },
    })
    const received = async () => (await factsOf(hub, 'signals.set_received')).map(({ outcome }) => outcome)

    test('bad input is refused with the code of the standard, and counted', async () => {
      const { send, countsOf, made } = await newSource()
      const type = eventTypes.credentialCompromise
      const good = await write(set(type))
      const rows: [string, string, Record<string, string>?][] = [
        ['invalid_request', 'no token'],
        ['invalid_request', await write(set(type), own.privateKey, 'JWT')],
        ['invalid_key', await write(set(type), stranger)],
        ['invalid_key', `${Buffer.from('{"alg":"none","typ":"secevent+jwt"}').toString('base64url')}.e30.`],
        ['invalid_issuer', await write(set(type, { iss: 'https://stranger.example' }))],
        ['invalid_audience', await write(set(type, { aud: 'https://other.example' }))],
        ['invalid_request', await write(set(type, { iat: Math.floor(clock.now() / 1_000) - 15 * 86_400 }))],
        ['invalid_request', await write(set(type, { sub: 'nobody' }))],
        ['invalid_request', await write(set(type, { exp: Math.floor(clock.now() / 1_000) + 60 }))],
        ['invalid_request', await write(set(type, { events: { [type]: {}, [eventTypes.accountDisabled]: {} } }))],
        ['invalid_request', await write(set(type, { sub_id: { format: 'opaque', id: 'x' } }))],
        ['access_denied', await write(set(type, { sub_id: { format: 'iss_sub', iss: hub.issuer, sub: 'x' } }))],
        ['authentication_failed', good, { authorization: 'Bearer nothing' }],
        ['authentication_failed', good, { authorization: '' }],
      ]
      for (const [err, token, headers] of rows) {
        const answer = await send(token, headers)
        assert.deepEqual([answer.status, answer.body?.err], [400, err], token)
        assert.equal(answer.headers.get('content-language'), 'en')
      }
      const { counts, last_refused: last } = await countsOf()
      assert.deepEqual(counts, { accepted: 0, replayed: 0, refused: rows.length })
      assert.equal(last.reason, 'unauthenticated')
      const facts = (await factsOf(hub, 'signals.set_refused')).filter(({ source }) => source === made.source_id)
      assert.equal(facts.length, rows.length - 2, 'whoever shows no secret writes nothing into the journal')

      const headers = { 'content-type': 'application/secevent+jwt' }
      const elsewhere = `${hub.issuer}/ssf/receive/src_AAAAAAAAAAAAAAAAAAAAAA`
      const absent = await request(elsewhere, 'POST', { body: good, headers })
      assert.equal(absent.status, 404)
      const json = await send(good, { 'content-type': 'application/json' })
      assert.equal(json.status, 400)
    })

    test('R100: an event about a subject opens a case, once, and nobody learns whether the subject is known', async () => {
      const { send, countsOf } = await newSource()
      const known = await theft()
      await conclude(known, 'confirmed')
      const seen = (await hub.cases.find(known.case.id))?.version
      const closed = await hub.cases.close(known.case.id, {
        reason: 'settled',
        actor: operator,
        ...(seen ? { seen } : {}),
      })
      assert.ok(closed.kind === 'done')
      await settle(hub)
      const opened = () => factsOf(hub, 'case.opened')
      const before = (await opened()).length
      const rows: [string, Record<string, unknown>][] = [
        [eventTypes.credentialCompromise, { credential_type: 'password', reason_admin: { fr: 'Vu sur une liste' } }],
        [eventTypes.accountDisabled, { reason: 'hijacking' }],
        [eventTypes.riskLevelChange, { principal: 'USER', current_level: 'HIGH' }],
        [eventTypes.sessionsRevoked, {}],
        [theftReportType(hub.issuer), {}],
      ]
      for (const [type, event] of rows) {
        const answer = await send(
          await write(set(type, { sub_id: { format: 'iss_sub', iss: tax.issuer, sub: type } }, event)),
        )
        assert.deepEqual([answer.status, answer.body], [202, undefined], type)
      }
      await settle(hub)
      const traceless = (await opened()).slice(before)
      assert.deepEqual(
        traceless.map(({ origin, match, person }) => [origin, match, person]),
        rows.map(() => ['provider', 'no_trace', null]),
      )
      const claims = set(eventTypes.credentialCompromise, aboutSubject(known))
      const token = await write(claims)
      assert.deepEqual((await send(token)).status, 202)
      const about = (await opened()).at(-1)
      assert.deepEqual([about?.match, about?.person], ['matched', known.person])

      // The answer got lost, and it comes again: taken, and nothing follows. Another content is another matter.
      const count = (await opened()).length
      assert.equal((await send(token)).status, 202)
      assert.equal((await send(await write(claims))).status, 202)
      const reused = await send(await write({ ...claims, events: { [eventTypes.accountDisabled]: {} } }))
      assert.deepEqual([reused.status, reused.body.err], [400, 'invalid_request'])
      assert.equal((await opened()).length, count)
      const { counts } = await countsOf()
      assert.deepEqual(counts, { accepted: rows.length + 1, replayed: 2, refused: 1 })
      // A second event about the same account joins the case.
      assert.equal((await send(await write(set(eventTypes.credentialCompromise, aboutSubject(known))))).status, 202)
      assert.equal((await received()).at(-1), 'joined')

      // What is no report changes nothing.
      for (const [type, event] of [
        [eventTypes.accountDisabled, { reason: 'bulk-account' }],
        [eventTypes.riskLevelChange, { principal: 'USER', current_level: 'LOW' }],
        [eventTypes.sessionRevoked, {}],
        ['https://bank.example/event-type/anything', {}],
      ] as const) {
        assert.equal((await send(await write(set(type, {}, event)))).status, 202)
      }
      const verification = set(eventTypes.verification, { sub_id: { format: 'opaque', id: 'theirs' } }, { state: 'x' })
      assert.equal((await send(await write(verification))).status, 202)
      assert.deepEqual((await received()).slice(-5), ['noted', 'noted', 'noted', 'unknown_event', 'noted'])
      assert.equal((await opened()).length, count)
    })

    test('an event about a subject of an open case is an answer in it', async () => {
      const { send } = await newSource()
      const known = await theft()
      const rows: [string, string[], string | undefined][] = [
        [eventTypes.credentialChange, ['factors_reset'], undefined],
        [eventTypes.credentialChangeRequired, ['factors_reset'], undefined],
        [eventTypes.accountDisabled, ['account_blocked'], undefined],
        [eventTypes.sessionRevoked, ['sessions_ended'], undefined],
        [eventTypes.accountEnabled, [], 'account-enabled'],
      ]
      for (const [type, measures, words] of rows) {
        assert.equal((await send(await write(set(type, aboutSubject(known))))).status, 202)
        const party = await hub.cases.partyOf(known.parties.tax.id)
        const [answer] = party?.answers ?? []
        assert.deepEqual([answer?.via, answer?.measures, answer?.measuresText], ['signal', measures, words], type)
        assert.equal(answer?.finding, undefined)
      }
      const party = await hub.cases.partyOf(known.parties.tax.id)
      assert.equal(party?.answers.length, rows.length)
      assert.ok(party?.duties.find(({ duty }) => duty === 'protect')?.doneAt)
      assert.deepEqual((await received()).slice(-5), Array(5).fill('answered'))
    })

    test('a service speaks of the subjects that it knows, and of no other', async () => {
      const { send } = await newSource({}, 'refunds')
      const known = await theft({ both: true })
      const sub_id = { format: 'iss_sub', iss: hub.issuer, sub: known.parties.refunds.subject }
      assert.equal((await send(await write(set(eventTypes.sessionRevoked, { sub_id })))).status, 202)
      const party = await hub.cases.partyOf(known.parties.refunds.id)
      assert.deepEqual(party?.answers[0]?.measures, ['sessions_ended'])
      // The subject of another service is nobody's here.
      const foreign = { ...sub_id, sub: known.parties.justice.subject }
      const before = (await hub.cases.partyOf(known.parties.justice.id))?.version
      assert.equal((await send(await write(set(eventTypes.sessionRevoked, { sub_id: foreign })))).status, 202)
      assert.equal((await received()).at(-1), 'noted')
      assert.equal((await hub.cases.partyOf(known.parties.justice.id))?.version, before)
    })

    test('sources are their partner’s own, and their secrets are told once', async () => {
      const { id, send, made } = await newSource()
      assert.match(made.delivery.authorization_header, /^Bearer [\w-]{43}$/)
      const read = await ssf('tax', 'GET', `/ssf/sources/${id}`)
      assert.equal(read.body.delivery.authorization_header, undefined)
      const body = { issuer, jwks: { keys: [own.jwk] }, delivery: { method: push } }
      for (const [method, given] of [['GET'], ['PUT', body], ['DELETE']] as [string, unknown?][]) {
        assert.equal((await ssf('justice', method, `/ssf/sources/${id}`, given)).status, 404, method)
      }
      const renewed = await ssf('tax', 'PUT', `/ssf/sources/${id}`, { ...body, renew_authorization: true })
      assert.equal(renewed.status, 200)
      const { authorization_header: authorization } = renewed.body.delivery
      const type = eventTypes.verification
      const token = await write(set(type, { sub_id: { format: 'opaque', id: 'x' } }))
      assert.equal((await send(token)).status, 400)
      assert.equal((await send(token, { authorization })).status, 202)
      const privateJwk = { ...own.jwk, d: 'AAAA' }
      for (const given of [
        { ...body, issuer: 'no address' },
        { ...body, jwks: { keys: [privateJwk] } },
        { ...body, jwks: undefined },
        { ...body, jwks_uri: 'https://1.1.1.1/keys' },
        { ...body, jwks: undefined, jwks_uri: 'https://192.168.0.1/keys' },
        { ...body, delivery: { method: poll } },
        { ...body, delivery: { method: poll, endpoint_url: 'https://127.0.0.2.example@10.0.0.1/' } },
      ]) {
        assert.equal((await ssf('tax', 'POST', '/ssf/sources', given)).status, 400, JSON.stringify(given))
      }
      assert.equal((await ssf('tax', 'DELETE', `/ssf/sources/${id}`)).status, 204)
      assert.equal((await send(token, { authorization })).status, 404)
    })

    test('events are fetched from a partner, acknowledged, and waited for while it is down', async () => {
      const known = await theft()
      const waiting = new Map<string, string>()
      const asked: Record<string, unknown>[] = []
      const errors: Record<string, { err: string }> = {}
      let isDown = false
      let served = 0
      const server = createServer(async (incoming, response) => {
        if (incoming.url === '/keys') {
          served++
          return response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [own.jwk] }))
        }
        const body = (await json(incoming)) as {
          ack?: string[]
          setErrs?: Record<string, { err: string }>
          maxEvents: number
        }
        asked.push({ ...body, authorization: incoming.headers.authorization })
        if (isDown) return response.writeHead(503).end()
        for (const jti of [...(body.ack ?? []), ...Object.keys(body.setErrs ?? {})]) waiting.delete(jti)
        Object.assign(errors, body.setErrs)
        const sets = Object.fromEntries([...waiting].slice(0, body.maxEvents))
        return response.setHeader('content-type', 'application/json').end(JSON.stringify({ sets }))
      })
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      try {
        const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        // Before there is a source: the first poll comes at once.
        waiting.set('a', await write(set(eventTypes.credentialChange, { jti: 'a', ...aboutSubject(known) })))
        waiting.set('b', await write(set(eventTypes.credentialChange, { jti: 'b', aud: 'https://other.example' })))
        waiting.set('c', 'no token')
        const { countsOf } = await newSource({
          jwks: undefined,
          jwks_uri: `${at}/keys`,
          delivery: { method: poll, endpoint_url: `${at}/poll`, authorization_header: 'Bearer for-the-bank' },
        })
        await settle(hub)
        assert.equal(waiting.size, 0)
        assert.deepEqual(errors.b?.err, 'invalid_audience')
        assert.deepEqual(errors.c?.err, 'invalid_request')
        assert.ok(
          asked.every(({ authorization, returnImmediately: now }) => authorization === 'Bearer for-the-bank' && now),
        )
        const party = await hub.cases.partyOf(known.parties.tax.id)
        assert.deepEqual(party?.answers[0]?.measures, ['factors_reset'])
        assert.deepEqual((await countsOf()).counts, { accepted: 1, replayed: 0, refused: 2 })
        assert.equal(served, 1)

        isDown = true
        waiting.set('d', await write(set(eventTypes.accountDisabled, { jti: 'd', ...aboutSubject(known) })))
        for (let hours = 0; hours < 4; hours++) {
          clock.advance(hour)
          await settle(hub)
        }
        const { failing } = await countsOf()
        assert.ok(failing.tries >= 4 && failing.error === '503', JSON.stringify(failing))
        isDown = false
        clock.advance(hour)
        await settle(hub)
        assert.equal(waiting.size, 0)
        assert.equal((await countsOf()).failing, undefined)
        assert.deepEqual((await hub.cases.partyOf(known.parties.tax.id))?.answers[0]?.measures, ['account_blocked'])
      } finally {
        server.closeAllConnections()
        await new Promise((closed) => server.close(closed))
      }
    })
  })
})
