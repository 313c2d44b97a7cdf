/** What the public is told of incidents (R135), before officers: the list, the draft with its preview, what was published. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { incidentPaths, statementBody } from '../breaches/pages.ts'
import {
  blankStatement,
  mostOfText,
  type Statement,
  type StatementContent,
  type StatementFault,
  type StatementOutcome,
  type StatementText,
  statementTexts,
} from '../breaches/statements.ts'
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import type { Translate } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { type BreachId, isId, newId, type StatementId } from '../kernel/ids.ts'
import { directionOf, inEachLanguage, type Language, languages, type Translated } from '../kernel/languages.ts'
import { readWallClock, writeWallClock } from '../policy/calendar.ts'
import { breachPaths, versionIn } from './breaches-forms.ts'
import { type Frame, framed, hiddenField, instant } from './frame.ts'
import { withoutSwitch } from './providers-pages.ts'
import { has } from './rights.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

export const statementPaths = {
  list: '/console/statements',
  /** GET `?breach=`: the form. POST `statement`, `breach` and the texts. */
  fresh: '/console/statements/new',
  /** GET. POST `act=save|publish|withdraw`, `seen` and the texts. */
  one: (id: StatementId) => `/console/statements/${id}`,
} as const

export const statementsDone = ['saved', 'published', 'withdrawn', 'unchanged'] as const
type StatementDone = (typeof statementsDone)[number]

const times = ['happenedFrom', 'happenedUntil', 'fixedAt'] as const
type TimeField = (typeof times)[number]
type Typed = Record<string, string>

const textNames = [...statementTexts, 'correction' as const].flatMap((field) =>
  languages.map((language) => `${field}_${language}`),
)

