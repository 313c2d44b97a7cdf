/** The public pages on incidents of the hub (R135): all of them, and one. They show what was published, in plain words. */
import { contact } from '../http/disclosure.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { Language } from '../kernel/languages.ts'
import { statusPaths } from '../notices/pages.ts'
import type { PublicStatement, StatementContent } from './statements.ts'

export const incidentPaths = {
  all: '/incidents',
  one: (reference: string) => `/incidents/${reference}`,
} as const

export interface IncidentFrame {
  timeZone: string
  /** Where people ask: `mailto:`, `tel:`, `https:`, or a mailbox. */
  contact?: string
}

export function incidentsPage(
  statements: readonly PublicStatement[],
  frame: IncidentFrame,
  context: RequestContext,
): Page {
  const { t, language } = context
  return {
    title: t('statement.all'),
    here: incidentPaths.all,
    body: html`<h1>${t('statement.all')}</h1>
<p class="lead">${t('statement.all.lead')}</p>
${
  statements.length === 0
    ? html`<p class="empty">${t('statement.none')}</p>`
    : html`<ul class="standings sheet">${statements.map(
        ({ reference, content, publishedAt }) => html`
<li><h2><a href="${incidentPaths.one(reference)}"><bdi>${content.title[language]}</bdi></a></h2>${markOf(content, context)}
<p class="facts">${t('statement.published')} ${written(publishedAt, frame, language)}</p></li>`,
      )}
</ul>`
}
<p class="actions"><a href="${statusPaths.status}">${t('statement.status')}</a></p>`,
  }
}

export function incidentPage(statement: PublicStatement, frame: IncidentFrame, context: RequestContext): Page {
  const { t } = context
  const { reference, content } = statement
  const title = content.title[context.language]
  return {
    title,
    here: incidentPaths.one(reference),
    body: html`<h1><bdi>${title}</bdi></h1>
${statementBody(statement, frame, context)}
<p class="actions"><a href="${incidentPaths.all}">${t('statement.back')}</a> <a href="${statusPaths.status}">${t('statement.status')}</a></p>`,
  }
}

/** Below its title; a preview shows it as well, of what is not published yet, with ids of its own (`mark`). */
export function statementBody(
  statement: Pick<PublicStatement, 'corrections'> & {
    content: StatementContent
    publishedAt?: Instant
  },
  frame: IncidentFrame,
  context: RequestContext,
  mark = '',
): Html {
  const { t, language } = context
  const { content, publishedAt, corrections } = statement
  const [last] = corrections
  const at = (instant: Instant) => written(instant, frame, language)
  const rows: [string, Html | string][] = [
    ...(content.happenedFrom === undefined
      ? []
      : [
          [t('statement.happened'), spanOf(content.happenedFrom, content.happenedUntil, frame, context)] as [
            string,
            string,
          ],
        ]),
    [t('statement.fixed'), content.fixedAt === undefined ? t('statement.not_fixed') : at(content.fixedAt)],
    ...(publishedAt === undefined ? [] : [[t('statement.published'), at(publishedAt)] as [string, string]]),
    ...(last ? [[t('statement.corrected'), at(last.at)] as [string, string]] : []),
  ]
  return html`<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<p class="snapshot">${t('statement.zone', { zone: frame.timeZone })}</p>
${(['what', 'who', 'done', 'advice'] as const).map(
  (
    part,
  ) => html`<section class="sheet" aria-labelledby="${mark}${part}"><h2 id="${mark}${part}">${t(`statement.${part}`)}</h2>
${paragraphs(content[part][language])}</section>`,
)}
<section class="sheet" aria-labelledby="${mark}contact"><h2 id="${mark}contact">${t('statement.contact')}</h2>
<p>${frame.contact && html`${t('statement.contact.text')} ${contact(frame.contact)} · `}<a href="/help/ask">${t('statement.contact.help')}</a></p></section>
${
  corrections.length > 0 &&
  html`<section class="sheet" aria-labelledby="${mark}corrections"><h2 id="${mark}corrections">${t('statement.corrections')}</h2>
<p>${t('statement.corrections.text')}</p>
<ul class="standings">${corrections.map(
    (one) => html`
<li><p class="facts">${at(one.at)}</p>${paragraphs(one.text[language])}</li>`,
  )}
</ul></section>`
}`
}

export function withdrawnPage(reference: string, { t }: RequestContext): Page {
  return {
    title: t('statement.withdrawn'),
    status: 410,
    here: incidentPaths.one(reference),
    body: html`<h1>${t('statement.withdrawn')}</h1>
<p class="lead">${t('statement.withdrawn.text')}</p>
<p class="actions"><a href="${incidentPaths.all}">${t('statement.back')}</a></p>`,
  }
}

function markOf({ fixedAt }: StatementContent, { t }: RequestContext): Html {
  return fixedAt === undefined
    ? html`<span class="standing standing-degraded">${t('statement.mark.open')}</span>`
    : html`<span class="standing standing-up">${t('statement.mark.fixed')}</span>`
}

/** As it was written, line by line. */
function paragraphs(text: string): Html {
  return html`${text.split(/\n{2,}/).map(
    (paragraph) => html`
<p><bdi>${paragraph.split('\n').map((line, index) => html`${index > 0 && html`<br>`}${line}`)}</bdi></p>`,
  )}`
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf({ timeZone }: IncidentFrame, language: Language): Intl.DateTimeFormat {
  const key = `${language} ${timeZone}`
  const format =
    formats.get(key) ?? new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'short', timeZone })
  formats.set(key, format)
  return format
}

const written = (at: Instant, frame: IncidentFrame, language: Language) => formatOf(frame, language).format(toDate(at))

function spanOf(
  from: Instant,
  until: Instant | undefined,
  frame: IncidentFrame,
  { t, language }: RequestContext,
): string {
  if (until === undefined) return t('statement.since', { date: written(from, frame, language) })
  return formatOf(frame, language).formatRange(from, until)
}
