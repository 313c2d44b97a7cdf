/**
 * Who lives in the town: humans with their civil status, professionals with their number in the directory, and the
 * accounts that they hold at the providers. Everybody here is invented. The table is chosen for what is hard in
 * matching identities:
 *
 * - the same human at several providers, with exactly the same pivot identity;
 * - people born abroad (no birthplace), with a presumed day, or a presumed day and month of birth;
 * - three Jean Pierre Martin: two born on the same day in different towns, one on another day;
 * - two Marie Lambert, different humans whose six pivot values are equal: no computation can tell them apart;
 * - Claire Lefèvre, who is also a doctor: the professional is somebody apart from the citizen;
 * - accounts of a provider of level substantial that were never checked in person, and stay low;
 * - those who run a company or work for one (`organisations.ts`), and have no account of low level.
 */
import { hash } from 'node:crypto'
import type { Level } from '../src/kernel/assurance.ts'
import type { PivotIdentity } from '../src/kernel/identity.ts'

export type ProviderKey = 'tax' | 'health' | 'postal' | 'soignants' | 'bank' | 'consular' | 'hospital'

/** The password of every test account: it has to be typed on a stage. */
export const testPassword = 'demo-2026'

export interface Professional {
  kind: 'professional'
  /** `8` and the RPPS number of eleven digits. Numbers for tests start with 9. */
  nationalId: string
  given_name: string
  family_name: string
  civility: 'M' | 'MME'
  /** Code of the profession: 10 physician, 21 pharmacist, 50 midwife, 60 nurse, 70 physiotherapist. */
  profession: '10' | '21' | '50' | '60' | '70'
  /** Ordinal speciality, for physicians. */
  speciality?: string
  /** `L` in private practice, `S` employed. */
  mode: 'L' | 'S'
  sector: 'SA01' | 'SA07' | 'SA33'
  organisation: string
}

export interface Account {
  provider: ProviderKey
  username: string
  /** Whose account it is: a key of `humans` or `professionals`. */
  holder: string
  /** The strongest level that the provider asserts for this account. */
  level: Level
  email: string
  /** The provider's own identifier of the account; it tells nothing. */
  subject: string
}

const france = '99100'

function born(
  in_: { birthplace?: string; birthcountry?: string },
  birthdate: string,
  gender: PivotIdentity['gender'],
  given_name: string,
  family_name: string,
  preferred_username?: string,
): PivotIdentity {
  return {
    kind: 'pivot',
    given_name,
    family_name,
    birthdate,
    gender,
    birthplace: in_.birthplace ?? '',
    birthcountry: in_.birthcountry ?? france,
    ...(preferred_username ? { preferred_username } : {}),
  }
}

const paris12 = { birthplace: '75112' }
const lyon3 = { birthplace: '69383' }
const lille = { birthplace: '59350' }
const marseille8 = { birthplace: '13208' }
const rennes = { birthplace: '35238' }
const nantes = { birthplace: '44109' }
const ajaccio = { birthplace: '2A004' }
const saintDenis = { birthplace: '93066' }
const algeria = { birthcountry: '99352' }
const belgium = { birthcountry: '99131' }
const guinea = { birthcountry: '99330' }
const morocco = { birthcountry: '99350' }
const portugal = { birthcountry: '99139' }
const tunisia = { birthcountry: '99351' }
const vietnam = { birthcountry: '99243' }

export const humans: Record<string, PivotIdentity> = {
  amina: born(paris12, '1988-04-12', 'female', 'Amina Samira', 'BENALI'),
  lucas: born(lyon3, '1979-11-03', 'male', 'Lucas Antoine', 'MOREAU'),
  claire: born(rennes, '1956-02-29', 'female', 'Claire Marie Françoise', 'LEFÈVRE', 'DUBREUIL'),
  karim: born(saintDenis, '1986-10-17', 'male', 'Karim', 'BOUZID'),
  jeanne: born(ajaccio, '1947-08-25', 'female', 'Jeanne Lucie', 'PAOLI', 'PETIT'),
  fatima: born(morocco, '1992-07-21', 'female', 'Fatima-Zahra', 'EL IDRISSI'),
  nadia: born(morocco, '1974-06-18', 'female', 'Nadia', 'OUAZZANI'),
  youssef: born(algeria, '1965-00-00', 'male', 'Youssef', 'HADDAD'),
  aissatou: born(guinea, '1983-06-00', 'female', 'Aïssatou', 'DIALLO'),
  mehdi: born(tunisia, '1999-12-31', 'male', 'Mehdi', 'TRABELSI'),
  sofia: born(portugal, '1990-09-09', 'female', 'Sofia Isabel', 'COSTA PEREIRA'),
  linh: born(vietnam, '1995-01-30', 'female', 'Thi Linh', 'NGUYEN'),
  robin: born(belgium, '2000-02-02', 'unspecified', 'Robin', 'VERMEULEN'),
  martinOfLille: born(lille, '1971-05-05', 'male', 'Jean Pierre', 'MARTIN'),
  martinOfMarseille: born(marseille8, '1971-05-05', 'male', 'Jean Pierre', 'MARTIN'),
  martinTheYounger: born(lille, '1994-01-19', 'male', 'Jean Pierre', 'MARTIN'),
  hanane: born(marseille8, '1969-03-08', 'female', 'Hanane', 'ZIANI'),
  rachid: born(saintDenis, '1962-12-01', 'male', 'Rachid', 'BENNIS'),
  driss: born(rennes, '1976-11-02', 'male', 'Driss', 'AMRANI'),
  ines: born(lyon3, '1996-05-23', 'female', 'Inès Louise', 'CARPENTIER'),
  bilal: born(lille, '1991-09-14', 'male', 'Bilal', 'KACEM'),
  lambertOne: born(nantes, '1985-03-15', 'female', 'Marie', 'LAMBERT'),
  lambertTwo: born(nantes, '1985-03-15', 'female', 'Marie', 'LAMBERT'),
}

