/** The queue of cases, and what every page about a case says in the same way: where it stands, until when, about whom. */
import type { Case } from '../cases/cases.ts'
import { number } from '../http/charts.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { day, hour, minute } from '../kernel/durations.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import { ownService } from '../partners/own-service.ts'
import { type CaseState, caseStates, type Origin, origins, type Side } from '../policy/case-flow.ts'
import { detectionRules } from '../policy/detection.ts'
import { consolePaths, type Frame, framed, instant, selected } from './frame.ts'
import type { Names } from './providers-pages.ts'
import { has } from './rights.ts'

/** What the queue is asked for, as the address has it. */
export interface CasesFilter {
  state: CaseState | 'open'
  origin?: Origin
  service?: ServiceId
  provider?: ProviderId
  overdue: boolean
}

export interface CasesView {
  filter: CasesFilter
  cases: readonly Case[]
  counts: Readonly<Record<CaseState | 'open' | 'overdue', number>>
  /** By name. */
  services: readonly { id: string; name: string }[]
  providers: readonly { id: string; name: string }[]
  now: Instant
  isFirst: boolean
  /** Where the next page begins. */
  next?: string
  /** A reference that was typed, and that is nobody's. */
  asked?: string
}

const states = ['open', ...caseStates] as const

const isNarrow = ({ origin, service, provider, overdue }: CasesFilter) =>
  overdue || [origin, service, provider].some((one) => one !== undefined)

/** How many are open, of those counted by state. */
export const openOf = ({ received, qualified, notified, concluded }: Record<CaseState, number>) =>
  received + qualified + notified + concluded

/** The address of the queue as it is asked for. */
export function casesAddress({ state, overdue, ...rest }: Partial<CasesFilter>, after?: string): string {
  const given = { state: state === 'open' ? undefined : state, ...rest, overdue: overdue ? '1' : undefined, after }
  const pairs = Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return pairs.length === 0 ? consolePaths.cases : `${consolePaths.cases}?${new URLSearchParams(pairs)}`
}

