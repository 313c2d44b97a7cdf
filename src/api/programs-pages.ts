/** The operators' pages about programs of the admin API: all of them, and one with its keys and rights. */

import type { Refusal } from '../approvals/approvals.ts'
import { type AskSaid, askNotice, reasonField } from '../console/approvals-pages.ts'
import { checked, consolePaths, date, type Frame, framed, hiddenField, selected, textField } from '../console/frame.ts'
import { withoutSwitch } from '../console/providers-pages.ts'
import { has } from '../console/rights.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { type ApiScope, hubScopeNames, partyScopeNames } from '../kernel/api-scopes.ts'
import type { ApprovalId, OperatorId } from '../kernel/ids.ts'
import type { Fault } from '../partners/checked-yaml.ts'
import { thumbprintOf } from '../partners/client-keys.ts'
import { faultText } from '../partners/fault-messages.ts'
import type { ApiClient } from './clients.ts'

export const programDone = ['removed', 'scopes', 'unchanged'] as const
export type ProgramDone = (typeof programDone)[number]

/** What was typed in one of the forms. */
export interface TypedProgram {
  name: string
  jwks: string
  scopes: readonly string[]
  operator: string
  /** `service/refunds`, `provider/bank`, or nothing. */
  party: string
  reason: string
}

/** Why it was not asked: by the fields, or as a whole. */
export interface Unasked {
  faults?: readonly Fault[]
  /** The text of the keys is no JSON. */
  isUnreadable?: boolean
  said?: AskSaid
  refusal?: Refusal
}

export interface ProgramsView {
  programs: readonly ApiClient[]
  /** Of those who answer for one, and of those in office, who could. */
  names: ReadonlyMap<OperatorId, string>
  partyWords: PartyWords
  inOffice: readonly OperatorId[]
  /** Drawn with the form: sent twice, it asks once. */
  id: ApprovalId
  typed: TypedProgram
  unasked?: Unasked
  done?: ProgramDone
}

/** For whom a program of a partner acts, in the reader's words. */
export type PartyWords = (party: NonNullable<ApiClient['party']>) => string

const jwksSample = '{"keys": [{"kty": "EC", …}]}'

export function programsPage(view: ProgramsView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { programs, names, typed, unasked, inOffice } = view
  const path = consolePaths.programs
  const page = framed(frame, context, {
    title: t('programs.title'),
    here: path,
    ...(unasked ? { status: 422 } : {}),
    body: html`<p><a href="${consolePaths.approvals}">${t('two.title')}</a></p>
<h1>${t('programs.title')}</h1>
<p class="lead">${t('programs.lead')}</p>
${view.done && html`<p class="notice" role="status">${t(`programs.done.${view.done}`)}</p>`}
<section class="sheet" aria-labelledby="all"><h2 id="all">${t('programs.all')}</h2>
${
  programs.length === 0
    ? html`<p class="empty">${t('programs.none')}</p>`
    : html`<ul class="rows">${programs.map(
        (one) => html`
<li><p><strong><a href="${consolePaths.program(one.client)}"><bdi>${one.name}</bdi></a></strong></p>
<p class="facts"><code dir="ltr">${one.client}</code> · ${t('programs.scopes.count', { count: one.scopes.length })} · ${lastToken(one, frame, context)} · ${behindOf(one, view, context)}</p></li>`,
      )}</ul>`
}</section>
${
  has(frame.roles, 'approve') &&
  html`<section class="sheet" aria-labelledby="register"><h2 id="register">${t('programs.register')}</h2>
<p>${t('programs.register.text')}</p>
${unasked && unaskedNotice(unasked, context)}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${view.id}">
${textField({ name: 'name', label: t('programs.name'), value: typed.name, wrong: isWrong(unasked, /^name/) })}
${keysField(typed.jwks, unasked, context)}
<p class="ask"><label for="operator">${t('programs.who')}</label>
<select id="operator" name="operator" aria-describedby="operator-hint">${inOffice.map((id) => html`<option value="${id}"${id === typed.operator && selected}>${names.get(id) ?? id}</option>`)}</select>
<span class="hint" id="operator-hint">${t('programs.operator.hint')}</span></p>
<p class="ask"><label for="party">${t('programs.party.field')}</label>
<input id="party" name="party" value="${typed.party}" maxlength="80" autocomplete="off" spellcheck="false" dir="ltr" aria-describedby="party-hint${isWrong(unasked, /^party/) && ' program-wrong'}"${isWrong(unasked, /^party/) && html` aria-invalid="true"`}>
<span class="hint" id="party-hint">${t('programs.party.hint')}</span></p>
${rightsField('programs.rights', hubScopeNames, typed.scopes, unasked, context)}
${rightsField('programs.rights.party', partyScopeNames, typed.scopes, unasked, context)}
${reasonField({ name: 'reason', label: t('two.reason'), value: typed.reason, isWrong: unasked?.said === 'no_reason' }, context)}
<p class="actions"><button class="button">${t('two.ask')}</button></p>
</form></section>`
}`,
  })
  return unasked ? withoutSwitch(page) : page
}

