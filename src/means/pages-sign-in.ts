/**
 * The pages of a ceremony with the hub's own means, as functions from a view to a `Page`. They decide nothing. All of
 * them work without a script except where the browser itself asks for the means (a passkey), which the page then says.
 */
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import { meansScript, passkeyScript } from '../http/assets.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { MeansId } from '../kernel/ids.ts'
import type { SecondFactorChoice, WorkChallenge } from './means.ts'

/** What all pages of one ceremony have in common. */
export interface Frame {
  /** Address of the first page; the others are below it. */
  base: string
  /** Good for the forms of this ceremony only. */
  verifier: string
  purpose:
    | { kind: 'service'; service: string; provider: string; required: Level }
    /** Before somebody changes their own means. */
    | { kind: 'change' }
  /** Ways out: another account, back to the service. */
  ways: { href: string; label: string }[]
}

/** What went wrong with the try before. One and the same for everything that must not be told apart. */
export interface Fault {
  kind: 'wrong' | 'wrong_code' | 'gone' | 'passkey' | 'no_script' | 'not_accepted'
  retryAfterSeconds?: number
}

export interface SignInView extends Frame {
  /** Are passwords asked for at all? */
  password: boolean
  /** The password has a page of its own, which checks that no machine is there. */
  identifierFirst: boolean
  passkey?: PasskeyAsked
  fault?: Fault
  /** As it was typed before. */
  identifier?: string
}

export interface PasskeyAsked {
  ceremony: string
  options: PublicKeyCredentialRequestOptionsJSON
}

export function signInPage(view: SignInView, context: RequestContext): Page {
  const { t } = context
  const { purpose, fault } = view
  const title =
    purpose.kind === 'change' ? t('own.confirm.title') : t('own.sign_in.title', { provider: purpose.provider })
  return {
    title: fault ? t('own.fault.page', { title }) : title,
    status: statusOf(fault),
    here: view.base,
    hasForm: true,
    script: view.passkey ? [passkeyScript, meansScript] : meansScript,
    body: html`<h1>${title}</h1>
<p class="lead">${
      purpose.kind === 'change' ? t('own.confirm.lead') : t('own.sign_in.lead', { service: purpose.service })
    }</p>
${fault && faultBox(fault, context)}
${purpose.kind === 'service' && purpose.required !== 'eidas1' && html`<p class="required">${t('own.sign_in.two')}</p>`}
${view.passkey && passkeyPanel(view, view.passkey, { autofill: view.password }, context)}
${view.passkey && view.password && html`<p class="or" data-with-passkey hidden>${t('own.or')}</p>`}
${view.password && (view.identifierFirst ? identifierForm(view, context) : passwordForm(view, context))}
${waysOut(view, context, true)}`,
  }
}

/** The page that checks that no machine is there, and asks for the password. */
export function passwordPage(
  view: Frame & {
    ceremony: string
    identifier: string
    /** What the browser does; without it a code was sent by mail. */
    work?: WorkChallenge
    fault?: Fault
  },
  context: RequestContext,
): Page {
  const { t } = context
  const { fault, work } = view
  const title = t('own.password.title')
  const challenge = work && html` data-challenge="${work.challenge}" data-difficulty="${work.difficulty}"`
  return {
    title: fault ? t('own.fault.page', { title }) : title,
    status: statusOf(fault),
    // The step has no address: another language begins again.
    here: view.base,
    hasForm: true,
    script: meansScript,
    body: html`<h1>${title}</h1>
${fault && faultBox(fault, context)}
<form class="panel fields" method="post" action="${view.base}/password"${challenge}>
${hidden({ verifier: view.verifier, ceremony: view.ceremony, challenge: work?.challenge ?? '', solution: '' })}
${identifierField(context, { value: view.identifier, readonly: true })}
${passwordField(context, { autofocus: true, ...(fault ? { fault } : {}) })}
${
  work
    ? html`<p role="status" data-busy="${t('own.check.busy')}">${t('own.check.lead')}</p>
<noscript><p>${t('own.check.no_script')}</p></noscript>`
    : html`<p role="status">${t('own.check.sent')}</p>${codeField({ name: 'check', label: t('own.check.code') })}`
}
<p class="buttons"><button class="button">${t('own.sign_in.go')}</button></p>
</form>
<form class="ways" method="post" action="${view.base}/check">
${hidden({ verifier: view.verifier, ceremony: view.ceremony, identifier: view.identifier })}
<button class="link">${t(work ? 'own.check.mail' : 'own.check.again')}</button>
</form>
${waysOut(view, context, true)}`,
  }
}

