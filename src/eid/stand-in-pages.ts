/**
 * The pages of what stands in for the e-ID app, as functions from a view to a `Page`. They decide nothing, work without a
 * script, and say at the first line why they are there: people are used to another way, and to frauds that begin like this.
 */
import { meansScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { codeField, hidden } from '../means/pages-sign-in.ts'
import type { CodeTarget } from '../means/person-codes.ts'
import type { Sent, Stuck } from './stand-in.ts'

interface Link {
  href: string
  label: string
}

interface Frame {
  /** Address of the first page. */
  base: string
  /** Good for the forms of this login only. */
  verifier: string
  /** Its own name, and that of the app that it stands in for. */
  provider: string
  app: string
  /** The person goes there; undefined to a page of the hub. */
  service?: string
  ways: readonly Link[]
}

export interface CardStepView extends Frame {
  /** How the card can be read here, the handiest first; each leads to its own page. */
  readers: readonly ('phone' | 'reader')[]
}

/** Addresses of the two ways of reading a card, below which the pages of those rooms are. */
export const readerPaths = { phone: '/stand-in/phone', reader: '/stand-in/card' } as const

export function cardStepPage(view: CardStepView & { state: string }, context: RequestContext): Page {
  const { t } = context
  const { app, provider, service, readers, state } = view
  const title = t('stand_in.title', { provider })
  return {
    title,
    here: view.base,
    body: html`<h1>${title}</h1>
<p class="lead">${service === undefined ? t('eid.purpose.own') : t('eid.purpose', { service })}</p>
<p>${t('stand_in.why', { app })}</p>
<ol><li>${t('stand_in.one')}</li><li>${t('stand_in.two')}</li></ol>
<p>${t('stand_in.level')}</p>
<h2>${t('stand_in.read')}</h2>
${readers.map(
  (
    reader,
  ) => html`<section class="panel" aria-labelledby="by-${reader}"><h3 id="by-${reader}">${t(`stand_in.${reader}`)}</h3>
<p>${t(`stand_in.${reader}.text`, { app })}</p>
<p class="buttons"><a class="button" href="${readerPaths[reader]}/${state}">${t(`stand_in.${reader}.go`)}</a></p></section>`,
)}
<p class="warning">${t('stand_in.warning')}</p>
${waysOut(view)}`,
  }
}

/** What went wrong with the code that was typed. */
export type CodeFault =
  | { kind: 'wrong'; left: number }
  | { kind: 'over' }
  | { kind: 'too_often'; retryAfterSeconds?: number }

export interface CodeStepView extends Frame {
  targets: readonly CodeTarget[]
  /** Where the last one went. */
  sent?: CodeTarget
  /** What came of asking for one, and where to. */
  outcome?: { kind: Exclude<Sent, 'sent'>; to: string }
  fault?: CodeFault
}

export function codeStepPage(view: CodeStepView, context: RequestContext): Page {
  const { t } = context
  const { sent, targets, fault, outcome } = view
  const title = t('stand_in.code.title')
  const others = targets.filter(({ to }) => to !== sent?.to)
  return {
    title: fault ? t('own.fault.page', { title }) : title,
    status: fault ? statusOf(fault) : 200,
    here: view.base,
    hasForm: true,
    script: meansScript,
    body: html`<h1>${title}</h1>
<p class="lead">${t('stand_in.code.lead')}</p>
${fault && faultBox(fault, context)}
${outcome && html`<p class="warning" role="status">${t(`own.sent.${outcome.kind}`, { hint: targets.find(({ to }) => to === outcome.to)?.hint ?? '' })}</p>`}
${sent && typeForm(sent, view, context)}
${
  others.length > 0 &&
  html`<section class="panel" aria-labelledby="where"><h2 id="where">${t(sent ? 'stand_in.code.elsewhere' : 'stand_in.code.where')}</h2>
${others.map((target) => sendForm(target, view, context, sent ? 'button-quiet' : ''))}</section>`
}
<p><a href="${view.base}/again">${t('stand_in.again')}</a></p>
${waysOut(view)}`,
  }
}

function typeForm(sent: CodeTarget, view: CodeStepView, context: RequestContext): Html {
  const { t } = context
  const { fault } = view
  return html`<section class="panel" aria-labelledby="code-here"><h2 id="code-here">${t(`stand_in.code.${sent.channel}`, { hint: sent.hint })}</h2>
<p role="status">${t('own.sent.sent', { hint: sent.hint })}</p>
<form class="fields" method="post" action="${view.base}/code">
${hidden({ verifier: view.verifier })}
${codeField({ label: t('own.code.sent'), autofocus: true, ...(fault?.kind === 'wrong' ? { fault: { kind: 'wrong_code' as const } } : {}) })}
<p class="buttons"><button class="button">${t('own.code.go')}</button></p>
</form>
<form class="fields" method="post" action="${view.base}/send">
${hidden({ verifier: view.verifier, to: sent.to })}
<p class="buttons"><button class="link">${t('own.send.again')}</button></p>
</form></section>`
}

function sendForm(
  { to, channel, hint }: CodeTarget,
  { base, verifier }: Frame,
  { t }: RequestContext,
  look: string,
): Html {
  return html`<form method="post" action="${base}/send">
${hidden({ verifier, to })}
<p class="buttons"><button class="button${look && ` ${look}`}">${t(`stand_in.code.${channel}`, { hint })}</button></p>
</form>`
}

const statusOf = (fault: CodeFault): number => {
  if (fault.kind === 'too_often') return 429
  return fault.kind === 'over' ? 410 : 403
}

function faultBox(fault: CodeFault, { t }: RequestContext): Html {
  if (fault.kind === 'wrong') {
    return html`<div class="fault" id="fault" role="alert"><h2>${t('own.fault.wrong_code')}</h2>
<p>${t('stand_in.code.left', { left: fault.left })}</p></div>`
  }
  const seconds = fault.kind === 'too_often' ? fault.retryAfterSeconds : undefined
  return html`<div class="fault" id="fault" role="alert"><h2>${t(`stand_in.code.${fault.kind}`)}</h2>
<p>${t(`stand_in.code.${fault.kind}.text`)}</p>
${seconds !== undefined && html`<p><strong>${t('own.wait', { seconds })}</strong></p>`}</div>`
}

/** The card is good, and leads no further here: said plainly, with the ways that there are. */
export function stuckPage(view: Frame & { why: Stuck }, context: RequestContext): Page {
  const { t } = context
  const { why, app, base } = view
  const title = t(`stand_in.stuck.${why}`, { app })
  return {
    title,
    status: 403,
    here: base,
    body: html`<div class="sheet"><h1>${title}</h1>
<p class="lead">${t(`stand_in.stuck.${why}.text`, { app })}</p>
<h2>${t('error.do')}</h2>
<p>${t('stand_in.stuck.do', { app })}</p>
<p class="actions">${view.ways.slice(0, 1).map(({ href, label }) => html`<a class="button" href="${href}">${label}</a>`)}</p></div>
<p class="ways"><a href="${base}/again">${t('stand_in.again')}</a>${view.ways.slice(1).map(({ href, label }) => html` <a href="${href}">${label}</a>`)}</p>`,
  }
}

function waysOut({ ways }: Frame): Html {
  return html`<p class="ways">${ways.map(({ href, label }) => html`<a href="${href}">${label}</a> `)}</p>`
}
