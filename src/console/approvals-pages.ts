/**
 * The pages of changes that take two operators: what waits, one of them with everything that it takes to judge it, the
 * form that asks for other keys of the hub, and what a confirmation made, which is shown once.
 */
import {
  type Approval,
  type ApprovalParameters,
  approvers,
  type Refusal,
  type Result,
  reasonLimits,
} from '../approvals/approvals.ts'
import { purposeName, whatIs } from '../approvals/messages.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { ApprovalId, OperatorId } from '../kernel/ids.ts'
import type { Purpose } from '../keys/keys.ts'
import { thumbprintOf } from '../partners/client-keys.ts'
import type { Look } from '../partners/versions.ts'
import { operatorPaths } from '../staff/pages.ts'
import {
  checked,
  consolePaths,
  dayInWords,
  type Frame,
  framed,
  hiddenField,
  instant,
  lastDay,
  masked,
} from './frame.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'
import { changesTable, faultsNotice } from './versions-pages.ts'

/** Names of operators, as long as they are kept. */
export type OperatorNames = ReadonlyMap<OperatorId, string>

export interface ApprovalsView {
  me: OperatorId
  waiting: readonly Approval[]
  past: readonly Approval[]
  /** The place of the next page of what is over. */
  next?: string
  isFirst: boolean
  names: OperatorNames
  /** There is an operator in office who could confirm what this one asks. */
  hasOthers: boolean
  /** The hub has an address to write to them. */
  hasAddress: boolean
  done?: ApprovalDone
}

/** What an address may say that happened. */
export const approvalDone = ['asked', 'waiting', 'confirmed', 'declined', 'withdrawn'] as const
export type ApprovalDone = (typeof approvalDone)[number]

export function approvalsPage(view: ApprovalsView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { me, waiting } = view
  const mine = waiting.filter(({ askedBy }) => isMine(askedBy, me))
  const others = waiting.filter(({ askedBy }) => !isMine(askedBy, me))
  const mayAsk = has(frame.roles, 'approve')
  return framed(frame, context, {
    title: t('two.title'),
    here: consolePaths.approvals,
    body: html`<h1>${t('two.title')}</h1>
<p class="lead">${t('two.lead')}</p>
${doneNotice(view.done, context)}
${mayAsk && !view.hasOthers && aloneNotice(context)}
${mayAsk && !view.hasAddress && html`<div class="notice"><h2>${t('two.no_address')}</h2><p>${t('two.no_address.text')}</p>${command(`garant operator write-to ${me} …@…`)}</div>`}
${
  view.isFirst &&
  html`<section class="sheet" aria-labelledby="others"><h2 id="others">${t('two.others')}</h2>
${others.length === 0 ? html`<p class="empty">${t('two.others.none')}</p>` : rows(others, view, frame, context)}</section>
<section class="sheet" aria-labelledby="mine"><h2 id="mine">${t('two.mine')}</h2>
${mine.length === 0 ? html`<p class="empty">${t('two.mine.none')}</p>` : rows(mine, view, frame, context)}
${
  mayAsk &&
  html`<p class="actions"><a class="button button-quiet" href="${consolePaths.changeKeys}">${t('two.ask.keys')}</a>
<a class="button button-quiet" href="${consolePaths.operators}">${t('two.ask.operators')}</a>
<a class="button button-quiet" href="${consolePaths.programs}">${t('two.ask.programs')}</a></p>
<p class="hint">${t('two.ask.elsewhere')}</p>`
}</section>`
}
<section class="sheet" aria-labelledby="past"><h2 id="past">${t('two.past')}</h2>
${view.past.length === 0 ? html`<p class="empty">${t('two.past.none')}</p>` : rows(view.past, view, frame, context)}
${view.next && html`<p><a rel="next" href="${consolePaths.approvals}?after=${encodeURIComponent(view.next)}">${t('two.past.older')}</a></p>`}
${!view.isFirst && html`<p><a href="${consolePaths.approvals}">${t('two.back')}</a></p>`}</section>`,
  })
}

