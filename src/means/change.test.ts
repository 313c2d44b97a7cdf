import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Level } from '../kernel/assurance.ts'
import { minute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { type ChangeDecision, decideChange, type SignIn } from './change.ts'
import type { MeansKind, MeansState } from './means.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
const passkey = ['swk', 'user', 'pop', 'mfa']
const totp = ['pwd', 'otp', 'mfa']
const sms = ['pwd', 'sms', 'mfa']
const password = ['pwd']

const own = (amr: string[], age = 0): SignIn => ({ own: true, level: 'eidas2', amr, authTime: now - age })
const other = (level: Level, age = 0): SignIn => ({ own: false, level, amr: ['pwd'], authTime: now - age })

const cases: [
  name: string,
  held: (MeansKind | [MeansKind, MeansState])[],
  signIns: SignIn[],
  stopping: MeansKind | undefined,
  ChangeDecision,
][] = [
  ['a passkey answers for everything', ['password', 'totp', 'passkey'], [own(passkey)], undefined, 'allowed'],
  ['two factors do not, where there is a passkey', ['password', 'totp', 'passkey'], [own(totp)], undefined, 'confirm'],
  ['... unless it is the passkey that is stopped', ['password', 'totp', 'passkey'], [own(totp)], 'passkey', 'allowed'],
  [
    'a suspended passkey is not asked',
    ['password', 'totp', ['passkey', 'suspended']],
    [own(totp)],
    undefined,
    'allowed',
  ],
  ['nor one that is pending', ['password', ['totp', 'pending']], [own(password)], undefined, 'allowed'],
  ['a text message is less than a code app', ['password', 'totp', 'sms_code'], [own(sms)], undefined, 'confirm'],
  ['... and more than a password', ['password', 'sms_code'], [own(password)], undefined, 'confirm'],
  ['where a password is all, it does', ['password'], [own(password)], undefined, 'allowed'],
  ['at five minutes it is still fresh', ['passkey'], [own(passkey, 5 * minute)], undefined, 'allowed'],
  ['and just after not', ['passkey'], [own(passkey, 5 * minute + 1)], undefined, 'confirm'],
  [
    'a later confirmation counts beside an old sign-in',
    ['passkey'],
    [own(passkey, 60 * minute), own(passkey)],
    undefined,
    'allowed',
  ],
  ['another provider at level substantial confirms', ['passkey'], [other('eidas2')], undefined, 'allowed'],
  ['... not at the low one', ['passkey'], [other('eidas1')], undefined, 'confirm'],
  ['... nor when it is old', ['passkey'], [other('eidas2', 6 * minute)], undefined, 'confirm'],
  ['who has nothing to confirm with signs in anew', [], [other('eidas2', 6 * minute)], undefined, 'sign_in'],
  ['a code app without a password signs nobody in', ['totp'], [other('eidas1')], undefined, 'sign_in'],
  ['the last means can be stopped by whoever is signed in', ['passkey'], [other('eidas1')], 'passkey', 'allowed'],
]

for (const [name, held, signIns, stopping, expected] of cases) {
  test(`R058 R047: ${name}`, () => {
    const means = held.map((one) => {
      const [kind, state] = typeof one === 'string' ? [one, 'active' as const] : one
      return { means: newId('means'), kind, state }
    })
    const stopped = means.find(({ kind }) => kind === stopping)?.means
    assert.equal(decideChange({ means, signIns, now, ...(stopped ? { stopping: stopped } : {}) }), expected)
  })
}
