/**
 * The page on which somebody chooses for whom they act, and the one for who can act for nobody. They decide nothing: whom
 * one may choose, what is asked for more and why was decided before (`acting.ts`). Buttons of one form, each a choice; the
 * search is a form of its own.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Instant, toDate } from '../kernel/clock.ts'
import type { FlowId } from '../kernel/ids.ts'
import { inEachLanguage } from '../kernel/languages.ts'
import { actions } from '../policy/mandate.ts'
import type { Candidate, Candidates } from './acting.ts'
import type { ActingInLogin } from './flow.ts'
import { loginPaths, type ServiceView, searchable, steps, verifierField } from './pages.ts'

export interface PrincipalView {
  flow: FlowId
  verifier: string
  service: ServiceView
  candidates: Candidates
  /** Of the candidates that need more, those for which no account offered here brings it. */
  outOfReach: ReadonlySet<Candidate>
  /** May they also come for themselves? */
  alone: boolean
  /** As it was typed. */
  search: string
  after: string
  /** What was chosen is theirs no more. */
  lost: boolean
  /** The proposal is where they were, and not the service's. */
  wanted: boolean
  timeZone: string
}

export function principalPage(view: PrincipalView, context: RequestContext): Page {
  const { t } = context
  const { flow, service, candidates, search, after, lost } = view
  const title = t('acting.title')
  const notice = lost ? 'lost' : candidates.hintUnusable ? 'hint' : undefined
  const isFirst = search === '' && after === ''
  const shown = isFirst ? 'whole' : 'part'
  return {
    title: notice ? `${t(`acting.notice.${notice}`)} · ${title}` : title,
    here: loginPaths.flow(flow, { q: search, after }),
    hasForm: true,
    body: html`${steps(2, context)}
<h1>${title}</h1>
<p class="lead">${t('acting.lead', { service: service.name })}</p>
${notice && html`<div class="notice" role="status"><h2>${t(`acting.notice.${notice}`)}</h2><p>${t(`acting.notice.${notice}.text`)}</p></div>`}
${(candidates.total >= searchable || !isFirst) && searchForm(view, context)}
<form method="post" action="${loginPaths.principal(flow)}">
${verifierField(view.verifier)}
${shown === 'whole' && proposed(view, context)}
${shown === 'whole' && view.alone && candidates.proposed !== 'self' && html`<ul class="tiles principals">${selfTile(context)}</ul>`}
${shown === 'whole' && section('recent', t('acting.recent'), without(candidates.recent, candidates.proposed), view, context)}
${section('all', listTitle(view, context), listed(view), view, context)}
</form>
${pages(view, context)}
<details class="about"><summary>${t('acting.missing')}</summary>
<p>${t('acting.missing.text')}</p>
<p><a href="/mandates">${t('acting.mandates')}</a></p></details>
<form class="back" method="post" action="${loginPaths.cancel(flow)}">
${verifierField(view.verifier)}
<button class="link">${t('choose.back', { service: service.name })}</button>
</form>`,
  }
}

const without = (list: readonly Candidate[], proposed: Candidates['proposed']) =>
  list.filter(({ key }) => typeof proposed !== 'object' || key !== proposed.key)

/** On a page of its own the proposal stands above, and not once more below. */
function listed({ candidates: { entries, proposed }, search, after }: PrincipalView): readonly Candidate[] {
  return search === '' && after === '' ? without(entries, proposed) : entries
}

function listTitle({ candidates: { recent, total }, search }: PrincipalView, { t }: RequestContext): string {
  if (search !== '') return t('acting.found', { count: total, query: search })
  return t(recent.length > 0 ? 'acting.all' : 'acting.organisations')
}

