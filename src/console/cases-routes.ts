/** Reports of a misused identity: who waits longest first, what was written, and how it ends. Each reading is a fact. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Case, caseCloseReasons } from '../cases/cases.ts'
import { GarantError } from '../kernel/errors.ts'
import { type CaseId, isId } from '../kernel/ids.ts'
import { ownService } from '../partners/own-service.ts'
import { type CaseOutcome, type CaseView, caseOutcomes, casePage, casesPage } from './cases-pages.ts'
import { consolePaths } from './frame.ts'
import { actorOf, allow, type ConsoleOptions, fieldsOf, frameOf } from './visit.ts'

const pageSize = 25

export function mountCases(options: ConsoleOptions): void {
  const { web, door, cases, clock, connections, partners } = options
  const { app } = web

  app.get(consolePaths.cases, allow('cases'), async (request, reply) => {
    const { which: given, after } = request.query as { which?: unknown; after?: unknown }
    const which = given === 'closed' ? 'closed' : 'open'
    const from = isId('case', after) ? after : undefined
    const limit = pageSize + 1
    const found =
      which === 'open'
        ? await cases.waiting({ limit, ...(from ? { after: from } : {}) })
        : await cases.closed({ limit, ...(from ? { before: from } : {}) })
    const shown = found.slice(0, pageSize)
    const next = found.length > pageSize ? shown.at(-1)?.id : undefined
    const view = {
      which,
      cases: shown,
      waiting: await cases.countWaiting(),
      now: clock.now(),
      isFirst: from === undefined,
      ...(next ? { next } : {}),
    } as const
    return web.page(request, reply, casesPage(view, await frameOf(options, request), web.contextOf(request)))
  })

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id: CaseId,
    more: Pick<CaseView, 'done' | 'reasonMissing'>,
  ): Promise<FastifyReply> {
    const read = await cases.read(id, actorOf(door.of(request)))
    if (!read) throw new GarantError('not_found')
    const connection = await connectionOf(request, read.case)
    const view = { ...read, ...more, ...(connection ? { connection } : {}) }
    return web.page(request, reply, casePage(view, await frameOf(options, request), web.contextOf(request)))
  }

  async function connectionOf(request: FastifyRequest, about: Case): Promise<CaseView['connection']> {
    const [line] = await connections.linesOf(about.person, [about.connection])
    if (!line) return undefined
    const { t, language } = web.contextOf(request)
    const { services, providers } = partners.registry()
    const named = services.get(line.service)?.name[language] ?? line.service
    return {
      ...line,
      service: line.service === ownService ? t('cases.connection.own') : named,
      provider: line.provider && (providers.get(line.provider)?.name[language] ?? line.provider),
    }
  }

  app.get(consolePaths.case(':case' as CaseId), allow('cases'), async (request, reply) => {
    const done = caseOutcomes.find((one) => one === (request.query as { done?: unknown }).done)
    return show(request, reply, idIn(request), done ? { done } : {})
  })

  app.post(consolePaths.case(':case' as CaseId), allow('cases'), async (request, reply) => {
    const id = idIn(request)
    const { reason: given } = fieldsOf(request, ['reason'])
    const reason = caseCloseReasons.find((one) => one === given)
    if (!reason) return show(request, reply, id, { reasonMissing: true })
    const said = await cases.close(id, { reason, actor: actorOf(door.of(request)) })
    if (said === 'absent') throw new GarantError('not_found')
    const outcome: CaseOutcome = said === 'done' ? 'closed' : 'meanwhile'
    return reply.redirect(`${consolePaths.case(id)}?done=${outcome}`, 303)
  })
}

/** @throws GarantError `not_found` */
function idIn(request: FastifyRequest): CaseId {
  const { case: id } = request.params as { case: string }
  if (!isId('case', id)) throw new GarantError('not_found')
  return id
}
