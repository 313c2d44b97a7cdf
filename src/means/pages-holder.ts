/** The pages on which somebody looks after their own means, as functions from a view to a `Page`. They decide nothing. */
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { meansScript, passkeyScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { qrCode } from '../http/qr-code.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ContactId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import type { MeansKind, MeansView } from './means.ts'
import {
  codeField,
  flags,
  hidden,
  identifierField,
  newPasswordFaults,
  newPasswordField,
  passkeySaid,
  passwordField,
} from './pages-sign-in.ts'

export const holderPath = '/means'
export const contactsPath = `${holderPath}/contacts`
/** In the person's space: of which sign-ins each mailbox hears. */
export const alertsPath = '/space/alerts'
const phonesPath = '/space/phones'

export interface HolderView {
  verifier: string
  /** Present and past, the oldest first. */
  means: MeansView[]
  /** What this person may add here. */
  addable: MeansKind[]
  /** Why nobody can begin an account of the hub's own from this sign-in, or that they can. */
  account: 'has_one' | 'may_begin' | 'level_too_low' | 'sign_in_again'
  /** Where to sign in so that they can. */
  ways: Record<'level_too_low' | 'sign_in_again', string>
  /** Verified ones. */
  contacts: number
  pairsPhones: boolean
  /** What was just done. */
  done?: string
  /** Why the identifier that was asked for cannot be had. */
  identifierFault?: string
  timeZone: string
}

const dates = inEachLanguage((language) => {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (timeZone: string) => {
    const known = formats.get(timeZone) ?? new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone })
    formats.set(timeZone, known)
    return known
  }
})

export function holderPage(view: HolderView, context: RequestContext): Page {
  const { t, language } = context
  const day = (at: Instant) => dates[language](view.timeZone).format(toDate(at))
  const present = view.means.filter(({ state }) => state !== 'revoked' && state !== 'expired')
  const past = view.means.filter(({ state }) => state === 'revoked' || state === 'expired')
  return {
    title: t('own.holder.title'),
    here: holderPath,
    hasForm: true,
    status: view.identifierFault ? 400 : 200,
    body: html`<h1>${t('own.holder.title')}</h1>
<p class="lead">${t('own.holder.lead')}</p>
${view.done && html`<p class="required" role="status">${t(`own.done.${view.done}`)}</p>`}
${accountSection(view, context)}
${
  view.account === 'has_one' &&
  html`<section class="panel" aria-labelledby="present"><h2 id="present">${t('own.holder.present')}</h2>
${
  present.length === 0
    ? html`<p>${t('own.holder.nothing')}</p>`
    : html`<ul class="means">${present.map((one) => item(one, day, context))}</ul>`
}</section>
<section class="panel" aria-labelledby="add"><h2 id="add">${t('own.holder.add')}</h2>
<p>${t('own.holder.add.text')}</p>
<ul class="ways">${view.addable.map(
    (kind) => html`<li><a href="${holderPath}/add/${pathOf[kind]}">${t(`own.add.${kind}`)}</a></li>`,
  )}</ul></section>`
}
<section class="panel" aria-labelledby="contacts"><h2 id="contacts">${t('contact.title')}</h2>
<p>${t('contact.count', { count: view.contacts })}</p>
<p><a href="${contactsPath}">${t('contact.manage')}</a></p></section>
${
  view.pairsPhones &&
  html`<section class="panel" aria-labelledby="phones"><h2 id="phones">${t('own.phones')}</h2>
<p>${t('own.phones.text')}</p>
<p><a href="${phonesPath}">${t('own.phones.go')}</a></p></section>`
}
<section class="panel" aria-labelledby="alerts"><h2 id="alerts">${t('alerts.title')}</h2>
<p>${t('alerts.lead')}</p>
<p><a href="${alertsPath}">${t('alerts.manage')}</a></p></section>
${
  past.length > 0 &&
  html`<details class="panel"><summary>${t('own.holder.past')}</summary>
<ul class="means">${past.map((one) => item(one, day, context))}</ul></details>`
}
<p><a href="/means/lost">${t('own.lost.link')}</a></p>`,
  }
}

