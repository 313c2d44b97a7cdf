/** Banners before an operator: the list, the form, the preview as the public would see it, the withdrawal. */
import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readyWarning, type Warning, warnings } from '../alerts/checks.ts'
import { html } from '../http/html.ts'
import type { Page, RequestContext } from '../http/http.ts'
import { bannersOf } from '../http/layout.ts'
import { localeOf, type Translate } from '../http/messages.ts'
import type { Instant } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { type BannerId, isId, newId, type ServiceId } from '../kernel/ids.ts'
import { directionOf, inEachLanguage, type Language, languages } from '../kernel/languages.ts'
import {
  type Banner,
  type BannerContent,
  type BannerFault,
  type BannerKind,
  bannerFaults,
  bannerKinds,
  bannerState,
  bannerTextLimit,
  isStanding,
} from '../notices/banners.ts'
import { readWallClock, writeWallClock } from '../policy/calendar.ts'
import { checked, type Frame, framed, hiddenField, instant, selected } from './frame.ts'
import { operationsPaths } from './operations-paths.ts'
import { authorOf, type Names, withoutSwitch } from './providers-pages.ts'
import { namesFor, type OperationsOptions } from './providers-routes.ts'
import { has } from './rights.ts'
import { actorOf, allow, fieldsOf, frameOf } from './visit.ts'

/** The fields as they stand in the form. */
interface Typed {
  kind: string
  text_fr: string
  text_en: string
  text_ar: string
  scope: string
  services: readonly string[]
  since: string
  until: string
}

const texts = ['kind', 'text_fr', 'text_en', 'text_ar', 'scope', 'since', 'until'] as const
const blank: Typed = {
  kind: '',
  text_fr: '',
  text_en: '',
  text_ar: '',
  scope: 'all',
  services: [],
  since: '',
  until: '',
}
const longest = 2_000

interface FormView {
  /** Drawn with the form, so that a form that is sent twice publishes once. */
  id: BannerId
  /** The one that is changed. */
  before?: Banner
  typed: Typed
  faults: readonly BannerFault[]
  services: readonly { id: ServiceId; name: string }[]
  names: Names
  timeZone: string
  hasBegun: boolean
  /** Somebody else changed it since this form was begun. */
  isOvertaken: boolean
}

const bannerOutcomes = ['published', 'amended', 'withdrawn'] as const
/** Of those that left the pages. */
const shownPast = 50

