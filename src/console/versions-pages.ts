/**
 * Settings as things with versions, on the operators' pages: what a service, a provider or a partner was and is, what a
 * draft or an older version would change, and the forms that publish it. They decide nothing.
 */
import type { Actor } from '../audit/facts.ts'
import { fieldName } from '../desk/settings-fields.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { ApprovalId, OperatorId, StaffId } from '../kernel/ids.ts'
import type { ChangedField } from '../partners/difference.ts'
import { faultText, warningText } from '../partners/fault-messages.ts'
import type { EntityKind } from '../partners/partners.ts'
import type { Draft, EntryFault, EntryWarning, Look, Subject, Version } from '../partners/versions.ts'
import { trialPath } from '../trial/trial.ts'
import { reasonField } from './approvals-pages.ts'
import { consolePaths, type Frame, framed, hiddenField, instant, listed } from './frame.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'

/** Names of those who changed something, as long as they are kept. */
export interface AuthorNames {
  operators: ReadonlyMap<OperatorId, string>
  staff: ReadonlyMap<StaffId, string>
}

export function authorName(author: Actor, { operators, staff }: AuthorNames, { t }: RequestContext): string {
  if (author.kind === 'operator') return operators.get(author.id) ?? author.id
  if (author.kind === 'staff') return t('console.versions.staff', { name: staff.get(author.id) ?? author.id })
  return t(`ops.by.${author.kind}`)
}

/** Each field with what it was and what it is. */
export function changesTable(changes: readonly ChangedField[], context: RequestContext): Html {
  const { t } = context
  if (changes.length === 0) return html`<p class="empty">${t('console.versions.same')}</p>`
  const side = (text: string | undefined) =>
    text === undefined ? html`<em>${t('console.versions.nothing')}</em>` : html`<bdi>${text}</bdi>`
  return html`<ul class="rows changes">${changes.map(
    ({ path, old, fresh, secret }) => html`
<li><p><strong>${fieldName(path, context)}</strong></p>
${
  secret === undefined
    ? html`<p><del>${side(old)}</del> <span aria-hidden="true">→</span> <ins>${side(fresh)}</ins></p>`
    : html`<p>${t('console.versions.secret')}</p>`
}</li>`,
  )}</ul>`
}

export function faultsNotice(faults: readonly EntryFault[], context: RequestContext): Html | undefined {
  const { t } = context
  if (faults.length === 0) return undefined
  return html`<div class="fault"><h3>${t('console.versions.faults')}</h3><ul class="plain">${faults.map(
    (fault) =>
      html`<li>${fault.field && html`<strong>${fieldName(fault.field, context)}</strong>${t('desk.colon')} `}${faultText(fault, t)}</li>`,
  )}</ul></div>`
}

export function warningsNotice(
  warnings: readonly EntryWarning[],
  frame: Frame,
  { t }: RequestContext,
): Html | undefined {
  if (warnings.length === 0) return undefined
  return html`<div class="warning"><h3>${t('console.versions.warnings')}</h3><ul class="plain">${warnings.map(
    (one) => html`<li>${warningText(frame.named(one), t)}</li>`,
  )}</ul></div>`
}

// ── On the page of a thing ──────────────────────────────────────────────────────────────────────────────────────────

export interface VersionsView {
  subject: Subject
  draft?: Draft | undefined
  versions: readonly Version[]
  names: AuthorNames
}

/** Rows of the history on the page of a thing. */
export const shownVersions = 10

/** The draft, and the newest versions, each with what it changed. */
export function versionsSection(view: VersionsView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { subject, draft, versions, names } = view
  return html`<section class="sheet" aria-labelledby="versions"><h2 id="versions">${t('console.versions.heading')}</h2>
${
  draft &&
  html`<p><a href="${consolePaths.draftOf(subject)}"><strong>${t('console.versions.draft')}</strong></a> · ${instant(draft.savedAt, frame, context)} · <bdi>${authorName(draft.savedBy, names, context)}</bdi></p>`
}
${versions.length === 0 && html`<p class="empty">${t('console.versions.never')}</p>`}
<ul class="rows">${versions.slice(0, shownVersions).map((one) => versionRow(one, view, frame, context))}</ul>
${versions.length > shownVersions && html`<p>${t('console.versions.cut', { most: shownVersions })}</p>`}
</section>`
}

