/** The pages of the desk. They show what is the partner's own; whoever else acted on it is an operator, without a name. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { ProviderId, StaffId, SuspensionId } from '../kernel/ids.ts'
import type { ProviderAvailability } from '../partners/availability.ts'
import type { Provider } from '../partners/partners.ts'
import type { StateChange } from '../partners/state-changes.ts'
import { suspensionFields, suspensionRefusal, type TypedSuspension } from '../partners/suspension-form.ts'
import {
  isInForce,
  isReserved,
  type Suspension,
  type SuspensionFault,
  standingSuspensions,
  stateFor,
} from '../partners/suspensions.ts'
import type { ObservedHealth } from '../policy/breaker.ts'
import { staffPaths } from '../staff/pages.ts'
import type { StaffStanding } from '../staff/partner-staff.ts'

export const deskPaths = {
  home: '/desk',
  provider: (id: ProviderId) => `/desk/providers/${id}`,
  /** GET: the form. POST: its fields, `expected`. */
  suspend: (id: ProviderId) => `/desk/providers/${id}/suspend`,
  /** GET: the form. POST: its fields, `expected`. */
  suspension: (id: ProviderId, suspension: SuspensionId) => `/desk/providers/${id}/suspensions/${suspension}`,
  /** POST `expected`. */
  lift: (id: ProviderId, suspension: SuspensionId) => `/desk/providers/${id}/suspensions/${suspension}/lift`,
} as const

export interface DeskFrame {
  standing: StaffStanding
  /** Names of those who work for the same partner. */
  colleagues: ReadonlyMap<StaffId, string>
  /** Name of the partner. */
  partner: string
  /** Name of the hub. */
  hub: string
  /** IANA name of the zone in which dates are written. */
  timeZone: string
  now: Instant
  /** For a form to this address. */
  verifier(path: string): string
}

function framed(frame: DeskFrame, { t }: RequestContext, page: Page & { here: string }): Page {
  const isHome = page.here === deskPaths.home
  return {
    ...page,
    hasForm: true,
    body: html`<nav class="places" aria-label="${t('desk.places')}"><ul>
<li><a href="${deskPaths.home}"${isHome && html` aria-current="page"`}>${t('desk.home')}</a></li></ul>
<form method="post" action="${staffPaths.signOut}">
${hiddenField(frame, staffPaths.signOut)}
<button class="link">${t('desk.leave')}</button>
</form></nav>
${page.body}`,
  }
}

/** The hidden field by which a form to this address is known to be ours. */
function hiddenField(frame: DeskFrame, path: string): Html {
  return html`<input type="hidden" name="verifier" value="${frame.verifier(path)}">`
}

// --- Home ----------------------------------------------------------------------------------------------------------

export interface HomeView {
  /** Those of the partner, when this is somebody who looks after them. */
  providers: readonly ProviderAvailability[]
  isGuardian: boolean
}

export function homePage(view: HomeView, frame: DeskFrame, context: RequestContext): Page {
  const { t, language } = context
  const { standing, colleagues } = frame
  const { previousSignInAt } = standing
  return framed(frame, context, {
    title: t('desk.title'),
    here: deskPaths.home,
    body: html`<h1>${t('desk.hello', { name: colleagues.get(standing.staff) ?? '' })}</h1>
<p class="lead">${t('desk.for', { partner: frame.partner, hub: frame.hub })}</p>
<p>${standing.roles.map((role) => html`<span class="badge">${t(`staff_role.${role}`)}</span> `)}</p>
<p>${
      previousSignInAt === undefined
        ? t('desk.first')
        : t('desk.previous', { date: exact(previousSignInAt, frame, context) })
    }</p>
${
  view.isGuardian
    ? html`<section class="sheet" aria-labelledby="providers"><h2 id="providers">${t('desk.providers')}</h2>
${
  view.providers.length === 0
    ? html`<p>${t('desk.providers.none')}</p>`
    : html`<ul class="rows">${view.providers.map(
        ({ provider, observed }) => html`
<li><p><a href="${deskPaths.provider(provider.id)}"><bdi>${provider.name[language]}</bdi></a></p>
<p>${stateWords(provider, frame.now, context)} · ${healthWords(observed, context)}</p></li>`,
      )}</ul>`
}</section>`
    : html`<div class="notice"><h2>${t('desk.nothing')}</h2><p>${t('desk.nothing.text')}</p></div>`
}`,
  })
}

// --- A provider ----------------------------------------------------------------------------------------------------

/** Of the history: older ones are in the journal. */
const mostChanges = 100

export const providerOutcomes = ['suspended', 'amended', 'lifted'] as const

