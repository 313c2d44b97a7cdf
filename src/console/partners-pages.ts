/** The pages on partners: the list, one of them with what it runs and who works for it, and the link of an invitation. */
import { pageOf, type Search } from '../desk/frame.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import { type Language, languages } from '../kernel/languages.ts'
import { staffRoles } from '../kernel/roles.ts'
import type { Partner } from '../partners/partners.ts'
import type { ContactCheck } from '../staff/contact-checks.ts'
import { staffPaths } from '../staff/pages.ts'
import type { OperatorInvitation, StaffMember } from '../staff/partner-staff.ts'
import {
  checked,
  consolePaths,
  date,
  type Frame,
  framed,
  hiddenField,
  instant,
  listed,
  selected,
  textField,
} from './frame.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'
import { type VersionsView, versionsSection } from './versions-pages.ts'

/** A partner whose security contacts were not confirmed for a year, or that has none. */
export const lateChecks = ['overdue', 'missing'] as const satisfies readonly ContactCheck['state'][]

export interface PartnersView {
  all: readonly {
    id: string
    name: string
    services: number
    providers: number
    check: ContactCheck['state'] | undefined
  }[]
  search: Search
  /** Only those whom nobody can tell when something is wrong. */
  isLate: boolean
}

export function partnersPage({ all, search, isLate }: PartnersView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const narrowed = isLate ? all.filter(({ check }) => lateChecks.some((one) => one === check)) : all
  const page = pageOf(narrowed, ({ id, name }) => [id, name], search)
  const { filter } = search
  return framed(frame, context, {
    title: t('partners.title'),
    here: listAddress({ filter, isLate, page: page.page }),
    body: html`<h1>${t('partners.title')}</h1>
${isLate && html`<p class="notice">${t('partners.late')}</p>`}
<form class="filter" method="get" action="${consolePaths.partners}" role="search">
<p class="ask"><label for="q">${t('partners.filter')}</label>
<input id="q" name="q" type="search" value="${filter}" maxlength="60" autocomplete="off" spellcheck="false"></p>
<p class="actions"><button class="button button-quiet">${t('ops.providers.go')}</button>
${(filter !== '' || isLate) && html`<a href="${consolePaths.partners}">${t('partners.all')}</a>`}</p>
</form>
<p role="status">${all.length === 0 ? t('partners.none') : t('partners.found', { count: page.found, all: all.length })}</p>
<ul class="standings">${page.rows.map(
      ({ id, name, services, providers, check }) => html`
<li><h2><a href="${consolePaths.partner(id)}"><bdi>${name}</bdi></a></h2>
<p class="facts"><code dir="ltr">${id}</code> · ${t('partners.services', { count: services })} · ${t('partners.providers', { count: providers })}${check && check !== 'confirmed' && html` · ${t(`partners.check.${check}`)}`}</p></li>`,
    )}</ul>
${page.pages > 1 && pagerLinks({ page: page.page, pages: page.pages, addressOf: (number) => listAddress({ filter, isLate, page: number }) }, context)}`,
  })
}

function listAddress(list: { filter: string; isLate: boolean; page: number }): string {
  const { filter, isLate, page } = list
  const query = new URLSearchParams({
    ...(filter === '' ? {} : { q: filter }),
    ...(isLate ? { check: 'late' } : {}),
    ...(page > 1 ? { page: String(page) } : {}),
  })
  return query.size === 0 ? consolePaths.partners : `${consolePaths.partners}?${query}`
}

/** The way to the pages beside this one. */
export function pagerLinks(
  { page, pages, addressOf }: { page: number; pages: number; addressOf(page: number): string },
  { t }: RequestContext,
): Html {
  return html`<nav class="actions" aria-label="${t('desk.pager')}">
${page > 1 && html`<a rel="prev" href="${addressOf(page - 1)}">${t('desk.pager.before')}</a>`}
<span>${t('desk.pager.page', { page, pages })}</span>
${page < pages && html`<a rel="next" href="${addressOf(page + 1)}">${t('desk.pager.after')}</a>`}
</nav>`
}

export const partnerOutcomes = [
  ...(['published', 'undone', 'changed_meanwhile', 'suspended', 'restored', 'removed', 'unchanged'] as const),
] as const
export type PartnerOutcome = (typeof partnerOutcomes)[number]