const isMine = (askedBy: Approval['askedBy'], me: OperatorId) => askedBy.kind === 'operator' && askedBy.id === me

function doneNotice(done: ApprovalDone | undefined, { t }: RequestContext): Html | undefined {
  return done && html`<p class="notice" role="status">${t(`two.done.${done}`)}</p>`
}

/** Nobody else could confirm: what to do about it. */
function aloneNotice({ t }: RequestContext): Html {
  return html`<div class="notice"><h2>${t('two.alone')}</h2><p>${t('two.alone.text')}</p>
${command('garant operator invite --name "…" --role administrator --mail …@…')}
<p>${t('two.alone.override')}</p></div>`
}

const command = (text: string) => html`<p><code dir="ltr">${text}</code></p>`

function rows(all: readonly Approval[], view: ApprovalsView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  return html`<ul class="rows">${all.map((one) => {
    const date = instant(one.decidedAt ?? one.askedAt, frame, context)
    const state = one.state === 'pending' ? t('two.until', { date: instant(one.expiresAt, frame, context) }) : ''
    return html`
<li><p><strong><a href="${consolePaths.approval(one.id)}">${whatIs(one.kind, one.about, t)}</a></strong></p>
<p>${one.state !== 'pending' && html`${t(`two.state.${one.state}`)} · `}${date} · ${t('two.by')} <bdi>${askerOf(one, view.names, context)}</bdi>${state && html` · ${state}`}</p></li>`
  })}</ul>`
}

function askerOf({ askedBy }: Approval, names: OperatorNames, { t }: RequestContext): string {
  return askedBy.kind === 'operator' ? (names.get(askedBy.id) ?? askedBy.id) : t('approvals.machine')
}

// ── One of them ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface ApprovalView {
  me: OperatorId
  approval: Approval
  names: OperatorNames
  /** Operators in office who may confirm it, whoever looks. */
  others: number
  /** Who asked is in office, or a program that may ask. */
  isAskerThere: boolean
  /** What a publication would change. */
  look?: Look | undefined
  /** Name of the organisation that it is about. */
  organisation?: string | undefined
  done?: ApprovalDone
  /** Why what was pressed was not done. */
  said?: ApprovalSaid
  refusal?: Refusal
  /** What was typed in the form of a refusal. */
  answer?: string
}

export const approvalSaid = ['own', 'not_allowed', 'asker_gone', 'over', 'no_reason', 'not_sure', 'refused'] as const
export type ApprovalSaid = (typeof approvalSaid)[number]

const statuses: Partial<Record<ApprovalSaid, number>> = { own: 403, not_allowed: 403, no_reason: 422, not_sure: 422 }

export function approvalPage(view: ApprovalView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { approval, names, said, me } = view
  const title = whatIs(approval.kind, approval.about, t)
  const own = isMine(approval.askedBy, me)
  const isWaiting = approval.state === 'pending'
  const mayAnswer =
    isWaiting && !approval.barred.includes(me) && frame.roles.some((role) => approvers[approval.kind].includes(role))
  const lines: [string, Html | string][] = [
    [t('two.state'), t(`two.state.${approval.state}`)],
    [t('two.asker'), html`<bdi>${askerOf(approval, names, context)}</bdi>`],
    [t('two.asked'), instant(approval.askedAt, frame, context)],
    [t('two.why'), html`<bdi>${approval.reason}</bdi>`],
    ...(isWaiting ? [[t('two.ends'), instant(approval.expiresAt, frame, context)] as [string, string]] : []),
    ...(approval.decidedBy
      ? [
          [t('two.decided_by'), html`<bdi>${names.get(approval.decidedBy) ?? approval.decidedBy}</bdi>`] as [
            string,
            Html,
          ],
        ]
      : []),
    ...(approval.decidedAt === undefined
      ? []
      : [[t('two.decided'), instant(approval.decidedAt, frame, context)] as [string, string]]),
    ...(approval.answer === undefined
      ? []
      : [[t('two.answer'), html`<bdi>${approval.answer}</bdi>`] as [string, Html]]),
    ...subjectOf(view, context),
    ...detailsOf(approval, mayAnswer, context),
  ]
  const page = framed(frame, context, {
    title,
    here: consolePaths.approval(approval.id),
    ...(said ? { status: statuses[said] ?? 409 } : {}),
    body: html`<p><a href="${consolePaths.approvals}">${t('two.title')}</a></p>
<h1>${title}</h1>
${doneNotice(view.done, context)}
${said && html`<div class="notice" role="alert"><h2>${t(`two.said.${said}`)}</h2><p>${view.refusal ? t(`approvals.refusal.${view.refusal.problem}`) : t(`two.said.${said}.text`)}</p></div>`}
<section class="sheet" aria-labelledby="about"><h2 id="about">${t('two.about')}</h2>
<dl class="data">${lines.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<p>${t(`two.effect.${approval.kind}`)}</p></section>
${
  view.look &&
  html`<section class="sheet" aria-labelledby="changes"><h2 id="changes">${t('two.changes')}</h2>
${faultsNotice(view.look.faults, context)}${changesTable(view.look.changes, context)}</section>`
}
${isWaiting && !view.isAskerThere && said !== 'asker_gone' && html`<p class="notice">${t('two.said.asker_gone.text')}</p>`}
${mayAnswer && answerForms(view, frame, context)}
${isWaiting && own && withdrawForm(view, frame, context)}
${isWaiting && !mayAnswer && !own && html`<p>${t('two.only_others')}</p>`}`,
  })
  return said ? withoutSwitch(page) : page
}

