/**
 * The addresses of test logins: their pages, for partners' staff who may change the draft and for operators; those of a
 * trial's own issuer, for the site that is tried; and the callback of a provider that is tried. Another partner's object
 * is not there, and that it was asked for is a fact.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../audit/facts.ts'
import type { Access, Log, Web } from '../http/http.ts'
import type { OutboundFetch } from '../http/outbound.ts'
import type { Clock } from '../kernel/clock.ts'
import { GarantError } from '../kernel/errors.ts'
import { newSecret } from '../kernel/ids.ts'
import type { Translated } from '../kernel/languages.ts'
import { isOidc, type Partners } from '../partners/partners.ts'
import { editingRoles, type Versions } from '../partners/versions.ts'
import { engineRoutes } from '../protocol/engine.ts'
import type { PartnerStaff } from '../staff/partner-staff.ts'
import type { OperatorDoor, StaffDoor } from '../staff/routes.ts'
import type { Storage } from '../storage/storage.ts'
import type { Upstream } from '../upstream/upstream.ts'
import { createDrafts, type Tryable } from './drafts.ts'
import {
  goPage,
  leftPage,
  providerPage,
  servicePage,
  stoppedPage,
  strayPage,
  type TrialFrame,
  type TrialOutcome,
  trialOutcomes,
  untryablePage,
} from './pages.ts'
import { createProviderTrials, statePrefix } from './provider-trial.ts'
import { createRecords } from './records.ts'
import { createServiceTrials, logoutEnd, type Running } from './service-trial.ts'
import { type Side, type TrialSubject, trialPath } from './trial.ts'

export interface TrialsOptions {
  /** Public address of the hub, without a trailing slash. */
  issuer: string
  web: Web
  storage: Storage
  clock: Clock
  audit: Pick<Audit, 'append'>
  partners: Pick<Partners, 'registry' | 'secretMatches'>
  versions: Pick<Versions, 'draft' | 'look'>
  upstream: Pick<Upstream, 'trial'>
  /** To addresses of services. */
  fetch: OutboundFetch
  doors: { desk: StaffDoor; console: OperatorDoor }
  /** Where the pages of each side begin. */
  homes: Record<Side, string>
  /** Where a draft is changed or seen. */
  draftPages: Record<Side, (subject: TrialSubject) => string>
  staff: Pick<PartnerStaff, 'denied'>
  /** IANA name of the zone in which dates are written. */
  timeZone: string
  log: Log
}

