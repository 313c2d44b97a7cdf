/** The pages about stolen identities: all cases of a partner, one of them with the form to answer it, reports. */
import type { Cases, Party, PartyAnswer } from '../cases/cases.ts'
import { mostAnalysis, mostRemarks } from '../cases/parties.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import { hour } from '../kernel/durations.ts'
import { type Duty, type Measure, measuresOf, type Verdict, verdicts } from '../policy/case-flow.ts'
import { byWords, type DeskFrame, deskPaths, distance, exact, framed, has, hiddenField, precise } from './frame.ts'
import { guardians, type Published } from './visit.ts'

export const caseStates = ['waiting', 'answered', 'all'] as const
export type CaseFilter = (typeof caseStates)[number]

export const breachDecisions = ['undecided', 'not_needed', 'notify'] as const

export interface TypedAnswer {
  /** Drawn with the form: sent twice, it is one answer. */
  key: string
  /** How many answers its author saw. */
  answers: number
  finding: Verdict | ''
  measures: readonly Measure[]
  measuresText: string
  analysis: string
  duties: readonly Duty[]
  breach: (typeof breachDecisions)[number] | ''
  breachReason: string
  /** As a form has it: `2026-01-31T14:30`. */
  awareAt: string
}

type Refused = Extract<Awaited<ReturnType<Cases['answer']>>, { kind: 'refused' }>
export type AnswerWrong = Refused['faults'][number] | 'aware_unread'

/** Article 33(1) of the GDPR: "not later than 72 hours after having become aware of it". */
const notificationTime = 72 * hour

// ── All of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface CasesView {
  state: CaseFilter
  parties: readonly Party[]
  /** How many wait in all. */
  waiting: number
  own: readonly Published[]
  isFirst: boolean
  /** Of the next page. */
  next?: string
}

const listAddress = (state: CaseFilter, after?: string) => {
  const query = new URLSearchParams({ ...(state === 'waiting' ? {} : { state }), ...(after ? { after } : {}) })
  return query.size === 0 ? deskPaths.cases : `${deskPaths.cases}?${query}`
}

export function casesPage(view: CasesView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { state, parties, waiting, own, isFirst, next } = view
  return framed(frame, context, {
    title: t('own_cases.title'),
    here: deskPaths.cases,
    body: html`<h1>${t('own_cases.title')}</h1>
<p class="lead">${t('own_cases.lead')}</p>
<p class="actions"><a class="button button-quiet" href="${deskPaths.report}">${t('own_cases.report')}</a></p>
<nav class="actions" aria-label="${t('own_cases.filter')}">${caseStates.map(
      (one) => html`
${one === state ? html`<strong><a href="${listAddress(one)}" aria-current="page">${filterWords(one, waiting, t)}</a></strong>` : html`<a href="${listAddress(one)}">${filterWords(one, waiting, t)}</a>`}`,
    )}</nav>
<section class="sheet" aria-label="${t(`own_cases.filter.${state}`)}">
${
  parties.length === 0
    ? html`<p>${t(isFirst ? `own_cases.none.${state}` : 'own_cases.none.waiting')}</p>`
    : html`<ul class="rows">${parties.map((party) => html`<li>${row(party, own, frame, context)}</li>`)}</ul>`
}</section>
${
  (next || !isFirst) &&
  html`<nav class="actions" aria-label="${t('desk.pager')}">
${!isFirst && html`<a href="${listAddress(state)}">${t('own_cases.first')}</a>`}
${next && html`<a rel="next" href="${listAddress(state, next)}">${t('own_cases.more')}</a>`}</nav>`
}`,
  })
}

const filterWords = (state: CaseFilter, waiting: number, t: RequestContext['t']) =>
  `${t(`own_cases.filter.${state}`)}${state === 'waiting' ? ` (${waiting})` : ''}`

function row(party: Party, own: readonly Published[], frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { moments, answeredAt } = party
  const [first] = moments
  const standing = standingOf(party, frame.now)
  return html`<p><strong><a href="${deskPaths.case(party.id)}"><bdi dir="ltr">${party.reference}</bdi></a></strong> ${badge(standing, t)}</p>
<p><bdi>${nameOf(party, own)}</bdi></p>
<p class="hint">${first && html`${t('own_cases.moments', { count: moments.length, date: exact(first.at, frame, context) })} · `}${
    isAwaited(party)
      ? dueWords(party, frame, context)
      : answeredAt !== undefined && t('own_cases.answered', { date: exact(answeredAt, frame, context) })
  }</p>`
}

