/**
 * What the health-professional federator says of somebody: the shape of Pro Santé Connect's userinfo,
 * with its odd casings kept exactly, filled from a row of the town's table.
 */
import type { Account, Professional } from '../people.ts'

/** The federator's subject carries the national identifier at its end: `f:<uuid>:<national id>`. */
export function federatorSubject(professional: Professional): string {
  return `f:550dc1c8-d97b-4b1e-ac8c-8eb4471cf9dd:${professional.nationalId}`
}

export function directoryClaims(professional: Professional, account: Account): Record<string, unknown> {
  const { nationalId, given_name, family_name, civility, organisation, sector } = professional
  return {
    sub: federatorSubject(professional),
    preferred_username: nationalId,
    SubjectNameID: nationalId,
    given_name,
    family_name,
    email: account.email,
    email_verified: false,
    SubjectOrganization: organisation,
    SubjectOrganizationID: `1${nationalId.slice(1, 9)}`,
    SubjectRole: [`${professional.profession}^1.2.250.1.213.1.1.5.5`],
    Secteur_Activite: `${sector}^1.2.250.1.71.4.2.4`,
    Palier_Authentification: 'APPPRIP3^1.2.250.1.213.1.5.1.1.1',
    PSI_Locale: '1.2.250.1.213.1.3.1.1',
    UITVersion: '1.0',
    Mode_Acces_Raison: '',
    Acces_Regulation_Medicale: 'FAUX',
    otherIds: [{ identifiant: nationalId, origine: 'RPPS', qualite: 1 }],
    SubjectRefPro: { codeCivilite: civility, exercices: [exercise(professional)] },
  }
}

function exercise(professional: Professional): Record<string, unknown> {
  return {
    codeProfession: professional.profession,
    codeCategorieProfessionnelle: 'C',
    codeCiviliteDexercice: professional.profession === '10' ? 'DR' : professional.civility,
    nomDexercice: professional.family_name,
    prenomDexercice: professional.given_name,
    codeTypeSavoirFaire: professional.speciality ? 'S' : '',
    codeSavoirFaire: professional.speciality ?? '',
    activities: [
      {
        codeModeExercice: professional.mode,
        codeSecteurDactivite: professional.sector,
        codeSectionPharmacien: '',
        codeRole: '',
        numeroSiretSite: '',
        numeroSirenSite: '',
        numeroFinessSite: '',
        numeroFinessetablissementJuridique: '',
        identifiantTechniqueDeLaStructure: '',
        raisonSocialeSite: professional.organisation,
        enseigneCommercialeSite: '',
        ancienIdentifiantDeLaStructure: '',
        autoriteDenregistrement: '',
      },
    ],
  }
}
