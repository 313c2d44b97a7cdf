/**
 * Acting for an organisation through interfaces: the token for which a service exchanges its own, what the interface is
 * told of it, and what an end does, wherever it comes from, at the next request, in every process (on a server two hubs
 * run on one database).
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { decodeJwt } from 'jose'
import { sql } from 'kysely'
import pg from 'pg'
import { exchange, whoActs } from '../../docs/examples/mandate-token.ts'
import type { Organisation } from '../../src/directory/organisations.ts'
import { mandateTokenLifetime, minute, second } from '../../src/kernel/durations.ts'
import type { ApiClientId, AssignmentId, MembershipId, PersonId } from '../../src/kernel/ids.ts'
import type { Asker, MandateView } from '../../src/mandates/mandates.ts'
import type { Action } from '../../src/policy/mandate.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { newProofKey, type Proof, type ProofKey, proofOf } from '../support/dpop.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { activeMandate, done, rightsAt } from '../support/mandates.ts'
import { iceNumber, importOrganisations, type OrganisationEntry } from '../support/organisations.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import {
  at,
  attempt,
  choose,
  goOn,
  type RelyingParty,
  redeem,
  relyingParty,
  type SignedIn,
  signIn,
} from '../support/relying-party.ts'
import { type Answer, formTo, UserAgent } from '../support/user-agent.ts'

let clock: TestClock
let database: TestDatabase
let hub: TestHub
/** Another process on the same database; on the embedded one, which has one process, the same. */
let other: TestHub
let bank: TestProvider
let receiver: Server
/** What services are told of sessions. */
let told: string[]

let plain: RelyingParty
let office: RelyingParty
let api: RelyingParty

interface Human extends Asker {
  /** With which the provider says who they are. */
  enter(): void
}

let humans = 0
let samir: Human
let lina: Human
let register: OrganisationEntry[]
let companies: Organisation[]
let zagora: Organisation

const town = { fr: 'Ville', en: 'Town', ar: 'مدينة' }
const all: Action[] = ['read', 'prepare', 'submit', 'pay']

before(async () => {
  clock = mockProcessClock({ mock })
  database = await createTestDatabase()
  hub = await startTestHub({ database: database.location, clock })
  other = process.env.DATABASE_URL ? await startTestHub({ database: database.location, clock }) : hub
  bank = await startProvider({ id: 'bank', clock })
  told = []
  receiver = createServer(async (request, response) => {
    told.push(new URLSearchParams(await readText(request)).get('logout_token') ?? '')
    response.writeHead(200, { 'cache-control': 'no-store' }).end()
  })
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
  const backchannelLogoutUri = `http://localhost:${(receiver.address() as AddressInfo).port}/logout`
  const scopes = ['openid', 'given_name', 'representation']
  await hub.publish([
    {
      id: 'town',
      name: town,
      services: [
        serviceEntry('plain'),
        serviceEntry('office', {
          scopes,
          sector: 'office.example',
          backchannelLogoutUri,
          representation: { actions: all, alone: true },
        }),
      ],
      providers: [providerEntry(bank, { allowedLevels: ['eidas1', 'eidas2'] })],
    },
    {
      id: 'funds',
      name: town,
      services: [
        serviceEntry('api', {
          scopes,
          sector: 'api.example',
          representation: { actions: ['read', 'prepare', 'submit'], tokensFrom: ['office'] },
        }),
        serviceEntry('elsewhere', { scopes, sector: 'elsewhere.example', representation: { actions: all } }),
      ],
    },
  ])
  const party = (clientId: string, scope: string) =>
    relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId), scope })
  plain = await party('plain', 'openid')
  office = await party('office', 'openid given_name representation')
  api = await party('api', 'openid representation')
  samir = await human()
  lina = await human()
  register = [
    { name: 'Cabinet Zagora', ice: iceNumber(1), representatives: [{ identity: identityOf(2) }] },
    ...Array.from({ length: 16 }, (_, index) => ({
      name: `Atlas ${index}`,
      ice: iceNumber(index + 2),
      representatives: [{ identity: identityOf(1) }],
    })),
  ]
  const [first, ...others] = await importOrganisations(hub, register)
  assert.ok(first)
  zagora = first
  companies = others
  assert.ok((await hub.firms.open(lina, zagora.organisation)).ok)
})
after(async () => {
  if (other !== hub) await other.close()
  await hub.close()
  await bank.close()
  receiver.closeAllConnections()
  await new Promise((closed) => receiver.close(closed))
  await database.drop()
  mock.timers.reset()
})
beforeEach(() => {
  told.length = 0
})

const identityOf = (count: number) => {
  const { given_name, family_name } = citizen as { given_name: string; family_name: string }
  return { given_name, family_name, birthdate: `19${String(40 + count).padStart(2, '0')}-04-19` }
}

