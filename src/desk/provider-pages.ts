/**
 * The pages of one provider: how it stands, its versions, its suspensions. They show what is the partner's own; whoever
 * else acted on it is an operator, without a name.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
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
import { byWords, type DeskFrame, deskPaths, exact, framed, has, hiddenField } from './frame.ts'
import { type ObjectView, outcomeNotice, settingsSection, standingWords, versionsSections } from './object-pages.ts'
import { guardians } from './visit.ts'

/** How it stands for the public, and what is observed of it. */
export function providerWords(
  { provider, observed }: ProviderAvailability,
  now: Instant,
  context: RequestContext,
): string {
  return `${stateWords(provider, now, context)} · ${healthWords(observed, context)}`
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
  /** Its settings, and what became of them. */
  told: Pick<ObjectView, 'own' | 'entry' | 'draft' | 'versions' | 'warnings' | 'done' | 'refused'>
}

export function providerPage(view: ProviderView, frame: DeskFrame, context: RequestContext): Page {
  const { t, language } = context
  const { provider, observed, history, done, changes, told } = view
  const isGuardian = has(frame, guardians)
  const standing = standingSuspensions(provider, frame.now)
  const suspend = deskPaths.suspend(provider.id)
  return framed(frame, context, {
    title: provider.name[language],
    status: changes || view.isReserved || told.refused ? 409 : 200,
    here: deskPaths.provider(provider.id),
    body: html`<h1><bdi>${provider.name[language]}</bdi></h1>
${done && html`<p class="notice" role="status">${t(`desk.done.${done}`)}</p>`}
${outcomeNotice(told, context)}
<p><code dir="ltr">${provider.id}</code> · ${standingWords(told, context)}</p>
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
${isGuardian ? html`<p class="actions"><a class="button" href="${suspend}">${t('desk.suspend')}</a></p>` : html`<p class="hint">${t('desk.guardians')}</p>`}
</section>
${versionsSections(told, frame, context)}
<section class="sheet" aria-labelledby="history"><h2 id="history">${t('desk.history')}</h2>
${
  history.length === 0
    ? html`<p>${t('desk.history.none')}</p>`
    : html`${history.length > mostChanges && html`<p>${t('desk.history.cut', { count: mostChanges })}</p>`}
${changeList(history.slice(-mostChanges).reverse(), frame, context)}`
}
</section>
${settingsSection(told, context)}`,
  })
}

function suspensionIn(one: Suspension, provider: Provider, frame: DeskFrame, context: RequestContext): Html {
  const { t, language } = context
  const path = deskPaths.lift(provider.id, one.id)
  const inForce = isInForce(one, frame.now)
  const id = `about-${one.id}`
  const mine = !isReserved(one, { kind: 'staff', id: frame.standing.staff })
  const mayAct = has(frame, guardians)
  return html`<p id="${id}"><strong>${t(inForce ? 'desk.in_force' : 'desk.planned')}</strong> · ${t(`suspension.category.${one.category}`)} · ${scopeWords(one, context)}</p>
<p><bdi>${one.reason[language]}</bdi></p>
<p class="hint">${spanWords(one, frame, context)} ${t(`desk.sessions.${one.sessions === 'kept' ? 'kept' : 'closed'}`)} ${byWords(one.author, frame, context)}</p>
${
  mine
    ? mayAct &&
      html`<div class="actions"><a href="${deskPaths.suspension(provider.id, one.id)}" aria-describedby="${id}">${t('desk.amend')}</a>
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
