/** Partners before an operator: found, read; who works for one invited, suspended, brought back, removed. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { searchIn } from '../desk/frame.ts'
import { localeOf } from '../http/messages.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type StaffId } from '../kernel/ids.ts'
import { languages } from '../kernel/languages.ts'
import { staffRoles } from '../kernel/roles.ts'
import type { Partner } from '../partners/partners.ts'
import { consolePaths } from './frame.ts'
import {
  type InvitationFault,
  type InvitationTyped,
  invitedPage,
  type PartnerOutcome,
  partnerOutcomes,
  partnerPage,
  partnersPage,
  staffChanges,
} from './partners-pages.ts'
import { versionsOf } from './versions-routes.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

/** Services that the page of a partner names; the list has the others. */
const mostServices = 20

const blank: InvitationTyped = { name: '', mail: '', roles: [], language: 'fr' }

export function mountPartners(options: ConsoleOptions): void {
  const { web, door, partners, staff, contactChecks, issuer } = options
  const { app } = web

  app.get(consolePaths.partners, allow('services'), async (request, reply) => {
    const context = web.contextOf(request)
    const { language } = context
    const { services, providers } = partners.registry()
    const count = (all: Iterable<{ partner: string }>) => Map.groupBy(all, ({ partner }) => partner)
    const [ofServices, ofProviders] = [count(services.values()), count(providers.values())]
    const collator = new Intl.Collator(localeOf(language), { numeric: true })
    const checks = new Map((await contactChecks.contactChecks()).map(({ partner, state }) => [partner, state]))
    const all = partners
      .organisations()
      .map(({ id, name }) => ({
        id,
        name: name[language],
        services: ofServices.get(id)?.length ?? 0,
        providers: ofProviders.get(id)?.length ?? 0,
        check: checks.get(id),
      }))
      .sort((a, b) => collator.compare(a.name, b.name))
    const isLate = (request.query as { check?: unknown }).check === 'late'
    const view = { all, search: searchIn(request.query), isLate }
    return web.page(request, reply, partnersPage(view, await frameOf(options, request), context))
  })

  /** @throws GarantError `not_found` */
  const partnerIn = (request: FastifyRequest): Partner => {
    const found = partners.partner((request.params as { partner: string }).partner)
    if (!found) throw new GarantError('not_found')
    return found
  }

  app.get('/console/partners/:partner', allow('services'), async (request, reply) => {
    const { done } = request.query as { done?: unknown }
    const outcome = partnerOutcomes.find((one) => one === done)
    return show(request, reply, partnerIn(request), outcome ? { done: outcome } : {})
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    partner: Partner,
    more: { done?: PartnerOutcome; typed?: InvitationTyped; faults?: readonly InvitationFault[] },
  ): Promise<FastifyReply> {
    const context = web.contextOf(request)
    const { language } = context
    const { services, providers } = partners.registry()
    const collator = new Intl.Collator(localeOf(language), { numeric: true })
    const own = (all: Iterable<{ id: string; partner: string; name: Partner['name'] }>) =>
      [...all]
        .filter((one) => one.partner === partner.id)
        .map(({ id, name }) => ({ id, name: name[language] }))
        .sort((a, b) => collator.compare(a.name, b.name))
    const ownServices = own(services.values())
    const known = await versionsOf(options, request, { kind: 'partner', id: partner.id })
    if (!known) throw new GarantError('not_found')
    const { typed = { ...blank, language }, faults = [], done } = more
    const view = {
      ...known,
      partner,
      services: ownServices.slice(0, mostServices),
      servicesInAll: ownServices.length,
      providers: own(providers.values()),
      staff: await staff.list(partner.id),
      check: await contactChecks.of(partner.id),
      typed,
      faults,
      ...(done ? { done } : {}),
    }
    return web.page(request, reply, partnerPage(view, await frameOf(options, request), context))
  }

  app.post('/console/partners/:partner/staff', allow('staff'), async (request, reply) => {
    const partner = partnerIn(request)
    const { name, mail, language: chosen } = fieldsOf(request, ['name', 'mail', 'language'])
    const ticked = [(request.body as { roles?: unknown }).roles ?? []].flat()
    const roles = staffRoles.filter((role) => ticked.includes(role))
    const language = languages.find((one) => one === chosen) ?? 'fr'
    const given = { partner: partner.id, name, mail, roles, language }
    const outcome = await staff.inviteByOperator({ ...given, actor: actorOf(door.of(request)) })
    if (outcome.kind === 'unknown') throw new GarantError('not_found')
    if (outcome.kind === 'invalid') return show(request, reply, partner, { typed: given, faults: outcome.problems })
    const { token, expiresAt } = outcome.invited
    return invited(request, reply, { partner, name, token, expiresAt })
  })

  async function invited(
    request: FastifyRequest,
    reply: FastifyReply,
    made: { partner: Partner; name: string; token: string; expiresAt: number },
  ): Promise<FastifyReply> {
    const view = { ...made, issuer }
    return web.page(request, reply, invitedPage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.post('/console/partners/:partner/staff/:staff', allow('staff'), async (request, reply) => {
    const partner = partnerIn(request)
    const id = await memberIn(request, partner)
    const change = staffChanges.find((one) => one === fieldsOf(request, ['change']).change)
    if (!change) throw new GarantError('request_unreadable')
    const actor = actorOf(door.of(request))
    if (change === 'link') {
      const again = await staff.inviteAgain(id, actor)
      const [member] = (await staff.list(partner.id)).filter((one) => one.staff === id)
      if (!again || !member) return finished(reply, partner, 'unchanged')
      return invited(request, reply, { partner, name: member.name, ...again })
    }
    const isDone = await staff[change](id, actor)
    const done = { suspend: 'suspended', restore: 'restored', remove: 'removed' } as const
    return finished(reply, partner, isDone ? done[change] : 'unchanged')
  })

  const finished = (reply: FastifyReply, { id }: Partner, done: PartnerOutcome) =>
    reply.redirect(`${consolePaths.partner(id)}?done=${done}#staff`, 303)

  /** Somebody who works for this partner; nobody else's. */
  async function memberIn(request: FastifyRequest, partner: Partner): Promise<StaffId> {
    const { staff: id } = request.params as { staff: string }
    const isTheirs = isId('staff', id) && (await staff.list(partner.id)).some((one) => one.staff === id)
    if (!isTheirs) throw new GarantError('not_found')
    return id
  }
}