export function mountBanners(options: OperationsOptions): void {
  const { web, notices, partners, clock, door, timeZone } = options
  const { app } = web

  app.get(operationsPaths.banners, allow('providers'), async (request, reply) => list(request, reply, {}))

  async function list(
    request: FastifyRequest,
    reply: FastifyReply,
    { overtaken }: { overtaken?: Banner },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const banners = await notices.banners()
    const done = bannerOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    const view = {
      banners,
      now: clock.now(),
      names: await namesFor(
        options,
        context,
        banners.map(({ changedBy }) => changedBy),
      ),
      ...(done ? { done } : {}),
      ...(overtaken ? { overtaken } : {}),
    }
    return web.page(request, reply, bannersPage(view, await frameOf(options, request), context))
  }

  async function form(
    request: FastifyRequest,
    reply: FastifyReply,
    given: {
      id: BannerId
      before?: Banner | undefined
      typed: Typed
      faults?: readonly BannerFault[]
      isOvertaken?: boolean
    },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { id, before, typed, faults = [], isOvertaken = false } = given
    const services = [...partners.registry().services.values()]
      .map(({ id, name }) => ({ id, name: name[context.language] }))
      .sort((a, b) => a.name.localeCompare(b.name, localeOf(context.language), { numeric: true }))
    const view: FormView = {
      id,
      typed,
      faults,
      services,
      timeZone,
      isOvertaken,
      hasBegun: before !== undefined && before.since <= clock.now(),
      names: await namesFor(options, context, before ? [before.changedBy] : []),
      ...(before ? { before } : {}),
    }
    return web.page(request, reply, bannerFormPage(view, await frameOf(options, request), context))
  }

  app.get(operationsPaths.newBanner, allow('announce'), (request, reply) => {
    const { ready } = request.query as { ready?: unknown }
    const about = warnings.find((one) => one === ready)
    return form(request, reply, { id: newId('banner'), typed: about ? readyTyped(about) : blank })
  })

  function readyTyped(about: Warning): Typed {
    const { kind, text, until } = readyWarning(web.translate, clock.now(), about)
    const texts = { text_fr: text.fr, text_en: text.en, text_ar: text.ar }
    return { ...blank, kind, ...texts, until: writeWallClock(until, timeZone) }
  }

  async function bannerIn(request: FastifyRequest): Promise<Banner> {
    const { banner: id } = request.params as { banner: string }
    const banner = isId('banner', id) ? (await notices.banners()).find((one) => one.id === id) : undefined
    if (!banner) throw new GarantError('not_found')
    return banner
  }

  app.get('/console/banners/:banner', allow('announce'), async (request, reply) => {
    const before = await bannerIn(request)
    // What left the pages is not brought back; its words serve for a new one.
    const isOver = !isStanding(before, clock.now())
    const typed = typedOf(before)
    return isOver
      ? form(request, reply, { id: newId('banner'), typed: { ...typed, since: '', until: '' } })
      : form(request, reply, { id: before.id, before, typed })
  })

  async function press(
    request: FastifyRequest,
    reply: FastifyReply,
    id: BannerId,
    before: Banner | undefined,
  ): Promise<FastifyReply> {
    const { act, expected } = fieldsOf(request, ['act', 'expected'])
    const typed = typedIn(request)
    const actor = actorOf(door.of(request))
    if (act === 'edit') return form(request, reply, { id, before, typed })
    const now = clock.now()
    const content = read(typed, before, now)
    const all = await notices.banners()
    const others = all.filter((one) => one.id !== id && isStanding(one, now)).length
    const judged = { ...content, since: content.since ?? now }
    const { services } = partners.registry()
    const faults = bannerFaults(judged, { services, now, others, ...(before ? { before } : {}) })
    // A form that was sent already is judged by the verb: what it made counts.
    const isSent = before === undefined && all.some((one) => one.id === id)
    if (faults.length > 0 && !isSent) return form(request, reply, { id, before, typed, faults })
    if (act !== 'confirm') {
      if (before && before.number !== Number(expected))
        return form(request, reply, { id, before, typed, isOvertaken: true })
      const context = web.contextOf(request)
      const view = { id, typed, content: judged, ...(before ? { before } : {}) }
      const page = previewPage(view, await frameOf(options, request), context, web.translate)
      return web.page(request, reply, page)
    }
    const { since, ...rest } = content
    const outcome = before
      ? await notices.amend(
          id,
          { ...rest, ...(since === undefined ? {} : { since }) },
          { actor, expected: Number(expected) },
        )
      : await notices.publish({ id, ...rest, ...(since === undefined ? {} : { since }) }, { actor })
    const finished = () => reply.redirect(`${operationsPaths.banners}?done=${before ? 'amended' : 'published'}`, 303)
    if (outcome.kind === 'done') return finished()
    if (outcome.kind === 'invalid') return form(request, reply, { id, before, typed, faults: outcome.faults })
    if (outcome.kind === 'unknown') throw new GarantError('not_found')
    // The same press again.
    const mine =
      isDeepStrictEqual(outcome.banner.changedBy, actor) &&
      isDeepStrictEqual(contentOf(outcome.banner), judgedAs(judged, outcome.banner))
    if (outcome.kind === 'overtaken' && mine) return finished()
    return form(request, reply, { id, before: outcome.banner, typed, isOvertaken: true })
  }

  /** A start that was not typed is that of the first press. */
  const judgedAs = (content: BannerContent, { since }: Banner): BannerContent => ({ ...content, since })

  app.post(operationsPaths.newBanner, allow('announce'), async (request, reply) => {
    const { banner: id } = fieldsOf(request, ['banner'])
    if (!isId('banner', id)) throw new GarantError('request_unreadable')
    return press(request, reply, id, undefined)
  })

  app.post('/console/banners/:banner', allow('announce'), async (request, reply) => {
    const before = await bannerIn(request)
    return press(request, reply, before.id, before)
  })

  app.post('/console/banners/:banner/withdraw', allow('announce'), async (request, reply) => {
    const { id } = await bannerIn(request)
    const expected = Number(fieldsOf(request, ['expected']).expected)
    const outcome = await notices.withdraw(id, { actor: actorOf(door.of(request)), expected })
    if (outcome.kind === 'unknown' || outcome.kind === 'invalid') throw new GarantError('not_found')
    if (outcome.kind === 'overtaken') return list(request, reply, { overtaken: outcome.banner })
    return reply.redirect(`${operationsPaths.banners}?done=withdrawn`, 303)
  })

  // ── What was typed ────────────────────────────────────────────────────────────────────────────────────────────────

  function typedIn(request: FastifyRequest): Typed {
    const fields = fieldsOf(request, texts)
    const { services = [] } = (request.body ?? {}) as { services?: unknown }
    const given = [services].flat().filter((one) => typeof one === 'string')
    const cut = Object.fromEntries(texts.map((name) => [name, fields[name].slice(0, longest)]))
    return { ...blank, ...cut, services: [...new Set(given)].slice(0, 5_000) }
  }

  function typedOf(banner: Banner): Typed {
    const { kind, text, services, since, until } = banner
    return {
      kind,
      text_fr: text.fr,
      text_en: text.en,
      text_ar: text.ar,
      scope: services === 'all' ? 'all' : 'some',
      services: services === 'all' ? [] : services,
      since: writeWallClock(since, timeZone),
      until: writeWallClock(until, timeZone),
    }
  }

  /** A time that was not touched stays the instant that it was. */
  function read(
    typed: Typed,
    before: Banner | undefined,
    now: Instant,
  ): Omit<BannerContent, 'since'> & { since?: Instant } {
    const old = before && typedOf(before)
    const at = (name: 'since' | 'until') =>
      old && before && typed[name] === old[name] ? before[name] : readWallClock(typed[name], timeZone)
    const hasBegun = before !== undefined && before.since <= now
    const since = typed.since === '' ? (hasBegun ? before.since : undefined) : at('since')
    return {
      kind: typed.kind as BannerKind,
      text: inEachLanguage((language) => typed[`text_${language}`].normalize('NFC').replace(/\s+/g, ' ').trim()),
      services: typed.scope === 'all' ? 'all' : typed.services,
      ...(since === undefined ? {} : { since }),
      until: at('until'),
    }
  }
}

