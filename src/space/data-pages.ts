/** What the hub holds of a person, drawn; and what erasing it means. */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Identity } from '../kernel/identity.ts'
import { claimLabel, readable } from '../login/pages.ts'
import type { ContactView } from '../people/people.ts'
import type { ErasureReason } from '../policy/erasure.ts'
import { dayOf, type Framed, hiddenField, spacePaths } from './frame.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

/** In the order of the page. */
const categories = [
  'contacts',
  'means',
  'phones',
  'enrolments',
  'sessions',
  'trips',
  'mandates',
  'connections',
  'messages',
  'reports',
  'subjects',
  'facts',
] as const
type Category = (typeof categories)[number]

export interface HeldView {
  identity?: Identity
  contacts: readonly ContactView[]
  counts: Record<Category, number>
  /** There are more facts than were counted. */
  moreFacts: boolean
}

/** Where the person looks after what is counted. */
const placeOf: Partial<Record<Category, string>> = {
  contacts: spacePaths.contacts,
  means: spacePaths.means,
  sessions: spacePaths.sessions,
  trips: spacePaths.trips,
  mandates: spacePaths.mandates,
  connections: spacePaths.history,
  messages: spacePaths.messages,
}

/** Days: a fact is kept as long as what it is about. */
const longestKept = ({ connectionDays, securityDays, administrationDays }: SpacePages['retention']) =>
  Math.max(connectionDays, securityDays, administrationDays)

type Drawn = Pick<SpacePages, 'timeZone' | 'retention' | 'providerName'>

export function dataPage(view: HeldView, pages: Drawn, visit: SpaceVisit): Framed {
  const { t } = visit.context
  const isWhole = visit.access.sight === 'whole'
  return {
    title: t('space.data.title'),
    current: 'data',
    here: spacePaths.data,
    main: html`<h1>${t('space.data.title')}</h1>
<p class="lead">${t('space.data.lead')}</p>
<section class="panel" aria-labelledby="identity"><h2 id="identity">${t('space.data.identity')}</h2>
<p>${t('space.data.identity.why')}</p>
${isWhole ? identityRows(view.identity, visit.context) : html`<p>${t('space.data.hidden')}</p>`}</section>
<section class="panel" aria-labelledby="accounts"><h2 id="accounts">${t('space.data.accounts')}</h2>
<p>${t('space.data.accounts.why')}</p>
${isWhole ? accountRows(pages, visit) : html`<p>${t('space.data.accounts.count', { count: visit.accounts.length })}</p>`}</section>
<section class="panel" aria-labelledby="rest"><h2 id="rest">${t('space.data.rest')}</h2>
<ul class="rows">${categories.map((category) => html`<li>${categoryRow(category, view, pages, visit.context)}</li>`)}</ul></section>
<section class="panel" aria-labelledby="export"><h2 id="export">${t('space.data.export')}</h2>
<p>${t('space.data.export.text')}</p>
<p class="buttons"><a class="button" href="${spacePaths.export}">${t('space.data.export.go')}</a></p></section>
<section class="panel" aria-labelledby="erase"><h2 id="erase">${t('space.data.erase')}</h2>
<p>${t('space.data.erase.text')}</p>
<p class="buttons"><a class="button button-quiet" href="${spacePaths.erase}">${t('space.data.erase.go')}</a></p></section>`,
  }
}

/** Members of an identity that have words, in this order. */
const members = ['given_name', 'family_name', 'preferred_username', 'birthdate', 'gender', 'birthplace', 'birthcountry']

function identityRows(identity: Identity | undefined, context: RequestContext): Html {
  const { t } = context
  if (!identity) return html`<p>${t('space.data.identity.none')}</p>`
  const professional = identity.kind === 'professional'
  const said = professional
    ? { preferred_username: identity.nationalId, given_name: identity.given_name, family_name: identity.family_name }
    : identity
  const rows = members.flatMap((claim) => {
    const value = (said as Record<string, unknown>)[claim]
    return typeof value === 'string' ? [{ claim, value }] : []
  })
  return html`<dl class="data">${rows.map(
    ({ claim, value }) =>
      html`<div><dt>${claimLabel(claim, { professional }, context)}</dt><dd>${readable(claim, value, context)}</dd></div>`,
  )}</dl>`
}

