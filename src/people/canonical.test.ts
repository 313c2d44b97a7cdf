import assert from 'node:assert/strict'
import { test } from 'node:test'
import { angela, ilan, presumed, tarik } from '../../test/support/people.ts'
import fc from '../../test/support/property.ts'
import type { PivotIdentity } from '../kernel/identity.ts'
import { fold } from '../kernel/names.ts'
import { canonicalForm, changedFields, identitiesAgree, mayLinkByItself } from './canonical.ts'

const with_ = (over: Partial<PivotIdentity>): PivotIdentity => ({ ...angela, ...over })

test('one human written by two providers has one canonical form', () => {
  const same: Partial<PivotIdentity>[] = [
    { given_name: 'ANGELA CLAIRE LOUISE' },
    { given_name: 'Ange\u0301la, Claire, Louise' },
    { given_name: 'Angela-Claire Louise' },
    { family_name: 'Dubois Lemaire' },
    { family_name: 'Dubois‑Lemaire' },
    { preferred_username: 'MARTIN' },
  ]
  for (const over of same) assert.equal(canonicalForm(with_(over)), canonicalForm(angela), JSON.stringify(over))
  assert.equal(fold("N'Guyễn d’Œuvre-Cæsar"), 'N GUYEN D OEUVRE CAESAR')
})

test('whatever could be another human has another canonical form', () => {
  const others: Partial<PivotIdentity>[] = [
    { given_name: 'Angéla' },
    { given_name: 'Angéla Louise Claire' },
    { given_name: 'Claire Angéla Louise' },
    { family_name: 'DUBOIS' },
    { family_name: 'DUBOISLEMAIRE' },
    { birthdate: '1962-08-25' },
    { birthdate: '1962-08-00' },
    { gender: 'male' },
    { gender: 'unspecified' },
    { birthplace: '75108' },
    { birthplace: '', birthcountry: '99350' },
  ]
  const forms = others.map((over) => canonicalForm(with_(over)))
  assert.equal(new Set([canonicalForm(angela), ...forms]).size, others.length + 1)
})

test('marks that are letters in their script are kept', () => {
  // Ka with two different vowel signs; and short i, which is not i.
  assert.notEqual(fold('कि'), fold('कु'))
  assert.notEqual(fold('Йван'), fold('Иван'))
})

test('property: no value flows over into its neighbour', () => {
  const word = fc.stringMatching(/^[A-Z",\\[\]]{1,6}$/)
  fc.assert(
    fc.property(word, word, word, word, (a, b, c, d) => {
      const one = canonicalForm(with_({ family_name: a, given_name: b }))
      const other = canonicalForm(with_({ family_name: c, given_name: d }))
      assert.equal(one === other, fold(a) === fold(c) && fold(b) === fold(d))
    }),
  )
})

test('property: folding is done once and for all, and forgets the accents of Latin letters', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (name) => fold(fold(name)) === fold(name)))
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zA-Z ]{1,20}$/), fc.constantFrom('\u0301', '\u0308', '\u0327'), (name, mark) => {
      assert.equal(fold(name.replaceAll(/[a-z]/gi, `$&${mark}`)), fold(name))
    }),
  )
})

test('a presumed date or a birthplace abroad never links by itself', () => {
  assert.deepEqual([angela, presumed, tarik, ilan, { ...presumed, birthdate: '1962-00-00' }].map(mayLinkByItself), [
    true,
    false,
    false,
    true,
    false,
  ])
})

test('two accounts of one human agree although each provider knows something less', () => {
  const agreeing: Partial<PivotIdentity>[] = [
    {},
    { given_name: 'Angela' },
    { given_name: 'ANGELA CLAIRE' },
    { family_name: 'DUBOISLEMAIRE' },
    { birthdate: '1962-08-00' },
    { birthdate: '1962-00-00' },
    { gender: 'unspecified' },
  ]
  for (const over of agreeing) {
    assert.equal(identitiesAgree(angela, with_(over)), true, JSON.stringify(over))
    assert.equal(identitiesAgree(with_(over), angela), true, JSON.stringify(over))
  }
})

test('a hand on two accounts does not make one human of a couple, of twins, of a citizen and a professional', () => {
  const others: Partial<PivotIdentity>[] = [
    { given_name: 'Bruno', gender: 'male', birthdate: '1960-01-01' },
    { given_name: 'Claire' },
    { given_name: 'Angelamaria' },
    { family_name: 'LEMAIRE' },
    { birthdate: '1962-09-00' },
    { birthdate: '1963-00-00' },
    { gender: 'male' },
    { birthplace: '75108' },
    { birthplace: '', birthcountry: '99350' },
  ]
  for (const over of others) assert.equal(identitiesAgree(angela, with_(over)), false, JSON.stringify(over))
  assert.equal(identitiesAgree(angela, ilan), false)
  assert.equal(identitiesAgree(ilan, { ...ilan, nationalId: '810001045367' }), false)
  assert.equal(identitiesAgree(ilan, { ...ilan, family_name: 'VERMEIL-MARTIN' }), true)
})

test('what changed is told by field', () => {
  assert.deepEqual(changedFields(angela, with_({ family_name: 'MARTIN', preferred_username: 'X' })), [
    'family_name',
    'preferred_username',
  ])
  assert.deepEqual(changedFields(angela, with_({})), [])
  assert.equal(changedFields(undefined, angela).length, 7)
})