/** An answer is one with a finding: what comes before is a beginning. */
const isAwaited = ({ answeredAt, waived, verdict, closedAt }: Party) =>
  [answeredAt, waived, verdict, closedAt].every((end) => end === undefined)

function standingOf(party: Party, now: Instant): string {
  const { finding, dueAt, answers } = party
  if (finding) return finding
  if (!isAwaited(party)) return 'over'
  if (dueAt <= now) return 'overdue'
  return answers.length > 0 ? 'started' : 'waiting'
}

function badge(standing: string, t: RequestContext['t']): Html {
  const words = t(`own_cases.state.${standing}`)
  return html`<span class="badge">${standing === 'overdue' ? html`<strong>${words}</strong>` : words}</span>`
}

export function dueWords({ dueAt }: Party, frame: DeskFrame, context: RequestContext): string {
  const values = { date: exact(dueAt, frame, context), distance: distance(dueAt, frame, context) }
  return context.t(dueAt <= frame.now ? 'own_cases.overdue' : 'own_cases.due', values)
}

const nameOf = ({ side, object }: Pick<Party, 'side' | 'object'>, own: readonly Published[]) =>
  own.find((one) => one.side === side && one.id === object)?.name ?? object

// ── One of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CaseView {
  party: Party
  own: readonly Published[]
  typed: TypedAnswer
  wrong: readonly AnswerWrong[]
  /** Somebody was faster: answers that the author did not see. */
  unseen?: readonly PartyAnswer[]
  isDone: boolean
}

export function casePage(view: CaseView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { party, own, wrong, unseen, isDone } = view
  const { side, reference } = party
  const name = nameOf(party, own)
  return framed(frame, context, {
    title: t('own_case.title', { reference }),
    status: unseen ? 409 : wrong.length > 0 ? 422 : 200,
    here: deskPaths.case(party.id),
    body: html`<p><a href="${deskPaths.cases}">${t('own_case.back')}</a></p>
<h1>${t('own_case.title', { reference })}</h1>
${isDone && html`<p class="notice" role="status">${t('own_case.done')}</p>`}
${unseen && movedNotice(unseen, frame, context)}
<p>${badge(standingOf(party, frame.now), t)}</p>
${isAwaited(party) && html`<p><strong>${dueWords(party, frame, context)}</strong></p>`}
${outcomeSection(party, context)}
<section class="sheet" aria-labelledby="reported"><h2 id="reported">${t('own_case.reported')}</h2>
<p>${t(`own_case.why.${side}`, { name })}</p>
${factsOf(party, name, frame, context)}
<p class="hint">${t('own_case.blind')}</p></section>
${dutiesSection(party, frame, context)}
${adviceSection(party, frame, context)}
${historySection(party, frame, context)}
${answerForm(view, frame, context)}`,
  })
}

/** What colleagues, programs or the hub did while the form was filled in. */
function movedNotice(unseen: readonly PartyAnswer[], frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  return html`<div class="notice" role="alert"><h2>${t('own_case.moved')}</h2>
<p>${t('own_case.moved.text')}</p>
${
  unseen.length > 0
    ? html`<h3>${t('own_case.moved.new')}</h3><ul class="rows">${unseen.map((one) => html`<li>${answerIn(one, frame, context)}</li>`)}</ul>`
    : html`<p>${t('own_case.moved.other')}</p>`
}</div>`
}

function outcomeSection({ side, verdict, closedAt }: Party, { t }: RequestContext): Html | undefined {
  if (!verdict && closedAt === undefined) return undefined
  return html`<section class="sheet" aria-labelledby="outcome"><h2 id="outcome">${t('own_cases.verdict')}</h2>
${verdict && html`<p><strong>${t(`own_cases.verdict.${verdict}`)}</strong></p>`}
${verdict === 'confirmed' && html`<p>${t(`own_cases.verdict.confirmed.${side}`)}</p>`}
${closedAt !== undefined && html`<p>${t('own_cases.closed')}</p>`}</section>`
}

/** As logs have it. */
const universal = (at: Instant) => toDate(at).toISOString().replace(/\.\d+/, '')

