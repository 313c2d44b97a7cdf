/**
 * Services before an operator: found, read, their scopes granted or refused, a new secret asked of a second operator. The
 * list is made from the registry in memory; drafts and what waits are one statement each.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Refusal } from '../approvals/approvals.ts'
import { searchIn } from '../desk/frame.ts'
import { localeOf } from '../http/messages.ts'
import { levels } from '../kernel/assurance.ts'
import { GarantError } from '../kernel/errors.ts'
import type { Language } from '../kernel/languages.ts'
import { type Scope, scopes } from '../partners/partners.ts'
import type { Editor } from '../partners/versions.ts'
import type { AskSaid } from './approvals-pages.ts'
import { answerAsked, asking, idOf, saidOf } from './approvals-routes.ts'
import { consolePaths } from './frame.ts'
import {
  type ServiceOutcome,
  type ServiceRow,
  type ServiceState,
  type ServiceView,
  serviceOutcomes,
  servicePage,
  serviceStates,
  servicesPage,
  type WithdrawView,
  withdrawPage,
} from './services-pages.ts'
import { editorOf, nameOf, namesOf, versionsOf, whole } from './versions-routes.ts'
import { allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

export function mountServices(options: ConsoleOptions): void {
  const { web, door, partners, versions, staff, approvals, sessions } = options
  const { app } = web

  app.get(consolePaths.services, allow('services'), async (request, reply) => {
    const context = web.contextOf(request)
    const query = request.query as Record<string, unknown>
    const state = serviceStates.find((one) => one === query.state)
    const level = levels.find((one) => one === query.level)
    const view = {
      all: await rowsOf(editorOf(door.of(request)), context.language),
      partners: partnersOf(options, context.language),
      search: {
        ...searchIn(query),
        partner: typeof query.partner === 'string' ? query.partner : '',
        ...(state ? { state } : {}),
        ...(level ? { level } : {}),
      },
    }
    return web.page(request, reply, servicesPage(view, await frameOf(options, request), context))
  })

  /** All of them, by name: those that are published, and those that are drafts so far. */
  async function rowsOf(editor: Editor, language: Language): Promise<ServiceRow[]> {
    const { services } = partners.registry()
    const [drafts, asked] = await Promise.all([versions.drafts(editor), versions.scopes(editor, { state: 'asked' })])
    const asks = Map.groupBy(asked, ({ service }) => service)
    const open = new Map(drafts.flatMap((one) => (one.kind === 'service' ? [[one.id, one] as const] : [])))
    const warned = Map.groupBy(partners.doubts(), ({ about: [one] }) => (one?.kind === 'service' ? one.id : ''))
    const fresh = [...open.values()].filter(({ id }) => !services.has(id))
    const row = (id: string, partner: string, name: string, states: readonly ServiceState[]) => ({
      id,
      name,
      partner,
      partnerName: partners.partner(partner)?.name[language] ?? partner,
      states: [
        ...states,
        ...(open.has(id) ? (['draft'] as const) : []),
        ...(asks.has(id) ? (['asks'] as const) : []),
        ...(warned.has(id) ? (['warned'] as const) : []),
      ],
      asks: asks.get(id)?.length ?? 0,
      warnings: (warned.get(id) ?? []).map(({ said }) => said),
    })
    const rows: ServiceRow[] = [
      ...[...services.values()].map(({ id, partner, name, minimumLevel }) => ({
        ...row(id, partner, name[language], ['published']),
        level: minimumLevel,
      })),
      ...fresh.map(({ id, partner }) => row(id, partner, id, ['unpublished'])),
    ]
    const collator = new Intl.Collator(localeOf(language), { numeric: true })
    return rows.sort((a, b) => collator.compare(a.name, b.name))
  }

  app.get('/console/services/:service', allow('services'), async (request, reply) => {
    const { done } = request.query as { done?: unknown }
    const outcome = serviceOutcomes.find((one) => one === done)
    return show(request, reply, outcome ? { done: outcome } : {})
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    more: {
      done?: ServiceOutcome
      askSaid?: AskSaid
      refusal?: Refusal
      scopeSaid?: NonNullable<ServiceView['scopeSaid']>
      typed?: Partial<ServiceView['typed']>
      id?: string
    },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { service: id } = request.params as { service: string }
    const subject = { kind: 'service', id } as const
    const editor = editorOf(door.of(request))
    const known = await versionsOf(options, request, subject)
    if (!known) throw new GarantError('not_found')
    const { services, providers } = partners.registry()
    const service = services.get(id)
    const partnerId = service?.partner ?? known.draft?.partner ?? known.versions[0]?.partner ?? ''
    const partner = partners.partner(partnerId)
    const requests = await versions.scopes(editor, { service: id })
    const authors = requests.flatMap(({ askedBy, decidedBy }) => [askedBy, ...(decidedBy ? [decidedBy] : [])])
    const more_ = await namesOf(options, authors)
    const { typed, id: typedId, ...said } = more
    const view: ServiceView = {
      ...known,
      names: {
        operators: new Map([...known.names.operators, ...more_.operators]),
        staff: new Map([...known.names.staff, ...more_.staff]),
      },
      name: nameOf(options, subject, context.language),
      ...(service ? { service } : {}),
      ...(partner ? { partner } : {}),
      partnerId,
      providerName: (one) => providers.get(one)?.name[context.language] ?? one,
      warnings: partners
        .doubts(partnerId)
        .filter(({ about }) => about.some((one) => one.kind === subject.kind && one.id === id))
        .map(({ said }) => said),
      requests,
      secrets: service ? await versions.secrets(id, editor) : undefined,
      staff: partner ? await staff.list(partnerId) : [],
      id: idOf(typedId),
      typed: { reason: '', overlap: '', answer: '', scope: '', ...typed },
      ...said,
    }
    return web.page(request, reply, servicePage(view, await frameOf(options, request), context))
  }

  async function withdrawal(
    request: FastifyRequest,
    reply: FastifyReply,
    said: Pick<WithdrawView, 'isOvertaken' | 'isUnsure'> = {},
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { service: id } = request.params as { service: string }
    const subject = { kind: 'service', id } as const
    const history = await versions.history(subject, editorOf(door.of(request)), { limit: 1 })
    if (!history) throw new GarantError('not_found')
    const [newest] = history
    if (newest?.state !== 'published') return reply.redirect(`${consolePaths.service(id)}?done=changed_meanwhile`, 303)
    const view = {
      id,
      name: nameOf(options, subject, context.language),
      published: newest.number,
      open: await sessions.countOpen(id),
      ...said,
    }
    return web.page(request, reply, withdrawPage(view, await frameOf(options, request), context))
  }

  app.get('/console/services/:service/withdraw', allow('publish'), async (request, reply) => withdrawal(request, reply))

  app.post('/console/services/:service/withdraw', allow('publish'), async (request, reply) => {
    const { service: id } = request.params as { service: string }
    const { over, sure } = fieldsOf(request, ['over', 'sure'])
    if (sure !== 'yes') return withdrawal(request, reply, { isUnsure: true })
    const outcome = await versions.withdraw(id, { over: whole(over) }, editorOf(door.of(request)))
    if (outcome.kind === 'withdrawn') return reply.redirect(`${consolePaths.service(id)}?done=withdrawn`, 303)
    if (outcome.kind !== 'conflict') throw new GarantError('not_found')
    return withdrawal(request, reply, { isOvertaken: true })
  })

  app.post('/console/services/:service/scopes', allow('grant'), async (request, reply) => {
    const { service: id } = request.params as { service: string }
    const typed = fieldsOf(request, ['scope', 'asked_at', 'act', 'answer'])
    const scope = scopes.find((one): one is Scope => one === typed.scope)
    if (!scope || (typed.act !== 'grant' && typed.act !== 'refuse')) throw new GarantError('request_unreadable')
    const editor = editorOf(door.of(request))
    const askedAt = Number(typed.asked_at)
    const reason = typed.answer.trim()
    if (typed.act === 'refuse' && reason === '') return show(request, reply, { scopeSaid: 'no_reason', typed })
    const outcome =
      typed.act === 'grant'
        ? await versions.grantScope(id, { scope, askedAt }, editor)
        : await versions.refuseScope(id, { scope, askedAt, reason }, editor)
    if (outcome.kind === 'unknown' || outcome.kind === 'forbidden') throw new GarantError('not_found')
    if (outcome.kind === 'invalid' || outcome.kind === 'overtaken') {
      return show(request, reply, { scopeSaid: outcome.kind, typed })
    }
    return reply.redirect(`${consolePaths.service(id)}?done=${outcome.kind}`, 303)
  })

  app.post('/console/services/:service/secret', allow('approve'), async (request, reply) => {
    const { service } = request.params as { service: string }
    const { reason, id, ...typed } = fieldsOf(request, ['reason', 'overlap', 'seen', 'id'])
    const parameters = { service, seen: whole(typed.seen), overlap: whole(typed.overlap) }
    const change = { kind: 'rotate_secret', parameters, reason, id } as const
    const outcome = await approvals.ask(asking(request, options, change))
    return (
      answerAsked(reply, outcome) ??
      show(request, reply, { ...saidOf(outcome), typed: { reason, overlap: typed.overlap }, id })
    )
  })

  app.post('/console/services/:service/secret/end', allow('approve'), async (request, reply) => {
    const { service } = request.params as { service: string }
    const { reason, id, seen } = fieldsOf(request, ['reason', 'seen', 'id'])
    const change = { kind: 'end_old_secret', parameters: { service, seen: whole(seen) }, reason, id } as const
    const outcome = await approvals.ask(asking(request, options, change))
    return answerAsked(reply, outcome) ?? show(request, reply, { ...saidOf(outcome), typed: { reason }, id })
  })
}

/** Every partner, by name. */
export function partnersOf(
  { partners }: Pick<ConsoleOptions, 'partners'>,
  language: Language,
): { id: string; name: string }[] {
  const collator = new Intl.Collator(localeOf(language), { numeric: true })
  return partners
    .organisations()
    .map(({ id, name }) => ({ id, name: name[language] }))
    .sort((a, b) => collator.compare(a.name, b.name))
}
