import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { extractionLine, type PublicColumn, publicHeader } from '../../test/support/rpps-extraction.ts'
import { parseHeader } from './columns.ts'
import { recordOf } from './record.ts'
import { registerClaimNames, registerClaims } from './register-claims.ts'

type Cells = Partial<Record<PublicColumn | 'Autres identifiants', string>>

const columns = [...publicHeader, 'Autres identifiants']

function record(...lines: Cells[]) {
  const parsed = parseHeader(`${columns.join('|')}|`)
  assert.ok(parsed.ok)
  return recordOf(
    parsed.header,
    lines.map((cells) => extractionLine(cells, columns).trimEnd()),
  )
}

const cabinet: Cells = {
  "Type d'identifiant PP": '8',
  'Identifiant PP': '99700366240',
  'Identification nationale PP': '899700366240',
  "Code civilité d'exercice": 'DR',
  'Code civilité': 'M',
  'Libellé civilité': 'Monsieur',
  "Nom d'exercice": 'DOC0036624',
  "Prénom d'exercice": 'KIT',
  'Code profession': '10',
  'Libellé profession': 'Médecin',
  'Code catégorie professionnelle': 'C',
  'Code type savoir-faire': 'S',
  'Code savoir-faire': 'SM26',
  'Code mode exercice': 'L',
  'Identifiant technique de la structure': 'R95141',
  'Raison sociale site': 'CABINET M DOC0036624',
  'Numéro Voie (coord. structure)': '1',
  'Code type de voie (coord. structure)': 'R',
  'Libellé Voie (coord. structure)': 'NOIR',
  'Code postal (coord. structure)': '75009',
  'Code commune (coord. structure)': '75109',
  'Code pays (coord. structure)': '99000',
  'Adresse e-mail (coord. structure)': 'cabinet@sante.example',
  'Ancien identifiant de la structure': '499700366240007',
  "Autorité d'enregistrement": 'CNOM/CNOM/CNOM',
  "Code secteur d'activité": 'SA07',
  'Code rôle': 'TIT',
  'Code genre activité': 'GENR01',
}

const hospital: Cells = {
  ...cabinet,
  'Code mode exercice': 'S',
  "Code secteur d'activité": 'SA01',
  'Identifiant technique de la structure': 'F0B0172805',
  'Raison sociale site': 'HOPITAL GENERIQUE',
  'Numéro FINESS site': '0B0172805',
  'Numéro FINESS établissement juridique': '1B0062023',
}

describe('R020: the claims of the register', () => {
  test('have the names and casings of Pro Santé Connect, and every code as in the source', () => {
    const { SubjectRefPro, ...claims } = registerClaims(record(cabinet))
    assert.deepEqual(claims, {
      SubjectNameID: '899700366240',
      SubjectRole: ['10^1.2.250.1.213.1.1.5.5'],
      Secteur_Activite: 'SA07^1.2.250.1.71.4.2.4',
      SubjectOrganization: 'CABINET M DOC0036624',
      SubjectOrganizationID: 'R95141',
    })
    assert.deepEqual(SubjectRefPro, {
      codeCivilite: 'M',
      exercices: [
        {
          codeProfession: '10',
          codeCategorieProfessionnelle: 'C',
          codeCiviliteDexercice: 'DR',
          nomDexercice: 'DOC0036624',
          prenomDexercice: 'KIT',
          codeTypeSavoirFaire: 'S',
          codeSavoirFaire: 'SM26',
          activities: [
            {
              codeModeExercice: 'L',
              codeSecteurDactivite: 'SA07',
              codeSectionPharmacien: '',
              codeRole: 'TIT',
              codeGenreActivite: 'GENR01',
              numeroSiretSite: '',
              numeroSirenSite: '',
              numeroFinessSite: '',
              numeroFinessetablissementJuridique: '',
              identifiantTechniqueDeLaStructure: 'R95141',
              raisonSocialeSite: 'CABINET M DOC0036624',
              enseigneCommercialeSite: '',
              complementDestinataire: '',
              complementPointGeographique: '',
              numeroVoie: '1',
              indiceRepetitionVoie: '',
              codeTypeDeVoie: 'R',
              libelleVoie: 'NOIR',
              mentionDistribution: '',
              bureauCedex: '',
              codePostal: '75009',
              codeCommune: '75109',
              codePays: '99000',
              telephone: '',
              telephone2: '',
              telecopie: '',
              adresseEMail: 'cabinet@sante.example',
              codeDepartement: '',
              ancienIdentifiantDeLaStructure: '499700366240007',
              autoriteDenregistrement: 'CNOM/CNOM/CNOM',
            },
          ],
        },
      ],
    })
  })

  test('say nothing of one organisation or sector when there are several, but all of them in the detail', () => {
    const claims = registerClaims(record(cabinet, hospital))
    assert.deepEqual(Object.keys(claims), ['SubjectNameID', 'SubjectRole', 'SubjectRefPro'])
    const [practice, ...more] = claims.SubjectRefPro.exercices
    assert.deepEqual(more, [])
    assert.deepEqual(
      practice?.activities.map(({ numeroFinessetablissementJuridique }) => numeroFinessetablissementJuridique),
      ['', '1B0062023'],
    )
  })

  test('have a practice for each profession and skill, and each profession once', () => {
    const second = { ...cabinet, 'Code savoir-faire': 'SM53' }
    const student = { ...cabinet, 'Code profession': '60', 'Code catégorie professionnelle': 'E' }
    const claims = registerClaims(record(cabinet, second, student))
    assert.deepEqual(claims.SubjectRole, ['10^1.2.250.1.213.1.1.5.5', '60^1.2.250.1.213.1.1.5.5'])
    assert.deepEqual(
      claims.SubjectRefPro.exercices.map((practice) => [
        practice.codeProfession,
        practice.codeSavoirFaire,
        practice.activities.length,
      ]),
      [
        ['10', 'SM26', 1],
        ['10', 'SM53', 1],
        ['60', 'SM26', 1],
      ],
    )
    assert.equal(claims.SubjectOrganizationID, 'R95141')
  })

  test('of somebody who works nowhere have no activity', () => {
    const line = {
      ...cabinet,
      'Code mode exercice': '',
      "Code secteur d'activité": '',
      'Identifiant technique de la structure': '',
      'Raison sociale site': '',
    }
    assert.deepEqual(registerClaims(record(line)).SubjectRefPro.exercices[0]?.activities, [])
  })

  test('have other identifiers when the extraction has them', () => {
    const line = { ...cabinet, 'Autres identifiants': '899700366240,RPPS,1;0123456789,ADELI,2;' }
    const claims = registerClaims(record(line))
    assert.deepEqual(claims.otherIds, [
      { identifiant: '899700366240', origine: 'RPPS', qualite: 1 },
      { identifiant: '0123456789', origine: 'ADELI', qualite: 2 },
    ])
    assert.deepEqual(Object.keys(claims).sort(), [...registerClaimNames].sort())
  })

  test('come from one record in which the same activity stands once', () => {
    const practices = record(cabinet, cabinet).practices
    assert.deepEqual([practices.length, practices[0]?.activities.length], [1, 1])
    assert.deepEqual(practices[0]?.profession, { code: '10', label: 'Médecin' })
  })
})
