import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from '../../test/support/property.ts'
import {
  hasLuhnKey,
  isPresumed,
  type Problem,
  parsePivot,
  parseProfessional,
  releasedBirthdate,
} from './parse-pivot.ts'

const citizen = {
  given_name: 'Angela Claire Louise',
  family_name: 'DUBOIS',
  birthdate: '1962-08-24',
  gender: 'female',
  birthplace: '75107',
  birthcountry: '99100',
}
const resident = { ...citizen, birthplace: '', birthcountry: '99350' }
const professional = { SubjectNameID: '899700366240', given_name: 'Ilan', family_name: 'VERMEIL' }

function problemOf(claims: unknown, field: string): Problem | undefined {
  const parsed = parsePivot(claims)
  return parsed.ok ? undefined : parsed.faults.find((fault) => fault.field === field)?.problem
}

/** Each value with the problem it must have; undefined: it is accepted. */
function table(field: string, rows: [unknown, Problem | undefined][], base: Record<string, unknown> = citizen): void {
  for (const [value, expected] of rows) {
    assert.equal(problemOf({ ...base, [field]: value }, field), expected, `${field} = ${JSON.stringify(value)}`)
  }
}

test('a citizen comes out as sent', () => {
  assert.deepEqual(parsePivot(citizen), { ok: true, identity: { kind: 'pivot', ...citizen } })
})

test('R016: a resident born abroad is well-formed, and a birthplace sent for them is ignored', () => {
  for (const birthplace of ['', undefined, null, '99350', '75107', 'Casablanca', 12]) {
    assert.deepEqual(parsePivot({ ...resident, birthplace }), { ok: true, identity: { kind: 'pivot', ...resident } })
  }
})

test('a birthplace is required of whoever was born in France, as a COG code of any time', () => {
  table('birthplace', [
    ['75107', undefined],
    ['2A004', undefined],
    ['2B033', undefined],
    ['20004', undefined],
    ['97105', undefined],
    ['97411', undefined],
    ['98818', undefined],
    ['91352', undefined],
    ['01001', undefined],
    [undefined, 'missing'],
    ['', 'missing'],
    [75107, 'not_text'],
    ['2C004', 'malformed'],
    ['2a004', 'malformed'],
    ['99350', 'malformed'],
    ['00123', 'malformed'],
    ['7510', 'malformed'],
    ['751070', 'malformed'],
    ['75107\n', 'malformed'],
    ['７５１０７', 'malformed'],
  ])
})

test('a birth country is a COG code of a country', () => {
  table('birthcountry', [
    ['99100', undefined],
    ['99350', undefined],
    ['FR', 'malformed'],
    ['75107', 'malformed'],
    ['9910', 'malformed'],
    [99100, 'not_text'],
    [undefined, 'missing'],
  ])
})

test('a birth date is a day that exists, or is presumed from the right', () => {
  table('birthdate', [
    ['1962-08-24', undefined],
    ['2000-02-29', undefined],
    ['2024-02-29', undefined],
    ['1962-08-00', undefined],
    ['1962-00-00', undefined],
    ['1962-00-12', 'impossible_date'],
    ['1962-02-31', 'impossible_date'],
    ['1900-02-29', 'impossible_date'],
    ['2023-02-29', 'impossible_date'],
    ['1962-04-31', 'impossible_date'],
    ['1962-13-01', 'impossible_date'],
    ['1962-08-32', 'impossible_date'],
    ['0000-00-00', 'impossible_date'],
    ['0001-01-01', 'impossible_date'],
    ['1962-8-24', 'malformed'],
    ['24/08/1962', 'malformed'],
    ['1962-08-24T00:00:00Z', 'malformed'],
    ['1962', 'malformed'],
    ['', 'missing'],
    [19620824, 'not_text'],
  ])
})

