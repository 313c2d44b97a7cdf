import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Recorded } from '../audit/audit.ts'
import type { Fact, FactName } from '../audit/facts.ts'
import { newId } from '../kernel/ids.ts'
import type { Recipient } from '../people/people.ts'
import { reasons } from '../policy/policy.ts'
import {
  audiences,
  caseNews,
  changes,
  connectionNews,
  hearsConnection,
  newsOf,
  providerOf,
  readerOf,
  type Standing,
  standingOf,
  standings,
} from './audience.ts'

const person = newId('person')
const means = newId('means')
const contact = newId('contact')
const phone = newId('phone')
const request = newId('eidRequest')
const purpose = 'sign_in'
const link = newId('link')
const connection = newId('connection')
const actor = { kind: 'person', id: person } as const

const told = <N extends FactName>(name: N, data: Extract<Fact, { name: N }>['data']) =>
  newsOf({ sequence: 1n, at: 0, name, data } as unknown as Recorded)

const authorised = {
  connection,
  person,
  service: 'refunds',
  provider: 'tax',
  level: 'eidas1',
  reused: false,
  session: newId('session'),
  device: null,
  organisation: null,
  mandate: null,
} as const

/** Each fact, with the kind of message that it becomes. */
const inFirm = { firm: newId('organisation'), membership: newId('membership'), person }
const facts: [news: ReturnType<typeof newsOf>, kind: string | undefined, details?: object][] = [
  [told('connection.authorised', { ...authorised, amr: [], alert: 'unusual' }), 'connection.unusual'],
  [told('connection.authorised', { ...authorised, amr: [], alert: 'suspicious' }), 'connection.suspicious'],
  [
    told('connection.authorised', { ...authorised, amr: [], alert: 'unusual', reused: true }),
    'connection.unusual',
    { providers: ['tax'] },
  ],
  [told('connection.authorised', { ...authorised, amr: [], alert: 'none' }), 'connection.made', { providers: ['tax'] }],
  [told('connection.authorised', { ...authorised, amr: [], alert: 'none', reused: true }), undefined],
  [told('contact.added', { person, contact, channel: 'email', level: 'eidas1' }), 'contact.added'],
  [told('contact.verified', { person, contact, level: 'eidas1', how: 'code' }), 'contact.verified'],
  [told('contact.verified', { person, contact, level: 'eidas1', how: 'confirmed' }), 'contact.confirmed'],
  [told('contact.removed', { person, contact, level: 'eidas1', verified: true }), 'contact.removed'],
  [told('contact.removed', { person, contact, level: 'eidas1', verified: false }), undefined],
  [told('means.created', { person, means, kind: 'totp', enrolment: newId('enrolment') }), undefined],
  [told('means.activated', { person, means }), 'means.activated'],
  [told('means.suspended', { person, means, reason: 'lost', actor }), 'means.suspended'],
  [told('means.resumed', { person, means, reason: 'found', actor }), 'means.resumed'],
  [told('means.revoked', { person, means, reason: 'stolen', actor }), 'means.revoked'],
  [told('means.revoked', { person, means, reason: 'renewed', successor: newId('means'), actor }), undefined],
  [told('means.renewed', { person, means, enrolment: newId('enrolment'), actor }), 'means.renewed'],
  [told('means.expires_soon', { person, means: [means], days: 30 }), 'means.expires_soon'],
  [told('means.expired', { person, means }), 'means.expired'],
  [told('means.password_set', { person, means, how: 'first' }), undefined],
  [told('means.password_set', { person, means, how: 'changed' }), 'means.password_set'],
  [told('means.password_set', { person, means, how: 'reset' }), 'means.password_set'],
  [told('means.recovery_code_used', { person, means, left: 3 }), 'means.recovery_code_used'],
  [told('phone.paired', { person, phone, provider: 'e-id', platform: 'ios', shared: false }), 'phone.paired'],
  [told('phone.renewed', { person, phone, rotated: true }), 'phone.renewed'],
  [told('phone.revoked', { person, phone, reason: 'lost', actor }), 'phone.revoked'],
  [told('phone.revoked', { person, phone, reason: 'replaced', actor }), undefined],
  [told('phone.expires_soon', { person, phones: [phone], days: 7 }), 'phone.expires_soon'],
  [told('phone.expired', { person, phone }), 'phone.expired'],
  [
    told('eid.request_declined', { request, phone, person, purpose, reason: 'not_me', country: 'ES' }),
    'eid.declined',
    { country: 'ES' },
  ],
  [told('eid.request_declined', { request, phone, person, purpose, reason: 'changed_mind', country: null }), undefined],
  [
    told('eid.request_mismatch', { request, phone, person, purpose, reason: 'second_phone', country: 'ES' }),
    'eid.mismatch',
    { country: 'ES' },
  ],
  [
    told('eid.request_mismatch', { request, phone: null, person: null, purpose, reason: 'x', country: null }),
    undefined,
  ],
  [told('phone.moved', { person, phone, into: newId('person'), actor }), undefined],
  [told('means.locked', { person, step: 'password' }), 'means.locked'],
  [told('means.locked', { person: null, step: 'password' }), undefined],
  [told('means.unlocked', { person, how: 'mailbox', actor }), 'means.unlocked'],
  [told('means.counter_regressed', { person, means }), 'means.counter_regressed'],
  [told('means.activation_given', { person, enrolment: newId('enrolment'), actor }), 'means.activation_given'],
  [
    told('alerts.turned_off', { person, contact, to: 'serious', level: 'eidas2' }),
    'alerts.turned_off',
    { hears: 'serious' },
  ],
  [
    told('alerts.turned_on', { person, contact: null, to: 'every', level: 'eidas2' }),
    'alerts.turned_on',
    { hears: 'every' },
  ],
  [told('person.linked', { person, link, provider: 'tax', level: 'eidas1', how: 'first' }), undefined],
  ...(['match', 'both', 'review'] as const).map(
    (how) =>
      [
        told('person.linked', { person, link, provider: 'tax', level: 'eidas1', how }),
        'person.linked',
        { providers: ['tax'] },
      ] as [ReturnType<typeof newsOf>, string, object],
  ),
  [
    told('protection.frozen', { person, origin: 'operators', suspected: ['tax'], actor }),
    'protection.frozen',
    { origin: 'operators' },
  ],
  [
    told('protection.thaw_asked', { person, takesEffect: 7, provider: 'post', actor }),
    'protection.thaw_asked',
    { from: 7, providers: ['post'] },
  ],
  [told('protection.thaw_stopped', { person, actor }), 'protection.thaw_stopped'],
  [told('protection.thawed', { person, how: 'asked', at: 7, actor }), 'protection.thawed'],
  [
    told('protection.blocked', { person, providers: ['tax'], future: true, actor }),
    'protection.blocked',
    { providers: ['tax'], future: true },
  ],
  [
    told('protection.unblocked', { person, providers: ['tax'], future: false, actor }),
    'protection.unblocked',
    { providers: ['tax'] },
  ],
  [
    told('trip.declared', { person, trip: newId('trip'), provider: 'tax', until: 9, takesEffect: 7, actor }),
    'trip.declared',
    { from: 7, providers: ['tax'] },
  ],
  [told('trip.withdrawn', { person, trip: newId('trip'), actor }), undefined],
  [told('device.shared_by_representatives', { person, device: null, people: 2 }), 'device.shared'],
  [told('card.shared', { person, devices: 4 }), 'card.shared'],
  [told('firm.opened', { ...inFirm, representation: newId('representation'), again: false, actor }), 'firm.opened'],
  [told('firm.member_waiting', { ...inFirm, role: 'employee', actor }), 'firm.member_waiting'],
  [told('firm.member_joined', { ...inFirm, role: 'employee', actor }), 'firm.member_joined'],
  [told('firm.member_left', { ...inFirm, why: 'removed', assignments: 1, services: [], actor }), 'firm.member_left'],
  [told('firm.role_changed', { ...inFirm, before: 'employee', role: 'manager', actor }), 'firm.role_changed'],
  // The key is destroyed with it: the letter leaves by another way (`messageKeeper`).
  [told('person.erased', { person, actor }), undefined],
  [told('person.identity_changed', { person, provider: 'tax', level: 'eidas1', fields: [] }), undefined],
]

