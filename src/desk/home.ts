/**
 * The first page of the desk, by role: what needs attention, the services and providers of the partner; and the lists
 * that hold all of them, which can be searched.
 */
import type { Party } from '../cases/cases.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import { day } from '../kernel/durations.ts'
import type { ProviderAvailability } from '../partners/availability.ts'
import { warningText } from '../partners/fault-messages.ts'
import type { Service } from '../partners/partners.ts'
import type { Draft, EntryWarning, ScopeRequest } from '../partners/versions.ts'
import { type ContactCheck, confirmingRoles } from '../staff/contact-checks.ts'
import { dueWords } from './cases-pages.ts'
import {
  type DeskFrame,
  dayOf,
  deskPaths,
  exact,
  framed,
  has,
  hiddenField,
  longList,
  type Own,
  type PageOf,
  pager,
  type Search,
  searchAddress,
  searchForm,
} from './frame.ts'
import { foundingRoles } from './object-pages.ts'
import { at } from './settings-form.ts'

/** A service of the list: published, or a draft that never was. */
export interface ServiceRow {
  own: Own
  name: string
  minimumLevel?: Level
  /** Somebody is changing it. */
  hasDraft: boolean
  isPublished: boolean
}

/** A secret that ends within this is worth a line. */
export const secretWarning = 14 * day

/** Lines of each sort; drafts beyond them are not judged. */
export const mostJudged = 10

/** Services that are named where one sentence is about many. */
const mostNamed = 5

/** What somebody should look at. */
export interface Attention {
  /** Drafts, with how many faults each has now; `undefined`: not counted. */
  drafts: readonly { own: Own; name: string; faults: number | undefined }[]
  /** Services whose only secret ends, or whose older one does. */
  secrets: readonly { own: Own; name: string; until: Instant; isOnly: boolean }[]
  refused: readonly ScopeRequest[]
  waiting: number
  doubts: readonly { own: Own; name: string; warning: EntryWarning }[]
  /** The partner's security contacts have to be confirmed. */
  contact?: ContactCheck
  /** Cases of stolen identities that wait for an answer, with the one that is due first. */
  cases?: { waiting: number; next: Party }
}

export const homeOutcomes = ['contact_confirmed', 'contact_conflict'] as const

export interface HomeView {
  attention: Attention
  services: readonly ServiceRow[]
  providers: readonly ProviderAvailability[]
  /** Drafted and never published, or published no more. */
  newProviders: readonly { own: Own; name: string }[]
  /** How each provider stands, in words. */
  providerWords(one: ProviderAvailability): string
  done?: (typeof homeOutcomes)[number]
}

export function homePage(view: HomeView, frame: DeskFrame, context: RequestContext): Page {
  const { t } = context
  const { standing, colleagues } = frame
  const { previousSignInAt } = standing
  return framed(frame, context, {
    title: t('desk.title'),
    here: deskPaths.home,
    body: html`<h1>${t('desk.hello', { name: colleagues.get(standing.staff) ?? '' })}</h1>
${view.done && html`<p class="notice" role="status">${t(`desk.home.done.${view.done}`)}</p>`}
<p class="lead">${t('desk.for', { partner: frame.partner, hub: frame.hub })}</p>
<p>${standing.roles.map((role) => html`<span class="badge">${t(`staff_role.${role}`)}</span> `)}</p>
<p>${
      previousSignInAt === undefined
        ? t('desk.first')
        : t('desk.previous', { date: exact(previousSignInAt, frame, context) })
    }</p>
${attentionSection(view.attention, frame, context)}
<section class="sheet" aria-labelledby="services"><h2 id="services">${t('desk.home.services')}</h2>
${view.services.length === 0 ? html`<p>${t('desk.home.services.none')}</p>` : serviceList(view.services.slice(0, longList), context)}
<p class="actions">${view.services.length > longList && html`<a href="${deskPaths.services}">${t('desk.home.services.all', { count: view.services.length })}</a>`}
${has(frame, foundingRoles) && html`<a class="button button-quiet" href="${deskPaths.newService}">${t('new_service.title')}</a>`}</p></section>
<section class="sheet" aria-labelledby="providers"><h2 id="providers">${t('desk.providers')}</h2>
${view.providers.length === 0 && view.newProviders.length === 0 ? html`<p>${t('desk.providers.none')}</p>` : providerList(view.providers.slice(0, longList), view.providerWords, context)}
${newProviderList(view.newProviders, context)}
<p class="actions">${view.providers.length > longList && html`<a href="${deskPaths.providers}">${t('desk.home.providers.all', { count: view.providers.length })}</a>`}
${has(frame, foundingRoles) && html`<a class="button button-quiet" href="${deskPaths.newProvider}">${t('new_provider.title')}</a>`}</p>
</section>`,
  })
}

