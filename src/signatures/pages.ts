/** The pages of signing, as functions from a view to a `Page`. They decide nothing. */
import { hash } from 'node:crypto'
import { extensionFaults } from '../cards/pages.ts'
import { appSigningPath } from '../eid/signing.ts'
import { meansScript, passkeyScript, webEidScript } from '../http/assets.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { SigningId } from '../kernel/ids.ts'
import { directionOf } from '../kernel/languages.ts'
import type { SignedText } from '../kernel/signing-statement.ts'
import { hidden, passkeySaid } from '../means/pages-sign-in.ts'
import type { WayView } from '../policy/signing.ts'
import { type SigningProblem, signPath } from './signatures.ts'

export interface SignView {
  signing: SigningId
  verifier: string
  text: SignedText
  level: Level
  /** When the ceremony ends: `15:20`. */
  until: string
  ways: readonly WayView[]
  /** For a passkey that serves. */
  passkeyOptions: object | undefined
  problem?: SigningProblem
  /** Path of the page that asked. */
  back: string
}

/** What of a person, a card or a moment is wrong; of the last ones the hub is. */
const statuses: Partial<Record<SigningProblem, number>> = {
  malformed: 400,
  no_script: 400,
  changed: 409,
  over: 410,
  too_often: 429,
  card_unverifiable: 503,
}

export const statusOf = (problem: SigningProblem): number => statuses[problem] ?? 403

export function signPage(view: SignView, context: RequestContext): Page {
  const { t } = context
  const { signing, text, problem, ways, back } = view
  const here = signPath(signing)
  const usable = ways.filter((way) => way.usable)
  const title = t('sign.title')
  return {
    title: problem ? t('sign.problem.page', { title }) : title,
    status: problem ? statusOf(problem) : 200,
    here,
    hasForm: true,
    script: [webEidScript, passkeyScript, meansScript],
    body: html`<h1>${title}</h1>
<p class="lead">${t('sign.lead')}</p>
${problem && problemBox(problem, context)}
<article class="sheet" aria-labelledby="sign-text"><h2 id="sign-text">${t('sign.text')}</h2>
<div class="contract" lang="${text.language}" dir="${directionOf(text.language)}" tabindex="0" role="region" aria-labelledby="sign-text">${text.text}</div>
<h3 id="sign-hash">${t('sign.hash')}</h3>
<p class="hash" aria-labelledby="sign-hash" dir="ltr"><code>${groupsOf(text.text)}</code></p>
<p class="note">${t('sign.hash.text')}</p>
<p class="actions no-print"><button class="button button-quiet" type="button" data-print hidden>${t('sign.print')}</button></p></article>
<h2 class="no-print">${t('sign.how')}</h2>
<p class="no-print">${t('sign.until', { time: view.until })}</p>
${usable.length === 0 && html`<p class="warning no-print">${t('sign.no_way')}</p>`}
${usable.map(({ way }) => sections[way](view, context))}
${unusable(view, context)}
<details class="panel no-print"><summary>${t('sign.why_no_password')}</summary><p>${t('sign.why_no_password.text')}</p></details>
<section class="panel no-print" aria-labelledby="sign-not"><h2 id="sign-not">${t('sign.not')}</h2>
<p>${t('sign.not.text')}</p>
<form method="post" action="${here}/decline">${hidden({ verifier: view.verifier })}
<p class="buttons"><button class="button button-quiet">${t('sign.decline')}</button></p></form>
<p class="ways"><a href="${back}">${t('sign.back')}</a></p></section>`,
  }
}

/** A SHA-256 as sixteen groups of four, so that two people can read it to each other, and `sha256sum` says the same. */
export const inGroups = (digest: Buffer): string => (digest.toString('hex').match(/.{4}/g) ?? []).join(' ')

export const groupsOf = (text: string): string => inGroups(hash('sha256', text, 'buffer'))