export interface SecondFactorView extends Frame {
  /** The strongest first. `enough`: reaches what the service asks. */
  choices: { choice: SecondFactorChoice; enough: boolean }[]
  /** For the choice of a passkey. */
  options?: PublicKeyCredentialRequestOptionsJSON
  /** What came of asking for a code, and whether one may have arrived by now. */
  sent?: { means: MeansId; outcome: 'sent' | 'too_many' | 'not_sent' | 'too_soon'; arrived: boolean }
  fault?: Fault
}

export function secondFactorPage(view: SecondFactorView, context: RequestContext): Page {
  const { t } = context
  const { fault, sent, options } = view
  const usable = view.choices.filter(({ enough, choice }) => enough && (choice.kind !== 'passkey' || options))
  const short = view.choices.filter(({ enough }) => !enough)
  // What a code was sent to comes first: that is where the person now types.
  const order = usable.toSorted((a, b) => Number(isSentTo(b.choice, sent)) - Number(isSentTo(a.choice, sent)))
  const [first, ...others] = order
  const title = t('own.second.title')
  return {
    title: fault ? t('own.fault.page', { title }) : title,
    status: statusOf(fault),
    here: `${view.base}/second`,
    hasForm: true,
    script: options ? [passkeyScript, meansScript] : meansScript,
    body: html`<h1>${title}</h1>
<p class="lead">${t(first ? 'own.second.lead' : 'own.second.none')}</p>
${fault && faultBox(fault, context)}
${first && html`<section class="panel">${choiceForm(first.choice, view, context, true)}</section>`}
${
  others.length > 0 &&
  html`<h2>${t('own.second.others')}</h2>
${others.map(
  ({ choice }) => html`<details class="panel"><summary>${choiceTitle(choice, context)}</summary>
${choiceForm(choice, view, context, false)}</details>`,
)}`
}
${
  short.length > 0 &&
  html`<section class="panel off"><h2>${t('own.second.short')}</h2>
<ul>${short.map(({ choice }) => html`<li>${choiceTitle(choice, context)}</li>`)}</ul>
<p>${t('own.second.short.why')}</p></section>`
}
${waysOut(view, context, true)}`,
  }
}

const isSentTo = (choice: SecondFactorChoice, sent: SecondFactorView['sent']): boolean =>
  sent !== undefined && 'means' in choice && choice.means === sent.means

function choiceTitle(choice: SecondFactorChoice, { t }: RequestContext): string {
  switch (choice.kind) {
    case 'passkey':
      return t('own.second.passkey')
    case 'totp':
      return choice.label ? t('own.second.totp.named', { label: choice.label }) : t('own.second.totp')
    case 'sms_code':
      return t('own.second.sms', { hint: choice.hint })
    case 'mail_code':
      return t('own.second.mail', { hint: choice.hint })
    case 'recovery_code':
      return t('own.second.recovery')
  }
}

