/** The pages of a service: home, space, account, errors, and what a developer wants to see. */
import { decodeProtectedHeader } from 'jose'
import { type Html, html } from '../../src/http/html.ts'
import type { Language } from '../../src/kernel/languages.ts'
import { garantMark } from '../site.ts'
import { formatDateTime } from './formats.ts'
import type { Exchange, SignIn } from './relying-party.ts'
import type { ServiceDefinition, Visitor } from './services.ts'
import type { ReceivedSignal } from './signals.ts'
import { wording } from './wording.ts'

interface View {
  definition: ServiceDefinition
  language: Language
}

export function navigation({ definition, language }: View, visitor: Visitor | undefined): Html {
  if (!visitor) return html`<a href="/developer">${wording.developers[language]}</a>`
  return html`<a href="/space">${definition.spaceTitle[language]}</a><a href="/account">${wording.account[language]}</a><a href="/developer">${wording.developers[language]}</a>
<form method="post" action="/logout"><button class="link" type="submit">${wording.signOut[language]}</button></form>`
}

/** The button of the hub: its own mark, a fixed text, above a link that explains, and another way in (R011). */
export function garantButton(language: Language, href = '/login'): Html {
  return html`<div class="sign-in"><p>${wording.explain[language]}</p>
<a class="garant" href="${href}">${garantMark}<span>${wording.signInWith[language]}</span></a>
<a class="what" href="/garant">${wording.what[language]}</a>
<p class="other-way">${wording.otherWay[language]}</p></div>`
}

export function homePage(view: View, visitor: Visitor | undefined): Html {
  const { home } = view.definition
  const { language } = view
  const action = visitor
    ? html`<p><a class="button" href="/space">${wording.toSpace[language]}</a></p>`
    : garantButton(language)
  const forOthers = view.definition.representation && html`<p class="for-others">${actForLink(language)}</p>`
  return html`<section class="hero"><div><h1>${home.title[language]}</h1><p class="lead">${home.lead[language]}</p></div>${action}</section>
${forOthers}
<section class="tiles">${home.points.map(({ title, text }) => html`<article><h2>${title[language]}</h2><p>${text[language]}</p></article>`)}</section>`
}

export function spacePage(view: View, visitor: Visitor, content: Html): Html {
  const { definition, language } = view
  return html`<p class="hello">${wording.hello[language]}${visitor.name && html` <strong>${visitor.name}</strong>`}</p>
<h1>${definition.spaceTitle[language]}</h1>${content}
${definition.representation && html`<p>${actForLink(language)}</p>`}`
}

/** What is done for an organisation takes a means of level substantial, so it is asked at once. */
export const actForPath = '/login?acr_values=eidas2'

const actForLink = (language: Language): Html => html`<a href="${actForPath}">${wording.actFor[language]}</a>`

export function accountPage({ language }: View, visitor: Visitor, signIn: SignIn): Html {
  const email = visitor.claims.email
  const rows = [
    [wording.name, visitor.name || wording.notGiven[language]],
    [wording.email, typeof email === 'string' ? email : wording.notGiven[language]],
    [wording.level, wording[visitor.level][language]],
    [
      wording.since,
      signIn.authTime === undefined ? wording.notGiven[language] : formatDateTime(signIn.authTime * 1000, language),
    ],
  ] as const
  return html`<h1>${wording.account[language]}</h1>
<article class="file"><dl>${rows.map(([word, value]) => html`<dt>${word[language]}</dt><dd>${value}</dd>`)}
<dt>${wording.accountNumber[language]}</dt><dd><code>${visitor.subject}</code><br><small>${wording.accountNumberNote[language]}</small></dd></dl></article>
<form method="post" action="/logout"><button type="submit">${wording.signOut[language]}</button></form>`
}

export function aboutGarantPage({ language }: View): Html {
  return html`<h1>${wording.what[language]}</h1><p class="lead">${wording.explain[language]}</p>
<p>${wording.accountNumberNote[language]}</p>${garantButton(language)}`
}

