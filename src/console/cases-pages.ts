/** Reports of a misused identity, as operators see them: what was reported of which connection, and how it ended. */
import { type Case, caseCloseReasons } from '../cases/cases.ts'
import type { Connection } from '../connections/connections.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import { consolePaths, type Frame, framed, hiddenField, instant, listed } from './frame.ts'
import { written } from './support-pages.ts'

export interface CasesView {
  which: 'open' | 'closed'
  cases: readonly Case[]
  /** How many wait in all. */
  waiting: number
  now: Instant
  isFirst: boolean
  /** Where the next page begins. */
  next?: string
}

export function casesPage(view: CasesView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { which, cases, next } = view
  const path = consolePaths.cases
  const place = (one: typeof which) => (one === 'open' ? path : `${path}?which=closed`)
  return framed(frame, context, {
    title: t('cases.title'),
    here: path,
    body: html`<h1>${t('cases.title')}</h1>
<p class="lead">${t('cases.lead')}</p>
<p class="notice">${t('cases.waiting', { count: view.waiting })}</p>
<nav class="actions" aria-label="${t('cases.which')}">${(['open', 'closed'] as const).map(
      (one) => html`<a href="${place(one)}"${one === which && html` aria-current="page"`}>${t(`cases.${one}`)}</a> `,
    )}</nav>
${cases.length === 0 ? html`<p>${t(which === 'open' ? 'cases.none' : 'cases.closed.none')}</p>` : rows(view, frame, context)}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${path}?which=${which}&amp;after=${next}">${t('cases.more')}</a>`}
${!view.isFirst && html`<a href="${place(which)}">${t('cases.first')}</a>`}</p>`,
  })
}

function rows({ cases, now }: CasesView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  return html`<ul class="rows">${cases.map((one) => {
    const { id, reference, openedAt, closed } = one
    const days = Math.floor((now - openedAt) / day)
    const last = closed
      ? html`${t('cases.ended')} ${instant(closed.at, frame, context)} · ${t(`cases.close.${closed.reason}`)}`
      : html`${t('cases.age')} ${t('cases.days', { count: days })}`
    return html`<li><p><a href="${consolePaths.case(id)}"><code dir="ltr">${reference}</code></a></p>
<p>${t('cases.opened')} ${instant(openedAt, frame, context)} · ${last}</p></li>`
  })}</ul>`
}

export const caseOutcomes = ['closed', 'meanwhile'] as const
export type CaseOutcome = (typeof caseOutcomes)[number]

export interface CaseView {
  case: Case
  words?: string
  /** Absent: it is not kept any more. */
  connection?: Pick<Connection, 'reference' | 'at' | 'level' | 'country' | 'unusual'> & {
    service: string
    provider: string | undefined
  }
  done?: CaseOutcome
  reasonMissing?: boolean
}

export function casePage(view: CaseView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { case: one, words, done } = view
  const { closed, reference } = one
  const title = t('cases.one', { reference })
  return framed(frame, context, {
    title,
    status: view.reasonMissing ? 422 : 200,
    here: consolePaths.case(one.id),
    body: html`<h1>${title}</h1>
${done && html`<p class="notice" role="${done === 'closed' ? 'status' : 'alert'}">${t(`cases.done.${done}`)}</p>`}
${view.reasonMissing && html`<p class="notice" role="alert" id="missing">${t('cases.close.missing')}</p>`}
<p>${t('cases.opened')} ${instant(one.openedAt, frame, context)}</p>
${
  closed &&
  html`<p>${t('cases.is_closed', {
    date: instant(closed.at, frame, context),
    reason: t(`cases.close.${closed.reason}`),
  })}</p>`
}
<h2>${t('cases.words')}</h2>
${words === undefined ? html`<p>${t('cases.words.none')}</p>` : written(words)}
<p class="hint">${t('cases.read')}</p>
<h2>${t('cases.connection')}</h2>
${view.connection ? aboutConnection(view.connection, frame, context) : html`<p>${t('cases.connection.gone')}</p>`}
${!closed && closeForm(view, frame, context)}
<p class="actions"><a href="${consolePaths.cases}">${t('cases.back')}</a></p>`,
  })
}

const regions = inEachLanguage((language) => new Intl.DisplayNames([localeOf(language)], { type: 'region' }))

function aboutConnection(connection: NonNullable<CaseView['connection']>, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  const { level, country, unusual } = connection
  const unknown = t('cases.connection.unknown')
  const rows: [string, Html | string][] = [
    [t('cases.connection.at'), instant(connection.at, frame, context)],
    [t('cases.connection.service'), html`<bdi>${connection.service}</bdi>`],
    [t('cases.connection.provider'), html`<bdi>${connection.provider ?? unknown}</bdi>`],
    [t('cases.connection.level'), level ? t(`level.${level}`) : unknown],
    [t('cases.connection.place'), (country && regions[language].of(country)) ?? unknown],
    ...(unusual.length > 0
      ? [
          [
            t('cases.connection.unusual'),
            listed(
              unusual.map((reason) => t(`reason.${reason}`)),
              context,
            ),
          ] as [string, string],
        ]
      : []),
    [t('cases.connection.reference'), html`<code dir="ltr">${connection.reference}</code>`],
  ]
  return html`<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`
}

function closeForm({ case: one, reasonMissing }: CaseView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.case(one.id)
  return html`<h2>${t('cases.close')}</h2>
<form method="post" action="${path}">
${hiddenField(frame, path)}
<p id="told">${t('cases.close.text')}</p>
<p class="ask"><label for="reason">${t('cases.close.reason')}</label>
<select id="reason" name="reason" required aria-describedby="told"${reasonMissing && html` aria-invalid="true"`}><option value=""></option>${caseCloseReasons.map(
    (reason) => html`<option value="${reason}">${t(`cases.close.${reason}`)}</option>`,
  )}</select></p>
<p class="actions"><button class="button">${t('cases.close')}</button></p>
</form>`
}
