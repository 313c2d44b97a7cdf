/** The pages on which somebody looks after their contacts, as functions from a view to a `Page`. They decide nothing. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import type { ContactId } from '../kernel/ids.ts'
import type { ContactView } from '../people/people.ts'
import type { MeansView } from './means.ts'
import { contactsPath, givenBack, holderPath, type SentAgain } from './pages-holder.ts'
import { flags, hidden } from './pages-sign-in.ts'

export const doneWithContacts = ['added', 'added_beside', 'removed', 'confirmed'] as const

export const contactActs = ['confirm', 'remove'] as const

/** Why a contact stays. */
export type KeptContact = 'too_weak' | 'second_factor' | 'not_stronger'

export type ContactFault = 'address_malformed' | 'already_there' | 'too_many' | 'too_many_contacts' | 'not_sent'

/** What comes with every page below the list. */
const backTo = ({ t }: RequestContext) => html`<p class="back"><a href="${contactsPath}">${t('contact.back')}</a></p>`

export function contactsPage(
  view: {
    contacts: ContactView[]
    /** Of the sign-in: what confirms a contact is stronger than what brought it. */
    level: Level
    /** Telephones that receive codes. */
    numbers: MeansView[]
    mayAddNumber: boolean
    done?: (typeof doneWithContacts)[number]
  },
  context: RequestContext,
): Page {
  const { t } = context
  const { contacts, numbers, done } = view
  return {
    title: t('contact.title'),
    here: contactsPath,
    body: html`<h1>${t('contact.title')}</h1>
<p class="lead">${t('contact.lead')}</p>
${done && html`<p class="required" role="status">${t(`contact.done.${done}`)}</p>`}
<section class="panel" aria-labelledby="addresses"><h2 id="addresses">${t('contact.addresses')}</h2>
${
  contacts.length === 0
    ? html`<p>${t('contact.none')}</p>`
    : html`<ul class="means">${contacts.map((one) => item(one, view.level, context))}</ul>`
}
<p><a class="button" href="${contactsPath}/add">${t('contact.add')}</a></p></section>
<section class="panel" aria-labelledby="numbers"><h2 id="numbers">${t('contact.numbers')}</h2>
<p>${t(numbers.length === 0 ? 'contact.numbers.none' : 'contact.numbers.text')}</p>
${numbers.length > 0 && html`<ul class="means">${numbers.map((one) => numberItem(one, context))}</ul>`}
${
  view.mayAddNumber
    ? html`<p><a href="${holderPath}/add/phone">${t('own.add.sms_code')}</a></p>`
    : html`<p>${t('contact.numbers.account')}</p>`
}</section>
<p class="back"><a href="${holderPath}">${t('own.back')}</a></p>`,
  }
}

function stateOf({ verified, confirmed }: ContactView): 'waiting' | 'verified' | 'unconfirmed' {
  if (!verified) return 'waiting'
  return confirmed ? 'verified' : 'unconfirmed'
}

function item(one: ContactView, level: Level, { t }: RequestContext): Html {
  const id = `contact-${one.contact}`
  const state = stateOf(one)
  const link = (path: string, act: string) =>
    html`<a class="link" href="${path}">${t(`contact.act.${act}`)}<span class="unseen"> – <bdi>${one.address}</bdi></span></a>`
  const at = `${contactsPath}/${one.contact}`
  return html`<li aria-labelledby="${id}">
<h3 id="${id}"><bdi class="address">${one.address}</bdi>
<span class="mark-state ${state === 'verified' ? 'good' : ''}">${t(`contact.state.${state}`)}</span></h3>
${state !== 'verified' && html`<p>${t(`contact.state.${state}.text`)}</p>`}
<p class="buttons">${state === 'waiting' && link(`${at}/verify`, 'verify')}
${state === 'unconfirmed' && !atLeast(one.level, level) && link(`${at}/confirm`, 'confirm')}
${state !== 'waiting' && link(`${contactsPath}/add?replaces=${one.contact}`, 'replace')}
${link(`${at}/remove`, 'remove')}</p>
</li>`
}

