/** "It was not me", drawn: for whoever has the code of an alert, and for whoever is signed in. */
import { type Case, mostWords } from '../cases/cases.ts'
import type { Line } from '../connections/connections.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { atLeast } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import type { Provider } from '../partners/partners.ts'
import { stateFor } from '../partners/suspensions.ts'
import { countryName, exactTime, type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import { protectionPaths } from './protection-pages.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const notMePaths = {
  /** Public. GET: the form. POST `code`. Whoever follows a link does nothing by it. */
  code: '/not-me',
  /** GET: the reports of the person. */
  reports: '/space/not-me',
  /** GET: was it you, and what then. POST `act=disown|own|report`, `words`. */
  line: spacePaths.notMe,
} as const

// --- By the code of an alert ---------------------------------------------------------------------------------------

export type CodeFault = 'malformed' | 'unknown'

export function codePage(context: RequestContext, typed?: { code: string; fault: CodeFault }): Page {
  const { t } = context
  const label = t('alert.label.message_code').replace(/\s*:$/u, '')
  return {
    title: t('notme.title'),
    here: notMePaths.code,
    hasForm: true,
    status: typed ? 422 : 200,
    body: html`<h1>${t('notme.title')}</h1>
${
  typed &&
  html`<div class="fault" role="alert"><h2>${t('notme.fault')}</h2><p id="fault">${t(`notme.${typed.fault}`, { label })}</p></div>`
}
<p class="lead">${t('notme.lead')}</p>
<form class="fields" method="post" action="${notMePaths.code}">
<div class="field"><label for="code">${t('notme.code')}</label>
<input class="typed" id="code" name="code" dir="ltr" required maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false" value="${typed?.code}" aria-describedby="${typed ? 'code-hint fault' : 'code-hint'}"${typed && html` aria-invalid="true"`}>
<small id="code-hint">${t('notme.code.hint', { label, example: 'K7QX-2M4P-9TRC' })}</small></div>
<p class="buttons"><button class="button">${t('notme.submit')}</button></p>
</form>
<p>${t('notme.limits')}</p>
<p><a href="${spacePaths.home}">${t('notme.space')}</a></p>`,
  }
}

/** Says nothing of the connection: whoever has the code may have nothing else. */
export function closedPage(context: RequestContext): Page {
  const { t } = context
  return {
    title: t('notme.closed.title'),
    body: html`<h1>${t('notme.closed.title')}</h1>
<p class="lead" role="status">${t('notme.closed')}</p>
<h2>${t('notme.next')}</h2>
<div class="prose"><ol><li>${t('notme.next.password')}</li>
<li>${t('notme.next.space')}</li></ol></div>
<p>${t('notme.next.undo')}</p>
<p class="buttons"><a class="button" href="${spacePaths.home}">${t('notme.space')}</a></p>`,
  }
}

export function otherMessagePage(context: RequestContext): Page {
  const { t } = context
  return {
    title: t('notme.other.title'),
    body: html`<h1>${t('notme.other.title')}</h1>
<p class="lead">${t('notme.other')}</p>
<p class="buttons"><a class="button" href="${spacePaths.home}">${t('notme.space')}</a></p>`,
  }
}

// --- Signed in -----------------------------------------------------------------------------------------------------

export const saidOfLine = ['disowned', 'owned', 'opened', 'open_already', 'case_open'] as const
export type SaidOfLine = (typeof saidOfLine)[number]

export interface LineView {
  line: Line
  /** The one that is open about it. */
  open?: Case
  said?: SaidOfLine
  /** What was too long. */
  words?: string
}

type Drawn = Pick<SpacePages, 'verifierOf' | 'providerName' | 'serviceName' | 'timeZone' | 'partners' | 'clock'>

export function linePage(view: LineView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { line, said, words } = view
  return {
    title: t('notme.line.title'),
    current: 'history',
    here: notMePaths.line(line.reference),
    ...(words === undefined ? {} : { status: 422 }),
    main: html`<h1>${t('notme.line.title')}</h1>
${said && html`<p class="required" role="status">${t(`notme.done.${said}`)}</p>`}
${words !== undefined && html`<div class="fault" role="alert"><p id="too-long">${t('notme.case.too_long', { most: mostWords })}</p></div>`}
${aboutLine(line, pages, visit)}
${answer(view, pages, visit)}
${line.answer === 'disowned' && offers(view, pages, visit)}
<p><a href="${notMePaths.reports}">${t('notme.list.title')}</a></p>`,
  }
}