/** The way to the page of what it is about. */
function subjectOf(
  { approval: { parameters }, organisation: name }: ApprovalView,
  { t }: RequestContext,
): [string, Html][] {
  if (!parameters) return []
  if ('organisation' in parameters) {
    const { organisation } = parameters
    return [
      [
        t('two.organisation'),
        html`<a href="${consolePaths.organisation(organisation)}"><bdi>${name ?? organisation}</bdi></a>`,
      ],
    ]
  }
  if ('mandate' in parameters) {
    const { mandate } = parameters
    return [[t('two.mandate'), html`<a href="${consolePaths.mandate(mandate)}"><code dir="ltr">${mandate}</code></a>`]]
  }
  const subject =
    'subject' in parameters
      ? parameters.subject
      : 'service' in parameters
        ? ({ kind: 'service', id: parameters.service } as const)
        : undefined
  if (!subject) return []
  return [[t('two.subject'), html`<a href="${consolePaths.pageOf(subject)}"><code dir="ltr">${subject.id}</code></a>`]]
}

/** What it needs to know, as far as its title does not say it. */
function detailsOf(approval: Approval, mayAnswer: boolean, context: RequestContext): [string, Html | string][] {
  const { t } = context
  const { kind, parameters } = approval
  if (!parameters) return []
  if (kind === 'rotate_secret' && 'overlap' in parameters && parameters.overlap !== undefined) {
    return [[t('two.overlap'), t('two.overlap.days', { count: parameters.overlap })]]
  }
  if (kind === 'republish' && 'number' in parameters) return [[t('two.number'), String(parameters.number)]]
  if ('jwks' in parameters || 'scopes' in parameters) return programDetails(parameters, t)
  if (kind === 'thaw_person' && 'evidence' in parameters) {
    const { evidence, blocks } = parameters
    return [
      [t('two.evidence'), html`<bdi>${evidence}</bdi>`],
      [t('two.blocks'), t(`two.blocks.${blocks}`)],
    ]
  }
  if (kind === 'record_representation' && 'holder' in parameters) {
    return documentDetails(parameters, mayAnswer, context)
  }
  if (kind === 'invite_operator' && 'roles' in parameters) {
    const { name, mail } = parameters
    return [
      [t('operators.name'), html`<bdi>${name}</bdi>`],
      ...(mail ? [[t('operators.mail'), html`<bdi dir="ltr">${mail}</bdi>`] as [string, Html]] : []),
    ]
  }
  return []
}

