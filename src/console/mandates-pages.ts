/**
 * Mandates before operators: the look-up, one mandate with where it stands, its rights and signatures, how often it was
 * used, and the three things that two operators can do to it; the statistics, in which small numbers are hidden. Operators
 * see no single use: those are the principal's.
 */
import { type ApprovalKind, approvers, type Refusal } from '../approvals/approvals.ts'
import type { Organisation } from '../directory/organisations.ts'
import { barChart, number } from '../http/charts.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ApprovalId } from '../kernel/ids.ts'
import type { MandateStatistics, MandateView, NamedMandate } from '../mandates/mandates.ts'
import { endReasons, mandateStates, type UseRefusal, useRefusals } from '../policy/mandate.ts'
import { type AskSaid, askNotice, reasonField } from './approvals-pages.ts'
import { consolePaths, date, type Frame, framed, hiddenField, instant } from './frame.ts'
import { mandataryName, organisationName, standingOf } from './mandate-rows.ts'
import { data, foundRows, searchForm } from './organisations-pages.ts'
import { withoutSwitch } from './providers-pages.ts'

export interface MandatesView {
  typed: string
  /** Organisations that answer to what was typed; absent: nothing was asked. */
  found?: readonly Organisation[]
  isMore: boolean
}

export function mandatesPage(view: MandatesView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('office.mandates'),
    here: consolePaths.mandates,
    body: html`<h1>${t('office.mandates')}</h1>
<p class="lead">${t('office.mandates.lead')}</p>
${searchForm(consolePaths.mandates, t('office.search'), t('office.search.hint'), view.typed, context)}
${view.found && foundRows(view.found, view.isMore, context)}
<p class="actions"><a class="button button-quiet" href="${consolePaths.mandatesStatistics}">${t('office.statistics')}</a></p>`,
  })
}

// ── One of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const stops = ['suspend', 'resume', 'end'] as const
export type Stop = (typeof stops)[number]

export const stopKinds = {
  suspend: 'suspend_mandate',
  resume: 'resume_mandate',
  end: 'end_mandate',
} as const satisfies Record<Stop, ApprovalKind>

export interface OneMandateView {
  found: NamedMandate
  uses: number
  now: Instant
  /** Names of services in the language of the reader. */
  serviceName: (service: string) => string
  /** Drawn with each form: sent twice, it asks once. */
  ids: Readonly<Record<Stop, ApprovalId>>
  typed: string
  said?: { act: Stop; said: AskSaid; refusal?: Refusal }
}

export function mandatePage(view: OneMandateView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { found, said, now } = view
  const { view: mandate, principal, mandatary } = found
  const standing = standingOf(mandate, now)
  const lines: [string, Html | string][] = [
    [t('office.principal'), sideOf(principal, organisationName(principal, context))],
    [
      t('office.mandatary'),
      sideOf(mandatary.kind === 'organisation' ? mandatary.organisation : undefined, mandataryName(mandatary, context)),
    ],
    [t('office.state'), t(`mandates.standing.${standing}`)],
    ...mandate.suspensions.map(({ reason, since }): [string, string] => [
      t(`office.suspended.${reason}`),
      instant(since, frame, context),
    ]),
    ...(mandate.ended
      ? [[t(`office.ended.${mandate.ended.reason}`), instant(mandate.ended.at, frame, context)] as [string, string]]
      : []),
    [t('office.from'), instant(mandate.from, frame, context)],
    [t('office.until'), instant(mandate.until, frame, context)],
    [t('office.drawn_up'), t(`office.side.${mandate.drawnUpBy}`)],
    ...(mandate.answerBy !== undefined && mandate.state === 'proposed'
      ? [[t('office.answer_by'), instant(mandate.answerBy, frame, context)] as [string, string]]
      : []),
    [t('office.delegable'), t(`office.delegable.${mandate.delegable ? 'yes' : 'no'}`)],
    ...(['parent', 'renews'] as const).flatMap((link): [string, Html][] => {
      const other = mandate[link]
      return other
        ? [[t(`office.${link}`), html`<a href="${consolePaths.mandate(other)}"><code dir="ltr">${other}</code></a>`]]
        : []
    }),
    [t('office.uses'), number(view.uses, language)],
    [t('office.text_version'), html`<code dir="ltr">${mandate.textVersion}</code>`],
    [t('office.id'), html`<code dir="ltr">${mandate.mandate}</code>`],
  ]
  const page = framed(frame, context, {
    title: t('office.one'),
    here: consolePaths.mandate(mandate.mandate),
    ...(said ? { status: 422 } : {}),
    body: html`<p><a href="${consolePaths.mandates}">${t('office.mandates')}</a></p>
<h1>${t('office.one')}</h1>
${said && notice(said, context)}
<section class="sheet" aria-labelledby="facts"><h2 id="facts">${t('office.facts')}</h2>${data(lines)}</section>
${rightsSection(view, frame, context)}
${signaturesSection(mandate, frame, context)}
${possible(mandate).map((act) => stopForm(act, view, frame, context))}`,
  })
  return said ? withoutSwitch(page) : page
}

