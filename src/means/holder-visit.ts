/**
 * Somebody who is signed in, on a page about what is theirs: who they are, whether the form that they sent was shown to
 * them, and whether they have proved enough just now for what they want to change. Those who have not are led to a
 * sign-in, told why, and come back with what they typed. Who is signed in is handed in: sessions are not known here.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Page, Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import type { Level } from '../kernel/assurance.ts'
import type { Clock, Instant } from '../kernel/clock.ts'
import { minute } from '../kernel/durations.ts'
import type { LinkId, PersonId, ProviderId, SessionId } from '../kernel/ids.ts'
import { ownProvider } from '../partners/partners.ts'
import type { Storage } from '../storage/storage.ts'
import { type ChangeDecision, providerLevel, type SignIn } from './change.ts'
import { donePage } from './pages-sign-in.ts'
import { type Body, textIn } from './routes-sign-in.ts'

/** Whoever is signed in on this browser. */
export interface SignedIn {
  session: SessionId
  person: PersonId
  link: LinkId
  provider: string
  level: Level
  serves: Level
  amr: string[]
  authTime: Instant
  /** When two factors were last proved in this browser. */
  secondFactorAt?: Instant
  /** By an account that opens nothing which is the person's alone. */
  isWeak: boolean
}

/** What is asked of somebody who is to come back to a page of this room. */
export interface SignInAsked {
  /** The path of that page. */
  returnTo: string
  level?: Level
  /** Anew, whatever session there is. */
  fresh?: boolean
  /** Nobody else may answer. */
  person?: PersonId
  secondFactor?: boolean
  /** Where they are led first. */
  provider?: ProviderId
}

export interface VisitsOptions {
  web: Web
  storage: Storage
  clock: Clock
  verifiers: Verifiers
  /** The live session of this browser; noted as a use of it. */
  signedIn: (request: FastifyRequest) => Promise<SignedIn | undefined>
  /** Leads to a sign-in that comes back. */
  signIn: (request: FastifyRequest, reply: FastifyReply, asked: SignInAsked) => Promise<FastifyReply>
  /** The same as a link of a page: `again` of the same person, at a `level` of whoever can. */
  signInPath: (returnTo: string, options?: { again?: true; level?: Level }) => string
  /** Draws a page where all pages of a person are. */
  frame: (visit: Visit, page: Page) => Promise<Page>
}

export interface Visit {
  who: SignedIn
  request: FastifyRequest
  reply: FastifyReply
  body: Body
  /** What was typed here before somebody was led away to sign in. */
  typed: Record<string, string>
}

export type Handle<V extends Visit = Visit> = (visit: V) => Promise<FastifyReply>

export type Visits = ReturnType<typeof createVisits>

/** What is kept for somebody who signs in again. */
const keptFor = 10 * minute

/** What may rest while somebody signs in again: neither a password nor a code. */
const kept = ['label', 'number', 'reason', 'contact', 'address', 'replaces'] as const

export const addressOf = (request: FastifyRequest) => request.url.split('?', 1)[0] ?? ''

export const signInOf = (who: SignedIn): SignIn => ({ ...who, own: who.provider === ownProvider })

/** @param label of the verifiers of the forms on these pages */
export function createVisits(label: string, options: VisitsOptions) {
  const { web, storage, clock, verifiers, signedIn, signIn, signInPath, frame } = options
  const { state } = storage

  const verifierOf = ({ session }: SignedIn) => verifiers.make(label, session)

  /** @param weak serves a weak sign-in too; otherwise it is told which one does */
  function visited(handle: Handle, { weak = false }: { weak?: boolean } = {}) {
    return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const who = await signedIn(request)
      const returnTo = addressOf(request)
      if (!who) {
        if (request.method === 'GET') return signIn(request, reply, { returnTo })
        return web.error(request, reply, { error: 'session_needed', retry: { href: signInPath(returnTo) } })
      }
      const body = (request.body ?? {}) as Body
      if (request.method === 'POST' && !verifiers.check(body.verifier, label, who.session)) {
        return web.error(request, reply, { error: 'form_foreign' })
      }
      const visit = { who, request, reply, body, typed: {} }
      if (who.isWeak && !weak) {
        return told(visit, { about: 'weak', href: signInPath(returnTo, { level: providerLevel }) })
      }
      return handle(visit)
    }
  }

  async function show(visit: Visit, page: Page): Promise<FastifyReply> {
    return web.page(visit.request, visit.reply, await frame(visit, page))
  }

  /** A page that says which sign-in does, and leads there. */
  function told(
    visit: Visit,
    { about, href, level = providerLevel }: { about: 'weak' | 'too_weak' | 'too_low'; href: string; level?: Level },
  ): Promise<FastifyReply> {
    const { t } = web.contextOf(visit.request)
    const link = { href, label: t('own.sign_in_again') }
    const values = { level: t(`own.level.${level}`) }
    const here = addressOf(visit.request)
    return show(
      visit,
      donePage({ title: t(`own.${about}.title`, values), text: t(`own.${about}`, values), status: 403, here, link }),
    )
  }

  const typedAt = ({ who, request }: Visit) => ({ kind: 'means.typed', key: `${who.person} ${addressOf(request)}` })

  /** What a form sent that could not be served yet: the page shows it again. */
  async function keepTyped(visit: Visit): Promise<void> {
    const fields = kept.map((field) => [field, textIn(visit.body, field)] as const).filter(([, text]) => text !== '')
    if (fields.length === 0) return
    const value = Object.fromEntries(fields)
    await state.write({ put: [{ ...typedAt(visit), value, expiresAt: clock.now() + keptFor }] })
  }

  /** R058: serves by the decision; whoever has to sign in anew comes back here, with what they typed. */
  async function serve<V extends Visit>(visit: V, decision: ChangeDecision, handle: Handle<V>): Promise<FastifyReply> {
    const { who, request, reply } = visit
    if (decision.kind === 'allowed') {
      const { kind, key } = typedAt(visit)
      const found = request.method === 'GET' ? await state.take(kind, key) : undefined
      return handle({ ...visit, typed: (found?.value ?? {}) as Visit['typed'] })
    }
    if (request.method === 'POST') await keepTyped(visit)
    const { own, secondFactor, level, isTooWeak } = decision
    const returnTo = addressOf(request)
    if (isTooWeak) {
      return own
        ? told(visit, { about: 'too_weak', href: signInPath(returnTo, { again: true }) })
        : told(visit, { about: 'too_low', href: signInPath(returnTo, { level }), level })
    }
    const provider = own ? ownProvider : who.provider
    return signIn(request, reply, { returnTo, fresh: true, person: who.person, secondFactor, level, provider })
  }

  return { visited, serve, show, told, verifierOf }
}