/** The last part of the address of a page that adds one. */
export const pathOf: Record<MeansKind, string> = {
  passkey: 'passkey',
  totp: 'totp',
  password: 'password',
  recovery_codes: 'recovery-codes',
  sms_code: 'phone',
  mail_code: 'mailbox',
}

function accountSection({ account, ways, verifier, identifierFault }: HolderView, context: RequestContext): Html {
  const { t } = context
  if (account === 'has_one') return html``
  if (account !== 'may_begin') {
    return html`<section class="panel off"><h2>${t('own.account.none')}</h2><p>${t(`own.account.${account}`)}</p>
<p class="buttons"><a class="button" href="${ways[account]}">${t(`own.account.${account}.go`)}</a></p></section>`
  }
  return html`<section class="panel" aria-labelledby="account"><h2 id="account">${t('own.account.begin')}</h2>
<p>${t('own.account.begin.text')}</p>
${identifierFault && html`<div class="fault" id="fault" role="alert"><p>${t(`own.identifier.${identifierFault}`)}</p></div>`}
<form class="fields" method="post" action="${holderPath}/account">
${hidden({ verifier })}
${identifierField(context, identifierFault ? { fault: { kind: 'wrong' } } : {})}
<p class="buttons"><button class="button">${t('own.account.go')}</button></p>
</form></section>`
}

function item(one: MeansView, day: (at: Instant) => string, { t }: RequestContext): Html {
  const id = `means-${one.means}`
  const acts = actsOn(one)
  return html`<li aria-labelledby="${id}">
<h3 id="${id}">${t(`own.kind.${one.kind}`)}${one.label && html` – <bdi>${one.label}</bdi>`}${one.hint && html` <bdi dir="ltr">${one.hint}</bdi>`}
<span class="mark-state ${one.state === 'active' ? 'good' : ''}">${t(`own.state.${one.state}`)}</span></h3>
<p class="about-one"><span>${t('own.since', { date: day(one.createdAt) })}</span>
<span>${one.lastUsedAt === undefined ? t('own.never_used') : t('own.last_used', { date: day(one.lastUsedAt) })}</span>
<span>${t(one.state === 'expired' ? 'own.expired_on' : 'own.until', { date: day(one.expiresAt) })}</span>
${one.codesLeft !== undefined && html`<span>${t('own.codes_left', { count: one.codesLeft })}</span>`}</p>
${one.state === 'expired' && html`<p>${t('own.state.expired.text')}</p>`}
${one.state === 'pending' && html`<p>${t('own.state.pending.text')}</p>`}
${one.state === 'suspended' && html`<p>${t(`own.state.suspended.${one.suspendedBy ?? 'holder'}`)}</p>`}
${one.discouraged && one.state === 'active' && html`<p class="warning">${t('own.sms.discouraged')}</p>`}
${one.passkey && !one.passkey.deviceBound && one.state === 'active' && html`<p class="about-one">${t('own.passkey.synced')}</p>`}
${
  acts.length > 0 &&
  html`<p class="buttons">${acts.map(
    (act) =>
      html`<a class="link" href="${holderPath}/${one.means}/${act}">${t(`own.act.${act}`)}<span class="unseen"> – ${t(`own.kind.${one.kind}`)} ${one.label}</span></a>`,
  )}</p>`
}</li>`
}

export const holderActs = ['rename', 'renew', 'suspend', 'resume', 'revoke'] as const
export type HolderAct = (typeof holderActs)[number]

function actsOn({ state, kind, suspendedBy }: MeansView): HolderAct[] {
  const named = kind !== 'password' && kind !== 'recovery_codes'
  if (state === 'active') return [...(named ? (['rename'] as const) : []), 'renew', 'suspend', 'revoke']
  if (state === 'suspended') return [...(suspendedBy === 'manager' ? [] : (['resume'] as const)), 'revoke']
  return state === 'pending' ? ['revoke'] : []
}

