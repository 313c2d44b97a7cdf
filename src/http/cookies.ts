/** Names and attributes of the hub's cookies. `set` goes with `reply`: an answer that is hijacked does not carry it. */
import cookiePlugin from '@fastify/cookie'
import type { FastifyInstance } from 'fastify'
import type { Cookies } from './http.ts'

/**
 * "__Host-" cookies are accepted from a secure origin only, without `Domain` and for path `/`, so that no neighbour
 * under the same domain can plant one (RFC 6265bis section 4.1.3.2). A browser refuses them on plain http.
 */
export async function createCookies(app: FastifyInstance, options: { secure: boolean }): Promise<Cookies> {
  // Without its hook: most requests need no cookie, or one.
  await app.register(cookiePlugin, { hook: false })
  const prefix = options.secure ? '__Host-' : 'garant_'
  const attributesFor = (maxAge: number | undefined) => ({
    path: '/',
    httpOnly: true,
    sameSite: 'lax' as const,
    secure: options.secure,
    ...(maxAge === undefined ? {} : { maxAge: Math.floor(maxAge / 1000) }),
  })
  return {
    read: (request, name) => {
      const header = request.headers.cookie
      return header ? app.parseCookie(header)[`${prefix}${name}`] : undefined
    },
    set: (reply, name, value, maxAge) => void reply.setCookie(`${prefix}${name}`, value, attributesFor(maxAge)),
    clear: (reply, name) => void reply.setCookie(`${prefix}${name}`, '', attributesFor(0)),
    serialize: (name, value, maxAge) => app.serializeCookie(`${prefix}${name}`, value, attributesFor(maxAge)),
  }
}
