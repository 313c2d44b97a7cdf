/**
 * Extractions of the register of health professionals, of any size, as the public ones are written: of fictitious
 * people, the same for the same seed. On the command line the text goes to standard output:
 *
 *     node test/support/rpps-extraction.ts --bytes 1000000000 --seed 7 > /tmp/rpps.txt
 *     node test/support/rpps-extraction.ts --lines 5000 --bad 0.01 --header worded | gzip > /tmp/rpps.txt.gz
 */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'

export interface ExtractionOptions {
  /** Ends after so many lines behind the header, */
  lines?: number
  /** ... or once it has so many bytes. */
  bytes?: number
  seed?: number
  /** The share of lines that are bad, 0 to 1; each in one of the ways of `faults`. */
  bad?: number
  header?: HeaderStyle
  /** The number of the first person, among those that could be: for a next edition of other people. */
  from?: number
}

/**
 * `public` as the source writes it now, `older` without role and kind of activity, `worded` in other words, another
 * order, and with a column that nobody knows.
 */
export type HeaderStyle = 'public' | 'older' | 'worded'

export const publicHeader = [
  "Type d'identifiant PP",
  'Identifiant PP',
  'Identification nationale PP',
  "Code civilité d'exercice",
  "Libellé civilité d'exercice",
  'Code civilité',
  'Libellé civilité',
  "Nom d'exercice",
  "Prénom d'exercice",
  'Code profession',
  'Libellé profession',
  'Code catégorie professionnelle',
  'Libellé catégorie professionnelle',
  'Code type savoir-faire',
  'Libellé type savoir-faire',
  'Code savoir-faire',
  'Libellé savoir-faire',
  'Code mode exercice',
  'Libellé mode exercice',
  'Numéro SIRET site',
  'Numéro SIREN site',
  'Numéro FINESS site',
  'Numéro FINESS établissement juridique',
  'Identifiant technique de la structure',
  'Raison sociale site',
  'Enseigne commerciale site',
  'Complément destinataire (coord. structure)',
  'Complément point géographique (coord. structure)',
  'Numéro Voie (coord. structure)',
  'Indice répétition voie (coord. structure)',
  'Code type de voie (coord. structure)',
  'Libellé type de voie (coord. structure)',
  'Libellé Voie (coord. structure)',
  'Mention distribution (coord. structure)',
  'Bureau cedex (coord. structure)',
  'Code postal (coord. structure)',
  'Code commune (coord. structure)',
  'Libellé commune (coord. structure)',
  'Code pays (coord. structure)',
  'Libellé pays (coord. structure)',
  'Téléphone (coord. structure)',
  'Téléphone 2 (coord. structure)',
  'Télécopie (coord. structure)',
  'Adresse e-mail (coord. structure)',
  'Code Département (structure)',
  'Libellé Département (structure)',
  'Ancien identifiant de la structure',
  "Autorité d'enregistrement",
  "Code secteur d'activité",
  "Libellé secteur d'activité",
  'Code section tableau pharmaciens',
  'Libellé section tableau pharmaciens',
  'Code rôle',
  'Libellé rôle',
  'Code genre activité',
  'Libellé genre activité',
] as const

export type PublicColumn = (typeof publicHeader)[number]

export type Cells = Partial<Record<PublicColumn, string>>

/** A line by the names of its columns; what is not named is empty. The separator stands at the end too. */
export function extractionLine(cells: Cells, header: readonly string[] = publicHeader): string {
  return `${header.map((name) => cells[name as PublicColumn] ?? '').join('|')}|\n`
}

/** The text in parts of some lines each. */
export function* rppsExtraction(options: ExtractionOptions): Generator<string> {
  const { lines = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY, bad = 0, from = 0 } = options
  if (lines === Number.POSITIVE_INFINITY && bytes === Number.POSITIVE_INFINITY) throw new Error('lines or bytes')
  const random = randomFrom(options.seed ?? 1)
  const { written, columns } = headers[options.header ?? 'public']
  let part = `${written.join('|')}|\n`
  let count = 0
  let size = Buffer.byteLength(part)
  for (let person = from; count < lines && size < bytes; person++) {
    for (const cells of linesOfPerson(person, random)) {
      if (count >= lines || size >= bytes) break
      const line = (bad > 0 && random() < bad ? oneOf(faults, random) : extractionLine)(cells, columns)
      count++
      size += Buffer.byteLength(line)
      part += line
    }
    if (part.length > 64 * 1024) {
      yield part
      part = ''
    }
  }
  yield part
}

