/** The pages on services: the list, and one of them with all that an operator answers for. They decide nothing. */
import type { Refusal } from '../approvals/approvals.ts'
import { pageOf, type Search } from '../desk/frame.ts'
import { type WithdrawalView, withdrawalEffects } from '../desk/object-pages.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import type { ApprovalId, ServiceId } from '../kernel/ids.ts'
import { actionsText } from '../login/acting-pages.ts'
import { warningText } from '../partners/fault-messages.ts'
import type { Partner, Service } from '../partners/partners.ts'
import { type EntryWarning, overlapDays, type ScopeRequest, type SecretsView } from '../partners/versions.ts'
import type { StaffMember } from '../staff/partner-staff.ts'
import { type AskSaid, askNotice, reasonField } from './approvals-pages.ts'
import { consolePaths, type Frame, framed, hiddenField, instant, listed, selected } from './frame.ts'
import { pagerLinks } from './partners-pages.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'
import { authorName, type VersionsView, versionsSection, warningsNotice } from './versions-pages.ts'

// ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** By what a list of services can be narrowed: published, never published, with a draft, with scopes asked, worth a look. */
export const serviceStates = ['published', 'unpublished', 'draft', 'asks', 'warned'] as const
export type ServiceState = (typeof serviceStates)[number]

export interface ServiceRow {
  id: ServiceId
  name: string
  partner: string
  partnerName: string
  /** Absent: it was never published. */
  level?: Level
  states: readonly ServiceState[]
  /** Scopes that wait for an answer. */
  asks: number
  warnings: readonly EntryWarning[]
}

export interface ServicesSearch extends Search {
  partner: string
  state?: ServiceState
  level?: Level
}

export interface ServicesView {
  all: readonly ServiceRow[]
  partners: readonly { id: string; name: string }[]
  search: ServicesSearch
}

export function servicesPage({ all, partners, search }: ServicesView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { filter, partner, state, level } = search
  const narrowed = all.filter(
    (one) =>
      (partner === '' || one.partner === partner) &&
      (state === undefined || one.states.includes(state)) &&
      (level === undefined || one.level === level),
  )
  const page = pageOf(narrowed, ({ id, name, partner: of, partnerName }) => [id, name, of, partnerName], search)
  const isFiltered = filter !== '' || partner !== '' || state !== undefined || level !== undefined
  const option = (value: string, label: string, chosen: string | undefined) =>
    html`<option value="${value}"${value === chosen && selected}>${label}</option>`
  return framed(frame, context, {
    title: t('services.title'),
    here: addressOf(search, page.page),
    body: html`<h1>${t('services.title')}</h1>
<p class="actions"><a href="${consolePaths.partners}">${t('partners.title')}</a></p>
<form class="filter" method="get" action="${consolePaths.services}" role="search">
<p class="ask"><label for="q">${t('services.filter')}</label>
<input id="q" name="q" type="search" value="${filter}" maxlength="60" autocomplete="off" spellcheck="false"></p>
<p class="ask"><label for="partner">${t('services.partner')}</label>
<select id="partner" name="partner"><option value="">${t('services.any')}</option>${partners.map(({ id, name }) => option(id, name, partner))}</select></p>
<p class="ask"><label for="state">${t('services.state')}</label>
<select id="state" name="state"><option value="">${t('services.any')}</option>${serviceStates.map((one) => option(one, t(`services.state.${one}`), state))}</select></p>
<p class="ask"><label for="level">${t('services.level')}</label>
<select id="level" name="level"><option value="">${t('services.any')}</option>${levels.map((one) => option(one, t(`level.${one}`), level))}</select></p>
<p class="actions"><button class="button button-quiet">${t('ops.providers.go')}</button>
${isFiltered && html`<a href="${consolePaths.services}">${t('services.all')}</a>`}</p>
</form>
<p role="status">${all.length === 0 ? t('services.none') : t('services.found', { count: page.found, all: all.length })}</p>
<ul class="standings">${page.rows.map((one) => serviceRow(one, frame, context))}</ul>
${page.pages > 1 && pagerLinks({ page: page.page, pages: page.pages, addressOf: (number) => addressOf(search, number) }, context)}`,
  })
}

