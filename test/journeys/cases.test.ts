/**
 * A stolen account and what follows, as each of those concerned reads it: one provider and three services, two of which
 * know people by the same subject. Every message that one of the four receives (letter, security event, page of the desk,
 * answer of the API) is opened and searched for anything that is somebody else's.
 */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { type CryptoKey, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { Case, Party } from '../../src/cases/cases.ts'
import { day, hour, minute } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import { type CheckAnswer, checks } from '../../src/policy/case-flow.ts'
import { type ApiProgram, newProgram } from '../support/api-client.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { type RelyingParty, relyingParty, type SignedIn, signIn } from '../support/relying-party.ts'
import type { ReceivedMail } from '../support/smtp.ts'
import { newStaff, signInAtDesk, type TestStaff } from '../support/staff.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

/** Those concerned: names that stand nowhere else on a page, and that no random text holds. */
const services = ['rivagenet', 'collinette', 'vallonnais'] as const
const all = ['fiscalia', ...services] as const
type Name = (typeof all)[number]
/** Two services are of one partner, and share a sector: they know everybody by the same subject. */
const partners = {
  fiscalia: 'org-fisc',
  rivagenet: 'org-deux',
  collinette: 'org-deux',
  vallonnais: 'org-seul',
} as const satisfies Record<Name, string>
const organisations = [...new Set(Object.values(partners))]
const mailboxOf = (name: Name, kind: 'soc' | 'office' = 'soc') => `${kind}@${partners[name]}.example`
const partyOf = (name: Name) => ({ side: name === 'fiscalia' ? 'provider' : 'service', id: name }) as const

const ada = { ...citizen, given_name: 'Adalberte', family_name: 'Quesnoyard', email: 'ada@ailleurs.example' }
const bob = { ...citizen, given_name: 'Barnabé', family_name: 'Ullastret', email: 'bob@ailleurs.example' }
const mailboxes = { ada: 'ada@boite.example', bob: 'bob@boite.example' }
const operator = { kind: 'command' } as const

describe('a stolen account, and each of those concerned', () => {
  let clock: TestClock
  let hub: TestHub
  let fisc: TestProvider
  const parties = {} as Record<(typeof services)[number], RelyingParty>
  const programs = {} as Record<Name, ApiProgram>
  const streams = {} as Record<Name, string>
  const desks = {} as Record<Name, TestStaff>
  const people = {} as Record<'ada' | 'bob', PersonId>
  /** Of what the thief did: its subject at each service. */
  const stolen = {} as Record<(typeof services)[number], SignedIn>
  /** The case, and what each is told it is about. */
  let one: Case
  const told = {} as Record<Name, Party>

  before(async () => {
    clock = mockProcessClock({ mock })
    fisc = await startProvider({ id: 'fiscalia', clock })
    hub = await startTestHub()
    const named = (text: string) => ({ fr: text, en: text, ar: text })
    await hub.publish(
      organisations.map((id) => ({
        id,
        name: named(`Organisation ${id}`),
        contacts: { administrative: `office@${id}.example`, security: `soc@${id}.example` },
        services: services
          .filter((name) => partners[name] === id)
          .map((name) => serviceEntry(name, { sector: `${id}.example` })),
        providers: id === partners.fiscalia ? [providerEntry(fisc, { allowedLevels: ['eidas1'] })] : [],
      })),
    )
    for (const name of services) {
      parties[name] = await relyingParty({ issuer: hub.issuer, clientId: name, secret: secretOf(name) })
    }
  })
  after(async () => {
    for (const { agent } of Object.values(desks)) agent.close()
    await hub.close()
    await fisc.close()
    mock.timers.reset()
  })

  const url = (path: string) => `${hub.issuer}${path}`
  const lettersTo = (address: string, since = 0) => hub.smtp.mails.slice(since).filter(({ to }) => to[0] === address)
  /** To the security mailbox of its partner, about that one. */
  const lettersAbout = (name: Name, since = 0, kind: 'soc' | 'office' = 'soc') =>
    lettersTo(mailboxOf(name, kind), since).filter(({ text }) => text.includes(told[name].reference))
  const wholeOf = ({ text, html, headers }: ReceivedMail) => `${text}${html}${[...headers.values()].join(' ')}`
  const titles = (mails: readonly ReceivedMail[]) =>
    mails.map(({ headers }) => (headers.get('subject') ?? '').replace('Garant – ', ''))

  /** Which mails leave by something. */
  async function sentBy(happens: () => Promise<unknown>): Promise<number> {
    await settle(hub)
    const before = hub.smtp.mails.length
    await happens()
    await settle(hub)
    return before
  }

  async function mailboxFor(person: PersonId, address: string): Promise<void> {
    await hub.storage.transaction(async (tx) => {
      const { contact, code } = await hub.people.addContact(tx, person, address, 'eidas1', 'en')
      assert.equal(await hub.people.verifyContact(tx, person, contact, code, 'eidas1'), 'verified')
      await hub.people.confirmContact(tx, person, contact, 'eidas1')
    })
  }

  const linesOf = (person: PersonId) => hub.connections.ofPerson(person, { limit: 20 })
  const present = async () => (await hub.cases.find(one.id)) ?? assert.fail()
  const program = (name: Name) => programs[name]

  /** What waits on a stream, read by its receiver, and acknowledged. */
  async function poll(name: Name): Promise<Record<string, unknown>[]> {
    const asked = { body: { returnImmediately: true, maxEvents: 50 } }
    const { body } = await program(name).call('POST', streams[name], asked)
    const sets = Object.entries(body.sets as Record<string, string>)
    const ack = { body: { ...asked.body, maxEvents: 0, ack: sets.map(([jti]) => jti) } }
    await program(name).call('POST', streams[name], ack)
    return sets.map(([, token]) => decodeJwt(token))
  }

  const eventsIn = (sets: readonly Record<string, unknown>[]) =>
    sets.flatMap(({ events }) => Object.keys(events as object).map((type) => type.slice(type.lastIndexOf('/') + 1)))

  test('before: each of the four has a mailbox, a security contact, a program and a stream of events', async () => {
    for (const name of all) {
      const colleague = all.find((other) => other !== name && desks[other] && partners[other] === partners[name])
      const asked = { partner: partners[name], mail: `desk@${partners[name]}.example`, language: 'en' } as const
      desks[name] = colleague ? desks[colleague] : await newStaff(hub, asked)
      const scopes = ['party:cases:read', 'party:cases:answer', 'party:cases:report', 'party:signals'] as const
      programs[name] = await newProgram(hub, { name: `Program of ${name}`, scopes, party: partyOf(name) })
      const { status, body } = await program(name).call('POST', url('/ssf/stream'), {
        body: { delivery: { method: 'urn:ietf:rfc:8936' } },
      })
      assert.equal(status, 201, JSON.stringify(body))
      streams[name] = body.delivery.endpoint_url
    }
  })

  test('R108: a thief signs in by a stolen account, and goes on to two other services in the same session', async () => {
    for (const [name, claims] of [
      ['bob', bob],
      ['ada', ada],
    ] as const) {
      Object.assign(fisc.next, { subject: `account-${name === 'ada' ? '4711' : '0815'}`, claims })
      await signIn(new UserAgent({ language: 'en' }), parties.rivagenet, 'fiscalia')
      const person = (await factsOf(hub, 'connection.authorised')).at(-1)?.person ?? assert.fail()
      people[name] = person
      await mailboxFor(person, mailboxes[name])
      clock.advance(hour)
    }
    const thief = new UserAgent({ language: 'en' })
    for (const name of services) {
      stolen[name] = await signIn(thief, parties[name], 'fiscalia')
      clock.advance(minute)
    }
    assert.equal(stolen.rivagenet.idToken.sub, stolen.collinette.idToken.sub, 'one sector')
    assert.notEqual(stolen.rivagenet.idToken.sub, stolen.vallonnais.idToken.sub)
    assert.deepEqual(
      (await linesOf(people.ada)).slice(0, 3).map(({ service, reused }) => [service, reused]),
      [
        ['vallonnais', true],
        ['collinette', true],
        ['rivagenet', false],
      ],
    )
  })

  test('R100 R103: she reports one of them; operators hear once, and tell exactly those who were reached', async () => {
    const line = (await linesOf(people.ada)).find(({ service }) => service === 'collinette') ?? assert.fail()
    const actor = { kind: 'person', id: people.ada } as const
    let since = await sentBy(async () => {
      const opened = await hub.cases.open({ person: people.ada, connections: [line.id], words: 'Not me.', actor })
      assert.equal(opened.kind, 'opened')
      one = opened.case
    })
    assert.deepEqual(titles(lettersTo(mailboxes.ada, since)), ['Your report has reached us'])
    assert.ok(lettersTo(mailboxes.ada, since)[0]?.text.includes(one.reference))

    const asked = Object.fromEntries(checks.map((check) => [check, 'unknown'])) as Record<string, CheckAnswer>
    const qualified = await hub.cases.qualify(one.id, { checks: asked as never, seen: one.version, actor: operator })
    assert.equal(qualified.kind, 'done')
    assert.deepEqual((await hub.cases.routeOf(one.id)).map(({ side, object }) => `${side} ${object}`).sort(), [
      'provider fiscalia',
      'service collinette',
      'service rivagenet',
      'service vallonnais',
    ])
    since = await sentBy(async () => {
      const { version: seen } = await present()
      assert.equal((await hub.cases.notify(one.id, { seen, actor: operator })).kind, 'done')
      assert.equal((await hub.cases.notify(one.id, { seen, actor: operator })).kind, 'moved', 'twice at once')
    })
    assert.deepEqual(titles(lettersTo(mailboxes.ada, since)), ['The organisations concerned have been told'])
    for (const party of await hub.cases.parties(one.id)) told[party.object as Name] = party
    assert.deepEqual(Object.keys(told).sort(), [...all].sort())
    assert.equal(told.fiscalia.subject, 'account-4711', 'the provider’s own')
    for (const name of services) assert.equal(told[name].subject, stolen[name].idToken.sub, name)
    for (const key of ['reference', 'txn', 'id'] as const) {
      assert.equal(new Set([...all.map((name) => told[name][key]), one.id, one.reference]).size, 6)
    }
  })

  /** Everything that is none of theirs: no message may hold any of it. */
  async function foreignTo(name: Name): Promise<string[]> {
    const others = all.filter((other) => other !== name)
    const lines = [...(await linesOf(people.ada)), ...(await linesOf(people.bob))]
    const everybody = [people.ada, people.bob]
    const issuers = name === 'fiscalia' ? [] : [told.fiscalia.issuer]
    return [
      ...others.flatMap((other) => {
        const { id, reference, txn, subject } = told[other]
        return [id, reference, txn, ...(subject === told[name].subject ? [] : [subject])]
      }),
      ...others,
      ...organisations.filter((other) => other !== partners[name]),
      ...issuers,
      ...[one.id, one.reference, ...everybody],
      ...Object.values(mailboxes),
      ...[ada, bob].flatMap(({ given_name, family_name, email }) => [given_name, family_name, email]),
      ...lines.flatMap(({ id, reference, session, device }) => [id, reference, session ?? id, device ?? id]),
    ]
  }

  /** Also written without its prefix, or in another way. */
  async function searched(name: Name, message: string, where: string): Promise<void> {
    const read = message.replace(/[\u2066-\u2069]/g, '').toLowerCase()
    for (const foreign of await foreignTo(name)) {
      for (const form of new Set([foreign, foreign.replace(/^[a-z]{3}_/, ''), encodeURIComponent(foreign)])) {
        assert.ok(!read.includes(form.toLowerCase()), `${where} of ${name} holds ${foreign}`)
      }
    }
  }

  test('the search finds what it looks for', async () => {
    for (const hidden of [told.vallonnais.subject, told.vallonnais.txn.toUpperCase(), one.id.slice(4), mailboxes.ada])
      await assert.rejects(searched('fiscalia', `<p>\u2068${hidden}\u2069</p>`, 'a page'), /holds/)
  })

  /** Signed in anew where hours have passed. */
  async function deskPage(name: Name, path = `/desk/cases/${told[name].id}`): Promise<Answer> {
    const { agent, authenticator } = desks[name]
    const page = await agent.open(url(path))
    if (page.url.pathname !== '/desk/sign-in') return page
    await signInAtDesk(hub, agent, authenticator)
    return agent.open(url(path))
  }

  test('R109 R110: the letter of each says its own subject, when in UTC and here, its reference; nothing of the others', async () => {
    for (const name of all) {
      const [mail, ...others] = lettersAbout(name)
      assert.deepEqual([mail?.to, others], [[mailboxOf(name)], []], name)
      const [moment] = told[name].moments
      assert.ok(mail && moment)
      const utc = new Date(moment.at).toISOString().replace(/\.\d+/, '')
      for (const part of [mail.text, mail.html]) {
        for (const own of [told[name].subject, told[name].reference, utc, 'Central European'])
          assert.ok(part.includes(own), `${name}: ${own}`)
      }
      await searched(name, wholeOf(mail), 'the letter')
      assert.deepEqual(lettersAbout(name, 0, 'office'), [])
    }
  })

  test('R110: its security events are about its own subject, by a txn of its own', async () => {
    for (const name of all) {
      const sets = await poll(name)
      assert.deepEqual(eventsIn(sets), ['risk-level-change', 'identity-theft-report'], name)
      for (const set of sets) {
        const { issuer, subject, txn } = told[name]
        assert.deepEqual(set.sub_id, { format: 'iss_sub', iss: issuer, sub: subject })
        assert.deepEqual([set.txn, set.aud, set.sub, set.exp], [txn, program(name).client, undefined, undefined])
        await searched(name, JSON.stringify(set), 'an event')
      }
      assert.deepEqual(await poll(name), [])
    }
  })

  test('R110: the desk and the API show each its own, and of another’s case say that there is none', async () => {
    for (const name of all) {
      const own = all.filter((other) => partners[other] === partners[name])
      const list = await deskPage(name, '/desk/cases')
      assert.deepEqual(
        linksOf(list)
          .flatMap(({ pathname }) => /\/desk\/cases\/(pty_.+)/.exec(pathname)?.[1] ?? [])
          .sort(),
        own.map((other) => told[other].id).sort(),
      )
      const page = await deskPage(name)
      assert.equal(page.status, 200)
      for (const said of [told[name].subject, told[name].reference]) assert.ok(textOf(page).includes(said), name)
      if (own.length === 1) await searched(name, list.body, 'the list')
      await searched(name, page.body, 'the page')
      const { body: listed } = await program(name).call('GET', '/party/cases')
      assert.deepEqual([listed.items.length, listed.items[0].id], [1, told[name].id])
      const { body: got } = await program(name).call('GET', `/party/cases/${told[name].id}`)
      assert.equal(got.subject, told[name].subject)
      await searched(name, JSON.stringify([listed, got]), 'the API')
      for (const other of all.filter((one) => one !== name)) {
        const isForeign = partners[other] !== partners[name]
        assert.equal((await deskPage(name, `/desk/cases/${told[other].id}`)).status, isForeign ? 404 : 200)
        assert.equal((await program(name).call('GET', `/party/cases/${told[other].id}`)).status, 404)
        const answer = { body: { finding: 'confirmed' }, headers: { 'if-match': '"1"' } }
        assert.equal((await program(name).call('POST', `/party/cases/${told[other].id}/answers`, answer)).status, 404)
      }
    }
  })

  test('R117 R124: one answers by the API, one at the desk; a signal of the third is what it did, and no verdict', async () => {
    const { body: got, headers } = await program('fiscalia').call('GET', `/party/cases/${told.fiscalia.id}`)
    assert.equal(got.answers.length, 0)
    const answer = {
      finding: 'confirmed',
      measures: ['factors_reset', 'sessions_ended'],
      duties: ['protect', 'similar', 'inform'],
      analysis: 'The password had been typed on another site.',
      breach: { decision: 'not_needed', reason: 'One account, no list of ours.' },
    }
    const match = headers.get('etag') ?? assert.fail('no etag')
    const given = { body: answer, headers: { 'if-match': match, 'idempotency-key': 'first-answer' } }
    const path = `/party/cases/${told.fiscalia.id}/answers`
    assert.equal((await program('fiscalia').call('POST', path, given)).status, 200)
    assert.equal((await program('fiscalia').call('POST', path, given)).status, 200, 'the same again')

    const page = await deskPage('rivagenet')
    const form = formTo(page, new RegExp(`/desk/cases/${told.rivagenet.id}$`))
    const answered = await desks.rivagenet.agent.submit(page, form, {
      finding: 'confirmed',
      analysis: 'An address was changed.',
    })
    assert.equal(answered.status, 200)
    assert.match(textOf(answered), /An address was changed/)
    await searched('rivagenet', answered.body, 'the page')

    await signal('collinette', 'https://schemas.openid.net/secevent/risc/event-type/account-disabled', {
      reason: 'hijacking',
    })
    await settle(hub)
    const now = new Map((await hub.cases.parties(one.id)).map((party) => [party.object, party]))
    assert.deepEqual(
      all.map((name) => [now.get(name)?.finding, now.get(name)?.answers.length]),
      [
        ['confirmed', 1],
        ['confirmed', 1],
        [undefined, 1],
        [undefined, 0],
      ],
    )
    const [heard] = now.get('collinette')?.answers ?? []
    assert.deepEqual([heard?.via, heard?.measures], ['signal', ['account_blocked']])
    assert.equal((await hub.cases.conclude(one.id, end(await present()))).kind, 'refused', 'two are silent')
  })

  const end = ({ version: seen }: Case, waive: { party: Party['id']; reason: string }[] = []) =>
    ({ verdict: 'confirmed', reason: 'Two found it.', waive, seen, actor: operator }) as const

  /** As the software of a partner says it: signed by its key, pushed to the hub. */
  async function signal(name: Name, type: string, event: Record<string, unknown>): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'own', alg: 'ES256', use: 'sig' }] }
    const issuer = `https://events.${name}.example`
    const { status, body } = await program(name).call('POST', url('/ssf/sources'), {
      body: { issuer, jwks, delivery: { method: 'urn:ietf:rfc:8935' } },
    })
    assert.equal(status, 201, JSON.stringify(body))
    const set = await signedSet(privateKey, { issuer, audience: body.audience, type, event, of: told[name] })
    const pushed = await fetch(body.delivery.endpoint_url, {
      method: 'POST',
      headers: {
        'content-type': 'application/secevent+jwt',
        authorization: body.delivery.authorization_header,
      },
      body: set,
    })
    assert.equal(pushed.status, 202, await pushed.text())
  }

  function signedSet(
    key: CryptoKey,
    given: { issuer: string; audience: string; type: string; event: object; of: Party },
  ): Promise<string> {
    const { issuer: iss, audience: aud, type, event, of } = given
    const subject = { format: 'iss_sub', iss: of.issuer, sub: of.subject }
    const iat = Math.floor(clock.now() / 1000)
    return new SignJWT({ iss, aud, iat, jti: `event-${of.object}`, sub_id: subject, events: { [type]: event } })
      .setProtectedHeader({ alg: 'ES256', kid: 'own', typ: 'secevent+jwt' })
      .sign(key)
  }

  test('R124: who is silent is reminded, then it is told to their management as well', async () => {
    const heard = async (until: number) => {
      // The hub's own schedule may come first: each is reminded once, whoever does it.
      const since = await sentBy(async () => {
        clock.set(told.vallonnais.notifiedAt + until)
        await Promise.all([hub.cases.chase(), hub.cases.chase()])
      })
      return organisations.flatMap((id) =>
        ['soc', 'office'].flatMap((kind) =>
          titles(lettersTo(`${kind}@${id}.example`, since)).map((title) => `${kind}@${id}: ${title}`),
        ),
      )
    }
    assert.deepEqual(await heard(2.5 * day), [
      'soc@org-deux: Reminder, reported theft: Service collinette',
      'soc@org-seul: Reminder, reported theft: Service vallonnais',
    ])
    const { body: late, headers } = await program('collinette').call('GET', `/party/cases/${told.collinette.id}`)
    assert.equal(late.answers[0].via, 'signal')
    const finding = { body: { finding: 'not_confirmed' }, headers: { 'if-match': headers.get('etag') ?? '' } }
    assert.equal(
      (await program('collinette').call('POST', `/party/cases/${told.collinette.id}/answers`, finding)).status,
      200,
    )
    assert.deepEqual(await heard(5 * day), ['soc@org-seul: Answer due now: Service vallonnais'])
    assert.deepEqual(await heard(6 * day), [
      'soc@org-seul: No answer from you: Service vallonnais',
      'office@org-seul: No answer from you: Service vallonnais',
    ])
    for (const name of all) {
      for (const mail of [...lettersAbout(name), ...lettersAbout(name, 0, 'office')])
        await searched(name, wholeOf(mail), 'a reminder')
    }
  })

  test('R111 R120: without the silent one it is concluded; each reads the outcome, she first of all; the breach has its entry', async () => {
    const refused = await hub.cases.conclude(one.id, end(await present()))
    assert.deepEqual([refused.kind, 'reason' in refused && refused.reason], ['refused', 'waiver_missing'])
    const since = await sentBy(async () => {
      const waived = [{ party: told.vallonnais.id, reason: 'Called, nobody there.' }]
      assert.equal((await hub.cases.conclude(one.id, end(await present(), waived))).kind, 'done')
    })
    assert.deepEqual(titles(lettersTo(mailboxes.ada, since)), ['The outcome of your case'])
    assert.match(lettersTo(mailboxes.ada, since)[0]?.text ?? '', /It is confirmed/)
    for (const name of all) {
      const [mail, ...others] = lettersAbout(name, since)
      assert.ok(mail && others.length === 0)
      assert.match(mail.text, /Outcome: theft confirmed/)
      await searched(name, wholeOf(mail), 'the outcome')
      const page = await deskPage(name)
      await searched(name, page.body, 'the page after it')
      const { body: got } = await program(name).call('GET', `/party/cases/${told[name].id}`)
      assert.equal(got.verdict, 'confirmed')
      await searched(name, JSON.stringify(got), 'the API after it')
      for (const set of await poll(name)) await searched(name, JSON.stringify(set), 'an event after it')
    }
    // R123: what a service does once it is proven.
    assert.match(lettersAbout('rivagenet', since)[0]?.text ?? '', /Protect: cancel/)
    const entries = (await hub.breaches.list({ which: 'open', limit: 10 })).breaches.filter(
      ({ source }) => source.kind === 'case' && source.case === one.id,
    )
    assert.equal(entries.length, 1)

    const { version: seen } = await present()
    const after = await sentBy(() => hub.cases.close(one.id, { reason: 'settled', seen, actor: operator }))
    assert.deepEqual(titles(lettersTo(mailboxes.ada, after)), [], 'the outcome was told')
  })

  test('R100: somebody else’s code and an unknown one are answered alike, and so are the letters', async () => {
    const [line] = await linesOf(people.ada)
    assert.ok(line)
    const actor = { kind: 'person', id: people.bob } as const
    const answers: string[] = []
    for (const code of [line.reference, '0000-0000-0000']) {
      const since = await sentBy(async () => {
        const report = { person: people.bob, codes: [code], words: `about ${code}`, actor }
        const reported = await hub.cases.reportCodes(report)
        assert.ok(reported.kind === 'opened')
        await settle(hub)
        const found = await hub.cases.ofPersonBy(people.bob, reported.reference)
        assert.deepEqual([found?.match, found?.connections], ['no_trace', []], 'whatever it is')
        const hidden = await hub.cases.find(found?.id ?? one.id)
        assert.equal(hidden?.match, code === line.reference ? 'not_matching' : 'no_trace')
        const { version: seen, id } = hidden ?? one
        const reason = code === line.reference ? 'not_matching' : 'no_trace'
        assert.equal((await hub.cases.close(id, { reason, seen, actor: operator })).kind, 'done')
      })
      const mails = lettersTo(mailboxes.bob, since)
      assert.deepEqual(lettersTo(mailboxes.ada, since), [])
      answers.push(mails.map(({ text }) => text.replace(/[\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4}/g, 'CODE')).join('\n'))
      assert.deepEqual(titles(mails), ['Your report has reached us', 'Your case is closed'])
      for (const { raw, text } of mails) assert.ok(!`${raw}${text}`.includes(line.reference))
    }
    assert.equal(answers[0], answers[1])
  })

  test('R100: whoever reports without signing in gets one letter, the same for all; it can be checked, and tells no outcome', async () => {
    const birthdate = String(citizen.birthdate)
    const line = (await linesOf(people.ada)).at(-1) ?? assert.fail()
    const texts = new Set<string>()
    for (const [contact, codes, birthName] of [
      ['right@boite.example', [line.reference], ada.family_name],
      ['again@boite.example', [line.reference], ada.family_name],
      ['wrong@boite.example', [line.reference], bob.family_name],
      ['nothing@boite.example', [], 'Nobody'],
    ] as const) {
      const since = await sentBy(async () => {
        const form = { codes: [...codes], identity: { birthName, birthdate }, contact, words: '' }
        await hub.cases.openByForm({ ...form, language: 'en', address: '90.1.2.3' })
      })
      const [mail, ...others] = lettersTo(contact, since)
      assert.ok(mail && others.length === 0, contact)
      texts.add(`${mail.headers.get('subject')}${mail.text.replace(/[\dA-Z]{4}-[\dA-Z]{4}-[\dA-Z]{4}/g, 'CODE')}`)
      const code = /Code of this message: (\S+)/.exec(mail.text)?.[1] ?? assert.fail(mail.text)
      const checked = await hub.messageChecks.check({ code, address: contact, from: '90.1.2.3' })
      assert.deepEqual([checked.kind, 'about' in checked && checked.about], ['sent', 'case'])
      // She hears of it, where it is about her: somebody has one of her codes.
      const isFirst = contact === 'right@boite.example'
      assert.deepEqual(titles(lettersTo(mailboxes.ada, since)), isFirst ? ['Your report has reached us'] : [])
    }
    assert.equal(texts.size, 1)
    const [open] = (await hub.cases.ofPerson(people.ada)).filter(({ origin }) => origin === 'form')
    assert.ok(open)
    const since = await sentBy(() =>
      hub.cases.close(open.id, { reason: 'not_a_theft', seen: open.version, actor: operator }),
    )
    assert.deepEqual(lettersTo('right@boite.example', since), [], 'not by the pace of the case')
    assert.deepEqual(titles(lettersTo(mailboxes.ada, since)), ['Your case is closed'])
    clock.advance(5 * day)
    await settle(hub)
    assert.deepEqual(lettersTo('right@boite.example', since), [], 'nor by that of partners')
    clock.advance(6 * day)
    await settle(hub)
    for (const contact of ['right@boite.example', 'again@boite.example']) {
      const [over, ...others] = lettersTo(contact, since)
      assert.ok(over && others.length === 0, contact)
      assert.match(over.text, /has been handled.*type|typing/s)
      for (const part of [over.text, over.html])
        for (const hidden of ['theft of', line.reference, open.reference, ada.family_name])
          assert.ok(!part.includes(hidden), hidden)
    }
  })

  test('R104: a partner that reports somebody whom nobody knows is answered like one that is right', async () => {
    const report = (subject: string) => program('vallonnais').call('POST', '/party/reports', { body: { subject } })
    const [known, unknown, foreign] = [
      await report(stolen.vallonnais.idToken.sub),
      await report('nobody-at-all'),
      await report(stolen.rivagenet.idToken.sub),
    ]
    for (const { status, body } of [known, unknown, foreign]) {
      assert.equal(status, 201)
      assert.deepEqual(Object.keys(body), ['reference'])
    }
    const since = await sentBy(async () => {})
    assert.deepEqual(lettersTo(mailboxes.ada, since), [], 'no alarm before somebody has looked')
  })
})
