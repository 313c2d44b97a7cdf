/** The public page of `checks.ts`. A form and its answer; no address of a page ever holds a code. */
import type { FastifyRequest } from 'fastify'
import type { Web } from '../http/http.ts'
import { hour, second } from '../kernel/durations.ts'
import type { MessageChecks } from './checks.ts'
import { checkPage, checkPath } from './pages.ts'

export interface MessageRoutesOptions {
  web: Web
  checks: Pick<MessageChecks, 'check'>
  /** Public address of the hub. */
  issuer: string
  name: string
  /** IANA name of the zone in which dates are written. */
  timeZone: string
}

/** Nobody types more; what is longer is cut before it is looked at. */
const longest = 600

export function mountMessageCheck({ web, checks, issuer, name, timeZone }: MessageRoutesOptions): void {
  const { app } = web
  const access = { config: { access: 'public' } } as const
  const frame = { name, timeZone, host: new URL(issuer).host }

  app.get(checkPath, access, (request, reply) =>
    web.page(request, reply, checkPage({ ...frame, typed: { code: '', address: '' } }, web.contextOf(request))),
  )

  app.post(checkPath, access, async (request, reply) => {
    const typed = { code: fieldIn(request, 'code'), address: fieldIn(request, 'address') }
    const context = web.contextOf(request)
    const answer = await checks.check({ ...typed, from: context.address })
    if (answer.kind === 'too_often') reply.header('retry-after', hour / second)
    return web.page(request, reply, checkPage({ ...frame, typed, answer }, context))
  })
}

function fieldIn(request: FastifyRequest, name: 'code' | 'address'): string {
  const value = ((request.body ?? {}) as Record<string, unknown>)[name]
  return typeof value === 'string' ? value.slice(0, longest).trim() : ''
}
