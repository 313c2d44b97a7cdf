/**
 * The form of a suspension, for every page on which one is made or changed: what was typed, what it means, its fields.
 * It decides nothing: `suspensions.ts` says what is wrong with a suspension, and the verbs say it again when they write.
 *
 * Times are typed as clocks on the wall of the hub's zone show them, to the minute. A time that was not touched stays the
 * instant that it was.
 */
import { type Html, html } from '../http/html.ts'
import type { RequestContext } from '../http/http.ts'
import { atLeast, highestOf, type Level } from '../kernel/assurance.ts'
import type { Instant } from '../kernel/clock.ts'
import type { ServiceId } from '../kernel/ids.ts'
import { inEachLanguage, type Language, languages } from '../kernel/languages.ts'
import { readWallClock, writeWallClock } from '../policy/calendar.ts'
import type { Provider } from './partners.ts'
import {
  type DraftContext,
  faultsOf,
  type NewSuspension,
  reasonLimit,
  type Suspension,
  type SuspensionCategory,
  type SuspensionChanges,
  type SuspensionFault,
  suspensionCategories,
} from './suspensions.ts'

/** The fields as they stand in the form. */
export interface TypedSuspension {
  scope: string
  services: readonly string[]
  above: string
  category: string
  reason_fr: string
  reason_en: string
  reason_ar: string
  /** `2026-11-22T14:30`; empty: now. */
  since: string
  /** Empty: until further notice. */
  until: string
  /** `kept`, `all`, or `since`. */
  sessions: string
  closed_since: string
}

/** Without anything typed. */
export const blankSuspension: TypedSuspension = {
  scope: 'all',
  services: [],
  above: '',
  category: '',
  reason_fr: '',
  reason_en: '',
  reason_ar: '',
  since: '',
  until: '',
  sessions: 'kept',
  closed_since: '',
}

const textNames = [
  ...['scope', 'above', 'category', 'reason_fr', 'reason_en', 'reason_ar'],
  ...['since', 'until', 'sessions', 'closed_since'],
] as const
const longest = 2_000
const mostServices = 5_000

/** From the body of a request, whatever it holds. */
export function typedSuspension(body: unknown): TypedSuspension {
  const given = (body ?? {}) as Record<string, unknown>
  const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, longest) : '')
  const texts = Object.fromEntries(textNames.map((name) => [name, text(given[name])]))
  const services = [given.services ?? []].flat().filter((one) => typeof one === 'string')
  return { ...blankSuspension, ...texts, services: [...new Set(services)].slice(0, mostServices) }
}

/** One that there is, as the form has it. */
export function typedOf(suspension: Suspension, timeZone: string): TypedSuspension {
  const { services, above = '', category, reason, since, until, sessions } = suspension
  return {
    scope: services === 'all' ? 'all' : 'some',
    services: services === 'all' ? [] : services,
    above,
    category,
    reason_fr: reason.fr,
    reason_en: reason.en,
    reason_ar: reason.ar,
    since: writeWallClock(since, timeZone),
    until: until === undefined ? '' : writeWallClock(until, timeZone),
    ...sessionsTyped(sessions, timeZone),
  }
}

function sessionsTyped(sessions: Suspension['sessions'], timeZone: string) {
  if (sessions === 'kept') return { sessions: 'kept', closed_since: '' }
  if (sessions.closedSince <= 0) return { sessions: 'all', closed_since: '' }
  return { sessions: 'since', closed_since: writeWallClock(sessions.closedSince, timeZone) }
}

export interface ReadContext extends DraftContext {
  timeZone: string
}

