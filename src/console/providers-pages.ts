/**
 * The pages on providers: the list, one of them with what was decided and observed of it, the form of a suspension, what
 * it would do, and how many ways lead into each service. They decide nothing; all of them work without a script.
 */
import type { Actor } from '../audit/facts.ts'
import { number, rankedTable } from '../http/charts.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import { type Standing, standingOf } from '../notices/status.ts'
import type { ProviderAvailability } from '../partners/availability.ts'
import type { Incident } from '../partners/health.ts'
import type { Provider } from '../partners/partners.ts'
import { isStandIn, type StandInOutage } from '../partners/stand-ins.ts'
import type { StateChange } from '../partners/state-changes.ts'
import {
  type SuspensionFieldsView,
  suspensionFields,
  suspensionHidden,
  suspensionRefusal,
  type TypedSuspension,
} from '../partners/suspension-form.ts'
import { type NewSuspension, type Suspension, standingSuspensions } from '../partners/suspensions.ts'
import { type ServiceWays, type Through, throughDays } from './figures.ts'
import { consolePaths, type Frame, framed, hiddenField, instant, selected } from './frame.ts'
import type { Impact } from './impact.ts'
import { operationsPaths } from './operations-paths.ts'
import { has } from './rights.ts'
import { type VersionsView, versionsSection } from './versions-pages.ts'

/** Names of what stands on a page, in its language. */
export interface Names {
  service(id: ServiceId): string
  provider(id: ProviderId): string
  /** Who is no operator is named by their function. */
  operators: ReadonlyMap<string, string>
}

// ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────────

export type ConsoleStanding = Standing | 'hidden'

/** A hidden one is on no public page, whatever else is true of it. */
export function consoleStanding({ provider, state, observed }: ProviderAvailability, now: Instant): ConsoleStanding {
  if (provider.state.kind === 'hidden') return 'hidden'
  const suspension = state.kind === 'suspended' ? { suspension: state.suspension } : {}
  return standingOf({ provider, state: suspension.suspension ? 'suspended' : 'active', observed, ...suspension }, now)
}

/** What wants to be looked at comes first. */
export const standingsInOrder = ['down', 'suspended', 'degraded', 'partial', 'hidden', 'up'] as const

const collators = inEachLanguage((language) => new Intl.Collator(localeOf(language), { numeric: true }))

/** Of a provider that is not published: what there is of it, for who publishes it. */
export function unpublishedPage(
  { id, settings }: { id: string; settings: VersionsView },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t, language } = context
  const name = String((settings.draft?.entry.name as Partial<Record<string, unknown>> | undefined)?.[language] ?? id)
  return framed(frame, context, {
    title: name,
    here: operationsPaths.provider(id),
    body: html`<p><a href="${operationsPaths.providers}">${t('ops.providers.title')}</a></p>
<h1><bdi>${name}</bdi></h1>
<p class="facts"><code dir="ltr">${id}</code></p>
<p class="notice">${t('ops.provider.unpublished')}</p>
${versionsSection(settings, frame, context)}`,
  })
}

export interface ProvidersView {
  /** Prepared by somebody, and never published. */
  drafted: readonly { id: string; name: string; partner: string }[]
  all: readonly ProviderAvailability[]
  /** When this process last learned of it. */
  at: Instant
  now: Instant
  filter: string
  standing?: ConsoleStanding
}

