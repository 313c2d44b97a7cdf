/**
 * What a login says where a service has a rule of geography and the person is elsewhere (R082): on the page of choice, in
 * advance, what the service asks from there; and in place of it, where the service is closed, which country the hub sees,
 * why, and each way on. Decided before, in `policy/geography.ts`.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import type { FlowId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import type { Ahead, Geography } from '../policy/geography.ts'
import { loginPaths, type ServiceView } from './pages.ts'

export interface AbroadView {
  geography: Geography
  ahead: Exclude<Ahead, 'open'>
  /** Two letters, of the network; absent when it is not known. */
  country?: string
  /** Where a trip is declared, and the way back here. */
  trips: string
}

/** Countries that are named; more are not read. */
const mostNamed = 6

const regions = inEachLanguage((language) => new Intl.DisplayNames(localeOf(language), { type: 'region' }))
const lists = inEachLanguage((language) => new Intl.ListFormat(localeOf(language), { type: 'disjunction' }))

const nameOf = (code: string, { language }: RequestContext) => regions[language].of(code) ?? code

function seen({ country }: AbroadView, context: RequestContext): string {
  return country ? nameOf(country, context) : context.t('abroad.somewhere')
}

function home({ geography: { allowed } }: AbroadView, context: RequestContext): string {
  const { t, language } = context
  const named = allowed.map((code) => nameOf(code, context))
  return named.length > mostNamed ? t('abroad.home') : lists[language].format(named)
}

const mayDeclare = ({ geography: { exempt }, country }: AbroadView) =>
  exempt.includes('declared_trip') && country !== undefined

/** On the page of choice: a remark, since nobody knows yet who it is. */
export function abroadRemark(view: AbroadView, service: ServiceView, context: RequestContext): Html {
  const { t, language } = context
  const { geography, ahead } = view
  const need = geography.stepUpLevel ?? 'two_factors'
  const said =
    ahead === 'step_up'
      ? t(`abroad.ahead.${need}`, { service: service.name, country: seen(view, context) })
      : t('abroad.ahead.exempt_only', { service: service.name, country: seen(view, context) })
  return html`<div class="notice" role="note"><p>${said}</p>
${geography.reason && html`<p><bdi>${geography.reason[language]}</bdi></p>`}
${geography.exempt.includes('trusted_device') && html`<p>${t('abroad.ahead.trusted_device', { countries: home(view, context) })}</p>`}
${mayDeclare(view) && html`<p>${t('abroad.ahead.declared_trip')} <a href="${view.trips}">${t('abroad.declare')}</a></p>`}
</div>`
}

export interface ClosedView extends AbroadView {
  flow: FlowId
  service: ServiceView & { homepage: string }
  /** Code of the error and reference of the refused connection. */
  code: string
  /** GET: back to the service, without an answer. */
  back: string
  /** GET: looked at again, from where the person is then. */
  again: string
}

/** In place of everything else: never a blank failure. */
export function closedPage(view: ClosedView, context: RequestContext): Page {
  const { t, language } = context
  const { geography, flow, service, code, country } = view
  const values = { service: service.name, country: seen(view, context), countries: home(view, context) }
  const title = t(country ? 'abroad.closed' : 'abroad.closed.unknown', values)
  const help = `/help/ask?${new URLSearchParams({ audience: 'citizen', situation: 'abroad', reference: code })}`
  const way = (name: string, more?: Html | false) => html`
<section aria-labelledby="way-${name}"><h3 id="way-${name}">${t(`abroad.way.${name}`)}</h3>
<p>${t(`abroad.way.${name}.text`, values)}</p>${more}</section>`
  return {
    title,
    status: 403,
    here: loginPaths.flow(flow),
    body: html`<article class="sheet prose">
<h1>${title}</h1>
<p class="lead">${t('abroad.closed.text')}</p>
<p>${t(country ? 'abroad.seen' : 'abroad.seen.unknown', values)}</p>
${
  geography.reason &&
  html`<h2>${t('abroad.why', values)}</h2>
<blockquote><p dir="auto">${geography.reason[language]}</p></blockquote>`
}
<h2>${t('abroad.ways')}</h2>
${geography.exempt.includes('trusted_device') && way('trusted_device')}
${mayDeclare(view) && way('declared_trip', html`<p class="actions"><a class="button" href="${view.trips}">${t('abroad.declare')}</a></p>`)}
${way('service', html`<p><a href="${service.homepage}">${t('abroad.way.service.go', values)}</a></p>`)}
<details><summary>${t('abroad.wrong')}</summary>
<p>${t('abroad.wrong.text')}</p>
<p><a href="${view.again}">${t('abroad.wrong.again')}</a></p>
<p>${t('abroad.wrong.support')} <a href="${help}">${t('abroad.wrong.ask')}</a></p></details>
<p class="actions"><a class="button button-quiet" href="${view.back}">${t('choose.back', { service: service.name })}</a></p>
<dl class="reference"><dt>${t('error.reference')}</dt><dd><code dir="ltr">${code}</code></dd></dl>
</article>`,
  }
}
