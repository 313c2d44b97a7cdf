/** The page "is this message really yours?", as a function from a view to a `Page`. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { toDate } from '../kernel/clock.ts'
import type { CheckAnswer } from './checks.ts'
import { datesOf } from './letter.ts'

export const checkPath = '/message'

export interface CheckView {
  /** Name of the hub, and the host that people type. */
  name: string
  host: string
  timeZone: string
  typed: { code: string; address: string }
  answer?: CheckAnswer
}

/** What a true message never does, in this order. */
const never = ['link', 'secret', 'file', 'hurry', 'money'] as const
const steps = ['nothing', 'type', 'code', 'password'] as const

const statusOf: Record<CheckAnswer['kind'], number> = {
  sent: 200,
  not_sent: 200,
  malformed: 422,
  too_often: 429,
  code_everywhere: 429,
}

export function checkPage(view: CheckView, context: RequestContext): Page {
  const { t } = context
  const { answer, name, host } = view
  const place = `${host}/space`
  const heading = t('check.title', { name })
  return {
    title: answer ? t(`check.page.${answer.kind}`) : heading,
    status: answer ? statusOf[answer.kind] : 200,
    here: checkPath,
    hasForm: true,
    body: html`<h1>${heading}</h1>
${answer ? answerOf(answer, view, context) : html`<p class="lead">${t('check.lead')}</p>`}
${form(view, context)}
<section class="panel prose" aria-labelledby="never"><h2 id="never">${t('check.never', { name })}</h2>
<ul>${never.map((one) => html`<li>${t(`check.never.${one}`)}</li>`)}</ul></section>
<section class="panel prose" aria-labelledby="doubt"><h2 id="doubt">${t('check.doubt')}</h2>
<ul>${steps.map((one) => html`<li>${t(`check.doubt.${one}`, { place })}</li>`)}
<li>${t('check.doubt.report')} <a href="/report">${t('check.doubt.report.go')}</a></li></ul></section>`,
  }
}

function answerOf(answer: CheckAnswer, { timeZone, host }: CheckView, context: RequestContext): Html {
  const { t } = context
  if (answer.kind === 'sent') {
    const date = html`<time datetime="${toDate(answer.at).toISOString()}">${datesOf(context.language, timeZone).format(toDate(answer.at))}</time>`
    return html`<div class="notice" role="status" id="answer"><h2>${t('check.sent')}</h2>
<dl class="data"><div><dt>${t('check.sent.date')}</dt><dd>${date}</dd></div>
<div><dt>${t('check.sent.about')}</dt><dd>${t(`check.about.${answer.about}`)}</dd></div></dl>
<p>${t('check.sent.but')}</p><p>${t('check.sent.copy', { place: `${host}/space` })}</p></div>`
  }
  const title = answer.kind === 'malformed' ? `check.malformed.${answer.field}` : `check.${answer.kind}`
  return html`<div class="fault" role="alert" id="fault"><h2>${t(title)}</h2>
<p>${t(`${title}.text`, { place: `${host}/space` })}</p></div>`
}

function form({ typed, answer }: CheckView, { t }: RequestContext): Html {
  const wrong = answer?.kind === 'malformed' ? answer.field : undefined
  const about = (field: string) =>
    html` aria-describedby="${field}-hint${wrong === field && ' fault'}"${wrong === field && html` aria-invalid="true"`}`
  return html`<form class="panel fields" method="post" action="${checkPath}">
<div class="field"><label for="code">${t('check.code')}</label>
<input id="code" name="code" value="${typed.code}" autocomplete="off" autocapitalize="characters" spellcheck="false" dir="ltr" maxlength="100" required${about('code')}>
<small id="code-hint">${t('check.code.hint')}</small></div>
<div class="field"><label for="address">${t('check.address')}</label>
<input id="address" name="address" type="email" value="${typed.address}" autocomplete="email" autocapitalize="none" spellcheck="false" dir="ltr" maxlength="320" required${about('address')}>
<small id="address-hint">${t('check.address.hint')}</small></div>
<p class="buttons"><button class="button">${t('check.go')}</button></p>
</form>`
}