/** The birth is for whoever compares it with the document. */
function documentDetails(
  { holder, role, alone, document, until }: ApprovalParameters['record_representation'],
  mayAnswer: boolean,
  context: RequestContext,
): [string, Html | string][] {
  const { t } = context
  const birthdate = holder.birthdate ?? ''
  const lines: [string, string | undefined][] = [
    ['family_name', holder.family_name],
    ['given_name', holder.given_name],
    ['birthdate', mayAnswer ? birthdate : masked(birthdate)],
    ['gender', holder.gender && t(`organisations.gender.${holder.gender}`)],
    ['birthcountry', mayAnswer ? holder.birthcountry : undefined],
    ['birthplace', mayAnswer ? holder.birthplace : undefined],
    ['role', alone ? role : `${role} (${t('organisations.not_alone')})`],
    ['kind', t(`organisations.document.${document.kind}`)],
    ['date', dayInWords(document.date, context)],
    ['reference', document.reference],
    ['until', until === undefined ? undefined : lastDay(until, context)],
  ]
  return lines.flatMap(([field, value]) =>
    value ? [[t(`organisations.field.${field}`), html`<bdi>${value}</bdi>`] as [string, Html]] : [],
  )
}

function programDetails(
  parameters: ApprovalParameters['register_program' | 'program_keys' | 'program_scopes'],
  t: RequestContext['t'],
): [string, Html | string][] {
  const codes = (all: readonly string[]) =>
    html`<ul class="plain">${all.map((one) => html`<li><code dir="ltr">${one}</code></li>`)}</ul>`
  return [
    ...('name' in parameters ? [[t('two.program.name'), html`<bdi>${parameters.name}</bdi>`] as [string, Html]] : []),
    ...('jwks' in parameters
      ? [[t('two.program.keys'), codes(parameters.jwks.keys.map(thumbprintOf))] as [string, Html]]
      : []),
    ...('scopes' in parameters ? [[t('two.program.scopes'), codes(parameters.scopes)] as [string, Html]] : []),
    ...('party' in parameters && parameters.party
      ? [[t('two.program.party'), codes([`${parameters.party.side}/${parameters.party.id}`])] as [string, Html]]
      : []),
  ]
}

function answerForms(
  { approval, names, answer, isAskerThere }: ApprovalView,
  frame: Frame,
  context: RequestContext,
): Html {
  const { t } = context
  const confirm = consolePaths.confirmApproval(approval.id)
  const decline = consolePaths.declineApproval(approval.id)
  return html`${
    isAskerThere &&
    html`<section class="sheet" aria-labelledby="yes"><h2 id="yes">${t('two.confirm')}</h2>
<form method="post" action="${confirm}">
${hiddenField(frame, confirm)}
<p class="pick"><input type="checkbox" id="sure" name="sure" value="yes" required>
<label for="sure">${t('two.sure', { asker: askerOf(approval, names, context) })}</label></p>
<p class="actions"><button class="button">${t('two.confirm.go')}</button></p>
</form></section>`
  }
<section class="sheet" aria-labelledby="no"><h2 id="no">${t('two.decline')}</h2>
<form method="post" action="${decline}">
${hiddenField(frame, decline)}
${reasonField({ name: 'answer', label: t('two.decline.why'), value: answer }, context)}
<p class="actions"><button class="button button-quiet">${t('two.decline.go')}</button></p>
</form></section>`
}

function withdrawForm({ approval, others }: ApprovalView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = consolePaths.withdrawApproval(approval.id)
  return html`<section class="sheet" aria-labelledby="wait"><h2 id="wait">${t('two.wait')}</h2>
<p>${others > 0 ? t('two.wait.text', { count: others }) : t('two.wait.nobody')}</p>
${others === 0 && aloneNotice(context)}
<form method="post" action="${path}">
${hiddenField(frame, path)}
<p class="actions"><button class="button button-quiet">${t('two.withdraw')}</button></p>
</form></section>`
}

