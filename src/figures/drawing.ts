/** Figures as a page shows them: charts with a table beside each, and what they are made of in words. */
import { barChart, number, rankedTable } from '../http/charts.ts'
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import { localeOf, type Translate } from '../http/messages.ts'
import { day } from '../kernel/durations.ts'
import { inEachLanguage, type Language } from '../kernel/languages.ts'
import { type Month, type Span, type Table, type Unit, units } from './figures.ts'

export interface FiguresView {
  table: Table
  /** Address of the page with other figures of the same service or provider. */
  addressOf: (what: { by: Unit; month?: string }) => string
  /** Address of the same figures as a file (`figuresCsv`). */
  csv: string
}

/** What stands below the heading of the page. */
export function figuresBody({ table, addressOf, csv }: FiguresView, context: RequestContext): Html {
  const { t } = context
  const { by, known, months } = table
  const side = sideOf(table)
  const choice = units.map((unit) => ({
    href: addressOf({ by: unit }),
    label: t(`figures.by.${unit}`),
    isHere: unit === by,
  }))
  const [month] = months
  return html`<nav aria-label="${t('figures.by')}"><ul class="tallied">${choice.map(
    ({ href, label, isHere }) =>
      html`<li><a href="${href}"${isHere && html` aria-current="page"`}>${isHere ? html`<strong>${label}</strong>` : label}</a></li>`,
  )}</ul></nav>
${
  known.length === 0
    ? html`<p class="empty">${t('figures.none', { date: dayName(table.next, context.language) })}</p>`
    : html`${by === 'day' && monthChoice(table, addressOf, context)}
<section class="sheet" aria-labelledby="logins"><h2 id="logins">${t(`figures.logins.${side}`)}</h2>
${series(table, 'logins', context)}</section>
<section class="sheet" aria-labelledby="refusals"><h2 id="refusals">${t('figures.refusals')}</h2>
${series(table, 'refusals', context)}</section>
${by === 'day' && month ? ofMonth(month, side, context) : ''}
${by === 'month' && months.length > 0 ? monthTable(table, addressOf, context) : ''}
<p><a href="${csv}">${t('figures.csv')}</a></p>`
}
<details class="about"><summary>${t('figures.how')}</summary><p>${t(`figures.how.${side}`)}</p><p>${t('figures.how.small')}</p><p>${t('figures.how.zone', { zone: table.timeZone })}</p></details>`
}

export const sideOf = ({ of }: Pick<Table, 'of'>) => ('service' in of ? 'service' : 'provider')

function monthChoice({ known, month }: Table, addressOf: FiguresView['addressOf'], context: RequestContext): Html {
  const at = known.indexOf(month ?? '')
  const around: [string, string | undefined][] = [
    ['figures.month.before', known[at + 1]],
    ['figures.month.after', known[at - 1]],
  ]
  return html`<p class="lead">${monthName(month ?? '', context.language)}</p>
<ul class="tallied">${around.map(
    ([key, other]) =>
      other &&
      html`<li><a href="${addressOf({ by: 'day', month: other })}">${context.t(key, { month: monthName(other, context.language) })}</a></li>`,
  )}</ul>`
}

function series(table: Table, which: 'logins' | 'refusals', context: RequestContext): Html {
  const { t, language } = context
  const spans = table[which]
  if (spans.every(({ count }) => count === undefined)) return html`<p class="empty">${t('figures.all_hidden')}</p>`
  return barChart(
    {
      id: `${which}-chart`,
      title: t(`figures.title.${table.by}`),
      over: t(`figures.over.${table.by}`),
      series: [t(which === 'logins' ? `figures.logins.${sideOf(table)}` : 'figures.refusals')],
      bars: spans.map((span) => ({
        label: spanName(span, table.by, language),
        values: [span.count ?? 0],
        told: [toldOf(span, t, language)],
        span: table.by === 'month' ? 1 : daysOf(span),
      })),
    },
    context,
  )
}

function toldOf({ count, more }: Span, t: Translate, language: Language): string {
  if (count === undefined) return t('figures.hidden')
  return more ? t('figures.more', { count: number(count, language) }) : number(count, language)
}

