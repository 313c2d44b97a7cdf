/** The report of somebody who is not signed in, drawn: one small step on each page, what came of it, and how it is followed. */
import { exampleReference } from '../connections/reference.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import { dayOf, exactTime, publicReportPath, spacePaths, timeOf } from './frame.ts'
import { notMePaths } from './not-me-pages.ts'
import {
  codesIn,
  dayIn,
  fieldsOf,
  happenings,
  isHappening,
  mostCodes,
  mostReportWords,
  mostService,
  type ReportFaults,
  type ReportField,
  type ReportStep,
  type ReportTyped,
  reportSteps,
  type Sent,
} from './report-draft.ts'

export const reportPaths = {
  /** GET: what comes first, and what it takes. */
  start: publicReportPath,
  /** GET, POST: one step, by its name. */
  step: (step: ReportStep | ':step') => `/report/${step}`,
  /** POST: nothing of what was typed is left. */
  leave: '/report/leave',
  /** GET: the number and the key, for a quarter of an hour. */
  sent: '/report/sent',
  /** GET: the same, to be printed. */
  print: '/report/sent/print',
  /** GET: the form. POST `reference`, `key`. */
  follow: '/report/follow',
} as const

/** Why nothing was sent, besides what is wrong with a field. */
export type ReportObstacle = 'too_many' | 'unavailable'

const statuses: Record<ReportObstacle, number> = { too_many: 429, unavailable: 503 }

// --- Before --------------------------------------------------------------------------------------------------------

export const startNotices = ['lost', 'left'] as const
export type StartNotice = (typeof startNotices)[number]

/** `begun`: there are answers in this browser. */
export function startPage(view: { begun: boolean; notice?: StartNotice }, context: RequestContext): Page {
  const { t } = context
  const { begun, notice } = view
  return {
    title: t('report.title'),
    here: reportPaths.start,
    hasForm: true,
    body: html`<h1>${t('report.title')}</h1>
${notice && html`<p class="required" role="status">${t(`report.${notice}`)}</p>`}
<p class="lead">${t('report.lead')}</p>
<section class="warning prose" aria-labelledby="first"><h2 id="first">${t('report.first')}</h2>
<ol><li>${t('report.first.code')} <a href="${notMePaths.code}">${t('report.first.code.go')}</a></li>
<li>${t('report.first.freeze')} <a href="${spacePaths.freeze}">${t('report.first.freeze.go')}</a></li>
<li>${t('report.first.password')}</li></ol></section>
<section class="panel prose" aria-labelledby="signed"><h2 id="signed">${t('report.signed')}</h2>
<p>${t('report.signed.text')}</p>
<p class="buttons"><a class="button button-quiet" href="${spacePaths.report}">${t('report.signed.go')}</a></p></section>
<section class="panel prose" aria-labelledby="form"><h2 id="form">${t('report.form')}</h2>
<p>${t('report.form.text')}</p>
<ul>${['codes', 'identity', 'time'].map((one) => html`<li>${t(`report.form.${one}`)}</li>`)}</ul>
<p>${t('report.form.told')}</p>
<p class="buttons"><a class="button" href="${reportPaths.step('what')}">${t(begun ? 'report.go_on' : 'report.begin')}</a></p>
${begun && leaveForm(context)}</section>
<p><a href="${reportPaths.follow}">${t('report.follow.go')}</a></p>`,
  }
}

const leaveForm = ({ t }: RequestContext): Html =>
  html`<form method="post" action="${reportPaths.leave}"><p class="buttons"><button class="link">${t('report.leave')}</button></p></form>`

// --- The steps -----------------------------------------------------------------------------------------------------

export interface StepView {
  step: ReportStep
  typed: ReportTyped
  faults: ReportFaults
  obstacle?: ReportObstacle
  /** From the last page, to change one answer: it leads back there. */
  fromCheck: boolean
}

