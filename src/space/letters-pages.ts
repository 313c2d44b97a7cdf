/** The copies of what the hub wrote to somebody, and the choice of what it writes, drawn. */
import { codeKinds, type MessageKind } from '../alerts/audience.ts'
import { type Hearing, hearings } from '../alerts/choices.ts'
import { type KeptMessage, type MessagesPage, maskedAddress, type SentCopy } from '../alerts/copies.ts'
import { danger_raw, type Html, html } from '../http/html.ts'
import type { Translate } from '../http/messages.ts'
import type { ContactId } from '../kernel/ids.ts'
import { directionOf } from '../kernel/languages.ts'
import { type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const findPath = `${spacePaths.messages}/find`
export const changeAlertsPath = `${spacePaths.alerts}/change`

/** Why a code leads to no message that may be shown. */
export const findings = ['unknown', 'hidden', 'malformed'] as const
export type Findings = (typeof findings)[number]

export interface Mailbox {
  /** Null: whatever address the person's providers assert. */
  contact: ContactId | null
  address?: string
  hears: Hearing
}

type Drawn = Pick<SpacePages, 'verifierOf' | 'providerName' | 'timeZone'>

/** What a message is about, in the reader's language, whatever it was written in. */
function subjectOf(kind: MessageKind, t: Translate): string {
  if (kind.startsWith('connection.')) return t('alert.subject.unnamed')
  if (codeKinds.some((one) => one === kind)) return t(`letters.${kind}`)
  return t(`alert.${kind}`, { count: 1 })
}

export function lettersPage(
  view: MessagesPage & { isFirst: boolean; found?: Findings },
  pages: Drawn,
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  const { messages, next, shown, others, isFirst, found } = view
  return {
    title: t('letters.title'),
    current: 'messages',
    here: spacePaths.messages,
    main: html`<h1>${t('letters.title')}</h1>
<p class="lead">${t(visit.access.sight === 'whole' ? 'letters.lead' : 'letters.lead.provider')}</p>
${found && html`<div class="fault" role="alert"><p>${t(`letters.found.${found}`)}</p></div>`}
<p><a href="${spacePaths.alerts}">${t('alerts.manage')}</a></p>
<form class="panel fields" method="post" action="${findPath}">${hiddenField(pages.verifierOf(visit))}
<div class="field"><label for="code">${t('letters.find')}</label>
<input id="code" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" dir="ltr" maxlength="100" required aria-describedby="code-hint">
<small id="code-hint">${t('letters.find.hint')}</small></div>
<p class="buttons"><button class="button">${t('letters.find.go')}</button></p></form>
<section class="panel" aria-labelledby="list"><h2 id="list">${t('letters.count', { count: shown })}</h2>
${others > 0 && html`<p>${t('letters.others', { count: others })}</p>`}
${
  messages.length === 0
    ? html`<p class="empty">${t(isFirst ? 'letters.none' : 'letters.no_more')}</p>`
    : html`<ul class="rows">${messages.map((one) => html`<li>${line(one, pages, visit)}</li>`)}</ul>`
}
<p class="buttons">${next && html`<a class="button button-quiet" href="${spacePaths.messages}?before=${next}">${t('letters.older')}</a>`}
${!isFirst && html`<a class="button button-quiet" href="${spacePaths.messages}">${t('letters.newest')}</a>`}</p></section>`,
  }
}

const outcomeOf = (copies: readonly SentCopy[]): SentCopy['outcome'] =>
  (['sent', 'waiting'] as const).find((outcome) => copies.some((copy) => copy.outcome === outcome)) ?? 'failed'

function line(one: KeptMessage, { timeZone }: Drawn, { context }: SpaceVisit): Html {
  const { t } = context
  const outcome = outcomeOf(one.copies)
  const id = `message-${one.message}`
  return html`<h3 id="${id}"><a href="${spacePaths.messages}/${one.message}">${subjectOf(one.kind, t)}</a>
<span class="mark-state ${outcome === 'sent' ? 'good' : ''}">${t(`letters.outcome.${outcome}`)}</span></h3>
<p class="about-one"><span>${timeOf(one.at, timeZone, context)}</span>
${one.copies.map(({ to }) => to && html`<span>${t(`letters.to.${one.channel}`)} <bdi>${to}</bdi></span> `)}
${one.code && html`<span>${t('letters.code')} <bdi dir="ltr">${one.code}</bdi></span>`}</p>`
}

export function letterPage(one: KeptMessage, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const title = subjectOf(one.kind, t)
  const facts: [string, Html | string | undefined][] = [
    [t('letters.date'), timeOf(one.at, pages.timeZone, visit.context)],
    [t('letters.channel'), t(`letters.channel.${one.channel}`)],
    [t('letters.provider'), one.provider && pages.providerName(visit, one.provider)],
    [t('letters.code'), one.code && html`<bdi dir="ltr">${one.code}</bdi>`],
  ]
  return {
    title,
    current: 'messages',
    here: `${spacePaths.messages}/${one.message}`,
    main: html`<h1>${title}</h1>
<section class="panel"><dl class="data">${facts.map(
      ([label, value]) => value && html`<div><dt>${label}</dt><dd>${value}</dd></div>`,
    )}</dl></section>
${one.copies.length === 0 ? html`<p class="notice">${t('letters.nobody')}</p>` : one.copies.map((copy, place) => copyOf(copy, place, one, pages, visit))}
<p>${t('letters.kept')}</p>
<p class="back"><a href="${spacePaths.messages}">${t('letters.back')}</a></p>`,
  }
}

function copyOf(
  { to, outcome, at, language, subject, text }: SentCopy,
  place: number,
  { channel }: KeptMessage,
  { timeZone }: Drawn,
  { context }: SpaceVisit,
): Html {
  const { t } = context
  return html`<section class="panel" aria-labelledby="copy-${place}"><h2 id="copy-${place}">${t(`letters.to.${channel}`)} <bdi>${to}</bdi>
<span class="mark-state ${outcome === 'sent' ? 'good' : ''}">${t(`letters.outcome.${outcome}`)}</span></h2>
${at !== undefined && html`<p class="about-one">${t('letters.left')} ${timeOf(at, timeZone, context)}</p>`}
${
  text === undefined
    ? html`<p>${t(`letters.without.${outcome}`)}</p>`
    : html`<div class="letter" lang="${language}" dir="${directionOf(language)}">${subject && html`<p><strong>${subject}</strong></p>`}
${text
  .trim()
  .split('\n\n')
  .map((paragraph) => html`<p>${lines(paragraph)}</p>`)}</div>`
}</section>`
}

const lines = (paragraph: string): Html[] =>
  paragraph.split('\n').map((each, index) => html`${index > 0 && danger_raw('<br>')}${each}`)

// --- Which are sent --------------------------------------------------------------------------------------------------

const always = ['protection', 'means', 'context'] as const

export const fieldOf = (contact: ContactId | null): string => `hears-${contact ?? 'asserted'}`

const nameOf = ({ address }: Mailbox, t: Translate): Html =>
  address === undefined ? html`${t('letters.asserted')}` : html`<bdi>${maskedAddress(address)}</bdi>`

export function alertsPage(view: { mailboxes?: readonly Mailbox[]; done?: string }, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const { mailboxes, done } = view
  return {
    title: t('alerts.title'),
    current: 'messages',
    here: spacePaths.alerts,
    main: html`<h1>${t('alerts.title')}</h1>
<p class="lead">${t('alerts.lead')}</p>
${done && html`<p class="required" role="status">${t(`letters.alerts.${done}`)}</p>`}
<section class="panel" aria-labelledby="chosen"><h2 id="chosen">${t('letters.alerts.chosen')}</h2>
${
  mailboxes
    ? html`<dl class="data">${mailboxes.map(
        (one) => html`<div><dt>${nameOf(one, t)}</dt><dd>${t(`letters.hears.${one.hears}`)}</dd></div>`,
      )}</dl>
${mailboxes.some(({ contact }) => contact === null) && html`<p>${t('letters.asserted.text')} <a href="${spacePaths.contacts}">${t('contact.manage')}</a></p>`}`
    : html`<p>${t('letters.alerts.hidden')}</p>`
}
<p class="buttons"><a class="button" href="${changeAlertsPath}">${t('letters.alerts.change')}</a></p></section>
${alwaysSection(t)}
<p class="back"><a href="${spacePaths.messages}">${t('letters.back')}</a></p>`,
  }
}

const alwaysSection = (t: Translate): Html =>
  html`<section class="panel prose" aria-labelledby="always"><h2 id="always">${t('letters.always')}</h2>
<ul>${always.map((one) => html`<li>${t(`letters.always.${one}`)}</li>`)}</ul></section>`

export function changeAlertsPage(
  { mailboxes, verifier }: { mailboxes: readonly Mailbox[]; verifier: string },
  visit: SpaceVisit,
): Framed {
  const { t } = visit.context
  return {
    title: t('letters.alerts.change'),
    current: 'messages',
    here: changeAlertsPath,
    main: html`<h1>${t('letters.alerts.change')}</h1>
<p class="lead">${t('letters.alerts.lead')}</p>
<form class="panel fields" method="post" action="${changeAlertsPath}">${hiddenField(verifier)}
${mailboxes.map(
  (one) => html`<fieldset class="picks"><legend>${nameOf(one, t)}</legend>
${hearings.map((hears) => {
  const id = `${fieldOf(one.contact)}-${hears}`
  return html`<p class="pick"><input type="radio" id="${id}" name="${fieldOf(one.contact)}" value="${hears}"${hears === one.hears && danger_raw(' checked')}><label for="${id}">${t(`letters.hears.${hears}`)}</label></p>`
})}</fieldset>`,
)}
<p class="buttons"><button class="button">${t('letters.alerts.save')}</button> <a href="${spacePaths.alerts}">${t('own.cancel')}</a></p></form>
${alwaysSection(t)}`,
  }
}
