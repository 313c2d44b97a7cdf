/** The pages of a sign-in with a card, as functions from a view to a `Page`. They decide nothing. */
import { meansScript, webEidScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { hidden, passwordField } from '../means/pages-sign-in.ts'
import type { PasswordAnswer } from '../means/person-passwords.ts'
import type { CardWay } from '../partners/partners.ts'
import type { CardProblem } from './cards.ts'
import type { WayOut } from './waiting.ts'

/** What the extension can say; one sentence for all that a person can do the same about. */
export const extensionFaults = {
  missing: ['ERR_WEBEID_EXTENSION_UNAVAILABLE'],
  no_app: ['ERR_WEBEID_NATIVE_UNAVAILABLE', 'ERR_WEBEID_NATIVE_FATAL'],
  old: ['ERR_WEBEID_VERSION_MISMATCH', 'ERR_WEBEID_VERSION_INVALID'],
  cancelled: ['ERR_WEBEID_USER_CANCELLED'],
  slow: ['ERR_WEBEID_USER_TIMEOUT', 'ERR_WEBEID_ACTION_TIMEOUT'],
  other: [''],
} as const

export const extensionFaultKeys = Object.keys(extensionFaults)

export interface CardView {
  /** Address of this page. */
  base: string
  provider: string
  /** Undefined: to a page of the hub. */
  service: string | undefined
  isChange: boolean
  /** The first one is offered first. */
  ways: readonly CardWay[]
  /** For the extension to have signed. */
  challenge: string
  problem?: CardProblem
  out: readonly WayOut[]
}

export function cardPage(view: CardView, context: RequestContext): Page {
  const { t } = context
  const { provider, service, problem, ways, base } = view
  const title = t('card.title', { provider })
  const lead = view.isChange
    ? t('card.lead.change')
    : service === undefined
      ? t('card.lead.own')
      : t('card.lead', { service })
  return {
    title: problem ? t('card.problem.page', { title }) : title,
    status: problem ? statuses[problem] : 200,
    here: base,
    ...(ways.includes('web_eid') ? { hasForm: true, script: webEidScript } : {}),
    body: html`<h1>${title}</h1>
<p class="lead">${lead}</p>
${problem && problemBox(problem, context)}
${ways.length === 0 && html`<section class="panel"><p>${t('card.no_way')}</p></section>`}
${ways.map((way, index) => html`${index > 0 && html`<p class="or">${t('card.or')}</p>`}${sections[way](view, context)}`)}
<section class="panel off"><h2>${t('card.notes')}</h2>
<p>${t('card.notes.pin')}</p>
<p>${t('card.notes.data')}</p></section>
${waysOut(view.out)}`,
  }
}

/** Of what the person can do nothing about it is a service that is away; else the card is not accepted. */
const statuses: Record<CardProblem, number> = {
  nothing_shown: 403,
  expired: 403,
  revoked: 403,
  unknown_card: 403,
  unverifiable: 503,
  refused: 403,
  too_late: 410,
  malformed: 400,
  no_script: 400,
  too_often: 429,
}

function problemBox(problem: CardProblem, { t }: RequestContext): Html {
  return html`<div class="fault" role="alert"><h2>${t(`card.problem.${problem}`)}</h2>
<p>${t(`card.problem.${problem}.text`)}</p></div>`
}

const steps = (way: CardWay, { t }: RequestContext): Html =>
  html`<ol>${(['one', 'two', 'three'] as const).map((step) => html`<li>${t(`card.${way}.${step}`)}</li>`)}</ol>`

const sections: Record<CardWay, (view: CardView, context: RequestContext) => Html> = {
  tls: (
    { base },
    context,
  ) => html`<section class="panel" aria-labelledby="card-tls"><h2 id="card-tls">${context.t('card.tls')}</h2>
${steps('tls', context)}
<p class="buttons"><a class="button" href="${base}/read" rel="nofollow">${context.t('card.tls.go')}</a></p>
<details><summary>${context.t('card.tls.silent')}</summary><p>${context.t('card.tls.silent.text')}</p></details></section>`,

  web_eid: ({ base, challenge, ways }, context) => {
    const { t } = context
    const faults = Object.entries(extensionFaults).map(
      ([fault, codes]) =>
        html`<div class="warning" data-said="${codes.join(' ')}" hidden><p>${t(`card.web_eid.${fault}`)}</p></div>`,
    )
    return html`<section class="panel" aria-labelledby="card-web-eid"><h2 id="card-web-eid">${t('card.web_eid')}</h2>
${steps('web_eid', context)}
<div role="status">${faults}<p data-asking hidden>${t('card.web_eid.asking')}</p></div>
<noscript><p class="warning">${t(ways.includes('tls') ? 'card.web_eid.no_script.tls' : 'card.web_eid.no_script')}</p></noscript>
<form method="post" action="${base}/sign" data-web-eid data-challenge="${challenge}">
<input type="hidden" name="challenge" value="${challenge}"><input type="hidden" name="token" value="">
<p class="buttons"><button class="button">${t('card.web_eid.go')}</button></p>
</form></section>`
  },
}

export interface BadgeView {
  /** Address of the page on which the card was read. */
  base: string
  /** Good for the form of this login only. */
  verifier: string
  /** Whose password it is. */
  account: string
  fault?: Exclude<PasswordAnswer, { kind: 'right' }>
  out: readonly WayOut[]
}

/** A card was read without contact: the password beside it. */
export function badgePage(view: BadgeView, context: RequestContext): Page {
  const { t } = context
  const { base, verifier, account, fault } = view
  const title = t('card.password.title', { account })
  return {
    title: fault ? t('card.problem.page', { title }) : title,
    status: fault === undefined ? 200 : fault.kind === 'wrong' ? 403 : 429,
    here: `${base}/password`,
    hasForm: true,
    script: meansScript,
    body: html`<h1>${title}</h1>
<p class="lead">${t('card.password.lead')}</p>
${fault && badgeFault(fault, context)}
<form class="panel fields" method="post" action="${base}/password">
${hidden({ verifier })}
${passwordField(context, { label: t('card.password.field', { account }), autofocus: true, ...(fault?.kind === 'wrong' ? { fault: { kind: 'wrong' as const } } : {}) })}
<p class="buttons"><button class="button">${t('card.password.go')}</button></p>
</form>
<section class="panel off"><h2>${t('card.notes')}</h2>
<p>${t('card.password.level')}</p>
<p>${t('card.password.none')}</p></section>
<p class="ways"><a href="${base}">${t('card.password.again')}</a>${view.out.map(({ href, label }) => html` <a href="${href}">${label}</a>`)}</p>`,
  }
}

function badgeFault(fault: NonNullable<BadgeView['fault']>, { t }: RequestContext): Html {
  const seconds = fault.kind === 'too_often' ? fault.retryAfterSeconds : undefined
  return html`<div class="fault" id="fault" role="alert"><h2>${t(`card.password.${fault.kind}`)}</h2>
<p>${t(`card.password.${fault.kind}.text`)}</p>
${seconds !== undefined && html`<p><strong>${t('own.wait', { seconds })}</strong></p>`}</div>`
}

/** For who came to the listener with nothing that leads on. */
export function cardOverPage({ t }: RequestContext): Page {
  const title = t('card.over')
  return {
    title,
    status: 410,
    here: '/card/over',
    body: html`<div class="sheet"><h1>${title}</h1>
<p class="lead">${t('card.over.text')}</p>
<p class="actions"><a class="button" href="/help">${t('help')}</a></p></div>`,
  }
}

function waysOut(out: readonly WayOut[]): Html {
  return html`<p class="ways">${out.map(({ href, label }) => html`<a href="${href}">${label}</a> `)}</p>`
}