function choiceForm(
  choice: SecondFactorChoice,
  view: SecondFactorView,
  context: RequestContext,
  isFirst: boolean,
): Html {
  const { t } = context
  const heading = isFirst ? html`<h2>${choiceTitle(choice, context)}</h2>` : ''
  const { fault } = view
  const code = { autofocus: isFirst, id: `code-${choice.kind}`, ...(isFirst && fault ? { fault } : {}) }
  switch (choice.kind) {
    case 'passkey':
      return html`${heading}${
        view.options &&
        passkeyForm(
          {
            action: `${view.base}/second`,
            fields: { verifier: view.verifier, kind: 'passkey' },
            options: view.options,
          },
          context,
        )
      }`
    case 'totp':
      return html`${heading}
<form class="fields" method="post" action="${view.base}/second">
${hidden({ verifier: view.verifier, kind: 'totp' })}
${codeField({ ...code, label: t('own.code.totp') })}
<p class="buttons"><button class="button">${t('own.code.go')}</button></p>
</form>`
    case 'sms_code':
    case 'mail_code':
      return html`${heading}${sentCodeForms(choice, view, context, code)}`
    case 'recovery_code':
      return html`${heading}
<form class="fields" method="post" action="${view.base}/second">
${hidden({ verifier: view.verifier, kind: 'recovery_code' })}
${codeField({ ...code, label: t('own.code.recovery'), hint: t('own.code.recovery.hint'), letters: true })}
<p class="buttons"><button class="button">${t('own.code.go')}</button></p>
</form>`
  }
}

function sentCodeForms(
  choice: Extract<SecondFactorChoice, { means: MeansId; hint: string }>,
  view: SecondFactorView,
  context: RequestContext,
  code: { autofocus: boolean; id: string; fault?: Fault },
): Html {
  const { t } = context
  const sent = isSentTo(choice, view.sent) ? view.sent : undefined
  const arrived = sent?.arrived === true
  return html`
${choice.kind === 'sms_code' && html`<p class="warning">${t('own.sms.discouraged')}</p>`}
${sent && html`<p role="status">${t(`own.sent.${sent.outcome}`, { hint: choice.hint })}</p>`}
${
  arrived &&
  html`<form class="fields" method="post" action="${view.base}/second">
${hidden({ verifier: view.verifier, kind: 'sent_code', means: choice.means })}
${codeField({ ...code, label: t('own.code.sent') })}
<p class="buttons"><button class="button">${t('own.code.go')}</button></p>
</form>`
}
<form class="fields" method="post" action="${view.base}/send">
${hidden({ verifier: view.verifier, means: choice.means })}
<p class="buttons"><button class="${arrived ? 'link' : 'button'}">${t(arrived ? 'own.send.again' : 'own.send')}</button></p>
</form>`
}

/** The password was right, and this person has no second factor for a service that asks for one. */
export function secondMissingPage(view: Frame, context: RequestContext): Page {
  const { t } = context
  const title = t('own.missing.title')
  return {
    title,
    status: 403,
    here: view.base,
    body: html`<div class="sheet"><h1>${title}</h1>
<p class="lead">${t('own.missing.lead')}</p>
<h2>${t('error.do')}</h2>
<p>${t('own.missing.next')}</p></div>
${waysOut(view, context, false)}`,
  }
}

// --- Pages that anybody may open -------------------------------------------------------------------------------------

/** `from` is the ceremony that one comes from: the way back to it. */
const lostPath = (from: string) => `/means/lost?from=${encodeURIComponent(from)}`

/** What to do when one has lost what one signs in with. */
export function lostPage({ name, from }: { name: string; from?: string }, { t }: RequestContext): Page {
  const cases = ['password', 'phone', 'passkey', 'locked', 'all', 'stolen'] as const
  const links: Partial<Record<(typeof cases)[number], string>> = {
    password: '/means/reset',
    locked: '/means/unlock',
    stolen: '/means',
  }
  return {
    title: t('own.lost.title'),
    here: from ? lostPath(from) : '/means/lost',
    body: html`<article class="sheet prose"><h1>${t('own.lost.title')}</h1>
<p class="lead">${t('own.lost.lead')}</p>
${cases.map(
  (one) => html`<h2>${t(`own.lost.${one}`)}</h2><p>${t(`own.lost.${one}.text`, { name })}</p>
${links[one] && html`<p><a href="${links[one]}">${t(`own.lost.${one}.link`)}</a></p>`}`,
)}</article>
${from && html`<p class="ways"><a href="${from}">${t('own.lost.back')}</a></p>`}`,
  }
}

