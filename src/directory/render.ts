/** The editions of the register and their imports in plain words, for the command line. Pure. */
import { type Instant, toDate } from '../kernel/clock.ts'
import { second } from '../kernel/durations.ts'
import type { Edition, Status } from './directory.ts'
import type { BadLine, Imported, ImportOutcome, Progress, Refused, Tally } from './import.ts'
import { type LineProblem, longestLine } from './lines.ts'

const inWords = new Intl.NumberFormat('en')
const number = (value: number) => inWords.format(Math.round(value))
const when = (at: Instant) => toDate(at).toISOString()
const megabytes = (bytes: number) => `${number(bytes / 1_000_000)} MB`

/** @param measured `took` in milliseconds; `bytes` is the size of the source, where it is known */
export function renderProgress(progress: Progress, { took, bytes }: { took: number; bytes?: number }): string {
  const { lines, badLines, bytes: read } = progress
  return [
    `${number(lines)} lines`,
    megabytes(read),
    ...(bytes ? [`${Math.floor((100 * read) / bytes)} %`] : []),
    `${number((lines * second) / Math.max(took, 1))} lines a second`,
    ...(badLines > 0 ? [`${number(badLines)} bad`] : []),
  ].join(', ')
}

const problems: Record<LineProblem, string> = {
  columns: 'more or fewer cells than the header',
  characters: 'not UTF-8, or a character that no text has',
  too_long: `longer than ${number(longestLine)} characters`,
  national_id: 'no national identifier, or one of no known form',
  check_digit: 'the last digit of the RPPS number is not its key',
  contradiction: 'the identifier and its type make another national identifier',
}

export interface Report {
  lines: string[]
  warnings: string[]
  /** False when nothing was changed. */
  done: boolean
}

export function renderOutcome(outcome: ImportOutcome): Report {
  if (outcome.kind === 'imported') {
    return { lines: importedLines(outcome), warnings: badLines(outcome), done: true }
  }
  const warnings = [...('firstBad' in outcome ? badLines(outcome) : []), `${refusal(outcome)} Nothing was changed.`]
  return { lines: [], warnings, done: false }
}

function importedLines(imported: Imported): string[] {
  const { persons, lines, personsBefore, edition, sha256, formerRemoved, took } = imported
  const before = personsBefore === 0 ? 'the first edition' : `${number(personsBefore)} in the edition before`
  return [
    `Edition ${edition} is in force: ${number(persons)} professionals (${before}), ${number(lines)} activities.`,
    `${number(imported.badLines)} lines were left out. ${number(took / second)} seconds. sha256 ${sha256}`,
    ...(formerRemoved
      ? []
      : ['Something still reads the former edition, as a backup does: the next import removes it.']),
  ]
}

function badLines({ firstBad, badLines: count }: Tally): string[] {
  const line = ({ number: place, problem }: BadLine) => `line ${place}: ${problems[problem]}`
  const more = count - firstBad.length
  return [...firstBad.map(line), ...(more > 0 ? [`... and ${number(more)} more bad lines`] : [])]
}

function refusal(refused: Refused): string {
  switch (refused.reason) {
    case 'busy':
      return `Another import is under way since ${when(refused.begunAt)}. If it was killed, its place is free at ${when(refused.freeAt)}.`
    case 'zip':
      return 'This is a zip archive, which holds several files: unzip -p ARCHIVE.zip "*Personne_activite*" | garant directory import rpps -'
    case 'unreadable':
      return `The file cannot be read to its end (${refused.code}).`
    case 'header':
      return headerRefusal(refused)
    case 'bad_lines':
      return `${number(refused.badLines)} of ${number(refused.lines + refused.badLines)} lines are bad: more than --max-bad allows.`
    case 'persons_lost':
      return `It has ${number(refused.persons)} professionals, the present edition ${number(refused.personsBefore)}: more are gone than --max-lost allows. Was the file cut?`
    case 'empty':
      return 'There is no line behind the header.'
    case 'too_many_lines':
      return `One identifier has more lines than any professional, before line ${number(refused.number)}.`
    case 'slot_in_use':
      return 'Something reads the former edition, as a backup does: import again when it is done.'
    case 'place_lost':
      return 'It gave no sign of life for too long, and another import took its place.'
  }
}

function headerRefusal({ missing, twice }: Extract<Refused, { reason: 'header' }>): string {
  const named = (names: string[]) => names.map((name) => `"${name}"`).join(', ')
  const sentences = [
    ...(missing.length > 0 ? [`These columns are missing: ${named(missing)}.`] : []),
    ...(twice.length > 0 ? [`These columns are there more than once: ${named(twice)}.`] : []),
  ]
  return `This is not the extraction "Personne_activite". ${sentences.join(' ')}`
}

export function renderStatus({ current, loading }: Status): string[] {
  return [
    ...(current
      ? editionLines(current)
      : [
          'There is no register of health professionals here: nobody can be checked against it.',
          'Get the extraction "PS_LibreAcces_Personne_activite" of the Annuaire Santé, then:',
          '  garant directory import rpps PS_LibreAcces_Personne_activite_….txt',
        ]),
    ...(loading
      ? [`Edition ${loading.id} is being imported since ${when(loading.begunAt)}, last seen ${when(loading.seenAt)}.`]
      : []),
  ]
}

function editionLines(edition: Edition): string[] {
  const { extracted, endedAt, sha256 } = edition
  const made = extracted ? `${extracted.replace(/^(....)(..)(..)(..)(..)$/, '$1-$2-$3 $4:$5')} in France` : 'unknown'
  const rows = [
    ['edition', String(edition.id)],
    ['extracted', made],
    ['file', edition.source],
    ['sha256', sha256 ?? 'unknown'],
    ['imported', `${endedAt === undefined ? 'unknown' : when(endedAt)} by ${edition.importedBy}`],
    ['professionals', number(edition.persons)],
    ['activities', number(edition.lines)],
    ['lines left out', number(edition.badLines)],
  ] as const
  return ['Register of health professionals (RPPS)', ...rows.map(([name, value]) => `  ${name.padEnd(16)}${value}`)]
}
