import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { publicHeader } from '../../test/support/rpps-extraction.ts'
import { cellsOf, normalizedName, parseHeader, readerOf } from './columns.ts'

describe('the name of a column', () => {
  const same: [string, string][] = [
    ["Libellé civilité d'exercice", 'LIBELLE CIVILITE EXERCICE'],
    ["Libellé civilité d'exercice", 'Libellé civilité exercice'],
    ["Code secteur d'activité", 'Code secteur d’activités'],
    ['Code type de voie (coord. structure)', 'Code type voie (coord. Structure)'],
    ['Code Département (structure)', 'Code département (coordonnées de la structure)'],
    ['Adresse e-mail (coord. structure)', 'Adresse email'],
    ['Code pays (coord. structure)', '"Code pays (coord. structure)"'],
    ['Code section tableau pharmaciens', 'Code section du tableau des pharmaciens'],
    ['Code savoir-faire', 'Code savoir faire'],
    ['Nom d\u2019exercice', 'Nom d exercice '],
    ['Libell\u0065\u0301 profession', 'Libellé profession'],
  ]
  for (const [one, other] of same) {
    test(`${one} is also written ${other}`, () => assert.equal(normalizedName(one), normalizedName(other)))
  }

  const different: [string, string][] = [
    ['Code civilité', "Code civilité d'exercice"],
    ['Téléphone (coord. structure)', 'Téléphone (coord. correspondance)'],
    ['Téléphone (coord. structure)', 'Téléphone 2 (coord. structure)'],
    ['Numéro FINESS site', 'Numéro FINESS établissement juridique'],
    ['Code type savoir-faire', 'Code savoir-faire'],
  ]
  for (const [one, other] of different) {
    test(`${one} is not ${other}`, () => assert.notEqual(normalizedName(one), normalizedName(other)))
  }

  test('is told from every other one of the source', () => {
    assert.equal(new Set(publicHeader.map(normalizedName)).size, publicHeader.length)
  })
})

describe('a header', () => {
  test('says where each of its columns is, whatever the order and what else there is', () => {
    const order = ['Rien de connu', ...publicHeader.toReversed()]
    const parsed = parseHeader(`${order.join('|')}|`)
    assert.ok(parsed.ok)
    assert.equal(parsed.header.width, order.length + 1)
    assert.equal(Object.keys(parsed.header.at).length, publicHeader.length)
    const read = readerOf(parsed.header, cellsOf(`${order.map((name) => ` ${name} `).join('|')}|`))
    assert.equal(read('nationalId'), 'Identification nationale PP')
    assert.equal(read('activityKind'), 'Libellé genre activité')
    assert.equal(read('otherIds'), '')
  })

  test('of the two files that are published beside it lacks columns', () => {
    const skills = publicHeader.filter((name) => !/structure|mode|secteur|SIRET|site/i.test(name))
    const parsed = parseHeader(skills.join('|'))
    assert.deepEqual(parsed, {
      ok: false,
      missing: ['Code mode exercice', "Code secteur d'activité", 'Identifiant technique de la structure'],
      twice: [],
    })
  })
})