export function stepPage(view: StepView, context: RequestContext): Page {
  const { t } = context
  const { step, faults, obstacle, fromCheck } = view
  const title = t(`report.${step}.title`)
  const isStopped = Object.keys(faults).length > 0 || obstacle !== undefined
  const here = reportPaths.step(step)
  const place = reportSteps.indexOf(step)
  const before = reportSteps[place - 1]
  return {
    title: isStopped ? t('report.fault.page', { title }) : `${title} – ${t('report.title')}`,
    here: fromCheck ? `${here}?back=check` : here,
    status: obstacle ? statuses[obstacle] : isStopped ? 422 : 200,
    hasForm: true,
    body: html`${progress(place + 1, context)}
<h1>${title}</h1>
${obstacle && html`<div class="fault" role="alert"><h2>${t(`report.${obstacle}`)}</h2><p>${t(`report.${obstacle}.text`)}</p></div>`}
${faultList(view, context)}
<p class="lead">${t(`report.${step}.for`)}</p>
<form class="sheet" method="post" action="${here}">
${fromCheck && html`<input type="hidden" name="back" value="check">`}
${asked[step](view, context)}
<p class="actions"><button class="button">${t(step === 'check' ? 'report.send' : 'report.next')}</button></p>
</form>
<p class="back"><a class="link" href="${before ? reportPaths.step(before) : reportPaths.start}">${t('report.back')}</a></p>
${leaveForm(context)}`,
  }
}

function progress(present: number, { t }: RequestContext): Html {
  const bars = reportSteps.map((_, index) => html`<i${index < present ? danger_raw(' class="on"') : ''}></i>`)
  const count = { step: present, steps: reportSteps.length }
  return html`<p class="steps"><span aria-hidden="true">${bars}</span>${t('report.step', count)}</p>`
}

const sentenceOf = (problem: string, { t }: RequestContext, typed: ReportTyped): string =>
  t(`report.problem.${problem}`, {
    most: problem === 'codes_many' ? mostCodes : problem === 'service_long' ? mostService : mostReportWords,
    typed: (typed.words ?? '').length,
    wrong: codesIn(typed.codes ?? '')
      .malformed.slice(0, 3)
      .map((one) => `«${isolated(one.slice(0, 30))}»`)
      .join(' '),
  })

/** A code keeps its order among words that read from right to left. */
const isolated = (text: string) => `\u2068${text}\u2069`

/** Each leads to its field. */
function faultList({ faults, typed, step }: StepView, context: RequestContext): Html | undefined {
  const found = fieldsOf[step].flatMap((field: ReportField) => (faults[field] ? [[field, faults[field]] as const] : []))
  if (found.length === 0) return undefined
  return html`<div class="fault" role="alert"><h2>${context.t('report.faults')}</h2>
<ul class="plain">${found.map(([field, problem]) => html`<li><a href="#${targetOf(field)}">${sentenceOf(problem, context, typed)}</a></li>`)}</ul></div>`
}

const targetOf = (field: ReportField) => (field === 'what' ? `what-${happenings[0]}` : field)

/** What a field is described by, that it is wrong, and what is wrong. */
function judged({ faults, typed }: StepView, field: ReportField, context: RequestContext) {
  const problem = faults[field]
  const ids = [...(problem ? [`${field}-wrong`] : []), `${field}-hint`].join(' ')
  return {
    about: html` aria-describedby="${ids}"${problem && html` aria-invalid="true"`}`,
    wrong: problem && html`<span class="wrong" id="${field}-wrong">${sentenceOf(problem, context, typed)}</span>`,
  }
}

const checked = html` checked`