function numberItem(one: MeansView, { t }: RequestContext): Html {
  const id = `means-${one.means}`
  const link = (path: string, act: string) =>
    html`<a class="link" href="${path}">${t(`contact.act.${act}`)}<span class="unseen"> – <bdi dir="ltr">${one.hint}</bdi></span></a>`
  return html`<li aria-labelledby="${id}">
<h3 id="${id}"><bdi dir="ltr">${one.hint}</bdi>
<span class="mark-state ${one.state === 'active' ? 'good' : ''}">${t(`own.state.${one.state}`)}</span></h3>
<p class="buttons">${one.state === 'pending' && link(`${holderPath}/add/phone/${one.means}`, 'verify')}
${link(`${holderPath}/${one.means}/revoke`, 'remove')}</p>
</li>`
}

export function addContactPage(
  view: { verifier: string; address: string; replaces?: ContactView; fault?: ContactFault },
  context: RequestContext,
): Page {
  const { t } = context
  const { fault, replaces } = view
  const title = t(replaces ? 'contact.replace' : 'contact.add')
  const isWrong = fault === 'address_malformed' || fault === 'already_there'
  return {
    title: fault ? t('own.fault.page', { title }) : title,
    status: fault === undefined ? 200 : fault === 'too_many' ? 429 : 400,
    here: replaces ? `${contactsPath}/add?replaces=${replaces.contact}` : `${contactsPath}/add`,
    hasForm: true,
    body: html`<h1>${title}</h1>
<p class="lead">${replaces ? t('contact.replace.text', { address: replaces.address }) : t('contact.add.text')}</p>
${fault && html`<div class="fault" id="fault" role="alert"><p>${t(`contact.fault.${fault}`)}</p></div>`}
<form class="panel fields" method="post" action="${contactsPath}/add">
${hidden({ verifier: view.verifier, ...(replaces ? { replaces: replaces.contact } : {}) })}
<div class="field"><label for="address">${t('contact.address')}</label>
<input id="address" name="address" type="email" value="${view.address}" autocomplete="email" autocapitalize="none" spellcheck="false" dir="ltr" maxlength="320" required aria-describedby="address-hint${isWrong ? ' fault' : ''}"${flags({ 'aria-invalid="true"': isWrong })}>
<small id="address-hint">${t('contact.address.hint')}</small></div>
<p class="buttons"><button class="button">${t('contact.send')}</button></p>
</form>
${backTo(context)}`,
  }
}

export function verifyContactPage(
  view: { verifier: string; contact: ContactId; address: string; left: number; wrong?: boolean; sent?: SentAgain },
  context: RequestContext,
): Page {
  const { t } = context
  const { address, left, wrong, sent } = view
  const isFault = wrong === true || (left === 0 && sent === undefined)
  const title = t('contact.verify')
  const here = `${contactsPath}/${view.contact}/verify`
  const about = html`<p>${t('contact.verify.text')}</p>
<p><bdi class="address">${address}</bdi></p>`
  return {
    title: isFault ? t('own.fault.page', { title }) : title,
    status: isFault ? 400 : 200,
    here,
    hasForm: true,
    body: html`<h1>${title}</h1>
${givenBack({ ...view, here, about, field: { label: t('contact.code'), hint: t('contact.code.hint') } }, context)}
<p>${t('contact.verify.nothing')}</p>
${backTo(context)}`,
  }
}

/** A page for what is done to one contact: what it means, then the button. */
export function contactActPage(
  view: { verifier: string; one: ContactView; act: (typeof contactActs)[number]; isLast: boolean },
  context: RequestContext,
): Page {
  const { t } = context
  const { one, act, isLast } = view
  const title = t(`contact.${act}.title`)
  const here = `${contactsPath}/${one.contact}/${act}`
  return {
    title,
    here,
    hasForm: true,
    body: html`<h1>${title}</h1>
<p class="lead"><bdi class="address">${one.address}</bdi></p>
<p>${t(one.verified ? `contact.${act}.text` : 'contact.remove.waiting')}</p>
${act === 'remove' && isLast && html`<p class="warning">${t('contact.remove.last')}</p>`}
<form class="panel fields" method="post" action="${here}">
${hidden({ verifier: view.verifier })}
<p class="buttons"><button class="button">${t(`contact.${act}.go`)}</button> <a href="${contactsPath}">${t('own.cancel')}</a></p>
</form>`,
  }
}