function versionRow(one: Version, { subject, names }: VersionsView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { number, state, cause, undoOf, changes, author, publishedAt } = one
  const title = t('console.versions.number', { number })
  const why =
    undoOf === undefined ? t(`console.versions.cause.${cause}`) : t('console.versions.undo_of', { number: undoOf })
  return html`
<li><p><strong>${state === 'published' ? title : html`<a href="${consolePaths.version(subject, number)}">${title}</a>`}</strong>${state === 'published' && html` <span class="standing standing-up">${t('console.versions.in_force')}</span>`}</p>
<p>${why} · ${instant(publishedAt, frame, context)} · <bdi>${authorName(author, names, context)}</bdi></p>
${changes.length > 0 && html`<details><summary>${t('console.versions.changed', { count: changes.length })}</summary>${changesTable(changes, context)}</details>`}</li>`
}

// ── What a publication would change ─────────────────────────────────────────────────────────────────────────────────

export interface LookView {
  look: Look
  /** The older version that it would come back to; absent: the draft. */
  number?: number
  name: string
  names: AuthorNames
  /** Drawn with the form: sent twice, it asks once. */
  id: ApprovalId
  reason: string
  said?: LookSaid
}

export const lookSaid = ['conflict', 'invalid', 'no_reason', 'not_allowed', 'refused'] as const
export type LookSaid = (typeof lookSaid)[number]

export function lookPage(view: LookView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { look, number, name, names, said } = view
  const { subject, draft, faults, warnings, changes, moved, asks, changesKeys, published } = look
  const path = number === undefined ? consolePaths.draftOf(subject) : consolePaths.version(subject, number)
  const title =
    number === undefined ? t('console.versions.draft.of', { name }) : t('console.versions.back.to', { name, number })
  const mayPublish = has(frame.roles, 'publish') && faults.length === 0 && changes.length + asks.length > 0
  const page = framed(frame, context, {
    title,
    here: path,
    ...(said ? { status: said === 'conflict' ? 409 : 422 } : {}),
    body: html`<p><a href="${consolePaths.pageOf(subject)}"><bdi>${name}</bdi></a></p>
<h1>${title}</h1>
${said && html`<div class="notice" role="alert"><h2>${t(`console.versions.said.${said}`)}</h2><p>${t(`console.versions.said.${said}.text`)}</p></div>`}
${draft && html`<p>${t('console.versions.saved')} ${instant(draft.savedAt, frame, context)} · <bdi>${authorName(draft.savedBy, names, context)}</bdi></p>`}
${
  draft &&
  subject.kind !== 'partner' &&
  frame.roles.includes('administrator') &&
  html`<p><a href="${trialPath('console', { kind: subject.kind, id: subject.id })}">${t('trial.link')}</a></p>`
}
${faultsNotice(faults, context)}
${warningsNotice(warnings, frame, context)}
${
  moved.length > 0 &&
  html`<div class="warning"><h3>${t('console.versions.moved')}</h3><p>${t('console.versions.moved.text')}</p>${changesTable(moved, context)}</div>`
}
${
  // What is wrong may keep the hub from knowing what would change.
  (faults.length === 0 || changes.length > 0) &&
  html`<section class="sheet" aria-labelledby="changes"><h2 id="changes">${t('console.versions.changes')}</h2>
${changesTable(changes, context)}
${number === undefined && changes.some(({ path }) => path === 'scopes') && html`<p><strong>${t('console.versions.grants')}</strong></p>`}
${asks.length > 0 && html`<p>${t('console.versions.asks', { scopes: listed(asks, context) })}</p>`}</section>`
}
${
  mayPublish &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${view.id}">
<input type="hidden" name="edit" value="${draft?.edit ?? ''}"><input type="hidden" name="over" value="${published ?? ''}">
${
  changesKeys &&
  html`<div class="notice"><h2>${t('console.versions.two')}</h2><p>${t('console.versions.two.text')}</p>
${reasonField({ name: 'reason', label: t('two.reason'), value: view.reason, isWrong: said === 'no_reason' }, context)}</div>`
}
<p class="actions"><button class="button">${t(changesKeys ? 'two.ask' : number === undefined ? 'console.versions.publish' : 'console.versions.back.go')}</button>
<a href="${consolePaths.pageOf(subject)}">${t('console.cancel')}</a></p>
</form>`
}`,
  })
  return said ? withoutSwitch(page) : page
}

/** What has versions here. */
export const kindsWithVersions = ['service', 'provider', 'partner'] as const satisfies readonly EntityKind[]