export function casesPage(view: CasesView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { filter, counts, cases, next, asked } = view
  const isHere = (state: string) => filter.state === state && !filter.overdue
  const many = (label: string, count: number) => html`${label} <span class="hint">${number(count, language)}</span>`
  return framed(frame, context, {
    title: t('cases.title'),
    here: consolePaths.cases,
    ...(asked === undefined ? {} : { status: 404 }),
    body: html`<h1>${t('cases.title')}</h1>
<p class="lead">${t('cases.lead')}</p>
<nav aria-label="${t('cases.which')}"><ul class="months">${states.map(
      (one) => html`
<li><a href="${casesAddress({ state: one })}"${isHere(one) && html` aria-current="page"`}>${many(t(`cases.state.${one}`), counts[one])}</a></li>`,
    )}
<li><a href="${casesAddress({ overdue: true })}"${filter.overdue && html` aria-current="page"`}>${many(t('cases.overdue'), counts.overdue)}</a></li></ul></nav>
<form method="get" action="${consolePaths.cases}" role="search" class="filter">
<p class="ask"><label for="q">${t('cases.search')}</label>
<input id="q" name="q" maxlength="60" value="${asked}" autocomplete="off" spellcheck="false" dir="ltr" aria-describedby="q-hint">
<span class="hint" id="q-hint">${t('cases.search.hint')}</span></p>
<p class="actions"><button class="button button-quiet">${t('cases.find')}</button></p>
</form>
${filterForm(view, context)}
<section aria-labelledby="list"><h2 id="list">${t(filter.overdue ? 'cases.overdue' : `cases.state.${filter.state}`)}</h2>
${
  cases.length === 0
    ? html`<p class="empty" role="status">${t(asked !== undefined ? 'cases.none.reference' : isNarrow(filter) || filter.state !== 'open' ? 'cases.none.filtered' : 'cases.none')}</p>`
    : html`<ul class="rows">${cases.map((one) => row(one, view.now, frame, context))}
</ul>`
}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${casesAddress(filter, next)}">${t('cases.more')}</a>`}
${!view.isFirst && html`<a href="${casesAddress(filter)}">${t('cases.first')}</a>`}</p></section>
<p class="actions"><a href="${consolePaths.casesStatistics}">${t('cases.statistics')}</a>
${has(frame.roles, 'people') && html`<a href="${consolePaths.casesMeans}">${t('cases.to_means')}</a>`}</p>`,
  })
}

function filterForm({ filter, services, providers }: CasesView, { t }: RequestContext): Html {
  const choice = (
    name: string,
    label: string,
    chosen: string | undefined,
    all: readonly { id: string; name: string }[],
  ) =>
    html`<p class="ask"><label for="${name}">${label}</label>
<select id="${name}" name="${name}"><option value="">${t('cases.any')}</option>${all.map(
      (one) => html`<option value="${one.id}"${one.id === chosen && selected}>${one.name}</option>`,
    )}</select></p>`
  const named = origins.map((id) => ({ id, name: t(`cases.origin.${id}`) }))
  return html`<details class="about"${isNarrow(filter) && html` open`}><summary>${t('cases.filter')}</summary>
<form method="get" action="${consolePaths.cases}">
${filter.state !== 'open' && html`<input type="hidden" name="state" value="${filter.state}">`}
${choice('origin', t('cases.origin'), filter.origin, named)}
${choice('service', t('cases.service'), filter.service, services)}
${choice('provider', t('cases.provider'), filter.provider, providers)}
<p class="pick"><input type="checkbox" name="overdue" value="1" id="overdue"${filter.overdue && html` checked`}><label for="overdue">${t('cases.only_overdue')}</label></p>
<p class="actions"><button class="button button-quiet">${t('cases.filter')}</button>
${isNarrow(filter) && html`<a href="${casesAddress({ state: filter.state })}">${t('cases.unfilter')}</a>`}</p>
</form></details>`
}

function row(one: Case, now: Instant, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { closed, dueAt } = one
  const words = [
    t(`cases.origin.${one.origin}`),
    t('cases.opened', { date: instant(one.openedAt, frame, context) }),
    ...(one.match === 'matched' ? [] : [t(`cases.match.${one.match}`)]),
    ...(one.verdict ? [t(`cases.verdict.${one.verdict}`)] : []),
    ...(closed ? [t('cases.closed_on', { date: instant(closed.at, frame, context) })] : []),
    ...(closed ? [t(`cases.close.${closed.reason}`)] : []),
  ]
  return html`
<li><h3><a href="${consolePaths.case(one.id)}"><code dir="ltr">${one.reference}</code></a> <span class="mark-state">${t(`cases.stands.${one.state}`)}</span></h3>
${dueAt !== undefined && !closed && html`<p>${t('cases.due')}${t('suspension.colon')} ${deadline(dueAt, now, frame, context)}</p>`}
<p class="hint">${words.join(' · ')}</p></li>`
}

// ── Said alike everywhere ───────────────────────────────────────────────────────────────────────────────────────────

/** The whole units that are left, or by which it is late: the greatest of which there are two, or minutes. */
export function unitsOf(length: number): { unit: 'minutes' | 'hours' | 'days'; count: number } {
  const units = [
    ['days', day, 2 * day],
    ['hours', hour, 2 * hour],
  ] as const
  const [unit, size] = units.find(([, , from]) => length >= from) ?? (['minutes', minute] as const)
  return { unit, count: Math.floor(length / size) }
}

/** "in 2 days", "overdue by 3 hours", and the exact time of it. */
export function deadline(at: Instant, now: Instant, frame: Frame, context: RequestContext): Html {
  const isLate = now >= at
  const { unit, count } = unitsOf(Math.abs(at - now))
  const words = context.t(`cases.due.${isLate ? 'late' : 'left'}.${unit}`, { count })
  return html`<span class="${isLate ? 'mark-state bad' : ''}">${words}</span> <time class="hint" datetime="${toDate(at).toISOString()}">(${instant(at, frame, context)})</time>`
}

/** What a party is one of: the name of its service or provider. */
export function objectName(party: { side: Side; object: string }, names: Names, { t }: RequestContext): string {
  if (party.side === 'provider') return names.provider(party.object)
  return party.object === ownService ? t('cases.connection.own') : names.service(party.object)
}

/** A rule of detection by its name; one that is no more keeps its id. */
export const ruleName = (rule: string, { t }: RequestContext) =>
  detectionRules.some((one) => one === rule) ? t(`detection.rule.${rule}`) : rule

const regions = inEachLanguage((language) => new Intl.DisplayNames([localeOf(language)], { type: 'region' }))

/** A country in words; a code that names none stays a code. */
export function countryName(country: string | undefined, { t, language }: RequestContext): string {
  const unknown = t('cases.connection.unknown')
  if (country === undefined) return unknown
  return /^[A-Z]{2}$/.test(country) ? (regions[language].of(country) ?? unknown) : country
}

/** Rows of a table of facts; what is undefined is left out. */
export const facts = (rows: readonly (readonly [string, Html | string] | false | undefined)[]): Html =>
  html`<dl class="data">${rows.map((one) => one && html`<div><dt>${one[0]}</dt><dd>${one[1]}</dd></div>`)}</dl>`
