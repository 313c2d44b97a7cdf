/** The pages by which operators arrive: the invitation and the sign-in. What their passkey says is judged elsewhere. */
import { passkeyScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { OperatorRole } from '../kernel/roles.ts'

export const operatorPaths = {
  /** GET: the page; `?after=` says what happened before. POST `ceremony`, `response`. */
  signIn: '/operators/sign-in',
  /** POST. */
  signOut: '/operators/sign-out',
  /** GET: the page of a link. POST `ceremony`, `response`. */
  join: (token: string) => `/operators/join/${token}`,
} as const

/** What brought somebody to the sign-in page. */
export const arrivals = ['joined', 'left', 'ended'] as const
export type Arrival = (typeof arrivals)[number]

/** A form that asks for a passkey. */
interface PasskeyForm {
  verifier: string
  ceremony: string
  /** For the browser's `navigator.credentials`. */
  options: unknown
}

export interface JoinOperatorView extends PasskeyForm {
  token: string
  name: string
  roles: readonly OperatorRole[]
  /** It takes the place of passkeys that there are. */
  again: boolean
  /** Name of the hub. */
  hub: string
}

export function joinOperatorPage(view: JoinOperatorView, context: RequestContext): Page {
  const { t } = context
  return {
    title: t('join.operator.title'),
    here: operatorPaths.join(view.token),
    hasForm: true,
    script: passkeyScript,
    body: html`<h1>${t('join.operator.heading', { name: view.name })}</h1>
<div class="sheet prose">
<p class="lead">${t('join.operator.lead', { hub: view.hub, count: view.roles.length })}</p>
<ul>${view.roles.map((role) => html`<li>${t(`role.${role}`)}</li>`)}</ul>
<p>${t('join.operator.not_you')}</p>
<h2>${t('join.operator.passkey')}</h2>
<p>${t('join.operator.passkey.text')}</p>
${view.again && html`<p class="notice">${t('join.operator.again')}</p>`}
${passkeyForm({ ...view, kind: 'create', action: operatorPaths.join(view.token), button: t('join.operator.go') }, context)}
<p>${t('join.operator.once')}</p>
</div>`,
  }
}

export interface OperatorSignInView extends PasskeyForm {
  after?: Arrival
  hub: string
}

export function operatorSignInPage(view: OperatorSignInView, context: RequestContext): Page {
  const { t } = context
  const { after } = view
  return {
    title: t('sign_in.operator.title'),
    here: operatorPaths.signIn,
    hasForm: true,
    script: passkeyScript,
    body: html`<h1>${t('sign_in.operator.title')}</h1>
<p class="lead">${t('sign_in.operator.lead', { hub: view.hub })}</p>
${
  after &&
  html`<div class="notice" role="status"><h2>${t(`sign_in.operator.after.${after}`)}</h2>
<p>${t(`sign_in.operator.after.${after}.text`)}</p></div>`
}
<div class="sheet">
<p>${t('sign_in.operator.text')}</p>
${passkeyForm({ ...view, kind: 'get', action: operatorPaths.signIn, button: t('sign_in.operator.go') }, context)}
<p>${t('sign_in.operator.rules')}</p>
</div>
<details class="about"><summary>${t('sign_in.operator.lost')}</summary><p>${t('sign_in.operator.lost.text')}</p></details>
<details class="about"><summary>${t('sign_in.operator.stranger')}</summary><p>${t('sign_in.operator.stranger.text')}</p></details>`,
  }
}

/** What can go wrong in the browser, by the name of its exception (WebAuthn Level 3, sections 5.1.3 and 5.1.4). */
const mishaps: [exception: string, key: string][] = [
  ['unsupported', 'passkey.unsupported'],
  ['NotAllowedError', 'passkey.cancelled'],
  ['InvalidStateError', 'passkey.known'],
  ['', 'passkey.failed'],
]

function passkeyForm(
  form: PasskeyForm & { kind: 'create' | 'get'; action: string; button: string },
  { t }: RequestContext,
): Html {
  const said = (key: string) => html`<h2>${t(key)}</h2><p>${t(`${key}.text`)}</p>`
  return html`<noscript><div class="notice">${said('passkey.noscript')}</div></noscript>
<div role="alert">${mishaps.map(
    ([exception, key]) => html`
<div class="notice" data-said="${exception}" hidden>${said(key)}</div>`,
  )}
</div>
<form method="post" action="${form.action}" data-passkey="${form.kind}" data-options="${JSON.stringify(form.options)}">
<input type="hidden" name="verifier" value="${form.verifier}">
<input type="hidden" name="ceremony" value="${form.ceremony}">
<input type="hidden" name="response">
<p class="actions"><button class="button">${form.button}</button></p>
</form>`
}