function serviceRow(
  { id, name, partner, partnerName, level, states, asks, warnings }: ServiceRow,
  frame: Frame,
  { t }: RequestContext,
): Html {
  const marks = states.filter((one) => one === 'unpublished' || one === 'draft')
  return html`
<li><h2><a href="${consolePaths.service(id)}"><bdi>${name}</bdi></a></h2>
<p class="facts"><code dir="ltr">${id}</code> · <a href="${consolePaths.partner(partner)}"><bdi>${partnerName}</bdi></a>${level && html` · ${t(`level.${level}`)}`}</p>
${marks.length + asks > 0 && html`<p class="facts">${[...(asks > 0 ? [t('services.asks', { count: asks })] : []), ...marks.map((one) => t(`services.state.${one}`))].join(' · ')}</p>`}
${warnings.map((one) => html`<p class="facts">${warningText(frame.named(one), t)}</p>`)}</li>`
}

function addressOf({ filter, partner, state, level }: ServicesSearch, page: number): string {
  const given = { q: filter, partner, state: state ?? '', level: level ?? '', page: page > 1 ? String(page) : '' }
  const query = new URLSearchParams(Object.entries(given).filter(([, value]) => value !== ''))
  return query.size === 0 ? consolePaths.services : `${consolePaths.services}?${query}`
}

// ── One service ─────────────────────────────────────────────────────────────────────────────────────────────────────

export const serviceOutcomes = ['published', 'undone', 'withdrawn', 'granted', 'refused', 'changed_meanwhile'] as const
export type ServiceOutcome = (typeof serviceOutcomes)[number]

export interface ServiceView extends VersionsView {
  name: string
  /** As published. */
  service?: Service
  partner?: Partner
  partnerId: string
  providerName(id: string): string
  warnings: readonly EntryWarning[]
  requests: readonly ScopeRequest[]
  secrets?: SecretsView | undefined
  staff: readonly StaffMember[]
  /** Drawn with the forms that ask a second operator. */
  id: ApprovalId
  typed: { reason: string; overlap: string; answer: string; scope: string }
  done?: ServiceOutcome
  /** Why a change was not even asked, and by which form. */
  askSaid?: AskSaid
  refusal?: Refusal
  /** What is wrong with an answer to a scope. */
  scopeSaid?: 'no_reason' | 'invalid' | 'overtaken'
}

export function servicePage(view: ServiceView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { subject, name, service, partner, partnerId, askSaid, scopeSaid } = view
  const isRefused = askSaid !== undefined || scopeSaid !== undefined
  const page = framed(frame, context, {
    title: name,
    here: consolePaths.service(subject.id),
    ...(isRefused ? { status: scopeSaid === 'overtaken' ? 409 : 422 } : {}),
    body: html`<p><a href="${consolePaths.services}">${t('services.title')}</a></p>
<h1><bdi>${name}</bdi></h1>
<p><code dir="ltr">${subject.id}</code> · <a href="${consolePaths.partner(partnerId)}"><bdi>${partner?.name[language] ?? partnerId}</bdi></a></p>
${view.done && html`<p class="notice" role="status">${t(`services.done.${view.done}`)}</p>`}
${askSaid && askNotice(askSaid, view.refusal, context)}
${scopeSaid && html`<div class="notice" role="alert"><h2>${t('services.scopes.not_done')}</h2><p>${t(`services.scopes.said.${scopeSaid}`)}</p></div>`}
${!service && html`<p class="notice">${t(view.versions.length > 0 ? 'services.archived' : 'services.unpublished')}</p>`}
${warningsNotice(view.warnings, frame, context)}
${scopesSection(view, frame, context)}
${service && settingsSection(service, view, context)}
${versionsSection(view, frame, context)}
${view.secrets?.of === 'published' && secretsSection(view, view.secrets, frame, context)}
${staffSection(view, frame, context)}
${service && has(frame.roles, 'publish') && html`<p class="actions"><a class="button button-quiet" href="${consolePaths.withdrawService(subject.id)}">${t('services.withdraw')}</a></p>`}`,
  })
  return isRefused ? withoutSwitch(page) : page
}

// ── Taking one away ─────────────────────────────────────────────────────────────────────────────────────────────────

export interface WithdrawView extends Pick<WithdrawalView, 'name' | 'published' | 'open' | 'isOvertaken' | 'isUnsure'> {
  id: ServiceId
}