function aboutLine(line: Line, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const rows: [string, Html | string][] = [
    [t('notme.line.date'), timeOf(line.at, pages.timeZone, context)],
    [t('notme.line.service'), pages.serviceName(visit, line.service)],
    [
      t('notme.line.provider'),
      line.provider === undefined ? t('notme.line.unknown') : pages.providerName(visit, line.provider),
    ],
    [t('notme.line.place'), line.country ? countryName(line.country, context) : t('notme.line.unknown')],
    [t('notme.line.result'), t(line.refusal ? 'notme.line.refused' : 'notme.line.accepted')],
    [t('notme.line.reference'), html`<code dir="ltr">${line.reference}</code>`],
  ]
  return html`<section class="panel" aria-label="${t('notme.line.reference')}">
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${
  line.unusual.length > 0 &&
  html`<p>${t('notme.line.why')}</p>
<div class="prose"><ul>${line.unusual.map((reason) => html`<li>${t(`reason.${reason}`)}</li>`)}</ul></div>`
}
<p><a href="${spacePaths.line(line.reference)}">${t('notme.history')}</a></p></section>`
}

function answer({ line, said }: LineView, pages: Drawn, visit: SpaceVisit): Html {
  const { context, access, who } = visit
  const { t } = context
  const date = line.answeredAt === undefined ? '' : exactTime(line.answeredAt, pages.timeZone, context)
  if (line.answer === 'disowned') {
    return said === 'disowned' ? html`` : html`<p class="warning">${t('notme.said.disowned', { date })}</p>`
  }
  const isPresent = line.session === who.session
  const isWhole = access.sight === 'whole'
  const mayOwn = line.answer === undefined && isWhole
  return html`<form class="panel" method="post" action="${notMePaths.line(line.reference)}">
${hiddenField(pages.verifierOf(visit))}
${line.answer === 'owned' && html`<p class="required">${t('notme.said.owned', { date })}</p>`}
${isPresent ? html`<p>${t('notme.present')}</p>` : html`<p>${line.answer === 'owned' && t('notme.changed_mind')} ${t('notme.ask')}</p>`}
${line.answer === undefined && !isWhole && html`<p>${t('notme.whole_only')} <a href="${visit.strongerPath}">${t('space.stronger')}</a></p>`}
<p class="buttons">${!isPresent && html`<button class="button" name="act" value="disown">${t('notme.not_mine')}</button>`}
${mayOwn && html`<button class="button button-quiet" name="act" value="own">${t('notme.mine')}</button>`}</p>
</form>`
}

function offers(view: LineView, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const { line, open } = view
  const provider = line.provider && pages.providerName(visit, line.provider)
  return html`<h2>${t('notme.offers')}</h2>
<section class="panel" aria-labelledby="freeze"><h3 id="freeze">${t('notme.freeze.title')}</h3>
${
  visit.protection.freeze
    ? html`<p>${t('notme.freeze.is')}</p>`
    : html`<p>${t('notme.freeze.text')}</p>
<p class="buttons"><a class="button" href="${spacePaths.freeze}">${t('notme.freeze')}</a></p>`
}</section>
${line.provider !== undefined && block(line.provider, pages, visit)}
<section class="panel" aria-labelledby="case"><h3 id="case">${t('notme.case.title')}</h3>
${open ? aboutCase(open, pages, visit) : report(view, pages, visit)}</section>
${advice(line, provider, pages, visit)}
<section class="panel" aria-labelledby="undo"><h3 id="undo">${t('notme.undo.title')}</h3>
${
  open
    ? html`<p>${t('notme.done.case_open')}</p>`
    : html`<p>${t('notme.undo.text')}</p>
<form method="post" action="${notMePaths.line(line.reference)}">
${hiddenField(pages.verifierOf(visit))}
<p class="buttons"><button class="button button-quiet" name="act" value="own">${t('notme.undo')}</button></p></form>`
}</section>`
}

function block(provider: ProviderId, pages: Drawn, visit: SpaceVisit): Html {
  const { context, who, protection } = visit
  const { t } = context
  const isBlocked = protection.blocked.some((one) => one.provider === provider)
  return html`<section class="panel" aria-labelledby="block">
<h3 id="block">${t('notme.block.title', { provider: pages.providerName(visit, provider) })}</h3>
${
  isBlocked
    ? html`<p>${t('notme.block.is')}</p>`
    : html`<p>${t('notme.block.text')}</p>
${
  provider === who.provider
    ? html`<p>${t('notme.block.in_use')}</p>`
    : html`<p class="buttons"><a class="button" href="${protectionPaths.block(provider)}">${t('notme.block')}</a></p>`
}`
}</section>`
}

