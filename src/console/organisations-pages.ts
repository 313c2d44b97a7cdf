/**
 * Organisations and who represents them, as operators see them: the search, one organisation with its representatives and
 * its mandates, the form for a document that somebody showed at a desk. Birth dates are masked but for who confirms.
 */
import type { Refusal } from '../approvals/approvals.ts'
import type { Organisation, OrganisationStatus, RepresentationView } from '../directory/organisations.ts'
import { number } from '../http/charts.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ApprovalId } from '../kernel/ids.ts'
import { documentKinds } from '../kernel/representations.ts'
import type { NamedMandate } from '../mandates/mandates.ts'
import { type MandateState, mandateStates } from '../policy/mandate.ts'
import { type AskSaid, askNotice, reasonField } from './approvals-pages.ts'
import {
  checked,
  consolePaths,
  date,
  dayInWords,
  type Frame,
  framed,
  hiddenField,
  lastDay,
  masked,
  selected,
  textField,
} from './frame.ts'
import { mandateRows } from './mandate-rows.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'

export interface OrganisationsView {
  typed: string
  /** Absent: nothing was asked. */
  found?: readonly Organisation[]
  /** There are more than are shown. */
  isMore: boolean
  status: OrganisationStatus
}

export function organisationsPage(view: OrganisationsView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  return framed(frame, context, {
    title: t('organisations.title'),
    here: consolePaths.organisations,
    body: html`<h1>${t('organisations.title')}</h1>
<p class="lead">${t('organisations.lead')}</p>
${editionNotice(view.status, frame, context)}
${searchForm(consolePaths.organisations, t('organisations.search'), t('organisations.search.hint'), view.typed, context)}
${view.found && foundRows(view.found, view.isMore, context)}`,
  })
}

export function searchForm(path: string, label: string, hint: string, typed: string, { t }: RequestContext): Html {
  return html`<form class="filter" method="get" action="${path}" role="search">
<p class="ask"><label for="q">${label}</label>
<input id="q" name="q" type="search" value="${typed}" required maxlength="120" autocomplete="off" spellcheck="false" aria-describedby="q-hint">
<span class="hint" id="q-hint">${hint}</span></p>
<p class="actions"><button class="button button-quiet">${t('people.search')}</button></p>
</form>`
}

/** How old what the register says is. */
function editionNotice({ current, stale, staleAt }: OrganisationStatus, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  if (!current || staleAt === undefined) {
    return html`<div class="notice"><h2>${t('organisations.no_edition')}</h2><p>${t('organisations.no_edition.text')}</p></div>`
  }
  const day = date(staleAt, frame, context)
  if (stale) {
    return html`<div class="notice" role="alert"><h2>${t('organisations.stale', { date: day })}</h2><p>${t('organisations.stale.text')}</p></div>`
  }
  const counts = {
    organisations: number(current.organisations, language),
    people: number(current.representations, language),
  }
  return html`<p>${t('organisations.edition', { ...counts, date: date(current.extractedAt, frame, context), until: day })}</p>`
}

export function foundRows(found: readonly Organisation[], isMore: boolean, context: RequestContext): Html {
  const { t } = context
  return html`<p role="status">${t(isMore ? 'organisations.found.more' : 'organisations.found', { count: found.length })}</p>
${
  found.length > 0 &&
  html`<ul class="rows">${found.map(
    (
      one,
    ) => html`<li><p><strong><a href="${consolePaths.organisation(one.organisation)}"><bdi>${one.name}</bdi></a></strong></p>
<p>${numbersIn(one)}${one.kind && html` · <bdi>${one.kind}</bdi>`}${one.state === 'closed' && html` · ${t('organisations.state.closed')}`}</p></li>`,
  )}</ul>`
}`
}

/** Numbers keep their direction in every script. */
export function numbersIn({ identifiers }: Organisation): Html {
  return html`${Object.entries(identifiers).map(
    ([scheme, digits], index) => html`${index > 0 && ' · '}<bdi dir="ltr">${scheme.toUpperCase()} ${digits}</bdi>`,
  )}`
}

// ── One of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const organisationOutcomes = ['withdrawn', 'over'] as const
export type OrganisationOutcome = (typeof organisationOutcomes)[number]

export interface MandatesOf {
  entries: readonly NamedMandate[]
  next?: string
  counts: Readonly<Record<MandateState, number>>
  isFirst: boolean
}

export interface OrganisationView {
  organisation: Organisation
  representatives: readonly RepresentationView[]
  /** That it gave, and that it holds as a firm. */
  given: MandatesOf
  held: MandatesOf
  now: Instant
  done?: OrganisationOutcome
}

