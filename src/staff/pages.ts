/**
 * The pages by which operators and partners' staff arrive: the invitation and the sign-in. What their passkey says is
 * judged elsewhere.
 */
import { passkeyScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'

/** A way in: where it is, and which words are used there. */
export interface Way {
  /** Of its sentences: `join.<words>.title`, `sign_in.<words>.title`, `<roleWords>.<role>`. */
  words: 'operator' | 'staff'
  roleWords: 'role' | 'staff_role'
  /** GET: the page; `?after=` says what happened before. POST `ceremony`, `response`. */
  signIn: string
  /** POST. */
  signOut: string
  /** GET: the page of a link. POST `ceremony`, `response`. */
  join: (token: string) => string
}

export const operatorPaths = {
  words: 'operator',
  roleWords: 'role',
  signIn: '/operators/sign-in',
  signOut: '/operators/sign-out',
  join: (token: string) => `/operators/join/${token}`,
} as const satisfies Way

export const staffPaths = {
  words: 'staff',
  roleWords: 'staff_role',
  signIn: '/desk/sign-in',
  signOut: '/desk/sign-out',
  join: (token: string) => `/desk/join/${token}`,
} as const satisfies Way

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

export interface JoinView extends PasskeyForm {
  token: string
  name: string
  roles: readonly string[]
  /** Whom they will work for, in the reader's language; empty for an operator. */
  partner: string
  /** It takes the place of passkeys that there are. */
  again: boolean
  /** Name of the hub. */
  hub: string
}

export function joinPage(way: Way, view: JoinView, context: RequestContext): Page {
  const { t } = context
  const { words, roleWords } = way
  const path = way.join(view.token)
  return {
    title: t(`join.${words}.title`),
    here: path,
    hasForm: true,
    script: passkeyScript,
    body: html`<h1>${t('join.heading', { name: view.name })}</h1>
<div class="sheet prose">
<p class="lead">${t(`join.${words}.lead`, { hub: view.hub, partner: view.partner, count: view.roles.length })}</p>
<ul>${view.roles.map((role) => html`<li>${t(`${roleWords}.${role}`)}</li>`)}</ul>
<p>${t('join.not_you')}</p>
<h2>${t('join.passkey')}</h2>
<p>${t('join.passkey.text')}</p>
${view.again && html`<p class="notice">${t('join.again')}</p>`}
${passkeyForm({ ...view, kind: 'create', action: path, button: t('join.go') }, context)}
<p>${t('join.once')}</p>
</div>`,
  }
}

export interface SignInView extends PasskeyForm {
  after?: Arrival
  hub: string
}

export function signInPage(way: Way, view: SignInView, context: RequestContext): Page {
  const { t } = context
  const { after } = view
  const { words } = way
  return {
    title: t(`sign_in.${words}.title`),
    here: way.signIn,
    hasForm: true,
    script: passkeyScript,
    body: html`<h1>${t(`sign_in.${words}.title`)}</h1>
<p class="lead">${t(`sign_in.${words}.lead`, { hub: view.hub })}</p>
${
  after &&
  html`<div class="notice" role="status"><h2>${t(`sign_in.after.${after}`)}</h2>
<p>${t(`sign_in.after.${after}.text`)}</p></div>`
}
<div class="sheet">
<p>${t('sign_in.text')}</p>
${passkeyForm({ ...view, kind: 'get', action: way.signIn, button: t('sign_in.go') }, context)}
<p>${t('sign_in.rules')}</p>
</div>
<details class="about"><summary>${t('sign_in.lost')}</summary><p>${t(`sign_in.${words}.lost.text`)}</p></details>
<details class="about"><summary>${t(`sign_in.${words}.stranger`)}</summary><p>${t('sign_in.stranger.text')}</p></details>`,
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