export function resetRequestPage(context: RequestContext): Page {
  const { t } = context
  const title = t('own.reset.title')
  return {
    title,
    here: '/means/reset',
    hasForm: true,
    body: html`<h1>${title}</h1>
<p class="lead">${t('own.reset.lead')}</p>
<form class="panel fields" method="post" action="/means/reset">
${identifierField(context, { autofocus: true })}
<p class="buttons"><button class="button">${t('own.reset.go')}</button></p>
</form>
<p>${t('own.reset.second')}</p>`,
  }
}

export function resetPage(view: { reasons: string[] }, context: RequestContext): Page {
  const { t } = context
  const title = t('own.reset.new.title')
  const { reasons } = view
  const isCodeWrong = reasons.includes('gone')
  return {
    title: reasons.length > 0 ? t('own.fault.page', { title }) : title,
    status: reasons.length > 0 ? 400 : 200,
    here: '/means/reset/code',
    hasForm: true,
    script: meansScript,
    body: html`<h1>${title}</h1>
<p class="lead">${t('own.reset.sent')}</p>
${
  isCodeWrong
    ? html`<div class="fault" id="fault" role="alert"><p>${t('own.reset.gone')}</p></div>`
    : newPasswordFaults(reasons, context)
}
<form class="panel fields" method="post" action="/means/reset/code">
${codeField({ label: t('own.reset.code'), hint: t('own.reset.code.hint'), letters: true, ...(isCodeWrong ? { fault: { kind: 'wrong_code' } } : {}) })}
${newPasswordField(context, reasons.length > 0 && !isCodeWrong)}
<p class="buttons"><button class="button">${t('own.reset.new.go')}</button></p>
</form>
<p>${t('own.reset.sent.none')} <a href="/means/reset">${t('own.reset.again')}</a></p>
<p>${t('own.reset.second')}</p>`,
  }
}

/** One thing that is over, said plainly. */
export function donePage(view: {
  title: string
  text: string
  status?: number
  here?: string
  link?: { href: string; label: string }
}): Page {
  return {
    title: view.title,
    ...(view.status ? { status: view.status } : {}),
    ...(view.here ? { here: view.here } : {}),
    body: html`<div class="sheet"><h1>${view.title}</h1><p class="lead">${view.text}</p>
${view.link && html`<p class="actions"><a class="button" href="${view.link.href}">${view.link.label}</a></p>`}</div>`,
  }
}

export function unlockPage(view: { fault: boolean }, context: RequestContext): Page {
  const { t } = context
  const title = t('own.unlock.title')
  return {
    title: view.fault ? t('own.fault.page', { title }) : title,
    status: view.fault ? 403 : 200,
    here: '/means/unlock',
    hasForm: true,
    body: html`<h1>${title}</h1>
<p class="lead">${t('own.unlock.lead')}</p>
${view.fault && html`<div class="fault" role="alert"><p>${t('own.unlock.wrong')}</p></div>`}
<form class="panel fields" method="post" action="/means/unlock">
${identifierField(context, { autofocus: true })}
${codeField({ id: 'recovery', name: 'recovery', label: t('own.code.recovery'), hint: t('own.code.recovery.hint'), letters: true })}
${codeField({ id: 'totp', name: 'totp', label: t('own.code.totp') })}
<p class="buttons"><button class="button">${t('own.unlock.go')}</button></p>
</form>
<p>${t('own.unlock.else')}</p>`,
  }
}

// --- Parts -----------------------------------------------------------------------------------------------------------