function factsOf(party: Party, name: string, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { side, object, subject, issuer, txn, moments, notifiedAt, dueAt } = party
  const code = (text: string) => html`<code dir="ltr">${text}</code>`
  const lines: [string, Html | string][] = [
    [t(`own_case.object.${side}`), html`<bdi>${name}</bdi> ${code(object)}`],
    [t('own_case.subject'), subject === '' ? t('own_case.subject.none', { hub: frame.hub }) : code(subject)],
    [t('own_case.issuer'), code(issuer)],
    [t('own_case.txn'), code(txn)],
    [t('own_case.notified'), precise(notifiedAt, frame, context)],
    [t('own_case.due'), precise(dueAt, frame, context)],
  ]
  return html`<dl class="data">${lines.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<h3>${t('own_case.moments')}</h3>
<ul class="rows">${moments.map(
    ({ at, level }) => html`
<li><p><time datetime="${universal(at)}"><code dir="ltr">${universal(at)}</code></time></p>
<p class="hint">${precise(at, frame, context)}${level && html` · ${t(`level.${level}`)}`}</p></li>`,
  )}</ul>`
}

function dutiesSection({ side, verdict, duties }: Party, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  return html`<section class="sheet" aria-labelledby="duties"><h2 id="duties">${t('own_case.duties')}</h2>
<ul class="rows">${duties.map(
    ({ duty, doneAt }) => html`
<li><p>${t(`case_letter.duty.${side}.${duty}`)}</p>
<p class="hint">${doneAt === undefined ? t('own_case.duty.open') : html`<span aria-hidden="true">✓ </span>${t('own_case.duty.done', { date: exact(doneAt, frame, context) })}`}</p></li>`,
  )}</ul>
${side === 'service' && !verdict && html`<p class="hint">${t('own_case.duties.later')}</p>`}
<p class="hint">${t('own_case.after', { hub: frame.hub })}</p></section>`
}

function adviceSection({ side, object }: Party, frame: DeskFrame, { t }: RequestContext): Html {
  const ways = [1, 2, 3].map((number) => t(`own_case.advice.${side}.${number}`))
  return html`<section class="sheet prose" aria-labelledby="advice"><h2 id="advice">${t('own_case.advice')}</h2>
<ul>${[...ways, t('own_case.advice.both')].map((way) => html`<li>${way}</li>`)}</ul>
${side === 'provider' && has(frame, guardians) && html`<p><a href="${deskPaths.suspend(object)}">${t('own_case.suspend')}</a></p>`}</section>`
}

function historySection({ answers }: Party, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  return html`<section class="sheet" aria-labelledby="history"><h2 id="history">${t('own_case.history')}</h2>
${
  answers.length === 0
    ? html`<p>${t('own_case.history.none')}</p>`
    : html`<ol class="rows" reversed>${answers.map((one) => html`<li>${answerIn(one, frame, context)}</li>`)}</ol>`
}</section>`
}

function answerIn(answer: PartyAnswer, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { at, by, via, finding, measures, measuresText, analysis, duties, breach, late } = answer
  const author = via === 'desk' ? byWords(by, frame, context) : t(`own_case.via.${via}`)
  const said: [string, Html | string | undefined][] = [
    [t('own_case.finding'), finding && t(`own_case.finding.${finding}`)],
    [t('own_case.measures'), joined(measures.map((one) => t(`own_case.measure.${one}`)))],
    [t('own_case.measures.text'), measuresText && html`<bdi class="as-typed">${measuresText}</bdi>`],
    [t('own_case.analysis'), analysis && html`<bdi class="as-typed">${analysis}</bdi>`],
    [t('own_case.duties.done'), joined(duties.map((one) => t(`own_case.duty.${one}`)))],
    [t('own_case.breach'), breach && breachIn(breach, frame, context)],
  ]
  return html`<p class="hint">${exact(at, frame, context)} · ${author}</p>
<dl class="data">${said.map(([label, value]) => value && html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${late && html`<p class="hint">${t('own_case.late')}</p>`}`
}

const joined = (all: readonly string[]) =>
  all.length === 0 ? undefined : html`<ul class="plain">${all.map((one) => html`<li>${one}</li>`)}</ul>`

function breachIn(breach: NonNullable<PartyAnswer['breach']>, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { decision, reason, awareAt } = breach
  const until =
    awareAt !== undefined && t('own_case.breach.until', { date: exact(awareAt + notificationTime, frame, context) })
  return html`<p>${t(`own_case.breach.${decision}`)}</p><bdi class="as-typed">${reason}</bdi>${until && decision !== 'not_needed' && html`<p>${until}</p>`}`
}

// ── The answer ──────────────────────────────────────────────────────────────────────────────────────────────────────

/** Which field each fault belongs to. */
const placeOf: Record<AnswerWrong, string> = {
  empty: 'answer',
  too_long: 'analysis',
  measure_unknown: 'measures',
  duty_unknown: 'duties-done',
  breach_reason_missing: 'breach_reason',
  aware_at: 'aware_at',
  aware_unread: 'aware_at',
}

