/** The form by which somebody asks for help, and what came of it. What was typed stays in the form whatever happens. */
import { meansScript } from '../http/assets.ts'
import { contact } from '../http/disclosure.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { entryOf } from '../kernel/errors.ts'
import { type Language, languages } from '../kernel/languages.ts'
import type { WorkChallenge } from '../means/automation-check.ts'
import { destinations } from './guide.ts'
import { errorOf, type HelpFrame, helpPaths } from './help-pages.ts'
import type { AskProblem } from './support.ts'
import { audiences, mostReference, mostText, situations } from './vocabulary.ts'

export interface Typed {
  audience: string
  situation: string
  reference: string
  text: string
  address: string
  language: string
}

/** Why it was not sent, besides what is wrong with the fields. */
export type Obstacle =
  | { kind: 'task'; work: WorkChallenge; failed: boolean; until: Instant }
  | { kind: 'too_many'; until: Instant }
  | { kind: 'unavailable' }
  /** This page sent another text before. */
  | { kind: 'other_text'; number: string }

export interface AskView {
  /** Hidden: they make two clicks one request. */
  id: string
  verifier: string
  typed: Typed
  problems: readonly AskProblem[]
  obstacle?: Obstacle
  /** How long requests are kept, in days. */
  keptDays: number
  timeZone: string
}

const statuses: Record<Obstacle['kind'], number> = { task: 429, too_many: 429, unavailable: 503, other_text: 409 }

const fieldOf: Record<AskProblem, keyof Typed> = {
  audience_missing: 'audience',
  situation_missing: 'situation',
  reference_long: 'reference',
  text_missing: 'text',
  text_long: 'text',
  address_malformed: 'address',
}

const checked = html` checked`
const selected = html` selected`

export function askPage(view: AskView, context: RequestContext): Page {
  const { t } = context
  const { typed, problems, obstacle } = view
  const isStopped = problems.length > 0 || obstacle !== undefined
  const title = t('ask.title')
  const work = obstacle?.kind === 'task' ? obstacle.work : undefined
  const problemOf = (field: keyof Typed) => problems.find((one) => fieldOf[one] === field)
  /** What a field is described by, and that it is wrong. */
  const about = (field: keyof Typed, hint: boolean): Html => {
    const wrong = problemOf(field)
    const ids = [...(wrong ? [`${field}-wrong`] : []), ...(hint ? [`${field}-hint`] : [])].join(' ')
    return html`${ids && html` aria-describedby="${ids}"`}${wrong && html` aria-invalid="true"`}`
  }
  const wrong = (field: keyof Typed): Html | undefined => {
    const problem = problemOf(field)
    return problem && html`<span class="wrong" id="${field}-wrong">${sentenceOf(problem, context)}</span>`
  }
  const known = errorOf(typed.reference)
  return {
    title: isStopped ? t('ask.fault.page', { title }) : title,
    status: obstacle ? statuses[obstacle.kind] : problems.length > 0 ? 422 : 200,
    here: askAddress(typed),
    hasForm: true,
    ...(work ? { script: meansScript } : {}),
    body: html`<h1>${title}</h1>
<p class="lead">${t('ask.lead')}</p>
${problems.length > 0 && faultList(problems, context)}
${obstacle && obstacleBox(obstacle, view, context)}
<div class="warning"><h2>${t('ask.never')}</h2><p>${t('ask.never.text')}</p></div>
<p>${t('guide.urgent')} ${t('guide.urgent.text')} <a href="${destinations.protection}">${t('guide.to.protection')}</a> · <a href="${destinations.not_me}">${t('guide.to.not_me')}</a></p>
<form class="sheet" method="post" action="${helpPaths.ask}"${work && html` data-challenge="${work.challenge}" data-difficulty="${work.difficulty}"`}>
<input type="hidden" name="id" value="${view.id}">
<input type="hidden" name="verifier" value="${view.verifier}">
${
  work &&
  html`<input type="hidden" name="challenge" value="${work.challenge}">
<input type="hidden" name="solution" value="">`
}
<fieldset class="picks"${about('audience', false)}><legend>${t('ask.audience')}</legend>
${wrong('audience')}
${audiences.map(
  (one) => html`
<p class="pick"><input type="radio" id="audience-${one}" name="audience" value="${one}"${one === typed.audience && checked}><label for="audience-${one}">${t(`guide.audience.${one}`)}</label></p>`,
)}
</fieldset>
<p class="ask"><label for="situation">${t('ask.situation')}</label>
${wrong('situation')}
<select id="situation" name="situation"${about('situation', false)}><option value="">${t('ask.situation.choose')}</option>${situations.map(
      (one) => html`<option value="${one}"${one === typed.situation && selected}>${t(`ask.situation.${one}`)}</option>`,
    )}</select></p>
<p class="ask"><label for="text">${t('ask.text')}</label>
${wrong('text')}
<textarea id="text" name="text" rows="8" maxlength="${mostText}" dir="auto"${about('text', true)}>${typed.text}</textarea>
<span class="hint" id="text-hint">${t('ask.text.hint', { most: mostText })}</span></p>
<p class="ask"><label for="reference">${t('ask.reference')}</label>
${wrong('reference')}
<input id="reference" name="reference" maxlength="${mostReference}" value="${typed.reference}" dir="ltr" autocomplete="off"${about('reference', true)}>
<span class="hint" id="reference-hint">${t('ask.reference.hint')}
${known && html`${t('ask.reference.known')} <a href="${helpPaths.error(entryOf(known).code)}">${t(`error.${known}.title`)}</a>`}</span></p>
<p class="ask"><label for="address">${t('ask.address')}</label>
${wrong('address')}
<input id="address" name="address" type="email" maxlength="254" value="${typed.address}" dir="ltr" autocomplete="email"${about('address', true)}>
<span class="hint" id="address-hint">${t('ask.address.hint')}</span></p>
<p class="ask"><label for="language">${t('ask.language')}</label>
<select id="language" name="language">${languages.map(
      (one) =>
        html`<option value="${one}" lang="${one}"${one === typed.language && selected}>${t(`ask.language.${one}`)}</option>`,
    )}</select></p>
${work && html`<p role="status" data-busy="${t('ask.task.busy')}"></p>`}
<p class="actions"><button class="button">${t('ask.go')}</button></p>
<p class="hint">${t('ask.kept', { days: view.keptDays })}</p>
</form>
<p class="actions"><a href="${helpPaths.help}">${t('guide.all')}</a></p>`,
  }
}