export interface ProviderView {
  provider: Provider
  observed?: ObservedHealth
  /** When the hub last learned of its health. */
  at: Instant
  /** The oldest first. */
  history: readonly StateChange[]
  done?: (typeof providerOutcomes)[number]
  /** What others did since the page that was used: nothing was changed. */
  changes?: readonly StateChange[]
  /** They asked for what is the operators' to change. */
  isReserved?: boolean
}

export function providerPage(view: ProviderView, frame: DeskFrame, context: RequestContext): Page {
  const { t, language } = context
  const { provider, observed, history, done, changes } = view
  const standing = standingSuspensions(provider, frame.now)
  const suspend = deskPaths.suspend(provider.id)
  return framed(frame, context, {
    title: provider.name[language],
    status: changes || view.isReserved ? 409 : 200,
    here: deskPaths.provider(provider.id),
    body: html`<h1><bdi>${provider.name[language]}</bdi></h1>
${done && html`<p class="notice" role="status">${t(`desk.done.${done}`)}</p>`}
${changes && overtaken(changes, frame, context)}
${view.isReserved && html`<div class="notice" role="alert"><h2>${t('desk.reserved')}</h2><p>${t('desk.reserved.text')}</p></div>`}
<section class="sheet" aria-labelledby="now"><h2 id="now">${t('desk.now')}</h2>
<dl class="data">
<div><dt>${t('desk.state')}</dt><dd>${stateWords(provider, frame.now, context)}</dd></div>
${observed && html`<div><dt>${t('desk.health')}</dt><dd>${healthWords(observed, context)}${reasonsOf(observed, context)}</dd></div>`}
</dl>
<p class="hint">${t('desk.at', { date: exact(view.at, frame, context) })}</p>
</section>
<section class="sheet" aria-labelledby="suspensions"><h2 id="suspensions">${t('desk.suspensions')}</h2>
${
  standing.length === 0
    ? html`<p>${t('desk.suspensions.none')}</p>`
    : html`<ul class="rows">${standing.map((one) => html`<li>${suspensionIn(one, provider, frame, context)}</li>`)}</ul>`
}
<p class="actions"><a class="button" href="${suspend}">${t('desk.suspend')}</a></p>
</section>
<section class="sheet" aria-labelledby="history"><h2 id="history">${t('desk.history')}</h2>
${
  history.length === 0
    ? html`<p>${t('desk.history.none')}</p>`
    : html`${history.length > mostChanges && html`<p>${t('desk.history.cut', { count: mostChanges })}</p>`}
${changeList(history.slice(-mostChanges).reverse(), frame, context)}`
}
</section>`,
  })
}

function suspensionIn(one: Suspension, provider: Provider, frame: DeskFrame, context: RequestContext): Html {
  const { t, language } = context
  const path = deskPaths.lift(provider.id, one.id)
  const inForce = isInForce(one, frame.now)
  const id = `about-${one.id}`
  const mine = !isReserved(one, { kind: 'staff', id: frame.standing.staff })
  return html`<p id="${id}"><strong>${t(inForce ? 'desk.in_force' : 'desk.planned')}</strong> · ${t(`suspension.category.${one.category}`)} · ${scopeWords(one, context)}</p>
<p><bdi>${one.reason[language]}</bdi></p>
<p class="hint">${spanWords(one, frame, context)} ${t(`desk.sessions.${one.sessions === 'kept' ? 'kept' : 'closed'}`)} ${byWords(one.author, frame, context)}</p>
${
  mine
    ? html`<div class="actions"><a href="${deskPaths.suspension(provider.id, one.id)}" aria-describedby="${id}">${t('desk.amend')}</a>
<form method="post" action="${path}">${hiddenField(frame, path)}
<input type="hidden" name="expected" value="${provider.state.number}">
<button class="link" aria-describedby="${id}">${t(inForce ? 'desk.lift' : 'desk.cancel')}</button></form></div>`
    : html`<p class="notice">${t('desk.theirs')}</p>`
}`
}

/** What came between, above what was asked for: nothing of it was done. */
function overtaken(changes: readonly StateChange[], frame: DeskFrame, context: RequestContext): Html {
  const { t } = context
  return html`<div class="notice" role="alert"><h2>${t('desk.overtaken')}</h2><p>${t('desk.overtaken.text')}</p>
${changeList(changes, frame, context)}</div>`
}

function changeList(changes: readonly StateChange[], frame: DeskFrame, context: RequestContext): Html {
  const { t, language } = context
  return html`<ul class="rows">${changes.map(
    ({ at, change, author, suspension }) => html`
<li><p><time datetime="${toDate(at).toISOString()}">${exact(at, frame, context)}</time> · <strong>${t(`desk.change.${change}`)}</strong> · ${byWords(author, frame, context)}</p>
${
  suspension &&
  html`<p>${t(`suspension.category.${suspension.category}`)} · ${scopeWords(suspension, context)} · <bdi>${suspension.reason[language]}</bdi></p>
<p class="hint">${spanWords(suspension, frame, context)}</p>`
}</li>`,
  )}</ul>`
}

