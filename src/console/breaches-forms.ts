/**
 * The two long forms of the register of breaches, what is known of one and how it is assessed: fields as they are typed,
 * read into values of `policy/breach.ts`, and drawn again with what was typed where it was refused.
 */
import type { FastifyRequest } from 'fastify'
import { type Breach, type BreachProblem, mostReference, mostText, mostTitle } from '../breaches/breaches.ts'
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import type { Instant } from '../kernel/clock.ts'
import type { BreachId } from '../kernel/ids.ts'
import {
  type Assessment,
  type Authority,
  type AuthorityId,
  type Description,
  dataKinds,
  decisions,
  natures,
  peopleKinds,
  risks,
  tellings,
} from '../policy/breach.ts'
import { readWallClock, writeWallClock } from '../policy/calendar.ts'
import { checked, selected } from './frame.ts'
import { fieldsOf } from './visit.ts'

// ── What is known ───────────────────────────────────────────────────────────────────────────────────────────────────

const lines = [
  ...(['title', 'aware_at', 'happened_from', 'happened_until', 'what', 'people', 'records'] as const),
  ...(['consequences', 'measures'] as const),
]
const lists = ['natures', 'people_kinds', 'data_kinds', 'authorities'] as const

export type TypedDescription = Record<(typeof lines)[number], string> &
  Record<(typeof lists)[number], readonly string[]>

export interface GivenDescription {
  title: string
  awareAt: Instant
  authorities: AuthorityId[]
  description: Description
}

export const blankTyped = (authorities: readonly AuthorityId[]): TypedDescription => ({
  ...(Object.fromEntries(lines.map((name) => [name, ''])) as Record<(typeof lines)[number], string>),
  ...{ natures: [], people_kinds: [], data_kinds: [], authorities },
})

export function typedIn(request: FastifyRequest): TypedDescription {
  const body = (request.body ?? {}) as Record<string, unknown>
  const several = (name: string) => [body[name] ?? []].flat().filter((one) => typeof one === 'string')
  return {
    ...fieldsOf(request, lines),
    ...(Object.fromEntries(lists.map((name) => [name, several(name)])) as Record<(typeof lists)[number], string[]>),
  }
}

export function typedOf(breach: Breach, timeZone: string): TypedDescription {
  const { description: d } = breach
  const time = (at: Instant | undefined) => (at === undefined ? '' : writeWallClock(at, timeZone))
  const count = (value: number | undefined) => (value === undefined ? '' : String(value))
  return {
    title: breach.title,
    ...{ aware_at: time(breach.awareAt), happened_from: time(d.happenedFrom), happened_until: time(d.happenedUntil) },
    ...{ natures: d.natures, what: d.what, people_kinds: d.peopleKinds, people: count(d.people) },
    ...{ data_kinds: d.dataKinds, records: count(d.records), consequences: d.consequences, measures: d.measures },
    authorities: breach.authorities,
  }
}

/** A time that was not touched stays the instant that it was, to the millisecond. */
export function readTyped(typed: TypedDescription, before: Breach | undefined, timeZone: string): GivenDescription {
  const old = before && typedOf(before, timeZone)
  const time = (name: 'aware_at' | 'happened_from' | 'happened_until', present: Instant | undefined) =>
    old && present !== undefined && typed[name] === old[name] ? present : readWallClock(typed[name], timeZone)
  const optional = (name: 'happened_from' | 'happened_until', present: Instant | undefined) =>
    typed[name] === '' ? undefined : time(name, present)
  const known = <K extends string>(kinds: readonly K[], given: readonly string[]) =>
    kinds.filter((kind) => given.includes(kind))
  const happenedFrom = optional('happened_from', before?.description.happenedFrom)
  const happenedUntil = optional('happened_until', before?.description.happenedUntil)
  const [people, records] = [countIn(typed.people), countIn(typed.records)]
  return {
    title: typed.title,
    awareAt: time('aware_at', before?.awareAt),
    authorities: [...new Set(typed.authorities)],
    description: {
      ...(happenedFrom === undefined ? {} : { happenedFrom }),
      ...(happenedUntil === undefined ? {} : { happenedUntil }),
      natures: known(natures, typed.natures),
      what: typed.what,
      peopleKinds: known(peopleKinds, typed.people_kinds),
      ...(people === undefined ? {} : { people }),
      dataKinds: known(dataKinds, typed.data_kinds),
      ...(records === undefined ? {} : { records }),
      ...{ consequences: typed.consequences, measures: typed.measures },
    },
  }
}

/** NaN where it is no number; thousands may be set apart. */
function countIn(text: string): number | undefined {
  const digits = text.replace(/\s/g, '')
  if (digits === '') return undefined
  return /^\d{1,12}$/.test(digits) ? Number(digits) : Number.NaN
}

