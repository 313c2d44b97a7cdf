/**
 * The pages of a sign-in or a signature with the e-ID app, as functions from a view to a `Page`. They decide nothing. Each state has one
 * address and one page, which works without a script by a button that shows it anew.
 *
 * What the code holds stands on no page as text: it could be read out to somebody on the telephone, or copied into a
 * message, and whoever cannot scan a picture has the link on the same device (docs/decisions/0051).
 */
import { followScript } from '../http/assets.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { qrCode } from '../http/qr-code.ts'
import type { RequestLook } from './eid.ts'

export interface Link {
  href: string
  label: string
}

/** What all pages of one sign-in have in common. */
export interface Frame {
  /** Address of the page; the others are below it. */
  base: string
  /** Good for the forms of this sign-in only. */
  verifier: string
  /** Name of the provider, which is that of the app too. */
  provider: string
  /** Where the person goes; the hub itself without it. */
  service?: string
  /** What is signed, in a few words, where nobody signs in. */
  signs?: string
  /** Ways out: another account, back to the service. */
  ways: Link[]
  /** The road that cannot be relayed, where the service takes it. */
  passkey?: Link
  /** By the hub's own observation. Nobody is kept from trying. */
  isDown?: true
}

/** An instant, for machines and as people of the page's language read it. */
export interface Moment {
  iso: string
  text: string
}

/** What the script of a page follows. */
export interface Follow {
  /** Path and query of the events. */
  href: string
  /** What it reads when something happened. */
  page: string
}

// --- Waiting for a phone ---------------------------------------------------------------------------------------------

export function codePage(
  view: Frame & { text: string; seconds: number; closes: Moment; follow: Follow },
  context: RequestContext,
): Page {
  const { t } = context
  const title = t('eid.scan.title', { provider: view.provider })
  return {
    ...following(view),
    title,
    here: `${view.base}?way=qr`,
    body: html`<h1>${title}</h1>
${purposeOf(view, context)}
${view.isDown && downNotice(view, context)}
${followed(
  view,
  html`<div class="scan">
<div class="qr" role="img" aria-label="${t('eid.scan.picture')}" data-picture>${pictureOf(view.text)}</div>
<div class="panel">
<ol class="scan-steps">
<li>${t('eid.scan.first', { provider: view.provider })}</li>
<li>${t('eid.scan.second')}</li>
<li>${t('eid.scan.third')}</li>
</ol>
<p class="known" data-script hidden>${counted(t('eid.scan.renews', { seconds: '\u0000' }), view.seconds)}</p>
<div data-plain><p class="known">${t('eid.scan.plain')}</p>
<p class="buttons"><a class="button button-quiet" href="${view.base}?way=qr">${t('eid.scan.again')}</a></p></div>
</div>
</div>`,
  context,
)}
<p class="warning">${word(view, 'scan.warning', context)}</p>
${others(view, [{ href: `${view.base}?way=link`, label: t('eid.scan.here') }], context)}
<p class="known"><time datetime="${view.closes.iso}">${t('eid.closes', { when: view.closes.text })}</time></p>
${waysOut(view)}`,
  }
}

/** On a phone: the app is most probably beside the browser. */
export function linkPage(
  view: Frame & { closes: Moment; follow: Follow; isInside: boolean },
  context: RequestContext,
): Page {
  const { t } = context
  const title = t('eid.open.title', { provider: view.provider })
  return {
    ...following(view),
    title,
    here: `${view.base}?way=link`,
    body: html`<h1>${title}</h1>
${purposeOf(view, context)}
${view.isDown && downNotice(view, context)}
${view.isInside && html`<div class="warning"><h2>${t('eid.inside')}</h2><p>${t('eid.inside.text', { provider: view.provider })}</p></div>`}
${followed(
  view,
  html`<div class="panel"><p>${word(view, 'open.text', context)}</p>
<p class="buttons"><a class="button" href="${view.base}/open">${t('eid.open.go')}</a></p>
<p class="known">${t('eid.open.nothing', { provider: view.provider })}</p></div>`,
  context,
)}
${others(view, [{ href: `${view.base}?way=qr`, label: t('eid.open.elsewhere') }], context)}
<p class="known"><time datetime="${view.closes.iso}">${t('eid.closes', { when: view.closes.text })}</time></p>
${waysOut(view)}`,
  }
}

/** As the script gets it, when the code was renewed. */
export const pictureOf = (text: string): Html => qrCode(text)

// --- A phone is there ------------------------------------------------------------------------------------------------