// --- The forms -----------------------------------------------------------------------------------------------------

/** Why a form is shown again, with what was typed. */
export interface Refused {
  faults?: readonly SuspensionFault[]
  changes?: readonly StateChange[]
}

export interface SuspendView extends Refused {
  provider: Provider
  /** Of the state that the page shows. */
  number: number
  typed: TypedSuspension
}

export function suspendPage(view: SuspendView, frame: DeskFrame, context: RequestContext): Page {
  const { t, language } = context
  const { provider } = view
  return formPage(frame, context, {
    view,
    path: deskPaths.suspend(provider.id),
    title: t('desk.suspend.title', { name: provider.name[language] }),
    lead: t('desk.suspend.lead'),
    button: t('desk.suspend.go'),
    hasBegun: false,
  })
}

export function amendPage(
  view: SuspendView & { suspension: Suspension },
  frame: DeskFrame,
  context: RequestContext,
): Page {
  const { t, language } = context
  const { provider, suspension } = view
  const hasBegun = suspension.since <= frame.now
  return formPage(frame, context, {
    view,
    path: deskPaths.suspension(provider.id, suspension.id),
    title: t('desk.amend.title', { name: provider.name[language] }),
    lead: spanWords(suspension, frame, context),
    button: t('desk.amend.go'),
    hasBegun,
  })
}

function formPage(
  frame: DeskFrame,
  context: RequestContext,
  form: { view: SuspendView; path: string; title: string; lead: string; button: string; hasBegun: boolean },
): Page {
  const { t } = context
  const { view, path, title, lead, button, hasBegun } = form
  const { provider, typed, faults = [], changes, number } = view
  return framed(frame, context, {
    title,
    status: changes ? 409 : faults.length > 0 ? 422 : 200,
    here: path,
    body: html`<h1>${title}</h1>
<p class="lead">${lead}</p>
${changes && overtaken(changes, frame, context)}
${faults.length > 0 && suspensionRefusal(faults, context)}
<form class="sheet" method="post" action="${path}">
${hiddenField(frame, path)}
<input type="hidden" name="expected" value="${number}">
${suspensionFields({ typed, faults, provider, services: [], hasBegun, timeZone: frame.timeZone }, context)}
<p class="actions"><button class="button">${button}</button>
<a href="${deskPaths.provider(provider.id)}">${t('desk.back')}</a></p>
</form>`,
  })
}

// --- Words ---------------------------------------------------------------------------------------------------------

function stateWords(provider: Provider, now: Instant, { t }: RequestContext): string {
  const { kind } = stateFor(provider, {}, now)
  const inPart = kind !== 'suspended' && standingSuspensions(provider, now).some((one) => isInForce(one, now))
  return inPart ? t('desk.state.in_part') : t(`desk.state.${kind}`)
}

const healthWords = ({ health }: ObservedHealth, { t }: RequestContext) => t(`status.standing.${health}`)

function reasonsOf({ reasons }: ObservedHealth, { t }: RequestContext): Html | undefined {
  return reasons.length === 0
    ? undefined
    : html`<ul class="plain">${reasons.map((reason) => html`<li>${t(`status.reason.${reason}`)}</li>`)}</ul>`
}

/** Which services, is not said to a provider. */
function scopeWords({ services, above }: Suspension, { t }: RequestContext): string {
  const scope = t(services === 'all' ? 'desk.scope.all' : 'desk.scope.some')
  return above === undefined ? scope : `${scope} · ${t(`suspension.above.${above}`)}`
}

function spanWords({ since, until }: Suspension, frame: DeskFrame, context: RequestContext): string {
  const { t } = context
  const from = exact(since, frame, context)
  return until === undefined
    ? t('desk.span.open', { since: from })
    : t('desk.span', { since: from, until: exact(until, frame, context) })
}

/** A colleague by name; operators are one. */
function byWords(
  author: Suspension['author'],
  { standing, colleagues, hub }: DeskFrame,
  { t }: RequestContext,
): string {
  if (author.kind !== 'staff') return t('desk.by', { author: t('desk.author.operators', { hub }) })
  if (author.id === standing.staff) return t('desk.by.you')
  return t('desk.by', { author: colleagues.get(author.id) || t('desk.author.colleague') })
}

function exact(at: Instant, { timeZone }: DeskFrame, { language }: RequestContext): string {
  const key = `${language} ${timeZone}`
  const known = formats.get(key)
  const format =
    known ?? new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeStyle: 'short', timeZone })
  if (!known) formats.set(key, format)
  return format.format(at)
}

const formats = new Map<string, Intl.DateTimeFormat>()
