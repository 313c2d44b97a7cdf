/**
 * Somebody on a page of their space: who is signed in, what this sign-in lets them see (`policy/space-access.ts`), and
 * whether they have proved enough just now to change what protects them. The other files of this room hang their pages
 * in with `SpacePages`, and decide nothing of that themselves.
 *
 * A page is served to every sign-in whose sight is `whole` or `provider`; it asks `visit.access.sight` what it may show.
 * `nothing` is told which sign-in opens more, except on pages that are mounted with `weak: true` (freezing, how to sign
 * in stronger): these are served to everybody who is signed in.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Alerts } from '../alerts/alerts.ts'
import type { AlertChoices } from '../alerts/choices.ts'
import type { MessageCopies } from '../alerts/copies.ts'
import type { Audit } from '../audit/audit.ts'
import type { Cases } from '../cases/cases.ts'
import type { Connections } from '../connections/connections.ts'
import type { Organisations } from '../directory/organisations.ts'
import type { Eid } from '../eid/eid.ts'
import type { Page, RequestContext, Web } from '../http/http.ts'
import type { Verifiers } from '../http/verifier.ts'
import type { Clock } from '../kernel/clock.ts'
import type { Identity } from '../kernel/identity.ts'
import type { ProviderId, ServiceId } from '../kernel/ids.ts'
import type { OwnDoor } from '../login/own-sign-in.ts'
import type { EvidenceFiles } from '../mandates/evidence.ts'
import type { Firms } from '../mandates/firm.ts'
import type { KnownRepresentatives } from '../mandates/known-representatives.ts'
import type { MandataryCodes } from '../mandates/mandatary-codes.ts'
import type { Mandates } from '../mandates/mandates.ts'
import { decideProtection } from '../means/change.ts'
import { addressOf, createVisits, type Visit as MeansVisit, type SignedIn, signInOf } from '../means/holder-visit.ts'
import type { Means, MeansView } from '../means/means.ts'
import type { Body } from '../means/routes-sign-in.ts'
import { ownService, ownServiceName } from '../partners/own-service.ts'
import { ownProvider, type Partners } from '../partners/partners.ts'
import { isStandIn } from '../partners/stand-ins.ts'
import type { LinkView, People } from '../people/people.ts'
import type { Protection, Protections } from '../people/protections.ts'
import type { SeenIn } from '../policy/geography.ts'
import { decideSpaceAccess, type SpaceAccess, type SpaceAccount } from '../policy/space-access.ts'
import type { DeviceNames } from '../sessions/device-names.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import type { Trips } from '../sessions/trips.ts'
import type { Signatures } from '../signatures/signatures.ts'
import type { Storage } from '../storage/storage.ts'
import { type Framed, framed, placeAt, spacePaths, weakPage } from './frame.ts'

/** The rooms that the pages read and whose verbs they call; each page adds what it needs. */
export interface SpaceOptions {
  web: Web
  storage: Storage
  clock: Clock
  verifiers: Verifiers
  /** Who is signed in, and how somebody signs in through the hub itself. */
  door: OwnDoor
  people: Pick<People, 'linksOf' | 'identityOf' | 'contactsOf' | 'subjectsOf' | 'erase'>
  means: Pick<Means, 'of' | 'enrolments'>
  sessions: Sessions
  deviceNames: DeviceNames
  trips: Trips
  eid: Pick<Eid, 'phones'>
  /** Where an address is, for rules of geography. */
  seenIn: (address: string) => SeenIn
  protections: Protections
  mandates: Mandates
  organisations: Pick<Organisations, 'organisation' | 'byNumber' | 'named' | 'representedBy' | 'represents'>
  /** Schemes of numbers of organisations, the usual one first. */
  schemes: readonly string[]
  firms: Pick<Firms, 'of'>
  signatures: Pick<Signatures, 'open' | 'about' | 'ofPerson'>
  mandataryCodes: MandataryCodes
  evidence: Pick<EvidenceFiles, 'take'>
  knownRepresentatives: Pick<KnownRepresentatives, 'meet'>
  connections: Connections
  audit: Pick<Audit, 'receiptOf' | 'explore' | 'append'>
  cases: Cases
  alerts: Pick<Alerts, 'recognise'>
  alertChoices: AlertChoices
  messageCopies: MessageCopies
  partners: Pick<Partners, 'registry' | 'partner'>
  /** Days for which is kept what happened, of the settings. */
  retention: { connectionDays: number; securityDays: number; administrationDays: number; mandateDays: number }
  /** Origin of the hub. */
  issuer: string
  /** Name of the hub. */
  name: string
  /** IANA name of the zone in which dates are written. */
  timeZone: string
}