function proposed(view: PrincipalView, context: RequestContext): Html | false {
  const { t } = context
  const { candidates, service, alone, wanted } = view
  const only = candidates.total === 1 && !alone ? candidates.entries[0] : undefined
  const one = candidates.proposed ?? only
  if (!one) return false
  const said = candidates.proposed ? (wanted ? 'acting.wanted' : 'acting.proposed') : 'acting.only'
  return html`<section aria-labelledby="proposed"><h2 id="proposed">${t(said, { service: service.name })}</h2>
<ul class="tiles principals">${one === 'self' ? selfTile(context, true) : tile(one, view, context, true)}</ul></section>`
}

function section(
  id: string,
  title: string,
  list: readonly Candidate[],
  view: PrincipalView,
  context: RequestContext,
): Html | false {
  const { t } = context
  const { candidates, alone, search } = view
  // The only one there is stands above, as the proposal.
  const isAbove = candidates.total === 1 && !alone && search === ''
  if (search === '' && (list.length === 0 || isAbove)) return false
  const head = html`<h2 id="${id}">${title}</h2>`
  return html`<section aria-labelledby="${id}">${search === '' ? head : html`<div role="status">${head}</div>`}
${list.length === 0 && html`<p>${t('acting.search.help')}</p>`}
${search !== '' && html`<p><a href="${loginPaths.flow(view.flow)}">${t('acting.search.all')}</a></p>`}
<ul class="tiles principals">${list.map((one) => tile(one, view, context))}</ul></section>`
}

function selfTile({ t }: RequestContext, isProposed = false): Html {
  return html`
<li><button class="tile" name="principal" value="self"${isProposed && html` autofocus`}><span class="words"><strong>${t('acting.self')}</strong>
<span class="hint">${t('acting.self.text')}</span></span></button></li>`
}

function tile(one: Candidate, view: PrincipalView, context: RequestContext, isProposed = false): Html {
  const { t } = context
  const isShut = one.closed !== undefined || view.outOfReach.has(one)
  const content = html`<span class="words"><strong><bdi>${one.organisation.name}</bdi></strong>
<span class="hint"><bdi dir="ltr">${numberOf(one)}</bdi></span>
<span class="hint">${capacityText(one, context)}</span>
${one.actions.length > 0 && html`<span class="hint">${t('acting.may', { actions: actionsText(one.actions, context) })}</span>`}
${one.until !== undefined && html`<span class="hint">${untilText(one.until, view, context)}</span>`}
${one.needs && !isShut && html`<span class="state">${t(`acting.needs.${one.needs}`)}</span>`}</span>`
  if (!isShut) {
    return html`
<li><button class="tile" name="principal" value="${one.key}"${isProposed && html` autofocus`}>${content}</button></li>`
  }
  // Greyed, not `disabled`: it takes the focus and says why (see `pages.ts`).
  const id = `why-${one.key.replaceAll('.', '-')}`
  const why = one.closed ? `acting.closed.${one.closed}` : 'acting.out_of_reach'
  return html`
<li><button class="tile greyed" type="button" aria-disabled="true" aria-describedby="${id}">${content}</button>
<p class="why" id="${id}">${t(why)}</p></li>`
}

/** `ice:001…` as a person writes it. */
function numberOf({ organisation: { subject } }: Candidate): string {
  const [scheme = '', number = ''] = subject.split(':', 2)
  return `${scheme.toUpperCase()} ${number}`
}

function capacityText({ capacity, firm }: Pick<Candidate, 'capacity' | 'firm'>, { t }: RequestContext): string {
  return capacity === 'employee' && firm
    ? t('acting.as.employee.firm', { firm: firm.name })
    : t(`acting.as.${capacity}`)
}

const lists = inEachLanguage((language) => new Intl.ListFormat(localeOf(language), { type: 'conjunction' }))

export function actionsText(actions: Candidate['actions'], { t, language }: RequestContext): string {
  return lists[language].format(actions.map((action) => t(`acting.action.${action}`)))
}

/** The last day on which it holds: the end itself is not part of it. */
function untilText(
  until: Instant,
  { timeZone }: Pick<PrincipalView, 'timeZone'>,
  { t, language }: RequestContext,
): Html {
  const format = new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone })
  return html`<time datetime="${toDate(until).toISOString()}">${t('acting.until', { date: format.format(toDate(until - 1)) })}</time>`
}

