/**
 * What the register says of a professional, in the claims of Pro Santé Connect and with their very spelling, odd as it
 * is. Pure. Only what is in the register: nothing is said of how the professional signed in, nor where they are now.
 */
import type { Activity, Coded, Practice, Professional } from './record.ts'

/** Nomenclatures of the claims, by their object identifiers. */
const professions = '1.2.250.1.213.1.1.5.5'
const sectors = '1.2.250.1.71.4.2.4'

export interface RegisterClaims {
  /** The national identifier. */
  SubjectNameID: string
  /** Each profession once: `10^1.2.250.1.213.1.1.5.5`. */
  SubjectRole: string[]
  /** The three that follow are about one activity: absent when the register has none, or several that differ. */
  Secteur_Activite?: string
  SubjectOrganization?: string
  /** The register's own number of the structure. */
  SubjectOrganizationID?: string
  SubjectRefPro: SubjectRefPro
  /** Absent from the public extraction. */
  otherIds?: { identifiant: string; origine: string; qualite: number }[]
}

export interface SubjectRefPro {
  codeCivilite: string
  exercices: Exercice[]
}

interface Exercice {
  codeProfession: string
  codeCategorieProfessionnelle: string
  codeCiviliteDexercice: string
  nomDexercice: string
  prenomDexercice: string
  codeTypeSavoirFaire: string
  codeSavoirFaire: string
  activities: ReturnType<typeof activityClaims>[]
}

/** The claims that `registerClaims` makes. */
export const registerClaimNames = [
  'SubjectNameID',
  'SubjectRole',
  'Secteur_Activite',
  'SubjectOrganization',
  'SubjectOrganizationID',
  'SubjectRefPro',
  'otherIds',
] as const satisfies readonly (keyof RegisterClaims)[]

export function registerClaims(professional: Professional): RegisterClaims {
  const { nationalId, civility, practices, otherIds } = professional
  const activities = practices.flatMap((practice) => practice.activities)
  const sector = only(activities.map((activity) => activity.sector.code))
  const organization = only(activities.map(({ structure }) => structure.name || structure.tradeName))
  const organizationId = only(activities.map(({ structure }) => structure.id))
  const roles = practices.map(({ profession }) => inNomenclature(profession, professions))
  return {
    SubjectNameID: nationalId.text,
    SubjectRole: [...new Set(roles)],
    ...(sector === undefined ? {} : { Secteur_Activite: `${sector}^${sectors}` }),
    ...(organization === undefined ? {} : { SubjectOrganization: organization }),
    ...(organizationId === undefined ? {} : { SubjectOrganizationID: organizationId }),
    SubjectRefPro: { codeCivilite: civility.code, exercices: practices.map(practiceClaims) },
    ...(otherIds.length === 0
      ? {}
      : {
          otherIds: otherIds.map(({ number, origin, quality }) => ({
            identifiant: number,
            origine: origin,
            qualite: quality,
          })),
        }),
  }
}

const inNomenclature = ({ code }: Coded, nomenclature: string) => `${code}^${nomenclature}`

/** The one value that all of them have: with two, the register does not say which one is meant now. */
function only(values: readonly string[]): string | undefined {
  const [value = '', ...others] = new Set(values)
  return value === '' || others.length > 0 ? undefined : value
}

function practiceClaims(practice: Practice): Exercice {
  return {
    codeProfession: practice.profession.code,
    codeCategorieProfessionnelle: practice.category.code,
    codeCiviliteDexercice: practice.civility.code,
    nomDexercice: practice.familyName,
    prenomDexercice: practice.givenName,
    codeTypeSavoirFaire: practice.skillType.code,
    codeSavoirFaire: practice.skill.code,
    activities: practice.activities.map(activityClaims),
  }
}

function activityClaims({ mode, sector, pharmacistSection, role, kind, structure, authority }: Activity) {
  const { address } = structure
  return {
    codeModeExercice: mode.code,
    codeSecteurDactivite: sector.code,
    codeSectionPharmacien: pharmacistSection.code,
    codeRole: role.code,
    codeGenreActivite: kind.code,
    numeroSiretSite: structure.siret,
    numeroSirenSite: structure.siren,
    numeroFinessSite: structure.finess,
    numeroFinessetablissementJuridique: structure.legalFiness,
    identifiantTechniqueDeLaStructure: structure.id,
    raisonSocialeSite: structure.name,
    enseigneCommercialeSite: structure.tradeName,
    complementDestinataire: address.addressee,
    complementPointGeographique: address.place,
    numeroVoie: address.streetNumber,
    indiceRepetitionVoie: address.streetNumberSuffix,
    codeTypeDeVoie: address.streetType.code,
    libelleVoie: address.street,
    mentionDistribution: address.distribution,
    bureauCedex: address.office,
    codePostal: address.postalCode,
    codeCommune: address.town.code,
    codePays: address.country.code,
    telephone: structure.phone,
    telephone2: structure.phone2,
    telecopie: structure.fax,
    adresseEMail: structure.email,
    codeDepartement: structure.department.code,
    ancienIdentifiantDeLaStructure: structure.formerId,
    autoriteDenregistrement: authority,
  }
}