/** What was sent before somebody was led away to sign in: it is there again. */
export type Typed = Readonly<Record<string, string>>

/** Why somebody stops a means, as they may say it. */
export const holderReasons = ['lost', 'stolen', 'broken', 'replaced', 'misuse', 'asked'] as const

/** A page for each act on one means: what it does, then the button. */
export function actPage(
  view: { verifier: string; one: MeansView; act: HolderAct; typed: Typed },
  { t }: RequestContext,
): Page {
  const { one, act, typed } = view
  const chosen = holderReasons.find((reason) => reason === typed.reason) ?? holderReasons[0]
  const title = t(`own.act.${act}.title`, { means: nameOf(one, t) })
  const reasons =
    act === 'suspend' || act === 'revoke'
      ? html`<fieldset class="choices"><legend>${t('own.reason')}</legend>
${holderReasons.map(
  (reason) =>
    html`<label><input type="radio" name="reason" value="${reason}" required${flags({ checked: reason === chosen })}> <span>${t(`own.reason.${reason}`)}</span></label>`,
)}</fieldset>`
      : ''
  const label =
    act === 'rename'
      ? html`<div class="field"><label for="label">${t('own.label')}</label>
<input id="label" name="label" value="${one.label}" maxlength="64" autocomplete="off" dir="auto"></div>`
      : ''
  return {
    title,
    here: `${holderPath}/${one.means}/${act}`,
    hasForm: true,
    body: html`<h1>${title}</h1>
<p class="lead">${t(`own.act.${act}.text`)}</p>
<form class="panel fields" method="post" action="${holderPath}/${one.means}/${act}">
${hidden({ verifier: view.verifier })}${reasons}${label}
<p class="buttons"><button class="button">${t(`own.act.${act}.go`)}</button> <a href="${holderPath}">${t('own.cancel')}</a></p>
</form>`,
  }
}

const nameOf = (one: MeansView, t: RequestContext['t']): string =>
  one.label ? `${t(`own.kind.${one.kind}`)} – ${one.label}` : t(`own.kind.${one.kind}`)

// --- Adding one ------------------------------------------------------------------------------------------------------

/** The frame of a page that adds a means. */
function addPage(
  kind: MeansKind,
  part: { here?: string; body: Html; fault?: boolean; script?: Page['script'] },
  context: RequestContext,
): Page {
  const { t } = context
  const title = t(`own.add.${kind}`)
  return {
    title: part.fault ? t('own.fault.page', { title }) : title,
    status: part.fault ? 400 : 200,
    here: part.here ?? `${holderPath}/add/${pathOf[kind]}`,
    hasForm: true,
    ...(part.script ? { script: part.script } : {}),
    body: html`<h1>${title}</h1>
<p class="lead">${t(`own.add.${kind}.text`)}</p>
${part.body}
<p class="back"><a href="${holderPath}">${t('own.back')}</a></p>`,
  }
}

const labelField = ({ t }: RequestContext, example: string, typed: Typed) =>
  html`<div class="field"><label for="label">${t('own.label')}</label>
<input id="label" name="label" value="${typed.label}" maxlength="64" autocomplete="off" dir="auto" aria-describedby="label-hint"><small id="label-hint">${example}</small></div>`

export function addPasskeyPage(
  view: {
    verifier: string
    ceremony: string
    options: PublicKeyCredentialCreationOptionsJSON
    typed: Typed
    fault?: 'gone' | 'not_verified' | 'already_known'
  },
  context: RequestContext,
): Page {
  const { t } = context
  const { fault, options } = view
  const body = html`${fault && html`<div class="fault" role="alert"><p>${t(`own.passkey.${fault}`)}</p></div>`}
<div class="panel">
<form class="fields" method="post" action="${holderPath}/add/passkey" data-passkey="create" data-options="${JSON.stringify(options)}" hidden>
${hidden({ verifier: view.verifier, ceremony: view.ceremony, response: '' })}
${labelField(context, t('own.label.passkey'), view.typed)}
<p class="buttons"><button class="button">${t('own.passkey.create')}</button></p>
</form>
${passkeySaid('create', t)}</div>`
  return addPage('passkey', { body, fault: fault !== undefined, script: [passkeyScript, meansScript] }, context)
}