export function numberPage(view: Frame & { number: string; follow: Follow }, context: RequestContext): Page {
  const { t } = context
  return {
    ...following(view),
    title: t('eid.number.page', { number: view.number }),
    here: view.base,
    body: html`<h1>${t('eid.number.title')}</h1>
${followed(
  view,
  html`<p class="number" dir="ltr"><strong>${view.number}</strong></p>
<p>${word(view, 'number.text', context)}</p>`,
  context,
)}
<p class="warning">${t('eid.number.warning')}</p>
${lookAgain(view, context)}
${waysOut(view)}`,
  }
}

export function onPhonePage(view: Frame & { follow: Follow }, context: RequestContext): Page {
  const { t } = context
  const title = t('eid.phone.title')
  return {
    ...following(view),
    title,
    here: view.base,
    body: html`<h1>${title}</h1>
${followed(view, html`<p class="lead">${word(view, 'phone.text', context)}</p>`, context)}
${lookAgain(view, context)}
${waysOut(view)}`,
  }
}

/** Approved, and the app leads back: it alone has what ends the sign-in here. */
export function returnPage(view: Frame & { follow: Follow }, context: RequestContext): Page {
  const { t } = context
  const title = t('eid.return.title')
  return {
    ...following(view),
    title,
    here: view.base,
    body: html`<h1>${title}</h1>
${followed(view, html`<p class="lead">${t('eid.return.text', { provider: view.provider })}</p>`, context)}
${lookAgain(view, context)}
${waysOut(view)}`,
  }
}

export function confirmPage(
  view: Frame & { digits: number; left: number; isWrong: boolean; follow: Follow },
  context: RequestContext,
): Page {
  const { t } = context
  const title = t('eid.confirm.title')
  return {
    ...following(view),
    title: view.isWrong ? t('own.fault.page', { title }) : title,
    status: view.isWrong ? 403 : 200,
    here: view.base,
    hasForm: true,
    body: html`<h1>${title}</h1>
${
  view.isWrong &&
  html`<div class="fault" id="fault" role="alert"><h2>${t('eid.confirm.wrong')}</h2><p>${t('eid.confirm.left', { left: view.left })}</p></div>`
}
${followed(
  view,
  html`<form class="panel fields" method="post" action="${view.base}/confirm">
<input type="hidden" name="verifier" value="${view.verifier}">
<div class="field"><label for="typed">${t('eid.confirm.field', { digits: view.digits })}</label>
<input class="digits" id="typed" name="typed" dir="ltr" inputmode="numeric" autocomplete="off" maxlength="${view.digits + 4}" required autofocus${view.isWrong ? wrong : ''}></div>
<p class="buttons"><button class="button">${t('eid.confirm.go')}</button></p>
</form>`,
  context,
)}
<p class="warning">${t('eid.confirm.warning')}</p>
${waysOut(view)}`,
  }
}

const wrong = danger_raw(' aria-invalid="true" aria-describedby="fault"')

// --- It is over ------------------------------------------------------------------------------------------------------

/** What ended it, as the sentences are named: `declined.not_me`, `refused.other_country`, `expired`, `completed`. */
export type Ending = `declined.${Reason<'declined'>}` | `refused.${Reason<'refused'>}` | 'expired' | 'completed'
type Reason<S extends 'declined' | 'refused'> = Extract<RequestLook, { state: S }>['reason']

/** Whatever is suspicious is said with what to do about it. */
const alarming: ReadonlySet<Ending> = new Set([
  'declined.not_me',
  'refused.second_phone',
  'refused.other_country',
  'refused.card_of_somebody_else',
  'refused.phone_of_somebody_else',
])

export function endPage(view: Frame & { ending: Ending }, context: RequestContext): Page {
  const { t } = context
  const { ending } = view
  const title = word(view, ending, context)
  return {
    title,
    status: ending === 'completed' ? 409 : 403,
    here: view.base,
    hasForm: true,
    body: html`<div class="sheet"><h1>${title}</h1>
<p class="lead">${word(view, `${ending}.text`, context)}</p>
${alarming.has(ending) && html`<p>${t('eid.alarm')}</p>`}
<form class="actions" method="post" action="${view.base}/again">
<input type="hidden" name="verifier" value="${view.verifier}">
<button class="button">${t('eid.again')}</button></form></div>
${others(view, [], context)}
${waysOut(view)}`,
  }
}

