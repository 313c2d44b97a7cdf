/** Cases, drawn for whom they are about: the list, where one stands and what to do meanwhile, and a new report. */

import { type Case, type Cases, mostWords, type TimelineKind } from '../cases/cases.ts'
import type { Line } from '../connections/connections.ts'
import { exampleReference } from '../connections/reference.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ProviderId } from '../kernel/ids.ts'
import { advicePanel, blockOffer, freezeOffer, liftPanel } from './advice.ts'
import { exactTime, type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import { mostCodes } from './report-draft.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const casePaths = {
  list: spacePaths.cases,
  /** GET: where it stands. POST `words`: says more. */
  one: (reference: string) => `${spacePaths.cases}/${reference}`,
  /** GET `line=`: the form, with lines ticked. POST `line`, `codes`, `words`. */
  report: spacePaths.report,
} as const

type Drawn = Pick<SpacePages, 'verifierOf' | 'providerName' | 'serviceName' | 'timeZone' | 'partners' | 'clock'>

const providersOf = (lines: readonly Line[]): ProviderId[] => [
  ...new Set(lines.flatMap(({ provider }) => provider ?? [])),
]

const isOver = ({ state }: Case) => state === 'closed'

/** Why one was closed. What somebody else's code and one that nobody has come to is the same. */
function reasonOf({ closed, verdict }: Case): string {
  if (verdict || !closed) return 'settled'
  return closed.reason === 'not_matching' ? 'no_trace' : closed.reason
}

/** One short sentence: where it stands. */
export function caseStateOf(one: Case, { t }: RequestContext): string {
  const { verdict, state } = one
  if (verdict) return t(`mycase.verdict.${verdict}`)
  return state === 'closed' ? t(`mycase.reason.${reasonOf(one)}`) : t(`mycase.state.${state}`)
}

// --- The list ------------------------------------------------------------------------------------------------------

export interface CasesView {
  /** The newest first. */
  cases: readonly { case: Case; lines: readonly Line[] }[]
  /** How many are not told to this sign-in. */
  others: number
}

export function casesPage({ cases, others }: CasesView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const parts = [
    ['open', cases.filter((one) => !isOver(one.case))],
    ['over', cases.filter((one) => isOver(one.case))],
  ] as const
  return {
    title: t('mycase.list.title'),
    current: 'cases',
    here: casePaths.list,
    main: html`<h1>${t('mycase.list.title')}</h1>
<p class="lead">${t('mycase.list.lead')}</p>
<p class="buttons"><a class="button" href="${casePaths.report}">${t('mycase.report')}</a></p>
${cases.length === 0 && others === 0 && html`<p class="required">${t('mycase.list.none')}</p>`}
${parts.map(
  ([name, some]) =>
    some.length > 0 &&
    html`<section class="panel" aria-labelledby="${name}"><h2 id="${name}">${t(`mycase.list.${name}`, { count: some.length })}</h2>
<ul class="rows">${some.map((one) => row(one, pages, visit))}</ul></section>`,
)}
${others > 0 && html`<p class="notice">${t('mycase.list.hidden', { count: others })}</p>`}`,
  }
}

function row({ case: one, lines }: CasesView['cases'][number], pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const [first] = lines
  return html`<li><h3><a href="${casePaths.one(one.reference)}">${t('mycase.title', { reference: one.reference })}</a>
<span class="mark-state ${isOver(one) ? '' : 'good'}">${t(isOver(one) ? 'mycase.mark.over' : 'mycase.mark.open')}</span></h3>
<p>${caseStateOf(one, context)}</p>
<p class="about-one"><span>${t('mycase.opened', { date: exactTime(one.openedAt, pages.timeZone, context) })}</span>
${first && html`<span><bdi>${pages.serviceName(visit, first.service)}</bdi></span>`}
${lines.length > 1 && html`<span>${t('mycase.more_lines', { count: lines.length - 1 })}</span>`}</p></li>`
}

// --- One case ------------------------------------------------------------------------------------------------------

/** What of its history a person is told. */
export const stepsTold: readonly TimelineKind[] = ['qualified', 'notified']

export const saidOfCase = ['opened', 'open_already', 'added', 'over'] as const
export type SaidOfCase = (typeof saidOfCase)[number]

export interface CaseView {
  case: Case
  /** Those in question that are still kept. */
  lines: readonly Line[]
  /** When what happened; the newest first. */
  steps: readonly { at: Instant; what: TimelineKind }[]
  /** How many were told, and how many answered. */
  progress?: Awaited<ReturnType<Cases['progressOf']>>
  said?: SaidOfCase
  /** What could not be added: nothing, or too much. */
  words?: string
}