/** A request of somebody who is signed in. */
export interface SpaceVisit {
  who: SignedIn
  /** The same session, whole. */
  session: Session
  /** What this sign-in may see, and why not more. */
  access: SpaceAccess
  /** All accounts of the person, the oldest first. */
  accounts: readonly LinkView[]
  /** The hub's own means of the person, present and past. */
  means: readonly MeansView[]
  /** Freeze and blocks, as they are now. */
  protection: Protection
  /** As they are called, where their identity is known. */
  name?: string
  /** Where to sign in, and come back here, so that all is seen. */
  strongerPath: string
  context: RequestContext
  request: FastifyRequest
  reply: FastifyReply
  /** Fields of a form that was checked to be ours, shown in this session. */
  body: Body
  /** What was typed here before somebody was led away to sign in (`guardChange`). */
  typed: Record<string, string>
}

export type SpaceHandle = (visit: SpaceVisit) => Promise<FastifyReply>

/** What the pages of the space are mounted with. */
export interface SpacePages extends SpaceOptions {
  /** Serves who is signed in; leads the others to a sign-in that comes back. */
  get(path: string, handle: SpaceHandle, options?: { weak?: boolean }): void
  /** The same for a form of ours (`verifierOf` in its field `verifier`). `scope`: where such a form may hold a file. */
  post(path: string, handle: SpaceHandle, options?: { weak?: boolean; scope?: FastifyInstance }): void
  /** Serves who has proved just now the strongest that this person can; tells the others why, leads them there and back. */
  guardChange(handle: SpaceHandle): SpaceHandle
  /** For the field `verifier` of forms. */
  verifierOf(visit: SpaceVisit): string
  /** Puts the navigation and who is signed in around what a page says. */
  frame(visit: SpaceVisit, page: Framed): Page
  /** Sends a page in its frame. */
  show(visit: SpaceVisit, page: Framed): FastifyReply
  /** Ends a post: to a page, which says what was done (`outcomeIn`). */
  done(visit: SpaceVisit, path: string, what: string): FastifyReply
  /** What was just done, if it is one of these words. */
  outcomeIn<T extends string>(visit: SpaceVisit, words: readonly T[]): T | undefined
  /** What is not there, or is somebody else's. */
  notFound(visit: SpaceVisit): FastifyReply
  /** May a line about this provider be shown? */
  seesProvider(visit: SpaceVisit, provider: string | undefined): boolean
  /** As everybody reads it; the id of one that is gone. */
  providerName(visit: SpaceVisit, provider: ProviderId): string
  /** In whose place it signs people in, for as long as that one does not work. */
  standsInFor(provider: ProviderId): ProviderId | undefined
  /** The same of a service; the hub's own pages among them. */
  serviceName(visit: SpaceVisit, service: ServiceId): string
}

/** The frame of pages of other rooms that a person's space holds: those of their means. */
export type FrameOther = (visit: MeansVisit, page: Page) => Promise<Page>

const isBlocked = ({ blocked, future }: Protection, provider: ProviderId) =>
  blocked.some((one) => one.provider === provider) || (future !== undefined && !future.allowed.includes(provider))

const nameOf = ({ given_name, family_name }: Identity) => `${given_name.split(' ')[0]} ${family_name}`.trim()

const access = { config: { access: 'session' } } as const

