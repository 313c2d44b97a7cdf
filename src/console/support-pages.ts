/** Requests for help: the queue, which shows nothing that anybody wrote, and one of them, with the form that answers. */
import { parseReference } from '../connections/reference.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import { entryOf } from '../kernel/errors.ts'
import type { OperatorId, SupportAnswerId } from '../kernel/ids.ts'
import { errorOf, helpPaths } from '../support/help-pages.ts'
import type { Answer, AnswerProblem, RequestLine, SupportRequest } from '../support/support.ts'
import { closeReasons, mostAnswer } from '../support/vocabulary.ts'
import { consolePaths, type Frame, framed, hiddenField, instant } from './frame.ts'
import { has } from './rights.ts'

export const requestsDone = ['answered', 'closed', 'reopened', 'unchanged'] as const
export type RequestDone = (typeof requestsDone)[number]

/** Why nothing was done. */
export const requestsSaid = ['conflict', 'closed', 'no_address', 'reason_missing'] as const
export type RequestSaid = (typeof requestsSaid)[number]

export interface RequestsView {
  state: 'open' | 'closed'
  requests: readonly RequestLine[]
  /** How many wait. */
  open: number
  next?: string
  isFirst: boolean
  /** What was searched, exactly. */
  asked?: string
}

export function requestsPage(view: RequestsView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { state, requests, next, asked } = view
  const path = consolePaths.requests
  const states = ['open', 'closed'] as const
  return framed(frame, context, {
    title: t('requests.title'),
    here: path,
    body: html`<h1>${t('requests.title')}</h1>
<p class="lead">${t('requests.lead')}</p>
<p class="notice" role="status">${t('requests.open', { count: view.open })}</p>
<form method="get" action="${path}" role="search">
<p class="ask"><label for="q">${t('requests.search')}</label>
<input id="q" name="q" maxlength="100" value="${asked}" autocomplete="off" dir="ltr" aria-describedby="q-hint">
<span class="hint" id="q-hint">${t('requests.search.hint')}</span></p>
<p class="actions"><button class="button">${t('requests.search.go')}</button>
${asked !== undefined && html`<a href="${path}">${t('requests.all')}</a>`}</p>
</form>
${
  asked === undefined &&
  html`<nav aria-label="${t('requests.states')}"><ul class="months">${states.map(
    (one) => html`
<li><a href="${path}?state=${one}"${one === state && html` aria-current="page"`}>${t(`requests.state.${one}`)}</a></li>`,
  )}</ul></nav>`
}
<h2>${asked === undefined ? t(`requests.state.${state}`) : t('requests.found', { count: requests.length })}</h2>
${
  requests.length === 0
    ? html`<p class="empty">${t(asked === undefined ? `requests.none.${state}` : 'requests.none.found')}</p>`
    : html`<ul class="rows">${requests.map((one) => row(one, frame, context))}
</ul>`
}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${path}?state=${state}&after=${next}">${t('requests.more')}</a>`}
${!view.isFirst && html`<a href="${path}?state=${state}">${t('requests.first')}</a>`}</p>`,
  })
}

function row(one: RequestLine, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const words = [
    t('requests.received', { date: instant(one.receivedAt, frame, context) }),
    t(`guide.audience.${one.audience}`),
    t(`ask.language.${one.language}`),
    ...(one.answers > 0 ? [t('requests.answers', { count: one.answers })] : []),
  ]
  return html`
<li><h3><a href="${consolePaths.request(one.id)}"><code dir="ltr">${one.number}</code> ${t(`ask.situation.${one.situation}`)}</a>
${one.state === 'closed' && html`<span class="mark-state">${t('requests.mark.closed')}</span>`}</h3>
<p class="hint">${words.join(' · ')}</p></li>`
}

export interface RequestView {
  request: SupportRequest
  names: ReadonlyMap<OperatorId, string>
  /** Drawn with the form: sent twice, it is one answer. */
  answer: SupportAnswerId
  /** What was typed, where nothing was sent. */
  typed: string
  problems: readonly AnswerProblem[]
  done?: RequestDone
  said?: RequestSaid
  /** Somebody else has it open, as it seems. */
  other?: { by: Answer['by']; at: Instant }
}

export function requestPage(view: RequestView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { request, done, said, other, problems } = view
  const path = consolePaths.request(request.id)
  const isRefused = said !== undefined || problems.length > 0
  const isLate = said === 'conflict' || said === 'closed'
  const nameOf = (actor: Answer['by']) => nameIn(view, actor, context)
  return framed(frame, context, {
    title: t('requests.one', { number: request.number }),
    status: isRefused ? (isLate ? 409 : 422) : 200,
    here: path,
    body: html`<h1>${t('requests.one', { number: request.number })}</h1>
${done && html`<p class="notice" role="status">${t(`requests.done.${done}`)}</p>`}
${said && html`<div class="fault" role="alert"><h2>${t('requests.not_done')}</h2><p>${t(`requests.said.${said}`)}</p></div>`}
${
  other &&
  request.state === 'open' &&
  html`<p class="warning" role="status">${t('requests.other', { name: nameOf(other.by), date: instant(other.at, frame, context) })}</p>`
}
<section class="sheet" aria-labelledby="asked"><h2 id="asked">${t(`ask.situation.${request.situation}`)}</h2>
${written(request.text)}
<dl class="data">${rowsOf(request, frame, context).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
${personSearch(request, frame, context)}
</section>
<h2 id="answers">${t('requests.answers.title')}</h2>
${
  request.answersGiven.length === 0
    ? html`<p class="empty">${t('requests.answers.none')}</p>`
    : html`<ol class="rows" aria-labelledby="answers">${request.answersGiven.map(
        (one) => html`
<li><p class="hint">${t('requests.answered', { name: nameOf(one.by), date: instant(one.at, frame, context) })} · ${sendingOf(one, frame, context)}</p>
${written(one.text)}</li>`,
      )}</ol>`
}
${request.state === 'open' ? html`${answerForm(view, frame, context)}${closeForm(view, frame, context)}` : closedPart(view, frame, context)}
<p class="actions"><a href="${consolePaths.requests}">${t('requests.back')}</a></p>`,
  })
}

/** As it was written, line by line, in its own direction. */
export function written(text: string): Html {
  return html`<div dir="auto">${text.split(/\n{2,}/).map(
    (paragraph) => html`
<p>${paragraph.split('\n').map((line, index) => html`${index > 0 && html`<br>`}${line}`)}</p>`,
  )}</div>`
}

function rowsOf(request: SupportRequest, frame: Frame, context: RequestContext): [string, Html | string][] {
  const { t } = context
  const { reference, address } = request
  const error = reference === undefined ? undefined : errorOf(reference)
  return [
    [t('requests.received.label'), instant(request.receivedAt, frame, context)],
    [t('ask.audience'), t(`guide.audience.${request.audience}`)],
    [t('ask.language'), t(`ask.language.${request.language}`)],
    [
      t('requests.reference'),
      reference === undefined
        ? t('requests.reference.none')
        : html`<bdi>${reference}</bdi>${error && html` <a href="${helpPaths.error(entryOf(error).code)}">${t(`error.${error}.title`)}</a>`}`,
    ],
    [
      t('requests.address'),
      address === undefined
        ? t('requests.address.none')
        : html`<bdi>${address}</bdi> <span class="hint">${t('requests.address.unproved')}</span>`,
    ],
  ]
}

/** The search that there is, for those who may: the code finds a person, and that it was looked for is a fact. */
function personSearch({ reference }: SupportRequest, frame: Frame, { t }: RequestContext): Html | undefined {
  const code = reference === undefined ? undefined : parseReference(reference)
  if (!code || !has(frame.roles, 'people')) return undefined
  return html`<form method="post" action="${consolePaths.people}">
${hiddenField(frame, consolePaths.people)}
<input type="hidden" name="identifier" value="${code}">
<p class="actions"><button class="button button-quiet">${t('requests.person')}</button></p>
</form>`
}

function sendingOf({ sentAt, failedAt }: Answer, frame: Frame, context: RequestContext): string {
  const { t } = context
  if (sentAt !== undefined) return t('requests.sending.sent', { date: instant(sentAt, frame, context) })
  return t(failedAt === undefined ? 'requests.sending.waiting' : 'requests.sending.failed')
}

function nameIn({ names }: RequestView, actor: Answer['by'], { t }: RequestContext): string {
  const name = actor.kind === 'operator' ? names.get(actor.id) : undefined
  return name ?? t(actor.kind === 'api_client' ? 'requests.by.program' : 'requests.by.somebody')
}

function answerForm(view: RequestView, frame: Frame, { t }: RequestContext): Html {
  const { request, problems, typed } = view
  if (request.address === undefined) {
    return html`<section class="part" aria-labelledby="answering"><h2 id="answering">${t('requests.answer')}</h2>
<p>${t('requests.answer.impossible')}</p></section>`
  }
  const path = consolePaths.answerRequest(request.id)
  const [problem] = problems
  return html`<section class="part" aria-labelledby="answering"><h2 id="answering">${t('requests.answer')}</h2>
<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="seen" value="${request.version}">
<input type="hidden" name="answer" value="${view.answer}">
<p class="ask"><label for="text">${t('requests.answer.text', { language: t(`ask.language.${request.language}`) })}</label>
${problem && html`<span class="wrong" id="text-wrong" role="alert">${t(`requests.problem.${problem}`, { most: mostAnswer })}</span>`}
<textarea id="text" name="text" rows="10" maxlength="${mostAnswer}" dir="auto" aria-describedby="${problem && 'text-wrong '}text-hint"${problem && html` aria-invalid="true"`}>${typed}</textarea>
<span class="hint" id="text-hint">${t('requests.answer.hint')}</span></p>
<p class="actions"><button class="button">${t('requests.answer.go')}</button></p>
</form></section>`
}

function closeForm({ request, said }: RequestView, frame: Frame, { t }: RequestContext): Html {
  const path = consolePaths.closeRequest(request.id)
  const isWrong = said === 'reason_missing'
  return html`<section class="part" aria-labelledby="closing"><h2 id="closing">${t('requests.close')}</h2>
<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="seen" value="${request.version}">
<p class="ask"><label for="reason">${t('requests.close.reason')}</label>
<select id="reason" name="reason"${isWrong && html` aria-invalid="true"`}><option value=""></option>${closeReasons.map(
    (one) => html`<option value="${one}">${t(`requests.reason.${one}`)}</option>`,
  )}</select></p>
<p class="actions"><button class="button button-quiet">${t('requests.close.go')}</button></p>
</form></section>`
}

function closedPart(view: RequestView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { request, typed } = view
  const path = consolePaths.reopenRequest(request.id)
  const { closedBy, closeReason } = request
  return html`<section class="part" aria-labelledby="closing"><h2 id="closing">${t('requests.closed')}</h2>
${closedBy && html`<p>${t('requests.closed.by', { name: nameIn(view, closedBy, context), date: instant(request.changedAt, frame, context) })}</p>`}
${closeReason && html`<p>${t(`requests.reason.${closeReason}`)}</p>`}
${typed !== '' && html`<h3>${t('requests.unsent')}</h3>${written(typed)}`}
<form method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="seen" value="${request.version}">
<p class="actions"><button class="button button-quiet">${t('requests.reopen')}</button></p>
</form></section>`
}
