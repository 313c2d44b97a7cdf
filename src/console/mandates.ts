/**
 * Mandates before operators: found by an id or through an organisation, looked at, and suspended, brought back or ended
 * for fraud by two of them (`approvals/`). Each look is a fact.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Instant } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId, type MandateId } from '../kernel/ids.ts'
import type { MandateView } from '../mandates/mandates.ts'
import { weeksUpTo } from '../policy/calendar.ts'
import { answerAsked, asking, idOf, saidOf } from './approvals-routes.ts'
import { consolePaths } from './frame.ts'
import {
  mandatePage,
  mandateStatisticsPage,
  mandatesPage,
  type OneMandateView,
  spans,
  stopKinds,
  stops,
} from './mandates-pages.ts'
import { noteLook, searched } from './organisations.ts'
import { allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

export function mountMandates(options: ConsoleOptions): void {
  const { web, clock, partners, mandates, approvals } = options
  const { app } = web

  app.get(consolePaths.mandates, allow('organisations'), async (request, reply) => {
    const { typed, ...found } = await searched(options, request)
    const known = isId('mandate', typed) && (await mandates.byId(typed))
    if (known) return reply.redirect(consolePaths.mandate(known.mandate), 303)
    const view = { typed, ...found }
    return web.page(request, reply, mandatesPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  app.get(consolePaths.mandatesStatistics, allow('organisations'), async (request, reply) => {
    const { weeks: given } = request.query as { weeks?: unknown }
    const span = spans.find((one) => String(one) === given) ?? spans[0]
    const weeks = weeksUpTo(clock.now(), span)
    const statistics = await mandates.statistics({ from: weeks[0] as Instant, until: clock.now() + 1 })
    const page = mandateStatisticsPage(
      { span, weeks, statistics },
      await frameOf(options, request),
      web.contextOf(request),
    )
    return web.page(request, reply, page)
  })

  /** @throws GarantError `not_found` */
  async function mandateIn(request: FastifyRequest): Promise<MandateView> {
    const { mandate: id } = request.params as { mandate: string }
    const found = isId('mandate', id) ? await mandates.byId(id) : undefined
    if (!found) throw new GarantError('not_found')
    return found
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    mandate: MandateView,
    more: Partial<Pick<OneMandateView, 'typed' | 'said'>> & { id?: string } = {},
  ): Promise<FastifyReply> {
    const { id, typed = '', said } = more
    const { language } = web.contextOf(request)
    const { services } = partners.registry()
    const [found] = await mandates.withNames([mandate])
    if (!found) throw new GarantError('not_found')
    const idFor = (act: (typeof stops)[number]) => idOf(said?.act === act ? id : '')
    const view: OneMandateView = {
      found,
      uses: await mandates.countUses(mandate.mandate),
      now: clock.now(),
      serviceName: (service) => services.get(service)?.name[language] ?? service,
      ids: { suspend: idFor('suspend'), resume: idFor('resume'), end: idFor('end') },
      typed,
      ...(said ? { said } : {}),
    }
    return web.page(request, reply, mandatePage(view, await frameOf(options, request), web.contextOf(request)))
  }

  app.get('/console/mandates/:mandate', allow('organisations'), async (request, reply) => {
    const mandate = await mandateIn(request)
    await noteLook(options, request, { mandate: mandate.mandate })
    return show(request, reply, mandate)
  })

  for (const act of stops) {
    app.post(`/console/mandates/:mandate/${act}`, allow('mandates_stop'), async (request, reply) => {
      const found = await mandateIn(request)
      const { id, reason } = fieldsOf(request, ['id', 'reason'])
      const parameters: { mandate: MandateId } = { mandate: found.mandate }
      const outcome = await approvals.ask(asking(request, options, { kind: stopKinds[act], parameters, reason, id }))
      const answer = answerAsked(reply, outcome)
      if (answer) return answer
      const { askSaid: said, refusal } = saidOf(outcome)
      return show(request, reply, found, { id, typed: reason, said: { act, said, ...(refusal ? { refusal } : {}) } })
    })
  }
}
