import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { sql } from 'kysely'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import { recordFacts } from '../../test/support/facts.ts'
import { type ReceivedMail, startSmtp, type TestSmtp } from '../../test/support/smtp.ts'
import type { Recorded } from '../audit/audit.ts'
import type { Fact } from '../audit/facts.ts'
import type { Case } from '../cases/cases.ts'
import { type Connection, type Connections, createConnections, type NewConnection } from '../connections/connections.ts'
import type { PhoneView } from '../eid/eid.ts'
import { createTranslator } from '../http/messages.ts'
import { day, hour } from '../kernel/durations.ts'
import { type ContactId, type MessageId, newId, newOrderedId, type PersonId } from '../kernel/ids.ts'
import { type Language, languages } from '../kernel/languages.ts'
import type { MeansView } from '../means/means.ts'
import type { Provider, Registry, Service } from '../partners/partners.ts'
import type { Recipient } from '../people/people.ts'
import { reasons } from '../policy/policy.ts'
import type { Storage } from '../storage/storage.ts'
import { type Alerts, createAlerts, createMailTransport, type MailTransport, messageKeeper } from './alerts.ts'
import { caseLetterMessages } from './case-messages.ts'
import { type AlertChoices, createAlertChoices, type Hearing } from './choices.ts'
import { alertMessages } from './messages.ts'

const clock = createTestClock()
let storage: Storage
let smtp: TestSmtp
let transport: MailTransport
let connections: Connections
let alerts: Alerts
let choices: AlertChoices
let recipients: Recipient[]
/** The means of whoever is written to. */
let held: MeansView[] = []
let paired: PhoneView[] = []
/** The cases of whoever is written to. */
let known: Case[] = []
const recorder = recordFacts(() => storage)

const names = (fr: string) => ({ fr, en: `${fr} (en)`, ar: `${fr} (ar)` })
const registry = {
  services: new Map([
    ['refunds', { name: { fr: 'Remboursements', en: 'Health <refunds> & "more"', ar: 'التعويضات' } }],
  ]),
  providers: new Map([['tax', { name: names('Identité fiscale') }]]),
} as unknown as Registry & { services: Map<string, Service>; providers: Map<string, Provider> }

before(async () => {
  storage = await openTestStorage(clock)
  connections = createConnections({ storage, clock, audit: recorder.audit, key: Buffer.alloc(32, 1) })
  choices = createAlertChoices({ storage, clock, audit: recorder.audit })
  storage.jobs.work('alerts.mail', ({ message }, attempt) => alerts.deliver(message as MessageId, attempt))
})
after(() => storage.close())
beforeEach(async () => {
  recorder.clear()
  recipients = [verified()]
  smtp = await startSmtp()
  build()
})
afterEach(async () => {
  await alerts.close()
  await smtp.close()
})

/** Around whatever transport a test chooses; by default the mail server of the test. */
function build(): void {
  const { host, port } = smtp
  transport = createMailTransport({
    host,
    port,
    secure: false,
    danger_in_clear: true,
    from: 'Garant <no-reply@hub.example>',
  })
  alerts = createAlerts({
    storage,
    clock,
    audit: recorder.audit,
    connections,
    people: { recipients: async () => recipients, contactsOf: async () => [] },
    choices,
    partners: { registry: () => registry },
    means: { of: async () => held },
    phones: { of: async () => paired },
    cases: { ofPerson: async (person) => known.filter((one) => one.person === person) },
    mandates: { byIds: async () => new Map(), withNames: async () => [] },
    organisations: { organisation: async () => undefined },
    transport,
    translate: createTranslator(alertMessages, caseLetterMessages),
    settings: { issuer: 'https://hub.example', name: 'Garant', timeZone: 'Europe/Paris' },
    key: Buffer.alloc(32, 2),
  })
}

const keeper = () =>
  messageKeeper({ storage, clock, people: { recipients: async () => recipients }, key: Buffer.alloc(32, 2) })

function verified(language: Language = 'en', address = 'amina@mail.example'): Recipient {
  return { kind: 'verified', contact: newId('contact'), address, language, confirmed: true }
}

async function connect(changes: Partial<NewConnection> = {}): Promise<Connection & { person: PersonId }> {
  clock.advance(1)
  const connection: NewConnection = {
    id: newOrderedId('connection', clock.now()),
    state: 'authorised',
    at: clock.now(),
    person: newId('person'),
    service: 'refunds',
    provider: 'tax',
    level: 'eidas1',
    amr: [],
    reused: false,
    session: newId('session'),
    country: 'FR',
    address: '194.2.0.1',
    port: 50_123,
    scopes: [],
    unusual: ['new_device'],
    alert: 'unusual',
    ...changes,
  }
  const recorded = await storage.transaction((tx) => connections.record(tx, connection))
  return recorded as Connection & { person: PersonId }
}

/** Hands the recorded facts to the reactor, as the journal does. */
async function react(): Promise<void> {
  const facts = recorder.facts.splice(0).map((fact) => ({ sequence: 1n, at: clock.now(), ...fact }) as Recorded)
  await storage.transaction((tx) => alerts.reactor(facts, tx))
}

async function waiting(): Promise<MessageId[]> {
  const { rows } = await sql<{ id: MessageId }>`
    select id from messages where state = 'waiting' order by id`.execute(storage.db)
  return rows.map(({ id }) => id)
}

