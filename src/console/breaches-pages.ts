/**
 * The register of breaches before operators: the list, where the next deadline comes first, one entry with its deadlines,
 * what is known, how it was assessed, who was told and its history, and what goes to an authority, ready to print.
 */
import type { Breach, BreachEvent, BreachProblem, Changes } from '../breaches/breaches.ts'
import { writtenDeadline } from '../breaches/letters.ts'
import { type NotificationFile, wordsOf } from '../breaches/notification.ts'
import type { Statement } from '../breaches/statements.ts'
import type { Party } from '../cases/cases.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Translate } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { type BreachPhaseId, newOrderedId, type OperatorId } from '../kernel/ids.ts'
import { directionOf, type Language, languages } from '../kernel/languages.ts'
import {
  type Authority,
  type AuthorityStanding,
  askedItems,
  closings,
  distanceTo,
  missingItems,
  type StepRefusal,
  standingOf,
} from '../policy/breach.ts'
import { writeWallClock } from '../policy/calendar.ts'
import {
  about,
  assessmentFields,
  breachPaths,
  type DescriptionForm,
  descriptionFields,
  fieldsOfStep,
  problemList,
  type TypedAssessment,
} from './breaches-forms.ts'
import { consolePaths, type Frame, framed, hiddenField, instant, selected } from './frame.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'
import { statementPaths } from './statements.ts'
import { written } from './support-pages.ts'

export const breachesDone = [
  ...(['opened', 'described', 'assessed', 'notified', 'people_told', 'closed', 'reopened', 'unchanged'] as const),
] as const
export type BreachDone = (typeof breachesDone)[number]

// ── The list ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface BreachesView {
  which: 'open' | 'closed'
  breaches: readonly Breach[]
  counts: { open: number; due: number; overdue: number }
  authorities: readonly Authority[]
  now: Instant
  isFirst: boolean
  next?: string
}

export function breachesPage(view: BreachesView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { which, breaches, counts, next } = view
  const place = (one: typeof which) => (one === 'open' ? breachPaths.list : `${breachPaths.list}?which=closed`)
  return framed(frame, context, {
    title: t('breaches.title'),
    here: breachPaths.list,
    body: html`<h1>${t('breaches.title')}</h1>
<p class="lead">${t('breaches.lead')}</p>
${
  counts.overdue > 0
    ? html`<div class="warning" role="status"><p><strong>${t('breaches.overdue.count', { count: counts.overdue })}</strong></p></div>`
    : html`<p class="notice" role="status">${t('breaches.open.count', { count: counts.open, due: counts.due })}</p>`
}
<p class="actions">${has(frame.roles, 'breaches_work') && html`<a class="button" href="${breachPaths.fresh}">${t('breaches.new')}</a> `}<a href="${statementPaths.list}">${t('statements.title')}</a></p>
<nav aria-label="${t('breaches.which')}"><ul class="months">${(['open', 'closed'] as const).map(
      (one) => html`
<li><a href="${place(one)}"${one === which && html` aria-current="page"`}>${t(`breaches.which.${one}`)}</a></li>`,
    )}</ul></nav>
<h2>${t(`breaches.which.${which}`)}</h2>
${
  breaches.length === 0
    ? html`<p class="empty">${t(`breaches.none.${which}`)}</p>`
    : html`<ul class="rows">${breaches.map((one) => row(one, view, frame, context))}
</ul>`
}
<p class="actions">${next !== undefined && html`<a class="button button-quiet" rel="next" href="${place(which)}${which === 'open' ? '?' : '&'}after=${next}">${t('breaches.more')}</a>`}
${!view.isFirst && html`<a href="${place(which)}">${t('breaches.first')}</a>`}</p>
<p class="hint">${t('breaches.export')} <a href="${breachPaths.csv}">CSV</a> · <a href="${breachPaths.json}">JSON</a></p>`,
  })
}

const titleOf = ({ source, title }: Breach, t: Translate) => (source.kind === 'case' ? t('breaches.from_case') : title)

