/**
 * The status page and the page of a past month, from what `status.ts` says. They decide nothing, work without a script,
 * and print the time of the snapshot that they are drawn from.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import { inEachLanguage, type Language, type Translated } from '../kernel/languages.ts'
import type { Suspension } from '../partners/suspensions.ts'
import type { Banner } from './banners.ts'
import type { Happening } from './history.ts'
import { otherSuspensions, type ProviderStatus, type Standing, type Status, standingOf } from './status.ts'

export const statusPaths = {
  status: '/status',
  /** `?month=2026-10&page=2` */
  history: '/status/history',
  /** `?lang=fr&service=health-refunds&level=eidas2` */
  json: '/status/providers.json',
} as const

/** What both pages need to write names and dates. */
export interface StatusFrame {
  timeZone: string
  /** Undefined for what is not published any more. */
  serviceName(id: ServiceId): Translated | undefined
  providerName(id: ProviderId): Translated | undefined
}

/** What the hub said of an incident of its own (`breaches/`). */
export interface StatementLine {
  title: Translated
  path: string
  at: Instant
  isFixed: boolean
}

export interface StatusView extends StatusFrame {
  status: Status
  now: Instant
  /** In force, for some services only: they do not stand above this page. */
  banners: readonly Banner[]
  /** Incidents, open or over, and suspensions that are over, the newest first. */
  happenings: readonly Happening[]
  /** Of late, and those that are not mended; the newest first. */
  statements: readonly StatementLine[]
}

export interface HistoryView extends StatusFrame {
  /** `2026-10` */
  month: string
  /** All that may be asked for, the present one first. */
  months: readonly string[]
  /** Undefined when they cannot be read. */
  happenings: readonly Happening[] | undefined
  isCut: boolean
  /** From 1. */
  page: number
  pages: number
}

// --- The present ---------------------------------------------------------------------------------------------------

const bySeverity: readonly Standing[] = ['suspended', 'down', 'degraded', 'partial', 'up']

