/** Paired phones, drawn. */
import type { PhoneView } from '../eid/eid.ts'
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import { dayOf, type Framed, hiddenField, spacePaths, timeOf } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export const doneWithPhones = ['named', 'ended', 'over', 'while_frozen'] as const
export type DoneWithPhones = (typeof doneWithPhones)[number]

/** Why somebody ends a pairing, as they may say it. */
export const endingReasons = ['lost', 'holder'] as const

/** Of those that are over. Retention forgets them; who pairs anew each day has many. */
const mostPast = 50

/** Characters, as `eid/` keeps them. */
const longestName = 64

export interface PhonesView {
  /** Those that this sign-in sees, the ones in force first. */
  phones: readonly PhoneView[]
  /** In force, of other accounts. */
  others: number
  /** There is an app with which a phone is paired. */
  pairs: boolean
  done?: DoneWithPhones
}

type Drawn = Pick<SpacePages, 'verifierOf' | 'providerName' | 'timeZone'>

export function phonesPage({ phones, others, pairs, done }: PhonesView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const present = phones.filter(({ state }) => state === 'active')
  const past = phones.filter(({ state }) => state !== 'active')
  const { freeze } = visit.protection
  return {
    title: t('phones.title'),
    current: 'means',
    here: spacePaths.phones,
    main: html`<h1>${t('phones.title')}</h1>
<p class="lead">${t('phones.lead')}</p>
${done && html`<p class="required" role="status">${t(`phones.done.${done}`)}</p>`}
${freeze && html`<p class="warning">${t('phones.frozen')} <a href="${spacePaths.protection}">${t('space.place.protection')}</a></p>`}
<section class="panel" aria-labelledby="present"><h2 id="present">${t('phones.present')}</h2>
${
  present.length === 0
    ? others === 0 && html`<p>${t('phones.none')}</p>`
    : html`<ul class="rows">${present.map((one) => html`<li>${presentPhone(one, pages, visit)}</li>`)}</ul>`
}
${others > 0 && html`<p>${t('phones.others', { count: others })} <a href="${visit.strongerPath}">${t('space.stronger')}</a></p>`}</section>
${pairs && howToPair(t)}
${present.length + others > 0 && !freeze && lost(t)}
${
  past.length > 0 &&
  html`<details class="panel"><summary>${t('phones.past')}</summary>
<ul class="rows">${past.slice(0, mostPast).map((one) => html`<li>${pastPhone(one, pages, visit)}</li>`)}</ul>
${past.length > mostPast && html`<p>${t('phones.past.more', { count: past.length - mostPast })}</p>`}</details>`
}`,
  }
}

const howToPair = (t: RequestContext['t']): Html => html`<section class="panel" aria-labelledby="pair">
<h2 id="pair">${t('phones.pair')}</h2>
<p>${t('phones.pair.text')}</p>
<div class="prose"><ol><li>${t('phones.pair.app')}</li><li>${t('phones.pair.card')}</li><li>${t('phones.pair.finger')}</li></ol></div>
<p>${t('phones.pair.told')}</p>
<p><a href="${spacePaths.help}">${t('phones.help')}</a></p></section>`

const lost = (t: RequestContext['t']): Html => html`<section class="panel stop" aria-labelledby="lost">
<h2 id="lost">${t('phones.lost')}</h2>
<p>${t('phones.lost.text')}</p>
<p class="buttons"><a class="button button-stop" href="${spacePaths.freeze}">${t('space.stop')}</a></p></section>`

function presentPhone(one: PhoneView, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const id = `phone-${one.phone}`
  const date = (at: number) => dayOf(at, pages.timeZone, context)
  return html`<h3 id="${id}">${title(one)}</h3>
<p class="about-one"><span>${pages.providerName(visit, one.provider)}</span>
<span>${t(`phones.key.${one.securityLevel}`)}</span>
<span>${t('phones.since', { date: date(one.pairedAt) })}</span>
${one.renewedAt !== undefined && html`<span>${t('phones.renewed', { date: date(one.renewedAt) })}</span>`}
<span>${one.lastUsedAt === undefined ? t('own.never_used') : html`${t('phones.last')} ${timeOf(one.lastUsedAt, pages.timeZone, context)}`}</span>
<span>${t('own.until', { date: date(one.expiresAt) })}</span></p>
${one.shared && html`<p class="warning">${t('phones.shared')}</p>`}
<p class="buttons"><a class="link" href="${spacePaths.namePhone(one.phone)}" aria-describedby="${id}">${t('phones.name')}</a>
${!visit.protection.freeze && html`<a class="link" href="${spacePaths.endPhone(one.phone)}" aria-describedby="${id}">${t('phones.end')}</a>`}</p>`
}

function pastPhone(one: PhoneView, pages: Drawn, visit: SpaceVisit): Html {
  const { context } = visit
  const { t } = context
  const how = one.state === 'expired' ? 'expired' : (one.revokedFor ?? 'holder')
  const date = (at: number) => dayOf(at, pages.timeZone, context)
  return html`<h3>${title(one)} <span class="mark-state">${t(`phones.state.${one.state}`)}</span></h3>
<p class="about-one"><span>${t(`phones.ended.${how}`)}</span>
<span>${t('phones.since', { date: date(one.pairedAt) })}</span>
${one.endedAt !== undefined && html`<span>${t('phones.until', { date: date(one.endedAt) })}</span>`}</p>`
}

/** By its name, and what it is where that says something else. */
const title = ({ label, model }: PhoneView): Html =>
  html`<bdi>${label}</bdi>${model && model !== label && html` (<bdi>${model}</bdi>)`}`

export function namePhonePage(one: PhoneView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const path = spacePaths.namePhone(one.phone)
  return {
    title: t('phones.name.title'),
    current: 'means',
    here: path,
    main: html`<h1>${t('phones.name.title')}</h1>
<p class="lead">${t('phones.name.text')}</p>
<form class="panel fields" method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}
<div class="field"><label for="name">${t('phones.name.label')}</label>
<input id="name" name="name" value="${one.label === one.model ? '' : one.label}" maxlength="${longestName}" autocomplete="off" dir="auto" aria-describedby="name-hint">
<small id="name-hint">${t('phones.name.hint')}${one.model && html` <bdi>${one.model}</bdi>`}</small></div>
<p class="buttons"><button class="button">${t('phones.name.go')}</button> <a href="${spacePaths.phones}">${t('own.cancel')}</a></p>
</form>`,
  }
}

export function endPhonePage(one: PhoneView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const path = spacePaths.endPhone(one.phone)
  const chosen = endingReasons.find((reason) => reason === visit.typed.reason) ?? endingReasons[0]
  return {
    title: t('phones.end.title'),
    current: 'means',
    here: path,
    main: html`<h1>${t('phones.end.title')}</h1>
<p class="lead">${t('phones.end.text')}</p>
<form class="panel fields" method="post" action="${path}">${hiddenField(pages.verifierOf(visit))}
<h2>${title(one)}</h2>
<fieldset class="choices"><legend>${t('phones.end.why')}</legend>
${endingReasons.map(
  (reason) =>
    html`<label><input type="radio" name="reason" value="${reason}" required${reason === chosen && ' checked'}> <span>${t(`phones.end.${reason}`)}</span></label>`,
)}</fieldset>
<p>${t('phones.end.card')}</p>
<p class="buttons"><button class="button">${t('phones.end.go')}</button> <a href="${spacePaths.phones}">${t('own.cancel')}</a></p>
</form>`,
  }
}
