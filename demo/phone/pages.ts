/** What the telephone's house draws by itself: the frame that the app fills, and the reader of the desk, which needs no script. */
import { type Html, html } from '../../src/http/html.ts'
import type { Language } from '../../src/kernel/languages.ts'
import type { PrintedCard } from '../cards.ts'
import { testPin } from '../people.ts'
import type { Brand, SitePage } from '../site.ts'
import { words } from './words.ts'

export const phoneBrand: Brand = {
  name: words.app,
  tagline: words.welcome,
  colour: '#5b3a8c',
  paper: '#f5f2fa',
  font: 'sans',
  layout: 'card',
  mark: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" width="48" height="48"><rect width="48" height="48" rx="11" fill="#5b3a8c"/><rect x="15" y="8" width="18" height="32" rx="4" fill="#fff"/><path d="M20 22a4 4 0 0 1 8 0v4M24 22v7M20 26v2M28 29v1" fill="none" stroke="#5b3a8c" stroke-width="1.9" stroke-linecap="round"/><path d="M21.5 36h5" stroke="#f2b84b" stroke-width="1.8" stroke-linecap="round"/></svg>',
}

export function appPage(language: Language, here: string): SitePage {
  const body = html`<div id="screen" aria-busy="true"><h1>${words.app[language]}</h1><p role="status">${words.loading[language]}</p><noscript><p class="alert">${words.scriptless[language]}</p></noscript></div>`
  return { title: words.welcome[language], body, here, script: '/app/app.js' }
}

export interface ReaderView {
  cards: readonly PrintedCard[]
  /** `choose`: the page wants to know the certificate for texts, which takes no PIN. */
  purpose: 'show' | 'choose' | 'sign'
  /** Of the page that asks. */
  origin: string
  language: Language
  here: string
  failed?: { card: string; kind: 'wrong' | 'blocked'; left?: number } | undefined
}

export function readerPage({ cards, purpose, origin, language, here, failed }: ReaderView): SitePage {
  const said = (key: keyof typeof words, values: Record<string, string> = {}) =>
    words[key][language].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  const body = html`<div id="screen"><h1>${words.reader[language]}</h1>
<p>${said(readerTexts[purpose], { origin: `\u2068${origin}\u2069` })}</p>
${failed && html`<p class="alert" role="alert">${failed.kind === 'wrong' ? said('pin_wrong', { left: String(failed.left) }) : `${words.card_blocked[language]}. ${words.card_blocked_text[language]}`}</p>`}
<form method="post" action="${here}">
<label for="card">${words.card[language]}</label>
<select id="card" name="card" required>${cards.map(({ id, kind, name, number }) => option(id, `${name} – ${words[kind][language]} ${number}`, failed?.card === id))}</select>
${
  purpose !== 'choose' &&
  html`<label for="pin">${words.pin[language]}</label>
<p id="pin-hint" class="soft">${said('pin_hint', { pin: testPin })}</p>
<input id="pin" name="pin" type="password" inputmode="numeric" autocomplete="off" dir="ltr" aria-describedby="pin-hint" required>`
}
<button type="submit">${words.sign[language]}</button>
</form></div>`
  return { title: words.reader[language], body, status: failed ? 400 : 200 }
}

const readerTexts = { show: 'reader_text', choose: 'reader_choose', sign: 'reader_sign' } as const

function option(id: string, text: string, isChosen: boolean): Html {
  return isChosen ? html`<option value="${id}" selected>${text}</option>` : html`<option value="${id}">${text}</option>`
}

export function readerOverPage(isAnswered: boolean, language: Language): SitePage {
  const text = words[isAnswered ? 'reader_done' : 'reader_over'][language]
  const body = html`<div id="screen"><h1>${words.reader[language]}</h1><p role="status">${text}</p></div>`
  return { title: words.reader[language], body, status: isAnswered ? 200 : 404 }
}