export function providersPage(view: ProvidersView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { all, now, filter, standing } = view
  const judged = all.map((one) => ({ ...one, standing: consoleStanding(one, now) }))
  const shown = judged
    .filter((one) => (standing === undefined || one.standing === standing) && matches(one.provider, filter))
    .sort(
      (a, b) =>
        standingsInOrder.indexOf(a.standing) - standingsInOrder.indexOf(b.standing) ||
        collators[language].compare(a.provider.name[language], b.provider.name[language]),
    )
  const isFiltered = filter !== '' || standing !== undefined
  return framed(frame, context, {
    title: t('ops.providers.title'),
    here: isFiltered
      ? `${operationsPaths.providers}?${new URLSearchParams({ q: filter, state: standing ?? '' })}`
      : operationsPaths.providers,
    body: html`<h1>${t('ops.providers.title')}</h1>
<p class="actions"><a href="${operationsPaths.ways}">${t('ops.ways.title')}</a> <a href="${operationsPaths.rehearsal}">${t('ops.rehearsal.title')}</a></p>
<form class="filter" method="get" action="${operationsPaths.providers}" role="search">
<p class="ask"><label for="q">${t('ops.providers.filter')}</label>
<input id="q" name="q" type="search" value="${filter}" maxlength="60" autocomplete="off" spellcheck="false"></p>
<p class="ask"><label for="state">${t('ops.providers.state')}</label>
<select id="state" name="state"><option value="">${t('ops.providers.any')}</option>${standingsInOrder.map(
      (one) =>
        html`<option value="${one}"${standing === one && selected}>${standingText(one, context)} (${judged.filter((each) => each.standing === one).length})</option>`,
    )}</select></p>
<p class="actions"><button class="button button-quiet">${t('ops.providers.go')}</button>
${isFiltered && html`<a href="${operationsPaths.providers}">${t('ops.providers.all')}</a>`}</p>
</form>
<p role="status">${all.length === 0 ? t('ops.providers.none') : t('ops.providers.found', { count: shown.length, all: all.length })}</p>
<ul class="standings">${shown.map(
      (one) => html`
<li><h2><a href="${operationsPaths.provider(one.provider.id)}"><bdi>${one.provider.name[language]}</bdi></a></h2>${badge(one.standing, context)}
<p class="facts"><code dir="ltr">${one.provider.id}</code> · ${levelsOf(one.provider, context)}</p>
${one.observed.health !== 'up' && html`<p class="facts">${one.observed.reasons.map((reason) => t(`status.reason.${reason}`)).join(' ')}</p>`}
${standingSuspensions(one.provider, now).map((each) => html`<p class="facts">${scopeOf(each, undefined, frame, context)}</p>`)}</li>`,
    )}
</ul>
${
  view.drafted.length > 0 &&
  html`<section class="sheet" aria-labelledby="drafted"><h2 id="drafted">${t('ops.providers.drafted')}</h2>
<ul class="rows">${view.drafted.map(
    ({ id, name, partner }) => html`
<li><p><a href="${operationsPaths.provider(id)}"><bdi>${name}</bdi></a></p>
<p class="facts"><code dir="ltr">${id}</code> · <bdi>${partner}</bdi></p></li>`,
  )}</ul></section>`
}
<p class="known">${t('ops.known', { when: instant(view.at, frame, context) })}</p>`,
  })
}

/** Without accents or capitals. */
const folded = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

function matches({ id, partner, name }: Provider, filter: string): boolean {
  const found = folded([id, partner, ...Object.values(name)].join(' '))
  return folded(filter)
    .split(/\s+/)
    .every((word) => found.includes(word))
}

export function standingText(standing: ConsoleStanding, { t }: RequestContext): string {
  return t(standing === 'hidden' ? 'ops.standing.hidden' : `status.standing.${standing}`)
}

export function badge(standing: ConsoleStanding, context: RequestContext): Html {
  return html`<span class="standing standing-${standing}">${standingText(standing, context)}</span>`
}

const lists = inEachLanguage((language) => new Intl.ListFormat(localeOf(language), { type: 'conjunction' }))

const levelsOf = ({ allowedLevels }: Provider, { t }: RequestContext) =>
  allowedLevels.map((level) => t(`level.${level}`)).join(', ')

// ── A suspension in words ───────────────────────────────────────────────────────────────────────────────────────────

/** Why, from when, until when, for whom. */
export function scopeOf(
  {
    category,
    since,
    until,
    services,
    above,
  }: Pick<Suspension, 'category' | 'services' | 'above' | 'until'> & {
    since: Instant | undefined
  },
  names: Names | undefined,
  frame: Frame,
  context: RequestContext,
): string {
  const { t, language } = context
  const from = since === undefined ? t('ops.span.now') : t('ops.span.from', { since: instant(since, frame, context) })
  return [
    t(`status.category.${category}`),
    until === undefined ? t('ops.span.open', { from }) : t('ops.span', { from, until: instant(until, frame, context) }),
    services === 'all'
      ? t('ops.for.all')
      : names
        ? t('status.for_services', { services: lists[language].format(services.map(names.service)) })
        : t('ops.for.some', { count: services.length }),
    ...(above ? [t(`status.above.${above}`)] : []),
  ].join(' ')
}