/** The RPPS number of a person of the extractions: ten digits in order, then the Luhn key. */
export function rppsNumber(person: number): string {
  const digits = String(1_000_000_000 + person)
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const doubled = Number(digit) * (place % 2 === 0 ? 2 : 1)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/**
 * By which register a person is known, and under which number. Nearly all are in the RPPS; two in fifty, as in the public
 * extraction, only in the register before it, or with the establishment that employs them.
 */
export function identifierOf(person: number): { type: '8' | '0' | '3'; number: string } {
  const digits = String(person).padStart(7, '0')
  if (person % 50 === 33) return { type: '0', number: `75${digits}` }
  if (person % 50 === 44) return { type: '3', number: `75${digits}/067L-${digits}` }
  return { type: '8', number: rppsNumber(person) }
}

// --- People and places ---------------------------------------------------------------------------------------------

/** Uniform in [0, 1), the same for the same seed (a 32-bit counter, mixed). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32
  }
}

const oneOf = <T>(values: readonly T[], random: () => number): T => values[Math.floor(random() * values.length)] as T
const digitsOf = (count: number, random: () => number) =>
  Array.from({ length: count }, () => Math.floor(random() * 10)).join('')

const familyNames = 'LAROCHE BENSAÏD D’ARGENT LE GOFF NGUYEN ÉLOI-MARTIN OUEDRAOGO "CASTEL" MÜLLER SAINT\\JUST'.split(
  ' ',
)
const givenNames = ['Inès', 'Yves', 'Jean-Noël', 'Maëlys', 'Aïcha', 'Björn', 'Zoé', 'Ælfric']
const professions = [
  ['10', 'Médecin'],
  ['60', 'Infirmier'],
  ['21', 'Pharmacien'],
  ['26', 'Audioprothésiste'],
  ['40', 'Chirurgien-Dentiste'],
  ['50', 'Sage-Femme'],
  ['70', 'Masseur-Kinésithérapeute'],
  ['91', 'Orthophoniste'],
] as const
const sectors = [
  ['SA01', 'Etablissement public de santé'],
  ['SA07', 'Cabinet individuel'],
  ['SA32', 'Pharmacie d’officine'],
  ['SA42', 'Etablissement pour personnes âgées'],
] as const
const streets = ['DE LA RÉPUBLIQUE', 'DU GÉNÉRAL', 'DES LILAS', 'PASTEUR', 'DU MOULIN VERT', 'SAINT-ÉTIENNE']
const towns = [
  ['75109', 'Paris 9e Arrondissement', '75009', '75', 'Paris'],
  ['25462', 'Pontarlier', '25300', '25', 'Doubs'],
  ['2A004', 'Ajaccio', '20000', '2A', 'Corse-du-Sud'],
  ['97411', 'Saint-Denis', '97400', '9D', 'La Réunion'],
] as const

/** One line for each skill and activity; one in ten professionals works nowhere, some in three places. */
function* linesOfPerson(person: number, random: () => number): Generator<Cells> {
  const { type, number } = identifierOf(person)
  const [code, label] = oneOf(professions, random)
  const isDoctor = code === '10'
  const skills = isDoctor ? (random() < 0.1 ? ['SM53', 'SM26'] : ['SM53']) : ['']
  const who: Cells = {
    "Type d'identifiant PP": type,
    'Identifiant PP': number,
    'Identification nationale PP': `${type}${number}`,
    ...(isDoctor ? { "Code civilité d'exercice": 'DR', "Libellé civilité d'exercice": 'Docteur' } : {}),
    'Code civilité': random() < 0.5 ? 'MME' : 'M',
    'Libellé civilité': 'Madame ou Monsieur',
    "Nom d'exercice": `${oneOf(familyNames, random)}-${person}`,
    "Prénom d'exercice": oneOf(givenNames, random),
    'Code profession': code,
    'Libellé profession': label,
    'Code catégorie professionnelle': 'C',
    'Libellé catégorie professionnelle': 'Civil',
  }
  const places = random() < 0.1 ? 0 : random() < 0.2 ? 3 : 1
  for (const skill of skills) {
    const practice = skill
      ? {
          ...who,
          'Code type savoir-faire': 'S',
          'Libellé type savoir-faire': 'Spécialité ordinale',
          'Code savoir-faire': skill,
          'Libellé savoir-faire': 'Spécialiste en médecine générale',
        }
      : who
    if (places === 0) yield practice
    for (let place = 0; place < places; place++) yield { ...practice, ...activity(person * 4 + place, label, random) }
  }
}

function activity(structure: number, profession: string, random: () => number): Cells {
  const [sector, sectorLabel] = oneOf(sectors, random)
  const [townCode, town, postalCode, department, departmentLabel] = oneOf(towns, random)
  const mode = sector === 'SA01' ? 'S' : 'L'
  const siren = digitsOf(9, random)
  const finess = `${department.slice(0, 2)}0${digitsOf(6, random)}`
  return {
    'Code mode exercice': mode,
    'Libellé mode exercice': mode === 'S' ? 'Salarié' : 'Libéral, indépendant, artisan, commerçant',
    'Numéro SIRET site': `${siren}${digitsOf(5, random)}`,
    'Numéro SIREN site': siren,
    'Numéro FINESS site': sector === 'SA01' ? finess : '',
    'Numéro FINESS établissement juridique': sector === 'SA01' ? finess : '',
    'Identifiant technique de la structure': `R${10_000_000 + structure}`,
    'Raison sociale site': `CABINET ${profession.toUpperCase()} ${structure}`,
    'Enseigne commerciale site': random() < 0.3 ? `MAISON DE SANTÉ ${structure}` : '',
    'Complément point géographique (coord. structure)': random() < 0.2 ? 'BÂTIMENT B' : '',
    'Numéro Voie (coord. structure)': String(1 + Math.floor(random() * 200)),
    'Code type de voie (coord. structure)': 'R',
    'Libellé type de voie (coord. structure)': 'Rue',
    'Libellé Voie (coord. structure)': oneOf(streets, random),
    'Bureau cedex (coord. structure)': `${postalCode} ${town.toUpperCase()}`,
    'Code postal (coord. structure)': postalCode,
    'Code commune (coord. structure)': townCode,
    'Libellé commune (coord. structure)': town,
    'Code pays (coord. structure)': '99000',
    'Libellé pays (coord. structure)': 'France',
    'Téléphone (coord. structure)': `0${digitsOf(9, random)}`,
    'Adresse e-mail (coord. structure)': random() < 0.3 ? `cabinet.${structure}@sante.example` : '',
    'Code Département (structure)': department,
    'Libellé Département (structure)': departmentLabel,
    'Ancien identifiant de la structure': `4${digitsOf(14, random)}`,
    "Autorité d'enregistrement": 'CNOM/CNOM/ARS',
    "Code secteur d'activité": sector,
    "Libellé secteur d'activité": sectorLabel,
  }
}

// --- Headers and faults --------------------------------------------------------------------------------------------

const role = new Set<string>(publicHeader.slice(-4))
const olderHeader = publicHeader.filter((name) => !role.has(name))

/** The same names as other extractions have written them. */
function otherWords(name: string): string {
  return name
    .replace("civilité d'exercice", 'civilité exercice')
    .replace('(coord. structure)', '(coord. Structure)')
    .replace('Identification nationale', 'IDENTIFICATION NATIONALE')
    .replace("d'activité", 'd’activité')
    .replace('Adresse e-mail', 'Adresse email')
    .replace('Numéro', 'Numero')
}

const headers: Record<HeaderStyle, { written: readonly string[]; columns: readonly string[] }> = {
  public: { written: publicHeader, columns: publicHeader },
  older: { written: olderHeader, columns: olderHeader },
  worded: {
    written: ['Date de mise à jour', ...olderHeader.toReversed().map(otherWords)],
    columns: ['', ...olderHeader.toReversed()],
  },
}

/** Ways in which a line is bad. */
const faults: readonly ((cells: Cells, header: readonly string[]) => string)[] = [
  (cells, header) => extractionLine(cells, header).replace('|', ''),
  ({ 'Identification nationale PP': id = '', ...cells }, header) =>
    extractionLine({ ...cells, 'Identification nationale PP': id.replace(/.$/, otherEnd) }, header),
  (cells, header) => extractionLine({ ...cells, 'Identification nationale PP': '' }, header),
  (cells, header) => extractionLine({ ...cells, "Nom d'exercice": '\uFFFD' }, header),
]

const otherEnd = (digit: string) => String((Number(digit) + 1) % 10)

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      lines: { type: 'string' },
      bytes: { type: 'string' },
      seed: { type: 'string', default: '1' },
      bad: { type: 'string', default: '0' },
      header: { type: 'string', default: 'public' },
    },
  })
  const text = rppsExtraction({
    ...(values.lines === undefined ? {} : { lines: Number(values.lines) }),
    ...(values.bytes === undefined ? {} : { bytes: Number(values.bytes) }),
    seed: Number(values.seed),
    bad: Number(values.bad),
    header: values.header as HeaderStyle,
  })
  await pipeline(Readable.from(text), process.stdout)
}
