import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { createTestClock } from '../../test/support/clock.ts'
import { openTestStorage } from '../../test/support/database.ts'
import type { Recorded } from '../audit/audit.ts'
import { type Fact, type FactName, factList } from '../audit/facts.ts'
import type { Case, Cases, Party } from '../cases/cases.ts'
import { createTranslator } from '../http/messages.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { type Language, languages } from '../kernel/languages.ts'
import type { OutgoingMessage } from '../means/gateway.ts'
import type { Partner, Partners } from '../partners/partners.ts'
import { dutiesOf } from '../policy/case-flow.ts'
import type { Operator } from '../staff/operators.ts'
import type { StaffMember } from '../staff/partner-staff.ts'
import type { Storage } from '../storage/storage.ts'
import { type caseNews, caseToldBy, isNewsOfCase } from './audience.ts'
import { type CaseLetters, createCaseLetters, lettersOf, partyLetters } from './case-letters.ts'
import { caseLetterMessages } from './case-messages.ts'
import { createLetters } from './letter.ts'
import type { Mail } from './mail.ts'
import { alertMessages } from './messages.ts'

const person = newId('person')
const one = newId('case')
const party = newId('caseParty')
const actor = { kind: 'person', id: person } as const
const operator = { kind: 'operator', id: newId('operator') } as const

const recorded = <N extends FactName>(name: N, data: Extract<Fact, { name: N }>['data']) =>
  ({ sequence: 1n, at: 0, name, data }) as unknown as Recorded

type OpenedData = Recorded<'case.opened'>['data']
const opened: Omit<OpenedData, 'origin'> = { case: one, person, match: 'matched', connections: [], rule: null, actor }
const nobody: Omit<OpenedData, 'origin'> = { ...opened, person: null, match: 'not_matching' }
const ofParty = { case: one, party, side: 'service', object: 'refunds' } as const
const closed = { case: one, person, actor: operator } as const

/** Each fact: what the person is told, and which other letters leave. */
const table: [fact: Recorded, told: string | undefined, letters: string[]][] = [
  [recorded('case.opened', { ...opened, origin: 'person' }), 'case.opened', ['digest']],
  [recorded('case.opened', { ...nobody, origin: 'person' }), 'case.opened', ['digest']],
  [recorded('case.opened', { ...opened, origin: 'form' }), 'case.opened', ['digest']],
  [recorded('case.opened', { ...nobody, origin: 'form', actor: { kind: 'hub' } }), undefined, ['digest']],
  [recorded('case.opened', { ...opened, origin: 'service' }), undefined, ['digest']],
  [recorded('case.opened', { ...opened, origin: 'provider' }), undefined, ['digest']],
  [recorded('case.opened', { ...opened, origin: 'hub', rule: 'burst' }), undefined, ['digest']],
  [recorded('case.reported', { report: 'K7QX-2M4P-9TRC' }), undefined, ['reporter_received']],
  [recorded('case.read', { case: one, person, actor: operator }), undefined, []],
  [recorded('case.evidence_read', { case: one, person, actor: operator }), undefined, []],
  [recorded('case.qualified', { case: one, person, connections: [], actor: operator }), 'case.qualified', []],
  [recorded('case.notified', { ...ofParty, person, actor: operator }), 'case.notified', ['party_notified']],
  [
    recorded('case.answered', { ...ofParty, finding: 'confirmed', via: 'desk', late: false, actor: operator }),
    undefined,
    [],
  ],
  [recorded('case.reminded', { ...ofParty, reminder: 1 }), undefined, ['party_reminded']],
  [recorded('case.reminded', { ...ofParty, reminder: 2 }), undefined, ['party_due']],
  [recorded('case.overdue', ofParty), undefined, ['party_overdue', 'digest']],
  [
    recorded('case.concluded', { case: one, person, verdict: 'confirmed', waived: 0, actor: operator }),
    'case.concluded',
    ['party_concluded'],
  ],
  [
    recorded('case.revised', { case: one, person, verdict: 'confirmed', actor: operator }),
    'case.revised',
    ['party_revised'],
  ],
  [recorded('case.closed', { ...closed, reason: 'not_a_theft', verdict: null }), 'case.closed', ['reporter_over']],
  [recorded('case.closed', { ...closed, reason: 'settled', verdict: 'confirmed' }), undefined, ['reporter_over']],
  [
    recorded('case.closed', { ...closed, person: null, reason: 'no_trace', verdict: null }),
    'case.closed',
    ['reporter_over'],
  ],
]

