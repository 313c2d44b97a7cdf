/**
 * The organisations of the town, as the register that its hub imports has them: who represents each by law, and who works
 * for the firm. The numbers have their check digits; nobody else has them.
 */
import { Readable } from 'node:stream'
import type { Hub } from '../src/hub.ts'
import type { OrganisationId } from '../src/kernel/ids.ts'
import { humans } from './people.ts'
import type { Employee } from './services/declaration-file.ts'

export interface TownOrganisation {
  name: string
  /** Legal form. */
  kind: string
  ice: string
  /** Number of an affiliate: who has one declares wages. */
  cnss: string
  city: string
  /** A key of `humans`. */
  representative: string
  role: string
  /** Of whom it declares wages. */
  staff: readonly Employee[]
}

/** Hundredths of the month's wages. */
const at = (insured: string, name: string, wages: number, more: Partial<Employee> = {}): Employee => ({
  ...{ insured, name, days: 26, wages },
  ...more,
})

export const organisations = {
  /** Has given nobody a mandate yet: one waits for the signature of its representative. */
  tizgart: {
    name: 'Conserverie Tizgart',
    kind: 'SARL',
    ice: '002718281000008',
    cnss: '4410927',
    city: 'SAFI',
    representative: 'hanane',
    role: 'Gérante',
    staff: [
      at('118204417', 'EL MOUTAWAKIL KHADIJA', 412_500),
      at('118204529', 'BOUCHAREB SAID', 388_000, { days: 22 }),
      at('120551083', 'LAGHRISSI MERYEM', 745_000),
      at('131907742', 'OUBELLA HASSAN', 356_300, { days: 11, came: 'JB448120' }),
    ],
  },
  /** The firm does its declarations already. */
  ouledna: {
    name: 'Transports Ouledna',
    kind: 'SA',
    ice: '003141592000024',
    cnss: '4417055',
    city: 'KENITRA',
    representative: 'rachid',
    role: 'Directeur général',
    staff: [
      at('122018833', 'SEBTI ABDELHAK', 521_000),
      at('122018947', 'TAZI NAJAT', 638_400),
      at('127730215', 'MEKOUAR YASSIR', 398_000, { days: 19, situation: 'IT' }),
    ],
  },
  cabinet: {
    name: 'Cabinet Amrani-Delorme',
    kind: 'SARL',
    ice: '001618033000066',
    cnss: '4420318',
    city: 'RABAT',
    representative: 'driss',
    role: 'Gérant',
    staff: [at('125510648', 'CARPENTIER INES', 690_000), at('125510752', 'KACEM BILAL', 715_000)],
  },
} as const satisfies Record<string, TownOrganisation>

export type OrganisationKey = keyof typeof organisations

const columns = [
  ...['name', 'kind', 'state', 'ice', 'cnss'],
  ...['family_name', 'given_name', 'birthdate', 'gender', 'birthplace', 'birthcountry', 'role', 'alone'],
]

/** As a file of the register: comma-separated, a line for each representative. */
export function registerFile(): string {
  const lines = Object.values(organisations).map(({ name, kind, ice, cnss, representative, role }) => {
    const holder = humans[representative]
    if (!holder) throw new Error(`${name} is represented by ${representative}, who does not live here`)
    const { family_name, given_name, birthdate, gender, birthplace, birthcountry } = holder
    return [
      ...[name, kind, 'active', ice, cnss],
      ...[family_name, given_name, birthdate, gender, birthplace, birthcountry, role, 'yes'],
    ].join(',')
  })
  return [columns.join(','), ...lines, ''].join('\n')
}

/** The present edition, through the import by which any register comes. */
export async function importOrganisations({ organisations: directory, clock }: Pick<Hub, 'organisations' | 'clock'>) {
  const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '')
  const source = { name: `organisations-${day}.csv`, stream: Readable.from([Buffer.from(registerFile())]) }
  const outcome = await directory.importOrganisations({
    ...{ source, actor: { kind: 'command' }, mostBad: 0, mostEnded: 1 },
  })
  if (outcome.kind === 'refused') throw new Error(`the register of organisations was refused: ${outcome.reason}`)
}

/** Of the hub, by its number. */
export async function organisationOf(
  { organisations: directory }: Pick<Hub, 'organisations'>,
  key: OrganisationKey,
): Promise<OrganisationId> {
  const found = await directory.byNumber('ice', organisations[key].ice)
  if (!found || found === 'malformed') throw new Error(`${key} is not in the register`)
  return found.organisation
}