/** What is done to an account of a partner's staff by one press. */
export const staffChanges = ['suspend', 'restore', 'remove', 'link'] as const
export type StaffChange = (typeof staffChanges)[number]

export interface InvitationTyped {
  name: string
  mail: string
  roles: readonly string[]
  language: string
}

export type InvitationFault = Extract<OperatorInvitation, { kind: 'invalid' }>['problems'][number]

export interface PartnerView extends VersionsView {
  partner: Partner
  services: readonly { id: string; name: string }[]
  servicesInAll: number
  providers: readonly { id: string; name: string }[]
  staff: readonly StaffMember[]
  /** The yearly check of its security contacts. */
  check?: ContactCheck | undefined
  typed: InvitationTyped
  faults: readonly InvitationFault[]
  done?: PartnerOutcome
}

export function partnerPage(view: PartnerView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { partner, services, servicesInAll, providers, faults } = view
  const { id, name, contacts = {} } = partner
  const mailboxes = (['administrative', 'technical', 'security'] as const).map(
    (one) =>
      [
        t(`partners.contact.${one}`),
        contacts[one] === undefined ? t('console.versions.nothing') : html`<code dir="ltr">${contacts[one]}</code>`,
      ] as const,
  )
  const links = (all: readonly { id: string; name: string }[], to: (id: string) => string) =>
    html`<ul class="plain">${all.map((one) => html`<li><a href="${to(one.id)}"><bdi>${one.name}</bdi></a></li>`)}</ul>`
  const page = framed(frame, context, {
    title: name[language],
    here: consolePaths.partner(id),
    ...(faults.length > 0 ? { status: 422 } : {}),
    body: html`<p><a href="${consolePaths.partners}">${t('partners.title')}</a></p>
<h1><bdi>${name[language]}</bdi></h1>
<p><code dir="ltr">${id}</code></p>
${view.done && html`<p class="notice" role="status">${t(`partners.done.${view.done}`)}</p>`}
<section class="sheet" aria-labelledby="contacts"><h2 id="contacts">${t('partners.contacts')}</h2>
<dl class="data">${mailboxes.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}
${view.check && html`<div><dt>${t('partners.check')}</dt><dd>${t(`partners.check.${view.check.state}`)}${view.check.state !== 'missing' && html` · ${t('partners.check.until', { date: date(view.check.dueAt, frame, context) })}`}</dd></div>`}</dl></section>
<section class="sheet" aria-labelledby="services"><h2 id="services">${t('services.title')}</h2>
${services.length === 0 ? html`<p class="empty">${t('partners.services.none')}</p>` : links(services, consolePaths.service)}
${servicesInAll > services.length && html`<p><a href="${consolePaths.services}?${new URLSearchParams({ partner: id })}">${t('partners.services.all', { count: servicesInAll })}</a></p>`}</section>
<section class="sheet" aria-labelledby="providers"><h2 id="providers">${t('ops.providers.title')}</h2>
${providers.length === 0 ? html`<p class="empty">${t('partners.providers.none')}</p>` : links(providers, consolePaths.provider)}</section>
<section class="sheet" aria-labelledby="staff"><h2 id="staff">${t('partners.staff')}</h2>
${staffRows(view, frame, context)}</section>
${has(frame.roles, 'staff') && inviteForm(view, frame, context)}
${versionsSection(view, frame, context)}`,
  })
  return faults.length > 0 ? withoutSwitch(page) : page
}

const offered: Record<StaffChange, readonly StaffMember['state'][]> = {
  suspend: ['active'],
  restore: ['suspended'],
  link: ['invited', 'active', 'suspended'],
  remove: ['invited', 'active', 'suspended'],
}