export interface Trials {
  /** What a provider sent back, when it answers a trial; undefined when it is a login's. */
  callback(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> | undefined
}

type Params = { id: string }
type TrialRequest = FastifyRequest<{ Params: Params }>

const access: Record<Side, Access> = {
  desk: { staff: editingRoles },
  console: { operator: ['administrator'] },
}

/** What the page is about: whose it is, how it is called, and its draft, if there is one. */
interface Found {
  subject: TrialSubject
  name: Translated
  draft?: Tryable
}

export function mountTrials(options: TrialsOptions): Trials {
  const { issuer, web, storage, clock, audit, partners, upstream, doors, homes, timeZone } = options
  const { app } = web
  const drafts = createDrafts(options)
  const records = createRecords({ storage, clock })
  const services = createServiceTrials({ ...options, drafts, records })
  const providers = createProviderTrials({ storage, clock, drafts, records, partners, upstream: upstream.trial })

  const actorOf = (side: Side, request: FastifyRequest): Actor =>
    side === 'desk'
      ? { kind: 'staff', id: doors.desk.of(request).staff }
      : { kind: 'operator', id: doors.console.of(request).operator }

  function frameOf(side: Side, subject: TrialSubject, request: FastifyRequest): TrialFrame {
    const verifier = (path: string) =>
      side === 'desk'
        ? doors.desk.verifier(doors.desk.of(request), path)
        : doors.console.verifier(doors.console.of(request), path)
    return { side, subject, home: homes[side], draft: options.draftPages[side](subject), timeZone, verifier }
  }

  /** @throws GarantError `not_found` when there is no such thing, or it is another partner's */
  async function find(side: Side, kind: TrialSubject['kind'], request: TrialRequest): Promise<Found> {
    const { id } = request.params
    const subject = { kind, id }
    const { services: known, providers: others } = partners.registry()
    const published = kind === 'service' ? known.get(id) : others.get(id)
    const draft = await drafts.find(subject)
    const partner = draft?.partner ?? published?.partner
    if (partner === undefined) throw new GarantError('not_found')
    if (side === 'desk' && doors.desk.of(request).partner !== partner) {
      await options.staff.denied(doors.desk.of(request), request.routeOptions.url ?? '')
      throw new GarantError('not_found')
    }
    const { settings } = draft ?? {}
    const drafted = settings?.kind === 'service' ? settings.service : settings?.provider
    const name = drafted?.name ?? published?.name ?? { fr: id, en: id, ar: id }
    return { subject, name, ...(draft ? { draft } : {}) }
  }

  const doneIn = (request: FastifyRequest): TrialOutcome | undefined => {
    const { done } = request.query as { done?: unknown }
    return trialOutcomes.find((one) => one === done)
  }

  const back = (reply: FastifyReply, side: Side, subject: TrialSubject, done: TrialOutcome) =>
    reply.redirect(`${trialPath(side, subject)}?done=${done}`, 303)

  const page = (request: FastifyRequest, reply: FastifyReply, drawn: Parameters<Web['page']>[2]) =>
    web.page(request, reply, drawn)

  function untryable(
    side: Side,
    request: TrialRequest,
    reply: FastifyReply,
    { subject, name, draft }: Found,
  ): FastifyReply {
    const context = web.contextOf(request)
    const why = !draft ? 'no_draft' : draft.settings ? 'kind' : 'faults'
    const view = { name: name[context.language], why } as const
    return page(request, reply, untryablePage(view, frameOf(side, subject, request), context))
  }

  /** Counted for its partner, and a fact. */
  async function admit(side: Side, request: FastifyRequest, { subject, draft }: Found): Promise<boolean> {
    if (!draft || !(await records.admit(draft.partner))) return false
    const actor = actorOf(side, request)
    await storage.transaction(async (tx) => audit.append(tx, { name: 'trial.begun', data: { ...subject, actor } }))
    return true
  }

  // ── Pages ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  for (const side of ['desk', 'console'] as const) {
    const config = { config: { access: access[side] } }

    app.get<{ Params: Params }>(`/${side}/trials/services/:id`, config, async (request, reply) => {
      const found = await find(side, 'service', request)
      if (found.draft?.settings?.kind !== 'service') return untryable(side, request, reply, found)
      const running = await services.look(found.subject.id)
      const done = doneIn(request)
      const view = {
        service: found.draft.settings.service,
        ...(running ? { running } : {}),
        ...(done ? { done } : {}),
      }
      return page(request, reply, servicePage(view, frameOf(side, found.subject, request), web.contextOf(request)))
    })

    app.post<{ Params: Params }>(`/${side}/trials/services/:id`, config, async (request, reply) => {
      const found = await find(side, 'service', request)
      const { subject } = found
      if (found.draft?.settings?.kind !== 'service') return back(reply, side, subject, 'untryable')
      // A second click, or a colleague: a site that was just pointed at the trial of before would lose it.
      const present = await records.trialOf(subject.id)
      const { seen } = (request.body ?? {}) as { seen?: unknown }
      if (seen !== (present ? String(present.begunAt) : '')) return back(reply, side, subject, 'there')
      if (!(await admit(side, request, found))) return back(reply, side, subject, 'too_many')
      await services.begin(subject.id)
      return back(reply, side, subject, 'begun')
    })

    app.post<{ Params: Params }>(`/${side}/trials/services/:id/end`, config, async (request, reply) => {
      const { subject } = await find(side, 'service', request)
      await services.end(subject.id)
      return back(reply, side, subject, 'ended')
    })

    app.post<{ Params: Params }>(`/${side}/trials/services/:id/logout`, config, async (request, reply) => {
      const { subject } = await find(side, 'service', request)
      return back(reply, side, subject, (await services.sendLogout(subject.id)) ? 'sent' : 'not_sent')
    })

    app.get<{ Params: Params }>(`/${side}/trials/providers/:id`, config, async (request, reply) => {
      const found = await find(side, 'provider', request)
      const { subject, draft } = found
      if (draft?.settings?.kind !== 'provider' || !isOidc(draft.settings.provider)) {
        return untryable(side, request, reply, found)
      }
      const done = doneIn(request)
      const view = {
        provider: draft.settings.provider,
        redirectUri: new URL(`${issuer}/callback/${encodeURIComponent(subject.id)}`).href,
        keysUrl: `${issuer}${engineRoutes.jwks}`,
        isPast: false,
        ...(await providers.look(subject.id)),
        ...(done ? { done } : {}),
      }
      return page(request, reply, providerPage(view, frameOf(side, subject, request), web.contextOf(request)))
    })

    app.post<{ Params: Params }>(`/${side}/trials/providers/:id`, config, async (request, reply) => {
      const found = await find(side, 'provider', request)
      const { subject, draft } = found
      if (draft?.settings?.kind !== 'provider') return back(reply, side, subject, 'untryable')
      if (!(await admit(side, request, found))) return back(reply, side, subject, 'too_many')
      const { level } = (request.body ?? {}) as { level?: unknown }
      const begun = await providers.begin(subject.id, {
        level: String(level),
        language: web.contextOf(request).language,
        browser: browserOf(request, reply),
        side,
      })
      if (begun.kind === 'sent') return web.depart(request, reply, begun.url)
      if (begun.kind === 'done') return reply.redirect(trialPath(side, subject), 303)
      return back(reply, side, subject, begun.kind)
    })
  }

