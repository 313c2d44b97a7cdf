/** Banners as lines of a terminal, in English. */
import { type Instant, toDate } from '../kernel/clock.ts'
import { languages } from '../kernel/languages.ts'
import { type Banner, type BannerFault, bannerProblems, bannerState } from './banners.ts'

/** What a banner says, a fact a line. */
export function bannerLines(banner: Banner, now: Instant): string[] {
  const { id, number, kind, text, services, since, until, changedBy, changedAt } = banner
  const author = 'id' in changedBy ? `${changedBy.kind} ${changedBy.id}` : changedBy.kind
  return [
    `${id} (number ${number}): ${kind}, ${bannerState(banner, now)}`,
    `  on: ${services === 'all' ? 'every page' : `the logins of ${services.join(', ')}`}`,
    `  from ${when(since)} to ${when(until)}`,
    `  changed by ${author} at ${when(changedAt)}`,
    ...languages.map((language) => `  ${language}: ${printable(text[language])}`),
  ]
}

export function bannerFaultLines(faults: readonly BannerFault[]): string[] {
  return faults.map(({ field, problem }) => `${field} ${bannerProblems[problem]}`)
}

const when = (instant: Instant) => toDate(instant).toISOString()

/** What a terminal would obey is not printed. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '\u{FFFD}')
}