function row(one: Breach, view: BreachesView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { closed, dueAt } = one
  const words = closed
    ? [t('breaches.closed_at', { date: instant(closed.at, frame, context) }), t(`breaches.closing.${closed.reason}`)]
    : [t('breaches.opened_at', { date: instant(one.openedAt, frame, context) })]
  return html`
<li><h3><a href="${breachPaths.one(one.id)}"><code dir="ltr">${one.reference}</code> <bdi>${titleOf(one, t)}</bdi></a> <span class="mark-state">${t(`breaches.state.${one.state}`)}</span></h3>
${dueAt !== undefined && html`<p><strong>${deadlineWords(dueAt, view.now, t)}</strong> ${writtenDeadline(dueAt, frame.timeZone, context.language)}</p>`}
<p class="hint">${words.join(' · ')}${caseMark(one, t)}</p></li>`
}

function caseMark({ source }: Breach, t: Translate): Html | undefined {
  if (source.kind !== 'case' || source.standing === 'confirmed') return undefined
  return html` · <strong>${t(`breaches.standing.${source.standing}`)}</strong>`
}

export function deadlineWords(dueAt: Instant, now: Instant, t: Translate): string {
  const { isPassed, days, hours, minutes } = distanceTo(dueAt, now)
  const distance = t('breach.distance', { days, hours, minutes })
  return t(isPassed ? 'breaches.deadline.passed' : 'breaches.deadline.left', { distance })
}

// ── One entry ───────────────────────────────────────────────────────────────────────────────────────────────────────

/** Why nothing was done, and with what was typed. */
export interface BreachSaid {
  step: 'notification' | 'people' | 'close' | 'reopen' | 'assessment' | 'description'
  problems: readonly BreachProblem[]
  refused?: StepRefusal
  /** Somebody changed the entry since it was read. */
  isMoved?: boolean
  typed: Readonly<Record<string, string>>
}

export interface BreachView {
  breach: Breach
  events: readonly BreachEvent[]
  authorities: readonly Authority[]
  /** Those that partners of its case gave, with the partner's name. */
  partners: readonly { name: string; answer: NonNullable<Party['answers'][number]['breach']>; at: Instant }[]
  statements: readonly Statement[]
  names: ReadonlyMap<OperatorId, string>
  contact?: string
  now: Instant
  done?: BreachDone
  said?: BreachSaid
}

export function breachPage(view: BreachView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { breach, done, said } = view
  const title = t('breaches.one', { reference: breach.reference })
  const isLate = said?.isMoved === true || said?.refused !== undefined
  const mayWork = has(frame.roles, 'breaches_work')
  const page = framed(frame, context, {
    title,
    status: said === undefined ? 200 : isLate ? 409 : 422,
    here: breachPaths.one(breach.id),
    body: html`<p><a href="${breachPaths.list}">${t('breaches.title')}</a></p>
<h1>${title} <span class="mark-state">${t(`breaches.state.${breach.state}`)}</span></h1>
<p class="lead"><bdi>${titleOf(breach, t)}</bdi></p>
${done && html`<p class="notice" role="status">${t(`breaches.done.${done}`)}</p>`}
${said && saidBox(said, context)}
${breach.source.kind === 'case' && breach.source.standing !== 'confirmed' && html`<div class="warning"><p>${t(`breaches.standing.${breach.source.standing}.text`)}</p></div>`}
${deadlineSection(view, frame, context)}
${knownSection(view, frame, context)}
${assessmentSection(view, frame, context)}
${phasesSection(view, frame, context)}
${peopleSection(view, frame, context)}
${breach.source.kind === 'case' && partnersSection(view, frame, context)}
${statementsSection(view, frame, context)}
${mayWork && (breach.state === 'closed' ? reopenForm(view, frame, context) : closeForm(view, frame, context))}
${historySection(view, frame, context)}`,
  })
  return said ? withoutSwitch(page) : page
}

function saidBox({ step, problems, refused, isMoved }: BreachSaid, context: RequestContext): Html | undefined {
  const { t } = context
  const box = (text: string) =>
    html`<div class="fault" role="alert"><h2>${t('breaches.refused')}</h2><p>${text}</p></div>`
  if (isMoved) return box(t('breaches.moved'))
  if (refused) return box(t(`breaches.refusal.${refused}`))
  return problemList(problems, context, fieldsOfStep[step])
}

type Rows = readonly (readonly [label: string, value: Html | string])[]
const data = (rows: Rows) =>
  html`<dl class="data">${rows.map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`