function attentionSection(attention: Attention, frame: DeskFrame, context: RequestContext): Html | undefined {
  const { t } = context
  const { drafts, secrets, refused, waiting, doubts, contact, cases } = attention
  const items: Html[] = [
    ...(cases ? [casesItem(cases, frame, context)] : []),
    ...(contact ? [contactItem(contact, frame, context)] : []),
    ...some(
      secrets,
      ({ own, name, until, isOnly }) =>
        html`<a href="${deskPaths.page(own)}"><bdi>${name}</bdi></a>${t('desk.colon')} ${t(isOnly ? 'desk.home.secret.only' : 'desk.home.secret.older', { date: exact(until, frame, context) })}`,
      context,
    ),
    ...some(
      refused,
      ({ service, scope, reason }) =>
        html`<a href="${deskPaths.service(service)}"><code dir="ltr">${service}</code></a>${t('desk.colon')} ${t('desk.home.scope.refused')} <code dir="ltr">${scope}</code>${reason && html` <bdi>${reason}</bdi>`}`,
      context,
    ),
    ...some(
      drafts,
      ({ own, name, faults }) =>
        html`<a href="${deskPaths.draft(own)}"><bdi>${name}</bdi></a>${t('desk.colon')} ${faults === undefined ? t('desk.home.draft') : t('desk.home.draft.faults', { count: faults })}`,
      context,
    ),
    ...some(
      [...Map.groupBy(doubts, ({ warning: { code, values } }) => JSON.stringify([code, values])).values()],
      (alike) =>
        html`${alike.slice(0, 1).map(({ warning }) => warningText(frame.named(warning), t))} ${alike.slice(0, mostNamed).map(({ own, name }, index) => html`${index > 0 && t('desk.comma')}<a href="${deskPaths.page(own)}"><bdi>${name}</bdi></a>`)}${alike.length > mostNamed && html` ${t('desk.home.more', { count: alike.length - mostNamed })}`}`,
      context,
    ),
    ...(waiting > 0 ? [html`${t('desk.home.scopes.waiting', { count: waiting })}`] : []),
  ]
  return html`<section class="sheet" aria-labelledby="attention"><h2 id="attention">${t('desk.home.attention')}</h2>
${items.length === 0 ? html`<p>${t('desk.home.attention.none')}</p>` : html`<ul class="rows">${items.map((item) => html`<li>${item}</li>`)}</ul>`}</section>`
}

/** The first of them; of a long list, how many more there are. */
function some<T>(all: readonly T[], draw: (one: T) => Html, { t }: RequestContext): Html[] {
  const more = all.length - mostJudged
  return [...all.slice(0, mostJudged).map(draw), ...(more > 0 ? [html`${t('desk.home.more', { count: more })}`] : [])]
}

function casesItem(
  { waiting, next }: NonNullable<Attention['cases']>,
  frame: DeskFrame,
  context: RequestContext,
): Html {
  const { t } = context
  const isOverdue = next.dueAt <= frame.now
  return html`<p><a href="${deskPaths.cases}"><strong>${t('desk.home.cases', { count: waiting })}</strong></a></p>
<p>${t('desk.home.cases.next')}${t('desk.colon')} <a href="${deskPaths.case(next.id)}"><bdi dir="ltr">${next.reference}</bdi></a> ${isOverdue && html`<span class="badge">${t('own_cases.state.overdue')}</span> `}${dueWords(next, frame, context)}</p>`
}

function contactItem(check: ContactCheck, frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  const { state, mailbox, contacts, dueAt, seen } = check
  const path = deskPaths.confirmContact
  const reached = [
    ...(mailbox ? [html`<bdi dir="ltr">${mailbox}</bdi>`] : []),
    ...contacts.map((staff) => html`<bdi>${frame.colleagues.get(staff)}</bdi>`),
  ]
  return html`<p><strong>${t('desk.home.contact')}</strong></p>
<p>${t(`desk.home.contact.${state}`, { date: dayOf(dueAt, frame, context) })}</p>
${reached.length > 0 && html`<p>${reached.map((one, index) => html`${index > 0 && t('desk.comma')}${one}`)}</p>`}
${
  state !== 'missing' &&
  has(frame, confirmingRoles) &&
  html`<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="seen" value="${seen}">
<p class="actions"><button class="button button-quiet">${t('desk.home.contact.go')}</button></p></form>`
}`
}