test('with the instant at hand, a birth after today is refused, wherever on Earth today is', () => {
  const options = { now: Date.parse('2026-11-22T11:00:00Z') }
  const accepted = (birthdate: string) => parsePivot({ ...citizen, birthdate }, options).ok
  assert.deepEqual(['2026-11-22', '2026-11-23', '2026-11-00', '2026-00-00'].map(accepted), [true, true, true, true])
  assert.deepEqual(['2026-11-24', '2026-12-00', '2027-00-00'].map(accepted), [false, false, false])
})

test('gender is one of three words', () => {
  table('gender', [
    ['male', undefined],
    ['unspecified', undefined],
    ['M', 'malformed'],
    ['Female', 'malformed'],
    ['male\n', 'malformed'],
    [undefined, 'missing'],
  ])
})

test('a name is text with a letter, without anything invisible', () => {
  table('family_name', [
    ["D'ALMEIDA-LE GOFF", undefined],
    ['بن علي', undefined],
    ['Nguyễn', undefined],
    ['क्षत्रिय', undefined],
    ['é'.repeat(256), undefined],
    ['𐐀'.repeat(256), undefined],
    ['a'.repeat(257), 'too_long'],
    ['a'.repeat(5000), 'too_long'],
    [' \u00a0 ', 'missing'],
    ['-', 'no_letter'],
    ['1234', 'no_letter'],
    ['DU\tBOIS', 'forbidden_character'],
    ['DU\u0000BOIS', 'forbidden_character'],
    ['DU\u202eBOIS', 'forbidden_character'],
    ['DU\u200bBOIS', 'forbidden_character'],
    ['DU\ud800BOIS', 'forbidden_character'],
    ['DU\u2028BOIS', 'forbidden_character'],
    [['DUBOIS'], 'not_text'],
    [{ toString: () => 'DUBOIS' }, 'not_text'],
  ])
})

test('names come out composed, with single spaces', () => {
  const parsed = parsePivot({ ...citizen, given_name: '  Ange\u0301la\u00a0\u2003Claire ' })
  assert.equal(parsed.ok && parsed.identity.given_name, 'Angéla Claire')
})

test('the name in use is kept only when it differs from the birth name', () => {
  const kept = (preferred_username: unknown) => {
    const parsed = parsePivot({ ...citizen, preferred_username })
    return parsed.ok ? parsed.identity.preferred_username : 'refused'
  }
  assert.deepEqual(['DUBOIS', 'MARTIN', '', null].map(kept), [undefined, 'MARTIN', undefined, undefined])
  assert.equal(kept(['MARTIN']), 'refused')
})

test('every fault is told at once, and none repeats a value', () => {
  const canary = 'Canary\u0007'
  const parsed = parsePivot({
    ...citizen,
    given_name: canary,
    family_name: canary,
    birthdate: 'Canary',
    gender: 'Canary',
  })
  assert.ok(!parsed.ok)
  assert.deepEqual(parsed.faults.map(({ field }) => field).sort(), ['birthdate', 'family_name', 'gender', 'given_name'])
  assert.doesNotMatch(JSON.stringify(parsed), /Canary/)
})

test('claims that are inherited or no object at all are not claims', () => {
  for (const claims of [undefined, null, 'x', 7, [citizen], Object.create(citizen)]) {
    assert.equal(parsePivot(claims).ok, false)
  }
})

test('property: what is accepted is a fixed point, and nothing makes the parser throw', () => {
  const anyName = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 40 }))
  fc.assert(
    fc.property(anyName, anyName, anyName, (given_name, family_name, preferred_username) => {
      const parsed = parsePivot({ ...citizen, given_name, family_name, preferred_username })
      if (!parsed.ok) return
      assert.deepEqual(parsePivot(parsed.identity), parsed)
      assert.equal(parsed.identity.given_name, parsed.identity.given_name.normalize('NFC'))
      assert.doesNotMatch(parsed.identity.family_name, /^\s|\s\s|\s$|[\p{Cc}\p{Cs}]/u)
    }),
  )
  fc.assert(fc.property(fc.anything(), (claims) => typeof parsePivot(claims).ok === 'boolean'))
  fc.assert(fc.property(fc.anything(), (claims) => typeof parseProfessional(claims).ok === 'boolean'))
})