describe('R109 R111: which fact about a case becomes which letter', () => {
  test('row by row, and every fact has its row', () => {
    for (const [place, [fact, told, letters]] of table.entries()) {
      assert.equal(caseToldBy(fact)?.kind, told, `row ${place}: ${fact.name}`)
      assert.deepEqual(
        lettersOf(fact).map(({ what }) => what),
        letters,
        `row ${place}: ${fact.name}`,
      )
    }
    const rows = new Set(table.map(([{ name }]) => name as string))
    assert.deepEqual(
      Object.keys(factList).filter((name) => name.startsWith('case.') && !rows.has(name)),
      [],
    )
  })

  test('who reported by a code that is not theirs is answered like everybody, and a form is nobody’s word', () => {
    assert.equal(caseToldBy(recorded('case.opened', { ...nobody, origin: 'person' }))?.person, person)
    assert.equal(
      caseToldBy(recorded('case.opened', { ...opened, origin: 'form', actor: { kind: 'hub' } }))?.person,
      person,
    )
  })

  test('what is news after the last letter', () => {
    const rows: [kind: (typeof caseNews)[number], after: Parameters<typeof isNewsOfCase>[1], told: boolean][] = [
      ['case.opened', undefined, true],
      ['case.qualified', undefined, true],
      ['case.qualified', 'case.opened', false],
      ['case.notified', 'case.opened', true],
      ['case.notified', 'case.qualified', true],
      ['case.notified', 'case.notified', false],
      ['case.notified', undefined, true],
      ['case.concluded', 'case.notified', true],
      ['case.revised', 'case.concluded', true],
      ['case.concluded', 'case.revised', true],
      ['case.closed', undefined, false],
      ['case.closed', 'case.opened', true],
      ['case.closed', 'case.closed', false],
    ]
    for (const [kind, last, told] of rows) assert.equal(isNewsOfCase(kind, last), told, `${kind} after ${last}`)
  })
})

const clock = createTestClock()
const named = (text: string) => ({ fr: `${text} (fr)`, en: text, ar: `${text} (ar)` })
const mails: Mail[] = []
const toPeople: OutgoingMessage[] = []
const connectedAt = Date.parse('2026-10-25T00:30:15Z')
let storage: Storage
let room: CaseLetters
/** What the mail server says to an address. */
let answer: (to: string) => number | undefined
/** Letters to people that the mail server does not take now. */
let refuses = 0

/** What other rooms say; the letters are made of it when they are written. */
const present = {
  partners: new Map<string, Partner>(),
  parties: new Map<string, Party>(),
  received: 0,
  staff: [] as Partial<StaffMember>[],
  operators: [] as Partial<Operator>[],
  reporters: [] as Awaited<ReturnType<Cases['reporters']>>,
}

