/**
 * The pages of partners' staff. Each sees and changes what is its partner's alone: what is another's is not there (404),
 * and what others do with it stays unsaid (DESIGN's blindness: no service is named to a provider, nor a provider that
 * somebody used to a service). This room owns no table and decides nothing: each route names the roles that may call it
 * and calls a verb of the rooms below; who is there was settled at the gate (`staff/`).
 */
import type { FastifyRequest } from 'fastify'
import { figuresCsv } from '../figures/csv.ts'
import { type Subject, units } from '../figures/figures.ts'
import { GarantError } from '../kernel/errors.ts'
import { staffRoles } from '../kernel/roles.ts'
import type { Provider, Service } from '../partners/partners.ts'
import { confirmingRoles } from '../staff/contact-checks.ts'
import type { StaffStanding } from '../staff/partner-staff.ts'
import { mountCases } from './cases.ts'
import { mountColleagues } from './colleagues.ts'
import { figuresPage } from './figures-page.ts'
import { caseRoles, deskPaths, type Own, pageOf, searchIn } from './frame.ts'
import {
  type Attention,
  draftName,
  endingSecrets,
  homeOutcomes,
  homePage,
  mostJudged,
  providersPage,
  type ServiceRow,
  servicesPage,
} from './home.ts'
import { mountObjects } from './object-routes.ts'
import { mountOwnPrograms } from './programs.ts'
import { providerWords } from './provider-pages.ts'
import { mountSignalsPage } from './signals.ts'
import { mountSuspensions } from './suspension-routes.ts'
import { allow, type DeskOptions, editorOf, frameOf, sortedByName } from './visit.ts'

