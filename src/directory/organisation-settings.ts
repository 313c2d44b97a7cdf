/** The section `organisations` of `garant.yaml`, and what this room makes of it. */
import { z } from 'zod'
import { day } from '../kernel/durations.ts'
import { normalizedName } from './columns.ts'
import type { NumberScheme } from './organisation-numbers.ts'

/** What is read of a line, beside one column for each scheme of numbers. */
export const organisationFields = [
  'name',
  'kind',
  'state',
  'familyName',
  'givenName',
  'birthdate',
  'gender',
  'birthplace',
  'birthcountry',
  'role',
  'alone',
  'until',
] as const
export type OrganisationField = (typeof organisationFields)[number]

/** Their names in a file, unless the settings have others. */
const usualColumns: Readonly<Record<OrganisationField, string>> = {
  name: 'name',
  kind: 'kind',
  state: 'state',
  familyName: 'family_name',
  givenName: 'given_name',
  birthdate: 'birthdate',
  gender: 'gender',
  birthplace: 'birthplace',
  birthcountry: 'birthcountry',
  role: 'role',
  alone: 'alone',
  until: 'until',
}

const length = z.int().min(1).max(30)

const schemeSchema = z.strictObject({
  /** `luhn`: ISO/IEC 7812-1 annex B. `mod97`: the whole number is divisible by 97. */
  check: z.enum(['luhn', 'mod97', 'none']).default('none'),
  /** One length, or several that are allowed. */
  digits: z.union([length, z.array(length).min(1).max(5)]),
})

const columnName = z.string().trim().min(1).max(100)

export const organisationsSchema = z
  .strictObject({
    /** How organisations are numbered. The first one that an organisation has names it to services. */
    schemes: z
      .record(z.string().regex(/^[a-z][a-z0-9]{1,15}$/), schemeSchema)
      .default({
        ice: { check: 'mod97', digits: 15 },
        siren: { check: 'luhn', digits: 9 },
        cnss: { check: 'none', digits: 7 },
      })
      .refine((schemes) => Object.keys(schemes).length > 0, 'must have one at least'),
    /** Names of columns in the file, by our word for each; a scheme's column is named as the scheme. */
    columns: z.record(z.string(), columnName).default({}),
    /** How old the edition in force may be before nobody represents an organisation by it. */
    representationMaxAgeDays: z.int().min(1).max(730).default(60),
    /** How soon somebody has to look again at a document. */
    documentCheckDays: z.int().min(1).max(1_825).default(365),
  })
  .superRefine(({ schemes, columns }, refused) => {
    const known = new Set<string>([...organisationFields, ...Object.keys(schemes)])
    for (const field of Object.keys(columns)) {
      if (!known.has(field)) {
        refused.addIssue({ code: 'custom', path: ['columns', field], message: 'is no column that is read' })
      }
    }
    const names = [...known].map((field) => normalizedName(columnNamed({ columns }, field)))
    if (new Set(names).size < names.length) {
      refused.addIssue({ code: 'custom', path: ['columns'], message: 'names one column for two things' })
    }
  })
  .prefault({})

export type OrganisationSettings = z.output<typeof organisationsSchema>

/** The name in a file of a field or a scheme. */
export function columnNamed({ columns }: Pick<OrganisationSettings, 'columns'>, field: string): string {
  const usual: Readonly<Record<string, string>> = usualColumns
  return columns[field] ?? usual[field] ?? field
}

export interface OrganisationRules {
  schemes: readonly NumberScheme[]
  columns: OrganisationSettings['columns']
  /** Milliseconds. */
  representationMaxAge: number
  documentCheck: number
}

export function organisationRules(settings: OrganisationSettings): OrganisationRules {
  return {
    schemes: Object.entries(settings.schemes).map(([scheme, { check, digits }]) => ({
      scheme,
      check,
      lengths: [digits].flat(),
    })),
    columns: settings.columns,
    representationMaxAge: settings.representationMaxAgeDays * day,
    documentCheck: settings.documentCheckDays * day,
  }
}