export function sessionsText(
  { sessions }: Pick<Suspension, 'sessions'>,
  frame: Frame,
  context: RequestContext,
): string {
  const { t } = context
  if (sessions === 'kept') return t('ops.sessions.kept')
  if (sessions.closedSince <= 0) return t('ops.sessions.all')
  return t('ops.sessions.since', { when: instant(sessions.closedSince, frame, context) })
}

export function authorOf(author: Actor | { kind: 'file' }, { operators }: Names, { t }: RequestContext): Html {
  if (author.kind === 'operator') return html`<bdi>${operators.get(author.id) ?? author.id}</bdi>`
  return html`${t(`ops.by.${author.kind}`)}`
}

/** What was done, by whom and when, in one line; with what it was about. */
function changeRow(one: StateChange, names: Names, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  const { change, at, author, suspension } = one
  return html`
<li><p><strong>${t(`ops.change.${change}`)}</strong> ${instant(at, frame, context)} · ${authorOf(author, names, context)}</p>
${
  suspension &&
  html`<p><bdi>${suspension.reason[language]}</bdi></p>
<p class="hint">${scopeOf(suspension, names, frame, context)} ${sessionsText(suspension, frame, context)}</p>`
}</li>`
}

/** Somebody else came first. */
function overtakenNotice(
  changes: readonly StateChange[],
  names: Names,
  frame: Frame,
  context: RequestContext,
): Html | undefined {
  const { t } = context
  return html`<div class="notice" role="alert"><h2>${t('ops.overtaken')}</h2><p>${t('ops.overtaken.text')}</p>
<ul class="rows">${changes.map((one) => changeRow(one, names, frame, context))}</ul></div>`
}

// ── One provider ────────────────────────────────────────────────────────────────────────────────────────────────────

export const providerOutcomes = [
  ...(['suspended', 'amended', 'lifted', 'hidden', 'shown'] as const),
  ...(['published', 'undone', 'changed_meanwhile'] as const),
] as const
export type ProviderOutcome = (typeof providerOutcomes)[number]

export interface ProviderView {
  known: ProviderAvailability
  now: Instant
  names: Names
  history: readonly StateChange[]
  incidents: readonly Incident[]
  /** Of what stands in for an e-ID app: when it was offered, the newest first. */
  outages?: readonly StandInOutage[]
  /** Of an e-ID app: what stands in for it. */
  standIns?: readonly ProviderAvailability[]
  through: Through
  /** Services that nothing else opens at their own level, as things are now. */
  onlyWay: readonly ServiceId[]
  /** Its settings, as things with versions. */
  settings: VersionsView
  done?: ProviderOutcome
  /** What others changed since this operator read the page. */
  overtaken?: readonly StateChange[]
}

/** Lines of the history that are shown. */
const shownHistory = 50