const contentOf = ({ kind, text, services, since, until }: BannerContent): BannerContent => ({
  kind,
  text,
  services,
  since,
  until,
})

// ── The pages ───────────────────────────────────────────────────────────────────────────────────────────────────────

function bannersPage(
  view: {
    banners: readonly Banner[]
    now: Instant
    names: Names
    done?: (typeof bannerOutcomes)[number]
    overtaken?: Banner
  },
  frame: Frame,
  context: RequestContext,
): Page {
  const { t } = context
  const { banners, now, names, done, overtaken } = view
  const standing = banners.filter((one) => isStanding(one, now))
  const past = banners.filter((one) => !isStanding(one, now)).slice(0, shownPast)
  const row = (one: Banner) => bannerRow(one, { now, names }, frame, context)
  const page = framed(frame, context, {
    title: t('ops.banners.title'),
    here: operationsPaths.banners,
    ...(overtaken ? { status: 409 } : {}),
    body: html`<h1>${t('ops.banners.title')}</h1>
${done && html`<p class="notice" role="status">${t(`ops.banner.done.${done}`)}</p>`}
${overtaken && html`<div class="notice" role="alert"><h2>${t('ops.overtaken')}</h2><p>${t('ops.banner.overtaken.list')}</p></div>`}
<p class="lead">${t('ops.banners.lead')}</p>
${has(frame.roles, 'announce') && html`<p class="actions"><a class="button" href="${operationsPaths.newBanner}">${t('ops.banner.new')}</a></p>`}
<section class="sheet" aria-labelledby="standing"><h2 id="standing">${t('ops.banners.standing')}</h2>
${standing.length === 0 ? html`<p class="empty">${t('ops.banners.none')}</p>` : html`<ul class="rows">${standing.map(row)}</ul>`}</section>
${past.length > 0 && html`<section class="sheet" aria-labelledby="past"><h2 id="past">${t('ops.banners.past')}</h2><ul class="rows">${past.map(row)}</ul></section>`}`,
  })
  return overtaken ? withoutSwitch(page) : page
}