/** What the claim `represented` says besides the name: numbers, as what and by which mandate, what may be done, until when. */
export function representedDetails(
  { names, capacity, rights }: ActingInLogin,
  where: Pick<PrincipalView, 'timeZone'>,
  context: RequestContext,
): Html {
  const { t } = context
  const numbers = Object.entries(names.organisation.identifiers)
  const ends = rights.map(({ until }) => until)
  const until = ends.includes(undefined) ? undefined : Math.max(...ends.map((end) => end ?? 0))
  const may = actions.filter((action) => rights.some((right) => right.action === action))
  return html`<ul class="details">${numbers.map(([scheme, number]) => html`<li><bdi dir="ltr">${scheme.toUpperCase()} ${number}</bdi></li>`)}
<li>${capacityText({ capacity: capacity.as, ...(names.firm ? { firm: names.firm } : {}) }, context)}</li>
${capacity.as !== 'representative' && html`<li>${t('acting.number')} <code dir="ltr">${capacity.mandate}</code></li>`}
<li>${t('acting.may', { actions: actionsText(may, context) })}</li>
${until !== undefined && html`<li>${untilText(until, where, context)}</li>`}</ul>`
}

function searchForm({ flow, search, candidates }: PrincipalView, { t }: RequestContext): Html {
  return html`<form class="filter" method="get" action="${loginPaths.flow(flow)}" role="search">
${search === '' && html`<p>${t('acting.count', { count: candidates.total })}</p>`}
<label for="q">${t('acting.search')}</label>
<div class="row"><input id="q" name="q" type="search" value="${search}" autocomplete="off" spellcheck="false" maxlength="60"><button class="button button-quiet">${t('acting.search.go')}</button></div>
</form>`
}

function pages({ flow, search, after, candidates: { next } }: PrincipalView, { t }: RequestContext): Html | false {
  if (next === undefined && after === '') return false
  return html`<nav class="actions">
${after !== '' && html`<a class="button button-quiet" href="${loginPaths.flow(flow, { q: search })}">${t('acting.first')}</a>`}
${next !== undefined && html`<a class="button button-quiet" rel="next" href="${loginPaths.flow(flow, { q: search, after: next })}">${t('acting.next')}</a>`}
</nav>`
}

export interface NobodyView {
  flow: FlowId
  service: ServiceView
  /** Code of the error and reference of the refused connection. */
  code: string
  /** GET: back to the service; to sign in with another account. */
  back: string
  again: string
}

/** The service takes only who acts for an organisation, and this person can act for none. */
export function nobodyPage({ flow, service, code, back, again }: NobodyView, { t }: RequestContext): Page {
  const title = t('acting.none')
  const help = `/help/ask?${new URLSearchParams({ audience: 'citizen', situation: 'for_somebody', reference: code })}`
  const ways = ['representative', 'mandatary', 'employee'] as const
  return {
    title,
    status: 403,
    here: loginPaths.flow(flow),
    body: html`<article class="sheet prose">
<h1>${title}</h1>
<p class="lead">${t('acting.none.text', { service: service.name })}</p>
<h2>${t('acting.none.ways')}</h2>
${ways.map((way) => html`<section aria-labelledby="way-${way}"><h3 id="way-${way}">${t(`acting.none.${way}`)}</h3><p>${t(`acting.none.${way}.text`)}</p></section>`)}
<p><a href="/mandates">${t('acting.mandates')}</a></p>
<p class="actions"><a class="button" href="${again}">${t('acting.none.other')}</a> <a class="button button-quiet" href="${back}">${t('choose.back', { service: service.name })}</a></p>
<p><a href="${help}">${t('abroad.wrong.ask')}</a></p>
<dl class="reference"><dt>${t('error.reference')}</dt><dd><code dir="ltr">${code}</code></dd></dl>
</article>`,
  }
}