// --- Lists ---------------------------------------------------------------------------------------------------------

const serviceList = (rows: readonly ServiceRow[], { t }: RequestContext): Html =>
  html`<ul class="rows">${rows.map(
    ({ own, name, minimumLevel, hasDraft, isPublished }) => html`
<li><p><a href="${deskPaths.page(own)}"><bdi>${name}</bdi></a></p>
<p class="hint"><code dir="ltr">${own.id}</code>${minimumLevel && html` · ${t(`level.${minimumLevel}`)}`}${!isPublished && html` · ${t('object.unpublished')}`}${hasDraft && html` · ${t('object.has_draft')}`}</p></li>`,
  )}</ul>`

const providerList = (
  rows: readonly ProviderAvailability[],
  words: HomeView['providerWords'],
  { language }: RequestContext,
): Html =>
  html`<ul class="rows">${rows.map(
    (one) => html`
<li><p><a href="${deskPaths.provider(one.provider.id)}"><bdi>${one.provider.name[language]}</bdi></a></p>
<p>${words(one)}</p></li>`,
  )}</ul>`

const newProviderList = (all: HomeView['newProviders'], { t }: RequestContext): Html =>
  html`${
    all.length > 0 &&
    html`<h3>${t('desk.providers.drafted')}</h3><ul class="rows">${all.map(
      ({ own, name }) => html`
<li><p><a href="${deskPaths.page(own)}"><bdi>${name}</bdi></a></p>
<p class="hint"><code dir="ltr">${own.id}</code> · ${t('object.unpublished')}</p></li>`,
    )}</ul>`
  }`

export function servicesPage(
  view: PageOf<ServiceRow> & { search: Search; isDiscarded: boolean },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t } = context
  const { search, rows } = view
  const path = deskPaths.services
  return framed(frame, context, {
    title: t('desk.home.services'),
    here: searchAddress(path, search),
    body: html`<h1>${t('desk.home.services')}</h1>
${view.isDiscarded && html`<p class="notice" role="status">${t('object.done.discarded')}</p>`}
${has(frame, foundingRoles) && html`<p class="actions"><a class="button" href="${deskPaths.newService}">${t('new_service.title')}</a></p>`}
${view.all === 0 ? html`<p>${t('desk.home.services.none')}</p>` : searchForm(path, search, view, context)}
${rows.length > 0 && html`<section class="sheet">${serviceList(rows, context)}</section>`}
${pager(path, search, view, context)}`,
  })
}

export function providersPage(
  view: PageOf<ProviderAvailability> & {
    search: Search
    providerWords: HomeView['providerWords']
    newProviders: HomeView['newProviders']
    isDiscarded: boolean
  },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t } = context
  const { search, rows, providerWords } = view
  const path = deskPaths.providers
  return framed(frame, context, {
    title: t('desk.providers'),
    here: searchAddress(path, search),
    body: html`<h1>${t('desk.providers')}</h1>
${view.isDiscarded && html`<p class="notice" role="status">${t('object.done.discarded')}</p>`}
${has(frame, foundingRoles) && html`<p class="actions"><a class="button" href="${deskPaths.newProvider}">${t('new_provider.title')}</a></p>`}
${view.all === 0 ? html`<p>${t('desk.providers.none')}</p>` : searchForm(path, search, view, context)}
${rows.length > 0 && html`<section class="sheet">${providerList(rows, providerWords, context)}</section>`}
${view.newProviders.length > 0 && html`<section class="sheet">${newProviderList(view.newProviders, context)}</section>`}
${pager(path, search, view, context)}`,
  })
}

/** What a draft is called: what it says of itself, or its id. */
export function draftName({ entry, id }: Draft, language: string): string {
  const name = at(entry, `name.${language}`)
  return typeof name === 'string' && name !== '' ? name : id
}

/** The secrets of services that end soon. */
export function endingSecrets(
  services: readonly Service[],
  now: Instant,
  language: 'fr' | 'en' | 'ar',
): Attention['secrets'] {
  return services.flatMap(({ id, name, secrets, auth }) => {
    if (auth === 'private_key_jwt') return []
    const inForce = secrets.filter(({ until }) => until === undefined || until > now)
    const ends = inForce.flatMap(({ until }) => (until !== undefined && until - now <= secretWarning ? [until] : []))
    const isOnly = inForce.every(({ until }) => until !== undefined)
    const until = isOnly ? Math.max(...ends) : Math.min(...ends)
    return ends.length === 0 ? [] : [{ own: { kind: 'service' as const, id }, name: name[language], until, isOnly }]
  })
}