function bannerRow(one: Banner, { now, names }: { now: Instant; names: Names }, frame: Frame, context: RequestContext) {
  const { t, language } = context
  const { id, kind, text, services, since, until, changedAt, changedBy } = one
  const withdraw = operationsPaths.withdrawBanner(id)
  const span = { since: instant(since, frame, context), until: instant(until, frame, context) }
  return html`
<li id="${id}"><p><strong>${t(`banner.${kind}`)}</strong> <span class="mark-state">${t(`ops.banner.state.${bannerState(one, now)}`)}</span></p>
<p id="text-${id}"><bdi>${text[language]}</bdi></p>
<p class="hint">${t('ops.incident.span', span)} ${services === 'all' ? t('ops.for.pages') : services.map(names.service).join(', ')}</p>
<p class="hint">${t('ops.suspension.by')} ${authorOf(changedBy, names, context)} · ${instant(changedAt, frame, context)}</p>
${
  has(frame.roles, 'announce') &&
  html`<div class="actions"><a class="button button-quiet" href="${operationsPaths.banner(id)}" aria-describedby="text-${id}">${t(isStanding(one, now) ? 'ops.amend' : 'ops.banner.again')}</a>
${
  isStanding(one, now) &&
  html`<form method="post" action="${withdraw}">${hiddenField(frame, withdraw)}<input type="hidden" name="expected" value="${one.number}">
<button class="button button-quiet" aria-describedby="text-${id}">${t('ops.banner.withdraw')}</button></form>`
}</div>`
}</li>`
}

const fieldNames: Record<string, string> = { banner: 'kind' }
const idOf = (field: string) => (fieldNames[field] ?? field).replace('.', '_')