export function casePage(view: CaseView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { case: one, said, words } = view
  const title = t('mycase.title', { reference: one.reference })
  const isUntrue = one.verdict === 'not_confirmed' || isOver(one)
  const providers = providersOf(view.lines)
  return {
    title,
    current: 'cases',
    here: casePaths.one(one.reference),
    ...(words === undefined ? {} : { status: 422 }),
    main: html`<h1>${title}</h1>
${said && html`<p class="required" role="status">${t(`mycase.done.${said}`)}</p>`}
${words !== undefined && html`<div class="fault" role="alert"><p id="words-wrong">${t(words === '' ? 'mycase.words.missing' : 'mycase.words.long', { most: mostWords, typed: words.length })}</p></div>`}
<p class="lead">${caseStateOf(one, visit.context)}</p>
${outcome(one, visit.context)}
${timeline(view, pages, visit)}
${whatTheyDo(one, visit.context)}
${inQuestion(view, pages, visit)}
<h2>${t('mycase.protect')}</h2>
${isUntrue && liftPanel(providers, pages, visit)}
${freezeOffer(visit)}
${providers.map((provider) => blockOffer(provider, pages, visit))}
${advicePanel(providers, pages, visit, moreAdvice(one, visit.context))}
${!isOver(one) && addForm(view, pages, visit)}
<p><a href="${casePaths.list}">${t('mycase.list.all')}</a></p>`,
  }
}

/** R111: who was told by somebody else reads what that means; everybody reports what comes next. */
const moreAdvice = ({ origin }: Case, { t }: RequestContext): Html => html`${t('mycase.advice.report')}
<a href="${casePaths.report}">${t('mycase.report')}</a>${
  origin !== 'person' &&
  origin !== 'form' &&
  html`</li>
<li>${t('mycase.advice.partner')} <a href="/help/citizen#reported">${t('guide.chapter.reported.title')}</a>`
}`

function outcome({ verdict }: Case, { t }: RequestContext): Html | undefined {
  if (!verdict) return undefined
  return html`<section class="notice" aria-labelledby="outcome"><h2 id="outcome">${t('mycase.outcome')}</h2>
<p>${t(`mycase.outcome.${verdict}`)}</p>
<p>${t(`mycase.outcome.${verdict}.next`)}</p></section>`
}

/** Who keeps the account comes first. */
const kinds = ['provider', 'service'] as const

type StepName = 'received' | 'qualified' | 'notified' | 'concluded'

/** Four steps, each with its day, or that it is to come; one that was left out says so. */
function timeline(view: CaseView, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const { case: one } = view
  const dateOf = (what: TimelineKind) => view.steps.find((step) => step.what === what)?.at
  const isWithout = isOver(one) && one.verdict === undefined
  const steps: [name: StepName, at: Instant | undefined, detail?: Html | false][] = [
    ['received', one.openedAt],
    ['qualified', dateOf('qualified')],
    ['notified', dateOf('notified'), told(view, pages, visit)],
    ['concluded', one.concludedAt],
  ]
  const present = steps.findIndex(([, at]) => at === undefined)
  return html`<section class="panel" aria-labelledby="where"><h2 id="where">${t('mycase.where')}</h2>
<ol class="rows case-steps">${steps.map(([name, at, detail], index) => {
    const state = at !== undefined ? 'done' : isWithout ? 'left_out' : index === present ? 'now' : 'later'
    return html`<li${state === 'now' && danger_raw(' aria-current="step"')}><p><strong>${t(`mycase.step.${name}`)}</strong>
<span class="mark-state ${state === 'done' ? 'good' : ''}">${t(`mycase.step.${state}`)}</span></p>
<p>${at === undefined ? (state === 'left_out' ? '' : t(`mycase.step.${name}.later`)) : timeOf(at, pages.timeZone, context)}</p>
${detail}</li>`
  })}${
    one.closed &&
    html`<li><p><strong>${t('mycase.step.closed')}</strong> <span class="mark-state good">${t('mycase.step.done')}</span></p>
<p>${timeOf(one.closed.at, pages.timeZone, context)}</p>
${isWithout && html`<p>${t(`mycase.reason.${reasonOf(one)}`)}</p>`}</li>`
  }</ol></section>`
}

