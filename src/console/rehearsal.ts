/**
 * The rehearsal of an outage: which providers would be out, of which service, at which level; and the page of choice as
 * people would see it then, drawn by the login itself, marked as a rehearsal, without a form that acts.
 */
import { type Html, html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { localeOf } from '../http/messages.ts'
import { type Level, levels } from '../kernel/assurance.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import { directionOf, type Language, languages } from '../kernel/languages.ts'
import type { WaysIn } from '../login/rehearsal.ts'
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
  /** Of the page that is rehearsed. */
  language: Language
  shown?: { body: Html; level: Level }
  /** Services that nobody could enter, though they can now. */
  closed: readonly WaysIn[]
  names: Names
}

export function mountRehearsal(options: OperationsOptions): void {
  const { web, partners, rehearsal } = options

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
    const hypothesis = { down: out }
    const found = service && rehearsal.page(hypothesis, { service: service.id, level }, inLanguage)
    const view: RehearsalView = {
      services: named(registry.services.values()),
      providers: named(registry.providers.values()),
      service: service?.id,
      level,
      out,
      language,
      closed: out.size > 0 ? await closedBy(hypothesis) : [],
      names: await namesFor(options, context, []),
      ...(found ? { shown: { body: found.page.body, level: found.level } } : {}),
    }
    return web.page(request, reply, rehearsalPage(view, await frameOf(options, request), context))
  })

  async function closedBy(hypothesis: { down: ReadonlySet<ProviderId> }): Promise<WaysIn[]> {
    const [before, after] = await Promise.all([rehearsal.waysIn({}), rehearsal.waysIn(hypothesis)])
    return after.filter((one, index) => one.providers.length === 0 && before[index]?.providers.length !== 0)
  }
}

function rehearsalPage(view: RehearsalView, frame: Frame, context: RequestContext): Page {
  const { t } = context
  const { services, providers, service, level, out, language, shown, closed, names } = view
  const query = new URLSearchParams([
    ...(service ? [['service', service]] : []),
    ['level', level],
    ...[...out].map((id) => ['out', id]),
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
${out.size > 0 && closed.length === 0 && html`<p class="notice">${t('ops.impact.closed.none')}</p>`}
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