export function signedOutPage({ language }: View): Html {
  return html`<h1>${wording.signedOut[language]}</h1><p class="lead">${wording.signedOutText[language]}</p>
<p><a class="button" href="/">${wording.home[language]}</a></p>`
}

/** What went wrong, in two registers: a sentence for the person, the hub's own words for whoever helps them. */
export interface Failure {
  sentence: keyof typeof wording
  /** The members of the answer, as received. */
  answer: Record<string, string>
}

export function failurePage({ language }: View, { sentence, answer }: Failure): Html {
  const rows = Object.entries(answer).map(([name, value]) => html`<dt>${name}</dt><dd dir="ltr">${value}</dd>`)
  return html`<h1>${wording.failed[language]}</h1><p class="alert" role="alert">${wording[sentence][language]}</p>
${rows.length > 0 ? html`<details class="file"><summary>${wording.details[language]}</summary><dl class="wire">${rows}</dl></details>` : undefined}
<p><a class="button" href="/login">${wording.retry[language]}</a> <a href="/">${wording.home[language]}</a></p>`
}

/** Requests that are worth a try on a stage: each is a link to /login with the options of its query. */
const experiments = [
  '/login?acr_values=eidas2',
  '/login?essential_acr=eidas2',
  '/login?essential_acr=eidas3',
  '/login?prompt=login',
  '/login?prompt=none',
  '/login?max_age=0',
  '/login?amr=1',
  '/login?ui_locales=ar',
]

export function developerPage({ definition, language }: View, signIn: SignIn | undefined): Html {
  const links = experiments.map((href) => html`<li><a href="${href}"><code>${href}</code></a></li>`)
  const signals = definition.hearsSignals && html`<p><a href="/signals">${wording.signalsTitle[language]}</a></p>`
  const options = html`<section><h2>${wording.optionsTitle[language]}</h2><ul class="experiments" dir="ltr">${links}</ul></section>${signals}`
  if (!signIn) {
    return html`<h1>${wording.developerTitle[language]}</h1><p class="lead">${wording.developerNone[language]}</p>${garantButton(language)}${options}`
  }
  return html`<h1>${wording.developerTitle[language]}</h1><p class="lead">${wording.developerLead[language]}</p>
<div dir="ltr" class="wire-list">
${block('GET /authorize', parameters(signIn.request))}
${signIn.exchanges.map(exchangeBlock)}
${block('id_token – header', json(decodeProtectedHeader(signIn.idToken)))}
${block('id_token – payload', json(signIn.idTokenClaims))}
${block('userinfo', json(signIn.userinfo))}
</div>${options}`
}

/** As they came: what the hub tells this service of somebody, and nothing of anybody else. */
export function signalsPage({ language }: View, received: readonly ReceivedSignal[]): Html {
  return html`<h1>${wording.signalsTitle[language]}</h1><p class="lead">${wording.signalsLead[language]}</p>
${
  received.length === 0
    ? html`<p>${wording.signalsNone[language]}</p>`
    : html`<div dir="ltr" class="wire-list">${received.map(({ at, payload }) =>
        block(`POST /signals → 202 · ${formatDateTime(at, language)}`, json(payload)),
      )}</div>`
}
<p><a href="/developer">${wording.developers[language]}</a></p>`
}

function exchangeBlock({ method, url, status, contentType, body }: Exchange): Html {
  const text = contentType.includes('json') ? json(JSON.parse(body)) : body
  return block(`${method} ${new URL(url).pathname} → ${status} ${contentType}`, text)
}

function block(title: string, text: string): Html {
  return html`<section><h2>${title}</h2><pre tabindex="0">${text}</pre></section>`
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2)
}

function parameters(url: string): string {
  const { origin, pathname, searchParams } = new URL(url)
  return [origin + pathname, ...[...searchParams].map(([name, value]) => `  ${name} = ${value}`)].join('\n')
}