function lastToken({ lastTokenAt }: ApiClient, frame: Frame, context: RequestContext): string {
  const { t } = context
  return lastTokenAt === undefined
    ? t('programs.never')
    : t('programs.last', { date: date(lastTokenAt, frame, context) })
}

/** Who answers for it: named with it, or who registered it. */
export const behind = ({ operator, registeredBy }: ApiClient): OperatorId | undefined =>
  operator ?? (registeredBy.kind === 'operator' ? registeredBy.id : undefined)

function answersFor(one: ApiClient, names: ReadonlyMap<OperatorId, string>, { t }: RequestContext): Html {
  const operator = behind(one)
  return operator
    ? html`<bdi>${t('programs.answers', { name: names.get(operator) ?? operator })}</bdi>`
    : html`<strong>${t('programs.nobody')}</strong>`
}

/** An operator for one of the hub, a service or provider for one of a partner. */
const behindOf = (
  one: ApiClient,
  { names, partyWords }: Pick<ProgramsView, 'names' | 'partyWords'>,
  context: RequestContext,
): Html => (one.party ? html`<bdi>${partyWords(one.party)}</bdi>` : answersFor(one, names, context))

const isWrong = (unasked: Unasked | undefined, about: RegExp) =>
  unasked?.faults?.some(({ path }) => about.test(path)) ? 'program-wrong' : undefined

function unaskedNotice({ faults = [], isUnreadable, said, refusal }: Unasked, context: RequestContext): Html {
  const { t } = context
  if (said) return askNotice(said, refusal, context)
  return html`<div class="notice" role="alert" id="program-wrong"><h3>${t('programs.wrong')}</h3><ul class="plain">
${isUnreadable && html`<li>${t('programs.wrong.json')}</li>`}
${faults.map((fault) => html`<li><strong>${t(labelOf(fault.path))}</strong>${t('desk.colon')} ${faultText({ ...fault, code: fault.code ?? 'not_valid' }, t)}</li>`)}</ul></div>`
}

function labelOf(path: string): string {
  if (path.startsWith('name')) return 'programs.name'
  if (path.startsWith('scopes')) return 'programs.rights'
  if (path.startsWith('party')) return 'programs.party.field'
  return path.startsWith('operator') ? 'programs.who' : 'programs.jwks'
}

function keysField(value: string, unasked: Unasked | undefined, { t }: RequestContext): Html {
  const wrong = unasked?.isUnreadable ? 'program-wrong' : isWrong(unasked, /^keys/)
  return html`<p class="ask"><label for="jwks">${t('programs.jwks')}</label>
<textarea id="jwks" name="jwks" rows="6" maxlength="60000" required spellcheck="false" autocomplete="off" dir="ltr" aria-describedby="jwks-hint${wrong && ` ${wrong}`}"${wrong && html` aria-invalid="true"`}>
${value}</textarea>
<span class="hint" id="jwks-hint">${t('programs.jwks.hint')} <code dir="ltr">${jwksSample}</code></span></p>`
}

function rightsField(
  legend: string,
  offered: readonly ApiScope[],
  chosen: readonly string[],
  unasked: Unasked | undefined,
  { t }: RequestContext,
): Html {
  const wrong = isWrong(unasked, /^scopes/)
  return html`<fieldset class="picks"${wrong && html` aria-describedby="${wrong}"`}><legend>${t(legend)}</legend>${offered.map(
    (scope) => html`
<p class="pick"><input type="checkbox" id="scope-${scope}" name="scopes" value="${scope}"${chosen.includes(scope) && checked}>
<label for="scope-${scope}">${t(`programs.scope.${scope}`)} <code dir="ltr">${scope}</code></label></p>`,
  )}</fieldset>`
}

// ── One of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ProgramView {
  program: ApiClient
  names: ReadonlyMap<OperatorId, string>
  partyWords: PartyWords
  isInForce: boolean
  id: ApprovalId
  /** What was typed, and in which form. */
  typed?: Pick<TypedProgram, 'jwks' | 'scopes' | 'reason'> & { form: 'keys' | 'scopes' | 'remove' }
  unasked?: Unasked
  /** Somebody changed it since the page was drawn. */
  isMoved?: boolean
  isUnsure?: boolean
  done?: ProgramDone
}