export function organisationPage(view: OrganisationView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { organisation, representatives } = view
  const path = consolePaths.organisation(organisation.organisation)
  const present = representatives.filter(({ ended }) => !ended)
  const past = representatives.filter(({ ended }) => ended)
  const mayRecord = has(frame.roles, 'represent') && organisation.state === 'active'
  const lines: [string, Html | string][] = [
    [t('organisations.numbers'), numbersIn(organisation)],
    [t('organisations.subject'), html`<code dir="ltr">${organisation.subject}</code>`],
    ...(organisation.kind ? [[t('organisations.kind'), html`<bdi>${organisation.kind}</bdi>`] as [string, Html]] : []),
    [t('organisations.state'), t(`organisations.state.${organisation.state}`)],
    [t('organisations.source'), sourceOf(organisation.source, organisation.extractedAt, frame, context)],
    [t('organisations.id'), html`<code dir="ltr">${organisation.organisation}</code>`],
  ]
  return framed(frame, context, {
    title: organisation.name,
    here: path,
    body: html`<p><a href="${consolePaths.organisations}">${t('organisations.title')}</a></p>
<h1><bdi>${organisation.name}</bdi></h1>
${view.done && html`<p class="notice" role="status">${t(`organisations.done.${view.done}`)}</p>`}
<section class="sheet" aria-labelledby="facts"><h2 id="facts">${t('organisations.facts')}</h2>${data(lines)}</section>
<section class="sheet" aria-labelledby="who"><h2 id="who">${t('organisations.represented')}</h2>
${present.length === 0 ? html`<p class="empty">${t('organisations.represented.none')}</p>` : representativeRows(present, organisation, frame, context)}
${mayRecord && html`<p class="actions"><a class="button button-quiet" href="${consolePaths.newRepresentative(organisation.organisation)}">${t('organisations.record')}</a></p>`}
${past.length > 0 && html`<details><summary>${t('organisations.represented.past', { count: past.length })}</summary>${representativeRows(past, organisation, frame, context)}</details>`}</section>
${mandatesSection('given', view, path, frame, context)}
${mandatesSection('held', view, path, frame, context)}`,
  })
}

function sourceOf(source: string, at: Instant, frame: Frame, context: RequestContext): Html {
  return html`<bdi>${source}</bdi> – ${context.t('organisations.as_of', { date: date(at, frame, context) })}`
}

function representativeRows(
  all: readonly RepresentationView[],
  { organisation }: Organisation,
  frame: Frame,
  context: RequestContext,
): Html {
  const { t } = context
  const mayWithdraw = has(frame.roles, 'represent')
  return html`<ul class="rows">${all.map((one) => {
    const { holder, document, ended, until } = one
    return html`<li><p><strong><bdi>${holder.given_name} ${holder.family_name}</bdi></strong> · <bdi>${one.role}</bdi>${!one.alone && html` · ${t('organisations.not_alone')}`}</p>
<p>${t('organisations.born')} <bdi dir="ltr">${masked(holder.birthdate)}</bdi> · ${
      document
        ? html`${t('organisations.by_document', { kind: t(`organisations.document.${document.kind}`) })} (<bdi>${document.reference}</bdi>, ${dayInWords(document.date, context)}) · ${t('organisations.check_by', { date: date(document.checkBy, frame, context) })}`
        : sourceOf(one.source, one.checkedAt, frame, context)
    }${until !== undefined && !ended && html` · ${t('organisations.until', { date: lastDay(until, context) })}`}${ended && html` · ${t(`organisations.ended.${ended.why}`)}`}</p>
${
  document &&
  !ended &&
  mayWithdraw &&
  html`<p class="actions"><a href="${consolePaths.withdrawRepresentative(organisation, one.representation)}">${t('organisations.withdraw')}</a></p>`
}</li>`
  })}</ul>`
}