export function providerPage(view: ProviderView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { known, now, names, history } = view
  const { provider, observed } = known
  const { id, state } = provider
  const standing = consoleStanding(known, now)
  const suspensions = standingSuspensions(provider, now)
  const [present, planned] = [
    suspensions.filter(({ since }) => since <= now),
    suspensions.filter(({ since }) => since > now),
  ]
  const mayChange = has(frame.roles, 'suspend')
  const section = (one: Suspension) => suspensionSection(one, view, frame, context)
  const page = framed(frame, context, {
    title: provider.name[language],
    here: operationsPaths.provider(id),
    ...(view.overtaken ? { status: 409 } : {}),
    body: html`<p><a href="${operationsPaths.providers}">${t('ops.providers.title')}</a></p>
<h1><bdi>${provider.name[language]}</bdi></h1>
${view.done && html`<p class="notice" role="status">${t(`ops.done.${view.done}`)}</p>`}
${view.overtaken && overtakenNotice(view.overtaken, names, frame, context)}
<p>${badge(standing, context)} ${standing !== 'up' && observed.health !== 'up' && standing !== observed.health && badge(observed.health, context)}</p>
<section class="sheet" aria-labelledby="health"><h2 id="health">${t('ops.health')}</h2>
<dl class="data">
<div><dt>${t('ops.health.now')}</dt><dd>${standingText(observed.health, context)}</dd></div>
${observed.reasons.length > 0 && html`<div><dt>${t('ops.health.why')}</dt><dd>${observed.reasons.map((reason) => t(`status.reason.${reason}`)).join(' ')}</dd></div>`}
${observed.since !== undefined && html`<div><dt>${t('ops.health.since')}</dt><dd>${instant(observed.since, frame, context)}</dd></div>`}
<div><dt>${t('ops.health.checked')}</dt><dd>${observed.checkedAt === undefined ? t('ops.health.never') : instant(observed.checkedAt, frame, context)}</dd></div>
<div><dt>${t('ops.provider.id')}</dt><dd><code dir="ltr">${id}</code></dd></div>
<div><dt>${t('ops.provider.partner')}</dt><dd><a href="${consolePaths.partner(provider.partner)}"><code dir="ltr">${provider.partner}</code></a></dd></div>
<div><dt>${t('ops.provider.levels')}</dt><dd>${levelsOf(provider, context)}</dd></div>
</dl></section>
${standInSection(view, frame, context)}
<section class="sheet" aria-labelledby="suspensions"><h2 id="suspensions">${t('ops.suspensions')}</h2>
${present.length === 0 && html`<p class="empty">${t('ops.suspensions.none')}</p>`}
${present.map(section)}
${planned.length > 0 && html`<h2>${t('ops.suspensions.planned')}</h2>${planned.map(section)}`}
${
  mayChange &&
  html`<p class="actions"><a class="button" href="${operationsPaths.suspend(id)}">${t('ops.suspend')}</a></p>
${visibilityForm(provider, frame, context)}`
}
${!mayChange && state.kind === 'hidden' && html`<p>${t('ops.hidden.text')}</p>`}
</section>
${
  view.onlyWay.length > 0 &&
  html`<div class="notice"><h2>${t('ops.only_way')}</h2><p>${t('ops.only_way.text')}</p>
<ul class="plain">${view.onlyWay.map((service) => html`<li><bdi>${names.service(service)}</bdi></li>`)}</ul></div>`
}
<section class="sheet" aria-labelledby="through"><h2 id="through">${t('ops.through', { days: throughDays })}</h2>
${throughTable('through-table', view.through, names, context)}</section>
${versionsSection(view.settings, frame, context)}
<section class="sheet" aria-labelledby="incidents"><h2 id="incidents">${t('ops.incidents.title')}</h2>
${view.incidents.length === 0 ? html`<p class="empty">${t('ops.incidents.none')}</p>` : incidentRows(view.incidents, names, frame, context)}</section>
<section class="sheet" aria-labelledby="history"><h2 id="history">${t('ops.history')}</h2>
${
  history.length === 0
    ? html`<p class="empty">${t('ops.history.none')}</p>`
    : html`<ul class="rows">${history
        .toReversed()
        .slice(0, shownHistory)
        .map((one) => changeRow(one, names, frame, context))}</ul>
${history.length > shownHistory && html`<p>${t('ops.history.cut', { most: shownHistory })}</p>`}`
}</section>`,
  })
  return view.overtaken ? withoutSwitch(page) : page
}

// ── What stands in for an e-ID app ──────────────────────────────────────────────────────────────────────────────────

