/** A mandate in one row, and its two sides by name: on the page of an organisation, and on its own. */
import type { Organisation } from '../directory/organisations.ts'
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import type { MandataryName, MandateView, NamedMandate } from '../mandates/mandates.ts'
import { consolePaths, date, type Frame } from './frame.ts'

/** Who is on the other side of the organisation on whose page they stand. */
export function mandateRows(
  entries: readonly NamedMandate[],
  which: 'given' | 'held',
  { now }: { now: Instant },
  frame: Frame,
  context: RequestContext,
): Html {
  const { t } = context
  return html`<ul class="rows">${entries.map(
    ({ view, principal, mandatary }) => html`<li>
<p><strong><a href="${consolePaths.mandate(view.mandate)}">${
      which === 'given' ? mandataryName(mandatary, context) : organisationName(principal, context)
    }</a></strong> · ${t(`mandates.standing.${standingOf(view, now)}`)}</p>
<p>${t('office.from_until', { from: date(view.from, frame, context), until: date(view.until - 1, frame, context) })}</p></li>`,
  )}</ul>`
}

export const organisationName = (organisation: Organisation | undefined, { t }: RequestContext): Html =>
  html`<bdi>${organisation?.name ?? t('office.gone')}</bdi>`

export function mandataryName(one: MandataryName, context: RequestContext): Html {
  if (one.kind === 'organisation') return organisationName(one.organisation, context)
  return html`<bdi>${one.name ?? context.t('office.gone')}</bdi>`
}

/** By its dates too, whether or not a job has passed. */
export function standingOf({ state, from, until }: MandateView, now: Instant) {
  if (state === 'ended' || state === 'draft' || state === 'proposed') return state
  if (now >= until) return 'over'
  return state === 'active' && now < from ? 'not_begun' : state
}
