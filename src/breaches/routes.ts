/** The public addresses of incidents of the hub (R135), for everybody, signed in or not. They answer from memory. */
import type { Web } from '../http/http.ts'
import { GarantError } from '../kernel/errors.ts'
import type { StatementLine } from '../notices/pages.ts'
import { type IncidentFrame, incidentPage, incidentPaths, incidentsPage, withdrawnPage } from './pages.ts'
import type { PublicStatement, Statements } from './statements.ts'

export interface IncidentRoutesOptions extends IncidentFrame {
  web: Web
  statements: Pick<Statements, 'published' | 'publicOne'>
}

/** As the status page lists them. */
export const statementLines = (published: readonly PublicStatement[]): StatementLine[] =>
  published.map(({ reference, content, publishedAt }) => ({
    ...{ title: content.title, path: incidentPaths.one(reference), at: publishedAt },
    isFixed: content.fixedAt !== undefined,
  }))

export function mountIncidentPages({ web, statements, ...frame }: IncidentRoutesOptions): void {
  const { app } = web
  const access = { config: { access: 'public' } } as const

  app.get(incidentPaths.all, access, (request, reply) =>
    web.page(request, reply, incidentsPage(statements.published(), frame, web.contextOf(request))),
  )

  app.get(incidentPaths.one(':reference'), access, (request, reply) => {
    const { reference } = request.params as { reference: string }
    const found = statements.publicOne(reference)
    if (!found) throw new GarantError('not_found')
    const context = web.contextOf(request)
    const page = found === 'withdrawn' ? withdrawnPage(reference, context) : incidentPage(found, frame, context)
    return web.page(request, reply, page)
  })
}