export function statusPage(view: StatusView, context: RequestContext): Page {
  const { status, banners, happenings, statements, now } = view
  const { t, language } = context
  const rows = [...status.providers].sort(
    (a, b) =>
      bySeverity.indexOf(standingOf(a, now)) - bySeverity.indexOf(standingOf(b, now)) ||
      collators[language].compare(a.provider.name[language], b.provider.name[language]),
  )
  const isFine = (row: ProviderStatus) => standingOf(row, now) === 'up'
  const planned = rows
    .flatMap((row) => otherSuspensions(row, now).planned.map((suspension) => ({ row, suspension })))
    .sort((a, b) => a.suspension.since - b.suspension.since)
  const [troubled, fine] = [rows.filter((row) => !isFine(row)), rows.filter(isFine)]
  return {
    title: t('status.title'),
    here: statusPaths.status,
    body: html`<h1>${t('status.title')}</h1>
<p class="lead">${t('status.lead')}</p>
${status.isCutOff && html`<div class="notice"><h2>${t('status.cut_off')}</h2><p>${t('status.cut_off.text')}</p></div>`}
${status.isOld && html`<div class="notice"><h2>${t('status.old')}</h2><p>${t('status.old.text')}</p></div>`}
<p><strong>${summary(rows, now, context)}</strong></p>
<p class="snapshot">${t('status.at')} <time datetime="${toDate(status.at).toISOString()}">${exact(status.at, view, language)}</time>. ${t('status.zone')}</p>
${
  troubled.length > 0 &&
  html`<section class="sheet" aria-labelledby="trouble"><h2 id="trouble">${t('status.trouble')}</h2>
<ul class="standings">${troubled.map((row) => troubledRow(row, view, context))}
</ul></section>`
}
${
  fine.length > 0 &&
  html`<section class="sheet" aria-labelledby="fine"><h2 id="fine">${t('status.fine')}</h2>
<ul class="standings compact">${fine.map(
    (row) => html`
<li><strong><bdi>${row.provider.name[language]}</bdi></strong>${badge('up', context)}${
      row.standsIn &&
      html`<p class="facts">${t('status.stand_in.until', { app: view.providerName(row.standsIn.for)?.[language] ?? row.standsIn.for, date: written(row.standsIn.until, view, language) })}</p>`
    }</li>`,
  )}
</ul></section>`
}
${
  banners.length > 0 &&
  html`<section class="sheet" aria-labelledby="announced"><h2 id="announced">${t('status.announced')}</h2>
<ul class="standings">${banners.map((banner) => announced(banner, view, context))}
</ul></section>`
}
${
  statements.length > 0 &&
  html`<section class="sheet" aria-labelledby="ours"><h2 id="ours">${t('status.statements')}</h2>
<ul class="standings">${statements.map(
    ({ title, path, at, isFixed }) => html`
<li><h3><a href="${path}"><bdi>${title[language]}</bdi></a></h3><span class="standing standing-${isFixed ? 'up' : 'degraded'}">${t(isFixed ? 'status.statement.fixed' : 'status.statement.open')}</span>
<p class="facts">${t('status.statement.at', { date: written(at, view, language) })}</p></li>`,
  )}
</ul></section>`
}
<section class="sheet" aria-labelledby="planned"><h2 id="planned">${t('status.planned')}</h2>
${
  planned.length === 0
    ? html`<p class="empty">${t('status.planned.none')}</p>`
    : html`<ul class="standings">${planned.map(
        ({ row, suspension }) => html`
<li><h3><bdi>${row.provider.name[language]}</bdi></h3>${suspended(suspension, view, context)}</li>`,
      )}
</ul>`
}
</section>
<section class="sheet" aria-labelledby="incidents"><h2 id="incidents">${t('status.incidents')}</h2>
${happeningList(happenings, view, context)}
<p><a href="${statusPaths.history}">${t('status.history.link')}</a></p>
</section>
<p><a href="/incidents">${t('status.statements.all')}</a></p>
<p><a href="${statusPaths.json}?lang=${language}">${t('status.machine')}</a></p>`,
  }
}

/** One sentence that says it all. */
function summary(rows: readonly ProviderStatus[], now: Instant, { t }: RequestContext): string {
  const standings = rows.map((row) => standingOf(row, now))
  const out = standings.filter((standing) => standing === 'suspended' || standing === 'down').length
  const wrong = standings.filter((standing) => standing !== 'up').length
  if (rows.length === 0) return t('status.summary.none')
  if (out === rows.length) return t('status.summary.all_out')
  return wrong === 0 ? t('status.summary.all_up') : t('status.summary.some', { count: wrong, all: rows.length })
}

function troubledRow(row: ProviderStatus, view: StatusView, context: RequestContext): Html {
  const { t, language } = context
  const { provider, suspension, observed, incident } = row
  const standing = standingOf(row, view.now)
  // What is not its fault is not said as if it were.
  const isUnreached = standing === 'down' && observed.reasons.includes('own_network')
  return html`
<li><h3><bdi>${provider.name[language]}</bdi></h3>${badge(standing, context, isUnreached ? 'unreached' : standing)}
${suspension && suspended(suspension, view, context)}
${observed.health !== 'up' && observation(row, view, context)}
${incident?.note && html`<p>${t('status.note')} <bdi>${incident.note.text[language]}</bdi></p>`}
${view.status.providers
  .filter(({ standsIn }) => standsIn?.for === provider.id)
  .map((other) => html`<p>${t('status.stand_in', { name: other.provider.name[language] })}</p>`)}
${otherSuspensions(row, view.now).partial.map(
  (one) =>
    html`${standing !== 'partial' && html`<p><strong>${t('status.standing.partial')}</strong></p>`}${suspended(one, view, context)}`,
)}
${provider.helpUrl && html`<p><a href="${provider.helpUrl}">${t('help.provider', { provider: provider.name[language] })}</a></p>`}</li>`
}

