/**
 * Addresses by which operators arrive and leave, and the gate before every route of theirs: who is there by the
 * operators' own cookie, has one of the roles that the route names, and sends only forms that were shown to them.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { GarantError } from '../kernel/errors.ts'
import { newSecret } from '../kernel/ids.ts'
import { operatorRoles } from '../kernel/roles.ts'
import { type Operators, operatorAbsolute, type Standing } from './operators.ts'
import { type Arrival, arrivals, joinOperatorPage, operatorPaths, operatorSignInPage } from './pages.ts'

/** What the pages of operators ask of this room. */
export interface OperatorDoor {
  /** Who is there. Only on routes with `access: { operator }`, which the gate has let in. */
  of(request: FastifyRequest): Standing
  /** For a form to this address: good in this session only. */
  verifier(standing: Standing, path: string): string
}

export function mountOperatorRoutes(options: {
  web: Web
  operators: Operators
  verifiers: Verifiers
  /** Name of the hub. */
  name: string
  /** Where a sign-in leads. */
  home: string
}): OperatorDoor {
  const { web, operators, verifiers, name: hub } = options
  const { app, cookies } = web
  const open = { config: { access: 'public' } } as const
  const standings = new WeakMap<FastifyRequest, Standing>()

  const door: OperatorDoor = {
    of(request) {
      const standing = standings.get(request)
      if (!standing) throw new Error('a route that is not for operators asks which one is there')
      return standing
    },
    verifier: (standing, path) => verifiers.make('operators', standing.session, path),
  }

  web.guardOperators({
    async enter(request, reply, roles) {
      const cookie = cookies.read(request, 'operator')
      const standing = await operators.standing(cookie)
      if (!standing) {
        const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
        if (!isPage) throw new GarantError('operator_signed_out')
        return reply.redirect(cookie ? `${operatorPaths.signIn}?after=ended` : operatorPaths.signIn, 303)
      }
      if (!standing.roles.some((role) => roles.includes(role))) {
        await operators.denied(standing, request.routeOptions.url ?? '')
        throw new GarantError('operator_role_missing', { operator: standing.operator })
      }
      standings.set(request, standing)
      return undefined
    },
    isOwnForm(request) {
      const { verifier } = (request.body ?? {}) as { verifier?: unknown }
      return verifiers.check(verifier, 'operators', door.of(request).session, pathOf(request))
    },
  })

  /** Binds a ceremony to this browser. */
  function browserOf(request: FastifyRequest, reply: FastifyReply): string {
    const known = cookies.read(request, 'browser')
    if (known) return known
    const browser = newSecret()
    cookies.set(reply, 'browser', browser)
    return browser
  }

  app.get<{ Params: { token: string } }>('/operators/join/:token', open, async (request, reply) => {
    const { token } = request.params
    const invitation = await operators.invitation(token)
    const browser = browserOf(request, reply)
    const begun = invitation && (await operators.beginJoining(token, browser))
    if (!begun) return web.error(request, reply, { error: 'invitation_unusable' })
    const verifier = verifiers.make('operators/join', browser, token)
    return web.page(
      request,
      reply,
      joinOperatorPage({ ...begun, ...invitation, token, verifier, hub }, web.contextOf(request)),
    )
  })

  app.post<{ Params: { token: string } }>('/operators/join/:token', open, async (request, reply) => {
    const { token } = request.params
    const isOwn = (browser: string, verifier: unknown) => verifiers.check(verifier, 'operators/join', browser, token)
    const outcome = await operators.join(token, answerIn(request, cookies.read(request, 'browser'), isOwn))
    if (outcome === 'link_unusable') return web.error(request, reply, { error: 'invitation_unusable' })
    if (outcome === 'not_registered') {
      return web.error(request, reply, {
        error: 'passkey_not_registered',
        retry: { href: operatorPaths.join(token) },
      })
    }
    return reply.redirect(`${operatorPaths.signIn}?after=joined`, 303)
  })

  app.get(operatorPaths.signIn, open, async (request, reply) => {
    const after = arrivalOf(request)
    const browser = browserOf(request, reply)
    const begun = await operators.beginSignIn(browser)
    const verifier = verifiers.make('operators/sign-in', browser)
    return web.page(
      request,
      reply,
      operatorSignInPage({ ...begun, verifier, hub, ...(after ? { after } : {}) }, web.contextOf(request)),
    )
  })

  app.post(operatorPaths.signIn, open, async (request, reply) => {
    const isOwn = (browser: string, verifier: unknown) => verifiers.check(verifier, 'operators/sign-in', browser)
    const secret = await operators.signIn(
      answerIn(request, cookies.read(request, 'browser'), isOwn),
      cookies.read(request, 'operator'),
    )
    if (!secret) {
      return web.error(request, reply, { error: 'operator_refused', retry: { href: operatorPaths.signIn } })
    }
    cookies.set(reply, 'operator', secret, operatorAbsolute)
    return reply.redirect(options.home, 303)
  })

  app.post(operatorPaths.signOut, { config: { access: { operator: operatorRoles } } }, async (request, reply) => {
    await operators.signOut(cookies.read(request, 'operator'))
    cookies.clear(reply, 'operator')
    return reply.redirect(`${operatorPaths.signIn}?after=left`, 303)
  })

  return door
}

/**
 * The browser's answer to a ceremony, as a form sent it; what is in it is judged by `means/`.
 *
 * @throws GarantError `form_foreign` when the form is not one that this browser was shown, `request_unreadable`
 */
function answerIn<R>(
  request: FastifyRequest,
  browser: string | undefined,
  isOwn: (browser: string, verifier: unknown) => boolean,
): { ceremony: string; browser: string; response: R } {
  const { verifier, ceremony, response } = (request.body ?? {}) as Record<string, unknown>
  if (!browser || !isOwn(browser, verifier)) throw new GarantError('form_foreign')
  return { ceremony: String(ceremony ?? ''), browser, response: parsed(response) as R }
}

function parsed(text: unknown): object {
  try {
    const value: unknown = JSON.parse(String(text))
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // What is no JSON is no answer either.
  }
  throw new GarantError('request_unreadable')
}

function arrivalOf(request: FastifyRequest): Arrival | undefined {
  const { after } = request.query as { after?: unknown }
  return arrivals.find((one) => one === after)
}

/** The path of a request as it was asked for, without its query. */
function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? ''
}