/** How many were told, how many answered, and until when the others have. */
function told({ case: one, progress }: CaseView, pages: Drawn, { context }: SpaceVisit): Html | false {
  const { t } = context
  const counted = kinds.map((side) => [side, progress?.[side] ?? { told: 0, answered: 0 }] as const)
  const waiting = counted.reduce((sum, [, { told, answered }]) => sum + told - answered, 0)
  if (counted.every(([, { told }]) => told === 0)) return false
  const isWaiting = one.state === 'notified' && waiting > 0 && one.dueAt !== undefined
  return html`<ul>${counted.map(
    ([side, count]) => count.told > 0 && html`<li>${t(`mycase.told.${side}`, count)}</li>`,
  )}</ul>
${
  isWaiting &&
  html`<p>${t(Number(one.dueAt) < pages.clock.now() ? 'mycase.due.passed' : 'mycase.due', { date: exactTime(Number(one.dueAt), pages.timeZone, context) })}</p>`
}`
}

/** What each kind of partner is asked, in plain words. */
function whatTheyDo({ state, verdict }: Case, { t }: RequestContext): Html | undefined {
  if (state !== 'notified' && state !== 'concluded') return undefined
  const tasks = {
    provider: ['protect', 'similar', 'inform'],
    service: verdict === 'confirmed' ? ['identify', 'analyse', 'undo', 'inform'] : ['identify', 'analyse', 'answer'],
  }
  return html`<h2>${t('mycase.they')}</h2>
<p>${t('mycase.they.text')}</p>
<div class="sides">${kinds.map(
    (side) => html`<div class="panel prose"><h3>${t(`mycase.they.${side}`)}</h3>
<ul>${tasks[side].map((task) => html`<li>${t(`mycase.they.${side}.${task}`)}</li>`)}</ul></div>`,
  )}</div>`
}

function inQuestion({ case: one, lines }: CaseView, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  return html`<section class="panel" aria-labelledby="lines"><h2 id="lines">${t('mycase.lines')}</h2>
${one.connections.length === 0 && html`<p>${t('mycase.lines.none')}</p>`}
<ul class="rows">${lines.map(
    (line) => html`<li><p><strong><bdi>${pages.serviceName(visit, line.service)}</bdi></strong></p>
<p class="about-one"><span>${timeOf(line.at, pages.timeZone, context)}</span>
${line.provider !== undefined && html`<span>${t('space.line.by', { provider: pages.providerName(visit, line.provider) })}</span>`}</p>
<p><a href="${spacePaths.notMe(line.reference)}">${t('notme.list.see')}<span class="unseen"> – ${line.reference}</span></a></p></li>`,
  )}</ul>
${lines.length < one.connections.length && html`<p>${t('mycase.lines.gone', { count: one.connections.length - lines.length })}</p>`}</section>`
}

function addForm({ case: one, words }: CaseView, pages: Drawn, visit: SpaceVisit): Html {
  const { t } = visit.context
  const about = words === undefined ? 'words-hint' : 'words-wrong words-hint'
  return html`<section class="panel" aria-labelledby="add"><h2 id="add">${t('mycase.add')}</h2>
<p>${t('notme.case.text')}</p>
<form method="post" action="${casePaths.one(one.reference)}">${hiddenField(pages.verifierOf(visit))}
<p class="ask"><label for="words">${t('mycase.add.words')}</label>
<textarea id="words" name="words" rows="5" dir="auto" aria-describedby="${about}"${words !== undefined && html` aria-invalid="true"`}>${words}</textarea>
<span class="hint" id="words-hint">${t('notme.case.words.hint', { most: mostWords })}</span></p>
<p class="buttons"><button class="button">${t('mycase.add.go')}</button></p></form></section>`
}

/** To a sign-in that sees less: that it is there, and which one sees it. */
export function hiddenCasePage(reference: string, said: SaidOfCase | undefined, visit: SpaceVisit): Framed {
  const { t } = visit.context
  return {
    title: t('mycase.hidden.title'),
    current: 'cases',
    here: casePaths.one(reference),
    status: said === undefined ? 403 : 200,
    main: html`<h1>${t('mycase.hidden.title')}</h1>
${said && html`<p class="required" role="status">${t(`mycase.done.${said}`)}</p>`}
<div class="sheet"><p>${t('mycase.hidden')}</p>
<p class="actions"><a class="button" href="${visit.strongerPath}">${t('space.stronger')}</a>
<a href="${casePaths.list}">${t('mycase.list.all')}</a></p></div>`,
  }
}

// --- A report ------------------------------------------------------------------------------------------------------