function deadlineSection(view: BreachView, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  const { breach, authorities, now } = view
  const isOpen = breach.state !== 'closed' && breach.assessment?.decision !== 'not_needed'
  const { source } = breach
  const rows: Rows = [
    [t('breaches.aware'), writtenDeadline(breach.awareAt, frame.timeZone, language)],
    [t('breaches.opened'), instant(breach.openedAt, frame, context)],
    ...(source.kind === 'case'
      ? [
          [
            t('breaches.case'),
            has(frame.roles, 'cases')
              ? html`<a href="${consolePaths.case(source.case)}">${t('breaches.case.see')}</a>`
              : '',
          ] as const,
        ]
      : []),
  ]
  return html`<section class="sheet" aria-labelledby="deadlines"><h2 id="deadlines">${t('breaches.deadlines')}</h2>
${data(rows)}
<ul class="rows">${standingOf(breach, authorities, now).map((one) => standingRow(one, { ...view, isOpen }, context))}</ul>
<p class="hint">${t('breaches.deadlines.hint')}</p></section>`
}

function standingRow(
  { authority, dueAt, firstAt, isLate }: AuthorityStanding,
  { breach, now, isOpen }: BreachView & { isOpen: boolean },
  { t, language }: RequestContext,
): Html {
  const date = writtenDeadline(dueAt, authority.timeZone, language)
  const isAtOnce = authority.hours === undefined
  const said = firstAt
    ? t(isLate ? 'breaches.met.late' : 'breaches.met', {
        date: writtenDeadline(firstAt, authority.timeZone, language),
      })
    : !isOpen
      ? t('breaches.no_deadline')
      : isAtOnce
        ? t('breaches.at_once')
        : deadlineWords(dueAt, now, t)
  return html`
<li><h3><bdi>${authority.name[language]}</bdi></h3>
<p><strong>${said}</strong></p>
${!isAtOnce && (isOpen || firstAt !== undefined) && html`<p>${t('breaches.due_by', { date })} · ${authority.timeZone}</p>`}
${authority.basis === 'own' && html`<p class="hint">${t('breaches.own_rule')}</p>`}
<p class="actions"><a href="${breachPaths.notification(breach.id)}?authority=${authority.id}">${t('breaches.file.see')}</a></p></li>`
}

/** Point by point what art. 33(3) asks. */
function knownRows(
  { description: d }: Breach,
  contact: string | undefined,
  frame: Frame,
  context: RequestContext,
): Rows {
  const { t, language } = context
  const { happenedFrom, happenedUntil } = d
  const times = [happenedFrom, happenedUntil].filter((one) => one !== undefined)
  const happened = times.length === 0 ? undefined : times.map((one) => instant(one, frame, context)).join(' – ')
  return askedItems.map((item) => {
    const value = item === 'happened' ? happened : item === 'contact' ? contact : wordsOf(d, item, language, t)
    const isText = item === 'what' || item === 'consequences' || item === 'measures'
    const missing = html`<span class="wrong">${t('breach.file.missing')}</span>`
    const said = value === undefined ? missing : isText ? written(value) : html`<bdi>${value}</bdi>`
    return [t(`breach.field.${item}`), said]
  })
}

function knownSection({ breach, contact }: BreachView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const missing = missingItems(breach.description, contact)
  return html`<section class="sheet" aria-labelledby="known"><h2 id="known">${t('breaches.known')}</h2>
<p class="hint">${t('breaches.missing', { count: missing.length })}</p>
${data(knownRows(breach, contact, frame, context))}
${
  has(frame.roles, 'breaches_work') &&
  breach.state !== 'closed' &&
  html`<p class="actions"><a class="button button-quiet" href="${breachPaths.description(breach.id)}">${t('breaches.describe')}</a></p>`
}</section>`
}

function assessmentRows({ assessment }: Breach, { t }: RequestContext): Rows {
  if (!assessment) return []
  const { risk, decision, reason, telling, tellingReason } = assessment
  return [
    [t('breach.field.risk'), t(`breach.risk.${risk}`)],
    [t('breach.field.decision'), t(`breach.decision.${decision}`)],
    [t('breach.field.reason'), written(reason)],
    [t('breach.field.telling'), t(`breach.telling.${telling}`)],
    ...(tellingReason === '' ? [] : [[t('breach.field.telling_reason'), written(tellingReason)] as const]),
  ]
}