async function deliverAll(attempt = { last: false }): Promise<void> {
  for (const id of await waiting()) await alerts.deliver(id, attempt)
}

/** One unusual sign-in, heard of. */
async function alertOf(changes: Partial<NewConnection> = {}): Promise<{ connection: Connection; mail: ReceivedMail }> {
  const connection = await connect(changes)
  await react()
  await deliverAll()
  const mail = smtp.mails.at(-1)
  assert.ok(mail)
  return { connection, mail }
}

/** The words of the HTML part in order, as a reader sees them. */
function wordsOfHtml(source: string): string {
  return words(
    source
      .replace(/<head>.*<\/head>/s, '')
      .replace(/<[^>]*>/g, ' ')
      .replace(
        /&(lt|gt|amp|quot|#39);/g,
        (_, name: string) => ({ lt: '<', gt: '>', amp: '&', quot: '"' })[name] ?? "'",
      ),
  )
}

function words(text: string): string {
  return text
    .replace(/[\u2066-\u2069]/g, '')
    .replace(/^- /gm, '')
    .replace(/\s+/g, ' ')
    .trim()
}

describe('R101: an unusual sign-in is told by mail', () => {
  test('who hears, when, for which service, by which account, from where, with the code of the connection', async () => {
    const { connection, mail } = await alertOf()
    assert.deepEqual(mail.to, ['amina@mail.example'])
    assert.equal(mail.from, 'no-reply@hub.example')
    for (const part of [mail.text, wordsOfHtml(mail.html)]) {
      assert.ok(part.includes('Sunday, 22 November 2026 at 11:00 Central European Standard Time'), part)
      assert.ok(part.includes('Health <refunds> & "more"'))
      assert.ok(part.includes('Identité fiscale (en)'))
      assert.ok(part.includes('France'))
      assert.ok(part.includes(connection.reference))
      assert.ok(part.includes('This device is not known for you.'))
      assert.ok(part.includes('hub.example'))
    }
  })

  test('headers of a message that a machine wrote, dated by the clock', async () => {
    const { mail } = await alertOf()
    assert.equal(mail.headers.get('auto-submitted'), 'auto-generated')
    assert.equal(mail.headers.get('content-language'), 'en')
    assert.match(mail.headers.get('message-id') ?? '', /^<msg_[\w-]+\.0@hub\.example>$/)
    assert.equal(Date.parse(mail.headers.get('date') ?? ''), Math.floor(clock.now() / 1_000) * 1_000)
    assert.equal(mail.headers.get('from'), 'Garant <no-reply@hub.example>')
  })

  for (const language of languages) {
    test(`${language}: text and HTML say the same, in the person's language`, async () => {
      recipients = [verified(language)]
      const { mail } = await alertOf({ unusual: [...reasons], country: 'MA' })
      assert.equal(wordsOfHtml(mail.html), words(mail.text))
      assert.ok(mail.html.includes(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`))
      assert.ok(mail.text.includes({ fr: 'Maroc', en: 'Morocco', ar: 'المغرب' }[language]))
      assert.ok(mail.text.includes({ fr: 'Remboursements', en: 'Health', ar: 'التعويضات' }[language]))
      assert.ok(mail.text.includes({ fr: 'Europe centrale', en: 'Central European', ar: 'وسط أوروبا' }[language]))
      assert.ok(mail.headers.get('subject')?.includes({ fr: 'Connexion', en: 'Sign-in', ar: 'الدخول' }[language]))
      assert.equal(mail.headers.get('content-language'), language)
      for (const reason of reasons) assert.ok(mail.text.includes(alertMessages[language][`reason.${reason}`] ?? '?'))
    })

    test(`R107: ${language}: no link, no image, no form, nothing fetched, no question for a secret`, async () => {
      recipients = [verified(language)]
      const { mail } = await alertOf()
      for (const part of [mail.text, mail.html]) {
        assert.doesNotMatch(part, /https?:|\/\/|www\.|mailto:|data:|cid:/i)
      }
      assert.doesNotMatch(mail.html, /<(a|img|form|input|button|link|script|iframe|object|svg|base|meta http-equiv)\b/i)
      assert.doesNotMatch(mail.html, /\b(href|src|srcset|background|action|on\w+)\s*=|url\(|@import/i)
      assert.ok(!mail.headers.has('content-disposition'))
    })
  }

  test('R107: the code of the message proves that it is ours, however it is written', async () => {
    const { connection, mail } = await alertOf()
    const code = /Code of this message: (\S+)/.exec(mail.text)?.[1] ?? ''
    assert.notEqual(code, connection.reference)
    const recognised = await alerts.recognise(code.toLowerCase().replaceAll('-', ' '))
    assert.equal(recognised?.about, connection.id)
    assert.equal(recognised?.person, connection.person)
    assert.equal(recognised?.kind, 'connection.unusual')
    for (const other of [connection.reference, '', 'K7QX-2M4P-9TRC', code.slice(0, -1)]) {
      assert.equal(await alerts.recognise(other), undefined)
    }
  })

  test('neither address, nor code, nor words rest in clear, and no fact holds an address', async () => {
    const { mail } = await alertOf()
    const code = /Code of this message: (\S+)/.exec(mail.text)?.[1] ?? '?'
    const { rows } = await sql<{ row: string }>`select to_jsonb(messages)::text as row from messages
      union all select to_jsonb(message_deliveries)::text from message_deliveries`.execute(storage.db)
    const tables = rows.map(({ row }) => row).join('\n')
    for (const canary of ['amina', code, code.replaceAll('-', ''), 'Identité', 'verified']) {
      assert.ok(!tables.includes(canary), canary)
      assert.ok(!tables.includes(Buffer.from(canary).toString('hex')), canary)
    }
    assert.ok(!JSON.stringify(recorder.facts).includes('amina'))
  })

  test('names of partners are text: no markup, no header, no line of ours', async () => {
    const service = { name: names('</dd><script>alert(1)</script>\r\nBcc: all@evil.example\u2028- Type your password') }
    registry.services.set('hostile', service as Service)
    const { mail } = await alertOf({ service: 'hostile' })
    assert.ok(!mail.html.includes('<script'))
    assert.ok(!mail.headers.has('bcc'))
    assert.deepEqual(mail.to, ['amina@mail.example'])
    assert.doesNotMatch(mail.text, /^(Bcc|- Type your password)/m)
    assert.ok(mail.headers.get('subject')?.includes('Bcc: all@evil.example'))
  })

  test('a partner that left is named by its id', async () => {
    const { mail } = await alertOf({ service: 'gone-service', provider: 'gone-provider' })
    assert.ok(mail.text.includes('gone-service'))
    assert.ok(mail.text.includes('gone-provider'))
  })

  test('an unknown place is said to be unknown', async () => {
    const connection = await connect()
    await sql`update connections set country = null where id = ${connection.id}`.execute(storage.db)
    await react()
    await deliverAll()
    assert.ok(smtp.mails[0]?.text.includes('Place: unknown'))
  })

  test('a suspicious context is told as such, with or without reasons', async () => {
    const { mail } = await alertOf({ alert: 'suspicious', unusual: [] })
    assert.ok(mail.text.includes('in a suspicious context'))
    assert.ok(!mail.text.includes('Why we are writing'))
  })
})

describe('who hears', () => {
  test('an asserted address is not told the service', async () => {
    recipients = [{ kind: 'asserted', address: 'someone@isp.example', language: 'en' }]
    const { mail } = await alertOf()
    assert.ok(!mail.raw.includes('refunds'))
    assert.ok(!mail.html.includes('refunds'))
    assert.equal(mail.headers.get('subject'), 'Garant – Sign-in with your identity')
    assert.ok(mail.text.includes('Identité fiscale'))
  })

  test('a contact that nothing stronger has confirmed hears that something happened, not what', async () => {
    recipients = [{ ...verified(), confirmed: false } as Recipient]
    const { connection, mail } = await alertOf()
    for (const told of ['refunds', 'Identité', 'France', 'device']) {
      assert.ok(!mail.text.includes(told), told)
      assert.ok(!wordsOfHtml(mail.html).includes(told), told)
    }
    assert.equal(mail.headers.get('subject'), 'Garant – Sign-in with your identity')
    assert.ok(mail.text.includes(connection.reference))
    assert.equal(wordsOfHtml(mail.html), words(mail.text))
  })

  test('every verified contact hears, each in their language; a replaced contact does not', async () => {
    recipients = [
      verified('fr', 'un@mail.example'),
      { kind: 'former', contact: newId('contact'), address: 'ex@mail.example', language: 'fr' },
      verified('ar', 'deux@mail.example'),
    ]
    await alertOf()
    assert.deepEqual(
      smtp.mails.map(({ to, headers }) => [to[0], headers.get('content-language')]),
      [
        ['un@mail.example', 'fr'],
        ['deux@mail.example', 'ar'],
      ],
    )
    assert.equal(new Set(smtp.mails.map(({ headers }) => headers.get('message-id'))).size, 2)
    assert.equal(recorder.of('alert.sent').length, 2)
  })

  test('a familiar or refused connection makes no message', async () => {
    await connect({ alert: 'none', unusual: [] })
    await connect({ state: 'refused', refusal: 'provider_refused' })
    await react()
    assert.deepEqual(await waiting(), [])
  })

  test('R056: each mailbox hears of what it chose; of what is worth an alarm, and of the choice itself, all of them do', async () => {
    const person = newId('person')
    const [home, work] = [verified('en', 'home@mail.example'), verified('en', 'work@mail.example')]
    recipients = [home, work]
    const contactOf = (recipient: Recipient) => (recipient.kind === 'asserted' ? null : recipient.contact)
    const hears = async (changes: Partial<NewConnection>) => {
      await connect({ person, ...changes })
      smtp.mails.length = 0
      await react()
      await storage.jobs.drain()
      return smtp.mails.map(({ to }) => to[0]?.split('@')[0])
    }
    const turn = (recipient: Recipient, to: Hearing) =>
      choices.turn(person, { contact: contactOf(recipient), hears: to, level: 'eidas2' })
    const familiar: Partial<NewConnection> = { alert: 'none', unusual: [] }
    assert.deepEqual(await hears(familiar), [])
    assert.equal(await turn(work, 'unusual'), 'same')
    assert.deepEqual(recorder.facts.splice(0), [], 'it was so')
    assert.deepEqual((await Promise.all([turn(work, 'serious'), turn(work, 'serious')])).sort(), ['same', 'turned'])
    assert.equal(await turn(home, 'every'), 'turned')
    assert.deepEqual(recorder.of('alerts.turned_off'), [
      { person, contact: contactOf(work), to: 'serious', level: 'eidas2' },
    ])
    assert.deepEqual(recorder.of('alerts.turned_on'), [
      { person, contact: contactOf(home), to: 'every', level: 'eidas2' },
    ])
    await react()
    await storage.jobs.drain()
    assert.equal(smtp.mails.filter(({ text }) => text.includes('were reduced')).length, 2)
    assert.equal(smtp.mails.filter(({ text }) => text.includes('were widened')).length, 2)
    const cases: [Partial<NewConnection>, string[]][] = [
      [familiar, ['home']],
      [{ ...familiar, reused: true }, []],
      [{ unusual: ['new_device'] }, ['home']],
      [{ unusual: ['shared_device', 'new_provider'] }, ['home']],
      [{ unusual: ['new_device', 'new_country'] }, ['home', 'work']],
      [{ unusual: ['first_link'] }, ['home', 'work']],
      [{ unusual: ['new_device'], alert: 'suspicious' }, ['home', 'work']],
      [{ unusual: ['new_device'], person: newId('person') }, ['home', 'work']],
    ]
    for (const [changes, who] of cases) assert.deepEqual(await hears(changes), who, JSON.stringify(changes))
    assert.ok(smtp.mails.every(({ text }) => !text.includes('You asked to hear')))
    await hears(familiar)
    assert.match(smtp.mails[0]?.text ?? '', /You asked to hear of each sign-in/)
    // A contact that is removed chooses nothing any more; whoever is erased neither.
    const gone = { person, contact: contactOf(home) as ContactId, level: 'eidas2', verified: true } as const
    await storage.transaction(async (tx) => recorder.audit.append(tx, { name: 'contact.removed', data: gone }))
    await react()
    assert.deepEqual([...(await choices.of(person))], [[contactOf(work), 'serious']])
    await storage.transaction((tx) => keeper().forget(tx, person))
    assert.equal((await choices.of(person)).size, 0)
    await storage.jobs.drain()
    recorder.clear()
  })

  test('R056: of what nobody wants to hear no message is left, and no failure', async () => {
    const person = newId('person')
    recipients = [{ kind: 'asserted', address: 'someone@isp.example', language: 'en' }]
    await choices.turn(person, { contact: null, hears: 'serious', level: 'eidas1' })
    recorder.clear()
    await connect({ person })
    await react()
    await deliverAll()
    assert.deepEqual(recorder.facts, [])
    assert.equal((await sql`select 1 from messages where person = ${person}`.execute(storage.db)).rows.length, 0)
  })

  test('nobody to tell is a fact, and no more tries', async () => {
    recipients = []
    await connect()
    await react()
    const [message] = await waiting()
    await deliverAll()
    assert.deepEqual(recorder.facts, [
      { name: 'alert.failed', data: { message, kind: 'connection.unusual', attempts: 1 } },
    ])
    assert.deepEqual(await waiting(), [])
  })

  for (const address of [
    'a@b.example, c@d.example',
    'a@b.example\r\nBcc: x@y.example',
    'Name <a@b.example>',
    'nobody',
    '@',
  ]) {
    test(`${JSON.stringify(address)} is not one mailbox: nothing leaves`, async () => {
      recipients = [{ kind: 'asserted', address, language: 'en' }]
      await connect()
      await react()
      await deliverAll()
      assert.equal(smtp.mails.length, 0)
      assert.equal(recorder.of('alert.failed').length, 1)
    })
  }
})

describe('delivery', () => {
  test('one fact is one message, even if the outbox tells it twice, and one job', async () => {
    await storage.jobs.drain()
    smtp.mails.length = 0
    await connect()
    const facts = [...recorder.facts]
    await react()
    recorder.facts.push(...facts)
    await react()
    assert.equal((await waiting()).length, 1)
    assert.equal(await storage.jobs.drain(), 1)
    assert.equal(smtp.mails.length, 1)
  })

  test('R101: what happened to several is one statement for their messages and one for their jobs, and a mail to each', async () => {
    await storage.jobs.drain()
    smtp.mails.length = 0
    for (let people = 0; people < 3; people++) await connect()
    await connect({ alert: 'none', unusual: [] })
    await react()
    // Rows of one statement bear one transaction and one number of it.
    const { rows } = await sql<{ messages: number; jobs: number }>`select
      (select count(distinct (m.xmin::text, m.cmin::text))::int from messages m where state = 'waiting') as messages,
      (select count(distinct (j.xmin::text, j.cmin::text))::int from pgboss.job j
        where name = 'alerts.mail' and state = 'created') as jobs`.execute(storage.db)
    assert.deepEqual(rows, [{ messages: 1, jobs: 1 }])
    assert.equal((await waiting()).length, 3)
    assert.equal(await storage.jobs.drain(), 3)
    assert.equal(new Set(smtp.mails.map(({ headers }) => headers.get('message-id'))).size, 3)
  })

  test('the message and its job exist exactly when the reaction commits', async () => {
    await connect()
    const fact = { sequence: 1n, at: clock.now(), ...recorder.facts[0] } as Recorded
    await assert.rejects(
      storage.transaction(async (tx) => {
        await alerts.reactor([fact], tx)
        throw new Error('later fault')
      }),
      /later fault/,
    )
    assert.deepEqual(await waiting(), [])
  })

  test('what was sent is a fact, and is not sent again', async () => {
    const { connection } = await alertOf()
    const [fact] = recorder.of('alert.sent')
    assert.ok(fact)
    assert.deepEqual(fact, {
      message: fact.message,
      person: connection.person,
      kind: 'connection.unusual',
      channel: 'email',
    })
    await alerts.deliver(fact.message, { last: false })
    assert.equal(smtp.mails.length, 1)
  })

  test('a mail server that is down: tried again, with the same id and code; the error names nobody', async () => {
    const connection = await connect()
    await react()
    const [message] = await waiting()
    assert.ok(message)
    const { port } = smtp
    await smtp.close()
    await assert.rejects(alerts.deliver(message, { last: false }), (error: Error) => {
      assert.match(error.message, /ECONNREFUSED|ESOCKET|ECONNECTION/)
      assert.ok(!error.message.includes('@'))
      return true
    })
    assert.deepEqual(recorder.facts, [])
    // A contact that is removed in the meantime hears all the same.
    recipients = [verified('en', 'thief@mail.example')]
    smtp = await startSmtp({ port })
    await alerts.deliver(message, { last: false })
    assert.deepEqual(
      smtp.mails.map(({ to }) => to[0]),
      ['amina@mail.example'],
    )
    assert.ok(smtp.mails[0]?.text.includes(connection.reference))
  })

  test('"try later" is tried later; one recipient of two that is done is not written to again', async () => {
    recipients = [verified('en', 'open@mail.example'), verified('en', 'greylisted@mail.example')]
    smtp.answer = (address) => (address.startsWith('grey') ? 451 : undefined)
    await connect()
    await react()
    const [message] = await waiting()
    assert.ok(message)
    await assert.rejects(alerts.deliver(message, { last: false }), /not taken.*451/)
    smtp.answer = () => undefined
    await alerts.deliver(message, { last: false })
    assert.deepEqual(
      smtp.mails.map(({ to }) => to[0]),
      ['open@mail.example', 'greylisted@mail.example'],
    )
    assert.equal(recorder.of('alert.sent').length, 2)
    assert.deepEqual(await waiting(), [])
  })

  test('a mailbox that does not exist is given up at once', async () => {
    smtp.answer = () => 550
    await connect()
    await react()
    const [message] = await waiting()
    await deliverAll()
    assert.deepEqual(recorder.facts, [
      { name: 'alert.failed', data: { message, kind: 'connection.unusual', attempts: 1 } },
    ])
  })

  test('at the last try a silence is a failure, with its fact', async () => {
    smtp.answer = () => 421
    await connect()
    await react()
    const [message] = await waiting()
    await assert.rejects(deliverAll())
    await deliverAll({ last: true })
    assert.deepEqual(recorder.facts, [
      { name: 'alert.failed', data: { message, kind: 'connection.unusual', attempts: 2 } },
    ])
    assert.deepEqual(await waiting(), [])
  })

  test('a connection that is gone makes no mail', async () => {
    await connect()
    await react()
    await connections.expire(clock.now() + hour)
    await deliverAll()
    assert.equal(smtp.mails.length, 0)
    assert.equal(recorder.of('alert.failed').length, 1)
  })

  test('a connection that is gone between two tries: whoever was reached stays reached, the others are given up', async () => {
    for (const [answered, facts] of [
      [undefined, ['alert.sent']],
      [451, ['alert.failed']],
    ] as const) {
      recorder.clear()
      recipients = [verified('en', 'one@mail.example'), verified('en', 'two@mail.example')]
      smtp.answer = (address) => (address.startsWith('one') ? answered : 451)
      await connect()
      await react()
      const [message] = await waiting()
      assert.ok(message)
      await assert.rejects(alerts.deliver(message, { last: false }))
      await connections.expire(clock.now() + hour)
      await alerts.deliver(message, { last: false })
      assert.deepEqual(
        recorder.facts.map(({ name }) => name),
        facts,
      )
      assert.deepEqual(await waiting(), [])
    }
  })

  test('a password is never sent in clear: no STARTTLS, no mail', async () => {
    await transport.close()
    let offered = false
    await smtp.close()
    smtp = await startSmtp({
      onAuth(_auth, _session, callback) {
        offered = true
        callback(null, { user: 'hub' })
      },
    })
    const { host, port } = smtp
    transport = createMailTransport({ host, port, secure: false, from: 'x@y.example', user: 'hub', password: 'secret' })
    const mail = {
      to: 'a@b.example',
      subject: '',
      text: '',
      html: '',
      language: 'en',
      messageId: '<1@x>',
      date: 0,
    } as const
    await assert.rejects(transport.send(mail))
    assert.equal(offered, false)
    assert.equal(smtp.mails.length, 0)
  })

  test('many mails share a few connections', async () => {
    for (let index = 0; index < 20; index++) await connect()
    await react()
    await Promise.all((await waiting()).map((id) => alerts.deliver(id, { last: false })))
    assert.equal(smtp.mails.length, 20)
    assert.ok(smtp.connections <= 3, `${smtp.connections} connections`)
  })

  test('erasure and retention leave nothing of a message', async () => {
    const { connection } = await alertOf()
    recipients = []
    await storage.transaction((tx) => keeper().forget(tx, connection.person as PersonId))
    recipients = [verified()]
    assert.deepEqual(
      (await sql`select 1 from messages where person = ${connection.person}`.execute(storage.db)).rows,
      [],
    )
    await alertOf()
    clock.advance(day)
    await alertOf()
    assert.ok((await alerts.expire(clock.now() - hour)) >= 1)
    const { rows } = await sql<{ messages: number; deliveries: number }>`select
      (select count(*)::int from messages) as messages,
      (select count(*)::int from message_deliveries) as deliveries`.execute(storage.db)
    assert.deepEqual(rows[0], { messages: 1, deliveries: 1 })
  })
})

describe('changes of a person’s own means', () => {
  const person = newId('person')
  const means = newId('means')
  const news: [fact: Fact, said: RegExp][] = [
    [{ name: 'means.activated', data: { person, means } }, /was added/],
    [{ name: 'means.suspended', data: { person, means, reason: 'lost', actor: { kind: 'command' } } }, /was suspended/],
    [{ name: 'means.resumed', data: { person, means, reason: 'found', actor: { kind: 'command' } } }, /brought back/],
    [{ name: 'means.revoked', data: { person, means, reason: 'stolen', actor: { kind: 'command' } } }, /was withdrawn/],
    [{ name: 'means.expired', data: { person, means } }, /has ended/],
    [{ name: 'means.password_set', data: { person, means, how: 'reset' } }, /password was changed/],
    [{ name: 'means.recovery_code_used', data: { person, means, left: 3 } }, /recovery code was used/],
    [{ name: 'means.locked', data: { person, step: 'password' } }, /account is blocked/],
    [{ name: 'means.counter_regressed', data: { person, means } }, /may have been copied/],
  ]

  beforeEach(() => {
    held = [{ means, person, kind: 'passkey' } as MeansView]
  })

  async function told(fact: Fact): Promise<ReceivedMail[]> {
    clock.advance(1)
    smtp.mails.length = 0
    await storage.transaction(async (tx) => recorder.audit.append(tx, fact))
    await react()
    await deliverAll()
    return smtp.mails
  }

  for (const [fact, said] of news) {
    test(`R047: ${fact.name} is told, each time that it happens, without a link`, async () => {
      for (let time = 0; time < 2; time++) {
        const [mail, ...more] = await told(fact)
        assert.equal(more.length, 0)
        assert.match(mail?.headers.get('subject') ?? '', said)
        assert.match(mail?.text ?? '', /Code of this message: \S+/)
        if ('means' in fact.data) assert.match(mail?.text ?? '', /Means of identification: passkey/)
        for (const part of [mail?.text ?? '', mail?.html ?? '']) assert.doesNotMatch(part, /https?:|\/\/|www\./i)
      }
    })
  }

  test('every verified contact hears, one that was replaced lately too; an address that a provider asserted does not', async () => {
    recipients = [
      verified('fr', 'one@mail.example'),
      { kind: 'former', contact: newId('contact'), address: 'former@mail.example', language: 'ar' },
    ]
    const mails = await told({ name: 'means.revoked', data: { person, means, reason: 'lost', actor: { kind: 'hub' } } })
    assert.deepEqual(mails.map(({ to }) => to[0]).sort(), ['former@mail.example', 'one@mail.example'])
    recipients = [{ kind: 'asserted', address: 'asserted@mail.example', language: 'fr' }]
    assert.equal((await told({ name: 'means.expired', data: { person, means } })).length, 0)
  })

  test('what concerns nobody known, and a first password, which is told as a new means, make no letter of their own', async () => {
    assert.equal((await told({ name: 'means.locked', data: { person: null, step: 'password' } })).length, 0)
    assert.equal((await told({ name: 'means.password_set', data: { person, means, how: 'first' } })).length, 0)
  })
})

describe('phones of the e-ID app', () => {
  const person = newId('person')
  const phone = newId('phone')
  const other = newId('phone')
  const actor = { kind: 'person', id: person } as const
  const data = { person, phone }
  const news: [fact: Fact, said: RegExp][] = [
    [{ name: 'phone.paired', data: { ...data, provider: 'e-id', platform: 'android', shared: false } }, /was paired/],
    [{ name: 'phone.renewed', data: { ...data, rotated: false } }, /was extended/],
    [
      { name: 'phone.revoked', data: { ...data, reason: 'holder', actor } },
      /is not paired with your identity any more/,
    ],
    [{ name: 'phone.expired', data }, /has ended/],
  ]

  beforeEach(() => {
    const view = { person, state: 'active', expiresAt: clock.now() + 30 * day } as PhoneView
    paired = [
      { ...view, phone: other, label: 'Tablet\r\nBcc: thief', expiresAt: clock.now() + 40 * day },
      { ...view, phone, label: 'Pixel 9' },
      { ...view, phone: newId('phone'), label: 'Of next year', expiresAt: clock.now() + 300 * day },
      { ...view, phone: newId('phone'), label: 'Lost', state: 'revoked' },
    ]
  })

  async function told(fact: Fact): Promise<ReceivedMail[]> {
    clock.advance(1)
    smtp.mails.length = 0
    await storage.transaction(async (tx) => recorder.audit.append(tx, fact))
    await react()
    await deliverAll()
    return smtp.mails
  }

  for (const [fact, said] of news) {
    test(`R047: ${fact.name} is told with the name of the phone, in each language, without a link`, async () => {
      for (const language of languages) {
        recipients = [verified(language)]
        const [mail, ...more] = await told(fact)
        assert.equal(more.length, 0)
        if (language === 'en') assert.match(mail?.headers.get('subject') ?? '', said)
        assert.match(mail?.text ?? '', /: \u2068?Pixel 9/)
        for (const part of [mail?.text ?? '', mail?.html ?? ''])
          assert.doesNotMatch(part, /https?:|\/\/|www\.|alert\./i)
      }
    })
  }

  test('R046: the reminder names those that end soon, the first first, to who surely is the person', async () => {
    const fact: Fact = { name: 'phone.expires_soon', data: { person, phones: [phone, other], days: 60 } }
    recipients = [verified(), { ...verified('en', 'new@mail.example'), confirmed: false } as Recipient]
    const [one, less] = (await told(fact)).toSorted((a, b) => (a.to[0] ?? '').localeCompare(b.to[0] ?? ''))
    assert.match(one?.headers.get('subject') ?? '', /A phone pairing ends soon/)
    assert.match(one?.text ?? '', /End – Pixel 9: .*\nEnd – Tablet Bcc: thief: /)
    assert.doesNotMatch(one?.text ?? '', /next year|Lost/)
    assert.doesNotMatch(less?.text ?? '', /Pixel/)
  })

  test('a phone that was paired anew is told once, and one that is gone without its name', async () => {
    assert.equal((await told({ name: 'phone.revoked', data: { ...data, reason: 'replaced', actor } })).length, 0)
    paired = []
    const [mail] = await told({ name: 'phone.expired', data })
    assert.doesNotMatch(mail?.text ?? '', /Phone:/)
  })
})

describe('R046: the reminder of what ends', () => {
  const person = newId('person')
  const fact: Fact = {
    name: 'means.expires_soon',
    data: { person, means: [newId('means'), newId('means')], days: 30 },
  }
  const ending = (over: Partial<MeansView>) =>
    ({
      means: newId('means'),
      person,
      kind: 'passkey',
      state: 'active',
      expiresAt: clock.now() + 30 * day,
      ...over,
    }) as MeansView

  beforeEach(() => {
    held = [ending({ kind: 'totp', expiresAt: clock.now() + 32 * day }), ending({})]
  })

  async function reminded(): Promise<ReceivedMail[]> {
    clock.advance(1)
    smtp.mails.length = 0
    await storage.transaction(async (tx) => recorder.audit.append(tx, fact))
    await react()
    await deliverAll()
    return smtp.mails
  }

  test('is one letter for all that ends, the first first, without a link, in three languages', async () => {
    const said = {
      fr: [/expirent bientôt$/, /^Fin – clé d’accès\s?: .+\n^Fin – application de codes\s?: /m],
      en: [/Means of identification end soon$/, /^End – passkey: .+\n^End – code app: /m],
      ar: [/وسيلتا تعريف/, /^الانتهاء – .*مفتاح مرور.*\n^الانتهاء – .*تطبيق رموز/m],
    } as const
    for (const language of languages) {
      recipients = [verified(language)]
      const [mail, ...more] = await reminded()
      assert.equal(more.length, 0)
      const [subject, body] = said[language]
      assert.match(mail?.headers.get('subject') ?? '', subject)
      assert.match(mail?.text ?? '', body)
      assert.match(mail?.text ?? '', /hub\.example\/means/)
      for (const part of [mail?.text ?? '', mail?.html ?? '']) assert.doesNotMatch(part, /https?:|\/\/|www\.|<a /i)
      assert.equal(wordsOfHtml(mail?.html ?? ''), words(mail?.text ?? ''))
    }
    recipients = [verified('en')]
    const [mail] = await reminded()
    const code = /Code of this message: (\S+)/.exec(mail?.text ?? '')?.[1]
    const recognised = await alerts.recognise(code ?? '')
    assert.deepEqual([recognised?.kind, recognised?.person], ['means.expires_soon', person])
  })

  test('speaks of one means in the singular, and of nothing that is suspended, withdrawn, over, or ends later', async () => {
    held = [
      ending({}),
      ending({ kind: 'password', state: 'suspended' }),
      ending({ kind: 'sms_code', state: 'revoked' }),
      ending({ kind: 'mail_code', state: 'expired' }),
      ending({ kind: 'totp', expiresAt: clock.now() + 64 * day }),
    ]
    const [mail] = await reminded()
    assert.match(mail?.headers.get('subject') ?? '', /A means of identification ends soon$/)
    assert.equal(mail?.text.match(/^End – /gm)?.length, 1)
  })

  test('leaves nobody a letter when all was renewed or withdrawn before it could leave', async () => {
    held = [ending({ state: 'revoked' }), ending({ expiresAt: clock.now() + 365 * day })]
    assert.deepEqual(await reminded(), [])
    assert.equal(recorder.of('alert.failed').length, 1)
  })

  test('a replaced contact and an asserted address hear nothing; one that is not confirmed hears that something ends', async () => {
    recipients = [
      { ...verified('en', 'new@mail.example'), confirmed: false } as Recipient,
      { kind: 'former', contact: newId('contact'), address: 'former@mail.example', language: 'en' },
      { kind: 'asserted', address: 'asserted@mail.example', language: 'en' },
    ]
    const mails = await reminded()
    assert.deepEqual(
      mails.map(({ to }) => to[0]),
      ['new@mail.example'],
    )
    assert.doesNotMatch(mails[0]?.text ?? '', /passkey|authenticator/)
    assert.match(mails[0]?.headers.get('subject') ?? '', /A means of identification ends soon$/)
  })
})

describe('R111: a case is told as it goes on', () => {
  async function caseOf(changes: Partial<Case> = {}): Promise<{ one: Case; line: Connection }> {
    const line = await connect({ alert: 'none', unusual: [] })
    recorder.clear()
    const one: Case = {
      id: newId('case'),
      reference: 'K7QX-2M4P-9TRC',
      origin: 'hub',
      match: 'matched',
      person: line.person,
      state: 'received',
      version: 1,
      openedAt: clock.now(),
      openedBy: { kind: 'hub' },
      connections: [line.id],
      ...changes,
    }
    known = [one]
    return { one, line }
  }

  /** What the person reads of facts about a case, one after the other: titles. */
  async function told({ id, person, origin }: Case, ...facts: [name: string, data?: object][]): Promise<string[]> {
    for (const [name, data] of facts) {
      clock.advance(1)
      const fact = { case: id, person, origin, connections: [], actor: { kind: 'hub' }, ...data }
      recorder.facts.push({ name, data: fact } as unknown as Fact)
      await react()
    }
    const before = smtp.mails.length
    await deliverAll()
    return smtp.mails.slice(before).map(({ headers }) => (headers.get('subject') ?? '').replace('Garant – ', ''))
  }

  test('our own detection is silent until somebody has looked; four partners are one letter; then the outcome', async () => {
    const { one, line } = await caseOf()
    assert.deepEqual(await told(one, ['case.opened']), [])
    assert.deepEqual(await told(one, ['case.qualified']), ['Sign-ins to look at with you'])
    const letter = smtp.mails.at(-1)
    assert.match(letter?.text ?? '', /Nothing shows so far/)
    for (const said of ['K7QX-2M4P-9TRC', line.reference, 'Identité fiscale (en)', 'hub.example/space/cases'])
      assert.ok(letter?.text.includes(said), said)
    assert.equal(wordsOfHtml(letter?.html ?? ''), words(letter?.text ?? ''))
    const partners = Array.from({ length: 4 }, (): [string] => ['case.notified'])
    assert.deepEqual(await told(one, ['case.qualified'], ...partners), ['The organisations concerned have been told'])
    assert.deepEqual(await told(one, ['case.concluded', { verdict: 'not_confirmed' }]), ['The outcome of your case'])
    assert.match(smtp.mails.at(-1)?.text ?? '', /No use of your identity.*first change the passwords/s)
    assert.deepEqual(await told(one, ['case.revised']), ['Your case is taken up again'])
    assert.deepEqual(await told(one, ['case.concluded', { verdict: 'confirmed' }]), ['The outcome of your case'])
    assert.match(smtp.mails.at(-1)?.text ?? '', /It is confirmed/)
    assert.deepEqual(await told(one, ['case.closed', { reason: 'settled', verdict: 'confirmed' }]), [])
  })

  test('of what never was told there is no end; a report that led nowhere is answered without saying why', async () => {
    const { one } = await caseOf({ origin: 'service' })
    assert.deepEqual(await told(one, ['case.opened'], ['case.closed', { reason: 'not_a_theft', verdict: null }]), [])
    const texts = new Set<string>()
    for (const reason of ['no_trace', 'not_matching']) {
      const { one: reported, line } = await caseOf({ origin: 'person' })
      const actor = { kind: 'person', id: line.person }
      const unknown = { ...reported, person: undefined } as unknown as Case
      assert.deepEqual(await told(unknown, ['case.opened', { person: null, actor }]), ['Your report has reached us'])
      assert.deepEqual(await told(unknown, ['case.closed', { person: null, reason, verdict: null }]), [
        'Your case is closed',
      ])
      texts.add(/^With what you gave us.*$/m.exec(smtp.mails.at(-1)?.text ?? '')?.[0] ?? reason)
    }
    assert.equal(texts.size, 1)
  })

  test('an unconfirmed contact hears that something goes on; an asserted one nothing of other accounts; a former one nothing', async () => {
    const { one, line } = await caseOf()
    const other = await connect({ provider: 'post', alert: 'none', unusual: [] })
    recorder.clear()
    known = [{ ...one, connections: [line.id, other.id] }]
    recipients = [
      { ...verified('en', 'new@mail.example'), confirmed: false } as Recipient,
      { kind: 'former', contact: newId('contact'), address: 'ex@mail.example', language: 'en' },
    ]
    await told(one, ['case.qualified'])
    const [news, ...others] = smtp.mails
    assert.deepEqual([news?.to, others], [['new@mail.example'], []])
    for (const hidden of ['K7QX', line.reference, 'Identité', 'post'])
      for (const part of [news?.text, news?.html]) assert.ok(!part?.includes(hidden), hidden)
    recipients = [{ kind: 'asserted', address: 'someone@isp.example', language: 'en' }]
    await told(one, ['case.notified'])
    const asserted = smtp.mails.slice(1)
    assert.equal(asserted.length, 2, 'one by each provider')
    const [byTax, byPost] = asserted
    assert.ok(byTax?.text.includes(line.reference) && !byTax.text.includes(other.reference))
    assert.ok(byPost?.text.includes(other.reference) && !byPost.text.includes('Identité'))
  })
})
