import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Party } from '../cases/cases.ts'
import { day } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import {
  eventOf,
  eventTypes,
  initiatorOf,
  type Occasion,
  occasions,
  offeredTypes,
  type Situation,
  signalKinds,
  signalsFor,
  theftReportType,
  toldBy,
  type typeOf,
} from './events.ts'

const issuer = 'https://hub.example'

const calm: Situation = { side: 'provider', concerned: true, stopped: false, over: false, told: { disabled: false } }
const high = { risk: 'high', disabled: false } as const
const disabled = { risk: 'high', disabled: true } as const
const low = { risk: 'low', disabled: false } as const

/** Each row of the table, and what is beside it: what happened, how things are, what is told. */
const rows: [Occasion, Partial<Situation>, string][] = [
  ['case.notified', {}, 'risk_high theft_report'],
  ['case.notified', { side: 'service' }, 'risk_high theft_report'],
  ['case.notified', { stopped: true }, 'risk_high theft_report account_disabled'],
  ['case.notified', { side: 'service', stopped: true }, 'risk_high theft_report session_revoked'],
  ['case.notified', { stolen: 'password' }, 'risk_high theft_report credential_compromise'],
  ['case.notified', { side: 'service', stolen: 'password' }, 'risk_high theft_report'],
  // The same fact, planned a second time.
  ['case.notified', { stopped: true, told: disabled }, 'theft_report'],

  ['protection.frozen', { stopped: true, told: high }, 'account_disabled'],
  ['protection.frozen', { stopped: true, told: disabled }, ''],
  ['protection.frozen', { stopped: true, told: high, verdict: 'confirmed' }, 'account_disabled'],
  ['protection.frozen', { stopped: true, told: low, over: true }, ''],
  // Thawed again before anybody looked.
  ['protection.frozen', { stopped: false, told: high }, ''],
  ['protection.frozen', { side: 'service', stopped: true, told: high }, ''],
  ['protection.blocked', { stopped: true, told: high }, 'account_disabled'],
  ['protection.blocked', { stopped: true, told: high, concerned: false }, ''],
  ['protection.blocked', { side: 'service', concerned: false, told: high }, ''],

  ['session.ended', { side: 'service', told: high }, 'session_revoked'],
  ['session.ended', { side: 'service', told: high, concerned: false }, ''],
  ['session.ended', { side: 'service', told: high, verdict: 'confirmed' }, 'session_revoked'],
  ['session.ended', { side: 'service', told: low, verdict: 'not_confirmed' }, ''],
  ['session.ended', { side: 'service', told: low, over: true }, ''],
  ['session.ended', { side: 'provider', told: high }, ''],

  // While it is looked into, the risk stays.
  ['protection.thawed', { told: disabled }, 'account_enabled'],
  ['protection.thawed', { told: disabled, verdict: 'confirmed' }, 'account_enabled risk_low'],
  ['protection.thawed', { told: disabled, over: true }, 'account_enabled risk_low'],
  ['protection.thawed', { told: high }, ''],
  // Still left out.
  ['protection.thawed', { told: disabled, stopped: true, verdict: 'confirmed' }, ''],
  ['protection.thawed', { side: 'service', told: high, verdict: 'confirmed' }, 'risk_low'],
  ['protection.unblocked', { told: disabled }, 'account_enabled'],
  ['protection.unblocked', { told: disabled, concerned: false }, ''],
  ['protection.unblocked', { side: 'service', concerned: false, told: high, over: true }, ''],

  ['case.concluded', { verdict: 'not_confirmed', told: high }, 'risk_low'],
  ['case.concluded', { verdict: 'not_confirmed', told: disabled }, 'account_enabled risk_low'],
  // The person froze it themselves, and has not thawed it.
  ['case.concluded', { verdict: 'not_confirmed', told: disabled, stopped: true }, 'risk_low'],
  ['case.concluded', { verdict: 'not_confirmed' }, ''],
  ['case.concluded', { side: 'service', verdict: 'not_confirmed', told: high }, 'risk_low'],
  ['case.concluded', { verdict: 'confirmed', told: disabled }, ''],
  ['case.revised', { told: low }, 'risk_high'],
  ['case.revised', { told: high }, ''],
  ['case.closed', { over: true, verdict: 'confirmed', told: high }, 'risk_low'],
  ['case.closed', { over: true, verdict: 'confirmed', told: disabled, stopped: true }, ''],
  ['case.closed', { over: true, verdict: 'not_confirmed', told: low }, ''],
]