/** Which field a problem is about, by the id of its input. */
const fieldOf: Partial<Record<BreachProblem, string>> = {
  ...{ title_missing: 'title', title_long: 'title', text_long: 'what', number_wrong: 'people' },
  ...{ authority_missing: 'authorities', authority_unknown: 'authorities', at_missing: 'aware_at' },
  ...{ aware_future: 'aware_at', from_future: 'happened_from', from_after_aware: 'happened_from' },
  ...{ until_before_from: 'happened_until', reason_missing: 'reason', risk_needs_notice: 'decision' },
  ...{ no_risk_no_notice: 'decision', high_needs_telling: 'telling', exception_without_high: 'telling' },
  telling_reason_missing: 'telling_reason',
}

/** The same in the short forms of the page of an entry. */
export const fieldsOfStep: Readonly<Record<string, Partial<Record<BreachProblem, string>>>> = {
  notification: {
    ...{ at_missing: 'told_at', at_future: 'told_at', at_before_aware: 'told_at', authority_unknown: 'authority' },
    ...{ late_reason_missing: 'late_reason', text_long: 'note' },
  },
  people: { at_missing: 'people_at', at_future: 'people_at', how_missing: 'how', text_long: 'how' },
  close: { reason_missing: 'closing_note', text_long: 'closing_note' },
  reopen: { reason_missing: 'closing_note', text_long: 'closing_note' },
}

export function problemList(
  problems: readonly BreachProblem[],
  { t }: RequestContext,
  fields: Partial<Record<BreachProblem, string>> = fieldOf,
): Html | undefined {
  if (problems.length === 0) return undefined
  return html`<div class="fault" role="alert" id="problems"><h2>${t('breaches.refused')}</h2>
<ul class="plain">${problems.map((one) => {
    const field = fields[one]
    const said = t(`breaches.problem.${one}`, { most: mostText, title: mostTitle, reference: mostReference })
    return html`<li>${field ? html`<a href="#${field}">${said}</a>` : said}</li>`
  })}</ul></div>`
}

/** What says that a field is wrong. */
export function about(
  name: string,
  problems: readonly BreachProblem[],
  hint?: string,
  fields: Partial<Record<BreachProblem, string>> = fieldOf,
): Html {
  const isWrong = problems.some((one) => fields[one] === name)
  const ids = [...(isWrong ? ['problems'] : []), ...(hint ? [hint] : [])].join(' ')
  return html`${ids && html` aria-describedby="${ids}"`}${isWrong && html` aria-invalid="true"`}`
}

export interface DescriptionForm {
  typed: TypedDescription
  problems: readonly BreachProblem[]
  authorities: readonly Authority[]
  timeZone: string
  /** Of a case there is none: its title is what it is. */
  hasTitle: boolean
}

export function descriptionFields(form: DescriptionForm, context: RequestContext): Html {
  const { t, language } = context
  const { typed, problems, authorities, timeZone } = form
  const time = (name: 'aware_at' | 'happened_from' | 'happened_until', isNeeded = false) => html`
<p class="ask"><label for="${name}">${t(`breaches.form.${name}`)}</label>
<input id="${name}" name="${name}" type="datetime-local" value="${typed[name]}"${isNeeded && html` required`}${about(name, problems, `${name}-hint`)}>
<span class="hint" id="${name}-hint">${t(`breaches.form.${name}.hint`, { zone: timeZone })}</span></p>`
  const text = (name: 'what' | 'consequences' | 'measures') => html`
<p class="ask"><label for="${name}">${t(`breach.field.${name}`)}</label>
<textarea id="${name}" name="${name}" rows="5" maxlength="${mostText}" dir="auto"${about(name, problems, 'no-names')}>${typed[name]}</textarea></p>`
  const picks = (name: 'natures' | 'people_kinds' | 'data_kinds', kinds: readonly string[], words: string) => html`
<fieldset class="picks" id="${name}" tabindex="-1"><legend>${t(`breach.field.${name}`)}</legend>${kinds.map(
    (kind) => html`
<p class="pick"><input type="checkbox" name="${name}" value="${kind}" id="${name}-${kind}"${typed[name].includes(kind) && checked}><label for="${name}-${kind}">${t(`breach.${words}.${kind}`)}</label></p>`,
  )}
</fieldset>`
  const count = (name: 'people' | 'records') => html`
<p class="ask"><label for="${name}">${t(`breach.field.${name}`)}</label>
<input id="${name}" name="${name}" inputmode="numeric" maxlength="15" value="${typed[name]}" autocomplete="off"${about(name, problems, `${name}-hint`)}>
<span class="hint" id="${name}-hint">${t('breaches.form.count.hint')}</span></p>`
  return html`<p class="notice" id="no-names">${t('breaches.form.no_names')}</p>
${
  form.hasTitle &&
  html`<p class="ask"><label for="title">${t('breaches.form.title')}</label>
<input id="title" name="title" maxlength="${mostTitle}" value="${typed.title}" required dir="auto" autocomplete="off"${about('title', problems, 'title-hint')}>
<span class="hint" id="title-hint">${t('breaches.form.title.hint')}</span></p>`
}
${time('aware_at', true)}${time('happened_from')}${time('happened_until')}
${picks('natures', natures, 'nature')}${text('what')}
${picks('people_kinds', peopleKinds, 'people')}${count('people')}
${picks('data_kinds', dataKinds, 'data')}${count('records')}
${text('consequences')}${text('measures')}
<fieldset class="picks" id="authorities" tabindex="-1"${about('authorities', problems, 'authorities-hint')}><legend>${t('breaches.form.authorities')}</legend>
<p class="hint" id="authorities-hint">${t('breaches.form.authorities.hint')}</p>${authorities.map(
    ({ id, name }) => html`
<p class="pick"><input type="checkbox" name="authorities" value="${id}" id="authority-${id}"${typed.authorities.includes(id) && checked}><label for="authority-${id}"><bdi>${name[language]}</bdi></label></p>`,
  )}
</fieldset>`
}