function report({ line, words }: LineView, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const about = words === undefined ? 'words-hint' : 'words-hint too-long'
  return html`<p>${t('notme.case.text')}</p>
<form method="post" action="${notMePaths.line(line.reference)}">
${hiddenField(pages.verifierOf(visit))}
<p class="ask"><label for="words">${t('notme.case.words')}</label>
<textarea id="words" name="words" rows="6" maxlength="${mostWords}" aria-describedby="${about}"${words !== undefined && html` aria-invalid="true"`}>${words}</textarea>
<span class="hint" id="words-hint">${t('notme.case.words.hint', { most: mostWords })}</span></p>
<p class="buttons"><button class="button" name="act" value="report">${t('notme.case.submit')}</button></p></form>`
}

function aboutCase(one: Case, { timeZone }: Drawn, { context }: SpaceVisit): Html {
  const { t } = context
  const date = exactTime(one.openedAt, timeZone, context)
  return html`<p>${t('notme.case.about', { date, reference: one.reference })}</p>
<p>${t('notme.case.state', { state: stateOf(one, context) })}</p>`
}

const stateOf = ({ closed }: Case, { t }: RequestContext): string =>
  closed ? t(`notme.case.reason.${closed.reason}`) : t('notme.case.state.received')

/** R112, R115, R116. */
function advice(
  line: Line,
  provider: string | undefined,
  { partners, clock }: Drawn,
  { context, protection }: SpaceVisit,
): Html {
  const { t, language } = context
  const { providers } = partners.registry()
  const helpUrl = line.provider && providers.get(line.provider)?.helpUrl
  const left = [line.provider, ...protection.blocked.map((one) => one.provider)]
  const stronger = [...providers.values()].filter((one) => !left.includes(one.id) && isStrong(one, clock.now()))
  return html`<section class="panel" aria-labelledby="advice"><h3 id="advice">${t('notme.advice')}</h3>
<div class="prose"><ul>${
    provider &&
    html`<li>${t('notme.advice.password', { provider })}${
      helpUrl && html` <a href="${helpUrl}" rel="external noreferrer">${t('notme.advice.help', { provider })}</a>`
    }</li>`
  }
${
  stronger.length > 0 &&
  html`<li>${t('notme.advice.stronger')}<ul>${stronger.slice(0, mostProposed).map(({ name }) => html`<li>${name[language]}</li>`)}</ul></li>`
}
<li>${t('notme.advice.sessions')} <a href="${spacePaths.sessions}">${t('notme.advice.sessions.go')}</a></li>
<li>${t('notme.advice.watch')}</li></ul></div></section>`
}

/** Whose sign-ins prove an identity that was checked, by two factors. */
const isStrong = (provider: Provider, now: Instant) =>
  stateFor(provider, {}, now).kind === 'active' && provider.allowedLevels.some((level) => atLeast(level, 'eidas2'))

/** A choice that can be read. */
const mostProposed = 6

// --- The reports of a person ---------------------------------------------------------------------------------------

export interface ReportsView {
  /** The newest first, each with the line that it is about, where that is still kept. */
  reports: readonly { case: Case; line?: Line }[]
  /** How many are not told to this sign-in. */
  others: number
}

export function reportsPage({ reports, others }: ReportsView, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  return {
    title: t('notme.list.title'),
    current: 'history',
    here: notMePaths.reports,
    main: html`<h1>${t('notme.list.title')}</h1>
<p class="lead">${t('notme.list.lead')}</p>
${reports.length === 0 && others === 0 && html`<p class="required">${t('notme.list.none')}</p>`}
<ul class="rows">${reports.map(
      ({ case: one, line }) => html`<li><p><strong>${t('notme.case.about', {
        date: exactTime(one.openedAt, pages.timeZone, context),
        reference: one.reference,
      })}</strong></p>
<p>${stateOf(one, context)}</p>
${
  line &&
  html`<p>${pages.serviceName(visit, line.service)} · ${timeOf(line.at, pages.timeZone, context)}</p>
<p><a href="${notMePaths.line(line.reference)}">${t('notme.list.see')}<span class="unseen"> – ${line.reference}</span></a></p>`
}</li>`,
    )}</ul>
${others > 0 && html`<p>${t('notme.list.hidden', { count: others })}</p>`}
<p>${t('notme.list.how')} <a href="${spacePaths.history}">${t('notme.list.history')}</a></p>`,
  }
}