export function programPage(view: ProgramView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { program, isMoved, isUnsure, unasked } = view
  const status = isMoved ? 409 : unasked || isUnsure ? 422 : undefined
  const lines: [string, Html | string][] = [
    [t('programs.id'), html`<code dir="ltr">${program.client}</code>`],
    [t('programs.since'), date(program.registeredAt, frame, context)],
    [t(program.party ? 'programs.party' : 'programs.who'), behindOf(program, view, context)],
    [t('programs.keys'), keyList(program)],
  ]
  const page = framed(frame, context, {
    title: program.name,
    here: consolePaths.program(program.client),
    ...(status ? { status } : {}),
    body: html`<p><a href="${consolePaths.programs}">${t('programs.title')}</a></p>
<h1><bdi>${program.name}</bdi></h1>
${view.done && html`<p class="notice" role="status">${t(`programs.done.${view.done}`)}</p>`}
${isMoved && html`<p class="notice" role="alert">${t('programs.moved')}</p>`}
${!view.isInForce && html`<p class="notice">${t('programs.party.over')}</p>`}
<section class="sheet" aria-labelledby="about"><h2 id="about">${lastToken(program, frame, context)}</h2>
<dl class="data">${lines.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<p class="hint">${t('programs.keys.hint')}</p>
${
  !has(frame.roles, 'approve') &&
  html`<h3>${t('programs.rights')}</h3><ul class="plain">${program.scopes.map((one) => html`<li>${t(`programs.scope.${one}`)} <code dir="ltr">${one}</code></li>`)}</ul>`
}</section>
${has(frame.roles, 'approve') && [scopesForm(view, frame, context), keysForm(view, frame, context), removeForm(view, frame, context)]}`,
  })
  return status ? withoutSwitch(page) : page
}

const keyList = ({ jwks }: ApiClient) =>
  html`<ul class="plain">${jwks.keys.map((one) => html`<li><code dir="ltr">${thumbprintOf({ ...one })}</code>${one.kid && html` · <bdi dir="ltr">${one.kid}</bdi>`}</li>`)}</ul>`

/** What every form about a program begins with. */
const begin = ({ program, id }: ProgramView, frame: Frame, path: string) =>
  html`${hiddenField(frame, path)}<input type="hidden" name="id" value="${id}"><input type="hidden" name="seen" value="${program.changedAt}">`

function scopesForm(view: ProgramView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { program, typed, unasked } = view
  const path = consolePaths.programScopes(program.client)
  const mine = typed?.form === 'scopes' ? typed : undefined
  const chosen: readonly string[] = mine?.scopes ?? (program.scopes satisfies ApiScope[])
  return html`<section class="sheet" aria-labelledby="rights"><h2 id="rights">${t('programs.change')}</h2>
<p>${t('programs.change.text')}</p>
${mine && unasked && unaskedNotice(unasked, context)}
<form method="post" action="${path}">
${begin(view, frame, path)}
${rightsField('programs.rights', program.party ? partyScopeNames : hubScopeNames, chosen, mine && unasked, context)}
${reasonField(
  {
    name: 'reason',
    id: 'scopes-reason',
    label: t('programs.reason.optional'),
    value: mine?.reason,
    isWrong: mine !== undefined && unasked?.said === 'no_reason',
    optional: true,
  },
  context,
)}
<p class="actions"><button class="button">${t('programs.change.go')}</button></p>
</form></section>`
}

function keysForm(view: ProgramView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { program, typed, unasked } = view
  const path = consolePaths.programKeys(program.client)
  const mine = typed?.form === 'keys' ? typed : undefined
  return html`<section class="sheet" aria-labelledby="keys"><h2 id="keys">${t('programs.replace')}</h2>
<p>${t('programs.replace.text')}</p>
${mine && unasked && unaskedNotice(unasked, context)}
<form method="post" action="${path}">
${begin(view, frame, path)}
${keysField(mine?.jwks ?? '', mine && unasked, context)}
${reasonField({ name: 'reason', id: 'keys-reason', label: t('two.reason'), value: mine?.reason, isWrong: mine !== undefined && unasked?.said === 'no_reason' }, context)}
<p class="actions"><button class="button button-quiet">${t('two.ask')}</button></p>
</form></section>`
}

function removeForm(view: ProgramView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.removeProgram(view.program.client)
  return html`<section class="sheet" aria-labelledby="remove"><h2 id="remove">${t('programs.remove')}</h2>
<p>${t('programs.remove.text')}</p>
${view.isUnsure && html`<p class="notice" role="alert" id="unsure">${t('programs.remove.unsure')}</p>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="pick"><input type="checkbox" id="sure" name="sure" value="yes" required${view.isUnsure && html` aria-describedby="unsure" aria-invalid="true"`}>
<label for="sure">${t('programs.remove.sure')}</label></p>
<p class="actions"><button class="button button-quiet">${t('programs.remove.go')}</button></p>
</form></section>`
}