export function createPages(options: SpaceOptions): SpacePages & { frameOther: FrameOther } {
  const { web, people, means, storage, partners, protections, door, clock } = options
  const present = new WeakMap<FastifyRequest, Session>()

  const visits = createVisits('space', {
    ...options,
    async signedIn(request) {
      const found = await door.present(request)
      if (!found) return undefined
      present.set(request, found.session)
      return { ...found.session, session: found.session.id, isWeak: found.isWeak }
    },
    signIn: door.signIn,
    signInPath: door.signInPath,
    // What is told of a change that asks more; whoever is signed in was looked up by then.
    frame: async (asked, page) =>
      'access' in asked
        ? frame(asked as SpaceVisit, { ...page, main: page.body, current: placeAt(addressOf(asked.request)) })
        : page,
  })

  async function enter(asked: MeansVisit, session: Session): Promise<SpaceVisit> {
    const { who, request, reply, body, typed } = asked
    const { db } = storage
    const [accounts, own, protection, identity] = await Promise.all([
      people.linksOf(db, who.person),
      means.of(db, who.person),
      protections.of(db, who.person),
      people.identityOf(db, who.person),
    ])
    const held = { means: own, protection }
    const access = decideSpaceAccess(
      { link: who.link, level: who.level },
      accounts.map((account) => asAccount(account, protection)),
    )
    return {
      ...{ who, session, access, accounts, ...held, request, reply, body, typed },
      ...(identity && access.sight !== 'nothing' ? { name: nameOf(identity) } : {}),
      strongerPath: door.signInPath(request.method === 'GET' ? addressOf(request) : spacePaths.home, {
        level: access.highest,
      }),
      context: web.contextOf(request),
    }
  }

  /** What a provider that is gone, or that the person blocked, has proved cannot be proved again. */
  function asAccount({ link, provider, level, serves, at }: LinkView, protection: Protection): SpaceAccount {
    const isOpen = partners.registry().providers.has(provider) && !isBlocked(protection, provider)
    return { link, level, serves, at, own: provider === ownProvider, ...(isOpen ? { reach: level } : {}) }
  }

  function serving(handle: SpaceHandle, { weak = false }: { weak?: boolean } = {}) {
    return visits.visited(
      async (asked) => {
        const session = present.get(asked.request)
        if (!session) throw new Error('a visit without a session')
        const visit = await enter(asked, session)
        return visit.access.sight === 'nothing' && !weak ? tellWeak(visit) : handle(visit)
      },
      { weak: true },
    )
  }

  function tellWeak(visit: SpaceVisit): FastifyReply {
    const { t } = visit.context
    const here = addressOf(visit.request)
    return show(visit, { title: t('space.weak.title'), current: 'home', here, status: 403, main: weakPage(visit) })
  }

  const guardChange =
    (handle: SpaceHandle): SpaceHandle =>
    (visit) => {
      const { means: all, who, access, accounts } = visit
      const own = accounts.find(({ provider }) => provider === ownProvider)?.level
      const signIn = signInOf(who)
      const question = { means: all, signIn, highest: access.highest, now: clock.now(), ...(own ? { own } : {}) }
      return visits.serve(visit, decideProtection(question), handle)
    }

  const frame = (visit: SpaceVisit, page: Framed): Page =>
    framed(page, { ...options, visit, verifier: visits.verifierOf(visit.who) })
  const show = (visit: SpaceVisit, page: Framed) => web.page(visit.request, visit.reply, frame(visit, page))

  return {
    ...options,
    get: (path, handle, how) => void web.app.get(path, access, serving(handle, how)),
    post: (path, handle, { scope, ...how } = {}) => void (scope ?? web.app).post(path, access, serving(handle, how)),
    guardChange,
    verifierOf: ({ who }) => visits.verifierOf(who),
    frame,
    show,
    done: ({ reply }, path, what) => reply.redirect(`${path}?done=${what}`, 303),
    outcomeIn({ request }, words) {
      const { done } = request.query as { done?: unknown }
      return words.find((word) => word === done)
    },
    notFound: ({ request, reply }) => web.error(request, reply, { error: 'not_found' }),
    seesProvider: ({ access: { sight }, who }, provider) =>
      sight === 'whole' || (sight === 'provider' && provider === who.provider),
    providerName: ({ context }, provider) =>
      partners.registry().providers.get(provider)?.name[context.language] ?? provider,
    standsInFor(provider) {
      const found = partners.registry().providers.get(provider)
      return found && isStandIn(found) ? found.connector.standsInFor : undefined
    },
    serviceName: ({ context: { language } }, service) =>
      service === ownService
        ? ownServiceName(options.name)[language]
        : (partners.registry().services.get(service)?.name[language] ?? service),
    async frameOther(asked, page) {
      const found = present.get(asked.request) ?? (await door.present(asked.request))?.session
      if (!found) return page
      const visit = await enter(asked, found)
      return frame(visit, { ...page, main: page.body, current: placeAt(addressOf(asked.request)) })
    },
  }
}
