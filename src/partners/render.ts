/** Versions of settings, the state of providers and its history as lines of a terminal, in English. */
import { type Instant, toDate } from '../kernel/clock.ts'
import { changedLine } from './difference.ts'
import type { Provider } from './partners.ts'
import type { StateChange } from './state-changes.ts'
import {
  isInForce,
  isOver,
  type Suspension,
  type SuspensionFault,
  standingSuspensions,
  stateFor,
  suspensionProblems,
} from './suspensions.ts'
import type { EntryFault, Version } from './versions.ts'

/** One line for each provider: its id, its state as a whole, the number of its state, what is in force or planned. */
export function stateRows(providers: Iterable<Provider>, now: Instant): string[][] {
  return [...providers].map((provider) => {
    const standing = standingSuspensions(provider, now)
    const { kind } = stateFor(provider, {}, now)
    const isPartly = kind !== 'suspended' && standing.some((one) => isInForce(one, now))
    const said = standing.map(({ id }) => id).join(' ')
    return [provider.id, isPartly ? `${kind}, in part suspended` : kind, String(provider.state.number), said]
  })
}

/** What a suspension says, a fact a line. */
export function suspensionLines(suspension: Suspension, now: Instant): string[] {
  const { id, category, reason, services, above, since, until, sessions, author } = suspension
  return [
    `${id}: ${category}, ${standing(suspension, now)}, by ${authorWords(author)}`,
    `  for: ${services === 'all' ? 'all services' : services.join(', ')}${above ? `, above ${above}` : ''}`,
    `  from ${when(since)} ${until === undefined ? 'until further notice' : `to ${when(until)}`}`,
    `  sessions: ${sessions === 'kept' ? 'kept' : closedWords(sessions.closedSince)}`,
    ...Object.entries(reason).map(([language, text]) => `  ${language}: ${printable(text)}`),
  ]
}

/** `AT`, `CHANGE`, `SUSPENSION`, `BY`, `REASON`. */
export function historyRows(history: readonly StateChange[]): string[][] {
  return history.map(({ at, change, suspension, author }) => [
    when(at),
    change,
    suspension?.id ?? '',
    authorWords(author),
    suspension ? `${suspension.category}: ${printable(suspension.reason.en)}` : '',
  ])
}

/** A version: its number, state and date, by whom and how, then what it changed. */
export function versionLines({ number, state, publishedAt, author, cause, undoOf, changes }: Version): string[] {
  const how = undoOf === undefined ? causeWords[cause] : `made equal to ${undoOf}`
  return [
    `${number}: ${state}, ${when(publishedAt)}, by ${authorWords(author)}, ${how}`,
    ...changes.map((change) => `    ${changedLine(change)}`),
  ]
}

const causeWords: Record<Version['cause'], string> = {
  file: 'from a file',
  draft: 'from a draft',
  undo: 'by an undo',
  secret: 'with a new secret, or without the older one',
  grant: 'with a scope that was granted',
}

export function entryFaultLines(faults: readonly EntryFault[]): string[] {
  return faults.map(({ field, problem }) => `${field || 'it'} ${problem}`)
}

export function faultLines(faults: readonly SuspensionFault[]): string[] {
  return faults.map(({ field, problem }) => `${field} ${suspensionProblems[problem]}`)
}

function standing(suspension: Suspension, now: Instant): string {
  if (isOver(suspension, now)) return 'over'
  return isInForce(suspension, now) ? 'in force' : 'planned'
}

const authorWords = (author: Suspension['author']) => ('id' in author ? `${author.kind} ${author.id}` : author.kind)

const closedWords = (since: Instant) => (since <= 0 ? 'closed, all of them' : `closed, those since ${when(since)}`)

const when = (instant: Instant) => toDate(instant).toISOString()

/** What a terminal would obey is not printed. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\u{FFFD}')
}