function assessmentSection({ breach }: BreachView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { assessment } = breach
  return html`<section class="sheet" aria-labelledby="assessment"><h2 id="assessment">${t('breaches.assessment')}</h2>
${assessment ? data(assessmentRows(breach, context)) : html`<p class="empty">${t('breaches.assessment.none')}</p>`}
${
  has(frame.roles, 'breaches_work') &&
  breach.state !== 'closed' &&
  html`<p class="actions"><a class="button${assessment && ' button-quiet'}" href="${breachPaths.assessment(breach.id)}">${t(assessment ? 'breaches.assess.again' : 'breaches.assess')}</a></p>`
}</section>`
}

function phasesSection(view: BreachView, frame: Frame, context: RequestContext): Html {
  const { t, language } = context
  const { breach, authorities } = view
  const { phases, assessment, state } = breach
  const nameOf = (id: string) => authorities.find((one) => one.id === id)?.name[language] ?? id
  const mayRecord = has(frame.roles, 'breaches_work') && state !== 'closed' && assessment?.decision === 'notify'
  return html`<section class="sheet" aria-labelledby="notified"><h2 id="notified">${t('breaches.notified')}</h2>
${
  phases.length === 0
    ? html`<p class="empty">${t('breaches.notified.none')}</p>`
    : html`<ol class="rows">${phases.map(
        (one) => html`
<li><h3><bdi>${nameOf(one.authority)}</bdi> · ${t('breach.file.number', { number: one.number })}${one.late && html` <span class="mark-state">${t('breaches.late')}</span>`}</h3>
<p>${instant(one.at, frame, context)}${one.reference && html` · ${t('breaches.reference')} <bdi>${one.reference}</bdi>`}</p>
${one.lateReason && html`<p class="hint">${t('breach.file.late_reason')}${t('breach.colon')}</p>${written(one.lateReason)}`}
${one.note && written(one.note)}</li>`,
      )}</ol>`
}
${mayRecord && recordForm(view, frame, context)}</section>`
}

function recordForm(view: BreachView, frame: Frame, { t, language }: RequestContext): Html {
  const { breach, authorities, said, now } = view
  const path = breachPaths.notification(breach.id)
  const typed = said?.step === 'notification' ? said.typed : {}
  const problems = said?.step === 'notification' ? said.problems : []
  const phase = (typed.phase as BreachPhaseId | undefined) ?? newOrderedId('breachPhase', now)
  const concerned = authorities.filter(({ id }) => breach.authorities.includes(id))
  return html`<details${said?.step === 'notification' && html` open`}><summary>${t('breaches.record')}</summary>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="seen" value="${breach.version}"><input type="hidden" name="phase" value="${phase}">
<p class="hint">${t('breaches.record.hint')}</p>
<p class="ask"><label for="authority">${t('breaches.record.authority')}</label>
<select id="authority" name="authority" required><option value=""></option>${concerned.map(
    ({ id, name }) => html`<option value="${id}"${typed.authority === id && selected}>${name[language]}</option>`,
  )}</select></p>
${timeField('told_at', 'breaches.record.at', typed.told_at ?? '', frame, t, problems)}
<p class="ask"><label for="reference">${t('breaches.record.reference')}</label>
<input id="reference" name="reference" maxlength="60" value="${typed.reference}" dir="auto" autocomplete="off"></p>
${textArea('late_reason', t('breaches.record.late_reason'), typed.late_reason)}
${textArea('note', t('breaches.record.note'), typed.note)}
<p class="actions"><button class="button">${t('breaches.record.go')}</button></p>
</form></details>`
}

const stepFields = { ...fieldsOfStep.notification, ...fieldsOfStep.people }

function timeField(
  name: string,
  label: string,
  value: string,
  { timeZone }: Frame,
  t: Translate,
  problems: readonly BreachProblem[],
): Html {
  return html`<p class="ask"><label for="${name}">${t(label)}</label>
<input id="${name}" name="${name}" type="datetime-local" required value="${value}"${about(name, problems, `${name}-hint`, stepFields)}>
<span class="hint" id="${name}-hint">${t('breaches.zone', { zone: timeZone })}</span></p>`
}