before(async () => {
  storage = await openTestStorage(clock)
  const published = (ids: string[], partner: string) =>
    new Map(ids.map((id) => [id, { id, name: named(`The ${id}`), partner }]))
  room = createCaseLetters({
    storage,
    clock,
    cases: {
      partyOf: async (id) => present.parties.get(id),
      parties: async (id) => [...present.parties.values()].filter((own) => own.case === id),
      queue: async () =>
        [...new Set([...present.parties.values()].map((own) => own.case))].map((id) => ({ id })) as Case[],
      counts: async () => ({ received: present.received }) as Awaited<ReturnType<Cases['counts']>>,
      reporters: async (of) => present.reporters.filter(({ reference }) => 'case' in of || reference === of.report),
    },
    partners: {
      registry: () => ({
        services: published(['refunds', 'records'], 'health'),
        providers: published(['tax'], 'treasury'),
      }),
      partner: (id: string) => present.partners.get(id),
    } as unknown as Partners,
    staff: { list: async () => present.staff as StaffMember[] },
    operators: { list: async () => present.operators as Operator[] },
    transport: {
      async send(mail) {
        const responseCode = answer(mail.to)
        if (responseCode) throw Object.assign(new Error('refused'), { responseCode })
        mails.push(mail)
      },
    },
    letters: createLetters({
      translate: createTranslator(alertMessages),
      settings: { issuer: 'https://hub.example', name: 'Garant', timeZone: 'Europe/Paris' },
    }),
    gateway: {
      async send(message) {
        if (refuses-- > 0) throw Object.assign(new Error('later'), { responseCode: 451 })
        toPeople.push(message)
      },
    },
    translate: createTranslator(caseLetterMessages),
    rules: { answerDays: 5 },
    hub: 'Garant',
    issuer: 'https://hub.example',
    timeZone: 'Europe/Paris',
  })
  storage.jobs.work('alerts.case', room.send)
})
after(() => storage.close())
beforeEach(() => {
  mails.splice(0)
  toPeople.splice(0)
  answer = () => undefined
  refuses = 0
  const health = { administrative: 'office@health.example', security: 'soc@health.example' }
  present.partners.set('health', { id: 'health', name: named('Health'), contacts: health })
  present.partners.set('treasury', { id: 'treasury', name: named('Treasury') })
  present.parties.clear()
  present.received = 0
  present.staff = []
  present.operators = []
  present.reporters = []
})

/** One of the case, told of a connection in the hour that came twice that night. */
function partyWith(over: Partial<Party> = {}): Party {
  const { side = 'service', verdict } = over
  const made: Party = {
    id: newId('caseParty'),
    case: one,
    side,
    object: side === 'service' ? 'refunds' : 'tax',
    partner: side === 'service' ? 'health' : 'treasury',
    reference: side === 'service' ? 'AAAA-BBBB-CCCC' : 'DDDD-EEEE-FFFF',
    txn: `txn-of-${side}`,
    subject: `subject-at-${side}`,
    issuer: 'https://issuer.example',
    moments: [{ at: connectedAt, level: 'eidas1' }],
    notifiedAt: clock.now(),
    dueAt: clock.now() + 5 * day,
    version: 1,
    duties: dutiesOf(side, verdict).map((duty) => ({ duty })),
    answers: [],
    ...over,
  }
  present.parties.set(made.id, made)
  return made
}

const happened = (...facts: Recorded[]) => storage.transaction((tx) => room.reactor(facts, tx))

async function sent(): Promise<Mail[]> {
  await storage.jobs.drain()
  return mails.splice(0).sort((a, b) => (a.to < b.to ? -1 : 1))
}
const addresses = async () => (await sent()).map(({ to }) => to)

const notified = ({ id, side, object }: Party) =>
  recorded('case.notified', { case: one, party: id, person, side, object, actor: operator })
const overdue = ({ id, side, object }: Party) => recorded('case.overdue', { case: one, party: id, side, object })

const plain = (text: string) => text.replace(/[\u2066-\u2069]/g, '')
const operatorWith = (name: string, changes: Partial<Operator>): Partial<Operator> => ({
  operator: newId('operator'),
  state: 'active',
  mail: `${name}@hub.example`,
  language: 'en',
  ...changes,
})

