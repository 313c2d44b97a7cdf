import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hasLuhnKey, isPresumed, parsePivot, parseProfessional } from '../src/kernel/parse-pivot.ts'
import { testStart } from '../test/support/clock.ts'
import { accounts, accountsOf, heldCards, holderOf, humans, professionals } from './people.ts'
import { directoryClaims } from './providers/directory-claims.ts'
import { providers } from './providers/providers.ts'

const pivots = Object.values(humans)
const pivotKey = ({ preferred_username: _, ...pivot }: (typeof pivots)[number]) => JSON.stringify(pivot)

test('R003: six providers, each with six identities or more and no username twice', () => {
  assert.equal(providers.length, 6)
  for (const { key } of providers) {
    const usernames = accountsOf(key).map(({ username }) => username)
    assert.ok(usernames.length >= 6, key)
    assert.equal(new Set(usernames).size, usernames.length, key)
  }
  assert.equal(new Set(accounts.map(({ subject }) => subject)).size, accounts.length)
})

test('every account belongs to somebody of the kind that its provider knows, at a level that it may assert', () => {
  for (const { key, population, allowedLevels, acr } of providers) {
    for (const account of accountsOf(key)) {
      const kind = population === 'citizens' ? 'pivot' : 'professional'
      assert.equal(holderOf(account).kind, kind, account.username)
      assert.ok(allowedLevels.includes(account.level), account.username)
      assert.ok(acr[account.level], account.username)
    }
  }
})

test('every card is somebody’s of its kind, with a number that is printed on no other', () => {
  for (const held of heldCards) {
    const [kind, pattern] =
      held.kind === 'cnie' ? (['pivot', /^[A-Z]{1,2}\d{5,6}$/] as const) : (['professional', /^\d{10}$/] as const)
    assert.equal(holderOf(held).kind, kind, held.holder)
    assert.match(held.number, pattern)
  }
  assert.equal(new Set(heldCards.map(({ number }) => number)).size, heldCards.length)
  assert.equal(new Set(heldCards.map(({ kind, holder }) => `${kind} ${holder}`)).size, heldCards.length)
})

test('R016: every pivot identity is well-formed, those of residents born abroad included', () => {
  for (const pivot of pivots) {
    assert.deepEqual(parsePivot(pivot, { now: testStart }), { ok: true, identity: pivot }, pivot.given_name)
  }
  const abroad = pivots.filter(({ birthcountry }) => birthcountry !== '99100')
  assert.ok(abroad.length >= 4)
  assert.ok(abroad.every(({ birthplace }) => birthplace === ''))
})

test('professionals have test numbers of the directory with a valid key, and claims that the hub can read', () => {
  for (const professional of Object.values(professionals)) {
    assert.match(professional.nationalId, /^89\d{10}$/)
    assert.ok(hasLuhnKey(professional.nationalId.slice(1)), professional.nationalId)
  }
  for (const account of accountsOf('soignants')) {
    const holder = holderOf(account)
    assert.ok(holder.kind === 'professional')
    assert.ok(parseProfessional(directoryClaims(holder, account)).ok, account.username)
  }
})

test('the hard cases of matching are there', () => {
  const providersOf = (holder: string) => accounts.filter((account) => account.holder === holder)
  assert.ok(
    Object.keys(humans).filter((name) => providersOf(name).length >= 3).length >= 5,
    'same human, many providers',
  )
  assert.ok(
    pivots.some(({ birthdate }) => birthdate.endsWith('-00-00')),
    'presumed day and month',
  )
  assert.ok(
    pivots.some(({ birthdate }) => /-(0[1-9]|1[0-2])-00$/.test(birthdate)),
    'presumed day',
  )
  assert.ok(pivots.filter(({ birthdate }) => isPresumed(birthdate)).length >= 2)

  const { martinOfLille: one, martinOfMarseille: other, martinTheYounger: younger, lambertOne, lambertTwo } = humans
  assert.ok(one && other && younger && lambertOne && lambertTwo)
  assert.equal(one.birthdate, other.birthdate)
  assert.notEqual(one.birthplace, other.birthplace)
  assert.equal(one.family_name + one.given_name, younger.family_name + younger.given_name)
  assert.notEqual(one.birthdate, younger.birthdate)

  // Two humans whom no computation tells apart, and nobody else.
  assert.equal(pivotKey(lambertOne), pivotKey(lambertTwo))
  assert.equal(new Set(pivots.map(pivotKey)).size, pivots.length - 1)
})