export function beginTotpPage(view: { verifier: string; typed: Typed }, context: RequestContext): Page {
  const { t } = context
  const body = html`<form class="panel fields" method="post" action="${holderPath}/add/totp">
${hidden({ verifier: view.verifier })}
${labelField(context, t('own.label.totp'), view.typed)}
<p class="buttons"><button class="button">${t('own.totp.begin')}</button></p>
</form>`
  return addPage('totp', { body }, context)
}

export function totpPage(
  view: { verifier: string; here: string; uri: string; secret: string; fault: boolean },
  context: RequestContext,
): Page {
  const { t } = context
  const groups = view.secret.replace(/(.{4})(?=.)/g, '$1 ')
  const body = html`${view.fault && html`<div class="fault" id="fault" role="alert"><p>${t('own.totp.wrong')}</p></div>`}
<div class="panel"><h2>${t('own.totp.scan')}</h2>
<div class="qr" role="img" aria-label="${t('own.totp.qr')}">${qrCode(view.uri)}</div>
<p>${t('own.totp.type')}</p>
<p><code class="secret" dir="ltr">${groups}</code></p></div>
<form class="panel fields" method="post" action="${view.here}"><h2>${t('own.totp.prove')}</h2>
${hidden({ verifier: view.verifier })}
${codeField({ label: t('own.code.totp'), ...(view.fault ? { fault: { kind: 'wrong_code' } } : {}) })}
<p class="buttons"><button class="button">${t('own.totp.activate')}</button></p>
</form>`
  return addPage('totp', { here: view.here, body, fault: view.fault }, context)
}

export function addPasswordPage(
  view: { verifier: string; change: boolean; asksOld: boolean; reasons: string[] },
  context: RequestContext,
): Page {
  const { t } = context
  const body = html`${newPasswordFaults(view.reasons, context)}
<form class="panel fields" method="post" action="${holderPath}/add/password">
${hidden({ verifier: view.verifier })}
${view.asksOld && passwordField(context, { id: 'old', label: t('own.password.old') })}
${newPasswordField(context, view.reasons.length > 0)}
<p class="buttons"><button class="button">${t(view.change ? 'own.password.change' : 'own.password.set')}</button></p>
</form>`
  return addPage('password', { body, fault: view.reasons.length > 0, script: meansScript }, context)
}

export function addPhonePage(
  view: { verifier: string; number: string; fault?: 'number_malformed' | 'not_sent' | 'too_many' },
  context: RequestContext,
): Page {
  const { t } = context
  const { fault } = view
  const body = html`<p class="warning">${t('own.sms.discouraged')}</p>
${fault && html`<div class="fault" id="fault" role="alert"><p>${t(`own.phone.${fault}`)}</p></div>`}
<form class="panel fields" method="post" action="${holderPath}/add/phone">
${hidden({ verifier: view.verifier })}
<div class="field"><label for="number">${t('own.phone.number')}</label>
<input id="number" name="number" type="tel" value="${view.number}" autocomplete="tel" dir="ltr" maxlength="30" required aria-describedby="number-hint${fault ? ' fault' : ''}"${flags({ 'aria-invalid="true"': fault === 'number_malformed' })}>
<small id="number-hint">${t('own.phone.hint')}</small></div>
<p class="buttons"><button class="button">${t('own.phone.go')}</button></p>
</form>`
  return addPage('sms_code', { body, fault: fault !== undefined }, context)
}

/** What came of asking for another code. */
export type SentAgain = 'sent' | 'too_soon' | 'too_many' | 'not_sent'

