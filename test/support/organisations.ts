/** Registers of organisations for tests: files as a register writes them, and organisations through a real import. */
import { Readable } from 'node:stream'
import type { Organisation, OrganisationImportOutcome, Organisations } from '../../src/directory/organisations.ts'
import type { Clock } from '../../src/kernel/clock.ts'
import { toDate } from '../../src/kernel/clock.ts'
import type { Gender, PivotIdentity } from '../../src/kernel/identity.ts'

export interface OrganisationEntry {
  name: string
  ice?: string
  siren?: string
  cnss?: string
  kind?: string
  state?: string
  representatives?: readonly RepresentativeEntry[]
}

export interface RepresentativeEntry {
  /** All that the register knows of them. */
  identity: Pick<PivotIdentity, 'family_name' | 'given_name' | 'birthdate'> & {
    gender?: Gender
    birthplace?: string
    birthcountry?: string
  }
  role?: string
  alone?: boolean
  /** `YYYY-MM-DD`, the last day. */
  until?: string
}

const columns = [
  'name',
  'kind',
  'state',
  'ice',
  'siren',
  'cnss',
  'family_name',
  'given_name',
  'birthdate',
  'gender',
  'birthplace',
  'birthcountry',
  'role',
  'alone',
  'until',
] as const

const quoted = (text: string) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

export const organisationHeader = columns.join(',')

/** One line for each organisation and representative. */
export function organisationLines(entries: readonly OrganisationEntry[]): string[] {
  return entries.flatMap(({ representatives = [], ...organisation }) =>
    (representatives.length === 0 ? [undefined] : representatives).map((representative) => {
      const { gender } = representative?.identity ?? {}
      const born = (['family_name', 'given_name', 'birthdate', 'birthplace', 'birthcountry'] as const).map(
        (column) => [column, representative?.identity[column] ?? ''] as const,
      )
      const cells: Partial<Record<(typeof columns)[number], string>> = {
        ...organisation,
        ...Object.fromEntries(born),
        ...(gender && gender !== 'unspecified' ? { gender } : {}),
        ...(representative ? { role: representative.role ?? 'manager' } : {}),
        ...(representative?.alone === undefined ? {} : { alone: representative.alone ? 'yes' : 'no' }),
        ...(representative?.until === undefined ? {} : { until: representative.until }),
      }
      return columns.map((column) => quoted(cells[column] ?? '')).join(',')
    }),
  )
}

/** What was imported into a hub: an edition replaces the one before as a whole, and tests add one after the other. */
const imported = new WeakMap<object, OrganisationEntry[]>()

interface WithOrganisations {
  organisations: Organisations
  clock: Clock
}

/**
 * Adds these to the register of a hub, by an edition that has all that was imported before as well; with `replace`, by
 * one that has them alone.
 *
 * @returns the organisations, in the order of the entries
 */
export async function importOrganisations(
  { organisations, clock }: WithOrganisations,
  entries: readonly OrganisationEntry[],
  { replace = false }: { replace?: boolean } = {},
): Promise<Organisation[]> {
  const all = [...(replace ? [] : (imported.get(organisations) ?? [])), ...entries]
  const outcome = await importLines({ organisations, clock }, [organisationHeader, ...organisationLines(all)])
  if (outcome.kind !== 'imported' || outcome.badLines > 0) {
    throw new Error(`the register was not imported whole: ${JSON.stringify(outcome)}`)
  }
  imported.set(organisations, all)
  return Promise.all(
    entries.map(async ({ ice, siren, cnss }) => {
      const [scheme, number] = Object.entries({ ice, siren, cnss }).find(([, text]) => text !== undefined) as [
        string,
        string,
      ]
      const found = await organisations.byNumber(scheme, number)
      if (!found || found === 'malformed') throw new Error('an organisation that was imported is not there')
      return found
    }),
  )
}

/** A file of these lines, made now. */
export function importLines(
  { organisations, clock }: WithOrganisations,
  lines: readonly (string | Buffer)[],
  more: Partial<Parameters<Organisations['importOrganisations']>[0]> & { name?: string } = {},
): Promise<OrganisationImportOutcome> {
  const at = toDate(clock.now()).toISOString().slice(0, 16).replaceAll(/\D/g, '')
  const { name = `organisations-${at}.csv`, ...rest } = more
  const bytes = Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]))
  return organisations.importOrganisations({
    source: { name, stream: Readable.from([bytes]) },
    actor: { kind: 'command' },
    mostBad: 0,
    mostEnded: 1,
    ...rest,
  })
}

/** 15 digits, divisible by 97, for the `count`-th company. */
export function iceNumber(count: number): string {
  const body = `${String(count).padStart(9, '0')}0000`
  return `${body}${String((97n - ((BigInt(body) * 100n) % 97n)) % 97n).padStart(2, '0')}`
}

/** 9 digits with a Luhn key. */
export function sirenNumber(count: number): string {
  const body = String(count).padStart(8, '0')
  const sum = [...body].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}