/** Whether it is offered, since when, and how many used it; on the page of the app, what there is in its place. */
function standInSection(view: ProviderView, frame: Frame, context: RequestContext): Html | false {
  const { t, language } = context
  const { known, outages = [], standIns } = view
  const { provider, standIn } = known
  const link = (id: ProviderId, name: string) => html`<a href="${operationsPaths.provider(id)}"><bdi>${name}</bdi></a>`
  if (standIns) {
    return html`<section class="sheet" aria-labelledby="stand-in"><h2 id="stand-in">${t('ops.stand_in.of')}</h2>
${
  standIns.length === 0
    ? html`<p class="empty">${t('ops.stand_in.none')}</p>`
    : html`<ul class="rows">${standIns.map(
        (one) => html`
<li><p>${link(one.provider.id, one.provider.name[language])}</p><p class="hint">${offerText(one, frame, context)}</p></li>`,
      )}</ul>`
}</section>`
  }
  if (!standIn || !isStandIn(provider)) return false
  const { standsInFor, hours } = provider.connector
  const [last] = outages
  return html`<section class="sheet" aria-labelledby="stand-in"><h2 id="stand-in">${t('ops.stand_in')}</h2>
<dl class="data">
<div><dt>${t('ops.stand_in.for')}</dt><dd>${link(standsInFor, view.names.provider(standsInFor))}</dd></div>
<div><dt>${t('ops.stand_in.now')}</dt><dd>${offerText(known, frame, context)}</dd></div>
<div><dt>${t('ops.stand_in.most')}</dt><dd>${t('ops.stand_in.hours', { hours })}</dd></div>
${standIn.offered && last && html`<div><dt>${t('ops.stand_in.uses')}</dt><dd>${t('ops.stand_in.count', { count: last.uses })}</dd></div>`}
</dl>
<h3>${t('ops.stand_in.times')}</h3>
${
  outages.length === 0
    ? html`<p class="empty">${t('ops.stand_in.never')}</p>`
    : html`<ul class="rows">${outages.map(
        ({ since, endedAt, endedBy, uses }) => html`
<li><p>${
          endedAt === undefined
            ? t('ops.stand_in.since', { since: instant(since, frame, context) })
            : t('ops.stand_in.span', {
                since: instant(since, frame, context),
                until: instant(endedAt, frame, context),
              })
        } ${t('ops.stand_in.count', { count: uses })}</p>
${endedBy && html`<p class="hint">${t(`ops.stand_in.why.${endedBy}`)}</p>`}</li>`,
      )}</ul>`
}</section>`
}

function offerText({ standIn }: ProviderAvailability, frame: Frame, context: RequestContext): string {
  const { t } = context
  if (!standIn) return ''
  if (!standIn.offered) return `${t('ops.stand_in.off')} ${t(`ops.stand_in.why.${standIn.reason}`)}`
  const [since, until] = [standIn.since, standIn.until].map((at) => instant(at, frame, context))
  return t('ops.stand_in.on', { since: since ?? '', until: until ?? '' })
}

/** The answer to a form has no address of its own: another language would lose what was typed. */
export function withoutSwitch({ here: _here, ...page }: Page): Page {
  return page
}

function suspensionSection(one: Suspension, view: ProviderView, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  const { names, known, now } = view
  const { id, number: seen } = { id: known.provider.id, number: known.provider.state.number }
  const lift = operationsPaths.lift(id, one.id)
  return html`<article class="panel" aria-labelledby="${one.id}">
<h3 id="${one.id}"><bdi>${one.reason[language]}</bdi></h3>
<p>${scopeOf(one, names, frame, context)} ${sessionsText(one, frame, context)}</p>
<p class="hint">${t('ops.suspension.by')} ${authorOf(one.author, names, context)} · ${instant(one.changedAt, frame, context)}</p>
${
  has(frame.roles, 'suspend') &&
  html`<div class="buttons"><a class="button button-quiet" href="${operationsPaths.amend(id, one.id)}" aria-describedby="${one.id}">${t('ops.amend')}</a>
<form method="post" action="${lift}">${hiddenField(frame, lift)}<input type="hidden" name="expected" value="${seen}">
<button class="button button-quiet" aria-describedby="${one.id}">${t(one.since > now ? 'ops.lift.planned' : 'ops.lift')}</button></form></div>`
}
</article>`
}

function visibilityForm({ id, state }: Provider, frame: Frame, { t }: RequestContext): Html {
  const path = operationsPaths.visibility(id)
  const to = state.kind === 'hidden' ? 'active' : 'hidden'
  return html`<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="expected" value="${state.number}"><input type="hidden" name="to" value="${to}">
<p>${t(state.kind === 'hidden' ? 'ops.hidden.text' : 'ops.hide.text')}</p>
<p class="actions"><button class="button button-quiet">${t(to === 'hidden' ? 'ops.hide' : 'ops.show')}</button></p></form>`
}