/** Somebody of their own, whom the hub has met. */
async function human(): Promise<Human> {
  humans += 1
  const count = humans
  const next = {
    subject: `bank-${count}`,
    claims: { ...citizen, ...identityOf(count) },
    acr: 'eidas2',
    amr: ['pwd', 'otp', 'mfa'],
  }
  const enter = () => {
    bank.next = next
  }
  enter()
  await signIn(english(), plain, 'bank')
  const [last] = (await factsOf(hub, 'session.started')).slice(-1)
  assert.ok(last)
  return { person: last.person, level: 'eidas2', enter }
}

const english = () => new UserAgent({ language: 'en' })

interface Employee extends Human {
  membership: MembershipId
}

async function employee(): Promise<Employee> {
  const who = await human()
  const firm = zagora.organisation
  const invited = await hub.firms.invite(lina, { firm, role: 'employee', language: 'fr' })
  assert.ok(invited.ok)
  const joined = await hub.firms.join(who, invited.token)
  assert.ok(joined.ok)
  assert.ok((await hub.firms.confirmMember(lina, { firm, membership: joined.membership })).ok)
  return { ...who, membership: joined.membership }
}

interface Work {
  client: Organisation
  mandate: MandateView
  who: Employee
  assignment: AssignmentId
}

/** A client of the firm, and an employee who reads and prepares for it. */
async function atWork(more: { until?: number } = {}): Promise<Work> {
  const client = companies.shift()
  assert.ok(client)
  const who = await employee()
  const mandate = await activeMandate(hub, {
    principal: client.organisation,
    giver: samir.person,
    mandatary: { kind: 'organisation', organisation: zagora.organisation },
    accepts: lina.person,
    rights: [...rightsAt('office', all), ...rightsAt('api', ['read', 'prepare', 'submit'])],
    ...more,
  })
  const assigned = await hub.firms.assign(lina, {
    firm: zagora.organisation,
    membership: who.membership,
    to: { principal: client.organisation },
    actions: { office: ['read', 'prepare'], api: ['read', 'prepare'] },
  })
  assert.ok(assigned.ok, JSON.stringify(assigned))
  clock.advance(second)
  return { client, mandate, who, assignment: assigned.assignment }
}

/** To the choice of whom for, if the service asks; then back to the service. */
async function through(
  browser: UserAgent,
  party: RelyingParty,
  whom: Organisation | 'self',
): Promise<{ attempt: Awaited<ReturnType<typeof attempt>>; page: Answer }> {
  const tried = await attempt(party)
  let page = await browser.open(tried.url, at(party))
  if (page.body.includes('/choose"')) page = await choose(browser, party, page, 'bank')
  const form = formTo(page, /\/principal$/)
  const key =
    whom === 'self'
      ? whom
      : new RegExp(`value="([^"]+)"[^>]*><span class="words"><strong><bdi>${whom.name}<`).exec(page.body)?.[1]
  assert.ok(key, page.body)
  page = await browser.submit(page, form, { principal: key }, at(party))
  return { attempt: tried, page: at(party)(page.url) ? page : await goOn(browser, party, page) }
}

interface Session extends SignedIn {
  browser: UserAgent
}

async function signedIn(who: Human, whom: Organisation | 'self', party = office): Promise<Session> {
  who.enter()
  const browser = english()
  return { browser, ...(await redeem(party, await through(browser, party, whom))) }
}

// --- Requests ------------------------------------------------------------------------------------------------------

type Fields = Record<string, string | undefined>
interface Reply {
  status: number
  headers: Headers
  body: Record<string, unknown>
}

async function post(
  path: string,
  client: string,
  fields: Fields,
  { headers = {}, of = hub }: { headers?: Record<string, string>; of?: TestHub } = {},
): Promise<Reply> {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  const authorization = `Basic ${Buffer.from(`${client}:${secretOf(client)}`).toString('base64')}`
  const body = new URLSearchParams(given)
  const response = await fetch(`${of.issuer}${path}`, { method: 'POST', body, headers: { authorization, ...headers } })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Reply['body'] }
}

let key: ProofKey
before(async () => {
  key = await newProofKey()
})

const accessToken = 'urn:ietf:params:oauth:token-type:access_token'
const details = (client: Organisation, actions: readonly string[], more: object = {}) =>
  JSON.stringify([{ type: 'mandate', organisation: client.subject, actions, ...more }])

interface Asking {
  fields?: Fields
  proof?: Partial<Proof> | 'none'
  as?: string
  of?: TestHub
  with?: ProofKey
}

async function asked(
  token: string,
  client: Organisation,
  { fields, proof = {}, as = 'office', of = hub, with: by = key }: Asking = {},
) {
  const DPoP =
    proof === 'none' ? undefined : await proofOf(by, { url: `${of.issuer}/token`, at: clock.now(), ...proof })
  return post(
    '/token',
    as,
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: token,
      subject_token_type: accessToken,
      audience: 'api',
      authorization_details: details(client, ['read']),
      ...fields,
    },
    { of, headers: DPoP ? { DPoP } : {} },
  )
}

