/** The same figures as a file for a spreadsheet: one line for each that is shown, or hidden. */
import { csvOf } from '../http/csv.ts'
import type { RequestContext } from '../http/http.ts'
import { toDate } from '../kernel/clock.ts'
import { sharesIn, sideOf } from './drawing.ts'
import type { Span, Table } from './figures.ts'

/** Words in the reader's language, dates as ISO 8601 has them, durations in seconds. */
export function figuresCsv(table: Table, context: Pick<RequestContext, 't' | 'language'>): string {
  const { t } = context
  const side = sideOf(table)
  const head = ['what', 'kind', 'from', 'to', 'count', 'note'].map((column) => t(`figures.csv.${column}`))
  const line = (what: string, { from, to, count, more }: Span) => [
    what,
    '',
    from,
    to,
    count === undefined ? '' : String(count),
    count === undefined ? t('figures.hidden') : more ? t('figures.csv.more') : '',
  ]
  const parts = table.months.flatMap((month) => {
    const ends = lastDayOf(month.month)
    const rows = (what: string, shares: readonly { label: string; count: number }[]) =>
      shares.map(({ label, count }) => [what, label, `${month.month}-01`, ends, String(count), ''])
    const { levels, reasons } = sharesIn(month, side, context)
    const quantiles = (['median', 'p95'] as const).flatMap((quantile) => {
      const value = month[quantile]
      if (value === undefined) return []
      return [[t('figures.csv.seconds'), t(`figures.${quantile}`), `${month.month}-01`, ends, String(value / 1000), '']]
    })
    return [...rows(t('figures.levels'), levels), ...rows(t('figures.reasons'), reasons), ...quantiles]
  })
  return csvOf([
    head,
    ...table.logins.map((span) => line(t(`figures.logins.${side}`), span)),
    ...table.refusals.map((span) => line(t('figures.refusals'), span)),
    ...parts,
  ])
}

function lastDayOf(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return toDate(Date.UTC(year, number, 0))
    .toISOString()
    .slice(0, 10)
}