describe('which fact is told to whom', () => {
  for (const [on, changes, told] of rows) {
    const situation = { ...calm, ...changes }
    test(`${on}, ${JSON.stringify(changes)}: ${told || 'nothing'}`, () => {
      assert.equal(signalsFor(on, situation).join(' '), told)
    })
  }

  test('each occasion and each kind has its row', () => {
    assert.deepEqual([...new Set(rows.map(([on]) => on))].sort(), [...occasions].sort())
    const told = new Set(rows.flatMap(([, , kinds]) => kinds.split(' ')))
    for (const kind of signalKinds) assert.ok(told.has(kind), kind)
  })

  test('what is told ends where it began: enabled only after disabled, low only after high', () => {
    assert.deepEqual(toldBy([]), { disabled: false })
    assert.deepEqual(toldBy(['risk_high', 'theft_report', 'account_disabled']), disabled)
    assert.deepEqual(toldBy(['risk_high', 'account_disabled', 'account_enabled', 'risk_low']), low)
    assert.deepEqual(toldBy(['risk_high', 'risk_low', 'risk_high']), high)
    for (const on of occasions) {
      for (const side of ['service', 'provider'] as const) {
        const kinds = signalsFor(on, { ...calm, side, verdict: 'not_confirmed', over: true })
        assert.ok(!kinds.includes('risk_low') && !kinds.includes('account_enabled'), `${on} ${side}`)
      }
    }
  })

  test('each side is offered what it may be told, and the events of ours have addresses of ours', () => {
    assert.deepEqual(
      offeredTypes('service', issuer).sort(),
      [
        eventTypes.riskLevelChange,
        eventTypes.sessionRevoked,
        'https://hub.example/secevent/event-type/identity-theft-report',
        'https://hub.example/secevent/event-type/mandate-changed',
        'https://hub.example/secevent/event-type/mandate-ended',
      ].sort(),
    )
    assert.deepEqual(
      offeredTypes('provider', issuer).sort(),
      [
        eventTypes.riskLevelChange,
        eventTypes.accountDisabled,
        eventTypes.accountEnabled,
        eventTypes.credentialCompromise,
        theftReportType(issuer),
      ].sort(),
    )
  })
})

describe('what an event says', () => {
  const at = Date.parse('2026-11-22T10:00:00.700Z')
  const seconds = 1_795_341_600
  const party: Party = {
    id: newId('caseParty'),
    case: newId('case'),
    side: 'provider',
    object: 'tax',
    partner: 'town',
    reference: 'K7QX-2M4P-9TRC',
    txn: 'txn-of-tax',
    subject: 'subject-at-tax',
    issuer: 'https://tax.example',
    moments: [{ at: at - 2 * day, level: 'eidas1' }, { at: at - day }],
    notifiedAt: at,
    dueAt: at + 5 * day,
    version: 1,
    duties: [],
    answers: [],
  }
  const say = (kind: Parameters<typeof typeOf>[0], detail = {}) =>
    eventOf({ kind, at, initiator: 'admin', detail } as Parameters<typeof eventOf>[0], party)
  const common = { event_timestamp: seconds, initiating_entity: 'admin' }

  const claims: [string, Record<string, unknown>, Record<string, unknown>][] = [
    [
      'risk_high',
      {},
      { principal: 'USER', current_level: 'HIGH', previous_level: 'LOW', risk_reason: 'IDENTITY_THEFT_REPORTED' },
    ],
    [
      'risk_high',
      { occasion: 'case.revised' },
      { principal: 'USER', current_level: 'HIGH', previous_level: 'LOW', risk_reason: 'CONCLUSION_REVISED' },
    ],
    [
      'risk_low',
      { occasion: 'case.concluded' },
      { principal: 'USER', current_level: 'LOW', previous_level: 'HIGH', risk_reason: 'REPORT_NOT_CONFIRMED' },
    ],
    [
      'risk_low',
      { occasion: 'protection.thawed' },
      { principal: 'USER', current_level: 'LOW', previous_level: 'HIGH', risk_reason: 'IDENTITY_RESTORED' },
    ],
    [
      'theft_report',
      {},
      {
        connection_time: seconds - 172_800,
        connection_times: [seconds - 172_800, seconds - 86_400],
        case_id: 'K7QX-2M4P-9TRC',
        answer_due: seconds + 432_000,
      },
    ],
    ['account_disabled', {}, { reason: 'hijacking' }],
    ['account_enabled', {}, {}],
    ['session_revoked', {}, {}],
    ['credential_compromise', { credential: 'card' }, { credential_type: 'x509' }],
  ]
  for (const [kind, detail, expected] of claims) {
    test(`${kind} ${JSON.stringify(detail)}`, () => {
      const { reason_admin: admin, reason_user: user, ...said } = say(kind as 'risk_high', detail)
      assert.deepEqual(said, { ...expected, ...common })
      // "MUST contain one or more key/value pairs, with a BCP47 language tag as the key" (CAEP 1.0 section 2).
      for (const map of [admin, ...(kind === 'session_revoked' ? [user] : [])]) {
        assert.deepEqual(Object.keys(map as object).sort(), [...languages].sort())
      }
      assert.doesNotMatch(JSON.stringify({ admin, user }), /tax|town|subject|K7QX/)
    })
  }

  test('what was so before a party is told has neither its time nor its author', () => {
    for (const kind of ['account_disabled', 'session_revoked'] as const) {
      const said = say(kind, { occasion: 'case.notified' })
      assert.ok(!('event_timestamp' in said) && !('initiating_entity' in said), kind)
      assert.ok('reason_admin' in said)
    }
  })

  test('who began it', () => {
    assert.equal(initiatorOf({ kind: 'person', id: newId('person') }), 'user')
    assert.equal(initiatorOf({ kind: 'operator', id: newId('operator') }), 'admin')
    assert.equal(initiatorOf({ kind: 'hub' }), 'system')
    assert.equal(initiatorOf(undefined), 'system')
  })
})