function bannerFormPage(view: FormView, frame: Frame, context: RequestContext): Page {
  const { t, language } = context
  const { id, before, typed, faults, services, timeZone, hasBegun, isOvertaken, names } = view
  const path = before ? operationsPaths.banner(id) : operationsPaths.newBanner
  const title = t(before ? 'ops.banner.amend' : 'ops.banner.new')
  const problem = (field: string) => {
    const found = faults.find((fault) => fault.field === field)
    return (
      found && html`<span class="wrong" id="${idOf(field)}-wrong">${t(`ops.banner.problem.${found.problem}`)}</span>`
    )
  }
  const about = (field: string, hint?: string) => {
    const isWrong = faults.some((fault) => fault.field === field)
    const ids = [...(hint ? [hint] : []), ...(isWrong ? [`${idOf(field)}-wrong`] : [])].join(' ')
    return html`${ids && html` aria-describedby="${ids}"`}${isWrong && html` aria-invalid="true"`}`
  }
  const page = framed(frame, context, {
    title,
    status: isOvertaken ? 409 : faults.length > 0 ? 422 : 200,
    here: path,
    body: html`<h1>${title}</h1>
${
  isOvertaken &&
  before &&
  html`<div class="notice" role="alert"><h2>${t('ops.overtaken')}</h2><p>${t('ops.overtaken.text')}</p>
<p>${authorOf(before.changedBy, names, context)} · ${instant(before.changedAt, frame, context)}</p>
<p><bdi>${before.text[language]}</bdi></p><p>${t('ops.incident.span', { since: instant(before.since, frame, context), until: instant(before.until, frame, context) })}</p></div>`
}
${
  faults.length > 0 &&
  html`<div class="notice" role="alert"><h2>${t('suspension.refused')}</h2><ul class="plain">${faults.map(
    (fault) =>
      html`<li><a href="#${idOf(fault.field)}">${t(`ops.banner.field.${fault.field}`)}</a>${t('suspension.colon')} ${t(`ops.banner.problem.${fault.problem}`)}</li>`,
  )}</ul></div>`
}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="banner" value="${id}"><input type="hidden" name="expected" value="${before?.number ?? 0}">
<p class="ask"><label for="kind">${t('ops.banner.field.kind')}</label>
<select id="kind" name="kind" required${about('kind')}><option value=""></option>${bannerKinds.map(
      (one) => html`<option value="${one}"${typed.kind === one && selected}>${t(`ops.banner.kind.${one}`)}</option>`,
    )}</select>${problem('kind')}${problem('banner')}</p>
<p class="hint" id="text-hint">${t('ops.banner.text.hint', { most: bannerTextLimit })}</p>
${languages.map((each) => {
  const field = `text.${each}`
  const name = `text_${each}` as const
  return html`<p class="ask"><label for="${name}">${t(`ops.banner.field.${field}`)}</label>
<textarea id="${name}" name="${name}" rows="3" maxlength="${bannerTextLimit}" required lang="${each}" dir="${each === 'ar' ? 'rtl' : 'ltr'}"${about(field, 'text-hint')}>${typed[name]}</textarea>
${problem(field)}</p>`
})}
<fieldset class="picks" id="services" tabindex="-1"><legend>${t('ops.banner.field.services')}</legend>
<p class="pick"><input type="radio" name="scope" value="all" id="scope-all"${typed.scope === 'all' && checked}><label for="scope-all">${t('ops.for.pages')}</label></p>
${
  services.length > 0 &&
  html`<p class="pick"><input type="radio" name="scope" value="some" id="scope-some"${typed.scope === 'some' && checked}><label for="scope-some">${t('ops.banner.services.some')}</label></p>
<div class="pick-list">${services.map(
    (one) => html`
<p class="pick"><input type="checkbox" name="services" value="${one.id}" id="service-${one.id}"${typed.services.includes(one.id) && checked}><label for="service-${one.id}"><bdi>${one.name}</bdi></label></p>`,
  )}</div>`
}
${problem('services')}</fieldset>
${
  hasBegun
    ? html`<input type="hidden" name="since" value="${typed.since}">`
    : html`<p class="ask"><label for="since">${t('suspension.field.since')}</label>
<input id="since" name="since" type="datetime-local" value="${typed.since}"${about('since', 'since-hint')}><span class="hint" id="since-hint">${t('suspension.since.hint', { zone: timeZone })}</span>${problem('since')}</p>`
}
<p class="ask"><label for="until">${t('suspension.field.until')}</label>
<input id="until" name="until" type="datetime-local" value="${typed.until}" required${about('until', 'until-hint')}><span class="hint" id="until-hint">${t('ops.banner.until.hint', { zone: timeZone })}</span>${problem('until')}</p>
<p class="actions"><button class="button" name="act" value="review">${t('ops.banner.preview')}</button>
<a href="${operationsPaths.banners}">${t('console.cancel')}</a></p>
</form>`,
  })
  return faults.length > 0 || isOvertaken ? withoutSwitch(page) : page
}

function previewPage(
  view: { id: BannerId; before?: Banner; typed: Typed; content: BannerContent },
  frame: Frame,
  context: RequestContext,
  translate: (language: Language) => Translate,
): Page {
  const { t } = context
  const { id, before, typed, content } = view
  const path = before ? operationsPaths.banner(id) : operationsPaths.newBanner
  const span = { since: instant(content.since, frame, context), until: instant(content.until, frame, context) }
  return withoutSwitch(
    framed(frame, context, {
      title: t('ops.banner.preview'),
      here: path,
      body: html`<h1>${t('ops.banner.preview')}</h1>
<p class="lead">${t('ops.banner.preview.lead')}</p>
<p>${t('ops.incident.span', span)}</p>
${languages.map(
  (
    language,
  ) => html`<section lang="${language}" dir="${directionOf(language)}" aria-label="${t(`ops.language.${language}`)}">
<div class="banners">${bannersOf([content], { language, t: translate(language) })}</div></section>`,
)}
<form method="post" action="${path}">
${hiddenField(frame, path)}<input type="hidden" name="banner" value="${id}"><input type="hidden" name="expected" value="${before?.number ?? 0}">
${texts.map((name) => html`<input type="hidden" name="${name}" value="${typed[name]}">`)}${typed.services.map((one) => html`<input type="hidden" name="services" value="${one}">`)}
<p class="actions"><button class="button" name="act" value="confirm">${t(before ? 'ops.banner.confirm.amend' : 'ops.banner.confirm')}</button>
<button class="button button-quiet" name="act" value="edit">${t('ops.edit')}</button>
<a href="${operationsPaths.banners}">${t('console.cancel')}</a></p>
</form>`,
    }),
  )
}
