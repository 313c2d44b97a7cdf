/**
 * Statistics of cases, for operators: how many, from whom, by which provider and service, what came of them and how long
 * it took. Each chart has its table; all of it is a file as well. Numbers of one stay as they are: who reads this may read
 * each case.
 */
import type { CaseStatistics } from '../cases/cases.ts'
import { barChart, number, rankedTable } from '../http/charts.ts'
import { csvOf } from '../http/csv.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import { startOfDay, writeWallClock } from '../policy/calendar.ts'
import { origins, type Side, sides } from '../policy/case-flow.ts'
import { objectName, ruleName, unitsOf } from './cases-pages.ts'
import { consolePaths, type Frame, framed } from './frame.ts'
import type { Names } from './providers-pages.ts'
import { namesFor } from './providers-routes.ts'
import { allow, type ConsoleOptions, frameOf } from './visit.ts'

/** How many months are looked at, the present one with them. */
const spans = [3, 12, 36] as const

/** Of partners: who has more is in the file. */
const mostObjects = 50

interface StatisticsView {
  span: number
  /** All months of it, the oldest first. */
  months: readonly string[]
  statistics: CaseStatistics
  names: Names
}

export function mountCaseStatistics(options: ConsoleOptions): void {
  const { web, cases, clock, timeZone } = options

  async function viewOf(query: unknown, context: RequestContext): Promise<StatisticsView> {
    const { months: given } = query as { months?: unknown }
    const span = spans.find((one) => String(one) === given) ?? 12
    const now = clock.now()
    const months = monthsUpTo(writeWallClock(now, timeZone).slice(0, 7), span)
    const from = startOfDay(`${months[0]}-01`, timeZone)
    const [statistics, names] = await Promise.all([
      cases.statistics({ from, until: now + 1 }),
      namesFor(options, context, []),
    ])
    return { span, months, statistics, names }
  }

  web.app.get(consolePaths.casesStatistics, allow('cases'), async (request, reply) => {
    const context = web.contextOf(request)
    const view = await viewOf(request.query, context)
    return web.page(request, reply, statisticsPage(view, await frameOf(options, request), context))
  })

  web.app.get(consolePaths.casesStatisticsCsv, allow('cases'), async (request, reply) => {
    const { span, statistics } = await viewOf(request.query, web.contextOf(request))
    return reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="cases-${span}-months.csv"`)
      .send(statisticsCsv(statistics))
  })
}

/** `2026-11` and those before it, the oldest first. */
export function monthsUpTo(last: string, count: number): string[] {
  const [year = 0, month = 1] = last.split('-').map(Number)
  return Array.from({ length: count }, (_, index) => {
    const at = year * 12 + month - 1 - (count - 1 - index)
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
  })
}

function statisticsPage(view: StatisticsView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { span, statistics } = view
  const path = consolePaths.casesStatistics
  const total = sum(statistics.months.map(({ count }) => count))
  return framed(frame, context, {
    title: `${t('cases.statistics')} · ${t('cases.title')}`,
    here: `${path}?months=${span}`,
    body: html`<p><a href="${consolePaths.cases}">${t('cases.back')}</a></p>
<h1>${t('cases.statistics')}</h1>
<p class="lead">${t('cases.statistics.lead')}</p>
<nav aria-label="${t('cases.statistics.span')}"><ul class="months">${spans.map(
      (one) =>
        html`<li><a href="${path}?months=${one}"${one === span && html` aria-current="page"`}>${t('cases.statistics.months', { count: one })}</a></li>`,
    )}</ul></nav>
${
  total === 0
    ? html`<p class="empty">${t('cases.statistics.none')}</p>`
    : html`<p role="status">${t('cases.statistics.total', { count: number(total, language) })}</p>
${byMonth(view, context)}${byOrigin(view, context)}${sides.map((side) => byObject(side, view, context))}${times(view, context)}${byRule(view, context)}
<p class="actions"><a class="button button-quiet" href="${consolePaths.casesStatisticsCsv}?months=${span}">${t('cases.statistics.csv')}</a></p>`
}`,
  })
}

type Counted = CaseStatistics['months'][number]

/** What came of them, in the order in which a bar stacks it. */
const outcomes = ['confirmed', 'not_confirmed', 'none'] as const
const outcomesOf = (rows: readonly Counted[]) =>
  outcomes.map((outcome) =>
    sum(rows.filter(({ verdict }) => (verdict ?? 'none') === outcome).map(({ count }) => count)),
  )

const outcomeNames = ({ t }: RequestContext) => outcomes.map((outcome) => t(`cases.verdict.${outcome}`))

function byMonth({ months, statistics }: StatisticsView, context: RequestContext): Html {
  const { t } = context
  return section(
    'by-month',
    t('cases.statistics.by_month'),
    barChart(
      {
        id: 'by-month-chart',
        title: t('cases.statistics.opened'),
        over: t('cases.statistics.month'),
        series: outcomeNames(context),
        bars: months.map((month) => ({
          label: monthName(month, context),
          values: outcomesOf(statistics.months.filter((row) => row.month === month)),
        })),
      },
      context,
    ),
  )
}

function byOrigin({ statistics }: StatisticsView, context: RequestContext): Html {
  const { t } = context
  return section(
    'by-origin',
    t('cases.statistics.by_origin'),
    rankedTable(
      {
        id: 'by-origin-table',
        title: t('cases.statistics.opened'),
        over: t('cases.origin'),
        series: outcomeNames(context),
        bars: origins
          .map((origin) => ({
            label: t(`cases.origin.${origin}`),
            values: outcomesOf(statistics.months.filter((row) => row.origin === origin)),
          }))
          .filter(({ values }) => sum(values) > 0)
          .sort((a, b) => sum(b.values) - sum(a.values)),
      },
      context,
    ),
  )
}

const objectCounts = ['count', 'answered', 'confirmed', 'notConfirmed', 'late'] as const
type ObjectCounts = Record<(typeof objectCounts)[number], number>

/** Over all months, those told most often first. */
export function objectsOf(
  rows: CaseStatistics['objects'],
  side: Side,
): (ObjectCounts & { side: Side; object: string })[] {
  const ofSide = Map.groupBy(
    rows.filter((row) => row.side === side),
    ({ object }) => object,
  )
  return [...ofSide]
    .map(([object, each]) => ({
      side,
      object,
      ...(Object.fromEntries(
        objectCounts.map((name) => [name, sum(each.map((row) => row[name]))]),
      ) as unknown as ObjectCounts),
    }))
    .sort((a, b) => b.count - a.count || (a.object < b.object ? -1 : 1))
}

function byObject(side: Side, { statistics, names }: StatisticsView, context: RequestContext): Html {
  const { t, language } = context
  const rows = objectsOf(statistics.objects, side)
  const id = `by-${side}`
  const shown = rows.slice(0, mostObjects)
  // The name has a line of its own: beside five numbers there is no room for it on a phone.
  const table = html`<div class="wide"><table class="figures"><caption>${t('cases.statistics.told')}</caption>
<thead><tr>${objectCounts.map((name) => html`<th scope="col" class="count">${t(`cases.statistics.${name}`)}</th>`)}</tr></thead>
${shown.map(
  (row) => html`
<tbody><tr><th scope="rowgroup" colspan="${objectCounts.length}"><bdi>${objectName(row, names, context)}</bdi></th></tr>
<tr>${objectCounts.map((name) => html`<td class="count">${number(row[name], language)}</td>`)}</tr></tbody>`,
)}
</table></div>
${rows.length > shown.length && html`<p class="hint">${t('cases.statistics.more', { count: rows.length - shown.length })}</p>`}`
  const body = rows.length === 0 ? html`<p class="empty">${t('cases.statistics.told.none')}</p>` : table
  return section(id, t(`cases.statistics.${id.replace('-', '_')}`), body)
}

/** The middle one of each month. */
function times({ months, statistics }: StatisticsView, context: RequestContext): Html {
  const { t } = context
  const chart = (what: 'firstAnswer' | 'conclusion') => {
    const lengths = months.map((month) => statistics.times.find((row) => row.month === month)?.[what])
    return barChart(
      {
        id: `times-${what}`,
        title: t(`cases.statistics.times.${what}`),
        over: t('cases.statistics.month'),
        series: [t('cases.statistics.hours')],
        bars: months.map((month, index) => ({
          label: monthName(month, context),
          values: [Math.round((lengths[index] ?? 0) / 3_600_000)],
          told: [lasted(lengths[index], context)],
        })),
      },
      context,
    )
  }
  const isEmpty = statistics.times.every(({ firstAnswer, conclusion }) => (firstAnswer ?? conclusion) === undefined)
  const body = isEmpty
    ? html`<p class="empty">${t('cases.statistics.times.none')}</p>`
    : html`<p class="hint">${t('cases.statistics.middle')}</p>${chart('firstAnswer')}${chart('conclusion')}`
  return section('times', t('cases.statistics.times'), body)
}

function lasted(length: number | undefined, { t }: RequestContext): string {
  if (length === undefined) return '–'
  const { unit, count } = unitsOf(length)
  return t(`cases.lasted.${unit}`, { count })
}

function byRule({ statistics }: StatisticsView, context: RequestContext): Html {
  const { t } = context
  const { rules } = statistics
  const chart = {
    id: 'by-rule-table',
    title: t('cases.statistics.opened'),
    over: t('cases.detected.rule'),
    series: outcomeNames(context),
    bars: rules.map(({ rule, opened, confirmed, notConfirmed }) => ({
      label: ruleName(rule, context),
      values: [confirmed, notConfirmed, opened - confirmed - notConfirmed],
    })),
  }
  const body =
    rules.length === 0 ? html`<p class="empty">${t('cases.statistics.rules.none')}</p>` : rankedTable(chart, context)
  const more = html`<p><a href="${consolePaths.detection}">${t('cases.detected.all')}</a></p>`
  return section('by-rule', t('cases.statistics.by_rule'), html`${body}${more}`)
}

const section = (id: string, title: string, body: Html): Html =>
  html`<section class="sheet" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${body}</section>`

const monthNames = inEachLanguage(
  (language) => new Intl.DateTimeFormat(localeOf(language), { month: 'short', year: 'numeric', timeZone: 'UTC' }),
)

const monthName = (month: string, { language }: RequestContext) => monthNames[language].format(startOf(month))
const startOf = (month: string): Instant => Date.parse(`${month}-01`)

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

// ── The file ────────────────────────────────────────────────────────────────────────────────────────────────────────

const columns = [
  ...(['about', 'month', 'origin', 'match', 'verdict', 'reason', 'state', 'side', 'object', 'rule', 'count'] as const),
  ...(['answered', 'confirmed', 'not_confirmed', 'late', 'first_answer_ms', 'conclusion_ms'] as const),
] as const
type Row = Partial<Record<(typeof columns)[number], string | number>>

/** Every number that the page is made of; `about` says of what a line is. Lengths are medians, in milliseconds. */
export function statisticsCsv({ months, objects, times: lengths, rules }: CaseStatistics): string {
  const rows: Row[] = [
    ...months.map(({ open, ...row }): Row => ({ about: 'cases', ...row, state: open ? 'open' : 'closed' })),
    ...objects.map(({ notConfirmed, ...row }): Row => ({ about: 'parties', ...row, not_confirmed: notConfirmed })),
    ...lengths.map(
      ({ month, firstAnswer, conclusion }): Row => ({
        about: 'times',
        month,
        ...(firstAnswer === undefined ? {} : { first_answer_ms: firstAnswer }),
        ...(conclusion === undefined ? {} : { conclusion_ms: conclusion }),
      }),
    ),
    ...rules.map(
      ({ rule, opened, confirmed, notConfirmed }): Row => ({
        about: 'rules',
        ...{ rule, count: opened, confirmed, not_confirmed: notConfirmed },
      }),
    ),
  ]
  return csvOf([[...columns], ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))])
}