const asked: Record<ReportStep, (view: StepView, context: RequestContext) => Html> = {
  what(view, context) {
    const { t } = context
    const { wrong } = judged(view, 'what', context)
    return html`<fieldset class="picks"${wrong && html` aria-describedby="what-wrong"`}><legend>${t('report.what.ask')}</legend>
${wrong}
${happenings.map(
  (one) => html`
<p class="pick"><input type="radio" id="what-${one}" name="what" value="${one}"${one === view.typed.what && checked}><label for="what-${one}">${t(`report.what.${one}`)}</label></p>`,
)}
</fieldset>`
  },

  codes(view, context) {
    const { t } = context
    const { about, wrong } = judged(view, 'codes', context)
    const label = t('alert.label.message_code').replace(/\s*:$/u, '')
    return html`<p class="ask"><label for="codes">${t('report.codes.ask')}</label>
${wrong}
<textarea id="codes" name="codes" rows="4" dir="ltr" maxlength="400" autocapitalize="characters" autocomplete="off" spellcheck="false"${about}>${view.typed.codes}</textarea>
<span class="hint" id="codes-hint">${t('report.codes.hint', { label, example: exampleReference, most: mostCodes })}</span></p>
<p class="hint">${t('report.codes.none')}</p>`
  },

  you(view, context) {
    const { t } = context
    const { typed } = view
    const name = judged(view, 'name', context)
    const year = judged(view, 'year', context)
    const part = (
      field: 'day' | 'month' | 'year',
      length: number,
    ) => html`<span class="date-part"><label for="${field}">${t(`report.you.${field}`)}</label>
<input id="${field}" name="${field}" inputmode="numeric" maxlength="${length}" value="${typed[field]}" dir="ltr" autocomplete="bday-${field}"${field === 'year' ? year.about : html` aria-describedby="year-hint"`}></span>`
    return html`<p class="ask"><label for="name">${t('report.you.name')}</label>
${name.wrong}
<input id="name" name="name" maxlength="200" value="${typed.name}" autocomplete="family-name" autocapitalize="words" spellcheck="false" dir="auto"${name.about}>
<span class="hint" id="name-hint">${t('report.you.name.hint')}</span></p>
<fieldset class="picks"><legend>${t('report.you.date')}</legend>
${year.wrong}
<div class="ask date-parts">${part('day', 2)}${part('month', 2)}${part('year', 4)}</div>
<p class="ask"><span class="hint" id="year-hint">${t('report.you.date.hint')}</span></p></fieldset>`
  },

  contact(view, context) {
    const { t } = context
    const { about, wrong } = judged(view, 'contact', context)
    return html`<p class="ask"><label for="contact">${t('report.contact.ask')}</label>
${wrong}
<input id="contact" name="contact" inputmode="email" maxlength="320" value="${view.typed.contact}" autocomplete="email" autocapitalize="none" spellcheck="false" dir="ltr"${about}>
<span class="hint" id="contact-hint">${t('report.contact.hint')}</span></p>`
  },

  words(view, context) {
    const { t } = context
    const { typed } = view
    const [service, from, words] = (['service', 'from', 'words'] as const).map((field) => judged(view, field, context))
    return html`<p class="ask"><label for="service">${t('report.words.service')}</label>
${service?.wrong}
<input id="service" name="service" maxlength="200" value="${typed.service}" autocomplete="off" dir="auto"${service?.about}>
<span class="hint" id="service-hint">${t('report.words.service.hint')}</span></p>
<fieldset class="picks"><legend>${t('report.words.period')}</legend>
${from?.wrong}
<p class="ask"><label for="from">${t('report.words.from')}</label>
<input id="from" name="from" type="date" value="${typed.from}"${from?.about}></p>
<p class="ask"><label for="until">${t('report.words.until')}</label>
<input id="until" name="until" type="date" value="${typed.until}" aria-describedby="from-hint"></p>
<p class="ask"><span class="hint" id="from-hint">${t('report.words.period.hint')}</span></p></fieldset>
<p class="ask"><label for="words">${t('report.words.ask')}</label>
${words?.wrong}
<textarea id="words" name="words" rows="8" dir="auto"${words?.about}>${typed.words}</textarea>
<span class="hint" id="words-hint">${t('report.words.hint', { most: mostReportWords })}</span></p>`
  },

  check({ typed }, context) {
    const { t } = context
    const rows: [step: ReportStep, label: string, value: Html | string][] = [
      ['what', t('report.what.title'), isHappening(typed.what) ? t(`report.what.${typed.what}`) : ''],
      ['codes', t('report.codes.short'), codesOf(typed)],
      ['you', t('report.you.name'), html`<bdi>${typed.name}</bdi>`],
      ['you', t('report.you.date'), html`<bdi dir="ltr">${writtenDate(typed)}</bdi>`],
      ['contact', t('report.contact.ask'), html`<bdi dir="ltr">${typed.contact}</bdi>`],
      ['words', t('report.words.service'), html`<bdi>${typed.service}</bdi>`],
      ['words', t('report.words.period'), html`<bdi>${periodOf(typed, context)}</bdi>`],
      ['words', t('report.words.ask'), html`<span class="as-typed" dir="auto">${typed.words}</span>`],
    ]
    return html`<dl class="data">${rows.map(
      ([step, label, value]) => html`<div><dt>${label}</dt>
<dd>${isEmpty(value) ? html`<span class="empty">${t('report.check.nothing')}</span>` : value}
<a class="change" href="${reportPaths.step(step)}?back=check">${t('report.check.change')}<span class="unseen"> – ${label}</span></a></dd></div>`,
    )}</dl>
<p class="hint">${t('report.check.kept')}</p>`
  },
}