  /** The answer comes back from another site, where the cookies of staff and operators do not go along: this one does. */
  function browserOf(request: FastifyRequest, reply: FastifyReply): string {
    const known = web.cookies.read(request, 'browser')
    if (known) return known
    const browser = newSecret()
    web.cookies.set(reply, 'browser', browser)
    return browser
  }

  // ── The issuer of a trial ─────────────────────────────────────────────────────────────────────────────────────────

  type IssuerRequest = FastifyRequest<{ Params: { service: string; key: string } }>
  const base = '/trial/:service/:key'

  /** @throws GarantError `not_found` also when the trial is over, or its draft cannot be tried any more */
  async function at({ params }: IssuerRequest): Promise<Running> {
    const running = await services.at(params.service, params.key)
    if (!running) throw new GarantError('not_found')
    return running
  }

  /**
   * Whoever knows the address of a trial can lead people to it, and it leads on to where a draft says, which nobody has
   * reviewed: a browser goes on from a page of ours only. A program that tests a site sends no such header.
   */
  function isLedHere({ headers }: FastifyRequest): boolean {
    const site = headers['sec-fetch-site']
    return site !== undefined && site !== 'same-origin'
  }

  const serve =
    (path: string) =>
    async (request: IssuerRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const hold = path === engineRoutes.authorization && isLedHere(request)
      const served = await services.serve(request, reply, await at(request), { path, hold })
      if (served.kind === 'answered') return reply
      if (served.kind === 'held') {
        const { host } = new URL(served.location)
        return page(request, reply, goPage({ host, href: request.url, lines: served.lines }, web.contextOf(request)))
      }
      if (served.lines.every(({ state }) => state !== 'failed'))
        return web.error(request, reply, { error: served.error })
      return page(request, reply, stoppedPage(served.lines, web.contextOf(request)))
    }

  const endpoints: { path: string; methods: ('GET' | 'POST')[]; access: Access; crossSite?: true }[] = [
    { path: '/.well-known/openid-configuration', methods: ['GET'], access: 'public' },
    { path: engineRoutes.jwks, methods: ['GET'], access: 'public' },
    { path: engineRoutes.authorization, methods: ['GET'], access: 'public', crossSite: true },
    { path: engineRoutes.token, methods: ['POST'], access: 'client', crossSite: true },
    { path: engineRoutes.introspection, methods: ['POST'], access: 'client', crossSite: true },
    { path: engineRoutes.revocation, methods: ['POST'], access: 'client', crossSite: true },
    { path: engineRoutes.userinfo, methods: ['GET', 'POST'], access: 'token', crossSite: true },
  ]

  app.register(async (scope: FastifyInstance) => {
    // The engine reads bodies itself: here they pass untouched.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    for (const { path, methods, access: who, crossSite } of endpoints) {
      scope.route<{ Params: { service: string; key: string } }>({
        url: `${base}${path}`,
        method: methods,
        config: { access: who, ...(crossSite ? { crossSite } : {}) },
        handler: serve(path),
      })
    }
  })

  app.post<{ Params: { service: string; key: string } }>(
    `${base}${engineRoutes.authorization}`,
    { config: { access: 'public', crossSite: true } },
    async (request, reply) => {
      const { trial } = await at(request)
      const parameters = new URLSearchParams(request.body as Record<string, string>)
      return reply.redirect(`/trial/${trial.service}/${trial.key}${engineRoutes.authorization}?${parameters}`, 303)
    },
  )

  app.route<{ Params: { service: string; key: string } }>({
    url: `${base}${logoutEnd}`,
    method: ['GET', 'POST'],
    config: { access: 'public', crossSite: true },
    handler: async (request, reply) => {
      const outcome = await services.logout(request, await at(request))
      if (outcome.kind === 'refused') return page(request, reply, stoppedPage(outcome.lines, web.contextOf(request)))
      const { returnTo } = outcome
      if (returnTo !== undefined && !isLedHere(request)) return reply.redirect(returnTo, 303)
      return page(request, reply, leftPage(returnTo, web.contextOf(request)))
    },
  })

  return {
    callback(request, reply) {
      const { state } = request.query as { state?: unknown }
      if (typeof state !== 'string' || !state.startsWith(statePrefix)) return undefined
      return (async () => {
        const url = new URL(request.url, 'http://callback.invalid')
        const finished = await providers.finish(url, web.cookies.read(request, 'browser'))
        if (!finished) return page(request, reply, strayPage(web.contextOf(request)))
        // By a page of ours: what another site leads to directly comes without the cookies of staff and operators.
        return web.depart(request, reply, trialPath(finished.side, { kind: 'provider', id: finished.provider }))
      })()
    },
  }
}
