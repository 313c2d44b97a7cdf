/** "It was not me", drawn: for whoever has the code of an alert, and for whoever is signed in. */

import { type Case, mostWords } from '../cases/cases.ts'
import type { Line } from '../connections/connections.ts'
import { exampleReference } from '../connections/reference.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { advicePanel, blockOffer, freezeOffer } from './advice.ts'
import { casePaths, caseStateOf } from './cases-pages.ts'
import { countryName, exactTime, type Framed, hiddenField, publicReportPath, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const notMePaths = {
  /** Public. GET: the form. POST `code`. Whoever follows a link does nothing by it. */
  code: '/not-me',
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
<small id="code-hint">${t('notme.code.hint', { label, example: exampleReference })}</small></div>
<p class="buttons"><button class="button">${t('notme.submit')}</button></p>
</form>
<p>${t('notme.limits')}</p>
<p><a href="${spacePaths.home}">${t('notme.space')}</a></p>
<p>${t('notme.report')} <a href="${publicReportPath}">${t('notme.report.go')}</a></p>`,
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
<p class="buttons"><a class="button" href="${spacePaths.home}">${t('notme.space')}</a></p>
<p>${t('notme.report')} <a href="${publicReportPath}">${t('notme.report.go')}</a></p>`,
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
<p><a href="${casePaths.list}">${t('mycase.list.title')}</a></p>`,
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
  const providers = line.provider === undefined ? [] : [line.provider]
  return html`<h2>${t('notme.offers')}</h2>
${freezeOffer(visit)}
${providers.map((provider) => blockOffer(provider, pages, visit))}
<section class="panel" aria-labelledby="case"><h3 id="case">${t('notme.case.title')}</h3>
${open ? aboutCase(open, pages, visit) : report(view, pages, visit)}</section>
${advicePanel(providers, pages, visit)}
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

function report({ line, words }: LineView, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const about = words === undefined ? 'words-hint' : 'words-hint too-long'
  return html`<p>${t('notme.case.text')}</p>
<form method="post" action="${notMePaths.line(line.reference)}">
${hiddenField(pages.verifierOf(visit))}
<p class="ask"><label for="words">${t('notme.case.words')}</label>
<textarea id="words" name="words" rows="6" maxlength="${mostWords}" aria-describedby="${about}"${words !== undefined && html` aria-invalid="true"`}>${words}</textarea>
<span class="hint" id="words-hint">${t('notme.case.words.hint', { most: mostWords })}</span></p>
<p class="buttons"><button class="button" name="act" value="report">${t('notme.case.submit')}</button></p></form>
<p>${t('notme.case.several')} <a href="${casePaths.report}?line=${line.reference}">${t('notme.case.several.go')}</a></p>`
}

function aboutCase(one: Case, { timeZone }: Drawn, { context }: SpaceVisit): Html {
  const { t } = context
  const date = exactTime(one.openedAt, timeZone, context)
  return html`<p>${t('notme.case.about', { date, reference: one.reference })}</p>
<p>${caseStateOf(one, context)}</p>
<p class="buttons"><a class="button button-quiet" href="${casePaths.one(one.reference)}">${t('notme.case.see')}</a></p>`
}
