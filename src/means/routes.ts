/** The pages of this room: the ceremony of a login, what is lost, and the holder's own. */
import type { FastifyRequest } from 'fastify'
import type { ErrorName } from '../kernel/errors.ts'
import type { Language } from '../kernel/languages.ts'
import { donePage, lostPage, resetPage, resetRequestPage, unlockPage } from './pages-sign-in.ts'
import { type HolderOptions, mountHolder } from './routes-holder.ts'
import { type Body, mountCeremony, textIn, type Way } from './routes-sign-in.ts'

export { holderPath } from './pages-holder.ts'

/** A login that waits for the hub's own means, as the room of logins tells it. */
export type Waiting =
  | { kind: 'waiting'; way: Omit<Way, 'base' | 'key'>; languages: readonly Language[] }
  /** It does not wait for this any more: it goes on there. */
  | { kind: 'elsewhere'; path: string }
  | { kind: 'refused'; error: ErrorName }

export interface MeansRoutesOptions extends HolderOptions {
  automationCheck: boolean
  /** The login of this state, of this browser only. */
  waitingFor: (state: string, request: FastifyRequest) => Promise<Waiting>
}

export function mountMeansRoutes(options: MeansRoutesOptions): void {
  const { web, waitingFor } = options
  mountCeremony({
    ...options,
    route: '/means/sign-in/:state',
    access: 'flow',
    wayOf: async (request, reply) => {
      const { state } = request.params as { state: string }
      const found = await waitingFor(state, request)
      if (found.kind === 'refused') return { answered: web.error(request, reply, { error: found.error }) }
      if (found.kind === 'elsewhere') return { answered: reply.redirect(found.path, 303) }
      web.prefer(request, found.languages)
      return { ...found.way, base: `/means/sign-in/${state}`, key: state }
    },
  })
  mountLost(options)
  mountHolder(options)
}

function mountLost({ web, means, name }: MeansRoutesOptions): void {
  const { app } = web
  const access = { config: { access: 'public' } } as const
  const bodyOf = (request: FastifyRequest) => (request.body ?? {}) as Body
  const context = (request: FastifyRequest) => web.contextOf(request)

  app.get('/means/lost', access, (request, reply) => {
    const { from } = request.query as { from?: unknown }
    const isCeremony = typeof from === 'string' && /^\/means\/sign-in\/[\w.-]{1,200}$/.test(from)
    return web.page(request, reply, lostPage({ name, ...(isCeremony ? { from } : {}) }, context(request)))
  })

  app.get('/means/reset', access, (request, reply) => web.page(request, reply, resetRequestPage(context(request))))
  app.post('/means/reset', access, async (request, reply) => {
    const { language } = context(request)
    await means.passwords.requestReset({ identifier: textIn(bodyOf(request), 'identifier'), language })
    return reply.redirect('/means/reset/code', 303)
  })
  app.get('/means/reset/code', access, (request, reply) =>
    web.page(request, reply, resetPage({ reasons: [] }, context(request))),
  )
  app.post('/means/reset/code', access, async (request, reply) => {
    const body = bodyOf(request)
    const outcome = await means.passwords.reset({ code: textIn(body, 'code'), password: textIn(body, 'password') })
    const { t } = context(request)
    const page = outcome.ok
      ? donePage({ title: t('own.reset.done.title'), text: t('own.reset.done') })
      : resetPage({ reasons: outcome.reasons }, context(request))
    return web.page(request, reply, page)
  })

  app.get('/means/unlock', access, (request, reply) =>
    web.page(request, reply, unlockPage({ fault: false }, context(request))),
  )
  app.post('/means/unlock', access, async (request, reply) => {
    const body = bodyOf(request)
    const [identifier, recoveryCode, totp] = ['identifier', 'recovery', 'totp'].map((field) => textIn(body, field))
    const done = await means.unlockWithCodes({
      identifier: identifier ?? '',
      recoveryCode: recoveryCode ?? '',
      totp: totp ?? '',
    })
    const { t } = context(request)
    const page = done
      ? donePage({ title: t('own.unlock.done.title'), text: t('own.unlock.done') })
      : unlockPage({ fault: true }, context(request))
    return web.page(request, reply, page)
  })
}