function statusOf(fault: Fault | undefined): number {
  if (!fault) return 200
  if (fault.retryAfterSeconds !== undefined) return 429
  return fault.kind === 'gone' ? 409 : 403
}

function faultBox({ kind, retryAfterSeconds }: Fault, { t }: RequestContext): Html {
  return html`<div class="fault" id="fault" role="alert"><h2>${t(`own.fault.${kind}`)}</h2>
<p>${t(`own.fault.${kind}.text`)}</p>
${retryAfterSeconds !== undefined && waiting(retryAfterSeconds, t)}</div>`
}

/** The number stands alone, so that a script can count it down. */
function waiting(seconds: number, t: RequestContext['t']): Html {
  const [before, after] = t('own.wait', { seconds: '\u0000' })
    .replace(/[\u2066-\u2069]/g, '')
    .split('\u0000')
  return html`<p><strong>${before}<span data-seconds="${seconds}">${seconds}</span>${after}</strong></p>`
}

function identifierForm(view: SignInView, context: RequestContext): Html {
  return html`<form class="panel fields" method="post" action="${view.base}/password">
${hidden({ verifier: view.verifier })}
${identifierField(context, typedBefore(view))}
<p class="buttons"><button class="button">${context.t('own.sign_in.next')}</button></p>
</form>`
}

function passwordForm(view: SignInView, context: RequestContext): Html {
  const fault = view.fault ? { fault: view.fault } : {}
  return html`<form class="panel fields" method="post" action="${view.base}/password">
${hidden({ verifier: view.verifier })}
${identifierField(context, typedBefore(view))}
${passwordField(context, fault)}
<p class="buttons"><button class="button">${context.t('own.sign_in.go')}</button></p>
</form>`
}

const typedBefore = ({ passkey, fault, identifier }: SignInView) => ({
  autofill: passkey !== undefined,
  ...(fault ? { fault } : {}),
  ...(identifier ? { value: identifier } : {}),
})

export function identifierField(
  { t }: RequestContext,
  options: { value?: string; readonly?: boolean; autofocus?: boolean; autofill?: boolean; fault?: Fault } = {},
): Html {
  const { value, readonly, autofocus, autofill, fault } = options
  return html`<div class="field"><label for="identifier">${t('own.identifier')}</label>
<input id="identifier" name="identifier" value="${value}" autocomplete="username${autofill ? ' webauthn' : ''}" autocapitalize="none" spellcheck="false" dir="auto" maxlength="320" required${flags({ readonly, autofocus })}${faultOf(fault)}>
${!readonly && html`<small>${t('own.identifier.hint')}</small>`}</div>`
}

export function passwordField(
  { t }: RequestContext,
  options: { id?: string; label?: string; autofocus?: boolean; fault?: Fault } = {},
): Html {
  const { id = 'password', label = t('own.password') } = options
  return html`<div class="field"><label for="${id}">${label}</label>
<div class="typed"><input id="${id}" name="${id}" type="password" autocomplete="current-password" dir="auto" maxlength="4096" required data-reveal data-show="${t('own.show')}" data-hide="${t('own.hide')}"${flags({ autofocus: options.autofocus })}${faultOf(options.fault)}></div></div>`
}

export function newPasswordField({ t }: RequestContext, isWrong: boolean): Html {
  return html`<div class="field"><label for="password">${t('own.password.new')}</label>
<div class="typed"><input id="password" name="password" type="password" autocomplete="new-password" dir="auto" maxlength="4096" required aria-describedby="rule${isWrong ? ' fault' : ''}" data-reveal data-show="${t('own.show')}" data-hide="${t('own.hide')}"${flags({ 'aria-invalid="true"': isWrong })}></div>
<small id="rule">${t('own.password.rule')}</small></div>`
}

export function newPasswordFaults(reasons: readonly string[], { t }: RequestContext): Html | '' {
  return reasons.length === 0
    ? ''
    : html`<div class="fault" id="fault" role="alert"><h2>${t('own.password.refused')}</h2>
<ul>${reasons.map((reason) => html`<li>${t(`own.password.${reason}`)}</li>`)}</ul></div>`
}