/** Who is told what of each kind: what DESIGN section 5 says of contacts, word by word. */
const table: Record<Standing, { connection: string; change: string }> = {
  confirmed: { connection: 'whole', change: 'whole' },
  unconfirmed: { connection: 'news', change: 'news' },
  asserted: { connection: 'provider', change: 'nothing' },
  former: { connection: 'nothing', change: 'changed' },
  removed: { connection: 'nothing', change: 'changed' },
}

describe('R047 R101: who hears of what', () => {
  test('each fact is told once, as what it is, or not at all', () => {
    for (const [place, [news, kind, details]] of facts.entries()) {
      assert.equal(news?.kind, kind, `row ${place}`)
      if (news) assert.equal(news.person, person)
      if (details) assert.deepEqual(news?.details, details, `row ${place}`)
    }
    const kinds = new Set(facts.map(([, kind]) => kind))
    for (const kind of [...connectionNews, ...changes, 'means.expires_soon'] as const) {
      assert.ok(kinds.has(kind) || kind === 'person.erased', `${kind} has a fact`)
    }
  })

  test('the table, row by row', () => {
    for (const standing of standings) {
      const { connection, change } = table[standing]
      for (const kind of connectionNews) assert.equal(audiences[kind][standing], connection, `${kind} ${standing}`)
      const reminded = { confirmed: 'whole', unconfirmed: 'news' }[standing as string] ?? 'nothing'
      for (const kind of changes) {
        const isBlock = ['protection.blocked', 'protection.unblocked', 'trip.declared'].includes(kind)
        const isRemark = [
          'phone.expires_soon',
          'eid.declined',
          'eid.mismatch',
          'device.shared',
          'card.shared',
          ...changes.filter((one) => one.startsWith('firm.')),
        ].includes(kind)
        const exception =
          isBlock && standing === 'asserted'
            ? 'provider'
            : kind === 'contact.removed' && standing === 'removed'
              ? 'news'
              : isRemark
                ? reminded
                : undefined
        assert.equal(audiences[kind][standing], exception ?? change, `${kind} ${standing}`)
      }
      for (const kind of caseNews) {
        const isAsserted = kind === 'case.opened' && standing === 'asserted'
        assert.equal(audiences[kind][standing], isAsserted ? 'nothing' : connection, `${kind} ${standing}`)
      }
      assert.equal(audiences['means.expires_soon'][standing], reminded, standing)
    }
  })

  test('an address stands where its contact does', () => {
    const at = { address: 'a@mail.example', language: 'fr' } as const
    const cases: [Recipient, Standing][] = [
      [{ kind: 'verified', contact, confirmed: true, ...at }, 'confirmed'],
      [{ kind: 'verified', contact, confirmed: false, ...at }, 'unconfirmed'],
      [{ kind: 'asserted', ...at }, 'asserted'],
      [{ kind: 'former', contact: newId('contact'), ...at }, 'former'],
      [{ kind: 'former', contact, ...at }, 'removed'],
    ]
    for (const [recipient, standing] of cases) assert.equal(standingOf(recipient, contact), standing)
    assert.equal(readerOf('protection.frozen', { kind: 'asserted', ...at }, null), undefined)
    assert.deepEqual(readerOf('contact.removed', { kind: 'former', contact, ...at }, contact), {
      ...at,
      contact,
      said: 'news',
    })
  })

  test('R056: what a mailbox may choose not to hear', () => {
    const rows: [Parameters<typeof hearsConnection>, boolean][] = [
      [['every', 'connection.made', []], true],
      [['unusual', 'connection.made', []], false],
      [['serious', 'connection.made', []], false],
      [['every', 'connection.unusual', ['new_device']], true],
      [['unusual', 'connection.unusual', ['new_device']], true],
      [['serious', 'connection.unusual', ['new_device', 'shared_device', 'new_provider']], false],
      [['serious', 'connection.unusual', ['new_device', 'new_country']], true],
      [['serious', 'connection.unusual', ['first_link']], true],
    ]
    for (const [given, hears] of rows) assert.equal(hearsConnection(...given), hears, given.join(' '))
    for (const hears of ['every', 'unusual', 'serious'] as const)
      for (const reason of reasons) assert.ok(hearsConnection(hears, 'connection.suspicious', [reason]))
  })

  test('a message is about a provider when it is about that one only', () => {
    assert.equal(providerOf({ providers: ['tax'] }), 'tax')
    assert.equal(providerOf({ providers: ['tax', 'post'] }), undefined)
    assert.equal(providerOf({ providers: ['tax'], future: true }), undefined)
    assert.equal(providerOf({}), undefined)
  })
})