// ── The assessment ──────────────────────────────────────────────────────────────────────────────────────────────────

const assessed = ['risk', 'decision', 'reason', 'telling', 'telling_reason'] as const
export type TypedAssessment = Record<(typeof assessed)[number], string>

export const assessmentIn = (request: FastifyRequest): TypedAssessment => fieldsOf(request, assessed)

export const typedAssessment = (given: Assessment | undefined): TypedAssessment => ({
  ...{ risk: given?.risk ?? '', decision: given?.decision ?? '', reason: given?.reason ?? '' },
  ...{ telling: given?.telling ?? '', telling_reason: given?.tellingReason ?? '' },
})

/** Undefined where something was not chosen. */
export function readAssessment(typed: TypedAssessment): Assessment | undefined {
  const risk = risks.find((one) => one === typed.risk)
  const decision = decisions.find((one) => one === typed.decision)
  const telling = tellings.find((one) => one === typed.telling)
  if (!risk || !decision || !telling) return undefined
  return { risk, decision, telling, reason: typed.reason, tellingReason: typed.telling_reason }
}

export function assessmentFields(
  { typed, problems }: { typed: TypedAssessment; problems: readonly BreachProblem[] },
  { t }: RequestContext,
): Html {
  const choice = (name: 'risk' | 'decision' | 'telling', kinds: readonly string[]) => html`
<p class="ask"><label for="${name}">${t(`breach.field.${name}`)}</label>
<select id="${name}" name="${name}" required${about(name, problems, `${name}-hint`)}><option value=""></option>${kinds.map(
    (kind) => html`<option value="${kind}"${typed[name] === kind && selected}>${t(`breach.${name}.${kind}`)}</option>`,
  )}</select>
<span class="hint" id="${name}-hint">${t(`breaches.form.${name}.hint`)}</span></p>`
  const text = (name: 'reason' | 'telling_reason', isNeeded: boolean) => html`
<p class="ask"><label for="${name}">${t(`breaches.form.${name}`)}</label>
<textarea id="${name}" name="${name}" rows="5" maxlength="${mostText}" dir="auto"${isNeeded && html` required`}${about(name, problems, 'no-names')}>${typed[name]}</textarea></p>`
  return html`<p class="notice" id="no-names">${t('breaches.form.no_names')}</p>
${choice('risk', risks)}${choice('decision', decisions)}${text('reason', true)}
${choice('telling', tellings)}${text('telling_reason', false)}`
}

/** What is no number is no version that there ever was. */
export const versionIn = (text: string): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0)

export const breachPaths = {
  /** GET `?which=open|closed`, `after=`. */
  list: '/console/breaches',
  csv: '/console/breaches.csv',
  json: '/console/breaches.json',
  /** GET: the form. POST `breach` and its fields. */
  fresh: '/console/breaches/new',
  one: (id: BreachId) => `/console/breaches/${id}`,
  /** GET: the form. POST `seen` and its fields. */
  description: (id: BreachId) => `/console/breaches/${id}/description`,
  assessment: (id: BreachId) => `/console/breaches/${id}/assessment`,
  /** GET `?authority=`, `in=fr|en|ar`: what goes to an authority. POST `seen`, `phase`, `authority`, `told_at`, …: it went. */
  notification: (id: BreachId) => `/console/breaches/${id}/notification`,
  notificationText: (id: BreachId) => `/console/breaches/${id}/notification.txt`,
  notificationJson: (id: BreachId) => `/console/breaches/${id}/notification.json`,
  /** POST `seen`, `people_at`, `how`. */
  people: (id: BreachId) => `/console/breaches/${id}/people`,
  /** POST `seen`, `closing`, `note`. */
  close: (id: BreachId) => `/console/breaches/${id}/close`,
  /** POST `seen`, `note`. */
  reopen: (id: BreachId) => `/console/breaches/${id}/reopen`,
} as const
