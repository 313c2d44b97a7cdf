import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Level } from '../kernel/assurance.ts'
import { type Acceptance, decideAcceptance, decideProspect, type KnownMeans, type ServiceTerms } from './acceptance.ts'
import { type House, houseLevel, houseMeans } from './house-means.ts'
import { policyOf, policySchema } from './settings.ts'

const at = Date.parse('2026-11-22T10:00:00Z')
const policy = policyOf(policySchema.parse({}))
const before = Date.parse('2025-12-31T00:00:00+01:00')

const card: House = { kind: 'card' }
const app: House = { kind: 'eid_app', by: ['card', 'device_key'] }
const keyOnly: House = { kind: 'eid_app', by: ['device_key'] }
const standIn: House = { kind: 'card_and_code' }

const byCard = ['sc', 'pin', 'hwk', 'mfa']
const contactless = ['sc']
const open: ServiceTerms = { id: 'library', minimumLevel: 'eidas1', sensitive: false }
const record: ServiceTerms = { id: 'record', minimumLevel: 'eidas2', sensitive: true }
const tax: ServiceTerms = { id: 'tax', minimumLevel: 'eidas3', sensitive: false }

const known = (house: House, more: Partial<KnownMeans> = {}): KnownMeans => ({
  jurisdiction: 'FR',
  homologations: [],
  ...houseMeans(house),
  ...more,
})

interface Given {
  level?: Level
  when?: number
  more?: Partial<KnownMeans>
}

function decide(house: House, amr: string[], service: ServiceTerms, { level = 'eidas3', when = at, more }: Given = {}) {
  const signIn = { level, amr, population: 'professional' as const }
  return decideAcceptance({ known: known(house, more), signIn, service, place: 'remote', at: when, policy })
}

describe('a card, the e-ID app and what stands in for it, towards services', () => {
  const certified: Partial<KnownMeans> = {
    class: 'certified',
    certificate: { reference: 'CERT-EID', validUntil: at + 1 },
    enrolment: { proofs: ['identity_card', 'face_to_face'], contactsVerified: true, inDirectory: true },
  }
  const table: [
    sentence: string,
    question: Parameters<typeof decide>,
    accepted: boolean,
    reasons: Acceptance['reasons'],
    level?: Level,
  ][] = [
    ['R033, R050: a contact chip with its PIN opens what is sensitive', [card, byCard, record], true, [], 'eidas3'],
    ['R033: ... and what asks for the highest level', [card, byCard, tax], true, [], 'eidas3'],
    [
      'R033: ... never above what its certificate carries',
      [card, byCard, tax, { level: 'eidas2' }],
      false,
      ['below_minimum'],
      'eidas2',
    ],
    [
      'R034: read without contact it opens no service, not even an ordinary one',
      [card, contactless, open],
      false,
      ['card_without_pin', 'contactless_alone', 'below_minimum'],
    ],
    [
      'R051, R034: without contact and with a password it was a means of transition',
      [card, [...contactless, 'pwd'], open, { when: before }],
      true,
      ['contactless_is_transition'],
      'eidas1',
    ],
    [
      'R031: ... which is over',
      [card, [...contactless, 'pwd'], open],
      false,
      ['transition_ended', 'contactless_is_transition'],
      'eidas1',
    ],
    [
      'R077: the app with the card carries the highest level',
      [app, ['sc', 'pin', 'hwk', 'fpt', 'mfa'], tax],
      true,
      [],
      'eidas3',
    ],
    ['R078: ... by the face as well', [app, ['sc', 'pin', 'hwk', 'face', 'mfa'], tax], true, [], 'eidas3'],
    [
      'R073: the key of the phone alone carries less',
      [app, ['hwk', 'fpt', 'mfa'], tax],
      false,
      ['below_minimum'],
      'eidas2',
    ],
    ['... and enough for an ordinary service', [app, ['hwk', 'face', 'mfa'], open], true, [], 'eidas2'],
    ['... unlocked by a code too', [app, ['hwk', 'pin', 'mfa'], open], true, ['pin_without_chip'], 'eidas2'],
    [
      'R023: of an app that nobody recognised nothing sensitive opens',
      [app, [...byCard, 'fpt'], record],
      false,
      ['class_none'],
      'eidas3',
    ],
    [
      'R024: ... until its certificate is declared',
      [app, [...byCard, 'fpt'], record, { more: certified }],
      true,
      [],
      'eidas3',
    ],
    [
      'R024: ... and while it lasts',
      [app, [...byCard, 'fpt'], record, { more: certified, when: at + 1 }],
      false,
      ['certificate_ended'],
      'eidas3',
    ],
    [
      'words of another kind prove nothing',
      [card, ['otp', 'fpt', 'swk'], open],
      false,
      ['card_without_pin', 'no_factor', 'below_minimum'],
    ],
  ]
  for (const [sentence, question, accepted, reasons, level] of table) {
    test(sentence, () => {
      const decision = decide(...question)
      assert.deepEqual([decision.accepted, decision.reasons, decision.level], [accepted, reasons, level])
    })
  }
})

test('the best that can come from an app without the card is what its key carries', () => {
  const ask = (house: House) =>
    decideProspect({ known: known(house), strongest: 'eidas3', service: tax, place: 'remote', at, policy })
  assert.deepEqual(ask(app).reasons, [])
  assert.deepEqual(ask(keyOnly).reasons, ['below_minimum'])
  assert.deepEqual(ask(card).reasons, [])
})

test('a level is carried by what was proved, whatever the certificate says', () => {
  const levels: [House, string[], Level | undefined][] = [
    [card, byCard, 'eidas3'],
    [card, contactless, undefined],
    [card, [...contactless, 'pwd'], 'eidas1'],
    [app, ['sc', 'pin', 'hwk', 'fpt', 'mfa'], 'eidas3'],
    [app, ['hwk', 'fpt', 'mfa'], 'eidas2'],
    [standIn, ['sc', 'pin', 'mail', 'mfa'], 'eidas3'],
    [standIn, ['sms'], undefined],
    [standIn, ['sc', 'sms'], undefined],
    [card, ['toString', 'constructor'], undefined],
  ]
  for (const [house, amr, level] of levels) assert.equal(houseLevel(house, amr), level, amr.join(' '))
})
