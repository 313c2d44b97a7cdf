import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Level } from '../kernel/assurance.ts'
import { day, minute } from '../kernel/durations.ts'
import { newId } from '../kernel/ids.ts'
import { hasTwoFactors } from '../policy/step-up.ts'
import { type ChangeDecision, decideChange, decideProtection, type SignIn, stoppedMemory } from './change.ts'
import type { MeansKind, MeansState } from './means.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
const passkey = ['swk', 'user', 'pop', 'mfa']
const totp = ['pwd', 'otp', 'mfa']
const sms = ['pwd', 'sms', 'mfa']
const password = ['pwd']

const signIn = (kind: Pick<SignIn, 'own' | 'level' | 'amr'>, age: number): SignIn => ({
  ...kind,
  serves: kind.level,
  authTime: now - age,
  ...(hasTwoFactors(kind) ? { secondFactorAt: now - age } : {}),
})
const own = (amr: string[], age = 0) =>
  signIn({ own: true, level: amr.includes('mfa') ? 'eidas2' : 'eidas1', amr }, age)
const other = (level: Level, age = 0) => signIn({ own: false, level, amr: ['pwd'] }, age)

type Expected = 'allowed' | 'own' | 'own, two factors' | 'provider' | 'too weak' | 'too low'

const said = (decision: ChangeDecision): Expected => {
  if (decision.kind === 'allowed') return 'allowed'
  if (decision.isTooWeak) return decision.own ? 'too weak' : 'too low'
  if (!decision.own) return 'provider'
  return decision.secondFactor ? 'own, two factors' : 'own'
}

type Held = (MeansKind | [MeansKind, MeansState])[]

const cases: [name: string, held: Held, signIn: SignIn, stopping: MeansKind | undefined, Expected][] = [
  ['a passkey answers for everything', ['password', 'totp', 'passkey'], own(passkey), undefined, 'allowed'],
  ['two factors do not, where there is a passkey', ['password', 'totp', 'passkey'], own(totp), undefined, 'too weak'],
  ['... unless it is the passkey that is stopped', ['password', 'totp', 'passkey'], own(totp), 'passkey', 'allowed'],
  ['a suspended passkey is not asked', ['password', 'totp', ['passkey', 'suspended']], own(totp), undefined, 'allowed'],
  ['nor one that is pending', ['password', ['totp', 'pending']], own(password), undefined, 'allowed'],
  ['a text message is less than a code app', ['password', 'totp', 'sms_code'], own(sms), undefined, 'too weak'],
  ['... and more than a password', ['password', 'sms_code'], own(password), undefined, 'too weak'],
  ['where a password is all, it does', ['password'], own(password), undefined, 'allowed'],
  ['... for as long as a second factor would', ['password'], own(password, 5 * minute + 1), undefined, 'own'],
  ['at five minutes it is still fresh', ['passkey'], own(passkey, 5 * minute), undefined, 'allowed'],
  ['and just after not', ['passkey'], own(passkey, 5 * minute + 1), undefined, 'own, two factors'],
  ['a text message is a second factor too', ['password', 'sms_code'], own(sms, 6 * minute), undefined, 'own'],
  ['another provider at level substantial confirms', ['passkey'], other('eidas2'), undefined, 'allowed'],
  ['... not at the low one', ['passkey'], other('eidas1'), undefined, 'own, two factors'],
  ['... nor when it is old', ['passkey'], other('eidas2', 6 * minute), undefined, 'own, two factors'],
  ['who has nothing to confirm with signs in anew', [], other('eidas2', 6 * minute), undefined, 'provider'],
  ['... at a level that speaks for an account', ['totp'], other('eidas1'), undefined, 'too low'],
  [
    'who stopped the second factor adds none in its place',
    ['password', ['totp', 'suspended']],
    own(password),
    undefined,
    'too low',
  ],
  ['... nor when it is withdrawn', ['password', ['totp', 'revoked']], own(password), undefined, 'too low'],
  ['... nor a passkey', ['password', ['passkey', 'revoked']], own(password), undefined, 'too low'],
  ['... but by the factors of a moment ago', ['password', ['totp', 'revoked']], own(totp), undefined, 'allowed'],
  ['... or by another provider', ['password', ['totp', 'revoked']], other('eidas2'), undefined, 'allowed'],
  [
    '... or by a recovery code',
    ['password', ['totp', 'revoked'], 'recovery_codes'],
    own(password),
    undefined,
    'too weak',
  ],
  ['... which is enough', ['password', ['totp', 'revoked'], 'recovery_codes'], own(totp), undefined, 'allowed'],
  [
    '... and what is left is stopped as before',
    ['password', ['totp', 'revoked']],
    own(password),
    'password',
    'allowed',
  ],
  [
    'two factors add what a lost passkey was',
    ['password', 'totp', ['passkey', 'revoked']],
    own(totp),
    undefined,
    'allowed',
  ],
  ['the last means can be stopped by whoever is signed in', ['passkey'], other('eidas1'), 'passkey', 'allowed'],
]