export type ReportFault = 'nothing' | 'codes_malformed' | 'codes_many' | 'words_long' | 'too_many'

export interface ReportView {
  /** To choose from, the newest first. */
  lines: readonly Line[]
  /** References of those that were chosen. */
  ticked: readonly string[]
  codes: string
  words: string
  faults: readonly ReportFault[]
}

const fieldOf: Record<ReportFault, string> = {
  ...{ nothing: 'codes', codes_malformed: 'codes', codes_many: 'codes', too_many: 'codes' },
  words_long: 'words',
}

export function reportPage(view: ReportView, pages: Drawn, visit: SpaceVisit): Framed {
  const { context } = visit
  const { t } = context
  const { lines, faults } = view
  const sentenceOf = (fault: ReportFault) =>
    t(`mycase.fault.${fault}`, { most: fault === 'words_long' ? mostWords : mostCodes, typed: view.words.length })
  const judged = (field: string) => {
    const wrong = faults.some((fault) => fieldOf[fault] === field)
    return html` aria-describedby="${wrong ? `${field}-wrong ${field}-hint` : `${field}-hint`}"${wrong && html` aria-invalid="true"`}`
  }
  const wrongOf = (field: string) =>
    faults
      .filter((fault) => fieldOf[fault] === field)
      .map((fault) => html`<span class="wrong" id="${field}-wrong">${sentenceOf(fault)}</span>`)
  const label = t('alert.label.message_code').replace(/\s*:$/u, '')
  return {
    title: t('mycase.report'),
    current: 'cases',
    here: casePaths.report,
    ...(faults.length === 0 ? {} : { status: faults.includes('too_many') ? 429 : 422 }),
    main: html`<h1>${t('mycase.report')}</h1>
${
  faults.length > 0 &&
  html`<div class="fault" role="alert"><h2>${t('report.faults')}</h2>
<ul class="plain">${faults.map((fault) => html`<li><a href="#${fieldOf[fault]}">${sentenceOf(fault)}</a></li>`)}</ul></div>`
}
<p class="lead">${t('mycase.report.lead')}</p>
<p class="warning">${t('mycase.report.first')} <a href="${spacePaths.freeze}">${t('notme.freeze')}</a></p>
<form class="panel" method="post" action="${casePaths.report}">${hiddenField(pages.verifierOf(visit))}
<fieldset class="picks"><legend>${t('mycase.report.lines')}</legend>
<p class="hint">${t('mycase.report.lines.hint')}</p>
${lines.length === 0 && html`<p>${t('mycase.report.lines.none')}</p>`}
${lines.map((line) => tick(line, view, pages, visit))}</fieldset>
<p class="ask"><label for="codes">${t('mycase.report.codes')}</label>
${wrongOf('codes').slice(0, 1)}
<textarea id="codes" name="codes" rows="3" dir="ltr" maxlength="400" autocapitalize="characters" autocomplete="off" spellcheck="false"${judged('codes')}>${view.codes}</textarea>
<span class="hint" id="codes-hint">${t('report.codes.hint', { label, example: exampleReference, most: mostCodes })}</span></p>
<p class="ask"><label for="words">${t('notme.case.words')}</label>
${wrongOf('words')}
<textarea id="words" name="words" rows="6" dir="auto"${judged('words')}>${view.words}</textarea>
<span class="hint" id="words-hint">${t('notme.case.text')} ${t('notme.case.words.hint', { most: mostWords })}</span></p>
<p>${t('mycase.report.then')}</p>
<p class="buttons"><button class="button">${t('notme.case.submit')}</button></p></form>
<p><a href="${spacePaths.history}">${t('mycase.report.history')}</a></p>`,
  }
}

function tick(line: Line, { ticked }: ReportView, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const id = `line-${line.reference}`
  const isTicked = ticked.includes(line.reference)
  return html`
<div class="pick pick-told"><input type="checkbox" id="${id}" name="line" value="${line.reference}"${isTicked && html` checked`} aria-describedby="${id}-told">
<label for="${id}"><bdi>${pages.serviceName(visit, line.service)}</bdi> <span class="mark-state ${line.refusal ? '' : 'good'}">${t(line.refusal ? 'space.line.refused' : 'space.line.accepted')}</span>
<span class="hint" id="${id}-told">${exactTime(line.at, pages.timeZone, context)}${
    line.provider !== undefined && html` · <bdi>${pages.providerName(visit, line.provider)}</bdi>`
  }</span></label></div>`
}