async function tokenFor(token: string, client: Organisation, asking: Asking = {}): Promise<string> {
  const reply = await asked(token, client, asking)
  assert.equal(reply.status, 200, JSON.stringify(reply.body))
  return String(reply.body.access_token)
}

const seen = async (token: string, by: string, of = hub) => (await post('/introspect', by, { token }, { of })).body

const userinfo = async (token: string, of = hub, scheme = 'Bearer') =>
  fetch(`${of.issuer}/userinfo`, { headers: { authorization: `${scheme} ${token}` } })

const assertError = (reply: Reply, error: string, what = '') => {
  assert.equal(reply.body.error, error, `${what}: ${JSON.stringify(reply.body)}`)
  assert.equal(reply.body.access_token, undefined, what)
}

// --- What is given -------------------------------------------------------------------------------------------------

describe('a mandate token', () => {
  let work: Work
  let session: Session
  before(async () => {
    work = await atWork()
    session = await signedIn(work.who, work.client)
  })
  /** The access token lives for a minute. */
  const again = async () => {
    const { url, ...tried } = await attempt(office, { prompt: 'none', representation_hint: work.client.subject })
    const page = await session.browser.open(url, at(office))
    return (await redeem(office, { attempt: { url, ...tried }, page })).accessToken
  }

  test('R092 R096: names the organisation, who acts and their firm, to the interface and to the service alone', async () => {
    const { client, mandate, who } = work
    const reply = await asked(session.accessToken, client, {
      fields: { authorization_details: details(client, ['prepare', 'read']) },
    })
    const granted = [
      {
        type: 'mandate',
        organisation: client.subject,
        actions: ['read', 'prepare'],
        as: 'employee',
        mandate: mandate.mandate,
      },
    ]
    const { access_token: token, ...answer } = reply.body
    assert.deepEqual(answer, {
      issued_token_type: accessToken,
      token_type: 'DPoP',
      expires_in: mandateTokenLifetime / second,
      authorization_details: granted,
    })
    assert.equal(reply.headers.get('cache-control'), 'no-store')
    assert.doesNotMatch(String(token), /\./, 'opaque')

    const subject = async (sector: string) => hub.people.subjectFor(hub.storage.db, who.person, sector)
    const { exp, iat, ...said } = await seen(String(token), 'api', other)
    assert.equal(Number(exp) - Number(iat), mandateTokenLifetime / second)
    const common = {
      active: true,
      client_id: 'office',
      aud: 'api',
      sub: client.subject,
      authorization_details: granted,
      cnf: { jkt: key.thumbprint },
      token_type: 'DPoP',
    }
    const act = { sub: zagora.subject }
    assert.deepEqual(said, { ...common, iss: other.issuer, act: { sub: await subject('api.example'), act } })
    const { exp: _exp, iat: _iat, ...ours } = await seen(String(token), 'office')
    assert.deepEqual(ours, { ...common, iss: hub.issuer, act: { sub: session.idToken.sub, act } })
    assert.equal(session.idToken.sub, await subject('office.example'))
    for (const stranger of ['elsewhere', 'plain']) {
      assert.deepEqual(await seen(String(token), stranger), { active: false }, stranger)
    }

    const { connection } = (await factsOf(hub, 'connection.completed')).at(-1) ?? {}
    const shared = { connection, person: who.person, organisation: client.organisation, mandate: mandate.mandate }
    assert.deepEqual((await factsOf(hub, 'token.exchanged')).at(-1), {
      ...shared,
      service: 'office',
      audience: 'api',
      actions: ['read', 'prepare'],
    })
    const uses = await hub.mandates.uses({ of: { mandate: mandate.mandate }, person: samir.person, limit: 5 })
    const use = uses?.entries.find(({ kind }) => kind === 'token')
    assert.deepEqual([use?.service, use?.actions, use?.person], ['api', ['read', 'prepare'], who.person])
  })

  test('R096: opens no userinfo, and is exchanged for nothing', async () => {
    const own = await again()
    const token = await tokenFor(own, work.client)
    for (const scheme of ['Bearer', 'DPoP']) {
      const proof = await proofOf(key, { method: 'GET', url: `${hub.issuer}/userinfo`, at: clock.now(), token })
      const headers = { authorization: `${scheme} ${token}`, ...(scheme === 'DPoP' ? { DPoP: proof } : {}) }
      const response = await fetch(`${hub.issuer}/userinfo`, { headers })
      assert.equal(response.status, 403, await response.text())
      assert.match(response.headers.get('www-authenticate') ?? '', /insufficient_scope/)
    }
    assertError(await asked(token, work.client), 'invalid_request')
    assertError(
      await asked(own, work.client, { fields: { actor_token: token, actor_token_type: accessToken } }),
      'invalid_request',
    )
  })

  test('R096: the example of the documentation calls an interface that knows who acts', async () => {
    const callers: unknown[] = []
    const server = createServer(async (request, response) => {
      const { authorization, dpop } = request.headers as Record<string, string>
      const url = `http://localhost:${(server.address() as AddressInfo).port}${request.url}`
      const caller = await whoActs(api.config, { method: request.method ?? '', url, authorization, dpop } as never)
      callers.push(caller)
      response.writeHead(caller ? 200 : 401).end()
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    try {
      const url = new URL(`http://localhost:${(server.address() as AddressInfo).port}/declarations?year=2026`)
      const { answer, call } = await exchange(office.config, {
        accessToken: await again(),
        audience: 'api',
        actions: ['prepare'],
      })
      assert.equal((await call(url)).status, 200)
      const person = await hub.people.subjectFor(hub.storage.db, work.who.person, 'api.example')
      const caller = {
        organisation: work.client.subject,
        person,
        firm: zagora.subject,
        actions: ['prepare'],
        mandate: work.mandate.mandate,
      }
      assert.deepEqual(callers, [caller])
      const token = answer.access_token
      const own = await newProofKey()
      const jti = randomUUID()
      const wrong: [what: string, headers: Record<string, string>][] = [
        ['a bearer', { authorization: `Bearer ${token}` }],
        ['a token without a proof', { authorization: `DPoP ${token}` }],
        [
          'a bearer with a proof',
          {
            authorization: `Bearer ${token}`,
            DPoP: await proofOf(own, { method: 'GET', url: url.href, at: clock.now(), token }),
          },
        ],
        ...(await Promise.all(
          (
            [
              ['the proof of another key', {}],
              ['a proof for another method', { method: 'POST' }],
              ['a proof for another address', { url: `${url.origin}/payments` }],
              ['a proof for another token', { token: 'another' }],
              ['a proof without a token', { claims: { ath: undefined } }],
              ['an old proof', { at: clock.now() - 5 * minute }],
              ['another kind of token', { typ: 'jwt' }],
            ] as const
          ).map(async ([what, change]): Promise<[string, Record<string, string>]> => {
            const proof = { method: 'GET', url: url.href, at: clock.now(), token, jti, ...change }
            return [what, { authorization: `DPoP ${token}`, DPoP: await proofOf(own, proof) }]
          }),
        )),
      ]
      for (const [what, headers] of wrong) assert.equal((await fetch(url, { headers })).status, 401, what)
      assert.equal((await call(url)).status, 200, 'and goes on')
    } finally {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    }
  })

  test('R092: a representative acts without a mandate, for another organisation than that of the sign-in', async () => {
    const [first, second_] = companies
    assert.ok(first && second_)
    const { accessToken: token } = await signedIn(samir, first)
    const reply = await asked(token, second_, { fields: { authorization_details: details(second_, ['submit']) } })
    const granted = [{ type: 'mandate', organisation: second_.subject, actions: ['submit'], as: 'representative' }]
    assert.deepEqual(reply.body.authorization_details, granted)
    const { act, sub } = await seen(String(reply.body.access_token), 'api')
    assert.deepEqual([sub, Object.keys(act as object)], [second_.subject, ['sub']])
    assert.equal((await factsOf(hub, 'token.exchanged')).at(-1)?.mandate, null)
  })

  test('R092: who came for themselves acts for whom they may; a second token of theirs says nothing else', async () => {
    const { accessToken: token } = await signedIn(work.who, 'self')
    const actor = await again()
    assert.ok(await tokenFor(token, work.client, { fields: { actor_token: actor, actor_token_type: accessToken } }))
    assert.ok(await tokenFor(token, work.client, { fields: { requested_token_type: accessToken } }))
  })

  test('R096: what is not in order is refused with its own reason, and nothing is written', async () => {
    const { client, mandate } = work
    const token = await again()
    const stranger = await signedIn(lina, 'self')
    const foreign = companies[0] as Organisation
    const bound = await newProofKey()
    const exchanged = (await factsOf(hub, 'token.exchanged')).length
    const used = (await factsOf(hub, 'mandate.used')).filter(({ kind }) => kind === 'token').length

    const invalid = 'invalid_request'
    const notGiven = 'invalid_authorization_details'
    const inAudience = (more: object) => ({ fields: { authorization_details: details(client, ['read'], more) } })
    const actor = { actor_token: stranger.accessToken, actor_token_type: accessToken }
    const wrong: [what: string, error: string, asking: Asking, token?: string][] = [
      ['no subject_token', invalid, { fields: { subject_token: undefined } }],
      ['an unknown subject_token', invalid, {}, 'a'.repeat(43)],
      ['the token of another client', invalid, { as: 'elsewhere' }],
      ['a token of another type', invalid, { fields: { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' } }],
      ['what every object has as the type wanted', invalid, { fields: { requested_token_type: 'constructor' } }],
      [
        'another type wanted',
        invalid,
        { fields: { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' } },
      ],
      ['the actor_token of another person', invalid, { fields: actor }],
      ['an unknown actor_token', invalid, { fields: { ...actor, actor_token: 'a'.repeat(43) } }],
      ['an actor_token without its type', invalid, { fields: { actor_token: token } }],
      ['the type of an actor_token without it', invalid, { fields: { actor_token_type: accessToken } }],
      ['no audience', invalid, { fields: { audience: undefined } }],
      ['an audience that takes no tokens of this service', 'invalid_target', { fields: { audience: 'elsewhere' } }],
      ['an unknown audience', 'invalid_target', { fields: { audience: 'nobody' } }],
      ['itself as the audience', 'invalid_target', { fields: { audience: 'office' } }],
      ['no details', invalid, { fields: { authorization_details: undefined } }],
      ['details of another type', notGiven, { fields: { authorization_details: '[{"type":"payment"}]' } }],
      ['an unknown member', notGiven, inAudience({ period: '2026' })],
      [
        'more than the assignment',
        notGiven,
        { fields: { authorization_details: details(client, ['read', 'submit']) } },
      ],
      ['what the interface does not take', notGiven, { fields: { authorization_details: details(client, ['pay']) } }],
      ['another organisation', notGiven, { fields: { authorization_details: details(foreign, ['read']) } }],
      [
        'an organisation that is none',
        notGiven,
        { fields: { authorization_details: details({ ...client, subject: 'ice:1' }, ['read']) } },
      ],
      ['a mandate of somebody else', notGiven, inAudience({ mandate: `${mandate.mandate.slice(0, -4)}AAAA` })],
      ['no proof', 'invalid_dpop_proof', { proof: 'none' }],
      ['a proof for another address', 'invalid_dpop_proof', { proof: { url: `${hub.issuer}/introspect` } }],
      ['a proof for another method', 'invalid_dpop_proof', { proof: { method: 'GET' } }],
      ['an old proof', 'use_dpop_nonce', { proof: { at: clock.now() - 6 * minute } }],
      ['a proof without an identifier', 'invalid_dpop_proof', { proof: { claims: { jti: undefined } } }],
      ['a number that the hub never gave', 'use_dpop_nonce', { proof: { nonce: 'x'.repeat(43) } }],
      ['another kind of token as a proof', 'invalid_dpop_proof', { proof: { typ: 'jwt' } }],
    ]
    for (const [what, error, asking, presented = token] of wrong) {
      assertError(await asked(presented, client, asking), error, what)
    }
    // Bound to a key at the sign-in: no other one makes anything of it.
    const { attempt: tried, page } = await through(session.browser, office, client)
    const proof = await proofOf(bound, { url: `${hub.issuer}/token`, at: clock.now() })
    const redeemed = await post(
      '/token',
      'office',
      {
        grant_type: 'authorization_code',
        code: page.url.searchParams.get('code') ?? '',
        redirect_uri: office.redirectUri,
        code_verifier: tried.verifier,
      },
      { headers: { DPoP: proof } },
    )
    assert.equal(redeemed.body.token_type, 'DPoP', JSON.stringify(redeemed.body))
    const boundToken = String(redeemed.body.access_token)
    assertError(await asked(boundToken, client), invalid, 'another key than that of the token')
    const asActor = (actor_token: string): Asking => ({ fields: { actor_token, actor_token_type: accessToken } })
    assertError(await asked(token, client, asActor(boundToken)), invalid, 'another key than that of the actor_token')
    const { accessToken: left } = await signedIn(work.who, 'self')
    const [last] = (await factsOf(hub, 'session.started')).slice(-1)
    assert.ok(last)
    await hub.storage.transaction((tx) => hub.sessions.end(tx, last.session, 'logout'))
    assertError(await asked(token, client, asActor(left)), invalid, 'the actor_token of a session that ended')
    assert.equal((await userinfo(boundToken)).status, 401, 'nor without a key')

    assert.equal((await factsOf(hub, 'token.exchanged')).length, exchanged)
    const now = (await factsOf(hub, 'mandate.used')).filter(({ kind }) => kind === 'token').length
    assert.equal(now, used)
    assert.ok(await tokenFor(boundToken, client, { with: bound }))
  })

  test('R096: a proof counts once, in all processes, as long as its time could be good', async () => {
    const token = await again()
    const proof = { jti: randomUUID(), at: clock.now() + 4 * minute, url: `${hub.issuer}/token` }
    await tokenFor(token, work.client, { proof })
    assertError(await asked(token, work.client, { proof }), 'invalid_dpop_proof')
    assertError(
      await asked(token, work.client, { proof: { ...proof, url: `${other.issuer}/token` }, of: other }),
      'invalid_dpop_proof',
    )
    clock.advance(8 * minute)
    assertError(await asked(await again(), work.client, { proof }), 'invalid_dpop_proof', 'still remembered')
    const own = await again()
    const same = { jti: randomUUID(), at: clock.now() }
    const replies = await Promise.all([1, 2].map(() => asked(own, work.client, { proof: same })))
    assert.deepEqual(replies.map(({ status }) => status).sort(), [200, 400], 'two at once')
  })

  test('R096: a proof may carry a number that the hub gave, in place of a clock that is right', async () => {
    const token = await again()
    const late = { at: clock.now() - 30 * minute }
    const refused = await asked(token, work.client, { proof: late })
    const nonce = refused.headers.get('dpop-nonce')
    assert.ok(nonce)
    assert.ok(
      await tokenFor(token, work.client, { proof: { ...late, nonce, url: `${other.issuer}/token` }, of: other }),
    )
  })

  test('R018: a code that comes back takes the mandate token away with all that came of it', async () => {
    const { attempt: tried, page } = await through(session.browser, office, work.client)
    const { accessToken: own } = await redeem(office, { attempt: tried, page })
    const token = await tokenFor(own, work.client)
    assert.equal((await seen(token, 'api')).active, true)
    await assert.rejects(redeem(office, { attempt: tried, page }))
    assert.deepEqual(await seen(token, 'api'), { active: false })
  })

  test('R096: it is over after its time, or when the service gives it back', async () => {
    const own = await again()
    const [kept, given] = [await tokenFor(own, work.client), await tokenFor(own, work.client)]
    const authorization = `Basic ${Buffer.from(`office:${secretOf('office')}`).toString('base64')}`
    const body = new URLSearchParams({ token: given })
    assert.equal(
      (await fetch(`${hub.issuer}/revoke`, { method: 'POST', body, headers: { authorization } })).status,
      200,
    )
    assert.deepEqual(await seen(given, 'api'), { active: false })
    const token = await tokenFor(await again(), work.client)
    assert.ok(kept)
    clock.advance(mandateTokenLifetime - second)
    assert.equal((await seen(token, 'api')).active, true)
    clock.advance(second)
    assert.deepEqual(await seen(token, 'api'), { active: false })
  })

  test('R096: a service exchanges six hundred at once and ten a second, and is then told to wait', async () => {
    clock.advance(minute)
    const token = await again()
    const burst = async (most: number) => {
      const statuses: number[] = []
      while (statuses.length < most && !statuses.includes(429)) {
        // What is refused for its content counts like the others: whoever asks and asks finds out nothing.
        const replies = Array.from({ length: 10 }, () =>
          asked(token, work.client, { fields: { authorization_details: '[]' } }),
        )
        statuses.push(...(await Promise.all(replies)).map(({ status }) => status))
      }
      return statuses.filter((status) => status === 400).length
    }
    assert.equal(await burst(700), 600)
    const exchanged = (await factsOf(hub, 'token.exchanged')).length
    const refused = await asked(token, work.client)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '60'])
    assertError(refused, 'temporarily_unavailable')
    assert.equal((await factsOf(hub, 'token.exchanged')).length, exchanged)
    clock.advance(second)
    assert.equal(await burst(100), 10)
    clock.advance(minute)
  })

  test('what cannot be looked at is not active', async () => {
    const token = await tokenFor(await again(), work.client)
    await sql`alter table mandates rename to mandates_away`.execute(hub.storage.db)
    const authorization = `Basic ${Buffer.from(`api:${secretOf('api')}`).toString('base64')}`
    const body = new URLSearchParams({ token })
    const response = await fetch(`${hub.issuer}/introspect`, { method: 'POST', body, headers: { authorization } })
    await sql`alter table mandates_away rename to mandates`.execute(hub.storage.db)
    assert.ok(response.status >= 500, String(response.status))
    assert.doesNotMatch(await response.text(), /active/)
    assert.equal((await seen(token, 'api')).active, true)
  })
})

// --- What an end does ----------------------------------------------------------------------------------------------

describe('the end of a right to act', () => {
  const ends: [what: string, end: (work: Work) => Promise<unknown>, quiet?: 'no_session' | 'by_clock'][] = [
    ['the principal revokes the mandate', ({ mandate }) => act((tx) => hub.mandates.revoke(tx, samir, mandate))],
    ['the principal suspends it', ({ mandate }) => act((tx) => hub.mandates.suspend(tx, samir, mandate))],
    [
      'the firm takes the client from the employee',
      ({ assignment }) => hub.firms.unassign(lina, { firm: zagora.organisation, assignment }),
    ],
    [
      'the employee is put out',
      ({ who: { membership } }) => hub.firms.remove(lina, { firm: zagora.organisation, membership }),
    ],
    [
      'the term comes',
      async ({ mandate }) => {
        clock.set(mandate.until)
        await hub.mandates.sweep()
      },
      'by_clock',
    ],
    ['the employee freezes their identity', ({ who }) => freeze(who.person), 'no_session'],
  ]
  const act = async (
    verb: (
      tx: Parameters<Parameters<TestHub['storage']['transaction']>[0]>[0],
    ) => ReturnType<TestHub['mandates']['revoke']>,
  ) => done(await hub.storage.transaction(verb))
  const freeze = (person: PersonId) => hub.protections.freezeByOperators({ person, actor: { kind: 'command' } })

  for (const [what, end, quiet] of ends) {
    test(`R097: ${what}: the next request is refused, in every process, and services are told`, async () => {
      const work = await atWork(quiet === 'by_clock' ? { until: clock.now() + 20 * minute } : {})
      const { client, who } = work
      if (quiet === 'by_clock') clock.set(work.mandate.until - 30 * second)
      const session = await signedIn(who, client)
      const token = await tokenFor(session.accessToken, client)
      // A code that is not redeemed yet.
      const pending = await through(session.browser, office, client)
      if (quiet === 'by_clock') clock.set(work.mandate.until - 1)
      for (const on of [hub, other]) {
        assert.equal((await seen(token, 'api', on)).active, true)
        assert.equal((await seen(session.accessToken, 'office', on)).active, true)
        assert.equal((await userinfo(session.accessToken, on)).status, 200)
      }
      told.length = 0

      await end(work)

      for (const on of [hub, other]) {
        assert.deepEqual(await seen(token, 'api', on), { active: false })
        assert.deepEqual(await seen(token, 'office', on), { active: false })
        assert.deepEqual(await seen(session.accessToken, 'office', on), { active: false })
        assert.equal((await userinfo(session.accessToken, on)).status, 401)
        const reply = await asked(session.accessToken, client, { of: on })
        assert.ok(
          ['invalid_request', 'invalid_authorization_details'].includes(String(reply.body.error)),
          JSON.stringify(reply.body),
        )
      }
      await assert.rejects(redeem(office, pending), 'the code')
      const { url } = await attempt(office, { prompt: 'none', representation_hint: client.subject })
      const silent = await session.browser.open(url, at(office))
      assert.match(silent.url.searchParams.get('error') ?? '', /^(interaction|login)_required$/)

      for (const each of [hub, other]) await settle(each)
      const sids = told.map((one) => decodeJwt(one).sid)
      assert.ok(sids.includes(session.idToken.sid), 'the service was told')
      if (quiet === 'no_session') return
      const [kept] = await hub.sessions.ofPerson(who.person)
      assert.deepEqual(
        kept?.services.filter(({ service }) => service === 'office'),
        [],
        'and the session goes on without it',
      )
    })
  }

  test('R097: a narrowing leaves what is left of it', async () => {
    const work = await atWork()
    const { client, who } = work
    const session = await signedIn(who, client)
    const token = await tokenFor(session.accessToken, client, {
      fields: { authorization_details: details(client, ['read', 'prepare']) },
    })
    const given = { firm: zagora.organisation, membership: who.membership, to: { principal: client.organisation } }
    const less = { office: ['read'], api: ['read'] } as const
    assert.ok((await hub.firms.assign(lina, { ...given, actions: less })).ok)
    const left = (await seen(token, 'api', other)).authorization_details as { actions: Action[] }[]
    assert.deepEqual(left[0]?.actions, ['read'])
    const { represented } = (await (await userinfo(session.accessToken, other)).json()) as {
      represented: { rights: { action: Action }[] }
    }
    assert.deepEqual(
      represented.rights.map(({ action }) => action),
      ['read'],
    )
    await settle(hub)
    assert.equal(told.length, 0, 'nobody is signed out')
  })

  test('R098: a representation that falls stops who acted by it', async () => {
    const fallen = companies.shift()
    assert.ok(fallen)
    const session = await signedIn(samir, fallen)
    const token = await tokenFor(session.accessToken, fallen)
    assert.equal((await seen(token, 'api', other)).active, true)
    clock.advance(second)
    const without = register.map((entry) => (entry.name === fallen.name ? { ...entry, representatives: [] } : entry))
    await importOrganisations(hub, without, { replace: true })
    assert.deepEqual(await seen(token, 'api', other), { active: false })
    assert.equal((await userinfo(session.accessToken, other)).status, 401)
    await settle(hub)
    assert.ok(told.some((one) => decodeJwt(one).sid === session.idToken.sid))
  })

  test('R097: an end that concerns somebody else changes nothing', async () => {
    const work = await atWork()
    const colleague = await atWork()
    const session = await signedIn(work.who, work.client)
    const token = await tokenFor(session.accessToken, work.client)
    await act((tx) => hub.mandates.revoke(tx, samir, colleague.mandate))
    await hub.firms.remove(lina, { firm: zagora.organisation, membership: colleague.who.membership })
    await settle(hub)
    assert.equal((await seen(token, 'api', other)).active, true)
    assert.equal((await userinfo(session.accessToken, other)).status, 200)
    assert.equal(told.length, 0)
  })
})

// --- What services hear of mandates --------------------------------------------------------------------------------

describe('security events about mandates', () => {
  test('R097: services in the scope that have a receiver hear of a suspension, of its end and of the end; others do not', async () => {
    const client = `api_${randomUUID()}` as ApiClientId
    const party = { side: 'service', id: 'api' } as const
    await hub.apiClients.register(
      { id: client, name: 'Events', scopes: ['party:signals'], jwks: { keys: [key.jwk] }, party } as never,
      { kind: 'command' },
    )
    const program = { client, side: 'service', object: 'api', partner: 'funds' } as const
    const stream = await hub.transmitter.create(program, { delivery: { method: 'poll' } })
    assert.ok(stream !== 'exists')
    const heard = async () => {
      for (const each of [hub, other]) await settle(each)
      const polled = await other.transmitter.poll(program, stream.id, { ack: [], setErrs: [], maxEvents: 10 })
      const sets = polled?.sets ?? []
      await other.transmitter.poll(program, stream.id, { ack: sets.map(({ jti }) => jti), setErrs: [], maxEvents: 0 })
      return sets.map(({ token }) => decodeJwt(token))
    }
    const { client: principal, mandate } = await atWork()
    assert.deepEqual(await heard(), [])
    await hub.storage.transaction((tx) => hub.mandates.suspend(tx, samir, mandate))
    clock.advance(minute)
    await hub.storage.transaction((tx) => hub.mandates.resume(tx, samir, mandate))
    const changed = await heard()
    await hub.storage.transaction((tx) => hub.mandates.revoke(tx, samir, mandate))
    const [ended] = await heard()
    const typeOf = (name: string) => `${hub.issuer}/secevent/event-type/${name}`
    const eventIn = (set: Record<string, unknown> | undefined) =>
      Object.entries((set?.events ?? {}) as Record<string, Record<string, unknown>>)[0] ?? ['', {}]
    for (const set of [...changed, ended]) {
      assert.deepEqual(set?.sub_id, { format: 'iss_sub', iss: set?.iss, sub: principal.subject })
      assert.equal(set?.aud, client)
      assert.doesNotMatch(JSON.stringify(set), new RegExp(`${samir.person}|${lina.person}|Marchetti`))
    }
    assert.equal(changed.length, 2)
    const rights = (['read', 'prepare', 'submit'] as const).map((action) => ({
      action,
      until: mandate.until / second,
      minimum_level: 'eidas2',
    }))
    // Both are told as it is when they leave.
    for (const set of changed) {
      const [type, event] = eventIn(set)
      assert.ok(type.endsWith('/mandate-changed'))
      assert.deepEqual([event.mandate, event.state, event.rights], [mandate.mandate, 'active', rights])
    }
    const [type, event] = eventIn(ended)
    assert.ok([typeOf('mandate-ended'), `${other.issuer}/secevent/event-type/mandate-ended`].includes(type))
    assert.deepEqual([event.mandate, event.reason, event.initiating_entity], [mandate.mandate, 'revoked', 'user'])
  })
})

// --- The database ----------------------------------------------------------------------------------------------------

/** Of the embedded one, which ends with its process, nothing comes after. */
async function takeDatabaseAway(): Promise<() => Promise<void>> {
  const { location } = database
  if (location.kind !== 'server') {
    await hub.storage.close()
    return async () => {}
  }
  const name = new URL(location.url).pathname.slice(1)
  const asOperator = async (statement: string) => {
    const client = new pg.Client({ connectionString: process.env.DATABASE_URL })
    await client.connect()
    await client.query(statement)
    await client.end()
  }
  await asOperator(`alter database ${name} allow_connections false`)
  await asOperator(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`)
  return () => asOperator(`alter database ${name} allow_connections true`)
}

test('R097: while the database is away no token is worth anything, and who asks is told when to ask again', async () => {
  const work = await atWork()
  const { accessToken: own } = await signedIn(work.who, work.client)
  const token = await tokenFor(own, work.client)
  const check = hub.mandates.check.bind(hub.mandates)
  let giveBack = async () => {}
  // It goes when the token was found, and the mandate is about to be looked at.
  const leaving = mock.method(hub.mandates, 'check', async (...given: Parameters<typeof check>) => {
    leaving.mock.restore()
    giveBack = await takeDatabaseAway()
    return check(...given)
  })
  const questions = {
    'in the middle of the question': () => post('/introspect', 'api', { token }),
    'from the beginning': () => post('/introspect', 'api', { token }),
    'by the service that has it': () => post('/introspect', 'office', { token }),
    'an exchange': () => asked(own, work.client),
  }
  try {
    for (const [what, ask] of Object.entries(questions)) {
      const { status, headers, body } = await ask()
      assert.deepEqual([status, headers.get('retry-after'), body.code], [503, '5', 'G1006'], what)
      assert.ok(!('active' in body) && !('access_token' in body), what)
    }
    assert.equal(leaving.mock.callCount(), 1)
  } finally {
    await giveBack()
  }
  if (database.location.kind === 'server') assert.equal((await seen(token, 'api')).active, true)
})
