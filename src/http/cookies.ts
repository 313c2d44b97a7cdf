/** Names and attributes of the hub's cookies. `set` goes with `reply`: an answer that is hijacked does not carry it. */
import cookiePlugin from '@fastify/cookie'
import type { FastifyInstance } from 'fastify'
import type { CookieName, Cookies } from './http.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Of this room: what `Cookies.read` found last, with the header that it stood in. */
    sentCookies: { header: string; values: Record<string, string | undefined> } | undefined
  }
}

/**
 * "__Host-" cookies are accepted from a secure origin only, without `Domain` and for path `/`, so that no neighbour
 * under the same domain can plant one (RFC 6265bis section 4.1.3.2). A browser refuses them on plain http.
 */
export async function createCookies(app: FastifyInstance, options: { secure: boolean }): Promise<Cookies> {
  // Without its hook: most requests need no cookie, or one.
  await app.register(cookiePlugin, { hook: false })
  app.decorateRequest('sentCookies', undefined)
  const prefix = options.secure ? '__Host-' : 'garant_'
  const wireNames = {
    browser: `${prefix}browser`,
    session: `${prefix}session`,
    device: `${prefix}device`,
    language: `${prefix}language`,
    report: `${prefix}report`,
    operator: `${prefix}operator`,
    staff: `${prefix}staff`,
  } satisfies Record<CookieName, string>
  const attributesFor = (name: CookieName, maxAge: number | undefined) => ({
    path: '/',
    httpOnly: true,
    // Nobody comes to the pages of operators or of partners from another site; people come to a login from a service.
    sameSite: name === 'operator' || name === 'staff' ? ('strict' as const) : ('lax' as const),
    secure: options.secure,
    ...(maxAge === undefined ? {} : { maxAge: Math.floor(maxAge / 1000) }),
  })
  return {
    read: (request, name) => {
      const header = request.headers.cookie
      if (!header) return undefined
      // By its text, as what a request brought may be replaced on the way to the engine.
      if (request.sentCookies?.header !== header) {
        request.sentCookies = { header, values: app.parseCookie(header) }
      }
      return request.sentCookies.values[wireNames[name]]
    },
    set: (reply, name, value, maxAge) => void reply.setCookie(wireNames[name], value, attributesFor(name, maxAge)),
    clear: (reply, name) => void reply.setCookie(wireNames[name], '', attributesFor(name, 0)),
    serialize: (name, value, maxAge) => app.serializeCookie(wireNames[name], value, attributesFor(name, maxAge)),
  }
}