const isEmpty = (value: Html | string) =>
  String(value)
    .replace(/<[^>]*>/g, '')
    .trim() === ''

const codesOf = ({ codes = '' }: ReportTyped): Html =>
  html`${codesIn(codes).codes.map((code, index) => html`${index > 0 && html`<br>`}<code dir="ltr">${code}</code>`)}`

/** Both days, as the language writes them. */
const periodOf = ({ from = '', until = '' }: ReportTyped, context: RequestContext): string =>
  [from, until].flatMap((typed) => (typed === '' ? [] : dayOf(dayIn(typed) ?? 0, 'UTC', context))).join(' – ')

const writtenDate = ({ day, month, year }: ReportTyped): string => [day, month, year].filter(Boolean).join(' / ')

// --- After ---------------------------------------------------------------------------------------------------------

export interface SentView {
  sent: Sent
  /** Where people come back: `hub.example.org/report/follow`. */
  place: string
  name: string
  timeZone: string
}

/** Says the same to everybody: nobody learns here whether the hub knows somebody. */
export function sentPage(view: SentView, context: RequestContext): Page {
  const { t } = context
  return {
    title: t('report.sent.title'),
    here: reportPaths.sent,
    hasForm: true,
    body: html`<h1>${t('report.sent.title')}</h1>
<p class="lead" role="status">${t('report.sent')}</p>
${slip(view, context)}
<p class="warning">${t('report.sent.once')}</p>
<p class="buttons no-print"><a class="button button-quiet" href="${reportPaths.print}">${t('report.sent.print')}</a></p>
<section class="panel prose" aria-labelledby="now"><h2 id="now">${t('report.sent.now')}</h2>
<ul>${['looks', 'partners', 'answer'].map((one) => html`<li>${t(`report.sent.${one}`)}</li>`)}</ul></section>
<section class="panel prose no-print" aria-labelledby="you"><h2 id="you">${t('report.sent.you')}</h2>
<ul><li>${t('report.first.code')} <a href="${notMePaths.code}">${t('report.first.code.go')}</a></li>
<li>${t('report.first.freeze')} <a href="${spacePaths.freeze}">${t('report.first.freeze.go')}</a></li>
<li>${t('report.first.password')}</li></ul></section>
<form class="no-print" method="post" action="${reportPaths.leave}">
<p class="actions"><button class="button">${t('report.sent.done')}</button></p></form>`,
  }
}

export function printPage(view: SentView, context: RequestContext): Page {
  const { t } = context
  return {
    title: t('report.print.title', { name: view.name }),
    here: reportPaths.print,
    body: html`<h1>${t('report.print.title', { name: view.name })}</h1>
${slip(view, context)}
<p>${t('report.sent.once')}</p>
<p class="back"><a class="link" href="${reportPaths.sent}">${t('report.back')}</a></p>`,
  }
}

const slip = ({ sent, place, timeZone }: SentView, context: RequestContext): Html => {
  const { t } = context
  return html`<dl class="sheet data"><div><dt>${t('report.reference')}</dt><dd><code class="secret" dir="ltr">${sent.reference}</code></dd></div>
<div><dt>${t('report.key')}</dt><dd><code class="secret" dir="ltr">${sent.key}</code></dd></div>
<div><dt>${t('report.sent.date')}</dt><dd>${timeOf(sent.at, timeZone, context)}</dd></div>
<div><dt>${t('report.sent.place')}</dt><dd><span dir="ltr">${place}</span></dd></div></dl>`
}

