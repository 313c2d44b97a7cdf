/** What each step of a report takes, as tables. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { makeReference } from '../connections/reference.ts'
import {
  birthdateOf,
  codesIn,
  faultsIn,
  mostReportWords,
  nextStep,
  type ReportFaults,
  type ReportStep,
  type ReportTyped,
  typedIn,
} from './report-draft.ts'

const now = Date.parse('2026-11-22T15:00:00Z')
const one = makeReference(Buffer.alloc(11, 7))
const two = makeReference(Buffer.alloc(11, 9))
const tails = one.slice(0, 12)

describe('codes as people type them', () => {
  const table: [typed: string, codes: string[], malformed: string[]][] = [
    ['', [], []],
    [one, [one], []],
    [one.toLowerCase().replaceAll('-', ' '), [one], []],
    [`${one}\n${two}`, [one, two], []],
    [`${one}, ${two};`, [one, two], []],
    [`${one}، ${two}`, [one, two], []],
    [`  ${one} ${two} `, [one, two], []],
    [`${one}\n\n${one}`, [one], []],
    [one.replaceAll('7', '٧').replaceAll('0', '۰'), [one], []],
    [`${one}\nbonjour`, [one], ['bonjour']],
    [tails, [], [tails]],
  ]
  for (const [typed, codes, malformed] of table) {
    test(JSON.stringify(typed), () => assert.deepEqual(codesIn(typed), { codes, malformed }))
  }
})

describe('R100: each step says what is wrong with it, and with which field', () => {
  const table: [step: ReportStep, typed: ReportTyped, faults: ReportFaults][] = [
    ['what', {}, { what: 'what_missing' }],
    ['what', { what: 'constructor' }, { what: 'what_missing' }],
    ['what', { what: 'lost' }, {}],
    ['codes', { codes: '' }, {}],
    ['codes', { codes: 'K7QX' }, { codes: 'codes_malformed' }],
    ['codes', { codes: elevenCodes() }, { codes: 'codes_many' }],
    ['you', {}, { name: 'name_missing', year: 'year_missing' }],
    ['you', { name: 'Rivière', day: '19', month: '4', year: '1987' }, {}],
    ['you', { name: 'Rivière', day: '١٩', month: '٤', year: '١٩٨٧' }, {}],
    ['you', { name: 'بنعلي', year: '1987' }, {}],
    ['you', { name: 'Rivière', month: '4', year: '1987' }, {}],
    ['you', { name: 'Rivière', day: '19', year: '1987' }, { year: 'date_wrong' }],
    ['you', { name: 'Rivière', day: '31', month: '2', year: '1987' }, { year: 'date_wrong' }],
    ['you', { name: 'Rivière', day: '1', month: '1', year: '2030' }, { year: 'date_wrong' }],
    ['you', { name: 'Rivière', day: 'x', month: '4', year: '87' }, { year: 'date_wrong' }],
    ['contact', { contact: '' }, {}],
    ['contact', { contact: 'ines@mail.example' }, {}],
    ['contact', { contact: 'ines@' }, { contact: 'contact_wrong' }],
    ['contact', { contact: 'a@b.example\nBcc: c@d.example' }, { contact: 'contact_wrong' }],
    ['words', {}, {}],
    ['words', { from: '2026-11-20' }, {}],
    ['words', { until: '2026-11-22' }, {}],
    ['words', { from: '2026-11-20', until: '2026-11-19' }, { from: 'period_wrong' }],
    ['words', { from: '2026-11-24' }, { from: 'period_wrong' }],
    ['words', { from: '2026-02-30' }, { from: 'period_wrong' }],
    ['words', { from: 'yesterday' }, { from: 'period_wrong' }],
    ['words', { service: 'x'.repeat(101) }, { service: 'service_long' }],
    ['words', { words: 'x'.repeat(mostReportWords) }, {}],
    ['words', { words: 'x'.repeat(mostReportWords + 1) }, { words: 'words_long' }],
  ]
  for (const [step, typed, faults] of table) {
    test(`${step} ${JSON.stringify(typed).slice(0, 80)}`, () => assert.deepEqual(faultsIn(step, typed, now), faults))
  }

  function elevenCodes(): string {
    return Array.from({ length: 11 }, (_, index) => makeReference(Buffer.alloc(11, index))).join('\n')
  }
})

test('a step keeps its own fields, without what nobody typed by hand', () => {
  const body = { name: ' Rivière ', day: '19', month: ['4'], year: 1987, words: 'other step' }
  assert.deepEqual(typedIn('you', body), { name: 'Rivière', day: '19', month: '', year: '' })
  assert.deepEqual(typedIn('words', { words: 'a\r\nb\r\n', service: 'x'.repeat(9_999) }), {
    ...{ words: 'a\nb', from: '', until: '' },
    service: 'x'.repeat(200),
  })
})

test('the next step is the first that is not answered as it has to be', () => {
  const answers: [ReportStep, ReportTyped][] = [
    ['what', { what: 'lost' }],
    ['codes', { codes: '' }],
    ['you', { name: 'Rivière', day: '', month: '', year: '1987' }],
    ['contact', { contact: '' }],
    ['words', { service: '', from: '', until: '', words: '' }],
    ['check', {}],
  ]
  let typed: ReportTyped = {}
  for (const [step, more] of answers) {
    assert.equal(nextStep(typed, now), step)
    typed = { ...typed, ...more }
  }
  assert.equal(nextStep({ ...typed, contact: 'x@' }, now), 'contact')
})

test('a date without its day is written as providers write one', () => {
  assert.equal(birthdateOf({ day: '9', month: '٤', year: '1987' }), '1987-04-09')
  assert.equal(birthdateOf({ month: '4', year: '1987' }), '1987-04-00')
  assert.equal(birthdateOf({ year: '1987' }), '1987-00-00')
})