function answerForm(view: CaseView, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { party, typed, wrong } = view
  const { side, finding: found, duties } = party
  const path = deskPaths.case(party.id)
  const invalid = (place: string) =>
    wrong.some((one) => placeOf[one] === place) && html` aria-invalid="true" aria-describedby="answer-wrong"`
  const area = (name: string, label: string, value: string, most: number, hint?: string) =>
    html`<p class="ask"><label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="4" maxlength="${most}" dir="auto"${invalid(name) || (hint && html` aria-describedby="${name}-hint"`)}>
${value}</textarea>${hint && html`<span class="hint" id="${name}-hint">${hint}</span>`}</p>`
  const open = duties.filter(({ doneAt }) => doneAt === undefined)
  return html`<section class="sheet" aria-labelledby="answer"><h2 id="answer">${t('own_case.answer')}</h2>
<p>${t('own_case.answer.text')}</p>
${
  wrong.length > 0 &&
  html`<div class="notice" role="alert" id="answer-wrong"><h3>${t('own_case.wrong')}</h3><ul class="plain">${wrong.map((one) => html`<li><a href="#${placeOf[one]}">${t(`own_case.wrong.${one}`)}</a></li>`)}</ul></div>`
}
<form method="post" action="${path}">${hiddenField(frame, path)}
<input type="hidden" name="seen" value="${party.version}"><input type="hidden" name="answers" value="${party.answers.length}"><input type="hidden" name="key" value="${typed.key}">
<fieldset class="picks"><legend>${t('own_case.finding')}</legend>
${radio('finding', '', t(found ? 'own_case.finding.keep' : 'own_case.finding.later'), typed.finding)}
${verdicts.map((one) => radio('finding', one, t(`own_case.finding.${one}`), typed.finding))}</fieldset>
<fieldset class="picks" id="measures" tabindex="-1"${invalid('measures')}><legend>${t('own_case.measures')}</legend>
${measuresOf[side].map((one) => tick('measures', one, t(`own_case.measure.${one}`), typed.measures))}</fieldset>
${area('measures_text', t('own_case.measures.text'), typed.measuresText, mostRemarks)}
${area('analysis', t('own_case.analysis'), typed.analysis, mostAnalysis, t('own_case.analysis.hint'))}
${
  open.length > 0 &&
  html`<fieldset class="picks" id="duties-done" tabindex="-1"${invalid('duties-done')}><legend>${t('own_case.duties.done')}</legend>
${open.map(({ duty }) => tick('duties', duty, t(`own_case.duty.${duty}`), typed.duties))}</fieldset>`
}
<h3 class="part">${t('own_case.breach')}</h3><p>${t('own_case.breach.text')}</p>
<fieldset class="picks"><legend>${t('own_case.breach.decision')}</legend>
${radio('breach', '', t('own_case.breach.none'), typed.breach)}
${breachDecisions.map((one) => radio('breach', one, t(`own_case.breach.${one}`), typed.breach))}</fieldset>
${area('breach_reason', t('own_case.breach.reason'), typed.breachReason, mostRemarks)}
<p class="ask"><label for="aware_at">${t('own_case.breach.aware', { zone: frame.timeZone })}</label>
<input id="aware_at" name="aware_at" type="datetime-local" value="${typed.awareAt}"${invalid('aware_at')}></p>
<p class="actions"><button class="button">${t('own_case.answer.go')}</button></p></form></section>`
}

const radio = (name: string, value: string, label: string, chosen: string) =>
  html`<p class="pick"><input type="radio" id="${name}-${value}" name="${name}" value="${value}"${value === chosen && html` checked`}>
<label for="${name}-${value}">${label}</label></p>`

const tick = (name: string, value: string, label: string, chosen: readonly string[]) =>
  html`<p class="pick"><input type="checkbox" id="${name}-${value}" name="${name}" value="${value}"${chosen.includes(value) && html` checked`}>
<label for="${name}-${value}">${label}</label></p>`

// ── Reports ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface TypedReport {
  /** `service/refunds` */
  of: string
  subject: string
  code: string
  /** As a form has them. */
  from: string
  until: string
  words: string
}

export const reportWrongs = ['of', 'who', 'code', 'from', 'until', 'words'] as const
export type ReportWrong = (typeof reportWrongs)[number]

interface ReportView {
  own: readonly Published[]
  reports: Awaited<ReturnType<Cases['reportsOf']>>
  typed: TypedReport
  wrong: readonly ReportWrong[]
  mostWords: number
  /** The reference of the one just made. */
  made?: string
}

