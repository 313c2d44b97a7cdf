/**
 * The door of the hub's own pages for people: who is signed in on this browser, and a sign-in that leads back to the page
 * that was asked for. It is a login like every other, with the hub as its service (`partners/own-service.ts`): the same
 * choice of accounts, the same rules, the same session, a line in the ledger and, where it is unusual, an alert. What is
 * missing is the engine: nobody waits for a code.
 *
 * The rooms behind it are handed `OwnDoor`; they know neither flows nor sessions.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Connections } from '../connections/connections.ts'
import type { Web } from '../http/http.ts'
import { atLeast, type Level } from '../kernel/assurance.ts'
import { ownProvider } from '../partners/partners.ts'
import type { People } from '../people/people.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import type { Storage } from '../storage/storage.ts'
import type { Flow } from './flow.ts'
import type { CookieChange, Login, OwnSignInRequest, Visitor } from './login.ts'
import { loginPath } from './routes.ts'

export interface Present {
  session: Session
  /**
   * The account of this session has shown less than another one of the person, and no sign-in with both has confirmed it:
   * it may be the account of somebody who only bears the same name, and opens nothing that is the person's alone.
   */
  isWeak: boolean
}

export interface OwnDoor {
  /** Who is signed in on this browser; noted as a use of the session. */
  present(request: FastifyRequest): Promise<Present | undefined>
  /** Leads to a sign-in, which comes back to `returnTo`. Not for a post of which something must not be lost. */
  signIn(request: FastifyRequest, reply: FastifyReply, asked: OwnSignInRequest): Promise<FastifyReply>
  /** The address of a sign-in as a link of a page. `again`: the same person, anew, though they are signed in. */
  signInPath(returnTo: string, options?: { again?: true; level?: Level }): string
}

export interface OwnSignInOptions {
  web: Web
  login: Login
  sessions: Sessions
  people: Pick<People, 'linksOf'>
  connections: Pick<Connections, 'complete'>
  storage: Storage
  visitorOf: (request: FastifyRequest) => Visitor
  /** The first parts of the paths that a sign-in may lead to; the first one where another address is asked for. */
  places: readonly [string, ...string[]]
}

export interface OwnSignIn extends OwnDoor {
  /** Where a login of this kind is taken up again. */
  resumePath(flow: Flow): string
  /** Lets the person in, or says why not. */
  answer(request: FastifyRequest, reply: FastifyReply, flow: Flow): Promise<FastifyReply>
}

const path = '/sign-in'

export function mountOwnSignIn(options: OwnSignInOptions): OwnSignIn {
  const { web, login, sessions, people, connections, storage, visitorOf, places } = options
  const { app } = web

  /** A path below one of the places: no other site, no query, nothing that climbs. */
  function placeIn(value: unknown): string {
    const isOne = typeof value === 'string' && value.length <= 200 && /^(?:\/[\w-]+(?:\.[\w-]+)*)+$/.test(value)
    const place = isOne ? value : ''
    return places.some((start) => place === start || place.startsWith(`${start}/`)) ? place : places[0]
  }

  function setCookies(reply: FastifyReply, cookies: readonly CookieChange[]): void {
    for (const { name, value, maxAge } of cookies) web.cookies.set(reply, name, value, maxAge)
  }

  /** Out of a post this is no redirection: see `web.depart`. */
  function onward(request: FastifyRequest, reply: FastifyReply, url: string): FastifyReply {
    return request.method === 'POST' ? web.depart(request, reply, url) : reply.redirect(url, 303)
  }

  async function isWeak({ person, link, provider }: Session): Promise<boolean> {
    // Its owner must be able to stop it, whatever else they have proved by other accounts.
    if (provider === ownProvider) return false
    const links = await people.linksOf(storage.db, person)
    const present = links.find((one) => one.link === link)
    return !present || links.some(({ level }) => !atLeast(present.serves, level))
  }

  const door: OwnDoor = {
    async present(request) {
      const session = await sessions.find(visitorOf(request).session)
      if (!session) return undefined
      await sessions.touch(session)
      return { session, isWeak: await isWeak(session) }
    },
    async signIn(request, reply, asked) {
      const { flow, cookies } = await login.beginOwn(
        { ...asked, returnTo: placeIn(asked.returnTo) },
        visitorOf(request),
      )
      setCookies(reply, cookies)
      return onward(request, reply, loginPath(flow))
    },
    signInPath(returnTo, { again, level } = {}) {
      const query = new URLSearchParams({
        to: returnTo,
        ...(again ? { again: 'yes' } : {}),
        ...(level ? { level } : {}),
      })
      return `${path}?${query}`
    },
  }

  app.get(path, { config: { access: 'public', crossSite: true } }, async (request, reply) => {
    const { to, again, level } = request.query as Record<string, unknown>
    const returnTo = placeIn(to)
    const found = await sessions.find(visitorOf(request).session)
    // Whoever is asked for more may have it at another account, which this one is not known to belong to.
    if (level === 'eidas2' || level === 'eidas3') return door.signIn(request, reply, { returnTo, level, fresh: true })
    if (found && again !== 'yes') return reply.redirect(returnTo, 303)
    const anew: Pick<OwnSignInRequest, 'fresh' | 'person'> = found ? { fresh: true, person: found.person } : {}
    return door.signIn(request, reply, { returnTo, ...anew })
  })

  app.get<{ Params: { flow: string } }>(`${path}/:flow`, { config: { access: 'flow' } }, async (request, reply) => {
    const loaded = await login.load(request.params.flow, visitorOf(request))
    if (loaded.kind === 'refused') return web.error(request, reply, { error: loaded.error })
    const { flow } = loaded
    const { step } = login.stepOf(flow, visitorOf(request))
    const isOver = step === 'issue' || step === 'refuse'
    return flow.returnTo !== undefined && isOver
      ? answer(request, reply, flow)
      : reply.redirect(loginPath(flow.id), 303)
  })

  async function answer(request: FastifyRequest, reply: FastifyReply, flow: Flow): Promise<FastifyReply> {
    const returnTo = flow.returnTo ?? places[0]
    const outcome = await login.conclude(flow, visitorOf(request))
    if (outcome.kind === 'answer') {
      setCookies(reply, outcome.cookies)
      // What the redemption of a code is to a service: the browser has its answer with this one.
      await storage.transaction((tx) => connections.complete(tx, outcome.answer.connection))
      return onward(request, reply, returnTo)
    }
    const error = outcome.kind === 'refused' ? outcome.error : 'login_required'
    if (error === 'person_cancelled') {
      const isSignedIn = (await sessions.find(visitorOf(request).session)) !== undefined
      return onward(request, reply, isSignedIn ? places[0] : '/')
    }
    // A click long after the end: the page itself asks who is there.
    if (error === 'login_required' && flow.stage.at === 'issued') return onward(request, reply, returnTo)
    const retry = { href: door.signInPath(returnTo) }
    return web.error(request, reply, { error: error === 'login_required' ? 'other_person' : error, retry })
  }

  return { ...door, answer, resumePath: ({ id }) => `${path}/${id}` }
}