/** The form with the words that it may be opened with: in another language the rest is typed again. */
function askAddress({ audience, situation, reference }: Typed): string {
  const given = Object.entries({ audience, situation, reference }).filter(([, value]) => value !== '')
  return given.length === 0 ? helpPaths.ask : `${helpPaths.ask}?${new URLSearchParams(given)}`
}

const sentenceOf = (problem: AskProblem, { t }: RequestContext) => t(`ask.problem.${problem}`, { most: mostText })

/** Each leads to its field. */
function faultList(problems: readonly AskProblem[], context: RequestContext): Html {
  const target = (problem: AskProblem) =>
    problem === 'audience_missing' ? `audience-${audiences[0]}` : fieldOf[problem]
  return html`<div class="fault" role="alert"><h2>${context.t('ask.faults')}</h2>
<ul class="plain">${problems.map((one) => html`<li><a href="#${target(one)}">${sentenceOf(one, context)}</a></li>`)}</ul></div>`
}

function obstacleBox(obstacle: Obstacle, view: AskView, context: RequestContext): Html {
  const { t, language } = context
  const values = {
    ...('until' in obstacle ? { time: timeOf(obstacle, view, language) } : {}),
    ...('number' in obstacle ? { number: obstacle.number } : {}),
  }
  const text = obstacle.kind === 'task' && obstacle.failed ? 'ask.task.failed' : `ask.${obstacle.kind}.text`
  return html`<div class="fault" role="alert"><h2>${t(`ask.${obstacle.kind}`)}</h2><p>${t(text, values)}</p>
${obstacle.kind === 'task' && html`<noscript><p>${t('ask.task.no_script', values)}</p></noscript>`}</div>`
}

/** Rounded up: whoever tries at that minute is let through. */
function timeOf({ until }: { until: Instant }, { timeZone }: AskView, language: Language): string {
  const minutes = Math.ceil(until / 60_000) * 60_000
  return new Intl.DateTimeFormat(localeOf(language), { timeStyle: 'short', timeZone }).format(minutes)
}

export interface SentView {
  number: string
  /** It had arrived before. */
  again: boolean
  here: string
}

export function sentPage({ number, again, here, support }: SentView & HelpFrame, { t }: RequestContext): Page {
  return {
    title: t('ask.sent.title'),
    here,
    body: html`<div class="sheet"><h1>${t('ask.sent.title')}</h1>
${again && html`<p class="notice" role="status">${t('ask.sent.again')}</p>`}
<dl class="reference"><dt>${t('ask.sent.number')}</dt><dd><code dir="ltr">${number}</code></dd></dl>
<p><strong>${t('ask.sent.keep')}</strong></p>
<p>${t('ask.sent.answer')}</p>
<p>${t('ask.sent.no_address')} ${support && contact(support)}</p>
<p class="actions"><a class="button" href="${helpPaths.help}">${t('ask.sent.help')}</a></p></div>`,
  }
}
