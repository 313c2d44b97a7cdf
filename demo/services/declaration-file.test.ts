import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { type Employee, type Fault, lineLength, readDeclaration, writeDeclaration } from './declaration-file.ts'

const expected = { affiliate: '1234567', month: '202610' }
const employees: Employee[] = [
  { insured: '100000001', name: 'AMRANI LEILA', days: 26, wages: 450_000 },
  { insured: '100000002', name: 'BERRADA ÉLIE', days: 12, wages: 910_050, situation: 'SO' },
  { insured: '100000003', name: 'CHRAIBI SARA', days: 8, wages: 120_000, came: 'AB12345' },
]
const sample = () => writeDeclaration({ ...expected, company: 'ATELIER SAFRAN', city: 'RABAT', employees })
const read = (text: string) => readDeclaration(Buffer.from(text), expected)

function faultsOf(text: string): Fault[] {
  const outcome = read(text)
  return outcome.ok ? [] : outcome.faults
}

/** The sample with one line changed. */
function changed(at: number, change: (line: string) => string): string {
  const lines = sample().split('\r\n')
  lines[at - 1] = change(lines[at - 1] ?? '')
  return lines.join('\r\n')
}

const put = (line: string, at: number, value: string) => line.slice(0, at) + value + line.slice(at + value.length)

describe('a declaration in lines of 260 characters', () => {
  test('is read and added up, with either end of line, in UTF-8 and ISO 8859-1', () => {
    const declared = {
      affiliate: '1234567',
      month: '202610',
      company: 'ATELIER SAFRAN',
      employees: 3,
      days: 46,
      wages: 1_480_050,
      capped: 1_170_000,
    }
    for (const line of sample().split('\r\n').filter(Boolean)) assert.equal(line.length, lineLength)
    for (const file of [
      Buffer.from(sample()),
      Buffer.from(sample(), 'latin1'),
      Buffer.from(sample().replaceAll('\r\n', '\n')),
    ]) {
      assert.deepEqual(readDeclaration(file, expected), { ok: true, declaration: declared })
    }
  })

  const cases: [string, string, Fault[]][] = [
    ['nothing in it', '', [{ kind: 'empty' }]],
    ['a program', 'MZ\u0000\u0003', [{ kind: 'not_text' }]],
    ['a line too short', changed(3, (line) => line.slice(1)), [{ line: 3, kind: 'length' }]],
    ['an unknown line', changed(3, (line) => `C02${line.slice(3)}`), [{ line: 3, kind: 'type' }]],
    [
      'letters in a number',
      changed(3, (line) => put(line, 3, '12E4567')),
      [{ line: 3, field: 'affiliate', kind: 'form' }],
    ],
    ['a thirteenth month', changed(2, (line) => put(line, 10, '202613')), [{ line: 2, field: 'month', kind: 'form' }]],
    ['writing after the end', changed(1, (line) => put(line, 250, 'X')), [{ line: 1, kind: 'filler' }]],
    [
      'another company',
      changed(2, (line) => put(line, 3, '7654321')),
      [{ line: 2, field: 'affiliate', kind: 'affiliate' }],
    ],
    ['another month', changed(2, (line) => put(line, 10, '202609')), [{ line: 2, field: 'month', kind: 'month' }]],
    ['the end is missing', sample().slice(0, -(lineLength + 2)), [{ kind: 'missing' }]],
    ['a line where it does not belong', sample() + sample(), [{ line: 9, kind: 'order' }]],
    [
      'a wage changed on the way',
      changed(3, (line) => put(line, 91, '8')),
      [
        { line: 3, field: 'capped', kind: 'capped' },
        { line: 3, field: 'control', kind: 'control' },
        { line: 5, field: 'wages', kind: 'total' },
        { line: 8, field: 'wages', kind: 'total' },
      ],
    ],
  ]
  for (const [name, text, faults] of cases) {
    test(`refused: ${name}`, () => assert.deepEqual(faultsOf(text), faults))
  }

  test('an employee twice, and more days than a month has', () => {
    const twice = writeDeclaration({
      ...expected,
      company: 'X',
      city: 'Y',
      employees: [...employees, { insured: '100000001', name: 'AGAIN', days: 27, wages: 1 }],
    })
    assert.deepEqual(faultsOf(twice), [
      { line: 5, field: 'insured', kind: 'twice' },
      { line: 5, field: 'days', kind: 'days' },
    ])
  })

  test('of a file without end, the first fifty faults', () => {
    const outcome = read('short\n'.repeat(100_000))
    assert.ok(!outcome.ok)
    assert.equal(outcome.faults.length, 50)
    assert.equal(outcome.more, true)
    assert.deepEqual(readDeclaration(Buffer.alloc(6_000_001, 'B'), expected), {
      ok: false,
      faults: [{ kind: 'too_large' }],
      more: false,
    })
  })

  test('whatever one digit becomes, it is found', () => {
    const whole = sample()
    const places = [...whole.matchAll(/\d/g)].map(({ index }) => index)
    // What the file says of itself, of its dates and of places adds up to nothing.
    const line = (place: number) => Math.floor(place / (lineLength + 2)) + 1
    const summed = places.filter((place) => line(place) > 2 && !isFree(whole, place))
    fc.assert(
      fc.property(fc.constantFrom(...summed), fc.integer({ min: 1, max: 9 }), (place, by) => {
        const digit = (Number(whole[place]) + by) % 10
        assert.notDeepEqual(faultsOf(put(whole, place, String(digit))), [])
      }),
    )
  })
})

/** Children, and a document's number: in no sum. */
function isFree(whole: string, place: number): boolean {
  const column = place % (lineLength + 2)
  const type = whole.slice(place - column, place - column + 3)
  if (column < 3) return false
  return (type === 'B02' && column >= 85 && column < 87) || (type === 'B04' && column >= 85 && column < 93)
}