export function withdrawPage(view: WithdrawView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { id, name, published, open, isOvertaken, isUnsure } = view
  const path = consolePaths.withdrawService(id)
  return framed(frame, context, {
    title: t('withdraw.of', { name }),
    status: isOvertaken ? 409 : isUnsure ? 422 : 200,
    here: path,
    body: html`<p><a href="${consolePaths.service(id)}"><bdi>${name}</bdi></a></p>
<h1>${t('withdraw.of', { name })}</h1>
${isOvertaken && html`<p class="notice" role="alert">${t('services.withdraw.overtaken')}</p>`}
${isUnsure && html`<p class="notice" role="alert" id="unsure">${t('withdraw.unsure')}</p>`}
<section class="sheet" aria-labelledby="effects">${withdrawalEffects(open, context)}</section>
<form class="sheet" method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="over" value="${published}">
<p class="pick"><input type="checkbox" name="sure" value="yes" id="sure" required${isUnsure && html` aria-invalid="true" aria-describedby="unsure"`}><label for="sure">${t('services.withdraw.sure')}</label></p>
<p class="actions"><button class="button">${t('withdraw.go')}</button> <a href="${consolePaths.service(id)}">${t('services.withdraw.back')}</a></p></form>`,
  })
}

// ── Its parts ───────────────────────────────────────────────────────────────────────────────────────────────────────

function scopesSection(
  { requests, names, typed, scopeSaid, subject }: ServiceView,
  frame: Frame,
  context: RequestContext,
): Html {
  const { t } = context
  const order = ['asked', 'granted', 'refused'] as const
  const path = consolePaths.scopes(subject.id)
  return html`<section class="sheet" aria-labelledby="scopes"><h2 id="scopes">${t('services.scopes')}</h2>
<p>${t('services.scopes.text')}</p>
${requests.length === 0 && html`<p class="empty">${t('services.scopes.none')}</p>`}
<ul class="rows">${order.flatMap((state) =>
    requests
      .filter((one) => one.state === state)
      .map((one) => {
        const id = `scope-${one.scope}`
        const isTyped = typed.scope === one.scope
        return html`
<li><p id="${id}"><strong><code dir="ltr">${one.scope}</code></strong> · ${t(`services.scope.${state}`)}</p>
<p>${one.justification === undefined ? t('services.scopes.no_justification') : html`<bdi>${one.justification}</bdi>`}</p>
<p class="facts">${t('services.scopes.asked')} ${instant(one.askedAt, frame, context)} · <bdi>${authorName(one.askedBy, names, context)}</bdi>${
          one.decidedAt !== undefined &&
          one.decidedBy &&
          html` · ${t('services.scopes.decided')} ${instant(one.decidedAt, frame, context)} · <bdi>${authorName(one.decidedBy, names, context)}</bdi>`
        }</p>
${one.reason && html`<p>${t('services.scopes.why')} <bdi>${one.reason}</bdi></p>`}
${
  state === 'asked' &&
  has(frame.roles, 'grant') &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="scope" value="${one.scope}"><input type="hidden" name="asked_at" value="${one.askedAt}">
<p class="ask"><label for="answer-${one.scope}">${t('services.scopes.reason')}</label>
<input id="answer-${one.scope}" name="answer" maxlength="500" value="${isTyped ? typed.answer : ''}" autocomplete="off" aria-describedby="${id} answer-${one.scope}-hint"${isTyped && scopeSaid === 'no_reason' && html` aria-invalid="true"`}>
<span class="hint" id="answer-${one.scope}-hint">${t('services.scopes.reason.hint')}</span></p>
<p class="actions"><button class="button" name="act" value="grant" aria-describedby="${id}">${t('services.scopes.grant')}</button>
<button class="button button-quiet" name="act" value="refuse" aria-describedby="${id}">${t('services.scopes.refuse')}</button></p>
</form>`
}</li>`
      }),
  )}</ul></section>`
}

/** Who may enter, by what, and what the service is told. */
function settingsSection(service: Service, { providerName }: ServiceView, context: RequestContext): Html {
  const { t } = context
  const code = (text: string) => html`<code dir="ltr">${text}</code>`
  const lines = (all: readonly string[]) =>
    all.length === 0
      ? t('console.versions.nothing')
      : html`<ul class="plain">${all.map((one) => html`<li>${code(one)}</li>`)}</ul>`
  const yes = (is: boolean) => t(is ? 'services.yes' : 'services.no')
  const rows: [string, Html | string][] = [
    [t('services.level.least'), t(`level.${service.minimumLevel}`)],
    [
      t('services.providers'),
      service.providers === 'all'
        ? t('services.providers.all')
        : html`${service.providers.map((id) => html`<a href="${consolePaths.provider(id)}"><bdi>${providerName(id)}</bdi></a> `)}`,
    ],
    [t('services.population'), t(`services.population.${service.population ?? 'both'}`)],
    [t('services.sensitive'), yes(service.sensitive)],
    [t('services.for_organisations'), yes(service.forOrganisations)],
    [t('services.geography'), geographyWords(service, t)],
    [t('services.representation'), representationWords(service, context)],
    [t('services.single_sign_on'), yes(service.singleSignOn)],
    [t('services.told'), lines(service.scopes)],
    [t('services.entitled'), lines(service.entitledTo)],
    [t('services.sector'), code(service.sector)],
    [t('services.auth'), code(service.auth)],
    [t('services.homepage'), code(service.homepage)],
    [t('services.redirects'), lines(service.redirectUris)],
  ]
  return html`<section class="sheet" aria-labelledby="settings"><h2 id="settings">${t('services.settings')}</h2>