test('property: a complete date is accepted exactly when the calendar has it', () => {
  const two = (number: number) => String(number).padStart(2, '0')
  fc.assert(
    fc.property(fc.integer({ min: 1850, max: 2200 }), fc.nat(13), fc.nat(32), (year, month, day) => {
      const birthdate = `${year}-${two(month)}-${two(day)}`
      const date = new Date(Date.UTC(year, month - 1, day))
      const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month > 0
      const presumed = day === 0 && month <= 12
      assert.equal(parsePivot({ ...citizen, birthdate }).ok, exists || presumed, birthdate)
      assert.equal(isPresumed(birthdate), day === 0)
    }),
  )
})

test('services see the first day or month in place of a presumed one', () => {
  assert.deepEqual(['1962-08-24', '1962-08-00', '1962-00-00', '2000-10-00'].map(releasedBirthdate), [
    '1962-08-24',
    '1962-08-01',
    '1962-01-01',
    '2000-10-01',
  ])
})

test('R039: a national identifier has the form of its register, an RPPS number its Luhn key', () => {
  const problem = (SubjectNameID: unknown) => {
    const parsed = parseProfessional({ ...professional, SubjectNameID })
    return parsed.ok ? undefined : parsed.faults[0]?.problem
  }
  const rows: [unknown, Problem | undefined][] = [
    ['810001045367', undefined],
    ['810000123454', undefined],
    ['899700366240', undefined],
    ['3750821092/067L-06067983', undefined],
    ['0757500000', undefined],
    ['02A7500000', undefined],
    ['810001045368', 'wrong_check_digit'],
    ['10001045367', 'malformed'],
    ['81000104536', 'malformed'],
    ['8100010453670', 'malformed'],
    ['3750821092', 'malformed'],
    ['3750821092/', 'malformed'],
    [810001045367, 'not_text'],
  ]
  for (const [value, expected] of rows) assert.equal(problem(value), expected, String(value))
})

test('a professional keeps the claims of the profession and nothing else', () => {
  const SubjectRole = ['10^1.2.250.1.213.1.1.5.5']
  const parsed = parseProfessional({ ...professional, SubjectRole, email: 'a@example.org', sub: 'f:1:2' })
  assert.ok(parsed.ok)
  assert.deepEqual(parsed.identity, {
    kind: 'professional',
    nationalId: '899700366240',
    given_name: 'Ilan',
    family_name: 'VERMEIL',
    claims: { SubjectRole },
  })
})

test('the national identifier may come twice, but only as the same one', () => {
  const { SubjectNameID, ...names } = professional
  assert.equal(parseProfessional({ ...names, preferred_username: SubjectNameID }).ok, true)
  assert.equal(parseProfessional({ ...professional, preferred_username: SubjectNameID }).ok, true)
  assert.deepEqual(parseProfessional({ ...professional, preferred_username: '810001045367' }), {
    ok: false,
    faults: [{ field: 'preferred_username', problem: 'contradiction' }],
  })
  assert.deepEqual(parseProfessional(names), {
    ok: false,
    faults: [{ field: 'preferred_username', problem: 'missing' }],
  })
})

test('property: the Luhn key finds every single wrong digit', () => {
  const valid = fc
    .stringMatching(/^\d{10}$/)
    .map((body) => [...'0123456789'].map((key) => body + key).find(hasLuhnKey) ?? '')
  fc.assert(
    fc.property(valid, fc.nat(10), fc.integer({ min: 1, max: 9 }), (digits, place, shift) => {
      const wrong = (Number(digits[place]) + shift) % 10
      assert.equal(hasLuhnKey(digits.slice(0, place) + wrong + digits.slice(place + 1)), false)
    }),
  )
})
