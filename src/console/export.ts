/** The register of means as files: CSV for a spreadsheet, JSON for a program. The same content, times in UTC. */
import { csvOf } from '../http/csv.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Language } from '../kernel/languages.ts'
import type { Entry } from '../register/register.ts'

const columns = [
  ...[
    'entry',
    'name',
    'population',
    'jurisdiction',
    'class',
    'level',
    'factors',
    'notes',
    'certificate',
    'certificate_until',
  ],
  ...['valid_until', 'homologation', 'service', 'author', 'risk_analysis', 'decided_at', 'ends_at', 'state'],
  ...['reasons', 'recorded_at', 'withdrawn_at'],
] as const

type Row = Partial<Record<(typeof columns)[number], string>>

/** One line for each homologation, one for an entry that has none. */
export function registerCsv(entries: readonly Entry[], language: Language): string {
  const rows = entries.flatMap((entry) => rowsOf(entry, language))
  return csvOf([[...columns], ...rows.map((row) => columns.map((column) => row[column] ?? ''))])
}

function rowsOf(entry: Entry, language: Language): Row[] {
  const { certificate, validUntil } = entry
  const common: Row = {
    entry: entry.entry,
    name: 'own' in entry.of ? entry.of.own : entry.of.name[language],
    population: entry.population,
    jurisdiction: entry.jurisdiction,
    class: entry.class,
    level: entry.level,
    factors: entry.factors.join(' '),
    notes: entry.notes.join(' '),
    certificate: certificate?.reference ?? '',
    certificate_until: written(certificate?.until),
    valid_until: written(validUntil),
  }
  if (entry.homologations.length === 0) return [common]
  return entry.homologations.map((each) => ({
    ...common,
    homologation: each.homologation,
    service: each.service,
    author: each.author,
    risk_analysis: each.riskAnalysis,
    decided_at: written(each.decidedAt),
    ends_at: written(each.endsAt),
    state: each.state,
    reasons: each.reasons.join(' '),
    recorded_at: written(each.recordedAt),
    withdrawn_at: written(each.withdrawnAt),
  }))
}

export function registerJson(entries: readonly Entry[], at: Instant): object {
  return {
    generatedAt: written(at),
    entries: entries.map(({ homologations, certificate, validUntil, declared, ...entry }) => ({
      ...entry,
      ...(certificate ? { certificate: { ...certificate, until: written(certificate.until) || undefined } } : {}),
      ...(validUntil === undefined ? {} : { validUntil: written(validUntil) }),
      ...(declared ? { declared: { ...declared, at: written(declared.at) } } : {}),
      homologations: homologations.map((each) => ({
        ...each,
        decidedAt: written(each.decidedAt),
        endsAt: written(each.endsAt),
        recordedAt: written(each.recordedAt),
        withdrawnAt: written(each.withdrawnAt) || undefined,
      })),
    })),
  }
}

const written = (at: Instant | undefined) => (at === undefined ? '' : toDate(at).toISOString())