/** What it means, and what is wrong with it. `draft.since` is absent where the suspension is to begin at once. */
export function readSuspension(
  typed: TypedSuspension,
  context: ReadContext,
): { draft: NewSuspension; faults: SuspensionFault[] } {
  const { timeZone, now, before } = context
  const old = before && typedOf(before, timeZone)
  const instantOf = (name: 'since' | 'until', kept: Instant | undefined) =>
    old && kept !== undefined && typed[name] === old[name] ? kept : readWallClock(typed[name], timeZone)
  const hasBegun = before !== undefined && before.since <= now
  const since = typed.since === '' ? (hasBegun ? before.since : undefined) : instantOf('since', before?.since)
  const until = typed.until === '' ? undefined : instantOf('until', before?.until)
  const sessions = sessionsIn(typed, timeZone, before)
  const draft: NewSuspension = {
    services: typed.scope === 'all' ? 'all' : typed.services,
    ...(typed.above === '' ? {} : { above: typed.above as Level }),
    category: typed.category as SuspensionCategory,
    reason: inEachLanguage((language) => lineOf(typed[`reason_${language}`])),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    sessions: sessions ?? 'kept',
  }
  const faults = faultsOf({ ...draft, since: since ?? now }, context)
  return { draft, faults: [...faults, ...(sessions ? [] : [{ field: 'sessions', problem: 'not_known' as const }])] }
}

function sessionsIn(
  { sessions, closed_since }: TypedSuspension,
  timeZone: string,
  before: Suspension | undefined,
): Suspension['sessions'] | undefined {
  if (sessions === 'kept') return 'kept'
  if (sessions === 'all') return { closedSince: 0 }
  if (sessions !== 'since') return undefined
  const old = before && sessionsTyped(before.sessions, timeZone)
  const isOld = old?.sessions === 'since' && old.closed_since === closed_since
  return isOld && before ? before.sessions : { closedSince: readWallClock(closed_since, timeZone) }
}

/** The public reads one line. */
const lineOf = (text: string) => text.normalize('NFC').replace(/\s+/g, ' ').trim()

/** What a change of one to this is. */
export function changesTo(draft: NewSuspension, before: Suspension): SuspensionChanges {
  const { services, above = null, category, reason, since, until = null, sessions } = draft
  return {
    services,
    above,
    category,
    reason,
    until,
    sessions,
    ...(since === undefined || since === before.since ? {} : { since }),
  }
}

// --- The fields ----------------------------------------------------------------------------------------------------

export interface SuspensionFieldsView {
  typed: TypedSuspension
  faults: readonly SuspensionFault[]
  provider: Pick<Provider, 'allowedLevels'>
  /** Those that may be named, in the order of the page. */
  services: readonly { id: ServiceId; name: string }[]
  /** It is in force: its start is what it was. */
  hasBegun: boolean
  /** Of the times that are typed. */
  timeZone: string
}

/** What stands above the form when it was refused: each field that is wrong, with a link to it. */
export function suspensionRefusal(faults: readonly SuspensionFault[], { t }: RequestContext): Html {
  return html`<div class="notice" role="alert"><h2>${t('suspension.refused')}</h2>
<ul class="plain">${faults.map(
    ({ field, problem }) =>
      html`<li><a href="#${idOf(field)}">${t(`suspension.field.${field}`)}</a>${t('suspension.colon')} ${t(`suspension.problem.${problem}`)}</li>`,
  )}</ul></div>`
}

