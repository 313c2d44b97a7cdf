import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languages } from '../kernel/languages.ts'
import { createBirthplaces } from './birthplaces.ts'

const { communeOf, countryOf } = createBirthplaces()

test('a commune has its name: on the mainland, in Corsica, overseas, an arrondissement', () => {
  const known = {
    75056: 'Paris',
    75112: 'Paris 12e Arrondissement',
    '2A004': 'Ajaccio',
    97411: 'Saint-Denis',
    98818: 'Nouméa',
  }
  for (const [code, name] of Object.entries(known)) assert.equal(communeOf(code), name)
})

test('a commune that was merged has both names, where both have its code', () => {
  assert.equal(communeOf('10003'), 'Aix-Villemaur-Pâlis, Aix-en-Othe')
})

test('of a commune that is no more the department is told, unless its number meant another one', () => {
  assert.equal(communeOf('38999'), 'Isère')
  assert.equal(communeOf('2B999'), 'Haute-Corse')
  assert.equal(communeOf('97499'), 'La Réunion')
  // Of the Seine, of Seine-et-Oise, of the department of Algiers.
  for (const code of ['75999', '78999', '91999', '96001', '99999', '']) assert.equal(communeOf(code), undefined, code)
})

test('a country has its name in the language of the reader; a code without a region has none', () => {
  const namesOf = (code: string) => languages.map((language) => countryOf(code, language))
  assert.deepEqual(namesOf('99100'), ['France', 'France', 'فرنسا'])
  assert.deepEqual(namesOf('99350'), ['Maroc', 'Morocco', 'المغرب'])
  assert.deepEqual(namesOf('99243'), ['Viêt Nam', 'Vietnam', 'فيتنام'])
  assert.deepEqual(namesOf('99157'), ['Kosovo', 'Kosovo', 'كوسوفو'])
  // Czechoslovakia, and no code at all.
  for (const code of ['99115', '99999', '75056', '']) assert.equal(countryOf(code, 'fr'), undefined, code)
})

test('every country of the table has a name in every language, and no two of them the same', () => {
  const codes = Array.from({ length: 1000 }, (_, number) => `99${String(number).padStart(3, '0')}`)
  for (const language of languages) {
    const found = codes.map((code) => countryOf(code, language)).filter((name) => name !== undefined)
    assert.ok(found.length > 200)
    assert.equal(new Set(found).size, found.length)
    for (const name of found) assert.doesNotMatch(name, /^[A-Z]{2}$/)
  }
})

test('a commune is found by its name as people type it, and every country by the reader’s own', () => {
  const places = createBirthplaces()
  const codes = (name: string) => places.communesNamed(name).map(({ code }) => code)
  assert.deepEqual(codes('saint etienne du rouvray'), codes('Saint-Étienne-du-Rouvray'))
  assert.deepEqual(codes('AJACCIO'), ['2A004'])
  assert.deepEqual(codes('Saint-Denis').sort(), ['11339', '30247', '93066', '97411'])
  assert.deepEqual(codes('Saint'), [], 'nothing approximate')
  assert.deepEqual(codes(''), [])
  const [first, ...others] = places.countries('ar')
  assert.equal(first?.code, '99100')
  assert.ok(others.some(({ code, name }) => code === '99350' && name === 'المغرب'))
})