function staffRows({ partner, staff }: PartnerView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  if (staff.length === 0) return html`<p class="empty">${t('partners.staff.none')}</p>`
  return html`<ul class="rows">${staff.map((one) => {
    const path = consolePaths.staffMember(partner.id, one.staff)
    const changes = has(frame.roles, 'staff')
      ? staffChanges.filter((change) => offered[change].includes(one.state))
      : []
    const last = one.lastSignInAt === undefined ? t('person.never') : date(one.lastSignInAt, frame, context)
    return html`
<li><p id="${one.staff}"><strong><bdi>${one.name}</bdi></strong> · ${listed(
      one.roles.map((role) => t(`staff_role.${role}`)),
      context,
    )}</p>
<p class="facts">${t(`account.${one.state}`)} · ${t('account.last')} ${last}</p>
${
  changes.length > 0 &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="actions">${changes
    .filter((change) => change !== 'remove')
    .map(
      (change) =>
        html`<button class="link" name="change" value="${change}" aria-describedby="${one.staff}">${t(`account.${change}`)}</button> `,
    )}</p>
<details><summary>${t('account.remove')}</summary><p>${t('account.remove.text')}</p>
<p class="actions"><button class="button button-quiet" name="change" value="remove" aria-describedby="${one.staff}">${t('account.remove')}</button></p></details>
</form>`
}</li>`
  })}</ul>`
}

function inviteForm({ partner, typed, faults }: PartnerView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.partnerStaff(partner.id)
  const isWrong = (about: RegExp) => faults.some((fault) => about.test(fault))
  return html`<section class="sheet" aria-labelledby="invite"><h2 id="invite">${t('partners.invite')}</h2>
<p>${t('partners.invite.text')}</p>
${
  faults.length > 0 &&
  html`<div class="notice" role="alert" id="invite-wrong"><h3>${t('partners.invite.refused')}</h3><ul class="plain">${faults.map((one) => html`<li>${t(one === 'unheard' ? 'partners.invite.unheard' : `colleagues.problem.${one}`)}</li>`)}</ul></div>`
}
<form method="post" action="${path}#invite">
${hiddenField(frame, path)}
${textField({ name: 'name', label: t('account.name'), value: typed.name, wrong: isWrong(/^name/) ? 'invite-wrong' : undefined })}
<p class="ask"><label for="mail">${t('account.mail')}</label>
<input id="mail" name="mail" type="email" required maxlength="254" value="${typed.mail}" autocomplete="off" dir="ltr" aria-describedby="mail-hint${isWrong(/^mail/) && ' invite-wrong'}"${isWrong(/^mail/) && html` aria-invalid="true"`}>
<span class="hint" id="mail-hint">${t('partners.invite.mail')}</span></p>
<fieldset class="picks"><legend>${t('account.roles')}</legend>${staffRoles.map(
    (
      role,
    ) => html`<p class="pick"><input type="checkbox" id="role-${role}" name="roles" value="${role}"${typed.roles.includes(role) && checked}>
<label for="role-${role}"><strong>${t(`staff_role.${role}`)}</strong><br>${t(`partners.role.${role}`)}</label></p>`,
  )}</fieldset>
${languageField(typed.language, context)}
<p class="actions"><button class="button">${t('partners.invite.go')}</button></p>
</form></section>`
}

const names: Record<Language, string> = { fr: 'français', en: 'English', ar: 'العربية' }

/** In which somebody is written to. */
export function languageField(chosen: string, { t }: RequestContext): Html {
  return html`<p class="ask"><label for="language">${t('account.language')}</label>
<select id="language" name="language">${languages.map((one) => html`<option value="${one}" lang="${one}"${one === chosen && selected}>${names[one]}</option>`)}</select></p>`
}

/** The link, once: whoever made it hands it over. */
export function invitedPage(
  view: { partner: Partner; name: string; token: string; expiresAt: Instant; issuer: string },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { partner, name, token, expiresAt, issuer } = view
  return withoutSwitch(
    framed(frame, context, {
      title: t('partners.invited'),
      here: consolePaths.partner(partner.id),
      body: html`<h1>${t('partners.invited')}</h1>
<p class="lead"><bdi>${name}</bdi></p>
<div class="notice" role="status"><p>${t('partners.invited.text')}</p>
<p><code class="secret" dir="ltr">${issuer}${staffPaths.join(token)}</code></p></div>
<p>${t('partners.invited.until', { date: instant(expiresAt, frame, context) })}</p>
<p class="actions"><a class="button" href="${consolePaths.partner(partner.id)}">${t('two.made.noted')}</a></p>`,
    }),
  )
}