function decide(held: Held, signIn: SignIn, about: 'means' | 'contacts', stopping?: MeansKind): Expected {
  const means = held.map((one) => {
    const [kind, state] = typeof one === 'string' ? [one, 'active' as const] : one
    return { means: newId('means'), kind, state, ...(state === 'revoked' ? { endedAt: now - day } : {}) }
  })
  const stopped = means.find(({ kind }) => kind === stopping)?.means
  return said(decideChange({ means, signIn, about, now, ...(stopped ? { stopping: stopped } : {}) }))
}

for (const [name, held, signIn, stopping, expected] of cases) {
  test(`R058 R047: ${name}`, () => assert.equal(decide(held, signIn, 'means', stopping), expected))
}

const contacts: [name: string, held: Held, signIn: SignIn, Expected][] = [
  ['of who has no means here, a fresh sign-in of any level', [], other('eidas1', 5 * minute), 'allowed'],
  ['... and no old one', [], other('eidas1', 5 * minute + 1), 'provider'],
  ['of who has means, the strongest', ['password', 'totp'], other('eidas1'), 'own, two factors'],
  ['... which does', ['password', 'totp'], own(totp), 'allowed'],
  ['... and nothing less', ['password', 'totp', 'passkey'], own(totp), 'too weak'],
]

for (const [name, held, signIn, expected] of contacts) {
  test(`R058: a change of contacts asks, ${name}`, () => assert.equal(decide(held, signIn, 'contacts'), expected))
}

type Protecting = [name: string, held: Held, accounts: { own?: Level; highest: Level }, signIn: SignIn, Expected]
const protection: Protecting[] = [
  ['of who has a low account alone, that one', [], { highest: 'eidas1' }, other('eidas1'), 'allowed'],
  ['... proved just now', [], { highest: 'eidas1' }, other('eidas1', 6 * minute), 'provider'],
  ['of who has proved more elsewhere, that account', [], { highest: 'eidas2' }, other('eidas1'), 'too low'],
  ['... which does', [], { highest: 'eidas2' }, other('eidas2'), 'allowed'],
  ['... when it is fresh', [], { highest: 'eidas2' }, other('eidas2', 6 * minute), 'provider'],
  ['more than any own means', ['password', 'totp'], { own: 'eidas2', highest: 'eidas3' }, own(totp), 'too low'],
  ['... which does', ['passkey'], { own: 'eidas2', highest: 'eidas3' }, other('eidas3'), 'allowed'],
  ['... anew', ['passkey'], { own: 'eidas2', highest: 'eidas3' }, other('eidas3', 6 * minute), 'provider'],
  [
    'own means where they prove as much',
    ['totp', 'password'],
    { own: 'eidas2', highest: 'eidas2' },
    own(totp),
    'allowed',
  ],
  ['... the strongest of them', ['totp', 'passkey'], { own: 'eidas2', highest: 'eidas2' }, own(totp), 'too weak'],
  ['... at the level of their account', ['passkey'], { own: 'eidas2', highest: 'eidas2' }, other('eidas1'), 'too low'],
  [
    'the account, not what is left of its means',
    ['password'],
    { own: 'eidas2', highest: 'eidas2' },
    own(password),
    'too low',
  ],
  ['the own account alone', ['password'], { own: 'eidas1', highest: 'eidas1' }, own(password), 'allowed'],
]

for (const [name, held, accounts, signIn, expected] of protection) {
  test(`R058: a change of protection asks, ${name}`, () => {
    const means = held.map((kind) => ({ means: newId('means'), kind: kind as MeansKind, state: 'active' as const }))
    assert.equal(said(decideProtection({ means, signIn, ...accounts, now })), expected)
  })
}

test('R058: what was withdrawn counts for 30 days, and no longer', () => {
  const password = { means: newId('means'), kind: 'password', state: 'active' } as const
  for (const [age, expected] of [
    [stoppedMemory - 1, 'too low'],
    [stoppedMemory, 'allowed'],
  ] as const) {
    const totp = { means: newId('means'), kind: 'totp', state: 'revoked', endedAt: now - age } as const
    assert.equal(said(decideChange({ means: [password, totp], signIn: own(['pwd']), about: 'means', now })), expected)
  }
})