/** Nothing to show: its time is over, it was put away, or (`isUnderWay`) it was not sent yet. */
export function goneSentPage(isUnderWay: boolean, { t }: RequestContext): Page {
  const what = isUnderWay ? 'under_way' : 'gone'
  const [path, go] = isUnderWay
    ? [reportPaths.step('check'), 'report.under_way.go']
    : [reportPaths.follow, 'report.follow.go']
  return {
    title: t(`report.${what}.title`),
    here: reportPaths.sent,
    status: isUnderWay ? 409 : 404,
    body: html`<div class="sheet"><h1>${t(`report.${what}.title`)}</h1>
<p>${t(`report.${what}`)}</p>
<p class="actions"><a class="button" href="${path}">${t(go)}</a>
<a href="${reportPaths.start}">${t('report.title')}</a></p></div>`,
  }
}

// --- Following -----------------------------------------------------------------------------------------------------

export type FollowFault = 'malformed' | 'unknown' | 'too_many'

export interface FollowView {
  typed: { reference: string; key: string }
  fault?: FollowFault
}

const followStatus: Record<FollowFault, number> = { malformed: 422, unknown: 422, too_many: 429 }

export function followPage({ typed, fault }: FollowView, { t }: RequestContext): Page {
  const about = (field: string) =>
    html` aria-describedby="${fault ? `${field}-hint fault` : `${field}-hint`}"${fault && fault !== 'too_many' && html` aria-invalid="true"`}`
  return {
    title: fault ? t('report.fault.page', { title: t('report.follow.title') }) : t('report.follow.title'),
    here: reportPaths.follow,
    status: fault ? followStatus[fault] : 200,
    hasForm: true,
    body: html`<h1>${t('report.follow.title')}</h1>
<p class="lead">${t('report.follow.lead')}</p>
${fault && html`<div class="fault" role="alert"><h2>${t('report.follow.fault')}</h2><p id="fault">${t(`report.follow.${fault}`)}</p></div>`}
<form class="panel fields" method="post" action="${reportPaths.follow}">
<div class="field"><label for="reference">${t('report.reference')}</label>
<input id="reference" name="reference" value="${typed.reference}" dir="ltr" maxlength="60" required autocomplete="off" autocapitalize="characters" spellcheck="false"${about('reference')}>
<small id="reference-hint">${t('report.follow.reference.hint', { example: exampleReference })}</small></div>
<div class="field"><label for="key">${t('report.key')}</label>
<input id="key" name="key" value="${typed.key}" dir="ltr" maxlength="60" required autocomplete="off" autocapitalize="characters" spellcheck="false"${about('key')}>
<small id="key-hint">${t('report.follow.key.hint')}</small></div>
<p class="buttons"><button class="button">${t('report.follow.submit')}</button></p>
</form>
<p>${t('report.follow.lost')} <a href="${spacePaths.cases}">${t('report.follow.space')}</a></p>`,
  }
}

export interface FollowedView {
  reference: string
  state: 'received' | 'in_hand' | 'over'
  openedAt: Instant
  timeZone: string
}

export function followedPage({ reference, state, openedAt, timeZone }: FollowedView, context: RequestContext): Page {
  const { t } = context
  return {
    title: t('report.followed.title'),
    body: html`<h1>${t('report.followed.title')}</h1>
<section class="sheet" role="status"><h2><code dir="ltr">${reference}</code></h2>
<p>${t('report.followed.since', { date: exactTime(openedAt, timeZone, context) })}</p>
<p><strong>${t(`report.state.${state}`)}</strong></p>
<p>${t(`report.state.${state}.text`)}</p></section>
<p>${t('report.followed.less')}</p>
<p class="buttons"><a class="button" href="${spacePaths.cases}">${t('report.follow.space')}</a></p>
<p><a href="${reportPaths.follow}">${t('report.followed.again')}</a></p>`,
  }
}