/** Too many codes were asked for, by this browser or from its network. */
export function tooManyPage(view: Frame & { minutes: number }, context: RequestContext): Page {
  const { t } = context
  return {
    title: t('eid.too_many'),
    status: 429,
    here: view.base,
    body: html`<div class="sheet"><h1>${t('eid.too_many')}</h1>
<p class="lead">${word(view, 'too_many.text', context, { minutes: view.minutes })}</p></div>
${others(view, [], context)}
${waysOut(view)}`,
  }
}

// --- In another browser than the one that began ------------------------------------------------------------------------

/** The app led back to a browser that knows nothing of it: another browser of the phone, or another phone. */
export function elsewherePage(context: RequestContext): Page {
  const { t } = context
  const title = t('eid.elsewhere')
  return {
    title,
    status: 403,
    body: html`<div class="sheet"><h1>${title}</h1>
<p class="lead">${t('eid.elsewhere.text')}</p>
<p>${t('eid.elsewhere.not_me')}</p></div>`,
  }
}

/** Who scans the code with a camera instead of the app gets here. Nothing of the code is used up by it. */
export function scannedPlainlyPage(context: RequestContext): Page {
  const { t } = context
  const title = t('eid.camera')
  return {
    title,
    body: html`<div class="sheet"><h1>${title}</h1>
<p class="lead">${t('eid.camera.text')}</p>
<p class="warning">${t('eid.scan.warning')}</p></div>`,
  }
}

// --- Parts -----------------------------------------------------------------------------------------------------------

/** What is said otherwise where a text is signed. */
const ofSigning: ReadonlySet<string> = new Set([
  ...['scan.warning', 'open.text', 'down.text', 'number.text', 'phone.text', 'too_many.text'],
  ...['declined.not_me', 'declined.changed_mind', 'refused.second_phone', 'refused.card_refused'].map(textOf),
  ...['refused.card_needed', 'refused.phone_over', 'completed'].map(textOf),
])

function textOf(ending: string): string {
  return `${ending}.text`
}

function word({ signs }: Frame, key: string, { t }: RequestContext, values?: Record<string, number>): string {
  return t(signs !== undefined && ofSigning.has(key) ? `eid.sign.${key}` : `eid.${key}`, values)
}

const following = ({ base }: Frame) => ({ script: followScript, calls: `${base}/events` })

/** What the script follows, and what it says when it cannot any more. */
function followed({ follow }: { follow: Follow }, inner: Html, { t }: RequestContext): Html {
  return html`<div data-follow="${follow.href}" data-page="${follow.page}">
${inner}
<p class="warning" role="alert" data-said="moved" hidden>${t('eid.moved')}</p>
<p class="warning" role="alert" data-said="lost" hidden>${t('eid.lost')}</p>
</div>`
}

function purposeOf({ service, signs }: Frame, { t }: RequestContext): Html {
  if (signs !== undefined) return html`<p class="lead">${t('eid.sign.purpose', { what: signs })}</p>`
  return html`<p class="lead">${service === undefined ? t('eid.purpose.own') : t('eid.purpose', { service })}</p>`
}

function downNotice(view: Frame, context: RequestContext): Html {
  const { base, ways, provider } = view
  const { t } = context
  return html`<div class="notice"><h2>${t('eid.down', { provider })}</h2><p>${word(view, 'down.text', context)}</p>
<p class="actions"><a class="button" href="${base}/leave?to=0">${ways[0]?.label}</a></p></div>`
}

/** Without a script nothing follows: the person looks. */
function lookAgain({ base }: Frame, { t }: RequestContext): Html {
  return html`<p class="actions" data-plain><a class="button button-quiet" href="${base}">${t('eid.look')}</a></p>`
}

function others({ passkey }: Frame, more: Link[], { t }: RequestContext): Html {
  if (more.length === 0 && !passkey) return html``
  const anchor = ({ href, label }: Link) => html`<a href="${href}">${label}</a>`
  return html`<section class="panel" aria-labelledby="others"><h2 id="others">${t('eid.others')}</h2>
${more.length > 0 && html`<p class="ways">${more.map(anchor)}</p>`}
${passkey && html`<p>${t('eid.passkey.text')}</p><p class="ways">${anchor(passkey)}</p>`}</section>`
}

function waysOut({ base, ways }: Frame): Html {
  return html`<p class="ways">${ways.map(({ label }, index) => html`<a href="${base}/leave?to=${index}">${label}</a>`)}</p>`
}

/** The number stands alone, so that a script can count it down. */
function counted(sentence: string, seconds: number): Html {
  const [before = '', after = ''] = sentence.replace(/[\u2066-\u2069]/g, '').split('\u0000')
  return html`${before}<span data-seconds="${seconds}">${seconds}</span>${after}`
}