/** What the hub saw; beside a suspension, in its own words. */
function observation({ state, observed }: ProviderStatus, view: StatusView, context: RequestContext): Html {
  const { t, language } = context
  const { health, since, reasons } = observed
  const said = reasons.map((reason) => t(`status.reason.${reason}`)).join(' ')
  return html`<p>${state === 'suspended' && `${t(`status.besides.${health}`)} `}${said || t(`status.health.${health}`)}</p>
${since !== undefined && html`<p class="facts">${t('status.since', { date: written(since, view, language) })}</p>`}`
}

/** The reason in its own words, why, from when, until when, for whom. */
function suspended(suspension: Suspension, view: StatusFrame, context: RequestContext): Html {
  const { t, language } = context
  const { reason, category, since, until, services, above } = suspension
  const names =
    services === 'all'
      ? undefined
      : services.map((id) => view.serviceName(id)?.[language]).filter((name) => name !== undefined)
  const span =
    until === undefined
      ? t('status.span.open', { since: written(since, view, language) })
      : t('status.span', { span: range(since, until, view, language) })
  return html`<p><bdi>${reason[language]}</bdi></p>
<p class="facts">${t(`status.category.${category}`)} ${span}
${names && names.length > 0 && t('status.for_services', { services: lists[language].format(names) })}
${above && t(`status.above.${above}`)}</p>`
}

function announced({ kind, text, services, until }: Banner, view: StatusView, context: RequestContext): Html {
  const { t, language } = context
  const names = services === 'all' ? [] : services.flatMap((id) => view.serviceName(id)?.[language] ?? [])
  return html`
<li><p><strong>${t(`banner.${kind}`)}</strong> <bdi>${text[language]}</bdi></p>
${kind === 'phishing' && html`<p>${t('banner.advice')}</p>`}
<p class="facts">${names.length > 0 && t('status.for_services', { services: lists[language].format(names) })} ${t('status.until', { date: written(until, view, language) })}</p></li>`
}

function badge(standing: Standing, { t }: RequestContext, word: Standing | 'unreached' = standing): Html {
  return html`<span class="standing standing-${standing}">${t(`status.standing.${word}`)}</span>`
}

// --- The past ------------------------------------------------------------------------------------------------------

export function historyPage(view: HistoryView, context: RequestContext): Page {
  const { month, months, happenings, isCut, page, pages } = view
  const { t, language } = context
  const at = months.indexOf(month)
  const link = (to: string | undefined, label: string) =>
    to !== undefined && html`<li><a href="${historyPath(to)}">${t(label, { month: monthName(to, language) })}</a></li>`
  return {
    title: t('status.history.title', { month: monthName(month, language) }),
    here: historyPath(month, page),
    body: html`<h1>${t('status.history.title', { month: monthName(month, language) })}</h1>
<section class="sheet" aria-label="${t('status.history.title', { month: monthName(month, language) })}">
${
  happenings === undefined
    ? html`<p>${t('status.history.unreadable')}</p>`
    : html`${happeningList(happenings, view, context, true)}
${isCut && html`<p>${t('status.history.cut')}</p>`}`
}
</section>
${pages > 1 && pageLinks(view, context)}
<nav aria-label="${t('status.months')}"><ul class="months">
${link(months[at + 1], 'status.history.earlier')}
${link(at > 0 ? months[at - 1] : undefined, 'status.history.later')}
<li><a href="${statusPaths.status}">${t('status.history.back')}</a></li>
</ul></nav>`,
  }
}

function pageLinks({ month, page, pages }: HistoryView, { t }: RequestContext): Html {
  const numbers = Array.from({ length: pages }, (_, index) => index + 1)
  return html`<nav aria-label="${t('status.pages')}"><ul class="months">${numbers.map((number) =>
    number === page
      ? html`
<li><span aria-current="page">${t('status.page', { page: number })}</span></li>`
      : html`
<li><a href="${historyPath(month, number)}">${t('status.page', { page: number })}</a></li>`,
  )}
</ul></nav>`
}