/** The page on which the first code of a number or an address is given back, and asked for anew. */
export function givenBack(
  view: {
    verifier: string
    here: string
    /** How often the code may still be tried; 0: it is over. */
    left: number
    wrong?: boolean
    sent?: SentAgain
    about: Html
    field: Parameters<typeof codeField>[0]
  },
  { t }: RequestContext,
): Html {
  const { here, left, wrong, sent } = view
  const isOver = left === 0
  const fault = isOver && !sent ? t('own.given.over') : wrong ? t('own.given.wrong', { count: left }) : undefined
  const isBad = sent === 'too_many' || sent === 'not_sent'
  return html`${fault && html`<div class="fault" id="fault" role="alert"><p>${fault}</p></div>`}
${sent && html`<div class="${isBad ? 'fault' : 'required'}" role="${isBad ? 'alert' : 'status'}"><p>${t(`own.given.${sent}`)}</p></div>`}
<form class="panel fields" method="post" action="${here}">
${hidden({ verifier: view.verifier })}
${view.about}
${codeField({ ...view.field, autofocus: true, ...(fault ? { fault: { kind: 'wrong_code' } } : {}) })}
<p class="buttons"><button class="button">${t('own.code.go')}</button></p>
</form>
<form class="ways" method="post" action="${here}/again">
${hidden({ verifier: view.verifier })}
<button class="link">${t('own.send.again')}</button>
</form>`
}

export function verifyPhonePage(
  view: { verifier: string; here: string; left: number; wrong?: boolean; sent?: SentAgain },
  context: RequestContext,
): Page {
  const { t } = context
  const about = html`<p>${t('own.phone.sent')}</p>`
  const body = givenBack({ ...view, about, field: { label: t('own.code.sent') } }, context)
  const fault = view.wrong === true || (view.left === 0 && view.sent === undefined)
  return addPage('sms_code', { here: view.here, body, fault }, context)
}

export function addMailboxPage(
  view: {
    verifier: string
    contacts: { contact: ContactId; address: string }[]
    fault?: 'not_verified' | 'mailbox_resets_password'
  },
  context: RequestContext,
): Page {
  const { t } = context
  const { contacts, fault } = view
  const form = html`<form class="panel fields" method="post" action="${holderPath}/add/mailbox">
${hidden({ verifier: view.verifier })}
<fieldset class="choices"><legend>${t('own.mailbox.which')}</legend>
${contacts.map(
  ({ contact, address }, index) =>
    html`<label><input type="radio" name="contact" value="${contact}" required${flags({ checked: index === 0 })}> <bdi>${address}</bdi></label>`,
)}</fieldset>
<p class="buttons"><button class="button">${t('own.mailbox.go')}</button></p>
</form>`
  const body = html`${fault && html`<div class="fault" role="alert"><p>${t(`own.mailbox.${fault}`)}</p></div>`}
${contacts.length > 0 ? form : html`<p class="panel">${t('own.mailbox.none')} <a href="${contactsPath}">${t('contact.manage')}</a></p>`}`
  return addPage('mail_code', { body, fault: fault !== undefined }, context)
}

export function makeRecoveryCodesPage(view: { verifier: string; replaces: boolean }, context: RequestContext): Page {
  const { t } = context
  const body = html`${view.replaces && html`<p class="warning">${t('own.recovery.replaces')}</p>`}
<form class="panel fields" method="post" action="${holderPath}/add/recovery-codes">
${hidden({ verifier: view.verifier })}
<p class="buttons"><button class="button">${t('own.recovery.make')}</button></p>
</form>`
  return addPage('recovery_codes', { body }, context)
}

export function recoveryCodesPage(view: { here: string; codes: string[] }, context: RequestContext): Page {
  const { t } = context
  return {
    title: t('own.recovery.title'),
    here: view.here,
    script: meansScript,
    body: html`<div class="sheet"><h1>${t('own.recovery.title')}</h1>
<p class="lead">${t('own.recovery.keep')}</p>
<ol class="recovery" dir="ltr">${view.codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
<p class="actions no-print"><button class="button button-quiet" type="button" data-print hidden>${t('own.recovery.print')}</button>
<a class="button" href="${holderPath}">${t('own.recovery.done')}</a></p></div>`,
  }
}