export function suspensionFields(view: SuspensionFieldsView, context: RequestContext): Html {
  const { t } = context
  const { typed, faults, provider, services, hasBegun, timeZone } = view
  const wrong = (field: string) => faults.find((fault) => fault.field === field)?.problem
  const strongest = highestOf(provider.allowedLevels)
  const upper = provider.allowedLevels.filter((level) => strongest && level !== strongest && atLeast(strongest, level))
  return html`<fieldset class="picks" id="services" tabindex="-1"${wrong('services') && html` aria-describedby="services-wrong"`}>
<legend>${t('suspension.field.services')}</legend>
${choice('scope', 'all', typed.scope, t('suspension.services.all'))}
${services.length > 0 && choice('scope', 'some', typed.scope, t('suspension.services.some'))}
${
  services.length > 0 &&
  html`<div class="pick-list">${services.map(
    ({ id, name }) => html`
<p class="pick"><input type="checkbox" name="services" value="${id}" id="service-${id}"${typed.services.includes(id) && html` checked`}><label for="service-${id}"><bdi>${name}</bdi></label></p>`,
  )}
</div>`
}
${problem('services', wrong('services'), context)}</fieldset>
${
  upper.length > 0 &&
  html`<p class="ask"><label for="above">${t('suspension.field.above')}</label>
<select id="above" name="above"${described(wrong('above'), 'above')}><option value="">${t('suspension.above.none')}</option>${upper.map(
    (level) =>
      html`<option value="${level}"${typed.above === level && html` selected`}>${t(`suspension.above.${level}`)}</option>`,
  )}</select>${problem('above', wrong('above'), context)}</p>`
}
<p class="ask"><label for="category">${t('suspension.field.category')}</label>
<select id="category" name="category" required${described(wrong('category'), 'category')}><option value=""></option>${suspensionCategories.map(
    (one) =>
      html`<option value="${one}"${typed.category === one && html` selected`}>${t(`suspension.category.${one}`)}</option>`,
  )}</select>${problem('category', wrong('category'), context)}</p>
<p class="hint">${t('suspension.reason.hint', { most: reasonLimit })}</p>
${languages.map((language) => reasonField(language, typed, wrong(`reason.${language}`), context))}
${
  hasBegun
    ? html`<input type="hidden" name="since" value="${typed.since}">`
    : timeField('since', typed.since, wrong('since'), t('suspension.since.hint', { zone: timeZone }), context)
}
${timeField('until', typed.until, wrong('until'), t('suspension.until.hint', { zone: timeZone }), context)}
<fieldset class="picks" id="sessions" tabindex="-1"${wrong('sessions') && html` aria-describedby="sessions-wrong"`}>
<legend>${t('suspension.field.sessions')}</legend>
${choice('sessions', 'kept', typed.sessions, t('suspension.sessions.kept'))}
${choice('sessions', 'all', typed.sessions, t('suspension.sessions.all'))}
${choice('sessions', 'since', typed.sessions, t('suspension.sessions.since'))}
<p class="ask"><label for="closed_since">${t('suspension.field.closed_since')}</label>
<input id="closed_since" name="closed_since" type="datetime-local" value="${typed.closed_since}"></p>
${problem('sessions', wrong('sessions'), context)}</fieldset>`
}

/** The same fields, unseen: of a page that asks for a confirmation. */
export function suspensionHidden(typed: TypedSuspension): Html {
  return html`${textNames.map((name) => html`<input type="hidden" name="${name}" value="${typed[name as 'scope']}">`)}${typed.services.map(
    (id) => html`<input type="hidden" name="services" value="${id}">`,
  )}`
}

const idOf = (field: string) => field.replace('.', '_')

function described(problem: string | undefined, field: string): Html | undefined {
  return problem === undefined ? undefined : html` aria-invalid="true" aria-describedby="${idOf(field)}-wrong"`
}

function problem(field: string, found: string | undefined, { t }: RequestContext): Html | undefined {
  return found === undefined
    ? undefined
    : html`<span class="wrong" id="${idOf(field)}-wrong">${t(`suspension.problem.${found}`)}</span>`
}

function choice(name: string, value: string, present: string, label: string): Html {
  const id = `${name}-${value}`
  return html`<p class="pick"><input type="radio" name="${name}" value="${value}" id="${id}"${present === value && html` checked`}><label for="${id}">${label}</label></p>
`
}

function reasonField(
  language: Language,
  typed: TypedSuspension,
  wrong: string | undefined,
  context: RequestContext,
): Html {
  const field = `reason.${language}`
  const id = idOf(field)
  return html`<p class="ask"><label for="${id}">${context.t(`suspension.field.${field}`)}</label>
<textarea id="${id}" name="${id}" rows="3" maxlength="${reasonLimit}" required lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}"${described(wrong, field)}>${typed[`reason_${language}`]}</textarea>
${problem(field, wrong, context)}</p>`
}

function timeField(
  name: 'since' | 'until',
  value: string,
  wrong: string | undefined,
  hint: string,
  context: RequestContext,
): Html {
  const about = [`${name}-hint`, ...(wrong ? [`${name}-wrong`] : [])].join(' ')
  return html`<p class="ask"><label for="${name}">${context.t(`suspension.field.${name}`)}</label>
<input id="${name}" name="${name}" type="datetime-local" value="${value}" aria-describedby="${about}"${wrong && html` aria-invalid="true"`}>
<span class="hint" id="${name}-hint">${hint}</span>
${problem(name, wrong, context)}</p>`
}