function throughTable(id: string, { total, services }: Through, names: Names, context: RequestContext): Html {
  const { t } = context
  if (total === 0) return html`<p class="empty">${t('ops.through.none')}</p>`
  return rankedTable(
    {
      id,
      title: t('ops.through.total', { count: total }),
      over: t('ops.service'),
      series: [t('ops.sign_ins')],
      bars: services.slice(0, 20).map(({ service, count }) => ({ label: names.service(service), values: [count] })),
    },
    context,
  )
}

export function incidentRows(
  incidents: readonly Incident[],
  names: Names,
  frame: Frame,
  context: RequestContext,
): Html {
  const { t, language } = context
  return html`<ul class="standings">${incidents.map(
    (one) => html`
<li><h3><a href="${operationsPaths.incident(one.id)}"><bdi>${names.provider(one.provider)}</bdi></a></h3>${badge(one.health, context)}
<p>${one.reasons.map((reason) => t(`status.reason.${reason}`)).join(' ')}</p>
<p class="facts">${spanOf(one, frame, context)}</p>
<p class="facts">${one.note ? html`${t('status.note')} <bdi>${one.note.text[language]}</bdi>` : t('ops.note.none')}</p></li>`,
  )}
</ul>`
}

export function spanOf({ openedAt, closedAt }: Incident, frame: Frame, context: RequestContext): string {
  const since = instant(openedAt, frame, context)
  return closedAt === undefined
    ? context.t('status.incident.open', { since })
    : context.t('ops.incident.span', { since, until: instant(closedAt, frame, context) })
}

// ── The form, and what it would do ──────────────────────────────────────────────────────────────────────────────────

export interface SuspendView extends SuspensionFieldsView {
  provider: Provider
  /** The one that is changed. */
  suspension?: Suspension
  /** Number of the state that the operator sees. */
  expected: number
  names: Names
  overtaken?: readonly StateChange[]
}

export function suspendPage(view: SuspendView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { provider, suspension, overtaken, faults } = view
  const path = suspension ? operationsPaths.amend(provider.id, suspension.id) : operationsPaths.suspend(provider.id)
  const name = provider.name[language]
  const title = t(suspension ? 'ops.amend.title' : 'ops.suspend.title', { provider: name })
  const page = framed(frame, context, {
    title,
    status: overtaken ? 409 : faults.length > 0 ? 422 : 200,
    here: path,
    body: html`<h1>${title}</h1>
${overtaken && overtakenNotice(overtaken, view.names, frame, context)}
${faults.length > 0 && suspensionRefusal(faults, context)}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="expected" value="${view.expected}">
${suspensionFields(view, context)}
<p class="actions"><button class="button" name="act" value="review">${t('ops.review')}</button>
<a href="${operationsPaths.provider(provider.id)}">${t('console.cancel')}</a></p>
</form>`,
  })
  return faults.length > 0 || overtaken || view.typed.category !== '' ? withoutSwitch(page) : page
}

export interface ReviewView {
  provider: Provider
  suspension?: Suspension
  expected: number
  names: Names
  impact: Impact
  /** Absent: the provider would be hidden. */
  draft?: NewSuspension
  typed?: TypedSuspension
}

/** What would come of it; nothing is changed yet. */
export function reviewPage(view: ReviewView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { provider, suspension, draft, typed, impact, names } = view
  const path = draft
    ? suspension
      ? operationsPaths.amend(provider.id, suspension.id)
      : operationsPaths.suspend(provider.id)
    : operationsPaths.visibility(provider.id)
  const name = provider.name[language]
  const title = t(draft ? 'ops.review.title' : 'ops.review.hide', { provider: name })
  return withoutSwitch(
    framed(frame, context, {
      title,
      here: path,
      body: html`<h1>${title}</h1>
<p class="lead">${t('ops.review.lead')}</p>
${
  draft &&
  html`<section class="sheet" aria-labelledby="said"><h2 id="said">${t('ops.review.said')}</h2>
<p>${scopeOf({ ...draft, since: draft.since }, names, frame, context)}</p>
<dl class="data">${Object.entries(draft.reason).map(
    ([each, text]) =>
      html`<div><dt>${t(`suspension.field.reason.${each}`)}</dt><dd lang="${each}" dir="${each === 'ar' ? 'rtl' : 'ltr'}">${text}</dd></div>`,
  )}</dl></section>`
}
${impactSection(impact, draft, names, frame, context)}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="expected" value="${view.expected}">
${typed ? suspensionHidden(typed) : html`<input type="hidden" name="to" value="hidden">`}
<p class="actions"><button class="button" name="act" value="confirm">${t(draft ? (suspension ? 'ops.confirm.amend' : 'ops.confirm.suspend') : 'ops.confirm.hide')}</button>
${typed && html`<button class="button button-quiet" name="act" value="edit">${t('ops.edit')}</button>`}
<a href="${operationsPaths.provider(provider.id)}">${t('console.cancel')}</a></p>
</form>`,
    }),
  )
}