/** What one month is made of. */
function ofMonth(month: Month, side: 'service' | 'provider', context: RequestContext): Html {
  const { t } = context
  const ranked = (id: 'levels' | 'reasons', rows: readonly { label: string; count: number }[]) => html`
<section class="sheet" aria-labelledby="${id}"><h2 id="${id}">${t(`figures.${id}`)}</h2>
${
  rows.length === 0
    ? html`<p class="empty">${t('figures.all_hidden')}</p>`
    : rankedTable(
        {
          id: `${id}-table`,
          title: t(`figures.${id}.of_month`),
          over: t(`figures.${id}.one`),
          series: [t('figures.count')],
          bars: rows.map(({ label, count }) => ({ label, values: [count] })),
        },
        context,
      )
}</section>`
  const { levels, reasons } = sharesIn(month, side, context)
  return html`${ranked('levels', levels)}${ranked('reasons', reasons)}
<section class="sheet" aria-labelledby="durations"><h2 id="durations">${t('figures.durations')}</h2>
<p>${t(`figures.durations.${side}`)}</p>
<dl class="data">${(['median', 'p95'] as const).map(
    (quantile) =>
      html`<div><dt>${t(`figures.${quantile}`)}</dt><dd>${durationText(month[quantile], context)}</dd></div>`,
  )}</dl></section>`
}

/** The parts of a month, in words. */
export function sharesIn(
  { levels, reasons }: Month,
  side: 'service' | 'provider',
  { t }: Pick<RequestContext, 't'>,
): Record<'levels' | 'reasons', { label: string; count: number }[]> {
  const together = (labels: readonly string[]) =>
    labels.length === 1 ? (labels[0] ?? '') : t('figures.together', { kinds: labels.join(' · ') })
  return {
    levels: levels.map(({ of, count }) => ({ label: together(of.map((level) => t(`figures.level.${level}`))), count })),
    reasons: reasons.map(({ of, count }) => ({
      label: together(of.map((reason) => t(`figures.reason.${side}.${reason}`))),
      count,
    })),
  }
}

function durationText(milliseconds: number | undefined, { t, language }: RequestContext): string {
  return milliseconds === undefined ? t('figures.hidden') : seconds[language].format(milliseconds / 1000)
}

function monthTable(table: Table, addressOf: FiguresView['addressOf'], context: RequestContext): Html {
  const { t, language } = context
  const months = table.months.toReversed()
  return html`<section class="sheet" aria-labelledby="months"><h2 id="months">${t('figures.months')}</h2>
<p>${t(`figures.durations.${sideOf(table)}`)}</p>
<div class="wide"><table class="figures" aria-labelledby="months">
<thead><tr><th scope="col">${t('figures.over.month')}</th>${(['median', 'p95'] as const).map((quantile) => html`<th scope="col" class="count">${t(`figures.${quantile}`)}</th>`)}</tr></thead>
<tbody>${months.map(
    (month) => html`
<tr><th scope="row"><a href="${addressOf({ by: 'day', month: month.month })}">${monthName(month.month, language)}</a></th>${(['median', 'p95'] as const).map((quantile) => html`<td class="count">${durationText(month[quantile], context)}</td>`)}</tr>`,
  )}
</tbody></table></div></section>`
}

// Days are written as they are: a calendar's day is the same wherever it is read.
const days = inEachLanguage(
  (language) => new Intl.DateTimeFormat(localeOf(language), { day: 'numeric', month: 'short', timeZone: 'UTC' }),
)
const daysLong = inEachLanguage(
  (language) => new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'full', timeZone: 'UTC' }),
)
const monthsLong = inEachLanguage(
  (language) => new Intl.DateTimeFormat(localeOf(language), { month: 'long', year: 'numeric', timeZone: 'UTC' }),
)
const seconds = inEachLanguage(
  (language) =>
    new Intl.NumberFormat(localeOf(language), {
      style: 'unit',
      unit: 'second',
      unitDisplay: 'short',
      maximumSignificantDigits: 2,
    }),
)

const startOf = (date: string) => Date.parse(`${date}T00:00:00Z`)

const daysOf = ({ from, to }: Span) => Math.round((startOf(to) - startOf(from)) / day) + 1

const dayName = (date: string, language: Language) => daysLong[language].format(startOf(date))

const monthName = (month: string, language: Language) =>
  month === '' ? '' : monthsLong[language].format(startOf(`${month}-01`))

function spanName({ from, to }: Span, by: Unit, language: Language): string {
  if (by !== 'month') return days[language].formatRange(startOf(from), startOf(to))
  return from.slice(0, 7) === to.slice(0, 7)
    ? monthName(from.slice(0, 7), language)
    : monthsLong[language].formatRange(startOf(from), startOf(to))
}
