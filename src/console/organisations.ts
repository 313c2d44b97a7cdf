/**
 * Organisations before operators: found by a number or a name, looked at, and who represents them by a document. The
 * register is corrected where it is kept, not here. Each look is a fact.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { instantAfter, type NewDocument, type Organisation } from '../directory/organisations.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type MandateId, type OrganisationId } from '../kernel/ids.ts'
import type { DocumentKind } from '../kernel/representations.ts'
import { answerAsked, asking, idOf, saidOf } from './approvals-routes.ts'
import { consolePaths } from './frame.ts'
import {
  type DocumentView,
  documentFields,
  documentPage,
  type MandatesOf,
  organisationOutcomes,
  organisationPage,
  organisationsPage,
  withdrawPage,
} from './organisations-pages.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

const mostFound = 25
const mandatesPerPage = 25

export function mountOrganisations(options: ConsoleOptions): void {
  const { web, storage, clock, door, organisations, mandates, approvals } = options
  const { app } = web

  app.get(consolePaths.organisations, allow('organisations'), async (request, reply) => {
    const { typed, ...found } = await searched(options, request)
    const view = { typed, ...found, status: await organisations.status() }
    return web.page(request, reply, organisationsPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  /** @throws GarantError `not_found` */
  async function organisationIn(request: FastifyRequest): Promise<Organisation> {
    const { organisation: id } = request.params as { organisation: string }
    const found = isId('organisation', id) ? await organisations.organisation(id) : undefined
    if (!found) throw new GarantError('not_found')
    return found
  }

  /** `after` is what an address says: whatever else stands there begins anew. */
  async function mandatesOf(
    of: { principal: OrganisationId } | { firm: OrganisationId },
    after: unknown,
  ): Promise<MandatesOf> {
    const from = typeof after === 'string' && after !== '' && after.length <= 200 ? after : undefined
    const page = await mandates.list(of, { limit: mandatesPerPage, ...(from === undefined ? {} : { after: from }) })
    return { ...page, isFirst: from === undefined }
  }

  app.get('/console/organisations/:organisation', allow('organisations'), async (request, reply) => {
    const organisation = await organisationIn(request)
    const { organisation: id } = organisation
    const query = request.query as { after?: unknown; firm?: unknown; done?: unknown }
    await noteLook(options, request, { organisation: id })
    const done = organisationOutcomes.find((one) => one === query.done)
    const view = {
      organisation,
      representatives: await organisations.representativesOf(id),
      given: await mandatesOf({ principal: id }, query.after),
      held: await mandatesOf({ firm: id }, query.firm),
      now: clock.now(),
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, organisationPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  // ── Documents ─────────────────────────────────────────────────────────────────────────────────────────────────────

  const documents = '/console/organisations/:organisation/representatives'

  async function showForm(
    request: FastifyRequest,
    reply: FastifyReply,
    view: Omit<DocumentView, 'organisation'>,
  ): Promise<FastifyReply> {
    const organisation = await organisationIn(request)
    const page = documentPage({ organisation, ...view }, await frameOf(options, request), web.contextOf(request))
    return web.page(request, reply, page)
  }

  app.get(documents, allow('represent'), (request, reply) =>
    showForm(request, reply, { id: idOf(''), typed: { ...fieldsOf(request, documentFields), alone: 'yes' } }),
  )

  app.post(documents, allow('represent'), async (request, reply) => {
    const { organisation } = await organisationIn(request)
    const typed = fieldsOf(request, documentFields)
    const { id } = fieldsOf(request, ['id'])
    const parameters = documentIn(organisation, typed)
    if (!parameters) {
      return showForm(request, reply, { id: idOf(id), typed, said: 'refused', refusal: { problem: 'dates' } })
    }
    const change = { kind: 'record_representation', parameters, reason: typed.reason, id } as const
    const outcome = await approvals.ask(asking(request, options, change))
    const answer = answerAsked(reply, outcome)
    if (answer) return answer
    const { askSaid, refusal } = saidOf(outcome)
    return showForm(request, reply, { id: idOf(id), typed, said: askSaid, ...(refusal ? { refusal } : {}) })
  })

  /** @throws GarantError `not_found` unless it is a document of that organisation */
  async function documentOf(request: FastifyRequest, organisation: OrganisationId) {
    const { representation } = request.params as { representation: string }
    const all = await organisations.representativesOf(organisation)
    const one = all.find((found) => found.representation === representation && found.document)
    if (!one) throw new GarantError('not_found')
    return one
  }

  const withdrawal = '/console/organisations/:organisation/representatives/:representation/withdraw'

  async function showWithdrawal(request: FastifyRequest, reply: FastifyReply, notSure: boolean): Promise<FastifyReply> {
    const organisation = await organisationIn(request)
    const one = await documentOf(request, organisation.organisation)
    if (one.ended) return finished(reply, organisation.organisation, 'over')
    const page = withdrawPage({ organisation, one, notSure }, await frameOf(options, request), web.contextOf(request))
    return web.page(request, reply, page)
  }

  app.get(withdrawal, allow('represent'), (request, reply) => showWithdrawal(request, reply, false))

  app.post(withdrawal, allow('represent'), async (request, reply) => {
    const { organisation } = await organisationIn(request)
    const { representation } = await documentOf(request, organisation)
    if (fieldsOf(request, ['sure']).sure !== 'yes') return showWithdrawal(request, reply, true)
    const actor = actorOf(door.of(request))
    const outcome = await storage.transaction((tx) => organisations.withdrawDocument(tx, { representation, actor }))
    return finished(reply, organisation, outcome === 'done' ? 'withdrawn' : 'over')
  })

  const finished = (reply: FastifyReply, organisation: OrganisationId, done: (typeof organisationOutcomes)[number]) =>
    reply.redirect(`${consolePaths.organisation(organisation)}?done=${done}`, 303)
}

/** What an address asks for: a number, or words of a name. */
export async function searched(
  { organisations }: Pick<ConsoleOptions, 'organisations'>,
  request: FastifyRequest,
): Promise<{ typed: string; found?: Organisation[]; isMore: boolean }> {
  const { q } = request.query as { q?: unknown }
  const typed = typeof q === 'string' ? q.trim().slice(0, 120) : ''
  if (typed === '') return { typed, isMore: false }
  const found = await organisations.search({ text: typed, limit: mostFound + 1 })
  return { typed, found: found.slice(0, mostFound), isMore: found.length > mostFound }
}

/** Undefined when its end is no day. */
function documentIn(
  organisation: OrganisationId,
  typed: Readonly<Record<(typeof documentFields)[number], string>>,
): NewDocument | undefined {
  const { role, alone, kind, date, reference, until: lastDay, reason: _, ...holder } = typed
  const until = instantAfter(lastDay)
  if (lastDay !== '' && until === undefined) return undefined
  return {
    organisation,
    holder,
    role: role.trim(),
    alone: alone === 'yes',
    document: { kind: kind as DocumentKind, date, reference: reference.trim() },
    ...(until === undefined ? {} : { until }),
  }
}

/** Each look at an organisation with its people, or at a mandate, is a fact. */
export async function noteLook(
  { storage, audit, door }: Pick<ConsoleOptions, 'storage' | 'audit' | 'door'>,
  request: FastifyRequest,
  seen: { organisation: OrganisationId } | { mandate: MandateId },
): Promise<void> {
  const actor = actorOf(door.of(request))
  await storage.transaction(async (tx) =>
    audit.append(
      tx,
      'organisation' in seen
        ? { name: 'organisation.viewed', data: { ...seen, actor } }
        : { name: 'mandate.viewed', data: { ...seen, actor } },
    ),
  )
}
