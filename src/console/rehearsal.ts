/**
 * The rehearsal of an outage: which providers would be out, and how, of which service, at which level; and the page of choice as
 * people would see it then, drawn by the login itself, marked as a rehearsal, without a form that acts.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import { directionOf, inEachLanguage, type Language, languages } from '../kernel/languages.ts'
import type { Hypothesis, Rehearsal, WaysIn } from '../login/rehearsal.ts'
import { reasonLimit } from '../partners/suspensions.ts'
import { readWallClock } from '../policy/calendar.ts'
import { checked, type Frame, framed, selected } from './frame.ts'
import { operationsPaths } from './operations-paths.ts'
import type { Names } from './providers-pages.ts'
import { namesFor, type OperationsOptions } from './providers-routes.ts'
import { allow, frameOf } from './visit.ts'

interface RehearsalView {
  services: readonly { id: ServiceId; name: string }[]
  providers: readonly { id: ProviderId; name: string }[]
  service: ServiceId | undefined
  level: Level
  out: ReadonlySet<ProviderId>
  /** How those are out, as it was typed. */
  typed: TypedOutage
  wrong: { reason: boolean; until: boolean }
  /** Of the page that is rehearsed. */
  language: Language
  shown?: { body: Html; level: Level }
  /** Services that nobody could enter, though they can now. */
  closed: readonly WaysIn[]
  names: Names
}

interface TypedOutage {
  as: 'down' | 'suspended'
  /** In the language of the page that is rehearsed. */
  reason: string
  /** `2026-11-22T14:30`, on the clocks of the hub's zone; empty: until further notice. */
  until: string
}

export function mountRehearsal(options: OperationsOptions): void {
  const { web, partners, rehearsal, clock, timeZone } = options

  web.app.get(operationsPaths.rehearsal, allow('providers'), async (request, reply) => {
    const context = web.contextOf(request)
    const asked = request.query as Record<string, unknown>
    const registry = partners.registry()
    const byName = (a: { name: string }, b: { name: string }) =>
      a.name.localeCompare(b.name, localeOf(context.language), { numeric: true })
    const named = <T extends { id: string; name: Record<Language, string> }>(all: Iterable<T>) =>
      [...all].map(({ id, name }) => ({ id, name: name[context.language] })).sort(byName)
    const given = [asked.out ?? []].flat().filter((id) => typeof id === 'string')
    const out: ReadonlySet<ProviderId> = new Set(given.filter((id) => registry.providers.has(id)))
    const language = languages.find((one) => one === asked.language) ?? context.language
    const service = typeof asked.service === 'string' ? registry.services.get(asked.service) : undefined
    const level = levels.find((one) => one === asked.level) ?? 'eidas1'
    const inLanguage: RequestContext = { ...context, language, t: web.translate(language) }
    const typed = typedOutage(asked)
    const until = typed.until === '' ? undefined : readWallClock(typed.until, timeZone)
    const wrong = {
      reason: typed.as === 'suspended' && typed.reason === '',
      until: typed.as === 'suspended' && until !== undefined && !(until > clock.now()),
    }
    const isSuspended = typed.as === 'suspended' && !wrong.reason && !wrong.until
    const hypothesis: Hypothesis = isSuspended
      ? {
          suspended: {
            providers: out,
            category: 'other',
            reason: inEachLanguage(() => typed.reason),
            ...(until === undefined ? {} : { until }),
          },
        }
      : { down: out }
    // What is not understood is not shown: it would look like an answer.
    const isAsked = !wrong.reason && !wrong.until
    const found =
      isAsked && service ? rehearsal.page(hypothesis, { service: service.id, level }, inLanguage) : undefined
    const view: RehearsalView = {
      services: named(registry.services.values()),
      providers: named(registry.providers.values()),
      service: service?.id,
      level,
      out,
      typed,
      wrong,
      language,
      closed: isAsked && out.size > 0 ? (await outageOf(rehearsal, hypothesis)).closed : [],
      names: await namesFor(options, context, []),
      ...(found ? { shown: { body: found.page.body, level: found.level } } : {}),
    }
    return web.page(request, reply, rehearsalPage(view, await frameOf(options, request), context))
  })
}

/** Services that an outage would leave without a way in, though they have one now, and with a single one. */
export async function outageOf(
  rehearsal: Pick<Rehearsal, 'waysIn'>,
  hypothesis: Hypothesis,
): Promise<{ closed: WaysIn[]; single: WaysIn[] }> {
  const [before, after] = await Promise.all([rehearsal.waysIn({}), rehearsal.waysIn(hypothesis)])
  const fewer = after.filter(({ providers }, index) => providers.length < (before[index]?.providers.length ?? 0))
  return {
    closed: fewer.filter(({ providers }) => providers.length === 0),
    single: fewer.filter(({ providers }) => providers.length === 1),
  }
}

function typedOutage({ as, reason, until }: Record<string, unknown>): TypedOutage {
  const line = (value: unknown) => (typeof value === 'string' ? value.replace(/\s+/gu, ' ').trim() : '')
  return {
    as: as === 'suspended' ? 'suspended' : 'down',
    reason: line(reason).slice(0, reasonLimit),
    until: line(until).slice(0, 40),
  }
}