/** So many are named; the number of the others is said. */
const mostNamed = 30

function impactSection(
  { closed, single, through, sessions }: Impact,
  draft: NewSuspension | undefined,
  names: Names,
  frame: Frame,
  context: RequestContext,
): Html {
  const { t, language } = context
  const services = <T extends { service: ServiceId }>(
    list: readonly T[],
    line: (one: T) => string,
  ) => html`<ul class="rows">${list
    .slice(0, mostNamed)
    .map(
      (one) => html`<li><p><strong><bdi>${names.service(one.service)}</bdi></strong></p><p>${line(one)}</p></li>`,
    )}</ul>
${list.length > mostNamed && html`<p>${t('ops.impact.more', { count: list.length - mostNamed })}</p>`}`
  return html`<section class="sheet" aria-labelledby="impact"><h2 id="impact">${t('ops.impact')}</h2>
${
  closed.length === 0
    ? html`<p>${t('ops.impact.closed.none')}</p>`
    : html`<div class="fault"><h3>${t('ops.impact.closed')}</h3>${services(closed, ({ level }) => t(`ops.at.${level}`))}</div>`
}
${
  single.length > 0 &&
  html`<div class="warning"><h3>${t('ops.impact.single')}</h3>${services(single, ({ level, provider }) =>
    t('ops.impact.single.line', { level: t(`ops.at.${level}`), provider: names.provider(provider) }),
  )}</div>`
}
<dl class="data">
<div><dt>${t('ops.impact.through', { days: throughDays })}</dt><dd>${number(through.total, language)}</dd></div>
${draft && html`<div><dt>${t('ops.impact.sessions')}</dt><dd>${sessionsText(draft, frame, context)}${sessions !== undefined && html` ${t('ops.impact.sessions.count', { count: sessions })}`}</dd></div>`}
</dl></section>`
}

// ── Ways in ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export function waysPage(
  view: { ways: readonly ServiceWays[]; names: Names; isAll: boolean },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { ways, names, isAll } = view
  const flagged = ways.filter((one) => one.now.length < 2 || one.settings.length < 2)
  const shown = isAll ? ways : flagged
  return framed(frame, context, {
    title: t('ops.ways.title'),
    here: `${operationsPaths.ways}${isAll ? '?all=1' : ''}`,
    body: html`<h1>${t('ops.ways.title')}</h1>
<p class="lead">${t('ops.ways.lead')}</p>
<p role="status">${flagged.length === 0 ? t('ops.ways.none') : t('ops.ways.flagged', { count: flagged.length, all: ways.length })}</p>
${
  shown.length > 0 &&
  html`<ul class="rows">${shown.map(
    ({ service, level, now, settings }) => html`
<li><p><strong><bdi>${names.service(service)}</bdi></strong> · ${t(`level.${level}`)}</p>
<p>${t('ops.ways.now')} ${waysText(now, names, context)}</p>
<p>${t('ops.ways.settings')} ${waysText(settings, names, context)}</p></li>`,
  )}
</ul>`
}
<p><a href="${operationsPaths.ways}${isAll ? '' : '?all=1'}">${t(isAll ? 'ops.ways.only_flagged' : 'ops.ways.all')}</a></p>`,
  })
}

export function waysText(providers: readonly ProviderId[], names: Names, { t }: RequestContext): Html {
  const [only, another] = providers
  if (only === undefined) return html`<strong>${t('ops.ways.zero')}</strong>`
  if (another !== undefined) return html`${t('ops.ways.many')}`
  return html`<strong>${t('ops.ways.one')}</strong> <bdi>${names.provider(only)}</bdi>`
}