export function codeField(options: {
  label: string
  id?: string
  name?: string
  hint?: string
  letters?: boolean
  value?: string
  autofocus?: boolean
  fault?: Fault
}): Html {
  const { label, id = 'code', name = 'code', hint, letters = false, value, autofocus, fault } = options
  // Codes read from left to right in every language. Spaces are allowed: people type them as they are printed.
  const kind = letters
    ? danger_raw(' autocomplete="off" autocapitalize="characters" maxlength="40"')
    : danger_raw(' inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]*" maxlength="10"')
  return html`<div class="field"><label for="${id}">${label}</label>
<input class="digits${letters ? ' letters' : ''}" id="${id}" name="${name}"${value && html` value="${value}"`} dir="ltr" spellcheck="false" required${kind}${flags({ autofocus })}${faultOf(fault)}>
${hint && html`<small>${hint}</small>`}</div>`
}

function passkeyPanel(
  view: Frame,
  passkey: PasskeyAsked,
  { autofill }: { autofill: boolean },
  context: RequestContext,
): Html {
  const { t } = context
  return html`<section class="panel" aria-labelledby="with-passkey"><h2 id="with-passkey">${t('own.passkey.title')}</h2>
${passkeyForm(
  {
    action: `${view.base}/passkey`,
    fields: { verifier: view.verifier, ceremony: passkey.ceremony },
    options: passkey.options,
    autofill,
  },
  context,
)}</section>`
}

/** Shown by the script where the browser knows passkeys; without one, the page says what is left. */
function passkeyForm(
  form: {
    action: string
    fields: Record<string, string>
    options: PublicKeyCredentialRequestOptionsJSON
    autofill?: boolean
  },
  { t }: RequestContext,
): Html {
  return html`<p>${t('own.passkey.text')}</p>
<form method="post" action="${form.action}" data-passkey="get" data-options="${JSON.stringify(form.options)}" hidden${flags({ 'data-autofill': form.autofill })}>
${hidden({ ...form.fields, response: '' })}
<p class="buttons"><button class="button">${t('own.passkey.go')}</button></p>
</form>
${passkeySaid('get', t)}`
}

/** What the script says when it did not come to an answer; names are those of the browser's exceptions. */
export function passkeySaid(act: 'get' | 'create', t: RequestContext['t']): Html {
  return html`<noscript><p class="warning">${t('own.passkey.no_script')}</p></noscript>
<p class="warning" role="alert" data-said="unsupported" hidden>${t('own.passkey.unsupported')}</p>
<p class="warning" role="alert" data-said="NotAllowedError" hidden>${t(`own.passkey.stopped.${act}`)}</p>
<p class="warning" role="alert" data-said="InvalidStateError" hidden>${t('own.passkey.known')}</p>
<p class="warning" role="alert" data-said="" hidden>${t('own.passkey.failed')}</p>`
}

function waysOut(view: Frame, { t }: RequestContext, lost: boolean): Html {
  return html`<p class="ways">
${lost && html`<a href="${lostPath(view.base)}">${t('own.lost.link')}</a>`}
${view.ways.map(({ href, label }) => html`<a href="${href}">${label}</a>`)}</p>`
}

export function hidden(fields: Record<string, string>): Html[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)
}

/** Attributes without a value, or whole; the names are written in this file and its neighbour. */
export function flags(given: Record<string, boolean | undefined>): Html {
  return danger_raw(
    Object.entries(given)
      .filter(([, holds]) => holds)
      .map(([name]) => ` ${name}`)
      .join(''),
  )
}

const faultOf = (fault: Fault | undefined): Html =>
  flags({ 'aria-invalid="true" aria-describedby="fault"': fault !== undefined && fault.kind !== 'gone' })
