/**
 * The columns of an extraction of the RPPS ("Personne_activite"), found by their names: their order, accents, case,
 * plurals and small words change from one extraction to the next. Pure.
 */

/** Our name of each column that is read, with its name in the source. */
const names = {
  idType: "Type d'identifiant PP",
  id: 'Identifiant PP',
  nationalId: 'Identification nationale PP',
  practiceCivilityCode: "Code civilité d'exercice",
  practiceCivility: "Libellé civilité d'exercice",
  civilityCode: 'Code civilité',
  civility: 'Libellé civilité',
  familyName: "Nom d'exercice",
  givenName: "Prénom d'exercice",
  professionCode: 'Code profession',
  profession: 'Libellé profession',
  categoryCode: 'Code catégorie professionnelle',
  category: 'Libellé catégorie professionnelle',
  skillTypeCode: 'Code type savoir-faire',
  skillType: 'Libellé type savoir-faire',
  skillCode: 'Code savoir-faire',
  skill: 'Libellé savoir-faire',
  modeCode: 'Code mode exercice',
  mode: 'Libellé mode exercice',
  siret: 'Numéro SIRET site',
  siren: 'Numéro SIREN site',
  finess: 'Numéro FINESS site',
  legalFiness: 'Numéro FINESS établissement juridique',
  structureId: 'Identifiant technique de la structure',
  structureName: 'Raison sociale site',
  tradeName: 'Enseigne commerciale site',
  addressee: 'Complément destinataire (coord. structure)',
  place: 'Complément point géographique (coord. structure)',
  streetNumber: 'Numéro Voie (coord. structure)',
  streetNumberSuffix: 'Indice répétition voie (coord. structure)',
  streetTypeCode: 'Code type de voie (coord. structure)',
  streetType: 'Libellé type de voie (coord. structure)',
  street: 'Libellé Voie (coord. structure)',
  distribution: 'Mention distribution (coord. structure)',
  office: 'Bureau cedex (coord. structure)',
  postalCode: 'Code postal (coord. structure)',
  townCode: 'Code commune (coord. structure)',
  town: 'Libellé commune (coord. structure)',
  countryCode: 'Code pays (coord. structure)',
  country: 'Libellé pays (coord. structure)',
  phone: 'Téléphone (coord. structure)',
  phone2: 'Téléphone 2 (coord. structure)',
  fax: 'Télécopie (coord. structure)',
  email: 'Adresse e-mail (coord. structure)',
  departmentCode: 'Code Département (structure)',
  department: 'Libellé Département (structure)',
  formerStructureId: 'Ancien identifiant de la structure',
  authority: "Autorité d'enregistrement",
  sectorCode: "Code secteur d'activité",
  sector: "Libellé secteur d'activité",
  pharmacistSectionCode: 'Code section tableau pharmaciens',
  pharmacistSection: 'Libellé section tableau pharmaciens',
  roleCode: 'Code rôle',
  role: 'Libellé rôle',
  activityKindCode: 'Code genre activité',
  activityKind: 'Libellé genre activité',
  /** Of the wider extraction only: `number,ORIGIN,quality;…`. */
  otherIds: 'Autres identifiants',
} as const

export type Column = keyof typeof names

/**
 * Without these a record would mislead whoever reads it. The last three tell this file apart from the two others that
 * are published beside it, which have the same persons.
 */
const mandatory: readonly Column[] = [
  'nationalId',
  'familyName',
  'givenName',
  'professionCode',
  'categoryCode',
  'skillTypeCode',
  'skillCode',
  'modeCode',
  'sectorCode',
  'structureId',
]

export interface Header {
  /** Its cells, read or not, with the empty one behind the separator at its end. */
  width: number
  /** There is a separator at its end. */
  isClosed: boolean
  /** Where each column is; those that the file lacks are absent. */
  at: Partial<Record<Column, number>>
}

export type ParsedHeader =
  | { ok: true; header: Header }
  /** Names as the source has them: which are missing, or which stand for one column twice. */
  | { ok: false; missing: string[]; twice: string[] }

export const separator = '|'

/** Small words, which come and go between two extractions. */
const smallWords = new Set(['d', 'de', 'des', 'du', 'l', 'la', 'le', 'les'])

/**
 * What stays of a column's name: `Libellé civilité d'exercice` and `"LIBELLE CIVILITE EXERCICE"` are both
 * `libelle civilite exercice`. An address of correspondence is another column than that of the structure.
 */
export function normalizedName(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('"', '')
    .replace(/\((?:coord(?:onnees?)?\.?\s*)?(?:de la\s+)?structures?\)\s*$/, '')
    .replaceAll('e-mail', 'email')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !smallWords.has(word))
    .map((word) => (word.length > 3 ? word.replace(/s$/, '') : word))
    .join(' ')
}

/** Other words for the same column, normalised. */
const synonyms: readonly (readonly [string, Column])[] = [
  ['identifiant national pp', 'nationalId'],
  ['code role activite', 'roleCode'],
  ['libelle role activite', 'role'],
]

const byNormalizedName = new Map<string, Column>([
  ...Object.entries(names).map(([column, name]) => [normalizedName(name), column as Column] as const),
  ...synonyms,
])

/** @param line the first of the file, without its end */
export function parseHeader(line: string): ParsedHeader {
  const cells = line.split(separator)
  const at: Header['at'] = {}
  const twice: string[] = []
  for (const [place, cell] of cells.entries()) {
    const column = byNormalizedName.get(normalizedName(cell))
    if (column === undefined) continue
    if (column in at) twice.push(names[column])
    else at[column] = place
  }
  const missing = mandatory.filter((column) => !(column in at)).map((column) => names[column])
  if (missing.length > 0 || twice.length > 0) return { ok: false, missing, twice }
  return { ok: true, header: { width: cells.length, isClosed: cells.at(-1) === '', at } }
}

/** The cells of a line, spaces around them removed. */
export function cellsOf(line: string): string[] {
  return line.split(separator).map((cell) => cell.trim())
}

/** Reads one cell of a line by the name of its column; empty when the file has no such column. */
export function readerOf(header: Header, cells: readonly string[]): (column: Column) => string {
  return (column) => {
    const place = header.at[column]
    return place === undefined ? '' : (cells[place] ?? '')
  }
}
