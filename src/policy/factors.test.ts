import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from '../../test/support/property.ts'
import { compareLevels, type Level } from '../kernel/assurance.ts'
import { assessFactors, type Factor, type FactorKind, type FactorReason, factorKinds } from './factors.ts'
import { someFactors } from './policy.sample.ts'

const kinds = Object.keys(factorKinds) as FactorKind[]

/** A factor of each kind, in the circumstances in which it counts. */
function counting(kind: FactorKind): Factor {
  if (kind === 'fingerprint' || kind === 'face') return { kind, verifiedOn: 'holder_hardware' }
  return kind === 'mail_otp' ? { kind, resetsPassword: false, secured: false } : { kind }
}
const all = (...list: FactorKind[]) => list.map(counting)

describe('pairs', () => {
  /** Two factors in one: with anything beside them. */
  const twoInOne: FactorKind[] = [
    'passkey_verified',
    'security_key_pin',
    'security_key_fingerprint',
    'phone_app_verified',
  ]
  const possession =
    'totp sms_otp mail_otp recovery_code passkey security_key contact_chip contactless_chip identity_chip phone_app'
  /** The other pairs of different categories, written out. All that is in neither table is one factor, or none. */
  const different: Partial<Record<FactorKind, string>> = {
    password: `${possession} fingerprint face`,
    pin: 'security_key contact_chip identity_chip',
    fingerprint: possession,
    face: possession,
  }
  const isTwo = (a: FactorKind, b: FactorKind) =>
    twoInOne.includes(a) || twoInOne.includes(b) || (different[a] ?? '').split(' ').includes(b)

  const pairs = kinds.flatMap((a, index) => kinds.slice(index).map((b): [FactorKind, FactorKind] => [a, b]))

  test('R048: of all 171 pairs, exactly those of different categories count as two factors, in either order', () => {
    assert.equal(pairs.length, 171)
    for (const [a, b] of pairs) {
      const expected = isTwo(a, b) || isTwo(b, a)
      assert.equal(assessFactors(all(a, b)).factors >= 2, expected, `${a} + ${b}`)
      assert.deepEqual(assessFactors(all(a, b)).factors, assessFactors(all(b, a)).factors, `${b} + ${a}`)
    }
  })

  test('nothing is two factors by being given twice', () => {
    for (const kind of kinds) {
      assert.deepEqual(assessFactors(all(kind, kind)), assessFactors(all(kind)), kind)
      assert.equal(assessFactors(all(kind)).factors >= 2, twoInOne.includes(kind), kind)
    }
  })
})

describe('the level that a set carries', () => {
  const cases: [string, Factor[], Level | undefined, number, FactorReason[]][] = [
    ['nothing', [], undefined, 0, ['no_factor']],
    ['a password', all('password'), 'eidas1', 1, []],
    ['R050: a contact chip and its PIN', all('contact_chip', 'pin'), 'eidas3', 2, []],
    ['R050: a contact chip without its PIN', all('contact_chip'), undefined, 1, ['incomplete']],
    ['a PIN without a chip', all('pin'), undefined, 0, ['pin_without_chip', 'no_factor']],
    [
      'R051 R034: a contactless badge and a password: transition',
      all('contactless_chip', 'password'),
      'eidas1',
      2,
      ['contactless_is_transition'],
    ],
    ['R034: a contactless badge alone', all('contactless_chip'), undefined, 1, ['contactless_alone']],
    [
      'R048: a contactless badge and a fingerprint on the holder’s hardware',
      all('contactless_chip', 'fingerprint'),
      'eidas1',
      2,
      ['contactless_is_transition'],
    ],
    [
      'a contactless badge and a PIN that nothing checks',
      all('contactless_chip', 'pin'),
      undefined,
      1,
      ['pin_without_chip', 'contactless_alone'],
    ],
    ['R052: a security key and its PIN', all('security_key_pin'), 'eidas3', 2, []],
    ['R052: a security key and a fingerprint registered on it', all('security_key_fingerprint'), 'eidas3', 2, []],
    ['a security key by touch', all('security_key'), 'eidas1', 1, []],
    ['a security key by touch, with a password', all('security_key', 'password'), 'eidas3', 2, []],
    ['R053: a password and a TOTP', all('password', 'totp'), 'eidas2', 2, []],
    ['R053: a TOTP alone', all('totp'), undefined, 1, ['otp_alone']],
    ['R054: a password and a code by text message', all('password', 'sms_otp'), 'eidas1', 2, ['sms_discouraged']],
    ['a code by text message beside better', all('password', 'totp', 'sms_otp'), 'eidas2', 2, []],
    ['a code by text message alone', all('sms_otp'), undefined, 1, ['sms_discouraged', 'otp_alone']],
    ['R055: a password and a code at another mailbox', all('password', 'mail_otp'), 'eidas1', 2, []],
    [
      'R055: at the mailbox that resets the password',
      [{ kind: 'password' }, { kind: 'mail_otp', resetsPassword: true, secured: false }],
      'eidas1',
      1,
      ['mail_resets_password'],
    ],
    [
      'R055: at that mailbox, when it is secured',
      [{ kind: 'password' }, { kind: 'mail_otp', resetsPassword: true, secured: true }],
      'eidas1',
      2,
      [],
    ],
    ['a passkey that verified its holder: two factors', all('passkey_verified'), 'eidas2', 2, []],
    ['a passkey that did not: one', all('passkey'), 'eidas1', 1, []],
    ['... and a password', all('passkey', 'password'), 'eidas2', 2, []],
    ['a verified passkey and a password are still two', all('passkey_verified', 'password'), 'eidas2', 2, []],
    ['R073: an identity chip and a fingerprint on the phone', all('identity_chip', 'fingerprint'), 'eidas3', 2, []],
    [
      'R049: a face that a server compares',
      [{ kind: 'identity_chip' }, { kind: 'face', verifiedOn: 'elsewhere' }],
      undefined,
      1,
      ['biometrics_elsewhere', 'incomplete'],
    ],
    ['biometrics alone', all('face', 'fingerprint'), undefined, 1, ['incomplete']],
    ['a password and a fingerprint: nothing dynamic', all('password', 'fingerprint'), 'eidas1', 2, []],
    ['two codes', all('totp', 'recovery_code'), undefined, 1, ['otp_alone']],
    ['an application that was unlocked', all('phone_app_verified'), 'eidas2', 2, []],
    ['all three categories', all('password', 'contact_chip', 'fingerprint'), 'eidas3', 3, []],
  ]
  for (const [name, given, level, factors, reasons] of cases) {
    test(name, () => {
      const assessment = assessFactors(given)
      assert.equal(assessment.level, level)
      assert.equal(assessment.factors, factors)
      assert.deepEqual([...assessment.notes, ...assessment.gaps], reasons)
    })
  }

  test('removing a factor never raises the level, nor the number of factors', () => {
    fc.assert(
      fc.property(someFactors, fc.nat(8), (given, position) => {
        const before = assessFactors(given)
        const after = assessFactors(given.toSpliced(position, 1))
        assert.ok(after.factors <= before.factors)
        if (after.level) assert.ok(before.level && compareLevels(before.level, after.level) >= 0)
      }),
      { numRuns: 2_000 },
    )
  })

  test('a level above the lowest always rests on two factors, one of them dynamic', () => {
    fc.assert(
      fc.property(someFactors, (given) => {
        const { level, factors, dynamic, gaps } = assessFactors(given)
        assert.ok(level === undefined || level === 'eidas1' || (factors >= 2 && dynamic))
        assert.equal(level === undefined, gaps.length > 0)
      }),
      { numRuns: 2_000 },
    )
  })
})