export function mountStatements(options: ConsoleOptions): void {
  const { web, door, statements, breaches, timeZone, incidents } = options
  const { app } = web

  app.get(statementPaths.list, allow('breaches'), async (request, reply) => {
    const view = { statements: await statements.list() }
    return web.page(request, reply, listPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    given: Omit<StatementView, 'timeZone' | 'preview' | 'operator'>,
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { statement } = given
    const content = statement?.draft ?? statement?.versions[0]?.content
    const corrections = (statement?.versions ?? []).flatMap(({ at, content: { correction } }) =>
      correction ? [{ at, text: correction }] : [],
    )
    const preview = (language: Language, t: Translate) =>
      content && statementBody({ content, corrections }, incidents, { ...context, language, t }, `${language}-`)
    const by = statement?.changedBy
    const operator = by?.kind === 'operator' ? (await options.operators.namesOf([by.id])).get(by.id) : undefined
    const view: StatementView = { ...given, timeZone, preview, ...(operator ? { operator } : {}) }
    return web.page(request, reply, onePage(view, await frameOf(options, request), context, web.translate))
  }

  app.get(statementPaths.fresh, allow('breaches_work'), async (request, reply) => {
    const { breach } = request.query as { breach?: unknown }
    const of = isId('breach', breach) && (await breaches.read(breach)) ? breach : undefined
    const view = { id: newId('statement'), typed: typedOf(blankStatement), faults: [], isMoved: false }
    return show(request, reply, { ...view, ...(of ? { breach: of } : {}) })
  })

  app.post(statementPaths.fresh, allow('breaches_work'), async (request, reply) => {
    const { statement: id, breach: given } = fieldsOf(request, ['statement', 'breach'])
    if (!isId('statement', id)) throw new GarantError('request_unreadable')
    const breach = isId('breach', given) && (await breaches.read(given)) ? given : undefined
    const typed = fieldsOf(request, [...textNames, ...times])
    const outcome = await statements.draft({
      id,
      content: readTyped(typed, undefined),
      actor: actorOf(door.of(request)),
      ...(breach ? { breach } : {}),
    })
    return answered(request, reply, { id, typed, outcome, done: 'saved', ...(breach ? { breach } : {}) })
  })

  app.get(statementPaths.one(':statement' as StatementId), allow('breaches'), async (request, reply) => {
    const statement = await statementIn(request)
    const done = statementsDone.find((one) => one === (request.query as { done?: unknown }).done)
    const content = statement.draft ?? statement.versions[0]?.content ?? blankStatement
    const view = { id: statement.id, statement, typed: typedOf(content), faults: [], isMoved: false }
    return show(request, reply, { ...view, ...(done ? { done } : {}) })
  })

  app.post(statementPaths.one(':statement' as StatementId), allow('breaches_work'), async (request, reply) => {
    const before = await statementIn(request)
    const { id } = before
    const { act, seen } = fieldsOf(request, ['act', 'seen'])
    const typed = fieldsOf(request, [...textNames, ...times])
    const by = { seen: versionIn(seen), actor: actorOf(door.of(request)) }
    if (act === 'withdraw') {
      return answered(request, reply, { id, typed, outcome: await statements.withdraw(id, by), done: 'withdrawn' })
    }
    if (act === 'publish') {
      // What is published is the draft that was seen, never what somebody typed a moment ago.
      const outcome = await statements.publish(id, { ...by, correction: translated(typed, 'correction') })
      const content = typedOf(before.draft ?? blankStatement)
      const corrected = Object.fromEntries(Object.entries(typed).filter(([name]) => name.startsWith('correction_')))
      return answered(request, reply, { id, typed: { ...content, ...corrected }, outcome, done: 'published' })
    }
    const outcome = await statements.save(id, { ...by, content: readTyped(typed, before.draft) })
    return answered(request, reply, { id, typed, outcome, done: 'saved' })
  })

  async function answered(
    request: FastifyRequest,
    reply: FastifyReply,
    given: { id: StatementId; breach?: BreachId; typed: Typed; outcome: StatementOutcome; done: StatementDone },
  ): Promise<FastifyReply> {
    const { outcome, id, done, ...rest } = given
    switch (outcome.kind) {
      case 'done':
      case 'unchanged':
        return reply.redirect(`${statementPaths.one(id)}?done=${outcome.kind === 'done' ? done : 'unchanged'}`, 303)
      case 'absent':
        throw new GarantError('not_found')
      case 'invalid': {
        const statement = await statements.read(id)
        const faults = outcome.faults
        return show(request, reply, { id, ...rest, ...(statement ? { statement } : {}), faults, isMoved: false })
      }
      default:
        return show(request, reply, { id, ...rest, statement: outcome.statement, faults: [], isMoved: true })
    }
  }

  /** @throws GarantError `not_found` */
  async function statementIn(request: FastifyRequest): Promise<Statement> {
    const { statement: id } = request.params as { statement: string }
    const found = isId('statement', id) ? await statements.read(id) : undefined
    if (!found) throw new GarantError('not_found')
    return found
  }

  // ── What was typed ────────────────────────────────────────────────────────────────────────────────────────────────

  function typedOf(content: StatementContent): Typed {
    const texts = statementTexts.flatMap((field) =>
      languages.map((language) => [`${field}_${language}`, content[field][language]]),
    )
    const written = times.map((field) => {
      const at = content[field]
      return [field, at === undefined ? '' : writeWallClock(at, timeZone)]
    })
    return Object.fromEntries([...texts, ...written])
  }

  /** A time that was not touched stays the instant that it was. */
  function readTyped(typed: Typed, before: StatementContent | undefined): StatementContent {
    const old = before && typedOf(before)
    const at = (field: TimeField): Instant => {
      const present = before?.[field]
      if (present !== undefined && old?.[field] === typed[field]) return present
      return readWallClock(typed[field] ?? '', timeZone)
    }
    const texts = Object.fromEntries(statementTexts.map((field) => [field, translated(typed, field)]))
    const given = times.flatMap((field) => ((typed[field] ?? '') === '' ? [] : [[field, at(field)]]))
    return { ...(texts as Record<StatementText, Translated>), ...Object.fromEntries(given) }
  }
}

const translated = (typed: Typed, field: string): Translated =>
  inEachLanguage((language) => typed[`${field}_${language}`] ?? '')

// ── The pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

type Standing = 'draft' | 'published' | 'withdrawn'
const standingOf = ({ versions, withdrawnAt }: Statement): Standing =>
  withdrawnAt !== undefined ? 'withdrawn' : versions.length > 0 ? 'published' : 'draft'

function listPage({ statements }: { statements: readonly Statement[] }, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  return framed(frame, context, {
    title: t('statements.title'),
    here: statementPaths.list,
    body: html`<p><a href="${breachPaths.list}">${t('breaches.title')}</a></p>
<h1>${t('statements.title')}</h1>
<p class="lead">${t('statements.lead')}</p>
<p class="actions">${has(frame.roles, 'breaches_work') && html`<a class="button" href="${statementPaths.fresh}">${t('statements.new')}</a> `}<a href="${incidentPaths.all}">${t('statements.public')}</a></p>
${
  statements.length === 0
    ? html`<p class="empty">${t('statements.none')}</p>`
    : html`<ul class="rows">${statements.map((one) => {
        const title = (one.draft ?? one.versions[0]?.content)?.title[language]
        return html`
<li><h2><a href="${statementPaths.one(one.id)}"><bdi>${title || t('statements.untitled')}</bdi></a> <span class="mark-state">${t(`statements.state.${standingOf(one)}`)}</span></h2>
<p class="hint">${t('statements.changed', { date: instant(one.changedAt, frame, context) })}${one.draft && one.versions.length > 0 && ` · ${t('statements.pending')}`}</p></li>`
      })}
</ul>`
}`,
  })
}

interface StatementView {
  id: StatementId
  statement?: Statement
  breach?: BreachId
  typed: Typed
  faults: readonly StatementFault[]
  isMoved: boolean
  done?: StatementDone
  timeZone: string
  /** Who changed it last. */
  operator?: string
  preview(language: Language, t: Translate): Html | undefined
}

const idOf = (field: string) => field.replace('.', '_')

function onePage(
  view: StatementView,
  frame: Frame,
  context: RequestContext,
  translate: (language: Language) => Translate,
): Page {
  const { t, language } = context
  const { statement, faults, isMoved, done, typed } = view
  const path = statement ? statementPaths.one(statement.id) : statementPaths.fresh
  const title = t(statement ? 'statements.one' : 'statements.new')
  const standing = statement && standingOf(statement)
  const mayWork = has(frame.roles, 'breaches_work')
  const page = framed(frame, context, {
    title,
    status: isMoved ? 409 : faults.length > 0 ? 422 : 200,
    here: path,
    body: html`<p><a href="${statementPaths.list}">${t('statements.title')}</a></p>
<h1>${title}${standing && html` <span class="mark-state">${t(`statements.state.${standing}`)}</span>`}</h1>
${done && html`<p class="notice" role="status">${t(`statements.done.${done}`)}</p>`}
${isMoved && html`<div class="fault" role="alert"><h2>${t('breaches.refused')}</h2><p>${t('statements.moved')}</p></div>`}
${
  faults.length > 0 &&
  html`<div class="fault" role="alert"><h2>${t('breaches.refused')}</h2><ul class="plain">${faults.map(
    ({ field, problem }) =>
      html`<li><a href="#${idOf(field)}">${fieldName(field, t)}</a>${t('breach.colon')} ${t(`statements.problem.${problem}`)}</li>`,
  )}</ul></div>`
}
${
  statement &&
  html`<p class="hint">${t('statements.changed', { date: instant(statement.changedAt, frame, context) })}${view.operator && html` · <bdi>${view.operator}</bdi>`}</p>
${standing === 'published' && html`<p><a href="${incidentPaths.one(statement.reference)}">${t('statements.see')}</a></p>`}
${statement.breach && html`<p><a href="${breachPaths.one(statement.breach)}">${t('statements.breach')}</a></p>`}`
}
${
  statement?.draft &&
  languages.map((each) => {
    const content = statement.draft
    return html`<details${each === language && html` open`}><summary>${t('statements.preview')} · ${t(`breaches.in.${each}`)}</summary>
<div class="sheet" lang="${each}" dir="${directionOf(each)}"><h2>${content?.title[each]}</h2>${view.preview(each, translate(each))}</div></details>`
  })
}
${statement && versionsSection(statement, frame, context)}
${mayWork && statement?.draft && publishForm(view, statement, path, frame, context)}
${mayWork && draftForm({ ...view, path, typed }, frame, context)}
${
  mayWork &&
  standing === 'published' &&
  statement &&
  html`<section class="part" aria-labelledby="withdrawing"><h2 id="withdrawing">${t('statements.withdraw')}</h2>
<p>${t('statements.withdraw.text')}</p>
<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="seen" value="${statement.version}">
<p class="actions"><button class="button button-quiet" name="act" value="withdraw">${t('statements.withdraw')}</button></p></form></section>`
}`,
  })
  return isMoved || faults.length > 0 ? withoutSwitch(page) : page
}

function fieldName(field: string, t: Translate): string {
  const [name = '', language] = field.split('.')
  const said = t(`statements.field.${name}`)
  return language ? `${said} (${t(`breaches.in.${language}`)})` : said
}

function versionsSection({ versions }: Statement, frame: Frame, context: RequestContext): Html | undefined {
  if (versions.length === 0) return undefined
  const { t, language } = context
  return html`<section class="sheet" aria-labelledby="versions"><h2 id="versions">${t('statements.versions')}</h2>
<ol class="rows" reversed>${versions.map(
    ({ number, at, content }) => html`
<li><p><strong>${t('statements.version', { number })}</strong> · ${instant(at, frame, context)}</p>
<p><bdi>${content.correction?.[language] ?? content.title[language]}</bdi></p></li>`,
  )}</ol></section>`
}

function publishForm(
  { typed, faults }: StatementView,
  statement: Statement,
  path: string,
  frame: Frame,
  { t }: RequestContext,
): Html {
  const isCorrection = statement.versions.length > 0
  return html`<section class="part" aria-labelledby="publishing"><h2 id="publishing">${t(isCorrection ? 'statements.correct' : 'statements.publish')}</h2>
<p>${t(isCorrection ? 'statements.correct.text' : 'statements.publish.text')}</p>
<form method="post" action="${path}">${hiddenField(frame, path)}<input type="hidden" name="seen" value="${statement.version}">
${isCorrection && languages.map((language) => textBox('correction', language, typed, faults, t))}
<p class="actions"><button class="button" name="act" value="publish">${t(isCorrection ? 'statements.correct' : 'statements.publish')}</button></p></form></section>`
}

function draftForm(
  { id, statement, breach, typed, faults, path, timeZone }: StatementView & { path: string },
  frame: Frame,
  { t }: RequestContext,
): Html {
  return html`<section class="part" aria-labelledby="drafting"><h2 id="drafting">${t('statements.draft')}</h2>
<p class="hint">${t('statements.draft.hint')}</p>
<form method="post" action="${path}">${hiddenField(frame, path)}
<input type="hidden" name="seen" value="${statement?.version ?? 0}"><input type="hidden" name="statement" value="${id}"><input type="hidden" name="breach" value="${breach ?? ''}">
${times.map((field) => {
  const isWrong = faults.some((fault) => fault.field === field)
  return html`<p class="ask"><label for="${field}">${t(`statements.field.${field}`)}</label>
<input id="${field}" name="${field}" type="datetime-local" value="${typed[field]}" aria-describedby="${field}-hint"${isWrong && html` aria-invalid="true"`}>
<span class="hint" id="${field}-hint">${t(`statements.field.${field}.hint`, { zone: timeZone })}</span></p>`
})}
${languages.map(
  (language) => html`<fieldset class="part"><legend>${t(`breaches.in.${language}`)}</legend>
${statementTexts.map((field) => textBox(field, language, typed, faults, t))}</fieldset>`,
)}
<p class="actions"><button class="button" name="act" value="save">${t('statements.save')}</button> <a href="${statementPaths.list}">${t('console.cancel')}</a></p>
</form></section>`
}

function textBox(
  field: StatementText | 'correction',
  language: Language,
  typed: Typed,
  faults: readonly StatementFault[],
  t: Translate,
): Html {
  const name = `${field}_${language}`
  const isWrong = faults.some((fault) => fault.field === `${field}.${language}`)
  const rows = field === 'title' ? 1 : 4
  return html`<p class="ask"><label for="${name}">${fieldName(`${field}.${language}`, t)}</label>
<textarea id="${name}" name="${name}" rows="${rows}" maxlength="${mostOfText[field]}" lang="${language}" dir="${directionOf(language)}"${isWrong && html` aria-invalid="true"`}>${typed[name]}</textarea></p>`
}
