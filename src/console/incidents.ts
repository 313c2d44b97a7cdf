/** Incidents of providers before an operator: the list, and what the public is told of one of them. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { day } from '../kernel/durations.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import { inEachLanguage, languages, type Translated } from '../kernel/languages.ts'
import type { Incident } from '../partners/health.ts'
import { type Frame, framed, hiddenField, instant } from './frame.ts'
import { operationsPaths } from './operations-paths.ts'
import { authorOf, badge, incidentRows, type Names, spanOf, withoutSwitch } from './providers-pages.ts'
import { namesFor, type OperationsOptions } from './providers-routes.ts'
import { has } from './rights.ts'
import { actorOf, allow, fieldsOf, frameOf } from './visit.ts'

const listedDays = 92
const mostListed = 200
export const noteLimit = 300

type NoteProblem = 'missing' | 'too_long'

interface NoteView {
  incident: Incident
  typed: Translated
  problems: Partial<Record<keyof Translated, NoteProblem>>
  names: Names
  isDone: boolean
  /** Somebody else wrote a note since this one was begun. */
  isOvertaken: boolean
}

export function mountIncidents(options: OperationsOptions): void {
  const { web, partners, clock, door } = options
  const { app } = web

  app.get(operationsPaths.incidents, allow('providers'), async (request, reply) => {
    const context = web.contextOf(request)
    const incidents = await partners.health.incidents({ since: clock.now() - listedDays * day, limit: mostListed })
    const view = { incidents, names: await namesFor(options, context, []) }
    return web.page(request, reply, incidentsPage(view, await frameOf(options, request), context))
  })

  async function incidentIn(request: FastifyRequest): Promise<Incident> {
    const { incident: id } = request.params as { incident: string }
    const incident = isId('incident', id) ? await partners.health.incident(id) : undefined
    if (!incident) throw new GarantError('not_found')
    return incident
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    given: Omit<NoteView, 'names'>,
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { note } = given.incident
    const names = await namesFor(options, context, note ? [note.author] : [])
    return web.page(request, reply, notePage({ ...given, names }, await frameOf(options, request), context))
  }

  app.get('/console/incidents/:incident', allow('providers'), async (request, reply) => {
    const incident = await incidentIn(request)
    const isDone = (request.query as { done?: unknown }).done === 'noted'
    return show(request, reply, {
      incident,
      typed: incident.note?.text ?? empty,
      problems: {},
      isDone,
      isOvertaken: false,
    })
  })

  app.post('/console/incidents/:incident', allow('announce'), async (request, reply) => {
    const incident = await incidentIn(request)
    const fields = fieldsOf(request, ['text_fr', 'text_en', 'text_ar', 'seen'])
    const typed = inEachLanguage((language) => fields[`text_${language}`].slice(0, 2_000).replace(/\s+/g, ' ').trim())
    const problems = Object.fromEntries(
      languages.flatMap((language) => {
        const problem = problemOf(typed[language])
        return problem ? [[language, problem]] : []
      }),
    )
    const finished = () => reply.redirect(`${operationsPaths.incident(incident.id)}?done=noted`, 303)
    const isSame = languages.every((language) => incident.note?.text[language] === typed[language])
    if (isSame) return finished()
    const form = { incident, typed, problems, isDone: false }
    if (Object.keys(problems).length > 0) return show(request, reply, { ...form, isOvertaken: false })
    const seen = { at: fields.seen === '' ? undefined : Number(fields.seen) }
    const outcome = await partners.health.note(incident.id, typed, { actor: actorOf(door.of(request)), seen })
    if (outcome === 'done') return finished()
    return show(request, reply, { ...form, incident: await incidentIn(request), isOvertaken: true })
  })
}

const empty: Translated = { fr: '', en: '', ar: '' }

function problemOf(text: string): NoteProblem | undefined {
  if (text === '') return 'missing'
  return text.length > noteLimit ? 'too_long' : undefined
}

function incidentsPage(
  view: { incidents: readonly Incident[]; names: Names },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { incidents, names } = view
  const open = incidents.filter(({ closedAt }) => closedAt === undefined)
  const over = incidents.filter(({ closedAt }) => closedAt !== undefined)
  return framed(frame, context, {
    title: t('ops.incidents.title'),
    here: operationsPaths.incidents,
    body: html`<h1>${t('ops.incidents.title')}</h1>
<p class="lead">${t('ops.incidents.lead')}</p>
<section class="sheet" aria-labelledby="open"><h2 id="open">${t('ops.incidents.open')}</h2>
${open.length === 0 ? html`<p class="empty">${t('ops.incidents.open.none')}</p>` : incidentRows(open, names, frame, context)}</section>
<section class="sheet" aria-labelledby="over"><h2 id="over">${t('ops.incidents.over', { days: listedDays })}</h2>
${over.length === 0 ? html`<p class="empty">${t('ops.incidents.none')}</p>` : incidentRows(over, names, frame, context)}
${incidents.length === mostListed && html`<p>${t('status.history.cut')}</p>`}</section>`,
  })
}

function notePage(view: NoteView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { incident, typed, problems, names, isDone, isOvertaken } = view
  const path = operationsPaths.incident(incident.id)
  const wrong = Object.keys(problems).length > 0
  const name = names.provider(incident.provider)
  const { note } = incident
  const page = framed(frame, context, {
    title: t('ops.incident.title', { provider: name }),
    status: isOvertaken ? 409 : wrong ? 422 : 200,
    here: path,
    body: html`<p><a href="${operationsPaths.incidents}">${t('ops.incidents.title')}</a></p>
<h1>${t('ops.incident.title', { provider: name })}</h1>
${isDone && html`<p class="notice" role="status">${t('ops.note.done')}</p>`}
${isOvertaken && html`<div class="notice" role="alert"><h2>${t('ops.overtaken')}</h2><p>${t('ops.note.overtaken')}</p></div>`}
${wrong && html`<div class="notice" role="alert"><h2>${t('suspension.refused')}</h2></div>`}
<p>${badge(incident.health, context)}</p>
<p>${incident.reasons.map((reason) => t(`status.reason.${reason}`)).join(' ')}</p>
<p>${spanOf(incident, frame, context)}</p>
<p><a href="/console/providers/${incident.provider}"><bdi>${name}</bdi></a></p>
<section class="sheet" aria-labelledby="note"><h2 id="note">${t('ops.note')}</h2>
${
  note
    ? html`<p><bdi>${note.text[language]}</bdi></p><p class="hint">${authorOf(note.author, names, context)} · ${instant(note.at, frame, context)}</p>`
    : html`<p class="empty">${t('ops.note.none')}</p>`
}
${
  has(frame.roles, 'announce') &&
  html`<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="seen" value="${note?.at ?? ''}">
<p class="hint">${t('ops.note.hint', { most: noteLimit })}</p>
${languages.map((each) => {
  const id = `text_${each}`
  const problem = problems[each]
  return html`<p class="ask"><label for="${id}">${t(`ops.note.text.${each}`)}</label>
<textarea id="${id}" name="${id}" rows="3" maxlength="${noteLimit}" required lang="${each}" dir="${each === 'ar' ? 'rtl' : 'ltr'}"${problem && html` aria-invalid="true" aria-describedby="${id}-wrong"`}>${typed[each]}</textarea>
${problem && html`<span class="wrong" id="${id}-wrong">${t(`suspension.problem.${problem}`)}</span>`}</p>`
})}
<p class="actions"><button class="button">${t('ops.note.publish')}</button></p>
</form>`
}
</section>`,
  })
  return wrong || isOvertaken ? withoutSwitch(page) : page
}
