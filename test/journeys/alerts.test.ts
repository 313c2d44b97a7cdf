/** The mail that follows a sign-in in an unusual context, read as its receiver reads it. */
import assert from 'node:assert/strict'
import { after, before, describe, mock, test } from 'node:test'
import { day, hour } from '../../src/kernel/durations.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { mockProcessClock, type TestClock } from '../support/clock.ts'
import { providerEntry, secretOf, serviceEntry, startTestHub, type TestHub } from '../support/hub.ts'
import { citizen, startProvider, type TestProvider } from '../support/provider.ts'
import { connectionOf, dump, factsOf, settle } from '../support/records.ts'
import { type RelyingParty, relyingParty, type SignedIn, signIn } from '../support/relying-party.ts'
import { type ReceivedMail, startSmtp, type TestSmtp } from '../support/smtp.ts'
import { UserAgent } from '../support/user-agent.ts'

describe('the alert of a connection', () => {
  let clock: TestClock
  let hub: TestHub
  let smtp: TestSmtp
  let tax: TestProvider
  let post: TestProvider
  let refunds: RelyingParty
  let records: RelyingParty

  const refundsName = { fr: 'Remboursements de santé', en: 'Health refunds', ar: 'التعويضات الصحية' }
  const taxName = { fr: 'Identité fiscale', en: 'Tax identity', ar: 'الهوية الضريبية' }
  const lyon = '80.67.169.12'
  const boston = '18.9.22.69'

  before(async () => {
    clock = mockProcessClock({ mock })
    smtp = await startSmtp()
    const { port } = smtp
    hub = await startTestHub({
      settings: {
        // The browsers of these tests say where they are, as behind a load balancer.
        trustedProxies: ['127.0.0.1'],
        timeZone: 'Europe/Paris',
        mail: {
          host: '127.0.0.1',
          port,
          from: 'Garant <ne-pas-repondre@garant.example>',
          secure: false,
          danger_in_clear: true,
        },
      },
    })
    tax = await startProvider({ id: 'tax' })
    post = await startProvider({ id: 'post', acr: 'eidas2' })
    await hub.publish([
      {
        id: 'town',
        name: { fr: 'Ville', en: 'Town', ar: 'Ville' },
        services: [
          serviceEntry('refunds', { name: refundsName, sector: 'health.example' }),
          serviceEntry('records', { sector: 'records.example' }),
        ],
        providers: [
          providerEntry(tax, { name: taxName, allowedLevels: ['eidas1'] }),
          providerEntry(post, { allowedLevels: ['eidas1', 'eidas2'] }),
        ],
      },
    ])
    const party = (clientId: string) => relyingParty({ issuer: hub.issuer, clientId, secret: secretOf(clientId) })
    ;[refunds, records] = await Promise.all([party('refunds'), party('records')])
  })
  after(async () => {
    await hub.close()
    await Promise.all([tax.close(), post.close(), smtp.close()])
    mock.timers.reset()
  })

  let humans = 0
  /** Somebody whom nobody knows yet, ready to sign in at both providers. Returns their mailbox. */
  function newcomer(): string {
    humans++
    const letter = 'abcdefghijklmnopqrstuvwxyz'[humans]
    const email = `person-${letter}@mail.example`
    const claims = { ...citizen, family_name: `Rivière-${letter}`, email }
    Object.assign(tax.next, { subject: `tax ${letter}`, claims })
    Object.assign(post.next, { subject: `post ${letter}`, claims })
    return email
  }

  const browserIn = (language: Language, address = lyon) =>
    new UserAgent({ language, headers: { 'x-forwarded-for': address } })

  async function arrivedSince(count: number): Promise<ReceivedMail[]> {
    await settle(hub)
    return smtp.mails.slice(count)
  }

  /** The one mail that a sign-in causes. */
  async function mailOf(
    browser: UserAgent,
    party = refunds,
    provider = 'tax',
  ): Promise<ReceivedMail & { done: SignedIn }> {
    const count = smtp.mails.length
    const done = await signIn(browser, party, provider)
    // That an account was attached is another letter, which each contact gets as well.
    const arrived = (await arrivedSince(count)).filter(({ headers }) => !/rattaché/.test(headers.get('subject') ?? ''))
    assert.equal(arrived.length, 1, 'one mail, and only one')
    return { ...(arrived[0] as ReceivedMail), done }
  }

  async function nothingFrom(browser: UserAgent, party = refunds, provider = 'tax'): Promise<void> {
    const count = smtp.mails.length
    await signIn(browser, party, provider)
    assert.deepEqual(
      (await arrivedSince(count)).map(({ text }) => text),
      [],
    )
  }

  /** Codes as they are printed: three groups of four. */
  const codesIn = (text: string) => text.match(/\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b/g) ?? []

  async function latestPerson() {
    const person = (await factsOf(hub, 'connection.authorised')).at(-1)?.person
    assert.ok(person)
    return person
  }

  /** The person gives an address and proves it, as the hub's pages let them; a letter of its own says so. */
  async function giveContact(address: string, level: 'eidas1' | 'eidas2', language: Language): Promise<void> {
    const person = await latestPerson()
    const count = smtp.mails.length
    await hub.storage.transaction(async (tx) => {
      const { contact, code } = await hub.people.addContact(tx, person, address, level, language)
      assert.equal(await hub.people.verifyContact(tx, person, contact, code, level), 'verified')
    })
    const told = (await arrivedSince(count)).map(({ to }) => to)
    assert.deepEqual(told, [[address]])
  }

  test('R101 R107: an unusual sign-in is told once, at the address that the provider asserted, without the service', async () => {
    const email = newcomer()
    const mail = await mailOf(browserIn('fr'))
    assert.deepEqual(mail.to, [email])
    assert.equal(mail.from, 'ne-pas-repondre@garant.example')
    const { text } = mail
    assert.match(text, /22 novembre 2026/)
    assert.match(
      text,
      /11:00.*(?:UTC\+1|GMT\+1|CET|Paris|Europe centrale)/,
      'the hour in the zone of the town, with its name',
    )
    assert.ok(text.includes(taxName.fr), 'the provider')
    assert.ok(text.includes('France'), 'the place')
    for (const part of [text, mail.html, mail.headers.get('subject') ?? '']) {
      assert.ok(!Object.values(refundsName).some((name) => part.includes(name)), 'the service is not named')
      assert.ok(!part.includes('refunds'))
    }
    const codes = await Promise.all(codesIn(text).map((code) => connectionOf(hub, code)))
    const connection = codes.find((found) => found !== undefined)
    assert.equal(connection?.state, 'completed', 'one of the codes names the connection in the ledger')
    assert.equal(connection?.person, await latestPerson())
    assert.equal(codesIn(text).length, 2)
  })

  test('R107: no link, no form, no picture, nothing that asks for a secret; a text part that says the same', async () => {
    newcomer()
    const { raw, text, html, headers } = await mailOf(browserIn('en'))
    for (const part of [text, html]) {
      assert.doesNotMatch(part, /https?:|www\./i, 'no address that a program makes a link of')
      assert.ok(part.includes(new URL(hub.issuer).host), 'the host, to be typed')
    }
    assert.doesNotMatch(html, /<(a|img|form|input|script|link|iframe|object)\b|\b(href|src|action|background)=|url\(/i)
    assert.doesNotMatch(raw, /list-unsubscribe|x-mailer/i)
    const words = (part: string) => new Set(part.match(/[\p{L}\p{N}-]{4,}/gu))
    const visible = html.replace(/<(style|title)[\s\S]*?<\/\1>/g, '').replace(/<[^>]*>/g, ' ')
    assert.deepEqual(
      [...words(text)].filter((word) => !visible.includes(word)),
      [],
      'both parts say the same',
    )
    assert.equal(headers.get('auto-submitted'), 'auto-generated')
    assert.equal(headers.get('content-language'), 'en')
  })

  test('R101: a verified contact is told in place of the asserted address, and there the service is named', async () => {
    const email = newcomer()
    await mailOf(browserIn('fr'))
    await giveContact('verified@mail.example', 'eidas1', 'fr')
    const mail = await mailOf(browserIn('fr'))
    assert.deepEqual(mail.to, ['verified@mail.example'])
    assert.notEqual(mail.to[0], email)
    assert.ok(mail.text.includes(refundsName.fr))
    assert.ok((mail.headers.get('subject') ?? '').includes(refundsName.fr))
  })

  test('R101: a contact that a weaker sign-in brought hears that something happened, and not what', async () => {
    newcomer()
    await mailOf(browserIn('fr'))
    await giveContact('weakly-proved@mail.example', 'eidas1', 'fr')
    const strong = await mailOf(browserIn('fr'), refunds, 'post')
    assert.deepEqual(strong.to, ['weakly-proved@mail.example'])
    for (const told of [refundsName.fr, 'post', 'France']) assert.ok(!strong.text.includes(told), told)
    assert.equal(codesIn(strong.text).length, 2, 'the codes are there')
  })

  test('R101: in the language of the person, in the right direction', async () => {
    newcomer()
    const first = await mailOf(browserIn('ar'))
    assert.equal(first.headers.get('content-language'), 'ar')
    assert.match(first.html, /dir="rtl"/)
    assert.ok(first.text.includes(taxName.ar))
    const borrowed = await mailOf(browserIn('en'))
    assert.equal(borrowed.headers.get('content-language'), 'ar', 'whatever the browser at hand speaks')
  })

  test('R101: a known device of the person is no reason, whatever the service and the provider', async () => {
    newcomer()
    const browser = browserIn('fr')
    await mailOf(browser)
    await nothingFrom(browser, refunds)
    await nothingFrom(browser, records)
    await nothingFrom(browser, records, 'post')
    clock.advance(60 * day)
    await nothingFrom(browser)
    clock.advance(91 * day)
    assert.ok(await mailOf(browser), 'a device that was not seen for long is a new one')
  })

  test('R101: another device, and another country on a known one, are reasons, and the mail says which', async () => {
    newcomer()
    const home = browserIn('fr')
    await mailOf(home)
    const other = await mailOf(browserIn('fr'))
    const reason = hub.web.translate('fr')
    assert.ok(other.text.includes(reason('reason.new_device')))
    const abroad = home.clone()
    const travelling = new UserAgent({ language: 'fr', headers: { 'x-forwarded-for': boston } })
    for (const [name, value] of abroad.cookies(hub.issuer)) {
      if (name.endsWith('device')) travelling.setCookie(hub.issuer, name, value)
    }
    const far = await mailOf(travelling)
    assert.ok(far.text.includes(reason('reason.new_country')))
    assert.ok(!far.text.includes(reason('reason.new_device')))
    assert.ok(far.text.includes('États-Unis'))
  })

  test('R101: from the third person on, a device is shared and each of them is told', async () => {
    const shared = browserIn('fr')
    const signOut = () => shared.setCookie(hub.issuer, 'garant_session', 'gone')
    for (const _ of [1, 2, 3]) {
      newcomer()
      signOut()
      await mailOf(shared)
    }
    signOut()
    const mail = await mailOf(shared)
    assert.ok(mail.text.includes(hub.web.translate('fr')('reason.shared_device')), 'known there, and told all the same')
  })

  test('R101: a device cookie that somebody made up is no known device', async () => {
    newcomer()
    const browser = browserIn('fr')
    await mailOf(browser)
    const name = 'garant_device'
    const cookie = browser.cookies(hub.issuer).get(name)
    assert.ok(cookie)
    const [version, device, signature = ''] = cookie.split('.')
    const forged = `${version}.${device}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
    const thief = browserIn('fr')
    thief.setCookie(hub.issuer, name, forged)
    assert.ok(await mailOf(thief))
    assert.notEqual(thief.cookies(hub.issuer).get(name), forged)
  })

  test('R056: alerts are on without anybody asking, and each is a fact once it left', async () => {
    newcomer()
    const before = (await factsOf(hub, 'alert.sent')).length
    await mailOf(browserIn('fr'))
    const sent = (await factsOf(hub, 'alert.sent')).slice(before)
    assert.deepEqual(
      sent.map(({ person, kind, channel }) => ({ person, kind, channel })),
      [{ person: await latestPerson(), kind: 'connection.unusual', channel: 'email' }],
    )
  })

  test('R107: the code of a message is in the message and nowhere else', async () => {
    newcomer()
    const { text } = await mailOf(browserIn('fr'))
    const found = await Promise.all(codesIn(text).map(async (code) => [code, await connectionOf(hub, code)] as const))
    const [messageCode] = found.find(([, connection]) => connection === undefined) ?? []
    assert.ok(messageCode)
    const tables = await dump(hub)
    assert.ok(tables.has('public.messages'))
    for (const [table, rows] of tables) {
      for (const written of [messageCode, messageCode.replaceAll('-', '')]) assert.ok(!rows.includes(written), table)
    }
  })

  test('R101: a mail server that is down delays the mail, which then arrives once', async () => {
    const email = newcomer()
    const count = smtp.mails.length
    const { port } = smtp
    await smtp.close()
    await signIn(browserIn('fr'), refunds, 'tax')
    await settle(hub)
    clock.advance(hour)
    await settle(hub)
    assert.equal((await factsOf(hub, 'alert.failed')).length, 0, 'nobody gave up')
    assert.equal(smtp.mails.length, count)
    smtp = await startSmtp({ port })
    clock.advance(2 * hour)
    await settle(hub)
    assert.deepEqual(
      smtp.mails.map(({ to }) => to),
      [[email]],
    )
    assert.match(smtp.mails[0]?.text ?? '', /\d{4}.*\d\d:\d\d/, 'the date is that of the sign-in')
    clock.advance(2 * hour)
    await settle(hub)
    assert.equal(smtp.mails.length, 1)
  })

  test('R101: a mail server that refuses the address for good ends it, as a fact', async () => {
    newcomer()
    const count = smtp.mails.length
    smtp.answer = () => 550
    await signIn(browserIn('fr'), refunds, 'tax')
    await settle(hub)
    smtp.answer = () => undefined
    clock.advance(2 * hour)
    await settle(hub)
    assert.equal(smtp.mails.length, count)
    assert.equal((await factsOf(hub, 'alert.failed')).length, 1)
  })
})