export function mountDesk(options: DeskOptions): void {
  const { web, door, partners, versions, clock, contactChecks, figures } = options
  const { app } = web

  mountColleagues(options)
  mountOwnPrograms(options)
  mountCases(options)
  mountSignalsPage(options)
  const objects = mountObjects(options)
  mountSuspensions({ ...options, objects })

  // ── Home and lists ────────────────────────────────────────────────────────────────────────────────────────────────

  const servicesOf = (partner: string): Service[] =>
    [...partners.registry().services.values()].filter((service) => service.partner === partner)

  const providersOf = (partner: string) =>
    partners
      .availability()
      .all()
      .filter(({ provider }) => provider.partner === partner)

  /** The published ones, and the drafts that never were, by name. */
  async function rowsFor(request: FastifyRequest): Promise<ServiceRow[]> {
    const standing = door.of(request)
    const { language } = web.contextOf(request)
    const drafts = (await versions.drafts(editorOf(standing))).filter(({ kind }) => kind === 'service')
    const published = servicesOf(standing.partner)
    const isPublished = new Set(published.map(({ id }) => id))
    const hasDraft = new Set(drafts.map(({ id }) => id))
    const rows = [
      ...published.map(({ id, name, minimumLevel }) => ({
        own: { kind: 'service' as const, id },
        name: name[language],
        minimumLevel,
        hasDraft: hasDraft.has(id),
        isPublished: true,
      })),
      ...drafts
        .filter(({ id }) => !isPublished.has(id))
        .map((draft) => ({
          own: { kind: 'service' as const, id: draft.id },
          name: draftName(draft, language),
          hasDraft: true,
          isPublished: false,
        })),
    ]
    return sortedByName(rows, ({ name }) => name, language)
  }

  /** Providers that the partner prepares. */
  async function newProvidersFor(request: FastifyRequest): Promise<{ own: Own; name: string }[]> {
    const { language } = web.contextOf(request)
    const drafts = await versions.drafts(editorOf(door.of(request)))
    const rows = drafts
      .filter(({ kind, id }) => kind === 'provider' && !partners.registry().providers.has(id))
      .map((draft) => ({ own: { kind: 'provider' as const, id: draft.id }, name: draftName(draft, language) }))
    return sortedByName(rows, ({ name }) => name, language)
  }

  async function attentionFor(request: FastifyRequest): Promise<Attention> {
    const standing = door.of(request)
    const { language } = web.contextOf(request)
    const { partner } = standing
    const editor = editorOf(standing)
    const [drafts, refused, asked, contact, cases] = await Promise.all([
      versions.drafts(editor),
      versions.scopes(editor, { state: 'refused' }),
      versions.scopes(editor, { state: 'asked' }),
      contactChecks.of(partner),
      waitingCases(standing),
    ])
    const judged = await Promise.all(drafts.slice(0, mostJudged).map((draft) => versions.look(draft, editor)))
    const things = new Map<string, Service | Provider>([
      ...servicesOf(partner).map((one) => [`service/${one.id}`, one] as const),
      ...providersOf(partner).map(({ provider }) => [`provider/${provider.id}`, provider] as const),
    ])
    return {
      drafts: drafts.flatMap((draft, index) => {
        const { kind, id } = draft
        if (kind === 'partner' && !standing.roles.includes('administrator')) return []
        return [{ own: { kind, id }, name: draftName(draft, language), faults: judged[index]?.faults.length }]
      }),
      secrets: endingSecrets(servicesOf(partner), clock.now(), language),
      refused,
      waiting: asked.length,
      doubts: partners.doubts(partner).flatMap(({ about, said }) => {
        const [own] = about
        if (!own || own.kind === 'partner') return []
        const name = things.get(`${own.kind}/${own.id}`)?.name[language] ?? own.id
        return [{ own: { kind: own.kind, id: own.id }, name, warning: said }]
      }),
      ...(contact && contact.state !== 'confirmed' ? { contact } : {}),
      ...(cases ? { cases } : {}),
    }
  }

  async function waitingCases({ roles, partner }: StaffStanding): Promise<Attention['cases']> {
    if (!caseRoles.some((role) => roles.includes(role))) return undefined
    const [waiting, [next]] = await Promise.all([
      options.cases.countWaitingOf({ partner }),
      options.cases.partiesOf({ partner }, { state: 'waiting', limit: 1 }),
    ])
    return next && { waiting, next }
  }

  app.get(deskPaths.home, allow(...staffRoles), async (request, reply) => {
    const context = web.contextOf(request)
    const done = homeOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    const providers = providersOf(door.of(request).partner)
    const view = {
      attention: await attentionFor(request),
      services: await rowsFor(request),
      providers: sortedByName(providers, ({ provider }) => provider.name[context.language], context.language),
      newProviders: await newProvidersFor(request),
      providerWords: wordsOf(request),
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, homePage(view, await frameOf(options, request), context))
  })

  app.get(deskPaths.services, allow(...staffRoles), async (request, reply) => {
    const search = searchIn(request.query)
    const isDiscarded = (request.query as { done?: unknown }).done === 'discarded'
    const rows = await rowsFor(request)
    const view = { ...pageOf(rows, ({ own, name }) => [own.id, name], search), search, isDiscarded }
    return web.page(request, reply, servicesPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get(deskPaths.providers, allow(...staffRoles), async (request, reply) => {
    const context = web.contextOf(request)
    const search = searchIn(request.query)
    const all = providersOf(door.of(request).partner)
    const sorted = sortedByName(all, ({ provider }) => provider.name[context.language], context.language)
    const page = pageOf(sorted, ({ provider }) => [provider.id, ...Object.values(provider.name)], search)
    const isDiscarded = (request.query as { done?: unknown }).done === 'discarded'
    const newProviders = await newProvidersFor(request)
    const view = { ...page, search, providerWords: wordsOf(request), newProviders, isDiscarded }
    return web.page(request, reply, providersPage(view, await frameOf(options, request), context))
  })

  const wordsOf = (request: FastifyRequest) => {
    const context = web.contextOf(request)
    const now = clock.now()
    return (one: Parameters<typeof providerWords>[0]) => providerWords(one, now, context)
  }

  app.post(deskPaths.confirmContact, allow(...confirmingRoles), async (request, reply) => {
    const { seen } = (request.body ?? {}) as { seen?: unknown }
    if (typeof seen !== 'string') throw new GarantError('request_unreadable')
    const outcome = await contactChecks.confirm(door.of(request), seen)
    if (outcome.kind === 'forbidden') throw new GarantError('staff_role_missing')
    const isDone = outcome.kind === 'confirmed' || outcome.kind === 'already'
    return reply.redirect(`${deskPaths.home}?done=${isDone ? 'contact_confirmed' : 'contact_conflict'}`, 303)
  })

  // ── Figures ───────────────────────────────────────────────────────────────────────────────────────────────────────

  /** What was asked of what; the first of the partner's when nothing was. */
  async function figuresIn(request: FastifyRequest) {
    const standing = door.of(request)
    const { language } = web.contextOf(request)
    const { of, by, month } = (request.query ?? {}) as Record<string, unknown>
    const own = [
      ...servicesOf(standing.partner).map(({ id, name }) => ({ key: `service/${id}`, name: name[language] })),
      ...providersOf(standing.partner).map(({ provider: { id, name } }) => ({
        key: `provider/${id}`,
        name: name[language],
      })),
    ]
    const asked = typeof of === 'string' ? of : own[0]?.key
    const subject = asked === undefined ? undefined : subjectOf(asked)
    const unit = units.find((one) => one === by) ?? 'week'
    const ask = { by: unit, for: { partner: standing.partner }, ...(typeof month === 'string' ? { month } : {}) }
    const table = subject && (await figures.figuresOf({ of: subject, ...ask }))
    if (asked !== undefined && !table) {
      if (await isOthers(asked, standing.partner)) await options.staff.denied(standing, request.routeOptions.url ?? '')
      throw new GarantError('not_found')
    }
    return { own: sortedByName(own, ({ name }) => name, language), asked, table }
  }

  async function isOthers(asked: string, partner: string): Promise<boolean> {
    const [kind, id = ''] = asked.split('/')
    const { services, providers } = partners.registry()
    const found = (kind === 'service' ? services : providers).get(id)
    return found !== undefined && found.partner !== partner
  }

  app.get(deskPaths.figures, allow(...staffRoles), async (request, reply) => {
    const view = await figuresIn(request)
    return web.page(request, reply, figuresPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get(deskPaths.figuresCsv, allow(...staffRoles), async (request, reply) => {
    const { table, asked } = await figuresIn(request)
    if (!table || asked === undefined) throw new GarantError('not_found')
    const name = `${asked.replace('/', '-')}-${table.by}${table.month ? `-${table.month}` : ''}.csv`
    return reply
      .type('text/csv; charset=utf-8')
      .headers({ 'cache-control': 'no-store', 'content-disposition': `attachment; filename="${name}"` })
      .send(figuresCsv(table, web.contextOf(request)))
  })
}

function subjectOf(key: string): Subject | undefined {
  const [, kind, id = ''] = /^(service|provider)\/([a-z0-9-]{1,64})$/.exec(key) ?? []
  return kind === 'service' ? { service: id } : kind === 'provider' ? { provider: id } : undefined
}