function rehearsalPage(view: RehearsalView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { services, providers, service, level, out, typed, wrong, language, shown, closed, names } = view
  const query = new URLSearchParams([
    ...(service ? [['service', service]] : []),
    ['level', level],
    ...[...out].map((id) => ['out', id]),
    ...(typed.as === 'suspended' ? Object.entries(typed).filter(([, value]) => value !== '') : []),
  ] as [string, string][])
  const pathIn = (one: Language) => `${operationsPaths.rehearsal}?${query}&language=${one}`
  return framed(frame, context, {
    title: t('ops.rehearsal.title'),
    here: service ? pathIn(language) : operationsPaths.rehearsal,
    body: html`<h1>${t('ops.rehearsal.title')}</h1>
<p class="lead">${t('ops.rehearsal.lead')}</p>
${
  services.length === 0
    ? html`<p class="empty">${t('ops.rehearsal.none')}</p>`
    : html`<form method="get" action="${operationsPaths.rehearsal}">
<p class="ask"><label for="service">${t('ops.service')}</label>
<select id="service" name="service">${services.map(({ id, name }) => html`<option value="${id}"${id === service && selected}>${name}</option>`)}</select></p>
<p class="ask"><label for="level">${t('ops.rehearsal.level')}</label>
<select id="level" name="level">${levels.map((one) => html`<option value="${one}"${one === level && selected}>${t(`level.${one}`)}</option>`)}</select></p>
<fieldset class="picks"><legend>${t('ops.rehearsal.out')}</legend>
<div class="pick-list">${providers.map(
        ({ id, name }) => html`
<p class="pick"><input type="checkbox" name="out" value="${id}" id="out-${id}"${out.has(id) && checked}><label for="out-${id}"><bdi>${name}</bdi></label></p>`,
      )}</div></fieldset>
${outageFields(view, context)}
<input type="hidden" name="language" value="${language}">
<p class="actions"><button class="button">${t('ops.rehearsal.go')}</button></p>
</form>`
}
${
  closed.length > 0 &&
  html`<div class="fault"><h2>${t('ops.impact.closed')}</h2><ul class="rows">${closed.map(
    (one) =>
      html`<li><p><strong><bdi>${names.service(one.service)}</bdi></strong></p><p>${t(`ops.at.${one.level}`)}</p></li>`,
  )}</ul></div>`
}
${out.size > 0 && closed.length === 0 && !wrong.reason && !wrong.until && html`<p class="notice">${t('ops.impact.closed.none')}</p>`}
${
  shown &&
  html`<h2 id="rehearsed">${t('ops.rehearsal.seen')}</h2>
<p class="notice">${t('ops.rehearsal.mark')} ${shown.level !== level && t('ops.rehearsal.raised', { level: t(`level.${shown.level}`) })}</p>
<nav aria-label="${t('ops.rehearsal.language')}"><ul class="months">${languages.map(
    (one) =>
      html`<li><a href="${pathIn(one)}#rehearsed"${one === language && html` aria-current="true"`}>${t(`ops.language.${one}`)}</a></li>`,
  )}</ul></nav>
<section class="rehearsal" aria-labelledby="rehearsed" lang="${language}" dir="${directionOf(language)}">
${shown.body}
</section>`
}`,
  })
}

function outageFields({ typed, wrong, language }: RehearsalView, { t }: RequestContext): Html {
  const way = (as: TypedOutage['as']) =>
    html`<p class="pick"><input type="radio" name="as" value="${as}" id="as-${as}"${typed.as === as && checked}><label for="as-${as}">${t(`ops.rehearsal.as.${as}`)}</label></p>
`
  const invalid = (isWrong: boolean) => isWrong && html` aria-invalid="true"`
  return html`<fieldset class="picks"><legend>${t('ops.rehearsal.as')}</legend>
${way('down')}${way('suspended')}<p class="ask"><label for="reason">${t('ops.rehearsal.reason')}</label>
<textarea id="reason" name="reason" rows="2" maxlength="${reasonLimit}" lang="${language}" dir="${directionOf(language)}" aria-describedby="reason-hint${wrong.reason ? ' reason-wrong' : ''}"${invalid(wrong.reason)}>${typed.reason}</textarea>
<span class="hint" id="reason-hint">${t('ops.rehearsal.reason.hint', { most: reasonLimit })}</span>
${wrong.reason && html`<span class="wrong" id="reason-wrong">${t('ops.rehearsal.reason.missing')}</span>`}</p>
<p class="ask"><label for="until">${t('ops.rehearsal.until')}</label>
<input id="until" name="until" type="datetime-local" value="${typed.until}"${wrong.until && html` aria-describedby="until-wrong"`}${invalid(wrong.until)}>
${wrong.until && html`<span class="wrong" id="until-wrong">${t('ops.rehearsal.until.wrong')}</span>`}</p></fieldset>`
}
