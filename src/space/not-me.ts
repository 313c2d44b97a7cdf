/**
 * "It was not me": with the code of an alert alone, which ends that session and nothing else; signed in, with what can be
 * done besides, and the report that opens a case (`cases.ts`). The verbs are those of `cases/`.
 *
 * To say that it *was* them quiets an alarm, so a sign-in that does not see the whole space may not: it may be the
 * thief's. To take back that it was not asks the strongest that the person can prove.
 */
import type { FastifyReply } from 'fastify'
import type { Line } from '../connections/connections.ts'
import { parseReference } from '../connections/reference.ts'
import { GarantError } from '../kernel/errors.ts'
import { isId } from '../kernel/ids.ts'
import { type Body, textIn } from '../means/routes-sign-in.ts'
import { isTold } from './cases.ts'
import {
  closedPage,
  codePage,
  type LineView,
  linePage,
  notMePaths,
  otherMessagePage,
  type SaidOfLine,
  saidOfLine,
} from './not-me-pages.ts'
import type { SpacePages, SpaceVisit } from './visit.ts'

export function mountNotMe(pages: SpacePages): void {
  mountCode(pages)
  mountLine(pages)
}

/** Nobody is signed in here, and nothing is told: the answer to a code is the same, whatever became of its session. */
function mountCode({ web, alerts, cases }: SpacePages): void {
  const access = { config: { access: 'public' } } as const

  web.app.get(notMePaths.code, access, (request, reply) => web.page(request, reply, codePage(web.contextOf(request))))

  web.app.post(notMePaths.code, access, async (request, reply) => {
    const context = web.contextOf(request)
    const typed = textIn((request.body ?? {}) as Body, 'code').slice(0, longestTyped)
    const code = parseReference(typed)
    if (!code) return web.page(request, reply, codePage(context, { code: typed, fault: 'malformed' }))
    if (!(await cases.mayTry(context.address))) throw new GarantError('too_many_requests')
    const message = await alerts.recognise(code)
    const { person, about: connection } = message ?? {}
    if (message && !isId('connection', connection)) return web.page(request, reply, otherMessagePage(context))
    const isKnown = person && isId('connection', connection)
    const said = isKnown ? await cases.disown({ person, connection, by: 'code' }) : 'absent'
    if (said !== 'absent') return web.page(request, reply, closedPage(context))
    return web.page(request, reply, codePage(context, { code: typed, fault: 'unknown' }))
  })
}

/** Of what is shown again. */
const longestTyped = 60

function mountLine(pages: SpacePages): void {
  const { cases, connections } = pages
  const address = notMePaths.line(':reference')

  /** One of the person's own, that this sign-in sees. */
  async function lineIn(visit: SpaceVisit): Promise<Line | undefined> {
    const { reference } = visit.request.params as { reference: string }
    const code = parseReference(reference)
    const line = code && (await connections.lineOf(visit.who.person, code))
    return line && pages.seesProvider(visit, line.provider) ? line : undefined
  }

  async function show(visit: SpaceVisit, line: Line, more: Pick<LineView, 'said' | 'words'>): Promise<FastifyReply> {
    const open = await cases.openAbout(visit.who.person, line.id)
    const isShown = open !== undefined && (await isTold(pages, open))
    return pages.show(visit, linePage({ line, ...more, ...(isShown ? { open } : {}) }, pages, visit))
  }

  const done = (visit: SpaceVisit, line: Line, said: SaidOfLine) =>
    pages.done(visit, notMePaths.line(line.reference), said)

  pages.get(address, async (visit) => {
    const line = await lineIn(visit)
    if (!line) return pages.notFound(visit)
    const said = pages.outcomeIn(visit, saidOfLine)
    return show(visit, line, said ? { said } : {})
  })

  pages.post(address, async (visit) => {
    const line = await lineIn(visit)
    if (!line) return pages.notFound(visit)
    switch (textIn(visit.body, 'act')) {
      case 'disown':
        return disown(visit, line)
      case 'own':
        // Whoever takes back what they said unsays an alarm.
        return line.answer === 'disowned' ? pages.guardChange((proved) => own(proved, line))(visit) : own(visit, line)
      case 'report':
        return report(visit, line)
      default:
        throw new GarantError('request_unreadable')
    }
  })

  async function disown(visit: SpaceVisit, line: Line): Promise<FastifyReply> {
    const { person, session } = visit.who
    // It was the one who asks; the page does not offer it.
    if (line.session === session) return show(visit, line, {})
    await cases.disown({ person, connection: line.id, by: 'session', besides: session })
    return done(visit, line, 'disowned')
  }

  async function own(visit: SpaceVisit, line: Line): Promise<FastifyReply> {
    if (visit.access.sight !== 'whole') return show(visit, line, {})
    const said = await cases.own({ person: visit.who.person, connection: line.id })
    if (said === 'absent') return pages.notFound(visit)
    return done(visit, line, said === 'case_open' ? 'case_open' : 'owned')
  }

  async function report(visit: SpaceVisit, line: Line): Promise<FastifyReply> {
    const { person, session } = visit.who
    const words = textIn(visit.body, 'words')
    const outcome = await cases.open({
      ...{ person, connections: [line.id], words, besides: session },
      actor: { kind: 'person', id: person },
    })
    if (outcome.kind === 'absent') return pages.notFound(visit)
    return outcome.kind === 'too_long' ? show(visit, line, { words }) : done(visit, line, outcome.kind)
  }
}