<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl></section>`
}

function geographyWords({ geography }: Service, t: RequestContext['t']): Html | string {
  if (!geography) return t('services.geography.everywhere')
  const { allowed, elsewhere, exempt, stepUpLevel } = geography
  return html`${t(`services.geography.${elsewhere}`, { countries: allowed.join(', ') })}${stepUpLevel && html` (${t(`level.${stepUpLevel}`)})`}${exempt.map((one) => html`<br>${t(`services.geography.exempt.${one}`)}`)}`
}

/** R099: what is asked of who acts from afar stands beside what may be done. */
function representationWords({ representation }: Service, context: RequestContext): Html | string {
  const { t } = context
  if (!representation) return t('services.representation.none')
  const { actions, alone, remote, tokensFrom } = representation
  const more: (string | false | undefined)[] = [
    !alone && t('services.representation.not_alone'),
    remote?.closed && t('services.representation.remote.closed'),
    remote?.actions && t('services.representation.remote.actions', { actions: actionsText(remote.actions, context) }),
    remote?.level && t('services.representation.remote.level', { level: t(`level.${remote.level}`) }),
    remote?.secondFactor && t('services.representation.remote.second_factor'),
    tokensFrom.length > 0 && t('services.representation.tokens', { services: tokensFrom.join(', ') }),
  ]
  return html`${actionsText(actions, context)}${more.map((one) => one && html`<br>${one}`)}`
}

function secretsSection(view: ServiceView, secrets: SecretsView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { subject, typed, id, askSaid } = view
  const { inForce, seen } = secrets
  const isTwo = inForce.length > 1
  const path = isTwo ? consolePaths.endSecret(subject.id) : consolePaths.secret(subject.id)
  return html`<section class="sheet" aria-labelledby="secrets"><h2 id="secrets">${t('services.secrets')}</h2>
<ul class="plain">${inForce.map(
    ({ until }) =>
      html`<li>${until === undefined ? t('services.secrets.one') : t('services.secrets.until', { date: instant(until, frame, context) })}</li>`,
  )}</ul>
${
  has(frame.roles, 'approve') &&
  html`<p>${t(isTwo ? 'services.secrets.end.text' : 'services.secrets.rotate.text')}</p>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${id}"><input type="hidden" name="seen" value="${seen}">
${
  !isTwo &&
  html`<p class="ask"><label for="overlap">${t('services.secrets.overlap')}</label>
<input id="overlap" name="overlap" type="number" min="${overlapDays.least}" max="${overlapDays.most}" value="${typed.overlap === '' ? overlapDays.usual : typed.overlap}" required></p>`
}
${reasonField({ name: 'reason', label: t('two.reason'), value: typed.reason, isWrong: askSaid === 'no_reason' }, context)}
<p class="actions"><button class="button button-quiet">${t(isTwo ? 'services.secrets.end' : 'services.secrets.rotate')}</button></p>
</form>`
}</section>`
}

function staffSection({ staff, partnerId }: ServiceView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  return html`<section class="sheet" aria-labelledby="staff"><h2 id="staff">${t('partners.staff')}</h2>
${
  staff.length === 0
    ? html`<p class="empty">${t('partners.staff.none')}</p>`
    : html`<ul class="plain">${staff.map(
        (one) =>
          html`<li><bdi>${one.name}</bdi> · ${listed(
            one.roles.map((role) => t(`staff_role.${role}`)),
            context,
          )} · ${t(`account.${one.state}`)}</li>`,
      )}</ul>`
}
<p class="actions"><a class="button button-quiet" href="${consolePaths.partner(partnerId)}#invite">${t(has(frame.roles, 'staff') ? 'partners.invite' : 'partners.see')}</a></p></section>`
}