function mandatesSection(
  which: 'given' | 'held',
  view: OrganisationView,
  path: string,
  frame: Frame,
  context: RequestContext,
): Html {
  const { t, language } = context
  const { entries, next, counts, isFirst } = view[which]
  const all = mandateStates.filter((state) => counts[state] > 0)
  const query = which === 'given' ? 'after' : 'firm'
  return html`<section class="sheet" aria-labelledby="${which}"><h2 id="${which}">${t(`organisations.mandates.${which}`)}</h2>
${
  all.length === 0
    ? html`<p class="empty">${t('organisations.mandates.none')}</p>`
    : html`<p>${all.map((state, index) => html`${index > 0 && ' · '}${t(`mandates.standing.${state}`)}${t('office.colon')}${number(counts[state], language)}`)}</p>
${mandateRows(entries, which, { now: view.now }, frame, context)}
${
  (next !== undefined || !isFirst) &&
  html`<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${path}?${query}=${encodeURIComponent(next)}#${which}">${t('jobs.more')}</a>`}
${!isFirst && html`<a href="${path}#${which}">${t('jobs.first')}</a>`}</p>`
}`
}</section>`
}

export function data(lines: readonly (readonly [string, Html | string])[]): Html {
  return html`<dl class="data">${lines.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`
}

// ── A document ──────────────────────────────────────────────────────────────────────────────────────────────────────

export const documentFields = [
  'family_name',
  'given_name',
  'birthdate',
  'gender',
  'birthplace',
  'birthcountry',
  'role',
  'alone',
  'kind',
  'date',
  'reference',
  'until',
  'reason',
] as const

export interface DocumentView {
  organisation: Organisation
  /** Drawn with the form: sent twice, it asks once. */
  id: ApprovalId
  typed: Readonly<Record<(typeof documentFields)[number], string>>
  said?: AskSaid
  refusal?: Refusal
}

export function documentPage(view: DocumentView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { organisation, typed, said, refusal } = view
  const path = consolePaths.newRepresentative(organisation.organisation)
  const text = (
    name: (typeof documentFields)[number],
    more: { optional?: boolean; hint?: string; most?: number } = {},
  ) => textField({ name, label: t(`organisations.field.${name}`), value: typed[name], ...more })
  const page = framed(frame, context, {
    title: t('organisations.record'),
    here: path,
    ...(said ? { status: 422 } : {}),
    body: html`<p><a href="${consolePaths.organisation(organisation.organisation)}"><bdi>${organisation.name}</bdi></a></p>
<h1>${t('organisations.record')}</h1>
<p class="lead">${t('organisations.record.lead')}</p>
${
  said &&
  (refusal
    ? html`<div class="notice" role="alert"><h2>${t('two.not_asked')}</h2><p>${t(`approvals.refusal.${refusal.problem}`)}</p></div>`
    : askNotice(said, undefined, context))
}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${view.id}">
<section class="sheet" aria-labelledby="person"><h2 id="person">${t('organisations.record.person')}</h2>
${text('family_name', { most: 256 })}
${text('given_name', { most: 256, hint: t('organisations.field.given_name.hint') })}
${text('birthdate', { most: 10, hint: t('organisations.field.birthdate.hint') })}
<p class="ask"><label for="gender">${t('organisations.field.gender')}</label>
<select id="gender" name="gender">${(['', 'female', 'male'] as const).map(
      (value) =>
        html`<option value="${value}"${typed.gender === value && selected}>${t(`organisations.gender.${value || 'unknown'}`)}</option>`,
    )}</select></p>
${text('birthcountry', { optional: true, most: 5, hint: t('organisations.field.birthcountry.hint') })}
${text('birthplace', { optional: true, most: 5, hint: t('organisations.field.birthplace.hint') })}
</section>
<section class="sheet" aria-labelledby="document"><h2 id="document">${t('organisations.record.document')}</h2>
${text('role', { most: 80, hint: t('organisations.field.role.hint') })}
<p class="pick"><input type="checkbox" id="alone" name="alone" value="yes"${typed.alone === 'yes' && checked}>
<label for="alone">${t('organisations.field.alone')}</label></p>
<p class="ask"><label for="kind">${t('organisations.field.kind')}</label>
<select id="kind" name="kind" required>${documentKinds.map(
      (kind) =>
        html`<option value="${kind}"${typed.kind === kind && selected}>${t(`organisations.document.${kind}`)}</option>`,
    )}</select></p>
<p class="ask"><label for="date">${t('organisations.field.date')}</label>
<input id="date" name="date" type="date" value="${typed.date}" required></p>
${text('reference', { most: 60, hint: t('organisations.field.reference.hint') })}
<p class="ask"><label for="until">${t('organisations.field.until')}</label>
<input id="until" name="until" type="date" value="${typed.until}"></p>
</section>
${reasonField({ name: 'reason', label: t('two.reason'), value: typed.reason, isWrong: said === 'no_reason' }, context)}
<p>${t('two.effect.record_representation')}</p>
<p class="actions"><button class="button">${t('two.ask')}</button></p>
</form>`,
  })
  return said ? withoutSwitch(page) : page
}

export function withdrawPage(
  { organisation, one, notSure }: { organisation: Organisation; one: RepresentationView; notSure: boolean },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const path = consolePaths.withdrawRepresentative(organisation.organisation, one.representation)
  const page = framed(frame, context, {
    title: t('organisations.withdraw'),
    here: path,
    ...(notSure ? { status: 422 } : {}),
    body: html`<p><a href="${consolePaths.organisation(organisation.organisation)}"><bdi>${organisation.name}</bdi></a></p>
<h1>${t('organisations.withdraw')}</h1>
<p class="lead">${t('organisations.withdraw.lead')}</p>
<p><strong><bdi>${one.holder.given_name} ${one.holder.family_name}</bdi></strong> · <bdi>${one.role}</bdi></p>
${notSure && html`<p class="notice" role="alert">${t('organisations.withdraw.not_sure')}</p>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="pick"><input type="checkbox" id="sure" name="sure" value="yes" required>
<label for="sure">${t('organisations.withdraw.sure')}</label></p>
<p class="actions"><button class="button">${t('organisations.withdraw')}</button>
<a href="${consolePaths.organisation(organisation.organisation)}">${t('two.back')}</a></p>
</form>`,
  })
  return notSure ? withoutSwitch(page) : page
}