const sideOf = (organisation: Organisation | undefined, name: Html): Html =>
  organisation ? html`<a href="${consolePaths.organisation(organisation.organisation)}">${name}</a>` : name

function rightsSection({ found, serviceName }: OneMandateView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const head = ['service', 'action', 'level', 'until'] as const
  return html`<section class="sheet" aria-labelledby="rights"><h2 id="rights">${t('office.rights')}</h2>
<div class="wide"><table class="figures" aria-labelledby="rights"><thead><tr>${head.map((one) => html`<th scope="col">${t(`office.right.${one}`)}</th>`)}</tr></thead>
<tbody>${found.view.rights.map(
    ({ service, action, minimumLevel, until }) => html`<tr><th scope="row"><bdi>${serviceName(service)}</bdi></th>
<td>${t(`acting.action.${action}`)}</td><td>${t(`level.${minimumLevel}`)}</td>
<td>${until === undefined ? t('office.right.as_mandate') : date(until - 1, frame, context)}</td></tr>`,
  )}</tbody></table></div></section>`
}

function signaturesSection({ signatures, representation }: MandateView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  return html`<section class="sheet" aria-labelledby="signatures"><h2 id="signatures">${t('office.signatures')}</h2>
${
  signatures.length === 0
    ? html`<p class="empty">${t('office.signatures.none')}</p>`
    : html`<ul class="rows">${signatures.map(
        ({
          side,
          level,
          at,
          signature,
          person,
        }) => html`<li><p><strong>${t(`office.side.${side}`)}</strong> · ${instant(at, frame, context)} · ${t(`level.${level}`)}</p>
<p><code dir="ltr">${signature}</code> · <code dir="ltr">${person}</code></p></li>`,
      )}</ul>`
}
${
  representation &&
  html`<p>${t('office.representation', { date: date(representation.checkedAt, frame, context) })} <bdi>${representation.role}</bdi>, <bdi>${representation.source}</bdi></p>`
}</section>`
}

/** What two operators could do to it as it stands. */
function possible({ state, suspensions }: MandateView): Stop[] {
  if (state === 'ended') return []
  const isSuspended = suspensions.some(({ reason }) => reason === 'operator')
  const isRunning = state === 'active' || state === 'suspended'
  return stops.filter((act) => act === 'end' || (act === 'resume' ? isSuspended : isRunning && !isSuspended))
}

function notice({ said, refusal }: NonNullable<OneMandateView['said']>, context: RequestContext): Html {
  const { t } = context
  return refusal
    ? html`<div class="notice" role="alert"><h2>${t('two.not_asked')}</h2><p>${t(`approvals.refusal.${refusal.problem}`)}</p></div>`
    : askNotice(said, undefined, context)
}