function historyPath(month: string, page = 1): string {
  return `${statusPaths.history}?month=${month}${page > 1 ? `&page=${page}` : ''}`
}

/** `isAlone`: right below the title of the page, so a heading of the second level. */
function happeningList(
  happenings: readonly Happening[],
  view: StatusFrame,
  context: RequestContext,
  isAlone = false,
): Html {
  if (happenings.length === 0) return html`<p class="empty">${context.t('status.incidents.none')}</p>`
  return html`<ul class="standings">${happenings.map((one) => {
    const name = html`<bdi>${view.providerName(one.provider)?.[context.language] ?? one.provider}</bdi>`
    return html`
<li>${isAlone ? html`<h2>${name}</h2>` : html`<h3>${name}</h3>`}${one.kind === 'incident' ? observed(one, view, context) : decided(one, view, context)}</li>`
  })}
</ul>`
}

type HappeningOf<K extends Happening['kind']> = Extract<Happening, { kind: K }>

function observed({ incident }: HappeningOf<'incident'>, view: StatusFrame, context: RequestContext): Html {
  const { t, language } = context
  const { health, reasons, openedAt, closedAt, note } = incident
  const span =
    closedAt === undefined
      ? t('status.incident.open', { since: written(openedAt, view, language) })
      : t('status.span', { span: range(openedAt, closedAt, view, language) })
  return html`${badge(health, context)}
<p>${reasons.map((reason) => t(`status.reason.${reason}`)).join(' ')}</p>
${note && html`<p>${t('status.note')} <bdi>${note.text[language]}</bdi></p>`}
<p class="facts">${span}</p>`
}

/** With the end that it came to, whatever was planned. */
function decided({ suspension, end }: HappeningOf<'suspension'>, view: StatusFrame, context: RequestContext): Html {
  const { until: _, ...rest } = suspension
  const isWhole = rest.services === 'all' && rest.above === undefined
  return html`${badge(isWhole ? 'suspended' : 'partial', context)}
${suspended(end === undefined ? rest : { ...rest, until: end }, view, context)}`
}

// --- Dates and lists -----------------------------------------------------------------------------------------------

const collators = inEachLanguage((language) => new Intl.Collator(localeOf(language)))
const lists = inEachLanguage((language) => new Intl.ListFormat(localeOf(language), { type: 'conjunction' }))
const months = inEachLanguage(
  (language) => new Intl.DateTimeFormat(localeOf(language), { year: 'numeric', month: 'long', timeZone: 'UTC' }),
)

/** Made once for each zone: a format costs more than the row that it is used in. */
const formats = new Map<string, Record<Language, { plain: Intl.DateTimeFormat; exact: Intl.DateTimeFormat }>>()

function formatsOf({ timeZone }: StatusFrame, language: Language) {
  const known = formats.get(timeZone) ?? formatsIn(timeZone)
  formats.set(timeZone, known)
  return known[language]
}

const formatsIn = (timeZone: string) =>
  inEachLanguage((language) => ({
    plain: new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'short', timeZone }),
    exact: new Intl.DateTimeFormat(localeOf(language), {
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'long',
      timeZone,
    }),
  }))

const written = (at: Instant, frame: StatusFrame, language: Language) => formatsOf(frame, language).plain.format(at)
/** What both ends share is written once. */
const range = (from: Instant, to: Instant, frame: StatusFrame, language: Language) =>
  formatsOf(frame, language).plain.formatRange(from, to)
const exact = (at: Instant, frame: StatusFrame, language: Language) => formatsOf(frame, language).exact.format(at)
const monthName = (month: string, language: Language) => months[language].format(Date.parse(`${month}-01T00:00:00Z`))