function problemBox(problem: SigningProblem, { t }: RequestContext): Html {
  return html`<div class="fault" role="alert"><h2>${t(`sign.problem.${problem}`)}</h2>
<p>${t(`sign.problem.${problem}.text`)}</p></div>`
}

const hashFunctions = { 'SHA-256': 'sha256', 'SHA-384': 'sha384', 'SHA-512': 'sha512' } as const

/** For the extension: of each digest the one that the card's key takes. */
const hashesOf = (text: string) =>
  JSON.stringify(
    Object.fromEntries(Object.entries(hashFunctions).map(([name, digest]) => [name, hash(digest, text, 'base64')])),
  )

const panel = (way: string, { t }: RequestContext, body: Html) =>
  html`<section class="panel no-print" data-way aria-labelledby="sign-${way}"><h3 id="sign-${way}">${t(`sign.${way}`)}</h3>
${body}</section>`

const sections: Record<WayView['way'], (view: SignView, context: RequestContext) => Html> = {
  card({ signing, verifier, text }, context) {
    const { t } = context
    const faults = Object.entries(extensionFaults).map(
      ([fault, codes]) =>
        html`<div class="warning" data-said="${codes.join(' ')}" hidden><p>${t(`sign.card.${fault}`)}</p></div>`,
    )
    return panel(
      'card',
      context,
      html`<p>${t('sign.card.text')}</p>
<ol>${(['one', 'two', 'three'] as const).map((step) => html`<li>${t(`sign.card.${step}`)}</li>`)}</ol>
<div role="status">${faults}<p data-asking hidden>${t('card.web_eid.asking')}</p></div>
<noscript><p class="warning">${t('sign.card.no_script')}</p></noscript>
<form method="post" action="${signPath(signing)}/card" data-web-eid="sign" data-hashes="${hashesOf(text.text)}">
${hidden({ verifier, token: '' })}
<p class="buttons"><button class="button">${t('sign.card.go')}</button></p></form>
<details><summary>${t('sign.card.browser')}</summary><p>${t('sign.card.browser.text')}</p></details>`,
    )
  },

  app: ({ signing }, context) =>
    panel(
      'app',
      context,
      html`<p>${context.t('sign.app.text')}</p>
<p class="buttons"><a class="button" href="${appSigningPath}/${signing}" rel="nofollow">${context.t('sign.app.go')}</a></p>`,
    ),

  passkey({ signing, verifier, passkeyOptions }, context) {
    const { t } = context
    return panel(
      'passkey',
      context,
      html`<p>${t('sign.passkey.text')}</p>
<form method="post" action="${signPath(signing)}/passkey" data-passkey="get" data-options="${JSON.stringify(passkeyOptions)}" hidden>
${hidden({ verifier, response: '' })}
<p class="buttons"><button class="button">${t('sign.passkey.go')}</button></p></form>
${passkeySaid('get', t)}`,
    )
  },
}

function unusable({ ways, level }: SignView, { t }: RequestContext): Html | false {
  const others = ways.flatMap((way) => (way.usable ? [] : [way]))
  return (
    others.length > 0 &&
    html`<section class="panel off no-print" aria-labelledby="sign-others"><h3 id="sign-others">${t('sign.others')}</h3>
<ul>${others.map(
      ({ way, why }) =>
        html`<li><strong>${t(`sign.${way}`)}</strong> – ${t(`sign.${way}.${why}`, { level: t(`own.level.${level}`) })}</li>`,
    )}</ul></section>`
  )
}

/** Signed, declined, too late, of another session, or changed meanwhile. */
export function signOverPage(
  view: { signing: SigningId; problem: 'over' | 'changed'; back: string },
  { t }: RequestContext,
): Page {
  const { problem, signing, back } = view
  const title = t(`sign.problem.${problem}`)
  return {
    title,
    status: statusOf(problem),
    here: signPath(signing),
    body: html`<div class="sheet"><h1>${title}</h1>
<p class="lead">${t(`sign.problem.${problem}.text`)}</p>
<p class="actions"><a class="button" href="${back}">${t('sign.back')}</a></p></div>`,
  }
}