export function reportPage(view: ReportView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { own, reports, made, wrong } = view
  return framed(frame, context, {
    title: t('own_cases.report'),
    status: wrong.length > 0 ? 422 : 200,
    here: deskPaths.report,
    body: html`<p><a href="${deskPaths.cases}">${t('own_case.back')}</a></p>
<h1>${t('own_cases.report')}</h1>
<p class="lead">${t('own_report.lead')}</p>
${
  made &&
  html`<div class="notice" role="status"><p>${t('own_report.done')} <code class="secret" dir="ltr">${made}</code></p>
<p>${t('own_report.done.text')}</p></div>`
}
${own.length === 0 ? html`<p>${t('own_report.nothing')}</p>` : reportForm(view, frame, context)}
<section class="sheet" aria-labelledby="reports"><h2 id="reports">${t('own_report.all')}</h2>
${
  reports.length === 0
    ? html`<p>${t('own_report.none')}</p>`
    : html`<ul class="rows">${reports.map(
        (one) => html`
<li><p><strong><bdi dir="ltr">${one.reference}</bdi></strong> · <bdi>${nameOf(one, own)}</bdi></p>
<p class="hint">${exact(one.at, frame, context)} · ${one.via === 'desk' ? byWords(one.by, frame, context) : t(`own_case.via.${one.via}`)}</p>
${one.party && html`<p><a href="${deskPaths.case(one.party)}">${t('own_report.case')}</a></p>`}</li>`,
      )}</ul>`
}</section>`,
  })
}

/** Which field each fault belongs to. */
const fieldOf: Record<ReportWrong, string> = {
  of: 'of',
  who: 'subject',
  code: 'code',
  from: 'from',
  until: 'until',
  words: 'words',
}

function reportForm(view: ReportView, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { own, typed, wrong, mostWords } = view
  const path = deskPaths.report
  const about = (name: string, hint?: string) => {
    const isWrong = wrong.some((one) => fieldOf[one] === name)
    const by = [...(hint ? [hint] : []), ...(isWrong ? ['report-wrong'] : [])]
    return html`${by.length > 0 && html` aria-describedby="${by.join(' ')}"`}${isWrong && html` aria-invalid="true"`}`
  }
  return html`<section class="sheet" aria-labelledby="report"><h2 id="report">${t('own_cases.report')}</h2>
${
  wrong.length > 0 &&
  html`<div class="notice" role="alert" id="report-wrong"><h3>${t('own_report.wrong')}</h3><ul class="plain">${wrong.map((one) => html`<li><a href="#${fieldOf[one]}">${t(`own_report.wrong.${one}`, { most: mostWords })}</a></li>`)}</ul></div>`
}
<form method="post" action="${path}">${hiddenField(frame, path)}
<p class="ask"><label for="of">${t('own_report.of')}</label>
<select id="of" name="of"${about('of')}>${own.map((one) => html`<option value="${one.key}"${one.key === typed.of && html` selected`}>${one.name}</option>`)}</select></p>
<p class="ask"><label for="subject">${t('own_report.subject')}</label>
<input id="subject" name="subject" value="${typed.subject}" maxlength="500" autocomplete="off" spellcheck="false" dir="ltr"${about('subject', 'subject-hint')}>
<span class="hint" id="subject-hint">${t('own_report.subject.hint', { hub: frame.hub })}</span></p>
<p class="ask"><label for="code">${t('own_report.code')}</label>
<input id="code" name="code" value="${typed.code}" maxlength="60" autocomplete="off" spellcheck="false" dir="ltr"${about('code')}></p>
<p class="ask"><label for="from">${t('own_report.from', { zone: frame.timeZone })}</label>
<input id="from" name="from" type="datetime-local" value="${typed.from}"${about('from', 'period-hint')}></p>
<p class="ask"><label for="until">${t('own_report.until')}</label>
<input id="until" name="until" type="datetime-local" value="${typed.until}"${about('until', 'period-hint')}>
<span class="hint" id="period-hint">${t('own_report.period.hint')}</span></p>
<p class="ask"><label for="words">${t('own_report.words')}</label>
<textarea id="words" name="words" rows="5" maxlength="${mostWords}" dir="auto"${about('words', 'words-hint')}>
${typed.words}</textarea>
<span class="hint" id="words-hint">${t('own_report.words.hint')}</span></p>
<p class="actions"><button class="button">${t('own_report.go')}</button></p></form></section>`
}