function stopForm(act: Stop, view: OneMandateView, frame: Frame, context: RequestContext): Html | false {
  const { t } = context
  if (!frame.roles.some((role) => approvers[stopKinds[act]].includes(role))) return false
  const path = consolePaths.stopMandate(view.found.view.mandate, act)
  const isThis = view.said?.act === act
  return html`<section class="sheet" aria-labelledby="${act}"><h2 id="${act}">${t(`office.act.${act}`)}</h2>
<p>${t(`two.effect.${stopKinds[act]}`)}</p>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${view.ids[act]}">
${reasonField({ name: 'reason', id: `reason-${act}`, label: t('two.reason'), value: isThis ? view.typed : '', isWrong: isThis && view.said?.said === 'no_reason' }, context)}
<p class="actions"><button class="button">${t('two.ask')}</button></p>
</form></section>`
}

// ── Statistics ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** How many weeks are looked at. */
export const spans = [12, 52] as const

/** "Counts under 10 are hidden." */
const fewest = 10

export interface StatisticsView {
  span: number
  /** Their beginnings, the oldest first. */
  weeks: readonly Instant[]
  statistics: MandateStatistics
}

export function mandateStatisticsPage(view: StatisticsView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { span, weeks, statistics } = view
  const path = consolePaths.mandatesStatistics
  const told = (count: number) => (count < fewest ? t('office.under', { count: fewest }) : number(count, language))
  const table = (id: string, over: string, rows: readonly (readonly [string, number])[]) => html`
<section class="sheet" aria-labelledby="${id}"><h2 id="${id}">${t(`office.statistics.${id}`)}</h2>
<table class="figures" aria-labelledby="${id}"><thead><tr><th scope="col">${over}</th><th scope="col">${t('office.statistics.count')}</th></tr></thead>
<tbody>${rows.map(([label, count]) => html`<tr><th scope="row">${label}</th><td>${told(count)}</td></tr>`)}</tbody></table></section>`
  const signed = new Map(statistics.signedByWeek.map(({ week, count }) => [week, count]))
  return framed(frame, context, {
    title: t('office.statistics'),
    here: `${path}?weeks=${span}`,
    body: html`<p><a href="${consolePaths.mandates}">${t('office.mandates')}</a></p>
<h1>${t('office.statistics')}</h1>
<p class="lead">${t('office.statistics.lead')}</p>
<nav aria-label="${t('office.statistics.span')}"><ul class="months">${spans.map(
      (one) =>
        html`<li><a href="${path}?weeks=${one}"${one === span && html` aria-current="page"`}>${t('office.statistics.weeks', { count: one })}</a></li>`,
    )}</ul></nav>
${table(
  'states',
  t('office.state'),
  mandateStates.map((state) => [t(`mandates.standing.${state}`), statistics.byState[state]]),
)}
<section class="sheet" aria-labelledby="signed"><h2 id="signed">${t('office.statistics.signed')}</h2>
${barChart(
  {
    id: 'signed-chart',
    title: t('office.statistics.signed'),
    over: t('office.statistics.week'),
    series: [t('office.statistics.count')],
    bars: weeks.map((week) => {
      const count = signed.get(week) ?? 0
      return {
        label: date(week, { ...frame, timeZone: 'UTC' }, context),
        values: [count < fewest ? 0 : count],
        told: [told(count)],
      }
    }),
  },
  context,
)}</section>
${table(
  'ended',
  t('office.statistics.reason'),
  endReasons.map((reason) => [t(`office.ended.${reason}`), statistics.endedByReason[reason] ?? 0]),
)}
${table(
  'refused',
  t('office.statistics.reason'),
  (Object.keys(useRefusals) as UseRefusal[]).map((reason) => [
    t(`office.refused.${reason}`),
    statistics.refusedByReason[reason] ?? 0,
  ]),
)}`,
  })
}
