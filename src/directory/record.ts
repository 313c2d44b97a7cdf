/**
 * What the register says of one professional, out of the lines that it has on them. Pure. Codes and labels are kept as
 * the source writes them; a text that the source does not have is empty.
 */
import { type Column, cellsOf, type Header, readerOf } from './columns.ts'
import { type NationalId, parseNationalId } from './national-id.ts'

/** A code of the register's nomenclatures with its label. Both are empty where the source says nothing. */
export interface Coded {
  code: string
  label: string
}

export interface Professional {
  nationalId: NationalId
  civility: Coded
  /** One for each profession and skill. The order is that of the source. */
  practices: Practice[]
  /** Numbers in other registers; only the wider extraction has them. */
  otherIds: OtherId[]
}

/** A profession, under the names and with the skill (`savoir-faire`) in which it is exercised. */
export interface Practice {
  /** `DR`, `PR`, …: how the professional is addressed. */
  civility: Coded
  familyName: string
  givenName: string
  profession: Coded
  /** `C` civil, `M` military, `E` student. */
  category: Coded
  skillType: Coded
  skill: Coded
  /** Where it is exercised; none when the source has neither a mode, a sector nor a structure. */
  activities: Activity[]
}

export interface Activity {
  /** `L` in private practice, `S` employed, `B` unpaid. */
  mode: Coded
  /** `SA01` public hospital, `SA07` practice of one's own, …. */
  sector: Coded
  pharmacistSection: Coded
  role: Coded
  kind: Coded
  structure: Structure
  /** Who registered the activity. */
  authority: string
}

export interface Structure {
  /** The register's own number for it. */
  id: string
  formerId: string
  siret: string
  siren: string
  finess: string
  /** FINESS number of the legal entity. */
  legalFiness: string
  name: string
  tradeName: string
  address: Address
  phone: string
  phone2: string
  fax: string
  email: string
  department: Coded
}

export interface Address {
  addressee: string
  place: string
  streetNumber: string
  streetNumberSuffix: string
  streetType: Coded
  street: string
  distribution: string
  office: string
  postalCode: string
  town: Coded
  country: Coded
}

export interface OtherId {
  number: string
  /** Which register it is of. */
  origin: string
  quality: number
}

type Read = (column: Column) => string

/**
 * @param lines of one person, as they stood in the file
 * @throws Error when there is none, or its identifier is no national identifier: such lines are never stored
 */
export function recordOf(header: Header, lines: readonly string[]): Professional {
  const reads = lines.map((line) => readerOf(header, cellsOf(line)))
  const [first] = reads
  const parsed = first && parseNationalId(first('nationalId'))
  if (!first || !parsed?.ok) throw new Error('lines of nobody in the register')
  const practices = new Map<string, Practice>()
  for (const read of reads) {
    const practice = practiceOf(read)
    const key = JSON.stringify(practice)
    const known = practices.get(key) ?? practice
    practices.set(key, known)
    addActivity(known, activityOf(read))
  }
  return {
    nationalId: parsed.id,
    civility: coded(first, 'civilityCode', 'civility'),
    practices: [...practices.values()],
    otherIds: otherIdsOf(first('otherIds')),
  }
}

const coded = (read: Read, code: Column, label: Column): Coded => ({ code: read(code), label: read(label) })

function practiceOf(read: Read): Practice {
  return {
    civility: coded(read, 'practiceCivilityCode', 'practiceCivility'),
    familyName: read('familyName'),
    givenName: read('givenName'),
    profession: coded(read, 'professionCode', 'profession'),
    category: coded(read, 'categoryCode', 'category'),
    skillType: coded(read, 'skillTypeCode', 'skillType'),
    skill: coded(read, 'skillCode', 'skill'),
    activities: [],
  }
}

function activityOf(read: Read): Activity {
  return {
    mode: coded(read, 'modeCode', 'mode'),
    sector: coded(read, 'sectorCode', 'sector'),
    pharmacistSection: coded(read, 'pharmacistSectionCode', 'pharmacistSection'),
    role: coded(read, 'roleCode', 'role'),
    kind: coded(read, 'activityKindCode', 'activityKind'),
    structure: structureOf(read),
    authority: read('authority'),
  }
}

function structureOf(read: Read): Structure {
  return {
    id: read('structureId'),
    formerId: read('formerStructureId'),
    siret: read('siret'),
    siren: read('siren'),
    finess: read('finess'),
    legalFiness: read('legalFiness'),
    name: read('structureName'),
    tradeName: read('tradeName'),
    address: {
      addressee: read('addressee'),
      place: read('place'),
      streetNumber: read('streetNumber'),
      streetNumberSuffix: read('streetNumberSuffix'),
      streetType: coded(read, 'streetTypeCode', 'streetType'),
      street: read('street'),
      distribution: read('distribution'),
      office: read('office'),
      postalCode: read('postalCode'),
      town: coded(read, 'townCode', 'town'),
      country: coded(read, 'countryCode', 'country'),
    },
    phone: read('phone'),
    phone2: read('phone2'),
    fax: read('fax'),
    email: read('email'),
    department: coded(read, 'departmentCode', 'department'),
  }
}

/** Somebody who is registered and works nowhere has one line with empty cells; the same activity may stand twice. */
function addActivity(practice: Practice, activity: Activity): void {
  const { mode, sector, structure } = activity
  if (mode.code === '' && sector.code === '' && structure.id === '' && structure.name === '') return
  const text = JSON.stringify(activity)
  if (!practice.activities.some((known) => JSON.stringify(known) === text)) practice.activities.push(activity)
}

/** `899700366240,RPPS,1;…` */
function otherIdsOf(text: string): OtherId[] {
  return text.split(';').flatMap((entry) => {
    const [number = '', origin = '', quality = ''] = entry.split(',').map((part) => part.trim())
    return number === '' || origin === '' ? [] : [{ number, origin, quality: Number(quality) || 0 }]
  })
}

/** In one line, what somebody recognises themselves by: number, professions, skills, and the places of work. */
export function summaryOf({ nationalId, practices }: Professional): string {
  const named = ({ code, label }: Coded) => label || code
  const places = practices.flatMap(({ activities }) => activities.map(({ structure }) => structure))
  return [
    nationalId.text,
    ...practices.flatMap(({ profession, skill }) => [named(profession), named(skill)]),
    ...places.map(({ name, tradeName, id }) => name || tradeName || id),
  ]
    .filter((text, place, all) => text !== '' && all.indexOf(text) === place)
    .join(', ')
}
