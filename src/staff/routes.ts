/**
 * Addresses by which operators and partners' staff arrive and leave, and the gate before every route of theirs: who is
 * there by a cookie of their kind, has one of the roles that the route names, and sends only forms that were shown to
 * them.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access, Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import { type ErrorName, GarantError } from '../kernel/errors.ts'
import { newSecret } from '../kernel/ids.ts'
import type { Language } from '../kernel/languages.ts'
import { operatorRoles, staffRoles } from '../kernel/roles.ts'
import type { Operators, Standing } from './operators.ts'
import { type Arrival, arrivals, joinPage, operatorPaths, signInPage, staffPaths, type Way } from './pages.ts'
import type { PartnerStaff, StaffStanding } from './partner-staff.ts'
import { type Entrance, staffAbsolute } from './staff.ts'

/** What the pages of a kind of staff ask of this room. */
export interface Door<S> {
  /** Who is there. Only on routes for this kind, which the gate has let in. */
  of(request: FastifyRequest): S
  /** For a form to this address: good in this session only. */
  verifier(standing: S, path: string): string
}

export type OperatorDoor = Door<Standing>
export type StaffDoor = Door<StaffStanding>

interface Mounting {
  web: Web
  verifiers: Verifiers
  /** Name of the hub. */
  name: string
  /** Where a sign-in leads. */
  home: string
}

export function mountOperatorRoutes({ operators, ...mounting }: Mounting & { operators: Operators }): OperatorDoor {
  return mountEntrance({
    ...mounting,
    way: operatorPaths,
    entrance: operators,
    cookie: 'operator',
    label: 'operators',
    everybody: { operator: operatorRoles },
    said: {
      out: 'operator_signed_out',
      role: 'operator_role_missing',
      refused: 'operator_refused',
      link: 'invitation_unusable',
    },
    partnerName: () => '',
  })
}

export function mountStaffRoutes({
  staff,
  ...mounting
}: Mounting & {
  staff: PartnerStaff
  /** How a partner is called. */
  partnerName: (partner: string, language: Language) => string
}): StaffDoor {
  return mountEntrance({
    ...mounting,
    way: staffPaths,
    entrance: staff,
    cookie: 'staff',
    label: 'desk',
    everybody: { staff: staffRoles },
    said: {
      out: 'staff_signed_out',
      role: 'staff_role_missing',
      refused: 'staff_refused',
      link: 'staff_link_unusable',
    },
  })
}

function mountEntrance<R extends string, S extends { session: string; roles: readonly R[] }>(
  options: Mounting & {
    way: Way
    entrance: Entrance<R, S>
    cookie: 'operator' | 'staff'
    /** Of verifiers: a form of one kind is none of the other. */
    label: string
    /** Every role of this kind. */
    everybody: Extract<Access, object>
    said: Record<'out' | 'role' | 'refused' | 'link', ErrorName>
    partnerName: (partner: string, language: Language) => string
  },
): Door<S> {
  const { web, way, entrance, cookie, label, said, verifiers, name: hub } = options
  const { app, cookies } = web
  const open = { config: { access: 'public' } } as const
  const standings = new WeakMap<FastifyRequest, S>()

  const door: Door<S> = {
    of(request) {
      const standing = standings.get(request)
      if (!standing) throw new Error(`a route that is not for ${label} asks which one is there`)
      return standing
    },
    verifier: ({ session }, path) => verifiers.make(label, session, path),
  }

  web.guard(cookie, {
    async enter(request, reply, roles) {
      const secret = cookies.read(request, cookie)
      const standing = await entrance.standing(secret)
      if (!standing) {
        const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
        if (!isPage) throw new GarantError(said.out)
        return reply.redirect(secret ? `${way.signIn}?after=ended` : way.signIn, 303)
      }
      if (!standing.roles.some((role) => roles.includes(role))) {
        await entrance.denied(standing, request.routeOptions.url ?? '')
        throw new GarantError(said.role, { session: standing.session })
      }
      standings.set(request, standing)
      return undefined
    },
    isOwnForm(request) {
      const { verifier } = (request.body ?? {}) as { verifier?: unknown }
      return verifiers.check(verifier, label, door.of(request).session, pathOf(request))
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

  app.get<{ Params: { token: string } }>(way.join(':token'), open, async (request, reply) => {
    const { token } = request.params
    const invitation = await entrance.invitation(token)
    const browser = browserOf(request, reply)
    const begun = invitation && (await entrance.beginJoining(token, browser))
    if (!begun) return web.error(request, reply, { error: said.link })
    const verifier = verifiers.make(`${label}/join`, browser, token)
    const context = web.contextOf(request)
    const partner = options.partnerName(invitation.partner, context.language)
    return web.page(request, reply, joinPage(way, { ...begun, ...invitation, partner, token, verifier, hub }, context))
  })

  app.post<{ Params: { token: string } }>(way.join(':token'), open, async (request, reply) => {
    const { token } = request.params
    const isOwn = (browser: string, verifier: unknown) => verifiers.check(verifier, `${label}/join`, browser, token)
    const outcome = await entrance.join(token, answerIn(request, cookies.read(request, 'browser'), isOwn))
    if (outcome === 'link_unusable') return web.error(request, reply, { error: said.link })
    if (outcome === 'not_registered') {
      return web.error(request, reply, { error: 'passkey_not_registered', retry: { href: way.join(token) } })
    }
    return reply.redirect(`${way.signIn}?after=joined`, 303)
  })

  app.get(way.signIn, open, async (request, reply) => {
    const after = arrivalOf(request)
    const browser = browserOf(request, reply)
    const begun = await entrance.beginSignIn(browser)
    const verifier = verifiers.make(`${label}/sign-in`, browser)
    const view = { ...begun, verifier, hub, ...(after ? { after } : {}) }
    return web.page(request, reply, signInPage(way, view, web.contextOf(request)))
  })

  app.post(way.signIn, open, async (request, reply) => {
    const isOwn = (browser: string, verifier: unknown) => verifiers.check(verifier, `${label}/sign-in`, browser)
    const secret = await entrance.signIn(
      answerIn(request, cookies.read(request, 'browser'), isOwn),
      cookies.read(request, cookie),
    )
    if (!secret) return web.error(request, reply, { error: said.refused, retry: { href: way.signIn } })
    cookies.set(reply, cookie, secret, staffAbsolute)
    return reply.redirect(options.home, 303)
  })

  app.post(way.signOut, { config: { access: options.everybody } }, async (request, reply) => {
    await entrance.signOut(cookies.read(request, cookie))
    cookies.clear(reply, cookie)
    return reply.redirect(`${way.signIn}?after=left`, 303)
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