/** Why something is asked or declined, 10 to 500 characters. */
export function reasonField(
  field: { name: string; id?: string; label: string; value: string | undefined; isWrong?: boolean; optional?: boolean },
  { t }: RequestContext,
): Html {
  const { name, id = name, label, value = '', isWrong, optional } = field
  const { least, most } = reasonLimits
  return html`<p class="ask"><label for="${id}">${label}</label>
<textarea id="${id}" name="${name}" rows="3" minlength="${least}" maxlength="${most}"${!optional && html` required`} aria-describedby="${id}-hint"${isWrong && html` aria-invalid="true"`}>
${value}</textarea>
<span class="hint" id="${id}-hint">${t('two.reason.hint', { least, most })}</span></p>`
}

// ── Keys of the hub ─────────────────────────────────────────────────────────────────────────────────────────────────

export const purposes = ['id-token', 'client', 'decryption', 'journal'] as const satisfies readonly Purpose[]

export interface KeysView {
  /** Drawn with the form: sent twice, it asks once. */
  id: ApprovalId
  typed: { purpose: string; what: string; reason: string }
  said?: AskSaid
}

export const askSaid = ['no_reason', 'no_choice', 'waiting', 'not_allowed', 'refused'] as const
export type AskSaid = (typeof askSaid)[number]

export function keysPage(view: KeysView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const path = consolePaths.changeKeys
  const { typed, said } = view
  const pick = (name: 'purpose' | 'what', value: string, label: string, hint?: string) => html`
<p class="pick"><input type="radio" id="${name}-${value}" name="${name}" value="${value}" required${typed[name] === value && checked}>
<label for="${name}-${value}">${hint ? html`<strong>${label}</strong><br>${hint}` : label}</label></p>`
  const page = framed(frame, context, {
    title: t('two.keys'),
    here: path,
    ...(said ? { status: 422 } : {}),
    body: html`<h1>${t('two.keys')}</h1>
<p class="lead">${t('two.keys.lead')}</p>
${said && askNotice(said, undefined, context)}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="id" value="${view.id}">
<fieldset class="picks"><legend>${t('two.keys.which')}</legend>${purposes.map((one) => pick('purpose', one, purposeName(one, t)))}</fieldset>
<fieldset class="picks"><legend>${t('two.keys.what')}</legend>
${pick('what', 'rotate', t('two.keys.rotate'), t('two.effect.rotate_keys'))}
${pick('what', 'revoke', t('two.keys.revoke'), t('two.effect.revoke_keys'))}</fieldset>
${reasonField({ name: 'reason', label: t('two.reason'), value: typed.reason, isWrong: said === 'no_reason' }, context)}
<p class="actions"><button class="button">${t('two.ask')}</button> <a href="${consolePaths.approvals}">${t('console.cancel')}</a></p>
</form>`,
  })
  return said ? withoutSwitch(page) : page
}

/** Why a change was not even asked. */
export function askNotice(said: AskSaid, refusal: Refusal | undefined, { t }: RequestContext): Html {
  return html`<div class="notice" role="alert"><h2>${t('two.not_asked')}</h2>
<p>${refusal ? t(`approvals.refusal.${refusal.problem}`) : t(`two.not_asked.${said}`)}</p></div>`
}

// ── What a confirmation made ────────────────────────────────────────────────────────────────────────────────────────

/** A secret or a link: on this page, once, and nowhere else. */
export function madePage(
  view: { approval: Approval; result: Extract<Result, { done: 'secret' | 'invited' }>; issuer: string },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { approval, result, issuer } = view
  const made = result.done === 'secret' ? result.secret : issuer + operatorPaths.join(result.token)
  const until = result.done === 'secret' ? result.olderUntil : result.expiresAt
  return withoutSwitch(
    framed(frame, context, {
      title: t('two.made'),
      here: consolePaths.approval(approval.id),
      body: html`<h1>${t('two.made')}</h1>
<p class="lead">${whatIs(approval.kind, approval.about, t)}</p>
<div class="notice" role="status"><p>${t(`two.made.${result.done}`)}</p>
<p><code class="secret" dir="ltr">${made}</code></p></div>
${until !== undefined && html`<p>${t(`two.made.${result.done}.until`, { date: instant(until, frame, context) })}</p>`}
<p class="actions"><a class="button" href="${consolePaths.approvals}">${t('two.made.noted')}</a></p>`,
    }),
  )
}
