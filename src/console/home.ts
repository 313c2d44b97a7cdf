/** The operators' home: what happens now, what wants somebody, and what the operator may do. */

import type { Misuse } from '../alerts/checks.ts'
import type { Trend } from '../cases/trend.ts'
import { nearnessOf } from '../certificates/certificates.ts'
import type { Detected } from '../detection/detection.ts'
import { barChart, number, rankedTable } from '../http/charts.ts'
import { html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { entryOf } from '../kernel/errors.ts'
import type { Incident } from '../partners/health.ts'
import { standingSuspensions } from '../partners/suspensions.ts'
import { breachPaths } from './breaches-forms.ts'
import { casesAddress, openOf } from './cases-pages.ts'
import { surgesSection } from './detection-pages.ts'
import type { Live, ServiceWays } from './figures.ts'
import { consolePaths, type Frame, framed, instant } from './frame.ts'
import { operationsPaths } from './operations-paths.ts'
import { lateChecks } from './partners-pages.ts'
import {
  badge,
  type ConsoleStanding,
  consoleStanding,
  incidentRows,
  type Names,
  standingsInOrder,
  waysText,
} from './providers-pages.ts'
import { namesFor, type OperationsOptions } from './providers-routes.ts'
import { explained, has } from './rights.ts'
import { allow, frameOf } from './visit.ts'

interface HomeView {
  previousSignInAt?: Instant
  operations?: OperationsView
}

interface OperationsView {
  live: Live
  standings: Readonly<Record<ConsoleStanding, number>>
  incidents: readonly Incident[]
  /** Services with fewer than two ways in. */
  flagged: readonly ServiceWays[]
  reviews: number
  /** Requests for help that are open. */
  requests: number
  /** Changes that wait for a second operator. */
  approvals: number
  /** Services with a scope that nobody answered yet: how many scopes. */
  scopes: number
  /** Partners whose security contacts nobody confirmed for a year, or that have none. */
  unheard: number
  /** Suspensions that are ahead. */
  planned: number
  /** Authorities of cards that end within 90 days, or have. */
  authorities: number
  /** Codes of messages that were copied. */
  misuse: Misuse
  /** Reports of misused identities, against the usual. */
  trend: Trend
  /** Cases that are open, and those with a partner that is late. */
  cases: { open: number; overdue: number }
  /** Breaches that are to be notified, and those that are late. */
  breaches: { due: number; overdue: number }
  /** Providers where far more sign-ins fail than usual. */
  surges: readonly Detected[]
  /** A warning against phishing stands already. */
  isWarned: boolean
  names: Names
}

/** Refusals that are told apart. */
const mostRefusals = 8
const mostFlagged = 5

export function mountHome(options: OperationsOptions): void {
  const { web, door } = options
  web.app.get(consolePaths.home, allow('home'), async (request, reply) => {
    const { previousSignInAt, roles } = door.of(request)
    const context = web.contextOf(request)
    const view: HomeView = {
      ...(previousSignInAt === undefined ? {} : { previousSignInAt }),
      ...(has(roles, 'providers') ? { operations: await operationsOf(options, context) } : {}),
    }
    return web.page(request, reply, homePage(view, await frameOf(options, request), context))
  })
}

async function operationsOf(options: OperationsOptions, context: RequestContext): Promise<OperationsView> {
  const { partners, figures, clock, approvals, versions, contactChecks, messageChecks, notices, support, cases } =
    options
  const all = partners.availability().all()
  const now = clock.now()
  const counted = Map.groupBy(all, (one) => consoleStanding(one, now))
  const editor = { hand: 'operators', actor: { kind: 'hub' } } as const
  const [live, ways, reviews, waiting, scopes, checks, misuse, requests, trend, counts] = await Promise.all([
    figures.live(),
    figures.ways(),
    figures.reviews(),
    approvals.waiting(),
    versions.scopes(editor, { state: 'asked' }),
    contactChecks.contactChecks(),
    messageChecks.misuse(),
    support.countOpen(),
    options.caseTrend.trend(),
    cases.counts(),
  ])
  return {
    live,
    reviews,
    requests,
    misuse,
    trend,
    cases: { open: openOf(counts), overdue: counts.overdue },
    breaches: await options.breaches.counts(),
    surges: await options.detection.surges(),
    isWarned: notices.inForce().some(({ kind }) => kind === 'phishing'),
    approvals: waiting.length,
    scopes: scopes.length,
    unheard: checks.filter(({ state }) => lateChecks.some((one) => one === state)).length,
    standings: Object.fromEntries(
      standingsInOrder.map((one) => [one, counted.get(one)?.length ?? 0]),
    ) as OperationsView['standings'],
    incidents: all.flatMap(({ incident }) => incident ?? []),
    flagged: ways.filter((one) => one.now.length < 2 || one.settings.length < 2),
    planned: all.flatMap(({ provider }) => standingSuspensions(provider, now).filter(({ since }) => since > now))
      .length,
    authorities: options.certificates.loaded().filter((one) => nearnessOf(one, now) !== undefined).length,
    names: await namesFor(options, context, []),
  }
}

export function homePage(view: HomeView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const allowed = explained.filter((right) => has(frame.roles, right))
  const previous = view.previousSignInAt
  return framed(frame, context, {
    title: t('console.home.title'),
    here: consolePaths.home,
    body: html`<h1>${t('console.home.heading', { name: frame.name })}</h1>
<p class="notice">${
      previous === undefined
        ? t('console.home.first')
        : html`${t('console.home.previous', { date: instant(previous, frame, context) })} ${t('console.home.stranger')}`
    }</p>
${view.operations && operationsSections(view.operations, frame, context)}
<h2>${t('console.home.roles')}</h2>
<ul class="plain">${frame.roles.map((role) => html`<li>${t(`role.${role}`)}</li>`)}</ul>
<h2>${t('console.home.may')}</h2>
${
  allowed.length === 0
    ? html`<p>${t('console.may.none')}</p>`
    : html`<ul class="rows">${allowed.map(
        (right) => html`
<li><p><strong>${t(`console.may.${right}`)}</strong></p>
<p>${t(`console.may.${right}.text`)}</p></li>`,
      )}</ul>`
}
<p>${t('console.home.journal')}</p>`,
  })
}

/** R105: a wave of phishing, and the warning that stands ready. Nothing while no code is misused. */
function phishing({ misuse, isWarned }: OperationsView, frame: Frame, { t }: RequestContext) {
  const { codes, addresses, proposes } = misuse
  if (codes === 0) return ''
  const mayWarn = has(frame.roles, 'announce') && !isWarned
  return html`<section class="${proposes ? 'warning' : 'sheet'}" aria-labelledby="phishing"><h2 id="phishing">${t('ops.phishing')}</h2>
<p>${t('ops.phishing.text', { codes, addresses })}</p>
${isWarned && html`<p>${t('ops.phishing.warned')} <a href="${operationsPaths.banners}">${t('ops.banners.title')}</a></p>`}
${proposes && mayWarn && html`<p class="actions"><a class="button" href="${operationsPaths.readyWarning('messages')}">${t('ops.phishing.prepare')}</a></p>`}
</section>`
}

/** R105: reports of misused identities rise, in all or of one provider. Nothing while they do not. */
function rising({ trend, isWarned, names }: OperationsView, frame: Frame, { t, language }: RequestContext) {
  const { all, providers } = trend
  if (!all.rises && providers.length === 0) return ''
  const told = ({ recent, usual }: typeof all) => ({ recent: number(recent, language), usual: number(usual, language) })
  const mayWarn = has(frame.roles, 'announce') && !isWarned
  return html`<section class="warning" aria-labelledby="rising"><h2 id="rising">${t('ops.rising')}</h2>
<p>${t(all.rises ? 'ops.rising.text' : 'ops.rising.not_all', told(all))}</p>
${
  providers.length > 0 &&
  html`<ul class="plain">${providers.map(
    ({ provider, surge }) =>
      html`<li>${t('ops.rising.provider', { provider: names.provider(provider), ...told(surge) })}${has(frame.roles, 'cases') && html` <a href="${casesAddress({ provider })}">${t('cases.list')}<span class="unseen"> – ${names.provider(provider)}</span></a>`}</li>`,
  )}</ul>`
}
${isWarned && html`<p>${t('ops.phishing.warned')} <a href="${operationsPaths.banners}">${t('ops.banners.title')}</a></p>`}
${all.rises && mayWarn && html`<p class="actions"><a class="button" href="${operationsPaths.readyWarning('reports')}">${t('ops.phishing.prepare')}</a></p>`}
</section>`
}

function operationsSections(view: OperationsView, frame: Frame, context: RequestContext) {
  const { t, language } = context
  const { live, standings, incidents, flagged, reviews, requests, approvals, scopes, unheard, planned, names } = view
  const clockOf = new Intl.DateTimeFormat(localeOf(language), {
    hour: '2-digit',
    minute: '2-digit',
    timeZone: frame.timeZone,
  })
  const tiles: [string, number][] = [
    [t('ops.live.today'), live.today],
    [t('ops.live.hour'), live.lastHour],
    [t('ops.live.refused'), live.refusedToday],
  ]
  const mayRead = has(frame.roles, 'cases')
  const shown = live.refusals.slice(0, mostRefusals)
  const rest = live.refusals.slice(mostRefusals).reduce((sum, { count }) => sum + count, 0)
  const waiting: [label: string, count: number, href: string | undefined][] = [
    [t('ops.waits.approvals'), approvals, has(frame.roles, 'approvals') ? consolePaths.approvals : undefined],
    [t('ops.waits.scopes'), scopes, `${consolePaths.services}?state=asks`],
    [t('ops.waits.contacts'), unheard, `${consolePaths.partners}?check=late`],
    [t('ops.waits.reviews'), reviews, has(frame.roles, 'collisions') ? consolePaths.collisions : undefined],
    [t('ops.waits.requests'), requests, has(frame.roles, 'requests') ? consolePaths.requests : undefined],
    [t('ops.waits.cases'), view.cases.open, mayRead ? consolePaths.cases : undefined],
    [t('ops.waits.cases_late'), view.cases.overdue, mayRead ? casesAddress({ overdue: true }) : undefined],
    ...(has(frame.roles, 'breaches')
      ? ([
          [t('breaches.waits'), view.breaches.due, breachPaths.list],
          [t('breaches.waits.late'), view.breaches.overdue, breachPaths.list],
        ] as [string, number, string][])
      : []),
    [t('ops.waits.planned'), planned, operationsPaths.providers],
    [t('ops.waits.authorities'), view.authorities, has(frame.roles, 'settings') ? consolePaths.settings : undefined],
    [t('ops.waits.flagged'), flagged.length, operationsPaths.ways],
  ]
  return html`${rising(view, frame, context)}${surgesSection(view, frame, context)}${phishing(view, frame, context)}
<section class="sheet" aria-labelledby="live"><h2 id="live">${t('ops.live')}</h2>
<dl class="tallies">${tiles.map(([label, value]) => html`<div><dt>${label}</dt><dd>${number(value, language)}</dd></div>`)}</dl>
${barChart(
  {
    id: 'by-hour',
    title: t('ops.live.by_hour'),
    over: t('ops.live.hour_of'),
    series: [t('ops.live.authorised'), t('ops.live.refusals')],
    bars: live.hours.map(({ begins, authorised, refused }) => ({
      label: clockOf.format(begins),
      values: [authorised, refused],
    })),
  },
  context,
)}
<p class="known">${t('ops.live.at', { when: instant(live.at, frame, context) })}</p></section>
<section class="sheet" aria-labelledby="refusals"><h2 id="refusals">${t('ops.live.refusals')}</h2>
${
  shown.length === 0
    ? html`<p class="empty">${t('ops.live.refusals.none')}</p>`
    : rankedTable(
        {
          id: 'refusals-table',
          title: t('ops.live.refusals.hours'),
          over: t('ops.live.reason'),
          series: [t('ops.live.count')],
          bars: [
            ...shown.map(({ reason, count }) => ({
              label: `${t(`error.${reason}.title`)} (${entryOf(reason).code})`,
              values: [count],
            })),
            ...(rest > 0 ? [{ label: t('ops.live.others'), values: [rest] }] : []),
          ],
        },
        context,
      )
}</section>
<section class="sheet" aria-labelledby="standings"><h2 id="standings">${t('ops.providers.title')}</h2>
<ul class="tallied">${standingsInOrder
    .filter((one) => standings[one] > 0)
    .map(
      (one) =>
        html`<li><a href="${operationsPaths.providers}?q=&amp;state=${one}">${badge(one, context)} ${number(standings[one], language)}</a></li>`,
    )}</ul>
<p><a href="${operationsPaths.providers}">${t('ops.providers.all')}</a></p></section>
<section class="sheet" aria-labelledby="incidents"><h2 id="incidents">${t('ops.incidents.open')}</h2>
${incidents.length === 0 ? html`<p class="empty">${t('ops.incidents.open.none')}</p>` : incidentRows(incidents, names, frame, context)}</section>
<section class="sheet" aria-labelledby="waits"><h2 id="waits">${t('ops.waits')}</h2>
<dl class="data">${waiting.map(
    ([label, count, href]) =>
      html`<div><dt>${href && count > 0 ? html`<a href="${href}">${label}</a>` : label}</dt><dd>${number(count, language)}</dd></div>`,
  )}</dl>
${
  flagged.length > 0 &&
  html`<div class="warning"><h3>${t('ops.ways.flagged.home')}</h3><ul class="rows">${flagged
    .slice(0, mostFlagged)
    .map(
      ({ service, now, settings }) =>
        html`<li><p><strong><bdi>${names.service(service)}</bdi></strong></p><p>${t('ops.ways.now')} ${waysText(now, names, context)} · ${t('ops.ways.settings')} ${waysText(settings, names, context)}</p></li>`,
    )}</ul>
<p><a href="${operationsPaths.ways}">${t('ops.ways.title')}</a></p></div>`
}</section>`
}