function accountRows(pages: Drawn, visit: SpaceVisit): Html {
  const { context, accounts } = visit
  const { t } = context
  return html`<ul class="rows">${accounts.map(
    ({ provider, level, at }) => html`<li><p><strong>${pages.providerName(visit, provider)}</strong></p>
<p class="about-one"><span>${t('space.sessions.level', { level: t(`own.level.${level}`) })}</span>
<span>${t('own.since', { date: dayOf(at, pages.timeZone, context) })}</span></p></li>`,
  )}</ul>`
}

function categoryRow(category: Category, { counts, moreFacts }: HeldView, { retention }: Drawn, { t }: RequestContext) {
  const count = counts[category]
  const place = placeOf[category]
  const days =
    category === 'facts'
      ? longestKept(retention)
      : category === 'mandates'
        ? retention.mandateDays
        : retention.connectionDays
  const title =
    category === 'facts' && moreFacts
      ? t('space.data.facts.more', { count })
      : t(`space.data.count.${category}`, { count })
  return html`<p><strong>${place ? html`<a href="${place}">${title}</a>` : title}</strong></p>
<p>${t(`space.data.why.${category}`)} ${t(`space.data.long.${category}`, { days })}</p>`
}

// --- Erasure ---------------------------------------------------------------------------------------------------------

/** What happens, what stays and why; or why not now. */
export function erasurePage(
  reasons: readonly ErasureReason[],
  { retention }: Drawn,
  { context: { t } }: SpaceVisit,
): Framed {
  const isPossible = reasons.length === 0
  return {
    title: t('space.erase.title'),
    current: 'data',
    here: spacePaths.erase,
    status: isPossible ? 200 : 409,
    main: html`<h1>${t('space.erase.title')}</h1>
${
  isPossible
    ? html`<p class="lead">${t('space.erase.lead')}</p>`
    : html`<div class="fault" role="alert"><p><strong>${t('space.erase.refused')}</strong></p>
${reasons.map((reason) => html`<p>${t(`space.erase.refused.${reason}`, { days: retention.connectionDays })}</p>`)}</div>`
}
<section class="panel" aria-labelledby="goes"><h2 id="goes">${t('space.erase.goes')}</h2>
<ul class="rows">${['identity', 'accounts', 'contacts', 'sessions', 'services'].map((what) => html`<li>${t(`space.erase.goes.${what}`)}</li>`)}</ul></section>
<section class="panel" aria-labelledby="stays"><h2 id="stays">${t('space.erase.stays')}</h2>
<ul class="rows"><li>${t('space.erase.stays.lines', { days: retention.connectionDays })}</li>
<li>${t('space.erase.stays.facts', { days: longestKept(retention) })}</li>
<li>${t('space.erase.stays.subjects')}</li></ul></section>
<p class="buttons">${
      isPossible && html`<a class="button" href="${spacePaths.confirmErasure}">${t('space.erase.continue')}</a> `
    }<a href="${spacePaths.data}">${t('space.erase.keep')}</a></p>`,
  }
}

export function confirmErasurePage(verifier: string, isFault: boolean, { context: { t } }: SpaceVisit): Framed {
  const title = t('space.erase.confirm.title')
  return {
    title: isFault ? t('own.fault.page', { title }) : title,
    current: 'data',
    here: spacePaths.confirmErasure,
    status: isFault ? 400 : 200,
    main: html`<h1>${title}</h1>
<p class="lead">${t('space.erase.confirm.lead')}</p>
${isFault && html`<div class="fault" id="fault" role="alert"><p>${t('space.erase.confirm.fault')}</p></div>`}
<form class="panel fields" method="post" action="${spacePaths.confirmErasure}">${hiddenField(verifier)}
<fieldset class="choices"><legend>${t('space.erase.confirm.legend')}</legend>
<label><input type="checkbox" name="understood" value="yes" required> <span>${t('space.erase.confirm.understood')}</span></label></fieldset>
<p class="buttons"><button class="button button-stop">${t('space.erase.confirm.go')}</button> <a href="${spacePaths.data}">${t('space.erase.keep')}</a></p>
</form>`,
  }
}

export function erasedPage({ t }: RequestContext): Page {
  return {
    title: t('space.erased.title'),
    body: html`<div class="sheet"><h1>${t('space.erased.title')}</h1>
<p class="lead">${t('space.erased')}</p>
<p class="actions"><a class="button" href="/">${t('space.erased.leave')}</a></p></div>`,
  }
}