const textArea = (
  name: string,
  label: string,
  value: string | undefined,
): Html => html`<p class="ask"><label for="${name}">${label}</label>
<textarea id="${name}" name="${name}" rows="3" maxlength="4000" dir="auto">${value}</textarea></p>`

function peopleSection(view: BreachView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { breach, said, now } = view
  const { peopleTold, assessment, state } = breach
  const path = breachPaths.people(breach.id)
  const typed = said?.step === 'people' ? said.typed : {}
  const problems = said?.step === 'people' ? said.problems : []
  return html`<section class="sheet" aria-labelledby="people-told"><h2 id="people-told">${t('breaches.people')}</h2>
${
  peopleTold
    ? html`<p>${t('breaches.people.told', { date: instant(peopleTold.at, frame, context) })}</p>${written(peopleTold.how)}`
    : html`<p class="empty">${t(assessment?.telling === 'tell' ? 'breaches.people.due' : 'breaches.people.none')}</p>`
}
${
  has(frame.roles, 'breaches_work') &&
  state !== 'closed' &&
  html`<details${said?.step === 'people' && html` open`}><summary>${t('breaches.people.record')}</summary>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="seen" value="${breach.version}">
${timeField('people_at', 'breaches.people.at', typed.people_at ?? writeWallClock(now, frame.timeZone), frame, t, problems)}
${textArea('how', t('breaches.people.how'), typed.how)}
<p class="actions"><button class="button">${t('breaches.record.go')}</button></p>
</form></details>`
}</section>`
}

function partnersSection({ partners }: BreachView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  return html`<section class="sheet" aria-labelledby="partners"><h2 id="partners">${t('breaches.partners')}</h2>
<p class="hint">${t('breaches.partners.hint')}</p>
${
  partners.length === 0
    ? html`<p class="empty">${t('breaches.partners.none')}</p>`
    : html`<ul class="rows">${partners.map(
        ({ name, answer, at }) => html`
<li><h3><bdi>${name}</bdi> <span class="mark-state">${t(`breaches.partner.${answer.decision}`)}</span></h3>
<p class="hint">${instant(at, frame, context)}${answer.awareAt !== undefined && ` · ${t('breaches.aware')} ${instant(answer.awareAt, frame, context)}`}</p>
${answer.reason !== '' && written(answer.reason)}</li>`,
      )}</ul>`
}</section>`
}

function statementsSection({ breach, statements }: BreachView, frame: Frame, { t, language }: RequestContext): Html {
  return html`<section class="sheet" aria-labelledby="statements"><h2 id="statements">${t('statements.title')}</h2>
${
  statements.length === 0
    ? html`<p class="empty">${t('breaches.statements.none')}</p>`
    : html`<ul class="rows">${statements.map((one) => {
        const title = (one.draft ?? one.versions[0]?.content)?.title[language]
        return html`
<li><a href="${statementPaths.one(one.id)}"><bdi>${title || t('statements.untitled')}</bdi></a></li>`
      })}</ul>`
}
${has(frame.roles, 'breaches_work') && html`<p class="actions"><a href="${statementPaths.fresh}?breach=${breach.id}">${t('statements.new')}</a></p>`}</section>`
}

function closeForm({ breach, said }: BreachView, frame: Frame, { t }: RequestContext): Html {
  const path = breachPaths.close(breach.id)
  const typed = said?.step === 'close' ? said.typed : {}
  return html`<section class="part" aria-labelledby="closing-title"><h2 id="closing-title">${t('breaches.close')}</h2>
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="seen" value="${breach.version}">
<p class="ask"><label for="closing">${t('breaches.close.reason')}</label>
<select id="closing" name="closing" required><option value=""></option>${closings.map(
    (one) => html`<option value="${one}"${typed.closing === one && selected}>${t(`breaches.closing.${one}`)}</option>`,
  )}</select></p>
${textArea('closing_note', t('breaches.close.note'), typed.closing_note)}
<p class="actions"><button class="button button-quiet">${t('breaches.close.go')}</button></p>
</form></section>`
}