export const professionals: Record<string, Professional> = {
  drLefevre: {
    kind: 'professional',
    nationalId: '899010000018',
    given_name: 'Claire',
    family_name: 'DUBREUIL',
    civility: 'MME',
    profession: '10',
    speciality: 'SM54',
    mode: 'L',
    sector: 'SA07',
    organisation: 'Cabinet du Dr Dubreuil',
  },
  drOsman: {
    kind: 'professional',
    nationalId: '899010002147',
    given_name: 'Idriss',
    family_name: 'OSMAN',
    civility: 'M',
    profession: '10',
    speciality: 'SM04',
    mode: 'S',
    sector: 'SA01',
    organisation: 'Hôpital des Trois-Fontaines',
  },
  rivet: {
    kind: 'professional',
    nationalId: '899010033878',
    given_name: 'Solène',
    family_name: 'RIVET',
    civility: 'MME',
    profession: '60',
    mode: 'L',
    sector: 'SA07',
    organisation: 'Infirmières du Canal',
  },
  tahiri: {
    kind: 'professional',
    nationalId: '899010044552',
    given_name: 'Samir',
    family_name: 'TAHIRI',
    civility: 'M',
    profession: '21',
    mode: 'L',
    sector: 'SA33',
    organisation: 'Pharmacie de la Halle',
  },
  keller: {
    kind: 'professional',
    nationalId: '899010057604',
    given_name: 'Judith',
    family_name: 'KELLER',
    civility: 'MME',
    profession: '50',
    mode: 'S',
    sector: 'SA01',
    organisation: 'Maternité du Parc',
  },
  nguyenVan: {
    kind: 'professional',
    nationalId: '899010068395',
    given_name: 'Paul',
    family_name: 'NGUYEN VAN',
    civility: 'M',
    profession: '70',
    mode: 'L',
    sector: 'SA07',
    organisation: 'Kinés de la Place',
  },
  belkacem: {
    kind: 'professional',
    nationalId: '899010079426',
    given_name: 'Lina',
    family_name: 'BELKACEM',
    civility: 'MME',
    profession: '10',
    speciality: 'SM40',
    mode: 'S',
    sector: 'SA01',
    organisation: 'Hôpital des Trois-Fontaines',
  },
}

/** A card of somebody's: of a citizen or resident (`cnie`), or of a health professional (`cpx`). */
export interface HeldCard {
  kind: 'cnie' | 'cpx'
  /** A key of `humans` or `professionals`. */
  holder: string
  /** As it is printed on the card. */
  number: string
}

/** Of every card on the table: it has to be typed on a stage. */
export const testPin = '2026'

/** Nobody whose day of birth is presumed or whose gender is not stated: a certificate has no words for either. */
export const heldCards: readonly HeldCard[] = [
  { kind: 'cnie', holder: 'amina', number: 'AB104512' },
  { kind: 'cnie', holder: 'lucas', number: 'BK220871' },
  { kind: 'cnie', holder: 'claire', number: 'CD318264' },
  { kind: 'cnie', holder: 'karim', number: 'EE47093' },
  { kind: 'cnie', holder: 'fatima', number: 'K512907' },
  { kind: 'cnie', holder: 'nadia', number: 'JC603318' },
  { kind: 'cnie', holder: 'mehdi', number: 'L774105' },
  { kind: 'cnie', holder: 'sofia', number: 'SC835540' },
  { kind: 'cnie', holder: 'hanane', number: 'HA902716' },
  { kind: 'cnie', holder: 'rachid', number: 'RB61840' },
  { kind: 'cnie', holder: 'driss', number: 'DA330921' },
  { kind: 'cpx', holder: 'drLefevre', number: '2800010018' },
  { kind: 'cpx', holder: 'drOsman', number: '2800010214' },
  { kind: 'cpx', holder: 'rivet', number: '2800013387' },
  { kind: 'cpx', holder: 'tahiri', number: '2800014455' },
  { kind: 'cpx', holder: 'belkacem', number: '2800017942' },
]

