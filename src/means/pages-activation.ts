/**
 * The pages on which somebody makes their own means by a code that an agent handed over, as functions from a view to a
 * `Page`. They decide nothing, and work without a script, passkeys excepted.
 */
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { meansScript, passkeyScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { qrCode } from '../http/qr-code.ts'
import type { Identifier, MeansKind } from './means.ts'
import { codeField, hidden, newPasswordFaults, newPasswordField, passkeySaid } from './pages-sign-in.ts'

/** GET `?code=`: the form. POST `code`. The other pages are below it. */
export const activationPath = '/means/activate'

/** What can be made here. The parts of the address are those of the kinds. */
export const activationWays = ['passkey', 'password', 'totp'] as const satisfies readonly MeansKind[]
export type ActivationWay = (typeof activationWays)[number]

export function activationPage(view: { code: string; fault?: 'wrong' | 'over' }, context: RequestContext): Page {
  const { t } = context
  const { fault } = view
  const title = t('activate.title')
  return {
    title: fault ? t('own.fault.page', { title }) : title,
    status: fault === undefined ? 200 : fault === 'wrong' ? 403 : 410,
    here: activationPath,
    hasForm: true,
    body: html`<h1>${title}</h1>
<p class="lead">${t('activate.lead')}</p>
${fault && html`<div class="fault" id="fault" role="alert"><p>${t(`activate.${fault}`)}</p></div>`}
<form class="panel fields" method="post" action="${activationPath}">
${codeField({ label: t('activate.code'), hint: t('activate.code.hint'), letters: true, value: view.code, ...(fault ? { fault: { kind: 'wrong_code' } } : {}) })}
<p class="buttons"><button class="button">${t('activate.go')}</button></p>
</form>
<p>${t('activate.warning')}</p>`,
  }
}

export interface ChooseView {
  verifier: string
  /** Whose the code is. */
  name: string
  identifiers: readonly Identifier[]
  /** What the person has by now. */
  present: readonly MeansKind[]
  /** The code is used up: what is left is a matter of this browser. */
  used: boolean
  done?: ActivationWay
}

export function choosePage(view: ChooseView, context: RequestContext): Page {
  const { t } = context
  const { present, identifiers, done } = view
  const has = (kind: MeansKind) => present.includes(kind)
  const ways = activationWays.filter(
    (kind) => kind === 'passkey' || (kind === 'password' ? !has('password') : has('password') && !has('totp')),
  )
  const isComplete = has('passkey') || (has('password') && has('totp'))
  const title = t(view.used ? 'activate.more' : 'activate.choose')
  return {
    title,
    here: `${activationPath}/choose`,
    hasForm: true,
    body: html`<h1>${title}</h1>
${done && html`<p class="required" role="status">${t(`activate.done.${done}`)}</p>`}
<p class="lead">${t('activate.who')} <bdi>${view.name}</bdi></p>
${!view.used && html`<p>${t('activate.not_you')}</p>`}
${
  identifiers.length > 0 &&
  html`<p>${t('activate.identifiers')} ${identifiers.map(
    ({ kind, value }) => html`<bdi dir="ltr"><strong>${kind === 'rpps' ? value.slice(1) : value}</strong></bdi> `,
  )}</p>`
}
<section class="panel" aria-labelledby="ways"><h2 id="ways">${t(view.used ? 'activate.add' : 'activate.ways')}</h2>
<ul class="ways">${ways.map(
      (kind) =>
        html`<li><a href="${activationPath}/${kind}">${t(`activate.way.${kind}`)}</a><br><small>${t(`activate.way.${kind}.text`)}</small></li>`,
    )}</ul></section>
${view.used && !isComplete && html`<p class="warning">${t('activate.password_alone')}</p>`}
${
  view.used &&
  html`<form method="post" action="${activationPath}/finish">
${hidden({ verifier: view.verifier })}
<p class="buttons"><button class="button ${!isComplete && 'button-quiet'}">${t('activate.finish')}</button></p>
</form>`
}`,
  }
}

function wayPage(
  kind: ActivationWay,
  part: { body: Html; fault: boolean; here?: string; script?: Page['script'] },
  { t }: RequestContext,
): Page {
  const title = t(`activate.way.${kind}`)
  return {
    title: part.fault ? t('own.fault.page', { title }) : title,
    status: part.fault ? 400 : 200,
    here: part.here ?? `${activationPath}/${kind}`,
    hasForm: true,
    ...(part.script ? { script: part.script } : {}),
    body: html`<h1>${title}</h1>
<p class="lead">${t(`own.add.${kind}.text`)}</p>
${part.body}
<p class="back"><a href="${activationPath}/choose">${t('activate.back')}</a></p>`,
  }
}

export function activatePasskeyPage(
  view: {
    verifier: string
    ceremony: string
    options: PublicKeyCredentialCreationOptionsJSON
    fault?: 'gone' | 'not_verified' | 'already_known'
  },
  context: RequestContext,
): Page {
  const { t } = context
  const { fault } = view
  const body = html`${fault && html`<div class="fault" role="alert"><p>${t(`own.passkey.${fault}`)}</p></div>`}
<div class="panel">
<form class="fields" method="post" action="${activationPath}/passkey" data-passkey="create" data-options="${JSON.stringify(view.options)}" hidden>
${hidden({ verifier: view.verifier, ceremony: view.ceremony, response: '' })}
<p class="buttons"><button class="button">${t('own.passkey.create')}</button></p>
</form>
${passkeySaid('create', t)}</div>`
  return wayPage('passkey', { body, fault: fault !== undefined, script: [passkeyScript, meansScript] }, context)
}

export function activatePasswordPage(
  view: { verifier: string; reasons: readonly string[] },
  context: RequestContext,
): Page {
  const { t } = context
  const { reasons } = view
  const body = html`${newPasswordFaults(reasons, context)}
<form class="panel fields" method="post" action="${activationPath}/password">
${hidden({ verifier: view.verifier })}
${newPasswordField(context, reasons.length > 0)}
<p class="buttons"><button class="button">${t('own.password.set')}</button></p>
</form>`
  return wayPage('password', { body, fault: reasons.length > 0, script: meansScript }, context)
}

export function beginAppPage(view: { verifier: string }, context: RequestContext): Page {
  const body = html`<form class="panel fields" method="post" action="${activationPath}/totp">
${hidden({ verifier: view.verifier })}
<p class="buttons"><button class="button">${context.t('own.totp.begin')}</button></p>
</form>`
  return wayPage('totp', { body, fault: false }, context)
}

export function activateAppPage(
  view: { verifier: string; here: string; uri: string; secret: string; fault: boolean },
  context: RequestContext,
): Page {
  const { t } = context
  const { fault, here } = view
  const body = html`${fault && html`<div class="fault" id="fault" role="alert"><p>${t('own.totp.wrong')}</p></div>`}
<div class="panel"><h2>${t('own.totp.scan')}</h2>
<div class="qr" role="img" aria-label="${t('own.totp.qr')}">${qrCode(view.uri)}</div>
<p>${t('own.totp.type')}</p>
<p><code class="secret" dir="ltr">${view.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code></p></div>
<form class="panel fields" method="post" action="${here}"><h2>${t('own.totp.prove')}</h2>
${hidden({ verifier: view.verifier })}
${codeField({ label: t('own.code.totp'), ...(fault ? { fault: { kind: 'wrong_code' } } : {}) })}
<p class="buttons"><button class="button">${t('own.totp.activate')}</button></p>
</form>`
  return wayPage('totp', { here, body, fault }, context)
}