describe('R109 R110: a letter to a partner', () => {
  test('says when in UTC and in local time, its own subject and reference, its duties and the due date; nothing else', async () => {
    const [service, provider] = [partyWith(), partyWith({ side: 'provider' })]
    present.staff = [
      { staff: newId('staff'), state: 'active', roles: ['administrator'], mail: 'omar@x.example', language: 'en' },
    ]
    await happened(notified(service), notified(provider))
    const letters = await sent()
    assert.deepEqual(
      letters.map(({ to }) => to),
      ['omar@x.example', 'soc@health.example'],
    )
    const [toProvider, toService] = letters
    for (const [letter, own, other] of [
      [toProvider, provider, service],
      [toService, service, provider],
    ] as const) {
      assert.ok(letter)
      for (const part of [letter.text, letter.html]) {
        for (const said of [own.reference, own.subject, '2026-10-25T00:30:15Z', 'eidas1', 'hub.example/desk'])
          assert.ok(part.includes(said), `${own.side}: ${said}`)
        // The first of the two: summer time.
        assert.match(part, /25 October 2026 at 02:30:15 Central European Summer Time/)
        for (const hidden of [other.reference, other.subject, other.object, own.txn, one, person, person.slice(4)])
          assert.ok(!part.includes(hidden), `${own.side} hears of ${hidden}`)
        assert.doesNotMatch(part, /https?:|\/\/|www\.|mailto:|<a\b|<img|<form|\bhref\b|undefined|[{}]/i)
      }
    }
    assert.match(toProvider?.text ?? '', /Protect the account/)
    assert.doesNotMatch(
      toService?.text ?? '',
      /Protect:|Tell the people/,
      'a service protects once it is proven (R123)',
    )
    assert.match(toService?.text ?? '', /Find the account/)
  })

  test('whoever reads it: the table of mailboxes', async () => {
    const administrator: Partial<StaffMember> = {
      staff: newId('staff'),
      state: 'active',
      roles: ['administrator'],
      mail: 'omar@x.example',
    }
    const technician: Partial<StaffMember> = { ...administrator, roles: ['technician'], mail: 'tech@x.example' }
    present.operators = [operatorWith('amina', { roles: ['support'] })]
    const both = { administrative: 'office@x.example', security: 'soc@x.example' }
    const rows: [contacts: Partner['contacts'], staff: Partial<StaffMember>[], told: string[], overdueToo: string[]][] =
      [
        [both, [administrator], ['soc@x.example'], ['office@x.example', 'soc@x.example']],
        [{ security: 'one@x.example', administrative: 'one@x.example' }, [], ['one@x.example'], ['one@x.example']],
        [
          { administrative: 'office@x.example' },
          [administrator, technician],
          ['omar@x.example'],
          ['office@x.example', 'omar@x.example'],
        ],
        [{ administrative: 'office@x.example' }, [technician], ['office@x.example'], ['office@x.example']],
        [{}, [technician], ['amina@hub.example'], ['amina@hub.example']],
      ]
    for (const [contacts, staff, told, overdueToo] of rows) {
      present.partners.set('health', { id: 'health', name: named('Health'), ...(contacts ? { contacts } : {}) })
      present.staff = staff
      const own = partyWith({ dueAt: clock.now() - day })
      await happened(notified(own))
      assert.deepEqual(await addresses(), told, JSON.stringify(contacts))
      await happened(overdue(own))
      assert.deepEqual(await addresses(), overdueToo, `overdue: ${JSON.stringify(contacts)}`)
    }
    // One that left altogether.
    present.partners.delete('health')
    await happened(notified(partyWith()))
    const [letter] = await sent()
    assert.equal(letter?.to, 'amina@hub.example')
    assert.match(letter?.text ?? '', /could not be delivered.*\n\nTheir reference: AAAA-BBBB-CCCC/s)
  })

  test('a mailbox that refuses is told to operators at once; one that is silent is tried again', async () => {
    present.operators = [
      operatorWith('amina', { roles: ['security_officer'] }),
      operatorWith('bruno', { roles: ['auditor'] }),
    ]
    answer = (to) => (to === 'soc@health.example' ? 550 : undefined)
    await happened(notified(partyWith()))
    assert.deepEqual(await addresses(), ['amina@hub.example'])
    answer = (to) => (to === 'soc@health.example' ? 451 : undefined)
    await happened(notified(partyWith()))
    assert.deepEqual(await addresses(), [])
    answer = () => undefined
    clock.advance(hour)
    assert.deepEqual(await addresses(), ['soc@health.example'])
  })

  test('R124: reminders leave while an answer is awaited; the outcome goes to each, with what is then to be done', async () => {
    const own = partyWith()
    const remind = (reminder: number) =>
      happened(recorded('case.reminded', { case: one, party: own.id, side: 'service', object: 'refunds', reminder }))
    for (const [reminder, said] of [
      [1, /waiting for your answer|attendons votre réponse/],
      [2, /is over|est écoulé/],
    ] as const) {
      await remind(reminder)
      const [letter, ...others] = await sent()
      assert.match(letter?.text ?? '', said)
      assert.deepEqual(others, [])
    }
    for (const over of [{ answeredAt: 1 }, { waived: { at: 1, reason: 'gone' } }, { closedAt: 1 }]) {
      present.parties.set(own.id, { ...own, ...over })
      await remind(2)
      await happened(overdue(own))
      assert.deepEqual(await addresses(), [], JSON.stringify(over))
    }
    present.staff = [{ staff: newId('staff'), state: 'active', roles: ['technician'], language: 'en' }]
    const concluded = recorded('case.concluded', {
      case: one,
      person,
      verdict: 'confirmed',
      waived: 0,
      actor: operator,
    })
    present.parties.set(own.id, {
      ...own,
      verdict: 'confirmed',
      duties: [{ duty: 'identify', doneAt: 1 }, { duty: 'protect' }],
    })
    await happened(concluded)
    const [outcome] = await sent()
    assert.match(outcome?.text ?? '', /Outcome: theft confirmed/)
    assert.match(outcome?.text ?? '', /Protect: cancel/)
    assert.doesNotMatch(outcome?.text ?? '', /Find the account/, 'what is done is not asked again')
    await happened(recorded('case.revised', { case: one, person, verdict: 'confirmed', actor: operator }))
    assert.deepEqual(await addresses(), [], 'concluded anew before the letter left')
    present.parties.set(own.id, own)
    await happened(concluded)
    assert.deepEqual(await addresses(), [], 'taken back before the letter left')
    await happened(recorded('case.revised', { case: one, person, verdict: 'confirmed', actor: operator }))
    assert.match((await sent())[0]?.text ?? '', /does not hold any more/)
  })

  test('R107: each in each language whole, and without a link', async () => {
    const seen = new Set<string>()
    for (const language of languages) {
      present.staff = [{ staff: newId('staff'), state: 'active', roles: ['technician'], language }]
      for (const side of ['service', 'provider'] as const) {
        present.partners.set('treasury', {
          id: 'treasury',
          name: named('Treasury'),
          contacts: { security: 'a@t.example' },
        })
        for (const what of partyLetters) {
          const verdict = what === 'party_concluded' ? ({ verdict: 'not_confirmed' } as const) : {}
          const { id } = partyWith({ side, ...verdict })
          await storage.transaction((tx) => storage.jobs.enqueue(tx, 'alerts.case', { what, about: id }))
          const [letter] = await sent()
          assert.ok(letter, `${what} ${language}`)
          assert.equal(letter.language, language)
          assert.match(letter.html, new RegExp(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`))
          for (const part of [letter.subject, letter.text, letter.html])
            assert.doesNotMatch(part.replaceAll('<!doctype html>', ''), /https?:|[{}]|undefined|<a\b/, what)
          assert.ok(plain(letter.text).includes(`subject-at-${side}`))
          seen.add(letter.text)
        }
      }
    }
    assert.equal(seen.size, languages.length * 2 * partyLetters.length, 'no two say the same')
  })

  test('a name with a line break is one line', async () => {
    const hostile = 'Health\r\nBcc: x@evil.example'
    present.partners.set('health', { id: 'health', name: named(hostile), contacts: { security: 'soc@health.example' } })
    await happened(notified(partyWith({ object: 'gone\nBcc: x' })))
    const [letter] = await sent()
    for (const part of [letter?.subject, letter?.text]) assert.doesNotMatch(part ?? '', /^Bcc/m)
  })
})

describe('R100 R124: letters to operators', () => {
  test('what waits is told at most once an hour, to those who look at it, and not when it is done by then', async () => {
    present.operators = [
      operatorWith('amina', { roles: ['support'], language: 'fr' }),
      operatorWith('bruno', { roles: ['security_officer'] }),
      operatorWith('chloe', { roles: ['manager_of_means' as never] }),
      operatorWith('david', { roles: ['support'], state: 'suspended' }),
    ]
    clock.set(Math.ceil(clock.now() / hour) * hour + minute)
    const report = () => recorded('case.opened', { ...opened, case: newId('case'), origin: 'person' })
    present.received = 3
    await happened(report(), report())
    await happened(report())
    assert.deepEqual(await addresses(), [])
    clock.advance(hour)
    const letters = await sent()
    assert.deepEqual(
      letters.map(({ to }) => to),
      ['amina@hub.example', 'bruno@hub.example'],
    )
    assert.match(letters[1]?.text ?? '', /3 reports wait to be qualified/)
    assert.match(letters[0]?.text ?? '', /3 signalements attendent/)
    present.received = 0
    await happened(report())
    clock.advance(hour)
    assert.deepEqual(await addresses(), [])
    // Overdue ones are named, as many as one reads.
    present.operators = present.operators.slice(1, 2)
    for (let count = 0; count < 22; count++) partyWith({ dueAt: clock.now() - day, reference: `REF-${count}` })
    partyWith({ dueAt: clock.now() - day, reference: 'ANSWERED', answeredAt: 1 })
    await happened(overdue(partyWith({ dueAt: clock.now() - 2 * day, reference: 'FIRST' })))
    mails.splice(0)
    clock.advance(hour)
    const [digest] = (await sent()).filter(({ to }) => to === 'bruno@hub.example')
    assert.match(
      digest?.text ?? '',
      /No report waits.*20 answers of partners are overdue.*The refunds \(Health\), reference FIRST/s,
    )
    assert.match(digest?.text ?? '', /Others as well/)
    assert.doesNotMatch(digest?.text ?? '', /ANSWERED|subject-at/)
  })
})

describe('R111: a letter to who reported without signing in', () => {
  const report = (language: Language) => ({
    reference: 'K7QX-2M4P-9TRC',
    contact: 'eva@mail.example',
    language,
    openedAt: clock.now(),
  })

  test('says that it arrived, then that it is over, by the clock: nothing of what was found', async () => {
    for (const language of languages) {
      present.reporters = [report(language)]
      await happened(recorded('case.reported', { report: 'K7QX-2M4P-9TRC' }))
      await storage.jobs.drain()
      await happened(recorded('case.closed', { ...closed, person: null, reason: 'not_matching', verdict: null }))
      await storage.jobs.drain()
      assert.equal(toPeople.length, 1, 'closed on the first day: not told yet')
      for (let days = 0; days < 12; days++) {
        clock.advance(day)
        await storage.jobs.drain()
      }
      assert.equal(toPeople.length, 2)
      for (const { to, subject, text, of } of toPeople.splice(0)) {
        assert.deepEqual([to, of?.kind, of?.person], ['eva@mail.example', 'report', undefined])
        assert.ok(text.includes('K7QX-2M4P-9TRC'))
        assert.doesNotMatch(`${subject}${text}`, /https?:|[{}]|undefined/)
      }
    }
  })

  test('a mailbox that anybody types again and again gets three of them in a day; one that was not taken is tried again', async () => {
    const references = Array.from({ length: 5 }, (_, place) => `K7QX-2M4P-000${place}`)
    present.reporters = references.map((reference, place) => ({
      ...report('en'),
      ...{ reference, contact: place % 2 === 0 ? 'flooded@mail.example' : 'Flooded@Mail.Example' },
    }))
    refuses = 1
    for (const reference of references) {
      await happened(recorded('case.reported', { report: reference }))
      await storage.jobs.drain()
    }
    assert.equal(toPeople.length, 2)
    clock.advance(hour)
    await storage.jobs.drain()
    assert.equal(toPeople.length, 3)
    clock.advance(day)
    await happened(recorded('case.reported', { report: references[4] ?? '' }))
    await storage.jobs.drain()
    assert.equal(toPeople.length, 4, 'the next day')
  })

  test('nobody is written to who left no mailbox', async () => {
    await happened(recorded('case.reported', { report: 'K7QX-2M4P-9TRC' }))
    await happened(recorded('case.closed', { ...closed, reason: 'settled', verdict: null }))
    await storage.jobs.drain()
    assert.deepEqual(toPeople, [])
  })
})