/** Who holds an account where, by username: `[username, holder]`, and the level where it is not the provider's best. */
const register: Record<ProviderKey, { level: Level; holders: [string, string, Level?][] }> = {
  tax: {
    level: 'eidas1',
    holders: [
      ['amina', 'amina'],
      ['lucas', 'lucas'],
      ['claire', 'claire'],
      ['karim', 'karim'],
      ['jeanne', 'jeanne'],
      ['fatima', 'fatima'],
      ['nadia', 'nadia'],
      ['youssef', 'youssef'],
      ['linh', 'linh'],
      ['jp.martin', 'martinOfLille'],
      ['jp.martin13', 'martinOfMarseille'],
      ['marie', 'lambertOne'],
    ],
  },
  health: {
    level: 'eidas1',
    holders: [
      ['amina', 'amina'],
      ['lucas', 'lucas'],
      ['claire', 'claire'],
      ['fatima', 'fatima'],
      ['youssef', 'youssef'],
      ['aissatou', 'aissatou'],
      ['sofia', 'sofia'],
      ['jeanne', 'jeanne'],
      ['jp.martin', 'martinOfLille'],
    ],
  },
  postal: {
    level: 'eidas2',
    holders: [
      ['amina', 'amina'],
      ['claire', 'claire'],
      ['jeanne', 'jeanne'],
      ['fatima', 'fatima'],
      ['sofia', 'sofia'],
      ['linh', 'linh'],
      ['jp.martin', 'martinOfMarseille'],
      ['karim', 'karim', 'eidas1'],
      ['hanane', 'hanane'],
      ['rachid', 'rachid'],
      ['driss', 'driss'],
      ['ines', 'ines'],
      ['bilal', 'bilal'],
    ],
  },
  soignants: {
    level: 'eidas2',
    holders: [
      ['dr.dubreuil', 'drLefevre'],
      ['dr.osman', 'drOsman'],
      ['s.rivet', 'rivet'],
      ['s.tahiri', 'tahiri'],
      ['j.keller', 'keller'],
      ['p.nguyen', 'nguyenVan'],
      ['dr.belkacem', 'belkacem'],
    ],
  },
  bank: {
    level: 'eidas1',
    holders: [
      ['amina', 'amina'],
      ['lucas', 'lucas'],
      ['claire', 'claire'],
      ['karim', 'karim'],
      ['mehdi', 'mehdi'],
      ['linh', 'linh'],
      ['jp.martin', 'martinTheYounger'],
      ['marie', 'lambertTwo'],
    ],
  },
  consular: {
    level: 'eidas2',
    holders: [
      ['fatima', 'fatima'],
      ['youssef', 'youssef'],
      ['nadia', 'nadia'],
      ['mehdi', 'mehdi'],
      ['aissatou', 'aissatou'],
      ['robin', 'robin'],
      ['sofia', 'sofia', 'eidas1'],
    ],
  },
  // Its staff: what their gateway says of them, no provider has checked.
  hospital: {
    level: 'eidas2',
    holders: [
      ['i.osman', 'drOsman'],
      ['l.belkacem', 'belkacem'],
    ],
  },
}

export const accounts: readonly Account[] = Object.entries(register).flatMap(([key, { level: best, holders }]) => {
  const provider = key as ProviderKey
  return holders.map(([username, holder, level = best]) => ({
    provider,
    username,
    holder,
    level,
    email: `${mailboxOf(holder)}@courriel.example`,
    subject: hash('sha256', `${provider}/${username}`, 'base64url').slice(0, 24),
  }))
})

/** One address for each human, whichever the provider: `fatima`, `martin.of.lille`, `dr.lefevre`. */
function mailboxOf(holder: string): string {
  return holder.replace(/[A-Z]/g, (letter) => `.${letter.toLowerCase()}`)
}

export function accountsOf(provider: ProviderKey): Account[] {
  return accounts.filter((account) => account.provider === provider)
}

/** The identity behind an account or a card. Every holder is in one of the two tables; a test says so. */
export function holderOf({ holder: name }: Pick<Account, 'holder'>): PivotIdentity | Professional {
  const holder = humans[name] ?? professionals[name]
  if (!holder) throw new Error(`there is an account or a card of ${name}, who does not live here`)
  return holder
}
