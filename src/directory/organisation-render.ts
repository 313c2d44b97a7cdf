/** The editions of the register of organisations and their imports in plain words, for the command line. Pure. */
import { type Instant, toDate } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type {
  BadOrganisationLine,
  OrganisationImportOutcome,
  OrganisationProgress,
  OrganisationsImported,
  OrganisationsRefused,
} from './organisation-import.ts'
import type { OrganisationLineProblem } from './organisation-lines.ts'
import type { OrganisationEdition, OrganisationStatus } from './organisations.ts'
import type { Report } from './render.ts'

const inWords = new Intl.NumberFormat('en')
const number = (value: number) => inWords.format(Math.round(value))
const when = (at: Instant) => toDate(at).toISOString()

export function renderOrganisationProgress({ lines, badLines, bytes }: OrganisationProgress): string {
  const read = `${number(lines)} lines, ${number(bytes / 1_000_000)} MB`
  return badLines > 0 ? `${read}, ${number(badLines)} bad` : read
}

const problems: Record<OrganisationLineProblem, string> = {
  columns: 'more or fewer cells than the header',
  characters: 'not UTF-8, or a character that no text has',
  too_long: 'too long',
  quotes: 'a quote out of place',
  no_number: 'no number of an organisation',
  number: 'no number of this kind',
  check_digit: 'a wrong check digit',
  missing: 'nothing there',
  malformed: 'not well-formed',
  number_taken: 'an earlier line has one of its numbers with other ones',
  contradiction: 'an earlier line says something else of this organisation',
  twice: 'this representative stands on an earlier line',
  ambiguous: 'somebody could be this representative and another one of this organisation',
}

export function renderOrganisationsOutcome(outcome: OrganisationImportOutcome): Report {
  if (outcome.kind === 'imported') {
    return { lines: importedLines(outcome), warnings: badLines(outcome), done: true }
  }
  const warnings = [...('firstBad' in outcome ? badLines(outcome) : []), `${refusal(outcome)} Nothing was changed.`]
  return { lines: [], warnings, done: false }
}

function importedLines(imported: OrganisationsImported): string[] {
  const { edition, organisations, representations, closed, ended, took } = imported
  return [
    `Edition ${edition} of ${when(imported.extractedAt)} is in force: ${number(organisations)} organisations, ${number(representations)} representatives.`,
    `${number(closed)} organisations were closed, ${number(ended)} representatives are none any more.`,
    `${number(imported.badLines)} lines were left out. ${number(took / second)} seconds. sha256 ${imported.sha256}`,
  ]
}

function badLines({ firstBad, badLines: count }: { firstBad: BadOrganisationLine[]; badLines: number }): string[] {
  const line = ({ number: place, problem, column }: BadOrganisationLine) =>
    `line ${place}: ${column === undefined ? '' : `${column}: `}${problems[problem]}`
  const more = count - firstBad.length
  return [...firstBad.map(line), ...(more > 0 ? [`... and ${number(more)} more bad lines`] : [])]
}

function refusal(refused: OrganisationsRefused): string {
  switch (refused.reason) {
    case 'busy':
      return `Another import is under way since ${when(refused.begunAt)}. If it was killed, its place is free at ${when(refused.freeAt)}.`
    case 'undated':
      return 'The name of the file does not say when it was made: say it with --extracted YYYY-MM-DD.'
    case 'future':
      return `It says that it was made on ${when(refused.extractedAt)}, which is to come.`
    case 'older':
      return `It was made on ${when(refused.extractedAt)}, before the edition in force (${when(refused.present)}).`
    case 'too_old':
      return `It was made on ${when(refused.extractedAt)}, which is older than organisations.representationMaxAgeDays allows.`
    case 'zip':
      return 'This is a zip archive, which may hold several files: unzip -p ARCHIVE.zip FILE | garant organisations import -'
    case 'unreadable':
      return `The file cannot be read to its end (${refused.code}).`
    case 'header':
      return headerRefusal(refused)
    case 'empty':
      return 'There is no line behind the header.'
    case 'bad_lines':
      return `${number(refused.badLines)} of ${number(refused.lines)} lines are bad: more than --max-bad allows.`
    case 'too_many_ended':
      return `It would close ${number(refused.closed)} of ${number(refused.active)} organisations, and end ${number(refused.ended)} of ${number(refused.represented)} representatives: more than --max-ended allows. Was the file cut?`
    case 'place_lost':
      return 'It gave no sign of life for too long, and another import took its place.'
  }
}

function headerRefusal({ missing, twice }: Extract<OrganisationsRefused, { reason: 'header' }>): string {
  const named = (names: string[]) => names.map((name) => `"${name}"`).join(', ')
  return [
    'This is no register of organisations.',
    ...(missing.length > 0 ? [`These columns are missing: ${named(missing)} (organisations.columns).`] : []),
    ...(twice.length > 0 ? [`These columns are there more than once: ${named(twice)}.`] : []),
  ].join(' ')
}

export function renderOrganisationStatus({
  current,
  loading,
  stale,
  staleAt,
  documents,
}: OrganisationStatus): string[] {
  return [
    ...(current
      ? editionLines(current)
      : [
          'There is no register of organisations here: nobody represents one but by a document.',
          '  garant organisations import organisations-YYYYMMDD.csv',
        ]),
    ...(staleAt === undefined
      ? []
      : [
          stale
            ? `  TOO OLD since ${when(staleAt)}: nobody represents an organisation by it. Import a new one.`
            : `  good until      ${when(staleAt)}`,
        ]),
    `Documents in force: ${number(documents)}`,
    ...(loading
      ? [`Edition ${loading.id} is being imported since ${when(loading.begunAt)}, last seen ${when(loading.seenAt)}.`]
      : []),
  ]
}

function editionLines(edition: OrganisationEdition): string[] {
  const { endedAt, sha256 } = edition
  const rows = [
    ['edition', String(edition.id)],
    ['extracted', when(edition.extractedAt)],
    ['file', edition.source],
    ['sha256', sha256 ?? 'unknown'],
    ['imported', `${endedAt === undefined ? 'unknown' : when(endedAt)} by ${edition.importedBy}`],
    ['organisations', number(edition.organisations)],
    ['representatives', number(edition.representations)],
    ['lines left out', number(edition.badLines)],
  ] as const
  return ['Register of organisations', ...rows.map(([name, value]) => `  ${name.padEnd(16)}${value}`)]
}
