/**
 * The phones of a person, from the pairing to the end: what their pages show, by which sign-in, what operators and programs
 * may do, and who is written to. The app speaks the protocol over HTTP; cards, chain and revocation are real.
 */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, mock, test } from 'node:test'
import { createPhoneMaker } from '../../demo/phone/attestation.ts'
import { day, second } from '../../src/kernel/durations.ts'
import type { PersonId } from '../../src/kernel/ids.ts'
import { newProgram } from '../support/api-client.ts'
import { type Authority, startAuthority } from '../support/cards.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { eidEntry, eidHubSettings } from '../support/eid.ts'
import { providerEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { newOperator } from '../support/operators.ts'
import { createPhone, type Phone } from '../support/phone.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { factsOf, settle } from '../support/records.ts'
import { tile } from '../support/relying-party.ts'
import { type Answer, formTo, linksOf, textOf, UserAgent } from '../support/user-agent.ts'

/** Born in Lyon: who is born abroad is not found by another account. */
const person = { birthdate: '1987-04-19', birthplace: '69123' }

describe('phones of a person', () => {
  let clock: TestClock
  let hub: TestHub
  let authority: Authority
  let tax: TestProvider
  let post: TestProvider
  let humans = 0
  const maker = createPhoneMaker({})

  before(async () => {
    clock = mockProcessClock({ mock })
    ;[authority, tax, post] = await Promise.all([
      startAuthority(clock),
      startProvider({ id: 'tax', clock }),
      startProvider({ id: 'post', acr: 'eidas3', clock }),
    ])
    hub = await startTestHub({ clock, settings: eidHubSettings(authority, maker) })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'مدينة' },
        providers: [
          providerEntry(tax, { allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2', 'eidas3'] }),
          eidEntry(),
        ],
      },
    ])
  })
  after(async () => {
    await hub?.close()
    await Promise.all([tax?.close(), post?.close(), authority?.close()])
    mock.timers.reset()
  })
  beforeEach(() => clock.advance(second))

  const path = (of: string) => new URL(of, hub.issuer)

  /** Somebody whom nobody knows yet, with an account at each provider and a card that says the same. */
  function newcomer() {
    humans++
    const letter = 'abcdefghijklmnopqrstuvwxyz'[humans] ?? assert.fail('too many people')
    const { birthdate, birthplace } = person
    const [givenName, familyName] = ['Inès Camille', `Rivière-${letter}`]
    const claims = { ...citizen, ...person, given_name: givenName, family_name: familyName }
    Object.assign(claims, { email: `person-${letter}@mail.example` })
    Object.assign(tax.next, { subject: `tax ${letter}`, claims, amr: ['pwd'] })
    Object.assign(post.next, { subject: `post ${letter}`, claims, amr: ['pwd', 'otp', 'mfa'] })
    const document = `AB10${String(humans).padStart(2, '0')}0`
    const card = authority.issue({
      kind: 'cnie',
      holder: { ...{ givenName, familyName, birthdate, birthplace, document }, gender: 'female' },
    })
    return { card, phone: createPhone({ hubUrl: hub.issuer, clock, maker, card }) }
  }

  async function enter(by: 'tax' | 'post', language = 'en'): Promise<UserAgent> {
    const browser = new UserAgent({ language })
    const page = await browser.open(path('/space'))
    const { form, values } = tile(page, by)
    const home = await browser.submit(page, form, values)
    assert.equal(home.url.pathname, '/space', textOf(home))
    return browser
  }

  async function pair(phone: Phone): Promise<string> {
    const paired = await phone.pair()
    assert.equal(paired.status, 201, JSON.stringify(paired.body))
    return phone.phone ?? assert.fail('no phone')
  }

  const list = async (browser: UserAgent) => {
    const page = await browser.open(path('/space/phones'))
    assert.equal(page.status, 200, textOf(page))
    return { page, text: textOf(page) }
  }
  /** Whoever signed in last gets a mailbox that is surely theirs. */
  async function reachable(): Promise<PersonId> {
    const owner = (await factsOf(hub, 'session.started')).at(-1)?.person ?? assert.fail('nobody signed in')
    await hub.storage.transaction(async (tx) => {
      const address = `person-${humans}@mail.example`
      const { contact, code } = await hub.people.addContact(tx, owner, address, 'eidas3', 'en')
      assert.equal(await hub.people.verifyContact(tx, owner, contact, code, 'eidas3'), 'verified')
      await hub.people.confirmContact(tx, owner, contact, 'eidas3')
    })
    await letters()
    return owner
  }
  const letters = async () => {
    await settle(hub)
    return hub.smtp.mails.splice(0).map(({ headers, text }) => `${headers.get('subject')}\n${text}`)
  }
  const linkTo = (page: Answer, end: RegExp) =>
    linksOf(page).find(({ pathname }) => end.test(pathname)) ?? assert.fail(`no link to ${end}`)

  test('R073: nobody has a phone at first, and the page says how one is paired, in each language', async () => {
    newcomer()
    await enter('post')
    for (const [language, none] of [
      ['fr', /Aucun téléphone n’est associé/],
      ['en', /No phone is paired/],
      ['ar', /لا يوجد هاتف مرتبط/],
    ] as const) {
      const { page, text } = await list(await enter('post', language))
      assert.match(text, none)
      assert.match(text, /Cinq téléphones au plus|At most five phones|خمسة هواتف على الأكثر/)
      assert.equal(page.body.includes('button-stop'), false, 'there is nothing to lose')
    }
    assert.match((await (await enter('post')).open(path('/means'))).body, /href="\/space\/phones"/)
  })

  test('R073 R047: a phone that is paired is told and listed, called by a name, and removed by its holder', async () => {
    const { phone } = newcomer()
    const browser = await enter('post')
    await reachable()
    const id = await pair(phone)
    const [told, ...more] = (await letters()).filter((letter) => /was paired with your identity/.test(letter))
    assert.match(told ?? '', /Phone: Pixel 9/)
    assert.equal(more.length, 0)

    const { page, text } = await list(browser)
    assert.match(text, /Pixel 9 e-ID app Key kept by the protected processor of the phone Paired on/)
    assert.doesNotMatch(text, /Several people|Phones that are not paired/)
    const form = await browser.open(linkTo(page, /\/name$/))
    const named = await browser.submit(form, formTo(form, /\/name$/), { name: '  Phone of <b>Grandmother</b>\u202e ' })
    assert.equal(named.url.search, '?done=named')
    assert.match(named.body, /Phone of &lt;b&gt;Grandmother&lt;\/b&gt;/)

    // A while later the sign-in proves nothing any more for a change: it is asked for again, and leads back.
    clock.advance(20 * 60 * second)
    const asked = await browser.open(linkTo(named, /\/end$/))
    assert.notEqual(asked.url.pathname, `/space/phones/${id}/end`)
    const fresh = await enter('post')
    const question = await fresh.open(path(`/space/phones/${id}/end`))
    assert.match(textOf(question), /Remove this phone\?/)
    const ended = await fresh.submit(question, formTo(question, /\/end$/), { reason: 'lost' })
    assert.equal(ended.url.search, '?done=ended')
    assert.match(textOf(ended), /Phones that are not paired any more .*Said to be lost or stolen/)
    const again = await fresh.submit(question, formTo(question, /\/end$/), { reason: 'lost' })
    assert.equal(again.url.search, '?done=over')
    assert.equal((await fresh.open(path(`/space/phones/${id}/end`))).url.search, '?done=over')
    assert.equal((await fresh.open(path(`/space/phones/${id}/name`))).url.search, '?done=over')

    const revoked = (await factsOf(hub, 'phone.revoked')).filter((fact) => fact.phone === id)
    assert.deepEqual(
      revoked.map(({ reason, actor }) => [reason, actor.kind]),
      [['lost', 'person']],
    )
    assert.match(
      (await letters()).join('\n'),
      /is not paired with your identity any more[\s\S]*Phone: Phone of <b>Grandmother<\/b>/,
    )
    assert.equal((await phone.send('phone', 'phone', {})).body.error, 'phone_revoked')
    assert.match(textOf(await fresh.open(path('/space/protection'))), /Phone removed/)
  })

  test('R076: a weaker sign-in counts phones and sees none; somebody else’s does not exist', async () => {
    const { phone } = newcomer()
    const weak = await enter('tax')
    clock.advance(second)
    const id = await pair(phone)
    const strong = await enter('post')
    assert.match((await list(strong)).text, /Pixel 9/)
    const { text } = await list(weak)
    assert.doesNotMatch(text, /Pixel 9/)
    assert.match(text, /One phone is paired by another of your accounts/)
    assert.equal((await weak.open(path(`/space/phones/${id}/name`))).status, 404)

    newcomer()
    const stranger = await enter('post')
    for (const act of ['name', 'end']) {
      const page = await stranger.open(path(`/space/phones/${id}/${act}`))
      assert.equal(page.status, 404, act)
    }
    assert.equal((await stranger.open(path('/space/phones/phn_nonsense/end'))).status, 404)
    assert.equal((await phone.send('phone', 'phone', {})).status, 200)
  })

  test('R090: whoever shares a phone with two others reads that it asks for the card each time', async () => {
    const installation = Buffer.alloc(32, 9).toString('base64url')
    for (const count of [1, 2, 3]) {
      const { card } = newcomer()
      await pair(createPhone({ hubUrl: hub.issuer, clock, maker, card, installation }))
      const shared = /Several people have paired this phone/.test((await list(await enter('post'))).text)
      assert.equal(shared, count === 3, `${count} people`)
    }
  })

  test('R114: while an identity is frozen no phone is removed by its holder, and the page says so', async () => {
    const { phone } = newcomer()
    await enter('post')
    const id = await pair(phone)
    const browser = await enter('post')
    const question = await browser.open(path('/space/protection/freeze'))
    await browser.submit(question, formTo(question, /\/freeze$/))
    const again = await enter('post')
    const { page, text } = await list(again)
    assert.match(text, /Your identity is frozen: no phone approves a sign-in/)
    assert.equal(
      linksOf(page).some(({ pathname }) => pathname.endsWith('/end')),
      false,
    )
    const typed = await again.open(path(`/space/phones/${id}/end`))
    assert.match(textOf(typed), /While your identity is frozen, no phone can be removed/)
    const form = formTo(await again.open(linkTo(page, /\/name$/)), /\/name$/)
    const forced = await again.submit(page, { ...form, action: path(`/space/phones/${id}/end`) }, { reason: 'lost' })
    assert.match(textOf(forced), /While your identity is frozen, no phone can be removed/)
    assert.equal(
      (await factsOf(hub, 'phone.revoked')).some((fact) => fact.phone === id),
      false,
    )
  })

  test('R047: a manager of means and a program see the phones of a person, without their names, and revoke one', async () => {
    const { card, phone } = newcomer()
    const browser = await enter('post')
    const first = await pair(phone)
    const named = await browser.open(linkTo((await list(browser)).page, /\/name$/))
    await browser.submit(named, formTo(named, /\/name$/), { name: 'Secret name' })
    const second_ = createPhone({ hubUrl: hub.issuer, clock, maker, card })
    const second = await pair(second_)
    const person = (await factsOf(hub, 'phone.paired')).at(-1)?.person ?? assert.fail()

    const { agent, operator } = await newOperator(hub, { roles: ['means_manager'] })
    const page = await agent.open(path(`/console/people/${person}`))
    assert.match(
      textOf(page),
      /Paired phones Phone of the demo Pixel 9 State active Key kept by the protected processor/,
    )
    assert.doesNotMatch(page.body, /Secret name/)
    const form = formTo(page, new RegExp(`/phones/${first}$`))
    assert.equal((await agent.submit(page, form, { reason: 'no such reason' })).status, 400)
    const done = await agent.submit(page, form, { reason: 'lost' })
    assert.match(textOf(done), /The phone is revoked, and sessions opened with the app are over/)
    assert.match(textOf(await agent.submit(page, form, { reason: 'lost' })), /was not paired any more/)
    assert.equal((await phone.send('phone', 'phone', {})).body.error, 'phone_revoked')

    const program = await newProgram(hub, { scopes: ['people:read', 'means:revoke'] })
    const found = await program.call('GET', `/people/${person}/phones`)
    assert.equal(found.status, 200)
    assert.deepEqual(
      found.body.items.map((one: Record<string, unknown>) => [
        one.phone,
        one.state,
        one.platform,
        one.key,
        one.revokedFor,
      ]),
      [
        [second, 'active', 'demo', 'tee', undefined],
        [first, 'revoked', 'demo', 'tee', 'lost'],
      ],
    )
    assert.doesNotMatch(JSON.stringify(found.body), /Secret name|Pixel/)
    const revoke = (phone: string) =>
      program.call('POST', `/people/${person}/phones/${phone}/revoke`, { body: { reason: 'operator' } })
    assert.deepEqual((await revoke(second)).body, { done: true })
    assert.deepEqual((await revoke(second)).body, { done: false })
    assert.equal((await revoke('phn_nonsense')).status, 404)
    const revoked = (await factsOf(hub, 'phone.revoked')).slice(-2)
    assert.deepEqual(
      revoked.map(({ reason, actor }) => [reason, actor]),
      [
        ['lost', { kind: 'operator', id: operator }],
        ['operator', { kind: 'api_client', id: program.client }],
      ],
    )
    const { text } = await list(browser)
    assert.match(text, /Removed by our teams/)

    // Somebody else's phone is not theirs.
    const others = newcomer()
    const theirs = await pair(others.phone)
    const elsewhere = `/people/${person}/phones/${theirs}/revoke`
    assert.equal((await program.call('POST', elsewhere, { body: { reason: 'lost' } })).status, 404)
    assert.equal((await others.phone.send('phone', 'phone', {})).status, 200)
  })

  test('a copy of one’s data holds one’s phones, and no key or digest of them', async () => {
    const { phone } = newcomer()
    await enter('post')
    const id = await pair(phone)
    const browser = await enter('post')
    assert.match(textOf(await browser.open(path('/space/data'))), /1 paired phone/)
    const copy = await browser.open(path('/space/data/export'))
    const { phones } = JSON.parse(copy.body)
    assert.equal(phones.length, 1)
    const [{ pairedAt, expiresAt, ...one }] = phones
    assert.deepEqual(one, {
      ...{ id, provider: 'e-id', platform: 'demo', model: 'Pixel 9', label: 'Pixel 9', securityLevel: 'tee' },
      ...{ state: 'active', shared: false, renewedAt: null, lastUsedAt: null, endedAt: null, approvals: [] },
    })
    assert.ok(Date.parse(expiresAt) > Date.parse(pairedAt))
    assert.equal(copy.body.includes(phone.key.thumbprint), false)
  })

  test('R046: a pairing that ends is said 60, 30 and 7 days before, and when it is over', async () => {
    const { phone } = newcomer()
    await enter('post')
    const person = await reachable()
    const id = await pair(phone)
    const { expiresAt } = (await hub.eid.phones.of(hub.storage.db, person))[0] ?? assert.fail()
    await letters()
    const about = async (instant: number) => {
      clock.advance(instant - clock.now())
      await hub.eid.phones.sweep()
      const told = (await factsOf(hub, 'phone.expires_soon')).filter((fact) => fact.person === person)
      return { told: told.map(({ days }) => days), mine: await letters() }
    }
    assert.deepEqual((await about(expiresAt - 61 * day)).told, [])
    assert.deepEqual((await about(expiresAt - 59 * day)).told, [60])
    assert.deepEqual((await about(expiresAt - 29 * day)).told, [60, 30])
    const last = await about(expiresAt - 6 * day)
    assert.deepEqual(last.told, [60, 30, 7])
    assert.match(last.mine.join('\n'), /A phone pairing ends soon[\s\S]*End – Pixel 9:/)
    const over = await about(expiresAt + second)
    assert.match(over.mine.join('\n'), /The pairing of a phone has ended/)
    assert.match((await list(await enter('post'))).text, /It came to its end date/)
    assert.equal((await phone.send('phone', 'phone', {})).body.error, 'phone_expired')
    assert.equal((await factsOf(hub, 'phone.expired')).filter((fact) => fact.phone === id).length, 1)
  })
})