function reopenForm({ breach, said }: BreachView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const path = breachPaths.reopen(breach.id)
  const typed = said?.step === 'reopen' ? said.typed : {}
  const { closed } = breach
  return html`<section class="part" aria-labelledby="closing-title"><h2 id="closing-title">${t('breaches.closed')}</h2>
${closed && html`<p>${t('breaches.closed_at', { date: instant(closed.at, frame, context) })} · ${t(`breaches.closing.${closed.reason}`)}</p>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="seen" value="${breach.version}">
${textArea('closing_note', t('breaches.reopen.reason'), typed.closing_note)}
<p class="actions"><button class="button button-quiet">${t('breaches.reopen')}</button></p>
</form></section>`
}

// ── Its history ─────────────────────────────────────────────────────────────────────────────────────────────────────

function historySection(view: BreachView, frame: Frame, context: RequestContext): Html {
  const { t } = context
  const { events, names } = view
  return html`<section class="sheet" aria-labelledby="history"><h2 id="history">${t('breaches.history')}</h2>
<p class="hint">${t('breaches.history.hint')}</p>
<ol class="rows">${events.map((one) => {
    const by = one.by.kind === 'operator' ? names.get(one.by.id) : undefined
    const who = by ?? t(one.by.kind === 'hub' ? 'breaches.by.hub' : 'breaches.by.other')
    return html`
<li><p><strong>${t(`breaches.event.${one.what}`)}</strong></p>
<p class="hint">${instant(one.at, frame, context)} · <bdi>${who}</bdi></p>
${changeList(one.changes, view, frame, context)}</li>`
  })}</ol></section>`
}

function changeList(changes: Changes, view: BreachView, frame: Frame, context: RequestContext): Html | undefined {
  const { t } = context
  const entries = Object.entries(changes)
  if (entries.length === 0) return undefined
  const told = (field: string, value: Changes[string]['to']) => changedValue(field, value, view, frame, context)
  return html`<details><summary>${t('breaches.changes', { count: entries.length })}</summary>
${data(
  entries.map(([field, { from, to }]) => [
    t(`breaches.changed.${field}`),
    html`${from !== null && from !== '' && html`<del><bdi>${told(field, from)}</bdi></del> `}<bdi>${told(field, to)}</bdi>`,
  ]),
)}</details>`
}

/** Words of a list or a closed word, by the field that it stands in. */
const vocabularies: Readonly<Record<string, string>> = {
  ...{ natures: 'breach.nature', people_kinds: 'breach.people', data_kinds: 'breach.data', risk: 'breach.risk' },
  ...{ decision: 'breach.decision', telling: 'breach.telling', state: 'breaches.state', closing: 'breaches.closing' },
  case_standing: 'breaches.standing',
}

function changedValue(
  field: string,
  value: Changes[string]['to'],
  { authorities }: BreachView,
  frame: Frame,
  context: RequestContext,
): string {
  const { t, language } = context
  if (value === null || value === '' || (Array.isArray(value) && value.length === 0)) return t('breaches.nothing')
  if (typeof value === 'number' && /(_at|_from|_until)$/.test(field)) return instant(value, frame, context)
  const one = (word: string) => {
    if (field === 'authorities' || field === 'authority') {
      return authorities.find(({ id }) => id === word)?.name[language] ?? word
    }
    const vocabulary = vocabularies[field]
    return vocabulary ? t(`${vocabulary}.${word}`) : word
  }
  return [value].flat().map(String).map(one).join(' · ')
}

// ── Forms of their own pages ────────────────────────────────────────────────────────────────────────────────────────

export interface FormView {
  /** Absent: it is a new one. */
  breach?: Breach
  /** Hidden: drawn with the form. */
  hidden: Readonly<Record<string, string>>
  problems: readonly BreachProblem[]
  refused?: StepRefusal
  isMoved: boolean
}

function formPage(
  view: FormView & { path: string; title: string; lead: string; fields: Html; go: string; present?: Rows },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { breach, hidden, problems, refused, isMoved, path, title } = view
  const isRefused = isMoved || refused !== undefined
  const back = breach ? breachPaths.one(breach.id) : breachPaths.list
  const said = { step: 'description', problems, typed: {}, isMoved, ...(refused ? { refused } : {}) } as const
  const page = framed(frame, context, {
    title,
    status: isRefused ? 409 : problems.length > 0 ? 422 : 200,
    here: path,
    body: html`<p><a href="${back}">${breach ? t('breaches.one', { reference: breach.reference }) : t('breaches.title')}</a></p>
<h1>${title}</h1>
<p class="lead">${view.lead}</p>
${(isRefused || problems.length > 0) && saidBox(said, context)}
${isMoved && view.present && html`<section class="sheet" aria-labelledby="present"><h2 id="present">${t('breaches.present')}</h2>${data(view.present)}</section>`}
<form method="post" action="${path}">
${hiddenField(frame, path)}${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${view.fields}
<p class="actions"><button class="button">${view.go}</button> <a href="${back}">${t('console.cancel')}</a></p>
</form>`,
  })
  return isRefused || problems.length > 0 ? withoutSwitch(page) : page
}

export function descriptionPage(view: FormView & DescriptionForm, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { breach } = view
  const kind = breach ? 'describe' : 'new'
  return formPage(
    {
      ...view,
      path: breach ? breachPaths.description(breach.id) : breachPaths.fresh,
      ...{ title: t(`breaches.${kind}`), lead: t(`breaches.${kind}.lead`), go: t(`breaches.${kind}.go`) },
      fields: descriptionFields(view, context),
      ...(breach
        ? { present: knownRows(breach, undefined, frame, context).filter((_, at) => askedItems[at] !== 'contact') }
        : {}),
    },
    frame,
    context,
  )
}

export function assessmentPage(
  view: FormView & { breach: Breach; typed: TypedAssessment },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  return formPage(
    {
      ...view,
      path: breachPaths.assessment(view.breach.id),
      ...{ title: t('breaches.assess'), lead: t('breaches.assess.lead'), go: t('breaches.assess.go') },
      fields: assessmentFields(view, context),
      present: assessmentRows(view.breach, context),
    },
    frame,
    context,
  )
}

// ── What goes to an authority ───────────────────────────────────────────────────────────────────────────────────────

/** In the language of the authority, inside a page in that of whoever reads it. `t`: of the file's language. */
export function notificationPage(
  { breach, file, t: words }: { breach: Breach; file: NotificationFile; t: Translate },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { authority, language, missing } = file
  const question = (one: Language) => `?authority=${authority.id}&in=${one}`
  const path = breachPaths.notification(breach.id)
  const own = html` lang="${language}" dir="${directionOf(language)}"`
  return framed(frame, context, {
    title: t('breaches.file'),
    here: `${path}${question(language)}`,
    body: html`<p class="no-print"><a href="${breachPaths.one(breach.id)}">${t('breaches.one', { reference: breach.reference })}</a></p>
<p class="lead no-print">${t('breaches.file.lead')}</p>
${missing.length > 0 && html`<p class="notice no-print">${t('breaches.missing', { count: missing.length })}</p>`}
<nav class="no-print" aria-label="${t('breaches.file.language')}"><ul class="months">${languages.map(
      (one) => html`
<li><a href="${path}${question(one)}"${one === language && html` aria-current="page"`}>${t(`breaches.in.${one}`)}</a></li>`,
    )}</ul></nav>
<p class="hint no-print">${t('breaches.file.as')} <a href="${breachPaths.notificationText(breach.id)}${question(language)}">${t('breaches.file.text')}</a> · <a href="${breachPaths.notificationJson(breach.id)}${question(language)}">JSON</a></p>
<h1${own}>${file.title}</h1>
<p${own}>${file.lead}</p>
${file.sections.map(
  (
    { title, rows },
    index,
  ) => html`<section class="sheet"${own} aria-labelledby="part-${index}"><h2 id="part-${index}">${title}</h2>
<dl class="data">${rows.map(
    ({ label, value, isNew }) =>
      html`<div><dt>${label}</dt><dd>${isNew && html`<span class="mark-state">${words('breach.file.new')}</span> `}${
        value === undefined ? html`<span class="wrong">[${words('breach.file.missing')}]</span>` : written(value)
      }</dd></div>`,
  )}</dl></section>`,
)}
${missing.length > 0 && html`<p${own}>${words('breach.file.in_phases', { count: missing.length })}</p>`}`,
  })
}
